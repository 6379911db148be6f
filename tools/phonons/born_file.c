#include "phonons/born_file.h"

#include "cli/options.h"
#include "cli/report.h"
#include "phonons/symmetry.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* For each atom of the structure: its index in the file, and the index of the first equivalent
 * atom. known: 1 if the symmetry is known. */
typedef struct {
    int64_t n, *place, *first;
    const int64_t *order;
    int32_t known;
} places;

static int places_find(places *p, const lrpot_structure *structure, const int64_t *order,
                       double tolerance)
{
    *p = (places){ .n = lrpot_structure_count(structure), .order = order };
    p->place = malloc((size_t)p->n * sizeof *p->place);
    p->first = malloc((size_t)p->n * sizeof *p->first);
    if (p->place == NULL || p->first == NULL) return report_no_memory();
    for (int64_t k = 0; k < p->n; k++) p->place[order[k]] = k;
    p->known = symmetry_representatives(structure, order, tolerance, p->first);
    return GO_ON;
}

static void places_free(places *p)
{
    free(p->place);
    free(p->first);
}

static void take_all(born_rows *rows, const places *p)
{
    rows->all = 1;
    for (rows->n = 0; rows->n < p->n; rows->n++) rows->atoms[rows->n] = p->order[rows->n];
}

static void take_independent(born_rows *rows, const places *p)
{
    for (int64_t k = 0; k < p->n; k++)
        if (p->first[k] == k) rows->atoms[rows->n++] = p->order[k];
}

/* Reads a list. named[k]: number of times that atom k of the file is listed. */
static int read_list(const char *verb, const char *text, const places *p, int32_t *named)
{
    text_list list;
    int good = text_list_split(&list, text) && list.count > 0;
    for (int32_t k = 0; good && k < list.count; k++) {
        double index = 0.0;
        good = parse_real(list.items[k], &index) && index == floor(index) && index >= 0.0
               && index < (double)p->n;
        if (good) good = ++named[p->place[(int64_t)index]] == 1;
    }
    text_list_free(&list);
    if (good) return GO_ON;
    return report_usage(verb,
                        "--independent %s: expected `all` or atoms counted from 0, each once and "
                        "below %lld, as in 0,4",
                        text, (long long)p->n);
}

/* Takes the named atoms: one of each set of equivalent ones. The row is that of the first of the
 * set, whose tensor phonopy rotates. */
static int take_named(born_rows *rows, const char *verb, const char *text, const places *p,
                      const int32_t *named)
{
    for (int64_t k = 0; k < p->n; k++) {
        int64_t count = 0;
        if (p->known && p->first[k] != k) continue;
        for (int64_t other = k; other < p->n; other++)
            if (other == k || (p->known && p->first[other] == k)) count += named[other];
        if (count == 0 && !p->known) continue;
        if (count != 1)
            return report_usage(verb,
                                "--independent %s: names %lld atoms equivalent to atom %lld, "
                                "phonopy expects one; without the option they are found",
                                text, (long long)count, (long long)p->order[k]);
        rows->atoms[rows->n++] = p->order[k];
    }
    return GO_ON;
}

static int take_listed(born_rows *rows, const char *verb, const char *text, const places *p)
{
    int32_t *named = calloc((size_t)p->n, sizeof *named);
    if (named == NULL) return report_no_memory();
    int code = read_list(verb, text, p, named);
    if (code == GO_ON) code = take_named(rows, verb, text, p, named);
    free(named);
    return code;
}

int born_rows_choose(born_rows *rows, const char *verb, const char *text,
                     const lrpot_structure *structure, const int64_t *order, double tolerance)
{
    places p;
    *rows = (born_rows){ 0 };
    int code = places_find(&p, structure, order, tolerance);
    rows->atoms = malloc((size_t)p.n * sizeof *rows->atoms);
    if (rows->atoms == NULL) code = report_no_memory();
    if (code == GO_ON) {
        if (text != NULL && strcmp(text, "all") != 0) code = take_listed(rows, verb, text, &p);
        else if (text == NULL && p.known) take_independent(rows, &p);
        else take_all(rows, &p);
    }
    places_free(&p);
    if (code != GO_ON) born_rows_free(rows);
    return code;
}

void born_rows_free(born_rows *rows)
{
    free(rows->atoms);
    *rows = (born_rows){ 0 };
}

lrpot_status born_write(const char *path, double factor, const double *epsilon, const double *Z,
                        const born_rows *rows)
{
    static const double unit[9] = { 1, 0, 0, 0, 1, 0, 0, 0, 1 };
    double *tensors = malloc((size_t)(9 * rows->n) * sizeof *tensors);
    if (tensors == NULL) return LRPOT_E_MEMORY;
    for (int64_t k = 0; k < rows->n; k++)
        memcpy(tensors + 9 * k, Z + 9 * rows->atoms[k], 9 * sizeof *tensors);
    lrpot_status status =
        lrpot_phonopy_write_born(path, factor, epsilon != NULL ? epsilon : unit, rows->n, tensors);
    free(tensors);
    return status;
}
