/* State of a fit. */
#ifndef LRPOT__FIT_H
#define LRPOT__FIT_H

#include "fit/least_squares/minimize.h"
#include "fit/least_squares/normal.h"

enum { LRPOT__FIT_SOURCES = 64 };

/* Frames of this process, and how many all have. */
typedef struct lrpot__fit_data {
    lrpot__frame **frames;
    int64_t n_frames, capacity, n_valid;
    int64_t n_train_all, n_valid_all; /* frames of all processes, known when the fit runs */
    int64_t n_sources;                /* of energies: one, and those with offsets */
} lrpot__fit_data;

/* Training frames that the first steps look at. */
typedef struct lrpot__fit_sample {
    lrpot__frame **frames; /* borrowed; NULL: all */
    int64_t n_frames, equations;
} lrpot__fit_sample;

/* The factor of the charges in the Born charges that is fitted along. */
typedef struct lrpot__fit_factor {
    lrpot_tensor_model *model; /* borrowed; NULL: none is */
    double *sizes;             /* [coefficients] mean square of what each multiplies */
} lrpot__fit_factor;

/* Squares that pull the parameters. */
typedef struct lrpot__fit_prior_squares {
    double *strength; /* [count] */
    double *natural;  /* [count] natural sizes: 1 but for weights of networks */
    double *centre;   /* [count] value that the prior pulls to */
} lrpot__fit_prior_squares;

/* Scratch of the threads, and the sum over frames. */
typedef struct lrpot__fit_sums {
    lrpot__assembly **assemblies; /* [threads] */
    lrpot__normal **partial;      /* [threads] */
    lrpot__normal *normal;
} lrpot__fit_sums;

/* States that compare across stages and starts. */
typedef struct lrpot__fit_states {
    double *best, *chosen; /* [count] */
    double loss;           /* training loss at the present parameters */
    double merit;          /* of the present state, NAN when it was not looked at */
    double best_loss;      /* merit of `best`, the best state of all stages and starts */
    double best_prior;     /* part of it that is the prior around the start of `best` */
} lrpot__fit_states;

/* What the caller is told. */
typedef struct lrpot__fit_progress {
    lrpot_fit_errors train, valid;
    double started; /* seconds */
    lrpot_fit_callback callback;
    void *ctx;
} lrpot__fit_progress;

struct lrpot_fit {
    lrpot_potential *potential;
    lrpot_fit_options options;
    lrpot__weights weights;
    lrpot__layout layout;
    lrpot_workspace *work;
    lrpot_comm shared;      /* with the other processes */
    const lrpot_comm *comm; /* &shared, or NULL: one process */
    lrpot__fit_data data;
    lrpot__fit_sample sample;
    lrpot__fit_factor factor;
    double *offsets; /* [sources - 1][S] eV, of the present state */
    /* [parameters of the model] not to be changed by the fit, or NULL: all may be */
    uint8_t *held;
    int32_t hidden_started; /* networks take part */
    lrpot__fit_prior_squares prior;
    lrpot__fit_sums sums;
    lrpot__descent descent;
    lrpot__fit_states states;
    lrpot__fit_progress progress;
};

/* Allocates what depends on the number of parameters and threads; once, before the first use. */
lrpot_status lrpot__fit_prepare(lrpot_fit *fit);
/* Sums over the processes; frames, and the number of sources, of all. */
lrpot_status lrpot__fit_sum(const lrpot_fit *fit, double *values, int64_t n);
lrpot_status lrpot__fit_count(lrpot_fit *fit);

/* Numbers the parameters. */
void lrpot__fit_number(lrpot_fit *fit);
/* Sizes of the functions of the factor, for its prior; where it starts; its end, with the charges,
 * in the tensor model. */
lrpot_status lrpot__fit_prepare_factor(lrpot_fit *fit);
void lrpot__fit_start_factor(const lrpot_fit *fit, double *coefficients);
lrpot_status lrpot__fit_return_factor(lrpot_fit *fit);

/* Inverse errors from the options. */
void lrpot__fit_weigh(lrpot_fit *fit);
/* Switches the redistribution of charges on or off in all assemblies. */
void lrpot__fit_redistribute(lrpot_fit *fit, int32_t on);

/* Leaves the coefficients of radial functions and of charges out of the Jacobian, or takes them in
 * again: they must not be active meanwhile. */
void lrpot__fit_freeze(lrpot_fit *fit, int32_t on);

/* Whether the charges of the model keep the total. */
int32_t lrpot__fit_redistributes(const lrpot_potential *potential);
/* The whole fit; the best state is in best. */
lrpot_status lrpot__fit_stages(lrpot_fit *fit);
/* Parameters of the present state: those of the model, then offsets. */
lrpot_status lrpot__fit_get(const lrpot_fit *fit, double *params);
lrpot_status lrpot__fit_set(lrpot_fit *fit, const double *params);

/* Energies and forces of neutral systems do not know the sign of all charges together. Total
 * charges do, charges of fragments, and dipoles, charges or Born charges that are fitted; else
 * charges shall agree with reference charges or Born charges of the frames, and where there are
 * none, fall with electronegativity. Further channels go by electronegativity. Changes the model.
 */
lrpot_status lrpot__fit_choose_sign(lrpot_fit *fit);

/* Errors of the options in proportion to the present errors of training. */
lrpot_status lrpot__fit_auto_weights(lrpot_fit *fit);

/* Start values: species energies by least squares, radial functions of unit size, charges by
 * electronegativity. */
lrpot_status lrpot__fit_start(lrpot_fit *fit, int64_t seed);

/* Random weights for networks that have none yet, at the present parameters. */
lrpot_status lrpot__fit_start_hidden(lrpot_fit *fit);
/* From -1 to 1. */
double lrpot__fit_uniform(uint64_t *state);

/* Prior of the option's strength around the present parameters; its strength alone. */
void lrpot__fit_prior(lrpot_fit *fit);
void lrpot__fit_prior_strength(lrpot_fit *fit, double strength);

/* Levenberg-Marquardt over the active parameters. */
lrpot_status lrpot__fit_minimize(lrpot_fit *fit, const lrpot__steps *steps);

/* Merit of the present state, whose loss in its own stage is given. Keeps the state when it is the
 * best so far. The model holds it afterwards. */
lrpot_status lrpot__fit_judge(lrpot_fit *fit, int32_t iteration, double loss);
/* Merit of the best state under weights that have changed. */
lrpot_status lrpot__fit_judge_again(lrpot_fit *fit);
/* Gives the model the active set of the training frames; none where other processes have some. */
lrpot_status lrpot__fit_give_active_set(lrpot_fit *fit);
/* Limit of outliers in the last stage. */
double lrpot__fit_final_kappa(const lrpot_fit *fit);

/* Loss of the training set with prior at params; with matrices when asked for. */
lrpot_status lrpot__fit_evaluate(lrpot_fit *fit, const double *params, int with_matrix,
                                 double *loss);

#endif
