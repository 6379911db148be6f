/* Forces and stress of a field at fixed field, voltage, displacement field and flux, for every kind
 * of charges in triclinic cells: against differences of the enthalpy, against charges that move
 * along bonds, and against moments of the charges' response to single atoms. */
#include "models.h"

#define N_ATOMS 7
#define FIELD_KINDS 4

static const double eps_inf[3][9] = { { 0 },
                                      { 2.3, 0, 0, 0, 2.3, 0, 0, 0, 2.3 },
                                      { 2.4, 0.3, -0.1, 0.3, 1.9, 0.2, -0.1, 0.2, 3.1 } };
/* V/A, V, V/A, V A */
static const double values[FIELD_KINDS][3] = {
    { 0.3, -0.5, 0.8 }, { 2.1, -3.4, 4.8 }, { 1.8, -2.5, 3.1 }, { 70, -90, 120 }
};

typedef struct {
    double energy, energy_atom[N_ATOMS], forces[3 * N_ATOMS], virial[9], virial_atom[9 * N_ATOMS],
        charges[N_ATOMS], dipole[3], acting[3];
} results;

typedef struct {
    lrpot_potential *potential;
    lrpot_workspace *work;
    lrpot_structure *structure;
    lrpot_field field;
    int bonds; /* the dipole is that of charges that move along bonds */
    int coordinate, strain;
} moved;

/* Charge that the first atom of a pair gains by the second. */
static double gain(const moved *m, int32_t first, int32_t second, const double *vector)
{
    double positions[6] = { 0, 0, 0, vector[0], vector[1], vector[2] }, q[2];
    int32_t species[2] = { first, second };
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_nlist *list = NULL;
    atoms.n_owned = atoms.n_all = 2;
    atoms.positions = positions;
    atoms.species = species;
    ck_ok(lrpot_nlist_build(&list, &atoms, lrpot_potential_cutoff(m->potential), 0));
    ck_ok(
        lrpot_charges_eval(lrpot_potential_charges(m->potential), m->work, &atoms, list, NULL, q));
    lrpot_nlist_free(list);
    return q[0];
}

/* Dipole of charges that move along bonds: each bond counts at both of its ends. */
static void dipole_of_bonds(const moved *m, const lrpot_atoms *atoms, const lrpot_nlist *list,
                            double *dipole)
{
    int32_t j[500];
    double vectors[3 * 500];
    dipole[0] = dipole[1] = dipole[2] = 0;
    for (int64_t i = 0; i < atoms->n_owned; i++) {
        int64_t count = lrpot_nlist_row(list, atoms, i, 500, j, vectors);
        ck_assert(count >= 0 && count <= 500);
        for (int64_t k = 0; k < count; k++) {
            double half = 0.5 * gain(m, atoms->species[i], atoms->species[j[k]], vectors + 3 * k);
            for (int a = 0; a < 3; a++) dipole[a] -= half * vectors[3 * k + a];
        }
    }
}

static void evaluate(const moved *m, const lrpot_structure *structure, results *r)
{
    int32_t species[N_ATOMS];
    double dipole[3];
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_nlist *list = NULL;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    lrpot_field field = m->field;
    out.energy = &r->energy, out.energy_atom = r->energy_atom, out.forces = r->forces,
    out.virial = r->virial, out.virial_atom = r->virial_atom, out.charges = r->charges,
    out.dipole = r->dipole;
    field.acting = r->acting;
    ck_ok(lrpot_structure_view(structure, MODEL_SPECIES, model_symbols, species, &atoms));
    ck_ok(lrpot_nlist_build(&list, &atoms, lrpot_potential_cutoff(m->potential), 0));
    if (m->bonds) {
        dipole_of_bonds(m, &atoms, list, dipole);
        field.dipole = dipole;
    }
    ck_ok(lrpot_response_enthalpy(m->potential, m->work, &atoms, list, NULL, &field, &out));
    lrpot_nlist_free(list);
}

static double energy_at(double x, void *ctx)
{
    const moved *m = ctx;
    results r;
    lrpot_structure *copy = NULL;
    ck_ok(lrpot_structure_clone(&copy, m->structure));
    if (m->strain) models_strain(copy, m->coordinate / 3, m->coordinate % 3, x);
    else lrpot_structure_positions(copy)[m->coordinate] += x;
    evaluate(m, copy, &r);
    lrpot_structure_free(copy);
    return r.energy;
}

