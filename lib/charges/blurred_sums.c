#include "charges/blurred_sums.h"

#include "charges/density_terms.h"
#include "charges/gaussian_widths.h"
#include "core/error.h"
#include "core/memory.h"
#include "electrostatics/multipoles/multipoles.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

enum { PAIRS = LRPOT__DENSITY_WIDTHS_MAX * (LRPOT__DENSITY_WIDTHS_MAX + 1) / 2 };

static const lrpot__tag own_work_tags[PAIRS] = {
    { "workspace of the widths 0 and 0" }, { "workspace of the widths 0 and 1" },
    { "workspace of the widths 1 and 1" }, { "workspace of the widths 0 and 2" },
    { "workspace of the widths 1 and 2" }, { "workspace of the widths 2 and 2" }
};
static const lrpot__tag scratch_tag = { "moments of a pair of widths" };
static const lrpot__tag strained_tag = { "strained potentials of a pair of widths" };

struct lrpot__blurred_sums {
    int32_t n_widths;
    lrpot_ewald *pairs[PAIRS]; /* of widths a <= b: number b (b + 1)/2 + a */
};

static int pair_of(int32_t a, int32_t b)
{
    return a < b ? b * (b + 1) / 2 + a : a * (a + 1) / 2 + b;
}

/* widths: [S] scratch */
static lrpot_status create_pair(const lrpot_charges *charges, double accuracy, int32_t a, int32_t b,
                                double *widths, lrpot_ewald **out)
{
    lrpot_ewald_options options = LRPOT_EWALD_OPTIONS_INIT;
    double spread = charges->options.spread, blur = 0.5 * (double)(a * a + b * b) * spread * spread;
    lrpot__gaussian_widths_coulomb(charges, &options);
    for (int32_t z = 0; z < charges->n_species; z++)
        widths[z] = sqrt(charges->widths[z] * charges->widths[z] + blur);
    options.widths = widths;
    options.accuracy = accuracy;
    return lrpot_ewald_create(out, &options);
}

lrpot_status lrpot__blurred_sums_create(struct lrpot__blurred_sums **out,
                                        const lrpot_charges *charges, double accuracy)
{
    int32_t n_widths = lrpot__density_index_of(&charges->options).n_widths;
    *out = NULL;
    if (n_widths == 1) return LRPOT_OK;
    struct lrpot__blurred_sums *sums = lrpot__calloc(1, sizeof *sums);
    double *widths = lrpot__calloc(charges->n_species, sizeof *widths);
    lrpot_status status = sums != NULL && widths != NULL ? LRPOT_OK : LRPOT_E_MEMORY;
    if (status == LRPOT_OK) sums->n_widths = n_widths;
    for (int32_t b = 0; b < n_widths; b++)
        for (int32_t a = 0; a <= b && status == LRPOT_OK; a++)
            status = create_pair(charges, accuracy, a, b, widths, &sums->pairs[pair_of(a, b)]);
    lrpot__free(widths);
    if (status == LRPOT_OK) *out = sums;
    else lrpot__blurred_sums_free(sums);
    return status;
}

void lrpot__blurred_sums_free(struct lrpot__blurred_sums *sums)
{
    if (sums == NULL) return;
    for (int k = 0; k < PAIRS; k++) lrpot_ewald_free(sums->pairs[k]);
    lrpot__free(sums);
}

static void free_work(void *work)
{
    lrpot_workspace_free(work);
}

/* Each sum keeps lists and meshes of its own. */
static lrpot_status work_of(lrpot_workspace *work, int pair, lrpot_workspace **own)
{
    const lrpot__tag *tag = &own_work_tags[pair];
    *own = lrpot__workspace_kept(work, tag);
    if (*own != NULL) return LRPOT_OK;
    LRPOT__TRY(lrpot_workspace_create(own, lrpot__workspace_threads(work)));
    return lrpot__workspace_keep(work, tag, *own, free_work);
}

