/* A workspace that has seen other systems: what it keeps (splittings, meshes, lists, guesses) must
 * not be used where it does not hold. Each call of a random sequence is made with one workspace and
 * with a fresh one, and both are compared with an exact sum that is far more accurate. */
#include "coulomb.h"
#include "models.h"

#define LEAST_ATOMS 8
#define MOST_ATOMS 30
#define STEPS 5
#define SEQUENCES_QUICK 100 /* of Coulomb sums; the sanitizers run these */
#define SEQUENCES_SLOW 250
#define SEQUENCES_LONG 1900 /* with LRPOT_TEST_LONG in the environment */
#define BATCH 25            /* sequences of one test case */
#define FINE 1e-11

enum { EVAL, CHANNELS, OPERATOR, MATRIX, RESPONSE, MULTIPOLES, CALLS };
static const char *const call_names[CALLS] = { "sum",    "channels", "operator",
                                               "matrix", "response", "multipoles" };
#define N_CHANNELS 3

/* Of a call: force-like numbers [n][3] in eV/A and potentials [n] in V. */
typedef struct {
    double force[N_CHANNELS * 3 * MOST_ATOMS], potential[N_CHANNELS * MOST_ATOMS];
} answer;

/* Errors of the answers, as parts of the accuracy asked for. */
typedef struct {
    double force, potential;
} errors;

typedef struct {
    coulomb_system s;
    lrpot_ewald_options options;
    int32_t call;
    double list_cutoff; /* A: of a list that is lent; 0: none */
    double dipoles[3 * MOST_ATOMS], dq[MOST_ATOMS], dr[3 * MOST_ATOMS];
} situation;

/* State that outlives a step. */
typedef struct {
    lrpot_workspace *work;
    lrpot_atoms before; /* the last system of the operator */
    coulomb_system last;
} history;

static int pick(support_random *random, int count)
{
    return (int)support_uniform(random, 0, count) % count;
}

static void new_system(support_random *random, situation *now)
{
    static const int kinds[5] = { CELL_CUBIC, CELL_TRICLINIC, CELL_LEFT_HANDED, CELL_TINY,
                                  CELL_NEEDLE };
    int32_t n_widths = now->s.n_widths;
    double widths[COULOMB_SPECIES];
    memcpy(widths, now->s.widths, sizeof widths);
    int64_t n = LEAST_ATOMS + pick(random, MOST_ATOMS - LEAST_ATOMS + 1);
    coulomb_random(random, kinds[pick(random, 5)], n, 0.5 * pick(random, 2), 0, &now->s);
    now->s.n_widths = n_widths;
    memcpy(now->s.widths, widths, sizeof widths);
    for (int64_t x = 0; x < 3 * n; x++) {
        now->dipoles[x] = support_uniform(random, -0.3, 0.3);
        now->dr[x] = support_uniform(random, -0.1, 0.1);
        now->dq[x / 3] = support_uniform(random, -0.3, 0.3);
    }
}

static void strain(support_random *random, coulomb_system *s, double size)
{
    for (int a = 0; a < 3; a++)
        for (int b = 0; b < 3; b++) coulomb_strain(s, a, b, support_uniform(random, -size, size));
}

/* The same volume, other edges. */
static void reshape(support_random *random, coulomb_system *s)
{
    int a = pick(random, 3);
    double factor = support_uniform(random, 1.1, 1.8);
    coulomb_strain(s, a, a, factor - 1);
    coulomb_strain(s, (a + 1) % 3, (a + 1) % 3, 1 / factor - 1);
}

/* The same lattice by other vectors. */
static void redescribe(support_random *random, coulomb_system *s)
{
    int d = pick(random, 3), e = (d + 1 + pick(random, 2)) % 3;
    double times = 1 + pick(random, 3), turned[9];
    if (pick(random, 2)) times = -times;
    for (int a = 0; a < 3; a++) s->cell[3 * d + a] += times * s->cell[3 * e + a];
    if (pick(random, 2)) return;
    for (int x = 0; x < 9; x++) turned[(x + 3) % 9] = s->cell[x];
    memcpy(s->cell, turned, sizeof turned);
}

