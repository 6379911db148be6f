#include "io/espresso/espresso_response.h"

#ifdef LRPOT_HAVE_LIBXML2
#include "core/error.h"
#include "core/memory.h"
#include "core/number.h"
#include "io/espresso/espresso_xml.h"
#include "io/text/frame_buffer.h"
#include "io/text/xml.h"
#include "io/units/units.h"

#include <string.h>

/* Lengths in bohr (CELL_DIMENSIONS), all others in units of the first of them. */
typedef struct response {
    lrpot__xml *xml;
    int64_t n, n_born;
    char (*labels)[LRPOT__LABEL_SIZE];
    int64_t capacity;
    lrpot__array positions, born; /* [n][3]; [n][3][3], [displacement][field] as in the file */
    double cell[9], sizes[6], epsilon[9];
    int32_t has_cell, has_sizes, has_epsilon;
} response;

/* Number of the element NAME.k; 0 for another element. */
static int64_t number_of(const lrpot__xml *xml, const char *name)
{
    const char *at = lrpot__xml_name(xml);
    size_t n = strlen(name);
    int64_t number = 0;
    if (strncmp(at, name, n) != 0 || at[n] != '.') return 0;
    for (at += n + 1; *at >= '0' && *at <= '9' && number < 1000000000; at++)
        number = 10 * number + (*at - '0');
    return *at == '\0' ? number : 0;
}

static lrpot_status add_atom(response *e)
{
    char label[LRPOT__LABEL_SIZE] = { 0 }, place[128];
    int64_t at = e->n;
    LRPOT__TRY(lrpot__xml_attribute(e->xml, "SPECIES", label, sizeof label));
    LRPOT__TRY(lrpot__xml_attribute(e->xml, "TAU", place, sizeof place));
    lrpot__espresso_element(label);
    if (label[0] == '\0') return lrpot__xml_fail(e->xml, "an atom has no SPECIES");
    if (number_of(e->xml, "ATOM") != at + 1)
        return lrpot__xml_fail(e->xml, "<%s>, expected <ATOM.%lld>", lrpot__xml_name(e->xml),
                               (long long)at + 1);
    LRPOT__TRY(lrpot__grow((void **)&e->labels, &e->capacity, at + 1, sizeof *e->labels));
    memcpy(e->labels[at], label, sizeof label);
    LRPOT__TRY(lrpot__array_reserve(&e->positions, 3 * (at + 1)));
    const char *rest = place;
    for (int a = 0; a < 3; a++) {
        lrpot__field field;
        if (!lrpot__field_next(&rest, &field)
            || lrpot__number_parse(field.text, field.end, e->positions.values + 3 * at + a)
                   != field.end)
            return lrpot__xml_fail(e->xml, "TAU=\"%s\", expected three numbers", place);
    }
    e->n++;
    return LRPOT_OK;
}

static lrpot_status read_geometry(response *e)
{
    int depth = lrpot__xml_depth(e->xml);
    int32_t found = 0;
    for (;;) {
        LRPOT__TRY(lrpot__xml_child(e->xml, depth, &found));
        if (!found) break;
        if (lrpot__xml_is(e->xml, "CELL_DIMENSIONS")) {
            LRPOT__TRY(lrpot__xml_numbers(e->xml, "CELL_DIMENSIONS", 6, e->sizes));
            e->has_sizes = e->sizes[0] > 0.0;
        } else if (lrpot__xml_is(e->xml, "AT")) {
            LRPOT__TRY(lrpot__xml_numbers(e->xml, "AT", 9, e->cell));
            e->has_cell = 1;
        } else if (number_of(e->xml, "ATOM") > 0) LRPOT__TRY(add_atom(e));
    }
    if (e->n > 0 && e->has_cell && e->has_sizes) return LRPOT_OK;
    return lrpot__xml_fail(e->xml, "<GEOMETRY_INFO> has no %s",
                           e->n == 0      ? "atoms"
                           : !e->has_cell ? "<AT>"
                                          : "<CELL_DIMENSIONS>");
}

static lrpot_status read_charges(response *e)
{
    int depth = lrpot__xml_depth(e->xml);
    int32_t found = 0;
    LRPOT__TRY(lrpot__array_reserve(&e->born, 9 * e->n));
    for (;;) {
        LRPOT__TRY(lrpot__xml_child(e->xml, depth, &found));
        if (!found) break;
        int64_t atom = number_of(e->xml, "Z_AT_");
        if (atom == 0) continue;
        if (atom != e->n_born + 1 || atom > e->n)
            return lrpot__xml_fail(e->xml, "<%s> for %lld atoms, expected <Z_AT_.%lld>",
                                   lrpot__xml_name(e->xml), (long long)e->n,
                                   (long long)e->n_born + 1);
        LRPOT__TRY(lrpot__xml_numbers(e->xml, "Z_AT_", 9, e->born.values + 9 * e->n_born));
        e->n_born++;
    }
    if (e->n_born == e->n) return LRPOT_OK;
    return lrpot__xml_fail(e->xml, "<ZSTAR> has %lld Born charges for %lld atoms",
                           (long long)e->n_born, (long long)e->n);
}

