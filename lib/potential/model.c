/* Creation and copies of models. */
#include "potential/model.h"

#include "basis/basis.h"
#include "basis/descriptor.h"
#include "basis/network.h"
#include "charges/charge_model.h"
#include "charges/charge_rules.h"
#include "core/error.h"
#include "core/memory.h"
#include "core/struct_size.h"
#include "core/utf8.h"
#include "potential/active_set.h"
#include "potential/core_repulsion.h"
#include "potential/gap_barrier.h"
#include "potential/symbols.h"

#include <math.h>
#include <string.h>

static lrpot_status set_electrostatics(lrpot_potential *potential, lrpot_charges *charges,
                                       double accuracy, const double *widths)
{
    if (widths != NULL) {
        if (charges->rules->width != NULL)
            return lrpot__fail(LRPOT_E_ARGUMENT,
                               "widths are given, but charge model '%s' has its own",
                               charges->rules->name);
        potential->widths = lrpot__duplicate(widths, potential->n_species, sizeof *widths);
        if (potential->widths == NULL) return LRPOT_E_MEMORY;
    }
    potential->accuracy = accuracy;
    if (charges->ewald == NULL)
        return lrpot__charges_create_sum(charges, accuracy, widths, &potential->ewald);
    if (accuracy != charges->options.accuracy)
        LRPOT__TRY(lrpot__charges_set_accuracy(charges, accuracy));
    potential->ewald = charges->ewald;
    return LRPOT_OK;
}

static int owns_ewald(const lrpot_potential *potential)
{
    return potential->charges == NULL || potential->charges->ewald == NULL;
}

/* Fills all members but basis and charges, which the caller hands over when nothing can fail any
 * more. */
static lrpot_status fill(lrpot_potential *potential, const char *const *symbols, int64_t n_linear,
                         lrpot_charges *charges, double accuracy, const double *widths)
{
    LRPOT__TRY(lrpot__symbols_copy(&potential->symbols, potential->n_species, symbols));
    potential->linear = lrpot__calloc(n_linear, sizeof *potential->linear);
    potential->shifts = lrpot__calloc(potential->n_species, sizeof *potential->shifts);
    if (potential->linear == NULL || potential->shifts == NULL) return LRPOT_E_MEMORY;
    return charges != NULL ? set_electrostatics(potential, charges, accuracy, widths) : LRPOT_OK;
}

lrpot_status lrpot__potential_assemble(lrpot_potential **out, const char *const *symbols,
                                       lrpot_basis *basis, lrpot_charges *charges, double accuracy,
                                       const double *widths, int own)
{
    if (charges != NULL && charges->n_species != basis->options.n_species)
        return lrpot__fail(LRPOT_E_ARGUMENT, "the charge model has %d species, the energy basis %d",
                           charges->n_species, basis->options.n_species);
    lrpot_potential *potential = lrpot__calloc(1, sizeof *potential);
    if (potential == NULL) return LRPOT_E_MEMORY;
    potential->n_species = basis->options.n_species;
    potential->charge_unit = 1.0;
    potential->species_stride = own ? lrpot_basis_count(basis) : 0;
    lrpot_status status = fill(potential, symbols,
                               lrpot_basis_count(basis) * (own ? potential->n_species : 1), charges,
                               accuracy, widths);
    if (status != LRPOT_OK) {
        if (charges != NULL && charges->ewald != NULL)
            potential->ewald = NULL; /* it still belongs to the caller */
        lrpot_potential_free(potential);
        return status;
    }
    potential->basis = basis;
    potential->charges = charges;
    *out = potential;
    return LRPOT_OK;
}

/* Creates a basis by options that may be NULL. */
static lrpot_status create_basis(lrpot_basis **out, const lrpot_basis_options *given,
                                 int32_t n_species)
{
    lrpot_basis_options options = LRPOT_BASIS_OPTIONS_INIT;
    LRPOT__REQUIRE_INPUT(lrpot_basis_options, given);
    if (given != NULL) LRPOT__COPY_INPUT(&options, given);
    options.n_species = n_species;
    return lrpot_basis_create(out, &options);
}

