#include "fit/jacobian/frame_adjoint.h"

#include "charges/charges.h"
#include "core/error.h"
#include "core/memory.h"
#include "potential/potential.h"

enum { ATOMS = LRPOT__DIRECTIONAL_ATOMS };

void lrpot__frame_adjoint_free(lrpot__frame_adjoint *adjoint)
{
    if (adjoint == NULL) return;
    lrpot__directional_free(adjoint->energy);
    lrpot__directional_free(adjoint->charge);
    double *blocks[] = { adjoint->directions, adjoint->by_charge, adjoint->change, adjoint->pushed,
                         adjoint->by_scalar };
    for (size_t b = 0; b < sizeof blocks / sizeof blocks[0]; b++) lrpot__free(blocks[b]);
    lrpot__free(adjoint);
}

lrpot_status lrpot__frame_adjoint_create(lrpot__frame_adjoint **out,
                                         const lrpot_potential *potential)
{
    const lrpot_charges *charges = potential->charges;
    if (*out != NULL) return LRPOT_OK;
    lrpot__frame_adjoint *adjoint = lrpot__calloc(1, sizeof *adjoint);
    if (adjoint == NULL) return LRPOT_E_MEMORY;
    lrpot_status status = lrpot__directional_create(&adjoint->energy, potential->basis);
    if (status == LRPOT_OK && charges != NULL && charges->basis != NULL)
        status = lrpot__directional_create(&adjoint->charge, charges->basis);
    if (status != LRPOT_OK) {
        lrpot__frame_adjoint_free(adjoint);
        return status;
    }
    *out = adjoint;
    return LRPOT_OK;
}

lrpot_status lrpot__frame_adjoint_reserve(lrpot__frame_adjoint *adjoint, const lrpot__frame *frame)
{
    int64_t most = frame->neighbours.most, n = frame->n;
    if (most > adjoint->neighbours) {
        lrpot__free(adjoint->directions);
        adjoint->neighbours = 0;
        adjoint->directions = lrpot__calloc(3 * ATOMS * (most + most / 2), sizeof(double));
        if (adjoint->directions == NULL) return LRPOT_E_MEMORY;
        adjoint->neighbours = most + most / 2;
    }
    if (n <= adjoint->capacity) return LRPOT_OK;
    double **blocks[] = { &adjoint->by_charge, &adjoint->change, &adjoint->by_scalar,
                          &adjoint->pushed };
    adjoint->capacity = 0;
    for (int b = 0; b < 4; b++) {
        lrpot__free(*blocks[b]);
        *blocks[b] = lrpot__calloc(b < 3 ? n : 3 * n, sizeof(double));
        if (*blocks[b] == NULL) return LRPOT_E_MEMORY;
    }
    adjoint->capacity = n;
    return LRPOT_OK;
}

int64_t lrpot__frame_adjoint_bytes(const lrpot_potential *potential, int64_t n, int64_t neighbours)
{
    return (int64_t)sizeof(double) * (6 * n + 3 * ATOMS * (neighbours + neighbours / 2))
           + lrpot__directional_bytes(potential->basis, neighbours)
           + lrpot__directional_bytes(lrpot_charges_basis(potential->charges), neighbours);
}
