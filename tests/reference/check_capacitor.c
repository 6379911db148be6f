/* Two metal slabs at a voltage against the plate capacitor: capacitance, charge and force, with
 * charges that minimise an energy and with densities. */
#include "models.h"

#define K LRPOT_COULOMB_CONSTANT
#define PI 3.14159265358979323846

/* Square layers of one atom, the spacing of which is that of the atoms in a layer. */
enum { LAYERS = 8, PLATE_ATOMS = 2 * LAYERS, PLATE_FAMILIES = 3 };
static const double spacing = 2.5, area = 2.5 * 2.5;

typedef struct {
    lrpot_potential *potential;
    lrpot_workspace *work;
    lrpot_structure *structure;
} plates;

/* 0: equilibrated, then densities of order 0 and 1. Self-interaction 8 V/e, hardness 0.05 V/e. */
static lrpot_potential *metal(int family)
{
    static const char *const symbols[1] = { "Al" };
    static const double chi_and_u[2] = { 1.5, -3 },
                        density[7] = { 0.2, 0.1, 20, 0.1, -0.1, -3, -3 };
    lrpot_charges_options options = LRPOT_CHARGES_OPTIONS_INIT;
    options.sigma = 1.0, options.tolerance = 1e-12;
    options.order = family == 2, options.response = LRPOT_RESPONSE_ATOMS, options.reach = 3.0;
    if (family == 0) options.order = options.response = 0, options.reach = 0;
    return models_constant(family == 0 ? LRPOT_CHARGES_EQUILIBRATED : LRPOT_CHARGES_DENSITY,
                           symbols, 1, 1e-11, &options, family == 0 ? chi_and_u : density);
}

/* Facing layers are `gap` apart, and in a crystal (mask 7) the others `other`, through the
 * boundary. */
static void open_plates(plates *p, int family, int32_t mask, double gap, double other, double volts)
{
    const char *names[PLATE_ATOMS];
    double positions[3 * PLATE_ATOMS] = { 0 }, fragments[PLATE_ATOMS], held[2] = { volts, 0 },
                         thick = (LAYERS - 1) * spacing,
                         cell[9] = { spacing, 0, 0, 0, spacing, 0, 0, 0, 2 * thick + gap + other };
    for (int i = 0; i < PLATE_ATOMS; i++) {
        names[i] = "Al";
        fragments[i] = i / LAYERS;
        positions[3 * i + 2] = i % LAYERS * spacing + i / LAYERS * (thick + gap);
    }
    *p = (plates){ .potential = metal(family) };
    ck_ok(lrpot_workspace_create(&p->work, 1));
    ck_ok(lrpot_structure_create(&p->structure, PLATE_ATOMS, names, positions, cell, mask));
    ck_ok(lrpot_structure_set(p->structure, LRPOT_QUANTITY_FRAGMENT, fragments));
    ck_ok(lrpot_structure_set_fragment_potentials(p->structure, 2, held, LRPOT_POTENTIALS_SHARED));
}

static void close_plates(plates *p)
{
    lrpot_structure_free(p->structure);
    lrpot_workspace_free(p->work);
    lrpot_potential_free(p->potential);
}

/* Charge and potential of the plates, the capacitance, and the force on the first plate. */
static void measure(const plates *p, double q[2], double levels[2], double *C, double *force,
                    double *grand)
{
    static const char *const symbols[1] = { "Al" };
    int32_t species[PLATE_ATOMS];
    double matrix[4], forces[3 * PLATE_ATOMS];
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_nlist *list = NULL;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    const lrpot_charges *charges = lrpot_potential_charges(p->potential);
    ck_ok(lrpot_structure_view(p->structure, 1, symbols, species, &atoms));
    ck_ok(lrpot_nlist_build(&list, &atoms, lrpot_potential_cutoff(p->potential), 0));
    ck_ok(lrpot_charges_fragments(charges, p->work, &atoms, list, NULL, q, levels));
    ck_ok(lrpot_charges_capacitance(charges, p->work, &atoms, list, NULL, matrix));
    out.forces = forces, out.energy = grand;
    ck_ok(lrpot_potential_compute(p->potential, p->work, &atoms, list, NULL, &out));
    *C = matrix[0];
    *force = 0;
    for (int i = 0; i < LAYERS; i++) *force += forces[3 * i + 2];
    lrpot_nlist_free(list);
}