static void check_derivatives(moved *m)
{
    results r;
    double sums[10] = { 0 };
    evaluate(m, m->structure, &r);
    m->strain = 0;
    for (m->coordinate = 0; m->coordinate < 3 * N_ATOMS; m->coordinate++)
        ck_close(r.forces[m->coordinate], -support_difference(energy_at, m, 0, MODEL_STEP), TOL_FD,
                 models_largest(r.forces, 3 * N_ATOMS));
    m->strain = 1;
    for (m->coordinate = 0; m->coordinate < 9; m->coordinate++)
        ck_close(r.virial[m->coordinate], -support_difference(energy_at, m, 0, MODEL_STEP), TOL_FD,
                 models_largest(r.virial, 9));
    for (int i = 0; i < N_ATOMS; i++) {
        for (int k = 0; k < 9; k++) sums[k] += r.virial_atom[9 * i + k];
        sums[9] += r.energy_atom[i];
    }
    for (int k = 0; k < 9; k++)
        ck_close(sums[k], r.virial[k], 1e-11, models_largest(r.virial_atom, 9 * N_ATOMS));
    ck_close(sums[9], r.energy, 1e-11, models_largest(r.energy_atom, N_ATOMS));
}

static void discard(moved *m)
{
    lrpot_workspace_free(m->work);
    lrpot_structure_free(m->structure);
    lrpot_potential_free(m->potential);
}

/* A crystal without net charge, of charges that need not keep it. */
static void neutralise(moved *m)
{
    int64_t n = lrpot_potential_param_count(m->potential), offset = 0, count = 0;
    double *params = calloc((size_t)n, sizeof *params), sum = 0;
    const char *name = NULL;
    int32_t species[N_ATOMS];
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    ck_ok(lrpot_potential_get_params(m->potential, n, params));
    ck_ok(lrpot_structure_view(m->structure, MODEL_SPECIES, model_symbols, species, &atoms));
    for (int32_t b = 0; lrpot_potential_param_block(m->potential, b, &name, &offset, &count); b++) {
        if (strcmp(name, "charges.species") != 0) continue;
        for (int i = 0; i < N_ATOMS; i++) sum += params[offset + species[i]];
        for (int k = 0; k < MODEL_SPECIES; k++) params[offset + k] -= sum / N_ATOMS;
    }
    ck_ok(lrpot_potential_set_params(m->potential, n, params));
    free(params);
}

static moved prepared(uint64_t seed, lrpot_potential *(*make)(support_random *, int32_t),
                      int32_t kind)
{
    support_random random = { seed };
    moved m = { .potential = make(&random, kind),
                .structure = models_random_structure(&random, CELL_TRICLINIC, N_ATOMS, 0),
                .field = LRPOT_FIELD_INIT };
    ck_ok(lrpot_workspace_create(&m.work, 1));
    return m;
}

static void set_field(moved *m, int32_t kind, int screening)
{
    m->field.kind = kind;
    memcpy(m->field.value, values[kind], sizeof values[kind]);
    memcpy(m->field.eps_inf, eps_inf[screening], sizeof eps_inf[screening]);
}

START_TEST(enthalpy_of_positions_has_exact_forces_and_virials)
{
    static const int32_t kinds[] = { LRPOT_CHARGES_FIXED, LRPOT_CHARGES_QRD, LRPOT_CHARGES_EDQRD,
                                     LRPOT_CHARGES_LATENT,
                                     MODELS_WITH_HIDDEN + LRPOT_CHARGES_EDQRD };
    moved m = prepared(7000 + (uint64_t)_i, models_random_potential, kinds[_i / FIELD_KINDS]);
    if (_i / FIELD_KINDS == 0) neutralise(&m);
    m.field.form = LRPOT_DIPOLE_POSITIONS;
    for (int screening = 0; screening < 3; screening++) {
        set_field(&m, _i % FIELD_KINDS, screening);
        check_derivatives(&m);
    }
    discard(&m);
}
END_TEST

