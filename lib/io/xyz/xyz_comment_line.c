/* Parser of the comment line of an extended XYZ frame: cell, columns, quantities of the frame. */
#include "io/xyz/xyz_comment_line.h"

#include "core/error.h"
#include "core/memory.h"
#include "core/number.h"
#include "io/text/comment.h"
#include "io/text/frame_buffer.h"
#include "io/text/keys.h"
#include "io/text/text.h"
#include "io/xyz/xyz_columns.h"

#include <math.h>
#include <string.h>

static lrpot_status read_cell(lrpot_reader *reader)
{
    lrpot__comment_entry *entry = NULL;
    lrpot__frame_buffer *frame = &reader->frame;
    int64_t count = 0;
    LRPOT__TRY(lrpot__comment_find(&reader->comment, &reader->text, "Lattice", &entry));
    if (entry == NULL) return LRPOT_OK;
    entry->used = 1;
    LRPOT__TRY(lrpot__comment_entry_numbers(entry, &reader->text, 9, frame->cell, &count));
    if (count != 9)
        return lrpot__text_fail(&reader->text, "Lattice has %lld numbers, expected 9",
                                (long long)count);
    frame->has_cell = 1;
    return LRPOT_OK;
}

static int32_t flag_of(lrpot__field word)
{
    static const char *const yes[] = { "T", "True", "true", "TRUE", "t", "1", ".true.", ".TRUE." };
    static const char *const no[] = {
        "F", "False", "false", "FALSE", "f", "0", ".false.", ".FALSE."
    };
    for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++) {
        if (lrpot__field_is(word, yes[i])) return 1;
        if (lrpot__field_is(word, no[i])) return 0;
    }
    return -1;
}

/* Reads three flags, or one for all directions; "TFT" counts as three. */
static lrpot_status read_flags(lrpot_reader *reader, const lrpot__comment_entry *entry)
{
    const char *cursor = entry->value;
    lrpot__field word;
    int32_t n = 0, mask = 0;
    while (lrpot__comment_list_next(&cursor, &word)) {
        int joined = n == 0 && word.end - word.text == 3 && flag_of(word) < 0;
        for (int part = 0; part < (joined ? 3 : 1); part++) {
            lrpot__field single = joined ? (lrpot__field){ word.text + part, word.text + part + 1 }
                                         : word;
            int32_t flag = flag_of(single);
            if (flag < 0 || n == 3)
                return lrpot__text_fail(&reader->text, "pbc is '%.40s', expected three of T and F",
                                        entry->value);
            mask |= flag << n++;
        }
    }
    if (n != 1 && n != 3)
        return lrpot__text_fail(&reader->text, "pbc is '%.40s', expected three of T and F",
                                entry->value);
    reader->frame.periodic_mask = n == 1 && mask ? LRPOT_PERIODIC_ALL : mask;
    return LRPOT_OK;
}

static lrpot_status read_periodicity(lrpot_reader *reader)
{
    lrpot__comment_entry *entry = NULL;
    lrpot__frame_buffer *frame = &reader->frame;
    int any = 0;
    LRPOT__TRY(lrpot__comment_find(&reader->comment, &reader->text, "pbc", &entry));
    frame->periodic_mask = frame->has_cell ? LRPOT_PERIODIC_ALL : 0;
    if (entry == NULL) return LRPOT_OK;
    entry->used = 1;
    LRPOT__TRY(read_flags(reader, entry));
    if (frame->periodic_mask != 0 && !frame->has_cell)
        return lrpot__text_fail(&reader->text, "pbc is '%.40s' but the frame has no Lattice",
                                entry->value);
    /* some programs write a cell of zeros for molecules */
    for (int i = 0; i < 9; i++) any |= frame->has_cell && frame->cell[i] != 0;
    if (!any && frame->periodic_mask == 0) frame->has_cell = 0;
    return LRPOT_OK;
}

static int32_t target_of(const char *name)
{
    static const char *const species[] = { "species", "symbols", "element", "elements", NULL };
    static const char *const positions[] = { "pos", "positions", "position", "coordinates", NULL };
    static const char *const numbers[] = { "Z", "numbers", "atomic_numbers", "atomic_number",
                                           NULL };
    if (lrpot__key_rank(species, name) >= 0) return LRPOT__COLUMN_SPECIES;
    if (lrpot__key_rank(positions, name) >= 0) return LRPOT__COLUMN_POSITIONS;
    if (lrpot__key_rank(numbers, name) >= 0) return LRPOT__COLUMN_NUMBER;
    return LRPOT__COLUMN_SKIPPED;
}

