/* Fragments that are held at potentials: the grand potential and its derivatives, limits, errors.
 */
#include "density_probe.h"

enum { N_FRAGMENTS = 4, FAMILIES = 5, BOUNDARIES = 5 };

/* Fragments 0 and 3 are electrodes, 1 keeps its charge, 2 has no atoms. */
static const double fragment_of[N_ATOMS] = { 0, 1, 0, 3, 1, 3 },
                    charges_of[N_FRAGMENTS] = { 1.0, -0.7, 0, 0.2 },
                    charges_left[N_FRAGMENTS] = { 0, -0.7, 0, 0 };

static const struct {
    int cell;
    int32_t mask, reference;
} boundaries[BOUNDARIES] = { { CELL_TRICLINIC, 7, LRPOT_POTENTIALS_SHARED },
                             { CELL_TRICLINIC, 5, LRPOT_POTENTIALS_SHARED },
                             { CELL_TRICLINIC, 2, LRPOT_POTENTIALS_SHARED },
                             { CELL_NONE, 0, LRPOT_POTENTIALS_SHARED },
                             { CELL_NONE, 0, LRPOT_POTENTIALS_VACUUM } };

static lrpot_potential *potential_of(support_random *random, int family)
{
    lrpot_charges_options options = options_of(family - 2, LRPOT_RESPONSE_ATOMS);
    if (family >= 2) return models_random_with(random, LRPOT_CHARGES_DENSITY, &options);
    options = (lrpot_charges_options)LRPOT_CHARGES_OPTIONS_INIT;
    options.tolerance = 1e-12;
    options.solver = family == 0 ? LRPOT_SOLVER_DENSE : LRPOT_SOLVER_ITERATIVE;
    return models_random_with(random, LRPOT_CHARGES_EQUILIBRATED, &options);
}

static void hold(lrpot_structure *structure, double first, double last, int32_t reference)
{
    int vacuum = reference == LRPOT_POTENTIALS_VACUUM;
    double potentials[N_FRAGMENTS] = { first, NAN, NAN, last }, total = vacuum ? -0.7 : 0.5;
    ck_ok(lrpot_structure_set(structure, LRPOT_QUANTITY_TOTAL_CHARGE, &total));
    ck_ok(lrpot_structure_set_fragment_charges(structure, N_FRAGMENTS,
                                               vacuum ? charges_left : charges_of));
    ck_ok(lrpot_structure_set_fragment_potentials(structure, N_FRAGMENTS, potentials, reference));
}

/* number: family and boundary */
static void open_electrodes(probe *p, int number)
{
    int family = number % FAMILIES, b = number / FAMILIES;
    support_random random = { 7300 + (uint64_t)number };
    *p = (probe){ .potential = potential_of(&random, family) };
    p->structure = models_random_structure(&random, boundaries[b].cell, N_ATOMS, 0.5);
    if (boundaries[b].mask != 0 && boundaries[b].mask != 7) {
        double cell[9];
        memcpy(cell, lrpot_structure_cell(p->structure), sizeof cell);
        ck_ok(lrpot_structure_set_cell(p->structure, cell, boundaries[b].mask));
    }
    ck_ok(lrpot_structure_set(p->structure, LRPOT_QUANTITY_FRAGMENT, fragment_of));
    hold(p->structure, 0.4, -0.3, boundaries[b].reference);
    ck_ok(lrpot_workspace_create(&p->work, 1));
}

/* Charges and potentials of the fragments, and capacitances, each or NULL. */
static void measure(const probe *p, double *q, double *potentials, double *capacitance)
{
    int32_t species[N_ATOMS];
    lrpot_nlist *list = NULL;
    lrpot_atoms atoms = view_of(p->structure, species, &list);
    const lrpot_charges *charges = lrpot_potential_charges(p->potential);
    ck_ok(lrpot_charges_fragments(charges, p->work, &atoms, list, NULL, q, potentials));
    if (capacitance != NULL)
        ck_ok(lrpot_charges_capacitance(charges, p->work, &atoms, list, NULL, capacitance));
    lrpot_nlist_free(list);
}

