/* Fast kernel, part 3: the radial descriptor. The sums over neighbours are of polynomials, whose
 * number does not depend on that of the radial functions: q_n = sum_s sum_k c_nk(s) sum_j
 * f_k(r_j). */

INLINE double inverse_radial_cutoff(const environment *e, int32_t s)
{
    return 2.0 / (e->nep->cutoffs_radial[e->species] + e->nep->cutoffs_radial[s]);
}

/* sum_j f_k(r_j) of one species into out[k]. */
INLINE void sum_polynomials(environment *e, int32_t s, scalar *out, const int32_t k_count)
{
    const scalar rate = (scalar)inverse_radial_cutoff(e, s);
    const vec one = (scalar)1.0 + zero();
    vec sum[LRPOT__NEP_MAX_BASIS];
    for (int32_t k = 0; k < k_count; k++) sum[k] = zero();
    for (int32_t q = e->first[s]; q < e->first[s + 1]; q += LANES) {
        vec x = load(e->radial.x + q), y = load(e->radial.y + q), z = load(e->radial.z + q);
        vec r = square_root(x * x + y * y + z * z), scaled = r * rate, half, dhalf;
        lane_mask inside = (lane_mask)(scaled < (scalar)1.0);
        half_cutoff(scaled, &half, &dhalf);
        half = where(inside, half);
        vec below = scaled - (scalar)1.0, t = (scalar)2.0 * below * below - (scalar)1.0,
            twice = t + t;
        store(e->argument + q, t);
        store(e->radial_inverse + q, (scalar)1.0 / r);
        store(e->slope + q, half * below * ((scalar)4.0 * rate));
        store(e->bend + q, where(inside, dhalf * rate));
        vec last = one, now = t;
        sum[0] += half;
        if (k_count > 1) sum[1] += half * t;
        UNROLL_KNOWN
        for (int32_t k = 2; k < k_count; k++) {
            vec next = twice * now - last;
            sum[k] += half * next;
            last = now;
            now = next;
        }
    }
    for (int32_t k = 0; k < k_count; k++) out[k] = (scalar)sum_of_lanes(sum[k]);
    for (int32_t k = k_count - 1; k >= 0; k--) out[k] += out[0]; /* f_k = (T_k + 1) f/2 */
}

static void radial_forward(environment *e)
{
    const tables_of_kernel *t = e->tables;
    for (int32_t s = 0; s < e->nep->n_species; s++) {
        int64_t pair = (int64_t)e->species * e->nep->n_species + s;
        scalar *sums = e->sums_of_polynomials + (int64_t)s * t->polynomials;
        if (e->first[s] == e->first[s + 1]) continue;
        switch (e->nep->k_radial) { /* usual sizes, unrolled */
        case 7: sum_polynomials(e, s, sums, 7); break;
        case 9: sum_polynomials(e, s, sums, 9); break;
        case 13: sum_polynomials(e, s, sums, 13); break;
        default: sum_polynomials(e, s, sums, e->nep->k_radial);
        }
        multiply(t->radial_forward + pair * e->nep->k_radial * t->radial, e->nep->k_radial,
                 t->radial, sums, e->features);
    }
}

/* a[k]: derivatives by sum_j f_k(r_j). */
INLINE void pull_polynomials(environment *e, int32_t s, const scalar *a, const int32_t k_count)
{
    scalar constant = 0, scaled[LRPOT__NEP_MAX_BASIS];
    for (int32_t k = 0; k < k_count; k++) {
        constant += a[k];
        scaled[k] = (scalar)k * a[k];
    }
    for (int32_t q = e->first[s]; q < e->first[s + 1]; q += LANES) {
        vec t = load(e->argument + q), twice = t + t;
        vec last = (scalar)1.0 + zero(), now = t; /* T_k-1, T_k */
        vec ulast = zero(), unow = last;          /* U_k-2, U_k-1 */
        vec value = constant + a[0] + zero(), slope = zero();
        if (k_count > 1) {
            value += a[1] * t;
            slope += scaled[1];
        }
        UNROLL_KNOWN
        for (int32_t k = 2; k < k_count; k++) {
            vec next = twice * now - last, unext = twice * unow - ulast;
            value += a[k] * next;
            slope += scaled[k] * unext;
            last = now, now = next, ulast = unow, unow = unext;
        }
        vec along = load(e->slope + q) * slope + load(e->bend + q) * value;
        vec d[3] = { load(e->radial.x + q), load(e->radial.y + q), load(e->radial.z + q) }, g[3];
        along *= load(e->radial_inverse + q);
        for (int c = 0; c < 3; c++) g[c] = along * d[c];
        add_group(e, e->radial.j + q, d, g);
    }
}

static void radial_backward(environment *e)
{
    const tables_of_kernel *t = e->tables;
    for (int32_t s = 0; s < e->nep->n_species; s++) {
        int64_t pair = (int64_t)e->species * e->nep->n_species + s;
        scalar a[WIDEST_ROW] = { 0 };
        if (e->first[s] == e->first[s + 1]) continue;
        multiply(t->radial_backward + pair * e->nep->n_radial * t->polynomials, e->nep->n_radial,
                 t->polynomials, e->slopes, a);
        switch (e->nep->k_radial) {
        case 7: pull_polynomials(e, s, a, 7); break;
        case 9: pull_polynomials(e, s, a, 9); break;
        case 13: pull_polynomials(e, s, a, 13); break;
        default: pull_polynomials(e, s, a, e->nep->k_radial);
        }
    }
}
