/* Model files: the same model comes back to the last bit, and every kind of damage is told apart.
 */
#include "comma_locale.h"
#include "io/models/load_potential.h"
#include "io/text/json_write.h"
#include "potential/potential.h"
#include "support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const symbols[] = { "Na", "Cl" };

static lrpot_potential *random_model_of(int32_t kind, int with_widths, int own, int32_t step)
{
    lrpot_potential_options options = LRPOT_POTENTIAL_OPTIONS_INIT;
    lrpot_basis_options basis = LRPOT_BASIS_OPTIONS_INIT, charge_basis = LRPOT_BASIS_OPTIONS_INIT;
    static const double widths[2] = { 0.8, 1.0 / 3 };
    support_random random = { 100 + (uint64_t)kind };
    lrpot_potential *potential = NULL;
    options.basis = &basis;
    options.charge_basis = &charge_basis;
    options.symbols = symbols;
    options.n_species = 2;
    basis.level = 8;
    basis.scaling = 0.1;
    charge_basis.level = 6;
    basis.radial_step = step;
    charge_basis.radial_step = step > 1 ? step - 1 : step;
    charge_basis.cutoff = 1.0 / 0.3;
    options.charges = kind;
    options.accuracy = kind != LRPOT_CHARGES_NONE ? 1e-7 : 0;
    options.widths = with_widths ? widths : NULL;
    lrpot_charges_options charges = LRPOT_CHARGES_OPTIONS_INIT;
    charges.channels = 2, charges.neutrality = LRPOT_NEUTRALITY_OFF,
    charges.flags = LRPOT_CHARGES_SELF, charges.sigma = 1.0 / 0.7;
    if (kind != LRPOT_CHARGES_LATENT) charges = (lrpot_charges_options)LRPOT_CHARGES_OPTIONS_INIT;
    if (own) charges.flags |= LRPOT_CHARGES_OWN_COEFFICIENTS;
    options.charge_options = &charges;
    options.species_coefficients = own;
    ck_ok(lrpot_potential_create(&potential, &options));
    int64_t n = lrpot_potential_param_count(potential);
    double *params = malloc((size_t)n * sizeof *params);
    for (int64_t i = 0; i < n; i++)
        params[i] = ldexp(support_uniform(&random, -1, 1), (int)support_uniform(&random, -40, 10));
    ck_ok(lrpot_potential_set_params(potential, n, params));
    free(params);
    ck_ok(lrpot_potential_set_note(potential, "provenance",
                                   "fitted to \"train.xyz\"\nwith \\ and caf\xc3\xa9"));
    ck_ok(lrpot_potential_set_note(potential, "checksum", "\"checksum\": in a note"));
    return potential;
}

static lrpot_potential *random_model(int32_t kind, int with_widths)
{
    return random_model_of(kind, with_widths, 0, 0);
}

static lrpot_potential *species_model(int32_t kind)
{
    return random_model_of(kind, 0, 1, 0);
}

/* With charges small enough for a Coulomb sum. */
static lrpot_potential *step_model(int32_t kind)
{
    lrpot_potential *potential = random_model_of(kind, 0, 0, 2);
    int64_t n = lrpot_potential_param_count(potential);
    double *params = malloc((size_t)n * sizeof *params);
    for (int64_t i = 0; i < n; i++) params[i] = 0.1 * cos((double)i);
    ck_ok(lrpot_potential_set_params(potential, n, params));
    free(params);
    return potential;
}

static void ck_same_basis(const lrpot_basis *a, const lrpot_basis *b)
{
    ck_assert_int_eq(a->options.level, b->options.level);
    ck_assert_int_eq(a->options.radial_size, b->options.radial_size);
    ck_assert_int_eq(a->options.radial_step, b->options.radial_step);
    ck_assert_int_eq(a->no_cutoff_factor, b->no_cutoff_factor);
    ck_assert_int_eq(a->clamp_below, b->clamp_below);
    ck_assert_mem_eq(&a->options.min_distance, &b->options.min_distance, 3 * sizeof(double));
    ck_assert_int_eq(a->plan->n_products, b->plan->n_products);
    ck_assert_int_eq(a->plan->n_moments, b->plan->n_moments);
    ck_assert_mem_eq(a->plan->products, b->plan->products,
                     (size_t)a->plan->n_products * sizeof *a->plan->products);
    ck_assert_mem_eq(a->plan->scalars, b->plan->scalars,
                     (size_t)a->plan->n_scalars * sizeof *a->plan->scalars);
}

