#include "fit/jacobian/charge_slopes.h"

#include "charges/charge_eval.h"
#include "fit/jacobian/assembly.h"

#include <cblas.h>
#include <string.h>

static int has_slopes(const lrpot__assembly *assembly)
{
    return assembly->potential->charges->rules->slope != NULL;
}

double lrpot__charge_slope(const lrpot__assembly *assembly, const lrpot__frame *frame, int64_t i)
{
    return lrpot__charges_slope(assembly->potential->charges, frame->species[i], NULL);
}

void lrpot__charge_slopes_apply(lrpot__assembly *assembly, const lrpot__frame *frame)
{
    if (!has_slopes(assembly)) return;
    memcpy(assembly->scalars, assembly->bare, (size_t)frame->n * sizeof *assembly->scalars);
    for (int64_t i = 0; i < frame->n; i++)
        assembly->bare[i] *= lrpot__charge_slope(assembly, frame, i);
}

const double *lrpot__charge_slopes_weights(lrpot__assembly *assembly, const lrpot__frame *frame,
                                           const double *weights)
{
    if (!has_slopes(assembly)) return weights;
    for (int64_t i = 0; i < frame->n; i++)
        assembly->sloped[i] = (weights != NULL ? weights[i] : 1.0)
                              * lrpot__charge_slope(assembly, frame, i);
    return assembly->sloped;
}

static double *at(const lrpot__assembly *assembly, int64_t row, int64_t column)
{
    return assembly->jacobian + row * assembly->stride + column;
}

/* Z_j[a][b] += by_own arm_ia dc_i/dr_jb. In periodic frames the lever arm is the vector from the
 * neighbour to the atom. */
static void born_rows(lrpot__assembly *assembly, const lrpot__frame *frame, int64_t i,
                      double by_own, int64_t column)
{
    const lrpot__local *local = assembly->charge;
    int64_t born = lrpot__frame_row(frame, LRPOT__TARGET_BORN);
    double arm[3], strength = by_own * lrpot__assembly_factor(assembly, i);
    const double *fixed = lrpot__assembly_lever_arm(assembly, frame, i, arm);
    for (int64_t k = 0; k < local->count; k++)
        for (int c = 0; c < 9; c++) {
            double g = local->gradient[3 * k + c % 3],
                   a = fixed != NULL ? by_own * fixed[c / 3]
                                     : -strength * local->vectors[3 * k + c / 3];
            *at(assembly, born + 9 * local->j[k] + c, column) += a * g;
            if (fixed != NULL) *at(assembly, born + 9 * i + c, column) -= a * g;
        }
}

/* Forces, stress, sum rule of the strain and Born charges by the parameter of the slope; dc_dr and
 * c_strain are still those of c. */
static void own_rows(lrpot__assembly *assembly, const lrpot__frame *frame, int64_t i, double by_own,
                     int64_t column)
{
    int64_t n = frame->n, forces = lrpot__frame_row(frame, LRPOT__TARGET_FORCES),
            stress = lrpot__frame_row(frame, LRPOT__TARGET_STRESS),
            strain_rule = lrpot__frame_row(frame, LRPOT__TARGET_SUM_RULES) + 1;
    double w = assembly->w[i];
    for (int64_t k = 0; k < 3 * n; k++)
        *at(assembly, forces + k, column) -= w * by_own * assembly->dc_dr[3 * n * i + k];
    for (int c = 0; c < 6; c++) {
        double strain = by_own * assembly->c_strain[6 * i + c];
        if (frame->periodic) *at(assembly, stress + c, column) += w * strain / frame->volume;
        if (assembly->channel == 0) *at(assembly, strain_rule + c, column) += strain / (double)n;
    }
    if (assembly->channel == 0 && lrpot__frame_has(frame, LRPOT__TARGET_BORN))
        born_rows(assembly, frame, i, by_own, column);
}

void lrpot__charge_slopes_differentiate(lrpot__assembly *assembly, const lrpot__frame *frame,
                                        int64_t i)
{
    int64_t n = frame->n, pc = assembly->charge_stride, own = assembly->layout.charge_own;
    double by_own = 0.0, slope = 1.0, *dc = assembly->dc + i * pc;
    if (!has_slopes(assembly)) return;
    slope = lrpot__charges_slope(assembly->potential->charges, frame->species[i], &by_own);
    if (own >= 0 && assembly->charge != NULL)
        own_rows(assembly, frame, i, by_own, own + frame->species[i]);
    cblas_dscal((int)pc, slope, dc, 1);
    cblas_dscal((int)(3 * n), slope, assembly->dc_dr + 3 * n * i, 1);
    cblas_dscal(6, slope, assembly->c_strain + 6 * i, 1);
    if (own >= 0)
        dc[own - lrpot__assembly_first_charge_parameter(assembly) + frame->species[i]] +=
            by_own * assembly->scalars[i];
}