/* Charges of constant value have the same enthalpy in both forms, and the dipole may be given. */
START_TEST(the_form_of_the_dipole_does_not_matter_to_constant_charges)
{
    moved m = prepared(7040 + (uint64_t)_i, models_random_potential, LRPOT_CHARGES_QRD);
    results r, other;
    double shifted[3 * N_ATOMS];
    set_field(&m, _i, 2);
    evaluate(&m, m.structure, &r);
    check_derivatives(&m);
    m.field.form = LRPOT_DIPOLE_POSITIONS;
    evaluate(&m, m.structure, &other);
    ck_close(other.energy, r.energy, TOL_EXACT, 100);
    for (int k = 0; k < 9; k++) ck_close(other.virial[k], r.virial[k], TOL_EXACT, 100);
    /* positions of other images, with the dipole of the first */
    for (int k = 0; k < 3 * N_ATOMS; k++)
        shifted[k] = lrpot_structure_positions(m.structure)[k]
                     + (k / 3 == 2 ? lrpot_structure_cell(m.structure)[3 + k % 3] : 0);
    m.field.positions = shifted;
    evaluate(&m, m.structure, &other);
    ck_assert(fabs(other.energy - r.energy) > 1e-3);
    m.field.dipole = r.dipole;
    evaluate(&m, m.structure, &other);
    ck_close(other.energy, r.energy, 1e-12, 100);
    for (int k = 0; k < 9; k++) ck_close(other.virial[k], r.virial[k], 1e-12, 100);
    for (int a = 0; a < 3; a++) ck_close(other.acting[a], r.acting[a], 1e-12, 1);
    discard(&m);
}
END_TEST

/* Charges that an atom gains by its neighbour are lost by the neighbour: they move along bonds,
 * whose dipole is a function of the bond vectors alone. */
static lrpot_potential *model_of_bonds(support_random *random, int32_t kind)
{
    lrpot_potential_options options = LRPOT_POTENTIAL_OPTIONS_INIT;
    lrpot_basis_options basis = LRPOT_BASIS_OPTIONS_INIT, charge_basis = LRPOT_BASIS_OPTIONS_INIT;
    options.basis = &basis;
    options.charge_basis = &charge_basis;
    lrpot_potential *potential = NULL;
    int64_t offset = 0, count = 0;
    const char *name = NULL;
    options.symbols = model_symbols;
    options.accuracy = 1e-11;
    options.n_species = MODEL_SPECIES;
    basis.level = 6;
    basis.cutoff = 3.8;
    basis.min_distance = charge_basis.min_distance = 1.2;
    charge_basis.level = 2;
    charge_basis.cutoff = 3.3;
    charge_basis.radial_size = 6;
    options.charges = kind;
    ck_ok(lrpot_potential_create(&potential, &options));
    models_randomise(random, potential);
    int64_t n = lrpot_potential_param_count(potential);
    double *params = calloc((size_t)n, sizeof *params);
    ck_ok(lrpot_potential_get_params(potential, n, params));
    for (int32_t b = 0; lrpot_potential_param_block(potential, b, &name, &offset, &count); b++) {
        if (strcmp(name, "charges.species") == 0)
            memset(params + offset, 0, (size_t)count * sizeof *params);
        if (strcmp(name, "charges.radial") != 0) continue;
        int64_t size = count / (MODEL_SPECIES * MODEL_SPECIES);
        for (int64_t k = 0; k < count; k++) {
            int64_t i = k / size / MODEL_SPECIES, j = k / size % MODEL_SPECIES;
            if (i < j) params[offset + k] = support_uniform(random, -1, 1);
            else if (i == j) params[offset + k] = 0;
            else params[offset + k] = -params[offset + (j * MODEL_SPECIES + i) * size + k % size];
        }
    }
    ck_ok(lrpot_potential_set_params(potential, n, params));
    free(params);
    return potential;
}

