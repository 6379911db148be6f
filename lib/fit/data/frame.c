#include "fit/data/frame.h"

#include "core/error.h"
#include "core/memory.h"
#include "core/struct_size.h"
#include "fit/data/frame_parts.h"
#include "structure/electrodes.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

void lrpot__frame_free(lrpot__frame *frame)
{
    if (frame == NULL) return;
    for (int t = 0; t < LRPOT__TARGETS; t++) lrpot__free(frame->blocks[t].reference);
    void *blocks[] = {
        frame->species,          frame->positions,          frame->neighbours.offsets,
        frame->neighbours.j,     frame->neighbours.vectors, frame->sign,
        frame->born.gamma,       frame->born.unit_born,     frame->fragment.of_atom,
        frame->born.unwrapped,   frame->coulomb.matrix,     frame->coulomb.gradient,
        frame->fragment.charges, frame->coulomb.strain,     frame->coulomb.points,
        frame->coulomb.moments
    };
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) lrpot__free(blocks[i]);
    lrpot_nlist_free(frame->neighbours.list);
    lrpot__free(frame);
}

static lrpot_status refuse_missing(const lrpot__frame *frame, const char *name)
{
    return lrpot__fail(LRPOT_E_ARGUMENT,
                       "structure of %lld atoms has no %s, which is a target of the fit",
                       (long long)frame->n, name);
}

/* Copies charges that are not a target: they still determine the sign. */
static lrpot_status copy_sign(lrpot__frame *frame, const lrpot_structure *structure)
{
    const double *charges = lrpot_structure_get(structure, LRPOT_QUANTITY_CHARGES),
                 *born = lrpot_structure_get(structure, LRPOT_QUANTITY_BORN_CHARGES);
    if (charges == NULL && born == NULL) return LRPOT_OK;
    frame->sign = lrpot__calloc(frame->n, sizeof *frame->sign);
    if (frame->sign == NULL) return LRPOT_E_MEMORY;
    for (int64_t i = 0; i < frame->n; i++)
        frame->sign[i] = charges != NULL ? charges[i]
                                         : (born[9 * i] + born[9 * i + 4] + born[9 * i + 8]) / 3.0;
    return LRPOT_OK;
}

static int target_allowed(const lrpot__target *target, const lrpot_structure *structure)
{
    int32_t mask = lrpot_structure_periodic_mask(structure);
    if (target->boundary == LRPOT_FIT_BOUNDARY_PERIODIC) return mask == LRPOT_PERIODIC_ALL;
    return target->boundary == LRPOT_FIT_BOUNDARY_ISOLATED ? mask == 0 : 1;
}

int32_t lrpot__frame_wanted(const lrpot_structure *structure, const lrpot_fit_frame *how,
                            int32_t targets)
{
    int32_t wanted = LRPOT_FIT_TARGET(LRPOT__TARGET_SUM_RULES);
    for (int t = 0; t < LRPOT__TARGET_SUM_RULES; t++)
        if ((targets != 0 ? (targets >> t) & 1 : lrpot__targets[t]->usual)
            && target_allowed(lrpot__targets[t], structure) && !(how->target_weights[t] < 0.0))
            wanted |= LRPOT_FIT_TARGET(t);
    return wanted;
}

static lrpot_status read_references(lrpot__frame *frame, const lrpot_structure *structure,
                                    int32_t wanted, int strict)
{
    int found = 0;
    for (int t = 0; t < LRPOT__TARGETS; t++) {
        lrpot__block *block = &frame->blocks[t];
        LRPOT__TRY(lrpot__targets[t]->read(frame, structure, block));
        if ((wanted & LRPOT_FIT_TARGET(t)) == 0) {
            lrpot__free(block->reference);
            block->reference = NULL;
        } else if (block->reference == NULL && strict && frame->set == LRPOT_FIT_TRAIN)
            return refuse_missing(frame, lrpot__targets[t]->label);
        found |= block->reference != NULL && t != LRPOT__TARGET_SUM_RULES;
        if (block->reference != NULL && lrpot__targets[t]->order > frame->order)
            frame->order = lrpot__targets[t]->order;
    }
    if (!found && !strict)
        return lrpot__fail(LRPOT_E_ARGUMENT,
                           "structure of %lld atoms has nothing to fit: none of the targets, or of "
                           "energy, forces and stress",
                           (long long)frame->n);
    return copy_sign(frame, structure);
}

