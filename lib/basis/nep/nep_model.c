#include "basis/nep/nep_model.h"

#include "core/error.h"
#include "core/memory.h"

#include <math.h>
#include <string.h>

void lrpot__nep_count(lrpot__nep *nep)
{
    int64_t outputs = nep->charge_mode != LRPOT__NEP_UNCHARGED ? 2 : 1;
    nep->n_invariants = nep->l_max;
    for (int x = 0; x < LRPOT__NEP_EXTRAS; x++) nep->n_invariants += nep->extras[x];
    nep->n_features = nep->n_radial + nep->n_invariants * nep->n_angular;
    nep->n_networks = nep->version >= 4 ? nep->n_species : 1;
    nep->network_size = (int64_t)nep->n_neurons * (nep->n_features + 1 + outputs)
                        + (nep->version == 5 ? 1 : 0);
}

/* Number of coefficients of a pair of species. Version 2 has one for each radial function, and none
 * for a single species. */
static int64_t coefficients_of_pair(const lrpot__nep *nep)
{
    if (nep->version == 2) return nep->n_species > 1 ? nep->n_radial + nep->n_angular : 0;
    return (int64_t)nep->n_radial * nep->k_radial + (int64_t)nep->n_angular * nep->k_angular;
}

int64_t lrpot__nep_numbers(const lrpot__nep *nep)
{
    int64_t s = nep->n_species, pairs = s * (s + 1) / 2;
    return nep->n_networks * nep->network_size + 1 + (nep->charge_mode != LRPOT__NEP_UNCHARGED)
           + s * s * coefficients_of_pair(nep) + nep->n_features
           + (nep->zbl == LRPOT__NEP_ZBL_FLEXIBLE ? 10 * pairs : 0);
}

lrpot_status lrpot__nep_allocate(lrpot__nep *nep)
{
    int64_t s = nep->n_species, pairs = s * (s + 1) / 2;
    nep->networks = lrpot__calloc(nep->n_networks * nep->network_size, sizeof(double));
    nep->radial = lrpot__calloc(s * s * nep->n_radial * nep->k_radial, sizeof(double));
    nep->angular = lrpot__calloc(s * s * nep->n_angular * nep->k_angular, sizeof(double));
    nep->scale = lrpot__calloc(nep->n_features, sizeof(double));
    nep->zbl_pairs =
        lrpot__calloc(nep->zbl == LRPOT__NEP_ZBL_FLEXIBLE ? 10 * pairs : 0, sizeof(double));
    return nep->networks != NULL && nep->radial != NULL && nep->angular != NULL
                   && nep->scale != NULL && nep->zbl_pairs != NULL
               ? LRPOT_OK
               : LRPOT_E_MEMORY;
}

void lrpot__nep_measure(lrpot__nep *nep)
{
    nep->cutoff = nep->cutoff_zbl = 0.0;
    for (int32_t s = 0; s < nep->n_species; s++) {
        nep->cutoff_zbl = fmax(nep->cutoff_zbl, nep->cutoffs_angular[s]);
        nep->cutoff = fmax(nep->cutoff, nep->cutoffs_radial[s]);
    }
    nep->cutoff = fmax(nep->cutoff, nep->cutoff_zbl);
}

lrpot_status lrpot__nep_keep_line(lrpot__nep *nep, const char *line)
{
    int64_t length = (int64_t)strlen(line), before = nep->header_length;
    char *longer = lrpot__calloc(before + length + 2, 1);
    if (longer == NULL) return LRPOT_E_MEMORY;
    if (before > 0) memcpy(longer, nep->header, (size_t)before);
    memcpy(longer + before, line, (size_t)length);
    longer[before + length] = '\n';
    lrpot__free(nep->header);
    nep->header = longer;
    nep->header_length = before + length + 1;
    return LRPOT_OK;
}

void lrpot__nep_free(lrpot__nep *nep)
{
    if (nep == NULL) return;
    lrpot__free(nep->header);
    lrpot__free(nep->symbols);
    lrpot__free(nep->atomic_numbers);
    lrpot__free(nep->cutoffs_radial);
    lrpot__free(nep->cutoffs_angular);
    lrpot__free(nep->networks);
    lrpot__free(nep->radial);
    lrpot__free(nep->angular);
    lrpot__free(nep->scale);
    lrpot__free(nep->zbl_pairs);
    lrpot__free(nep);
}

int32_t lrpot__nep_pair(const lrpot__nep *nep, int32_t a, int32_t b)
{
    int32_t low = a < b ? a : b, high = a < b ? b : a;
    return low * nep->n_species - low * (low - 1) / 2 + (high - low);
}

const double *lrpot__nep_network(const lrpot__nep *nep, int32_t species)
{
    return nep->networks + (nep->n_networks > 1 ? species : 0) * nep->network_size;
}
