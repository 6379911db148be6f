/* Reader of extended XYZ, one frame after the other. */
#include "io/xyz/xyz.h"

#include "core/error.h"
#include "io/text/comment.h"
#include "io/text/frame_buffer.h"
#include "io/text/keys.h"
#include "io/text/text.h"
#include "io/xyz/xyz_columns.h"
#include "io/xyz/xyz_comment_line.h"

#include <string.h>

/* Symbol of an atomic number, found by trying all symbols of one and two letters; 0 if there is
 * none. */
static int symbol_of(int64_t number, char symbol[3])
{
    for (char a = 'A'; a <= 'Z'; a++)
        for (int b = -1; b < 26; b++) {
            symbol[0] = a;
            symbol[1] = b < 0 ? '\0' : (char)('a' + b);
            symbol[2] = '\0';
            if (lrpot_element_number(symbol) == number) return 1;
        }
    return 0;
}

static lrpot_status add_atom_by_number(lrpot_reader *reader, lrpot__field field)
{
    int64_t number = 0;
    char symbol[3];
    LRPOT__TRY(lrpot__field_integer(&reader->text, field, "the atomic number", &number));
    if (number < 1 || !symbol_of(number, symbol))
        return lrpot__text_fail(&reader->text, "atomic number %lld belongs to no element",
                                (long long)number);
    return lrpot__frame_buffer_add_atom(&reader->frame, &reader->text,
                                        (lrpot__field){ symbol, symbol + strlen(symbol) });
}

/* Types count from 1. Without names the number is the label. */
static lrpot_status add_atom_by_type(lrpot_reader *reader, lrpot__field field)
{
    int64_t type = 0;
    if (reader->types == NULL)
        return lrpot__frame_buffer_add_atom(&reader->frame, &reader->text, field);
    LRPOT__TRY(lrpot__field_integer(&reader->text, field, "type", &type));
    if (type < 1 || type > reader->n_types)
        return lrpot__text_fail(&reader->text,
                                "type is %lld, but only the types 1 to %d have been named",
                                (long long)type, reader->n_types);
    const char *label = reader->types[type - 1];
    return lrpot__frame_buffer_add_atom(&reader->frame, &reader->text,
                                        (lrpot__field){ label, label + strlen(label) });
}

static lrpot_status read_numbers(lrpot_reader *reader, const lrpot__column *column,
                                 const char **cursor, double *values)
{
    lrpot__field field;
    for (int64_t k = 0; k < column->count; k++) {
        if (!lrpot__field_next(cursor, &field))
            return LRPOT_OK; /* the count of fields has been checked */
        LRPOT__TRY(lrpot__field_number(&reader->text, field, column->name, &values[k]));
    }
    return LRPOT_OK;
}

static void skip_fields(const char **cursor, int64_t count)
{
    lrpot__field field;
    while (count-- > 0 && lrpot__field_next(cursor, &field)) {
    }
}

/* Reads the species first: it adds the atom that the other columns fill. */
static lrpot_status read_species(lrpot_reader *reader, const char *line)
{
    for (int64_t c = 0; c < reader->n_columns; c++) {
        lrpot__field field;
        const lrpot__column *column = &reader->columns[c];
        if (column->target != LRPOT__COLUMN_SPECIES && column->target != LRPOT__COLUMN_NUMBER
            && column->target != LRPOT__COLUMN_TYPE) {
            skip_fields(&line, column->count);
            continue;
        }
        lrpot__field_next(&line, &field);
        if (column->target == LRPOT__COLUMN_TYPE) return add_atom_by_type(reader, field);
        if (column->target == LRPOT__COLUMN_NUMBER) return add_atom_by_number(reader, field);
        return lrpot__frame_buffer_add_atom(&reader->frame, &reader->text, field);
    }
    return LRPOT_OK;
}

/* Array for the values of a target; NULL where they are not kept. */
static lrpot__array *array_of(lrpot__frame_buffer *frame, int32_t target)
{
    if (target == LRPOT__COLUMN_POSITIONS) return &frame->positions;
    if (target == LRPOT__COLUMN_UNWRAPPED) return &frame->unwrapped;
    return target > 0 ? &frame->quantities[target] : NULL;
}

