/* The C side of check_fortran_layout.f90: sizes, offsets and initial values of the transparent
 * structs. */
#include <lrpot/lrpot.h>

#include <string.h>

static const size_t atoms_members[] = { offsetof(lrpot_atoms, struct_size),
                                        offsetof(lrpot_atoms, n_owned),
                                        offsetof(lrpot_atoms, n_all),
                                        offsetof(lrpot_atoms, positions),
                                        offsetof(lrpot_atoms, species),
                                        offsetof(lrpot_atoms, cell),
                                        offsetof(lrpot_atoms, ghost_owner),
                                        offsetof(lrpot_atoms, periodic_mask),
                                        offsetof(lrpot_atoms, stride),
                                        offsetof(lrpot_atoms, total_charge),
                                        offsetof(lrpot_atoms, fragments),
                                        offsetof(lrpot_atoms, fragment_charges),
                                        offsetof(lrpot_atoms, n_fragments),
                                        offsetof(lrpot_atoms, potential_reference),
                                        offsetof(lrpot_atoms, fragment_potentials) };
static const size_t host_edges_members[] = {
    offsetof(lrpot_host_edges, struct_size), offsetof(lrpot_host_edges, n_atoms),
    offsetof(lrpot_host_edges, n_edges),     offsetof(lrpot_host_edges, offsets),
    offsetof(lrpot_host_edges, neighbours),  offsetof(lrpot_host_edges, vectors),
    offsetof(lrpot_host_edges, species),     offsetof(lrpot_host_edges, atoms)
};
static const size_t host_results_members[] = { offsetof(lrpot_host_results, struct_size),
                                               offsetof(lrpot_host_results, charges),
                                               offsetof(lrpot_host_results, energies),
                                               offsetof(lrpot_host_results, charge_gradients),
                                               offsetof(lrpot_host_results, energy_gradients) };
static const size_t host_weights_members[] = { offsetof(lrpot_host_weights, struct_size),
                                               offsetof(lrpot_host_weights, charges),
                                               offsetof(lrpot_host_weights, energies) };
static const size_t host_options_members[] = {
    offsetof(lrpot_host_options, struct_size), offsetof(lrpot_host_options, symbols),
    offsetof(lrpot_host_options, evaluate),    offsetof(lrpot_host_options, ctx),
    offsetof(lrpot_host_options, n_species),   offsetof(lrpot_host_options, charges),
    offsetof(lrpot_host_options, flags),       offsetof(lrpot_host_options, reserved),
    offsetof(lrpot_host_options, cutoff),      offsetof(lrpot_host_options, sigma),
    offsetof(lrpot_host_options, accuracy),    offsetof(lrpot_host_options, eps_inf),
    offsetof(lrpot_host_options, pull)
};
static const size_t host_jacobian_members[] = {
    offsetof(lrpot_host_jacobian, struct_size),      offsetof(lrpot_host_jacobian, n_atoms),
    offsetof(lrpot_host_jacobian, offsets),          offsetof(lrpot_host_jacobian, neighbours),
    offsetof(lrpot_host_jacobian, vectors),          offsetof(lrpot_host_jacobian, charges),
    offsetof(lrpot_host_jacobian, charge_gradients), offsetof(lrpot_host_jacobian, energies),
    offsetof(lrpot_host_jacobian, energy_gradients)
};
static const size_t outputs_members[] = {
    offsetof(lrpot_outputs, struct_size), offsetof(lrpot_outputs, flags),
    offsetof(lrpot_outputs, energy),      offsetof(lrpot_outputs, energy_atom),
    offsetof(lrpot_outputs, forces),      offsetof(lrpot_outputs, virial),
    offsetof(lrpot_outputs, virial_atom), offsetof(lrpot_outputs, charges),
    offsetof(lrpot_outputs, potential),   offsetof(lrpot_outputs, dipole),
    offsetof(lrpot_outputs, field)
};
static const size_t comm_members[] = {
    offsetof(lrpot_comm, struct_size), offsetof(lrpot_comm, ctx),
    offsetof(lrpot_comm, sum),         offsetof(lrpot_comm, forward),
    offsetof(lrpot_comm, reverse),     offsetof(lrpot_comm, exchange),
    offsetof(lrpot_comm, rank),        offsetof(lrpot_comm, size)
};
static const size_t basis_options_members[] = {
    offsetof(lrpot_basis_options, struct_size), offsetof(lrpot_basis_options, level),
    offsetof(lrpot_basis_options, n_species),   offsetof(lrpot_basis_options, radial_size),
    offsetof(lrpot_basis_options, kernel),      offsetof(lrpot_basis_options, min_distance),
    offsetof(lrpot_basis_options, cutoff),      offsetof(lrpot_basis_options, scaling),
    offsetof(lrpot_basis_options, radial_step), offsetof(lrpot_basis_options, reserved)
};
static const size_t ewald_options_members[] = { offsetof(lrpot_ewald_options, struct_size),
                                                offsetof(lrpot_ewald_options, accuracy),
                                                offsetof(lrpot_ewald_options, splitting),
                                                offsetof(lrpot_ewald_options, cutoff),
                                                offsetof(lrpot_ewald_options, n_widths),
                                                offsetof(lrpot_ewald_options, flags),
                                                offsetof(lrpot_ewald_options, widths),
                                                offsetof(lrpot_ewald_options, method),
                                                offsetof(lrpot_ewald_options, order),
                                                offsetof(lrpot_ewald_options, mesh),
                                                offsetof(lrpot_ewald_options, kernel),
                                                offsetof(lrpot_ewald_options, sigma),
                                                offsetof(lrpot_ewald_options, energy_accuracy),
                                                offsetof(lrpot_ewald_options, pressure_accuracy),
                                                offsetof(lrpot_ewald_options, potential_accuracy) };
