/* A box cut into pieces with ghosts, each a process on its own thread: exact sum and mesh give what
 * one process gives. */
#include "coulomb.h"

#include <pthread.h>

#define N_ATOMS 60
#define MAX_PIECES 8
#define MAX_LOCAL 6000
#define CUTOFF 6.0

typedef struct {
    int n_pieces;
    pthread_barrier_t barrier;
    double *buffers[MAX_PIECES];
    const double *sent[MAX_PIECES];
    const int64_t *counts[MAX_PIECES]; /* of what was sent */
    int axis; /* that the pieces are stretches of; -1: atoms are dealt out in turn */
    int multipoles, has_matrix;
} network;

typedef struct {
    network *net;
    int rank;
    lrpot_ewald *ewald;
    lrpot_atoms atoms;
    lrpot_nlist *list;
    double positions[3 * MAX_LOCAL], q[MAX_LOCAL], forces[3 * MAX_LOCAL],
        virial_atom[9 * MAX_LOCAL];
    int32_t species[MAX_LOCAL];
    int64_t global[MAX_LOCAL];
    double energy, virial[9], potential[N_ATOMS], field[3 * N_ATOMS], product[N_ATOMS];
    double mu[3 * MAX_LOCAL], m[9 * MAX_LOCAL], second[9 * N_ATOMS];
    lrpot_status status;
    char message[256];
} piece;

static lrpot_status sum_over_pieces(void *ctx, double *buffer, int64_t n)
{
    piece *p = ctx;
    network *net = p->net;
    double *total = calloc((size_t)n, sizeof *total);
    net->buffers[p->rank] = buffer;
    pthread_barrier_wait(&net->barrier);
    for (int r = 0; r < net->n_pieces; r++)
        for (int64_t k = 0; k < n; k++) total[k] += net->buffers[r][k];
    pthread_barrier_wait(&net->barrier);
    memcpy(buffer, total, (size_t)n * sizeof *total);
    free(total);
    return LRPOT_OK;
}

static lrpot_status exchange_among_pieces(void *ctx, const double *send, const int64_t *send_counts,
                                          double *receive, const int64_t *receive_counts)
{
    piece *p = ctx;
    network *net = p->net;
    net->sent[p->rank] = send;
    net->counts[p->rank] = send_counts;
    pthread_barrier_wait(&net->barrier);
    for (int r = 0; r < net->n_pieces; r++) {
        const double *from = net->sent[r];
        for (int k = 0; k < p->rank; k++) from += net->counts[r][k];
        if (net->counts[r][p->rank] != receive_counts[r])
            p->status = -7; /* both sides must know the same */
        if (receive_counts[r] > 0)
            memcpy(receive, from, (size_t)receive_counts[r] * sizeof *receive);
        receive += receive_counts[r];
    }
    pthread_barrier_wait(&net->barrier);
    return p->status == -7 ? -7 : LRPOT_OK;
}

/* The same potential by the operator. */
static lrpot_status multiply(piece *p, const lrpot_comm *comm)
{
    lrpot_ewald_operator *op = NULL;
    lrpot_status status = lrpot_ewald_operator_create(&op, p->ewald, 1);
    if (status == LRPOT_OK) status = lrpot_ewald_operator_update(op, &p->atoms, p->list, comm);
    if (status == LRPOT_OK) status = lrpot_ewald_operator_apply(op, comm, p->q, p->product, NULL);
    lrpot_ewald_operator_free(op);
    return status;
}

