/* Creation, copies and parameters of charge models. */
#include "charges/charge_model.h"

#include "basis/basis.h"
#include "basis/descriptor.h"
#include "basis/network.h"
#include "charges/blurred_sums.h"
#include "charges/charge_eval.h"
#include "charges/charge_rules.h"
#include "core/error.h"
#include "core/memory.h"
#include "core/struct_size.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static lrpot_status check_options(const lrpot_basis *basis, const lrpot_charges_options *options)
{
    LRPOT__REQUIRE_NOT_NULL(options);
    LRPOT__REQUIRE_INPUT(lrpot_charges_options, options);
    const lrpot__charge_rules *rules = lrpot__charge_rules_of(options->kind);
    if (rules == NULL)
        return lrpot__fail(LRPOT_E_ARGUMENT, "charge model kind %d does not exist", options->kind);
    if (options->n_species < 1)
        return lrpot__fail(LRPOT_E_ARGUMENT, "n_species = %d, expected at least 1",
                           options->n_species);
    if ((rules->traits & LRPOT_CHARGES_NEEDS_BASIS) && basis == NULL)
        return lrpot__fail(LRPOT_E_NULL, "charge model '%s' needs a basis", rules->name);
    if (!(rules->traits & LRPOT_CHARGES_TAKES_BASIS) && basis != NULL)
        return lrpot__fail(LRPOT_E_ARGUMENT, "charge model '%s' takes no basis", rules->name);
    if (basis != NULL && basis->options.n_species != options->n_species)
        return lrpot__fail(LRPOT_E_ARGUMENT, "the charge basis has %d species, the charge model %d",
                           basis->options.n_species, options->n_species);
    return LRPOT_OK;
}

static lrpot_status allocate(lrpot_charges *charges, const lrpot_basis *basis)
{
    int64_t n_species = charges->n_species, m = charges->n_heads;
    charges->base = lrpot__calloc(m * n_species, sizeof *charges->base);
    if (basis == NULL)
        charges->options.flags &=
            /* without coefficients there are none of each species */
            ~LRPOT_CHARGES_OWN_COEFFICIENTS;
    charges->own = lrpot__calloc(n_species, sizeof *charges->own);
    if (basis != NULL) {
        int own = (charges->options.flags & LRPOT_CHARGES_OWN_COEFFICIENTS) != 0;
        charges->species_stride = own ? lrpot_basis_count(basis) : 0;
        charges->head_stride = lrpot_basis_count(basis) * (own ? n_species : 1);
        charges->linear = lrpot__calloc(m * charges->head_stride, sizeof *charges->linear);
        LRPOT__TRY(lrpot__network_create(&charges->network, lrpot_basis_count(basis),
                                         charges->n_species, charges->n_heads,
                                         charges->options.hidden, charges->options.charge_input));
    } else if (charges->options.hidden[0] != 0 || charges->options.hidden[1] != 0
               || charges->options.charge_input != 0)
        return lrpot__fail(LRPOT_E_ARGUMENT,
                           "a hidden layer or an input of charge model '%s', which has no basis",
                           charges->rules->name);
    if (charges->base == NULL || charges->own == NULL || (basis != NULL && charges->linear == NULL))
        return LRPOT_E_MEMORY;
    for (int64_t z = 0; z < n_species; z++) charges->own[z] = 1.0;
    return LRPOT_OK;
}

/* Of several widths, where the kind has them. */
static lrpot_status create_blurred(const lrpot_charges *charges, double accuracy,
                                   struct lrpot__blurred_sums **out)
{
    *out = NULL;
    return charges->rules->traits & LRPOT_CHARGES_TAKES_MOMENTS
               ? lrpot__blurred_sums_create(out, charges, accuracy)
               : LRPOT_OK;
}

static lrpot_status configure(lrpot_charges *charges)
{
    const lrpot__charge_rules *rules = charges->rules;
    if (rules->configure != NULL) LRPOT__TRY(rules->configure(charges));
    if (charges->n_heads == 0)
        charges->n_heads = rules->heads != 0 ? rules->heads : charges->n_channels;
    if (!rules->owns_sum) return LRPOT_OK;
    LRPOT__TRY(
        lrpot__charges_create_sum(charges, charges->options.accuracy, NULL, &charges->ewald));
    return create_blurred(charges, charges->options.accuracy, &charges->blurred);
}

