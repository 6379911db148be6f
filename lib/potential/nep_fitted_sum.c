#include "potential/nep_fitted_sum.h"

#include "core/algebra.h"
#include "core/constants.h"
#include "core/error.h"
#include "core/threads.h"
#include "structure/nlist.h"

#include <math.h>

#define TWO_PI 6.2831853 /* the value in the programs, for vectors and their weights */

/* Largest number of reciprocal vectors along one row. A larger one is an error in the cell. */
#define MOST_VECTORS 10000

static double screening(const lrpot__nep *nep)
{
    return LRPOT__PI / nep->cutoffs_radial[0];
}

/* Interaction of unit charges and its derivative by r. */
static double pair_energy(const lrpot__nep *nep, double r, double *derivative)
{
    double a = screening(nep), cutoff = nep->cutoffs_radial[0];
    double gauss = 2.0 * a / sqrt(LRPOT__PI), bare = erfc(a * r) / r;
    *derivative = -bare / r - gauss * exp(-a * a * r * r) / r;
    if (nep->charge_mode != LRPOT__NEP_DAMPED) return bare;
    double end = erfc(a * cutoff) / cutoff,
           slope = end / cutoff + gauss * exp(-a * a * cutoff * cutoff) / cutoff;
    *derivative += slope;
    return bare + slope * r - end - slope * cutoff;
}

static void pairs_of_atom(const lrpot__nep *nep, const lrpot__rows *rows, const lrpot_atoms *atoms,
                          int64_t i, const double *q, const lrpot__nep_terms *out)
{
    lrpot__row row = lrpot__nlist_get_row(rows, i);
    int64_t stride = atoms->stride != 0 ? atoms->stride : 3;
    for (int64_t k = 0; k < row.count; k++) {
        int64_t j = row.j[k] & rows->mask;
        const int32_t *t = row.image != NULL    ? rows->images + 3 * (int64_t)row.image[k]
                           : row.shifts != NULL ? row.shifts + 3 * k
                                                : NULL;
        double d[3], square = 0.0, slope;
        for (int c = 0; c < 3; c++) {
            d[c] = atoms->positions[j * stride + c] - atoms->positions[i * stride + c];
            for (int a = 0; a < 3 && t != NULL; a++)
                if (t[a] != 0) d[c] += t[a] * atoms->cell[3 * a + c];
            square += d[c] * d[c];
        }
        double r = sqrt(square);
        if (r >= nep->cutoffs_radial[0]) continue;
        out->potential[i] += q[j] * pair_energy(nep, r, &slope);
        for (int a = 0; a < 3; a++) {
            double pull = q[j] * slope * d[a] / r;
            out->field[3 * i + a] += pull;
            for (int b = 0; b < 3; b++) out->virial[9 * i + 3 * b + a] -= 0.5 * q[i] * d[b] * pull;
        }
    }
}

lrpot_status lrpot__nep_pair_sum(const lrpot__nep *nep, int32_t threads, const lrpot_atoms *atoms,
                                 const lrpot_nlist *list, const double *q,
                                 const lrpot__nep_terms *out)
{
    lrpot__rows rows;
    LRPOT__TRY(lrpot__nlist_rows(list, atoms, nep->cutoffs_radial[0], &rows));
    (void)threads;
#pragma omp parallel for num_threads(lrpot__region_threads(threads)) schedule(static)
    for (int64_t i = 0; i < atoms->n_owned; i++) pairs_of_atom(nep, &rows, atoms, i, q, out);
    return LRPOT_OK;
}

void lrpot__nep_self_sum(const lrpot__nep *nep, const lrpot_atoms *atoms, const double *q,
                         const lrpot__nep_terms *out)
{
    for (int64_t i = 0; i < atoms->n_owned; i++)
        out->potential[i] -= 2.0 * screening(nep) / sqrt(LRPOT__PI) * q[i];
}

