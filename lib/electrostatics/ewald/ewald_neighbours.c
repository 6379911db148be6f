/* Neighbour list of the solver, built when no list was lent, or one with too small a cutoff. */
#include "electrostatics/ewald/ewald_neighbours.h"

#include "core/memory.h"
#include "core/struct_size.h"
#include "core/workspace.h"
#include "structure/nlist_rows.h"

#include <math.h>
#include <string.h>

static const lrpot__tag list_tag = { "neighbour list of the Coulomb sum" };

/* A: skin of the list of a system whose atoms moved little between two calls. The list then lasts
 * for several steps. */
#define SKIN 0.4

/* List kept in the workspace, with the positions for which it was built. */
typedef struct {
    lrpot_nlist *list;
    double cutoff, skin, cell[9];
    int32_t periodic_mask;
    double *positions; /* [n][3] */
    int64_t n, capacity;
} own_list;

static void free_own_list(void *object)
{
    own_list *own = object;
    lrpot_nlist_free(own->list);
    lrpot__free(own->positions);
    lrpot__free(own);
}

/* Largest displacement of an atom since the list was made; infinite for another system. */
static double moved(const own_list *own, const lrpot_atoms *atoms, double cutoff)
{
    int64_t stride = atoms->stride > 0 ? atoms->stride : 3;
    double largest = 0.0;
    if (own->list == NULL || own->n != atoms->n_owned || own->cutoff != cutoff
        || own->periodic_mask != atoms->periodic_mask
        || memcmp(own->cell, atoms->cell, sizeof own->cell) != 0)
        return INFINITY;
    for (int64_t i = 0; i < own->n; i++) {
        const double *r = atoms->positions + i * stride, *old = own->positions + 3 * i;
        double square = (r[0] - old[0]) * (r[0] - old[0]) + (r[1] - old[1]) * (r[1] - old[1])
                        + (r[2] - old[2]) * (r[2] - old[2]);
        largest = fmax(largest, square);
    }
    return sqrt(largest);
}

static lrpot_status remember(own_list *own, const lrpot_atoms *atoms, double cutoff, double skin)
{
    int64_t stride = atoms->stride > 0 ? atoms->stride : 3;
    LRPOT__TRY(
        lrpot__grow((void **)&own->positions, &own->capacity, 3 * atoms->n_owned, sizeof(double)));
    for (int64_t i = 0; i < atoms->n_owned; i++)
        memcpy(own->positions + 3 * i, atoms->positions + i * stride, 3 * sizeof(double));
    memcpy(own->cell, atoms->cell, sizeof own->cell);
    own->periodic_mask = atoms->periodic_mask;
    own->n = atoms->n_owned;
    own->cutoff = cutoff;
    own->skin = skin;
    return LRPOT_OK;
}

static lrpot_status search(own_list *own, const lrpot_atoms *atoms, double cutoff, double skin)
{
    if (own->list != NULL && own->cutoff == cutoff && own->skin == skin) {
        own->n = -1; /* marks the list invalid in case the search fails */
        LRPOT__TRY(lrpot_nlist_rebuild(own->list, atoms));
    } else {
        lrpot_nlist_free(own->list);
        own->list = NULL;
        LRPOT__TRY(lrpot_nlist_build(&own->list, atoms, cutoff, skin));
    }
    return remember(own, atoms, cutoff, skin);
}

lrpot_status lrpot__ewald_neighbours(const lrpot__sum *sum, lrpot_workspace *work,
                                     const lrpot_nlist **out)
{
    static const double none[9] = { 0.0 };
    lrpot_atoms owned;
    LRPOT__COPY_INPUT(&owned, sum->atoms);
    double cutoff = sum->split.pair.cutoff;
    owned.n_all = owned.n_owned; /* the search finds images by the cell */
    owned.ghost_owner = NULL;
    if (owned.cell == NULL) owned.cell = none;
    own_list *own = lrpot__workspace_kept(work, &list_tag);
    if (own == NULL) {
        own = lrpot__calloc(1, sizeof *own);
        if (own == NULL) return LRPOT_E_MEMORY;
        LRPOT__TRY(lrpot__workspace_keep(work, &list_tag, own, free_own_list));
    }
    double distance = moved(own, &owned, cutoff);
    if (distance > 0.5 * own->skin || (distance > 0.0 && own->skin == 0.0))
        LRPOT__TRY(search(own, &owned, cutoff, distance < SKIN ? SKIN : 0.0));
    *out = own->list;
    return LRPOT_OK;
}
