/* Creation of polarizable densities, and their coefficients. */
#include "potential/density.h"

#include "basis/basis.h"
#include "core/error.h"
#include "core/memory.h"
#include "core/struct_size.h"
#include "potential/symbols.h"

#include <string.h>

enum { MAX_SPECIES = 32 };

static lrpot_status check_options(const lrpot_basis *basis, const lrpot_density_options *o)
{
    LRPOT__REQUIRE_INPUT(lrpot_density_options, o);
    LRPOT__REQUIRE_NOT_NULL(o->symbols);
    if (o->n_species != basis->options.n_species || o->n_species > MAX_SPECIES)
        return lrpot__fail(LRPOT_E_ARGUMENT, "n_species = %d, but the basis has %d; at most %d",
                           o->n_species, basis->options.n_species, MAX_SPECIES);
    if (o->order < 0 || o->order > 1)
        return lrpot__fail(LRPOT_E_ARGUMENT, "order = %d of the density, expected 0 or 1",
                           o->order);
    if (o->gradients != 0 && (o->gradients != 1 || o->order < 1))
        return lrpot__fail(LRPOT_E_ARGUMENT,
                           "gradients = %d with order %d, expected 0, or 1 with order 1",
                           o->gradients, o->order);
    if (o->n_widths < 0 || o->n_widths > LRPOT_SELFCONSISTENT_MAX_WIDTHS)
        return lrpot__fail(LRPOT_E_ARGUMENT, "n_widths = %d, expected 0 to %d", o->n_widths,
                           LRPOT_SELFCONSISTENT_MAX_WIDTHS);
    if (!(o->reach > 0.0 && o->reach <= basis->options.cutoff))
        return lrpot__fail(
            LRPOT_E_ARGUMENT,
            "reach = %g A, expected more than 0 and up to the cutoff of the basis, %g A", o->reach,
            basis->options.cutoff);
    return lrpot__all_finite("charges", o->n_species, o->charges);
}

static void place_heads(const lrpot_density_options *o, lrpot__density_heads *h)
{
    int32_t fixed = o->order > 0 ? 4 : 2;
    *h = (lrpot__density_heads){ .charge = 0,
                                 .chi = 1,
                                 .beta = o->order > 0 ? 2 : -1,
                                 .gamma = o->order > 0 ? 3 : -1,
                                 .kappa = fixed,
                                 .eta = fixed + 1,
                                 .alpha = o->gradients ? fixed + 2 : -1,
                                 .zeta = o->gradients ? fixed + 3 : -1,
                                 .per_width = o->gradients ? 4 : 2 };
    h->count = fixed + o->n_widths * h->per_width;
}

/* Creates the scheme. Without features no iteration is needed: one step, and one to confirm it. */
static lrpot_status create_scheme(lrpot_density *density, const double *widths)
{
    const lrpot_density_options *o = &density->options;
    lrpot_selfconsistent_options s = LRPOT_SELFCONSISTENT_OPTIONS_INIT;
    s.order = o->order, s.n_widths = o->n_widths > 0 ? o->n_widths : 1,
    s.widths = o->n_widths > 0 ? widths : NULL, s.width = o->width;
    s.mixing = o->n_widths > 0 ? o->mixing : 1.0, s.tolerance = o->tolerance,
    s.accuracy = o->accuracy, s.max_steps = o->max_steps;
    return lrpot_selfconsistent_create(&density->scheme, &s);
}

static lrpot_status copy_arrays(lrpot_density *density, const lrpot_density_options *given)
{
    lrpot_density_options *o = &density->options;
    LRPOT__TRY(lrpot__symbols_copy(&density->symbols, o->n_species, given->symbols));
    density->widths = lrpot__calloc(o->n_widths, sizeof *density->widths);
    density->charges = lrpot__calloc(o->n_species, sizeof *density->charges);
    if (density->widths == NULL || density->charges == NULL) return LRPOT_E_MEMORY;
    for (int32_t n = 0; n < o->n_widths; n++)
        density->widths[n] = given->widths != NULL ? given->widths[n] : given->width;
    for (int32_t z = 0; given->charges != NULL && z < o->n_species; z++)
        density->charges[z] = given->charges[z];
    o->symbols = (const char *const *)density->symbols, o->widths = density->widths,
    o->charges = density->charges;
    return LRPOT_OK;
}

