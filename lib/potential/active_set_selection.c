/* Selection of atoms for an active set by a model, and the grades of atoms. */
#include "potential/active_set_selection.h"

#include "basis/basis.h"
#include "charges/heads.h"
#include "core/error.h"
#include "core/memory.h"
#include "core/workspace.h"
#include "potential/active_set.h"
#include "potential/maxvol.h"
#include "potential/model.h"
#include "potential/radial_directions.h"
#include "potential/structure_input.h"
#include "structure/atoms_check.h"

#include <math.h>
#include <string.h>

static const lrpot__tag features_tag = { "features" };
static const lrpot__tag rows_tag = { "rows of the active set" };
static const lrpot__tag coefficients_tag = { "coefficients of the rows" };
static const lrpot__tag lots_tag = { "lots of the species" };

/* Columns of a row: features of a basis, or derivatives of a head by its radial coefficients. */
typedef struct {
    const lrpot_basis *basis;
    lrpot__request head;
    int radial; /* 1: derivatives */
    int64_t count;
} block;

enum { BLOCKS_MOST = 4 };

static block features_of(const lrpot_basis *basis)
{
    return (block){ .basis = basis, .count = lrpot_basis_count(basis) };
}

static block slopes_of(const lrpot_basis *basis, lrpot__request head)
{
    return (block){
        .basis = basis, .head = head, .radial = 1, .count = lrpot__radial_directions(basis)
    };
}

/* Features of the energy, and of the charges if they have another basis; then the derivatives of
 * both. Returns the number of blocks. */
static int blocks_of(const lrpot_potential *potential, int32_t kind, block *blocks)
{
    const lrpot_charges *charges = potential->charges;
    const lrpot_basis *own = charges != NULL ? lrpot_charges_basis(charges) : NULL;
    int n = 0;
    blocks[n++] = features_of(potential->basis);
    if (own != NULL && own != potential->basis) blocks[n++] = features_of(own);
    if (kind == LRPOT_ACTIVE_SET_FEATURES) return n;
    blocks[n++] = slopes_of(potential->basis, lrpot__potential_request(potential));
    if (own != NULL) blocks[n++] = slopes_of(own, lrpot__head_request(charges, 0));
    return n;
}

static int64_t width_of(const lrpot_potential *potential, int32_t kind)
{
    block blocks[BLOCKS_MOST];
    int64_t width = 1;
    for (int b = blocks_of(potential, kind, blocks) - 1; b >= 0; b--) width += blocks[b].count;
    return width;
}

/* Number of columns kept of each block in rows of n numbers: all, or in proportion. */
static void columns_kept(const block *blocks, int count, int64_t n, int64_t *kept)
{
    int64_t all = 0;
    for (int b = 0; b < count; b++) all += blocks[b].count;
    int64_t room = n - 1 < all ? n - 1 : all;
    kept[0] = room;
    for (int b = 1; b < count; b++) {
        kept[b] = room * blocks[b].count / all;
        kept[0] -= kept[b];
    }
}

/* FNV-1a hash of all data that determine the features. An active set is not valid for a model with
 * other features. */
static uint64_t mark_bytes(uint64_t mark, const void *bytes, size_t size)
{
    for (const unsigned char *b = bytes; size > 0; b++, size--) mark = (mark ^ *b) * 0x100000001b3u;
    return mark;
}

static uint64_t mark_basis(uint64_t mark, const lrpot_basis *basis)
{
    const lrpot_basis_options *o = &basis->options;
    const double lengths[3] = { o->min_distance, o->cutoff, o->scaling };
    const int32_t sizes[4] = { o->level, o->n_species, o->radial_size, o->radial_step };
    size_t n = (size_t)o->n_species * (size_t)o->n_species * (size_t)o->radial_size
               * (size_t)basis->plan->n_radial;
    mark = mark_bytes(mark_bytes(mark, lengths, sizeof lengths), sizes, sizeof sizes);
    return mark_bytes(mark, basis->radial, n * sizeof(double));
}

