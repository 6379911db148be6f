/* Unwrapping of fragments for dipoles of periodic systems, and the directions that repeat. */
#include "response/unwrap.h"

#include "charges/charge_eval.h"
#include "core/algebra.h"
#include "core/error.h"
#include "core/struct_size.h"
#include "core/workspace.h"
#include "structure/atoms_check.h"
#include "structure/electrodes.h"
#include "structure/nlist.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const lrpot__tag moment_tag = { "unwrapped positions" };
static const lrpot__tag weight_tag = { "positions along directions without images" };
static const lrpot__tag edges_tag = { "links of fragments" };
static const lrpot__tag parents_tag = { "trees of fragments" };

#define REACH 6.0 /* A: largest gap between parts of a fragment */
/* a fragment whose distance to its own image is below 1.1 times its largest gap cannot be
 * unwrapped */
#define MARGIN 1.1

/* Gram-Schmidt orthogonalisation of the rows that repeat. */
static void project_along(const lrpot_atoms *atoms, double *along)
{
    double found[3][3];
    int n = 0;
    memset(along, 0, 9 * sizeof *along);
    for (int row = 0; row < 3; row++) {
        if (!(atoms->periodic_mask & 1 << row)) continue;
        double v[3] = { atoms->cell[3 * row], atoms->cell[3 * row + 1], atoms->cell[3 * row + 2] };
        for (int pass = 0; pass < 2; pass++)
            for (int k = 0; k < n; k++) {
                double part = lrpot__dot3(v, found[k]);
                for (int a = 0; a < 3; a++) v[a] -= part * found[k][a];
            }
        double length = sqrt(lrpot__dot3(v, v));
        for (int a = 0; a < 3; a++) found[n][a] = v[a] / length;
        n++;
    }
    for (int k = 0; k < n; k++)
        for (int a = 0; a < 9; a++) along[a] += found[k][a / 3] * found[k][a % 3];
    for (int a = 0; n == 3 && a < 9; a++) along[a] = a % 4 == 0 ? 1.0 : 0.0;
}

/* Two neighbouring atoms of a fragment, the second in the cell `image`. */
typedef struct {
    double square;
    int32_t i, j;
    int32_t image[3];
} edge;

/* Node of an atom in the tree: images add up along the path to the root. */
typedef struct {
    int32_t parent, size; /* size of the tree, at its root */
    int32_t image[3];     /* image of the atom, with its parent in the cell 0 */
} node;

typedef struct {
    const lrpot_atoms *atoms;
    node *nodes;      /* [n] */
    int64_t *missing; /* [fragments]: number of links until a fragment is connected */
    double *longest;  /* [fragments]: square of the last link */
} forest;

static int shorter_first(const void *a, const void *b)
{
    const edge *x = a, *y = b;
    if (x->square != y->square) return x->square > y->square ? 1 : -1;
    if (x->i != y->i) return x->i > y->i ? 1 : -1;
    return (x->j > y->j) - (x->j < y->j);
}

/* Root of an atom; image: the atom's image with the root in the cell 0. Shortens the path. */
static int32_t root_of(forest *f, int32_t i, int32_t image[3])
{
    node *n = &f->nodes[i];
    if (n->parent != i) {
        int32_t up[3];
        int32_t root = root_of(f, n->parent, up);
        if (n->parent != root)
            for (int a = 0; a < 3; a++) n->image[a] += up[a];
        n->parent = root;
    }
    memcpy(image, n->image, 3 * sizeof *image);
    return n->parent;
}

static lrpot_status refuse_endless_fragment(int32_t fragment, double length)
{
    return lrpot__fail(LRPOT_E_UNSUPPORTED,
                       "fragment %d is bonded to its own periodic image: an image of one of its "
                       "atoms is %.3g A from another, so that its dipole is not defined",
                       fragment, length);
}

/* Joins two trees, or finds that they are one already. Links come in ascending length. */
static lrpot_status add_link(forest *f, const edge *e)
{
    int32_t a[3], b[3], fragment = f->atoms->fragments[e->i];
    if (f->missing[fragment] == 0 && e->square > MARGIN * MARGIN * f->longest[fragment])
        return LRPOT_OK;
    int32_t from = root_of(f, e->i, a), to = root_of(f, e->j, b);
    if (from == to) {
        for (int d = 0; d < 3; d++)
            if (a[d] + e->image[d] != b[d])
                return refuse_endless_fragment(fragment, sqrt(e->square));
        return LRPOT_OK;
    }
    /* the smaller tree goes below the larger: paths to the root stay short */
    int turned = f->nodes[to].size > f->nodes[from].size;
    node *lower = &f->nodes[turned ? from : to], *upper = &f->nodes[turned ? to : from];
    lower->parent = turned ? to : from;
    upper->size += lower->size;
    for (int d = 0; d < 3; d++) lower->image[d] = (turned ? -1 : 1) * (a[d] + e->image[d] - b[d]);
    f->missing[fragment]--;
    f->longest[fragment] = e->square;
    return LRPOT_OK;
}

