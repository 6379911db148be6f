/* Results of `lrpot phonon` for one model. */
#include "phonons/phonon_run.h"

#include "cli/report.h"

#include <math.h>
#include <string.h>

static void print_spectrum(FILE *stream, const char *title, const gamma_spectrum *spectrum,
                           int64_t marked, const char *mark)
{
    double total = 0.0;
    for (int64_t g = 0; g < spectrum->n; g++)
        total += spectrum->groups[g].along + spectrum->groups[g].across;
    if (total == 0.0) total = 1.0;
    fprintf(stream, "# %s\n#      THz       cm-1  modes  polar along  across\n", title);
    for (int64_t g = 0; g < spectrum->n; g++) {
        const gamma_group *group = &spectrum->groups[g];
        fprintf(stream, "%10.5f %10.3f %6lld %12.4f %7.4f %s\n", group->frequency,
                GAMMA_CM_PER_THZ * group->frequency, (long long)group->multiplicity,
                group->along / total, group->across / total, g == marked ? mark : "");
    }
}

static void print_lo_to(const phonon_run *run, FILE *stream)
{
    const phonon_member *m = run->members;
    double to = gamma_to(&m->gamma), lo = gamma_lo(&m->gamma),
           epsilon = m->screening.known ? m->screening.eps[0] : 0.0;
    if (isnan(to) || isnan(lo)) fprintf(stream, "# no mode is polar: no TO, no LO\n");
    if (isfinite(to)) fprintf(stream, "TO %10.5f THz %10.3f cm-1\n", to, GAMMA_CM_PER_THZ * to);
    if (isfinite(lo)) fprintf(stream, "LO %10.5f THz %10.3f cm-1\n", lo, GAMMA_CM_PER_THZ * lo);
    if (m->screened == NULL) {
        fprintf(stream, "# %s: no LO-TO splitting\n", phonon_no_field(run->models.models[0]));
        return;
    }
    if (isfinite(m->formula))
        fprintf(stream, "LO %10.5f THz by w_LO^2 = w_TO^2 + 4 pi k Z^2/(mu V), difference %.1e\n",
                m->formula, lo - m->formula);
    if (phonon_one_constant(m)) {
        double ratio = lo * lo / (to * to);
        fprintf(stream, "eps_0/eps_inf = (LO/TO)^2 = %.5f", ratio);
        if (epsilon > 0.0) fprintf(stream, ", eps_0 = %.5f", ratio * epsilon);
        fprintf(stream, "\n");
    }
}

static void print_sum_rule(const phonon_run *run, FILE *stream)
{
    fprintf(stream, "# sum rule: mean of Z minus Q/N, largest component, %.3e e%s, %s\n",
            largest_of(run->members->born.before, 9), run->layer.is_layer ? "" : " screened",
            run->raw ? "not taken off (--raw)" : "taken off");
}

static void print_born(const phonon_run *run, FILE *stream)
{
    const phonon_member *m = run->members;
    const double *e = m->screening.eps;
    if (m->screened == NULL) return;
    if (m->screening.own)
        fprintf(stream,
                "# dielectric tensor eps_inf of the model: xx yy zz yz xz xy\n"
                "eps_inf %.5f %.5f %.5f %.5f %.5f %.5f\n",
                e[0], e[4], e[8], e[5], e[2], e[1]);
    char factor[SCREENING_TEXT];
    screening_text(&m->screening, factor);
    if (m->screening.known)
        fprintf(stream, "# mean isotropic Born charge by species: screened (model), times %s\n",
                factor);
    else
        fprintf(stream, "# mean isotropic Born charge by species: screened (model), twice: eps_inf "
                        "is not known\n");
    for (int32_t z = 0; z < lrpot_potential_species_count(run->models.models[0]); z++) {
        const char *symbol = lrpot_potential_symbols(run->models.models[0])[z];
        double charge = phonon_mean_charge(run, m->screened, symbol),
               physical = phonon_mean_charge(run, m->born.eval.born, symbol);
        if (isfinite(charge)) fprintf(stream, "Z %-3s %10.6f %10.6f\n", symbol, charge, physical);
    }
    print_sum_rule(run, stream);
}

static json_t *spectrum_json(const gamma_spectrum *spectrum)
{
    json_t *list = json_array();
    for (int64_t g = 0; g < spectrum->n; g++) {
        json_t *group = json_object();
        json_put_real(group, "thz", spectrum->groups[g].frequency);
        json_put_count(group, "modes", spectrum->groups[g].multiplicity);
        json_put_real(group, "polar_along", spectrum->groups[g].along);
        json_put_real(group, "polar_across", spectrum->groups[g].across);
        json_array_append_new(list, group);
    }
    return list;
}

/* Values that need eps_inf. */
static void put_physical(const phonon_run *run, json_t *root)
{
    const phonon_member *m = run->members;
    double eps_0[9];
    if (!m->screening.known) return;
    json_object_set_new(root, "bec", json_tensors(m->born.eval.born, m->gamma.n));
    json_object_set_new(root, "eps_inf", json_row(m->screening.eps, 9));
    screening_tensor(&m->screening, m->polar.epsilon, eps_0);
    json_object_set_new(root, "eps_0", m->withheld[0] == '\0' ? json_row(eps_0, 9) : json_null());
}

/* What crystals and layers have. */
static void put_common(const phonon_run *run, json_t *root)
{
    const phonon_member *m = run->members;
    const band_findings *found = run->found;
    json_object_set_new(root, "direction", json_row(run->direction, 3));
    json_object_set_new(root, "grade", ensemble_grades_json(&run->models));
    json_object_set_new(root, "imaginary_at_gamma", stability_json(&m->at_gamma));
    if (run->bands.csv != NULL || run->bands.plot != NULL)
        json_object_set_new(root, "imaginary_on_path", stability_json(&found->path));
    if (run->bands.dos != NULL || run->bands.dos_plot != NULL)
        json_object_set_new(root, "imaginary_on_mesh", stability_json(&found->mesh));
}

