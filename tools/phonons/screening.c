#include "phonons/screening.h"
#include "cli/neighbourhood.h"

#include "fitting/charge_kind_lists.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Files round: a tensor that is symmetric to 1e-3 is made so; another one is refused as it is. */
static void copy_tensor(const double *own, double *eps)
{
    double largest = 0.0, off = 0.0;
    for (int k = 0; k < 9; k++) {
        largest = fmax(largest, fabs(own[k]));
        off = fmax(off, fabs(own[k] - own[k % 3 * 3 + k / 3]));
    }
    for (int k = 0; k < 9; k++)
        eps[k] = off <= 1e-3 * largest ? 0.5 * (own[k] + own[k % 3 * 3 + k / 3]) : own[k];
}

int screening_is_own(const lrpot_potential *model)
{
    const lrpot_charges *charges = model != NULL ? lrpot_potential_charges(model) : NULL;
    lrpot_charges_options options = LRPOT_CHARGES_OPTIONS_INIT;
    return charges != NULL
           && charge_kind_has(lrpot_charges_kind(charges), LRPOT_CHARGES_TAKES_MOMENTS)
           && lrpot_charges_get_options(charges, &options) == LRPOT_OK
           && options.response != LRPOT_RESPONSE_NONE;
}

/* Root and scale of eps. */
static lrpot_status complete(screening *out)
{
    double mean = (out->eps[0] + out->eps[4] + out->eps[8]) / 3.0, off = 0.0;
    for (int k = 0; k < 9; k++) off = fmax(off, fabs(out->eps[k] - (k % 4 == 0 ? mean : 0.0)));
    out->anisotropic = off > 1e-3 * mean;
    out->scale = out->anisotropic ? 1.0 : sqrt(mean);
    return lrpot_response_screening(out->eps, out->root, NULL);
}

lrpot_status screening_by_model(screening *out, const lrpot_potential *model, lrpot_workspace *work,
                                const lrpot_structure *structure)
{
    neighbourhood near;
    double alpha[9], eps[9];
    lrpot_status status = neighbourhood_open(&near, model, structure);
    if (status == LRPOT_OK)
        status = lrpot_response_polarizability(model, work, &near.atoms, near.list, alpha, eps);
    *out = (screening){ .known = 1, .own = 1 };
    for (int k = 0; status == LRPOT_OK && k < 9; k++)
        out->eps[k] = 0.5 * (eps[k] + eps[k % 3 * 3 + k / 3]);
    if (status == LRPOT_OK) status = complete(out);
    neighbourhood_close(&near);
    return status;
}

lrpot_status screening_of(screening *out, double option, const lrpot_structure *structure,
                          const lrpot_potential *model)
{
    const double *own =
        structure != NULL ? lrpot_structure_get(structure, LRPOT_QUANTITY_EPSILON_INF) : NULL;
    if (screening_is_own(model)) {
        *out = (screening){ .known = 1, .own = 1, .eps = { 1, 0, 0, 0, 1, 0, 0, 0, 1 } };
        return complete(out);
    }
    if (!(option > 0.0) && own == NULL) option = lrpot_potential_epsilon_infinity(model);
    *out = (screening){ .known = option > 0.0 || own != NULL };
    for (int k = 0; k < 9; k++) out->eps[k] = k % 4 == 0 ? (option > 0.0 ? option : 1.0) : 0.0;
    if (!(option > 0.0) && own != NULL) copy_tensor(own, out->eps);
    return complete(out);
}

void screening_text(const screening *s, char text[SCREENING_TEXT])
{
    const double *r = s->root;
    const int is_unit = s->own && s->eps[0] == 1.0 && s->scale == 1.0 && !s->anisotropic;
    if (is_unit) snprintf(text, SCREENING_TEXT, "1: the model responds to a field by itself");
    else if (s->anisotropic)
        snprintf(text, SCREENING_TEXT,
                 "the root of the tensor eps_inf, xx yy zz yz xz xy = %.6g %.6g %.6g %.6g %.6g "
                 "%.6g",
                 r[0], r[4], r[8], r[5], r[2], r[1]);
    else snprintf(text, SCREENING_TEXT, "sqrt(eps_inf) = %.8g", s->scale);
}

void screening_json(const screening *s, const char *key, json_t *object)
{
    if (!s->anisotropic) {
        json_put_real(object, key, s->scale);
        return;
    }
    json_object_set_new(object, key, json_null());
    json_object_set_new(object, "root_eps_inf", json_row(s->root, 9));
}

void screening_vector(const screening *s, const double *v, double *out)
{
    double result[3];
    for (int a = 0; a < 3; a++)
        result[a] = s->root[3 * a] * v[0] + s->root[3 * a + 1] * v[1] + s->root[3 * a + 2] * v[2];
    memcpy(out, result, sizeof result);
}

void screening_born(const screening *s, int64_t n, const double *Z, double *out)
{
    for (int64_t i = 0; i < n; i++)
        for (int b = 0; b < 3; b++) {
            double column[3] = { Z[9 * i + b], Z[9 * i + 3 + b], Z[9 * i + 6 + b] };
            screening_vector(s, column, column);
            for (int a = 0; a < 3; a++) out[9 * i + 3 * a + b] = column[a];
        }
}

void screening_tensor(const screening *s, const double *tensor, double *out)
{
    double half[9];
    screening_born(s, 1, tensor, half);
    for (int a = 0; a < 3; a++) screening_vector(s, half + 3 * a, out + 3 * a);
}
