/* Dynamical matrices at any wave vector: preparation once, and the sum of the parts
 * (docs/theory/phonons.md). */
#include "phonons/crystal.h"

#include "charges/charge_eval.h"
#include "charges/density_wave.h"
#include "core/algebra.h"
#include "core/blas_check.h"
#include "core/constants.h"
#include "core/error.h"
#include "core/memory.h"
#include "core/workspace.h"
#include "phonons/crystal_charges.h"
#include "phonons/crystal_cluster.h"
#include "phonons/crystal_density.h"
#include "phonons/crystal_screening.h"
#include "potential/coulomb_part.h"
#include "potential/precision.h"
#include "structure/electrodes.h"

#include <lapacke.h>
#include <math.h>
#include <string.h>

static const lrpot__tag matrix_tag = { "dynamical matrix" };
static const lrpot__tag values_tag = { "eigenvalues" };

#define DEFAULT_STEP 5e-4 /* A: see the table of docs/theory/phonons.md */
/* reduced wave vectors this close to integers are of the reciprocal lattice */
#define SAME 1e-9

static const double two_pi = 6.283185307179586476925;

void lrpot_phonons_free(lrpot_phonons *phonons)
{
    if (phonons == NULL) return;
    void *arrays[] = { phonons->positions,    phonons->masses,  phonons->species,
                       phonons->scalars,      phonons->weights, phonons->q,
                       phonons->couplings,    phonons->home,    phonons->slopes,
                       phonons->slope_values, phonons->born,    phonons->moments,
                       phonons->felt };
    for (size_t k = 0; k < sizeof arrays / sizeof arrays[0]; k++) lrpot__free(arrays[k]);
    lrpot_ewald_free(phonons->gaussians);
    lrpot__density_terms_free(phonons->density);
    lrpot__free(phonons);
}

int64_t lrpot_phonons_count(const lrpot_phonons *phonons)
{
    return phonons != NULL ? 3 * phonons->n : 0;
}
const double *lrpot_phonons_masses(const lrpot_phonons *phonons)
{
    return phonons != NULL ? phonons->masses : NULL;
}
double lrpot_phonons_leak(const lrpot_phonons *phonons)
{
    return phonons != NULL ? phonons->leak : 0.0;
}

static lrpot_status allocate(lrpot_phonons *p)
{
    const lrpot_charges *charges = p->potential->charges;
    p->heads = charges != NULL ? charges->n_heads : 0;
    p->channels = charges != NULL ? charges->n_channels : 0;
    p->rows = p->heads;
    p->masses = lrpot__calloc(p->n, sizeof *p->masses);
    p->species = lrpot__calloc(p->n, sizeof *p->species);
    p->scalars = lrpot__calloc(p->heads * p->n, sizeof *p->scalars);
    p->weights = lrpot__calloc(p->heads * p->n, sizeof *p->weights);
    p->q = lrpot__calloc(p->channels * p->n, sizeof *p->q);
    p->home = lrpot__calloc(9 * p->n, sizeof *p->home);
    p->born = lrpot__calloc(9 * p->channels * p->n, sizeof *p->born);
    int complete = p->positions != NULL && p->masses != NULL && p->species != NULL
                   && p->scalars != NULL && p->weights != NULL;
    return complete && p->q != NULL && p->home != NULL && p->born != NULL ? LRPOT_OK
                                                                          : LRPOT_E_MEMORY;
}

/* The row of a layer that does not repeat counts for nothing, and may be any. */
static void copy_cell(lrpot_phonons *p, const lrpot_structure *structure)
{
    const int32_t missing = LRPOT_PERIODIC_ALL & ~lrpot_structure_periodic_mask(structure);
    memcpy(p->cell, lrpot_structure_cell(structure), sizeof p->cell);
    p->across = missing == 0 ? -1 : missing == 1 ? 0 : missing == 2 ? 1 : 2;
    if (p->across >= 0) {
        double *normal = p->cell + 3 * p->across;
        lrpot__cross3(p->cell + 3 * ((p->across + 1) % 3), p->cell + 3 * ((p->across + 2) % 3),
                      normal);
        double area = sqrt(lrpot__dot3(normal, normal));
        for (int a = 0; a < 3; a++) normal[a] /= area;
    }
    p->volume = fabs(lrpot__det3(p->cell));
}