/* x, y, z become y, z, x: another orientation of the same system. */
static void turn(coulomb_system *s)
{
    coulomb_system old = *s;
    for (int64_t x = 0; x < 3 * s->n; x++)
        s->positions[x] = old.positions[3 * (x / 3) + (x + 1) % 3];
    for (int x = 0; x < 9; x++) s->cell[x] = old.cell[3 * (x / 3) + (x + 1) % 3];
}

static void change_system(support_random *random, situation *now)
{
    static const int32_t masks[5] = { LRPOT_PERIODIC_ALL, LRPOT_PERIODIC_ALL, 3, 6, 0 };
    coulomb_system *s = &now->s;
    double scale = pow(10, support_uniform(random, -1, 0.5));
    switch (pick(random, 9)) {
    case 0: new_system(random, now); break;
    case 1: strain(random, s, 0.03); break;
    case 2: strain(random, s, 0.2); break;
    case 3: reshape(random, s); break;
    case 4: redescribe(random, s); break;
    case 5: turn(s); break;
    case 6:
        for (int64_t x = 0; x < 3 * s->n; x++)
            s->positions[x] += support_uniform(random, -0.1, 0.1);
        break;
    case 7:
        for (int64_t i = 0; i < s->n; i++) s->q[i] *= scale;
        break;
    default: s->periodic_mask = masks[pick(random, 5)];
    }
}

static void new_widths(support_random *random, situation *now)
{
    static const double choices[6] = { 0.0, 0.4, 0.6, 0.6, 1.0, 1.4 };
    now->s.n_widths = pick(random, 3) > 0 ? COULOMB_SPECIES : 0;
    int alike = pick(random, 3) == 0;
    for (int w = 0; w < COULOMB_SPECIES; w++)
        now->s.widths[w] = alike && w > 0 ? now->s.widths[0] : choices[pick(random, 6)];
}

static void change_solver(support_random *random, situation *now)
{
    static const int32_t kernels[4] = { LRPOT_EWALD_COULOMB, LRPOT_EWALD_COULOMB,
                                        LRPOT_EWALD_LATENT, LRPOT_EWALD_DISPERSION };
    lrpot_ewald_options *o = &now->options;
    switch (pick(random, 6)) {
    case 0: o->kernel = kernels[pick(random, 4)]; break;
    case 1: o->accuracy = pow(10, support_uniform(random, -8, -3)); break;
    case 2: o->method = pick(random, 4); break;
    case 3: new_widths(random, now); break;
    case 4: o->cutoff = pick(random, 2) ? 0.0 : support_uniform(random, 5, 8); break;
    default: now->list_cutoff = pick(random, 2) ? 0.0 : support_uniform(random, 4, 9);
    }
}

/* Options that the kernel and the call allow. */
static lrpot_ewald_options allowed(const situation *now)
{
    lrpot_ewald_options o = now->options;
    o.sigma = o.kernel == LRPOT_EWALD_LATENT ? 1.2 : 0.0;
    if (o.kernel == LRPOT_EWALD_LATENT) o.cutoff = 0.0;
    o.n_widths = o.kernel == LRPOT_EWALD_COULOMB ? now->s.n_widths : 0;
    o.widths = o.n_widths > 0 ? now->s.widths : NULL;
    return o;
}

static int32_t offered_call(const situation *now)
{
    int whole = now->s.periodic_mask == 0 || now->s.periodic_mask == LRPOT_PERIODIC_ALL;
    int coulomb = now->options.kernel == LRPOT_EWALD_COULOMB;
    if (now->call == MATRIX && now->options.kernel == LRPOT_EWALD_DISPERSION) return EVAL;
    return (now->call == RESPONSE || now->call == MULTIPOLES) && !(whole && coulomb) ? EVAL
                                                                                     : now->call;
}

static void change(support_random *random, situation *now)
{
    int changes = 1 + pick(random, 2);
    for (int c = 0; c < changes; c++)
        if (pick(random, 10) < 6) change_system(random, now);
        else change_solver(random, now);
    if (now->options.kernel == LRPOT_EWALD_DISPERSION && now->s.periodic_mask != 0)
        now->s.periodic_mask = LRPOT_PERIODIC_ALL;
    now->call = pick(random, 2) ? EVAL : pick(random, CALLS);
}

