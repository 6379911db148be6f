! The derived types of the Fortran module are those of C: size, place of each member, initial
! values.
program check_fortran_layout
  use lrpot
  use, intrinsic :: iso_c_binding
  implicit none

  interface
    integer(c_int64_t) function layout_count() bind(c)
      import
    end function
    integer(c_int64_t) function layout_size(name) bind(c)
      import
      character(kind=c_char), intent(in) :: name(*)
    end function
    integer(c_int64_t) function layout_offset(name, member) bind(c)
      import
      character(kind=c_char), intent(in) :: name(*)
      integer(c_int64_t), value :: member
    end function
    integer(c_int32_t) function layout_is_initial(name, value, size) bind(c)
      import
      character(kind=c_char), intent(in) :: name(*)
      type(c_ptr), value :: value
      integer(c_size_t), value :: size
    end function
  end interface

  integer :: cases = 0, failures = 0

  call check_types()
  call ok(cases == 3 * layout_count(), 'every struct of C is a type of Fortran')
  print '(a,i0)', '1..', cases
  if (failures > 0) error stop 1

contains

  subroutine ok(passed, fact)
    logical, intent(in) :: passed
    character(len=*), intent(in) :: fact
    cases = cases + 1
    if (.not. passed) failures = failures + 1
    print '(a,i0,2a)', trim(merge('ok    ', 'not ok', passed))//' ', cases, ' - ', fact
  end subroutine

  integer(c_intptr_t) function at(place)
    type(c_ptr), intent(in) :: place
    at = transfer(place, at)
  end function

  subroutine same(name, start, size, members)
    character(len=*), intent(in) :: name
    type(c_ptr), intent(in) :: start
    integer(c_size_t), intent(in) :: size
    integer(c_intptr_t), intent(in) :: members(:)
    integer(c_int64_t) :: k, n
    logical :: equal
    n = ubound(members, 1)
    equal = layout_offset(name//c_null_char, n) == -1
    do k = 1, n
      if (layout_offset(name//c_null_char, k - 1) /= members(k) - at(start)) equal = .false.
    end do
    call ok(size == layout_size(name//c_null_char), name//' has the same size')
    call ok(equal, name//' has the same members at the same places')
    call ok(layout_is_initial(name//c_null_char, start, size) == 1, &
        name//' begins with the values of its initialiser in C')
  end subroutine

  subroutine check_types()
    type(lrpot_atoms), target :: atoms
    type(lrpot_host_edges), target :: host_edges
    type(lrpot_host_results), target :: host_results
    type(lrpot_host_weights), target :: host_weights
    type(lrpot_host_options), target :: host_options
    type(lrpot_host_jacobian), target :: host_jacobian
    type(lrpot_outputs), target :: outputs
    type(lrpot_comm), target :: comm
    type(lrpot_basis_options), target :: basis_options
    type(lrpot_ewald_options), target :: ewald_options
    type(lrpot_ewald_report), target :: ewald_report
    type(lrpot_ewald_error_report), target :: ewald_error_report
    type(lrpot_charges_options), target :: charges_options
    type(lrpot_potential_options), target :: potential_options
    type(lrpot_polarization), target :: polarization
    type(lrpot_heat_flux), target :: heat_flux
    type(lrpot_field), target :: field
    type(lrpot_series), target :: series
    type(lrpot_estimate), target :: estimate
    type(lrpot_spectrum_options), target :: spectrum_options
    type(lrpot_conductivity_options), target :: conductivity_options
    type(lrpot_loop_options), target :: loop_options
    type(lrpot_loop), target :: loop
    type(lrpot_tensor_options), target :: tensor_options
    type(lrpot_fit_options), target :: fit_options
    type(lrpot_fit_frame), target :: fit_frame
    type(lrpot_fit_errors), target :: fit_errors
    type(lrpot_fit_suggestion_facts), target :: facts
    type(lrpot_fit_progress), target :: fit_progress

    call same('lrpot_atoms', c_loc(atoms), c_sizeof(atoms), &
      [at(c_loc(atoms%struct_size)), at(c_loc(atoms%n_owned)), at(c_loc(atoms%n_all)), &
      at(c_loc(atoms%positions)), &
       at(c_loc(atoms%species)), at(c_loc(atoms%cell)), at(c_loc(atoms%ghost_owner)), &
       at(c_loc(atoms%periodic_mask)), &
       at(c_loc(atoms%stride)), at(c_loc(atoms%total_charge)), at(c_loc(atoms%fragments)), &
       at(c_loc(atoms%fragment_charges)), at(c_loc(atoms%n_fragments)), &
       at(c_loc(atoms%potential_reference)), at(c_loc(atoms%fragment_potentials))])
    call same('lrpot_host_edges', c_loc(host_edges), c_sizeof(host_edges), &
      [at(c_loc(host_edges%struct_size)), at(c_loc(host_edges%n_atoms)), &
      at(c_loc(host_edges%n_edges)), at(c_loc(host_edges%offsets)), &
      at(c_loc(host_edges%neighbours)), at(c_loc(host_edges%vectors)), &
      at(c_loc(host_edges%species)), at(c_loc(host_edges%atoms))])
    call same('lrpot_host_results', c_loc(host_results), c_sizeof(host_results), &
      [at(c_loc(host_results%struct_size)), at(c_loc(host_results%charges)), &
      at(c_loc(host_results%energies)), at(c_loc(host_results%charge_gradients)), &
      at(c_loc(host_results%energy_gradients))])
    call same('lrpot_host_weights', c_loc(host_weights), c_sizeof(host_weights), &
      [at(c_loc(host_weights%struct_size)), at(c_loc(host_weights%charges)), &
      at(c_loc(host_weights%energies))])
    call same('lrpot_host_options', c_loc(host_options), c_sizeof(host_options), &
      [at(c_loc(host_options%struct_size)), at(c_loc(host_options%symbols)), &
      at(c_loc(host_options%evaluate)), at(c_loc(host_options%ctx)), &
      at(c_loc(host_options%n_species)), at(c_loc(host_options%charges)), &
      at(c_loc(host_options%flags)), at(c_loc(host_options%reserved)), &
      at(c_loc(host_options%cutoff)), at(c_loc(host_options%sigma)), &
      at(c_loc(host_options%accuracy)), at(c_loc(host_options%eps_inf)), &
      at(c_loc(host_options%pull))])
    call same('lrpot_host_jacobian', c_loc(host_jacobian), c_sizeof(host_jacobian), &
      [at(c_loc(host_jacobian%struct_size)), at(c_loc(host_jacobian%n_atoms)), &
      at(c_loc(host_jacobian%offsets)), at(c_loc(host_jacobian%neighbours)), &
      at(c_loc(host_jacobian%vectors)), at(c_loc(host_jacobian%charges)), &
      at(c_loc(host_jacobian%charge_gradients)), at(c_loc(host_jacobian%energies)), &
      at(c_loc(host_jacobian%energy_gradients))])
    call same('lrpot_outputs', c_loc(outputs), c_sizeof(outputs), &
      [at(c_loc(outputs%struct_size)), at(c_loc(outputs%flags)), at(c_loc(outputs%energy)), &
       at(c_loc(outputs%energy_atom)), at(c_loc(outputs%forces)), at(c_loc(outputs%virial)), &
       at(c_loc(outputs%virial_atom)), at(c_loc(outputs%charges)), at(c_loc(outputs%potential)), &
       at(c_loc(outputs%dipole)), at(c_loc(outputs%field))])
    call same('lrpot_comm', c_loc(comm), c_sizeof(comm), &
      [at(c_loc(comm%struct_size)), at(c_loc(comm%ctx)), at(c_loc(comm%sum)), &
      at(c_loc(comm%forward)), at(c_loc(comm%reverse)), &
       at(c_loc(comm%exchange)), at(c_loc(comm%rank)), at(c_loc(comm%size))])
    call same('lrpot_basis_options', c_loc(basis_options), c_sizeof(basis_options), &
      [at(c_loc(basis_options%struct_size)), at(c_loc(basis_options%level)), &
      at(c_loc(basis_options%n_species)), &
       at(c_loc(basis_options%radial_size)), at(c_loc(basis_options%kernel)), &
       at(c_loc(basis_options%min_distance)), &
       at(c_loc(basis_options%cutoff)), at(c_loc(basis_options%scaling)), &
       at(c_loc(basis_options%radial_step)), &
       at(c_loc(basis_options%reserved))])
    call same('lrpot_ewald_options', c_loc(ewald_options), c_sizeof(ewald_options), &
      [at(c_loc(ewald_options%struct_size)), at(c_loc(ewald_options%accuracy)), &
      at(c_loc(ewald_options%splitting)), &
       at(c_loc(ewald_options%cutoff)), at(c_loc(ewald_options%n_widths)), &
       at(c_loc(ewald_options%flags)), &
       at(c_loc(ewald_options%widths)), at(c_loc(ewald_options%method)), &
       at(c_loc(ewald_options%order)), &
       at(c_loc(ewald_options%mesh)), at(c_loc(ewald_options%kernel)), &
       at(c_loc(ewald_options%sigma)), &
       at(c_loc(ewald_options%energy_accuracy)), at(c_loc(ewald_options%pressure_accuracy)), &
       at(c_loc(ewald_options%potential_accuracy))])
    call same('lrpot_ewald_report', c_loc(ewald_report), c_sizeof(ewald_report), &
      [at(c_loc(ewald_report%struct_size)), at(c_loc(ewald_report%splitting)), &
      at(c_loc(ewald_report%real_cutoff)), &
       at(c_loc(ewald_report%k_cutoff)), at(c_loc(ewald_report%predicted_error)), &
       at(c_loc(ewald_report%n_vectors)), &
       at(c_loc(ewald_report%method)), at(c_loc(ewald_report%order)), &
       at(c_loc(ewald_report%mesh)), &
       at(c_loc(ewald_report%reserved)), at(c_loc(ewald_report%seconds)), &
       at(c_loc(ewald_report%predicted_potential)), at(c_loc(ewald_report%predicted_energy)), &
       at(c_loc(ewald_report%predicted_pressure))])
    call same('lrpot_ewald_error_report', c_loc(ewald_error_report), c_sizeof(ewald_error_report), &
      [at(c_loc(ewald_error_report%struct_size)), at(c_loc(ewald_error_report%forces)), &
      at(c_loc(ewald_error_report%largest)), &
       at(c_loc(ewald_error_report%potential)), at(c_loc(ewald_error_report%size)), &
       at(c_loc(ewald_error_report%reference)), &
       at(c_loc(ewald_error_report%n_sample)), at(c_loc(ewald_error_report%energy)), &
       at(c_loc(ewald_error_report%pressure))])
    call same('lrpot_charges_options', c_loc(charges_options), c_sizeof(charges_options), &
      [at(c_loc(charges_options%struct_size)), at(c_loc(charges_options%kind)), &
      at(c_loc(charges_options%n_species)), &
       at(c_loc(charges_options%channels)), at(c_loc(charges_options%neutrality)), &
       at(c_loc(charges_options%flags)), &
       at(c_loc(charges_options%solver)), at(c_loc(charges_options%sigma)), &
       at(c_loc(charges_options%tolerance)), at(c_loc(charges_options%accuracy)), &
       at(c_loc(charges_options%widths)), &
       at(c_loc(charges_options%hidden)), at(c_loc(charges_options%charge_input)), &
       at(c_loc(charges_options%reserved)), at(c_loc(charges_options%reach)), &
       at(c_loc(charges_options%order)), at(c_loc(charges_options%response)), &
       at(c_loc(charges_options%features)), at(c_loc(charges_options%reserved2)), &
       at(c_loc(charges_options%spread))])
    call same('lrpot_potential_options', c_loc(potential_options), c_sizeof(potential_options), &
      [at(c_loc(potential_options%struct_size)), at(c_loc(potential_options%symbols)), &
      at(c_loc(potential_options%n_species)), &
       at(c_loc(potential_options%charges)), at(c_loc(potential_options%basis)), &
       at(c_loc(potential_options%charge_basis)), &
       at(c_loc(potential_options%charge_options)), at(c_loc(potential_options%widths)), &
       at(c_loc(potential_options%accuracy)), at(c_loc(potential_options%hidden)), &
       at(c_loc(potential_options%charge_input)), &
       at(c_loc(potential_options%species_coefficients))])
    call same('lrpot_heat_flux', c_loc(heat_flux), c_sizeof(heat_flux), &
      [at(c_loc(heat_flux%struct_size)), at(c_loc(heat_flux%flux)), &
      at(c_loc(heat_flux%convective)), at(c_loc(heat_flux%virial)), at(c_loc(heat_flux%charges))])
    call same('lrpot_polarization', c_loc(polarization), c_sizeof(polarization), &
      [at(c_loc(polarization%struct_size)), at(c_loc(polarization%dipole)), &
      at(c_loc(polarization%phase_real)), &
       at(c_loc(polarization%phase_imag)), at(c_loc(polarization%value)), &
       at(c_loc(polarization%quantum)), &
       at(c_loc(polarization%branch))])
    call same('lrpot_field', c_loc(field), c_sizeof(field), &
      [at(c_loc(field%struct_size)), at(c_loc(field%kind)), at(c_loc(field%form)), &
       at(c_loc(field%value)), &
       at(c_loc(field%eps_inf)), at(c_loc(field%positions)), at(c_loc(field%dipole)), &
       at(c_loc(field%acting)), &
       at(c_loc(field%on_charges)), at(c_loc(field%charges))])
    call same('lrpot_series', c_loc(series), c_sizeof(series), &
      [at(c_loc(series%struct_size)), at(c_loc(series%n)), at(c_loc(series%values)), &
      at(c_loc(series%step)),  &
       at(c_loc(series%volume)), at(c_loc(series%temperature)), at(c_loc(series%kind)), &
       at(c_loc(series%reserved))])
    call same('lrpot_estimate', c_loc(estimate), c_sizeof(estimate), &
      [at(c_loc(estimate%struct_size)), at(c_loc(estimate%value)), at(c_loc(estimate%error)),  &
       at(c_loc(estimate%inefficiency)), at(c_loc(estimate%block)), at(c_loc(estimate%blocks)), &
       at(c_loc(estimate%plateau)),  &
       at(c_loc(estimate%reserved))])
    call same('lrpot_spectrum_options', c_loc(spectrum_options), c_sizeof(spectrum_options), &
      [at(c_loc(spectrum_options%struct_size)), at(c_loc(spectrum_options%segment)), &
      at(c_loc(spectrum_options%overlap)),  &
       at(c_loc(spectrum_options%width)), at(c_loc(spectrum_options%window)), &
       at(c_loc(spectrum_options%quantum))])
    call same('lrpot_conductivity_options', c_loc(conductivity_options), &
        c_sizeof(conductivity_options), &
      [at(c_loc(conductivity_options%struct_size)), at(c_loc(conductivity_options%begin)),  &
       at(c_loc(conductivity_options%end)), at(c_loc(conductivity_options%blocks))])
    call same('lrpot_loop_options', c_loc(loop_options), c_sizeof(loop_options), &
      [at(c_loc(loop_options%struct_size)), at(c_loc(loop_options%tolerance)), &
      at(c_loc(loop_options%discard))])
    call same('lrpot_loop', c_loc(loop), c_sizeof(loop), &
      [at(c_loc(loop%struct_size)), at(c_loc(loop%remanent)), at(c_loc(loop%remanent_error)), &
      at(c_loc(loop%coercive)),  &
       at(c_loc(loop%coercive_error)), at(c_loc(loop%area)), at(c_loc(loop%area_error)), &
       at(c_loc(loop%points))])
    call same('lrpot_tensor_options', c_loc(tensor_options), c_sizeof(tensor_options), &
      [at(c_loc(tensor_options%struct_size)), at(c_loc(tensor_options%symbols)), &
      at(c_loc(tensor_options%n_species)), &
       at(c_loc(tensor_options%kind)), at(c_loc(tensor_options%levels)), &
       at(c_loc(tensor_options%radial_cost)), &
       at(c_loc(tensor_options%kernel)), at(c_loc(tensor_options%min_distance)), &
       at(c_loc(tensor_options%cutoff)), &
       at(c_loc(tensor_options%potential))])
    call same('lrpot_fit_options', c_loc(fit_options), c_sizeof(fit_options), &
      [at(c_loc(fit_options%struct_size)), at(c_loc(fit_options%errors)), &
       at(c_loc(fit_options%regularization)), at(c_loc(fit_options%max_iterations)), &
       at(c_loc(fit_options%threads)), at(c_loc(fit_options%seed)), &
       at(c_loc(fit_options%tolerance)), &
       at(c_loc(fit_options%forces_relative)), at(c_loc(fit_options%sum_rule_error)), &
       at(c_loc(fit_options%resume)), &
       at(c_loc(fit_options%starts)), at(c_loc(fit_options%robustness)), &
       at(c_loc(fit_options%targets)), &
       at(c_loc(fit_options%flags)), at(c_loc(fit_options%memory_limit)), &
       at(c_loc(fit_options%patience)), at(c_loc(fit_options%reserved)), &
       at(c_loc(fit_options%gap_barrier))])
    call same('lrpot_fit_frame', c_loc(fit_frame), c_sizeof(fit_frame), &
      [at(c_loc(fit_frame%struct_size)), at(c_loc(fit_frame%set)), at(c_loc(fit_frame%source)), &
       at(c_loc(fit_frame%weight)), at(c_loc(fit_frame%target_weights)), &
       at(c_loc(fit_frame%place))])
    call same('lrpot_fit_errors', c_loc(fit_errors), c_sizeof(fit_errors), &
      [at(c_loc(fit_errors%struct_size)), at(c_loc(fit_errors%rmse)), at(c_loc(fit_errors%mae)), &
       at(c_loc(fit_errors%n))])
    call same('lrpot_fit_suggestion_facts', c_loc(facts), c_sizeof(facts), &
      [at(c_loc(facts%struct_size)), at(c_loc(facts%equations)), &
      at(c_loc(facts%shortest_distance)), &
       at(c_loc(facts%shortest_frame)), at(c_loc(facts%own_charge_coefficients)), &
       at(c_loc(facts%reserved))])
    call same('lrpot_fit_progress', c_loc(fit_progress), c_sizeof(fit_progress), &
      [at(c_loc(fit_progress%struct_size)), at(c_loc(fit_progress%stage)), &
      at(c_loc(fit_progress%iteration)), &
       at(c_loc(fit_progress%accepted)), at(c_loc(fit_progress%loss)), &
       at(c_loc(fit_progress%damping)), &
       at(c_loc(fit_progress%gradient)), at(c_loc(fit_progress%seconds)), &
       at(c_loc(fit_progress%train)), &
       at(c_loc(fit_progress%valid)), at(c_loc(fit_progress%merit)), at(c_loc(fit_progress%best))])
  end subroutine
end program
