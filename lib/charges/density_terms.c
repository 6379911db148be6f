/* Self-consistent densities, the local half: moments from potentials, and their derivatives. */
#include "charges/density_terms.h"

#include "charges/charge_eval.h"
#include "core/comm.h"
#include "core/error.h"
#include "structure/nlist.h"

#include <math.h>
#include <string.h>

static const lrpot__tag bonds_tag = { "bonds of a density" };
static const lrpot__tag row_tag = { "neighbours of an atom" };
static const lrpot__tag scalars_tag = { "scalars of a density" };
static const lrpot__tag groups_tag = { "groups of a density" };
static const lrpot__tag ends_tag = { "potentials of neighbours of a density" };
static const lrpot__tag end_fragments_tag = { "fragments of neighbours of a density" };

int64_t lrpot__density_components(int32_t order)
{
    static const int64_t components[3] = { 1, 4, 13 };
    return components[order];
}

int64_t lrpot__density_derivatives(int32_t order)
{
    static const int64_t derivatives[3] = { 4, 13, 23 };
    return derivatives[order];
}

int32_t lrpot__density_widths_of(int32_t features, int32_t *order)
{
    for (*order = 0; *order < 3; (*order)++)
        for (int32_t widths = 1; widths <= LRPOT__DENSITY_WIDTHS_MAX; widths++)
            if (widths * (*order + 1) * (*order + 1) == features) return widths;
    return 0;
}

int64_t lrpot__density_size(const lrpot_charges *charges, int64_t n)
{
    return lrpot__density_index_of(&charges->options).n_widths
           * lrpot__density_components(charges->options.order) * n;
}

lrpot_status lrpot__density_require_plain(const lrpot_charges *charges, const char *what)
{
    const lrpot_charges_options *o = &charges->options;
    int plain = o->features == (o->order + 1) * (o->order + 1)
                || o->response == LRPOT_RESPONSE_NONE;
    if (plain && !(o->flags & LRPOT_CHARGES_WITHOUT_SELF)) return LRPOT_OK;
    return lrpot__fail(LRPOT_E_UNSUPPORTED,
                       "%s of a density with %d features%s: offered with %d (one width), with "
                       "self-interaction",
                       what, o->features,
                       o->flags & LRPOT_CHARGES_WITHOUT_SELF ? ", without self-interaction" : "",
                       (o->order + 1) * (o->order + 1));
}

/* Appends heads, one for each width. */
static int32_t append(lrpot__density_index *x)
{
    x->count += x->n_widths;
    return x->count - x->n_widths;
}

lrpot__density_index lrpot__density_index_of(const lrpot_charges_options *o)
{
    lrpot__density_index x = { -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0, 1, 0 };
    int32_t felt = -1; /* order of the features */
    if (o->response != LRPOT_RESPONSE_NONE)
        x.n_widths = lrpot__density_widths_of(o->features, &felt);
    x.charge = x.count++;
    x.drive = x.count++;
    if (felt >= 0) x.flow = append(&x);
    if (o->order < 1) return x;
    x.dipole = x.count++;
    x.dipole_neighbour = x.count++;
    if (felt >= 1) x.polarizability = append(&x);
    if (felt >= 1) x.stretch = append(&x);
    if (o->order < 2) return x;
    x.quadrupole = x.count++;
    x.quadrupole_neighbour = x.count++;
    if (felt >= 2) x.quadrupolarizability = append(&x);
    return x;
}

static int is_one_of(int32_t head, int32_t first, int32_t count)
{
    return first >= 0 && head >= first && head < first + count;
}

int lrpot__density_is_seen(const lrpot__density_index *x, int32_t head)
{
    return head == x->drive || is_one_of(head, x->flow, x->n_widths) || head == x->dipole_neighbour
           || is_one_of(head, x->stretch, x->n_widths) || head == x->quadrupole_neighbour;
}

static int is_capacity(const lrpot__density_index *x, int32_t head)
{
    return is_one_of(head, x->flow, x->n_widths) || is_one_of(head, x->polarizability, x->n_widths)
           || is_one_of(head, x->stretch, x->n_widths)
           || is_one_of(head, x->quadrupolarizability, x->n_widths);
}

