/* Mixed precision of NEPs: the errors that docs/how-to/nep.md states, against the plain kernel in
 * double precision, which check_nep compares with other programs. Every fast kernel; published
 * models (data folder) and those made for this project. */
#include "models.h"
#include "nep_system.h"

#include <lrpot/fit.h>
#include <lrpot/phonons.h>

#include <math.h>

/* Relative to the largest of its kind in the structure, or to 1 where that is less. */
#define SITE_TOLERANCE 5e-6   /* eV */
#define ENERGY_TOLERANCE 1e-6 /* eV per atom */
#define FORCE_TOLERANCE 2e-5  /* eV/A */
#define VIRIAL_TOLERANCE 1e-5 /* eV per atom */
#define CHARGE_TOLERANCE 2e-6 /* e */
#define BORN_TOLERANCE 1e-5   /* e */

typedef struct {
    const char *model, *structure; /* below the data folder, or names of own files */
    int own;
} precision_case;

static const precision_case cases[] = {
    { "nep2_one", "nep2_one", 1 },
    { "nep2_two_zbl", "nep2_two_zbl", 1 },
    { "nep3_zbl", "nep3_zbl", 1 },
    { "nep4_allflags", "nep4_allflags", 1 },
    { "nep4_l3_112_233", "nep4_l3_112_233", 1 },
    { "nep4_lmax8", "nep4_lmax8", 1 },
    { "nep4_typecut", "nep4_typecut", 1 },
    { "nep4_zbl_flexible", "nep4_zbl_flexible", 1 },
    { "nep4_zbl_typewise", "nep4_zbl_typewise", 1 },
    { "nep5", "nep5", 1 },
    { "nep4_charge1_q112_trainerflags", "nep4_charge1_q112", 1 },
    { "nep4_zbl_charge1", "nep4_zbl_charge1", 1 },
    { "nep4_zbl_charge2", "nep4_zbl_charge2", 1 },
    { "nep4_zbl_charge3", "nep4_zbl_charge3", 1 },
    { "nep/batio3/nep4_zbl.txt", "nep/batio3/structure.xyz", 0 },
    { "nep/batio3/qnep1.txt", "nep/batio3/structure.xyz", 0 },
    { "nep/batio3/qnep2.txt", "nep/batio3/structure.xyz", 0 },
    { "nep/pbte/nep3.txt", "nep/pbte/qnep2.model.xyz", 0 },
    { "nep/pbte/qnep1.txt", "nep/pbte/qnep2.model.xyz", 0 },
    { "nep/pbte/qnep2.txt", "nep/pbte/qnep2.model.xyz", 0 },
};
enum { CASES = sizeof cases / sizeof cases[0], FAST = NEP_KERNELS - 1 };

static char *path_of(const precision_case *c, const char *name, const char *ending)
{
    return c->own ? nep_own_file(name, ending) : support_data(name);
}

/* Results of a kernel in a precision; returns 0 where the processor or the data lack it. */
static int evaluate(const precision_case *c, int kernel, int32_t precision, nep_result *r,
                    int64_t *n)
{
    char *model = path_of(c, c->model, ".txt"), *frame = path_of(c, c->structure, ".xyz");
    const nep_settings settings = { .kernel = nep_kernels[kernel], .accuracy = 1e-8 };
    lrpot_potential *potential = model != NULL && frame != NULL ? nep_load(model, settings) : NULL;
    if (potential != NULL) {
        lrpot_structure *structure = NULL;
        nep_system s;
        ck_ok(lrpot_structure_read(&structure, frame, 0));
        ck_ok(lrpot_potential_set_precision(potential, precision));
        ck_assert_int_eq(lrpot_potential_precision(potential), precision);
        nep_bind(&s, potential, structure, 1 + kernel % 2);
        *r = nep_evaluate(&s);
        *n = s.n;
        nep_free(&s);
    }
    free(model);
    free(frame);
    return potential != NULL;
}

