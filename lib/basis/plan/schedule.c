#include "basis/plan/schedule.h"

#include "core/error.h"
#include "core/memory.h"

#include <stdlib.h>
#include <string.h>

enum { RANKS = LRPOT__PLAN_MAX_RANK + 1 };

/* Scratch of the construction. */
typedef struct {
    const lrpot__plan *plan;
    lrpot__schedule *schedule;
    int32_t *number; /* [n_moments] index in the plan -> index in the schedule, -1: not used */
    /* [n_moments] of the plan: number of products down to the basic moments, later up to the outer
     * ones */
    int32_t *layer;
    char *operand; /* [n_moments] 1: a product in use has it as operand */
    char *alive;   /* [n_moments] */
} construction;

void lrpot__schedule_free(lrpot__schedule *schedule)
{
    if (schedule == NULL) return;
    lrpot__groups *all[3] = { &schedule->inner, &schedule->outer, &schedule->adjoint };
    for (int i = 0; i < 3; i++) {
        lrpot__free(all[i]->groups);
        lrpot__free(all[i]->unit);
        lrpot__free(all[i]->other);
    }
    lrpot__free(schedule->dependent);
    lrpot__free(schedule->first_share);
    lrpot__free(schedule->shares);
    lrpot__free(schedule->rows);
    lrpot__free(schedule->partners);
    lrpot__free(schedule->scalars);
    lrpot__free(schedule->same_as);
    lrpot__free(schedule->inner_scalars);
    lrpot__free(schedule);
}

/* ---- Components of the tensors ---- */

static int32_t independent_count(int32_t rank)
{
    return (rank + 1) * (rank + 1);
}

/* Components with c >= 2 of all ranks of one mu, by rank, then c, then b. */
static int32_t dependent_count(int32_t rank)
{
    int32_t n = 0;
    for (int32_t nu = 2; nu <= rank; nu++) n += (nu - 1) * nu / 2;
    return n;
}

static int32_t number_component(const lrpot__schedule *schedule, const int32_t *first_dependent,
                                int32_t mu, int32_t a, int32_t b, int32_t c)
{
    if (c < 2) return schedule->start[mu] + lrpot__independent_index(schedule->rank[mu], a, b, c);
    int32_t nu = a + b + c, n = first_dependent[mu] + dependent_count(nu - 1);
    for (int32_t k = 2; k < c; k++) n += nu - k + 1;
    return n + b;
}

static void number_components(construction *build, int32_t *first_dependent)
{
    lrpot__schedule *s = build->schedule;
    for (int32_t mu = 0; mu <= LRPOT__PLAN_MAX_MU; mu++) s->rank[mu] = -1;
    for (int32_t k = 0; k < build->plan->n_basic; k++) {
        const lrpot__moment *m = &build->plan->basic[k];
        if (m->a + m->b + m->c > s->rank[m->mu]) s->rank[m->mu] = m->a + m->b + m->c;
    }
    for (int32_t mu = 0; mu < s->n_radial; mu++) {
        s->start[mu] = s->n_independent;
        s->n_independent += independent_count(s->rank[mu]);
    }
    for (int32_t mu = 0; mu < s->n_radial; mu++) {
        first_dependent[mu] = s->n_independent + s->n_dependent;
        s->n_dependent += dependent_count(s->rank[mu]);
    }
    for (int32_t k = 0; k < build->plan->n_basic; k++) {
        const lrpot__moment *m = &build->plan->basic[k];
        build->number[k] = number_component(s, first_dependent, m->mu, m->a, m->b, m->c);
    }
}

static lrpot_status write_dependent(lrpot__schedule *s, const int32_t *first_dependent)
{
    int32_t w = s->width;
    s->dependent = lrpot__calloc(s->n_dependent, sizeof *s->dependent);
    if (s->dependent == NULL) return LRPOT_E_MEMORY;
    lrpot__dependent *next = s->dependent;
    for (int32_t mu = 0; mu < s->n_radial; mu++)
        for (int32_t nu = 2; nu <= s->rank[mu]; nu++)
            for (int32_t c = 2; c <= nu; c++)
                for (int32_t b = 0; b <= nu - c; b++) {
                    int32_t a = nu - b - c;
                    *next++ = (lrpot__dependent){
                        w * number_component(s, first_dependent, mu, a, b, c),
                        w * number_component(s, first_dependent, mu, a, b, c - 2),
                        w * number_component(s, first_dependent, mu, a + 2, b, c - 2),
                        w * number_component(s, first_dependent, mu, a, b + 2, c - 2)
                    };
                }
    return LRPOT_OK;
}