START_TEST(forces_and_virial_are_derivatives_of_the_grand_potential)
{
    probe p;
    double forces[3 * N_ATOMS], virial[9];
    open_electrodes(&p, _i);
    compute(&p, p.structure, NULL, forces, virial, NULL, NULL);
    compare(&p, forces, virial);
    close_probe(&p);
}
END_TEST

typedef struct {
    probe *p;
    int electrode, charge; /* charge: of this fragment; -1: the grand potential */
    int32_t reference;
} voltage;

static double at_voltage(double x, void *ctx)
{
    const voltage *v = ctx;
    double energy, q[N_FRAGMENTS], potentials[2] = { 0.4, -0.3 };
    potentials[v->electrode] += x;
    hold(v->p->structure, potentials[0], potentials[1], v->reference);
    if (v->charge >= 0) measure(v->p, q, NULL, NULL);
    else compute(v->p, v->p->structure, &energy, NULL, NULL, NULL, NULL);
    hold(v->p->structure, 0.4, -0.3, v->reference);
    return v->charge >= 0 ? q[v->charge] : energy;
}

START_TEST(charges_and_capacitances_are_derivatives_by_the_potentials)
{
    static const int fragment[2] = { 0, 3 };
    probe p;
    double q[N_FRAGMENTS], C[N_FRAGMENTS * N_FRAGMENTS], total = 0;
    int32_t reference = boundaries[_i / FAMILIES].reference;
    open_electrodes(&p, _i);
    measure(&p, q, NULL, C);
    for (int e = 0; e < 2; e++) {
        voltage v = { &p, e, -1, reference };
        ck_close(q[fragment[e]], -support_difference(at_voltage, &v, 0, 0.01), TOL_FD, 1.0);
        for (int f = 0; f < 2; f++) {
            v.charge = fragment[f];
            double c = C[N_FRAGMENTS * fragment[f] + fragment[e]];
            ck_close(c, support_difference(at_voltage, &v, 0, 0.1), TOL_FD, C[0]);
            ck_close(c, C[N_FRAGMENTS * fragment[e] + fragment[f]], 1e-9, C[0]);
        }
    }
    ck_assert(C[0] > 1e-3 && C[15] > 1e-3);
    for (int k = 4; k < 12; k++) ck_assert(C[k] == 0);
    ck_close(q[1], -0.7, 1e-12, 1.0);
    for (int f = 0; f < N_FRAGMENTS; f++) total += q[f];
    if (reference == LRPOT_POTENTIALS_SHARED) {
        ck_close(total, 0.5, 1e-12, 1.0);
        ck_close(C[3], -C[0], 1e-9, C[0]);
    } else ck_assert(fabs(total - 0.5) > 1e-3 && C[0] + C[3] > 1e-3);
    close_probe(&p);
}
END_TEST

/* The same electrodes at fixed charges, and at the potentials that they then have. */
START_TEST(potentials_of_fixed_charges_give_these_charges)
{
    probe p;
    double q[2][N_ATOMS], energy[2], forces[2][3 * N_ATOMS], virial[2][9], levels[2][N_FRAGMENTS],
        work = 0;
    int32_t reference = boundaries[_i / FAMILIES].reference;
    double total = 0.5, shift = reference == LRPOT_POTENTIALS_SHARED ? 0.37 : 0;
    open_electrodes(&p, _i);
    ck_ok(lrpot_structure_set_fragment_potentials(p.structure, 0, NULL, LRPOT_POTENTIALS_SHARED));
    ck_ok(lrpot_structure_set(p.structure, LRPOT_QUANTITY_TOTAL_CHARGE, &total));
    ck_ok(lrpot_structure_set_fragment_charges(p.structure, N_FRAGMENTS, charges_of));
    for (int held = 0; held < 2; held++) {
        if (held) hold(p.structure, levels[0][0] + shift, levels[0][3] + shift, reference);
        compute(&p, p.structure, energy + held, forces[held], virial[held], q[held], NULL);
        measure(&p, NULL, levels[held], NULL);
    }
    for (int i = 0; i < N_ATOMS; i++) ck_close(q[1][i], q[0][i], 1e-9, 1.0);
    for (int k = 0; k < 3 * N_ATOMS; k++) ck_close(forces[1][k], forces[0][k], 1e-9, 1.0);
    for (int k = 0; k < 9; k++) ck_close(virial[1][k], virial[0][k], 1e-9, 1.0);
    for (int f = 0; f < N_FRAGMENTS; f++) {
        if (f == 2) ck_assert(isnan(levels[0][f]) && isnan(levels[1][f]));
        else ck_close(levels[1][f], levels[0][f], 1e-8, 1.0);
        if (f != 2 && f != 1) work += charges_of[f] * (levels[0][f] + shift);
    }
    ck_close(energy[1] + work, energy[0], 1e-9, 1.0);
    ck_assert(fabs(levels[0][0] - levels[0][3]) > 1e-3);
    close_probe(&p);
}
END_TEST

