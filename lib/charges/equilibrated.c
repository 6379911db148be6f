/* Equilibrated charges (arXiv 2406.10915, section 2.1, with screened Coulomb interactions): the
 * charges of minimum energy at the given total charge. Energy and forces need no derivative of the
 * charges, since the energy is stationary. Other derivatives need one more solution of the same
 * equations (docs/theory/charges.md). */
#include "charges/charge_eval.h"
#include "charges/conjugate_gradient.h"
#include "charges/dense.h"
#include "charges/gaussian_widths.h"
#include "core/comm.h"
#include "core/error.h"
#include "core/workspace.h"
#include "structure/nlist_rows.h"

#include <math.h>
#include <string.h>

static const lrpot__tag kept_tag = { "charges of the last call" };
static const lrpot__tag coulomb_tag = { "derivatives of the Coulomb energy" };
static const lrpot__tag levels_tag = { "derivatives by the charges" };

/* Largest number of atoms for which the dense solver is used: it is faster there
 * (bench/charges.c). */
#define DENSE_LIMIT 50
#define LEAST_TOLERANCE 1e-13

static lrpot_status configure(lrpot_charges *charges)
{
    lrpot_charges_options *o = &charges->options;
    if (o->sigma == 0.0) o->sigma = 1.0;
    if (o->tolerance == 0.0) o->tolerance = 1e-9;
    if (o->solver < LRPOT_SOLVER_AUTO || o->solver > LRPOT_SOLVER_ITERATIVE)
        return lrpot__fail(LRPOT_E_ARGUMENT,
                           "solver = %d, expected LRPOT_SOLVER_AUTO, _DENSE or _ITERATIVE",
                           o->solver);
    if (!(o->sigma > 0.0) || isinf(o->sigma))
        return lrpot__fail(LRPOT_E_ARGUMENT, "sigma = %g A, expected a positive length", o->sigma);
    if (!(o->tolerance >= LEAST_TOLERANCE && o->tolerance < 1.0))
        return lrpot__fail(LRPOT_E_ARGUMENT, "tolerance = %g, expected %g to 1", o->tolerance,
                           LEAST_TOLERANCE);
    return lrpot__gaussian_widths_take(charges);
}

static int32_t keeps_total(const lrpot_charges *charges)
{
    (void)charges;
    return 1;
}

/* log(1 + exp(u)) */
static double hardness_of(double u)
{
    return u > 0.0 ? u + log1p(exp(-u)) : log1p(exp(u));
}

static double hardness_slope(double u)
{
    return 1.0 / (1.0 + exp(-u));
}

static void hardness_derivatives(double u, double eta[3])
{
    eta[0] = hardness_of(u);
    eta[1] = hardness_slope(u);
    eta[2] = 1.0 - eta[1];
}

static lrpot_status fill_hardness(const lrpot__charge_call *call, double *hardness)
{
    int64_t n = call->atoms->n_owned;
    for (int64_t i = 0; i < n; i++) {
        double chi = call->scalars[i], u = call->scalars[n + i];
        if (!isfinite(chi) || !isfinite(u))
            return lrpot__fail(LRPOT_E_NOT_FINITE,
                               "electronegativity %g V and hardness %g V/e of atom %lld", chi,
                               hardness_of(u), (long long)i);
        hardness[i] = hardness_of(u);
        int32_t species = call->atoms->species[i];
        if (!(hardness[i] > 0.0) && call->charges->widths[species] == 0.0)
            return lrpot__fail(LRPOT_E_SINGULAR,
                               "atom %lld (species %d) is a point charge without hardness (u = %g)",
                               (long long)i, species, u);
    }
    return LRPOT_OK;
}

static int one_process(const lrpot_comm *comm)
{
    return comm == NULL || comm->sum == NULL;
}

static int is_dense(const lrpot__charge_call *call)
{
    int32_t solver = call->charges->options.solver;
    return solver == LRPOT_SOLVER_DENSE
           || (solver == LRPOT_SOLVER_AUTO && one_process(call->comm)
               && call->atoms->n_owned <= DENSE_LIMIT);
}

static lrpot_status solve(const lrpot__charge_equations *equations)
{
    const lrpot__charge_call *call = equations->call;
    if (!is_dense(call)) return lrpot__charge_equations_conjugate_gradient(equations);
    if (!one_process(call->comm))
        return lrpot__fail(LRPOT_E_UNSUPPORTED,
                           "the dense solver of the charges works in one process only");
    return lrpot__charge_equations_dense(equations);
}

/* Charges of the last call, kept in the workspace. They are only a guess, so they do no harm if the
 * atoms have changed. */
static lrpot_status kept_charges(lrpot_workspace *work, int64_t n, double **kept)
{
    return lrpot__workspace_doubles(work, &kept_tag, n + 1, kept);
}

/* Keeps the charges. The first element is the number of atoms. */
static void keep_charges(double *kept, int64_t n, const double *q)
{
    kept[0] = (double)n;
    if (n > 0) memcpy(kept + 1, q, (size_t)n * sizeof *kept);
}

