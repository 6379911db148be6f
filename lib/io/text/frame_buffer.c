#include "io/text/frame_buffer.h"

#include "core/algebra.h"
#include "core/error.h"
#include "core/memory.h"
#include "io/text/text.h"
#include "structure/permutation.h"
#include "structure/structure_internal.h"

#include <math.h>
#include <string.h>

static void drop_infos(lrpot__frame_buffer *frame)
{
    for (int64_t i = 0; i < frame->n_infos; i++) {
        lrpot__free(frame->infos[i].key);
        lrpot__free(frame->infos[i].value);
    }
    frame->n_infos = 0;
}

void lrpot__frame_buffer_reset(lrpot__frame_buffer *frame)
{
    drop_infos(frame);
    frame->n = 0;
    frame->has_cell = 0;
    frame->periodic_mask = 0;
    frame->positions.present = 0;
    frame->unwrapped.present = 0;
    frame->fragment_charges.present = 0;
    frame->fragment_potentials.present = 0;
    frame->potential_reference = LRPOT_POTENTIALS_SHARED;
    frame->points.present = 0;
    for (int32_t q = 0; q < LRPOT_QUANTITY_COUNT; q++) frame->quantities[q].present = 0;
}

void lrpot__frame_buffer_free(lrpot__frame_buffer *frame)
{
    drop_infos(frame);
    lrpot__free(frame->infos);
    lrpot__free(frame->labels);
    lrpot__free(frame->positions.values);
    lrpot__free(frame->unwrapped.values);
    lrpot__free(frame->fragment_charges.values);
    lrpot__free(frame->fragment_potentials.values);
    lrpot__free(frame->points.values);
    for (int32_t q = 0; q < LRPOT_QUANTITY_COUNT; q++) lrpot__free(frame->quantities[q].values);
    *frame = (lrpot__frame_buffer){ 0 };
}

lrpot_status lrpot__array_reserve(lrpot__array *array, int64_t count)
{
    array->present = 1;
    return lrpot__grow((void **)&array->values, &array->capacity, count, sizeof(double));
}

lrpot_status lrpot__frame_buffer_add_atom(lrpot__frame_buffer *frame, const lrpot__text *text,
                                          lrpot__field label)
{
    int64_t length = label.end - label.text;
    if (length >= LRPOT__LABEL_SIZE)
        return lrpot__text_fail(text, "species '%.*s' has %lld characters, expected at most %d",
                                lrpot__field_print_length(label), label.text, (long long)length,
                                LRPOT__LABEL_SIZE - 1);
    LRPOT__TRY(lrpot__grow((void **)&frame->labels, &frame->label_capacity, frame->n + 1,
                           sizeof *frame->labels));
    LRPOT__TRY(lrpot__array_reserve(&frame->positions, 3 * (frame->n + 1)));
    memset(frame->labels[frame->n], 0, LRPOT__LABEL_SIZE);
    memcpy(frame->labels[frame->n], label.text, (size_t)length);
    frame->n++;
    return LRPOT_OK;
}

lrpot_status lrpot__frame_buffer_set(lrpot__frame_buffer *frame, int32_t quantity,
                                     const double *values)
{
    int64_t count = lrpot_quantity_size(quantity, 1);
    LRPOT__TRY(lrpot__array_reserve(&frame->quantities[quantity], count));
    memcpy(frame->quantities[quantity].values, values, (size_t)count * sizeof *values);
    return LRPOT_OK;
}

static lrpot__frame_buffer_entry *find_info(const lrpot__frame_buffer *frame, const char *key)
{
    for (int64_t i = 0; i < frame->n_infos; i++)
        if (strcmp(frame->infos[i].key, key) == 0) return &frame->infos[i];
    return NULL;
}

const char *lrpot__frame_buffer_info(const lrpot__frame_buffer *frame, const char *key)
{
    const lrpot__frame_buffer_entry *info = find_info(frame, key);
    return info != NULL ? info->value : NULL;
}

