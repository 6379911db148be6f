/* Writer of MLIP's .cfg files. Quantities that the format does not know (dipole, Born charges, ...)
 * are left out. */
#include "io/mlip/cfg_write.h"

#include "core/error.h"
#include "core/memory.h"
#include "io/files/output.h"
#include "io/files/writer_types.h"
#include "io/text/text.h"

#include <string.h>

/* Numbers the types before the first byte, so that a refused frame writes nothing. */
static lrpot_status number_types(lrpot_writer *writer, const lrpot_structure *structure)
{
    int32_t type = 0;
    for (int64_t i = 0; i < lrpot_structure_count(structure); i++)
        LRPOT__TRY(lrpot__writer_type(writer, lrpot_structure_symbol(structure, i), &type));
    return LRPOT_OK;
}

static void put_block(lrpot__output *output, const char *title, int64_t rows, int64_t columns,
                      const double *values)
{
    lrpot__put_text(output, title);
    for (int64_t row = 0; row < rows; row++) {
        lrpot__put_text(output, "    ");
        lrpot__put_numbers(output, columns, values + columns * row, " ");
        lrpot__put_text(output, "\n");
    }
}

/* Columns after the position, in this order. */
static const struct {
    int32_t quantity;
    const char *title;
} columns[] = { { LRPOT_QUANTITY_FORCES, " fx fy fz" },
                { LRPOT_QUANTITY_ENERGY_ATOM, " site_en" },
                { LRPOT_QUANTITY_CHARGES, " charge" } };
#define N_COLUMNS ((int)(sizeof columns / sizeof columns[0]))

static lrpot_status put_atoms(lrpot_writer *writer, const lrpot_structure *structure)
{
    lrpot__output *output = &writer->output;
    const double *positions = lrpot_structure_positions_const(structure);
    lrpot__put_text(output, " AtomData: id type cartes_x cartes_y cartes_z");
    for (int c = 0; c < N_COLUMNS; c++)
        if (lrpot_structure_get(structure, columns[c].quantity) != NULL)
            lrpot__put_text(output, columns[c].title);
    lrpot__put_text(output, "\n");
    for (int64_t i = 0; i < lrpot_structure_count(structure); i++) {
        int32_t type = 0;
        LRPOT__TRY(lrpot__writer_type(writer, lrpot_structure_symbol(structure, i), &type));
        lrpot__put_text(output, "    ");
        lrpot__put_integer(output, i + 1);
        lrpot__put_text(output, " ");
        lrpot__put_integer(output, type);
        lrpot__put_text(output, " ");
        lrpot__put_numbers(output, 3, positions + 3 * i, " ");
        for (int c = 0; c < N_COLUMNS; c++) {
            const double *values = lrpot_structure_get(structure, columns[c].quantity);
            int64_t n = lrpot_quantity_size(columns[c].quantity, 1);
            if (values == NULL) continue;
            lrpot__put_text(output, " ");
            lrpot__put_numbers(output, n, values + n * i, " ");
        }
        lrpot__put_text(output, "\n");
    }
    return LRPOT_OK;
}

/* PlusStress = -V stress. For a molecule the six numbers are in an info. */
static void put_virial(lrpot__output *output, const lrpot_structure *structure)
{
    static const int place[6] = { 0, 4, 8, 5, 2, 1 };
    const double *stress = lrpot_structure_get(structure, LRPOT_QUANTITY_STRESS);
    const char *carried = lrpot_structure_info(structure, "PlusStress");
    double volume = lrpot_structure_volume(structure), virial[6];
    if (stress != NULL && volume > 0) {
        for (int c = 0; c < 6; c++) virial[c] = -volume * stress[place[c]];
        put_block(output, " PlusStress: xx yy zz yz xz xy\n", 1, 6, virial);
    } else if (carried != NULL && strchr(carried, '\n') == NULL
               && lrpot__field_count(carried) == 6) {
        lrpot__put_text(output, " PlusStress: xx yy zz yz xz xy\n    ");
        lrpot__put_text(output, carried);
        lrpot__put_text(output, "\n");
    }
}

/* A value of several lines is written as repeated keys. */
static void put_feature(lrpot__output *output, const char *key, const char *value)
{
    while (value != NULL) {
        const char *end = strchr(value, '\n');
        lrpot__put_text(output, " Feature   ");
        lrpot__put_text(output, key);
        lrpot__put_text(output, "\t");
        fprintf(output->file, "%.*s\n", end != NULL ? (int)(end - value) : (int)strlen(value),
                value);
        value = end != NULL ? end + 1 : NULL;
    }
}

static void put_features(lrpot__output *output, const lrpot_structure *structure)
{
    const double *charge = lrpot_structure_get(structure, LRPOT_QUANTITY_TOTAL_CHARGE);
    const char *key = NULL, *value = NULL;
    if (charge != NULL) {
        lrpot__put_text(output, " Feature   total_charge\t");
        lrpot__put_number(output, *charge);
        lrpot__put_text(output, "\n");
    }
    for (int64_t i = 0; lrpot_structure_info_at(structure, i, &key, &value); i++)
        if (strcmp(key, "PlusStress") != 0 && strpbrk(key, " \t\r\n") == NULL
            && strchr(value, '\r') == NULL)
            put_feature(output, key, value);
}

lrpot_status lrpot__cfg_append(lrpot_writer *writer, const lrpot_structure *structure)
{
    lrpot__output *output = &writer->output;
    const double *cell = lrpot_structure_cell(structure),
                 *energy = lrpot_structure_get(structure, LRPOT_QUANTITY_ENERGY);
    int32_t mask = lrpot_structure_periodic_mask(structure);
    if (mask != 0 && mask != LRPOT_PERIODIC_ALL)
        return lrpot__fail(
            LRPOT_E_UNSUPPORTED,
            "%s: frame %lld is periodic along some cell vectors only, which .cfg cannot express",
            output->path, (long long)writer->frames);
    LRPOT__TRY(number_types(writer, structure));
    lrpot__put_text(output, "BEGIN_CFG\n Size\n    ");
    lrpot__put_integer(output, lrpot_structure_count(structure));
    lrpot__put_text(output, "\n");
    if (mask != 0) put_block(output, " Supercell\n", 3, 3, cell);
    LRPOT__TRY(put_atoms(writer, structure));
    if (energy != NULL) put_block(output, " Energy\n", 1, 1, energy);
    put_virial(output, structure);
    put_features(output, structure);
    lrpot__put_text(output, "END_CFG\n\n");
    return LRPOT_OK;
}
