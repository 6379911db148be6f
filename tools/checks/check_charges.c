/* Checks of charges: dE/dq, sums of charges, and Born charges by differences of charges. */
#include "fitting/charge_kind_lists.h"
#include "checks/checks.h"
#include "cli/nan_extremes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The energy is a quadratic form of the charges: differences of any step are exact within
 * rounding. */
static const double TOL_DERIVATIVE = 1e-7, TOL_QUADRATIC = 1e-10, PI = 3.14159265358979323846;

/* A structure, whose charges are evaluated at displaced atoms. */
typedef struct charge_probe {
    const lrpot_potential *model;
    /* those of the model, solved as exactly as differences need; NULL where nothing is solved */
    lrpot_charges *exact;
    lrpot_workspace *work;
    lrpot_structure *structure;
    int32_t *species;
    lrpot_atoms atoms;
    int64_t n;
    double *q, *dq;  /* [n]; [3][n]: derivatives along the three axes of one atom */
    double *dipoles; /* [n][3] of the atoms, where the model has them, or NULL */
    double moved[9]; /* derivatives of the sum of the dipoles, [component][axis] */
} charge_probe;

static void close_probe(charge_probe *probe)
{
    lrpot_charges_free(probe->exact);
    lrpot_structure_free(probe->structure);
    free(probe->species);
    free(probe->q);
    free(probe->dq);
    free(probe->dipoles);
}

/* A copy of charges that solve equations, NULL of others. Differences divide the errors of a
 * solution by the step. */
static lrpot_status exact_charges(const lrpot_charges *charges, lrpot_charges **out)
{
    static const double TOLERANCE = 1e-12;
    lrpot_charges_options options = LRPOT_CHARGES_OPTIONS_INIT;
    int64_t count = lrpot_charges_param_count(charges);
    lrpot_status status = lrpot_charges_get_options(charges, &options);
    if (status != LRPOT_OK
        || (lrpot_charges_kind_traits(options.kind) & LRPOT_CHARGES_TAKES_SOLVER) == 0)
        return status;
    double *params = malloc((size_t)(count > 0 ? count : 1) * sizeof *params);
    if (params == NULL) return LRPOT_E_MEMORY;
    options.tolerance = TOLERANCE;
    status = lrpot_charges_get_params(charges, count, params);
    if (status == LRPOT_OK)
        status = lrpot_charges_create(out, lrpot_charges_basis(charges), &options);
    if (status == LRPOT_OK) status = lrpot_charges_set_params(*out, count, params);
    free(params);
    return status;
}

/* Opens the probe. Takes ownership of the structure. */
static lrpot_status open_probe(charge_probe *probe, const check_probe *from,
                               lrpot_structure *structure)
{
    *probe = (charge_probe){ .model = from->model,
                             .work = from->work,
                             .structure = structure,
                             .n = lrpot_structure_count(structure) };
    probe->species = malloc((size_t)probe->n * sizeof *probe->species);
    probe->q = malloc((size_t)probe->n * sizeof *probe->q);
    probe->dq = malloc((size_t)(3 * probe->n) * sizeof *probe->dq);
    int has_dipoles = charges_order(from->model) > 0;
    if (has_dipoles) probe->dipoles = malloc((size_t)(3 * probe->n) * sizeof *probe->dipoles);
    probe->atoms = (lrpot_atoms)LRPOT_ATOMS_INIT;
    if (has_dipoles && probe->dipoles == NULL) return LRPOT_E_MEMORY;
    if (probe->species == NULL || probe->q == NULL || probe->dq == NULL) return LRPOT_E_MEMORY;
    probe->atoms = (lrpot_atoms)LRPOT_ATOMS_INIT;
    lrpot_status status = exact_charges(lrpot_potential_charges(from->model), &probe->exact);
    if (status != LRPOT_OK) return status;
    return lrpot_structure_view(structure, lrpot_potential_species_count(probe->model),
                                lrpot_potential_symbols(probe->model), probe->species,
                                &probe->atoms);
}

