#include "fitting/errors.h"
#include "cli/nan_extremes.h"
#include "cli/report.h"
#include "fitting/target_names.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name, *unit, *key;
    double scale;
} kinds[N_ERRORS] = {
    { "energy", "meV/atom", "energy_per_atom", 1e3 },
    { "forces", "meV/A", "forces", 1e3 },
    { "stress", "meV/A^3", "stress", 1e3 },
    { "charges", "me", "charges", 1e3 },
    { "dipole", "me A", "dipole", 1e3 },
    { "atomic_dipoles", "me A", "atomic_dipoles", 1e3 },
    { "atomic_quadrupoles", "me A^2", "atomic_quadrupoles", 1e3 },
    { "bec", "me", "bec", 1e3 },
    { "potential", "mV", "potential", 1e3 },
};

static error_set *find_set(error_table *table, const char *name)
{
    for (int64_t i = 0; i < table->n; i++)
        if (strcmp(table->sets[i].name, name) == 0) return &table->sets[i];
    if (table->n == table->capacity) {
        int64_t capacity = 2 * table->capacity + 8;
        error_set *sets = realloc(table->sets, (size_t)capacity * sizeof *sets);
        if (sets == NULL) return NULL;
        table->sets = sets;
        table->capacity = capacity;
    }
    char *copy = malloc(strlen(name) + 1);
    if (copy == NULL) return NULL;
    strcpy(copy, name);
    error_set *set = &table->sets[table->n++];
    *set = (error_set){ .name = copy };
    return set;
}

static void compare(error_sum *sum, const double *model, double scale, const double *reference,
                    double reference_scale, int64_t n)
{
    if (reference == NULL) return;
    for (int64_t i = 0; i < n; i++) {
        double m = scale * model[i], r = reference_scale * reference[i], d = fabs(m - r);
        sum->squares += d * d;
        sum->models += m * m;
        sum->products += m * r;
        sum->references += r * r;
        sum->model += m;
        sum->reference += r;
        sum->absolutes += d;
        if (d > sum->largest) sum->largest = d;
    }
    sum->n += n;
}

/* Compares the six components of the symmetric part, as in fits. */
static void compare_stress(error_sum *sum, const double *model, const double *reference)
{
    static const int first[6] = { 0, 4, 8, 5, 2, 1 }, second[6] = { 0, 4, 8, 7, 6, 3 };
    for (int c = 0; c < 6; c++) {
        double m = 0.5 * (model[first[c]] + model[second[c]]),
               r = 0.5 * (reference[first[c]] + reference[second[c]]);
        compare(sum, &m, 1.0, &r, 1.0, 1);
    }
}

/* Compares second moments without trace, as in fits. */
static void compare_quadrupoles(error_sum *sum, const double *model, const double *reference,
                                int64_t n)
{
    for (int64_t i = 0; reference != NULL && i < n; i++, model += 9, reference += 9) {
        double third = (reference[0] + reference[4] + reference[8]) / 3.0;
        for (int k = 0; k < 9; k++) {
            double r = 0.5 * (reference[k] + reference[3 * (k % 3) + k / 3]);
            if (k % 4 == 0) r -= third;
            compare(sum, &model[k], 1.0, &r, 1.0, 1);
        }
    }
}

static void compare_moments(error_set *set, const evaluation *model,
                            const lrpot_structure *reference)
{
    if (model->order > 0)
        compare(&set->sums[ERROR_ATOMIC_DIPOLES], model->dipoles, 1.0,
                lrpot_structure_get(reference, LRPOT_QUANTITY_ATOMIC_DIPOLES), 1.0, 3 * model->n);
    if (model->order > 1)
        compare_quadrupoles(&set->sums[ERROR_ATOMIC_QUADRUPOLES], model->quadrupoles,
                            lrpot_structure_get(reference, LRPOT_QUANTITY_ATOMIC_QUADRUPOLES),
                            model->n);
}

