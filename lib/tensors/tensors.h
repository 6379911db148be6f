/* Internals of a tensor model. */
#ifndef LRPOT__TENSORS_H
#define LRPOT__TENSORS_H

#include "basis/plan/covariant.h"
#include "basis/evaluate.h"
#include "core/workspace.h"

#include <lrpot/tensors.h>

/* A part of the basis with the coefficients of all species. */
typedef struct lrpot__tensor_part {
    int32_t part;      /* LRPOT__PART_* */
    int32_t constant;  /* 1: the last coefficient of a species is that of the constant 1 */
    int64_t functions; /* K */
    int64_t first;     /* index of the part's first component among the features */
    int64_t offset;    /* offset of the part among all coefficients: [S][K + constant] */
} lrpot__tensor_part;

enum { LRPOT__TENSOR_PARTS = 3 };

struct lrpot_tensor_model {
    lrpot_tensor_options options; /* defaults filled in; symbols are copies */
    char **symbols;
    lrpot_potential *potential; /* potential of coupled models: a copy of the given one, or NULL */
    lrpot_basis *basis;         /* features: the parts, [function][component]; NULL for GLOBAL */
    int32_t n_parts;
    lrpot__tensor_part parts[LRPOT__TENSOR_PARTS];
    int64_t n_coefficients;
    double *coefficients;
    /* the coefficients without the constants, [S][K] of part after part, in the layout of heads */
    double *heads;
};

/* Refreshes `heads`. */
void lrpot__tensor_model_refresh(lrpot_tensor_model *model);
/* Values of all heads, [n_owned][n]: the components of part after part, without the constant. */
lrpot_status lrpot__tensor_heads(const lrpot_tensor_model *model, lrpot_workspace *work,
                                 const lrpot_atoms *atoms, const lrpot_nlist *list, double **values,
                                 int64_t *n);
/* Tensors without the sum rule imposed, [lrpot__tensor_rows()][3][3]. */
lrpot_status lrpot__tensor_born(const lrpot_tensor_model *model, lrpot_workspace *work,
                                const lrpot_atoms *atoms, const lrpot_nlist *list,
                                const lrpot_comm *comm, double *Z);
/* Number of atoms that get a tensor: the owned ones; with a host that sends ghosts' values to their
 * owners also the ghosts, which then hold parts of their owners' tensors. */
int64_t lrpot__tensor_rows(const lrpot_atoms *atoms, const lrpot_comm *comm);
/* Checks that the host can send all values of ghosts to their owners. */
lrpot_status lrpot__tensor_ghosts(const lrpot_atoms *atoms, const lrpot_comm *comm,
                                  const char *what);
/* Checks everything that does not depend on positions. */
lrpot_status lrpot__tensor_check(const lrpot_tensor_model *model, const lrpot_workspace *work,
                                 const lrpot_atoms *atoms, const lrpot_nlist *list);
/* Tensors of LOCAL models, as lrpot__tensor_born(), and of GLOBAL ones, for one process. */
lrpot_status lrpot__tensor_coupled(const lrpot_tensor_model *model, lrpot_workspace *work,
                                   const lrpot_atoms *atoms, const lrpot_nlist *list,
                                   const lrpot_comm *comm, double *Z);
/* rows[9 n_owned][count]: the tensors of a coupled model with one coefficient 1 and all others 0,
 * for each coefficient. */
lrpot_status lrpot__tensor_coupled_rows(const lrpot_tensor_model *model, lrpot_workspace *work,
                                        const lrpot_atoms *atoms, const lrpot_nlist *list,
                                        double *rows);
/* For a LOCAL model: the factors gamma [n_owned], and unit_born [9 n_owned][n_owned], the tensors
 * of a fixed unit charge at each atom (its factor depends on the positions); without Q/N. */
lrpot_status lrpot__tensor_factor(const lrpot_tensor_model *model, lrpot_workspace *work,
                                  const lrpot_atoms *atoms, const lrpot_nlist *list, double *gamma,
                                  double *unit_born);

/* Creates a model of at most `most` functions; 0: all functions of the levels. */
lrpot_status lrpot__tensor_model_create_limited(lrpot_tensor_model **out,
                                                const lrpot_tensor_options *options, int64_t most);

#endif