static lrpot_status charges_now(charge_probe *probe)
{
    lrpot_nlist *list = NULL;
    const lrpot_charges *charges = probe->exact != NULL ? probe->exact
                                                        : lrpot_potential_charges(probe->model);
    lrpot_status status =
        lrpot_nlist_build(&list, &probe->atoms, lrpot_potential_cutoff(probe->model), 0.0);
    if (status == LRPOT_OK)
        status = lrpot_charges_moments(charges, probe->work, &probe->atoms, list, probe->q,
                                       probe->dipoles, NULL);
    lrpot_nlist_free(list);
    return status;
}

static lrpot_status charge_derivatives(charge_probe *probe, int64_t j, double h)
{
    memset(probe->dq, 0, (size_t)(3 * probe->n) * sizeof *probe->dq);
    memset(probe->moved, 0, sizeof probe->moved);
    for (int b = 0; b < 3; b++)
        for (int k = 0; k < CHECK_N_PLACES; k++) {
            double *r = lrpot_structure_positions(probe->structure) + 3 * j + b, origin = *r;
            *r = origin + CHECK_PLACES[k] * h;
            lrpot_status status = charges_now(probe);
            *r = origin;
            if (status != LRPOT_OK) return status;
            for (int64_t i = 0; i < probe->n; i++)
                probe->dq[b * probe->n + i] += CHECK_WEIGHTS[k] * probe->q[i] / h;
            for (int64_t c = 0; probe->dipoles != NULL && c < 3 * probe->n; c++)
                probe->moved[3 * (c % 3) + b] += CHECK_WEIGHTS[k] * probe->dipoles[c] / h;
        }
    return charges_now(probe);
}

/* Fractional coordinates of a vector: out = v h^-1 for rows h. */
static void fractional(const double *h, const double *v, double *out)
{
    double det = 0.0, inverse[9];
    for (int a = 0; a < 3; a++)
        for (int c = 0; c < 3; c++) {
            int a1 = (a + 1) % 3, a2 = (a + 2) % 3, c1 = (c + 1) % 3, c2 = (c + 2) % 3;
            inverse[3 * a + c] = h[3 * c1 + a1] * h[3 * c2 + a2] - h[3 * c1 + a2] * h[3 * c2 + a1];
        }
    for (int c = 0; c < 3; c++) det += h[c] * inverse[3 * c];
    for (int c = 0; c < 3; c++)
        out[c] = (v[0] * inverse[c] + v[1] * inverse[3 + c] + v[2] * inverse[6 + c]) / det;
}

/* r_i - r_j, the nearest image if periodic (correct for vectors shorter than half the cell's
 * heights). */
static void separation(const charge_probe *probe, int64_t i, int64_t j, double *d)
{
    const double *r = lrpot_structure_positions_const(probe->structure),
                 *h = lrpot_structure_cell(probe->structure);
    double s[3];
    for (int a = 0; a < 3; a++) d[a] = r[3 * i + a] - r[3 * j + a];
    if (probe->atoms.periodic_mask == 0) return;
    fractional(h, d, s);
    for (int c = 0; c < 3; c++)
        for (int a = 0; a < 3; a++) d[a] -= floor(s[c] + 0.5) * h[3 * c + a];
}

static int keeps_total_charge(const lrpot_potential *model)
{
    return lrpot_charges_keep_total(lrpot_potential_charges(model));
}

/* Shares s of the species: 0 if the model has none, 1 if the total charge is fixed without
 * shares. */
static lrpot_status shares(const lrpot_potential *model, double *out)
{
    int64_t count = lrpot_potential_param_count(model), offset = 0, n = 0;
    const char *name = NULL;
    double *params = malloc((size_t)count * sizeof *params);
    for (int32_t z = 0; z < lrpot_potential_species_count(model); z++)
        out[z] = keeps_total_charge(model) ? 1.0 : 0.0;
    if (params == NULL) return LRPOT_E_MEMORY;
    lrpot_status status = lrpot_potential_get_params(model, count, params);
    for (int32_t b = 0;
         status == LRPOT_OK && lrpot_potential_param_block(model, b, &name, &offset, &n); b++)
        if (strcmp(name, "charges.share") == 0)
            memcpy(out, params + offset, (size_t)n * sizeof *out);
    free(params);
    return status;
}

