/* Long-range part of the screening by a dielectric tensor, or by the polarizability of a sheet. */
#include "phonons/crystal_screening.h"

#include "charges/charge_eval.h"
#include "core/algebra.h"
#include "core/constants.h"
#include "core/error.h"
#include "core/memory.h"

#include <lrpot/response.h>
#include <math.h>

static const double two_pi = 6.283185307179586476925, four_pi = 12.566370614359172953851;

#define SMALLEST 32.0 /* exponent at which a wave is left out: e^-32 */

/* The model's local layer has learnt what lies within its cutoff; what is missing lies beyond. */
static double decay_of(const lrpot_phonons *p)
{
    double cutoff = lrpot_potential_cutoff(p->potential);
    return 0.25 * cutoff * cutoff;
}

/* u.Z of all atoms and axes, times e^{-i G.r}: the sum over cells has e^{-i G.(r_j - r_i)}. */
static void project(const lrpot_phonons *p, const double *born, const double *u, const double *G,
                    double *out)
{
    for (int64_t k = 0; k < 3 * p->n; k++) {
        const double *r = p->positions + 3 * (k / 3);
        double phase[2], value = 0.0;
        lrpot__crystal_phase(G, r, phase);
        for (int a = 0; a < 3; a++) value += u[a] * born[9 * (k / 3) + 3 * a + k % 3];
        out[2 * k] = value * phase[0];
        out[2 * k + 1] = -value * phase[1];
    }
}

/* matrix_kl += strength conj(c_k) c_l */
static void add_square(int64_t size, double strength, const double *c, double *matrix)
{
    for (int64_t k = 0; k < size; k++)
        for (int64_t l = 0; l < size; l++) {
            double *to = matrix + 2 * (k * size + l);
            to[0] += strength * (c[2 * k] * c[2 * l] + c[2 * k + 1] * c[2 * l + 1]);
            to[1] += strength * (c[2 * k] * c[2 * l + 1] - c[2 * k + 1] * c[2 * l]);
        }
}

/* One wave of a sheet: 2 pi k_e/A (K.Z)(K.Z) [1/eps(K) - 1]/K with eps(K) = surroundings + radius K
 * (Sohier et al., Nano Lett. 17, 3758 (2017)). */
static void add_sheet_wave(const lrpot_phonons *p, const double *K, const double *G, double damping,
                           double *charge, double *matrix)
{
    double size = sqrt(lrpot__dot3(K, K)), unit = p->potential->charge_unit,
           strength = damping * two_pi * LRPOT_COULOMB_CONSTANT * unit * unit / p->volume / size
                      * (1.0 / (p->surroundings + p->radius * size) - 1.0);
    for (int32_t c = 0; c < p->channels; c++) {
        project(p, p->born + 9 * p->n * c, K, G, charge);
        add_square(3 * p->n, strength, charge, matrix);
    }
}

/* One wave of a crystal: Born charges root.Z with eps_inf, whose K.root.Z / sqrt(K.eps.K) is that
 * of the direction root.K, minus Z with 1. */
static void add_wave(const lrpot_phonons *p, const double *K, const double *G, double damping,
                     double *charge, double *matrix)
{
    double seen[3], unit = p->potential->charge_unit;
    const double strength = damping * four_pi * LRPOT_COULOMB_CONSTANT * unit * unit / p->volume;
    lrpot__row_times3(K, p->root, seen);
    for (int32_t c = 0; c < p->channels; c++) {
        const double *born = p->born + 9 * p->n * c;
        project(p, born, seen, G, charge);
        add_square(3 * p->n, strength / lrpot__dot3(seen, seen), charge, matrix);
        project(p, born, K, G, charge);
        add_square(3 * p->n, -strength / lrpot__dot3(K, K), charge, matrix);
    }
}

/* All waves but the one of length 0. */
static void add_waves(const lrpot_phonons *p, const double *wave, double *charge, double *matrix)
{
    double inverse[9], longest = sqrt(lrpot__dot3(wave, wave)), decay = decay_of(p);
    double reach = sqrt(SMALLEST / decay) + longest;
    int64_t most[3];
    lrpot__inverse3(p->cell, inverse);
    for (int d = 0; d < 3; d++)
        most[d] =
            d == p->across
                ? 0
                : (int64_t)(reach * sqrt(lrpot__dot3(p->cell + 3 * d, p->cell + 3 * d)) / two_pi);
    for (int64_t x = -most[0]; x <= most[0]; x++)
        for (int64_t y = -most[1]; y <= most[1]; y++)
            for (int64_t z = -most[2]; z <= most[2]; z++) {
                const double m[3] = { two_pi * (double)x, two_pi * (double)y, two_pi * (double)z };
                double G[3], K[3];
                for (int a = 0; a < 3; a++) {
                    G[a] = lrpot__dot3(inverse + 3 * a, m);
                    K[a] = wave[a] + G[a];
                }
                double exponent = decay * lrpot__dot3(K, K);
                if (exponent > 0.0 && exponent < SMALLEST)
                    (p->has_sheet ? add_sheet_wave : add_wave)(p, K, G, exp(-exponent), charge,
                                                               matrix);
            }
}

