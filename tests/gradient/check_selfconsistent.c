/* Densities that depend on their own potential: features by their formula, the fixed point against
 * charge equilibration where the local model is linear, and derivatives of non-linear models with
 * dipoles and quadrupoles against differences. */
#include "models.h"

#define N_ATOMS 6
#define N_WIDTHS 2
#define LARGEST (13 * N_ATOMS)
#define PI 3.14159265358979323846

static const double feature_widths[N_WIDTHS] = { 1.2, 0.8 };

typedef struct {
    const double *positions;
    int32_t order;
    double stiffness; /* strength of the answer to the potential */
} local_context;

static double bump(const double *r)
{
    return 0.3 * sin(0.7 * r[0] - 0.4 * r[1] + 0.9 * r[2]);
}

/* q = bump(r) - 0.02 c tanh(v) - ..., mu = -0.01 c (1 + 0.1 q-feature) gradient, M = 0.05 - 0.002 c
 * second; energies bend with v. */
static lrpot_status eval(void *ctx, const double *v, double *x, double *energy)
{
    const local_context *c = ctx;
    int64_t n = N_ATOMS, size = (c->order == 0 ? 1 : c->order == 1 ? 4 : 13) * n;
    *energy = 0;
    for (int64_t i = 0; i < n; i++) {
        double v0 = v[i], v1 = v[size + i], b = bump(c->positions + 3 * i);
        x[i] = b + 0.1 * (double)(i % 3) - c->stiffness * (0.2 * tanh(0.5 * v0) + 0.01 * v1);
        *energy += -0.05 * v0 * v0 + 0.2 * b * v1 + 0.01 * v1 * v0;
        for (int a = 0; c->order > 0 && a < 3; a++)
            x[n + 3 * i + a] = 0.1 * b - c->stiffness * 0.02 * v[n + 3 * i + a] * (1 + 0.1 * v0);
        for (int k = 0; c->order > 1 && k < 9; k++)
            x[4 * n + 9 * i + k] = (k % 4 == 0 ? 0.1 : 0.0)
                                   - c->stiffness * 0.01 * v[size + 4 * n + 9 * i + k];
    }
    return LRPOT_OK;
}

static lrpot_status pull(void *ctx, const double *v, const double *y, double *w)
{
    const local_context *c = ctx;
    int64_t n = N_ATOMS, size = (c->order == 0 ? 1 : c->order == 1 ? 4 : 13) * n;
    memset(w, 0, (size_t)(N_WIDTHS * size) * sizeof *w);
    for (int64_t i = 0; i < n; i++) {
        double v0 = v[i], v1 = v[size + i], b = bump(c->positions + 3 * i), t = tanh(0.5 * v0);
        w[i] = -0.1 * v0 + 0.01 * v1 - c->stiffness * 0.1 * (1 - t * t) * y[i];
        w[size + i] = 0.2 * b + 0.01 * v0 - c->stiffness * 0.01 * y[i];
        for (int a = 0; c->order > 0 && a < 3; a++) {
            double g = v[n + 3 * i + a], d = y[n + 3 * i + a];
            w[n + 3 * i + a] = -c->stiffness * 0.02 * d * (1 + 0.1 * v0);
            w[i] -= c->stiffness * 0.002 * d * g;
        }
        for (int k = 0; c->order > 1 && k < 9; k++)
            w[size + 4 * n + 9 * i + k] = -c->stiffness * 0.01 * y[4 * n + 9 * i + k];
    }
    return LRPOT_OK;
}

static lrpot_selfconsistent *scheme_of(int32_t order, const double *widths, int32_t n_widths,
                                       double width)
{
    lrpot_selfconsistent_options options = LRPOT_SELFCONSISTENT_OPTIONS_INIT;
    lrpot_selfconsistent *scheme = NULL;
    options.order = order, options.n_widths = n_widths, options.widths = widths,
    options.width = width;
    options.tolerance = 1e-11, options.accuracy = 1e-11;
    ck_ok(lrpot_selfconsistent_create(&scheme, &options));
    return scheme;
}

