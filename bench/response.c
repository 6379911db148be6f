/* Times what an electric field asks of a model beside its forces: Born charges of all atoms in both
 * forms, the forces of a field and the dipole current, which are one pass each and hold no tensor
 * per atom between processes. Rock salt with all ions off their sites, EDQRd with published sizes
 * (levels 16 and 8, 5 and 6 A). bench_response [threads [copies]]: one line of JSON, medians of 5
 * runs; 3 copies are 13824 ions. step_in_field_over_step: forces of model and field over those of
 * the model. */
#include "boxes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RUNS 5

enum { FORCES, UNFOLDED, PHASE, FIELD, CURRENT, STEP_IN_FIELD, TASKS };

typedef struct {
    lrpot_potential *model;
    lrpot_workspace *work;
    lrpot_atoms atoms;
    lrpot_nlist *list;
    double *forces, *Z, *velocities, *charges;
} system_of_ions;

static lrpot_potential *make_model(void)
{
    static const char *const symbols[2] = { "Na", "Cl" };
    lrpot_potential_options options = LRPOT_POTENTIAL_OPTIONS_INIT;
    lrpot_basis_options basis = LRPOT_BASIS_OPTIONS_INIT, charge_basis = LRPOT_BASIS_OPTIONS_INIT;
    lrpot_potential *model = NULL;
    const char *name;
    int64_t offset, count;
    options.basis = &basis;
    options.charge_basis = &charge_basis;
    options.symbols = symbols;
    options.n_species = 2, basis.level = 16, basis.cutoff = 5.0;
    charge_basis.level = 8, charge_basis.cutoff = 6.0;
    options.charges = LRPOT_CHARGES_EDQRD;
    options.accuracy = 1e-4;
    bench_check(lrpot_potential_create(&model, &options));
    int64_t n = lrpot_potential_param_count(model);
    double *params = bench_allocate(n, sizeof *params);
    bench_check(lrpot_potential_get_params(model, n, params));
    for (int32_t b = 0; lrpot_potential_param_block(model, b, &name, &offset, &count); b++) {
        if (strstr(name, ".linear") != NULL)
            for (int64_t k = 0; k < count; k++)
                params[offset + k] = bench_uniform(
                    -1e-12, 1e-12) /* features may be large, charges shall stay near 0.7 */;
        if (strcmp(name, "charges.species") == 0) params[offset] = 0.7, params[offset + 1] = -0.7;
    }
    bench_check(lrpot_potential_set_params(model, n, params));
    free(params);
    return model;
}

static void run_task(const system_of_ions *s, int task)
{
    lrpot_field field = LRPOT_FIELD_INIT;
    double current[3];
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    field.value[0] = 0.01;
    field.value[2] = 0.02;
    out.forces = s->forces;
    if (task == FORCES)
        bench_check(lrpot_potential_compute(s->model, s->work, &s->atoms, s->list, NULL, &out));
    if (task == UNFOLDED || task == PHASE)
        bench_check(lrpot_response_born_charges(
            s->model, s->work, &s->atoms, s->list,
            task == PHASE ? LRPOT_BORN_PHASE : LRPOT_BORN_UNFOLDED, s->Z, NULL));
    if (task == FIELD)
        bench_check(
            lrpot_response_field_forces(s->model, s->work, &s->atoms, s->list, NULL, &field, &out));
    if (task == STEP_IN_FIELD) { /* as in dynamics: the field's part knows the charges */
        out.charges = s->charges;
        field.charges = s->charges;
        bench_check(lrpot_potential_compute(s->model, s->work, &s->atoms, s->list, NULL, &out));
        out.charges = NULL;
        out.flags |= LRPOT_ADD;
        bench_check(
            lrpot_response_field_forces(s->model, s->work, &s->atoms, s->list, NULL, &field, &out));
    }
    if (task == CURRENT)
        bench_check(lrpot_response_current(s->model, s->work, &s->atoms, s->list, NULL,
                                           s->velocities, NULL, current));
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double seconds_of(const system_of_ions *s, int task)
{
    double times[RUNS];
    run_task(s, task); /* memory and plans */
    for (int r = 0; r < RUNS; r++) {
        double start = bench_now();
        run_task(s, task);
        times[r] = bench_now() - start;
    }
    qsort(times, RUNS, sizeof *times, ascending);
    return times[RUNS / 2];
}

/* Memory of one task in a workspace of its own, and of what it is given to fill, per atom. */
static double bytes_of(const system_of_ions *s, int task, int64_t result)
{
    system_of_ions alone = *s;
    bench_check(lrpot_workspace_create(&alone.work, 1));
    run_task(&alone, task);
    double bytes = (double)lrpot_workspace_bytes(alone.work) / (double)s->atoms.n_owned
                   + (double)result * sizeof(double);
    lrpot_workspace_free(alone.work);
    return bytes;
}

int main(int argc, char **argv)
{
    int32_t threads = argc > 1 ? atoi(argv[1]) : 1;
    bench_box *box = bench_box_make("salt", argc > 2 ? atoi(argv[2]) : 3);
    system_of_ions s = { .model = make_model(), .atoms = bench_box_atoms(box) };
    double t[TASKS];
    bench_check(lrpot_workspace_create(&s.work, threads));
    bench_check(lrpot_nlist_build(&s.list, &s.atoms, lrpot_potential_cutoff(s.model), 0.3));
    s.forces = bench_allocate(3 * box->n, sizeof(double));
    s.charges = bench_allocate(box->n, sizeof(double));
    s.velocities = bench_allocate(3 * box->n, sizeof(double));
    s.Z = bench_allocate(9 * box->n, sizeof(double));
    for (int64_t k = 0; k < 3 * box->n; k++) s.velocities[k] = bench_normal(1.0);
    for (int k = 0; k < TASKS; k++) t[k] = seconds_of(&s, k);
    printf("{\"atoms\": %lld, \"threads\": %d, \"forces_ms\": %.2f, \"born_over_forces\": %.3f, "
           "\"born_phase_over_forces\": %.3f, "
           "\"field_forces_over_forces\": %.3f, \"current_over_forces\": %.3f, "
           "\"step_in_field_over_step\": %.3f, \"born_bytes_per_atom\": %.0f, "
           "\"field_bytes_per_atom\": %.0f}\n",
           (long long)box->n, threads, 1e3 * t[FORCES], t[UNFOLDED] / t[FORCES],
           t[PHASE] / t[FORCES], t[FIELD] / t[FORCES], t[CURRENT] / t[FORCES],
           t[STEP_IN_FIELD] / t[FORCES], bytes_of(&s, UNFOLDED, 9), bytes_of(&s, FIELD, 3));
    free(s.forces);
    free(s.velocities);
    free(s.charges);
    free(s.Z);
    lrpot_nlist_free(s.list);
    lrpot_workspace_free(s.work);
    lrpot_potential_free(s.model);
    bench_box_free(box);
    return 0;
}
