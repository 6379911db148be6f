/* Loops of the gradient along one direction, included once per instruction set with LANES and
 * KERNEL defined. */
#include "fit/local/directional_kernel.h"

#include "core/vectors.h"

enum { ATOMS = LRPOT__DIRECTIONAL_ATOMS };

INLINE vec all(double x)
{
    return zero() + x;
}

/* Chebyshev polynomials with the smooth cutoff (radial.c), and their derivatives times `along`. */
INLINE void polynomials(const lrpot__directional_shape *p, vec r, vec there, vec along, double *q,
                        double *dq)
{
    double slope = 2.0 / (p->cutoff - p->min_distance);
    vec least = all(p->clamped ? p->min_distance : 0.0);
    lane_mask clamped = r < least;
    vec x = where(clamped, least) + where(~clamped, r), from_end = x - p->cutoff;
    vec t = slope * (x - 0.5 * (p->min_distance + p->cutoff));
    vec value = p->scaling * there, derivative = zero();
    if (!p->no_cutoff_factor) {
        derivative = value * (2.0 * from_end);
        value *= from_end * from_end;
    }
    along = where(~clamped, along);
    vec before = zero(), derivative_before = zero();
    for (int64_t b = 0; b < p->radial_size; b++) {
        store(q + b * ATOMS, value);
        store(dq + b * ATOMS, derivative * along);
        double twice = b == 0 ? 1.0 : 2.0;
        vec next = twice * (t * value) - before,
            slope_next = twice * (slope * value + t * derivative) - derivative_before;
        before = value;
        derivative_before = derivative;
        value = next;
        derivative = slope_next;
    }
}

/* Monomials of the unit vector u, and their slopes when it moves along du. */
INLINE void monomials(const lrpot__directional_shape *p, const vec *u, const vec *du, double *y,
                      double *dy)
{
    vec power[3][LRPOT__PLAN_MAX_RANK + 1], slope[3][LRPOT__PLAN_MAX_RANK + 1];
    for (int c = 0; c < 3; c++) {
        power[c][0] = all(1.0);
        slope[c][0] = zero();
        for (int32_t e = 1; e <= p->max_rank; e++) {
            power[c][e] = power[c][e - 1] * u[c];
            slope[c][e] = (double)e * power[c][e - 1] * du[c];
        }
    }
    for (int64_t a = 0; a < p->n_distinct; a++) {
        const int32_t *e = p->exponents + 3 * a;
        vec x = power[0][e[0]], yy = power[1][e[1]], z = power[2][e[2]];
        store(y + a * ATOMS, x * yy * z);
        store(dy + a * ATOMS,
              slope[0][e[0]] * yy * z + x * (slope[1][e[1]] * z + yy * slope[2][e[2]]));
    }
}

static void functions(const lrpot__directional_shape *p, const lrpot__directional_slots *slots)
{
    for (int64_t n = 0; n < slots->count; n++)
        for (int v = 0; v < ATOMS; v += LANES) {
            const double *r = slots->vectors + 3 * n * ATOMS + v,
                         *d = slots->directions + 3 * n * ATOMS + v;
            vec x[3], along[3], u[3], du[3], square = zero(), radial = zero();
            for (int a = 0; a < 3; a++) {
                x[a] = load(r + a * ATOMS);
                along[a] = load(d + a * ATOMS);
                square += x[a] * x[a];
            }
            vec distance = square_root(square), inverse = 1.0 / distance;
            for (int a = 0; a < 3; a++) {
                u[a] = x[a] * inverse;
                radial += u[a] * along[a];
            }
            for (int a = 0; a < 3; a++) du[a] = (along[a] - radial * u[a]) * inverse;
            polynomials(p, distance, load(slots->there + n * ATOMS + v), radial,
                        slots->q + n * p->size * ATOMS + v,
                        slots->q_slopes + n * p->size * ATOMS + v);
            monomials(p, u, du, slots->y + n * p->n_monomials * ATOMS + v,
                      slots->y_slopes + n * p->n_monomials * ATOMS + v);
        }
}

/* A block of sums that stays in registers over all slots. */
INLINE void sums_block(const lrpot__directional_shape *p, const lrpot__directional_slots *slots,
                       int64_t a, int64_t b, int v, double *s, double *ds)
{
    enum { A = LRPOT__DIRECTIONAL_MONOMIALS, B = LRPOT__DIRECTIONAL_POLYNOMIALS };
    vec sum[A][B], slope[A][B];
    UNROLL
    for (int i = 0; i < A; i++) {
        UNROLL
        for (int k = 0; k < B; k++) sum[i][k] = slope[i][k] = zero();
    }
    for (int64_t n = 0; n < slots->count; n++) {
        int64_t at_y = (n * p->n_monomials + a) * ATOMS + v, at_q = (n * p->size + b) * ATOMS + v;
        vec q[B], dq[B];
        UNROLL
        for (int k = 0; k < B; k++) {
            q[k] = load(slots->q + at_q + k * ATOMS);
            dq[k] = load(slots->q_slopes + at_q + k * ATOMS);
        }
        UNROLL
        for (int i = 0; i < A; i++) {
            vec y = load(slots->y + at_y + i * ATOMS),
                dy = load(slots->y_slopes + at_y + i * ATOMS);
            UNROLL
            for (int k = 0; k < B; k++) {
                sum[i][k] += q[k] * y;
                slope[i][k] += dq[k] * y + q[k] * dy;
            }
        }
    }
    UNROLL
    for (int i = 0; i < A; i++) {
        UNROLL
        for (int k = 0; k < B; k++) {
            int64_t at = ((a + i) * p->size + b + k) * ATOMS + v;
            store(s + at, sum[i][k]);
            store(ds + at, slope[i][k]);
        }
    }
}

