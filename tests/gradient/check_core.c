/* Core of a model: the screened repulsion of nuclei below a distance, its derivatives, its place in
 * files and copies, and how a fit makes it. */
#include "pair_terms.h"

/* r, then the number that k_e Z Z'/r phi s must have, from the published constants: phi of x =
 * r/(0.88534 a0/(Z^0.23 + Z'^0.23)). */
static double nuclei(double za, double zb, double r, double outer)
{
    static const double factor[4] = { 0.18175, 0.50986, 0.28022, 0.02817 },
                        rate[4] = { 3.1998, 0.94229, 0.4029, 0.20162 };
    double x = r / (0.88534 * 0.529177 / (pow(za, 0.23) + pow(zb, 0.23))), phi = 0;
    for (int k = 0; k < 4; k++) phi += factor[k] * exp(-rate[k] * x);
    double s = r >= outer       ? 0
               : r <= outer / 2 ? 1
                                : 0.5 * (1 + cos(3.14159265358979 * (2 * r / outer - 1)));
    return 14.3996454784255 * za * zb / r * phi * s;
}

static const double ends[4] = { 3.4, 2.9, 2.9, 3.1 }, strong[4] = { 1, 2, 2, 0.5 };

START_TEST(forces_and_stress_are_differences)
{
    lrpot_potential *bare = pair_terms_model(4, LRPOT_KERNEL_AUTO), *potential = NULL;
    ck_ok(lrpot_potential_clone(&potential, bare));
    ck_ok(lrpot_potential_set_core(potential, ends, strong));
    pair_terms_check_derivatives(potential, bare, _i);
    lrpot_potential_free(potential);
    lrpot_potential_free(bare);
}
END_TEST

START_TEST(a_pair_has_the_repulsion_of_its_nuclei)
{
    lrpot_potential *potential = pair_terms_model(4, LRPOT_KERNEL_AUTO), *copy = NULL, *read = NULL;
    lrpot_workspace *work = NULL;
    char path[] = "core.model";
    double outer[4], strength[4];
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot_potential_clone(&copy, potential));
    ck_ok(lrpot_potential_set_core(copy, ends, strong));
    ck_ok(lrpot_potential_save(copy, path));
    ck_ok(lrpot_potential_load(&read, path));
    remove(path);
    ck_ok(lrpot_potential_get_core(read, outer, strength));
    for (int k = 0; k < 4; k++) ck_assert(outer[k] == ends[k] && strength[k] == strong[k]);
    static const double distances[5] = { 0.3, 1.0, 1.5, 2.5, 2.9 };
    for (int k = 0; k < 5; k++) {
        double r = distances[k], found = pair_energy(read, work, r),
               bare = pair_energy(potential, work, r);
        ck_close(found - bare, 2 * nuclei(11, 17, r, 2.9), 3e-4, 1e-3 + fabs(found - bare));
    }
    ck_ok(lrpot_potential_set_core(read, NULL, NULL));
    ck_assert(pair_energy(read, work, 1.5) == pair_energy(potential, work, 1.5));
    lrpot_workspace_free(work);
    lrpot_potential_free(potential);
    lrpot_potential_free(copy);
    lrpot_potential_free(read);
}
END_TEST

START_TEST(cores_that_cannot_be_are_refused)
{
    static const double uneven[4] = { 2, 2.1, 2.2, 2 }, long_ones[4] = { 9, 9, 9, 9 },
                        negative[4] = { 1, -1, -1, 1 };
    static const char *const labels[SPECIES] = { "Na", "X1" };
    lrpot_potential *potential = pair_terms_model(4, LRPOT_KERNEL_AUTO);
    ck_assert_int_eq(lrpot_potential_set_core(potential, uneven, strong), LRPOT_E_ARGUMENT);
    ck_assert_int_eq(lrpot_potential_set_core(potential, long_ones, strong), LRPOT_E_ARGUMENT);
    ck_assert_int_eq(lrpot_potential_set_core(potential, ends, negative), LRPOT_E_ARGUMENT);
    ck_ok(lrpot_potential_set_core(potential, ends, strong));
    ck_assert_int_eq(lrpot_potential_set_symbols(potential, SPECIES, labels), LRPOT_E_SPECIES);
    ck_assert_str_eq(lrpot_potential_symbols(potential)[1], "Cl");
    lrpot_potential_free(potential);
}
END_TEST

/* Energies that fall towards short distances, as far as the data go: what a fit extrapolates from
 * them has no repulsion. */
