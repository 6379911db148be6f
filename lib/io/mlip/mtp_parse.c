/* Parser of the text of a .mtp file. Keys are in any order, and line breaks anywhere but in the
 * free-text values. */
#include "io/mlip/mtp_parse.h"

#include "core/error.h"
#include "core/memory.h"
#include "core/number.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    lrpot__mtp *mtp;
    const char *at;
    const char *end;
    int64_t line;
} scanner;

__attribute__((format(printf, 2, 3))) static lrpot_status fail(const scanner *s, const char *format,
                                                               ...)
{
    char message[300];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    return lrpot__fail(LRPOT_E_PARSE, "%s:%lld: %s", s->mtp->file, (long long)s->line, message);
}

static int is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f';
}

static void skip_line(scanner *s)
{
    while (s->at < s->end && *s->at != '\n') s->at++;
}

/* 1 at the selection state of .almtp, which ends the text. Other lines with # are comments. */
static int at_state(const scanner *s)
{
    return s->end - s->at >= 4 && memcmp(s->at, "#MVS", 4) == 0;
}

static void skip_space(scanner *s)
{
    for (; s->at < s->end; s->at++) {
        if (*s->at == '#' && !at_state(s)) skip_line(s);
        if (s->at == s->end || !is_space(*s->at)) return;
        s->line += *s->at == '\n';
    }
}

static int at_end(scanner *s)
{
    skip_space(s);
    return s->at == s->end || at_state(s);
}

static lrpot_status expect(scanner *s, char c)
{
    skip_space(s);
    if (s->at < s->end && *s->at == c) {
        s->at++;
        return LRPOT_OK;
    }
    if (s->at == s->end) return fail(s, "the file ends, expected '%c'", c);
    return fail(s, "found '%c', expected '%c'", *s->at, c);
}

static int accept(scanner *s, char c)
{
    skip_space(s);
    if (s->at == s->end || *s->at != c) return 0;
    s->at++;
    return 1;
}

static lrpot_status number(scanner *s, double *value)
{
    skip_space(s);
    const char *after = lrpot__number_parse(s->at, s->end, value);
    if (after == NULL || (after < s->end && !is_space(*after) && strchr(",}{-", *after) == NULL)) {
        int n = 0;
        while (n < 30 && s->at + n < s->end && !is_space(s->at[n]) && s->at[n] != ','
               && s->at[n] != '}')
            n++;
        return fail(s, "found '%.*s', expected a number", n, s->at);
    }
    if (!isfinite(*value)) return fail(s, "a number is beyond the range of double precision");
    s->at = after;
    return LRPOT_OK;
}

static lrpot_status not_negative(scanner *s, const char *key, double *value)
{
    LRPOT__TRY(expect(s, '='));
    LRPOT__TRY(number(s, value));
    return *value >= 0 ? LRPOT_OK
                       : fail(s, "%s is %g, expected a number that is not negative", key, *value);
}

static lrpot_status count(scanner *s, const char *key, int64_t least, int64_t most, int64_t *value)
{
    double read = 0;
    if (*value >= 0) return fail(s, "%s is given twice", key);
    LRPOT__TRY(expect(s, '='));
    LRPOT__TRY(number(s, &read));
    if (read < (double)least || read > (double)most || read != floor(read))
        return fail(s, "%s is %g, expected an integer from %lld to %lld", key, read,
                    (long long)least, (long long)most);
    *value = (int64_t)read;
    return LRPOT_OK;
}

/* The rest of the line after '=', which may be empty. */
static lrpot_status rest_of_line(scanner *s, char text[LRPOT__MTP_NAME_SIZE])
{
    LRPOT__TRY(expect(s, '='));
    while (s->at < s->end && (*s->at == ' ' || *s->at == '\t')) s->at++;
    const char *begin = s->at;
    skip_line(s);
    const char *end = s->at;
    while (end > begin && is_space(end[-1])) end--;
    size_t n = (size_t)(end - begin);
    if (n >= LRPOT__MTP_NAME_SIZE) n = LRPOT__MTP_NAME_SIZE - 1;
    memcpy(text, begin, n);
    text[n] = '\0';
    return LRPOT_OK;
}

static lrpot_status append(lrpot__mtp_list *list, double value)
{
    LRPOT__TRY(
        lrpot__grow((void **)&list->values, &list->capacity, list->n + 1, sizeof *list->values));
    list->values[list->n++] = value;
    return LRPOT_OK;
}

/* Reads {a, b, ...}, from before the opening brace. */
static lrpot_status flat_list(scanner *s, lrpot__mtp_list *list)
{
    double value = 0;
    LRPOT__TRY(expect(s, '{'));
    if (accept(s, '}')) return LRPOT_OK;
    do {
        LRPOT__TRY(number(s, &value));
        LRPOT__TRY(append(list, value));
    } while (accept(s, ','));
    return expect(s, '}');
}

static lrpot_status start_list(scanner *s, const char *key, lrpot__mtp_list *list)
{
    if (list->present) return fail(s, "%s is given twice", key);
    LRPOT__TRY(expect(s, '='));
    skip_space(s);
    list->present = 1;
    list->line = s->line;
    return LRPOT_OK;
}

