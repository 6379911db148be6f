#include "response/velocities.h"

#include "core/error.h"
#include "core/workspace.h"

#include <math.h>
#include <string.h>

static const lrpot__tag velocities_tag = { "velocities" };

lrpot_status lrpot__velocities_spread(lrpot_workspace *work, const lrpot_atoms *atoms,
                                      const lrpot_comm *comm, const double *velocities,
                                      double **out)
{
    double *all = NULL;
    LRPOT__TRY(lrpot__workspace_doubles(work, &velocities_tag, 3 * atoms->n_all, &all));
    for (int64_t k = 0; k < 3 * atoms->n_owned; k++) {
        if (!isfinite(velocities[k]))
            return lrpot__fail(LRPOT_E_NOT_FINITE, "velocity of atom %lld is %g",
                               (long long)(k / 3), velocities[k]);
        all[k] = velocities[k];
    }
    *out = all;
    if (comm != NULL && comm->forward != NULL) return comm->forward(comm->ctx, all, 3);
    if (atoms->n_all > atoms->n_owned && atoms->ghost_owner == NULL)
        return lrpot__fail(
            LRPOT_E_ARGUMENT,
            "%lld ghost atoms need their velocities: from comm->forward or by atoms->ghost_owner",
            (long long)(atoms->n_all - atoms->n_owned));
    for (int64_t g = atoms->n_owned; g < atoms->n_all; g++)
        memcpy(all + 3 * g, all + 3 * atoms->ghost_owner[g], 3 * sizeof *all);
    return LRPOT_OK;
}
