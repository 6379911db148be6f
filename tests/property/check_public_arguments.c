/* Every public function with arguments that it must refuse: handles and arrays that are NULL,
 * structs without a size, negative counts. The functions and their parameters come from the
 * headers, so that a new function is in the test at once. Each call is made in a process of its
 * own: a signal is a failure that names function and argument. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_PARAMETERS = 16, ATOMS = 10, ROOM = 1 << 16, SECONDS = 60 };

typedef struct {
    void *pointer;
    int64_t integer;
    double real;
} argument;

typedef struct {
    const char *kind, *name;
} parameter;

typedef struct {
    const char *name;
    int64_t (*call)(const argument *a);
    int returns_status;
    int n;
    parameter parameters[MOST_PARAMETERS];
} public_function;

#include "public_calls.h"

enum { FUNCTIONS = sizeof functions / sizeof *functions };

/* Handles and structs that a function may be given, by the type of the pointer to them. */
typedef struct {
    const char *kind;
    void *value;
    size_t struct_size; /* 0: a handle */
} thing;

enum { MOST_THINGS = 64 };
static thing things[MOST_THINGS];
static int n_things;

static const char *const symbols[] = { "Na", "Cl" };
static double numbers[ROOM], results[MOST_PARAMETERS][ROOM];
static int64_t integers[ROOM];
static int32_t indices[ROOM];
static void *slots[MOST_PARAMETERS][4];
static lrpot_structure *frames[ATOMS];

static void offer(const char *kind, void *value, size_t struct_size)
{
    ck_assert_int_lt(n_things, MOST_THINGS);
    things[n_things++] = (thing){ kind, value, struct_size };
}