static lrpot_status copy_structure(lrpot_phonons *p, const lrpot_structure *structure)
{
    const double *masses = lrpot_structure_get(structure, LRPOT_QUANTITY_MASSES);
    p->atoms = (lrpot_atoms)LRPOT_ATOMS_INIT;
    LRPOT__TRY(lrpot_structure_view(structure, p->potential->n_species,
                                    lrpot_potential_symbols(p->potential), p->species, &p->atoms));
    LRPOT__TRY(lrpot__refuse_electrodes(&p->atoms, "phonons"));
    copy_cell(p, structure);
    if (lrpot__charges_have_energy(p->potential->charges) && p->atoms.fragments != NULL)
        return lrpot__fail(LRPOT_E_UNSUPPORTED,
                           "phonons of charge model '%s' in %d fragments that keep their charge",
                           p->potential->charges->rules->name, p->atoms.n_fragments);
    p->atoms.positions = p->positions;
    p->atoms.stride = 3;
    p->atoms.cell = p->cell;
    p->atoms.fragments = NULL; /* these belong to the structure; no other charges use them */
    p->atoms.fragment_charges = p->atoms.fragment_potentials = NULL;
    p->atoms.n_fragments = 0;
    for (int64_t i = 0; i < p->n; i++) {
        const char *symbol = lrpot_structure_symbol(structure, i);
        p->masses[i] = masses != NULL ? masses[i] : lrpot_element_mass(symbol);
        if (!(p->masses[i] > 0.0) || isinf(p->masses[i]))
            return lrpot__fail(LRPOT_E_SPECIES, "mass of atom %lld (%s) is %g u", (long long)i,
                               symbol, p->masses[i]);
    }
    return LRPOT_OK;
}

/* Chooses the sum of the matrices, which need pairs. For a kernel without pairs they are those of
 * Gaussians of its width. */
static lrpot_status choose_sum(lrpot_phonons *p)
{
    const lrpot_charges *charges = p->potential->charges;
    p->ewald = p->potential->ewald;
    if (p->channels == 0 || charges->rules->width == NULL || charges->rules->owns_sum)
        return LRPOT_OK;
    lrpot_ewald_options options = LRPOT_EWALD_OPTIONS_INIT;
    double *widths = lrpot__calloc(p->potential->n_species, sizeof *widths);
    if (widths == NULL) return LRPOT_E_MEMORY;
    for (int32_t z = 0; z < p->potential->n_species; z++)
        widths[z] = charges->rules->width(charges, z);
    options.accuracy = p->potential->accuracy;
    options.flags = charges->options.flags & LRPOT_CHARGES_SELF ? LRPOT_EWALD_SELF : 0;
    options.n_widths = p->potential->n_species;
    options.widths = widths;
    lrpot_status status = lrpot_ewald_create(&p->gaussians, &options);
    lrpot__free(widths);
    p->ewald = p->gaussians;
    return status;
}

/* Computes dE/dc: from the potentials, or by the charges themselves if they minimise an energy. */
static lrpot_status energy_derivatives(lrpot_phonons *p, const lrpot__charge_call *call,
                                       double *potentials)
{
    lrpot_outputs none = LRPOT_OUTPUTS_INIT;
    if (lrpot__charges_have_energy(call->charges))
        return call->charges->rules->own_energy(call, p->weights, &none);
    LRPOT__TRY(lrpot__potential_coulomb(p->potential, call, potentials, &none));
    return call->charges->rules->adjoint(call, potentials, p->weights, &none);
}

static lrpot_status evaluate_charges(lrpot_phonons *p, lrpot_workspace *work)
{
    if (p->channels == 0) return LRPOT_OK;
    lrpot_nlist *list = NULL;
    lrpot__charge_call call;
    double *potentials = lrpot__calloc(p->channels * p->n, sizeof *potentials);
    lrpot_status status = potentials != NULL ? lrpot_nlist_build(
                              &list, &p->atoms, lrpot_potential_cutoff(p->potential), 0.0)
                                             : LRPOT_E_MEMORY;
    if (status == LRPOT_OK)
        status = lrpot__charges_evaluate(&call, p->potential->charges, work, &p->atoms, list, NULL,
                                         NULL, NULL);
    if (status == LRPOT_OK) {
        memcpy(p->scalars, call.scalars, (size_t)(p->heads * p->n) * sizeof *p->scalars);
        memcpy(p->q, call.q, (size_t)(p->channels * p->n) * sizeof *p->q);
        status = call.density != NULL ? lrpot__crystal_keep_density(p, &call)
                                      : energy_derivatives(p, &call, potentials);
    }
    lrpot_nlist_free(list);
    lrpot__free(potentials);
    return status;
}

