/* Local part of the second derivatives: finite differences for one atom in a cluster, cut out of
 * the crystal with all atoms within reach. */
#include "phonons/crystal_cluster.h"

#include "charges/charge_eval.h"
#include "charges/density_terms.h"
#include "charges/heads.h"
#include "core/central_difference.h"
#include "core/error.h"
#include "core/memory.h"

#include <math.h>
#include <string.h>

/* Cluster: the atom with index 0, then those with it in their neighbourhood (owned), then the
 * neighbours of these (ghosts). */
typedef struct {
    lrpot_phonons *p;
    lrpot_workspace *work;
    /* A: distances of owned atoms, whose scalars or bonds see the first, and of their neighbours */
    double step, reach, outer;
    lrpot_nlist *crystal, *list;
    lrpot_atoms atoms;
    int64_t room;
    int64_t *origin;                      /* atom of the cell */
    double *vectors;                      /* [n_all][3] from the atom with index 0 */
    double *positions, *forces, *columns; /* [n_all][3], [n_all][3], [3][n_all][3] */
    int32_t *species, *row;
    double *row_vectors, *weights; /* weights [heads][n_owned] */
    /* of densities: scalars [heads][n_owned], potentials and weights of moments, both of the owned
     * atoms in the order of density_terms.h */
    double *scalars, *felt, *picked;
} cluster;

static void finish(cluster *c)
{
    lrpot_nlist_free(c->crystal);
    lrpot_nlist_free(c->list);
    void *arrays[] = { c->origin, c->vectors,     c->positions, c->forces,  c->columns, c->species,
                       c->row,    c->row_vectors, c->weights,   c->scalars, c->felt,    c->picked };
    for (size_t k = 0; k < sizeof arrays / sizeof arrays[0]; k++) lrpot__free(arrays[k]);
}

static lrpot_status start(cluster *c)
{
    const lrpot_phonons *p = c->p;
    LRPOT__TRY(lrpot_nlist_build(&c->crystal, &p->atoms, c->outer, 0.0));
    for (int64_t i = 0; i < p->n; i++)
        c->room = lrpot_nlist_degree(c->crystal, i) + 1 > c->room
                      ? lrpot_nlist_degree(c->crystal, i) + 1
                      : c->room;
    c->origin = lrpot__calloc(c->room, sizeof *c->origin);
    c->vectors = lrpot__calloc(3 * c->room, sizeof *c->vectors);
    c->positions = lrpot__calloc(3 * c->room, sizeof *c->positions);
    c->forces = lrpot__calloc(3 * c->room, sizeof *c->forces);
    c->columns = lrpot__calloc(9 * c->room, sizeof *c->columns);
    c->species = lrpot__calloc(c->room, sizeof *c->species);
    c->row = lrpot__calloc(c->room, sizeof *c->row);
    c->row_vectors = lrpot__calloc(3 * c->room, sizeof *c->row_vectors);
    c->weights = lrpot__calloc(p->heads * c->room, sizeof *c->weights);
    c->scalars = lrpot__calloc(p->heads * c->room, sizeof *c->scalars);
    c->felt = lrpot__calloc(p->rows * c->room, sizeof *c->felt);
    c->picked = lrpot__calloc(p->rows * c->room, sizeof *c->picked);
    int complete = c->origin != NULL && c->vectors != NULL && c->positions != NULL
                   && c->forces != NULL && c->columns != NULL;
    return complete && c->species != NULL && c->row != NULL && c->row_vectors != NULL
                   && c->weights != NULL && c->scalars != NULL && c->felt != NULL
                   && c->picked != NULL
               ? LRPOT_OK
               : LRPOT_E_MEMORY;
}

static void place(cluster *c, int64_t origin, const double *vector)
{
    int64_t at = c->atoms.n_all++;
    c->origin[at] = origin;
    c->species[at] = c->p->species[origin];
    memcpy(c->vectors + 3 * at, vector, 3 * sizeof *vector);
}

/* Index of component m of atom i of n. */
static int64_t moment(int64_t n, int64_t i, int64_t m)
{
    return m == 0 ? i : m < 4 ? n + 3 * i + m - 1 : 4 * n + 9 * i + m - 4;
}

static void copy_potentials(cluster *c)
{
    int64_t n = c->atoms.n_owned;
    for (int64_t i = 0; i < n; i++)
        for (int64_t m = 0; m < c->p->rows; m++)
            c->felt[moment(n, i, m)] = c->p->felt[moment(c->p->n, c->origin[i], m)];
}

