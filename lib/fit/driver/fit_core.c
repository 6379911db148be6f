#include "fit/driver/fit_core.h"

#include "core/error.h"
#include "core/memory.h"
#include "basis/moments.h"
#include "fit/data/frame_parts.h"
#include "fit/driver/fit_processes.h"
#include "potential/core_repulsion.h"

#include <lrpot/potential.h>
#include <lrpot/structure.h>

#include <math.h>
#include <string.h>

/* BINS_PER_A: resolution of distances, which processes share as counts. DOUBLINGS: of the
 * strength. */
enum { BINS_PER_A = 100, DOUBLINGS = 10, POINTS = 13 };
/* of the shortest distance: the core's end, so that frames a little hotter than the data do not
 * meet it; and of that: where the search for a strength begins, and its step */
static const double END = 0.95, FIRST = 0.95, STEP = 0.05;
/* of the sum of covalent radii, for pairs of species that are in no frame */
static const double UNSEEN = 0.7;

/* The closest pair of two species in the frames of this process. */
typedef struct {
    double distance;
    const lrpot__frame *frame;
    int64_t i, j;
    double vector[3]; /* from i to j */
} closest;

static void look_at(closest *pairs, int32_t S, const lrpot__frame *frame)
{
    for (int64_t i = 0; i < frame->n; i++)
        for (int64_t k = frame->neighbours.offsets[i]; k < frame->neighbours.offsets[i + 1]; k++) {
            const double *v = frame->neighbours.vectors + 3 * k;
            int64_t j = frame->neighbours.j[k];
            int32_t a = frame->species[i], b = frame->species[j];
            closest *pair = &pairs[a < b ? a * S + b : b * S + a];
            double r = sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
            if (r >= pair->distance) continue;
            *pair = (closest){ r, frame, i, j, { v[0], v[1], v[2] } };
        }
}

/* The smallest value of all processes for each pair, in steps of 1/BINS_PER_A. */
static lrpot_status shared_least(const lrpot_fit *fit, const closest *pairs, double *outer)
{
    const double cutoff = lrpot_potential_cutoff(fit->potential);
    int64_t S = fit->potential->n_species, bins = (int64_t)(BINS_PER_A * cutoff) + 1;
    double *counts = lrpot__calloc(S * S * bins, sizeof *counts);
    if (counts == NULL) return LRPOT_E_MEMORY;
    for (int64_t k = 0; k < S * S; k++)
        if (pairs[k].distance < cutoff)
            counts[k * bins + (int64_t)(BINS_PER_A * pairs[k].distance)] = 1.0;
    lrpot_status status = lrpot__fit_sum(fit, counts, S * S * bins);
    for (int64_t k = 0; k < S * S; k++) {
        int64_t bin = 0;
        while (bin < bins && counts[k * bins + bin] == 0.0) bin++;
        outer[k] = bin < bins ? END * (double)bin / BINS_PER_A : INFINITY;
    }
    lrpot__free(counts);
    return status;
}

static lrpot_status energy_of(lrpot_fit *fit, const lrpot_atoms *atoms, double *energy)
{
    lrpot_nlist *list = NULL;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.energy = energy;
    lrpot_status status =
        lrpot_nlist_build(&list, atoms, lrpot_potential_cutoff(fit->potential), 0.0);
    if (status == LRPOT_OK)
        status = lrpot_potential_compute(fit->potential, fit->work, atoms, list, NULL, &out);
    lrpot_nlist_free(list);
    return status;
}

/* The model's energy with the two atoms of a pair at a distance, both moved along their line. */
static lrpot_status energy_in_frame(lrpot_fit *fit, const closest *pair, double distance,
                                    double *energy)
{
    const lrpot__frame *frame = pair->frame;
    double part = 0.5 * (1.0 - distance / pair->distance);
    lrpot_atoms atoms = frame->atoms;
    double *positions = lrpot__duplicate(frame->positions, 3 * frame->n, sizeof *positions);
    if (positions == NULL) return LRPOT_E_MEMORY;
    for (int a = 0; a < 3; a++) {
        positions[3 * pair->i + a] += part * pair->vector[a];
        positions[3 * pair->j + a] -= part * pair->vector[a];
    }
    atoms.positions = positions;
    atoms.stride = 3;
    lrpot_status status = energy_of(fit, &atoms, energy);
    lrpot__free(positions);
    return status;
}

