/* Models as objects: parameters, blocks, copies, notes, symbols, and what is refused. */
#include "models.h"

#include "core/memory.h"

static lrpot_potential *model_of(int32_t kind)
{
    support_random random = { 42 + (uint64_t)kind };
    return models_random_potential(&random, kind);
}

START_TEST(parameters_survive_a_round_trip)
{
    lrpot_potential *potential = model_of(_i);
    int64_t n = lrpot_potential_param_count(potential);
    double *params = calloc((size_t)n, sizeof *params), *back = calloc((size_t)n, sizeof *back);
    for (int64_t k = 0; k < n; k++) params[k] = 0.01 * (double)(k + 1);
    ck_ok(lrpot_potential_set_params(potential, n, params));
    ck_ok(lrpot_potential_get_params(potential, n, back));
    ck_assert_mem_eq(params, back, (size_t)n * sizeof *params);
    free(params);
    free(back);
    lrpot_potential_free(potential);
}
END_TEST

START_TEST(blocks_cover_the_parameters_in_order)
{
    static const char *const names[7] = { "energy.radial",  "energy.linear",  "energy.species",
                                          "charges.radial", "charges.linear", "charges.species",
                                          "charges.share" };
    static const int present[LRPOT_CHARGES_EQUILIBRATED + 1][7] = {
        { 1, 1, 1, 0, 0, 0, 0 }, { 1, 1, 1, 0, 0, 1, 0 }, { 1, 1, 1, 0, 0, 1, 1 },
        { 1, 1, 1, 1, 1, 1, 0 }, { 1, 1, 1, 1, 1, 1, 1 }, { 1, 1, 1, 1, 1, 1, 0 },
        { 1, 1, 1, 1, 1, 1, 0 }
    };
    lrpot_potential *potential = model_of(_i);
    const char *name = NULL;
    int64_t offset = 0, count = 0, end = 0;
    int32_t index = 0;
    for (int b = 0; b < 7; b++) {
        if (!present[_i][b]) continue;
        ck_assert_int_eq(lrpot_potential_param_block(potential, index++, &name, &offset, &count),
                         1);
        ck_assert_str_eq(name, names[b]);
        ck_assert_int_eq(offset, end);
        end += count;
    }
    ck_assert_int_eq(lrpot_potential_param_block(potential, index, &name, &offset, &count), 0);
    ck_assert_int_eq(lrpot_potential_param_block(potential, -1, &name, &offset, &count), 0);
    ck_assert_int_eq(end, lrpot_potential_param_count(potential));
    lrpot_potential_free(potential);
}
END_TEST

START_TEST(a_refused_parameter_changes_nothing)
{
    lrpot_potential *potential = model_of(LRPOT_CHARGES_EDQRD);
    int64_t n = lrpot_potential_param_count(potential);
    double *before = calloc((size_t)n, sizeof *before), *params = calloc((size_t)n, sizeof *params);
    ck_ok(lrpot_potential_get_params(potential, n, before));
    ck_assert_int_eq(lrpot_potential_set_params(potential, n - 1, before), LRPOT_E_SIZE);
    params[n / 2] = NAN;
    ck_assert_int_eq(lrpot_potential_set_params(potential, n, params), LRPOT_E_NOT_FINITE);
    params[n / 2] = 0; /* now all shares are zero */
    ck_assert_int_eq(lrpot_potential_set_params(potential, n, params), LRPOT_E_ARGUMENT);
    ck_ok(lrpot_potential_get_params(potential, n, params));
    ck_assert_mem_eq(params, before, (size_t)n * sizeof *params);
    free(params);
    free(before);
    lrpot_potential_free(potential);
}
END_TEST

static double energy_of(const lrpot_potential *potential)
{
    support_random random = { 7 };
    lrpot_structure *structure = models_random_structure(&random, CELL_TRICLINIC, 8, 0.0);
    lrpot_workspace *work = NULL;
    double energy = 0;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.energy = &energy;
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot_potential_compute_structure(potential, work, structure, &out));
    lrpot_workspace_free(work);
    lrpot_structure_free(structure);
    return energy;
}

