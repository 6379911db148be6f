/* Paths of atoms through frames; orders of atoms. */
#include "support.h"

#include <lrpot/lrpot.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N = 6, FRAMES = 200 };

static const char *const symbols[N] = { "Na", "Cl", "Na", "Cl", "O", "O" };
static const double charges[N] = { 0.7, -0.7, 1.1, -1.1, 0.25, -0.25 };
static const double start[9] = { 8.0, 0.0, 0.0, 3.9, 7.0, 0.0, -2.0, 3.0, 9.0 };

/* b - a for b and such: the same lattice, in an order of its own for each count. */
static void redescribe(int count, double *cell)
{
    for (int k = 0; k < count; k++)
        for (int a = 0; a < 3; a++) {
            double *changed = cell + 3 * ((k + 1) % 3) + a, *added = cell + 3 * (k % 3) + a;
            *changed += (k % 2 ? 1.0 : -1.0) * *added;
        }
}

static void row_times(const double *v, const double *m, double *out)
{
    for (int a = 0; a < 3; a++) out[a] = v[0] * m[a] + v[1] * m[3 + a] + v[2] * m[6 + a];
}

/* Reduced coordinates by Cramer's rule. */
static void reduce(const double *r, const double *m, double *s)
{
    for (int d = 0; d < 3; d++) {
        const double *p = m + 3 * ((d + 1) % 3), *q = m + 3 * ((d + 2) % 3), *o = m + 3 * d;
        double n[3] = { p[1] * q[2] - p[2] * q[1], p[2] * q[0] - p[0] * q[2],
                        p[0] * q[1] - p[1] * q[0] };
        s[d] = (r[0] * n[0] + r[1] * n[1] + r[2] * n[2])
               / (o[0] * n[0] + o[1] * n[1] + o[2] * n[2]);
    }
}

static lrpot_structure *frame_of(const double *r, const double *cell, int with_images)
{
    lrpot_structure *s = NULL;
    double inside[3 * N], image[3 * N];
    for (int i = 0; i < N; i++) {
        double reduced[3];
        reduce(r + 3 * i, cell, reduced);
        for (int d = 0; d < 3; d++) {
            image[3 * i + d] = floor(reduced[d]);
            reduced[d] -= image[3 * i + d];
        }
        row_times(reduced, cell, inside + 3 * i);
    }
    ck_ok(lrpot_structure_create(&s, N, symbols, inside, cell, LRPOT_PERIODIC_ALL));
    ck_ok(lrpot_structure_set(s, LRPOT_QUANTITY_CHARGES, charges));
    if (with_images) ck_ok(lrpot_structure_set(s, LRPOT_QUANTITY_IMAGE, image));
    return s;
}

static void take(lrpot_path *path, lrpot_structure *frame, lrpot_status expected)
{
    lrpot_status status = lrpot_path_step(path, frame);
    ck_assert_msg(status == expected, "%s", lrpot_last_error());
    lrpot_structure_free(frame);
}

START_TEST(diffusing_atoms_are_followed_through_other_descriptions)
{
    support_random random = { 5 };
    double r[3 * N], first[3 * N], dipole[3], origin[3], net;
    lrpot_path *path = NULL;
    ck_ok(lrpot_path_create(&path));
    ck_assert_ptr_null(lrpot_path_displacements(path));
    for (int k = 0; k < 3 * N; k++) r[k] = first[k] = support_uniform(&random, 0.0, 8.0);
    for (int t = 0; t < FRAMES; t++) {
        double cell[9], sum[3] = { 0.0, 0.0, 0.0 };
        memcpy(cell, start, sizeof cell);
        redescribe(t / 20, cell);
        take(path, frame_of(r, cell, 0), LRPOT_OK);
        for (int k = 0; k < 3 * N; k++) {
            ck_close(lrpot_path_displacements(path)[k], r[k] - first[k], 1e-9, 10.0);
            sum[k % 3] += charges[k / 3] * (r[k] - first[k]);
        }
        ck_ok(lrpot_path_dipole(path, LRPOT_PATH_CHARGES, dipole, &net));
        if (t == 0) memcpy(origin, dipole, sizeof origin);
        ck_assert(net == 0.0);
        for (int a = 0; a < 3; a++) ck_close(dipole[a] - origin[a], sum[a], 1e-9, 10.0);
        for (int k = 0; k < 3 * N; k++) r[k] += support_uniform(&random, -1.0, 1.0);
    }
    lrpot_path_free(path);
    lrpot_path_free(NULL);
}
END_TEST

