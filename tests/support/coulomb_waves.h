/* Coulomb matrices at a wave vector, and the folding of those of supercells. */
#ifndef LRPOT_TEST_COULOMB_WAVES_H
#define LRPOT_TEST_COULOMB_WAVES_H

#include "coulomb.h"

typedef struct {
    int64_t n;
    double *displacement, *mixed, *charge; /* complex */
} coulomb_matrices;

static inline void coulomb_matrices_fill(const coulomb_system *s, lrpot_ewald_options options,
                                         const double *wave, const double *direction,
                                         coulomb_matrices *m)
{
    lrpot_ewald *ewald = coulomb_solver(s, options);
    lrpot_workspace *work = NULL;
    lrpot_atoms atoms = coulomb_view(s);
    m->n = s->n;
    m->displacement = malloc(18 * (size_t)(s->n * s->n) * sizeof(double));
    m->mixed = malloc(6 * (size_t)(s->n * s->n) * sizeof(double));
    m->charge = malloc(2 * (size_t)(s->n * s->n) * sizeof(double));
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot_ewald_dynamical(ewald, work, &atoms, s->q, wave, direction, m->displacement,
                                m->mixed, m->charge));
    lrpot_workspace_free(work);
    lrpot_ewald_free(ewald);
}

static inline void coulomb_matrices_free(coulomb_matrices *m)
{
    free(m->displacement);
    free(m->mixed);
    free(m->charge);
}

static inline lrpot_ewald_options coulomb_exact_options(void)
{
    lrpot_ewald_options options = coulomb_options(1e-10);
    options.method = LRPOT_EWALD_EXACT;
    return options;
}

#define COULOMB_COPIES 6 /* 2 x 3 */

/* The cell repeated twice along one row and three times along another: copy c of atom i is number
 * COULOMB_COPIES i + c. */
static inline void coulomb_repeat(const coulomb_system *s, int twice, int thrice,
                                  coulomb_system *super)
{
    *super = *s;
    super->n = COULOMB_COPIES * s->n;
    for (int64_t i = 0; i < s->n; i++)
        for (int64_t c = 0; c < COULOMB_COPIES; c++) {
            int64_t at = COULOMB_COPIES * i + c;
            for (int a = 0; a < 3; a++)
                super->positions[3 * at + a] = s->positions[3 * i + a]
                                               + (double)(c % 2) * s->cell[3 * twice + a]
                                               + (double)(c / 2) * s->cell[3 * thrice + a];
            super->q[at] = s->q[i];
            super->species[at] = s->species[i];
        }
    for (int a = 0; a < 3; a++) super->cell[3 * twice + a] *= 2, super->cell[3 * thrice + a] *= 3;
}

/* sum over copies of a row of the supercell's matrix at 0, with phases: of n atoms with that many
 * rows and columns each. */
static inline void coulomb_same_folded(const double *small, const double *large, int64_t n,
                                       int rows, int columns, const coulomb_system *super,
                                       const double *wave)
{
    for (int64_t r = 0; r < rows * n; r++)
        for (int64_t c = 0; c < columns * n; c++) {
            int64_t i = COULOMB_COPIES * (r / rows), width = columns * COULOMB_COPIES * n;
            double sum[2] = { 0, 0 };
            for (int64_t copy = 0; copy < COULOMB_COPIES; copy++) {
                int64_t j = COULOMB_COPIES * (c / columns) + copy;
                const double *value =
                    large + 2 * ((rows * i + r % rows) * width + columns * j + c % columns);
                double phase = 0;
                for (int a = 0; a < 3; a++)
                    phase += wave[a] * (super->positions[3 * j + a] - super->positions[3 * i + a]);
                sum[0] += value[0] * cos(phase) - value[1] * sin(phase);
                sum[1] += value[0] * sin(phase) + value[1] * cos(phase);
            }
            for (int x = 0; x < 2; x++)
                ck_close(small[2 * (r * columns * n + c) + x], sum[x], 1e-8, 10);
        }
}

/* Folds all three matrices. */
static inline void coulomb_fold(const coulomb_system *s, const coulomb_system *super,
                                const double *wave)
{
    static const double none[3] = { 0, 0, 0 };
    coulomb_matrices small, large;
    coulomb_matrices_fill(s, coulomb_exact_options(), wave, NULL, &small);
    coulomb_matrices_fill(super, coulomb_exact_options(), none, NULL, &large);
    coulomb_same_folded(small.displacement, large.displacement, s->n, 3, 3, super, wave);
    coulomb_same_folded(small.mixed, large.mixed, s->n, 1, 3, super, wave);
    coulomb_same_folded(small.charge, large.charge, s->n, 1, 1, super, wave);
    coulomb_matrices_free(&small);
    coulomb_matrices_free(&large);
}

#endif
