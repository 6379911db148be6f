/* The fast NEP kernel for AVX-512. */
#define LANES 8

#include "basis/nep/nep_lanes.h"

#include "basis/nep/nep_lanes_neighbours.h"

#include "basis/nep/nep_lanes_radial.h"

#include "basis/nep/nep_lanes_angular.h"

#include "basis/nep/nep_lanes_run.h"

const lrpot__nep_kernel lrpot__nep_kernel_avx512 = { scratch_bytes, run };
