#include "structure/lattice_follow.h"

#include "core/algebra.h"
#include "core/error.h"

#include <math.h>
#include <string.h>

#define LARGEST_STRAIN 0.25   /* largest strain of a row from one frame to the next */
#define LARGEST_FRACTION 0.35 /* largest deviation of an entry of the change from an integer */

/* Integers for the rows that repeat, the sign for those that do not. */
static double whole(const lrpot__lattice *now, int d, int e, double entry)
{
    int both = (now->periodic_mask & 1 << d) && (now->periodic_mask & 1 << e);
    if (both) return round(entry);
    return d != e ? 0.0 : entry < 0.0 ? -1.0 : 1.0;
}

static double length_of(const double *v)
{
    return sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
}

lrpot_status lrpot__lattice_follow(const lrpot__lattice *before, const lrpot__lattice *now,
                                   double change[9])
{
    double worst = 0.0, strain = 0.0;
    for (int d = 0; d < 3; d++) {
        double entries[3], row[3];
        lrpot__row_times3(now->basis + 3 * d, before->inverse, entries);
        for (int e = 0; e < 3; e++) {
            change[3 * d + e] = whole(now, d, e, entries[e]);
            if (now->periodic_mask & 1 << d && now->periodic_mask & 1 << e)
                worst = fmax(worst, fabs(entries[e] - change[3 * d + e]));
        }
        if (!(now->periodic_mask & 1 << d)) continue;
        lrpot__row_times3(change + 3 * d, before->basis, row);
        for (int a = 0; a < 3; a++) row[a] -= now->basis[3 * d + a];
        strain = fmax(strain, length_of(row) / length_of(now->basis + 3 * d));
    }
    if (worst <= LARGEST_FRACTION && strain <= LARGEST_STRAIN
        && fabs(fabs(lrpot__det3(change)) - 1.0) < 0.5)
        return LRPOT_OK;
    return lrpot__fail(
        LRPOT_E_CELL,
        "the cell is neither the lattice of the frame before nor a strain of it that "
        "can be followed: its vectors differ by %.3g of their length",
        strain);
}

typedef struct {
    double square, s[3];
} candidate;

static double square_of(const lrpot__lattice *lattice, const double *s)
{
    double r[3];
    lrpot__row_times3(s, lattice->basis, r);
    return r[0] * r[0] + r[1] * r[1] + r[2] * r[2];
}

/* Searches the nearest image. The rows are pairwise reduced, so it is among the neighbours of the
 * rounded one. */
static void search(const lrpot__lattice *lattice, candidate *best, candidate *second)
{
    const candidate start = *best;
    for (int k = 0; k < 27; k++) {
        const int shift[3] = { k % 3 - 1, k / 3 % 3 - 1, k / 9 - 1 };
        candidate c = start;
        int allowed = k != 13; /* no shift */
        for (int d = 0; d < 3; d++) {
            if (shift[d] != 0 && !(lattice->periodic_mask & 1 << d)) allowed = 0;
            c.s[d] += shift[d];
        }
        if (!allowed) continue;
        c.square = square_of(lattice, c.s);
        if (c.square < best->square) {
            *second = *best;
            *best = c;
        } else if (c.square < second->square) *second = c;
    }
}

void lrpot__lattice_nearest(const lrpot__lattice *lattice, double s[3], double *length,
                            double *next)
{
    double shortest = INFINITY;
    for (int d = 0; d < 3; d++) {
        if (!(lattice->periodic_mask & 1 << d)) continue;
        s[d] -= round(s[d]);
        shortest = fmin(shortest, lattice->height[d]);
    }
    candidate best = { square_of(lattice, s), { s[0], s[1], s[2] } }, second = best;
    second.square = INFINITY;
    *length = sqrt(best.square);
    *next = shortest - *length; /* at least */
    if (*length <= 0.4 * shortest) return;
    search(lattice, &best, &second);
    memcpy(s, best.s, sizeof best.s);
    *length = sqrt(best.square);
    *next = sqrt(second.square);
}