/* Steps that are longer than half a cell have one answer where image flags say it. */
START_TEST(image_flags_say_what_nearest_images_cannot)
{
    support_random random = { 6 };
    double r[3 * N], first[3 * N];
    lrpot_path *path = NULL;
    ck_ok(lrpot_path_create(&path));
    for (int k = 0; k < 3 * N; k++) r[k] = first[k] = support_uniform(&random, 0.0, 8.0);
    for (int t = 0; t < 50; t++) {
        double cell[9];
        memcpy(cell, start, sizeof cell);
        redescribe(t / 10, cell);
        take(path, frame_of(r, cell, 1), LRPOT_OK);
        for (int k = 0; k < 3 * N; k++)
            ck_close(lrpot_path_displacements(path)[k], r[k] - first[k], 1e-9, 100.0);
        for (int k = 0; k < 3 * N; k++) r[k] += support_uniform(&random, -9.0, 9.0);
    }
    lrpot_path_free(path);
}
END_TEST

/* An affine motion moves nothing, wherever the origin of the cell is. */
static void strain(const double shift[3], double tolerance)
{
    support_random random = { 7 };
    double s[3 * N], before[3];
    lrpot_path *path = NULL;
    ck_ok(lrpot_path_create(&path));
    for (int k = 0; k < 3 * N; k++) s[k] = support_uniform(&random, -3.0, 3.0);
    for (int t = 0; t < FRAMES; t++) {
        double cell[9], r[3 * N];
        for (int k = 0; k < 9; k++)
            cell[k] = start[k] * (1.0 + 0.02 * sin(0.3 * t)) + (k == 3 ? 0.04 * t : 0.0);
        for (int i = 0; i < N; i++) {
            row_times(s + 3 * i, cell, r + 3 * i);
            for (int a = 0; a < 3; a++) r[3 * i + a] += shift[a];
        }
        double dipole[3];
        take(path, frame_of(r, cell, 0), LRPOT_OK);
        ck_ok(lrpot_path_dipole(path, LRPOT_PATH_CHARGES, dipole, NULL));
        if (t == 0) memcpy(before, dipole, sizeof before);
        for (int a = 0; a < 3; a++) ck_assert(fabs(dipole[a] - before[a]) < tolerance);
    }
    lrpot_path_free(path);
}

START_TEST(strain_moves_no_atom)
{
    static const double none[3] = { 0.0, 0.0, 0.0 }, shift[3] = { 40.0, -70.0, 90.0 };
    strain(none, 1e-10);
    /* the shift of neutral charges cancels but for atoms that pass anchors at other times */
    strain(shift, 0.5);
}
END_TEST

START_TEST(a_net_charge_counts_from_the_centre_of_mass)
{
    support_random random = { 8 };
    double dipoles[2][3], net = 0.0, z[9 * N] = { 0 }, v[3 * N], current[2][3],
                          q[N] = { 1.0, 0.3, 0.2, -0.1, 0.0, 0.4 };
    for (int moving = 0; moving < 2; moving++) {
        lrpot_path *path = NULL;
        lrpot_structure *frame = NULL;
        double r[3 * N];
        ck_ok(lrpot_path_create(&path));
        random.state = 8;
        for (int k = 0; k < 3 * N; k++) r[k] = support_uniform(&random, 0.0, 8.0);
        for (int t = 0; t < 20; t++) {
            frame = frame_of(r, start, 0);
            ck_ok(lrpot_structure_set(frame, LRPOT_QUANTITY_CHARGES, q));
            for (int i = 0; i < N; i++)
                for (int a = 0; a < 3; a++) z[9 * i + 4 * a] = q[i];
            ck_ok(lrpot_structure_set(frame, LRPOT_QUANTITY_BORN_CHARGES, z));
            for (int k = 0; k < 3 * N; k++) v[k] = sin(k + t) + moving * (k % 3 + 1.0);
            ck_ok(lrpot_structure_set(frame, LRPOT_QUANTITY_VELOCITIES, v));
            ck_ok(lrpot_path_current(frame, LRPOT_PATH_CHARGES, current[moving], &net));
            ck_close(net, 1.8, 1e-12, 0.0);
            take(path, frame, LRPOT_OK);
            for (int k = 0; k < 3 * N; k++)
                r[k] += support_uniform(&random, -0.5, 0.5) + 0.3 * moving * (k % 3);
        }
        ck_ok(lrpot_path_dipole(path, LRPOT_PATH_BORN, dipoles[moving], &net));
        ck_close(net, 1.8, 1e-12, 0.0);
        lrpot_path_free(path);
    }
    for (int a = 0; a < 3; a++) {
        ck_close(dipoles[0][a], dipoles[1][a], 1e-9, 1.0);
        ck_close(current[0][a], current[1][a], 1e-9, 1.0);
    }
}
END_TEST