/* Translations need no energy: what all atoms do to one without macroscopic field comes off its
 * own block. */
static void take_translations_off(const lrpot_phonons *p, const double *still, double *matrix)
{
    int64_t size = 3 * p->n;
    for (int64_t k = 0; k < size; k++)
        for (int64_t l = 0; l < size; l++)
            matrix[2 * (k * size + 3 * (k / 3) + l % 3)] -= still[2 * (k * size + l)];
}

/* Charges that answer to the field of a wave. */
static int screens_itself(const lrpot_phonons *p)
{
    return p->density == NULL ? lrpot__charges_have_energy(p->potential->charges)
                              : lrpot__charges_screen_themselves(p->potential->charges);
}

lrpot_status lrpot__crystal_screening(const lrpot_phonons *p, const double *wave, int at_gamma,
                                      const double *direction, double *matrix)
{
    static const double nothing[3] = { 0.0, 0.0, 0.0 };
    int64_t size = 3 * p->n;
    if (!(p->is_anisotropic || p->has_sheet) || p->channels == 0 || screens_itself(p))
        return LRPOT_OK;
    double *charge = lrpot__calloc(2 * size, sizeof *charge),
           *still = lrpot__calloc(2 * size * size, sizeof *still);
    lrpot_status status = charge != NULL && still != NULL ? LRPOT_OK : LRPOT_E_MEMORY;
    if (status == LRPOT_OK) {
        add_waves(p, nothing, charge, still);
        take_translations_off(p, still, matrix);
        if (at_gamma)
            for (int64_t k = 0; k < 2 * size * size; k++) matrix[k] += still[k];
        else add_waves(p, wave, charge, matrix);
        if (at_gamma && direction != NULL) add_wave(p, direction, nothing, 1.0, charge, matrix);
    }
    lrpot__free(charge);
    lrpot__free(still);
    return status;
}

/* A tensor that is alike in all directions changes no frequency. */
static int anisotropic(const double *eps)
{
    for (int k = 0; k < 9; k++)
        if (eps[k] != (k % 4 == 0 ? eps[0] : 0.0)) return 1;
    return 0;
}

static lrpot_status require_no_response(const lrpot_phonons *p, const char *what)
{
    if (!lrpot__charges_screen_themselves(p->potential->charges)) return LRPOT_OK;
    return lrpot__fail(LRPOT_E_UNSUPPORTED,
                       "%s for charge model '%s': its charges respond to the waves by themselves",
                       what, p->potential->charges->rules->name);
}

lrpot_status lrpot_phonons_set_screening(lrpot_phonons *phonons, const double *eps_inf)
{
    LRPOT__REQUIRE_NOT_NULL(phonons);
    phonons->is_anisotropic = 0;
    if (eps_inf == NULL) return LRPOT_OK;
    LRPOT__TRY(require_no_response(phonons, "a dielectric tensor"));
    if (lrpot__crystal_normal(phonons) != NULL)
        return lrpot__fail(LRPOT_E_UNSUPPORTED,
                           "a dielectric tensor for a layer: it screens no long wave of a sheet, "
                           "whose polarizability is for lrpot_phonons_set_sheet()");
    LRPOT__TRY(lrpot_response_screening(eps_inf, phonons->root, NULL));
    phonons->is_anisotropic = anisotropic(eps_inf);
    return LRPOT_OK;
}

lrpot_status lrpot_phonons_set_sheet(lrpot_phonons *phonons, double radius, double surroundings)
{
    LRPOT__REQUIRE_NOT_NULL(phonons);
    if (!(radius >= 0.0) || isinf(radius) || !(surroundings >= 1.0) || isinf(surroundings))
        return lrpot__fail(LRPOT_E_ARGUMENT,
                           "a sheet of radius %g A in surroundings of dielectric constant %g, "
                           "expected at least 0 and 1",
                           radius, surroundings);
    if (lrpot__crystal_normal(phonons) == NULL)
        return lrpot__fail(LRPOT_E_UNSUPPORTED,
                           "the polarizability of a sheet for a crystal, expected a layer");
    LRPOT__TRY(require_no_response(phonons, "the polarizability of a sheet"));
    phonons->radius = radius;
    phonons->surroundings = surroundings;
    phonons->has_sheet = radius > 0.0 || surroundings > 1.0;
    return LRPOT_OK;
}
