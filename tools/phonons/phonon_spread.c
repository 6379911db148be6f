/* Results of `lrpot phonon` for an ensemble: means and standard deviations over its members. */
#include "phonons/phonon_run.h"

#include "cli/options.h"
#include "cli/report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Places of the quantities in one spread. */
typedef struct phonon_spread {
    spread values;
    int64_t modes, n_groups;
    /* physical ones, if eps_inf is known: intensities, the second half of charges, born, eps_0 */
    int64_t to, lo, ratio, plain, field, intensities, charges, screened, born, epsilon, eps_0,
        eps_inf, slopes, alpha;
    int has_own, has_charges, has_field, has_epsilon, has_alpha, one_constant;
} phonon_spread;

static int member_has_charges(const phonon_member *m)
{
    return m->screened != NULL && m->polar.n > 0;
}

/* What all members have. */
static void survey(const phonon_run *run, phonon_spread *s)
{
    s->has_charges = s->has_epsilon = s->one_constant = 1;
    for (int32_t k = 0; k < run->models.n; k++) {
        const phonon_member *m = &run->members[k];
        s->has_charges = s->has_charges && member_has_charges(m);
        s->has_epsilon = s->has_epsilon && member_has_charges(m) && m->withheld[0] == '\0';
        s->one_constant = s->one_constant && phonon_one_constant(m);
    }
    s->has_field = s->has_charges && !run->layer.is_layer;
    s->has_alpha = run->layer.is_layer && s->has_epsilon;
    if (run->layer.is_layer) s->has_epsilon = s->one_constant = 0;
    s->has_own = s->has_charges && run->members[0].screening.own;
}

static int64_t take(int64_t *next, int64_t n)
{
    int64_t at = *next;
    *next += n;
    return at;
}

static int64_t lay_out(const phonon_run *run, phonon_spread *s)
{
    int64_t next = 0;
    const int64_t species = lrpot_potential_species_count(run->models.models[0]);
    s->modes = 3 * run->members[0].gamma.n;
    s->n_groups = run->members[0].gamma.plain.n;
    s->to = take(&next, 1);
    s->lo = take(&next, 1);
    s->ratio = take(&next, 1);
    s->plain = take(&next, s->modes);
    s->field = take(&next, s->has_field ? s->modes : 0);
    s->intensities = take(&next, s->has_charges ? s->n_groups : 0);
    s->charges = take(&next, s->has_charges ? 2 * species : 0);
    s->screened = take(&next, s->has_charges ? 3 * s->modes : 0);
    s->born = take(&next, s->has_charges ? 3 * s->modes : 0);
    s->epsilon = take(&next, s->has_epsilon ? 9 : 0);
    s->eps_0 = take(&next, s->has_epsilon ? 9 : 0);
    s->eps_inf = take(&next, s->has_own ? 9 : 0);
    s->slopes = take(&next, run->layer.is_layer ? 2 : 0);
    s->alpha = take(&next, s->has_alpha ? 9 : 0);
    return next;
}

static double square_length(const double *p)
{
    return p[0] * p[0] + p[1] * p[1] + p[2] * p[2];
}

/* Sums of p.p over the groups of modes of the first member. Within a group of degenerate modes the
 * directions are arbitrary, their sum is not. */
static void intensities(const phonon_run *run, const phonon_member *m, double *out)
{
    const gamma_spectrum *groups = &run->members[0].gamma.plain;
    int64_t mode = 0;
    for (int64_t g = 0; g < groups->n; g++) {
        out[g] = 0.0;
        for (int64_t k = 0; k < groups->groups[g].multiplicity; k++, mode++) {
            double p[3];
            screening_vector(&m->screening, m->polar.polar + 3 * mode, p);
            out[g] += square_length(p);
        }
    }
}

static void fill_charges(const phonon_run *run, const phonon_spread *s, const phonon_member *m,
                         double *flat)
{
    const lrpot_potential *first = run->models.models[0];
    const int32_t species = lrpot_potential_species_count(first);
    const size_t size = (size_t)(3 * s->modes) * sizeof *flat;
    memcpy(flat + s->screened, m->screened, size);
    memcpy(flat + s->born, m->born.eval.born, size);
    for (int32_t z = 0; z < species; z++) {
        const char *symbol = lrpot_potential_symbols(first)[z];
        flat[s->charges + z] = phonon_mean_charge(run, m->screened, symbol);
        flat[s->charges + species + z] = phonon_mean_charge(run, m->born.eval.born, symbol);
    }
}

