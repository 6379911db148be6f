#include "phonons/gamma_modes.h"

#include "phonons/force_constants.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double PI = 3.14159265358979323846;
/* sqrt(e/u) * 1e10 / (2 pi) / 1e12 */
double gamma_thz(void)
{
    return sqrt(1.602176634e-19 / 1.66053906660e-27) * 1e-2 / (2.0 * PI);
}

/* Largest difference of frequencies in one group. Differences of forces split degenerate modes by
 * far less. */
static const double SAME_THZ = 1e-3;

lrpot_status gamma_masses(const lrpot_structure *structure, double *masses)
{
    int64_t n = lrpot_structure_count(structure);
    const double *own = lrpot_structure_get(structure, LRPOT_QUANTITY_MASSES);
    for (int64_t i = 0; i < n; i++) {
        masses[i] = own != NULL ? own[i] : lrpot_element_mass(lrpot_structure_symbol(structure, i));
        if (!(masses[i] > 0.0)) return LRPOT_E_SPECIES;
    }
    return LRPOT_OK;
}

/* Substitute for Born charges: the mean electronegativity minus the atom's own. It identifies the
 * polar modes, without their splitting. */
static void nominal_charges(const lrpot_structure *structure, double *Z)
{
    int64_t n = lrpot_structure_count(structure);
    double mean = 0.0;
    for (int64_t i = 0; i < n; i++)
        mean += lrpot_element_electronegativity(lrpot_structure_symbol(structure, i)) / (double)n;
    memset(Z, 0, (size_t)(9 * n) * sizeof *Z);
    for (int64_t i = 0; i < n; i++)
        for (int a = 0; a < 3; a++)
            Z[9 * i + 4 * a] =
                mean - lrpot_element_electronegativity(lrpot_structure_symbol(structure, i));
}

/* p_a = sum_jb Z[j][a][b] e_jb / sqrt(m_j) of one mode, split along and across the direction. */
static void add_strength(gamma_group *group, const gamma_result *result, const double *Z,
                         const double *mode)
{
    double p[3] = { 0.0, 0.0, 0.0 }, along = 0.0, square = 0.0;
    for (int64_t j = 0; j < result->n; j++)
        for (int a = 0; a < 3; a++)
            for (int b = 0; b < 3; b++)
                p[a] += Z[9 * j + 3 * a + b] * mode[3 * j + b] / sqrt(result->masses[j]);
    for (int a = 0; a < 3; a++) along += p[a] * result->direction[a];
    for (int a = 0; a < 3; a++) square += p[a] * p[a];
    group->multiplicity++;
    group->along += along * along;
    group->across += square - along * along;
}

static lrpot_status spectrum_of(gamma_spectrum *spectrum, const gamma_result *result,
                                const double *Z_term, const double *Z_strength, double volume)
{
    int64_t m = 3 * result->n;
    double *frequencies = malloc((size_t)m * sizeof *frequencies),
           *modes = malloc((size_t)(m * m) * sizeof *modes);
    spectrum->groups = calloc((size_t)m, sizeof *spectrum->groups);
    lrpot_status status = LRPOT_E_MEMORY;
    if (frequencies != NULL && modes != NULL && spectrum->groups != NULL)
        status = lrpot_response_gamma_modes(result->n, result->D, result->masses, Z_term,
                                            result->direction, volume, frequencies, modes);
    for (int64_t k = 0; status == LRPOT_OK && k < m; k++) {
        if (k == 0 || frequencies[k] - frequencies[k - 1] > SAME_THZ)
            spectrum->groups[spectrum->n++].frequency = frequencies[k];
        add_strength(&spectrum->groups[spectrum->n - 1], result, Z_strength, modes + k * m);
    }
    spectrum->frequencies = frequencies;
    free(modes);
    return status;
}

/* Strongest mode. The three acoustic modes never count as optical ones: their polar vectors are
 * zero only within rounding. */
static int64_t strongest(const gamma_spectrum *spectrum, int along)
{
    int64_t best = -1;
    for (int64_t g = 0; g < spectrum->n; g++) {
        const gamma_group *group = &spectrum->groups[g];
        double strength = along ? group->along : group->across;
        if (strength > 1e-8
            && (best < 0
                || strength
                       > (along ? spectrum->groups[best].along : spectrum->groups[best].across)))
            best = g;
    }
    return best;
}

