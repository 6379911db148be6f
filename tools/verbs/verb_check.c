/* lrpot check: checks derivatives and sum rules of a model. */
#include "checks/checks.h"
#include "cli/output_file.h"
#include "ensembles/ensemble.h"
#include "cli/report.h"
#include "verbs/verbs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const VERDICTS[] = { "PASS", "FAIL", "info" };

static int failures(const check_table *table)
{
    int count = 0;
    for (int32_t r = 0; r < table->n; r++) count += table->rows[r].verdict == CHECK_FAIL;
    return count;
}

static void print_table(const check_table *table, FILE *stream)
{
    for (int32_t r = 0; r < table->n; r++) {
        const check_row *row = &table->rows[r];
        fprintf(stream, "%s  %-26s %9.2e", VERDICTS[row->verdict], row->name, row->error);
        if (row->verdict == CHECK_INFO) fprintf(stream, "            ");
        else fprintf(stream, " <= %7.0e", row->allowed);
        fprintf(stream, "  %s\n", row->detail);
    }
    int failed = failures(table);
    fprintf(stream, "%s: %d of %d checks failed\n", failed > 0 ? "FAIL" : "PASS", failed,
            (int)table->n);
}

static json_t *table_json(const check_table *table)
{
    json_t *root = json_object(), *rows = json_array();
    json_object_set_new(root, "passed", json_boolean(failures(table) == 0));
    for (int32_t r = 0; r < table->n; r++) {
        const check_row *row = &table->rows[r];
        json_t *object = json_object();
        json_put_text(object, "name", row->name);
        json_put_text(object, "verdict", VERDICTS[row->verdict]);
        json_put_real(object, "error", row->error);
        if (row->verdict != CHECK_INFO) json_put_real(object, "allowed", row->allowed);
        json_put_text(object, "detail", row->detail);
        json_array_append_new(rows, object);
    }
    json_object_set_new(root, "checks", rows);
    return root;
}

typedef struct check_run {
    common_options common;
    int64_t frame, seed;
    double step;
    ensemble models;
    lrpot_structure *structure;
    const char *path; /* of the structure */
    output out;
    json_t *members; /* results of the members; NULL without --json */
    int failed;      /* 1: a check failed */
} check_run;

/* Prints the results of one model, or keeps them for the document. */
static void take_results(check_run *run, int32_t member, const check_table *table)
{
    run->failed = run->failed || failures(table) > 0;
    if (run->members != NULL) {
        json_t *object = table_json(table);
        json_put_text(object, "model", run->models.paths[member]);
        json_array_append_new(run->members, object);
        return;
    }
    if (run->models.n > 1) fprintf(run->out.stream, "# %s\n", run->models.paths[member]);
    print_table(table, run->out.stream);
}

static int finish(check_run *run)
{
    int code = DONE;
    if (run->members != NULL && run->models.n == 1) {
        code = output_json(&run->out, json_incref(json_array_get(run->members, 0)));
    } else if (run->members != NULL) {
        json_t *root = json_object();
        json_object_set_new(root, "passed", json_boolean(!run->failed));
        json_object_set(root, "members", run->members);
        code = output_json(&run->out, root);
    }
    int closed = output_close(&run->out, code == DONE);
    if (code == DONE) code = closed;
    return code == DONE && run->failed ? FAILED : code;
}

static lrpot_status open_probe(check_probe *probe, const lrpot_potential *model,
                               lrpot_workspace *work, const lrpot_structure *structure)
{
    probe->model = model;
    probe->work = work;
    probe->n = lrpot_structure_count(structure);
    lrpot_status status = lrpot_structure_clone(&probe->structure, structure);
    size_t size = (size_t)probe->n * sizeof(double);
    probe->home = malloc(3 * size);
    probe->direction = malloc(3 * size);
    probe->site = malloc(size);
    probe->site_home = malloc(size);
    if (probe->home == NULL || probe->direction == NULL || probe->site == NULL
        || probe->site_home == NULL)
        return LRPOT_E_MEMORY;
    memcpy(probe->home, lrpot_structure_positions_const(structure), 3 * size);
    if (status == LRPOT_OK) status = evaluation_run(&probe->eval, model, work, probe->structure);
    return status == LRPOT_OK ? coulomb_bounds_get(&probe->bounds, model, work, probe->structure)
                              : status;
}

static void close_probe(check_probe *probe)
{
    lrpot_structure_free(probe->structure);
    evaluation_free(&probe->eval);
    free(probe->home);
    free(probe->direction);
    free(probe->site);
    free(probe->site_home);
}

