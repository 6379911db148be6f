/* Positions, charges and polynomials for pairs in single precision. */
#include "electrostatics/ewald/single_pairs.h"

#include "core/error.h"
#include "core/workspace.h"

#include <math.h>
#include <string.h>

static const lrpot__tag packed_tag = { "positions and charges in single precision" };
static const lrpot__tag translations_tag = { "vectors of the images as whole numbers" };

/* Vectors of up to this many cutoffs are held, as a signed number of 32 bits. The unit is then
 * below a hundred-millionth of the cutoff. */
#define REACH 16.0

static double make_pair(const lrpot__pair *pair, double list_cutoff, lrpot__single_pair *out)
{
    double unit = ldexp(1.0, ilogb(REACH * fmax(list_cutoff, pair->cutoff)) - 30);
    *out = (lrpot__single_pair){ .unit = (float)unit,
                                 .square = (float)(pair->cutoff * pair->cutoff),
                                 .taper_start = (float)pair->taper_start,
                                 .taper_scale = (float)pair->taper_scale,
                                 .z_scale = (float)pair->z_scale,
                                 .degree = pair->degree };
    for (int k = 0; k <= pair->degree; k++) {
        out->value[k] = (float)pair->value[k];
        out->derivative[k] = (float)(2.0 * pair->derivative[k]);
    }
    return 1.0 / unit;
}

/* Whole number of units next to x, modulo 2^32. Returns 0 if it is out of range. */
static int whole_units(double x, double inverse_unit, int32_t *out)
{
    double units = nearbyint(x * inverse_unit);
    if (!(fabs(units) < 9e18)) return 0;
    uint32_t low = (uint32_t)(uint64_t)(int64_t)units;
    memcpy(out, &low, sizeof low);
    return 1;
}

lrpot_status lrpot__single_pairs_make(const lrpot__single_inputs *inputs, lrpot_workspace *work,
                                      lrpot__single_pairs *out, int *usable)
{
    double inverse_unit = make_pair(inputs->pair, inputs->list_cutoff, &out->pair);
    LRPOT__TRY(lrpot__workspace_int32s(work, &packed_tag, 4 * inputs->n, &out->packed));
    LRPOT__TRY(
        lrpot__workspace_int32s(work, &translations_tag, 4 * inputs->images, &out->translations));
    *usable = 1;
    for (int64_t i = 0; i < inputs->n; i++) {
        float charge = (float)inputs->packed[4 * i + 3];
        for (int a = 0; a < 3; a++)
            *usable &=
                whole_units(inputs->packed[4 * i + a], inverse_unit, &out->packed[4 * i + a]);
        memcpy(out->packed + 4 * i + 3, &charge, sizeof charge);
    }
    for (int64_t t = 0; t < inputs->images; t++) {
        out->translations[4 * t + 3] = 0;
        for (int a = 0; a < 3; a++)
            *usable &= whole_units(inputs->translations[4 * t + a], inverse_unit,
                                   &out->translations[4 * t + a]);
    }
    return LRPOT_OK;
}
