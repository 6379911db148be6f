/* The table of Setyawan and Curtarolo, Comput. Mater. Sci. 49, 299 (2010), appendix A. No C library
 * has it: spglib finds the lattice, but not its points. */
#include "phonons/special_points.h"

#include "core/algebra.h"
#include "core/error.h"
#include "structure/lattice.h"

#include <math.h>
#include <string.h>

#define ALIKE 1e-6 /* relative, of lengths and cosines: the border between two variants */

typedef lrpot__special_points points;

/* Primitive vectors by the conventional ones. */
static const double plain[9] = { 1, 0, 0, 0, 1, 0, 0, 0, 1 },
                    face[9] = { 0, 0.5, 0.5, 0.5, 0, 0.5, 0.5, 0.5, 0 },
                    body[9] = { -0.5, 0.5, 0.5, 0.5, -0.5, 0.5, 0.5, 0.5, -0.5 },
                    base[9] = { 0.5, -0.5, 0, 0.5, 0.5, 0, 0, 0, 1 },
                    oblique_base[9] = { 0.5, 0.5, 0, -0.5, 0.5, 0, 0, 0, 1 },
                    obverse[9] = { 2 / 3.0, 1 / 3.0,  1 / 3.0,  -1 / 3.0, 1 / 3.0,
                                   1 / 3.0, -1 / 3.0, -2 / 3.0, 1 / 3.0 };

static void set(points *p, const double *primitive, const double *axes, const char *names,
                int32_t count, const double (*at)[3], const char *route)
{
    for (int row = 0; row < 3; row++)
        lrpot__row_times3(primitive + 3 * row, axes, p->primitive + 3 * row);
    p->names = names;
    p->count = count;
    p->route = route;
    memcpy(p->at, at, (size_t)count * sizeof *at);
}
#define SET(primitive, names, at, route) \
    set(p, primitive, axes, names, (int32_t)(sizeof at / sizeof *at), at, route)

static double square(const double *axes, int row)
{
    return lrpot__dot3(axes + 3 * row, axes + 3 * row);
}

static void cubic(points *p, const double *axes)
{
    const double at[][3] = { { 0, 0, 0 }, { 0, 0.5, 0 }, { 0.5, 0.5, 0.5 }, { 0.5, 0.5, 0 } };
    SET(plain, "G X R M", at, "GXMGRX,MR");
}

static void cubic_face(points *p, const double *axes)
{
    const double at[][3] = { { 0, 0, 0 },         { 3 / 8.0, 3 / 8.0, 0.75 },
                             { 0.5, 0.5, 0.5 },   { 5 / 8.0, 0.25, 5 / 8.0 },
                             { 0.5, 0.25, 0.75 }, { 0.5, 0, 0.5 } };
    SET(face, "G K L U W X", at, "GXWKGLUWLK,UX");
}

static void cubic_body(points *p, const double *axes)
{
    const double at[][3] = { { 0, 0, 0 }, { 0.5, -0.5, 0.5 }, { 0.25, 0.25, 0.25 }, { 0, 0, 0.5 } };
    SET(body, "G H P N", at, "GHNGPH,PN");
}

static void tetragonal(points *p, const double *axes)
{
    const double at[][3] = { { 0, 0, 0 },     { 0.5, 0.5, 0.5 }, { 0.5, 0.5, 0 },
                             { 0, 0.5, 0.5 }, { 0, 0.5, 0 },     { 0, 0, 0.5 } };
    SET(plain, "G A M R X Z", at, "GXMGZRAZ,XR,MA");
}

static void tetragonal_body(points *p, const double *axes)
{
    const double ratio = square(axes, 2) / square(axes, 0);
    if (ratio < 1.0) {
        const double eta = 0.25 * (1 + ratio);
        const double at[][3] = { { 0, 0, 0 },           { -0.5, 0.5, 0.5 }, { 0, 0.5, 0 },
                                 { 0.25, 0.25, 0.25 },  { 0, 0, 0.5 },      { eta, eta, -eta },
                                 { -eta, 1 - eta, eta } };
        SET(body, "G M N P X Z Z1", at, "GXMGZPNZ1M,XP");
        return;
    }
    const double eta = 0.25 * (1 + 1 / ratio), zeta = 0.5 / ratio;
    const double at[][3] = { { 0, 0, 0 },          { 0, 0.5, 0 },          { 0.25, 0.25, 0.25 },
                             { -eta, eta, eta },   { eta, 1 - eta, -eta }, { 0, 0, 0.5 },
                             { -zeta, zeta, 0.5 }, { 0.5, 0.5, -zeta },    { 0.5, 0.5, -0.5 } };
    SET(body, "G N P S S1 X Y Y1 Z", at, "GXYSGZS1NPY1Z,XP");
}

