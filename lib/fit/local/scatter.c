/* Derivatives of an atom's gradient, scattered to the rows of forces, strains and Born charges. */
#include "fit/local/scatter.h"

/* Finds the target rows of the columns: neighbours to the forces on them, with the sign of a force;
 * their sum to the centre; the rest to the strains. Strain columns with two targets come twice.
 * Returns the number of columns of the first kind. */
static int64_t set_targets(lrpot__local *local, const lrpot__scatter *scatter)
{
    int64_t n = 0;
    for (int64_t k = 0; k < local->count; k++)
        for (int a = 0; a < 3; a++, n++) {
            local->targets[n] = scatter->forces + 3 * local->j[k] + a;
            local->scales[n] = -scatter->weight;
        }
    for (int a = 0; a < 3; a++, n++) {
        local->targets[n] = scatter->forces + 3 * scatter->centre + a;
        local->scales[n] = scatter->weight;
    }
    for (int s = 0; s < 2; s++)
        for (int c = 0; c < 6; c++) {
            local->targets[n + 6 * s + c] = scatter->strain[s] + c;
            local->scales[n + 6 * s + c] = scatter->strain_factor[s];
        }
    return n;
}

static void add(double *row, const double *x, int64_t n, double factor)
{
    for (int64_t i = 0; i < n; i++) row[i] += factor * x[i];
}

static double component_of_arm(const lrpot__local *local, const lrpot__scatter *scatter, int64_t k,
                               int a)
{
    return scatter->lever_arm != NULL ? scatter->lever_arm[a]
                                      : -scatter->factor * local->vectors[3 * k + a];
}

/* Rows of the Born charges: one direction of the dipole after the other. */
static void scatter_born(const lrpot__local *local, const lrpot__scatter *scatter,
                         lrpot__local_rows rows)
{
    int64_t n = 3 * local->count;
    for (int a = 0; a < 3; a++) {
        for (int64_t r = 0; r < n; r++)
            add(scatter->jacobian
                    + (scatter->born + 9 * local->j[r / 3] + 3 * a + r % 3) * scatter->stride
                    + rows.column,
                rows.values + r * rows.stride, rows.width,
                component_of_arm(local, scatter, r / 3, a));
        for (int64_t b = 0; b < 3 && scatter->lever_arm != NULL; b++)
            add(scatter->jacobian
                    + (scatter->born + 9 * scatter->centre + 3 * a + b) * scatter->stride
                    + rows.column,
                rows.values + (n + b) * rows.stride, rows.width, -scatter->lever_arm[a]);
    }
}

void lrpot__local_scatter(lrpot__local *local, const lrpot__scatter *scatter,
                          lrpot__local_rows rows)
{
    int64_t forces = set_targets(local, scatter);
    for (int64_t r = 0; r < forces && scatter->forces >= 0; r++)
        add(scatter->jacobian + local->targets[r] * scatter->stride + rows.column,
            rows.values + r * rows.stride, rows.width, local->scales[r]);
    for (int s = 0; s < 2; s++)
        for (int64_t c = 0; c < 6 && scatter->strain[s] >= 0; c++)
            add(scatter->jacobian + local->targets[forces + 6 * s + c] * scatter->stride
                    + rows.column,
                rows.values + (forces + c) * rows.stride, rows.width,
                local->scales[forces + 6 * s + c]);
    if (scatter->born >= 0) scatter_born(local, scatter, rows);
}
