/* Self-consistent densities, the local half, for waves in crystals. */
#ifndef LRPOT__DENSITY_WAVE_H
#define LRPOT__DENSITY_WAVE_H

#include "charges/density_terms.h"

/* Copy of the terms of a crystal that outlives the workspace: what R and the shares need. Free with
 * lrpot__density_terms_free(). */
lrpot_status lrpot__density_terms_copy(const lrpot__density_terms *terms,
                                       lrpot__density_terms **copy);
void lrpot__density_terms_free(lrpot__density_terms *copy);
/* R for potentials that vary as exp(i wave.(position)): [size][size][2], overwritten. */
void lrpot__density_response_at(const lrpot__density_terms *terms, const double wave[3],
                                double *response);

#endif