/* Rows of derivatives depend on the coefficients of their head, too. */
static uint64_t mark_head(uint64_t mark, const block *b)
{
    const lrpot__request *head = &b->head;
    size_t rows = head->species_stride != 0 ? (size_t)b->basis->options.n_species : 1,
           count = rows * (size_t)lrpot_basis_count(b->basis);
    if (head->coefficients != NULL)
        mark = mark_bytes(mark, head->coefficients, count * sizeof(double));
    if (head->network == NULL) return mark;
    return mark_bytes(mark, head->network->weights,
                      (size_t)lrpot__network_count(head->network) * sizeof(double));
}

static uint64_t mark_of(const lrpot_potential *potential, int32_t kind)
{
    block blocks[BLOCKS_MOST];
    uint64_t mark = 0xcbf29ce484222325u;
    for (int b = blocks_of(potential, kind, blocks) - 1; b >= 0; b--)
        mark = blocks[b].radial ? mark_head(mark, &blocks[b]) : mark_basis(mark, blocks[b].basis);
    return mark;
}

lrpot_status lrpot_active_set_create_kind(lrpot_active_set **out, const lrpot_potential *potential,
                                          int32_t kind, int64_t most)
{
    LRPOT__REQUIRE_NOT_NULL(out);
    LRPOT__REQUIRE_NOT_NULL(potential);
    if (kind != LRPOT_ACTIVE_SET_FEATURES && kind != LRPOT_ACTIVE_SET_PARAMETERS)
        return lrpot__fail(LRPOT_E_ARGUMENT, "kind is %d, expected one of LRPOT_ACTIVE_SET_*",
                           kind);
    if (most != 0 && most < 2)
        return lrpot__fail(LRPOT_E_ARGUMENT, "most = %lld rows, expected at least 2, or 0",
                           (long long)most);
    LRPOT__TRY(lrpot__basis_trained(potential->basis, "an active set"));
    int64_t width = width_of(potential, kind);
    return lrpot__active_set_assemble(
        out, kind, potential->n_species, lrpot_potential_symbols(potential),
        most == 0 || width < most ? width : most, mark_of(potential, kind));
}

lrpot_status lrpot_active_set_create(lrpot_active_set **out, const lrpot_potential *potential)
{
    return lrpot_active_set_create_kind(out, potential, LRPOT_ACTIVE_SET_FEATURES, 0);
}

lrpot_status lrpot__active_set_fits(const lrpot_active_set *set, const lrpot_potential *potential,
                                    int *fits)
{
    LRPOT__TRY(lrpot__basis_trained(potential->basis, "an active set"));
    *fits = mark_of(potential, set->kind) == set->model && potential->n_species == set->n_species
            && set->n <= width_of(potential, set->kind);
    return LRPOT_OK;
}

static lrpot_status check(const lrpot_active_set *set, const lrpot_potential *potential,
                          lrpot_workspace *work)
{
    int fits = 0;
    LRPOT__REQUIRE_NOT_NULL(set);
    LRPOT__REQUIRE_NOT_NULL(potential);
    LRPOT__REQUIRE_NOT_NULL(work);
    LRPOT__TRY(lrpot__active_set_fits(set, potential, &fits));
    if (fits) return LRPOT_OK;
    return lrpot__fail(LRPOT_E_ARGUMENT,
                       "the active set, of %d species and mark %016llx, was made for a model with "
                       "other %s",
                       set->n_species, (unsigned long long)set->model,
                       set->kind == LRPOT_ACTIVE_SET_FEATURES ? "features" : "parameters");
}

/* Rows of the owned atoms of one species, one after the other, and the indices of these atoms. */
typedef struct {
    double *rows, *coefficients; /* [count][n] */
    int64_t *atoms, count;
} lot;