/* Next part of "name:type:count:..."; cuts it off in place. */
static char *next_part(char **cursor)
{
    char *part = *cursor, *colon = strchr(part, ':');
    if (colon != NULL) *colon = '\0';
    *cursor = colon != NULL ? colon + 1 : part + strlen(part);
    return part;
}

static lrpot_status add_column(lrpot_reader *reader, const char *name, const char *type,
                               const char *count_text)
{
    const lrpot__text *text = &reader->text;
    int64_t count = 0;
    const char *end = count_text + strlen(count_text);
    if (*name == '\0') return lrpot__text_fail(text, "Properties has a column without a name");
    if (strlen(type) != 1 || strchr("SRILsril", *type) == NULL)
        return lrpot__text_fail(text, "column '%.40s' is of type '%.10s', expected S, R, I or L",
                                name, type);
    if (lrpot__integer_parse(count_text, end, &count) != end || count < 1 || count > 1000000)
        return lrpot__text_fail(
            text, "column '%.40s' has '%.20s' components, expected an integer from 1 to 1000000",
            name, count_text);
    for (int64_t c = 0; c < reader->n_columns; c++)
        if (lrpot__equal_ignoring_case(reader->columns[c].name, name))
            return lrpot__text_fail(text, "column '%.40s' stands twice in Properties", name);
    LRPOT__TRY(lrpot__grow((void **)&reader->columns, &reader->column_capacity,
                           reader->n_columns + 1, sizeof *reader->columns));
    char kind = *type >= 'a' ? (char)(*type - 'a' + 'A') : *type;
    reader->columns[reader->n_columns++] =
        (lrpot__column){ name, kind, count, target_of(name), 0, 0 };
    return LRPOT_OK;
}

/* Reads the columns. A file without Properties is plain XYZ: species and position; the rest is
 * skipped. */
static lrpot_status read_columns(lrpot_reader *reader)
{
    lrpot__comment_entry *entry = NULL;
    reader->n_columns = 0;
    LRPOT__TRY(lrpot__comment_find(&reader->comment, &reader->text, "Properties", &entry));
    if (entry == NULL) {
        LRPOT__TRY(add_column(reader, "species", "S", "1"));
        return add_column(reader, "pos", "R", "3");
    }
    entry->used = 1;
    if (strcmp(entry->value, "T") == 0)
        return lrpot__text_fail(&reader->text, "Properties has no value");
    char *cursor = reader->comment.line
                   + (entry->value - reader->comment.line); /* cut in the private copy */
    while (*cursor != '\0') {
        const char *name = next_part(&cursor), *type = next_part(&cursor),
                   *count = next_part(&cursor);
        LRPOT__TRY(add_column(reader, name, type, count));
    }
    return LRPOT_OK;
}

/* Assigns a column to a quantity; the shape must fit. */
static lrpot_status claim_column(lrpot_reader *reader, lrpot__column *column, int32_t quantity)
{
    int64_t components = lrpot__key_components(quantity);
    if (column->count != components || (column->type != 'R' && column->type != 'I'))
        return lrpot__text_fail(&reader->text, "column '%.40s' is %c:%lld, expected R:%lld for %s",
                                column->name, column->type, (long long)column->count,
                                (long long)components, lrpot__key_aliases(quantity)[0]);
    column->target = quantity;
    reader->source[quantity] = column->name;
    return LRPOT_OK;
}

static lrpot_status choose_column(lrpot_reader *reader, int32_t quantity)
{
    lrpot__column *best = NULL;
    int best_rank = 1000;
    for (int64_t c = 0; c < reader->n_columns; c++) {
        lrpot__column *column = &reader->columns[c];
        const char *asked = reader->asked[quantity];
        if (column->target != LRPOT__COLUMN_SKIPPED) continue;
        /* other programs have other columns of these names */
        if (asked == NULL && (quantity == LRPOT_QUANTITY_ID || quantity == LRPOT_QUANTITY_IMAGE)
            && (column->count != lrpot__key_components(quantity)
                || (column->type != 'I' && column->type != 'R')))
            continue;
        int rank = asked == NULL ? lrpot__key_rank(lrpot__key_aliases(quantity), column->name)
                                 : -(strcmp(asked, column->name) != 0);
        if (rank < 0 || rank >= best_rank) continue;
        best = column;
        best_rank = rank;
    }
    if (best != NULL) return claim_column(reader, best, quantity);
    if (reader->asked[quantity] == NULL) return LRPOT_OK;
    return lrpot__text_fail(&reader->text, "frame %lld has no column '%s', asked for as %s",
                            (long long)reader->frames, reader->asked[quantity],
                            lrpot__key_aliases(quantity)[0]);
}

