#include "raman/raman_activity.h"

#include "cli/report.h"
#include "phonons/gamma_modes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Largest difference of frequencies in one group, THz. */
#define SAME_THZ 1e-3
/* Motions of the whole have frequencies of rounding errors; no vibration is this slow, cm-1. */
#define SLOWEST 1.0

static lrpot_status find_groups(raman_activity *r)
{
    r->groups = calloc((size_t)(3 * r->n), sizeof *r->groups);
    if (r->groups == NULL) return LRPOT_E_MEMORY;
    for (int64_t m = 0; m < 3 * r->n; m++) {
        double parts[2];
        lrpot_status status = lrpot_raman_invariants(r->tensors + 9 * m, parts);
        if (status != LRPOT_OK) return status;
        if (m == 0 || r->frequencies[m] - r->frequencies[m - 1] > SAME_THZ)
            r->groups[r->n_groups++].frequency = r->frequencies[m];
        raman_group *group = &r->groups[r->n_groups - 1];
        group->modes++;
        group->isotropic += parts[0];
        group->anisotropic += parts[1];
    }
    return LRPOT_OK;
}

static lrpot_status largest_force(raman_activity *r, const lrpot_potential *model,
                                  lrpot_workspace *work, const lrpot_structure *structure)
{
    evaluation found = { 0 };
    lrpot_status status = evaluation_run(&found, model, work, structure);
    for (int64_t i = 0; status == LRPOT_OK && i < r->n; i++) {
        const double *f = found.forces + 3 * i;
        r->force = fmax(r->force, sqrt(f[0] * f[0] + f[1] * f[1] + f[2] * f[2]));
    }
    evaluation_free(&found);
    return status;
}

static lrpot_status run(raman_activity *r, const lrpot_potential *model, lrpot_workspace *work,
                        const polarizability_source *source, const lrpot_structure *structure,
                        double displacement, double *D, double *gradient)
{
    double *masses = gradient + 27 * r->n;
    lrpot_status status = gamma_masses(structure, masses);
    if (status == LRPOT_OK) status = largest_force(r, model, work, structure);
    if (status == LRPOT_OK) status = polarizability_of(source, structure, r->alpha);
    if (status == LRPOT_OK)
        status = polarizability_gradient(source, structure, displacement, gradient);
    if (status == LRPOT_OK) status = lrpot_response_gamma_constants(model, work, structure, 0.0, D);
    if (status == LRPOT_OK)
        status = lrpot_phonons_raman(
            r->n, D, masses, r->isolated ? lrpot_structure_positions_const(structure) : NULL,
            gradient, r->frequencies, r->tensors);
    return status == LRPOT_OK ? find_groups(r) : status;
}

int raman_activity_run(raman_activity *r, const lrpot_potential *model, lrpot_workspace *work,
                       const polarizability_source *source, const lrpot_structure *structure,
                       double displacement, const char *path)
{
    static const double at_rest = 0.01; /* eV/A */
    *r = (raman_activity){ .n = lrpot_structure_count(structure),
                           .isolated = lrpot_structure_periodic_mask(structure) == 0 };
    double *D = malloc((size_t)(9 * r->n * r->n) * sizeof *D),
           *gradient = malloc((size_t)(28 * r->n) * sizeof *gradient);
    r->frequencies = malloc((size_t)(3 * r->n) * sizeof *r->frequencies);
    r->tensors = malloc((size_t)(27 * r->n) * sizeof *r->tensors);
    lrpot_status status = LRPOT_E_MEMORY;
    if (D != NULL && gradient != NULL && r->frequencies != NULL && r->tensors != NULL)
        status = run(r, model, work, source, structure, displacement, D, gradient);
    free(D);
    free(gradient);
    if (status != LRPOT_OK) return report_failure(status, path);
    if (r->force > at_rest)
        report_note("%s: a force of %.3g eV/A: the atoms are not at rest, and the modes are those "
                    "of no minimum; lrpot relax brings them there",
                    path, r->force);
    return GO_ON;
}

void raman_activity_free(raman_activity *r)
{
    free(r->frequencies);
    free(r->tensors);
    free(r->groups);
    *r = (raman_activity){ 0 };
}

double raman_group_cross_section(const raman_group *group, double laser, double temperature)
{
    double wavenumber = GAMMA_CM_PER_THZ * group->frequency;
    if (!(laser > 0.0) || wavenumber < SLOWEST) return NAN;
    return lrpot_raman_activity(group->isotropic, group->anisotropic)
           * lrpot_raman_cross_section(wavenumber, laser, temperature);
}

