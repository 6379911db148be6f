/* Parts that the files of the example share: clusters with their reference values, the loss of a
 * density, and a minimiser. */
#ifndef WATER_H
#define WATER_H

#include <lrpot/lrpot.h>

#include <stdio.h>

#define TRY(call)                                        \
    do {                                                 \
        if ((call) != LRPOT_OK) {                        \
            fprintf(stderr, "%s\n", lrpot_last_error()); \
            return 1;                                    \
        }                                                \
    } while (0)

enum { MAX_CLUSTERS = 64, MAX_ATOMS = 90, SPECIES = 2 };
extern const char *const symbols[SPECIES];

/* A cluster. Rows of `design`: what each coefficient of the short-ranged energy gives of the energy
 * and the forces if it is 1. */
typedef struct {
    lrpot_structure *structure;
    lrpot_atoms atoms;
    int32_t species[MAX_ATOMS];
    const double *energy, *forces, *dipole;
    double *design, *features[3]; /* of the fixed point here and at the two displaced places */
    int valid;
} cluster;

typedef struct {
    /* clusters; coefficients of the short-ranged energy: of the basis functions for each species,
     * then its constants */
    int64_t n, columns;
    cluster clusters[MAX_CLUSTERS];
    /* Cholesky factor of the normal matrix of scaled columns; their scales */
    double *factor, *scales;
    lrpot_workspace *work;
} clusters;

int read_clusters(clusters *set, const char *path, int64_t largest, int64_t every);
int prepare_design(clusters *set, const lrpot_basis *basis);
void solve_design(const clusters *set, double *x); /* x: D^T r, then the coefficients */
void free_clusters(clusters *set);

/* Errors that count as equal, and what is left. */
#define ENERGY_ERROR 1e-3 /* eV/atom */
#define DENSITY_WIDTH 0.8 /* A */
#define FORCES_ERROR 3e-2 /* eV/A */
#define DIPOLE_ERROR 1e-2 /* e A */
typedef struct {
    double energy, forces, dipole; /* root mean squares: eV/atom, eV/A, e A, components */
} errors;

/* A density under fit. Coefficients p are those of combinations of basis functions with mean 0,
 * variance 1 and no covariance over the atoms of a species, in units of their head, so that all
 * have a natural size of 1. */
typedef struct {
    clusters *set;
    lrpot_density *density;
    double *mean, *factor; /* [SPECIES][K], [SPECIES][K][K]: Cholesky factors of covariances */
    /* coefficients of the short-ranged energy that are best for this density */
    double *linear;
    errors found[2]; /* training, validation */
    int failed;      /* a fixed point was not found: the loss is infinite there */
} model;

int create_model(model *m, clusters *set, const lrpot_basis *basis, int32_t n_widths,
                 int32_t gradients);
void free_model(model *m);
void take_charges(const model *m, const double *linear, const double *constants, double *p);
/* Mean squared error over the training clusters plus a small prior, and its gradient. */
int evaluate(model *m, const double *p, double *loss, double *gradient);

/* Limited-memory BFGS: at most `iterations` steps down from p. */
int minimise(model *m, int64_t n, double *p, int iterations);

#endif
