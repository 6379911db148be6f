#include "phonons/layer.h"

#include "phonons/zone_path.h"

#include <math.h>
#include <string.h>

static double dot(const double *a, const double *b)
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

layer_shape layer_shape_of(const lrpot_structure *structure)
{
    const int32_t missing = LRPOT_PERIODIC_ALL & ~lrpot_structure_periodic_mask(structure);
    layer_shape shape = { 0 };
    if (missing != 1 && missing != 2 && missing != 4) return shape;
    shape.is_layer = 1;
    shape.across = missing / 2;
    zone_across(lrpot_structure_cell(structure), shape.across, shape.normal);
    shape.area = sqrt(dot(shape.normal, shape.normal));
    for (int a = 0; a < 3; a++) shape.normal[a] /= shape.area;
    return shape;
}

lrpot_status layer_set_row(lrpot_structure *structure, const layer_shape *shape)
{
    const double *r = lrpot_structure_positions_const(structure);
    double cell[9], low = INFINITY, high = -INFINITY, length;
    if (!shape->is_layer) return LRPOT_OK;
    memcpy(cell, lrpot_structure_cell(structure), sizeof cell);
    for (int64_t i = 0; i < lrpot_structure_count(structure); i++) {
        double z = dot(r + 3 * i, shape->normal);
        low = fmin(low, z);
        high = fmax(high, z);
    }
    length = 2.0 * (high - low) + 10.0;
    for (int row = 0; row < 3; row++)
        if (row != shape->across) length += 2.0 * sqrt(dot(cell + 3 * row, cell + 3 * row));
    for (int a = 0; a < 3; a++) cell[3 * shape->across + a] = length * shape->normal[a];
    return lrpot_structure_set_cell(structure, cell, lrpot_structure_periodic_mask(structure));
}

int layer_holds(const layer_shape *shape, const double *vector)
{
    return fabs(dot(vector, shape->normal)) <= 1e-9 * sqrt(dot(vector, vector));
}

void layer_default_direction(const lrpot_structure *structure, const layer_shape *shape,
                             double *direction)
{
    if (layer_holds(shape, direction)) return;
    memcpy(direction, lrpot_structure_cell(structure) + 3 * (shape->across == 0 ? 1 : 0),
           3 * sizeof *direction);
}
