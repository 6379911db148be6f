/* Positions, charges and polynomials for pairs in single precision. */
#include "electrostatics/ewald/single_pairs.h"

#include "core/algebra.h"
#include "core/error.h"
#include "core/workspace.h"

#include <math.h>
#include <string.h>

static const lrpot__tag packed_tag = { "positions and charges in single precision" };
static const lrpot__tag translations_tag = { "vectors of the images as whole numbers" };

/* Vectors of up to this many cutoffs are held, as a signed number of 32 bits. The step is then
 * below a hundred-millionth of the cutoff. */
#define REACH 16.0

/* steps: of a position in A. Rows of the cell, or numbers of x, y and z. */
static void find_steps(const lrpot__single_inputs *inputs, lrpot__single_pair *out, double *steps)
{
    const double *cell = inputs->cell;
    double reach = REACH * fmax(inputs->list_cutoff, inputs->pair->cutoff);
    if (cell == NULL) {
        double step = ldexp(1.0, ilogb(reach) - 30);
        for (int x = 0; x < 9; x++) {
            out->step[x] = x % 4 == 0 ? (float)step : 0.0f;
            steps[x] = x % 4 == 0 ? 1.0 / step : 0.0;
        }
        return;
    }
    lrpot__inverse3(cell, steps);
    for (int x = 0; x < 9; x++) {
        out->step[x] = (float)ldexp(cell[x], -32);
        steps[x] = ldexp(steps[x], 32);
        out->oblique |= x % 4 != 0 && cell[x] != 0.0;
    }
}

static void make_pair(const lrpot__single_inputs *inputs, lrpot__single_pair *out, double *steps)
{
    const lrpot__pair *pair = inputs->pair;
    *out = (lrpot__single_pair){ .square = (float)(pair->cutoff * pair->cutoff),
                                 .taper_start = (float)pair->taper_start,
                                 .taper_scale = (float)pair->taper_scale,
                                 .z_scale = (float)pair->z_scale,
                                 .degree = pair->degree };
    find_steps(inputs, out, steps);
    for (int k = 0; k <= pair->degree; k++) {
        out->value[k] = (float)pair->value[k];
        out->derivative[k] = (float)(2.0 * pair->derivative[k]);
    }
}

/* Whole numbers of steps next to a vector, modulo 2^32. Returns 0 if they are out of range. */
static int count_steps(const double *v, const double *steps, int32_t *out)
{
    double counts[3];
    lrpot__row_times3(v, steps, counts);
    for (int a = 0; a < 3; a++) {
        double near = nearbyint(counts[a]);
        if (!(fabs(near) < 9e18)) return 0;
        uint32_t low = (uint32_t)(uint64_t)(int64_t)near;
        memcpy(out + a, &low, sizeof low);
    }
    return 1;
}

lrpot_status lrpot__single_pairs_make(const lrpot__single_inputs *inputs, lrpot_workspace *work,
                                      lrpot__single_pairs *out, int *usable)
{
    int64_t images = inputs->cell == NULL ? inputs->images : 0;
    double steps[9];
    make_pair(inputs, &out->pair, steps);
    LRPOT__TRY(lrpot__workspace_int32s(work, &packed_tag, 4 * inputs->n, &out->packed));
    LRPOT__TRY(lrpot__workspace_int32s(work, &translations_tag, 4 * images, &out->translations));
    *usable = 1;
    for (int64_t i = 0; i < inputs->n; i++) {
        float charge = (float)inputs->packed[4 * i + 3];
        *usable &= count_steps(inputs->packed + 4 * i, steps, out->packed + 4 * i);
        memcpy(out->packed + 4 * i + 3, &charge, sizeof charge);
    }
    for (int64_t t = 0; t < images; t++) {
        out->translations[4 * t + 3] = 0;
        *usable &= count_steps(inputs->translations + 4 * t, steps, out->translations + 4 * t);
    }
    if (inputs->cell != NULL) out->translations = NULL;
    return LRPOT_OK;
}
