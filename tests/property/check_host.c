/* Models of the caller's own network: energy, forces, Born charges, polarization and dynamical
 * matrices of its charges against differences; the same from a stored Jacobian, and from products
 * of weights and Jacobian. */
#include "core/algebra.h"
#include "support.h"

#include <lrpot/fit.h>
#include <lrpot/io.h>
#include <lrpot/lrpot.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ATOMS = 6, KINDS = 4 };
static const char *const symbols[] = { "Na", "Cl" };
static const int32_t kinds[KINDS] = { LRPOT_CHARGES_EDQRD, LRPOT_CHARGES_EDQ, LRPOT_CHARGES_LATENT,
                                      LRPOT_CHARGES_NONE };
static const double CUTOFF = 4.0;

/* Numbers of calls of the network: all, and those for derivatives; calls of its product. */
typedef struct {
    int calls, backward, pulls;
    lrpot_status answer, answer_of_pull;
    double spoil; /* added to a product */
} network;

/* (1 - r^2/R^2)^3 exp(-r^2/w), and its derivative by r over r. */
static double bell(double square, double w, double *slope)
{
    double x = 1.0 - square / (CUTOFF * CUTOFF), e = exp(-square / w);
    *slope = -6.0 * x * x * e / (CUTOFF * CUTOFF) - 2.0 * x * x * x * e / w;
    return x * x * x * e;
}

/* c_i = b + tanh(sum_j p_j bell), U_i = (sum_j bell)^2: a layer and a neuron. */
static lrpot_status evaluate(void *ctx, const lrpot_host_edges *edges,
                             const lrpot_host_results *values)
{
    static const double base[] = { 0.6, -0.5 }, factor[] = { 0.8, -1.1 };
    network *n = ctx;
    n->calls++;
    n->backward += values->energy_gradients != NULL;
    if (n->answer != LRPOT_OK) return n->answer;
    for (int64_t i = 0; i < edges->n_atoms; i++) {
        double sum = 0.0, density = 0.0, slope;
        for (int64_t e = edges->offsets[i]; e < edges->offsets[i + 1]; e++) {
            const double *d = edges->vectors + 3 * e;
            double square = d[0] * d[0] + d[1] * d[1] + d[2] * d[2];
            ck_assert(square < CUTOFF * CUTOFF);
            sum += factor[edges->species[edges->neighbours[e]]] * bell(square, 4.0, &slope);
            density += bell(square, 3.0, &slope);
        }
        double h = tanh(sum);
        if (values->charges != NULL) values->charges[i] = base[edges->species[i]] + 0.4 * h;
        values->energies[i] = density * density;
        for (int64_t e = edges->offsets[i];
             e < edges->offsets[i + 1] && values->energy_gradients != NULL; e++) {
            const double *d = edges->vectors + 3 * e;
            double square = d[0] * d[0] + d[1] * d[1] + d[2] * d[2];
            (void)bell(square, 4.0, &slope);
            double by_charge = 0.4 * (1.0 - h * h) * factor[edges->species[edges->neighbours[e]]]
                               * slope;
            (void)bell(square, 3.0, &slope);
            for (int c = 0; c < 3; c++) {
                if (values->charge_gradients != NULL)
                    values->charge_gradients[3 * e + c] = by_charge * d[c];
                values->energy_gradients[3 * e + c] = 2.0 * density * slope * d[c];
            }
        }
    }
    return LRPOT_OK;
}

/* The reverse pass of the same network, by hand. */
static lrpot_status pull(void *ctx, const lrpot_host_edges *edges, const lrpot_host_weights *given,
                         double *gradients)
{
    static const double factor[] = { 0.8, -1.1 };
    network *n = ctx;
    n->pulls++;
    ck_assert_uint_eq(given->struct_size, sizeof *given);
    if (n->answer_of_pull != LRPOT_OK) return n->answer_of_pull;
    for (int64_t i = 0; i < edges->n_atoms; i++) {
        double sum = 0.0, density = 0.0, slopes[2];
        for (int64_t e = edges->offsets[i]; e < edges->offsets[i + 1]; e++) {
            double r = lrpot__dot3(edges->vectors + 3 * e, edges->vectors + 3 * e);
            sum += factor[edges->species[edges->neighbours[e]]] * bell(r, 4.0, slopes);
            density += bell(r, 3.0, slopes);
        }
        double h = tanh(sum),
               of_sum = given->charges == NULL ? 0.0 : given->charges[i] * 0.4 * (1.0 - h * h),
               of_density = 2.0 * given->energies[i] * density;
        for (int64_t e = edges->offsets[i]; e < edges->offsets[i + 1]; e++) {
            const double *d = edges->vectors + 3 * e;
            (void)bell(lrpot__dot3(d, d), 4.0, &slopes[0]);
            (void)bell(lrpot__dot3(d, d), 3.0, &slopes[1]);
            double along = of_sum * factor[edges->species[edges->neighbours[e]]] * slopes[0]
                           + of_density * slopes[1];
            for (int c = 0; c < 3; c++) gradients[3 * e + c] += along * d[c];
        }
    }
    if (edges->n_edges > 0) gradients[0] += n->spoil;
    return LRPOT_OK;
}

