#include "fit/jacobian/frame_gradient.h"

#include "basis/descriptor.h"
#include "charges/charge_eval.h"
#include "core/strain.h"
#include "fit/jacobian/assemble.h"
#include "fit/jacobian/charge_slopes.h"
#include "fit/jacobian/frame_adjoint.h"
#include "fit/local/directional.h"

#include <string.h>

enum { ATOMS = LRPOT__DIRECTIONAL_ATOMS };

/* The functional of a frame. */
typedef struct functional {
    lrpot__assembly *assembly;
    const lrpot__frame *frame;
    const double *u;
    double *gradient;
    double energy;        /* weight of the energy */
    const double *forces; /* [n][3] weights */
    double strain[9];     /* of the stress, over the volume */
    double rule[9];       /* of the sum rules, per atom */
} functional;

int32_t lrpot__frame_gradient_of_model(const lrpot__assembly *assembly)
{
    const lrpot_potential *potential = assembly->potential;
    return assembly->equilibrium == NULL && assembly->density == NULL && assembly->factor == NULL
           && potential->network == NULL && potential->basis->descriptor->trained
           && (potential->charges == NULL || potential->charges->network == NULL);
}

int32_t lrpot__frame_gradient_of_frame(const lrpot__frame *frame)
{
    for (int t = 0; t < LRPOT__TARGETS; t++)
        if (lrpot__targets[t]->predict != NULL && lrpot__targets[t]->pull == NULL
            && lrpot__frame_has(frame, t))
            return 0;
    return 1;
}

/* Not by a BLAS, which may start threads of its own for products as small as these. */
static double dot(int64_t n, const double *a, const double *b)
{
    enum { LANES = 8 };
    double sums[LANES] = { 0.0 }, rest = 0.0;
    int64_t k = 0;
    for (; k + LANES <= n; k += LANES)
        for (int l = 0; l < LANES; l++) sums[l] += a[k + l] * b[k + l];
    for (; k < n; k++) rest += a[k] * b[k];
    for (int l = 0; l < LANES; l++) rest += sums[l];
    return rest;
}

/* Components of a strain as a matrix [b][a]: direction b of the neighbour, component a of its
 * vector. */
static void strain_matrix(const double *components, double factor, double matrix[9])
{
    memset(matrix, 0, 9 * sizeof *matrix);
    for (int c = 0; c < LRPOT__STRAINS; c++)
        matrix[3 * lrpot__strain_column[c] + lrpot__strain_row[c]] = factor * components[c];
}

/* Directions of the neighbours of an atom: `weight` times those of forces and stress, plus
 * `rule_weight` times those of the sum rules. */
static void fill_directions(const functional *f, int64_t i, double weight, double rule_weight,
                            double *out)
{
    lrpot__neighbours near = lrpot__frame_neighbours(f->frame, i);
    double m[9];
    for (int c = 0; c < 9; c++) m[c] = weight * f->strain[c] + rule_weight * f->rule[c];
    for (int64_t k = 0; k < near.count; k++) {
        const double *r = near.vectors + 3 * k;
        for (int b = 0; b < 3; b++)
            out[3 * k + b] = weight * (f->forces[3 * i + b] - f->forces[3 * near.j[k] + b])
                             + m[3 * b] * r[0] + m[3 * b + 1] * r[1] + m[3 * b + 2] * r[2];
    }
}

/* Some atoms of one species. */
typedef struct batch {
    int32_t species;
    int64_t count, next; /* next: where to look for further atoms of the species */
    int64_t atoms[ATOMS];
} batch;

/* Goes on to the next batch of the frame; 0 behind the last. */
static int next_batch(const functional *f, batch *of)
{
    const lrpot__frame *frame = f->frame;
    of->count = 0;
    for (; of->species < f->assembly->potential->n_species; of->species++, of->next = 0) {
        for (; of->next < frame->n && of->count < ATOMS; of->next++)
            if (frame->species[of->next] == of->species) of->atoms[of->count++] = of->next;
        if (of->count > 0) return 1;
    }
    return 0;
}

