/* Reader of MLIP's .cfg files, one configuration after the other. */
#include "io/mlip/cfg.h"

#include "core/algebra.h"
#include "core/error.h"
#include "core/memory.h"
#include "core/number.h"
#include "io/text/frame_buffer.h"
#include "io/text/text.h"

#include <stdio.h>
#include <string.h>

enum { AS_ID = -1, AS_TYPE = -2, AS_CARTESIAN = -3, AS_DIRECT = -4, AS_NOTHING = 0 };

/* Columns that MLIP writes. Those without a quantity here are skipped. */
static const struct {
    const char *name;
    int32_t target; /* AS_* or LRPOT_QUANTITY_* */
    int32_t component;
} known_columns[] = {
    { "id", AS_ID, 0 },
    { "type", AS_TYPE, 0 },
    { "cartes_x", AS_CARTESIAN, 0 },
    { "cartes_y", AS_CARTESIAN, 1 },
    { "cartes_z", AS_CARTESIAN, 2 },
    { "direct_x", AS_DIRECT, 0 },
    { "direct_y", AS_DIRECT, 1 },
    { "direct_z", AS_DIRECT, 2 },
    { "fx", LRPOT_QUANTITY_FORCES, 0 },
    { "fy", LRPOT_QUANTITY_FORCES, 1 },
    { "fz", LRPOT_QUANTITY_FORCES, 2 },
    { "site_en", LRPOT_QUANTITY_ENERGY_ATOM, 0 },
    { "charge", LRPOT_QUANTITY_CHARGES, 0 },
    { "magmom_x", AS_NOTHING, 0 },
    { "magmom_y", AS_NOTHING, 0 },
    { "magmom_z", AS_NOTHING, 0 },
    { "en_der_mx", AS_NOTHING, 0 },
    { "en_der_my", AS_NOTHING, 0 },
    { "en_der_mz", AS_NOTHING, 0 },
    { "ghost", AS_NOTHING, 0 },
    { "nbh_grades", AS_NOTHING, 0 },
};
#define N_KNOWN ((int32_t)(sizeof known_columns / sizeof known_columns[0]))

typedef struct {
    int64_t size; /* 0: not given yet */
    /* columns of AtomData in the order of the file: indices into known_columns */
    int32_t columns[N_KNOWN];
    int32_t n_columns;
    int32_t atoms_seen, energy_seen, direct;
    int32_t virial_seen;
    double virial[6]; /* xx yy zz yz xz xy */
} state;

/* Next line with content. Files written by hand have comments after #. */
static lrpot_status content_line(lrpot_reader *reader, char **line)
{
    lrpot__field first;
    const char *cursor;
    do {
        LRPOT__TRY(lrpot__text_nonblank_line(&reader->text, line));
        cursor = *line;
    } while (cursor != NULL && lrpot__field_next(&cursor, &first) && *first.text == '#');
    return LRPOT_OK;
}

static lrpot_status need_line(lrpot_reader *reader, const char *block, char **line)
{
    LRPOT__TRY(content_line(reader, line));
    if (*line != NULL) return LRPOT_OK;
    return lrpot__text_fail(&reader->text, "the file ends inside frame %lld, in %s",
                            (long long)reader->frames, block);
}

static lrpot_status refuse_twice(const lrpot_reader *reader, int32_t seen, const char *block)
{
    return seen ? lrpot__text_fail(&reader->text, "block %s stands twice in frame %lld", block,
                                   (long long)reader->frames)
                : LRPOT_OK;
}

/* One line of exactly n numbers. */
static lrpot_status read_row(lrpot_reader *reader, const char *block, int64_t n, double *values)
{
    char *line = NULL;
    lrpot__field field;
    LRPOT__TRY(need_line(reader, block, &line));
    const char *cursor = line;
    if (lrpot__field_count(line) != n)
        return lrpot__text_fail(&reader->text,
                                "%s: the line has %lld fields, expected %lld numbers", block,
                                (long long)lrpot__field_count(line), (long long)n);
    for (int64_t k = 0; k < n && lrpot__field_next(&cursor, &field); k++)
        LRPOT__TRY(lrpot__field_number(&reader->text, field, block, &values[k]));
    return LRPOT_OK;
}