static lrpot_host_options options_of(network *n, int32_t kind)
{
    lrpot_host_options options = LRPOT_HOST_OPTIONS_INIT;
    options.symbols = symbols, options.n_species = 2;
    options.evaluate = evaluate, options.ctx = n;
    options.charges = kind;
    options.cutoff = CUTOFF;
    options.accuracy = 1e-11;
    if (kind == LRPOT_CHARGES_LATENT) options.sigma = 0.9;
    return options;
}

static lrpot_potential *model_of(network *n, int32_t kind)
{
    lrpot_host_options options = options_of(n, kind);
    lrpot_potential *model = NULL;
    ck_ok(lrpot_potential_create_host(&model, &options));
    return model;
}

typedef struct {
    lrpot_potential *model;
    lrpot_structure *structure;
    lrpot_workspace *work;
    double home[3 * ATOMS];
} probe;

static probe open_probe(network *n, int32_t kind, int cell, uint64_t seed)
{
    probe p = { .model = model_of(n, kind) };
    support_random random = { seed };
    double charge = 0.1;
    p.structure = support_random_structure(&random, cell, ATOMS, 2, symbols, 1.8);
    ck_ok(lrpot_structure_set(p.structure, LRPOT_QUANTITY_TOTAL_CHARGE, &charge));
    ck_ok(lrpot_workspace_create(&p.work, 1));
    memcpy(p.home, lrpot_structure_positions_const(p.structure), sizeof p.home);
    return p;
}

static void close_probe(probe *p)
{
    lrpot_potential_free(p->model);
    lrpot_structure_free(p->structure);
    lrpot_workspace_free(p->work);
}

static double energy_of(probe *p)
{
    double energy = 0.0;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.energy = &energy;
    ck_ok(lrpot_potential_compute_structure(p->model, p->work, p->structure, &out));
    return energy;
}

static const double places[4] = { 1.0, -1.0, 2.0, -2.0 },
                    weights[4] = { 8.0 / 12.0, -8.0 / 12.0, -1.0 / 12.0, 1.0 / 12.0 };

static void compare_with_slopes(probe *p)
{
    double forces[3 * ATOMS], virial[9], h = 1e-4, *r = lrpot_structure_positions(p->structure);
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.forces = forces, out.virial = virial;
    ck_ok(lrpot_potential_compute_structure(p->model, p->work, p->structure, &out));
    for (int x = 0; x < 3 * ATOMS; x++) {
        double slope = 0.0;
        for (int k = 0; k < 4; k++) {
            r[x] = p->home[x] + places[k] * h;
            slope += weights[k] * energy_of(p) / h;
        }
        r[x] = p->home[x];
        ck_close(forces[x], -slope, 1e-7, fmax(1.0, fabs(slope)));
    }
    double given[9] = { 0 };
    const double *cell = lrpot_structure_cell(p->structure);
    if (cell != NULL) memcpy(given, cell, sizeof given);
    for (int s = 0; s < 9; s++) {
        double slope = 0.0;
        for (int k = 0; k < 4; k++) {
            double strained[9];
            memcpy(strained, given, sizeof strained);
            for (int i = 0; i < ATOMS; i++)
                r[3 * i + s / 3] = p->home[3 * i + s / 3] + places[k] * h * p->home[3 * i + s % 3];
            for (int c = 0; c < 3; c++)
                strained[3 * c + s / 3] += places[k] * h * given[3 * c + s % 3];
            if (cell != NULL)
                ck_ok(lrpot_structure_set_cell(p->structure, strained, LRPOT_PERIODIC_ALL));
            slope += weights[k] * energy_of(p) / h;
            memcpy(r, p->home, sizeof p->home);
        }
        if (cell != NULL) ck_ok(lrpot_structure_set_cell(p->structure, given, LRPOT_PERIODIC_ALL));
        ck_close(virial[s], -slope, 1e-7, fmax(1.0, fabs(slope)));
    }
}

