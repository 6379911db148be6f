/* Creation of tensor models, and their coefficients. */
#include "tensors/tensor_model.h"

#include "basis/basis.h"
#include "basis/moments.h"
#include "basis/plan/covariant.h"
#include "basis/plan/plan.h"
#include "charges/charge_eval.h"
#include "core/error.h"
#include "core/memory.h"
#include "core/struct_size.h"
#include "potential/symbols.h"

#include <string.h>

enum { MAX_SPECIES = 32, MAX_LEVEL = 40, MAX_COST = 8, MAX_RADIAL = 32 };

static lrpot_status check_range(const char *name, int32_t value, int32_t low, int32_t high)
{
    if (value >= low && value <= high) return LRPOT_OK;
    return lrpot__fail(LRPOT_E_ARGUMENT, "%s is %d, expected %d to %d", name, value, low, high);
}

static int is_coupled(const lrpot_tensor_options *o)
{
    return o->kind == LRPOT_TENSORS_GLOBAL || o->kind == LRPOT_TENSORS_LOCAL;
}

static lrpot_status fill_options(const lrpot_tensor_options *given, lrpot_tensor_options *o)
{
    LRPOT__REQUIRE_INPUT(lrpot_tensor_options, given);
    LRPOT__COPY_INPUT(o, given);
    LRPOT__TRY(
        check_range("kind", o->kind, LRPOT_TENSORS_INDEPENDENT, LRPOT_TENSORS_POLARIZABILITY));
    if (!is_coupled(o)) o->potential = NULL;
    else {
        LRPOT__REQUIRE_NOT_NULL(o->potential);
        if (lrpot_potential_charges(o->potential) == NULL)
            return lrpot__fail(LRPOT_E_UNSUPPORTED,
                               "the potential has no charges for polar tensors to be coupled to");
        LRPOT__TRY(lrpot__charges_require_single(lrpot_potential_charges(o->potential),
                                                 "coupled polar tensors"));
        LRPOT__TRY(lrpot__charges_require_order(lrpot_potential_charges(o->potential), 0,
                                                "coupled polar tensors"));
        o->symbols = lrpot_potential_symbols(o->potential);
        o->n_species = lrpot_potential_species_count(o->potential);
    }
    if ((o->levels[0] | o->levels[1] | o->levels[2] | o->levels[3]) == 0)
        o->levels[0] = o->levels[1] = 14;
    if (o->radial_cost == 0) o->radial_cost = 2;
    LRPOT__TRY(check_range("n_species", o->n_species, 1, MAX_SPECIES));
    for (int f = 0; f < LRPOT__GRAPH_VERTICES; f++)
        LRPOT__TRY(check_range("a level", o->levels[f], 0, MAX_LEVEL));
    return check_range("radial_cost", o->radial_cost, 1, MAX_COST);
}

static lrpot__graph_rule rule_of(const lrpot_tensor_options *o)
{
    int32_t largest = 2, most = (LRPOT__GRAPH_MAX_MU + 1) / o->n_species;
    for (int f = 0; f < LRPOT__GRAPH_VERTICES; f++)
        if (o->levels[f] > largest + 2 * f) largest = o->levels[f] - 2 * f;
    int32_t radial = (largest - 2) / o->radial_cost + 1;
    if (radial > most) radial = most;
    if (radial > MAX_RADIAL) radial = MAX_RADIAL;
    return (
        lrpot__graph_rule){ .levels = { o->levels[0], o->levels[1], o->levels[2], o->levels[3] },
                            .channels = o->n_species,
                            .step = o->radial_cost,
                            .max_mu = radial * o->n_species - 1 };
}

/* Fills the radial functions. f_mu includes the neighbours of species mu mod S with Q_(mu / S): the
 * functions distinguish species, and only linear coefficients are left to fit. */
