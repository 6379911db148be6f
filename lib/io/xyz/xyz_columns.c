/* Columns of atoms that need more than a copy: positions by component, image flags, identities. */
#include "io/xyz/xyz_columns.h"

#include "core/algebra.h"
#include "core/error.h"
#include "core/memory.h"
#include "io/text/frame_buffer.h"
#include "io/text/keys.h"
#include "io/text/text.h"
#include "structure/permutation.h"

#include <math.h>
#include <string.h>

static const struct {
    const char *names[3];
    int32_t target;
} triples[] = {
    { { "x", "y", "z" }, LRPOT__COLUMN_POSITIONS },
    { { "xu", "yu", "zu" }, LRPOT__COLUMN_UNWRAPPED },
    { { "ix", "iy", "iz" }, LRPOT_QUANTITY_IMAGE },
};

/* Names of whole rows in other programs. */
static const char *const unwrapped_rows[] = { "unwrapped_positions", "positions_unwrapped",
                                              "unwrapped_pos",       "pos_unwrapped",
                                              "unwrapped_position",  NULL };

/* Names that mean identities if the numbers are distinct, and other things otherwise. */
static const char *const maybe_ids[] = { "index",  "indices",    "idx",         "tag",
                                         "serial", "atom_index", "original_id", NULL };

static lrpot__column *find_column(lrpot_reader *reader, const char *name)
{
    for (int64_t c = 0; c < reader->n_columns; c++)
        if (lrpot__equal_ignoring_case(reader->columns[c].name, name)) return &reader->columns[c];
    return NULL;
}

static int has_target(const lrpot_reader *reader, int32_t target)
{
    for (int64_t c = 0; c < reader->n_columns; c++)
        if (reader->columns[c].target == target) return 1;
    return 0;
}

/* 1 for a free column. z is a coordinate if it is a real number, and an atomic number if it is an
 * integer. */
static int is_free(const lrpot__column *column)
{
    if (column == NULL || column->count != 1 || (column->type != 'R' && column->type != 'I'))
        return 0;
    return column->target == LRPOT__COLUMN_SKIPPED
           || (column->target == LRPOT__COLUMN_NUMBER && column->type == 'R');
}

static void join(lrpot_reader *reader, const char *const names[3], int32_t target)
{
    lrpot__column *found[3];
    for (int a = 0; a < 3; a++) {
        found[a] = find_column(reader, names[a]);
        if (!is_free(found[a])) return;
    }
    for (int a = 0; a < 3; a++) {
        found[a]->target = target;
        found[a]->joined = 1;
        found[a]->part = a;
    }
    if (target > 0) reader->source[target] = names[0];
}

void lrpot__xyz_join_columns(lrpot_reader *reader)
{
    int n = (int)(sizeof triples / sizeof triples[0]);
    for (int64_t c = 0; c < reader->n_columns; c++) {
        lrpot__column *column = &reader->columns[c];
        if (column->count == 3 && column->type == 'R'
            && lrpot__key_rank(unwrapped_rows, column->name) >= 0)
            column->target = LRPOT__COLUMN_UNWRAPPED;
    }
    for (int t = 0; t < n; t++)
        if (!has_target(reader, triples[t].target))
            join(reader, triples[t].names, triples[t].target);
    reader->only_unwrapped = !has_target(reader, LRPOT__COLUMN_POSITIONS)
                             && has_target(reader, LRPOT__COLUMN_UNWRAPPED);
    for (int64_t c = 0; c < reader->n_columns && reader->only_unwrapped; c++)
        if (reader->columns[c].target == LRPOT__COLUMN_UNWRAPPED)
            reader->columns[c].target = LRPOT__COLUMN_POSITIONS;
}

void lrpot__xyz_guess_ids(lrpot_reader *reader)
{
    reader->maybe_id = NULL;
    if (has_target(reader, LRPOT_QUANTITY_ID)) return;
    for (int k = 0; maybe_ids[k] != NULL; k++) {
        lrpot__column *column = find_column(reader, maybe_ids[k]);
        if (column == NULL || column->target != LRPOT__COLUMN_SKIPPED || column->count != 1
            || column->type != 'I')
            continue;
        column->target = LRPOT_QUANTITY_ID;
        reader->source[LRPOT_QUANTITY_ID] = column->name;
        reader->maybe_id = column;
        return;
    }
}