/* Z_j = q_j - sum over centres i of r_ij (x) dq_i/dr_j, and the charge of displacements without
 * their distance. */
static lrpot_status long_waves(lrpot_phonons *p)
{
    if (p->density != NULL) lrpot__crystal_density_leak(p);
    if (p->channels == 0 || lrpot__charges_have_energy(p->potential->charges)) return LRPOT_OK;
    double *sums = lrpot__calloc(3 * p->n, sizeof *sums);
    if (sums == NULL) return LRPOT_E_MEMORY;
    for (int32_t c = 0; c < p->channels; c++) {
        memset(sums, 0, (size_t)(3 * p->n) * sizeof *sums);
        for (int64_t i = 0; i < p->n; i++)
            for (int a = 0; a < 3; a++) p->born[9 * (c * p->n + i) + 4 * a] = p->q[c * p->n + i];
        for (int64_t k = 0; k < p->n_slopes; k++) {
            const double *slope = p->slope_values + 3 * (p->heads * k + c),
                         *v = p->slopes[k].vector;
            double *Z = p->born + 9 * (c * p->n + p->slopes[k].other),
                   *sum = sums + 3 * p->slopes[k].other;
            for (int x = 0; x < 9; x++) Z[x] -= v[x / 3] * slope[x % 3];
            for (int b = 0; b < 3; b++) sum[b] += slope[b];
        }
        for (int64_t i = 0; i < p->n; i++)
            p->leak =
                fmax(p->leak, sqrt(sums[3 * i] * sums[3 * i] + sums[3 * i + 1] * sums[3 * i + 1]
                                   + sums[3 * i + 2] * sums[3 * i + 2]));
    }
    lrpot__free(sums);
    return LRPOT_OK;
}

static lrpot_status check_periods(int32_t mask)
{
    int count = 0;
    for (int d = 0; d < 3; d++) count += mask >> d & 1;
    if (count >= 2) return LRPOT_OK;
    return lrpot__fail(LRPOT_E_UNSUPPORTED,
                       "phonons of a structure with periodic_mask = %d, expected 7, a crystal, or "
                       "two bits, a layer",
                       mask);
}

lrpot_status lrpot_phonons_create(lrpot_phonons **out, const lrpot_potential *potential,
                                  lrpot_workspace *work, const lrpot_structure *structure,
                                  double step)
{
    LRPOT__REQUIRE_NOT_NULL(out);
    LRPOT__REQUIRE_NOT_NULL(potential);
    LRPOT__REQUIRE_NOT_NULL(work);
    LRPOT__REQUIRE_NOT_NULL(structure);
    LRPOT__TRY(lrpot__potential_require_double(potential, "phonons"));
    if (!(step == 0.0 || step >= 1e-6) || step > 0.1)
        return lrpot__fail(LRPOT_E_ARGUMENT, "step = %g A, expected 0 (default) or 1e-6 to 0.1",
                           step);
    LRPOT__TRY(check_periods(lrpot_structure_periodic_mask(structure)));
    lrpot_phonons *p = lrpot__calloc(1, sizeof *p);
    if (p == NULL) return LRPOT_E_MEMORY;
    p->potential = potential;
    p->n = lrpot_structure_count(structure);
    p->positions = lrpot__duplicate(lrpot_structure_positions_const(structure), 3 * p->n,
                                    sizeof *p->positions);
    lrpot_status status = lrpot__charges_require_derivatives(potential->charges, "phonons");
    if (status == LRPOT_OK) status = lrpot__potential_solver(potential, "phonons");
    if (status == LRPOT_OK) status = allocate(p);
    if (status == LRPOT_OK) status = copy_structure(p, structure);
    if (status == LRPOT_OK) status = choose_sum(p);
    if (status == LRPOT_OK) status = evaluate_charges(p, work);
    if (status == LRPOT_OK)
        status = lrpot__crystal_local(p, work, step > 0.0 ? step : DEFAULT_STEP);
    if (status == LRPOT_OK) status = long_waves(p);
    if (status != LRPOT_OK) lrpot_phonons_free(p);
    else *out = p;
    return status;
}

