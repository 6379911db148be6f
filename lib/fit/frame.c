#include "fit/frame.h"

#include "core/error.h"
#include "core/memory.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

void lrpot__frame_free(lrpot__frame *frame)
{
    if (frame == NULL) return;
    void *blocks[] = { frame->species, frame->positions, frame->offsets, frame->j, frame->vectors, frame->energy, frame->forces, frame->stress,
                       frame->matrix, frame->gradient, frame->strain };
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) lrpot__free(blocks[i]);
    lrpot_nlist_free(frame->list);
    lrpot__free(frame);
}

int64_t lrpot__frame_rows(const lrpot__frame *frame) { return 1 + 3 * frame->n + 6 + 7; }

static lrpot_status copy_reference(double **out, const lrpot_structure *structure, int32_t quantity, int64_t n)
{
    const double *values = lrpot_structure_get(structure, quantity);
    if (values == NULL) return LRPOT_OK;
    *out = lrpot__duplicate(values, lrpot_quantity_size(quantity, n), sizeof *values);
    return *out == NULL ? LRPOT_E_MEMORY : LRPOT_OK;
}

static lrpot_status copy_references(lrpot__frame *frame, const lrpot_structure *structure)
{
    LRPOT__TRY(copy_reference(&frame->energy, structure, LRPOT_QUANTITY_ENERGY, frame->n));
    LRPOT__TRY(copy_reference(&frame->forces, structure, LRPOT_QUANTITY_FORCES, frame->n));
    if (frame->forces != NULL)
        frame->force_size = cblas_dnrm2((int)(3 * frame->n), frame->forces, 1) / sqrt(3.0 * (double)frame->n);
    if (frame->periodic) LRPOT__TRY(copy_reference(&frame->stress, structure, LRPOT_QUANTITY_STRESS, frame->n));
    if (frame->energy == NULL && frame->forces == NULL && frame->stress == NULL)
        return lrpot__fail(LRPOT_E_ARGUMENT, "structure of %lld atoms has no energy, forces or stress to fit", (long long)frame->n);
    return LRPOT_OK;
}

static lrpot_status copy_atoms(lrpot__frame *frame, const lrpot_atoms *atoms)
{
    frame->positions = lrpot__duplicate(atoms->positions, 3 * frame->n, sizeof(double));
    if (frame->positions == NULL) return LRPOT_E_MEMORY;
    if (atoms->cell != NULL) memcpy(frame->cell, atoms->cell, sizeof frame->cell);
    frame->atoms = *atoms;
    frame->atoms.positions = frame->positions;
    frame->atoms.cell = atoms->cell != NULL ? frame->cell : NULL;
    return LRPOT_OK;
}

static lrpot_status copy_neighbours(lrpot__frame *frame, double cutoff)
{
    const lrpot_atoms *atoms = &frame->atoms;
    LRPOT__TRY(lrpot_nlist_build(&frame->list, atoms, cutoff, 0.0));
    const lrpot_nlist *list = frame->list;
    int64_t pairs = lrpot_nlist_pairs(list);
    frame->offsets = lrpot__calloc(frame->n + 1, sizeof *frame->offsets);
    frame->j = lrpot__calloc(pairs, sizeof *frame->j);
    frame->vectors = lrpot__calloc(3 * pairs, sizeof *frame->vectors);
    if (frame->offsets != NULL && frame->j != NULL && frame->vectors != NULL)
        for (int64_t i = 0; i < frame->n; i++) {
            int64_t at = frame->offsets[i];
            frame->offsets[i + 1] = at + lrpot_nlist_row(list, atoms, i, pairs - at, frame->j + at, frame->vectors + 3 * at);
        }
    return frame->offsets != NULL && frame->j != NULL && frame->vectors != NULL ? LRPOT_OK : LRPOT_E_MEMORY;
}

static lrpot_status coulomb_matrices(lrpot__frame *frame, const lrpot_potential *potential, lrpot_workspace *work)
{
    int64_t n = frame->n, n2 = n * n;
    double *gradient = lrpot__calloc(3 * n2, sizeof(double));
    frame->matrix = lrpot__calloc(n2, sizeof(double));
    frame->gradient = lrpot__calloc(3 * n2, sizeof(double));
    if (frame->periodic) frame->strain = lrpot__calloc(6 * n2, sizeof(double));
    lrpot_status status = LRPOT_E_MEMORY;
    if (gradient != NULL && frame->matrix != NULL && frame->gradient != NULL && (!frame->periodic || frame->strain != NULL))
        status = lrpot_ewald_matrix(lrpot_potential_ewald(potential), work, &frame->atoms, frame->matrix, gradient, frame->strain);
    for (int64_t row = 0; status == LRPOT_OK && row < 3 * n; row++)
        for (int64_t j = 0; j < n; j++) frame->gradient[j * 3 * n + row] = gradient[row * n + j];
    lrpot__free(gradient);
    return status;
}

static lrpot_status prepare(lrpot__frame *frame, const lrpot_potential *potential, lrpot_workspace *work, const lrpot_structure *structure)
{
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    frame->species = lrpot__calloc(frame->n, sizeof *frame->species);
    if (frame->species == NULL) return LRPOT_E_MEMORY;
    LRPOT__TRY(lrpot_structure_view(structure, lrpot_potential_species_count(potential), lrpot_potential_symbols(potential),
                                    frame->species, &atoms));
    LRPOT__TRY(copy_references(frame, structure));
    LRPOT__TRY(copy_atoms(frame, &atoms));
    LRPOT__TRY(copy_neighbours(frame, lrpot_potential_cutoff(potential)));
    if (lrpot_potential_ewald(potential) != NULL) LRPOT__TRY(coulomb_matrices(frame, potential, work));
    return LRPOT_OK;
}

lrpot_status lrpot__frame_create(lrpot__frame **out, const lrpot_potential *potential, lrpot_workspace *work,
                                 const lrpot_structure *structure, int32_t set, double weight)
{
    lrpot__frame *frame = lrpot__calloc(1, sizeof *frame);
    if (frame == NULL) return LRPOT_E_MEMORY;
    const double *charge = lrpot_structure_get(structure, LRPOT_QUANTITY_TOTAL_CHARGE);
    frame->n = lrpot_structure_count(structure);
    frame->set = set;
    frame->weight = weight;
    frame->periodic = lrpot_structure_periodic_mask(structure) == LRPOT_PERIODIC_ALL;
    frame->volume = frame->periodic ? lrpot_structure_volume(structure) : 0.0;
    frame->total_charge = charge != NULL ? *charge : 0.0;
    lrpot_status status = prepare(frame, potential, work, structure);
    if (status != LRPOT_OK) {
        lrpot__frame_free(frame);
        return status;
    }
    *out = frame;
    return LRPOT_OK;
}
