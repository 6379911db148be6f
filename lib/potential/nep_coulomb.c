#include "potential/nep_coulomb.h"

#include "core/struct_size.h"
#include "core/workspace.h"
#include "potential/nep_fitted_sum.h"

#include <math.h>
#include <string.h>

static const lrpot__tag terms_tag = { "terms of the fitted sum" };
static const lrpot__tag scaled_tag = { "scaled charges and fields" };

static void add_terms(const lrpot_atoms *atoms, const double *q, const lrpot__nep_terms *terms,
                      lrpot_outputs *out)
{
    for (int64_t i = 0; i < atoms->n_owned; i++) {
        double energy = 0.5 * LRPOT__NEP_COULOMB_CONSTANT * q[i] * terms->potential[i];
        out->potential[i] = LRPOT__NEP_COULOMB_CONSTANT * terms->potential[i];
        if (out->energy != NULL) *out->energy += energy;
        if (out->energy_atom != NULL) out->energy_atom[i] += energy;
        for (int c = 0; c < 3; c++) {
            double field = LRPOT__NEP_COULOMB_CONSTANT * terms->field[3 * i + c];
            if (out->field != NULL) out->field[3 * i + c] += field;
            if (out->forces != NULL) out->forces[3 * i + c] += q[i] * field;
        }
        for (int c = 0; c < 9; c++) {
            double w = LRPOT__NEP_COULOMB_CONSTANT * terms->virial[9 * i + c];
            if (out->virial != NULL) out->virial[c] += w;
            if (out->virial_atom != NULL) out->virial_atom[9 * i + c] += w;
        }
    }
}

static lrpot_status sum_as_fitted(const lrpot__nep_potential *potential, lrpot_workspace *work,
                                  const lrpot_atoms *atoms, const lrpot_nlist *list,
                                  const double *q, lrpot_outputs *out)
{
    const lrpot__nep *nep = potential->evaluator->nep;
    int64_t n = atoms->n_owned;
    int32_t threads = lrpot__workspace_threads(work);
    double *values = NULL;
    LRPOT__TRY(lrpot__workspace_doubles(work, &terms_tag, 13 * n, &values));
    if (n > 0) memset(values, 0, (size_t)(13 * n) * sizeof *values);
    lrpot__nep_terms terms = { values, values + n, values + 4 * n };
    if (nep->charge_mode != LRPOT__NEP_RECIPROCAL)
        LRPOT__TRY(lrpot__nep_pair_sum(nep, threads, atoms, list, q, &terms));
    if (nep->charge_mode != LRPOT__NEP_DAMPED)
        LRPOT__TRY(lrpot__nep_sphere_sum(nep, threads, atoms, q, &terms));
    if (nep->charge_mode == LRPOT__NEP_EWALD) lrpot__nep_self_sum(nep, atoms, q, &terms);
    add_terms(atoms, q, &terms, out);
    return LRPOT_OK;
}

/* Sum by the library's solver. Its Coulomb constant has more digits; scaled charges compensate for
 * this. */
static lrpot_status sum_converged(const lrpot__nep_potential *potential, lrpot_workspace *work,
                                  const lrpot_atoms *atoms, const lrpot_nlist *list,
                                  const lrpot_comm *comm, const double *q, lrpot_outputs *out)
{
    const double factor = sqrt(LRPOT__NEP_COULOMB_CONSTANT / LRPOT_COULOMB_CONSTANT);
    int64_t n = atoms->n_owned;
    double *scaled = NULL;
    LRPOT__TRY(lrpot__workspace_doubles(work, &scaled_tag, atoms->n_all + 3 * n, &scaled));
    double *field = scaled + atoms->n_all;
    for (int64_t i = 0; i < atoms->n_all; i++) scaled[i] = factor * q[i];
    lrpot_outputs coulomb;
    LRPOT__COPY_INPUT(&coulomb, out);
    coulomb.charges = coulomb.dipole = NULL;
    coulomb.flags |= LRPOT_ADD;
    if (out->field != NULL) coulomb.field = memset(field, 0, (size_t)(3 * n) * sizeof(double));
    memset(out->potential, 0, (size_t)n * sizeof(double));
    LRPOT__TRY(lrpot_ewald_eval(potential->ewald, work, atoms, list, comm, scaled, &coulomb));
    for (int64_t i = 0; i < n; i++) out->potential[i] *= factor;
    for (int64_t k = 0; k < 3 * n && out->field != NULL; k++) out->field[k] += factor * field[k];
    return LRPOT_OK;
}

lrpot_status lrpot__nep_coulomb(const lrpot__nep_potential *potential, lrpot_workspace *work,
                                const lrpot_atoms *atoms, const lrpot_nlist *list,
                                const lrpot_comm *comm, const double *q, lrpot_outputs *out)
{
    if (potential->ewald != NULL) return sum_converged(potential, work, atoms, list, comm, q, out);
    return sum_as_fitted(potential, work, atoms, list, q, out);
}
