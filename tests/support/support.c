#include "support.h"

#include "scratch_folder.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

double support_max(double scale, double expected)
{
    return fmax(scale, fabs(expected));
}

double support_uniform(support_random *random, double low, double high)
{
    /* splitmix64 */
    uint64_t z = (random->state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    z ^= z >> 31;
    return low + (high - low) * ((double)(z >> 11) * 0x1p-53);
}

double support_difference(double (*f)(double x, void *ctx), void *ctx, double x, double h)
{
    return (8.0 * (f(x + h, ctx) - f(x - h, ctx)) - (f(x + 2 * h, ctx) - f(x - 2 * h, ctx)))
           / (12.0 * h);
}

static void fill_cell(support_random *random, int kind, double length, double *cell)
{
    static const double shapes[CELL_KINDS][9] = {
        [CELL_CUBIC] = { 1, 0, 0, 0, 1, 0, 0, 0, 1 },
        [CELL_TRICLINIC] = { 1, 0.1, -0.05, 0.45, 0.95, 0.1, -0.3, 0.4, 1.1 },
        [CELL_LEFT_HANDED] = { 0.2, 1, 0.1, 1, 0.15, 0, 0.1, -0.2, 1.05 },
        [CELL_TINY] = { 1, 0.2, 0, -0.3, 1, 0.1, 0.1, 0.2, 0.9 },
        [CELL_NEEDLE] = { 0.4, 0.1, 0, 0, 0.45, 0.05, 0.3, 0, 5.5 },
        [CELL_NONE] = { 1, 0, 0, 0, 1, 0, 0, 0, 1 },
    };
    for (int i = 0; i < 9; i++)
        cell[i] =
            length
            * (shapes[kind][i] + (shapes[kind][i] != 0 ? support_uniform(random, -0.02, 0.02) : 0));
}

static double image_distance(const double *cell, int periodic, const double *a, const double *b,
                             int same)
{
    double least = INFINITY;
    int reach = periodic ? 2 : 0;
    for (int i = -reach; i <= reach; i++)
        for (int j = -reach; j <= reach; j++)
            for (int k = -reach; k <= reach; k++) {
                if (same && i == 0 && j == 0 && k == 0) continue;
                double d = 0;
                for (int c = 0; c < 3; c++) {
                    double x = b[c] - a[c] + i * cell[c] + j * cell[3 + c] + k * cell[6 + c];
                    d += x * x;
                }
                least = fmin(least, sqrt(d));
            }
    return least;
}

static int place_atoms(support_random *random, int64_t n, double min_distance, const double *cell,
                       int periodic, double *positions)
{
    for (int64_t i = 0; i < n; i++) {
        int tries = 0, free_place = 0;
        while (!free_place && tries++ < 2000) {
            double s[3] = { support_uniform(random, -0.2, 1.2), support_uniform(random, -0.2, 1.2),
                            support_uniform(random, -0.2, 1.2) };
            for (int c = 0; c < 3; c++)
                positions[3 * i + c] = s[0] * cell[c] + s[1] * cell[3 + c] + s[2] * cell[6 + c];
            free_place = 1;
            for (int64_t j = 0; j < i && free_place; j++)
                free_place = image_distance(cell, periodic, positions + 3 * i, positions + 3 * j, 0)
                             >= min_distance;
        }
        if (!free_place) return 0;
    }
    return 1;
}

lrpot_structure *support_random_structure(support_random *random, int kind, int64_t n,
                                          int32_t n_symbols, const char *const *symbols,
                                          double min_distance)
{
    double cell[9], *positions = malloc((size_t)n * 3 * sizeof *positions);
    const char **names = malloc((size_t)n * sizeof *names);
    double length = min_distance * cbrt((double)n) * (kind == CELL_TINY ? 1.25 : 1.7);
    for (int64_t i = 0; i < n; i++)
        names[i] = symbols[i < n_symbols ? i : (int64_t)support_uniform(random, 0, n_symbols)];
    do {
        fill_cell(random, kind, length, cell);
        length *= 1.03;
    } while (!place_atoms(random, n, min_distance, cell, kind != CELL_NONE, positions));
    lrpot_structure *structure = NULL;
    ck_ok(lrpot_structure_create(&structure, n, names, positions, kind == CELL_NONE ? NULL : cell,
                                 kind == CELL_NONE ? 0 : LRPOT_PERIODIC_ALL));
    free(positions);
    free(names);
    return structure;
}

static char *join(const char *root, const char *relative)
{
    size_t size = strlen(root) + strlen(relative) + 2;
    char *path = malloc(size);
    snprintf(path, size, "%s/%s", root, relative);
    return path;
}

char *support_data(const char *relative)
{
    const char *root = getenv("LRPOT_DATA");
    char *path = join(root != NULL ? root : "../shared/data", relative);
    FILE *file = fopen(path, "r");
    if (file != NULL) {
        fclose(file);
        return path;
    }
    printf("# SKIP %s: the data folder beside the project is absent\n", relative);
    free(path);
    return NULL;
}

char *support_source(const char *relative)
{
    const char *root = getenv("LRPOT_SOURCE_ROOT");
    return join(root != NULL ? root : ".", relative);
}

int main(void)
{
    SRunner *runner = srunner_create(lrpot_suite());
    scratch_folder_enter();
    srunner_set_tap(runner, "-");
    srunner_run_all(runner, CK_SILENT);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    scratch_folder_remove();
    return failed == 0 ? 0 : 1;
}

lrpot_status support_fit_error(lrpot_fit *fit, int32_t set, int32_t bit, double *rmse, double *mae,
                               int64_t *n)
{
    lrpot_fit_errors errors = LRPOT_FIT_ERRORS_INIT;
    int32_t target = 0;
    while (LRPOT_FIT_TARGET(target) != bit) target++;
    lrpot_status status = lrpot_fit_errors_of(fit, set, &errors);
    *rmse = errors.rmse[target], *mae = errors.mae[target], *n = errors.n[target];
    return status;
}

int support_is_long(void)
{
    return getenv("LRPOT_TEST_LONG") != NULL;
}

int support_is_drawn(int i)
{
    const char *part = getenv("LRPOT_TEST_PART");
    unsigned k = 0, n = 1;
    if (part == NULL) return 1;
    if (sscanf(part, "%u/%u", &k, &n) != 2 || k >= n) {
        fprintf(stderr, "LRPOT_TEST_PART is '%s', expected k/n with k < n\n", part);
        exit(EXIT_FAILURE);
    }
    /* Bits are mixed: loops run over products of kinds, and a stride would meet some kinds only. */
    uint32_t mixed = (uint32_t)i * 2654435761u;
    mixed ^= mixed >> 15;
    mixed *= 2246822519u;
    return (mixed >> 8) % n == k;
}
