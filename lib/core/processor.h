/* The instruction set that all fast kernels use on this processor. */
#ifndef LRPOT__PROCESSOR_H
#define LRPOT__PROCESSOR_H

#include <stdint.h>

/* In rising order: each processor runs those below its own, too. */
enum { LRPOT__PLAIN, LRPOT__AVX2, LRPOT__AVX512 };

/* The best one of this processor that the build has kernels for. */
int32_t lrpot__instruction_set(void);

#endif
