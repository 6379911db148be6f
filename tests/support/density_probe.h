/* Densities of several orders, responses and features: shared by their tests. */
#ifndef DENSITY_PROBE_H
#define DENSITY_PROBE_H

#include "fit_probe.h"
#include "models.h"

#include <lrpot/multipoles.h>

#include <stdio.h>
#include <unistd.h>

enum { N_ATOMS = 6, ORDERS = 3, RESPONSES = 3, CASES = ORDERS * RESPONSES, LARGEST = 13 * N_ATOMS };

/* Further cases: features of several widths and of lower order, and without self-interaction. */
static const struct {
    int32_t order, response, features, flags;
} variants[] = {
    { 1, LRPOT_RESPONSE_BONDS, 1, 0 },
    { 1, LRPOT_RESPONSE_BONDS, 8, 0 },
    { 1, LRPOT_RESPONSE_ATOMS, 8, 0 },
    { 1, LRPOT_RESPONSE_ATOMS, 3, 0 },
    { 1, LRPOT_RESPONSE_BONDS, 8, LRPOT_CHARGES_WITHOUT_SELF },
    { 2, LRPOT_RESPONSE_BONDS, 27, 0 },
    { 2, LRPOT_RESPONSE_ATOMS, 27, LRPOT_CHARGES_WITHOUT_SELF },
    { 2, LRPOT_RESPONSE_BONDS, 8, 0 },
};
enum { VARIANTS = sizeof variants / sizeof variants[0], SMALL_VARIANTS = 5 /* of order 1 */ };

typedef struct {
    lrpot_potential *potential;
    lrpot_workspace *work;
    lrpot_structure *structure;
    const double *weights; /* of charges, for energies of them */
    int coordinate, strain;
} probe;

static inline lrpot_charges_options options_of(int32_t order, int32_t response)
{
    lrpot_charges_options options = LRPOT_CHARGES_OPTIONS_INIT;
    options.order = order, options.response = response, options.tolerance = 1e-13;
    options.reach = 3.5, options.sigma = 1.1;
    return options;
}

/* Capacities of some hundredths e/V, which need no self-interaction to hold them. */
static inline void weaken(lrpot_potential *potential, const lrpot_charges_options *options)
{
    int w = options->features == 27 ? 3 : 2, first[3] = { 2, 4 + w, 6 + 3 * w },
        length[3] = { w, 2 * w, options->order > 1 ? w : 0 };
    int64_t n = lrpot_potential_param_count(potential), offset = 0, count = 0;
    double *params = calloc((size_t)n, sizeof *params);
    const char *name = NULL;
    ck_ok(lrpot_potential_get_params(potential, n, params));
    for (int32_t b = 0; lrpot_potential_param_block(potential, b, &name, &offset, &count); b++)
        for (int k = 0; k < 3 && strcmp(name, "charges.species") == 0; k++)
            for (int h = first[k]; h < first[k] + length[k]; h++)
                for (int z = 0; z < MODEL_SPECIES; z++) params[offset + h * MODEL_SPECIES + z] -= 4;
    ck_ok(lrpot_potential_set_params(potential, n, params));
    free(params);
}

/* number: order and response, or CASES and that of a variant */
static inline lrpot_charges_options options_of_case(int number)
{
    if (number < CASES) return options_of(number / RESPONSES, number % RESPONSES);
    int v = number - CASES;
    lrpot_charges_options options = options_of(variants[v].order, variants[v].response);
    options.features = variants[v].features, options.flags = variants[v].flags;
    options.spread = 1.3;
    return options;
}

static inline void open_probe(probe *p, int number, int cell, double total_charge)
{
    support_random random = { 9100 + (uint64_t)(10 * number + cell) };
    lrpot_charges_options options = options_of_case(number);
    *p = (probe){ .potential = models_random_with(&random, LRPOT_CHARGES_DENSITY, &options) };
    if (options.flags & LRPOT_CHARGES_WITHOUT_SELF) weaken(p->potential, &options);
    p->structure = models_random_structure(&random, cell, N_ATOMS, total_charge);
    ck_ok(lrpot_workspace_create(&p->work, 1));
}

static inline void close_probe(probe *p)
{
    lrpot_structure_free(p->structure);
    lrpot_workspace_free(p->work);
    lrpot_potential_free(p->potential);
}

