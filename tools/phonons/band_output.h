/* Results over the Brillouin zone: bands, group velocities and Grueneisen parameters along a path,
 * densities of states and thermal properties from a mesh. CSV and plots. */
#ifndef LRPOT_TOOL_BANDS_H
#define LRPOT_TOOL_BANDS_H

#include "ensembles/ensemble.h"
#include "phonons/stability.h"

#include <lrpot/lrpot.h>

typedef struct band_request {
    /* NULL: chosen by the lattice; otherwise "G:0,0,0 X:0.5,0,0.5 | K:... G:..." in reciprocal
     * vectors of the cell */
    const char *path;
    const char *csv, *plot;                   /* of the bands, or NULL */
    const char *velocities;                   /* group velocities along the path, or NULL */
    const char *grueneisen, *grueneisen_plot; /* of Grueneisen parameters there, or NULL */
    const char *dos, *dos_plot;               /* of the density of states, or NULL */
    const char *parts;      /* of the density: "elements", "atoms" or "none"; NULL: elements */
    const char *thermal;    /* of thermal properties, or NULL */
    double temperatures[3]; /* K: first, last, step */
    /* numbers of points: on the longest line; along each reciprocal vector */
    int64_t points, mesh;
    /* THz: width of the Gaussians of the density; A: step of the differences; relative difference
     * of the two volumes of Grueneisen parameters */
    double width, step, volumes;
    /* eps_inf [3][3] that differs between the axes, or NULL: the models' own screening */
    const double *eps_inf;
    /* of layers: A and mean dielectric constant around them, of eps(q) = surroundings + radius |q|;
     * 0: not given */
    double radius, surroundings;
} band_request;

/* GO_ON if the request is complete, otherwise a message and an exit code. */
int bands_check(const band_request *request);
/* Results of the bands that the verb prints. */
typedef struct band_findings {
    stability path, mesh;
    /* The lattice has no known path: bands were asked for and could not be written. */
    int32_t no_path;
} band_findings;

/* Writes the requested files. Of several models they hold the mean over the members at each wave
 * vector, modes in the order of their frequencies, and its standard deviation. found: one for each
 * model. Returns GO_ON or an exit code after a message. path names the input in messages. A density
 * is also written for a lattice without a known path. */
int bands_run(const band_request *request, const ensemble *models, lrpot_workspace *work,
              const lrpot_structure *structure, const char *path, band_findings *found);

#endif
