/* Surface term of a crystal, added to the tin-foil sum: vacuum around a sphere of copies (de Leeuw,
 * Perram, Smith, Proc. R. Soc. A 373, 27 (1980)), or the slab correction for layers of copies (Yeh
 * and Berkowitz, J. Chem. Phys. 111, 3155 (1999); Ballenegger, Arnold, Cerda, J. Chem. Phys. 131,
 * 094107 (2009) for a net charge). */
#include "electrostatics/ewald/surface_term.h"

#include "core/algebra.h"
#include "core/constants.h"
#include "core/error.h"

#include <math.h>
#include <string.h>

static const double *position(const lrpot__sum *sum, int64_t i)
{
    return sum->atoms->positions + i * (sum->atoms->stride > 0 ? sum->atoms->stride : 3);
}

lrpot_status lrpot__surface_term_make(const lrpot__sum *sum, lrpot__surface_term *out)
{
    int32_t flags = sum->ewald->options.flags & (LRPOT_EWALD_SLAB_CORRECTION | LRPOT_EWALD_VACUUM);
    memset(out, 0, sizeof *out);
    if (flags == 0) return LRPOT_OK;
    if (sum->boundary.kind != LRPOT__REPEATED)
        return lrpot__fail(LRPOT_E_UNSUPPORTED,
                           "a surface term needs a crystal: periodic_mask = %d, expected 7",
                           sum->atoms->periodic_mask);
    out->kind = flags;
    if (flags == LRPOT_EWALD_VACUUM) {
        out->factor = 4.0 * LRPOT__PI * LRPOT_COULOMB_CONSTANT / (3.0 * sum->volume);
        return LRPOT_OK;
    }
    double length = sqrt(lrpot__dot3(sum->reciprocal + 6,
                                     sum->reciprocal + 6)); /* 2 pi over the distance of layers */
    for (int a = 0; a < 3; a++) out->normal[a] = sum->reciprocal[6 + a] / length;
    out->height = 2.0 * LRPOT__PI / length;
    out->factor = 4.0 * LRPOT__PI * LRPOT_COULOMB_CONSTANT / sum->volume;
    return LRPOT_OK;
}

/* Interaction of unit charges at a and b. */
double lrpot__surface_term_pair(const lrpot__surface_term *s, const double *a, const double *b)
{
    if (s->kind == 0) return 0.0;
    if (s->kind == LRPOT_EWALD_VACUUM) return s->factor * lrpot__dot3(a, b);
    double za = lrpot__dot3(s->normal, a), zb = lrpot__dot3(s->normal, b);
    return -s->factor * (0.5 * (za - zb) * (za - zb) + s->height * s->height / 12.0);
}

void lrpot__surface_term_gradient(const lrpot__surface_term *s, const double *a, const double *b,
                                  double *out)
{
    double slope = s->kind == LRPOT_EWALD_SLAB_CORRECTION
                       ? s->factor * (lrpot__dot3(s->normal, b) - lrpot__dot3(s->normal, a))
                       : 0.0;
    for (int x = 0; x < 3; x++)
        out[x] = s->kind == LRPOT_EWALD_VACUUM ? s->factor * b[x] : slope * s->normal[x];
}

void lrpot__surface_term_strain(const lrpot__surface_term *s, const double *a, const double *b,
                                double *out)
{
    double value = lrpot__surface_term_pair(s, a, b);
    for (int x = 0; x < 9; x++) {
        int c = x / 3, d = x % 3;
        double along = s->kind == LRPOT_EWALD_VACUUM ? s->factor * (a[c] * b[d] + b[c] * a[d])
                                                     : 2.0 * value * s->normal[c] * s->normal[d];
        out[x] = along - (c == d ? value : 0.0);
    }
}

lrpot_status lrpot__surface_term_moments(const lrpot__sum *sum, const lrpot__surface_term *s,
                                         const lrpot_comm *comm, const double *q,
                                         lrpot__surface_moments *out)
{
    memset(out, 0, sizeof *out);
    if (s->kind == 0) return LRPOT_OK;
    for (int64_t i = 0; i < sum->atoms->n_owned; i++) {
        const double *r = position(sum, i);
        double z = lrpot__dot3(s->normal, r);
        out->charge += q[i];
        out->second += q[i] * z * z;
        for (int a = 0; a < 3; a++) out->dipole[a] += q[i] * r[a];
    }
    return comm != NULL && comm->sum != NULL
               ? comm->sum(comm->ctx, (double *)out, sizeof *out / sizeof(double))
               : LRPOT_OK;
}

double lrpot__surface_term_potential(const lrpot__sum *sum, const lrpot__surface_term *s,
                                     const lrpot__surface_moments *m, int64_t i)
{
    if (s->kind == 0) return 0.0;
    if (s->kind == LRPOT_EWALD_VACUUM) return s->factor * lrpot__dot3(m->dipole, position(sum, i));
    double z = lrpot__dot3(s->normal, position(sum, i));
    return s->factor
           * (z * lrpot__dot3(s->normal, m->dipole) - 0.5 * (m->second + z * z * m->charge)
              - m->charge * s->height * s->height / 12.0);
}

/* Adds the virial of an atom's energy. Both terms are proportional to 1/V and to the lengths that
 * they contain. */
static void add_virial(const lrpot__surface_term *s, const lrpot__surface_moments *m,
                       const double *r, double q, double energy, double *virial)
{
    for (int x = 0; x < 9; x++) {
        int a = x / 3, b = x % 3;
        double along = s->kind == LRPOT_EWALD_VACUUM
                           ? 0.5 * s->factor * q * (r[a] * m->dipole[b] + m->dipole[a] * r[b])
                           : 2.0 * energy * s->normal[a] * s->normal[b];
        virial[x] += (a == b ? energy : 0.0) - along;
    }
}

lrpot_status lrpot__surface_term_add(const lrpot__sum *sum, const lrpot_comm *comm,
                                     lrpot__sum_results *out)
{
    lrpot__surface_term s;
    lrpot__surface_moments m;
    LRPOT__TRY(lrpot__surface_term_make(sum, &s));
    if (s.kind == 0) return LRPOT_OK;
    LRPOT__TRY(lrpot__surface_term_moments(sum, &s, comm, sum->q, &m));
    for (int64_t i = 0; i < sum->atoms->n_owned; i++) {
        const double *r = position(sum, i);
        double potential = lrpot__surface_term_potential(sum, &s, &m, i),
               energy = 0.5 * sum->q[i] * potential;
        double slope = s.factor
                       * (lrpot__dot3(s.normal, m.dipole) - m.charge * lrpot__dot3(s.normal, r));
        out->potential[i] += potential;
        for (int a = 0; a < 3; a++)
            out->field[3 * i + a] -= s.kind == LRPOT_EWALD_VACUUM ? s.factor * m.dipole[a]
                                                                  : slope * s.normal[a];
        add_virial(&s, &m, r, sum->q[i], energy, out->virial);
        if (out->virial_atom != NULL)
            add_virial(&s, &m, r, sum->q[i], energy, out->virial_atom + 9 * i);
    }
    return LRPOT_OK;
}
