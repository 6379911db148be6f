/* lrpot bec: Born effective charges and polarization. */
#include "coulomb/electrode_report.h"
#include "ensembles/born_members.h"
#include "ensembles/ensemble.h"
#include "phonons/born_file.h"
#include "cli/files.h"
#include "cli/output_file.h"
#include "cli/report.h"
#include "verbs/verbs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct bec_run {
    common_options common;
    const char *species_text, *form_text, *format, *independent;
    double epsilon;
    int64_t frame;
    int32_t raw, form;
    text_list species;
    ensemble models;
    lrpot_workspace *work;
    born_result result;   /* of an ensemble: the mean */
    born_members members; /* deviations of an ensemble */
    output out;
    lrpot_writer *writer;
    json_t *frames;
    int32_t forces_seen; /* those of the first frame were looked at */
} bec_run;

static int is_ensemble(const bec_run *run)
{
    return run->models.n > 1;
}

static void print_row(FILE *stream, const char *name, const double *v)
{
    fprintf(stream, "# %-24s %16.10f %16.10f %16.10f\n", name, v[0], v[1], v[2]);
}

static void print_vector(FILE *stream, const char *name, const double *v, const screening *s)
{
    double physical[3];
    screening_vector(s, v, physical);
    print_row(stream, name, physical);
}

static void print_polarization(const bec_run *run, int isolated)
{
    const born_result *result = &run->result;
    const lrpot_polarization *p = &result->polarization;
    FILE *stream = run->out.stream;
    if (!result->has_polarization) return;
    print_vector(stream, "dipole sum q r (e A)", p->dipole, &result->screened);
    if (is_ensemble(run)) print_row(stream, "+-", run->members.dipole);
    if (isolated) return;
    print_vector(stream, "polarization (e/A^2)", p->value, &result->screened);
    if (is_ensemble(run)) print_row(stream, "+-", run->members.polarization);
    if (!is_ensemble(run) || run->members.same_branch)
        fprintf(stream, "# %-24s %lld %lld %lld\n", "branch", (long long)p->branch[0],
                (long long)p->branch[1], (long long)p->branch[2]);
    else fprintf(stream, "# %-24s differs between the members\n", "branch");
    for (int c = 0; c < 3; c++)
        print_vector(stream, c == 0 ? "quantum (rows, e/A^2)" : "", p->quantum + 3 * c,
                     &result->screened);
}

/* Root mean square difference to the Born charges of the file; NaN if it has none. */
static double difference(const born_result *result, const lrpot_structure *structure)
{
    const double *reference = lrpot_structure_get(structure, LRPOT_QUANTITY_BORN_CHARGES);
    double sum = 0.0;
    if (reference == NULL) return NAN;
    for (int64_t k = 0; k < 9 * result->eval.n; k++)
        sum += (result->eval.born[k] - reference[k]) * (result->eval.born[k] - reference[k]);
    return sqrt(sum / (double)(9 * result->eval.n));
}

static void print_difference(const bec_run *run, const lrpot_structure *structure)
{
    double rmse = difference(&run->result, structure);
    if (isnan(rmse)) return;
    fprintf(run->out.stream, "# against the Born charges of the file: RMSE %.6f e", rmse);
    if (is_ensemble(run))
        fprintf(run->out.stream, " of the mean, %.6f +- %.6f e of the members",
                run->members.mean_rmse, *run->members.rmse);
    fprintf(run->out.stream, "\n");
}

/* Row of deviations below that of an atom. */
static void print_deviations(const bec_run *run, int64_t atom)
{
    const born_result *result = &run->result;
    FILE *stream = run->out.stream;
    fprintf(stream, "%6lld %-4s ", (long long)atom, "+-");
    if (result->eval.has_charges)
        fprintf(stream, "%12.8f ", result->scale * run->members.charges[atom]);
    else fprintf(stream, "%12s ", "-");
    for (int k = 0; k < 9; k++) fprintf(stream, " %12.8f", run->members.born[9 * atom + k]);
    fprintf(stream, "\n");
}

/* Dielectric tensor of a model that responds by itself. */
static void print_response(const bec_run *run)
{
    const double *e = run->result.response.eps;
    if (!run->result.response.own || is_ensemble(run)) return;
    fprintf(run->out.stream,
            "# dielectric tensor eps_inf of the model: xx yy zz yz xz xy\n"
            "eps_inf %.6f %.6f %.6f %.6f %.6f %.6f\n",
            e[0], e[4], e[8], e[5], e[2], e[1]);
}

