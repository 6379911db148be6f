/* Self-consistent densities (arXiv 2406.10915, section 4) with an energy that is stationary in
 * them: charges, dipoles and quadrupoles that respond to the potential of all others
 * (docs/theory/selfconsistent.md). Energy and forces need no derivative of the density. Other
 * derivatives need one more fixed point, of the response to what they weigh. */
#include "charges/charge_eval.h"
#include "charges/density_guess.h"
#include "charges/density_ranks.h"
#include "charges/density_solve.h"
#include "charges/density_uniform.h"
#include "charges/gaussian_widths.h"
#include "core/comm.h"
#include "core/error.h"
#include "core/memory.h"

#include <math.h>
#include <string.h>

static const lrpot__tag density_tag = { "density" };
static const lrpot__tag moments_tag = { "moments of a density" };
static const lrpot__tag external_tag = { "external potential of a density" };
static const lrpot__tag steps_tag = { "steps of the last density" };
static const lrpot__tag response_tag = { "response of a density" };
static const lrpot__tag coulomb_tag = { "Coulomb sum of a density" };
static const lrpot__tag levels_tag = { "potentials of the levels of a density" };

#define LEAST_TOLERANCE 1e-13

static lrpot_status check_features(const lrpot_charges_options *o)
{
    int32_t felt, widths = lrpot__density_widths_of(o->features, &felt);
    if (widths == 0)
        return lrpot__fail(LRPOT_E_ARGUMENT,
                           "features = %d, expected W (L + 1)^2 of W = 1 to %d widths and orders "
                           "up to L = 0 to 2: 1, 2, 3, 4, 8, 12, 9, 18 or 27",
                           o->features, LRPOT__DENSITY_WIDTHS_MAX);
    if (felt > o->order)
        return lrpot__fail(LRPOT_E_ARGUMENT,
                           "features = %d are of order %d, the moments of order %d: expected no "
                           "more than that",
                           o->features, felt, o->order);
    if (widths > 1 && o->order == 0)
        return lrpot__fail(LRPOT_E_ARGUMENT,
                           "features = %d of %d widths with moments of order 0: expected order 1 "
                           "or 2",
                           o->features, widths);
    return LRPOT_OK;
}

static lrpot_status check_options(const lrpot_charges_options *o)
{
    if (o->response < LRPOT_RESPONSE_BONDS || o->response > LRPOT_RESPONSE_NONE)
        return lrpot__fail(LRPOT_E_ARGUMENT,
                           "response = %d, expected LRPOT_RESPONSE_BONDS, _ATOMS or _NONE",
                           o->response);
    if (!(o->reach > 0.0) || isinf(o->reach))
        return lrpot__fail(LRPOT_E_ARGUMENT, "reach = %g A, expected a positive length", o->reach);
    if (!(o->sigma > 0.0) || isinf(o->sigma))
        return lrpot__fail(LRPOT_E_ARGUMENT, "sigma = %g A, expected a positive length", o->sigma);
    if (!(o->tolerance >= LEAST_TOLERANCE && o->tolerance < 1.0))
        return lrpot__fail(LRPOT_E_ARGUMENT, "tolerance = %g V, expected %g to 1", o->tolerance,
                           LEAST_TOLERANCE);
    if (!(o->spread > 0.0) || isinf(o->spread))
        return lrpot__fail(LRPOT_E_ARGUMENT, "spread = %g A, expected a positive length",
                           o->spread);
    return check_features(o);
}

static lrpot_status configure(lrpot_charges *charges)
{
    lrpot_charges_options *o = &charges->options;
    if (o->sigma == 0.0) o->sigma = 1.0;
    if (o->tolerance == 0.0) o->tolerance = 1e-10;
    if (o->reach == 0.0) o->reach = 3.0;
    if (o->spread == 0.0) o->spread = 1.7;
    if (o->order < 0 || o->order > 2)
        return lrpot__fail(LRPOT_E_ARGUMENT, "order = %d of the moments, expected 0 to 2",
                           o->order);
    if (o->features == 0) o->features = (o->order + 1) * (o->order + 1);
    LRPOT__TRY(check_options(o));
    charges->n_heads = lrpot__density_index_of(o).count;
    LRPOT__TRY(lrpot__gaussian_widths_take(charges));
    for (int32_t z = 0; z < o->n_species; z++)
        if (!(charges->widths[z] > 0.0) || isinf(charges->widths[z]))
            return lrpot__fail(LRPOT_E_ARGUMENT, "widths[%d] = %g A, expected a positive length", z,
                               charges->widths[z]);
    return LRPOT_OK;
}

static int32_t order(const lrpot_charges *charges)
{
    return charges->options.order;
}