/* ---- Groups of terms ---- */

typedef struct {
    int32_t layer, n_unit, n_other, target;
} shape;

typedef struct {
    int32_t place; /* index of the target among the shapes, once these are sorted */
    int32_t target, left, right;
    double factor;
} entry;

static int compare_shapes(const void *left, const void *right)
{
    const shape *a = left, *b = right;
    if (a->layer != b->layer) return a->layer - b->layer;
    if (a->n_unit != b->n_unit) return a->n_unit - b->n_unit;
    if (a->n_other != b->n_other) return a->n_other - b->n_other;
    return a->target - b->target;
}

static int compare_entries(const void *left, const void *right)
{
    const entry *a = left, *b = right;
    if (a->place != b->place) return a->place - b->place;
    if (a->left != b->left) return a->left - b->left;
    return a->right - b->right;
}

/* Writes the terms of one group. Terms with and without a factor come in pairs, which kernels add
 * up in two chains. An odd term of factor 1 joins the others, and these are padded with one of
 * factor 0. */
static void write_group(lrpot__group *group, const entry *entries, int32_t n,
                        lrpot__unit_term **unit, lrpot__other_term **other)
{
    int32_t n_unit = 0;
    for (int32_t i = 0; i < n; i++) n_unit += entries[i].factor == 1.0;
    group->n_unit = n_unit / 2 * 2;
    group->n_other = (n - group->n_unit + 1) / 2 * 2;
    int32_t units_left = group->n_unit, others_left = group->n_other;
    for (int32_t i = 0; i < n; i++) {
        if (entries[i].factor == 1.0 && units_left-- > 0) {
            *(*unit)++ = (lrpot__unit_term){ entries[i].left, entries[i].right };
        } else {
            *(*other)++ =
                (lrpot__other_term){ entries[i].left, entries[i].right, entries[i].factor };
            others_left--;
        }
    }
    if (others_left == 1)
        *(*other)++ = (lrpot__other_term){ entries[0].left, entries[0].right, 0.0 };
}

static lrpot_status write_groups(lrpot__groups *out, const shape *shapes, int32_t n_shapes,
                                 const entry *entries)
{
    int64_t n_unit = 0, n_other = 0;
    for (int32_t i = 0; i < n_shapes; i++) {
        n_unit += shapes[i].n_unit;
        n_other += shapes[i].n_other + 2;
    }
    out->groups = lrpot__calloc(n_shapes, sizeof *out->groups);
    out->unit = lrpot__calloc(n_unit, sizeof *out->unit);
    out->other = lrpot__calloc(n_other, sizeof *out->other);
    if (out->groups == NULL || out->unit == NULL || out->other == NULL) return LRPOT_E_MEMORY;
    lrpot__unit_term *unit = out->unit;
    lrpot__other_term *other = out->other;
    for (int32_t i = 0; i < n_shapes; i++) {
        int32_t n = shapes[i].n_unit + shapes[i].n_other;
        if (n == 0) continue;
        out->groups[out->count].target = shapes[i].target;
        write_group(&out->groups[out->count++], entries, n, &unit, &other);
        entries += n;
    }
    return LRPOT_OK;
}

/* Sorts terms into groups; entry.target and layer_of[target] are numbers of moments, n of them. */
static lrpot_status make_groups(lrpot__groups *out, entry *entries, int32_t n_entries,
                                const int32_t *layer_of, int32_t n, int32_t width)
{
    shape *shapes = lrpot__calloc(n, sizeof *shapes);
    int32_t *place = lrpot__calloc(n, sizeof *place);
    lrpot_status status = LRPOT_E_MEMORY;
    if (shapes != NULL && place != NULL) {
        for (int32_t i = 0; i < n; i++) shapes[i] = (shape){ layer_of[i], 0, 0, i };
        for (int32_t i = 0; i < n_entries; i++) {
            shape *s = &shapes[entries[i].target];
            if (entries[i].factor == 1.0) s->n_unit++;
            else s->n_other++;
        }
        qsort(shapes, (size_t)n, sizeof *shapes, compare_shapes);
        for (int32_t i = 0; i < n; i++) {
            place[shapes[i].target] = i;
            shapes[i].target *= width;
        }
        for (int32_t i = 0; i < n_entries; i++) {
            entries[i].place = place[entries[i].target];
            entries[i].left *= width;
            entries[i].right *= width;
        }
        qsort(entries, (size_t)n_entries, sizeof *entries, compare_entries);
        status = write_groups(out, shapes, n, entries);
    }
    lrpot__free(shapes);
    lrpot__free(place);
    return status;
}

