/* lrpot drive: a model as force client of a server that speaks the i-PI protocol. */
#include "drive/driven_system.h"
#include "cli/inputs.h"
#include "drive/ipi.h"
#include "cli/output_file.h"
#include "cli/uniform_field.h"
#include "cli/report.h"
#include "verbs/verbs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { EXTRA_DIPOLE = 1, EXTRA_BORN = 2, EXTRA_CHARGES = 4 };

typedef struct drive_run {
    common_options common;
    const char *species_text, *unix_name, *tcp_name, *structure_path, *extras_text, *tensors_path;
    double epsilon, retry, skin;
    int64_t frame;
    text_list species;
    const char *precision;
    lrpot_potential *model;
    lrpot_tensor_model *tensors;
    int32_t extras;
    field_options field;
    driven system;
    /* started: 1 if the arrays exist; holds: 1 if results wait for the server */
    int32_t started, holds;
    ipi_address address;
    ipi_link link;
    char *message, *text; /* FORCEREADY, and its extras */
    size_t text_capacity;
    int64_t n_connections;
} drive_run;

/* Writes extras as one JSON object. i-PI has the displacement first and the polarization second in
 * BEC, [3 n][3]; dipoles in e a0. */
static size_t write_extras(const drive_run *run)
{
    const driven *system = &run->system;
    size_t at = 0, room = run->text_capacity;
    if (run->extras == 0) return (size_t)snprintf(run->text, room, " ");
    at += (size_t)snprintf(run->text, room, "{");
    if (run->extras & EXTRA_DIPOLE)
        at += (size_t)snprintf(run->text + at, room - at, "\"dipole\": [%.17g, %.17g, %.17g],",
                               system->dipole[0] / IPI_BOHR, system->dipole[1] / IPI_BOHR,
                               system->dipole[2] / IPI_BOHR);
    if (run->extras & EXTRA_CHARGES) {
        at += (size_t)snprintf(run->text + at, room - at, "\"charges\": ");
        for (int64_t i = 0; i < system->n; i++)
            at += (size_t)snprintf(run->text + at, room - at, "%c%.17g", i == 0 ? '[' : ',',
                                   system->charges[i]);
        at += (size_t)snprintf(run->text + at, room - at, "],");
    }
    if (run->extras & EXTRA_BORN) {
        at += (size_t)snprintf(run->text + at, room - at, "\"BEC\": ");
        for (int64_t i = 0; i < system->n; i++)
            for (int b = 0; b < 3; b++) {
                const double *z = system->born + 9 * i + b;
                at += (size_t)snprintf(run->text + at, room - at, "%c[%.17g,%.17g,%.17g]",
                                       i == 0 && b == 0 ? '[' : ',', z[0], z[3], z[6]);
            }
        at += (size_t)snprintf(run->text + at, room - at, "],");
    }
    run->text[at - 1] = '}';
    return at;
}

/* Reserves memory for the longest answer for n atoms. */
static int reserve_answer(drive_run *run, int64_t n)
{
    enum { NUMBER = 28 }; /* sign, 17 digits, point, exponent, separators */
    run->text_capacity = (size_t)(64
                                  + NUMBER
                                        * (3 + ((run->extras & EXTRA_CHARGES) ? n : 0)
                                           + ((run->extras & EXTRA_BORN) ? 9 * n : 0)));
    if (run->text_capacity > INT32_MAX)
        return report_error(
            FAILED,
            "extras of %lld atoms are longer than the protocol allows; leave out --extras bec",
            (long long)n);
    run->text = malloc(run->text_capacity);
    run->message =
        malloc(ipi_pack_forces(NULL, 0.0, NULL, (int32_t)n, NULL, NULL, run->text_capacity));
    return run->text != NULL && run->message != NULL ? GO_ON : report_no_memory();
}