/* The largest slopes of a layer's branches, up and down. */
static void fill_layer(const phonon_run *run, const phonon_spread *s, const phonon_member *m,
                       double *flat)
{
    if (!run->layer.is_layer) return;
    flat[s->slopes] = flat[s->slopes + 1] = 0.0;
    for (int64_t g = 0; g < m->sheet.n; g++) {
        flat[s->slopes] = fmax(flat[s->slopes], m->sheet.groups[g].rise);
        flat[s->slopes + 1] = fmin(flat[s->slopes + 1], m->sheet.groups[g].fall);
    }
    if (s->has_alpha) memcpy(flat + s->alpha, m->sheet.alpha, sizeof m->sheet.alpha);
}

static void fill(const phonon_run *run, const phonon_spread *s, const phonon_member *m,
                 double *flat)
{
    double to = gamma_to(&m->gamma), lo = gamma_lo(&m->gamma);
    flat[s->to] = to;
    flat[s->lo] = lo;
    flat[s->ratio] = lo * lo / (to * to);
    fill_layer(run, s, m, flat);
    for (int64_t k = 0; k < s->modes; k++) flat[s->plain + k] = m->gamma.plain.frequencies[k];
    if (s->has_epsilon) {
        memcpy(flat + s->epsilon, m->polar.epsilon, sizeof m->polar.epsilon);
        screening_tensor(&m->screening, m->polar.epsilon, flat + s->eps_0);
    }
    if (!s->has_charges) return;
    if (s->has_own) memcpy(flat + s->eps_inf, m->screening.eps, sizeof m->screening.eps);
    for (int64_t k = 0; s->has_field && k < s->modes; k++)
        flat[s->field + k] = m->gamma.field.frequencies[k];
    intensities(run, m, flat + s->intensities);
    fill_charges(run, s, m, flat);
}

static int gather(const phonon_run *run, phonon_spread *s)
{
    *s = (phonon_spread){ 0 };
    survey(run, s);
    int64_t n = lay_out(run, s);
    double *flat = malloc((size_t)n * sizeof *flat);
    if (flat == NULL || !spread_begin(&s->values, n)) {
        free(flat);
        return report_no_memory();
    }
    for (int32_t k = 0; k < run->models.n; k++) {
        fill(run, s, &run->members[k], flat);
        spread_add(&s->values, flat);
    }
    spread_end(&s->values);
    free(flat);
    return GO_ON;
}

static void print_mode(const phonon_spread *s, int64_t at, int64_t multiplicity, FILE *stream)
{
    double f = s->values.mean[at], d = s->values.deviation[at];
    fprintf(stream, "%10.5f %9.5f %10.3f %9.3f %6lld", f, d, GAMMA_CM_PER_THZ * f,
            GAMMA_CM_PER_THZ * d, (long long)multiplicity);
}

/* Groups of modes of the first member; the first mode stands for its group. */
static void print_spectrum(const phonon_spread *s, const gamma_spectrum *groups, int64_t at,
                           int64_t strengths, const char *title, FILE *stream)
{
    double total = 0.0;
    for (int64_t g = 0; g < groups->n && strengths >= 0; g++)
        total += s->values.mean[strengths + g];
    fprintf(stream, "# %s\n#      THz        +-       cm-1        +-  modes%s\n", title,
            strengths >= 0 ? "   polar        +-" : "");
    for (int64_t g = 0; g < groups->n; at += groups->groups[g++].multiplicity) {
        print_mode(s, at, groups->groups[g].multiplicity, stream);
        if (strengths >= 0 && total > 0.0)
            fprintf(stream, " %7.4f %9.4f", s->values.mean[strengths + g] / total,
                    s->values.deviation[strengths + g] / total);
        fprintf(stream, "\n");
    }
}

static void print_stability(const phonon_run *run, FILE *stream)
{
    for (int32_t k = 0; k < run->models.n; k++) {
        const stability *found[3] = { &run->members[k].at_gamma, &run->found[k].path,
                                      &run->found[k].mesh };
        if (found[0]->branches + found[1]->branches + found[2]->branches == 0) continue;
        fprintf(stream, "# of %s:\n", run->models.paths[k]);
        stability_print(found[0], "at Gamma", stream);
        stability_print(found[1], "along the path", stream);
        stability_print(found[2], "on the mesh", stream);
    }
}

