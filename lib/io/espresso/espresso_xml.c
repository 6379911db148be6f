#include "io/espresso/espresso_xml.h"

#ifdef LRPOT_HAVE_LIBXML2
#include "core/error.h"
#include "core/memory.h"
#include "io/files/present_frame.h"
#include "io/text/frame_buffer.h"
#include "io/text/xml.h"
#include "io/units/units.h"

#include <string.h>

/* One ionic step, or the state at the end of the run. Hartree and bohr. */
typedef struct snapshot {
    int64_t line, n;
    char (*labels)[LRPOT__LABEL_SIZE];
    int64_t capacity;
    lrpot__array positions, forces; /* [n][3] */
    double cell[9], energy, stress[9];
    int32_t has_cell, has_energy, has_stress;
    int32_t is_unconverged; /* the electrons are not converged */
    int32_t is_relaxed;     /* 1: the relaxation is converged */
} snapshot;

typedef struct espresso {
    lrpot__xml *xml;
    snapshot step, output;
    double charge;
    int32_t periodic_mask;
    int64_t steps;
    int32_t is_ahead;  /* the reader stands on a child of the root that was not looked at */
    int32_t has_extra; /* `output` is a frame of its own, to be returned next */
} espresso;

static int is_text(const char *text, const char *const *list)
{
    for (; *list != NULL; list++)
        if (lrpot__equal_ignoring_case(text, *list)) return 1;
    return 0;
}

/* Reads "true" or "false" of a child named convergence_achieved. */
static lrpot_status read_convergence(lrpot__xml *xml, int32_t *achieved)
{
    int depth = lrpot__xml_depth(xml);
    int32_t found = 0;
    char *text = NULL;
    for (;;) {
        LRPOT__TRY(lrpot__xml_child(xml, depth, &found));
        if (!found) return LRPOT_OK;
        if (!lrpot__xml_is(xml, "convergence_achieved")) continue;
        LRPOT__TRY(lrpot__xml_string(xml, &text));
        *achieved = strcmp(text, "true") == 0;
    }
}

static lrpot_status read_convergences(lrpot__xml *xml, snapshot *s)
{
    int depth = lrpot__xml_depth(xml);
    int32_t found = 0, electrons = 1;
    for (;;) {
        LRPOT__TRY(lrpot__xml_child(xml, depth, &found));
        if (!found) break;
        if (lrpot__xml_is(xml, "scf_conv")) LRPOT__TRY(read_convergence(xml, &electrons));
        else if (lrpot__xml_is(xml, "opt_conv")) LRPOT__TRY(read_convergence(xml, &s->is_relaxed));
    }
    s->is_unconverged = !electrons;
    return LRPOT_OK;
}

void lrpot__espresso_element(char *label)
{
    char element[3];
    size_t n = 0;
    for (; n < 2 && ((label[n] | 32) >= 'a' && (label[n] | 32) <= 'z'); n++)
        element[n] = (char)(n == 0 ? label[n] & ~32 : label[n] | 32);
    element[n] = '\0';
    if (lrpot_element_number(element) > 0) strcpy(label, element);
}

static lrpot_status add_atom(lrpot__xml *xml, snapshot *s)
{
    char label[LRPOT__LABEL_SIZE];
    LRPOT__TRY(lrpot__xml_attribute(xml, "name", label, sizeof label));
    lrpot__espresso_element(label);
    if (label[0] == '\0') return lrpot__xml_fail(xml, "an atom has no name");
    LRPOT__TRY(lrpot__grow((void **)&s->labels, &s->capacity, s->n + 1, sizeof *s->labels));
    memset(s->labels[s->n], 0, LRPOT__LABEL_SIZE);
    strcpy(s->labels[s->n], label);
    LRPOT__TRY(lrpot__array_reserve(&s->positions, 3 * (s->n + 1)));
    LRPOT__TRY(lrpot__xml_numbers(xml, "position", 3, s->positions.values + 3 * s->n));
    s->n++;
    return LRPOT_OK;
}

