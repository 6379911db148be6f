/* Motions of a system as a whole: translations, and rotations of isolated systems. */
#ifndef LRPOT__RIGID_MODES_H
#define LRPOT__RIGID_MODES_H

#include <lrpot/status.h>

enum { LRPOT__RIGID_MOST = 6 };

/* Orthonormal mass-weighted vectors of these motions, [returned number][3n]. positions [n][3], A;
 * NULL: translations alone. An atom has no rotation, a straight row two. */
int lrpot__rigid_vectors(int64_t n, const double *masses, const double *positions, double *vectors);
/* The modes [3n][3n] that are closest to these vectors, by their shape: unstable systems have other
 * modes of lower frequency. Unused entries are -1. */
void lrpot__rigid_modes(int64_t n, int count, const double *vectors, const double *modes,
                        int64_t found[LRPOT__RIGID_MOST]);

#endif
