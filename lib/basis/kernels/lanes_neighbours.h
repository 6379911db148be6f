/* Fast kernel, part 2: sorting neighbours into slots, and radial functions. */

INLINE found *list_of(const environment *e, int32_t species, int lane)
{
    return e->list + ((int64_t)species * LANES + lane) * e->list_size;
}

INLINE quad shift_quad(const double *cell, const int32_t *s)
{
    quad t = { 0.0, 0.0, 0.0, 0.0 };
    for (int c = 0; c < 3; c++) t[c] = s[0] * cell[c] + s[1] * cell[3 + c] + s[2] * cell[6 + c];
    return t;
}

/* Sources of the vectors of a row: packed positions, packed positions and translations, or the
 * general case. */
enum { VECTORS_PLAIN, VECTORS_IMAGES, VECTORS_SHIFTS };

/* Neighbours of one lane within the cutoff, sorted by species. */
INLINE void find_neighbours_by(const environment *e, int64_t i, int lane, int vectors,
                               int one_species)
{
    const lrpot__job *job = e->job;
    const double *positions = e->batches->positions, *translations = e->batches->translations;
    const double cutoff = job->basis->options.cutoff, cutoff2 = cutoff * cutoff;
    const int32_t *species = job->atoms->species, mask_j = job->rows.mask;
    const lrpot__row neighbours = lrpot__nlist_get_row(&job->rows, i);
    quad centre = load_quad(positions + 4 * i);
    int32_t n = 0;
    found *out = list_of(e, 0, lane);
    for (int64_t k = 0; k < neighbours.count; k++) {
        int64_t j = neighbours.j[k] & mask_j;
        quad d = load_quad(positions + 4 * j) - centre;
        if (vectors == VECTORS_IMAGES)
            d += load_quad(translations + 4 * (int64_t)neighbours.image[k]);
        if (vectors == VECTORS_SHIFTS) d += shift_quad(job->atoms->cell, neighbours.shifts + 3 * k);
        quad squares = d * d;
        double r2 = squares[0] + squares[1] + squares[2];
        int32_t *count = one_species ? &n : &e->count[species[j] * LANES + lane];
        found *f = (one_species ? out : list_of(e, species[j], lane)) + *count;
        store_quad(f, d);
        f->j = j;
        /* no branch: the next one overwrites a neighbour that is too far away */
        *count += r2 < cutoff2;
        if (__builtin_expect(r2 < LRPOT__COINCIDENT_SQUARED, 0)) {
            e->sums->status = LRPOT_E_COINCIDENT;
            e->sums->failed_i = i;
            e->sums->failed_j = j;
        }
    }
    if (one_species) e->count[lane] = n;
}

static void find_neighbours(const environment *e, int64_t i, int lane)
{
    const lrpot__row row_of_i = lrpot__nlist_get_row(&e->job->rows, i);
    int one = e->job->basis->options.n_species == 1;
    if (row_of_i.image != NULL && one) find_neighbours_by(e, i, lane, VECTORS_IMAGES, 1);
    else if (row_of_i.image != NULL) find_neighbours_by(e, i, lane, VECTORS_IMAGES, 0);
    else if (row_of_i.shifts != NULL) find_neighbours_by(e, i, lane, VECTORS_SHIFTS, 0);
    else find_neighbours_by(e, i, lane, VECTORS_PLAIN, 0);
}

/* Fills the slots of each species. The lane with most neighbours of it determines their number. The
 * other lanes are padded with a neighbour far away. The last species gets extra slots to complete
 * the passes. */
static void fill_lists(environment *e)
{
    const found nobody = { { 2.0 * e->job->basis->options.cutoff, 0.0, 0.0 },
                           e->job->atoms->n_all };
    int32_t n_species = e->job->basis->options.n_species;
    e->n_slots = 0;
    for (int32_t s = 0; s < n_species; s++) {
        int32_t most = 0;
        for (int lane = 0; lane < LANES; lane++)
            if (e->count[s * LANES + lane] > most) most = e->count[s * LANES + lane];
        if (s + 1 == n_species) most += (int32_t)((PASS - (e->n_slots + most) % PASS) % PASS);
        for (int lane = 0; lane < LANES; lane++)
            for (int32_t k = e->count[s * LANES + lane]; k < most; k++)
                list_of(e, s, lane)[k] = nobody;
        e->n_slots_of[s] = most;
        e->n_slots += most;
    }
}

