/* Table of the basic moments of a plan. */
#include "basis/plan/plan_basics.h"

void lrpot__plan_write_basics(lrpot__plan *plan, const lrpot__tensors *tensors)
{
    lrpot__moment *next = plan->basic;
    for (int mu = 0; mu <= LRPOT__GRAPH_MAX_MU; mu++)
        for (int rank = 0; rank <= LRPOT__MAX_RANK; rank++) {
            if (tensors->basic[mu][rank] < 0) continue;
            plan->n_radial = mu + 1;
            if (rank > plan->max_rank) plan->max_rank = rank;
            for (int32_t i = 0; i < lrpot__component_count(rank); i++) {
                const lrpot__exponents *e = &tensors->exponents[rank][i];
                *next++ = (lrpot__moment){ mu, e->x, e->y, e->z };
            }
        }
}