static void orthorhombic(points *p, const double *axes)
{
    const double at[][3] = { { 0, 0, 0 },     { 0.5, 0.5, 0.5 }, { 0.5, 0.5, 0 }, { 0, 0.5, 0.5 },
                             { 0.5, 0, 0.5 }, { 0.5, 0, 0 },     { 0, 0.5, 0 },   { 0, 0, 0.5 } };
    SET(plain, "G R S T U X Y Z", at, "GXSYGZURTZ,YT,UX,SR");
}

/* 1/a^2 against 1/b^2 + 1/c^2 tells the variants. */
static void orthorhombic_face(points *p, const double *axes)
{
    const double a2 = square(axes, 0), b2 = square(axes, 1), c2 = square(axes, 2);
    const double zeta = 0.25 * (1 + a2 / b2 - a2 / c2), eta = 0.25 * (1 + a2 / b2 + a2 / c2);
    const double apart = 1 - a2 / b2 - a2 / c2;
    if (apart > -ALIKE) {
        const double at[][3] = { { 0, 0, 0 },
                                 { 0.5, 0.5 + zeta, zeta },
                                 { 0.5, 0.5 - zeta, 1 - zeta },
                                 { 0.5, 0.5, 0.5 },
                                 { 1, 0.5, 0.5 },
                                 { 0, eta, eta },
                                 { 1, 1 - eta, 1 - eta },
                                 { 0.5, 0, 0.5 },
                                 { 0.5, 0.5, 0 } };
        SET(face, "G A A1 L T X X1 Y Z", at,
            apart > ALIKE ? "GYTZGXA1Y,TX1,XAZ,LG" : "GYTZGXA1Y,XAZ,LG");
        return;
    }
    const double phi = 0.25 * (1 + c2 / b2 - c2 / a2), delta = 0.25 * (1 + b2 / a2 - b2 / c2);
    const double at[][3] = { { 0, 0, 0 },
                             { 0.5, 0.5 - zeta, 1 - zeta },
                             { 0.5, 0.5 + zeta, zeta },
                             { 0.5 - delta, 0.5, 1 - delta },
                             { 0.5 + delta, 0.5, delta },
                             { 0.5, 0.5, 0.5 },
                             { 1 - phi, 0.5 - phi, 0.5 },
                             { phi, 0.5 + phi, 0.5 },
                             { 0, 0.5, 0.5 },
                             { 0.5, 0, 0.5 },
                             { 0.5, 0.5, 0 } };
    SET(face, "G C C1 D D1 L H H1 X Y Z", at, "GYCDXGZD1HC,C1Z,XH1,HY,LG");
}

static void orthorhombic_body(points *p, const double *axes)
{
    const double a2 = square(axes, 0), b2 = square(axes, 1), c2 = square(axes, 2);
    const double zeta = 0.25 * (1 + a2 / c2), eta = 0.25 * (1 + b2 / c2),
                 delta = 0.25 * (b2 - a2) / c2, mu = 0.25 * (a2 + b2) / c2;
    const double at[][3] = { { 0, 0, 0 },
                             { -mu, mu, 0.5 - delta },
                             { mu, -mu, 0.5 + delta },
                             { 0.5 - delta, 0.5 + delta, -mu },
                             { 0, 0.5, 0 },
                             { 0.5, 0, 0 },
                             { 0, 0, 0.5 },
                             { 0.25, 0.25, 0.25 },
                             { -zeta, zeta, zeta },
                             { zeta, 1 - zeta, -zeta },
                             { eta, -eta, eta },
                             { 1 - eta, eta, -eta },
                             { 0.5, 0.5, -0.5 } };
    SET(body, "G L L1 L2 R S T W X X1 Y Y1 Z", at, "GXLTWRX1ZGYSW,L1Y,Y1Z");
}

