/* Moment tensors as a descriptor: creation and copies. */
#include "basis/moments.h"

#include "basis/kernels/basis_kernel.h"
#include "basis/plan/graph.h"
#include "basis/plan/plan.h"
#include "basis/plan/plan_create.h"
#include "core/error.h"
#include "core/memory.h"
#include "core/struct_size.h"

#include <math.h>
#include <string.h>

enum { MAX_SPECIES = 1000, MAX_RADIAL_SIZE = 32 };

static lrpot_status check_options(const lrpot_basis_options *o)
{
    if (o->n_species < 1 || o->n_species > MAX_SPECIES)
        return lrpot__fail(LRPOT_E_ARGUMENT, "n_species is %d, expected 1 to %d", o->n_species,
                           MAX_SPECIES);
    if (o->radial_size != 0 && (o->radial_size < 2 || o->radial_size > MAX_RADIAL_SIZE))
        return lrpot__fail(LRPOT_E_ARGUMENT, "radial_size is %d, expected 2 to %d, or 0",
                           o->radial_size, MAX_RADIAL_SIZE);
    if (!isfinite(o->cutoff) || !isfinite(o->min_distance) || !isfinite(o->scaling))
        return lrpot__fail(LRPOT_E_NOT_FINITE, "cutoff %g, min_distance %g, scaling %g", o->cutoff,
                           o->min_distance, o->scaling);
    if (!(o->min_distance >= 0.0 && o->cutoff > o->min_distance))
        return lrpot__fail(
            LRPOT_E_ARGUMENT,
            "min_distance is %g A and cutoff %g A, expected 0 <= min_distance < cutoff",
            o->min_distance, o->cutoff);
    return LRPOT_OK;
}

/* Copies the options with defaults filled in. */
static lrpot_status read_options(lrpot_basis_options *known, const lrpot_basis_options *given)
{
    LRPOT__REQUIRE_INPUT(lrpot_basis_options, given);
    LRPOT__COPY_INPUT(known, given);
    if (known->radial_size == 0) known->radial_size = 8;
    if (known->scaling == 0.0) known->scaling = 1.0;
    if (known->level == 0) known->radial_step = 0;
    else if (known->radial_step == 0) known->radial_step = LRPOT__MTP_STEP;
    return check_options(known);
}

static int64_t radial_count(const lrpot_basis *basis)
{
    int64_t s = basis->options.n_species;
    return s * s * basis->plan->n_radial * basis->options.radial_size;
}

/* Largest number of radial coefficients: 64 MB. All elements at once have 1.8 million with the
 * radial functions of level 28. */
#define MOST_RADIAL 8388608

static lrpot_status check_count(const lrpot_basis *basis)
{
    int64_t count = radial_count(basis);
    if (count <= MOST_RADIAL) return LRPOT_OK;
    return lrpot__fail(LRPOT_E_ARGUMENT,
                       "n_species %d, %d radial functions and radial_size %d make %lld radial "
                       "coefficients, expected at most %d",
                       basis->options.n_species, (int)basis->plan->n_radial,
                       basis->options.radial_size, (long long)count, MOST_RADIAL);
}

/* Start of the radial functions: f_mu is Q_mu plus a small part of the others, different for each
 * pair of species, so that no two features are equal. */
static void start_radial(lrpot_basis *basis)
{
    int64_t n = basis->options.radial_size, f = basis->plan->n_radial, s = basis->options.n_species;
    for (int64_t pair = 0; pair < s * s; pair++)
        for (int64_t mu = 0; mu < f; mu++)
            for (int64_t b = 0; b < n; b++) {
                double distance = fabs((double)(b - mu)),
                       small = 0.1 * pow(0.5, distance)
                               * cos(1.0 + (double)(pair + 2 * mu + 3 * b));
                basis->radial[(pair * f + mu) * n + b] = (b == mu ? 1.0 : 0.0) + small;
            }
}

lrpot_status lrpot__basis_create_with_plan(lrpot_basis **out, const lrpot_basis_options *options,
                                           lrpot__plan *plan)
{
    lrpot_basis_options known;
    LRPOT__TRY(read_options(&known, options));
    lrpot_basis *basis = lrpot__calloc(1, sizeof *basis);
    if (basis == NULL) return LRPOT_E_MEMORY;
    basis->descriptor = &lrpot__moment_tensors;
    basis->options = known;
    basis->plan = plan;
    lrpot_status status = lrpot__basis_kernel_resolve(known.kernel, &basis->options.kernel);
    if (status == LRPOT_OK) status = check_count(basis);
    if (status == LRPOT_OK) {
        basis->radial = lrpot__calloc(radial_count(basis), sizeof *basis->radial);
        if (basis->radial == NULL) status = LRPOT_E_MEMORY;
    }
    if (status == LRPOT_OK) status = lrpot__basis_kernel_prepare(basis);
    if (status != LRPOT_OK) {
        basis->plan = NULL; /* the plan still belongs to the caller */
        lrpot_basis_free(basis);
        return status;
    }
    start_radial(basis);
    *out = basis;
    return LRPOT_OK;
}

lrpot_status lrpot_basis_create(lrpot_basis **out, const lrpot_basis_options *options)
{
    LRPOT__REQUIRE_NOT_NULL(out);
    LRPOT__REQUIRE_NOT_NULL(options);
    lrpot_basis_options known;
    lrpot__plan *plan = NULL;
    LRPOT__TRY(read_options(&known, options));
    LRPOT__TRY(lrpot__plan_create(&plan, known.level, known.radial_step));
    lrpot_status status = lrpot__basis_create_with_plan(out, &known, plan);
    if (status != LRPOT_OK) lrpot__plan_free(plan);
    return status;
}

lrpot_status lrpot__basis_set_rest(lrpot_basis *basis, const double *rest)
{
    int64_t pairs = (int64_t)basis->options.n_species * basis->options.n_species;
    double *copy = NULL;
    if (rest != NULL && (copy = lrpot__duplicate(rest, pairs, sizeof *rest)) == NULL)
        return LRPOT_E_MEMORY;
    lrpot__free(basis->rest);
    basis->rest = copy;
    return LRPOT_OK;
}

static lrpot_status clone(lrpot_basis **out, const lrpot_basis *basis)
{
    lrpot__plan *plan = NULL;
    lrpot_basis *copy = NULL;
    LRPOT__TRY(lrpot__plan_clone(&plan, basis->plan));
    lrpot_status status = lrpot__basis_create_with_plan(&copy, &basis->options, plan);
    if (status != LRPOT_OK) {
        lrpot__plan_free(plan);
        return status;
    }
    copy->no_cutoff_factor = basis->no_cutoff_factor;
    copy->clamp_below = basis->clamp_below;
    memcpy(copy->radial, basis->radial, (size_t)radial_count(basis) * sizeof *basis->radial);
    status = lrpot__basis_set_rest(copy, basis->rest);
    if (status != LRPOT_OK) lrpot_basis_free(copy);
    else *out = copy;
    return status;
}

static void release(lrpot_basis *basis)
{
    lrpot__basis_kernel_release(basis);
    lrpot__plan_free(basis->plan);
    lrpot__free(basis->radial);
    lrpot__free(basis->rest);
}

static int64_t count(const lrpot_basis *basis)
{
    return basis->plan->n_scalars;
}

const lrpot__descriptor lrpot__moment_tensors = { .name = LRPOT__MOMENT_TENSORS,
                                                  .trained = 1,
                                                  .count = count,
                                                  .run = lrpot__moments_run,
                                                  .clone = clone,
                                                  .release = release };