static const size_t ewald_report_members[] = { offsetof(lrpot_ewald_report, struct_size),
                                               offsetof(lrpot_ewald_report, splitting),
                                               offsetof(lrpot_ewald_report, real_cutoff),
                                               offsetof(lrpot_ewald_report, k_cutoff),
                                               offsetof(lrpot_ewald_report, predicted_error),
                                               offsetof(lrpot_ewald_report, n_vectors),
                                               offsetof(lrpot_ewald_report, method),
                                               offsetof(lrpot_ewald_report, order),
                                               offsetof(lrpot_ewald_report, mesh),
                                               offsetof(lrpot_ewald_report, reserved),
                                               offsetof(lrpot_ewald_report, seconds),
                                               offsetof(lrpot_ewald_report, predicted_potential),
                                               offsetof(lrpot_ewald_report, predicted_energy),
                                               offsetof(lrpot_ewald_report, predicted_pressure) };
static const size_t ewald_error_report_members[] = {
    offsetof(lrpot_ewald_error_report, struct_size), offsetof(lrpot_ewald_error_report, forces),
    offsetof(lrpot_ewald_error_report, largest),     offsetof(lrpot_ewald_error_report, potential),
    offsetof(lrpot_ewald_error_report, size),        offsetof(lrpot_ewald_error_report, reference),
    offsetof(lrpot_ewald_error_report, n_sample),    offsetof(lrpot_ewald_error_report, energy),
    offsetof(lrpot_ewald_error_report, pressure)
};
static const size_t charges_options_members[] = {
    offsetof(lrpot_charges_options, struct_size),  offsetof(lrpot_charges_options, kind),
    offsetof(lrpot_charges_options, n_species),    offsetof(lrpot_charges_options, channels),
    offsetof(lrpot_charges_options, neutrality),   offsetof(lrpot_charges_options, flags),
    offsetof(lrpot_charges_options, solver),       offsetof(lrpot_charges_options, sigma),
    offsetof(lrpot_charges_options, tolerance),    offsetof(lrpot_charges_options, accuracy),
    offsetof(lrpot_charges_options, widths),       offsetof(lrpot_charges_options, hidden),
    offsetof(lrpot_charges_options, charge_input), offsetof(lrpot_charges_options, reserved),
    offsetof(lrpot_charges_options, reach),        offsetof(lrpot_charges_options, order),
    offsetof(lrpot_charges_options, response),     offsetof(lrpot_charges_options, features),
    offsetof(lrpot_charges_options, reserved2),    offsetof(lrpot_charges_options, spread)
};
static const size_t potential_options_members[] = {
    offsetof(lrpot_potential_options, struct_size),
    offsetof(lrpot_potential_options, symbols),
    offsetof(lrpot_potential_options, n_species),
    offsetof(lrpot_potential_options, charges),
    offsetof(lrpot_potential_options, basis),
    offsetof(lrpot_potential_options, charge_basis),
    offsetof(lrpot_potential_options, charge_options),
    offsetof(lrpot_potential_options, widths),
    offsetof(lrpot_potential_options, accuracy),
    offsetof(lrpot_potential_options, hidden),
    offsetof(lrpot_potential_options, charge_input),
    offsetof(lrpot_potential_options, species_coefficients)
};
static const size_t tensor_options_members[] = {
    offsetof(lrpot_tensor_options, struct_size), offsetof(lrpot_tensor_options, symbols),
    offsetof(lrpot_tensor_options, n_species),   offsetof(lrpot_tensor_options, kind),
    offsetof(lrpot_tensor_options, levels),      offsetof(lrpot_tensor_options, radial_cost),
    offsetof(lrpot_tensor_options, kernel),      offsetof(lrpot_tensor_options, min_distance),
    offsetof(lrpot_tensor_options, cutoff),      offsetof(lrpot_tensor_options, potential)
};
static const size_t polarization_members[] = {
    offsetof(lrpot_polarization, struct_size), offsetof(lrpot_polarization, dipole),
    offsetof(lrpot_polarization, phase_real),  offsetof(lrpot_polarization, phase_imag),
    offsetof(lrpot_polarization, value),       offsetof(lrpot_polarization, quantum),
    offsetof(lrpot_polarization, branch)
};
static const size_t heat_flux_members[] = { offsetof(lrpot_heat_flux, struct_size),
                                            offsetof(lrpot_heat_flux, flux),
                                            offsetof(lrpot_heat_flux, convective),
                                            offsetof(lrpot_heat_flux, virial),
                                            offsetof(lrpot_heat_flux, charges) };