static void orthorhombic_base(points *p, const double *axes)
{
    const double zeta = 0.25 * (1 + square(axes, 0) / square(axes, 1));
    const double at[][3] = { { 0, 0, 0 },       { zeta, zeta, 0.5 },    { -zeta, 1 - zeta, 0.5 },
                             { 0, 0.5, 0.5 },   { 0, 0.5, 0 },          { -0.5, 0.5, 0.5 },
                             { zeta, zeta, 0 }, { -zeta, 1 - zeta, 0 }, { -0.5, 0.5, 0 },
                             { 0, 0, 0.5 } };
    SET(base, "G A A1 R S T X X1 Y Z", at, "GXSRAZGYX1A1TY,ZT");
}

static void hexagonal(points *p, const double *axes)
{
    const double third = 1 / 3.0;
    const double at[][3] = { { 0, 0, 0 },   { 0.5, 0, 0 },   { third, third, 0 },
                             { 0, 0, 0.5 }, { 0.5, 0, 0.5 }, { third, third, 0.5 } };
    SET(plain, "G M K A L H", at, "GMKGALHA,LM,KH");
}

static void rhombohedral(points *p, const double *axes)
{
    const double a2 = square(axes, 0) / 3, h2 = square(axes, 2) / 9;
    const double cosine = (h2 - 0.5 * a2) / (h2 + a2); /* between the primitive vectors */
    if (cosine > 0.0) {
        const double eta = (1 + 4 * cosine) / (2 + 4 * cosine), nu = 0.75 - 0.5 * eta;
        const double at[][3] = { { 0, 0, 0 },
                                 { eta, 0.5, 1 - eta },
                                 { 0.5, 1 - eta, eta - 1 },
                                 { 0.5, 0.5, 0 },
                                 { 0.5, 0, 0 },
                                 { 0, 0, -0.5 },
                                 { eta, nu, nu },
                                 { 1 - nu, 1 - nu, 1 - eta },
                                 { nu, nu, eta - 1 },
                                 { 1 - nu, nu, 0 },
                                 { nu, 0, -nu },
                                 { 0.5, 0.5, 0.5 } };
        SET(obverse, "G B B1 F L L1 P P1 P2 Q X Z", at, "GLB1,BZGX,QFP1Z,LP");
        return;
    }
    /* 1/tan^2 of half the angle */
    const double eta = 0.5 * (1 + cosine) / (1 - cosine), nu = 0.75 - 0.5 * eta;
    const double at[][3] = { { 0, 0, 0 },
                             { 0.5, -0.5, 0 },
                             { 0.5, 0, 0 },
                             { 1 - nu, -nu, 1 - nu },
                             { nu, nu - 1, nu - 1 },
                             { eta, eta, eta },
                             { 1 - eta, -eta, -eta },
                             { 0.5, -0.5, 0.5 } };
    SET(obverse, "G F L P P1 Q Q1 Z", at, "GPZQGFP1Q1LZ");
}

/* Monoclinic axes: the first is unique, the angle between the others acute. */
static void monoclinic(points *p, const double *axes)
{
    const double b = sqrt(square(axes, 1)), c = sqrt(square(axes, 2)),
                 cosine = lrpot__dot3(axes + 3, axes + 6) / (b * c);
    const double eta = (1 - b * cosine / c) / (2 * (1 - cosine * cosine)),
                 nu = 0.5 - eta * c * cosine / b;
    const double at[][3] = { { 0, 0, 0 },          { 0.5, 0.5, 0 },      { 0, 0.5, 0.5 },
                             { 0.5, 0, 0.5 },      { 0.5, 0, -0.5 },     { 0.5, 0.5, 0.5 },
                             { 0, eta, 1 - nu },   { 0, 1 - eta, nu },   { 0, eta, -nu },
                             { 0.5, eta, 1 - nu }, { 0.5, 1 - eta, nu }, { 0.5, eta, -nu },
                             { 0, 0.5, 0 },        { 0, 0, 0.5 },        { 0, 0, -0.5 },
                             { 0.5, 0, 0 } };
    SET(plain, "G A C D D1 E H H1 H2 M M1 M2 X Y Y1 Z", at, "GYHCEM1AXH1,MDZ,YD");
}

/* a2 and b2: squares of the lengths; the angle between b and c. */
typedef struct shape {
    double a2, b2, b, c, cosine, sine2;
} shape;

