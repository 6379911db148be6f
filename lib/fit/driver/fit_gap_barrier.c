#include "fit/driver/fit_gap_barrier.h"

#include "core/memory.h"
#include "fit/data/frame_parts.h"
#include "fit/driver/fit_processes.h"
#include "potential/gap_barrier.h"

#include <lrpot/potential.h>
#include <lrpot/structure.h>

#include <math.h>

enum { BINS_PER_A = 100 };
/* of the sum of covalent radii: distances up to here are bonds; A: narrower gaps are chance */
static const double BOND = 1.3, LEAST = 0.2;

static int64_t pair_of(int32_t S, int32_t a, int32_t b)
{
    return a < b ? a * S + b : b * S + a;
}

/* Adds the distances of a frame to [S][S][bins], upper triangle. */
static void count_distances(const lrpot__frame *frame, int32_t S, int64_t bins, double *counts)
{
    for (int64_t i = 0; i < frame->n; i++)
        for (int64_t k = frame->neighbours.offsets[i]; k < frame->neighbours.offsets[i + 1]; k++) {
            const double *v = frame->neighbours.vectors + 3 * k;
            double r = sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
            int64_t bin = (int64_t)(BINS_PER_A * r),
                    pair = pair_of(S, frame->species[i], frame->species[frame->neighbours.j[k]]);
            if (bin < bins) counts[pair * bins + bin] += 1.0;
        }
}

/* Widest run of empty bins after a filled one that is a bond, and before a filled one; 0: none. */
static int64_t widest_gap(const double *counts, int64_t bins, double bond, int64_t *begin)
{
    int64_t widest = 0, last = -1;
    for (int64_t bin = 0; bin < bins; bin++) {
        if (counts[bin] == 0.0) continue;
        int64_t width = bin - last - 1;
        if (last >= 0 && last < bond * BINS_PER_A && width > widest) {
            widest = width;
            *begin = last + 1;
        }
        last = bin;
    }
    return widest;
}

/* The range without distances below those of free atoms: down to the longest bond, or to 0 where
 * the pair has no bonds. 0: none, as bonds and others are not apart. */
static int64_t range_of(const double *counts, int64_t bins, double bond, int64_t *begin)
{
    int64_t first = 0;
    while (first < bins && counts[first] == 0.0) first++;
    *begin = 0;
    if (first < bins && (double)first >= bond * BINS_PER_A) return first;
    int64_t width = widest_gap(counts, bins, bond, begin);
    return (double)width >= LEAST * BINS_PER_A ? width : 0;
}

static lrpot_status set(lrpot_fit *fit, const double *counts, int64_t bins, double *begin)
{
    const lrpot_potential *potential = fit->potential;
    int32_t S = potential->n_species;
    double *end = begin + (int64_t)S * S, *height = end + (int64_t)S * S;
    for (int32_t a = 0; a < S; a++)
        for (int32_t b = 0; b < S; b++) {
            int64_t first = 0, k = a * S + b;
            double radii = lrpot_element_radius(potential->symbols[a])
                           + lrpot_element_radius(potential->symbols[b]);
            int64_t width = range_of(counts + pair_of(S, a, b) * bins, bins, BOND * radii, &first);
            if (width == 0) continue;
            begin[k] = (double)first / BINS_PER_A;
            end[k] = (double)(first + width) / BINS_PER_A;
            height[k] = fit->options.gap_barrier;
        }
    return lrpot_potential_set_gap_barrier(fit->potential, begin, end, height);
}

static lrpot_status count_frames(lrpot_fit *fit, int64_t bins, double *counts)
{
    int32_t S = fit->potential->n_species;
    for (int64_t f = 0; f < fit->data.n_frames; f++) {
        LRPOT__TRY(lrpot__frame_take_neighbours(fit->data.frames[f]));
        count_distances(fit->data.frames[f], S, bins, counts);
        lrpot__frame_leave(fit->data.frames[f]);
    }
    return lrpot__fit_sum(fit, counts, (int64_t)S * S * bins);
}

lrpot_status lrpot__fit_remove_gap_barrier(lrpot_fit *fit)
{
    return fit->potential->barrier != NULL
               ? lrpot_potential_set_gap_barrier(fit->potential, NULL, NULL, NULL)
               : LRPOT_OK;
}

lrpot_status lrpot__fit_make_gap_barrier(lrpot_fit *fit)
{
    int64_t pairs = (int64_t)fit->potential->n_species * fit->potential->n_species,
            bins = (int64_t)(BINS_PER_A * lrpot_potential_cutoff(fit->potential));
    if (fit->options.gap_barrier == 0.0) return LRPOT_OK;
    double *counts = lrpot__calloc(pairs * bins, sizeof *counts),
           *barrier = lrpot__calloc(3 * pairs, sizeof *barrier);
    lrpot_status status = LRPOT_E_MEMORY;
    if (counts != NULL && barrier != NULL) status = count_frames(fit, bins, counts);
    if (status == LRPOT_OK) status = set(fit, counts, bins, barrier);
    lrpot__free(counts);
    lrpot__free(barrier);
    return status;
}
