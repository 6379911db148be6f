/* Parts shared by the two solvers of the equations: totals, vectors, tools kept in the
 * workspace. */
#include "charges/charge_equations.h"

#include "charges/preconditioner.h"
#include "core/error.h"
#include "core/memory.h"
#include "core/workspace.h"
#include "structure/atoms_check.h"

static const lrpot__tag vectors_tag = { "vectors of the equations of the charges" };
static const lrpot__tag tools_tag = { "tools for the equations of the charges" };

double lrpot__charge_equations_total(const lrpot__charge_equations *equations, int32_t group)
{
    return equations->neutral ? 0.0 : lrpot__charge_group_total(&equations->call->groups, group);
}

lrpot_status lrpot__charge_equations_vector(const lrpot__charge_call *call, int which, double **out)
{
    int64_t n = call->atoms->n_all;
    LRPOT__TRY(lrpot__workspace_doubles(call->work, &vectors_tag, LRPOT__VECTOR_COUNT * n, out));
    *out += which * n;
    return LRPOT_OK;
}

static void free_tools(void *object)
{
    lrpot__charge_equations_solver *tools = object;
    lrpot_workspace_free(tools->work);
    lrpot_ewald_operator_free(tools->product);
    lrpot__preconditioner_free(&tools->inverse);
    lrpot__free(tools->sums);
    lrpot__free(tools);
}

lrpot_status lrpot__charge_equations_keep_solver(const lrpot__charge_call *call,
                                                 lrpot__charge_equations_solver **tools)
{
    *tools = lrpot__workspace_kept(call->work, &tools_tag);
    if (*tools != NULL) return LRPOT_OK;
    *tools = lrpot__calloc(1, sizeof **tools);
    if (*tools == NULL) return LRPOT_E_MEMORY;
    return lrpot__workspace_keep(call->work, &tools_tag, *tools, free_tools);
}
