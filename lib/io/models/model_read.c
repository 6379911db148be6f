/* Reading of models from JSON. Every value is checked before it is used; nothing in a file is ever
 * executed. */
#include "io/models/model_read.h"

#include "basis/basis.h"
#include "basis/moments.h"
#include "basis/network.h"
#include "basis/plan/graph.h"
#include "basis/plan/plan.h"
#include "basis/plan/plan_import.h"
#include "charges/charge_model.h"
#include "charges/charge_rules.h"
#include "core/error.h"
#include "core/memory.h"
#include "io/models/model_active_set.h"
#include "io/models/model_nep.h"
#include "io/text/json_read.h"
#include "potential/model.h"
#include "potential/nep_assemble.h"

#include <stdio.h>
#include <string.h>

static lrpot_status get_charge_kind(const lrpot__json_place *at, int32_t *kind)
{
    const char *name = NULL;
    LRPOT__TRY(lrpot__json_text(at, "kind", &name));
    *kind = lrpot_charges_kind_of(name);
    return *kind > LRPOT_CHARGES_NONE ? LRPOT_OK : lrpot__json_unknown(at, "kind", name);
}

static lrpot_status fill_plan(const lrpot__json_place *at, lrpot__plan *tables)
{
    int32_t *numbers[2] = { NULL, NULL };
    LRPOT__TRY(lrpot__json_integer(at, "moments", &tables->n_moments));
    lrpot_status status = lrpot__json_integers(at, "basic", 4, &tables->n_basic, &numbers[0]);
    if (status == LRPOT_OK)
        tables->basic = (lrpot__moment *)numbers[0]; /* groups of four 32-bit integers */
    LRPOT__TRY(status);
    LRPOT__TRY(lrpot__json_integers(at, "products", 4, &tables->n_products, &numbers[1]));
    tables->products = (lrpot__product *)numbers[1];
    LRPOT__TRY(lrpot__json_integers(at, "scalars", 1, &tables->n_scalars, &tables->scalars));
    /* every moment is a basic one or the target of a product: memory is sized by the contents of
     * the file, not by the numbers it states */
    if (tables->n_moments > (int64_t)tables->n_basic + tables->n_products)
        return lrpot__fail(
            LRPOT_E_PARSE,
            "%s: key '%s.moments' is %d, but %d basic moments and %d products make fewer", at->file,
            at->path, tables->n_moments, tables->n_basic, tables->n_products);
    return LRPOT_OK;
}

static lrpot_status read_plan(const lrpot__json_place *at, lrpot__plan **plan)
{
    lrpot__plan tables = { 0 };
    lrpot_status status = fill_plan(at, &tables);
    if (status == LRPOT_OK) status = lrpot__json_blame_file(at, lrpot__plan_import(plan, &tables));
    lrpot__free(tables.basic);
    lrpot__free(tables.products);
    lrpot__free(tables.scalars);
    return status;
}

/* Reads the step. It is absent if it is that of published MTPs. */
static lrpot_status read_step(const lrpot__json_place *at, lrpot_basis_options *options)
{
    if (json_object_get(at->object, "radial_step") == NULL) return LRPOT_OK;
    LRPOT__TRY(lrpot__json_integer(at, "radial_step", &options->radial_step));
    return options->radial_step != 0
               ? LRPOT_OK
               : lrpot__fail(LRPOT_E_PARSE, "%s: key '%s.radial_step' is 0, expected 1 to 8",
                             at->file, at->path);
}

static lrpot_status read_options(const lrpot__json_place *at, lrpot_basis_options *options,
                                 int32_t *radial_type)
{
    lrpot__json_place radial;
    LRPOT__TRY(read_step(at, options));
    LRPOT__TRY(lrpot__json_enter(at, "radial", &radial));
    LRPOT__TRY(lrpot__json_choice(&radial, "type", lrpot__radial_names, radial_type));
    LRPOT__TRY(lrpot__json_integer(&radial, "size", &options->radial_size));
    LRPOT__TRY(lrpot__json_number(&radial, "min_distance", &options->min_distance));
    LRPOT__TRY(lrpot__json_number(&radial, "cutoff", &options->cutoff));
    LRPOT__TRY(lrpot__json_number(&radial, "scaling", &options->scaling));
    /* at least one radial function for each pair: memory is sized by the contents of the file, not
     * by the numbers it states */
    json_t *coefficients = NULL;
    int64_t least = (int64_t)options->n_species * options->n_species * options->radial_size;
    LRPOT__TRY(lrpot__json_array(&radial, "coefficients", -1, &coefficients));
    if ((int64_t)json_array_size(coefficients) >= least) return LRPOT_OK;
    return lrpot__fail(
        LRPOT_E_PARSE, "%s: key '%s.coefficients' has %lld values, expected at least %lld",
        at->file, radial.path, (long long)json_array_size(coefficients), (long long)least);
}

