#include "io/nep/nep_header.h"

#include "basis/nep/nep_model.h"
#include "core/error.h"
#include "core/memory.h"
#include "io/text/text.h"

#include <string.h>

#define LARGEST_CUTOFF 100.0 /* A; larger ones are numbers of another line */

/* A header line whose label has been read. */
typedef struct {
    lrpot__text *text;
    const char *cursor;
    int64_t words; /* number of words after the label */
} header_line;

static lrpot_status next_line(lrpot__text *text, lrpot__nep *nep, const char *label,
                              header_line *out)
{
    char *line = NULL;
    lrpot__field field;
    LRPOT__TRY(lrpot__text_line(text, &line));
    if (line == NULL)
        return lrpot__text_fail(text, "the file ends, expected the line '%s ...'", label);
    *out = (header_line){ text, line, lrpot__field_count(line) - 1 };
    if (!lrpot__field_next(&out->cursor, &field))
        return lrpot__text_fail(text, "the line is blank, expected '%s ...'", label);
    if (!lrpot__field_is(field, label))
        return lrpot__text_fail(text, "the line begins with '%.*s', expected '%s'",
                                lrpot__field_print_length(field), field.text, label);
    return lrpot__nep_keep_line(nep, line);
}

static lrpot_status expect_words(const header_line *line, const char *label, int64_t least,
                                 int64_t most)
{
    if (line->words >= least && line->words <= most) return LRPOT_OK;
    if (least == most)
        return lrpot__text_fail(line->text, "%lld words follow '%s', expected %lld",
                                (long long)line->words, label, (long long)least);
    return lrpot__text_fail(line->text, "%lld words follow '%s', expected %lld to %lld",
                            (long long)line->words, label, (long long)least, (long long)most);
}

static lrpot_status take_integer(header_line *line, const char *what, int64_t least, int64_t most,
                                 int32_t *out)
{
    lrpot__field field;
    int64_t value = 0;
    (void)lrpot__field_next(&line->cursor, &field);
    LRPOT__TRY(lrpot__field_integer(line->text, field, what, &value));
    if (value < least || value > most)
        return lrpot__text_fail(line->text, "%s is %lld, expected %lld to %lld", what,
                                (long long)value, (long long)least, (long long)most);
    *out = (int32_t)value;
    return LRPOT_OK;
}

static lrpot_status take_number(header_line *line, const char *what, double *out)
{
    lrpot__field field;
    (void)lrpot__field_next(&line->cursor, &field);
    return lrpot__field_number(line->text, field, what, out);
}

static const struct {
    const char *name;
    int32_t version, zbl, charge_mode;
} kinds[] = {
    { "nep", 2, 0, LRPOT__NEP_UNCHARGED },
    { "nep_zbl", 2, 1, LRPOT__NEP_UNCHARGED },
    { "nep3", 3, 0, LRPOT__NEP_UNCHARGED },
    { "nep3_zbl", 3, 1, LRPOT__NEP_UNCHARGED },
    { "nep4", 4, 0, LRPOT__NEP_UNCHARGED },
    { "nep4_zbl", 4, 1, LRPOT__NEP_UNCHARGED },
    { "nep5", 5, 0, LRPOT__NEP_UNCHARGED },
    { "nep5_zbl", 5, 1, LRPOT__NEP_UNCHARGED },
    { "nep4_charge1", 4, 0, LRPOT__NEP_EWALD },
    { "nep4_zbl_charge1", 4, 1, LRPOT__NEP_EWALD },
    { "nep4_charge2", 4, 0, LRPOT__NEP_RECIPROCAL },
    { "nep4_zbl_charge2", 4, 1, LRPOT__NEP_RECIPROCAL },
    { "nep4_charge3", 4, 0, LRPOT__NEP_DAMPED },
    { "nep4_zbl_charge3", 4, 1, LRPOT__NEP_DAMPED },
};

/* 1 for kinds that are not potentials, or that have terms not supported here. */
static int has_foreign_part(lrpot__field field)
{
    static const char *const parts[] = { "dipole", "polarizability", "temperature", "vdw" };
    size_t length = (size_t)(field.end - field.text);
    for (size_t p = 0; p < sizeof parts / sizeof parts[0]; p++) {
        size_t size = strlen(parts[p]);
        for (size_t at = 0; at + size <= length; at++)
            if (memcmp(field.text + at, parts[p], size) == 0) return 1;
    }
    return 0;
}

static lrpot_status take_kind(const lrpot__text *text, lrpot__field field, lrpot__nep *nep)
{
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++)
        if (lrpot__field_is(field, kinds[k].name)) {
            nep->version = kinds[k].version;
            nep->charge_mode = kinds[k].charge_mode;
            nep->zbl = kinds[k].zbl ? LRPOT__NEP_ZBL_UNIVERSAL : LRPOT__NEP_ZBL_NONE;
            return LRPOT_OK;
        }
    if (field.end - field.text >= 3 && memcmp(field.text, "nep", 3) == 0 && has_foreign_part(field))
        return lrpot__fail(LRPOT_E_UNSUPPORTED,
                           "%s:%lld: models of the kind '%.*s' are not offered; potentials without "
                           "or with charges are",
                           text->name, (long long)text->line, lrpot__field_print_length(field),
                           field.text);
    return lrpot__text_fail(text,
                            "the kind of the model is '%.*s', expected nep, nep3, nep4 or "
                            "nep5, with _zbl or _charge1 to _charge3",
                            lrpot__field_print_length(field), field.text);
}

