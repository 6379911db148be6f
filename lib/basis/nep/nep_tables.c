#include "basis/nep/nep_tables.h"

#include "basis/nep/nep_model.h"
#include "core/error.h"
#include "core/memory.h"

static int32_t whole_rows(int32_t n)
{
    return (n + LRPOT__NEP_ROW - 1) / LRPOT__NEP_ROW * LRPOT__NEP_ROW;
}

static lrpot_status allocate(const lrpot__nep *nep, lrpot__nep_tables *out)
{
    int64_t pairs = (int64_t)nep->n_species * nep->n_species,
            matrix = (int64_t)nep->n_networks * out->features * out->neurons,
            layer = (int64_t)nep->n_networks * out->neurons;
    const struct {
        double **array;
        int64_t count;
    } wanted[] = {
        { &out->radial_forward, pairs * nep->k_radial * out->radial },
        { &out->radial_backward, pairs * nep->n_radial * out->polynomials },
        { &out->angular_forward, pairs * nep->k_angular * out->angular },
        { &out->network_forward, matrix },
        { &out->network_backward, matrix },
        { &out->network_bias, layer },
        { &out->network_energy, layer },
        { &out->network_charge, layer },
        { &out->shift, nep->n_species },
    };
    for (size_t k = 0; k < sizeof wanted / sizeof wanted[0]; k++) {
        *wanted[k].array = lrpot__calloc(wanted[k].count, sizeof(double));
        if (*wanted[k].array == NULL) return LRPOT_E_MEMORY;
    }
    return LRPOT_OK;
}

static void fill_radial(const lrpot__nep *nep, lrpot__nep_tables *out)
{
    int64_t pairs = (int64_t)nep->n_species * nep->n_species;
    for (int64_t p = 0; p < pairs; p++) {
        const double *c = nep->radial + p * nep->n_radial * nep->k_radial;
        double *forward = out->radial_forward + p * nep->k_radial * out->radial,
               *backward = out->radial_backward + p * nep->n_radial * out->polynomials;
        for (int32_t n = 0; n < nep->n_radial; n++)
            for (int32_t k = 0; k < nep->k_radial; k++)
                forward[k * out->radial + n] = backward[n * out->polynomials + k] =
                    c[n * nep->k_radial + k];
        c = nep->angular + p * nep->n_angular * nep->k_angular;
        forward = out->angular_forward + p * nep->k_angular * out->angular;
        for (int32_t n = 0; n < nep->n_angular; n++)
            for (int32_t k = 0; k < nep->k_angular; k++)
                forward[k * out->angular + n] = c[n * nep->k_angular + k];
    }
}

/* Index of descriptor d in the blocks. */
static int64_t place_of(const lrpot__nep *nep, const lrpot__nep_tables *out, int32_t d)
{
    if (d < nep->n_radial) return d;
    int32_t angular = d - nep->n_radial;
    return out->radial + (int64_t)(angular / nep->n_angular) * out->angular
           + angular % nep->n_angular;
}

static void fill_network(const lrpot__nep *nep, lrpot__nep_tables *out, int64_t network)
{
    int32_t h_count = nep->n_neurons, d_count = nep->n_features;
    const double *w0 = nep->networks + network * nep->network_size, *b0 = w0 + h_count * d_count,
                 *w1 = b0 + h_count;
    int64_t matrix = (int64_t)out->features * out->neurons;
    for (int32_t h = 0; h < h_count; h++) {
        int64_t at = network * out->neurons + h;
        out->network_bias[at] = b0[h];
        out->network_energy[at] = w1[h];
        if (nep->charge_mode != LRPOT__NEP_UNCHARGED) out->network_charge[at] = w1[h_count + h];
        for (int32_t d = 0; d < d_count; d++) {
            int64_t place = place_of(nep, out, d);
            double w = w0[h * d_count + d] * nep->scale[d];
            out->network_forward[network * matrix + place * out->neurons + h] = w;
            out->network_backward[network * matrix + h * (int64_t)out->features + place] = w;
        }
    }
}

lrpot_status lrpot__nep_tables_make(const lrpot__nep *nep, lrpot__nep_tables *out)
{
    *out = (lrpot__nep_tables){ .radial = whole_rows(nep->n_radial),
                                .angular = whole_rows(nep->n_angular),
                                .polynomials = whole_rows(nep->k_radial),
                                .neurons = whole_rows(nep->n_neurons) };
    out->features = out->radial + nep->n_invariants * out->angular;
    LRPOT__TRY(allocate(nep, out));
    fill_radial(nep, out);
    for (int64_t network = 0; network < nep->n_networks; network++) fill_network(nep, out, network);
    for (int32_t s = 0; s < nep->n_species; s++) {
        const double *network = lrpot__nep_network(nep, s);
        out->shift[s] = nep->bias + (nep->version == 5 ? network[nep->network_size - 1] : 0.0);
    }
    return LRPOT_OK;
}

void lrpot__nep_tables_free(lrpot__nep_tables *tables)
{
    lrpot__free(tables->radial_forward);
    lrpot__free(tables->radial_backward);
    lrpot__free(tables->angular_forward);
    lrpot__free(tables->network_forward);
    lrpot__free(tables->network_backward);
    lrpot__free(tables->network_bias);
    lrpot__free(tables->network_energy);
    lrpot__free(tables->network_charge);
    lrpot__free(tables->shift);
}
