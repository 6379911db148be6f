/* Titles of figures: what is drawn, of which crystal, by which model. */
#ifndef LRPOT_TOOL_FIGURE_TITLE_H
#define LRPOT_TOOL_FIGURE_TITLE_H

#include <lrpot/lrpot.h>

enum { FIGURE_TITLE = 240 };

/* "WHAT of NaCl, model.lrp", with "mean and standard deviation of N models" for several. structure
 * and path may be NULL; path: of the model, or of the data. Names of files without their folder. */
void figure_title(char title[FIGURE_TITLE], const char *what, const lrpot_structure *structure,
                  int32_t n_models, const char *path);

#endif
