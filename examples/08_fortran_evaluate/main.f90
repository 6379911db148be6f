! How large are the forces on the ions of a disordered crystal, and what charges do they carry? The
! first example in Fortran.
program evaluate
  use lrpot
  use, intrinsic :: iso_c_binding
  use, intrinsic :: iso_fortran_env, only: error_unit
  implicit none

  type(c_ptr) :: model = c_null_ptr, structure = c_null_ptr, work = c_null_ptr
  type(lrpot_outputs) :: out
  real(c_double), target :: energy, virial(3, 3)
  real(c_double), allocatable, target :: forces(:, :), charges(:)
  real(c_double) :: pressure
  integer(c_int64_t) :: n
  logical :: sound

  call check(lrpot_potential_load(model, 'rocksalt.json'//c_null_char))
  call check(lrpot_structure_read(structure, 'rattled.xyz'//c_null_char, 0_c_int64_t))
  call check(lrpot_workspace_create(work, 1_c_int32_t))

  n = lrpot_structure_count(structure)
  allocate (forces(3, n), charges(n))
  out%energy = c_loc(energy) ! what is left alone is not computed
  out%virial = c_loc(virial)
  out%forces = c_loc(forces)
  out%charges = c_loc(charges)
  call check(lrpot_potential_compute_structure(model, work, structure, out))

  pressure = (virial(1, 1) + virial(2, 2) + virial(3, 3)) / 3 / lrpot_structure_volume(structure)
  sound = abs(sum(charges)) < 1d-12 .and. sum(abs(sum(forces, 2))) < 1d-9
  print '(a,f12.6,a)', 'energy            ', energy / n, ' eV per ion'
  print '(a,f12.6,a)', 'largest force     ', maxval(norm2(forces, 1)), ' eV/A'
  print '(a,f12.6,a)', 'pressure          ', pressure, ' eV/A^3'
  print '(a,f12.6,a,f8.6,a)', 'sodium charges    ', minval(charges, charges > 0), ' to ', &
      maxval(charges, charges > 0), ' e'
  print '(2a)', 'charges and forces add up to zero: ', trim(merge('yes', 'no ', sound))

  call lrpot_workspace_free(work)
  call lrpot_structure_free(structure)
  call lrpot_potential_free(model)
  if (.not. sound) error stop 1

contains

  subroutine check(status)
    integer(c_int32_t), intent(in) :: status
    if (status == LRPOT_OK) return
    write (error_unit, '(a)') lrpot_message()
    error stop 1
  end subroutine
end program
