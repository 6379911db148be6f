#include "io/lammps/dump.h"

#include "core/algebra.h"
#include "core/error.h"
#include "core/memory.h"
#include "io/text/frame_buffer.h"
#include "io/text/text.h"
#include "io/units/units.h"
#include "io/xyz/xyz.h"
#include "io/xyz/xyz_columns.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Columns with a quantity; the others are skipped. Scaled positions are fractions of the box. */
static const struct {
    const char *name;
    int32_t target, part;
} known[] = {
    { "id", LRPOT_QUANTITY_ID, 0 },          { "type", LRPOT__COLUMN_TYPE, 0 },
    { "element", LRPOT__COLUMN_SPECIES, 0 }, { "mass", LRPOT_QUANTITY_MASSES, 0 },
    { "q", LRPOT_QUANTITY_CHARGES, 0 },      { "x", LRPOT__COLUMN_POSITIONS, 0 },
    { "y", LRPOT__COLUMN_POSITIONS, 1 },     { "z", LRPOT__COLUMN_POSITIONS, 2 },
    { "xu", LRPOT__COLUMN_UNWRAPPED, 0 },    { "yu", LRPOT__COLUMN_UNWRAPPED, 1 },
    { "zu", LRPOT__COLUMN_UNWRAPPED, 2 },    { "xs", LRPOT__COLUMN_POSITIONS, 0 },
    { "ys", LRPOT__COLUMN_POSITIONS, 1 },    { "zs", LRPOT__COLUMN_POSITIONS, 2 },
    { "xsu", LRPOT__COLUMN_UNWRAPPED, 0 },   { "ysu", LRPOT__COLUMN_UNWRAPPED, 1 },
    { "zsu", LRPOT__COLUMN_UNWRAPPED, 2 },   { "ix", LRPOT_QUANTITY_IMAGE, 0 },
    { "iy", LRPOT_QUANTITY_IMAGE, 1 },       { "iz", LRPOT_QUANTITY_IMAGE, 2 },
    { "vx", LRPOT_QUANTITY_VELOCITIES, 0 },  { "vy", LRPOT_QUANTITY_VELOCITIES, 1 },
    { "vz", LRPOT_QUANTITY_VELOCITIES, 2 },  { "fx", LRPOT_QUANTITY_FORCES, 0 },
    { "fy", LRPOT_QUANTITY_FORCES, 1 },      { "fz", LRPOT_QUANTITY_FORCES, 2 },
};
#define N_KNOWN ((int)(sizeof known / sizeof known[0]))

typedef struct dump {
    char *columns; /* copy of the line that names them */
    int64_t atoms;
    double origin[3];  /* corner of the box */
    int32_t scaled[2]; /* 1: positions, unwrapped positions are fractions */
    int32_t has_units; /* 1: units of the file are known */
    int32_t was_noted;
} dump;

static lrpot_status need_line(lrpot_reader *reader, const char *what, char **line)
{
    LRPOT__TRY(lrpot__text_line(&reader->text, line));
    if (*line != NULL) return LRPOT_OK;
    return lrpot__text_fail(&reader->text, "the file ends inside frame %lld, before %s",
                            (long long)reader->frames, what);
}

/* Exactly `count` numbers on one line. */
static lrpot_status read_numbers(lrpot_reader *reader, const char *what, int64_t count,
                                 double *values)
{
    char *line = NULL;
    lrpot__field field;
    LRPOT__TRY(need_line(reader, what, &line));
    if (lrpot__field_count(line) != count)
        return lrpot__text_fail(&reader->text, "%s: %lld numbers, expected %lld", what,
                                (long long)lrpot__field_count(line), (long long)count);
    const char *cursor = line;
    for (int64_t k = 0; k < count && lrpot__field_next(&cursor, &field); k++)
        LRPOT__TRY(lrpot__field_number(&reader->text, field, what, &values[k]));
    return LRPOT_OK;
}

