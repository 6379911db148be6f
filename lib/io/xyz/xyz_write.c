/* Writer of extended XYZ for ASE. */
#include "io/xyz/xyz_write.h"

#include "core/error.h"
#include "core/memory.h"
#include "io/files/output.h"
#include "io/text/comment.h"
#include "io/text/keys.h"

#include <math.h>

static lrpot_status put_quoted(lrpot__output *output, const char *text)
{
    char *quoted = lrpot__comment_quote(text);
    if (quoted == NULL) return LRPOT_E_MEMORY;
    lrpot__put_text(output, quoted);
    lrpot__free(quoted);
    return LRPOT_OK;
}

static void put_cell(lrpot__output *output, const lrpot_structure *structure)
{
    const double *cell = lrpot_structure_cell(structure);
    int32_t mask = lrpot_structure_periodic_mask(structure);
    if (cell != NULL) {
        lrpot__put_text(output, "Lattice=\"");
        lrpot__put_numbers(output, 9, cell, " ");
        lrpot__put_text(output, "\" ");
    }
    lrpot__put_text(output, "pbc=\"");
    for (int d = 0; d < 3; d++)
        lrpot__put_text(output,
                        d < 2 ? (mask >> d & 1 ? "T " : "F ") : (mask >> d & 1 ? "T\" " : "F\" "));
}

/* 1 for identities and image flags, which other programs expect to be integers. */
static int is_whole(const lrpot_structure *structure, int32_t quantity)
{
    const double *values = lrpot_structure_get(structure, quantity);
    int64_t size = lrpot_quantity_size(quantity, lrpot_structure_count(structure));
    if (quantity != LRPOT_QUANTITY_ID && quantity != LRPOT_QUANTITY_IMAGE) return 0;
    for (int64_t k = 0; k < size; k++)
        if (values[k] != floor(values[k]) || fabs(values[k]) > 1e15) return 0;
    return 1;
}

static void put_properties(lrpot__output *output, const lrpot_structure *structure)
{
    lrpot__put_text(output, "Properties=species:S:1:pos:R:3");
    for (int32_t q = 1; q < LRPOT_QUANTITY_COUNT; q++) {
        if (!lrpot__key_per_atom(q) || lrpot_structure_get(structure, q) == NULL) continue;
        lrpot__put_text(output, ":");
        lrpot__put_text(output, lrpot__key_aliases(q)[0]);
        lrpot__put_text(output, is_whole(structure, q) ? ":I:" : ":R:");
        lrpot__put_integer(output, lrpot__key_components(q));
    }
}

static void put_quantities(lrpot__output *output, const lrpot_structure *structure)
{
    for (int32_t q = 1; q < LRPOT_QUANTITY_COUNT; q++) {
        const double *values = lrpot_structure_get(structure, q);
        int64_t n = lrpot__key_components(q);
        if (lrpot__key_per_atom(q) || values == NULL) continue;
        lrpot__put_text(output, " ");
        lrpot__put_text(output, lrpot__key_aliases(q)[0]);
        lrpot__put_text(output, n > 1 ? "=\"" : "=");
        lrpot__put_numbers(output, n, values, " ");
        if (n > 1) lrpot__put_text(output, "\"");
    }
}

static void put_fragment_charges(lrpot__output *output, const lrpot_structure *structure)
{
    int32_t n = 0;
    const double *charges = lrpot_structure_fragment_charges(structure, &n);
    if (n == 0) return;
    lrpot__put_text(output, " fragment_charges=\"");
    lrpot__put_numbers(output, n, charges, " ");
    lrpot__put_text(output, "\"");
}

static void put_fragment_potentials(lrpot__output *output, const lrpot_structure *structure)
{
    int32_t n = 0, reference = LRPOT_POTENTIALS_SHARED;
    const double *potentials = lrpot_structure_fragment_potentials(structure, &n, &reference);
    for (int32_t f = 0; f < n; f++) {
        lrpot__put_text(output, f == 0 ? " fragment_potentials=\"" : " ");
        if (isnan(potentials[f])) lrpot__put_text(output, "nan");
        else lrpot__put_numbers(output, 1, potentials + f, " ");
    }
    if (n > 0) lrpot__put_text(output, "\"");
    if (reference == LRPOT_POTENTIALS_VACUUM)
        lrpot__put_text(output, " potential_reference=vacuum");
}

static void put_points(lrpot__output *output, const lrpot_structure *structure)
{
    int64_t n = 0;
    const double *potentials = NULL, *points = lrpot_structure_points(structure, &n, &potentials);
    for (int64_t p = 0; p < n; p++) {
        lrpot__put_text(output, p == 0 ? " potential_points=\"" : " ");
        lrpot__put_numbers(output, 3, points + 3 * p, " ");
        lrpot__put_text(output, " ");
        lrpot__put_numbers(output, 1, potentials + p, " ");
    }
    if (n > 0) lrpot__put_text(output, "\"");
}

static lrpot_status put_infos(lrpot__output *output, const lrpot_structure *structure)
{
    const char *key = NULL, *value = NULL;
    for (int64_t i = 0; lrpot_structure_info_at(structure, i, &key, &value); i++) {
        lrpot__put_text(output, " ");
        LRPOT__TRY(put_quoted(output, key));
        lrpot__put_text(output, "=");
        LRPOT__TRY(put_quoted(output, value));
    }
    return LRPOT_OK;
}

static void put_atoms(lrpot__output *output, const lrpot_structure *structure)
{
    const double *positions = lrpot_structure_positions_const(structure);
    for (int64_t i = 0; i < lrpot_structure_count(structure); i++) {
        lrpot__put_text(output, lrpot_structure_symbol(structure, i));
        lrpot__put_text(output, " ");
        lrpot__put_numbers(output, 3, positions + 3 * i, " ");
        for (int32_t q = 1; q < LRPOT_QUANTITY_COUNT; q++) {
            const double *values = lrpot_structure_get(structure, q);
            int64_t n = lrpot__key_components(q);
            if (!lrpot__key_per_atom(q) || values == NULL) continue;
            lrpot__put_text(output, " ");
            lrpot__put_numbers(output, n, values + n * i, " ");
        }
        lrpot__put_text(output, "\n");
    }
}

lrpot_status lrpot__xyz_append(lrpot_writer *writer, const lrpot_structure *structure)
{
    lrpot__output *output = &writer->output;
    lrpot__put_integer(output, lrpot_structure_count(structure));
    lrpot__put_text(output, "\n");
    put_cell(output, structure);
    put_properties(output, structure);
    put_quantities(output, structure);
    put_fragment_charges(output, structure);
    put_fragment_potentials(output, structure);
    put_points(output, structure);
    LRPOT__TRY(put_infos(output, structure));
    lrpot__put_text(output, "\n");
    put_atoms(output, structure);
    return LRPOT_OK;
}
