/* Screening of a crystal: factors from the model's Born charges to physical ones. */
#ifndef LRPOT_TOOL_SCREENING_H
#define LRPOT_TOOL_SCREENING_H

#include <lrpot/lrpot.h>

typedef struct screening {
    int32_t known, anisotropic;
    double eps[9];  /* eps_inf; the unit tensor if it is not known */
    double root[9]; /* eps^(1/2), symmetric */
    double scale;   /* root of a third of the trace: factor of charges */
} screening;

/* option: electronic dielectric constant, or 0: the tensor of the structure, if it has one,
 * otherwise the model's own (a charged NEP has one). structure and model may be NULL. */
lrpot_status screening_of(screening *out, double option, const lrpot_structure *structure,
                          const lrpot_potential *model);
/* root.v; out may be v. */
void screening_vector(const screening *s, const double *v, double *out);
/* root.Z of n Born charges [3][3] (polarization first); out may be Z. */
void screening_born(const screening *s, int64_t n, const double *Z, double *out);
/* root.tensor.root; out may not be tensor. */
void screening_tensor(const screening *s, const double *tensor, double *out);

#endif
