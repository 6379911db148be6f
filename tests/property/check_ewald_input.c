/* Inputs that the Coulomb sum refuses, by every method and boundary: each with the cause in the
 * message, and with nothing written. */
#include "coulomb.h"

#define N_ATOMS 12

enum { CRYSTAL, SLAB, OPEN, BOUNDARIES };
/* Boundaries x exact, mesh, splines x points, Gaussians, dispersion. */
#define VARIANTS (3 * BOUNDARIES * 3)

typedef struct {
    coulomb_system s;
    lrpot_ewald_options options;
    lrpot_ewald *ewald;
    lrpot_workspace *work;
} setup;

/* Returns 0 for what is not offered. */
static int open_setup(int variant, setup *p)
{
    support_random random = { 600u + (unsigned)variant };
    int boundary = variant % BOUNDARIES, kernel = variant / (3 * BOUNDARIES);
    if (kernel == 2 && boundary == SLAB) return 0;
    coulomb_random(&random, CELL_TRICLINIC, N_ATOMS, 0.0, kernel == 1, &p->s);
    p->s.periodic_mask = boundary == CRYSTAL ? LRPOT_PERIODIC_ALL : boundary == SLAB ? 5 : 0;
    p->options = coulomb_options(1e-5);
    p->options.method = LRPOT_EWALD_EXACT + variant / BOUNDARIES % 3;
    if (kernel == 2) p->options.kernel = LRPOT_EWALD_DISPERSION;
    p->ewald = coulomb_solver(&p->s, p->options);
    ck_ok(lrpot_workspace_create(&p->work, 2));
    return 1;
}

static void close_setup(setup *p)
{
    lrpot_workspace_free(p->work);
    lrpot_ewald_free(p->ewald);
}

/* The status, and every word of the message that is asked for. */
static void expect(lrpot_status status, lrpot_status expected, const char *first,
                   const char *second)
{
    ck_assert_msg(status == expected, "%s: %s", lrpot_status_name(status), lrpot_last_error());
    ck_assert_msg(strstr(lrpot_last_error(), first) != NULL
                      && strstr(lrpot_last_error(), second) != NULL,
                  "%s", lrpot_last_error());
}

/* Evaluation and operator refuse alike; the evaluation leaves its outputs alone. */
static void refused_with(setup *p, const lrpot_atoms *atoms, const double *q, lrpot_status expected,
                         const char *first, const char *second)
{
    coulomb_result r, before;
    lrpot_outputs out = coulomb_outputs(&r);
    lrpot_ewald_report report = LRPOT_EWALD_REPORT_INIT;
    lrpot_ewald_operator *op = NULL;
    double potential[N_ATOMS];
    memset(&r, 0x55, sizeof r);
    before = r;
    expect(lrpot_ewald_eval(p->ewald, p->work, atoms, NULL, NULL, q, &out), expected, first,
           second);
    ck_assert(memcmp(&r, &before, sizeof r) == 0);
    ck_ok(lrpot_ewald_operator_create(&op, p->ewald, 1));
    lrpot_status status = lrpot_ewald_operator_update(op, atoms, NULL, NULL);
    if (status == LRPOT_OK) status = lrpot_ewald_operator_apply(op, NULL, q, potential, NULL);
    expect(status, expected, first, "");
    if (expected == LRPOT_E_CELL)
        expect(lrpot_ewald_plan(p->ewald, p->work, atoms, &report), expected, first, second);
    lrpot_ewald_operator_free(op);
}

/* The system as it should be is summed. */
static void accepted(setup *p)
{
    coulomb_result r;
    lrpot_outputs out = coulomb_outputs(&r);
    lrpot_atoms atoms = coulomb_view(&p->s);
    ck_ok(lrpot_ewald_eval(p->ewald, p->work, &atoms, NULL, NULL, p->s.q, &out));
}

START_TEST(coincident_atoms_are_named)
{
    setup p;
    if (!open_setup(_i % VARIANTS, &p)) return;
    int image = _i / VARIANTS && p.s.periodic_mask != 0;
    accepted(&p);
    for (int a = 0; a < 3; a++)
        p.s.positions[3 * 7 + a] = p.s.positions[3 * 4 + a] + (image ? p.s.cell[a] : 0)
                                   + (a == 0 ? 1e-9 : 0);
    lrpot_atoms atoms = coulomb_view(&p.s);
    refused_with(&p, &atoms, p.s.q, LRPOT_E_COINCIDENT, "have the same position", "");
    if (!image) {
        coulomb_result r;
        lrpot_outputs out = coulomb_outputs(&r);
        expect(lrpot_ewald_eval(p.ewald, p.work, &atoms, NULL, NULL, p.s.q, &out),
               LRPOT_E_COINCIDENT, "4", "7");
    }
    close_setup(&p);
}
END_TEST