static int32_t keeps_total(const lrpot_charges *charges)
{
    (void)charges;
    return 1;
}

/* External potentials of all widths: factor times those of the charges [n], field_factor times a
 * field [3] at the dipoles; NULL: none. */
static void spread_external(const lrpot__density_terms *t, const double *shift, double factor,
                            const double *field, double field_factor, double *external)
{
    memset(external, 0, (size_t)t->size * sizeof *external);
    for (int32_t w = 0; w < t->index.n_widths; w++) {
        double *to = external + w * t->block;
        for (int64_t i = 0; shift != NULL && i < t->n; i++) to[i] = factor * shift[i];
        for (int64_t k = 0; field != NULL && t->order > 0 && k < 3 * t->n; k++)
            to[t->n + k] = field_factor * field[k % 3];
    }
}

/* Sums of the widths, [block]. */
static void add_widths(const lrpot__density_terms *t, const double *x, double *total)
{
    memset(total, 0, (size_t)t->block * sizeof *total);
    for (int64_t k = 0; k < t->size; k++) total[k % t->block] += x[k];
}

/* The potential of the field at charges and dipoles. */
static lrpot_status fill_external(const lrpot__charge_call *call, lrpot__density *d)
{
    d->external = NULL;
    if (call->shift == NULL && call->field == NULL) return LRPOT_OK;
    LRPOT__TRY(lrpot__workspace_doubles(call->work, &external_tag, d->terms.size, &d->external));
    spread_external(&d->terms, call->shift, 1.0, call->field, -1.0, d->external);
    return LRPOT_OK;
}

static lrpot_status begin(lrpot__charge_call *call)
{
    void *object = NULL;
    LRPOT__TRY(
        lrpot__workspace_block(call->work, &density_tag, 0, 1, sizeof(lrpot__density), &object));
    lrpot__density *d = object;
    call->density = d;
    LRPOT__TRY(lrpot__density_terms_of(call, &d->terms));
    LRPOT__TRY(lrpot__workspace_doubles(call->work, &moments_tag,
                                        5 * d->terms.size + d->terms.block, &d->resting));
    d->moments = d->resting + d->terms.size;
    d->answered = d->moments + d->terms.size;
    d->levelled = d->answered + d->terms.size;
    d->total = d->levelled + 2 * d->terms.size; /* behind scratch: see own_energy() */
    return fill_external(call, d);
}

static lrpot_status keep_steps(lrpot_workspace *work, int32_t steps)
{
    int32_t *kept = lrpot__workspace_kept(work, &steps_tag);
    if (kept == NULL) {
        kept = lrpot__calloc(1, sizeof *kept);
        if (kept == NULL) return LRPOT_E_MEMORY;
        LRPOT__TRY(lrpot__workspace_keep(work, &steps_tag, kept, lrpot__free));
    }
    *kept = steps;
    return LRPOT_OK;
}

int32_t lrpot_charges_steps(const lrpot_workspace *work)
{
    const int32_t *kept = work != NULL ? lrpot__workspace_kept(work, &steps_tag) : NULL;
    return kept != NULL ? *kept : 0;
}

/* Moments at given potentials, without a fixed point. */
static void answer_given(const lrpot__charge_call *call, lrpot__density *d)
{
    const lrpot__density_terms *t = &d->terms;
    memcpy(d->levelled, call->given, (size_t)t->size * sizeof *d->levelled);
    lrpot__density_level(t, d->resting, d->levelled);
    memcpy(d->answered, d->levelled, (size_t)t->size * sizeof *d->answered);
    lrpot__density_respond(t, d->levelled, d->moments);
    for (int64_t k = 0; k < t->size; k++) d->moments[k] = d->resting[k] - d->moments[k];
    lrpot__density_settle(t, 0, d->moments);
}

static void deliver(const lrpot__charge_call *call)
{
    lrpot__density *d = call->density;
    add_widths(&d->terms, d->moments, d->total);
    if (d->terms.n > 0) memcpy(call->q, d->total, (size_t)d->terms.n * sizeof *call->q);
}

/* Starts from the potentials of the last call with as many moments. They are only a guess, so they
 * do no harm if the atoms have changed. */
static lrpot_status forward(lrpot__charge_call *call)
{
    LRPOT__TRY(begin(call));
    lrpot__density *d = call->density;
    lrpot__density_resting(&d->terms, d->resting);
    if (call->given != NULL) {
        answer_given(call, d);
        deliver(call);
        return LRPOT_OK;
    }
    LRPOT__TRY(lrpot__density_guess(call, &d->terms, d->answered));
    LRPOT__TRY(lrpot__density_solve(call, &d->terms, 0, d->resting, d->external, d->moments,
                                    d->answered, d->levelled, &d->steps));
    LRPOT__TRY(keep_steps(call->work, d->steps));
    LRPOT__TRY(lrpot__density_keep(call, &d->terms, d->levelled));
    LRPOT__TRY(lrpot__density_level_all(&d->terms, d->resting, d->answered));
    LRPOT__TRY(lrpot__density_level_all(&d->terms, d->resting, d->levelled));
    deliver(call);
    return LRPOT_OK;
}