static void ck_same_model(const lrpot_potential *a, const lrpot_potential *b)
{
    int64_t n = lrpot_potential_param_count(a);
    double *x = malloc((size_t)n * sizeof *x), *y = malloc((size_t)n * sizeof *y);
    ck_assert_int_eq(n, lrpot_potential_param_count(b));
    ck_ok(lrpot_potential_get_params(a, n, x));
    ck_ok(lrpot_potential_get_params(b, n, y));
    ck_assert_mem_eq(x, y, (size_t)n * sizeof *x);
    free(x);
    free(y);
    for (int32_t z = 0; z < lrpot_potential_species_count(a); z++)
        ck_assert_str_eq(lrpot_potential_symbols(a)[z], lrpot_potential_symbols(b)[z]);
    ck_same_basis(a->basis, b->basis);
    ck_assert_int_eq(lrpot_charges_kind(a->charges), lrpot_charges_kind(b->charges));
    if (a->charges != NULL)
        ck_assert_mem_eq(&a->charges->options, &b->charges->options,
                         offsetof(lrpot_charges_options, widths));
    if (a->charges != NULL && a->charges->widths != NULL)
        ck_assert_mem_eq(a->charges->widths, b->charges->widths,
                         (size_t)a->n_species * sizeof(double));
    if (lrpot_charges_basis(a->charges) != NULL)
        ck_same_basis(a->charges->basis, b->charges->basis);
    ck_assert_mem_eq(&a->accuracy, &b->accuracy, sizeof a->accuracy);
    ck_assert_int_eq(a->widths != NULL, b->widths != NULL);
    if (a->widths != NULL)
        ck_assert_mem_eq(a->widths, b->widths, (size_t)a->n_species * sizeof(double));
    const char *key, *value;
    for (int64_t i = 0; lrpot_potential_note_at(a, i, &key, &value); i++)
        ck_assert_pstr_eq(lrpot_potential_note(b, key), value);
}

static char path[256];

static void make_path(void)
{
    const char *folder = getenv("TMPDIR");
    snprintf(path, sizeof path, "%s/lrpot-model-XXXXXX", folder != NULL ? folder : "/tmp");
    int descriptor = mkstemp(path);
    ck_assert_int_ge(descriptor, 0);
    close(descriptor);
}

static void remove_path(void)
{
    ck_assert_int_eq(remove(path), 0);
}

/* The text of the file at `path`, with room to edit. */
static char *saved_text(void)
{
    FILE *file = fopen(path, "rb");
    char *text = calloc(1, 200000);
    size_t n = fread(text, 1, 100000, file);
    ck_assert(n > 0 && n < 100000);
    fclose(file);
    return text;
}

static lrpot_status load_text(const char *text)
{
    lrpot_potential *potential = NULL;
    lrpot_status status =
        lrpot__potential_load_memory(&potential, "a.lrp", text, (int64_t)strlen(text));
    lrpot_potential_free(potential);
    return status;
}

/* Replaces the first `from` by `to`, in place. */
static void edit(char *text, const char *from, const char *to)
{
    char *at = strstr(text, from);
    ck_assert_msg(at != NULL, "'%s' is not in the file", from);
    memmove(at + strlen(to), at + strlen(from), strlen(at + strlen(from)) + 1);
    memcpy(at, to, strlen(to));
}

/* As edit, then puts the right checksum, so that what lies behind it is looked at. */
static void edit_and_sign(char *text, const char *from, const char *to)
{
    edit(text, from, to);
    char *key = NULL;
    for (char *at = text; (at = strstr(at, "\"checksum\"")) != NULL; at++) key = at;
    ck_assert_ptr_nonnull(key);
    sprintf(key, "\"checksum\": \"crc32:%08x\"\n}\n",
            (unsigned)lrpot__json_checksum(text, key - text));
}

START_TEST(every_kind_of_model_comes_back_with_the_same_bits)
{
    for (int32_t kind = LRPOT_CHARGES_NONE; kind <= LRPOT_CHARGES_EQUILIBRATED; kind++)
        for (int with_widths = 0;
             with_widths <= (kind != LRPOT_CHARGES_NONE && kind != LRPOT_CHARGES_LATENT);
             with_widths++) {
            lrpot_potential *written = random_model(kind, with_widths), *read = NULL;
            ck_ok(lrpot_potential_save(written, path));
            ck_ok(lrpot_potential_load(&read, path));
            ck_same_model(written, read);
            lrpot_potential_free(written);
            lrpot_potential_free(read);
        }
}
END_TEST

