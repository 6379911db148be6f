/* LO-TO splitting of rock salt: the closed formula omega_LO^2 = omega_TO^2 + 4 pi k_e Z^2 / (V mu)
 * (2603.06396, sec. II.E), and the longitudinal branch of the same model at long wavelengths in
 * elongated cells, which needs no Born charge at all. */
#include "models.h"

#define LATTICE 5.64 /* A */

static const double four_pi = 12.566370614359172953851, two_pi = 6.283185307179586476925;
static const double thz = 15.633304239856193; /* sqrt(eV / (A^2 u)) / (2 pi) */

static lrpot_structure *primitive_cell(void)
{
    static const char *const symbols[2] = { "Na", "Cl" };
    const double h = LATTICE / 2, cell[9] = { 0, h, h, h, 0, h, h, h, 0 },
                 positions[6] = { 0, 0, 0, h, h, h };
    lrpot_structure *structure = NULL;
    ck_ok(lrpot_structure_create(&structure, 2, symbols, positions, cell, LRPOT_PERIODIC_ALL));
    return structure;
}

/* n tetragonal cells of (a/sqrt 2, a/sqrt 2, a) along z: Na, Na, Cl, Cl in each. */
static lrpot_structure *elongated_cell(int n)
{
    const double h = LATTICE / 2;
    const double cell[9] = { h, h, 0, h, -h, 0, 0, 0, n * LATTICE };
    double *positions = calloc((size_t)(12 * n), sizeof *positions);
    const char **symbols = calloc((size_t)(4 * n), sizeof *symbols);
    lrpot_structure *structure = NULL;
    for (int k = 0; k < 2 * n; k++) { /* layers: Na over the origin in even ones, Cl in odd ones */
        double sodium[3] = { k % 2 ? h : 0, 0, h * k }, chlorine[3] = { k % 2 ? 0 : h, 0, h * k };
        memcpy(positions + 6 * k, sodium, sizeof sodium);
        memcpy(positions + 6 * k + 3, chlorine, sizeof chlorine);
        symbols[2 * k] = "Na";
        symbols[2 * k + 1] = "Cl";
    }
    ck_ok(lrpot_structure_create(&structure, 4 * n, symbols, positions, cell, LRPOT_PERIODIC_ALL));
    free(positions);
    free(symbols);
    return structure;
}

static double longitudinal_force_constant(const lrpot_potential *potential,
                                          const lrpot_structure *structure, int moved, int felt,
                                          double k)
{
    const double step = 1e-3;
    int64_t n = lrpot_structure_count(structure);
    double *forces = calloc((size_t)(3 * n), sizeof *forces), sum = 0;
    lrpot_workspace *work = NULL;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.forces = forces;
    ck_ok(lrpot_workspace_create(&work, 1));
    for (int sign = -1; sign <= 1; sign += 2) {
        lrpot_structure *copy = NULL;
        ck_ok(lrpot_structure_clone(&copy, structure));
        double *positions = lrpot_structure_positions(copy);
        const double *place = lrpot_structure_positions_const(structure);
        for (int64_t i = moved; i < n; i += 2)
            positions[3 * i + 2] += sign * step * cos(k * place[3 * i + 2]);
        ck_ok(lrpot_potential_compute_structure(potential, work, copy, &out));
        /* the mean of cos^2 over the cell is 1/2, and there are n/2 atoms of a kind */
        for (int64_t i = felt; i < n; i += 2)
            sum -= sign * forces[3 * i + 2] * cos(k * place[3 * i + 2]) / (2 * step)
                   / (0.25 * (double)n);
        lrpot_structure_free(copy);
    }
    lrpot_workspace_free(work);
    free(forces);
    return sum;
}

