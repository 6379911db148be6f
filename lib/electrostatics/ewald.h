/* Parts of the exact Coulomb solver: pair kernel, parameters of the splitting, reciprocal vectors, and the sums over them. */
#ifndef LRPOT__EWALD_H
#define LRPOT__EWALD_H

#include <lrpot/electrostatics.h>

struct lrpot_ewald {
    lrpot_ewald_options options; /* accuracy filled in; widths point to `widths` */
    double *widths;              /* [n_widths] */
    double widest;               /* largest width */
};

/* The splitting in use. Kept in the workspace while the system changes little, so that a run is smooth. */
typedef struct lrpot__splitting {
    double accuracy, wanted_splitting, wanted_cutoff, widest; /* what it was made for */
    int64_t n;
    double volume;
    double alpha;  /* 1/A; 0 for isolated systems */
    double cutoff; /* A, real space */
    double k_cut;  /* 1/A */
} lrpot__splitting;

/* Everything one evaluation looks at. */
typedef struct lrpot__sum {
    const lrpot_ewald *ewald;
    const lrpot_atoms *atoms;
    const double *q;
    lrpot__splitting split;
    double volume;
    double reciprocal[9]; /* rows 2 pi b_d; k = n . reciprocal */
    int32_t threads;
} lrpot__sum;

/* What has been summed; arrays of the owned atoms. NULL: not wanted. */
typedef struct lrpot__sums {
    double *potential;   /* [n] V */
    double *field;       /* [n][3] V/A */
    double virial[9];    /* eV */
    double *virial_atom; /* [n][9] or NULL */
} lrpot__sums;

/* Smooth step from 1 (x <= start) to 0 (x >= end) with two continuous derivatives; slope gets its derivative. */
double lrpot__taper(double x, double start, double end, double *slope);

/* Pair interaction of unit charges in e^2/A and its derivative by r: the part of the sum in real space. alpha 0: all of it.
 * gamma = 1/sqrt(2 (s_i^2 + s_j^2)), 0 for two points. */
void lrpot__pair_kernel(double r, double alpha, double gamma, double *value, double *derivative);
/* gamma of two species; 0 for points. */
double lrpot__pair_gamma(const lrpot_ewald *ewald, int32_t a, int32_t b);

/* Chooses alpha, cutoff and k_cut for the accuracy asked for. list_cutoff > 0 fixes the real-space cutoff. */
lrpot_status lrpot__splitting_choose(const lrpot_ewald *ewald, int64_t n, double volume, double list_cutoff, lrpot__splitting *out);

/* Half space of reciprocal vectors in lines of constant (n_a, n_b). weight: eV A/e^2 * 8 pi / V * taper * exp(-k^2/4 alpha^2) / k^2. */
typedef struct lrpot__kspace {
    int32_t reach[3]; /* largest |n| per direction */
    int64_t n_lines, n_vectors;
    int32_t *line;    /* [n_lines][4]: n_a, n_b, first n_c, last n_c */
    int64_t *start;   /* [n_lines] first vector of the line */
    double *weight;   /* [n_vectors] */
    double *logarithmic; /* [n_vectors] 2/k^2 (1 + k^2/4 alpha^2) - taper'/(taper k): strain derivative per k_a k_b */
    double *structure;   /* [n_vectors][2] structure factor of all processes */
    double *own;         /* [n_vectors][2] of this process */
} lrpot__kspace;
lrpot_status lrpot__kspace_build(const lrpot__sum *sum, lrpot_workspace *work, lrpot__kspace *out);
/* Structure factor of the owned atoms into `own`. */
lrpot_status lrpot__kspace_structure(const lrpot__sum *sum, lrpot_workspace *work, const lrpot__kspace *k);
/* Adds potential, field and virial of the reciprocal part. */
lrpot_status lrpot__kspace_collect(const lrpot__sum *sum, lrpot_workspace *work, const lrpot__kspace *k, lrpot__sums *out);

/* Adds the part in real space over a neighbour list, or over all pairs of an isolated system (list NULL). */
lrpot_status lrpot__real_space(const lrpot__sum *sum, lrpot_workspace *work, const lrpot_nlist *list, lrpot__sums *out);
/* Adds self-interaction and neutralising background. charge = sum q, spread = sum q s^2 over the whole system. */
void lrpot__background(const lrpot__sum *sum, double charge, double spread, lrpot__sums *out);

/* Fills sum from the arguments; checks the atoms; the splitting of the workspace is reused where it fits. */
lrpot_status lrpot__sum_prepare(const lrpot_ewald *ewald, lrpot_workspace *work, const lrpot_atoms *atoms, const double *q,
                                double list_cutoff, lrpot__sum *out);
/* The solver's own list of the owned atoms, kept in the workspace. */
lrpot_status lrpot__own_list(const lrpot__sum *sum, lrpot_workspace *work, const lrpot_nlist **out);

enum {
    LRPOT__EWALD_LINES = 8, LRPOT__EWALD_STARTS, LRPOT__EWALD_WEIGHTS, LRPOT__EWALD_LOGARITHMIC, LRPOT__EWALD_STRUCTURE,
    LRPOT__EWALD_OWN, LRPOT__EWALD_PARTIAL, LRPOT__EWALD_TABLES, LRPOT__EWALD_POTENTIAL, LRPOT__EWALD_FIELD, LRPOT__EWALD_VIRIALS,
    LRPOT__EWALD_REDUCE, LRPOT__EWALD_ATOM_VIRIALS, LRPOT__EWALD_PHASES
};

#endif