static int fits(const drive_run *run, int32_t n)
{
    if (n == run->system.n) return GO_ON;
    if (run->structure_path != NULL)
        return report_error(BAD_INPUT, "%s: the server sends %d atoms, the structure has %lld",
                            run->structure_path, (int)n, (long long)run->system.n);
    return report_error(FAILED, "%s: the server sends %d atoms after %lld before",
                        run->address.name, (int)n, (long long)run->system.n);
}

/* Takes the number of atoms from the first positions if there is no structure. */
static int take_first_positions(drive_run *run, int32_t n, enum ipi_end *end)
{
    enum { MOST = 10000000 };
    double *positions = NULL;
    if (n > MOST)
        return report_error(FAILED,
                            "%s: the server sends %d atoms; without --structure FILE at most %d "
                            "are taken",
                            run->address.name, (int)n, (int)MOST);
    *end = ipi_receive_positions(&run->link, n, &positions);
    int code = GO_ON;
    if (*end == IPI_GOOD) {
        lrpot_status status = positions != NULL ? driven_of_one_species(&run->system, n)
                                                : LRPOT_E_MEMORY;
        code = status == LRPOT_OK ? reserve_answer(run, n) : report_failure(status, NULL);
    }
    if (*end == IPI_GOOD && code == GO_ON) {
        memcpy(run->system.positions, positions, (size_t)(3 * (int64_t)n) * sizeof *positions);
        run->started = 1;
    }
    free(positions);
    return code;
}

/* Reads atoms into the arrays of the system. */
static int take_atoms(drive_run *run, int32_t n, enum ipi_end *end)
{
    if (!run->started) return take_first_positions(run, n, end);
    int code = fits(run, n);
    if (code == GO_ON) *end = ipi_read_positions(&run->link, run->system.positions, n);
    return code;
}

/* Functions for the messages of the server. *end: state of the connection; result: GO_ON or an exit
 * code. */
static int take_positions(drive_run *run, enum ipi_end *end)
{
    int32_t n = 0;
    *end = ipi_read_cell(&run->link, run->system.cell, &n);
    if (*end != IPI_GOOD) return GO_ON;
    int code = take_atoms(run, n, end);
    if (code != GO_ON || *end != IPI_GOOD) return code;
    lrpot_status status = driven_evaluate(&run->system);
    char place[320];
    snprintf(place, sizeof place, "%s: evaluation %lld", run->address.name,
             (long long)run->system.n_evaluations);
    if (status != LRPOT_OK) return report_failure(status, place);
    run->holds = 1;
    report_detail("evaluation %lld: %.10f eV, %lld lists", (long long)run->system.n_evaluations,
                  run->system.energy, (long long)run->system.n_lists);
    return GO_ON;
}

static enum ipi_end give_forces(drive_run *run)
{
    const driven *system = &run->system;
    if (!run->holds) {
        snprintf(run->link.trouble, sizeof run->link.trouble, "GETFORCE before POSDATA");
        return IPI_ALIEN;
    }
    size_t length = write_extras(run);
    size_t size = ipi_pack_forces(run->message, system->energy, system->forces, (int32_t)system->n,
                                  system->virial, run->text, length);
    run->holds = 0;
    return ipi_write(&run->link, run->message, size);
}

/* Reads bead and a text with any content. Some servers send them without a request. */
static enum ipi_end take_init(drive_run *run)
{
    int32_t bead = 0, length = 0;
    enum ipi_end end = ipi_read(&run->link, &bead, sizeof bead);
    if (end == IPI_GOOD) end = ipi_read(&run->link, &length, sizeof length);
    if (end != IPI_GOOD) return end;
    if (length < 0) {
        snprintf(run->link.trouble, sizeof run->link.trouble, "INIT of %d bytes", (int)length);
        return IPI_ALIEN;
    }
    report_detail("INIT of bead %d", (int)bead);
    return ipi_skip(&run->link, (size_t)length);
}

