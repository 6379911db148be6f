/* Born charges and polarization of one structure, as `lrpot bec` prints and `lrpot phonon` uses
 * them. */
#ifndef LRPOT_TOOL_BORN_H
#define LRPOT_TOOL_BORN_H

#include "cli/inputs.h"
#include "phonons/screening.h"

typedef struct born_result {
    /* eval.born: the Born charges, scaled, with the sum rule imposed unless raw was asked for */
    evaluation eval;
    screening screened;
    /* of a model that responds by itself, in a crystal: its dielectric tensor; own = 0 otherwise */
    screening response;
    double scale; /* that of charges, 1 if eps_inf is not known */
    /* mean over atoms of Z minus Q/N, before and after projection, scaled */
    double before[9], after[9];
    double total_charge; /* that of the model, not scaled */
    /* e/A^2, not scaled: the polarization is on the branch nearest to it; NULL: nearest to 0 */
    const double *near;
    int32_t has_polarization;
    lrpot_polarization polarization; /* of the model, not scaled */
} born_result;

lrpot_status born_run(born_result *result, const lrpot_potential *model, lrpot_workspace *work,
                      const lrpot_structure *structure, int32_t form, const screening *screened,
                      int project);
/* The same for learned tensors: no charges (eval.has_charges is 0), scale 1, and a polarization for
 * dipole models only. */
lrpot_status born_run_tensors(born_result *result, const lrpot_tensor_model *model,
                              lrpot_workspace *work, const lrpot_structure *structure, int project);
void born_free(born_result *result);
/* Largest absolute value. */
double largest_of(const double *values, int64_t n);

#endif
