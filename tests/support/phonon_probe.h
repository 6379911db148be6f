/* Dynamical matrices of random models, and those of supercells folded to a wave vector: crystals
 * and layers. */
#ifndef LRPOT_TEST_PHONON_PROBE_H
#define LRPOT_TEST_PHONON_PROBE_H

#include "models.h"

#define PROBE_KINDS 7
/* Densities: DENSITIES + 3 order + response; with networks 9 further. */
#define PROBE_DENSITIES 32
#define PROBE_DENSITY_CASES 9

typedef struct {
    lrpot_potential *potential;
    lrpot_workspace *work;
    lrpot_structure *structure;
    lrpot_phonons *phonons;
    int64_t size; /* 3 n */
} phonon_probe;

/* The random hardness keeps charges of least energy at every wave vector. */
static inline lrpot_potential *phonon_probe_model(support_random *random, int32_t kind)
{
    lrpot_charges_options charges = LRPOT_CHARGES_OPTIONS_INIT;
    charges.tolerance = 1e-12;
    charges.accuracy = 1e-11;
    if (kind >= PROBE_DENSITIES) {
        int number = (kind - PROBE_DENSITIES) % PROBE_DENSITY_CASES,
            networks = kind - PROBE_DENSITIES > number;
        charges.accuracy = 0;
        charges.order = number / 3, charges.response = number % 3;
        charges.reach = 3.3, charges.sigma = 1.1;
        return models_random_with(
            random, LRPOT_CHARGES_DENSITY + (networks ? MODELS_WITH_HIDDEN : 0), &charges);
    }
    if (kind % MODELS_WITH_HIDDEN == LRPOT_CHARGES_LATENT) charges.channels = 2;
    return models_random_with(random, kind,
                              kind % MODELS_WITH_HIDDEN >= LRPOT_CHARGES_LATENT ? &charges : NULL);
}

/* A random model, and a structure that the probe owns from now on. */
static inline void phonon_probe_open(phonon_probe *c, support_random *random, int32_t kind,
                                     lrpot_structure *structure)
{
    *c = (phonon_probe){ .potential = phonon_probe_model(random, kind),
                         .structure = structure,
                         .size = 3 * lrpot_structure_count(structure) };
    ck_ok(lrpot_workspace_create(&c->work, 1));
    ck_ok(lrpot_phonons_create(&c->phonons, c->potential, c->work, structure, 0));
    ck_assert_int_eq(lrpot_phonons_count(c->phonons), c->size);
}

static inline void phonon_probe_close(phonon_probe *c)
{
    lrpot_phonons_free(c->phonons);
    lrpot_structure_free(c->structure);
    lrpot_workspace_free(c->work);
    lrpot_potential_free(c->potential);
}

static inline double *phonon_probe_matrix(const phonon_probe *c, const double *wave,
                                          const double *direction)
{
    double *matrix = malloc((size_t)(2 * c->size * c->size) * sizeof *matrix);
    ck_ok(lrpot_phonons_matrix(c->phonons, c->work, wave, direction, matrix));
    return matrix;
}

static inline lrpot_structure *phonon_probe_repeat(const lrpot_structure *s, const int *times)
{
    int64_t n = lrpot_structure_count(s), copies = (int64_t)times[0] * times[1] * times[2], at = 0;
    const double *h = lrpot_structure_cell(s), *r = lrpot_structure_positions_const(s);
    double *positions = calloc((size_t)(3 * n * copies), sizeof *positions), cell[9];
    const char **symbols = calloc((size_t)(n * copies), sizeof *symbols);
    for (int k = 0; k < 9; k++) cell[k] = times[k / 3] * h[k];
    for (int x = 0; x < times[0]; x++)
        for (int y = 0; y < times[1]; y++)
            for (int z = 0; z < times[2]; z++)
                for (int64_t i = 0; i < n; i++, at++) {
                    symbols[at] = lrpot_structure_symbol(s, i);
                    for (int d = 0; d < 3; d++)
                        positions[3 * at + d] = r[3 * i + d] + x * h[d] + y * h[3 + d]
                                                + z * h[6 + d];
                }
    lrpot_structure *super = NULL;
    ck_ok(lrpot_structure_create(&super, n * copies, symbols, positions, cell,
                                 lrpot_structure_periodic_mask(s)));
    const double *charge = lrpot_structure_get(s, LRPOT_QUANTITY_TOTAL_CHARGE),
                 total = charge != NULL ? (double)copies * *charge : 0;
    ck_ok(lrpot_structure_set(super, LRPOT_QUANTITY_TOTAL_CHARGE, &total));
    free(positions);
    free(symbols);
    return super;
}

/* D_ij = sum over cells of the supercell's force constants between i of the first cell and j, with
 * phases. */