static void *run(void *ctx)
{
    piece *p = ctx;
    lrpot_workspace *work = NULL;
    lrpot_comm comm = LRPOT_COMM_INIT;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    comm.ctx = p;
    comm.sum = sum_over_pieces;
    if (p->net->axis >= 0) {
        comm.exchange = exchange_among_pieces;
        comm.rank = p->rank;
        comm.size = p->net->n_pieces;
    }
    out.energy = &p->energy, out.forces = p->forces, out.virial = p->virial,
    out.potential = p->potential, out.field = p->field;
    out.virial_atom = p->virial_atom;
    p->status = lrpot_workspace_create(&work, 1);
    if (p->status == LRPOT_OK && p->net->multipoles)
        p->status = lrpot_multipoles_eval(p->ewald, work, &p->atoms, p->list, &comm, p->q, p->mu,
                                          p->m, &p->energy, p->forces, p->virial, p->potential,
                                          p->field, p->second);
    else if (p->status == LRPOT_OK)
        p->status = lrpot_ewald_eval(p->ewald, work, &p->atoms, p->list, &comm, p->q, &out);
    if (p->status == LRPOT_OK && p->net->has_matrix) p->status = multiply(p, &comm);
    if (p->status != LRPOT_OK) lrpot_last_error_copy(p->message, sizeof p->message);
    lrpot_workspace_free(work);
    return NULL;
}

static double moment(int64_t index)
{
    return 0.4 * sin(1.7 * (double)index + 0.3);
}

static void append(piece *p, const coulomb_system *s, int64_t i, const double *shift)
{
    int64_t at = p->atoms.n_all++;
    ck_assert(p->atoms.n_all <= MAX_LOCAL);
    for (int a = 0; a < 3; a++) p->positions[3 * at + a] = s->positions[3 * i + a] + shift[a];
    p->q[at] = s->q[i];
    for (int a = 0; a < 3; a++) p->mu[3 * at + a] = moment(3 * i + a);
    for (int c = 0; c < 9; c++) p->m[9 * at + c] = moment(9 * i + c);
    p->species[at] = s->species[i];
    p->global[at] = i;
}

/* Piece that owns an atom: the next in turn, or by its place among all atoms along an axis. */
static int owner(const network *net, const coulomb_system *s, int64_t i)
{
    if (net->axis < 0) return (int)(i % net->n_pieces);
    int64_t below = 0;
    for (int64_t j = 0; j < s->n; j++) {
        double d = s->positions[3 * j + net->axis] - s->positions[3 * i + net->axis];
        below += d < 0 || (d == 0 && j < i);
    }
    return (int)(below * net->n_pieces / s->n);
}

/* Ghosts: all images near enough to any owned atom. */
static void cut(piece *p, const coulomb_system *s)
{
    static const double none[3] = { 0, 0, 0 };
    for (int64_t i = 0; i < s->n; i++)
        if (owner(p->net, s, i) == p->rank) append(p, s, i, none);
    p->atoms.n_owned = p->atoms.n_all;
    for (int64_t i = 0; i < s->n; i++)
        for (int x = -3; x <= 3; x++)
            for (int y = -3; y <= 3; y++)
                for (int z = -3; z <= 3; z++) {
                    double shift[3], near = 1e9;
                    int home = x == 0 && y == 0 && z == 0;
                    int steps[3] = { x, y, z }, away = 0;
                    for (int d = 0; d < 3; d++)
                        away |= steps[d] != 0 && (s->periodic_mask & 1 << d) == 0;
                    if (away) continue;
                    if (home && owner(p->net, s, i) == p->rank) continue;
                    for (int a = 0; a < 3; a++)
                        shift[a] = x * s->cell[a] + y * s->cell[3 + a] + z * s->cell[6 + a];
                    for (int64_t k = 0; k < p->atoms.n_owned; k++) {
                        double d = 0;
                        for (int a = 0; a < 3; a++)
                            d += pow(s->positions[3 * i + a] + shift[a] - p->positions[3 * k + a],
                                     2);
                        near = fmin(near, d);
                    }
                    if (near < CUTOFF * CUTOFF) append(p, s, i, shift);
                }
    p->atoms.positions = p->positions;
    p->atoms.species = p->species;
    p->atoms.cell = s->periodic_mask != 0 ? s->cell : NULL;
    p->atoms.periodic_mask = s->periodic_mask;
    ck_ok(lrpot_nlist_build(&p->list, &p->atoms, CUTOFF, 0));
}