/* Mean and anisotropy of the polarizability, A^3. */
static void mean_and_anisotropy(const raman_activity *r, double out[2])
{
    double parts[2] = { 0.0, 0.0 };
    if (lrpot_raman_invariants(r->alpha, parts) != LRPOT_OK) parts[1] = NAN;
    out[0] = (r->alpha[0] + r->alpha[4] + r->alpha[8]) / 3.0;
    out[1] = sqrt(parts[1]);
}

void raman_activity_print(const raman_activity *r, double laser, double temperature, FILE *stream)
{
    double shape[2];
    mean_and_anisotropy(r, shape);
    fprintf(stream, "# polarizability of the %s: mean %.6f A^3, anisotropy %.6f A^3\n",
            r->isolated ? "molecule" : "cell", shape[0], shape[1]);
    fprintf(stream, "# activity 45 a^2 + 7 gamma^2, a^2 and gamma^2 in A^4/u; depolarization 3 "
                    "gamma^2/(45 a^2 + 4 gamma^2)\n");
    if (laser > 0.0)
        fprintf(stream, "# cross section: 1e-30 cm2/sr at %.6g nm and %g K\n", 1e7 / laser,
                temperature);
    fprintf(stream,
            "#      THz       cm-1  modes     activity          a^2      gamma^2  depolarization%s"
            "\n",
            laser > 0.0 ? "  cross section" : "");
    for (int64_t g = 0; g < r->n_groups; g++) {
        const raman_group *group = &r->groups[g];
        double ratio = lrpot_raman_depolarization(group->isotropic, group->anisotropic);
        fprintf(stream, "%10.5f %10.3f %6lld %12.6f %12.6f %12.6f", group->frequency,
                GAMMA_CM_PER_THZ * group->frequency, (long long)group->modes,
                lrpot_raman_activity(group->isotropic, group->anisotropic), group->isotropic,
                group->anisotropic);
        if (isfinite(ratio)) fprintf(stream, " %15.5f", ratio);
        else fprintf(stream, " %15s", "-");
        double section = 1e14 * raman_group_cross_section(group, laser, temperature);
        if (laser > 0.0 && isfinite(section)) fprintf(stream, " %14.6g", section);
        fprintf(stream, "\n");
    }
}

json_t *raman_activity_json(const raman_activity *r, double laser, double temperature)
{
    json_t *root = json_object(), *list = json_array();
    double shape[2];
    mean_and_anisotropy(r, shape);
    json_object_set_new(root, "polarizability", json_row(r->alpha, 9));
    json_put_real(root, "mean", shape[0]);
    json_put_real(root, "anisotropy", shape[1]);
    json_put_real(root, "largest_force", r->force);
    for (int64_t g = 0; g < r->n_groups; g++) {
        const raman_group *group = &r->groups[g];
        json_t *object = json_object();
        json_put_real(object, "thz", group->frequency);
        json_put_real(object, "wavenumber", GAMMA_CM_PER_THZ * group->frequency);
        json_put_count(object, "modes", group->modes);
        json_put_real(object, "activity",
                      lrpot_raman_activity(group->isotropic, group->anisotropic));
        json_put_real(object, "isotropic", group->isotropic);
        json_put_real(object, "anisotropic", group->anisotropic);
        json_put_real(object, "depolarization",
                      lrpot_raman_depolarization(group->isotropic, group->anisotropic));
        if (laser > 0.0)
            json_put_real(object, "cross_section",
                          raman_group_cross_section(group, laser, temperature));
        json_array_append_new(list, object);
    }
    json_object_set_new(root, "groups", list);
    json_object_set_new(root, "frequencies", json_row(r->frequencies, 3 * r->n));
    json_object_set_new(root, "tensors", json_tensors(r->tensors, 3 * r->n));
    return root;
}

void raman_activity_spectrum(const raman_activity *r, double width, int64_t n,
                             const double *wavenumbers, double *activity, double *isotropic,
                             double *anisotropic)
{
    static const double root_two_pi = 2.50662827463100050242;
    for (int64_t k = 0; k < n; k++) {
        isotropic[k] = anisotropic[k] = 0.0;
        for (int64_t g = 0; g < r->n_groups; g++) {
            double x = (wavenumbers[k] - GAMMA_CM_PER_THZ * r->groups[g].frequency) / width,
                   weight = exp(-0.5 * x * x) / (root_two_pi * width);
            isotropic[k] += weight * r->groups[g].isotropic;
            anisotropic[k] += weight * r->groups[g].anisotropic;
        }
        activity[k] = lrpot_raman_activity(isotropic[k], anisotropic[k]);
    }
}
