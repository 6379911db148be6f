/* Extrapolation grades by the active set of a model: warnings on results that the data of the fit
 * do not support. */
#ifndef LRPOT_TOOL_GRADING_H
#define LRPOT_TOOL_GRADING_H

#include "cli/output_file.h"

#include <lrpot/lrpot.h>

typedef struct grading {
    const lrpot_potential *model;
    const lrpot_active_set *set; /* borrowed from the model; NULL: it has none */
    double *grades;
    int64_t capacity;
    double largest; /* largest grade so far */
    int64_t atom, n, n_new;
    /* warnings given: 1 for a grade above LRPOT_GRADE_NEW, 2 above LRPOT_GRADE_FAR */
    int32_t told;
    char place[512], symbol[16]; /* place and atom of the largest grade */
} grading;

/* Opens the grading. Notes on standard error if the model has no active set. path names it in
 * messages. */
void grading_open(grading *g, const lrpot_potential *model, const char *path);
/* Grades a structure; messages name it by place. */
lrpot_status grading_structure(grading *g, lrpot_workspace *work, const lrpot_structure *structure,
                               const char *place);
/* The same for atoms with a list. */
lrpot_status grading_atoms(grading *g, lrpot_workspace *work, const lrpot_atoms *atoms,
                           const lrpot_nlist *list, const char *place);
/* Grades copies with random displacements of the atoms by GRADING_RATTLE. For vibrations: their
 * forces and charges depend on displacements that a crystal at rest does not have. */
#define GRADING_RATTLE 0.03 /* A, root mean square of a component */
lrpot_status grading_rattled(grading *g, lrpot_workspace *work, const lrpot_structure *structure,
                             const char *place);
/* Warns if the largest grade is above LRPOT_GRADE_NEW. */
void grading_report(const grading *g);
/* During a run: warns once above LRPOT_GRADE_NEW, and once more above LRPOT_GRADE_FAR. */
void grading_watch(grading *g);
/* {"largest", "atom", "place", "structures", "above_threshold"}, or null without an active set. */
json_t *grading_json(const grading *g);
void grading_close(grading *g);

#endif
