/* Checks that an earlier splitting holds for the present system. */
#include "electrostatics/splitting/split_reuse.h"

#include "core/algebra.h"

#include <math.h>
#include <string.h>

/* Largest factors by which a kept choice may be better than needed. Beyond them a new choice saves
 * time. */
#define SPARE_SQUARE 5.0
#define SPARE_VOLUME 1.5
/* Factor by which the density may grow under an exact sum, whose estimate has a reserve of ten. */
#define EXACT_CROWDING 1.5
/* Factor for angles of the cell, measured as row times reciprocal row. */
#define OBLIQUE 1.05

static double norm(const double *v)
{
    return sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
}

void lrpot__splitting_mesh_edges(const double *basis, double *length, double *oblique)
{
    double inverse[9];
    lrpot__inverse3(basis, inverse);
    for (int d = 0; d < 3; d++) {
        double column[3] = { inverse[d], inverse[3 + d], inverse[6 + d] };
        length[d] = norm(basis + 3 * d);
        oblique[d] = length[d] * norm(column);
    }
}

static int charges_fit(double kept, double wanted)
{
    return wanted == 0.0
           || (wanted <= kept && kept <= SPARE_SQUARE * fmax(wanted, LRPOT__UNCHARGED));
}

static int density_fits(const lrpot__splitting *kept, const lrpot__splitting_inputs *wanted)
{
    double density = wanted->density > 0.0 ? wanted->density : (double)wanted->n / wanted->volume;
    double most = kept->method == LRPOT_EWALD_EXACT ? EXACT_CROWDING : LRPOT__DENSITY_HEADROOM;
    return density <= most * kept->density && kept->density <= SPARE_VOLUME * density
           && wanted->volume <= SPARE_VOLUME * kept->volume
           && kept->volume <= SPARE_VOLUME * wanted->volume;
}

static int options_fit(const lrpot_ewald_options *a, const lrpot_ewald_options *b)
{
    return a->accuracy == b->accuracy && a->kernel == b->kernel && a->sigma == b->sigma
           && a->splitting == b->splitting && a->energy_accuracy == b->energy_accuracy
           && a->pressure_accuracy == b->pressure_accuracy
           && a->potential_accuracy == b->potential_accuracy && a->cutoff == b->cutoff
           && a->method == b->method && a->order == b->order
           && memcmp(a->mesh, b->mesh, sizeof a->mesh) == 0
           && (a->n_widths > 0) == (b->n_widths > 0);
}

static int measured_fits(const lrpot__measured_choice *a, const lrpot__measured_choice *b)
{
    return a->taken == b->taken && a->c == b->c && a->shape == b->shape;
}

/* 1 if method and list of the choice are those that a new choice could take. */
static int means_fit(const lrpot__splitting *kept, const lrpot__splitting_inputs *wanted)
{
    int exact = kept->method == LRPOT_EWALD_EXACT;
    if (wanted->exact_only ? !exact : kept->exact_only && kept->n >= LRPOT__MESH_MIN_ATOMS)
        return 0;
    return wanted->list_cutoff == kept->list_cutoff || (exact && !wanted->list_only);
}

/* 1 if the error estimate of a mesh holds for these rows of the lattice. */
static int rows_fit(lrpot__splitting *kept, const double *cell, const int64_t *map)
{
    double basis[9], length[3], oblique[3];
    for (int d = 0; d < 3; d++) {
        double steps[3] = { (double)map[3 * d], (double)map[3 * d + 1], (double)map[3 * d + 2] };
        lrpot__row_times3(steps, cell, basis + 3 * d);
    }
    lrpot__splitting_mesh_edges(basis, length, oblique);
    for (int d = 0; d < 3; d++)
        if (!(length[d] <= kept->longest[d] && oblique[d] <= OBLIQUE * kept->oblique[d])) return 0;
    memmove(kept->map, map, sizeof kept->map);
    memcpy(kept->basis, basis, sizeof kept->basis);
    return 1;
}

/* Rows of the last call in terms of a cell that describes nearly the same lattice by other vectors,
 * as after the flip of a tilted box. 0: there are none. */
static int find_rows(const lrpot__splitting *kept, const double *cell, int64_t *map)
{
    double inverse[9], steps[9];
    lrpot__inverse3(cell, inverse);
    for (int d = 0; d < 3; d++) lrpot__row_times3(kept->basis + 3 * d, inverse, steps + 3 * d);
    for (int x = 0; x < 9; x++) {
        steps[x] = nearbyint(steps[x]);
        if (!(fabs(steps[x]) < 1e6)) return 0;
        map[x] = (int64_t)steps[x];
    }
    return fabs(lrpot__det3(steps)) == 1.0;
}

static int mesh_fits(lrpot__splitting *kept, const double *cell)
{
    int64_t map[9];
    return rows_fit(kept, cell, kept->map)
           || (find_rows(kept, cell, map) && rows_fit(kept, cell, map));
}

int lrpot__splitting_fits(lrpot__splitting *kept, const lrpot_ewald *ewald,
                          const lrpot__splitting_inputs *wanted)
{
    if (kept->n != wanted->n || kept->widest != ewald->widest || kept->alike != ewald->alike
        || !measured_fits(&kept->measured, &ewald->measured) || kept->list_only != wanted->list_only
        || kept->periodic_mask != wanted->periodic_mask)
        return 0;
    return options_fit(&ewald->options, &kept->options) && means_fit(kept, wanted)
           && charges_fit(kept->charge_square, wanted->charge_square) && density_fits(kept, wanted)
           && (kept->method == LRPOT_EWALD_EXACT || mesh_fits(kept, wanted->cell));
}
