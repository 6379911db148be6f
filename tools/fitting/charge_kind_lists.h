/* Lists of the kinds of charges, from the library's table. */
#ifndef LRPOT_TOOL_KIND_LISTS_H
#define LRPOT_TOOL_KIND_LISTS_H

#include <lrpot/lrpot.h>

/* Size of the longest list. */
enum { CHARGE_KINDS_TEXT = 512 };

/* "none, fixed, ..., latent": names of all kinds, with `last` (", " or " or ") before the last. */
const char *charge_kinds_all(const char *last, char text[CHARGE_KINDS_TEXT]);
/* "fixed, qrd or latent": names of the kinds that have a trait, LRPOT_CHARGES_TAKES_BASIS and the
 * like. */
const char *charge_kinds_with(int32_t trait, char text[CHARGE_KINDS_TEXT]);
/* "text (latent or equilibrated)": help of an option that only these kinds take. */
const char *charge_kinds_help(const char *text, int32_t trait, char out[CHARGE_KINDS_TEXT]);
/* 1 if the kind has the trait. */
int charge_kind_has(int32_t kind, int32_t trait);
/* 1 if the charges of the model flow through the whole system; 0 without charges. */
int charges_flow(const lrpot_potential *model);

#endif
