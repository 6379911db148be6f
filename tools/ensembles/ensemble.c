#include "ensembles/ensemble.h"

#include "cli/report.h"
#include "phonons/screening.h"

#include <lrpot/file.h>

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Model files are JSON documents or begin with MTP or nep. Files of structures begin with none of
 * these. */
static int is_model(const char *path)
{
    char head[64];
    FILE *file = fopen(path, "rb");
    if (file == NULL) return 0;
    size_t n = fread(head, 1, sizeof head - 1, file), at = 0;
    fclose(file);
    head[n] = '\0';
    while (at < n && isspace((unsigned char)head[at])) at++;
    return head[at] == '{' || strncmp(head + at, "MTP", 3) == 0
           || strncmp(head + at, "nep", 3) == 0;
}

int32_t ensemble_members(int32_t n_operands, char **operands)
{
    int32_t n = 1;
    while (n < n_operands - 1 && is_model(operands[n])) n++;
    return n;
}

int ensemble_operands(const tool_command *command, int32_t n_operands, char **operands)
{
    int32_t n = ensemble_members(n_operands, operands);
    if (n == n_operands - 1) return GO_ON;
    return report_usage(command->verb, "%s: not a model; expected %s", operands[n],
                        command->operands);
}

static int not_twice(const ensemble *e, int32_t member)
{
    for (int32_t m = 0; m < member; m++)
        if (lrpot_file_same(e->paths[m], e->paths[member]))
            return report_error(BAD_USAGE,
                                "%s and %s are the same model; the spread would be too small",
                                e->paths[m], e->paths[member]);
    return GO_ON;
}

static int has_symbol(int32_t n, const char *const *symbols, const char *symbol)
{
    for (int32_t z = 0; z < n; z++)
        if (strcmp(symbols[z], symbol) == 0) return 1;
    return 0;
}

static int differ(const ensemble *e, int32_t member, const char *what, const char *own,
                  const char *first)
{
    return report_error(BAD_INPUT,
                        "%s has %s %s, %s has %s: all members of an ensemble have the same species "
                        "and the same kind of charges",
                        e->paths[member], what, own, e->paths[0], first);
}

static const char *joined(int32_t n, const char *const *symbols, char *text, size_t size)
{
    size_t used = 0;
    text[0] = '\0';
    for (int32_t z = 0; z < n && used + 1 < size; z++)
        used += (size_t)snprintf(text + used, size - used, "%s%s", z > 0 ? "," : "", symbols[z]);
    return text;
}

static int same_species(const ensemble *e, int32_t member, int32_t n_first,
                        const char *const *first, int32_t n, const char *const *own)
{
    char text[2][256];
    int same = n == n_first;
    for (int32_t z = 0; z < n && same; z++) same = has_symbol(n_first, first, own[z]);
    return same ? GO_ON
                : differ(e, member, "the species", joined(n, own, text[0], sizeof text[0]),
                         joined(n_first, first, text[1], sizeof text[1]));
}

static int same_potential(const ensemble *e, int32_t member)
{
    static const char *const orders[3] = { "charges", "dipoles", "quadrupoles" };
    const lrpot_potential *first = e->models[0], *own = e->models[member];
    const char *kinds[2] = {
        lrpot_charges_kind_name(lrpot_charges_kind(lrpot_potential_charges(own))),
        lrpot_charges_kind_name(lrpot_charges_kind(lrpot_potential_charges(first)))
    };
    int code = same_species(e, member, lrpot_potential_species_count(first),
                            lrpot_potential_symbols(first), lrpot_potential_species_count(own),
                            lrpot_potential_symbols(own));
    if (code != GO_ON) return code;
    if (strcmp(kinds[0], kinds[1]) != 0) return differ(e, member, "charges", kinds[0], kinds[1]);
    return charges_order(own) == charges_order(first)
               ? GO_ON
               : differ(e, member, "moments up to", orders[charges_order(own)],
                        orders[charges_order(first)]);
}

static int load_tensors(ensemble *e, int32_t member)
{
    static const char *const schemes[] = { "independent", "dipole", "global", "local" };
    lrpot_tensor_options first = LRPOT_TENSOR_OPTIONS_INIT, own = LRPOT_TENSOR_OPTIONS_INIT;
    lrpot_status status = lrpot_tensor_model_load(&e->tensors[member], e->paths[member]);
    if (status == LRPOT_OK) status = lrpot_tensor_model_get_options(e->tensors[member], &own);
    if (status == LRPOT_OK) status = lrpot_tensor_model_get_options(e->tensors[0], &first);
    if (status != LRPOT_OK) return report_failure(status, e->paths[member]);
    int code = same_species(e, member, first.n_species, first.symbols, own.n_species, own.symbols);
    if (code != GO_ON || first.kind == own.kind) return code;
    return differ(e, member, "tensors", schemes[own.kind], schemes[first.kind]);
}

