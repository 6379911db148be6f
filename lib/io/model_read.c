/* JSON to models. Every value is looked at before it is used; nothing in a file is ever executed. */
#include "io/model_file.h"

#include "core/error.h"
#include "core/memory.h"
#include "potential/potential.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

/* A place in the file, for messages. */
typedef struct {
    const char *file;
    json_t *object;
    char path[100]; /* "charges.basis", "" at the top */
} place;

static lrpot_status wrong_type(const place *at, const char *key, const char *expected)
{
    return lrpot__fail(LRPOT_E_PARSE, "%s: key '%s%s%s' is not %s", at->file, at->path, *at->path ? "." : "", key, expected);
}

static lrpot_status find(const place *at, const char *key, json_t **value)
{
    *value = json_object_get(at->object, key);
    if (*value != NULL) return LRPOT_OK;
    return lrpot__fail(LRPOT_E_PARSE, "%s: key '%s%s%s' is missing", at->file, at->path, *at->path ? "." : "", key);
}

static lrpot_status enter(const place *at, const char *key, place *inside)
{
    json_t *value = NULL;
    LRPOT__TRY(find(at, key, &value));
    if (!json_is_object(value)) return wrong_type(at, key, "an object");
    inside->file = at->file;
    inside->object = value;
    snprintf(inside->path, sizeof inside->path, "%.60s%s%.30s", at->path, *at->path ? "." : "", key);
    return LRPOT_OK;
}

static lrpot_status get_number(const place *at, const char *key, double *number)
{
    json_t *value = NULL;
    LRPOT__TRY(find(at, key, &value));
    if (!json_is_number(value)) return wrong_type(at, key, "a number");
    *number = json_number_value(value);
    return LRPOT_OK;
}

static lrpot_status get_integer(const place *at, const char *key, int32_t *integer)
{
    json_t *value = NULL;
    LRPOT__TRY(find(at, key, &value));
    if (!json_is_integer(value)) return wrong_type(at, key, "an integer");
    if (json_integer_value(value) < INT32_MIN || json_integer_value(value) > INT32_MAX) return wrong_type(at, key, "a 32-bit integer");
    *integer = (int32_t)json_integer_value(value);
    return LRPOT_OK;
}

static lrpot_status get_text(const place *at, const char *key, const char **text)
{
    json_t *value = NULL;
    LRPOT__TRY(find(at, key, &value));
    if (!json_is_string(value)) return wrong_type(at, key, "a string");
    *text = json_string_value(value);
    return LRPOT_OK;
}

/* Array of `n` values, or of any length when n < 0. */
static lrpot_status get_array(const place *at, const char *key, int64_t n, json_t **array)
{
    LRPOT__TRY(find(at, key, array));
    if (!json_is_array(*array)) return wrong_type(at, key, "an array");
    if (n < 0 || (int64_t)json_array_size(*array) == n) return LRPOT_OK;
    return lrpot__fail(LRPOT_E_PARSE, "%s: key '%s%s%s' has %lld values, expected %lld", at->file, at->path, *at->path ? "." : "", key,
                       (long long)json_array_size(*array), (long long)n);
}

static lrpot_status get_numbers(const place *at, const char *key, int64_t n, double *values)
{
    json_t *array = NULL;
    LRPOT__TRY(get_array(at, key, n, &array));
    for (int64_t i = 0; i < n; i++) {
        const json_t *value = json_array_get(array, (size_t)i);
        if (!json_is_number(value)) return wrong_type(at, key, "an array of numbers");
        values[i] = json_number_value(value);
    }
    return LRPOT_OK;
}

/* Integers in groups of `width`; *values is to be freed. */
static lrpot_status get_integers(const place *at, const char *key, int64_t width, int32_t *n_groups, int32_t **values)
{
    json_t *array = NULL;
    LRPOT__TRY(get_array(at, key, -1, &array));
    int64_t n = (int64_t)json_array_size(array);
    if (n % width != 0 || n / width > INT32_MAX) return wrong_type(at, key, "an array of groups of integers");
    int32_t *copy = lrpot__calloc(n, sizeof *copy);
    if (copy == NULL) return LRPOT_E_MEMORY;
    for (int64_t i = 0; i < n; i++) {
        const json_t *value = json_array_get(array, (size_t)i);
        if (!json_is_integer(value) || json_integer_value(value) < 0 || json_integer_value(value) > INT32_MAX) {
            lrpot__free(copy);
            return wrong_type(at, key, "an array of 32-bit integers that are not negative");
        }
        copy[i] = (int32_t)json_integer_value(value);
    }
    *n_groups = (int32_t)(n / width);
    *values = copy;
    return LRPOT_OK;
}