static double phase(const lrpot_atoms *atoms, int64_t i, const double *k)
{
    const double *r = atoms->positions + i * (atoms->stride != 0 ? atoms->stride : 3);
    return k[0] * r[0] + k[1] * r[1] + k[2] * r[2];
}

/* One vector of the half space; weight: of |S|^2 in the energy, both halves. */
static void add_vector(double alpha, int32_t threads, const lrpot_atoms *atoms, const double *q,
                       const double *k, double weight, const lrpot__nep_terms *out)
{
    double re = 0.0, im = 0.0, square = k[0] * k[0] + k[1] * k[1] + k[2] * k[2];
    double logarithmic = 0.5 / (alpha * alpha) + 2.0 / square;
    (void)threads;
    for (int64_t i = 0; i < atoms->n_owned; i++) {
        re += q[i] * cos(phase(atoms, i, k));
        im += q[i] * sin(phase(atoms, i, k));
    }
#pragma omp parallel for num_threads(lrpot__region_threads(threads)) schedule(static)
    for (int64_t i = 0; i < atoms->n_owned; i++) {
        double c = cos(phase(atoms, i, k)), s = sin(phase(atoms, i, k));
        double along = c * re + s * im, across = s * re - c * im;
        out->potential[i] += 2.0 * weight * along;
        for (int a = 0; a < 3; a++) {
            out->field[3 * i + a] += 2.0 * weight * across * k[a];
            for (int b = 0; b < 3; b++)
                out->virial[9 * i + 3 * a + b] += weight * q[i] * along
                                                  * ((a == b) - logarithmic * k[a] * k[b]);
        }
    }
}

static lrpot_status check_crystal(const lrpot_atoms *atoms)
{
    if (atoms->periodic_mask != LRPOT_PERIODIC_ALL || atoms->n_all != atoms->n_owned)
        return lrpot__fail(LRPOT_E_UNSUPPORTED,
                           "the reciprocal sum as fitted is of crystals in one process: "
                           "periodic_mask = %d, %lld ghosts; the converged sum is offered",
                           atoms->periodic_mask, (long long)(atoms->n_all - atoms->n_owned));
    return LRPOT_OK;
}

lrpot_status lrpot__nep_sphere_sum(const lrpot__nep *nep, int32_t threads, const lrpot_atoms *atoms,
                                   const double *q, const lrpot__nep_terms *out)
{
    double alpha = screening(nep), radius = 2.0 * LRPOT__PI * alpha, inverse[9], volume;
    int64_t reach[3];
    LRPOT__TRY(check_crystal(atoms));
    volume = fabs(lrpot__det3(atoms->cell));
    lrpot__inverse3(atoms->cell, inverse);
    for (int d = 0; d < 3; d++) {
        const double *row = atoms->cell + 3 * d;
        double length = sqrt(row[0] * row[0] + row[1] * row[1] + row[2] * row[2]);
        if (!(length * radius < TWO_PI * MOST_VECTORS))
            return lrpot__fail(LRPOT_E_CELL, "cell row %d is %g A long, too long for this sum", d,
                               length);
        reach[d] = (int64_t)(radius * length / TWO_PI) + 1;
    }
    for (int64_t a = 0; a <= reach[0]; a++)
        for (int64_t b = a > 0 ? -reach[1] : 0; b <= reach[1]; b++)
            for (int64_t c = a > 0 || b > 0 ? -reach[2] : 1; c <= reach[2]; c++) {
                double k[3], square = 0.0;
                for (int x = 0; x < 3; x++) {
                    k[x] = TWO_PI
                           * ((double)a * inverse[3 * x] + (double)b * inverse[3 * x + 1]
                              + (double)c * inverse[3 * x + 2]);
                    square += k[x] * k[x];
                }
                if (square >= radius * radius) continue;
                double weight = 2.0 * TWO_PI / volume * exp(-square / (4.0 * alpha * alpha))
                                / square;
                add_vector(alpha, threads, atoms, q, k, weight, out);
            }
    return LRPOT_OK;
}