int32_t lrpot__density_is_wide(const lrpot__density_index *x, int32_t head)
{
    return is_capacity(x, head) && head != x->flow && head != x->polarizability
           && head != x->stretch && head != x->quadrupolarizability;
}

static int32_t fragment_of(const lrpot__density_terms *t, int64_t i)
{
    if (t->end_fragments != NULL) return t->end_fragments[i];
    return t->atoms->fragments != NULL ? t->atoms->fragments[i] : 0;
}

static int32_t group_of(const lrpot__density_terms *t, int64_t i)
{
    return lrpot__charge_group(&t->groups, i);
}

/* log(1 + exp(u)) and its derivative */
static double positive(double u, double *slope)
{
    *slope = 1.0 / (1.0 + exp(-u));
    return u > 0.0 ? u + log1p(exp(-u)) : log1p(exp(u));
}

static lrpot_status fill_values(const lrpot__charge_call *call, lrpot__density_terms *t)
{
    int64_t n = t->n, ends = t->n_ends;
    LRPOT__TRY(
        lrpot__workspace_doubles(call->work, &scalars_tag, 2 * t->index.count * ends, &t->values));
    t->slopes = t->values + t->index.count * ends;
    for (int32_t h = 0; h < t->index.count; h++) {
        double *values = t->values + h * ends, *slopes = t->slopes + h * ends;
        for (int64_t i = 0; i < ends; i++) values[i] = i < n ? call->scalars[h * n + i] : 0.0;
        if (ends > n && lrpot__density_is_seen(&t->index, h))
            LRPOT__TRY(lrpot__charges_to_ghosts(t->atoms, t->comm, values));
        for (int64_t i = 0; i < ends; i++) {
            double c = values[i];
            if (!isfinite(c))
                return lrpot__fail(LRPOT_E_NOT_FINITE,
                                   "scalar %d of the density of atom %lld is %g", h, (long long)i,
                                   c);
            slopes[i] = 1.0;
            if (is_capacity(&t->index, h)) values[i] = positive(c, &slopes[i]);
        }
    }
    return LRPOT_OK;
}

/* Where a bond to a neighbour ends; -1 of a part that is cut out of a larger system. */
static int64_t end_of(const lrpot__density_terms *t, int64_t j)
{
    if (j < t->n_ends) return j;
    return t->atoms->ghost_owner != NULL ? t->atoms->ghost_owner[j] : -1;
}

static void add_row(lrpot__density_terms *t, int64_t i, int64_t count, double reach,
                    const int32_t *j, const double *vectors)
{
    for (int64_t k = 0; k < count; k++) {
        const double *d = vectors + 3 * k;
        double left = 1.0 - (d[0] * d[0] + d[1] * d[1] + d[2] * d[2]) / (reach * reach);
        if (left <= 0.0) continue;
        int64_t other = end_of(t, j[k]);
        if (other < 0) continue;
        t->bonds[t->n_bonds++] = (lrpot__density_bond){ i,
                                                        other,
                                                        { d[0], d[1], d[2] },
                                                        left * left * left,
                                                        -6.0 * left * left / (reach * reach),
                                                        fragment_of(t, i) == fragment_of(t, other),
                                                        0 };
    }
}

static lrpot_status find_bonds(const lrpot__charge_call *call, lrpot__density_terms *t)
{
    lrpot__rows rows;
    void *bonds = NULL, *row = NULL;
    double reach = call->charges->options.reach;
    LRPOT__REQUIRE_NOT_NULL(call->list);
    LRPOT__TRY(lrpot__nlist_rows(call->list, t->atoms, reach, &rows));
    int64_t count = rows.max_count, total = lrpot_nlist_pairs(call->list);
    LRPOT__TRY(lrpot__workspace_block(call->work, &bonds_tag, 0, total, sizeof(lrpot__density_bond),
                                      &bonds));
    LRPOT__TRY(lrpot__workspace_block(call->work, &row_tag, 0, count,
                                      3 * sizeof(double) + sizeof(int32_t), &row));
    double *vectors = row;
    int32_t *j = (int32_t *)(vectors + 3 * count);
    t->bonds = bonds;
    for (int64_t i = 0; i < t->n; i++)
        add_row(t, i, lrpot_nlist_row(call->list, t->atoms, i, count, j, vectors), reach, j,
                vectors);
    return LRPOT_OK;
}

