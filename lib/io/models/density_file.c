/* Files of polarizable densities: options, basis, coefficients. */
#include "io/models/density_file.h"

#include "core/error.h"
#include "core/memory.h"
#include "io/models/model_read.h"
#include "io/models/model_write.h"
#include "io/text/json_read.h"
#include "io/text/json_write.h"
#include "potential/density.h"

#include <string.h>

#define FORMAT "lrpot-density"
#define VERSION 1
#define MAX_SPECIES 32

static lrpot_status put_model(json_t *root, const lrpot_density *density)
{
    const lrpot_density_options *o = &density->options;
    LRPOT__TRY(lrpot__json_put(root, "format", json_string(FORMAT)));
    LRPOT__TRY(lrpot__json_put(root, "version", json_integer(VERSION)));
    LRPOT__TRY(lrpot__json_put(root, "library", json_string(lrpot_version())));
    LRPOT__TRY(lrpot__json_put_species(root, o->n_species, o->symbols));
    LRPOT__TRY(lrpot__json_put(root, "order", json_integer(o->order)));
    LRPOT__TRY(lrpot__json_put(root, "gradients", json_boolean(o->gradients)));
    LRPOT__TRY(lrpot__json_put(root, "width", json_real(o->width)));
    LRPOT__TRY(lrpot__json_put_numbers(root, "widths", o->n_widths, o->widths));
    LRPOT__TRY(lrpot__json_put(root, "reach", json_real(o->reach)));
    LRPOT__TRY(lrpot__json_put_numbers(root, "charges", o->n_species, o->charges));
    LRPOT__TRY(lrpot__json_put(root, "mixing", json_real(o->mixing)));
    LRPOT__TRY(lrpot__json_put(root, "tolerance", json_real(o->tolerance)));
    LRPOT__TRY(lrpot__json_put(root, "accuracy", json_real(o->accuracy)));
    LRPOT__TRY(lrpot__json_put(root, "max_steps", json_integer(o->max_steps)));
    LRPOT__TRY(lrpot__basis_put(root, density->basis));
    return lrpot__json_put_numbers(root, "coefficients", density->n_params, density->params);
}

lrpot_status lrpot_density_save(const lrpot_density *density, const char *path)
{
    LRPOT__REQUIRE_NOT_NULL(density);
    LRPOT__REQUIRE_NOT_NULL(path);
    json_t *root = json_object();
    lrpot_status status = put_model(root, density);
    if (status == LRPOT_OK) status = lrpot__json_save(root, path);
    json_decref(root);
    return status;
}

static lrpot_status read_arrays(const lrpot__json_place *top, const char **symbols, double *widths,
                                double *charges, lrpot_density_options *o)
{
    json_t *array = NULL;
    LRPOT__TRY(lrpot__json_array(top, "species", -1, &array));
    size_t n = json_array_size(array);
    if (n < 1 || n > MAX_SPECIES)
        return lrpot__fail(LRPOT_E_PARSE, "%s: key 'species' has %zu values, expected 1 to %d",
                           top->file, n, MAX_SPECIES);
    for (size_t z = 0; z < n; z++)
        if ((symbols[z] = json_string_value(json_array_get(array, z))) == NULL)
            return lrpot__json_wrong_type(top, "species", "an array of strings");
    o->n_species = (int32_t)n;
    LRPOT__TRY(lrpot__json_array(top, "widths", -1, &array));
    n = json_array_size(array);
    if (n > LRPOT_SELFCONSISTENT_MAX_WIDTHS)
        return lrpot__fail(LRPOT_E_PARSE, "%s: key 'widths' has %zu values, expected up to %d",
                           top->file, n, LRPOT_SELFCONSISTENT_MAX_WIDTHS);
    o->n_widths = (int32_t)n;
    LRPOT__TRY(lrpot__json_numbers(top, "widths", o->n_widths, widths));
    LRPOT__TRY(lrpot__json_numbers(top, "charges", o->n_species, charges));
    o->symbols = symbols, o->widths = widths, o->charges = charges;
    return LRPOT_OK;
}

static lrpot_status read_numbers(const lrpot__json_place *top, lrpot_density_options *o)
{
    LRPOT__TRY(lrpot__json_integer(top, "order", &o->order));
    LRPOT__TRY(lrpot__json_boolean(top, "gradients", &o->gradients));
    LRPOT__TRY(lrpot__json_number(top, "width", &o->width));
    LRPOT__TRY(lrpot__json_number(top, "reach", &o->reach));
    LRPOT__TRY(lrpot__json_number(top, "mixing", &o->mixing));
    LRPOT__TRY(lrpot__json_number(top, "tolerance", &o->tolerance));
    LRPOT__TRY(lrpot__json_number(top, "accuracy", &o->accuracy));
    return lrpot__json_integer(top, "max_steps", &o->max_steps);
}

static lrpot_status create(const lrpot__json_place *top, lrpot_density **out)
{
    const char *symbols[MAX_SPECIES];
    double widths[LRPOT_SELFCONSISTENT_MAX_WIDTHS], charges[MAX_SPECIES];
    lrpot_density_options options = LRPOT_DENSITY_OPTIONS_INIT;
    lrpot_basis *basis = NULL;
    LRPOT__TRY(read_arrays(top, symbols, widths, charges, &options));
    LRPOT__TRY(read_numbers(top, &options));
    LRPOT__TRY(lrpot__basis_get(top, options.n_species, &basis));
    lrpot_status status = lrpot__json_blame_file(top, lrpot_density_create(out, basis, &options));
    lrpot_basis_free(basis);
    return status;
}

static lrpot_status read(const lrpot__json_place *top, void *out)
{
    lrpot_density *density = NULL;
    LRPOT__TRY(create(top, &density));
    lrpot_status status =
        lrpot__json_numbers(top, "coefficients", density->n_params, density->params);
    if (status == LRPOT_OK) *(lrpot_density **)out = density;
    else lrpot_density_free(density);
    return status;
}

static const lrpot__json_kind file_kind = { FORMAT, VERSION, read };

lrpot_status lrpot__density_parse(lrpot_density **out, const char *file, const char *text,
                                  int64_t size, int verify)
{
    return lrpot__json_parse(file, text, size, &file_kind, verify, out);
}

lrpot_status lrpot_density_load(lrpot_density **out, const char *path)
{
    LRPOT__REQUIRE_NOT_NULL(out);
    LRPOT__REQUIRE_NOT_NULL(path);
    return lrpot__json_load(path, &file_kind, out);
}