/* A level determines the number of radial functions. The file must have them before functions are
 * enumerated. */
static lrpot_status check_level(const lrpot__json_place *at, const lrpot_basis_options *options)
{
    lrpot__json_place radial;
    json_t *coefficients = NULL;
    int32_t step = options->radial_step != 0 ? options->radial_step : LRPOT__MTP_STEP;
    int64_t pairs = (int64_t)options->n_species * options->n_species * options->radial_size;
    LRPOT__TRY(lrpot__json_enter(at, "radial", &radial));
    LRPOT__TRY(lrpot__json_array(&radial, "coefficients", -1, &coefficients));
    if (options->radial_size < 1)
        return lrpot__fail(LRPOT_E_PARSE, "%s: key '%s.size' is %d, expected at least 1", at->file,
                           radial.path, options->radial_size);
    /* the basis refuses these values */
    if (options->level < 2 || step < 1 || step > 8) return LRPOT_OK;
    int64_t functions = (options->level - 2) / step + 1, most = LRPOT__MAX_MU + 1;
    if (step == LRPOT__MTP_STEP && functions > most) functions = most;
    if ((int64_t)json_array_size(coefficients) >= pairs * functions) return LRPOT_OK;
    return lrpot__fail(
        LRPOT_E_PARSE,
        "%s: key '%s.coefficients' has %lld values, expected at least %lld for level %d", at->file,
        radial.path, (long long)json_array_size(coefficients), (long long)(pairs * functions),
        options->level);
}

static lrpot_status create_basis(const lrpot__json_place *at, const lrpot_basis_options *options,
                                 lrpot_basis **basis)
{
    lrpot__json_place tables;
    lrpot__plan *plan = NULL;
    if (json_object_get(at->object, "plan") == NULL) {
        LRPOT__TRY(check_level(at, options));
        return lrpot__json_blame_file(at, lrpot_basis_create(basis, options));
    }
    LRPOT__TRY(lrpot__json_enter(at, "plan", &tables));
    LRPOT__TRY(read_plan(&tables, &plan));
    lrpot_status status =
        lrpot__json_blame_file(at, lrpot__basis_create_with_plan(basis, options, plan));
    if (status != LRPOT_OK) lrpot__plan_free(plan);
    return status;
}

static lrpot_status read_radial(const lrpot__json_place *at, lrpot_basis *basis)
{
    lrpot__json_place radial;
    int32_t functions = 0;
    int64_t s = basis->options.n_species,
            n = s * s * lrpot_basis_radial_functions(basis) * basis->options.radial_size;
    LRPOT__TRY(lrpot__json_integer(at, "functions", &functions));
    if (functions != lrpot_basis_count(basis))
        return lrpot__fail(LRPOT_E_PARSE, "%s: key '%s.functions' is %d, but the basis has %lld",
                           at->file, at->path, functions, (long long)lrpot_basis_count(basis));
    LRPOT__TRY(lrpot__json_enter(at, "radial", &radial));
    double *values = lrpot__calloc(n, sizeof *values);
    if (values == NULL) return LRPOT_E_MEMORY;
    lrpot_status status = lrpot__json_numbers(&radial, "coefficients", n, values);
    if (status == LRPOT_OK)
        status = lrpot__json_blame_file(&radial, lrpot_basis_set_radial(basis, values));
    lrpot__free(values);
    return status;
}