static lrpot_status take_symbol(header_line *line, lrpot__nep *nep, int32_t s)
{
    lrpot__field field;
    (void)lrpot__field_next(&line->cursor, &field);
    size_t length = (size_t)(field.end - field.text);
    if (length < sizeof nep->symbols[s]) memcpy(nep->symbols[s], field.text, length);
    nep->atomic_numbers[s] = lrpot_element_number(nep->symbols[s]);
    if (nep->atomic_numbers[s] == 0)
        return lrpot__text_fail(line->text,
                                "species %d is '%.*s', expected the symbol of an "
                                "element",
                                s + 1, lrpot__field_print_length(field), field.text);
    for (int32_t before = 0; before < s; before++)
        if (nep->atomic_numbers[before] == nep->atomic_numbers[s])
            return lrpot__text_fail(line->text, "species %d and %d are both %s", before + 1, s + 1,
                                    nep->symbols[s]);
    return LRPOT_OK;
}

static lrpot_status read_species(lrpot__text *text, lrpot__nep *nep)
{
    char *first = NULL;
    lrpot__field field;
    LRPOT__TRY(lrpot__text_line(text, &first));
    if (first == NULL) return lrpot__text_fail(text, "the file is empty, expected a nep.txt");
    header_line line = { text, first, lrpot__field_count(first) - 1 };
    if (!lrpot__field_next(&line.cursor, &field))
        return lrpot__text_fail(text, "the first line is blank, expected the kind of the model");
    LRPOT__TRY(take_kind(text, field, nep));
    if (line.words < 2)
        return lrpot__text_fail(text,
                                "%lld words follow the kind of the model, expected the "
                                "number of species and their symbols",
                                (long long)line.words);
    LRPOT__TRY(take_integer(&line, "the number of species", 1, 118, &nep->n_species));
    if (line.words != nep->n_species + 1)
        return lrpot__text_fail(text, "%lld symbols follow the number of species, which is %d",
                                (long long)line.words - 1, nep->n_species);
    nep->symbols = lrpot__calloc(nep->n_species, sizeof *nep->symbols);
    nep->atomic_numbers = lrpot__calloc(nep->n_species, sizeof *nep->atomic_numbers);
    if (nep->symbols == NULL || nep->atomic_numbers == NULL) return LRPOT_E_MEMORY;
    for (int32_t s = 0; s < nep->n_species; s++) LRPOT__TRY(take_symbol(&line, nep, s));
    return lrpot__nep_keep_line(nep, first);
}

static lrpot_status read_zbl(lrpot__text *text, lrpot__nep *nep)
{
    header_line line;
    if (nep->zbl == LRPOT__NEP_ZBL_NONE) return LRPOT_OK;
    LRPOT__TRY(next_line(text, nep, "zbl", &line));
    LRPOT__TRY(expect_words(&line, "zbl", 2, 3));
    LRPOT__TRY(take_number(&line, "the inner ZBL radius", &nep->zbl_inner));
    LRPOT__TRY(take_number(&line, "the outer ZBL radius", &nep->zbl_outer));
    int flexible = nep->zbl_inner == 0.0 && nep->zbl_outer == 0.0;
    if (!flexible && !(nep->zbl_inner >= 0.0 && nep->zbl_outer > nep->zbl_inner))
        return lrpot__text_fail(text, "the ZBL radii are %g and %g A, expected 0 <= inner < outer",
                                nep->zbl_inner, nep->zbl_outer);
    if (flexible) nep->zbl = LRPOT__NEP_ZBL_FLEXIBLE;
    if (line.words < 3) return LRPOT_OK;
    LRPOT__TRY(take_number(&line, "the typewise ZBL factor", &nep->zbl_factor));
    if (flexible || !(nep->zbl_factor > 0.0))
        return lrpot__text_fail(text,
                                "the typewise ZBL factor is %g with outer radius %g A, "
                                "expected both > 0",
                                nep->zbl_factor, nep->zbl_outer);
    nep->zbl = LRPOT__NEP_ZBL_TYPEWISE;
    return LRPOT_OK;
}

static lrpot_status take_cutoff(header_line *line, const char *what, double *out)
{
    LRPOT__TRY(take_number(line, what, out));
    if (*out > 0.0 && *out <= LARGEST_CUTOFF) return LRPOT_OK;
    return lrpot__text_fail(line->text, "%s is %g A, expected > 0 and at most %g", what, *out,
                            LARGEST_CUTOFF);
}

