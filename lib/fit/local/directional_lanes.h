/* Loops of the gradient along one direction, included once per instruction set with LANES and
 * KERNEL defined. */
#include "fit/local/directional_kernel.h"

#include "core/vectors.h"

enum { ATOMS = LRPOT__DIRECTIONAL_ATOMS, VECTORS = ATOMS / LANES };

static void sums(const lrpot__directional_sums *p)
{
    enum { FEW = LRPOT__DIRECTIONAL_MONOMIALS };
    for (int64_t b = 0; b < p->size; b += LANES)
        for (int64_t a = 0; a < p->n_monomials; a += FEW) {
            vec s[FEW], d[FEW];
            UNROLL
            for (int i = 0; i < FEW; i++) s[i] = d[i] = zero();
            for (int64_t n = 0; n < p->count; n++) {
                const double *y = p->y + n * p->n_monomials + a,
                             *dy = p->y_slopes + n * p->n_monomials + a;
                vec q = load(p->q + n * p->size + b), dq = load(p->q_slopes + n * p->size + b);
                UNROLL
                for (int i = 0; i < FEW; i++) {
                    s[i] += q * y[i];
                    d[i] += dq * y[i] + q * dy[i];
                }
            }
            UNROLL
            for (int i = 0; i < FEW; i++) {
                store(p->s + (a + i) * p->size + b, s[i]);
                store(p->s_slopes + (a + i) * p->size + b, d[i]);
            }
        }
}

INLINE double total(vec v)
{
    double sum = 0.0;
    for (int l = 0; l < LANES; l++) sum += v[l];
    return sum;
}

static void moments(const lrpot__plan *plan, const lrpot__directional_radial *p, double *m,
                    double *dm)
{
    for (int32_t k = 0; k < plan->n_basic; k++) {
        const double *c = p->coefficients + plan->basic[k].mu * p->size,
                     *s = p->s + p->monomials[k] * p->size,
                     *d = p->s_slopes + p->monomials[k] * p->size;
        vec sum = zero(), slope = zero();
        for (int64_t b = 0; b < p->size; b += LANES) {
            sum += load(c + b) * load(s + b);
            slope += load(c + b) * load(d + b);
        }
        m[k * ATOMS + p->lane] += total(sum);
        dm[k * ATOMS + p->lane] += total(slope);
    }
}

static void radial(const lrpot__plan *plan, const lrpot__directional_radial *p,
                   const double *by_moments, const double *by_slopes)
{
    for (int32_t k = 0; k < plan->n_basic; k++) {
        double *g = p->gradient + plan->basic[k].mu * p->size, w = by_moments[k * ATOMS + p->lane],
               dw = by_slopes[k * ATOMS + p->lane];
        const double *s = p->s + p->monomials[k] * p->size,
                     *d = p->s_slopes + p->monomials[k] * p->size;
        for (int64_t b = 0; b < p->size; b += LANES)
            store(g + b, load(g + b) + w * load(s + b) + dw * load(d + b));
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

const lrpot__directional_kernel KERNEL = { sums, moments, forward, backward, radial };
