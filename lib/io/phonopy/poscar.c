/* Writer of VASP's POSCAR, for phonopy and others. */
#include "io/files/output.h"

#include <lrpot/io.h>

#include "core/algebra.h"
#include "core/error.h"
#include "core/memory.h"

#include <string.h>

static const char *symbol_at(const lrpot_structure *structure, const int64_t *order, int64_t k)
{
    return lrpot_structure_symbol(structure, order[k]);
}

static int64_t group_end(const lrpot_structure *structure, const int64_t *order, int64_t start)
{
    int64_t end = start, n = lrpot_structure_count(structure);
    while (end < n
           && strcmp(symbol_at(structure, order, end), symbol_at(structure, order, start)) == 0)
        end++;
    return end;
}

static void put_cell(lrpot__output *output, const double *cell)
{
    double sign = lrpot__det3(cell) < 0.0 ? -1.0 : 1.0;
    for (int row = 0; row < 3; row++) {
        double vector[3];
        for (int a = 0; a < 3; a++)
            vector[a] = sign * cell[3 * row + a] + 0.0; /* + 0.0: no minus before a zero */
        lrpot__put_numbers(output, 3, vector, " ");
        lrpot__put_text(output, "\n");
    }
}

static void put_head(lrpot__output *output, const lrpot_structure *structure, const int64_t *order)
{
    int64_t n = lrpot_structure_count(structure);
    const char *title = lrpot_structure_info(structure, "comment");
    for (const char *c = title != NULL && *title != '\0' ? title : "structure";
         *c != '\0' && *c != '\n' && *c != '\r'; c++)
        fputc(*c, output->file);
    lrpot__put_text(output, "\n1.0\n");
    put_cell(output, lrpot_structure_cell(structure));
    for (int64_t at = 0; at < n; at = group_end(structure, order, at)) {
        lrpot__put_text(output, at > 0 ? " " : "");
        lrpot__put_text(output, symbol_at(structure, order, at));
    }
    lrpot__put_text(output, "\n");
    for (int64_t at = 0, end = 0; at < n; at = end) {
        end = group_end(structure, order, at);
        lrpot__put_text(output, at > 0 ? " " : "");
        lrpot__put_integer(output, end - at);
    }
    lrpot__put_text(output, "\nCartesian\n");
}

static lrpot_status write_file(const char *path, const lrpot_structure *structure, int64_t *order)
{
    lrpot__output output;
    LRPOT__TRY(lrpot_structure_species_order(structure, order));
    LRPOT__TRY(lrpot__output_open(&output, path));
    put_head(&output, structure, order);
    for (int64_t k = 0; k < lrpot_structure_count(structure); k++) {
        lrpot__put_numbers(&output, 3, lrpot_structure_positions_const(structure) + 3 * order[k],
                           " ");
        lrpot__put_text(&output, "\n");
    }
    return lrpot__output_close(&output);
}

lrpot_status lrpot_poscar_write(const char *path, const lrpot_structure *structure, int64_t *order)
{
    LRPOT__REQUIRE_NOT_NULL(path);
    LRPOT__REQUIRE_NOT_NULL(structure);
    if (lrpot_structure_cell(structure) == NULL)
        return lrpot__fail(LRPOT_E_CELL, "%s: a POSCAR needs a cell, the structure has none", path);
    int64_t n = lrpot_structure_count(structure);
    int64_t *places = lrpot__calloc(n, sizeof *places);
    lrpot_status status = places != NULL ? write_file(path, structure, places) : LRPOT_E_MEMORY;
    if (status == LRPOT_OK && order != NULL) memcpy(order, places, (size_t)n * sizeof *order);
    lrpot__free(places);
    return status;
}
