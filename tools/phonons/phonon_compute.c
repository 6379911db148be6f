#include "phonons/phonon_run.h"

#include "cli/report.h"
#include "phonons/zone_path.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int phonon_one_constant(const phonon_member *m)
{
    return m->polar.n > 0 && m->withheld[0] == '\0' && m->polar.is_isotropic
           && !m->screening.anisotropic && gamma_one_polar_group(&m->gamma);
}

const char *phonon_no_field(const lrpot_potential *model)
{
    if (lrpot_potential_charges(model) == NULL) return "the model has no charges";
    return lrpot_potential_ewald(model) == NULL /* mode 3 of a NEP, or its sum as fitted */
               ? "the model's charges interact within a cutoff alone, which gives no macroscopic "
                 "field"
               : "Born charges are not offered for these charges";
}

/* Screened Born charges: those of the model, or, where it responds to a field by itself, its
 * physical ones over the root of its dielectric tensor. */
static lrpot_status screen_born(const phonon_run *run, const lrpot_potential *model,
                                phonon_member *m)
{
    screening over = { .root = { 1, 0, 0, 0, 1, 0, 0, 0, 1 }, .scale = 1.0 };
    lrpot_status status = LRPOT_OK;
    if (!run->layer.is_layer && screening_is_own(model))
        status = screening_by_model(&m->screening, model, run->work, run->structure);
    if (status == LRPOT_OK && m->screening.own)
        status = lrpot_response_screening(m->screening.eps, over.root, over.root);
    if (status != LRPOT_OK) return status;
    screening_vector(&m->screening, run->direction, m->seen);
    screening_born(&over, m->born.eval.n, m->born.eval.born, m->screened);
    return LRPOT_OK;
}

static int born_charges(const phonon_run *run, int32_t member, const char *path)
{
    const lrpot_potential *model = run->models.models[member];
    phonon_member *m = &run->members[member];
    if (lrpot_potential_charges(model) == NULL) return GO_ON;
    if (lrpot_potential_ewald(model) == NULL) {
        report_note("%s: %s: no LO-TO splitting", path, phonon_no_field(model));
        return GO_ON;
    }
    const screening plain = { .root = { 1, 0, 0, 0, 1, 0, 0, 0, 1 }, .scale = 1.0 };
    lrpot_status status = born_run(&m->born, model, run->work, run->structure, LRPOT_BORN_UNFOLDED,
                                   &plain, !run->raw);
    if (status == LRPOT_E_UNSUPPORTED) {
        report_note(
            "%s: %s; frequencies are those without macroscopic field, --bands has its own limits",
            path, lrpot_last_error());
        return GO_ON;
    }
    if (status != LRPOT_OK) return report_failure(status, path);
    int64_t size = 9 * m->born.eval.n;
    m->screened = malloc((size_t)size * sizeof *m->screened);
    if (m->screened == NULL) return report_no_memory();
    status = screen_born(run, model, m);
    return status == LRPOT_OK ? GO_ON : report_failure(status, path);
}

/* Grades displaced atoms: frequencies depend on displacements, which the crystal at rest does not
 * have. */
static int grade(const phonon_run *run, int32_t member, const char *path)
{
    grading *grade = &run->models.grades[member];
    lrpot_status status = grading_structure(grade, run->work, run->structure, path);
    if (status == LRPOT_OK) status = grading_rattled(grade, run->work, run->structure, path);
    return status == LRPOT_OK ? GO_ON : report_failure(status, path);
}

/* Compares the widest empty slice along each reciprocal vector with the model's cutoff. If no bond
 * crosses it, the crystal consists of layers. */
static void note_vacuum(const phonon_run *run, const phonon_member *m, const char *path)
{
    double cutoff = lrpot_potential_cutoff(run->models.models[0]);
    for (int axis = 0; axis < 3 && m->screened != NULL && !run->layer.is_layer; axis++) {
        double gap = zone_gap(run->structure, axis);
        if (gap > cutoff)
            report_note("%s: vacuum of %.3g A across the rows %d and %d: dielectric tensor and "
                        "longitudinal modes are those of layers and vacuum in this cell",
                        path, gap, (axis + 1) % 3 + 1, (axis + 2) % 3 + 1);
    }
}

