/* Every request for memory fails once, and once with all after it: nothing crashes, nothing leaks,
 * the status tells, and later calls with the same workspace give the same bits.
 * usage: allocation_failures [N | all]: about N requests of each path, or all; else 15. */
#include "failing_heap.h"

#include <lrpot/lrpot.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ATOMS = 8 };

static const char *const symbols[2] = { "Na", "Cl" };
static char folder[64], model_path[96], density_path[96], tensors_path[96], frames_path[96],
    out_path[96];

#define TRY(call)                              \
    do {                                       \
        status = (call);                       \
        if (status != LRPOT_OK) goto finished; \
    } while (0)

static void must(lrpot_status status, const char *what)
{
    if (status == LRPOT_OK) return;
    printf("Bail out! %s: %s\n", what, lrpot_last_error());
    exit(1);
}

/* Deterministic numbers in (-size, size). */
static void scatter(int64_t n, double size, double *out)
{
    for (int64_t k = 0; k < n; k++) out[k] += size * sin(12.9898 * (double)k + 78.233);
}

static lrpot_status make_structure(lrpot_structure **out)
{
    lrpot_structure *s = NULL;
    double cell[9] = { 5.6, 0.1, 0, 0, 5.7, 0, 0.2, 0, 5.8 }, energy = -27.0, forces[3 * ATOMS],
           stress[9] = { 0.001, 0, 0, 0, 0.002, 0, 0, 0, 0.001 }, charge = 0.0;
    double positions[3 * ATOMS];
    const char *names[ATOMS];
    for (int i = 0; i < ATOMS; i++) {
        for (int a = 0; a < 3; a++) positions[3 * i + a] = 2.8 * (i >> a & 1);
        names[i] = symbols[((i >> 2) + (i >> 1) + i) & 1];
    }
    memset(forces, 0, sizeof forces);
    scatter(3 * ATOMS, 0.12, positions);
    scatter(3 * ATOMS, 0.5, forces);
    *out = NULL;
    lrpot_status status =
        lrpot_structure_create(&s, ATOMS, names, positions, cell, LRPOT_PERIODIC_ALL);
    if (status == LRPOT_OK) status = lrpot_structure_set(s, LRPOT_QUANTITY_ENERGY, &energy);
    if (status == LRPOT_OK) status = lrpot_structure_set(s, LRPOT_QUANTITY_FORCES, forces);
    if (status == LRPOT_OK) status = lrpot_structure_set(s, LRPOT_QUANTITY_STRESS, stress);
    if (status == LRPOT_OK) status = lrpot_structure_set(s, LRPOT_QUANTITY_TOTAL_CHARGE, &charge);
    if (status == LRPOT_OK) *out = s;
    else lrpot_structure_free(s);
    return status;
}

static lrpot_basis_options small_basis(void)
{
    lrpot_basis_options basis = LRPOT_BASIS_OPTIONS_INIT;
    basis.n_species = 2, basis.level = 4, basis.radial_size = 4, basis.min_distance = 1.5,
    basis.cutoff = 4.0;
    return basis;
}

static void make_potential(int32_t kind, double size, const char *file)
{
    lrpot_potential_options options = LRPOT_POTENTIAL_OPTIONS_INIT;
    lrpot_charges_options charges = LRPOT_CHARGES_OPTIONS_INIT;
    const lrpot_basis_options basis = small_basis();
    lrpot_potential *model = NULL;
    options.symbols = symbols, options.n_species = 2;
    options.basis = options.charge_basis = &basis;
    charges.order = 1;
    options.charges = kind, options.charge_options = &charges;
    must(lrpot_potential_create(&model, &options), "potential");
    int64_t n = lrpot_potential_param_count(model);
    double *params = calloc((size_t)n, sizeof *params);
    must(lrpot_potential_get_params(model, n, params), "params");
    scatter(n, size, params);
    must(lrpot_potential_set_params(model, n, params), "params");
    must(lrpot_potential_save(model, file), "save");
    free(params);
    lrpot_potential_free(model);
}

static void make_tensors(void)
{
    lrpot_tensor_options options = LRPOT_TENSOR_OPTIONS_INIT;
    lrpot_tensor_model *model = NULL;
    options.symbols = symbols, options.n_species = 2, options.kind = LRPOT_TENSORS_INDEPENDENT;
    options.levels[0] = options.levels[1] = 6, options.min_distance = 1.5, options.cutoff = 4.0;
    must(lrpot_tensor_model_create(&model, &options), "tensors");
    must(lrpot_tensor_model_save(model, tensors_path), "tensors save");
    lrpot_tensor_model_free(model);
}

