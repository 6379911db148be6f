/* Polar modes of a layer: their slopes at Gamma, and the polarizability of the sheet. */
#include "phonons/layer.h"

#include "cli/neighbourhood.h"
#include "cli/options.h"
#include "cli/report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double PI = 3.14159265358979323846;
/* THz, of modes in one group */
static const double SAME_THZ = 1e-3;
/* e^2/u: a weaker mode is not polar */
static const double WEAK = 1e-8;
/* km/s of 1 THz A of df/dq */
static const double KM_PER_S = 0.2 * 3.14159265358979323846;

/* Sums over the modes of a group of products of their polar vectors along the direction and the
 * normal. */
typedef struct sums {
    double along, across, mixed;
} sums;

/* A wave q turns the polar vectors p of a group into the change 2 pi k_e/A |q| [(n.p)(n.p)/eps -
 * p_z p_z] of their squared frequencies: its two eigenvalues that are not 0 (Sohier et al., Nano
 * Lett. 17, 3758 (2017); along the normal Royo and Stengel, Phys. Rev. X 11, 041027 (2021)). */
static void set_slopes(layer_group *group, const sums *s, double area, double surroundings)
{
    const double a = s->along / surroundings, mixed = s->mixed * s->mixed / surroundings,
                 half = 0.5 * (a - s->across),
                 root = sqrt(fmax(0.0, 0.25 * (a + s->across) * (a + s->across) - mixed)),
                 f = group->frequency,
                 unit = 2.0 * PI * LRPOT_COULOMB_CONSTANT / area * gamma_thz() * gamma_thz()
                        / (2.0 * f);
    if (!(f > SAME_THZ)) return;
    if (half + root > WEAK) group->rise = unit * (half + root);
    if (half - root < -WEAK) group->fall = unit * (half - root);
}

static void fill_groups(layer_modes *modes, const layer_shape *shape, const polar_result *polar,
                        const double *direction, double surroundings)
{
    sums s = { 0 };
    for (int64_t m = 0; m < 3 * polar->n; m++) {
        const double *p = polar->polar + 3 * m;
        double along = 0.0, across = 0.0, square = 0.0;
        for (int a = 0; a < 3; a++) {
            along += p[a] * direction[a];
            across += p[a] * shape->normal[a];
            square += p[a] * p[a];
        }
        if (m == 0 || polar->frequencies[m] - polar->frequencies[m - 1] > SAME_THZ) {
            modes->groups[modes->n++].frequency = polar->frequencies[m];
            s = (sums){ 0 };
        }
        layer_group *group = &modes->groups[modes->n - 1];
        group->multiplicity++;
        s.along += along * along;
        s.across += across * across;
        s.mixed += along * across;
        group->along = s.along;
        group->across = s.across;
        group->plane += square - across * across;
        group->rise = group->fall = 0.0;
        set_slopes(group, &s, shape->area, surroundings);
    }
}

/* Projects on the plane on both sides. */
static void set_tension(layer_modes *modes, const layer_shape *shape, const double *virial)
{
    double part[9] = { 0.0 };
    for (int x = 0; x < 9; x++)
        for (int c = 0; c < 3; c++) {
            double keep = (x % 3 == c) - shape->normal[x % 3] * shape->normal[c];
            part[x] += virial[3 * (x / 3) + c] * keep;
        }
    for (int x = 0; x < 9; x++) {
        double sum = 0.0;
        for (int c = 0; c < 3; c++)
            sum += ((x / 3 == c) - shape->normal[x / 3] * shape->normal[c]) * part[3 * c + x % 3];
        modes->tension[x] = 0.0 - sum / shape->area;
    }
}

int layer_modes_run(layer_modes *modes, const layer_shape *shape, const polar_result *polar,
                    const double *direction, double surroundings, const double *virial)
{
    *modes = (layer_modes){ 0 };
    set_tension(modes, shape, virial);
    if (polar->n == 0) return GO_ON;
    modes->groups = calloc((size_t)(3 * polar->n), sizeof *modes->groups);
    if (modes->groups == NULL) return report_no_memory();
    fill_groups(modes, shape, polar, direction, surroundings);
    for (int x = 0; x < 9; x++) modes->alpha[x] = polar->epsilon[x] - (x % 4 == 0);
    return GO_ON;
}

