/* Random pairs of options of every public struct of options, at defaults, extremes and nonsense:
 * each call gives a result or an error with its reason, in little time and memory.
 * LRPOT_OPTION_PAIRS: pairs tried of each struct, 300 unless told. */
#include "support.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define ATOMS 10
#define SAMPLES 96
#define SECONDS 20.0     /* of one call; a sanitizer makes it ten times as slow */
#define MEGABYTES 1500.0 /* of a process that tries one struct; sanitizers keep what is freed */
#define ARRAY 16         /* values behind each pointer */

/* Objects that all calls work on. */
typedef struct {
    lrpot_structure *frame, *isolated;
    lrpot_workspace *work;
    lrpot_potential *potential;
    lrpot_basis *basis;
    double q[ATOMS];
} bench;

static const char *const SYMBOLS[] = { "Na", "Cl" };
static double widths[ARRAY];

typedef enum { INT, LONG, REAL } kind_of;

typedef struct {
    const char *name;
    size_t offset;
    kind_of kind;
    /* of integers: what an array holds, or threads that are worth their memory; 0: any */
    double largest;
} member;

#define MEMBER(type, name, kind)             \
    {                                        \
#name, offsetof(type, name), kind, 0 \
    }
#define COUNT(type, name, largest)                \
    {                                             \
#name, offsetof(type, name), INT, largest \
    }

static const double REALS[] = { 0,       -0.0,     -1,   1,        0.3,       1e-300,  1e-12,
                                1e-3,    2.5,      7.25, 40,       1e4,       1e9,     1e100,
                                DBL_MAX, -DBL_MAX, NAN,  INFINITY, -INFINITY, 4.9e-324 };
static const double INTEGERS[] = {
    0,  -1, 1,  2,  3,   4,   5,   6,    7,    8,    10,    12,  13,           16,
    17, 24, 32, 64, 100, 128, 999, 1024, 4096, 8192, 65536, 1e6, 2147483647.0, -2147483648.0
};

static void set(void *options, const member *m, double value)
{
    void *at = (char *)options + m->offset;
    if (m->kind == REAL) memcpy(at, &value, sizeof value);
    if (m->kind == INT) {
        int32_t number = (int32_t)value;
        memcpy(at, &number, sizeof number);
    }
    if (m->kind == LONG) {
        int64_t number = value > 2e9 ? INT64_MAX : value < -2e9 ? INT64_MIN : (int64_t)value;
        memcpy(at, &number, sizeof number);
    }
}

#define LENGTH(array) (sizeof array / sizeof *array)

static double draw(support_random *random, const member *m)
{
    for (;;) {
        const double *values = m->kind == REAL ? REALS : INTEGERS;
        size_t count = m->kind == REAL ? LENGTH(REALS) : LENGTH(INTEGERS);
        double value = values[(size_t)support_uniform(random, 0, (double)count)];
        if (m->largest == 0 || value <= m->largest) return value;
    }
}

