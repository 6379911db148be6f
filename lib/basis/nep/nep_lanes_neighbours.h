/* Fast kernel, part 2: neighbours of an atom, and addition of forces and virials to them. */

typedef double quad __attribute__((vector_size(4 * sizeof(double))));
typedef quad quad_in_memory __attribute__((may_alias, aligned(8)));

INLINE quad load_quad(const double *p)
{
    return *(const quad_in_memory *)p;
}

/* Lanes from `first` on, as many as a row's vector has. */
INLINE row_vec part(vec v, int first)
{
#if LANES == 16
    return first == 0 ? __builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7)
                      : __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15);
#else
    (void)first;
    return v;
#endif
}

#if LANES >= 4
INLINE quad first_four(row_vec v)
{
    typedef scalar four __attribute__((vector_size(4 * sizeof(scalar))));
#if ROW_LANES == 8
    return __builtin_convertvector((four)__builtin_shufflevector(v, v, 0, 1, 2, 3), quad);
#else
    return __builtin_convertvector((four)v, quad);
#endif
}
#endif

/* Sources of the vectors of a list's row: positions alone, images, or shifts. */
enum { FOUND_PLAIN, FOUND_IMAGES, FOUND_SHIFTS };

INLINE quad shift_of(const double *cell, const int32_t *s)
{
    quad t = { 0.0, 0.0, 0.0, 0.0 };
    for (int c = 0; c < 3; c++) t[c] = s[0] * cell[c] + s[1] * cell[3 + c] + s[2] * cell[6 + c];
    return t;
}

INLINE void find_by(environment *e, const lrpot__row *row, const int way)
{
    const lrpot__nep_job *job = e->job;
    const double *positions = job->positions, *translations = job->translations;
    const double limit = e->nep->cutoff * e->nep->cutoff;
    const int32_t *species = job->atoms->species, mask = job->rows.mask;
    const quad centre = load_quad(positions + 4 * e->i);
    double nearest = limit;
    int64_t n = 0;
    for (int64_t k = 0; k < row->count; k++) {
        int32_t j = row->j[k] & mask;
        quad d = load_quad(positions + 4 * (int64_t)j) - centre;
        if (way == FOUND_IMAGES) d += load_quad(translations + 4 * (int64_t)row->image[k]);
        if (way == FOUND_SHIFTS) d += shift_of(job->atoms->cell, row->shifts + 3 * k);
        quad s = d * d;
        double square = s[0] + s[1] + s[2];
        e->found.x[n] = (scalar)d[0];
        e->found.y[n] = (scalar)d[1];
        e->found.z[n] = (scalar)d[2];
        e->found.j[n] = j;
        e->squares[n] = square;
        e->found_species[n] = species[j];
        /* no branch: the next one overwrites a neighbour that is too far away */
        n += square < limit;
        nearest = square < nearest ? square : nearest;
        if (__builtin_expect(square < LRPOT__NEP_COINCIDENT, 0)) {
            e->sums->failed = 1;
            e->sums->failed_i = e->i;
            e->sums->failed_j = j;
        }
    }
    e->n_found = n;
    e->nearest = nearest;
}

static void find_neighbours(environment *e)
{
    const lrpot__row row = lrpot__nlist_get_row(&e->job->rows, e->i);
    if (row.image != NULL) find_by(e, &row, FOUND_IMAGES);
    else if (row.shifts != NULL) find_by(e, &row, FOUND_SHIFTS);
    else find_by(e, &row, FOUND_PLAIN);
}

INLINE void copy_place(const places *from, int64_t k, const places *to, int64_t at)
{
    to->x[at] = from->x[k];
    to->y[at] = from->y[k];
    to->z[at] = from->z[k];
    to->j[at] = from->j[k];
}

/* Pads the group from `at` to its end with an atom that does not exist, far away. */
INLINE int64_t pad_places(const environment *e, const places *to, int64_t at)
{
    for (; at % LANES != 0; at++) {
        to->x[at] = (scalar)(2.0 * e->nep->cutoff);
        to->y[at] = to->z[at] = 0.0;
        to->j[at] = (int32_t)(e->job->atoms->n_all + at % LANES);
    }
    return at;
}