/* Collects results over steps and frames. A comparison with differences counts at its best step: a
 * wide step is inaccurate if a neighbour crosses the cutoff within it (the second derivative jumps
 * there), a narrow one by rounding, while a wrong derivative is wrong at all steps. All other
 * checks count at their worst. NaN stays. */
static void gather(check_table *all, const check_table *table)
{
    for (int32_t r = 0; r < table->n; r++) {
        const check_row *row = &table->rows[r];
        check_row *kept = &all->rows[r];
        if (all->n <= r) all->rows[all->n++] = *row;
        else if (isnan(kept->error)) continue;
        else if (isnan(row->error)
                 || (row->by_step ? row->error < kept->error : row->error > kept->error))
            *kept = *row;
    }
}

static lrpot_status check_at_steps(check_probe *probe, check_table *all)
{
    static const double steps[] = { 2e-3, 2e-4, 2e-5, 2e-6 };
    int fixed = probe->step > 0.0;
    /* the same directions at every step, otherwise a wrong direction could be hidden by others */
    uint64_t seed = probe->random;
    lrpot_status status = LRPOT_OK;
    for (size_t k = 0; k < (fixed ? 1 : sizeof steps / sizeof steps[0]) && status == LRPOT_OK;
         k++) {
        check_table table = { .n = 0 };
        if (!fixed) probe->step = steps[k];
        probe->random = seed;
        status = check_energy(probe, &table);
        if (status == LRPOT_OK) status = check_charges(probe, &table);
        gather(all, &table);
    }
    return status;
}

static int check_member(void *ctx, int32_t member)
{
    check_run *run = ctx;
    check_probe probe = { .step = run->step, .random = (uint64_t)run->seed };
    check_table table = { .n = 0 };
    lrpot_workspace *work = NULL;
    lrpot_status status = lrpot_workspace_create(&work, (int32_t)run->common.threads);
    if (status == LRPOT_OK)
        status = open_probe(&probe, run->models.models[member], work, run->structure);
    if (status == LRPOT_OK) status = check_at_steps(&probe, &table);
    close_probe(&probe);
    lrpot_workspace_free(work);
    if (status != LRPOT_OK) return report_failure(status, run->path);
    take_results(run, member, &table);
    return GO_ON;
}

int verb_check(int count, char **arguments)
{
    check_run run = { .common = { .threads = 1 }, .seed = 1 };
    const char *species_text = NULL;
    const tool_option options[] = {
        { 'n', "frame", OPTION_COUNT, "N", "frame of FILE, counted from 0", &run.frame, 0, 1e15 },
        { 0, "step", OPTION_REAL, "A",
          "displacement of the differences, default the best of 0.002, 0.0002, 0.00002 and "
          "0.000002",
          &run.step, 1e-6, 0.5 },
        { 0, "seed", OPTION_COUNT, "N", "of the random directions", &run.seed, 0, 1e15 },
        { 's', "species", OPTION_TEXT, "A,B,...", "names of the types 0, 1, ... of .mtp and .cfg",
          &species_text, 0, 0 },
    };
    const tool_command command = {
        "check",
        "MODEL... FILE",
        "Tests forces, stress, dE/dq, Born charges and sum rules of a model by differences.",
        "Several models are tested one after the other. "
        "Prints PASS or FAIL with the worst error and what is allowed; `info` lines are no tests. "
        "Exit code 1 when a test fails.",
        options,
        sizeof options / sizeof options[0],
        2,
        INT32_MAX
    };
    int32_t n = 0;
    int code = options_parse(&command, &run.common, count, arguments, &n);
    if (code == GO_ON) code = ensemble_operands(&command, n, arguments);
    if (code != GO_ON) return code;
    text_list species = { 0, NULL };
    run.path = arguments[n - 1];
    code = inputs_species("check", species_text, &species);
    if (code == GO_ON) code = ensemble_open(&run.models, n - 1, arguments, &species, 0);
    if (code == GO_ON)
        code = inputs_frame(&run.structure, run.path, run.frame, run.models.models[0], &species);
    if (code == GO_ON) code = output_open(&run.out, run.common.output);
    if (code == GO_ON && run.common.json) run.members = json_array();
    if (code == GO_ON) code = ensemble_each(&run.models, check_member, &run);
    if (code == GO_ON) code = finish(&run);
    output_close(&run.out, 0);
    json_decref(run.members);
    lrpot_structure_free(run.structure);
    ensemble_close(&run.models);
    text_list_free(&species);
    return code;
}
