/* Conversion of the tables of a .mtp file to a model. */
#include "io/mlip/mtp_build.h"

#include "basis/basis.h"
#include "basis/plan/plan.h"
#include "basis/plan/plan_import.h"
#include "core/error.h"
#include "core/memory.h"
#include "io/models/model_file.h"
#include "potential/model.h"

#include <stdio.h>
#include <string.h>

#define START_LINEAR 1e-3 /* linear coefficients of a file without them, as in MLIP-3 */

static lrpot_status fail_at(const lrpot__mtp *mtp, int64_t line, const char *what, long long is,
                            long long expected)
{
    return lrpot__fail(LRPOT_E_PARSE, "%s:%lld: %s: %lld, expected %lld", mtp->file,
                       (long long)line, what, is, expected);
}

static lrpot_status missing(const lrpot__mtp *mtp, const char *key)
{
    return lrpot__fail(LRPOT_E_PARSE, "%s: the key %s is missing", mtp->file, key);
}

/* Reports an error of the tables as an error of the file. */
static lrpot_status blame_file(const lrpot__mtp *mtp, lrpot_status status)
{
    if (status == LRPOT_OK || status == LRPOT_E_MEMORY) return status;
    return lrpot__fail(LRPOT_E_PARSE, "%s: %s", mtp->file, lrpot_last_error());
}

static lrpot_status check_present(const lrpot__mtp *mtp)
{
    if (mtp->radial_type[0] == '\0') return missing(mtp, "radial_basis_type");
    if (mtp->min_distance < 0) return missing(mtp, "min_dist");
    if (mtp->cutoff < 0) return missing(mtp, "max_dist");
    if (mtp->radial_size < 0) return missing(mtp, "radial_basis_size");
    if (mtp->n_radial < 0) return missing(mtp, "radial_funcs_count");
    if (mtp->n_moments < 0) return missing(mtp, "alpha_moments_count");
    if (mtp->n_basic < 0) return missing(mtp, "alpha_index_basic_count");
    if (!mtp->basic.present) return missing(mtp, "alpha_index_basic");
    if (mtp->n_products < 0) return missing(mtp, "alpha_index_times_count");
    if (!mtp->products.present) return missing(mtp, "alpha_index_times");
    if (mtp->n_scalars < 0) return missing(mtp, "alpha_scalar_moments");
    if (!mtp->scalars.present) return missing(mtp, "alpha_moment_mapping");
    return LRPOT_OK;
}

static lrpot_status check_lengths(const lrpot__mtp *mtp, int64_t n_species)
{
    if (mtp->basic.n != 4 * mtp->n_basic)
        return fail_at(mtp, mtp->basic.line, "groups of alpha_index_basic", mtp->basic.n / 4,
                       mtp->n_basic);
    if (mtp->products.n != 4 * mtp->n_products)
        return fail_at(mtp, mtp->products.line, "groups of alpha_index_times", mtp->products.n / 4,
                       mtp->n_products);
    if (mtp->scalars.n != mtp->n_scalars)
        return fail_at(mtp, mtp->scalars.line, "numbers of alpha_moment_mapping", mtp->scalars.n,
                       mtp->n_scalars);
    if (mtp->shifts.present && mtp->shifts.n != n_species)
        return fail_at(mtp, mtp->shifts.line, "numbers of species_coeffs", mtp->shifts.n,
                       n_species);
    if (mtp->linear.present && mtp->linear.n != mtp->n_scalars)
        return fail_at(mtp, mtp->linear.line, "numbers of moment_coeffs", mtp->linear.n,
                       mtp->n_scalars);
    /* every moment is a basic one or the target of a product: memory is sized by the contents of
     * the file, not by the numbers it states */
    if (mtp->n_moments > mtp->n_basic + mtp->n_products)
        return lrpot__fail(
            LRPOT_E_PARSE,
            "%s: alpha_moments_count is %lld, but %lld basic moments and %lld products make fewer",
            mtp->file, (long long)mtp->n_moments, (long long)mtp->n_basic,
            (long long)mtp->n_products);
    return LRPOT_OK;
}

