/* Fast kernel, part 4: contractions and their adjoint. */

INLINE vec add_terms(const lrpot__group *group, const lrpot__unit_term *unit,
                     const lrpot__other_term *other, const double *left, const double *right,
                     vec sum)
{
    vec s1 = zero(), s2 = zero(), s3 = zero();
    for (int32_t i = 0; i < group->n_unit; i += 2) {
        sum += load(left + unit[i].left) * load(right + unit[i].right);
        s1 += load(left + unit[i + 1].left) * load(right + unit[i + 1].right);
    }
    for (int32_t i = 0; i < group->n_other; i += 2) {
        s2 += (other[i].factor * load(left + other[i].left)) * load(right + other[i].right);
        s3 += (other[i + 1].factor * load(left + other[i + 1].left))
              * load(right + other[i + 1].right);
    }
    return (sum + s1) + (s2 + s3);
}

/* out[target] (+)= sum of factor left[] right[]. */
INLINE void run_groups(const lrpot__groups *groups, const double *left, const double *right,
                       double *out, int add)
{
    const lrpot__unit_term *unit = groups->unit;
    const lrpot__other_term *other = groups->other;
    for (int32_t g = 0; g < groups->count; g++) {
        const lrpot__group *group = &groups->groups[g];
        vec start = add ? load(out + group->target) : zero();
        store(out + group->target, add_terms(group, unit, other, left, right, start));
        unit += group->n_unit;
        other += group->n_other;
    }
}

/* Outer products with coefficients common to all atoms of a species: their adjoint, and V. */
static vec fold_outer(const environment *e)
{
    const lrpot__schedule *s = e->schedule;
    const lrpot__partner *partner = s->partners;
    int64_t own = e->species * e->batches->species_stride;
    const double *weight = e->batches->form + own, *seeds = e->batches->seeds + own,
                 *m = e->moments;
    vec value = zero();
    memset(e->adjoint, 0, (size_t)s->n_adjoint * LANES * sizeof *e->adjoint);
    for (int32_t i = 0; i < s->n_inner_scalars; i++) {
        int32_t moment = s->inner_scalars[i];
        vec seed = seeds[i] + zero();
        store(e->adjoint + moment, seed);
        value += seed * load(m + moment);
    }
    for (int32_t r = 0; r < s->n_rows; r++) {
        const lrpot__form_row *row = &s->rows[r];
        vec sum = zero(), second = zero();
        for (int32_t i = 0; i < row->count; i += 2) {
            sum += weight[i] * load(m + partner[i].moment);
            second += weight[i + 1] * load(m + partner[i + 1].moment);
        }
        weight += row->count;
        partner += row->count;
        sum += second;
        value += (0.5 * sum) * load(m + row->moment);
        store(e->adjoint + row->moment, load(e->adjoint + row->moment) + sum);
    }
    return value;
}

/* Coefficients of scalar k in each lane. */
INLINE vec coefficients_of(const environment *e, int32_t k)
{
    vec c = zero();
    for (int lane = 0; lane < e->n_lanes; lane++) c[lane] = e->rows[lane][k];
    return c;
}

/* The same if each atom has its own coefficients. The outer moments are computed before; the
 * coefficients then replace them. */
static vec spread_outer(const environment *e)
{
    const lrpot__schedule *s = e->schedule;
    const lrpot__unit_term *unit = s->outer.unit;
    const lrpot__other_term *other = s->outer.other;
    double *m = e->moments, *d = e->adjoint;
    vec value = zero();
    memset(d, 0, (size_t)s->n_adjoint * LANES * sizeof *d);
    for (int32_t k = 0; k < s->n_scalars; k++)
        value += coefficients_of(e, k) * load(m + s->scalars[k]);
    memset(m + s->n_adjoint * LANES, 0, (size_t)(s->n_moments - s->n_adjoint) * LANES * sizeof *m);
    for (int32_t k = 0; k < s->n_scalars; k++) {
        double *seed = s->scalars[k] < s->n_adjoint * LANES ? d + s->scalars[k] : m + s->scalars[k];
        store(seed, load(seed) + coefficients_of(e, k));
    }
    for (int32_t g = 0; g < s->outer.count; g++) {
        const lrpot__group *group = &s->outer.groups[g];
        vec seed = load(m + group->target);
        for (int32_t i = 0; i < group->n_unit + group->n_other; i++) {
            int32_t left = i < group->n_unit ? unit[i].left : other[i - group->n_unit].left;
            int32_t right = i < group->n_unit ? unit[i].right : other[i - group->n_unit].right;
            vec w = i < group->n_unit ? seed : other[i - group->n_unit].factor * seed;
            store(d + left, load(d + left) + w * load(m + right));
            store(d + right, load(d + right) + w * load(m + left));
        }
        unit += group->n_unit;
        other += group->n_other;
    }
    return value;
}