static lrpot_status fill_radial(lrpot_basis *basis)
{
    int64_t s = basis->options.n_species, f = lrpot_basis_radial_functions(basis),
            n = basis->options.radial_size;
    double *radial = lrpot__calloc(s * s * f * n, sizeof *radial);
    if (radial == NULL) return LRPOT_E_MEMORY;
    for (int64_t pair = 0; pair < s * s; pair++)
        for (int64_t mu = pair % s; mu < f; mu += s) radial[(pair * f + mu) * n + mu / s] = 1.0;
    lrpot_status status = lrpot_basis_set_radial(basis, radial);
    lrpot__free(radial);
    return status;
}

static int32_t parts_of(int32_t kind)
{
    if (kind == LRPOT_TENSORS_DIPOLE) return 1 << LRPOT__PART_VECTOR;
    if (kind == LRPOT_TENSORS_LOCAL) return 1 << LRPOT__PART_SCALAR;
    if (kind == LRPOT_TENSORS_POLARIZABILITY)
        return 1 << LRPOT__PART_SCALAR | 1 << LRPOT__PART_SYMMETRIC;
    return 1 << LRPOT__PART_SCALAR | 1 << LRPOT__PART_ANTISYMMETRIC | 1 << LRPOT__PART_SYMMETRIC;
}

static lrpot_status create_basis(lrpot_tensor_model *model, int64_t most,
                                 int64_t counts[LRPOT__PARTS])
{
    const lrpot_tensor_options *o = &model->options;
    lrpot__graph_rule rule = rule_of(o);
    rule.most = most;
    lrpot__plan *plan = NULL;
    double range = o->cutoff - o->min_distance;
    lrpot_basis_options options = { sizeof options,
                                    0,
                                    o->n_species,
                                    (rule.max_mu + 1) / o->n_species,
                                    o->kernel,
                                    o->min_distance,
                                    o->cutoff,
                                    0.0,
                                    0,
                                    0 };
    if (options.radial_size < 2) options.radial_size = 2;
    /* functions are of size 1 at half the range */
    if (range > 0.0) options.scaling = 4.0 / (range * range);
    LRPOT__TRY(lrpot__plan_create_covariant(&plan, counts, &rule, parts_of(o->kind)));
    lrpot_status status = lrpot__basis_create_with_plan(&model->basis, &options, plan);
    if (status != LRPOT_OK) lrpot__plan_free(plan);
    else status = fill_radial(model->basis);
    if (status == LRPOT_OK) model->options.kernel = model->basis->options.kernel;
    return status;
}

static void place_parts(lrpot_tensor_model *model, const int64_t counts[LRPOT__PARTS])
{
    int64_t first = 0;
    for (int32_t part = 0; part < LRPOT__PARTS; part++) {
        if (!(parts_of(model->options.kind) >> part & 1)) continue;
        lrpot__tensor_part *p = &model->parts[model->n_parts++];
        *p = (lrpot__tensor_part){ part, part == LRPOT__PART_SCALAR, counts[part], first,
                                   model->n_coefficients };
        first += p->functions * lrpot__part_components[part];
        model->n_coefficients += model->options.n_species * (p->functions + p->constant);
    }
}

static lrpot_status fill(lrpot_tensor_model *model, int64_t most)
{
    int64_t counts[LRPOT__PARTS];
    LRPOT__TRY(
        lrpot__symbols_copy(&model->symbols, model->options.n_species, model->options.symbols));
    model->options.symbols = (const char *const *)model->symbols;
    if (model->options.potential != NULL)
        LRPOT__TRY(lrpot_potential_clone(&model->potential, model->options.potential));
    model->options.potential = model->potential;
    model->n_coefficients = 1; /* for GLOBAL */
    if (model->options.kind != LRPOT_TENSORS_GLOBAL) {
        model->n_coefficients = 0;
        LRPOT__TRY(create_basis(model, most, counts));
        place_parts(model, counts);
    }
    model->coefficients = lrpot__calloc(model->n_coefficients, sizeof *model->coefficients);
    model->heads = lrpot__calloc(model->n_coefficients, sizeof *model->heads);
    return model->coefficients != NULL && model->heads != NULL ? LRPOT_OK : LRPOT_E_MEMORY;
}

