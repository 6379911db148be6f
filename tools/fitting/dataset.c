#include "fitting/dataset.h"

#include "cli/report.h"
#include "fitting/target_names.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int key_list_read(key_list *keys, const char *verb, const char *text)
{
    memset(keys, 0, sizeof *keys);
    if (!text_list_split(&keys->pairs, text))
        return report_usage(verb, "--keys %s: expected quantity=key,...", text);
    for (int32_t p = 0; p < keys->pairs.count; p++) {
        char *pair = keys->pairs.items[p], *equal = strchr(pair, '=');
        int32_t found = 0;
        if (equal == NULL || equal[1] == '\0' || keys->n == LRPOT_QUANTITY_COUNT)
            return report_usage(verb, "--keys %s: expected quantity=key, as in energy=REF_energy",
                                pair);
        *equal = '\0';
        for (int32_t q = 1; q < LRPOT_QUANTITY_COUNT && found == 0; q++)
            if (lrpot_quantity_name(q) != NULL && strcmp(pair, lrpot_quantity_name(q)) == 0)
                found = q;
        if (found == 0)
            return report_usage(
                verb,
                "--keys: no quantity %s; there are energy, forces, stress, total_charge and more",
                pair);
        keys->quantities[keys->n] = found;
        keys->keys[keys->n++] = equal + 1;
    }
    return GO_ON;
}

void key_list_free(key_list *keys)
{
    text_list_free(&keys->pairs);
}

/* CRC-32 as in zip and PNG: identifies the data in the model's metadata. */
static int checksum_of(const char *path, uint32_t *out)
{
    unsigned char block[65536];
    size_t size = 0;
    uint32_t crc = 0xFFFFFFFFu;
    FILE *file = fopen(path, "rb");
    if (file == NULL) return 0;
    while ((size = fread(block, 1, sizeof block, file)) > 0)
        for (size_t i = 0; i < size; i++) {
            crc ^= block[i];
            for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (0xEDB88320u & (0u - (crc & 1u)));
        }
    fclose(file);
    *out = ~crc;
    return 1;
}

static int append(dataset *set, lrpot_structure *frame, const dataset_origin *origin)
{
    if (set->n == set->capacity) {
        int64_t capacity = 2 * set->capacity + 64;
        lrpot_structure **frames = realloc(set->frames, (size_t)capacity * sizeof *frames);
        if (frames == NULL) return 0;
        set->frames = frames;
        dataset_origin *origins = realloc(set->origins, (size_t)capacity * sizeof *origins);
        if (origins == NULL) return 0;
        set->origins = origins;
        set->capacity = capacity;
    }
    set->origins[set->n] = *origin;
    set->frames[set->n++] = frame;
    return 1;
}

static int append_part(dataset *set, const dataset_part *part)
{
    dataset_part *parts = realloc(set->parts, (size_t)(set->n_parts + 1) * sizeof *parts);
    if (parts == NULL) return 0;
    set->parts = parts;
    set->parts[set->n_parts++] = *part;
    return 1;
}

static int read_frames(dataset *set, lrpot_reader *reader, double total_charge)
{
    lrpot_structure *frame = NULL;
    int code = inputs_next(reader, set->path, &frame);
    while (code == GO_ON && frame != NULL) {
        lrpot_status status = LRPOT_OK;
        if (isfinite(total_charge)
            && lrpot_structure_get(frame, LRPOT_QUANTITY_TOTAL_CHARGE) == NULL)
            status = lrpot_structure_set(frame, LRPOT_QUANTITY_TOTAL_CHARGE, &total_charge);
        const dataset_origin origin = { set->path, set->n, LRPOT_FIT_FRAME_INIT };
        if (status != LRPOT_OK || !append(set, frame, &origin)) {
            lrpot_structure_free(frame);
            return status != LRPOT_OK ? report_failure(status, set->path) : report_no_memory();
        }
        code = inputs_next(reader, set->path, &frame);
    }
    return code;
}

static int copy_keys(dataset *set, const lrpot_reader *reader)
{
    for (int32_t q = 1; q < LRPOT_QUANTITY_COUNT; q++) {
        const char *key = NULL;
        set->found[q] = lrpot_reader_found(reader, q, &key);
        if (key == NULL) continue;
        set->keys[q] = malloc(strlen(key) + 1);
        if (set->keys[q] == NULL) return report_no_memory();
        strcpy(set->keys[q], key);
    }
    return GO_ON;
}

