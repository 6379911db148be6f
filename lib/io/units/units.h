/* Units of other programs, and conversion of a file's numbers to the library's units. */
#ifndef LRPOT__UNITS_H
#define LRPOT__UNITS_H

#include <lrpot/structure.h>

#define LRPOT__TIME 0 /* index of the time of a frame, which no quantity has */

#define LRPOT__HARTREE 27.211386245988
#define LRPOT__BOHR 0.529177210903
#define LRPOT__KCAL 0.0433641042385  /* eV of 1 kcal/mol */
#define LRPOT__KJ 0.0103642696       /* eV of 1 kJ/mol */
#define LRPOT__BAR 6.241509074e-7    /* eV/A^3 */
#define LRPOT__ASE_TIME 10.180505711 /* fs of 1 A sqrt(u/eV) */

/* Conversion rule of one quantity of a file. */
typedef struct lrpot__rule {
    double factor;      /* factor to the library's unit */
    int32_t left_out;   /* 1: its unit is not known; it is not used */
    int32_t stated;     /* 1: stated by the caller; nothing is tested */
    int32_t per_atom;   /* 1: an energy divided by the number of atoms */
    int32_t per_volume; /* 1: a stress times the volume */
} lrpot__rule;

typedef struct lrpot__unit {
    int32_t quantity;
    const char *name;
    double factor;
} lrpot__unit;

/* Unit of a quantity by value, ignoring the sign, within the relative tolerance. NULL if there is
 * none, or if several are equally near. */
const lrpot__unit *lrpot__unit_nearest(int32_t quantity, double factor, double tolerance);
/* Quantity by its name in a list of units ("time" too); -1 if it has no choice of units. */
int32_t lrpot__unit_quantity(const char *name, size_t length);
/* Parses "stress=-bar,time=ps", or the name of a LAMMPS style, to rules. */
lrpot_status lrpot__units_parse(const char *text, lrpot__rule rules[LRPOT_QUANTITY_COUNT]);

#endif
