! A host in Fortran: structures, lists, arguments that may be left out, messages.
! A network: c_i = +-0.5 + sum_j exp(-r_ij^2), and the reverse pass of it.
module network_of_fortran
  use lrpot
  use, intrinsic :: iso_c_binding
  implicit none
  integer(c_int32_t) :: answer = LRPOT_OK

contains

  integer(c_int32_t) function values(ctx, edges, out) bind(c)
    type(c_ptr), value :: ctx
    type(lrpot_host_edges), intent(in) :: edges
    type(lrpot_host_results), intent(in) :: out
    integer(c_int64_t), pointer :: offsets(:)
    integer(c_int32_t), pointer :: species(:)
    real(c_double), pointer :: vectors(:, :), charges(:)
    integer(c_int64_t) :: i, e
    values = merge(LRPOT_OK, LRPOT_E_ARGUMENT, .not. c_associated(ctx))
    call c_f_pointer(edges%offsets, offsets, [edges%n_atoms + 1])
    call c_f_pointer(edges%species, species, [edges%n_atoms])
    call c_f_pointer(edges%vectors, vectors, [3_c_int64_t, edges%n_edges])
    call c_f_pointer(out%charges, charges, [edges%n_atoms])
    do i = 1, edges%n_atoms
      charges(i) = 0.5d0 - species(i)
      do e = offsets(i) + 1, offsets(i + 1)
        charges(i) = charges(i) + exp(-sum(vectors(:, e)**2))
      end do
    end do
  end function

  integer(c_int32_t) function product_of_weights(ctx, edges, weights, gradients) bind(c)
    type(c_ptr), value :: ctx
    type(lrpot_host_edges), intent(in) :: edges
    type(lrpot_host_weights), intent(in) :: weights
    type(c_ptr), value :: gradients
    integer(c_int64_t), pointer :: offsets(:)
    real(c_double), pointer :: vectors(:, :), of_charges(:), g(:, :)
    integer(c_int64_t) :: i, e
    product_of_weights = merge(answer, LRPOT_E_ARGUMENT, .not. c_associated(ctx))
    call c_f_pointer(edges%offsets, offsets, [edges%n_atoms + 1])
    call c_f_pointer(edges%vectors, vectors, [3_c_int64_t, edges%n_edges])
    call c_f_pointer(weights%charges, of_charges, [edges%n_atoms])
    call c_f_pointer(gradients, g, [3_c_int64_t, edges%n_edges])
    do i = 1, edges%n_atoms
      do e = offsets(i) + 1, offsets(i + 1)
        g(:, e) = -2 * of_charges(i) * exp(-sum(vectors(:, e)**2)) * vectors(:, e)
      end do
    end do
  end function

end module