int dataset_read(dataset *set, const char *path, const key_list *keys, const text_list *species,
                 double total_charge)
{
    lrpot_reader *reader = NULL;
    memset(set, 0, sizeof *set);
    set->path = path;
    int code = inputs_reader(&reader, path, NULL, species);
    for (int32_t k = 0; code == GO_ON && k < keys->n; k++) {
        lrpot_status status = lrpot_reader_set_key(reader, keys->quantities[k], keys->keys[k]);
        if (status != LRPOT_OK) code = report_failure(status, path);
    }
    if (code == GO_ON && keys->units != NULL) {
        lrpot_status status = lrpot_reader_set_units(reader, keys->units);
        if (status != LRPOT_OK) code = report_failure(status, path);
    }
    if (code == GO_ON) code = read_frames(set, reader, total_charge);
    if (code == GO_ON) code = copy_keys(set, reader);
    lrpot_reader_close(reader);
    dataset_part part = { path, set->n, 0 };
    if (code == GO_ON && !checksum_of(path, &part.checksum))
        code = report_error(BAD_INPUT, "%s: cannot be read again", path);
    if (code == GO_ON && !append_part(set, &part)) code = report_no_memory();
    if (code == GO_ON && set->n == 0)
        code = report_error(BAD_INPUT, "%s: holds no frame; expected extended XYZ or .cfg", path);
    return code;
}

