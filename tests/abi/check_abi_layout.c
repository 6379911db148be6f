/* The transparent structs, as programs have them compiled in. Sizes grow only at the end; an offset
 * never changes. LP64 only. */
#include "support.h"

#include <stddef.h>
#include <string.h>

typedef struct pin {
    const char *what;
    size_t value, pinned;
} pin;

#define SIZE(type, size)                        \
    {                                           \
        "sizeof(" #type ")", sizeof(type), size \
    }
#define OFFSET(type, member, offset)                      \
    {                                                     \
#type "." #member, offsetof(type, member), offset \
    }

/* clang-format off */
static const pin pins[] = {
    SIZE(lrpot_atoms, 104),
    OFFSET(lrpot_atoms, struct_size, 0),
    OFFSET(lrpot_atoms, n_owned, 8),
    OFFSET(lrpot_atoms, n_all, 16),
    OFFSET(lrpot_atoms, positions, 24),
    OFFSET(lrpot_atoms, species, 32),
    OFFSET(lrpot_atoms, cell, 40),
    OFFSET(lrpot_atoms, ghost_owner, 48),
    OFFSET(lrpot_atoms, periodic_mask, 56),
    OFFSET(lrpot_atoms, stride, 60),
    OFFSET(lrpot_atoms, total_charge, 64),
    OFFSET(lrpot_atoms, fragments, 72),
    OFFSET(lrpot_atoms, fragment_charges, 80),
    OFFSET(lrpot_atoms, n_fragments, 88),
    OFFSET(lrpot_atoms, potential_reference, 92),
    OFFSET(lrpot_atoms, fragment_potentials, 96),
    SIZE(lrpot_host_edges, 64),
    OFFSET(lrpot_host_edges, struct_size, 0),
    OFFSET(lrpot_host_edges, n_atoms, 8),
    OFFSET(lrpot_host_edges, n_edges, 16),
    OFFSET(lrpot_host_edges, offsets, 24),
    OFFSET(lrpot_host_edges, neighbours, 32),
    OFFSET(lrpot_host_edges, vectors, 40),
    OFFSET(lrpot_host_edges, species, 48),
    OFFSET(lrpot_host_edges, atoms, 56),
    SIZE(lrpot_host_results, 40),
    OFFSET(lrpot_host_results, struct_size, 0),
    OFFSET(lrpot_host_results, charges, 8),
    OFFSET(lrpot_host_results, energies, 16),
    OFFSET(lrpot_host_results, charge_gradients, 24),
    OFFSET(lrpot_host_results, energy_gradients, 32),
    SIZE(lrpot_host_weights, 24),
    OFFSET(lrpot_host_weights, struct_size, 0),
    OFFSET(lrpot_host_weights, charges, 8),
    OFFSET(lrpot_host_weights, energies, 16),
    SIZE(lrpot_host_options, 88),
    OFFSET(lrpot_host_options, struct_size, 0),
    OFFSET(lrpot_host_options, symbols, 8),
    OFFSET(lrpot_host_options, evaluate, 16),
    OFFSET(lrpot_host_options, ctx, 24),
    OFFSET(lrpot_host_options, n_species, 32),
    OFFSET(lrpot_host_options, charges, 36),
    OFFSET(lrpot_host_options, flags, 40),
    OFFSET(lrpot_host_options, reserved, 44),
    OFFSET(lrpot_host_options, cutoff, 48),
    OFFSET(lrpot_host_options, sigma, 56),
    OFFSET(lrpot_host_options, accuracy, 64),
    OFFSET(lrpot_host_options, eps_inf, 72),
    OFFSET(lrpot_host_options, pull, 80),
    SIZE(lrpot_host_jacobian, 72),
    OFFSET(lrpot_host_jacobian, struct_size, 0),
    OFFSET(lrpot_host_jacobian, n_atoms, 8),
    OFFSET(lrpot_host_jacobian, offsets, 16),
    OFFSET(lrpot_host_jacobian, neighbours, 24),
    OFFSET(lrpot_host_jacobian, vectors, 32),
    OFFSET(lrpot_host_jacobian, charges, 40),
    OFFSET(lrpot_host_jacobian, charge_gradients, 48),
    OFFSET(lrpot_host_jacobian, energies, 56),
    OFFSET(lrpot_host_jacobian, energy_gradients, 64),
    SIZE(lrpot_outputs, 88),
    OFFSET(lrpot_outputs, struct_size, 0),
    OFFSET(lrpot_outputs, flags, 8),
    OFFSET(lrpot_outputs, energy, 16),
    OFFSET(lrpot_outputs, energy_atom, 24),
    OFFSET(lrpot_outputs, forces, 32),
    OFFSET(lrpot_outputs, virial, 40),
    OFFSET(lrpot_outputs, virial_atom, 48),
    OFFSET(lrpot_outputs, charges, 56),
    OFFSET(lrpot_outputs, potential, 64),
    OFFSET(lrpot_outputs, dipole, 72),
    OFFSET(lrpot_outputs, field, 80),
    SIZE(lrpot_comm, 56),
    OFFSET(lrpot_comm, struct_size, 0),
    OFFSET(lrpot_comm, ctx, 8),
    OFFSET(lrpot_comm, sum, 16),
    OFFSET(lrpot_comm, forward, 24),
    OFFSET(lrpot_comm, reverse, 32),
    OFFSET(lrpot_comm, exchange, 40),
    OFFSET(lrpot_comm, rank, 48),
    OFFSET(lrpot_comm, size, 52),
    SIZE(lrpot_basis_options, 56),
    OFFSET(lrpot_basis_options, struct_size, 0),
    OFFSET(lrpot_basis_options, level, 8),
    OFFSET(lrpot_basis_options, n_species, 12),
    OFFSET(lrpot_basis_options, radial_size, 16),
    OFFSET(lrpot_basis_options, kernel, 20),
    OFFSET(lrpot_basis_options, min_distance, 24),
    OFFSET(lrpot_basis_options, cutoff, 32),
    OFFSET(lrpot_basis_options, scaling, 40),
    OFFSET(lrpot_basis_options, radial_step, 48),
    OFFSET(lrpot_basis_options, reserved, 52),
    SIZE(lrpot_ewald_options, 104),
    OFFSET(lrpot_ewald_options, struct_size, 0),
    OFFSET(lrpot_ewald_options, accuracy, 8),
    OFFSET(lrpot_ewald_options, splitting, 16),
    OFFSET(lrpot_ewald_options, cutoff, 24),
    OFFSET(lrpot_ewald_options, n_widths, 32),
    OFFSET(lrpot_ewald_options, flags, 36),
    OFFSET(lrpot_ewald_options, widths, 40),
    OFFSET(lrpot_ewald_options, method, 48),
    OFFSET(lrpot_ewald_options, order, 52),
    OFFSET(lrpot_ewald_options, mesh, 56),
    OFFSET(lrpot_ewald_options, kernel, 68),
    OFFSET(lrpot_ewald_options, sigma, 72),
    OFFSET(lrpot_ewald_options, energy_accuracy, 80),
    OFFSET(lrpot_ewald_options, pressure_accuracy, 88),
    OFFSET(lrpot_ewald_options, potential_accuracy, 96),
    SIZE(lrpot_ewald_report, 104),
    OFFSET(lrpot_ewald_report, struct_size, 0),
    OFFSET(lrpot_ewald_report, splitting, 8),
    OFFSET(lrpot_ewald_report, real_cutoff, 16),
    OFFSET(lrpot_ewald_report, k_cutoff, 24),
    OFFSET(lrpot_ewald_report, predicted_error, 32),
    OFFSET(lrpot_ewald_report, n_vectors, 40),
    OFFSET(lrpot_ewald_report, method, 48),
    OFFSET(lrpot_ewald_report, order, 52),
    OFFSET(lrpot_ewald_report, mesh, 56),
    OFFSET(lrpot_ewald_report, reserved, 68),
    OFFSET(lrpot_ewald_report, seconds, 72),
    OFFSET(lrpot_ewald_report, predicted_potential, 80),
    OFFSET(lrpot_ewald_report, predicted_energy, 88),
    OFFSET(lrpot_ewald_report, predicted_pressure, 96),
    SIZE(lrpot_ewald_error_report, 72),
    OFFSET(lrpot_ewald_error_report, struct_size, 0),
    OFFSET(lrpot_ewald_error_report, forces, 8),
    OFFSET(lrpot_ewald_error_report, largest, 16),
    OFFSET(lrpot_ewald_error_report, potential, 24),
    OFFSET(lrpot_ewald_error_report, size, 32),
    OFFSET(lrpot_ewald_error_report, reference, 40),
    OFFSET(lrpot_ewald_error_report, n_sample, 48),
    OFFSET(lrpot_ewald_error_report, energy, 56),
    OFFSET(lrpot_ewald_error_report, pressure, 64),
    SIZE(lrpot_charges_options, 112),
    OFFSET(lrpot_charges_options, struct_size, 0),
    OFFSET(lrpot_charges_options, kind, 8),
    OFFSET(lrpot_charges_options, n_species, 12),
    OFFSET(lrpot_charges_options, channels, 16),
    OFFSET(lrpot_charges_options, neutrality, 20),
    OFFSET(lrpot_charges_options, flags, 24),
    OFFSET(lrpot_charges_options, solver, 28),
    OFFSET(lrpot_charges_options, sigma, 32),
    OFFSET(lrpot_charges_options, tolerance, 40),
    OFFSET(lrpot_charges_options, accuracy, 48),
    OFFSET(lrpot_charges_options, widths, 56),
    OFFSET(lrpot_charges_options, hidden, 64),
    OFFSET(lrpot_charges_options, charge_input, 72),
    OFFSET(lrpot_charges_options, reserved, 76),
    OFFSET(lrpot_charges_options, reach, 80),
    OFFSET(lrpot_charges_options, order, 88),
    OFFSET(lrpot_charges_options, response, 92),
    OFFSET(lrpot_charges_options, features, 96),
    OFFSET(lrpot_charges_options, reserved2, 100),
    OFFSET(lrpot_charges_options, spread, 104),
    SIZE(lrpot_potential_options, 80),
    OFFSET(lrpot_potential_options, struct_size, 0),
    OFFSET(lrpot_potential_options, symbols, 8),
    OFFSET(lrpot_potential_options, n_species, 16),
    OFFSET(lrpot_potential_options, charges, 20),
    OFFSET(lrpot_potential_options, basis, 24),
    OFFSET(lrpot_potential_options, charge_basis, 32),
    OFFSET(lrpot_potential_options, charge_options, 40),
    OFFSET(lrpot_potential_options, widths, 48),
    OFFSET(lrpot_potential_options, accuracy, 56),
    OFFSET(lrpot_potential_options, hidden, 64),
    OFFSET(lrpot_potential_options, charge_input, 72),
    OFFSET(lrpot_potential_options, species_coefficients, 76),
    SIZE(lrpot_tensor_options, 72),
    OFFSET(lrpot_tensor_options, struct_size, 0),
    OFFSET(lrpot_tensor_options, symbols, 8),
    OFFSET(lrpot_tensor_options, n_species, 16),
    OFFSET(lrpot_tensor_options, kind, 20),
    OFFSET(lrpot_tensor_options, levels, 24),
    OFFSET(lrpot_tensor_options, radial_cost, 40),
    OFFSET(lrpot_tensor_options, kernel, 44),
    OFFSET(lrpot_tensor_options, min_distance, 48),
    OFFSET(lrpot_tensor_options, cutoff, 56),
    OFFSET(lrpot_tensor_options, potential, 64),
    SIZE(lrpot_polarization, 200),
    OFFSET(lrpot_polarization, struct_size, 0),
    OFFSET(lrpot_polarization, dipole, 8),
    OFFSET(lrpot_polarization, phase_real, 32),
    OFFSET(lrpot_polarization, phase_imag, 56),
    OFFSET(lrpot_polarization, value, 80),
    OFFSET(lrpot_polarization, quantum, 104),
    OFFSET(lrpot_polarization, branch, 176),
    SIZE(lrpot_heat_flux, 104),
    OFFSET(lrpot_heat_flux, struct_size, 0),
    OFFSET(lrpot_heat_flux, flux, 8),
    OFFSET(lrpot_heat_flux, convective, 32),
    OFFSET(lrpot_heat_flux, virial, 56),
    OFFSET(lrpot_heat_flux, charges, 80),
    SIZE(lrpot_field, 152),
    OFFSET(lrpot_field, struct_size, 0),
    OFFSET(lrpot_field, kind, 8),
    OFFSET(lrpot_field, form, 12),
    OFFSET(lrpot_field, value, 16),
    OFFSET(lrpot_field, eps_inf, 40),
    OFFSET(lrpot_field, positions, 112),
    OFFSET(lrpot_field, dipole, 120),
    OFFSET(lrpot_field, acting, 128),
    OFFSET(lrpot_field, on_charges, 136),
    OFFSET(lrpot_field, charges, 144),
    SIZE(lrpot_series, 56),
    OFFSET(lrpot_series, struct_size, 0),
    OFFSET(lrpot_series, n, 8),
    OFFSET(lrpot_series, values, 16),
    OFFSET(lrpot_series, step, 24),
    OFFSET(lrpot_series, volume, 32),
    OFFSET(lrpot_series, temperature, 40),
    OFFSET(lrpot_series, kind, 48),
    OFFSET(lrpot_series, reserved, 52),
    SIZE(lrpot_estimate, 56),
    OFFSET(lrpot_estimate, struct_size, 0),
    OFFSET(lrpot_estimate, value, 8),
    OFFSET(lrpot_estimate, error, 16),
    OFFSET(lrpot_estimate, inefficiency, 24),
    OFFSET(lrpot_estimate, block, 32),
    OFFSET(lrpot_estimate, blocks, 40),
    OFFSET(lrpot_estimate, plateau, 48),
    OFFSET(lrpot_estimate, reserved, 52),
    SIZE(lrpot_spectrum_options, 40),
    OFFSET(lrpot_spectrum_options, struct_size, 0),
    OFFSET(lrpot_spectrum_options, segment, 8),
    OFFSET(lrpot_spectrum_options, overlap, 16),
    OFFSET(lrpot_spectrum_options, width, 24),
    OFFSET(lrpot_spectrum_options, window, 32),
    OFFSET(lrpot_spectrum_options, quantum, 36),
    SIZE(lrpot_conductivity_options, 32),
    OFFSET(lrpot_conductivity_options, struct_size, 0),
    OFFSET(lrpot_conductivity_options, begin, 8),
    OFFSET(lrpot_conductivity_options, end, 16),
    OFFSET(lrpot_conductivity_options, blocks, 24),
    SIZE(lrpot_loop_options, 24),
    OFFSET(lrpot_loop_options, struct_size, 0),
    OFFSET(lrpot_loop_options, tolerance, 8),
    OFFSET(lrpot_loop_options, discard, 16),
    SIZE(lrpot_loop, 96),
    OFFSET(lrpot_loop, struct_size, 0),
    OFFSET(lrpot_loop, remanent, 8),
    OFFSET(lrpot_loop, remanent_error, 24),
    OFFSET(lrpot_loop, coercive, 40),
    OFFSET(lrpot_loop, coercive_error, 56),
    OFFSET(lrpot_loop, area, 72),
    OFFSET(lrpot_loop, area_error, 80),
    OFFSET(lrpot_loop, points, 88),
    SIZE(lrpot_fit_target, 64),
    OFFSET(lrpot_fit_target, struct_size, 0),
    OFFSET(lrpot_fit_target, usual, 8),
    OFFSET(lrpot_fit_target, quantity, 16),
    OFFSET(lrpot_fit_target, boundary, 20),
    OFFSET(lrpot_fit_target, name, 24),
    OFFSET(lrpot_fit_target, error, 56),
    SIZE(lrpot_fit_options, 232),
    OFFSET(lrpot_fit_options, struct_size, 0),
    OFFSET(lrpot_fit_options, errors, 8),
    OFFSET(lrpot_fit_options, regularization, 136),
    OFFSET(lrpot_fit_options, max_iterations, 144),
    OFFSET(lrpot_fit_options, threads, 148),
    OFFSET(lrpot_fit_options, seed, 152),
    OFFSET(lrpot_fit_options, tolerance, 160),
    OFFSET(lrpot_fit_options, forces_relative, 168),
    OFFSET(lrpot_fit_options, sum_rule_error, 176),
    OFFSET(lrpot_fit_options, resume, 184),
    OFFSET(lrpot_fit_options, robustness, 192),
    OFFSET(lrpot_fit_options, targets, 200),
    OFFSET(lrpot_fit_options, memory_limit, 208),
    OFFSET(lrpot_fit_options, patience, 216),
    OFFSET(lrpot_fit_options, reserved, 220),
    OFFSET(lrpot_fit_options, gap_barrier, 224),
    SIZE(lrpot_fit_frame, 160),
    OFFSET(lrpot_fit_frame, struct_size, 0),
    OFFSET(lrpot_fit_frame, set, 8),
    OFFSET(lrpot_fit_frame, source, 12),
    OFFSET(lrpot_fit_frame, weight, 16),
    OFFSET(lrpot_fit_frame, target_weights, 24),
    OFFSET(lrpot_fit_frame, place, 152),
    SIZE(lrpot_fit_suggestion_facts, 40),
    OFFSET(lrpot_fit_suggestion_facts, struct_size, 0),
    OFFSET(lrpot_fit_suggestion_facts, equations, 8),
    OFFSET(lrpot_fit_suggestion_facts, shortest_distance, 16),
    OFFSET(lrpot_fit_suggestion_facts, shortest_frame, 24),
    OFFSET(lrpot_fit_suggestion_facts, own_charge_coefficients, 32),
    OFFSET(lrpot_fit_suggestion_facts, reserved, 36),
    SIZE(lrpot_fit_errors, 392),
    OFFSET(lrpot_fit_errors, struct_size, 0),
    OFFSET(lrpot_fit_errors, rmse, 8),
    OFFSET(lrpot_fit_errors, mae, 136),
    OFFSET(lrpot_fit_errors, n, 264),
    SIZE(lrpot_fit_progress, 88),
    OFFSET(lrpot_fit_progress, struct_size, 0),
    OFFSET(lrpot_fit_progress, stage, 8),
    OFFSET(lrpot_fit_progress, iteration, 16),
    OFFSET(lrpot_fit_progress, accepted, 20),
    OFFSET(lrpot_fit_progress, loss, 24),
    OFFSET(lrpot_fit_progress, damping, 32),
    OFFSET(lrpot_fit_progress, gradient, 40),
    OFFSET(lrpot_fit_progress, seconds, 48),
    OFFSET(lrpot_fit_progress, train, 56),
    OFFSET(lrpot_fit_progress, valid, 64),
    OFFSET(lrpot_fit_progress, merit, 72),
    OFFSET(lrpot_fit_progress, best, 80),
};
/* clang-format on */