/* Numbers the rows. Those that all frames have come first. */
static void number_rows(lrpot__frame *frame)
{
    frame->rows = 0;
    for (int pass = 1; pass >= 0; pass--)
        for (int t = 0; t < LRPOT__TARGETS; t++) {
            lrpot__block *block = &frame->blocks[t];
            if (lrpot__targets[t]->always != pass) continue;
            int there = pass || block->reference != NULL;
            block->first = there ? frame->rows : -1;
            frame->rows += there ? block->count : 0;
        }
}

/* Numbers the fragments that have atoms. numbers [fragments]: their new numbers. */
static lrpot_status number_fragments(lrpot__frame *frame, const lrpot_atoms *atoms,
                                     int32_t *numbers)
{
    for (int32_t f = 0; f < atoms->n_fragments; f++) numbers[f] = -1;
    for (int64_t i = 0; i < frame->n; i++) {
        int32_t f = atoms->fragments[i];
        if (numbers[f] < 0) {
            frame->fragment.charges[frame->fragment.n] =
                atoms->fragment_charges != NULL ? atoms->fragment_charges[f] : 0.0;
            numbers[f] = (int32_t)frame->fragment.n++;
        }
        frame->fragment.of_atom[i] = numbers[f];
    }
    for (int32_t f = 0; f < atoms->n_fragments; f++)
        if (numbers[f] < 0 && atoms->fragment_charges != NULL && atoms->fragment_charges[f] != 0.0)
            return lrpot__fail(LRPOT_E_ARGUMENT, "fragment %d has a charge of %g e but no atoms", f,
                               atoms->fragment_charges[f]);
    return LRPOT_OK;
}

/* Copies the fragments. Without fragments the whole system is one. */
static lrpot_status copy_fragments(lrpot__frame *frame, const lrpot_atoms *atoms)
{
    int64_t room = atoms->n_fragments > 1 ? atoms->n_fragments : 1;
    frame->fragment.of_atom = lrpot__calloc(frame->n, sizeof *frame->fragment.of_atom);
    frame->fragment.charges = lrpot__calloc(room, sizeof *frame->fragment.charges);
    int32_t *numbers = lrpot__calloc(room, sizeof *numbers);
    lrpot_status status = frame->fragment.of_atom != NULL && frame->fragment.charges != NULL
                                  && numbers != NULL
                              ? LRPOT_OK
                              : LRPOT_E_MEMORY;
    if (status == LRPOT_OK && atoms->fragments == NULL) {
        frame->fragment.n = 1;
        frame->fragment.charges[0] = atoms->total_charge;
    } else if (status == LRPOT_OK) {
        status = number_fragments(frame, atoms, numbers);
        frame->atoms.fragments = frame->fragment.of_atom;
        frame->atoms.fragment_charges = frame->fragment.charges;
        frame->atoms.n_fragments = (int32_t)frame->fragment.n;
    }
    lrpot__free(numbers);
    return status;
}

