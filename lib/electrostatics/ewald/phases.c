#include "electrostatics/ewald/phases.h"

#include "core/error.h"
#include "core/workspace.h"

#include <math.h>
#include <string.h>

static const lrpot__tag powers_tag = { "phases of the atoms" };

#define BLOCK LRPOT__PHASES_BLOCK

lrpot_status lrpot__phases_reserve(lrpot_workspace *work, const int32_t *reach, int32_t thread,
                                   lrpot__phases *out)
{
    int64_t sizes[3] = { reach[0] + 1, 2 * (int64_t)reach[1] + 1, 2 * (int64_t)reach[2] + 1 };
    LRPOT__TRY(lrpot__workspace_thread_doubles(
        work, &powers_tag, thread, 2 * BLOCK * (sizes[0] + sizes[1] + sizes[2]), &out->power[0]));
    out->power[1] = out->power[0] + 2 * BLOCK * sizes[0];
    out->power[2] = out->power[1] + 2 * BLOCK * sizes[1];
    memcpy(out->reach, reach, sizeof out->reach);
    return LRPOT_OK;
}

static void fill_powers(const lrpot__sum *sum, int d, lrpot__phases *b)
{
    const lrpot_atoms *atoms = sum->atoms;
    int64_t stride = atoms->stride > 0 ? atoms->stride : 3;
    double *zero = b->power[d] + (d == 0 ? 0 : (int64_t)b->reach[d] * 2 * BLOCK);
    for (int64_t i = 0; i < BLOCK; i++) {
        const double *r = atoms->positions + (b->first + (i < b->count ? i : 0)) * stride;
        double phase = r[0] * sum->reciprocal[3 * d] + r[1] * sum->reciprocal[3 * d + 1]
                       + r[2] * sum->reciprocal[3 * d + 2];
        double c = cos(phase), s = sin(phase), re = 1.0, im = 0.0;
        for (int32_t n = 0; n <= b->reach[d]; n++) {
            double *plus = zero + (int64_t)n * 2 * BLOCK, *minus = zero - (int64_t)n * 2 * BLOCK;
            plus[i] = re;
            plus[BLOCK + i] = im;
            if (d > 0 && n > 0) {
                minus[i] = re;
                minus[BLOCK + i] = -im;
            }
            double next = re * c - im * s;
            im = re * s + im * c;
            re = next;
        }
    }
}

void lrpot__phases_load(const lrpot__sum *sum, int64_t first, lrpot__phases *b)
{
    b->first = first;
    b->count = sum->atoms->n_owned - first < BLOCK ? sum->atoms->n_owned - first : BLOCK;
    for (int d = 0; d < 3; d++) fill_powers(sum, d, b);
}

void lrpot__phases_line(lrpot__phases *b, const int32_t *line)
{
    const double *x = b->power[0] + (int64_t)line[0] * 2 * BLOCK,
                 *y = b->power[1] + (int64_t)(line[1] + b->reach[1]) * 2 * BLOCK;
    for (int i = 0; i < BLOCK; i++) {
        b->line_real[i] = x[i] * y[i] - x[BLOCK + i] * y[BLOCK + i];
        b->line_imag[i] = x[i] * y[BLOCK + i] + x[BLOCK + i] * y[i];
    }
}
