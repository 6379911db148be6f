/* lrpot convert: models and structures from one format to another. */
#include "checks/core_print.h"
#include "cli/format_losses.h"
#include "cli/inputs.h"
#include "cli/report.h"
#include "verbs/verbs.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int ends_with(const char *text, const char *ending)
{
    size_t length = strlen(text), tail = strlen(ending);
    return length >= tail && strcmp(text + length - tail, ending) == 0;
}

/* 1 if the file holds a model. Models begin with MTP, nep or a brace; structures never do. */
static int holds_model(const char *path, int *answer)
{
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return report_error(BAD_INPUT, "%s: cannot be opened: %s", path, strerror(errno));
    char head[4] = "";
    int c = 0;
    while ((c = fgetc(file)) != EOF && isspace(c)) {
    }
    for (size_t i = 0; i < 3 && c != EOF; i++, c = fgetc(file)) head[i] = (char)c;
    fclose(file);
    *answer = head[0] == '{' || strcmp(head, "MTP") == 0 || strcmp(head, "nep") == 0;
    return GO_ON;
}

/* Conventions of a charged NEP to be kept in the file; NULL: those of IN. */
typedef struct nep_choices {
    const char *sum, *forces;
} nep_choices;

/* nep.txt and names that end so; any .txt of a NEP. */
static int is_nep_file(const char *out, const lrpot_potential *model)
{
    return ends_with(out, "nep.txt") || (lrpot_nep_version(model) > 0 && ends_with(out, ".txt"));
}

static int convert_model(const char *in, const char *out, const text_list *species,
                         const nep_choices *choices)
{
    lrpot_potential *model = NULL;
    int code = inputs_model(&model, in, species);
    if (code == GO_ON) code = inputs_nep("convert", model, in, choices->sum, choices->forces);
    if (code != GO_ON) {
        lrpot_potential_free(model);
        return code;
    }
    int mtp = ends_with(out, ".mtp");
    lrpot_status status = mtp                       ? lrpot_potential_save_mtp(model, out)
                          : is_nep_file(out, model) ? lrpot_potential_save_nep(model, out)
                                                    : lrpot_potential_save(model, out);
    if (status != LRPOT_OK) code = report_failure(status, out);
    for (int32_t i = 0; mtp && code == GO_ON && i < lrpot_potential_species_count(model); i++)
        report_note("type %d of %s is %s", (int)i, out, lrpot_potential_symbols(model)[i]);
    json_t *core = core_json(model);
    if (mtp && code == GO_ON && json_is_object(core))
        report_note("%s: without the model's core, which .mtp cannot hold", out);
    json_decref(core);
    lrpot_potential_free(model);
    return code;
}

static int append_all(lrpot_reader *reader, const char *in, lrpot_writer *writer, const char *out,
                      int keep_whole)
{
    const int cfg = ends_with(out, ".cfg");
    format_losses losses = format_losses_of_cfg();
    lrpot_structure *frame = NULL;
    int code = inputs_next(reader, in, &frame);
    while (code == GO_ON && frame != NULL) {
        if (cfg) format_losses_add(&losses, frame);
        lrpot_status status = lrpot_writer_append(writer, frame);
        lrpot_structure_free(frame);
        if (status != LRPOT_OK) return report_failure(status, out);
        code = inputs_next(reader, in, &frame);
    }
    if (code == GO_ON) format_losses_report(&losses, out);
    if (code != BAD_INPUT || !keep_whole || lrpot_reader_frames(reader) == 0) return code;
    report_note("%s: the frames before the damage are kept, as --keep-whole asks", in);
    return GO_ON;
}

static int convert_structures(const char *in, const char *out, const text_list *species,
                              int keep_whole)
{
    lrpot_reader *reader = NULL;
    lrpot_writer *writer = NULL;
    int code = inputs_reader(&reader, in, NULL, species);
    if (code != GO_ON) return code;
    lrpot_status status = lrpot_writer_open(&writer, out);
    if (status == LRPOT_OK && species->count > 0)
        status =
            lrpot_writer_set_types(writer, species->count, (const char *const *)species->items);
    code = status == LRPOT_OK ? append_all(reader, in, writer, out, keep_whole)
                              : report_failure(status, out);
    if (code == GO_ON) {
        status = lrpot_writer_close(writer);
        writer = NULL;
        if (status != LRPOT_OK) code = report_failure(status, out);
        else report_note("%lld frames written to %s", (long long)lrpot_reader_frames(reader), out);
    }
    lrpot_writer_abandon(writer);
    lrpot_reader_close(reader);
    return code;
}

static lrpot_status write_poscar(const char *out, const lrpot_structure *frame, int64_t *order)
{
    int64_t moved = 0;
    lrpot_status status = lrpot_poscar_write(out, frame, order);
    for (int64_t k = 0; status == LRPOT_OK && k < lrpot_structure_count(frame); k++)
        moved += order[k] != k;
    if (moved > 0)
        report_note("%s: atoms are grouped by species, %lld of them stand elsewhere than in the "
                    "input",
                    out, (long long)moved);
    return status;
}