static lrpot_status collect_links(lrpot_workspace *work, const lrpot_atoms *atoms,
                                  const lrpot_nlist *list, edge **edges, int64_t *count)
{
    lrpot__rows rows;
    void *block = NULL;
    LRPOT__TRY(lrpot__nlist_rows(list, atoms, REACH, &rows));
    LRPOT__TRY(lrpot__workspace_block(work, &edges_tag, 0, lrpot_nlist_pairs(list) + 1,
                                      sizeof(edge), &block));
    *edges = block;
    *count = 0;
    for (int64_t i = 0; i < atoms->n_owned; i++) {
        lrpot__row row = lrpot__nlist_get_row(&rows, i);
        for (int64_t k = 0; k < row.count; k++) {
            int64_t j = row.j[k], stride = atoms->stride > 0 ? atoms->stride : 3;
            if (j < i || atoms->fragments[i] != atoms->fragments[j]) continue;
            edge e = { 0.0, (int32_t)i, (int32_t)j, { 0, 0, 0 } };
            if (row.image != NULL) memcpy(e.image, rows.images + 3 * row.image[k], sizeof e.image);
            for (int a = 0; a < 3; a++) {
                double d = atoms->positions[j * stride + a] - atoms->positions[i * stride + a];
                d += e.image[0] * atoms->cell[a] + e.image[1] * atoms->cell[3 + a]
                     + e.image[2] * atoms->cell[6 + a];
                e.square += d * d;
            }
            (*edges)[(*count)++] = e;
        }
    }
    qsort(*edges, (size_t)*count, sizeof **edges, shorter_first);
    return LRPOT_OK;
}

static lrpot_status start_forest(lrpot_workspace *work, const lrpot_atoms *atoms, forest *f)
{
    void *block = NULL;
    int64_t n = atoms->n_owned, links = (n * (int64_t)sizeof(node) + 7) / 8;
    LRPOT__TRY(lrpot__workspace_block(
        work, &parents_tag, 0, links + 2 * (int64_t)atoms->n_fragments, sizeof(double), &block));
    f->atoms = atoms;
    f->nodes = block;
    f->longest = (double *)block + links;
    f->missing = (int64_t *)(f->longest + atoms->n_fragments);
    for (int32_t k = 0; k < atoms->n_fragments; k++) f->missing[k] = -1, f->longest[k] = 0.0;
    for (int64_t i = 0; i < n; i++) {
        f->nodes[i] = (node){ (int32_t)i, 1, { 0, 0, 0 } };
        f->missing[atoms->fragments[i]]++;
    }
    return LRPOT_OK;
}

/* Unwraps each fragment: moves its atoms to the images connected by the shortest links. */
static lrpot_status make_whole(lrpot_workspace *work, const lrpot_atoms *atoms, double *positions)
{
    lrpot_nlist *list = NULL;
    edge *edges = NULL;
    int64_t count = 0;
    forest f;
    LRPOT__TRY(lrpot_nlist_build(&list, atoms, REACH, 0.0));
    lrpot_status status = collect_links(work, atoms, list, &edges, &count);
    lrpot_nlist_free(list);
    LRPOT__TRY(status);
    LRPOT__TRY(start_forest(work, atoms, &f));
    for (int64_t e = 0; e < count; e++) LRPOT__TRY(add_link(&f, &edges[e]));
    for (int32_t k = 0; k < atoms->n_fragments; k++)
        if (f.missing[k] > 0)
            return lrpot__fail(
                LRPOT_E_UNSUPPORTED,
                "fragment %d has parts more than %g A apart, so that its dipole is not defined", k,
                REACH);
    for (int32_t i = 0; i < atoms->n_owned; i++) {
        int32_t image[3];
        (void)root_of(&f, i, image);
        for (int a = 0; a < 3; a++)
            positions[3 * i + a] += image[0] * atoms->cell[a] + image[1] * atoms->cell[3 + a]
                                    + image[2] * atoms->cell[6 + a];
    }
    return LRPOT_OK;
}