/* Checks that species and positions are present, once. */
static lrpot_status check_columns(lrpot_reader *reader)
{
    int64_t species = 0, positions = 0, numbers = 0;
    for (int64_t c = 0; c < reader->n_columns; c++) {
        lrpot__column *column = &reader->columns[c];
        species += column->target == LRPOT__COLUMN_SPECIES;
        positions += column->target == LRPOT__COLUMN_POSITIONS && column->part == 0;
        numbers += column->target == LRPOT__COLUMN_NUMBER;
        if ((column->target == LRPOT__COLUMN_SPECIES || column->target == LRPOT__COLUMN_NUMBER
             || (column->target == LRPOT__COLUMN_POSITIONS && !column->joined))
            && column->count != (column->target == LRPOT__COLUMN_POSITIONS ? 3 : 1))
            return lrpot__text_fail(
                &reader->text, "column '%.40s' has %lld components, expected %d", column->name,
                (long long)column->count, column->target == LRPOT__COLUMN_POSITIONS ? 3 : 1);
    }
    if (positions != 1)
        return lrpot__text_fail(&reader->text,
                                "Properties has %lld columns of positions, expected one",
                                (long long)positions);
    if (species > 1 || numbers > 1 || species + numbers == 0)
        return lrpot__text_fail(&reader->text,
                                "Properties has %lld columns of species, expected one",
                                (long long)(species + numbers));
    for (int64_t c = 0; c < reader->n_columns && species == 1; c++)
        if (reader->columns[c].target == LRPOT__COLUMN_NUMBER)
            reader->columns[c].target = LRPOT__COLUMN_SKIPPED;
    return LRPOT_OK;
}

/* Best entry of a quantity of the whole frame; for the stress also among the virials. */
static lrpot_status choose_entry(const lrpot_reader *reader, int32_t quantity,
                                 lrpot__comment_entry **entry, int *is_virial)
{
    const char *asked = reader->asked[quantity];
    const char *const *lists[2] = { lrpot__key_aliases(quantity), quantity == LRPOT_QUANTITY_STRESS
                                                                      ? lrpot__key_virial_aliases()
                                                                      : NULL };
    *entry = NULL;
    *is_virial = 0;
    if (asked != NULL) {
        *entry = lrpot__comment_exact(&reader->comment, asked);
        *is_virial = quantity == LRPOT_QUANTITY_STRESS && lrpot__key_is_virial(asked);
        if (*entry != NULL) return LRPOT_OK;
        return lrpot__text_fail(&reader->text, "frame %lld has no key '%s', asked for as %s",
                                (long long)reader->frames, asked, lists[0][0]);
    }
    for (int l = 0; l < 2; l++)
        for (int a = 0; lists[l] != NULL && lists[l][a] != NULL; a++) {
            LRPOT__TRY(lrpot__comment_find(&reader->comment, &reader->text, lists[l][a], entry));
            *is_virial = l == 1;
            if (*entry != NULL) return LRPOT_OK;
        }
    return LRPOT_OK;
}

/* Six numbers are xx yy zz yz xz xy (Voigt, as in ASE). One number is a multiple of the unit
 * tensor, for quantities where that is possible. */
static int expand_tensor(int32_t quantity, int64_t count, double *values)
{
    double v[6];
    memcpy(v, values, sizeof v);
    if (count == 9) return 1;
    if (count == 1 && quantity == LRPOT_QUANTITY_EPSILON_INF)
        for (int i = 0; i < 9; i++) values[i] = i % 4 == 0 ? v[0] : 0.0;
    else if (count == 6) {
        static const int place[9] = { 0, 5, 4, 5, 1, 3, 4, 3, 2 };
        for (int i = 0; i < 9; i++) values[i] = v[place[i]];
    } else return 0;
    return 1;
}

/* Reads a quantity. A virial without a cell stays an info: it gives no stress. */
static lrpot_status read_quantity(lrpot_reader *reader, int32_t quantity)
{
    lrpot__comment_entry *entry = NULL;
    int is_virial = 0;
    double values[9] = { 0 }, volume = lrpot__frame_buffer_volume(&reader->frame);
    int64_t count = 0, components = lrpot__key_components(quantity);
    LRPOT__TRY(choose_entry(reader, quantity, &entry, &is_virial));
    if (entry == NULL || (is_virial && volume == 0)) return LRPOT_OK;
    LRPOT__TRY(lrpot__comment_entry_numbers(entry, &reader->text, 9, values, &count));
    if (components == 9 ? !expand_tensor(quantity, count, values) : count != components)
        return lrpot__text_fail(&reader->text, "key '%.40s' has %lld numbers, expected %lld",
                                entry->key, (long long)count, (long long)components);
    for (int i = 0; i < 9 && is_virial; i++) values[i] /= -volume;
    entry->used = 1;
    reader->source[quantity] = entry->key;
    return lrpot__frame_buffer_set(&reader->frame, quantity, values);
}

