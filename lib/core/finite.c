#include "core/finite.h"

#include "core/error.h"

#include <math.h>

#define REASON "numbers of this size overflow: look at coefficients, charges and distances"

/* Index of the first value that is not finite, or -1. Whole blocks are tested without a branch for
 * each number. */
static int64_t find(int64_t count, const double *values)
{
    enum { BLOCK = 64 };
    for (int64_t first = 0; values != NULL && first < count; first += BLOCK) {
        int64_t end = first + BLOCK < count ? first + BLOCK : count;
        double sum = 0.0;
        for (int64_t i = first; i < end; i++) sum += values[i] * 0.0; /* 0 unless one is not */
        if (sum == 0.0) continue;
        for (int64_t i = first; i < end; i++)
            if (!isfinite(values[i])) return i;
    }
    return -1;
}

lrpot_status lrpot__finite(const char *quantity, int64_t n, int64_t width, const double *values)
{
    int64_t at = find(n * width, values);
    if (at < 0) return LRPOT_OK;
    if (width == 1)
        return lrpot__fail(LRPOT_E_NOT_FINITE, "%s of atom %lld is %g; " REASON, quantity,
                           (long long)at, values[at]);
    return lrpot__fail(LRPOT_E_NOT_FINITE, "%s of atom %lld, component %lld, is %g; " REASON,
                       quantity, (long long)(at / width), (long long)(at % width), values[at]);
}

lrpot_status lrpot__finite_total(const char *quantity, int64_t count, const double *values)
{
    int64_t at = find(count, values);
    if (at < 0) return LRPOT_OK;
    if (count == 1)
        return lrpot__fail(LRPOT_E_NOT_FINITE, "the %s is %g; " REASON, quantity, values[at]);
    return lrpot__fail(LRPOT_E_NOT_FINITE, "number %lld of the %s is %g; " REASON, (long long)at,
                       quantity, values[at]);
}

lrpot_status lrpot__finite_outputs(const lrpot_atoms *atoms, int32_t channels,
                                   const lrpot_outputs *out)
{
    int64_t n = atoms->n_owned;
    LRPOT__TRY(lrpot__finite("charge", n, 1, out->charges));
    for (int32_t c = 0; c < channels; c++) {
        LRPOT__TRY(lrpot__finite("potential", n, 1,
                                 out->potential != NULL ? out->potential + c * n : NULL));
        LRPOT__TRY(
            lrpot__finite("field", n, 3, out->field != NULL ? out->field + 3 * c * n : NULL));
    }
    LRPOT__TRY(lrpot__finite("energy", n, 1, out->energy_atom));
    LRPOT__TRY(lrpot__finite("force", atoms->n_all, 3, out->forces));
    LRPOT__TRY(lrpot__finite("virial", atoms->n_all, 9, out->virial_atom));
    LRPOT__TRY(lrpot__finite_total("energy", 1, out->energy));
    LRPOT__TRY(lrpot__finite_total("virial", 9, out->virial));
    return lrpot__finite_total("dipole", 3, out->dipole);
}