static void print_charges(const phonon_run *run, const phonon_spread *s, FILE *stream)
{
    const lrpot_potential *first = run->models.models[0];
    const int32_t species = lrpot_potential_species_count(first);
    const screening *screened = &run->members[0].screening;
    char factor[SCREENING_TEXT] = "the root of eps_inf of each model";
    if (!s->has_charges) return;
    if (!s->has_own) screening_text(screened, factor);
    if (run->layer.is_layer) fprintf(stream, "# mean isotropic Born charge by species, twice\n");
    else
        fprintf(stream, "# mean isotropic Born charge by species: screened (model), times %s%s\n",
                factor, screened->known ? "" : " (eps_inf is not known)");
    for (int32_t z = 0; z < species; z++) {
        const double *mean = s->values.mean + s->charges + z,
                     *d = s->values.deviation + s->charges + z;
        if (isfinite(*mean))
            fprintf(stream, "Z %-3s %10.6f %10.6f +- %10.6f %10.6f\n",
                    lrpot_potential_symbols(first)[z], *mean, mean[species], *d, d[species]);
    }
}

static void print_frequency(const phonon_spread *s, int64_t at, const char *name, FILE *stream)
{
    double f = s->values.mean[at], d = s->values.deviation[at];
    if (isfinite(f))
        fprintf(stream, "%s %10.5f THz %10.3f cm-1 +- %10.5f THz %10.3f cm-1\n", name, f,
                GAMMA_CM_PER_THZ * f, d, GAMMA_CM_PER_THZ * d);
    else fprintf(stream, "# no %s: a member has no polar mode\n", name);
}

static void print_tensor(const phonon_spread *s, int64_t at, const char *name, FILE *stream)
{
    static const int order[6] = { 0, 4, 8, 5, 2, 1 };
    fprintf(stream, "%s", name);
    for (int k = 0; k < 6; k++) fprintf(stream, " %.5f", s->values.mean[at + order[k]]);
    fprintf(stream, " +-");
    for (int k = 0; k < 6; k++) fprintf(stream, " %.5f", s->values.deviation[at + order[k]]);
    fprintf(stream, "\n");
}

static void print_epsilon(const phonon_run *run, const phonon_spread *s, FILE *stream)
{
    const screening *screened = &run->members[0].screening;
    double epsilon = screened->known && !s->has_own ? screened->eps[0] : 0.0;
    if (s->has_own) {
        fprintf(stream, "# dielectric tensor eps_inf of the models: xx yy zz yz xz xy\n");
        print_tensor(s, s->eps_inf, "eps_inf", stream);
    }
    if (s->one_constant) {
        double mean = s->values.mean[s->ratio], d = s->values.deviation[s->ratio];
        fprintf(stream, "eps_0/eps_inf = (LO/TO)^2 = %.5f +- %.5f", mean, d);
        if (epsilon > 0.0) fprintf(stream, ", eps_0 = %.5f +- %.5f", mean * epsilon, d * epsilon);
        fprintf(stream, "\n");
    }
    if (s->has_field && !s->has_epsilon)
        fprintf(stream, "# no static dielectric tensor: a member has none\n");
    if (!s->has_epsilon) return;
    fprintf(stream,
            "# static dielectric tensor over eps_inf, by oscillator strengths: xx yy zz yz xz "
            "xy\n");
    print_tensor(s, s->epsilon, "eps", stream);
    if (!screened->known) return;
    fprintf(stream, "# static dielectric tensor: xx yy zz yz xz xy\n");
    print_tensor(s, s->eps_0, "eps_0", stream);
}

static void print_layer(const phonon_spread *s, FILE *stream)
{
    const double *mean = s->values.mean + s->slopes, *d = s->values.deviation + s->slopes;
    fprintf(stream,
            "# largest slopes of polar branches at Gamma, df/dq\n"
            "LO slope %10.5f +- %10.5f THz A\nZO slope %10.5f +- %10.5f THz A\n",
            mean[0], d[0], mean[1], d[1]);
    if (!s->has_alpha) {
        fprintf(stream, "# no static polarizability: a member has none\n");
        return;
    }
    fprintf(stream, "# polarizability of the ions by area, A: xx yy zz yz xz xy\n");
    print_tensor(s, s->alpha, "alpha", stream);
}