static const size_t field_members[] = {
    offsetof(lrpot_field, struct_size), offsetof(lrpot_field, kind),
    offsetof(lrpot_field, form),        offsetof(lrpot_field, value),
    offsetof(lrpot_field, eps_inf),     offsetof(lrpot_field, positions),
    offsetof(lrpot_field, dipole),      offsetof(lrpot_field, acting),
    offsetof(lrpot_field, on_charges),  offsetof(lrpot_field, charges)
};
static const size_t series_members[] = {
    offsetof(lrpot_series, struct_size), offsetof(lrpot_series, n),
    offsetof(lrpot_series, values),      offsetof(lrpot_series, step),
    offsetof(lrpot_series, volume),      offsetof(lrpot_series, temperature),
    offsetof(lrpot_series, kind),        offsetof(lrpot_series, reserved)
};
static const size_t estimate_members[] = {
    offsetof(lrpot_estimate, struct_size), offsetof(lrpot_estimate, value),
    offsetof(lrpot_estimate, error),       offsetof(lrpot_estimate, inefficiency),
    offsetof(lrpot_estimate, block),       offsetof(lrpot_estimate, blocks),
    offsetof(lrpot_estimate, plateau),     offsetof(lrpot_estimate, reserved)
};
static const size_t spectrum_options_members[] = {
    offsetof(lrpot_spectrum_options, struct_size), offsetof(lrpot_spectrum_options, segment),
    offsetof(lrpot_spectrum_options, overlap),     offsetof(lrpot_spectrum_options, width),
    offsetof(lrpot_spectrum_options, window),      offsetof(lrpot_spectrum_options, quantum)
};
static const size_t conductivity_options_members[] = {
    offsetof(lrpot_conductivity_options, struct_size), offsetof(lrpot_conductivity_options, begin),
    offsetof(lrpot_conductivity_options, end), offsetof(lrpot_conductivity_options, blocks)
};
static const size_t loop_options_members[] = { offsetof(lrpot_loop_options, struct_size),
                                               offsetof(lrpot_loop_options, tolerance),
                                               offsetof(lrpot_loop_options, discard) };
