/* Central difference of 4th order: 12 h f'(x) = sum_k FACTORS[k] f(x + STEPS[k] h). */
#ifndef LRPOT__CENTRAL_DIFFERENCE_H
#define LRPOT__CENTRAL_DIFFERENCE_H

enum { LRPOT__DIFFERENCE_POINTS = 4 };
static const double lrpot__difference_steps[LRPOT__DIFFERENCE_POINTS] = { -2.0, -1.0, 1.0, 2.0 };
static const double lrpot__difference_factors[LRPOT__DIFFERENCE_POINTS] = { 1.0, -8.0, 8.0, -1.0 };

#endif