/* The columns of one block for all owned atoms: [n_owned][count]. */
static lrpot_status evaluate(const block *b, lrpot_workspace *work, const lrpot_atoms *atoms,
                             const lrpot_nlist *list, double **columns)
{
    if (b->radial) return lrpot__radial_rows(b->basis, work, atoms, list, b->head, columns);
    LRPOT__TRY(lrpot__workspace_doubles(work, &features_tag, atoms->n_owned * b->count, columns));
    return lrpot_basis_eval(b->basis, work, atoms, list, *columns);
}

/* Writes the columns kept, of features the first ones, into the rows of the atoms. */
static void put_columns(const block *b, int64_t kept, const double *columns, int64_t n,
                        const int64_t *rank, int64_t width, double *rows)
{
    for (int64_t i = 0; i < n; i++)
        for (int64_t k = 0; k < kept; k++)
            rows[rank[i] * width + k] =
                columns[i * b->count + (b->radial ? k * b->count / kept : k)];
}

/* Gives each species its atoms: lots, and the ranks of the atoms' rows. */
static void divide(const lrpot_active_set *set, const lrpot_atoms *atoms, double *rows,
                   double *coefficients, lot *lots, int64_t *rank)
{
    int64_t *order = rank + atoms->n_owned, begin = 0;
    for (int32_t z = 0; z < set->n_species; z++) {
        lots[z] = (lot){ rows + begin * set->n, coefficients + begin * set->n, order + begin, 0 };
        for (int64_t i = 0; i < atoms->n_owned; i++)
            if (atoms->species[i] == z) rank[i] = begin, order[begin++] = i, lots[z].count++;
    }
}

/* Collects the rows of all species, lots[z] for species z; in the workspace. */
static lrpot_status collect(const lrpot_active_set *set, const lrpot_potential *potential,
                            lrpot_workspace *work, const lrpot_atoms *atoms,
                            const lrpot_nlist *list, lot **out)
{
    block blocks[BLOCKS_MOST];
    int64_t n = atoms->n_owned, first = 0, kept[BLOCKS_MOST];
    double *columns = NULL, *rows = NULL, *coefficients = NULL;
    lot *lots = NULL;
    int count = blocks_of(potential, set->kind, blocks);
    columns_kept(blocks, count, set->n, kept);
    LRPOT__TRY(lrpot__workspace_doubles(work, &rows_tag, n * set->n, &rows));
    LRPOT__TRY(lrpot__workspace_doubles(work, &coefficients_tag, n * set->n, &coefficients));
    LRPOT__TRY(lrpot__workspace_block(work, &lots_tag, 0, set->n_species + n, sizeof(lot),
                                      (void **)&lots)); /* a lot has two integers for each atom */
    int64_t *rank = (int64_t *)(lots + set->n_species);
    divide(set, atoms, rows, coefficients, lots, rank);
    for (int b = 0; b < count; b++) {
        LRPOT__TRY(evaluate(&blocks[b], work, atoms, list, &columns));
        put_columns(&blocks[b], kept[b], columns, n, rank, set->n, rows + first);
        first += kept[b];
    }
    for (int64_t k = 0; k < n; k++) rows[k * set->n + first] = 1.0;
    *out = lots;
    return LRPOT_OK;
}

lrpot_status lrpot_active_set_add(lrpot_active_set *set, const lrpot_potential *potential,
                                  lrpot_workspace *work, const lrpot_atoms *atoms,
                                  const lrpot_nlist *list, int64_t frame, double threshold,
                                  int64_t *n_changes)
{
    lot *lots = NULL;
    int64_t changes = 0;
    LRPOT__TRY(check(set, potential, work));
    LRPOT__REQUIRE_NOT_NULL(atoms);
    LRPOT__REQUIRE_NOT_NULL(list);
    if (!(threshold >= 1.001))
        return lrpot__fail(LRPOT_E_ARGUMENT, "threshold = %g, expected at least 1.001", threshold);
    if (frame < 0)
        return lrpot__fail(LRPOT_E_ARGUMENT, "frame = %lld, expected 0 or more", (long long)frame);
    LRPOT__TRY(lrpot__atoms_check(atoms, set->n_species));
    LRPOT__TRY(collect(set, potential, work, atoms, list, &lots));
    for (int32_t z = 0; z < set->n_species; z++)
        LRPOT__TRY(lrpot__maxvol_add(set->species + z, lots[z].count, lots[z].rows,
                                     lots[z].coefficients, frame, lots[z].atoms, threshold,
                                     &changes));
    if (n_changes != NULL) *n_changes = changes;
    return LRPOT_OK;
}

