/* Electrical boundary condition: the field that acts on the charges of a model, the enthalpy and
 * its strain derivative at fixed dipole (docs/theory/field_stress.md). */
#ifndef LRPOT__CONDITION_H
#define LRPOT__CONDITION_H

#include "core/workspace.h"

#include <lrpot/potential.h>
#include <lrpot/response.h>

/* Capital letters of the theory page: E, D, M are physical, "acting" and "dipole" are those of the
 * model's charges. */
typedef struct lrpot__condition {
    const lrpot_field *field;
    double root[9], inverse[9]; /* eps_inf^(1/2) and its inverse */
    double volume;              /* A^3; 0 unless periodic in three directions */
    double displacement[3];     /* V/A: D; 0 where E is given */
    double acting[3];           /* V/A: eps_inf^(1/2) E */
    double physical[3];         /* V/A: E */
    double dipole[3];           /* e A: of the model's charges, all processes */
    double excess[3];           /* e A: share of an atom in the dipole beyond q r */
    double count, charge;       /* atoms, and e: of all processes */
} lrpot__condition;

/* 1 if the condition is one on D, so that E follows from the dipole. */
int lrpot__condition_open(const lrpot_field *field);
/* Checks the field for these atoms. E is known afterwards unless the condition is open. A field
 * without eps_inf has that of the model. */
lrpot_status lrpot__condition_start(lrpot__condition *c, const lrpot_potential *potential,
                                    const lrpot_field *field, const lrpot_atoms *atoms);
/* Dipole of all processes for charges q at the places [n_owned][3]; for an open condition E. */
lrpot_status lrpot__condition_measure(lrpot__condition *c, const lrpot_atoms *atoms,
                                      const lrpot_comm *comm, const double *q,
                                      const double *places);
/* Refuses a charged periodic system where its enthalpy or stress is asked for. */
lrpot_status lrpot__condition_neutral(const lrpot__condition *c, const lrpot_atoms *atoms,
                                      const lrpot_outputs *out);
/* Adds the energy, the part of the virial from the strain of the dipole with the cell, and the
 * dipole. within: 1 if the energies hold -acting.(q r) already. */
void lrpot__condition_add(const lrpot__condition *c, const lrpot_atoms *atoms, const double *q,
                          const double *places, int within, const lrpot_outputs *out);

#endif