static lrpot_status list_of_numbers(scanner *s, const char *key, lrpot__mtp_list *list)
{
    LRPOT__TRY(start_list(s, key, list));
    return flat_list(s, list);
}

/* Reads {{a, b, c, d}, ...}. */
static lrpot_status list_of_fours(scanner *s, const char *key, lrpot__mtp_list *list)
{
    LRPOT__TRY(start_list(s, key, list));
    LRPOT__TRY(expect(s, '{'));
    if (accept(s, '}')) return LRPOT_OK;
    do {
        int64_t before = list->n;
        LRPOT__TRY(flat_list(s, list));
        if (list->n - before != 4)
            return fail(s, "%s has a group of %lld numbers, expected 4", key,
                        (long long)(list->n - before));
    } while (accept(s, ','));
    return expect(s, '}');
}

static lrpot_status label_index(scanner *s, int64_t *index)
{
    int64_t label = 0;
    const char *after = lrpot__integer_parse(s->at, s->end, &label);
    if (after == NULL || label < 0)
        return fail(s, "radial_coeffs: expected a pair of types such as 0-1");
    s->at = after;
    for (*index = 0; *index < s->mtp->n_labels; (*index)++)
        if (s->mtp->labels[*index] == label) return LRPOT_OK;
    if (*index == LRPOT__MTP_MAX_SPECIES)
        return fail(s, "radial_coeffs has more than %d types", LRPOT__MTP_MAX_SPECIES);
    s->mtp->labels[s->mtp->n_labels++] = label;
    return LRPOT_OK;
}

/* Reads one block "z-z'" and its F lists of n numbers. Pairs must come row by row, as MLIP writes
 * them. */
static lrpot_status radial_block(scanner *s, int64_t block)
{
    lrpot__mtp *mtp = s->mtp;
    int64_t first = 0, second = 0;
    LRPOT__TRY(label_index(s, &first));
    if (s->at == s->end || *s->at != '-')
        return fail(s, "radial_coeffs: expected a pair of types such as 0-1");
    s->at++;
    LRPOT__TRY(label_index(s, &second));
    if (first * mtp->n_species + second != block)
        return fail(s, "radial_coeffs: the pair %lld-%lld stands out of order",
                    (long long)mtp->labels[first], (long long)mtp->labels[second]);
    for (int64_t mu = 0; mu < mtp->n_radial; mu++) {
        int64_t before = mtp->radial.n;
        LRPOT__TRY(flat_list(s, &mtp->radial));
        if (mtp->radial.n - before != mtp->radial_size)
            return fail(s,
                        "radial_coeffs: a list of %lld numbers, expected radial_basis_size = %lld",
                        (long long)(mtp->radial.n - before), (long long)mtp->radial_size);
    }
    return LRPOT_OK;
}

static lrpot_status radial_coefficients(scanner *s)
{
    lrpot__mtp *mtp = s->mtp;
    int64_t block = 0;
    if (mtp->radial.present) return fail(s, "radial_coeffs is given twice");
    if (mtp->radial_size < 0 || mtp->n_radial < 0)
        return fail(s, "radial_coeffs stands before radial_basis_size and radial_funcs_count");
    mtp->radial.present = 1;
    mtp->radial.line = s->line;
    if (mtp->n_species < 1) mtp->n_species = 1; /* old files do not state it */
    for (; !at_end(s) && *s->at >= '0' && *s->at <= '9'; block++)
        LRPOT__TRY(radial_block(s, block));
    if (mtp->n_labels != mtp->n_species || block != mtp->n_species * mtp->n_species)
        return fail(s,
                    "radial_coeffs has %lld pairs of %lld types, expected all pairs of "
                    "species_count = %lld",
                    (long long)block, (long long)mtp->n_labels, (long long)mtp->n_species);
    return LRPOT_OK;
}

static int is_one_of(const char *key, const char *a, const char *b, const char *c)
{
    return strcmp(key, a) == 0 || (b != NULL && strcmp(key, b) == 0)
           || (c != NULL && strcmp(key, c) == 0);
}

static lrpot_status radial_key(scanner *s, const char *key, int *known)
{
    lrpot__mtp *mtp = s->mtp;
    double factor = 1;
    *known = 1;
    if (strcmp(key, "radial_basis_type") == 0) return rest_of_line(s, mtp->radial_type);
    if (is_one_of(key, "min_dist", "min_val", "min"))
        return not_negative(s, key, &mtp->min_distance);
    if (is_one_of(key, "max_dist", "max_val", "max")) return not_negative(s, key, &mtp->cutoff);
    if (is_one_of(key, "radial_basis_size", "basis_size", "size"))
        return count(s, key, 1, 1000, &mtp->radial_size);
    if (strcmp(key, "radial_funcs_count") == 0) return count(s, key, 1, 1000, &mtp->n_radial);
    if (strcmp(key, "radial_coeffs") == 0) return radial_coefficients(s);
    if (strcmp(key, "scaling") == 0) {
        /* given once for the potential and again for the radial functions: both count */
        LRPOT__TRY(not_negative(s, key, &factor));
        mtp->scaling *= factor;
        return LRPOT_OK;
    }
    *known = 0;
    return LRPOT_OK;
}