static lrpot_atoms view_of(const lrpot_structure *structure, int32_t *species)
{
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    ck_ok(lrpot_structure_view(structure, MODEL_SPECIES, model_symbols, species, &atoms));
    return atoms;
}

START_TEST(features_are_potentials_seen_through_gaussians)
{
    support_random random = { 7000 };
    const double width = 0.9;
    lrpot_structure *structure = models_random_structure(&random, CELL_NONE, N_ATOMS, 0);
    lrpot_selfconsistent *scheme = scheme_of(0, feature_widths, N_WIDTHS, width);
    lrpot_workspace *work = NULL;
    int32_t species[N_ATOMS];
    double q[N_ATOMS], features[N_WIDTHS * N_ATOMS], energy, expected_energy = 0;
    lrpot_atoms atoms = view_of(structure, species);
    ck_ok(lrpot_workspace_create(&work, 1));
    for (int i = 0; i < N_ATOMS; i++) q[i] = support_uniform(&random, -1, 1);
    ck_ok(lrpot_selfconsistent_features(scheme, work, &atoms, q, features, &energy));
    for (int k = 0; k <= N_WIDTHS; k++)
        for (int i = 0; i < N_ATOMS; i++) {
            double other = k < N_WIDTHS ? feature_widths[k] : width,
                   spread = sqrt(2 * (width * width + other * other)), potential = 0;
            for (int j = 0; j < N_ATOMS; j++) {
                const double *a = atoms.positions + 3 * i, *b = atoms.positions + 3 * j;
                double r = sqrt(pow(a[0] - b[0], 2) + pow(a[1] - b[1], 2) + pow(a[2] - b[2], 2));
                potential += LRPOT_COULOMB_CONSTANT * q[j]
                             * (i == j ? 2 / (sqrt(PI) * spread) : erf(r / spread) / r);
            }
            if (k < N_WIDTHS) ck_close(features[k * N_ATOMS + i], potential, TOL_REF, 10.0);
            else expected_energy += 0.5 * q[i] * potential;
        }
    ck_close(energy, expected_energy, TOL_REF, 10.0);
    lrpot_workspace_free(work);
    lrpot_selfconsistent_free(scheme);
    lrpot_structure_free(structure);
}
END_TEST

/* q = -(chi + v)/eta with one hardness for all is charge equilibration. */
static const double chi[MODEL_SPECIES] = { 3, -4, 1 };
#define HARDNESS 30.0

static lrpot_status linear_eval(void *ctx, const double *v, double *x, double *energy)
{
    const int32_t *species = ctx;
    *energy = 0;
    for (int i = 0; i < N_ATOMS; i++) x[i] = -(chi[species[i]] + v[i]) / HARDNESS;
    return LRPOT_OK;
}

START_TEST(a_linear_local_model_is_charge_equilibration)
{
    for (int cell = 0; cell < CELL_KINDS; cell++) {
        support_random random = { 7100 + (uint64_t)cell };
        lrpot_structure *structure = models_random_structure(&random, cell, N_ATOMS, 0.4);
        lrpot_selfconsistent *scheme = scheme_of(0, NULL, 1, 1.1);
        lrpot_charges_options options = LRPOT_CHARGES_OPTIONS_INIT;
        lrpot_charges *charges = NULL;
        lrpot_workspace *work = NULL;
        lrpot_local_model local = LRPOT_LOCAL_MODEL_INIT;
        int32_t species[N_ATOMS], steps = 0;
        double params[2 * MODEL_SPECIES], features[N_ATOMS] = { 0 }, x[N_ATOMS], q[N_ATOMS];
        lrpot_atoms atoms = view_of(structure, species);
        for (int z = 0; z < MODEL_SPECIES; z++)
            params[z] = chi[z], params[MODEL_SPECIES + z] = log(exp(HARDNESS) - 1);
        options.kind = LRPOT_CHARGES_EQUILIBRATED, options.n_species = MODEL_SPECIES,
        options.sigma = 1.1, options.tolerance = 1e-12;
        local.ctx = species, local.eval = linear_eval;
        ck_ok(lrpot_workspace_create(&work, 1));
        ck_ok(lrpot_charges_create(&charges, NULL, &options));
        ck_ok(lrpot_charges_set_params(charges, 2 * MODEL_SPECIES, params));
        ck_ok(lrpot_charges_eval(charges, work, &atoms, NULL, NULL, q));
        ck_ok(lrpot_selfconsistent_solve(scheme, work, &atoms, &local, features, x, NULL, &steps));
        for (int i = 0; i < N_ATOMS; i++) ck_close(x[i], q[i], 1e-9, 1.0);
        ck_assert(models_largest(q, N_ATOMS) > 0.02 && steps > 3);
        ck_assert_int_le(steps, 14);
        lrpot_charges_free(charges);
        lrpot_workspace_free(work);
        lrpot_selfconsistent_free(scheme);
        lrpot_structure_free(structure);
    }
}
END_TEST

