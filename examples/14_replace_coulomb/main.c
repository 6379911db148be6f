/* A molecular dynamics program has a neighbour list and forces of its own; how does this solver
 * take over its Coulomb part? Rock salt as rigid ions with Born-Mayer repulsion (Fumi and Tosi, J.
 * Phys. Chem. Solids 25, 31 (1964)), velocity Verlet. */
#include <lrpot/ewald.h>

#include <math.h>
#include <stdio.h>

#define TRY(call)                                        \
    do {                                                 \
        if ((call) != LRPOT_OK) {                        \
            fprintf(stderr, "%s\n", lrpot_last_error()); \
            return 1;                                    \
        }                                                \
    } while (0)

enum { CELLS = 4, N = 8 * CELLS * CELLS * CELLS, MOST = 400 * N, STEPS = 500, SHOWN = 100 };
static const double edge = 5.64 * CELLS, cutoff = 8.0, skin = 1.0; /* A */
static const double time_step = 2.0, eV = 1.0 / 103.6426966,
                    boltzmann = 8.617333e-5; /* fs; eV in u A^2/fs^2; eV/K */
static const double strength = 0.21096, softness = 0.317, radius[2] = { 1.170, 1.585 },
                    pauling[2][2] = { { 1.25, 1.0 }, { 1.0, 0.75 } };
static const double mass[2] = { 22.990, 35.453 }; /* u: Na, Cl */

static double r[3 * N], v[3 * N], f[3 * N], q[N], listed_at[3 * N];
static int32_t type[N];
/* The program's list: every ion's neighbours within cutoff + skin, and the image of the cell that
 * each is in. */
static int64_t offsets[N + 1];
static int32_t neighbours[MOST], shifts[MOST][3];

static int build_list(lrpot_nlist **lent)
{
    int64_t count = 0;
    for (int i = 0; i < N; i++) {
        for (int j = 0; j < N; j++) {
            double square = 0;
            int32_t s[3];
            for (int a = 0; a < 3; a++) {
                double d = r[3 * j + a] - r[3 * i + a];
                s[a] = -(int32_t)lround(d / edge);
                d += s[a] * edge;
                square += d * d;
            }
            if (i == j || square > (cutoff + skin) * (cutoff + skin)) continue;
            if (count == MOST) return 1;
            for (int a = 0; a < 3; a++) shifts[count][a] = s[a];
            neighbours[count++] = j;
        }
        offsets[i + 1] = count;
    }
    for (int k = 0; k < 3 * N; k++) listed_at[k] = r[k];
    lrpot_nlist_free(*lent); /* the arrays stay the program's */
    TRY(lrpot_nlist_wrap_csr(lent, N, offsets, neighbours, &shifts[0][0], cutoff));
    return 0;
}

static int list_is_old(void)
{
    for (int i = 0; i < N; i++) {
        double square = 0;
        for (int a = 0; a < 3; a++) square += pow(r[3 * i + a] - listed_at[3 * i + a], 2);
        if (square > 0.25 * skin * skin) return 1;
    }
    return 0;
}

/* The program's own short-range forces, added to f. */
static double repulsion(void)
{
    double energy = 0;
    for (int i = 0; i < N; i++)
        for (int64_t k = offsets[i]; k < offsets[i + 1]; k++) {
            int j = neighbours[k];
            double d[3], square = 0;
            for (int a = 0; a < 3; a++)
                d[a] = r[3 * j + a] + shifts[k][a] * edge - r[3 * i + a], square += d[a] * d[a];
            double distance = sqrt(square);
            if (distance > cutoff) continue;
            double value = pauling[type[i]][type[j]] * strength
                           * exp((radius[type[i]] + radius[type[j]] - distance) / softness);
            energy += 0.5 * value;
            for (int a = 0; a < 3; a++) f[3 * i + a] -= value / softness * d[a] / distance;
        }
    return energy;
}

/* Replacement of the Coulomb sum of the program: energy and forces (all of f) from its positions,
 * charges and list. */
static int coulomb(const lrpot_ewald *solver, lrpot_workspace *work, const lrpot_nlist *list,
                   double *energy)
{
    const double cell[9] = { edge, 0, 0, 0, edge, 0, 0, 0, edge };
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    atoms.n_owned = atoms.n_all = N, atoms.positions = r, atoms.species = type, atoms.cell = cell,
    atoms.periodic_mask = LRPOT_PERIODIC_ALL;
    out.energy = energy, out.forces = f;
    TRY(lrpot_ewald_eval(solver, work, &atoms, list, NULL, q, &out));
    return 0;
}

static double kinetic(void)
{
    double sum = 0;
    for (int k = 0; k < 3 * N; k++) sum += 0.5 * mass[type[k / 3]] * v[k] * v[k];
    return sum / eV;
}

static void start(double temperature)
{
    uint64_t state = 1;
    for (int i = 0; i < N; i++) {
        int site[3] = { i % (2 * CELLS), i / (2 * CELLS) % (2 * CELLS), i / (4 * CELLS * CELLS) };
        type[i] = (site[0] + site[1] + site[2]) % 2, q[i] = type[i] == 0 ? 1 : -1;
        for (int a = 0; a < 3; a++) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            r[3 * i + a] = 2.82 * site[a];
            v[3 * i + a] = ((double)(state >> 11) * 0x1p-53 - 0.5)
                           * sqrt(12 * boltzmann * temperature * eV / mass[type[i]]);
        }
    }
}

int main(void)
{
    lrpot_ewald_options options = LRPOT_EWALD_OPTIONS_INIT;
    lrpot_ewald *solver = NULL;
    lrpot_workspace *work = NULL;
    lrpot_nlist *list = NULL;
    double potential, first = 0, largest = 0;
    options.accuracy = 1e-5, options.cutoff = cutoff,
    options.method = LRPOT_EWALD_MESH; /* eV/A; a real-space part that fits the list */
    TRY(lrpot_ewald_create(&solver, &options));
    TRY(lrpot_workspace_create(&work, 1));
    start(600);
    if (build_list(&list) != 0 || coulomb(solver, work, list, &potential) != 0) return 1;
    potential += repulsion();
    printf("time/fs  temperature/K   total/eV\n");
    for (int step = 0;; step++) {
        double total = potential + kinetic();
        if (step == 0) first = total;
        largest = fmax(largest, fabs(total - first));
        if (step % SHOWN == 0)
            printf("%7.0f  %13.1f  %9.2f\n", step * time_step, 2 * kinetic() / (3 * N * boltzmann),
                   total);
        if (step == STEPS) break;
        for (int k = 0; k < 3 * N; k++)
            v[k] += 0.5 * time_step * eV / mass[type[k / 3]] * f[k], r[k] += time_step * v[k];
        if (list_is_old() && build_list(&list) != 0) return 1;
        if (coulomb(solver, work, list, &potential) != 0) return 1;
        potential += repulsion();
        for (int k = 0; k < 3 * N; k++) v[k] += 0.5 * time_step * eV / mass[type[k / 3]] * f[k];
    }
    printf("total energy kept within %.2f eV, kinetic energy %.1f eV\n", largest, kinetic());
    lrpot_nlist_free(list);
    lrpot_workspace_free(work);
    lrpot_ewald_free(solver);
    return 0;
}