START_TEST(sizes_and_offsets_are_pinned)
{
    if (sizeof(void *) != 8) return;
    for (size_t k = 0; k < sizeof pins / sizeof *pins; k++)
        ck_assert_msg(pins[k].value == pins[k].pinned, "%s is %zu, pinned at %zu", pins[k].what,
                      pins[k].value, pins[k].pinned);
}
END_TEST

START_TEST(struct_size_is_the_first_member)
{
    for (size_t k = 0; k + 1 < sizeof pins / sizeof *pins; k++)
        if (strncmp(pins[k].what, "sizeof(", 7) == 0) {
            ck_assert_msg(strstr(pins[k + 1].what, ".struct_size") != NULL,
                          "%s does not begin with struct_size", pins[k].what);
            ck_assert_uint_eq(pins[k + 1].value, 0);
        }
}
END_TEST

START_TEST(initialisers_fill_in_the_size)
{
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_outputs outputs = LRPOT_OUTPUTS_INIT;
    lrpot_comm comm = LRPOT_COMM_INIT;
    lrpot_basis_options basis = LRPOT_BASIS_OPTIONS_INIT;
    lrpot_ewald_options ewald = LRPOT_EWALD_OPTIONS_INIT;
    lrpot_ewald_report report = LRPOT_EWALD_REPORT_INIT;
    lrpot_charges_options charges = LRPOT_CHARGES_OPTIONS_INIT;
    lrpot_potential_options potential = LRPOT_POTENTIAL_OPTIONS_INIT;
    lrpot_potential_options any_model = LRPOT_FIT_ANY_MODEL;
    lrpot_basis_options any_basis = LRPOT_FIT_ANY_BASIS;
    lrpot_polarization polarization = LRPOT_POLARIZATION_INIT;
    lrpot_field field = LRPOT_FIELD_INIT;
    lrpot_series series = LRPOT_SERIES_INIT;
    lrpot_estimate estimate = LRPOT_ESTIMATE_INIT;
    lrpot_spectrum_options spectrum_options = LRPOT_SPECTRUM_OPTIONS_INIT;
    lrpot_conductivity_options conductivity_options = LRPOT_CONDUCTIVITY_OPTIONS_INIT;
    lrpot_loop_options loop_options = LRPOT_LOOP_OPTIONS_INIT;
    lrpot_loop loop = LRPOT_LOOP_INIT;
    lrpot_fit_options fit = LRPOT_FIT_OPTIONS_INIT;
    lrpot_fit_errors errors = LRPOT_FIT_ERRORS_INIT;
    ck_assert_uint_eq(atoms.struct_size, sizeof atoms);
    ck_assert_uint_eq(field.struct_size, sizeof field);
    ck_assert_uint_eq(outputs.struct_size, sizeof outputs);
    ck_assert_uint_eq(comm.struct_size, sizeof comm);
    ck_assert_uint_eq(basis.struct_size, sizeof basis);
    ck_assert_uint_eq(ewald.struct_size, sizeof ewald);
    ck_assert_uint_eq(report.struct_size, sizeof report);
    ck_assert_uint_eq(charges.struct_size, sizeof charges);
    ck_assert_uint_eq(potential.struct_size, sizeof potential);
    ck_assert_uint_eq(any_model.struct_size, sizeof any_model);
    ck_assert_uint_eq(any_basis.struct_size, sizeof any_basis);
    ck_assert_uint_eq(polarization.struct_size, sizeof polarization);
    ck_assert_uint_eq(series.struct_size, sizeof series);
    ck_assert_uint_eq(estimate.struct_size, sizeof estimate);
    ck_assert_uint_eq(spectrum_options.struct_size, sizeof spectrum_options);
    ck_assert_uint_eq(conductivity_options.struct_size, sizeof conductivity_options);
    ck_assert_uint_eq(loop_options.struct_size, sizeof loop_options);
    ck_assert_uint_eq(loop.struct_size, sizeof loop);
    ck_assert_uint_eq(fit.struct_size, sizeof fit);
    ck_assert_uint_eq(errors.struct_size, sizeof errors);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("abi_layout");
    TCase *tcase = tcase_create("layout");
    tcase_add_test(tcase, sizes_and_offsets_are_pinned);
    tcase_add_test(tcase, struct_size_is_the_first_member);
    tcase_add_test(tcase, initialisers_fill_in_the_size);
    suite_add_tcase(suite, tcase);
    return suite;
}
