/* Screening of a crystal: factors from the model's Born charges to physical ones. */
#ifndef LRPOT_TOOL_SCREENING_H
#define LRPOT_TOOL_SCREENING_H

#include "cli/output_file.h"

#include <lrpot/lrpot.h>

typedef struct screening {
    int32_t known, anisotropic;
    double eps[9];  /* eps_inf; the unit tensor if it is not known */
    double root[9]; /* eps^(1/2), symmetric */
    /* factor of charges: root of eps_inf, or 1 where it is anisotropic: one number is not screened
     * by a tensor */
    double scale;
} screening;

/* option: electronic dielectric constant, or 0: the tensor of the structure, if it has one,
 * otherwise the model's own (a charged NEP has one). structure and model may be NULL. */
lrpot_status screening_of(screening *out, double option, const lrpot_structure *structure,
                          const lrpot_potential *model);
/* Factor from the model's values to physical ones: "sqrt(eps_inf) = 1.5", or the root of the
 * tensor. */
enum { SCREENING_TEXT = 160 };
void screening_text(const screening *s, char text[SCREENING_TEXT]);
/* null for a tensor, which root_eps_inf then holds. */
void screening_json(const screening *s, const char *key, json_t *object);
/* root.v; out may be v. */
void screening_vector(const screening *s, const double *v, double *out);
/* root.Z of n Born charges [3][3] (polarization first); out may be Z. */
void screening_born(const screening *s, int64_t n, const double *Z, double *out);
/* root.tensor.root; out may not be tensor. */
void screening_tensor(const screening *s, const double *tensor, double *out);

#endif
