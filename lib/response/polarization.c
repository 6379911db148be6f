/* Polarization of a cell of point charges, its quantum and its branch. */
#include <lrpot/response.h>

#include "core/algebra.h"
#include "core/error.h"
#include "core/finite.h"
#include "core/struct_size.h"

#include <math.h>
#include <string.h>

/* Largest number of quanta to the branch, along each row. Beyond it the dipole itself has too few
 * digits. */
#define MOST_QUANTA 1e9

static const double two_pi = 6.283185307179586476925;

static lrpot_status check_call(const lrpot_atoms *atoms, const double *q, lrpot_polarization *out)
{
    LRPOT__REQUIRE_NOT_NULL(atoms);
    LRPOT__REQUIRE_NOT_NULL(q);
    LRPOT__REQUIRE_NOT_NULL(out);
    LRPOT__REQUIRE_INPUT(lrpot_atoms, atoms);
    LRPOT__REQUIRE_RESULT(lrpot_polarization, out);
    if (atoms->n_owned < 0)
        return lrpot__fail(LRPOT_E_ARGUMENT, "n_owned = %lld", (long long)atoms->n_owned);
    if (atoms->n_owned > 0) LRPOT__REQUIRE_NOT_NULL(atoms->positions);
    if (atoms->periodic_mask == 0) return LRPOT_OK;
    if (atoms->periodic_mask != LRPOT_PERIODIC_ALL)
        return lrpot__fail(LRPOT_E_UNSUPPORTED,
                           "polarization with periodic_mask = %d: only isolated (0) and "
                           "three-dimensionally periodic (7)",
                           atoms->periodic_mask);
    LRPOT__REQUIRE_NOT_NULL(atoms->cell);
    double volume = fabs(lrpot__det3(atoms->cell));
    if (!(volume > 0) || !isfinite(volume))
        return lrpot__fail(LRPOT_E_CELL, "the cell has the volume %g A^3", volume);
    return LRPOT_OK;
}

static lrpot_status add_dipole(const lrpot_atoms *atoms, const double *q,
                               lrpot_polarization *result)
{
    int64_t stride = atoms->stride != 0 ? atoms->stride : 3;
    for (int64_t i = 0; i < atoms->n_owned; i++)
        for (int a = 0; a < 3; a++) result->dipole[a] += q[i] * atoms->positions[i * stride + a];
    for (int a = 0; a < 3; a++)
        if (!isfinite(result->dipole[a]))
            return lrpot__fail(LRPOT_E_NOT_FINITE, "a position or a charge is not finite");
    return LRPOT_OK;
}

/* sum q exp(2 pi i s_c) / (2 pi i): real part sum q sin / 2 pi, imaginary part -sum q cos / 2 pi
 * (2603.06396, eq. 14). */
static void add_phases(const lrpot_atoms *atoms, const double *q, const double *inverse,
                       lrpot_polarization *result)
{
    int64_t stride = atoms->stride != 0 ? atoms->stride : 3;
    for (int64_t i = 0; i < atoms->n_owned; i++) {
        double s[3];
        lrpot__row_times3(atoms->positions + i * stride, inverse, s);
        for (int c = 0; c < 3; c++) {
            double angle = two_pi * (s[c] - floor(s[c]));
            result->phase_real[c] += q[i] * sin(angle) / two_pi;
            result->phase_imag[c] -= q[i] * cos(angle) / two_pi;
        }
    }
}

static double squared_distance(const double *missing, const double *quantum, const int64_t *n)
{
    double sum = 0;
    for (int a = 0; a < 3; a++) {
        double d = missing[a];
        for (int c = 0; c < 3; c++) d -= (double)n[c] * quantum[3 * c + a];
        sum += d * d;
    }
    return sum;
}

