/* Model of a fit: created from the options, saved with the metadata of its origin. */
#include "fitting/fit_run.h"

#include "cli/report.h"

#include <stdlib.h>
#include <string.h>

/* Reads "H=0.4,O=-0.8" into an array over species; species that are not named keep their values. */
static int species_values(const fit_run *run, const char *option, const char *text, double *values)
{
    text_list list;
    int good = text_list_split(&list, text);
    const char *culprit = text;
    for (int32_t k = 0; good && k < list.count; k++) {
        char *equal = strchr(list.items[k], '=');
        int32_t z = 0;
        culprit = list.items[k];
        good = equal != NULL;
        while (
            good && z < run->data.n_symbols
            && (strlen(run->data.symbols[z]) != (size_t)(equal - list.items[k])
                || strncmp(run->data.symbols[z], list.items[k], strlen(run->data.symbols[z])) != 0))
            z++;
        good = good && z < run->data.n_symbols && parse_real(equal + 1, &values[z]);
    }
    int code =
        good ? GO_ON
             : report_usage(
                 "fit",
                 "--%s: %s, expected SYMBOL=NUMBER of elements in the data, separated by commas",
                 option, culprit);
    text_list_free(&list);
    return code;
}

static int set_baseline(const fit_run *run, lrpot_potential *model)
{
    const char *name = NULL;
    int64_t n = lrpot_potential_param_count(model), offset = 0, count = 0;
    if (run->text.baseline == NULL) return GO_ON;
    double *params = malloc((size_t)n * sizeof *params);
    if (params == NULL) return report_no_memory();
    lrpot_status status = lrpot_potential_get_params(model, n, params);
    int code = GO_ON;
    for (int32_t b = 0; lrpot_potential_param_block(model, b, &name, &offset, &count); b++)
        if (strcmp(name, "charges.species") == 0)
            code = species_values(run, "baseline", run->text.baseline, params + offset);
    if (status == LRPOT_OK && code == GO_ON) status = lrpot_potential_set_params(model, n, params);
    free(params);
    return status == LRPOT_OK ? code : report_failure(status, NULL);
}

/* Takes over the species of the model of --start: all of the data must be among them, and all
 * arrays by species have its order. */
static int take_species(fit_run *run)
{
    int32_t n = lrpot_potential_species_count(run->start_model);
    const char *const *symbols = lrpot_potential_symbols(run->start_model);
    for (int32_t k = 0; k < run->data.n_symbols; k++) {
        int32_t z = 0;
        while (z < n && strcmp(symbols[z], run->data.symbols[k]) != 0) z++;
        if (z == n)
            return report_error(BAD_INPUT,
                                "%s: has no species %s, which the data have; --species Na,Cl,... "
                                "names the types of an .mtp in their order",
                                run->start, run->data.symbols[k]);
    }
    char **copy = malloc((size_t)n * sizeof *copy);
    if (copy == NULL) return report_no_memory();
    for (int32_t z = 0; z < n; z++) copy[z] = (char *)symbols[z];
    free(run->data.symbols);
    run->data.symbols = copy;
    run->data.n_symbols = n;
    return GO_ON;
}

int fit_open_start(fit_run *run)
{
    if (run->start == NULL) return GO_ON;
    int code = inputs_model(&run->start_model, run->start, &run->data.species);
    if (code != GO_ON) return code;
    if (lrpot_potential_charges(run->start_model) != NULL
        && lrpot_nep_version(run->start_model) > 0)
        return report_error(BAD_INPUT,
                            "%s: the model has charges already; a charged NEP is fitted by GPUMD, "
                            "here charges are added to a NEP without them",
                            run->start);
    if (lrpot_potential_charges(run->start_model) != NULL)
        return report_error(BAD_INPUT,
                            "%s: the model has charges already; --resume %s goes on with it",
                            run->start, run->start);
    lrpot_basis_options basis = LRPOT_BASIS_OPTIONS_INIT;
    lrpot_status status = lrpot_basis_get_options(lrpot_potential_basis(run->start_model), &basis);
    if (status != LRPOT_OK) return report_failure(status, run->start);
    /* defaults of the charge basis follow the energy basis, if it is of the same kind */
    if (inputs_has_moments(run->start_model)) {
        run->wanted.cutoff = basis.cutoff;
        run->wanted.min_distance = basis.min_distance;
    } else if (run->text.freeze == NULL) {
        run->text.freeze = "coefficients";
        run->job.freeze = FREEZE_COEFFICIENTS;
    } else if (run->job.freeze == FREEZE_NOTHING) {
        return report_usage("fit", "--freeze no: the numbers of a NEP are fitted by GPUMD alone; "
                                   "coefficients or all keeps them");
    }
    run->wanted.species_coefficients = 0;
    return take_species(run);
}