/* Reads where functions come to rest. It is absent where they go on. */
static lrpot_status read_rest(const lrpot__json_place *parent, lrpot_basis *basis)
{
    lrpot__json_place at;
    int64_t pairs = (int64_t)basis->options.n_species * basis->options.n_species;
    LRPOT__TRY(lrpot__json_enter(parent, "radial", &at));
    if (json_object_get(at.object, "rest_below") == NULL) return LRPOT_OK;
    double *rest = lrpot__calloc(pairs, sizeof *rest);
    if (rest == NULL) return LRPOT_E_MEMORY;
    lrpot_status status = lrpot__json_numbers(&at, "rest_below", pairs, rest);
    for (int64_t k = 0; k < pairs && status == LRPOT_OK; k++)
        if (!(rest[k] >= 0.0 && rest[k] <= basis->options.cutoff))
            status = lrpot__fail(LRPOT_E_PARSE,
                                 "%s: key '%s.rest_below' has %g, expected 0 to the cutoff",
                                 at.file, at.path, rest[k]);
    if (status == LRPOT_OK) status = lrpot__basis_set_rest(basis, rest);
    lrpot__free(rest);
    return status;
}

lrpot_status lrpot__basis_get(const lrpot__json_place *parent, int32_t n_species, lrpot_basis **out)
{
    lrpot__json_place at;
    lrpot_basis_options options = LRPOT_BASIS_OPTIONS_INIT;
    lrpot_basis *basis = NULL;
    int32_t radial_type = 0;
    LRPOT__TRY(lrpot__json_enter(parent, "basis", &at));
    options.n_species = n_species;
    options.level = 0;
    if (json_object_get(at.object, "plan") == NULL)
        LRPOT__TRY(lrpot__json_integer(&at, "level", &options.level));
    LRPOT__TRY(read_options(&at, &options, &radial_type));
    LRPOT__TRY(create_basis(&at, &options, &basis));
    basis->no_cutoff_factor = radial_type / 2;
    basis->clamp_below = radial_type % 2;
    lrpot_status status = read_rest(&at, basis);
    if (status == LRPOT_OK) status = read_radial(&at, basis);
    if (status != LRPOT_OK) lrpot_basis_free(basis);
    else *out = basis;
    return status;
}

/* Reads the flag of coefficients of each species. It is absent if they are common to all. */
static lrpot_status read_own(const lrpot__json_place *at, int32_t *own)
{
    *own = 0;
    return json_object_get(at->object, "species_coefficients") != NULL
               ? lrpot__json_boolean(at, "species_coefficients", own)
               : LRPOT_OK;
}

/* Reads the shape of the networks; zeros without networks. */
static lrpot_status read_hidden(const lrpot__json_place *parent,
                                int32_t widths[LRPOT__NETWORK_LAYERS], int32_t *charge_input)
{
    static const char *const activations[] = { "tanh", NULL };
    lrpot__json_place at;
    int32_t n = 0, *values = NULL, activation = 0;
    if (json_object_get(parent->object, "hidden") == NULL) return LRPOT_OK;
    LRPOT__TRY(lrpot__json_enter(parent, "hidden", &at));
    LRPOT__TRY(lrpot__json_choice(&at, "activation", activations, &activation));
    LRPOT__TRY(lrpot__json_boolean(&at, "charge_input", charge_input));
    LRPOT__TRY(lrpot__json_integers(&at, "widths", 1, &n, &values));
    for (int32_t l = 0; l < n && l < LRPOT__NETWORK_LAYERS; l++) widths[l] = values[l];
    int sensible = n >= 1 && n <= LRPOT__NETWORK_LAYERS && widths[0] > 0
                   && (n < 2 || widths[1] > 0);
    lrpot__free(values);
    return sensible ? LRPOT_OK
                    : lrpot__json_wrong_type(&at, "widths", "one or two positive widths");
}

static lrpot_status read_weights(const lrpot__json_place *parent, lrpot__network *network)
{
    lrpot__json_place at;
    if (network == NULL) return LRPOT_OK;
    LRPOT__TRY(lrpot__json_enter(parent, "hidden", &at));
    return lrpot__json_numbers(&at, "weights", lrpot__network_count(network), network->weights);
}

static lrpot_status read_option(const lrpot__json_place *at, const lrpot__charge_option *option,
                                lrpot_charges_options *options)
{
    void *member = (char *)options + option->offset;
    int32_t flag = 0;
    if (option->type == LRPOT__OPTION_INTEGER) return lrpot__json_integer(at, option->key, member);
    if (option->type == LRPOT__OPTION_NUMBER) return lrpot__json_number(at, option->key, member);
    if (option->type == LRPOT__OPTION_CHOICE)
        return lrpot__json_choice(at, option->key, option->choices, member);
    LRPOT__TRY(lrpot__json_boolean(at, option->key, &flag));
    if (flag) *(int32_t *)member |= option->flag;
    return LRPOT_OK;
}