static void sums(const lrpot__directional_shape *p, const lrpot__directional_slots *slots,
                 const lrpot__directional_radial *radial)
{
    for (int64_t a = 0; a < p->n_monomials; a += LRPOT__DIRECTIONAL_MONOMIALS)
        for (int64_t b = 0; b < p->size; b += LRPOT__DIRECTIONAL_POLYNOMIALS)
            for (int v = 0; v < ATOMS; v += LANES)
                sums_block(p, slots, a, b, v, radial->s, radial->s_slopes);
}

static void moments(const lrpot__plan *plan, const lrpot__directional_shape *p,
                    const lrpot__directional_radial *radial, double *m, double *dm)
{
    for (int32_t k = 0; k < plan->n_basic; k++) {
        const double *c = radial->coefficients + plan->basic[k].mu * p->size;
        int64_t at = p->monomials[k] * p->size * ATOMS;
        for (int v = 0; v < ATOMS; v += LANES) {
            vec sum = load(m + k * ATOMS + v), slope = load(dm + k * ATOMS + v);
            for (int64_t b = 0; b < p->radial_size; b++) {
                sum += c[b] * load(radial->s + at + b * ATOMS + v);
                slope += c[b] * load(radial->s_slopes + at + b * ATOMS + v);
            }
            store(m + k * ATOMS + v, sum);
            store(dm + k * ATOMS + v, slope);
        }
    }
}

static void radial_gradient(const lrpot__plan *plan, const lrpot__directional_shape *p,
                            const lrpot__directional_radial *radial, const double *by_moments,
                            const double *by_slopes)
{
    for (int32_t k = 0; k < plan->n_basic; k++) {
        double *g = radial->gradient + plan->basic[k].mu * p->size * ATOMS;
        int64_t at = p->monomials[k] * p->size * ATOMS;
        for (int v = 0; v < ATOMS; v += LANES) {
            vec w = load(by_moments + k * ATOMS + v), dw = load(by_slopes + k * ATOMS + v);
            for (int64_t b = v; b < p->radial_size * ATOMS; b += ATOMS)
                store(g + b, load(g + b) + w * load(radial->s + at + b)
                                 + dw * load(radial->s_slopes + at + b));
        }
    }
}

static void forward(const lrpot__plan *plan, double *m, double *dm)
{
    for (int32_t t = 0; t < plan->n_products; t++) {
        const lrpot__product *p = &plan->products[t];
        double f = p->factor;
        const double *l = m + (int64_t)p->left * ATOMS, *r = m + (int64_t)p->right * ATOMS,
                     *dl = dm + (int64_t)p->left * ATOMS, *dr = dm + (int64_t)p->right * ATOMS;
        double *to = m + (int64_t)p->target * ATOMS, *dto = dm + (int64_t)p->target * ATOMS;
        UNROLL
        for (int v = 0; v < ATOMS; v += LANES) {
            vec left = f * load(l + v), right = load(r + v);
            store(to + v, load(to + v) + left * right);
            store(dto + v, load(dto + v) + left * load(dr + v) + f * (load(dl + v) * right));
        }
    }
}

/* If both factors are the same moment, the second addition must include the first. */
static void backward(const lrpot__plan *plan, const double *m, const double *dm, double *am,
                     double *adm)
{
    for (int32_t t = plan->n_products - 1; t >= 0; t--) {
        const lrpot__product *p = &plan->products[t];
        double f = p->factor;
        const double *l = m + (int64_t)p->left * ATOMS, *r = m + (int64_t)p->right * ATOMS,
                     *dl = dm + (int64_t)p->left * ATOMS, *dr = dm + (int64_t)p->right * ATOMS;
        const double *from = am + (int64_t)p->target * ATOMS,
                     *dfrom = adm + (int64_t)p->target * ATOMS;
        double *al = am + (int64_t)p->left * ATOMS, *ar = am + (int64_t)p->right * ATOMS,
               *adl = adm + (int64_t)p->left * ATOMS, *adr = adm + (int64_t)p->right * ATOMS;
        UNROLL
        for (int v = 0; v < ATOMS; v += LANES) {
            vec w = f * load(from + v), dw = f * load(dfrom + v), left = load(l + v),
                right = load(r + v), left_slope = load(dl + v), right_slope = load(dr + v);
            store(al + v, load(al + v) + w * right + dw * right_slope);
            store(ar + v, load(ar + v) + w * left + dw * left_slope);
            store(adl + v, load(adl + v) + dw * right);
            store(adr + v, load(adr + v) + dw * left);
        }
    }
}

const lrpot__directional_kernel KERNEL = { functions, sums,     moments,
                                           forward,   backward, radial_gradient };