typedef struct {
    lrpot_selfconsistent *scheme;
    lrpot_workspace *work;
    lrpot_structure *structure;
    local_context context;
    int coordinate, strain;
} moved;

static double energy_of(const moved *m, const lrpot_structure *structure, double *features,
                        double *moments)
{
    int32_t species[N_ATOMS];
    double energy;
    local_context context = m->context;
    lrpot_local_model local = { sizeof local, &context, eval, pull };
    lrpot_atoms atoms = view_of(structure, species);
    if (!m->strain)
        context.positions =
            atoms.positions; /* under strain the neighbourhood's share is the caller's */
    ck_ok(lrpot_selfconsistent_solve(m->scheme, m->work, &atoms, &local, features, moments, &energy,
                                     NULL));
    return energy;
}

static double energy_at(double x, void *ctx)
{
    const moved *m = ctx;
    double features[N_WIDTHS * LARGEST] = { 0 }, moments[LARGEST], energy;
    lrpot_structure *copy = NULL;
    ck_ok(lrpot_structure_clone(&copy, m->structure));
    if (m->strain) models_strain(copy, m->coordinate / 3, m->coordinate % 3, x);
    else lrpot_structure_positions(copy)[m->coordinate] += x;
    energy = energy_of(m, copy, features, moments);
    lrpot_structure_free(copy);
    return energy;
}

/* The caller's share: moments and energies depend on the places by the bump. */
static void add_neighbourhood(const moved *m, const double *features, const double *y,
                              double *forces)
{
    int64_t n = N_ATOMS, size = (m->context.order == 0 ? 1 : m->context.order == 1 ? 4 : 13) * n;
    static const double k[3] = { 0.7, -0.4, 0.9 };
    for (int64_t i = 0; i < n; i++) {
        const double *r = lrpot_structure_positions(m->structure) + 3 * i;
        double slope = y[i] + 0.2 * features[size + i],
               phase = k[0] * r[0] + k[1] * r[1] + k[2] * r[2];
        for (int a = 0; m->context.order > 0 && a < 3; a++) slope += 0.1 * y[n + 3 * i + a];
        for (int a = 0; a < 3; a++) forces[3 * i + a] -= slope * 0.3 * cos(phase) * k[a];
    }
}