/* Reads the options that the kind has. The caller frees *widths. */
static lrpot_status read_own_options(const lrpot__json_place *at, lrpot_charges_options *options,
                                     double **widths)
{
    const lrpot__charge_rules *rules = lrpot__charge_rules_of(options->kind);
    const lrpot__charge_option *option = NULL;
    for (int32_t k = 0; (option = lrpot__charge_option_of(rules, k)) != NULL; k++)
        LRPOT__TRY(read_option(at, option, options));
    if (!(rules->traits & LRPOT_CHARGES_TAKES_WIDTHS)) return LRPOT_OK;
    *widths = lrpot__calloc(options->n_species, sizeof **widths);
    options->widths = *widths;
    return *widths != NULL ? lrpot__json_numbers(at, "widths", options->n_species, *widths)
                           : LRPOT_E_MEMORY;
}

static lrpot_status create_charges(const lrpot__json_place *at, int32_t n_species,
                                   lrpot_charges **out)
{
    lrpot_charges_options options = LRPOT_CHARGES_OPTIONS_INIT;
    lrpot_basis *basis = NULL;
    double *widths = NULL;
    int32_t own = 0;
    LRPOT__TRY(get_charge_kind(at, &options.kind));
    LRPOT__TRY(read_own(at, &own));
    LRPOT__TRY(read_hidden(at, options.hidden, &options.charge_input));
    options.flags = own ? LRPOT_CHARGES_OWN_COEFFICIENTS : 0;
    options.n_species = n_species;
    lrpot_status status = read_own_options(at, &options, &widths);
    if (status == LRPOT_OK && json_object_get(at->object, "basis") != NULL)
        status = lrpot__basis_get(at, n_species, &basis);
    if (status == LRPOT_OK)
        status = lrpot__json_blame_file(at, lrpot__charges_create_with_basis(out, basis, &options));
    lrpot__free(widths);
    if (status != LRPOT_OK) lrpot_basis_free(basis);
    return status;
}

/* Sets values through set_params, which checks them. */
static lrpot_status fill_charges(const lrpot__json_place *at, lrpot_charges *charges)
{
    int64_t n = lrpot_charges_param_count(charges);
    int64_t m = charges->n_heads;
    if (charges->basis != NULL)
        LRPOT__TRY(lrpot__json_numbers(at, "linear", m * charges->head_stride, charges->linear));
    LRPOT__TRY(read_weights(at, charges->network));
    LRPOT__TRY(lrpot__json_numbers(at, "species", m * charges->n_species, charges->base));
    if (charges->rules->own != NULL)
        LRPOT__TRY(lrpot__json_numbers(at, lrpot__charge_own_key(charges->rules),
                                       charges->n_species, charges->own));
    double *params = lrpot__calloc(n, sizeof *params);
    if (params == NULL) return LRPOT_E_MEMORY;
    lrpot_status status = lrpot_charges_get_params(charges, n, params);
    if (status == LRPOT_OK)
        status = lrpot__json_blame_file(at, lrpot_charges_set_params(charges, n, params));
    lrpot__free(params);
    return status;
}

static lrpot_status read_charges(const lrpot__json_place *top, int32_t n_species,
                                 lrpot_charges **out)
{
    lrpot__json_place at;
    lrpot_charges *charges = NULL;
    if (json_object_get(top->object, "charges") == NULL) return LRPOT_OK;
    LRPOT__TRY(lrpot__json_enter(top, "charges", &at));
    LRPOT__TRY(create_charges(&at, n_species, &charges));
    lrpot_status status = fill_charges(&at, charges);
    if (status != LRPOT_OK) lrpot_charges_free(charges);
    else *out = charges;
    return status;
}

