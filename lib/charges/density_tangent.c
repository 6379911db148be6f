/* Self-consistent densities, the local half: derivatives of moments and of first derivatives. */
#include "charges/density_tangent.h"

#include <string.h>

static double along(const double d[3], const double *g)
{
    return d[0] * g[0] + d[1] * g[1] + d[2] * g[2];
}

/* Derivative of d d - d^2/3 by component c of d: its component ab. */
static double slope_of_square(const double d[3], int a, int b, int c)
{
    return (a == c ? d[b] : 0.0) + (b == c ? d[a] : 0.0) - (a == b ? 2.0 / 3.0 * d[c] : 0.0);
}

/* Component ab of d d - d^2/3. */
static double square_of(const double d[3], int a, int b)
{
    return d[a] * d[b] - (a == b ? along(d, d) / 3.0 : 0.0);
}

static const double *value(const lrpot__density_terms *t, int32_t head)
{
    return t->values + head * t->n;
}

static double *row_of(const lrpot__density_terms *t, double *by_value, int32_t head, int64_t i)
{
    return by_value + (head * t->n + i) * t->size;
}

/* x0, of the first width. */
static void resting_by_bond(const lrpot__density_terms *t, const lrpot__density_bond *b,
                            double *by_value)
{
    const lrpot__density_index *x = &t->index;
    int64_t at = t->n + 3 * b->i;
    if (b->flows) {
        row_of(t, by_value, x->drive, b->j)[b->i] += b->f;
        row_of(t, by_value, x->drive, b->i)[b->i] -= b->f;
    }
    for (int c = 0; t->order > 0 && c < 3; c++) {
        row_of(t, by_value, x->dipole, b->i)[at + c] += b->f * b->d[c];
        row_of(t, by_value, x->dipole_neighbour, b->j)[at + c] += b->f * b->d[c];
    }
    for (int c = 0; t->order > 1 && c < 9; c++) {
        double square = b->f * square_of(b->d, c / 3, c % 3);
        row_of(t, by_value, x->quadrupole, b->i)[4 * t->n + 9 * b->i + c] += square;
        row_of(t, by_value, x->quadrupole_neighbour, b->j)[4 * t->n + 9 * b->i + c] += square;
    }
}

/* - R u of a width, at `first` among the moments. */
static void response_by_bond(const lrpot__density_terms *t, int32_t w, const double *u,
                             const double *linear, const lrpot__density_bond *b, double *by_value)
{
    const lrpot__density_index *x = &t->index;
    int64_t first = w * t->block, at = first + t->n + 3 * b->i;
    if (b->flows && t->response == LRPOT_RESPONSE_BONDS) {
        double flow = -0.5 * b->f * lrpot__density_step(b, u + first, linear);
        row_of(t, by_value, x->flow + w, b->i)[first + b->i] += flow;
        row_of(t, by_value, x->flow + w, b->j)[first + b->i] += flow;
    }
    if (x->stretch < 0) return;
    double pull = -0.5 * b->f * along(b->d, u + at);
    for (int c = 0; c < 3; c++) {
        row_of(t, by_value, x->stretch + w, b->i)[at + c] += pull * b->d[c];
        row_of(t, by_value, x->stretch + w, b->j)[at + c] += pull * b->d[c];
    }
}

static void response_by_atoms(const lrpot__density_terms *t, int32_t w, const double *u,
                              double *by_value)
{
    int64_t first = w * t->block;
    for (int64_t i = 0; i < t->n; i++) {
        if (t->response == LRPOT_RESPONSE_ATOMS)
            row_of(t, by_value, t->index.flow + w, i)[first + i] = -u[first + i];
        for (int64_t k = first + t->n + 3 * i;
             t->index.polarizability >= 0 && k < first + t->n + 3 * i + 3; k++)
            row_of(t, by_value, t->index.polarizability + w, i)[k] = -u[k];
        if (t->index.quadrupolarizability < 0) continue;
        int64_t at = first + 4 * t->n + 9 * i;
        double *row = row_of(t, by_value, t->index.quadrupolarizability + w, i) + at,
               third = (u[at] + u[at + 4] + u[at + 8]) / 3.0;
        for (int c = 0; c < 9; c++)
            row[c] = (c % 4 == 0 ? third : 0.0) - 0.5 * (u[at + c] + u[at + 3 * (c % 3) + c / 3]);
    }
}

void lrpot__density_by_values(const lrpot__density_terms *t, const double *u, const double *linear,
                              double *by_value)
{
    memset(by_value, 0, (size_t)(t->index.count * t->n * t->size) * sizeof *by_value);
    for (int64_t i = 0; i < t->n; i++) row_of(t, by_value, t->index.charge, i)[i] = 1.0;
    for (int64_t k = 0; k < t->n_bonds; k++) resting_by_bond(t, &t->bonds[k], by_value);
    for (int32_t w = 0; w < t->index.n_widths; w++) {
        response_by_atoms(t, w, u, by_value);
        for (int64_t k = 0; k < t->n_bonds; k++)
            response_by_bond(t, w, u, linear, &t->bonds[k], by_value);
    }
}

/* A number of each direction. */
typedef struct {
    double *first;
    int64_t stride;
} column;

/* Adds a derivative by the vector of a bond to the directions of its ends and to the strains. */
static void scatter(const lrpot__density_terms *t, const lrpot__density_bond *b, const double g[3],
                    column to)
{
    double *strains = to.first + 3 * t->n * to.stride;
    for (int c = 0; c < 3; c++) {
        to.first[(3 * b->j + c) * to.stride] += g[c];
        to.first[(3 * b->i + c) * to.stride] -= g[c];
        for (int a = 0; a < 3; a++) strains[(3 * a + c) * to.stride] += b->d[a] * g[c];
    }
}