static inline void compute(const probe *p, const lrpot_structure *structure, double *energy,
                           double *forces, double *virial, double *q, double *dipole)
{
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.energy = energy, out.forces = forces, out.virial = virial, out.charges = q,
    out.dipole = dipole;
    ck_ok(lrpot_potential_compute_structure(p->potential, p->work, structure, &out));
}

static inline lrpot_structure *moved(const probe *p, double x)
{
    lrpot_structure *copy = NULL;
    ck_ok(lrpot_structure_clone(&copy, p->structure));
    if (p->strain) models_strain(copy, p->coordinate / 3, p->coordinate % 3, x);
    else lrpot_structure_positions(copy)[p->coordinate] += x;
    return copy;
}

static inline double energy_at(double x, void *ctx)
{
    const probe *p = ctx;
    double energy = 0, q[N_ATOMS];
    lrpot_structure *copy = moved(p, x);
    compute(p, copy, p->weights == NULL ? &energy : NULL, NULL, NULL, q, NULL);
    for (int i = 0; i < N_ATOMS && p->weights != NULL; i++) energy += p->weights[i] * q[i];
    lrpot_structure_free(copy);
    return energy;
}

static inline void compare(probe *p, const double *forces, const double *virial)
{
    double force_scale = models_largest(forces, 3 * N_ATOMS), scale = models_largest(virial, 9);
    p->strain = 0;
    for (p->coordinate = 0; p->coordinate < 9; p->coordinate++)
        ck_close(forces[p->coordinate], -support_difference(energy_at, p, 0, MODEL_STEP), TOL_FD,
                 force_scale);
    p->strain = 1;
    for (p->coordinate = 0; p->coordinate < 9; p->coordinate++)
        ck_close(virial[p->coordinate], -support_difference(energy_at, p, 0, MODEL_STEP), TOL_FD,
                 scale);
}

static inline lrpot_atoms view_of(const lrpot_structure *structure, int32_t *species,
                                  lrpot_nlist **list)
{
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    ck_ok(lrpot_structure_view(structure, MODEL_SPECIES, model_symbols, species, &atoms));
    ck_ok(lrpot_nlist_build(list, &atoms, 4.5, 0));
    return atoms;
}

/* A weighted sum of charges by the adjoint, against differences. */
static inline void compare_pulls(probe *p)
{
    static const double weights[N_ATOMS] = { 0.3, -0.8, 0.5, 1.1, -0.2, 0.6 };
    double forces[3 * N_ATOMS] = { 0 }, virial[9] = { 0 };
    int32_t species[N_ATOMS];
    lrpot_nlist *list = NULL;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    lrpot_atoms atoms = view_of(p->structure, species, &list);
    out.forces = forces, out.virial = virial;
    ck_ok(lrpot_charges_pull(lrpot_potential_charges(p->potential), p->work, &atoms, list, NULL,
                             weights, &out));
    p->weights = weights;
    compare(p, forces, virial);
    lrpot_nlist_free(list);
}

/* Parts of a model by name: coefficients of a head for a species. */
static inline double value_of(const probe *p, int head, const double *features, int64_t n_features,
                              int32_t species)
{
    const lrpot_charges *charges = lrpot_potential_charges(p->potential);
    const lrpot_basis *basis = lrpot_charges_basis(charges);
    int64_t n = lrpot_charges_param_count(charges), k = n_features;
    double *params = calloc((size_t)n, sizeof *params), sum;
    ck_ok(lrpot_charges_get_params(charges, n, params));
    lrpot_basis_options o = LRPOT_BASIS_OPTIONS_INIT;
    ck_ok(lrpot_basis_get_options(basis, &o));
    int64_t radial = MODEL_SPECIES * MODEL_SPECIES * lrpot_basis_radial_functions(basis)
                     * o.radial_size,
            heads = (n - radial) / (k + MODEL_SPECIES);
    const double *linear = params + radial, *base = linear + heads * k;
    sum = base[head * MODEL_SPECIES + species];
    for (int64_t b = 0; b < k; b++) sum += linear[head * k + b] * features[b];
    free(params);
    return sum;
}

static inline double softplus(double u)
{
    return log(1 + exp(u));
}

#endif