START_TEST(charges_that_move_along_bonds_have_exact_forces_and_virials)
{
    static const int32_t kinds[] = { LRPOT_CHARGES_EDQ, LRPOT_CHARGES_EDQRD, LRPOT_CHARGES_LATENT };
    moved m = prepared(7100 + (uint64_t)_i, model_of_bonds, kinds[_i / FIELD_KINDS]);
    results r;
    m.bonds = 1;
    for (int screening = 0; screening < 3; screening += 2) {
        set_field(&m, _i % FIELD_KINDS, screening);
        check_derivatives(&m);
    }
    evaluate(&m, m.structure, &r);
    ck_assert(models_largest(r.charges, N_ATOMS) > 0.02);
    discard(&m);
}
END_TEST

enum { TIMES = 3, COPIES = TIMES * TIMES * TIMES, ALL = N_ATOMS * COPIES };

/* Charges of the repeated cell with one coordinate of the first copy displaced. */
static void charges_of_copies(const moved *m, int coordinate, double x, double *q)
{
    static const int32_t times[3] = { TIMES, TIMES, TIMES };
    lrpot_structure *big = NULL;
    int32_t species[ALL];
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_nlist *list = NULL;
    ck_ok(lrpot_structure_repeat(&big, m->structure, times));
    lrpot_structure_positions(big)[coordinate] += x;
    ck_ok(lrpot_structure_view(big, MODEL_SPECIES, model_symbols, species, &atoms));
    ck_ok(lrpot_nlist_build(&list, &atoms, lrpot_potential_cutoff(m->potential), 0));
    ck_ok(
        lrpot_charges_eval(lrpot_potential_charges(m->potential), m->work, &atoms, list, NULL, q));
    lrpot_nlist_free(list);
    lrpot_structure_free(big);
}

/* Response of all charges to one coordinate, by differences; without the share of atoms far away,
 * which is that of the redistribution: it vanishes with the size of the crystal. */
static void response_to(const moved *m, int coordinate, double *slope)
{
    static double q[4][ALL];
    const double h = MODEL_STEP;
    for (int k = 0; k < 4; k++)
        charges_of_copies(m, coordinate, (k < 2 ? 1 : 2) * (k % 2 ? -h : h), q[k]);
    for (int j = 0; j < ALL; j++)
        slope[j] = (8 * (q[0][j] - q[1][j]) - (q[2][j] - q[3][j])) / (12 * h);
}

/* Vector from atom j of the repeated cell to atom l of its first copy, by the nearest image. */
static double nearest(lrpot_structure *structure, const double *big, int l, int64_t j,
                      double *vector)
{
    const double *cell = lrpot_structure_cell(structure);
    double best = INFINITY;
    for (int k = 0; k < 27; k++) {
        double d[3], square = 0;
        for (int a = 0; a < 3; a++) {
            d[a] = lrpot_structure_positions(structure)[3 * l + a] - big[3 * j + a];
            d[a] += TIMES
                    * ((k % 3 - 1) * cell[a] + (k / 3 % 3 - 1) * cell[3 + a]
                       + (k / 9 - 1) * cell[6 + a]);
            square += d[a] * d[a];
        }
        if (square >= best) continue;
        best = square;
        memcpy(vector, d, sizeof d);
    }
    return sqrt(best);
}

/* Adds r_a r_b dq_j/dr_l,c for all atoms j around the displaced one: [a][b][c]. */
static void add_moments(const moved *m, int l, int c, const double *big, double *moments)
{
    double slope[ALL], vector[3] = { 0 }, far[N_ATOMS], distance[N_ATOMS] = { 0 };
    response_to(m, 3 * l + c, slope);
    for (int pass = 0; pass < 2; pass++)
        for (int64_t j = 0; j < ALL; j++) {
            double r = nearest(m->structure, big, l, j, vector);
            int64_t kind = j % N_ATOMS;
            if (pass == 0 && r > distance[kind]) far[kind] = slope[j], distance[kind] = r;
            for (int k = 0; pass == 1 && r < 4 && k < 9; k++)
                moments[3 * k + c] += vector[k / 3] * vector[k % 3] * (slope[j] - far[kind]);
        }
    for (int i = 0; i < N_ATOMS; i++) ck_assert(distance[i] > 4.3);
}

/* The piezoelectric tensor of the long-wave limit, e[a][bc] = -(m[ab][c] + m[ac][b] - m[bc][a])/2
 * (R. M. Martin, Phys. Rev. B 5, 1607 (1972)), and the virial at a fixed voltage is E.e. */
