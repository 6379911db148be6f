/* Charged structures, the reference cases, and one call that evaluates all outputs: shared by the
 * tests of electrostatics. */
#ifndef LRPOT_TEST_COULOMB_H
#define LRPOT_TEST_COULOMB_H

#include "support.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COULOMB_MAX 128   /* atoms */
#define COULOMB_SPECIES 3 /* widths of random systems */

/* Atoms with charges; every atom of a reference case is its own species, so that it may have its
 * own width. */
typedef struct {
    char name[64], mode[16];
    int64_t n;
    double positions[3 * COULOMB_MAX], q[COULOMB_MAX], cell[9];
    int32_t species[COULOMB_MAX], periodic_mask;
    int32_t n_widths;
    double widths[COULOMB_MAX];
} coulomb_system;

typedef struct {
    double energy, energy_atom[COULOMB_MAX], forces[3 * COULOMB_MAX], virial[9],
        virial_atom[9 * COULOMB_MAX], potential[COULOMB_MAX], field[3 * COULOMB_MAX];
} coulomb_result;

static inline lrpot_atoms coulomb_view(const coulomb_system *s)
{
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    atoms.n_owned = atoms.n_all = s->n;
    atoms.positions = s->positions;
    atoms.species = s->species;
    atoms.cell = s->periodic_mask != 0 ? s->cell : NULL;
    atoms.periodic_mask = s->periodic_mask;
    for (int64_t i = 0; i < s->n; i++) atoms.total_charge += s->q[i];
    return atoms;
}

static inline lrpot_outputs coulomb_outputs(coulomb_result *r)
{
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.energy = &r->energy, out.energy_atom = r->energy_atom, out.forces = r->forces,
    out.virial = r->virial;
    out.virial_atom = r->virial_atom, out.potential = r->potential, out.field = r->field;
    return out;
}

static inline lrpot_ewald *coulomb_solver(const coulomb_system *s, lrpot_ewald_options options)
{
    lrpot_ewald *ewald = NULL;
    options.n_widths = s->n_widths;
    options.widths = s->n_widths > 0 ? s->widths : NULL;
    ck_ok(lrpot_ewald_create(&ewald, &options));
    return ewald;
}

/* All outputs with a fresh workspace, so that no splitting is remembered. */
static inline void coulomb_eval(const coulomb_system *s, lrpot_ewald_options options,
                                int32_t threads, coulomb_result *result)
{
    lrpot_ewald *ewald = coulomb_solver(s, options);
    lrpot_workspace *work = NULL;
    lrpot_atoms atoms = coulomb_view(s);
    lrpot_outputs out = coulomb_outputs(result);
    ck_ok(lrpot_workspace_create(&work, threads));
    ck_ok(lrpot_ewald_eval(ewald, work, &atoms, NULL, NULL, s->q, &out));
    lrpot_workspace_free(work);
    lrpot_ewald_free(ewald);
}

static inline lrpot_ewald_options coulomb_options(double accuracy)
{
    lrpot_ewald_options options = LRPOT_EWALD_OPTIONS_INIT;
    options.accuracy = accuracy;
    return options;
}

/* Random atoms and charges; species 0 is a point, the others are Gaussians when `gaussian`. */
static inline void coulomb_random(support_random *random, int kind, int64_t n, double total,
                                  int gaussian, coulomb_system *s)
{
    static const char *const symbols[COULOMB_SPECIES] = { "Na", "Cl", "O" };
    static const double widths[COULOMB_SPECIES] = { 0.0, 0.55, 0.8 };
    lrpot_structure *structure =
        support_random_structure(random, kind, n, COULOMB_SPECIES, symbols, 1.9);
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    memset(s, 0, sizeof *s);
    ck_ok(lrpot_structure_view(structure, COULOMB_SPECIES, symbols, s->species, &atoms));
    s->n = n;
    s->periodic_mask = atoms.periodic_mask;
    memcpy(s->positions, atoms.positions, 3 * (size_t)n * sizeof(double));
    if (atoms.cell != NULL) memcpy(s->cell, atoms.cell, sizeof s->cell);
    double sum = -total;
    for (int64_t i = 0; i < n; i++) sum += s->q[i] = support_uniform(random, -1.2, 1.2);
    for (int64_t i = 0; i < n; i++) s->q[i] -= sum / (double)n;
    if (gaussian) {
        s->n_widths = COULOMB_SPECIES;
        memcpy(s->widths, widths, sizeof widths);
    }
    lrpot_structure_free(structure);
}

/* r_b += strain r_a for atoms and cell rows: dE/dstrain = -virial[a][b]. */
static inline void coulomb_strain(coulomb_system *s, int a, int b, double strain)
{
    for (int64_t i = 0; i < s->n; i++) s->positions[3 * i + b] += strain * s->positions[3 * i + a];
    for (int d = 0; d < 3; d++) s->cell[3 * d + b] += strain * s->cell[3 * d + a];
}

/* Numbers of a JSON array of any depth, in order. Returns how many there are. */
static inline int64_t coulomb_flatten(const json_t *value, double *out)
{
    size_t index;
    json_t *item;
    int64_t count = 0;
    if (json_is_number(value)) {
        *out = json_number_value(value);
        return 1;
    }
    json_array_foreach(value, index, item) count += coulomb_flatten(item, out + count);
    return count;
}

static inline json_t *coulomb_load(const char *name, coulomb_system *s)
{
    char relative[128];
    json_error_t error;
    snprintf(relative, sizeof relative, "tests/reference/data/coulomb/%s.json", name);
    char *path = support_source(relative);
    json_t *root = json_load_file(path, 0, &error);
    ck_assert_msg(root != NULL, "%s: %s", path, error.text);
    free(path);
    double flags[3], sigma[COULOMB_MAX];
    memset(s, 0, sizeof *s);
    snprintf(s->name, sizeof s->name, "%s", name);
    snprintf(s->mode, sizeof s->mode, "%s", json_string_value(json_object_get(root, "mode")));
    s->n = coulomb_flatten(json_object_get(root, "charges"), s->q);
    ck_assert(s->n > 0 && s->n <= COULOMB_MAX);
    coulomb_flatten(json_object_get(root, "positions"), s->positions);
    coulomb_flatten(json_object_get(root, "cell"), s->cell);
    coulomb_flatten(json_object_get(root, "periodic"), flags);
    coulomb_flatten(json_object_get(root, "sigma"), sigma);
    for (int d = 0; d < 3; d++) s->periodic_mask |= flags[d] != 0.0 ? 1 << d : 0;
    for (int64_t i = 0; i < s->n; i++) {
        s->species[i] = (int32_t)i;
        s->widths[i] = sigma[i];
        if (sigma[i] > 0.0) s->n_widths = (int32_t)s->n;
    }
    return root;
}

#endif
