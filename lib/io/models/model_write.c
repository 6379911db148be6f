/* Writing of models as JSON. */
#include "io/models/model_write.h"

#include "basis/basis.h"
#include "basis/network.h"
#include "basis/plan/graph.h"
#include "charges/charge_rules.h"
#include "core/error.h"
#include "io/models/model_active_set.h"
#include "io/models/model_nep.h"
#include "io/text/json_write.h"
#include "potential/core_repulsion.h"
#include "potential/gap_barrier.h"
#include "potential/model.h"
#include "potential/nep_assemble.h"

#include <lrpot/active_set.h>
#include <lrpot/io.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

const char *const lrpot__radial_names[] = { "RBChebyshev", "RBChebyshev_repuls", "BChebyshev",
                                            "BChebyshev_repuls", NULL };

static lrpot_status put_plan(json_t *basis, const lrpot__plan *plan)
{
    json_t *object = NULL;
    LRPOT__TRY(lrpot__json_put_object(basis, "plan", &object));
    LRPOT__TRY(lrpot__json_put(object, "moments", json_integer(plan->n_moments)));
    LRPOT__TRY(lrpot__json_put_integers(object, "basic", 4 * (int64_t)plan->n_basic,
                                        (const int32_t *)plan->basic));
    LRPOT__TRY(lrpot__json_put_integers(object, "products", 4 * (int64_t)plan->n_products,
                                        (const int32_t *)plan->products));
    return lrpot__json_put_integers(object, "scalars", plan->n_scalars, plan->scalars);
}

lrpot_status lrpot__basis_put(json_t *parent, const lrpot_basis *basis)
{
    const lrpot_basis_options *o = &basis->options;
    json_t *object = NULL, *radial = NULL;
    int64_t n_radial = lrpot_basis_radial_functions(basis);
    LRPOT__TRY(lrpot__basis_trained(basis, "a model file of this library"));
    LRPOT__TRY(lrpot__json_put_object(parent, "basis", &object));
    if (o->level == 0) LRPOT__TRY(put_plan(object, basis->plan));
    else LRPOT__TRY(lrpot__json_put(object, "level", json_integer(o->level)));
    if (o->level != 0 && o->radial_step != LRPOT__MTP_STEP)
        LRPOT__TRY(lrpot__json_put(object, "radial_step", json_integer(o->radial_step)));
    LRPOT__TRY(lrpot__json_put(object, "functions", json_integer(lrpot_basis_count(basis))));
    LRPOT__TRY(lrpot__json_put_object(object, "radial", &radial));
    LRPOT__TRY(lrpot__json_put(
        radial, "type",
        json_string(lrpot__radial_names[2 * basis->no_cutoff_factor + basis->clamp_below])));
    LRPOT__TRY(lrpot__json_put(radial, "size", json_integer(o->radial_size)));
    LRPOT__TRY(lrpot__json_put(radial, "min_distance", json_real(o->min_distance)));
    LRPOT__TRY(lrpot__json_put(radial, "cutoff", json_real(o->cutoff)));
    LRPOT__TRY(lrpot__json_put(radial, "scaling", json_real(o->scaling)));
    if (basis->rest != NULL)
        LRPOT__TRY(lrpot__json_put_numbers(radial, "rest_below",
                                           (int64_t)o->n_species * o->n_species, basis->rest));
    return lrpot__json_put_numbers(radial, "coefficients",
                                   (int64_t)o->n_species * o->n_species * n_radial * o->radial_size,
                                   basis->radial);
}

static lrpot_status put_linear(json_t *object, int64_t species_stride, int64_t n,
                               const double *linear)
{
    if (species_stride != 0)
        LRPOT__TRY(lrpot__json_put(object, "species_coefficients", json_true()));
    return lrpot__json_put_numbers(object, "linear", n, linear);
}

static lrpot_status put_network(json_t *parent, const lrpot__network *network)
{
    json_t *object = NULL;
    if (network == NULL) return LRPOT_OK;
    LRPOT__TRY(lrpot__json_put_object(parent, "hidden", &object));
    LRPOT__TRY(lrpot__json_put_integers(object, "widths", network->widths[1] > 0 ? 2 : 1,
                                        network->widths));
    LRPOT__TRY(lrpot__json_put(object, "activation", json_string("tanh")));
    LRPOT__TRY(lrpot__json_put(object, "charge_input", json_boolean(network->with_charge)));
    return lrpot__json_put_numbers(object, "weights", lrpot__network_count(network),
                                   network->weights);
}

static json_t *option_json(const lrpot__charge_option *option, const lrpot_charges_options *options)
{
    const char *member = (const char *)options + option->offset;
    if (option->type == LRPOT__OPTION_NUMBER) return json_real(*(const double *)member);
    int32_t value = *(const int32_t *)member;
    if (option->type == LRPOT__OPTION_CHOICE) return json_string(option->choices[value]);
    return option->type == LRPOT__OPTION_FLAG ? json_boolean(value & option->flag)
                                              : json_integer(value);
}

static lrpot_status put_own_options(json_t *object, const lrpot_charges *charges)
{
    const lrpot_charges_options *options = &charges->options;
    const lrpot__charge_option *option = NULL;
    if (charges->rules->own != NULL)
        LRPOT__TRY(lrpot__json_put_numbers(object, lrpot__charge_own_key(charges->rules),
                                           charges->n_species, charges->own));
    if (charges->rules->traits & LRPOT_CHARGES_TAKES_WIDTHS)
        LRPOT__TRY(lrpot__json_put_numbers(object, "widths", options->n_species, options->widths));
    for (int32_t k = 0; (option = lrpot__charge_option_of(charges->rules, k)) != NULL; k++)
        LRPOT__TRY(lrpot__json_put(object, option->key, option_json(option, options)));
    return LRPOT_OK;
}