/* Every piece evaluates at the same time. */
static piece *run_pieces(network *net, const coulomb_system *s, lrpot_ewald *ewald)
{
    piece *pieces = calloc((size_t)net->n_pieces, sizeof *pieces);
    pthread_t threads[MAX_PIECES];
    pthread_barrier_init(&net->barrier, NULL, (unsigned)net->n_pieces);
    for (int r = 0; r < net->n_pieces; r++) {
        piece *p = &pieces[r];
        p->net = net, p->rank = r, p->ewald = ewald;
        lrpot_atoms none = LRPOT_ATOMS_INIT;
        p->atoms = none;
        cut(p, s);
    }
    for (int r = 0; r < net->n_pieces; r++) pthread_create(&threads[r], NULL, run, &pieces[r]);
    for (int r = 0; r < net->n_pieces; r++) pthread_join(threads[r], NULL);
    for (int r = 0; r < net->n_pieces; r++)
        ck_assert_msg(pieces[r].status == LRPOT_OK, "%s", pieces[r].message);
    return pieces;
}

static void free_pieces(network *net, piece *pieces)
{
    for (int r = 0; r < net->n_pieces; r++) lrpot_nlist_free(pieces[r].list);
    pthread_barrier_destroy(&net->barrier);
    free(pieces);
}

/* The product of the whole, by an operator without a host. */
static void multiply_whole(const coulomb_system *s, lrpot_ewald *ewald, double *product)
{
    lrpot_ewald_operator *op = NULL;
    lrpot_atoms atoms = coulomb_view(s);
    ck_ok(lrpot_ewald_operator_create(&op, ewald, 1));
    ck_ok(lrpot_ewald_operator_update(op, &atoms, NULL, NULL));
    ck_ok(lrpot_ewald_operator_apply(op, NULL, s->q, product, NULL));
    lrpot_ewald_operator_free(op);
}

static void check_sum(const coulomb_system *s, lrpot_ewald_options options, int n_pieces, int axis)
{
    static coulomb_result whole;
    double energy = 0, virial[9] = { 0 }, product[N_ATOMS] = { 0 };
    network net = { .n_pieces = n_pieces,
                    .axis = axis,
                    .has_matrix = options.kernel != LRPOT_EWALD_DISPERSION };
    lrpot_ewald *ewald = coulomb_solver(s, options);
    coulomb_eval(s, options, 1, &whole);
    if (net.has_matrix) multiply_whole(s, ewald, product);
    piece *pieces = run_pieces(&net, s, ewald);
    for (int r = 0; r < n_pieces; r++) {
        piece *p = &pieces[r];
        energy += p->energy;
        for (int c = 0; c < 9; c++) virial[c] += p->virial[c];
        for (int64_t k = 0; k < p->atoms.n_owned; k++) {
            int64_t i = p->global[k];
            ck_close(p->potential[k], whole.potential[i], 1e-12, 30);
            ck_close(p->product[k], product[i], 1e-12, 30);
            for (int a = 0; a < 3; a++)
                ck_close(p->forces[3 * k + a], whole.forces[3 * i + a], 1e-12, 30);
            for (int a = 0; a < 3; a++)
                ck_close(p->field[3 * k + a], whole.field[3 * i + a], 1e-12, 30);
            for (int c = 0; c < 9; c++)
                ck_close(p->virial_atom[9 * k + c], whole.virial_atom[9 * i + c], 1e-12, 30);
        }
        for (int64_t k = p->atoms.n_owned; k < p->atoms.n_all; k++)
            ck_assert(p->forces[3 * k] == 0.0);
    }
    ck_close(energy, whole.energy, 1e-12, 100);
    for (int c = 0; c < 9; c++) ck_close(virial[c], whole.virial[c], 1e-12, 100);
    free_pieces(&net, pieces);
    lrpot_ewald_free(ewald);
}