static double *directions_of(const functional *f, int64_t lane)
{
    const lrpot__frame_adjoint *adjoint = f->assembly->adjoint;
    return adjoint->directions + 3 * lane * adjoint->neighbours;
}

static lrpot_status energy_gradient(functional *f)
{
    const lrpot_potential *potential = f->assembly->potential;
    const lrpot__parameter_layout *layout = &f->assembly->layout;
    const lrpot__frame *frame = f->frame;
    lrpot__directional *local = f->assembly->adjoint->energy;
    lrpot__directional_start(local);
    batch of = { 0 };
    while (next_batch(f, &of)) {
        lrpot__directional_atom atoms[ATOMS];
        for (int64_t lane = 0; lane < of.count; lane++) {
            int64_t i = of.atoms[lane], own = frame->species[i] * potential->species_stride;
            fill_directions(f, i, 1.0, 0.0, directions_of(f, lane));
            atoms[lane] = (lrpot__directional_atom){
                .neighbours = lrpot__frame_neighbours(frame, i),
                .directions = directions_of(f, lane),
                .coefficients = potential->linear + own,
                .value_weight = f->energy,
                .scale = 1.0,
                .linear = f->gradient + layout->energy_linear + own,
            };
            f->gradient[layout->energy_species + frame->species[i]] += f->energy;
            if (frame->source > 0)
                f->gradient[layout->offsets + (int64_t)(frame->source - 1) * potential->n_species
                            + frame->species[i]] += f->energy;
        }
        LRPOT__TRY(lrpot__directional_run(local, of.species, of.count, atoms, frame->species, 1));
    }
    lrpot__directional_end(local, f->gradient + layout->energy_radial);
    return LRPOT_OK;
}

/* Atom of a batch of the charges' basis. */
static lrpot__directional_atom charge_atom(const functional *f, int64_t i, int64_t lane)
{
    lrpot__assembly *assembly = f->assembly;
    int64_t linear =
        lrpot__assembly_linear_index(assembly, assembly->channel, f->frame->species[i]);
    lrpot__directional_atom atom = {
        .neighbours = lrpot__frame_neighbours(f->frame, i),
        .directions = directions_of(f, lane),
        .coefficients = lrpot__assembly_head(assembly, f->frame, assembly->channel, i).coefficients,
        .linear = f->gradient + assembly->layout.charge_linear + linear,
    };
    return atom;
}

/* Change of the bare charges along the direction of forces and stress. */
static lrpot_status charge_changes(functional *f)
{
    lrpot__frame_adjoint *adjoint = f->assembly->adjoint;
    const lrpot__frame *frame = f->frame;
    memset(adjoint->change, 0, (size_t)frame->n * sizeof(double));
    if (adjoint->charge == NULL || !lrpot__frame_has_forces(frame)) return LRPOT_OK;
    lrpot__directional_start(adjoint->charge);
    batch of = { 0 };
    while (next_batch(f, &of)) {
        lrpot__directional_atom atoms[ATOMS];
        for (int64_t lane = 0; lane < of.count; lane++) {
            fill_directions(f, of.atoms[lane], 1.0, 0.0, directions_of(f, lane));
            atoms[lane] = charge_atom(f, of.atoms[lane], lane);
        }
        LRPOT__TRY(lrpot__directional_run(adjoint->charge, of.species, of.count, atoms,
                                          frame->species, 0));
        for (int64_t lane = 0; lane < of.count; lane++)
            adjoint->change[of.atoms[lane]] =
                lrpot__charge_slope(f->assembly, frame, of.atoms[lane]) * atoms[lane].slope;
    }
    return LRPOT_OK;
}