/* The attributes epsil and zstar tell what was computed; raman is "true" with numbers that were
 * never set (6.7). */
static lrpot_status read_properties(response *e)
{
    int depth = lrpot__xml_depth(e->xml);
    int32_t found = 0, epsilon = lrpot__xml_has(e->xml, "epsil", "true"),
            charges = lrpot__xml_has(e->xml, "zstar", "true");
    for (;;) {
        LRPOT__TRY(lrpot__xml_child(e->xml, depth, &found));
        if (!found) return LRPOT_OK;
        if (epsilon && lrpot__xml_is(e->xml, "EPSILON")) {
            LRPOT__TRY(lrpot__xml_numbers(e->xml, "EPSILON", 9, e->epsilon));
            e->has_epsilon = 1;
        } else if (charges && lrpot__xml_is(e->xml, "ZSTAR")) LRPOT__TRY(read_charges(e));
    }
}

/* Arrays are written by columns: a line of Z_AT_ is one displacement, its columns are fields. */
static lrpot_status set_tensors(lrpot_reader *reader, const response *e)
{
    lrpot__array *born = &reader->frame.quantities[LRPOT_QUANTITY_BORN_CHARGES],
                 *epsilon = &reader->frame.quantities[LRPOT_QUANTITY_EPSILON_INF];
    if (e->n_born > 0) {
        LRPOT__TRY(lrpot__array_reserve(born, 9 * e->n));
        for (int64_t k = 0; k < 9 * e->n; k++)
            born->values[k] = e->born.values[k / 9 * 9 + 3 * (k % 3) + k % 9 / 3];
        reader->source[LRPOT_QUANTITY_BORN_CHARGES] = "ZSTAR";
    }
    if (!e->has_epsilon) return LRPOT_OK;
    LRPOT__TRY(lrpot__array_reserve(epsilon, 9));
    for (int k = 0; k < 9; k++) epsilon->values[k] = e->epsilon[3 * (k % 3) + k / 3];
    reader->source[LRPOT_QUANTITY_EPSILON_INF] = "EPSILON";
    return LRPOT_OK;
}

static lrpot_status fill_frame(lrpot_reader *reader, const response *e)
{
    lrpot__frame_buffer *frame = &reader->frame;
    double unit = LRPOT__BOHR * e->sizes[0];
    for (int64_t i = 0; i < e->n; i++) {
        LRPOT__TRY(lrpot__frame_buffer_add_atom(
            frame, &reader->text,
            (lrpot__field){ e->labels[i], e->labels[i] + strlen(e->labels[i]) }));
        for (int a = 0; a < 3; a++)
            frame->positions.values[3 * i + a] = unit * e->positions.values[3 * i + a];
    }
    for (int k = 0; k < 9; k++) frame->cell[k] = unit * e->cell[k];
    frame->has_cell = 1;
    frame->periodic_mask = LRPOT_PERIODIC_ALL;
    return set_tensors(reader, e);
}

static lrpot_status open_root(lrpot_reader *reader)
{
    response *e = lrpot__calloc(1, sizeof *e);
    int32_t found = 0;
    if (e == NULL) return LRPOT_E_MEMORY;
    reader->state = e;
    LRPOT__TRY(lrpot__xml_open(&e->xml, &reader->text));
    LRPOT__TRY(lrpot__xml_child(e->xml, -1, &found));
    return found ? LRPOT_OK : lrpot__xml_fail(e->xml, "the file has no root");
}

static lrpot_status read_frame(lrpot_reader *reader, int32_t *found, int64_t *first_line)
{
    int32_t some = 0;
    *found = 0;
    if (reader->state != NULL) return LRPOT_OK; /* one frame */
    LRPOT__TRY(open_root(reader));
    response *e = reader->state;
    *first_line = lrpot__xml_line(e->xml);
    for (;;) {
        LRPOT__TRY(lrpot__xml_child(e->xml, 0, &some));
        if (!some) break;
        if (lrpot__xml_is(e->xml, "GEOMETRY_INFO")) LRPOT__TRY(read_geometry(e));
        else if (lrpot__xml_is(e->xml, "DIELECTRIC_PROPERTIES")) LRPOT__TRY(read_properties(e));
    }
    if (e->n == 0) return lrpot__xml_fail(e->xml, "no <GEOMETRY_INFO> stands here");
    if (e->n_born == 0 && !e->has_epsilon)
        return lrpot__xml_fail(e->xml,
                               "neither Born charges nor a dielectric tensor: ph.x writes them "
                               "at q = 0 with epsil = .true.");
    *found = 1;
    return fill_frame(reader, e);
}

static void close_state(lrpot_reader *reader)
{
    response *e = reader->state;
    if (e == NULL) return;
    lrpot__xml_close(e->xml);
    lrpot__free(e->labels);
    lrpot__free(e->positions.values);
    lrpot__free(e->born.values);
    lrpot__free(e);
}

const lrpot__frame_format lrpot__format_espresso_response = { "XML of Quantum ESPRESSO's ph.x",
                                                              read_frame, close_state, 1, 0 };
#else
typedef int lrpot__espresso_response_is_not_built;
#endif
