#include "raman/polarizability_source.h"

#include "cli/neighbourhood.h"
#include "cli/report.h"

#include <string.h>

static int open_tensors(polarizability_source *source, const char *path)
{
    lrpot_tensor_options options = LRPOT_TENSOR_OPTIONS_INIT;
    lrpot_status status = lrpot_tensor_model_load(&source->tensors, path);
    if (status == LRPOT_OK) status = lrpot_tensor_model_get_options(source->tensors, &options);
    if (status != LRPOT_OK) return report_failure(status, path);
    if (options.kind == LRPOT_TENSORS_POLARIZABILITY) return GO_ON;
    return report_error(BAD_INPUT,
                        "%s: tensors without a polarizability; fit them by lrpot fit --tensors "
                        "polarizability",
                        path);
}

int polarizability_open(polarizability_source *source, const char *path, int32_t threads)
{
    static const text_list no_species = { 0 };
    source->path = path;
    if (path == NULL) return GO_ON;
    int code = lrpot_tensor_model_recognise(path)
                   ? open_tensors(source, path)
                   : inputs_model(&source->potential, path, &no_species);
    if (code != GO_ON) return code;
    lrpot_status status = lrpot_workspace_create(&source->work, threads);
    return status == LRPOT_OK ? GO_ON : report_failure(status, NULL);
}

void polarizability_close(polarizability_source *source)
{
    lrpot_tensor_model_free(source->tensors);
    lrpot_potential_free(source->potential);
    lrpot_workspace_free(source->work);
    *source = (polarizability_source){ 0 };
}

/* Polarizability of a potential's charges, by a list of its own. */
static lrpot_status of_charges(const polarizability_source *source,
                               const lrpot_structure *structure, double alpha[9])
{
    neighbourhood near;
    lrpot_status status = neighbourhood_open(&near, source->potential, structure);
    if (status == LRPOT_OK)
        status = lrpot_response_polarizability(source->potential, source->work, &near.atoms,
                                               near.list, alpha, NULL);
    for (int k = 0; status == LRPOT_OK && k < 9; k++) alpha[k] *= LRPOT_COULOMB_CONSTANT;
    neighbourhood_close(&near);
    return status;
}

lrpot_status polarizability_of(const polarizability_source *source,
                               const lrpot_structure *structure, double alpha[9])
{
    if (source->tensors != NULL)
        return lrpot_tensor_model_polarizability_structure(source->tensors, source->work, structure,
                                                           alpha);
    if (source->potential != NULL) return of_charges(source, structure, alpha);
    const double *stated = lrpot_structure_get(structure, LRPOT_QUANTITY_POLARIZABILITY);
    if (stated == NULL) return LRPOT_E_STATE;
    memcpy(alpha, stated, 9 * sizeof *alpha);
    return LRPOT_OK;
}

lrpot_status polarizability_gradient(const polarizability_source *source,
                                     const lrpot_structure *structure, double step,
                                     double *gradient)
{
    return source->tensors != NULL
               ? lrpot_tensor_model_raman_structure(source->tensors, source->work, structure,
                                                    gradient)
               : lrpot_response_raman(source->potential, source->work, structure, step, gradient);
}
