/* A random structure with a basis that fits it, for the tests of lib/basis. */
#ifndef LRPOT_TEST_BASIS_SYSTEM_H
#define LRPOT_TEST_BASIS_SYSTEM_H

#include "basis/basis.h"
#include "basis/plan/plan.h"
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BASIS_CUTOFF 4.0

typedef struct basis_system {
    lrpot_structure *structure;
    int64_t n;
    int32_t *species;
    lrpot_atoms atoms;
    lrpot_nlist *list;
    lrpot_basis *basis;
    lrpot_workspace *work;
    double *coefficients; /* [K] */
    double *weights;      /* [n] */
} basis_system;

static const char *const basis_symbols[4] = { "Na", "Cl", "K", "Br" };

static inline lrpot_basis *basis_random_step(support_random *random, int32_t level, int32_t step,
                                             int32_t n_species, int32_t kernel)
{
    lrpot_basis_options options = LRPOT_BASIS_OPTIONS_INIT;
    lrpot_basis *basis = NULL;
    options.level = level;
    options.radial_step = step;
    options.n_species = n_species;
    options.kernel = kernel;
    options.min_distance = 1.2;
    options.cutoff = BASIS_CUTOFF;
    options.scaling = 0.3;
    ck_ok(lrpot_basis_create(&basis, &options));
    int64_t count = (int64_t)n_species * n_species * lrpot_basis_radial_functions(basis) * 8;
    double *radial = malloc((size_t)count * sizeof *radial);
    for (int64_t i = 0; i < count; i++) radial[i] = support_uniform(random, -1, 1) / (1 + i % 8);
    ck_ok(lrpot_basis_set_radial(basis, radial));
    free(radial);
    return basis;
}

static inline lrpot_basis *basis_random(support_random *random, int32_t level, int32_t n_species,
                                        int32_t kernel)
{
    return basis_random_step(random, level, 0, n_species, kernel);
}

/* The same basis with one of the fast kernels; NULL (and a visible line) where the processor lacks
 * it. */
enum { BASIS_KERNELS = 3 };
static inline lrpot_basis *basis_with_kernel(const lrpot_basis *basis, int which)
{
    static const int32_t kernels[] = { LRPOT_KERNEL_PORTABLE, LRPOT_KERNEL_AVX2,
                                       LRPOT_KERNEL_AVX512 };
    static const char *const names[] = { "portable", "AVX2", "AVX-512" };
    lrpot_basis_options options = LRPOT_BASIS_OPTIONS_INIT;
    lrpot_basis *other = NULL;
    lrpot__plan *plan = NULL;
    ck_ok(lrpot_basis_get_options(basis, &options));
    options.kernel = kernels[which];
    ck_ok(lrpot__plan_clone(&plan, basis->plan));
    lrpot_status status = lrpot__basis_create_with_plan(&other, &options, plan);
    if (status == LRPOT_E_UNSUPPORTED) {
        printf("# SKIP %s: not on this processor\n", names[which]);
        lrpot__plan_free(plan);
        return NULL;
    }
    ck_ok(status);
    ck_ok(lrpot_basis_set_radial(other, lrpot_basis_radial(basis)));
    other->no_cutoff_factor = basis->no_cutoff_factor;
    other->clamp_below = basis->clamp_below;
    return other;
}

/* Binds the structure to the basis: view, list, workspace, random coefficients. */
static inline void basis_system_bind(basis_system *s, support_random *random,
                                     lrpot_structure *structure, lrpot_basis *basis,
                                     int32_t threads)
{
    lrpot_basis_options options = LRPOT_BASIS_OPTIONS_INIT;
    ck_ok(lrpot_basis_get_options(basis, &options));
    memset(s, 0, sizeof *s);
    s->structure = structure;
    s->basis = basis;
    s->n = lrpot_structure_count(structure);
    s->species = malloc((size_t)s->n * sizeof *s->species);
    s->atoms = (lrpot_atoms)LRPOT_ATOMS_INIT;
    ck_ok(lrpot_structure_view(structure, options.n_species, basis_symbols, s->species, &s->atoms));
    ck_ok(lrpot_nlist_build(&s->list, &s->atoms, options.cutoff, 0.0));
    ck_ok(lrpot_workspace_create(&s->work, threads));
    int64_t k = lrpot_basis_count(basis);
    s->coefficients = malloc((size_t)k * sizeof(double));
    s->weights = malloc((size_t)s->n * sizeof(double));
    for (int64_t i = 0; i < k; i++) s->coefficients[i] = support_uniform(random, -1, 1);
    for (int64_t i = 0; i < s->n; i++) s->weights[i] = support_uniform(random, 0.5, 1.5);
}

static inline void basis_system_create_step(basis_system *s, support_random *random, int kind,
                                            int64_t n, int32_t level, int32_t step,
                                            int32_t n_species, int32_t kernel, int32_t threads)
{
    lrpot_structure *structure =
        support_random_structure(random, kind, n, n_species, basis_symbols, 1.6);
    basis_system_bind(s, random, structure,
                      basis_random_step(random, level, step, n_species, kernel), threads);
}

static inline void basis_system_create(basis_system *s, support_random *random, int kind, int64_t n,
                                       int32_t level, int32_t n_species, int32_t kernel,
                                       int32_t threads)
{
    basis_system_create_step(s, random, kind, n, level, 0, n_species, kernel, threads);
}

static inline void basis_system_free(basis_system *s)
{
    lrpot_workspace_free(s->work);
    lrpot_nlist_free(s->list);
    lrpot_basis_free(s->basis);
    lrpot_structure_free(s->structure);
    free(s->species);
    free(s->coefficients);
    free(s->weights);
}

/* Everything a request can give. */
typedef struct basis_results {
    double *features, *values, *forces, *virial_atom;
    double virial[9];
} basis_results;

static inline void basis_results_free(basis_results *r)
{
    free(r->features);
    free(r->values);
    free(r->forces);
    free(r->virial_atom);
}

static inline basis_results basis_system_run(const basis_system *s)
{
    int64_t k = lrpot_basis_count(s->basis), n = s->atoms.n_owned, n_all = s->atoms.n_all;
    basis_results r = { calloc((size_t)(n * k), sizeof(double)),
                        calloc((size_t)n, sizeof(double)),
                        calloc((size_t)n_all * 3, sizeof(double)),
                        calloc((size_t)n_all * 9, sizeof(double)),
                        { 0 } };
    lrpot__request request = { .coefficients = s->coefficients,
                               .weights = s->weights,
                               .features = r.features,
                               .values = r.values,
                               .forces = r.forces,
                               .virial = r.virial,
                               .virial_atom = r.virial_atom };
    ck_ok(lrpot__basis_run(s->basis, s->work, &s->atoms, s->list, &request));
    return r;
}

/* sum_i weight_i V_i of the present positions. */
static inline double basis_system_energy(const basis_system *s)
{
    double *values = malloc((size_t)s->n * sizeof *values), energy = 0.0;
    lrpot__request request = { .coefficients = s->coefficients, .values = values };
    ck_ok(lrpot_nlist_rebuild(s->list, &s->atoms));
    ck_ok(lrpot__basis_run(s->basis, s->work, &s->atoms, s->list, &request));
    for (int64_t i = 0; i < s->n; i++) energy += s->weights[i] * values[i];
    free(values);
    return energy;
}

#endif
