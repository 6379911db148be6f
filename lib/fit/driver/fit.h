/* State of a fit. */
#ifndef LRPOT__FIT_H
#define LRPOT__FIT_H

#include "fit/least_squares/minimize.h"
#include "fit/least_squares/normal_equations.h"

enum { LRPOT__FIT_SOURCES = 64 };

/* Frames of this process, and the numbers of all processes. */
typedef struct lrpot__fit_data {
    lrpot__frame **frames;
    int64_t n_frames, capacity, n_valid;
    int64_t n_train_all, n_valid_all; /* frames of all processes, known when the fit runs */
    int64_t n_sources;                /* sources of energies: one, plus those with offsets */
} lrpot__fit_data;

/* Training frames that the first steps use. */
typedef struct lrpot__fit_sample {
    lrpot__frame **frames; /* borrowed; NULL: all */
    int64_t n_frames, equations;
} lrpot__fit_sample;

/* Fitted factor of the charges in the Born charges. */
typedef struct lrpot__fit_born_factor {
    lrpot_tensor_model *model; /* borrowed; NULL: no factor is fitted */
    double *sizes;             /* [coefficients] mean square of the function that each multiplies */
} lrpot__fit_born_factor;

/* Prior of the parameters: a sum of squares. */
typedef struct lrpot__fit_prior_terms {
    double *strength; /* [count] */
    double *natural;  /* [count] natural sizes: 1, except for weights of networks */
    double *centre;   /* [count] value that the prior pulls to */
} lrpot__fit_prior_terms;

/* Scratch of the threads, and the sum over frames. */
typedef struct lrpot__fit_sums {
    lrpot__assembly **assemblies;      /* [threads] */
    lrpot__normal_equations **partial; /* [threads] */
    lrpot__normal_equations *normal;
} lrpot__fit_sums;

/* Best states over stages and starts. */
typedef struct lrpot__fit_states {
    double *best, *chosen; /* [count] */
    double loss;           /* training loss at the present parameters */
    double merit;          /* merit of the present state, NAN if not evaluated */
    double best_loss;      /* merit of `best`, the best state of all stages and starts */
    double best_prior;     /* part of it from the prior around the start of `best` */
} lrpot__fit_states;

/* Progress reported to the caller. */
typedef struct lrpot__fit_progress {
    lrpot_fit_errors train, valid;
    double started; /* seconds */
    lrpot_fit_callback callback;
    void *ctx;
} lrpot__fit_progress;

struct lrpot_fit {
    lrpot_potential *potential;
    lrpot_fit_options options;
    lrpot__target_weights weights;
    lrpot__parameter_layout layout;
    lrpot_workspace *work;
    lrpot_comm shared;      /* communication with the other processes */
    const lrpot_comm *comm; /* &shared, or NULL: one process */
    lrpot__fit_data data;
    lrpot__fit_sample sample;
    lrpot__fit_born_factor factor;
    double *offsets; /* [sources - 1][S] eV, of the present state */
    /* [parameters of the model] 1: the fit does not change it; or NULL: it may change all */
    uint8_t *held;
    int32_t networks_started; /* 1: networks take part */
    lrpot__fit_prior_terms prior;
    lrpot__fit_sums sums;
    lrpot__minimize_state descent;
    lrpot__fit_states states;
    lrpot__fit_progress progress;
};

/* Allocates the blocks whose sizes depend on the numbers of parameters and threads; once, before
 * the first use. */
lrpot_status lrpot__fit_prepare(lrpot_fit *fit);
/* Sums values over the processes; counts the frames and the sources of all processes. */
lrpot_status lrpot__fit_sum(const lrpot_fit *fit, double *values, int64_t n);
lrpot_status lrpot__fit_count_frames(lrpot_fit *fit);

/* Sets the indices of the parameters. */
void lrpot__fit_number_parameters(lrpot_fit *fit);
/* The factor: sizes of its functions, for its prior; its start values; its result, with the
 * charges, in the tensor model. */
lrpot_status lrpot__fit_prepare_born_factor(lrpot_fit *fit);
void lrpot__fit_start_born_factor(const lrpot_fit *fit, double *coefficients);
lrpot_status lrpot__fit_return_born_factor(lrpot_fit *fit);

/* Sets inverse errors from the options. */
void lrpot__fit_set_weights(lrpot_fit *fit);
/* Switches the redistribution of charges on or off in all assemblies. */
void lrpot__fit_set_redistribution(lrpot_fit *fit, int32_t on);

/* on: leaves the coefficients of radial functions and of charges out of the Jacobian; they must not
 * be active. Otherwise includes them again. */
void lrpot__fit_freeze(lrpot_fit *fit, int32_t on);

/* 1 if the charges of the model keep the total charge. */
int32_t lrpot__potential_keeps_total_charge(const lrpot_potential *potential);
/* Runs all stages of the fit. The best state is in best. */
lrpot_status lrpot__fit_stages(lrpot_fit *fit);
/* Parameters of the present state: those of the model, then offsets. */
lrpot_status lrpot__fit_get(const lrpot_fit *fit, double *params);
lrpot_status lrpot__fit_set(lrpot_fit *fit, const double *params);

/* Chooses the sign of all charges together, which energies and forces of neutral systems do not
 * determine. Total charges determine it, and so do charges of fragments and fitted dipoles, charges
 * or Born charges. Without them, charges shall correlate with reference charges or Born charges of
 * the frames; without those, they shall decrease with electronegativity. Further channels use the
 * electronegativity. Changes the model. */
lrpot_status lrpot__fit_choose_charge_sign(lrpot_fit *fit);

/* Sets the errors of the options in proportion to the present training errors. */
lrpot_status lrpot__fit_auto_weights(lrpot_fit *fit);

/* Start values: species energies by least squares, radial functions of unit size, charges by
 * electronegativity. */
lrpot_status lrpot__fit_start(lrpot_fit *fit, int64_t seed);

/* Random weights for networks that have none yet, at the present parameters. */
lrpot_status lrpot__fit_start_networks(lrpot_fit *fit);
/* Random number from -1 to 1. */
double lrpot__random_uniform(uint64_t *state);

/* Sets the prior with the strength of the options around the present parameters; sets its strength
 * alone. */
void lrpot__fit_set_prior(lrpot_fit *fit);
void lrpot__fit_set_prior_strength(lrpot_fit *fit, double strength);

/* Levenberg-Marquardt minimisation over the active parameters. */
lrpot_status lrpot__fit_minimize(lrpot_fit *fit, const lrpot__minimize_options *steps);

/* Finds the merit of the present state, whose loss in its own stage is given. Keeps the state if it
 * is the best so far. The model holds it afterwards. */
lrpot_status lrpot__fit_keep_best(lrpot_fit *fit, int32_t iteration, double loss);
/* Finds the merit of the best state again after a change of the weights. */
lrpot_status lrpot__fit_reevaluate_best(lrpot_fit *fit);
/* Gives the model the active set of the training frames. None is made if other processes have some
 * of the frames. */
lrpot_status lrpot__fit_make_active_set(lrpot_fit *fit);
/* Limit of outliers in the last stage. */
double lrpot__fit_outlier_limit(const lrpot_fit *fit);

/* Loss of the training set with prior at params; with matrices when asked for. */
lrpot_status lrpot__fit_evaluate(lrpot_fit *fit, const double *params, int with_matrix,
                                 double *loss);

#endif
