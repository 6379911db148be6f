/* Distinct integer translations, numbered in order of first appearance; number 0 is the zero
 * translation. */
#ifndef LRPOT__TRANSLATIONS_H
#define LRPOT__TRANSLATIONS_H

#include <lrpot/status.h>

typedef struct lrpot__translations {
    int32_t *list; /* [n][3] */
    int64_t n, capacity;
    int32_t *slots; /* hash table of number + 1, 0 when empty */
    int64_t n_slots;
} lrpot__translations;

/* Removes all but number 0; memory is kept. */
lrpot_status lrpot__translations_reset(lrpot__translations *table);
lrpot_status lrpot__translations_number(lrpot__translations *table, const int64_t *translation,
                                        int32_t *number);
void lrpot__translations_free(lrpot__translations *table);

#endif
