/* Derivatives of NEPs against differences: forces and virial of the energy, of the sum of weighted
 * charges, Born charges of an isolated system's dipole. */
#include "nep_system.h"

#include "basis/nep/nep_run.h"

#include <math.h>

static const char *const models[] = {
    "nep2_one",          "nep3_zbl", "nep4_allflags",    "nep4_lmax8",       "nep4_typecut",
    "nep4_zbl_typewise", "nep5",     "nep4_zbl_charge1", "nep4_zbl_charge2", "nep4_zbl_charge3"
};
enum { MODELS = sizeof models / sizeof models[0], FIRST_CHARGED = 7 };

typedef struct {
    nep_system s;
    double *start, *direction, cell[9], strain[9];
    const double *weights; /* of charges, or NULL: the energy */
} probe;

static void load_probe(probe *p, int which, int32_t coulomb, double accuracy, uint64_t seed,
                       int isolated)
{
    char *path = nep_own_file(models[which], ".txt"), *frame = nep_own_file(models[which], ".xyz");
    lrpot_structure *structure = NULL;
    support_random random = { seed };
    nep_settings options = { .kernel = LRPOT_KERNEL_AUTO, .sum = coulomb, .accuracy = accuracy };
    ck_ok(lrpot_structure_read(&structure, frame, 0));
    nep_bind(&p->s, nep_load(path, options), structure, 1);
    if (isolated) p->s.atoms.periodic_mask = 0;
    size_t bytes = 3 * (size_t)p->s.n * sizeof(double);
    p->start = malloc(bytes);
    p->direction = malloc(bytes);
    p->weights = NULL;
    memcpy(p->start, p->s.positions, bytes);
    memcpy(p->cell, p->s.cell, sizeof p->cell);
    for (int64_t k = 0; k < 3 * p->s.n; k++) p->direction[k] = support_uniform(&random, -1, 1);
    for (int k = 0; k < 9; k++) p->strain[k] = support_uniform(&random, -1, 1);
    free(path);
    free(frame);
}

static void free_probe(probe *p)
{
    nep_free(&p->s);
    free(p->start);
    free(p->direction);
}

static double value_of(probe *p)
{
    if (p->weights == NULL) return nep_energy(&p->s);
    double *z = malloc((size_t)p->s.n * sizeof *z), sum = 0.0;
    lrpot__nep_request request = { .charges = z };
    ck_ok(lrpot_nlist_rebuild(p->s.list, &p->s.atoms));
    ck_ok(lrpot__nep_run(p->s.evaluator, p->s.work, &p->s.atoms, p->s.list, &request));
    for (int64_t i = 0; i < p->s.n; i++) sum += p->weights[i] * z[i];
    free(z);
    return sum;
}

static double moved(double x, void *ctx)
{
    probe *p = ctx;
    for (int64_t k = 0; k < 3 * p->s.n; k++) p->s.positions[k] = p->start[k] + x * p->direction[k];
    return value_of(p);
}

/* r_a + x strain[a][b] r_b, of a cell row or a position. */
static void strain_row(const probe *p, double x, const double *from, double *to)
{
    for (int a = 0; a < 3; a++) {
        to[a] = from[a];
        for (int b = 0; b < 3; b++) to[a] += x * p->strain[3 * b + a] * from[b];
    }
}

static double strained(double x, void *ctx)
{
    probe *p = ctx;
    for (int64_t i = 0; i < p->s.n; i++) strain_row(p, x, p->start + 3 * i, p->s.positions + 3 * i);
    for (int d = 0; d < 3; d++) strain_row(p, x, p->cell + 3 * d, p->s.cell + 3 * d);
    return value_of(p);
}

static void compare(probe *p, const double *forces, const double *virial)
{
    double along = 0.0, work = 0.0, scale = 0.0;
    for (int64_t k = 0; k < 3 * p->s.n; k++) {
        along -= forces[k] * p->direction[k];
        scale += fabs(forces[k]);
    }
    /* virial[a][b] = -sum r_a g_b, and r_a moves r_b by strain[a][b] */
    for (int k = 0; k < 9; k++) work -= virial[k] * p->strain[k];
    ck_close(support_difference(moved, p, 0.0, 2e-4), along, TOL_FD, fmax(scale, 1.0));
    ck_close(support_difference(strained, p, 0.0, 5e-5), work, TOL_FD, fmax(4.0 * scale, 1.0));
}

