#include "core/threads.h"

#include <stdatomic.h>
#include <sys/types.h>
#include <unistd.h>

#ifdef _OPENMP
#include <omp.h>
#endif

static _Atomic(pid_t) first_process;

int lrpot__is_forked_child(void)
{
    pid_t own = getpid(), first = 0;
    if (atomic_compare_exchange_strong(&first_process, &first, own) || first == own) return 0;
#ifdef _OPENMP
    /* a BLAS with OpenMP uses this number and would wait as well */
    if (omp_get_max_threads() > 1) omp_set_num_threads(1);
#endif
    return 1;
}

void lrpot__region_is_serial(void)
{
#ifdef _OPENMP
    /* a region has a copy of this number, which ends with it */
    if (omp_get_max_threads() > 1) omp_set_num_threads(1);
#endif
}

int32_t lrpot__region_threads(int32_t wanted)
{
    return wanted > 1 && lrpot__is_forked_child() ? 1 : wanted;
}