static int answer(drive_run *run, const char *header, enum ipi_end *end)
{
    if (strcmp(header, "STATUS") == 0)
        *end = ipi_write_header(&run->link, run->holds ? "HAVEDATA" : "READY");
    else if (strcmp(header, "POSDATA") == 0) return take_positions(run, end);
    else if (strcmp(header, "GETFORCE") == 0) *end = give_forces(run);
    else if (strcmp(header, "INIT") == 0) *end = take_init(run);
    else {
        snprintf(run->link.trouble, sizeof run->link.trouble, "a message '%s'", header);
        *end = IPI_ALIEN;
    }
    return GO_ON;
}

/* Serves one connection. GO_ON: the server disconnected, and *code is the exit code if none
 * connects again; otherwise the exit code. */
static int serve(drive_run *run, int *code)
{
    char header[IPI_HEADER + 1];
    enum ipi_end end = IPI_GOOD;
    int64_t before = run->system.n_evaluations;
    run->holds = 0;
    while (end == IPI_GOOD) {
        end = ipi_read_header(&run->link, header);
        if (end != IPI_GOOD) break;
        if (strcmp(header, "EXIT") == 0) return DONE;
        int result = answer(run, header, &end);
        if (result != GO_ON) return result;
    }
    if (end == IPI_ALIEN)
        return report_error(FAILED, "%s: %s is not in the i-PI protocol", run->address.name,
                            run->link.trouble);
    long long done = (long long)(run->system.n_evaluations - before);
    /* ASE disconnects without a message. A server that asked for forces and never fetched them has
     * failed. */
    *code = end == IPI_CLOSED && !run->holds ? DONE : FAILED;
    if (*code == DONE)
        report_note("%s: the server closed the connection after %lld evaluations",
                    run->address.name, done);
    else
        report_error(FAILED, "%s: the server went away after %lld evaluations: %s",
                     run->address.name, done, run->link.trouble);
    return GO_ON;
}

/* Connects, with repeated attempts for the time of --retry. Returns 1 on success. */
static int connect_with_retries(drive_run *run)
{
    double start = report_seconds();
    const struct timespec pause = { 0, 100000000 };
    while (!ipi_connect(&run->link, &run->address)) {
        if (report_seconds() - start >= run->retry) return 0;
        nanosleep(&pause, NULL);
    }
    run->n_connections++;
    report_note("connected to %s", run->address.name);
    return 1;
}

static int drive(drive_run *run)
{
    int code = DONE;
    while (connect_with_retries(run)) {
        int result = serve(run, &code);
        ipi_disconnect(&run->link);
        if (result != GO_ON) return result;
        if (run->retry <= 0.0) return code;
    }
    if (run->n_connections > 0) {
        report_note("%s: no server within %g s", run->address.name, run->retry);
        return code;
    }
    return report_error(FAILED,
                        "%s: no server: %s; start it first, or wait for it with --retry SECONDS",
                        run->address.name, run->link.trouble);
}

static int read_extras(drive_run *run)
{
    static const struct {
        const char *name;
        int32_t bit;
    } known[] = { { "dipole", EXTRA_DIPOLE },
                  { "bec", EXTRA_BORN },
                  { "charges", EXTRA_CHARGES },
                  { "none", 0 } };
    text_list list;
    int good = text_list_split(&list, run->extras_text);
    for (int32_t i = 0; good && i < list.count; i++) {
        int found = 0;
        for (size_t k = 0; k < sizeof known / sizeof known[0]; k++) {
            if (strcmp(list.items[i], known[k].name) != 0) continue;
            run->extras |= known[k].bit;
            found = 1;
        }
        good = found;
    }
    text_list_free(&list);
    return good ? GO_ON
                : report_usage("drive", "--extras %s: expected some of dipole,bec,charges, or none",
                               run->extras_text);
}