START_TEST(a_clone_gives_the_same_energy_and_lives_alone)
{
    lrpot_potential *potential = model_of(_i), *copy = NULL;
    ck_ok(lrpot_potential_set_note(potential, "provenance", "here"));
    ck_ok(lrpot_potential_clone(&copy, potential));
    double energy = energy_of(potential);
    lrpot_potential_free(potential);
    ck_assert(energy_of(copy) == energy);
    ck_assert_str_eq(lrpot_potential_note(copy, "provenance"), "here");
    lrpot_potential_free(copy);
}
END_TEST

START_TEST(notes_keep_the_order_of_their_first_setting)
{
    lrpot_potential *potential = model_of(LRPOT_CHARGES_NONE);
    const char *key = NULL, *value = NULL;
    ck_ok(lrpot_potential_set_note(potential, "a", "1"));
    ck_ok(lrpot_potential_set_note(potential, "b", "2"));
    ck_ok(lrpot_potential_set_note(potential, "c", "3"));
    ck_ok(lrpot_potential_set_note(potential, "a", "4"));
    ck_ok(lrpot_potential_set_note(potential, "b", NULL));
    ck_ok(lrpot_potential_set_note(potential, "never there", NULL));
    ck_assert_int_eq(lrpot_potential_note_at(potential, 0, &key, &value), 1);
    ck_assert_str_eq(key, "a");
    ck_assert_str_eq(value, "4");
    ck_assert_int_eq(lrpot_potential_note_at(potential, 1, &key, &value), 1);
    ck_assert_str_eq(key, "c");
    ck_assert_int_eq(lrpot_potential_note_at(potential, 2, &key, &value), 0);
    ck_assert_ptr_null(lrpot_potential_note(potential, "b"));
    ck_assert_int_eq(lrpot_potential_set_note(potential, "", "x"), LRPOT_E_ARGUMENT);
    lrpot_potential_free(potential);
}
END_TEST

START_TEST(symbols_can_be_renamed_and_found)
{
    static const char *const names[3] = { "K", "Br", "S" }, *const twice[3] = { "K", "Br", "K" };
    lrpot_potential *potential = model_of(LRPOT_CHARGES_QRD);
    int32_t index = -1;
    ck_ok(lrpot_potential_species(potential, "Cl", &index));
    ck_assert_int_eq(index, 1);
    ck_ok(lrpot_potential_set_symbols(potential, 3, names));
    ck_ok(lrpot_potential_species(potential, "S", &index));
    ck_assert_int_eq(index, 2);
    ck_assert_int_eq(lrpot_potential_species(potential, "Cl", &index), LRPOT_E_SPECIES);
    ck_assert_int_eq(lrpot_potential_set_symbols(potential, 3, twice), LRPOT_E_ARGUMENT);
    ck_assert_int_eq(lrpot_potential_set_symbols(potential, 2, names), LRPOT_E_SIZE);
    ck_assert_str_eq(lrpot_potential_symbols(potential)[1], "Br");
    lrpot_potential_free(potential);
}
END_TEST

START_TEST(the_accuracy_of_the_coulomb_sum_can_be_replaced)
{
    support_random random = { 77 };
    lrpot_potential *potential = model_of(LRPOT_CHARGES_EDQRD),
                    *none = model_of(LRPOT_CHARGES_NONE);
    lrpot_structure *structure = models_random_structure(&random, CELL_TRICLINIC, 20, 0);
    lrpot_workspace *work = NULL;
    double exact = 0, coarse = 0, again = 0;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    ck_ok(lrpot_workspace_create(&work, 1));
    out.energy = &exact;
    ck_ok(lrpot_potential_compute_structure(potential, work, structure, &out));
    ck_ok(lrpot_potential_set_accuracy(potential, 1e-2));
    out.energy = &coarse;
    ck_ok(lrpot_potential_compute_structure(potential, work, structure, &out));
    ck_assert_msg(fabs(coarse - exact) > 1e-9,
                  "the energy changed by %.3g eV: the accuracy had no effect", coarse - exact);
    ck_close(coarse, exact, 1e-2, 1.0);
    ck_assert_int_eq(lrpot_potential_set_accuracy(potential, -1.0), LRPOT_E_ARGUMENT);
    ck_assert_int_eq(lrpot_potential_set_accuracy(none, 1e-5), LRPOT_E_UNSUPPORTED);
    ck_ok(lrpot_potential_set_accuracy(potential, 1e-11));
    out.energy = &again;
    ck_ok(lrpot_potential_compute_structure(potential, work, structure, &out));
    ck_close(again, exact, TOL_REF, 1.0);
    lrpot_workspace_free(work);
    lrpot_structure_free(structure);
    lrpot_potential_free(potential);
    lrpot_potential_free(none);
}
END_TEST