static lrpot_status fill(lrpot_density *density, const lrpot_basis *basis,
                         const lrpot_density_options *given)
{
    LRPOT__COPY_INPUT(&density->options, given);
    if (given->mixing == 0.0) density->options.mixing = 0.6;
    LRPOT__TRY(create_scheme(density, given->widths));
    const lrpot_selfconsistent_options *solved = &density->scheme->options;
    density->options.tolerance = solved->tolerance, density->options.accuracy = solved->accuracy,
    density->options.max_steps = solved->max_steps;
    LRPOT__TRY(copy_arrays(density, given));
    LRPOT__TRY(lrpot__basis_clone(&density->basis, basis));
    place_heads(&density->options, &density->heads);
    density->n_params = (int64_t)density->heads.count * given->n_species
                        * (lrpot_basis_count(basis) + 1);
    density->params = lrpot__calloc(density->n_params, sizeof *density->params);
    return density->params != NULL ? LRPOT_OK : LRPOT_E_MEMORY;
}

lrpot_status lrpot_density_create(lrpot_density **out, const lrpot_basis *basis,
                                  const lrpot_density_options *options)
{
    LRPOT__REQUIRE_NOT_NULL(out);
    LRPOT__REQUIRE_NOT_NULL(basis);
    LRPOT__REQUIRE_NOT_NULL(options);
    LRPOT__TRY(check_options(basis, options));
    lrpot_density *density = lrpot__calloc(1, sizeof *density);
    if (density == NULL) return LRPOT_E_MEMORY;
    lrpot_status status = fill(density, basis, options);
    if (status != LRPOT_OK) lrpot_density_free(density);
    else *out = density;
    return status;
}

void lrpot_density_free(lrpot_density *density)
{
    if (density == NULL) return;
    lrpot__symbols_free(density->symbols, density->options.n_species);
    lrpot_selfconsistent_free(density->scheme);
    lrpot_basis_free(density->basis);
    lrpot__free(density->widths);
    lrpot__free(density->charges);
    lrpot__free(density->params);
    lrpot__free(density);
}

lrpot_status lrpot_density_get_options(const lrpot_density *density, lrpot_density_options *options)
{
    LRPOT__REQUIRE_NOT_NULL(density);
    LRPOT__REQUIRE_NOT_NULL(options);
    LRPOT__REQUIRE_RESULT(lrpot_density_options, options);
    LRPOT__FILL_RESULT(options, &density->options);
    return LRPOT_OK;
}

const lrpot_basis *lrpot_density_basis(const lrpot_density *density)
{
    return density != NULL ? density->basis : NULL;
}

double lrpot_density_cutoff(const lrpot_density *density)
{
    return density != NULL ? density->basis->options.cutoff : 0.0;
}

int64_t lrpot_density_feature_count(const lrpot_density *density, int64_t n)
{
    if (density == NULL || n < 0) return 0;
    return (density->options.n_widths > 0 ? density->options.n_widths : 1)
           * density->scheme->components * n;
}

int64_t lrpot_density_param_count(const lrpot_density *density)
{
    return density != NULL ? density->n_params : 0;
}

static lrpot_status check_count(const lrpot_density *density, int64_t n)
{
    if (n == density->n_params) return LRPOT_OK;
    return lrpot__fail(LRPOT_E_ARGUMENT, "n is %lld, but the density has %lld coefficients",
                       (long long)n, (long long)density->n_params);
}

lrpot_status lrpot_density_get_params(const lrpot_density *density, int64_t n, double *params)
{
    LRPOT__REQUIRE_NOT_NULL(density);
    LRPOT__REQUIRE_NOT_NULL(params);
    LRPOT__TRY(check_count(density, n));
    memcpy(params, density->params, (size_t)n * sizeof *params);
    return LRPOT_OK;
}

lrpot_status lrpot_density_set_params(lrpot_density *density, int64_t n, const double *params)
{
    LRPOT__REQUIRE_NOT_NULL(density);
    LRPOT__REQUIRE_NOT_NULL(params);
    LRPOT__TRY(check_count(density, n));
    LRPOT__TRY(lrpot__all_finite("params", n, params));
    memcpy(density->params, params, (size_t)n * sizeof *params);
    return LRPOT_OK;
}
