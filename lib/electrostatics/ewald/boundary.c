/* Boxes and truncation radii of systems that do not repeat in every direction. */
#include "electrostatics/ewald/boundary.h"

#include "core/algebra.h"
#include "core/constants.h"
#include "core/error.h"
#include "electrostatics/splitting/splitting.h"

#include <math.h>
#include <string.h>

/* A: least thickness of a layer of atoms in the estimate of its density */
#define THINNEST 2.0

/* Extents are rounded up to a geometric series. Boxes then seldom change while atoms move, and
 * processes find the largest extent by adding up counts per step of the series. */
#define RATIO 1.06
#define SMALLEST 0.05 /* A */
#define STEPS 320     /* up to 6e6 A */

/* Largest number of cubes in which atoms are counted. Each cube is identified by a number made of
 * its indices. If more are occupied, larger cubes are used. */
#define CUBES 4096
#define CUBE 8.0 /* A */

static double size_step(int step)
{
    return SMALLEST * pow(RATIO, step);
}

static int size_step_above(double length)
{
    double step = length > SMALLEST ? ceil(log(length / SMALLEST) / log(RATIO)) : 0.0;
    return (int)fmin(step, STEPS - 1);
}

/* out = a x b; returns its length. */
static double cross_product(const double *a, const double *b, double *out)
{
    lrpot__cross3(a, b, out);
    return sqrt(lrpot__dot3(out, out));
}

/* Number of the only bit that is set in a mask of three. */
static int32_t only_bit(int32_t mask)
{
    return mask == 1 ? 0 : mask == 2 ? 1 : 2;
}

/* Two unit vectors across a wire. The first is across the axis of space that the wire is farthest
 * from, so that it turns smoothly with the wire. */
static void find_across(const double *wire, double across[3][3])
{
    double axis[3] = { 0.0, 0.0, 0.0 }, unit[3], size = sqrt(lrpot__dot3(wire, wire));
    int least = 0;
    for (int x = 0; x < 3; x++) {
        unit[x] = wire[x] / size;
        if (fabs(unit[x]) < fabs(unit[least])) least = x;
    }
    axis[least] = 1.0;
    size = cross_product(unit, axis, across[0]);
    for (int x = 0; x < 3; x++) across[0][x] /= size;
    cross_product(unit, across[0], across[1]);
}

static void find_directions(const lrpot_atoms *atoms, lrpot__boundary *b)
{
    int32_t mask = atoms->periodic_mask;
    for (int d = 0; d < 3; d++)
        for (int x = 0; x < 3; x++) b->across[d][x] = x == d ? 1.0 : 0.0;
    if (b->kind == LRPOT__SLAB) {
        b->axis = only_bit(LRPOT_PERIODIC_ALL & ~mask);
        double area = cross_product(atoms->cell + 3 * ((b->axis + 1) % 3),
                                    atoms->cell + 3 * ((b->axis + 2) % 3), b->across[0]);
        for (int x = 0; x < 3; x++) b->across[0][x] /= area;
    }
    if (b->kind == LRPOT__WIRE) {
        b->axis = only_bit(mask);
        find_across(atoms->cell + 3 * b->axis, b->across);
    }
    for (int x = 0; x < 9; x++) b->along[x] = x % 4 == 0 ? 1.0 : 0.0;
    for (int d = 0; d < b->n_across; d++)
        for (int x = 0; x < 9; x++) b->along[x] -= b->across[d][x / 3] * b->across[d][x % 3];
}

static void find_kind(const lrpot_atoms *atoms, lrpot__boundary *b)
{
    static const int32_t kinds[4] = { LRPOT__OPEN, LRPOT__WIRE, LRPOT__SLAB, LRPOT__REPEATED };
    int count = 0;
    for (int d = 0; d < 3; d++) count += atoms->periodic_mask >> d & 1;
    b->kind = kinds[count];
    b->n_across = 3 - count;
    find_directions(atoms, b);
}