START_TEST(the_cutoff_is_the_larger_of_the_two)
{
    lrpot_potential *edq = model_of(LRPOT_CHARGES_EDQ), *edqrd = model_of(LRPOT_CHARGES_EDQRD),
                    *none = model_of(LRPOT_CHARGES_NONE);
    ck_assert(lrpot_potential_cutoff(edq) == 4.2);
    ck_assert(lrpot_potential_cutoff(edqrd) == 3.8);
    ck_assert(lrpot_charges_cutoff(lrpot_potential_charges(edqrd)) == 3.3);
    ck_assert_ptr_null(lrpot_potential_charges(none));
    ck_assert_ptr_null(lrpot_potential_ewald(none));
    ck_assert_int_eq(lrpot_charges_kind(lrpot_potential_charges(none)), LRPOT_CHARGES_NONE);
    ck_assert_int_eq(lrpot_potential_needs(none), 0);
    ck_assert_int_eq(lrpot_potential_needs(edq), LRPOT_NEEDS_SUM | LRPOT_NEEDS_FORWARD);
    lrpot_potential_free(edq);
    lrpot_potential_free(edqrd);
    lrpot_potential_free(none);
}
END_TEST

START_TEST(a_basis_left_out_is_that_of_the_macro)
{
    const int32_t kinds[2] = { LRPOT_CHARGES_EDQ, LRPOT_CHARGES_EQUILIBRATED };
    const lrpot_basis_options basis = LRPOT_BASIS_OPTIONS_INIT;
    for (int k = 0; k < 2; k++) {
        lrpot_potential_options options = LRPOT_POTENTIAL_OPTIONS_INIT;
        lrpot_potential *without = NULL, *with = NULL;
        options.symbols = model_symbols, options.n_species = MODEL_SPECIES;
        options.charges = kinds[k];
        ck_ok(lrpot_potential_create(&without, &options));
        options.basis = options.charge_basis = &basis;
        ck_ok(lrpot_potential_create(&with, &options));
        const lrpot_basis *bases[2][2] = { { lrpot_potential_basis(without),
                                             lrpot_potential_basis(with) },
                                           { lrpot_charges_basis(lrpot_potential_charges(without)),
                                             lrpot_charges_basis(lrpot_potential_charges(with)) } };
        for (int b = 0; b < 2; b++) {
            lrpot_basis_options found[2] = { LRPOT_BASIS_OPTIONS_INIT, LRPOT_BASIS_OPTIONS_INIT };
            for (int m = 0; m < 2; m++) ck_ok(lrpot_basis_get_options(bases[b][m], &found[m]));
            ck_assert_mem_eq(&found[0], &found[1], sizeof found[0]);
            ck_assert_int_eq(found[0].n_species, MODEL_SPECIES);
            ck_assert_int_eq(found[0].level, 8);
        }
        lrpot_potential_free(with);
        lrpot_potential_free(without);
    }
}
END_TEST

