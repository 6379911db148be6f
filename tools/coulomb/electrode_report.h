/* Charges and potentials of the fragments of a structure of which some are held at potentials. */
#ifndef LRPOT_TOOL_ELECTRODE_REPORT_H
#define LRPOT_TOOL_ELECTRODE_REPORT_H

#include <jansson.h>
#include <lrpot/lrpot.h>
#include <stdio.h>

typedef struct electrode_report {
    int32_t n, n_held;                           /* fragments; those held. 0: none is held */
    double *charges, *potentials, *capacitances; /* e, V [n]; e/V [n][n] */
    const double *held;                          /* V [n], of the structure; NaN: not held */
    double energy;                               /* eV: E = Omega + sum V Q */
} electrode_report;

/* grand: eV, the grand potential. Memory of a former report is freed. */
lrpot_status electrodes_measure(electrode_report *report, const lrpot_potential *model,
                                lrpot_workspace *work, const lrpot_structure *structure,
                                double grand);
void electrodes_print(const electrode_report *report, FILE *stream);
void electrodes_json(const electrode_report *report, json_t *object);
/* Keys of the comment line, or none. */
lrpot_status electrodes_annotate(const electrode_report *report, lrpot_structure *structure);
/* Removes these keys, which belong to other places of the atoms or to another model. */
lrpot_status electrodes_forget(lrpot_structure *structure);
void electrodes_free(electrode_report *report);

#endif
