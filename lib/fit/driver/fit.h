/* State of a fit. */
#ifndef LRPOT__FIT_H
#define LRPOT__FIT_H

#include "fit/least_squares/minimize.h"
#include "fit/least_squares/normal_equations.h"

enum { LRPOT__FIT_SOURCES = 64 };

/* Sizes that determine the memory of a fit besides its parameters: sums and maxima over its
 * frames. */
typedef struct lrpot__fit_size {
    int64_t bytes;   /* of positions and references */
    int64_t kept;    /* of the neighbours and Coulomb matrices that frames keep */
    int64_t largest; /* of those of one frame */
    int64_t n_anew;  /* frames that do not keep them */
    int64_t n, rows, neighbours;
    int64_t sources;
} lrpot__fit_size;

/* Frames of this process, and the numbers of all processes. */
typedef struct lrpot__fit_data {
    lrpot__frame **frames;
    int64_t n_frames, capacity, n_valid;
    int64_t n_train_all, n_valid_all; /* frames of all processes, known when the fit runs */
    lrpot__fit_size size;             /* of the first n_sized frames */
    int64_t n_sized;
    int64_t n_sources; /* sources of energies: one, plus those with offsets */
} lrpot__fit_data;

/* Training frames that the first steps use. */
typedef struct lrpot__fit_sample {
    lrpot__frame **frames; /* borrowed; NULL: all */
    int64_t n_frames;
} lrpot__fit_sample;

/* Frames of a matrix, where a part of them is enough. */
typedef struct lrpot__fit_thinned {
    lrpot__frame **frames; /* [n_frames] borrowed; scratch */
    int64_t stride;        /* the matrix has one in so many frames; 1: all */
    int64_t turn;          /* where to begin */
} lrpot__fit_thinned;

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

enum { LRPOT__FIT_HELD = 1, LRPOT__FIT_KEPT = 2 };

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
    lrpot__fit_thinned thinned;
    lrpot__fit_born_factor factor;
    double *offsets; /* [sources - 1][S] eV, of the present state */
    /* [parameters of the model] LRPOT__FIT_HELD: the fit does not change it; LRPOT__FIT_KEPT: it
     * starts from the model's value; or NULL: it may change all */
    uint8_t *held;
    int32_t keeps;            /* 1: some are kept, so that the given model is a state of the fit */
    int32_t with_steps;       /* 1: quasi-Newton steps follow each matrix */
    int32_t usual_iterations; /* 1: the caller left max_iterations to the fit */
    int32_t networks_started; /* 1: networks take part */
    int32_t heads_rest;       /* 1: those that rest first do */
    lrpot__fit_prior_terms prior;
    lrpot__fit_sums sums;
    lrpot__minimize_state descent;
    lrpot__fit_states states;
    lrpot__fit_progress progress;
};

/* Allocates the blocks whose sizes depend on the numbers of parameters and threads; once, before
 * the first use. */
lrpot_status lrpot__fit_prepare(lrpot_fit *fit);

#endif