static lrpot_status assemble(const lrpot__json_place *top, const char *const *symbols,
                             lrpot_basis *basis, lrpot_charges *charges, int own,
                             lrpot_potential **out)
{
    lrpot__json_place at;
    double accuracy = 0, *widths = NULL;
    if (charges == NULL)
        return lrpot__json_blame_file(
            top, lrpot__potential_assemble(out, symbols, basis, NULL, 0.0, NULL, own));
    LRPOT__TRY(lrpot__json_enter(top, "electrostatics", &at));
    LRPOT__TRY(lrpot__json_number(&at, "accuracy", &accuracy));
    lrpot_status status = LRPOT_OK;
    if (json_object_get(at.object, "widths") != NULL) {
        widths = lrpot__calloc(basis->options.n_species, sizeof *widths);
        status = widths != NULL
                     ? lrpot__json_numbers(&at, "widths", basis->options.n_species, widths)
                     : LRPOT_E_MEMORY;
    }
    if (status == LRPOT_OK)
        status = lrpot__json_blame_file(
            &at, lrpot__potential_assemble(out, symbols, basis, charges, accuracy, widths, own));
    lrpot__free(widths);
    return status;
}

/* A charged NEP brings its charges, one without them may have others. */
static lrpot_status charges_of_nep(const lrpot__json_place *top, const lrpot_basis *basis,
                                   lrpot_charges **charges)
{
    lrpot_charges *own = NULL;
    LRPOT__TRY(lrpot__nep_create_charges(&own, basis));
    if (own == NULL) return LRPOT_OK;
    if (*charges != NULL) {
        lrpot_charges_free(own);
        return lrpot__fail(LRPOT_E_PARSE, "%s: key 'charges' beside a NEP that has charges",
                           top->file);
    }
    *charges = own;
    return LRPOT_OK;
}

static lrpot_status create_potential(const lrpot__json_place *top, const char *const *symbols,
                                     int32_t n_species, lrpot_potential **out)
{
    lrpot__json_place energy;
    int32_t own = 0;
    lrpot_basis *basis = NULL;
    lrpot_charges *charges = NULL;
    LRPOT__TRY(lrpot__json_enter(top, "energy", &energy));
    LRPOT__TRY(read_own(&energy, &own));
    int nep = lrpot__model_has_nep(&energy);
    LRPOT__TRY(nep ? lrpot__model_get_nep(&energy, n_species, symbols, &basis)
                   : lrpot__basis_get(&energy, n_species, &basis));
    lrpot_status status = read_charges(top, n_species, &charges);
    if (status == LRPOT_OK && nep) status = charges_of_nep(top, basis, &charges);
    if (status == LRPOT_OK) status = assemble(top, symbols, basis, charges, own, out);
    if (status == LRPOT_OK) return status;
    lrpot_charges_free(charges);
    lrpot_basis_free(basis);
    return status;
}

static lrpot_status read_network(const lrpot__json_place *energy, lrpot_potential *potential)
{
    int32_t hidden[LRPOT__NETWORK_LAYERS] = { 0 }, charge_input = 0;
    LRPOT__TRY(read_hidden(energy, hidden, &charge_input));
    LRPOT__TRY(lrpot__json_blame_file(
        energy, lrpot__potential_add_network(potential, hidden, charge_input)));
    return read_weights(energy, potential->network);
}

/* Reads the core. It is absent where the model has none. */
static lrpot_status read_core(const lrpot__json_place *top, lrpot_potential *potential)
{
    lrpot__json_place at;
    int64_t pairs = (int64_t)potential->n_species * potential->n_species;
    if (json_object_get(top->object, "core") == NULL) return LRPOT_OK;
    LRPOT__TRY(lrpot__json_enter(top, "core", &at));
    double *outer = lrpot__calloc(2 * pairs, sizeof *outer), *strength = outer + pairs;
    if (outer == NULL) return LRPOT_E_MEMORY;
    lrpot_status status = lrpot__json_numbers(&at, "outer", pairs, outer);
    if (status == LRPOT_OK) status = lrpot__json_numbers(&at, "strength", pairs, strength);
    if (status == LRPOT_OK)
        status = lrpot__json_blame_file(&at, lrpot_potential_set_core(potential, outer, strength));
    lrpot__free(outer);
    return status;
}

