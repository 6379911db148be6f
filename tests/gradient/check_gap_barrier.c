/* Gap barrier of a model: its polynomial and derivatives, its place in files, copies, phonons and
 * exports, and how a fit makes it. */
#include "pair_terms.h"

#include <unistd.h>

static const double begin[4] = { 0, 1.7, 1.7, 9 }, end[4] = { 3.5, 3.2, 3.2, 9 },
                    height[4] = { 0.7, 1.3, 1.3, 0 };

/* 64 h x^3 (1 - x)^3 of Na-Cl. */
static double polynomial(double r)
{
    double x = (r - 1.7) / 1.5;
    return x > 0 && x < 1 ? 64 * 1.3 * pow(x, 3) * pow(1 - x, 3) : 0;
}

static lrpot_potential *with_barrier(const lrpot_potential *bare)
{
    lrpot_potential *potential = NULL;
    ck_ok(lrpot_potential_clone(&potential, bare));
    ck_ok(lrpot_potential_set_gap_barrier(potential, begin, end, height));
    return potential;
}

START_TEST(forces_and_stress_are_differences)
{
    static const double outer[4] = { 3.4, 2.9, 2.9, 3.1 }, strength[4] = { 1, 2, 2, 0.5 };
    lrpot_potential *bare = pair_terms_model(4, LRPOT_KERNEL_AUTO), *potential = with_barrier(bare);
    if (_i % 2) ck_ok(lrpot_potential_set_core(bare, outer, strength));
    if (_i % 2) ck_ok(lrpot_potential_set_core(potential, outer, strength));
    pair_terms_check_derivatives(potential, bare, _i / 2);
    lrpot_potential_free(potential);
    lrpot_potential_free(bare);
}
END_TEST

static lrpot_potential *through_a_file(const lrpot_potential *potential)
{
    lrpot_potential *read = NULL;
    char path[] = "lrpot-barrier-XXXXXX";
    int descriptor = mkstemp(path);
    ck_assert_int_ge(descriptor, 0);
    close(descriptor);
    ck_ok(lrpot_potential_save(potential, path));
    ck_ok(lrpot_potential_load(&read, path));
    remove(path);
    return read;
}

/* What the barrier adds to a pair of sodium. */
static double added_to_sodium(const lrpot_potential *bare, const lrpot_potential *set,
                              lrpot_workspace *work, double r)
{
    static const char *const two[2] = { "Na", "Na" };
    const double positions[6] = { 0, 0, 0, 0, r, 0 };
    lrpot_structure *structure = NULL;
    ck_ok(lrpot_structure_create(&structure, 2, two, positions, NULL, 0));
    double added = models_energy(set, work, structure) - models_energy(bare, work, structure);
    lrpot_structure_free(structure);
    return added;
}

START_TEST(a_pair_has_the_polynomial)
{
    static const double distances[6] = { 1.2, 1.71, 2.0, 2.45, 3.0, 3.3 };
    /* Na-Na: half of the height half way of a step of 0.15 of 3.5 A */
    static const double steps[4] = { 0.9, 2.9, 3.2375, 3.6 }, rises[4] = { 0.7, 0.7, 0.35, 0 };
    static const char *const others[SPECIES] = { "K", "Br" };
    lrpot_potential *bare = pair_terms_model(4, LRPOT_KERNEL_AUTO), *set = with_barrier(bare),
                    *read = through_a_file(set);
    lrpot_workspace *work = NULL;
    double found[12];
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot_potential_get_gap_barrier(read, found, found + 4, found + 8));
    ck_assert_mem_eq(found, begin, sizeof begin);
    ck_assert_mem_eq(found + 4, end, sizeof end);
    ck_assert_mem_eq(found + 8, height, sizeof height);
    for (int k = 0; k < 6; k++) {
        double r = distances[k], expected = pair_energy(bare, work, r) + polynomial(r);
        ck_close(pair_energy(read, work, r), expected, TOL_REF, 1);
    }
    ck_ok(lrpot_potential_set_gap_barrier(read, NULL, NULL, NULL));
    ck_assert(pair_energy(read, work, 2.4) == pair_energy(bare, work, 2.4));
    for (int k = 0; k < 4; k++)
        ck_close(added_to_sodium(bare, set, work, steps[k]), rises[k], 1e-9, 1);
    /* symbols may change, the barrier stays */
    ck_ok(lrpot_potential_set_symbols(set, SPECIES, others));
    ck_ok(lrpot_potential_get_gap_barrier(set, NULL, NULL, found));
    ck_assert_mem_eq(found, height, sizeof height);
    lrpot_workspace_free(work);
    lrpot_potential_free(bare);
    lrpot_potential_free(set);
    lrpot_potential_free(read);
}
END_TEST