static int load(ensemble *e, int32_t member, const text_list *species, int with_tensors)
{
    /* a verb that takes no tensors lets the loader of potentials refuse them */
    int tensors = with_tensors && lrpot_tensor_model_recognise(e->paths[member]);
    if (tensors != (e->tensors != NULL))
        return report_error(BAD_INPUT, "%s holds %s, %s %s: members of an ensemble are of one kind",
                            e->paths[member], tensors ? "tensors" : "a potential", e->paths[0],
                            tensors ? "a potential" : "tensors");
    if (tensors) return load_tensors(e, member);
    int code = inputs_model(&e->models[member], e->paths[member], species);
    if (code == GO_ON) code = same_potential(e, member);
    if (code == GO_ON) grading_open(&e->grades[member], e->models[member], e->paths[member]);
    return code;
}

int ensemble_open(ensemble *e, int32_t n, char **paths, const text_list *species, int with_tensors)
{
    int tensors = with_tensors && lrpot_tensor_model_recognise(paths[0]);
    *e = (ensemble){ .n = n, .paths = paths };
    e->models = calloc((size_t)n, sizeof *e->models);
    e->grades = calloc((size_t)n, sizeof *e->grades);
    if (tensors) e->tensors = calloc((size_t)n, sizeof *e->tensors);
    if (e->models == NULL || e->grades == NULL || (tensors && e->tensors == NULL))
        return report_no_memory();
    int code = GO_ON;
    for (int32_t m = 0; m < n && code == GO_ON; m++) {
        code = not_twice(e, m);
        if (code == GO_ON) code = load(e, m, species, with_tensors);
    }
    return code;
}

int ensemble_load(ensemble *e, int32_t n, char **paths, const text_list *species)
{
    *e = (ensemble){ .n = n, .paths = paths };
    e->models = calloc((size_t)n, sizeof *e->models);
    int code = e->models != NULL ? GO_ON : report_no_memory();
    for (int32_t m = 0; m < n && code == GO_ON; m++)
        code = inputs_model(&e->models[m], paths[m], species);
    return code;
}

int ensemble_one_epsilon(const ensemble *e, double option, const lrpot_structure *structure)
{
    double first = inputs_epsilon(option, structure, e->models[0]);
    int is_own = screening_is_own(e->models[0]);
    for (int32_t m = 0; m < e->n; m++) {
        int other = screening_is_own(e->models[m]);
        if (other && option > 0.0)
            return report_error(BAD_INPUT,
                                "%s: the charges respond to a field by themselves, so that they "
                                "have a dielectric tensor of their own; leave --eps-inf out",
                                e->paths[m]);
        if (other != is_own)
            return report_error(BAD_INPUT,
                                "%s and %s: the charges of one respond to a field by themselves, "
                                "those of the other are screened by eps_inf; an ensemble needs "
                                "members of one sort",
                                e->paths[0], e->paths[m]);
    }
    for (int32_t m = 1; !is_own && m < e->n; m++) {
        double own = inputs_epsilon(option, structure, e->models[m]);
        if (own != first)
            return report_error(BAD_INPUT,
                                "%s has eps_inf %g, %s has %g: an ensemble needs one for all "
                                "members; --eps-inf X gives it",
                                e->paths[m], own, e->paths[0], first);
    }
    return GO_ON;
}

void ensemble_close(ensemble *e)
{
    for (int32_t m = 0; m < e->n; m++) {
        if (e->models != NULL) lrpot_potential_free(e->models[m]);
        if (e->tensors != NULL) lrpot_tensor_model_free(e->tensors[m]);
        if (e->grades != NULL) grading_close(&e->grades[m]);
    }
    free(e->models);
    free(e->tensors);
    free(e->grades);
    *e = (ensemble){ 0 };
}

int ensemble_each(const ensemble *e, ensemble_work work, void *ctx)
{
    int code = GO_ON;
    for (int32_t m = 0; m < e->n && code == GO_ON; m++) code = work(ctx, m);
    return code;
}

void ensemble_report_grades(const ensemble *e)
{
    int32_t worst = 0;
    for (int32_t m = 1; m < e->n; m++)
        if (e->grades[m].largest > e->grades[worst].largest) worst = m;
    grading_report(&e->grades[worst]);
}

json_t *ensemble_grades_json(const ensemble *e)
{
    if (e->n == 1) return grading_json(&e->grades[0]);
    json_t *list = json_array();
    for (int32_t m = 0; m < e->n; m++) json_array_append_new(list, grading_json(&e->grades[m]));
    return list;
}

void ensemble_names_json(json_t *object, const ensemble *e)
{
    if (e->n == 1) return;
    json_t *names = json_array();
    for (int32_t m = 0; m < e->n; m++) json_array_append_new(names, json_string(e->paths[m]));
    json_object_set_new(object, "members", names);
}

void ensemble_print_names(const ensemble *e, FILE *stream)
{
    fprintf(stream, "# mean and standard deviation (+-) over %d models:", (int)e->n);
    for (int32_t m = 0; m < e->n; m++) fprintf(stream, " %s", e->paths[m]);
    fprintf(stream, "\n");
}
