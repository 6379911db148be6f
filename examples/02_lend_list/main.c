/* A simulation code has a neighbour list already: how does the library use it without a copy? */
#include <lrpot/lrpot.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define TRY(call)                                        \
    do {                                                 \
        if ((call) != LRPOT_OK) {                        \
            fprintf(stderr, "%s\n", lrpot_last_error()); \
            return 1;                                    \
        }                                                \
    } while (0)

enum { N = 64, IMAGES = 27, MOST = 600 * N };
static const double radius = 5.6; /* A, of the host's lists: more than the model needs */

/* The host's own list in compressed rows: whole-cell shifts tell which image of j is meant. */
static int64_t offsets[N + 1];
static int32_t neighbours[MOST], shifts[MOST][3];

static void shift_of(int image, int32_t *s)
{
    s[0] = (image + 1) % 3 - 1, s[1] = (image / 3 + 1) % 3 - 1, s[2] = (image / 9 + 1) % 3 - 1;
}

static void place(const double *r, const double *cell, const int32_t *s, double *out)
{
    for (int a = 0; a < 3; a++)
        out[a] = r[a] + s[0] * cell[a] + s[1] * cell[3 + a] + s[2] * cell[6 + a];
}

static int build_rows(const double *r, const double *cell)
{
    int64_t count = 0;
    for (int i = 0; i < N; i++) {
        for (int k = 0; k < N * IMAGES; k++) {
            int32_t s[3];
            double p[3];
            shift_of(k / N, s);
            place(r + 3 * (k % N), cell, s, p);
            double d[3] = { p[0] - r[3 * i], p[1] - r[3 * i + 1], p[2] - r[3 * i + 2] };
            if (d[0] * d[0] + d[1] * d[1] + d[2] * d[2] > radius * radius || k == i) continue;
            if (count == MOST) return 1;
            for (int a = 0; a < 3; a++) shifts[count][a] = s[a];
            neighbours[count++] = k % N;
        }
        offsets[i + 1] = count;
    }
    return 0;
}

/* The same as codes keep it that hold copies of atoms, ghosts, for the images: a pointer to the row
 * of each atom, and spare high bits in its entries. */
static double all_positions[3 * N * IMAGES];
static int32_t all_types[N * IMAGES], order[N], lengths[N * IMAGES], entries[MOST],
    *rows[N * IMAGES];
static int64_t owner[N * IMAGES];

static void build_ghosts(const double *r, const double *cell, const int32_t *types)
{
    for (int k = 0; k < N * IMAGES; k++) {
        int32_t s[3];
        shift_of(k / N, s);
        place(r + 3 * (k % N), cell, s, all_positions + 3 * k);
        all_types[k] = types[k % N];
        owner[k] = k % N;
    }
    for (int i = 0; i < N; i++) {
        order[i] = i;
        lengths[i] = (int32_t)(offsets[i + 1] - offsets[i]);
        rows[i] = entries + offsets[i];
        for (int64_t k = offsets[i]; k < offsets[i + 1]; k++) {
            int image = (shifts[k][0] + 3) % 3 + 3 * ((shifts[k][1] + 3) % 3)
                        + 9 * ((shifts[k][2] + 3) % 3);
            entries[k] = (neighbours[k] + N * image) | 1 << 30;
        }
    }
}

static int compare(const lrpot_potential *model, lrpot_workspace *work, const lrpot_atoms *atoms,
                   const lrpot_nlist *list, double expected, const double *expected_forces,
                   const char *name)
{
    /* also of the ghosts, which pass theirs on to their owners */
    static double forces[3 * N * IMAGES];
    double energy, difference = 0;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.energy = &energy;
    out.forces = forces;
    TRY(lrpot_potential_compute(model, work, atoms, list, NULL, &out));
    for (int k = 0; k < 3 * N; k++)
        difference = fmax(difference, fabs(forces[k] - expected_forces[k]));
    int same = fabs(energy - expected) < 1e-9 && difference < 1e-9;
    printf("%s: energy %.6f eV, as with the library's list: %s\n", name, energy,
           same ? "yes" : "no");
    return same ? 0 : 1;
}

int main(void)
{
    lrpot_potential *model = NULL;
    lrpot_structure *structure = NULL;
    lrpot_workspace *work = NULL;
    lrpot_nlist *list = NULL;
    double energy, forces[3 * N];
    int32_t types[N];
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.energy = &energy;
    out.forces = forces;
    TRY(lrpot_potential_load(&model, "rocksalt.json"));
    TRY(lrpot_structure_read(&structure, "rattled.xyz", 0));
    TRY(lrpot_workspace_create(&work, 1));
    TRY(lrpot_potential_compute_structure(model, work, structure,
                                          &out)); /* with a list that the library makes */
    TRY(lrpot_structure_view(structure, 2, lrpot_potential_symbols(model), types, &atoms));
    if (build_rows(atoms.positions, atoms.cell) != 0) return 1;

    TRY(lrpot_nlist_wrap_csr(&list, N, offsets, neighbours, &shifts[0][0], radius));
    printf("the model needs %.1f A; the host's list reaches %.1f A with %lld entries\n",
           lrpot_potential_cutoff(model), radius, (long long)lrpot_nlist_pairs(list));
    int failed = compare(model, work, &atoms, list, energy, forces, "rows with shifts");
    lrpot_nlist_free(list); /* the arrays stay the host's */

    build_ghosts(atoms.positions, atoms.cell, types);
    atoms.n_all = N * IMAGES;
    atoms.positions = all_positions;
    atoms.species = all_types;
    atoms.ghost_owner = owner;
    TRY(lrpot_nlist_wrap_rows(&list, N, order, lengths, rows, 0x1FFFFFFF, radius));
    failed += compare(model, work, &atoms, list, energy, forces, "rows with ghosts");

    lrpot_nlist_free(list);
    lrpot_workspace_free(work);
    lrpot_structure_free(structure);
    lrpot_potential_free(model);
    return failed;
}
