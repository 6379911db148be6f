/* Fast kernel, part 5: invariants, network, and the contribution of an atom to the results. Lanes
 * are n or neurons. */

INLINE row_vec moment(const environment *e, int32_t component, int64_t v)
{
    return load_row(e->moments + component * e->tables->angular + v);
}

static row_vec squares_of(const environment *e, int32_t l, int64_t v)
{
    row_vec q = { 0 };
    for (int32_t c = l * l - 1; c < (l + 1) * (l + 1) - 1; c++) {
        row_vec b = moment(e, c, v);
        q += b * b;
    }
    return q;
}

static row_vec cubes_of(const environment *e, int32_t extra, int64_t v)
{
    const lrpot__nep_harmonics *h = e->harmonics;
    row_vec q = { 0 };
    for (int32_t k = 0; k < h->n_monomials[extra]; k++) {
        const lrpot__nep_monomial *m = &h->monomials[extra][k];
        q += (scalar)m->factor * moment(e, m->component[0], v) * moment(e, m->component[1], v)
             * moment(e, m->component[2], v);
    }
    return q;
}

static void make_invariants(environment *e)
{
    const int64_t row = e->tables->angular;
    for (int64_t v = 0; v < row; v += ROW_LANES) {
        scalar *q = e->features + e->tables->radial + v;
        for (int32_t l = 1; l <= e->nep->l_max; l++, q += row) store_row(q, squares_of(e, l, v));
        for (int32_t x = 0; x < LRPOT__NEP_EXTRAS; x++) {
            if (!e->nep->extras[x]) continue;
            row_vec one = squares_of(e, 1, v);
            store_row(q,
                      x == LRPOT__NEP_1111 ? (scalar)(7.0 / 15.0) * one * one : cubes_of(e, x, v));
            q += row;
        }
    }
}

INLINE void add_adjoint(environment *e, int32_t component, int64_t v, row_vec value)
{
    scalar *a = e->adjoint + component * e->tables->angular + v;
    store_row(a, load_row(a) + value);
}

static void pull_squares(environment *e, int32_t l, int64_t v, row_vec slope)
{
    for (int32_t c = l * l - 1; c < (l + 1) * (l + 1) - 1; c++)
        add_adjoint(e, c, v, (scalar)2.0 * slope * moment(e, c, v));
}

static void pull_cubes(environment *e, int32_t extra, int64_t v, row_vec slope)
{
    const lrpot__nep_harmonics *h = e->harmonics;
    for (int32_t k = 0; k < h->n_monomials[extra]; k++) {
        const lrpot__nep_monomial *m = &h->monomials[extra][k];
        row_vec b[3], factor = (scalar)m->factor * slope;
        for (int c = 0; c < 3; c++) b[c] = moment(e, m->component[c], v);
        for (int c = 0; c < 3; c++)
            add_adjoint(e, m->component[c], v, factor * b[(c + 1) % 3] * b[(c + 2) % 3]);
    }
}

static void pull_invariants(environment *e)
{
    const int64_t row = e->tables->angular;
    memset(e->adjoint, 0, (size_t)(e->padded_components * row) * sizeof *e->adjoint);
    for (int64_t v = 0; v < row; v += ROW_LANES) {
        const scalar *slope = e->slopes + e->tables->radial + v;
        for (int32_t l = 1; l <= e->nep->l_max; l++, slope += row)
            pull_squares(e, l, v, load_row(slope));
        for (int32_t x = 0; x < LRPOT__NEP_EXTRAS; x++) {
            if (!e->nep->extras[x]) continue;
            if (x == LRPOT__NEP_1111)
                pull_squares(e, 1, v,
                             (scalar)(14.0 / 15.0) * load_row(slope) * squares_of(e, 1, v));
            else pull_cubes(e, x, v, load_row(slope));
            slope += row;
        }
    }
}