static lrpot_status channels(const situation *now, const lrpot_ewald *ewald, lrpot_workspace *work,
                             const lrpot_atoms *atoms, const lrpot_nlist *list, answer *to)
{
    double q[N_CHANNELS * MOST_ATOMS] = { 0 }, field[N_CHANNELS * 3 * MOST_ATOMS];
    int64_t n = now->s.n;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.potential = to->potential, out.field = field;
    for (int c = 0; c < N_CHANNELS; c++)
        for (int64_t i = 0; i < n; i++) q[c * n + i] = now->s.q[(i + c) % n] / (1 + c);
    lrpot_status status =
        lrpot_ewald_eval_channels(ewald, work, atoms, list, NULL, N_CHANNELS, q, &out);
    for (int64_t x = 0; status == LRPOT_OK && x < N_CHANNELS * 3 * n; x++)
        to->force[x] = q[x / 3] * field[x];
    return status;
}

/* An operator that knew another system before, where there was one. */
static lrpot_status operate(const situation *now, const history *h, const lrpot_ewald *ewald,
                            const lrpot_atoms *atoms, answer *to)
{
    lrpot_ewald_operator *op = NULL;
    ck_ok(lrpot_ewald_operator_create(&op, ewald, 1));
    if (h != NULL && h->last.n > 0) {
        lrpot_atoms before = coulomb_view(&h->last);
        lrpot_status ignored = lrpot_ewald_operator_update(op, &before, NULL, NULL);
        (void)ignored; /* the kernel may not be offered there */
    }
    lrpot_status status = lrpot_ewald_operator_update(op, atoms, NULL, NULL);
    if (status == LRPOT_OK)
        status = lrpot_ewald_operator_apply(op, NULL, now->s.q, to->potential, NULL);
    lrpot_ewald_operator_free(op);
    return status;
}

static lrpot_status multiply(const situation *now, const lrpot_ewald *ewald, lrpot_workspace *work,
                             const lrpot_atoms *atoms, answer *to)
{
    int64_t n = now->s.n;
    double *matrix = calloc((size_t)(4 * n * n), sizeof *matrix), *gradient = matrix + n * n;
    lrpot_status status = lrpot_ewald_matrix(ewald, work, atoms, matrix, gradient, NULL);
    for (int64_t i = 0; status == LRPOT_OK && i < n; i++)
        for (int64_t j = 0; j < n; j++) {
            to->potential[i] += matrix[i * n + j] * now->s.q[j];
            for (int a = 0; a < 3; a++)
                to->force[3 * i + a] += now->s.q[i] * gradient[(3 * i + a) * n + j] * now->s.q[j];
        }
    free(matrix);
    return status;
}

static lrpot_status call(const situation *now, const history *h, const lrpot_ewald_options *options,
                         lrpot_workspace *work, const lrpot_nlist *list, answer *to)
{
    lrpot_ewald *ewald = NULL;
    lrpot_status status = LRPOT_OK;
    lrpot_atoms atoms = coulomb_view(&now->s);
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    const double *q = now->s.q;
    out.forces = to->force, out.potential = to->potential;
    memset(to, 0, sizeof *to);
    ck_ok(lrpot_ewald_create(&ewald, options));
    switch (offered_call(now)) {
    case CHANNELS: status = channels(now, ewald, work, &atoms, list, to); break;
    case OPERATOR: status = operate(now, h, ewald, &atoms, to); break;
    case MATRIX: status = multiply(now, ewald, work, &atoms, to); break;
    case RESPONSE:
        status = lrpot_ewald_response(ewald, work, &atoms, list, q, now->dq, now->dr, NULL,
                                      to->potential, NULL, to->force, NULL);
        break;
    case MULTIPOLES:
        status = lrpot_multipoles_eval(ewald, work, &atoms, list, NULL, q, now->dipoles, NULL, NULL,
                                       to->force, NULL, to->potential, NULL, NULL);
        break;
    default: status = lrpot_ewald_eval(ewald, work, &atoms, list, NULL, q, &out);
    }
    lrpot_ewald_free(ewald);
    return status;
}

static double root_mean_square(const double *a, const double *b, int64_t count, int64_t atoms)
{
    double sum = 0;
    for (int64_t x = 0; x < count; x++) sum += (a[x] - b[x]) * (a[x] - b[x]);
    return sqrt(sum / (double)atoms);
}

