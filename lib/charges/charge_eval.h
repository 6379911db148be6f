/* Evaluation of charges from the local environments, and the chain rule back to the atoms. */
#ifndef LRPOT__CHARGE_EVAL_H
#define LRPOT__CHARGE_EVAL_H

#include "charges/charges.h"

/* Checks the arguments of a call. Models without a basis need no list. */
lrpot_status lrpot__charges_check(const lrpot_charges *charges, const lrpot_workspace *work,
                                  const lrpot_atoms *atoms, const lrpot_nlist *list,
                                  const lrpot_comm *comm);
/* Scalars and charges of all channels. shift, field: as in the call. */
lrpot_status lrpot__charges_evaluate(lrpot__charge_call *call, const lrpot_charges *charges,
                                     lrpot_workspace *work, const lrpot_atoms *atoms,
                                     const lrpot_nlist *list, const lrpot_comm *comm,
                                     const double *shift, const double *field);
/* The same for a call whose inputs the caller has set. */
lrpot_status lrpot__charges_run(lrpot__charge_call *call);
/* lrpot_charges_pull() of a quantity that depends on the sum of the dipoles of the atoms too, by
 * dE_ddipole [3] V/A. */
lrpot_status lrpot__charges_pull_dipole(const lrpot_charges *charges, lrpot_workspace *work,
                                        const lrpot_atoms *atoms, const lrpot_nlist *list,
                                        const lrpot_comm *comm, const double *dE_dq,
                                        const double *dE_ddipole, lrpot_outputs *out);
/* After lrpot__charges_evaluate(): sets the charges of ghosts in the values [n_all] of one channel.
 */
lrpot_status lrpot__charges_to_ghosts(const lrpot_atoms *atoms, const lrpot_comm *comm,
                                      double *values);
/* After lrpot__charges_evaluate(): adds the energy of the charges beside the Coulomb energy, and
 * the forces and virials of the derivatives of the charges, at the potentials [C][n_owned]. Charges
 * that minimise an energy do not use these potentials. */
lrpot_status lrpot__charges_add_forces(const lrpot__charge_call *call, const double *potentials,
                                       lrpot_outputs *out);
/* After lrpot__charges_evaluate(): adds forces and virials of dE/dq [C][n_owned]. */
lrpot_status lrpot__charges_pull(const lrpot__charge_call *call, const double *dE_dq,
                                 lrpot_outputs *out);
/* 1 if the charges change when atoms move. */
int lrpot__charges_depend_on_positions(const lrpot_charges *charges);
/* Refuses charges that depend on atoms beyond the cutoff of the basis by more than their sum. */
lrpot_status lrpot__charges_require_local(const lrpot_charges *charges, const char *what);
/* 1 if the charges minimise an energy of their own. NULL: 0. */
int lrpot__charges_have_energy(const lrpot_charges *charges);
/* 1 if charges that minimise an energy respond to a uniform field by `respond_uniform`: in a system
 * that repeats, without fragments. */
int lrpot__charges_dielectric(const lrpot_charges *charges, const lrpot_atoms *atoms);
/* 1 if Born charges and dipoles are physical: a dielectric tensor of the model's own screens
 * them. */
int lrpot__charges_screen_themselves(const lrpot_charges *charges);
/* Refuses kinds whose derivatives are not known. NULL is accepted. */
lrpot_status lrpot__charges_require_derivatives(const lrpot_charges *charges, const char *what);
/* Refuses kinds that do not follow one of two chains, for callers that know these only. */
lrpot_status lrpot__charges_require_chain(const lrpot_charges *charges, int32_t first,
                                          int32_t second, const char *what);
/* dq_i/dc_i of an atom without redistribution; 1 without charges. by_own: its derivative by the own
 * parameter, or NULL. */
double lrpot__charges_slope(const lrpot_charges *charges, int32_t species, double *by_own);
/* These slopes for the owned atoms, in the workspace; NULL: all are 1. */
lrpot_status lrpot__charges_slopes(const lrpot_charges *charges, lrpot_workspace *work,
                                   const lrpot_atoms *atoms, const double **slopes);
/* Order of the moments of the density: 0 charges, 1 dipoles too, 2 quadrupoles too. NULL: 0. */
int32_t lrpot__charges_order(const lrpot_charges *charges);
/* After lrpot__charges_evaluate(): dipoles of the atoms, [n_owned][3] e A; NULL without. */
const double *lrpot__charges_dipoles(const lrpot__charge_call *call);
/* The same for quadrupoles, [n_owned][3][3] e A^2, without trace. */
const double *lrpot__charges_quadrupoles(const lrpot__charge_call *call);
/* Refuses densities of a higher order. */
lrpot_status lrpot__charges_require_order(const lrpot_charges *charges, int32_t most,
                                          const char *what);
/* Refuses models with several charges per atom, for callers that need one. */
lrpot_status lrpot__charges_require_single(const lrpot_charges *charges, const char *what);

#endif