static void monoclinic_base_1(points *p, const double *axes, const shape *s, int is_border)
{
    const double zeta = (2 - s->b * s->cosine / s->c) / (4 * s->sine2),
                 eta = 0.5 + 2 * zeta * s->c * s->cosine / s->b,
                 psi = 0.75 - s->a2 / (4 * s->b2 * s->sine2),
                 phi = psi + (0.75 - psi) * s->b * s->cosine / s->c;
    const double at[][3] = { { 0, 0, 0 },
                             { 0.5, 0, 0 },
                             { 0, -0.5, 0 },
                             { 1 - zeta, 1 - zeta, 1 - eta },
                             { zeta, zeta, eta },
                             { -zeta, -zeta, 1 - eta },
                             { 1 - zeta, -zeta, 1 - eta },
                             { phi, 1 - phi, 0.5 },
                             { 1 - phi, phi - 1, 0.5 },
                             { 0.5, 0.5, 0.5 },
                             { 0.5, 0, 0.5 },
                             { 1 - psi, psi - 1, 0 },
                             { psi, 1 - psi, 0 },
                             { psi - 1, -psi, 0 },
                             { 0.5, 0.5, 0 },
                             { -0.5, -0.5, 0 },
                             { 0, 0, 0.5 } };
    SET(oblique_base, "G N N1 F F1 F2 F3 I I1 L M X X1 X2 Y Y1 Z", at,
        is_border ? "GYFLI,I1ZF1,NGM" : "GYFLI,I1ZF1,YX1,XGN,MG");
}

static void monoclinic_base_3(points *p, const double *axes, const shape *s, int is_border)
{
    const double mu = 0.25 * (1 + s->b2 / s->a2), delta = s->b * s->c * s->cosine / (2 * s->a2),
                 zeta = mu - 0.25 + (1 - s->b * s->cosine / s->c) / (4 * s->sine2),
                 eta = 0.5 + 2 * zeta * s->c * s->cosine / s->b, phi = 1 + zeta - 2 * mu,
                 psi = eta - 2 * delta;
    const double at[][3] = { { 0, 0, 0 },
                             { 1 - phi, 1 - phi, 1 - psi },
                             { phi, phi - 1, psi },
                             { 1 - phi, -phi, 1 - psi },
                             { zeta, zeta, eta },
                             { 1 - zeta, -zeta, 1 - eta },
                             { -zeta, -zeta, 1 - eta },
                             { 0.5, -0.5, 0.5 },
                             { 0.5, 0, 0.5 },
                             { 0.5, 0, 0 },
                             { 0, -0.5, 0 },
                             { 0.5, -0.5, 0 },
                             { mu, mu, delta },
                             { 1 - mu, -mu, -delta },
                             { -mu, -mu, -delta },
                             { mu, mu - 1, delta },
                             { 0, 0, 0.5 } };
    SET(oblique_base, "G F F1 F2 H H1 H2 I M N N1 X Y Y1 Y2 Y3 Z", at,
        is_border ? "GYFHZI,H1Y1XGN,MG" : "GYFHZIF1,H1Y1XGN,MG");
}

static void monoclinic_base_5(points *p, const double *axes, const shape *s)
{
    const double zeta = 0.25 * (s->b2 / s->a2 + (1 - s->b * s->cosine / s->c) / s->sine2),
                 eta = 0.5 + 2 * zeta * s->c * s->cosine / s->b,
                 mu = 0.5 * eta + s->b2 / (4 * s->a2) - s->b * s->c * s->cosine / (2 * s->a2),
                 nu = 2 * mu - zeta,
                 omega = (4 * nu - 1 - s->b2 * s->sine2 / s->a2) * s->c / (2 * s->b * s->cosine),
                 delta = zeta * s->c * s->cosine / s->b + omega / 2 - 0.25,
                 rho = 1 - zeta * s->a2 / s->b2;
    const double at[][3] = { { 0, 0, 0 },
                             { nu, nu, omega },
                             { 1 - nu, 1 - nu, 1 - omega },
                             { nu, nu - 1, omega },
                             { zeta, zeta, eta },
                             { 1 - zeta, -zeta, 1 - eta },
                             { -zeta, -zeta, 1 - eta },
                             { rho, 1 - rho, 0.5 },
                             { 1 - rho, rho - 1, 0.5 },
                             { 0.5, 0.5, 0.5 },
                             { 0.5, 0, 0.5 },
                             { 0.5, 0, 0 },
                             { 0, -0.5, 0 },
                             { 0.5, -0.5, 0 },
                             { mu, mu, delta },
                             { 1 - mu, -mu, -delta },
                             { -mu, -mu, -delta },
                             { mu, mu - 1, delta },
                             { 0, 0, 0.5 } };
    SET(oblique_base, "G F F1 F2 H H1 H2 I I1 L M N N1 X Y Y1 Y2 Y3 Z", at,
        "GYFLI,I1ZHF1,H1Y1XGN,MG");
}

