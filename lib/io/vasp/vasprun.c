#include "io/vasp/vasprun.h"

#ifdef LRPOT_HAVE_LIBXML2
#include "core/algebra.h"
#include "core/error.h"
#include "core/memory.h"
#include "core/number.h"
#include "io/files/present_frame.h"
#include "io/text/frame_buffer.h"
#include "io/text/xml.h"
#include "io/units/units.h"

#include <math.h>
#include <string.h>

/* kB, positive under compression. */
static const double stress_unit = -1e3 * LRPOT__BAR;

typedef struct vasprun {
    lrpot__xml *xml;
    char (*labels)[LRPOT__LABEL_SIZE]; /* [n] of the atoms */
    int64_t n, capacity;
    double *types; /* number of atoms and valence of each type */
    int64_t n_types, types_capacity;
    double electrons;         /* NELECT; 0: not stated */
    int64_t steps_most;       /* NELM; 0: not stated */
    int32_t by_displacements; /* IBRION 5 to 8 */
    int32_t noted;            /* the order of the Born charges was told */
} vasprun;

/* What one `calculation` holds. */
typedef struct calculation {
    int64_t steps;
    double free_energy, energy_0;    /* of the calculation */
    double last_free, last_energy_0; /* of the last electronic step */
    int32_t has_free, has_energy_0, has_last, has_structure;
    int32_t epsilon_rank; /* 2: `epsilon`, 1: `epsilon_scf`, 0: none */
} calculation;

/* Rows <v> of the present element, `width` numbers each; *n counts them. */
static lrpot_status read_rows(lrpot__xml *xml, const char *what, int64_t width, lrpot__array *array,
                              int64_t *n)
{
    int depth = lrpot__xml_depth(xml);
    int32_t found = 0;
    for (*n = 0;; (*n)++) {
        LRPOT__TRY(lrpot__xml_child(xml, depth, &found));
        if (!found) return LRPOT_OK;
        LRPOT__TRY(lrpot__array_reserve(array, width * (*n + 1)));
        LRPOT__TRY(lrpot__xml_numbers(xml, what, width, array->values + width * *n));
    }
}

/* A tensor of three rows. */
static lrpot_status read_tensor(lrpot__xml *xml, const char *what, double *tensor)
{
    lrpot__array rows = { 0 };
    int64_t n = 0;
    lrpot_status status = read_rows(xml, what, 3, &rows, &n);
    if (status == LRPOT_OK && n != 3)
        status = lrpot__xml_fail(xml, "%s has %lld rows, expected 3", what, (long long)n);
    if (status == LRPOT_OK) memcpy(tensor, rows.values, 9 * sizeof *tensor);
    lrpot__free(rows.values);
    return status;
}

/* Rows of atoms: as many as there are atoms. */
static lrpot_status read_atom_rows(lrpot_reader *reader, const char *what, lrpot__array *array)
{
    vasprun *v = reader->state;
    int64_t n = 0;
    LRPOT__TRY(read_rows(v->xml, what, 3, array, &n));
    if (n == v->n) return LRPOT_OK;
    return lrpot__xml_fail(v->xml, "frame %lld: %lld rows of %s, but the file has %lld atoms",
                           (long long)reader->frames, (long long)n, what, (long long)v->n);
}

/* <rc><c>Na</c><c>1</c></rc>: the element of an atom. */
static lrpot_status read_label(vasprun *v)
{
    int depth = lrpot__xml_depth(v->xml);
    int32_t found = 0;
    char *text = NULL;
    LRPOT__TRY(lrpot__xml_child(v->xml, depth, &found));
    if (!found) return lrpot__xml_fail(v->xml, "an atom has no element");
    LRPOT__TRY(lrpot__xml_string(v->xml, &text));
    size_t length = strlen(text);
    if (length < 1 || length >= LRPOT__LABEL_SIZE)
        return lrpot__xml_fail(v->xml, "'%.40s' is no element", text);
    LRPOT__TRY(lrpot__grow((void **)&v->labels, &v->capacity, v->n + 1, sizeof *v->labels));
    memset(v->labels[v->n], 0, LRPOT__LABEL_SIZE);
    memcpy(v->labels[v->n++], text, length);
    return LRPOT_OK;
}

