/* Conservation of energy by equilibrated charges, or by a density of charges and dipoles: rock salt
 * of 64 ions at 600 K whose heads (electronegativity and hardness; charges, dipoles of bonds and
 * capacities) follow the neighbourhood, with a Born-Mayer repulsion beside it, by velocity Verlet
 * without a thermostat. bench_charges_nve [steps [tolerance of the charges [time step in fs
 * [density]]]]: one line of JSON. Drift is the slope of the total energy, by least squares, times
 * the length of the run. */
#include <lrpot/lrpot.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { EDGE = 2, N = 8 * EDGE * EDGE * EDGE };
#define CELL 5.64         /* A */
#define TEMPERATURE 600.0 /* K, of which half goes into the potential energy */
#define BOLTZMANN 8.617333262e-5
#define ACCELERATION 9.648533212e-3 /* A/fs^2 for 1 eV/A on 1 u */
#define LENGTH (EDGE * CELL)
/* A: less than half the box, and the repulsion of 1e-7 eV is shifted to zero there */
#define REPULSION_CUTOFF 5.5

static uint64_t state = 11;

static double uniform(double low, double high)
{
    uint64_t z = (state += 0x9E3779B97F4A7C15u); /* splitmix64 */
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    z ^= z >> 31;
    return low + (high - low) * ((double)(z >> 11) * 0x1p-53);
}

static double normal(void)
{
    return sqrt(-2.0 * log(uniform(1e-300, 1.0))) * cos(6.283185307179586 * uniform(0.0, 1.0));
}

static void check(lrpot_status status)
{
    if (status == LRPOT_OK) return;
    fprintf(stderr, "%s\n", lrpot_last_error());
    exit(1);
}

static int is_chloride(int i)
{
    return (i / (4 * EDGE * EDGE) + i / (2 * EDGE) + i) % 2;
}

static lrpot_structure *rock_salt(void)
{
    double positions[3 * N], cell[9] = { LENGTH, 0, 0, 0, LENGTH, 0, 0, 0, LENGTH };
    const char *symbols[N];
    lrpot_structure *structure = NULL;
    for (int i = 0, x = 0; x < 2 * EDGE; x++)
        for (int y = 0; y < 2 * EDGE; y++)
            for (int z = 0; z < 2 * EDGE; z++, i++) {
                symbols[i] = is_chloride(i) ? "Cl" : "Na";
                positions[3 * i] = 0.5 * CELL * x, positions[3 * i + 1] = 0.5 * CELL * y,
                              positions[3 * i + 2] = 0.5 * CELL * z;
            }
    check(lrpot_structure_create(&structure, N, symbols, positions, cell, LRPOT_PERIODIC_ALL));
    return structure;
}

/* Random coefficients under which a head varies by about `size` from atom to atom. */
static void random_head(const lrpot_basis *basis, const double *features, double size,
                        double *linear)
{
    int64_t k = lrpot_basis_count(basis);
    for (int64_t b = 0; b < k; b++) {
        double square = 0.0;
        for (int i = 0; i < N; i++) square += features[i * k + b] * features[i * k + b] / N;
        linear[b] = uniform(-1.0, 1.0) * size / (sqrt(square * (double)k) + 1e-12);
    }
}