/* Matrix and operator are made for unit charges, whatever they are multiplied by. Channels are of
 * n atoms together. */
static errors error_of(const situation *now, const answer *a, const answer *exact)
{
    int32_t kind = offered_call(now);
    int64_t n = now->s.n, count = kind == CHANNELS ? N_CHANNELS * n : n;
    double square = 0;
    for (int64_t i = 0; i < n; i++) square += now->s.q[i] * now->s.q[i] / (double)n;
    double unit = now->options.accuracy
                  * (kind == MATRIX || kind == OPERATOR ? fmax(1.0, square) : 1.0);
    if (kind == RESPONSE) unit *= fmax(1.0, 0.3 / sqrt(square)); /* changes up to 0.3 e */
    errors e = { root_mean_square(a->force, exact->force, 3 * count, n) / unit,
                 root_mean_square(a->potential, exact->potential, count, n) * sqrt(square) / unit };
    return e;
}

/* Largest errors as parts of the accuracy: rms force, and rms q potential per A. Changes of forces
 * are 1/A steeper, and those of multipoles' potentials too. */
static const errors bounds[CALLS] = { { 1, 3 }, { 1, 3 }, { 1, 3 }, { 1, 3 }, { 1, 3 }, { 1, 3 } };
static errors worst[2][CALLS];

static void compare(const situation *now, int fresh, const answer *a, const answer *exact,
                    uint64_t seed, int step)
{
    int32_t kind = offered_call(now);
    errors e = error_of(now, a, exact);
    worst[fresh][kind].force = fmax(worst[fresh][kind].force, e.force);
    worst[fresh][kind].potential = fmax(worst[fresh][kind].potential, e.potential);
    ck_assert_msg(e.force <= bounds[kind].force && e.potential <= bounds[kind].potential,
                  "sequence %d, step %d, %s with a %s workspace (kernel %d, method %d, mask %d): "
                  "errors of forces %g, of potentials %g of the accuracy asked for",
                  (int)seed, step, call_names[kind], fresh ? "fresh" : "used", now->options.kernel,
                  now->options.method, now->s.periodic_mask, e.force, e.potential);
}

static void exact_answer(const situation *now, answer *to)
{
    lrpot_ewald_options fine = allowed(now);
    lrpot_workspace *work = NULL;
    fine.method = LRPOT_EWALD_EXACT;
    fine.accuracy = FINE;
    fine.cutoff = 0.0;
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(call(now, NULL, &fine, work, NULL, to));
    lrpot_workspace_free(work);
}

static void check_step(const situation *now, history *h, uint64_t seed, int step)
{
    answer exact, given;
    lrpot_ewald_options options = allowed(now);
    lrpot_workspace *fresh = NULL;
    lrpot_nlist *list = NULL;
    lrpot_atoms atoms = coulomb_view(&now->s);
    ck_ok(lrpot_workspace_create(&fresh, 1));
    if (now->list_cutoff > 0) ck_ok(lrpot_nlist_build(&list, &atoms, now->list_cutoff, 0.3));
    exact_answer(now, &exact);
    for (int f = 0; f < 2; f++) {
        lrpot_status status = call(now, f ? NULL : h, &options, f ? fresh : h->work, list, &given);
        if (status == LRPOT_E_ACCURACY) continue; /* a cutoff too short, or a mesh */
        ck_assert_msg(status == LRPOT_OK, "sequence %d, step %d: %s", (int)seed, step,
                      lrpot_last_error());
        compare(now, f, &given, &exact, seed, step);
    }
    h->last = now->s;
    lrpot_nlist_free(list);
    lrpot_workspace_free(fresh);
}

static void run_sequence(uint64_t seed)
{
    support_random random = { 7000 + seed };
    situation now = { .options = LRPOT_EWALD_OPTIONS_INIT };
    history h = { .work = NULL };
    ck_ok(lrpot_workspace_create(&h.work, 1));
    now.options.accuracy = 1e-5;
    now.options.method = pick(&random, 4);
    new_system(&random, &now);
    for (int step = 0; step < STEPS; step++) {
        if (step > 0) change(&random, &now);
        check_step(&now, &h, seed, step);
    }
    lrpot_workspace_free(h.work);
}