lrpot_status lrpot__potential_create_charges(lrpot_charges **out,
                                             const lrpot_potential_options *options)
{
    *out = NULL;
    if (options->charges == LRPOT_CHARGES_NONE) return LRPOT_OK;
    const lrpot__charge_rules *rules = lrpot__charge_rules_of(options->charges);
    if (rules == NULL)
        return lrpot__fail(LRPOT_E_ARGUMENT, "charge model kind %d does not exist",
                           options->charges);
    lrpot_charges_options charge_options = LRPOT_CHARGES_OPTIONS_INIT;
    LRPOT__REQUIRE_INPUT(lrpot_charges_options, options->charge_options);
    LRPOT__REQUIRE_INPUT(lrpot_basis_options, options->charge_basis);
    if (options->charge_options != NULL)
        LRPOT__COPY_INPUT(&charge_options, options->charge_options);
    charge_options.kind = options->charges;
    charge_options.n_species = options->n_species;
    lrpot_basis *basis = NULL;
    if ((rules->traits & LRPOT_CHARGES_TAKES_WIDTHS) && options->widths != NULL)
        charge_options.widths = options->widths;
    if (rules->owns_sum) charge_options.accuracy = options->accuracy;
    if ((rules->traits & LRPOT_CHARGES_NEEDS_BASIS)
        || ((rules->traits & LRPOT_CHARGES_TAKES_BASIS)
            && (options->charge_basis == NULL || options->charge_basis->level != 0)))
        LRPOT__TRY(create_basis(&basis, options->charge_basis, options->n_species));
    lrpot_status status = lrpot__charges_create_with_basis(out, basis, &charge_options);
    if (status != LRPOT_OK) lrpot_basis_free(basis);
    return status;
}

lrpot_status lrpot_potential_create(lrpot_potential **out, const lrpot_potential_options *options)
{
    LRPOT__REQUIRE_NOT_NULL(out);
    LRPOT__REQUIRE_NOT_NULL(options);
    LRPOT__REQUIRE_INPUT(lrpot_potential_options, options);
    lrpot_potential_options known;
    LRPOT__COPY_INPUT(&known, options);
    if (known.species_coefficients != 0 && known.species_coefficients != 1)
        return lrpot__fail(LRPOT_E_ARGUMENT, "species_coefficients = %d, expected 0 or 1",
                           known.species_coefficients);
    lrpot_basis *basis = NULL;
    lrpot_charges *charges = NULL;
    lrpot_potential *potential = NULL;
    LRPOT__TRY(create_basis(&basis, known.basis, known.n_species));
    lrpot_status status = lrpot__potential_create_charges(&charges, &known);
    int own = lrpot_charges_kind_traits(known.charges) & LRPOT_CHARGES_TAKES_WIDTHS;
    /* otherwise the widths belong to the charges by now */
    const double *widths = own ? NULL : known.widths;
    if (status == LRPOT_OK)
        status = lrpot__potential_assemble(&potential, known.symbols, basis, charges,
                                           known.accuracy, widths, known.species_coefficients);
    if (status != LRPOT_OK) {
        lrpot_charges_free(charges);
        lrpot_basis_free(basis);
        return status;
    }
    status = lrpot__potential_add_network(potential, known.hidden, known.charge_input);
    if (status != LRPOT_OK) lrpot_potential_free(potential);
    else *out = potential;
    return status;
}

lrpot_status lrpot__potential_copy_state(lrpot_potential *copy, const lrpot_potential *potential)
{
    memcpy(copy->linear, potential->linear,
           (size_t)lrpot__potential_linear_count(potential) * sizeof(double));
    memcpy(copy->shifts, potential->shifts, (size_t)potential->n_species * sizeof(double));
    copy->own_sum = potential->own_sum;
    copy->charge_unit = potential->charge_unit;
    copy->epsilon = potential->epsilon;
    copy->plain_forces = potential->plain_forces;
    if (potential->core != NULL)
        LRPOT__TRY(lrpot__core_create(&copy->core, potential, lrpot_potential_cutoff(potential),
                                      potential->core->outer, potential->core->strength));
    if (potential->barrier != NULL)
        LRPOT__TRY(lrpot__gap_barrier_create(
            &copy->barrier, potential, lrpot_potential_cutoff(potential), potential->barrier->begin,
            potential->barrier->end, potential->barrier->height));
    if (potential->network != NULL) {
        LRPOT__TRY(lrpot__potential_add_network(copy, potential->network->widths,
                                                potential->network->with_charge));
        lrpot__network_copy(copy->network, potential->network);
    }
    for (int64_t i = 0; i < potential->n_metadata; i++)
        LRPOT__TRY(lrpot_potential_set_note(copy, potential->metadata[i].key,
                                            potential->metadata[i].value));
    return potential->active_set != NULL
               ? lrpot_active_set_clone(&copy->active_set, potential->active_set)
               : LRPOT_OK;
}

