/* The calls that options are handed to. Included once, by check_options.c, behind the bench that
 * they work on. */
/* A view of one of the structures; its species are kept here. */
static lrpot_atoms view(const lrpot_structure *s, int32_t *species)
{
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    ck_ok(lrpot_structure_view(s, 2, SYMBOLS, species, &atoms));
    return atoms;
}

static const lrpot_structure *either(const bench *b, int which)
{
    return which % 3 == 2 ? b->isolated : b->frame;
}

/* One call with the options for each struct; which: a counter, for what else may vary. */
typedef lrpot_status (*user)(bench *b, const void *options, int which);

static lrpot_status use_basis(bench *b, const void *options, int which)
{
    lrpot_basis *basis = NULL;
    lrpot_nlist *list = NULL;
    int32_t species[ATOMS];
    lrpot_atoms atoms = view(either(b, which), species);
    lrpot_basis_options known = LRPOT_BASIS_OPTIONS_INIT;
    lrpot_status status = lrpot_basis_create(&basis, options);
    if (status != LRPOT_OK) return status;
    ck_ok(lrpot_basis_get_options(basis, &known));
    status = lrpot_nlist_build(&list, &atoms, known.cutoff, 0);
    int64_t count = lrpot_basis_count(basis);
    double *features = calloc((size_t)(count * ATOMS), sizeof *features);
    if (status == LRPOT_OK) status = lrpot_basis_eval(basis, b->work, &atoms, list, features);
    free(features);
    lrpot_nlist_free(list);
    lrpot_basis_free(basis);
    return status;
}

static lrpot_status use_ewald(bench *b, const void *options, int which)
{
    static const int32_t masks[] = { 7, 0, 3, 7 };
    lrpot_ewald *ewald = NULL;
    int32_t species[ATOMS];
    double energy, virial[9], forces[3 * ATOMS], potential[ATOMS];
    lrpot_atoms atoms = view(b->frame, species);
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    lrpot_ewald_report report = LRPOT_EWALD_REPORT_INIT;
    atoms.periodic_mask = masks[which % 4];
    out.energy = &energy, out.virial = virial, out.forces = forces, out.potential = potential;
    lrpot_status status = lrpot_ewald_create(&ewald, options);
    if (status != LRPOT_OK) return status;
    if (which % 4 == 3)
        status = lrpot_multipoles_eval(ewald, b->work, &atoms, NULL, NULL, b->q, NULL, NULL,
                                       &energy, forces, virial, potential, NULL, NULL);
    else status = lrpot_ewald_eval(ewald, b->work, &atoms, NULL, NULL, b->q, &out);
    if (status == LRPOT_OK && which % 4 != 3)
        status = lrpot_ewald_plan(ewald, b->work, &atoms, &report);
    lrpot_ewald_free(ewald);
    return status;
}

static lrpot_status use_charges(bench *b, const void *options, int which)
{
    const lrpot_charges_options *o = options;
    lrpot_charges *charges = NULL;
    lrpot_nlist *list = NULL;
    int32_t species[ATOMS];
    double q[ATOMS];
    lrpot_atoms atoms = view(either(b, which), species);
    int bare = o->kind == LRPOT_CHARGES_FIXED || o->kind == LRPOT_CHARGES_QRD
               || (o->kind == LRPOT_CHARGES_EQUILIBRATED && which % 2);
    lrpot_status status = lrpot_charges_create(&charges, bare ? NULL : b->basis, options);
    if (status != LRPOT_OK) return status;
    status = lrpot_nlist_build(&list, &atoms, 4, 0);
    if (status == LRPOT_OK) status = lrpot_charges_eval(charges, b->work, &atoms, list, NULL, q);
    lrpot_nlist_free(list);
    lrpot_charges_free(charges);
    return status;
}

/* Options of a model with those of its bases. */
typedef struct {
    lrpot_potential_options options;
    lrpot_basis_options basis, charge_basis;
} model_options;

static lrpot_status use_potential(bench *b, const void *options, int which)
{
    model_options model = *(const model_options *)options;
    lrpot_potential *potential = NULL;
    double energy, forces[3 * ATOMS];
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.energy = &energy, out.forces = forces;
    model.options.basis = &model.basis, model.options.charge_basis = &model.charge_basis;
    lrpot_status status = lrpot_potential_create(&potential, &model.options);
    if (status == LRPOT_OK)
        status = lrpot_potential_compute_structure(potential, b->work, either(b, which), &out);
    lrpot_potential_free(potential);
    return status;
}

static lrpot_status use_tensors(bench *b, const void *options, int which)
{
    lrpot_tensor_options o = *(const lrpot_tensor_options *)options;
    lrpot_tensor_model *model = NULL;
    double Z[9 * ATOMS];
    if (o.kind == LRPOT_TENSORS_GLOBAL || o.kind == LRPOT_TENSORS_LOCAL) o.potential = b->potential;
    lrpot_status status = lrpot_tensor_model_create(&model, &o);
    if (status == LRPOT_OK)
        status =
            lrpot_tensor_model_born_charges_structure(model, b->work, either(b, which), Z, NULL);
    lrpot_tensor_model_free(model);
    return status;
}

static double values[3 * SAMPLES], fields[SAMPLES];

static void fill_series(void)
{
    support_random random = { 5 };
    for (int k = 0; k < 3 * SAMPLES; k++) values[k] = support_uniform(&random, -1, 1);
    for (int k = 0; k < SAMPLES; k++) fields[k] = sin(0.2 * k);
}

static lrpot_series series(int kind)
{
    lrpot_series s = LRPOT_SERIES_INIT;
    fill_series();
    s.n = SAMPLES, s.values = values, s.step = 1, s.volume = 1000, s.temperature = 300;
    s.kind = kind;
    return s;
}

