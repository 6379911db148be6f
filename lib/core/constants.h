/* Constants of mathematics and physics that several folders need. */
#ifndef LRPOT__CONSTANTS_H
#define LRPOT__CONSTANTS_H

#define LRPOT__PI 3.14159265358979323846
#define LRPOT__BOLTZMANN 8.617333262e-5 /* eV/K (exact in SI, rounded) */
/* sqrt(eV / (A^2 u)) / (2 pi) in THz, from e = 1.602176634e-19 C (exact) and u = 1.66053906660e-27
 * kg (CODATA 2018): sqrt(1.602176634e-19 / 1e-20 / 1.66053906660e-27) / (2 pi) / 1e12. */
#define LRPOT__THZ 15.633304239856193
#define LRPOT__LIGHT_SPEED 2997.92458   /* A/fs (exact) */
#define LRPOT__PLANCK 4.135667696923859 /* h, eV fs (exact in SI, rounded) */
#define LRPOT__PER_CM 1e8               /* cm^-1 in one A^-1 */

#endif
