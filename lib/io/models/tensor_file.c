/* Files of tensor models: their options and coefficients. The functions are enumerated again. */
#include "io/models/tensor_file.h"

#include "core/error.h"
#include "core/memory.h"
#include "io/models/model_read.h"
#include "io/models/model_write.h"
#include "io/text/json_read.h"
#include "io/text/json_write.h"
#include "io/text/text.h"
#include "tensors/tensor_model.h"

#include <lrpot/io.h>

#include <string.h>

#define FORMAT "lrpot-tensors"
#define VERSION 1
#define MAX_SPECIES 32

static const char *const kinds[] = { "polar tensors", "dipoles",          "global factor",
                                     "local factor",  "polarizabilities", NULL };

static lrpot_status put_model(json_t *root, const lrpot_tensor_model *model)
{
    const lrpot_tensor_options *o = &model->options;
    json_t *basis = NULL, *potential = NULL;
    LRPOT__TRY(lrpot__json_put(root, "format", json_string(FORMAT)));
    LRPOT__TRY(lrpot__json_put(root, "version", json_integer(VERSION)));
    LRPOT__TRY(lrpot__json_put(root, "library", json_string(lrpot_version())));
    LRPOT__TRY(lrpot__json_put(root, "kind", json_string(kinds[o->kind])));
    LRPOT__TRY(lrpot__json_put_species(root, o->n_species, o->symbols));
    LRPOT__TRY(lrpot__json_put_object(root, "basis", &basis));
    LRPOT__TRY(lrpot__json_put_integers(basis, "levels", 4, o->levels));
    LRPOT__TRY(lrpot__json_put(basis, "radial_cost", json_integer(o->radial_cost)));
    LRPOT__TRY(lrpot__json_put(basis, "min_distance", json_real(o->min_distance)));
    LRPOT__TRY(lrpot__json_put(basis, "cutoff", json_real(o->cutoff)));
    LRPOT__TRY(
        lrpot__json_put_numbers(root, "coefficients", model->n_coefficients, model->coefficients));
    if (model->potential == NULL) return LRPOT_OK;
    LRPOT__TRY(lrpot__json_put_object(root, "potential", &potential));
    return lrpot__model_put(potential, model->potential);
}

lrpot_status lrpot_tensor_model_save(const lrpot_tensor_model *model, const char *path)
{
    LRPOT__REQUIRE_NOT_NULL(model);
    LRPOT__REQUIRE_NOT_NULL(path);
    json_t *root = json_object();
    lrpot_status status = put_model(root, model);
    if (status == LRPOT_OK) status = lrpot__json_save(root, path);
    json_decref(root);
    return status;
}

static lrpot_status read_basis(const lrpot__json_place *top, lrpot_tensor_options *o)
{
    lrpot__json_place basis;
    int32_t n = 0, *levels = NULL;
    LRPOT__TRY(lrpot__json_enter(top, "basis", &basis));
    LRPOT__TRY(lrpot__json_integers(&basis, "levels", 4, &n, &levels));
    if (n == 1) memcpy(o->levels, levels, sizeof o->levels);
    lrpot__free(levels);
    if (n != 1) return lrpot__json_wrong_type(&basis, "levels", "an array of 4 integers");
    LRPOT__TRY(lrpot__json_integer(&basis, "radial_cost", &o->radial_cost));
    LRPOT__TRY(lrpot__json_number(&basis, "min_distance", &o->min_distance));
    return lrpot__json_number(&basis, "cutoff", &o->cutoff);
}

static lrpot_status read_options(const lrpot__json_place *top, const char **symbols,
                                 lrpot_tensor_options *o)
{
    json_t *species = NULL;
    LRPOT__TRY(lrpot__json_choice(top, "kind", kinds, &o->kind));
    LRPOT__TRY(lrpot__json_array(top, "species", -1, &species));
    size_t n = json_array_size(species);
    if (n < 1 || n > MAX_SPECIES)
        return lrpot__fail(LRPOT_E_PARSE, "%s: key 'species' has %zu values, expected 1 to %d",
                           top->file, n, MAX_SPECIES);
    for (size_t z = 0; z < n; z++)
        if ((symbols[z] = json_string_value(json_array_get(species, z))) == NULL)
            return lrpot__json_wrong_type(top, "species", "an array of strings");
    o->symbols = symbols;
    o->n_species = (int32_t)n;
    return read_basis(top, o);
}

static lrpot_status fill(const lrpot__json_place *top, lrpot_tensor_model *model)
{
    LRPOT__TRY(
        lrpot__json_numbers(top, "coefficients", model->n_coefficients, model->coefficients));
    lrpot__tensor_model_refresh(model);
    return LRPOT_OK;
}

static lrpot_status create(const lrpot__json_place *top, lrpot_tensor_model **out)
{
    const char *symbols[MAX_SPECIES];
    lrpot_tensor_options options = LRPOT_TENSOR_OPTIONS_INIT;
    lrpot_potential *potential = NULL;
    lrpot__json_place inside;
    json_t *coefficients = NULL;
    LRPOT__TRY(read_options(top, symbols, &options));
    LRPOT__TRY(lrpot__json_array(top, "coefficients", -1, &coefficients));
    if (options.kind == LRPOT_TENSORS_GLOBAL || options.kind == LRPOT_TENSORS_LOCAL) {
        LRPOT__TRY(lrpot__json_enter(top, "potential", &inside));
        LRPOT__TRY(lrpot__model_get(&inside, &potential));
    }
    options.potential = potential;
    /* no more functions are enumerated than there are coefficients */
    int64_t most = 1 + (int64_t)json_array_size(coefficients) / options.n_species;
    lrpot_status status =
        lrpot__json_blame_file(top, lrpot__tensor_model_create_limited(out, &options, most));
    lrpot_potential_free(potential);
    return status;
}

static lrpot_status read(const lrpot__json_place *top, void *out)
{
    lrpot_tensor_model *model = NULL;
    LRPOT__TRY(create(top, &model));
    lrpot_status status = fill(top, model);
    if (status == LRPOT_OK) *(lrpot_tensor_model **)out = model;
    else lrpot_tensor_model_free(model);
    return status;
}

static const lrpot__json_kind file_kind = { FORMAT, VERSION, read };

lrpot_status lrpot__tensor_parse(lrpot_tensor_model **out, const char *file, const char *text,
                                 int64_t size, int verify)
{
    return lrpot__json_parse(file, text, size, &file_kind, verify, out);
}

lrpot_status lrpot_tensor_model_load(lrpot_tensor_model **out, const char *path)
{
    LRPOT__REQUIRE_NOT_NULL(out);
    LRPOT__REQUIRE_NOT_NULL(path);
    return lrpot__json_load(path, &file_kind, out);
}

int32_t lrpot_tensor_model_recognise(const char *path)
{
    char *text = NULL;
    int64_t size = 0;
    if (path == NULL || lrpot__file_load(path, &text, &size) != LRPOT_OK) return 0;
    json_t *root = NULL;
    if (lrpot__json_tree(&root, path, text, size) != LRPOT_OK) root = NULL;
    const char *format = json_string_value(json_object_get(root, "format"));
    int32_t is = format != NULL && strcmp(format, FORMAT) == 0;
    json_decref(root);
    lrpot__free(text);
    return is;
}
