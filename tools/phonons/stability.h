/* Imaginary branches: how many, how low, where. */
#ifndef LRPOT_TOOL_STABILITY_H
#define LRPOT_TOOL_STABILITY_H

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

enum { STABILITY_PLACE = 96 };

/* Of all wave vectors seen so far; branches = 0: none is imaginary. */
typedef struct stability {
    int64_t branches; /* most at one wave vector */
    double lowest;    /* THz, negative */
    char place[STABILITY_PLACE];
} stability;

/* The modes of one wave vector; frequencies in THz, negative where imaginary. */
void stability_see(stability *found, int64_t modes, const double *frequencies, const char *place);
/* One sentence, or nothing. where: "at Gamma", "along the path", "on the mesh". */
void stability_print(const stability *found, const char *where, FILE *stream);
/* {"branches", "lowest_thz", "at"} */
json_t *stability_json(const stability *found);

#endif
