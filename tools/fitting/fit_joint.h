/* lrpot fit --joint OUT: a potential, and a local factor of its charges in the Born charges, in one
 * fit of energies, forces and tensors. */
#ifndef LRPOT_TOOL_FIT_JOINT_H
#define LRPOT_TOOL_FIT_JOINT_H

int fit_joint_wanted(int count, char *const *arguments);
/* Fits the potential, then the factor to its charges, then both together from there. Returns the
 * exit code. */
int fit_joint(int count, char **arguments);

#endif