/* Flags "pp pp fs": a direction is periodic when both sides are. */
static lrpot_status read_flags(lrpot_reader *reader, const char *rest)
{
    lrpot__field field;
    reader->frame.periodic_mask = 0;
    for (int d = 0; d < 3; d++) {
        if (!lrpot__field_next(&rest, &field) || field.end - field.text != 2)
            return lrpot__text_fail(&reader->text,
                                    "BOX BOUNDS: expected three boundary flags such as pp");
        if (field.text[0] == 'p' && field.text[1] == 'p') reader->frame.periodic_mask |= 1 << d;
    }
    return LRPOT_OK;
}

/* Bounds of the box that encloses the cell: those of the cell follow by the tilts. */
static lrpot_status read_bounds(lrpot_reader *reader, dump *d, int tilted)
{
    double rows[3][3] = { { 0 } }, *cell = reader->frame.cell;
    for (int k = 0; k < 3; k++)
        LRPOT__TRY(read_numbers(reader, "BOX BOUNDS", tilted ? 3 : 2, rows[k]));
    double xy = rows[0][2], xz = rows[1][2], yz = rows[2][2];
    rows[0][0] -= fmin(fmin(0.0, xy), fmin(xz, xy + xz));
    rows[0][1] -= fmax(fmax(0.0, xy), fmax(xz, xy + xz));
    rows[1][0] -= fmin(0.0, yz);
    rows[1][1] -= fmax(0.0, yz);
    const double made[9] = { rows[0][1] - rows[0][0], 0.0, 0.0, xy,
                             rows[1][1] - rows[1][0], 0.0, xz,  yz,
                             rows[2][1] - rows[2][0] };
    memcpy(cell, made, sizeof made);
    for (int k = 0; k < 3; k++) d->origin[k] = rows[k][0];
    return LRPOT_OK;
}

/* Vectors in any orientation: "ITEM: BOX BOUNDS abc origin", the corner in the fourth column. */
static lrpot_status read_vectors(lrpot_reader *reader, dump *d)
{
    for (int k = 0; k < 3; k++) {
        double row[4];
        LRPOT__TRY(read_numbers(reader, "BOX BOUNDS", 4, row));
        memcpy(reader->frame.cell + 3 * k, row, 3 * sizeof *row);
        d->origin[k] = row[3];
    }
    return LRPOT_OK;
}

static lrpot_status read_box(lrpot_reader *reader, dump *d, const char *rest)
{
    lrpot__field field;
    const char *cursor = rest;
    int tilted = 0, general = 0;
    if (lrpot__field_next(&cursor, &field)) {
        tilted = lrpot__field_is(field, "xy");
        general = lrpot__field_is(field, "abc");
    }
    for (int k = 1; k < (tilted ? 3 : general ? 2 : 0); k++)
        (void)lrpot__field_next(&cursor, &field);
    LRPOT__TRY(read_flags(reader, tilted || general ? cursor : rest));
    LRPOT__TRY(general ? read_vectors(reader, d) : read_bounds(reader, d, tilted));
    reader->frame.has_cell = 1;
    return LRPOT_OK;
}

/* Units that are not metal or real have other lengths. */
static lrpot_status read_units(lrpot_reader *reader, dump *d)
{
    char *line = NULL;
    LRPOT__TRY(need_line(reader, "the units", &line));
    if (strcmp(line, "metal") != 0 && strcmp(line, "real") != 0)
        return lrpot__text_fail(&reader->text,
                                "the units are '%.40s', expected metal or real; write the dump in "
                                "one of these styles",
                                line);
    lrpot__rule rules[LRPOT_QUANTITY_COUNT];
    for (int32_t q = 0; q < LRPOT_QUANTITY_COUNT; q++) rules[q] = (lrpot__rule){ .factor = 1.0 };
    LRPOT__TRY(lrpot__units_parse(line, rules));
    for (int32_t q = 0; q < LRPOT_QUANTITY_COUNT; q++)
        if (rules[q].stated && !reader->conventions.rules[q].stated)
            reader->conventions.rules[q] = rules[q];
    d->has_units = 1;
    return LRPOT_OK;
}

