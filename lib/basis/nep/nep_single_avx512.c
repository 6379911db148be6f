/* The NEP kernel of mixed precision for AVX-512. */
#define LANES 16
#define SINGLE

#include "basis/nep/nep_lanes.h"

#include "basis/nep/nep_lanes_neighbours.h"

#include "basis/nep/nep_lanes_radial.h"

#include "basis/nep/nep_lanes_angular.h"

#include "basis/nep/nep_lanes_run.h"

const lrpot__nep_kernel lrpot__nep_single_avx512 = { scratch_bytes, run };
