/* Results at the public border: not finite is an error that names quantity and atom. */
#ifndef LRPOT__FINITE_H
#define LRPOT__FINITE_H

#include <lrpot/structure.h>
#include <lrpot/workspace.h>

/* Values of n atoms (or the like), `width` of each; NULL passes. */
lrpot_status lrpot__finite(const char *quantity, int64_t n, int64_t width, const double *values);
/* Of the whole system: its message names the component. */
lrpot_status lrpot__finite_total(const char *quantity, int64_t count, const double *values);
/* All members of out that are wanted; potential and field of so many channels. */
lrpot_status lrpot__finite_outputs(const lrpot_atoms *atoms, int32_t channels,
                                   const lrpot_outputs *out);

#endif
