/* Neuroevolution potential (NEP): the numbers of its file, and those derived from them. */
#ifndef LRPOT__NEP_MODEL_H
#define LRPOT__NEP_MODEL_H

#include <lrpot/structure.h>

enum {
    LRPOT__NEP_MAX_L = 8,
    LRPOT__NEP_MAX_FUNCTIONS = 32, /* radial functions of a kind */
    LRPOT__NEP_MAX_BASIS = 32,     /* Chebyshev polynomials */
    LRPOT__NEP_MAX_NEURONS = 1024, /* neurons of the hidden layer */
    LRPOT__NEP_MAX_COMPONENTS = LRPOT__NEP_MAX_L * (LRPOT__NEP_MAX_L + 2) /* real A_lm */
};

/* Invariants after the 3-body ones, in the order of the descriptor. */
enum {
    LRPOT__NEP_222,
    LRPOT__NEP_1111,
    LRPOT__NEP_112,
    LRPOT__NEP_123,
    LRPOT__NEP_233,
    LRPOT__NEP_134,
    LRPOT__NEP_EXTRAS
};

enum {
    LRPOT__NEP_ZBL_NONE,
    LRPOT__NEP_ZBL_UNIVERSAL,
    LRPOT__NEP_ZBL_TYPEWISE,
    LRPOT__NEP_ZBL_FLEXIBLE,
};

/* Coulomb energy of a charged model: the whole Ewald sum, its reciprocal part, or a damped pair
 * sum. */
enum {
    LRPOT__NEP_UNCHARGED,
    LRPOT__NEP_EWALD,
    LRPOT__NEP_RECIPROCAL,
    LRPOT__NEP_DAMPED,
};

typedef struct lrpot__nep {
    int32_t version;     /* 2 to 5 */
    int32_t charge_mode; /* LRPOT__NEP_UNCHARGED, ... */
    int32_t zbl;         /* LRPOT__NEP_ZBL_NONE, ... */
    int32_t n_species;
    int32_t n_radial, n_angular; /* radial functions of both kinds */
    int32_t k_radial, k_angular; /* Chebyshev polynomials of both kinds */
    int32_t l_max;
    int32_t extras[LRPOT__NEP_EXTRAS]; /* 1: used */
    int32_t n_neurons;
    int32_t n_networks; /* 1 or n_species */

    int32_t n_invariants; /* l_max and the extras used */
    int32_t n_features;   /* n_radial + n_invariants n_angular */
    int64_t network_size; /* numbers of one network */

    char *header;             /* its lines as they stand in the file, each ended by \n */
    int64_t header_length;    /* bytes, without the zero */
    char (*symbols)[4];       /* [n_species] */
    int32_t *atomic_numbers;  /* [n_species] */
    double *cutoffs_radial;   /* [n_species] A */
    double *cutoffs_angular;  /* [n_species] A */
    int32_t typewise_cutoffs; /* 1: the cutoffs differ by species */
    double cutoff;            /* A: largest of all */
    double cutoff_zbl;        /* A: pairs beyond have no ZBL term; largest angular cutoff */
    double zbl_inner;         /* A */
    double zbl_outer;         /* A */
    double zbl_factor;        /* relative to the sum of covalent radii */

    /* [n_networks][network_size]: w0 [neurons][features], b0 [neurons], w1 [neurons], charged: wq
     * [neurons], version 5: one bias. */
    double *networks;
    double sqrt_epsilon; /* square root of the file's dielectric constant; 1 without charges */
    double bias;         /* eV */
    /* [n_species][n_species][functions][polynomials]: centre, neighbour. Version 2 has a diagonal.
     */
    double *radial, *angular;
    double *scale;     /* [n_features] */
    double *zbl_pairs; /* [pairs][10]: r_in, r_out, a1, b1, ... a4, b4; flexible only */
} lrpot__nep;

/* Computes the counts that follow from those of the header. */
void lrpot__nep_count(lrpot__nep *nep);
/* Number of values in the file after the header. */
int64_t lrpot__nep_numbers(const lrpot__nep *nep);
/* Allocates the arrays for these counts, filled with zeros. */
lrpot_status lrpot__nep_allocate(lrpot__nep *nep);
/* Computes the largest cutoffs, when those of the species are set. */
void lrpot__nep_measure(lrpot__nep *nep);
/* Adds a line to the text of the header. */
lrpot_status lrpot__nep_keep_line(lrpot__nep *nep, const char *line);
/* Frees the model; NULL is allowed. */
void lrpot__nep_free(lrpot__nep *nep);

/* Index of a pair of species in zbl_pairs. */
int32_t lrpot__nep_pair(const lrpot__nep *nep, int32_t a, int32_t b);
/* Parts of the network of a species. */
const double *lrpot__nep_network(const lrpot__nep *nep, int32_t species);

#endif
