#include "basis/kernels/batches.h"

#include "core/error.h"
#include "core/workspace.h"

#include <string.h>

static const lrpot__tag order_tag = { "batches of atoms" };
static const lrpot__tag packed_tag = { "positions and vectors of the images" };
static const lrpot__tag weights_tag = { "radial series and weights" };

int64_t lrpot__batches_units(const lrpot__job *job)
{
    const lrpot__batches *batches = job->prepared;
    return batches->n_batches;
}

static int64_t round_up(int64_t n, int64_t unit)
{
    return (n + unit - 1) / unit * unit;
}

/* Sorts the owned atoms by species, keeping their order, and divides them into batches. `next` is
 * scratch, [n_species + 1]. */
static void cut_batches(const lrpot__job *job, lrpot__batches *batches, int32_t *next)
{
    int32_t n_species = job->basis->options.n_species, width = batches->schedule->width;
    const int32_t *species = job->atoms->species;
    memset(next, 0, (size_t)(n_species + 1) * sizeof *next);
    for (int64_t i = 0; i < job->atoms->n_owned; i++) next[species[i] + 1]++;
    for (int32_t s = 0; s < n_species; s++) {
        int32_t end = next[s] + next[s + 1];
        for (int32_t first = next[s]; first < end; first += width) {
            int32_t count = end - first < width ? end - first : width;
            batches->batches[batches->n_batches++] = (lrpot__batch){ first, count, s };
        }
        next[s + 1] = end;
    }
    for (int64_t i = 0; i < job->atoms->n_owned; i++)
        batches->atoms[next[species[i]]++] = (int32_t)i;
}

static lrpot_status prepare_order(lrpot__job *job, lrpot_workspace *work, lrpot__batches **out)
{
    const lrpot__schedule *schedule = job->basis->fast;
    int64_t n = job->atoms->n_owned, n_species = job->basis->options.n_species;
    int64_t max_batches = n / schedule->width + n_species;
    int64_t head = round_up((int64_t)sizeof(lrpot__batches), 64),
            batch_bytes = max_batches * (int64_t)sizeof(lrpot__batch);
    void *block;
    LRPOT__TRY(lrpot__workspace_block(
        work, &order_tag, 0, head + batch_bytes + (n + n_species + 1) * (int64_t)sizeof(int32_t), 1,
        &block));
    lrpot__batches *batches = block;
    *batches = (lrpot__batches){ .schedule = schedule };
    batches->batches = (lrpot__batch *)((char *)block + head);
    batches->atoms = (int32_t *)((char *)block + head + batch_bytes);
    int64_t mixed = n_species < schedule->width ? n_species : schedule->width;
    batches->max_slots = round_up(mixed * job->rows.max_count, LRPOT__PASS);
    cut_batches(job, batches, batches->atoms + n);
    *out = batches;
    return LRPOT_OK;
}

static lrpot_status pack_positions(const lrpot__job *job, lrpot_workspace *work,
                                   lrpot__batches *batches)
{
    int64_t n = job->atoms->n_all, n_images = job->rows.n_images;
    LRPOT__TRY(
        lrpot__workspace_doubles(work, &packed_tag, 4 * (n + n_images), &batches->positions));
    batches->translations = batches->positions + 4 * n;
    for (int64_t i = 0; i < n; i++) {
        const double *r = job->atoms->positions + i * job->stride;
        double *p = batches->positions + 4 * i;
        p[0] = r[0];
        p[1] = r[1];
        p[2] = r[2];
        p[3] = 0.0;
    }
    for (int64_t i = 0; i < n_images; i++) {
        for (int c = 0; c < 3; c++) batches->translations[4 * i + c] = job->translations[3 * i + c];
        batches->translations[4 * i + 3] = 0.0;
    }
    return LRPOT_OK;
}

/* Derivative of a Chebyshev series; slope is dt/dr. */
static void derive_series(const double *series, int32_t n, double slope, double *derivative)
{
    for (int32_t b = 0; b < n; b++) derivative[b] = 0.0;
    for (int32_t b = n - 1; b >= 1; b--)
        derivative[b - 1] = (b + 1 < n ? derivative[b + 1] : 0.0) + 2.0 * b * series[b];
    derivative[0] *= 0.5;
    for (int32_t b = 0; b < n; b++) derivative[b] *= slope;
}

static void fill_radial(const lrpot_basis *basis, double *table)
{
    const lrpot_basis_options *o = &basis->options;
    int64_t series = (int64_t)o->n_species * o->n_species * basis->plan->n_radial,
            n = o->radial_size;
    for (int64_t i = 0; i < series; i++) {
        for (int64_t b = 0; b < n; b++)
            table[2 * i * n + b] = o->scaling * basis->radial[i * n + b];
        derive_series(table + 2 * i * n, (int32_t)n, 2.0 / (o->cutoff - o->min_distance),
                      table + (2 * i + 1) * n);
    }
}

/* Adds up coefficients that are the same for all atoms of a species beforehand. `summed`
 * [n_scalars] and `weights` [n_pairs + 1] are scratch. */
static void fold_coefficients(const lrpot__schedule *s, const double *coefficients, double *seeds,
                              double *form, double *summed, double *weights)
{
    memset(summed, 0, (size_t)s->n_scalars * sizeof(double));
    for (int32_t k = 0; k < s->n_scalars; k++) summed[s->same_as[k]] += coefficients[k];
    int32_t n_inner = 0;
    for (int32_t k = 0; k < s->n_scalars; k++)
        if (s->same_as[k] == k && s->scalars[k] < s->n_adjoint * s->width)
            seeds[n_inner++] = summed[k];
    for (int32_t p = 0; p < s->n_pairs; p++) {
        weights[p] = 0.0;
        for (int32_t i = s->first_share[p]; i < s->first_share[p + 1]; i++)
            weights[p] += summed[s->shares[i].scalar] * s->shares[i].factor;
    }
    weights[s->n_pairs] = 0.0;
    for (int32_t e = 0; e < s->n_partners; e++) form[e] = weights[s->partners[e].pair];
}

lrpot_status lrpot__batches_prepare(lrpot__job *job, lrpot_workspace *work)
{
    lrpot__batches *batches;
    const lrpot_basis *basis = job->basis;
    const lrpot__request *request = job->request;
    LRPOT__TRY(prepare_order(job, work, &batches));
    LRPOT__TRY(pack_positions(job, work, batches));
    const lrpot__schedule *s = batches->schedule;
    int64_t n_species = basis->options.n_species,
            radial = 2 * n_species * n_species * s->n_radial * basis->options.radial_size;
    int64_t sets = request->species_stride != 0 ? n_species : 1,
            set = s->n_inner_scalars + s->n_partners;
    LRPOT__TRY(lrpot__workspace_doubles(
        work, &weights_tag, radial + sets * set + s->n_scalars + s->n_pairs + 1, &batches->radial));
    batches->seeds = batches->radial + radial;
    batches->form = batches->seeds + s->n_inner_scalars;
    batches->species_stride = request->species_stride != 0 ? set : 0;
    fill_radial(basis, batches->radial);
    double *scratch = batches->seeds + sets * set;
    for (int64_t z = 0; z < sets && request->coefficients != NULL
                        && request->atom_coefficients == NULL && request->network == NULL;
         z++)
        fold_coefficients(s, request->coefficients + z * request->species_stride,
                          batches->seeds + z * set, batches->form + z * set, scratch,
                          scratch + s->n_scalars);
    job->prepared = batches;
    return LRPOT_OK;
}
