/* Heads of a tensor model at all atoms, and the rows of its results. */
#include "tensors/tensor_heads.h"

#include "basis/evaluate.h"
#include "core/error.h"
#include "core/workspace.h"

static const lrpot__tag values_tag = { "values of the heads" };

enum { MAX_HEADS = 10 };

/* Lists a head for each component of each part. */
static int64_t list_heads(const lrpot_tensor_model *model, lrpot__head *heads)
{
    int64_t n = 0;
    for (int32_t p = 0; p < model->n_parts; p++) {
        const lrpot__tensor_part *part = &model->parts[p];
        int32_t components = lrpot__part_components[part->part];
        for (int32_t c = 0; c < components; c++)
            heads[n++] = (lrpot__head){ part->first + c, part->functions, components,
                                        model->heads + part->offset };
    }
    return n;
}

lrpot_status lrpot__tensor_heads(const lrpot_tensor_model *model, lrpot_workspace *work,
                                 const lrpot_atoms *atoms, const lrpot_nlist *list, double **values,
                                 int64_t *n)
{
    lrpot__head heads[MAX_HEADS];
    *n = list_heads(model, heads);
    LRPOT__TRY(lrpot__workspace_doubles(work, &values_tag, *n * atoms->n_owned, values));
    lrpot__request request = { .heads = heads, .n_heads = *n, .head_values = *values };
    return lrpot__basis_run(model->basis, work, atoms, list, &request);
}

int64_t lrpot__tensor_rows(const lrpot_atoms *atoms, const lrpot_comm *comm)
{
    return atoms->ghost_owner == NULL && comm != NULL && comm->forward != NULL ? atoms->n_all
                                                                               : atoms->n_owned;
}

lrpot_status lrpot__tensor_ghosts(const lrpot_atoms *atoms, const lrpot_comm *comm,
                                  const char *what)
{
    if (atoms->n_all == atoms->n_owned || atoms->ghost_owner != NULL
        || lrpot__tensor_rows(atoms, comm) == atoms->n_all)
        return LRPOT_OK;
    return lrpot__fail(LRPOT_E_UNSUPPORTED, "%s with ghosts need atoms->ghost_owner", what);
}