/* Collects the neighbours of all lanes, sorted by species, so that radial coefficients are the same
 * for all lanes of a slot. */
static void collect_neighbours(environment *e)
{
    memset(e->count, 0, (size_t)e->job->basis->options.n_species * LANES * sizeof *e->count);
    for (int lane = 0; lane < e->n_lanes; lane++) find_neighbours(e, e->atoms[lane], lane);
    fill_lists(e);
}

/* f and df of one slot; rest: of the pair, 0 without. */
INLINE void evaluate_slot(const environment *e, const double *table, int32_t n, double rest,
                          const vec d[3], double *slot)
{
    const lrpot_basis *basis = e->job->basis;
    const double far = basis->options.cutoff, near = basis->options.min_distance,
                 slope = 2.0 / (far - near);
    vec x = d[0], y = d[1], z = d[2];
    vec r = square_root(x * x + y * y + z * z), inverse = 1.0 / r;
    lane_mask inside = (lane_mask)(r < far), moving = inside;
    store(slot + SLOT_X * LANES, x * inverse);
    store(slot + SLOT_Y * LANES, y * inverse);
    store(slot + SLOT_Z * LANES, z * inverse);
    store(slot + SLOT_INVERSE * LANES, inverse);
    store(slot + SLOT_R * LANES, r);
    if (basis->clamp_below) {
        lane_mask below = (lane_mask)(r < near);
        r = where(~below, r) + where(below, near + zero());
        moving &= ~below;
    }
    vec pace = 1.0 + zero();
    if (any_below(r, rest)) {
        e->sums->resting = 1;
        const double width = LRPOT__REST_WIDTH * rest;
        vec u = where((lane_mask)(r < rest), (rest - r) / width);
        u = where((lane_mask)(u < 1.0), u) + where((lane_mask)(u >= 1.0), 1.0 + zero());
        pace -= u;
        r = where((lane_mask)(r >= rest), r)
            + where((lane_mask)(r < rest), rest - width * (u - 0.5 * u * u));
    }
    vec from_end = r - far, cut = from_end * from_end, dcut = 2.0 * from_end;
    if (basis->no_cutoff_factor) {
        cut = 1.0 + zero();
        dcut = zero();
    }
    cut = where(inside, cut);
    vec t = (r - 0.5 * (near + far)) * slope, twice = t + t, polynomial[32];
    polynomial[0] = 1.0 + zero();
    polynomial[1] = t;
    for (int32_t b = 2; b < n; b++) polynomial[b] = twice * polynomial[b - 1] - polynomial[b - 2];
    for (int32_t mu = 0; mu < e->schedule->n_radial; mu++) {
        const double *value = table + 2 * mu * n, *derivative = value + n;
        vec f = value[0] + value[1] * t, df = derivative[0] + zero();
        for (int32_t b = 2; b < n; b++) {
            f += value[b] * polynomial[b];
            df += derivative[b - 1] * polynomial[b - 1];
        }
        store(slot + (SLOT_F + 2 * mu) * LANES, cut * f);
        store(slot + (SLOT_F + 2 * mu + 1) * LANES, where(moving, pace * (cut * df + dcut * f)));
    }
}

static void evaluate_slots(const environment *e)
{
    const lrpot_basis *basis = e->job->basis;
    int32_t n = basis->options.radial_size, n_species = basis->options.n_species;
    int64_t table_size = 2 * (int64_t)e->schedule->n_radial * n, slot = 0;
    for (int32_t s = 0; s < n_species; s++) {
        const double *table = e->batches->radial
                              + ((int64_t)e->species * n_species + s) * table_size;
        double rest = basis->rest != NULL ? basis->rest[e->species * n_species + s] : 0.0;
        for (int32_t k = 0; k < e->n_slots_of[s]; k++, slot++) {
            vec d[3];
            rows_to_vectors(list_of(e, s, 0) + k, e->list_size, d, e->neighbours + slot * LANES);
            if (n == 8) /* the usual size, unrolled */
                evaluate_slot(e, table, 8, rest, d, slot_at(e, slot));
            else evaluate_slot(e, table, n, rest, d, slot_at(e, slot));
        }
    }
}