/* Out of reach of each other, so that no charge flows along bonds from one to the other. */
START_TEST(no_voltage_is_one_common_fragment)
{
    static const int cells[2] = { CELL_CUBIC, CELL_NONE };
    support_random random = { 7500 + (uint64_t)_i };
    probe p = { .potential = potential_of(&random, _i) };
    ck_ok(lrpot_workspace_create(&p.work, 1));
    for (int c = 0; c < 2; c++) {
        static const double zero[2] = { 0, 0 }, one[8] = { 0 };
        double q[2][8], energy[2], forces[2][24];
        p.structure = models_two_molecules(&random, cells[c], 0.3);
        ck_ok(
            lrpot_structure_set_fragment_potentials(p.structure, 2, zero, LRPOT_POTENTIALS_SHARED));
        for (int common = 0; common < 2; common++) {
            if (common) {
                ck_ok(lrpot_structure_set_fragment_potentials(p.structure, 0, NULL, 0));
                ck_ok(lrpot_structure_set_fragment_charges(p.structure, 0, NULL));
                ck_ok(lrpot_structure_set(p.structure, LRPOT_QUANTITY_FRAGMENT, one));
            }
            compute(&p, p.structure, energy + common, forces[common], NULL, q[common], NULL);
        }
        ck_close(energy[0], energy[1], 1e-10, 1.0);
        for (int i = 0; i < 8; i++) ck_close(q[0][i], q[1][i], 1e-9, 1.0);
        for (int k = 0; k < 24; k++) ck_close(forces[0][k], forces[1][k], 1e-9, 1.0);
        lrpot_structure_free(p.structure);
    }
    p.structure = NULL;
    close_probe(&p);
}
END_TEST

/* A weighted sum of charges, which follow the atoms at fixed potentials. */
START_TEST(pulls_are_derivatives_of_the_charges)
{
    probe p;
    open_electrodes(&p, _i);
    compare_pulls(&p);
    close_probe(&p);
}
END_TEST

static double dipole_at(double x, void *ctx)
{
    const probe *p = ctx;
    double dipole[3], *place = lrpot_structure_positions(p->structure) + p->coordinate,
                      kept = *place;
    *place += x;
    compute(p, p->structure, NULL, NULL, NULL, NULL, dipole);
    *place = kept;
    return dipole[p->strain];
}

/* Of isolated systems, with a shared level: those of other boundaries are refused. */
START_TEST(born_charges_are_those_at_fixed_potentials)
{
    probe p;
    double born[9 * N_ATOMS];
    open_electrodes(&p, _i);
    lrpot_status status = lrpot_response_born_charges_structure(p.potential, p.work, p.structure,
                                                                LRPOT_BORN_UNFOLDED, born, NULL);
    if (_i / FAMILIES == 3) {
        ck_ok(status);
        for (p.coordinate = 0; p.coordinate < 6; p.coordinate++)
            for (p.strain = 0; p.strain < 3; p.strain++)
                ck_close(born[9 * (p.coordinate / 3) + 3 * p.strain + p.coordinate % 3],
                         support_difference(dipole_at, &p, 0, MODEL_STEP), TOL_FD,
                         models_largest(born, 9 * N_ATOMS));
    } else {
        ck_assert_int_eq(status, LRPOT_E_UNSUPPORTED);
        ck_assert_ptr_nonnull(strstr(lrpot_last_error(), "fragment 0 is held"));
    }
    close_probe(&p);
}
END_TEST

