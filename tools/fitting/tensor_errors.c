#include "fitting/tensor_errors.h"

#include "cli/report.h"

#include <math.h>
#include <stdlib.h>

static const char *const names[TENSOR_ERRORS] = { "bec",     "bec_diagonal", "bec_off_diagonal",
                                                  "bec_raw", "dipole",       "polarizability" };
static const char *const units[TENSOR_ERRORS] = { "me", "me", "me", "me", "me A", "mA^3" };

static void add(tensor_error *sum, double difference)
{
    sum->squares += difference * difference;
    sum->absolutes += fabs(difference);
    sum->n++;
}

static lrpot_status add_tensors(tensor_error *errors, const lrpot_tensor_model *model,
                                lrpot_workspace *work, const lrpot_structure *frame, double *Z)
{
    const double *reference = lrpot_structure_get(frame, LRPOT_QUANTITY_BORN_CHARGES),
                 *charge = lrpot_structure_get(frame, LRPOT_QUANTITY_TOTAL_CHARGE);
    int64_t n = lrpot_structure_count(frame);
    if (reference == NULL) return LRPOT_OK;
    lrpot_status status = lrpot_tensor_model_born_charges_structure(model, work, frame, Z, NULL);
    for (int64_t k = 0; status == LRPOT_OK && k < 9 * n; k++)
        add(&errors[TENSOR_RAW], Z[k] - reference[k]);
    if (status == LRPOT_OK) status = lrpot_response_project(n, charge != NULL ? *charge : 0.0, Z);
    for (int64_t k = 0; status == LRPOT_OK && k < 9 * n; k++) {
        add(&errors[TENSOR_ALL], Z[k] - reference[k]);
        add(&errors[k % 9 % 4 == 0 ? TENSOR_DIAGONAL : TENSOR_OFF_DIAGONAL], Z[k] - reference[k]);
    }
    return status;
}

static lrpot_status add_dipole(tensor_error *errors, const lrpot_tensor_model *model,
                               lrpot_workspace *work, const lrpot_structure *frame)
{
    const double *reference = lrpot_structure_get(frame, LRPOT_QUANTITY_DIPOLE);
    lrpot_tensor_options options = LRPOT_TENSOR_OPTIONS_INIT;
    double mu[3];
    lrpot_status status = lrpot_tensor_model_get_options(model, &options);
    if (status != LRPOT_OK || reference == NULL || options.kind != LRPOT_TENSORS_DIPOLE)
        return status;
    status = lrpot_tensor_model_dipole_structure(model, work, frame, mu);
    for (int a = 0; status == LRPOT_OK && a < 3; a++)
        add(&errors[TENSOR_DIPOLE], mu[a] - reference[a]);
    return status;
}

/* A crystal that states eps_inf alone has the polarizability of its cell. */
static lrpot_status add_polarizability(tensor_error *errors, const lrpot_tensor_model *model,
                                       lrpot_workspace *work, const lrpot_structure *frame)
{
    static const double four_pi = 12.566370614359172954;
    const double *reference = lrpot_structure_get(frame, LRPOT_QUANTITY_POLARIZABILITY),
                 *epsilon = lrpot_structure_get(frame, LRPOT_QUANTITY_EPSILON_INF);
    double alpha[9], volume = lrpot_structure_volume(frame);
    if (reference == NULL && epsilon == NULL) return LRPOT_OK;
    lrpot_status status = lrpot_tensor_model_polarizability_structure(model, work, frame, alpha);
    for (int k = 0; status == LRPOT_OK && k < 9; k++)
        add(&errors[TENSOR_POLARIZABILITY],
            alpha[k]
                - (reference != NULL ? reference[k]
                                     : volume / four_pi * (epsilon[k] - (k % 4 == 0 ? 1.0 : 0.0))));
    return status;
}

int tensor_errors_add(tensor_error errors[TENSOR_ERRORS], const lrpot_tensor_model *model,
                      lrpot_workspace *work, const dataset *set)
{
    lrpot_tensor_options options = LRPOT_TENSOR_OPTIONS_INIT;
    lrpot_status status = lrpot_tensor_model_get_options(model, &options);
    int polarizability = options.kind == LRPOT_TENSORS_POLARIZABILITY;
    for (int64_t f = 0; f < set->n; f++) {
        double *Z = malloc((size_t)lrpot_structure_count(set->frames[f]) * 9 * sizeof *Z);
        if (Z == NULL) return report_no_memory();
        if (status == LRPOT_OK)
            status = polarizability ? add_polarizability(errors, model, work, set->frames[f])
                                    : add_tensors(errors, model, work, set->frames[f], Z);
        if (status == LRPOT_OK && !polarizability)
            status = add_dipole(errors, model, work, set->frames[f]);
        free(Z);
        if (status != LRPOT_OK) {
            char place[512];
            dataset_place(set, f, place, sizeof place);
            return report_failure(status, place);
        }
    }
    return GO_ON;
}

void tensor_errors_print(const tensor_error errors[TENSOR_ERRORS], const char *set, FILE *stream)
{
    for (int k = 0; k < TENSOR_ERRORS; k++)
        if (errors[k].n > 0)
            fprintf(stream, "%-6s %-18s %-5s %10lld %12.4f %12.4f\n", set, names[k], units[k],
                    (long long)errors[k].n, 1e3 * sqrt(errors[k].squares / (double)errors[k].n),
                    1e3 * errors[k].absolutes / (double)errors[k].n);
}

json_t *tensor_errors_json(const tensor_error errors[TENSOR_ERRORS])
{
    json_t *object = json_object();
    for (int k = 0; k < TENSOR_ERRORS; k++) {
        if (errors[k].n == 0) continue;
        json_t *row = json_object();
        json_put_count(row, "n", errors[k].n);
        json_put_real(row, "rmse", sqrt(errors[k].squares / (double)errors[k].n));
        json_put_real(row, "mae", errors[k].absolutes / (double)errors[k].n);
        json_object_set_new(object, names[k], row);
    }
    return object;
}