START_TEST(forces_and_virial_are_derivatives_of_the_energy)
{
    probe p;
    load_probe(&p, _i, LRPOT_NEP_SUM_CONVERGED, 1e-10, 1 + (uint64_t)_i, 0);
    nep_result r = nep_evaluate(&p.s);
    compare(&p, r.forces, r.virial);
    nep_result_free(&r);
    free_probe(&p);
}
END_TEST

START_TEST(the_sum_as_fitted_has_its_own_gradient)
{
    probe p;
    load_probe(&p, _i, LRPOT_NEP_SUM_AS_FITTED, 0.0, 21 + (uint64_t)_i, 0);
    nep_result r = nep_evaluate(&p.s);
    compare(&p, r.forces, r.virial);
    nep_result_free(&r);
    free_probe(&p);
}
END_TEST

START_TEST(the_adjoint_of_charges_is_their_derivative)
{
    probe p;
    double weights[64], forces[192] = { 0.0 }, virial[9] = { 0.0 };
    support_random random = { 31 };
    load_probe(&p, _i, LRPOT_NEP_SUM_CONVERGED, 0.0, 41 + (uint64_t)_i, 0);
    for (int i = 0; i < 64; i++) weights[i] = support_uniform(&random, -1, 1);
    p.weights = weights;
    lrpot__nep_request request = { .charge_weights = weights, .forces = forces, .virial = virial };
    ck_ok(lrpot__nep_run(p.s.evaluator, p.s.work, &p.s.atoms, p.s.list, &request));
    compare(&p, forces, virial);
    free_probe(&p);
}
END_TEST

typedef struct {
    probe *p;
    int64_t k; /* coordinate that moves */
    int a;     /* component of the dipole */
} dipole_probe;

static double dipole(double x, void *ctx)
{
    dipole_probe *d = ctx;
    double value[3];
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.dipole = value;
    nep_system *s = &d->p->s;
    memcpy(s->positions, d->p->start, 3 * (size_t)s->n * sizeof(double));
    s->positions[d->k] += x;
    ck_ok(lrpot_nlist_rebuild(s->list, &s->atoms));
    ck_ok(lrpot_potential_compute(s->potential, s->work, &s->atoms, s->list, NULL, &out));
    return value[d->a];
}

/* A net charge is allowed: the derivative is of sum q r. */
START_TEST(born_charges_are_derivatives_of_the_dipole)
{
    probe p;
    load_probe(&p, _i, LRPOT_NEP_SUM_CONVERGED, 0.0, 51, 1);
    p.s.atoms.total_charge = 0.7;
    nep_result r = nep_evaluate(&p.s);
    double factor = sqrt(lrpot_potential_epsilon_infinity(p.s.potential));
    for (int64_t k = 0; k < 3 * p.s.n; k += 5)
        for (int a = 0; a < 3; a++) {
            dipole_probe d = { &p, k, a };
            ck_close(r.polar[9 * (k / 3) + 3 * a + k % 3],
                     factor * support_difference(dipole, &d, 0.0, 1e-3), TOL_FD, 10.0);
        }
    nep_result_free(&r);
    free_probe(&p);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("nep_gradient");
    TCase *tc = tcase_create("gradient");
    support_add_cases(tc, forces_and_virial_are_derivatives_of_the_energy, 0, MODELS);
    /* mode 1 jumps where a pair crosses the cutoff */
    support_add_cases(tc, the_sum_as_fitted_has_its_own_gradient, FIRST_CHARGED + 1, MODELS);
    support_add_cases(tc, the_adjoint_of_charges_is_their_derivative, FIRST_CHARGED, MODELS);
    support_add_cases(tc, born_charges_are_derivatives_of_the_dipole, FIRST_CHARGED, MODELS);
    suite_add_tcase(suite, tc);
    return suite;
}