static void make_files(void)
{
    lrpot_writer *writer = NULL;
    lrpot_structure *s = NULL;
    snprintf(folder, sizeof folder, "lrpot-heap-XXXXXX");
    if (mkdtemp(folder) == NULL) must(LRPOT_E_OPEN, "folder");
    snprintf(model_path, sizeof model_path, "%s/model.lrp", folder);
    snprintf(density_path, sizeof density_path, "%s/density.lrp", folder);
    snprintf(tensors_path, sizeof tensors_path, "%s/tensors.lrp", folder);
    snprintf(frames_path, sizeof frames_path, "%s/frames.xyz", folder);
    snprintf(out_path, sizeof out_path, "%s/out.xyz", folder);
    make_potential(LRPOT_CHARGES_EDQRD, 0.05, model_path);
    make_potential(LRPOT_CHARGES_DENSITY, 0.002, density_path);
    make_tensors();
    must(make_structure(&s), "structure");
    must(lrpot_writer_open(&writer, frames_path), "writer");
    for (int k = 0; k < 2; k++) must(lrpot_writer_append(writer, s), "append");
    must(lrpot_writer_close(writer), "close");
    lrpot_structure_free(s);
}

static void remove_files(void)
{
    unlink(model_path);
    unlink(density_path);
    unlink(tensors_path);
    unlink(frames_path);
    unlink(out_path);
    if (rmdir(folder) != 0) printf("# %s is not empty\n", folder);
}

/* The paths. Each opens and frees all that it needs but the workspace, and gives one number. */

static lrpot_status load_and_save(lrpot_workspace *work, double *value)
{
    lrpot_potential *model = NULL;
    lrpot_status status;
    (void)work;
    TRY(lrpot_potential_load(&model, model_path));
    TRY(lrpot_potential_save(model, out_path));
    *value = lrpot_potential_cutoff(model);
finished:
    lrpot_potential_free(model);
    return status;
}

static lrpot_status convert(lrpot_workspace *work, double *value)
{
    lrpot_reader *reader = NULL;
    lrpot_writer *writer = NULL;
    lrpot_structure *s = NULL;
    lrpot_status status;
    (void)work;
    TRY(lrpot_reader_open(&reader, frames_path));
    TRY(lrpot_writer_open(&writer, out_path));
    while ((status = lrpot_reader_next(reader, &s)) == LRPOT_OK) {
        TRY(lrpot_writer_append(writer, s));
        *value = lrpot_structure_volume(s);
        lrpot_structure_free(s);
        s = NULL;
    }
    if (status == LRPOT_E_END) {
        lrpot_writer *done = writer;
        writer = NULL;
        TRY(lrpot_writer_close(done));
    }
finished:
    lrpot_structure_free(s);
    lrpot_writer_abandon(writer);
    lrpot_reader_close(reader);
    return status;
}

static lrpot_status eval(lrpot_workspace *work, double *value)
{
    lrpot_potential *model = NULL;
    lrpot_structure *s = NULL;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    double forces[3 * ATOMS], virial[9];
    lrpot_status status;
    out.energy = value, out.forces = forces, out.virial = virial;
    TRY(lrpot_potential_load(&model, model_path));
    TRY(lrpot_structure_read(&s, frames_path, 1));
    TRY(lrpot_potential_compute_structure(model, work, s, &out));
    *value += forces[4];
finished:
    lrpot_structure_free(s);
    lrpot_potential_free(model);
    return status;
}

static lrpot_status bec(lrpot_workspace *work, double *value)
{
    lrpot_potential *model = NULL;
    lrpot_structure *s = NULL;
    double born[9 * ATOMS];
    lrpot_status status;
    TRY(lrpot_potential_load(&model, model_path));
    TRY(make_structure(&s));
    TRY(lrpot_response_born_charges_structure(model, work, s, LRPOT_BORN_UNFOLDED, born, NULL));
    TRY(lrpot_response_born_charges_structure(model, work, s, LRPOT_BORN_PHASE, born, NULL));
    *value = born[5];
finished:
    lrpot_structure_free(s);
    lrpot_potential_free(model);
    return status;
}

static lrpot_status phonon(lrpot_workspace *work, double *value)
{
    static const int32_t mesh[3] = { 2, 1, 1 };
    lrpot_potential *model = NULL;
    lrpot_phonons *phonons = NULL;
    lrpot_structure *s = NULL;
    double weights[2], frequencies[2 * 3 * ATOMS];
    lrpot_status status;
    TRY(lrpot_potential_load(&model, model_path));
    TRY(make_structure(&s));
    TRY(lrpot_phonons_create(&phonons, model, work, s, 0.0));
    TRY(lrpot_phonons_mesh(phonons, work, mesh, weights, frequencies));
    *value = frequencies[3 * ATOMS - 1];
finished:
    lrpot_phonons_free(phonons);
    lrpot_structure_free(s);
    lrpot_potential_free(model);
    return status;
}

