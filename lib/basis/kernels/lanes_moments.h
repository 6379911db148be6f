/* Fast kernel, part 3: independent components of the basic moments from the neighbours, and the
 * gradient back. Powers x^a y^b z^c are evaluated along rows of a: neither a table of monomials nor
 * a Jacobian is stored. */

/* Adds a pass of neighbours to the moments of mu, and to those of mu + 1 if with_next is set (its
 * rank is then at most that of mu). */
INLINE void accumulate(const environment *e, const double *slots, int32_t mu, int with_next)
{
    const lrpot__schedule *s = e->schedule;
    double *out = e->moments + (int64_t)s->start[mu] * LANES,
           *next = with_next ? e->moments + (int64_t)s->start[mu + 1] * LANES : out;
    int32_t rank = s->rank[mu], next_rank = with_next ? s->rank[mu + 1] : -1;
    vec x[PASS], f[PASS], g[PASS], row[PASS];
    for (int q = 0; q < PASS; q++) {
        const double *slot = slots + q * e->slot_size;
        x[q] = load(slot + SLOT_X * LANES);
        f[q] = load(slot + (SLOT_F + 2 * mu) * LANES);
        g[q] = with_next ? load(slot + (SLOT_F + 2 * mu + 2) * LANES) : zero();
    }
    for (int32_t c = 0; c <= 1 && c <= rank; c++) {
        for (int q = 0; q < PASS; q++)
            row[q] = c == 0 ? 1.0 + zero() : load(slots + q * e->slot_size + SLOT_Z * LANES);
        for (int32_t b = 0; b <= rank - c; b++) {
            int32_t n = rank - c - b + 1, n_next = next_rank - c - b + 1, a = 0;
            vec power[PASS];
            for (int q = 0; q < PASS; q++) power[q] = row[q];
            for (; with_next && a < n_next; a++) {
                vec sum = load(out + a * LANES), other = load(next + a * LANES);
                for (int q = 0; q < PASS; q++) {
                    sum += f[q] * power[q];
                    other += g[q] * power[q];
                    power[q] *= x[q];
                }
                store(out + a * LANES, sum);
                store(next + a * LANES, other);
            }
            for (; a < n; a++) {
                vec sum = load(out + a * LANES);
                for (int q = 0; q < PASS; q++) {
                    sum += f[q] * power[q];
                    power[q] *= x[q];
                }
                store(out + a * LANES, sum);
            }
            out += n * LANES;
            next += (n_next > 0 ? n_next : 0) * LANES;
            for (int q = 0; q < PASS; q++)
                row[q] *= load(slots + q * e->slot_size + SLOT_Y * LANES);
        }
    }
}

static void accumulate_moments(const environment *e)
{
    const lrpot__schedule *s = e->schedule;
    memset(e->moments, 0, (size_t)s->n_independent * LANES * sizeof *e->moments);
    for (int64_t slot = 0; slot < e->n_slots; slot += PASS)
        for (int32_t mu = 0; mu < s->n_radial;) {
            if (mu + 1 < s->n_radial && s->rank[mu + 1] <= s->rank[mu]) {
                accumulate(e, slot_at(e, slot), mu, 1);
                mu += 2;
            } else {
                accumulate(e, slot_at(e, slot), mu, 0);
                mu++;
            }
        }
}

/* Components with c >= 2, by z^2 = 1 - x^2 - y^2. */
static void complete_moments(const environment *e)
{
    const lrpot__schedule *s = e->schedule;
    double *m = e->moments;
    for (int32_t i = 0; i < s->n_dependent; i++) {
        const lrpot__dependent *d = &s->dependent[i];
        store(m + d->target, load(m + d->whole) - load(m + d->x) - load(m + d->y));
    }
}