static lrpot_status use_spectrum(bench *b, const void *options, int which)
{
    (void)b;
    lrpot_series s = series(which % 2);
    int64_t n = 0, segments;
    lrpot_status status = lrpot_spectrum_size(&s, options, &n, &segments);
    if (status != LRPOT_OK) return status;
    ck_assert(n > 0 && n <= SAMPLES);
    double absorption[SAMPLES], error[SAMPLES];
    return lrpot_spectrum_infrared(&s, options, n, NULL, NULL, absorption, error, NULL);
}

static lrpot_status use_conductivity(bench *b, const void *options, int which)
{
    (void)b;
    lrpot_series s = series(which % 2);
    lrpot_estimate sigma = LRPOT_ESTIMATE_INIT;
    double curve[8];
    return which % 2
               ? lrpot_conductivity_green_kubo(&s, options, &sigma, NULL, 8, curve, NULL, NULL)
               : lrpot_conductivity_einstein(&s, options, &sigma, NULL, 8, curve);
}

static lrpot_status use_series(bench *b, const void *options, int which)
{
    (void)b;
    lrpot_series s = *(const lrpot_series *)options;
    lrpot_estimate e = LRPOT_ESTIMATE_INIT;
    double field[3] = { 0.1, 0, 0 };
    fill_series();
    s.values = values;
    return which % 3 == 0   ? lrpot_dielectric_constant(&s, 0, &e, NULL, 0, NULL)
           : which % 3 == 1 ? lrpot_conductivity_field(&s, field, &e, NULL)
                            : lrpot_conductivity_einstein(&s, NULL, &e, NULL, 0, NULL);
}

static lrpot_status use_loop(bench *b, const void *options, int which)
{
    (void)b, (void)which;
    lrpot_loop loop = LRPOT_LOOP_INIT;
    fill_series();
    return lrpot_loop_compute(SAMPLES, fields, values, options, &loop, 0, NULL, NULL, NULL, NULL);
}

/* Frames with energy and forces. */
static lrpot_status add_frames(bench *b, lrpot_fit *fit, const lrpot_fit_frame *how)
{
    lrpot_status status = LRPOT_OK;
    double energy = -3, forces[3 * ATOMS] = { 0.1, -0.1 };
    lrpot_structure *frames[] = { b->frame, b->isolated };
    for (int f = 0; status == LRPOT_OK && f < 2; f++) {
        ck_ok(lrpot_structure_set(frames[f], LRPOT_QUANTITY_ENERGY, &energy));
        ck_ok(lrpot_structure_set(frames[f], LRPOT_QUANTITY_FORCES, forces));
        status = how != NULL ? lrpot_fit_add_frame(fit, frames[f], how)
                             : lrpot_fit_add(fit, frames[f], LRPOT_FIT_TRAIN, 1);
    }
    return status;
}

/* The loss once: iterations are the caller's wish. */
static lrpot_status begin_fit(bench *b, const void *options, const lrpot_fit_frame *how)
{
    lrpot_fit *fit = NULL;
    lrpot_potential *potential = NULL;
    double loss;
    ck_ok(lrpot_potential_clone(&potential, b->potential));
    lrpot_status status = lrpot_fit_create(&fit, potential, options);
    if (status == LRPOT_OK) status = add_frames(b, fit, how);
    if (status == LRPOT_OK) {
        int64_t n = lrpot_fit_param_count(fit);
        double *params = calloc((size_t)n, sizeof *params);
        status = lrpot_fit_get_params(fit, n, params);
        if (status == LRPOT_OK) status = lrpot_fit_loss(fit, n, params, &loss, NULL);
        free(params);
    }
    lrpot_fit_free(fit);
    lrpot_potential_free(potential);
    return status;
}

static lrpot_status use_fit(bench *b, const void *options, int which)
{
    (void)which;
    return begin_fit(b, options, NULL);
}

static lrpot_status use_frame(bench *b, const void *options, int which)
{
    (void)which;
    lrpot_fit_options plain = LRPOT_FIT_OPTIONS_INIT;
    return begin_fit(b, &plain, options);
}

/* Arguments that are no struct. */
typedef struct {
    double cutoff, skin, step;
    int32_t mesh[3], threads;
} arguments;

static lrpot_status use_arguments(bench *b, const void *options, int which)
{
    const arguments *a = options;
    lrpot_nlist *list = NULL;
    lrpot_workspace *work = NULL;
    int32_t species[ATOMS];
    lrpot_atoms atoms = view(either(b, which), species);
    lrpot_status status = lrpot_workspace_create(&work, a->threads);
    if (status == LRPOT_OK) status = lrpot_nlist_build(&list, &atoms, a->cutoff, a->skin);
    lrpot_nlist_free(list);
    lrpot_workspace_free(work);
    return status;
}

static lrpot_status use_phonons(bench *b, const void *options, int which)
{
    enum { MOST = 8 };
    const arguments *a = options;
    lrpot_phonons *phonons = NULL;
    double D[9 * ATOMS * ATOMS], weights[MOST], frequencies[MOST * 3 * ATOMS];
    if (which % 2)
        return lrpot_response_gamma_constants(b->potential, b->work, b->frame, a->step, D);
    lrpot_status status = lrpot_phonons_create(&phonons, b->potential, b->work, b->frame, a->step);
    int64_t count = lrpot_phonons_mesh_count(a->mesh);
    ck_assert(count >= 0);
    if (status == LRPOT_OK && count <= MOST)
        status = lrpot_phonons_mesh(phonons, b->work, a->mesh, weights, frequencies);
    lrpot_phonons_free(phonons);
    return status;
}