/* What constructors refuse is the file's fault. */
static lrpot_status blame_file(const place *at, lrpot_status status)
{
    if (status == LRPOT_OK || status == LRPOT_E_MEMORY) return status;
    if (*at->path == '\0') return lrpot__fail(LRPOT_E_PARSE, "%s: %s", at->file, lrpot_last_error());
    return lrpot__fail(LRPOT_E_PARSE, "%s: in '%s': %s", at->file, at->path, lrpot_last_error());
}

static lrpot_status unknown_name(const place *at, const char *key, const char *name)
{
    return lrpot__fail(LRPOT_E_UNSUPPORTED, "%s: key '%s.%s' is '%.40s', which liblrpot %s does not know", at->file, at->path, key, name,
                       lrpot_version());
}

static lrpot_status get_charge_kind(const place *at, int32_t *kind)
{
    const char *name = NULL;
    const lrpot__charge_rules *rules = NULL;
    LRPOT__TRY(get_text(at, "kind", &name));
    for (*kind = LRPOT_CHARGES_NONE + 1; (rules = lrpot__charge_rules_of(*kind)) != NULL; (*kind)++)
        if (strcmp(rules->name, name) == 0) return LRPOT_OK;
    return unknown_name(at, "kind", name);
}

/* Index of the value in a list of names that ends with NULL. */
static lrpot_status get_choice(const place *at, const char *key, const char *const *names, int32_t *index)
{
    const char *name = NULL;
    LRPOT__TRY(get_text(at, key, &name));
    for (*index = 0; names[*index] != NULL; (*index)++)
        if (strcmp(names[*index], name) == 0) return LRPOT_OK;
    return unknown_name(at, key, name);
}

static lrpot_status get_boolean(const place *at, const char *key, int32_t *flag)
{
    json_t *value = NULL;
    LRPOT__TRY(find(at, key, &value));
    if (!json_is_boolean(value)) return wrong_type(at, key, "true or false");
    *flag = json_is_true(value);
    return LRPOT_OK;
}

static lrpot_status fill_plan(const place *at, lrpot__plan *tables)
{
    int32_t *numbers[2] = { NULL, NULL };
    LRPOT__TRY(get_integer(at, "moments", &tables->n_moments));
    lrpot_status status = get_integers(at, "basic", 4, &tables->n_basic, &numbers[0]);
    if (status == LRPOT_OK) tables->basic = (lrpot__moment *)numbers[0]; /* groups of four 32-bit integers */
    LRPOT__TRY(status);
    LRPOT__TRY(get_integers(at, "products", 4, &tables->n_products, &numbers[1]));
    tables->products = (lrpot__product *)numbers[1];
    LRPOT__TRY(get_integers(at, "scalars", 1, &tables->n_scalars, &tables->scalars));
    /* every moment is a basic one or the target of a product: memory follows what the file holds, not what it claims */
    if (tables->n_moments > (int64_t)tables->n_basic + tables->n_products)
        return lrpot__fail(LRPOT_E_PARSE, "%s: key '%s.moments' is %d, but %d basic moments and %d products make fewer", at->file, at->path,
                           tables->n_moments, tables->n_basic, tables->n_products);
    return LRPOT_OK;
}

static lrpot_status read_plan(const place *at, lrpot__plan **plan)
{
    lrpot__plan tables = { 0 };
    lrpot_status status = fill_plan(at, &tables);
    if (status == LRPOT_OK) status = blame_file(at, lrpot__plan_import(plan, &tables));
    lrpot__free(tables.basic);
    lrpot__free(tables.products);
    lrpot__free(tables.scalars);
    return status;
}

