/* Coulomb sum of the moments of a density as a matrix: one sum for a unit of each moment, or, of
 * charges and dipoles, from the derivatives of the potentials of charges. */
#include "fit/data/frame_density.h"

#include "charges/blurred_sums.h"
#include "charges/charge_eval.h"
#include "charges/density_matrix.h"
#include "charges/density_terms.h"
#include "core/memory.h"
#include "electrostatics/derivatives/multipole_charges.h"
#include "electrostatics/multipoles/multipoles.h"
#include "potential/potential.h"

/* Potentials of all widths, with derivatives up to order `more`, of moments x. */
static lrpot_status felt(const lrpot__frame *frame, const lrpot_potential *potential,
                         lrpot_workspace *work, int32_t order, const double *x, double *v)
{
    int64_t n = frame->n;
    const lrpot_charges *charges = potential->charges;
    if (charges->blurred != NULL)
        return lrpot__blurred_sums_eval(charges->blurred, work, &frame->atoms, order, order + 1, x,
                                        v, NULL, NULL, NULL);
    const lrpot__multipole_results out = { .potential = v,
                                           .dE_ddipole = v + n,
                                           .dE_dquadrupole = order > 0 ? v + 4 * n : NULL,
                                           .third = order > 1 ? v + 13 * n : NULL };
    return lrpot__multipoles_evaluate(lrpot_potential_ewald(potential), work, &frame->atoms, NULL,
                                      NULL, x, order > 0 ? x + n : NULL,
                                      order > 1 ? x + 4 * n : NULL, &out);
}

/* Of order 1 and one width, of isolated systems and crystals: dipoles are derivatives of charges by
 * their place, minus those by the place where they are felt. t: matrices of unit charges. */
static void take_charges(lrpot__frame *frame, const double *t)
{
    int64_t n = frame->n, size = 4 * n, step = n * n;
    double *m = frame->coulomb.moments;
    for (int64_t k = 0; k < step; k++, t++) {
        int64_t i = k / n, j = k % n;
        double *dipole = m + n + 3 * j;
        m[i * size + j] = t[0];
        for (int a = 0; a < 3; a++) {
            m[(n + 3 * i + a) * size + j] = t[(1 + a) * step];
            dipole[i * size + a] = -t[(1 + a) * step];
        }
        for (int ab = 0; ab < 9; ab++) {
            int a = ab / 3, b = ab % 3;
            double second = t[(4 + lrpot__voigt_index[a][b]) * step];
            m[(4 * n + 9 * i + ab) * size + j] = 0.5 * second;
            dipole[(n + 3 * i + a) * size + b] = -second;
            for (int c = 0; c < 3; c++)
                dipole[(4 * n + 9 * i + ab) * size + c] =
                    -0.5 * t[(10 + lrpot__third_index[a][b][c]) * step];
        }
    }
}

static int has_charge_matrices(const lrpot__frame *frame, const lrpot_charges *charges)
{
    return lrpot__charges_order(charges) == 1 && charges->blurred == NULL
           && (frame->periodic || frame->atoms.periodic_mask == 0);
}

static lrpot_status fill_dipoles(lrpot__frame *frame, const lrpot_potential *potential,
                                 lrpot_workspace *work)
{
    double *matrices =
        lrpot__calloc(LRPOT__THIRD_DERIVATIVES * frame->n * frame->n, sizeof *matrices);
    if (matrices == NULL) return LRPOT_E_MEMORY;
    lrpot_status status =
        lrpot__multipoles_charges(lrpot_potential_ewald(potential), work, &frame->atoms, matrices);
    if (status == LRPOT_OK) take_charges(frame, matrices);
    lrpot__free(matrices);
    return status;
}

/* The rows of the moments first, then, for each width, those of the next order. */
static lrpot_status fill(lrpot__frame *frame, const lrpot_potential *potential,
                         lrpot_workspace *work, int32_t order, double *scratch)
{
    lrpot__density_shape shape = lrpot__density_shape_of(potential->charges, frame->n);
    int64_t size = shape.widths * shape.block, more = shape.more;
    double *x = scratch, *v = scratch + size, *m = frame->coulomb.moments;
    for (int64_t k = 0; k < size; k++) {
        x[k] = 1.0;
        LRPOT__TRY(felt(frame, potential, work, order, x, v));
        x[k] = 0.0;
        for (int64_t l = 0; l < shape.widths * more; l++)
            m[lrpot__density_row(&shape, l / more, l % more) * size + k] = v[l];
    }
    return LRPOT_OK;
}

/* Numbers of the matrix for n atoms: moments, and potentials up to one order more. */
static int64_t numbers(const lrpot_charges *charges, int64_t n)
{
    int32_t order = lrpot__charges_order(charges);
    int64_t size = lrpot__density_size(charges, n);
    return size * (size / lrpot__density_components(order)) * lrpot__density_derivatives(order);
}

int64_t lrpot__frame_density_doubles(const lrpot_potential *potential, int64_t n)
{
    if (potential->charges == NULL || potential->charges->rules->chain != LRPOT__CHAIN_DENSITY)
        return 0;
    return numbers(potential->charges, n);
}

static lrpot_status fill_by_sums(lrpot__frame *frame, const lrpot_potential *potential,
                                 lrpot_workspace *work)
{
    int64_t size = lrpot__density_size(potential->charges, frame->n),
            count = numbers(potential->charges, frame->n);
    double *scratch = lrpot__calloc(size + count / size, sizeof *scratch);
    lrpot_status status = scratch != NULL ? fill(frame, potential, work,
                                                 lrpot__charges_order(potential->charges), scratch)
                                          : LRPOT_E_MEMORY;
    lrpot__free(scratch);
    return status;
}

lrpot_status lrpot__frame_density_prepare(lrpot__frame *frame, const lrpot_potential *potential,
                                          lrpot_workspace *work)
{
    frame->coulomb.moments =
        lrpot__calloc(numbers(potential->charges, frame->n), sizeof *frame->coulomb.moments);
    if (frame->coulomb.moments == NULL) return LRPOT_E_MEMORY;
    return has_charge_matrices(frame, potential->charges) ? fill_dipoles(frame, potential, work)
                                                          : fill_by_sums(frame, potential, work);
}
