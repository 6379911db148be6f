#include "drive/driven_system.h"
#include "cli/nan_extremes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int driven_has_response(const driven *system)
{
    return system->tensors != NULL || lrpot_potential_charges(system->model) != NULL;
}

int driven_has_dipole(const driven *system)
{
    lrpot_tensor_options options = LRPOT_TENSOR_OPTIONS_INIT;
    if (system->tensors == NULL) return lrpot_potential_charges(system->model) != NULL;
    return lrpot_tensor_model_get_options(system->tensors, &options) == LRPOT_OK
           && options.kind == LRPOT_TENSORS_DIPOLE;
}

static lrpot_status reserve_tensors(driven *system, int64_t n)
{
    if (system->tensors == NULL) return LRPOT_OK;
    system->tensor_species = calloc((size_t)n, sizeof *system->tensor_species);
    return system->tensor_species != NULL
               ? lrpot_workspace_create(&system->tensor_work, system->threads)
               : LRPOT_E_MEMORY;
}

static lrpot_status reserve(driven *system, int64_t n)
{
    size_t size = (size_t)n * sizeof(double);
    int has_charges = lrpot_potential_charges(system->model) != NULL;
    system->n = n;
    system->species = malloc((size_t)n * sizeof *system->species);
    system->positions = malloc(3 * size);
    system->listed_positions = malloc(3 * size);
    system->forces = malloc(3 * size);
    system->charges = has_charges ? malloc(size) : NULL;
    system->born = system->wants_born ? malloc(9 * size) : NULL;
    int good = system->species != NULL && system->positions != NULL
               && system->listed_positions != NULL && system->forces != NULL
               && (system->charges != NULL || !has_charges)
               && (system->born != NULL || !system->wants_born);
    return good ? reserve_tensors(system, n) : LRPOT_E_MEMORY;
}

lrpot_status driven_from(driven *out, const lrpot_structure *structure)
{
    out->told = (lrpot_atoms)LRPOT_ATOMS_INIT;
    lrpot_status status = reserve(out, lrpot_structure_count(structure));
    if (status == LRPOT_OK) status = lrpot_structure_clone(&out->origin, structure);
    if (status != LRPOT_OK) return status;
    out->periodic_mask = lrpot_structure_periodic_mask(structure);
    if (out->tensors != NULL) {
        lrpot_tensor_options options = LRPOT_TENSOR_OPTIONS_INIT;
        status = lrpot_tensor_model_get_options(out->tensors, &options);
        if (status == LRPOT_OK)
            status = lrpot_structure_view(structure, options.n_species, options.symbols,
                                          out->tensor_species, &out->told);
        if (status != LRPOT_OK) return status;
    }
    return lrpot_structure_view(out->origin, lrpot_potential_species_count(out->model),
                                lrpot_potential_symbols(out->model), out->species, &out->told);
}

lrpot_status driven_of_one_species(driven *out, int64_t n)
{
    lrpot_status status = reserve(out, n);
    if (status != LRPOT_OK) return status;
    memset(out->species, 0, (size_t)n * sizeof *out->species);
    out->told = (lrpot_atoms)LRPOT_ATOMS_INIT;
    out->periodic_mask = LRPOT_PERIODIC_ALL;
    for (int64_t i = 0; out->tensors != NULL && i < n; i++)
        out->tensor_species[i] = out->tensor_first;
    return LRPOT_OK;
}

/* F with new = old F for rows; returns 0 if the old cell has no volume. */
static int deformation(const double *old, const double *new, double *F)
{
    double inverse[9], volume = 0.0;
    for (int a = 0; a < 3; a++)
        for (int b = 0; b < 3; b++) {
            int a1 = (a + 1) % 3, a2 = (a + 2) % 3, b1 = (b + 1) % 3, b2 = (b + 2) % 3;
            inverse[3 * b + a] = old[3 * a1 + b1] * old[3 * a2 + b2]
                                 - old[3 * a1 + b2] * old[3 * a2 + b1];
        }
    for (int b = 0; b < 3; b++) volume += old[b] * inverse[3 * b];
    if (volume == 0.0) return 0;
    for (int a = 0; a < 3; a++)
        for (int b = 0; b < 3; b++) {
            F[3 * a + b] = 0.0;
            for (int c = 0; c < 3; c++)
                F[3 * a + b] += inverse[3 * a + c] * new[3 * c + b] / volume;
        }
    return 1;
}

/* 1 if the list still holds every pair within the cutoff R. The cell was deformed by F, and u is
 * the largest displacement of an atom beside this deformation. A pair that was farther apart than R
 * + skin is now farther apart than (1 - |F - 1|)(R + skin) - 2 u. */
static int list_holds(const driven *system)
{
    double F[9] = { 1, 0, 0, 0, 1, 0, 0, 0, 1 }, strain = 0.0, farthest = 0.0,
           cutoff = lrpot_nlist_cutoff(system->list);
    if (memcmp(system->cell, system->listed_cell, sizeof system->cell) != 0
        && !deformation(system->listed_cell, system->cell, F))
        return 0;
    for (int k = 0; k < 9; k++) strain += (F[k] - (k % 4 == 0)) * (F[k] - (k % 4 == 0));
    double room = (1.0 - sqrt(strain)) * (cutoff + system->skin) - cutoff;
    for (int64_t i = 0; i < system->n; i++) {
        const double *old = system->listed_positions + 3 * i, *now = system->positions + 3 * i;
        double square = 0.0;
        for (int b = 0; b < 3; b++) {
            double way = now[b] - (old[0] * F[b] + old[1] * F[3 + b] + old[2] * F[6 + b]);
            square += way * way;
        }
        farthest = larger(farthest, square);
    }
    return room > 2.0 * sqrt(farthest);
}

