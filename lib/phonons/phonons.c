/* Vibrations at Gamma: force constants from exact forces, and the splitting of longitudinal and
 * transverse modes. */
#include <lrpot/response.h>

#include "core/blas_check.h"
#include "core/central_difference.h"
#include "core/constants.h"
#include "core/error.h"
#include "core/finite.h"
#include "core/memory.h"
#include "potential/potential.h"
#include "potential/precision.h"

#include <lapacke.h>
#include <math.h>
#include <string.h>

/* A: error of the 4th-order difference about 1e-8 relative, rounding about 1e-12 / 0.01 eV/A^2 */
#define DEFAULT_STEP 0.01

static const double four_pi = 12.566370614359172953851;

typedef struct {
    const lrpot_potential *potential;
    lrpot_workspace *work;
    lrpot_atoms atoms;
    lrpot_nlist *list;
    int32_t *species;
    double *positions; /* [n][3], displaced in place */
    double *forces;    /* [n][3] */
} displaced;

static void finish(displaced *d)
{
    lrpot_nlist_free(d->list);
    lrpot__free(d->species);
    lrpot__free(d->positions);
    lrpot__free(d->forces);
}

/* One list is used for all displacements: its skin covers the largest. */
static lrpot_status start(displaced *d, const lrpot_structure *structure, double step)
{
    int64_t n = lrpot_structure_count(structure);
    d->species = lrpot__calloc(n, sizeof *d->species);
    d->positions =
        lrpot__duplicate(lrpot_structure_positions_const(structure), 3 * n, sizeof *d->positions);
    d->forces = lrpot__calloc(3 * n, sizeof *d->forces);
    if (d->species == NULL || d->positions == NULL || d->forces == NULL) return LRPOT_E_MEMORY;
    d->atoms = (lrpot_atoms)LRPOT_ATOMS_INIT;
    LRPOT__TRY(lrpot_structure_view(structure, d->potential->n_species,
                                    lrpot_potential_symbols(d->potential), d->species, &d->atoms));
    d->atoms.positions = d->positions;
    d->atoms.stride = 3;
    return lrpot_nlist_build(&d->list, &d->atoms, lrpot_potential_cutoff(d->potential), 4.0 * step);
}

static lrpot_status add_forces(displaced *d, int64_t coordinate, double displacement, double factor,
                               double *column)
{
    double kept = d->positions[coordinate];
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.forces = d->forces;
    d->positions[coordinate] = kept + displacement;
    lrpot_status status =
        lrpot_potential_compute(d->potential, d->work, &d->atoms, d->list, NULL, &out);
    d->positions[coordinate] = kept;
    if (status != LRPOT_OK) return status;
    for (int64_t k = 0; k < 3 * d->atoms.n_owned; k++) column[k] += factor * d->forces[k];
    return LRPOT_OK;
}

/* Row `coordinate` of D is -dF/dr_coordinate; 4th-order central difference. */
static lrpot_status difference(displaced *d, int64_t coordinate, double step, double *row)
{
    for (int k = 0; k < LRPOT__DIFFERENCE_POINTS; k++)
        LRPOT__TRY(add_forces(d, coordinate, lrpot__difference_steps[k] * step,
                              -lrpot__difference_factors[k] / (12.0 * step), row));
    return LRPOT_OK;
}

static void symmetrise(int64_t size, double *D)
{
    for (int64_t i = 0; i < size; i++)
        for (int64_t j = 0; j < i; j++)
            D[i * size + j] = D[j * size + i] = 0.5 * (D[i * size + j] + D[j * size + i]);
}

/* Nearest symmetric matrix without forces under translation: projects D on both sides on relative
 * displacements. */
static void impose_translation(int64_t n, double *D)
{
    int64_t size = 3 * n;
    for (int pass = 0; pass < 2; pass++) {
        int64_t row = pass == 0 ? size : 1, column = pass == 0 ? 1 : size;
        for (int64_t i = 0; i < size; i++)
            for (int b = 0; b < 3; b++) {
                double mean = 0;
                for (int64_t j = 0; j < n; j++) mean += D[i * row + (3 * j + b) * column];
                mean /= (double)n;
                for (int64_t j = 0; j < n; j++) D[i * row + (3 * j + b) * column] -= mean;
            }
    }
    symmetrise(size, D); /* removes rounding errors */
}

lrpot_status lrpot_response_gamma_constants(const lrpot_potential *potential, lrpot_workspace *work,
                                            const lrpot_structure *structure, double step,
                                            double *D)
{
    LRPOT__REQUIRE_NOT_NULL(potential);
    LRPOT__REQUIRE_NOT_NULL(work);
    LRPOT__REQUIRE_NOT_NULL(structure);
    LRPOT__REQUIRE_NOT_NULL(D);
    LRPOT__TRY(lrpot__potential_require_double(potential, "force constants"));
    if (!(step == 0 || step >= 1e-6) || step > 0.5)
        return lrpot__fail(LRPOT_E_ARGUMENT, "step = %g A, expected 0 (default) or 1e-6 to 0.5",
                           step);
    if (step == 0) step = DEFAULT_STEP;
    int64_t n = lrpot_structure_count(structure), size = 3 * n;
    displaced d = { .potential = potential, .work = work, .atoms = LRPOT_ATOMS_INIT };
    memset(D, 0, (size_t)(size * size) * sizeof *D);
    lrpot_status status = start(&d, structure, step);
    for (int64_t k = 0; k < size && status == LRPOT_OK; k++)
        status = difference(&d, k, step, D + k * size);
    finish(&d);
    if (status != LRPOT_OK) return status;
    symmetrise(size, D);
    impose_translation(n, D);
    return lrpot__finite("force constant", n, 9 * n, D);
}

