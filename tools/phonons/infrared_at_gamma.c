#include "phonons/infrared_at_gamma.h"

#include "cli/options.h"
#include "cli/report.h"
#include "phonons/layer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* km/mol of 1 e^2/u: (4.80320471 D/A)^2 times 42.2561 km/mol per (D/A)^2/u */
static const double KM_PER_MOL = 974.8801;
static const double PI = 3.14159265358979323846;
enum { TURNS = 10 };

/* Removes the acoustic frequencies, which are the three smallest: with the sum rule they are zero
 * within rounding. */
static void drop_acoustic(int64_t n, double *frequencies)
{
    for (int k = 0; k < 3; k++) {
        int64_t least = 0;
        for (int64_t m = 1; m < n - k; m++)
            if (fabs(frequencies[m]) < fabs(frequencies[least])) least = m;
        memmove(frequencies + least, frequencies + least + 1,
                (size_t)(n - k - 1 - least) * sizeof *frequencies);
    }
}

static lrpot_status find_stability(polar_result *r)
{
    int64_t n = 3 * r->n;
    double *plain = malloc((size_t)n * sizeof *plain);
    if (plain == NULL) return LRPOT_E_MEMORY;
    memcpy(plain, r->frequencies, (size_t)n * sizeof *plain);
    drop_acoustic(n, plain);
    r->is_stable = 1;
    for (int64_t m = 0; m < n - 3; m++) r->is_stable = r->is_stable && plain[m] > 0.0;
    free(plain);
    return LRPOT_OK;
}

/* Products of squares, both at the same time, since each alone would overflow for many modes; both
 * lists ascend. */
static lrpot_status compare(polar_result *r, const gamma_result *gamma, double volume)
{
    int64_t n = 3 * r->n;
    double *field = malloc((size_t)(2 * n) * sizeof *field), *plain = field + n;
    lrpot_status status = LRPOT_E_MEMORY;
    if (field != NULL)
        status = lrpot_response_gamma_modes(r->n, gamma->D, gamma->masses, r->neutral,
                                            gamma->direction, volume, field, NULL);
    if (status == LRPOT_OK) {
        memcpy(plain, r->frequencies, (size_t)n * sizeof *plain);
        drop_acoustic(n, field);
        drop_acoustic(n, plain);
        r->products = 1;
        for (int64_t m = 0; m < n - 3; m++)
            r->products *= field[m] * fabs(field[m]) / (plain[m] * fabs(plain[m]));
    }
    free(field);
    return status;
}

static int isotropic(const double *tensor)
{
    double mean = (tensor[0] + tensor[4] + tensor[8]) / 3.0, off = 0.0;
    for (int k = 0; k < 9; k++) off = fmax(off, fabs(tensor[k] - (k % 4 == 0 ? mean : 0.0)));
    return off < 1e-4 * fabs(mean - 1.0);
}

lrpot_status polar_run(polar_result *r, const gamma_result *gamma, const lrpot_structure *structure,
                       const double *Z)
{
    *r = (polar_result){ .n = gamma->n };
    const layer_shape layer = layer_shape_of(structure);
    double volume = layer.is_layer ? 4.0 * PI * layer.area : lrpot_structure_volume(structure);
    r->frequencies = malloc((size_t)(3 * r->n) * sizeof *r->frequencies);
    r->polar = malloc((size_t)(9 * r->n) * sizeof *r->polar);
    r->neutral = malloc((size_t)(9 * r->n) * sizeof *r->neutral);
    if (r->frequencies == NULL || r->polar == NULL || r->neutral == NULL) return LRPOT_E_MEMORY;
    memcpy(r->neutral, Z, (size_t)(9 * r->n) * sizeof *Z);
    lrpot_status status = lrpot_response_project(r->n, 0.0, r->neutral);
    if (status == LRPOT_OK)
        status = lrpot_phonons_infrared(r->n, gamma->D, gamma->masses, r->neutral, volume, NULL,
                                        r->frequencies, r->polar, r->epsilon);
    /* a polar mode at 0: the tensor does not exist, but the modes do */
    int singular = status == LRPOT_E_SINGULAR;
    if (singular)
        status = lrpot_phonons_infrared(r->n, gamma->D, gamma->masses, r->neutral, volume, NULL,
                                        r->frequencies, r->polar, NULL);
    for (int x = 0; x < 9; x++)
        r->along += gamma->direction[x / 3] * r->epsilon[x] * gamma->direction[x % 3];
    r->is_isotropic = isotropic(r->epsilon);
    if (status == LRPOT_OK) status = find_stability(r);
    if (status == LRPOT_OK && !layer.is_layer) status = compare(r, gamma, volume);
    r->is_stable = r->is_stable && !singular;
    return status;
}