static lrpot_potential *model(double tolerance, int density, lrpot_structure *structure,
                              lrpot_workspace *work)
{
    static const char *const symbols[2] = { "Na", "Cl" };
    static const double widths[2] = { 1.0, 1.1 }, equilibrated[4] = { 1.0, 9.0, 3.0, 3.0 },
                        /* charges, drive, flow, dipoles of bonds, polarizabilities, stretch */
        moments[14] = { 0.7, -0.7, 0, 0, -4, -4, 0.02, -0.01, 0, 0, -4, -3, -6, -6 };
    lrpot_charges_options charges = LRPOT_CHARGES_OPTIONS_INIT;
    lrpot_potential_options options = LRPOT_POTENTIAL_OPTIONS_INIT;
    lrpot_basis_options energy_basis = LRPOT_BASIS_OPTIONS_INIT,
                        charge_basis = LRPOT_BASIS_OPTIONS_INIT;
    lrpot_potential *potential = NULL;
    charges.tolerance = tolerance;
    if (density) charges.order = 1, charges.reach = 3.6;
    options.basis = &energy_basis;
    options.charge_basis = &charge_basis;
    options.symbols = symbols, options.n_species = 2, energy_basis.level = charge_basis.level = 4;
    energy_basis.cutoff = charge_basis.cutoff = 4.5;
    options.charges = density ? LRPOT_CHARGES_DENSITY : LRPOT_CHARGES_EQUILIBRATED;
    options.widths = widths, options.charge_options = &charges, options.accuracy = 1e-6;
    check(lrpot_potential_create(&potential, &options));
    const lrpot_basis *basis = lrpot_charges_basis(lrpot_potential_charges(potential));
    int64_t n = lrpot_potential_param_count(potential), k = lrpot_basis_count(basis), offset = 0,
            count = 0;
    double *params = calloc((size_t)(n + N * k), sizeof *params), *features = params + n;
    int32_t kinds[N];
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_nlist *list = NULL;
    const char *name = NULL;
    check(lrpot_structure_view(structure, 2, symbols, kinds, &atoms));
    check(lrpot_nlist_build(&list, &atoms, 4.5, 0.0));
    check(lrpot_basis_eval(basis, work, &atoms, list, features));
    check(lrpot_potential_get_params(potential, n, params));
    for (int32_t b = 0; lrpot_potential_param_block(potential, b, &name, &offset, &count); b++) {
        if (strcmp(name, "charges.species") == 0)
            memcpy(params + offset, density ? moments : equilibrated,
                   (size_t)count * sizeof *params);
        for (int64_t h = 0; strcmp(name, "charges.linear") == 0 && h < count; h += k)
            random_head(basis, features, density ? 0.02 : 0.5, params + offset + h);
    }
    check(lrpot_potential_set_params(potential, n, params));
    lrpot_nlist_free(list);
    free(params);
    return potential;
}

/* Adds A exp(-r/rho) over the nearest images, with value and slope taken off at the cutoff. */
static double repulsion(const double *r, double *forces)
{
    static const double strength[3] = { 424.0, 1150.0, 3490.0 },
                        rho = 0.317; /* Na-Na, Na-Cl, Cl-Cl: after Fumi and Tosi (1964) */
    double energy = 0.0, end = exp(-REPULSION_CUTOFF / rho);
    for (int i = 0; i < N; i++)
        for (int j = 0; j < i; j++) {
            double d[3], square = 0.0;
            for (int a = 0; a < 3; a++) {
                d[a] = r[3 * i + a] - r[3 * j + a];
                d[a] -= LENGTH * rint(d[a] / LENGTH);
                square += d[a] * d[a];
            }
            if (square >= REPULSION_CUTOFF * REPULSION_CUTOFF) continue;
            int chlorides = is_chloride(i) + is_chloride(j);
            double distance = sqrt(square), value = exp(-distance / rho), k = strength[chlorides];
            energy += k * (value - end + end * (distance - REPULSION_CUTOFF) / rho);
            for (int a = 0; a < 3; a++) {
                double force = k * (value - end) / rho * d[a] / distance;
                forces[3 * i + a] += force;
                forces[3 * j + a] -= force;
            }
        }
    return energy;
}

typedef struct {
    lrpot_potential *potential;
    lrpot_workspace *work;
    lrpot_structure *structure;
    double mass[N], v[3 * N], forces[3 * N], charges[N], energy;
} simulation;

