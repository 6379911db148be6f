#include "core/fftw_planner.h"

#include <pthread.h>

static pthread_mutex_t planner = PTHREAD_MUTEX_INITIALIZER;

void lrpot__fftw_planner_lock(void)
{
    pthread_mutex_lock(&planner);
}
void lrpot__fftw_planner_unlock(void)
{
    pthread_mutex_unlock(&planner);
}