void polar_free(polar_result *r)
{
    free(r->frequencies);
    free(r->polar);
    free(r->neutral);
    *r = (polar_result){ 0 };
}

static void print_modes(const polar_result *r, const screening *screened, FILE *stream)
{
    fprintf(stream,
            "# infrared modes%s\n#      THz       cm-1      p_x      p_y      p_z "
            "(e/sqrt(u))   km/mol\n",
            screened->known
                ? ""
                : " (eps_inf is not known: screened charges, and intensities over eps_inf)");
    for (int64_t m = 0; m < 3 * r->n; m++) {
        double p[3];
        screening_vector(screened, r->polar + 3 * m, p);
        double square = p[0] * p[0] + p[1] * p[1] + p[2] * p[2];
        if (square < 1e-12) continue;
        fprintf(stream, "IR %10.5f %10.3f %8.4f %8.4f %8.4f %12.3f\n", r->frequencies[m],
                GAMMA_CM_PER_THZ * r->frequencies[m], p[0], p[1], p[2], KM_PER_MOL * square);
    }
}

void polar_print(const polar_result *r, const double *direction, const screening *screened,
                 const char *withheld, FILE *stream)
{
    const double *e = r->epsilon, *d = direction;
    double whole[9];
    print_modes(r, screened, stream);
    if (withheld != NULL) {
        fprintf(stream, "# no static dielectric tensor: %s\n", withheld);
        return;
    }
    fprintf(stream,
            "# static dielectric tensor over eps_inf, by oscillator strengths: xx yy zz yz xz xy\n"
            "eps %.5f %.5f %.5f %.5f %.5f %.5f\n",
            e[0], e[4], e[8], e[5], e[2], e[1]);
    screening_tensor(screened, e, whole);
    if (screened->known)
        fprintf(stream,
                "# static dielectric tensor: xx yy zz yz xz xy\n"
                "eps_0 %.5f %.5f %.5f %.5f %.5f %.5f\n",
                whole[0], whole[4], whole[8], whole[5], whole[2], whole[1]);
    fprintf(stream,
            "# Lyddane-Sachs-Teller along %g %g %g: product of (LO/TO)^2 = %.6f, eps_0/eps_inf = "
            "%.6f, relative difference %.1e\n",
            d[0], d[1], d[2], r->products, r->along, fabs(r->products / r->along - 1.0));
}

int polar_print_turn(const polar_result *r, const gamma_result *gamma,
                     const lrpot_structure *structure, const screening *screened,
                     const double *from, const double *towards, FILE *stream)
{
    double dot = 0.0, square = 0.0, across[3], length = 0.0;
    for (int a = 0; a < 3; a++) {
        dot += towards[a] * from[a];
        square += towards[a] * towards[a];
    }
    for (int a = 0; a < 3; a++) across[a] = towards[a] - dot * from[a];
    for (int a = 0; a < 3; a++) length += across[a] * across[a];
    if (!(length > 1e-12 * square))
        return report_usage("phonon", "--towards is parallel to --direction");
    double *frequencies = malloc((size_t)(3 * r->n) * sizeof *frequencies),
           whole = acos(fmax(-1.0, fmin(1.0, dot / sqrt(square))));
    if (frequencies == NULL) return report_no_memory();
    lrpot_status status = LRPOT_OK;
    fprintf(stream, "# degrees from --direction, frequencies in THz with the field\n");
    for (int k = 0; k <= TURNS && status == LRPOT_OK; k++) {
        double angle = whole * k / TURNS, direction[3];
        for (int a = 0; a < 3; a++)
            direction[a] = cos(angle) * from[a] + sin(angle) * across[a] / sqrt(length);
        screening_vector(screened, direction, direction);
        status = lrpot_response_gamma_modes(r->n, gamma->D, gamma->masses, r->neutral, direction,
                                            lrpot_structure_volume(structure), frequencies, NULL);
        fprintf(stream, "angle %7.2f", 180.0 / PI * angle);
        for (int64_t m = 0; m < 3 * r->n && status == LRPOT_OK; m++)
            fprintf(stream, " %9.5f", frequencies[m]);
        fprintf(stream, "\n");
    }
    free(frequencies);
    return status == LRPOT_OK ? GO_ON : report_failure(status, NULL);
}