/* Removes the redistributed charge. Every atom gets it in proportion to its share, so it has no
 * position, and it drops out of the polarization in the limit k -> 0. It is read from the atom
 * farthest away, whose neighbourhood does not contain the displaced atom. */
static lrpot_status remove_redistributed(charge_probe *probe, int64_t j)
{
    double *share = malloc((size_t)lrpot_potential_species_count(probe->model) * sizeof *share),
           farthest = -1.0;
    int64_t far = -1;
    if (share == NULL) return LRPOT_E_MEMORY;
    lrpot_status status = shares(probe->model, share);
    for (int64_t i = 0; status == LRPOT_OK && i < probe->n; i++) {
        double d[3];
        separation(probe, i, j, d);
        double square = d[0] * d[0] + d[1] * d[1] + d[2] * d[2];
        if (share[probe->species[i]] == 0.0 || square <= farthest) continue;
        farthest = square;
        far = i;
    }
    for (int b = 0; status == LRPOT_OK && far >= 0 && b < 3; b++) {
        double *dq = probe->dq + b * probe->n, common = dq[far] / share[probe->species[far]];
        for (int64_t i = 0; i < probe->n; i++) dq[i] -= common * share[probe->species[i]];
    }
    free(share);
    return status;
}

static void unfolded_tensor(const charge_probe *probe, int64_t j, double *Z)
{
    for (int k = 0; k < 9; k++) Z[k] = k % 4 == 0 ? probe->q[j] : 0.0;
    for (int64_t i = 0; i < probe->n; i++) {
        double d[3];
        separation(probe, i, j, d);
        for (int k = 0; k < 9; k++) Z[k] += d[k / 3] * probe->dq[(k % 3) * probe->n + i];
    }
}

/* Dipole tensor of an isolated system, at the given positions: with a net charge the dipole depends
 * on the origin. */
static void dipole_tensor(const charge_probe *probe, int64_t j, double *Z)
{
    const double *r = lrpot_structure_positions_const(probe->structure);
    for (int k = 0; k < 9; k++) Z[k] = probe->moved[k] + (k % 4 == 0 ? probe->q[j] : 0.0);
    for (int64_t i = 0; i < probe->n; i++)
        for (int k = 0; k < 9; k++) Z[k] += r[3 * i + k / 3] * probe->dq[(k % 3) * probe->n + i];
}

/* Z[a][b] = sum_c h[c][a] Re(exp(-2 pi i s_jc) dP_c/dr_b), from differences of the phases. */
static lrpot_status phase_tensor(charge_probe *probe, int64_t j, double h, double *Z)
{
    const double *cell = lrpot_structure_cell(probe->structure);
    double s[3], *r = lrpot_structure_positions(probe->structure) + 3 * j;
    fractional(cell, r, s);
    memset(Z, 0, 9 * sizeof *Z);
    for (int b = 0; b < 3; b++)
        for (int k = 0; k < CHECK_N_PLACES; k++) {
            lrpot_polarization p = LRPOT_POLARIZATION_INIT;
            double origin = r[b];
            r[b] = origin + CHECK_PLACES[k] * h;
            lrpot_status status = charges_now(probe);
            if (status == LRPOT_OK)
                status = lrpot_response_polarization(&probe->atoms, probe->q, NULL, &p);
            r[b] = origin;
            if (status != LRPOT_OK) return status;
            for (int c = 0; c < 3; c++) {
                double angle = 2.0 * PI * s[c],
                       value = cos(angle) * p.phase_real[c] + sin(angle) * p.phase_imag[c];
                for (int a = 0; a < 3; a++)
                    Z[3 * a + b] += cell[3 * c + a] * CHECK_WEIGHTS[k] * value / h;
            }
        }
    return LRPOT_OK;
}

