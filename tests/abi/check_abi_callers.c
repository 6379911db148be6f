/* Programs compiled against other releases: structs that are smaller or larger than the library's
 * own. 0.1 is the first release, so what is smaller than its structs comes from no program and is
 * refused. */
#include "support.h"

#include <string.h>

/* A struct of a later release: ours with members that this library does not know. */
#define NEWER(type)                \
    struct {                       \
        type known;                \
        unsigned char unknown[64]; \
    }
#define MAKE_NEWER(value, initial)                            \
    do {                                                      \
        (value).known = (initial);                            \
        (value).known.struct_size = sizeof(value);            \
        memset((value).unknown, 0xA5, sizeof(value).unknown); \
    } while (0)
#define ck_unknown_untouched(value)                                 \
    do {                                                            \
        for (size_t ck_k = 0; ck_k < sizeof(value).unknown; ck_k++) \
            ck_assert_int_eq((value).unknown[ck_k], 0xA5);          \
    } while (0)

static const char *const symbols[] = { "Na", "Cl" };

static lrpot_potential_options model_options(void)
{
    lrpot_potential_options options = LRPOT_POTENTIAL_OPTIONS_INIT;
    options.symbols = symbols;
    options.charges = LRPOT_CHARGES_QRD;
    options.basis.n_species = 2;
    options.charge_basis.n_species = 2;
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

START_TEST(options_of_a_later_release_are_read_as_far_as_known)
{
    NEWER(lrpot_basis_options) basis;
    NEWER(lrpot_charges_options) charges;
    NEWER(lrpot_ewald_options) ewald;
    NEWER(lrpot_potential_options) potential;
    lrpot_basis_options basis_initial = LRPOT_BASIS_OPTIONS_INIT;
    lrpot_charges_options charges_initial = LRPOT_CHARGES_OPTIONS_INIT;
    lrpot_ewald_options ewald_initial = LRPOT_EWALD_OPTIONS_INIT;
    charges_initial.kind = LRPOT_CHARGES_QRD;
    MAKE_NEWER(basis, basis_initial);
    MAKE_NEWER(charges, charges_initial);
    MAKE_NEWER(ewald, ewald_initial);
    MAKE_NEWER(potential, model_options());

    lrpot_basis *b = NULL;
    lrpot_charges *c = NULL;
    lrpot_ewald *e = NULL;
    lrpot_potential *p = NULL;
    ck_ok(lrpot_basis_create(&b, &basis.known));
    ck_ok(lrpot_charges_create(&c, NULL, &charges.known));
    ck_ok(lrpot_ewald_create(&e, &ewald.known));
    ck_ok(lrpot_potential_create(&p, &potential.known));
    ck_ok(lrpot_basis_get_options(b, &basis.known));
    ck_assert_uint_eq(basis.known.struct_size, sizeof basis);
    ck_unknown_untouched(basis);
    ck_assert_int_eq(basis.known.radial_size, 8);
    lrpot_basis_free(b);
    lrpot_charges_free(c);
    lrpot_ewald_free(e);
    lrpot_potential_free(p);
}
END_TEST

START_TEST(results_of_a_later_release_are_filled_as_far_as_known)
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
    MAKE_NEWER(outputs, plain);
    outputs.known.energy = &energy;
    ck_ok(lrpot_potential_compute_structure(model, work, structure, &outputs.known));
    ck_assert_double_eq(energy, expected);
    ck_unknown_untouched(outputs);

    NEWER(lrpot_atoms) atoms;
    lrpot_atoms view = LRPOT_ATOMS_INIT;
    ck_ok(lrpot_structure_view(structure, 2, symbols, species, &view));
    MAKE_NEWER(atoms, view);
    NEWER(lrpot_polarization) polarization;
    lrpot_polarization initial = LRPOT_POLARIZATION_INIT;
    MAKE_NEWER(polarization, initial);
    ck_ok(lrpot_response_polarization(&atoms.known, q, NULL, &polarization.known));
    ck_unknown_untouched(polarization);
    ck_close(polarization.known.dipole[0], -2.5, TOL_EXACT, 1.0);

    NEWER(lrpot_ewald_report) report;
    lrpot_ewald_report none = LRPOT_EWALD_REPORT_INIT;
    MAKE_NEWER(report, none);
    ck_ok(lrpot_ewald_plan(lrpot_potential_ewald(model), work, &atoms.known, &report.known));
    ck_unknown_untouched(report);
    ck_assert_double_gt(report.known.splitting, 0);

    lrpot_structure_free(structure);
    lrpot_workspace_free(work);
    lrpot_potential_free(model);
}
END_TEST

/* The options before bases had a radial step, as programs of that time lay them out. */
typedef struct {
    size_t struct_size;
    int32_t level, n_species, radial_size, kernel;
    double min_distance, cutoff, scaling;
} older_basis_options;

typedef struct {
    size_t struct_size;
    const char *const *symbols;
    older_basis_options basis, charge_basis;
    int32_t charges, species_coefficients;
    double accuracy;
    const double *widths;
    const lrpot_charges_options *charge_options;
    int32_t hidden[2], charge_input, reserved;
} older_potential_options;

