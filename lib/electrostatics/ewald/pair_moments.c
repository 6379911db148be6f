#include "electrostatics/ewald/pair_moments.h"

#include "core/error.h"
#include "core/workspace.h"
#include "electrostatics/ewald/pair_walk.h"
#include "electrostatics/ewald/self_energy.h"

#include <math.h>
#include <string.h>

static const lrpot__tag weights_tag = { "weights of the moments" };
static const lrpot__tag fields_tag = { "potentials and fields of the moments" };

typedef struct {
    const lrpot__pair_walk *walk;
    double *moments;
} rows;

static double add_row(const void *ctx, int64_t i, double *virial)
{
    const rows *p = ctx;
    const lrpot__sum *sum = p->walk->sum;
    lrpot__row row = lrpot__pair_walk_row(p->walk, i);
    double least = INFINITY, half = 0.5 * lrpot__sum_constant(sum);
    (void)virial;
    for (int64_t k = 0; k < row.count; k++) {
        int64_t j;
        double d[3], square, value, strength;
        if (!lrpot__pair_walk_next(p->walk, &row, i, k, &j, d, &square)) continue;
        least = fmin(least, square);
        if (square == 0.0) continue;
        lrpot__pair_eval(&sum->split.pair, lrpot__pair_gamma(sum->ewald, sum->atoms, i, j), square,
                         &value, &strength);
        for (int a = 0; a < 3; a++) p->moments[3 * i + a] += half * sum->q[j] * value * d[a];
    }
    return least;
}

lrpot_status lrpot__pair_moments(const lrpot__sum *sum, lrpot_workspace *work,
                                 const lrpot_nlist *list, double *moments)
{
    lrpot__pair_walk walk;
    rows visited = { &walk, moments };
    double unused[9] = { 0.0 };
    int64_t coincident_atom;
    LRPOT__TRY(lrpot__pair_walk_open(sum, work, list, &walk));
    LRPOT__TRY(lrpot__pair_walk_atoms(sum, work, add_row, &visited, unused, &coincident_atom));
    return coincident_atom >= 0 ? lrpot__pair_walk_coincident(coincident_atom) : LRPOT_OK;
}

/* The transform of r G(r) is i dG/dk = -i k logarithmic G. So the moments are fields of weights
 * that are multiplied by `logarithmic`, times -1/2. */
lrpot_status lrpot__kspace_moments(const lrpot__sum *sum, lrpot_workspace *work,
                                   const lrpot__kspace *k, double *moments)
{
    int64_t n = sum->atoms->n_owned;
    lrpot__kspace sloped = *k;
    lrpot__sum_results fields = { 0 };
    LRPOT__TRY(lrpot__workspace_doubles(work, &weights_tag, k->n_vectors, &sloped.weight));
    for (int64_t v = 0; v < k->n_vectors; v++) sloped.weight[v] = k->weight[v] * k->logarithmic[v];
    LRPOT__TRY(lrpot__workspace_doubles(work, &fields_tag, 4 * n, &fields.potential));
    fields.field = fields.potential + n;
    memset(fields.potential, 0, 4 * (size_t)n * sizeof(double));
    LRPOT__TRY(lrpot__kspace_collect(sum, work, &sloped, &fields));
    for (int64_t x = 0; x < 3 * n; x++) moments[x] -= 0.5 * fields.field[x];
    return LRPOT_OK;
}
