#include "io/nep/nep_numbers.h"

#include "basis/nep/nep_zbl.h"
#include "core/error.h"

#include <string.h>

/* Copies between the order of the file and the arrays of the model. */
typedef struct {
    double *file;
    int to_file;
} copier;

static void copy(copier *c, double *model, int64_t count)
{
    if (c->to_file) memcpy(c->file, model, (size_t)count * sizeof *model);
    else memcpy(model, c->file, (size_t)count * sizeof *model);
    c->file += count;
}

/* File: [functions][polynomials][centre][neighbour]. Model: pairs first. */
static void copy_radial(copier *c, const lrpot__nep *nep, int32_t n_count, int32_t k_count,
                        double *model)
{
    int64_t pairs = (int64_t)nep->n_species * nep->n_species;
    for (int32_t n = 0; n < n_count; n++)
        for (int32_t k = 0; k < k_count; k++)
            for (int64_t p = 0; p < pairs; p++) copy(c, model + (p * n_count + n) * k_count + k, 1);
}

/* Version 2 has one polynomial for each function; its factor is 1 for one species. */
static void copy_diagonal(copier *c, const lrpot__nep *nep, int32_t n_count, double *model)
{
    int64_t pairs = (int64_t)nep->n_species * nep->n_species;
    for (int32_t n = 0; n < n_count; n++)
        for (int64_t p = 0; p < pairs; p++) {
            double *one = model + (p * n_count + n) * n_count + n;
            if (pairs > 1) copy(c, one, 1);
            else if (!c->to_file) *one = 1.0;
        }
}

static void copy_all(copier *c, lrpot__nep *nep)
{
    int64_t s = nep->n_species;
    copy(c, nep->networks, nep->n_networks * nep->network_size);
    if (nep->charge_mode != LRPOT__NEP_UNCHARGED) copy(c, &nep->sqrt_epsilon, 1);
    copy(c, &nep->bias, 1);
    if (nep->version == 2) {
        copy_diagonal(c, nep, nep->n_radial, nep->radial);
        copy_diagonal(c, nep, nep->n_angular, nep->angular);
    } else {
        copy_radial(c, nep, nep->n_radial, nep->k_radial, nep->radial);
        copy_radial(c, nep, nep->n_angular, nep->k_angular, nep->angular);
    }
    copy(c, nep->scale, nep->n_features);
    if (nep->zbl == LRPOT__NEP_ZBL_FLEXIBLE) copy(c, nep->zbl_pairs, 10 * (s * (s + 1) / 2));
}

void lrpot__nep_set_numbers(lrpot__nep *nep, const double *values)
{
    copier c = { (double *)values, 0 }; /* only read */
    nep->sqrt_epsilon = 1.0;
    copy_all(&c, nep);
}

void lrpot__nep_get_numbers(const lrpot__nep *nep, double *values)
{
    copier c = { values, 1 };
    copy_all(&c, (lrpot__nep *)nep); /* only read */
}

/* Checks the pairs, which are the last numbers of the file, one per line. */
static lrpot_status check_flexible(const lrpot__nep *nep, const char *place, int64_t first_line)
{
    int64_t s = nep->n_species, pairs = s * (s + 1) / 2;
    int64_t line = first_line + lrpot__nep_numbers(nep) - 10 * pairs;
    for (int32_t a = 0; a < s; a++)
        for (int32_t b = a; b < s; b++) {
            int64_t at = 10 * (int64_t)lrpot__nep_pair(nep, a, b);
            double inner = nep->zbl_pairs[at], outer = nep->zbl_pairs[at + 1];
            if (!(inner >= 0.0 && outer > inner))
                return lrpot__fail(LRPOT_E_PARSE,
                                   "%s:%lld: the ZBL radii of %s and %s are %g and %g A, expected "
                                   "0 <= inner < outer",
                                   place, (long long)(line + at), nep->symbols[a], nep->symbols[b],
                                   inner, outer);
        }
    return LRPOT_OK;
}

static lrpot_status check_typewise(const lrpot__nep *nep, const char *place)
{
    for (int32_t s = 0; s < nep->n_species; s++)
        if (lrpot__nep_zbl_radius(nep->atomic_numbers[s]) == 0.0)
            return lrpot__fail(LRPOT_E_UNSUPPORTED,
                               "%s:1: no covalent radius of %s is tabulated for the typewise ZBL",
                               place, nep->symbols[s]);
    return LRPOT_OK;
}

lrpot_status lrpot__nep_check_zbl(const lrpot__nep *nep, const char *place, int64_t first_line)
{
    if (nep->zbl == LRPOT__NEP_ZBL_FLEXIBLE) return check_flexible(nep, place, first_line);
    return nep->zbl == LRPOT__NEP_ZBL_TYPEWISE ? check_typewise(nep, place) : LRPOT_OK;
}
