/* Models to JSON. Objects are broken into lines, arrays are not; the checksum of all text before it comes last. */
#include "io/model_file.h"

#include <lrpot/io.h>

#include "core/error.h"
#include "core/memory.h"
#include "io/output.h"
#include "potential/potential.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

const char *const lrpot__radial_names[] = { "RBChebyshev", "RBChebyshev_repuls", "BChebyshev", "BChebyshev_repuls", NULL };

const char *const lrpot__neutrality_names[] = { "exact", "off", NULL };
const char *const lrpot__solver_names[] = { "auto", "dense", "iterative", NULL };

/* Models that an older library understands are written as it would have. */
static int32_t file_version(const lrpot_potential *potential)
{
    return lrpot_charges_kind(potential->charges) > LRPOT_CHARGES_EDQRD ? LRPOT__MODEL_VERSION : 1;
}

uint32_t lrpot__model_checksum(const char *text, int64_t size)
{
    uLong crc = crc32(0, NULL, 0);
    for (const char *end = text + size; text < end;) {
        const char *stop = memchr(text, '\r', (size_t)(end - text));
        if (stop == NULL) stop = end;
        for (const char *at = text; at < stop;) {
            uInt part = stop - at > 1 << 30 ? 1u << 30 : (uInt)(stop - at);
            crc = crc32(crc, (const Bytef *)at, part);
            at += part;
        }
        text = stop + 1;
    }
    return (uint32_t)crc;
}

/* Adds a value to an object; NULL stands for an allocation that failed, or a text that is not UTF-8. */
static lrpot_status put(json_t *object, const char *key, json_t *value)
{
    if (value != NULL && json_object_set_new(object, key, value) == 0) return LRPOT_OK;
    return lrpot__fail(LRPOT_E_ARGUMENT, "'%.60s' cannot be written to a model file: not valid UTF-8, or out of memory", key);
}

static lrpot_status put_new_object(json_t *object, const char *key, json_t **child)
{
    *child = json_object();
    return put(object, key, *child);
}

static lrpot_status put_numbers(json_t *object, const char *key, int64_t n, const double *values)
{
    json_t *array = json_array();
    for (int64_t i = 0; i < n; i++)
        if (!isfinite(values[i]) || json_array_append_new(array, json_real(values[i])) != 0) {
            json_decref(array);
            return lrpot__fail(isfinite(values[i]) ? LRPOT_E_MEMORY : LRPOT_E_NOT_FINITE, "number %lld of '%s' is %g", (long long)i, key,
                               values[i]);
        }
    return put(object, key, array);
}

static lrpot_status put_integers(json_t *object, const char *key, int64_t n, const int32_t *values)
{
    json_t *array = json_array();
    for (int64_t i = 0; i < n; i++)
        if (json_array_append_new(array, json_integer(values[i])) != 0) {
            json_decref(array);
            return lrpot__fail(LRPOT_E_MEMORY, "out of memory while writing '%s'", key);
        }
    return put(object, key, array);
}

static lrpot_status put_plan(json_t *basis, const lrpot__plan *plan)
{
    json_t *object = NULL;
    LRPOT__TRY(put_new_object(basis, "plan", &object));
    LRPOT__TRY(put(object, "moments", json_integer(plan->n_moments)));
    LRPOT__TRY(put_integers(object, "basic", 4 * (int64_t)plan->n_basic, (const int32_t *)plan->basic));
    LRPOT__TRY(put_integers(object, "products", 4 * (int64_t)plan->n_products, (const int32_t *)plan->products));
    return put_integers(object, "scalars", plan->n_scalars, plan->scalars);
}