#define OFFER_STRUCT(type, init)               \
    do {                                       \
        static type value_of = init;           \
        offer(#type, &value_of, sizeof(type)); \
    } while (0)

static const thing *thing_of(const char *kind)
{
    size_t length = strlen(kind);
    if (strncmp(kind, "const ", 6) == 0) kind += 6, length -= 6;
    for (int t = 0; t < n_things; t++)
        if (strlen(things[t].kind) + 2 == length && strncmp(things[t].kind, kind, length - 2) == 0
            && kind[length - 1] == '*')
            return &things[t];
    return NULL;
}

static void offer_structs(void)
{
    OFFER_STRUCT(lrpot_ewald_report, LRPOT_EWALD_REPORT_INIT);
    OFFER_STRUCT(lrpot_ewald_error_report, LRPOT_EWALD_ERROR_REPORT_INIT);
    OFFER_STRUCT(lrpot_fit_target, LRPOT_FIT_TARGET_INIT);
    OFFER_STRUCT(lrpot_fit_frame, LRPOT_FIT_FRAME_INIT);
    OFFER_STRUCT(lrpot_fit_options, LRPOT_FIT_OPTIONS_INIT);
    OFFER_STRUCT(lrpot_fit_errors, LRPOT_FIT_ERRORS_INIT);
    OFFER_STRUCT(lrpot_fit_suggestion_facts, LRPOT_FIT_SUGGESTION_FACTS_INIT);
    OFFER_STRUCT(lrpot_polarization, LRPOT_POLARIZATION_INIT);
    OFFER_STRUCT(lrpot_estimate, LRPOT_ESTIMATE_INIT);
    OFFER_STRUCT(lrpot_spectrum_options, LRPOT_SPECTRUM_OPTIONS_INIT);
    OFFER_STRUCT(lrpot_conductivity_options, LRPOT_CONDUCTIVITY_OPTIONS_INIT);
    OFFER_STRUCT(lrpot_loop_options, LRPOT_LOOP_OPTIONS_INIT);
    OFFER_STRUCT(lrpot_loop, LRPOT_LOOP_INIT);
    OFFER_STRUCT(lrpot_comm, LRPOT_COMM_INIT);
    OFFER_STRUCT(lrpot_field, LRPOT_FIELD_INIT);
    OFFER_STRUCT(lrpot_heat_flux, LRPOT_HEAT_FLUX_INIT);
}

static lrpot_potential *offer_models(void)
{
    static lrpot_basis_options basis_options = LRPOT_BASIS_OPTIONS_INIT;
    static lrpot_potential_options options = LRPOT_POTENTIAL_OPTIONS_INIT;
    static lrpot_charges_options charges_options = LRPOT_CHARGES_OPTIONS_INIT;
    lrpot_potential *potential = NULL;
    lrpot_basis *basis = NULL;
    basis_options.level = 6, basis_options.n_species = 2, basis_options.cutoff = 4;
    ck_ok(lrpot_basis_create(&basis, &basis_options));
    options.symbols = symbols, options.n_species = 2;
    options.basis = options.charge_basis = &basis_options;
    options.charges = charges_options.kind = LRPOT_CHARGES_EDQRD;
    charges_options.n_species = 2;
    ck_ok(lrpot_potential_create(&potential, &options));
    offer("lrpot_basis_options", &basis_options, sizeof basis_options);
    offer("lrpot_potential_options", &options, sizeof options);
    offer("lrpot_charges_options", &charges_options, sizeof charges_options);
    offer("lrpot_basis", basis, 0);
    offer("lrpot_potential", potential, 0);
    offer("lrpot_charges", (void *)lrpot_potential_charges(potential), 0);
    return potential;
}

static void offer_sums(void)
{
    static lrpot_ewald_options options = LRPOT_EWALD_OPTIONS_INIT;
    lrpot_ewald *ewald = NULL;
    lrpot_ewald_operator *product = NULL;
    options.accuracy = 1e-3;
    ck_ok(lrpot_ewald_create(&ewald, &options));
    ck_ok(lrpot_ewald_operator_create(&product, ewald, 1));
    ck_ok(lrpot_ewald_operator_update(product, thing_of("lrpot_atoms *")->value, NULL, NULL));
    offer("lrpot_ewald_options", &options, sizeof options);
    offer("lrpot_ewald", ewald, 0);
    offer("lrpot_ewald_operator", product, 0);
}

static void offer_tensors(void)
{
    static lrpot_tensor_options options = LRPOT_TENSOR_OPTIONS_INIT;
    lrpot_tensor_model *model = NULL;
    lrpot_tensor_fit *fit = NULL;
    options.symbols = symbols, options.n_species = 2;
    options.levels[0] = options.levels[1] = options.levels[2] = 6;
    options.min_distance = 1.2, options.cutoff = 4.0;
    ck_ok(lrpot_tensor_model_create(&model, &options));
    ck_ok(lrpot_tensor_fit_create(&fit, model));
    offer("lrpot_tensor_options", &options, sizeof options);
    offer("lrpot_tensor_model", model, 0);
    offer("lrpot_tensor_fit", fit, 0);
}

static void offer_calls(void)
{
    static lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    static lrpot_outputs outputs = LRPOT_OUTPUTS_INIT;
    static double energy, forces[3 * ATOMS], virial[9];
    static int32_t species[ATOMS];
    lrpot_workspace *work = NULL;
    lrpot_nlist *list = NULL;
    ck_ok(lrpot_structure_view(frames[0], 2, symbols, species, &atoms));
    ck_ok(lrpot_nlist_build(&list, &atoms, 5.0, 0.0));
    ck_ok(lrpot_workspace_create(&work, 1));
    outputs.energy = &energy, outputs.forces = forces, outputs.virial = virial;
    offer("lrpot_atoms", &atoms, sizeof atoms);
    offer("lrpot_outputs", &outputs, sizeof outputs);
    offer("lrpot_nlist", list, 0);
    offer("lrpot_workspace", work, 0);
}

static void offer_trajectory(void)
{
    static lrpot_series series = LRPOT_SERIES_INIT;
    lrpot_path *path = NULL;
    ck_ok(lrpot_path_create(&path));
    ck_ok(lrpot_path_step(path, frames[0]));
    series.n = 64, series.values = numbers, series.step = 1.0;
    series.volume = 1000.0, series.temperature = 300.0;
    series.kind = LRPOT_SERIES_DIPOLE;
    offer("lrpot_series", &series, sizeof series);
    offer("lrpot_path", path, 0);
}

/* Handles that need data. */
static void offer_tools(lrpot_potential *potential)
{
    lrpot_fit_options options = LRPOT_FIT_OPTIONS_INIT;
    lrpot_fit *fit = NULL;
    lrpot_active_set *set = NULL;
    lrpot_phonons *phonons = NULL;
    lrpot_workspace *work = NULL;
    lrpot_fit_suggestion *suggestion = NULL;
    const lrpot_potential_options any = LRPOT_FIT_ANY_MODEL;
    for (int k = 0; k < ATOMS; k++) {
        double value = -1.0 - 0.01 * k;
        ck_ok(lrpot_structure_set(frames[k], LRPOT_QUANTITY_ENERGY, &value));
    }
    ck_ok(lrpot_fit_suggest(&suggestion, &any, ATOMS, frames, NULL));
    ck_ok(lrpot_fit_create(&fit, potential, &options));
    ck_ok(lrpot_fit_add(fit, frames[0], 0, 1.0));
    ck_ok(lrpot_active_set_create(&set, potential));
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot_phonons_create(&phonons, potential, work, frames[0], 0.0));
    lrpot_workspace_free(work);
    offer("lrpot_fit", fit, 0);
    offer("lrpot_fit_suggestion", suggestion, 0);
    offer("lrpot_active_set", set, 0);
    offer("lrpot_phonons", phonons, 0);
}

