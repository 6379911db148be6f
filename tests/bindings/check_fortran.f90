! A host in Fortran: structures, lists, arguments that may be left out, messages.
program check_fortran
  use lrpot
  use, intrinsic :: iso_c_binding
  implicit none

  character(kind=c_char, len=3), target :: names(2) = ['Na'//c_null_char, 'Cl'//c_null_char]
  real(c_double), parameter :: positions(3, 2) = reshape([0d0, 0d0, 0d0, 2.82d0, 0d0, 0d0], [3, 2])
  real(c_double), parameter :: cell(3, 3) = reshape([0d0, 2.82d0, 2.82d0, 2.82d0, 0d0, 2.82d0, &
      2.82d0, 2.82d0, 0d0], [3, 3])
  type(c_ptr) :: symbols(2)
  integer :: cases = 0, failures = 0

  symbols = [c_loc(names(1)), c_loc(names(2))]
  call structures_hold_what_they_are_given()
  call neighbours_are_those_of_rock_salt()
  call lists_can_be_lent()
  call failures_have_a_message()
  call a_model_is_suggested_for_data()
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

end program
