/* A single sheet of rock salt: what becomes of LO and TO, and how stiff is it against bending? */
#include <lrpot/lrpot.h>

#include <math.h>
#include <stdio.h>

#define TRY(call)                                        \
    do {                                                 \
        if ((call) != LRPOT_OK) {                        \
            fprintf(stderr, "%s\n", lrpot_last_error()); \
            return 1;                                    \
        }                                                \
    } while (0)

static const double pi = 3.14159265358979323846;

/* A square of two ions. The third row of the cell counts for nothing: bits 1 and 2 alone repeat. */
static lrpot_status make_sheet(double a, lrpot_structure **out)
{
    static const char *const symbols[2] = { "Na", "Cl" };
    const double cell[9] = { a, 0, 0, 0, a, 0, 0, 0, 1 },
                 positions[6] = { 0, 0, 0, a / 2, a / 2, 0 };
    return lrpot_structure_create(out, 2, symbols, positions, cell, 3);
}

/* dE/dstrain by area, eV/A^2 */
static lrpot_status tension_of(const lrpot_potential *model, lrpot_workspace *work, double a,
                               double *tension)
{
    lrpot_structure *sheet = NULL;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    double virial[9];
    out.virial = virial;
    lrpot_status status = make_sheet(a, &sheet);
    if (status == LRPOT_OK) status = lrpot_potential_compute_structure(model, work, sheet, &out);
    if (status == LRPOT_OK) *tension = -virial[0] / (a * a);
    lrpot_structure_free(sheet);
    return status;
}

int main(void)
{
    lrpot_potential *model = NULL;
    lrpot_structure *sheet = NULL;
    lrpot_workspace *work = NULL;
    lrpot_phonons *phonons = NULL;
    double low = 3.6, high = 3.9, tension;
    TRY(lrpot_potential_load(&model, "rocksalt.json"));
    TRY(lrpot_workspace_create(&work, 1));
    for (int k = 0; k < 50; k++) {
        TRY(tension_of(model, work, 0.5 * (low + high), &tension));
        *(tension > 0 ? &high : &low) = 0.5 * (low + high);
    }
    const double a = low, q = 0.01;
    TRY(make_sheet(a, &sheet));
    TRY(lrpot_phonons_create(&phonons, model, work, sheet, 0));

    double Z[18], gamma[6], near[6], twice[6];
    const double waves[3][3] = { { 0, 0, 0 }, { q, 0, 0 }, { 2 * q, 0, 0 } };
    TRY(lrpot_response_born_charges_structure(model, work, sheet, LRPOT_BORN_UNFOLDED, Z, NULL));
    TRY(lrpot_phonons_modes(phonons, work, waves[0], NULL, gamma, NULL));
    TRY(lrpot_phonons_modes(phonons, work, waves[1], NULL, near, NULL));
    TRY(lrpot_phonons_modes(phonons, work, waves[2], NULL, twice, NULL));

    /* Two modes in the plane, and one along the normal. d(omega^2)/d|q| = 2 pi k_e p^2/A of the
     * longitudinal wave with p = sum of Z e/sqrt(m); 15.633304 THz is the frequency of 1 eV/A^2 and
     * 1 u. */
    int to = gamma[4] - gamma[3] < 1e-4 ? 3 : 4, lo = to + 1;
    const double *m = lrpot_phonons_masses(phonons), thz = 15.633304239856193;
    double p = sqrt(m[0] * m[1] / (m[0] + m[1])) * (Z[0] / m[0] - Z[9] / m[1]),
           formula = thz * thz * pi * LRPOT_COULOMB_CONSTANT * p * p / (a * a) / gamma[lo],
           slope = (4 * near[lo] - twice[lo] - 3 * gamma[lo]) / (2 * q), ratio = twice[0] / near[0];
    printf("lattice constant      %.4f A, no tension\n", a);
    printf("at Gamma              TO %.4f, LO %.4f THz\n", gamma[to], gamma[lo]);
    printf("slope of LO           %.3f THz A, by the Born charge %.3f\n", slope, formula);
    printf("flexural branch       %.2f times as high at twice the wave vector\n", ratio);
    int sound = fabs(slope / formula - 1) < 2e-3 && fabs(gamma[lo] - gamma[to]) < 1e-4
                && fabs(ratio - 4) < 0.05;
    printf("as a sheet should:    %s\n", sound ? "yes" : "no");

    lrpot_phonons_free(phonons);
    lrpot_structure_free(sheet);
    lrpot_workspace_free(work);
    lrpot_potential_free(model);
    return sound ? 0 : 1;
}
