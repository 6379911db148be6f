/* Suggestion of a model for given data: chooses the options that are left open. */
#include "core/error.h"
#include "core/memory.h"
#include "core/struct_size.h"
#include "fit/data/survey.h"
#include "fit/driver/suggest_level.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
    MANY = 3, /* number of species from which radial functions alone hardly distinguish them */
    MOST_SPECIES = 118,
    MOST_REASONS = 8
};

typedef struct reason {
    const char *member;
    char text[160];
} reason;

struct lrpot_fit_suggestion {
    lrpot_potential_options options; /* points to the members below */
    lrpot_basis_options basis, charge_basis;
    lrpot_charges_options charges;
    lrpot_fit_suggestion_facts facts;
    char *labels;         /* [MOST_SPECIES][LRPOT__LABEL] */
    const char **symbols; /* [MOST_SPECIES] to the labels */
    double *widths, *charge_widths;
    reason reasons[MOST_REASONS];
    int32_t n_reasons;
};

__attribute__((format(printf, 3, 4))) static void give_reason(lrpot_fit_suggestion *s,
                                                              const char *member,
                                                              const char *format, ...)
{
    reason *r = &s->reasons[s->n_reasons++];
    va_list list;
    r->member = member;
    va_start(list, format);
    vsnprintf(r->text, sizeof r->text, format, list);
    va_end(list);
}

static int has_trait(const lrpot_fit_suggestion *s, int32_t trait)
{
    return (lrpot_charges_kind_traits(s->options.charges) & trait) != 0;
}

/* Choices for short-sighted charges. Forces determine these charges only by the part that the local
 * model does not describe. If the local model is too stiff for the bonds, the charges fit its
 * errors and become wrong. Therefore, with enough data, species get coefficients of their own, for
 * the energy and for the charges. Both cutoffs may be short, since the Coulomb sum describes the
 * long range (docs/theory/fitting.md). With many species, whose energies are described less well,
 * the charges get less freedom to fit errors. */
static void choose_short_sighted(lrpot_fit_suggestion *s)
{
    enum { FEW_SPECIES = 14, MANY_SPECIES = 8 };
    static const double CUTOFF = 4.5, CHARGE_CUTOFF = 4.0;
    lrpot_basis_options *energy = &s->basis, *charge = &s->charge_basis;
    const int32_t level = s->options.n_species < MANY ? FEW_SPECIES : MANY_SPECIES;
    if (charge->cutoff == 0.0)
        charge->cutoff = fmin(energy->cutoff > 0.0 ? energy->cutoff : CUTOFF, CHARGE_CUTOFF);
    if (charge->level == 0)
        charge->level = energy->level > 0 && energy->level < level ? energy->level : level;
    if (energy->cutoff > 0.0) return;
    energy->cutoff = CUTOFF;
    give_reason(s, "cutoff", "cutoff %g A, of charges %g A: the Coulomb sum adds what is farther",
                energy->cutoff, charge->cutoff);
}

/* Sizes of a model with coefficients of each species. Bonds need finer radial functions than 8
 * polynomials give. Many species need more functions in products, whose parameters are shared by
 * fewer pairs of species; the prior then replaces missing data. */
static lrpot__model_size flexible_model(const lrpot__model_size *own)
{
    enum { SIZE = 12, STEP = 2, PER_PARAMETER = 14 };
    lrpot__model_size model = *own;
    if (own->radial_size == 0) model.radial_size = SIZE;
    if (own->n_species < MANY) return model;
    if (own->radial_step == 0) model.radial_step = STEP;
    model.per_parameter = PER_PARAMETER;
    return model;
}

/* Chooses coefficients of each species. From three species on, radial functions alone hardly
 * distinguish the centres, with any charges. charge_level: 0 if the charges have no basis. */