static lrpot_status check_cutoff_words(const header_line *line, const lrpot__nep *nep)
{
    int64_t each = 2 * (int64_t)nep->n_species + 2;
    if (line->words == 4 || line->words == each || (line->words == 2 && nep->version <= 3))
        return LRPOT_OK;
    return lrpot__text_fail(line->text,
                            "%lld words follow 'cutoff', expected 4 or, with cutoffs of each of "
                            "the %d species, %lld",
                            (long long)line->words, nep->n_species, (long long)each);
}

static lrpot_status read_cutoffs(lrpot__text *text, lrpot__nep *nep)
{
    header_line line;
    int32_t unused;
    LRPOT__TRY(next_line(text, nep, "cutoff", &line));
    LRPOT__TRY(check_cutoff_words(&line, nep));
    nep->cutoffs_radial = lrpot__calloc(nep->n_species, sizeof(double));
    nep->cutoffs_angular = lrpot__calloc(nep->n_species, sizeof(double));
    if (nep->cutoffs_radial == NULL || nep->cutoffs_angular == NULL) return LRPOT_E_MEMORY;
    nep->typewise_cutoffs = line.words > 4;
    for (int32_t s = 0; s < nep->n_species; s++) {
        if (s > 0 && !nep->typewise_cutoffs) {
            nep->cutoffs_radial[s] = nep->cutoffs_radial[0];
            nep->cutoffs_angular[s] = nep->cutoffs_angular[0];
            continue;
        }
        LRPOT__TRY(take_cutoff(&line, "the radial cutoff", &nep->cutoffs_radial[s]));
        LRPOT__TRY(take_cutoff(&line, "the angular cutoff", &nep->cutoffs_angular[s]));
    }
    for (int64_t k = 0; k < 2 && line.words > 2; k++)
        LRPOT__TRY(take_integer(&line, "the number of neighbours", 0, INT32_MAX, &unused));
    if (nep->typewise_cutoffs && nep->charge_mode != LRPOT__NEP_UNCHARGED)
        return lrpot__fail(LRPOT_E_UNSUPPORTED,
                           "%s:%lld: cutoffs of each species are not offered with charges; the "
                           "programs that fit such models refuse them",
                           text->name, (long long)text->line);
    lrpot__nep_measure(nep);
    return LRPOT_OK;
}

/* Reads two largest indices, counted from 0. Returns them as counts. */
static lrpot_status read_two(lrpot__text *text, lrpot__nep *nep, const char *label, int32_t limit,
                             int32_t *first, int32_t *second)
{
    header_line line;
    LRPOT__TRY(next_line(text, nep, label, &line));
    LRPOT__TRY(expect_words(&line, label, 2, 2));
    LRPOT__TRY(take_integer(&line, label, 0, limit - 1, first));
    LRPOT__TRY(take_integer(&line, label, 0, limit - 1, second));
    (*first)++;
    (*second)++;
    return LRPOT_OK;
}

static lrpot_status read_degrees(lrpot__text *text, lrpot__nep *nep)
{
    header_line line;
    int64_t most = nep->version == 2 ? 1 : 1 + LRPOT__NEP_EXTRAS;
    LRPOT__TRY(next_line(text, nep, "l_max", &line));
    LRPOT__TRY(expect_words(&line, "l_max", nep->version == 2 ? 1 : 3, most));
    LRPOT__TRY(take_integer(&line, "l_max", 1, LRPOT__NEP_MAX_L, &nep->l_max));
    for (int x = 0; x + 1 < line.words; x++) {
        LRPOT__TRY(take_integer(&line, "a flag of l_max", 0, 9, &nep->extras[x]));
        nep->extras[x] = nep->extras[x] != 0; /* 2 comes from an older meaning */
    }
    return LRPOT_OK;
}

static lrpot_status read_network(lrpot__text *text, lrpot__nep *nep)
{
    header_line line;
    int32_t second;
    LRPOT__TRY(next_line(text, nep, "ANN", &line));
    LRPOT__TRY(expect_words(&line, "ANN", 2, 2));
    LRPOT__TRY(
        take_integer(&line, "the number of neurons", 1, LRPOT__NEP_MAX_NEURONS, &nep->n_neurons));
    return take_integer(&line, "the size of a second hidden layer", 0, 0, &second);
}

lrpot_status lrpot__nep_header_read(lrpot__text *text, lrpot__nep *nep)
{
    LRPOT__TRY(read_species(text, nep));
    LRPOT__TRY(read_zbl(text, nep));
    LRPOT__TRY(read_cutoffs(text, nep));
    LRPOT__TRY(
        read_two(text, nep, "n_max", LRPOT__NEP_MAX_FUNCTIONS, &nep->n_radial, &nep->n_angular));
    nep->k_radial = nep->n_radial;
    nep->k_angular = nep->n_angular;
    if (nep->version > 2)
        LRPOT__TRY(read_two(text, nep, "basis_size", LRPOT__NEP_MAX_BASIS, &nep->k_radial,
                            &nep->k_angular));
    LRPOT__TRY(read_degrees(text, nep));
    LRPOT__TRY(read_network(text, nep));
    lrpot__nep_count(nep);
    return LRPOT_OK;
}