static lrpot_status coulomb(lrpot_workspace *work, double *value)
{
    static const int32_t methods[3] = { LRPOT_EWALD_EXACT, LRPOT_EWALD_MESH, LRPOT_EWALD_SPLINE };
    lrpot_ewald *solver = NULL;
    lrpot_structure *s = NULL;
    int32_t species[ATOMS];
    double q[ATOMS], energy = 0.0, forces[3 * ATOMS];
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    lrpot_ewald_error_report report = LRPOT_EWALD_ERROR_REPORT_INIT;
    lrpot_status status;
    out.energy = &energy, out.forces = forces;
    *value = 0.0;
    TRY(make_structure(&s));
    TRY(lrpot_structure_view(s, 2, symbols, species, &atoms));
    for (int i = 0; i < ATOMS; i++) q[i] = species[i] == 0 ? 1.0 : -1.0;
    for (int m = 0; m < 3; m++) {
        lrpot_ewald_options options = LRPOT_EWALD_OPTIONS_INIT;
        options.method = methods[m];
        TRY(lrpot_ewald_create(&solver, &options));
        TRY(lrpot_ewald_eval(solver, work, &atoms, NULL, NULL, q, &out));
        *value += energy;
        if (m == 0) TRY(lrpot_ewald_error(solver, work, &atoms, NULL, q, 4, &report));
        lrpot_ewald_free(solver);
        solver = NULL;
    }
finished:
    lrpot_ewald_free(solver);
    lrpot_structure_free(s);
    return status;
}

static lrpot_status density(lrpot_workspace *work, double *value)
{
    lrpot_potential *model = NULL;
    lrpot_structure *s = NULL;
    double forces[3 * ATOMS];
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    lrpot_status status;
    out.energy = value, out.forces = forces;
    TRY(lrpot_potential_load(&model, density_path));
    TRY(make_structure(&s));
    TRY(lrpot_potential_compute_structure(model, work, s, &out));
finished:
    lrpot_structure_free(s);
    lrpot_potential_free(model);
    return status;
}

static lrpot_status fit(lrpot_workspace *work, double *value)
{
    lrpot_potential *model = NULL;
    lrpot_structure *s = NULL;
    lrpot_fit *run = NULL;
    lrpot_fit_options options = LRPOT_FIT_OPTIONS_INIT;
    lrpot_fit_errors errors = LRPOT_FIT_ERRORS_INIT;
    lrpot_status status;
    (void)work;
    options.max_iterations = 2, options.starts = 1, options.seed = 3;
    TRY(lrpot_potential_load(&model, model_path));
    TRY(make_structure(&s));
    TRY(lrpot_fit_create(&run, model, &options));
    TRY(lrpot_fit_add(run, s, LRPOT_FIT_TRAIN, 1.0));
    TRY(lrpot_fit_run(run, NULL, NULL));
    TRY(lrpot_fit_errors_of(run, LRPOT_FIT_TRAIN, &errors));
    *value = errors.rmse[LRPOT_FIT_FORCES];
finished:
    lrpot_fit_free(run);
    lrpot_structure_free(s);
    lrpot_potential_free(model);
    return status;
}

static lrpot_status suggest(lrpot_workspace *work, double *value)
{
    lrpot_structure *s = NULL;
    lrpot_fit_suggestion *suggestion = NULL;
    lrpot_status status;
    (void)work;
    TRY(make_structure(&s));
    TRY(lrpot_fit_suggest(&suggestion, NULL, 1, &s, NULL));
    *value = lrpot_fit_suggestion_options(suggestion)->basis->level;
finished:
    lrpot_fit_suggestion_free(suggestion);
    lrpot_structure_free(s);
    return status;
}

static lrpot_status tensors(lrpot_workspace *work, double *value)
{
    lrpot_tensor_model *model = NULL;
    lrpot_tensor_fit *run = NULL;
    lrpot_structure *s = NULL;
    double born[9 * ATOMS];
    lrpot_status status;
    memset(born, 0, sizeof born);
    scatter(9 * ATOMS, 1.0, born);
    TRY(lrpot_tensor_model_load(&model, tensors_path));
    TRY(make_structure(&s));
    TRY(lrpot_structure_set(s, LRPOT_QUANTITY_BORN_CHARGES, born));
    TRY(lrpot_tensor_fit_create(&run, model));
    TRY(lrpot_tensor_fit_add(run, work, s, LRPOT_TENSOR_FIT_TRAIN));
    TRY(lrpot_tensor_fit_run(run, 1e-3));
    TRY(lrpot_tensor_model_born_charges_structure(model, work, s, born, NULL));
    *value = born[3];
finished:
    lrpot_tensor_fit_free(run);
    lrpot_structure_free(s);
    lrpot_tensor_model_free(model);
    return status;
}