START_TEST(coefficients_of_each_species_come_back_with_the_same_bits)
{
    for (int32_t kind = LRPOT_CHARGES_NONE; kind <= LRPOT_CHARGES_EQUILIBRATED; kind++) {
        lrpot_potential *written = species_model(kind), *read = NULL;
        ck_ok(lrpot_potential_save(written, path));
        ck_ok(lrpot_potential_load(&read, path));
        ck_same_model(written, read);
        ck_assert_int_eq(read->species_stride, lrpot_basis_count(read->basis));
        lrpot_potential_free(written);
        lrpot_potential_free(read);
    }
}
END_TEST

START_TEST(coefficients_of_each_species_do_not_go_into_an_mtp)
{
    lrpot_potential *potential = species_model(LRPOT_CHARGES_NONE);
    ck_assert_int_eq(lrpot_potential_save_mtp(potential, path), LRPOT_E_UNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(lrpot_last_error(), "moment_coeffs"));
    lrpot_potential_free(potential);
}
END_TEST

static double energy_of(const lrpot_potential *potential)
{
    static const double positions[] = { 0, 0, 0, 2.5, 0.5, 0.25, 0.3, 2.4, 0.2 },
                        cell[] = { 6, 0, 0, 0, 6, 0, 0, 0, 6 };
    static const char *const atoms[] = { "Na", "Cl", "Cl" };
    lrpot_structure *structure = NULL;
    lrpot_workspace *work = NULL;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    double energy = 0;
    out.energy = &energy;
    ck_ok(lrpot_structure_create(&structure, 3, atoms, positions, cell, LRPOT_PERIODIC_ALL));
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot_potential_compute_structure(potential, work, structure, &out));
    lrpot_workspace_free(work);
    lrpot_structure_free(structure);
    return energy;
}

START_TEST(models_of_another_radial_step_come_back_with_the_same_bits)
{
    static const int32_t kinds[] = { LRPOT_CHARGES_NONE, LRPOT_CHARGES_EDQRD,
                                     LRPOT_CHARGES_LATENT };
    for (int i = 0; i < 3; i++) {
        lrpot_potential *written = step_model(kinds[i]), *read = NULL;
        ck_assert_int_eq(lrpot_basis_count(written->basis), 15);
        ck_ok(lrpot_potential_save(written, path));
        ck_ok(lrpot_potential_load(&read, path));
        ck_same_model(written, read);
        ck_assert_int_eq(read->basis->options.radial_step, 2);
        if (read->charges != NULL) ck_assert_int_eq(read->charges->basis->options.radial_step, 1);
        double before = energy_of(written), after = energy_of(read);
        ck_assert_double_ne(before, 0);
        ck_assert_mem_eq(&before, &after, sizeof before);
        char *text = saved_text();
        ck_assert_ptr_nonnull(strstr(text, "\"radial_step\": 2"));
        lrpot_potential_free(written);
        lrpot_potential_free(read);
        free(text);
    }
}
END_TEST

START_TEST(the_usual_radial_step_is_not_written)
{
    for (int32_t step = 0; step <= 4; step += 4) {
        lrpot_potential *written = random_model_of(LRPOT_CHARGES_NONE, 0, 0, step);
        ck_ok(lrpot_potential_save(written, path));
        char *text = saved_text();
        ck_assert_ptr_null(strstr(text, "radial_step"));
        ck_assert_ptr_nonnull(strstr(text, "\"version\": 1"));
        free(text);
        lrpot_potential_free(written);
    }
}
END_TEST

START_TEST(wrong_radial_steps_are_refused)
{
    static const struct {
        const char *to, *message;
    } cases[] = {
        { "\"radial_step\": 0", "'energy.basis.radial_step' is 0, expected 1 to 8" },
        { "\"radial_step\": 9", "'energy.basis': radial_step is 9, expected 1 to 8" },
        { "\"radial_step\": -2", "radial_step is -2" },
        { "\"radial_step\": \"2\"", "'energy.basis.radial_step' is not an integer" },
        { "\"radial_step\": 3", "'energy.basis.functions' is 15, but the basis has" },
        { "\"step\": 2", "'energy.basis.functions' is 15, but the basis has 9" },
    };
    lrpot_potential *written = step_model(LRPOT_CHARGES_NONE);
    ck_ok(lrpot_potential_save(written, path));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *text = saved_text();
        edit_and_sign(text, "\"radial_step\": 2", cases[i].to);
        lrpot_status status = load_text(text);
        ck_assert_msg(status == LRPOT_E_PARSE
                          && strstr(lrpot_last_error(), cases[i].message) != NULL,
                      "%s: %s, %s", cases[i].to, lrpot_status_name(status), lrpot_last_error());
        free(text);
    }
    lrpot_potential_free(written);
}
END_TEST

