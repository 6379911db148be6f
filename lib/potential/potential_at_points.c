/* Electrostatic potential of a model's charges at points in space. A test charge without extent is
 * one more species of the Coulomb sum. */
#include "potential/potential_at_points.h"

#include "charges/charge_eval.h"
#include "core/error.h"
#include "core/finite.h"
#include "core/memory.h"
#include "potential/coulomb_part.h"
#include "potential/structure_input.h"

#include <math.h>
#include <string.h>

enum { POINTS_AT_ONCE = 256 }; /* number of points at once in a matrix over atoms and points */

/* Atoms and points as one system. */
typedef struct {
    lrpot_ewald *ewald;
    lrpot_atoms atoms; /* view of the arrays below */
    double *positions;
    int32_t *species;
} probe;

static double width_of(const lrpot_potential *potential, int32_t species)
{
    const lrpot_charges *charges = potential->charges;
    if (charges->rules->width != NULL) return charges->rules->width(charges, species);
    return potential->widths != NULL ? potential->widths[species] : 0.0;
}

static lrpot_status create_ewald(const lrpot_potential *potential, lrpot_ewald **out)
{
    double *widths = lrpot__calloc(potential->n_species + 1, sizeof *widths);
    if (widths == NULL) return LRPOT_E_MEMORY;
    for (int32_t z = 0; z < potential->n_species; z++) widths[z] = width_of(potential, z);
    lrpot_ewald_options options = LRPOT_EWALD_OPTIONS_INIT;
    options.accuracy = potential->accuracy;
    options.widths = widths;
    options.n_widths = potential->n_species + 1;
    lrpot_status status = lrpot_ewald_create(out, &options);
    lrpot__free(widths);
    return status;
}

static void probe_free(probe *p)
{
    lrpot_ewald_free(p->ewald);
    lrpot__free(p->positions);
    lrpot__free(p->species);
}

/* Creates a probe for n points. */
static lrpot_status probe_create(probe *p, const lrpot_potential *potential,
                                 const lrpot_atoms *atoms, int64_t n)
{
    int64_t stride = atoms->stride != 0 ? atoms->stride : 3, count = atoms->n_owned;
    *p = (probe){ NULL, *atoms, NULL, NULL };
    p->positions = lrpot__calloc(3 * (count + n), sizeof *p->positions);
    p->species = lrpot__calloc(count + n, sizeof *p->species);
    lrpot_status status = p->positions != NULL && p->species != NULL
                              ? create_ewald(potential, &p->ewald)
                              : LRPOT_E_MEMORY;
    if (status != LRPOT_OK) {
        probe_free(p);
        return status;
    }
    for (int64_t i = 0; i < count; i++) {
        memcpy(p->positions + 3 * i, atoms->positions + i * stride, 3 * sizeof *p->positions);
        p->species[i] = atoms->species[i];
    }
    for (int64_t i = count; i < count + n; i++) p->species[i] = potential->n_species;
    p->atoms.positions = p->positions;
    p->atoms.species = p->species;
    p->atoms.stride = 0;
    p->atoms.fragments = NULL;
    p->atoms.fragment_potentials = NULL;
    p->atoms.ghost_owner = NULL;
    return LRPOT_OK;
}

static void set_points(probe *p, int64_t atoms, int64_t n, const double *points)
{
    memcpy(p->positions + 3 * atoms, points, (size_t)(3 * n) * sizeof *points);
    p->atoms.n_owned = p->atoms.n_all = atoms + n;
}

static lrpot_status explain(lrpot_status status, int64_t first, int64_t n)
{
    if (status != LRPOT_E_COINCIDENT) return status;
    return lrpot__fail(LRPOT_E_COINCIDENT,
                       "one of the points %lld to %lld of the potential is at the place of an atom "
                       "or of another point",
                       (long long)first, (long long)(first + n - 1));
}

/* Columns first to first + count of matrix [atoms][n]. */
static lrpot_status some_columns(probe *p, lrpot_workspace *work, int64_t atoms, int64_t n,
                                 int64_t first, int64_t count, double *square, double *matrix)
{
    lrpot_status status = lrpot_ewald_matrix(p->ewald, work, &p->atoms, square, NULL, NULL);
    if (status != LRPOT_OK) return explain(status, first, count);
    for (int64_t j = 0; j < atoms; j++)
        memcpy(matrix + j * n + first, square + j * (atoms + count) + atoms,
               (size_t)count * sizeof *matrix);
    return LRPOT_OK;
}