static double enthalpy_at(double x, void *ctx)
{
    const probe *p = ctx;
    double energy, field_value[3] = { 0.1, -0.2, 0.3 },
                   *place = lrpot_structure_positions(p->structure) + p->coordinate, kept = *place;
    int32_t species[N_ATOMS];
    lrpot_nlist *list = NULL;
    lrpot_field field = LRPOT_FIELD_INIT;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    if (p->strain) field_value[p->coordinate] += x;
    else *place += x;
    lrpot_atoms atoms = view_of(p->structure, species, &list);
    memcpy(field.value, field_value, sizeof field_value);
    out.energy = &energy;
    ck_ok(lrpot_response_enthalpy(p->potential, p->work, &atoms, list, NULL, &field, &out));
    lrpot_nlist_free(list);
    *place = kept;
    return energy;
}

/* Of an isolated system in a field, at fixed potentials. */
START_TEST(enthalpy_at_fixed_potentials_has_exact_forces)
{
    probe p;
    double forces[3 * N_ATOMS], dipole[3];
    int32_t species[N_ATOMS];
    lrpot_nlist *list = NULL;
    lrpot_field field = LRPOT_FIELD_INIT;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    open_electrodes(&p, 3 * FAMILIES + _i);
    lrpot_atoms atoms = view_of(p.structure, species, &list);
    field.value[0] = 0.1, field.value[1] = -0.2, field.value[2] = 0.3;
    out.forces = forces, out.dipole = dipole;
    ck_ok(lrpot_response_enthalpy(p.potential, p.work, &atoms, list, NULL, &field, &out));
    for (p.coordinate = 0; p.coordinate < 9; p.coordinate++)
        ck_close(forces[p.coordinate], -support_difference(enthalpy_at, &p, 0, MODEL_STEP), TOL_FD,
                 models_largest(forces, 3 * N_ATOMS));
    p.strain = 1;
    for (p.coordinate = 0; p.coordinate < 3; p.coordinate++)
        ck_close(dipole[p.coordinate], -support_difference(enthalpy_at, &p, 0, 0.01), TOL_FD, 1.0);
    lrpot_nlist_free(list);
    close_probe(&p);
}
END_TEST

static void expect(const probe *p, lrpot_status wanted, const char *message)
{
    double energy;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.energy = &energy;
    lrpot_status status =
        lrpot_potential_compute_structure(p->potential, p->work, p->structure, &out);
    ck_assert_msg(status == wanted && strstr(lrpot_last_error(), message) != NULL, "%d: %s", status,
                  lrpot_last_error());
}

START_TEST(contradictions_are_named)
{
    static const double no_atoms[N_FRAGMENTS] = { NAN, NAN, 0.5, NAN }, few[3] = { 1, 2, 3 };
    probe p;
    double infinite[1] = { INFINITY };
    open_electrodes(&p, 5); /* a crystal */
    hold(p.structure, 0.4, -0.3, LRPOT_POTENTIALS_SHARED);
    ck_ok(lrpot_structure_set_fragment_potentials(p.structure, N_FRAGMENTS, no_atoms, 0));
    expect(&p, LRPOT_E_ARGUMENT, "fragment 2 is held at a potential of 0.5 V but has no atoms");
    ck_ok(lrpot_structure_set_fragment_potentials(p.structure, 3, few, 0));
    expect(&p, LRPOT_E_ARGUMENT, "4 charges of fragments and 3 potentials");
    ck_ok(lrpot_structure_set_fragment_charges(p.structure, 0, NULL));
    expect(&p, LRPOT_E_ARGUMENT, "is of fragment 3, but there are 3 potentials");
    ck_ok(lrpot_structure_set(p.structure, LRPOT_QUANTITY_FRAGMENT, NULL));
    expect(&p, LRPOT_E_ARGUMENT, "but the atoms have no fragments");
    ck_assert_int_eq(lrpot_structure_set_fragment_potentials(p.structure, 1, infinite, 0),
                     LRPOT_E_NOT_FINITE);
    ck_assert_int_eq(lrpot_structure_set_fragment_potentials(p.structure, 3, few, 2),
                     LRPOT_E_ARGUMENT);
    close_probe(&p);
}
END_TEST

