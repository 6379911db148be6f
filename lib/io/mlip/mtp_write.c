/* Writer of models as MLIP's .mtp files. */
#include "io/files/output.h"

#include <lrpot/io.h>

#include "basis/basis.h"
#include "core/error.h"
#include "io/models/model_file.h"
#include "potential/potential.h"

#include <string.h>

static void put_key(lrpot__output *output, const char *key, int64_t value)
{
    lrpot__put_text(output, key);
    lrpot__put_text(output, " = ");
    lrpot__put_integer(output, value);
    lrpot__put_text(output, "\n");
}

static void put_real_key(lrpot__output *output, const char *key, double value)
{
    lrpot__put_text(output, key);
    lrpot__put_text(output, " = ");
    lrpot__put_number(output, value);
    lrpot__put_text(output, "\n");
}

static void put_list(lrpot__output *output, const char *key, int64_t n, const double *values)
{
    lrpot__put_text(output, key);
    lrpot__put_text(output, "{");
    lrpot__put_numbers(output, n, values, ", ");
    lrpot__put_text(output, "}\n");
}

/* 1 if the symbols are labels for MLIP, integers of up to two digits. Otherwise they become 0, 1,
 * ... */
static int symbols_are_labels(const lrpot_potential *potential)
{
    for (int32_t z = 0; z < potential->n_species; z++) {
        const char *symbol = potential->symbols[z];
        if (strlen(symbol) > 2 || strspn(symbol, "0123456789") != strlen(symbol)
            || (symbol[0] == '0' && symbol[1] != '\0'))
            return 0;
    }
    return 1;
}

static void put_label(lrpot__output *output, const lrpot_potential *potential, int as_they_are,
                      int32_t z)
{
    if (as_they_are) lrpot__put_text(output, potential->symbols[z]);
    else lrpot__put_integer(output, z);
}

static void put_radial(lrpot__output *output, const lrpot_potential *potential)
{
    const lrpot_basis *basis = potential->basis;
    int64_t n = basis->options.radial_size;
    const double *values = basis->radial;
    int as_they_are = symbols_are_labels(potential);
    lrpot__put_text(output, "\tradial_coeffs\n");
    for (int32_t y = 0; y < potential->n_species; y++)
        for (int32_t z = 0; z < potential->n_species; z++) {
            lrpot__put_text(output, "\t\t");
            put_label(output, potential, as_they_are, y);
            lrpot__put_text(output, "-");
            put_label(output, potential, as_they_are, z);
            lrpot__put_text(output, "\n");
            for (int32_t mu = 0; mu < basis->plan->n_radial; mu++, values += n)
                put_list(output, "\t\t\t", n, values);
        }
}

static void put_four(lrpot__output *output, int first, int32_t a, int32_t b, int32_t c, int32_t d)
{
    int32_t values[4] = { a, b, c, d };
    lrpot__put_text(output, first ? "{" : ", {");
    for (int i = 0; i < 4; i++) {
        lrpot__put_text(output, i > 0 ? ", " : "");
        lrpot__put_integer(output, values[i]);
    }
    lrpot__put_text(output, "}");
}

static void put_plan(lrpot__output *output, const lrpot__plan *plan)
{
    put_key(output, "alpha_moments_count", plan->n_moments);
    put_key(output, "alpha_index_basic_count", plan->n_basic);
    lrpot__put_text(output, "alpha_index_basic = {");
    for (int32_t k = 0; k < plan->n_basic; k++)
        put_four(output, k == 0, plan->basic[k].mu, plan->basic[k].a, plan->basic[k].b,
                 plan->basic[k].c);
    lrpot__put_text(output, "}\n");
    put_key(output, "alpha_index_times_count", plan->n_products);
    lrpot__put_text(output, "alpha_index_times = {");
    for (int32_t t = 0; t < plan->n_products; t++)
        put_four(output, t == 0, plan->products[t].left, plan->products[t].right,
                 plan->products[t].factor, plan->products[t].target);
    lrpot__put_text(output, "}\n");
    put_key(output, "alpha_scalar_moments", plan->n_scalars);
    lrpot__put_text(output, "alpha_moment_mapping = {");
    for (int32_t s = 0; s < plan->n_scalars; s++) {
        lrpot__put_text(output, s > 0 ? ", " : "");
        lrpot__put_integer(output, plan->scalars[s]);
    }
    lrpot__put_text(output, "}\n");
}