static uint64_t next_random(uint64_t *state)
{
    /* splitmix64 */
    uint64_t z = (*state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static void count_quantities(dataset *set)
{
    for (int32_t q = 1; q < LRPOT_QUANTITY_COUNT; q++) {
        set->found[q] = 0;
        for (int64_t f = 0; f < set->n; f++)
            set->found[q] += lrpot_structure_get(set->frames[f], q) != NULL;
    }
}

int dataset_append(dataset *to, dataset *from)
{
    if (to->path == NULL) to->path = from->path;
    for (int32_t p = 0; p < from->n_parts; p++)
        if (!append_part(to, &from->parts[p])) return report_no_memory();
    for (int64_t f = 0; f < from->n; f++) {
        if (!append(to, from->frames[f], &from->origins[f])) return report_no_memory();
        from->frames[f] = NULL;
    }
    for (int32_t q = 0; q < LRPOT_QUANTITY_COUNT; q++) {
        if (to->keys[q] != NULL) continue;
        to->keys[q] = from->keys[q];
        from->keys[q] = NULL;
    }
    count_quantities(to);
    dataset_free(from);
    return GO_ON;
}

void dataset_place(const dataset *set, int64_t frame, char *text, size_t size)
{
    const dataset_origin *origin = &set->origins[frame];
    snprintf(text, size, "%s: frame %lld", origin->path, (long long)origin->number);
}

int dataset_split(dataset *from, dataset *to, double share, uint64_t seed)
{
    int64_t wanted = (int64_t)floor(share * (double)from->n + 0.5);
    memset(to, 0, sizeof *to);
    to->path = from->path;
    if (from->n < 2)
        return report_error(BAD_INPUT, "%s: one frame cannot be split; leave out --valid",
                            from->path);
    if (wanted < 1) wanted = 1;
    if (wanted > from->n - 1) wanted = from->n - 1;
    for (; wanted > 0; wanted--) {
        int64_t pick = (int64_t)(next_random(&seed) % (uint64_t)from->n);
        if (!append(to, from->frames[pick], &from->origins[pick])) return report_no_memory();
        size_t behind = (size_t)(--from->n - pick);
        memmove(from->frames + pick, from->frames + pick + 1, behind * sizeof *from->frames);
        memmove(from->origins + pick, from->origins + pick + 1, behind * sizeof *from->origins);
    }
    count_quantities(to);
    return GO_ON;
}

void dataset_free(dataset *set)
{
    for (int64_t f = 0; f < set->n; f++) lrpot_structure_free(set->frames[f]);
    for (int32_t q = 0; q < LRPOT_QUANTITY_COUNT; q++) free(set->keys[q]);
    free(set->frames);
    free(set->origins);
    free(set->parts);
    memset(set, 0, sizeof *set);
}

enum { MAX_SYMBOLS = 118, LABEL = 16 };

int dataset_symbols(const dataset *set, char ***symbols, int32_t *count)
{
    char **list = malloc(MAX_SYMBOLS * (sizeof *list + LABEL));
    if (list == NULL) return report_no_memory();
    char *labels = (char *)(list + MAX_SYMBOLS);
    lrpot_status status = lrpot_structures_labels(set->n, set->frames, MAX_SYMBOLS, labels, count);
    if (status != LRPOT_OK) {
        free(list);
        return report_failure(status, set->path);
    }
    for (int32_t k = 0; k < *count; k++) list[k] = labels + LABEL * k;
    *symbols = list;
    return GO_ON;
}

static void report_points(const dataset *set, int32_t target, int is_fitted)
{
    int64_t frames = 0;
    for (int64_t f = 0; f < set->n; f++)
        frames += lrpot_structure_points(set->frames[f], NULL, NULL) != NULL;
    if (frames > 0 || is_fitted)
        report_note("  %-10s at points in %lld frames%s", target_facts(target).name,
                    (long long)frames, is_fitted ? "" : ", not fitted to");
}

static void report_keys(const dataset *set, int32_t targets)
{
    int32_t seen[LRPOT_QUANTITY_COUNT] = { 0 };
    for (int32_t t = 0; t < lrpot_fit_target_count(); t++) {
        int32_t q = target_facts(t).quantity, is_fitted = (targets & LRPOT_FIT_TARGET(t)) != 0;
        if (q < 0) report_points(set, t, is_fitted);
        if (q < 0 || !is_fitted) continue;
        seen[q] = 1;
        if (set->found[q] == 0) report_note("  %-10s in no frame", lrpot_quantity_name(q));
        else
            report_note("  %-10s in %lld frames%s%s", lrpot_quantity_name(q),
                        (long long)set->found[q], set->keys[q] != NULL ? ", key " : "",
                        set->keys[q] != NULL ? set->keys[q] : "");
    }
    for (int32_t q = 1; q < LRPOT_QUANTITY_COUNT; q++) {
        if (seen[q] || q == LRPOT_QUANTITY_TOTAL_CHARGE || set->found[q] == 0) continue;
        report_note("  %-10s in %lld frames, not fitted to", lrpot_quantity_name(q),
                    (long long)set->found[q]);
    }
}

static void report_charges(const dataset *set, double total_charge)
{
    enum { KINDS = 12 };
    double values[KINDS];
    int64_t counts[KINDS], silent = 0, more = 0;
    int n = 0;
    for (int64_t f = 0; f < set->n; f++) {
        const double *q = lrpot_structure_get(set->frames[f], LRPOT_QUANTITY_TOTAL_CHARGE);
        int k = 0;
        while (q != NULL && k < n && fabs(values[k] - *q) > 1e-9) k++;
        if (q == NULL) silent++;
        else if (k == KINDS) more++;
        else if (k < n) counts[k]++;
        else {
            values[n] = *q;
            counts[n++] = 1;
        }
    }
    for (int k = 0; k < n; k++)
        report_note("  total charge %+g e in %lld frames", values[k], (long long)counts[k]);
    if (more > 0) report_note("  other total charges in %lld frames", (long long)more);
    if (isfinite(total_charge))
        report_note("  total charge: %+g e by --total-charge where a frame does not say",
                    total_charge);
    else if (silent > 0)
        report_note("  total charge: %lld of %lld frames do not say; 0 is assumed for them "
                    "(--total-charge N sets it)",
                    (long long)silent, (long long)set->n);
}

static void report_cells(const dataset *set)
{
    int64_t bulk = 0, partly = 0, isolated = 0;
    for (int64_t f = 0; f < set->n; f++) {
        int32_t mask = lrpot_structure_periodic_mask(set->frames[f]);
        if (mask == LRPOT_PERIODIC_ALL) bulk++;
        else if (mask == 0) isolated++;
        else partly++;
    }
    report_note("  %lld bulk, %lld isolated, %lld slab or wire frames", (long long)bulk,
                (long long)isolated, (long long)partly);
}

void dataset_report(const dataset *set, int32_t n_symbols, char *const *symbols,
                    double total_charge, int32_t targets)
{
    int64_t atoms = 0;
    for (int64_t f = 0; f < set->n; f++) atoms += lrpot_structure_count(set->frames[f]);
    report_note("%s: %lld frames, %lld atoms, crc32 %08x", set->path, (long long)set->n,
                (long long)atoms, (unsigned)set->parts[0].checksum);
    report_keys(set, targets);
    for (int32_t z = 0; z < n_symbols; z++) {
        int64_t count = 0;
        for (int64_t f = 0; f < set->n; f++)
            for (int64_t i = 0; i < lrpot_structure_count(set->frames[f]); i++)
                count += strcmp(lrpot_structure_symbol(set->frames[f], i), symbols[z]) == 0;
        report_note("  %-4s %lld atoms", symbols[z], (long long)count);
    }
    report_charges(set, total_charge);
    report_cells(set);
}
