/* Interface of the basis kernels: inputs and outputs. A kernel works on a part of the owned atoms
 * and adds to buffers of its thread. */
#ifndef LRPOT__KERNEL_H
#define LRPOT__KERNEL_H

#include "basis/evaluate.h"
#include "core/workspace.h"
#include "structure/nlist_rows.h"

/* Square of the distance below which neighbours are an error, A^2. The neighbour search uses the
 * same. */
#define LRPOT__COINCIDENT_SQUARED 1e-12

/* Sums of one thread, reduced in the order of threads afterwards. */
typedef struct lrpot__sums {
    /* [n_all + 1][4], the last of each unused, or NULL; atom n_all takes the contributions of
     * padding */
    double *forces;
    double *virial_atom; /* [n_all + 1][9] or NULL */
    double virial[9];
    lrpot_status status;
    int64_t failed_i, failed_j; /* atoms that are too close */
    int32_t resting;            /* 1: a pair is closer than where its functions begin to rest */
} lrpot__sums;

typedef struct lrpot__job {
    const lrpot_basis *basis;
    const lrpot_atoms *atoms;
    int64_t stride;
    const lrpot__request *request;
    lrpot__rows rows;
    const double *translations; /* vectors of rows.images */
    int backward;               /* 1: forces or a virial are asked for */
    const void *prepared;       /* result of the kernel's prepare function, for all threads */
} lrpot__job;

/* A kernel: preparation once per call, bytes of scratch per thread, number of equal units of work,
 * and the work on some of them. */
typedef struct lrpot__basis_kernel {
    lrpot_status (*prepare)(lrpot__job *job, lrpot_workspace *work);
    int64_t (*scratch_bytes)(const lrpot__job *job);
    int64_t (*units)(const lrpot__job *job);
    void (*run)(const lrpot__job *job, int64_t begin, int64_t end, void *scratch,
                lrpot__sums *sums);
} lrpot__basis_kernel;

extern const lrpot__basis_kernel lrpot__basis_kernel_reference;
/* Derivatives of a head by the radial coefficients, one atom at a time. */
extern const lrpot__basis_kernel lrpot__radial_slopes_kernel;

/* Finds the kernel of a request (AUTO: the fastest), or LRPOT_E_UNSUPPORTED on this processor. */
lrpot_status lrpot__basis_kernel_resolve(int32_t wanted, int32_t *resolved);
/* Builds and frees basis->fast. */
lrpot_status lrpot__basis_kernel_prepare(lrpot_basis *basis);
void lrpot__basis_kernel_release(lrpot_basis *basis);
const lrpot__basis_kernel *lrpot__basis_kernel_get(int32_t kernel);

/* Vector from atom i to its neighbour k, and the neighbour's index. */
static inline int32_t lrpot__neighbour(const lrpot__job *job, const lrpot__row *row,
                                       const double *centre, int64_t k, double *vector)
{
    int32_t j = row->j[k] & job->rows.mask;
    const double *r = job->atoms->positions + j * job->stride;
    for (int c = 0; c < 3; c++) vector[c] = r[c] - centre[c];
    if (row->image != NULL) {
        const double *t = job->translations + 3 * (int64_t)row->image[k];
        for (int c = 0; c < 3; c++) vector[c] += t[c];
    } else if (row->shifts != NULL) {
        const int32_t *s = row->shifts + 3 * k;
        const double *cell = job->atoms->cell;
        for (int c = 0; c < 3; c++)
            vector[c] += s[0] * cell[c] + s[1] * cell[3 + c] + s[2] * cell[6 + c];
    }
    return j;
}

#endif