START_TEST(an_mtp_carries_another_radial_step_in_its_tables)
{
    lrpot_potential *written = step_model(LRPOT_CHARGES_NONE), *read = NULL;
    ck_ok(lrpot_potential_save_mtp(written, path));
    ck_ok(lrpot_potential_load(&read, path));
    ck_assert_int_eq(read->basis->options.level, 0);
    ck_assert_int_eq(read->basis->options.radial_step, 0);
    ck_assert_int_eq(lrpot_basis_radial_functions(read->basis), 4);
    ck_ok(lrpot_potential_set_symbols(read, 2, symbols));
    double before = energy_of(written), after = energy_of(read);
    ck_assert_mem_eq(&before, &after, sizeof before);
    lrpot_potential_free(written);
    lrpot_potential_free(read);
}
END_TEST

START_TEST(line_ends_of_other_systems_do_no_harm)
{
    lrpot_potential *written = random_model(LRPOT_CHARGES_EDQRD, 1), *read = NULL;
    ck_ok(lrpot_potential_save(written, path));
    char *text = saved_text(), *with_cr = calloc(1, 400000), *to = with_cr;
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '\n') *to++ = '\r';
        *to++ = *at;
    }
    ck_ok(lrpot__potential_load_memory(&read, "cr", with_cr, to - with_cr));
    ck_same_model(written, read);
    lrpot_potential_free(read);
    lrpot_potential_free(written);
    free(text);
    free(with_cr);
}
END_TEST

START_TEST(a_locale_with_a_decimal_comma_changes_nothing)
{
    lrpot_potential *written = random_model(LRPOT_CHARGES_EDQRD, 1), *read = NULL;
    ck_ok(lrpot_potential_save(written, path));
    char *before = saved_text();
    if (support_comma_locale()) {
        ck_ok(lrpot_potential_save(written, path));
        char *after = saved_text();
        ck_assert_str_eq(before, after);
        ck_ok(lrpot_potential_load(&read, path));
        support_point_locale();
        ck_same_model(written, read);
        lrpot_potential_free(read);
        free(after);
    }
    lrpot_potential_free(written);
    free(before);
}
END_TEST

START_TEST(damage_is_told_apart)
{
    static const struct {
        const char *from, *to;
        int sign;
        lrpot_status status;
        const char *message;
    } cases[] = {
        { "\"version\": 1", "\"version\": 2", 0, LRPOT_E_VERSION,
          "a.lrp: the file is of format version 2, liblrpot" },
        { "\"version\": 1", "\"version\": 99, \"more\": {}", 1, LRPOT_E_VERSION,
          "reads version 1" },
        { "\"version\": 1", "\"version\": 0", 1, LRPOT_E_VERSION, "format version 0" },
        { "\"version\": 1", "\"version\": -1", 1, LRPOT_E_VERSION, "format version -1" },
        { "\"version\": 1", "\"version\": \"1\"", 1, LRPOT_E_PARSE, "'version' is not an integer" },
        { "\"level\": 8", "\"level\": 6", 0, LRPOT_E_CHECKSUM, "damaged or edited" },
        { "\"level\": 8", "\"level\": 7", 1, LRPOT_E_PARSE, "energy.basis" },
        { "\"level\": 8", "\"level\": 6", 1, LRPOT_E_PARSE, "energy.basis.functions" },
        { "\"level\": 8,", "", 1, LRPOT_E_PARSE, "'energy.basis.level' is missing" },
        { "\"Cl\"]", "\"Na\"]", 1, LRPOT_E_PARSE, "Na" },
        { "\"Cl\"]", "3]", 1, LRPOT_E_PARSE, "'species' is not an array of strings" },
        { "\"cutoff\": 5.0", "\"cutoff\": \"5\"", 1, LRPOT_E_PARSE,
          "'energy.basis.radial.cutoff' is not a number" },
        { "\"cutoff\": 5.0", "\"cutoff\": 0.5", 1, LRPOT_E_PARSE, "cutoff" },
        { "\"coefficients\": [", "\"coefficients\": [1.0, ", 1, LRPOT_E_PARSE,
          "'energy.basis.radial.coefficients' has 65 values, expected 64" },
        { "\"linear\": [", "\"linear\": [null, ", 1, LRPOT_E_PARSE,
          "'energy.linear' has 10 values, expected 9" },
        { "\"RBChebyshev\"", "\"Splines\"", 1, LRPOT_E_UNSUPPORTED, "Splines" },
        { "\"edqrd\"", "\"qeq\"", 1, LRPOT_E_UNSUPPORTED, "qeq" },
        { "\"electrostatics\"", "\"electro\"", 1, LRPOT_E_PARSE, "'electrostatics' is missing" },
        { "\"energy\": {", "\"energy\": {\"basis\": {},", 1, LRPOT_E_PARSE, "a.lrp:" },
        { "\"lrpot-model\"", "\"other-model\"", 1, LRPOT_E_PARSE, "other-model" },
        { "{", "[", 0, LRPOT_E_PARSE, "neither" },
        { "\"units\"", "units", 0, LRPOT_E_PARSE, "a.lrp:5:" },
    };
    lrpot_potential *written = random_model(LRPOT_CHARGES_EDQRD, 0);
    ck_ok(lrpot_potential_save(written, path));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *text = saved_text();
        if (cases[i].sign) edit_and_sign(text, cases[i].from, cases[i].to);
        else edit(text, cases[i].from, cases[i].to);
        lrpot_status status = load_text(text);
        ck_assert_msg(status == cases[i].status
                          && strstr(lrpot_last_error(), cases[i].message) != NULL,
                      "%s -> %s: %s, %s", cases[i].from, cases[i].to, lrpot_status_name(status),
                      lrpot_last_error());
        free(text);
    }
    lrpot_potential_free(written);
}
END_TEST