static const double *value(const lrpot__density_terms *t, int32_t head)
{
    return t->values + head * t->n_ends;
}

/* Of an excess: the capacity of the atoms where these have one, otherwise equal, and of their own
 * Gaussians. */
static double weight_of(const lrpot__density_terms *t, const double *rho, int64_t k)
{
    if (rho != NULL) return rho[k / t->n * t->n_ends + k % t->n];
    return k < t->n ? 1.0 : 0.0;
}

/* Shares of an excess. */
static lrpot_status fill_shares(const lrpot__charge_call *call, lrpot__density_terms *t)
{
    const double *rho = t->response == LRPOT_RESPONSE_ATOMS ? value(t, t->index.flow) : NULL;
    int64_t responding = t->index.n_widths * t->n;
    t->n_groups = t->groups.count;
    LRPOT__TRY(
        lrpot__workspace_doubles(call->work, &groups_tag, responding + 3 * t->n_groups, &t->share));
    t->capacity = t->share + responding;
    t->total = t->capacity + t->n_groups;
    t->sums = t->total + t->n_groups;
    memset(t->capacity, 0, (size_t)t->n_groups * sizeof *t->capacity);
    for (int64_t k = 0; k < responding; k++)
        t->capacity[group_of(t, k % t->n)] += weight_of(t, rho, k);
    LRPOT__TRY(lrpot__comm_sum(t->comm, t->capacity, t->n_groups));
    for (int32_t f = 0; f < t->n_groups; f++) {
        t->total[f] = lrpot__charge_group_total(&t->groups, f);
        if (!(t->capacity[f] > 0.0) && t->total[f] != 0.0)
            return lrpot__fail(LRPOT_E_ARGUMENT,
                               "fragment %d has a charge of %g e but no atoms that take it", f,
                               t->total[f]);
    }
    if (t->groups.free >= 0) t->capacity[t->groups.free] = 0.0; /* it takes no excess */
    for (int64_t k = 0; k < responding; k++) {
        double capacity = t->capacity[group_of(t, k % t->n)];
        t->share[k] = capacity > 0.0 ? weight_of(t, rho, k) / capacity : 0.0;
    }
    for (int32_t f = 0; rho == NULL && f < t->n_groups; f++) t->capacity[f] = 0.0;
    return LRPOT_OK;
}

/* Ghosts of other processes are ends of bonds of their own. */
static lrpot_status open_ends(const lrpot__charge_call *call, lrpot__density_terms *t)
{
    const lrpot_atoms *atoms = call->atoms;
    const lrpot_comm *comm = call->comm;
    int64_t ghosts = atoms->n_all - atoms->n_owned;
    int brought = comm != NULL && comm->forward != NULL && comm->reverse != NULL;
    void *fragments = NULL;
    if (call->cut_out || atoms->ghost_owner != NULL || (ghosts == 0 && !brought)) return LRPOT_OK;
    if (!brought)
        return lrpot__fail(LRPOT_E_UNSUPPORTED,
                           "self-consistent densities with %lld ghost atoms need "
                           "atoms->ghost_owner, or comm->forward and comm->reverse",
                           (long long)ghosts);
    t->n_ends = atoms->n_all;
    LRPOT__TRY(lrpot__workspace_doubles(call->work, &ends_tag, 2 * t->index.n_widths * t->n_ends,
                                        &t->ends[0]));
    t->ends[1] = t->ends[0] + t->index.n_widths * t->n_ends;
    if (atoms->fragments == NULL) return LRPOT_OK;
    LRPOT__TRY(lrpot__workspace_block(call->work, &end_fragments_tag, 0, t->n_ends, sizeof(int32_t),
                                      &fragments));
    for (int64_t i = 0; i < t->n; i++) t->ends[0][i] = (double)atoms->fragments[i];
    LRPOT__TRY(lrpot__charges_to_ghosts(atoms, comm, t->ends[0]));
    t->end_fragments = fragments;
    for (int64_t i = 0; i < t->n_ends; i++) t->end_fragments[i] = (int32_t)t->ends[0][i];
    return LRPOT_OK;
}