/* Radial neighbours by species, so that a group has the same coefficients in all lanes. */
static void sort_radial(environment *e)
{
    int32_t n_species = e->nep->n_species, at = 0;
    memset(e->count, 0, (size_t)n_species * sizeof *e->count);
    for (int64_t k = 0; k < e->n_found; k++) e->count[e->found_species[k]]++;
    for (int32_t s = 0; s < n_species; s++) {
        e->first[s] = at;
        at += (e->count[s] + LANES - 1) / LANES * LANES;
        e->count[s] = e->first[s];
    }
    e->first[n_species] = at;
    for (int64_t k = 0; k < e->n_found; k++)
        copy_place(&e->found, k, &e->radial, e->count[e->found_species[k]]++);
    for (int32_t s = 0; s < n_species; s++) (void)pad_places(e, &e->radial, e->count[s]);
}

/* Angular neighbours, species mixed. */
static void select_angular(environment *e)
{
    const double *cutoffs = e->nep->cutoffs_angular, own = cutoffs[e->species];
    /* indices of the selected neighbours, then their species */
    int32_t *chosen = e->angular_species;
    int64_t n = 0;
    for (int64_t k = 0; k < e->n_found; k++) {
        double cutoff = 0.5 * (own + cutoffs[e->found_species[k]]);
        chosen[n] = (int32_t)k;
        n += e->squares[k] < cutoff * cutoff;
    }
    for (int64_t q = 0; q < n; q++) {
        int32_t k = chosen[q], s = e->found_species[k];
        copy_place(&e->found, k, &e->angular, q);
        e->angular_species[q] = s;
        e->angular_cutoff[q] = (scalar)(0.5 * (own + cutoffs[s]));
    }
    e->n_angular = n;
    for (int64_t k = n; k < (n + LANES - 1) / LANES * LANES; k++)
        e->angular_cutoff[k] = (scalar)own;
    (void)pad_places(e, &e->angular, n);
}

/* Subtracts a row (x, y, z, 0) of each lane from the rows of the neighbours. */
INLINE void scatter(double *forces, const int32_t *j, const vec g[3])
{
#if LANES >= 4
    for (int half = 0; half < LANES; half += ROW_LANES) {
        row_vec rows[ROW_LANES];
        for (int c = 0; c < ROW_LANES; c++) rows[c] = c < 3 ? part(g[c], half) : (row_vec){ 0 };
        transpose(rows);
        UNROLL
        for (int l = 0; l < ROW_LANES; l++) {
            quad_in_memory *f = (quad_in_memory *)(forces + 4 * (int64_t)j[half + l]);
            *f -= first_four(rows[l]);
        }
    }
#else
    for (int l = 0; l < LANES; l++)
        for (int c = 0; c < 3; c++) forces[4 * (int64_t)j[l] + c] -= (double)g[c][l];
#endif
}

/* Virial of a group of pairs: -d (x) g, or with an arm the moment that stands for it. reach: arm.d.
 */
INLINE void group_virial(const double *arm, vec reach, const vec d[3], const vec g[3], vec w[9])
{
    vec turned = zero();
    for (int k = 0; k < 9; k++) w[k] = -d[k / 3] * g[k % 3];
    if (arm == NULL) return;
    for (int c = 0; c < 3; c++) turned += (scalar)arm[c] * g[c];
    for (int k = 0; k < 9; k++)
        w[k] =
            (scalar)0.5
            * (d[k / 3] * d[k % 3] * turned - reach * (d[k / 3] * g[k % 3] + d[k % 3] * g[k / 3]));
}

/* Per-atom virials of a group. */
static void add_virials(const environment *e, const int32_t *j, const vec w[9])
{
    for (int l = 0; l < LANES; l++)
        for (int k = 0; k < 9; k++) {
            if (e->sums->virial_neighbour != NULL)
                e->sums->virial_neighbour[9 * (int64_t)j[l] + k] += (double)w[k][l];
            if (e->sums->virial_centre != NULL)
                e->sums->virial_centre[9 * e->i + k] += (double)w[k][l];
        }
}

/* Gradients dU_i/dr_ij of a group of neighbours at distances d. */
INLINE void add_group(environment *e, const int32_t *j, const vec d[3], const vec g[3])
{
    const double *arm = e->job->request->lever_arm;
    vec reach = zero(), force[3], w[9];
    for (int c = 0; c < 3; c++) force[c] = g[c];
    if (arm != NULL) {
        for (int c = 0; c < 3; c++) reach += (scalar)arm[c] * d[c];
        for (int c = 0; c < 3; c++) force[c] = reach * g[c];
    } else {
        for (int c = 0; c < 3; c++) e->force[c] += g[c];
    }
    group_virial(arm, reach, d, g, w);
    for (int k = 0; k < 9; k++) e->virial[k] += w[k];
    if (e->sums->forces != NULL) scatter(e->sums->forces, j, force);
    if (e->sums->virial_neighbour != NULL || e->sums->virial_centre != NULL) add_virials(e, j, w);
}
