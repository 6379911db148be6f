/* Checks of the energy: forces and virial by fourth-order differences; translation and rotation. */
#include "checks/checks.h"
#include "cli/nan_extremes.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const double TOL_DERIVATIVE = 1e-7, TOL_SYMMETRY = 1e-8;
const double CHECK_PLACES[CHECK_N_PLACES] = { 1.0, -1.0, 2.0, -2.0, 3.0, -3.0 },
             CHECK_WEIGHTS[CHECK_N_PLACES] = { 1.5, -1.5, -0.75, 0.75, 1.0 / 6.0, -1.0 / 6.0 };
enum { N_DIRECTIONS = 6, N_COMPONENTS = 12 };

void check_add(check_table *table, const char *name, double error, double allowed,
               const char *format, ...)
{
    if (table->n == CHECK_MAX_ROWS) return;
    check_row *row = &table->rows[table->n++];
    snprintf(row->name, sizeof row->name, "%s", name);
    va_list values;
    va_start(values, format);
    vsnprintf(row->detail, sizeof row->detail, format, values);
    va_end(values);
    row->error = error;
    row->allowed = allowed;
    row->by_step = 0;
    row->verdict = allowed < 0.0 ? CHECK_INFO : error <= allowed ? CHECK_PASS : CHECK_FAIL;
}

void check_mark_by_step(check_table *table)
{
    if (table->n > 0) table->rows[table->n - 1].by_step = 1;
}

