/* Imaginary branches: number, lowest frequency, wave vector. */
#ifndef LRPOT_TOOL_STABILITY_H
#define LRPOT_TOOL_STABILITY_H

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

enum { STABILITY_PLACE = 96 };

/* Result over all wave vectors so far; branches = 0: none is imaginary. */
typedef struct stability {
    int64_t branches; /* largest number at one wave vector */
    double lowest;    /* THz, negative */
    char place[STABILITY_PLACE];
} stability;

/* Records the modes of one wave vector; frequencies in THz, negative if imaginary. */
void stability_see(stability *found, int64_t modes, const double *frequencies, const char *place);
/* Prints one sentence, or nothing. where: "at Gamma", "along the path", "on the mesh". */
void stability_print(const stability *found, const char *where, FILE *stream);
/* {"branches", "lowest_thz", "at"} */
json_t *stability_json(const stability *found);

#endif
