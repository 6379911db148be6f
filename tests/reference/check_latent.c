/* Latent charges against the formulas of the papers, summed plainly (arXiv 2408.15165, eq. for
 * E_lr; self-energy as in 2412.15455). */
#include "models.h"

#include <string.h>

#define N_ATOMS 6
#define PI 3.14159265358979323846
#define SIGMA 1.2

/* 1/(2 eps0 V) sum over 0 < |k| of exp(-sigma^2 k^2/2)/k^2 |S(k)|^2 */
static double reciprocal_energy(const lrpot_structure *structure, const double *q)
{
    const double *h = lrpot_structure_cell(structure),
                 *r = lrpot_structure_positions_const(structure);
    double volume = lrpot_structure_volume(structure), det, inverse[9], energy = 0;
    det = h[0] * (h[4] * h[8] - h[5] * h[7]) - h[1] * (h[3] * h[8] - h[5] * h[6])
          + h[2] * (h[3] * h[7] - h[4] * h[6]);
    for (int a = 0; a < 3; a++)
        for (int b = 0; b < 3; b++) {
            int c = (b + 1) % 3, d = (b + 2) % 3, e = (a + 1) % 3, f = (a + 2) % 3;
            inverse[3 * a + b] = (h[3 * c + e] * h[3 * d + f] - h[3 * c + f] * h[3 * d + e]) / det;
        }
    for (int n = 0, side = 61; n < side * side * side; n++) {
        int m[3] = { n % side - side / 2, n / side % side - side / 2, n / side / side - side / 2 };
        double k[3], square = 0, sum[2] = { 0, 0 };
        for (int a = 0; a < 3; a++) {
            k[a] =
                2 * PI
                * (m[0] * inverse[3 * a] + m[1] * inverse[3 * a + 1] + m[2] * inverse[3 * a + 2]);
            square += k[a] * k[a];
        }
        if (square == 0 || SIGMA * SIGMA * square > 80) continue;
        for (int i = 0; i < N_ATOMS; i++) {
            double phase = k[0] * r[3 * i] + k[1] * r[3 * i + 1] + k[2] * r[3 * i + 2];
            sum[0] += q[i] * cos(phase), sum[1] += q[i] * sin(phase);
        }
        energy += exp(-0.5 * SIGMA * SIGMA * square) / square * (sum[0] * sum[0] + sum[1] * sum[1]);
    }
    return 2 * PI * LRPOT_COULOMB_CONSTANT / volume
           * energy; /* 1/(2 eps0) = 2 pi times the constant */
}

static double pair_energy(const lrpot_structure *structure, const double *q)
{
    const double *r = lrpot_structure_positions_const(structure);
    double energy = 0;
    for (int i = 0; i < N_ATOMS; i++)
        for (int j = 0; j < i; j++) {
            double d = sqrt(pow(r[3 * i] - r[3 * j], 2) + pow(r[3 * i + 1] - r[3 * j + 1], 2)
                            + pow(r[3 * i + 2] - r[3 * j + 2], 2));
            energy += q[i] * q[j] * erf(d / (sqrt(2) * SIGMA)) / d;
        }
    return LRPOT_COULOMB_CONSTANT * energy;
}

/* sum q^2 / (sigma (2 pi)^(3/2)) / (2 eps0) */
static double self_energy(const double *q)
{
    double sum = 0;
    for (int i = 0; i < N_ATOMS; i++) sum += q[i] * q[i];
    return 2 * PI * LRPOT_COULOMB_CONSTANT * sum / (SIGMA * pow(2 * PI, 1.5));
}

/* The charges of one head, by a model that has only this one. */
static void charges_of_head(const lrpot_potential *potential, int32_t head,
                            const lrpot_charges_options *options, lrpot_workspace *work,
                            const lrpot_structure *structure, double *q)
{
    lrpot_charges_options one = *options;
    one.channels = 1;
    support_random random = { 1 };
    lrpot_potential *single = models_random_with(&random, LRPOT_CHARGES_LATENT, &one);
    int64_t n = lrpot_potential_param_count(potential), m = lrpot_potential_param_count(single),
            from = 0, to = 0, count = 0;
    double *params = calloc((size_t)(n + m), sizeof *params);
    const char *name = NULL;
    ck_ok(lrpot_potential_get_params(potential, n, params));
    for (int32_t b = 0; lrpot_potential_param_block(single, b, &name, &to, &count); b++) {
        ck_assert(lrpot_potential_param_block(potential, b, NULL, &from, NULL));
        int by_head = strcmp(name, "charges.linear") == 0 || strcmp(name, "charges.species") == 0;
        memcpy(params + n + to, params + from + (by_head ? head * count : 0),
               (size_t)count * sizeof *params);
    }
    ck_ok(lrpot_potential_set_params(single, m, params + n));
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.charges = q;
    ck_ok(lrpot_potential_compute_structure(single, work, structure, &out));
    free(params);
    lrpot_potential_free(single);
}