/* ---- Products ---- */

static void find_living(construction *build)
{
    const lrpot__plan *plan = build->plan;
    for (int32_t s = 0; s < plan->n_scalars; s++) build->alive[plan->scalars[s]] = 1;
    for (int32_t t = plan->n_products - 1; t >= 0; t--) {
        const lrpot__product *p = &plan->products[t];
        if (!build->alive[p->target]) continue;
        build->alive[p->left] = build->alive[p->right] = 1;
        build->operand[p->left] = build->operand[p->right] = 1;
    }
}

typedef struct {
    int32_t layer, n, moment;
} numbered;

static int compare_numbered(const void *left, const void *right)
{
    const numbered *a = left, *b = right;
    if (a->layer != b->layer) return a->layer - b->layer;
    if (a->n != b->n) return a->n - b->n;
    return a->moment - b->moment;
}

/* Numbers inner moments in the order in which they are computed, then the outer ones. */
static lrpot_status number_products(construction *build)
{
    const lrpot__plan *plan = build->plan;
    lrpot__schedule *s = build->schedule;
    numbered *order = lrpot__calloc(plan->n_moments, sizeof *order);
    if (order == NULL) return LRPOT_E_MEMORY;
    for (int32_t k = 0; k < plan->n_moments; k++) order[k].moment = k;
    for (int32_t t = 0; t < plan->n_products; t++) {
        const lrpot__product *p = &plan->products[t];
        int32_t below = build->layer[p->left] > build->layer[p->right] ? build->layer[p->left]
                                                                       : build->layer[p->right];
        if (below + 1 > build->layer[p->target]) build->layer[p->target] = below + 1;
        order[p->target].n++;
    }
    for (int32_t k = 0; k < plan->n_moments; k++) order[k].layer = build->layer[k];
    qsort(order + plan->n_basic, (size_t)(plan->n_moments - plan->n_basic), sizeof *order,
          compare_numbered);
    s->n_moments = s->n_independent + s->n_dependent;
    for (int32_t outer = 0; outer < 2; outer++) {
        for (int32_t k = plan->n_basic; k < plan->n_moments; k++) {
            int32_t moment = order[k].moment;
            if (build->alive[moment] && build->operand[moment] == !outer)
                build->number[moment] = s->n_moments++;
        }
        if (outer == 0) s->n_adjoint = s->n_moments;
    }
    lrpot__free(order);
    return LRPOT_OK;
}

static int is_outer(const construction *build, int32_t target)
{
    return build->number[target] >= build->schedule->n_adjoint;
}

static lrpot_status make_forward(construction *build, int outer, entry *entries, int32_t *layer_of)
{
    const lrpot__plan *plan = build->plan;
    lrpot__schedule *s = build->schedule;
    int32_t n = 0;
    memset(layer_of, 0, (size_t)s->n_moments * sizeof *layer_of);
    for (int32_t t = 0; t < plan->n_products; t++) {
        const lrpot__product *p = &plan->products[t];
        if (!build->alive[p->target] || is_outer(build, p->target) != outer) continue;
        layer_of[build->number[p->target]] = build->layer[p->target];
        entries[n++] = (entry){ 0, build->number[p->target], build->number[p->left],
                                build->number[p->right], p->factor };
    }
    return make_groups(outer ? &s->outer : &s->inner, entries, n, layer_of, s->n_moments, s->width);
}

/* D[left] += factor D[target] M[right], and the same for the right one. An adjoint is complete when
 * those of all its users are. */
static lrpot_status make_adjoint(construction *build, entry *entries, int32_t *layer_of)
{
    const lrpot__plan *plan = build->plan;
    lrpot__schedule *s = build->schedule;
    int32_t n = 0;
    memset(layer_of, 0, (size_t)s->n_moments * sizeof *layer_of);
    for (int32_t t = plan->n_products - 1; t >= 0; t--) {
        const lrpot__product *p = &plan->products[t];
        if (!build->alive[p->target] || is_outer(build, p->target)) continue;
        int32_t target = build->number[p->target],
                operands[2] = { build->number[p->left], build->number[p->right] };
        for (int i = 0; i < 2; i++) {
            if (layer_of[target] + 1 > layer_of[operands[i]])
                layer_of[operands[i]] = layer_of[target] + 1;
            if (i == 1 && operands[0] == operands[1]) entries[n - 1].factor *= 2;
            else entries[n++] = (entry){ 0, operands[i], target, operands[!i], p->factor };
        }
    }
    return make_groups(&s->adjoint, entries, n, layer_of, s->n_adjoint, s->width);
}

