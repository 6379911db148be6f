/* Raman activities of the modes at Gamma, or of a molecule. */
#ifndef LRPOT_TOOL_RAMAN_ACTIVITY_H
#define LRPOT_TOOL_RAMAN_ACTIVITY_H

#include "cli/output_file.h"
#include "raman/polarizability_source.h"

/* Modes of one frequency. */
typedef struct raman_group {
    double frequency; /* THz, negative: imaginary */
    int64_t modes;
    double isotropic, anisotropic; /* A^4/u, sums over the modes: a^2 and gamma^2 */
} raman_group;

typedef struct raman_activity {
    int64_t n, n_groups;
    double alpha[9], force;        /* A^3; eV/A, the largest force on an atom */
    double *frequencies, *tensors; /* THz [3n], A^2/sqrt(u) [3n][3][3] */
    raman_group *groups;
    int32_t isolated;
} raman_activity;

/* displacement: A, of differences of the polarizability, 0: default. GO_ON, or an exit code after a
 * message. Free in any case. */
int raman_activity_run(raman_activity *r, const lrpot_potential *model, lrpot_workspace *work,
                       const polarizability_source *source, const lrpot_structure *structure,
                       double displacement, const char *path);
void raman_activity_free(raman_activity *r);
/* laser: cm-1, 0: no cross sections; K. */
void raman_activity_print(const raman_activity *r, double laser, double temperature, FILE *stream);
json_t *raman_activity_json(const raman_activity *r, double laser, double temperature);
/* A^2/sr of a group; NaN without a laser and for groups that are no vibrations. */
double raman_group_cross_section(const raman_group *group, double laser, double temperature);
/* Spectrum of Gaussians of the standard deviation width (cm-1): activity, isotropic and anisotropic
 * part at n wavenumbers. */
void raman_activity_spectrum(const raman_activity *r, double width, int64_t n,
                             const double *wavenumbers, double *activity, double *isotropic,
                             double *anisotropic);

#endif