/* Square of the longitudinal optical frequency at the longest wave of n cells, eV/(A^2 u). */
static double longitudinal_square(const lrpot_potential *potential, int n, const double *masses)
{
    lrpot_structure *structure = elongated_cell(n);
    double k = two_pi / (n * LATTICE), D[3];
    D[0] = longitudinal_force_constant(potential, structure, 0, 0, k) / masses[0];
    D[1] = longitudinal_force_constant(potential, structure, 0, 1, k) / sqrt(masses[0] * masses[1]);
    D[2] = longitudinal_force_constant(potential, structure, 1, 1, k) / masses[1];
    lrpot_structure_free(structure);
    double mean = 0.5 * (D[0] + D[2]), half = 0.5 * (D[0] - D[2]);
    return mean + sqrt(half * half + D[1] * D[1]);
}

static double squared(double frequency)
{
    return frequency * fabs(frequency) / (thz * thz);
}

typedef struct {
    lrpot_potential *potential;
    double masses[2], Z[18], transverse, longitudinal;
} crystal;

static crystal solve(int32_t kind)
{
    support_random random = { 2000 + (uint64_t)kind };
    crystal c = { models_random_potential(&random, kind),
                  { lrpot_element_mass("Na"), lrpot_element_mass("Cl") },
                  { 0 },
                  0,
                  0 };
    lrpot_structure *structure = primitive_cell();
    lrpot_workspace *work = NULL;
    const double direction[3] = { 0, 0, 1 };
    double D[36], frequencies[6];
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot_response_gamma_constants(c.potential, work, structure, 0, D));
    ck_ok(lrpot_response_born_charges_structure(c.potential, work, structure, LRPOT_BORN_UNFOLDED,
                                                c.Z, NULL));
    /* Acoustic modes are the three nearest to zero; the random model may be unstable, so that
     * transverse ones lie below them. */
    ck_ok(lrpot_response_gamma_modes(2, D, c.masses, NULL, NULL, 0, frequencies, NULL));
    c.transverse = fabs(frequencies[0]) > fabs(frequencies[5]) ? squared(frequencies[0])
                                                               : squared(frequencies[5]);
    ck_ok(lrpot_response_gamma_modes(2, D, c.masses, c.Z, direction,
                                     lrpot_structure_volume(structure), frequencies, NULL));
    c.longitudinal = squared(frequencies[5]);
    lrpot_workspace_free(work);
    lrpot_structure_free(structure);
    return c;
}

START_TEST(splitting_of_rigid_ions_obeys_the_closed_formula)
{
    crystal c = solve(LRPOT_CHARGES_QRD);
    double volume = LATTICE * LATTICE * LATTICE / 4,
           reduced = c.masses[0] * c.masses[1] / (c.masses[0] + c.masses[1]);
    double splitting = four_pi * LRPOT_COULOMB_CONSTANT * c.Z[0] * c.Z[0] / (volume * reduced);
    ck_close(c.Z[0], -c.Z[9], TOL_REF, 1.0);
    ck_close(c.longitudinal - c.transverse, splitting, 1e-9, 1.0);
    lrpot_potential_free(c.potential);
}
END_TEST

/* The branch approaches its limit as k^2, so two cells give the limit to k^4. */
START_TEST(longitudinal_branch_at_long_waves_meets_the_frequency_from_born_charges)
{
    crystal c = solve(_i);
    double at_16 = longitudinal_square(c.potential, 16, c.masses),
           at_32 = longitudinal_square(c.potential, 32, c.masses);
    ck_close((4 * at_32 - at_16) / 3, c.longitudinal, 2e-4, fabs(c.longitudinal - c.transverse));
    lrpot_potential_free(c.potential);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("lo_to");
    TCase *tcase = tcase_create("lo_to");
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, splitting_of_rigid_ions_obeys_the_closed_formula);
    support_add_cases(tcase,
                      longitudinal_branch_at_long_waves_meets_the_frequency_from_born_charges,
                      LRPOT_CHARGES_QRD, LRPOT_CHARGES_EDQRD + 1);
    suite_add_tcase(suite, tcase);
    return suite;
}
