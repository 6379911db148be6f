#include "drive/field_path.h"

#include "cli/matrix3.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The dipole of these charges is known by its changes alone. */
static int integrates(const field_path *path, const lrpot_potential *model,
                      const lrpot_atoms *atoms)
{
    return atoms->periodic_mask != 0 && path->field.form == LRPOT_DIPOLE_CURRENT
           && lrpot_charges_follow(lrpot_potential_charges(model));
}

static lrpot_status reserve(field_path *path, int64_t n, int with_born)
{
    size_t size = (size_t)n * sizeof(double);
    path->unwrapped = malloc(3 * size);
    path->before = malloc(3 * size);
    path->born = with_born ? malloc(9 * size) : NULL;
    path->last_born = with_born ? malloc(9 * size) : NULL;
    int good = path->unwrapped != NULL && path->before != NULL
               && (!with_born || (path->born != NULL && path->last_born != NULL));
    return good ? LRPOT_OK : LRPOT_E_MEMORY;
}

/* Born charges and the response to strain: forces and virials of unit fields, at constant
 * voltages. */
static lrpot_status respond(field_path *path, const lrpot_potential *model, lrpot_workspace *work,
                            const lrpot_atoms *atoms, const lrpot_nlist *list, double *forces)
{
    for (int a = 0; a < 3; a++) {
        lrpot_field unit = LRPOT_FIELD_INIT;
        lrpot_outputs outputs = LRPOT_OUTPUTS_INIT;
        int whole = atoms->periodic_mask == LRPOT_PERIODIC_ALL;
        outputs.forces = forces;
        outputs.virial = whole ? path->strain + 9 * a : NULL;
        for (int c = 0; c < 3; c++) unit.eps_inf[4 * c] = 1.0; /* on the charges as they are */
        unit.kind = whole ? LRPOT_FIELD_REDUCED : LRPOT_FIELD_FIXED;
        for (int c = 0; c < 3; c++) unit.value[c] = whole ? atoms->cell[3 * c + a] : c == a;
        lrpot_status status =
            lrpot_response_field_forces(model, work, atoms, list, NULL, &unit, &outputs);
        if (status != LRPOT_OK) return status;
        for (int64_t i = 0; i < path->n; i++)
            memcpy(path->born + 9 * i + 3 * a, forces + 3 * i, 3 * sizeof *forces);
    }
    return LRPOT_OK;
}

/* Displacement of an atom beside the deformation of the cell, in fractions of it, by the shortest
 * way. */
static void way_of(const field_path *path, int64_t i, const lrpot_atoms *atoms,
                   const double *inverse_before, const double *inverse_now, double *way)
{
    double old[3], now[3];
    matrix3_row_times(path->before + 3 * i, inverse_before, old);
    matrix3_row_times(atoms->positions + 3 * i, inverse_now, now);
    for (int c = 0; c < 3; c++) {
        way[c] = now[c] - old[c];
        if (atoms->periodic_mask & 1 << c) way[c] -= floor(way[c] + 0.5);
    }
}

/* Moves positions and dipole on by the trapezoidal rule. */
static void move_on(field_path *path, const lrpot_atoms *atoms, int following)
{
    double inverses[2][9], middle[9], inverse[9], strain[9] = { 0.0 }, change[3] = { 0.0 };
    matrix3_invert(path->cell, inverses[0]);
    matrix3_invert(atoms->cell, inverses[1]);
    for (int k = 0; k < 9; k++) middle[k] = 0.5 * (path->cell[k] + atoms->cell[k]);
    matrix3_invert(middle, inverse);
    for (int k = 0; k < 9; k++)
        for (int c = 0; c < 3; c++)
            strain[k] += inverse[3 * (k / 3) + c]
                         * (atoms->cell[3 * c + k % 3] - path->cell[3 * c + k % 3]);
    for (int64_t i = 0; i < path->n; i++) {
        double way[3], step[3], *r = path->unwrapped + 3 * i, place[3];
        way_of(path, i, atoms, inverses[0], inverses[1], way);
        matrix3_row_times(r, inverses[0], place);
        for (int c = 0; c < 3; c++) place[c] += way[c];
        matrix3_row_times(place, atoms->cell, r);
        matrix3_row_times(way, middle, step);
        for (int k = 0; following && k < 9; k++)
            change[k / 3] += 0.5 * (path->born[9 * i + k] + path->last_born[9 * i + k])
                             * step[k % 3];
    }
    for (int k = 0; following && k < 27; k++)
        change[k / 9] += 0.5 * (path->strain[k] + path->last_strain[k]) * strain[k % 9];
    /* dM_b = change_b + sum_a strain_ab M_a, M in the middle of the step */
    double half[3];
    for (int b = 0; b < 3; b++) half[b] = path->dipole[b] + 0.5 * change[b];
    for (int b = 0; b < 3; b++)
        for (int a = 0; a < 3; a++) change[b] += strain[3 * a + b] * half[a];
    for (int b = 0; b < 3; b++) path->dipole[b] += change[b];
}

