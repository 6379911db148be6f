/* Units that other programs write, and how a file's numbers become the library's. */
#ifndef LRPOT__UNITS_H
#define LRPOT__UNITS_H

#include <lrpot/structure.h>

#define LRPOT__TIME 0 /* the time of a frame, at the place that no quantity has */

#define LRPOT__HARTREE 27.211386245988
#define LRPOT__BOHR 0.529177210903
#define LRPOT__KCAL 0.0433641042385  /* eV of 1 kcal/mol */
#define LRPOT__KJ 0.0103642696       /* eV of 1 kJ/mol */
#define LRPOT__BAR 6.241509074e-7    /* eV/A^3 */
#define LRPOT__ASE_TIME 10.180505711 /* fs of 1 A sqrt(u/eV) */

/* One quantity of a file. */
typedef struct lrpot__rule {
    double factor;      /* to the library's unit */
    int32_t left_out;   /* nobody knows its unit: it is not taken */
    int32_t stated;     /* by the caller: nothing is looked at */
    int32_t per_atom;   /* an energy divided by the number of atoms */
    int32_t per_volume; /* a stress times the volume */
} lrpot__rule;

typedef struct lrpot__unit {
    int32_t quantity;
    const char *name;
    double factor;
} lrpot__unit;

/* Unit of a quantity by value, sign aside, within the relative tolerance; NULL when there is none,
 * or when several lie as near. */
const lrpot__unit *lrpot__unit_nearest(int32_t quantity, double factor, double tolerance);
/* Name of a quantity in a list of units ("time" too); -1 when it has no units to choose from. */
int32_t lrpot__unit_quantity(const char *name, size_t length);
/* "stress=-bar,time=ps", or the name of a LAMMPS style, into rules. */
lrpot_status lrpot__units_parse(const char *text, lrpot__rule rules[LRPOT_QUANTITY_COUNT]);

#endif