lrpot_status lrpot__density_terms_of(const lrpot__charge_call *call, lrpot__density_terms *t)
{
    const lrpot_charges_options *o = &call->charges->options;
    *t =
        (lrpot__density_terms){ .index = lrpot__density_index_of(o),
                                .order = o->order,
                                .response = o->response,
                                .n = call->atoms->n_owned,
                                .n_ends = call->atoms->n_owned,
                                .comm = call->comm,
                                .block = lrpot__density_components(o->order) * call->atoms->n_owned,
                                .atoms = call->atoms,
                                .groups = call->groups };
    t->size = t->index.n_widths * t->block;
    LRPOT__TRY(open_ends(call, t));
    LRPOT__TRY(fill_values(call, t));
    LRPOT__TRY(find_bonds(call, t));
    return fill_shares(call, t);
}

/* out += factor (d d - d^2/3) */
static void add_square(const double d[3], double factor, double *out)
{
    double third = (d[0] * d[0] + d[1] * d[1] + d[2] * d[2]) / 3.0;
    for (int a = 0; a < 3; a++)
        for (int b = 0; b < 3; b++)
            out[3 * a + b] += factor * (d[a] * d[b] - (a == b ? third : 0.0));
}

void lrpot__density_resting(const lrpot__density_terms *t, double *x)
{
    const double *chi = value(t, t->index.drive);
    memset(x, 0, (size_t)t->size * sizeof *x);
    memcpy(x, value(t, t->index.charge), (size_t)t->n * sizeof *x);
    for (int64_t k = 0; k < t->n_bonds; k++) {
        const lrpot__density_bond *p = &t->bonds[k];
        if (p->flows) x[p->i] += p->f * (chi[p->j] - chi[p->i]);
        if (t->order < 1) continue;
        double weight =
            p->f * (value(t, t->index.dipole)[p->i] + value(t, t->index.dipole_neighbour)[p->j]);
        for (int c = 0; c < 3; c++) x[t->n + 3 * p->i + c] += weight * p->d[c];
        if (t->order < 2) continue;
        add_square(p->d,
                   p->f
                       * (value(t, t->index.quadrupole)[p->i]
                          + value(t, t->index.quadrupole_neighbour)[p->j]),
                   x + 4 * t->n + 9 * p->i);
    }
}

static double along(const double d[3], const double *g)
{
    return d[0] * g[0] + d[1] * g[1] + d[2] * g[2];
}

/* Symmetric part without trace of [3][3]. */
static void deviator(const double *m, double *out)
{
    double third = (m[0] + m[4] + m[8]) / 3.0;
    for (int a = 0; a < 3; a++)
        for (int b = 0; b < 3; b++)
            out[3 * a + b] = 0.5 * (m[3 * a + b] + m[3 * b + a]) - (a == b ? third : 0.0);
}

/* The same potentials v, of a width, at the ends of bonds. */
static const double *ends_of(const lrpot__density_terms *t, int which, int32_t w, const double *v)
{
    return t->ends[which] != NULL ? t->ends[which] + w * t->n_ends : v;
}

static void respond_bonds(const lrpot__density_terms *t, int32_t w, const double *v, double *out)
{
    const double *kappa = t->response == LRPOT_RESPONSE_BONDS ? value(t, t->index.flow + w) : NULL,
                 *tau = t->index.stretch >= 0 ? value(t, t->index.stretch + w) : NULL,
                 *end = ends_of(t, 0, w, v);
    for (int64_t k = 0; k < t->n_bonds; k++) {
        const lrpot__density_bond *p = &t->bonds[k];
        if (kappa != NULL && p->flows)
            out[p->i] += p->f * 0.5 * (kappa[p->i] + kappa[p->j]) * (v[p->i] - end[p->j]);
        if (tau == NULL) continue;
        double pull = p->f * 0.5 * (tau[p->i] + tau[p->j]) * along(p->d, v + t->n + 3 * p->i);
        for (int c = 0; c < 3; c++) out[t->n + 3 * p->i + c] += pull * p->d[c];
    }
}

/* Of one width. */
static void respond_width(const lrpot__density_terms *t, int32_t w, const double *v, double *out)
{
    for (int64_t i = 0; t->response == LRPOT_RESPONSE_ATOMS && i < t->n; i++)
        out[i] = value(t, t->index.flow + w)[i] * v[i];
    for (int64_t i = 0; t->index.polarizability >= 0 && i < t->n; i++)
        for (int64_t c = t->n + 3 * i; c < t->n + 3 * i + 3; c++)
            out[c] = value(t, t->index.polarizability + w)[i] * v[c];
    for (int64_t i = 0; t->index.quadrupolarizability >= 0 && i < t->n; i++) {
        double *m = out + 4 * t->n + 9 * i;
        deviator(v + 4 * t->n + 9 * i, m);
        for (int c = 0; c < 9; c++) m[c] *= value(t, t->index.quadrupolarizability + w)[i];
    }
    respond_bonds(t, w, v, out);
}

