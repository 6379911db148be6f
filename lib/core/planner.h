/* FFTW's planner is not thread-safe, its plans are: whoever makes or destroys a plan holds this
 * lock. */
#ifndef LRPOT__PLANNER_H
#define LRPOT__PLANNER_H

void lrpot__planner_lock(void);
void lrpot__planner_unlock(void);

#endif