static lrpot_status copy_atoms(lrpot__frame *frame, const lrpot_atoms *atoms)
{
    LRPOT__TRY(lrpot__refuse_electrodes(atoms, "a fit"));
    frame->positions = lrpot__duplicate(atoms->positions, 3 * frame->n, sizeof(double));
    if (frame->positions == NULL) return LRPOT_E_MEMORY;
    if (atoms->cell != NULL) memcpy(frame->cell, atoms->cell, sizeof frame->cell);
    for (int64_t k = 0; k < 3 * frame->n; k++)
        frame->born.centre[k % 3] += frame->positions[k] / (double)frame->n;
    LRPOT__COPY_INPUT(&frame->atoms, atoms);
    frame->atoms.positions = frame->positions;
    frame->atoms.cell = atoms->cell != NULL ? frame->cell : NULL;
    frame->total_charge = atoms->total_charge;
    return copy_fragments(frame, atoms);
}

lrpot_status lrpot__frame_apply_born_factor(lrpot__frame *frame, double cutoff)
{
    double *born = frame->blocks[LRPOT__TARGET_BORN].reference;
    if (born == NULL) return LRPOT_OK;
    LRPOT__TRY(lrpot__frame_extend(frame, cutoff));
    if (frame->born.factored) return LRPOT_OK;
    frame->born.factored = 1;
    cblas_dscal((int)(9 * frame->n), frame->born.screening, born, 1);
    for (int64_t k = 0; k < 9 * frame->n; k++)
        if (k % 9 % 4 == 0) born[k] -= frame->total_charge / (double)frame->n;
    return LRPOT_OK;
}

static lrpot_status prepare(lrpot__frame *frame, const lrpot_potential *potential,
                            lrpot_workspace *work, const lrpot_structure *structure)
{
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    frame->species = lrpot__calloc(frame->n, sizeof *frame->species);
    if (frame->species == NULL) return LRPOT_E_MEMORY;
    LRPOT__TRY(lrpot_structure_view(structure, lrpot_potential_species_count(potential),
                                    lrpot_potential_symbols(potential), frame->species, &atoms));
    number_rows(frame);
    LRPOT__TRY(copy_atoms(frame, &atoms));
    frame->kept = 1;
    frame->neighbours.reach = lrpot_potential_cutoff(potential);
    LRPOT__TRY(lrpot__frame_take(frame, potential, work));
    for (int t = 0; t < LRPOT__TARGETS; t++)
        if (lrpot__targets[t]->prepare != NULL && lrpot__frame_has(frame, t))
            LRPOT__TRY(lrpot__targets[t]->prepare(frame, potential, work, structure));
    return LRPOT_OK;
}

static void copy_weights(lrpot__frame *frame, const lrpot_fit_frame *how)
{
    frame->set = how->set;
    frame->source = how->source;
    frame->weight = how->weight != 0.0 ? how->weight : 1.0;
    for (int t = 0; t < LRPOT__TARGETS; t++) {
        double own = t < LRPOT__TARGET_SUM_RULES ? how->target_weights[t] : 1.0;
        frame->factors[t] = sqrt(frame->weight * (own > 0.0 ? own : 1.0));
    }
}

lrpot_status lrpot__frame_create(lrpot__frame **out, const lrpot_potential *potential,
                                 lrpot_workspace *work, const lrpot_structure *structure,
                                 const lrpot_fit_frame *how, int32_t targets, int32_t flags)
{
    lrpot__frame *frame = lrpot__calloc(1, sizeof *frame);
    if (frame == NULL) return LRPOT_E_MEMORY;
    copy_weights(frame, how);
    frame->n = lrpot_structure_count(structure);
    frame->periodic = lrpot_structure_periodic_mask(structure) == LRPOT_PERIODIC_ALL;
    frame->volume = frame->periodic ? lrpot_structure_volume(structure) : 0.0;
    int strict = targets != 0 && (flags & LRPOT_FIT_SKIP_MISSING) == 0;
    lrpot_status status =
        read_references(frame, structure, lrpot__frame_wanted(structure, how, targets), strict);
    if (status == LRPOT_OK) status = prepare(frame, potential, work, structure);
    if (status != LRPOT_OK) {
        lrpot__frame_free(frame);
        return status;
    }
    *out = frame;
    return LRPOT_OK;
}