/* What is added near an end, at twice the distance from it: 8 times as much to first order, as
 * slope and curvature are 0 there. */
START_TEST(both_ends_are_without_slope_and_curvature)
{
    const double ends[2] = { 1.7, 3.2 }, inwards[2] = { 1, -1 };
    lrpot_potential *bare = pair_terms_model(4, LRPOT_KERNEL_AUTO), *set = with_barrier(bare);
    lrpot_workspace *work = NULL;
    ck_ok(lrpot_workspace_create(&work, 1));
    for (int k = 0; k < 2; k++) {
        double near = ends[k] + 0.01 * inwards[k], far = ends[k] + 0.02 * inwards[k];
        double small = pair_energy(set, work, near) - pair_energy(bare, work, near),
               large = pair_energy(set, work, far) - pair_energy(bare, work, far);
        ck_assert(small > 0);
        ck_close(large / small, 8, 0.03, 8);
        ck_assert(pair_energy(set, work, ends[k]) == pair_energy(bare, work, ends[k]));
    }
    /* and of a step: 10 x^3 at its foot, 1 - 10 (1 - x)^3 at its head */
    double foot = added_to_sodium(bare, set, work, 3.49), head = 2.975;
    ck_close(added_to_sodium(bare, set, work, 3.48) / foot, 8, 0.03, 8);
    ck_close((0.7 - added_to_sodium(bare, set, work, head + 0.02))
                 / (0.7 - added_to_sodium(bare, set, work, head + 0.01)),
             8, 0.03, 8);
    lrpot_workspace_free(work);
    lrpot_potential_free(bare);
    lrpot_potential_free(set);
}
END_TEST

static double force_displaced(double x, void *ctx)
{
    const moved *m = ctx;
    double forces[3 * ATOMS];
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.forces = forces;
    lrpot_structure_positions(m->structure)[m->coordinate] += x;
    ck_ok(lrpot_potential_compute_structure(m->potential, m->work, m->structure, &out));
    lrpot_structure_positions(m->structure)[m->coordinate] -= x;
    return forces[m->a];
}

/* At wave vector 0 force constants are differences of the forces in the cell. */
START_TEST(phonons_are_differences_of_forces)
{
    enum { SIZE = 3 * ATOMS };
    static const double still[3] = { 0, 0, 0 };
    support_random random = { 77 };
    double matrix[2 * SIZE * SIZE], without[2 * SIZE * SIZE], largest = 0;
    lrpot_potential *bare = pair_terms_model(4, LRPOT_KERNEL_AUTO), *set = with_barrier(bare);
    lrpot_structure *structure =
        support_random_structure(&random, CELL_TRICLINIC, ATOMS, SPECIES, elements, 1.6);
    moved m = { set, NULL, structure, 0, 0, 0 };
    ck_ok(lrpot_workspace_create(&m.work, 1));
    for (int k = 0; k < 2; k++) {
        lrpot_phonons *phonons = NULL;
        ck_ok(lrpot_phonons_create(&phonons, k ? set : bare, m.work, structure, 0));
        ck_ok(lrpot_phonons_matrix(phonons, m.work, still, NULL, k ? matrix : without));
        lrpot_phonons_free(phonons);
    }
    double scale = models_largest(matrix, 2 * SIZE * SIZE);
    for (m.coordinate = 0; m.coordinate < 6; m.coordinate++)
        for (m.a = 0; m.a < SIZE; m.a++) {
            int64_t at = 2 * (SIZE * m.a + m.coordinate);
            ck_close(matrix[at], -support_difference(force_displaced, &m, 0, STEP), 1e-6, scale);
            largest = fmax(largest, fabs(matrix[at] - without[at]));
        }
    ck_assert(largest > 0.1);
    lrpot_workspace_free(m.work);
    lrpot_structure_free(structure);
    lrpot_potential_free(bare);
    lrpot_potential_free(set);
}
END_TEST