START_TEST(forces_and_virial_are_slopes_of_the_energy)
{
    static const int cells[] = { CELL_TRICLINIC, CELL_TINY, CELL_NONE };
    network n = { 0 };
    probe p = open_probe(&n, kinds[_i % KINDS], cells[_i / KINDS], 3 + (uint64_t)_i);
    compare_with_slopes(&p);
    close_probe(&p);
}
END_TEST

/* Dipole of a cluster, or its polarization's phases, by the library's own charges. */
static void polarization(probe *p, lrpot_polarization *out)
{
    double q[ATOMS];
    int32_t species[ATOMS];
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_outputs outputs = LRPOT_OUTPUTS_INIT;
    outputs.charges = q;
    ck_ok(lrpot_potential_compute_structure(p->model, p->work, p->structure, &outputs));
    ck_ok(lrpot_structure_view(p->structure, 2, symbols, species, &atoms));
    ck_ok(lrpot_response_polarization(&atoms, q, NULL, out));
}

START_TEST(born_charges_are_slopes_of_the_dipole)
{
    network n = { 0 };
    probe p = open_probe(&n, kinds[_i], CELL_NONE, 11);
    double Z[9 * ATOMS], h = 1e-4, *r = lrpot_structure_positions(p.structure);
    ck_ok(lrpot_response_born_charges_structure(p.model, p.work, p.structure, LRPOT_BORN_UNFOLDED,
                                                Z, NULL));
    for (int x = 0; x < 3 * ATOMS; x++) {
        double slope[3] = { 0 };
        for (int k = 0; k < 4; k++) {
            lrpot_polarization found = LRPOT_POLARIZATION_INIT;
            r[x] = p.home[x] + places[k] * h;
            polarization(&p, &found);
            for (int a = 0; a < 3; a++) slope[a] += weights[k] * found.dipole[a] / h;
        }
        r[x] = p.home[x];
        for (int a = 0; a < 3; a++) ck_close(Z[9 * (x / 3) + 3 * a + x % 3], slope[a], 1e-8, 1.0);
    }
    close_probe(&p);
}
END_TEST

/* The first three kinds have charges. */
START_TEST(born_charges_of_phases_are_slopes_of_the_phases)
{
    network n = { 0 };
    probe p = open_probe(&n, kinds[_i], CELL_TRICLINIC, 13);
    double Z[9 * ATOMS], h = 1e-4, *r = lrpot_structure_positions(p.structure), inverse[9];
    const double *cell = lrpot_structure_cell(p.structure);
    ck_ok(lrpot_response_born_charges_structure(p.model, p.work, p.structure, LRPOT_BORN_PHASE, Z,
                                                NULL));
    lrpot__inverse3(cell, inverse);
    for (int x = 0; x < 3 * ATOMS; x++) {
        double expected[3] = { 0 }, s[3];
        for (int c = 0; c < 3; c++) {
            s[c] = 0.0;
            for (int a = 0; a < 3; a++) s[c] += p.home[x / 3 * 3 + a] * inverse[3 * a + c];
        }
        for (int k = 0; k < 4; k++) {
            lrpot_polarization found = LRPOT_POLARIZATION_INIT;
            r[x] = p.home[x] + places[k] * h;
            polarization(&p, &found);
            for (int c = 0; c < 3; c++) {
                double angle = 2.0 * 3.14159265358979323846 * s[c],
                       value = cos(angle) * found.phase_real[c] + sin(angle) * found.phase_imag[c];
                for (int a = 0; a < 3; a++) expected[a] += cell[3 * c + a] * weights[k] * value / h;
            }
        }
        r[x] = p.home[x];
        for (int a = 0; a < 3; a++)
            ck_close(Z[9 * (x / 3) + 3 * a + x % 3], expected[a], 1e-8, 1.0);
    }
    close_probe(&p);
}
END_TEST