/* Fields of a type: number of atoms, element, mass, valence, pseudopotential. */
static lrpot_status read_type(vasprun *v)
{
    int depth = lrpot__xml_depth(v->xml);
    int32_t found = 0;
    LRPOT__TRY(
        lrpot__grow((void **)&v->types, &v->types_capacity, 2 * v->n_types + 2, sizeof *v->types));
    for (int c = 0;; c++) {
        LRPOT__TRY(lrpot__xml_child(v->xml, depth, &found));
        if (!found) break;
        if (c == 0)
            LRPOT__TRY(lrpot__xml_numbers(v->xml, "number of atoms", 1, v->types + 2 * v->n_types));
        if (c == 3)
            LRPOT__TRY(lrpot__xml_numbers(v->xml, "valence", 1, v->types + 2 * v->n_types + 1));
    }
    v->n_types++;
    return LRPOT_OK;
}

/* <array name="atoms"> and <array name="atomtypes">. */
static lrpot_status read_array(vasprun *v, lrpot_status (*read_row)(vasprun *))
{
    int depth = lrpot__xml_depth(v->xml);
    int32_t found = 0, row = 0;
    for (;;) {
        LRPOT__TRY(lrpot__xml_child(v->xml, depth, &found));
        if (!found) return LRPOT_OK;
        if (!lrpot__xml_is(v->xml, "set")) continue;
        for (;;) {
            LRPOT__TRY(lrpot__xml_child(v->xml, depth + 1, &row));
            if (!row) break;
            LRPOT__TRY(read_row(v));
        }
    }
}

static lrpot_status read_atominfo(vasprun *v)
{
    int depth = lrpot__xml_depth(v->xml);
    int32_t found = 0;
    v->n = v->n_types = 0;
    for (;;) {
        LRPOT__TRY(lrpot__xml_child(v->xml, depth, &found));
        if (!found) return LRPOT_OK;
        if (!lrpot__xml_is(v->xml, "array")) continue;
        if (lrpot__xml_has(v->xml, "name", "atoms")) LRPOT__TRY(read_array(v, read_label));
        else if (lrpot__xml_has(v->xml, "name", "atomtypes")) LRPOT__TRY(read_array(v, read_type));
    }
}

/* Numbers of <incar> and <parameters>, below separators of any depth. */
static lrpot_status read_parameters(vasprun *v)
{
    int depth = lrpot__xml_depth(v->xml);
    int32_t found = 0;
    for (;;) {
        double value = 0.0;
        LRPOT__TRY(lrpot__xml_child(v->xml, depth, &found));
        if (!found) return LRPOT_OK;
        if (lrpot__xml_is(v->xml, "separator")) LRPOT__TRY(read_parameters(v));
        else if (lrpot__xml_has(v->xml, "name", "NELECT"))
            LRPOT__TRY(lrpot__xml_numbers(v->xml, "NELECT", 1, &v->electrons));
        else if (lrpot__xml_has(v->xml, "name", "NELM")) {
            LRPOT__TRY(lrpot__xml_numbers(v->xml, "NELM", 1, &value));
            v->steps_most = value > 0.0 && value < 1e9 ? (int64_t)value : 0;
        } else if (lrpot__xml_has(v->xml, "name", "IBRION")) {
            LRPOT__TRY(lrpot__xml_numbers(v->xml, "IBRION", 1, &value));
            v->by_displacements = value >= 5.0 && value <= 8.0;
        }
    }
}

/* Energies of an electronic step, or of the calculation. */
static lrpot_status read_energy(vasprun *v, double *free_energy, int32_t *has_free,
                                double *energy_0, int32_t *has_energy_0)
{
    int depth = lrpot__xml_depth(v->xml);
    int32_t found = 0;
    for (;;) {
        LRPOT__TRY(lrpot__xml_child(v->xml, depth, &found));
        if (!found) return LRPOT_OK;
        if (lrpot__xml_has(v->xml, "name", "e_fr_energy")) {
            LRPOT__TRY(lrpot__xml_numbers(v->xml, "e_fr_energy", 1, free_energy));
            *has_free = 1;
        } else if (lrpot__xml_has(v->xml, "name", "e_0_energy")) {
            LRPOT__TRY(lrpot__xml_numbers(v->xml, "e_0_energy", 1, energy_0));
            *has_energy_0 = 1;
        }
    }
}

