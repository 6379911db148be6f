/* Views of structures for a model: species and neighbours stay in the workspace between calls. */
#include "potential/structure_input.h"

#include "core/error.h"
#include "core/workspace.h"

enum { BLOCK_SPECIES = LRPOT__BLOCK_POTENTIAL + 7 };

static void destroy_list(void *list)
{
    lrpot_nlist_free(list);
}

static lrpot_status kept_list(lrpot_workspace *work, const lrpot_atoms *atoms, double cutoff,
                              const lrpot_nlist **out)
{
    lrpot_nlist *list = lrpot__workspace_kept(work, LRPOT__KEEP_NLIST);
    if (list != NULL && lrpot_nlist_cutoff(list) == cutoff) {
        lrpot_status status = lrpot_nlist_rebuild(list, atoms);
        if (status != LRPOT_OK)
            lrpot__workspace_keep(work, LRPOT__KEEP_NLIST, NULL, NULL); /* incomplete: removed */
        *out = list;
        return status;
    }
    list = NULL;
    LRPOT__TRY(lrpot_nlist_build(&list, atoms, cutoff, 0.0));
    lrpot__workspace_keep(work, LRPOT__KEEP_NLIST, list, destroy_list);
    *out = list;
    return LRPOT_OK;
}

lrpot_status lrpot__structure_input(lrpot_workspace *work, const lrpot_structure *structure,
                                    int32_t n_symbols, const char *const *symbols, double cutoff,
                                    lrpot_atoms *atoms, const lrpot_nlist **list)
{
    void *species = NULL;
    LRPOT__TRY(lrpot__workspace_block(work, BLOCK_SPECIES, 0, lrpot_structure_count(structure),
                                      sizeof(int32_t), &species));
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