int phonon_print_spread(const phonon_run *run, FILE *stream)
{
    phonon_spread s;
    const gamma_result *first = &run->members[0].gamma;
    int code = gather(run, &s);
    if (code != GO_ON) return code;
    ensemble_print_names(&run->models, stream);
    print_spectrum(&s, &first->plain, s.plain, s.has_charges ? s.intensities : -1,
                   run->layer.is_layer
                       ? "Gamma; polar: share of the infrared intensity"
                       : "Gamma without macroscopic field (transverse); polar: share of the "
                         "infrared intensity",
                   stream);
    if (s.has_field)
        print_spectrum(&s, &first->field, s.field, -1,
                       "Gamma with the field of q -> 0 along the direction", stream);
    print_stability(run, stream);
    print_charges(run, &s, stream);
    if (run->layer.is_layer && s.has_charges) print_layer(&s, stream);
    if (!run->layer.is_layer) {
        print_frequency(&s, s.to, "TO", stream);
        print_frequency(&s, s.lo, "LO", stream);
    }
    if (!s.has_charges)
        fprintf(stream, "# %s: no LO-TO splitting\n", phonon_no_field(run->models.models[0]));
    print_epsilon(run, &s, stream);
    spread_free(&s.values);
    return GO_ON;
}

static json_t *stabilities_json(const phonon_run *run, int which)
{
    json_t *list = json_array();
    for (int32_t k = 0; k < run->models.n; k++)
        json_array_append_new(list, stability_json(which == 0   ? &run->members[k].at_gamma
                                                   : which == 1 ? &run->found[k].path
                                                                : &run->found[k].mesh));
    return list;
}

static void put_tensors(json_t *root, const char *key, const phonon_spread *s, int64_t at)
{
    char name[64];
    snprintf(name, sizeof name, "%s_spread", key);
    json_object_set_new(root, key, json_tensors(s->values.mean + at, s->modes / 3));
    json_object_set_new(root, name, json_tensors(s->values.deviation + at, s->modes / 3));
}

/* Values that need eps_inf. */
static void put_physical(const phonon_run *run, const phonon_spread *s, json_t *root)
{
    const screening *screened = &run->members[0].screening;
    if (!screened->known) return;
    put_tensors(root, "bec", s, s->born);
    if (s->has_own) spread_json(root, "eps_inf", &s->values, s->eps_inf, 9);
    else json_object_set_new(root, "eps_inf", json_row(screened->eps, 9));
    if (s->has_epsilon) spread_json(root, "eps_0", &s->values, s->eps_0, 9);
    else json_object_set_new(root, "eps_0", json_null());
}

static void put_charges(const phonon_run *run, const phonon_spread *s, json_t *root)
{
    if (!s->has_charges) return;
    if (s->has_field)
        spread_json(root, "frequencies_with_field_thz", &s->values, s->field, s->modes);
    spread_json(root, "infrared_by_group", &s->values, s->intensities, s->n_groups);
    put_tensors(root, "bec_screened", s, s->screened);
    if (!s->has_own && s->has_field)
        screening_json(&run->members[0].screening, "sqrt_eps_inf", root);
    if (!s->has_field) {
        put_tensors(root, "bec", s, s->born);
        return;
    }
    put_physical(run, s, root);
    if (s->has_epsilon) spread_json(root, "eps_0_over_eps_inf", &s->values, s->epsilon, 9);
    else json_object_set_new(root, "eps_0_over_eps_inf", json_null());
}

json_t *phonon_spread_json(const phonon_run *run)
{
    phonon_spread s;
    if (gather(run, &s) != GO_ON) return NULL;
    json_t *root = json_object();
    ensemble_names_json(root, &run->models);
    if (run->layer.is_layer) {
        spread_json(root, "lo_slope_thz_a", &s.values, s.slopes, 1);
        spread_json(root, "zo_slope_thz_a", &s.values, s.slopes + 1, 1);
        if (s.has_alpha) spread_json(root, "alpha_ionic_a", &s.values, s.alpha, 9);
    } else {
        spread_json(root, "to_thz", &s.values, s.to, 1);
        spread_json(root, "lo_thz", &s.values, s.lo, 1);
    }
    json_object_set_new(root, "direction", json_row(run->direction, 3));
    spread_json(root, "frequencies_thz", &s.values, s.plain, s.modes);
    json_object_set_new(root, "grade", ensemble_grades_json(&run->models));
    json_object_set_new(root, "imaginary_at_gamma", stabilities_json(run, 0));
    if (run->bands.csv != NULL || run->bands.plot != NULL)
        json_object_set_new(root, "imaginary_on_path", stabilities_json(run, 1));
    if (run->bands.dos != NULL || run->bands.dos_plot != NULL)
        json_object_set_new(root, "imaginary_on_mesh", stabilities_json(run, 2));
    put_charges(run, &s, root);
    spread_free(&s.values);
    return root;
}