static lrpot_status read_size(lrpot_reader *reader, state *s)
{
    char *line = NULL;
    lrpot__field field;
    LRPOT__TRY(refuse_twice(reader, s->size != 0, "Size"));
    LRPOT__TRY(need_line(reader, "Size", &line));
    const char *cursor = line;
    lrpot__field_next(&cursor, &field);
    LRPOT__TRY(lrpot__field_integer(&reader->text, field, "Size", &s->size));
    if (s->size < 1)
        return lrpot__text_fail(&reader->text, "Size is %lld, expected at least 1",
                                (long long)s->size);
    return LRPOT_OK;
}

static lrpot_status read_cell(lrpot_reader *reader)
{
    LRPOT__TRY(refuse_twice(reader, reader->frame.has_cell, "Supercell"));
    for (int row = 0; row < 3; row++)
        LRPOT__TRY(read_row(reader, "Supercell", 3, reader->frame.cell + 3 * row));
    reader->frame.has_cell = 1;
    reader->frame.periodic_mask = LRPOT_PERIODIC_ALL;
    return LRPOT_OK;
}

static lrpot_status read_energy(lrpot_reader *reader, state *s)
{
    double energy = 0;
    LRPOT__TRY(refuse_twice(reader, s->energy_seen, "Energy"));
    s->energy_seen = 1;
    LRPOT__TRY(read_row(reader, "Energy", 1, &energy));
    reader->source[LRPOT_QUANTITY_ENERGY] = "Energy";
    return lrpot__frame_buffer_set(&reader->frame, LRPOT_QUANTITY_ENERGY, &energy);
}

static lrpot_status read_virial(lrpot_reader *reader, state *s, const char *names)
{
    static const char *const order[6] = { "xx", "yy", "zz", "yz", "xz", "xy" };
    int32_t place[6] = { 0 }, seen = 0;
    double values[6];
    lrpot__field field;
    LRPOT__TRY(refuse_twice(reader, s->virial_seen, "PlusStress"));
    int64_t n = lrpot__field_count(names);
    for (int32_t k = 0; k < 6 && lrpot__field_next(&names, &field); k++)
        for (int32_t c = 0; c < 6; c++)
            if (lrpot__field_is(field, order[c])) {
                place[k] = c;
                seen |= 1 << c;
            }
    if (n != 6 || seen != 63)
        return lrpot__text_fail(
            &reader->text, "PlusStress: expected the components xx yy zz yz xz xy, in any order");
    LRPOT__TRY(read_row(reader, "PlusStress", 6, values));
    for (int k = 0; k < 6; k++) s->virial[place[k]] = values[k];
    s->virial_seen = 1;
    return LRPOT_OK;
}

static lrpot_status add_feature(lrpot_reader *reader, const char *key, const char *value)
{
    const char *old = lrpot__frame_buffer_info(&reader->frame, key);
    if (strcmp(key, "total_charge") == 0) {
        double charge = 0;
        LRPOT__TRY(lrpot__field_number(&reader->text,
                                       (lrpot__field){ value, value + strlen(value) },
                                       "Feature total_charge", &charge));
        reader->source[LRPOT_QUANTITY_TOTAL_CHARGE] = "total_charge";
        return lrpot__frame_buffer_set(&reader->frame, LRPOT_QUANTITY_TOTAL_CHARGE, &charge);
    }
    if (old == NULL) return lrpot__frame_buffer_add_info(&reader->frame, key, value);
    /* a repeated key continues the value on the next line */
    int64_t size = (int64_t)(strlen(old) + strlen(value) + 2);
    char *joined = lrpot__calloc(size, 1);
    if (joined == NULL) return LRPOT_E_MEMORY;
    snprintf(joined, (size_t)size, "%s\n%s", old, value);
    lrpot_status status = lrpot__frame_buffer_add_info(&reader->frame, key, joined);
    lrpot__free(joined);
    return status;
}

/* Zero-terminated copy of a field; the caller frees it. */
static char *copy_field(lrpot__field field)
{
    char *copy = lrpot__calloc(field.end - field.text + 1, 1);
    if (copy != NULL) memcpy(copy, field.text, (size_t)(field.end - field.text));
    return copy;
}