static double local_energy(const lrpot_potential *potential, lrpot_workspace *work,
                           const lrpot_structure *structure)
{
    int32_t species[N_ATOMS];
    double energy = 0;
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_nlist *list = NULL;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.energy = &energy;
    ck_ok(lrpot_structure_view(structure, MODEL_SPECIES, model_symbols, species, &atoms));
    ck_ok(lrpot_nlist_build(&list, &atoms, lrpot_potential_cutoff(potential), 0));
    ck_ok(lrpot_potential_local(potential, work, &atoms, list, &out));
    lrpot_nlist_free(list);
    return energy;
}

START_TEST(energy_is_that_of_the_latent_ewald_sum)
{
    lrpot_charges_options options = LRPOT_CHARGES_OPTIONS_INIT;
    options.channels = 2, options.sigma = SIGMA;
    options.flags = _i % 2 == 0 ? 0 : LRPOT_CHARGES_SELF;
    options.neutrality = _i / 2 == 0 ? LRPOT_NEUTRALITY_OFF : LRPOT_NEUTRALITY_EXACT;
    for (int cell = CELL_CUBIC; cell <= CELL_NONE; cell++) {
        support_random random = { 70 + (uint64_t)cell };
        lrpot_potential *potential = models_random_with(&random, LRPOT_CHARGES_LATENT, &options);
        lrpot_structure *structure = models_random_structure(&random, cell, N_ATOMS, 0.3);
        lrpot_workspace *work = NULL;
        double energy = 0, reported[N_ATOMS], q[N_ATOMS], expected = 0;
        lrpot_outputs out = LRPOT_OUTPUTS_INIT;
        out.energy = &energy, out.charges = reported;
        ck_ok(lrpot_workspace_create(&work, 1));
        ck_ok(lrpot_potential_compute_structure(potential, work, structure, &out));
        for (int32_t c = 1; c >= 0; c--) {
            double total = c == 0 ? 0.3 : 0.0; /* the first channel carries it */
            ck_ok(lrpot_structure_set(structure, LRPOT_QUANTITY_TOTAL_CHARGE, &total));
            charges_of_head(potential, c, &options, work, structure, q);
            if (cell == CELL_NONE)
                expected += pair_energy(structure, q) + (options.flags ? self_energy(q) : 0);
            else expected += reciprocal_energy(structure, q) - (options.flags ? 0 : self_energy(q));
        }
        for (int i = 0; i < N_ATOMS; i++)
            ck_close(reported[i], q[i], TOL_REF, 1.0); /* the first channel's */
        ck_close(energy - local_energy(potential, work, structure), expected, TOL_REF, 10.0);
        lrpot_workspace_free(work);
        lrpot_structure_free(structure);
        lrpot_potential_free(potential);
    }
}
END_TEST

START_TEST(energy_does_not_know_the_sign_of_a_channel)
{
    lrpot_charges_options options = LRPOT_CHARGES_OPTIONS_INIT;
    options.channels = 3;
    support_random random = { 5 };
    lrpot_potential *potential = models_random_with(&random, LRPOT_CHARGES_LATENT, &options);
    lrpot_structure *structure = models_random_structure(&random, CELL_TRICLINIC, N_ATOMS, 0);
    lrpot_workspace *work = NULL;
    int64_t n = lrpot_potential_param_count(potential), offset = 0, count = 0;
    double *params = calloc((size_t)n, sizeof *params), energies[2];
    const char *name = NULL;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    ck_ok(lrpot_workspace_create(&work, 1));
    for (int turn = 0; turn < 2; turn++) {
        out.energy = &energies[turn];
        ck_ok(lrpot_potential_compute_structure(potential, work, structure, &out));
        ck_ok(lrpot_potential_get_params(potential, n, params));
        for (int32_t b = 0; lrpot_potential_param_block(potential, b, &name, &offset, &count); b++)
            if (strcmp(name, "charges.linear") == 0 || strcmp(name, "charges.species") == 0)
                for (int64_t k = count / 3; k < 2 * count / 3; k++)
                    params[offset + k] = -params[offset + k]; /* the middle channel */
        ck_ok(lrpot_potential_set_params(potential, n, params));
    }
    ck_close(energies[1], energies[0], TOL_EXACT, 10.0);
    free(params);
    lrpot_workspace_free(work);
    lrpot_structure_free(structure);
    lrpot_potential_free(potential);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("latent");
    TCase *tcase = tcase_create("latent");
    tcase_set_timeout(tcase, 120);
    support_add_cases(tcase, energy_is_that_of_the_latent_ewald_sum, 0, 4);
    tcase_add_test(tcase, energy_does_not_know_the_sign_of_a_channel);
    suite_add_tcase(suite, tcase);
    return suite;
}