START_TEST(bad_options_are_refused)
{
    static const char *const twice[2] = { "Na", "Na" }, *const fine[2] = { "Na", "Cl" },
                             *const long_name[1] = { "sixteen-letters!" };
    lrpot_potential_options options = LRPOT_POTENTIAL_OPTIONS_INIT;
    lrpot_basis_options charge_basis = LRPOT_BASIS_OPTIONS_INIT;
    lrpot_potential *potential = NULL;
    ck_assert_int_eq(lrpot_potential_create(&potential, &options), LRPOT_E_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(lrpot_last_error(), "n_species is 0"));
    options.n_species = 1;
    ck_assert_int_eq(lrpot_potential_create(&potential, &options), LRPOT_E_NULL);
    options.charge_basis = &charge_basis;
    options.symbols = long_name;
    ck_assert_int_eq(lrpot_potential_create(&potential, &options), LRPOT_E_ARGUMENT);
    options.n_species = 2;
    options.symbols = twice;
    ck_assert_int_eq(lrpot_potential_create(&potential, &options), LRPOT_E_ARGUMENT);
    options.symbols = fine;
    options.charges = 99;
    ck_assert_int_eq(lrpot_potential_create(&potential, &options), LRPOT_E_ARGUMENT);
    options.charges = LRPOT_CHARGES_EDQ;
    charge_basis.level = 7;
    ck_assert_int_eq(lrpot_potential_create(&potential, &options), LRPOT_E_ARGUMENT);
    options.struct_size = 8;
    ck_assert_int_eq(lrpot_potential_create(&potential, &options), LRPOT_E_SIZE);
    ck_assert_ptr_null(potential);
    lrpot_charges_options charge_options = LRPOT_CHARGES_OPTIONS_INIT;
    lrpot_charges *charges = NULL;
    ck_assert_int_eq(lrpot_charges_create(&charges, NULL, &charge_options), LRPOT_E_NULL);
    charge_options.kind = LRPOT_CHARGES_NONE;
    ck_assert_int_eq(lrpot_charges_create(&charges, NULL, &charge_options), LRPOT_E_ARGUMENT);
    ck_assert_ptr_null(charges);
}
END_TEST

START_TEST(bad_calls_are_refused)
{
    support_random random = { 5 };
    lrpot_potential *potential = model_of(LRPOT_CHARGES_EDQRD);
    lrpot_structure *structure = models_random_structure(&random, CELL_CUBIC, 8, 0);
    lrpot_workspace *work = NULL;
    lrpot_nlist *list = NULL;
    int32_t species[8];
    double energy = 0;
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.energy = &energy;
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot_structure_view(structure, MODEL_SPECIES, model_symbols, species, &atoms));
    ck_ok(lrpot_nlist_build(&list, &atoms, 3.5, 0));
    ck_assert_int_eq(lrpot_potential_compute(potential, work, &atoms, list, NULL, &out),
                     LRPOT_E_CUTOFF);
    ck_assert_int_eq(lrpot_potential_compute(potential, NULL, &atoms, list, NULL, &out),
                     LRPOT_E_NULL);
    ck_assert_int_eq(lrpot_potential_compute(potential, work, &atoms, NULL, NULL, &out),
                     LRPOT_E_NULL);
    species[3] = MODEL_SPECIES;
    ck_assert_int_eq(lrpot_potential_compute(potential, work, &atoms, list, NULL, &out),
                     LRPOT_E_SPECIES);
    species[3] = 0;
    lrpot_nlist_free(list);
    ck_ok(lrpot_nlist_build(&list, &atoms, 4.0, 0));
    atoms.n_owned = 7; /* the eighth is a ghost now, whose charge nobody gives */
    lrpot_nlist *fewer = NULL;
    ck_ok(lrpot_nlist_build(&fewer, &atoms, 4.0, 0));
    ck_assert_int_eq(lrpot_potential_compute(potential, work, &atoms, fewer, NULL, &out),
                     LRPOT_E_ARGUMENT);
    lrpot_nlist_free(fewer);
    out.struct_size = 8;
    ck_assert_int_eq(lrpot_potential_compute(potential, work, &atoms, list, NULL, &out),
                     LRPOT_E_SIZE);
    lrpot_nlist_free(list);
    lrpot_workspace_free(work);
    lrpot_structure_free(structure);
    lrpot_potential_free(potential);
}
END_TEST