lrpot_status lrpot__charges_create_with_basis(lrpot_charges **out, lrpot_basis *basis,
                                              const lrpot_charges_options *options)
{
    assert(out != NULL);
    LRPOT__TRY(check_options(basis, options));
    lrpot_charges *charges = lrpot__calloc(1, sizeof *charges);
    if (charges == NULL) return LRPOT_E_MEMORY;
    charges->options = (lrpot_charges_options)LRPOT_CHARGES_OPTIONS_INIT;
    LRPOT__COPY_INPUT(&charges->options, options);
    charges->kind = options->kind;
    charges->n_species = options->n_species;
    charges->n_channels = 1;
    charges->rules = lrpot__charge_rules_of(options->kind);
    lrpot_status status = configure(charges);
    if (status == LRPOT_OK) status = allocate(charges, basis);
    if (status != LRPOT_OK) {
        lrpot_charges_free(charges);
        return status;
    }
    charges->basis = basis;
    *out = charges;
    return LRPOT_OK;
}

lrpot_status lrpot_charges_create(lrpot_charges **out, const lrpot_basis *basis,
                                  const lrpot_charges_options *options)
{
    LRPOT__REQUIRE_NOT_NULL(out);
    LRPOT__TRY(check_options(basis, options)); /* before the basis is copied */
    lrpot_basis *copy = NULL;
    if (basis != NULL) LRPOT__TRY(lrpot__basis_clone(&copy, basis));
    lrpot_status status = lrpot__charges_create_with_basis(out, copy, options);
    if (status != LRPOT_OK) lrpot_basis_free(copy);
    return status;
}

lrpot_status lrpot__charges_clone(lrpot_charges **out, const lrpot_charges *charges)
{
    lrpot_charges *copy = NULL;
    LRPOT__TRY(lrpot_charges_create(&copy, charges->basis, &charges->options));
    size_t per_species = (size_t)charges->n_species * sizeof(double), m = (size_t)charges->n_heads;
    memcpy(copy->base, charges->base, m * per_species);
    memcpy(copy->own, charges->own, per_species);
    if (charges->basis != NULL)
        memcpy(copy->linear, charges->linear, m * (size_t)charges->head_stride * sizeof(double));
    lrpot__network_copy(copy->network, charges->network);
    *out = copy;
    return LRPOT_OK;
}

void lrpot_charges_free(lrpot_charges *charges)
{
    if (charges == NULL) return;
    lrpot_basis_free(charges->basis);
    lrpot__free(charges->linear);
    lrpot__network_free(charges->network);
    lrpot__free(charges->base);
    lrpot__free(charges->own);
    lrpot__free(charges->widths);
    lrpot_ewald_free(charges->ewald);
    lrpot__blurred_sums_free(charges->blurred);
    lrpot__free(charges);
}

lrpot_status lrpot__charges_create_sum(const lrpot_charges *charges, double accuracy,
                                       const double *widths, lrpot_ewald **out)
{
    lrpot_ewald_options options = LRPOT_EWALD_OPTIONS_INIT;
    options.accuracy = accuracy;
    if (charges->options.flags & LRPOT_CHARGES_SELF) options.flags |= LRPOT_EWALD_SELF;
    if (charges->rules->coulomb != NULL) {
        charges->rules->coulomb(charges, &options);
    } else if (widths != NULL) {
        options.widths = widths;
        options.n_widths = charges->n_species;
    }
    return lrpot_ewald_create(out, &options);
}

lrpot_status lrpot__charges_set_accuracy(lrpot_charges *charges, double accuracy)
{
    lrpot_ewald *ewald = NULL;
    struct lrpot__blurred_sums *blurred = NULL;
    LRPOT__TRY(create_blurred(charges, accuracy, &blurred));
    lrpot_status status = lrpot__charges_create_sum(charges, accuracy, NULL, &ewald);
    if (status != LRPOT_OK) {
        lrpot__blurred_sums_free(blurred);
        return status;
    }
    lrpot_ewald_free(charges->ewald);
    lrpot__blurred_sums_free(charges->blurred);
    charges->ewald = ewald;
    charges->blurred = blurred;
    charges->options.accuracy = accuracy;
    return LRPOT_OK;
}

int32_t lrpot_charges_kind(const lrpot_charges *charges)
{
    return charges != NULL ? charges->kind : LRPOT_CHARGES_NONE;
}

int32_t lrpot_charges_keep_total(const lrpot_charges *charges)
{
    return charges != NULL && charges->rules->keeps_total != NULL
           && charges->rules->keeps_total(charges);
}

int32_t lrpot_charges_follow(const lrpot_charges *charges)
{
    return charges != NULL && lrpot__charges_depend_on_positions(charges);
}

int32_t lrpot_charges_channels(const lrpot_charges *charges)
{
    return charges != NULL ? charges->n_channels : 0;
}

lrpot_status lrpot_charges_get_options(const lrpot_charges *charges, lrpot_charges_options *options)
{
    LRPOT__REQUIRE_NOT_NULL(charges);
    LRPOT__REQUIRE_NOT_NULL(options);
    LRPOT__REQUIRE_RESULT(lrpot_charges_options, options);
    LRPOT__FILL_RESULT(options, &charges->options);
    return LRPOT_OK;
}