START_TEST(virial_at_fixed_voltage_is_the_second_moment_of_the_response)
{
    static const int32_t kinds[] = { LRPOT_CHARGES_EDQRD, LRPOT_CHARGES_LATENT,
                                     MODELS_WITH_HIDDEN + LRPOT_CHARGES_EDQRD };
    static const int32_t times[3] = { TIMES, TIMES, TIMES };
    moved m = prepared(7200 + (uint64_t)_i, models_random_potential, kinds[_i]);
    double moments[27] = { 0 };
    results r, plain;
    lrpot_structure *big = NULL;
    ck_ok(lrpot_structure_repeat(&big, m.structure, times));
    for (int k = 0; k < 3 * N_ATOMS; k++)
        add_moments(&m, k / 3, k % 3, lrpot_structure_positions(big), moments);
    set_field(&m, LRPOT_FIELD_REDUCED, 0);
    evaluate(&m, m.structure, &r);
    memset(m.field.value, 0, sizeof m.field.value);
    double acting[3] = { r.acting[0], r.acting[1], r.acting[2] };
    evaluate(&m, m.structure, &plain);
    for (int k = 0; k < 9; k++) {
        int b = k / 3, c = k % 3;
        double expected = 0;
        for (int a = 0; a < 3; a++)
            expected -= 0.5 * acting[a]
                        * (moments[9 * a + 3 * b + c] + moments[9 * a + 3 * c + b]
                           - moments[9 * b + 3 * c + a]);
        ck_close(r.virial[k] - plain.virial[k], expected, 1e-6, fabs(expected) + 0.1);
        ck_assert(fabs(expected) > 1e-5);
    }
    lrpot_structure_free(big);
    discard(&m);
}
END_TEST

/* Another image of an atom, a cell of other rows and two cells are the same crystal. */
START_TEST(virial_does_not_depend_on_the_choice_of_the_cell)
{
    static const int32_t kinds[] = { LRPOT_CHARGES_EDQRD, LRPOT_CHARGES_LATENT };
    moved m = prepared(7250 + (uint64_t)_i, models_random_potential, kinds[_i / FIELD_KINDS]);
    results r, other;
    set_field(&m, _i % FIELD_KINDS, 2);
    evaluate(&m, m.structure, &r);
    m.field.dipole = r.dipole;
    double *positions = lrpot_structure_positions(m.structure);
    const double *cell = lrpot_structure_cell(m.structure);
    for (int a = 0; a < 3; a++) {
        positions[a] += cell[a] - 2 * cell[6 + a];
        positions[9 + a] -= cell[3 + a];
    }
    evaluate(&m, m.structure, &other);
    ck_close(other.energy, r.energy, 1e-9, 10);
    for (int k = 0; k < 9; k++) ck_close(other.virial[k], r.virial[k], 1e-9, 10);
    for (int k = 0; k < 3 * N_ATOMS; k++) ck_close(other.forces[k], r.forces[k], 1e-9, 10);
    discard(&m);
}
END_TEST