static json_t *layer_json(const phonon_run *run)
{
    const phonon_member *m = run->members;
    json_t *root = json_object();
    put_common(run, root);
    json_put_real(root, "area_a2", run->layer.area);
    layer_modes_json(&m->sheet, m->withheld[0] != '\0' ? m->withheld : NULL, root);
    if (m->screened == NULL) return root;
    json_object_set_new(root, "bec", json_tensors(m->born.eval.born, m->gamma.n));
    json_object_set_new(root, "polar", json_row(m->polar.polar, 9 * m->polar.n));
    json_object_set_new(root, "polar_thz", json_row(m->polar.frequencies, 3 * m->polar.n));
    return root;
}

json_t *phonon_json(const phonon_run *run)
{
    const phonon_member *m = run->members;
    if (run->layer.is_layer) return layer_json(run);
    json_t *root = json_object();
    put_common(run, root);
    json_put_real(root, "to_thz", gamma_to(&m->gamma));
    json_put_real(root, "lo_thz", gamma_lo(&m->gamma));
    json_put_real(root, "lo_formula_thz", m->formula);
    json_object_set_new(root, "spectrum", spectrum_json(&m->gamma.plain));
    if (m->screened == NULL) return root;
    json_object_set_new(root, "spectrum_with_field", spectrum_json(&m->gamma.field));
    json_object_set_new(root, "bec_screened", json_tensors(m->screened, m->gamma.n));
    screening_json(&m->screening, "sqrt_eps_inf", root);
    put_physical(run, root);
    if (m->withheld[0] == '\0') {
        json_object_set_new(root, "eps_0_over_eps_inf", json_row(m->polar.epsilon, 9));
        json_put_real(root, "lst_product", m->polar.products);
    } else {
        json_object_set_new(root, "eps_0_over_eps_inf", json_null());
        json_put_text(root, "no_eps_0_because", m->withheld);
    }
    json_object_set_new(root, "polar_screened", json_row(m->polar.polar, 9 * m->polar.n));
    json_object_set_new(root, "polar_thz", json_row(m->polar.frequencies, 3 * m->polar.n));
    return root;
}

static int print_turn(const phonon_run *run, FILE *stream)
{
    const phonon_member *m = run->members;
    if (run->towards[0] == 0.0 && run->towards[1] == 0.0 && run->towards[2] == 0.0) return GO_ON;
    if (m->polar.n == 0) {
        report_note("--towards: without Born charges no frequency depends on the direction");
        return GO_ON;
    }
    return polar_print_turn(&m->polar, &m->gamma, run->structure, &m->screening, run->direction,
                            run->towards, stream);
}

static void print_stabilities(const phonon_run *run, FILE *stream)
{
    stability_print(&run->members->at_gamma, "at Gamma", stream);
    stability_print(&run->found->path, "along the path", stream);
    stability_print(&run->found->mesh, "on the mesh", stream);
}

/* Means of n.Z.n, and of what is left of the trace over the two directions of the plane. */
static void print_layer_born(const phonon_run *run, FILE *stream)
{
    const phonon_member *m = run->members;
    const double *n = run->layer.normal;
    if (m->screened == NULL) return;
    fprintf(stream, "# mean Born charge by species, e: in the plane, along the normal\n");
    for (int32_t z = 0; z < lrpot_potential_species_count(run->models.models[0]); z++) {
        const char *symbol = lrpot_potential_symbols(run->models.models[0])[z];
        double all = 3.0 * phonon_mean_charge(run, m->screened, symbol), up = 0.0, count = 0.0;
        for (int64_t i = 0; i < m->gamma.n; i++) {
            if (strcmp(lrpot_structure_symbol(run->structure, i), symbol) != 0) continue;
            count += 1.0;
            for (int x = 0; x < 9; x++) up += n[x / 3] * m->screened[9 * i + x] * n[x % 3];
        }
        if (count > 0.0)
            fprintf(stream, "Z %-3s %10.6f %10.6f\n", symbol, 0.5 * (all - up / count), up / count);
    }
    print_sum_rule(run, stream);
}

/* A sheet has neither a splitting at Gamma nor a dielectric tensor. */
static int print_layer(const phonon_run *run, const char *withheld, FILE *stream)
{
    const phonon_member *m = run->members;
    print_stabilities(run, stream);
    print_layer_born(run, stream);
    if (m->polar.n == 0) {
        print_spectrum(stream, "Gamma", &m->gamma.plain, -1, "");
        fprintf(stream, "# %s: no polar branches\n", phonon_no_field(run->models.models[0]));
        return GO_ON;
    }
    layer_modes_print(&m->sheet, run->direction, withheld, stream);
    return GO_ON;
}

int phonon_print(const phonon_run *run, FILE *stream)
{
    const phonon_member *m = run->members;
    const char *withheld = m->withheld[0] != '\0' ? m->withheld : NULL;
    if (run->layer.is_layer) return print_layer(run, withheld, stream);
    print_spectrum(stream, "Gamma without macroscopic field (transverse)", &m->gamma.plain,
                   m->gamma.to, "TO");
    if (m->screened != NULL)
        print_spectrum(stream, "Gamma with the field of q -> 0 along the direction",
                       &m->gamma.field, m->gamma.lo, "LO");
    print_stabilities(run, stream);
    print_born(run, stream);
    print_lo_to(run, stream);
    if (m->polar.n > 0) polar_print(&m->polar, run->direction, &m->screening, withheld, stream);
    return print_turn(run, stream);
}