static lrpot_status read_options(const place *at, lrpot_basis_options *options, int32_t *radial_type)
{
    place radial;
    LRPOT__TRY(enter(at, "radial", &radial));
    LRPOT__TRY(get_choice(&radial, "type", lrpot__radial_names, radial_type));
    LRPOT__TRY(get_integer(&radial, "size", &options->radial_size));
    LRPOT__TRY(get_number(&radial, "min_distance", &options->min_distance));
    LRPOT__TRY(get_number(&radial, "cutoff", &options->cutoff));
    LRPOT__TRY(get_number(&radial, "scaling", &options->scaling));
    /* at least one radial function for each pair: memory follows what the file holds, not what it claims */
    json_t *coefficients = NULL;
    int64_t least = (int64_t)options->n_species * options->n_species * options->radial_size;
    LRPOT__TRY(get_array(&radial, "coefficients", -1, &coefficients));
    if ((int64_t)json_array_size(coefficients) >= least) return LRPOT_OK;
    return lrpot__fail(LRPOT_E_PARSE, "%s: key '%s.coefficients' has %lld values, expected at least %lld", at->file, radial.path,
                       (long long)json_array_size(coefficients), (long long)least);
}

static lrpot_status create_basis(const place *at, const lrpot_basis_options *options, lrpot_basis **basis)
{
    place tables;
    lrpot__plan *plan = NULL;
    if (json_object_get(at->object, "plan") == NULL) return blame_file(at, lrpot_basis_create(basis, options));
    LRPOT__TRY(enter(at, "plan", &tables));
    LRPOT__TRY(read_plan(&tables, &plan));
    lrpot_status status = blame_file(at, lrpot__basis_create_with_plan(basis, options, plan));
    if (status != LRPOT_OK) lrpot__plan_free(plan);
    return status;
}

static lrpot_status read_radial(const place *at, lrpot_basis *basis)
{
    place radial;
    int32_t functions = 0;
    int64_t s = basis->options.n_species, n = s * s * lrpot_basis_radial_functions(basis) * basis->options.radial_size;
    LRPOT__TRY(get_integer(at, "functions", &functions));
    if (functions != lrpot_basis_count(basis))
        return lrpot__fail(LRPOT_E_PARSE, "%s: key '%s.functions' is %d, but the basis has %lld", at->file, at->path, functions,
                           (long long)lrpot_basis_count(basis));
    LRPOT__TRY(enter(at, "radial", &radial));
    double *values = lrpot__calloc(n, sizeof *values);
    if (values == NULL) return LRPOT_E_MEMORY;
    lrpot_status status = get_numbers(&radial, "coefficients", n, values);
    if (status == LRPOT_OK) status = blame_file(&radial, lrpot_basis_set_radial(basis, values));
    lrpot__free(values);
    return status;
}

static lrpot_status read_basis(const place *parent, int32_t n_species, lrpot_basis **out)
{
    place at;
    lrpot_basis_options options = LRPOT_BASIS_OPTIONS_INIT;
    lrpot_basis *basis = NULL;
    int32_t radial_type = 0;
    LRPOT__TRY(enter(parent, "basis", &at));
    options.n_species = n_species;
    options.level = 0;
    if (json_object_get(at.object, "plan") == NULL) LRPOT__TRY(get_integer(&at, "level", &options.level));
    LRPOT__TRY(read_options(&at, &options, &radial_type));
    LRPOT__TRY(create_basis(&at, &options, &basis));
    basis->no_cutoff_factor = radial_type / 2;
    basis->clamp_below = radial_type % 2;
    lrpot_status status = read_radial(&at, basis);
    if (status != LRPOT_OK) lrpot_basis_free(basis);
    else *out = basis;
    return status;
}

static lrpot_status read_latent(const place *at, lrpot_charges_options *options)
{
    LRPOT__TRY(get_integer(at, "channels", &options->channels));
    LRPOT__TRY(get_number(at, "sigma", &options->sigma));
    LRPOT__TRY(get_boolean(at, "self", &options->flags)); /* LRPOT_CHARGES_SELF is the only flag */
    return get_choice(at, "neutrality", lrpot__neutrality_names, &options->neutrality);
}

/* *widths is to be freed. */
static lrpot_status read_equilibrated(const place *at, lrpot_charges_options *options, double **widths)
{
    LRPOT__TRY(get_number(at, "tolerance", &options->tolerance));
    LRPOT__TRY(get_choice(at, "solver", lrpot__solver_names, &options->solver));
    *widths = lrpot__calloc(options->n_species, sizeof **widths);
    options->widths = *widths;
    return *widths != NULL ? get_numbers(at, "widths", options->n_species, *widths) : LRPOT_E_MEMORY;
}