/* Without units these quantities would be guesses. */
static lrpot_status leave_out(lrpot_reader *reader, dump *d)
{
    static const int32_t dependent[] = { LRPOT__TIME, LRPOT_QUANTITY_VELOCITIES,
                                         LRPOT_QUANTITY_FORCES };
    char left[80] = "";
    if (d->has_units || d->was_noted) return LRPOT_OK;
    for (int k = 0; k < 3; k++) {
        int32_t q = dependent[k];
        if (reader->conventions.rules[q].stated) continue;
        reader->conventions.rules[q].left_out = 1;
        if (q == LRPOT__TIME || reader->source[q] == NULL) continue;
        strcat(left, left[0] != '\0' ? " and " : "");
        strcat(left, lrpot_quantity_name(q));
    }
    d->was_noted = 1;
    if (left[0] == '\0') return LRPOT_OK;
    return lrpot__conventions_note(&reader->conventions,
                                   "the dump does not say its units: %s are not taken; state "
                                   "--units metal or real, or write it with dump_modify units yes",
                                   left);
}

static lrpot_status add_column(lrpot_reader *reader, const char *name)
{
    LRPOT__TRY(lrpot__grow((void **)&reader->columns, &reader->column_capacity,
                           reader->n_columns + 1, sizeof *reader->columns));
    lrpot__column *column = &reader->columns[reader->n_columns++];
    *column = (lrpot__column){ name, 'R', 1, LRPOT__COLUMN_SKIPPED, 0, 0 };
    for (int k = 0; k < N_KNOWN; k++) {
        if (strcmp(known[k].name, name) != 0) continue;
        column->target = known[k].target;
        column->part = known[k].part;
        column->joined = 1;
        if (column->target > 0) reader->source[column->target] = known[k].name;
    }
    for (int64_t c = 0; c + 1 < reader->n_columns; c++)
        if (strcmp(reader->columns[c].name, name) == 0)
            return lrpot__text_fail(&reader->text, "column '%.40s' stands twice", name);
    return LRPOT_OK;
}

/* Number of columns that fill a target. */
static int filled(const lrpot_reader *reader, int32_t target)
{
    int n = 0;
    for (int64_t c = 0; c < reader->n_columns; c++) n += reader->columns[c].target == target;
    return n;
}

static int is_scaled(const lrpot__column *column)
{
    return column->name[1] == 's';
}

/* Of positions that stand twice, as lengths and as fractions, the lengths count. Returns 1 for
 * fractions. */
static int choose_scale(lrpot_reader *reader, int32_t target)
{
    int plain = 0;
    for (int64_t c = 0; c < reader->n_columns; c++)
        plain += reader->columns[c].target == target && !is_scaled(&reader->columns[c]);
    for (int64_t c = 0; c < reader->n_columns; c++)
        if (reader->columns[c].target == target && is_scaled(&reader->columns[c]) == (plain == 3))
            reader->columns[c].target = LRPOT__COLUMN_SKIPPED;
    return plain != 3;
}

static void retarget(lrpot_reader *reader, int32_t from, int32_t to)
{
    for (int64_t c = 0; c < reader->n_columns; c++)
        if (reader->columns[c].target == from) reader->columns[c].target = to;
}

