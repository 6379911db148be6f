/* Fast kernel, part 4: the angular descriptor. */

/* Direction, powers of u_x + i u_y, Legendre functions, components of a group. */
static void make_harmonics(const environment *e, int64_t group)
{
    const lrpot__nep_harmonics *h = e->harmonics;
    const int64_t at = group * LANES;
    scalar *slot = slot_at(e, group), *legendre = slot + e->slot_legendre * LANES,
           *component = slot + e->slot_components * LANES;
    vec x = load(e->angular.x + at), y = load(e->angular.y + at), z = load(e->angular.z + at);
    vec inverse = (scalar)1.0 / square_root(x * x + y * y + z * z), re = (scalar)1.0 + zero(),
        im = zero();
    x *= inverse, y *= inverse, z *= inverse;
    store(slot + SLOT_U * LANES, x);
    store(slot + (SLOT_U + 1) * LANES, y);
    store(slot + (SLOT_U + 2) * LANES, z);
    store(slot + SLOT_INVERSE * LANES, inverse);
    for (int32_t m = 0; m <= h->l_max; m++) {
        vec p = (scalar)h->first[m] + zero(), below = zero();
        if (m > 0) {
            vec kept = re * x - im * y;
            im = re * y + im * x;
            re = kept;
            store(slot + (SLOT_POWERS + 2 * m - 2) * LANES, re);
            store(slot + (SLOT_POWERS + 2 * m - 1) * LANES, im);
        }
        for (int32_t l = m; l <= h->l_max; l++) {
            if (l > m) {
                vec next = (scalar)h->legendre[l][m].up * (z * p)
                           - (scalar)h->legendre[l][m].back * below;
                below = p;
                p = next;
            }
            if (l == 0) continue;
            scalar *c = component + (int64_t)lrpot__nep_component(l, m, 0) * LANES;
            store(legendre + legendre_at(l, m) * LANES, p);
            store(c, p * re);
            if (m > 0) store(c + LANES, p * im);
        }
    }
    for (int64_t c = h->n_components; c < e->padded_components; c++)
        store(component + c * LANES, zero());
}

/* f_k and df_k/dr of a group. */
INLINE void polynomials_of_group(const environment *e, int64_t group, vec *f, vec *df,
                                 const int32_t k_count)
{
    vec inverse = load(slot_at(e, group) + SLOT_INVERSE * LANES),
        rate = (scalar)1.0 / load(e->angular_cutoff + group * LANES), scaled = rate / inverse, half,
        dhalf;
    lane_mask inside = (lane_mask)(scaled < (scalar)1.0);
    half_cutoff(scaled, &half, &dhalf);
    half = where(inside, half);
    dhalf = where(inside, dhalf * rate);
    vec below = scaled - (scalar)1.0, t = (scalar)2.0 * below * below - (scalar)1.0, twice = t + t,
        slope = half * below * ((scalar)4.0 * rate);
    vec last = (scalar)1.0 + zero(), now = t, ulast = zero(), unow = last;
    f[0] = half + half;
    df[0] = dhalf + dhalf;
    if (k_count > 1) {
        f[1] = half * t + half;
        df[1] = dhalf * t + dhalf + slope;
    }
    UNROLL_KNOWN
    for (int32_t k = 2; k < k_count; k++) {
        vec next = twice * now - last, unext = twice * unow - ulast;
        f[k] = half * next + half;
        df[k] = dhalf * next + dhalf + ((scalar)k * slope) * unext;
        last = now, now = next, ulast = unow, unow = unext;
    }
}

/* g_n and dg_n/dr of the neighbours of a group: lanes are n, so that species may differ. */
INLINE void functions_of_group(const environment *e, int64_t group, const int32_t k_count)
{
    const int64_t row = e->tables->angular, first = group * LANES;
    vec f[LRPOT__NEP_MAX_BASIS], df[LRPOT__NEP_MAX_BASIS];
    polynomials_of_group(e, group, f, df, k_count);
    for (int l = 0; l < LANES; l++) {
        scalar *g = e->g + (first + l) * row, *dg = e->dg + (first + l) * row;
        int padding = first + l >= e->n_angular;
        int64_t pair = (int64_t)e->species * e->nep->n_species
                       + (padding ? e->species : e->angular_species[first + l]);
        const scalar *c = e->tables->angular_forward + pair * k_count * row;
        const scalar *fl = (const scalar *)f + l, *dfl = (const scalar *)df + l;
        for (int64_t v = 0; v < row; v += ROW_LANES) {
            row_vec value = { 0 }, derivative = { 0 };
            UNROLL_KNOWN
            for (int32_t k = 0; k < k_count; k++) {
                row_vec factor = load_row(c + k * row + v);
                value += fl[k * LANES] * factor;
                derivative += dfl[k * LANES] * factor;
            }
            store_row(g + v, value);
            store_row(dg + v, derivative);
        }
    }
}

/* Sums over neighbours of g_n times ROW components at a time, kept in registers. */
static void sum_components(environment *e, int64_t groups)
{
    const int64_t row = e->tables->angular;
    for (int64_t v = 0; v < row; v += ROW_LANES)
        for (int64_t c = 0; c < e->padded_components; c += ROW) {
            row_vec sum[ROW];
            UNROLL
            for (int a = 0; a < ROW; a++) sum[a] = (row_vec){ 0 };
            for (int64_t group = 0; group < groups; group++) {
                const scalar *y = slot_at(e, group) + (e->slot_components + c) * LANES;
                const scalar *g = e->g + group * LANES * row + v;
                for (int l = 0; l < LANES; l++) {
                    row_vec function = load_row(g + l * row);
                    UNROLL
                    for (int a = 0; a < ROW; a++) sum[a] += y[a * LANES + l] * function;
                }
            }
            UNROLL
            for (int a = 0; a < ROW; a++) store_row(e->moments + (c + a) * row + v, sum[a]);
        }
}