static lrpot_status to_integers(const lrpot__mtp *mtp, const lrpot__mtp_list *list, int32_t *values)
{
    for (int64_t i = 0; i < list->n; i++) {
        if (!(list->values[i] >= 0 && list->values[i] <= INT32_MAX)
            || list->values[i] != (double)(int32_t)list->values[i])
            return lrpot__fail(LRPOT_E_PARSE,
                               "%s:%lld: the list holds %g, expected integers from 0 to 2^31 - 1",
                               mtp->file, (long long)list->line, list->values[i]);
        values[i] = (int32_t)list->values[i];
    }
    return LRPOT_OK;
}

/* Fills the tables. The structs of a plan are groups of four integers, like those of the file. */
static lrpot_status fill_tables(const lrpot__mtp *mtp, lrpot__plan *tables, int32_t *numbers)
{
    int32_t *products = numbers + mtp->basic.n, *scalars = products + mtp->products.n;
    LRPOT__TRY(to_integers(mtp, &mtp->basic, numbers));
    LRPOT__TRY(to_integers(mtp, &mtp->products, products));
    LRPOT__TRY(to_integers(mtp, &mtp->scalars, scalars));
    for (int32_t k = 0; k < tables->n_basic; k++, numbers += 4)
        tables->basic[k] = (lrpot__moment){ numbers[0], numbers[1], numbers[2], numbers[3] };
    for (int32_t t = 0; t < tables->n_products; t++, products += 4)
        tables->products[t] =
            (lrpot__product){ products[0], products[1], products[2], products[3] };
    tables->scalars = scalars;
    return LRPOT_OK;
}

static lrpot_status import_plan(const lrpot__mtp *mtp, lrpot__plan **plan)
{
    lrpot__plan tables = { .n_radial = (int32_t)mtp->n_radial,
                           .n_basic = (int32_t)mtp->n_basic,
                           .n_moments = (int32_t)mtp->n_moments,
                           .n_products = (int32_t)mtp->n_products,
                           .n_scalars = (int32_t)mtp->n_scalars };
    int32_t *numbers =
        lrpot__calloc(mtp->basic.n + mtp->products.n + mtp->scalars.n, sizeof *numbers);
    tables.basic = lrpot__calloc(mtp->n_basic, sizeof *tables.basic);
    tables.products = lrpot__calloc(mtp->n_products, sizeof *tables.products);
    lrpot_status status = LRPOT_E_MEMORY;
    if (numbers != NULL && tables.basic != NULL && tables.products != NULL) {
        status = fill_tables(mtp, &tables, numbers);
        if (status == LRPOT_OK) status = blame_file(mtp, lrpot__plan_import(plan, &tables));
    }
    lrpot__free(tables.basic);
    lrpot__free(tables.products);
    lrpot__free(numbers);
    return status;
}

/* Flags of the radial functions: RBChebyshev is that of the library, the variants are flags of
 * it. */
static lrpot_status radial_flags(const lrpot__mtp *mtp, int32_t *no_cutoff_factor,
                                 int32_t *clamp_below)
{
    for (int t = 0; lrpot__radial_names[t] != NULL; t++)
        if (strcmp(mtp->radial_type, lrpot__radial_names[t]) == 0) {
            *no_cutoff_factor = t / 2;
            *clamp_below = t % 2;
            return LRPOT_OK;
        }
    return lrpot__fail(LRPOT_E_UNSUPPORTED,
                       "%s: radial_basis_type '%s' is not offered; RBChebyshev and BChebyshev are, "
                       "with _repuls too",
                       mtp->file, mtp->radial_type);
}

/* Start values of an untrained file, as in MLIP-3. */
static void start_radial(const lrpot__mtp *mtp, int64_t n_species, double *radial)
{
    for (int64_t pair = 0; pair < n_species * n_species; pair++)
        for (int64_t mu = 0; mu < mtp->n_radial; mu++)
            for (int64_t b = 0; b < mtp->radial_size; b++)
                *radial++ = b == mu ? 1e-3 * (double)(pair + 1) + (double)mu * 1e-4
                                    : 1e-6 + (double)(mu + b) * 1e-7;
}

