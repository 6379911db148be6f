/* Start values of a fit, from which Gauss-Newton steps reach a good minimum on new data. */
#include "fit/driver/fit_start.h"

#include "basis/radial.h"
#include "core/blas_check.h"
#include "core/error.h"
#include "core/memory.h"
#include "fit/data/frame_parts.h"
#include "fit/driver/fit_born_factor.h"
#include "fit/driver/fit_processes.h"
#include "fit/driver/fit_state.h"

#include <lapacke.h>
#include <math.h>
#include <string.h>

double lrpot__random_uniform(uint64_t *state)
{
    /* splitmix64: the same numbers on every machine */
    uint64_t z = (*state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return (double)((z ^ (z >> 31)) >> 11) * 0x1p-52 - 1.0;
}

/* Matrix of the energies per atom of the training frames as sums over species. Each further source
 * has one more set of species. Returns the number of rows. */
static int64_t composition(const lrpot_fit *fit, int64_t width, double *a, double *b)
{
    int64_t S = fit->potential->n_species, rows = 0;
    for (int64_t f = 0; f < fit->data.n_frames; f++) {
        const lrpot__frame *frame = fit->data.frames[f];
        if (!lrpot__frame_has(frame, LRPOT__TARGET_ENERGY) || frame->set != LRPOT_FIT_TRAIN)
            continue;
        for (int64_t i = 0; i < frame->n; i++) {
            a[rows * width + frame->species[i]] += 1.0 / (double)frame->n;
            if (frame->source > 0)
                a[rows * width + frame->source * S + frame->species[i]] += 1.0 / (double)frame->n;
        }
        b[rows++] = frame->blocks[LRPOT__TARGET_ENERGY].reference[0] / (double)frame->n;
    }
    return rows;
}

/* With several processes: replaces the own rows by the normal equations of all. */
static lrpot_status share_rows(const lrpot_fit *fit, int64_t width, double *a, double *b,
                               lapack_int *rows)
{
    if (fit->comm == NULL) return LRPOT_OK;
    double *sums = lrpot__calloc(width * (width + 1), sizeof *sums),
           *right = sums != NULL ? sums + width * width : NULL;
    if (sums == NULL) return LRPOT_E_MEMORY;
    for (int64_t r = 0; r < *rows; r++)
        for (int64_t i = 0; i < width; i++) {
            for (int64_t j = 0; j < width; j++)
                sums[i * width + j] += a[r * width + i] * a[r * width + j];
            right[i] += a[r * width + i] * b[r];
        }
    lrpot_status status = lrpot__fit_sum(fit, sums, width * (width + 1));
    memcpy(a, sums, (size_t)(width * width) * sizeof *a);
    memcpy(b, right, (size_t)width * sizeof *b);
    *rows = (lapack_int)width;
    lrpot__free(sums);
    return status;
}

/* Energies per species, and offsets of sources, by least squares. If the solution is not unique
 * (one composition only), the smallest one. */
static lrpot_status species_energies(const lrpot_fit *fit, double *species, double *offsets)
{
    int64_t S = fit->potential->n_species, width = S * fit->data.n_sources,
            height = fit->data.n_frames > width ? fit->data.n_frames : width;
    double *a = lrpot__calloc(height * width, sizeof *a), *b = lrpot__calloc(height, sizeof *b);
    double *values = lrpot__calloc(width, sizeof *values);
    lapack_int rank = 0, info = -1;
    lrpot_status status = LRPOT_E_MEMORY;
    if (a != NULL && b != NULL && values != NULL) {
        lapack_int rows = (lapack_int)composition(fit, width, a, b), n = (lapack_int)width;
        status = share_rows(fit, width, a, b, &rows);
        if (status == LRPOT_OK)
            info = rows == 0 ? 0
                             : LAPACKE_dgelsd(LAPACK_ROW_MAJOR, rows, n, 1, a, n, b, 1, values,
                                              fit->comm == NULL ? 1e-8 : 1e-12, &rank);
    }
    if (info == 0) {
        memcpy(species, b, (size_t)S * sizeof *b);
        memcpy(offsets, b + S, (size_t)(width - S) * sizeof *b);
    }
    lrpot__free(a);
    lrpot__free(b);
    lrpot__free(values);
    LRPOT__TRY(status);
    LRPOT__TRY(lrpot__lapack_memory(info, "dgelsd"));
    return info == 0 ? LRPOT_OK
                     : lrpot__fail(LRPOT_E_SINGULAR, "species energies: least squares failed (%d)",
                                   (int)info);
}

/* Root mean square over atoms of sum_j Q_b(r_ij), for each b: the natural size of a moment. size
 * has one more element. */
static lrpot_status polynomial_sizes(const lrpot_fit *fit, const lrpot_basis *basis, double *size)
{
    enum { MAX_RADIAL = 32 };
    int64_t n = basis->options.radial_size;
    double q[MAX_RADIAL], dq[MAX_RADIAL], sum[MAX_RADIAL], *atoms = size + n;
    memset(size, 0, (size_t)(n + 1) * sizeof *size);
    for (int64_t f = 0; f < fit->data.n_frames; f++) {
        lrpot__frame *frame = fit->data.frames[f];
        LRPOT__TRY(lrpot__frame_take_neighbours(frame));
        for (int64_t i = 0; i < frame->n; i++, *atoms += 1.0) {
            memset(sum, 0, sizeof sum);
            for (int64_t k = frame->neighbours.offsets[i]; k < frame->neighbours.offsets[i + 1];
                 k++) {
                const double *d = frame->neighbours.vectors + 3 * k;
                double r = sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2]);
                if (r >= basis->options.cutoff) continue;
                lrpot__radial_polynomials(basis, r, q, dq);
                for (int64_t b = 0; b < n; b++) sum[b] += q[b] * q[b];
            }
            for (int64_t b = 0; b < n; b++) size[b] += sum[b];
        }
        lrpot__frame_leave(frame);
    }
    LRPOT__TRY(lrpot__fit_sum(fit, size, n + 1));
    for (int64_t b = 0; b < n; b++) size[b] = sqrt(size[b] / fmax(*atoms, 1.0)) + 1e-300;
    return LRPOT_OK;
}

