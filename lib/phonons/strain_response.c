/* Answers of a crystal to homogeneous strain, and the displacements that forces on its atoms bring
 * about (docs/theory/piezoelectricity.md). */
#include <lrpot/phonons.h>
#include <lrpot/response.h>

#include "core/central_difference.h"
#include "core/constants.h"
#include "core/error.h"
#include "core/finite.h"
#include "core/memory.h"
#include "phonons/rigid_modes.h"
#include "potential/potential.h"
#include "potential/precision.h"
#include "potential/structure_input.h"

#include <math.h>
#include <string.h>

/* The 4th-order difference errs by about 1e-9 relative, its rounding by as much. */
#define DEFAULT_STRAIN 2e-3
/* Eigenvalue of the force constants, relative to the largest, below which a mode has no force. */
#define NO_FORCE 1e-8

/* Rows and columns of xx yy zz yz xz xy. */
static const int voigt[6][2] = { { 0, 0 }, { 1, 1 }, { 2, 2 }, { 1, 2 }, { 0, 2 }, { 0, 1 } };

/* The symmetric tensor of an engineering strain. */
static void strain_of(int component, double strain, double w[9])
{
    int a = voigt[component][0], b = voigt[component][1];
    memset(w, 0, 9 * sizeof *w);
    w[3 * a + b] += 0.5 * strain;
    w[3 * b + a] += 0.5 * strain;
}

static lrpot_status strain_structure(lrpot_structure *s, const double w[9])
{
    double cell[9], *x = lrpot_structure_positions(s);
    memcpy(cell, lrpot_structure_cell(s), sizeof cell);
    for (int64_t i = -3; i < lrpot_structure_count(s); i++) {
        double *row = i < 0 ? cell + 3 * (i + 3) : x + 3 * i, old[3] = { row[0], row[1], row[2] };
        for (int c = 0; c < 3; c++)
            for (int a = 0; a < 3; a++) row[c] += old[a] * w[3 * a + c];
    }
    return lrpot_structure_set_cell(s, cell, LRPOT_PERIODIC_ALL);
}

/* Adds factor times forces [3n] and stress [6] of the strained crystal, at constant reduced
 * positions. */
static lrpot_status add_strained(const lrpot_potential *potential, lrpot_workspace *work,
                                 const lrpot_structure *structure, int component, double strain,
                                 double factor, double *forces, double sum[6])
{
    int64_t n = lrpot_structure_count(structure);
    lrpot_structure *strained = NULL;
    double w[9], virial[9], *found = lrpot__calloc(3 * n, sizeof *found);
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    if (found == NULL) return LRPOT_E_MEMORY;
    out.forces = found;
    out.virial = virial;
    strain_of(component, strain, w);
    lrpot_status status = lrpot_structure_clone(&strained, structure);
    if (status == LRPOT_OK) status = strain_structure(strained, w);
    if (status == LRPOT_OK)
        status = lrpot_potential_compute_structure(potential, work, strained, &out);
    double volume = status == LRPOT_OK ? lrpot_structure_volume(strained) : 1.0;
    for (int64_t k = 0; status == LRPOT_OK && k < 3 * n; k++) forces[k] += factor * found[k];
    for (int k = 0; status == LRPOT_OK && k < 6; k++)
        sum[k] -= factor * virial[3 * voigt[k][0] + voigt[k][1]] / volume;
    lrpot_structure_free(strained);
    lrpot__free(found);
    return status;
}

static lrpot_status check_crystal(const lrpot_potential *potential, const lrpot_workspace *work,
                                  const lrpot_structure *structure)
{
    LRPOT__REQUIRE_NOT_NULL(potential);
    LRPOT__REQUIRE_NOT_NULL(work);
    LRPOT__REQUIRE_NOT_NULL(structure);
    if (lrpot_structure_periodic_mask(structure) == LRPOT_PERIODIC_ALL) return LRPOT_OK;
    return lrpot__fail(LRPOT_E_UNSUPPORTED,
                       "strain needs a crystal: periodic_mask is %d, expected 7",
                       lrpot_structure_periodic_mask(structure));
}

lrpot_status lrpot_response_strain(const lrpot_potential *potential, lrpot_workspace *work,
                                   const lrpot_structure *structure, double strain,
                                   double *internal, double *stiffness)
{
    LRPOT__TRY(check_crystal(potential, work, structure));
    LRPOT__REQUIRE_NOT_NULL(internal);
    LRPOT__TRY(lrpot__potential_require_double(potential, "derivatives by strain"));
    if (!(strain == 0.0 || strain >= 1e-7) || strain > 0.05)
        return lrpot__fail(LRPOT_E_ARGUMENT, "strain = %g, expected 0 (default) or 1e-7 to 0.05",
                           strain);
    if (strain == 0.0) strain = DEFAULT_STRAIN;
    int64_t n = lrpot_structure_count(structure);
    memset(internal, 0, (size_t)(18 * n) * sizeof *internal);
    for (int j = 0; j < 6; j++) {
        double slopes[6] = { 0.0 };
        for (int k = 0; k < LRPOT__DIFFERENCE_POINTS; k++)
            LRPOT__TRY(add_strained(
                potential, work, structure, j, lrpot__difference_steps[k] * strain,
                lrpot__difference_factors[k] / (12.0 * strain), internal + 3 * n * j, slopes));
        for (int i = 0; stiffness != NULL && i < 6; i++) stiffness[6 * i + j] = slopes[i];
    }
    LRPOT__TRY(lrpot__finite_total("stiffness", 36, stiffness));
    return lrpot__finite_total("internal strain", 18 * n, internal);
}