static lrpot_status add_feature_field(lrpot_reader *reader, lrpot__field key, const char *value)
{
    char *name = copy_field(key);
    if (name == NULL) return LRPOT_E_MEMORY;
    lrpot_status status = add_feature(reader, name, value);
    lrpot__free(name);
    return status;
}

static lrpot_status read_feature(lrpot_reader *reader, char *rest)
{
    const char *cursor = rest;
    lrpot__field key;
    if (!lrpot__field_next(&cursor, &key))
        return lrpot__text_fail(&reader->text, "Feature has no name");
    while (lrpot__is_blank(*cursor)) cursor++;
    for (char *end = rest + strlen(rest); end > cursor && lrpot__is_blank(end[-1]); end--)
        end[-1] = '\0';
    return add_feature_field(reader, key, cursor);
}

/* Reads features in the old form: names on this line, values on the next. */
static lrpot_status read_features(lrpot_reader *reader, const char *rest)
{
    char *names = lrpot__strdup(rest), *line = NULL;
    if (names == NULL) return LRPOT_E_MEMORY;
    lrpot_status status = need_line(reader, "Features", &line);
    const char *keys = names, *values = line;
    lrpot__field key, value;
    if (status == LRPOT_OK && lrpot__field_count(names) != lrpot__field_count(line))
        status = lrpot__text_fail(&reader->text, "Features: %lld names but %lld values",
                                  (long long)lrpot__field_count(names),
                                  (long long)lrpot__field_count(line));
    while (status == LRPOT_OK && lrpot__field_next(&keys, &key)
           && lrpot__field_next(&values, &value)) {
        char *copy = copy_field(value);
        status = copy != NULL ? add_feature_field(reader, key, copy) : LRPOT_E_MEMORY;
        lrpot__free(copy);
    }
    lrpot__free(names);
    return status;
}

static lrpot_status read_columns(lrpot_reader *reader, state *s, const char *names)
{
    lrpot__field field;
    int32_t positions[2] = { 0, 0 }, forces = 0;
    while (lrpot__field_next(&names, &field)) {
        int32_t c = 0;
        while (c < N_KNOWN && !lrpot__field_is(field, known_columns[c].name)) c++;
        if (c == N_KNOWN)
            return lrpot__text_fail(&reader->text, "AtomData has the unknown column '%.*s'",
                                    lrpot__field_print_length(field), field.text);
        for (int32_t k = 0; k < s->n_columns; k++)
            if (s->columns[k] == c)
                return lrpot__text_fail(&reader->text, "AtomData has column '%s' twice",
                                        known_columns[c].name);
        s->columns[s->n_columns++] = c;
        positions[0] += known_columns[c].target == AS_CARTESIAN;
        positions[1] += known_columns[c].target == AS_DIRECT;
        forces += known_columns[c].target == LRPOT_QUANTITY_FORCES;
    }
    s->direct = positions[1] == 3;
    if (positions[0] + positions[1] != 3 || (positions[0] != 3 && positions[1] != 3))
        return lrpot__text_fail(&reader->text, "AtomData: expected the columns cartes_x, cartes_y, "
                                               "cartes_z or direct_x, direct_y, direct_z");
    if (forces != 0 && forces != 3)
        return lrpot__text_fail(&reader->text, "AtomData: expected all of fx, fy, fz or none");
    return LRPOT_OK;
}

static lrpot_status add_atom(lrpot_reader *reader, int64_t type)
{
    char number[24];
    const char *label = number;
    if (type < 0)
        return lrpot__text_fail(&reader->text, "type is %lld, expected at least 0",
                                (long long)type);
    if (reader->types != NULL && type >= reader->n_types)
        return lrpot__text_fail(&reader->text,
                                "type is %lld, but only the types 0 to %d have been named",
                                (long long)type, reader->n_types - 1);
    if (reader->types != NULL) label = reader->types[type];
    else snprintf(number, sizeof number, "%lld", (long long)type);
    return lrpot__frame_buffer_add_atom(&reader->frame, &reader->text,
                                        (lrpot__field){ label, label + strlen(label) });
}

/* Reads the type. It comes first, since it adds the atom that the other columns fill. */
static lrpot_status read_type(lrpot_reader *reader, const state *s, const char *line)
{
    int64_t type = 0;
    lrpot__field field;
    for (int32_t k = 0; k < s->n_columns && lrpot__field_next(&line, &field); k++)
        if (known_columns[s->columns[k]].target == AS_TYPE)
            LRPOT__TRY(lrpot__field_integer(&reader->text, field, "type", &type));
    return add_atom(reader, type);
}