static void run_batch(int batch)
{
    for (int k = 0; k < BATCH; k++) run_sequence((uint64_t)(BATCH * batch + k));
    for (int f = 0; getenv("LRPOT_PRINT") != NULL && f < 2; f++)
        for (int c = 0; c < CALLS; c++)
            printf("# %s %s: forces %.2g potentials %.2g\n", f ? "fresh" : "used", call_names[c],
                   worst[f][c].force, worst[f][c].potential);
}

START_TEST(sums_keep_their_accuracy_whatever_came_before)
{
    run_batch(_i);
}
END_TEST

/* Whole potentials: charges that follow their neighbours, latent ones, and equilibrated ones, whose
 * last values are the next guess. Several models take turns in one workspace. */
#define MODELS 7
#define MODEL_STEPS 8
#define MODEL_ACCURACY 1e-6 /* eV/A */
#define MODEL_FINE 1e-9
#define MODEL_QUICK 40
#define MODEL_SLOW 200

typedef struct {
    double energy, forces[3 * MOST_ATOMS], q[MOST_ATOMS];
} outcome;

static lrpot_potential *model_of(support_random *random, int which)
{
    static const int32_t kinds[MODELS] = { LRPOT_CHARGES_QRD,          LRPOT_CHARGES_EDQRD,
                                           LRPOT_CHARGES_LATENT,       LRPOT_CHARGES_EQUILIBRATED,
                                           LRPOT_CHARGES_EQUILIBRATED, LRPOT_CHARGES_FIXED,
                                           LRPOT_CHARGES_DENSITY };
    lrpot_charges_options charges = LRPOT_CHARGES_OPTIONS_INIT;
    charges.tolerance = 1e-10;
    charges.solver = which == 3 ? LRPOT_SOLVER_DENSE : LRPOT_SOLVER_ITERATIVE;
    if (which != 3 && which != 4) charges.solver = LRPOT_SOLVER_AUTO, charges.tolerance = 0.0;
    if (kinds[which] == LRPOT_CHARGES_DENSITY) charges.order = 1, charges.tolerance = 1e-10;
    return models_random_with(random, kinds[which],
                              kinds[which] == LRPOT_CHARGES_EQUILIBRATED
                                      || kinds[which] == LRPOT_CHARGES_DENSITY
                                  ? &charges
                                  : NULL);
}

static lrpot_status outcome_of(const lrpot_potential *model, lrpot_workspace *work,
                               const lrpot_structure *structure, outcome *o)
{
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    memset(o, 0, sizeof *o);
    out.energy = &o->energy, out.forces = o->forces;
    out.charges = o->q;
    return lrpot_potential_compute_structure(model, work, structure, &out);
}

/* Another structure, or the last one in another shape or described by other vectors. */
static lrpot_structure *next_structure(support_random *random, lrpot_structure *last)
{
    static const int kinds[4] = { CELL_CUBIC, CELL_TRICLINIC, CELL_LEFT_HANDED, CELL_NONE };
    int change = last == NULL ? 0 : pick(random, 5);
    if (change == 0) {
        lrpot_structure_free(last);
        return models_random_structure(random, kinds[pick(random, 4)], 11 + pick(random, 12),
                                       0.5 * pick(random, 2));
    }
    double *positions = lrpot_structure_positions(last);
    for (int64_t x = 0; change == 1 && x < 3 * lrpot_structure_count(last); x++)
        positions[x] += support_uniform(random, -0.05, 0.05);
    if (change == 2) models_strain(last, 0, 0, support_uniform(random, -0.02, 0.02));
    if (change == 3)
        for (int d = 0; d < 3; d++) models_strain(last, d, d, d == 0 ? 0.3 : -0.1);
    if (change == 4 && lrpot_structure_cell(last) != NULL) {
        double cell[9];
        memcpy(cell, lrpot_structure_cell(last), sizeof cell);
        for (int a = 0; a < 3; a++) cell[3 + a] += (pick(random, 2) ? 2 : -1) * cell[a];
        for (int a = 0; a < 3; a++) cell[6 + a] -= cell[a];
        ck_ok(lrpot_structure_set_cell(last, cell, LRPOT_PERIODIC_ALL));
    }
    return last;
}