static void add_frames(lrpot_fit *fit, double *shortest)
{
    support_random random = { 71 };
    *shortest = 1e9;
    for (int f = 0; f < 12; f++) {
        lrpot_structure *s =
            support_random_structure(&random, CELL_NONE, ATOMS, SPECIES, elements, 2.2);
        const double *r = lrpot_structure_positions_const(s);
        double energy = 0, forces[3 * ATOMS] = { 0 }, charge = 0;
        for (int i = 0; i < ATOMS; i++)
            for (int j = 0; j < i; j++) {
                double d[3], square = 0;
                for (int a = 0; a < 3; a++) d[a] = r[3 * i + a] - r[3 * j + a];
                for (int a = 0; a < 3; a++) square += d[a] * d[a];
                double value = -2 * exp(-square / 8);
                energy += value;
                for (int a = 0; a < 3; a++) {
                    forces[3 * i + a] += value * d[a] / 4;
                    forces[3 * j + a] -= value * d[a] / 4;
                }
                int unlike = strcmp(lrpot_structure_symbol(s, i), lrpot_structure_symbol(s, j));
                if (unlike) *shortest = fmin(*shortest, sqrt(square));
            }
        ck_ok(lrpot_structure_set(s, LRPOT_QUANTITY_ENERGY, &energy));
        ck_ok(lrpot_structure_set(s, LRPOT_QUANTITY_FORCES, forces));
        ck_ok(lrpot_structure_set(s, LRPOT_QUANTITY_TOTAL_CHARGE, &charge));
        ck_ok(lrpot_fit_add(fit, s, LRPOT_FIT_TRAIN, 1));
        lrpot_structure_free(s);
    }
}

static double at_distance(double x, void *ctx)
{
    const moved *m = ctx;
    return pair_energy(m->potential, m->work, x);
}

/* Forces around the shortest distance, below which the functions come to rest within 5 %. */
static void check_slopes(const lrpot_potential *potential, lrpot_workspace *work, double shortest)
{
    const double distances[4] = { 1.01 * shortest, 0.98 * shortest, 0.96 * shortest,
                                  0.8 * shortest };
    moved m = { potential, work, NULL, 0, 0, 0 };
    for (int k = 0; k < 4; k++) {
        lrpot_structure *structure = pair(distances[k]);
        double forces[6];
        lrpot_outputs out = LRPOT_OUTPUTS_INIT;
        out.forces = forces;
        ck_ok(lrpot_potential_compute_structure(potential, work, structure, &out));
        ck_close(forces[4], -support_difference(at_distance, &m, distances[k], STEP), 1e-6,
                 fabs(forces[4]));
        lrpot_structure_free(structure);
    }
}

/* What such a model does below its data is a matter of the path of the fit. That it has no core is
 * not. */
static void check_no_core(lrpot_potential *potential, lrpot_workspace *work, double shortest)
{
    double outer[4], strength[4], near = 0.4 * shortest;
    ck_ok(lrpot_potential_get_core(potential, outer, strength));
    for (int k = 0; k < 4; k++) ck_assert(outer[k] == 0);
    double bare = pair_energy(potential, work, near);
    ck_ok(lrpot_potential_set_core(potential, ends, strong));
    ck_close(pair_energy(potential, work, near) - bare, 2 * nuclei(11, 17, near, ends[1]), 3e-4,
             fabs(bare));
}

/* A core that ends just below the data, and a pair that repels more at each step inwards. */
static void check_core(const lrpot_potential *potential, lrpot_workspace *work, double shortest)
{
    double outer[4], strength[4], before = -1e9, near = 0.4 * shortest, start = 0.85 * shortest;
    ck_ok(lrpot_potential_get_core(potential, outer, strength));
    ck_assert(outer[1] <= 0.95 * shortest && outer[1] > 0.94 * shortest - 0.02);
    ck_assert(strength[1] >= 1 && strength[1] == strength[2]);
    for (double r = start; r > near; r -= 0.05) {
        double energy = pair_energy(potential, work, r);
        ck_assert(energy > before);
        before = energy;
    }
    check_slopes(potential, work, shortest);
}

static void check_fitted(int32_t flags, int32_t kernel)
{
    lrpot_potential *potential = pair_terms_model(6, kernel);
    lrpot_workspace *work = NULL;
    lrpot_fit_options options = LRPOT_FIT_OPTIONS_INIT;
    lrpot_fit *fit = NULL;
    double shortest;
    options.seed = 1, options.max_iterations = 30, options.starts = 1, options.flags = flags;
    ck_ok(lrpot_fit_create(&fit, potential, &options));
    add_frames(fit, &shortest);
    ck_ok(lrpot_fit_run(fit, NULL, NULL));
    lrpot_fit_free(fit);
    ck_ok(lrpot_workspace_create(&work, 1));
    if (flags & LRPOT_FIT_NO_CORE) check_no_core(potential, work, shortest);
    else check_core(potential, work, shortest);
    lrpot_workspace_free(work);
    lrpot_potential_free(potential);
}

START_TEST(a_fit_makes_atoms_repel_below_its_data)
{
    check_fitted(0, _i ? LRPOT_KERNEL_AUTO : LRPOT_KERNEL_REFERENCE);
}
END_TEST

START_TEST(a_fit_adds_no_core_when_told_not_to)
{
    check_fitted(LRPOT_FIT_NO_CORE, LRPOT_KERNEL_AUTO);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("core");
    TCase *tcase = tcase_create("core");
    tcase_set_timeout(tcase, 120);
    support_add_cases(tcase, forces_and_stress_are_differences, 0, 3);
    tcase_add_test(tcase, a_pair_has_the_repulsion_of_its_nuclei);
    tcase_add_test(tcase, cores_that_cannot_be_are_refused);
    support_add_cases(tcase, a_fit_makes_atoms_repel_below_its_data, 0, 2);
    tcase_add_test(tcase, a_fit_adds_no_core_when_told_not_to);
    suite_add_tcase(suite, tcase);
    return suite;
}