START_TEST(cells_without_volume_are_named)
{
    setup p;
    if (_i % BOUNDARIES == OPEN || !open_setup(_i % VARIANTS, &p)) return;
    for (int a = 0; a < 3; a++) p.s.cell[6 + a] = _i / VARIANTS ? 0 : 2 * p.s.cell[a];
    lrpot_atoms atoms = coulomb_view(&p.s);
    refused_with(&p, &atoms, p.s.q, LRPOT_E_CELL, "cell", "");
    close_setup(&p);
}
END_TEST

static const double bad[] = { NAN, INFINITY, -INFINITY };

START_TEST(positions_that_are_no_numbers_are_named)
{
    setup p;
    if (!open_setup(_i % VARIANTS, &p)) return;
    p.s.positions[3 * 5 + 1] = bad[_i / VARIANTS];
    lrpot_atoms atoms = coulomb_view(&p.s);
    refused_with(&p, &atoms, p.s.q, LRPOT_E_NOT_FINITE, "position", "5");
    close_setup(&p);
}
END_TEST

START_TEST(charges_that_are_no_numbers_are_named)
{
    setup p;
    if (!open_setup(_i % VARIANTS, &p)) return;
    lrpot_atoms atoms = coulomb_view(&p.s);
    p.s.q[9] = bad[_i / VARIANTS];
    refused_with(&p, &atoms, p.s.q, LRPOT_E_NOT_FINITE, "charge", "9");
    close_setup(&p);
}
END_TEST

START_TEST(cells_that_are_no_numbers_are_named)
{
    setup p;
    if (_i % BOUNDARIES == OPEN || !open_setup(_i % VARIANTS, &p)) return;
    p.s.cell[7] = bad[_i / VARIANTS];
    lrpot_atoms atoms = coulomb_view(&p.s);
    refused_with(&p, &atoms, p.s.q, LRPOT_E_NOT_FINITE, "cell", "");
    close_setup(&p);
}
END_TEST

static lrpot_status alone(void *ctx, double *buffer, int64_t n)
{
    (void)ctx, (void)buffer, (void)n;
    return LRPOT_OK;
}

/* A parallel host's list is all there is of neighbours; in one process the solver finds its own. */
START_TEST(lists_too_short_are_named)
{
    setup p;
    if (_i % BOUNDARIES == OPEN || !open_setup(_i, &p)) return;
    lrpot_ewald_options options = p.options;
    lrpot_nlist *list = NULL;
    lrpot_comm comm = LRPOT_COMM_INIT;
    coulomb_result r, own;
    lrpot_outputs out = coulomb_outputs(&r);
    lrpot_atoms atoms = coulomb_view(&p.s);
    comm.sum = alone;
    options.cutoff = 7;
    lrpot_ewald *ewald = coulomb_solver(&p.s, options);
    ck_ok(lrpot_nlist_build(&list, &atoms, 5, 0));
    expect(lrpot_ewald_eval(ewald, p.work, &atoms, list, &comm, p.s.q, &out), LRPOT_E_CUTOFF, "7 A",
           "5 A");
    coulomb_eval(&p.s, options, 1, &own);
    ck_ok(lrpot_ewald_eval(ewald, p.work, &atoms, list, NULL, p.s.q, &out));
    ck_close(r.energy, own.energy, 1e-12, 100);
    expect(lrpot_ewald_eval(ewald, p.work, &atoms, NULL, &comm, p.s.q, &out), LRPOT_E_ARGUMENT,
           "list", "");
    lrpot_nlist_free(list);
    lrpot_ewald_free(ewald);
    close_setup(&p);
}
END_TEST

/* Too short for any split: what the accuracy needs is beyond the list. */
START_TEST(lists_too_short_for_the_accuracy_are_named)
{
    setup p;
    if (_i % BOUNDARIES == OPEN || !open_setup(_i, &p)) return;
    lrpot_nlist *list = NULL;
    lrpot_comm comm = LRPOT_COMM_INIT;
    coulomb_result r;
    lrpot_outputs out = coulomb_outputs(&r);
    lrpot_atoms atoms = coulomb_view(&p.s);
    comm.sum = alone;
    ck_ok(lrpot_nlist_build(&list, &atoms, 0.02, 0));
    lrpot_status status = lrpot_ewald_eval(p.ewald, p.work, &atoms, list, &comm, p.s.q, &out);
    if (p.s.n_widths > 0) expect(status, LRPOT_E_CUTOFF, "0.8 A", "0.02 A");
    else
        expect(status, LRPOT_E_ACCURACY,
               p.options.method == LRPOT_EWALD_EXACT ? "vectors" : "pairs to 0.02 A", "");
    lrpot_nlist_free(list);
    close_setup(&p);
}
END_TEST

