/* The exact sums against values computed in 113-bit arithmetic (tests/reference/data/coulomb) and
 * against literature constants. */
#include "coulomb.h"

#define K LRPOT_COULOMB_CONSTANT
#define FINEST 2e-12 /* eV/A: near the limit of double precision */

static const char *const cases[] = { "charged5_cubic",
                                     "cluster_points",
                                     "cscl",
                                     "elongated_neutral",
                                     "fluorite",
                                     "gauss_les_equivalent",
                                     "gauss_species_widths_triclinic",
                                     "hessian4_gauss",
                                     "nacl_primitive",
                                     "random6_highly_skewed",
                                     "random8_cubic",
                                     "single_ion_skewed",
                                     "wigner_sc",
                                     "zincblende" };
#define N_CASES ((int)(sizeof cases / sizeof *cases))

static void compare(const char *what, const char *name, const double *values,
                    const json_t *expected, int64_t n, double factor)
{
    double reference[9 * COULOMB_MAX], scale = 1.0;
    ck_assert_msg(coulomb_flatten(expected, reference) == n, "%s: %s has another size", name, what);
    for (int64_t k = 0; k < n; k++) scale = fmax(scale, fabs(reference[k]));
    for (int64_t k = 0; k < n; k++)
        ck_assert_msg(fabs(values[k] - factor * reference[k]) <= TOL_REF * K * scale,
                      "%s: %s[%d] = %.15g, expected %.15g", name, what, (int)k, values[k],
                      factor * reference[k]);
}

START_TEST(cases_of_high_precision_are_met)
{
    coulomb_system s;
    coulomb_result r;
    json_t *root = coulomb_load(cases[_i], &s);
    coulomb_eval(&s, coulomb_options(FINEST), 1, &r);
    compare("energy", s.name, &r.energy, json_object_get(root, "energy"), 1, K);
    compare("potential", s.name, r.potential, json_object_get(root, "potential"), s.n, K);
    compare("field", s.name, r.field, json_object_get(root, "field"), 3 * s.n, K);
    compare("forces", s.name, r.forces, json_object_get(root, "forces"), 3 * s.n, K);
    compare("virial", s.name, r.virial, json_object_get(root, "dE_dstrain"), 9, -K);
    json_decref(root);
}
END_TEST

START_TEST(left_handed_cells_give_the_same)
{
    coulomb_system s;
    coulomb_result r;
    json_t *root = coulomb_load(cases[_i], &s);
    for (int c = 0; c < 3; c++) {
        double swap = s.cell[c];
        s.cell[c] = s.cell[3 + c];
        s.cell[3 + c] = swap;
    }
    coulomb_eval(&s, coulomb_options(FINEST), 1, &r);
    compare("energy", s.name, &r.energy, json_object_get(root, "energy"), 1, K);
    compare("forces", s.name, r.forces, json_object_get(root, "forces"), 3 * s.n, K);
    compare("virial", s.name, r.virial, json_object_get(root, "dE_dstrain"), 9, -K);
    json_decref(root);
}
END_TEST

START_TEST(matrix_of_high_precision_is_met)
{
    coulomb_system s;
    json_t *root = coulomb_load(cases[_i], &s);
    const json_t *expected = json_object_get(root, "coulomb_matrix");
    double *matrix = calloc((size_t)(s.n * s.n), sizeof *matrix);
    lrpot_ewald *ewald = coulomb_solver(&s, coulomb_options(FINEST));
    lrpot_workspace *work = NULL;
    lrpot_atoms atoms = coulomb_view(&s);
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot_ewald_matrix(ewald, work, &atoms, matrix, NULL, NULL));
    if (expected != NULL) compare("coulomb_matrix", s.name, matrix, expected, s.n * s.n, K);
    lrpot_workspace_free(work);
    lrpot_ewald_free(ewald);
    free(matrix);
    json_decref(root);
}
END_TEST

START_TEST(self_energy_of_gaussians_is_counted_when_wanted)
{
    coulomb_system s;
    coulomb_result r, with;
    json_t *root = coulomb_load("gauss_species_widths_triclinic", &s);
    lrpot_ewald_options options = coulomb_options(FINEST);
    coulomb_eval(&s, options, 1, &r);
    options.flags = LRPOT_EWALD_SELF;
    coulomb_eval(&s, options, 1, &with);
    ck_close(with.energy - r.energy,
             K * json_number_value(json_object_get(root, "gaussian_self_energy")), TOL_REF, 1);
    for (int64_t i = 0; i < s.n; i++)
        if (s.widths[i] > 0.0)
            ck_close(with.potential[i] - r.potential[i],
                     K * s.q[i] / (sqrt(acos(-1.0)) * s.widths[i]), TOL_REF, 1);
    json_decref(root);
}
END_TEST

/* E = -M k_e / d per formula unit at nearest distance d; constants to 21 digits by high-precision
 * sums, the literature's agree. */
