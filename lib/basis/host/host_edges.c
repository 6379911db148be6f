#include "basis/host/host_edges.h"

#include "core/error.h"
#include "core/struct_size.h"
#include "core/workspace.h"
#include "structure/nlist.h"

#include <math.h>
#include <string.h>

#define COINCIDENT 1e-6 /* A: distance below which two atoms are at the same place */

static const lrpot__tag offsets_tag = { "rows of the host's edges" };
static const lrpot__tag neighbours_tag = { "neighbours of the host's edges" };
static const lrpot__tag vectors_tag = { "vectors of the host's edges" };

/* Keeps the entries of a row within the cutoff; returns their number, -1 at coincident atoms. */
static int64_t keep_near(double cutoff, int64_t count, int32_t *j, double *vectors)
{
    int64_t kept = 0;
    for (int64_t k = 0; k < count; k++) {
        const double *d = vectors + 3 * k;
        double r = sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2]);
        if (r < COINCIDENT) return -1;
        if (r >= cutoff) continue;
        j[kept] = j[k];
        memmove(vectors + 3 * kept, d, 3 * sizeof *d);
        kept++;
    }
    return kept;
}

static lrpot_status fill(const lrpot_atoms *atoms, const lrpot_nlist *list, double cutoff,
                         int64_t room, int64_t *offsets, int32_t *j, double *vectors)
{
    offsets[0] = 0;
    for (int64_t i = 0; i < atoms->n_owned; i++) {
        int64_t at = offsets[i],
                count = lrpot_nlist_row(list, atoms, i, room - at, j + at, vectors + 3 * at),
                kept = count < 0 ? count : keep_near(cutoff, count, j + at, vectors + 3 * at);
        if (count < 0)
            return lrpot__fail(LRPOT_E_ARGUMENT, "atom %lld has no row in the list", (long long)i);
        if (kept < 0)
            return lrpot__fail(LRPOT_E_COINCIDENT,
                               "atom %lld and a neighbour have the same position", (long long)i);
        offsets[i + 1] = at + kept;
    }
    return LRPOT_OK;
}

lrpot_status lrpot__host_edges_make(lrpot_workspace *work, const lrpot_atoms *atoms,
                                    const lrpot_nlist *list, double cutoff, lrpot_host_edges *out)
{
    lrpot__rows rows;
    int64_t room = lrpot_nlist_pairs(list);
    void *offsets = NULL;
    int32_t *j = NULL;
    double *vectors = NULL;
    LRPOT__TRY(lrpot__nlist_rows(list, atoms, cutoff, &rows));
    LRPOT__TRY(lrpot__workspace_block(work, &offsets_tag, 0, atoms->n_owned + 1, sizeof(int64_t),
                                      &offsets));
    LRPOT__TRY(lrpot__workspace_int32s(work, &neighbours_tag, room + 1, &j));
    LRPOT__TRY(lrpot__workspace_doubles(work, &vectors_tag, 3 * (room + 1), &vectors));
    LRPOT__TRY(fill(atoms, list, cutoff, room, offsets, j, vectors));
    *out = (lrpot_host_edges){ .struct_size = sizeof *out,
                               .n_atoms = atoms->n_owned,
                               .n_edges = ((int64_t *)offsets)[atoms->n_owned],
                               .offsets = offsets,
                               .neighbours = j,
                               .vectors = vectors,
                               .species = atoms->species,
                               .atoms = atoms };
    return LRPOT_OK;
}
