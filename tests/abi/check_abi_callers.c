/* Structs of programs that were compiled against other releases. Larger ones are of a newer
 * release: they are read as long as no member is set that this library does not know. Smaller ones
 * are of no release. */
#include "support.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* A struct of a newer release: ours with members that this library does not know. */
#define NEWER(type)                \
    struct {                       \
        type known;                \
        unsigned char unknown[64]; \
    }
#define MAKE_NEWER(value, initial, byte)                      \
    do {                                                      \
        (value).known = (initial);                            \
        (value).known.struct_size = sizeof(value);            \
        memset((value).unknown, byte, sizeof(value).unknown); \
    } while (0)
#define ck_unknown_is(value, byte)                                  \
    do {                                                            \
        for (size_t ck_k = 0; ck_k < sizeof(value).unknown; ck_k++) \
            ck_assert_int_eq((value).unknown[ck_k], byte);          \
    } while (0)
/* The call is refused, and the message names the struct and both sizes. */
#define ck_size_refused(call, type, given)                                 \
    do {                                                                   \
        char ck_name[80], ck_given[80], ck_known[80];                      \
        snprintf(ck_name, sizeof ck_name, "%s.struct_size is", #type);     \
        snprintf(ck_given, sizeof ck_given, " %zu,", (size_t)(given));     \
        snprintf(ck_known, sizeof ck_known, " %zu", sizeof(type));         \
        ck_assert_int_eq(call, LRPOT_E_SIZE);                              \
        ck_assert_msg(strstr(lrpot_last_error(), ck_name) != NULL          \
                          && strstr(lrpot_last_error(), ck_given) != NULL  \
                          && strstr(lrpot_last_error(), ck_known) != NULL, \
                      "%s: %s", #type, lrpot_last_error());                \
    } while (0)

static const char *const symbols[] = { "Na", "Cl" };

static lrpot_potential_options model_options(void)
{
    lrpot_potential_options options = LRPOT_POTENTIAL_OPTIONS_INIT;
    options.symbols = symbols;
    options.charges = LRPOT_CHARGES_QRD;
    options.n_species = 2;
    return options;
}

static lrpot_structure *pair(void)
{
    static const double positions[] = { 0, 0, 0, 2.5, 0.5, 0.25 },
                        cell[] = { 6, 0, 0, 0, 6, 0, 0, 0, 6 };
    lrpot_structure *structure = NULL;
    ck_ok(lrpot_structure_create(&structure, 2, symbols, positions, cell, LRPOT_PERIODIC_ALL));
    return structure;
}

START_TEST(options_of_a_newer_release_are_read_when_nothing_unknown_is_set)
{
    NEWER(lrpot_basis_options) basis;
    NEWER(lrpot_charges_options) charges;
    NEWER(lrpot_ewald_options) ewald;
    NEWER(lrpot_potential_options) potential;
    const lrpot_basis_options basis_initial = LRPOT_BASIS_OPTIONS_INIT;
    lrpot_charges_options charges_initial = LRPOT_CHARGES_OPTIONS_INIT;
    const lrpot_ewald_options ewald_initial = LRPOT_EWALD_OPTIONS_INIT;
    charges_initial.kind = LRPOT_CHARGES_QRD;
    MAKE_NEWER(basis, basis_initial, 0);
    MAKE_NEWER(charges, charges_initial, 0);
    MAKE_NEWER(ewald, ewald_initial, 0);
    MAKE_NEWER(potential, model_options(), 0);

    lrpot_basis *b = NULL;
    lrpot_charges *c = NULL;
    lrpot_ewald *e = NULL;
    lrpot_potential *p = NULL;
    ck_ok(lrpot_basis_create(&b, &basis.known));
    ck_ok(lrpot_charges_create(&c, NULL, &charges.known));
    ck_ok(lrpot_ewald_create(&e, &ewald.known));
    ck_ok(lrpot_potential_create(&p, &potential.known));
    lrpot_basis_free(b);
    lrpot_charges_free(c);
    lrpot_ewald_free(e);
    lrpot_potential_free(p);
}
END_TEST

START_TEST(a_set_member_of_a_newer_release_is_refused)
{
    NEWER(lrpot_basis_options) basis;
    NEWER(lrpot_charges_options) charges;
    NEWER(lrpot_ewald_options) ewald;
    NEWER(lrpot_potential_options) potential;
    NEWER(lrpot_atoms) atoms;
    const lrpot_basis_options basis_initial = LRPOT_BASIS_OPTIONS_INIT;
    lrpot_charges_options charges_initial = LRPOT_CHARGES_OPTIONS_INIT;
    const lrpot_ewald_options ewald_initial = LRPOT_EWALD_OPTIONS_INIT;
    const lrpot_atoms none = LRPOT_ATOMS_INIT;
    charges_initial.kind = LRPOT_CHARGES_QRD;
    MAKE_NEWER(basis, basis_initial, 0);
    MAKE_NEWER(charges, charges_initial, 0xA5);
    MAKE_NEWER(ewald, ewald_initial, 0xA5);
    MAKE_NEWER(potential, model_options(), 0xA5);
    MAKE_NEWER(atoms, none, 0xA5);
    basis.unknown[63] = 1; /* the last byte counts, too */

    lrpot_basis *b = NULL;
    lrpot_charges *c = NULL;
    lrpot_ewald *e = NULL;
    lrpot_potential *p = NULL;
    lrpot_nlist *l = NULL;
    ck_size_refused(lrpot_basis_create(&b, &basis.known), lrpot_basis_options, sizeof basis);
    ck_assert_ptr_nonnull(strstr(lrpot_last_error(), "newer release"));
    ck_size_refused(lrpot_charges_create(&c, NULL, &charges.known), lrpot_charges_options,
                    sizeof charges);
    ck_size_refused(lrpot_ewald_create(&e, &ewald.known), lrpot_ewald_options, sizeof ewald);
    ck_size_refused(lrpot_potential_create(&p, &potential.known), lrpot_potential_options,
                    sizeof potential);
    ck_size_refused(lrpot_nlist_build(&l, &atoms.known, 3.0, 0.0), lrpot_atoms, sizeof atoms);
    ck_assert_ptr_null(b);
    ck_assert_ptr_null(c);
    ck_assert_ptr_null(e);
    ck_assert_ptr_null(p);
    ck_assert_ptr_null(l);
}
END_TEST

START_TEST(options_inside_of_others_are_checked)
{
    lrpot_potential_options options = model_options();
    lrpot_charges_options charges = LRPOT_CHARGES_OPTIONS_INIT;
    lrpot_potential *p = NULL;
    charges.struct_size -= 8;
    options.charge_options = &charges;
    ck_size_refused(lrpot_potential_create(&p, &options), lrpot_charges_options,
                    sizeof charges - 8);
    lrpot_basis_options basis = LRPOT_BASIS_OPTIONS_INIT;
    lrpot_fit_suggestion *s = NULL;
    lrpot_structure *frame = pair();
    basis.struct_size -= 8;
    for (int k = 0; k < 2; k++) {
        options = model_options();
        options.charges = LRPOT_CHARGES_EDQ;
        *(k == 0 ? &options.basis : &options.charge_basis) = &basis;
        ck_size_refused(lrpot_potential_create(&p, &options), lrpot_basis_options,
                        sizeof basis - 8);
        ck_size_refused(lrpot_fit_suggest(&s, &options, 1, &frame, NULL), lrpot_basis_options,
                        sizeof basis - 8);
    }
    lrpot_structure_free(frame);
    ck_assert_ptr_null(p);
}
END_TEST

START_TEST(results_for_a_newer_release_are_filled_and_unknown_members_are_zero)
{
    lrpot_potential_options options = model_options();
    lrpot_potential *model = NULL;
    lrpot_workspace *work = NULL;
    lrpot_structure *structure = pair();
    int32_t species[2];
    double energy = 0, expected = 0, q[2] = { 1, -1 };
    ck_ok(lrpot_potential_create(&model, &options));
    ck_ok(lrpot_workspace_create(&work, 1));

    lrpot_outputs plain = LRPOT_OUTPUTS_INIT;
    plain.energy = &expected;
    ck_ok(lrpot_potential_compute_structure(model, work, structure, &plain));
    NEWER(lrpot_outputs) outputs;
    MAKE_NEWER(outputs, plain, 0);
    outputs.known.energy = &energy;
    ck_ok(lrpot_potential_compute_structure(model, work, structure, &outputs.known));
    ck_assert_double_eq(energy, expected);

    NEWER(lrpot_atoms) atoms;
    const lrpot_atoms none = LRPOT_ATOMS_INIT;
    MAKE_NEWER(atoms, none, 0xA5);
    ck_ok(lrpot_structure_view(structure, 2, symbols, species, &atoms.known));
    ck_assert_uint_eq(atoms.known.struct_size, sizeof atoms);
    ck_assert_int_eq(atoms.known.n_owned, 2);
    ck_unknown_is(atoms, 0);
    NEWER(lrpot_polarization) polarization;
    const lrpot_polarization initial = LRPOT_POLARIZATION_INIT;
    MAKE_NEWER(polarization, initial, 0xA5);
    ck_ok(lrpot_response_polarization(&atoms.known, q, NULL, &polarization.known));
    ck_assert_uint_eq(polarization.known.struct_size, sizeof polarization);
    ck_unknown_is(polarization, 0);
    ck_close(polarization.known.dipole[0], -2.5, TOL_EXACT, 1.0);

    NEWER(lrpot_ewald_report) report;
    const lrpot_ewald_report empty = LRPOT_EWALD_REPORT_INIT;
    MAKE_NEWER(report, empty, 0xA5);
    ck_ok(lrpot_ewald_plan(lrpot_potential_ewald(model), work, &atoms.known, &report.known));
    ck_assert_uint_eq(report.known.struct_size, sizeof report);
    ck_unknown_is(report, 0);
    ck_assert_double_gt(report.known.splitting, 0);

    NEWER(lrpot_basis_options) basis;
    const lrpot_basis_options basis_initial = LRPOT_BASIS_OPTIONS_INIT;
    MAKE_NEWER(basis, basis_initial, 0xA5);
    ck_ok(lrpot_basis_get_options(lrpot_potential_basis(model), &basis.known));
    ck_assert_uint_eq(basis.known.struct_size, sizeof basis);
    ck_unknown_is(basis, 0);
    ck_assert_int_eq(basis.known.radial_size, 8);

    lrpot_structure_free(structure);
    lrpot_workspace_free(work);
    lrpot_potential_free(model);
}
END_TEST

START_TEST(an_output_that_only_a_newer_release_has_is_refused)
{
    lrpot_potential_options options = model_options();
    lrpot_potential *model = NULL;
    lrpot_workspace *work = NULL;
    lrpot_structure *structure = pair();
    double energy = 17;
    NEWER(lrpot_outputs) outputs;
    const lrpot_outputs none = LRPOT_OUTPUTS_INIT;
    ck_ok(lrpot_potential_create(&model, &options));
    ck_ok(lrpot_workspace_create(&work, 1));
    MAKE_NEWER(outputs, none, 0xA5);
    outputs.known.energy = &energy;
    ck_size_refused(lrpot_potential_compute_structure(model, work, structure, &outputs.known),
                    lrpot_outputs, sizeof outputs);
    outputs.known.struct_size = sizeof(size_t);
    ck_size_refused(lrpot_potential_compute_structure(model, work, structure, &outputs.known),
                    lrpot_outputs, sizeof(size_t));
    ck_assert_double_eq(energy, 17);
    ck_unknown_is(outputs, 0xA5);
    lrpot_structure_free(structure);
    lrpot_workspace_free(work);
    lrpot_potential_free(model);
}
END_TEST

START_TEST(parts_of_copies_are_read_with_structs_of_a_newer_release)
{
    const int32_t kinds[] = { LRPOT_CHARGES_QRD, LRPOT_CHARGES_EQUILIBRATED, LRPOT_CHARGES_LATENT };
    for (int k = 0; k < 3; k++) {
        lrpot_potential_options options = model_options();
        lrpot_potential *model = NULL;
        lrpot_workspace *work = NULL;
        lrpot_nlist *list = NULL;
        lrpot_structure *structure = pair();
        int32_t species[2];
        double forces[6], plain[6];
        options.charges = kinds[k];
        ck_ok(lrpot_potential_create(&model, &options));
        ck_ok(lrpot_workspace_create(&work, 1));
        NEWER(lrpot_atoms) atoms;
        NEWER(lrpot_comm) comm;
        NEWER(lrpot_outputs) out;
        const lrpot_atoms no_atoms = LRPOT_ATOMS_INIT;
        const lrpot_comm no_comm = LRPOT_COMM_INIT;
        const lrpot_outputs no_out = LRPOT_OUTPUTS_INIT;
        MAKE_NEWER(atoms, no_atoms, 0);
        MAKE_NEWER(comm, no_comm, 0);
        MAKE_NEWER(out, no_out, 0);
        ck_ok(lrpot_structure_view(structure, 2, symbols, species, &atoms.known));
        ck_ok(lrpot_nlist_build(&list, &atoms.known, lrpot_potential_cutoff(model), 0.0));
        out.known.forces = forces;
        ck_ok(lrpot_potential_compute(model, work, &atoms.known, list, &comm.known, &out.known));
        lrpot_outputs known = LRPOT_OUTPUTS_INIT;
        known.forces = plain;
        ck_ok(lrpot_potential_compute_structure(model, work, structure, &known));
        for (int i = 0; i < 6; i++) ck_close(forces[i], plain[i], TOL_EXACT, 1.0);
        lrpot_nlist_free(list);
        lrpot_structure_free(structure);
        lrpot_workspace_free(work);
        lrpot_potential_free(model);
    }
}
END_TEST

START_TEST(smaller_structs_are_refused_with_their_name_and_both_sizes)
{
    lrpot_basis_options basis = LRPOT_BASIS_OPTIONS_INIT;
    lrpot_charges_options charges = LRPOT_CHARGES_OPTIONS_INIT;
    lrpot_ewald_options ewald = LRPOT_EWALD_OPTIONS_INIT;
    lrpot_potential_options potential = model_options();
    lrpot_tensor_options tensors = LRPOT_TENSOR_OPTIONS_INIT;
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_estimate estimate = LRPOT_ESTIMATE_INIT;
    lrpot_fit_target target = LRPOT_FIT_TARGET_INIT;
    lrpot_fit_frame frame = LRPOT_FIT_FRAME_INIT;
    lrpot_structure *structure = pair();
    const double values[8] = { 0 };
    int32_t taken;
    lrpot_basis *b = NULL;
    lrpot_charges *c = NULL;
    lrpot_ewald *e = NULL;
    lrpot_potential *p = NULL;
    lrpot_nlist *l = NULL;
    lrpot_tensor_model *t = NULL;
    lrpot_fit *f = NULL;
    ck_ok(lrpot_basis_create(&b, &basis));
    ck_ok(lrpot_potential_create(&p, &potential));
    size_t *sizes[] = { &basis.struct_size,     &charges.struct_size, &ewald.struct_size,
                        &potential.struct_size, &tensors.struct_size, &atoms.struct_size,
                        &estimate.struct_size,  &target.struct_size,  &frame.struct_size };
    for (size_t k = 0; k < sizeof sizes / sizeof sizes[0]; k++) *sizes[k] -= 4;
    ck_size_refused(lrpot_basis_get_options(b, &basis), lrpot_basis_options, sizeof basis - 4);
    lrpot_basis *other = NULL;
    ck_size_refused(lrpot_basis_create(&other, &basis), lrpot_basis_options, sizeof basis - 4);
    ck_size_refused(lrpot_charges_create(&c, NULL, &charges), lrpot_charges_options,
                    sizeof charges - 4);
    ck_size_refused(lrpot_ewald_create(&e, &ewald), lrpot_ewald_options, sizeof ewald - 4);
    lrpot_potential *second = NULL;
    ck_size_refused(lrpot_potential_create(&second, &potential), lrpot_potential_options,
                    sizeof potential - 4);
    ck_size_refused(lrpot_tensor_model_create(&t, &tensors), lrpot_tensor_options,
                    sizeof tensors - 4);
    ck_size_refused(lrpot_nlist_build(&l, &atoms, 3.0, 0.0), lrpot_atoms, sizeof atoms - 4);
    ck_size_refused(lrpot_structure_view(structure, 2, symbols, &taken, &atoms), lrpot_atoms,
                    sizeof atoms - 4);
    ck_size_refused(lrpot_series_mean(8, 1, values, &estimate), lrpot_estimate,
                    sizeof estimate - 4);
    ck_size_refused(lrpot_fit_target_facts(0, &target), lrpot_fit_target, sizeof target - 4);
    ck_size_refused(lrpot_fit_frame_weights(structure, &frame, &taken), lrpot_fit_frame,
                    sizeof frame - 4);
    lrpot_fit_options fit = LRPOT_FIT_OPTIONS_INIT;
    fit.struct_size = 0; /* the caller forgot it */
    ck_size_refused(lrpot_fit_create(&f, p, &fit), lrpot_fit_options, 0);
    fit.struct_size = SIZE_MAX - 7; /* nobody set it */
    ck_size_refused(lrpot_fit_create(&f, p, &fit), lrpot_fit_options, SIZE_MAX - 7);
    lrpot_structure_free(structure);
    lrpot_basis_free(b);
    lrpot_potential_free(p);
}
END_TEST

START_TEST(arrays_of_frames_of_a_newer_release_have_its_stride)
{
    lrpot_structure *frames[3] = { pair(), pair(), pair() };
    NEWER(lrpot_fit_frame) how[3];
    const lrpot_fit_frame initial = LRPOT_FIT_FRAME_INIT;
    const double energy = -3;
    lrpot_fit_suggestion *s = NULL;
    lrpot_fit_suggestion_facts facts = LRPOT_FIT_SUGGESTION_FACTS_INIT;
    for (int f = 0; f < 3; f++) {
        MAKE_NEWER(how[f], initial, 0);
        how[f].known.set = f == 2 ? LRPOT_FIT_VALID : LRPOT_FIT_TRAIN;
        ck_ok(lrpot_structure_set(frames[f], LRPOT_QUANTITY_ENERGY, &energy));
    }
    ck_ok(lrpot_fit_suggest(&s, NULL, 3, frames, &how[0].known));
    ck_ok(lrpot_fit_suggestion_get_facts(s, &facts));
    ck_assert_int_eq(facts.equations, 2);
    lrpot_fit_suggestion_free(s);
    s = NULL;
    how[1].known.struct_size = sizeof(lrpot_fit_frame);
    ck_assert_int_eq(lrpot_fit_suggest(&s, NULL, 3, frames, &how[0].known), LRPOT_E_SIZE);
    ck_assert_ptr_nonnull(strstr(lrpot_last_error(), "how[1]"));
    ck_assert_ptr_null(s);
    for (int f = 0; f < 3; f++) lrpot_structure_free(frames[f]);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("abi_callers");
    TCase *tcase = tcase_create("callers");
    tcase_add_test(tcase, options_of_a_newer_release_are_read_when_nothing_unknown_is_set);
    tcase_add_test(tcase, a_set_member_of_a_newer_release_is_refused);
    tcase_add_test(tcase, options_inside_of_others_are_checked);
    tcase_add_test(tcase, results_for_a_newer_release_are_filled_and_unknown_members_are_zero);
    tcase_add_test(tcase, an_output_that_only_a_newer_release_has_is_refused);
    tcase_add_test(tcase, parts_of_copies_are_read_with_structs_of_a_newer_release);
    tcase_add_test(tcase, smaller_structs_are_refused_with_their_name_and_both_sizes);
    tcase_add_test(tcase, arrays_of_frames_of_a_newer_release_have_its_stride);
    suite_add_tcase(suite, tcase);
    return suite;
}