static void add_local(const lrpot_phonons *p, const double *wave, double *matrix)
{
    int64_t size = 3 * p->n;
    for (int64_t k = 0; k < p->n_couplings; k++) {
        const lrpot__coupling *c = &p->couplings[k];
        double phase[2];
        lrpot__crystal_phase(wave, c->image.vector, phase);
        for (int x = 0; x < 9; x++) {
            double *to = matrix
                         + 2 * ((3 * c->image.home + x / 3) * size + 3 * c->image.other + x % 3);
            to[0] += c->block[x] * phase[0];
            to[1] += c->block[x] * phase[1];
        }
    }
    for (int64_t i = 0; i < p->n; i++)
        for (int x = 0; x < 9; x++)
            matrix[2 * ((3 * i + x / 3) * size + 3 * i + x % 3)] += p->home[9 * i + x];
}

static void make_hermitian(int64_t size, double *matrix)
{
    for (int64_t k = 0; k < size; k++)
        for (int64_t l = 0; l <= k; l++) {
            double *low = matrix + 2 * (k * size + l), *high = matrix + 2 * (l * size + k);
            low[0] = high[0] = 0.5 * (low[0] + high[0]);
            low[1] = 0.5 * (low[1] - high[1]);
            high[1] = -low[1];
        }
}

int lrpot__crystal_at_gamma(const lrpot_phonons *p, const double *wave)
{
    for (int d = 0; d < 3; d++) {
        double s =
            (wave[0] * p->cell[3 * d] + wave[1] * p->cell[3 * d + 1] + wave[2] * p->cell[3 * d + 2])
            / two_pi;
        if (d != p->across && fabs(s - nearbyint(s)) > SAME) return 0;
    }
    return 1;
}

/* Moves the matrix from wave vector 0 to a vector of the reciprocal lattice: D_ij e^{i wave.(r_j -
 * r_i)}. */
static void move_origin(const lrpot_phonons *p, const double *wave, double *matrix)
{
    int64_t size = 3 * p->n;
    for (int64_t k = 0; k < size; k++)
        for (int64_t l = 0; l < size; l++) {
            double vector[3], phase[2], *at = matrix + 2 * (k * size + l), re = at[0], im = at[1];
            for (int a = 0; a < 3; a++)
                vector[a] = p->positions[3 * (l / 3) + a] - p->positions[3 * (k / 3) + a];
            lrpot__crystal_phase(wave, vector, phase);
            at[0] = re * phase[0] - im * phase[1];
            at[1] = re * phase[1] + im * phase[0];
        }
}

/* Of a length: what rounding leaves along the normal of a layer. */
#define LEVEL 1e-9

lrpot_status lrpot__crystal_check_wave(const lrpot_phonons *p, const double *wave,
                                       const double *direction)
{
    const double *normal = lrpot__crystal_normal(p);
    for (int a = 0; a < 3; a++)
        if (!isfinite(wave[a]) || (direction != NULL && !isfinite(direction[a])))
            return lrpot__fail(LRPOT_E_NOT_FINITE,
                               "component %d of the wave vector is %g 1/A, of its direction %g", a,
                               wave[a], direction != NULL ? direction[a] : 0.0);
    if (direction != NULL && direction[0] == 0.0 && direction[1] == 0.0 && direction[2] == 0.0)
        return lrpot__fail(LRPOT_E_ARGUMENT, "the direction of the wave vector is 0 0 0");
    if (normal == NULL) return LRPOT_OK;
    if (fabs(lrpot__dot3(wave, normal)) > LEVEL)
        return lrpot__fail(LRPOT_E_ARGUMENT,
                           "wave vector (%g %g %g) 1/A of a layer has %g 1/A along its normal, "
                           "expected 0",
                           wave[0], wave[1], wave[2], lrpot__dot3(wave, normal));
    if (direction != NULL
        && fabs(lrpot__dot3(direction, normal)) > LEVEL * sqrt(lrpot__dot3(direction, direction)))
        return lrpot__fail(LRPOT_E_ARGUMENT,
                           "direction (%g %g %g) of a wave in a layer has %g along its normal, "
                           "expected 0",
                           direction[0], direction[1], direction[2],
                           lrpot__dot3(direction, normal));
    return LRPOT_OK;
}