static lrpot_status read_step(vasprun *v, calculation *c)
{
    int depth = lrpot__xml_depth(v->xml);
    int32_t found = 0, has_free = 0, has_energy_0 = 0;
    c->steps++;
    for (;;) {
        LRPOT__TRY(lrpot__xml_child(v->xml, depth, &found));
        if (!found) break;
        if (lrpot__xml_is(v->xml, "energy"))
            LRPOT__TRY(read_energy(v, &c->last_free, &has_free, &c->last_energy_0, &has_energy_0));
    }
    c->has_last = has_free && has_energy_0;
    return LRPOT_OK;
}

static lrpot_status read_crystal(lrpot_reader *reader)
{
    vasprun *v = reader->state;
    int depth = lrpot__xml_depth(v->xml);
    int32_t found = 0;
    for (;;) {
        LRPOT__TRY(lrpot__xml_child(v->xml, depth, &found));
        if (!found) return LRPOT_OK;
        if (!lrpot__xml_is(v->xml, "varray") || !lrpot__xml_has(v->xml, "name", "basis")) continue;
        LRPOT__TRY(read_tensor(v->xml, "basis", reader->frame.cell));
        reader->frame.has_cell = 1;
        reader->frame.periodic_mask = LRPOT_PERIODIC_ALL;
    }
}

static lrpot_status read_structure(lrpot_reader *reader, calculation *c)
{
    vasprun *v = reader->state;
    lrpot__frame_buffer *frame = &reader->frame;
    int depth = lrpot__xml_depth(v->xml);
    int32_t found = 0, has_positions = 0;
    for (;;) {
        LRPOT__TRY(lrpot__xml_child(v->xml, depth, &found));
        if (!found) break;
        if (lrpot__xml_is(v->xml, "crystal")) LRPOT__TRY(read_crystal(reader));
        else if (lrpot__xml_has(v->xml, "name", "positions")) {
            LRPOT__TRY(read_atom_rows(reader, "positions", &frame->positions));
            has_positions = 1;
        }
    }
    c->has_structure = has_positions && frame->has_cell;
    return LRPOT_OK;
}

/* Fractions to positions, and the labels. */
static lrpot_status place_atoms(lrpot_reader *reader)
{
    const vasprun *v = reader->state;
    lrpot__frame_buffer *frame = &reader->frame;
    for (int64_t i = 0; i < v->n; i++) {
        double fraction[3];
        memcpy(fraction, frame->positions.values + 3 * i, sizeof fraction);
        LRPOT__TRY(lrpot__frame_buffer_add_atom(
            frame, &reader->text,
            (lrpot__field){ v->labels[i], v->labels[i] + strlen(v->labels[i]) }));
        lrpot__row_times3(fraction, frame->cell, frame->positions.values + 3 * i);
    }
    return LRPOT_OK;
}

/* One <set> of three rows for each atom. Rows are directions of the field for LEPSILON and
 * LCALCEPS, as the library has them. */
static lrpot_status read_born(lrpot_reader *reader)
{
    vasprun *v = reader->state;
    lrpot__array *born = &reader->frame.quantities[LRPOT_QUANTITY_BORN_CHARGES];
    int depth = lrpot__xml_depth(v->xml);
    int32_t found = 0;
    int64_t n = 0;
    for (;;) {
        LRPOT__TRY(lrpot__xml_child(v->xml, depth, &found));
        if (!found) break;
        if (!lrpot__xml_is(v->xml, "set")) continue;
        LRPOT__TRY(lrpot__array_reserve(born, 9 * (n + 1)));
        LRPOT__TRY(read_tensor(v->xml, "Born charge", born->values + 9 * n++));
    }
    if (n != v->n)
        return lrpot__xml_fail(v->xml, "Born charges of %lld atoms, but the file has %lld atoms",
                               (long long)n, (long long)v->n);
    reader->source[LRPOT_QUANTITY_BORN_CHARGES] = "born_charges";
    return LRPOT_OK;
}