lrpot_status layer_electrons(layer_modes *modes, const layer_shape *shape,
                             const lrpot_potential *model, lrpot_workspace *work,
                             const lrpot_structure *structure)
{
    neighbourhood near;
    lrpot_status status = neighbourhood_open(&near, model, structure);
    if (status == LRPOT_OK)
        status = lrpot_response_polarizability(model, work, &near.atoms, near.list,
                                               modes->electrons, NULL);
    neighbourhood_close(&near);
    /* charge that runs through the whole sheet has none */
    if (status == LRPOT_E_UNSUPPORTED) return LRPOT_OK;
    modes->has_electrons = status == LRPOT_OK;
    for (int x = 0; x < 9; x++) modes->electrons[x] *= LRPOT_COULOMB_CONSTANT / shape->area;
    return status;
}

void layer_modes_free(layer_modes *modes)
{
    free(modes->groups);
    *modes = (layer_modes){ 0 };
}

static void print_groups(const layer_modes *modes, FILE *stream)
{
    double total = 0.0;
    for (int64_t g = 0; g < modes->n; g++)
        total += modes->groups[g].plane + modes->groups[g].across;
    if (total == 0.0) total = 1.0;
    fprintf(stream, "# Gamma: one limit along all directions of the plane\n"
                    "#      THz       cm-1  modes  polar in plane  along normal\n");
    for (int64_t g = 0; g < modes->n; g++) {
        const layer_group *group = &modes->groups[g];
        fprintf(stream, "%10.5f %10.3f %6lld %15.4f %13.4f\n", group->frequency,
                GAMMA_CM_PER_THZ * group->frequency, (long long)group->multiplicity,
                group->plane / total, group->across / total);
    }
}

static void print_slope(const char *name, double frequency, double slope, FILE *stream)
{
    if (slope != 0.0)
        fprintf(stream, "%s %10.5f THz %10.3f cm-1, slope %10.5f THz A = %10.5f km/s\n", name,
                frequency, GAMMA_CM_PER_THZ * frequency, slope, KM_PER_S * slope);
}

static void print_six(const char *name, const double *t, FILE *stream)
{
    fprintf(stream, "%s %.6g %.6g %.6g %.6g %.6g %.6g\n", name, t[0], t[4], t[8], t[5], t[2], t[1]);
}

void layer_modes_print(const layer_modes *modes, const double *direction, const char *withheld,
                       FILE *stream)
{
    print_groups(modes, stream);
    fprintf(stream,
            "# polar branches along q = %g %g %g: df/dq at Gamma, of longitudinal waves (LO) and "
            "of waves along the normal (ZO)\n",
            direction[0], direction[1], direction[2]);
    for (int64_t g = 0; g < modes->n; g++) {
        print_slope("LO", modes->groups[g].frequency, modes->groups[g].rise, stream);
        print_slope("ZO", modes->groups[g].frequency, modes->groups[g].fall, stream);
    }
    fprintf(stream, "# tension in the plane, eV/A^2: xx yy zz yz xz xy; the flexural branch is "
                    "quadratic at Gamma where it is 0\n");
    print_six("tension", modes->tension, stream);
    if (modes->has_electrons) {
        fprintf(stream, "# polarizability of the electrons by area, A: xx yy zz yz xz xy\n");
        print_six("alpha_inf", modes->electrons, stream);
    }
    if (withheld != NULL) {
        fprintf(stream, "# no static polarizability: %s\n", withheld);
        return;
    }
    fprintf(stream, "# polarizability of the ions by area, A, by oscillator strengths: xx yy zz yz "
                    "xz xy; r_eff is 2 pi times it\n");
    print_six("alpha", modes->alpha, stream);
}

void layer_modes_json(const layer_modes *modes, const char *withheld, json_t *root)
{
    json_t *list = json_array();
    for (int64_t g = 0; g < modes->n; g++) {
        const layer_group *group = &modes->groups[g];
        json_t *object = json_object();
        json_put_real(object, "thz", group->frequency);
        json_put_count(object, "modes", group->multiplicity);
        json_put_real(object, "polar_in_plane", group->plane);
        json_put_real(object, "polar_along", group->along);
        json_put_real(object, "polar_along_normal", group->across);
        json_put_real(object, "lo_slope_thz_a", group->rise);
        json_put_real(object, "zo_slope_thz_a", group->fall);
        json_array_append_new(list, object);
    }
    json_object_set_new(root, "spectrum", list);
    json_object_set_new(root, "tension_ev_per_a2", json_row(modes->tension, 9));
    json_object_set_new(root, "alpha_ionic_a",
                        withheld == NULL ? json_row(modes->alpha, 9) : json_null());
    if (modes->has_electrons)
        json_object_set_new(root, "alpha_electronic_a", json_row(modes->electrons, 9));
    if (withheld != NULL) json_put_text(root, "no_alpha_because", withheld);
}