static lrpot_status choose_coefficients(lrpot_fit_suggestion *s, int32_t charge_level,
                                        lrpot__model_size *model)
{
    enum { FLEXIBLE = 12 };
    lrpot_potential_options *o = &s->options;
    const int64_t equations = s->facts.equations;
    lrpot__model_size own = { .n_species = o->n_species,
                              .own_energy = 1,
                              .own_charges = 1,
                              .radial_size = s->basis.radial_size,
                              .charge_level = charge_level,
                              .radial_step = s->basis.radial_step,
                              .charge_radial_step = s->charge_basis.radial_step };
    int open = o->species_coefficients < 0;
    if (open) o->species_coefficients = 0;
    lrpot__model_size usual = own, flexible = flexible_model(&own);
    usual.own_energy = o->species_coefficients;
    usual.own_charges = (s->charges.flags & LRPOT_CHARGES_OWN_COEFFICIENTS) != 0;
    *model = usual;
    if (!open || (!has_trait(s, LRPOT_CHARGES_SHORT_SIGHTED) && own.n_species < MANY))
        return LRPOT_OK;
    int32_t level = 0, of_usual_size = 0;
    LRPOT__TRY(lrpot__suggest_level(equations, &flexible, &level));
    LRPOT__TRY(lrpot__suggest_level(equations, &own, &of_usual_size));
    if (level < FLEXIBLE && of_usual_size < FLEXIBLE) return LRPOT_OK;
    o->species_coefficients = 1;
    s->charges.flags |= LRPOT_CHARGES_OWN_COEFFICIENTS;
    give_reason(s, "species-coefficients",
                "coefficients of each species: %lld energies and force components determine them",
                (long long)equations);
    *model = level >= FLEXIBLE ? flexible : own;
    return LRPOT_OK;
}

static lrpot_status choose_sizes(lrpot_fit_suggestion *s)
{
    static const double CUTOFF = 6.0;
    enum { CHARGE_LEVEL = 6 };
    int basis = has_trait(s, LRPOT_CHARGES_TAKES_BASIS);
    if (has_trait(s, LRPOT_CHARGES_SHORT_SIGHTED)) choose_short_sighted(s);
    if (s->basis.cutoff == 0.0) {
        s->basis.cutoff = CUTOFF;
        give_reason(s, "cutoff", "cutoff %g A, the default", CUTOFF);
    }
    if (s->charge_basis.cutoff == 0.0) s->charge_basis.cutoff = s->basis.cutoff;
    if (s->charge_basis.level == 0) s->charge_basis.level = CHARGE_LEVEL;
    lrpot__model_size model;
    LRPOT__TRY(choose_coefficients(s, basis ? s->charge_basis.level : 0, &model));
    if (s->basis.level > 0) return LRPOT_OK;
    LRPOT__TRY(lrpot__suggest_level(s->facts.equations, &model, &s->basis.level));
    s->basis.radial_size = model.radial_size;
    s->basis.radial_step = model.radial_step;
    if (basis && s->charge_basis.level > s->basis.level) s->charge_basis.level = s->basis.level;
    give_reason(s, "level", "level %d for %lld energies and force components, charges of level %d",
                s->basis.level, (long long)s->facts.equations, basis ? s->charge_basis.level : 0);
    return LRPOT_OK;
}

/* Chooses the interval of the radial polynomials. It begins slightly below the shortest distance,
 * so that they are not used outside. */
static void choose_interval(lrpot_fit_suggestion *s)
{
    lrpot_basis_options *energy = &s->basis;
    const double shortest = s->facts.shortest_distance;
    if (energy->min_distance >= 0.0) return;
    if (isfinite(shortest)) {
        energy->min_distance = floor(95.0 * shortest) / 100.0;
        give_reason(s, "min-distance",
                    "radial functions from %g A: 0.95 of the shortest distance, %.4f A",
                    energy->min_distance, shortest);
        return;
    }
    energy->min_distance = 0.5 * energy->cutoff;
    give_reason(s, "min-distance",
                "radial functions from %g A, half of the cutoff: no atoms within it",
                energy->min_distance);
}

/* Standard width: wide enough that the hardness stays positive beside the self energy of a
 * Gaussian, and narrower for small atoms. */
static double standard_width(const char *symbol)
{
    double radius = lrpot_element_radius(symbol);
    return radius > 0.0 ? radius + 0.25 : 1.0;
}