double lrpot_charges_cutoff(const lrpot_charges *charges)
{
    if (charges == NULL) return 0.0;
    double cutoff = charges->basis != NULL ? charges->basis->options.cutoff : 0.0;
    return charges->rules->traits & LRPOT_CHARGES_TAKES_MOMENTS
               ? fmax(cutoff, charges->options.reach)
               : cutoff;
}

const lrpot_basis *lrpot_charges_basis(const lrpot_charges *charges)
{
    return charges != NULL ? charges->basis : NULL;
}

void lrpot__charges_sizes(const lrpot_charges *charges, int64_t sizes[LRPOT__CHARGES_BLOCKS])
{
    const lrpot_basis *basis = charges->basis;
    memset(sizes, 0, LRPOT__CHARGES_BLOCKS * sizeof *sizes);
    if (basis != NULL && !basis->descriptor->trained) return; /* as of the potential */
    if (basis != NULL) {
        int64_t n_species = basis->options.n_species;
        sizes[0] = n_species * n_species * lrpot_basis_radial_functions(basis)
                   * basis->options.radial_size;
        sizes[1] = charges->n_heads * charges->head_stride;
    }
    sizes[2] = (int64_t)charges->n_heads * charges->n_species;
    sizes[4] = lrpot__network_count(charges->network);
    sizes[3] = charges->rules->own_free ? charges->n_species : 0;
}

int64_t lrpot_charges_param_count(const lrpot_charges *charges)
{
    if (charges == NULL) return 0;
    int64_t sizes[LRPOT__CHARGES_BLOCKS];
    lrpot__charges_sizes(charges, sizes);
    return sizes[0] + sizes[1] + sizes[2] + sizes[3] + sizes[4];
}

lrpot_status lrpot_charges_get_params(const lrpot_charges *charges, int64_t n, double *params)
{
    LRPOT__REQUIRE_NOT_NULL(charges);
    LRPOT__REQUIRE_NOT_NULL(params);
    if (n != lrpot_charges_param_count(charges))
        return lrpot__fail(LRPOT_E_SIZE, "%lld parameters, the charge model has %lld", (long long)n,
                           (long long)lrpot_charges_param_count(charges));
    int64_t sizes[LRPOT__CHARGES_BLOCKS];
    lrpot__charges_sizes(charges, sizes);
    const double *blocks[LRPOT__CHARGES_BLOCKS] = {
        charges->basis != NULL ? charges->basis->radial : NULL, charges->linear, charges->base,
        charges->own, charges->network != NULL ? charges->network->weights : NULL
    };
    for (int b = 0; b < LRPOT__CHARGES_BLOCKS; b++) {
        if (sizes[b] > 0) memcpy(params, blocks[b], (size_t)sizes[b] * sizeof *params);
        params += sizes[b];
    }
    return LRPOT_OK;
}

static lrpot_status check_params(const lrpot_charges *charges,
                                 const int64_t sizes[LRPOT__CHARGES_BLOCKS], int64_t n,
                                 const double *params)
{
    if (n != lrpot_charges_param_count(charges))
        return lrpot__fail(LRPOT_E_SIZE, "%lld parameters, the charge model has %lld", (long long)n,
                           (long long)lrpot_charges_param_count(charges));
    LRPOT__TRY(lrpot__all_finite("params", n, params));
    double magnitude = 0;
    int64_t own = sizes[0] + sizes[1] + sizes[2];
    for (int64_t p = own; p < own + sizes[LRPOT__CHARGES_OWN]; p++) magnitude += fabs(params[p]);
    if (sizes[LRPOT__CHARGES_OWN] > 0 && charges->rules->own_gauge && magnitude == 0)
        return lrpot__fail(LRPOT_E_ARGUMENT, "the %ss of all species are zero",
                           lrpot__charge_own_key(charges->rules));
    return LRPOT_OK;
}

lrpot_status lrpot_charges_set_params(lrpot_charges *charges, int64_t n, const double *params)
{
    LRPOT__REQUIRE_NOT_NULL(charges);
    LRPOT__REQUIRE_NOT_NULL(params);
    int64_t sizes[LRPOT__CHARGES_BLOCKS];
    lrpot__charges_sizes(charges, sizes);
    LRPOT__TRY(check_params(charges, sizes, n, params));
    if (sizes[0] > 0) LRPOT__TRY(lrpot_basis_set_radial(charges->basis, params));
    params += sizes[0];
    double *blocks[LRPOT__CHARGES_BLOCKS - 1] = { charges->linear, charges->base, charges->own,
                                                  charges->network != NULL
                                                      ? charges->network->weights
                                                      : NULL };
    for (int b = 0; b < LRPOT__CHARGES_BLOCKS - 1; b++) {
        if (sizes[b + 1] > 0) memcpy(blocks[b], params, (size_t)sizes[b + 1] * sizeof *params);
        params += sizes[b + 1];
    }
    return LRPOT_OK;
}