int phonon_compute(phonon_run *run, int32_t member, const char *path)
{
    const lrpot_potential *model = run->models.models[member];
    phonon_member *m = &run->members[member];
    int code = grade(run, member, path);
    if (code == GO_ON) code = born_charges(run, member, path);
    if (code != GO_ON) return code;
    if (member == 0) note_vacuum(run, m, path);
    lrpot_status status = evaluation_run(&m->born.eval, model, run->work, run->structure);
    if (status != LRPOT_OK) return report_failure(status, path);
    double largest = largest_of(m->born.eval.forces, 3 * m->born.eval.n);
    if (largest > 0.01)
        report_note("%s: forces up to %.3g eV/A: the frequencies are those of a structure that is "
                    "not at rest; lrpot relax MODEL %s -o OUT.xyz brings it there",
                    path, largest, path);
    status = gamma_run(&m->gamma, model, run->work, run->structure, m->screened, m->seen,
                       run->hand_over.step);
    if (status == LRPOT_E_SPECIES && m->gamma.masses != NULL)
        return report_error(
            BAD_INPUT,
            "%s: an atom has no known mass; expected element symbols or a column masses:R:1", path);
    if (status != LRPOT_OK) return report_failure(status, path);
    if (m->screened != NULL) status = polar_run(&m->polar, &m->gamma, run->structure, m->screened);
    if (status != LRPOT_OK) return report_failure(status, path);
    if (run->layer.is_layer)
        code = layer_modes_run(&m->sheet, &run->layer, &m->polar, run->direction,
                               run->bands.surroundings > 0.0 ? run->bands.surroundings : 1.0,
                               m->born.eval.virial);
    if (code == GO_ON && run->layer.is_layer && screening_is_own(model))
        status = layer_electrons(&m->sheet, &run->layer, model, run->work, run->structure);
    if (status != LRPOT_OK) return report_failure(status, path);
    if (code != GO_ON) return code;
    gamma_see(&m->gamma, &m->at_gamma);
    if (m->screened != NULL)
        screening_born(&m->screening, m->gamma.n, m->screened, m->born.eval.born);
    return GO_ON;
}

void phonon_judge(phonon_run *run, int32_t member)
{
    phonon_member *m = &run->members[member];
    const band_findings *found = &run->found[member];
    const char *kind = run->layer.is_layer ? "layer" : "crystal";
    const int64_t elsewhere = found->path.branches + found->mesh.branches;
    m->formula = NAN;
    if (m->polar.n == 0) return;
    if (fabs(m->born.total_charge) > 1e-6)
        snprintf(m->withheld, sizeof m->withheld,
                 "the cell has the charge %.6g e (model's own), whose field has no bound",
                 m->born.total_charge);
    else if (!m->polar.is_stable || m->at_gamma.branches > 0)
        snprintf(m->withheld, sizeof m->withheld,
                 "the %s is unstable, an optical frequency at Gamma is imaginary or zero", kind);
    else if (elsewhere > 0)
        snprintf(m->withheld, sizeof m->withheld,
                 "the %s is unstable at other wave vectors than Gamma", kind);
    if (!run->layer.is_layer && phonon_one_constant(m))
        m->formula = gamma_closed_formula(&m->gamma, run->structure, m->screened);
}

double phonon_mean_charge(const phonon_run *run, const double *Z, const char *symbol)
{
    double sum = 0.0;
    int64_t count = 0;
    for (int64_t i = 0; i < lrpot_structure_count(run->structure); i++) {
        if (strcmp(lrpot_structure_symbol(run->structure, i), symbol) != 0) continue;
        sum += (Z[9 * i] + Z[9 * i + 4] + Z[9 * i + 8]) / 3.0;
        count++;
    }
    return count > 0 ? sum / (double)count : NAN;
}

void phonon_member_free(phonon_member *m)
{
    gamma_free(&m->gamma);
    polar_free(&m->polar);
    layer_modes_free(&m->sheet);
    born_free(&m->born);
    free(m->screened);
}