/* The same of the two atoms alone. */
static lrpot_status energy_alone(lrpot_fit *fit, const closest *pair, double distance,
                                 double *energy)
{
    const double positions[6] = { 0.0, 0.0, 0.0, distance, 0.0, 0.0 };
    const int32_t species[2] = { pair->frame->species[pair->i], pair->frame->species[pair->j] };
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    atoms.n_owned = atoms.n_all = 2;
    atoms.positions = positions;
    atoms.species = species;
    return energy_of(fit, &atoms, energy);
}

typedef lrpot_status (*approach)(lrpot_fit *fit, const closest *pair, double distance,
                                 double *energy);

/* Smallest power of 2 with which the energy rises from point to point; energies without core. */
static int32_t doublings_of(const double *energies, const double *core, int32_t n)
{
    double factor = 1.0;
    for (int32_t k = 0; k < DOUBLINGS; k++, factor *= 2.0) {
        int rises = 1;
        for (int32_t x = 1; x < n; x++)
            rises = rises
                    && energies[x] + factor * core[x] > energies[x - 1] + factor * core[x - 1];
        if (rises) return k;
    }
    return DOUBLINGS;
}

static lrpot_status probe(lrpot_fit *fit, const closest *pair, double outer, approach energy_at,
                          int32_t *doublings)
{
    const char *const *symbols = lrpot_potential_symbols(fit->potential);
    double energies[POINTS], core[POINTS], slope;
    int32_t n = 0;
    lrpot__zbl zbl = lrpot__zbl_of(LRPOT_COULOMB_CONSTANT,
                                   lrpot_element_number(symbols[pair->frame->species[pair->i]]),
                                   lrpot_element_number(symbols[pair->frame->species[pair->j]]));
    zbl.outer = outer;
    zbl.inner = 0.5 * outer;
    lrpot_status status = LRPOT_OK;
    for (; n < POINTS && status == LRPOT_OK; n++) {
        double r = (FIRST - STEP * n) * outer;
        core[n] = lrpot__zbl_eval(&zbl, r, &slope);
        status = energy_at(fit, pair, r, &energies[n]);
    }
    /* where the model has no energy, the search ends before */
    if (status == LRPOT_E_MEMORY) return status;
    int32_t here = doublings_of(energies, core, status == LRPOT_OK ? n : n - 1);
    *doublings = here > *doublings ? here : *doublings;
    return LRPOT_OK;
}

/* Strengths of the pairs that are closest in a frame of this process, and the largest of all
 * processes. */
static lrpot_status strengths(lrpot_fit *fit, const closest *pairs, const double *outer,
                              double *strength)
{
    enum { CHOICES = DOUBLINGS + 1 };
    int64_t S = fit->potential->n_species;
    double *counts = lrpot__calloc(S * S * CHOICES, sizeof *counts);
    if (counts == NULL) return LRPOT_E_MEMORY;
    lrpot_status status = LRPOT_OK;
    for (int64_t k = 0; k < S * S && status == LRPOT_OK; k++) {
        int32_t doublings = 0;
        int mine = END * (pairs[k].distance - 1.0 / BINS_PER_A) < outer[k];
        if (!mine || outer[k] == 0.0 || pairs[k].i == pairs[k].j) continue;
        status = probe(fit, &pairs[k], outer[k], energy_in_frame, &doublings);
        if (status == LRPOT_OK) status = probe(fit, &pairs[k], outer[k], energy_alone, &doublings);
        counts[k * CHOICES + doublings] = 1.0;
    }
    if (status == LRPOT_OK) status = lrpot__fit_sum(fit, counts, S * S * CHOICES);
    for (int64_t k = 0; k < S * S; k++) {
        int32_t most = 0;
        for (int32_t x = 0; x < CHOICES; x++)
            if (counts[k * CHOICES + x] > 0.0) most = x;
        strength[k] = ldexp(1.0, most);
    }
    lrpot__free(counts);
    return status;
}

/* Ends for species that are in no frame together, and none for those that are no elements; upper
 * triangle. */
static void complete(const lrpot_potential *potential, double *outer)
{
    int32_t S = potential->n_species;
    double cutoff = lrpot_potential_cutoff(potential);
    for (int32_t a = 0; a < S; a++)
        for (int32_t b = a; b < S; b++) {
            const char *one = potential->symbols[a], *other = potential->symbols[b];
            double *r = &outer[a * S + b];
            if (isinf(*r)) *r = UNSEEN * (lrpot_element_radius(one) + lrpot_element_radius(other));
            if (lrpot_element_number(one) == 0 || lrpot_element_number(other) == 0) *r = 0.0;
            *r = fmin(*r, cutoff);
        }
}