static inline double *phonon_probe_fold(const double *constants, const lrpot_structure *super,
                                        int64_t n, const double *wave)
{
    int64_t all = lrpot_structure_count(super), size = 3 * n;
    const double *r = lrpot_structure_positions_const(super);
    double *D = calloc((size_t)(2 * size * size), sizeof *D);
    for (int64_t k = 0; k < size; k++)
        for (int64_t l = 0; l < 3 * all; l++) {
            double phase = 0, value = constants[k * 3 * all + l],
                   *to = D + 2 * (k * size + l % size);
            for (int a = 0; a < 3; a++)
                phase += wave[a] * (r[3 * (l / 3) + a] - r[3 * (k / 3) + a]);
            to[0] += value * cos(phase);
            to[1] += value * sin(phase);
        }
    return D;
}

static inline void phonon_probe_cross(const double *u, const double *v, double *out)
{
    for (int a = 0; a < 3; a++)
        out[a] = u[(a + 1) % 3] * v[(a + 2) % 3] - u[(a + 2) % 3] * v[(a + 1) % 3];
}

/* Wave vector of the integers m over the repeats of a cell; in the plane of a layer. */
static inline void phonon_probe_wave(const lrpot_structure *s, const int *m, const int *times,
                                     double *wave)
{
    double h[9], volume = 0, vector[3];
    memcpy(h, lrpot_structure_cell(s), sizeof h);
    for (int d = 0; d < 3; d++)
        if (!(lrpot_structure_periodic_mask(s) >> d & 1))
            phonon_probe_cross(h + 3 * ((d + 1) % 3), h + 3 * ((d + 2) % 3), h + 3 * d);
    phonon_probe_cross(h, h + 3, vector);
    for (int a = 0; a < 3; a++) volume += vector[a] * h[6 + a];
    for (int a = 0; a < 3; a++) wave[a] = 0;
    for (int d = 0; d < 3; d++) {
        phonon_probe_cross(h + 3 * ((d + 1) % 3), h + 3 * ((d + 2) % 3), vector);
        for (int a = 0; a < 3; a++)
            wave[a] += 6.283185307179586476925 * m[d] / times[d] * vector[a] / volume;
    }
}

static inline void phonon_probe_same(const double *value, const double *expected, int64_t size,
                                     double tolerance)
{
    double scale = models_largest(expected, 2 * size * size);
    for (int64_t k = 0; k < 2 * size * size; k++) ck_close(value[k], expected[k], tolerance, scale);
}

/* Matrices at wave vectors of a supercell against its force constants, by differences. */
static inline void phonon_probe_same_as_supercell(const phonon_probe *c, const int *times)
{
    static const int waves[4][3] = { { 0, 0, 0 }, { 1, 1, 0 }, { 0, 0, 1 }, { 1, -1, -1 } };
    int64_t copies = (int64_t)times[0] * times[1] * times[2], n = c->size / 3;
    lrpot_structure *super = phonon_probe_repeat(c->structure, times);
    double *constants = malloc((size_t)(c->size * c->size * copies * copies) * sizeof *constants);
    ck_ok(lrpot_response_gamma_constants(c->potential, c->work, super, MODEL_STEP, constants));
    for (int w = 0; w < 4; w++) {
        int m[3];
        double wave[3];
        for (int d = 0; d < 3; d++) m[d] = times[d] > 1 ? waves[w][d] : 0;
        phonon_probe_wave(c->structure, m, times, wave);
        double *D = phonon_probe_matrix(c, wave, NULL),
               *expected = phonon_probe_fold(constants, super, n, wave);
        phonon_probe_same(D, expected, c->size, 2e-6);
        free(D);
        free(expected);
    }
    free(constants);
    lrpot_structure_free(super);
}

/* At a wave vector and its opposite. */
static inline void phonon_probe_hermitian(const phonon_probe *c, const double *wave)
{
    const double opposite[3] = { -wave[0], -wave[1], -wave[2] };
    double *D = phonon_probe_matrix(c, wave, NULL), *E = phonon_probe_matrix(c, opposite, NULL),
           scale = models_largest(D, 2 * c->size * c->size);
    for (int64_t k = 0; k < c->size; k++)
        for (int64_t l = 0; l < c->size; l++) {
            const double *here = D + 2 * (k * c->size + l), *mirror = D + 2 * (l * c->size + k),
                         *there = E + 2 * (k * c->size + l);
            ck_close(here[0], mirror[0], TOL_EXACT, scale);
            ck_close(here[1], -mirror[1], TOL_EXACT, scale);
            ck_close(here[0], there[0], TOL_REF, scale);
            ck_close(here[1], -there[1], TOL_REF, scale);
        }
    free(D);
    free(E);
}

static inline void phonon_probe_translations_cost_nothing(const phonon_probe *c)
{
    static const double none[3] = { 0, 0, 0 };
    double *D = phonon_probe_matrix(c, none, NULL),
           scale = models_largest(D, 2 * c->size * c->size);
    for (int64_t k = 0; k < c->size; k++)
        for (int b = 0; b < 3; b++) {
            double sum = 0;
            for (int64_t j = 0; j < c->size / 3; j++) sum += D[2 * (k * c->size + 3 * j + b)];
            ck_close(sum, 0, TOL_REF, scale);
        }
    free(D);
}

#endif
