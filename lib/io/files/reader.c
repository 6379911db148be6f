/* Reader of structure files, frame by frame. */
#include "io/files/reader.h"

#include "core/error.h"
#include "core/memory.h"
#include "io/files/present_frame.h"
#include "io/files/recognise_format.h"
#include "io/text/comment.h"
#include "io/text/frame_buffer.h"
#include "io/text/keys.h"
#include "io/text/text.h"
#include "io/units/conventions.h"
#include "io/units/units.h"

#include <string.h>

/* Takes ownership of the text, also on failure. */
static lrpot_status create_reader(lrpot_reader **out, lrpot__text *text)
{
    lrpot_reader *reader = lrpot__calloc(1, sizeof *reader);
    if (reader == NULL) {
        lrpot__text_close(text);
        return LRPOT_E_MEMORY;
    }
    reader->text = *text;
    lrpot__conventions_start(&reader->conventions);
    lrpot_status status = lrpot__recognise_format(&reader->text, &reader->format);
    if (status != LRPOT_OK) lrpot_reader_close(reader);
    else *out = reader;
    return status;
}

lrpot_status lrpot_reader_open(lrpot_reader **out, const char *path)
{
    lrpot__text text;
    LRPOT__REQUIRE_NOT_NULL(out);
    LRPOT__REQUIRE_NOT_NULL(path);
    LRPOT__TRY(lrpot__text_open(&text, path));
    return create_reader(out, &text);
}

lrpot_status lrpot__reader_open_memory(lrpot_reader **out, const char *name, const void *data,
                                       int64_t size)
{
    lrpot__text text;
    LRPOT__TRY(lrpot__text_open_memory(&text, name, data, size));
    return create_reader(out, &text);
}

static void free_types(lrpot_reader *reader)
{
    for (int32_t t = 0; t < reader->n_types; t++) lrpot__free(reader->types[t]);
    lrpot__free(reader->types);
    reader->types = NULL;
    reader->n_types = 0;
}

lrpot_status lrpot_reader_set_types(lrpot_reader *reader, int32_t n, const char *const *symbols)
{
    LRPOT__REQUIRE_NOT_NULL(reader);
    LRPOT__REQUIRE_NOT_NULL(symbols);
    if (n < 0) return lrpot__fail(LRPOT_E_ARGUMENT, "n = %d types, expected at least 0", n);
    for (int32_t t = 0; t < n; t++)
        if (symbols[t] == NULL || symbols[t][0] == '\0' || strlen(symbols[t]) >= LRPOT__LABEL_SIZE)
            return lrpot__fail(LRPOT_E_ARGUMENT,
                               "symbol of type %d is '%.40s', expected 1 to %d characters", t,
                               symbols[t] != NULL ? symbols[t] : "(NULL)", LRPOT__LABEL_SIZE - 1);
    free_types(reader);
    reader->types = lrpot__calloc(n, sizeof *reader->types);
    if (reader->types == NULL) return LRPOT_E_MEMORY;
    for (int32_t t = 0; t < n; t++, reader->n_types++)
        if ((reader->types[t] = lrpot__strdup(symbols[t])) == NULL) return LRPOT_E_MEMORY;
    return LRPOT_OK;
}

lrpot_status lrpot_reader_set_key(lrpot_reader *reader, int32_t quantity, const char *key)
{
    LRPOT__REQUIRE_NOT_NULL(reader);
    if (quantity < 1 || quantity >= LRPOT_QUANTITY_COUNT)
        return lrpot__fail(LRPOT_E_ARGUMENT, "quantity = %d, expected 1 to %d", quantity,
                           LRPOT_QUANTITY_COUNT - 1);
    char *copy = key != NULL ? lrpot__strdup(key) : NULL;
    if (key != NULL && copy == NULL) return LRPOT_E_MEMORY;
    lrpot__free(reader->asked[quantity]);
    reader->asked[quantity] = copy;
    return LRPOT_OK;
}

lrpot_status lrpot_reader_set_units(lrpot_reader *reader, const char *units)
{
    LRPOT__REQUIRE_NOT_NULL(reader);
    LRPOT__REQUIRE_NOT_NULL(units);
    if (reader->looked_at)
        return lrpot__fail(LRPOT_E_ARGUMENT, "units '%.80s' come after the first frame", units);
    if (reader->format->own_units)
        return lrpot__conventions_note(&reader->conventions,
                                       "%s has its own units; the units '%.80s' do not apply",
                                       reader->format->name, units);
    lrpot__rule rules[LRPOT_QUANTITY_COUNT];
    memcpy(rules, reader->conventions.rules, sizeof rules);
    LRPOT__TRY(lrpot__units_parse(units, rules));
    memcpy(reader->conventions.rules, rules, sizeof rules);
    return LRPOT_OK;
}

const char *lrpot_reader_note(const lrpot_reader *reader, int32_t index)
{
    if (reader == NULL || index < 0 || index >= reader->conventions.n_notes) return NULL;
    return reader->conventions.notes[index];
}

/* 1 if `key` is one of the names in "a, b, c". */
static int has_name(const char *names, const char *key)
{
    size_t n = strlen(key);
    for (const char *at = names; at != NULL; at = strstr(at, ", ")) {
        at += at == names ? 0 : 2;
        if (strncmp(at, key, n) == 0 && (at[n] == '\0' || at[n] == ',')) return 1;
    }
    return 0;
}