/* The angle between the first two reciprocal vectors tells the variants: the sign of its cosine is
 * that of a^2 - (b sin)^2. */
static void monoclinic_base(points *p, const double *axes)
{
    shape s = { .a2 = square(axes, 0), .b2 = square(axes, 1), .c = sqrt(square(axes, 2)) };
    s.b = sqrt(s.b2);
    s.cosine = lrpot__dot3(axes + 3, axes + 6) / (s.b * s.c);
    s.sine2 = 1 - s.cosine * s.cosine;
    const double ratio = s.b2 * s.sine2 / s.a2, sum = s.b * s.cosine / s.c + ratio;
    if (ratio > 1 - ALIKE) monoclinic_base_1(p, axes, &s, ratio < 1 + ALIKE);
    else if (sum < 1 + ALIKE) monoclinic_base_3(p, axes, &s, sum > 1 - ALIKE);
    else monoclinic_base_5(p, axes, &s);
}

/* Reciprocal vectors with angles that are all obtuse, or all acute. */
static void triclinic(points *p, const double *axes, int is_acute)
{
    const double obtuse[][3] = { { 0, 0, 0 },     { 0.5, 0.5, 0 },   { 0, 0.5, 0.5 },
                                 { 0.5, 0, 0.5 }, { 0.5, 0.5, 0.5 }, { 0.5, 0, 0 },
                                 { 0, 0.5, 0 },   { 0, 0, 0.5 } };
    const double acute[][3] = { { 0, 0, 0 },         { 0.5, -0.5, 0 }, { 0, 0, 0.5 },
                                { -0.5, -0.5, 0.5 }, { 0, -0.5, 0.5 }, { 0, -0.5, 0 },
                                { 0.5, 0, 0 },       { -0.5, 0, 0.5 } };
    if (is_acute) SET(plain, "G L M N R X Y Z", acute, "XGY,LGZ,NGM,RG");
    else SET(plain, "G L M N R X Y Z", obtuse, "XGY,LGZ,NGM,RG");
}

/* --- from standard settings of crystallography to those of the table -------------------------- */

static void exchange(double *axes, int i, int j)
{
    for (int a = 0; a < 3; a++) {
        double kept = axes[3 * i + a];
        axes[3 * i + a] = axes[3 * j + a];
        axes[3 * j + a] = kept;
    }
}

/* Ascending lengths of the first `n` axes. */
static void ascend(double *axes, int n)
{
    for (int pass = 1; pass < n; pass++)
        for (int k = 0; k + 1 < n; k++)
            if (square(axes, k) > square(axes, k + 1)) exchange(axes, k, k + 1);
}

/* Subtracts multiples of `times` axes j from axis i until it is shortest; 1 if it changed. */
static int shorten(double *axes, int i, int j, double times)
{
    double n = times
               * nearbyint(lrpot__dot3(axes + 3 * i, axes + 3 * j)
                           / (times * lrpot__dot3(axes + 3 * j, axes + 3 * j)));
    double tried[3];
    for (int a = 0; a < 3; a++) tried[a] = axes[3 * i + a] - n * axes[3 * j + a];
    if (!(lrpot__dot3(tried, tried) < square(axes, i) * (1 - ALIKE))) return 0;
    memcpy(axes + 3 * i, tried, sizeof tried);
    return 1;
}

static void make_acute(double *axes, int i, int j)
{
    if (lrpot__dot3(axes + 3 * i, axes + 3 * j) >= 0.0) return;
    for (int a = 0; a < 3; a++) axes[3 * j + a] = -axes[3 * j + a];
}

/* The unique axis b comes first, a and c after it. Centring is at a/2 + b/2: c may be added to a in
 * even multiples only. */
static void turn_monoclinic(double *axes, int is_centred)
{
    exchange(axes, 0, 1);
    int changed = 1;
    for (int k = 0; k < 100 && changed; k++) {
        changed = shorten(axes, 1, 2, is_centred ? 2.0 : 1.0);
        changed |= shorten(axes, 2, 1, 1.0);
    }
    if (!is_centred && square(axes, 1) > square(axes, 2)) exchange(axes, 1, 2);
    make_acute(axes, 1, 2);
}