START_TEST(forces_and_virial_are_derivatives_at_the_fixed_point)
{
    static const int cells[2] = { CELL_TRICLINIC, CELL_NONE };
    for (int c = 0; c < 2; c++) {
        support_random random = { 7200 + (uint64_t)(10 * _i + c) };
        moved m = { .scheme = scheme_of(_i, feature_widths, N_WIDTHS, 1.0),
                    .structure = models_random_structure(&random, cells[c], N_ATOMS, 0.3),
                    .context = { .order = _i, .stiffness = 1.0 } };
        double features[N_WIDTHS * LARGEST] = { 0 }, moments[LARGEST], y[LARGEST],
                                   forces[3 * N_ATOMS], virial[9];
        int32_t species[N_ATOMS];
        lrpot_atoms atoms = view_of(m.structure, species);
        lrpot_local_model local = { sizeof local, &m.context, eval, pull };
        m.context.positions = lrpot_structure_positions(m.structure);
        ck_ok(lrpot_workspace_create(&m.work, 1));
        energy_of(&m, m.structure, features, moments);
        ck_ok(lrpot_selfconsistent_pull(m.scheme, m.work, &atoms, &local, features, moments, y,
                                        NULL, forces, virial));
        m.strain = 1;
        for (m.coordinate = 0; m.coordinate < 9; m.coordinate++)
            ck_close(virial[m.coordinate], -support_difference(energy_at, &m, 0, MODEL_STEP),
                     TOL_FD, models_largest(virial, 9));
        m.strain = 0;
        add_neighbourhood(&m, features, y, forces);
        for (m.coordinate = 0; m.coordinate < 3 * N_ATOMS; m.coordinate++)
            ck_close(forces[m.coordinate], -support_difference(energy_at, &m, 0, MODEL_STEP),
                     TOL_FD, models_largest(forces, 3 * N_ATOMS));
        lrpot_workspace_free(m.work);
        lrpot_selfconsistent_free(m.scheme);
        lrpot_structure_free(m.structure);
    }
}
END_TEST

/* q = 1 + v^2 has no fixed point: a charge of this width is more than its potential allows. */
static lrpot_status without_fixed_point(void *ctx, const double *v, double *x, double *energy)
{
    (void)ctx;
    *energy = 0;
    for (int i = 0; i < N_ATOMS; i++) x[i] = 1.0 + v[i] * v[i];
    return LRPOT_OK;
}

START_TEST(what_does_not_converge_says_so)
{
    support_random random = { 7300 };
    moved m = { .structure = models_random_structure(&random, CELL_NONE, N_ATOMS, 0) };
    lrpot_selfconsistent_options options = LRPOT_SELFCONSISTENT_OPTIONS_INIT;
    double features[N_ATOMS] = { 0 }, x[N_ATOMS];
    int32_t species[N_ATOMS];
    lrpot_atoms atoms = view_of(m.structure, species);
    lrpot_local_model local = LRPOT_LOCAL_MODEL_INIT;
    local.ctx = species, local.eval = without_fixed_point;
    ck_ok(lrpot_workspace_create(&m.work, 1));
    options.neutrality = LRPOT_NEUTRALITY_OFF, options.max_steps = 40;
    ck_ok(lrpot_selfconsistent_create(&m.scheme, &options));
    ck_assert_int_eq(
        lrpot_selfconsistent_solve(m.scheme, m.work, &atoms, &local, features, x, NULL, NULL),
        LRPOT_E_NOT_CONVERGED);
    ck_assert_msg(strstr(lrpot_last_error(), "after 40 steps the density still changes, by ")
                      != NULL,
                  "%s", lrpot_last_error());
    lrpot_selfconsistent_free(m.scheme);
    options.order = 3;
    ck_assert_int_eq(lrpot_selfconsistent_create(&m.scheme, &options), LRPOT_E_ARGUMENT);
    options.order = 0, options.n_widths = 2;
    ck_assert_int_eq(lrpot_selfconsistent_create(&m.scheme, &options), LRPOT_E_NULL);
    lrpot_workspace_free(m.work);
    lrpot_structure_free(m.structure);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("selfconsistent");
    TCase *tcase = tcase_create("selfconsistent");
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, features_are_potentials_seen_through_gaussians);
    tcase_add_test(tcase, a_linear_local_model_is_charge_equilibration);
    tcase_add_loop_test(tcase, forces_and_virial_are_derivatives_at_the_fixed_point, 0, 3);
    tcase_add_test(tcase, what_does_not_converge_says_so);
    suite_add_tcase(suite, tcase);
    return suite;
}
