/* Solution of the equations of equilibrated charges of one frame, with the charge of each fragment
 * fixed. */
#include "fit/jacobian/equilibrated_solve.h"

#include "core/error.h"
#include "fit/least_squares/cholesky.h"

#include <math.h>
#include <string.h>

/* Error that names the pair of atoms between which a flow of charge lowers the energy most, if it
 * does, or else the system. */
static lrpot_status indefinite(const lrpot__equilibrated *e, const lrpot__frame *frame)
{
    int64_t n = frame->n, first = 0, second = 0;
    double least = INFINITY;
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < i; j++) {
            double curvature = frame->coulomb.matrix[i * n + i] + frame->coulomb.matrix[j * n + j]
                               - 2.0 * frame->coulomb.matrix[i * n + j] + e->hardness[i]
                               + e->hardness[j];
            if (frame->fragment.of_atom[i] == frame->fragment.of_atom[j] && curvature < least)
                least = curvature, first = j, second = i;
        }
    return lrpot__fail(
        LRPOT_E_SINGULAR,
        "the charges of frame %lld (%lld atoms) have no minimum of their energy: the Coulomb "
        "matrix with the hardness is not positive definite; the smallest curvature along a charge "
        "transfer, %.4g V/e, is between atoms %lld and %lld (species %d and %d)",
        (long long)frame->number, (long long)n, least, (long long)first, (long long)second,
        frame->species[first], frame->species[second]);
}

static int factorise(lrpot__equilibrated *e, const lrpot__frame *frame)
{
    int64_t n = frame->n, stride = lrpot__padded(n);
    memset(e->inverse, 0, (size_t)(n * stride) * sizeof(double));
    for (int64_t i = 0; i < n; i++) {
        memcpy(e->inverse + i * stride, frame->coulomb.matrix + i * n, (size_t)n * sizeof(double));
        e->inverse[i * stride + i] += e->hardness[i];
    }
    return lrpot__cholesky_factor(n, e->inverse, 1);
}

/* H^-1 C and the factor of C^T H^-1 C. */
static int factorise_border(lrpot__equilibrated *e, const lrpot__frame *frame)
{
    int64_t n = frame->n, count = frame->fragment.n, stride = lrpot__padded(count);
    memset(e->columns, 0, (size_t)(count * n) * sizeof(double));
    memset(e->border, 0, (size_t)(count * stride) * sizeof(double));
    for (int64_t i = 0; i < n; i++) e->columns[frame->fragment.of_atom[i] * n + i] = 1.0;
    for (int64_t f = 0; f < count; f++) {
        double *column = e->columns + f * n;
        lrpot__cholesky_substitute(n, e->inverse, column);
        for (int64_t i = 0; i < n; i++)
            if (frame->fragment.of_atom[i] <= f)
                e->border[frame->fragment.of_atom[i] * stride + f] += column[i];
    }
    return lrpot__cholesky_factor(count, e->border, 1);
}

/* x = H^-1 x + a constraint term that makes the sums over the fragments those in `sums`. */
static void constrain(lrpot__equilibrated *e, const lrpot__frame *frame, double *x)
{
    int64_t n = frame->n;
    lrpot__cholesky_substitute(n, e->inverse, x);
    for (int64_t i = 0; i < n; i++) e->sums[frame->fragment.of_atom[i]] -= x[i];
    lrpot__cholesky_substitute(frame->fragment.n, e->border, e->sums);
    for (int64_t f = 0; f < frame->fragment.n; f++)
        for (int64_t i = 0; i < n; i++) x[i] += e->sums[f] * e->columns[f * n + i];
}

lrpot_status lrpot__equilibrated_solve(lrpot__equilibrated *e, const lrpot__frame *frame, double *x)
{
    if (!factorise(e, frame) || !factorise_border(e, frame)) return indefinite(e, frame);
    memcpy(e->sums, frame->fragment.charges, (size_t)frame->fragment.n * sizeof *e->sums);
    constrain(e, frame, x);
    return LRPOT_OK;
}

void lrpot__equilibrated_respond(lrpot__equilibrated *e, const lrpot__frame *frame, double *x)
{
    memset(e->sums, 0, (size_t)frame->fragment.n * sizeof *e->sums);
    constrain(e, frame, x);
}

void lrpot__equilibrated_projector(lrpot__equilibrated *e, const lrpot__frame *frame)
{
    int64_t n = frame->n, count = frame->fragment.n;
    memset(e->projected, 0, (size_t)(n * n) * sizeof(double));
    for (int64_t j = 0; j < n; j++) {
        double *row = e->projected + j * n;
        row[j] = 1.0;
        lrpot__cholesky_substitute(n, e->inverse, row);
        for (int64_t f = 0; f < count; f++) e->sums[f] = e->columns[f * n + j];
        lrpot__cholesky_substitute(count, e->border, e->sums);
        for (int64_t f = 0; f < count; f++)
            for (int64_t i = 0; i < n; i++) row[i] -= e->sums[f] * e->columns[f * n + i];
    }
}