/* Charge that flows along bonds has differences of potential alone. */
static int32_t holds_level(const lrpot_charges *charges)
{
    return charges->options.response == LRPOT_RESPONSE_ATOMS;
}

static lrpot_status levels(const lrpot__charge_call *call, double *out)
{
    const lrpot__density *d = call->density;
    const lrpot__density_terms *t = &d->terms;
    double *v = NULL;
    LRPOT__TRY(lrpot__workspace_doubles(call->work, &levels_tag, t->size, &v));
    LRPOT__TRY(lrpot__density_sum(call, d->moments, v, NULL, NULL, NULL));
    for (int64_t k = 0; d->external != NULL && k < t->size; k++) v[k] += d->external[k];
    LRPOT__TRY(lrpot__density_level_all(t, d->resting, v));
    memcpy(out, t->sums, (size_t)t->n_groups * sizeof *out);
    return LRPOT_OK;
}

/* Share of atom i of a.b, for moments or potentials. */
static double share_of(const lrpot__density_terms *t, int64_t i, const double *a, const double *b)
{
    double sum = 0.0;
    for (int32_t w = 0; w < t->index.n_widths; w++, a += t->block, b += t->block) {
        sum += a[i] * b[i];
        for (int64_t c = t->n + 3 * i; t->order > 0 && c < t->n + 3 * i + 3; c++)
            sum += a[c] * b[c];
        for (int64_t c = 4 * t->n + 9 * i; t->order > 1 && c < 4 * t->n + 9 * i + 9; c++)
            sum += a[c] * b[c];
    }
    return sum;
}

static lrpot_status own_energy(const lrpot__charge_call *call, double *weights, lrpot_outputs *out)
{
    const lrpot__density *d = call->density;
    const lrpot__density_terms *t = &d->terms;
    double *response = d->levelled + t->size; /* see begin() */
    LRPOT__TRY(lrpot__density_respond_all(t, d->answered, response));
    for (int64_t i = 0; i < t->n; i++) {
        double energy = 0.5 * share_of(t, i, d->answered, response);
        if (d->external != NULL) energy += share_of(t, i, d->external, d->moments);
        if (out->energy != NULL) *out->energy += energy;
        if (out->energy_atom != NULL) out->energy_atom[i] += energy;
    }
    return lrpot__density_differentiate_all(t, call->work, d->levelled, d->levelled, 0.5, weights,
                                            out);
}

/* x.A x/2 of all moments. */
static lrpot_status sum(const lrpot__charge_call *call, double *potentials,
                        const lrpot_outputs *out)
{
    const lrpot__density *d = call->density;
    const lrpot__density_terms *t = &d->terms;
    double *v = NULL, energy = 0.0, virial[9];
    int forces = out->forces != NULL || out->virial != NULL;
    if (out->virial_atom != NULL)
        return lrpot__fail(LRPOT_E_UNSUPPORTED,
                           "virials of the atoms of a density with dipoles (order %d)", t->order);
    LRPOT__TRY(
        lrpot__workspace_doubles(call->work, &coulomb_tag, t->size + 3 * call->atoms->n_all, &v));
    LRPOT__TRY(lrpot__density_sum(call, d->moments, v, &energy, forces ? v + t->size : NULL,
                                  out->virial != NULL ? virial : NULL));
    if (out->energy != NULL) *out->energy += energy;
    for (int64_t i = 0; i < t->n; i++) {
        if (out->energy_atom != NULL) out->energy_atom[i] += 0.5 * share_of(t, i, d->moments, v);
        if (potentials != NULL) potentials[i] = v[i];
        for (int c = 0; c < 3; c++) {
            if (out->forces != NULL) out->forces[3 * i + c] += v[t->size + 3 * i + c];
            if (out->field != NULL) out->field[3 * i + c] -= v[t->n + 3 * i + c];
        }
    }
    for (int k = 0; out->virial != NULL && k < 9; k++) out->virial[k] += virial[k];
    return LRPOT_OK;
}

/* Change dx of the moments, and du of the levelled potentials, by an external potential. */
static lrpot_status respond_to(const lrpot__charge_call *call, const double *external, double *dx,
                               double *du)
{
    const lrpot__density_terms *t = &call->density->terms;
    double *zero = dx + t->size; /* behind dx: see response_block() */
    memset(zero, 0, (size_t)t->size * sizeof *zero);
    double *guess = zero + 3 * t->size;
    memset(guess, 0, (size_t)t->size * sizeof *guess);
    LRPOT__TRY(lrpot__density_solve(call, t, 1, zero, external, dx, guess, du, NULL));
    return lrpot__density_level_all(t, NULL, du);
}

