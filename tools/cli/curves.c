#include "cli/curves.h"

#include "cli/options.h"
#include "cli/report.h"

#include <stdlib.h>
#include <string.h>

static double value_of(const curve_column *column, int64_t i)
{
    return column->values[i * (column->stride > 0 ? column->stride : 1)];
}

void curves_print(FILE *stream, int64_t n, int32_t n_columns, const curve_column *columns)
{
    for (int32_t c = 0; c < n_columns; c++)
        fprintf(stream, "%s%s", columns[c].name, c + 1 < n_columns ? "," : "\n");
    for (int64_t i = 0; i < n; i++)
        for (int32_t c = 0; c < n_columns; c++)
            fprintf(stream, "%.10g%s", value_of(&columns[c], i), c + 1 < n_columns ? "," : "\n");
}

int curves_csv(const char *path, int64_t n, int32_t n_columns, const curve_column *columns)
{
    output out;
    int code = output_open(&out, path);
    if (code != GO_ON) return code;
    curves_print(out.stream, n, n_columns, columns);
    code = output_close(&out, 1);
    return code == DONE ? GO_ON : code;
}

void curves_json(json_t *object, int64_t n, int32_t n_columns, const curve_column *columns)
{
    for (int32_t c = 0; c < n_columns; c++) {
        char key[64];
        json_t *row = json_array();
        snprintf(key, sizeof key, "%.*s", (int)strcspn(columns[c].name, "/"), columns[c].name);
        for (int64_t i = 0; i < n; i++) {
            double value = value_of(&columns[c], i);
            json_array_append_new(row, value - value == 0.0 ? json_real(value) : json_null());
        }
        json_object_set_new(object, key, row);
    }
}

json_t *estimate_json(const lrpot_estimate *estimate, double factor)
{
    json_t *object = json_object();
    json_put_real(object, "value", factor * estimate->value);
    json_put_real(object, "error", factor * estimate->error);
    json_put_real(object, "inefficiency", estimate->inefficiency);
    json_put_count(object, "block", estimate->block);
    json_put_count(object, "blocks", estimate->blocks);
    json_object_set_new(object, "plateau", json_boolean(estimate->plateau));
    return object;
}

void estimate_warn(const lrpot_estimate *estimate, const char *path)
{
    if (!estimate->plateau)
        report_note("%s: the series is too short for an error bar that can be relied on; the one "
                    "given is a lower bound",
                    path);
}
