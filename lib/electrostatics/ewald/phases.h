/* Phases exp(i k.r) of a block of atoms: products of three tables of powers exp(2 pi i n s_d), made
 * for a block at a time so that memory does not grow with atoms times vectors. */
#ifndef LRPOT__PHASES_H
#define LRPOT__PHASES_H

#include "electrostatics/simd/coulomb_loops.h"
#include "electrostatics/ewald/ewald.h"

typedef struct lrpot__phases {
    double *power[3]; /* [n + reach][2][BLOCK]; of the first direction n >= 0 only */
    int32_t reach[3];
    double line_real[LRPOT__PHASES_BLOCK], line_imag[LRPOT__PHASES_BLOCK];
    int64_t first, count; /* atoms of the block; entries beyond count repeat the first */
} lrpot__phases;

/* Memory of one thread. */
lrpot_status lrpot__phases_reserve(lrpot_workspace *work, const int32_t *reach, int32_t thread,
                                   lrpot__phases *out);
/* Tables of the owned atoms from `first` on. */
void lrpot__phases_load(const lrpot__sum *sum, int64_t first, lrpot__phases *phases);
/* Product of the first two directions, n_a = line[0], n_b = line[1], into line_real and line_imag.
 */
void lrpot__phases_line(lrpot__phases *phases, const int32_t *line);
/* Third direction: [2][BLOCK] real and imaginary parts. */
static inline const double *lrpot__phases_along(const lrpot__phases *phases, int32_t c)
{
    return phases->power[2] + (int64_t)(c + phases->reach[2]) * 2 * LRPOT__PHASES_BLOCK;
}

#endif