int errors_add(error_table *table, const char *name, const lrpot_structure *reference,
               const evaluation *model, int with_born)
{
    error_set *set = find_set(table, name);
    if (set == NULL) return 0;
    double per_atom = 1.0 / (double)model->n;
    const double *stress = lrpot_structure_get(reference, LRPOT_QUANTITY_STRESS);
    const double *charges = lrpot_structure_get(reference, LRPOT_QUANTITY_CHARGES);
    const double *dipole = lrpot_structure_get(reference, LRPOT_QUANTITY_DIPOLE);
    const double *born = lrpot_structure_get(reference, LRPOT_QUANTITY_BORN_CHARGES);
    int isolated = lrpot_structure_periodic_mask(reference) == 0;
    set->frames++;
    compare(&set->sums[ERROR_ENERGY], &model->energy, per_atom,
            lrpot_structure_get(reference, LRPOT_QUANTITY_ENERGY), per_atom, 1);
    compare(&set->sums[ERROR_FORCES], model->forces, 1.0,
            lrpot_structure_get(reference, LRPOT_QUANTITY_FORCES), 1.0, 3 * model->n);
    if (model->has_stress && stress != NULL)
        compare_stress(&set->sums[ERROR_STRESS], model->stress, stress);
    compare(&set->sums[ERROR_CHARGES], model->charges, 1.0, model->has_charges ? charges : NULL,
            1.0, model->n);
    compare(&set->sums[ERROR_DIPOLE], model->dipole, 1.0,
            model->has_charges && isolated ? dipole : NULL, 1.0, 3);
    compare_moments(set, model, reference);
    compare(&set->sums[ERROR_BORN], model->born, 1.0, with_born ? born : NULL, 1.0, 9 * model->n);
    int64_t n_points = 0;
    const double *potentials = NULL;
    (void)lrpot_structure_points(reference, &n_points, &potentials);
    compare(&set->sums[ERROR_POTENTIAL], model->at_points, 1.0,
            model->at_points != NULL ? potentials : NULL, 1.0, n_points);
    return 1;
}

void errors_mark(error_table *table, const char *name, const lrpot_structure *frame, int32_t fitted)
{
    error_set *set = find_set(table, name);
    for (int k = 0; set != NULL && k < N_ERRORS; k++) {
        int32_t target = target_of(kinds[k].name);
        int32_t quantity = target >= 0 ? target_facts(target).quantity : -1;
        if (quantity < 0 || lrpot_structure_get(frame, quantity) == NULL) continue;
        set->sums[k].frames++;
        set->sums[k].fitted += (fitted & LRPOT_FIT_TARGET(target)) != 0;
    }
}

/* Slope of the reference over the model, about their means; 0 if they do not correlate. */
static double slope_of(const error_sum *sum)
{
    static const double together = 0.9; /* correlation */
    enum { FEWEST = 18 };
    double n = (double)sum->n;
    if (sum->n < FEWEST) return 0.0;
    double models = sum->models - sum->model * sum->model / n,
           references = sum->references - sum->reference * sum->reference / n,
           products = sum->products - sum->model * sum->reference / n;
    if (!(products * products > together * together * models * references)) return 0.0;
    return products / models;
}

void errors_judge(const error_table *table)
{
    static const int judged[2] = { ERROR_FORCES, ERROR_STRESS };
    /* logarithm: a bad model with a correlation is not wrong by that factor */
    static const double other = 1.0;
    for (int q = 0; q < 2 && table->n > 0; q++) {
        const error_set *all = &table->sets[0]; /* a part of the data may have almost no spread */
        double slope = slope_of(&all->sums[judged[q]]);
        if (slope == 0.0 || (slope > 0.0 && fabs(log(slope)) < other)) continue;
        report_note("WARNING: %s of the data are %.4g times the model's, with which they go "
                    "together; have they another sign or unit? --units states it",
                    kinds[judged[q]].name, slope);
    }
}

static double rms(const error_sum *sum)
{
    return sqrt(sum->squares / (double)sum->n);
}
static double mean(const error_sum *sum)
{
    return sum->absolutes / (double)sum->n;
}

/* Factor on all of the model's values that brings them closest to the reference, and the remaining
 * RMSE. Charges fitted to energies and forces are screened by a factor that these do not
 * determine. */
static double best_factor(const error_sum *sum, double *left)
{
    double factor = sum->models > 0.0 ? sum->products / sum->models : 0.0;
    *left = sqrt(larger(0.0, sum->references - factor * sum->products) / (double)sum->n);
    return factor;
}

static void print_factors(const error_table *table, FILE *stream)
{
    for (int64_t i = 0; i < table->n; i++) {
        const error_sum *sum = &table->sets[i].sums[ERROR_BORN];
        double left = 0.0, factor = sum->n > 0 ? best_factor(sum, &left) : 0.0;
        if (sum->n > 0)
            fprintf(stream, "# %-22s bec times %.4f, the best single factor: RMSE %.4f me\n",
                    table->sets[i].name, factor, 1e3 * left);
    }
}

/* RMSE, MAE and largest error of one quantity of one set, for each member. */
enum { RMSE, MAE, LARGEST, N_MEASURES };