/* ---- The symmetric form of the outer products ---- */

typedef struct {
    int32_t left, right, scalar;
    double factor;
} outer_term;

static int compare_outer(const void *left, const void *right)
{
    const outer_term *a = left, *b = right;
    if (a->left != b->left) return a->left - b->left;
    if (a->right != b->right) return a->right - b->right;
    return a->scalar - b->scalar;
}

/* First scalar that each moment of the plan is, -1 for none. */
static void find_scalars(const construction *build, int32_t *scalar_of)
{
    const lrpot__plan *plan = build->plan;
    for (int32_t k = 0; k < plan->n_moments; k++) scalar_of[k] = -1;
    for (int32_t s = plan->n_scalars - 1; s >= 0; s--) scalar_of[plan->scalars[s]] = s;
}

/* Lists all products of outer moments; returns their number. */
static int32_t list_outer(const construction *build, const int32_t *scalar_of, outer_term *terms)
{
    const lrpot__plan *plan = build->plan;
    int32_t n = 0;
    for (int32_t t = 0; t < plan->n_products; t++) {
        const lrpot__product *p = &plan->products[t];
        if (!build->alive[p->target] || !is_outer(build, p->target)) continue;
        int32_t l = build->number[p->left], r = build->number[p->right];
        if (terms != NULL)
            terms[n] =
                (outer_term){ l < r ? l : r, l < r ? r : l, scalar_of[p->target], p->factor };
        n++;
    }
    if (terms != NULL) qsort(terms, (size_t)n, sizeof *terms, compare_outer);
    return n;
}

static int compare_partners(const void *left, const void *right)
{
    const int32_t *a = left, *b = right; /* row length, moment, partner, pair */
    for (int i = 0; i < 3; i++)
        if (a[i] != b[i]) return a[i] - b[i];
    return 0;
}

/* Writes the partners. Rows have an even number of them, which kernels add up in two chains; pair
 * n_pairs is padding. */
static lrpot_status write_partners(lrpot__schedule *s, int32_t (*sides)[4], int32_t count)
{
    s->rows = lrpot__calloc(count, sizeof *s->rows);
    s->partners = lrpot__calloc(2 * (int64_t)count, sizeof *s->partners);
    if (s->rows == NULL || s->partners == NULL) return LRPOT_E_MEMORY;
    for (int32_t i = 0; i < count; i++) {
        if (i == 0 || sides[i][1] != sides[i - 1][1])
            s->rows[s->n_rows++] = (lrpot__form_row){ s->width * sides[i][1], 0 };
        lrpot__form_row *row = &s->rows[s->n_rows - 1];
        s->partners[s->n_partners++] = (lrpot__partner){ s->width * sides[i][2], sides[i][3] };
        row->count++;
        int last = i + 1 == count || sides[i + 1][1] != sides[i][1];
        if (last && row->count % 2 != 0) {
            s->partners[s->n_partners++] = (lrpot__partner){ s->width * sides[i][2], s->n_pairs };
            row->count++;
        }
    }
    return LRPOT_OK;
}

static lrpot_status write_rows(lrpot__schedule *s, const outer_term *terms, int32_t n,
                               int32_t (*sides)[4], int32_t *length)
{
    int32_t pair = -1, count = 0;
    for (int32_t i = 0; i < n; i++) {
        if (i == 0 || terms[i].left != terms[i - 1].left || terms[i].right != terms[i - 1].right) {
            s->first_share[++pair] = i;
            int32_t l = terms[i].left, r = terms[i].right;
            memcpy(sides[count++], (int32_t[4]){ 0, l, r, pair }, sizeof sides[0]);
            length[l]++;
            if (l != r) {
                memcpy(sides[count++], (int32_t[4]){ 0, r, l, pair }, sizeof sides[0]);
                length[r]++;
            }
        }
        /* A square has derivative 2, included here, so that half of M.(form M) is the sum of the
         * products. */
        s->shares[i] = (lrpot__share){ terms[i].scalar, terms[i].left == terms[i].right
                                                            ? 2 * terms[i].factor
                                                            : terms[i].factor };
    }
    s->n_pairs = pair + 1;
    s->first_share[s->n_pairs] = n;
    for (int32_t i = 0; i < count; i++) sides[i][0] = length[sides[i][1]];
    qsort(sides, (size_t)count, sizeof sides[0], compare_partners);
    return write_partners(s, sides, count);
}