lrpot_status lrpot_charges_set_guess(lrpot_workspace *work, int64_t n, const double *q)
{
    double *kept = NULL;
    LRPOT__REQUIRE_NOT_NULL(work);
    if (n < 0) return lrpot__fail(LRPOT_E_ARGUMENT, "n = %lld charges", (long long)n);
    if (n > 0) LRPOT__REQUIRE_NOT_NULL(q);
    LRPOT__TRY(kept_charges(work, n, &kept));
    keep_charges(kept, n, q);
    return LRPOT_OK;
}

static lrpot_status forward(lrpot__charge_call *call)
{
    int64_t n = call->atoms->n_owned;
    double *hardness = NULL, *rhs = NULL, *kept = NULL;
    LRPOT__TRY(lrpot__charge_equations_vector(call, LRPOT__VECTOR_HARDNESS, &hardness));
    LRPOT__TRY(lrpot__charge_equations_vector(call, LRPOT__VECTOR_RHS, &rhs));
    LRPOT__TRY(kept_charges(call->work, n, &kept));
    LRPOT__TRY(fill_hardness(call, hardness));
    for (int64_t i = 0; i < n; i++)
        rhs[i] = -call->scalars[i] - (call->shift != NULL ? call->shift[i] : 0.0);
    int guess = kept[0] == (double)n && n > 0;
    if (guess) memcpy(call->q, kept + 1, (size_t)n * sizeof *kept);
    lrpot__charge_equations equations = { call, hardness, rhs, 0, call->q, guess };
    LRPOT__TRY(solve(&equations));
    call->prepared = 1;
    keep_charges(kept, n, call->q);
    return LRPOT_OK;
}

static lrpot_status own_energy(const lrpot__charge_call *call, double *weights, lrpot_outputs *out)
{
    int64_t n = call->atoms->n_owned;
    for (int64_t i = 0; i < n; i++) {
        double q = call->q[i], u = call->scalars[n + i],
               chi = call->scalars[i] + (call->shift != NULL ? call->shift[i] : 0.0);
        double energy = chi * q + 0.5 * hardness_of(u) * q * q;
        if (out->energy != NULL) *out->energy += energy;
        if (out->energy_atom != NULL) out->energy_atom[i] += energy;
        weights[i] = q;
        weights[n + i] = 0.5 * q * q * hardness_slope(u);
    }
    return LRPOT_OK;
}

/* out += factor times forces and virials of x.A.x / 2 */
static lrpot_status add_coulomb(const lrpot__charge_call *call, double *x, double factor,
                                lrpot_outputs *out)
{
    int64_t n = call->atoms->n_all;
    double *derivatives = NULL, virial[9],
           *targets[3] = { out->forces, out->virial, out->virial_atom };
    LRPOT__TRY(lrpot__workspace_doubles(call->work, &coulomb_tag, 12 * n, &derivatives));
    double *sources[3] = { derivatives, virial, derivatives + 3 * n };
    int64_t counts[3] = { 3 * n, 9, 9 * n };
    lrpot_outputs coulomb = LRPOT_OUTPUTS_INIT;
    coulomb.forces = out->forces != NULL ? sources[0] : NULL;
    coulomb.virial = out->virial != NULL ? virial : NULL;
    coulomb.virial_atom = out->virial_atom != NULL ? sources[2] : NULL;
    LRPOT__TRY(lrpot__charges_to_ghosts(call->atoms, call->comm, x));
    LRPOT__TRY(lrpot_ewald_eval(call->charges->ewald, call->work, call->atoms, call->list,
                                call->comm, x, &coulomb));
    for (int t = 0; t < 3; t++)
        for (int64_t k = 0; targets[t] != NULL && k < counts[t]; k++)
            targets[t][k] += factor * sources[t][k];
    return LRPOT_OK;
}

/* out += forces and virials of -v.dA.q, by the difference of two quadratic forms: (q+tv).A.(q+tv) -
 * (q-tv).A.(q-tv) = 4 t v.A.q. With t v half as large as q, both sums are of charges like q, for
 * which the accuracy of the Coulomb sum was chosen. */
static lrpot_status add_mixed(const lrpot__charge_call *call, const double *v, lrpot_outputs *out)
{
    double squares[2] = { 0.0, 0.0 }, *x = NULL;
    int64_t n = call->atoms->n_owned;
    LRPOT__TRY(lrpot__charge_equations_vector(call, LRPOT__VECTOR_SEARCH, &x));
    for (int64_t i = 0; i < n; i++) {
        squares[0] += call->q[i] * call->q[i];
        squares[1] += v[i] * v[i];
    }
    LRPOT__TRY(lrpot__comm_sum(call->comm, squares, 2));
    if (squares[0] == 0.0 || squares[1] == 0.0) return LRPOT_OK;
    double t = 0.5 * sqrt(squares[0] / squares[1]);
    for (int sign = -1; sign <= 1; sign += 2) {
        for (int64_t i = 0; i < n; i++) x[i] = call->q[i] + sign * t * v[i];
        LRPOT__TRY(add_coulomb(call, x, -0.5 * sign / t, out));
    }
    return LRPOT_OK;
}

