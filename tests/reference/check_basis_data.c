/* Every kernel on potentials trained by MLIP-2, against the full-precision values of a second code
 * (data folder, mtp/fullprec.txt), and the library's own enumeration against the contraction tables
 * of these files. */
#include "basis_system.h"

#include <math.h>

#define ENERGY_TOLERANCE 3e-11 /* eV: what two independent codes agree to */
#define FORCE_TOLERANCE 1e-12  /* eV/A */

enum { MAX_ATOMS = 64, MAX_FEATURES = 200 };

typedef struct {
    char potential[200], structure[200];
    long frame, n, n_sums;
    int has_virial;
    double energy, virial[6];
    double atoms[MAX_ATOMS][4]; /* site energy, force */
    double sums[MAX_FEATURES];  /* over atoms, of every basis function */
} reference;

static int read_case(FILE *file, reference *r)
{
    char word[200];
    do {
        if (fscanf(file, "%199s", word) != 1) return 0;
    } while (strcmp(word, "CASE") != 0);
    int got = fscanf(file, "%199s potential %199s structure %199s %ld natoms %ld energy %lf %199s",
                     word, r->potential, r->structure, &r->frame, &r->n, &r->energy, word);
    r->has_virial = strncmp(word, "virial", 6) == 0; /* molecules have none */
    for (int c = 0; c < 6 && r->has_virial; c++) got += fscanf(file, "%lf", &r->virial[c]);
    if (r->has_virial) got += fscanf(file, "%199s", word);
    ck_assert_int_le(r->n, MAX_ATOMS);
    for (long i = 0; i < r->n; i++)
        for (int k = 0; k < 4; k++) got += fscanf(file, "%lf", &r->atoms[i][k]);
    got += fscanf(file, " basis_sums %ld", &r->n_sums);
    ck_assert_int_le(r->n_sums, MAX_FEATURES);
    for (long s = 0; s < r->n_sums; s++) got += fscanf(file, "%lf", &r->sums[s]);
    ck_assert_int_eq(got, 8 + (r->has_virial ? 7 : 0) + 4 * (int)r->n + (int)r->n_sums);
    return 1;
}

typedef struct {
    lrpot_potential *potential;
    lrpot_structure *structure;
    int32_t species[MAX_ATOMS];
    basis_system system;
    double *params, *linear, *shifts;
} loaded;

static void load_case(loaded *l, const reference *r)
{
    char name[256];
    memset(l, 0, sizeof *l);
    snprintf(name, sizeof name, "mtp/%s", r->potential);
    char *potential_path = support_data(name);
    snprintf(name, sizeof name, "mtp/%s", r->structure);
    char *structure_path = support_data(name);
    ck_assert(potential_path != NULL && structure_path != NULL);
    ck_ok(lrpot_potential_load(&l->potential, potential_path));
    ck_ok(lrpot_structure_read(&l->structure, structure_path, r->frame));
    free(potential_path);
    free(structure_path);
    basis_system *s = &l->system;
    s->n = lrpot_structure_count(l->structure);
    ck_assert_int_eq(s->n, r->n);
    s->atoms = (lrpot_atoms)LRPOT_ATOMS_INIT;
    ck_ok(lrpot_structure_view(l->structure, lrpot_potential_species_count(l->potential),
                               lrpot_potential_symbols(l->potential), l->species, &s->atoms));
    ck_ok(lrpot_nlist_build(&s->list, &s->atoms, lrpot_potential_cutoff(l->potential), 0.0));
    ck_ok(lrpot_workspace_create(&s->work, 1));
    int64_t count = lrpot_potential_param_count(l->potential);
    l->params = malloc((size_t)count * sizeof(double));
    ck_ok(lrpot_potential_get_params(l->potential, count, l->params));
    const char *block;
    int64_t offset, n;
    for (int32_t b = 0; lrpot_potential_param_block(l->potential, b, &block, &offset, &n) != 0;
         b++) {
        if (strcmp(block, "energy.linear") == 0) l->linear = l->params + offset;
        if (strcmp(block, "energy.species") == 0) l->shifts = l->params + offset;
    }
    ck_assert(l->linear != NULL && l->shifts != NULL);
    s->coefficients = l->linear;
    s->weights = NULL;
}

static void unload_case(loaded *l)
{
    lrpot_nlist_free(l->system.list);
    lrpot_workspace_free(l->system.work);
    lrpot_structure_free(l->structure);
    lrpot_potential_free(l->potential);
    free(l->params);
}

static void within(const char *what, const reference *r, double value, double expected,
                   double tolerance)
{
    ck_assert_msg(fabs(value - expected) <= tolerance,
                  "%s frame %ld: %s = %.17g, expected %.17g, |difference| / tolerance = %.3g",
                  r->structure, r->frame, what, value, expected,
                  fabs(value - expected) / tolerance);
}