/* Bases that the user gave options of. All others are left open. */
static void wanted_bases(const fit_run *run, lrpot_basis_options *energy,
                         lrpot_basis_options *charge)
{
    energy->level = (int32_t)run->wanted.level;
    energy->radial_size = (int32_t)run->wanted.radial_size;
    energy->radial_step = (int32_t)run->wanted.radial_step;
    energy->min_distance = run->wanted.min_distance;
    energy->cutoff = run->wanted.cutoff;
    charge->level = (int32_t)run->wanted.charge_level;
    charge->radial_step = (int32_t)run->wanted.charge_radial_step;
    charge->cutoff = run->wanted.charge_cutoff;
}

static lrpot_status suggest(fit_run *run, int64_t n, lrpot_structure *const *frames,
                            const lrpot_fit_frame *how)
{
    lrpot_potential_options wanted = LRPOT_FIT_ANY_MODEL;
    lrpot_basis_options energy = LRPOT_FIT_ANY_BASIS, charge = LRPOT_FIT_ANY_BASIS;
    wanted_bases(run, &energy, &charge);
    wanted.basis = &energy;
    wanted.charge_basis = &charge;
    wanted.symbols = (const char *const *)run->data.symbols;
    wanted.n_species = run->data.n_symbols;
    wanted.charges = run->wanted.charges;
    wanted.charge_options = &run->wanted.charge_options;
    wanted.species_coefficients = run->wanted.species_coefficients;
    memcpy(wanted.hidden, run->wanted.hidden, sizeof wanted.hidden);
    wanted.charge_input = run->wanted.charge_input;
    return lrpot_fit_suggest(&run->suggestion, &wanted, n, frames, how);
}

/* 1 if a choice belongs to the energy basis, which is that of the model of --start. */
static int is_given(const fit_run *run, const char *option)
{
    static const char *const of_energy[] = { "level",       "cutoff",       "radial-size",
                                             "radial-step", "min-distance", "species-coefficients",
                                             "hidden" };
    for (size_t k = 0; run->start != NULL && k < sizeof of_energy / sizeof of_energy[0]; k++)
        if (strcmp(option, of_energy[k]) == 0) return 1;
    return 0;
}

static void report_choices(const fit_run *run)
{
    const dataset *train = &run->data.train;
    lrpot_fit_suggestion_facts facts = LRPOT_FIT_SUGGESTION_FACTS_INIT;
    const char *text, *option;
    char place[512];
    for (int32_t k = 0;
         run->resume == NULL
         && (text = lrpot_fit_suggestion_reason(run->suggestion, k, &option)) != NULL;
         k++)
        if (!is_given(run, option)) report_note("%s; --%s chooses", text, option);
    if (lrpot_fit_suggestion_get_facts(run->suggestion, &facts) != LRPOT_OK
        || facts.shortest_frame < 0)
        return;
    int64_t frame = facts.shortest_frame;
    dataset_place(frame < train->n ? train : &run->data.valid,
                  frame < train->n ? frame : frame - train->n, place, sizeof place);
    report_note("minimum distance %.4f A (%s)", facts.shortest_distance, place);
    if (facts.shortest_distance < 0.4)
        report_note("WARNING: atoms that close are seldom meant; are the positions in A?");
}

int fit_choose_model(fit_run *run)
{
    const dataset *sets[2] = { &run->data.train, &run->data.valid };
    int64_t n = 0, total = run->data.train.n + run->data.valid.n;
    lrpot_structure **frames = malloc((size_t)total * sizeof *frames);
    lrpot_fit_frame *how = malloc((size_t)total * sizeof *how);
    lrpot_status status = LRPOT_E_MEMORY;
    for (int s = 0; s < 2 && frames != NULL && how != NULL; s++)
        for (int64_t f = 0; f < sets[s]->n; f++) {
            frames[n] = sets[s]->frames[f];
            how[n] = sets[s]->origins[f].how;
            how[n++].set = s == 0 ? LRPOT_FIT_TRAIN : LRPOT_FIT_VALID;
        }
    if (frames != NULL && how != NULL) status = suggest(run, n, frames, how);
    free(frames);
    free(how);
    if (status != LRPOT_OK) return report_failure(status, run->data.train.path);
    report_choices(run);
    return GO_ON;
}