/* Moves to the best of the 26 neighbours as long as it is better. */
static double descend(const double *missing, const double *quantum, int64_t *n)
{
    double best = squared_distance(missing, quantum, n);
    for (int improved = 1; improved;) {
        improved = 0;
        for (int step = 0; step < 27; step++) {
            int64_t trial[3] = { n[0] + step % 3 - 1, n[1] + step / 3 % 3 - 1,
                                 n[2] + step / 9 - 1 };
            double distance = squared_distance(missing, quantum, trial);
            if (distance < best * (1 - 1e-12)) {
                best = distance;
                memcpy(n, trial, sizeof trial);
                improved = 1;
            }
        }
    }
    return best;
}

/* Lattice vector of quanta nearest to `missing`. In orthogonal cells rounding finds it. In skewed
 * ones all candidates that can be nearer than the best so far are tried: their coefficients differ
 * by at most twice that distance times a reciprocal row. */
static lrpot_status nearest_branch(const double *missing, const double *quantum, int64_t *n)
{
    double inverse[9], fraction[3];
    lrpot__inverse3(quantum, inverse);
    lrpot__row_times3(missing, inverse, fraction);
    for (int c = 0; c < 3; c++) {
        if (!(fabs(fraction[c]) <= MOST_QUANTA))
            return lrpot__fail(LRPOT_E_ARGUMENT,
                               "the polarization lies %g quanta from the requested branch along "
                               "cell row %d, expected at most %g; wrap the positions into the "
                               "cell, and give the reference in e/A^2",
                               fraction[c], c, MOST_QUANTA);
        n[c] = llround(fraction[c]);
    }
    double best = descend(missing, quantum, n);
    int64_t reach[3], start[3];
    for (int c = 0; c < 3; c++) {
        double row = sqrt(inverse[c] * inverse[c] + inverse[3 + c] * inverse[3 + c]
                          + inverse[6 + c] * inverse[6 + c]);
        reach[c] = (int64_t)(sqrt(best) * row + fabs(fraction[c] - (double)n[c]));
        start[c] = n[c];
    }
    for (int64_t i = -reach[0]; i <= reach[0]; i++)
        for (int64_t j = -reach[1]; j <= reach[1]; j++)
            for (int64_t k = -reach[2]; k <= reach[2]; k++) {
                int64_t trial[3] = { start[0] + i, start[1] + j, start[2] + k };
                double distance = squared_distance(missing, quantum, trial);
                if (distance < best * (1 - 1e-12)) {
                    best = distance;
                    memcpy(n, trial, sizeof trial);
                }
            }
    return LRPOT_OK;
}

static lrpot_status choose_branch(const double *cell, const double *reference,
                                  lrpot_polarization *result)
{
    double volume = fabs(lrpot__det3(cell)), missing[3];
    for (int a = 0; a < 9; a++) result->quantum[a] = cell[a] / volume;
    for (int a = 0; a < 3; a++)
        missing[a] = (reference != NULL ? reference[a] : 0.0) - result->dipole[a] / volume;
    LRPOT__TRY(nearest_branch(missing, result->quantum, result->branch));
    for (int a = 0; a < 3; a++) {
        result->value[a] = result->dipole[a] / volume;
        for (int c = 0; c < 3; c++)
            result->value[a] += (double)result->branch[c] * result->quantum[3 * c + a];
    }
    return LRPOT_OK;
}

lrpot_status lrpot_response_polarization(const lrpot_atoms *atoms, const double *q,
                                         const double *reference, lrpot_polarization *out)
{
    LRPOT__TRY(check_call(atoms, q, out));
    lrpot_polarization result = LRPOT_POLARIZATION_INIT;
    LRPOT__TRY(add_dipole(atoms, q, &result));
    if (atoms->periodic_mask != 0) {
        double inverse[9];
        lrpot__inverse3(atoms->cell, inverse);
        add_phases(atoms, q, inverse, &result);
        LRPOT__TRY(choose_branch(atoms->cell, reference, &result));
    }
    LRPOT__TRY(lrpot__finite_total("dipole", 3, result.dipole));
    LRPOT__FILL_RESULT(out, &result);
    return LRPOT_OK;
}