/* Vectors of which a component is missing are not used. Positions and species are needed. */
static lrpot_status settle_columns(lrpot_reader *reader, dump *d)
{
    static const int32_t vectors[] = { LRPOT__COLUMN_POSITIONS, LRPOT__COLUMN_UNWRAPPED,
                                       LRPOT_QUANTITY_IMAGE, LRPOT_QUANTITY_VELOCITIES,
                                       LRPOT_QUANTITY_FORCES };
    d->scaled[0] = choose_scale(reader, LRPOT__COLUMN_POSITIONS);
    d->scaled[1] = choose_scale(reader, LRPOT__COLUMN_UNWRAPPED);
    for (int k = 0; k < 5; k++) {
        if (filled(reader, vectors[k]) == 3) continue;
        retarget(reader, vectors[k], LRPOT__COLUMN_SKIPPED);
        if (vectors[k] > 0) reader->source[vectors[k]] = NULL;
    }
    if (filled(reader, LRPOT__COLUMN_SPECIES) > 0)
        retarget(reader, LRPOT__COLUMN_TYPE, LRPOT__COLUMN_SKIPPED);
    reader->only_unwrapped = filled(reader, LRPOT__COLUMN_POSITIONS) == 0;
    if (reader->only_unwrapped) {
        retarget(reader, LRPOT__COLUMN_UNWRAPPED, LRPOT__COLUMN_POSITIONS);
        d->scaled[0] = d->scaled[1];
    }
    if (filled(reader, LRPOT__COLUMN_POSITIONS) != 3)
        return lrpot__text_fail(&reader->text, "no columns of positions; expected x y z, xs ys zs, "
                                               "xu yu zu or xsu ysu zsu");
    if (filled(reader, LRPOT__COLUMN_TYPE) + filled(reader, LRPOT__COLUMN_SPECIES) == 1)
        return LRPOT_OK;
    return lrpot__text_fail(&reader->text, "no column of species; expected element or type");
}

static lrpot_status read_columns(lrpot_reader *reader, dump *d, const char *names)
{
    lrpot__free(d->columns);
    d->columns = lrpot__strdup(names);
    if (d->columns == NULL) return LRPOT_E_MEMORY;
    reader->n_columns = 0;
    for (char *rest = NULL, *name = strtok_r(d->columns, " \t", &rest); name != NULL;
         name = strtok_r(NULL, " \t", &rest))
        LRPOT__TRY(add_column(reader, name));
    return settle_columns(reader, d);
}

static void unscale(const lrpot_reader *reader, const dump *d, lrpot__array *array)
{
    for (int64_t i = 0; i < reader->frame.n; i++) {
        double *r = array->values + 3 * i, fraction[3] = { r[0], r[1], r[2] };
        lrpot__row_times3(fraction, reader->frame.cell, r);
        for (int a = 0; a < 3; a++) r[a] += d->origin[a];
    }
}

static lrpot_status note_types(lrpot_reader *reader)
{
    if (filled(reader, LRPOT__COLUMN_TYPE) == 0 || reader->types != NULL || reader->frames > 0)
        return LRPOT_OK;
    return lrpot__conventions_note(&reader->conventions,
                                   "the species are the numbers of the types; name them by "
                                   "--species, or write the dump with a column element");
}

static lrpot_status read_atoms(lrpot_reader *reader, dump *d, const char *names)
{
    if (!reader->frame.has_cell || d->atoms < 0)
        return lrpot__text_fail(&reader->text, "frame %lld: ITEM: ATOMS stands before %s",
                                (long long)reader->frames,
                                d->atoms < 0 ? "NUMBER OF ATOMS" : "BOX BOUNDS");
    if (d->atoms == 0) return LRPOT_OK;
    LRPOT__TRY(read_columns(reader, d, names));
    LRPOT__TRY(leave_out(reader, d));
    LRPOT__TRY(note_types(reader));
    LRPOT__TRY(lrpot__xyz_atoms(reader, d->atoms, 0));
    if (d->scaled[0]) unscale(reader, d, &reader->frame.positions);
    if (d->scaled[1] && reader->frame.unwrapped.present)
        unscale(reader, d, &reader->frame.unwrapped);
    reader->maybe_id = NULL;
    LRPOT__TRY(lrpot__xyz_find_images(reader));
    return lrpot__xyz_check_ids(reader, reader->text.line - d->atoms + 1);
}