START_TEST(a_file_cut_anywhere_is_refused)
{
    lrpot_potential *written = random_model(LRPOT_CHARGES_QRD, 0);
    ck_ok(lrpot_potential_save(written, path));
    char *text = saved_text();
    int64_t size = (int64_t)strlen(text);
    for (int64_t cut = 0; cut < size - 2; cut += cut < 400 || cut > size - 100 ? 1 : 37) {
        lrpot_potential *potential = NULL;
        lrpot_status status = lrpot__potential_load_memory(&potential, "cut", text, cut);
        ck_assert_msg(status == LRPOT_E_PARSE, "cut at %lld: %s", (long long)cut,
                      lrpot_status_name(status));
    }
    free(text);
    lrpot_potential_free(written);
}
END_TEST

START_TEST(mtp_files_come_back_with_the_same_bits)
{
    lrpot_potential *written = random_model(LRPOT_CHARGES_NONE, 0), *read = NULL, *again = NULL;
    ck_ok(lrpot_potential_save_mtp(written, path));
    ck_ok(lrpot_potential_load(&read, path));
    ck_assert_str_eq(lrpot_potential_symbols(read)[1], "1");
    ck_ok(lrpot_potential_set_symbols(read, 2, symbols));
    read->basis->options.level = 8,
    read->basis->options.radial_step = 4; /* a .mtp does not say it */
    int64_t n = lrpot_potential_param_count(written);
    double *x = malloc((size_t)n * sizeof *x), *y = malloc((size_t)n * sizeof *y);
    ck_ok(lrpot_potential_get_params(written, n, x));
    ck_ok(lrpot_potential_get_params(read, n, y));
    ck_assert_mem_eq(x, y, (size_t)n * sizeof *x);
    ck_same_basis(written->basis, read->basis);
    /* and an imported plan goes through the library's own format */
    read->basis->options.level = read->basis->options.radial_step = 0;
    ck_ok(lrpot_potential_save(read, path));
    ck_ok(lrpot_potential_load(&again, path));
    ck_same_model(read, again);
    lrpot_potential_free(written);
    lrpot_potential_free(read);
    lrpot_potential_free(again);
    free(x);
    free(y);
}
END_TEST

/* Text of an .mtp, MLIP-3's selection state with rows of the atoms of a structure, and its end
 * mark. Rows are derivatives by radial, species and linear parameters; the radial ones are not
 * used. */