static lrpot_status list_for(driven *system, const lrpot_atoms *atoms)
{
    lrpot_status status = LRPOT_OK;
    double cutoff = lrpot_potential_cutoff(system->model);
    if (system->tensors != NULL) cutoff = fmax(cutoff, lrpot_tensor_model_cutoff(system->tensors));
    if (system->list == NULL)
        status = lrpot_nlist_build(&system->list, atoms, cutoff, system->skin);
    else if (list_holds(system)) return LRPOT_OK;
    else status = lrpot_nlist_rebuild(system->list, atoms);
    if (status != LRPOT_OK) return status;
    memcpy(system->listed_positions, system->positions,
           (size_t)(3 * system->n) * sizeof *system->positions);
    memcpy(system->listed_cell, system->cell, sizeof system->cell);
    system->n_lists++;
    return LRPOT_OK;
}

/* Adds energy, forces and virial of the field. */
static lrpot_status add_field(driven *system, const lrpot_atoms *atoms)
{
    lrpot_outputs outputs = LRPOT_OUTPUTS_INIT;
    if (!system->has_field) return LRPOT_OK;
    outputs.flags = LRPOT_ADD;
    outputs.forces = system->forces;
    if (system->tensors != NULL)
        return lrpot_tensor_model_field_forces(system->tensors, system->tensor_work, atoms,
                                               system->list, NULL, system->path.field.value,
                                               &outputs);
    double virial[9] = { 0.0 };
    outputs.virial = virial;
    outputs.energy = &system->energy;
    lrpot_status status =
        field_path_add(&system->path, system->model, system->work, atoms, system->list, &outputs);
    /* The torque of a fixed vector on the dipole is nothing that servers take. */
    for (int k = 0; k < 9; k++) system->virial[k] += 0.5 * (virial[k] + virial[k % 3 * 3 + k / 3]);
    return status;
}

static lrpot_status response_of_tensors(driven *system, const lrpot_atoms *atoms)
{
    lrpot_status status = LRPOT_OK;
    for (int64_t i = 0; system->charges != NULL && i < system->n; i++)
        system->charges[i] *= system->screening.scale;
    if (driven_has_dipole(system))
        status = lrpot_tensor_model_dipole(system->tensors, system->tensor_work, atoms,
                                           system->list, system->dipole);
    if (system->born == NULL || status != LRPOT_OK) return status;
    status = lrpot_tensor_model_born_charges(system->tensors, system->tensor_work, atoms,
                                             system->list, system->born, NULL);
    return status == LRPOT_OK ? lrpot_response_project(system->n, atoms->total_charge, system->born)
                              : status;
}

static lrpot_status response(driven *system, const lrpot_atoms *atoms)
{
    if (system->charges == NULL) return LRPOT_OK;
    double total = 0.0;
    for (int64_t i = 0; i < system->n; i++) {
        total += system->charges[i];
        system->charges[i] *= system->screening.scale;
    }
    screening_vector(&system->screening, system->dipole, system->dipole);
    if (system->born == NULL) return LRPOT_OK;
    lrpot_status status = lrpot_response_born_charges(
        system->model, system->work, atoms, system->list, LRPOT_BORN_UNFOLDED, system->born, NULL);
    if (status == LRPOT_OK) status = lrpot_response_project(system->n, total, system->born);
    if (status == LRPOT_OK)
        screening_born(&system->screening, system->n, system->born, system->born);
    return status;
}

static lrpot_status grade(driven *system, const lrpot_atoms *atoms)
{
    char place[48];
    if (system->grade.set == NULL) return LRPOT_OK;
    snprintf(place, sizeof place, "evaluation %lld", (long long)system->n_evaluations);
    lrpot_status status = grading_atoms(&system->grade, system->work, atoms, system->list, place);
    if (status == LRPOT_OK) grading_watch(&system->grade);
    return status;
}

lrpot_status driven_evaluate(driven *system)
{
    lrpot_atoms atoms = system->told;
    lrpot_outputs outputs = LRPOT_OUTPUTS_INIT;
    atoms.n_owned = atoms.n_all = system->n;
    atoms.positions = system->positions;
    atoms.species = system->species;
    /* Servers send zeros for the cell of a molecule. */
    atoms.cell = system->periodic_mask != 0 ? system->cell : NULL;
    atoms.periodic_mask = system->periodic_mask;
    outputs.energy = &system->energy;
    outputs.forces = system->forces;
    outputs.virial = system->virial;
    outputs.charges = system->charges;
    outputs.dipole = system->charges != NULL ? system->dipole : NULL;
    lrpot_status status = list_for(system, &atoms);
    if (status == LRPOT_OK)
        status = lrpot_potential_compute(system->model, system->work, &atoms, system->list, NULL,
                                         &outputs);
    if (status == LRPOT_OK) status = grade(system, &atoms);
    lrpot_atoms seen = atoms; /* by the part of the model that responds to a field */
    if (system->tensors != NULL) seen.species = system->tensor_species;
    if (status == LRPOT_OK) status = add_field(system, &seen);
    if (status == LRPOT_OK)
        status = system->tensors != NULL ? response_of_tensors(system, &seen)
                                         : response(system, &seen);
    system->n_evaluations += status == LRPOT_OK;
    return status;
}

void driven_free(driven *system)
{
    lrpot_nlist_free(system->list);
    lrpot_structure_free(system->origin);
    grading_close(&system->grade);
    lrpot_workspace_free(system->work);
    lrpot_workspace_free(system->tensor_work);
    free(system->species);
    free(system->tensor_species);
    free(system->positions);
    free(system->listed_positions);
    free(system->forces);
    free(system->charges);
    free(system->born);
    field_path_free(&system->path);
}
