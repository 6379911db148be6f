/* Density of states and its parts: CSV and plot. */
#ifndef LRPOT_TOOL_DENSITY_OUTPUT_H
#define LRPOT_TOOL_DENSITY_OUTPUT_H

#include "phonons/band_work.h"

int density_is_wanted(const band_request *request);
/* All that return int give GO_ON, or an exit code after a message. */
int density_check(const band_request *request);
/* Names the parts and reserves the shares of the modes, where a density is wanted. */
int density_prepare(band_work *w);
/* vectors: the modes at wave vector k of the mesh, as lrpot_phonons_modes() gives them. */
void density_add_shares(band_work *w, int32_t member, int64_t k, const double *vectors);
int density_out(const band_work *w);

#endif
