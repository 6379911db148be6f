/* Self energy of the screening charges, and neutralising background. The k = 0 term of the full
 * kernel is dropped, so the mean of the real-space part is subtracted (data conventions: points -pi
 * Q^2 / (2 V alpha^2), Gaussians + (2 pi/V) Q sum q s^2). The k = 0 term of a truncated kernel is
 * finite and stays. */
#include "electrostatics/ewald/self_energy.h"

#include "core/constants.h"
#include "electrostatics/ewald/truncation.h"
#include "electrostatics/splitting/screening.h"

#include <math.h>

double lrpot__atom_width(const lrpot_ewald *ewald, const lrpot_atoms *atoms, int64_t i)
{
    return ewald->widths != NULL ? ewald->widths[atoms->species[i]] : ewald->common;
}

double lrpot__pair_gamma(const lrpot_ewald *ewald, const lrpot_atoms *atoms, int64_t i, int64_t j)
{
    double a = lrpot__atom_width(ewald, atoms, i), b = lrpot__atom_width(ewald, atoms, j),
           square = a * a + b * b;
    return square > 0.0 ? 1.0 / sqrt(2.0 * square) : 0.0;
}

void lrpot__self_energy_make(const lrpot__sum *sum, lrpot__self_energy *out)
{
    *out = (lrpot__self_energy){ 0.0, 0.0 };
    if (sum->volume == 0.0) return;
    out->short_range = lrpot__screening_mean(&sum->split.pair.screening);
    out->smooth_at_origin = lrpot__screening_smooth(&sum->split.pair.screening, 0.0, NULL);
}

double lrpot__self_potential(const lrpot__sum *sum, const lrpot__self_energy *b, int64_t i)
{
    const lrpot_ewald *ewald = sum->ewald;
    double s = lrpot__atom_width(ewald, sum->atoms, i), potential = -b->smooth_at_origin;
    if ((ewald->options.flags & LRPOT_EWALD_SELF) && s > 0.0) potential += ewald->kernel->self(s);
    return lrpot__sum_constant(sum) * potential;
}

double lrpot__background_potential(const lrpot__sum *sum, const lrpot__self_energy *b, int64_t i,
                                   double charge, double spread)
{
    double s = lrpot__atom_width(sum->ewald, sum->atoms, i);
    if (sum->volume == 0.0) return 0.0;
    if (sum->boundary.kind != LRPOT__REPEATED)
        return lrpot__sum_constant(sum) / sum->volume * charge
               * lrpot__truncation_origin(&sum->boundary);
    return lrpot__sum_constant(sum) / sum->volume
           * (-charge * b->short_range + 2.0 * LRPOT__PI * (s * s * charge + spread));
}

/* The energy 1/2 q mean is proportional to 1/V, that of a slab to 1/area, of a wire to 1/length. */
static void add_mean_virial(const lrpot__boundary *b, double energy, double *virial)
{
    for (int x = 0; x < 9; x++) virial[x] += energy * b->along[x];
}

void lrpot__self_energy_add(const lrpot__sum *sum, lrpot__sum_results *out)
{
    lrpot__self_energy b;
    int alike = sum->ewald->table == NULL; /* one width for all atoms */
    double mean = 0.0, self = 0.0, total = 0.0;
    lrpot__self_energy_make(sum, &b);
    for (int64_t i = 0; i < sum->atoms->n_owned; i++) {
        if (i == 0 || !alike) {
            mean = lrpot__background_potential(sum, &b, i, sum->totals.charge, sum->totals.spread);
            self = lrpot__self_potential(sum, &b, i);
        }
        double energy = 0.5 * sum->q[i] * mean;
        out->potential[i] += sum->q[i] * self + mean;
        total += energy;
        if (out->virial_atom != NULL)
            add_mean_virial(&sum->boundary, energy, out->virial_atom + 9 * i);
    }
    add_mean_virial(&sum->boundary, total, out->virial);
}