program check_fortran
  use lrpot
  use network_of_fortran
  use, intrinsic :: iso_c_binding
  implicit none

  character(kind=c_char, len=3), target :: names(2) = ['Na'//c_null_char, 'Cl'//c_null_char]
  real(c_double), parameter :: positions(3, 2) = reshape([0d0, 0d0, 0d0, 2.82d0, 0d0, 0d0], [3, 2])
  real(c_double), parameter :: cell(3, 3) = reshape([0d0, 2.82d0, 2.82d0, 2.82d0, 0d0, 2.82d0, &
      2.82d0, 2.82d0, 0d0], [3, 3])
  type(c_ptr), target :: symbols(2)
  integer :: cases = 0, failures = 0

  symbols = [c_loc(names(1)), c_loc(names(2))]
  call structures_hold_what_they_are_given()
  call neighbours_are_those_of_rock_salt()
  call lists_can_be_lent()
  call failures_have_a_message()
  call a_model_is_suggested_for_data()
  call a_nep_is_loaded_as_any_model()
  call a_network_of_the_host_has_forces()
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

  subroutine done(status)
    integer(c_int32_t), intent(in) :: status
    if (status /= LRPOT_OK) call ok(.false., &
        lrpot_string(lrpot_status_name(status))//': '//lrpot_message())
  end subroutine

  function rock_salt() result(structure)
    type(c_ptr) :: structure
    structure = c_null_ptr
    call done(lrpot_structure_create(structure, 2_c_int64_t, symbols, positions, cell, &
        LRPOT_PERIODIC_ALL))
  end function

  subroutine structures_hold_what_they_are_given()
    type(c_ptr) :: structure, copy
    real(c_double), pointer :: r(:, :), forces(:, :)
    real(c_double) :: values(3, 2)
    structure = rock_salt()
    copy = c_null_ptr
    call ok(lrpot_structure_count(structure) == 2, 'a structure has its atoms')
    call ok(lrpot_string(lrpot_structure_symbol(structure, 1_c_int64_t)) == 'Cl', &
        'a symbol comes out as a string')
    call ok(lrpot_string(lrpot_structure_symbol(structure, 2_c_int64_t)) == '', &
        'a string that is not there comes out empty')
    call c_f_pointer(lrpot_structure_positions(structure), r, [3, 2])
    call ok(all(abs(r - positions) <= 0), 'positions can be looked at in place')
    values = reshape([1, 2, 3, 4, 5, 6], [3, 2])
    call done(lrpot_structure_set(structure, LRPOT_QUANTITY_FORCES, values))
    call done(lrpot_structure_clone(copy, structure))
    call done(lrpot_structure_set(structure, LRPOT_QUANTITY_FORCES))
    call ok(.not. c_associated(lrpot_structure_get(structure, LRPOT_QUANTITY_FORCES)), &
        'values left out remove a quantity')
    call c_f_pointer(lrpot_structure_get(copy, LRPOT_QUANTITY_FORCES), forces, [3, 2])
    call ok(all(abs(forces - values) <= 0), 'a clone keeps its own quantities')
    call done(lrpot_structure_set_cell(structure, periodic_mask=0_c_int32_t))
    call ok(.not. c_associated(lrpot_structure_cell(structure)), 'a cell left out is no cell')
    call lrpot_structure_free(structure)
    call lrpot_structure_free(copy)
  end subroutine

  subroutine neighbours_are_those_of_rock_salt()
    type(c_ptr) :: structure, list
    type(lrpot_atoms) :: atoms
    integer(c_int32_t), target :: species(2)
    integer(c_int32_t) :: j(6)
    real(c_double) :: vectors(3, 6)
    structure = rock_salt()
    list = c_null_ptr
    call done(lrpot_structure_view(structure, 2_c_int32_t, symbols, species, atoms))
    call ok(all(species == [0, 1]) .and. atoms%n_owned == 2, 'a view maps the symbols')
    call done(lrpot_nlist_build(list, atoms, 3.0_c_double, 0.0_c_double))
    call ok(lrpot_nlist_row(list, atoms, 0_c_int64_t, 6_c_int64_t, j, vectors) == 6, &
            'an ion of rock salt has six nearest neighbours')
    call ok(all(j == 1) .and. all(abs(norm2(vectors, 1) - 2.82d0) < 1e-12), &
        'the nearest neighbours are 2.82 A away')
    call lrpot_nlist_free(list)
    call lrpot_structure_free(structure)
  end subroutine

  subroutine lists_can_be_lent()
    integer(c_int64_t), target :: offsets(3) = [0, 1, 2]
    integer(c_int32_t), target :: j(2) = [1, 0]
    type(c_ptr) :: list
    list = c_null_ptr
    call done(lrpot_nlist_wrap_csr(list, 2_c_int64_t, offsets, j, cutoff=5.0_c_double))
    call ok(lrpot_nlist_pairs(list) == 2, 'a list of the host is lent, without shifts')
    call lrpot_nlist_free(list)
    call lrpot_nlist_free(c_null_ptr)
  end subroutine

  subroutine failures_have_a_message()
    type(c_ptr) :: structure
    structure = c_null_ptr
    call ok(lrpot_structure_create(structure, 2_c_int64_t, symbols, positions, &
        periodic_mask=LRPOT_PERIODIC_ALL) == LRPOT_E_CELL, &
            'a failure returns its status')
    call ok(lrpot_message() == 'periodic_mask is 7 but there is no cell', &
        'a failure leaves its message')
    call ok(.not. c_associated(structure), 'a failure leaves the handle alone')
  end subroutine

  ! Choices of the command and C for this frame: sodium first, 0.95 of the distance, the default
  ! charges of two species.
  subroutine a_model_is_suggested_for_data()
    type(c_ptr) :: structures(1), suggestion, model
    type(lrpot_potential_options), target :: wanted
    type(lrpot_potential_options), pointer :: options
    type(lrpot_basis_options), target :: wanted_basis
    type(lrpot_basis_options), pointer :: basis
    type(lrpot_fit_suggestion_facts) :: facts
    type(c_ptr), pointer :: labels(:)
    character(len=:), allocatable :: first
    structures(1) = rock_salt()
    suggestion = c_null_ptr
    model = c_null_ptr
    call done(lrpot_fit_suggest(suggestion, c_null_ptr, 1_c_int64_t, structures, c_null_ptr))
    call c_f_pointer(lrpot_fit_suggestion_options(suggestion), options)
    call c_f_pointer(options%basis, basis)
    call c_f_pointer(options%symbols, labels, [2])
    call done(lrpot_fit_suggestion_get_facts(suggestion, facts))
    first = lrpot_string(labels(1))
    call ok(options%n_species == 2 .and. first == 'Na', 'species are those of the data')
    call ok(options%charges == lrpot_charges_kind_default(2_c_int32_t), &
        'charges are the default of two species')
    call ok(abs(basis%min_distance - 2.67d0) < 1d-12 &
        .and. abs(facts%shortest_distance - 2.82d0) < 1d-12, &
      'the interval begins below the shortest distance')
    call done(lrpot_potential_create(model, options))
    call lrpot_potential_free(model)
    call lrpot_fit_suggestion_free(suggestion)
    suggestion = c_null_ptr
    wanted%charges = LRPOT_CHARGES_NONE
    wanted%basis = c_loc(wanted_basis)
    wanted_basis%level = 4
    wanted_basis%cutoff = 5d0
    wanted_basis%min_distance = -1d0
    wanted%species_coefficients = -1
    call done(lrpot_fit_suggest(suggestion, c_loc(wanted), 1_c_int64_t, structures, c_null_ptr))
    call c_f_pointer(lrpot_fit_suggestion_options(suggestion), options)
    call c_f_pointer(options%basis, basis)
    call ok(options%charges == LRPOT_CHARGES_NONE .and. basis%level == 4 .and. &
      abs(basis%cutoff - 5d0) < 1d-12 .and. abs(basis%min_distance - 2.67d0) < 1d-12, &
      'what is set is kept, the rest is chosen')
    call lrpot_fit_suggestion_free(suggestion)
    call lrpot_structure_free(structures(1))
  end subroutine

  ! The folder of the data is the argument; values of a NumPy program.
  subroutine a_nep_is_loaded_as_any_model()
    type(c_ptr) :: model, structure, work
    type(lrpot_outputs) :: out
    real(c_double), target :: energy, forces(3, 24), charges(24)
    character(len=1000) :: folder
    character(len=:), allocatable :: name
    call get_command_argument(1, folder)
    name = trim(folder)//'/nep4_zbl_charge1'
    model = c_null_ptr
    structure = c_null_ptr
    work = c_null_ptr
    call done(lrpot_potential_load(model, name//'.txt'//c_null_char))
    call done(lrpot_structure_read(structure, name//'.xyz'//c_null_char, 0_c_int64_t))
    call done(lrpot_workspace_create(work, 1_c_int32_t))
    call ok(lrpot_string(lrpot_basis_descriptor(lrpot_potential_basis(model))) &
      == 'neuroevolution potential (NEP)', 'the descriptor has a name')
    call done(lrpot_nep_set_sum(model, LRPOT_NEP_SUM_AS_FITTED))
    out%energy = c_loc(energy)
    out%forces = c_loc(forces)
    out%charges = c_loc(charges)
    call ok(lrpot_structure_count(structure) <= 24, 'the structure is small')
    call done(lrpot_potential_compute_structure(model, work, structure, out))
    call ok(abs(energy - 347.03411567826913d0) < 1d-10, &
      'the energy of a NEP is that of another program')
    call ok(all(abs(forces(:, 1) - [-13.989937893592344d0, 246.34743409297178d0, &
      146.95013770314054d0]) < 1d-11), 'so are its forces')
    call ok(abs(charges(2) - 0.73631745906484447d0) < 1d-13, 'so are its charges')
    call lrpot_workspace_free(work)
    call lrpot_structure_free(structure)
    call lrpot_potential_free(model)
  end subroutine

  ! Of two ions apart from others; the force is the slope of the energy.
  subroutine a_network_of_the_host_has_forces()
    type(c_ptr) :: model, structure, work
    type(lrpot_host_options) :: options
    type(lrpot_outputs) :: out
    real(c_double), target :: energy, forces(3, 2)
    real(c_double), pointer :: r(:, :)
    real(c_double) :: sides(2)
    real(c_double), parameter :: step = 1d-4
    integer :: side
    model = c_null_ptr
    structure = c_null_ptr
    work = c_null_ptr
    options%symbols = c_loc(symbols)
    options%n_species = 2
    options%cutoff = 6
    options%evaluate = c_funloc(values)
    options%pull = c_funloc(product_of_weights)
    call done(lrpot_potential_create_host(model, options))
    call done(lrpot_structure_create(structure, 2_c_int64_t, symbols, positions, cell, 0_c_int32_t))
    call done(lrpot_workspace_create(work, 1_c_int32_t))
    call c_f_pointer(lrpot_structure_positions(structure), r, [3, 2])
    r(1, 2) = 1.5d0
    out%energy = c_loc(energy)
    do side = 1, 2
      r(1, 2) = 1.5d0 + merge(step, -step, side == 1)
      call done(lrpot_potential_compute_structure(model, work, structure, out))
      sides(side) = energy
    end do
    r(1, 2) = 1.5d0
    out%forces = c_loc(forces)
    call done(lrpot_potential_compute_structure(model, work, structure, out))
    call ok(abs(forces(1, 2) + (sides(1) - sides(2)) / (2 * step)) < 1d-6, &
      'the force by a network of Fortran is the slope of the energy')
    call ok(abs(forces(1, 1) + forces(1, 2)) < 1d-12 .and. abs(forces(1, 2)) > 1, &
      'it is opposite on the other ion')
    answer = -5
    call ok(lrpot_potential_compute_structure(model, work, structure, out) == -5, &
      'a failure of its product comes back')
    call lrpot_workspace_free(work)
    call lrpot_structure_free(structure)
    call lrpot_potential_free(model)
  end subroutine

end program