void lrpot__density_respond(const lrpot__density_terms *t, const double *v, double *out)
{
    memset(out, 0, (size_t)t->size * sizeof *out);
    if (t->response == LRPOT_RESPONSE_NONE) return;
    for (int32_t w = 0; w < t->index.n_widths; w++)
        respond_width(t, w, v + w * t->block, out + w * t->block);
}

/* Place of charge k of [widths][n] among the moments. */
static int64_t charge_at(const lrpot__density_terms *t, int64_t k)
{
    return k / t->n * t->block + k % t->n;
}

/* Capacity of a bond times f; 0 where no charge flows by the potential. */
static double conductance(const lrpot__density_terms *t, int32_t w, const lrpot__density_bond *b)
{
    if (t->response != LRPOT_RESPONSE_BONDS || !b->flows) return 0.0;
    const double *kappa = value(t, t->index.flow + w);
    return b->f * 0.5 * (kappa[b->i] + kappa[b->j]);
}

/* Step of v + c.r along a bond; end: the values where bonds end. */
static double step_along(const lrpot__density_bond *b, const double *v, const double *end,
                         const double *c)
{
    return v[b->i] - end[b->j] - (c != NULL ? along(b->d, c) : 0.0);
}

double lrpot__density_step(const lrpot__density_bond *b, const double *v, const double *c)
{
    return step_along(b, v, v, c);
}

void lrpot__density_respond_linear(const lrpot__density_terms *t, const double c[3], double *out)
{
    for (int64_t k = 0; k < t->n_bonds * t->index.n_widths; k++) {
        const lrpot__density_bond *b = &t->bonds[k % t->n_bonds];
        int32_t w = (int32_t)(k / t->n_bonds);
        out[w * t->block + b->i] -= conductance(t, w, b) * along(b->d, c);
    }
}

void lrpot__density_flow(const lrpot__density_terms *t, const double *v, const double c[3],
                         double dipole[3])
{
    for (int64_t k = 0; k < t->n_bonds * t->index.n_widths; k++) {
        const lrpot__density_bond *b = &t->bonds[k % t->n_bonds];
        int32_t w = (int32_t)(k / t->n_bonds);
        const double *here = v + w * t->block;
        /* half: each bond is there from both sides */
        double charge = 0.5 * conductance(t, w, b) * step_along(b, here, ends_of(t, 0, w, here), c);
        for (int a = 0; a < 3; a++) dipole[a] += charge * b->d[a];
    }
}

void lrpot__density_excess(const lrpot__density_terms *t, const double *x)
{
    int64_t charges = t->index.n_widths * t->n;
    memset(t->sums, 0, (size_t)t->n_groups * sizeof *t->sums);
    for (int64_t k = 0; k < charges; k++) t->sums[group_of(t, k % t->n)] += x[charge_at(t, k)];
}

void lrpot__density_take_excess(const lrpot__density_terms *t, int of_response, double *x)
{
    int64_t charges = t->index.n_widths * t->n;
    for (int32_t f = 0; !of_response && f < t->n_groups; f++) t->sums[f] -= t->total[f];
    for (int64_t k = 0; k < charges; k++)
        x[charge_at(t, k)] -= t->share[k] * t->sums[group_of(t, k % t->n)];
}

void lrpot__density_settle(const lrpot__density_terms *t, int of_response, double *x)
{
    lrpot__density_excess(t, x);
    lrpot__density_take_excess(t, of_response, x);
}

void lrpot__density_levels(const lrpot__density_terms *t, const double *x0, const double *v)
{
    memset(t->sums, 0, (size_t)t->n_groups * sizeof *t->sums);
    int64_t charges = t->index.n_widths * t->n;
    for (int64_t k = 0; k < charges; k++) {
        int32_t f = group_of(t, k % t->n);
        t->sums[f] += t->share[k] * v[charge_at(t, k)];
        if (x0 != NULL && t->capacity[f] > 0.0) t->sums[f] -= x0[charge_at(t, k)] / t->capacity[f];
    }
}

