#include "basis/nep/nep_zbl.h"

#include "basis/nep/nep_model.h"
#include "basis/zbl.h"

#include <math.h>

#define COULOMB 14.399645 /* eV A/e^2, the value in the programs that fit NEPs */

/* pm, H to Pu: covalent radii of DFT-D3. */
static const double radii[] = {
    32,  46,  120, 94,  77,  75,  71,  63,  64,  67,  140, 125, 113, 104, 110, 102, 99,  96,  176,
    154, 133, 122, 121, 110, 107, 104, 100, 99,  101, 109, 112, 109, 115, 110, 114, 117, 189, 167,
    147, 139, 132, 124, 115, 113, 113, 108, 115, 123, 128, 126, 126, 123, 132, 131, 209, 176, 162,
    147, 158, 157, 156, 155, 151, 152, 151, 150, 149, 149, 148, 153, 146, 137, 131, 123, 118, 116,
    111, 112, 113, 132, 130, 130, 136, 131, 138, 142, 201, 181, 167, 158, 152, 153, 154, 155,
};
/* To six significant digits, as in the programs that fit NEPs. */
double lrpot__nep_zbl_radius(int32_t atomic_number)
{
    if (atomic_number < 1 || atomic_number > (int32_t)(sizeof radii / sizeof radii[0])) return 0.0;
    double r = radii[atomic_number - 1] / 75.0, unit = r < 1.0 ? 1e6 : 1e5;
    return round(r * unit) / unit;
}

static lrpot__zbl shape_of(const lrpot__nep *nep, int32_t a, int32_t b)
{
    lrpot__zbl s = lrpot__zbl_of(COULOMB, nep->atomic_numbers[a], nep->atomic_numbers[b]);
    s.inner = nep->zbl_inner;
    s.outer = nep->zbl_outer;
    if (nep->zbl == LRPOT__NEP_ZBL_TYPEWISE) {
        double sum = lrpot__nep_zbl_radius(nep->atomic_numbers[a])
                     + lrpot__nep_zbl_radius(nep->atomic_numbers[b]);
        s.inner = 0.0;
        s.outer = fmin(nep->zbl_outer, nep->zbl_factor * sum);
    }
    if (nep->zbl == LRPOT__NEP_ZBL_FLEXIBLE) {
        const double *pair = nep->zbl_pairs + 10 * (int64_t)lrpot__nep_pair(nep, a, b);
        s.inner = pair[0];
        s.outer = pair[1];
        s.screening = pair + 2;
    }
    return s;
}

double lrpot__nep_zbl_eval(const lrpot__nep *nep, int32_t a, int32_t b, double r,
                           double *derivative)
{
    lrpot__zbl s = shape_of(nep, a, b);
    return lrpot__zbl_eval(&s, r, derivative);
}

double lrpot__nep_zbl_reach(const lrpot__nep *nep)
{
    double reach = 0.0;
    if (nep->zbl == LRPOT__NEP_ZBL_NONE) return 0.0;
    for (int32_t a = 0; a < nep->n_species; a++)
        for (int32_t b = a; b < nep->n_species; b++) reach = fmax(reach, shape_of(nep, a, b).outer);
    return fmin(reach, nep->cutoff_zbl);
}