/* U_i and z_i without ZBL; replaces e->neurons by the derivatives by the inputs of the neurons. */
static void run_network(environment *e, double energy_weight, double charge_weight, double *energy,
                        double *charge)
{
    const tables_of_kernel *t = e->tables;
    int64_t network = e->nep->n_networks > 1 ? e->species : 0, n = t->neurons;
    const scalar *bias = t->network_bias + network * n, *w = t->network_energy + network * n,
                 *wq = t->network_charge + network * n;
    vec sum = zero(), sum_q = zero();
    for (int64_t v = 0; v < n; v += LANES) store(e->neurons + v, -load(bias + v));
    multiply(t->network_forward + network * t->features * n, t->features, n, e->features,
             e->neurons);
    for (int64_t v = 0; v < n; v += LANES) {
        vec h = hyperbolic_tangent(load(e->neurons + v)), by_energy = load(w + v),
            by_charge = load(wq + v);
        sum += by_energy * h;
        sum_q += by_charge * h;
        store(e->neurons + v,
              ((scalar)energy_weight * by_energy + (scalar)charge_weight * by_charge)
                  * ((scalar)1.0 - h * h));
    }
    *energy = sum_of_lanes(sum) - t->shift[e->species];
    *charge = sum_of_lanes(sum_q);
}

static void pull_network(environment *e)
{
    const tables_of_kernel *t = e->tables;
    int64_t network = e->nep->n_networks > 1 ? e->species : 0;
    memset(e->slopes, 0, (size_t)t->features * sizeof *e->slopes);
    multiply(t->network_backward + network * t->features * t->neurons, e->nep->n_neurons,
             t->features, e->neurons, e->slopes);
}

/* Adds ZBL one pair at a time: few pairs are within its cutoff. */
static double add_zbl(environment *e, double weight)
{
    const double reach = e->job->evaluator->reach_zbl;
    double energy = 0.0;
    if (e->nearest >= reach * reach) return energy;
    for (int64_t k = 0; k < e->n_found; k++) {
        if (e->squares[k] >= reach * reach) continue;
        double r = sqrt(e->squares[k]), slope;
        int32_t j[LANES];
        vec d[3] = { zero(), zero(), zero() }, g[3];
        energy += 0.5 * lrpot__nep_zbl_eval(e->nep, e->species, e->found_species[k], r, &slope);
        if (!e->job->backward) continue;
        for (int l = 1; l < LANES; l++) j[l] = (int32_t)(e->job->atoms->n_all + l);
        j[0] = e->found.j[k];
        d[0][0] = e->found.x[k], d[1][0] = e->found.y[k], d[2][0] = e->found.z[k];
        for (int c = 0; c < 3; c++) g[c] = (scalar)(0.5 * weight * slope / r) * d[c];
        add_group(e, j, d, g);
    }
    return energy;
}

static void add_virial(environment *e)
{
    for (int k = 0; k < 9; k++) {
        e->sums->virial[k] += sum_of_lanes(e->virial[k]);
        e->virial[k] = zero();
    }
}

static void finish_atom(environment *e)
{
    for (int c = 0; c < 3; c++) {
        if (e->sums->forces != NULL) e->sums->forces[4 * e->i + c] += sum_of_lanes(e->force[c]);
        e->force[c] = zero();
    }
#if defined(SINGLE)
    add_virial(e);
#endif
}

static void run_atom(environment *e)
{
    const lrpot__nep_request *request = e->job->request;
    double charge_weight = request->charge_weights != NULL ? request->charge_weights[e->i] : 0.0;
    double energy_weight = lrpot__nep_energy_weight(request, e->i), energy, charge;
    sort_radial(e);
    select_angular(e);
    memset(e->features, 0, (size_t)e->tables->features * sizeof *e->features);
    radial_forward(e);
    angular_forward(e);
    make_invariants(e);
    run_network(e, energy_weight, charge_weight, &energy, &charge);
    energy += add_zbl(e, energy_weight);
    if (request->energies != NULL) request->energies[e->i] = energy;
    if (request->charges != NULL) request->charges[e->i] = charge;
    if (!e->job->backward) return;
    pull_network(e);
    radial_backward(e);
    pull_invariants(e);
    angular_backward(e);
    finish_atom(e);
}

static int64_t scratch_bytes(const lrpot__nep_job *job)
{
    environment e;
    return divide_scratch(job, &e, NULL);
}

static void run(const lrpot__nep_job *job, int64_t begin, int64_t end, void *scratch,
                lrpot__nep_sums *sums)
{
    environment e;
    (void)divide_scratch(job, &e, scratch);
    e.sums = sums;
    for (int64_t i = begin; i < end; i++) {
        e.i = i;
        e.species = job->atoms->species[i];
        find_neighbours(&e);
        if (sums->failed) return;
        run_atom(&e);
    }
    add_virial(&e);
}
