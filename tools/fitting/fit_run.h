/* State and steps of `lrpot fit`. */
#ifndef LRPOT_TOOL_FIT_RUN_H
#define LRPOT_TOOL_FIT_RUN_H

#include "cli/config.h"
#include "fitting/training.h"

/* A file of frames. */
typedef struct fit_set {
    const char *path;
    const char *keys;    /* as for --keys; NULL: those of the command line */
    double total_charge; /* of frames that do not state it; NaN: that of the command line */
    int32_t valid;
    lrpot_fit_frame how; /* weights and source of its frames */
    const char *units;   /* as for --units; NULL: those of the command line */
} fit_set;

/* Options as written, NULL if not given. */
typedef struct fit_texts {
    const char *valid, *charges, *distance, *weights, *keys, *species, *neutrality, *response,
        *targets, *baseline, *widths, *regularization, *own, *hidden, *charge_hidden, *charge_input,
        *freeze;
} fit_texts;

/* Options of the model that the user gave; the library completes them. */
typedef struct fit_wanted {
    int32_t charges;              /* LRPOT_CHARGES_*, -1: not given */
    int32_t species_coefficients; /* as in lrpot_potential_options; -1: not given */
    lrpot_charges_options charge_options;
    /* widths of the networks of the energy; those of the charges are in charge_options */
    int32_t hidden[2];
    int32_t charge_input;
    int64_t level, charge_level, radial_size, radial_step, charge_radial_step; /* 0: not given */
    double cutoff, charge_cutoff, width;                                       /* A; 0: not given */
    double min_distance;               /* A; negative: not given */
    int64_t channels, order, features; /* order, features: -1: not given */
    double sigma, reach, spread;
    int32_t self, without_self;
} fit_wanted;

/* Files of a fit and their frames. */
typedef struct fit_data {
    const char *config_path;
    char *config_text; /* text of the configuration file, for the metadata */
    fit_set *sets;
    int32_t n_sets;
    text_list species;
    key_list keys;
    double total_charge; /* of frames that do not state it; NaN: not given */
    int32_t direct;      /* densities start with the moments of the data, without a fixed point */
    int32_t no_core;     /* atoms closer than in the data do not repel */
    int32_t grade_parameters; /* the active set is of derivatives by all parameters */
    int32_t offsets;          /* each file of the command line has its own zero of energy */
    dataset train, valid;
    char **symbols;
    int32_t n_symbols;
} fit_data;

typedef struct fit_run {
    common_options common;
    int count; /* command line, for the metadata */
    char **arguments;
    fit_texts text;
    fit_wanted wanted;
    fit_data data;
    const char *checkpoint, *resume;
    const char *start; /* file of a model without charges that gets charges, or NULL */
    lrpot_potential *start_model;
    int64_t seed, ensemble, max_iterations, patience, starts;
    double memory, tolerance, gap_barrier;
    int32_t plot;                     /* 1: plots beside the model */
    json_t *report;                   /* see fitting/fit_report.h */
    lrpot_fit_suggestion *suggestion; /* the model's options, complete */
    training job;
} fit_run;

/* All functions return GO_ON, or an exit code after a message. */

int fit_add_set(fit_run *run, const fit_set *set);
/* Reads options and sets of a configuration file; options: those of the command line. The
 * configuration owns the texts. */
int fit_read_config(fit_run *run, const config *file, const tool_option *options, size_t n_options);

/* Reads all sets, reports them, moves a fraction to validation. */
int fit_read_data(fit_run *run);
/* Loads the model of --start, whose species and energy basis the fit takes over. */
int fit_open_start(fit_run *run);
/* Completes the options of the model by the data, and reports the choices. */
int fit_choose_model(fit_run *run);

int fit_create_model(const fit_run *run, lrpot_potential **out);
/* Saves the model with the metadata of its origin. */
int fit_save_model(const fit_run *run, lrpot_potential *model, const char *path);

#endif