static lrpot_status read_atoms(lrpot__xml *xml, snapshot *s)
{
    int depth = lrpot__xml_depth(xml);
    int32_t found = 0;
    for (;;) {
        LRPOT__TRY(lrpot__xml_child(xml, depth, &found));
        if (!found) return LRPOT_OK;
        if (lrpot__xml_is(xml, "atom")) LRPOT__TRY(add_atom(xml, s));
    }
}

static lrpot_status read_cell(lrpot__xml *xml, snapshot *s)
{
    int depth = lrpot__xml_depth(xml);
    int32_t found = 0, rows = 0;
    for (;;) {
        LRPOT__TRY(lrpot__xml_child(xml, depth, &found));
        if (!found) break;
        const char *name = lrpot__xml_name(xml);
        if (name[0] != 'a' || name[1] < '1' || name[1] > '3' || name[2] != '\0') continue;
        int row = name[1] - '1';
        LRPOT__TRY(lrpot__xml_numbers(xml, "cell vector", 3, s->cell + 3 * row));
        rows |= 1 << row;
    }
    s->has_cell = rows == 7;
    return LRPOT_OK;
}

static lrpot_status read_structure(lrpot__xml *xml, snapshot *s)
{
    int depth = lrpot__xml_depth(xml);
    int32_t found = 0;
    s->n = 0;
    for (;;) {
        LRPOT__TRY(lrpot__xml_child(xml, depth, &found));
        if (!found) break;
        if (lrpot__xml_is(xml, "atomic_positions")) LRPOT__TRY(read_atoms(xml, s));
        else if (lrpot__xml_is(xml, "cell")) LRPOT__TRY(read_cell(xml, s));
        else if (lrpot__xml_is(xml, "wyckoff_positions") || lrpot__xml_is(xml, "crystal_positions"))
            return lrpot__xml_fail(xml, "positions in <%s>, expected <atomic_positions>",
                                   lrpot__xml_name(xml));
    }
    if (s->n > 0 && s->has_cell) return LRPOT_OK;
    return lrpot__xml_fail(xml, "the structure has %s",
                           s->n > 0 ? "no cell of three vectors" : "no atoms");
}

static lrpot_status read_energy(lrpot__xml *xml, snapshot *s)
{
    int depth = lrpot__xml_depth(xml);
    int32_t found = 0;
    for (;;) {
        LRPOT__TRY(lrpot__xml_child(xml, depth, &found));
        if (!found) return LRPOT_OK;
        if (!lrpot__xml_is(xml, "etot")) continue;
        LRPOT__TRY(lrpot__xml_numbers(xml, "etot", 1, &s->energy));
        s->has_energy = 1;
    }
}

static lrpot_status read_part(lrpot__xml *xml, snapshot *s)
{
    int32_t electrons = 1;
    if (lrpot__xml_is(xml, "scf_conv")) {
        LRPOT__TRY(read_convergence(xml, &electrons));
        s->is_unconverged = !electrons;
        return LRPOT_OK;
    }
    if (lrpot__xml_is(xml, "convergence_info")) return read_convergences(xml, s);
    if (lrpot__xml_is(xml, "atomic_structure")) return read_structure(xml, s);
    if (lrpot__xml_is(xml, "total_energy")) return read_energy(xml, s);
    if (lrpot__xml_is(xml, "forces")) {
        LRPOT__TRY(lrpot__array_reserve(&s->forces, 3 * s->n));
        return lrpot__xml_numbers(xml, "forces", 3 * s->n, s->forces.values);
    }
    if (!lrpot__xml_is(xml, "stress")) return LRPOT_OK;
    s->has_stress = 1;
    return lrpot__xml_numbers(xml, "stress", 9, s->stress);
}

/* <step> or <output>. */
static lrpot_status read_snapshot(lrpot__xml *xml, snapshot *s)
{
    int depth = lrpot__xml_depth(xml);
    int32_t found = 0;
    s->line = lrpot__xml_line(xml);
    s->n = 0;
    s->forces.present = s->positions.present = 0;
    s->has_cell = s->has_energy = s->has_stress = s->is_unconverged = s->is_relaxed = 0;
    for (;;) {
        LRPOT__TRY(lrpot__xml_child(xml, depth, &found));
        if (!found) break;
        LRPOT__TRY(read_part(xml, s));
    }
    return s->n > 0 ? LRPOT_OK : lrpot__xml_fail(xml, "no <atomic_structure> stands here");
}