static void near(const char *what, const double *found, const double *wanted, int64_t n,
                 double tolerance)
{
    double scale = 1.0, worst = 0.0;
    for (int64_t k = 0; k < n; k++) scale = fmax(scale, fabs(wanted[k]));
    for (int64_t k = 0; k < n; k++) worst = fmax(worst, fabs(found[k] - wanted[k]));
    ck_assert_msg(worst <= tolerance * scale, "%s: error %.3g, expected up to %.3g", what, worst,
                  tolerance * scale);
}

START_TEST(errors_of_mixed_precision_are_those_documented)
{
    const precision_case *c = &cases[_i / FAST];
    nep_result mixed, wanted;
    int64_t n = 0;
    if (!evaluate(c, 1 + _i % FAST, LRPOT_PRECISION_MIXED, &mixed, &n)) return;
    ck_assert(evaluate(c, 0, LRPOT_PRECISION_DOUBLE, &wanted, &n));
    ck_assert(memcmp(mixed.forces, wanted.forces, 3 * (size_t)n * sizeof(double)) != 0);
    double per_atom[2] = { mixed.energy / (double)n, wanted.energy / (double)n };
    near("site energy", mixed.energy_atom, wanted.energy_atom, n, SITE_TOLERANCE);
    near("energy per atom", per_atom, per_atom + 1, 1, ENERGY_TOLERANCE);
    near("force", mixed.forces, wanted.forces, 3 * n, FORCE_TOLERANCE);
    near("virial of an atom", mixed.virial_atom, wanted.virial_atom, 9 * n, VIRIAL_TOLERANCE);
    for (int k = 0; k < 9; k++) mixed.virial[k] /= (double)n, wanted.virial[k] /= (double)n;
    near("virial per atom", mixed.virial, wanted.virial, 9, VIRIAL_TOLERANCE);
    near("charge", mixed.charges, wanted.charges, n, CHARGE_TOLERANCE);
    near("Born charge", mixed.born, wanted.born, 9 * n, BORN_TOLERANCE);
    near("Born charge, unfolded", mixed.polar, wanted.polar, 9 * n, BORN_TOLERANCE);
    nep_result_free(&mixed);
    nep_result_free(&wanted);
}
END_TEST

static void refused(lrpot_potential *model, const char *message)
{
    ck_assert_int_eq(lrpot_potential_set_precision(model, LRPOT_PRECISION_MIXED),
                     LRPOT_E_UNSUPPORTED);
    ck_assert_msg(strstr(lrpot_last_error(), message) != NULL, "'%s' lacks '%s'",
                  lrpot_last_error(), message);
    ck_assert_int_eq(lrpot_potential_precision(model), LRPOT_PRECISION_DOUBLE);
    ck_ok(lrpot_potential_set_precision(model, LRPOT_PRECISION_DOUBLE));
    lrpot_potential_free(model);
}

/* Text of a small NEP, one of whose numbers no float can hold. */
static lrpot_potential *too_large(void)
{
    static const char text[] = "nep4 1 Te\ncutoff 4 4 9 9\nn_max 0 0\nbasis_size 0 0\nl_max 1 0 0\n"
                               "ANN 1 0\n1e39\n1\n1\n1\n1\n1\n1\n1\n1\n";
    lrpot__nep *nep = NULL;
    lrpot_potential *model = NULL;
    ck_ok(lrpot__nep_parse(&nep, "text", text, (int64_t)sizeof text - 1));
    ck_ok(lrpot__nep_assemble(&model, nep, LRPOT_KERNEL_AUTO, 0.0));
    return model;
}