static lrpot_status put_basis(json_t *parent, const lrpot_basis *basis)
{
    const lrpot_basis_options *o = &basis->options;
    json_t *object = NULL, *radial = NULL;
    int64_t n_radial = lrpot_basis_radial_functions(basis);
    LRPOT__TRY(put_new_object(parent, "basis", &object));
    if (o->level == 0) LRPOT__TRY(put_plan(object, basis->plan));
    else LRPOT__TRY(put(object, "level", json_integer(o->level)));
    LRPOT__TRY(put(object, "functions", json_integer(lrpot_basis_count(basis))));
    LRPOT__TRY(put_new_object(object, "radial", &radial));
    LRPOT__TRY(put(radial, "type", json_string(lrpot__radial_names[2 * basis->no_cutoff_factor + basis->clamp_below])));
    LRPOT__TRY(put(radial, "size", json_integer(o->radial_size)));
    LRPOT__TRY(put(radial, "min_distance", json_real(o->min_distance)));
    LRPOT__TRY(put(radial, "cutoff", json_real(o->cutoff)));
    LRPOT__TRY(put(radial, "scaling", json_real(o->scaling)));
    return put_numbers(radial, "coefficients", (int64_t)o->n_species * o->n_species * n_radial * o->radial_size, basis->radial);
}

static lrpot_status put_latent(json_t *object, const lrpot_charges_options *options)
{
    LRPOT__TRY(put(object, "channels", json_integer(options->channels)));
    LRPOT__TRY(put(object, "sigma", json_real(options->sigma)));
    LRPOT__TRY(put(object, "self", json_boolean(options->flags & LRPOT_CHARGES_SELF)));
    return put(object, "neutrality", json_string(lrpot__neutrality_names[options->neutrality]));
}

static lrpot_status put_equilibrated(json_t *object, const lrpot_charges_options *options)
{
    LRPOT__TRY(put_numbers(object, "widths", options->n_species, options->widths));
    LRPOT__TRY(put(object, "tolerance", json_real(options->tolerance)));
    return put(object, "solver", json_string(lrpot__solver_names[options->solver]));
}

static lrpot_status put_charges(json_t *model, const lrpot_potential *potential)
{
    const lrpot_charges *charges = potential->charges;
    json_t *object = NULL, *electrostatics = NULL;
    if (charges == NULL) return LRPOT_OK;
    LRPOT__TRY(put_new_object(model, "charges", &object));
    LRPOT__TRY(put(object, "kind", json_string(charges->rules->name)));
    if (charges->basis != NULL) {
        LRPOT__TRY(put_basis(object, charges->basis));
        LRPOT__TRY(put_numbers(object, "linear", charges->n_heads * lrpot_basis_count(charges->basis), charges->linear));
    }
    LRPOT__TRY(put_numbers(object, "species", (int64_t)charges->n_heads * charges->n_species, charges->base));
    if (charges->kind <= LRPOT_CHARGES_EDQRD) LRPOT__TRY(put_numbers(object, "share", charges->n_species, charges->share));
    if (charges->kind == LRPOT_CHARGES_LATENT) LRPOT__TRY(put_latent(object, &charges->options));
    if (charges->kind == LRPOT_CHARGES_EQUILIBRATED) LRPOT__TRY(put_equilibrated(object, &charges->options));
    LRPOT__TRY(put_new_object(model, "electrostatics", &electrostatics));
    LRPOT__TRY(put(electrostatics, "accuracy", json_real(potential->accuracy)));
    return potential->widths != NULL ? put_numbers(electrostatics, "widths", potential->n_species, potential->widths) : LRPOT_OK;
}

static lrpot_status put_head(json_t *model, const lrpot_potential *potential)
{
    json_t *units = NULL, *species = json_array();
    lrpot_status status = LRPOT_OK;
    for (int32_t z = 0; z < potential->n_species; z++)
        if (json_array_append_new(species, json_string(potential->symbols[z])) != 0)
            status = lrpot__fail(LRPOT_E_ARGUMENT, "species '%s' cannot be written to a model file: not valid UTF-8", potential->symbols[z]);
    if (status != LRPOT_OK) {
        json_decref(species);
        return status;
    }
    status = put(model, "format", json_string(LRPOT__MODEL_FORMAT));
    if (status == LRPOT_OK) status = put(model, "version", json_integer(file_version(potential)));
    if (status == LRPOT_OK) status = put(model, "library", json_string(lrpot_version()));
    if (status == LRPOT_OK) status = put_new_object(model, "units", &units);
    if (status == LRPOT_OK) status = put(units, "length", json_string("A"));
    if (status == LRPOT_OK) status = put(units, "energy", json_string("eV"));
    if (status == LRPOT_OK) status = put(units, "charge", json_string("e"));
    if (status != LRPOT_OK) {
        json_decref(species);
        return status;
    }
    return put(model, "species", species);
}