static void check_pieces(int number, int axis)
{
    static const int counts[4] = { 2, 3, 5, 8 };
    int slab = number / 16 == 1, wire = number / 16 == 3,
        open = number / 16 == 2; /* all pairs of an open system cannot be cut */
    static coulomb_system s;
    support_random random = { 60u + (unsigned)number };
    lrpot_ewald_options options = coulomb_options(1e-4);
    coulomb_random(&random, CELL_TRICLINIC, N_ATOMS, 0.8, number / (open ? 4 : 8) % 2, &s);
    if (slab) s.periodic_mask = 3;
    if (wire) s.periodic_mask = 2;
    if (open) s.periodic_mask = 0;
    options.method = !open && number / 4 % 2 == 0 ? LRPOT_EWALD_EXACT : LRPOT_EWALD_MESH;
    options.cutoff = CUTOFF; /* so that both have the same splitting, to the last digit */
    check_sum(&s, options, counts[number % 4], axis);
}

/* Latent crystals, slabs, clusters and wires, and dispersion, of which the mesh is shared. */
static void check_kernels(int number)
{
    static const int32_t masks[5] = { 7, 3, 0, 7, 1 };
    static coulomb_system s;
    support_random random = { 160u + (unsigned)number };
    lrpot_ewald_options options = coulomb_options(1e-4);
    coulomb_random(&random, CELL_TRICLINIC, N_ATOMS, 0.8, 0, &s);
    s.periodic_mask = masks[number / 2];
    options.kernel = number / 2 == 3 ? LRPOT_EWALD_DISPERSION : LRPOT_EWALD_LATENT;
    options.method = LRPOT_EWALD_MESH;
    if (options.kernel == LRPOT_EWALD_LATENT) options.sigma = 1.0;
    else options.cutoff = CUTOFF;
    check_sum(&s, options, number % 2 == 0 ? 2 : 5, number % 3);
}

/* The whole, as a piece without ghosts. */
static void eval_whole(const coulomb_system *s, lrpot_ewald *ewald, piece *whole)
{
    static const double none[3] = { 0, 0, 0 };
    lrpot_workspace *work = NULL;
    lrpot_atoms atoms = coulomb_view(s);
    for (int64_t i = 0; i < s->n; i++) append(whole, s, i, none);
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot_multipoles_eval(ewald, work, &atoms, NULL, NULL, whole->q, whole->mu, whole->m,
                                &whole->energy, whole->forces, whole->virial, whole->potential,
                                whole->field, whole->second));
    lrpot_workspace_free(work);
}

static void check_multipoles(int number, int axis)
{
    static const int counts[2] = { 2, 5 };
    static coulomb_system s;
    static piece whole;
    support_random random = { 90u + (unsigned)number };
    network net = { .n_pieces = counts[number % 2], .axis = axis, .multipoles = 1 };
    coulomb_random(&random, CELL_TRICLINIC, N_ATOMS, 0.8, number / 4, &s);
    lrpot_ewald_options options = coulomb_options(1e-3);
    options.method = number / 2 % 2 == 0 ? LRPOT_EWALD_EXACT : LRPOT_EWALD_MESH;
    options.cutoff = CUTOFF;
    lrpot_ewald *ewald = coulomb_solver(&s, options);
    memset(&whole, 0, sizeof whole);
    eval_whole(&s, ewald, &whole);
    piece *pieces = run_pieces(&net, &s, ewald);
    double energy = 0, virial[9] = { 0 };
    for (int r = 0; r < net.n_pieces; r++) {
        const piece *p = &pieces[r];
        energy += p->energy;
        for (int c = 0; c < 9; c++) virial[c] += p->virial[c];
        for (int64_t k = 0; k < p->atoms.n_owned; k++) {
            int64_t i = p->global[k];
            ck_close(p->potential[k], whole.potential[i], 1e-12, 30);
            for (int a = 0; a < 3; a++)
                ck_close(p->forces[3 * k + a], whole.forces[3 * i + a], 1e-12, 30);
            for (int a = 0; a < 3; a++)
                ck_close(p->field[3 * k + a], whole.field[3 * i + a], 1e-12, 30);
            for (int c = 0; c < 9; c++)
                ck_close(p->second[9 * k + c], whole.second[9 * i + c], 1e-12, 30);
        }
    }
    ck_close(energy, whole.energy, 1e-12, 100);
    for (int c = 0; c < 9; c++) ck_close(virial[c], whole.virial[c], 1e-12, 100);
    free_pieces(&net, pieces);
    lrpot_ewald_free(ewald);
}