static lrpot_status cut_out(cluster *c, int64_t atom)
{
    static const double here[3] = { 0.0, 0.0, 0.0 };
    int64_t count =
        lrpot_nlist_row(c->crystal, &c->p->atoms, atom, c->room, c->row, c->row_vectors);
    c->atoms = (lrpot_atoms)LRPOT_ATOMS_INIT;
    c->atoms.total_charge =
        /* total charge of the crystal: networks may have it as an input */
        c->p->atoms.total_charge;
    place(c, atom, here);
    for (int ghosts = 0; ghosts < 2; ghosts++) {
        for (int64_t k = 0; k < count; k++) {
            const double *v = c->row_vectors + 3 * k;
            int outside = v[0] * v[0] + v[1] * v[1] + v[2] * v[2] > c->reach * c->reach;
            if (outside == ghosts) place(c, c->row[k], v);
        }
        if (!ghosts) c->atoms.n_owned = c->atoms.n_all;
    }
    memcpy(c->positions, c->vectors, (size_t)(3 * c->atoms.n_all) * sizeof *c->positions);
    c->atoms.positions = c->positions;
    c->atoms.species = c->species;
    if (c->p->density != NULL) copy_potentials(c);
    for (int32_t h = 0; h < c->p->heads; h++)
        for (int64_t i = 0; i < c->atoms.n_owned; i++)
            c->weights[h * c->atoms.n_owned + i] = c->p->weights[h * c->p->n + c->origin[i]];
    lrpot_nlist_free(c->list);
    c->list = NULL;
    return lrpot_nlist_build(&c->list, &c->atoms, lrpot_potential_cutoff(c->p->potential),
                             4.0 * c->step);
}

/* Bonds and capacities of a density in the cluster as it is. */
static lrpot_status density_terms(cluster *c, lrpot__density_terms *terms)
{
    const lrpot_charges *charges = c->p->potential->charges;
    lrpot__charge_call call = { .charges = charges,
                                .work = c->work,
                                .atoms = &c->atoms,
                                .list = c->list,
                                .scalars = c->scalars,
                                .groups = lrpot__charge_groups_of(&c->atoms),
                                .cut_out = 1 };
    LRPOT__TRY(lrpot__heads_eval(charges, c->work, &c->atoms, c->list, c->scalars));
    return lrpot__density_terms_of(&call, terms);
}

/* Adds the forces of p.x0 - factor p.R u at fixed potentials. */
static lrpot_status add_density(cluster *c, const double *p, double factor, lrpot_outputs *out)
{
    lrpot__density_terms terms;
    LRPOT__TRY(density_terms(c, &terms));
    lrpot__density_differentiate_terms(&terms, p, c->felt, factor, c->weights, out);
    return lrpot__heads_pull(c->p->potential->charges, c->work, &c->atoms, c->list, c->weights,
                             out);
}

/* columns[axis] += factor times the forces with the atom moved. */
static lrpot_status add_forces(cluster *c, int axis, double displacement, double factor)
{
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    const lrpot_potential *potential = c->p->potential;
    double *column = c->columns + 3 * c->room * axis;
    out.forces = c->forces;
    c->positions[axis] = displacement;
    lrpot_status status = lrpot_potential_local(potential, c->work, &c->atoms, c->list, &out);
    if (status == LRPOT_OK && c->p->density != NULL) status = add_density(c, c->felt, 0.5, &out);
    else if (status == LRPOT_OK && c->p->heads > 0)
        status =
            lrpot__heads_pull(potential->charges, c->work, &c->atoms, c->list, c->weights, &out);
    c->positions[axis] = 0.0;
    for (int64_t k = 0; status == LRPOT_OK && k < 3 * c->atoms.n_all; k++)
        column[k] += factor * c->forces[k];
    return status;
}

/* 4th order: 12 h F'(0) = F(-2h) - 8 F(-h) + 8 F(h) - F(2h). */
static lrpot_status differences(cluster *c)
{
    memset(c->columns, 0, (size_t)(9 * c->room) * sizeof *c->columns);
    for (int axis = 0; axis < 3; axis++)
        for (int k = 0; k < LRPOT__DIFFERENCE_POINTS; k++)
            LRPOT__TRY(add_forces(c, axis, lrpot__difference_steps[k] * c->step,
                                  -lrpot__difference_factors[k] / (12.0 * c->step)));
    return LRPOT_OK;
}