typedef struct {
    const struct lrpot__blurred_sums *sums;
    lrpot_workspace *work;
    const lrpot_atoms *atoms;
    const lrpot_nlist *list;
    const lrpot_comm *comm;
    int64_t n, m, block, more_block; /* m: with ghosts; block: moments of m */
    int32_t order, more;
    double *y, *w, *forces; /* scratch: moments, potentials, forces */
    double energy, virial[9];
} task;

/* One sum of a pair of widths. Results beside v are those of t, times factor, added up. */
static lrpot_status add_sum(task *t, int pair, const double *x, double *v, double factor,
                            double *forces, double *virial)
{
    int64_t n = t->n;
    int derivatives = forces != NULL || virial != NULL;
    double energy = 0.0, of_pair[9];
    lrpot_workspace *own = NULL;
    LRPOT__TRY(work_of(t->work, pair, &own));
    const lrpot__multipole_results out = { &energy,
                                           derivatives ? t->forces : NULL,
                                           derivatives ? of_pair : NULL,
                                           v,
                                           v != NULL && t->more > 0 ? v + n : NULL,
                                           v != NULL && t->more > 1 ? v + 4 * n : NULL,
                                           v != NULL && t->more > 2 ? v + 13 * n : NULL,
                                           t->more == t->order,
                                           NULL };
    LRPOT__TRY(lrpot__multipoles_evaluate(t->sums->pairs[pair], own, t->atoms, t->list, t->comm, x,
                                          t->order > 0 ? x + t->m : NULL,
                                          t->order > 1 ? x + 4 * t->m : NULL, &out));
    t->energy += factor * energy;
    for (int64_t k = 0; forces != NULL && k < 3 * n; k++) forces[k] += factor * t->forces[k];
    for (int k = 0; virial != NULL && k < 9; k++) virial[k] += factor * of_pair[k];
    return LRPOT_OK;
}

/* v_a += A_ab x_b */
static lrpot_status add_potentials(task *t, int32_t a, int32_t b, const double *x, double *v)
{
    double energy = t->energy;
    const double *to = x + a * t->block, *from = x + b * t->block;
    if (t->comm == NULL && cblas_idamax((int)t->block, from, 1) == 0 && from[0] == 0.0)
        return LRPOT_OK; /* no moments of this width */
    LRPOT__TRY(add_sum(t, pair_of(a, b), from, t->w, 0.0, NULL, NULL));
    cblas_daxpy((int)t->more_block, 1.0, t->w, 1, v + a * t->more_block, 1);
    t->energy = energy + 0.5 * cblas_ddot((int)t->n, to, 1, t->w, 1);
    if (t->order > 0) t->energy += 0.5 * cblas_ddot((int)(3 * t->n), to + t->m, 1, t->w + t->n, 1);
    if (t->order > 1)
        t->energy += 0.5 * cblas_ddot((int)(9 * t->n), to + 4 * t->m, 1, t->w + 4 * t->n, 1);
    return LRPOT_OK;
}

/* x_a.A_ab x_b and its derivatives, as [(x_a + x_b).A_ab (x_a + x_b) - (x_a - x_b).A_ab (x_a -
 * x_b)]/4. */
static lrpot_status add_mixed(task *t, int32_t a, int32_t b, const double *x, double *forces,
                              double *virial)
{
    for (int sign = -1; sign <= 1; sign += 2) {
        for (int64_t k = 0; k < t->block; k++)
            t->y[k] = x[a * t->block + k] + sign * x[b * t->block + k];
        LRPOT__TRY(add_sum(t, pair_of(a, b), t->y, NULL, 0.5 * sign, forces, virial));
    }
    return LRPOT_OK;
}

/* x.A x/2 and its derivatives. */
static lrpot_status add_energies(task *t, const double *x, double *forces, double *virial)
{
    for (int32_t b = 0; b < t->sums->n_widths; b++) {
        LRPOT__TRY(add_sum(t, pair_of(b, b), x + b * t->block, NULL, 1.0, forces, virial));
        for (int32_t a = 0; a < b; a++) LRPOT__TRY(add_mixed(t, a, b, x, forces, virial));
    }
    return LRPOT_OK;
}

