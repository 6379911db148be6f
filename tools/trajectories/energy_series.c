#include "trajectories/energy_series.h"

#include "cli/report.h"
#include "cli/table.h"

#include <stdlib.h>
#include <string.h>

static int find_column(const table *t, const char *verb, const char *asked, int32_t *column)
{
    static const char *const names[] = { "e", "energy", "pe", "poteng", "u" };
    if (asked != NULL) {
        text_list items;
        int code = text_list_split(&items, asked) && items.count == 1
                       ? table_choose(t, verb, &items, column)
                       : report_usage(verb, "--energy %s: expected one column", asked);
        text_list_free(&items);
        return code;
    }
    *column = -1;
    for (size_t k = 0; k < sizeof names / sizeof names[0] && *column < 0; k++)
        *column = table_column(t, names[k]);
    if (*column >= 0) return GO_ON;
    return report_error(BAD_INPUT,
                        "%s: no column E, energy or pe with the potential energy (eV); name it by "
                        "--energy",
                        t->path);
}

static int read_table(double *out, const series_input *input, const char *path, const char *asked)
{
    table t;
    int32_t column = 0, got = 1;
    int code = table_open(&t, path);
    if (code == GO_ON) code = find_column(&t, input->verb, asked, &column);
    if (code == GO_ON && t.units[column] != NULL && strcmp(t.units[column], "eV") != 0)
        code = report_error(BAD_INPUT, "%s: energies in '%s', expected eV; convert the column",
                            path, t.units[column]);
    for (int64_t k = 0; code == GO_ON && got && k < input->n; k++)
        code = table_next(&t, 1, &column, &out[k], &got);
    table_close(&t);
    return code;
}

static int read_frames(double *out, const series_input *input, const char *path)
{
    lrpot_reader *reader = NULL;
    int code = inputs_reader(&reader, path, NULL, NULL);
    for (int64_t k = 0; code == GO_ON && k < input->n; k++) {
        lrpot_structure *frame = NULL;
        code = inputs_next(reader, path, &frame);
        const double *energy = lrpot_structure_get(frame, LRPOT_QUANTITY_ENERGY);
        if (code == GO_ON && energy == NULL)
            code = report_error(BAD_INPUT,
                                "%s: frame %lld has no energy; lrpot eval MODEL FILE -o OUT.xyz "
                                "adds it",
                                path, (long long)k);
        else if (code == GO_ON) out[k] = *energy;
        lrpot_structure_free(frame);
    }
    lrpot_reader_close(reader);
    return code;
}

int energies_read(double **out, const series_input *input, const char *path, const char *column)
{
    double *all = calloc((size_t)input->n, sizeof *all);
    *out = NULL;
    if (all == NULL) return report_no_memory();
    int code = input->trajectory ? options_without(input->common, input->verb, "energy",
                                                   "on a trajectory, whose frames have an energy")
                                 : GO_ON;
    if (code == GO_ON)
        code = input->trajectory ? read_frames(all, input, path)
                                 : read_table(all, input, path, column);
    if (code != GO_ON) {
        free(all);
        return code;
    }
    memmove(all, all + input->skipped, (size_t)(input->n - input->skipped) * sizeof *all);
    *out = all;
    return GO_ON;
}