/* Answer to an external potential. */
static lrpot_status answer(const lrpot__charge_call *call, const double *rhs, double *change)
{
    double *hardness = NULL;
    LRPOT__TRY(lrpot__charge_equations_vector(call, LRPOT__VECTOR_HARDNESS, &hardness));
    lrpot__charge_equations equations = { call, hardness, rhs, 1, change, 0 };
    return solve(&equations);
}

static lrpot_status respond(const lrpot__charge_call *call, const double *rhs, double *change,
                            double *dipole)
{
    (void)dipole; /* charges alone */
    return answer(call, rhs, change);
}

/* w.dq = -v.(dchi + q deta + dA q), where v solves the equations for w with zero sums. */
static lrpot_status adjoint(const lrpot__charge_call *call, const double *dE_dq, double *weights,
                            lrpot_outputs *out)
{
    int64_t n = call->atoms->n_owned;
    double *v = NULL;
    LRPOT__TRY(lrpot__charge_equations_vector(call, LRPOT__VECTOR_SOLUTION, &v));
    LRPOT__TRY(answer(call, dE_dq, v));
    LRPOT__TRY(add_mixed(call, v, out));
    for (int64_t i = 0; i < n; i++) {
        weights[i] = -v[i];
        weights[n + i] = -v[i] * call->q[i] * hardness_slope(call->scalars[n + i]);
    }
    return LRPOT_OK;
}

/* Means of dE/dq over the groups; at the minimum all atoms of a group have the same. */
static lrpot_status levels(const lrpot__charge_call *call, double *out)
{
    int64_t n = call->atoms->n_owned;
    int32_t groups = call->groups.count;
    double *slopes = NULL;
    LRPOT__TRY(lrpot__workspace_doubles(call->work, &levels_tag, n + 2 * (int64_t)groups, &slopes));
    double *sums = slopes + n, *counts = sums + groups;
    lrpot_outputs coulomb = LRPOT_OUTPUTS_INIT;
    coulomb.potential = slopes;
    memset(sums, 0, 2 * (size_t)groups * sizeof *sums);
    LRPOT__TRY(lrpot__charges_to_ghosts(call->atoms, call->comm, call->q));
    LRPOT__TRY(lrpot_ewald_eval(call->charges->ewald, call->work, call->atoms, call->list,
                                call->comm, call->q, &coulomb));
    for (int64_t i = 0; i < n; i++) {
        int32_t g = lrpot__charge_group(&call->groups, i);
        sums[g] += slopes[i] + call->scalars[i] + hardness_of(call->scalars[n + i]) * call->q[i]
                   + (call->shift != NULL ? call->shift[i] : 0.0);
        counts[g] += 1.0;
    }
    LRPOT__TRY(lrpot__comm_sum(call->comm, sums, 2 * (int64_t)groups));
    for (int32_t g = 0; g < groups; g++)
        out[g] = g == call->groups.free || counts[g] == 0.0 ? 0.0 : sums[g] / counts[g];
    return LRPOT_OK;
}

/* Start values: 4 V per unit of Pauling's electronegativity, and a hardness of some V/e, of the
 * order of tabulated ones. Charges then start at some tenths of e. */
static void start_values(const lrpot__charge_start *start, double *base)
{
    enum { VOLTS = 4, HARDNESS = 5 };
    int32_t S = start->n_species;
    double mean = 0.0;
    for (int32_t z = 0; z < S; z++) mean += start->electronegativity[z] / S;
    for (int32_t z = 0; z < S; z++) {
        base[z] = VOLTS * (start->electronegativity[z] - mean);
        base[S + z] = HARDNESS;
    }
}

const lrpot__charge_rules lrpot__charges_equilibrated = {
    .name = "equilibrated",
    .summary = "charges of least energy at the given total charge",
    .heads = 2,
    .traits = LRPOT_CHARGES_TAKES_BASIS | LRPOT_CHARGES_TAKES_SIGMA | LRPOT_CHARGES_TAKES_WIDTHS
              | LRPOT_CHARGES_TAKES_SOLVER | LRPOT_CHARGES_FLOW,
    .configure = configure,
    .keeps_total = keeps_total,
    .holds_level = keeps_total,
    .levels = levels,
    .forward = forward,
    .adjoint = adjoint,
    .own_energy = own_energy,
    .respond = respond,
    .chain = LRPOT__CHAIN_MINIMUM,
    .hardness = hardness_derivatives,
    .coulomb = lrpot__gaussian_widths_coulomb,
    .width = lrpot__gaussian_width,
    .owns_sum = 1,
    .stage = "balance",
    .start = start_values,
};
