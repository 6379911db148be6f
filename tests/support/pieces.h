/* Pieces of a box, each a process with its ghosts, and the communication between them. */
#ifndef LRPOT_TEST_PIECES_H
#define LRPOT_TEST_PIECES_H

#include "support.h"

#include <math.h>
#include <pthread.h>

#define N_ATOMS 40
#define MAX_PIECES 8
#define MAX_LOCAL 40000
#define HELD_NUMBERS 15 /* of three fragments: charges, potentials, capacitances */

/* Network that the pieces share. */
typedef struct {
    int n_pieces;
    pthread_barrier_t barrier;
    double *reduced[MAX_PIECES];    /* buffers handed to sum */
    const double *sent[MAX_PIECES]; /* and to exchange */
    const int64_t *counts[MAX_PIECES];
    /* owners' values on the way to ghosts, ghosts' on the way to owners */
    double per_atom[N_ATOMS * 9];
    pthread_mutex_t lock;
} network;

/* One process. */
typedef struct {
    network *net;
    int rank;
    const lrpot_potential *potential;
    lrpot_tensor_model *const *tensors;
    int staged, shares; /* the mesh */
    lrpot_atoms atoms;
    lrpot_nlist *list;
    int64_t *global; /* [n_all] */
    double *positions;
    int32_t *species, fragments[N_ATOMS];
    double *forces;                       /* [n_all][3] */
    double *virial_atom;                  /* [n_all][9] */
    double *field_forces, *tensor_forces; /* [n_all][3] */
    double stress[10];                    /* virial and energy of a field */
    double held[HELD_NUMBERS];            /* of fragments at potentials */
    double energy, virial[9], dipole[3], charges[N_ATOMS], potentials[N_ATOMS],
        energy_atom[N_ATOMS], current[3], tensor_current[3], flux[3];
    lrpot_status status;
    char message[256];
} piece;

static inline lrpot_status sum_over_pieces(void *ctx, double *buffer, int64_t n)
{
    piece *p = ctx;
    network *net = p->net;
    net->reduced[p->rank] = buffer;
    pthread_barrier_wait(&net->barrier);
    double *total = calloc((size_t)n, sizeof *total);
    for (int r = 0; r < net->n_pieces; r++)
        for (int64_t k = 0; k < n; k++) total[k] += net->reduced[r][k];
    pthread_barrier_wait(&net->barrier);
    memcpy(buffer, total, (size_t)n * sizeof *total);
    free(total);
    pthread_barrier_wait(&net->barrier);
    return LRPOT_OK;
}

static inline lrpot_status exchange_among_pieces(void *ctx, const double *send,
                                                 const int64_t *send_counts, double *receive,
                                                 const int64_t *receive_counts)
{
    piece *p = ctx;
    network *net = p->net;
    net->sent[p->rank] = send;
    net->counts[p->rank] = send_counts;
    pthread_barrier_wait(&net->barrier);
    for (int r = 0; r < net->n_pieces; r++) {
        const double *from = net->sent[r];
        for (int k = 0; k < p->rank; k++) from += net->counts[r][k];
        if (receive_counts[r] > 0)
            memcpy(receive, from, (size_t)receive_counts[r] * sizeof *receive);
        receive += receive_counts[r];
    }
    pthread_barrier_wait(&net->barrier);
    return LRPOT_OK;
}

static inline lrpot_status owned_to_ghosts(void *ctx, double *per_atom, int32_t width)
{
    piece *p = ctx;
    size_t bytes = (size_t)width * sizeof *per_atom;
    for (int64_t i = 0; i < p->atoms.n_owned; i++)
        memcpy(p->net->per_atom + p->global[i] * width, per_atom + i * width, bytes);
    pthread_barrier_wait(&p->net->barrier);
    for (int64_t i = p->atoms.n_owned; i < p->atoms.n_all; i++)
        memcpy(per_atom + i * width, p->net->per_atom + p->global[i] * width, bytes);
    pthread_barrier_wait(&p->net->barrier);
    return LRPOT_OK;
}

