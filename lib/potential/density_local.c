/* Local model of polarizable densities: charges flow between neighbours, dipoles align with the
 * field. */
#include "potential/density_local.h"

#include <string.h>

static const double *head(const lrpot__density_local *l, int64_t i)
{
    return l->values + i * l->density->heads.count;
}

static double mean(const double *a, const double *b, int32_t which)
{
    return 0.5 * (a[which] + b[which]);
}

/* Charge flow from j to i. *energy: energy of the pair, as one atom counts it. */
static double charge_flow(const lrpot__density_local *l, const lrpot__density_pair *p,
                          const double *v, double *energy)
{
    const lrpot__density_heads *h = &l->density->heads;
    const double *a = head(l, p->i), *b = head(l, p->j);
    double flow = b[h->chi] - a[h->chi], sum = 0.0;
    for (int32_t n = 0; n < l->density->options.n_widths; n++) {
        double step = v[n * l->size + p->j] - v[n * l->size + p->i];
        flow += mean(a, b, h->kappa + n * h->per_width) * step;
        sum += 0.25 * mean(a, b, h->eta + n * h->per_width) * step * step;
    }
    *energy = sum;
    return flow;
}

static void field_response(const lrpot__density_local *l, const double *v, double *x,
                           double *energy)
{
    const lrpot__density_heads *h = &l->density->heads;
    for (int32_t n = 0; n < l->density->options.n_widths; n++)
        for (int64_t i = 0; i < l->n; i++) {
            const double *g = v + n * l->size + l->n + 3 * i, *a = head(l, i);
            for (int c = 0; c < 3; c++)
                x[l->n + 3 * i + c] -= a[h->alpha + n * h->per_width] * g[c];
            *energy += 0.5 * a[h->zeta + n * h->per_width]
                       * (g[0] * g[0] + g[1] * g[1] + g[2] * g[2]);
        }
}

lrpot_status lrpot__density_eval(void *ctx, const double *v, double *x, double *energy)
{
    const lrpot__density_local *l = ctx;
    const lrpot__density_heads *h = &l->density->heads;
    double sum = 0.0, part;
    memset(x, 0, (size_t)l->size * sizeof *x);
    for (int64_t i = 0; i < l->n; i++)
        x[i] = l->density->charges[l->atoms->species[i]] + head(l, i)[h->charge];
    for (int64_t k = 0; k < l->n_pairs; k++) {
        const lrpot__density_pair *p = &l->pairs[k];
        x[p->i] += p->f * charge_flow(l, p, v, &part);
        sum += p->f * part;
        if (h->beta < 0) continue;
        double weight = p->f * (head(l, p->i)[h->gamma] + head(l, p->j)[h->beta]);
        for (int c = 0; c < 3; c++) x[l->n + 3 * p->i + c] += weight * p->d[c];
    }
    if (h->alpha >= 0) field_response(l, v, x, &sum);
    *energy = sum;
    return LRPOT_OK;
}

lrpot_status lrpot__density_pull(void *ctx, const double *v, const double *y, double *w)
{
    const lrpot__density_local *l = ctx;
    const lrpot__density_heads *h = &l->density->heads;
    int32_t n_widths = l->density->options.n_widths;
    memset(w, 0, (size_t)(n_widths > 0 ? n_widths : 1) * (size_t)l->size * sizeof *w);
    for (int64_t k = 0; k < l->n_pairs; k++) {
        const lrpot__density_pair *p = &l->pairs[k];
        const double *a = head(l, p->i), *b = head(l, p->j);
        for (int32_t n = 0; n < n_widths; n++) {
            double step = v[n * l->size + p->j] - v[n * l->size + p->i];
            double pull = p->f
                          * (y[p->i] * mean(a, b, h->kappa + n * h->per_width)
                             + 0.5 * l->scale * mean(a, b, h->eta + n * h->per_width) * step);
            w[n * l->size + p->j] += pull;
            w[n * l->size + p->i] -= pull;
        }
    }
    for (int32_t n = 0; h->alpha >= 0 && n < n_widths; n++)
        for (int64_t i = 0; i < l->n; i++)
            for (int64_t c = l->n + 3 * i; c < l->n + 3 * i + 3; c++)
                w[n * l->size + c] = l->scale * head(l, i)[h->zeta + n * h->per_width]
                                         * v[n * l->size + c]
                                     - head(l, i)[h->alpha + n * h->per_width] * y[c];
    return LRPOT_OK;
}