static lrpot_status check_modes(int64_t n, const double *masses, const double *Z,
                                const double *direction, double volume)
{
    if (n < 1 || n > INT32_MAX / 3)
        return lrpot__fail(LRPOT_E_ARGUMENT, "n = %lld atoms", (long long)n);
    for (int64_t i = 0; i < n; i++)
        if (!(masses[i] > 0) || !isfinite(masses[i]))
            return lrpot__fail(LRPOT_E_ARGUMENT, "mass of atom %lld is %g u", (long long)i,
                               masses[i]);
    if (Z == NULL) return LRPOT_OK;
    LRPOT__REQUIRE_NOT_NULL(direction);
    double length = sqrt(direction[0] * direction[0] + direction[1] * direction[1]
                         + direction[2] * direction[2]);
    if (!(length > 0) || !isfinite(length))
        return lrpot__fail(LRPOT_E_ARGUMENT, "the direction of q has the length %g", length);
    if (!(volume > 0) || !isfinite(volume))
        return lrpot__fail(LRPOT_E_ARGUMENT, "volume = %g A^3", volume);
    return LRPOT_OK;
}

/* D/sqrt(m m') + 4 pi k_e / V (q.Z_i)_a (q.Z_j)_b / sqrt(m m') with the unit vector q: Z is scaled,
 * so eps_inf = 1 (2603.06396, sec. II.E). */
static void mass_weighted(int64_t n, const double *D, const double *masses, const double *Z,
                          const double *direction, double volume, double *charge, double *matrix)
{
    int64_t size = 3 * n;
    double length = Z != NULL ? sqrt(direction[0] * direction[0] + direction[1] * direction[1]
                                     + direction[2] * direction[2])
                              : 1.0;
    double strength = Z != NULL ? four_pi * LRPOT_COULOMB_CONSTANT / volume : 0.0;
    for (int64_t k = 0; k < size; k++) {
        charge[k] = 0;
        if (Z != NULL)
            for (int a = 0; a < 3; a++)
                charge[k] += direction[a] / length * Z[9 * (k / 3) + 3 * a + k % 3];
    }
    for (int64_t k = 0; k < size; k++)
        for (int64_t l = 0; l < size; l++) {
            double both = 0.5 * (D[k * size + l] + D[l * size + k]);
            matrix[k * size + l] = (both + strength * charge[k] * charge[l])
                                   / sqrt(masses[k / 3] * masses[l / 3]);
        }
}

static lrpot_status diagonalise(int64_t size, double *matrix, double *frequencies, double *modes)
{
    for (int64_t k = 0; k < size * size; k++)
        if (!isfinite(matrix[k]))
            return lrpot__fail(LRPOT_E_NOT_FINITE, "the dynamical matrix has the entry %g",
                               matrix[k]);
    /* Column-major, so that eigenvectors come out as rows. */
    lapack_int info = LAPACKE_dsyev(LAPACK_COL_MAJOR, modes != NULL ? 'V' : 'N', 'U',
                                    (lapack_int)size, matrix, (lapack_int)size, frequencies);
    LRPOT__TRY(lrpot__lapack_memory(info, "dsyev"));
    if (info != 0)
        return lrpot__fail(LRPOT_E_NOT_CONVERGED, "dsyev ended with info = %d", (int)info);
    for (int64_t k = 0; k < size; k++)
        frequencies[k] = copysign(LRPOT__THZ * sqrt(fabs(frequencies[k])), frequencies[k]);
    if (modes != NULL) memcpy(modes, matrix, (size_t)(size * size) * sizeof *modes);
    return LRPOT_OK;
}

lrpot_status lrpot_response_gamma_modes(int64_t n, const double *D, const double *masses,
                                        const double *Z, const double *direction, double volume,
                                        double *frequencies, double *modes)
{
    LRPOT__REQUIRE_NOT_NULL(D);
    LRPOT__REQUIRE_NOT_NULL(masses);
    LRPOT__REQUIRE_NOT_NULL(frequencies);
    LRPOT__TRY(check_modes(n, masses, Z, direction, volume));
    int64_t size = 3 * n;
    double *matrix = lrpot__calloc(size * size, sizeof *matrix),
           *charge = lrpot__calloc(size, sizeof *charge);
    lrpot_status status = LRPOT_E_MEMORY;
    if (matrix != NULL && charge != NULL) {
        mass_weighted(n, D, masses, Z, direction, volume, charge, matrix);
        status = diagonalise(size, matrix, frequencies, modes);
    }
    lrpot__free(matrix);
    lrpot__free(charge);
    return status;
}