static char *almtp_of(const lrpot_potential *model, const lrpot_structure *s, const char *mode,
                      int64_t *size)
{
    static const char weights[] = "force_weight 0.01\nstress_weight 0.001\nweight_scaling 0\n#";
    int64_t n = lrpot_potential_param_count(model), atoms = lrpot_structure_count(s),
            width = lrpot_basis_count(model->basis), first = n - width - 2;
    double *rows = calloc((size_t)(2 * n * n), sizeof *rows);
    double *features = calloc((size_t)(atoms * width), sizeof *features);
    int32_t *species = calloc((size_t)atoms, sizeof *species);
    lrpot_atoms view = LRPOT_ATOMS_INIT;
    lrpot_workspace *work = NULL;
    lrpot_nlist *list = NULL;
    ck_ok(lrpot_structure_view(s, 2, symbols, species, &view));
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot_nlist_build(&list, &view, model->basis->options.cutoff, 0));
    ck_ok(lrpot_basis_eval(model->basis, work, &view, list, features));
    for (int64_t k = 0; k < n && k < atoms; k++) {
        rows[k * n + first + species[k]] = 1.0;
        memcpy(rows + k * n + first + 2, features + k * width, (size_t)width * sizeof *rows);
    }
    ck_ok(lrpot_potential_save_mtp(model, path));
    FILE *file = fopen(path, "rb");
    char *text = calloc(1, (size_t)(100000 + 16 * n * n));
    size_t used = fread(text, 1, 90000, file);
    fclose(file);
    used += (size_t)sprintf(text + used, "#MVS_v1.1\n%s\n%s", mode, weights);
    memcpy(text + used, rows, (size_t)(2 * n * n) * sizeof *rows);
    used += (size_t)(2 * n * n) * sizeof *rows;
    memcpy(text + used, "\n#\n", 3);
    *size = (int64_t)used + 3;
    lrpot_nlist_free(list);
    lrpot_workspace_free(work);
    free(rows);
    free(features);
    free(species);
    return text;
}

START_TEST(the_active_set_of_an_almtp_grades_its_own_atoms_as_known)
{
    support_random random = { 7 };
    lrpot_potential *model = random_model(LRPOT_CHARGES_NONE, 0), *read = NULL;
    lrpot_structure *s = support_random_structure(&random, CELL_CUBIC, 40, 2, symbols, 2.0),
                    *other = support_random_structure(&random, CELL_CUBIC, 40, 2, symbols, 1.2);
    double grades[40], largest[2] = { 0, 0 };
    lrpot_workspace *work = NULL;
    int64_t size = 0;
    char *text = almtp_of(model, s, "energy_weight 0\nsite_en_weight 1", &size);
    ck_ok(lrpot__potential_load_memory(&read, "a.almtp", text, size));
    ck_ok(lrpot_potential_set_symbols(read, 2, symbols));
    ck_assert_ptr_nonnull(lrpot_potential_active_set(read));
    ck_assert_ptr_nonnull(
        strstr(lrpot_potential_note(read, "mlip_selection_weights"), "force 0.01"));
    ck_ok(lrpot_workspace_create(&work, 1));
    for (int k = 0; k < 2; k++) {
        ck_ok(lrpot_active_set_grade_structure(lrpot_potential_active_set(read), read, work,
                                               k == 0 ? s : other, grades));
        for (int i = 0; i < 40; i++) largest[k] = fmax(largest[k], grades[i]);
    }
    ck_assert_msg(largest[0] < 1.01 && largest[1] > 2.1, "grades %g of its atoms, %g of others",
                  largest[0], largest[1]);
    /* it goes through the own format with the names of the species */
    ck_ok(lrpot_potential_save(read, path));
    lrpot_potential_free(read);
    ck_ok(lrpot_potential_load(&read, path));
    ck_assert_ptr_nonnull(lrpot_potential_active_set(read));
    lrpot_potential_free(read);
    /* an incomplete state is left out, rows of configurations too */
    ck_ok(lrpot__potential_load_memory(&read, "a.almtp", text, size - 100));
    ck_assert_ptr_null(lrpot_potential_active_set(read));
    lrpot_potential_free(read);
    free(text);
    text = almtp_of(model, s, "energy_weight 1\nsite_en_weight 0", &size);
    ck_ok(lrpot__potential_load_memory(&read, "a.almtp", text, size));
    ck_assert_ptr_null(lrpot_potential_active_set(read));
    lrpot_potential_free(read);
    free(text);
    lrpot_workspace_free(work);
    lrpot_structure_free(s);
    lrpot_structure_free(other);
    lrpot_potential_free(model);
}
END_TEST

