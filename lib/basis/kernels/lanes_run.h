/* Fast kernel, part 5: loop over batches, and their contributions to the results. */

static void write_features(const environment *e)
{
    const lrpot__schedule *s = e->schedule;
    for (int lane = 0; lane < e->n_lanes; lane++) {
        double *out = e->job->request->features + e->atoms[lane] * s->n_scalars;
        for (int32_t k = 0; k < s->n_scalars; k++) out[k] = e->moments[s->scalars[k] + lane];
    }
}

static void write_heads(const environment *e)
{
    const lrpot__schedule *s = e->schedule;
    const lrpot__request *request = e->job->request;
    for (int64_t h = 0; h < request->n_heads; h++) {
        const lrpot__head *head = &request->heads[h];
        const double *coefficients = head->coefficients + e->species * head->count;
        vec sum = zero();
        for (int64_t k = 0; k < head->count; k++)
            sum += coefficients[k] * load(e->moments + s->scalars[head->first + k * head->stride]);
        for (int lane = 0; lane < e->n_lanes; lane++)
            request->head_values[e->atoms[lane] * request->n_heads + h] = sum[lane];
    }
}

/* Coefficients of each lane at its features, and its V. */
static vec run_networks(environment *e)
{
    const lrpot__schedule *s = e->schedule;
    const lrpot__request *request = e->job->request;
    const double *coefficients = request->coefficients + e->species * request->species_stride;
    vec value = zero();
    for (int lane = 0; lane < e->n_lanes; lane++) {
        double *row = e->tangents + (int64_t)lane * s->n_scalars;
        for (int32_t k = 0; k < s->n_scalars; k++) {
            e->features[k] = e->moments[s->scalars[k] + lane];
            value[lane] += coefficients[k] * e->features[k];
        }
        memcpy(row, coefficients, (size_t)s->n_scalars * sizeof *row);
        value[lane] += lrpot__network_run(request->network, request->output, e->species,
                                          e->features, e->job->atoms->total_charge, 1.0, row);
        e->rows[lane] = row;
    }
    return value;
}

/* Moments of the batch, features, values; and the adjoint of the outer products if needed. */
static void run_forward(environment *e)
{
    const lrpot__schedule *s = e->schedule;
    const lrpot__request *request = e->job->request;
    int given = request->atom_coefficients != NULL, own = given || request->network != NULL,
        folded = !own && request->coefficients != NULL;
    evaluate_slots(e);
    accumulate_moments(e);
    complete_moments(e);
    run_groups(&s->inner, e->moments, e->moments, e->moments, 0);
    if (request->features != NULL || request->heads != NULL || own)
        run_groups(&s->outer, e->moments, e->moments, e->moments, 0);
    if (request->features != NULL) write_features(e);
    if (request->heads != NULL) write_heads(e);
    if (!own && !folded) return;
    for (int lane = 0; lane < e->n_lanes && given; lane++)
        e->rows[lane] = request->atom_coefficients + e->atoms[lane] * s->n_scalars;
    vec curved = own && !given ? run_networks(e) : zero();
    vec value = folded ? fold_outer(e) : spread_outer(e);
    if (own && !given) value = curved;
    for (int lane = 0; lane < e->n_lanes && request->values != NULL; lane++)
        request->values[e->atoms[lane]] = value[lane];
}

/* Virial of the pairs of one slot: -r (x) g, or with an arm the moment that stands for it. */
INLINE void slot_virial(const environment *e, const double *slot, const vec g[3], vec virial[9])
{
    const double *arm = e->job->request->lever_arm;
    vec r = load(slot + SLOT_R * LANES), d[3], reach = zero(), turned = zero();
    for (int a = 0; a < 3; a++) d[a] = r * load(slot + (SLOT_X + a) * LANES);
    for (int k = 0; k < 9; k++) virial[k] = -d[k / 3] * g[k % 3];
    if (arm == NULL) return;
    for (int a = 0; a < 3; a++) {
        reach += arm[a] * d[a];
        turned += arm[a] * g[a];
    }
    for (int k = 0; k < 9; k++)
        virial[k] =
            0.5
            * (d[k / 3] * d[k % 3] * turned - reach * (d[k / 3] * g[k % 3] + d[k % 3] * g[k / 3]));
}

/* Adds a pass of gradients to the neighbours; n_all is a row of its own for the padding. weight,
 * offset: with an arm, factors of its part and of the part without. */