static void print_table(const bec_run *run, int64_t index, const lrpot_structure *structure)
{
    const born_result *result = &run->result;
    FILE *stream = run->out.stream;
    char factor[SCREENING_TEXT];
    screening_text(&result->screened, factor);
    if (is_ensemble(run)) ensemble_print_names(&run->models, stream);
    fprintf(stream, "# frame %lld: %lld atoms, ", (long long)index, (long long)result->eval.n);
    if (run->models.tensors != NULL) fprintf(stream, "tensor model, ");
    else if (result->screened.known) fprintf(stream, "form %s, times %s, ", run->form_text, factor);
    else fprintf(stream, "form %s, screened (eps_inf is not known), ", run->form_text);
    fprintf(stream, "sum rule %s\n", run->raw ? "not imposed" : "imposed");
    if (result->screened.anisotropic)
        fprintf(stream, "# charge and Q: the model's own, since one number is not screened by a "
                        "tensor\n");
    fprintf(stream, "# atom        charge           Zxx          Zxy          Zxz          Zyx     "
                    "     Zyy          Zyz"
                    "          Zzx          Zzy          Zzz   (e)\n");
    for (int64_t i = 0; i < result->eval.n; i++) {
        fprintf(stream, "%6lld %-4s ", (long long)i, lrpot_structure_symbol(structure, i));
        if (result->eval.has_charges)
            fprintf(stream, "%12.8f ", result->scale * result->eval.charges[i]);
        else fprintf(stream, "%12s ", "-");
        for (int k = 0; k < 9; k++) fprintf(stream, " %12.8f", result->eval.born[9 * i + k]);
        fprintf(stream, "\n");
        if (is_ensemble(run)) print_deviations(run, i);
    }
    fprintf(stream,
            "# mean of Z minus Q/N, largest component: %.3e before projection, %.3e as printed; Q "
            "= %.8f\n",
            largest_of(result->before, 9), largest_of(result->after, 9),
            result->scale * result->total_charge);
    print_difference(run, structure);
    print_response(run);
    print_polarization(run, lrpot_structure_periodic_mask(structure) == 0);
    if (result->has_polarization && fabs(result->scale * result->total_charge) > 1e-6)
        fprintf(stream,
                "# the system is charged: its dipole and polarization depend on the origin\n");
}

static void deviations_json(const bec_run *run, json_t *object)
{
    const born_result *result = &run->result;
    const born_members *m = &run->members;
    if (!is_ensemble(run)) return;
    if (result->eval.has_charges)
        json_object_set_new(object, "charges_model_spread", json_row(m->charges, result->eval.n));
    json_object_set_new(object, "bec_spread", json_tensors(m->born, result->eval.n));
    if (!result->has_polarization) return;
    json_object_set_new(object, "dipole_spread", json_row(m->dipole, 3));
    json_object_set_new(object, "polarization_spread", json_row(m->polarization, 3));
}

static json_t *frame_json(const bec_run *run, int64_t index)
{
    const born_result *result = &run->result;
    json_t *object = json_object();
    json_put_count(object, "frame", index);
    screening_json(&result->screened, "scale", object);
    json_put_real(object, "total_charge", result->scale * result->total_charge);
    if (result->eval.has_charges)
        json_object_set_new(object, "charges_model",
                            json_row(result->eval.charges, result->eval.n));
    json_object_set_new(object, "bec", json_tensors(result->eval.born, result->eval.n));
    json_object_set_new(object, "residual_before", json_row(result->before, 9));
    json_object_set_new(object, "residual_after", json_row(result->after, 9));
    if (result->response.own && !is_ensemble(run))
        json_object_set_new(object, "eps_inf", json_row(result->response.eps, 9));
    deviations_json(run, object);
    if (!result->has_polarization) return object;
    const lrpot_polarization *p = &result->polarization;
    double value[3], quantum[9], dipole[3];
    screening_vector(&result->screened, p->value, value);
    screening_vector(&result->screened, p->dipole, dipole);
    for (int c = 0; c < 3; c++)
        screening_vector(&result->screened, p->quantum + 3 * c, quantum + 3 * c);
    json_object_set_new(object, "dipole", json_row(dipole, 3));
    json_object_set_new(object, "polarization", json_row(value, 3));
    json_object_set_new(object, "quantum", json_row(quantum, 9));
    if (is_ensemble(run) && !run->members.same_branch) return object;
    json_t *branch = json_array();
    for (int c = 0; c < 3; c++) json_array_append_new(branch, json_integer(p->branch[c]));
    json_object_set_new(object, "branch", branch);
    return object;
}