/* Virials of charged crystals depend on the origin. */
static int has_stress(const lrpot_potential *model, lrpot_workspace *work, const lrpot_atoms *atoms,
                      const lrpot_nlist *list, double *charges)
{
    double total = 0.0;
    if (atoms->periodic_mask == 0) return 1;
    if (lrpot_charges_eval(lrpot_potential_charges(model), work, atoms, list, NULL, charges)
        != LRPOT_OK)
        return 1; /* the field will tell why */
    for (int64_t i = 0; i < atoms->n_owned; i++) total += charges[i];
    return fabs(total) <= 1e-6 * (double)atoms->n_owned;
}

static lrpot_status go_on(field_path *path, const lrpot_potential *model, lrpot_workspace *work,
                          const lrpot_atoms *atoms, const lrpot_nlist *list, double *scratch,
                          lrpot_outputs *outputs)
{
    lrpot_status status = LRPOT_OK;
    lrpot_outputs own = *outputs;
    double dipole[3] = { 0.0 };
    int following = integrates(path, model, atoms), first = path->n == 0;
    if (first) status = reserve(path, atoms->n_owned, following);
    if (status != LRPOT_OK) return status;
    path->n = atoms->n_owned;
    if (!has_stress(model, work, atoms, list, scratch)
        && (path->field.kind == LRPOT_FIELD_FIXED || path->field.kind == LRPOT_FIELD_REDUCED)) {
        own.virial = NULL;
        following = 0;
    }
    if (following) status = respond(path, model, work, atoms, list, scratch);
    if (status != LRPOT_OK) return status;
    if (first) memcpy(path->unwrapped, atoms->positions, (size_t)(3 * path->n) * sizeof(double));
    else if (atoms->periodic_mask != 0) move_on(path, atoms, following);
    else memcpy(path->unwrapped, atoms->positions, (size_t)(3 * path->n) * sizeof(double));
    path->field.positions = path->unwrapped;
    path->field.dipole = following && !first ? path->dipole : NULL;
    path->field.acting = path->acting;
    own.flags |= LRPOT_ADD;
    own.dipole = dipole;
    status = lrpot_response_field_forces(model, work, atoms, list, NULL, &path->field, &own);
    memcpy(path->dipole, dipole, sizeof dipole);
    return status;
}

lrpot_status field_path_add(field_path *path, const lrpot_potential *model, lrpot_workspace *work,
                            const lrpot_atoms *atoms, const lrpot_nlist *list,
                            lrpot_outputs *outputs)
{
    double *scratch = malloc((size_t)(3 * atoms->n_owned + 1) * sizeof *scratch);
    if (scratch == NULL) return LRPOT_E_MEMORY;
    lrpot_status status = go_on(path, model, work, atoms, list, scratch, outputs);
    free(scratch);
    if (status != LRPOT_OK) return status;
    memcpy(path->before, atoms->positions, (size_t)(3 * path->n) * sizeof *path->before);
    if (atoms->cell != NULL) memcpy(path->cell, atoms->cell, sizeof path->cell);
    if (path->born == NULL) return LRPOT_OK;
    memcpy(path->last_born, path->born, (size_t)(9 * path->n) * sizeof *path->born);
    memcpy(path->last_strain, path->strain, sizeof path->strain);
    return LRPOT_OK;
}

void field_path_free(field_path *path)
{
    free(path->unwrapped);
    free(path->before);
    free(path->born);
    free(path->last_born);
    *path = (field_path){ .field = LRPOT_FIELD_INIT };
}
