/* Check of results at the public border: a value that is not finite is an error that names quantity
 * and atom. */
#ifndef LRPOT__FINITE_H
#define LRPOT__FINITE_H

#include <lrpot/structure.h>
#include <lrpot/workspace.h>

/* Checks values of n atoms (or the like), `width` of each. NULL is accepted. */
lrpot_status lrpot__finite(const char *quantity, int64_t n, int64_t width, const double *values);
/* Checks values of the whole system; the message names the component. */
lrpot_status lrpot__finite_total(const char *quantity, int64_t count, const double *values);
/* Checks all members of out that are not NULL; potential and field have the given number of
 * channels. */
lrpot_status lrpot__finite_outputs(const lrpot_atoms *atoms, int32_t channels,
                                   const lrpot_outputs *out);

#endif
