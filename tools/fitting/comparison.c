#include "fitting/comparison.h"

#include "cli/options.h"
#include "cli/report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_POINTS = 20000 };
static const double width = 0.1; /* A, of a bin */

static int parity_begin(parity *p)
{
    *p = (parity){ .room = 64, .stride = 1 };
    p->reference = malloc((size_t)p->room * sizeof *p->reference);
    p->model = malloc((size_t)p->room * sizeof *p->model);
    return p->reference != NULL && p->model != NULL;
}

static void parity_free(parity *p)
{
    free(p->reference);
    free(p->model);
}

/* Keeps every second point, from then on of twice as many values each. */
static void thin_out(parity *p)
{
    for (int64_t k = 0; 2 * k < p->n; k++) {
        p->reference[k] = p->reference[2 * k];
        p->model[k] = p->model[2 * k];
    }
    p->n = (p->n + 1) / 2;
    p->stride *= 2;
}

static int parity_add(parity *p, double reference, double model)
{
    if (p->seen++ % p->stride != 0) return 1;
    if (p->n == MOST_POINTS) {
        thin_out(p);
        if ((p->seen - 1) % p->stride != 0) return 1;
    }
    if (p->n == p->room) {
        double *r = realloc(p->reference, (size_t)(2 * p->room) * sizeof *r);
        if (r != NULL) p->reference = r;
        double *m = realloc(p->model, (size_t)(2 * p->room) * sizeof *m);
        if (m != NULL) p->model = m;
        if (r == NULL || m == NULL) return 0;
        p->room *= 2;
    }
    p->reference[p->n] = reference;
    p->model[p->n++] = model;
    return 1;
}

int comparison_begin(comparison *c, const lrpot_potential *model)
{
    *c = (comparison){ .n_symbols = lrpot_potential_species_count(model),
                       .symbols = lrpot_potential_symbols(model),
                       .cutoff = fmin(lrpot_potential_cutoff(model), width * COMPARISON_BINS) };
    c->by_element = calloc((size_t)c->n_symbols, sizeof *c->by_element);
    return c->by_element != NULL && parity_begin(&c->forces) && parity_begin(&c->energies)
                   && parity_begin(&c->loose)
               ? GO_ON
               : report_no_memory();
}

void comparison_free(comparison *c)
{
    free(c->by_element);
    parity_free(&c->forces);
    parity_free(&c->energies);
    parity_free(&c->loose);
    *c = (comparison){ 0 };
}

/* Neighbours of one atom. */
typedef struct row_room {
    int64_t capacity;
    int32_t *j;
    double *vectors;
} row_room;

static int row_reserve(row_room *row, int64_t n)
{
    if (n <= row->capacity) return 1;
    free(row->j);
    free(row->vectors);
    row->j = malloc((size_t)n * sizeof *row->j);
    row->vectors = malloc((size_t)(3 * n) * sizeof *row->vectors);
    row->capacity = row->j != NULL && row->vectors != NULL ? n : 0;
    return row->capacity == n;
}

/* Distance of the nearest neighbour of an atom; infinite without one. */
static lrpot_status nearest_of(const lrpot_nlist *list, const lrpot_atoms *atoms, int64_t i,
                               row_room *row, double *nearest)
{
    int64_t n = lrpot_nlist_degree(list, i);
    *nearest = INFINITY;
    if (!row_reserve(row, n)) return LRPOT_E_MEMORY;
    if (n == 0) return LRPOT_OK;
    n = lrpot_nlist_row(list, atoms, i, n, row->j, row->vectors);
    for (int64_t k = 0; k < n; k++) {
        const double *v = row->vectors + 3 * k;
        *nearest = fmin(*nearest, sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]));
    }
    return LRPOT_OK;
}

static lrpot_status add_forces(comparison *c, const lrpot_structure *frame,
                               const evaluation *result, const lrpot_nlist *list,
                               const lrpot_atoms *atoms, const int32_t *species)
{
    const double *reference = lrpot_structure_get(frame, LRPOT_QUANTITY_FORCES);
    row_room row = { 0 };
    double nearest = INFINITY;
    lrpot_status status = LRPOT_OK;
    for (int64_t i = 0; i < result->n && status == LRPOT_OK; i++) {
        double square = 0.0;
        for (int64_t x = 3 * i; x < 3 * i + 3; x++) {
            double d = result->forces[x] - reference[x];
            square += d * d;
            if (!parity_add(&c->forces, reference[x], result->forces[x])) status = LRPOT_E_MEMORY;
        }
        if (status == LRPOT_OK) status = nearest_of(list, atoms, i, &row, &nearest);
        force_error *element = &c->by_element[species[i]];
        element->squares += square;
        element->atoms++;
        if (!(nearest < width * COMPARISON_BINS)) continue;
        force_error *bin = &c->by_distance[(int)(nearest / width)];
        bin->squares += square;
        bin->atoms++;
    }
    free(row.j);
    free(row.vectors);
    return status;
}

static lrpot_status compare_forces(comparison *c, const lrpot_structure *frame,
                                   const evaluation *result)
{
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_nlist *list = NULL;
    int32_t *species = malloc((size_t)result->n * sizeof *species + 1);
    if (species == NULL) return LRPOT_E_MEMORY;
    lrpot_status status = lrpot_structure_view(frame, c->n_symbols, c->symbols, species, &atoms);
    if (status == LRPOT_OK) status = lrpot_nlist_build(&list, &atoms, c->cutoff, 0.0);
    if (status == LRPOT_OK) status = add_forces(c, frame, result, list, &atoms, species);
    lrpot_nlist_free(list);
    free(species);
    return status;
}

int comparison_add(comparison *c, const lrpot_structure *frame, const evaluation *result,
                   double energy, int energy_is_fitted)
{
    const double *reference = lrpot_structure_get(frame, LRPOT_QUANTITY_ENERGY);
    double n = (double)result->n;
    parity *to = energy_is_fitted ? &c->energies : &c->loose;
    if (reference != NULL && !parity_add(to, *reference / n, energy / n)) return report_no_memory();
    if (lrpot_structure_get(frame, LRPOT_QUANTITY_FORCES) == NULL) return GO_ON;
    lrpot_status status = compare_forces(c, frame, result);
    return status == LRPOT_OK ? GO_ON : report_failure(status, NULL);
}

double force_error_rmse(const force_error *e)
{
    return e->atoms > 0 ? sqrt(e->squares / (3.0 * (double)e->atoms)) : NAN;
}

json_t *comparison_elements_json(const comparison *c)
{
    if (c->forces.n == 0) return NULL;
    json_t *set = json_object();
    for (int32_t z = 0; z < c->n_symbols; z++)
        if (c->by_element[z].atoms > 0)
            json_put_real(set, c->symbols[z], force_error_rmse(&c->by_element[z]));
    return set;
}

json_t *comparison_distances_json(const comparison *c)
{
    if (c->forces.n == 0) return NULL;
    json_t *list = json_array();
    for (int k = 0; k < COMPARISON_BINS; k++) {
        if (c->by_distance[k].atoms == 0) continue;
        json_t *bin = json_object();
        json_put_real(bin, "from", width * k);
        json_put_real(bin, "to", width * (k + 1));
        json_put_real(bin, "rmse", force_error_rmse(&c->by_distance[k]));
        json_put_count(bin, "atoms", c->by_distance[k].atoms);
        json_array_append_new(list, bin);
    }
    return list;
}
