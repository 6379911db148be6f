/* Selection state of MLIP-3 behind a potential (.almtp): its active set becomes that of the model.
 *
 * MLIP's rows are derivatives of the energy of one atom by all parameters, in the order radial,
 * species, linear. The derivatives by the linear coefficients are the features of the atom, and
 * those by the species are 1 for its own. These make rows of an active set of this library. Rows of
 * whole configurations are sums over atoms, of which no features can be had. */
#include "io/mlip/mtp_state.h"

#include "core/error.h"
#include "core/memory.h"
#include "core/number.h"
#include "potential/active_set.h"
#include "potential/potential.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MOST_PASSES = 20 };

typedef struct state {
    double energy, force, stress, site; /* weights */
    const char *rows;                   /* little-endian doubles, unaligned; NULL: none */
} state;

typedef struct reader {
    const char *at, *end;
} reader;

/* Next line, without its end; *n is its length. NULL at the end. */
static const char *next_line(reader *r, int64_t *n)
{
    const char *begin = r->at, *stop;
    if (begin >= r->end) return NULL;
    stop = memchr(begin, '\n', (size_t)(r->end - begin));
    *n = (stop != NULL ? stop : r->end) - begin;
    r->at = stop != NULL ? stop + 1 : r->end;
    return begin;
}

static void take_weight(state *s, const char *line, int64_t n)
{
    char text[64];
    const struct {
        const char *name;
        double *value;
    } known[] = { { "energy_weight ", &s->energy },
                  { "force_weight ", &s->force },
                  { "stress_weight ", &s->stress },
                  { "site_en_weight ", &s->site } };
    if (n >= (int64_t)sizeof text) return;
    memcpy(text, line, (size_t)n);
    text[n] = '\0';
    for (size_t k = 0; k < sizeof known / sizeof known[0]; k++) {
        size_t length = strlen(known[k].name);
        if (strncmp(text, known[k].name, length) != 0) continue;
        double value = 0.0;
        if (lrpot__number_parse(text + length, text + n, &value) != NULL) *known[k].value = value;
    }
}

/* Reads weights, and finds the n x n numbers of the active set behind the byte #. */
static state read_state(const char *text, const char *end, int64_t n)
{
    state s = { 0.0, 0.0, 0.0, 0.0, NULL };
    reader r = { text, end };
    int64_t length = 0;
    const char *line = next_line(&r, &length); /* #MVS_v1.1 */
    while (line != NULL && r.at < r.end && *r.at != '#') {
        line = next_line(&r, &length);
        if (line != NULL) take_weight(&s, line, length);
    }
    if (r.end - r.at > 1 && (r.end - r.at - 1) / (int64_t)sizeof(double) / n >= 2 * n)
        s.rows = r.at + 1;
    return s;
}

/* Species of a row: the one whose derivative is 1, where all others are 0. -1: the row is none of
 * one atom. */
static int32_t species_of(const double *row, int32_t n_species)
{
    int32_t found = -1;
    for (int32_t z = 0; z < n_species; z++) {
        if (row[z] == 0.0) continue;
        if (row[z] != 1.0 || found >= 0) return -1;
        found = z;
    }
    return found;
}

static int little_endian(void)
{
    const uint16_t one = 1;
    unsigned char first = 0;
    memcpy(&first, &one, 1);
    return first == 1;
}

/* Collects the rows [count][set->n] of a species. */
static int64_t collect(const lrpot_potential *p, const char *rows, int64_t n, int32_t species,
                       double *out)
{
    int64_t width = lrpot_basis_count(p->basis), radial = n - width - p->n_species, count = 0;
    for (int64_t k = 0; k < n; k++) {
        double *row = out + count * (width + 1), own[LRPOT__MTP_MAX_SPECIES];
        const char *from = rows + (k * n + radial) * (int64_t)sizeof(double);
        int finite = 1;
        memcpy(own, from, (size_t)p->n_species * sizeof *own);
        if (species_of(own, p->n_species) != species) continue;
        memcpy(row, from + p->n_species * (int64_t)sizeof(double), (size_t)width * sizeof *row);
        for (int64_t x = 0; x < width; x++) finite = finite && isfinite(row[x]);
        row[width] = 1.0;
        count += finite;
    }
    return count;
}

static lrpot_status fill(lrpot_active_set *set, const lrpot_potential *p, const char *rows,
                         int64_t n, int64_t *taken)
{
    double *own = lrpot__calloc(n * set->n, sizeof *own),
           *coefficients = lrpot__calloc(n * set->n, sizeof *coefficients);
    int64_t *numbers = lrpot__calloc(n, sizeof *numbers);
    lrpot_status status = own != NULL && coefficients != NULL && numbers != NULL ? LRPOT_OK
                                                                                 : LRPOT_E_MEMORY;
    for (int64_t k = 0; k < n && numbers != NULL; k++) numbers[k] = k;
    for (int32_t z = 0; z < p->n_species && status == LRPOT_OK; z++) {
        int64_t count = collect(p, rows, n, z, own), changes = 1;
        *taken += count;
        for (int pass = 0; pass < MOST_PASSES && changes > 0 && status == LRPOT_OK; pass++) {
            changes = 0;
            if (count > 0)
                status = lrpot__maxvol_add(set->species + z, count, own, coefficients, 0, numbers,
                                           1.001, &changes);
        }
    }
    lrpot__free(own);
    lrpot__free(coefficients);
    lrpot__free(numbers);
    return status;
}

lrpot_status lrpot__mtp_take_state(const lrpot__mtp *mtp, lrpot_potential *potential)
{
    int64_t n = lrpot_potential_param_count(potential), taken = 0;
    lrpot_active_set *set = NULL;
    char text[160];
    if (mtp->state == NULL) return LRPOT_OK;
    state s = read_state(mtp->state, mtp->state_end, n);
    snprintf(text, sizeof text, "energy %.17g, force %.17g, stress %.17g, site energy %.17g",
             s.energy, s.force, s.stress, s.site);
    if (s.energy != 0.0 || s.site != 0.0)
        LRPOT__TRY(lrpot_potential_set_note(potential, "mlip_selection_weights", text));
    if (s.rows == NULL || !(s.site > 0.0) || !little_endian()) return LRPOT_OK;
    LRPOT__TRY(lrpot_active_set_create(&set, potential));
    lrpot_status status = fill(set, potential, s.rows, n, &taken);
    if (status == LRPOT_OK && taken > 0) status = lrpot_potential_set_active_set(potential, set);
    lrpot_active_set_free(set);
    return status;
}