static int has_strain(const lrpot__frame *frame)
{
    return frame->coulomb.strain != NULL && lrpot__frame_has(frame, LRPOT__TARGET_STRESS);
}

/* dL/dq: explicit forces, stress and energy, other targets; then by way of the potential, which
 * multiplies the changes of the charges. */
static void by_charges(functional *f)
{
    lrpot__assembly *assembly = f->assembly;
    lrpot__frame_adjoint *adjoint = assembly->adjoint;
    const lrpot__frame *frame = f->frame;
    int64_t n = frame->n;
    double *g = adjoint->by_charge;
    for (int i = 0; i < n; i++) {
        g[i] = f->energy * assembly->phi[i];
        for (int a = 0; a < 3; a++) {
            adjoint->pushed[3 * i + a] = assembly->q[i] * f->forces[3 * i + a];
            g[i] += f->forces[3 * i + a] * assembly->field[3 * i + a];
        }
        for (int c = 0; c < LRPOT__STRAINS && has_strain(frame); c++)
            g[i] += f->strain[3 * lrpot__strain_column[c] + lrpot__strain_row[c]]
                    * assembly->strained[6 * i + c];
    }
    for (int64_t i = 0; i < n; i++)
        g[i] += dot(3 * n, frame->coulomb.gradient + 3 * n * i, adjoint->pushed);
    for (int t = 0; t < LRPOT__TARGETS && assembly->channel == 0; t++)
        if (lrpot__targets[t]->pull != NULL && lrpot__frame_has(frame, t))
            lrpot__targets[t]->pull(assembly, frame, f->u + lrpot__frame_row(frame, t), g);
}

static double sum_over(int64_t n, const double *x)
{
    double sum = 0.0;
    for (int64_t i = 0; i < n; i++) sum += x[i];
    return sum;
}

/* Turns the changes of the bare charges into those of the charges, adds what the potential passes
 * on, and turns dL/dq into dL/dx of the bare charges. */
static void by_scalars(functional *f)
{
    lrpot__assembly *assembly = f->assembly;
    lrpot__frame_adjoint *adjoint = assembly->adjoint;
    const lrpot__frame *frame = f->frame;
    const double *share = assembly->potential->charges->own;
    const lrpot__redistribution *r = &assembly->moved;
    int64_t n = frame->n, own = assembly->layout.charge_own;
    double *g = adjoint->by_charge, *change = adjoint->change, total = sum_over(n, change),
           mean = 0.0;
    for (int64_t i = 0; i < n && assembly->redistribute; i++)
        change[i] -= share[frame->species[i]] * total / r->shares;
    for (int64_t i = 0; i < n; i++) g[i] += dot(n, frame->coulomb.matrix + n * i, change);
    for (int64_t i = 0; i < n && assembly->redistribute; i++)
        mean += share[frame->species[i]] * g[i] / r->shares;
    for (int64_t i = 0; i < n; i++) {
        adjoint->by_scalar[i] = g[i] - mean;
        if (!assembly->redistribute && assembly->channel == 0)
            adjoint->by_scalar[i] += f->u[lrpot__frame_row(frame, LRPOT__TARGET_SUM_RULES)]
                                     / (double)n;
        if (assembly->redistribute && own >= 0)
            f->gradient[own + frame->species[i]] +=
                ((g[i] - mean) * r->missing - total * assembly->w[i]) / r->shares;
    }
}

/* Gradient by the constants and slopes of the species. */
static void species_gradient(functional *f, int64_t i, double slope_along)
{
    lrpot__assembly *assembly = f->assembly;
    const lrpot_charges *charges = assembly->potential->charges;
    const lrpot__parameter_layout *layout = &assembly->layout;
    int32_t z = f->frame->species[i];
    double by_own = 0.0, slope = lrpot__charges_slope(charges, z, &by_own),
           by_scalar = assembly->adjoint->by_scalar[i];
    f->gradient[layout->charge_species + assembly->channel * charges->n_species + z] += slope
                                                                                        * by_scalar;
    if (charges->rules->slope != NULL && layout->charge_own >= 0)
        f->gradient[layout->charge_own + z] += by_own
                                               * (by_scalar * assembly->scalars[i] + slope_along);
}