START_TEST(mixed_precision_is_refused_where_it_is_not_offered)
{
    support_random random = { 5 };
    char *path = nep_own_file("nep4_zbl_charge1", ".txt");
    refused(models_random_potential(&random, LRPOT_CHARGES_EDQRD),
            "mixed precision is of NEPs, the model has moment tensors");
    refused(nep_load(path, (nep_settings){ .kernel = LRPOT_KERNEL_REFERENCE }),
            "not offered by the reference kernel");
    refused(too_large(), "1e+39, beyond the range of single precision");
    lrpot_potential *model = nep_load(path, (nep_settings){ .accuracy = 0.0 });
    ck_assert_int_eq(lrpot_potential_set_precision(model, 2), LRPOT_E_ARGUMENT);
    ck_assert_int_eq(lrpot_potential_precision(model), LRPOT_PRECISION_DOUBLE);
    ck_assert_int_eq(lrpot_potential_precision(NULL), LRPOT_PRECISION_DOUBLE);
    ck_assert_int_eq(lrpot_potential_set_precision(NULL, 0), LRPOT_E_NULL);
    lrpot_potential_free(model);
    free(path);
}
END_TEST

/* Copies keep the choice, the original does not take that of a copy; differences are refused. */
START_TEST(a_copy_has_its_own_precision)
{
    char *path = nep_own_file("nep4_zbl_charge1", ".txt"),
         *frame = nep_own_file("nep4_zbl_charge1", ".xyz");
    lrpot_potential *model = nep_load(path, (nep_settings){ .accuracy = 0.0 }), *copy = NULL;
    lrpot_structure *structure = NULL;
    lrpot_workspace *work = NULL;
    lrpot_phonons *phonons = NULL;
    ck_ok(lrpot_structure_read(&structure, frame, 0));
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot_potential_clone(&copy, model));
    ck_ok(lrpot_potential_set_precision(copy, LRPOT_PRECISION_MIXED));
    ck_assert_int_eq(lrpot_potential_precision(model), LRPOT_PRECISION_DOUBLE);
    ck_assert_int_eq(lrpot_phonons_create(&phonons, copy, work, structure, 0.0),
                     LRPOT_E_UNSUPPORTED);
    ck_assert(strstr(lrpot_last_error(), "mixed precision, choose double") != NULL);
    lrpot_fit_options settings = LRPOT_FIT_OPTIONS_INIT;
    lrpot_fit *fit = NULL;
    ck_assert_int_eq(lrpot_fit_create(&fit, copy, &settings), LRPOT_E_UNSUPPORTED);
    ck_assert(strstr(lrpot_last_error(), "a fit: the model is evaluated in mixed") != NULL);
    double *constants = calloc(9 * (size_t)lrpot_structure_count(structure)
                                   * (size_t)lrpot_structure_count(structure),
                               sizeof *constants);
    ck_assert_int_eq(lrpot_response_gamma_constants(copy, work, structure, 0.0, constants),
                     LRPOT_E_UNSUPPORTED);
    ck_assert(strstr(lrpot_last_error(), "force constants: the model is") != NULL);
    free(constants);
    double *internal = malloc((size_t)lrpot_structure_count(structure) * 18 * sizeof *internal);
    ck_assert_int_eq(lrpot_response_strain(copy, work, structure, 0.0, internal, NULL),
                     LRPOT_E_UNSUPPORTED);
    ck_assert(strstr(lrpot_last_error(), "mixed precision, choose double") != NULL);
    free(internal);
    lrpot_potential_free(model);
    ck_ok(lrpot_potential_clone(&model, copy));
    ck_assert_int_eq(lrpot_potential_precision(model), LRPOT_PRECISION_MIXED);
    lrpot_potential_free(model);
    lrpot_potential_free(copy);
    lrpot_structure_free(structure);
    lrpot_workspace_free(work);
    free(path);
    free(frame);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("nep_precision");
    TCase *tc = tcase_create("reference");
    support_add_cases(tc, errors_of_mixed_precision_are_those_documented, 0, CASES * FAST);
    tcase_add_test(tc, mixed_precision_is_refused_where_it_is_not_offered);
    tcase_add_test(tc, a_copy_has_its_own_precision);
    suite_add_tcase(suite, tc);
    return suite;
}
