/* NEPs and charged NEPs against values of double precision by other programs: a NumPy program for
 * the models made for this project (tests/reference/data/nep), NEP_CPU 7319bdc7 for published ones
 * (data folder). Every kernel. */
#include "nep_system.h"

#include <math.h>

#define ENERGY_TOLERANCE 1e-10 /* eV */
#define FORCE_TOLERANCE 1e-11  /* eV/A */
#define VIRIAL_TOLERANCE 1e-10 /* eV */
#define CHARGE_TOLERANCE 1e-13 /* e */
#define BORN_TOLERANCE 1e-12   /* e */

typedef struct {
    const char *model, *structure, *values; /* below the data folder, or names of own files */
    int plain, own;
} reference_case;

static const reference_case cases[] = {
    { "nep2_one", "nep2_one", "nep2_one", 0, 1 },
    { "nep2_two_zbl", "nep2_two_zbl", "nep2_two_zbl", 0, 1 },
    { "nep3_zbl", "nep3_zbl", "nep3_zbl", 0, 1 },
    { "nep4_allflags", "nep4_allflags", "nep4_allflags", 0, 1 },
    { "nep4_l3_112_233", "nep4_l3_112_233", "nep4_l3_112_233", 0, 1 },
    { "nep4_lmax8", "nep4_lmax8", "nep4_lmax8", 0, 1 },
    { "nep4_typecut", "nep4_typecut", "nep4_typecut", 0, 1 },
    { "nep4_zbl_flexible", "nep4_zbl_flexible", "nep4_zbl_flexible", 0, 1 },
    { "nep4_zbl_typewise", "nep4_zbl_typewise", "nep4_zbl_typewise", 0, 1 },
    { "nep5", "nep5", "nep5", 0, 1 },
    { "nep4_charge1_q112_trainerflags", "nep4_charge1_q112", "nep4_charge1_q112.gradient", 0, 1 },
    { "nep4_charge1_q112_trainerflags", "nep4_charge1_q112", "nep4_charge1_q112.plainD", 1, 1 },
    { "nep4_zbl_charge1", "nep4_zbl_charge1", "nep4_zbl_charge1.gradient", 0, 1 },
    { "nep4_zbl_charge1", "nep4_zbl_charge1", "nep4_zbl_charge1.plainD", 1, 1 },
    { "nep4_zbl_charge2", "nep4_zbl_charge2", "nep4_zbl_charge2.gradient", 0, 1 },
    { "nep4_zbl_charge2", "nep4_zbl_charge2", "nep4_zbl_charge2.plainD", 1, 1 },
    { "nep4_zbl_charge3", "nep4_zbl_charge3", "nep4_zbl_charge3.gradient", 0, 1 },
    { "nep4_zbl_charge3", "nep4_zbl_charge3", "nep4_zbl_charge3.plainD", 1, 1 },
    { "nep/batio3/nep4_zbl.txt", "nep/batio3/structure.xyz", "nep/batio3/nep4_zbl.full.txt", 0, 0 },
    { "nep/batio3/qnep1.txt", "nep/batio3/structure.xyz", "nep/batio3/qnep1.gradient.full.txt", 0,
      0 },
    { "nep/batio3/qnep1.txt", "nep/batio3/structure.xyz", "nep/batio3/qnep1.plainD.full.txt", 1,
      0 },
    { "nep/batio3/qnep2.txt", "nep/batio3/structure.xyz", "nep/batio3/qnep2.gradient.full.txt", 0,
      0 },
    { "nep/batio3/qnep2.txt", "nep/batio3/structure.xyz", "nep/batio3/qnep2.plainD.full.txt", 1,
      0 },
    { "nep/pbte/nep3.txt", "nep/pbte/xyz.in", "nep/pbte/nep3.full.txt", 0, 0 },
    { "nep/pbte/qnep1.txt", "nep/pbte/xyz.in", "nep/pbte/qnep1.gradient.full.txt", 0, 0 },
    { "nep/pbte/qnep1.txt", "nep/pbte/xyz.in", "nep/pbte/qnep1.plainD.full.txt", 1, 0 },
    { "nep/pbte/qnep2.txt", "nep/pbte/qnep2.model.xyz", "nep/pbte/qnep2.gradient.full.txt", 0, 0 },
    { "nep/pbte/qnep2.txt", "nep/pbte/qnep2.model.xyz", "nep/pbte/qnep2.plainD.full.txt", 1, 0 },
};
enum { CASES = sizeof cases / sizeof cases[0] };

/* N, lattice vectors, symbols and positions. */
static lrpot_structure *read_plain(const char *path)
{
    FILE *file = fopen(path, "r");
    long n = 0;
    double cell[9];
    ck_assert(file != NULL);
    ck_assert_int_eq(fscanf(file, "%ld", &n), 1);
    for (int k = 0; k < 9; k++) ck_assert_int_eq(fscanf(file, "%lf", &cell[k]), 1);
    double *r = malloc((size_t)n * 3 * sizeof *r);
    char(*labels)[8] = malloc((size_t)n * sizeof *labels);
    const char **symbols = malloc((size_t)n * sizeof *symbols);
    for (long i = 0; i < n; i++) {
        symbols[i] = labels[i];
        ck_assert_int_eq(
            fscanf(file, "%7s %lf %lf %lf", labels[i], &r[3 * i], &r[3 * i + 1], &r[3 * i + 2]), 4);
    }
    lrpot_structure *structure = NULL;
    ck_ok(lrpot_structure_create(&structure, n, symbols, r, cell, LRPOT_PERIODIC_ALL));
    fclose(file);
    free(r);
    free(labels);
    free(symbols);
    return structure;
}