static lrpot_status read_own_options(const place *at, lrpot_charges_options *options, double **widths)
{
    if (options->kind == LRPOT_CHARGES_LATENT) return read_latent(at, options);
    return options->kind == LRPOT_CHARGES_EQUILIBRATED ? read_equilibrated(at, options, widths) : LRPOT_OK;
}

static lrpot_status create_charges(const place *at, int32_t n_species, lrpot_charges **out)
{
    lrpot_charges_options options = LRPOT_CHARGES_OPTIONS_INIT;
    lrpot_basis *basis = NULL;
    double *widths = NULL;
    LRPOT__TRY(get_charge_kind(at, &options.kind));
    options.n_species = n_species;
    lrpot_status status = read_own_options(at, &options, &widths);
    if (status == LRPOT_OK && json_object_get(at->object, "basis") != NULL) status = read_basis(at, n_species, &basis);
    if (status == LRPOT_OK) status = blame_file(at, lrpot__charges_create_with_basis(out, basis, &options));
    lrpot__free(widths);
    if (status != LRPOT_OK) lrpot_basis_free(basis);
    return status;
}

/* Values go through set_params, which knows what is allowed. */
static lrpot_status fill_charges(const place *at, lrpot_charges *charges)
{
    int64_t n = lrpot_charges_param_count(charges);
    int64_t m = charges->n_heads;
    if (charges->basis != NULL) LRPOT__TRY(get_numbers(at, "linear", m * lrpot_basis_count(charges->basis), charges->linear));
    LRPOT__TRY(get_numbers(at, "species", m * charges->n_species, charges->base));
    if (charges->kind <= LRPOT_CHARGES_EDQRD) LRPOT__TRY(get_numbers(at, "share", charges->n_species, charges->share));
    double *params = lrpot__calloc(n, sizeof *params);
    if (params == NULL) return LRPOT_E_MEMORY;
    lrpot_status status = lrpot_charges_get_params(charges, n, params);
    if (status == LRPOT_OK) status = blame_file(at, lrpot_charges_set_params(charges, n, params));
    lrpot__free(params);
    return status;
}

static lrpot_status read_charges(const place *top, int32_t n_species, lrpot_charges **out)
{
    place at;
    lrpot_charges *charges = NULL;
    if (json_object_get(top->object, "charges") == NULL) return LRPOT_OK;
    LRPOT__TRY(enter(top, "charges", &at));
    LRPOT__TRY(create_charges(&at, n_species, &charges));
    lrpot_status status = fill_charges(&at, charges);
    if (status != LRPOT_OK) lrpot_charges_free(charges);
    else *out = charges;
    return status;
}

static lrpot_status assemble(const place *top, const char *const *symbols, lrpot_basis *basis, lrpot_charges *charges, lrpot_potential **out)
{
    place at;
    double accuracy = 0, *widths = NULL;
    if (charges == NULL) return blame_file(top, lrpot__potential_assemble(out, symbols, basis, NULL, 0.0, NULL));
    LRPOT__TRY(enter(top, "electrostatics", &at));
    LRPOT__TRY(get_number(&at, "accuracy", &accuracy));
    lrpot_status status = LRPOT_OK;
    if (json_object_get(at.object, "widths") != NULL) {
        widths = lrpot__calloc(basis->options.n_species, sizeof *widths);
        status = widths != NULL ? get_numbers(&at, "widths", basis->options.n_species, widths) : LRPOT_E_MEMORY;
    }
    if (status == LRPOT_OK) status = blame_file(&at, lrpot__potential_assemble(out, symbols, basis, charges, accuracy, widths));
    lrpot__free(widths);
    return status;
}

static lrpot_status create_potential(const place *top, const char *const *symbols, int32_t n_species, lrpot_potential **out)
{
    place energy;
    lrpot_basis *basis = NULL;
    lrpot_charges *charges = NULL;
    LRPOT__TRY(enter(top, "energy", &energy));
    LRPOT__TRY(read_basis(&energy, n_species, &basis));
    lrpot_status status = read_charges(top, n_species, &charges);
    if (status == LRPOT_OK) status = assemble(top, symbols, basis, charges, out);
    if (status == LRPOT_OK) return status;
    lrpot_charges_free(charges);
    lrpot_basis_free(basis);
    return status;
}