static lrpot_status keep_couplings(cluster *c)
{
    lrpot_phonons *p = c->p;
    void *array = p->couplings;
    LRPOT__TRY(lrpot__grow(&array, &p->couplings_room, p->n_couplings + c->atoms.n_all,
                           sizeof *p->couplings));
    p->couplings = array;
    for (int64_t i = 0; i < c->atoms.n_all; i++) {
        lrpot__coupling *to = &p->couplings[p->n_couplings];
        *to = (lrpot__coupling){ .image = { .home = c->origin[0], .other = c->origin[i] } };
        memcpy(to->image.vector, c->vectors + 3 * i, 3 * sizeof(double));
        double largest = 0.0;
        for (int k = 0; k < 9; k++) {
            to->block[k] = c->columns[3 * c->room * (k / 3) + 3 * i + k % 3];
            largest = fmax(largest, fabs(to->block[k]));
        }
        if (largest > 0.0) p->n_couplings++;
    }
    return LRPOT_OK;
}

/* Forces of -x_m of the atom with index 0. */
static lrpot_status pull_slope(cluster *c, int64_t m)
{
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    int64_t n = c->atoms.n_owned;
    out.forces = c->forces;
    memset(c->forces, 0, (size_t)(3 * c->atoms.n_all) * sizeof *c->forces);
    if (c->p->density != NULL) {
        memset(c->picked, 0, (size_t)(c->p->rows * n) * sizeof *c->picked);
        c->picked[moment(n, 0, m)] = 1.0;
        return add_density(c, c->picked, 1.0, &out);
    }
    memset(c->weights, 0, (size_t)(c->p->heads * n) * sizeof *c->weights);
    c->weights[m * n] = 1.0;
    return lrpot__heads_pull(c->p->potential->charges, c->work, &c->atoms, c->list, c->weights,
                             &out);
}

/* dx_h/dr of the atom with index 0 by all its neighbours. */
static lrpot_status keep_slopes(cluster *c)
{
    lrpot_phonons *p = c->p;
    int64_t first = p->n_slopes, n = c->atoms.n_owned, heads = p->rows;
    double slope = lrpot__charges_slope(p->potential->charges, c->species[0], NULL);
    void *images = p->slopes, *values = p->slope_values;
    LRPOT__TRY(lrpot__grow(&images, &p->slopes_room, first + n, sizeof *p->slopes));
    p->slopes = images;
    LRPOT__TRY(lrpot__grow(&values, &p->slope_values_room, 3 * heads * (first + n),
                           sizeof *p->slope_values));
    p->slope_values = values;
    for (int64_t i = 0; i < n; i++) {
        p->slopes[first + i] = (lrpot__image){ .home = c->origin[0], .other = c->origin[i] };
        memcpy(p->slopes[first + i].vector, c->vectors + 3 * i, 3 * sizeof(double));
    }
    for (int64_t h = 0; h < heads; h++) {
        LRPOT__TRY(pull_slope(c, h));
        for (int64_t i = 0; i < 3 * n; i++)
            p->slope_values[3 * (heads * (first + i / 3) + h) + i % 3] = -slope * c->forces[i];
    }
    p->n_slopes = first + n;
    return LRPOT_OK;
}

/* Corrects the diagonal. The Hermitian part is taken later; its effect on translations is
 * compensated on the atom itself. */
static void correct_diagonal(lrpot_phonons *p)
{
    for (int64_t k = 0; k < p->n_couplings; k++) {
        const lrpot__coupling *c = &p->couplings[k];
        for (int x = 0; x < 9; x++) {
            double half = 0.25 * (c->block[x] + c->block[3 * (x % 3) + x / 3]);
            p->home[9 * c->image.home + x] -= half;
            p->home[9 * c->image.other + x] -= half;
        }
    }
}

lrpot_status lrpot__crystal_local(lrpot_phonons *p, lrpot_workspace *work, double step)
{
    cluster c = { .p = p, .work = work, .step = step };
    double cutoff = lrpot_potential_cutoff(p->potential) + 4.0 * step;
    /* a bond sees the neighbourhoods of both its ends */
    c.reach = cutoff + (p->density != NULL ? p->potential->charges->options.reach : 0.0);
    c.outer = c.reach + cutoff;
    lrpot_status status = start(&c);
    for (int64_t i = 0; i < p->n && status == LRPOT_OK; i++) {
        status = cut_out(&c, i);
        if (status == LRPOT_OK) status = differences(&c);
        if (status == LRPOT_OK) status = keep_couplings(&c);
        if (status == LRPOT_OK && p->heads > 0
            && (p->density != NULL || p->potential->charges->basis != NULL))
            status = keep_slopes(&c);
    }
    finish(&c);
    if (status == LRPOT_OK) correct_diagonal(p);
    return status;
}