static lrpot_status spectra(gamma_result *result, const lrpot_structure *structure, const double *Z)
{
    double volume = lrpot_structure_volume(structure);
    const int has_field = lrpot_structure_periodic_mask(structure) == LRPOT_PERIODIC_ALL;
    if (Z != NULL) {
        lrpot_status status = spectrum_of(&result->plain, result, NULL, Z, volume);
        if (status == LRPOT_OK && has_field)
            status = spectrum_of(&result->field, result, Z, Z, volume);
        result->to = strongest(&result->plain, 0);
        result->lo = has_field ? strongest(&result->field, 1) : strongest(&result->plain, 1);
        return status;
    }
    double *nominal = malloc((size_t)(9 * result->n) * sizeof *nominal);
    if (nominal == NULL) return LRPOT_E_MEMORY;
    nominal_charges(structure, nominal);
    lrpot_status status = spectrum_of(&result->plain, result, NULL, nominal, volume);
    result->to = strongest(&result->plain, 0);
    result->lo = result->to; /* no field splits the modes */
    free(nominal);
    return status;
}

lrpot_status gamma_run(gamma_result *result, const lrpot_potential *model, lrpot_workspace *work,
                       const lrpot_structure *structure, const double *Z, const double *direction,
                       double step)
{
    *result = (gamma_result){ .n = lrpot_structure_count(structure), .to = -1, .lo = -1 };
    double length = sqrt(direction[0] * direction[0] + direction[1] * direction[1]
                         + direction[2] * direction[2]);
    for (int a = 0; a < 3; a++) result->direction[a] = direction[a] / length;
    result->D = malloc((size_t)(9 * result->n * result->n) * sizeof *result->D);
    result->masses = malloc((size_t)result->n * sizeof *result->masses);
    if (result->D == NULL || result->masses == NULL) return LRPOT_E_MEMORY;
    lrpot_status status = gamma_masses(structure, result->masses);
    if (status == LRPOT_OK)
        status = force_constants_run(result->D, model, work, structure, NULL, 1, step, 0, NULL);
    return status == LRPOT_OK ? spectra(result, structure, Z) : status;
}

void gamma_see(const gamma_result *result, stability *found)
{
    stability_see(found, 3 * result->n, result->plain.frequencies, "Gamma (0 0 0)");
}

void gamma_free(gamma_result *result)
{
    free(result->D);
    free(result->masses);
    free(result->plain.groups);
    free(result->plain.frequencies);
    free(result->field.groups);
    free(result->field.frequencies);
    *result = (gamma_result){ 0 };
}

int gamma_one_polar_group(const gamma_result *result)
{
    double total = 0.0, largest = 0.0;
    for (int64_t g = 0; g < result->plain.n; g++) {
        double strength = result->plain.groups[g].along + result->plain.groups[g].across;
        total += strength;
        largest = fmax(largest, strength);
    }
    return largest > 1e-8 && total - largest < 1e-6 * total;
}

double gamma_to(const gamma_result *result)
{
    return result->to >= 0 ? result->plain.groups[result->to].frequency : NAN;
}

double gamma_lo(const gamma_result *result)
{
    const gamma_spectrum *spectrum = result->field.n > 0 ? &result->field : &result->plain;
    return result->lo >= 0 ? spectrum->groups[result->lo].frequency : NAN;
}

double gamma_closed_formula(const gamma_result *result, const lrpot_structure *structure,
                            const double *Z)
{
    const char *first = lrpot_structure_symbol(structure, 0), *other = NULL;
    int64_t n_first = 0;
    double masses[2] = { result->masses[0], 0.0 }, charge = 0.0, to = gamma_to(result);
    for (int64_t i = 0; i < result->n; i++) {
        const char *symbol = lrpot_structure_symbol(structure, i);
        int second = strcmp(symbol, first) != 0;
        if (second && other != NULL && strcmp(symbol, other) != 0) return NAN;
        if (second && other == NULL) masses[1] = result->masses[i];
        if (second) other = symbol;
        if (result->masses[i] != masses[second]) return NAN;
        n_first += !second;
        for (int a = 0; a < 3 && !second; a++)
            for (int b = 0; b < 3; b++)
                charge += result->direction[a] * Z[9 * i + 3 * a + b] * result->direction[b];
    }
    if (other == NULL || 2 * n_first != result->n) return NAN;
    charge /= (double)n_first;
    double mu = masses[0] * masses[1] / (masses[0] + masses[1]),
           volume = lrpot_structure_volume(structure) / (double)n_first;
    double shift = 4.0 * PI * LRPOT_COULOMB_CONSTANT * charge * charge / (mu * volume),
           factor = gamma_thz();
    return sqrt(to * fabs(to) + factor * factor * shift);
}