/* Reads all numbers, in groups. */
static lrpot_status read_numbers(lrpot_reader *reader, const char *key, int64_t group,
                                 lrpot__array *array, int64_t *count)
{
    lrpot__comment_entry *entry = NULL;
    LRPOT__TRY(lrpot__comment_find(&reader->comment, &reader->text, key, &entry));
    if (entry == NULL) return LRPOT_OK;
    LRPOT__TRY(lrpot__comment_entry_numbers(entry, &reader->text, 0, NULL, count));
    if (*count < 1 || *count > INT32_MAX || *count % group != 0)
        return lrpot__text_fail(&reader->text, "%s has %lld numbers, expected groups of %lld", key,
                                (long long)*count, (long long)group);
    LRPOT__TRY(lrpot__array_reserve(array, *count));
    entry->used = 1;
    return lrpot__comment_entry_numbers(entry, &reader->text, *count, array->values, count);
}

/* In any case; word is in small letters. */
static int is_word(lrpot__field field, const char *word)
{
    const char *at = field.text;
    while (at < field.end && *word != '\0' && (*at | ('a' - 'A')) == *word) at++, word++;
    return at == field.end && *word == '\0';
}

static lrpot_status read_reference(lrpot_reader *reader)
{
    lrpot__comment_entry *entry = NULL;
    LRPOT__TRY(lrpot__comment_find(&reader->comment, &reader->text, "potential_reference", &entry));
    if (entry == NULL) return LRPOT_OK;
    if (!reader->frame.fragment_potentials.present)
        return lrpot__text_fail(&reader->text,
                                "potential_reference stands without fragment_potentials");
    entry->used = 1;
    if (strcmp(entry->value, "vacuum") == 0)
        reader->frame.potential_reference = LRPOT_POTENTIALS_VACUUM;
    else if (strcmp(entry->value, "shared") != 0)
        return lrpot__text_fail(&reader->text,
                                "potential_reference is '%.40s', expected shared or vacuum",
                                entry->value);
    return LRPOT_OK;
}

/* One potential for each fragment; nan, or null in lists of JSON, for those that keep their
 * charge. */
static lrpot_status read_potentials(lrpot_reader *reader)
{
    lrpot__comment_entry *entry = NULL;
    lrpot__array *array = &reader->frame.fragment_potentials;
    lrpot__field word;
    int64_t count = 0;
    LRPOT__TRY(lrpot__comment_find(&reader->comment, &reader->text, "fragment_potentials", &entry));
    if (entry == NULL) return LRPOT_OK;
    for (const char *cursor = entry->value; lrpot__comment_list_next(&cursor, &word); count++) {
        LRPOT__TRY(lrpot__array_reserve(array, count + 1));
        array->values[count] = NAN;
        if (!is_word(word, "nan") && !is_word(word, "null"))
            LRPOT__TRY(lrpot__field_number(&reader->text, word, "a value of 'fragment_potentials'",
                                           array->values + count));
    }
    if (count < 1 || count > INT32_MAX)
        return lrpot__text_fail(&reader->text, "fragment_potentials has %lld numbers",
                                (long long)count);
    reader->frame.n_fragment_potentials = count;
    entry->used = 1;
    return LRPOT_OK;
}

static lrpot_status keep_infos(lrpot_reader *reader)
{
    for (int64_t i = 0; i < reader->comment.n; i++) {
        const lrpot__comment_entry *entry = &reader->comment.entries[i];
        if (!entry->used)
            LRPOT__TRY(lrpot__frame_buffer_add_info(&reader->frame, entry->key, entry->value));
    }
    return LRPOT_OK;
}

lrpot_status lrpot__xyz_comment_line(lrpot_reader *reader)
{
    LRPOT__TRY(read_cell(reader));
    LRPOT__TRY(read_periodicity(reader));
    LRPOT__TRY(read_columns(reader));
    lrpot__xyz_join_columns(reader);
    LRPOT__TRY(check_columns(reader));
    for (int32_t q = 1; q < LRPOT_QUANTITY_COUNT; q++)
        LRPOT__TRY(lrpot__key_per_atom(q) ? choose_column(reader, q) : read_quantity(reader, q));
    lrpot__xyz_guess_ids(reader);
    LRPOT__TRY(read_numbers(reader, "fragment_charges", 1, &reader->frame.fragment_charges,
                            &reader->frame.n_fragment_charges));
    LRPOT__TRY(read_potentials(reader));
    LRPOT__TRY(read_reference(reader));
    LRPOT__TRY(read_numbers(reader, "potential_points", 4, &reader->frame.points,
                            &reader->frame.n_points));
    reader->frame.n_points /= 4;
    return keep_infos(reader);
}
