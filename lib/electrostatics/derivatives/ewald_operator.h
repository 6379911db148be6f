/* Data of the Coulomb operator, made once for many charge vectors. */
#ifndef LRPOT__OPERATOR_H
#define LRPOT__OPERATOR_H

#include "electrostatics/mesh/mesh.h"
#include "electrostatics/ewald/surface_term.h"

#include <lrpot/ewald_operator.h>

/* Rows of the short-ranged part; the first entry of each is the diagonal's. */
typedef struct lrpot__operator_pairs {
    int64_t n;
    int64_t *offsets; /* [n + 1] */
    int32_t *columns;
    double *values;
    int64_t offsets_capacity, columns_capacity, values_capacity;
} lrpot__operator_pairs;

struct lrpot_ewald_operator {
    const lrpot_ewald *ewald;
    lrpot_workspace *work; /* its own workspace, so that blocks keep their content between calls */
    int32_t ready;         /* 1 once it has positions */
    lrpot_atoms atoms;     /* points to the copies below */
    double cell[9], *positions;
    int32_t *species;
    int64_t positions_capacity, species_capacity, influence_capacity;
    lrpot__sum sum;
    lrpot__self_energy self_energy;
    lrpot__surface_term surface_term;
    lrpot__operator_pairs pairs;
    lrpot__kspace vectors; /* exact */
    lrpot__mesh_job job;   /* mesh */
    double *influence;     /* as the modes of the job */
    /* V/e: potential of a unit charge at its own position by the reciprocal part. It is the same
     * everywhere; on the mesh it is the average */
    double reciprocal;
};

#endif