START_TEST(accuracies_beyond_double_precision_are_named)
{
    setup p;
    if (!open_setup(_i, &p)) return;
    lrpot_ewald_options options = p.options;
    lrpot_ewald *finer = NULL;
    options.accuracy = 1e-15;
    expect(lrpot_ewald_create(&finer, &options), LRPOT_E_ACCURACY, "1e-15", "double precision");
    options.flags = LRPOT_EWALD_RELATIVE;
    expect(lrpot_ewald_create(&finer, &options), LRPOT_E_ACCURACY, "1e-15", "double precision");
    ck_assert(finer == NULL);
    close_setup(&p);
}
END_TEST

/* Forces of large charges have rounding errors that are as large as what is asked for. */
START_TEST(accuracies_beyond_the_rounding_of_large_charges_are_named)
{
    setup p;
    if (_i % BOUNDARIES == OPEN || !open_setup(_i, &p)) return;
    lrpot_ewald_options options = p.options;
    coulomb_result r;
    lrpot_outputs out = coulomb_outputs(&r);
    lrpot_atoms atoms = coulomb_view(&p.s);
    options.accuracy = 1e-11;
    lrpot_ewald *ewald = coulomb_solver(&p.s, options);
    for (int64_t i = 0; i < p.s.n; i++) p.s.q[i] *= 1e4;
    expect(lrpot_ewald_eval(ewald, p.work, &atoms, NULL, NULL, p.s.q, &out), LRPOT_E_ACCURACY,
           "1e-11", "e+0");
    lrpot_ewald_free(ewald);
    close_setup(&p);
}
END_TEST

START_TEST(meshes_say_what_they_cannot_do)
{
    setup p;
    if (!open_setup(_i, &p)) return;
    if (p.options.method == LRPOT_EWALD_EXACT) {
        close_setup(&p);
        return;
    }
    lrpot_ewald_options options = p.options;
    coulomb_result r;
    lrpot_outputs out = coulomb_outputs(&r);
    lrpot_atoms atoms = coulomb_view(&p.s);
    options.accuracy = 1e-5, options.order = 3,
    options.mesh[0] = options.mesh[1] = options.mesh[2] = 3;
    lrpot_ewald *ewald = NULL;
    expect(lrpot_ewald_create(&ewald, &options), LRPOT_E_ARGUMENT, "mesh[0] = 3", "even");
    memset(options.mesh, 0, sizeof options.mesh);
    options.accuracy = 2e-12, options.order = 3, options.cutoff = 5;
    ewald = coulomb_solver(&p.s, options);
    lrpot_status status = lrpot_ewald_eval(ewald, p.work, &atoms, NULL, NULL, p.s.q, &out);
    if (options.kernel != LRPOT_EWALD_DISPERSION || p.s.periodic_mask != 0)
        expect(status, LRPOT_E_ACCURACY, "2e-12", p.s.n_widths > 0 ? "5 A" : "exact");
    lrpot_ewald_free(ewald);
    close_setup(&p);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("ewald_input");
    TCase *tc = tcase_create("input");
    tcase_set_timeout(tc, 60);
    support_add_cases(tc, coincident_atoms_are_named, 0, 2 * VARIANTS);
    support_add_cases(tc, cells_without_volume_are_named, 0, 2 * VARIANTS);
    support_add_cases(tc, positions_that_are_no_numbers_are_named, 0, 3 * VARIANTS);
    support_add_cases(tc, charges_that_are_no_numbers_are_named, 0, 3 * VARIANTS);
    support_add_cases(tc, cells_that_are_no_numbers_are_named, 0, 3 * VARIANTS);
    support_add_cases(tc, lists_too_short_are_named, 0, VARIANTS);
    support_add_cases(tc, lists_too_short_for_the_accuracy_are_named, 0, VARIANTS);
    support_add_cases(tc, accuracies_beyond_double_precision_are_named, 0, VARIANTS);
    support_add_cases(tc, accuracies_beyond_the_rounding_of_large_charges_are_named, 0, VARIANTS);
    support_add_cases(tc, meshes_say_what_they_cannot_do, 0, VARIANTS);
    suite_add_tcase(suite, tc);
    return suite;
}
