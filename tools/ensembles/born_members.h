/* Mean and spread of the Born charges of one structure over the members of an ensemble. */
#ifndef LRPOT_TOOL_BORN_MEMBERS_H
#define LRPOT_TOOL_BORN_MEMBERS_H

#include "ensembles/spread.h"

#include "phonons/born_charges.h"

typedef struct born_members {
    spread values;
    double *flat; /* those of one member */
    int64_t capacity;
    double near[3];    /* e/A^2: polarization of the first member, whose branch all take */
    int64_t branch[3]; /* of the first member */
    /* e A, e/A^2: dipole and polarization, screened. A tensor mixes the components, so a deviation
     * of screened values does not follow from that of the model's. */
    double physical[6];
    int32_t same_branch; /* 1: all members have it, so that the mean has one */
    /* deviations, borrowed from values: [n][3][3] e, [n] e, [3] e A, [3] e/A^2, 1 value in e */
    const double *born, *charges, *dipole, *polarization, *rmse;
    double mean_rmse; /* e: mean over members of the RMSE against the Born charges of the file */
} born_members;

/* Begins a structure. Returns 0 without memory. */
int born_members_begin(born_members *m, int64_t n);
/* Adds a result; rmse: that of the member against a reference. */
void born_members_add(born_members *m, const born_result *member, double rmse);
/* Polarization whose branch the next member takes; NULL for the first. */
const double *born_members_near(const born_members *m);
/* Replaces the result of the last member by the means. */
void born_members_end(born_members *m, born_result *last);
void born_members_free(born_members *m);

#endif
