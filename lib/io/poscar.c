/* VASP's POSCAR, for phonopy and others. */
#include "io/output.h"

#include <lrpot/io.h>

#include "core/error.h"
#include "core/memory.h"

#include <string.h>

/* Groups atoms by symbol in the order of first appearance: order[k] is the atom at place k,
 * counts[g] the size of group g. */
static int64_t group_atoms(const lrpot_structure *structure, int64_t *order, int64_t *counts)
{
    int64_t n = lrpot_structure_count(structure), placed = 0, groups = 0;
    for (int64_t first = 0; first < n && placed < n; first++) {
        const char *symbol = lrpot_structure_symbol(structure, first);
        int64_t known = 0, start = placed;
        for (int64_t g = 0, at = 0; g < groups && !known; at += counts[g++])
            known = strcmp(lrpot_structure_symbol(structure, order[at]), symbol) == 0;
        for (int64_t i = first; i < n && !known; i++)
            if (strcmp(lrpot_structure_symbol(structure, i), symbol) == 0) order[placed++] = i;
        if (!known) counts[groups++] = placed - start;
    }
    return groups;
}

static void put_head(lrpot__output *output, const lrpot_structure *structure, int64_t groups,
                     const int64_t *order, const int64_t *counts)
{
    const char *title = lrpot_structure_info(structure, "comment");
    for (const char *c = title != NULL && *title != '\0' ? title : "structure";
         *c != '\0' && *c != '\n' && *c != '\r'; c++)
        fputc(*c, output->file);
    lrpot__put_text(output, "\n1.0\n");
    for (int row = 0; row < 3; row++) {
        lrpot__put_numbers(output, 3, lrpot_structure_cell(structure) + 3 * row, " ");
        lrpot__put_text(output, "\n");
    }
    for (int64_t g = 0, at = 0; g < groups; at += counts[g++]) {
        lrpot__put_text(output, g > 0 ? " " : "");
        lrpot__put_text(output, lrpot_structure_symbol(structure, order[at]));
    }
    lrpot__put_text(output, "\n");
    for (int64_t g = 0; g < groups; g++) {
        lrpot__put_text(output, g > 0 ? " " : "");
        lrpot__put_integer(output, counts[g]);
    }
    lrpot__put_text(output, "\nCartesian\n");
}

static lrpot_status write_file(const char *path, const lrpot_structure *structure, int64_t *order,
                               int64_t *counts)
{
    lrpot__output output;
    int64_t groups = group_atoms(structure, order, counts);
    LRPOT__TRY(lrpot__output_open(&output, path));
    put_head(&output, structure, groups, order, counts);
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
    int64_t *places = lrpot__calloc(n, sizeof *places), *counts = lrpot__calloc(n, sizeof *counts);
    lrpot_status status = places != NULL && counts != NULL
                              ? write_file(path, structure, places, counts)
                              : LRPOT_E_MEMORY;
    if (status == LRPOT_OK && order != NULL) memcpy(order, places, (size_t)n * sizeof *order);
    lrpot__free(places);
    lrpot__free(counts);
    return status;
}
