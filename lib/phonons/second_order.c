/* Static second-order susceptibility of a crystal whose ions follow the field: third derivative of
 * its enthalpy along the displacements of first order (docs/theory/piezoelectricity.md). */
#include <lrpot/response.h>

#include "core/central_difference.h"
#include "core/error.h"
#include "core/finite.h"
#include "core/memory.h"
#include "potential/potential.h"
#include "potential/precision.h"

#include <math.h>
#include <string.h>

/* A: the 4th-order differences err by the fourth power of the step, the second ones by the rounding
 * of forces over its square. */
#define DEFAULT_STEP 0.01

#define FOUR_PI 12.566370614359172954

/* The crystal at rest and displaced. */
typedef struct {
    const lrpot_potential *potential;
    lrpot_workspace *work;
    const double *rest;     /* A, [3n] */
    lrpot_structure *moved; /* at rest + a multiple of a displacement */
    int64_t size;           /* 3n */
    double step, *found;    /* A; forces [3n] or Born charges [9n] */
} probe;

static double product(int64_t size, const double *a, const double *b)
{
    double sum = 0.0;
    for (int64_t k = 0; k < size; k++) sum += a[k] * b[k];
    return sum;
}

/* V/A by which the largest component of a displacement becomes the step; 0 where nothing moves. */
static double stride(const probe *p, const double *u)
{
    double largest = 0.0;
    for (int64_t k = 0; k < p->size; k++) largest = fmax(largest, fabs(u[k]));
    return largest > 0.0 ? p->step / largest : 0.0;
}

static void place(probe *p, const double *u, double field)
{
    double *x = lrpot_structure_positions(p->moved);
    for (int64_t k = 0; k < p->size; k++) x[k] = p->rest[k] + field * u[k];
}

/* -U''_c: second derivatives along v of the force's components along the three displacements.
 * 12 h^2 f'' = -f(x - 2h) + 16 f(x - h) - 30 f(x) + 16 f(x + h) - f(x + 2h) */
static lrpot_status curvature(probe *p, const double *v, const double *u, double second[3])
{
    static const double factors[5] = { -1.0, 16.0, -30.0, 16.0, -1.0 };
    double h = stride(p, v);
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.forces = p->found;
    memset(second, 0, 3 * sizeof *second);
    for (int k = 0; k < 5 && h > 0.0; k++) {
        place(p, v, (k - 2) * h);
        LRPOT__TRY(lrpot_potential_compute_structure(p->potential, p->work, p->moved, &out));
        for (int c = 0; c < 3; c++)
            second[c] += factors[k] / (12.0 * h * h) * product(p->size, p->found, u + p->size * c);
    }
    return LRPOT_OK;
}

/* Minus the third derivatives of the energy, by the second ones along u_a, u_b and u_a + u_b. */
static lrpot_status of_energy(probe *p, const double *u, double part[27])
{
    double alone[3][3], *both = lrpot__calloc(p->size, sizeof *both);
    lrpot_status status = both != NULL ? LRPOT_OK : LRPOT_E_MEMORY;
    for (int a = 0; a < 3 && status == LRPOT_OK; a++)
        status = curvature(p, u + p->size * a, u, alone[a]);
    for (int a = 0; a < 3; a++)
        for (int b = 0; b <= a && status == LRPOT_OK; b++) {
            double second[3];
            for (int64_t k = 0; k < p->size; k++) both[k] = u[p->size * a + k] + u[p->size * b + k];
            status = curvature(p, both, u, second);
            for (int c = 0; c < 3 && status == LRPOT_OK; c++)
                part[9 * a + 3 * b + c] = part[9 * b + 3 * a + c] =
                    0.5 * (second[c] - alone[a][c] - alone[b][c]);
        }
    lrpot__free(both);
    return status;
}

/* slope[9n]: derivative of the Born charges along u_c, less that of their sum. */
static lrpot_status born_slope(probe *p, const double *u, double *slope)
{
    double h = stride(p, u);
    memset(slope, 0, (size_t)(3 * p->size) * sizeof *slope);
    for (int k = 0; k < LRPOT__DIFFERENCE_POINTS && h > 0.0; k++) {
        place(p, u, lrpot__difference_steps[k] * h);
        LRPOT__TRY(lrpot_response_born_charges_structure(p->potential, p->work, p->moved,
                                                         LRPOT_BORN_UNFOLDED, p->found, NULL));
        for (int64_t x = 0; x < 3 * p->size; x++)
            slope[x] += lrpot__difference_factors[k] / (12.0 * h) * p->found[x];
    }
    return lrpot_response_project(p->size / 3, 0.0, slope);
}

/* part[a][b][c]: second derivative of the physical dipole a along u_b and u_c. */
static lrpot_status of_dipole(probe *p, const double root[9], const double *u, double part[27])
{
    double *slope = lrpot__calloc(3 * p->size, sizeof *slope);
    lrpot_status status = slope != NULL ? LRPOT_OK : LRPOT_E_MEMORY;
    for (int c = 0; c < 3 && status == LRPOT_OK; c++) {
        status = born_slope(p, u + p->size * c, slope);
        for (int k = 0; k < 9 && status == LRPOT_OK; k++) {
            double model[3] = { 0.0 };
            for (int a = 0; a < 3; a++)
                for (int64_t x = 0; x < p->size; x++)
                    model[a] += slope[9 * (x / 3) + 3 * a + x % 3] * u[p->size * (k % 3) + x];
            part[9 * (k / 3) + 3 * (k % 3) + c] = product(3, root + 3 * (k / 3), model);
        }
    }
    lrpot__free(slope);
    return status;
}