/* Finds the mean position, so that extents do not depend on the position of the system. */
static lrpot_status find_middle(const lrpot_atoms *atoms, const lrpot_comm *comm,
                                lrpot__boundary *b)
{
    int64_t stride = atoms->stride > 0 ? atoms->stride : 3;
    double sum[4] = { 0.0, 0.0, 0.0, (double)atoms->n_owned };
    for (int64_t i = 0; i < atoms->n_owned; i++)
        for (int x = 0; x < 3; x++) sum[x] += atoms->positions[i * stride + x];
    if (comm != NULL && comm->sum != NULL) LRPOT__TRY(comm->sum(comm->ctx, sum, 4));
    for (int x = 0; x < 3; x++) b->middle[x] = sum[3] > 0.0 ? sum[x] / sum[3] : 0.0;
    return LRPOT_OK;
}

/* Highest step of the series that any process has marked. */
static lrpot_status highest(const lrpot_comm *comm, int *step)
{
    double marks[STEPS] = { 0.0 };
    if (comm == NULL || comm->sum == NULL) return LRPOT_OK;
    marks[*step] = 1.0;
    LRPOT__TRY(comm->sum(comm->ctx, marks, STEPS));
    for (int s = 0; s < STEPS; s++)
        if (marks[s] > 0.0) *step = s;
    return LRPOT_OK;
}

static int cube_of(const double *r, const double *middle, double side)
{
    uint64_t mixed = 0;
    for (int x = 0; x < 3; x++) {
        double place = fmin(fmax(floor((r[x] - middle[x]) / side), -1e9), 1e9);
        mixed = (mixed + (uint64_t)(int64_t)place) * 0x9E3779B97F4A7C15u;
        mixed ^= mixed >> 29;
    }
    return (int)(mixed * 0xBF58476D1CE4E5B9u >> 52);
}

/* Density around an atom. For two droplets far from each other it is that of the droplets, not that
 * of the volume between them. */
static lrpot_status find_density(const lrpot_atoms *atoms, const lrpot_comm *comm,
                                 lrpot__boundary *b)
{
    int64_t stride = atoms->stride > 0 ? atoms->stride : 3, occupied = CUBES;
    for (double side = CUBE; 8 * occupied > CUBES && side < size_step(STEPS); side *= 2.0) {
        double counts[CUBES] = { 0.0 }, atoms_seen = 0.0, pairs = 0.0;
        for (int64_t i = 0; i < atoms->n_owned; i++)
            counts[cube_of(atoms->positions + i * stride, b->middle, side)] += 1.0;
        if (comm != NULL && comm->sum != NULL) LRPOT__TRY(comm->sum(comm->ctx, counts, CUBES));
        occupied = 0;
        for (int c = 0; c < CUBES; c++) {
            occupied += counts[c] > 0.0;
            atoms_seen += counts[c];
            pairs += counts[c] * (counts[c] - 1.0);
        }
        b->density = atoms_seen > 0.0 ? pairs / (atoms_seen * side * side * side) : 0.0;
    }
    return LRPOT_OK;
}

lrpot_status lrpot__boundary_measure(const lrpot_atoms *atoms, const lrpot_comm *comm,
                                     lrpot__boundary *out)
{
    int64_t stride = atoms->stride > 0 ? atoms->stride : 3;
    memset(out, 0, sizeof *out);
    find_kind(atoms, out);
    if (out->kind == LRPOT__REPEATED) return LRPOT_OK;
    LRPOT__TRY(find_middle(atoms, comm, out));
    LRPOT__TRY(find_density(atoms, comm, out));
    for (int d = 0; d < out->n_across; d++) {
        const double *along = out->across[d];
        double low = 0.0, high = 0.0;
        for (int64_t i = 0; i < atoms->n_owned; i++) {
            const double *r = atoms->positions + i * stride;
            double z = lrpot__dot3(along, r) - lrpot__dot3(along, out->middle);
            low = fmin(low, z);
            high = fmax(high, z);
        }
        int below = size_step_above(-low), above = size_step_above(high);
        LRPOT__TRY(highest(comm, &below));
        LRPOT__TRY(highest(comm, &above));
        out->extent[d] = size_step(below) + size_step(above);
    }
    return LRPOT_OK;
}

int lrpot__boundary_fits(const lrpot__boundary *b, const lrpot__splitting *kept)
{
    for (int d = 0; d < b->n_across; d++)
        if (b->extent[d] > kept->room[d] || 1.5 * b->extent[d] + THINNEST < kept->room[d]) return 0;
    return 1;
}

