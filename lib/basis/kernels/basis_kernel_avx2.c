/* The fast kernel for AVX2 and FMA. */
#define LANES 4

#include "basis/kernels/lanes.h"

#include "basis/kernels/lanes_neighbours.h"

#include "basis/kernels/lanes_moments.h"

#include "basis/kernels/lanes_products.h"

#include "basis/kernels/lanes_run.h"

_Static_assert(LANES == LRPOT__LANES_AVX2, "the schedule is made for as many lanes");

const lrpot__basis_kernel lrpot__basis_kernel_avx2 = { lrpot__batches_prepare, scratch_bytes,
                                                       lrpot__batches_units, run };