static lrpot_structure *read_structure(const char *path)
{
    lrpot_structure *structure = NULL;
    if (strstr(path, "xyz.in") != NULL) return read_plain(path);
    ck_ok(lrpot_structure_read(&structure, path, 0));
    return structure;
}

/* Rows of site energy, force, virial and, when charged, charge and Born charge. */
static void compare(const char *path, const nep_system *s, const nep_result *r)
{
    FILE *file = fopen(path, "r");
    char line[1200];
    double energy = NAN, virial[9] = { 0.0 };
    int charged = s->evaluator->nep->charge_mode != LRPOT__NEP_UNCHARGED;
    int64_t i = 0;
    ck_assert(file != NULL);
    while (fgets(line, sizeof line, file) != NULL) {
        char symbol[8];
        double v[23];
        int used = 0;
        if (line[0] == '#') {
            (void)sscanf(line, "# energy %lf", &energy);
            continue;
        }
        ck_assert_int_eq(sscanf(line, "%7s%n", symbol, &used), 1);
        for (int k = 0, at = used; k < (charged ? 23 : 13); k++, at += used)
            ck_assert_int_eq(sscanf(line + at, "%lf%n", &v[k], &used), 1);
        ck_close(r->energy_atom[i], v[0], ENERGY_TOLERANCE, 1.0);
        for (int c = 0; c < 3; c++) ck_close(r->forces[3 * i + c], v[1 + c], FORCE_TOLERANCE, 1.0);
        for (int c = 0; c < 9; c++) {
            virial[c] += v[4 + c];
            if (!charged) ck_close(r->virial_atom[9 * i + c], v[4 + c], VIRIAL_TOLERANCE, 1.0);
        }
        if (charged) ck_close(r->charges[i], v[13], CHARGE_TOLERANCE, 1.0);
        for (int c = 0; c < 9 && charged; c++)
            ck_close(r->born[9 * i + c], v[14 + c], BORN_TOLERANCE, 1.0);
        i++;
    }
    fclose(file);
    ck_assert_int_eq(i, s->n);
    ck_close(r->energy, energy, ENERGY_TOLERANCE, 1.0);
    for (int c = 0; c < 9; c++) ck_close(r->virial[c], virial[c], VIRIAL_TOLERANCE, 10.0);
}

static char *path_of(const reference_case *c, const char *name, const char *ending)
{
    return c->own ? nep_own_file(name, ending) : support_data(name);
}

static void run_case(const reference_case *c, int kernel)
{
    char *model = path_of(c, c->model, ".txt"), *structure = path_of(c, c->structure, ".xyz"),
         *values = path_of(c, c->values, ".full.txt");
    if (model != NULL && structure != NULL && values != NULL) {
        nep_settings options = { .kernel = nep_kernels[kernel],
                                 .sum = LRPOT_NEP_SUM_AS_FITTED,
                                 .forces = c->plain ? LRPOT_NEP_FORCES_PLAIN
                                                    : LRPOT_NEP_FORCES_GRADIENT };
        lrpot_potential *potential = nep_load(model, options);
        if (potential != NULL) {
            nep_system s;
            nep_bind(&s, potential, read_structure(structure), 1 + kernel % 2);
            nep_result r = nep_evaluate(&s);
            compare(values, &s, &r);
            nep_result_free(&r);
            nep_free(&s);
        }
    }
    free(model);
    free(structure);
    free(values);
}

START_TEST(values_are_those_of_other_programs)
{
    run_case(&cases[_i / NEP_KERNELS], _i % NEP_KERNELS);
}
END_TEST

/* GPUMD's molecular dynamics, single precision, particle mesh: the converged sum. */
START_TEST(converged_sum_is_that_of_molecular_dynamics)
{
    char *model = support_data("nep/pbte/qnep2.txt"),
         *frame = support_data("nep/pbte/qnep2.dump.xyz");
    if (model != NULL && frame != NULL) {
        nep_system s;
        lrpot_structure *structure = read_structure(frame);
        const double *energy = lrpot_structure_get(structure, LRPOT_QUANTITY_ENERGY),
                     *forces = lrpot_structure_get(structure, LRPOT_QUANTITY_FORCES);
        ck_assert(energy != NULL && forces != NULL);
        nep_bind(&s, nep_load(model, (nep_settings){ .accuracy = 1e-7 }), structure, 1);
        nep_result r = nep_evaluate(&s);
        ck_close(r.energy, *energy, 2e-9, 1.0);
        for (int64_t k = 0; k < 3 * s.n; k++) ck_close(r.forces[k], forces[k], 3e-5, 1.0);
        nep_result_free(&r);
        nep_free(&s);
    }
    free(model);
    free(frame);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("nep");
    TCase *tc = tcase_create("reference");
    support_add_cases(tc, values_are_those_of_other_programs, 0, CASES * NEP_KERNELS);
    tcase_add_test(tc, converged_sum_is_that_of_molecular_dynamics);
    suite_add_tcase(suite, tc);
    return suite;
}