START_TEST(shares_that_cancel_are_an_error)
{
    static const char *const symbols[2] = { "Na", "Cl" };
    const double positions[6] = { 0, 0, 0, 2.5, 0, 0 }, params[4] = { 1, -1, 1, -1 };
    const int32_t species[2] = { 0, 1 };
    lrpot_charges_options options = LRPOT_CHARGES_OPTIONS_INIT;
    lrpot_charges *charges = NULL;
    lrpot_structure *structure = NULL;
    lrpot_workspace *work = NULL;
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    int32_t seen[2];
    double q[2] = { 7, 8 };
    options.kind = LRPOT_CHARGES_QRD;
    options.n_species = 2;
    ck_ok(lrpot_charges_create(&charges, NULL, &options));
    ck_ok(lrpot_charges_set_params(charges, 4, params));
    ck_ok(lrpot_structure_create(&structure, 2, symbols, positions, NULL, 0));
    ck_ok(lrpot_structure_view(structure, 2, symbols, seen, &atoms));
    ck_assert_mem_eq(seen, species, sizeof seen);
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_assert_int_eq(lrpot_charges_eval(charges, work, &atoms, NULL, NULL, q), LRPOT_E_SINGULAR);
    ck_assert(q[0] == 7 && q[1] == 8);
    lrpot_workspace_free(work);
    lrpot_structure_free(structure);
    lrpot_charges_free(charges);
}
END_TEST

START_TEST(adding_adds_and_null_members_change_nothing)
{
    support_random random = { 6 };
    lrpot_potential *potential = model_of(LRPOT_CHARGES_EDQRD);
    lrpot_structure *structure = models_random_structure(&random, CELL_TRICLINIC, 8, 0.5);
    lrpot_workspace *work = NULL;
    double values[2][8 * 18 + 13];
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    ck_ok(lrpot_workspace_create(&work, 1));
    for (int k = 0; k < 8 * 18 + 13; k++) values[0][k] = 1e9; /* overwritten */
    for (int v = 0; v < 2; v++) {
        double *p = values[v];
        out.energy = p, out.virial = p + 1, out.dipole = p + 10, out.energy_atom = p + 13,
        out.charges = p + 21, out.potential = p + 29;
        out.forces = p + 37, out.field = p + 61, out.virial_atom = p + 85;
        if (v == 1) {
            memcpy(values[1], values[0], sizeof values[0]);
            out.flags = LRPOT_ADD;
        }
        ck_ok(lrpot_potential_compute_structure(potential, work, structure, &out));
    }
    for (int k = 0; k < 8 * 18 + 13; k++)
        ck_close(values[1][k], 2 * values[0][k], TOL_EXACT, 100.0);
    double energy = 0, *members[2] = { &energy, NULL };
    out = (lrpot_outputs)LRPOT_OUTPUTS_INIT;
    for (int m = 0; m < 2; m++) {
        out.energy = members[m];
        ck_ok(lrpot_potential_compute_structure(potential, work, structure, &out));
    }
    ck_close(energy, values[0][0], TOL_EXACT, 100.0);
    lrpot_workspace_free(work);
    lrpot_structure_free(structure);
    lrpot_potential_free(potential);
}
END_TEST

START_TEST(latent_charges_with_mistakes_are_refused)
{
    static const struct {
        int32_t channels, neutrality;
        double sigma;
        const char *message;
    } cases[] = {
        { -1, 0, 1, "channels = -1" },
        { LRPOT_CHARGES_MAX_CHANNELS + 1, 0, 1, "channels = 17" },
        { 1, 2, 1, "neutrality = 2" },
        { 1, 0, -0.5, "sigma = -0.5" },
        { 1, 0, INFINITY, "sigma = inf" },
        { 1, 0, NAN, "sigma = nan" },
    };
    lrpot_potential *potential = model_of(LRPOT_CHARGES_LATENT), *out = NULL;
    const lrpot_basis *basis = lrpot_charges_basis(lrpot_potential_charges(potential));
    lrpot_charges *charges = NULL;
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        lrpot_charges_options options = LRPOT_CHARGES_OPTIONS_INIT;
        options.kind = LRPOT_CHARGES_LATENT, options.n_species = MODEL_SPECIES;
        options.channels = cases[k].channels, options.neutrality = cases[k].neutrality,
        options.sigma = cases[k].sigma;
        ck_assert_int_eq(lrpot_charges_create(&charges, basis, &options), LRPOT_E_ARGUMENT);
        ck_assert_msg(strstr(lrpot_last_error(), cases[k].message) != NULL, "%s",
                      lrpot_last_error());
    }
    double widths[MODEL_SPECIES] = { 1, 1, 1 };
    lrpot_potential_options options = LRPOT_POTENTIAL_OPTIONS_INIT;
    options.symbols = model_symbols, options.n_species = MODEL_SPECIES,
    options.charges = LRPOT_CHARGES_LATENT, options.widths = widths;
    ck_assert_int_eq(lrpot_potential_create(&out, &options), LRPOT_E_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(lrpot_last_error(), "widths"));
    lrpot_potential_free(potential);
}
END_TEST