static lrpot_status count_key(lrpot__key_tally *tally, const char *key)
{
    tally->frames++;
    if (has_name(tally->keys, key)) return LRPOT_OK;
    int64_t old = tally->keys != NULL ? (int64_t)strlen(tally->keys) : 0;
    char *keys = lrpot__calloc(old + (int64_t)strlen(key) + 3, 1);
    if (keys == NULL) return LRPOT_E_MEMORY;
    if (old > 0) {
        memcpy(keys, tally->keys, (size_t)old);
        memcpy(keys + old, ", ", 2);
    }
    strcpy(keys + old + (old > 0 ? 2 : 0), key);
    lrpot__free(tally->keys);
    tally->keys = keys;
    return LRPOT_OK;
}

static lrpot_status count_skipped(lrpot_reader *reader, const char *name)
{
    for (int64_t s = 0; s < reader->n_skipped; s++)
        if (strcmp(reader->skipped[s].keys, name) == 0) {
            reader->skipped[s].frames++;
            return LRPOT_OK;
        }
    LRPOT__TRY(lrpot__grow((void **)&reader->skipped, &reader->skipped_capacity,
                           reader->n_skipped + 1, sizeof *reader->skipped));
    lrpot__key_tally *tally = &reader->skipped[reader->n_skipped];
    *tally = (lrpot__key_tally){ 0 };
    LRPOT__TRY(count_key(tally, name));
    reader->n_skipped++;
    return LRPOT_OK;
}

/* Counts a frame that gave a structure. */
static lrpot_status count_frame(lrpot_reader *reader)
{
    reader->frames++;
    for (int32_t q = 1; q < LRPOT_QUANTITY_COUNT; q++)
        if (reader->source[q] != NULL) LRPOT__TRY(count_key(&reader->found[q], reader->source[q]));
    for (int64_t c = 0; c < reader->n_columns; c++)
        if (reader->columns[c].target == LRPOT__COLUMN_SKIPPED)
            LRPOT__TRY(count_skipped(reader, reader->columns[c].name));
    return LRPOT_OK;
}

/* A quantity that is left out does not count as found. One that the caller asked for by its key
 * must not be left out. */
static lrpot_status convert_frame(lrpot_reader *reader, int64_t first_line,
                                  lrpot_structure *structure)
{
    if (reader->format->own_units) return LRPOT_OK;
    for (int32_t q = 1; q < LRPOT_QUANTITY_COUNT; q++) {
        const lrpot__rule *rule = &reader->conventions.rules[q];
        if (!rule->left_out) continue;
        if (!rule->stated && reader->asked[q] != NULL && reader->source[q] != NULL)
            return lrpot__fail(LRPOT_E_PARSE,
                               "%s:%lld: the unit of key '%s', read as %s, is not known; state it "
                               "(--units, lrpot_reader_set_units)",
                               reader->text.name, (long long)first_line, reader->source[q],
                               lrpot_quantity_name(q));
        reader->source[q] = NULL;
    }
    return lrpot__conventions_apply(&reader->conventions, structure);
}

lrpot_status lrpot__reader_read(lrpot_reader *reader, lrpot_structure **out)
{
    int32_t found = 0;
    int64_t first_line = 0;
    lrpot__present_frame_empty(reader);
    LRPOT__TRY(reader->format->frame(reader, &found, &first_line));
    if (!found)
        return lrpot__fail(LRPOT_E_END, "%s: no further frame after %lld", reader->text.name,
                           (long long)reader->frames);
    lrpot_structure *structure = NULL;
    LRPOT__TRY(lrpot__frame_buffer_build(&reader->frame, &reader->text, first_line, &structure));
    lrpot_status status = convert_frame(reader, first_line, structure);
    if (status == LRPOT_OK) status = count_frame(reader);
    if (status != LRPOT_OK) lrpot_structure_free(structure);
    else *out = structure;
    return status;
}

int64_t lrpot_reader_found(const lrpot_reader *reader, int32_t quantity, const char **key)
{
    int known = reader != NULL && quantity >= 1 && quantity < LRPOT_QUANTITY_COUNT;
    if (key != NULL) *key = known ? reader->found[quantity].keys : NULL;
    return known ? reader->found[quantity].frames : 0;
}

int64_t lrpot_reader_skipped(const lrpot_reader *reader, int64_t index, const char **column)
{
    int known = reader != NULL && index >= 0 && index < reader->n_skipped;
    if (column != NULL) *column = known ? reader->skipped[index].keys : NULL;
    return known ? reader->skipped[index].frames : 0;
}

const char *lrpot_reader_format(const lrpot_reader *reader)
{
    return reader != NULL ? reader->format->name : NULL;
}

int64_t lrpot_reader_left_out(const lrpot_reader *reader)
{
    return reader != NULL ? reader->left_out : 0;
}

int64_t lrpot_reader_frames(const lrpot_reader *reader)
{
    return reader != NULL ? reader->frames : 0;
}

void lrpot_reader_close(lrpot_reader *reader)
{
    if (reader == NULL) return;
    if (reader->format != NULL && reader->format->close != NULL) reader->format->close(reader);
    lrpot__text_close(&reader->text);
    lrpot__frame_buffer_free(&reader->frame);
    lrpot__comment_free(&reader->comment);
    lrpot__conventions_free(&reader->conventions);
    lrpot__free(reader->columns);
    for (int32_t q = 0; q < LRPOT_QUANTITY_COUNT; q++) {
        lrpot__free(reader->asked[q]);
        lrpot__free(reader->found[q].keys);
    }
    for (int64_t s = 0; s < reader->n_skipped; s++) lrpot__free(reader->skipped[s].keys);
    lrpot__free(reader->skipped);
    free_types(reader);
    lrpot__free(reader);
}