static lrpot_status make_form(construction *build, const int32_t *scalar_of)
{
    lrpot__schedule *s = build->schedule;
    int32_t n = list_outer(build, scalar_of, NULL);
    outer_term *terms = lrpot__calloc(n, sizeof *terms);
    int32_t(*sides)[4] = lrpot__calloc(2 * (int64_t)n, sizeof *sides),
    *length = lrpot__calloc(s->n_moments, sizeof *length);
    s->shares = lrpot__calloc(n, sizeof *s->shares);
    s->first_share = lrpot__calloc((int64_t)n + 1, sizeof *s->first_share);
    lrpot_status status = LRPOT_E_MEMORY;
    if (terms != NULL && sides != NULL && length != NULL && s->shares != NULL
        && s->first_share != NULL) {
        (void)list_outer(build, scalar_of, terms);
        status = write_rows(s, terms, n, sides, length);
    }
    lrpot__free(terms);
    lrpot__free(sides);
    lrpot__free(length);
    return status;
}

/* ---- All together ---- */

static lrpot_status make_products(construction *build)
{
    LRPOT__TRY(number_products(build));
    entry *entries = lrpot__calloc(2 * (int64_t)build->plan->n_products, sizeof *entries);
    int32_t *layer_of = lrpot__calloc(build->schedule->n_moments, sizeof *layer_of);
    lrpot_status status = entries != NULL && layer_of != NULL ? LRPOT_OK : LRPOT_E_MEMORY;
    for (int outer = 0; outer < 2 && status == LRPOT_OK; outer++)
        status = make_forward(build, outer, entries, layer_of);
    if (status == LRPOT_OK) status = make_adjoint(build, entries, layer_of);
    if (status == LRPOT_OK) {
        find_scalars(build, build->layer); /* no longer needed as layers */
        status = make_form(build, build->layer);
    }
    lrpot__free(entries);
    lrpot__free(layer_of);
    return status;
}

static lrpot_status fill_schedule(construction *build)
{
    lrpot__schedule *s = build->schedule;
    int32_t first_dependent[LRPOT__PLAN_MAX_MU + 1];
    number_components(build, first_dependent);
    LRPOT__TRY(write_dependent(s, first_dependent));
    find_living(build);
    LRPOT__TRY(make_products(build));
    s->n_scalars = build->plan->n_scalars;
    s->scalars = lrpot__calloc(s->n_scalars, sizeof *s->scalars);
    s->same_as = lrpot__calloc(s->n_scalars, sizeof *s->same_as);
    s->inner_scalars = lrpot__calloc(s->n_scalars, sizeof *s->inner_scalars);
    if (s->scalars == NULL || s->same_as == NULL || s->inner_scalars == NULL) return LRPOT_E_MEMORY;
    for (int32_t k = 0; k < s->n_scalars; k++) {
        s->scalars[k] = s->width * build->number[build->plan->scalars[k]];
        s->same_as[k] = build->layer[build->plan->scalars[k]];
        if (s->same_as[k] == k && s->scalars[k] < s->n_adjoint * s->width)
            s->inner_scalars[s->n_inner_scalars++] = s->scalars[k];
    }
    return LRPOT_OK;
}

lrpot_status lrpot__schedule_create(lrpot__schedule **out, const lrpot__plan *plan, int32_t width)
{
    construction build = { .plan = plan, .schedule = lrpot__calloc(1, sizeof *build.schedule) };
    build.number = lrpot__calloc(plan->n_moments, sizeof *build.number);
    build.layer = lrpot__calloc(plan->n_moments, sizeof *build.layer);
    build.operand = lrpot__calloc(plan->n_moments, 1);
    build.alive = lrpot__calloc(plan->n_moments, 1);
    lrpot_status status = LRPOT_E_MEMORY;
    if (build.schedule != NULL && build.number != NULL && build.layer != NULL
        && build.operand != NULL && build.alive != NULL) {
        build.schedule->width = width;
        build.schedule->n_radial = plan->n_radial;
        for (int32_t k = 0; k < plan->n_moments; k++) build.number[k] = -1;
        status = fill_schedule(&build);
    }
    lrpot__free(build.number);
    lrpot__free(build.layer);
    lrpot__free(build.operand);
    lrpot__free(build.alive);
    if (status == LRPOT_OK) *out = build.schedule;
    else lrpot__schedule_free(build.schedule);
    return status;
}