/* D at half a reciprocal vector, from forces in two cells. */
START_TEST(dynamical_matrices_are_those_of_supercells)
{
    network n = { 0 };
    probe p = open_probe(&n, kinds[_i], CELL_TRICLINIC, 17);
    const int32_t repeat[3] = { 2, 1, 1 };
    double charge = 0.0, inverse[9], wave[3], matrix[2 * 9 * ATOMS * ATOMS], h = 1e-3;
    lrpot_phonons *phonons = NULL;
    lrpot_structure *two = NULL;
    ck_ok(lrpot_structure_set(p.structure, LRPOT_QUANTITY_TOTAL_CHARGE, &charge));
    ck_ok(lrpot_phonons_create(&phonons, p.model, p.work, p.structure, h));
    lrpot__inverse3(lrpot_structure_cell(p.structure), inverse);
    for (int a = 0; a < 3; a++) wave[a] = 3.14159265358979323846 * inverse[3 * a];
    ck_ok(lrpot_phonons_matrix(phonons, p.work, wave, NULL, matrix));
    ck_ok(lrpot_structure_repeat(&two, p.structure, repeat));
    const double *cell = lrpot_structure_cell(p.structure);
    double *r = lrpot_structure_positions(two), forces[3 * 2 * ATOMS];
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.forces = forces;
    int where[2][ATOMS];
    for (int k = 0; k < 2 * ATOMS; k++)
        for (int c = 0; c < 2; c++)
            for (int j = 0; j < ATOMS; j++) {
                double far = 0.0;
                for (int a = 0; a < 3; a++)
                    far += fabs(r[3 * k + a] - p.home[3 * j + a] - c * cell[a]);
                if (far < 1e-9) where[c][j] = k;
            }
    for (int x = 0; x < 3 * ATOMS; x++) {
        double sums[3 * ATOMS] = { 0 }, *moved = r + 3 * where[0][x / 3] + x % 3, origin = *moved;
        for (int k = 0; k < 4; k++) {
            *moved = origin + places[k] * h;
            ck_ok(lrpot_potential_compute_structure(p.model, p.work, two, &out));
            for (int y = 0; y < 3 * ATOMS; y++)
                for (int c = 0; c < 2; c++)
                    sums[y] -= (c == 0 ? 1.0 : -1.0) * weights[k] / h
                               * forces[3 * where[c][y / 3] + y % 3];
        }
        *moved = origin;
        for (int y = 0; y < 3 * ATOMS; y++) {
            double phase = 0.0;
            for (int a = 0; a < 3; a++)
                phase += wave[a] * (p.home[y / 3 * 3 + a] - p.home[x / 3 * 3 + a]);
            const double *found = matrix + 2 * (x * 3 * ATOMS + y);
            ck_close(found[0], cos(phase) * sums[y], 2e-5, 1.0);
            ck_close(found[1], sin(phase) * sums[y], 2e-5, 1.0);
        }
    }
    lrpot_phonons_free(phonons);
    lrpot_structure_free(two);
    close_probe(&p);
}
END_TEST

/* The network's Jacobian as stored rows, in the reverse order of each row and with a diagonal. */
typedef struct {
    int64_t offsets[ATOMS + 1];
    int32_t *neighbours;
    double *vectors, *gradients[2], charges[ATOMS], energies[ATOMS];
} store;

static lrpot_status keep(void *ctx, const lrpot_host_edges *edges, const lrpot_host_results *values)
{
    store *s = ctx;
    network n = { 0 };
    ck_ok(evaluate(&n, edges, values));
    if (values->energy_gradients == NULL) return LRPOT_OK;
    size_t room = (size_t)(edges->n_edges + ATOMS);
    s->neighbours = calloc(room, sizeof *s->neighbours);
    s->vectors = calloc(3 * room, sizeof(double));
    for (int g = 0; g < 2; g++) s->gradients[g] = calloc(3 * room, sizeof(double));
    int64_t at = 0;
    for (int64_t i = 0; i < ATOMS; i++) {
        s->charges[i] = values->charges[i];
        s->energies[i] = values->energies[i];
        for (int64_t e = edges->offsets[i + 1] - 1; e >= edges->offsets[i]; e--, at++) {
            s->neighbours[at] = edges->neighbours[e];
            memcpy(s->vectors + 3 * at, edges->vectors + 3 * e, 3 * sizeof(double));
            memcpy(s->gradients[0] + 3 * at, values->charge_gradients + 3 * e, 3 * sizeof(double));
            memcpy(s->gradients[1] + 3 * at, values->energy_gradients + 3 * e, 3 * sizeof(double));
        }
        s->neighbours[at] = (int32_t)i; /* the diagonal, which counts for nothing */
        s->gradients[0][3 * at] = 17.0;
        s->offsets[i + 1] = ++at;
    }
    return LRPOT_OK;
}