lrpot_status lrpot_potential_clone(lrpot_potential **out, const lrpot_potential *potential)
{
    LRPOT__REQUIRE_NOT_NULL(out);
    LRPOT__REQUIRE_NOT_NULL(potential);
    lrpot_basis *basis = NULL;
    lrpot_charges *charges = NULL;
    lrpot_potential *copy = NULL;
    LRPOT__TRY(lrpot__basis_clone(&basis, potential->basis));
    lrpot_status status =
        potential->charges != NULL ? lrpot__charges_clone(&charges, potential->charges) : LRPOT_OK;
    if (status == LRPOT_OK)
        status = lrpot__potential_assemble(&copy, (const char *const *)potential->symbols, basis,
                                           charges, potential->accuracy, potential->widths,
                                           potential->species_stride != 0);
    if (status != LRPOT_OK) {
        lrpot_charges_free(charges);
        lrpot_basis_free(basis);
        return status;
    }
    status = lrpot__potential_copy_state(copy, potential);
    if (status != LRPOT_OK) lrpot_potential_free(copy);
    else *out = copy;
    return status;
}

void lrpot_potential_free(lrpot_potential *potential)
{
    if (potential == NULL) return;
    lrpot__symbols_free(potential->symbols, potential->n_species);
    lrpot_basis_free(potential->basis);
    lrpot__free(potential->linear);
    lrpot__free(potential->shifts);
    lrpot__network_free(potential->network);
    lrpot_active_set_free(potential->active_set);
    lrpot__core_free(potential->core);
    lrpot__gap_barrier_free(potential->barrier);
    if (owns_ewald(potential)) lrpot_ewald_free(potential->ewald);
    lrpot_charges_free(potential->charges);
    lrpot__free(potential->widths);
    for (int64_t i = 0; i < potential->n_metadata; i++) {
        lrpot__free(potential->metadata[i].key);
        lrpot__free(potential->metadata[i].value);
    }
    lrpot__free(potential->metadata);
    lrpot__free(potential);
}

lrpot_status lrpot_potential_set_accuracy(lrpot_potential *potential, double accuracy)
{
    LRPOT__REQUIRE_NOT_NULL(potential);
    if (potential->ewald == NULL)
        return lrpot__fail(LRPOT_E_UNSUPPORTED,
                           "the model has no electrostatics whose accuracy could be set");
    lrpot_ewald *ewald = NULL;
    if (owns_ewald(potential)) {
        LRPOT__TRY(
            lrpot__charges_create_sum(potential->charges, accuracy, potential->widths, &ewald));
        lrpot_ewald_free(potential->ewald);
    } else {
        LRPOT__TRY(lrpot__charges_set_accuracy(potential->charges, accuracy));
        ewald = potential->charges->ewald;
    }
    potential->ewald = ewald;
    potential->accuracy = accuracy;
    return LRPOT_OK;
}

/* Replaces the symbols of an active set by those of its model. */
static lrpot_status rename_active_set(lrpot_active_set *set, int32_t n, const char *const *symbols)
{
    char **copies = NULL;
    if (set == NULL) return LRPOT_OK;
    LRPOT__TRY(lrpot__symbols_copy(&copies, n, symbols));
    lrpot__symbols_free(set->symbols, set->n_species);
    set->symbols = copies;
    return LRPOT_OK;
}

/* The core's nuclear charges are those of the symbols. */
static lrpot_status core_of_new_symbols(lrpot_potential *potential)
{
    lrpot__core *core = NULL, *before = potential->core;
    if (before == NULL) return LRPOT_OK;
    LRPOT__TRY(lrpot__core_create(&core, potential, lrpot_potential_cutoff(potential),
                                  before->outer, before->strength));
    lrpot__core_free(before);
    potential->core = core;
    return LRPOT_OK;
}

/* The file of a NEP names elements, whose repulsion it contains: they cannot become others. */
static lrpot_status check_renaming(const lrpot_potential *potential, int32_t n,
                                   const char *const *symbols)
{
    for (int32_t z = 0; z < n && !potential->basis->descriptor->trained; z++)
        if (symbols[z] != NULL && strcmp(symbols[z], potential->symbols[z]) != 0)
            return lrpot__fail(
                LRPOT_E_ARGUMENT, "species %d is %s in the file of the %s, it cannot become '%s'",
                z, potential->symbols[z], potential->basis->descriptor->name, symbols[z]);
    return LRPOT_OK;
}