START_TEST(kernels_give_the_same_forces_and_virials)
{
    double virials[5][9], forces[5][3 * N_ATOMS];
    int found[5] = { 0 };
    for (int32_t kernel = LRPOT_KERNEL_REFERENCE; kernel <= LRPOT_KERNEL_AVX512; kernel++) {
        support_random random = { 7300 };
        lrpot_potential_options options = LRPOT_POTENTIAL_OPTIONS_INIT;
        lrpot_basis_options basis = LRPOT_BASIS_OPTIONS_INIT,
                            charge_basis = LRPOT_BASIS_OPTIONS_INIT;
        options.basis = &basis;
        options.charge_basis = &charge_basis;
        lrpot_potential *potential = NULL;
        results r;
        options.symbols = model_symbols;
        options.n_species = MODEL_SPECIES;
        basis.level = 6;
        basis.min_distance = charge_basis.min_distance = 1.2;
        basis.cutoff = charge_basis.cutoff = 3.8;
        charge_basis.level = 8;
        charge_basis.kernel = kernel;
        options.charges = LRPOT_CHARGES_EDQRD;
        lrpot_status status = lrpot_potential_create(&potential, &options);
        if (status == LRPOT_E_UNSUPPORTED) continue; /* not on this processor */
        ck_ok(status);
        models_randomise(&random, potential);
        moved m = { .potential = potential,
                    .structure = models_random_structure(&random, CELL_TRICLINIC, N_ATOMS, 0),
                    .field = LRPOT_FIELD_INIT };
        ck_ok(lrpot_workspace_create(&m.work, 1));
        set_field(&m, LRPOT_FIELD_FIXED, 0);
        evaluate(&m, m.structure, &r);
        memcpy(virials[kernel], r.virial, sizeof r.virial);
        memcpy(forces[kernel], r.forces, sizeof r.forces);
        found[kernel] = 1;
        discard(&m);
    }
    ck_assert(found[LRPOT_KERNEL_REFERENCE] && found[LRPOT_KERNEL_PORTABLE]);
    for (int k = LRPOT_KERNEL_PORTABLE; k < 5; k++) {
        for (int a = 0; a < 9 && found[k]; a++) ck_close(virials[k][a], virials[1][a], 1e-12, 10);
        for (int a = 0; a < 3 * N_ATOMS && found[k]; a++)
            ck_close(forces[k][a], forces[1][a], 1e-12, 10);
    }
}
END_TEST

/* E + 4 pi k P = D with the physical P, and the voltages are E.a_c. */
START_TEST(the_acting_field_meets_the_condition)
{
    moved m = prepared(7350 + (uint64_t)_i, models_random_potential, LRPOT_CHARGES_EDQRD);
    const double *cell = lrpot_structure_cell(m.structure);
    double volume = lrpot_structure_volume(m.structure);
    double on_charges[3];
    results r;
    set_field(&m, _i, 1);
    m.field.on_charges = on_charges;
    evaluate(&m, m.structure, &r);
    for (int a = 0; a < 3; a++) ck_close(on_charges[a], sqrt(2.3) * r.acting[a], 1e-13, 100);
    double D[3], factor = 4 * acos(-1.0) * LRPOT_COULOMB_CONSTANT / volume;
    for (int a = 0; a < 3; a++)
        D[a] = 2.3 * r.acting[a] + factor * sqrt(2.3) * r.dipole[a]; /* eps_inf E + 4 pi k P_ion */
    for (int c = 0; c < 3; c++) {
        double voltage = 0, flux = 0;
        const double *b1 = cell + 3 * ((c + 1) % 3), *b2 = cell + 3 * ((c + 2) % 3);
        for (int a = 0; a < 3; a++) {
            voltage += r.acting[a] * cell[3 * c + a];
            flux += D[a] * (b1[(a + 1) % 3] * b2[(a + 2) % 3] - b1[(a + 2) % 3] * b2[(a + 1) % 3]);
        }
        double kept[FIELD_KINDS] = { r.acting[c], voltage, D[c], flux };
        ck_close(fabs(kept[_i]), fabs(values[_i][c]), 1e-12, 100);
    }
    discard(&m);
}
END_TEST

/* The rate of the dipole of charges that move along bonds, in a cell that deforms. */
typedef struct {
    const moved *m;
    double velocities[3 * N_ATOMS], rate[9];
    int component;
} deforming;

static double dipole_at(double x, void *ctx)
{
    const deforming *d = ctx;
    double cell[9], dipole[3];
    int32_t species[N_ATOMS];
    lrpot_structure *copy = NULL;
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_nlist *list = NULL;
    ck_ok(lrpot_structure_clone(&copy, d->m->structure));
    memcpy(cell, lrpot_structure_cell(copy), sizeof cell);
    for (int row = 0; row < N_ATOMS + 3; row++) {
        double *r = row < 3 ? cell + 3 * row : lrpot_structure_positions(copy) + 3 * (row - 3),
               old[3] = { r[0], r[1], r[2] };
        for (int b = 0; b < 3; b++) {
            for (int a = 0; a < 3; a++) r[b] += x * d->rate[3 * a + b] * old[a];
            if (row >= 3) r[b] += x * d->velocities[3 * (row - 3) + b];
        }
    }
    ck_ok(lrpot_structure_set_cell(copy, cell, LRPOT_PERIODIC_ALL));
    ck_ok(lrpot_structure_view(copy, MODEL_SPECIES, model_symbols, species, &atoms));
    ck_ok(lrpot_nlist_build(&list, &atoms, lrpot_potential_cutoff(d->m->potential), 0));
    dipole_of_bonds(d->m, &atoms, list, dipole);
    lrpot_nlist_free(list);
    lrpot_structure_free(copy);
    return dipole[d->component];
}