static double capacitance(int family, int32_t mask, double gap, double other)
{
    plates p;
    double q[2], levels[2], C, force, grand;
    open_plates(&p, family, mask, gap, other, 1.0);
    measure(&p, q, levels, &C, &force, &grand);
    close_plates(&p);
    return C;
}

/* dC^-1/dd is 4 pi k/A, wherever the image planes are. In a crystal with equal gaps the plates face
 * each other twice. */
START_TEST(capacitance_is_that_of_plates)
{
    int twice = _i >= PLATE_FAMILIES, family = _i % PLATE_FAMILIES;
    double inverse[3];
    for (int k = 0; k < 3; k++)
        inverse[k] = 1 / capacitance(family, twice ? 7 : 3, 8.0 + 4 * k, 8.0 + 4 * k);
    double slope = 4 * PI * K / area / (twice ? 2 : 1);
    for (int k = 1; k < 3; k++) ck_close((inverse[k] - inverse[k - 1]) / 4, slope, 1e-5, slope);
    /* the image planes lie outside of the layers, by less than an atom */
    double offset = 8.0 - inverse[0] / slope;
    ck_assert_msg(offset > 0 && offset < 2 * spacing, "offset %g", offset);
}
END_TEST

/* Q = C V, F = 2 pi k Q^2/A, Omega(V) - Omega(0) = -C V^2/2. */
START_TEST(charge_force_and_energy_are_those_of_plates)
{
    const double volts = 1.0;
    plates p;
    double q[2], levels[2], C, force, grand[2];
    for (int on = 1; on >= 0; on--) {
        open_plates(&p, _i, 3, 10.0, 0.0, on * volts);
        measure(&p, q, levels, &C, &force, grand + on);
        close_plates(&p);
        ck_close(q[0], on * C * volts, 1e-8, 1.0);
        ck_close(q[1], -q[0], 1e-12, 1.0);
        ck_close(levels[0] - levels[1], on * volts, 1e-9, 1.0);
        ck_close(force, 2 * PI * K * q[0] * q[0] / area, 1e-6, 0.1);
    }
    ck_close(grand[1] - grand[0], -C * volts * volts / 2, 1e-8, 1.0);
}
END_TEST

/* In a crystal with two different gaps the charges of the faces are those of two capacitors. */
START_TEST(two_gaps_of_a_crystal_are_two_capacitors)
{
    const double gaps[2] = { 8.0, 14.0 }, volts = 1.0, unit = 4 * PI * K / area;
    plates p;
    double q[2], levels[2], C, force, grand, face[2],
        offset = 8.0 - 2 / capacitance(_i, 7, 8.0, 8.0) / unit;
    open_plates(&p, _i, 7, gaps[0], gaps[1], volts);
    measure(&p, q, levels, &C, &force, &grand);
    close_plates(&p);
    for (int f = 0; f < 2; f++) face[f] = volts / unit / (gaps[f] - offset);
    ck_close(q[0], face[0] + face[1], 1e-4, face[0]);
    ck_close(force, unit / 2 * (face[0] * face[0] - face[1] * face[1]), 1e-3, 1e-3);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("capacitor");
    TCase *tcase = tcase_create("capacitor");
    support_add_cases(tcase, capacitance_is_that_of_plates, 0, 2 * PLATE_FAMILIES);
    support_add_cases(tcase, charge_force_and_energy_are_those_of_plates, 0, PLATE_FAMILIES);
    support_add_cases(tcase, two_gaps_of_a_crystal_are_two_capacitors, 0, PLATE_FAMILIES);
    suite_add_tcase(suite, tcase);
    return suite;
}