static void open_things(void)
{
    support_random random = { 31 };
    if (n_things > 0) return;
    for (int k = 0; k < ROOM; k++) numbers[k] = 0.01 * (k % 17 + 1);
    for (int k = 0; k < ATOMS; k++)
        frames[k] = support_random_structure(&random, CELL_CUBIC, ATOMS, 2, symbols, 2.0);
    offer_structs();
    lrpot_potential *potential = offer_models();
    offer_calls();
    offer_sums();
    offer_tensors();
    offer_trajectory();
    offer_tools(potential);
}

static int is_pointer(const parameter *p)
{
    return p->kind[strlen(p->kind) - 1] == '*';
}

/* Something that the parameter takes. NULL for handles of files, readers and writers. */
static argument usual(const parameter *p, int k)
{
    const thing *known = thing_of(p->kind);
    argument a = { NULL, 1, 2.0 };
    if (known != NULL) a.pointer = known->value;
    else if (strcmp(p->kind, "const double *") == 0) a.pointer = numbers;
    else if (strcmp(p->kind, "double *") == 0) a.pointer = results[k];
    else if (strstr(p->kind, "int64_t *") != NULL) a.pointer = integers;
    else if (strstr(p->kind, "int32_t *") != NULL) a.pointer = indices;
    else if (strcmp(p->kind, "const char *") == 0)
        a.pointer = strcmp(p->name, "path") == 0 ? (void *)"/nowhere/nothing" : (void *)"Na";
    else if (strcmp(p->kind, "const char *const *") == 0) a.pointer = (void *)symbols;
    else if (strcmp(p->kind, "lrpot_structure *const *") == 0) a.pointer = frames;
    else if (strstr(p->kind, "lrpot_structure *") != NULL) a.pointer = frames[0];
    else if (strstr(p->kind, "**") != NULL) a.pointer = slots[k];
    else if (strcmp(p->kind, "char *") == 0) a.pointer = results[k];
    if (strcmp(p->kind, "lrpot_structure **") == 0) a.pointer = slots[k];
    return a;
}