static lrpot_status put_model(json_t *model, const lrpot_potential *potential)
{
    json_t *energy = NULL, *notes = NULL;
    const char *key = NULL, *value = NULL;
    LRPOT__TRY(put_head(model, potential));
    LRPOT__TRY(put_new_object(model, "energy", &energy));
    LRPOT__TRY(put_basis(energy, potential->basis));
    LRPOT__TRY(put_numbers(energy, "linear", lrpot_basis_count(potential->basis), potential->linear));
    LRPOT__TRY(put_numbers(energy, "species", potential->n_species, potential->shifts));
    LRPOT__TRY(put_charges(model, potential));
    LRPOT__TRY(put_new_object(model, "notes", &notes));
    for (int64_t i = 0; lrpot_potential_note_at(potential, i, &key, &value); i++) LRPOT__TRY(put(notes, key, json_string(value)));
    return LRPOT_OK;
}

/* Text that grows. */
typedef struct {
    char *data;
    int64_t n, capacity;
} builder;

static lrpot_status add(builder *text, const char *piece)
{
    size_t length = strlen(piece);
    LRPOT__TRY(lrpot__grow((void **)&text->data, &text->capacity, text->n + (int64_t)length + 1, 1));
    memcpy(text->data + text->n, piece, length + 1);
    text->n += (int64_t)length;
    return LRPOT_OK;
}

/* An array or a plain value on one line. */
static lrpot_status add_flat(builder *text, const json_t *value)
{
    char *dumped = json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(17));
    if (dumped == NULL) return lrpot__fail(LRPOT_E_MEMORY, "out of memory while writing JSON");
    lrpot_status status = add(text, dumped);
    free(dumped);
    return status;
}

static lrpot_status add_members(builder *text, json_t *object, int indent);

static lrpot_status add_member(builder *text, const char *key, json_t *value, int indent)
{
    json_t *name = json_string(key);
    lrpot_status status = LRPOT_OK;
    for (int i = 0; i < indent && status == LRPOT_OK; i++) status = add(text, "  ");
    if (status == LRPOT_OK) status = add_flat(text, name);
    json_decref(name);
    LRPOT__TRY(status);
    LRPOT__TRY(add(text, ": "));
    if (!json_is_object(value) || json_object_size(value) == 0) return add_flat(text, value);
    LRPOT__TRY(add(text, "{\n"));
    LRPOT__TRY(add_members(text, value, indent + 1));
    LRPOT__TRY(add(text, "\n"));
    for (int i = 0; i < indent; i++) LRPOT__TRY(add(text, "  "));
    return add(text, "}");
}

static lrpot_status add_members(builder *text, json_t *object, int indent)
{
    const char *key;
    json_t *value;
    int first = 1;
    json_object_foreach(object, key, value) {
        LRPOT__TRY(first ? LRPOT_OK : add(text, ",\n"));
        LRPOT__TRY(add_member(text, key, value, indent));
        first = 0;
    }
    return LRPOT_OK;
}

static lrpot_status add_model(builder *text, const lrpot_potential *potential)
{
    char tail[64];
    json_t *model = json_object();
    lrpot_status status = put_model(model, potential);
    if (status == LRPOT_OK) status = add(text, "{\n");
    if (status == LRPOT_OK) status = add_members(text, model, 1);
    if (status == LRPOT_OK) status = add(text, ",\n  ");
    json_decref(model);
    LRPOT__TRY(status);
    snprintf(tail, sizeof tail, "\"checksum\": \"crc32:%08x\"\n}\n", (unsigned)lrpot__model_checksum(text->data, text->n));
    return add(text, tail);
}

lrpot_status lrpot_potential_save(const lrpot_potential *potential, const char *path)
{
    lrpot__output output;
    builder text = { 0 };
    LRPOT__REQUIRE_NOT_NULL(potential);
    LRPOT__REQUIRE_NOT_NULL(path);
    lrpot_status status = add_model(&text, potential);
    if (status == LRPOT_OK) status = lrpot__output_open(&output, path);
    if (status == LRPOT_OK) {
        lrpot__put_text(&output, text.data);
        status = lrpot__output_close(&output);
    }
    lrpot__free(text.data);
    return status;
}