lrpot_status lrpot__points_matrix(const lrpot_potential *potential, lrpot_workspace *work,
                                  const lrpot_atoms *atoms, int64_t n, const double *points,
                                  double *matrix)
{
    probe p;
    int64_t most = n < POINTS_AT_ONCE ? n : POINTS_AT_ONCE, side = atoms->n_owned + most;
    LRPOT__TRY(probe_create(&p, potential, atoms, most));
    double *square = lrpot__calloc(side * side, sizeof *square);
    lrpot_status status = square != NULL ? LRPOT_OK : LRPOT_E_MEMORY;
    for (int64_t first = 0; status == LRPOT_OK && first < n; first += POINTS_AT_ONCE) {
        int64_t count = n - first < POINTS_AT_ONCE ? n - first : POINTS_AT_ONCE;
        set_points(&p, atoms->n_owned, count, points + 3 * first);
        status = some_columns(&p, work, atoms->n_owned, n, first, count, square, matrix);
    }
    lrpot__free(square);
    probe_free(&p);
    return status;
}

/* Potentials of the points first to first + n: the atoms carry q, the points no charge. */
static lrpot_status some_values(probe *p, lrpot_workspace *work, int64_t atoms, int64_t first,
                                int64_t n, const double *points, const double *q, double *all)
{
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.potential = all;
    set_points(p, atoms, n, points);
    LRPOT__TRY(explain(lrpot_ewald_eval(p->ewald, work, &p->atoms, NULL, NULL, q, &out), first, n));
    return lrpot__finite_total("potentials of the points", n, all + atoms);
}

static lrpot_status check_call(const lrpot_potential *potential, const lrpot_atoms *atoms,
                               int64_t n, const double *points)
{
    if (potential->charges == NULL)
        return lrpot__fail(LRPOT_E_UNSUPPORTED,
                           "the model has no charges, so no electrostatic potential");
    LRPOT__TRY(lrpot__charges_require_single(potential->charges, "the potential at points"));
    LRPOT__TRY(lrpot__charges_require_order(potential->charges, 0, "the potential at points"));
    LRPOT__TRY(lrpot__potential_solver(potential, "the potential at points"));
    if (atoms->n_all != atoms->n_owned)
        return lrpot__fail(LRPOT_E_UNSUPPORTED, "the potential at points of a system with ghosts");
    if (n < 0) return lrpot__fail(LRPOT_E_ARGUMENT, "%lld points", (long long)n);
    for (int64_t k = 0; k < 3 * n; k++)
        if (!isfinite(points[k]))
            return lrpot__fail(LRPOT_E_NOT_FINITE, "coordinate %lld of point %lld is %g",
                               (long long)(k % 3), (long long)(k / 3), points[k]);
    return LRPOT_OK;
}

lrpot_status lrpot_potential_points(const lrpot_potential *potential, lrpot_workspace *work,
                                    const lrpot_atoms *atoms, const lrpot_nlist *list, int64_t n,
                                    const double *points, double *values)
{
    LRPOT__REQUIRE_NOT_NULL(potential);
    LRPOT__REQUIRE_NOT_NULL(work);
    LRPOT__REQUIRE_NOT_NULL(atoms);
    LRPOT__REQUIRE_NOT_NULL(list);
    if (n > 0) LRPOT__REQUIRE_NOT_NULL(points);
    if (n > 0) LRPOT__REQUIRE_NOT_NULL(values);
    LRPOT__TRY(check_call(potential, atoms, n, points));
    if (n == 0) return LRPOT_OK;
    probe p;
    double unit = potential->charge_unit;
    /* points are neighbours of each other, too: with many at once they cost more than the atoms */
    int64_t own = atoms->n_owned, most = own > POINTS_AT_ONCE ? own : POINTS_AT_ONCE;
    if (most > n) most = n;
    LRPOT__TRY(probe_create(&p, potential, atoms, most));
    double *q = lrpot__calloc(2 * (own + most), sizeof *q), *all = q + own + most;
    lrpot_status status = q != NULL
                              ? lrpot_charges_eval(potential->charges, work, atoms, list, NULL, q)
                              : LRPOT_E_MEMORY;
    for (int64_t first = 0; status == LRPOT_OK && first < n; first += most) {
        int64_t count = n - first < most ? n - first : most;
        status = some_values(&p, work, own, first, count, points + 3 * first, q, all);
        for (int64_t k = 0; status == LRPOT_OK && k < count; k++)
            values[first + k] = unit * unit * all[own + k];
    }
    lrpot__free(q);
    probe_free(&p);
    return status;
}

lrpot_status lrpot_potential_points_structure(const lrpot_potential *potential,
                                              lrpot_workspace *work,
                                              const lrpot_structure *structure, int64_t n,
                                              const double *points, double *values)
{
    LRPOT__REQUIRE_NOT_NULL(potential);
    LRPOT__REQUIRE_NOT_NULL(work);
    LRPOT__REQUIRE_NOT_NULL(structure);
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    const lrpot_nlist *list = NULL;
    LRPOT__TRY(lrpot__potential_input(potential, work, structure, &atoms, &list));
    return lrpot_potential_points(potential, work, &atoms, list, n, points, values);
}