START_TEST(frames_that_do_not_follow_are_named_and_change_nothing)
{
    double r[3 * N] = { 0 }, cell[9], ids[N] = { 1, 2, 3, 4, 5, 6 }, dipole[3];
    lrpot_path *path = NULL;
    lrpot_structure *frame = NULL;
    ck_ok(lrpot_path_create(&path));
    ck_assert_int_eq(lrpot_path_dipole(path, LRPOT_PATH_CHARGES, dipole, NULL), LRPOT_E_ARGUMENT);
    for (int k = 0; k < 3 * N; k++) r[k] = 0.3 * k;
    take(path, frame_of(r, start, 0), LRPOT_OK);
    ck_assert_int_eq(lrpot_path_dipole(path, LRPOT_PATH_BORN, dipole, NULL), LRPOT_E_ARGUMENT);
    r[3] += 4.0;
    take(path, frame_of(r, start, 0), LRPOT_E_ACCURACY);
    ck_assert_ptr_nonnull(strstr(lrpot_last_error(), "frame 1"));
    ck_assert_ptr_nonnull(strstr(lrpot_last_error(), "atom 1 (Cl)"));
    r[3] -= 4.0;
    memcpy(cell, start, sizeof cell);
    cell[0] *= 1.5;
    take(path, frame_of(r, cell, 0), LRPOT_E_CELL);
    frame = frame_of(r, start, 0);
    ck_ok(lrpot_structure_set(frame, LRPOT_QUANTITY_ID, ids));
    take(path, frame, LRPOT_E_ARGUMENT);
    r[0] += 0.5;
    take(path, frame_of(r, start, 0), LRPOT_OK);
    ck_close(lrpot_path_displacements(path)[0], 0.5, 1e-12, 0.0);
    for (int k = 1; k < 3 * N; k++) ck_close(lrpot_path_displacements(path)[k], 0.0, 1e-12, 1.0);
    lrpot_path_free(path);
}
END_TEST

START_TEST(everything_of_an_atom_goes_with_it)
{
    const int64_t order[N] = { 3, 5, 0, 1, 4, 2 }, twice[N] = { 0, 1, 2, 3, 4, 4 };
    double r[3 * N], values[9 * N];
    for (int k = 0; k < 3 * N; k++) r[k] = 0.4 * k;
    lrpot_structure *old = frame_of(r, start, 0), *now = NULL;
    for (int32_t q = 1; q < LRPOT_QUANTITY_COUNT; q++) {
        for (int k = 0; k < 9 * N; k++) values[k] = q == LRPOT_QUANTITY_FRAGMENT ? k : q + 0.25 * k;
        ck_ok(lrpot_structure_set(old, q, values));
    }
    ck_ok(lrpot_structure_clone(&now, old));
    ck_assert_int_eq(lrpot_structure_reorder(now, twice), LRPOT_E_ARGUMENT);
    ck_ok(lrpot_structure_reorder(now, order));
    for (int i = 0; i < N; i++) {
        ck_assert_str_eq(lrpot_structure_symbol(now, i), symbols[order[i]]);
        ck_assert_mem_eq(lrpot_structure_positions_const(now) + 3 * i,
                         lrpot_structure_positions_const(old) + 3 * order[i], 3 * sizeof(double));
        for (int32_t q = 1; q < LRPOT_QUANTITY_COUNT; q++) {
            int64_t width = lrpot_quantity_size(q, 2) - lrpot_quantity_size(q, 1);
            ck_assert_mem_eq(lrpot_structure_get(now, q) + width * i,
                             lrpot_structure_get(old, q) + width * order[i],
                             (size_t)width * sizeof(double));
        }
    }
    lrpot_structure_free(old);
    lrpot_structure_free(now);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("path");
    TCase *tcase = tcase_create("path");
    tcase_add_test(tcase, diffusing_atoms_are_followed_through_other_descriptions);
    tcase_add_test(tcase, image_flags_say_what_nearest_images_cannot);
    tcase_add_test(tcase, strain_moves_no_atom);
    tcase_add_test(tcase, a_net_charge_counts_from_the_centre_of_mass);
    tcase_add_test(tcase, frames_that_do_not_follow_are_named_and_change_nothing);
    tcase_add_test(tcase, everything_of_an_atom_goes_with_it);
    suite_add_tcase(suite, tcase);
    return suite;
}