START_TEST(a_model_with_charges_is_no_mtp)
{
    lrpot_potential *potential = random_model(LRPOT_CHARGES_FIXED, 0);
    ck_assert_int_eq(lrpot_potential_save_mtp(potential, path), LRPOT_E_UNSUPPORTED);
    lrpot_potential_free(potential);
}
END_TEST

static const char head[] = "MTP\nversion = 1.1.0\nspecies_count = 1\nradial_basis_type = "
                           "RBChebyshev\nmin_dist = 1\nmax_dist = 5\n"
                           "radial_basis_size = 3\nradial_funcs_count = 2\n";
static const char tables[] =
    "alpha_moments_count = 3\nalpha_index_basic_count = 2\nalpha_index_basic = {{0, 0, 0, 0}, {1, "
    "0, 0, 0}}\n"
    "alpha_index_times_count = 1\nalpha_index_times = {{0, 0, 1, 2}}\nalpha_scalar_moments = 3\n"
    "alpha_moment_mapping = {0, 1, 2}\n";

static char *mtp_text(const char *middle, const char *end)
{
    char *text = calloc(1, 4000);
    snprintf(text, 4000, "%s%s%s%s", head, middle, tables, end);
    return text;
}

START_TEST(an_untrained_mtp_gets_the_start_of_mlip)
{
    lrpot_potential *potential = NULL;
    char *text = mtp_text("", "");
    ck_ok(lrpot__potential_load_memory(&potential, "u.mtp", text, (int64_t)strlen(text)));
    const double *radial = lrpot_basis_radial(lrpot_potential_basis(potential));
    double expected[6] = { 1e-3, 1e-6 + 1e-7, 1e-6 + 2e-7, 1e-6 + 1e-7, 1e-3 + 1e-4, 1e-6 + 3e-7 };
    for (int i = 0; i < 6; i++) ck_close(radial[i], expected[i], TOL_EXACT, 0);
    for (int i = 0; i < 3; i++) ck_close(potential->linear[i], 1e-3, 0, 0);
    ck_close(potential->shifts[0], 1e-3, 0, 0);
    lrpot_potential_free(potential);
    free(text);
}
END_TEST

START_TEST(dialects_of_mtp_are_read)
{
    lrpot_potential *potential = NULL;
    char *text = mtp_text(
        "scaling = 2\npotential_tag =\r\npotential_name = \nradial_coeffs\n 17-17\n{1,2,3}\r\n{4, "
        "5,\n6}\nscaling = 3\n",
        "species_coeffs = {7}\nmoment_coeffs = {1, 2, 3}\n#MVS_v1.1\n\x01\x02 garbage {{{");
    char *commented = calloc(1, 5000);
    snprintf(commented, 5000, "# made by hand\n%s", text);
    edit(commented, "RBChebyshev", "BChebyshev_repuls");
    edit(commented, "min_dist", "min_val");
    ck_ok(lrpot__potential_load_memory(&potential, "d.mtp", commented, (int64_t)strlen(commented)));
    ck_assert_str_eq(lrpot_potential_symbols(potential)[0], "17");
    ck_close(potential->basis->options.scaling, 6, 0, 0);
    ck_assert_int_eq(potential->basis->no_cutoff_factor, 1);
    ck_assert_int_eq(potential->basis->clamp_below, 1);
    ck_close(potential->basis->radial[5], 6, 0, 0);
    ck_close(potential->shifts[0], 7, 0, 0);
    lrpot_potential_free(potential);
    free(text);
    free(commented);
}
END_TEST