void lrpot__density_take_levels(const lrpot__density_terms *t, const double *x0, double *v)
{
    int64_t charges = t->index.n_widths * t->n;
    for (int32_t f = 0; x0 != NULL && f < t->n_groups; f++)
        if (t->capacity[f] > 0.0) t->sums[f] += t->total[f] / t->capacity[f];
    for (int64_t k = 0; k < charges; k++) v[charge_at(t, k)] -= t->sums[group_of(t, k % t->n)];
}

void lrpot__density_level(const lrpot__density_terms *t, const double *x0, double *v)
{
    lrpot__density_levels(t, x0, v);
    lrpot__density_take_levels(t, x0, v);
}

/* Derivatives by the scalars of one bond, and by its vector into g. */
typedef struct {
    const lrpot__density_terms *t;
    const double *p, *u;               /* of the present width */
    const double *p_linear, *u_linear; /* c of p + c.r and of u + c.r along bonds, or NULL */
    double factor;
    double *weights;
    const double *end_p, *end_u; /* at the ends of bonds */
    int32_t width;
} differentiation;

/* Of a head that all widths share, or of one of the present width. */
static double *weights_of(const differentiation *d, int32_t head)
{
    return d->weights + head * d->t->n_ends;
}

static void bond_charges(const differentiation *d, const lrpot__density_bond *b, double *radial)
{
    const lrpot__density_terms *t = d->t;
    if (!b->flows) return;
    /* half: the bond is there from both sides */
    double step = step_along(b, d->p, d->end_p, d->p_linear);
    if (d->width == 0) {
        const double *chi = value(t, t->index.drive);
        double *w_chi = weights_of(d, t->index.drive);
        *radial += 0.5 * step * (chi[b->j] - chi[b->i]);
        w_chi[b->j] += 0.5 * b->f * step;
        w_chi[b->i] -= 0.5 * b->f * step;
    }
    if (t->response != LRPOT_RESPONSE_BONDS) return;
    const double *kappa = value(t, t->index.flow + d->width);
    double *w_kappa = weights_of(d, t->index.flow + d->width);
    double steps = 0.5 * d->factor * step * step_along(b, d->u, d->end_u, d->u_linear);
    *radial -= 0.5 * (kappa[b->i] + kappa[b->j]) * steps;
    w_kappa[b->i] -= 0.5 * b->f * steps;
    w_kappa[b->j] -= 0.5 * b->f * steps;
}

static void bond_dipoles(const differentiation *d, const lrpot__density_bond *b, double *radial,
                         double g[3])
{
    const lrpot__density_terms *t = d->t;
    const double *p = d->p + t->n + 3 * b->i, *u = d->u + t->n + 3 * b->i;
    double on_p = along(b->d, p), on_u = along(b->d, u);
    if (d->width == 0) {
        double weight = value(t, t->index.dipole)[b->i] + value(t, t->index.dipole_neighbour)[b->j];
        *radial += weight * on_p;
        weights_of(d, t->index.dipole)[b->i] += b->f * on_p;
        weights_of(d, t->index.dipole_neighbour)[b->j] += b->f * on_p;
        for (int c = 0; c < 3; c++) g[c] += b->f * weight * p[c];
    }
    if (t->index.stretch < 0) return;
    const double *tau = value(t, t->index.stretch + d->width);
    double mean = 0.5 * (tau[b->i] + tau[b->j]),
           *w_tau = weights_of(d, t->index.stretch + d->width);
    *radial -= d->factor * mean * on_p * on_u;
    w_tau[b->i] -= 0.5 * d->factor * b->f * on_p * on_u;
    w_tau[b->j] -= 0.5 * d->factor * b->f * on_p * on_u;
    for (int c = 0; c < 3; c++) g[c] -= d->factor * b->f * mean * (p[c] * on_u + u[c] * on_p);
}