static void angular_forward(environment *e)
{
    int64_t groups = (e->n_angular + LANES - 1) / LANES;
    for (int64_t group = 0; group < groups; group++) {
        make_harmonics(e, group);
        switch (e->nep->k_angular) { /* usual sizes, unrolled */
        case 7: functions_of_group(e, group, 7); break;
        case 9: functions_of_group(e, group, 9); break;
        case 13: functions_of_group(e, group, 13); break;
        default: functions_of_group(e, group, e->nep->k_angular);
        }
    }
    sum_components(e, groups);
}

/* A vector from those of its parts, ROW_LANES apart. */
INLINE vec joined(const row_vec *parts)
{
#if LANES == 16
    return __builtin_shufflevector(parts[0], parts[ROW_LANES], 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
                                   12, 13, 14, 15);
#else
    return parts[0];
#endif
}

/* Transposes rows of n for each neighbour to vectors of neighbours for each n. */
INLINE void turn_rows(const scalar *rows, int64_t row, vec *out)
{
    for (int64_t v = 0; v < row; v += ROW_LANES) {
        row_vec turned[LANES];
        UNROLL
        for (int l = 0; l < LANES; l++) turned[l] = load_row(rows + l * row + v);
        for (int half = 0; half < LANES; half += ROW_LANES) transpose(turned + half);
        UNROLL
        for (int n = 0; n < ROW_LANES; n++) out[v + n] = joined(turned + n);
    }
}

/* sum_n a_n g_n and sum_n a_n dg_n of one component. */
INLINE void contract(const scalar *a, const vec *g, const vec *dg, vec *value, vec *derivative,
                     const int32_t n_count)
{
    *value = *derivative = zero();
    UNROLL_KNOWN
    for (int32_t n = 0; n < n_count; n++) {
        *value += a[n] * g[n];
        *derivative += a[n] * dg[n];
    }
}

/* Gradients of a group: radial part along u, tangential part t - u (u t) over r. */
INLINE void pull_group(environment *e, int64_t group, const int32_t n_count)
{
    const lrpot__nep_harmonics *h = e->harmonics;
    const int64_t row = e->tables->angular, at = group * LANES;
    const scalar *slot = slot_at(e, group), *legendre = slot + e->slot_legendre * LANES;
    vec g[LRPOT__NEP_MAX_FUNCTIONS], dg[LRPOT__NEP_MAX_FUNCTIONS];
    vec along = zero(), t[3] = { zero(), zero(), zero() }, re = (scalar)1.0 + zero(), im = zero();
    turn_rows(e->g + at * row, row, g);
    turn_rows(e->dg + at * row, row, dg);
    for (int32_t m = 0; m <= h->l_max; m++) {
        vec value[2] = { zero(), zero() }, slope[2] = { zero(), zero() },
            derivative[2] = { zero(), zero() };
        for (int32_t l = m > 0 ? m : 1; l <= h->l_max; l++) {
            const scalar *a = e->adjoint + lrpot__nep_component(l, m, 0) * row;
            vec p = load(legendre + legendre_at(l, m) * LANES), w, v;
            vec dp = m < l ? (scalar)h->legendre[l][m].slope
                                 * load(legendre + legendre_at(l, m + 1) * LANES)
                           : zero();
            contract(a, g, dg, &w, &v, n_count);
            value[0] += w * p, slope[0] += w * dp, derivative[0] += v * p;
            if (m == 0) continue;
            contract(a + row, g, dg, &w, &v, n_count);
            value[1] += w * p, slope[1] += w * dp, derivative[1] += v * p;
        }
        vec lower_re = re, lower_im = im; /* power m - 1 */
        if (m > 0) {
            re = load(slot + (SLOT_POWERS + 2 * m - 2) * LANES);
            im = load(slot + (SLOT_POWERS + 2 * m - 1) * LANES);
            t[0] += (scalar)m * (value[0] * lower_re + value[1] * lower_im);
            t[1] += (scalar)m * (value[1] * lower_re - value[0] * lower_im);
        }
        t[2] += re * slope[0] + im * slope[1];
        along += re * derivative[0] + im * derivative[1];
    }
    vec u[3], d[3], inverse = load(slot + SLOT_INVERSE * LANES);
    for (int c = 0; c < 3; c++) u[c] = load(slot + (SLOT_U + c) * LANES);
    along -= (t[0] * u[0] + t[1] * u[1] + t[2] * u[2]) * inverse;
    for (int c = 0; c < 3; c++) t[c] = along * u[c] + t[c] * inverse;
    d[0] = load(e->angular.x + at), d[1] = load(e->angular.y + at), d[2] = load(e->angular.z + at);
    add_group(e, e->angular.j + at, d, t);
}

static void angular_backward(environment *e)
{
    for (int64_t group = 0; group * LANES < e->n_angular; group++) switch (e->nep->n_angular) {
        case 5: pull_group(e, group, 5); break;
        case 7: pull_group(e, group, 7); break;
        case 9: pull_group(e, group, 9); break;
        default: pull_group(e, group, e->nep->n_angular);
        }
}