static const size_t loop_members[] = {
    offsetof(lrpot_loop, struct_size),    offsetof(lrpot_loop, remanent),
    offsetof(lrpot_loop, remanent_error), offsetof(lrpot_loop, coercive),
    offsetof(lrpot_loop, coercive_error), offsetof(lrpot_loop, area),
    offsetof(lrpot_loop, area_error),     offsetof(lrpot_loop, points)
};
static const size_t fit_options_members[] = {
    offsetof(lrpot_fit_options, struct_size),    offsetof(lrpot_fit_options, errors),
    offsetof(lrpot_fit_options, regularization), offsetof(lrpot_fit_options, max_iterations),
    offsetof(lrpot_fit_options, threads),        offsetof(lrpot_fit_options, seed),
    offsetof(lrpot_fit_options, tolerance),      offsetof(lrpot_fit_options, forces_relative),
    offsetof(lrpot_fit_options, sum_rule_error), offsetof(lrpot_fit_options, resume),
    offsetof(lrpot_fit_options, starts),         offsetof(lrpot_fit_options, robustness),
    offsetof(lrpot_fit_options, targets),        offsetof(lrpot_fit_options, flags),
    offsetof(lrpot_fit_options, memory_limit),   offsetof(lrpot_fit_options, patience),
    offsetof(lrpot_fit_options, reserved),       offsetof(lrpot_fit_options, gap_barrier)
};
static const size_t fit_frame_members[] = {
    offsetof(lrpot_fit_frame, struct_size),    offsetof(lrpot_fit_frame, set),
    offsetof(lrpot_fit_frame, source),         offsetof(lrpot_fit_frame, weight),
    offsetof(lrpot_fit_frame, target_weights), offsetof(lrpot_fit_frame, place)
};
static const size_t fit_suggestion_facts_members[] = {
    offsetof(lrpot_fit_suggestion_facts, struct_size),
    offsetof(lrpot_fit_suggestion_facts, equations),
    offsetof(lrpot_fit_suggestion_facts, shortest_distance),
    offsetof(lrpot_fit_suggestion_facts, shortest_frame),
    offsetof(lrpot_fit_suggestion_facts, own_charge_coefficients),
    offsetof(lrpot_fit_suggestion_facts, reserved)
};
static const size_t fit_errors_members[] = { offsetof(lrpot_fit_errors, struct_size),
                                             offsetof(lrpot_fit_errors, rmse),
                                             offsetof(lrpot_fit_errors, mae),
                                             offsetof(lrpot_fit_errors, n) };
static const size_t fit_progress_members[] = {
    offsetof(lrpot_fit_progress, struct_size), offsetof(lrpot_fit_progress, stage),
    offsetof(lrpot_fit_progress, iteration),   offsetof(lrpot_fit_progress, accepted),
    offsetof(lrpot_fit_progress, loss),        offsetof(lrpot_fit_progress, damping),
    offsetof(lrpot_fit_progress, gradient),    offsetof(lrpot_fit_progress, seconds),
    offsetof(lrpot_fit_progress, train),       offsetof(lrpot_fit_progress, valid),
    offsetof(lrpot_fit_progress, merit),       offsetof(lrpot_fit_progress, best)
};

