/* Survey of the data of a fit before there is a model: species, amount, shortest distance. */
#ifndef LRPOT__FIT_SURVEY_H
#define LRPOT__FIT_SURVEY_H

#include <lrpot/fit.h>

enum { LRPOT__LABEL = 16 };

typedef struct lrpot__survey {
    int64_t n;
    lrpot_structure *const *structures; /* [n] */
    const lrpot_fit_frame *how;         /* [n] or NULL: all are training frames */
} lrpot__survey;

/* Refuses data without a training frame. */
lrpot_status lrpot__survey_check(const lrpot__survey *data);
/* Labels of the training frames, as lrpot_structures_labels() sorts them. */
lrpot_status lrpot__survey_labels(const lrpot__survey *data, int32_t room, char *labels,
                                  int32_t *count);
/* Number of energies and force components of the training frames. */
int64_t lrpot__survey_equations(const lrpot__survey *data);
/* Shortest distance of two atoms within the cutoff over all frames, infinite if there is none; and
 * the frame that has it, -1 for none. */
lrpot_status lrpot__survey_distance(const lrpot__survey *data, int32_t n_symbols,
                                    const char *const *symbols, double cutoff, double *distance,
                                    int64_t *frame);

#endif
