#include "potential/pair_terms.h"

#include "core/algebra.h"
#include "core/error.h"
#include "core/workspace.h"
#include "potential/core_repulsion.h"
#include "potential/gap_barrier.h"
#include "structure/nlist.h"

#include <math.h>

static const lrpot__tag row_tag = { "neighbours of pair terms" };
static const lrpot__tag vectors_tag = { "vectors of pair terms" };

/* Either is NULL where there is nothing to add. */
typedef struct {
    const lrpot__core *core;
    const lrpot__gap_barrier *barrier;
    int32_t n_species;
    double reach;
} terms;

static terms terms_of(const lrpot_potential *potential, int close)
{
    terms t = { close ? potential->core : NULL, potential->barrier, potential->n_species, 0.0 };
    if (t.core != NULL) t.reach = t.core->reach;
    if (t.barrier != NULL) t.reach = fmax(t.reach, t.barrier->reach);
    return t;
}

/* pair: index into [S][S]. */
static double eval(const terms *t, int32_t pair, double r, double *derivative)
{
    double energy = 0.0, slope;
    *derivative = 0.0;
    if (t->core != NULL) energy = lrpot__zbl_eval(&t->core->pairs[pair], r, derivative);
    if (t->barrier != NULL) {
        energy += lrpot__gap_barrier_eval(t->barrier, pair, r, &slope);
        *derivative += slope;
    }
    return energy;
}

/* Half of a pair's energy belongs to the centre; the other half comes with its other row. */
static void add_pair(const lrpot_atoms *atoms, int64_t i, int64_t j, const double *d, double r,
                     double slope, lrpot_outputs *out)
{
    int64_t to = j >= atoms->n_owned && atoms->ghost_owner != NULL ? atoms->ghost_owner[j] : j;
    for (int a = 0; a < 3; a++) {
        double g = 0.5 * slope * d[a] / r;
        if (out->forces != NULL) {
            out->forces[3 * i + a] += g;
            out->forces[3 * to + a] -= g;
        }
        for (int b = 0; b < 3; b++) {
            if (out->virial != NULL) out->virial[3 * b + a] -= d[b] * g;
            if (out->virial_atom != NULL) out->virial_atom[9 * to + 3 * b + a] -= d[b] * g;
        }
    }
}

static double add_row(const terms *t, const lrpot_atoms *atoms, int64_t i, int64_t count,
                      const int32_t *row, const double *vectors, lrpot_outputs *out)
{
    double energy = 0.0;
    for (int64_t k = 0; k < count; k++) {
        const double *d = vectors + 3 * k, square = lrpot__dot3(d, d);
        int32_t pair = atoms->species[i] * t->n_species + atoms->species[row[k]];
        if (square >= t->reach * t->reach) continue;
        double slope, r = sqrt(square);
        energy += 0.5 * eval(t, pair, r, &slope);
        if (slope != 0.0) add_pair(atoms, i, row[k], d, r, slope, out);
    }
    return energy;
}

lrpot_status lrpot__pair_terms_add(const lrpot_potential *potential, int close,
                                   lrpot_workspace *work, const lrpot_atoms *atoms,
                                   const lrpot_nlist *list, lrpot_outputs *out)
{
    const terms t = terms_of(potential, close);
    lrpot__rows rows;
    int32_t *row = NULL;
    double *vectors = NULL;
    if (t.reach == 0.0) return LRPOT_OK;
    LRPOT__TRY(lrpot__nlist_rows(list, atoms, t.reach, &rows));
    LRPOT__TRY(lrpot__workspace_int32s(work, &row_tag, rows.max_count, &row));
    LRPOT__TRY(lrpot__workspace_doubles(work, &vectors_tag, 3 * rows.max_count, &vectors));
    for (int64_t i = 0; i < atoms->n_owned; i++) {
        int64_t count = lrpot_nlist_row(list, atoms, i, rows.max_count, row, vectors);
        double energy = add_row(&t, atoms, i, count, row, vectors, out);
        if (out->energy != NULL) *out->energy += energy;
        if (out->energy_atom != NULL) out->energy_atom[i] += energy;
    }
    return LRPOT_OK;
}
