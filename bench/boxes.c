#include "boxes.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOLECULES = 6, CELLS = 4 }; /* along the edge of the smallest boxes */
#define SALT 5.64                  /* A: lattice constant */

static uint64_t state = 7;

double bench_uniform(double low, double high)
{
    uint64_t z = (state += 0x9E3779B97F4A7C15u); /* splitmix64 */
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    z ^= z >> 31;
    return low + (high - low) * ((double)(z >> 11) * 0x1p-53);
}

double bench_normal(double width)
{
    return width * sqrt(-2.0 * log(bench_uniform(1e-300, 1.0)))
           * cos(2.0 * acos(-1.0) * bench_uniform(0.0, 1.0));
}

double bench_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

double bench_clock(int32_t threads)
{
    struct timespec t;
    if (threads > 1) return bench_now();
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void bench_check(lrpot_status status)
{
    if (status == LRPOT_OK) return;
    fprintf(stderr, "%s\n", lrpot_last_error());
    exit(1);
}

void *bench_allocate(int64_t n, size_t size)
{
    void *memory = calloc((size_t)n, size);
    if (memory != NULL) return memory;
    fprintf(stderr, "out of memory\n");
    exit(1);
}

static bench_box *empty_box(int64_t n)
{
    bench_box *b = bench_allocate(1, sizeof *b);
    b->n = n;
    b->positions = bench_allocate(3 * n, sizeof(double));
    b->q = bench_allocate(n, sizeof(double));
    b->species = bench_allocate(n, sizeof(int32_t));
    b->symbols = bench_allocate(n, sizeof *b->symbols);
    b->periodic_mask = LRPOT_PERIODIC_ALL;
    return b;
}

void bench_box_free(bench_box *b)
{
    if (b == NULL) return;
    free(b->positions), free(b->q), free(b->species), free(b->symbols);
    free(b);
}

lrpot_atoms bench_box_atoms(const bench_box *b)
{
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    atoms.n_owned = atoms.n_all = b->n, atoms.positions = b->positions, atoms.species = b->species;
    atoms.cell = b->cell, atoms.periodic_mask = b->periodic_mask;
    return atoms;
}

static void place_molecule(const double *center, double *r)
{
    double u[3], v[3], dot = 0.0, size = 0.0, half = 0.5 * 109.47 / 180.0 * acos(-1.0);
    for (int a = 0; a < 3; a++)
        u[a] = bench_normal(1.0), v[a] = bench_normal(1.0), size += u[a] * u[a];
    for (int a = 0; a < 3; a++) u[a] /= sqrt(size), dot += u[a] * v[a];
    size = 0.0;
    for (int a = 0; a < 3; a++) v[a] -= dot * u[a], size += v[a] * v[a];
    for (int a = 0; a < 3; a++) {
        double along = cos(half) * u[a], across = sin(half) * v[a] / sqrt(size);
        r[a] = center[a], r[3 + a] = center[a] + along + across,
        r[6 + a] = center[a] + along - across;
    }
}

static bench_box *make_water(void)
{
    bench_box *b = empty_box(3 * MOLECULES * MOLECULES * MOLECULES);
    double spacing = cbrt(30.0);
    for (int d = 0; d < 3; d++) b->cell[4 * d] = MOLECULES * spacing;
    for (int m = 0; m < b->n / 3; m++) {
        int site[3] = { m % MOLECULES, m / MOLECULES % MOLECULES, m / MOLECULES / MOLECULES };
        double center[3];
        for (int a = 0; a < 3; a++)
            center[a] = spacing * (site[a] + 0.5) + bench_uniform(-0.2, 0.2);
        place_molecule(center, b->positions + 9 * m);
        for (int k = 0; k < 3; k++)
            b->symbols[3 * m + k] = k == 0 ? "O" : "H", b->q[3 * m + k] = k == 0 ? -0.82 : 0.41,
                               b->species[3 * m + k] = k > 0;
    }
    return b;
}

typedef struct ionic {
    const char *kind;
    double shape[9]; /* of the cell, in edges */
    int sites[3];    /* along the rows */
    double spread;   /* A */
    int32_t periodic_mask, any_sign;
} ionic;

static const ionic IONIC[] = {
    { "salt", { 1, 0, 0, 0, 1, 0, 0, 0, 1 }, { 8, 8, 8 }, 0.1, LRPOT_PERIODIC_ALL, 0 },
    { "sheared", { 1, 0, 0, 0.23, 1, 0, -0.31, 0.37, 1 }, { 8, 8, 8 }, 0.1, LRPOT_PERIODIC_ALL, 0 },
    { "melt", { 1, 0, 0, 0, 1, 0, 0, 0, 1 }, { 8, 8, 8 }, 0.4, LRPOT_PERIODIC_ALL, 0 },
    { "random", { 1, 0, 0, 0, 1, 0, 0, 0, 1 }, { 8, 8, 8 }, 0.4, LRPOT_PERIODIC_ALL, 1 },
    { "needle", { 0.5, 0, 0, 0, 0.5, 0, 0.2, -0.1, 4 }, { 4, 4, 32 }, 0.4, LRPOT_PERIODIC_ALL, 0 },
    { "skewed", { 1, 0, 0, 0.75, 1, 0, -0.6, 0.8, 1 }, { 8, 8, 8 }, 0.4, LRPOT_PERIODIC_ALL, 0 },
    { "slab", { 1, 0, 0, 0.2, 1, 0, 0, 0, 1 }, { 8, 8, 8 }, 0.4, 3, 0 },
    { "drop", { 1, 0, 0, 0, 1, 0, 0, 0, 1 }, { 8, 8, 8 }, 0.4, 0, 0 },
};

/* Cations first. */
static bench_box *make_ionic(const ionic *k)
{
    int count = k->sites[0] * k->sites[1] * k->sites[2];
    bench_box *b = empty_box(count);
    int64_t n = 0;
    for (int x = 0; x < 9; x++) b->cell[x] = SALT * CELLS * k->shape[x];
    b->periodic_mask = k->periodic_mask;
    for (int sign = 1; sign >= -1; sign -= 2)
        for (int s = 0; s < count; s++) {
            int site[3] = { s % k->sites[0], s / k->sites[0] % k->sites[1],
                            s / k->sites[0] / k->sites[1] };
            if (((site[0] + site[1] + site[2]) % 2 == 0) != (sign == 1)) continue;
            for (int a = 0; a < 3; a++)
                for (int d = 0; d < 3; d++)
                    b->positions[3 * n + a] += (double)site[d] / k->sites[d] * b->cell[3 * d + a];
            b->symbols[n] = sign == 1 ? "Na" : "Cl", b->species[n] = sign < 0;
            b->q[n++] = k->any_sign ? bench_uniform(-1.0, 1.0) : sign;
        }
    return b;
}

static void neutralize(bench_box *b)
{
    double sum = 0.0;
    for (int64_t i = 0; i < b->n; i++) sum += b->q[i];
    for (int64_t i = 0; i < b->n; i++) b->q[i] -= sum / (double)b->n;
}

static bench_box *repeat(const bench_box *one, int copies, double spread, int64_t part)
{
    int64_t images = (int64_t)copies * copies * copies, count = 0;
    bench_box *b = empty_box(one->n * images);
    b->periodic_mask = one->periodic_mask;
    for (int64_t first = 0; first < one->n; first += part)
        for (int64_t image = 0; image < images; image++)
            for (int64_t i = first; i < first + part; i++, count++) {
                int64_t shift[3] = { image % copies, image / copies % copies,
                                     image / copies / copies };
                for (int a = 0; a < 3; a++) {
                    b->positions[3 * count + a] = one->positions[3 * i + a] + bench_normal(spread);
                    for (int d = 0; d < 3; d++)
                        b->positions[3 * count + a] += (double)shift[d] * one->cell[3 * d + a];
                }
                b->symbols[count] = one->symbols[i], b->species[count] = one->species[i],
                b->q[count] = one->q[i];
            }
    for (int x = 0; x < 9; x++) b->cell[x] = copies * one->cell[x];
    return b;
}

bench_box *bench_box_make(const char *kind, int copies)
{
    bench_box *one = NULL, *b;
    int molecules = strcmp(kind, "water") == 0;
    double spread = 0.02; /* A: water's copies */
    if (copies < 1) return NULL;
    if (molecules) one = make_water();
    for (size_t k = 0; k < sizeof IONIC / sizeof *IONIC && one == NULL; k++)
        if (strcmp(kind, IONIC[k].kind) == 0) one = make_ionic(IONIC + k), spread = IONIC[k].spread;
    if (one == NULL) return NULL;
    b = repeat(one, copies, spread, molecules ? one->n : one->n / 2);
    neutralize(b);
    bench_box_free(one);
    return b;
}