/* Values of ghosts, summed over the pieces by their global numbers, for the owners. */
static inline lrpot_status ghosts_to_owners(void *ctx, double *per_atom, int32_t width)
{
    piece *p = ctx;
    network *net = p->net;
    pthread_barrier_wait(&net->barrier);
    if (p->rank == 0) memset(net->per_atom, 0, sizeof net->per_atom);
    pthread_barrier_wait(&net->barrier);
    pthread_mutex_lock(&net->lock);
    for (int64_t i = p->atoms.n_owned; i < p->atoms.n_all; i++)
        for (int32_t k = 0; k < width; k++)
            net->per_atom[p->global[i] * width + k] += per_atom[i * width + k];
    pthread_mutex_unlock(&net->lock);
    pthread_barrier_wait(&net->barrier);
    for (int64_t i = 0; i < p->atoms.n_owned; i++)
        for (int32_t k = 0; k < width; k++)
            per_atom[i * width + k] += net->per_atom[p->global[i] * width + k];
    pthread_barrier_wait(&net->barrier);
    return LRPOT_OK;
}

static inline int find(const piece *p, int64_t global, const double *r)
{
    for (int64_t i = 0; i < p->atoms.n_all; i++) {
        double d = 0;
        for (int a = 0; a < 3; a++) d += fabs(p->positions[3 * i + a] - r[a]);
        if (p->global[i] == global && d < 1e-6) return 1;
    }
    return 0;
}

static inline void append(piece *p, int64_t global, const double *r, int32_t species)
{
    ck_assert(p->atoms.n_all < MAX_LOCAL);
    p->global[p->atoms.n_all] = global;
    p->species[p->atoms.n_all] = species;
    memcpy(p->positions + 3 * p->atoms.n_all++, r, 3 * sizeof *r);
}

/* Owned: a slice along x with as many atoms as the others; ghosts: all their neighbours, images of
 * owned atoms among them. */
static inline void cut(piece *p, const lrpot_atoms *whole, const lrpot_nlist *list, double cutoff)
{
    static int32_t neighbours[MAX_LOCAL];
    static double vectors[3 * MAX_LOCAL];
    double *x = calloc(N_ATOMS, sizeof *x);
    p->global = calloc(MAX_LOCAL, sizeof *p->global);
    p->species = calloc(MAX_LOCAL, sizeof *p->species);
    p->positions = calloc(3 * MAX_LOCAL, sizeof *p->positions);
    p->atoms = *whole;
    p->atoms.n_all = 0;
    for (int64_t i = 0; i < N_ATOMS; i++) x[i] = whole->positions[3 * i];
    for (int64_t i = 0; i < N_ATOMS; i++) {
        int below = 0;
        for (int64_t j = 0; j < N_ATOMS; j++) below += x[j] < x[i] || (x[j] == x[i] && j < i);
        if (below * p->net->n_pieces / N_ATOMS == p->rank)
            append(p, i, whole->positions + 3 * i, whole->species[i]);
    }
    p->atoms.n_owned = p->atoms.n_all;
    for (int64_t i = 0; i < p->atoms.n_owned; i++) {
        int64_t count = lrpot_nlist_row(list, whole, p->global[i], MAX_LOCAL, neighbours, vectors);
        ck_assert(count >= 0 && count <= MAX_LOCAL);
        for (int64_t k = 0; k < count; k++) {
            double r[3];
            for (int a = 0; a < 3; a++) r[a] = p->positions[3 * i + a] + vectors[3 * k + a];
            if (!find(p, neighbours[k], r))
                append(p, neighbours[k], r, whole->species[neighbours[k]]);
        }
    }
    free(x);
    p->atoms.positions = p->positions;
    p->atoms.species = p->species;
    for (int64_t i = 0; whole->fragments != NULL && i < p->atoms.n_owned; i++)
        p->fragments[i] = whole->fragments[p->global[i]];
    p->atoms.fragments = whole->fragments != NULL ? p->fragments : NULL;
    p->forces = calloc((size_t)(3 * p->atoms.n_all), sizeof *p->forces);
    p->virial_atom = calloc((size_t)(9 * p->atoms.n_all), sizeof *p->virial_atom);
    p->field_forces = calloc((size_t)(3 * p->atoms.n_all), sizeof *p->field_forces);
    p->tensor_forces = calloc((size_t)(3 * p->atoms.n_all), sizeof *p->tensor_forces);
    ck_ok(lrpot_nlist_build(&p->list, &p->atoms, cutoff, 0));
}

static inline void discard(piece *p)
{
    lrpot_nlist_free(p->list);
    free(p->global);
    free(p->species);
    free(p->positions);
    free(p->forces);
    free(p->virial_atom);
    free(p->field_forces);
    free(p->tensor_forces);
}

#endif
