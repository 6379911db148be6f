/* Data of a fit: reading, weights, report, division into training and validation. */
#include "fitting/fit_run.h"

#include "cli/files.h"
#include "cli/report.h"
#include "fitting/coverage.h"
#include "fitting/left_out.h"
#include "fitting/target_names.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int fit_add_set(fit_run *run, const fit_set *set)
{
    int code = files_read(set->path);
    if (code != GO_ON) return code;
    fit_set *sets = realloc(run->data.sets, (size_t)(run->data.n_sets + 1) * sizeof *sets);
    if (sets == NULL) return report_no_memory();
    run->data.sets = sets;
    run->data.sets[run->data.n_sets++] = *set;
    return GO_ON;
}

static int read_set(fit_run *run, const fit_set *set)
{
    dataset part = { 0 };
    key_list own = { 0 };
    double total = isnan(set->total_charge) ? run->data.total_charge : set->total_charge;
    int code = set->keys != NULL ? key_list_read(&own, "fit", set->keys) : GO_ON;
    key_list keys = set->keys != NULL ? own : run->data.keys;
    keys.units = set->units;
    if (code == GO_ON) code = dataset_read(&part, set->path, &keys, &run->data.species, total);
    if (code == GO_ON) {
        int32_t n_symbols = 0;
        char **symbols = NULL;
        code = dataset_symbols(&part, &symbols, &n_symbols);
        if (code == GO_ON)
            dataset_report(&part, n_symbols, symbols, total,
                           run->job.options.targets != 0 ? run->job.options.targets
                                                         : targets_usual());
        free(symbols);
    }
    for (int64_t f = 0; f < part.n; f++) part.origins[f].how = set->how;
    if (code == GO_ON)
        code = dataset_append(set->valid ? &run->data.valid : &run->data.train, &part);
    dataset_free(&part);
    key_list_free(&own);
    return code;
}

/* Reads --valid: a file like the others, or a fraction of the frames. */
static int read_valid(fit_run *run)
{
    if (run->text.valid == NULL) return GO_ON;
    size_t length = strlen(run->text.valid);
    if (length < 2 || run->text.valid[length - 1] != '%') {
        fit_set set = { run->text.valid, NULL, NAN, 1, LRPOT_FIT_FRAME_INIT, NULL };
        return read_set(run, &set);
    }
    char *end = NULL;
    double percent = strtod(run->text.valid, &end);
    if (end != run->text.valid + length - 1 || !(percent > 0.0 && percent < 100.0))
        return report_usage("fit",
                            "--valid %s: expected a file or a percentage between 0%% and 100%%",
                            run->text.valid);
    int code =
        dataset_split(&run->data.train, &run->data.valid, 0.01 * percent, (uint64_t)run->seed);
    if (code == GO_ON)
        report_note("validation: %lld frames taken out, %lld left for training",
                    (long long)run->data.valid.n, (long long)run->data.train.n);
    return code;
}

static int check_symbols(const fit_run *run)
{
    for (int64_t f = 0; f < run->data.valid.n; f++)
        for (int64_t i = 0; i < lrpot_structure_count(run->data.valid.frames[f]); i++) {
            const char *symbol = lrpot_structure_symbol(run->data.valid.frames[f], i);
            char place[512];
            int32_t z = 0;
            while (z < run->data.n_symbols && strcmp(symbol, run->data.symbols[z]) != 0) z++;
            if (z < run->data.n_symbols) continue;
            dataset_place(&run->data.valid, f, place, sizeof place);
            return report_error(BAD_INPUT, "%s has %s, which no training frame has", place, symbol);
        }
    return GO_ON;
}

/* Reports data that cannot be fitted before anything is computed. */
static int check_data(const fit_run *run)
{
    const int64_t *found = run->data.train.found;
    if (run->data.train.n == 0)
        return report_error(BAD_INPUT, "all sets are for validation; none is left for training");
    const int32_t targets = run->job.options.targets;
    if (found[LRPOT_QUANTITY_ENERGY] + found[LRPOT_QUANTITY_FORCES] + found[LRPOT_QUANTITY_STRESS]
            == 0
        && (targets == 0 || (targets & targets_usual()) != 0))
        return report_error(BAD_INPUT,
                            "%s: no frame has an energy, forces or a stress; --keys "
                            "energy=NAME,forces=NAME names other keys",
                            run->data.train.path);
    if (found[LRPOT_QUANTITY_ENERGY] == 0)
        report_note(
            "WARNING: no energies: energies of the model will be meaningless up to a constant");
    if (run->data.valid.n == 0 && (run->job.options.flags & LRPOT_FIT_CHOOSE_REGULARIZATION) != 0)
        return report_usage("fit", "--regularization auto needs --valid FILE or --valid 10%%");
    if (run->data.valid.n == 0 && run->patience > 0)
        return report_usage("fit", "--patience needs --valid FILE or --valid 10%%");
    return check_symbols(run);
}

int fit_read_data(fit_run *run)
{
    int code = GO_ON;
    for (int32_t s = 0; s < run->data.n_sets && code == GO_ON; s++)
        code = read_set(run, &run->data.sets[s]);
    if (code != GO_ON) return code;
    code = dataset_symbols(&run->data.train, &run->data.symbols, &run->data.n_symbols);
    if (code == GO_ON) code = read_valid(run);
    if (code == GO_ON) code = check_data(run);
    if (code == GO_ON) left_out_report(&run->data.train, run->job.options.targets);
    return code == GO_ON ? coverage_report(&run->data.train, run->data.n_symbols, run->data.symbols,
                                           run->job.options.targets)
                         : code;
}