/* Net charge and boundaries, anywhere below <input>. */
static lrpot_status read_input(espresso *e)
{
    static const char *const isolated[] = { "makov-payne", "mp",  "m-p", "martyna-tuckerman",
                                            "mt",          "m-t", NULL };
    static const char *const sheets[] = { "2D", "esm", NULL };
    int depth = lrpot__xml_depth(e->xml);
    int32_t found = 0;
    char *text = NULL;
    for (;;) {
        LRPOT__TRY(lrpot__xml_child(e->xml, depth, &found));
        if (!found) return LRPOT_OK;
        if (lrpot__xml_is(e->xml, "bands") || lrpot__xml_is(e->xml, "boundary_conditions"))
            LRPOT__TRY(read_input(e));
        else if (lrpot__xml_is(e->xml, "tot_charge"))
            LRPOT__TRY(lrpot__xml_numbers(e->xml, "tot_charge", 1, &e->charge));
        else if (lrpot__xml_is(e->xml, "assume_isolated")) {
            LRPOT__TRY(lrpot__xml_string(e->xml, &text));
            if (is_text(text, isolated)) e->periodic_mask = 0;
            else if (is_text(text, sheets)) e->periodic_mask = 3;
        }
    }
}

static lrpot_status set_scaled(lrpot_reader *reader, int32_t quantity, const char *source,
                               const double *values, double factor)
{
    lrpot__array *array = &reader->frame.quantities[quantity];
    int64_t count = lrpot_quantity_size(quantity, reader->frame.n);
    LRPOT__TRY(lrpot__array_reserve(array, count));
    for (int64_t k = 0; k < count; k++) array->values[k] = factor * values[k];
    reader->source[quantity] = source;
    return LRPOT_OK;
}

static lrpot_status set_stress(lrpot_reader *reader, const snapshot *s)
{
    /* positive under compression */
    const double unit = -LRPOT__HARTREE / (LRPOT__BOHR * LRPOT__BOHR * LRPOT__BOHR);
    if (!s->has_stress) return LRPOT_OK;
    return set_scaled(reader, LRPOT_QUANTITY_STRESS, "stress", s->stress, unit);
}

static lrpot_status fill_frame(lrpot_reader *reader, const snapshot *s)
{
    const espresso *e = reader->state;
    lrpot__frame_buffer *frame = &reader->frame;
    for (int64_t i = 0; i < s->n; i++) {
        LRPOT__TRY(lrpot__frame_buffer_add_atom(
            frame, &reader->text,
            (lrpot__field){ s->labels[i], s->labels[i] + strlen(s->labels[i]) }));
        for (int a = 0; a < 3; a++)
            frame->positions.values[3 * i + a] = LRPOT__BOHR * s->positions.values[3 * i + a];
    }
    for (int k = 0; k < 9; k++) frame->cell[k] = LRPOT__BOHR * s->cell[k];
    frame->has_cell = 1;
    frame->periodic_mask = e->periodic_mask;
    if (s->has_energy)
        LRPOT__TRY(set_scaled(reader, LRPOT_QUANTITY_ENERGY, "etot", &s->energy, LRPOT__HARTREE));
    if (s->forces.present)
        LRPOT__TRY(set_scaled(reader, LRPOT_QUANTITY_FORCES, "forces", s->forces.values,
                              LRPOT__HARTREE / LRPOT__BOHR));
    LRPOT__TRY(set_stress(reader, s));
    if (e->charge == 0.0) return LRPOT_OK;
    return set_scaled(reader, LRPOT_QUANTITY_TOTAL_CHARGE, "tot_charge", &e->charge, 1.0);
}

/* Energy, forces and stress of <output> belong to the last step, also where its structure is
 * already the next one. A relaxation of the cell that converged ends by a calculation of its own.
 */