static const lrpot_atoms atoms = LRPOT_ATOMS_INIT;
static const lrpot_host_edges host_edges = { .struct_size = sizeof(lrpot_host_edges) };
static const lrpot_host_results host_results = { .struct_size = sizeof(lrpot_host_results) };
static const lrpot_host_weights host_weights = { .struct_size = sizeof(lrpot_host_weights) };
static const lrpot_host_options host_options = LRPOT_HOST_OPTIONS_INIT;
static const lrpot_host_jacobian host_jacobian = LRPOT_HOST_JACOBIAN_INIT;
static const lrpot_outputs outputs = LRPOT_OUTPUTS_INIT;
static const lrpot_comm comm = LRPOT_COMM_INIT;
static const lrpot_basis_options basis_options = LRPOT_BASIS_OPTIONS_INIT;
static const lrpot_ewald_options ewald_options = LRPOT_EWALD_OPTIONS_INIT;
static const lrpot_ewald_report ewald_report = LRPOT_EWALD_REPORT_INIT;
static const lrpot_ewald_error_report ewald_error_report = LRPOT_EWALD_ERROR_REPORT_INIT;
static const lrpot_charges_options charges_options = LRPOT_CHARGES_OPTIONS_INIT;
static const lrpot_potential_options potential_options = LRPOT_POTENTIAL_OPTIONS_INIT;
static const lrpot_tensor_options tensor_options = LRPOT_TENSOR_OPTIONS_INIT;
static const lrpot_polarization polarization = LRPOT_POLARIZATION_INIT;
static const lrpot_heat_flux heat_flux = LRPOT_HEAT_FLUX_INIT;
static const lrpot_field field = LRPOT_FIELD_INIT;
static const lrpot_series series = LRPOT_SERIES_INIT;
static const lrpot_estimate estimate = LRPOT_ESTIMATE_INIT;
static const lrpot_spectrum_options spectrum_options = LRPOT_SPECTRUM_OPTIONS_INIT;
static const lrpot_conductivity_options conductivity_options = LRPOT_CONDUCTIVITY_OPTIONS_INIT;
static const lrpot_loop_options loop_options = LRPOT_LOOP_OPTIONS_INIT;
static const lrpot_loop loop = LRPOT_LOOP_INIT;
static const lrpot_fit_options fit_options = LRPOT_FIT_OPTIONS_INIT;
static const lrpot_fit_frame fit_frame = LRPOT_FIT_FRAME_INIT;
static const lrpot_fit_errors fit_errors = LRPOT_FIT_ERRORS_INIT;
static const lrpot_fit_suggestion_facts fit_suggestion_facts = LRPOT_FIT_SUGGESTION_FACTS_INIT;
/* The library fills this one, so C has no initialiser for it. */
static const lrpot_fit_progress fit_progress = {
    sizeof fit_progress, NULL, 0, 0, 0, 0, 0, 0, NULL, NULL, 0, 0
};

#define LAYOUT(name)                                                                        \
    {                                                                                       \
        "lrpot_" #name, &name, sizeof name, sizeof name##_members / sizeof *name##_members, \
            name##_members                                                                  \
    }
static const struct {
    const char *name;
    const void *initial;
    size_t size, n_members;
    const size_t *members;
} layouts[] = {
    LAYOUT(atoms),
    LAYOUT(host_edges),
    LAYOUT(host_results),
    LAYOUT(host_weights),
    LAYOUT(host_options),
    LAYOUT(host_jacobian),
    LAYOUT(outputs),
    LAYOUT(comm),
    LAYOUT(basis_options),
    LAYOUT(ewald_options),
    LAYOUT(ewald_report),
    LAYOUT(series),
    LAYOUT(estimate),
    LAYOUT(spectrum_options),
    LAYOUT(conductivity_options),
    LAYOUT(loop_options),
    LAYOUT(loop),
    LAYOUT(ewald_error_report),
    LAYOUT(charges_options),
    LAYOUT(potential_options),
    LAYOUT(polarization),
    LAYOUT(heat_flux),
    LAYOUT(field),
    LAYOUT(tensor_options),
    LAYOUT(fit_options),
    LAYOUT(fit_frame),
    LAYOUT(fit_errors),
    LAYOUT(fit_suggestion_facts),
    LAYOUT(fit_progress),
};

/* Size of a struct in C; -1 if there is none of that name. */
int64_t layout_size(const char *name);
int64_t layout_offset(const char *name, int64_t member);
int32_t layout_is_initial(const char *name, const void *value, size_t size);
int64_t layout_count(void);

static int find(const char *name)
{
    for (size_t k = 0; k < sizeof layouts / sizeof *layouts; k++)
        if (strcmp(layouts[k].name, name) == 0) return (int)k;
    return -1;
}

int64_t layout_count(void)
{
    return sizeof layouts / sizeof *layouts;
}

int64_t layout_size(const char *name)
{
    int k = find(name);
    return k < 0 ? -1 : (int64_t)layouts[k].size;
}

int64_t layout_offset(const char *name, int64_t member)
{
    int k = find(name);
    return k < 0 || member >= (int64_t)layouts[k].n_members ? -1
                                                            : (int64_t)layouts[k].members[member];
}

int32_t layout_is_initial(const char *name, const void *value, size_t size)
{
    int k = find(name);
    return k >= 0 && size == layouts[k].size && memcmp(layouts[k].initial, value, size) == 0;
}