lrpot_status lrpot_active_set_add_structure(lrpot_active_set *set, const lrpot_potential *potential,
                                            lrpot_workspace *work, const lrpot_structure *structure,
                                            int64_t frame, double threshold, int64_t *n_changes)
{
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    const lrpot_nlist *list = NULL;
    LRPOT__REQUIRE_NOT_NULL(potential);
    LRPOT__REQUIRE_NOT_NULL(work);
    LRPOT__REQUIRE_NOT_NULL(structure);
    LRPOT__TRY(lrpot__potential_input(potential, work, structure, &atoms, &list));
    return lrpot_active_set_add(set, potential, work, &atoms, list, frame, threshold, n_changes);
}

static lrpot_status check_row(int64_t n, const double *coefficients, int64_t atom)
{
    double sum = 0.0;
    for (int64_t c = 0; c < n; c++) sum += coefficients[c] * 0.0; /* 0 unless one is not finite */
    if (sum == 0.0) return LRPOT_OK;
    return lrpot__fail(LRPOT_E_NOT_FINITE, "the grade of atom %lld is not finite", (long long)atom);
}

lrpot_status lrpot_active_set_grade(const lrpot_active_set *set, const lrpot_potential *potential,
                                    lrpot_workspace *work, const lrpot_atoms *atoms,
                                    const lrpot_nlist *list, double *grades)
{
    lot *lots = NULL;
    LRPOT__TRY(check(set, potential, work));
    LRPOT__REQUIRE_NOT_NULL(atoms);
    LRPOT__REQUIRE_NOT_NULL(list);
    LRPOT__REQUIRE_NOT_NULL(grades);
    LRPOT__TRY(lrpot__atoms_check(atoms, set->n_species));
    LRPOT__TRY(collect(set, potential, work, atoms, list, &lots));
    for (int32_t z = 0; z < set->n_species; z++) {
        const lrpot__maxvol *m = set->species + z;
        if (m->started) lrpot__maxvol_expand(m, lots[z].count, lots[z].rows, lots[z].coefficients);
        for (int64_t k = 0; m->started && k < lots[z].count; k++)
            LRPOT__TRY(check_row(m->n, lots[z].coefficients + k * m->n, lots[z].atoms[k]));
        for (int64_t k = 0, column; k < lots[z].count;
             k++) /* a species that is not in the set: its grade is infinite */
            grades[lots[z].atoms[k]] =
                m->started ? lrpot__maxvol_largest(m->n, lots[z].coefficients + k * m->n, &column)
                           : INFINITY;
    }
    return LRPOT_OK;
}

lrpot_status lrpot_active_set_grade_structure(const lrpot_active_set *set,
                                              const lrpot_potential *potential,
                                              lrpot_workspace *work,
                                              const lrpot_structure *structure, double *grades)
{
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    const lrpot_nlist *list = NULL;
    LRPOT__REQUIRE_NOT_NULL(potential);
    LRPOT__REQUIRE_NOT_NULL(work);
    LRPOT__REQUIRE_NOT_NULL(structure);
    LRPOT__TRY(lrpot__potential_input(potential, work, structure, &atoms, &list));
    return lrpot_active_set_grade(set, potential, work, &atoms, list, grades);
}
