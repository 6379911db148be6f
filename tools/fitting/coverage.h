/* Coverage: quantities that the data of a fit do not determine. */
#ifndef LRPOT_TOOL_COVERAGE_H
#define LRPOT_TOOL_COVERAGE_H

#include "fitting/dataset.h"

/* Warns of properties common to all training frames: coordinates, cell shape, density, composition,
 * or the whole structure; and of molecules that no frame has alone. targets: the fitted targets,
 * LRPOT_FIT_TARGET_*; 0: energies, forces, stresses. Returns GO_ON or an exit code after a
 * message. */
int coverage_report(const dataset *train, int32_t n_symbols, char *const *symbols, int32_t targets);

/* After the fit: grades of training frames with displaced atoms, by the active set of the model. */
int coverage_of_displacements(const dataset *train, const lrpot_potential *model, int32_t threads);

#endif
