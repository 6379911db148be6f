/* Fast kernel, part 2: neighbours into slots, radial functions. */

/* Neighbours of one lane within the cutoff. */
static int32_t find_neighbours(const environment *e, int64_t i, found *list)
{
    const lrpot__job *job = e->job;
    const double *centre = job->atoms->positions + i * job->stride;
    const double cutoff = job->basis->options.cutoff;
    const int32_t *species = job->atoms->species;
    lrpot__row row = lrpot__nlist_get_row(&job->rows, i);
    int32_t n = 0;
    for (int64_t k = 0; k < row.count; k++) {
        found *f = &list[n];
        f->j = lrpot__neighbour(job, &row, centre, k, f->d);
        f->species = species[f->j];
        double r2 = f->d[0] * f->d[0] + f->d[1] * f->d[1] + f->d[2] * f->d[2];
        if (r2 < LRPOT__COINCIDENT_SQUARED) {
            e->sums->status = LRPOT_E_COINCIDENT;
            e->sums->failed_i = i;
            e->sums->failed_j = f->j;
            return 0;
        }
        n += r2 < cutoff * cutoff; /* no branch: the next one overwrites what is too far */
    }
    return n;
}

static void put_slot(environment *e, int64_t slot, int lane, const double *d, int32_t j)
{
    double *s = slot_at(e, slot) + lane;
    s[SLOT_X * LANES] = d[0];
    s[SLOT_Y * LANES] = d[1];
    s[SLOT_Z * LANES] = d[2];
    e->neighbours[slot * LANES + lane] = j;
}

/* First slot of each species: the lane with the most neighbours of a species decides. */
static void allot_slots(environment *e, const int32_t *found_in_lane)
{
    int32_t n_species = e->job->basis->options.n_species;
    memset(e->count, 0, (size_t)n_species * LANES * sizeof *e->count);
    for (int lane = 0; lane < LANES; lane++)
        for (int32_t k = 0; k < found_in_lane[lane]; k++) e->count[lane * n_species + e->list[lane * e->list_size + k].species]++;
    e->first[0] = 0;
    for (int32_t s = 0; s < n_species; s++) {
        int32_t most = 0;
        for (int lane = 0; lane < LANES; lane++)
            if (e->count[lane * n_species + s] > most) most = e->count[lane * n_species + s];
        e->first[s + 1] = e->first[s] + most;
    }
    e->n_slots = (e->first[n_species] + LRPOT__PASS - 1) / LRPOT__PASS * LRPOT__PASS;
}

/* Neighbours of all lanes, grouped by species, so that radial coefficients are the same for all lanes of a slot. */
static void collect_neighbours(environment *e)
{
    int32_t n_species = e->job->basis->options.n_species, n[LANES];
    double nowhere[3] = { 2.0 * e->job->basis->options.cutoff, 0.0, 0.0 };
    int32_t nobody = (int32_t)e->job->atoms->n_all;
    for (int lane = 0; lane < LANES; lane++)
        n[lane] = lane < e->n_lanes ? find_neighbours(e, e->atoms[lane], e->list + lane * e->list_size) : 0;
    allot_slots(e, n);
    for (int lane = 0; lane < LANES; lane++) {
        memcpy(e->cursor, e->first, (size_t)n_species * sizeof *e->cursor);
        for (int32_t k = 0; k < n[lane]; k++) {
            const found *f = &e->list[lane * e->list_size + k];
            put_slot(e, e->cursor[f->species]++, lane, f->d, f->j);
        }
        for (int32_t s = 0; s < n_species; s++)
            for (int32_t slot = e->cursor[s]; slot < e->first[s + 1]; slot++) put_slot(e, slot, lane, nowhere, nobody);
        for (int64_t slot = e->first[n_species]; slot < e->n_slots; slot++) put_slot(e, slot, lane, nowhere, nobody);
    }
}

/* f and df of one slot. */
INLINE void evaluate_slot(const environment *e, const double *table, int32_t n, double *slot)
{
    const lrpot_basis *basis = e->job->basis;
    const double far = basis->options.cutoff, near = basis->options.min_distance, slope = 2.0 / (far - near);
    vec x = load(slot + SLOT_X * LANES), y = load(slot + SLOT_Y * LANES), z = load(slot + SLOT_Z * LANES);
    vec r = square_root(x * x + y * y + z * z), inverse = 1.0 / r;
    mask inside = (mask)(r < far), moving = inside;
    store(slot + SLOT_X * LANES, x * inverse);
    store(slot + SLOT_Y * LANES, y * inverse);
    store(slot + SLOT_Z * LANES, z * inverse);
    store(slot + SLOT_INVERSE * LANES, inverse);
    store(slot + SLOT_R * LANES, r);
    if (basis->clamp_below) {
        mask below = (mask)(r < near);
        r = where(~below, r) + where(below, near + zero());
        moving &= ~below;
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
        store(slot + (SLOT_F + 2 * mu + 1) * LANES, where(moving, cut * df + dcut * f));
    }
}

static void evaluate_slots(const environment *e)
{
    const lrpot_basis *basis = e->job->basis;
    int32_t n = basis->options.radial_size, n_species = basis->options.n_species;
    int64_t table_size = 2 * (int64_t)e->schedule->n_radial * n;
    for (int32_t s = 0; s < n_species; s++) {
        const double *table = e->batches->radial + ((int64_t)e->species * n_species + s) * table_size;
        int64_t end = s + 1 < n_species ? e->first[s + 1] : e->n_slots; /* the padding at the end counts nowhere */
        for (int64_t slot = e->first[s]; slot < end; slot++) {
            if (n == 8) /* the usual size, unrolled */
                evaluate_slot(e, table, 8, slot_at(e, slot));
            else
                evaluate_slot(e, table, n, slot_at(e, slot));
        }
    }
}