/* Reads the gap barrier. It is absent where the model has none. */
static lrpot_status read_barrier(const lrpot__json_place *top, lrpot_potential *potential)
{
    lrpot__json_place at;
    int64_t pairs = (int64_t)potential->n_species * potential->n_species;
    if (json_object_get(top->object, "gap_barrier") == NULL) return LRPOT_OK;
    LRPOT__TRY(lrpot__json_enter(top, "gap_barrier", &at));
    double *begin = lrpot__calloc(3 * pairs, sizeof *begin), *end = begin + pairs,
           *height = end + pairs;
    if (begin == NULL) return LRPOT_E_MEMORY;
    lrpot_status status = lrpot__json_numbers(&at, "begin", pairs, begin);
    if (status == LRPOT_OK) status = lrpot__json_numbers(&at, "end", pairs, end);
    if (status == LRPOT_OK) status = lrpot__json_numbers(&at, "height", pairs, height);
    if (status == LRPOT_OK)
        status = lrpot__json_blame_file(
            &at, lrpot_potential_set_gap_barrier(potential, begin, end, height));
    lrpot__free(begin);
    return status;
}

static lrpot_status fill_energy(const lrpot__json_place *energy, lrpot_potential *potential)
{
    if (lrpot__model_has_nep(energy)) {
        lrpot__nep_complete(potential);
        return lrpot__model_get_nep_choices(energy, potential);
    }
    LRPOT__TRY(lrpot__json_numbers(energy, "linear", lrpot__potential_linear_count(potential),
                                   potential->linear));
    return read_network(energy, potential);
}

static lrpot_status fill_potential(const lrpot__json_place *top, lrpot_potential *potential)
{
    lrpot__json_place energy, notes;
    const char *key;
    json_t *value;
    LRPOT__TRY(lrpot__json_enter(top, "energy", &energy));
    LRPOT__TRY(fill_energy(&energy, potential));
    LRPOT__TRY(lrpot__json_numbers(&energy, "species", potential->n_species, potential->shifts));
    LRPOT__TRY(read_core(top, potential));
    LRPOT__TRY(read_barrier(top, potential));
    LRPOT__TRY(lrpot__model_get_active_set(top, potential));
    if (json_object_get(top->object, "notes") == NULL) return LRPOT_OK;
    LRPOT__TRY(lrpot__json_enter(top, "notes", &notes));
    json_object_foreach(notes.object, key, value)
    {
        if (!json_is_string(value)) return lrpot__json_wrong_type(&notes, key, "a string");
        LRPOT__TRY(lrpot__json_blame_file(
            &notes, lrpot_potential_set_note(potential, key, json_string_value(value))));
    }
    return LRPOT_OK;
}

#define MAX_SPECIES 1000

static lrpot_status read_model(const lrpot__json_place *top, lrpot_potential **out)
{
    const char *symbols[MAX_SPECIES];
    json_t *species = NULL;
    lrpot_potential *potential = NULL;
    LRPOT__TRY(lrpot__json_array(top, "species", -1, &species));
    size_t n = json_array_size(species);
    if (n < 1 || n > MAX_SPECIES)
        return lrpot__fail(LRPOT_E_PARSE, "%s: key 'species' has %zu values, expected 1 to %d",
                           top->file, n, MAX_SPECIES);
    for (size_t z = 0; z < n; z++)
        if ((symbols[z] = json_string_value(json_array_get(species, z))) == NULL)
            return lrpot__json_wrong_type(top, "species", "an array of strings");
    LRPOT__TRY(create_potential(top, symbols, (int32_t)n, &potential));
    lrpot_status status = fill_potential(top, potential);
    if (status != LRPOT_OK) lrpot_potential_free(potential);
    else *out = potential;
    return status;
}

lrpot_status lrpot__model_get(const lrpot__json_place *top, lrpot_potential **out)
{
    LRPOT__TRY(lrpot__json_check_format(top, LRPOT__MODEL_FORMAT, LRPOT__MODEL_VERSION));
    return read_model(top, out);
}

static lrpot_status read_file(const lrpot__json_place *top, void *out)
{
    return read_model(top, out);
}

lrpot_status lrpot__model_parse(lrpot_potential **out, const char *file, const char *text,
                                int64_t size, int verify)
{
    static const lrpot__json_kind file_kind = { LRPOT__MODEL_FORMAT, LRPOT__MODEL_VERSION,
                                                read_file };
    return lrpot__json_parse(file, text, size, &file_kind, verify, out);
}
