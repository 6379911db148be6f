/* Tables of MLIP's .mtp files, between the text and a model. */
#ifndef LRPOT__MTP_H
#define LRPOT__MTP_H

#include <lrpot/potential.h>

/* A list {a, b, ...} of the file. */
typedef struct lrpot__mtp_list {
    double *values;
    int64_t n;
    int64_t capacity;
    int64_t line; /* line where it begins */
    int32_t present;
} lrpot__mtp_list;

#define LRPOT__MTP_MAX_SPECIES 100
#define LRPOT__MTP_NAME_SIZE 128

typedef struct lrpot__mtp {
    const char *file;                /* name for messages, borrowed */
    char name[LRPOT__MTP_NAME_SIZE]; /* potential_name */
    char tag[LRPOT__MTP_NAME_SIZE];  /* potential_tag */
    char radial_type[LRPOT__MTP_NAME_SIZE];
    double scaling, min_distance, cutoff; /* -1: not given */
    /* -1: not given */
    int64_t n_species, radial_size, n_radial, n_moments, n_basic, n_products, n_scalars;
    /* labels of the types, in the order of their appearance */
    int64_t labels[LRPOT__MTP_MAX_SPECIES];
    int64_t n_labels;
    lrpot__mtp_list radial; /* [S][S][F][n] */
    lrpot__mtp_list basic, products, scalars, shifts, linear;
} lrpot__mtp;

#endif
