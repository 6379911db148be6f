/* Rows of the Jacobian of a self-consistent density. */
#include "fit/jacobian/density_rows.h"

#include <cblas.h>

void lrpot__density_add_rows(const lrpot__assembly *assembly, const lrpot__frame *frame,
                             int64_t first, int64_t rows, double factor, double *out,
                             int64_t stride)
{
    const lrpot__fit_density *d = assembly->density;
    int64_t values = d->heads * frame->n, pc = assembly->charge_stride;
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)rows, (int)pc, (int)values, factor,
                d->slopes + first * values, (int)values, d->dc, (int)pc, 1.0, out, (int)stride);
}

void lrpot__density_moment_rows(const lrpot__assembly *assembly, const lrpot__frame *frame,
                                int64_t first, int64_t count, int64_t row)
{
    lrpot__density_add_rows(assembly, frame, lrpot__density_first_moment(frame->n) + first, count,
                            1.0, lrpot__assembly_charge_row(assembly, row), assembly->stride);
}