lrpot_status lrpot_response_piezoelectric(const lrpot_potential *potential, lrpot_workspace *work,
                                          const lrpot_structure *structure, double *proper)
{
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    const lrpot_nlist *list = NULL;
    LRPOT__REQUIRE_NOT_NULL(proper);
    LRPOT__TRY(check_crystal(potential, work, structure));
    LRPOT__TRY(lrpot__potential_input(potential, work, structure, &atoms, &list));
    double volume = lrpot_structure_volume(structure),
           *still = lrpot__calloc(3 * atoms.n_owned, sizeof *still);
    lrpot_status status = still != NULL ? LRPOT_OK : LRPOT_E_MEMORY;
    for (int j = 0; j < 6 && status == LRPOT_OK; j++) {
        double w[9], current[3];
        strain_of(j, 1.0, w);
        status = lrpot_response_current(potential, work, &atoms, list, NULL, still, w, current);
        for (int a = 0; status == LRPOT_OK && a < 3; a++) proper[6 * a + j] = current[a] / volume;
    }
    lrpot__free(still);
    return status;
}

/* displacements = sum over modes e (e.force)/eigenvalue, translations left out. */
static lrpot_status solve(int64_t n, const double *eigenvalues, const double *modes,
                          const int64_t rigid[LRPOT__RIGID_MOST], int64_t count,
                          const double *forces, double *displacements)
{
    int64_t size = 3 * n, unstable = 0;
    double largest = 0.0;
    memset(displacements, 0, (size_t)(count * size) * sizeof *displacements);
    for (int64_t m = 0; m < size; m++) largest = fmax(largest, fabs(eigenvalues[m]));
    for (int64_t m = 0; m < size; m++) {
        const double *e = modes + size * m;
        if (m == rigid[0] || m == rigid[1] || m == rigid[2]) continue;
        if (!(fabs(eigenvalues[m]) > NO_FORCE * largest))
            return lrpot__fail(LRPOT_E_SINGULAR,
                               "mode %lld has the force constant %g eV/A^2: displacements along it "
                               "have no limit",
                               (long long)m, eigenvalues[m]);
        unstable += eigenvalues[m] < 0.0;
        for (int64_t c = 0; c < count; c++) {
            double part = 0.0;
            for (int64_t k = 0; k < size; k++) part += e[k] * forces[size * c + k];
            for (int64_t k = 0; k < size; k++)
                displacements[size * c + k] += part / eigenvalues[m] * e[k];
        }
    }
    if (unstable == 0) return LRPOT_OK;
    return lrpot__fail(LRPOT_E_ASSUMPTION,
                       "%lld modes have negative force constants: the crystal is unstable, and its "
                       "answers are those of no minimum",
                       (long long)unstable);
}

lrpot_status lrpot_phonons_displacements(int64_t n, const double *D, int64_t count,
                                         const double *forces, double *displacements)
{
    LRPOT__REQUIRE_NOT_NULL(D);
    LRPOT__REQUIRE_NOT_NULL(forces);
    LRPOT__REQUIRE_NOT_NULL(displacements);
    if (n < 1 || n > INT32_MAX / 3 || count < 1)
        return lrpot__fail(LRPOT_E_ARGUMENT, "n = %lld atoms, count = %lld", (long long)n,
                           (long long)count);
    LRPOT__TRY(lrpot__all_finite("forces", 3 * n * count, forces));
    int64_t rigid[LRPOT__RIGID_MOST];
    double *modes = lrpot__calloc(9 * n * n, sizeof *modes),
           *values = lrpot__calloc(3 * n, sizeof *values),
           *masses = lrpot__calloc(n, sizeof *masses),
           *vectors = lrpot__calloc(3 * n * LRPOT__RIGID_MOST, sizeof *vectors);
    lrpot_status status = modes != NULL && values != NULL && masses != NULL && vectors != NULL
                              ? LRPOT_OK
                              : LRPOT_E_MEMORY;
    for (int64_t i = 0; status == LRPOT_OK && i < n; i++) masses[i] = 1.0;
    if (status == LRPOT_OK)
        status = lrpot_response_gamma_modes(n, D, masses, NULL, NULL, 1.0, values, modes);
    if (status == LRPOT_OK) {
        for (int64_t m = 0; m < 3 * n; m++)
            values[m] = values[m] * fabs(values[m]) / (LRPOT__THZ * LRPOT__THZ);
        lrpot__rigid_modes(n, lrpot__rigid_vectors(n, masses, NULL, vectors), vectors, modes,
                           rigid);
        status = solve(n, values, modes, rigid, count, forces, displacements);
    }
    lrpot__free(modes);
    lrpot__free(values);
    lrpot__free(masses);
    lrpot__free(vectors);
    return status;
}
