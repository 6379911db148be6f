/* The boxes and the library's side of bench/peers, which runs other codes on the same coordinates.
 * bench_coulomb_box make water|salt|sheared COPIES BOX.xyz         a box from a seed, repeated COPIES times along each edge
 * bench_coulomb_box reference BOX.xyz FORCES THREADS               forces far below every error compared, raw doubles, e^2/A^2;
 *                                                                  prints their error against every pair and vector at a sample
 * bench_coulomb_box time BOX.xyz FORCES ERROR SKIN RUNS THREADS TUNE   time of RUNS evaluations at an error asked for, relative to the
 *     forces of FORCES; SKIN < 0: the solver's own list, else a lent one; TUNE: seconds in which settings are timed before, 0 for none */
#include <lrpot/lrpot.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { EXACT_UP_TO = 6000, SAMPLE = 100, MOLECULES = 6, CELLS = 4 }; /* along the edge of the smallest boxes */

typedef struct {
    lrpot_structure *structure;
    lrpot_atoms atoms;
    const double *q;
} box;

static uint64_t state = 7;

static double uniform(double low, double high)
{
    uint64_t z = (state += 0x9E3779B97F4A7C15u); /* splitmix64 */
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    z ^= z >> 31;
    return low + (high - low) * ((double)(z >> 11) * 0x1p-53);
}

static double normal(double width) { return width * sqrt(-2.0 * log(uniform(1e-300, 1.0))) * cos(2.0 * acos(-1.0) * uniform(0.0, 1.0)); }

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void fail(const char *what)
{
    fprintf(stderr, "bench_coulomb_box: %s\n", what);
    exit(1);
}

static void check(lrpot_status status)
{
    if (status != LRPOT_OK) fail(lrpot_last_error());
}

static void *allocate(int64_t n, size_t size)
{
    void *memory = calloc((size_t)n, size);
    if (memory == NULL) fail("out of memory");
    return memory;
}

/* SPC molecules at 0.1 atoms/A^3 on a cubic lattice, turned at random. */
static int64_t make_water(double *r, double *q, const char **symbols, double *cell)
{
    double spacing = cbrt(30.0), half = 0.5 * 109.47 / 180.0 * acos(-1.0);
    for (int d = 0; d < 3; d++) cell[4 * d] = MOLECULES * spacing;
    for (int m = 0; m < MOLECULES * MOLECULES * MOLECULES; m++) {
        int site[3] = { m % MOLECULES, m / MOLECULES % MOLECULES, m / MOLECULES / MOLECULES };
        double u[3], v[3], dot = 0.0, size = 0.0;
        for (int a = 0; a < 3; a++) u[a] = normal(1.0), v[a] = normal(1.0), size += u[a] * u[a];
        for (int a = 0; a < 3; a++) u[a] /= sqrt(size), dot += u[a] * v[a];
        size = 0.0;
        for (int a = 0; a < 3; a++) v[a] -= dot * u[a], size += v[a] * v[a];
        for (int a = 0; a < 3; a++) {
            double center = spacing * (site[a] + 0.5) + uniform(-0.2, 0.2), along = cos(half) * u[a], across = sin(half) * v[a] / sqrt(size);
            r[9 * m + a] = center, r[9 * m + 3 + a] = center + along + across, r[9 * m + 6 + a] = center + along - across;
        }
        for (int k = 0; k < 3; k++) symbols[3 * m + k] = k == 0 ? "O" : "H", q[3 * m + k] = k == 0 ? -0.82 : 0.41;
    }
    return 3 * MOLECULES * MOLECULES * MOLECULES;
}

static int64_t make_salt(double *r, double *q, const char **symbols, double *cell, int sheared)
{
    double edge = 5.64 * CELLS;
    int64_t n = 0;
    for (int d = 0; d < 3; d++) cell[4 * d] = edge;
    if (sheared) cell[3] = 0.23 * edge, cell[6] = -0.31 * edge, cell[7] = 0.37 * edge;
    for (int sign = 1; sign >= -1; sign -= 2)
        for (int s = 0; s < 8 * CELLS * CELLS * CELLS; s++) {
            int site[3] = { s % (2 * CELLS), s / (2 * CELLS) % (2 * CELLS), s / (4 * CELLS * CELLS) };
            if (((site[0] + site[1] + site[2]) % 2 == 0) != (sign == 1)) continue;
            for (int a = 0; a < 3; a++)
                for (int d = 0; d < 3; d++) r[3 * n + a] += (double)site[d] / (2 * CELLS) * cell[3 * d + a];
            symbols[n] = sign == 1 ? "Na" : "Cl", q[n++] = sign;
        }
    return n;
}

