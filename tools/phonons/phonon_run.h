/* State of `lrpot phonon`: one structure, and the results of each model. */
#ifndef LRPOT_TOOL_PHONON_RUN_H
#define LRPOT_TOOL_PHONON_RUN_H

#include "ensembles/ensemble.h"
#include "phonons/band_output.h"
#include "phonons/born_charges.h"
#include "phonons/gamma_modes.h"
#include "phonons/phonopy_export.h"
#include "phonons/infrared_at_gamma.h"
#include "phonons/layer.h"

/* Results of one model. */
typedef struct phonon_member {
    born_result born;
    screening screening;
    double seen[3];   /* root of eps_inf times direction: q for the model's screened charges */
    double *screened; /* [n][3][3], NULL without charges; born.eval.born: the physical ones */
    gamma_result gamma;
    polar_result polar; /* n = 0 without charges */
    layer_modes sheet;  /* of a layer */
    double formula;     /* NaN if the formula does not apply */
    stability at_gamma; /* without the field */
    char withheld[160]; /* reason why there is no static dielectric tensor; empty: there is one */
} phonon_member;

typedef struct phonon_run {
    common_options common;
    const char *species_text;
    double epsilon, direction[3], towards[3]; /* direction: of length 1 */
    int32_t raw;
    band_request bands;
    hand_over hand_over; /* its step is used for the modes at Gamma, too */
    int64_t frame;
    text_list species;
    ensemble models;
    lrpot_workspace *work;
    lrpot_structure *structure;
    layer_shape layer;
    phonon_member *members; /* [models.n] */
    band_findings *found;   /* [models.n] */
} phonon_run;

/* Computes the modes at Gamma of one member. path names the structure in messages. Returns GO_ON or
 * an exit code after a message. */
int phonon_compute(phonon_run *run, int32_t member, const char *path);
/* Sets the closed formula, and the reason to withhold the static dielectric tensor. Called after
 * all wave vectors. */
void phonon_judge(phonon_run *run, int32_t member);
/* 1 if TO and LO of one polar mode determine the dielectric constant: only in an isotropic
 * crystal. */
int phonon_one_constant(const phonon_member *m);
/* Reason why a model without Born charges has no macroscopic field. */
const char *phonon_no_field(const lrpot_potential *model);
void phonon_member_free(phonon_member *m);

/* Prints the results of a single model. Returns GO_ON or an exit code after a message. */
int phonon_print(const phonon_run *run, FILE *stream);
json_t *phonon_json(const phonon_run *run);
/* The same for an ensemble: means and standard deviations. */
int phonon_print_spread(const phonon_run *run, FILE *stream);
json_t *phonon_spread_json(const phonon_run *run);
/* Mean of the isotropic part of the Born charges Z [n][3][3] of a species; NaN without its
 * atoms. */
double phonon_mean_charge(const phonon_run *run, const double *Z, const char *symbol);

#endif