/* A: distance from its end beyond which the truncation of a kernel has no effect. For prolates it
 * is the cutoff. For a Gaussian, the tail counts for all charges in a layer, which the cutoff in
 * real space does not include. */
static double needed_padding(const lrpot__splitting *split)
{
    double alpha = split->pair.screening.alpha,
           accuracy = split->options.accuracy / split->charge_square;
    if (!(alpha > 0.0)) return split->pair.cutoff;
    return sqrt(fmax(1.0, log(100.0 * LRPOT_COULOMB_CONSTANT * alpha * alpha / accuracy))) / alpha;
}

void lrpot__boundary_box(lrpot__boundary *b, const lrpot_atoms *atoms,
                         const lrpot__splitting *split, double *box)
{
    const double *room = split->room;
    if (b->kind == LRPOT__SLAB) {
        /* Half the box: the sines in the kernel vanish, and the distance to the copies is the
         * truncation radius. */
        b->radius = room[0] + split->padding;
        memcpy(box, atoms->cell, 9 * sizeof *box);
        for (int x = 0; x < 3; x++) box[3 * b->axis + x] = 2.0 * b->radius * b->across[0][x];
        return;
    }
    double square = 0.0;
    for (int d = 0; d < b->n_across; d++) square += room[d] * room[d];
    b->radius = sqrt(square) + split->padding;
    b->section = 1.0;
    memset(box, 0, 9 * sizeof *box);
    for (int d = 0, row = 0; d < b->n_across; d++, row++) {
        double edge = room[d] + b->radius + split->padding;
        b->section *= edge;
        if (b->kind == LRPOT__WIRE && row == b->axis) row++;
        for (int x = 0; x < 3; x++) box[3 * row + x] = edge * b->across[d][x];
    }
    if (b->kind == LRPOT__WIRE)
        memcpy(box + 3 * b->axis, atoms->cell + 3 * b->axis, 3 * sizeof *box);
}

double lrpot__boundary_density(const lrpot__boundary *b, const lrpot_atoms *atoms, int64_t n)
{
    double room = 1.0, normal[3];
    for (int d = 0; d < b->n_across; d++) room *= fmax(b->extent[d], THINNEST);
    if (b->kind == LRPOT__SLAB)
        room *= cross_product(atoms->cell + 3 * ((b->axis + 1) % 3),
                              atoms->cell + 3 * ((b->axis + 2) % 3), normal);
    if (b->kind == LRPOT__WIRE)
        room *= sqrt(lrpot__dot3(atoms->cell + 3 * b->axis, atoms->cell + 3 * b->axis));
    return fmax(b->density, (double)n / room);
}

static double box_volume(const double *box)
{
    double normal[3];
    cross_product(box, box + 3, normal);
    return fabs(lrpot__dot3(normal, box + 6));
}

lrpot_status lrpot__boundary_choose(const lrpot__boundary *b, const lrpot_ewald *ewald,
                                    const lrpot_atoms *atoms, const lrpot__splitting_inputs *wanted,
                                    lrpot__splitting *out)
{
    /* One step more than needed: atoms may move without a new choice. */
    lrpot__splitting guess = { .room = { RATIO * b->extent[0], RATIO * b->extent[1],
                                         RATIO * b->extent[2] } };
    lrpot__boundary boxed = *b;
    lrpot__splitting_inputs now = *wanted;
    double box[9], needed = 3.0;
    for (int d = 0; d < b->n_across; d++)
        if (b->extent[d] >= size_step(STEPS - 1))
            return lrpot__fail(LRPOT_E_ARGUMENT,
                               "the system extends over %g A or more along the non-periodic "
                               "direction %d, expected at most %.3g A",
                               b->extent[d], d, size_step(STEPS - 1));
    now.cell = box;
    for (double more = 1.02; needed > guess.padding;
         more *= 1.02) { /* a larger box asks for little more padding: few rounds */
        guess.padding = more * needed;
        lrpot__boundary_box(&boxed, atoms, &guess, box);
        now.volume = box_volume(box);
        LRPOT__TRY(lrpot__splitting_choose(ewald, &now, out));
        needed = needed_padding(out);
    }
    memcpy(out->room, guess.room, sizeof out->room);
    out->padding = guess.padding;
    return LRPOT_OK;
}