/* Electronic tensor, local fields included: not the one of independent particles or of the ions. */
static lrpot_status read_epsilon(lrpot_reader *reader, calculation *c)
{
    vasprun *v = reader->state;
    double epsilon[9];
    int rank = lrpot__xml_has(v->xml, "name", "epsilon")       ? 2
               : lrpot__xml_has(v->xml, "name", "epsilon_scf") ? 1
                                                               : 0;
    if (rank <= c->epsilon_rank) return LRPOT_OK;
    c->epsilon_rank = rank;
    LRPOT__TRY(read_tensor(v->xml, "epsilon", epsilon));
    reader->source[LRPOT_QUANTITY_EPSILON_INF] = rank == 2 ? "epsilon" : "epsilon_scf";
    return lrpot__frame_buffer_set(&reader->frame, LRPOT_QUANTITY_EPSILON_INF, epsilon);
}

static lrpot_status read_stress(lrpot_reader *reader)
{
    vasprun *v = reader->state;
    double stress[9];
    LRPOT__TRY(read_tensor(v->xml, "stress", stress));
    for (int k = 0; k < 9; k++) stress[k] *= stress_unit;
    reader->source[LRPOT_QUANTITY_STRESS] = "stress";
    return lrpot__frame_buffer_set(&reader->frame, LRPOT_QUANTITY_STRESS, stress);
}

static lrpot_status read_forces(lrpot_reader *reader)
{
    reader->source[LRPOT_QUANTITY_FORCES] = "forces";
    return read_atom_rows(reader, "forces", &reader->frame.quantities[LRPOT_QUANTITY_FORCES]);
}

static lrpot_status read_part(lrpot_reader *reader, calculation *c)
{
    vasprun *v = reader->state;
    if (lrpot__xml_is(v->xml, "scstep")) return read_step(v, c);
    if (lrpot__xml_is(v->xml, "structure")) return read_structure(reader, c);
    if (lrpot__xml_is(v->xml, "energy"))
        return read_energy(v, &c->free_energy, &c->has_free, &c->energy_0, &c->has_energy_0);
    if (lrpot__xml_is(v->xml, "array"))
        return lrpot__xml_has(v->xml, "name", "born_charges") ? read_born(reader) : LRPOT_OK;
    if (!lrpot__xml_is(v->xml, "varray")) return LRPOT_OK;
    if (lrpot__xml_has(v->xml, "name", "forces")) return read_forces(reader);
    if (lrpot__xml_has(v->xml, "name", "stress")) return read_stress(reader);
    return read_epsilon(reader, c);
}

/* The energy that the forces belong to is the free energy of the electrons. The one extrapolated to
 * no smearing is kept beside it: VASP writes e_0_energy of the calculation as a difference at
 * times, so that it is formed from the last electronic step. */
static lrpot_status set_energy(lrpot_reader *reader, const calculation *c)
{
    char text[LRPOT__NUMBER_SIZE];
    double energy = c->has_free ? c->free_energy : c->last_free;
    if (!c->has_free && !c->has_last) return LRPOT_OK;
    reader->source[LRPOT_QUANTITY_ENERGY] = "e_fr_energy";
    LRPOT__TRY(lrpot__frame_buffer_set(&reader->frame, LRPOT_QUANTITY_ENERGY, &energy));
    if (!c->has_last) return LRPOT_OK;
    lrpot__number_print(text, energy + c->last_energy_0 - c->last_free);
    return lrpot__frame_buffer_add_info(&reader->frame, "e_0_energy", text);
}

/* Valence electrons that the cell lacks. */
static lrpot_status set_total_charge(lrpot_reader *reader)
{
    const vasprun *v = reader->state;
    double charge = -v->electrons;
    for (int64_t t = 0; t < v->n_types; t++) charge += v->types[2 * t] * v->types[2 * t + 1];
    if (v->electrons == 0.0 || v->n_types == 0 || fabs(charge) < 1e-6) return LRPOT_OK;
    reader->source[LRPOT_QUANTITY_TOTAL_CHARGE] = "NELECT";
    return lrpot__frame_buffer_set(&reader->frame, LRPOT_QUANTITY_TOTAL_CHARGE, &charge);
}