static double tensor_error(const double *a, const double *b)
{
    double worst = 0.0;
    for (int k = 0; k < 9; k++) worst = larger(worst, fabs(a[k] - b[k]));
    return worst;
}

/* Numbers of repeats for which the neighbours of an atom are within half of each height. */
static void repeats_of(const lrpot_structure *structure, double reach, int32_t *repeat)
{
    const double *h = lrpot_structure_cell(structure);
    for (int c = 0; c < 3; c++) {
        const double *u = h + 3 * ((c + 1) % 3), *v = h + 3 * ((c + 2) % 3);
        double n[3] = { u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2],
                        u[0] * v[1] - u[1] * v[0] };
        double height = lrpot_structure_volume(structure)
                        / sqrt(n[0] * n[0] + n[1] * n[1] + n[2] * n[2]);
        repeat[c] = (int32_t)fmin(ceil((2.0 * reach + 1.0) / height), 1e6);
        if (repeat[c] < 1) repeat[c] = 1;
    }
}

static int64_t find_atom(const lrpot_structure *structure, const double *place)
{
    const double *r = lrpot_structure_positions_const(structure);
    for (int64_t i = 0; i < lrpot_structure_count(structure); i++)
        if (fabs(r[3 * i] - place[0]) + fabs(r[3 * i + 1] - place[1])
                + fabs(r[3 * i + 2] - place[2])
            < 1e-9)
            return i;
    return -1;
}

/* Largest error of a form over one atom of each species. */
static lrpot_status compare_form(check_probe *probe, charge_probe *moving, int32_t form, double *Z,
                                 double *worst)
{
    lrpot_status status = lrpot_response_born_charges_structure(probe->model, probe->work,
                                                                probe->structure, form, Z, NULL);
    *worst = 0.0;
    for (int32_t z = 0; status == LRPOT_OK && z < lrpot_potential_species_count(probe->model);
         z++) {
        int64_t home = 0;
        while (home < probe->n
               && strcmp(lrpot_structure_symbol(probe->structure, home),
                         lrpot_potential_symbols(probe->model)[z])
                      != 0)
            home++;
        int64_t j = home < probe->n ? find_atom(moving->structure, probe->home + 3 * home) : -1;
        if (j < 0) continue;
        double expected[9];
        if (form == LRPOT_BORN_PHASE) status = phase_tensor(moving, j, probe->step, expected);
        else {
            status = charge_derivatives(moving, j, probe->step);
            if (status == LRPOT_OK && moving->atoms.periodic_mask != 0)
                status = remove_redistributed(moving, j);
            if (status == LRPOT_OK && moving->atoms.periodic_mask != 0)
                unfolded_tensor(moving, j, expected);
            else if (status == LRPOT_OK) dipole_tensor(moving, j, expected);
        }
        double error = status == LRPOT_OK ? tensor_error(expected, Z + 9 * home) : NAN;
        *worst = larger(*worst, error);
    }
    return status;
}

static lrpot_status born(check_probe *probe, check_table *table, int32_t form)
{
    int32_t mask = lrpot_structure_periodic_mask(probe->structure), repeat[3] = { 1, 1, 1 };
    lrpot_structure *copy = NULL;
    charge_probe moving = { 0 };
    double worst = NAN, *Z = malloc((size_t)(9 * probe->n) * sizeof *Z);
    if (Z == NULL) return LRPOT_E_MEMORY;
    if (mask != 0 && form == LRPOT_BORN_UNFOLDED)
        repeats_of(probe->structure, lrpot_charges_cutoff(lrpot_potential_charges(probe->model)),
                   repeat);
    lrpot_status status = mask != 0 ? lrpot_structure_repeat(&copy, probe->structure, repeat)
                                    : lrpot_structure_clone(&copy, probe->structure);
    if (status == LRPOT_OK) status = open_probe(&moving, probe, copy);
    if (status == LRPOT_OK) status = compare_form(probe, &moving, form, Z, &worst);
    if (status == LRPOT_OK && form == LRPOT_BORN_PHASE)
        check_add(table, "Born charges, phase", worst, TOL_DERIVATIVE,
                  "e, one atom per species, differences of the phases of P");
    else if (status == LRPOT_OK)
        check_add(table, "Born charges, unfolded", worst, TOL_DERIVATIVE,
                  "e, one atom per species, differences of %s in %lld atoms",
                  mask != 0 ? "sum q r" : "the dipole", (long long)moving.n);
    if (status == LRPOT_OK) check_mark_by_step(table);
    close_probe(&moving);
    free(Z);
    return status;
}