START_TEST(current_follows_the_dipole_in_a_deforming_cell)
{
    support_random random = { 7380 };
    moved m = prepared(7380, model_of_bonds, LRPOT_CHARGES_EDQRD);
    deforming d = { .m = &m };
    double current[3], dipole[3];
    int32_t species[N_ATOMS];
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_nlist *list = NULL;
    for (int k = 0; k < 3 * N_ATOMS; k++) d.velocities[k] = support_uniform(&random, -1, 1);
    for (int k = 0; k < 9; k++) d.rate[k] = support_uniform(&random, -0.3, 0.3);
    ck_ok(lrpot_structure_view(m.structure, MODEL_SPECIES, model_symbols, species, &atoms));
    ck_ok(lrpot_nlist_build(&list, &atoms, lrpot_potential_cutoff(m.potential), 0));
    ck_ok(lrpot_response_current(m.potential, m.work, &atoms, list, NULL, d.velocities, d.rate,
                                 current));
    for (d.component = 0; d.component < 3; d.component++) dipole[d.component] = dipole_at(0, &d);
    for (d.component = 0; d.component < 3; d.component++) {
        double rate = current[d.component];
        for (int a = 0; a < 3; a++) rate += d.rate[3 * a + d.component] * dipole[a];
        ck_close(rate, support_difference(dipole_at, &d, 0, MODEL_STEP), TOL_FD, 1);
    }
    lrpot_nlist_free(list);
    discard(&m);
}
END_TEST

START_TEST(the_root_of_a_tensor_squared_is_the_tensor)
{
    static const double skew[9] = { 2, 0.5, 0, 0.1, 2, 0, 0, 0, 2 };
    double root[9], inverse[9];
    for (int which = 1; which < 3; which++) {
        ck_ok(lrpot_response_screening(eps_inf[which], root, inverse));
        for (int k = 0; k < 9; k++) {
            double square = 0, unit = 0;
            for (int c = 0; c < 3; c++) {
                square += root[3 * (k / 3) + c] * root[3 * c + k % 3];
                unit += root[3 * (k / 3) + c] * inverse[3 * c + k % 3];
            }
            ck_close(square, eps_inf[which][k], TOL_EXACT, 3);
            ck_close(unit, k % 4 == 0, TOL_EXACT, 3);
        }
    }
    ck_ok(lrpot_response_screening(eps_inf[1], root, NULL));
    ck_assert_int_eq(lrpot_response_screening(skew, root, NULL), LRPOT_E_ARGUMENT);
    ck_assert_int_eq(lrpot_response_screening(NULL, root, NULL), LRPOT_E_NULL);
}
END_TEST

static void ck_refused(const moved *m, lrpot_status status, const char *part)
{
    int32_t species[N_ATOMS];
    double energy, virial[9], forces[3 * N_ATOMS];
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_nlist *list = NULL;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.energy = &energy, out.virial = virial, out.forces = forces;
    ck_ok(lrpot_structure_view(m->structure, MODEL_SPECIES, model_symbols, species, &atoms));
    ck_ok(lrpot_nlist_build(&list, &atoms, lrpot_potential_cutoff(m->potential), 0));
    for (int whole = 0; whole < 2; whole++) {
        lrpot_status got = whole ? lrpot_response_enthalpy(m->potential, m->work, &atoms, list,
                                                           NULL, &m->field, &out)
                                 : lrpot_response_field_forces(m->potential, m->work, &atoms, list,
                                                               NULL, &m->field, &out);
        ck_assert_int_eq(got, status);
        ck_assert_msg(strstr(lrpot_last_error(), part) != NULL, "%s", lrpot_last_error());
    }
    lrpot_nlist_free(list);
}