static lrpot_status set_radial(const lrpot__mtp *mtp, int64_t n_species, lrpot_basis *basis)
{
    if (mtp->radial.present) return lrpot_basis_set_radial(basis, mtp->radial.values);
    double *radial =
        lrpot__calloc(n_species * n_species * mtp->n_radial * mtp->radial_size, sizeof *radial);
    if (radial == NULL) return LRPOT_E_MEMORY;
    start_radial(mtp, n_species, radial);
    lrpot_status status = lrpot_basis_set_radial(basis, radial);
    lrpot__free(radial);
    return status;
}

static lrpot_status build_basis(const lrpot__mtp *mtp, int64_t n_species, lrpot_basis **out)
{
    lrpot_basis_options options = LRPOT_BASIS_OPTIONS_INIT;
    lrpot_basis *basis = NULL;
    lrpot__plan *plan = NULL;
    int32_t no_cutoff_factor = 0, clamp_below = 0;
    LRPOT__TRY(radial_flags(mtp, &no_cutoff_factor, &clamp_below));
    LRPOT__TRY(import_plan(mtp, &plan));
    options.level = 0; /* tables of a file need not be those of a level */
    options.n_species = (int32_t)n_species;
    options.radial_size = (int32_t)mtp->radial_size;
    options.min_distance = mtp->min_distance;
    options.cutoff = mtp->cutoff;
    options.scaling = mtp->scaling;
    lrpot_status status = blame_file(mtp, lrpot__basis_create_with_plan(&basis, &options, plan));
    if (status != LRPOT_OK) {
        lrpot__plan_free(plan);
        return status;
    }
    basis->no_cutoff_factor = no_cutoff_factor;
    basis->clamp_below = clamp_below;
    status = set_radial(mtp, n_species, basis);
    if (status != LRPOT_OK) lrpot_basis_free(basis);
    else *out = basis;
    return status;
}

static void fill_linear(const lrpot__mtp *mtp, lrpot_potential *potential)
{
    for (int64_t k = 0; k < mtp->n_scalars; k++)
        potential->linear[k] = mtp->linear.present ? mtp->linear.values[k] : START_LINEAR;
    for (int32_t z = 0; z < potential->n_species; z++)
        potential->shifts[z] = mtp->shifts.present ? mtp->shifts.values[z] : START_LINEAR;
}

static lrpot_status assemble(const lrpot__mtp *mtp, int64_t n_species, lrpot_basis *basis,
                             lrpot_potential **out)
{
    char labels[LRPOT__MTP_MAX_SPECIES][24];
    const char *symbols[LRPOT__MTP_MAX_SPECIES];
    for (int64_t z = 0; z < n_species; z++) {
        snprintf(labels[z], sizeof labels[z], "%lld",
                 (long long)(z < mtp->n_labels ? mtp->labels[z] : z));
        symbols[z] = labels[z];
    }
    LRPOT__TRY(blame_file(mtp, lrpot__potential_assemble(out, symbols, basis, NULL, 0.0, NULL, 0)));
    fill_linear(mtp, *out);
    lrpot_status status = mtp->name[0] != '\0'
                              ? lrpot_potential_set_note(*out, "potential_name", mtp->name)
                              : LRPOT_OK;
    if (status == LRPOT_OK && mtp->tag[0] != '\0')
        status = lrpot_potential_set_note(*out, "potential_tag", mtp->tag);
    if (status != LRPOT_OK) lrpot_potential_free(*out);
    return status;
}

lrpot_status lrpot__mtp_build(const lrpot__mtp *mtp, lrpot_potential **out)
{
    int64_t n_species = mtp->n_species > 0 ? mtp->n_species : 1; /* old files do not state it */
    lrpot_basis *basis = NULL;
    lrpot_potential *potential = NULL;
    LRPOT__TRY(check_present(mtp));
    LRPOT__TRY(check_lengths(mtp, n_species));
    LRPOT__TRY(build_basis(mtp, n_species, &basis));
    lrpot_status status = assemble(mtp, n_species, basis, &potential);
    if (status == LRPOT_OK) *out = potential;
    else if (potential == NULL) lrpot_basis_free(basis);
    return status;
}