static lrpot_status choose_widths(lrpot_fit_suggestion *s)
{
    lrpot_potential_options *o = &s->options;
    int given = o->widths != NULL || s->charges.widths != NULL || s->charges.sigma != 0.0;
    if (given || !has_trait(s, LRPOT_CHARGES_TAKES_WIDTHS)) return LRPOT_OK;
    s->widths = lrpot__calloc(o->n_species, sizeof(double));
    if (s->widths == NULL) return LRPOT_E_MEMORY;
    for (int32_t z = 0; z < o->n_species; z++) s->widths[z] = standard_width(s->symbols[z]);
    o->widths = s->widths;
    return LRPOT_OK;
}

/* Takes the given species, or those of the training frames. */
static lrpot_status take_symbols(lrpot_fit_suggestion *s, const lrpot__survey *data)
{
    lrpot_potential_options *o = &s->options;
    int32_t n = o->n_species;
    s->labels = lrpot__calloc(MOST_SPECIES, LRPOT__LABEL);
    s->symbols = lrpot__calloc(MOST_SPECIES, sizeof *s->symbols);
    if (s->labels == NULL || s->symbols == NULL) return LRPOT_E_MEMORY;
    if (o->symbols == NULL) LRPOT__TRY(lrpot__survey_labels(data, MOST_SPECIES, s->labels, &n));
    else if (n < 1 || n > MOST_SPECIES)
        return lrpot__fail(LRPOT_E_ARGUMENT, "n_species = %d symbols, expected 1 to %d", n,
                           MOST_SPECIES);
    for (int32_t z = 0; z < n; z++) {
        char *label = s->labels + LRPOT__LABEL * z;
        if (o->symbols != NULL)
            snprintf(label, LRPOT__LABEL, "%s", o->symbols[z] != NULL ? o->symbols[z] : "");
        s->symbols[z] = label;
    }
    o->symbols = s->symbols;
    o->n_species = n;
    return LRPOT_OK;
}

static lrpot_status copy_widths(int32_t n, const double **widths, double **copy)
{
    if (*widths == NULL) return LRPOT_OK;
    if (n < 1) return lrpot__fail(LRPOT_E_ARGUMENT, "widths of species need their symbols");
    *copy = lrpot__duplicate(*widths, n, sizeof(double));
    *widths = *copy;
    return *copy != NULL ? LRPOT_OK : LRPOT_E_MEMORY;
}

/* Copies the options that are wanted. */
static lrpot_status take_options(lrpot_fit_suggestion *s, const lrpot_potential_options *wanted)
{
    const lrpot_charges_options charges = LRPOT_CHARGES_OPTIONS_INIT;
    const lrpot_basis_options basis = LRPOT_FIT_ANY_BASIS;
    LRPOT__COPY_INPUT(&s->options, wanted);
    LRPOT__COPY_INPUT(&s->charges,
                      wanted->charge_options != NULL ? wanted->charge_options : &charges);
    LRPOT__COPY_INPUT(&s->basis, wanted->basis != NULL ? wanted->basis : &basis);
    LRPOT__COPY_INPUT(&s->charge_basis,
                      wanted->charge_basis != NULL ? wanted->charge_basis : &basis);
    s->options.charge_options = &s->charges;
    s->options.basis = &s->basis;
    s->options.charge_basis = &s->charge_basis;
    const int32_t n = wanted->symbols != NULL ? wanted->n_species : 0;
    LRPOT__TRY(copy_widths(n, &s->options.widths, &s->widths));
    return copy_widths(n, &s->charges.widths, &s->charge_widths);
}

