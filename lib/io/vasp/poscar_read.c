#include "io/vasp/poscar_read.h"

#include "core/algebra.h"
#include "core/error.h"
#include "core/memory.h"
#include "core/number.h"
#include "io/text/frame_buffer.h"
#include "io/text/text.h"

#include <math.h>
#include <string.h>

#define GROUPS_MOST 200 /* of atoms of one species */
#define ATOMS_MOST 1000000000

/* What the head of the file says; an XDATCAR has several frames below one head. */
typedef struct poscar {
    double cell[9];
    double factors[3]; /* of Cartesian positions */
    char symbols[GROUPS_MOST][LRPOT__LABEL_SIZE];
    int64_t counts[GROUPS_MOST];
    int n_groups, n_symbols;
    int32_t direct, is_trajectory;
} poscar;

static lrpot_status need_line(lrpot_reader *reader, const char *what, char **line)
{
    LRPOT__TRY(lrpot__text_line(&reader->text, line));
    if (*line != NULL) return LRPOT_OK;
    return lrpot__text_fail(&reader->text, "the file ends before %s", what);
}

/* The first `count` numbers of a line; what follows is a comment or flags. */
static lrpot_status read_numbers(lrpot_reader *reader, const char *line, const char *what,
                                 int count, double *values)
{
    lrpot__field field;
    for (int k = 0; k < count; k++) {
        if (!lrpot__field_next(&line, &field))
            return lrpot__text_fail(&reader->text, "%s: %d numbers, expected %d", what, k, count);
        LRPOT__TRY(lrpot__field_number(&reader->text, field, what, &values[k]));
    }
    return LRPOT_OK;
}

/* One factor, a negative one for the volume, or three for x, y and z. */
static lrpot_status read_cell(lrpot_reader *reader, poscar *p)
{
    double *factors = p->factors;
    char *line = NULL;
    lrpot__field field;
    LRPOT__TRY(need_line(reader, "the scaling factor", &line));
    LRPOT__TRY(read_numbers(reader, line, "scaling factor", 1, factors));
    factors[1] = factors[2] = factors[0];
    const char *cursor = line;
    (void)lrpot__field_next(&cursor, &field);
    if (lrpot__field_next(&cursor, &field)
        && lrpot__number_parse(field.text, field.end, &factors[1]) == field.end)
        LRPOT__TRY(read_numbers(reader, line, "scaling factors", 3, factors));
    else factors[1] = factors[0];
    int64_t at = reader->text.line;
    for (int row = 0; row < 3; row++) {
        LRPOT__TRY(need_line(reader, "the lattice vectors", &line));
        LRPOT__TRY(read_numbers(reader, line, "lattice vector", 3, p->cell + 3 * row));
    }
    double volume = fabs(lrpot__det3(p->cell));
    if (factors[0] < 0.0 && factors[1] == factors[0] && volume > 0.0)
        factors[0] = factors[1] = factors[2] = cbrt(-factors[0] / volume);
    for (int a = 0; a < 3; a++)
        if (!(factors[a] > 0.0))
            return lrpot__fail(LRPOT_E_PARSE,
                               "%s:%lld: scaling factor is %.10g, expected one positive number, "
                               "minus the volume, or three positive numbers",
                               reader->text.name, (long long)at, factors[a]);
    for (int k = 0; k < 9; k++) p->cell[k] *= factors[k % 3];
    return LRPOT_OK;
}

/* Symbols, also "Fe_pv" and "Fe/1a2b..." of POTCAR. */
static lrpot_status read_symbols(lrpot_reader *reader, poscar *p, const char *line)
{
    lrpot__field field;
    for (p->n_symbols = 0; lrpot__field_next(&line, &field); p->n_symbols++) {
        if (p->n_symbols == GROUPS_MOST)
            return lrpot__text_fail(&reader->text, "more than %d groups of atoms", GROUPS_MOST);
        int64_t length = 0;
        while (field.text + length < field.end && field.text[length] != '_'
               && field.text[length] != '/')
            length++;
        if (length < 1 || length >= LRPOT__LABEL_SIZE)
            return lrpot__text_fail(&reader->text, "'%.*s' is no symbol of an element",
                                    lrpot__field_print_length(field), field.text);
        memset(p->symbols[p->n_symbols], 0, LRPOT__LABEL_SIZE);
        memcpy(p->symbols[p->n_symbols], field.text, (size_t)length);
    }
    return LRPOT_OK;
}

static lrpot_status read_counts(lrpot_reader *reader, poscar *p, const char *line)
{
    lrpot__field field;
    int64_t total = 0;
    for (p->n_groups = 0; lrpot__field_next(&line, &field); p->n_groups++) {
        int64_t count = 0;
        if (p->n_groups > 0 && lrpot__integer_parse(field.text, field.end, &count) != field.end)
            break; /* a comment */
        if (p->n_groups == GROUPS_MOST)
            return lrpot__text_fail(&reader->text, "more than %d groups of atoms", GROUPS_MOST);
        LRPOT__TRY(lrpot__field_integer(&reader->text, field, "number of atoms", &count));
        if (count < 0 || count > ATOMS_MOST || (total += count) > ATOMS_MOST)
            return lrpot__text_fail(&reader->text, "number of atoms is %lld, expected 0 to %d",
                                    (long long)count, ATOMS_MOST);
        p->counts[p->n_groups] = count;
    }
    return total > 0 ? LRPOT_OK : lrpot__text_fail(&reader->text, "the file has no atoms");
}

/* Files of VASP 4 have no line of symbols. The title holds them by custom; otherwise they are the
 * types of the caller. */