static lrpot_status check_fragments(const lrpot_charges *charges, const lrpot_atoms *atoms,
                                    const lrpot_comm *comm, const char *what)
{
    if (atoms->fragments == NULL)
        return lrpot__fail(LRPOT_E_UNSUPPORTED,
                           "%s of a periodic system with charge model '%s': its charges respond "
                           "over the whole system, as in a metal, so that there is no long-wave "
                           "limit; give fragments of fixed charge",
                           what, charges->rules->name);
    if (comm != NULL && comm->sum != NULL)
        return lrpot__fail(LRPOT_E_UNSUPPORTED, "%s of periodic fragments in several processes",
                           what);
    return LRPOT_OK;
}

static lrpot_status make_places(const lrpot_charges *charges, lrpot_workspace *work,
                                const lrpot_atoms *atoms, const double *unwrapped, int flowing,
                                lrpot__unwrapped *out)
{
    double *moment = NULL, *weight = NULL;
    int64_t n = atoms->n_owned, stride = atoms->stride > 0 ? atoms->stride : 3;
    LRPOT__TRY(lrpot__workspace_doubles(work, &moment_tag, 3 * n, &moment));
    LRPOT__TRY(lrpot__workspace_doubles(work, &weight_tag, 3 * n, &weight));
    for (int64_t i = 0; i < n; i++)
        memcpy(moment + 3 * i,
               unwrapped != NULL ? unwrapped + 3 * i : atoms->positions + i * stride,
               3 * sizeof(double));
    project_along(atoms, out->along);
    if (flowing && lrpot__charges_have_energy(charges) && atoms->periodic_mask != 0
        && unwrapped == NULL) {
        lrpot_atoms owned;
        LRPOT__COPY_INPUT(&owned, atoms);
        owned.n_all = n; /* images come from the cell */
        owned.ghost_owner = NULL;
        LRPOT__TRY(make_whole(work, &owned, moment));
    }
    out->moment = moment;
    out->weight = flowing || atoms->periodic_mask == 0 ? moment : weight;
    for (int64_t i = 0; out->weight == weight && i < n; i++)
        for (int a = 0; a < 3; a++) {
            const double *r = out->moment + 3 * i;
            weight[3 * i + a] = atoms->periodic_mask == LRPOT_PERIODIC_ALL
                                    ? 0.0
                                    : r[a] - lrpot__dot3(out->along + 3 * a, r);
        }
    return LRPOT_OK;
}

static lrpot_status check_places(const lrpot_charges *charges, const lrpot_atoms *atoms,
                                 const lrpot_comm *comm, const char *what)
{
    if (atoms->potential_reference == LRPOT_POTENTIALS_VACUUM || atoms->periodic_mask != 0)
        LRPOT__TRY(lrpot__refuse_electrodes(atoms, what));
    if (atoms->periodic_mask == 0) return LRPOT_OK;
    LRPOT__TRY(lrpot__charges_require_derivatives(charges, what));
    return lrpot__charges_have_energy(charges) ? check_fragments(charges, atoms, comm, what)
                                               : LRPOT_OK;
}

lrpot_status lrpot__unwrap(const lrpot_charges *charges, lrpot_workspace *work,
                           const lrpot_atoms *atoms, const lrpot_comm *comm, const char *what,
                           lrpot__unwrapped *out)
{
    LRPOT__TRY(check_places(charges, atoms, comm, what));
    return make_places(charges, work, atoms, NULL, lrpot__charges_have_energy(charges), out);
}

lrpot_status lrpot__unwrap_dielectric(const lrpot_charges *charges, lrpot_workspace *work,
                                      const lrpot_atoms *atoms, lrpot__unwrapped *out)
{
    return make_places(charges, work, atoms, NULL, 0, out);
}

lrpot_status lrpot__unwrap_in_field(const lrpot_charges *charges, lrpot_workspace *work,
                                    const lrpot_atoms *atoms, const lrpot_comm *comm,
                                    const lrpot_field *field, const char *what,
                                    lrpot__unwrapped *out)
{
    LRPOT__TRY(check_places(charges, atoms, comm, what));
    return make_places(charges, work, atoms, field->positions,
                       lrpot__charges_have_energy(charges) || field->form == LRPOT_DIPOLE_POSITIONS,
                       out);
}