START_TEST(barriers_that_cannot_be_are_refused)
{
    static const double uneven[4] = { 1, 1.2, 1.3, 1 }, high[4] = { 4, 4, 4, 4 },
                        long_ones[4] = { 5, 5, 5, 5 }, negative[4] = { 1, -1, -1, 1 },
                        endless[4] = { 1, INFINITY, INFINITY, 1 }, nothing[4] = { NAN, 1, 1, 1 };
    lrpot_potential *p = pair_terms_model(4, LRPOT_KERNEL_AUTO), *set = with_barrier(p),
                    *nep = NULL;
    const double *const wrong[6][3] = { { uneven, end, height },      { high, end, height },
                                        { begin, long_ones, height }, { begin, end, negative },
                                        { begin, end, endless },      { nothing, end, height } };
    for (int k = 0; k < 6; k++)
        ck_assert_int_eq(
            lrpot_potential_set_gap_barrier(set, wrong[k][0], wrong[k][1], wrong[k][2]),
            LRPOT_E_ARGUMENT);
    double found[4];
    ck_ok(lrpot_potential_get_gap_barrier(set, NULL, NULL, found));
    ck_assert_mem_eq(found, height, sizeof height);
    char *path = support_source("examples/data/nacl_nep.txt");
    ck_ok(lrpot_potential_load(&nep, path));
    ck_assert_int_eq(lrpot_potential_set_gap_barrier(nep, begin, end, height), LRPOT_E_UNSUPPORTED);
    free(path);
    lrpot_potential_free(nep);
    lrpot_potential_free(p);
    lrpot_potential_free(set);
}
END_TEST

START_TEST(a_format_without_barriers_refuses_them)
{
    lrpot_basis_options basis = LRPOT_BASIS_OPTIONS_INIT;
    lrpot_potential_options options = LRPOT_POTENTIAL_OPTIONS_INIT;
    lrpot_potential *potential = NULL;
    options.symbols = elements, options.n_species = SPECIES, options.basis = &basis;
    basis.level = 4, basis.cutoff = 4.5;
    ck_ok(lrpot_potential_create(&potential, &options));
    ck_ok(lrpot_potential_set_gap_barrier(potential, begin, end, height));
    ck_assert_int_eq(lrpot_potential_save_mtp(potential, "barrier.mtp"), LRPOT_E_UNSUPPORTED);
    ck_assert(strstr(lrpot_last_error(), "gap barrier") != NULL);
    ck_assert_int_ne(access("barrier.mtp", F_OK), 0);
    lrpot_potential_free(potential);
}
END_TEST

enum { FRAMES = 14 };

/* Pairs of molecules of Na and Cl, each 2.4 to 2.7 A long and 3.4 to 3.8 A from the other. */
static lrpot_structure *two_molecules(support_random *random)
{
    double z = support_uniform(random, 3.4, 3.8), one = support_uniform(random, 2.4, 2.7),
           other = support_uniform(random, 2.4, 2.7);
    const double positions[12] = { 0, 0, 0, one, 0, 0, 0, 0, z, other, 0, z };
    static const char *const names[4] = { "Na", "Cl", "Cl", "Na" };
    double energy = support_uniform(random, -1, 1), forces[12], charge = 0;
    lrpot_structure *s = NULL;
    for (int k = 0; k < 12; k++) forces[k] = support_uniform(random, -0.5, 0.5);
    ck_ok(lrpot_structure_create(&s, 4, names, positions, NULL, 0));
    ck_ok(lrpot_structure_set(s, LRPOT_QUANTITY_ENERGY, &energy));
    ck_ok(lrpot_structure_set(s, LRPOT_QUANTITY_FORCES, forces));
    ck_ok(lrpot_structure_set(s, LRPOT_QUANTITY_TOTAL_CHARGE, &charge));
    return s;
}

/* Longest bond and shortest other distance of Na and Cl, shortest distance of Cl. */
static void look_at(const lrpot_structure *s, double *longest, double *shortest, double *chlorine)
{
    const double *r = lrpot_structure_positions_const(s);
    const double bonds[2] = { r[3], r[9] };
    for (int k = 0; k < 2; k++) *longest = fmax(*longest, bonds[k]);
    *shortest = fmin(*shortest, r[8]);
    *chlorine = fmin(*chlorine, hypot(r[3], r[8]));
}