/* Sets widths: --width for all species, --widths for the named ones. */
static int set_widths(const fit_run *run, lrpot_potential_options *options, double *widths)
{
    for (int32_t z = 0; z < run->data.n_symbols; z++)
        widths[z] = run->wanted.width > 0.0   ? run->wanted.width
                    : options->widths != NULL ? options->widths[z]
                                              : 0.0;
    if (run->wanted.width > 0.0 || run->text.widths != NULL) options->widths = widths;
    return species_values(run, "widths", run->text.widths, widths);
}

int fit_create_model(const fit_run *run, lrpot_potential **out)
{
    if (run->resume != NULL) return inputs_model(out, run->resume, NULL);
    lrpot_potential_options options = *lrpot_fit_suggestion_options(run->suggestion);
    double *widths = malloc((size_t)run->data.n_symbols * sizeof *widths);
    if (widths == NULL) return report_no_memory();
    int code = set_widths(run, &options, widths);
    lrpot_status status = LRPOT_OK;
    if (code == GO_ON)
        status = run->start != NULL ? lrpot_potential_add_charges(out, run->start_model, &options)
                                    : lrpot_potential_create(out, &options);
    free(widths);
    if (code != GO_ON) return code;
    return status == LRPOT_OK ? set_baseline(run, *out) : report_failure(status, NULL);
}

static lrpot_status note_options(const fit_run *run, lrpot_potential *model)
{
    size_t size = 16;
    for (int k = 0; k < run->count; k++) size += strlen(run->arguments[k]) + 1;
    char *text = malloc(size);
    if (text == NULL) return LRPOT_E_MEMORY;
    strcpy(text, "lrpot fit");
    for (int k = 0; k < run->count; k++) {
        strcat(text, " ");
        strcat(text, run->arguments[k]);
    }
    lrpot_status status = lrpot_potential_set_note(model, "command", text);
    free(text);
    return status;
}

/* "a.xyz, 20 frames, crc32 01234567; b.xyz, ..." */
static lrpot_status note_data(lrpot_potential *model, const char *key, const dataset *set)
{
    char text[1024];
    size_t used = 0;
    for (int32_t p = 0; p < set->n_parts && used < sizeof text; p++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s, %lld frames, crc32 %08x",
                                 p > 0 ? "; " : "", set->parts[p].path, (long long)set->parts[p].n,
                                 (unsigned)set->parts[p].checksum);
    return used > 0 ? lrpot_potential_set_note(model, key, text) : LRPOT_OK;
}

int fit_save_model(const fit_run *run, lrpot_potential *model, const char *path)
{
    char text[512];
    lrpot_status status = note_options(run, model);
    if (status == LRPOT_OK && run->data.config_text != NULL)
        status = lrpot_potential_set_note(model, "config", run->data.config_text);
    if (status == LRPOT_OK) status = note_data(model, "train", &run->data.train);
    if (status == LRPOT_OK) status = note_data(model, "valid", &run->data.valid);
    snprintf(text, sizeof text, "%lld", (long long)run->job.options.seed);
    if (status == LRPOT_OK) status = lrpot_potential_set_note(model, "seed", text);
    training_line(&run->job, text, sizeof text);
    if (status == LRPOT_OK) status = lrpot_potential_set_note(model, "errors", text);
    snprintf(text, sizeof text, "%lld in %.1f s%s", (long long)run->job.iterations,
             run->job.seconds, run->job.interrupted ? ", interrupted" : "");
    if (status == LRPOT_OK) status = lrpot_potential_set_note(model, "iterations", text);
    if (status == LRPOT_OK) status = lrpot_potential_set_note(model, "library", lrpot_version());
    if (status == LRPOT_OK) status = lrpot_potential_save(model, path);
    return status == LRPOT_OK ? GO_ON : report_failure(status, path);
}
