/* Selection of atoms for an active set by a model, and the grades of atoms. */
#include "potential/active_set_selection.h"

#include "basis/plan/graph.h"
#include "core/error.h"
#include "core/memory.h"
#include "core/workspace.h"
#include "potential/active_set.h"
#include "potential/maxvol.h"
#include "potential/structure_input.h"
#include "structure/atoms_check.h"

#include <math.h>
#include <string.h>

static const lrpot__tag features_tag = { "features" };
static const lrpot__tag rows_tag = { "rows of the active set" };
static const lrpot__tag coefficients_tag = { "coefficients of the rows" };
static const lrpot__tag lots_tag = { "lots of the species" };

/* Bases with features in the set: that of the energy and that of the charges, if it is another.
 * Returns their number. */
static int bases_of(const lrpot_potential *potential, const lrpot_basis **bases)
{
    int n = 0;
    bases[n++] = potential->basis;
    const lrpot_basis *own = potential->charges != NULL ? lrpot_charges_basis(potential->charges)
                                                        : NULL;
    if (own != NULL && own != potential->basis) bases[n++] = own;
    return n;
}

static int64_t width_of(const lrpot_potential *potential)
{
    const lrpot_basis *bases[2];
    int64_t width = 1;
    for (int b = bases_of(potential, bases) - 1; b >= 0; b--) width += lrpot_basis_count(bases[b]);
    return width;
}

/* Number of features of each basis in rows of n numbers: all, or the first ones, which are those of
 * the lowest levels, in proportion. */
static void features_kept(const lrpot_potential *potential, int64_t n, int64_t kept[2])
{
    const lrpot_basis *bases[2];
    int64_t all = width_of(potential) - 1, room = n - 1 < all ? n - 1 : all;
    int count = bases_of(potential, bases);
    kept[1] = count > 1 ? room * lrpot_basis_count(bases[1]) / all : 0;
    kept[0] = room - kept[1];
}

/* FNV-1a hash of all data that determine the features. An active set is not valid for a model with
 * other features. */
static uint64_t mark_bytes(uint64_t mark, const void *bytes, size_t size)
{
    for (const unsigned char *b = bytes; size > 0; b++, size--) mark = (mark ^ *b) * 0x100000001b3u;
    return mark;
}

static lrpot_status mark_of(const lrpot_potential *potential, uint64_t *mark)
{
    const lrpot_basis *bases[2];
    *mark = 0xcbf29ce484222325u;
    for (int b = bases_of(potential, bases) - 1; b >= 0; b--) {
        lrpot_basis_options o = LRPOT_BASIS_OPTIONS_INIT;
        LRPOT__TRY(lrpot_basis_get_options(bases[b], &o));
        const double lengths[3] = { o.min_distance, o.cutoff, o.scaling };
        const int32_t sizes[4] = { o.level, o.n_species, o.radial_size, o.radial_step };
        size_t n = (size_t)o.n_species * (size_t)o.n_species * (size_t)o.radial_size
                   * (size_t)lrpot_basis_radial_functions(bases[b]);
        *mark = mark_bytes(mark_bytes(*mark, lengths, sizeof lengths), sizes, sizeof sizes);
        *mark = mark_bytes(*mark, lrpot_basis_radial(bases[b]), n * sizeof(double));
    }
    return LRPOT_OK;
}

lrpot_status lrpot_active_set_create(lrpot_active_set **out, const lrpot_potential *potential)
{
    uint64_t mark = 0;
    LRPOT__REQUIRE_NOT_NULL(out);
    LRPOT__REQUIRE_NOT_NULL(potential);
    LRPOT__TRY(mark_of(potential, &mark));
    return lrpot__active_set_assemble(out, potential->n_species, lrpot_potential_symbols(potential),
                                      width_of(potential), mark);
}

lrpot_status lrpot_active_set_create_limited(lrpot_active_set **out,
                                             const lrpot_potential *potential, int64_t most)
{
    uint64_t mark = 0;
    LRPOT__REQUIRE_NOT_NULL(out);
    LRPOT__REQUIRE_NOT_NULL(potential);
    if (most < 2)
        return lrpot__fail(LRPOT_E_ARGUMENT, "most = %lld rows, expected at least 2",
                           (long long)most);
    LRPOT__TRY(mark_of(potential, &mark));
    int64_t width = width_of(potential);
    return lrpot__active_set_assemble(out, potential->n_species, lrpot_potential_symbols(potential),
                                      width < most ? width : most, mark);
}

lrpot_status lrpot__active_set_fits(const lrpot_active_set *set, const lrpot_potential *potential,
                                    int *fits)
{
    uint64_t mark = 0;
    LRPOT__TRY(mark_of(potential, &mark));
    *fits = mark == set->model && potential->n_species == set->n_species
            && set->n <= width_of(potential);
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
                       "other features",
                       set->n_species, (unsigned long long)set->model);
}

/* Rows of the owned atoms of one species, one after the other, and the indices of these atoms. */
typedef struct {
    double *rows, *coefficients; /* [count][n] */
    int64_t *atoms, count;
} lot;

/* Collects the rows of all species, lots[z] for species z; in the workspace. */
static lrpot_status collect(const lrpot_active_set *set, const lrpot_potential *potential,
                            lrpot_workspace *work, const lrpot_atoms *atoms,
                            const lrpot_nlist *list, lot **out)
{
    const lrpot_basis *bases[2];
    int64_t n = atoms->n_owned, first = 0, begin = 0, kept[2];
    double *features = NULL, *rows = NULL, *coefficients = NULL;
    lot *lots = NULL;
    features_kept(potential, set->n, kept);
    LRPOT__TRY(lrpot__workspace_doubles(work, &features_tag, n * width_of(potential), &features));
    LRPOT__TRY(lrpot__workspace_doubles(work, &rows_tag, n * set->n, &rows));
    LRPOT__TRY(lrpot__workspace_doubles(work, &coefficients_tag, n * set->n, &coefficients));
    LRPOT__TRY(lrpot__workspace_block(work, &lots_tag, 0, set->n_species + n, sizeof(lot),
                                      (void **)&lots)); /* a lot has two integers for each atom */
    int64_t *order = (int64_t *)(lots + set->n_species), *rank = order + n;
    for (int32_t z = 0; z < set->n_species; z++) {
        lots[z] = (lot){ rows + begin * set->n, coefficients + begin * set->n, order + begin, 0 };
        for (int64_t i = 0; i < n; i++)
            if (atoms->species[i] == z) rank[i] = begin, order[begin++] = i, lots[z].count++;
    }
    for (int b = 0, count = bases_of(potential, bases); b < count; b++) {
        int64_t width = lrpot_basis_count(bases[b]);
        LRPOT__TRY(lrpot_basis_eval(bases[b], work, atoms, list, features));
        for (int64_t i = 0; i < n; i++)
            memcpy(rows + rank[i] * set->n + first, features + i * width,
                   (size_t)kept[b] * sizeof(double));
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