double check_random(check_probe *probe)
{
    /* splitmix64 */
    uint64_t z = (probe->random += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return (double)((z ^ (z >> 31)) >> 11) * 0x1p-52 - 1.0;
}

/* Energy relative to the structure as given, atom by atom: large energies of free atoms cancel
 * before they cost digits. */
static lrpot_status energy_change(check_probe *probe, double *out)
{
    lrpot_outputs outputs = LRPOT_OUTPUTS_INIT;
    outputs.energy_atom = probe->site;
    lrpot_status status =
        lrpot_potential_compute_structure(probe->model, probe->work, probe->structure, &outputs);
    *out = 0.0;
    for (int64_t i = 0; status == LRPOT_OK && i < probe->n; i++)
        *out += probe->site[i] - probe->site_home[i];
    return status;
}

typedef lrpot_status (*mover)(check_probe *probe, double amount, const void *ctx);

static lrpot_status difference(check_probe *probe, mover move, const void *ctx, double h,
                               double *out)
{
    *out = 0.0;
    for (int k = 0; k < CHECK_N_PLACES; k++) {
        double energy = 0.0;
        lrpot_status status = move(probe, CHECK_PLACES[k] * h, ctx);
        if (status == LRPOT_OK) status = energy_change(probe, &energy);
        if (status != LRPOT_OK) return status;
        *out += CHECK_WEIGHTS[k] * energy / h;
    }
    return move(probe, 0.0, ctx);
}

static lrpot_status move_along(check_probe *probe, double amount, const void *ctx)
{
    (void)ctx;
    double *r = lrpot_structure_positions(probe->structure);
    for (int64_t k = 0; k < 3 * probe->n; k++) r[k] = probe->home[k] + amount * probe->direction[k];
    return LRPOT_OK;
}

static lrpot_status one_direction(check_probe *probe, double *error, double *scale)
{
    double expected = 0.0, found = 0.0;
    *scale = 0.0;
    for (int64_t k = 0; k < 3 * probe->n; k++) {
        expected -= probe->eval.forces[k] * probe->direction[k];
        *scale += fabs(probe->eval.forces[k] * probe->direction[k]);
    }
    lrpot_status status = difference(probe, move_along, NULL, probe->step, &found);
    *scale = fmax(*scale, 1.0);
    *error = fabs(found - expected) / *scale;
    return status;
}

static lrpot_status forces(check_probe *probe, check_table *table)
{
    double worst[2] = { 0.0, 0.0 };
    for (int t = 0; t < N_DIRECTIONS + N_COMPONENTS; t++) {
        int single = t >= N_DIRECTIONS;
        double error = 0.0, scale = 0.0;
        for (int64_t k = 0; k < 3 * probe->n; k++)
            probe->direction[k] = single ? 0.0 : check_random(probe);
        if (single)
            probe->direction[(int64_t)((0.5 + 0.5 * check_random(probe))
                                       * (double)(3 * probe->n - 1))] = 1.0;
        lrpot_status status = one_direction(probe, &error, &scale);
        if (status != LRPOT_OK) return status;
        worst[single] = larger(worst[single], error);
    }
    check_add(table, "forces, all atoms", worst[0], TOL_DERIVATIVE,
              "%d random directions, relative to max(1, sum |F d|)", (int)N_DIRECTIONS);
    check_mark_by_step(table);
    check_add(table, "forces, one atom", worst[1], TOL_DERIVATIVE,
              "%d random components, relative to max(1 eV/A, |F|)", (int)N_COMPONENTS);
    check_mark_by_step(table);
    return LRPOT_OK;
}

typedef struct strain {
    int a, b;
    double cell[9];
    int32_t mask, has_cell;
} strain;

/* Adds amount r_b to r_a, for atoms and cell vectors. */
static lrpot_status move_strain(check_probe *probe, double amount, const void *ctx)
{
    const strain *s = ctx;
    double *r = lrpot_structure_positions(probe->structure), cell[9];
    memcpy(r, probe->home, (size_t)(3 * probe->n) * sizeof *r);
    for (int64_t i = 0; i < probe->n; i++) r[3 * i + s->a] += amount * probe->home[3 * i + s->b];
    if (!s->has_cell) return LRPOT_OK;
    memcpy(cell, s->cell, sizeof cell);
    for (int c = 0; c < 3; c++) cell[3 * c + s->a] += amount * s->cell[3 * c + s->b];
    return lrpot_structure_set_cell(probe->structure, cell, s->mask);
}

static lrpot_status virial(check_probe *probe, check_table *table)
{
    const double *cell = lrpot_structure_cell(probe->structure);
    strain s = { .mask = lrpot_structure_periodic_mask(probe->structure),
                 .has_cell = cell != NULL };
    if (cell != NULL) memcpy(s.cell, cell, sizeof s.cell);
    double scale = 1.0, worst = 0.0;
    for (int k = 0; k < 9; k++) scale = fmax(scale, fabs(probe->eval.virial[k]));
    for (int k = 0; k < 9; k++) {
        double found = 0.0;
        s.a = k / 3;
        s.b = k % 3;
        lrpot_status status = difference(probe, move_strain, &s, 0.2 * probe->step, &found);
        if (status != LRPOT_OK) return status;
        double error = fabs(found + probe->eval.virial[k]) / scale;
        worst = larger(worst, error);
    }
    check_add(table, s.mask != 0 ? "stress" : "virial", worst, TOL_DERIVATIVE,
              "9 strains, relative to max(1 eV, largest |virial| = %.4g eV)", scale);
    check_mark_by_step(table);
    return LRPOT_OK;
}

static void force_sum(const check_probe *probe, check_table *table)
{
    double sum[3] = { 0.0, 0.0, 0.0 }, largest = 0.0;
    for (int64_t k = 0; k < 3 * probe->n; k++) sum[k % 3] += probe->eval.forces[k];
    for (int a = 0; a < 3; a++) largest = larger(largest, fabs(sum[a]));
    check_add(table, "sum of forces", largest, TOL_SYMMETRY, "eV/A");
}

static lrpot_status translation(check_probe *probe, check_table *table)
{
    double shift[3], change = 0.0;
    for (int a = 0; a < 3; a++) shift[a] = 5.0 * check_random(probe);
    for (int64_t k = 0; k < 3 * probe->n; k++) probe->direction[k] = shift[k % 3];
    lrpot_status status = move_along(probe, 1.0, NULL);
    if (status == LRPOT_OK) status = energy_change(probe, &change);
    if (status != LRPOT_OK) return status;
    check_add(table, "translation", fabs(change) / (double)probe->n,
              TOL_SYMMETRY + 2.0 * probe->bounds.energy,
              "eV per atom, all moved by %.2f %.2f %.2f A", shift[0], shift[1], shift[2]);
    return move_along(probe, 0.0, NULL);
}

static void turn(const double R[9], const double *in, double *out)
{
    for (int a = 0; a < 3; a++)
        out[a] = R[3 * a] * in[0] + R[3 * a + 1] * in[1] + R[3 * a + 2] * in[2];
}

static void random_rotation(check_probe *probe, double R[9])
{
    double q[4], norm = 0.0;
    for (int k = 0; k < 4; k++) q[k] = check_random(probe);
    for (int k = 0; k < 4; k++) norm += q[k] * q[k];
    for (int k = 0; k < 4; k++) q[k] /= sqrt(norm);
    const double w = q[0], x = q[1], y = q[2], z = q[3];
    const double rows[9] = { 1 - 2 * (y * y + z * z), 2 * (x * y - w * z),
                             2 * (x * z + w * y),     2 * (x * y + w * z),
                             1 - 2 * (x * x + z * z), 2 * (y * z - w * x),
                             2 * (x * z - w * y),     2 * (y * z + w * x),
                             1 - 2 * (x * x + y * y) };
    memcpy(R, rows, sizeof rows);
}

/* Compares rotated forces with the forces of the rotated structure. */
static lrpot_status rotation_forces(check_probe *probe, const double R[9], evaluation *turned,
                                    double *energy, double *force)
{
    lrpot_status status = evaluation_run(turned, probe->model, probe->work, probe->structure);
    if (status != LRPOT_OK) return status;
    status = energy_change(probe, energy);
    *force = 0.0;
    for (int64_t i = 0; i < probe->n; i++) {
        double expected[3];
        turn(R, probe->eval.forces + 3 * i, expected);
        for (int a = 0; a < 3; a++)
            *force = larger(*force, fabs(turned->forces[3 * i + a] - expected[a]));
    }
    return status;
}

static lrpot_status rotation(check_probe *probe, check_table *table)
{
    const double *given = lrpot_structure_cell(probe->structure);
    double R[9], cell[9], home_cell[9], energy = NAN, force = NAN;
    int32_t mask = lrpot_structure_periodic_mask(probe->structure), has_cell = given != NULL;
    evaluation turned = { 0 };
    lrpot_status status = LRPOT_OK;
    random_rotation(probe, R);
    for (int64_t i = 0; i < probe->n; i++)
        turn(R, probe->home + 3 * i, lrpot_structure_positions(probe->structure) + 3 * i);
    if (has_cell) {
        memcpy(home_cell, given, sizeof home_cell);
        for (int c = 0; c < 3; c++) turn(R, home_cell + 3 * c, cell + 3 * c);
        status = lrpot_structure_set_cell(probe->structure, cell, mask);
    }
    if (status == LRPOT_OK) status = rotation_forces(probe, R, &turned, &energy, &force);
    evaluation_free(&turned);
    if (status != LRPOT_OK) return status;
    check_add(table, "rotation, energy", fabs(energy) / (double)probe->n,
              TOL_SYMMETRY + 2.0 * probe->bounds.energy, "eV per atom, random rotation");
    check_add(table, "rotation, forces", force, TOL_SYMMETRY + 2.0 * probe->bounds.force,
              "eV/A, largest component");
    memcpy(lrpot_structure_positions(probe->structure), probe->home,
           (size_t)(3 * probe->n) * sizeof(double));
    return has_cell ? lrpot_structure_set_cell(probe->structure, home_cell, mask) : LRPOT_OK;
}

lrpot_status check_energy(check_probe *probe, check_table *table)
{
    lrpot_outputs outputs = LRPOT_OUTPUTS_INIT;
    double sum = 0.0, energy = 0.0;
    outputs.energy =
        &energy; /* of the same call: another one may split the Coulomb sum otherwise */
    outputs.energy_atom = probe->site_home;
    lrpot_status status =
        lrpot_potential_compute_structure(probe->model, probe->work, probe->structure, &outputs);
    if (status != LRPOT_OK) return status;
    for (int64_t i = 0; i < probe->n; i++) sum += probe->site_home[i];
    check_add(table, "sum of site energies", fabs(sum - energy) / fmax(1.0, fabs(energy)), 1e-12,
              "relative to the energy");
    status = forces(probe, table);
    if (status == LRPOT_OK) status = virial(probe, table);
    if (status == LRPOT_OK) force_sum(probe, table);
    if (status == LRPOT_OK) status = translation(probe, table);
    if (status == LRPOT_OK) status = rotation(probe, table);
    return status;
}