/* What the POSCAR does not tell of the frame and of those behind it. */
static void note_poscar_losses(const char *out, const lrpot_structure *frame, int more)
{
    format_losses losses = format_losses_of_poscar();
    format_losses_add(&losses, frame);
    format_losses_report(&losses, out);
    if (lrpot_structure_periodic_mask(frame) != LRPOT_PERIODIC_ALL)
        report_note("%s: is read as a crystal, periodic along all three cell vectors; the input is "
                    "not",
                    out);
    if (more) report_note("%s: the first frame alone, the input has more", out);
}

static int convert_frame_to_poscar(const char *out, const lrpot_structure *frame, int more)
{
    int64_t *order = malloc((size_t)lrpot_structure_count(frame) * sizeof *order);
    lrpot_status status = order != NULL ? write_poscar(out, frame, order) : LRPOT_E_MEMORY;
    free(order);
    if (status != LRPOT_OK) return report_failure(status, out);
    note_poscar_losses(out, frame, more);
    return GO_ON;
}

static int convert_poscar(const char *in, const char *out, const text_list *species)
{
    lrpot_reader *reader = NULL;
    lrpot_structure *frame = NULL, *next = NULL;
    int code = inputs_reader(&reader, in, NULL, species);
    if (code == GO_ON) code = inputs_next(reader, in, &frame);
    if (code == GO_ON && frame == NULL) code = report_error(BAD_INPUT, "%s: has no frame", in);
    if (code == GO_ON) code = inputs_next(reader, in, &next);
    if (code == GO_ON) code = convert_frame_to_poscar(out, frame, next != NULL);
    lrpot_structure_free(next);
    lrpot_structure_free(frame);
    lrpot_reader_close(reader);
    return code;
}

int verb_convert(int count, char **arguments)
{
    common_options common = { .threads = 1 };
    const char *species_text = NULL;
    nep_choices choices = { NULL, NULL };
    int32_t in_place = 0, keep_whole = 0;
    const tool_option options[] = {
        { 's', "species", OPTION_TEXT, "A,B,...",
          "names of types that are numbers: 0, 1, ... in .mtp and .cfg, 1, 2, ... in dumps",
          &species_text, 0, 0 },
        { 0, "nep-sum", OPTION_TEXT, "SUM",
          "converged or fitted: the Coulomb sum that the own format keeps of a charged NEP",
          &choices.sum, 0, 0 },
        { 0, "nep-forces", OPTION_TEXT, "FORM",
          "gradient or plain: the convention of forces that the own format keeps of a charged NEP",
          &choices.forces, 0, 0 },
        { 0, "keep-whole", OPTION_FLAG, NULL,
          "keep the frames before a damage or an early end of IN", &keep_whole, 0, 0 },
        { 0, "in-place", OPTION_IN_PLACE, NULL,
          "OUT may be IN, which is then replaced; so it is without OUT", &in_place, 0, 0 },
    };
    const tool_command command = {
        "convert",
        "IN OUT",
        "Converts models (own format, .mtp, nep.txt) and structures (.xyz, .cfg, POSCAR; files of "
        "other "
        "codes).",
        "The kind of IN follows from its content, the format of OUT from its name: .mtp, nep.txt "
        "(a name that ends so, or .txt for a NEP) and anything else for models;\n"
        ".cfg, POSCAR (first frame) and anything else (extended XYZ) for structures. IN is also "
        "vasprun.xml, POSCAR,\n"
        "XDATCAR, XML of Quantum ESPRESSO or a LAMMPS dump, plain or compressed by gzip. -o OUT is "
        "the same as the second operand.",
        options,
        sizeof options / sizeof options[0],
        1,
        2
    };
    int32_t n = 0;
    int code = options_parse(&command, &common, count, arguments, &n);
    if (code == GO_ON)
        code = options_without(&common, "convert", "json", "here: there are no results");
    if (code != GO_ON) return code;
    const char *in = arguments[0], *out = n == 2 ? arguments[1] : common.output;
    if (out == NULL && in_place) out = in;
    if (out == NULL || (n == 2 && common.output != NULL))
        return report_usage("convert", "expected one output: IN OUT");
    const char *slash = strrchr(out, '/'), *base = slash != NULL ? slash + 1 : out;
    text_list species = { 0, NULL };
    int model = 0;
    code = inputs_species("convert", species_text, &species);
    if (code == GO_ON) code = holds_model(in, &model);
    if (code == GO_ON && model) code = convert_model(in, out, &species, &choices);
    else if (code == GO_ON && (choices.sum != NULL || choices.forces != NULL))
        code = report_error(BAD_INPUT,
                            "%s holds structures: --nep-sum and --nep-forces are of models", in);
    else if (code == GO_ON && strncmp(base, "POSCAR", 6) == 0)
        code = convert_poscar(in, out, &species);
    else if (code == GO_ON) code = convert_structures(in, out, &species, keep_whole);
    text_list_free(&species);
    return code == GO_ON ? DONE : code;
}
