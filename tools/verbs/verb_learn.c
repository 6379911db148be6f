/* lrpot learn: active learning, cycle by cycle, until an exploration meets nothing new. */
#include "cli/output_file.h"
#include "cli/plot.h"
#include "cli/report.h"
#include "cli/signals.h"
#include "learning/folder_lock.h"
#include "learning/learn_cycle.h"
#include "verbs/verbs.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct learn_run {
    common_options common;
    const char *plot;
    learn_config learn;
    folder_lock lock;
    char *root, *report;
    learn_result *rows; /* [cycles + 1] */
    int64_t n_rows;
    int32_t finished;
} learn_run;

static void print_number(double value, int width, int digits)
{
    if (isnan(value)) printf(" %*s", width, "-");
    else printf(" %*.*f", width, digits, value);
}

static void print_row(const learn_result *row)
{
    printf("%5lld", (long long)row->cycle);
    print_number(row->steps, 9, 0);
    printf(" %6s", isnan(row->steps) ? "-" : row->halted ? "halt" : "end");
    print_number(row->written, 8, 0);
    print_number(row->grade, 10, 2);
    printf(" %8lld %8lld", (long long)row->selected, (long long)row->train_frames);
    print_number(1e3 * row->valid_energy, 10, 3);
    print_number(1e3 * row->valid_forces, 10, 2);
    putchar('\n');
    fflush(stdout);
}

static void print_head(void)
{
    printf("#%4s %9s %6s %8s %10s %8s %8s %10s %10s\n", "cycle", "steps", "ended", "frames",
           "grade", "selected", "train", "meV/atom", "meV/A");
}

static json_t *row_json(const learn_result *row)
{
    json_t *object = json_object();
    json_put_count(object, "cycle", row->cycle);
    json_put_real(object, "steps", row->steps);
    json_object_set_new(object, "halted", json_boolean(row->halted));
    json_put_real(object, "frames", row->written);
    json_put_real(object, "grade", row->grade);
    json_put_count(object, "selected", row->selected);
    json_put_count(object, "train_frames", row->train_frames);
    json_put_real(object, "valid_energy_rmse", row->valid_energy);
    json_put_real(object, "valid_forces_rmse", row->valid_forces);
    return object;
}

static json_t *run_json(const learn_run *run)
{
    json_t *root = json_object(), *rows = json_array();
    int64_t last = run->n_rows - (run->finished ? 2 : 1);
    char *model = learn_cycle_file(&run->learn, last, "model.lrp");
    for (int64_t k = 0; k < run->n_rows; k++) json_array_append_new(rows, row_json(run->rows + k));
    json_put_text(root, "model", model);
    json_object_set_new(root, "finished", json_boolean(run->finished));
    json_object_set_new(root, "cycles", rows);
    free(model);
    return root;
}

static int write_report(const learn_run *run)
{
    output out;
    int code = output_open(&out, run->report);
    if (code != GO_ON) return code;
    code = output_json(&out, run_json(run));
    int closed = output_close(&out, code == DONE);
    code = code != DONE ? code : closed;
    return code == DONE ? GO_ON : code;
}

/* Error of the forces kept apart against the number of training frames. */
static int draw(const learn_run *run)
{
    int64_t n = run->n_rows - run->finished;
    double *x = malloc((size_t)(2 * n + 1) * sizeof *x), *y = x + n;
    if (x == NULL) return report_no_memory();
    for (int64_t k = 0; k < n; k++) {
        x[k] = (double)run->rows[k].train_frames;
        y[k] = 1e3 * run->rows[k].valid_forces;
    }
    plot p = { .title = "frames learned in turn",
               .x_label = "frames in the fit",
               .y_label = "RMSE of forces kept apart (meV/A)",
               .lines = { { .label = "", .x = x, .y = y, .n = n, .style = PLOT_LINE } },
               .n_lines = 1,
               .level = NAN,
               .x_most = NAN,
               .log_y = 1 };
    int code = plot_write(&p, run->plot);
    free(x);
    return code;
}