/* Number of cells between a position and its unwrapped position. */
static lrpot_status find_image(const lrpot_reader *reader, const double *inverse, int64_t i,
                               double *image)
{
    const lrpot__frame_buffer *frame = &reader->frame;
    double apart[3], cells[3];
    for (int a = 0; a < 3; a++)
        apart[a] = frame->unwrapped.values[3 * i + a] - frame->positions.values[3 * i + a];
    lrpot__row_times3(apart, inverse, cells);
    for (int d = 0; d < 3; d++) {
        image[d] = round(cells[d]);
        /* directions that do not repeat have no images; files are rounded */
        if (fabs(cells[d] - image[d]) < 0.01 && (image[d] == 0.0 || frame->periodic_mask >> d & 1))
            continue;
        return lrpot__text_fail(
            &reader->text,
            "frame %lld, atom %lld: the position and the unwrapped position are %.4g cells apart "
            "along vector %d, expected a whole number",
            (long long)reader->frames, (long long)i, cells[d], d + 1);
    }
    return LRPOT_OK;
}

lrpot_status lrpot__xyz_find_images(lrpot_reader *reader)
{
    lrpot__frame_buffer *frame = &reader->frame;
    lrpot__array *images = &frame->quantities[LRPOT_QUANTITY_IMAGE];
    double inverse[9];
    if (frame->periodic_mask == 0 || images->present) return LRPOT_OK;
    if (!frame->unwrapped.present && !reader->only_unwrapped) return LRPOT_OK;
    if (!(lrpot__frame_buffer_volume(frame) > 0.0))
        return LRPOT_OK; /* the structure refuses the cell */
    LRPOT__TRY(lrpot__array_reserve(images, 3 * frame->n));
    memset(images->values, 0, (size_t)(3 * frame->n) * sizeof(double));
    reader->source[LRPOT_QUANTITY_IMAGE] = "unwrapped positions";
    if (reader->only_unwrapped) return LRPOT_OK;
    lrpot__inverse3(frame->cell, inverse);
    for (int64_t i = 0; i < frame->n; i++)
        LRPOT__TRY(find_image(reader, inverse, i, images->values + 3 * i));
    return LRPOT_OK;
}

static lrpot_status refuse_id(const lrpot_reader *reader, int64_t line, int64_t i, const char *why)
{
    return lrpot__fail(LRPOT_E_PARSE, "%s:%lld: frame %lld: the %s %.15g of atom %lld %s",
                       reader->text.name, (long long)line, (long long)reader->frames,
                       reader->source[LRPOT_QUANTITY_ID],
                       reader->frame.quantities[LRPOT_QUANTITY_ID].values[i], (long long)i, why);
}

/* First atom whose identity is not an integer, or -1; *twice: first one with the identity of an
 * earlier atom, or -1. */
static int64_t first_bad_id(int64_t n, const double *ids, const int64_t *order, int64_t *twice)
{
    *twice = -1;
    for (int64_t k = 1; k < n; k++)
        if (ids[order[k]] == ids[order[k - 1]] && (*twice < 0 || order[k] < *twice))
            *twice = order[k];
    for (int64_t i = 0; i < n; i++)
        if (ids[i] != floor(ids[i]) || fabs(ids[i]) > 9007199254740992.0) return i;
    return -1;
}

lrpot_status lrpot__xyz_check_ids(lrpot_reader *reader, int64_t first_atom_line)
{
    lrpot__array *ids = &reader->frame.quantities[LRPOT_QUANTITY_ID];
    int64_t n = reader->frame.n, twice = -1, broken = -1;
    if (!ids->present) return LRPOT_OK;
    int64_t *order = lrpot__calloc(n, sizeof *order);
    if (order == NULL) return LRPOT_E_MEMORY;
    lrpot_status status = lrpot__permutation_sort(n, ids->values, order);
    if (status == LRPOT_OK) broken = first_bad_id(n, ids->values, order, &twice);
    lrpot__free(order);
    LRPOT__TRY(status);
    int guessed = reader->maybe_id != NULL;
    if (broken < 0 && twice < 0 && !(guessed && n == 1)) return LRPOT_OK;
    if (guessed) {
        reader->maybe_id->target = LRPOT__COLUMN_SKIPPED;
        reader->source[LRPOT_QUANTITY_ID] = NULL;
        ids->present = 0;
        return LRPOT_OK;
    }
    if (broken >= 0)
        return refuse_id(reader, first_atom_line + broken, broken, "is no whole number");
    return refuse_id(reader, first_atom_line + twice, twice, "belongs to an atom before too");
}
