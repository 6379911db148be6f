/* Scratch of the gradient of a frame without its Jacobian. */
#ifndef LRPOT__FRAME_ADJOINT_H
#define LRPOT__FRAME_ADJOINT_H

#include "fit/data/frame.h"
#include "fit/local/directional.h"

typedef struct lrpot__frame_adjoint {
    lrpot__directional *energy, *charge; /* charge: NULL without a charge basis */
    int64_t neighbours;                  /* capacity */
    double *directions;                  /* [LRPOT__DIRECTIONAL_ATOMS][neighbours][3] */
    int64_t capacity;                    /* atoms */
    double *by_charge;                   /* [n] dL/dq */
    double *change;                      /* [n] derivative of the charges along the direction */
    double *pushed;                      /* [3n] q times the direction */
    double *by_scalar;                   /* [n] dL/dx */
} lrpot__frame_adjoint;

/* Creates it where it is not there. */
lrpot_status lrpot__frame_adjoint_create(lrpot__frame_adjoint **out,
                                         const lrpot_potential *potential);
void lrpot__frame_adjoint_free(lrpot__frame_adjoint *adjoint);
/* Makes room for a frame. */
lrpot_status lrpot__frame_adjoint_reserve(lrpot__frame_adjoint *adjoint, const lrpot__frame *frame);
/* Bytes for frames of n atoms. */
int64_t lrpot__frame_adjoint_bytes(const lrpot_potential *potential, int64_t n, int64_t neighbours);

#endif
