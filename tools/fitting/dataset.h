/* Data set: frames of a fit, and a report on them before it starts. */
#ifndef LRPOT_TOOL_DATASET_H
#define LRPOT_TOOL_DATASET_H

#include "cli/inputs.h"

/* Origin of a frame, and its role in a fit. */
typedef struct dataset_origin {
    const char *path; /* borrowed */
    int64_t number;   /* in the file, 0-based */
    lrpot_fit_frame how;
} dataset_origin;

/* File that was read. */
typedef struct dataset_part {
    const char *path; /* borrowed */
    int64_t n;
    uint32_t checksum; /* CRC-32 */
} dataset_part;

typedef struct dataset {
    const char *path; /* borrowed; of the first part */
    lrpot_structure **frames;
    dataset_origin *origins; /* [n] */
    dataset_part *parts;
    int32_t n_parts;
    int64_t n, capacity;
    int64_t found[LRPOT_QUANTITY_COUNT]; /* frames that have the quantity */
    char *keys[LRPOT_QUANTITY_COUNT];    /* key of the quantity; NULL if none */
} dataset;

/* Keys that the user gives instead of the known ones: "energy=REF_energy,forces=F". */
typedef struct key_list {
    text_list pairs;
    int32_t quantities[LRPOT_QUANTITY_COUNT];
    const char *keys[LRPOT_QUANTITY_COUNT];
    int32_t n;
    const char *units; /* as for --units, in addition to those of the command line; NULL: none */
} key_list;
int key_list_read(key_list *keys, const char *verb, const char *text);
void key_list_free(key_list *keys);

/* Reads a whole file. Frames without a total charge get total_charge if it is finite. */
int dataset_read(dataset *set, const char *path, const key_list *keys, const text_list *species,
                 double total_charge);
/* Appends all frames of `from`, which is empty afterwards. */
int dataset_append(dataset *to, dataset *from);
/* "a.xyz: frame 3" for messages. */
void dataset_place(const dataset *set, int64_t frame, char *text, size_t size);
/* Moves a fraction of the frames, chosen by the seed, to another set: at least one, at most all but
 * one. */
int dataset_split(dataset *from, dataset *to, double share, uint64_t seed);
void dataset_free(dataset *set);
/* Symbols of the frames, elements by atomic number, other labels after them; in one block that the
 * caller frees. */
int dataset_symbols(const dataset *set, char ***symbols, int32_t *count);
/* Reports on standard error: keys and frames, elements, charges, cells. targets: the fitted
 * targets, LRPOT_FIT_TARGET_*. */
void dataset_report(const dataset *set, int32_t n_symbols, char *const *symbols,
                    double total_charge, int32_t targets);

#endif