static void check_results(const reference *r, const loaded *l, const basis_results *got)
{
    static const int place[6] = { 0, 4, 8, 5, 2, 1 };
    double energy = 0, virial_scale = 1;
    for (long i = 0; i < r->n; i++) {
        double site = got->values[i] + l->shifts[l->species[i]];
        within("site energy", r, site, r->atoms[i][0], ENERGY_TOLERANCE);
        energy += site;
        for (int c = 0; c < 3; c++)
            within("force", r, got->forces[3 * i + c], r->atoms[i][1 + c], FORCE_TOLERANCE);
    }
    within("energy", r, energy, r->energy, ENERGY_TOLERANCE);
    for (int c = 0; c < 6 && r->has_virial; c++)
        virial_scale = fmax(virial_scale, fabs(r->virial[c]));
    for (int c = 0; c < 6 && r->has_virial; c++)
        within("virial", r, got->virial[place[c]], r->virial[c],
               1e-13 * virial_scale * (double)r->n);
}

/* Sums over atoms of every feature, and the sums of their magnitudes. */
static void sum_features(const basis_results *got, int64_t n, int64_t k, double *sums,
                         double *sizes)
{
    for (int64_t s = 0; s < k; s++) {
        sums[s] = sizes[s] = 0;
        for (int64_t i = 0; i < n; i++) {
            sums[s] += got->features[i * k + s];
            sizes[s] += fabs(got->features[i * k + s]);
        }
    }
}

static void check_sums(const reference *r, const basis_results *got)
{
    double sums[MAX_FEATURES], sizes[MAX_FEATURES], most = 0;
    sum_features(got, r->n, r->n_sums, sums, sizes);
    for (long s = 0; s < r->n_sums; s++) most = fmax(most, sizes[s]);
    for (long s = 0; s < r->n_sums; s++)
        within("sum of a basis function", r, sums[s], r->sums[s],
               1e-12 * fmax(sizes[s], 1e-3 * most));
}

static FILE *open_cases(void)
{
    char *path = support_data("mtp/fullprec.txt");
    FILE *file = path != NULL ? fopen(path, "r") : NULL;
    free(path);
    return file;
}

START_TEST(kernels_reproduce_potentials_trained_by_mlip)
{
    static reference r;
    FILE *file = open_cases();
    if (file == NULL) return;
    int cases = 0;
    for (; read_case(file, &r); cases++) {
        loaded l;
        load_case(&l, &r);
        lrpot_basis_options options = LRPOT_BASIS_OPTIONS_INIT;
        const lrpot_basis *basis = lrpot_potential_basis(l.potential);
        ck_ok(lrpot_basis_get_options(basis, &options));
        l.system.basis = basis_with_kernel(basis, _i);
        ck_assert_int_eq(lrpot_basis_count(basis), r.n_sums);
        if (l.system.basis != NULL) {
            basis_results got = basis_system_run(&l.system);
            check_results(&r, &l, &got);
            check_sums(&r, &got);
            basis_results_free(&got);
            lrpot_basis_free(l.system.basis);
        }
        unload_case(&l);
    }
    fclose(file);
    ck_assert_int_gt(cases, 10);
}
END_TEST

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

START_TEST(own_enumeration_gives_the_functions_of_the_files)
{
    static reference r;
    FILE *file = open_cases();
    if (file == NULL) return;
    while (read_case(file, &r)) {
        loaded l;
        int level = 0;
        ck_assert_int_eq(sscanf(strchr(strchr(r.potential, '/') + 1, '/') + 1, "%d", &level), 1);
        load_case(&l, &r);
        const lrpot_basis *basis = lrpot_potential_basis(l.potential);
        lrpot_basis_options options = LRPOT_BASIS_OPTIONS_INIT;
        ck_ok(lrpot_basis_get_options(basis, &options));
        options.level = level;
        ck_ok(lrpot_basis_create(&l.system.basis, &options));
        ck_assert_int_eq(lrpot_basis_count(l.system.basis), r.n_sums);
        ck_ok(lrpot_basis_set_radial(l.system.basis, lrpot_basis_radial(basis)));
        basis_results got = basis_system_run(&l.system);
        double sums[MAX_FEATURES], sizes[MAX_FEATURES], most = 0;
        sum_features(&got, r.n, r.n_sums, sums, sizes);
        for (long s = 0; s < r.n_sums; s++) most = fmax(most, sizes[s]);
        /* The order is another one. */
        qsort(sums, (size_t)r.n_sums, sizeof *sums, compare_doubles);
        qsort(r.sums, (size_t)r.n_sums, sizeof *r.sums, compare_doubles);
        for (long s = 0; s < r.n_sums; s++)
            within("sum of a basis function", &r, sums[s], r.sums[s],
                   1e-12 * fmax(fabs(r.sums[s]), 1e-3 * most));
        basis_results_free(&got);
        lrpot_basis_free(l.system.basis);
        unload_case(&l);
    }
    fclose(file);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("basis_data");
    TCase *tc = tcase_create("data");
    tcase_set_timeout(tc, 120);
    support_add_cases(tc, kernels_reproduce_potentials_trained_by_mlip, 0, BASIS_KERNELS);
    tcase_add_test(tc, own_enumeration_gives_the_functions_of_the_files);
    suite_add_tcase(suite, tc);
    return suite;
}
