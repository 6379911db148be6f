/* Guesses of the potentials of a density. They are smooth functions of the places: the combination
 * sum c_k r_k (with sum c_k = 1) of earlier places that is nearest to the present ones, by least
 * squares, gives that of the potentials. In dynamics it is an extrapolation over the last steps, of
 * differences about one place a mean of them, and at the same place the last potentials. */
#include "charges/density_guess.h"

#include "core/comm.h"
#include "core/error.h"
#include "core/memory.h"

#include <math.h>
#include <string.h>

static const lrpot__tag history_tag = { "potentials of the last densities" };

enum { KEPT = 4, FREE = KEPT - 1 }; /* calls, and coefficients beside that of the last */
#define FARTHEST 16.0               /* sum of |c_k|; quadratic extrapolation in time has 7 */
#define NEAR 0.8                    /* A: an atom that is further away is another one */
#define RIDGE \
    1e-7 /* of the diagonal: combinations of places that do not differ are not told apart */

/* Of the last calls, the newest first. */
typedef struct {
    int64_t n, size, capacities[2];
    int32_t count, held; /* calls; 0 until the present one has succeeded */
    double *places;      /* [KEPT][n][3] */
    double *potentials;  /* [KEPT][size] */
} history;

static void free_history(void *object)
{
    history *h = object;
    lrpot__free(h->places);
    lrpot__free(h->potentials);
    lrpot__free(h);
}

static lrpot_status find(lrpot_workspace *work, history **out)
{
    *out = lrpot__workspace_kept(work, &history_tag);
    if (*out != NULL) return LRPOT_OK;
    *out = lrpot__calloc(1, sizeof **out);
    if (*out == NULL) return LRPOT_E_MEMORY;
    return lrpot__workspace_keep(work, &history_tag, *out, free_history);
}

static const double *place(const lrpot__density_terms *t, int64_t i)
{
    return t->atoms->positions + i * (t->atoms->stride > 0 ? t->atoms->stride : 3);
}

/* 1 if the atom was near its place in all calls. */
static int was_near(const history *h, const lrpot__density_terms *t, int64_t i)
{
    for (int32_t k = 0; k < h->count; k++) {
        const double *old = h->places + 3 * (k * h->n + i), *r = place(t, i);
        double square = 0.0;
        for (int a = 0; a < 3; a++) square += (r[a] - old[a]) * (r[a] - old[a]);
        if (!(square < NEAR * NEAR)) return 0;
    }
    return 1;
}

/* Adds the products of differences to the last place: matrix [FREE][FREE], right side [FREE]. */
static void add_products(const history *h, const lrpot__density_terms *t, int64_t i, double *sums)
{
    const double *last = h->places + 3 * i, *r = place(t, i);
    for (int a = 0; a < 3; a++)
        for (int32_t k = 1; k < h->count; k++) {
            double difference = last[3 * k * h->n + a] - last[a];
            for (int32_t l = 1; l < h->count; l++)
                sums[FREE * (k - 1) + l - 1] += difference * (last[3 * l * h->n + a] - last[a]);
            sums[FREE * FREE + k - 1] += difference * (r[a] - last[a]);
        }
}

/* Solves the normal equations of m unknowns by Cholesky; directions without extent get 0. */
static void solve(double *matrix, double *x, int32_t m)
{
    for (int32_t k = 0; k < m; k++) {
        double diagonal = matrix[FREE * k + k];
        for (int32_t l = 0; l <= k; l++) {
            double sum = matrix[FREE * k + l] + (l == k ? RIDGE * diagonal : 0.0);
            for (int32_t p = 0; p < l; p++) sum -= matrix[FREE * k + p] * matrix[FREE * l + p];
            if (l < k)
                matrix[FREE * k + l] = matrix[FREE * l + l] > 0.0 ? sum / matrix[FREE * l + l]
                                                                  : 0.0;
            else matrix[FREE * k + k] = sum > 1e-14 * diagonal ? sqrt(sum) : 0.0;
        }
    }
    for (int32_t k = 0; k < m; k++) {
        for (int32_t l = 0; l < k; l++) x[k] -= matrix[FREE * k + l] * x[l];
        x[k] = matrix[FREE * k + k] > 0.0 ? x[k] / matrix[FREE * k + k] : 0.0;
    }
    for (int32_t k = m - 1; k >= 0; k--) {
        for (int32_t l = k + 1; l < m; l++) x[k] -= matrix[FREE * l + k] * x[l];
        x[k] = matrix[FREE * k + k] > 0.0 ? x[k] / matrix[FREE * k + k] : 0.0;
    }
}

static void forget_atom(const lrpot__density_terms *t, int64_t i, double *v)
{
    for (int32_t w = 0; w < t->index.n_widths; w++, v += t->block) {
        v[i] = 0.0;
        if (t->order > 0) memset(v + t->n + 3 * i, 0, 3 * sizeof *v);
        if (t->order > 1) memset(v + 4 * t->n + 9 * i, 0, 9 * sizeof *v);
    }
}

lrpot_status lrpot__density_guess(const lrpot__charge_call *call, const lrpot__density_terms *t,
                                  double *v)
{
    history *h = NULL;
    double sums[FREE * FREE + FREE + 1] = { 0.0 }, *c = sums + FREE * FREE, last = 1.0, reach = 0.0;
    LRPOT__TRY(find(call->work, &h));
    if (h->n != t->n || h->size != t->size) h->held = 0;
    h->count = h->held, h->held = 0;
    for (int64_t i = 0; i < t->n; i++)
        if (was_near(h, t, i)) add_products(h, t, i, sums);
    LRPOT__TRY(lrpot__comm_sum(t->comm, sums, FREE * FREE + FREE));
    solve(sums, c, FREE);
    for (int32_t k = 1; k < h->count; k++) last -= c[k - 1], reach += fabs(c[k - 1]);
    if (!(reach < FARTHEST)) { /* a jump after small steps: the last potentials are nearer */
        last = 1.0;
        memset(c, 0, FREE * sizeof *c);
    }
    if (t->size > 0) memset(v, 0, (size_t)t->size * sizeof *v);
    for (int32_t k = 0; k < h->count; k++)
        for (int64_t m = 0; m < t->size; m++)
            v[m] += (k == 0 ? last : c[k - 1]) * h->potentials[k * t->size + m];
    for (int64_t i = 0; h->count > 0 && i < t->n; i++)
        if (!was_near(h, t, i)) forget_atom(t, i, v);
    return LRPOT_OK;
}

lrpot_status lrpot__density_keep(const lrpot__charge_call *call, const lrpot__density_terms *t,
                                 const double *v)
{
    history *h = NULL;
    int64_t n = 3 * t->n, size = t->size;
    LRPOT__TRY(find(call->work, &h));
    LRPOT__TRY(lrpot__grow((void **)&h->places, &h->capacities[0], KEPT * n, sizeof(double)));
    LRPOT__TRY(
        lrpot__grow((void **)&h->potentials, &h->capacities[1], KEPT * size, sizeof(double)));
    h->n = t->n, h->size = size;
    h->held = h->count < KEPT ? h->count + 1 : KEPT;
    if (n == 0) return LRPOT_OK;
    memmove(h->places + n, h->places, (size_t)(FREE * n) * sizeof *h->places);
    memmove(h->potentials + size, h->potentials, (size_t)(FREE * size) * sizeof *v);
    for (int64_t i = 0; i < t->n; i++) memcpy(h->places + 3 * i, place(t, i), 3 * sizeof(double));
    memcpy(h->potentials, v, (size_t)size * sizeof *v);
    return LRPOT_OK;
}