/* Charges of their own: those of a NEP are in it. */
static lrpot_status put_own_charges(json_t *model, const lrpot_charges *charges)
{
    json_t *object = NULL;
    LRPOT__TRY(lrpot__json_put_object(model, "charges", &object));
    LRPOT__TRY(lrpot__json_put(object, "kind", json_string(charges->rules->name)));
    if (charges->basis != NULL) {
        LRPOT__TRY(lrpot__basis_put(object, charges->basis));
        LRPOT__TRY(put_linear(object, charges->species_stride,
                              charges->n_heads * charges->head_stride, charges->linear));
        LRPOT__TRY(put_network(object, charges->network));
    }
    LRPOT__TRY(lrpot__json_put_numbers(
        object, "species", (int64_t)charges->n_heads * charges->n_species, charges->base));
    return put_own_options(object, charges);
}

static lrpot_status put_charges(json_t *model, const lrpot_potential *potential)
{
    json_t *electrostatics = NULL;
    if (potential->charges == NULL) return LRPOT_OK;
    if (!lrpot__nep_has_charges(potential)) LRPOT__TRY(put_own_charges(model, potential->charges));
    LRPOT__TRY(lrpot__json_put_object(model, "electrostatics", &electrostatics));
    LRPOT__TRY(lrpot__json_put(electrostatics, "accuracy", json_real(potential->accuracy)));
    return potential->widths != NULL ? lrpot__json_put_numbers(
               electrostatics, "widths", potential->n_species, potential->widths)
                                     : LRPOT_OK;
}

static lrpot_status put_core(json_t *model, const lrpot_potential *potential)
{
    const lrpot__core *core = potential->core;
    json_t *object = NULL;
    int64_t pairs = (int64_t)potential->n_species * potential->n_species;
    if (core == NULL) return LRPOT_OK;
    LRPOT__TRY(lrpot__json_put_object(model, "core", &object));
    LRPOT__TRY(lrpot__json_put_numbers(object, "outer", pairs, core->outer));
    return lrpot__json_put_numbers(object, "strength", pairs, core->strength);
}

static lrpot_status put_barrier(json_t *model, const lrpot_potential *potential)
{
    const lrpot__gap_barrier *barrier = potential->barrier;
    json_t *object = NULL;
    int64_t pairs = (int64_t)potential->n_species * potential->n_species;
    if (barrier == NULL) return LRPOT_OK;
    LRPOT__TRY(lrpot__json_put_object(model, "gap_barrier", &object));
    LRPOT__TRY(lrpot__json_put_numbers(object, "begin", pairs, barrier->begin));
    LRPOT__TRY(lrpot__json_put_numbers(object, "end", pairs, barrier->end));
    return lrpot__json_put_numbers(object, "height", pairs, barrier->height);
}

static lrpot_status put_head(json_t *model, const lrpot_potential *potential)
{
    json_t *units = NULL;
    LRPOT__TRY(lrpot__json_put(model, "format", json_string(LRPOT__MODEL_FORMAT)));
    LRPOT__TRY(lrpot__json_put(model, "version", json_integer(LRPOT__MODEL_VERSION)));
    LRPOT__TRY(lrpot__json_put(model, "library", json_string(lrpot_version())));
    LRPOT__TRY(lrpot__json_put_object(model, "units", &units));
    LRPOT__TRY(lrpot__json_put(units, "length", json_string("A")));
    LRPOT__TRY(lrpot__json_put(units, "energy", json_string("eV")));
    LRPOT__TRY(lrpot__json_put(units, "charge", json_string("e")));
    return lrpot__json_put_species(model, potential->n_species,
                                   (const char *const *)potential->symbols);
}

static lrpot_status put_energy(json_t *energy, const lrpot_potential *potential)
{
    if (lrpot__nep_of(potential) != NULL) return lrpot__model_put_nep(energy, potential);
    LRPOT__TRY(lrpot__basis_put(energy, potential->basis));
    LRPOT__TRY(put_linear(energy, potential->species_stride,
                          lrpot__potential_linear_count(potential), potential->linear));
    return put_network(energy, potential->network);
}

lrpot_status lrpot__model_put(json_t *model, const lrpot_potential *potential)
{
    json_t *energy = NULL, *notes = NULL;
    const char *key = NULL, *value = NULL;
    LRPOT__TRY(put_head(model, potential));
    LRPOT__TRY(lrpot__json_put_object(model, "energy", &energy));
    LRPOT__TRY(put_energy(energy, potential));
    LRPOT__TRY(lrpot__json_put_numbers(energy, "species", potential->n_species, potential->shifts));
    LRPOT__TRY(put_core(model, potential));
    LRPOT__TRY(put_barrier(model, potential));
    LRPOT__TRY(put_charges(model, potential));
    LRPOT__TRY(lrpot__model_put_active_set(model, potential));
    LRPOT__TRY(lrpot__json_put_object(model, "notes", &notes));
    for (int64_t i = 0; lrpot_potential_note_at(potential, i, &key, &value); i++)
        LRPOT__TRY(lrpot__json_put(notes, key, json_string(value)));
    return LRPOT_OK;
}

lrpot_status lrpot_potential_save(const lrpot_potential *potential, const char *path)
{
    LRPOT__REQUIRE_NOT_NULL(potential);
    LRPOT__REQUIRE_NOT_NULL(path);
    json_t *model = json_object();
    lrpot_status status = lrpot__model_put(model, potential);
    if (status == LRPOT_OK) status = lrpot__json_save(model, path);
    json_decref(model);
    return status;
}