/* None by a tensor: the charges of a file are as physical as its Born charges. */
static lrpot_status set_charges(const born_result *result, lrpot_structure *structure)
{
    if (!result->eval.has_charges || result->screened.anisotropic)
        return lrpot_structure_set(structure, LRPOT_QUANTITY_CHARGES, NULL);
    double *charges = malloc((size_t)result->eval.n * sizeof *charges);
    if (charges == NULL) return LRPOT_E_MEMORY;
    for (int64_t i = 0; i < result->eval.n; i++)
        charges[i] = result->scale * result->eval.charges[i];
    lrpot_status status = lrpot_structure_set(structure, LRPOT_QUANTITY_CHARGES, charges);
    free(charges);
    return status;
}

/* Replaces the frame's own values by the model's, so that all values in the file have one
 * origin. */
static lrpot_status append_structure(bec_run *run, lrpot_structure *structure)
{
    const born_result *result = &run->result;
    static const int32_t foreign[] = { LRPOT_QUANTITY_ENERGY,
                                       LRPOT_QUANTITY_FORCES,
                                       LRPOT_QUANTITY_STRESS,
                                       LRPOT_QUANTITY_DIPOLE,
                                       LRPOT_QUANTITY_ENERGY_ATOM,
                                       LRPOT_QUANTITY_POTENTIAL,
                                       LRPOT_QUANTITY_QUADRUPOLE,
                                       LRPOT_QUANTITY_FIELD,
                                       LRPOT_QUANTITY_FORCES_SPREAD,
                                       LRPOT_QUANTITY_ATOMIC_DIPOLES,
                                       LRPOT_QUANTITY_ATOMIC_QUADRUPOLES,
                                       LRPOT_QUANTITY_POLARIZABILITY };
    lrpot_status status = set_charges(result, structure);
    for (size_t k = 0; status == LRPOT_OK && k < sizeof foreign / sizeof foreign[0]; k++)
        status = lrpot_structure_set(structure, foreign[k], NULL);
    if (status == LRPOT_OK) status = electrodes_forget(structure);
    if (status == LRPOT_OK)
        status = lrpot_structure_set(structure, LRPOT_QUANTITY_BORN_CHARGES, result->eval.born);
    if (status == LRPOT_OK && run->models.tensors != NULL && result->has_polarization)
        status = lrpot_structure_set(structure, LRPOT_QUANTITY_DIPOLE, result->polarization.dipole);
    if (status == LRPOT_OK && result->has_polarization
        && lrpot_structure_periodic_mask(structure) != 0) {
        double p[3];
        char text[96];
        screening_vector(&result->screened, result->polarization.value, p);
        snprintf(text, sizeof text, "%.17g %.17g %.17g", p[0], p[1], p[2]);
        status = lrpot_structure_set_info(structure, "polarization", text);
    }
    return status == LRPOT_OK ? lrpot_writer_append(run->writer, structure) : status;
}

/* Dielectric tensor of the file. Born charges of tensor models are physical ones, those of
 * potentials are physical if eps_inf is known. The unit tensor with screened charges gives the same
 * splitting. */
static int dielectric_tensor(const bec_run *run, const lrpot_structure *structure, double *out)
{
    screening screened;
    lrpot_status status = screening_of(&screened, run->epsilon, structure, run->models.models[0]);
    if (status != LRPOT_OK) return report_failure(status, NULL);
    if (screened.own && is_ensemble(run))
        return report_error(BAD_INPUT, "BORN of several models, each of which has a dielectric "
                                       "tensor of its own; give one MODEL");
    if (screened.own) screened = run->result.response;
    if (run->models.tensors != NULL && !screened.known)
        return report_error(BAD_INPUT, "BORN needs the dielectric tensor beside physical Born "
                                       "charges; give the key epsilon_inf in FILE, or --eps-inf X");
    memcpy(out, screened.eps, sizeof screened.eps);
    return GO_ON;
}