START_TEST(a_stored_jacobian_gives_the_same_model)
{
    network n = { 0 };
    store s = { { 0 }, NULL, NULL, { NULL, NULL }, { 0 }, { 0 } };
    probe p = open_probe(&n, LRPOT_CHARGES_EDQRD, CELL_TINY, 19);
    lrpot_host_options options = options_of(&n, LRPOT_CHARGES_EDQRD);
    lrpot_potential *keeper = NULL, *stored = NULL;
    double energy[2], forces[2][3 * ATOMS], Z[2][9 * ATOMS];
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    options.evaluate = keep, options.ctx = &s;
    ck_ok(lrpot_potential_create_host(&keeper, &options));
    out.energy = &energy[0], out.forces = forces[0];
    ck_ok(lrpot_potential_compute_structure(keeper, p.work, p.structure, &out));
    lrpot_host_jacobian jacobian = LRPOT_HOST_JACOBIAN_INIT;
    jacobian.n_atoms = ATOMS, jacobian.offsets = s.offsets, jacobian.neighbours = s.neighbours;
    jacobian.vectors = s.vectors, jacobian.charges = s.charges, jacobian.energies = s.energies;
    jacobian.charge_gradients = s.gradients[0], jacobian.energy_gradients = s.gradients[1];
    options.evaluate = lrpot_host_jacobian_evaluate, options.ctx = &jacobian;
    ck_ok(lrpot_potential_create_host(&stored, &options));
    out.energy = &energy[1], out.forces = forces[1];
    ck_ok(lrpot_potential_compute_structure(stored, p.work, p.structure, &out));
    ck_close(energy[1], energy[0], 1e-14, fabs(energy[0]));
    for (int x = 0; x < 3 * ATOMS; x++) ck_close(forces[1][x], forces[0][x], 1e-12, 1.0);
    for (int m = 0; m < 2; m++)
        ck_ok(lrpot_response_born_charges_structure(m == 0 ? p.model : stored, p.work, p.structure,
                                                    LRPOT_BORN_UNFOLDED, Z[m], NULL));
    for (int x = 0; x < 9 * ATOMS; x++) ck_close(Z[1][x], Z[0][x], 1e-12, 1.0);
    lrpot_structure_positions(p.structure)[4] += 0.01;
    ck_assert_int_eq(lrpot_potential_compute_structure(stored, p.work, p.structure, &out),
                     LRPOT_E_ARGUMENT);
    ck_assert(strstr(lrpot_last_error(), "is no edge of these atoms") != NULL);
    jacobian.n_atoms = 5;
    ck_assert_int_eq(lrpot_potential_compute_structure(stored, p.work, p.structure, &out),
                     LRPOT_E_SIZE);
    free(s.neighbours);
    free(s.vectors);
    free(s.gradients[0]);
    free(s.gradients[1]);
    lrpot_potential_free(keeper);
    lrpot_potential_free(stored);
    close_probe(&p);
}
END_TEST

enum { VALUES = 16 + 40 * ATOMS };

/* All that is computed from a model: energies, forces, virials, charges, Born charges of each form,
 * forces of a field and their stress. Returns their number. */
static int all_of(const lrpot_potential *model, const probe *p, int32_t kind, double *values)
{
    lrpot_field field = LRPOT_FIELD_INIT;
    field.value[0] = 0.1, field.value[1] = -0.2, field.value[2] = 0.05;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    int at = 0;
    out.energy = values, at++;
    out.virial = values + at, at += 9;
    out.forces = values + at, at += 3 * ATOMS;
    out.energy_atom = values + at, at += ATOMS;
    out.virial_atom = values + at, at += 9 * ATOMS;
    if (kind != LRPOT_CHARGES_NONE) out.charges = values + at, at += ATOMS;
    ck_ok(lrpot_potential_compute_structure(model, p->work, p->structure, &out));
    if (kind == LRPOT_CHARGES_NONE) return at;
    const int32_t forms[] = { LRPOT_BORN_UNFOLDED, LRPOT_BORN_MIDPOINT };
    for (int k = 0; k < 2; k++, at += 9 * ATOMS)
        ck_ok(lrpot_response_born_charges_structure(model, p->work, p->structure, forms[k],
                                                    values + at, NULL));
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_nlist *list = NULL;
    int32_t species[ATOMS];
    lrpot_outputs pushed = LRPOT_OUTPUTS_INIT;
    ck_ok(lrpot_structure_view(p->structure, 2, symbols, species, &atoms));
    ck_ok(lrpot_nlist_build(&list, &atoms, CUTOFF, 0.0));
    pushed.forces = values + at;
    memset(pushed.forces, 0, 3 * ATOMS * sizeof(double));
    ck_ok(lrpot_response_field_forces(model, p->work, &atoms, list, NULL, &field, &pushed));
    lrpot_nlist_free(list);
    return at + 3 * ATOMS;
}