static void fit(lrpot_potential *potential, lrpot_structure *const *frames, double barrier)
{
    lrpot_fit_options options = LRPOT_FIT_OPTIONS_INIT;
    lrpot_fit *fit = NULL;
    options.seed = 1, options.max_iterations = 3, options.starts = 1;
    options.gap_barrier = barrier;
    ck_ok(lrpot_fit_create(&fit, potential, &options));
    for (int f = 0; f < FRAMES; f++) ck_ok(lrpot_fit_add(fit, frames[f], LRPOT_FIT_TRAIN, 1));
    ck_ok(lrpot_fit_run(fit, NULL, NULL));
    lrpot_fit_free(fit);
}

/* The same fit with a barrier and without one: no number in the data differs, nor any parameter. */
START_TEST(a_fit_puts_it_into_the_gap_of_its_data)
{
    support_random random = { 5 };
    lrpot_structure *frames[FRAMES];
    lrpot_potential *potential = pair_terms_model(4, LRPOT_KERNEL_AUTO),
                    *plain = pair_terms_model(4, LRPOT_KERNEL_AUTO);
    lrpot_workspace *work = NULL;
    double longest = 0, shortest = 9, chlorine = 9, found[12];
    for (int f = 0; f < FRAMES; f++) {
        frames[f] = two_molecules(&random);
        look_at(frames[f], &longest, &shortest, &chlorine);
    }
    fit(potential, frames, 1.5);
    fit(plain, frames, 0);
    ck_ok(lrpot_potential_get_gap_barrier(potential, found, found + 4, found + 8));
    ck_assert(found[1] > longest && found[1] < longest + 0.0101);
    ck_assert(found[5] < shortest && found[5] > shortest - 0.0101);
    ck_assert(found[9] == 1.5 && found[10] == 1.5 && found[6] == found[5]);
    /* of chlorine none are bonded */
    ck_assert(found[3] == 0 && found[11] == 1.5);
    ck_assert(found[7] < chlorine && found[7] > chlorine - 0.0101);
    ck_ok(lrpot_workspace_create(&work, 1));
    for (int f = 0; f < FRAMES; f++) {
        ck_assert(models_energy(potential, work, frames[f])
                  == models_energy(plain, work, frames[f]));
        lrpot_structure_free(frames[f]);
    }
    double middle = 0.5 * (found[1] + found[5]);
    ck_close(pair_energy(potential, work, middle) - pair_energy(plain, work, middle), 1.5, TOL_REF,
             fabs(pair_energy(plain, work, middle)));
    lrpot_workspace_free(work);
    lrpot_potential_free(potential);
    lrpot_potential_free(plain);
}
END_TEST

START_TEST(fits_refuse_barriers_that_cannot_be)
{
    lrpot_potential *potential = pair_terms_model(4, LRPOT_KERNEL_AUTO), *nep = NULL;
    lrpot_fit_options options = LRPOT_FIT_OPTIONS_INIT;
    lrpot_fit *fit = NULL;
    const double wrong[3] = { -1, INFINITY, NAN };
    for (int k = 0; k < 3; k++) {
        options.gap_barrier = wrong[k];
        ck_assert_int_eq(lrpot_fit_create(&fit, potential, &options), LRPOT_E_ARGUMENT);
    }
    char *path = support_source("examples/data/nacl_nep.txt");
    ck_ok(lrpot_potential_load(&nep, path));
    options.gap_barrier = 1;
    ck_assert_int_eq(lrpot_fit_create(&fit, nep, &options), LRPOT_E_UNSUPPORTED);
    free(path);
    lrpot_potential_free(nep);
    lrpot_potential_free(potential);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("gap_barrier");
    TCase *tcase = tcase_create("gap_barrier");
    tcase_set_timeout(tcase, 120);
    support_add_cases(tcase, forces_and_stress_are_differences, 0, 6);
    tcase_add_test(tcase, a_pair_has_the_polynomial);
    tcase_add_test(tcase, both_ends_are_without_slope_and_curvature);
    tcase_add_test(tcase, phonons_are_differences_of_forces);
    tcase_add_test(tcase, barriers_that_cannot_be_are_refused);
    tcase_add_test(tcase, a_format_without_barriers_refuses_them);
    tcase_add_test(tcase, a_fit_puts_it_into_the_gap_of_its_data);
    tcase_add_test(tcase, fits_refuse_barriers_that_cannot_be);
    suite_add_tcase(suite, tcase);
    return suite;
}