static int read_address(drive_run *run)
{
    if ((run->unix_name == NULL) == (run->tcp_name == NULL))
        return report_usage("drive", "expected one of --unix NAME and --tcp HOST:PORT");
    if (run->unix_name != NULL && !ipi_address_unix(&run->address, run->unix_name))
        return report_usage(
            "drive", "--unix %s: expected a name of 1 to 98 letters, or a path of at most 107",
            run->unix_name);
    if (run->tcp_name != NULL && !ipi_address_tcp(&run->address, run->tcp_name))
        return report_usage("drive", "--tcp %s: expected HOST:PORT with a port of 1 to 65535",
                            run->tcp_name);
    return GO_ON;
}

/* Screening of the charges, and eps_inf of the field; zeros: not known. structure may be NULL. */
static int use_epsilon(drive_run *run, const lrpot_structure *structure)
{
    screening *s = &run->system.screening;
    if (run->epsilon > 0.0 && screening_is_own(run->model))
        return report_error(BAD_INPUT, "the charges of the model respond to a field by themselves, "
                                       "so that they have a dielectric tensor of their own; leave "
                                       "--eps-inf out");
    lrpot_status status = screening_of(s, run->epsilon, structure, run->model);
    if (status != LRPOT_OK) return report_failure(status, run->structure_path);
    for (int k = 0; k < 9; k++) run->system.path.field.eps_inf[k] = s->known ? s->eps[k] : 0.0;
    if (s->anisotropic && (run->extras & EXTRA_CHARGES))
        return report_error(BAD_INPUT,
                            "%s: eps_inf is a tensor, which screens no charge; leave charges out "
                            "of --extras, or give --eps-inf X",
                            run->structure_path);
    return GO_ON;
}

static int read_structure(drive_run *run)
{
    lrpot_structure *structure = NULL;
    int code = inputs_frame(&structure, run->structure_path, run->frame, run->model, &run->species);
    if (code != GO_ON) return code;
    code = use_epsilon(run, structure);
    lrpot_status status = code == GO_ON ? driven_from(&run->system, structure) : LRPOT_OK;
    if (code == GO_ON)
        code = status != LRPOT_OK ? report_failure(status, run->structure_path)
                                  : reserve_answer(run, run->system.n);
    run->started = 1;
    lrpot_structure_free(structure);
    return code;
}

/* Opens learned tensors, which must have the species of the model. */
static int open_tensors(drive_run *run, const char *model)
{
    lrpot_tensor_options options = LRPOT_TENSOR_OPTIONS_INIT;
    const char *const *symbols = lrpot_potential_symbols(run->model);
    lrpot_status status = lrpot_tensor_model_load(&run->tensors, run->tensors_path);
    if (status == LRPOT_OK) status = lrpot_tensor_model_get_options(run->tensors, &options);
    if (status != LRPOT_OK) return report_failure(status, NULL);
    for (int32_t z = lrpot_potential_species_count(run->model) - 1; z >= 0; z--) {
        int32_t k = 0;
        while (k < options.n_species && strcmp(options.symbols[k], symbols[z]) != 0) k++;
        if (k == options.n_species)
            return report_error(BAD_INPUT, "%s: no element %s, which %s has", run->tensors_path,
                                symbols[z], model);
        run->system.tensor_first = k;
    }
    run->system.tensors = run->tensors;
    return GO_ON;
}