static void mirror(int32_t S, double *values)
{
    for (int32_t a = 0; a < S; a++)
        for (int32_t b = 0; b < a; b++) values[a * S + b] = values[b * S + a];
}

/* The basis of the energy (0) or of the charges (1), NULL where there is none or the fit holds it.
 */
static lrpot_basis *free_basis(const lrpot_fit *fit, int32_t which)
{
    const lrpot_potential *potential = fit->potential;
    int64_t first = which == 0 ? fit->layout.energy_radial : fit->layout.charge_radial;
    if (which == 1 && potential->charges == NULL) return NULL;
    if (first >= 0 && fit->held != NULL && fit->held[first] == LRPOT__FIT_HELD) return NULL;
    lrpot_basis *basis = which == 0 ? potential->basis : potential->charges->basis;
    return basis != NULL && basis->descriptor->trained ? basis : NULL;
}

/* Functions of a pair come to rest below its shortest distance. */
static lrpot_status let_rest(const lrpot_fit *fit, const double *outer)
{
    int32_t S = fit->potential->n_species;
    lrpot_status status = LRPOT_OK;
    for (int32_t k = 0; k < 2 && status == LRPOT_OK; k++) {
        lrpot_basis *basis = free_basis(fit, k);
        double *rest = lrpot__calloc((int64_t)S * S, sizeof *rest);
        if (rest == NULL) return LRPOT_E_MEMORY;
        for (int32_t p = 0; p < S * S && basis != NULL; p++)
            rest[p] = fmin(outer[p] / END, basis->options.cutoff);
        if (basis != NULL) status = lrpot__basis_set_rest(basis, rest);
        lrpot__free(rest);
    }
    return status;
}

static lrpot_status make(lrpot_fit *fit, closest *pairs, double *outer, double *strength)
{
    int32_t S = fit->potential->n_species;
    for (int32_t k = 0; k < S * S; k++) pairs[k].distance = INFINITY;
    for (int64_t f = 0; f < fit->data.n_frames; f++) {
        LRPOT__TRY(lrpot__frame_take_neighbours(fit->data.frames[f]));
        look_at(pairs, S, fit->data.frames[f]);
        lrpot__frame_leave(fit->data.frames[f]);
    }
    LRPOT__TRY(shared_least(fit, pairs, outer));
    complete(fit->potential, outer);
    mirror(S, outer);
    LRPOT__TRY(let_rest(fit, outer));
    LRPOT__TRY(strengths(fit, pairs, outer, strength));
    mirror(S, strength);
    return lrpot_potential_set_core(fit->potential, outer, strength);
}

/* The loss of a fit knows no core, and functions that go on. */
lrpot_status lrpot__fit_remove_core(lrpot_fit *fit)
{
    lrpot_potential *potential = fit->potential;
    for (int32_t k = 0; k < 2; k++) {
        lrpot_basis *basis = free_basis(fit, k);
        if (basis != NULL) LRPOT__TRY(lrpot__basis_set_rest(basis, NULL));
    }
    return potential->core != NULL ? lrpot_potential_set_core(potential, NULL, NULL) : LRPOT_OK;
}

lrpot_status lrpot__fit_make_core(lrpot_fit *fit)
{
    int64_t count = (int64_t)fit->potential->n_species * fit->potential->n_species;
    LRPOT__TRY(lrpot__fit_remove_core(fit));
    /* a descriptor that is not trained here keeps its numbers, and a repulsion of its own */
    if ((fit->options.flags & LRPOT_FIT_NO_CORE) != 0
        || !fit->potential->basis->descriptor->trained)
        return LRPOT_OK;
    closest *pairs = lrpot__calloc(count, sizeof *pairs);
    double *outer = lrpot__calloc(count, sizeof *outer),
           *strength = lrpot__calloc(count, sizeof *strength);
    lrpot_status status = pairs != NULL && outer != NULL && strength != NULL
                              ? make(fit, pairs, outer, strength)
                              : LRPOT_E_MEMORY;
    lrpot__free(pairs);
    lrpot__free(outer);
    lrpot__free(strength);
    return status;
}