START_TEST(options_of_an_earlier_release_are_read_as_they_were)
{
    const older_basis_options basis = {
        sizeof basis, 10, 2, 6, LRPOT_KERNEL_PORTABLE, 1.5, 4.5, 0.5
    };
    const lrpot_charges_options charges = LRPOT_CHARGES_OPTIONS_INIT;
    older_potential_options older = { sizeof older,      symbols,  basis, basis,
                                      LRPOT_CHARGES_EDQ, 1,        1e-6,  NULL,
                                      &charges,          { 3, 0 }, 0,     0 };
    lrpot_basis_options known = LRPOT_BASIS_OPTIONS_INIT;
    lrpot_basis *b = NULL;
    lrpot_potential *p = NULL;
    older.charge_basis.level = 6;
    ck_ok(lrpot_basis_create(&b, (const void *)&basis));
    ck_assert_int_eq(lrpot_basis_count(b), 16);
    ck_ok(lrpot_basis_get_options(b, &known));
    ck_assert_int_eq(known.radial_step, 4);
    older_basis_options back[2] = { { .struct_size = sizeof basis }, { .struct_size = 17 } };
    ck_ok(lrpot_basis_get_options(b, (void *)&back[0]));
    ck_assert_mem_eq(&back[0], &basis, sizeof basis);
    ck_assert_uint_eq(back[1].struct_size, 17);
    ck_ok(lrpot_potential_create(&p, (const void *)&older));
    ck_assert_int_eq(lrpot_basis_count(lrpot_potential_basis(p)), 16);
    ck_assert_int_eq(lrpot_charges_kind(lrpot_potential_charges(p)), LRPOT_CHARGES_EDQ);
    ck_assert_int_eq(lrpot_basis_count(lrpot_charges_basis(lrpot_potential_charges(p))), 5);
    ck_assert_double_eq(lrpot_potential_cutoff(p), 4.5);
    const char *name = NULL;
    int64_t offset = 0, count = 0, hidden = 0, linear = 0;
    for (int32_t k = 0; lrpot_potential_param_block(p, k, &name, &offset, &count); k++) {
        if (strcmp(name, "energy.hidden") == 0) hidden = count;
        if (strcmp(name, "energy.linear") == 0) linear = count;
    }
    ck_assert_int_eq(linear, 2 * 16);
    ck_assert_int_gt(hidden, 0);
    lrpot_basis_free(b);
    lrpot_potential_free(p);
}
END_TEST

START_TEST(bases_that_do_not_fit_into_their_options_are_refused)
{
    static const size_t sizes[] = { 0, 40, 57, 80, SIZE_MAX - 7 };
    for (int i = 0; i < 5; i++) {
        lrpot_potential_options options = model_options();
        lrpot_potential *p = NULL;
        options.basis.struct_size = sizes[i];
        ck_assert_int_eq(lrpot_potential_create(&p, &options), LRPOT_E_SIZE);
        ck_assert_ptr_null(p);
    }
}
END_TEST

START_TEST(structs_that_no_release_had_are_refused)
{
    lrpot_basis_options basis = LRPOT_BASIS_OPTIONS_INIT;
    lrpot_charges_options charges = LRPOT_CHARGES_OPTIONS_INIT;
    lrpot_ewald_options ewald = LRPOT_EWALD_OPTIONS_INIT;
    lrpot_potential_options potential = model_options();
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    basis.struct_size = charges.struct_size = ewald.struct_size = potential.struct_size =
        atoms.struct_size = sizeof(size_t);
    lrpot_basis *b = NULL;
    lrpot_charges *c = NULL;
    lrpot_ewald *e = NULL;
    lrpot_potential *p = NULL;
    lrpot_nlist *l = NULL;
    ck_assert_int_eq(lrpot_basis_create(&b, &basis), LRPOT_E_SIZE);
    ck_assert_int_eq(lrpot_charges_create(&c, NULL, &charges), LRPOT_E_SIZE);
    ck_assert_int_eq(lrpot_ewald_create(&e, &ewald), LRPOT_E_SIZE);
    ck_assert_int_eq(lrpot_potential_create(&p, &potential), LRPOT_E_SIZE);
    ck_assert_int_eq(lrpot_nlist_build(&l, &atoms, 3.0, 0.0), LRPOT_E_SIZE);
    ck_assert_ptr_null(b);
    ck_assert_ptr_null(c);
    ck_assert_ptr_null(e);
    ck_assert_ptr_null(p);
    ck_assert_ptr_null(l);
    ck_assert_ptr_nonnull(strstr(lrpot_last_error(), "8"));
}
END_TEST

START_TEST(outputs_that_no_release_had_are_refused)
{
    lrpot_potential_options options = model_options();
    lrpot_potential *model = NULL;
    lrpot_workspace *work = NULL;
    lrpot_structure *structure = pair();
    double energy = 17;
    lrpot_outputs outputs = LRPOT_OUTPUTS_INIT;
    outputs.struct_size = sizeof(size_t);
    outputs.energy = &energy;
    ck_ok(lrpot_potential_create(&model, &options));
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_assert_int_eq(lrpot_potential_compute_structure(model, work, structure, &outputs),
                     LRPOT_E_SIZE);
    ck_assert_double_eq(energy, 17);
    lrpot_structure_free(structure);
    lrpot_workspace_free(work);
    lrpot_potential_free(model);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("abi_callers");
    TCase *tcase = tcase_create("callers");
    tcase_add_test(tcase, options_of_a_later_release_are_read_as_far_as_known);
    tcase_add_test(tcase, results_of_a_later_release_are_filled_as_far_as_known);
    tcase_add_test(tcase, options_of_an_earlier_release_are_read_as_they_were);
    tcase_add_test(tcase, bases_that_do_not_fit_into_their_options_are_refused);
    tcase_add_test(tcase, structs_that_no_release_had_are_refused);
    tcase_add_test(tcase, outputs_that_no_release_had_are_refused);
    suite_add_tcase(suite, tcase);
    return suite;
}
