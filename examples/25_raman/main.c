/* A polarizability is learned from bonds of several lengths and directions. Does the stretching
 * mode get the Raman activity that the slopes of the bond's own polarizability give? */
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

/* A bond: A^3 along and across it, and their slopes by its length, A^2. */
static const double rest = 1.15, along = 2.2, across = 1.1, along_slope = 2.9, across_slope = 0.4;

/* A bond of a length along u, with its polarizability. */
static lrpot_status make_bond(lrpot_structure **out, double length, const double u[3])
{
    static const char *const symbols[2] = { "C", "O" };
    double positions[6] = { 0 }, alpha[9], stretch = length - rest;
    for (int a = 0; a < 3; a++) positions[3 + a] = length * u[a];
    for (int k = 0; k < 9; k++) {
        double side = across + across_slope * stretch, ahead = along + along_slope * stretch;
        alpha[k] = (k % 4 == 0 ? side : 0) + (ahead - side) * u[k / 3] * u[k % 3];
    }
    lrpot_status status = lrpot_structure_create(out, 2, symbols, positions, NULL, 0);
    if (status != LRPOT_OK) return status;
    return lrpot_structure_set(*out, LRPOT_QUANTITY_POLARIZABILITY, alpha);
}

static lrpot_status learn(lrpot_tensor_model *model, lrpot_workspace *work)
{
    lrpot_tensor_fit *fit = NULL;
    lrpot_status status = lrpot_tensor_fit_create(&fit, model);
    for (int f = 0; f < 60 && status == LRPOT_OK; f++) {
        double z = cos(1.0 + f), w = sqrt(1 - z * z),
               u[3] = { w * cos(2.4 * f), w * sin(2.4 * f), z };
        lrpot_structure *bond = NULL;
        status = make_bond(&bond, rest + 0.004 * (f % 21 - 10), u);
        if (status == LRPOT_OK)
            status = lrpot_tensor_fit_add(fit, work, bond, LRPOT_TENSOR_FIT_TRAIN);
        lrpot_structure_free(bond);
    }
    if (status == LRPOT_OK) status = lrpot_tensor_fit_run(fit, 0.0);
    lrpot_tensor_fit_free(fit);
    return status;
}

int main(void)
{
    static const char *const symbols[2] = { "C", "O" };
    const double u[3] = { 0.36, 0.48, 0.8 }, stiffness = 116.0; /* eV/A^2 */
    const double masses[2] = { lrpot_element_mass("C"), lrpot_element_mass("O") };
    lrpot_tensor_options options = LRPOT_TENSOR_OPTIONS_INIT;
    lrpot_tensor_model *model = NULL;
    lrpot_workspace *work = NULL;
    lrpot_structure *bond = NULL;
    options.symbols = symbols, options.n_species = 2, options.kind = LRPOT_TENSORS_POLARIZABILITY;
    options.levels[0] = options.levels[1] = options.levels[2] = 8;
    options.min_distance = 1.0, options.cutoff = 3.0;
    TRY(lrpot_tensor_model_create(&model, &options));
    TRY(lrpot_workspace_create(&work, 1));
    TRY(learn(model, work));

    double D[36], gradient[54], thz[6], tensors[54], parts[2];
    for (int k = 0; k < 36; k++)
        D[k] = (k / 18 == k % 6 / 3 ? 1 : -1) * stiffness * u[k / 6 % 3] * u[k % 3];
    TRY(make_bond(&bond, rest, u));
    TRY(lrpot_tensor_model_raman_structure(model, work, bond, gradient));
    TRY(lrpot_phonons_raman(2, D, masses, lrpot_structure_positions_const(bond), gradient, thz,
                            tensors));
    TRY(lrpot_raman_invariants(tensors + 45, parts)); /* of the last mode, the stretch */

    double reduced = masses[0] * masses[1] / (masses[0] + masses[1]),
           mean = (along_slope + 2 * across_slope) / 3, difference = along_slope - across_slope,
           right = (45 * mean * mean + 7 * difference * difference) / reduced,
           found = lrpot_raman_activity(parts[0], parts[1]);
    printf("stretch               %.1f 1/cm\n", thz[5] * LRPOT_CM_PER_THZ);
    printf("activity, learned     %.2f A^4/u\n", found);
    printf("activity of the bond  %.2f A^4/u\n", right);
    printf("depolarization        %.3f\n", lrpot_raman_depolarization(parts[0], parts[1]));
    int sound = fabs(found / right - 1) < 0.01;
    printf("both agree:           %s\n", sound ? "yes" : "no");

    lrpot_structure_free(bond);
    lrpot_workspace_free(work);
    lrpot_tensor_model_free(model);
    return sound ? 0 : 1;
}