static void complete_adjoint(const environment *e)
{
    const lrpot__schedule *s = e->schedule;
    double *a = e->adjoint;
    for (int32_t i = s->n_dependent - 1; i >= 0; i--) {
        const lrpot__dependent *d = &s->dependent[i];
        vec v = load(a + d->target);
        store(a + d->whole, load(a + d->whole) + v);
        store(a + d->x, load(a + d->x) - v);
        store(a + d->y, load(a + d->y) - v);
    }
}

/* Value and gradient by x, y, z of a polynomial, for a pass of neighbours. */
typedef struct {
    vec value[PASS], x[PASS], y[PASS], z[PASS];
} polynomial;

/* sum over b of y^b sum over a of D[b][a] x^a, by Horner's rule in both, rows from the last to the
 * first. `end` points behind the last row. */
INLINE const double *horner_plane(const double *end, int32_t rank, const vec *x, const vec *y,
                                  polynomial *p)
{
    for (int q = 0; q < PASS; q++) p->value[q] = p->x[q] = p->y[q] = zero();
    for (int32_t n = 1; n <= rank + 1; n++) {
        vec value[PASS], slope[PASS];
        end -= LANES;
        vec d = load(end);
        for (int q = 0; q < PASS; q++) {
            value[q] = d;
            slope[q] = zero();
        }
        for (int32_t a = n - 1; a > 0; a--) {
            end -= LANES;
            d = load(end);
            for (int q = 0; q < PASS; q++) {
                slope[q] = slope[q] * x[q] + value[q];
                value[q] = value[q] * x[q] + d;
            }
        }
        for (int q = 0; q < PASS; q++) {
            p->y[q] = p->y[q] * y[q] + p->value[q];
            p->value[q] = p->value[q] * y[q] + value[q];
            p->x[q] = p->x[q] * y[q] + slope[q];
        }
    }
    return end;
}

/* Gradients dV/dr of a pass of neighbours. */
INLINE void pull_back(const environment *e, const double *slots, vec (*gradient)[PASS])
{
    const lrpot__schedule *s = e->schedule;
    vec x[PASS], y[PASS], z[PASS], radial[PASS], sum[3][PASS];
    for (int q = 0; q < PASS; q++) {
        x[q] = load(slots + q * e->slot_size + SLOT_X * LANES);
        y[q] = load(slots + q * e->slot_size + SLOT_Y * LANES);
        z[q] = load(slots + q * e->slot_size + SLOT_Z * LANES);
        radial[q] = sum[0][q] = sum[1][q] = sum[2][q] = zero();
    }
    for (int32_t mu = 0; mu < s->n_radial; mu++) {
        int32_t rank = s->rank[mu];
        if (rank < 0) continue;
        polynomial even, odd;
        const double *end = e->adjoint + ((int64_t)s->start[mu] + (rank + 1) * (rank + 1)) * LANES;
        end = horner_plane(end, rank - 1, x, y, &odd);
        (void)horner_plane(end, rank, x, y, &even);
        for (int q = 0; q < PASS; q++) {
            vec f = load(slots + q * e->slot_size + (SLOT_F + 2 * mu) * LANES);
            vec df = load(slots + q * e->slot_size + (SLOT_F + 2 * mu + 1) * LANES);
            radial[q] += df * (even.value[q] + z[q] * odd.value[q]);
            sum[0][q] += f * (even.x[q] + z[q] * odd.x[q]);
            sum[1][q] += f * (even.y[q] + z[q] * odd.y[q]);
            sum[2][q] += f * odd.value[q];
        }
    }
    for (int q = 0; q < PASS; q++) {
        vec inverse = load(slots + q * e->slot_size + SLOT_INVERSE * LANES);
        vec along = x[q] * sum[0][q] + y[q] * sum[1][q] + z[q] * sum[2][q],
            rest = radial[q] - along * inverse;
        gradient[0][q] = rest * x[q] + inverse * sum[0][q];
        gradient[1][q] = rest * y[q] + inverse * sum[1][q];
        gradient[2][q] = rest * z[q] + inverse * sum[2][q];
    }
}