static lrpot_status join_output(lrpot_reader *reader)
{
    espresso *e = reader->state;
    LRPOT__TRY(read_snapshot(e->xml, &e->output));
    if (e->output.has_energy && e->output.energy == e->step.energy)
        return set_stress(reader, &e->output);
    e->has_extra = e->output.is_relaxed && !e->output.is_unconverged;
    return LRPOT_OK;
}

/* A step, and what stands behind it. */
static lrpot_status read_step(lrpot_reader *reader, int32_t *found)
{
    espresso *e = reader->state;
    LRPOT__TRY(read_snapshot(e->xml, &e->step));
    LRPOT__TRY(fill_frame(reader, &e->step));
    e->steps++;
    LRPOT__TRY(lrpot__xml_child(e->xml, 0, &e->is_ahead));
    if (e->is_ahead && lrpot__xml_is(e->xml, "output")) {
        e->is_ahead = 0;
        LRPOT__TRY(join_output(reader));
    }
    *found = !e->step.is_unconverged;
    if (!*found) lrpot__present_frame_leave_out(reader);
    return LRPOT_OK;
}

static lrpot_status read_output(lrpot_reader *reader, int32_t *found)
{
    espresso *e = reader->state;
    LRPOT__TRY(read_snapshot(e->xml, &e->output));
    *found = !e->output.is_unconverged;
    if (*found) return fill_frame(reader, &e->output);
    lrpot__present_frame_leave_out(reader);
    return LRPOT_OK;
}

static lrpot_status open_root(lrpot_reader *reader)
{
    espresso *e = lrpot__calloc(1, sizeof *e);
    int32_t found = 0;
    if (e == NULL) return LRPOT_E_MEMORY;
    reader->state = e;
    e->periodic_mask = LRPOT_PERIODIC_ALL;
    LRPOT__TRY(lrpot__xml_open(&e->xml, &reader->text));
    LRPOT__TRY(lrpot__xml_child(e->xml, -1, &found));
    if (!found || !lrpot__xml_is(e->xml, "qes:espresso"))
        return lrpot__xml_fail(e->xml, "the root is not <qes:espresso>");
    if (lrpot__xml_has(e->xml, "Units", "Hartree atomic units")) return LRPOT_OK;
    return lrpot__xml_fail(e->xml, "the units of <qes:espresso> are not 'Hartree atomic units'");
}

static lrpot_status read_frame(lrpot_reader *reader, int32_t *found, int64_t *first_line)
{
    *found = 0;
    if (reader->state == NULL) LRPOT__TRY(open_root(reader));
    espresso *e = reader->state;
    if (e->has_extra) {
        e->has_extra = 0;
        *found = 1;
        *first_line = e->output.line;
        return fill_frame(reader, &e->output);
    }
    while (!*found && !e->has_extra) {
        if (!e->is_ahead) LRPOT__TRY(lrpot__xml_child(e->xml, 0, &e->is_ahead));
        if (!e->is_ahead) return LRPOT_OK;
        e->is_ahead = 0;
        *first_line = lrpot__xml_line(e->xml);
        if (lrpot__xml_is(e->xml, "input")) LRPOT__TRY(read_input(e));
        else if (lrpot__xml_is(e->xml, "step")) LRPOT__TRY(read_step(reader, found));
        else if (lrpot__xml_is(e->xml, "output") && e->steps == 0)
            LRPOT__TRY(read_output(reader, found));
    }
    return *found ? LRPOT_OK : read_frame(reader, found, first_line);
}

static void close_state(lrpot_reader *reader)
{
    espresso *e = reader->state;
    if (e == NULL) return;
    lrpot__xml_close(e->xml);
    snapshot *both[2] = { &e->step, &e->output };
    for (int k = 0; k < 2; k++) {
        lrpot__free(both[k]->labels);
        lrpot__free(both[k]->positions.values);
        lrpot__free(both[k]->forces.values);
    }
    lrpot__free(e);
}

const lrpot__frame_format lrpot__format_espresso = { "XML of Quantum ESPRESSO", read_frame,
                                                     close_state, 1, 0 };
#else
typedef int lrpot__espresso_xml_is_not_built;
#endif