/* Derivatives by the heads of one pair; *along: the derivative of the pair's share by f. dipole:
 * gamma_i + beta_j. */
static void pair_slopes(const lrpot__density_local *l, const lrpot__density_pair *p,
                        const double *v, const double *y, double *slopes, double *along,
                        double *dipole)
{
    const lrpot__density_heads *h = &l->density->heads;
    double *a = slopes + p->i * h->count, *b = slopes + p->j * h->count, push = p->f * y[p->i],
           energy = 0.0;
    *along = y[p->i] * charge_flow(l, p, v, &energy);
    *along += l->scale * energy;
    a[h->chi] -= push, b[h->chi] += push;
    for (int32_t n = 0; n < l->density->options.n_widths; n++) {
        double step = v[n * l->size + p->j] - v[n * l->size + p->i];
        int32_t kappa = h->kappa + n * h->per_width, eta = h->eta + n * h->per_width;
        a[kappa] += 0.5 * push * step, b[kappa] += 0.5 * push * step;
        a[eta] += 0.125 * l->scale * p->f * step * step,
            b[eta] += 0.125 * l->scale * p->f * step * step;
    }
    *dipole = 0.0;
    if (h->beta < 0) return;
    const double *m = y + l->n + 3 * p->i;
    double turn = m[0] * p->d[0] + m[1] * p->d[1] + m[2] * p->d[2];
    *dipole = head(l, p->i)[h->gamma] + head(l, p->j)[h->beta];
    *along += *dipole * turn;
    a[h->gamma] += p->f * turn, b[h->beta] += p->f * turn;
}

static void push_pair(const lrpot__density_local *l, const lrpot__density_pair *p, const double *y,
                      double along, double dipole, double *forces, double *virial)
{
    for (int c = 0; c < 3; c++) {
        double g = along * p->slope * p->d[c]
                   + (dipole != 0.0 ? p->f * dipole * y[l->n + 3 * p->i + c] : 0.0);
        forces[3 * p->i + c] += g;
        forces[3 * p->j + c] -= g;
        for (int a = 0; virial != NULL && a < 3; a++) virial[3 * a + c] -= p->d[a] * g;
    }
}

void lrpot__density_slopes(const lrpot__density_local *l, const double *v, const double *y,
                           double *slopes, double *forces, double *virial)
{
    const lrpot__density_heads *h = &l->density->heads;
    double along, dipole;
    memset(slopes, 0, (size_t)(l->n * h->count) * sizeof *slopes);
    for (int64_t i = 0; i < l->n; i++) slopes[i * h->count + h->charge] = y[i];
    for (int64_t k = 0; k < l->n_pairs; k++) {
        pair_slopes(l, &l->pairs[k], v, y, slopes, &along, &dipole);
        if (forces != NULL) push_pair(l, &l->pairs[k], y, along, dipole, forces, virial);
    }
    for (int32_t n = 0; h->alpha >= 0 && n < l->density->options.n_widths; n++)
        for (int64_t i = 0; i < l->n; i++) {
            const double *g = v + n * l->size + l->n + 3 * i, *m = y + l->n + 3 * i;
            slopes[i * h->count + h->alpha + n * h->per_width] -= m[0] * g[0] + m[1] * g[1]
                                                                  + m[2] * g[2];
            slopes[i * h->count + h->zeta + n * h->per_width] +=
                0.5 * l->scale * (g[0] * g[0] + g[1] * g[1] + g[2] * g[2]);
        }
}