/* Index order of Born charges in runs by displacements is not documented: it is told where it
 * matters. */
static lrpot_status note_born(lrpot_reader *reader)
{
    vasprun *v = reader->state;
    const lrpot__array *born = &reader->frame.quantities[LRPOT_QUANTITY_BORN_CHARGES];
    double apart = 0.0;
    if (!born->present || !v->by_displacements || v->noted) return LRPOT_OK;
    for (int64_t i = 0; i < v->n; i++)
        for (int k = 0; k < 9; k++)
            apart = fmax(apart,
                         fabs(born->values[9 * i + k] - born->values[9 * i + k % 3 * 3 + k / 3]));
    if (apart < 1e-3) return LRPOT_OK;
    v->noted = 1;
    return lrpot__conventions_note(
        &reader->conventions,
        "WARNING: Born charges of a run by displacements (IBRION 5 to 8) differ from their "
        "transposes by up to %.3g e; rows are taken as directions of the field, as LEPSILON and "
        "LCALCEPS write them; compare with a run by LCALCEPS",
        apart);
}

/* 1 when all electronic steps that are allowed were made: the electrons are not converged. */
static int is_unconverged(const vasprun *v, const calculation *c)
{
    return v->steps_most > 1 && c->steps == v->steps_most;
}

static lrpot_status read_calculation(lrpot_reader *reader, int32_t *is_good)
{
    vasprun *v = reader->state;
    calculation c = { .steps = 0 };
    int depth = lrpot__xml_depth(v->xml);
    int32_t found = 0;
    for (;;) {
        LRPOT__TRY(lrpot__xml_child(v->xml, depth, &found));
        if (!found) break;
        LRPOT__TRY(read_part(reader, &c));
    }
    if (!c.has_structure)
        return lrpot__xml_fail(v->xml, "frame %lld has no structure with basis and positions",
                               (long long)reader->frames);
    *is_good = !is_unconverged(v, &c);
    LRPOT__TRY(place_atoms(reader));
    LRPOT__TRY(set_energy(reader, &c));
    LRPOT__TRY(set_total_charge(reader));
    return note_born(reader);
}

static lrpot_status open_root(lrpot_reader *reader)
{
    vasprun *v = lrpot__calloc(1, sizeof *v);
    int32_t found = 0;
    if (v == NULL) return LRPOT_E_MEMORY;
    reader->state = v;
    LRPOT__TRY(lrpot__xml_open(&v->xml, &reader->text));
    LRPOT__TRY(lrpot__xml_child(v->xml, -1, &found));
    if (found && lrpot__xml_is(v->xml, "modeling")) return LRPOT_OK;
    return lrpot__xml_fail(v->xml, "the root is not <modeling>");
}

static lrpot_status read_frame(lrpot_reader *reader, int32_t *found, int64_t *first_line)
{
    vasprun *v = reader->state;
    int32_t more = 0;
    *found = 0;
    if (v == NULL) {
        LRPOT__TRY(open_root(reader));
        v = reader->state;
    }
    while (!*found) {
        LRPOT__TRY(lrpot__xml_child(v->xml, 0, &more));
        if (!more) return LRPOT_OK;
        if (lrpot__xml_is(v->xml, "atominfo")) LRPOT__TRY(read_atominfo(v));
        else if (lrpot__xml_is(v->xml, "parameters") || lrpot__xml_is(v->xml, "incar"))
            LRPOT__TRY(read_parameters(v));
        if (!lrpot__xml_is(v->xml, "calculation")) continue;
        *first_line = lrpot__xml_line(v->xml);
        LRPOT__TRY(read_calculation(reader, found));
        if (!*found) lrpot__present_frame_leave_out(reader);
    }
    return LRPOT_OK;
}

static void close_state(lrpot_reader *reader)
{
    vasprun *v = reader->state;
    if (v == NULL) return;
    lrpot__xml_close(v->xml);
    lrpot__free(v->labels);
    lrpot__free(v->types);
    lrpot__free(v);
}

const lrpot__frame_format lrpot__format_vasprun = { "VASP vasprun.xml", read_frame, close_state, 1,
                                                    0 };
#else
typedef int lrpot__vasprun_is_not_built;
#endif