lrpot_status lrpot__blurred_sums_eval(const struct lrpot__blurred_sums *sums, lrpot_workspace *work,
                                      const lrpot_atoms *atoms, int32_t order, int32_t more,
                                      const double *x, double *v, double *energy, double *forces,
                                      double *virial)
{
    return lrpot__blurred_sums_of_pieces(sums, work, atoms, NULL, NULL, order, more, x, v, energy,
                                         forces, virial);
}

lrpot_status lrpot__blurred_sums_of_pieces(const struct lrpot__blurred_sums *sums,
                                           lrpot_workspace *work, const lrpot_atoms *atoms,
                                           const lrpot_nlist *list, const lrpot_comm *comm,
                                           int32_t order, int32_t more, const double *x, double *v,
                                           double *energy, double *forces, double *virial)
{
    int64_t n = atoms->n_owned, m = atoms->n_all;
    task t = { .sums = sums,
               .work = work,
               .atoms = atoms,
               .list = list,
               .comm = comm,
               .n = n,
               .m = m,
               .block = lrpot__density_components(order) * m,
               .more_block = (more > order ? lrpot__density_derivatives(order)
                                           : lrpot__density_components(order))
                             * n,
               .order = order,
               .more = more };
    LRPOT__TRY(lrpot__workspace_doubles(work, &scratch_tag, t.block + t.more_block + 3 * n, &t.y));
    t.w = t.y + t.block;
    t.forces = t.w + t.more_block;
    if (v != NULL) memset(v, 0, (size_t)(sums->n_widths * t.more_block) * sizeof *v);
    if (forces != NULL) memset(forces, 0, (size_t)(3 * n) * sizeof *forces);
    if (virial != NULL) memset(virial, 0, 9 * sizeof *virial);
    for (int32_t k = 0; v != NULL && k < sums->n_widths * sums->n_widths; k++)
        LRPOT__TRY(add_potentials(&t, k / sums->n_widths, k % sums->n_widths, x, v));
    if (v == NULL || forces != NULL || virial != NULL) {
        t.energy = 0.0;
        LRPOT__TRY(add_energies(&t, x, forces, virial));
    }
    if (energy != NULL) *energy = t.energy;
    return LRPOT_OK;
}

lrpot_status lrpot__blurred_sums_strains(const struct lrpot__blurred_sums *sums,
                                         lrpot_workspace *work, const lrpot_atoms *atoms,
                                         int32_t order, const double *x, double *strained)
{
    int64_t n = atoms->n_owned, block = lrpot__density_components(order) * n,
            size = sums->n_widths * block;
    double *of_pair = NULL;
    LRPOT__TRY(lrpot__workspace_doubles(work, &strained_tag, LRPOT__STRAINS * block, &of_pair));
    memset(strained, 0, (size_t)(LRPOT__STRAINS * size) * sizeof *strained);
    for (int32_t k = 0; k < sums->n_widths * sums->n_widths; k++) {
        int32_t a = k / sums->n_widths, b = k % sums->n_widths;
        const double *from = x + b * block;
        lrpot_workspace *own = NULL;
        LRPOT__TRY(work_of(work, pair_of(a, b), &own));
        const lrpot__multipole_results out = { .strained = of_pair };
        LRPOT__TRY(lrpot__multipoles_evaluate(sums->pairs[pair_of(a, b)], own, atoms, NULL, NULL,
                                              from, order > 0 ? from + n : NULL,
                                              order > 1 ? from + 4 * n : NULL, &out));
        for (int s = 0; s < LRPOT__STRAINS; s++)
            cblas_daxpy((int)block, 1.0, of_pair + s * block, 1, strained + s * size + a * block,
                        1);
    }
    return LRPOT_OK;
}