static lrpot_status check_id(const lrpot_reader *reader, lrpot__field field)
{
    int64_t id = 0;
    LRPOT__TRY(lrpot__field_integer(&reader->text, field, "id", &id));
    if (id == reader->frame.n) return LRPOT_OK;
    return lrpot__text_fail(&reader->text, "id is %lld, expected %lld", (long long)id,
                            (long long)reader->frame.n);
}

static lrpot_status read_value(lrpot_reader *reader, int32_t known, lrpot__field field)
{
    lrpot__frame_buffer *frame = &reader->frame;
    int32_t target = known_columns[known].target;
    double *values = frame->positions.values;
    int64_t width = 3;
    if (target == AS_TYPE || target == AS_NOTHING) return LRPOT_OK;
    if (target == AS_ID) return check_id(reader, field);
    if (target > 0) {
        width = lrpot_quantity_size(target, 1);
        LRPOT__TRY(lrpot__array_reserve(&frame->quantities[target], width * frame->n));
        values = frame->quantities[target].values;
    }
    return lrpot__field_number(&reader->text, field, known_columns[known].name,
                               &values[width * (frame->n - 1) + known_columns[known].component]);
}

static lrpot_status read_atom(lrpot_reader *reader, const state *s, const char *line)
{
    lrpot__field field;
    if (lrpot__field_count(line) != s->n_columns)
        return lrpot__text_fail(&reader->text, "AtomData: the line has %lld fields, expected %d",
                                (long long)lrpot__field_count(line), s->n_columns);
    LRPOT__TRY(read_type(reader, s, line));
    for (int32_t k = 0; k < s->n_columns && lrpot__field_next(&line, &field); k++)
        LRPOT__TRY(read_value(reader, s->columns[k], field));
    return LRPOT_OK;
}

/* Reads atoms as long as lines begin with a number: Size may come later. */
static lrpot_status read_atoms(lrpot_reader *reader, state *s, const char *names)
{
    char *line = NULL;
    LRPOT__TRY(refuse_twice(reader, s->atoms_seen, "AtomData"));
    s->atoms_seen = 1;
    LRPOT__TRY(read_columns(reader, s, names));
    for (;;) {
        double number = 0;
        lrpot__field first;
        LRPOT__TRY(need_line(reader, "AtomData", &line));
        const char *cursor = line;
        lrpot__field_next(&cursor, &first);
        if (lrpot__number_parse(first.text, first.end, &number) == NULL) break;
        LRPOT__TRY(read_atom(reader, s, line));
    }
    lrpot__text_unread_line(&reader->text);
    return LRPOT_OK;
}

static lrpot_status read_block(lrpot_reader *reader, state *s, lrpot__field name, char *rest)
{
    if (lrpot__field_is(name, "Size")) return read_size(reader, s);
    if (lrpot__field_is(name, "Supercell") || lrpot__field_is(name, "SuperCell"))
        return read_cell(reader);
    if (lrpot__field_is(name, "AtomData:")) return read_atoms(reader, s, rest);
    if (lrpot__field_is(name, "Energy")) return read_energy(reader, s);
    if (lrpot__field_is(name, "PlusStress:")) return read_virial(reader, s, rest);
    if (lrpot__field_is(name, "Feature")) return read_feature(reader, rest);
    if (lrpot__field_is(name, "Features:")) return read_features(reader, rest);
    if (lrpot__field_is(name, "Stress:") || lrpot__field_is(name, "Virial:"))
        return lrpot__text_fail(&reader->text,
                                "block '%.*s' has no defined sign; expected PlusStress:",
                                lrpot__field_print_length(name), name.text);
    return lrpot__text_fail(&reader->text, "'%.*s' is no block of a .cfg file",
                            lrpot__field_print_length(name), name.text);
}

/* Stress = -PlusStress / V. Without a cell there is no stress, and the six numbers are kept
 * unchanged. */