/* Direct axes of which the reciprocal ones are shortest, with angles that are all acute or all
 * obtuse, the one nearest to 90 degrees last. Returns 1 for acute ones. */
static int turn_triclinic(double *axes)
{
    double inverse[9], wave[9], dots[3];
    lrpot__lattice lattice;
    lrpot__inverse3(axes, inverse);
    for (int k = 0; k < 9; k++) wave[k] = inverse[3 * (k % 3) + k / 3];
    lrpot__lattice_reduce(wave, LRPOT_PERIODIC_ALL, &lattice);
    memcpy(wave, lattice.basis, sizeof wave);
    for (int k = 0; k < 3; k++)
        dots[k] = lrpot__dot3(wave + 3 * ((k + 1) % 3), wave + 3 * ((k + 2) % 3));
    int is_acute = dots[0] * dots[1] * dots[2] > 0.0;
    /* signs of the second and third vector */
    double wanted = is_acute ? 1.0 : -1.0;
    int turn_1 = dots[2] * wanted < 0.0, turn_2 = dots[1] * wanted < 0.0;
    if (dots[2] == 0.0) turn_1 = dots[0] * wanted * (turn_2 ? -1.0 : 1.0) < 0.0;
    for (int a = 0; a < 3; a++) {
        if (turn_1) wave[3 + a] = -wave[3 + a];
        if (turn_2) wave[6 + a] = -wave[6 + a];
    }
    double cosines[3];
    for (int k = 0; k < 3; k++) {
        const double *u = wave + 3 * ((k + 1) % 3), *v = wave + 3 * ((k + 2) % 3);
        cosines[k] = fabs(lrpot__dot3(u, v)) / sqrt(lrpot__dot3(u, u) * lrpot__dot3(v, v));
    }
    int nearest = 0;
    for (int k = 1; k < 3; k++)
        if (cosines[k] < cosines[nearest]) nearest = k;
    exchange(wave, nearest, 2);
    lrpot__inverse3(wave, inverse);
    for (int k = 0; k < 9; k++) axes[k] = inverse[3 * (k % 3) + k / 3];
    return is_acute;
}

/* oA: centred on the face of b and c, as spglib leaves it; the table has the face of a and b. */
static void turn_base(double *axes, int is_a)
{
    if (is_a) {
        exchange(axes, 0, 1);
        exchange(axes, 1, 2);
    }
    ascend(axes, 2);
}

lrpot_status lrpot__special_points_find(const char *lattice, const double *given,
                                        lrpot__special_points *p)
{
    static const struct {
        const char *name;
        void (*fill)(points *p, const double *axes);
        int sorted; /* axes in ascending order of their lengths */
    } simple[] = {
        { "cP", cubic, 0 },
        { "cF", cubic_face, 0 },
        { "cI", cubic_body, 0 },
        { "tP", tetragonal, 0 },
        { "tI", tetragonal_body, 0 },
        { "oP", orthorhombic, 3 },
        { "oF", orthorhombic_face, 3 },
        { "oI", orthorhombic_body, 3 },
        { "hP", hexagonal, 0 },
        { "hR", rhombohedral, 0 },
    };
    double axes[9];
    memcpy(axes, given, sizeof axes);
    for (size_t k = 0; k < sizeof simple / sizeof *simple; k++) {
        if (strcmp(simple[k].name, lattice) != 0) continue;
        if (simple[k].sorted > 0) ascend(axes, simple[k].sorted);
        simple[k].fill(p, axes);
        return LRPOT_OK;
    }
    if (strcmp(lattice, "oC") == 0 || strcmp(lattice, "oA") == 0) {
        turn_base(axes, lattice[1] == 'A');
        orthorhombic_base(p, axes);
    } else if (strcmp(lattice, "mP") == 0 || strcmp(lattice, "mC") == 0) {
        turn_monoclinic(axes, lattice[1] == 'C');
        if (lattice[1] == 'C') monoclinic_base(p, axes);
        else monoclinic(p, axes);
    } else if (strcmp(lattice, "aP") == 0) {
        int is_acute = turn_triclinic(axes);
        triclinic(p, axes, is_acute);
    } else
        return lrpot__fail(LRPOT_E_ARGUMENT,
                           "lattice '%.20s', expected cP, cF, cI, tP, tI, oP, oF, oI, oC, oA, hP, "
                           "hR, mP, mC or aP",
                           lattice);
    return LRPOT_OK;
}