/* part[a][b][c]: derivative of the polarizability ab along u_c, in e^2 A^2/eV. */
static void of_polarizability(int64_t size, const double *gradient, const double *u,
                              double part[27])
{
    for (int k = 0; k < 27; k++)
        for (int64_t x = 0; x < size; x++)
            part[k] += gradient[27 * (x / 3) + 3 * (k / 3) + x % 3] * u[size * (k % 3) + x]
                       / LRPOT_COULOMB_CONSTANT;
}

/* Tensors of physical polarizabilities of a model whose charges respond: root alpha root. */
static lrpot_status own_gradient(const probe *p, const lrpot_structure *structure,
                                 const double root[9], double *gradient)
{
    LRPOT__TRY(lrpot_response_raman(p->potential, p->work, structure, 0.0, gradient));
    for (int64_t x = 0; x < p->size; x++) {
        double alpha[9], *one = gradient + 27 * (x / 3) + x % 3;
        for (int k = 0; k < 9; k++) alpha[k] = one[3 * k];
        for (int k = 0; k < 9; k++) {
            one[3 * k] = 0.0;
            for (int m = 0; m < 9; m++)
                one[3 * k] += root[3 * (k / 3) + m / 3] * alpha[m] * root[3 * (k % 3) + m % 3];
        }
    }
    return LRPOT_OK;
}

/* Adds the mean, or the sum of the three cyclic ones, over all orders of the indices. */
static void add_orders(const double part[27], double factor, double *sum)
{
    for (int k = 0; k < 27; k++) {
        int a = k / 9, b = k / 3 % 3, c = k % 3;
        sum[k] += factor / 6.0
                  * (part[9 * a + 3 * b + c] + part[9 * a + 3 * c + b] + part[9 * b + 3 * a + c]
                     + part[9 * b + 3 * c + a] + part[9 * c + 3 * a + b] + part[9 * c + 3 * b + a]);
    }
}

static lrpot_status collect(probe *p, const lrpot_structure *structure, const double root[9],
                            const double *u, const double *gradient, double parts[81])
{
    double raw[81] = { 0.0 }, *own = NULL;
    /* k_e turns e/A^2 into V/A, which is P/eps_0 over 4 pi */
    double factor = FOUR_PI * LRPOT_COULOMB_CONSTANT / lrpot_structure_volume(structure);
    lrpot_status status = of_energy(p, u, raw);
    if (status == LRPOT_OK) status = of_dipole(p, root, u, raw + 27);
    if (status == LRPOT_OK && gradient == NULL && p->potential->charges->rules->respond != NULL) {
        gradient = own = lrpot__calloc(9 * p->size, sizeof *own);
        status = own != NULL ? own_gradient(p, structure, root, own) : LRPOT_E_MEMORY;
    }
    if (status == LRPOT_OK && gradient != NULL) of_polarizability(p->size, gradient, u, raw + 54);
    lrpot__free(own);
    memset(parts, 0, 81 * sizeof *parts);
    for (int k = 0; k < 3; k++)
        add_orders(raw + 27 * k, k == 0 ? factor : 3.0 * factor, parts + 27 * k);
    return status;
}

static lrpot_status check_call(const lrpot_potential *potential, const lrpot_structure *structure,
                               const double *displacements, double step)
{
    if (lrpot_structure_periodic_mask(structure) != LRPOT_PERIODIC_ALL)
        return lrpot__fail(LRPOT_E_UNSUPPORTED,
                           "a susceptibility needs a crystal: periodic_mask is %d, expected 7",
                           lrpot_structure_periodic_mask(structure));
    if (!(step == 0.0 || step >= 1e-5) || step > 0.2)
        return lrpot__fail(LRPOT_E_ARGUMENT, "step = %g A, expected 0 (default) or 1e-5 to 0.2",
                           step);
    if (potential->charges == NULL)
        return lrpot__fail(LRPOT_E_UNSUPPORTED, "the model has no charges for a field to act on");
    LRPOT__TRY(lrpot__potential_require_double(potential, "a second-order susceptibility"));
    return lrpot__all_finite("displacements", 9 * lrpot_structure_count(structure), displacements);
}

lrpot_status lrpot_response_second_order(const lrpot_potential *potential, lrpot_workspace *work,
                                         const lrpot_structure *structure, const double *root,
                                         const double *displacements, const double *gradient,
                                         double step, double *chi2, double *parts)
{
    static const double unit[9] = { 1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0 };
    double own[81];
    LRPOT__REQUIRE_NOT_NULL(potential);
    LRPOT__REQUIRE_NOT_NULL(work);
    LRPOT__REQUIRE_NOT_NULL(structure);
    LRPOT__REQUIRE_NOT_NULL(displacements);
    LRPOT__REQUIRE_NOT_NULL(chi2);
    LRPOT__TRY(check_call(potential, structure, displacements, step));
    probe p = { .potential = potential, .work = work };
    p.size = 3 * lrpot_structure_count(structure);
    p.step = step > 0.0 ? step : DEFAULT_STEP;
    p.rest = lrpot_structure_positions_const(structure);
    p.found = lrpot__calloc(3 * p.size, sizeof *p.found);
    lrpot_status status = p.found != NULL ? LRPOT_OK : LRPOT_E_MEMORY;
    if (status == LRPOT_OK) status = lrpot_structure_clone(&p.moved, structure);
    if (status == LRPOT_OK)
        status = collect(&p, structure, root != NULL ? root : unit, displacements, gradient, own);
    lrpot_structure_free(p.moved);
    lrpot__free(p.found);
    LRPOT__TRY(status);
    for (int k = 0; k < 27; k++) chi2[k] = own[k] + own[27 + k] + own[54 + k];
    if (parts != NULL) memcpy(parts, own, sizeof own);
    return lrpot__finite_total("second-order susceptibility", 27, chi2);
}