static lrpot_status read_atom(lrpot_reader *reader, const char *line)
{
    lrpot__frame_buffer *frame = &reader->frame;
    LRPOT__TRY(read_species(reader, line));
    int64_t i = frame->n - 1;
    for (int64_t c = 0; c < reader->n_columns; c++) {
        const lrpot__column *column = &reader->columns[c];
        lrpot__array *array = array_of(frame, column->target);
        int64_t width = column->target > 0 ? lrpot_quantity_size(column->target, 1) : 3;
        if (array == NULL) {
            skip_fields(&line, column->count);
            continue;
        }
        LRPOT__TRY(lrpot__array_reserve(array, width * (i + 1)));
        LRPOT__TRY(read_numbers(reader, column, &line, array->values + width * i + column->part));
    }
    return LRPOT_OK;
}

lrpot_status lrpot__xyz_atoms(lrpot_reader *reader, int64_t n, int plain)
{
    char *line = NULL;
    int64_t expected = 0;
    for (int64_t c = 0; c < reader->n_columns; c++) expected += reader->columns[c].count;
    for (int64_t i = 0; i < n; i++) {
        LRPOT__TRY(lrpot__text_line(&reader->text, &line));
        int64_t fields = line != NULL ? lrpot__field_count(line) : 0;
        if (fields == 0)
            return lrpot__text_fail(&reader->text,
                                    "frame %lld has %lld atoms but %s after %lld lines of atoms",
                                    (long long)reader->frames, (long long)n,
                                    line != NULL ? "a blank line" : "the file ends", (long long)i);
        if (plain ? fields < expected : fields != expected)
            return lrpot__text_fail(
                &reader->text,
                "atom %lld of %lld in frame %lld: the line has %lld fields, expected %lld",
                (long long)i, (long long)n, (long long)reader->frames, (long long)fields,
                (long long)expected);
        LRPOT__TRY(read_atom(reader, line));
    }
    return LRPOT_OK;
}

static lrpot_status read_count(lrpot_reader *reader, const char *line, int64_t *n)
{
    lrpot__field field;
    lrpot__field_next(&line, &field);
    LRPOT__TRY(lrpot__field_integer(&reader->text, field, "the number of atoms", n));
    if (*n < 1)
        return lrpot__text_fail(&reader->text, "the number of atoms is %lld, expected at least 1",
                                (long long)*n);
    if (lrpot__field_next(&line, &field))
        return lrpot__text_fail(&reader->text,
                                "'%.*s' follows the number of atoms; expected a line of its own",
                                lrpot__field_print_length(field), field.text);
    return LRPOT_OK;
}

static lrpot_status read_frame(lrpot_reader *reader, int32_t *found, int64_t *first_line)
{
    lrpot__comment_entry *properties = NULL;
    char *line = NULL;
    int64_t n = 0;
    *found = 0;
    LRPOT__TRY(lrpot__text_nonblank_line(&reader->text, &line));
    if (line == NULL) return LRPOT_OK;
    *first_line = reader->text.line;
    LRPOT__TRY(read_count(reader, line, &n));
    LRPOT__TRY(lrpot__text_line(&reader->text, &line));
    if (line == NULL)
        return lrpot__text_fail(&reader->text,
                                "the file ends before the comment line of frame %lld",
                                (long long)reader->frames);
    LRPOT__TRY(lrpot__comment_parse(&reader->comment, &reader->text, line));
    LRPOT__TRY(lrpot__comment_find(&reader->comment, &reader->text, "Properties", &properties));
    LRPOT__TRY(lrpot__xyz_comment_line(reader));
    LRPOT__TRY(lrpot__xyz_atoms(reader, n, properties == NULL));
    LRPOT__TRY(lrpot__xyz_find_images(reader));
    LRPOT__TRY(lrpot__xyz_check_ids(reader, reader->text.line - n + 1));
    *found = 1;
    return LRPOT_OK;
}

const lrpot__frame_format lrpot__format_xyz = { "extended XYZ", read_frame, NULL, 0, 1 };