static lrpot_potential *model_with_pull(network *n, int32_t kind)
{
    lrpot_host_options options = options_of(n, kind);
    lrpot_potential *model = NULL;
    options.pull = pull;
    ck_ok(lrpot_potential_create_host(&model, &options));
    return model;
}

START_TEST(a_product_gives_what_the_rows_of_the_jacobian_give)
{
    static const int cells[] = { CELL_TRICLINIC, CELL_TINY, CELL_NONE };
    network n = { 0 }, m = { 0 };
    int32_t kind = kinds[_i % KINDS];
    probe p = open_probe(&n, kind, cells[_i / KINDS], 31 + (uint64_t)_i);
    lrpot_potential *other = model_with_pull(&m, kind);
    double expected[VALUES], found[VALUES];
    int count = all_of(p.model, &p, kind, expected);
    ck_assert_int_le(count, VALUES);
    ck_assert_int_eq(all_of(other, &p, kind, found), count);
    for (int k = 0; k < count; k++)
        ck_close(found[k], expected[k], 1e-12, fmax(1.0, fabs(expected[k])));
    ck_assert_int_eq(m.backward, 0);
    ck_assert_int_gt(m.pulls, 0);
    lrpot_potential_free(other);
    close_probe(&p);
}
END_TEST

START_TEST(a_product_gives_the_same_dynamical_matrix)
{
    network n = { 0 }, m = { 0 };
    probe p = open_probe(&n, kinds[_i], CELL_TRICLINIC, 37);
    lrpot_potential *models[2] = { p.model, model_with_pull(&m, kinds[_i]) };
    double matrix[2][2 * 9 * ATOMS * ATOMS], charge = 0.0;
    const double wave[3] = { 0.11, -0.07, 0.2 };
    ck_ok(lrpot_structure_set(p.structure, LRPOT_QUANTITY_TOTAL_CHARGE, &charge));
    for (int k = 0; k < 2; k++) {
        lrpot_phonons *phonons = NULL;
        ck_ok(lrpot_phonons_create(&phonons, models[k], p.work, p.structure, 1e-3));
        ck_ok(lrpot_phonons_matrix(phonons, p.work, wave, NULL, matrix[k]));
        lrpot_phonons_free(phonons);
    }
    /* differences of forces, which are equal to 1e-12, over 1e-3 A */
    for (int k = 0; k < 2 * 9 * ATOMS * ATOMS; k++) ck_close(matrix[1][k], matrix[0][k], 1e-9, 1.0);
    lrpot_potential_free(models[1]);
    close_probe(&p);
}
END_TEST

/* Two layers: h_j = sum_k bell(r_jk), s_i = sum_j bell(r_ij) h_j, c_i = b + tanh(s_i)/4,
 * U_i = s_i^2/8, with the edges of one. */
typedef struct {
    double h[ATOMS], s[ATOMS];
} layers;

static layers layers_of(const lrpot_host_edges *edges)
{
    layers l = { { 0 }, { 0 } };
    double slope;
    for (int pass = 0; pass < 2; pass++)
        for (int64_t i = 0; i < edges->n_atoms; i++)
            for (int64_t e = edges->offsets[i]; e < edges->offsets[i + 1]; e++) {
                const double *d = edges->vectors + 3 * e;
                double b = bell(lrpot__dot3(d, d), 4.0, &slope);
                if (pass == 0) l.h[i] += b;
                else l.s[i] += b * l.h[edges->neighbours[e]];
            }
    return l;
}

static lrpot_status pass_messages(void *ctx, const lrpot_host_edges *edges,
                                  const lrpot_host_results *values)
{
    (void)ctx;
    layers l = layers_of(edges);
    for (int64_t i = 0; i < edges->n_atoms; i++) {
        if (values->charges != NULL)
            values->charges[i] = 0.5 - edges->species[i] + 0.25 * tanh(l.s[i]);
        values->energies[i] = l.s[i] * l.s[i] / 8.0;
    }
    return LRPOT_OK;
}