lrpot_status lrpot__frame_buffer_add_info(lrpot__frame_buffer *frame, const char *key,
                                          const char *value)
{
    char *copy = lrpot__strdup(value);
    if (copy == NULL) return LRPOT_E_MEMORY;
    lrpot__frame_buffer_entry *info = find_info(frame, key);
    if (info != NULL) {
        lrpot__free(info->value);
        info->value = copy;
        return LRPOT_OK;
    }
    char *name = lrpot__strdup(key);
    if (name == NULL
        || lrpot__grow((void **)&frame->infos, &frame->info_capacity, frame->n_infos + 1,
                       sizeof *frame->infos)
               != LRPOT_OK) {
        lrpot__free(name);
        lrpot__free(copy);
        return LRPOT_E_MEMORY;
    }
    frame->infos[frame->n_infos++] = (lrpot__frame_buffer_entry){ name, copy };
    return LRPOT_OK;
}

double lrpot__frame_buffer_volume(const lrpot__frame_buffer *frame)
{
    return frame->has_cell ? fabs(lrpot__det3(frame->cell)) : 0.0;
}

static lrpot_status fill_points(const lrpot__frame_buffer *frame, lrpot_structure *structure)
{
    int64_t n = frame->n_points;
    double *points = lrpot__calloc(4 * n, sizeof *points);
    if (points == NULL) return LRPOT_E_MEMORY;
    for (int64_t p = 0; p < n; p++) {
        memcpy(points + 3 * p, frame->points.values + 4 * p, 3 * sizeof *points);
        points[3 * n + p] = frame->points.values[4 * p + 3];
    }
    lrpot_status status = lrpot_structure_set_points(structure, n, points, points + 3 * n);
    lrpot__free(points);
    return status;
}

static lrpot_status fill_structure(const lrpot__frame_buffer *frame, lrpot_structure *structure)
{
    for (int32_t q = 1; q < LRPOT_QUANTITY_COUNT; q++)
        if (frame->quantities[q].present)
            LRPOT__TRY(lrpot_structure_set(structure, q, frame->quantities[q].values));
    if (frame->fragment_charges.present)
        LRPOT__TRY(lrpot_structure_set_fragment_charges(
            structure, (int32_t)frame->n_fragment_charges, frame->fragment_charges.values));
    if (frame->fragment_potentials.present)
        LRPOT__TRY(lrpot_structure_set_fragment_potentials(
            structure, (int32_t)frame->n_fragment_potentials, frame->fragment_potentials.values,
            frame->potential_reference));
    if (frame->points.present) LRPOT__TRY(fill_points(frame, structure));
    for (int64_t i = 0; i < frame->n_infos; i++)
        LRPOT__TRY(lrpot_structure_set_info(structure, frame->infos[i].key, frame->infos[i].value));
    return LRPOT_OK;
}

static lrpot_status order_by_ids(lrpot_structure *structure)
{
    const double *ids = lrpot_structure_get(structure, LRPOT_QUANTITY_ID);
    if (ids == NULL) return LRPOT_OK;
    int64_t *order = lrpot__calloc(structure->n, sizeof *order);
    if (order == NULL) return LRPOT_E_MEMORY;
    lrpot_status status = lrpot__permutation_sort(structure->n, ids, order);
    if (status == LRPOT_OK) status = lrpot_structure_reorder(structure, order);
    lrpot__free(order);
    return status;
}

lrpot_status lrpot__frame_buffer_build(const lrpot__frame_buffer *frame, const lrpot__text *text,
                                       int64_t first_line, lrpot_structure **out)
{
    lrpot_structure *structure = NULL;
    const char **symbols = lrpot__calloc(frame->n, sizeof *symbols);
    if (symbols == NULL) return LRPOT_E_MEMORY;
    for (int64_t i = 0; i < frame->n; i++) symbols[i] = frame->labels[i];
    lrpot_status status =
        lrpot_structure_create(&structure, frame->n, symbols, frame->positions.values,
                               frame->has_cell ? frame->cell : NULL, frame->periodic_mask);
    lrpot__free(symbols);
    if (status == LRPOT_OK) status = fill_structure(frame, structure);
    if (status == LRPOT_OK) structure->line = first_line;
    if (status == LRPOT_OK) status = order_by_ids(structure);
    if (status != LRPOT_OK) {
        lrpot_structure_free(structure);
        return lrpot__fail(status, "%s:%lld: %s", text->name, (long long)first_line,
                           lrpot_last_error());
    }
    *out = structure;
    return LRPOT_OK;
}