/* In crystals, slabs and wires; and charges that would be fixed and free. */
START_TEST(potentials_above_a_vacuum_need_one)
{
    for (int b = 0; b < 4; b++) {
        probe p;
        open_electrodes(&p, b * FAMILIES);
        hold(p.structure, 0.4, -0.3, LRPOT_POTENTIALS_VACUUM);
        if (b < 3) expect(&p, LRPOT_E_UNSUPPORTED, "of fragment 0 counts from the vacuum");
        ck_ok(lrpot_structure_set_fragment_charges(p.structure, N_FRAGMENTS, charges_of));
        ck_ok(lrpot_structure_set(p.structure, LRPOT_QUANTITY_TOTAL_CHARGE, NULL));
        if (b == 3)
            expect(&p, LRPOT_E_ARGUMENT, "fragment 0 has a charge of 1 e and a potential of 0.4 V");
        close_probe(&p);
    }
}
END_TEST

/* Charges without a level. */
START_TEST(other_charges_are_refused_by_name)
{
    static const struct {
        int32_t kind, response;
        const char *message;
    } cases[] = { { LRPOT_CHARGES_FIXED, 0, "charges of kind 'fixed' have no level" },
                  { LRPOT_CHARGES_EDQRD, 0, "charges of kind 'edqrd' have no level" },
                  { LRPOT_CHARGES_LATENT, 0, "charges of kind 'latent' have no level" },
                  { LRPOT_CHARGES_DENSITY, LRPOT_RESPONSE_BONDS, "'density' with this response" },
                  { LRPOT_CHARGES_DENSITY, LRPOT_RESPONSE_NONE, "'density' with this response" },
                  { LRPOT_CHARGES_NONE, 0, "a model without charges: fragment 0 is held" } };
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        probe p;
        support_random random = { 7700 + k };
        lrpot_charges_options options = options_of(0, cases[k].response);
        open_electrodes(&p, 0);
        lrpot_potential_free(p.potential);
        p.potential = models_random_with(&random, cases[k].kind,
                                         cases[k].kind == LRPOT_CHARGES_DENSITY ? &options : NULL);
        expect(&p, LRPOT_E_UNSUPPORTED, cases[k].message);
        close_probe(&p);
    }
}
END_TEST

/* Crystals, or isolated systems; slabs and wires. */
#define add_quick(tcase, test)                   \
    support_add_cases(tcase, test, 0, FAMILIES); \
    support_add_cases(tcase, test, 3 * FAMILIES, ALL_CASES)
#define add_slow(tcase, test) support_add_sampled(tcase, test, FAMILIES, 3 * FAMILIES, 2)

Suite *lrpot_suite(void)
{
    enum { ALL_CASES = FAMILIES * BOUNDARIES };
    Suite *suite = suite_create("electrodes");
    TCase *tcase = tcase_create("electrodes"), *slow = tcase_create("slow");
    add_quick(tcase, forces_and_virial_are_derivatives_of_the_grand_potential);
    add_quick(tcase, charges_and_capacitances_are_derivatives_by_the_potentials);
    add_quick(tcase, potentials_of_fixed_charges_give_these_charges);
    add_quick(tcase, pulls_are_derivatives_of_the_charges);
    add_quick(tcase, born_charges_are_those_at_fixed_potentials);
    support_add_cases(tcase, no_voltage_is_one_common_fragment, 0, FAMILIES);
    support_add_cases(tcase, enthalpy_at_fixed_potentials_has_exact_forces, 0, FAMILIES);
    tcase_add_test(tcase, contradictions_are_named);
    tcase_add_test(tcase, potentials_above_a_vacuum_need_one);
    tcase_add_test(tcase, other_charges_are_refused_by_name);
    suite_add_tcase(suite, tcase);
    tcase_set_tags(slow, "slow");
    tcase_set_timeout(slow, 120);
    add_slow(slow, forces_and_virial_are_derivatives_of_the_grand_potential);
    add_slow(slow, charges_and_capacitances_are_derivatives_by_the_potentials);
    add_slow(slow, potentials_of_fixed_charges_give_these_charges);
    add_slow(slow, pulls_are_derivatives_of_the_charges);
    add_slow(slow, born_charges_are_those_at_fixed_potentials);
    suite_add_tcase(suite, slow);
    return suite;
}
