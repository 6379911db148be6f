/* Views of structures for a model: species and neighbours stay in the workspace between calls. */
#include "potential/structure_input.h"

#include "core/error.h"
#include "core/workspace.h"

static const lrpot__tag species_tag = { "species" };
static const lrpot__tag list_tag = { "neighbour list" };

static void destroy_list(void *list)
{
    lrpot_nlist_free(list);
}

static lrpot_status kept_list(lrpot_workspace *work, const lrpot_atoms *atoms, double cutoff,
                              const lrpot_nlist **out)
{
    lrpot_nlist *list = lrpot__workspace_kept(work, &list_tag);
    if (list != NULL && lrpot_nlist_cutoff(list) == cutoff) {
        lrpot_status status = lrpot_nlist_rebuild(list, atoms);
        if (status != LRPOT_OK) lrpot__workspace_drop(work, &list_tag); /* incomplete: removed */
        *out = list;
        return status;
    }
    list = NULL;
    LRPOT__TRY(lrpot_nlist_build(&list, atoms, cutoff, 0.0));
    LRPOT__TRY(lrpot__workspace_keep(work, &list_tag, list, destroy_list));
    *out = list;
    return LRPOT_OK;
}

lrpot_status lrpot__structure_input(lrpot_workspace *work, const lrpot_structure *structure,
                                    int32_t n_symbols, const char *const *symbols, double cutoff,
                                    lrpot_atoms *atoms, const lrpot_nlist **list)
{
    int32_t *species = NULL;
    LRPOT__TRY(
        lrpot__workspace_int32s(work, &species_tag, lrpot_structure_count(structure), &species));
    LRPOT__TRY(lrpot_structure_view(structure, n_symbols, symbols, species, atoms));
    return kept_list(work, atoms, cutoff, list);
}

lrpot_status lrpot__potential_input(const lrpot_potential *potential, lrpot_workspace *work,
                                    const lrpot_structure *structure, lrpot_atoms *atoms,
                                    const lrpot_nlist **list)
{
    return lrpot__structure_input(work, structure, potential->n_species,
                                  lrpot_potential_symbols(potential),
                                  lrpot_potential_cutoff(potential), atoms, list);
}