/* Of isolated systems one process would sum all pairs; pieces that do not know all atoms take the
 * mesh without being told. */
START_TEST(pieces_of_a_cluster_need_not_know_all_atoms)
{
    static coulomb_system s;
    static coulomb_result whole;
    support_random random = { 190 };
    lrpot_ewald_options options = coulomb_options(1e-4);
    network net = { .n_pieces = 8, .has_matrix = 1 };
    int lacking = 0;
    coulomb_random(&random, CELL_TRICLINIC, N_ATOMS, 0.8, 0, &s);
    s.periodic_mask = 0;
    coulomb_eval(&s, options, 1, &whole);
    lrpot_ewald *ewald = coulomb_solver(&s, options);
    piece *pieces = run_pieces(&net, &s, ewald);
    for (int r = 0; r < net.n_pieces; r++) {
        const piece *p = &pieces[r];
        lacking += p->atoms.n_all < s.n;
        for (int64_t k = 0; k < p->atoms.n_owned; k++) {
            ck_close(p->potential[k], whole.potential[p->global[k]], 1e-3, 1);
            ck_close(p->product[k], whole.potential[p->global[k]], 1e-3, 1);
            for (int a = 0; a < 3; a++)
                ck_close(p->forces[3 * k + a], whole.forces[3 * p->global[k] + a], 1e-3, 1);
        }
    }
    ck_assert_int_gt(lacking, 0);
    free_pieces(&net, pieces);
    lrpot_ewald_free(ewald);
}
END_TEST

START_TEST(pieces_with_multipoles_add_up_to_the_whole)
{
    check_multipoles(_i, -1);
    check_multipoles(_i, _i % 3);
}
END_TEST

START_TEST(pieces_add_up_to_the_whole)
{
    check_pieces(_i, -1);
}
END_TEST

START_TEST(pieces_that_share_the_mesh_add_up_to_the_whole)
{
    check_pieces(_i, _i % 3);
}
END_TEST

START_TEST(other_kernels_share_the_mesh_too)
{
    check_kernels(_i);
}
END_TEST

#define QUICK 16 /* boxes */

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("ewald_pieces");
    TCase *tcase = tcase_create("parallel");
    tcase_set_timeout(tcase, 120);
    support_add_cases(tcase, pieces_add_up_to_the_whole, 0, QUICK);
    support_add_cases(tcase, pieces_that_share_the_mesh_add_up_to_the_whole, 0, QUICK);
    tcase_add_test(tcase, pieces_of_a_cluster_need_not_know_all_atoms);
    support_add_cases(tcase, other_kernels_share_the_mesh_too, 0, 10);
    support_add_cases(tcase, pieces_with_multipoles_add_up_to_the_whole, 0, 8);
    suite_add_tcase(suite, tcase);
    TCase *slow = tcase_create("slow"); /* the same code on more boxes */
    tcase_set_tags(slow, "slow");
    tcase_set_timeout(slow, 120);
    support_add_cases(slow, pieces_add_up_to_the_whole, QUICK, 64);
    support_add_cases(slow, pieces_that_share_the_mesh_add_up_to_the_whole, QUICK, 64);
    suite_add_tcase(suite, slow);
    return suite;
}