static lrpot_status born_sum(check_probe *probe, check_table *table)
{
    double raw[9], largest = 0.0, after = 0.0, sum[9] = { 0 }, total = 0.0,
                   *Z = malloc((size_t)(9 * probe->n) * sizeof *Z);
    if (Z == NULL) return LRPOT_E_MEMORY;
    lrpot_status status = lrpot_response_born_charges_structure(
        probe->model, probe->work, probe->structure, LRPOT_BORN_UNFOLDED, Z, raw);
    for (int64_t i = 0; i < probe->n; i++) total += probe->eval.charges[i];
    if (status == LRPOT_OK) status = lrpot_response_project(probe->n, total, Z);
    for (int64_t k = 0; status == LRPOT_OK && k < 9 * probe->n; k++) sum[k % 9] += Z[k];
    for (int k = 0; k < 9; k++) {
        largest = larger(largest, fabs(raw[k]));
        after = larger(after, fabs(sum[k] - (k % 4 == 0 ? total : 0.0)));
    }
    free(Z);
    if (status != LRPOT_OK) return status;
    check_add(table, "sum of Born charges, raw", largest, -1.0,
              "e per atom: the model's own residual, taken off by projection");
    check_add(table, "sum of Born charges", after, 1e-10 * (double)probe->n, "e, after projection");
    return LRPOT_OK;
}

/* Potential and energies of the solver at given charges, in one splitting: that of the largest
 * charges holds for the others. */
static lrpot_status solver_eval(const check_probe *probe, const charge_probe *moving, double *phi,
                                double *energy)
{
    lrpot_outputs outputs = LRPOT_OUTPUTS_INIT;
    outputs.potential = phi;
    outputs.energy = energy;
    return lrpot_ewald_eval(lrpot_potential_ewald(probe->model), probe->work, &moving->atoms, NULL,
                            NULL, moving->q, &outputs);
}

/* Compares dE/dq with differences of the energy between q (1 - s) +- s d, |d| <= |q|, so that no
 * charges are larger than those of the potential. E is a quadratic form of q: differences of any
 * step are exact within rounding. */
static lrpot_status quadratic_form(check_probe *probe, charge_probe *moving, const double *phi,
                                   check_table *table)
{
    const double share = 0.1, unit = lrpot_potential_charge_unit(probe->model);
    double energies[2] = { 0.0, 0.0 }, expected = 0.0, scale = 1.0, length = 0.0, norm = 0.0;
    for (int64_t i = 0; i < probe->n; i++) {
        probe->direction[i] = check_random(probe);
        length += probe->direction[i] * probe->direction[i];
        norm += probe->eval.charges[i] * probe->eval.charges[i];
    }
    for (int64_t i = 0; i < probe->n; i++) {
        probe->direction[i] *= sqrt(norm / length);
        expected += (1.0 - share) * phi[i] * probe->direction[i];
        scale += fabs(phi[i] * probe->direction[i]);
    }
    for (int side = 0; side < 2; side++) {
        for (int64_t i = 0; i < probe->n; i++)
            moving->q[i] = unit
                           * ((1.0 - share) * probe->eval.charges[i]
                              + (side == 0 ? share : -share) * probe->direction[i]);
        lrpot_status status = solver_eval(probe, moving, NULL, &energies[side]);
        if (status != LRPOT_OK) return status;
    }
    double found = (energies[0] - energies[1]) / (2.0 * share);
    check_add(table, "dE/dq", fabs(found - expected) / scale, TOL_QUADRATIC,
              "random direction, relative to sum |phi dq|");
    return LRPOT_OK;
}

