/* State of a fit. */
#ifndef LRPOT__FIT_H
#define LRPOT__FIT_H

#include "fit/least_squares/normal.h"

enum { LRPOT__FIT_SOURCES = 64 };

struct lrpot_fit {
    lrpot_potential *potential;
    lrpot_fit_options options;
    lrpot__weights weights;
    lrpot__layout layout;
    lrpot_workspace *work;
    lrpot__frame **frames;
    int64_t n_frames, capacity, n_valid;
    lrpot_comm shared;                /* with the other processes */
    const lrpot_comm *comm;           /* &shared, or NULL: one process */
    int64_t n_train_all, n_valid_all; /* frames of all processes, known when the fit runs */
    /* borrowed: its factor of the charges is fitted along; NULL: none is */
    lrpot_tensor_model *factor_model;
    double *factor_sizes; /* [coefficients] mean square of what each multiplies */
    int64_t n_sources;    /* of energies: one, and those with offsets */
    double *offsets;      /* [sources - 1][S] eV, of the present state */
    /* [parameters of the model] not to be changed by the fit, or NULL: all may be */
    uint8_t *held;
    /* borrowed training frames that the first steps look at; NULL: all */
    lrpot__frame **sample;
    int64_t n_sample, n_sampled_equations;
    lrpot__assembly **assemblies; /* [threads] */
    lrpot__normal **partial;      /* [threads] */
    lrpot__normal *normal;
    uint8_t *active;        /* [count] parameters that the present stage moves */
    int32_t hidden_started; /* networks take part */
    double *prior;          /* [count] strength */
    double *natural;        /* [count] natural sizes: 1 but for weights of networks */
    double *centre;         /* [count] value that the prior pulls to */
    double *params, *trial, *kept, *step, *best, *chosen; /* [count] */
    double *before; /* [count] params an iteration ago, when has_before */
    int32_t has_before;
    double *factor;    /* [count][padded] Cholesky factor */
    double loss;       /* training loss at params */
    double merit;      /* of the present state, NAN when it was not looked at */
    double best_loss;  /* merit of `best`, the best state of all stages and starts */
    double best_prior; /* part of it that is the prior around the start of `best` */
    lrpot_fit_errors train, valid;
    double started; /* seconds */
    lrpot_fit_callback callback;
    void *callback_ctx;
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
typedef struct lrpot__steps {
    const char *stage;
    int32_t max_iterations;
    double damping;   /* of the first step */
    double tolerance; /* relative decrease of the loss that is little */
    int32_t patience; /* steps in a row with little gain that end it */
} lrpot__steps;
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