INLINE void add_to_neighbours(const environment *e, int64_t first, vec (*gradient)[PASS],
                              vec weight, vec offset)
{
    lrpot__sums *sums = e->sums;
    const double *arm = e->job->request->lever_arm;
    for (int q = 0; q < PASS && sums->forces != NULL; q++) {
        const int32_t *j = e->neighbours + (first + q) * LANES;
        vec g[3] = { gradient[0][q], gradient[1][q], gradient[2][q] };
        quad rows[LANES];
        if (arm != NULL) {
            const double *slot = slot_at(e, first + q);
            vec reach = zero();
            for (int a = 0; a < 3; a++) reach += arm[a] * load(slot + (SLOT_X + a) * LANES);
            vec factor = weight * reach * load(slot + SLOT_R * LANES) + offset;
            for (int c = 0; c < 3; c++) g[c] *= factor;
        }
        vectors_to_rows(g, rows);
        for (int lane = 0; lane < LANES; lane++) {
            double *f = sums->forces + 4 * (int64_t)j[lane];
            store_quad(f, load_quad(f) - rows[lane]);
        }
    }
    for (int q = 0; q < PASS && sums->virial_atom != NULL; q++) {
        vec g[3] = { gradient[0][q], gradient[1][q], gradient[2][q] }, virial[9];
        slot_virial(e, slot_at(e, first + q), g, virial);
        for (int lane = 0; lane < LANES; lane++) {
            double *w = sums->virial_atom + 9 * (int64_t)e->neighbours[(first + q) * LANES + lane];
            for (int k = 0; k < 9; k++) w[k] += virial[k][lane];
        }
    }
}

static void run_backward(const environment *e)
{
    const lrpot__request *request = e->job->request;
    vec weight = zero(), offset = zero(), apart = zero(), force[3] = { zero(), zero(), zero() },
        virial[9];
    int shared = request->offsets != NULL;
    for (int i = 0; i < 9; i++) virial[i] = zero();
    for (int lane = 0; lane < e->n_lanes; lane++) {
        double given = request->weights != NULL ? request->weights[e->atoms[lane]] : 1.0;
        weight[lane] = shared ? 1.0 : given;
        apart[lane] = shared ? given : 1.0;
        offset[lane] = shared ? request->offsets[e->atoms[lane]] : 0.0;
    }
    run_groups(&e->schedule->adjoint, e->adjoint, e->moments, e->adjoint, 1);
    complete_adjoint(e);
    for (int64_t first = 0; first < e->n_slots; first += PASS) {
        const double *slots = slot_at(e, first);
        vec gradient[3][PASS];
        pull_back(e, slots, gradient);
        for (int q = 0; q < PASS; q++)
            for (int c = 0; c < 3; c++) {
                gradient[c][q] *= weight;
                force[c] += shared ? offset * gradient[c][q] : gradient[c][q];
            }
        for (int q = 0; q < PASS && request->virial != NULL; q++) {
            vec g[3] = { gradient[0][q], gradient[1][q], gradient[2][q] }, part[9];
            slot_virial(e, slots + q * e->slot_size, g, part);
            for (int k = 0; k < 9; k++) virial[k] += part[k];
        }
        add_to_neighbours(e, first, gradient, apart, offset);
    }
    for (int lane = 0; lane < e->n_lanes; lane++) {
        for (int c = 0; c < 3 && e->sums->forces != NULL && (shared || request->lever_arm == NULL);
             c++)
            e->sums->forces[4 * e->atoms[lane] + c] += force[c][lane];
        for (int i = 0; i < 9; i++) e->sums->virial[i] += virial[i][lane];
    }
}

static int64_t scratch_bytes(const lrpot__job *job)
{
    environment e;
    return divide_scratch(job, &e, NULL);
}

static void run(const lrpot__job *job, int64_t begin, int64_t end, void *scratch, lrpot__sums *sums)
{
    environment e;
    (void)divide_scratch(job, &e, scratch);
    e.sums = sums;
    for (int64_t i = begin; i < end; i++) {
        const lrpot__batch *batch = &e.batches->batches[i];
        e.species = batch->species;
        e.n_lanes = batch->count;
        for (int lane = 0; lane < batch->count; lane++)
            e.atoms[lane] = e.batches->atoms[batch->first + lane];
        collect_neighbours(&e);
        if (sums->status != LRPOT_OK) return;
        run_forward(&e);
        if (job->backward) run_backward(&e);
    }
}