static void fill(const public_function *f, argument *a)
{
    for (int k = 0; k < f->n; k++) a[k] = usual(&f->parameters[k], k);
}

/* Status of a call, in a process of its own. */
static int outcome_of(const public_function *f, const argument *a, const char *what)
{
    int result = 0;
    fflush(stdout);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        alarm(SECONDS);
        _exit((int)(f->call(a) & 0xff));
    }
    ck_assert_int_eq(waitpid(child, &result, 0), child);
    ck_assert_msg(WIFEXITED(result), "%s(%s): signal %d", f->name, what, WTERMSIG(result));
    return WEXITSTATUS(result);
}

START_TEST(nothing_at_all_is_refused)
{
    for (int k = 0; k < FUNCTIONS; k++) {
        const public_function *f = &functions[k];
        argument a[MOST_PARAMETERS];
        int pointers = 0;
        for (int p = 0; p < f->n; p++)
            a[p] = (argument){ NULL, 1, 1.0 }, pointers += is_pointer(&f->parameters[p]);
        int status = outcome_of(f, a, "all NULL");
        if (f->returns_status && pointers > 0)
            ck_assert_msg(status != LRPOT_OK, "%s: all pointers NULL are accepted", f->name);
    }
}
END_TEST

START_TEST(each_pointer_may_be_null)
{
    for (int k = 0; k < FUNCTIONS; k++)
        for (int p = 0; p < functions[k].n; p++) {
            argument a[MOST_PARAMETERS];
            fill(&functions[k], a);
            if (!is_pointer(&functions[k].parameters[p])) continue;
            a[p].pointer = NULL;
            (void)outcome_of(&functions[k], a, functions[k].parameters[p].name);
        }
}
END_TEST

START_TEST(structs_without_a_size_are_refused)
{
    int refused = 0;
    for (int k = 0; k < FUNCTIONS; k++)
        for (int p = 0; p < functions[k].n; p++) {
            const public_function *f = &functions[k];
            const thing *known = thing_of(f->parameters[p].kind);
            argument a[MOST_PARAMETERS];
            if (known == NULL || known->struct_size == 0) continue;
            size_t *size = known->value, kept = *size;
            fill(f, a);
            *size = 0;
            int status = outcome_of(f, a, f->parameters[p].name);
            *size = kept;
            refused += status == LRPOT_E_SIZE;
            if (f->returns_status)
                ck_assert_msg(status == LRPOT_E_SIZE, "%s: %s->struct_size = 0 gives status %d",
                              f->name, f->parameters[p].name, status);
        }
    ck_assert_int_gt(refused, 60);
}
END_TEST

START_TEST(negative_numbers_are_no_crash)
{
    for (int k = 0; k < FUNCTIONS; k++)
        for (int p = 0; p < functions[k].n; p++) {
            const public_function *f = &functions[k];
            const char *kind = f->parameters[p].kind, *name = f->parameters[p].name;
            argument a[MOST_PARAMETERS];
            if (strcmp(kind, "int64_t") != 0 && strcmp(kind, "int32_t") != 0) continue;
            fill(f, a);
            a[p].integer = -1;
            int status = outcome_of(f, a, name);
            if (f->returns_status && (strcmp(name, "n") == 0 || strncmp(name, "n_", 2) == 0))
                ck_assert_msg(status != LRPOT_OK, "%s: %s = -1 is accepted", f->name, name);
        }
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("public_arguments");
    TCase *tc = tcase_create("property");
    tcase_set_timeout(tc, 300);
    tcase_add_unchecked_fixture(tc, open_things, NULL);
    tcase_add_test(tc, nothing_at_all_is_refused);
    tcase_add_test(tc, each_pointer_may_be_null);
    tcase_add_test(tc, structs_without_a_size_are_refused);
    tcase_add_test(tc, negative_numbers_are_no_crash);
    suite_add_tcase(suite, tc);
    return suite;
}
