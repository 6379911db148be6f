#include "phonons/rigid_modes.h"

#include <math.h>

/* Squared length, relative to the vector's own, below which a rotation is no motion: the rotation
 * of a straight row about itself. */
#define NO_MOTION 1e-10

static double product(int64_t size, const double *a, const double *b)
{
    double sum = 0.0;
    for (int64_t k = 0; k < size; k++) sum += a[k] * b[k];
    return sum;
}

/* Mass-weighted displacements by one motion: 0 to 2 translations, 3 to 5 rotations about the centre
 * of mass. */
static void fill_motion(int64_t n, const double *masses, const double *positions,
                        const double *centre, int motion, double *out)
{
    int axis = motion % 3, a = (axis + 1) % 3, b = (axis + 2) % 3;
    for (int64_t i = 0; i < n; i++) {
        double root = sqrt(masses[i]), *o = out + 3 * i;
        o[axis] = motion < 3 ? root : 0.0;
        o[a] = motion < 3 ? 0.0 : -root * (positions[3 * i + b] - centre[b]);
        o[b] = motion < 3 ? 0.0 : root * (positions[3 * i + a] - centre[a]);
    }
}

/* Largest squared length of a rotation: that of the atoms about their centre. */
static double extent(int64_t n, const double *masses, const double *positions, double centre[3])
{
    double mass = 0.0, sum = 0.0;
    for (int a = 0; a < 3; a++) centre[a] = 0.0;
    for (int64_t i = 0; i < n; i++) mass += masses[i];
    for (int64_t k = 0; k < 3 * n; k++) centre[k % 3] += masses[k / 3] * positions[k] / mass;
    for (int64_t k = 0; k < 3 * n; k++)
        sum += masses[k / 3] * (positions[k] - centre[k % 3]) * (positions[k] - centre[k % 3]);
    return sum;
}

int lrpot__rigid_vectors(int64_t n, const double *masses, const double *positions, double *vectors)
{
    double centre[3] = { 0.0, 0.0, 0.0 },
           largest = positions != NULL ? extent(n, masses, positions, centre) : 0.0;
    int count = 0, motions = largest > 0.0 ? 6 : 3;
    for (int motion = 0; motion < motions; motion++) {
        double *v = vectors + 3 * n * count;
        fill_motion(n, masses, positions, centre, motion, v);
        for (int pass = 0; pass < 2; pass++)
            for (int k = 0; k < count; k++) {
                double part = product(3 * n, v, vectors + 3 * n * k);
                for (int64_t x = 0; x < 3 * n; x++) v[x] -= part * vectors[3 * n * k + x];
            }
        double square = product(3 * n, v, v);
        if (motion >= 3 && square <= NO_MOTION * largest) continue;
        for (int64_t x = 0; x < 3 * n; x++) v[x] /= sqrt(square);
        count++;
    }
    return count;
}

void lrpot__rigid_modes(int64_t n, int count, const double *vectors, const double *modes,
                        int64_t found[LRPOT__RIGID_MOST])
{
    double best[LRPOT__RIGID_MOST];
    for (int k = 0; k < LRPOT__RIGID_MOST; k++) best[k] = -1.0, found[k] = -1;
    for (int64_t m = 0; m < 3 * n; m++) {
        double weight = 0.0;
        for (int v = 0; v < count; v++) {
            double part = product(3 * n, vectors + 3 * n * v, modes + 3 * n * m);
            weight += part * part;
        }
        int place = count;
        while (place > 0 && weight > best[place - 1]) place--;
        for (int k = count - 1; k > place; k--) best[k] = best[k - 1], found[k] = found[k - 1];
        if (place < count) best[place] = weight, found[place] = m;
    }
}