static void evaluate(simulation *s)
{
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.energy = &s->energy, out.forces = s->forces, out.charges = s->charges;
    check(lrpot_potential_compute_structure(s->potential, s->work, s->structure, &out));
    s->energy += repulsion(lrpot_structure_positions_const(s->structure), s->forces);
}

static double kinetic(const simulation *s)
{
    double energy = 0.0;
    for (int k = 0; k < 3 * N; k++)
        energy += 0.5 * s->mass[k / 3] * s->v[k] * s->v[k] / ACCELERATION;
    return energy;
}

static void warm_up(simulation *s)
{
    for (int i = 0; i < N; i++)
        s->mass[i] = lrpot_element_mass(lrpot_structure_symbol(s->structure, i));
    for (int k = 0; k < 3 * N; k++)
        s->v[k] = sqrt(BOLTZMANN * TEMPERATURE * ACCELERATION / s->mass[k / 3]) * normal();
    for (int a = 0; a < 3; a++) {
        double momentum = 0.0, mass = 0.0;
        for (int i = 0; i < N; i++) momentum += s->mass[i] * s->v[3 * i + a], mass += s->mass[i];
        for (int i = 0; i < N; i++) s->v[3 * i + a] -= momentum / mass;
    }
}

static void step(simulation *s, double dt)
{
    double *r = lrpot_structure_positions(s->structure);
    for (int k = 0; k < 3 * N; k++) {
        s->v[k] += 0.5 * dt * ACCELERATION * s->forces[k] / s->mass[k / 3];
        r[k] += dt * s->v[k];
    }
    evaluate(s);
    for (int k = 0; k < 3 * N; k++)
        s->v[k] += 0.5 * dt * ACCELERATION * s->forces[k] / s->mass[k / 3];
}

int main(int count, char **arguments)
{
    int steps = count > 1 ? atoi(arguments[1]) : 10000;
    double tolerance = count > 2 ? atof(arguments[2]) : 1e-7,
           dt = count > 3 ? atof(arguments[3]) : 1.0;
    int density = count > 4 && strcmp(arguments[4], "density") == 0;
    static simulation s;
    double sums[2] = { 0, 0 }, range[2] = { 10.0, 0.0 }, start, largest = 0.0, heat = 0.0;
    s.structure = rock_salt();
    check(lrpot_workspace_create(&s.work, 1));
    s.potential = model(tolerance, density, s.structure, s.work);
    warm_up(&s);
    evaluate(&s);
    start = s.energy + kinetic(&s);
    clock_t begin = clock();
    for (int n = 1; n <= steps; n++) {
        step(&s, dt);
        double change = s.energy + kinetic(&s) - start, time = (n - 0.5 * (steps + 1)) / steps;
        heat += kinetic(&s) / steps;
        largest = fmax(largest, fabs(change));
        sums[0] += time * change, sums[1] += time * time;
        for (int i = 0; i < N; i++)
            range[0] = fmin(range[0], fabs(s.charges[i])),
            range[1] = fmax(range[1], fabs(s.charges[i]));
    }
    printf("{\"charges\": \"%s\", \"atoms\": %d, \"steps\": %d, \"fs\": %g, \"tolerance\": %g, "
           "\"drift_eV_per_atom\": %.3g, \"drift_eV_per_atom_per_ps\": %.3g, "
           "\"largest_deviation_eV_per_atom\": %.3g, "
           "\"temperature\": %.0f, \"range\": [%.3f, %.3f], \"cpu_ms_per_step\": %.3f}\n",
           density ? "density" : "equilibrated", N, steps, dt, tolerance, sums[0] / sums[1] / N,
           sums[0] / sums[1] / N / (1e-3 * dt * steps), largest / N, heat / (1.5 * N * BOLTZMANN),
           range[0], range[1], 1e3 * (double)(clock() - begin) / CLOCKS_PER_SEC / steps);
    lrpot_potential_free(s.potential);
    lrpot_workspace_free(s.work);
    lrpot_structure_free(s.structure);
    return 0;
}