lrpot_status lrpot_potential_set_symbols(lrpot_potential *potential, int32_t n,
                                         const char *const *symbols)
{
    LRPOT__REQUIRE_NOT_NULL(potential);
    if (n != potential->n_species)
        return lrpot__fail(LRPOT_E_SIZE, "%d symbols, the model has %d species", n,
                           potential->n_species);
    char **copies = NULL;
    LRPOT__REQUIRE_NOT_NULL(symbols);
    LRPOT__TRY(check_renaming(potential, n, symbols));
    LRPOT__TRY(lrpot__symbols_copy(&copies, n, symbols));
    char **before = potential->symbols;
    potential->symbols = copies;
    lrpot_status status = core_of_new_symbols(potential);
    if (status == LRPOT_OK) status = rename_active_set(potential->active_set, n, symbols);
    if (status != LRPOT_OK) potential->symbols = before;
    lrpot__symbols_free(status == LRPOT_OK ? before : copies, n);
    return status;
}

lrpot_status lrpot_potential_species(const lrpot_potential *potential, const char *symbol,
                                     int32_t *index)
{
    LRPOT__REQUIRE_NOT_NULL(potential);
    LRPOT__REQUIRE_NOT_NULL(symbol);
    LRPOT__REQUIRE_NOT_NULL(index);
    for (int32_t z = 0; z < potential->n_species; z++)
        if (strcmp(potential->symbols[z], symbol) == 0) {
            *index = z;
            return LRPOT_OK;
        }
    return lrpot__fail(LRPOT_E_SPECIES, "the model has no species '%s'", symbol);
}

double lrpot_potential_cutoff(const lrpot_potential *potential)
{
    return potential != NULL
               ? fmax(potential->basis->options.cutoff, lrpot_charges_cutoff(potential->charges))
               : 0.0;
}

int32_t lrpot_potential_species_count(const lrpot_potential *potential)
{
    return potential != NULL ? potential->n_species : 0;
}

const char *const *lrpot_potential_symbols(const lrpot_potential *potential)
{
    return potential != NULL ? (const char *const *)potential->symbols : NULL;
}

const lrpot_basis *lrpot_potential_basis(const lrpot_potential *potential)
{
    return potential != NULL ? potential->basis : NULL;
}

const lrpot_charges *lrpot_potential_charges(const lrpot_potential *potential)
{
    return potential != NULL ? potential->charges : NULL;
}

const lrpot_ewald *lrpot_potential_ewald(const lrpot_potential *potential)
{
    return potential != NULL && potential->own_sum == NULL ? potential->ewald : NULL;
}

double lrpot_potential_charge_unit(const lrpot_potential *potential)
{
    return potential != NULL ? potential->charge_unit : 1.0;
}

double lrpot_potential_epsilon_infinity(const lrpot_potential *potential)
{
    return potential != NULL ? potential->epsilon : 0.0;
}

lrpot_status lrpot__potential_add_network(lrpot_potential *potential,
                                          const int32_t hidden[LRPOT__NETWORK_LAYERS],
                                          int32_t charge_input)
{
    return lrpot__network_create(&potential->network, lrpot_basis_count(potential->basis),
                                 potential->n_species, 1, hidden, charge_input);
}

lrpot__request lrpot__potential_request(const lrpot_potential *potential)
{
    lrpot__request request = { .coefficients = potential->linear,
                               .species_stride = potential->species_stride,
                               .network = potential->network };
    return request;
}

int64_t lrpot__potential_linear_count(const lrpot_potential *potential)
{
    return lrpot_basis_count(potential->basis)
           * (potential->species_stride != 0 ? potential->n_species : 1);
}

int32_t lrpot_potential_needs(const lrpot_potential *potential)
{
    if (potential == NULL || potential->charges == NULL) return 0;
    int reverse = (potential->charges->rules->traits & LRPOT_CHARGES_TAKES_MOMENTS) != 0;
    return LRPOT_NEEDS_SUM | LRPOT_NEEDS_FORWARD | (reverse ? LRPOT_NEEDS_REVERSE : 0);
}