/* Copies stand species by species as in the first box, so that other codes find molecules or ions in rows; small displacements of every
 * atom leave no symmetry that could hide errors. */
static void make(const char *kind, int copies, const char *path)
{
    enum { MOST = 8 * CELLS * CELLS * CELLS > 3 * MOLECULES * MOLECULES * MOLECULES ? 8 * CELLS * CELLS * CELLS : 3 * MOLECULES * MOLECULES * MOLECULES };
    static double r[3 * MOST], q[MOST];
    static const char *symbols[MOST];
    double cell[9] = { 0 };
    int water = strcmp(kind, "water") == 0, sheared = strcmp(kind, "sheared") == 0;
    if (copies < 1 || (!water && !sheared && strcmp(kind, "salt") != 0)) fail("make water|salt|sheared COPIES BOX.xyz");
    int64_t n = water ? make_water(r, q, symbols, cell) : make_salt(r, q, symbols, cell, sheared), count = 0;
    int64_t images = (int64_t)copies * copies * copies, part = water ? n : n / 2, total = n * images;
    double *all = allocate(3 * total, sizeof(double)), *charges = allocate(total, sizeof(double));
    const char **names = allocate(total, sizeof *names);
    for (int64_t first = 0; first < n; first += part)
        for (int64_t image = 0; image < images; image++)
            for (int64_t i = first; i < first + part; i++, count++) {
                int64_t shift[3] = { image % copies, image / copies % copies, image / copies / copies };
                for (int a = 0; a < 3; a++) {
                    all[3 * count + a] = r[3 * i + a] + normal(water ? 0.02 : 0.1);
                    for (int d = 0; d < 3; d++) all[3 * count + a] += (double)shift[d] * cell[3 * d + a];
                }
                names[count] = symbols[i], charges[count] = q[i];
            }
    for (int k = 0; k < 9; k++) cell[k] *= copies;
    lrpot_structure *structure = NULL;
    lrpot_writer *writer = NULL;
    check(lrpot_structure_create(&structure, total, names, all, cell, LRPOT_PERIODIC_ALL));
    check(lrpot_structure_set(structure, LRPOT_QUANTITY_CHARGES, charges));
    check(lrpot_writer_open(&writer, path));
    check(lrpot_writer_append(writer, structure));
    check(lrpot_writer_close(writer));
    lrpot_structure_free(structure);
    free(all), free(charges), free(names);
}

static box load(const char *path)
{
    box b = { NULL, LRPOT_ATOMS_INIT, NULL };
    check(lrpot_structure_read(&b.structure, path, 0));
    b.q = lrpot_structure_get(b.structure, LRPOT_QUANTITY_CHARGES);
    if (b.q == NULL) fail("the box has no charges");
    b.atoms.n_owned = b.atoms.n_all = lrpot_structure_count(b.structure);
    b.atoms.positions = lrpot_structure_positions_const(b.structure);
    b.atoms.species = allocate(b.atoms.n_all, sizeof(int32_t));
    b.atoms.cell = lrpot_structure_cell(b.structure);
    b.atoms.periodic_mask = LRPOT_PERIODIC_ALL;
    return b;
}

static void reference(const char *path, const char *result, int32_t threads)
{
    box b = load(path);
    int64_t n = b.atoms.n_owned;
    double *forces = allocate(3 * n, sizeof(double));
    lrpot_ewald_options options = LRPOT_EWALD_OPTIONS_INIT;
    lrpot_ewald *ewald = NULL;
    lrpot_workspace *work = NULL;
    lrpot_ewald_error_report error = LRPOT_EWALD_ERROR_REPORT_INIT;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.forces = forces;
    options.accuracy = 1e-9;
    options.method = n <= EXACT_UP_TO ? LRPOT_EWALD_EXACT : LRPOT_EWALD_MESH;
    check(lrpot_workspace_create(&work, threads));
    check(lrpot_ewald_create(&ewald, &options));
    check(lrpot_ewald_eval(ewald, work, &b.atoms, NULL, NULL, b.q, &out));
    check(lrpot_ewald_error(ewald, work, &b.atoms, NULL, b.q, SAMPLE, &error));
    printf("{\"relative_error\": %.2e, \"sample\": %lld}\n", hypot(error.forces, error.reference) / error.size, (long long)error.n_sample);
    for (int64_t k = 0; k < 3 * n; k++) forces[k] /= LRPOT_COULOMB_CONSTANT;
    FILE *file = fopen(result, "wb");
    if (file == NULL || fwrite(forces, sizeof(double), (size_t)(3 * n), file) != (size_t)(3 * n) || fclose(file) != 0) fail(result);
    lrpot_workspace_free(work);
    lrpot_ewald_free(ewald);
}