static lrpot_status pull_messages(void *ctx, const lrpot_host_edges *edges,
                                  const lrpot_host_weights *given, double *gradients)
{
    (void)ctx;
    layers l = layers_of(edges);
    double of_s[ATOMS], of_h[ATOMS] = { 0 }, slope;
    for (int64_t i = 0; i < edges->n_atoms; i++) {
        double t = tanh(l.s[i]);
        of_s[i] = given->energies[i] * l.s[i] / 4.0;
        if (given->charges != NULL) of_s[i] += given->charges[i] * 0.25 * (1.0 - t * t);
        for (int64_t e = edges->offsets[i]; e < edges->offsets[i + 1]; e++) {
            const double *d = edges->vectors + 3 * e;
            of_h[edges->neighbours[e]] += of_s[i] * bell(lrpot__dot3(d, d), 4.0, &slope);
        }
    }
    for (int64_t i = 0; i < edges->n_atoms; i++)
        for (int64_t e = edges->offsets[i]; e < edges->offsets[i + 1]; e++) {
            const double *d = edges->vectors + 3 * e;
            (void)bell(lrpot__dot3(d, d), 4.0, &slope);
            double along = (of_s[i] * l.h[edges->neighbours[e]] + of_h[i]) * slope;
            for (int c = 0; c < 3; c++) gradients[3 * e + c] = along * d[c];
        }
    return LRPOT_OK;
}

START_TEST(a_network_that_passes_messages_has_forces_and_virial)
{
    network n = { 0 };
    probe p = open_probe(&n, kinds[_i], CELL_TRICLINIC, 43);
    lrpot_host_options options = options_of(&n, kinds[_i]);
    lrpot_phonons *phonons = NULL;
    double Z[9 * ATOMS], virial_atom[9 * ATOMS];
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    lrpot_potential_free(p.model);
    options.evaluate = pass_messages, options.pull = pull_messages;
    options.flags = LRPOT_HOST_MESSAGES;
    ck_ok(lrpot_potential_create_host(&p.model, &options));
    compare_with_slopes(&p);
    out.virial_atom = virial_atom;
    ck_assert_int_eq(lrpot_potential_compute_structure(p.model, p.work, p.structure, &out),
                     LRPOT_E_UNSUPPORTED);
    ck_assert(strstr(lrpot_last_error(), "without LRPOT_HOST_MESSAGES") != NULL);
    ck_assert_int_eq(lrpot_phonons_create(&phonons, p.model, p.work, p.structure, 1e-3),
                     LRPOT_E_UNSUPPORTED);
    if (kinds[_i] != LRPOT_CHARGES_NONE)
        ck_assert_int_eq(lrpot_response_born_charges_structure(p.model, p.work, p.structure,
                                                               LRPOT_BORN_UNFOLDED, Z, NULL),
                         LRPOT_E_UNSUPPORTED);
    close_probe(&p);
}
END_TEST

START_TEST(failures_of_the_product_come_back)
{
    network n = { 0 };
    probe p = open_probe(&n, LRPOT_CHARGES_EDQRD, CELL_TRICLINIC, 41);
    lrpot_potential_free(p.model);
    p.model = model_with_pull(&n, LRPOT_CHARGES_EDQRD);
    double forces[3 * ATOMS], Z[9 * ATOMS];
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    (void)energy_of(&p);
    ck_assert_int_eq(n.pulls, 0); /* no derivatives for energies */
    out.forces = forces;
    n.calls = 0;
    ck_ok(lrpot_potential_compute_structure(p.model, p.work, p.structure, &out));
    ck_assert_int_eq(n.pulls, 1);
    n.answer_of_pull = -9;
    ck_assert_int_eq(lrpot_potential_compute_structure(p.model, p.work, p.structure, &out), -9);
    ck_assert_int_eq(lrpot_response_born_charges_structure(p.model, p.work, p.structure,
                                                           LRPOT_BORN_UNFOLDED, Z, NULL),
                     -9);
    n.answer_of_pull = LRPOT_OK, n.spoil = NAN;
    ck_assert_int_eq(lrpot_potential_compute_structure(p.model, p.work, p.structure, &out),
                     LRPOT_E_NOT_FINITE);
    ck_assert(strstr(lrpot_last_error(), "gradients of the host") != NULL);
    close_probe(&p);
}
END_TEST