static const struct {
    const char *name;
    /* nearest distance in the file's length unit; charges of the formula as a product */
    double madelung, nearest, unit;
} crystals[] = { { "nacl_primitive", 1.74756459463318219, 1.0, 1 },
                 { "cscl", 1.76267477307098839794, 0.866025403784438646764, 1 },
                 { "zincblende", 1.63805505338878942, 0.866025403784438646764, 1 },
                 { "fluorite", 5.03878487984856724544, 0.433012701892219323382, 1 } };

START_TEST(madelung_constants_come_out)
{
    coulomb_system s;
    coulomb_result r;
    json_decref(coulomb_load(crystals[_i].name, &s));
    for (int x = 0; x < 9; x++) s.cell[x] *= 2.82; /* nothing depends on the unit of length */
    for (int64_t x = 0; x < 3 * s.n; x++) s.positions[x] *= 2.82;
    coulomb_eval(&s, coulomb_options(FINEST), 1, &r);
    ck_close(-r.energy * crystals[_i].nearest * 2.82 / K, crystals[_i].madelung, TOL_REF, 1);
}
END_TEST

START_TEST(lone_charge_in_a_cube_has_its_constant)
{
    coulomb_system s;
    coulomb_result r;
    json_decref(coulomb_load("wigner_sc", &s));
    for (int x = 0; x < 9; x++) s.cell[x] *= 7.3;
    coulomb_eval(&s, coulomb_options(0), 1, &r); /* the default accuracy suffices */
    ck_close(2 * r.energy * 7.3 / K, -2.83729747948061947667, 1e-9, 1);
    coulomb_eval(&s, coulomb_options(FINEST), 1, &r);
    ck_close(2 * r.energy * 7.3 / K, -2.83729747948061947667, TOL_REF, 1);
}
END_TEST

/* Frames of another code and random triclinic ones, values to 8 to 10 digits (charges in the
 * column, dE/dstrain in the comment). */
START_TEST(frames_of_the_ewald_set_are_met)
{
    char *path = support_data("ewald_reference/dev.xyz");
    if (path == NULL) return;
    lrpot_reader *reader = NULL;
    lrpot_structure *frame = NULL;
    ck_ok(lrpot_reader_open(&reader, path));
    int frames = 0;
    while (lrpot_reader_next(reader, &frame) == LRPOT_OK) {
        coulomb_system s;
        coulomb_result r;
        memset(&s, 0, sizeof s);
        s.n = lrpot_structure_count(frame);
        memcpy(s.positions, lrpot_structure_positions(frame), 3 * (size_t)s.n * sizeof(double));
        memcpy(s.cell, lrpot_structure_cell(frame), sizeof s.cell);
        memcpy(s.q, lrpot_structure_get(frame, LRPOT_QUANTITY_CHARGES),
               (size_t)s.n * sizeof(double));
        s.periodic_mask = LRPOT_PERIODIC_ALL;
        coulomb_eval(&s, coulomb_options(FINEST), 1, &r);
        const double *forces = lrpot_structure_get(frame, LRPOT_QUANTITY_FORCES);
        double to_ours = K / 14.3996454; /* the constant that the file was made with */
        ck_close(r.energy, to_ours * *lrpot_structure_get(frame, LRPOT_QUANTITY_ENERGY), 1e-8,
                 1); /* positions are rounded to 1e-8 A */
        for (int64_t x = 0; x < 3 * s.n; x++) ck_close(r.forces[x], to_ours * forces[x], 2e-8, 1);
        double virial[9];
        const char *text = lrpot_structure_info(frame, "virial_dEdstrain");
        ck_assert_ptr_nonnull(text);
        char *end = (char *)text + (*text == '"');
        for (int x = 0; x < 9; x++) {
            virial[x] = strtod(end, &end);
            ck_close(r.virial[x], -to_ours * virial[x], 2e-8, 1);
        }
        lrpot_structure_free(frame);
        frame = NULL;
        frames++;
    }
    ck_assert_int_eq(frames, 6);
    lrpot_reader_close(reader);
    free(path);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("ewald_reference");
    TCase *tcase = tcase_create("reference");
    tcase_set_timeout(tcase, 120);
    support_add_cases(tcase, cases_of_high_precision_are_met, 0, N_CASES);
    support_add_cases(tcase, left_handed_cells_give_the_same, 0, N_CASES);
    support_add_cases(tcase, matrix_of_high_precision_is_met, 0, N_CASES);
    tcase_add_test(tcase, self_energy_of_gaussians_is_counted_when_wanted);
    support_add_cases(tcase, madelung_constants_come_out, 0, 4);
    tcase_add_test(tcase, lone_charge_in_a_cube_has_its_constant);
    tcase_add_test(tcase, frames_of_the_ewald_set_are_met);
    suite_add_tcase(suite, tcase);
    return suite;
}
