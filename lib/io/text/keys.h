/* Names of quantities in extended XYZ files. */
#ifndef LRPOT__KEYS_H
#define LRPOT__KEYS_H

#include <lrpot/structure.h>

/* Known names of a quantity, NULL-terminated, in order of preference. The first is the one that is
 * written. Case is ignored in reading. */
const char *const *lrpot__key_aliases(int32_t quantity);
/* Names of the virial in eV, from which the stress follows as -virial / V. */
const char *const *lrpot__key_virial_aliases(void);
/* 1 if the quantity is a column, 0 if it is in the comment line. */
int lrpot__key_per_atom(int32_t quantity);
/* Number of doubles per atom, or per frame. */
int64_t lrpot__key_components(int32_t quantity);
/* Index of a name among aliases; -1 if it is none of them. */
int lrpot__key_rank(const char *const *aliases, const char *name);
/* 1 when a key chosen by the user for the stress names a virial. */
int lrpot__key_is_virial(const char *name);

#endif