static int check_response(const drive_run *run, const char *model)
{
    int has_charges = lrpot_potential_charges(run->model) != NULL;
    if (run->system.has_field && !driven_has_response(&run->system))
        return report_error(
            FAILED,
            "%s: the model has no charges for --field to act on; use --tensors for learned ones",
            model);
    const int32_t kind = lrpot_charges_kind(lrpot_potential_charges(run->model));
    if (run->system.has_field && run->tensors == NULL
        && (lrpot_charges_kind_traits(kind) & LRPOT_CHARGES_FLOW))
        return report_error(FAILED,
                            "%s: charges of kind %s respond to the field, which this verb does not "
                            "follow; lrpot eval --field gives their energy and forces",
                            model, lrpot_charges_kind_name(kind));
    if (run->system.has_field && run->tensors != NULL
        && run->system.path.field.kind != LRPOT_FIELD_FIXED)
        return report_error(BAD_USAGE,
                            "--tensors answer to --field alone, not to --voltage, --displacement "
                            "or --flux");
    if ((run->extras & EXTRA_BORN) && !driven_has_response(&run->system))
        return report_error(FAILED, "%s: the model has no charges, so nothing for --extras %s",
                            model, run->extras_text);
    if ((run->extras & EXTRA_CHARGES) && !has_charges)
        return report_error(FAILED, "%s: the model has no charges, so nothing for --extras %s",
                            model, run->extras_text);
    if (!(run->extras & EXTRA_DIPOLE) || driven_has_dipole(&run->system)) return GO_ON;
    return run->tensors != NULL
               ? report_error(FAILED,
                              "%s: these tensors have no dipole, only its derivatives: leave it "
                              "out of --extras %s",
                              run->tensors_path, run->extras_text)
               : report_error(FAILED, "%s: the model has no charges, so nothing for --extras %s",
                              model, run->extras_text);
}

static int open_run(drive_run *run, const char *model)
{
    int code = uniform_field_read("drive", &run->field, &run->common, run->epsilon,
                                  &run->system.path.field, &run->system.has_field);
    if (code == GO_ON) code = read_address(run);
    if (code == GO_ON && run->extras_text != NULL) code = read_extras(run);
    if (code == GO_ON && run->common.output != NULL && !run->common.json)
        code = report_usage("drive", "-o writes what --json prints: give both");
    if (code == GO_ON) code = inputs_species("drive", run->species_text, &run->species);
    if (code == GO_ON) code = inputs_model(&run->model, model, &run->species);
    if (code == GO_ON) code = inputs_precision("drive", run->model, model, run->precision);
    if (code != GO_ON) return code;
    run->system.model = run->model;
    grading_open(&run->system.grade, run->model, model);
    run->system.threads = (int32_t)run->common.threads;
    if (run->tensors_path != NULL) code = open_tensors(run, model);
    if (code == GO_ON) code = check_response(run, model);
    if (code != GO_ON) return code;
    run->system.skin = run->skin;
    run->system.wants_born = (run->extras & EXTRA_BORN) != 0;
    int known = use_epsilon(run, NULL);
    if (known != GO_ON) return known;
    lrpot_status status = lrpot_workspace_create(&run->system.work, (int32_t)run->common.threads);
    if (status != LRPOT_OK) return report_failure(status, NULL);
    if (run->structure_path != NULL) return read_structure(run);
    if (lrpot_potential_species_count(run->model) == 1) return GO_ON;
    return report_error(BAD_USAGE,
                        "%s has %d species and the protocol sends none: name them with --structure "
                        "FILE, atoms in the server's order",
                        model, (int)lrpot_potential_species_count(run->model));
}

static int finish(drive_run *run, int code)
{
    report_note("%lld evaluations, %lld neighbour lists", (long long)run->system.n_evaluations,
                (long long)run->system.n_lists);
    if (!run->common.json) return code;
    output out;
    int opened = output_open(&out, run->common.output);
    if (opened != GO_ON) return opened;
    json_t *root = json_object();
    json_put_count(root, "evaluations", run->system.n_evaluations);
    json_put_count(root, "lists", run->system.n_lists);
    json_put_count(root, "connections", run->n_connections);
    int printed = output_json(&out, root), closed = output_close(&out, printed == DONE);
    return code != DONE ? code : printed != DONE ? printed : closed;
}