/* "ITEM: TIMESTEP" and "ITEM: TIME" with their number on the next line. */
static lrpot_status read_info(lrpot_reader *reader, const char *key)
{
    char *line = NULL;
    lrpot__field field;
    double value = 0.0;
    LRPOT__TRY(need_line(reader, key, &line));
    const char *cursor = line;
    (void)lrpot__field_next(&cursor, &field);
    LRPOT__TRY(lrpot__field_number(&reader->text, field, key, &value));
    return lrpot__frame_buffer_add_info(&reader->frame, key, line + strspn(line, " \t"));
}

static lrpot_status read_count(lrpot_reader *reader, dump *d)
{
    char *line = NULL;
    lrpot__field field;
    LRPOT__TRY(need_line(reader, "the number of atoms", &line));
    const char *cursor = line;
    (void)lrpot__field_next(&cursor, &field);
    LRPOT__TRY(lrpot__field_integer(&reader->text, field, "the number of atoms", &d->atoms));
    if (d->atoms >= 0) return LRPOT_OK;
    return lrpot__text_fail(&reader->text, "the number of atoms is %lld, expected 0 or more",
                            (long long)d->atoms);
}

/* Text behind `word` when the line begins with it; NULL otherwise. */
static const char *behind(const char *line, const char *word)
{
    size_t n = strlen(word);
    return strncmp(line, word, n) == 0 ? line + n : NULL;
}

static lrpot_status read_item(lrpot_reader *reader, dump *d, const char *line, int32_t *is_end)
{
    const char *rest = NULL;
    *is_end = 0;
    if (behind(line, "ITEM: UNITS") != NULL) return read_units(reader, d);
    if (behind(line, "ITEM: TIMESTEP") != NULL) return read_info(reader, "timestep");
    if (behind(line, "ITEM: TIME") != NULL) return read_info(reader, "time");
    if (behind(line, "ITEM: NUMBER OF ATOMS") != NULL) return read_count(reader, d);
    if ((rest = behind(line, "ITEM: BOX BOUNDS")) != NULL) return read_box(reader, d, rest);
    if ((rest = behind(line, "ITEM: ATOMS")) != NULL) {
        *is_end = 1;
        return read_atoms(reader, d, rest);
    }
    return lrpot__text_fail(&reader->text,
                            "'%.60s', expected a line of a dump such as ITEM: TIMESTEP", line);
}

/* Reads the items of a snapshot up to its atoms. */
static lrpot_status read_snapshot(lrpot_reader *reader, dump *d, char *line)
{
    int32_t is_end = 0;
    d->atoms = -1;
    for (;;) {
        LRPOT__TRY(read_item(reader, d, line, &is_end));
        if (is_end) return LRPOT_OK;
        LRPOT__TRY(need_line(reader, "ITEM: ATOMS", &line));
    }
}

/* Snapshots without atoms are passed over: dump_modify thresh writes one for each step at which no
 * atom is beyond the threshold. */
static lrpot_status read_frame(lrpot_reader *reader, int32_t *found, int64_t *first_line)
{
    char *line = NULL;
    if (reader->state == NULL) reader->state = lrpot__calloc(1, sizeof(dump));
    dump *d = reader->state;
    *found = 0;
    if (d == NULL) return LRPOT_E_MEMORY;
    do {
        LRPOT__TRY(lrpot__text_nonblank_line(&reader->text, &line));
        if (line == NULL) return LRPOT_OK;
        lrpot__frame_buffer_reset(&reader->frame);
        *first_line = reader->text.line;
        LRPOT__TRY(read_snapshot(reader, d, line));
    } while (d->atoms == 0);
    *found = 1;
    return LRPOT_OK;
}

static void close_state(lrpot_reader *reader)
{
    dump *d = reader->state;
    if (d != NULL) lrpot__free(d->columns);
    lrpot__free(d);
}

const lrpot__frame_format lrpot__format_dump = { "LAMMPS dump", read_frame, close_state, 0, 0 };