/* [5][size]: dx, zeros, du, an external potential, a guess. */
static lrpot_status response_block(const lrpot__charge_call *call, double **block)
{
    return lrpot__workspace_doubles(call->work, &response_tag, 5 * call->density->terms.size,
                                    block);
}

static lrpot_status respond(const lrpot__charge_call *call, const double *rhs, double *change,
                            double *dipole)
{
    const lrpot__density_terms *t = &call->density->terms;
    double *block = NULL;
    LRPOT__TRY(response_block(call, &block));
    double *external = block + 3 * t->size;
    spread_external(t, rhs, -1.0, call->field, -1.0, external);
    LRPOT__TRY(respond_to(call, external, block, block + 2 * t->size));
    add_widths(t, block, external);
    if (t->n > 0) memcpy(change, external, (size_t)t->n * sizeof *change);
    for (int64_t k = 0; t->order > 0 && k < 3 * t->n; k++) dipole[k % 3] += external[t->n + k];
    return LRPOT_OK;
}

/* The moments are derivatives of the energy by external potentials: what weighs them is one, and
 * the derivative of the weighted sum is the change of that of the energy by it. */
static lrpot_status adjoint(const lrpot__charge_call *call, const double *dE_dq, double *weights,
                            lrpot_outputs *out)
{
    const lrpot__density *d = call->density;
    const lrpot__density_terms *t = &d->terms;
    double *block = NULL;
    LRPOT__TRY(response_block(call, &block));
    double *du = block + 2 * t->size, *external = block + 3 * t->size;
    spread_external(t, dE_dq, 1.0, call->dE_ddipole, 1.0, external);
    LRPOT__TRY(respond_to(call, external, block, du));
    LRPOT__TRY(lrpot__density_differentiate_all(t, call->work, du, d->levelled, 1.0, weights, out));
    return lrpot__density_sum_mixed(call, d->moments, block, out);
}

/* Charges by the electronegativities; capacities of some hundredths e/V, as those of molecules. */
static void start_values(const lrpot__charge_start *start, double *base)
{
    static const double capacity = -3.0, small = -6.0, none = -12.0;
    const lrpot_charges_options *o = &start->charges->options;
    lrpot__density_index x = lrpot__density_index_of(o);
    int32_t S = start->n_species;
    memset(base, 0, (size_t)(x.count * S) * sizeof *base);
    lrpot__charges_start(start, base + x.charge * S);
    for (int32_t k = 0; k < S * x.n_widths; k++) {
        int narrow = k < S;
        if (x.flow >= 0) base[x.flow * S + k] = narrow ? capacity : none;
        if (x.polarizability >= 0) base[x.polarizability * S + k] = narrow ? capacity : none;
        if (x.stretch >= 0) base[x.stretch * S + k] = narrow ? small : none;
        if (x.quadrupolarizability >= 0)
            base[x.quadrupolarizability * S + k] = narrow ? small : none;
    }
}

/* From a start with all widths a fit ends in states in which wide ones do what narrow ones should,
 * with twice the errors. */
static int32_t rests_first(const lrpot_charges *charges, int32_t head, double *wake)
{
    lrpot__density_index x = lrpot__density_index_of(&charges->options);
    *wake = -7.0; /* a thousandth e/V */
    return lrpot__density_is_wide(&x, head);
}

const lrpot__charge_rules lrpot__charges_density = {
    .name = "density",
    .summary = "charges, dipoles and quadrupoles that respond to their own potential",
    .traits = LRPOT_CHARGES_TAKES_BASIS | LRPOT_CHARGES_TAKES_SIGMA | LRPOT_CHARGES_TAKES_WIDTHS
              | LRPOT_CHARGES_TAKES_MOMENTS | LRPOT_CHARGES_FLOW,
    .configure = configure,
    .order = order,
    .keeps_total = keeps_total,
    .holds_level = holds_level,
    .levels = levels,
    .forward = forward,
    .adjoint = adjoint,
    .own_energy = own_energy,
    .sum = sum,
    .respond = respond,
    .dielectric = lrpot__density_dielectric,
    .respond_uniform = lrpot__density_respond_uniform,
    .chain = LRPOT__CHAIN_DENSITY,
    .coulomb = lrpot__gaussian_widths_coulomb,
    .width = lrpot__gaussian_width,
    .owns_sum = 1,
    .stage = "density",
    .rests_first = rests_first,
    .sign_given = 1,
    .start = start_values,
};
