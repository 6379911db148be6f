/* Bands along a path through the Brillouin zone, and densities of states: CSV and plots. */
#ifndef LRPOT_TOOL_BANDS_H
#define LRPOT_TOOL_BANDS_H

#include "phonons/stability.h"

#include <lrpot/lrpot.h>

typedef struct band_request {
    /* NULL: chosen by the lattice; else "G:0,0,0 X:0.5,0,0.5 | K:... G:..." in reciprocal vectors
     * of the cell */
    const char *path;
    const char *csv, *plot;     /* of the bands, or NULL */
    const char *dos, *dos_plot; /* of the density of states, or NULL */
    int64_t points, mesh;       /* on the longest line; along each reciprocal vector */
    double width, step;         /* THz: Gaussians of the density; A: of the differences */
} band_request;

/* Whether the request is complete; a message and an exit code otherwise, GO_ON if it is. */
int bands_check(const band_request *request);
/* What the verb prints of them. */
typedef struct band_findings {
    stability path, mesh;
    /* The lattice has no known path: bands were asked for and could not be written. */
    int32_t no_path;
} band_findings;

/* Writes what was asked for. Returns GO_ON or an exit code after a message. path names the input in
 * messages. A lattice without a known path keeps no density from being written. */
int bands_run(const band_request *request, const lrpot_potential *model, lrpot_workspace *work,
              const lrpot_structure *structure, const char *path, band_findings *found);

#endif