START_TEST(wrong_mtp_files_are_refused_with_the_reason)
{
    static const struct {
        const char *from, *to;
        lrpot_status status;
        const char *message;
    } cases[] = {
        { "RBChebyshev", "RBShapeev", LRPOT_E_UNSUPPORTED, "RBShapeev" },
        { "radial_funcs_count", "magnetic_basis_type = B\nradial_funcs_count", LRPOT_E_UNSUPPORTED,
          "magnetic" },
        { "version = 1.1.0", "version = 2.0.0", LRPOT_E_VERSION, "2.0.0" },
        { "radial_funcs_count = 2", "radial_funcs_count = 3", LRPOT_E_PARSE, "radial functions" },
        { "max_dist = 5", "max_dist = 0.5", LRPOT_E_PARSE, "cutoff" },
        { "max_dist = 5", "max_dist = nan", LRPOT_E_PARSE, "w.mtp:6: found 'nan'" },
        { "max_dist = 5\n", "", LRPOT_E_PARSE, "max_dist is missing" },
        { "{{0, 0, 1, 2}}", "{{0, 2, 1, 2}}", LRPOT_E_PARSE, "before it is complete" },
        { "{{0, 0, 1, 2}}", "{{0, 0, 1}}", LRPOT_E_PARSE, "group of 3" },
        { "{{0, 0, 1, 2}}", "{{0, 0, 1, 2000000000}}", LRPOT_E_PARSE, "2000000000" },
        { "times_count = 1", "times_count = 2", LRPOT_E_PARSE,
          "groups of alpha_index_times: 1, expected 2" },
        { "moments_count = 3", "moments_count = 2000000000", LRPOT_E_PARSE, "alpha_moments_count" },
        { "{0, 1, 2}", "{0, 1}", LRPOT_E_PARSE, "alpha_moment_mapping: 2, expected 3" },
        { "{0, 1, 2}", "{0, 1, 0.5}", LRPOT_E_PARSE, "0.5" },
        { "{0, 1, 2}\n", "{0, 1, 2", LRPOT_E_PARSE, "the file ends" },
        { "species_count = 1", "species_count = 1\nspecies_count = 1", LRPOT_E_PARSE, "twice" },
        { "species_count = 1", "colour = red", LRPOT_E_PARSE, "w.mtp:3: 'colour' is no key" },
        { "alpha_moments_count", "radial_coeffs 0-1 {1,2,3} {4,5,6}\nalpha_moments_count",
          LRPOT_E_PARSE, "out of order" },
        { "alpha_moments_count", "radial_coeffs 0-0 {1,2,3}\nalpha_moments_count", LRPOT_E_PARSE,
          "found 'a', expected '{'" },
        { "alpha_moments_count", "moment_coeffs = {1}\nalpha_moments_count", LRPOT_E_PARSE,
          "moment_coeffs: 1, expected 3" },
        { "MTP", "XTP", LRPOT_E_PARSE, "neither" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        lrpot_potential *potential = NULL;
        char *text = mtp_text("", "");
        edit(text, cases[i].from, cases[i].to);
        lrpot_status status =
            lrpot__potential_load_memory(&potential, "w.mtp", text, (int64_t)strlen(text));
        ck_assert_msg(status == cases[i].status
                          && strstr(lrpot_last_error(), cases[i].message) != NULL,
                      "%s -> %s: %s, %s", cases[i].from, cases[i].to, lrpot_status_name(status),
                      lrpot_last_error());
        free(text);
    }
}
END_TEST

START_TEST(a_file_that_is_not_there_is_reported)
{
    lrpot_potential *potential = NULL;
    ck_assert_int_eq(lrpot_potential_load(&potential, "absent.lrp"), LRPOT_E_OPEN);
    ck_assert_ptr_nonnull(strstr(lrpot_last_error(), "absent.lrp"));
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("io_model");
    TCase *tcase = tcase_create("models");
    tcase_add_checked_fixture(tcase, make_path, remove_path);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, every_kind_of_model_comes_back_with_the_same_bits);
    tcase_add_test(tcase, coefficients_of_each_species_come_back_with_the_same_bits);
    tcase_add_test(tcase, coefficients_of_each_species_do_not_go_into_an_mtp);
    tcase_add_test(tcase, models_of_another_radial_step_come_back_with_the_same_bits);
    tcase_add_test(tcase, the_usual_radial_step_is_not_written);
    tcase_add_test(tcase, wrong_radial_steps_are_refused);
    tcase_add_test(tcase, an_mtp_carries_another_radial_step_in_its_tables);
    tcase_add_test(tcase, line_ends_of_other_systems_do_no_harm);
    tcase_add_test(tcase, a_locale_with_a_decimal_comma_changes_nothing);
    tcase_add_test(tcase, damage_is_told_apart);
    tcase_add_test(tcase, a_file_cut_anywhere_is_refused);
    tcase_add_test(tcase, mtp_files_come_back_with_the_same_bits);
    tcase_add_test(tcase, the_active_set_of_an_almtp_grades_its_own_atoms_as_known);
    tcase_add_test(tcase, a_model_with_charges_is_no_mtp);
    tcase_add_test(tcase, an_untrained_mtp_gets_the_start_of_mlip);
    tcase_add_test(tcase, dialects_of_mtp_are_read);
    tcase_add_test(tcase, wrong_mtp_files_are_refused_with_the_reason);
    tcase_add_test(tcase, a_file_that_is_not_there_is_reported);
    suite_add_tcase(suite, tcase);
    return suite;
}
