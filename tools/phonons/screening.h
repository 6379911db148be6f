/* Screening of a crystal: factors from the model's Born charges to physical ones. */
#ifndef LRPOT_TOOL_SCREENING_H
#define LRPOT_TOOL_SCREENING_H

#include "cli/output_file.h"

#include <lrpot/lrpot.h>

typedef struct screening {
    /* own: the model's charges respond to a field by themselves, so that its Born charges are
     * physical */
    int32_t known, anisotropic, own;
    double eps[9];  /* eps_inf; the unit tensor if it is not known */
    double root[9]; /* eps^(1/2), symmetric */
    /* factor of charges: root of eps_inf, or 1 where it is anisotropic: one number is not screened
     * by a tensor */
    double scale;
} screening;

/* 1 if the charges of a model respond to a field by themselves: its Born charges and dipoles are
 * physical. NULL: 0. */
int screening_is_own(const lrpot_potential *model);
/* option: electronic dielectric constant, or 0: the tensor of the structure, if it has one,
 * otherwise the model's own (a charged NEP has one). structure and model may be NULL. The unit
 * tensor for models that respond by themselves. */
lrpot_status screening_of(screening *out, double option, const lrpot_structure *structure,
                          const lrpot_potential *model);
/* The dielectric tensor of a model that responds by itself, for a crystal: Born charges over its
 * root are the screened ones. */
lrpot_status screening_by_model(screening *out, const lrpot_potential *model, lrpot_workspace *work,
                                const lrpot_structure *structure);
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