START_TEST(several_channels_are_refused_where_one_charge_is_meant)
{
    support_random random = { 9 };
    lrpot_charges_options options = LRPOT_CHARGES_OPTIONS_INIT;
    options.channels = 2;
    lrpot_potential *potential = models_random_with(&random, LRPOT_CHARGES_LATENT, &options);
    lrpot_structure *structure = models_random_structure(&random, CELL_CUBIC, 4, 0);
    lrpot_workspace *work = NULL;
    double Z[36];
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_assert_int_eq(lrpot_charges_channels(lrpot_potential_charges(potential)), 2);
    ck_assert_int_eq(lrpot_response_born_charges_structure(potential, work, structure,
                                                           LRPOT_BORN_PHASE, Z, NULL),
                     LRPOT_E_UNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(lrpot_last_error(), "2 charge channels"));
    lrpot_workspace_free(work);
    lrpot_structure_free(structure);
    lrpot_potential_free(potential);
}
END_TEST

START_TEST(steady_state_allocates_nothing)
{
    support_random random = { 8 };
    lrpot_potential *potential = model_of(_i);
    lrpot_structure *structure = models_random_structure(&random, CELL_TRICLINIC, 12, 0.5);
    lrpot_workspace *work = NULL;
    double energy, forces[36], virial[9], charges[12], Z[12 * 9];
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.energy = &energy, out.forces = forces, out.virial = virial, out.charges = charges;
    ck_ok(lrpot_workspace_create(&work, 1));
    int64_t before = 0;
    for (int step = 0; step < 6; step++) {
        if (step == 2) before = lrpot__allocation_count();
        lrpot_structure_positions(structure)[step] += 1e-3;
        ck_ok(lrpot_potential_compute_structure(potential, work, structure, &out));
        if (_i != LRPOT_CHARGES_NONE)
            ck_ok(lrpot_response_born_charges_structure(potential, work, structure,
                                                        step % 2 || _i == LRPOT_CHARGES_EQUILIBRATED
                                                            ? LRPOT_BORN_PHASE
                                                            : LRPOT_BORN_UNFOLDED,
                                                        Z, NULL));
    }
    ck_assert_int_eq(lrpot__allocation_count(), before);
    lrpot_workspace_free(work);
    lrpot_structure_free(structure);
    lrpot_potential_free(potential);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("model_parts");
    TCase *tcase = tcase_create("model_parts");
    int end = LRPOT_CHARGES_EQUILIBRATED + 1;
    support_add_cases(tcase, parameters_survive_a_round_trip, LRPOT_CHARGES_NONE, end);
    support_add_cases(tcase, blocks_cover_the_parameters_in_order, LRPOT_CHARGES_NONE, end);
    tcase_add_test(tcase, a_refused_parameter_changes_nothing);
    support_add_cases(tcase, a_clone_gives_the_same_energy_and_lives_alone, LRPOT_CHARGES_NONE,
                      end);
    tcase_add_test(tcase, notes_keep_the_order_of_their_first_setting);
    tcase_add_test(tcase, symbols_can_be_renamed_and_found);
    tcase_add_test(tcase, the_accuracy_of_the_coulomb_sum_can_be_replaced);
    tcase_add_test(tcase, the_cutoff_is_the_larger_of_the_two);
    tcase_add_test(tcase, a_basis_left_out_is_that_of_the_macro);
    tcase_add_test(tcase, bad_options_are_refused);
    tcase_add_test(tcase, bad_calls_are_refused);
    tcase_add_test(tcase, shares_that_cancel_are_an_error);
    tcase_add_test(tcase, adding_adds_and_null_members_change_nothing);
    tcase_add_test(tcase, latent_charges_with_mistakes_are_refused);
    tcase_add_test(tcase, several_channels_are_refused_where_one_charge_is_meant);
    support_add_cases(tcase, steady_state_allocates_nothing, LRPOT_CHARGES_NONE, end);
    suite_add_tcase(suite, tcase);
    return suite;
}