static lrpot_status head_gradient(functional *f)
{
    lrpot__assembly *assembly = f->assembly;
    lrpot__directional *local = assembly->adjoint->charge;
    const lrpot__frame *frame = f->frame;
    for (int64_t i = 0; i < frame->n && local == NULL; i++) species_gradient(f, i, 0.0);
    if (local == NULL) return LRPOT_OK;
    lrpot__directional_start(local);
    batch of = { 0 };
    while (next_batch(f, &of)) {
        lrpot__directional_atom atoms[ATOMS];
        for (int64_t lane = 0; lane < of.count; lane++) {
            int64_t i = of.atoms[lane];
            fill_directions(f, i, assembly->w[i], assembly->channel == 0 ? 1.0 : 0.0,
                            directions_of(f, lane));
            atoms[lane] = charge_atom(f, i, lane);
            atoms[lane].value_weight = assembly->adjoint->by_scalar[i];
            atoms[lane].scale = lrpot__charge_slope(assembly, frame, i);
        }
        LRPOT__TRY(lrpot__directional_run(local, of.species, of.count, atoms, frame->species, 1));
        for (int64_t lane = 0; lane < of.count; lane++)
            species_gradient(f, of.atoms[lane], atoms[lane].slope);
    }
    lrpot__directional_end(local, f->gradient + assembly->layout.charge_radial);
    return LRPOT_OK;
}

/* Charges, potentials and strained potentials of a channel that is not the last predicted one. */
static lrpot_status recall_channel(functional *f, int32_t channel)
{
    lrpot__assembly *assembly = f->assembly;
    const lrpot__frame *frame = f->frame;
    int64_t n = frame->n;
    if (assembly->channel == channel) return LRPOT_OK;
    LRPOT__TRY(lrpot__assembly_charges(assembly, frame, channel));
    for (int c = 0; c < LRPOT__STRAINS && has_strain(frame); c++)
        for (int64_t i = 0; i < n; i++)
            assembly->strained[6 * i + c] =
                dot(n, frame->coulomb.strain + (c * n + i) * n, assembly->q);
    return LRPOT_OK;
}

lrpot_status lrpot__frame_gradient(lrpot__assembly *assembly, const lrpot__frame *frame,
                                   const double *u, double *gradient)
{
    const double *stress = u + lrpot__frame_row(frame, LRPOT__TARGET_STRESS),
                 *rules = u + lrpot__frame_row(frame, LRPOT__TARGET_SUM_RULES);
    functional f = { .assembly = assembly,
                     .frame = frame,
                     .u = u,
                     .gradient = gradient,
                     .energy = u[lrpot__frame_row(frame, LRPOT__TARGET_ENERGY)],
                     .forces = u + lrpot__frame_row(frame, LRPOT__TARGET_FORCES) };
    LRPOT__TRY(lrpot__frame_adjoint_create(&assembly->adjoint, assembly->potential));
    LRPOT__TRY(lrpot__frame_adjoint_reserve(assembly->adjoint, frame));
    if (frame->periodic) strain_matrix(stress, 1.0 / frame->volume, f.strain);
    strain_matrix(rules + 1, 1.0 / (double)frame->n, f.rule);
    if (lrpot__frame_has_energies(frame)) LRPOT__TRY(energy_gradient(&f));
    for (int32_t c = 0; c < lrpot_charges_channels(assembly->potential->charges); c++) {
        LRPOT__TRY(recall_channel(&f, c));
        LRPOT__TRY(charge_changes(&f));
        by_charges(&f);
        by_scalars(&f);
        LRPOT__TRY(head_gradient(&f));
    }
    return LRPOT_OK;
}