static lrpot_status fill_potential(const place *top, lrpot_potential *potential)
{
    place energy, notes;
    const char *key;
    json_t *value;
    LRPOT__TRY(enter(top, "energy", &energy));
    LRPOT__TRY(get_numbers(&energy, "linear", lrpot_basis_count(potential->basis), potential->linear));
    LRPOT__TRY(get_numbers(&energy, "species", potential->n_species, potential->shifts));
    if (json_object_get(top->object, "notes") == NULL) return LRPOT_OK;
    LRPOT__TRY(enter(top, "notes", &notes));
    json_object_foreach(notes.object, key, value) {
        if (!json_is_string(value)) return wrong_type(&notes, key, "a string");
        LRPOT__TRY(blame_file(&notes, lrpot_potential_set_note(potential, key, json_string_value(value))));
    }
    return LRPOT_OK;
}

#define MAX_SPECIES 1000

static lrpot_status read_model(const place *top, lrpot_potential **out)
{
    const char *symbols[MAX_SPECIES];
    json_t *species = NULL;
    lrpot_potential *potential = NULL;
    LRPOT__TRY(get_array(top, "species", -1, &species));
    size_t n = json_array_size(species);
    if (n < 1 || n > MAX_SPECIES)
        return lrpot__fail(LRPOT_E_PARSE, "%s: key 'species' has %zu values, expected 1 to %d", top->file, n, MAX_SPECIES);
    for (size_t z = 0; z < n; z++)
        if ((symbols[z] = json_string_value(json_array_get(species, z))) == NULL) return wrong_type(top, "species", "an array of strings");
    LRPOT__TRY(create_potential(top, symbols, (int32_t)n, &potential));
    lrpot_status status = fill_potential(top, potential);
    if (status != LRPOT_OK) lrpot_potential_free(potential);
    else *out = potential;
    return status;
}

static lrpot_status check_version(const place *top)
{
    const char *format = NULL;
    int32_t version = 0;
    LRPOT__TRY(get_text(top, "format", &format));
    if (strcmp(format, LRPOT__MODEL_FORMAT) != 0)
        return lrpot__fail(LRPOT_E_PARSE, "%s: key 'format' is '%.40s', expected '%s'", top->file, format, LRPOT__MODEL_FORMAT);
    LRPOT__TRY(get_integer(top, "version", &version));
    if (version > LRPOT__MODEL_VERSION)
        return lrpot__fail(LRPOT_E_VERSION, "%s: the file is of format version %d, liblrpot %s reads up to %d; a newer library is needed",
                           top->file, version, lrpot_version(), LRPOT__MODEL_VERSION);
    if (version < 1) return lrpot__fail(LRPOT_E_PARSE, "%s: key 'version' is %d, expected at least 1", top->file, version);
    return LRPOT_OK;
}

/* Last place of the checksum's key in the text. */
static int64_t checksum_place(const char *text, int64_t size)
{
    static const char key[] = "\"checksum\"";
    const int64_t length = (int64_t)sizeof key - 1;
    for (int64_t at = size - length; at >= 0; at--)
        if (memcmp(text + at, key, (size_t)length) == 0) return at;
    return 0;
}

static lrpot_status check_sum(const place *top, const char *text, int64_t size)
{
    const char *stated = NULL;
    char computed[32];
    LRPOT__TRY(get_text(top, "checksum", &stated));
    snprintf(computed, sizeof computed, "crc32:%08x", (unsigned)lrpot__model_checksum(text, checksum_place(text, size)));
    if (strcmp(stated, computed) == 0) return LRPOT_OK;
    return lrpot__fail(LRPOT_E_CHECKSUM, "%s: the checksum is %s, but the file states %.40s: it was damaged or edited", top->file, computed,
                       stated);
}

lrpot_status lrpot__model_parse(lrpot_potential **out, const char *file, const char *text, int64_t size, int verify)
{
    json_error_t error;
    place top = { .file = file, .path = "" };
    top.object = json_loadb(text, (size_t)size, JSON_REJECT_DUPLICATES, &error);
    if (top.object == NULL) return lrpot__fail(LRPOT_E_PARSE, "%s:%d: %s", file, error.line, error.text);
    lrpot_status status = json_is_object(top.object) ? check_version(&top) : wrong_type(&top, "", "an object");
    if (status == LRPOT_OK && verify) status = check_sum(&top, text, size);
    if (status == LRPOT_OK) status = read_model(&top, out);
    json_decref(top.object);
    return status;
}