lrpot_status lrpot_phonons_matrix(const lrpot_phonons *phonons, lrpot_workspace *work,
                                  const double *wave_vector, const double *direction,
                                  double *matrix)
{
    LRPOT__REQUIRE_NOT_NULL(phonons);
    LRPOT__REQUIRE_NOT_NULL(work);
    LRPOT__REQUIRE_NOT_NULL(wave_vector);
    LRPOT__REQUIRE_NOT_NULL(matrix);
    LRPOT__TRY(lrpot__crystal_check_wave(phonons, wave_vector, direction));
    int gamma = lrpot__crystal_at_gamma(phonons, wave_vector);
    double wave[3] = { 0.0, 0.0, 0.0 };
    if (!gamma) memcpy(wave, wave_vector, sizeof wave);
    lrpot__crystal_flatten(phonons, wave);
    /* a layer has one limit along all directions */
    if (lrpot__crystal_normal(phonons) != NULL) direction = NULL;
    memset(matrix, 0, (size_t)(18 * phonons->n * phonons->n) * sizeof *matrix);
    add_local(phonons, wave, matrix);
    LRPOT__TRY(lrpot__crystal_coulomb(phonons, work, wave, gamma, direction, matrix));
    LRPOT__TRY(lrpot__crystal_screening(phonons, wave, gamma, direction, matrix));
    make_hermitian(3 * phonons->n, matrix);
    if (gamma) move_origin(phonons, wave_vector, matrix);
    return LRPOT_OK;
}

/* matrix: the conjugate. LAPACK reads columns and takes it for the matrix itself, so eigenvectors
 * come out as rows. */
static lrpot_status diagonalise(int64_t size, double *matrix, double *frequencies, int wanted)
{
    for (int64_t k = 0; k < 2 * size * size; k++)
        if (!isfinite(matrix[k]))
            return lrpot__fail(LRPOT_E_NOT_FINITE, "the dynamical matrix has the entry %g",
                               matrix[k]);
    lapack_int info = LAPACKE_zheev(LAPACK_COL_MAJOR, wanted ? 'V' : 'N', 'U', (lapack_int)size,
                                    (lapack_complex_double *)matrix, (lapack_int)size, frequencies);
    LRPOT__TRY(lrpot__lapack_memory(info, "zheev"));
    if (info != 0)
        return lrpot__fail(LRPOT_E_NOT_CONVERGED, "zheev ended with info = %d", (int)info);
    for (int64_t k = 0; k < size; k++)
        frequencies[k] = copysign(LRPOT__THZ * sqrt(fabs(frequencies[k])), frequencies[k]);
    return LRPOT_OK;
}

lrpot_status lrpot_phonons_modes(const lrpot_phonons *phonons, lrpot_workspace *work,
                                 const double *wave_vector, const double *direction,
                                 double *frequencies, double *modes)
{
    double *matrix = NULL, *values = NULL;
    LRPOT__REQUIRE_NOT_NULL(phonons);
    LRPOT__REQUIRE_NOT_NULL(work);
    LRPOT__REQUIRE_NOT_NULL(frequencies);
    int64_t size = 3 * phonons->n;
    LRPOT__TRY(lrpot__workspace_doubles(work, &matrix_tag, 2 * size * size, &matrix));
    LRPOT__TRY(lrpot_phonons_matrix(phonons, work, wave_vector, direction, matrix));
    for (int64_t k = 0; k < size * size; k++) {
        double root = sqrt(phonons->masses[k / size / 3] * phonons->masses[k % size / 3]);
        matrix[2 * k] /= root;
        matrix[2 * k + 1] /= -root; /* the conjugate */
    }
    LRPOT__TRY(lrpot__workspace_doubles(work, &values_tag, size, &values));
    LRPOT__TRY(diagonalise(size, matrix, values, modes != NULL));
    memcpy(frequencies, values, (size_t)size * sizeof *frequencies);
    if (modes != NULL) memcpy(modes, matrix, (size_t)(2 * size * size) * sizeof *modes);
    return LRPOT_OK;
}
