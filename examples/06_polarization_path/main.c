/* How does the polarization of a crystal grow as its sublattices move apart, and how far do the
 * Born charges of the start predict it? */
#include <lrpot/lrpot.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define TRY(call)                                        \
    do {                                                 \
        if ((call) != LRPOT_OK) {                        \
            fprintf(stderr, "%s\n", lrpot_last_error()); \
            return 1;                                    \
        }                                                \
    } while (0)

static const double lattice = 5.605; /* A */

/* Quantities along the path, with the sodium shifted along z in the primitive cell of rock
 * salt. */
typedef struct {
    double born;             /* Z_zz of the sodium, e */
    lrpot_polarization cell; /* dipole of the cell, on the branch nearest to the step before */
} point;

static int look(const lrpot_potential *model, lrpot_workspace *work, double shift,
                const double *previous, point *p)
{
    static const char *const symbols[2] = { "Na", "Cl" };
    const double h = lattice / 2, cell[9] = { 0, h, h, h, 0, h, h, h, 0 },
                 positions[6] = { 0, 0, shift, h, h, h };
    lrpot_structure *structure = NULL;
    double charges[2], Z[18];
    int32_t species[2];
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.charges = charges;
    TRY(lrpot_structure_create(&structure, 2, symbols, positions, cell, LRPOT_PERIODIC_ALL));
    TRY(lrpot_potential_compute_structure(model, work, structure, &out));
    TRY(lrpot_response_born_charges_structure(model, work, structure, LRPOT_BORN_UNFOLDED, Z,
                                              NULL));
    TRY(lrpot_response_project(2, 0.0, Z)); /* only how the ions move against each other counts */
    TRY(lrpot_structure_view(structure, 2, lrpot_potential_symbols(model), species, &atoms));
    TRY(lrpot_response_polarization(&atoms, charges, previous, &p->cell));
    p->born = Z[8];
    lrpot_structure_free(structure);
    return 0;
}

int main(void)
{
    const double step = 0.05, per_volume = 4 / (lattice * lattice * lattice)
                                           * 1602.176634; /* e/A^2 in uC/cm^2 */
    lrpot_potential *model = NULL;
    lrpot_workspace *work = NULL;
    TRY(lrpot_potential_load(&model, "rocksalt.json"));
    TRY(lrpot_workspace_create(&work, 1));

    point first = { 0, LRPOT_POLARIZATION_INIT }, last = first, now = first;
    double integral = 0, linear = 0, dipole = 0;
    if (look(model, work, 0, NULL, &first) != 0) return 1;
    last = first;
    printf("polarization, uC/cm^2\nshift (A)   integral of Z du   Z(0) u   dipole of the cell\n");
    for (int k = 0; k <= 6; k++) {
        if (look(model, work, k * step, last.cell.value, &now) != 0) return 1;
        if (k > 0) integral += 0.5 * (now.born + last.born) * step * per_volume;
        linear = first.born * k * step * per_volume;
        dipole = (now.cell.value[2] - first.cell.value[2]) * 1602.176634;
        printf("%9.2f %18.4f %8.4f %20.4f\n", k * step, integral, linear, dipole);
        last = now;
    }
    int sound = fabs(integral - linear) < 0.05 * linear
                && fabs(dipole - integral) > 0.05 * integral;
    printf("Born charges are the derivative of the dipole of the cell: %s\n", sound ? "no" : "yes");

    lrpot_workspace_free(work);
    lrpot_potential_free(model);
    return sound ? 0 : 1;
}