/* Potential of the model against that of the solver alone, which may split its sum otherwise. */
static lrpot_status potential(check_probe *probe, check_table *table)
{
    charge_probe moving = { 0 };
    coulomb_bounds bounds;
    lrpot_structure *copy = NULL;
    double unit = lrpot_potential_charge_unit(probe->model), square = 0.0, size = 0.0,
           *phi = calloc((size_t)probe->n, sizeof *phi);
    lrpot_status status = phi != NULL ? lrpot_structure_clone(&copy, probe->structure)
                                      : LRPOT_E_MEMORY;
    if (status == LRPOT_OK) status = open_probe(&moving, probe, copy);
    for (int64_t i = 0; status == LRPOT_OK && i < probe->n; i++)
        moving.q[i] = unit * probe->eval.charges[i];
    if (status == LRPOT_OK) status = solver_eval(probe, &moving, phi, NULL);
    if (status == LRPOT_OK)
        status = coulomb_bounds_get(&bounds, probe->model, probe->work, probe->structure);
    for (int64_t i = 0; status == LRPOT_OK && i < probe->n; i++) {
        phi[i] *= unit;
        square += pow(phi[i] - probe->eval.potential[i], 2.0);
        size = fmax(size, fabs(phi[i]));
    }
    if (status == LRPOT_OK) {
        check_add(table, "potential", sqrt(square / (double)probe->n),
                  TOL_QUADRATIC * fmax(1.0, size) + probe->bounds.potential + bounds.potential,
                  "V, rms, against the solver alone; bounds of the accuracy");
        status = quadratic_form(probe, &moving, phi, table);
    }
    close_probe(&moving);
    free(phi);
    return status;
}

static void charge_sum(const check_probe *probe, check_table *table)
{
    const double *given = lrpot_structure_get(probe->structure, LRPOT_QUANTITY_TOTAL_CHARGE);
    double sum = given != NULL ? -given[0] : 0.0;
    int exact = keeps_total_charge(probe->model);
    for (int64_t i = 0; i < probe->n; i++) sum += probe->eval.charges[i];
    check_add(table, "sum of charges", fabs(sum), exact ? 1e-12 * (double)(probe->n + 10) : -1.0,
              "e away from the total charge%s",
              exact ? "" : ", which this kind of charges does not keep");
}

lrpot_status check_charges(check_probe *probe, check_table *table)
{
    if (lrpot_potential_charges(probe->model) == NULL) return LRPOT_OK;
    int32_t mask = lrpot_structure_periodic_mask(probe->structure);
    charge_sum(probe, table);
    if (lrpot_charges_channels(lrpot_potential_charges(probe->model)) > 1)
        return LRPOT_OK; /* the other checks need charges */
    lrpot_status status = LRPOT_OK;
    /* a model that sums in a way of its own has no Ewald solver to compare with, and that of
     * charges does not know dipoles */
    int dipoles = charges_order(probe->model) > 0;
    if (lrpot_potential_ewald(probe->model) != NULL && !dipoles) status = potential(probe, table);
    /* Charges that flow through periodic systems have no limit of long waves. The redistributed
     * charge of a layer has a position across it and none along it: no difference quotient here. */
    int limit = mask == 0 || (mask == LRPOT_PERIODIC_ALL && !charges_flow(probe->model));
    if (status == LRPOT_OK && limit) status = born(probe, table, LRPOT_BORN_UNFOLDED);
    if (status == LRPOT_OK && mask == LRPOT_PERIODIC_ALL && !dipoles)
        status = born(probe, table, LRPOT_BORN_PHASE);
    return status == LRPOT_OK && limit ? born_sum(probe, table) : status;
}