lrpot_status lrpot_tensor_model_create(lrpot_tensor_model **out,
                                       const lrpot_tensor_options *options)
{
    LRPOT__REQUIRE_NOT_NULL(out);
    LRPOT__REQUIRE_NOT_NULL(options);
    return lrpot__tensor_model_create_limited(out, options, 0);
}

lrpot_status lrpot__tensor_model_create_limited(lrpot_tensor_model **out,
                                                const lrpot_tensor_options *options, int64_t most)
{
    lrpot_tensor_options checked;
    LRPOT__TRY(fill_options(options, &checked));
    lrpot_tensor_model *model = lrpot__calloc(1, sizeof *model);
    if (model == NULL) return LRPOT_E_MEMORY;
    model->options = checked;
    lrpot_status status = fill(model, most);
    if (status != LRPOT_OK) lrpot_tensor_model_free(model);
    else *out = model;
    return status;
}

void lrpot_tensor_model_free(lrpot_tensor_model *model)
{
    if (model == NULL) return;
    lrpot__symbols_free(model->symbols, model->options.n_species);
    lrpot_potential_free(model->potential);
    lrpot_basis_free(model->basis);
    lrpot__free(model->coefficients);
    lrpot__free(model->heads);
    lrpot__free(model);
}

lrpot_status lrpot_tensor_model_get_options(const lrpot_tensor_model *model,
                                            lrpot_tensor_options *options)
{
    LRPOT__REQUIRE_NOT_NULL(model);
    LRPOT__REQUIRE_NOT_NULL(options);
    LRPOT__REQUIRE_RESULT(lrpot_tensor_options, options);
    LRPOT__FILL_RESULT(options, &model->options);
    return LRPOT_OK;
}

double lrpot_tensor_model_cutoff(const lrpot_tensor_model *model)
{
    if (model == NULL) return 0.0;
    double own = model->basis != NULL ? model->options.cutoff : 0.0;
    double charges = model->potential != NULL
                         ? lrpot_charges_cutoff(lrpot_potential_charges(model->potential))
                         : 0.0;
    return own > charges ? own : charges;
}

int64_t lrpot_tensor_model_param_count(const lrpot_tensor_model *model)
{
    return model != NULL ? model->n_coefficients : 0;
}

static lrpot_status check_count(const lrpot_tensor_model *model, int64_t n)
{
    if (n == model->n_coefficients) return LRPOT_OK;
    return lrpot__fail(LRPOT_E_ARGUMENT, "n is %lld, but the tensor model has %lld coefficients",
                       (long long)n, (long long)model->n_coefficients);
}

lrpot_status lrpot_tensor_model_get_params(const lrpot_tensor_model *model, int64_t n,
                                           double *params)
{
    LRPOT__REQUIRE_NOT_NULL(model);
    LRPOT__REQUIRE_NOT_NULL(params);
    LRPOT__TRY(check_count(model, n));
    memcpy(params, model->coefficients, (size_t)n * sizeof *params);
    return LRPOT_OK;
}

void lrpot__tensor_model_refresh(lrpot_tensor_model *model)
{
    for (int32_t p = 0; p < model->n_parts; p++) {
        const lrpot__tensor_part *part = &model->parts[p];
        for (int64_t z = 0; z < model->options.n_species; z++)
            memcpy(model->heads + part->offset + z * part->functions,
                   model->coefficients + part->offset + z * (part->functions + part->constant),
                   (size_t)part->functions * sizeof(double));
    }
}

lrpot_status lrpot_tensor_model_set_params(lrpot_tensor_model *model, int64_t n,
                                           const double *params)
{
    LRPOT__REQUIRE_NOT_NULL(model);
    LRPOT__REQUIRE_NOT_NULL(params);
    LRPOT__TRY(check_count(model, n));
    LRPOT__TRY(lrpot__all_finite("params", n, params));
    memcpy(model->coefficients, params, (size_t)n * sizeof *params);
    lrpot__tensor_model_refresh(model);
    return LRPOT_OK;
}