static void report_rows(const bec_run *run, const char *path, const lrpot_structure *structure,
                        const born_rows *rows)
{
    report_note("%s: rows of %lld atoms, in the order of a POSCAR of FILE (`lrpot convert`)%s:",
                path, (long long)rows->n, rows->all ? "; all atoms: run phonopy with --nosym" : "");
    for (int64_t k = 0; k < rows->n; k++)
        report_note("  atom %lld (%s)", (long long)rows->atoms[k],
                    lrpot_structure_symbol(structure, rows->atoms[k]));
    if (run->models.tensors == NULL && !run->result.screened.own
        && inputs_epsilon(run->epsilon, structure, run->models.models[0]) == 0.0)
        report_note("  dielectric tensor 1 and screened charges: the same LO-TO splitting; "
                    "--eps-inf X writes the physical ones");
}

static int write_rows(const bec_run *run, const lrpot_structure *structure, const int64_t *order)
{
    born_rows rows;
    double epsilon[9];
    const char *path = run->common.output != NULL ? run->common.output : "BORN";
    int code = dielectric_tensor(run, structure, epsilon);
    if (code == GO_ON)
        code = born_rows_choose(&rows, "bec", run->independent, structure, order, BORN_SYMPREC);
    if (code != GO_ON) return code;
    /* `default` is correct for each of phonopy's interfaces: charges and tensor do not depend on
     * its units */
    lrpot_status status = born_write(path, 0.0, epsilon, run->result.eval.born, &rows);
    if (status == LRPOT_OK) report_rows(run, path, structure, &rows);
    born_rows_free(&rows);
    return status == LRPOT_OK ? GO_ON : report_failure(status, path);
}

static int write_phonopy(const bec_run *run, const lrpot_structure *structure)
{
    if (lrpot_structure_periodic_mask(structure) != LRPOT_PERIODIC_ALL)
        return report_error(BAD_INPUT, "--format phonopy: the structure is not periodic in three "
                                       "directions; expected a crystal, pbc=\"T T T\"");
    int64_t *order = malloc((size_t)run->result.eval.n * sizeof *order);
    if (order == NULL) return report_no_memory();
    lrpot_status status = lrpot_structure_species_order(structure, order);
    int code = status == LRPOT_OK ? write_rows(run, structure, order)
                                  : report_failure(status, NULL);
    free(order);
    return code;
}

/* Grades displaced atoms: Born charges are derivatives by displacements, which a crystal at rest
 * does not have. */
static lrpot_status grade_frame(bec_run *run, int32_t member, const lrpot_structure *structure,
                                const char *place)
{
    grading *grade = &run->models.grades[member];
    if (run->models.tensors != NULL) return LRPOT_OK;
    lrpot_status status = grade->n == 0 ? grading_rattled(grade, run->work, structure, place)
                                        : LRPOT_OK;
    return status == LRPOT_OK ? grading_structure(grade, run->work, structure, place) : status;
}

/* A frame of the loop over members. */
typedef struct bec_frame {
    bec_run *run;
    const lrpot_structure *structure;
    char place[512];
} bec_frame;

/* Tells once that a crystal is not at rest: of the first frame. */
static lrpot_status note_forces(bec_run *run, const bec_frame *at)
{
    evaluation found = { 0 };
    if (run->forces_seen || run->models.tensors != NULL) return LRPOT_OK;
    run->forces_seen = 1;
    lrpot_status status = evaluation_run(&found, run->models.models[0], run->work, at->structure);
    double largest = status == LRPOT_OK ? largest_of(found.forces, 3 * found.n) : 0.0;
    evaluation_free(&found);
    if (largest > 0.01 && lrpot_structure_periodic_mask(at->structure) == LRPOT_PERIODIC_ALL)
        report_note("%s: forces up to %.3g eV/A: the structure is not at rest; lrpot relax MODEL "
                    "FILE -o OUT.xyz brings it there",
                    at->place, largest);
    return status;
}

static int member_frame(void *ctx, int32_t member)
{
    const bec_frame *at = ctx;
    bec_run *run = at->run;
    const ensemble *models = &run->models;
    run->result.near = is_ensemble(run) ? born_members_near(&run->members) : NULL;
    screening screened;
    lrpot_status status =
        screening_of(&screened, run->epsilon, at->structure, models->models[member]);
    if (status == LRPOT_OK && models->tensors != NULL)
        status = born_run_tensors(&run->result, models->tensors[member], run->work, at->structure,
                                  !run->raw);
    else if (status == LRPOT_OK)
        status = born_run(&run->result, models->models[member], run->work, at->structure, run->form,
                          &screened, !run->raw);
    if (status == LRPOT_OK && member == 0) status = note_forces(run, at);
    if (status == LRPOT_OK) status = grade_frame(run, member, at->structure, at->place);
    if (status != LRPOT_OK) return report_failure(status, at->place);
    if (is_ensemble(run))
        born_members_add(&run->members, &run->result, difference(&run->result, at->structure));
    return GO_ON;
}