static double *read_forces(const char *path, int64_t n)
{
    double *forces = allocate(3 * n, sizeof(double));
    FILE *file = fopen(path, "rb");
    if (file == NULL || fread(forces, sizeof(double), (size_t)(3 * n), file) != (size_t)(3 * n)) fail(path);
    fclose(file);
    return forces;
}

static double mean_square(const double *values, int64_t n, int width)
{
    double sum = 0.0;
    for (int64_t k = 0; k < width * n; k++) sum += values[k] * values[k];
    return sum / (double)n;
}

static void time_it(const char *path, const char *exact_path, double error, double skin, int runs, int32_t threads, double tuning)
{
    box b = load(path);
    int64_t n = b.atoms.n_owned;
    double *exact = read_forces(exact_path, n), *forces = allocate(3 * n, sizeof(double)), energy, virial[9];
    double size = mean_square(exact, n, 3), asked = error * sqrt(size) * LRPOT_COULOMB_CONSTANT, start;
    lrpot_ewald_options options = LRPOT_EWALD_OPTIONS_INIT;
    lrpot_ewald *ewald = NULL;
    lrpot_workspace *work = NULL;
    lrpot_nlist *list = NULL;
    lrpot_ewald_report plan = LRPOT_EWALD_REPORT_INIT;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.energy = &energy, out.virial = virial, out.forces = forces;
    check(lrpot_workspace_create(&work, threads));
    options.accuracy = asked;
    if (tuning > 0.0) check(lrpot_ewald_tune(&ewald, &options, work, &b.atoms, NULL, b.q, tuning, NULL));
    else check(lrpot_ewald_create(&ewald, &options));
    check(lrpot_ewald_eval(ewald, work, &b.atoms, NULL, NULL, b.q, &out));
    check(lrpot_ewald_plan(ewald, work, &b.atoms, &plan)); /* what was chosen for these charges */
    start = now();
    if (skin >= 0.0) check(lrpot_nlist_build(&list, &b.atoms, plan.real_cutoff, skin));
    double build = now() - start;
    for (int warm = 0; warm < 2; warm++) check(lrpot_ewald_eval(ewald, work, &b.atoms, list, NULL, b.q, &out));
    start = now();
    for (int run = 0; run < runs; run++) check(lrpot_ewald_eval(ewald, work, &b.atoms, list, NULL, b.q, &out));
    double us = 1e6 * (now() - start) / runs / (double)n;
    for (int64_t k = 0; k < 3 * n; k++) forces[k] = forces[k] / LRPOT_COULOMB_CONSTANT - exact[k];
    printf("{\"atoms\": %lld, \"error\": %.3e, \"us_per_atom\": %.4f, \"list_us_per_atom\": %.3f, \"settings\": ", (long long)n,
           sqrt(mean_square(forces, n, 3) / size), us, 1e6 * build / (double)n);
    if (plan.method != LRPOT_EWALD_EXACT)
        printf("\"rc %.1f order %d mesh %dx%dx%d\"}\n", plan.real_cutoff, (int)plan.order, (int)plan.mesh[0], (int)plan.mesh[1], (int)plan.mesh[2]);
    else printf("\"rc %.1f exact, %lld vectors\"}\n", plan.real_cutoff, (long long)plan.n_vectors);
    lrpot_nlist_free(list);
    lrpot_workspace_free(work);
    lrpot_ewald_free(ewald);
    free(exact), free(forces);
}

int main(int argc, char **argv)
{
    if (argc == 5 && strcmp(argv[1], "make") == 0) make(argv[2], atoi(argv[3]), argv[4]);
    else if (argc == 5 && strcmp(argv[1], "reference") == 0) reference(argv[2], argv[3], atoi(argv[4]));
    else if (argc == 9 && strcmp(argv[1], "time") == 0)
        time_it(argv[2], argv[3], atof(argv[4]), atof(argv[5]), atoi(argv[6]), atoi(argv[7]), atof(argv[8]));
    else fail("make KIND COPIES BOX.xyz | reference BOX.xyz FORCES THREADS | time BOX.xyz FORCES ERROR SKIN RUNS THREADS TUNE");
    return 0;
}