static lrpot_status keep_virial(lrpot_reader *reader, const state *s)
{
    static const int place[9] = { 0, 5, 4, 5, 1, 3, 4, 3, 2 };
    double volume = lrpot__frame_buffer_volume(&reader->frame), stress[9];
    char text[6 * LRPOT__NUMBER_SIZE] = "";
    if (volume > 0) {
        for (int i = 0; i < 9; i++) stress[i] = -s->virial[place[i]] / volume;
        reader->source[LRPOT_QUANTITY_STRESS] = "PlusStress";
        return lrpot__frame_buffer_set(&reader->frame, LRPOT_QUANTITY_STRESS, stress);
    }
    for (int i = 0, at = 0; i < 6; i++) {
        if (i > 0) text[at++] = ' ';
        at += lrpot__number_print(text + at, s->virial[i]);
    }
    return lrpot__frame_buffer_add_info(&reader->frame, "PlusStress", text);
}

static lrpot_status note_columns(lrpot_reader *reader, const state *s)
{
    reader->n_columns = 0;
    for (int32_t k = 0; k < s->n_columns; k++) {
        int32_t target = known_columns[s->columns[k]].target;
        const char *name = known_columns[s->columns[k]].name;
        if (target > 0)
            reader->source[target] = target == LRPOT_QUANTITY_FORCES ? "fx fy fz" : name;
        if (target != AS_NOTHING) continue;
        LRPOT__TRY(lrpot__grow((void **)&reader->columns, &reader->column_capacity,
                               reader->n_columns + 1, sizeof *reader->columns));
        reader->columns[reader->n_columns++] =
            (lrpot__column){ name, 'R', 1, LRPOT__COLUMN_SKIPPED, 0, 0 };
    }
    for (int32_t q = 1; q < LRPOT_QUANTITY_COUNT; q++)
        if (reader->asked[q] != NULL
            && (reader->source[q] == NULL || strcmp(reader->asked[q], reader->source[q]) != 0))
            return lrpot__text_fail(&reader->text, "frame %lld has no '%s', asked for as %s",
                                    (long long)reader->frames, reader->asked[q],
                                    lrpot_quantity_name(q));
    return LRPOT_OK;
}

static lrpot_status complete_frame(lrpot_reader *reader, const state *s)
{
    lrpot__frame_buffer *frame = &reader->frame;
    if (frame->n == 0)
        return lrpot__text_fail(&reader->text,
                                "frame %lld has no atoms; expected Size and lines of AtomData",
                                (long long)reader->frames);
    if (!s->atoms_seen || frame->n != s->size)
        return lrpot__text_fail(&reader->text,
                                "frame %lld has Size %lld but %lld lines of AtomData",
                                (long long)reader->frames, (long long)s->size, (long long)frame->n);
    if (s->direct && !frame->has_cell)
        return lrpot__text_fail(&reader->text, "frame %lld has direct coordinates but no Supercell",
                                (long long)reader->frames);
    for (int64_t i = 0; i < frame->n && s->direct; i++) {
        double *r = frame->positions.values + 3 * i, fraction[3] = { r[0], r[1], r[2] };
        lrpot__row_times3(fraction, frame->cell, r);
    }
    if (s->virial_seen) LRPOT__TRY(keep_virial(reader, s));
    return note_columns(reader, s);
}

static lrpot_status read_frame(lrpot_reader *reader, int32_t *found, int64_t *first_line)
{
    state s = { 0 };
    lrpot__field name;
    char *line = NULL;
    *found = 0;
    LRPOT__TRY(content_line(reader, &line));
    if (line == NULL) return LRPOT_OK;
    *first_line = reader->text.line;
    const char *cursor = line;
    lrpot__field_next(&cursor, &name);
    if (!lrpot__field_is(name, "BEGIN_CFG"))
        return lrpot__text_fail(&reader->text, "the line begins with '%.*s', expected BEGIN_CFG",
                                lrpot__field_print_length(name), name.text);
    for (;;) {
        LRPOT__TRY(need_line(reader, "a block", &line));
        cursor = line;
        lrpot__field_next(&cursor, &name);
        if (lrpot__field_is(name, "END_CFG")) break;
        LRPOT__TRY(read_block(reader, &s, name, line + (cursor - line)));
    }
    *found = 1;
    return complete_frame(reader, &s);
}

const lrpot__frame_format lrpot__format_cfg = { "MLIP .cfg", read_frame, NULL, 0, 0 };
