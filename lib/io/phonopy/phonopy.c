/* Writers of files for phonopy, which counts atoms from 1. */
#include "io/files/output.h"

#include <lrpot/io.h>

#include "core/error.h"

#include <math.h>

static lrpot_status check_finite(const char *path, const char *what, int64_t n,
                                 const double *values)
{
    for (int64_t i = 0; i < n; i++)
        if (!isfinite(values[i]))
            return lrpot__fail(LRPOT_E_NOT_FINITE, "%s: %s number %lld is %g", path, what,
                               (long long)i, values[i]);
    return LRPOT_OK;
}

static void put_row(lrpot__output *output, int64_t n, const double *values)
{
    lrpot__put_numbers(output, n, values, " ");
    lrpot__put_text(output, "\n");
}

static void put_pair(lrpot__output *output, int64_t i, int64_t j)
{
    lrpot__put_integer(output, i);
    lrpot__put_text(output, " ");
    lrpot__put_integer(output, j);
    lrpot__put_text(output, "\n");
}

lrpot_status lrpot_phonopy_write_force_constants(const char *path, int64_t n, const double *D)
{
    lrpot__output output;
    LRPOT__REQUIRE_NOT_NULL(path);
    LRPOT__REQUIRE_NOT_NULL(D);
    if (n < 1)
        return lrpot__fail(LRPOT_E_ARGUMENT, "n = %lld atoms, expected at least 1", (long long)n);
    LRPOT__TRY(check_finite(path, "force constant", 9 * n * n, D));
    LRPOT__TRY(lrpot__output_open(&output, path));
    put_pair(&output, n, n);
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < n; j++) {
            put_pair(&output, i + 1, j + 1);
            for (int a = 0; a < 3; a++) put_row(&output, 3, D + ((3 * i + a) * n + j) * 3);
        }
    return lrpot__output_close(&output);
}

lrpot_status lrpot_phonopy_write_force_sets(const char *path, int64_t n, int64_t n_sets,
                                            const int64_t *atoms, const double *displacements,
                                            const double *forces)
{
    lrpot__output output;
    LRPOT__REQUIRE_NOT_NULL(path);
    LRPOT__REQUIRE_NOT_NULL(atoms);
    LRPOT__REQUIRE_NOT_NULL(displacements);
    LRPOT__REQUIRE_NOT_NULL(forces);
    if (n < 1 || n_sets < 1)
        return lrpot__fail(LRPOT_E_ARGUMENT, "%lld sets of %lld atoms, expected at least 1",
                           (long long)n_sets, (long long)n);
    for (int64_t s = 0; s < n_sets; s++)
        if (atoms[s] < 0 || atoms[s] >= n)
            return lrpot__fail(LRPOT_E_ARGUMENT, "atoms[%lld] = %lld, expected 0 to %lld",
                               (long long)s, (long long)atoms[s], (long long)n - 1);
    LRPOT__TRY(check_finite(path, "displacement", 3 * n_sets, displacements));
    LRPOT__TRY(check_finite(path, "force", 3 * n * n_sets, forces));
    LRPOT__TRY(lrpot__output_open(&output, path));
    lrpot__put_integer(&output, n);
    lrpot__put_text(&output, "\n");
    lrpot__put_integer(&output, n_sets);
    lrpot__put_text(&output, "\n");
    for (int64_t s = 0; s < n_sets; s++) {
        lrpot__put_text(&output, "\n");
        lrpot__put_integer(&output, atoms[s] + 1);
        lrpot__put_text(&output, "\n");
        put_row(&output, 3, displacements + 3 * s);
        for (int64_t i = 0; i < n; i++) put_row(&output, 3, forces + 3 * (s * n + i));
    }
    return lrpot__output_close(&output);
}

lrpot_status lrpot_phonopy_write_born(const char *path, double factor, const double *epsilon,
                                      int64_t n, const double *Z)
{
    lrpot__output output;
    LRPOT__REQUIRE_NOT_NULL(path);
    LRPOT__REQUIRE_NOT_NULL(epsilon);
    LRPOT__REQUIRE_NOT_NULL(Z);
    if (n < 1)
        return lrpot__fail(LRPOT_E_ARGUMENT, "n = %lld atoms, expected at least 1", (long long)n);
    if (!(factor >= 0.0) || isinf(factor))
        return lrpot__fail(LRPOT_E_ARGUMENT, "factor = %g, expected a positive number or 0",
                           factor);
    LRPOT__TRY(check_finite(path, "dielectric tensor", 9, epsilon));
    LRPOT__TRY(check_finite(path, "Born charge", 9 * n, Z));
    LRPOT__TRY(lrpot__output_open(&output, path));
    if (factor > 0.0) lrpot__put_number(&output, factor);
    else lrpot__put_text(&output, "default");
    lrpot__put_text(&output, "\n");
    put_row(&output, 9, epsilon);
    for (int64_t i = 0; i < n; i++) put_row(&output, 9, Z + 9 * i);
    return lrpot__output_close(&output);
}
