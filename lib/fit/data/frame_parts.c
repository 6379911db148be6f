#include "fit/data/frame_parts.h"

#include "core/error.h"
#include "core/memory.h"
#include "fit/data/frame_density.h"

static void drop_neighbours(lrpot__frame_pairs *pairs)
{
    lrpot_nlist_free(pairs->list);
    lrpot__free(pairs->offsets);
    lrpot__free(pairs->j);
    lrpot__free(pairs->vectors);
    pairs->list = NULL;
    pairs->offsets = NULL;
    pairs->j = NULL;
    pairs->vectors = NULL;
}

static lrpot_status copy_neighbours(lrpot__frame *frame)
{
    const lrpot_atoms *atoms = &frame->atoms;
    lrpot__frame_pairs *pairs = &frame->neighbours;
    LRPOT__TRY(lrpot_nlist_build(&pairs->list, atoms, pairs->reach, 0.0));
    pairs->count = lrpot_nlist_pairs(pairs->list);
    pairs->most = 0;
    pairs->offsets = lrpot__calloc(frame->n + 1, sizeof *pairs->offsets);
    pairs->j = lrpot__calloc(pairs->count, sizeof *pairs->j);
    pairs->vectors = lrpot__calloc(3 * pairs->count, sizeof *pairs->vectors);
    if (pairs->offsets == NULL || pairs->j == NULL || pairs->vectors == NULL) return LRPOT_E_MEMORY;
    for (int64_t i = 0; i < frame->n; i++) {
        int64_t at = pairs->offsets[i],
                here = lrpot_nlist_row(pairs->list, atoms, i, pairs->count - at, pairs->j + at,
                                       pairs->vectors + 3 * at);
        pairs->offsets[i + 1] = at + here;
        if (here > pairs->most) pairs->most = here;
    }
    return LRPOT_OK;
}

int lrpot__frame_is_strained(const lrpot__frame *frame)
{
    int strained = 0;
    for (int t = 0; t < LRPOT__TARGETS && frame->periodic; t++)
        strained |= lrpot__targets[t]->by_strain && lrpot__frame_has(frame, t);
    return strained;
}

/* The gradient comes as [charge i of the force][3][charge j] and is kept with j first. Strains
 * serve stresses alone. */
static lrpot_status coulomb_matrices(lrpot__frame *frame, const lrpot_potential *potential,
                                     lrpot_workspace *work)
{
    int64_t n = frame->n, n2 = n * n;
    int strained = lrpot__frame_is_strained(frame);
    double *gradient = lrpot__calloc(3 * n2, sizeof(double));
    lrpot__frame_coulomb *c = &frame->coulomb;
    c->matrix = lrpot__calloc(n2, sizeof(double));
    c->gradient = lrpot__calloc(3 * n2, sizeof(double));
    if (strained) c->strain = lrpot__calloc(6 * n2, sizeof(double));
    lrpot_status status = LRPOT_E_MEMORY;
    if (gradient != NULL && c->matrix != NULL && c->gradient != NULL
        && (!strained || c->strain != NULL))
        status = lrpot_ewald_matrix(lrpot_potential_ewald(potential), work, &frame->atoms,
                                    c->matrix, gradient, c->strain);
    for (int64_t row = 0; status == LRPOT_OK && row < 3 * n; row++)
        for (int64_t j = 0; j < n; j++) c->gradient[j * 3 * n + row] = gradient[row * n + j];
    lrpot__free(gradient);
    return status;
}

lrpot_status lrpot__frame_take_neighbours(lrpot__frame *frame)
{
    return frame->neighbours.list == NULL ? copy_neighbours(frame) : LRPOT_OK;
}

lrpot_status lrpot__frame_take(lrpot__frame *frame, const lrpot_potential *potential,
                               lrpot_workspace *work)
{
    LRPOT__TRY(lrpot__frame_take_neighbours(frame));
    if (lrpot__frame_density_doubles(potential, frame->n) > 0)
        return frame->coulomb.moments != NULL
                   ? LRPOT_OK
                   : lrpot__frame_density_prepare(frame, potential, work);
    if (lrpot_potential_ewald(potential) == NULL || frame->coulomb.matrix != NULL) return LRPOT_OK;
    return coulomb_matrices(frame, potential, work);
}

void lrpot__frame_leave(lrpot__frame *frame)
{
    lrpot__frame_coulomb *c = &frame->coulomb;
    if (frame->kept) return;
    drop_neighbours(&frame->neighbours);
    lrpot__free(c->matrix);
    lrpot__free(c->gradient);
    lrpot__free(c->strain);
    lrpot__free(c->moments);
    c->matrix = c->gradient = c->strain = c->moments = NULL;
}

lrpot_status lrpot__frame_extend(lrpot__frame *frame, double cutoff)
{
    if (cutoff <= frame->neighbours.reach) return LRPOT_OK;
    frame->neighbours.reach = cutoff;
    drop_neighbours(&frame->neighbours);
    return lrpot__frame_take_neighbours(frame);
}