START_TEST(wrong_options_are_refused)
{
    network n = { 0 };
    lrpot_potential *model = NULL;
    lrpot_host_options good = options_of(&n, LRPOT_CHARGES_EDQRD), bad;
#define REFUSED(member, value, status)                                   \
    bad = good, bad.member = value;                                      \
    ck_assert_int_eq(lrpot_potential_create_host(&model, &bad), status); \
    ck_assert_ptr_null(model)
    REFUSED(struct_size, 8, LRPOT_E_SIZE);
    REFUSED(symbols, NULL, LRPOT_E_NULL);
    REFUSED(evaluate, NULL, LRPOT_E_NULL);
    REFUSED(n_species, 0, LRPOT_E_ARGUMENT);
    REFUSED(charges, LRPOT_CHARGES_EQUILIBRATED, LRPOT_E_ARGUMENT);
    REFUSED(charges, 99, LRPOT_E_ARGUMENT);
    REFUSED(flags, LRPOT_CHARGES_SELF, LRPOT_E_ARGUMENT);
    REFUSED(flags, LRPOT_HOST_MESSAGES, LRPOT_E_NULL);
    REFUSED(cutoff, 0.0, LRPOT_E_ARGUMENT);
    REFUSED(cutoff, NAN, LRPOT_E_NOT_FINITE);
    REFUSED(sigma, 1.0, LRPOT_E_ARGUMENT);
    REFUSED(accuracy, -1.0, LRPOT_E_ARGUMENT);
    REFUSED(eps_inf, -1.0, LRPOT_E_ARGUMENT);
}
END_TEST

START_TEST(failures_of_the_network_come_back)
{
    network n = { 0 };
    probe p = open_probe(&n, LRPOT_CHARGES_EDQRD, CELL_TRICLINIC, 23);
    double energy = 0.0;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    lrpot_fit_options settings = LRPOT_FIT_OPTIONS_INIT;
    lrpot_fit *fit = NULL;
    out.energy = &energy;
    n.answer = -7;
    ck_assert_int_eq(lrpot_potential_compute_structure(p.model, p.work, p.structure, &out), -7);
    n.answer = LRPOT_OK, n.calls = n.backward = 0;
    ck_ok(lrpot_potential_compute_structure(p.model, p.work, p.structure, &out));
    ck_assert_int_eq(n.backward, 0); /* no derivatives for energies */
    ck_assert_int_eq(lrpot_potential_save(p.model, "never_written.lrp"), LRPOT_E_UNSUPPORTED);
    ck_assert_int_eq(lrpot_fit_create(&fit, p.model, &settings), LRPOT_E_UNSUPPORTED);
    ck_assert(strstr(lrpot_last_error(), "network of the caller") != NULL);
    ck_assert_str_eq(lrpot_basis_descriptor(lrpot_potential_basis(p.model)),
                     "network of the caller");
    close_probe(&p);
}
END_TEST

START_TEST(copies_call_the_same_network_and_ghosts_are_folded)
{
    network n = { 0 };
    probe p = open_probe(&n, LRPOT_CHARGES_EDQRD, CELL_TRICLINIC, 29);
    lrpot_potential *copy = NULL;
    double expected = energy_of(&p), energy = 0.0;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.energy = &energy;
    ck_ok(lrpot_potential_clone(&copy, p.model));
    lrpot_potential_free(p.model);
    p.model = copy;
    ck_ok(lrpot_potential_compute_structure(copy, p.work, p.structure, &out));
    ck_assert(energy == expected);
    close_probe(&p);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("host");
    TCase *tc = tcase_create("property");
    tcase_set_timeout(tc, 120);
    support_add_cases(tc, forces_and_virial_are_slopes_of_the_energy, 0, 3 * KINDS);
    support_add_cases(tc, born_charges_are_slopes_of_the_dipole, 0, 3);
    support_add_cases(tc, born_charges_of_phases_are_slopes_of_the_phases, 0, 3);
    support_add_cases(tc, dynamical_matrices_are_those_of_supercells, 0, KINDS);
    tcase_add_test(tc, a_stored_jacobian_gives_the_same_model);
    support_add_cases(tc, a_product_gives_what_the_rows_of_the_jacobian_give, 0, 3 * KINDS);
    support_add_cases(tc, a_product_gives_the_same_dynamical_matrix, 0, KINDS);
    support_add_cases(tc, a_network_that_passes_messages_has_forces_and_virial, 0, KINDS);
    tcase_add_test(tc, failures_of_the_product_come_back);
    tcase_add_test(tc, wrong_options_are_refused);
    tcase_add_test(tc, failures_of_the_network_come_back);
    tcase_add_test(tc, copies_call_the_same_network_and_ghosts_are_folded);
    suite_add_tcase(suite, tc);
    return suite;
}