static lrpot_status find_symbols(lrpot_reader *reader, poscar *p, const char *title)
{
    if (reader->types != NULL && reader->n_types >= p->n_groups) {
        for (int g = 0; g < p->n_groups; g++) strcpy(p->symbols[g], reader->types[g]);
        p->n_symbols = p->n_groups;
        return LRPOT_OK;
    }
    int known = lrpot__field_count(title) == p->n_groups
                && read_symbols(reader, p, title) == LRPOT_OK && p->n_symbols == p->n_groups;
    for (int g = 0; known && g < p->n_groups; g++) known = lrpot_element_number(p->symbols[g]) > 0;
    if (known) return LRPOT_OK;
    return lrpot__text_fail(&reader->text,
                            "no line of symbols stands before the numbers of atoms, and the title "
                            "'%.60s' does not hold them; add the line, or name the species "
                            "(--species, lrpot_reader_set_types)",
                            title);
}

/* 1 when the line opens a frame of an XDATCAR. */
static int is_configuration(const char *line)
{
    return strstr(line, "configuration=") != NULL;
}

static int is_letter(const char *line, const char *letters)
{
    while (lrpot__is_blank(*line)) line++;
    return *line != '\0' && strchr(letters, *line) != NULL;
}

static int is_number(const char *line)
{
    lrpot__field field;
    int64_t value = 0;
    return lrpot__field_next(&line, &field)
           && lrpot__integer_parse(field.text, field.end, &value) == field.end;
}

/* Symbols and numbers of atoms. */
static lrpot_status read_groups(lrpot_reader *reader, poscar *p, const char *title)
{
    char *line = NULL;
    p->n_symbols = 0;
    LRPOT__TRY(need_line(reader, "the numbers of atoms", &line));
    if (!is_number(line)) {
        LRPOT__TRY(read_symbols(reader, p, line));
        LRPOT__TRY(need_line(reader, "the numbers of atoms", &line));
    }
    LRPOT__TRY(read_counts(reader, p, line));
    if (p->n_symbols == 0) return find_symbols(reader, p, title);
    if (p->n_symbols == p->n_groups) return LRPOT_OK;
    return lrpot__text_fail(&reader->text, "%d symbols but %d numbers of atoms", p->n_symbols,
                            p->n_groups);
}

/* "Selective dynamics", "Direct" or "Cartesian", "Direct configuration= 1". */
static lrpot_status read_mode(lrpot_reader *reader, poscar *p)
{
    char *line = NULL;
    LRPOT__TRY(need_line(reader, "Direct or Cartesian", &line));
    if (is_letter(line, "sS")) LRPOT__TRY(need_line(reader, "Direct or Cartesian", &line));
    p->is_trajectory = is_configuration(line);
    p->direct = !is_letter(line, "cCkK");
    if (!p->direct || is_letter(line, "dD")) return LRPOT_OK;
    return lrpot__text_fail(&reader->text, "'%.40s', expected Direct or Cartesian", line);
}

static lrpot_status read_head(lrpot_reader *reader, poscar *p, const char *first)
{
    char *title = lrpot__strdup(first);
    if (title == NULL) return LRPOT_E_MEMORY;
    lrpot_status status = read_cell(reader, p);
    if (status == LRPOT_OK) status = read_groups(reader, p, title);
    lrpot__free(title);
    return status;
}

static lrpot_status read_atoms(lrpot_reader *reader, const poscar *p)
{
    lrpot__frame_buffer *frame = &reader->frame;
    char *line = NULL;
    for (int g = 0; g < p->n_groups; g++)
        for (int64_t k = 0; k < p->counts[g]; k++) {
            const char *label = p->symbols[g];
            double at[3];
            LRPOT__TRY(need_line(reader, "all atoms are there", &line));
            LRPOT__TRY(read_numbers(reader, line, "position", 3, at));
            LRPOT__TRY(lrpot__frame_buffer_add_atom(
                frame, &reader->text, (lrpot__field){ label, label + strlen(label) }));
            double *r = frame->positions.values + 3 * (frame->n - 1);
            if (p->direct) lrpot__row_times3(at, p->cell, r);
            else
                for (int a = 0; a < 3; a++) r[a] = p->factors[a] * at[a];
        }
    memcpy(frame->cell, p->cell, sizeof p->cell);
    frame->has_cell = 1;
    frame->periodic_mask = LRPOT_PERIODIC_ALL;
    return LRPOT_OK;
}

/* Frames of an XDATCAR follow each other, below one head or each with its own. What stands behind
 * the atoms of another file (velocities of a CONTCAR, a density) is not read. */
static lrpot_status read_frame(lrpot_reader *reader, int32_t *found, int64_t *first_line)
{
    poscar *p = reader->state;
    char *line = NULL;
    *found = 0;
    if (p != NULL && !p->is_trajectory) return LRPOT_OK;
    if (p != NULL) LRPOT__TRY(lrpot__text_nonblank_line(&reader->text, &line));
    else {
        reader->state = p = lrpot__calloc(1, sizeof *p);
        if (p == NULL) return LRPOT_E_MEMORY;
        LRPOT__TRY(lrpot__text_line(&reader->text, &line));
    }
    if (line == NULL) return LRPOT_OK;
    *first_line = reader->text.line;
    if (p->is_trajectory && is_configuration(line)) lrpot__text_unread_line(&reader->text);
    else LRPOT__TRY(read_head(reader, p, line));
    LRPOT__TRY(read_mode(reader, p));
    LRPOT__TRY(read_atoms(reader, p));
    *found = 1;
    return LRPOT_OK;
}

static void close_state(lrpot_reader *reader)
{
    lrpot__free(reader->state);
}

const lrpot__frame_format lrpot__format_poscar = { "VASP POSCAR", read_frame, close_state, 1, 0 };