/* Start of the radial functions: mu is polynomial mu of unit size plus a small random part of the
 * others, different for each seed. */
static lrpot_status radial_start(const lrpot_fit *fit, const lrpot_basis *basis, uint64_t *state,
                                 double *radial)
{
    double size[33];
    int64_t S = basis->options.n_species, F = basis->plan->n_radial, n = basis->options.radial_size;
    LRPOT__TRY(polynomial_sizes(fit, basis, size));
    for (int64_t pair = 0; pair < S * S; pair++)
        for (int64_t mu = 0; mu < F; mu++)
            for (int64_t b = 0; b < n; b++)
                radial[(pair * F + mu) * n + b] =
                    ((b == mu % n ? 1.0 : 0.0) + 0.15 * lrpot__random_uniform(state)) / size[b];
    return LRPOT_OK;
}

/* Start of the charges by electronegativity, as the kind of charges defines it. */
static lrpot_status charge_start(const lrpot_fit *fit, uint64_t *state, double *base)
{
    enum { ATOMS, MEAN, TOTAL };
    int32_t S = fit->potential->n_species;
    double sums[3] = { 0.0 }, *values = lrpot__calloc(S, sizeof *values);
    if (values == NULL) return LRPOT_E_MEMORY;
    for (int32_t z = 0; z < S; z++)
        values[z] = lrpot_element_electronegativity(fit->potential->symbols[z]);
    for (int64_t f = 0; f < fit->data.n_frames; f++) {
        const lrpot__frame *frame = fit->data.frames[f];
        sums[TOTAL] += frame->total_charge;
        for (int64_t i = 0; i < frame->n; i++, sums[ATOMS] += 1.0)
            sums[MEAN] += values[frame->species[i]];
    }
    lrpot_status status = lrpot__fit_sum(fit, sums, 3);
    const lrpot__charge_start start = { .charges = fit->potential->charges,
                                        .n_species = S,
                                        .n_channels = fit->potential->charges->n_channels,
                                        .electronegativity = values,
                                        .mean = sums[MEAN] / sums[ATOMS],
                                        .charge = sums[TOTAL] / sums[ATOMS],
                                        .uniform = lrpot__random_uniform,
                                        .state = state };
    if (status == LRPOT_OK) fit->potential->charges->rules->start(&start, base);
    lrpot__free(values);
    return status;
}

/* Prior strengths. Parameters are pulled to their start, in units of their natural sizes. Offsets,
 * which are energies, are free. Coefficients of a factor are scaled to functions of size 1, and
 * pulled to 0. */
void lrpot__fit_set_prior_strength(lrpot_fit *fit, double strength)
{
    int64_t factor = fit->layout.factor;
    for (int64_t p = 0; p < fit->layout.count; p++)
        fit->prior.strength[p] = p < fit->layout.offsets
                                     ? fmax(strength, 0.0)
                                           / (fit->prior.natural[p] * fit->prior.natural[p])
                                     : 0.0;
    for (int64_t p = factor; p < fit->layout.count && factor >= 0; p++)
        fit->prior.strength[p] = fmax(strength, 0.0) * fit->factor.sizes[p - factor];
}

void lrpot__fit_set_prior(lrpot_fit *fit)
{
    memcpy(fit->prior.centre, fit->descent.params, (size_t)fit->layout.count * sizeof(double));
    for (int64_t p = fit->layout.factor; p < fit->layout.count && p >= 0; p++)
        fit->prior.centre[p] = 0.0;
    lrpot__fit_set_prior_strength(fit, fit->options.regularization);
}

lrpot_status lrpot__fit_start(lrpot_fit *fit, int64_t seed)
{
    const lrpot__parameter_layout *layout = &fit->layout;
    lrpot_potential *potential = fit->potential;
    uint64_t state = (uint64_t)seed * 0xD1342543DE82EF95u + 1u;
    /* for the parameters that are held fixed or kept */
    LRPOT__TRY(lrpot__fit_get(fit, fit->descent.trial));
    memset(fit->descent.params, 0, (size_t)layout->count * sizeof(double));
    if (layout->factor >= 0)
        lrpot__fit_start_born_factor(fit, fit->descent.params + layout->factor);
    if (layout->energy_radial >= 0)
        LRPOT__TRY(radial_start(fit, potential->basis, &state,
                                fit->descent.params + layout->energy_radial));
    LRPOT__TRY(species_energies(fit, fit->descent.params + layout->energy_species,
                                fit->descent.params + layout->offsets));
    if (potential->charges != NULL) {
        LRPOT__TRY(charge_start(fit, &state, fit->descent.params + layout->charge_species));
        for (int32_t z = 0; layout->charge_own >= 0 && z < potential->n_species; z++)
            fit->descent.params[layout->charge_own + z] = 1.0;
        if (layout->charge_radial >= 0)
            LRPOT__TRY(radial_start(fit, potential->charges->basis, &state,
                                    fit->descent.params + layout->charge_radial));
    }
    for (int64_t p = 0; p < layout->offsets && fit->held != NULL; p++)
        if (fit->held[p]) fit->descent.params[p] = fit->descent.trial[p];
    lrpot__fit_set_prior(fit);
    return LRPOT_OK;
}