static int compute_frame(bec_frame *at)
{
    bec_run *run = at->run;
    int code = ensemble_one_epsilon(&run->models, run->epsilon, at->structure);
    if (code != GO_ON) return code;
    if (is_ensemble(run)
        && !born_members_begin(&run->members, lrpot_structure_count(at->structure)))
        return report_no_memory();
    code = ensemble_each(&run->models, member_frame, at);
    if (code == GO_ON && is_ensemble(run)) born_members_end(&run->members, &run->result);
    return code;
}

static int one_frame(bec_run *run, const char *path, int64_t index, lrpot_structure *structure)
{
    bec_frame at = { .run = run, .structure = structure };
    snprintf(at.place, sizeof at.place, "%s: frame %lld", path, (long long)index);
    int code = compute_frame(&at);
    if (code != GO_ON) return code;
    if (run->frames != NULL) json_array_append_new(run->frames, frame_json(run, index));
    if (strcmp(run->format, "phonopy") == 0) return write_phonopy(run, structure);
    if (run->writer != NULL) {
        lrpot_status status = append_structure(run, structure);
        return status == LRPOT_OK ? GO_ON : report_failure(status, at.place);
    }
    if (run->frames == NULL) print_table(run, index, structure);
    return GO_ON;
}

static int all_frames(bec_run *run, const char *path)
{
    lrpot_reader *reader = NULL;
    lrpot_structure *structure = NULL;
    /* BORN holds one crystal, so the first frame of the file is used */
    int64_t wanted = run->frame < 0 && strcmp(run->format, "phonopy") == 0 ? 0 : run->frame,
            done = 0;
    int code = inputs_reader(&reader, path, run->models.models[0], &run->species);
    for (int64_t at = 0; code == GO_ON; at++) {
        code = inputs_next(reader, path, &structure);
        if (code != GO_ON || structure == NULL) break;
        if (wanted < 0 || at == wanted) {
            code = one_frame(run, path, at, structure);
            done++;
        }
        lrpot_structure_free(structure);
        if (at == wanted) break;
    }
    if (code == GO_ON && done == 0)
        code = report_error(BAD_INPUT, "%s: has no frame %lld (they count from 0)", path,
                            (long long)wanted);
    lrpot_reader_close(reader);
    return code;
}

static int open_models(bec_run *run, int32_t n, char **paths)
{
    int code = ensemble_open(&run->models, n, paths, &run->species, 1);
    if (code != GO_ON) return code;
    int physical = run->epsilon == 0.0 || strcmp(run->format, "phonopy") == 0;
    if (run->models.tensors != NULL && (run->form != LRPOT_BORN_UNFOLDED || !physical))
        return report_usage("bec",
                            "--form and --eps-inf are for the charges of a potential; %s holds "
                            "tensors, which are physical ones",
                            paths[0]);
    if (run->models.tensors == NULL && lrpot_potential_charges(run->models.models[0]) == NULL)
        return report_error(
            FAILED, "%s: the model has no charges, so no Born charges; fit one with --charges",
            paths[0]);
    return GO_ON;
}

static int open_run(bec_run *run, int32_t n, char **paths)
{
    static const char *const names[] = { [LRPOT_BORN_UNFOLDED] = "unfolded",
                                         [LRPOT_BORN_PHASE] = "phase",
                                         [LRPOT_BORN_MIDPOINT] = "midpoint" };
    run->form = 0;
    while (run->form < 3 && strcmp(run->form_text, names[run->form]) != 0) run->form++;
    if (run->form == 3)
        return report_usage("bec", "--form %s: expected unfolded, phase or midpoint",
                            run->form_text);
    int extxyz = strcmp(run->format, "extxyz") == 0, phonopy = strcmp(run->format, "phonopy") == 0;
    if (!extxyz && !phonopy && strcmp(run->format, "table") != 0)
        return report_usage("bec", "--format %s: expected table, extxyz or phonopy", run->format);
    int code = inputs_species("bec", run->species_text, &run->species);
    if (code == GO_ON && phonopy && run->common.output == NULL)
        code = files_write("format", "BORN");
    if (code == GO_ON) code = open_models(run, n, paths);
    if (code != GO_ON) return code;
    lrpot_status status = lrpot_workspace_create(&run->work, (int32_t)run->common.threads);
    const char *structures = run->common.output != NULL ? run->common.output : "-";
    if (status == LRPOT_OK && extxyz) status = lrpot_writer_open(&run->writer, structures);
    if (status != LRPOT_OK) return report_failure(status, structures);
    int occupied = extxyz && strcmp(structures, "-") == 0;
    if (occupied && run->common.json)
        return report_usage("bec",
                            "--format extxyz and --json both want standard output; give -o FILE");
    if (run->common.json) run->frames = json_array();
    return output_open(&run->out, extxyz || phonopy ? NULL : run->common.output);
}

