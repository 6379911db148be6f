#include "basis/nep/nep_harmonics.h"

#include "core/constants.h"
#include "core/error.h"
#include "core/memory.h"

#include <math.h>
#include <stdlib.h>

static const int32_t degrees[LRPOT__NEP_EXTRAS][3] = {
    [LRPOT__NEP_222] = { 2, 2, 2 }, [LRPOT__NEP_112] = { 1, 1, 2 }, [LRPOT__NEP_123] = { 1, 2, 3 },
    [LRPOT__NEP_233] = { 2, 3, 3 }, [LRPOT__NEP_134] = { 1, 3, 4 },
};

const int32_t *lrpot__nep_degrees(int32_t extra)
{
    return degrees[extra];
}

static double factorial(int32_t n)
{
    double f = 1.0;
    for (int32_t k = 2; k <= n; k++) f *= k;
    return f;
}

/* Wigner 3j symbol by Racah's sum. */
double lrpot__nep_wigner(const int32_t l[3], const int32_t m[3])
{
    int32_t a = l[0] + l[1] - l[2], b = l[0] - m[0], c = l[1] + m[1], d = l[2] - l[1] + m[0],
            e = l[2] - l[0] - m[1];
    double sum = 0.0, square = 1.0;
    if (m[0] + m[1] + m[2] != 0 || a < 0 || l[0] - l[1] + l[2] < 0 || -l[0] + l[1] + l[2] < 0)
        return 0.0;
    for (int k = 0; k < 3; k++) {
        if (abs(m[k]) > l[k]) return 0.0;
        square *= factorial(l[k] - m[k]) * factorial(l[k] + m[k]);
    }
    square *= factorial(a) * factorial(l[0] - l[1] + l[2]) * factorial(-l[0] + l[1] + l[2])
              / factorial(l[0] + l[1] + l[2] + 1);
    for (int32_t t = 0; t <= a && t <= b && t <= c; t++)
        if (d + t >= 0 && e + t >= 0)
            sum += (t % 2 ? -1.0 : 1.0)
                   / (factorial(t) * factorial(a - t) * factorial(b - t) * factorial(c - t)
                      * factorial(d + t) * factorial(e + t));
    return (abs(l[0] - l[1] - m[2]) % 2 ? -1.0 : 1.0) * sqrt(square) * sum;
}

double lrpot__nep_norm(int32_t l, int32_t m)
{
    return sqrt((2 * l + 1) / (4.0 * LRPOT__PI) * factorial(l - m) / factorial(l + m));
}

/* Norm of the component: factor before d^m P_l/dz^m (u_x + i u_y)^m. */
static double component_norm(int32_t l, int32_t m)
{
    return lrpot__nep_norm(l, m) * (m > 0 ? sqrt(2.0) : 1.0);
}

static void make_legendre(lrpot__nep_harmonics *out)
{
    for (int32_t m = 0; m <= out->l_max; m++) {
        double odd = 1.0; /* (2m - 1)!! */
        for (int32_t k = 1; k < 2 * m; k += 2) odd *= k;
        out->first[m] = odd * component_norm(m, m);
        for (int32_t l = m; l <= out->l_max; l++) {
            lrpot__nep_legendre *t = &out->legendre[l][m];
            double norm = component_norm(l, m);
            if (l > m) t->up = (2 * l - 1) * norm / ((l - m) * component_norm(l - 1, m));
            if (l > m + 1) t->back = (l + m - 1) * norm / ((l - m) * component_norm(l - 2, m));
            if (l > m) t->slope = norm / component_norm(l, m + 1);
        }
    }
}

/* A_lm in components: value = (re ? 1 : i) factor B. */
typedef struct {
    int32_t component[2]; /* real, imaginary part */
    double factor[2];
} expansion;