static int measures_of(spread *measures, int32_t n, const error_table *of_members, int64_t set,
                       int kind)
{
    if (!spread_begin(measures, N_MEASURES)) return 0;
    for (int32_t m = 0; m < n; m++) {
        const error_sum *sum = &of_members[m].sets[set].sums[kind];
        const double values[N_MEASURES] = { rms(sum), mean(sum), sum->largest };
        spread_add(measures, values);
    }
    spread_end(measures);
    return 1;
}

static void print_row(const error_set *set, int kind, FILE *stream)
{
    const error_sum *sum = &set->sums[kind];
    fprintf(stream, "%-24s %6lld %-18s %-9s %9lld", set->name, (long long)set->frames,
            kinds[kind].name, kinds[kind].unit, (long long)sum->n);
}

static void print_model(const error_sum *sum, double scale, FILE *stream)
{
    fprintf(stream, " %12.4f %12.4f %12.4f\n", scale * rms(sum), scale * mean(sum),
            scale * sum->largest);
}

static void print_members(const error_sum *of_mean, const spread *measures, double scale,
                          FILE *stream)
{
    for (int k = 0; k < N_MEASURES; k++)
        fprintf(stream, " %12.4f %9.4f", scale * measures->mean[k], scale * measures->deviation[k]);
    fprintf(stream, " %12.4f\n", scale * rms(of_mean));
}

static void print_head(int ensemble, FILE *stream)
{
    fprintf(stream, "# %-22s %6s %-18s %-9s %9s", "set", "frames", "quantity", "unit", "values");
    if (ensemble)
        fprintf(stream, " %12s %9s %12s %9s %12s %9s %12s\n", "RMSE", "+-", "MAE", "+-", "largest",
                "+-", "RMSE of mean");
    else fprintf(stream, " %12s %12s %12s\n", "RMSE", "MAE", "largest");
}

void errors_print(const error_table *table, int32_t n, const error_table *of_members, FILE *stream)
{
    int64_t values = 0;
    spread measures = { 0 };
    for (int64_t i = 0; i < table->n; i++)
        for (int k = 0; k < N_ERRORS; k++) values += table->sets[i].sums[k].n;
    if (values == 0) return;
    print_head(n > 1, stream);
    for (int64_t i = 0; i < table->n; i++)
        for (int k = 0; k < N_ERRORS; k++) {
            const error_sum *sum = &table->sets[i].sums[k];
            if (sum->n == 0) continue;
            print_row(&table->sets[i], k, stream);
            if (n == 1) print_model(sum, kinds[k].scale, stream);
            else if (measures_of(&measures, n, of_members, i, k))
                print_members(sum, &measures, kinds[k].scale, stream);
        }
    spread_free(&measures);
    print_factors(table, stream);
}

static void put_members(json_t *entry, const error_sum *of_mean, const spread *measures)
{
    static const char *const names[N_MEASURES] = { "rmse", "mae", "largest" };
    for (int k = 0; k < N_MEASURES; k++) spread_json(entry, names[k], measures, k, 1);
    json_put_real(entry, "rmse_of_mean", rms(of_mean));
}

json_t *errors_json(const error_table *table, int32_t n, const error_table *of_members)
{
    json_t *list = json_array();
    spread measures = { 0 };
    for (int64_t i = 0; i < table->n; i++) {
        json_t *set = json_object();
        json_put_text(set, "set", table->sets[i].name);
        json_put_count(set, "frames", table->sets[i].frames);
        for (int k = 0; k < N_ERRORS; k++) {
            const error_sum *sum = &table->sets[i].sums[k];
            if (sum->n == 0) continue;
            json_t *entry = json_object();
            json_put_count(entry, "values", sum->n);
            json_put_real(entry, "rmse", rms(sum));
            json_put_real(entry, "mae", mean(sum));
            json_put_real(entry, "largest", sum->largest);
            if (sum->frames > 0) {
                json_object_set_new(entry, "fitted", json_boolean(sum->fitted > 0));
                json_put_count(entry, "frames_fitted", sum->fitted);
            }
            if (n > 1 && measures_of(&measures, n, of_members, i, k))
                put_members(entry, sum, &measures);
            if (k == ERROR_BORN) {
                double left = 0.0;
                json_put_real(entry, "best_factor", best_factor(sum, &left));
                json_put_real(entry, "rmse_at_best_factor", left);
            }
            json_object_set_new(set, kinds[k].key, entry);
        }
        json_array_append_new(list, set);
    }
    spread_free(&measures);
    return list;
}

void errors_free(error_table *table)
{
    for (int64_t i = 0; i < table->n; i++) free(table->sets[i].name);
    free(table->sets);
    *table = (error_table){ NULL, 0, 0 };
}