static int run_cycles(learn_run *run)
{
    int code = GO_ON;
    if (!run->common.json) print_head();
    for (int64_t k = 0; k <= run->learn.cycles && !run->finished && code == GO_ON; k++) {
        learn_result *row = run->rows + k;
        code = learn_cycle_run(&run->learn, k, row);
        if (code != GO_ON) break;
        run->n_rows = k + 1;
        run->finished = k > 0 && row->selected == 0;
        if (run->finished) row->train_frames = run->rows[k - 1].train_frames;
        if (!run->common.json) print_row(row);
        code = write_report(run);
    }
    return code;
}

/* Says where the model is and whether the exploration still meets something new. */
static int conclude(const learn_run *run)
{
    output out = { stdout, NULL, NULL };
    int code = run->plot != NULL ? draw(run) : GO_ON;
    if (code == GO_ON && run->common.json) {
        code = output_json(&out, run_json(run));
        output_close(&out, 1);
        if (code != DONE) return code;
    } else if (code != GO_ON) return code;
    if (!run->finished)
        return report_error(NOT_CONVERGED,
                            "%lld cycles are done and the last one still met frames above grade "
                            "%g; raise cycles to go on",
                            (long long)run->learn.cycles, run->learn.write);
    if (!run->common.json) {
        char *model = learn_cycle_file(&run->learn, run->n_rows - 2, "model.lrp");
        printf("# no frame above grade %g: %s\n", run->learn.write, model != NULL ? model : "");
        free(model);
    }
    return DONE;
}

static int open_run(learn_run *run, const char *path)
{
    int code = learn_config_read(&run->learn, path);
    if (code != GO_ON) return code;
    run->root = learn_config_place(&run->learn, run->learn.folder);
    run->report = run->root != NULL ? output_join(run->root, "learn.json") : NULL;
    run->rows = calloc((size_t)run->learn.cycles + 1, sizeof *run->rows);
    if (run->report == NULL || run->rows == NULL) return report_no_memory();
    return folder_lock_take(&run->lock, run->root);
}

static int run_all(learn_run *run, const char *path)
{
    int code = open_run(run, path);
    if (code != GO_ON) return code;
    signals_defer(1);
    code = run_cycles(run);
    signals_defer(0);
    return code == GO_ON ? conclude(run) : code;
}

int verb_learn(int count, char **arguments)
{
    learn_run run = { .lock = FOLDER_LOCK_NONE };
    const tool_option options[] = {
        { 'p', "plot", OPTION_OUTPUT, "FILE.png",
          "error of the forces kept apart against the frames in the fit", &run.plot, 0, 0 },
    };
    const tool_command command = {
        "learn",
        "CONFIG",
        "Active learning: explores with a model, selects frames that are new to it, has them "
        "calculated, fits, until none is new.",
        "CONFIG is JSON with train, valid, explore, reference and fit, and optional refit, frames, "
        "folder, write, stop, most, cycles\n"
        "and seed (docs/how-to/learn.md). explore, reference and fit are lists of words. {model}, "
        "{here}, {cycle}, {seed}, {write},\n"
        "{stop}, {frames}, {input}, {output} and {previous} stand for values. Each step leaves its "
        "file in FOLDER/cycle-NNN. The same\n"
        "command goes on where an earlier one ended. FOLDER/learn.json holds the table.",
        options,
        sizeof options / sizeof options[0],
        1,
        1
    };
    int32_t n = 0;
    int code = options_parse(&command, &run.common, count, arguments, &n);
    if (code == GO_ON) {
        code = run_all(&run, arguments[0]);
        learn_config_free(&run.learn);
    }
    folder_lock_release(&run.lock);
    free(run.root);
    free(run.report);
    free(run.rows);
    return code;
}
