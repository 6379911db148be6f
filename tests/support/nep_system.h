/* A NEP, a structure that fits it, and one call that evaluates everything: shared by the tests of
 * NEPs. */
#ifndef LRPOT_TEST_NEP_SYSTEM_H
#define LRPOT_TEST_NEP_SYSTEM_H

#include "basis/nep/nep_model.h"
#include "basis/nep/nep_run.h"
#include "io/nep/nep_file.h"
#include "potential/nep_born.h"
#include "potential/nep_compute.h"
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NEP_KERNELS = 4 };
static const char *const nep_kernel_names[NEP_KERNELS] = { "reference", "portable", "AVX2",
                                                           "AVX-512" };
static const int32_t nep_kernels[NEP_KERNELS] = { LRPOT_KERNEL_REFERENCE, LRPOT_KERNEL_PORTABLE,
                                                  LRPOT_KERNEL_AVX2, LRPOT_KERNEL_AVX512 };

/* Atoms of a file, or of a random structure; positions may be changed. */
typedef struct nep_system {
    lrpot__nep_potential *potential;
    lrpot_structure *structure;
    lrpot_atoms atoms;
    lrpot_nlist *list;
    lrpot_workspace *work;
    int64_t n;
    double *positions, cell[9];
    int32_t *species;
} nep_system;

typedef struct nep_result {
    double energy, virial[9];
    double *energy_atom, *forces, *virial_atom, *charges, *born, *polar;
} nep_result;

/* NULL, and a visible line, where the processor lacks the kernel. */
static inline lrpot__nep_potential *nep_load(const char *path, lrpot__nep_options options)
{
    lrpot__nep *nep = NULL;
    lrpot__nep_potential *potential = NULL;
    ck_ok(lrpot__nep_read(&nep, path));
    lrpot_status status = lrpot__nep_potential_create(&potential, nep, &options);
    if (status == LRPOT_E_UNSUPPORTED) {
        printf("# SKIP kernel %d: not on this processor\n", options.kernel);
        lrpot__nep_free(nep);
        return NULL;
    }
    ck_ok(status);
    return potential;
}

/* Takes the structure over. */
static inline void nep_bind(nep_system *s, lrpot__nep_potential *potential,
                            lrpot_structure *structure, int32_t threads)
{
    const lrpot__nep *nep = potential->evaluator->nep;
    const char *symbols[118];
    *s = (nep_system){ .potential = potential, .structure = structure, .atoms = LRPOT_ATOMS_INIT };
    for (int32_t k = 0; k < nep->n_species; k++) symbols[k] = nep->symbols[k];
    s->n = lrpot_structure_count(structure);
    s->species = malloc((size_t)s->n * sizeof *s->species);
    s->positions = malloc((size_t)s->n * 3 * sizeof *s->positions);
    s->atoms = (lrpot_atoms)LRPOT_ATOMS_INIT;
    ck_ok(lrpot_structure_view(structure, nep->n_species, symbols, s->species, &s->atoms));
    memcpy(s->positions, s->atoms.positions, (size_t)s->n * 3 * sizeof *s->positions);
    s->atoms.positions = s->positions;
    if (s->atoms.cell != NULL) {
        memcpy(s->cell, s->atoms.cell, sizeof s->cell);
        s->atoms.cell = s->cell;
    }
    ck_ok(lrpot_nlist_build(&s->list, &s->atoms, nep->cutoff, 0.0));
    ck_ok(lrpot_workspace_create(&s->work, threads));
}

static inline void nep_free(nep_system *s)
{
    lrpot__nep_potential_free(s->potential);
    lrpot_structure_free(s->structure);
    lrpot_nlist_free(s->list);
    lrpot_workspace_free(s->work);
    free(s->positions);
    free(s->species);
}

static inline nep_result nep_evaluate(nep_system *s)
{
    size_t n = (size_t)s->n;
    nep_result r = { .energy_atom = calloc(n, sizeof(double)),
                     .forces = calloc(3 * n, sizeof(double)),
                     .virial_atom = calloc(9 * n, sizeof(double)),
                     .charges = calloc(n, sizeof(double)),
                     .born = calloc(9 * n, sizeof(double)),
                     .polar = calloc(9 * n, sizeof(double)) };
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.energy = &r.energy, out.energy_atom = r.energy_atom, out.forces = r.forces;
    out.virial = r.virial, out.virial_atom = r.virial_atom, out.charges = r.charges;
    ck_ok(lrpot_nlist_rebuild(s->list, &s->atoms));
    ck_ok(lrpot__nep_compute(s->potential, s->work, &s->atoms, s->list, NULL, &out));
    if (s->potential->evaluator->nep->charge_mode == LRPOT__NEP_UNCHARGED) return r;
    ck_ok(lrpot__nep_born_charges(s->potential, s->work, &s->atoms, s->list, LRPOT__NEP_BORN_FITTED,
                                  r.born));
    ck_ok(lrpot__nep_born_charges(s->potential, s->work, &s->atoms, s->list,
                                  LRPOT__NEP_BORN_POLARIZATION, r.polar));
    return r;
}

static inline void nep_result_free(nep_result *r)
{
    free(r->energy_atom);
    free(r->forces);
    free(r->virial_atom);
    free(r->charges);
    free(r->born);
    free(r->polar);
}

static inline double nep_energy(nep_system *s)
{
    double energy = 0.0;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.energy = &energy;
    ck_ok(lrpot_nlist_rebuild(s->list, &s->atoms));
    ck_ok(lrpot__nep_compute(s->potential, s->work, &s->atoms, s->list, NULL, &out));
    return energy;
}

/* Path of a model made for this project. The caller frees it. */
static inline char *nep_own_file(const char *name, const char *ending)
{
    char relative[256];
    snprintf(relative, sizeof relative, "tests/reference/data/nep/%s%s", name, ending);
    return support_source(relative);
}

#endif