static double now(void)
{
    struct timespec t;
    timespec_get(&t, TIME_UTC);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double megabytes(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_maxrss / 1024;
}

static void open_bench(bench *b)
{
    static const char *const symbols[] = { "Na", "Cl" };
    support_random random = { 77 };
    double excess = 0;
    b->frame = support_random_structure(&random, CELL_TRICLINIC, ATOMS, 2, symbols, 1.9);
    b->isolated = support_random_structure(&random, CELL_NONE, ATOMS, 2, symbols, 1.9);
    for (int i = 0; i < ATOMS; i++) excess += b->q[i] = support_uniform(&random, -1, 1);
    for (int i = 0; i < ATOMS; i++) b->q[i] -= excess / ATOMS;
    for (int w = 0; w < ARRAY; w++) widths[w] = 0.5 + 0.1 * w;
    ck_ok(lrpot_workspace_create(&b->work, 1));
    lrpot_basis_options basis = LRPOT_BASIS_OPTIONS_INIT;
    basis.level = 6, basis.n_species = 2, basis.cutoff = 4;
    ck_ok(lrpot_basis_create(&b->basis, &basis));
    lrpot_potential_options options = LRPOT_POTENTIAL_OPTIONS_INIT;
    options.symbols = SYMBOLS, options.n_species = 2;
    options.basis = options.charge_basis = &basis;
    options.charges = LRPOT_CHARGES_EDQRD;
    ck_ok(lrpot_potential_create(&b->potential, &options));
}

static void close_bench(bench *b)
{
    lrpot_structure_free(b->frame);
    lrpot_structure_free(b->isolated);
    lrpot_workspace_free(b->work);
    lrpot_basis_free(b->basis);
    lrpot_potential_free(b->potential);
}

#include "option_calls.h"

static const member arguments_members[] = {
    MEMBER(arguments, cutoff, REAL),
    MEMBER(arguments, skin, REAL),
    COUNT(arguments, threads, 128),
};
static const member phonons_members[] = {
    MEMBER(arguments, step, REAL),
    MEMBER(arguments, mesh[0], INT),
    MEMBER(arguments, mesh[1], INT),
    MEMBER(arguments, mesh[2], INT),
};
static const member basis_members[] = {
    MEMBER(lrpot_basis_options, level, INT),         MEMBER(lrpot_basis_options, n_species, INT),
    MEMBER(lrpot_basis_options, radial_size, INT),   MEMBER(lrpot_basis_options, kernel, INT),
    MEMBER(lrpot_basis_options, min_distance, REAL), MEMBER(lrpot_basis_options, cutoff, REAL),
    MEMBER(lrpot_basis_options, scaling, REAL),      MEMBER(lrpot_basis_options, radial_step, INT),
};
static const member charges_members[] = {
    MEMBER(lrpot_charges_options, kind, INT),      COUNT(lrpot_charges_options, n_species, ARRAY),
    MEMBER(lrpot_charges_options, channels, INT),  MEMBER(lrpot_charges_options, neutrality, INT),
    MEMBER(lrpot_charges_options, flags, INT),     MEMBER(lrpot_charges_options, solver, INT),
    MEMBER(lrpot_charges_options, sigma, REAL),    MEMBER(lrpot_charges_options, tolerance, REAL),
    MEMBER(lrpot_charges_options, accuracy, REAL), MEMBER(lrpot_charges_options, hidden[0], INT),
    MEMBER(lrpot_charges_options, hidden[1], INT), MEMBER(lrpot_charges_options, charge_input, INT),
    MEMBER(lrpot_charges_options, reach, REAL),    MEMBER(lrpot_charges_options, order, INT),
    MEMBER(lrpot_charges_options, response, INT),
};
static const member ewald_members[] = {
    MEMBER(lrpot_ewald_options, accuracy, REAL),
    MEMBER(lrpot_ewald_options, splitting, REAL),
    MEMBER(lrpot_ewald_options, cutoff, REAL),
    COUNT(lrpot_ewald_options, n_widths, ARRAY),
    MEMBER(lrpot_ewald_options, flags, INT),
    MEMBER(lrpot_ewald_options, method, INT),
    MEMBER(lrpot_ewald_options, order, INT),
    MEMBER(lrpot_ewald_options, mesh[0], INT),
    MEMBER(lrpot_ewald_options, mesh[1], INT),
    MEMBER(lrpot_ewald_options, mesh[2], INT),
    MEMBER(lrpot_ewald_options, kernel, INT),
    MEMBER(lrpot_ewald_options, sigma, REAL),
    MEMBER(lrpot_ewald_options, energy_accuracy, REAL),
    MEMBER(lrpot_ewald_options, pressure_accuracy, REAL),
    MEMBER(lrpot_ewald_options, potential_accuracy, REAL),
};
static const member potential_members[] = {
    MEMBER(model_options, basis.level, INT),
    MEMBER(model_options, basis.radial_size, INT),
    MEMBER(model_options, basis.kernel, INT),
    MEMBER(model_options, basis.cutoff, REAL),
    MEMBER(model_options, charge_basis.level, INT),
    MEMBER(model_options, charge_basis.n_species, INT),
    MEMBER(model_options, charge_basis.cutoff, REAL),
    MEMBER(model_options, charge_basis.radial_step, INT),
    COUNT(model_options, options.n_species, 2),
    MEMBER(model_options, options.charges, INT),
    MEMBER(model_options, options.species_coefficients, INT),
    MEMBER(model_options, options.accuracy, REAL),
    MEMBER(model_options, options.hidden[0], INT),
    MEMBER(model_options, options.hidden[1], INT),
    MEMBER(model_options, options.charge_input, INT),
};
static const member tensor_members[] = {
    COUNT(lrpot_tensor_options, n_species, 2),        MEMBER(lrpot_tensor_options, kind, INT),
    MEMBER(lrpot_tensor_options, levels[0], INT),     MEMBER(lrpot_tensor_options, levels[1], INT),
    MEMBER(lrpot_tensor_options, levels[2], INT),     MEMBER(lrpot_tensor_options, levels[3], INT),
    MEMBER(lrpot_tensor_options, radial_cost, INT),   MEMBER(lrpot_tensor_options, kernel, INT),
    MEMBER(lrpot_tensor_options, min_distance, REAL), MEMBER(lrpot_tensor_options, cutoff, REAL),
};
static const member spectrum_members[] = {
    MEMBER(lrpot_spectrum_options, segment, LONG), MEMBER(lrpot_spectrum_options, overlap, REAL),
    MEMBER(lrpot_spectrum_options, width, REAL),   MEMBER(lrpot_spectrum_options, window, INT),
    MEMBER(lrpot_spectrum_options, quantum, INT),
};
static const member conductivity_members[] = {
    MEMBER(lrpot_conductivity_options, begin, REAL),
    MEMBER(lrpot_conductivity_options, end, REAL),
    MEMBER(lrpot_conductivity_options, blocks, LONG),
};
static const member series_members[] = {
    MEMBER(lrpot_series, step, REAL),
    MEMBER(lrpot_series, volume, REAL),
    MEMBER(lrpot_series, temperature, REAL),
    MEMBER(lrpot_series, kind, INT),
};
static const member loop_members[] = {
    MEMBER(lrpot_loop_options, tolerance, REAL),
    MEMBER(lrpot_loop_options, discard, REAL),
};
static const member fit_members[] = {
    MEMBER(lrpot_fit_options, errors[0], REAL),
    MEMBER(lrpot_fit_options, errors[1], REAL),
    MEMBER(lrpot_fit_options, errors[2], REAL),
    MEMBER(lrpot_fit_options, regularization, REAL),
    MEMBER(lrpot_fit_options, max_iterations, INT),
    COUNT(lrpot_fit_options, threads, 128),
    MEMBER(lrpot_fit_options, seed, LONG),
    MEMBER(lrpot_fit_options, tolerance, REAL),
    MEMBER(lrpot_fit_options, forces_relative, REAL),
    MEMBER(lrpot_fit_options, sum_rule_error, REAL),
    MEMBER(lrpot_fit_options, resume, INT),
    MEMBER(lrpot_fit_options, starts, INT),
    MEMBER(lrpot_fit_options, robustness, REAL),
    MEMBER(lrpot_fit_options, targets, INT),
    MEMBER(lrpot_fit_options, flags, INT),
    MEMBER(lrpot_fit_options, errors[3], REAL),
    MEMBER(lrpot_fit_options, errors[4], REAL),
    MEMBER(lrpot_fit_options, errors[5], REAL),
    MEMBER(lrpot_fit_options, memory_limit, REAL),
    MEMBER(lrpot_fit_options, patience, INT),
    MEMBER(lrpot_fit_options, reserved, INT),
    MEMBER(lrpot_fit_options, errors[6], REAL),
};
static const member frame_members[] = {
    MEMBER(lrpot_fit_frame, set, INT),
    MEMBER(lrpot_fit_frame, source, INT),
    MEMBER(lrpot_fit_frame, weight, REAL),
    MEMBER(lrpot_fit_frame, target_weights[0], REAL),
    MEMBER(lrpot_fit_frame, target_weights[1], REAL),
    MEMBER(lrpot_fit_frame, target_weights[6], REAL),
};

/* Room for a struct, filled with what it starts from. */
typedef union {
    lrpot_basis_options basis;
    lrpot_charges_options charges;
    lrpot_ewald_options ewald;
    model_options model;
    lrpot_tensor_options tensors;
    lrpot_spectrum_options spectrum;
    lrpot_conductivity_options conductivity;
    lrpot_series series;
    lrpot_loop_options loop;
    lrpot_fit_options fit;
    lrpot_fit_frame frame;
    arguments plain;
} any;

static void start_basis(any *o)
{
    o->basis = (lrpot_basis_options)LRPOT_BASIS_OPTIONS_INIT;
    o->basis.n_species = 2;
}

static void start_charges(any *o)
{
    o->charges = (lrpot_charges_options)LRPOT_CHARGES_OPTIONS_INIT;
    o->charges.n_species = 2, o->charges.widths = widths;
}

static void start_ewald(any *o)
{
    o->ewald = (lrpot_ewald_options)LRPOT_EWALD_OPTIONS_INIT;
    o->ewald.widths = widths;
}

/* A mesh given along all axes, as few random pairs would have it. */
static void start_mesh(any *o)
{
    start_ewald(o);
    o->ewald.method = LRPOT_EWALD_MESH;
    o->ewald.mesh[0] = o->ewald.mesh[1] = o->ewald.mesh[2] = 8;
}

static void start_equilibrated(any *o)
{
    start_charges(o);
    o->charges.kind = LRPOT_CHARGES_EQUILIBRATED;
}

static void start_density(any *o)
{
    start_charges(o);
    o->charges.kind = LRPOT_CHARGES_DENSITY, o->charges.order = 1;
}

static void start_potential(any *o)
{
    lrpot_potential_options *options = &o->model.options;
    *options = (lrpot_potential_options)LRPOT_POTENTIAL_OPTIONS_INIT;
    options->symbols = SYMBOLS, options->n_species = 2, options->widths = widths;
    options->charges = LRPOT_CHARGES_EDQRD;
    o->model.basis = (lrpot_basis_options)LRPOT_BASIS_OPTIONS_INIT;
    o->model.basis.level = 6;
    o->model.charge_basis = o->model.basis;
}

static void start_tensors(any *o)
{
    o->tensors = (lrpot_tensor_options)LRPOT_TENSOR_OPTIONS_INIT;
    o->tensors.symbols = SYMBOLS, o->tensors.n_species = 2;
}

static void start_spectrum(any *o)
{
    o->spectrum = (lrpot_spectrum_options)LRPOT_SPECTRUM_OPTIONS_INIT;
}

static void start_conductivity(any *o)
{
    o->conductivity = (lrpot_conductivity_options)LRPOT_CONDUCTIVITY_OPTIONS_INIT;
}

static void start_series(any *o)
{
    o->series = series(LRPOT_SERIES_DIPOLE);
}

static void start_loop(any *o)
{
    o->loop = (lrpot_loop_options)LRPOT_LOOP_OPTIONS_INIT;
}

static void start_fit(any *o)
{
    o->fit = (lrpot_fit_options)LRPOT_FIT_OPTIONS_INIT;
}

static void start_frame(any *o)
{
    o->frame = (lrpot_fit_frame)LRPOT_FIT_FRAME_INIT;
}

static void start_arguments(any *o)
{
    o->plain = (arguments){ .cutoff = 4, .threads = 1, .mesh = { 1, 1, 1 } };
}

#define STRUCT(name, start)                                                       \
    {                                                                             \
#start, start_##start, use_##name, name##_members, LENGTH(name##_members) \
    }
static const struct {
    const char *name;
    void (*start)(any *o);
    user use;
    const member *members;
    size_t count;
} STRUCTS[] = {
    STRUCT(basis, basis),
    STRUCT(charges, charges),
    STRUCT(charges, equilibrated),
    STRUCT(charges, density),
    STRUCT(ewald, ewald),
    STRUCT(ewald, mesh),
    STRUCT(potential, potential),
    { "tensors", start_tensors, use_tensors, tensor_members, LENGTH(tensor_members) },
    STRUCT(spectrum, spectrum),
    STRUCT(conductivity, conductivity),
    STRUCT(series, series),
    STRUCT(loop, loop),
    STRUCT(fit, fit),
    STRUCT(frame, frame),
    STRUCT(arguments, arguments),
    STRUCT(phonons, arguments),
};

static void try_pair(bench *b, int which, int round, support_random *random)
{
    char text[200];
    any options;
    memset(&options, 0, sizeof options);
    STRUCTS[which].start(&options);
    size_t count = STRUCTS[which].count;
    const member *pair[2] = {
        STRUCTS[which].members + (size_t)support_uniform(random, 0, (double)count),
        STRUCTS[which].members + (size_t)support_uniform(random, 0, (double)count)
    };
    double to[2] = { draw(random, pair[0]), draw(random, pair[1]) };
    for (int k = 0; k < 2; k++) set(&options, pair[k], to[k]);
    snprintf(text, sizeof text, "%s, %s = %g, %s = %g, round %d", STRUCTS[which].name,
             pair[0]->name, to[0], pair[1]->name, to[1], round);
    if (getenv("LRPOT_OPTION_TRACE") != NULL) fprintf(stderr, "# %s\n", text);
    double start = now();
    lrpot_status status = STRUCTS[which].use(b, &options, round);
    double seconds = now() - start;
    if (getenv("LRPOT_OPTION_TRACE") != NULL)
        fprintf(stderr, "#   %.2f s %.0f MB %s: %s\n", seconds, megabytes(),
                lrpot_status_name(status), status == LRPOT_OK ? "" : lrpot_last_error());
    ck_assert_msg(status >= LRPOT_OK && status != LRPOT_E_BUG, "%s: status %d", text, status);
    ck_assert_msg(status == LRPOT_OK || lrpot_last_error()[0] != '\0', "%s: no reason", text);
    /* refused before it is asked of the system */
    ck_assert_msg(status != LRPOT_E_MEMORY || strstr(lrpot_last_error(), "held are") != NULL,
                  "%s: %s", text, lrpot_last_error());
    ck_assert_msg(seconds < SECONDS, "%s: %g s", text, seconds);
    ck_assert_msg(megabytes() < MEGABYTES, "%s: %g MB", text, megabytes());
}

START_TEST(every_pair_gives_a_result_or_a_reason)
{
    const char *told = getenv("LRPOT_OPTION_PAIRS");
    int rounds = told != NULL ? atoi(told) : 300;
    support_random random = { 1000u + (unsigned)_i };
    bench b = { 0 };
    open_bench(&b);
    for (int round = 0; round < rounds; round++) try_pair(&b, _i, round, &random);
    close_bench(&b);
}
END_TEST

/* The defaults themselves are no error, or nothing above was tried. */
START_TEST(the_pairs_start_from_options_that_work)
{
    bench b = { 0 };
    any options;
    open_bench(&b);
    for (size_t s = 0; s < LENGTH(STRUCTS); s++) {
        memset(&options, 0, sizeof options);
        STRUCTS[s].start(&options);
        lrpot_status status = STRUCTS[s].use(&b, &options, 0);
        ck_assert_msg(status == LRPOT_OK || status == LRPOT_E_ACCURACY, "%s: %s", STRUCTS[s].name,
                      lrpot_last_error());
    }
    close_bench(&b);
}
END_TEST

/* A window wider than the mesh that is given, when its order is to be chosen. */
START_TEST(a_given_mesh_bounds_the_order_that_is_chosen)
{
    bench b = { 0 };
    open_bench(&b);
    int32_t species[ATOMS];
    lrpot_atoms atoms = view(b.frame, species);
    for (int32_t method = LRPOT_EWALD_MESH; method <= LRPOT_EWALD_SPLINE; method++)
        for (int32_t size = 4; size <= 16; size += 2) {
            lrpot_ewald *ewald = NULL;
            lrpot_ewald_options options = LRPOT_EWALD_OPTIONS_INIT;
            lrpot_ewald_report report = LRPOT_EWALD_REPORT_INIT;
            lrpot_outputs out = LRPOT_OUTPUTS_INIT;
            double energy;
            out.energy = &energy;
            options.method = method;
            options.mesh[0] = size, options.mesh[1] = options.mesh[2] = 16;
            ck_ok(lrpot_ewald_create(&ewald, &options));
            ck_ok(lrpot_ewald_eval(ewald, b.work, &atoms, NULL, NULL, b.q, &out));
            ck_ok(lrpot_ewald_plan(ewald, b.work, &atoms, &report));
            ck_assert_msg(report.order >= 3 && report.order <= size, "order %d on %d points",
                          report.order, size);
            lrpot_ewald_free(ewald);
        }
    close_bench(&b);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("options");
    TCase *tcase = tcase_create("property");
    tcase_set_timeout(tcase, 540);
    tcase_add_test(tcase, the_pairs_start_from_options_that_work);
    tcase_add_test(tcase, a_given_mesh_bounds_the_order_that_is_chosen);
    support_add_cases(tcase, every_pair_gives_a_result_or_a_reason, 0, (int)LENGTH(STRUCTS));
    suite_add_tcase(suite, tcase);
    return suite;
}
