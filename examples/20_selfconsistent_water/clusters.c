/* Reference data, and the least-squares problem of the short-ranged energy: its matrix is the same
 * during the whole fit. */
#include "water.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const symbols[SPECIES] = { "H", "O" };

int read_clusters(clusters *set, const char *path, int64_t largest, int64_t every)
{
    lrpot_reader *reader = NULL;
    lrpot_structure *s = NULL;
    lrpot_status status = LRPOT_OK;
    TRY(lrpot_workspace_create(&set->work, 1));
    TRY(lrpot_reader_open(&reader, path));
    for (int64_t k = 0;
         set->n < MAX_CLUSTERS && (status = lrpot_reader_next(reader, &s)) == LRPOT_OK; k++) {
        cluster *c = &set->clusters[set->n];
        if (lrpot_structure_count(s) > largest) {
            lrpot_structure_free(s);
            continue;
        }
        *c = (cluster){ .structure = s, .valid = k % every == every - 1 };
        c->energy = lrpot_structure_get(s, LRPOT_QUANTITY_ENERGY);
        c->forces = lrpot_structure_get(s, LRPOT_QUANTITY_FORCES);
        c->dipole = lrpot_structure_get(s, LRPOT_QUANTITY_DIPOLE);
        set->n++;
        c->atoms = (lrpot_atoms)LRPOT_ATOMS_INIT;
        TRY(lrpot_structure_view(s, SPECIES, symbols, c->species, &c->atoms));
        if (c->energy == NULL || c->forces == NULL || c->dipole == NULL)
            return fprintf(stderr, "%s: frame %lld has no energy, forces or dipole\n", path,
                           (long long)k);
    }
    if (set->n == 0 || (status != LRPOT_OK && status != LRPOT_E_END))
        return fprintf(stderr, "%s\n", set->n == 0 ? "no clusters" : lrpot_last_error());
    lrpot_reader_close(reader);
    return 0;
}

static int fill_design(const clusters *set, cluster *c, const lrpot_basis *basis)
{
    int64_t n = c->atoms.n_owned, count = lrpot_basis_count(basis), columns = set->columns;
    double *features = malloc((size_t)(n * count) * sizeof *features),
           *unit = malloc((size_t)(n * count) * sizeof *unit), forces[3 * MAX_ATOMS];
    lrpot_basis_options options = LRPOT_BASIS_OPTIONS_INIT;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    lrpot_nlist *list = NULL;
    out.forces = forces;
    c->design = calloc((size_t)((1 + 3 * n) * columns), sizeof *c->design);
    if (features == NULL || unit == NULL || c->design == NULL) return 1;
    TRY(lrpot_basis_get_options(basis, &options));
    TRY(lrpot_nlist_build(&list, &c->atoms, options.cutoff, 0));
    TRY(lrpot_basis_eval(basis, set->work, &c->atoms, list, features));
    for (int64_t k = 0; k < SPECIES * count; k++) {
        memset(forces, 0, sizeof forces);
        for (int64_t x = 0; x < n * count; x++)
            unit[x] = c->species[x / count] * count + x % count == k,
            c->design[k] += unit[x] * features[x];
        TRY(lrpot_basis_pull(basis, set->work, &c->atoms, list, unit, &out));
        for (int64_t x = 0; x < 3 * n; x++) c->design[(1 + x) * columns + k] = forces[x];
    }
    for (int64_t i = 0; i < n; i++) c->design[SPECIES * count + c->species[i]] += 1;
    lrpot_nlist_free(list);
    free(features);
    free(unit);
    return 0;
}

static void add_normal(const clusters *set, const cluster *c, double *normal)
{
    int64_t m = set->columns, n = c->atoms.n_owned;
    for (int64_t row = 0; row < 1 + 3 * n; row++) {
        const double *d = c->design + row * m;
        double weight = row == 0 ? 1 / ((double)n * ENERGY_ERROR) : 1 / FORCES_ERROR;
        for (int64_t a = 0; a < m; a++)
            for (int64_t b = 0; b <= a; b++) normal[a * m + b] += weight * weight * d[a] * d[b];
    }
}

int prepare_design(clusters *set, const lrpot_basis *basis)
{
    int64_t m = set->columns = SPECIES * (lrpot_basis_count(basis) + 1);
    double *l = set->factor = calloc((size_t)(m * m), sizeof *l);
    set->scales = calloc((size_t)m, sizeof *set->scales);
    if (l == NULL || set->scales == NULL) return 1;
    for (int64_t k = 0; k < set->n; k++) {
        if (fill_design(set, &set->clusters[k], basis) != 0) return 1;
        if (!set->clusters[k].valid) add_normal(set, &set->clusters[k], l);
    }
    for (int64_t a = 0; a < m; a++) set->scales[a] = 1 / sqrt(l[a * m + a]);
    for (int64_t a = 0; a < m; a++)
        for (int64_t b = 0; b <= a; b++) {
            double sum = l[a * m + b] * set->scales[a] * set->scales[b] + (a == b ? 1e-10 : 0);
            for (int64_t k = 0; k < b; k++) sum -= l[a * m + k] * l[b * m + k];
            l[a * m + b] = a == b ? sqrt(sum) : sum / l[b * m + b];
        }
    return 0;
}

void solve_design(const clusters *set, double *x)
{
    int64_t m = set->columns;
    const double *l = set->factor;
    for (int64_t a = 0; a < m; a++) {
        x[a] *= set->scales[a];
        for (int64_t k = 0; k < a; k++) x[a] -= l[a * m + k] * x[k];
        x[a] /= l[a * m + a];
    }
    for (int64_t a = m - 1; a >= 0; a--) {
        for (int64_t k = a + 1; k < m; k++) x[a] -= l[k * m + a] * x[k];
        x[a] /= l[a * m + a];
    }
    for (int64_t a = 0; a < m; a++) x[a] *= set->scales[a];
}

void free_clusters(clusters *set)
{
    for (int64_t k = 0; k < set->n; k++) {
        lrpot_structure_free(set->clusters[k].structure);
        free(set->clusters[k].design);
    }
    free(set->factor);
    free(set->scales);
    lrpot_workspace_free(set->work);
}
