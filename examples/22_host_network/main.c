/* A program has a network of its own that yields charges and site energies. What does it need for
 * long-range forces, Born charges and LO-TO splitting?
 *
 * One function with values and derivatives by the vectors to the neighbours. */
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

static const double CUTOFF = 4.5;

/* (1 - r^2/R^2)^3, and its derivative by r over r. */
static double window(const double *d, double *square, double *slope)
{
    *square = d[0] * d[0] + d[1] * d[1] + d[2] * d[2];
    double x = 1.0 - *square / (CUTOFF * CUTOFF);
    *slope = -6.0 * x * x / (CUTOFF * CUTOFF);
    return x * x * x;
}

/* The network: c_i = b_z + 0.2 tanh(sum_j p_z(j) w(r_ij)), U_i = sum_j A (1/r^8) w(r_ij). */
static lrpot_status network(void *ctx, const lrpot_host_edges *edges, const lrpot_host_results *out)
{
    static const double base[] = { 0.8, -0.8 }, factor[] = { 0.1, -0.1 };
    const double strength = *(const double *)ctx;
    for (int64_t i = 0; i < edges->n_atoms; i++) {
        double sum = 0.0, square, slope;
        for (int64_t e = edges->offsets[i]; e < edges->offsets[i + 1]; e++)
            sum += factor[edges->species[edges->neighbours[e]]]
                   * window(edges->vectors + 3 * e, &square, &slope);
        double h = tanh(sum);
        out->charges[i] = base[edges->species[i]] + 0.2 * h;
        for (int64_t e = edges->offsets[i]; e < edges->offsets[i + 1]; e++) {
            const double *d = edges->vectors + 3 * e;
            double w = window(d, &square, &slope), r8 = strength / pow(square, 4.0);
            out->energies[i] += r8 * w;
            if (out->energy_gradients == NULL) continue; /* values alone are wanted */
            double by_charge = 0.2 * (1.0 - h * h) * factor[edges->species[edges->neighbours[e]]]
                               * slope;
            for (int c = 0; c < 3; c++) {
                out->charge_gradients[3 * e + c] = by_charge * d[c];
                out->energy_gradients[3 * e + c] = r8 * (slope - 8.0 * w / square) * d[c];
            }
        }
    }
    return LRPOT_OK;
}

/* Force on an atom along x, and the same by a difference of energies. */
static int compare_force(const lrpot_potential *model, lrpot_workspace *work,
                         lrpot_structure *crystal, double *force, double *slope)
{
    double forces[6], energies[2], *x = lrpot_structure_positions(crystal) + 3, home = *x;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.forces = forces;
    *x = home + 0.1;
    TRY(lrpot_potential_compute_structure(model, work, crystal, &out));
    out.forces = NULL;
    for (int side = 0; side < 2; side++) {
        out.energy = &energies[side];
        *x = home + 0.1 + (side == 0 ? 1e-4 : -1e-4);
        TRY(lrpot_potential_compute_structure(model, work, crystal, &out));
    }
    *x = home;
    *force = forces[3];
    *slope = (energies[0] - energies[1]) / 2e-4;
    return 0;
}

int main(void)
{
    const double a = 2.82, cell[9] = { 0, a, a, a, 0, a, a, a, 0 },
                 positions[6] = { 0, 0, 0, a, a, a }, masses[2] = { 22.99, 35.45 },
                 along[3] = { 0, 0, 1 }, gamma[3] = { 0, 0, 0 };
    const char *symbols[] = { "Na", "Cl" };
    double strength = 800.0;
    lrpot_host_options options = LRPOT_HOST_OPTIONS_INIT;
    options.symbols = symbols;
    options.n_species = 2;
    options.cutoff = CUTOFF;
    options.evaluate = network;
    options.ctx = &strength;

    lrpot_potential *model = NULL;
    lrpot_structure *crystal = NULL;
    lrpot_workspace *work = NULL;
    lrpot_phonons *phonons = NULL;
    TRY(lrpot_potential_create_host(&model, &options));
    TRY(lrpot_structure_create(&crystal, 2, symbols, positions, cell, LRPOT_PERIODIC_ALL));
    TRY(lrpot_structure_set(crystal, LRPOT_QUANTITY_MASSES, masses));
    TRY(lrpot_workspace_create(&work, 1));

    double force, slope, Z[18], D[36], frequencies[6], exact[6];
    if (compare_force(model, work, crystal, &force, &slope) != 0) return 1;
    TRY(lrpot_response_born_charges_structure(model, work, crystal, LRPOT_BORN_UNFOLDED, Z, NULL));
    TRY(lrpot_response_project(2, 0.0, Z));
    TRY(lrpot_response_gamma_constants(model, work, crystal, 0.0, D));
    TRY(lrpot_response_gamma_modes(2, D, masses, Z, along, 2 * a * a * a, frequencies, NULL));
    TRY(lrpot_phonons_create(&phonons, model, work, crystal, 0.0));
    TRY(lrpot_phonons_modes(phonons, work, gamma, along, exact, NULL));
    printf("force, and the slope of the energy  %.6f %.6f eV/A\n", force, -slope);
    printf("Born charge of Na                   %.6f e\n", Z[0]);
    printf("transverse mode                     %.4f THz\n", exact[4]);
    printf("longitudinal mode                   %.4f THz\n", exact[5]);
    int same = fabs(force + slope) < 1e-6 && fabs(exact[5] - frequencies[5]) < 1e-3;
    printf("as by the Born charges:             %s\n", same ? "yes" : "no");

    lrpot_phonons_free(phonons);
    lrpot_workspace_free(work);
    lrpot_structure_free(crystal);
    lrpot_potential_free(model);
    return same ? 0 : 1;
}
