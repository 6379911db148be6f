/* Parts shared by the two solvers of the equations: fragments, vectors, tools kept in the
 * workspace. */
#include "charges/charge_equations.h"

#include "charges/preconditioner.h"
#include "core/error.h"
#include "core/memory.h"
#include "core/workspace.h"
#include "structure/atoms_check.h"

static const lrpot__tag vectors_tag = { "vectors of the equations of the charges" };
static const lrpot__tag tools_tag = { "tools for the equations of the charges" };

int32_t lrpot__charge_equations_fragments(const lrpot__charge_equations *equations)
{
    const lrpot_atoms *atoms = equations->call->atoms;
    return atoms->fragments != NULL ? atoms->n_fragments : 1;
}

int32_t lrpot__charge_equations_fragment(const lrpot__charge_equations *equations, int64_t i)
{
    const lrpot_atoms *atoms = equations->call->atoms;
    return atoms->fragments != NULL ? atoms->fragments[i] : 0;
}

double lrpot__charge_equations_total(const lrpot__charge_equations *equations, int32_t fragment)
{
    const lrpot_atoms *atoms = equations->call->atoms;
    if (equations->neutral) return 0.0;
    if (atoms->fragments == NULL) return atoms->total_charge;
    return atoms->fragment_charges != NULL ? atoms->fragment_charges[fragment] : 0.0;
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
