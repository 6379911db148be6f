/* Lock of FFTW's planner, which is not thread-safe. Plans are thread-safe. Any code that makes or
 * destroys a plan holds this lock. */
#ifndef LRPOT__PLANNER_H
#define LRPOT__PLANNER_H

void lrpot__fftw_planner_lock(void);
void lrpot__fftw_planner_unlock(void);

#endif
