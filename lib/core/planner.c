#include "core/planner.h"

#include <pthread.h>

static pthread_mutex_t planner = PTHREAD_MUTEX_INITIALIZER;

void lrpot__planner_lock(void)
{
    pthread_mutex_lock(&planner);
}
void lrpot__planner_unlock(void)
{
    pthread_mutex_unlock(&planner);
}
