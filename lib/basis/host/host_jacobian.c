/* A stored Jacobian as the host's function. */
#include "core/error.h"
#include "core/struct_size.h"

#include <lrpot/host.h>

#include <math.h>
#include <string.h>

#define SAME 1e-6 /* A: largest difference of two vectors that are the same edge */

static int same_edge(const lrpot_host_edges *edges, int64_t e, int32_t j, const double *d)
{
    const double *v = edges->vectors + 3 * e;
    return edges->neighbours[e] == j && fabs(v[0] - d[0]) < SAME && fabs(v[1] - d[1]) < SAME
           && fabs(v[2] - d[2]) < SAME;
}

/* Edge of an entry in the row, searched from the one after the last that was found; -1: none. */
static int64_t find_edge(const lrpot_host_edges *edges, int64_t i, int64_t from, int32_t j,
                         const double *d)
{
    int64_t first = edges->offsets[i], count = edges->offsets[i + 1] - first;
    for (int64_t k = 0; k < count; k++) {
        int64_t e = first + (from - first + k) % count;
        if (same_edge(edges, e, j, d)) return e;
    }
    return -1;
}

static int is_diagonal(int64_t i, int32_t j, const double *d)
{
    return j == i && d[0] == 0.0 && d[1] == 0.0 && d[2] == 0.0;
}

static lrpot_status copy_row(const lrpot_host_jacobian *given, const lrpot_host_edges *edges,
                             const lrpot_host_results *values, int64_t i)
{
    int64_t next = edges->offsets[i];
    for (int64_t k = given->offsets[i]; k < given->offsets[i + 1]; k++) {
        const double *d = given->vectors + 3 * k;
        int32_t j = given->neighbours[k];
        if (is_diagonal(i, j, d)) continue;
        int64_t e = find_edge(edges, i, next, j, d);
        if (e < 0)
            return lrpot__fail(
                LRPOT_E_ARGUMENT,
                "entry %lld of the Jacobian, atom %lld to %d at %g %g %g A, is no "
                "edge of these atoms: it is beyond the cutoff, or of other positions",
                (long long)k, (long long)i, j, d[0], d[1], d[2]);
        for (int c = 0; c < 3; c++) {
            if (values->charge_gradients != NULL && given->charge_gradients != NULL)
                values->charge_gradients[3 * e + c] += given->charge_gradients[3 * k + c];
            if (values->energy_gradients != NULL && given->energy_gradients != NULL)
                values->energy_gradients[3 * e + c] += given->energy_gradients[3 * k + c];
        }
        next = e + 1;
    }
    return LRPOT_OK;
}

lrpot_status lrpot_host_jacobian_evaluate(void *ctx, const lrpot_host_edges *edges,
                                          const lrpot_host_results *out)
{
    const lrpot_host_jacobian *given = ctx;
    LRPOT__REQUIRE_NOT_NULL(given);
    LRPOT__REQUIRE_NOT_NULL(edges);
    LRPOT__REQUIRE_NOT_NULL(out);
    LRPOT__REQUIRE_INPUT(lrpot_host_jacobian, given);
    LRPOT__REQUIRE_NOT_NULL(given->offsets);
    LRPOT__REQUIRE_NOT_NULL(given->neighbours);
    LRPOT__REQUIRE_NOT_NULL(given->vectors);
    if (given->n_atoms != edges->n_atoms)
        return lrpot__fail(LRPOT_E_SIZE, "the Jacobian has %lld atoms, the system %lld",
                           (long long)given->n_atoms, (long long)edges->n_atoms);
    size_t n = (size_t)edges->n_atoms * sizeof(double);
    if (out->charges != NULL && given->charges != NULL && n > 0)
        memcpy(out->charges, given->charges, n);
    if (out->energies != NULL && given->energies != NULL && n > 0)
        memcpy(out->energies, given->energies, n);
    for (int64_t i = 0; i < edges->n_atoms; i++) LRPOT__TRY(copy_row(given, edges, out, i));
    return LRPOT_OK;
}