static int finish(bec_run *run)
{
    ensemble_report_grades(&run->models);
    if (run->writer != NULL) {
        lrpot_status status = lrpot_writer_close(run->writer);
        run->writer = NULL;
        if (status != LRPOT_OK) return report_failure(status, run->common.output);
    }
    if (run->frames == NULL) return DONE;
    json_t *root = json_object();
    json_put_text(root, "form", run->form_text);
    json_put_text(root, "index_order", "[polarization][displacement]");
    ensemble_names_json(root, &run->models);
    json_object_set_new(root, "grade", ensemble_grades_json(&run->models));
    json_object_set_new(root, "frames", run->frames);
    run->frames = NULL;
    return output_json(&run->out, root);
}

static void close_run(bec_run *run)
{
    lrpot_writer_abandon(run->writer);
    born_free(&run->result);
    born_members_free(&run->members);
    lrpot_workspace_free(run->work);
    ensemble_close(&run->models);
    text_list_free(&run->species);
    json_decref(run->frames);
}

int verb_bec(int count, char **arguments)
{
    bec_run run = {
        .common = { .threads = 1 }, .form_text = "unfolded", .format = "table", .frame = -1
    };
    const tool_option options[] = {
        { 'e', "eps-inf", OPTION_REAL, "X",
          "electronic dielectric constant; default: the file's eps_inf, else the model's, else 1",
          &run.epsilon, 1.0, 1e6 },
        { 0, "form", OPTION_TEXT, "unfolded|phase|midpoint",
          "unfolded (default) has no finite-k error; midpoint is what GPUMD prints for a NEP",
          &run.form_text, 0, 0 },
        { 'f', "format", OPTION_TEXT, "table|extxyz|phonopy",
          "table (default), structures, or phonopy's BORN", &run.format, 0, 0 },
        { 'n', "frame", OPTION_COUNT, "N", "this frame alone, counted from 0", &run.frame, 0,
          1e15 },
        { 'r', "raw", OPTION_FLAG, NULL, "leave the sum rule as the model has it", &run.raw, 0, 0 },
        { 0, "independent", OPTION_TEXT, "all|0,4,...", "atoms that BORN shall hold",
          &run.independent, 0, 0 },
        { 's', "species", OPTION_TEXT, "A,B,...", "names of the types 0, 1, ... of .mtp and .cfg",
          &run.species_text, 0, 0 },
    };
    const tool_command command = {
        "bec",
        "MODEL... FILE",
        "Born effective charges Z[a][b] = d(V P_a)/dr_b and polarization of each frame.",
        ENSEMBLE_HELP
        "A model's charges are screened ones; physical values are sqrt(eps_inf) times larger, and "
        "printed so where eps_inf is known. Charges of kind density that respond to a field are "
        "physical, "
        "and their dielectric tensor is printed.\n"
        "MODEL may be one of lrpot fit --tensors: its tensors are physical ones.\n"
        "The sum rule is imposed by subtracting the mean; the residual before and after is "
        "printed. --format phonopy writes BORN for the symmetry-independent atoms of the cell in "
        "FILE,\n"
        "in the order of a POSCAR (atoms grouped by species); --independent all writes every atom, "
        "for\n"
        "phonopy --nosym; a list names one atom of each set of equivalent ones.",
        options,
        sizeof options / sizeof options[0],
        2,
        INT32_MAX
    };
    int32_t n = 0;
    int code = options_parse(&command, &run.common, count, arguments, &n);
    if (code != GO_ON) return code;
    code = ensemble_operands(&command, n, arguments);
    if (code == GO_ON) code = open_run(&run, n - 1, arguments);
    if (code == GO_ON) code = all_frames(&run, arguments[n - 1]);
    if (code == GO_ON) code = finish(&run);
    int closed = output_close(&run.out, code == DONE);
    close_run(&run);
    return code == DONE ? closed : code;
}