static lrpot_status key_and_value(scanner *s, const char *key)
{
    lrpot__mtp *mtp = s->mtp;
    char version[LRPOT__MTP_NAME_SIZE];
    int known = 0;
    LRPOT__TRY(radial_key(s, key, &known));
    if (known) return LRPOT_OK;
    if (strcmp(key, "version") == 0) {
        LRPOT__TRY(rest_of_line(s, version));
        return strncmp(version, "1.", 2) == 0
                   ? LRPOT_OK
                   : lrpot__fail(LRPOT_E_VERSION,
                                 "%s:%lld: version '%.30s' of .mtp is not known, expected 1.1.0",
                                 mtp->file, (long long)s->line, version);
    }
    if (strcmp(key, "potential_name") == 0) return rest_of_line(s, mtp->name);
    if (strcmp(key, "potential_tag") == 0) return rest_of_line(s, mtp->tag);
    if (strcmp(key, "species_count") == 0)
        return count(s, key, 0, LRPOT__MTP_MAX_SPECIES, &mtp->n_species);
    if (strcmp(key, "alpha_moments_count") == 0)
        return count(s, key, 1, INT32_MAX, &mtp->n_moments);
    if (strcmp(key, "alpha_index_basic_count") == 0)
        return count(s, key, 1, INT32_MAX, &mtp->n_basic);
    if (strcmp(key, "alpha_index_times_count") == 0)
        return count(s, key, 0, INT32_MAX, &mtp->n_products);
    if (strcmp(key, "alpha_scalar_moments") == 0)
        return count(s, key, 1, INT32_MAX, &mtp->n_scalars);
    if (strcmp(key, "alpha_index_basic") == 0) return list_of_fours(s, key, &mtp->basic);
    if (strcmp(key, "alpha_index_times") == 0) return list_of_fours(s, key, &mtp->products);
    if (strcmp(key, "alpha_moment_mapping") == 0) return list_of_numbers(s, key, &mtp->scalars);
    if (strcmp(key, "species_coeffs") == 0) return list_of_numbers(s, key, &mtp->shifts);
    if (strcmp(key, "moment_coeffs") == 0) return list_of_numbers(s, key, &mtp->linear);
    if (strstr(key, "magnetic") != NULL)
        return lrpot__fail(LRPOT_E_UNSUPPORTED,
                           "%s:%lld: key '%s': magnetic potentials are not offered", mtp->file,
                           (long long)s->line, key);
    return fail(s, "'%s' is no key of a .mtp file", key);
}

static lrpot_status read_word(scanner *s, char word[LRPOT__MTP_NAME_SIZE])
{
    const char *begin = s->at;
    while (s->at < s->end && !is_space(*s->at) && *s->at != '=' && *s->at != '{' && *s->at != '}'
           && *s->at != ',')
        s->at++;
    size_t n = (size_t)(s->at - begin);
    if (n == 0) return fail(s, "found '%c', expected a key", *s->at);
    if (n >= LRPOT__MTP_NAME_SIZE) n = LRPOT__MTP_NAME_SIZE - 1;
    memcpy(word, begin, n);
    word[n] = '\0';
    if (strlen(word) != n) return fail(s, "the file holds a zero byte; expected text");
    return LRPOT_OK;
}

int lrpot__mtp_recognise(const char *text, int64_t size)
{
    lrpot__mtp mtp = { 0 };
    scanner s = { &mtp, text, text + size, 1 };
    skip_space(&s);
    return s.end - s.at >= 3 && memcmp(s.at, "MTP", 3) == 0
           && (s.end - s.at == 3 || is_space(s.at[3]));
}

lrpot_status lrpot__mtp_parse(lrpot__mtp *mtp, const char *file, const char *text, int64_t size)
{
    char word[LRPOT__MTP_NAME_SIZE];
    *mtp = (lrpot__mtp){ .file = file,
                         .scaling = 1,
                         .min_distance = -1,
                         .cutoff = -1,
                         .n_species = -1,
                         .radial_size = -1,
                         .n_radial = -1,
                         .n_moments = -1,
                         .n_basic = -1,
                         .n_products = -1,
                         .n_scalars = -1 };
    scanner s = { mtp, text, text + size, 1 };
    if (!lrpot__mtp_recognise(text, size)) return fail(&s, "the file does not begin with MTP");
    skip_space(&s);
    s.at += 3;
    while (!at_end(&s)) {
        LRPOT__TRY(read_word(&s, word));
        LRPOT__TRY(key_and_value(&s, word));
    }
    return LRPOT_OK;
}

void lrpot__mtp_free(lrpot__mtp *mtp)
{
    lrpot__free(mtp->radial.values);
    lrpot__free(mtp->basic.values);
    lrpot__free(mtp->products.values);
    lrpot__free(mtp->scalars.values);
    lrpot__free(mtp->shifts.values);
    lrpot__free(mtp->linear.values);
}