static lrpot_status select_frames(lrpot_workspace *work, double *value)
{
    lrpot_potential *model = NULL;
    lrpot_active_set *set = NULL;
    lrpot_structure *s = NULL;
    double grades[ATOMS];
    int64_t changes = 0;
    lrpot_status status;
    TRY(lrpot_potential_load(&model, model_path));
    TRY(make_structure(&s));
    TRY(lrpot_active_set_create(&set, model));
    TRY(lrpot_active_set_add_structure(set, model, work, s, 0, 1.01, &changes));
    TRY(lrpot_active_set_grade_structure(set, model, work, s, grades));
    TRY(lrpot_active_set_save(set, out_path));
    *value = grades[0];
finished:
    lrpot_active_set_free(set);
    lrpot_structure_free(s);
    lrpot_potential_free(model);
    return status;
}

typedef struct path {
    const char *name;
    lrpot_status (*call)(lrpot_workspace *work, double *value);
    lrpot_status good; /* what a whole run ends with */
    double value;
    long requests, wrong;
} path;

static void complain(path *p, long at, int all, const char *what)
{
    p->wrong++;
    printf("# %s, request %ld%s: %s (%s)\n", p->name, at, all ? " and all after it" : "", what,
           lrpot_last_error());
}

/* Statuses of a call that ran out of memory: where the system says so itself, the file is named. */
static int is_honest(lrpot_status status)
{
    return status == LRPOT_E_MEMORY || status == LRPOT_E_OPEN || status == LRPOT_E_READ
           || status == LRPOT_E_WRITE;
}

/* A whole call, after which the libraries hold what they make at first. */
static void warm_up(path *p)
{
    lrpot_workspace *work = NULL;
    must(lrpot_workspace_create(&work, 1), "workspace");
    heap_arm(-1, 0);
    p->good = p->call(work, &p->value);
    p->requests = heap_disarm();
    lrpot_workspace_free(work);
}

static void fail_at(path *p, long at, int all)
{
    lrpot_workspace *work = NULL;
    double value = 0.0;
    warm_up(p); /* BLAS and OpenMP begin anew in a child */
    long before = heap_blocks();
    must(lrpot_workspace_create(&work, 1), "workspace");
    heap_arm(at, all);
    lrpot_status status = p->call(work, &value);
    heap_disarm();
    if (status == p->good && value != p->value) complain(p, at, all, "another value");
    if (status != p->good && !is_honest(status)) complain(p, at, all, lrpot_status_name(status));
    status = p->call(work, &value);
    if (status != p->good) complain(p, at, all, "the next call fails");
    else if (value != p->value) complain(p, at, all, "the next call gives another value");
    lrpot_workspace_free(work);
    if (heap_blocks() != before) complain(p, at, all, "leaks");
}

/* Each failure in a process of its own, so that the next begins with the same heap. */
static void try_request(path *p, long at, int all)
{
    int state = 0;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        p->wrong = 0;
        fail_at(p, at, all);
        fflush(stdout);
        _exit(p->wrong > 0);
    }
    if (child < 0 || waitpid(child, &state, 0) != child) must(LRPOT_E_SYSTEM, "fork");
    if (!WIFEXITED(state)) complain(p, at, all, "ends the process");
    else p->wrong += WEXITSTATUS(state);
}

static void try_path(path *p, long samples)
{
    warm_up(p);
    warm_up(p);
    if (p->good != LRPOT_OK && p->good != LRPOT_E_END) complain(p, -1, 0, "fails with memory");
    long step = samples > 0 && p->requests > samples ? p->requests / samples : 1;
    for (long at = 0; at < p->requests && p->wrong < 10; at += step) {
        try_request(p, at, 0);
        try_request(p, at, 1);
    }
}

int main(int count, char **arguments)
{
    static path paths[] = { { .name = "load_and_save", .call = load_and_save },
                            { .name = "convert", .call = convert },
                            { .name = "eval", .call = eval },
                            { .name = "bec", .call = bec },
                            { .name = "phonon", .call = phonon },
                            { .name = "coulomb", .call = coulomb },
                            { .name = "density", .call = density },
                            { .name = "fit", .call = fit },
                            { .name = "suggest", .call = suggest },
                            { .name = "tensors", .call = tensors },
                            { .name = "select", .call = select_frames } };
    enum { N = sizeof paths / sizeof paths[0] };
    /* 0: all */
    long samples = count < 2 ? 15 : strcmp(arguments[1], "all") == 0 ? 0 : atol(arguments[1]);
    make_files();
    printf("1..%d\n", N);
    for (int k = 0; k < N; k++) {
        try_path(&paths[k], samples);
        printf("%s %d - %s_survives_without_memory\n# %ld requests\n",
               paths[k].wrong == 0 ? "ok" : "not ok", k + 1, paths[k].name, paths[k].requests);
        fflush(stdout);
    }
    remove_files();
    return 0;
}