/* MLIP's reader needs one word for the name, and reads the tag to the end of the line. */
static void put_name(lrpot__output *output, const lrpot_potential *potential)
{
    const char *name = lrpot_potential_note(potential, "potential_name"),
               *tag = lrpot_potential_note(potential, "potential_tag");
    int one_word = name != NULL && *name != '\0' && strpbrk(name, " \t\r\n#") == NULL;
    lrpot__put_text(output, "potential_name = ");
    lrpot__put_text(output, one_word ? name : "lrpot");
    lrpot__put_text(output, "\n");
    put_real_key(output, "scaling", potential->basis->options.scaling);
    put_key(output, "species_count", potential->n_species);
    lrpot__put_text(output, "potential_tag = ");
    lrpot__put_text(output, tag != NULL && strpbrk(tag, "\r\n") == NULL ? tag : "");
    lrpot__put_text(output, "\n");
}

static void put_model(lrpot__output *output, const lrpot_potential *potential)
{
    const lrpot_basis *basis = potential->basis;
    lrpot__put_text(output, "MTP\nversion = 1.1.0\n");
    put_name(output, potential);
    lrpot__put_text(output, "radial_basis_type = ");
    lrpot__put_text(output, lrpot__radial_names[2 * basis->no_cutoff_factor + basis->clamp_below]);
    lrpot__put_text(output, "\n");
    put_real_key(output, "\tmin_dist", basis->options.min_distance);
    put_real_key(output, "\tmax_dist", basis->options.cutoff);
    put_key(output, "\tradial_basis_size", basis->options.radial_size);
    put_key(output, "\tradial_funcs_count", basis->plan->n_radial);
    put_radial(output, potential);
    put_plan(output, basis->plan);
    put_list(output, "species_coeffs = ", potential->n_species, potential->shifts);
    put_list(output, "moment_coeffs = ", basis->plan->n_scalars, potential->linear);
}

lrpot_status lrpot_potential_save_mtp(const lrpot_potential *potential, const char *path)
{
    lrpot__output output;
    LRPOT__REQUIRE_NOT_NULL(potential);
    LRPOT__REQUIRE_NOT_NULL(path);
    LRPOT__TRY(lrpot__basis_trained(potential->basis, path));
    if (potential->charges != NULL)
        return lrpot__fail(
            LRPOT_E_UNSUPPORTED,
            "%s: the model has charges, which .mtp cannot hold; use lrpot_potential_save()", path);
    if (potential->network != NULL)
        return lrpot__fail(
            LRPOT_E_UNSUPPORTED,
            "%s: the model has networks, which .mtp cannot hold; use lrpot_potential_save()", path);
    if (potential->species_stride != 0)
        return lrpot__fail(LRPOT_E_UNSUPPORTED,
                           "%s: each species of the model has linear coefficients of its own, but "
                           ".mtp holds one set for all (moment_coeffs); "
                           "use lrpot_potential_save()",
                           path);
    if (potential->barrier != NULL)
        return lrpot__fail(LRPOT_E_UNSUPPORTED,
                           "%s: the model has a gap barrier, which .mtp cannot hold; use "
                           "lrpot_potential_save(), or fit without --gap-barrier",
                           path);
    LRPOT__TRY(lrpot__output_open(&output, path));
    put_model(&output, potential);
    return lrpot__output_close(&output);
}