static lrpot_status choose(lrpot_fit_suggestion *s, const lrpot__survey *data)
{
    lrpot_potential_options *o = &s->options;
    LRPOT__TRY(take_symbols(s, data));
    s->facts.equations = lrpot__survey_equations(data);
    if (o->charges < 0) {
        o->charges = lrpot_charges_kind_default(o->n_species);
        give_reason(s, "charges", "charges: %s, the default for %d species",
                    lrpot_charges_kind_name(o->charges), o->n_species);
    }
    LRPOT__TRY(choose_sizes(s));
    LRPOT__TRY(lrpot__survey_distance(data, o->n_species, s->symbols, s->basis.cutoff,
                                      &s->facts.shortest_distance, &s->facts.shortest_frame));
    choose_interval(s);
    lrpot_basis_options *charge = &s->charge_basis;
    s->basis.n_species = charge->n_species = o->n_species;
    charge->radial_size = s->basis.radial_size;
    charge->min_distance = s->basis.min_distance;
    s->facts.own_charge_coefficients = (s->charges.flags & LRPOT_CHARGES_OWN_COEFFICIENTS) != 0;
    return choose_widths(s);
}

static lrpot_status check_wanted(const lrpot_potential_options *wanted)
{
    const lrpot_charges_options *charges = wanted->charge_options;
    LRPOT__REQUIRE_INPUT(lrpot_potential_options, wanted);
    LRPOT__REQUIRE_INPUT(lrpot_basis_options, wanted->basis);
    LRPOT__REQUIRE_INPUT(lrpot_basis_options, wanted->charge_basis);
    LRPOT__REQUIRE_INPUT(lrpot_charges_options, charges);
    if (wanted->charges >= lrpot_charges_kind_count())
        return lrpot__fail(LRPOT_E_ARGUMENT, "charges = %d, expected -1 to %d", wanted->charges,
                           lrpot_charges_kind_count() - 1);
    return LRPOT_OK;
}

lrpot_status lrpot_fit_suggest(lrpot_fit_suggestion **out, const lrpot_potential_options *wanted,
                               int64_t n, lrpot_structure *const *structures,
                               const lrpot_fit_frame *how)
{
    LRPOT__REQUIRE_NOT_NULL(out);
    LRPOT__REQUIRE_NOT_NULL(structures);
    const lrpot_potential_options any = LRPOT_FIT_ANY_MODEL;
    if (wanted == NULL) wanted = &any;
    const lrpot__survey data = { n, structures, how };
    const lrpot_fit_suggestion_facts facts = LRPOT_FIT_SUGGESTION_FACTS_INIT;
    LRPOT__TRY(check_wanted(wanted));
    LRPOT__TRY(lrpot__survey_check(&data));
    lrpot_fit_suggestion *s = lrpot__calloc(1, sizeof *s);
    if (s == NULL) return LRPOT_E_MEMORY;
    s->facts = facts;
    lrpot_status status = take_options(s, wanted);
    if (status == LRPOT_OK) status = choose(s, &data);
    if (status == LRPOT_OK) *out = s;
    else lrpot_fit_suggestion_free(s);
    return status;
}

void lrpot_fit_suggestion_free(lrpot_fit_suggestion *suggestion)
{
    if (suggestion == NULL) return;
    lrpot__free(suggestion->labels);
    lrpot__free(suggestion->symbols);
    lrpot__free(suggestion->widths);
    lrpot__free(suggestion->charge_widths);
    lrpot__free(suggestion);
}

const lrpot_potential_options *lrpot_fit_suggestion_options(const lrpot_fit_suggestion *suggestion)
{
    return suggestion != NULL ? &suggestion->options : NULL;
}

lrpot_status lrpot_fit_suggestion_get_facts(const lrpot_fit_suggestion *suggestion,
                                            lrpot_fit_suggestion_facts *facts)
{
    LRPOT__REQUIRE_NOT_NULL(suggestion);
    LRPOT__REQUIRE_NOT_NULL(facts);
    LRPOT__REQUIRE_RESULT(lrpot_fit_suggestion_facts, facts);
    LRPOT__FILL_RESULT(facts, &suggestion->facts);
    return LRPOT_OK;
}

const char *lrpot_fit_suggestion_reason(const lrpot_fit_suggestion *suggestion, int32_t index,
                                        const char **member)
{
    if (suggestion == NULL || index < 0 || index >= suggestion->n_reasons) return NULL;
    if (member != NULL) *member = suggestion->reasons[index].member;
    return suggestion->reasons[index].text;
}
