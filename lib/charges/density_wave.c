/* Self-consistent densities, the local half, for waves in crystals. */
#include "charges/density_wave.h"

#include "core/memory.h"

#include <math.h>
#include <string.h>

void lrpot__density_terms_free(lrpot__density_terms *copy)
{
    if (copy == NULL) return;
    lrpot__free(copy->values);
    lrpot__free(copy->bonds);
    lrpot__free(copy->share);
    lrpot__free(copy);
}

lrpot_status lrpot__density_terms_copy(const lrpot__density_terms *terms,
                                       lrpot__density_terms **copy)
{
    lrpot__density_terms *t = lrpot__calloc(1, sizeof *t);
    if (t == NULL) return LRPOT_E_MEMORY;
    *t = *terms;
    t->atoms = t->groups.atoms = NULL;
    t->slopes = t->capacity = t->total = t->sums = NULL;
    t->values = lrpot__duplicate(terms->values, terms->index.count * terms->n, sizeof *t->values);
    t->bonds = lrpot__duplicate(terms->bonds, terms->n_bonds, sizeof *t->bonds);
    t->share = lrpot__duplicate(terms->share, terms->n, sizeof *t->share);
    if (t->values == NULL || t->bonds == NULL || t->share == NULL) {
        lrpot__density_terms_free(t);
        return LRPOT_E_MEMORY;
    }
    *copy = t;
    return LRPOT_OK;
}

/* Columns of one component of all atoms at rest: R couples charges of different atoms alone. */
static void fill_moments(const lrpot__density_terms *t, double *response)
{
    const double *alpha = t->values + t->index.polarizability * t->n,
                 *tau = t->values + t->index.stretch * t->n,
                 *omega = t->values + t->index.quadrupolarizability * t->n;
    for (int64_t k = t->n; t->order > 0 && k < 4 * t->n; k++)
        response[2 * (t->size + 1) * k] = alpha[(k - t->n) / 3];
    for (int64_t k = 0; t->order > 0 && k < t->n_bonds; k++) {
        const lrpot__density_bond *b = &t->bonds[k];
        double mean = 0.5 * b->f * (tau[b->i] + tau[b->j]);
        for (int c = 0; c < 9; c++)
            response[2 * ((t->n + 3 * b->i + c / 3) * t->size + t->n + 3 * b->i + c % 3)] +=
                mean * b->d[c / 3] * b->d[c % 3];
    }
    for (int64_t i = 0; t->order > 1 && i < t->n; i++)
        for (int a = 0; a < 9; a++)
            for (int b = 0; b < 9; b++) {
                int turned = 3 * (b % 3) + b / 3;
                response[2 * ((4 * t->n + 9 * i + a) * t->size + 4 * t->n + 9 * i + b)] =
                    omega[i]
                    * (0.5 * ((a == b) + (a == turned)) - (a % 4 == 0 && b % 4 == 0) / 3.0);
            }
}

void lrpot__density_response_at(const lrpot__density_terms *t, const double wave[3],
                                double *response)
{
    memset(response, 0, (size_t)(2 * t->size * t->size) * sizeof *response);
    if (t->response == LRPOT_RESPONSE_NONE) return;
    const double *kappa = t->values + t->index.flow * t->n;
    for (int64_t i = 0; t->response == LRPOT_RESPONSE_ATOMS && i < t->n; i++)
        response[2 * (t->size + 1) * i] = kappa[i];
    for (int64_t k = 0; t->response == LRPOT_RESPONSE_BONDS && k < t->n_bonds; k++) {
        const lrpot__density_bond *b = &t->bonds[k];
        if (!b->flows) continue;
        double flow = 0.5 * b->f * (kappa[b->i] + kappa[b->j]),
               phase = wave[0] * b->d[0] + wave[1] * b->d[1] + wave[2] * b->d[2],
               *to = response + 2 * (t->size * b->i + b->j);
        response[2 * (t->size + 1) * b->i] += flow;
        to[0] -= flow * cos(phase);
        to[1] -= flow * sin(phase);
    }
    fill_moments(t, response);
}
