/* Scratch of self-consistent densities in a fit. */
#include "fit/jacobian/fit_density.h"

#include "charges/blurred_sums.h"
#include "charges/charge_eval.h"
#include "charges/charge_model.h"
#include "core/error.h"
#include "core/memory.h"
#include "core/strain.h"

/* eV/A: accuracy of derivatives by strains. */
#define FINE 1e-10

enum { BLOCKS = 13 };

lrpot_status lrpot__fit_density_create(lrpot__fit_density **out, const lrpot_charges *charges)
{
    lrpot__fit_density *d = lrpot__calloc(1, sizeof *d);
    if (d == NULL) return LRPOT_E_MEMORY;
    d->heads = charges->n_heads;
    d->size = lrpot__density_size(charges, 1);
    d->widths = d->size / lrpot__density_components(lrpot__charges_order(charges));
    d->more = lrpot__density_derivatives(lrpot__charges_order(charges));
    lrpot_status status = lrpot__charges_create_sum(charges, FINE, NULL, &d->fine);
    int64_t features = charges->basis != NULL ? lrpot_basis_count(charges->basis) : 1;
    d->features = lrpot__calloc(features, sizeof *d->features);
    if (status == LRPOT_OK && d->features == NULL) status = LRPOT_E_MEMORY;
    if (status == LRPOT_OK) status = lrpot__blurred_sums_create(&d->blurred, charges, FINE);
    if (status != LRPOT_OK) lrpot__fit_density_free(d);
    else *out = d;
    return status;
}

static void release(lrpot__fit_density *d)
{
    double **blocks[] = { &d->dc,     &d->weights,       &d->moved,    &d->sources, &d->excess,
                          &d->slopes, &d->by_value,      &d->response, &d->matrix,  &d->changes,
                          &d->spare,  &d->dipole_slopes, &d->fields };
    for (size_t k = 0; k < sizeof blocks / sizeof blocks[0]; k++) {
        lrpot__free(*blocks[k]);
        *blocks[k] = NULL;
    }
    lrpot__free(d->pivots);
    lrpot__free(d->born);
    d->pivots = NULL;
    d->born = NULL;
    d->born_capacity = 0;
    d->capacity = d->most = 0;
}

void lrpot__fit_density_free(lrpot__fit_density *d)
{
    if (d == NULL) return;
    release(d);
    lrpot__free(d->features);
    lrpot_ewald_free(d->fine);
    lrpot__blurred_sums_free(d->blurred);
    lrpot__free(d);
}

static void count_blocks(int64_t heads, int64_t size, int64_t n, int64_t directions,
                         int64_t charge_stride, int64_t counts[BLOCKS])
{
    int64_t values = heads * n, moments = size * n;
    const int64_t all[BLOCKS] = { values * charge_stride,
                                  values,
                                  directions * values,
                                  directions * moments,
                                  directions * n,
                                  directions * values,
                                  values * moments,
                                  moments * moments,
                                  moments * moments,
                                  directions * moments,
                                  LRPOT__STRAINS * moments,
                                  3 * charge_stride,
                                  6 * moments + 3 * values + 3 * n };
    for (int k = 0; k < BLOCKS; k++) counts[k] = all[k];
}

/* Of n atoms: those that density_born.c divides up. */
static int64_t born_doubles(int64_t heads, int64_t size, int64_t n)
{
    int64_t values = heads * n, moments = size * n, places = 3 * n + LRPOT__DENSITY_STRAINS;
    return 2 * moments + (places + 3 * n) * moments + places * values + 2 * values * moments
           + 9 * n * values + 3 * n * n;
}

static lrpot_status reserve_born(lrpot__fit_density *d, const lrpot__frame *frame)
{
    if (!lrpot__frame_has(frame, LRPOT__TARGET_BORN) || frame->n <= d->born_capacity)
        return LRPOT_OK;
    lrpot__free(d->born);
    d->born = lrpot__calloc(born_doubles(d->heads, d->size, frame->n), sizeof *d->born);
    d->born_capacity = d->born != NULL ? frame->n : 0;
    return d->born != NULL ? LRPOT_OK : LRPOT_E_MEMORY;
}

lrpot_status lrpot__fit_density_reserve(lrpot__fit_density *d, const lrpot__frame *frame,
                                        int64_t charge_stride)
{
    int64_t counts[BLOCKS], n = frame->n, directions = lrpot__density_directions(n, frame->order);
    double **blocks[BLOCKS] = { &d->dc,     &d->weights, &d->moved,    &d->sources,
                                &d->excess, &d->slopes,  &d->by_value, &d->response,
                                &d->matrix, &d->changes, &d->spare,    &d->dipole_slopes,
                                &d->fields };
    if (n <= d->capacity && directions <= d->most) return reserve_born(d, frame);
    if (n < d->capacity) n = d->capacity;
    if (directions < d->most) directions = d->most;
    release(d);
    count_blocks(d->heads, d->size, n, directions, charge_stride, counts);
    for (int k = 0; k < BLOCKS; k++) {
        *blocks[k] = lrpot__calloc(counts[k], sizeof(double));
        if (*blocks[k] == NULL) return LRPOT_E_MEMORY;
    }
    d->pivots = lrpot__calloc(d->size * n, sizeof *d->pivots);
    if (d->pivots == NULL) return LRPOT_E_MEMORY;
    d->capacity = n;
    d->most = directions;
    return reserve_born(d, frame);
}

int64_t lrpot__fit_density_doubles(const lrpot_charges *charges, int64_t n, int32_t predicted,
                                   int32_t with_born, int64_t charge_stride)
{
    int64_t counts[BLOCKS], sum = 0;
    int64_t size = lrpot__density_size(charges, 1);
    count_blocks(charges->n_heads, size, n, lrpot__density_directions(n, predicted), charge_stride,
                 counts);
    for (int k = 0; k < BLOCKS; k++) sum += counts[k];
    return with_born ? sum + born_doubles(charges->n_heads, size, n) : sum;
}