/* The same by a fresh workspace at the accuracy, and at one that is far finer. */
static void compare_outcomes(lrpot_potential *model, const lrpot_structure *structure,
                             lrpot_workspace *used, int seed, int step)
{
    outcome kept, exact;
    lrpot_workspace *fresh = NULL;
    ck_ok(lrpot_workspace_create(&fresh, 1));
    ck_ok(lrpot_potential_set_accuracy(model, MODEL_ACCURACY));
    lrpot_status before = outcome_of(model, used, structure, &kept);
    ck_ok(lrpot_potential_set_accuracy(model, MODEL_FINE));
    lrpot_status status = outcome_of(model, fresh, structure, &exact);
    /* Random charges may have no least energy: then both say so. Or they have hundreds of e, where
     * the equations are nearly singular. */
    if (before == LRPOT_E_SINGULAR || status == LRPOT_E_SINGULAR || status == LRPOT_E_ACCURACY) {
        if (status != LRPOT_E_ACCURACY) ck_assert_int_eq(before, status);
        lrpot_workspace_free(fresh);
        return;
    }
    ck_ok(before);
    ck_ok(status);
    int64_t n = lrpot_structure_count(structure);
    double error = root_mean_square(kept.forces, exact.forces, 3 * n, n),
           charge = root_mean_square(kept.q, exact.q, n, n);
    double square = 1;
    for (int64_t i = 0; i < n; i++) square = fmax(square, exact.q[i] * exact.q[i]);
    /* Forces that charges pass on have the potentials' errors times dq/dr, below 10 e/A; operators
     * are made for unit charges. */
    ck_assert_msg(error <= 10 * square * MODEL_ACCURACY && charge <= square * MODEL_ACCURACY
                      && fabs(kept.energy - exact.energy)
                             <= 10 * square * MODEL_ACCURACY * (double)n,
                  "sequence %d, step %d: forces are %g eV/A off, charges %g e, the energy %g eV",
                  seed, step, error, charge, kept.energy - exact.energy);
    lrpot_workspace_free(fresh);
}

START_TEST(potentials_do_not_depend_on_what_came_before)
{
    lrpot_potential *models[MODELS];
    support_random random = { 40 };
    for (int m = 0; m < MODELS; m++) models[m] = model_of(&random, m);
    for (int seed = 20 * _i; seed < 20 * (_i + 1); seed++) {
        lrpot_workspace *work = NULL;
        lrpot_structure *structure = NULL;
        random.state = 900 + (uint64_t)seed;
        ck_ok(lrpot_workspace_create(&work, 1));
        int m = pick(&random, MODELS);
        for (int step = 0; step < MODEL_STEPS; step++) {
            if (pick(&random, 3) == 0) m = pick(&random, MODELS);
            structure = next_structure(&random, structure);
            compare_outcomes(models[m], structure, work, seed, step);
        }
        lrpot_structure_free(structure);
        lrpot_workspace_free(work);
    }
    for (int m = 0; m < MODELS; m++) lrpot_potential_free(models[m]);
}
END_TEST

static int slow_sequences(void)
{
    return support_is_long() ? SEQUENCES_LONG : SEQUENCES_SLOW;
}

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("workspace_history");
    TCase *quick = tcase_create("property"), *models = tcase_create("potentials"),
          *slow = tcase_create("slow");
    tcase_set_timeout(quick, 300);
    support_add_cases(quick, sums_keep_their_accuracy_whatever_came_before, 0,
                      SEQUENCES_QUICK / BATCH);
    suite_add_tcase(suite, quick);
    tcase_set_timeout(models, 300);
    support_add_cases(models, potentials_do_not_depend_on_what_came_before, 0, MODEL_QUICK / 20);
    suite_add_tcase(suite, models);
    tcase_set_tags(slow, "slow");
    tcase_set_timeout(slow, 300);
    support_add_cases(slow, sums_keep_their_accuracy_whatever_came_before, SEQUENCES_QUICK / BATCH,
                      (SEQUENCES_QUICK + slow_sequences()) / BATCH);
    support_add_cases(slow, potentials_do_not_depend_on_what_came_before, MODEL_QUICK / 20,
                      (MODEL_QUICK + MODEL_SLOW) / 20);
    suite_add_tcase(suite, slow);
    return suite;
}