typedef struct {
    const lrpot__density_terms *t;
    int32_t width;
    const double *u, *linear; /* u of the width */
    double *moments, *weights;
} places;

static column weight_of(const places *p, int32_t head, int64_t i)
{
    return (column){ p->weights + head * p->t->n + i, p->t->index.count * p->t->n };
}

static column moment_of(const places *p, int64_t k)
{
    return (column){ p->moments + p->width * p->t->block + k, p->t->size };
}

static void charges_by_place(const places *p, const lrpot__density_bond *b, const double df[3])
{
    const lrpot__density_terms *t = p->t;
    const double *chi = value(t, t->index.drive);
    double step = lrpot__density_step(b, p->u, p->linear), flow = 0.0, g[3];
    if (!b->flows) return;
    if (p->width == 0) {
        flow = chi[b->j] - chi[b->i];
        /* half: the bond is there from both sides */
        for (int c = 0; c < 3; c++) g[c] = 0.5 * step * df[c];
        scatter(t, b, g, weight_of(p, t->index.drive, b->j));
        for (int c = 0; c < 3; c++) g[c] = -g[c];
        scatter(t, b, g, weight_of(p, t->index.drive, b->i));
    }
    if (t->response == LRPOT_RESPONSE_BONDS) {
        int32_t head = t->index.flow + p->width;
        const double *kappa = value(t, head);
        flow -= 0.5 * (kappa[b->i] + kappa[b->j]) * step;
        for (int c = 0; c < 3; c++) g[c] = -0.125 * step * step * df[c];
        scatter(t, b, g, weight_of(p, head, b->i));
        scatter(t, b, g, weight_of(p, head, b->j));
    }
    for (int c = 0; c < 3; c++) g[c] = flow * df[c];
    scatter(t, b, g, moment_of(p, b->i));
}

static void dipoles_by_place(const places *p, const lrpot__density_bond *b, const double df[3])
{
    const lrpot__density_terms *t = p->t;
    int responds = t->index.stretch >= 0;
    int32_t head = t->index.stretch + p->width;
    const double *u = p->u + t->n + 3 * b->i, *tau = responds ? value(t, head) : NULL;
    double on = along(b->d, u), mean = responds ? 0.5 * (tau[b->i] + tau[b->j]) : 0.0,
           weight = -mean * on, g[3];
    if (p->width == 0) {
        weight += value(t, t->index.dipole)[b->i] + value(t, t->index.dipole_neighbour)[b->j];
        for (int c = 0; c < 3; c++) g[c] = on * df[c] + b->f * u[c];
        scatter(t, b, g, weight_of(p, t->index.dipole, b->i));
        scatter(t, b, g, weight_of(p, t->index.dipole_neighbour, b->j));
    }
    for (int c = 0; c < 3; c++) g[c] = -0.25 * on * (on * df[c] + 2.0 * b->f * u[c]);
    if (responds) scatter(t, b, g, weight_of(p, head, b->i));
    if (responds) scatter(t, b, g, weight_of(p, head, b->j));
    for (int m = 0; m < 3; m++) { /* component of the dipole */
        for (int c = 0; c < 3; c++)
            g[c] = weight * b->d[m] * df[c]
                   + b->f * ((c == m ? weight : 0.0) - mean * u[c] * b->d[m]);
        scatter(t, b, g, moment_of(p, t->n + 3 * b->i + m));
    }
}

/* x0 alone: quadrupoles respond by themselves. */
static void quadrupoles_by_place(const places *p, const lrpot__density_bond *b, const double df[3])
{
    const lrpot__density_terms *t = p->t;
    int64_t at = 4 * t->n + 9 * b->i;
    double weight = value(t, t->index.quadrupole)[b->i]
                    + value(t, t->index.quadrupole_neighbour)[b->j],
           sum[3] = { 0.0, 0.0, 0.0 };
    for (int m = 0; m < 9; m++) { /* component of the quadrupole */
        double g[3];
        for (int c = 0; c < 3; c++) {
            g[c] = square_of(b->d, m / 3, m % 3) * df[c]
                   + b->f * slope_of_square(b->d, m / 3, m % 3, c);
            sum[c] += p->u[at + m] * g[c];
            g[c] *= weight;
        }
        scatter(t, b, g, moment_of(p, at + m));
    }
    scatter(t, b, sum, weight_of(p, t->index.quadrupole, b->i));
    scatter(t, b, sum, weight_of(p, t->index.quadrupole_neighbour, b->j));
}

void lrpot__density_by_places(const lrpot__density_terms *t, const double *u, const double *linear,
                              double *moments, double *weights)
{
    for (int64_t k = 0; k < t->n_bonds * t->index.n_widths; k++) {
        const lrpot__density_bond *b = &t->bonds[k % t->n_bonds];
        int32_t w = (int32_t)(k / t->n_bonds);
        places p = { t, w, u + w * t->block, linear, moments, weights };
        double df[3] = { b->slope * b->d[0], b->slope * b->d[1], b->slope * b->d[2] };
        charges_by_place(&p, b, df);
        if (t->order > 0) dipoles_by_place(&p, b, df);
        if (t->order > 1 && w == 0) quadrupoles_by_place(&p, b, df);
    }
}