static void bond_quadrupoles(const differentiation *d, const lrpot__density_bond *b, double *radial,
                             double g[3])
{
    const lrpot__density_terms *t = d->t;
    double m[9], on = 0.0,
                 weight = value(t, t->index.quadrupole)[b->i]
                          + value(t, t->index.quadrupole_neighbour)[b->j];
    deviator(d->p + 4 * t->n + 9 * b->i, m);
    for (int a = 0; a < 3; a++) {
        double row = along(b->d, m + 3 * a);
        on += b->d[a] * row;
        g[a] += 2.0 * b->f * weight * row;
    }
    *radial += weight * on;
    weights_of(d, t->index.quadrupole)[b->i] += b->f * on;
    weights_of(d, t->index.quadrupole_neighbour)[b->j] += b->f * on;
}

static void push(const lrpot__density_bond *b, double radial, const double g[3], lrpot_outputs *out)
{
    for (int c = 0; c < 3; c++) {
        double slope = radial * b->slope * b->d[c] + g[c];
        if (out->forces != NULL) out->forces[3 * b->i + c] += slope;
        if (out->forces != NULL) out->forces[3 * b->j + c] -= slope;
        for (int a = 0; out->virial != NULL && a < 3; a++)
            out->virial[3 * a + c] -= b->d[a] * slope;
        for (int a = 0; out->virial_atom != NULL && a < 3; a++)
            out->virial_atom[9 * b->j + 3 * a + c] -= b->d[a] * slope;
    }
}

/* Derivatives by the scalars of single atoms. */
static void differentiate_atoms(const differentiation *d)
{
    const lrpot__density_terms *t = d->t;
    int32_t w = d->width;
    for (int64_t i = 0; i < t->n; i++) {
        double m[9], sum = 0.0;
        if (w == 0) weights_of(d, t->index.charge)[i] = d->p[i];
        if (t->response == LRPOT_RESPONSE_ATOMS)
            weights_of(d, t->index.flow + w)[i] = -d->factor * d->p[i] * d->u[i];
        if (t->index.polarizability < 0) continue;
        weights_of(d, t->index.polarizability + w)[i] =
            -d->factor * along(d->p + t->n + 3 * i, d->u + t->n + 3 * i);
        if (t->index.quadrupolarizability < 0) continue;
        deviator(d->u + 4 * t->n + 9 * i, m);
        for (int c = 0; c < 9; c++) sum += d->p[4 * t->n + 9 * i + c] * m[c];
        weights_of(d, t->index.quadrupolarizability + w)[i] = -d->factor * sum;
    }
}

static void differentiate_bonds(const differentiation *d, lrpot_outputs *out)
{
    const lrpot__density_terms *t = d->t;
    for (int64_t k = 0; k < t->n_bonds; k++) {
        double radial = 0.0, g[3] = { 0.0, 0.0, 0.0 };
        bond_charges(d, &t->bonds[k], &radial);
        if (t->order > 0) bond_dipoles(d, &t->bonds[k], &radial, g);
        if (t->order > 1 && d->width == 0) bond_quadrupoles(d, &t->bonds[k], &radial, g);
        push(&t->bonds[k], radial, g, out);
    }
}

/* p and u of all widths. */
static void differentiate(const differentiation *all, lrpot_outputs *out)
{
    const lrpot__density_terms *t = all->t;
    memset(all->weights, 0, (size_t)(t->index.count * t->n_ends) * sizeof *all->weights);
    for (int32_t w = 0; w < t->index.n_widths; w++) {
        differentiation d = *all;
        d.p += w * t->block, d.u += w * t->block, d.width = w;
        d.end_p = ends_of(t, 1, w, d.p), d.end_u = ends_of(t, 0, w, d.u);
        differentiate_atoms(&d);
        differentiate_bonds(&d, out);
    }
    for (int64_t k = 0; k < t->index.count * t->n_ends; k++) all->weights[k] *= t->slopes[k];
}

void lrpot__density_differentiate_terms(const lrpot__density_terms *t, const double *p,
                                        const double *u, double factor, double *weights,
                                        lrpot_outputs *out)
{
    differentiation d = { t, p, u, NULL, NULL, factor, weights, p, u, 0 };
    differentiate(&d, out);
}

void lrpot__density_differentiate_linear(const lrpot__density_terms *t, const double *p,
                                         const double *p_linear, const double *u,
                                         const double *u_linear, double *weights,
                                         lrpot_outputs *out)
{
    differentiation d = { t, p, u, p_linear, u_linear, 1.0, weights, p, u, 0 };
    differentiate(&d, out);
}