int verb_drive(int count, char **arguments)
{
    drive_run run = { .common = { .threads = 1 }, .skin = 0.5, .link = IPI_LINK_INIT };
    const tool_option options[] = {
        { 'u', "unix", OPTION_TEXT, "NAME",
          "server at the socket ipi_NAME among temporary files, or at a path", &run.unix_name, 0,
          0 },
        { 0, "tcp", OPTION_TEXT, "HOST:PORT", "server at a port", &run.tcp_name, 0, 0 },
        { 'S', "structure", OPTION_INPUT, "FILE",
          "species, periodicity, total charge; the server sends none of them", &run.structure_path,
          0, 0 },
        { 'f', "frame", OPTION_COUNT, "N", "frame of FILE, from 0", &run.frame, 0, 1e15 },
        { 's', "species", OPTION_TEXT, "A,B,...", "names of the types 0, 1, ... of .mtp and .cfg",
          &run.species_text, 0, 0 },
        { 'x', "extras", OPTION_TEXT, "LIST", "some of dipole,bec,charges; none", &run.extras_text,
          0, 0 },
        { 'e', "eps-inf", OPTION_REAL, "X", "multiply dipole, bec and charges by sqrt(X)",
          &run.epsilon, 1.0, 1e6 },
        FIELD_OPTIONS(run.field),
        { 'T', "tensors", OPTION_INPUT, "FILE",
          "learned polar tensors or dipoles: bec, dipole and field are theirs", &run.tensors_path,
          0, 0 },
        { 'r', "retry", OPTION_REAL, "SECONDS",
          "wait so long for a server, at the start and when it went away; 0", &run.retry, 0.0,
          1e9 },
        { 0, "precision", OPTION_TEXT, "double|mixed",
          "of a NEP: mixed is quicker, with errors of some 1e-5 eV/A", &run.precision, 0, 0 },
        { 0, "skin", OPTION_REAL, "A", "skin of the neighbour list; 0.5", &run.skin, 0.0, 100.0 },
    };
    const tool_command command = {
        "drive",
        "MODEL",
        "Gives energy, forces and virial to a server that speaks the i-PI protocol (i-PI, ASE's "
        "SocketIOCalculator).",
        "The protocol carries cell and positions only: atoms are those of --structure in the same "
        "order, periodic as its pbc says; a model\n"
        "of one species does without, and is then periodic in all directions. Extras are one JSON "
        "object: \"dipole\" (e a0; sum q r of\n"
        "positions as sent), \"charges\" (e), \"BEC\" ([3 N][3]: displacement, polarization; e; "
        "sum rule imposed). ASE 3.22 takes none.\n"
        "A field acts by the Born charges of the model (times sqrt(X) of --eps-inf), or by those "
        "of --tensors, which are physical as they\n"
        "are and give no energy and no virial. Energy, forces and virial are those of the enthalpy "
        "at the condition given. The dipole of\n"
        "charges that follow their neighbours in a crystal begins with sum q r and is integrated "
        "along the positions sent (about one more\n"
        "evaluation each). A fixed field or D has a torque, and the virial is its symmetric part; "
        "for "
        "cells that change without turning, as\n"
        "those of i-PI, take --voltage or --flux. Of a charged crystal the virial leaves the field "
        "out.\n"
        "A server that says EXIT or closes between two steps has finished: exit code 0. One that "
        "goes away in between ends with a message\n"
        "and 1; with --retry it is waited for and served again.",
        options,
        sizeof options / sizeof options[0],
        1,
        1
    };
    int32_t n = 0;
    int code = options_parse(&command, &run.common, count, arguments, &n);
    if (code != GO_ON) return code;
    code = open_run(&run, arguments[0]);
    if (code == GO_ON) code = finish(&run, drive(&run));
    ipi_disconnect(&run.link);
    driven_free(&run.system);
    lrpot_potential_free(run.model);
    lrpot_tensor_model_free(run.tensors);
    text_list_free(&run.species);
    free(run.message);
    free(run.text);
    return code;
}
