/* What a format cannot hold of the frames that go into it. */
#ifndef LRPOT_TOOL_FORMAT_LOSSES_H
#define LRPOT_TOOL_FORMAT_LOSSES_H

#include <lrpot/lrpot.h>

typedef struct format_losses {
    const char *format;  /* its name in the note */
    const int32_t *kept; /* LRPOT_QUANTITY_* that the format holds, [n_kept] */
    int32_t n_kept;
    int32_t lost[LRPOT_QUANTITY_COUNT], points, potentials; /* 1: seen in a frame */
} format_losses;

/* Losses of .cfg; of a POSCAR. */
format_losses format_losses_of_cfg(void);
format_losses format_losses_of_poscar(void);
/* Takes note of a frame. */
void format_losses_add(format_losses *losses, const lrpot_structure *frame);
/* One note that names all that OUT does not hold; none if nothing is lost. */
void format_losses_report(const format_losses *losses, const char *out);

#endif
