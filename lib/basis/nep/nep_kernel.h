/* Interface between the driver of a NEP pass and its kernels: the job all threads share, and the
 * sums of one thread. */
#ifndef LRPOT__NEP_KERNEL_H
#define LRPOT__NEP_KERNEL_H

#include "basis/nep/nep_run.h"
#include "structure/nlist_rows.h"

/* Square of the distance below which two atoms are at the same place, A^2. */
#define LRPOT__NEP_COINCIDENT 1e-12

/* Rows after those of the atoms, which take the contributions of padding: one for each lane, as a
 * row that several lanes add to makes each wait for the one before. */
enum { LRPOT__NEP_PADDING = 16 };

/* Sums of one thread, for [n_all + LRPOT__NEP_PADDING] atoms. */
typedef struct lrpot__nep_sums {
    double *forces;           /* [atoms][4], the last of each unused, or NULL */
    double *virial_neighbour; /* [atoms][9] or NULL */
    double *virial_centre;    /* [atoms][9] or NULL */
    double virial[9];
    int32_t failed; /* 1: two atoms are at the same place */
    int64_t failed_i, failed_j;
} lrpot__nep_sums;

typedef struct lrpot__nep_job {
    const lrpot__nep_evaluator *evaluator;
    const lrpot_atoms *atoms;
    const lrpot__nep_request *request;
    lrpot__rows rows;
    const double *positions;         /* [n_all][4] A */
    const double *translations;      /* [n_images][4] A */
    int32_t backward;                /* derivatives are asked for */
    const lrpot__nep_single *single; /* tables of mixed precision, or NULL: double precision */
} lrpot__nep_job;

typedef struct lrpot__nep_kernel {
    int64_t (*scratch_bytes)(const lrpot__nep_job *job);
    /* Evaluates owned atoms from begin to end. */
    void (*run)(const lrpot__nep_job *job, int64_t begin, int64_t end, void *scratch,
                lrpot__nep_sums *sums);
} lrpot__nep_kernel;

extern const lrpot__nep_kernel lrpot__nep_kernel_reference;
extern const lrpot__nep_kernel lrpot__nep_kernel_portable;
#if defined(LRPOT_WITH_X86_KERNELS)
extern const lrpot__nep_kernel lrpot__nep_kernel_avx2;
extern const lrpot__nep_kernel lrpot__nep_kernel_avx512;
#endif
/* Of mixed precision. */
extern const lrpot__nep_kernel lrpot__nep_single_portable;
#if defined(LRPOT_WITH_X86_KERNELS)
extern const lrpot__nep_kernel lrpot__nep_single_avx2;
extern const lrpot__nep_kernel lrpot__nep_single_avx512;
#endif

/* Kernel of a request (AUTO: the fastest), or LRPOT_E_UNSUPPORTED on this processor. */
lrpot_status lrpot__nep_kernel_resolve(int32_t wanted, int32_t *resolved);
const lrpot__nep_kernel *lrpot__nep_kernel_get(int32_t kernel);
/* The same of mixed precision, which all but the reference kernel have. */
const lrpot__nep_kernel *lrpot__nep_kernel_get_single(int32_t kernel);

#endif