START_TEST(charged_crystals_have_no_stress_in_a_field)
{
    moved m = prepared(7400, models_random_potential, LRPOT_CHARGES_EDQRD);
    double one = 1, forces[3 * N_ATOMS];
    int32_t species[N_ATOMS];
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_nlist *list = NULL;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    ck_ok(lrpot_structure_set(m.structure, LRPOT_QUANTITY_TOTAL_CHARGE, &one));
    for (int kind = 0; kind < FIELD_KINDS; kind++) {
        set_field(&m, kind, 0);
        ck_refused(&m, LRPOT_E_UNSUPPORTED, "the cell has the charge 1 e");
    }
    set_field(&m, LRPOT_FIELD_FIXED, 0);
    out.forces = forces;
    ck_ok(lrpot_structure_view(m.structure, MODEL_SPECIES, model_symbols, species, &atoms));
    ck_ok(lrpot_nlist_build(&list, &atoms, lrpot_potential_cutoff(m.potential), 0));
    ck_ok(lrpot_response_field_forces(m.potential, m.work, &atoms, list, NULL, &m.field, &out));
    lrpot_nlist_free(list);
    discard(&m);
}
END_TEST

START_TEST(conditions_that_do_not_fit_are_refused)
{
    moved m = prepared(7410, models_random_potential, LRPOT_CHARGES_EDQRD);
    const double *cell = lrpot_structure_cell(m.structure);
    double layer[9];
    memcpy(layer, cell, sizeof layer);
    m.field.kind = 4;
    ck_refused(&m, LRPOT_E_ARGUMENT, "field of kind 4");
    m.field.kind = 0, m.field.form = 2;
    ck_refused(&m, LRPOT_E_ARGUMENT, "dipole form 2");
    m.field.form = 0;
    m.field.eps_inf[0] = 2;
    ck_refused(&m, LRPOT_E_ARGUMENT, "eps_inf 2 0 0");
    m.field.eps_inf[4] = m.field.eps_inf[8] = 2, m.field.eps_inf[1] = 0.4;
    ck_refused(&m, LRPOT_E_ARGUMENT, "not symmetric");
    m.field.eps_inf[3] = 0.4;
    m.field.value[2] = NAN;
    ck_refused(&m, LRPOT_E_NOT_FINITE, "component 2 of the field");
    m.field.value[2] = 0;
    m.field.struct_size = 8;
    ck_refused(&m, LRPOT_E_SIZE, "lrpot_field.struct_size is 8");
    m.field.struct_size = sizeof m.field;
    ck_ok(lrpot_structure_set_cell(m.structure, layer, 3));
    for (int kind = 1; kind < FIELD_KINDS; kind++) {
        m.field.kind = kind;
        ck_refused(&m, LRPOT_E_UNSUPPORTED, "periodic in three directions");
    }
    discard(&m);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("field_stress");
    TCase *tcase = tcase_create("field_stress");
    tcase_set_timeout(tcase, 120);
    support_add_cases(tcase, enthalpy_of_positions_has_exact_forces_and_virials, 0,
                      5 * FIELD_KINDS);
    support_add_cases(tcase, the_form_of_the_dipole_does_not_matter_to_constant_charges, 0,
                      FIELD_KINDS);
    support_add_cases(tcase, charges_that_move_along_bonds_have_exact_forces_and_virials, 0,
                      3 * FIELD_KINDS);
    support_add_cases(tcase, virial_at_fixed_voltage_is_the_second_moment_of_the_response, 0, 3);
    support_add_cases(tcase, virial_does_not_depend_on_the_choice_of_the_cell, 0, 2 * FIELD_KINDS);
    tcase_add_test(tcase, kernels_give_the_same_forces_and_virials);
    support_add_cases(tcase, the_acting_field_meets_the_condition, 0, FIELD_KINDS);
    tcase_add_test(tcase, the_root_of_a_tensor_squared_is_the_tensor);
    tcase_add_test(tcase, current_follows_the_dipole_in_a_deforming_cell);
    tcase_add_test(tcase, charged_crystals_have_no_stress_in_a_field);
    tcase_add_test(tcase, conditions_that_do_not_fit_are_refused);
    suite_add_tcase(suite, tcase);
    return suite;
}
