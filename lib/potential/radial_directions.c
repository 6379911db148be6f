/* Directions of the radial coefficients that change a head.
 *
 * The linear coefficients make up for a change of f_mu by a multiple of f_nu, nu <= mu, of all
 * neighbours at once: the functions that it adds to a feature are those of lower level, which are
 * features too. Of the S n coefficients of f_mu, those directions are left out that are the
 * coefficients of f_0 to f_mu themselves. Rows would else have columns that depend on each other.
 */
#include "potential/radial_directions.h"

#include "basis/basis.h"
#include "core/error.h"

#include <lapacke.h>

static const lrpot__tag slopes_tag = { "derivatives by radial coefficients" };
static const lrpot__tag rows_tag = { "derivatives along radial directions" };
static const lrpot__tag directions_tag = { "radial directions" };

static int64_t coefficients_of(const lrpot_basis *basis)
{
    return (int64_t)basis->options.n_species * basis->options.radial_size;
}

/* Number of directions of f_mu that the linear coefficients make up for. */
static int64_t absorbed(const lrpot_basis *basis, int64_t mu)
{
    int64_t width = coefficients_of(basis);
    return mu + 1 < width ? mu + 1 : width;
}

int64_t lrpot__radial_directions(const lrpot_basis *basis)
{
    int64_t count = 0;
    for (int64_t mu = 0; mu < basis->plan->n_radial; mu++)
        count += coefficients_of(basis) - absorbed(basis, mu);
    return count;
}

/* Orthogonal directions q [width][width] of f_mu around a centre, of which the first ones are
 * absorbed. tau [width] is scratch. */
static lrpot_status make_directions(const lrpot_basis *basis, int64_t centre, int64_t mu, double *q,
                                    double *tau)
{
    int64_t size = basis->options.radial_size, species = basis->options.n_species,
            functions = basis->plan->n_radial, width = coefficients_of(basis),
            n = absorbed(basis, mu);
    for (int64_t k = 0; k < n; k++)
        for (int64_t z = 0; z < species; z++)
            for (int64_t b = 0; b < size; b++)
                q[k * width + z * size + b] =
                    basis->radial[((centre * species + z) * functions + k) * size + b];
    lapack_int info = LAPACKE_dgeqrf_work(LAPACK_COL_MAJOR, (lapack_int)width, (lapack_int)n, q,
                                          (lapack_int)width, tau, tau + width, (lapack_int)width);
    if (info == 0)
        info = LAPACKE_dorgqr_work(LAPACK_COL_MAJOR, (lapack_int)width, (lapack_int)width,
                                   (lapack_int)n, q, (lapack_int)width, tau, tau + width,
                                   (lapack_int)width);
    return info == 0 ? LRPOT_OK
                     : lrpot__fail(LRPOT_E_BUG, "dgeqrf or dorgqr ended with info = %d", (int)info);
}

/* Directions [F][width][width] of one centre. */
static lrpot_status all_directions(const lrpot_basis *basis, int64_t centre, double *q)
{
    int64_t width = coefficients_of(basis), functions = basis->plan->n_radial;
    for (int64_t mu = 0; mu < functions; mu++)
        LRPOT__TRY(make_directions(basis, centre, mu, q + mu * width * width,
                                   q + functions * width * width));
    return LRPOT_OK;
}

/* Row of one atom: slopes [S][F][n] along the directions [F][width][width] of its species. */
static void turn(const lrpot_basis *basis, const double *directions, const double *slopes,
                 double *row)
{
    int64_t size = basis->options.radial_size, functions = basis->plan->n_radial,
            width = coefficients_of(basis);
    for (int64_t mu = 0; mu < functions; mu++)
        for (int64_t k = absorbed(basis, mu); k < width; k++) {
            const double *q = directions + (mu * width + k) * width;
            double sum = 0.0;
            for (int64_t z = 0; z < basis->options.n_species; z++)
                for (int64_t b = 0; b < size; b++)
                    sum += q[z * size + b] * slopes[(z * functions + mu) * size + b];
            *row++ = sum;
        }
}

/* Rows of the atoms of one species, if there are any. */
static lrpot_status turn_species(const lrpot_basis *basis, const lrpot_atoms *atoms,
                                 int32_t species, const double *slopes, double *directions,
                                 double *rows)
{
    int64_t count = lrpot__radial_directions(basis),
            size = coefficients_of(basis) * basis->plan->n_radial, made = 0;
    for (int64_t i = 0; i < atoms->n_owned; i++) {
        if (atoms->species[i] != species) continue;
        if (!made) LRPOT__TRY(all_directions(basis, species, directions));
        made = 1;
        turn(basis, directions, slopes + i * size, rows + i * count);
    }
    return LRPOT_OK;
}

lrpot_status lrpot__radial_rows(const lrpot_basis *basis, lrpot_workspace *work,
                                const lrpot_atoms *atoms, const lrpot_nlist *list,
                                lrpot__request head, double **rows)
{
    int64_t n = atoms->n_owned, width = coefficients_of(basis), functions = basis->plan->n_radial;
    double *directions = NULL, *slopes = NULL, *out = NULL;
    LRPOT__TRY(lrpot__workspace_doubles(work, &directions_tag,
                                        functions * width * width + 2 * width, &directions));
    LRPOT__TRY(lrpot__workspace_doubles(work, &slopes_tag, n * width * functions, &slopes));
    LRPOT__TRY(
        lrpot__workspace_doubles(work, &rows_tag, n * lrpot__radial_directions(basis), &out));
    head.radial_slopes = slopes;
    LRPOT__TRY(lrpot__basis_run(basis, work, atoms, list, &head));
    for (int32_t z = 0; z < basis->options.n_species; z++)
        LRPOT__TRY(turn_species(basis, atoms, z, slopes, directions, out));
    *rows = out;
    return LRPOT_OK;
}