static expansion expand(int32_t l, int32_t m)
{
    int32_t size = abs(m);
    expansion x = { { lrpot__nep_component(l, size, 0), lrpot__nep_component(l, size, 1) },
                    { 1.0, 0.0 } };
    if (m == 0) return x;
    x.factor[0] = x.factor[1] = sqrt(0.5);
    if (m < 0 && size % 2) x.factor[0] = -x.factor[0]; /* (-1)^m conj(A) */
    if (m < 0 && size % 2 == 0) x.factor[1] = -x.factor[1];
    return x;
}

static void sort3(int32_t c[3])
{
    for (int pass = 0; pass < 2; pass++)
        for (int k = 0; k < 2; k++)
            if (c[k] > c[k + 1]) {
                int32_t kept = c[k];
                c[k] = c[k + 1];
                c[k + 1] = kept;
            }
}

/* largest number of terms before small ones are dropped: far more than l <= 4 needs */
enum { MONOMIALS = 512 };

static void add_monomial(lrpot__nep_monomial *list, int32_t *n, lrpot__nep_monomial term)
{
    sort3(term.component);
    for (int32_t k = 0; k < *n; k++) {
        const int32_t *c = list[k].component;
        if (c[0] == term.component[0] && c[1] == term.component[1] && c[2] == term.component[2]) {
            list[k].factor += term.factor;
            return;
        }
    }
    list[(*n)++] = term;
}

/* Adds the real part of the product of three A_lm. */
static void add_product(const int32_t l[3], const int32_t m[3], lrpot__nep_monomial *list,
                        int32_t *n)
{
    double symbol = lrpot__nep_wigner(l, m);
    expansion x[3];
    if (symbol == 0.0) return;
    for (int k = 0; k < 3; k++) x[k] = expand(l[k], m[k]);
    for (int bits = 0; bits < 8; bits++) {
        int part[3] = { bits & 1, bits >> 1 & 1, bits >> 2 & 1 };
        int imaginary = part[0] + part[1] + part[2];
        lrpot__nep_monomial term = { .factor = imaginary == 2 ? -symbol : symbol };
        if (imaginary % 2) continue; /* these cancel in the sum over m */
        for (int k = 0; k < 3; k++) {
            term.component[k] = x[k].component[part[k]];
            term.factor *= x[k].factor[part[k]];
        }
        if (term.factor != 0.0) add_monomial(list, n, term);
    }
}

static lrpot_status make_monomials(lrpot__nep_harmonics *out, int32_t extra)
{
    const int32_t *l = degrees[extra];
    int32_t n = 0;
    if (l[0] == 0 || l[2] > out->l_max) return LRPOT_OK; /* missing harmonics count as zero */
    lrpot__nep_monomial *list = lrpot__calloc(MONOMIALS, sizeof *list);
    if (list == NULL) return LRPOT_E_MEMORY;
    for (int32_t a = -l[0]; a <= l[0]; a++)
        for (int32_t b = -l[1]; b <= l[1]; b++)
            if (abs(a + b) <= l[2]) add_product(l, (int32_t[3]){ a, b, -a - b }, list, &n);
    for (int32_t k = 0; k < n; k++)
        if (fabs(list[k].factor) > 1e-14) list[out->n_monomials[extra]++] = list[k];
    out->monomials[extra] = list;
    return LRPOT_OK;
}

lrpot_status lrpot__nep_harmonics_make(const lrpot__nep *nep, lrpot__nep_harmonics *out)
{
    *out = (lrpot__nep_harmonics){ .l_max = nep->l_max,
                                   .n_components = nep->l_max * (nep->l_max + 2) };
    make_legendre(out);
    for (int32_t extra = 0; extra < LRPOT__NEP_EXTRAS; extra++)
        if (nep->extras[extra]) LRPOT__TRY(make_monomials(out, extra));
    return LRPOT_OK;
}

void lrpot__nep_harmonics_free(lrpot__nep_harmonics *harmonics)
{
    for (int32_t extra = 0; extra < LRPOT__NEP_EXTRAS; extra++)
        lrpot__free(harmonics->monomials[extra]);
}
