! The C interface of liblrpot for Fortran 2018, name for name: see the C headers for what the
! procedures do.
!
! Handles are type(c_ptr), c_null_ptr when empty. Strings that go in end in c_null_char; strings
! that come out are C pointers, for
! lrpot_string(). Arrays are Fortran's own, so a C array [n][3] is x(3, n). Arguments that C allows
! to be NULL are optional.
! Indices of atoms, species and frames count from zero, as in C. Arrays that the library borrows
! need the target attribute.
module lrpot
  use, intrinsic :: iso_c_binding
  implicit none
  public

  ! lrpot/status.h
  integer(c_int32_t), parameter :: LRPOT_OK = 0_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_LOG_WARNING = 1_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_E_ARGUMENT = 1_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_E_NULL = 2_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_E_SIZE = 3_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_E_STATE = 4_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_E_UNSUPPORTED = 5_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_E_SPECIES = 6_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_E_CUTOFF = 7_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_E_MEMORY = 20_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_E_SYSTEM = 21_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_E_OPEN = 40_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_E_READ = 41_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_E_WRITE = 42_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_E_PARSE = 43_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_E_VERSION = 44_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_E_CHECKSUM = 45_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_E_END = 46_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_E_NOT_FINITE = 60_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_E_NOT_CONVERGED = 61_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_E_SINGULAR = 62_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_E_ACCURACY = 63_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_E_COINCIDENT = 64_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_E_CELL = 65_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_E_INTERRUPTED = 66_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_E_ASSUMPTION = 67_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_E_BUG = 255_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_BUILD_COMMIT = 0_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_BUILD_BLAS = 1_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_BUILD_OPENMP = 2_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_BUILD_KERNELS = 3_c_int32_t

  ! lrpot/structure.h
  integer(c_int32_t), parameter :: LRPOT_PERIODIC_ALL = 7_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_QUANTITY_ENERGY = 1_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_QUANTITY_FORCES = 2_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_QUANTITY_STRESS = 3_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_QUANTITY_DIPOLE = 4_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_QUANTITY_CHARGES = 5_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_QUANTITY_BORN_CHARGES = 6_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_QUANTITY_TOTAL_CHARGE = 7_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_QUANTITY_ENERGY_ATOM = 8_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_QUANTITY_POTENTIAL = 9_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_QUANTITY_VELOCITIES = 10_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_QUANTITY_MASSES = 11_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_QUANTITY_SIGMA = 12_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_QUANTITY_EPSILON_INF = 13_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_QUANTITY_QUADRUPOLE = 14_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_QUANTITY_FIELD = 15_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_QUANTITY_FRAGMENT = 16_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_QUANTITY_ID = 17_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_QUANTITY_IMAGE = 18_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_QUANTITY_FORCES_SPREAD = 19_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_QUANTITY_POLARIZABILITY = 20_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_QUANTITY_ATOMIC_DIPOLES = 21_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_QUANTITY_ATOMIC_QUADRUPOLES = 22_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_QUANTITY_COUNT = 23_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_POTENTIALS_SHARED = 0_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_POTENTIALS_VACUUM = 1_c_int32_t

  ! lrpot/workspace.h
  integer(c_int32_t), parameter :: LRPOT_ADD = 1_c_int32_t

  ! lrpot/basis.h
  integer(c_int32_t), parameter :: LRPOT_KERNEL_AUTO = 0_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_KERNEL_REFERENCE = 1_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_KERNEL_PORTABLE = 2_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_KERNEL_AVX2 = 3_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_KERNEL_AVX512 = 4_c_int32_t

  ! lrpot/ewald.h
  real(c_double), parameter :: LRPOT_COULOMB_CONSTANT = 14.3996454784255_c_double
  integer(c_int32_t), parameter :: LRPOT_EWALD_RELATIVE = 1_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_EWALD_SELF = 2_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_EWALD_AUTO = 0_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_EWALD_EXACT = 1_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_EWALD_MESH = 2_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_EWALD_SPLINE = 3_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_EWALD_SLAB_CORRECTION = 4_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_EWALD_VACUUM = 8_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_EWALD_COULOMB = 0_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_EWALD_LATENT = 1_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_EWALD_DISPERSION = 2_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_EWALD_KERNEL_CHARGES = 1_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_EWALD_KERNEL_WIDTHS = 2_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_EWALD_KERNEL_SIGMA = 4_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_EWALD_KERNEL_PAIRS = 8_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_EWALD_KERNEL_CRYSTALS = 16_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_EWALD_KERNEL_SLABS = 32_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_EWALD_KERNEL_MATRIX = 64_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_EWALD_KERNEL_DERIVATIVES = 128_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_PATH_MOST = 32_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_PATH_LABEL = 8_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_EWALD_MAX_CHANNELS = 64_c_int32_t

  ! lrpot/charges.h
  integer(c_int32_t), parameter :: LRPOT_CHARGES_NONE = 0_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_CHARGES_FIXED = 1_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_CHARGES_QRD = 2_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_CHARGES_EDQ = 3_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_CHARGES_EDQRD = 4_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_CHARGES_LATENT = 5_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_CHARGES_EQUILIBRATED = 6_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_CHARGES_DENSITY = 7_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_CHARGES_TAKES_BASIS = 1_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_CHARGES_NEEDS_BASIS = 2_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_CHARGES_TAKES_CHANNELS = 4_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_CHARGES_TAKES_NEUTRALITY = 8_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_CHARGES_TAKES_SELF = 16_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_CHARGES_TAKES_SIGMA = 32_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_CHARGES_TAKES_WIDTHS = 64_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_CHARGES_TAKES_SOLVER = 128_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_CHARGES_FLOW = 256_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_CHARGES_SPECIES_CHARGE = 512_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_CHARGES_SHORT_SIGHTED = 1024_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_CHARGES_USUAL = 2048_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_CHARGES_TAKES_MOMENTS = 4096_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_RESPONSE_BONDS = 0_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_RESPONSE_ATOMS = 1_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_RESPONSE_NONE = 2_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_SOLVER_AUTO = 0_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_SOLVER_DENSE = 1_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_SOLVER_ITERATIVE = 2_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_NEUTRALITY_EXACT = 0_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_NEUTRALITY_OFF = 1_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_CHARGES_SELF = 1_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_CHARGES_OWN_COEFFICIENTS = 2_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_CHARGES_WITHOUT_SELF = 4_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_CHARGES_MAX_CHANNELS = 16_c_int32_t

  ! lrpot/potential.h
  integer(c_int32_t), parameter :: LRPOT_NEEDS_SUM = 1_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_NEEDS_FORWARD = 2_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_NEEDS_REVERSE = 4_c_int32_t

  ! lrpot/nep.h
  integer(c_int32_t), parameter :: LRPOT_HOST_MESSAGES = 4096_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_PRECISION_DOUBLE = 0_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_PRECISION_MIXED = 1_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_NEP_SUM_CONVERGED = 0_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_NEP_SUM_AS_FITTED = 1_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_NEP_FORCES_GRADIENT = 0_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_NEP_FORCES_PLAIN = 1_c_int32_t

  ! lrpot/response.h
  integer(c_int32_t), parameter :: LRPOT_BORN_UNFOLDED = 0_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_BORN_PHASE = 1_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_BORN_MIDPOINT = 2_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_FIELD_FIXED = 0_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_FIELD_REDUCED = 1_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_FIELD_DISPLACEMENT = 2_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_FIELD_FLUX = 3_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_DIPOLE_CURRENT = 0_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_DIPOLE_POSITIONS = 1_c_int32_t

  ! lrpot/path.h
  integer(c_int32_t), parameter :: LRPOT_PATH_CHARGES = 0_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_PATH_BORN = 1_c_int32_t

  ! lrpot/spectra.h
  real(c_double), parameter :: LRPOT_MICROCOULOMB_PER_CM2 = 1602.176634_c_double
  real(c_double), parameter :: LRPOT_SIEMENS_PER_CM = 16021.76634_c_double
  real(c_double), parameter :: LRPOT_WATT_PER_METRE_KELVIN = 1602176.634_c_double
  real(c_double), parameter :: LRPOT_CM_PER_THZ = 33.35640951981521_c_double
  integer(c_int32_t), parameter :: LRPOT_SERIES_DIPOLE = 0_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_SERIES_CURRENT = 1_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_SERIES_POLARIZABILITY = 2_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_SERIES_HEAT = 3_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_DIELECTRIC_ZERO_MEAN = 1_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_WINDOW_HANN = 0_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_WINDOW_GAUSSIAN = 1_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_WINDOW_NONE = 2_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_QUANTUM_CLASSICAL = 0_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_QUANTUM_HARMONIC = 1_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_QUANTUM_STANDARD = 2_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_QUANTUM_SCHOFIELD = 3_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_BRANCH_VIRGIN = 0_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_BRANCH_RISING = 1_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_BRANCH_FALLING = 2_c_int32_t

  ! lrpot/tensors.h
  integer(c_int32_t), parameter :: LRPOT_TENSORS_INDEPENDENT = 0_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_TENSORS_DIPOLE = 1_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_TENSORS_GLOBAL = 2_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_TENSORS_LOCAL = 3_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_TENSORS_POLARIZABILITY = 4_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_TENSOR_FIT_TRAIN = 0_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_TENSOR_FIT_VALID = 1_c_int32_t

  ! lrpot/fit.h
  integer(c_int32_t), parameter :: LRPOT_FIT_TRAIN = 0_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_FIT_VALID = 1_c_int32_t
  ! Numbers of the targets count from 0 as in C: target t stands at element t + 1 of arrays by
  ! target.
  integer(c_int32_t), parameter :: LRPOT_FIT_ENERGY = 0_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_FIT_FORCES = 1_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_FIT_STRESS = 2_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_FIT_DIPOLE = 3_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_FIT_CHARGES = 4_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_FIT_BORN = 5_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_FIT_POTENTIAL = 6_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_FIT_ATOMIC_DIPOLES = 7_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_FIT_ATOMIC_QUADRUPOLES = 8_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_FIT_EPSILON_INF = 9_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_FIT_POLARIZABILITY = 10_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_FIT_MAX_TARGETS = 16_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_FIT_TARGET_ENERGY = 1_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_FIT_TARGET_FORCES = 2_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_FIT_TARGET_STRESS = 4_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_FIT_TARGET_DIPOLE = 8_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_FIT_TARGET_CHARGES = 16_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_FIT_TARGET_BORN = 32_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_FIT_TARGET_POTENTIAL = 64_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_FIT_TARGET_ATOMIC_DIPOLES = 128_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_FIT_TARGET_ATOMIC_QUADRUPOLES = 256_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_FIT_TARGET_EPSILON_INF = 512_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_FIT_TARGET_POLARIZABILITY = 1024_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_FIT_BOUNDARY_ANY = 0_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_FIT_BOUNDARY_PERIODIC = 1_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_FIT_BOUNDARY_ISOLATED = 2_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_FIT_SKIP_MISSING = 1_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_FIT_CHOOSE_REGULARIZATION = 2_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_FIT_AUTO_WEIGHTS = 4_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_FIT_NO_ACTIVE_SET = 8_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_FIT_NO_CORE = 16_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_FIT_GRADE_PARAMETERS = 32_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_FIT_DIRECT_START = 64_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_ACTIVE_SET_FEATURES = 0_c_int32_t
  integer(c_int32_t), parameter :: LRPOT_ACTIVE_SET_PARAMETERS = 1_c_int32_t
  real(c_double), parameter :: LRPOT_GRADE_NEW = 2.1_c_double
  real(c_double), parameter :: LRPOT_GRADE_FAR = 10.0_c_double

  ! Structs begin with their size, which is how the library tells the release that a program was
  ! compiled with.
  integer(c_size_t), parameter, private :: size_bytes = storage_size(0_c_size_t) / 8
  integer(c_size_t), parameter, private :: pointer_bytes = storage_size(0_c_intptr_t) / 8
  integer(c_size_t), parameter, private :: int_bytes = storage_size(0_c_int32_t) / 8
  integer(c_size_t), parameter, private :: long_bytes = storage_size(0_c_int64_t) / 8
  integer(c_size_t), parameter, private :: double_bytes = storage_size(0.0_c_double) / 8

  integer(c_size_t), parameter, private :: atoms_size = &
      size_bytes + 2 * long_bytes + 7 * pointer_bytes + 4 * int_bytes + double_bytes
  type, bind(c) :: lrpot_atoms
    integer(c_size_t) :: struct_size = atoms_size
    integer(c_int64_t) :: n_owned = 0
    integer(c_int64_t) :: n_all = 0
    type(c_ptr) :: positions = c_null_ptr
    type(c_ptr) :: species = c_null_ptr
    type(c_ptr) :: cell = c_null_ptr
    type(c_ptr) :: ghost_owner = c_null_ptr
    integer(c_int32_t) :: periodic_mask = 0
    integer(c_int32_t) :: stride = 0
    real(c_double) :: total_charge = 0.0_c_double
    type(c_ptr) :: fragments = c_null_ptr
    type(c_ptr) :: fragment_charges = c_null_ptr
    integer(c_int32_t) :: n_fragments = 0
    integer(c_int32_t) :: potential_reference = LRPOT_POTENTIALS_SHARED
    type(c_ptr) :: fragment_potentials = c_null_ptr
  end type

  integer(c_size_t), parameter, private :: host_edges_size = &
      size_bytes + 2 * long_bytes + 5 * pointer_bytes
  type, bind(c) :: lrpot_host_edges
    integer(c_size_t) :: struct_size = host_edges_size
    integer(c_int64_t) :: n_atoms = 0
    integer(c_int64_t) :: n_edges = 0
    type(c_ptr) :: offsets = c_null_ptr
    type(c_ptr) :: neighbours = c_null_ptr
    type(c_ptr) :: vectors = c_null_ptr
    type(c_ptr) :: species = c_null_ptr
    type(c_ptr) :: atoms = c_null_ptr
  end type

  integer(c_size_t), parameter, private :: host_results_size = &
      size_bytes + 4 * pointer_bytes
  type, bind(c) :: lrpot_host_results
    integer(c_size_t) :: struct_size = host_results_size
    type(c_ptr) :: charges = c_null_ptr
    type(c_ptr) :: energies = c_null_ptr
    type(c_ptr) :: charge_gradients = c_null_ptr
    type(c_ptr) :: energy_gradients = c_null_ptr
  end type

  integer(c_size_t), parameter, private :: host_weights_size = &
      size_bytes + 2 * pointer_bytes
  type, bind(c) :: lrpot_host_weights
    integer(c_size_t) :: struct_size = host_weights_size
    type(c_ptr) :: charges = c_null_ptr
    type(c_ptr) :: energies = c_null_ptr
  end type

  integer(c_size_t), parameter, private :: host_options_size = &
      size_bytes + 4 * pointer_bytes + 4 * int_bytes + 4 * double_bytes
  type, bind(c) :: lrpot_host_options
    integer(c_size_t) :: struct_size = host_options_size
    type(c_ptr) :: symbols = c_null_ptr
    type(c_funptr) :: evaluate = c_null_funptr
    type(c_ptr) :: ctx = c_null_ptr
    integer(c_int32_t) :: n_species = 0
    integer(c_int32_t) :: charges = 4
    integer(c_int32_t) :: flags = 0
    integer(c_int32_t) :: reserved = 0
    real(c_double) :: cutoff = 0.0_c_double
    real(c_double) :: sigma = 0.0_c_double
    real(c_double) :: accuracy = 0.0_c_double
    real(c_double) :: eps_inf = 0.0_c_double
    type(c_funptr) :: pull = c_null_funptr
  end type

  integer(c_size_t), parameter, private :: host_jacobian_size = &
      size_bytes + long_bytes + 7 * pointer_bytes
  type, bind(c) :: lrpot_host_jacobian
    integer(c_size_t) :: struct_size = host_jacobian_size
    integer(c_int64_t) :: n_atoms = 0
    type(c_ptr) :: offsets = c_null_ptr
    type(c_ptr) :: neighbours = c_null_ptr
    type(c_ptr) :: vectors = c_null_ptr
    type(c_ptr) :: charges = c_null_ptr
    type(c_ptr) :: charge_gradients = c_null_ptr
    type(c_ptr) :: energies = c_null_ptr
    type(c_ptr) :: energy_gradients = c_null_ptr
  end type

  integer(c_size_t), parameter, private :: outputs_size = &
      size_bytes + long_bytes + 9 * pointer_bytes
  type, bind(c) :: lrpot_outputs
    integer(c_size_t) :: struct_size = outputs_size
    integer(c_int64_t) :: flags = 0
    type(c_ptr) :: energy = c_null_ptr
    type(c_ptr) :: energy_atom = c_null_ptr
    type(c_ptr) :: forces = c_null_ptr
    type(c_ptr) :: virial = c_null_ptr
    type(c_ptr) :: virial_atom = c_null_ptr
    type(c_ptr) :: charges = c_null_ptr
    type(c_ptr) :: potential = c_null_ptr
    type(c_ptr) :: dipole = c_null_ptr
    type(c_ptr) :: field = c_null_ptr
  end type

  integer(c_size_t), parameter, private :: comm_size = &
      size_bytes + 5 * pointer_bytes + 2 * int_bytes
  type, bind(c) :: lrpot_comm
    integer(c_size_t) :: struct_size = comm_size
    type(c_ptr) :: ctx = c_null_ptr
    type(c_funptr) :: sum = c_null_funptr
    type(c_funptr) :: forward = c_null_funptr
    type(c_funptr) :: reverse = c_null_funptr
    type(c_funptr) :: exchange = c_null_funptr
    integer(c_int32_t) :: rank = 0
    integer(c_int32_t) :: size = 0
  end type

  integer(c_size_t), parameter, private :: basis_options_size = &
      size_bytes + 6 * int_bytes + 3 * double_bytes
  type, bind(c) :: lrpot_basis_options
    integer(c_size_t) :: struct_size = basis_options_size
    integer(c_int32_t) :: level = 8
    integer(c_int32_t) :: n_species = 1
    integer(c_int32_t) :: radial_size = 0
    integer(c_int32_t) :: kernel = 0
    real(c_double) :: min_distance = 1.0_c_double
    real(c_double) :: cutoff = 5.0_c_double
    real(c_double) :: scaling = 0.0_c_double
    integer(c_int32_t) :: radial_step = 0
    integer(c_int32_t) :: reserved = 0
  end type

  integer(c_size_t), parameter, private :: ewald_options_size = &
      size_bytes + 7 * double_bytes + 8 * int_bytes + pointer_bytes
  type, bind(c) :: lrpot_ewald_options
    integer(c_size_t) :: struct_size = ewald_options_size
    real(c_double) :: accuracy = 0.0_c_double
    real(c_double) :: splitting = 0.0_c_double
    real(c_double) :: cutoff = 0.0_c_double
    integer(c_int32_t) :: n_widths = 0
    integer(c_int32_t) :: flags = 0
    type(c_ptr) :: widths = c_null_ptr
    integer(c_int32_t) :: method = LRPOT_EWALD_AUTO
    integer(c_int32_t) :: order = 0
    integer(c_int32_t) :: mesh(3) = 0
    integer(c_int32_t) :: kernel = LRPOT_EWALD_COULOMB
    real(c_double) :: sigma = 0.0_c_double
    real(c_double) :: energy_accuracy = 0.0_c_double
    real(c_double) :: pressure_accuracy = 0.0_c_double
    real(c_double) :: potential_accuracy = 0.0_c_double
  end type

  integer(c_size_t), parameter, private :: ewald_report_size = &
      size_bytes + 8 * double_bytes + long_bytes + 6 * int_bytes
  type, bind(c) :: lrpot_ewald_report
    integer(c_size_t) :: struct_size = ewald_report_size
    real(c_double) :: splitting = 0.0_c_double
    real(c_double) :: real_cutoff = 0.0_c_double
    real(c_double) :: k_cutoff = 0.0_c_double
    real(c_double) :: predicted_error = 0.0_c_double
    integer(c_int64_t) :: n_vectors = 0
    integer(c_int32_t) :: method = 0
    integer(c_int32_t) :: order = 0
    integer(c_int32_t) :: mesh(3) = 0
    integer(c_int32_t) :: reserved = 0
    real(c_double) :: seconds = 0.0_c_double
    real(c_double) :: predicted_potential = 0.0_c_double
    real(c_double) :: predicted_energy = 0.0_c_double
    real(c_double) :: predicted_pressure = 0.0_c_double
  end type

  integer(c_size_t), parameter, private :: ewald_error_report_size = &
      size_bytes + 7 * double_bytes + long_bytes
  type, bind(c) :: lrpot_ewald_error_report
    integer(c_size_t) :: struct_size = ewald_error_report_size
    real(c_double) :: forces = 0.0_c_double
    real(c_double) :: largest = 0.0_c_double
    real(c_double) :: potential = 0.0_c_double
    real(c_double) :: size = 0.0_c_double
    real(c_double) :: reference = 0.0_c_double
    integer(c_int64_t) :: n_sample = 0
    real(c_double) :: energy = 0.0_c_double
    real(c_double) :: pressure = 0.0_c_double
  end type

  integer(c_size_t), parameter, private :: charges_options_size = &
      size_bytes + 14 * int_bytes + 5 * double_bytes + pointer_bytes
  type, bind(c) :: lrpot_charges_options
    integer(c_size_t) :: struct_size = charges_options_size
    integer(c_int32_t) :: kind = LRPOT_CHARGES_EDQRD
    integer(c_int32_t) :: n_species = 1
    integer(c_int32_t) :: channels = 0
    integer(c_int32_t) :: neutrality = LRPOT_NEUTRALITY_EXACT
    integer(c_int32_t) :: flags = 0
    integer(c_int32_t) :: solver = LRPOT_SOLVER_AUTO
    real(c_double) :: sigma = 0.0_c_double
    real(c_double) :: tolerance = 0.0_c_double
    real(c_double) :: accuracy = 0.0_c_double
    type(c_ptr) :: widths = c_null_ptr
    integer(c_int32_t) :: hidden(2) = 0
    integer(c_int32_t) :: charge_input = 0
    integer(c_int32_t) :: reserved = 0
    real(c_double) :: reach = 0.0_c_double
    integer(c_int32_t) :: order = 0
    integer(c_int32_t) :: response = LRPOT_RESPONSE_BONDS
    integer(c_int32_t) :: features = 0
    integer(c_int32_t) :: reserved2 = 0
    real(c_double) :: spread = 0.0_c_double
  end type

  integer(c_size_t), parameter, private :: potential_options_size = &
      size_bytes + 5 * pointer_bytes + 6 * int_bytes + double_bytes
  type, bind(c) :: lrpot_potential_options
    integer(c_size_t) :: struct_size = potential_options_size
    type(c_ptr) :: symbols = c_null_ptr
    integer(c_int32_t) :: n_species = 0
    integer(c_int32_t) :: charges = LRPOT_CHARGES_NONE
    ! c_loc of a lrpot_basis_options, or c_null_ptr; so charge_basis
    type(c_ptr) :: basis = c_null_ptr
    type(c_ptr) :: charge_basis = c_null_ptr
    type(c_ptr) :: charge_options = c_null_ptr ! c_loc of a lrpot_charges_options, or c_null_ptr
    type(c_ptr) :: widths = c_null_ptr
    real(c_double) :: accuracy = 0.0_c_double
    integer(c_int32_t) :: hidden(2) = 0
    integer(c_int32_t) :: charge_input = 0
    integer(c_int32_t) :: species_coefficients = 0
  end type

  integer(c_size_t), parameter, private :: tensor_options_size = &
      size_bytes + 2 * pointer_bytes + 8 * int_bytes + 2 * double_bytes
  type, bind(c) :: lrpot_tensor_options
    integer(c_size_t) :: struct_size = tensor_options_size
    type(c_ptr) :: symbols = c_null_ptr
    integer(c_int32_t) :: n_species = 0
    integer(c_int32_t) :: kind = 0
    integer(c_int32_t) :: levels(4) = 0
    integer(c_int32_t) :: radial_cost = 0
    integer(c_int32_t) :: kernel = 0
    real(c_double) :: min_distance = 0.8_c_double
    real(c_double) :: cutoff = 5.0_c_double
    type(c_ptr) :: potential = c_null_ptr
  end type

  integer(c_size_t), parameter, private :: polarization_size = &
      size_bytes + 21 * double_bytes + 3 * long_bytes
  type, bind(c) :: lrpot_polarization
    integer(c_size_t) :: struct_size = polarization_size
    real(c_double) :: dipole(3) = 0.0_c_double
    real(c_double) :: phase_real(3) = 0.0_c_double
    real(c_double) :: phase_imag(3) = 0.0_c_double
    real(c_double) :: value(3) = 0.0_c_double
    real(c_double) :: quantum(9) = 0.0_c_double
    integer(c_int64_t) :: branch(3) = 0
  end type

  integer(c_size_t), parameter, private :: heat_flux_size = size_bytes + 12 * double_bytes
  type, bind(c) :: lrpot_heat_flux
    integer(c_size_t) :: struct_size = heat_flux_size
    real(c_double) :: flux(3) = 0.0_c_double
    real(c_double) :: convective(3) = 0.0_c_double
    real(c_double) :: virial(3) = 0.0_c_double
    real(c_double) :: charges(3) = 0.0_c_double
  end type

  integer(c_size_t), parameter, private :: field_size = &
      size_bytes + 2 * int_bytes + 12 * double_bytes + 5 * pointer_bytes
  type, bind(c) :: lrpot_field
    integer(c_size_t) :: struct_size = field_size
    integer(c_int32_t) :: kind = LRPOT_FIELD_FIXED
    integer(c_int32_t) :: form = LRPOT_DIPOLE_CURRENT
    real(c_double) :: value(3) = 0.0_c_double
    real(c_double) :: eps_inf(9) = 0.0_c_double
    type(c_ptr) :: positions = c_null_ptr
    type(c_ptr) :: dipole = c_null_ptr
    type(c_ptr) :: acting = c_null_ptr
    type(c_ptr) :: on_charges = c_null_ptr
    type(c_ptr) :: charges = c_null_ptr
  end type

  integer(c_size_t), parameter, private :: series_size = &
      size_bytes + 3 * double_bytes + long_bytes + 2 * int_bytes + pointer_bytes
  type, bind(c) :: lrpot_series
    integer(c_size_t) :: struct_size = series_size
    integer(c_int64_t) :: n = 0
    type(c_ptr) :: values = c_null_ptr
    real(c_double) :: step = 0.0_c_double
    real(c_double) :: volume = 0.0_c_double
    real(c_double) :: temperature = 0.0_c_double
    integer(c_int32_t) :: kind = 0
    integer(c_int32_t) :: reserved = 0
  end type

  integer(c_size_t), parameter, private :: estimate_size = &
      size_bytes + 3 * double_bytes + 2 * long_bytes + 2 * int_bytes
  type, bind(c) :: lrpot_estimate
    integer(c_size_t) :: struct_size = estimate_size
    real(c_double) :: value = 0.0_c_double
    real(c_double) :: error = 0.0_c_double
    real(c_double) :: inefficiency = 0.0_c_double
    integer(c_int64_t) :: block = 0
    integer(c_int64_t) :: blocks = 0
    integer(c_int32_t) :: plateau = 0
    integer(c_int32_t) :: reserved = 0
  end type

  integer(c_size_t), parameter, private :: spectrum_options_size = &
      size_bytes + 2 * double_bytes + long_bytes + 2 * int_bytes
  type, bind(c) :: lrpot_spectrum_options
    integer(c_size_t) :: struct_size = spectrum_options_size
    integer(c_int64_t) :: segment = 0
    real(c_double) :: overlap = 0.0_c_double
    real(c_double) :: width = 0.0_c_double
    integer(c_int32_t) :: window = 0
    integer(c_int32_t) :: quantum = 0
  end type

  integer(c_size_t), parameter, private :: conductivity_options_size = &
      size_bytes + 2 * double_bytes + long_bytes
  type, bind(c) :: lrpot_conductivity_options
    integer(c_size_t) :: struct_size = conductivity_options_size
    real(c_double) :: begin = 0.0_c_double
    real(c_double) :: end = 0.0_c_double
    integer(c_int64_t) :: blocks = 0
  end type

  integer(c_size_t), parameter, private :: loop_options_size = size_bytes + 2 * double_bytes
  type, bind(c) :: lrpot_loop_options
    integer(c_size_t) :: struct_size = loop_options_size
    real(c_double) :: tolerance = 0.0_c_double
    real(c_double) :: discard = 0.0_c_double
  end type

  integer(c_size_t), parameter, private :: loop_size = size_bytes + 10 * double_bytes + long_bytes
  type, bind(c) :: lrpot_loop
    integer(c_size_t) :: struct_size = loop_size
    real(c_double) :: remanent(2) = 0.0_c_double
    real(c_double) :: remanent_error(2) = 0.0_c_double
    real(c_double) :: coercive(2) = 0.0_c_double
    real(c_double) :: coercive_error(2) = 0.0_c_double
    real(c_double) :: area = 0.0_c_double
    real(c_double) :: area_error = 0.0_c_double
    integer(c_int64_t) :: points = 0
  end type

  integer(c_size_t), parameter, private :: fit_target_size = &
      size_bytes + 4 * int_bytes + 4 * pointer_bytes + double_bytes
  type, bind(c) :: lrpot_fit_target
    integer(c_size_t) :: struct_size = fit_target_size
    integer(c_int32_t) :: usual = 0
    integer(c_int32_t) :: per_atom = 0
    integer(c_int32_t) :: quantity = 0
    integer(c_int32_t) :: boundary = 0
    type(c_ptr) :: name = c_null_ptr
    type(c_ptr) :: label = c_null_ptr
    type(c_ptr) :: unit = c_null_ptr
    type(c_ptr) :: weight_key = c_null_ptr
    real(c_double) :: error = 0.0_c_double
  end type

  integer(c_size_t), parameter, private :: fit_options_size = &
      size_bytes + 23 * double_bytes + 8 * int_bytes + long_bytes
  type, bind(c) :: lrpot_fit_options
    integer(c_size_t) :: struct_size = fit_options_size
    real(c_double) :: errors(LRPOT_FIT_MAX_TARGETS) = 0.0_c_double
    real(c_double) :: regularization = 0.0_c_double
    integer(c_int32_t) :: max_iterations = 0
    integer(c_int32_t) :: threads = 0
    integer(c_int64_t) :: seed = 0
    real(c_double) :: tolerance = 0.0_c_double
    real(c_double) :: forces_relative = 0.0_c_double
    real(c_double) :: sum_rule_error = 0.0_c_double
    integer(c_int32_t) :: resume = 0
    integer(c_int32_t) :: starts = 0
    real(c_double) :: robustness = 0.0_c_double
    integer(c_int32_t) :: targets = 0
    integer(c_int32_t) :: flags = 0
    real(c_double) :: memory_limit = 0.0_c_double
    integer(c_int32_t) :: patience = 0
    integer(c_int32_t) :: reserved = 0
    real(c_double) :: gap_barrier = 0.0_c_double
  end type

  integer(c_size_t), parameter, private :: fit_frame_size = &
      size_bytes + 2 * int_bytes + 17 * double_bytes + long_bytes
  type, bind(c) :: lrpot_fit_frame
    integer(c_size_t) :: struct_size = fit_frame_size
    integer(c_int32_t) :: set = LRPOT_FIT_TRAIN
    integer(c_int32_t) :: source = 0
    real(c_double) :: weight = 0.0_c_double
    real(c_double) :: target_weights(LRPOT_FIT_MAX_TARGETS) = 0.0_c_double
    integer(c_int64_t) :: place = 0
  end type

  integer(c_size_t), parameter, private :: fit_errors_size = &
      size_bytes + 32 * double_bytes + 16 * long_bytes
  type, bind(c) :: lrpot_fit_errors
    integer(c_size_t) :: struct_size = fit_errors_size
    real(c_double) :: rmse(LRPOT_FIT_MAX_TARGETS) = 0.0_c_double
    real(c_double) :: mae(LRPOT_FIT_MAX_TARGETS) = 0.0_c_double
    integer(c_int64_t) :: n(LRPOT_FIT_MAX_TARGETS) = 0_c_int64_t
  end type

  integer(c_size_t), parameter, private :: fit_suggestion_facts_size = &
      size_bytes + 2 * long_bytes + double_bytes + 2 * int_bytes
  type, bind(c) :: lrpot_fit_suggestion_facts
    integer(c_size_t) :: struct_size = fit_suggestion_facts_size
    integer(c_int64_t) :: equations = 0_c_int64_t
    real(c_double) :: shortest_distance = 0.0_c_double
    integer(c_int64_t) :: shortest_frame = -1_c_int64_t
    integer(c_int32_t) :: own_charge_coefficients = 0
    integer(c_int32_t) :: reserved = 0
  end type

  integer(c_size_t), parameter, private :: fit_progress_size = &
      size_bytes + 3 * pointer_bytes + 2 * int_bytes + 6 * double_bytes
  type, bind(c) :: lrpot_fit_progress
    integer(c_size_t) :: struct_size = fit_progress_size
    type(c_ptr) :: stage = c_null_ptr
    integer(c_int32_t) :: iteration = 0
    integer(c_int32_t) :: accepted = 0
    real(c_double) :: loss = 0.0_c_double
    real(c_double) :: damping = 0.0_c_double
    real(c_double) :: gradient = 0.0_c_double
    real(c_double) :: seconds = 0.0_c_double
    type(c_ptr) :: train = c_null_ptr ! to a lrpot_fit_errors, by c_f_pointer; so valid
    type(c_ptr) :: valid = c_null_ptr
    real(c_double) :: merit = 0.0_c_double
    real(c_double) :: best = 0.0_c_double
  end type

  ! Interfaces of the members of lrpot_comm and of the callback of lrpot_fit_run() (by c_funloc).
  abstract interface
    integer(c_int32_t) function lrpot_comm_sum(ctx, buffer, n) bind(c)
      import
      type(c_ptr), value :: ctx
      real(c_double), intent(inout) :: buffer(*)
      integer(c_int64_t), value :: n
    end function
    integer(c_int32_t) function lrpot_comm_exchange(ctx, per_atom, width) bind(c)
      import
      type(c_ptr), value :: ctx
      real(c_double), intent(inout) :: per_atom(*)
      integer(c_int32_t), value :: width
    end function
    integer(c_int32_t) function lrpot_comm_all_to_all(ctx, send, send_counts, receive, &
        receive_counts) bind(c)
      import
      type(c_ptr), value :: ctx
      real(c_double), intent(in) :: send(*)
      integer(c_int64_t), intent(in) :: send_counts(*), receive_counts(*)
      real(c_double), intent(inout) :: receive(*)
    end function
    integer(c_int32_t) function lrpot_fit_callback(ctx, progress) bind(c)
      import
      type(c_ptr), value :: ctx
      type(lrpot_fit_progress), intent(in) :: progress
    end function
  end interface

  ! lrpot/status.h
  interface
    type(c_ptr) function lrpot_status_name(status) bind(c)
      import
      integer(c_int32_t), value :: status
    end function
    type(c_ptr) function lrpot_last_error() bind(c)
      import
    end function
    integer(c_int64_t) function lrpot_last_error_copy(buffer, size) bind(c)
      import
      character(kind=c_char), intent(inout) :: buffer(*)
      integer(c_int64_t), value :: size
    end function
    type(c_ptr) function lrpot_version() bind(c)
      import
    end function
    integer(c_int64_t) function lrpot_build_info(item, buffer, size) bind(c)
      import
      integer(c_int32_t), value :: item
      character(kind=c_char), intent(inout) :: buffer(*)
      integer(c_int64_t), value :: size
    end function
  end interface

  ! lrpot/structure.h
  interface
    integer(c_int32_t) function lrpot_structure_create(out, n, symbols, positions, cell, &
        periodic_mask) bind(c)
      import
      type(c_ptr), intent(inout) :: out
      integer(c_int64_t), value :: n
      type(c_ptr), intent(in) :: symbols(*)
      real(c_double), intent(in) :: positions(*)
      real(c_double), intent(in), optional :: cell(*)
      integer(c_int32_t), value :: periodic_mask
    end function
    integer(c_int32_t) function lrpot_structure_clone(out, structure) bind(c)
      import
      type(c_ptr), intent(inout) :: out
      type(c_ptr), value :: structure
    end function
    integer(c_int32_t) function lrpot_structure_repeat(out, structure, repeat) bind(c)
      import
      type(c_ptr), intent(inout) :: out
      type(c_ptr), value :: structure
      integer(c_int32_t), intent(in) :: repeat(*)
    end function
    subroutine lrpot_structure_free(structure) bind(c)
      import
      type(c_ptr), value :: structure
    end subroutine
    integer(c_int64_t) function lrpot_structure_count(structure) bind(c)
      import
      type(c_ptr), value :: structure
    end function
    integer(c_int32_t) function lrpot_structures_labels(n, structures, room, labels, count) bind(c)
      import
      integer(c_int64_t), value :: n
      type(c_ptr), intent(in) :: structures(*)
      integer(c_int32_t), value :: room
      character(kind=c_char), intent(inout) :: labels(*)
      integer(c_int32_t), intent(out) :: count
    end function
    integer(c_int32_t) function lrpot_structure_species_order(structure, order) bind(c)
      import
      type(c_ptr), value :: structure
      integer(c_int64_t), intent(out) :: order(*)
    end function
    type(c_ptr) function lrpot_structure_symbol(structure, i) bind(c)
      import
      type(c_ptr), value :: structure
      integer(c_int64_t), value :: i
    end function
    type(c_ptr) function lrpot_structure_positions(structure) bind(c)
      import
      type(c_ptr), value :: structure
    end function
    type(c_ptr) function lrpot_structure_positions_const(structure) bind(c)
      import
      type(c_ptr), value :: structure
    end function
    type(c_ptr) function lrpot_structure_cell(structure) bind(c)
      import
      type(c_ptr), value :: structure
    end function
    integer(c_int32_t) function lrpot_structure_set_cell(structure, cell, periodic_mask) bind(c)
      import
      type(c_ptr), value :: structure
      real(c_double), intent(in), optional :: cell(*)
      integer(c_int32_t), value :: periodic_mask
    end function
    integer(c_int32_t) function lrpot_structure_periodic_mask(structure) bind(c)
      import
      type(c_ptr), value :: structure
    end function
    real(c_double) function lrpot_structure_volume(structure) bind(c)
      import
      type(c_ptr), value :: structure
    end function
    type(c_ptr) function lrpot_structure_get(structure, quantity) bind(c)
      import
      type(c_ptr), value :: structure
      integer(c_int32_t), value :: quantity
    end function
    integer(c_int32_t) function lrpot_structure_set(structure, quantity, values) bind(c)
      import
      type(c_ptr), value :: structure
      integer(c_int32_t), value :: quantity
      real(c_double), intent(in), optional :: values(*)
    end function
    integer(c_int32_t) function lrpot_structure_reorder(structure, order) bind(c)
      import
      type(c_ptr), value :: structure
      integer(c_int64_t), intent(in) :: order(*)
    end function
    integer(c_int64_t) function lrpot_quantity_size(quantity, n) bind(c)
      import
      integer(c_int32_t), value :: quantity
      integer(c_int64_t), value :: n
    end function
    type(c_ptr) function lrpot_quantity_name(quantity) bind(c)
      import
      integer(c_int32_t), value :: quantity
    end function
    integer(c_int32_t) function lrpot_structure_set_fragment_charges(structure, n, charges) bind(c)
      import
      type(c_ptr), value :: structure
      integer(c_int32_t), value :: n
      real(c_double), intent(in), optional :: charges(*)
    end function
    type(c_ptr) function lrpot_structure_fragment_charges(structure, n) bind(c)
      import
      type(c_ptr), value :: structure
      integer(c_int32_t), intent(out), optional :: n
    end function
    integer(c_int32_t) function lrpot_structure_set_fragment_potentials(structure, n, potentials, &
        reference) bind(c)
      import
      type(c_ptr), value :: structure
      integer(c_int32_t), value :: n
      real(c_double), intent(in), optional :: potentials(*)
      integer(c_int32_t), value :: reference
    end function
    type(c_ptr) function lrpot_structure_fragment_potentials(structure, n, reference) bind(c)
      import
      type(c_ptr), value :: structure
      integer(c_int32_t), intent(out), optional :: n, reference
    end function
    integer(c_int32_t) function lrpot_structure_set_points(structure, n, points, potentials) bind(c)
      import
      type(c_ptr), value :: structure
      integer(c_int64_t), value :: n
      real(c_double), intent(in), optional :: points(*), potentials(*)
    end function
    type(c_ptr) function lrpot_structure_points(structure, n, potentials) bind(c)
      import
      type(c_ptr), value :: structure
      integer(c_int64_t), intent(out), optional :: n
      type(c_ptr), intent(out), optional :: potentials
    end function
    type(c_ptr) function lrpot_structure_info(structure, key) bind(c)
      import
      type(c_ptr), value :: structure
      character(kind=c_char), intent(in) :: key(*)
    end function
    integer(c_int32_t) function lrpot_structure_set_info(structure, key, value) bind(c)
      import
      type(c_ptr), value :: structure
      character(kind=c_char), intent(in) :: key(*)
      character(kind=c_char), intent(in), optional :: value(*)
    end function
    integer(c_int32_t) function lrpot_structure_info_at(structure, index, key, value) bind(c)
      import
      type(c_ptr), value :: structure
      integer(c_int64_t), value :: index
      type(c_ptr), intent(inout), optional :: key, value
    end function
    integer(c_int32_t) function lrpot_structure_view(structure, n_symbols, symbols, species, &
        view) bind(c)
      import
      type(c_ptr), value :: structure
      integer(c_int32_t), value :: n_symbols
      type(c_ptr), intent(in) :: symbols(*)
      integer(c_int32_t), intent(inout) :: species(*)
      type(lrpot_atoms), intent(inout) :: view
    end function
    real(c_double) function lrpot_element_mass(symbol) bind(c)
      import
      character(kind=c_char), intent(in) :: symbol(*)
    end function
    integer(c_int32_t) function lrpot_element_number(symbol) bind(c)
      import
      character(kind=c_char), intent(in) :: symbol(*)
    end function
    real(c_double) function lrpot_element_electronegativity(symbol) bind(c)
      import
      character(kind=c_char), intent(in) :: symbol(*)
    end function
    real(c_double) function lrpot_element_radius(symbol) bind(c)
      import
      character(kind=c_char), intent(in) :: symbol(*)
    end function
  end interface

  ! lrpot/nlist.h
  interface
    integer(c_int32_t) function lrpot_nlist_build(out, atoms, cutoff, skin) bind(c)
      import
      type(c_ptr), intent(inout) :: out
      type(lrpot_atoms), intent(in) :: atoms
      real(c_double), value :: cutoff, skin
    end function
    integer(c_int32_t) function lrpot_nlist_rebuild(list, atoms) bind(c)
      import
      type(c_ptr), value :: list
      type(lrpot_atoms), intent(in) :: atoms
    end function
    integer(c_int32_t) function lrpot_nlist_wrap_csr(out, n, offsets, j, shifts, cutoff) bind(c)
      import
      type(c_ptr), intent(inout) :: out
      integer(c_int64_t), value :: n
      integer(c_int64_t), intent(in), target :: offsets(*)
      integer(c_int32_t), intent(in), target :: j(*)
      integer(c_int32_t), intent(in), optional, target :: shifts(*)
      real(c_double), value :: cutoff
    end function
    integer(c_int32_t) function lrpot_nlist_wrap_rows(out, n, i, count, j, mask, cutoff) bind(c)
      import
      type(c_ptr), intent(inout) :: out
      integer(c_int64_t), value :: n
      integer(c_int32_t), intent(in), target :: i(*), count(*)
      type(c_ptr), intent(in), target :: j(*)
      integer(c_int32_t), value :: mask
      real(c_double), value :: cutoff
    end function
    subroutine lrpot_nlist_free(list) bind(c)
      import
      type(c_ptr), value :: list
    end subroutine
    real(c_double) function lrpot_nlist_cutoff(list) bind(c)
      import
      type(c_ptr), value :: list
    end function
    integer(c_int64_t) function lrpot_nlist_pairs(list) bind(c)
      import
      type(c_ptr), value :: list
    end function
    integer(c_int64_t) function lrpot_nlist_degree(list, i) bind(c)
      import
      type(c_ptr), value :: list
      integer(c_int64_t), value :: i
    end function
    integer(c_int64_t) function lrpot_nlist_row(list, atoms, i, capacity, j, vectors) bind(c)
      import
      type(c_ptr), value :: list
      type(lrpot_atoms), intent(in) :: atoms
      integer(c_int64_t), value :: i, capacity
      integer(c_int32_t), intent(inout) :: j(*)
      real(c_double), intent(inout) :: vectors(*)
    end function
  end interface

  ! lrpot/workspace.h
  interface
    integer(c_int32_t) function lrpot_workspace_create(out, threads) bind(c)
      import
      type(c_ptr), intent(inout) :: out
      integer(c_int32_t), value :: threads
    end function
    subroutine lrpot_workspace_free(work) bind(c)
      import
      type(c_ptr), value :: work
    end subroutine
    integer(c_int64_t) function lrpot_workspace_bytes(work) bind(c)
      import
      type(c_ptr), value :: work
    end function
    subroutine lrpot_workspace_set_log(work, log, ctx) bind(c)
      import
      type(c_ptr), value :: work
      type(c_funptr), value :: log
      type(c_ptr), value :: ctx
    end subroutine
  end interface

  ! lrpot/basis.h
  interface
    integer(c_int32_t) function lrpot_basis_create(out, options) bind(c)
      import
      type(c_ptr), intent(inout) :: out
      type(lrpot_basis_options), intent(in) :: options
    end function
    subroutine lrpot_basis_free(basis) bind(c)
      import
      type(c_ptr), value :: basis
    end subroutine
    type(c_ptr) function lrpot_basis_descriptor(basis) bind(c)
      import
      type(c_ptr), value :: basis
    end function
    integer(c_int64_t) function lrpot_basis_count(basis) bind(c)
      import
      type(c_ptr), value :: basis
    end function
    integer(c_int64_t) function lrpot_basis_radial_functions(basis) bind(c)
      import
      type(c_ptr), value :: basis
    end function
    integer(c_int32_t) function lrpot_basis_get_options(basis, options) bind(c)
      import
      type(c_ptr), value :: basis
      type(lrpot_basis_options), intent(inout) :: options
    end function
    type(c_ptr) function lrpot_basis_radial(basis) bind(c)
      import
      type(c_ptr), value :: basis
    end function
    integer(c_int32_t) function lrpot_basis_set_radial(basis, radial) bind(c)
      import
      type(c_ptr), value :: basis
      real(c_double), intent(in) :: radial(*)
    end function
    integer(c_int32_t) function lrpot_basis_eval(basis, work, atoms, list, features) bind(c)
      import
      type(c_ptr), value :: basis, work
      type(lrpot_atoms), intent(in) :: atoms
      type(c_ptr), value :: list
      real(c_double), intent(inout) :: features(*)
    end function
    integer(c_int32_t) function lrpot_basis_pull(basis, work, atoms, list, dE_dfeatures, &
        out) bind(c)
      import
      type(c_ptr), value :: basis, work
      type(lrpot_atoms), intent(in) :: atoms
      type(c_ptr), value :: list
      real(c_double), intent(in) :: dE_dfeatures(*)
      type(lrpot_outputs), intent(inout) :: out
    end function
  end interface

  ! lrpot/ewald.h
  interface
    integer(c_int32_t) function lrpot_ewald_kernel_count() bind(c)
      import
    end function
    type(c_ptr) function lrpot_ewald_kernel_name(kernel) bind(c)
      import
      integer(c_int32_t), value :: kernel
    end function
    type(c_ptr) function lrpot_ewald_kernel_summary(kernel) bind(c)
      import
      integer(c_int32_t), value :: kernel
    end function
    type(c_ptr) function lrpot_ewald_kernel_unit(kernel) bind(c)
      import
      integer(c_int32_t), value :: kernel
    end function
    integer(c_int32_t) function lrpot_ewald_kernel_of(name) bind(c)
      import
      character(kind=c_char), intent(in) :: name(*)
    end function
    integer(c_int32_t) function lrpot_ewald_kernel_traits(kernel) bind(c)
      import
      integer(c_int32_t), value :: kernel
    end function
    integer(c_int32_t) function lrpot_ewald_create(out, options) bind(c)
      import
      type(c_ptr), intent(inout) :: out
      type(lrpot_ewald_options), intent(in) :: options
    end function
    subroutine lrpot_ewald_free(ewald) bind(c)
      import
      type(c_ptr), value :: ewald
    end subroutine
    integer(c_int32_t) function lrpot_ewald_eval(ewald, work, atoms, list, comm, q, out) bind(c)
      import
      type(c_ptr), value :: ewald, work
      type(lrpot_atoms), intent(in) :: atoms
      type(c_ptr), value :: list
      type(lrpot_comm), intent(in), optional :: comm
      real(c_double), intent(in) :: q(*)
      type(lrpot_outputs), intent(inout) :: out
    end function
    integer(c_int32_t) function lrpot_ewald_eval_channels(ewald, work, atoms, list, comm, &
        n_channels, q, out) bind(c)
      import
      type(c_ptr), value :: ewald, work
      type(lrpot_atoms), intent(in) :: atoms
      type(c_ptr), value :: list
      type(lrpot_comm), intent(in), optional :: comm
      integer(c_int32_t), value :: n_channels
      real(c_double), intent(in) :: q(*)
      type(lrpot_outputs), intent(inout) :: out
    end function
    integer(c_int32_t) function lrpot_ewald_matrix(ewald, work, atoms, matrix, gradient, &
        strain) bind(c)
      import
      type(c_ptr), value :: ewald, work
      type(lrpot_atoms), intent(in) :: atoms
      real(c_double), intent(inout) :: matrix(*)
      real(c_double), intent(inout), optional :: gradient(*), strain(*)
    end function
    integer(c_int32_t) function lrpot_ewald_error(ewald, work, atoms, list, q, n_sample, &
        report) bind(c)
      import
      type(c_ptr), value :: ewald, work
      type(lrpot_atoms), intent(in) :: atoms
      type(c_ptr), value :: list
      real(c_double), intent(in) :: q(*)
      integer(c_int64_t), value :: n_sample
      type(lrpot_ewald_error_report), intent(inout) :: report
    end function
    integer(c_int32_t) function lrpot_ewald_plan(ewald, work, atoms, report) bind(c)
      import
      type(c_ptr), value :: ewald, work
      type(lrpot_atoms), intent(in) :: atoms
      type(lrpot_ewald_report), intent(inout) :: report
    end function
    integer(c_int32_t) function lrpot_ewald_tune(out, options, work, atoms, list, q, seconds, &
        report) bind(c)
      import
      type(c_ptr), intent(inout) :: out
      type(lrpot_ewald_options), intent(in) :: options
      type(c_ptr), value :: work, list
      type(lrpot_atoms), intent(in) :: atoms
      real(c_double), intent(in) :: q(*)
      real(c_double), value :: seconds
      type(lrpot_ewald_report), intent(inout), optional :: report
    end function
  end interface

  ! lrpot/ewald_operator.h
  interface
    integer(c_int32_t) function lrpot_ewald_operator_create(out, ewald, threads) bind(c)
      import
      type(c_ptr), intent(inout) :: out
      type(c_ptr), value :: ewald
      integer(c_int32_t), value :: threads
    end function
    subroutine lrpot_ewald_operator_free(op) bind(c)
      import
      type(c_ptr), value :: op
    end subroutine
    integer(c_int32_t) function lrpot_ewald_operator_update(op, atoms, list, comm) bind(c)
      import
      type(c_ptr), value :: op
      type(lrpot_atoms), intent(in) :: atoms
      type(c_ptr), value :: list
      type(lrpot_comm), intent(in), optional :: comm
    end function
    integer(c_int32_t) function lrpot_ewald_operator_apply(op, comm, q, potential, energy) bind(c)
      import
      type(c_ptr), value :: op
      type(lrpot_comm), intent(in), optional :: comm
      real(c_double), intent(in) :: q(*)
      real(c_double), intent(inout) :: potential(*)
      real(c_double), intent(inout), optional :: energy
    end function
    integer(c_int32_t) function lrpot_ewald_operator_diagonal(op, diagonal) bind(c)
      import
      type(c_ptr), value :: op
      real(c_double), intent(inout) :: diagonal(*)
    end function
    integer(c_int32_t) function lrpot_ewald_operator_short_range(op, n, offsets, columns, &
        values) bind(c)
      import
      type(c_ptr), value :: op
      integer(c_int64_t), intent(inout) :: n
      type(c_ptr), intent(inout) :: offsets, columns, values
    end function
  end interface

  ! lrpot/ewald_response.h
  interface
    integer(c_int32_t) function lrpot_ewald_dynamical(ewald, work, atoms, q, wave_vector, &
        direction, displacement, mixed, &
        charge) bind(c)
      import
      type(c_ptr), value :: ewald, work
      type(lrpot_atoms), intent(in) :: atoms
      real(c_double), intent(in) :: q(*), wave_vector(*)
      real(c_double), intent(in), optional :: direction(*)
      real(c_double), intent(inout), optional :: displacement(*), mixed(*), charge(*)
    end function
    integer(c_int32_t) function lrpot_ewald_response(ewald, work, atoms, list, q, dq, dr, dstrain, &
        dpotential, dfield, dforces, &
        dvirial) bind(c)
      import
      type(c_ptr), value :: ewald, work
      type(lrpot_atoms), intent(in) :: atoms
      type(c_ptr), value :: list
      real(c_double), intent(in) :: q(*)
      real(c_double), intent(in), optional :: dq(*), dr(*), dstrain(*)
      real(c_double), intent(inout), optional :: dpotential(*), dfield(*), dforces(*), dvirial(*)
    end function
  end interface

  ! lrpot/multipoles.h
  interface
    integer(c_int32_t) function lrpot_multipoles_eval(ewald, work, atoms, list, comm, charges, &
        dipoles, quadrupoles, &
        energy, forces, virial, potential, dE_ddipole, dE_dquadrupole) bind(c)
      import
      type(c_ptr), value :: ewald, work
      type(lrpot_atoms), intent(in) :: atoms
      type(c_ptr), value :: list
      type(lrpot_comm), intent(in), optional :: comm
      real(c_double), intent(in) :: charges(*)
      real(c_double), intent(in), optional :: dipoles(*), quadrupoles(*)
      real(c_double), intent(inout), optional :: energy, forces(*), virial(*), potential(*), &
          dE_ddipole(*), dE_dquadrupole(*)
    end function
  end interface

  ! lrpot/charges.h
  interface
    integer(c_int32_t) function lrpot_charges_create(out, basis, options) bind(c)
      import
      type(c_ptr), intent(inout) :: out
      type(c_ptr), value :: basis
      type(lrpot_charges_options), intent(in) :: options
    end function
    integer(c_int32_t) function lrpot_charges_fragments(charges, work, atoms, list, comm, q, &
        potentials) bind(c)
      import
      type(c_ptr), value :: charges, work
      type(lrpot_atoms), intent(in) :: atoms
      type(c_ptr), value :: list
      type(lrpot_comm), intent(in), optional :: comm
      real(c_double), intent(inout), optional :: q(*), potentials(*)
    end function
    integer(c_int32_t) function lrpot_charges_capacitance(charges, work, atoms, list, comm, &
        capacitance) bind(c)
      import
      type(c_ptr), value :: charges, work
      type(lrpot_atoms), intent(in) :: atoms
      type(c_ptr), value :: list
      type(lrpot_comm), intent(in), optional :: comm
      real(c_double), intent(inout) :: capacitance(*)
    end function
    integer(c_int32_t) function lrpot_charges_moments(charges, work, atoms, list, q, dipoles, &
        quadrupoles) bind(c)
      import
      type(c_ptr), value :: charges, work
      type(lrpot_atoms), intent(in) :: atoms
      type(c_ptr), value :: list
      real(c_double), intent(inout), optional :: q(*), dipoles(*), quadrupoles(*)
    end function
    integer(c_int32_t) function lrpot_charges_steps(work) bind(c)
      import
      type(c_ptr), value :: work
    end function
    integer(c_int32_t) function lrpot_charges_set_guess(work, n, q) bind(c)
      import
      type(c_ptr), value :: work
      integer(c_int64_t), value :: n
      real(c_double), intent(in) :: q(*)
    end function
    subroutine lrpot_charges_free(charges) bind(c)
      import
      type(c_ptr), value :: charges
    end subroutine
    integer(c_int32_t) function lrpot_charges_channels(charges) bind(c)
      import
      type(c_ptr), value :: charges
    end function
    integer(c_int32_t) function lrpot_charges_get_options(charges, options) bind(c)
      import
      type(c_ptr), value :: charges
      type(lrpot_charges_options), intent(inout) :: options
    end function
    integer(c_int32_t) function lrpot_charges_kind(charges) bind(c)
      import
      type(c_ptr), value :: charges
    end function
    integer(c_int32_t) function lrpot_charges_kind_count() bind(c)
      import
    end function
    type(c_ptr) function lrpot_charges_kind_name(kind) bind(c)
      import
      integer(c_int32_t), value :: kind
    end function
    type(c_ptr) function lrpot_charges_kind_summary(kind) bind(c)
      import
      integer(c_int32_t), value :: kind
    end function
    integer(c_int32_t) function lrpot_charges_kind_of(name) bind(c)
      import
      character(kind=c_char), intent(in) :: name(*)
    end function
    integer(c_int32_t) function lrpot_charges_kind_traits(kind) bind(c)
      import
      integer(c_int32_t), value :: kind
    end function
    integer(c_int32_t) function lrpot_charges_kind_default(n_species) bind(c)
      import
      integer(c_int32_t), value :: n_species
    end function
    integer(c_int32_t) function lrpot_charges_keep_total(charges) bind(c)
      import
      type(c_ptr), value :: charges
    end function
    integer(c_int32_t) function lrpot_charges_follow(charges) bind(c)
      import
      type(c_ptr), value :: charges
    end function
    real(c_double) function lrpot_charges_cutoff(charges) bind(c)
      import
      type(c_ptr), value :: charges
    end function
    type(c_ptr) function lrpot_charges_basis(charges) bind(c)
      import
      type(c_ptr), value :: charges
    end function
    integer(c_int64_t) function lrpot_charges_param_count(charges) bind(c)
      import
      type(c_ptr), value :: charges
    end function
    integer(c_int32_t) function lrpot_charges_get_params(charges, n, params) bind(c)
      import
      type(c_ptr), value :: charges
      integer(c_int64_t), value :: n
      real(c_double), intent(inout) :: params(*)
    end function
    integer(c_int32_t) function lrpot_charges_set_params(charges, n, params) bind(c)
      import
      type(c_ptr), value :: charges
      integer(c_int64_t), value :: n
      real(c_double), intent(in) :: params(*)
    end function
    integer(c_int32_t) function lrpot_charges_eval(charges, work, atoms, list, comm, q) bind(c)
      import
      type(c_ptr), value :: charges, work
      type(lrpot_atoms), intent(in) :: atoms
      type(c_ptr), value :: list
      type(lrpot_comm), intent(in), optional :: comm
      real(c_double), intent(inout) :: q(*)
    end function
    integer(c_int32_t) function lrpot_charges_pull(charges, work, atoms, list, comm, dE_dq, &
        out) bind(c)
      import
      type(c_ptr), value :: charges, work
      type(lrpot_atoms), intent(in) :: atoms
      type(c_ptr), value :: list
      type(lrpot_comm), intent(in), optional :: comm
      real(c_double), intent(in) :: dE_dq(*)
      type(lrpot_outputs), intent(inout) :: out
    end function
  end interface

  ! lrpot/potential.h
  interface
    integer(c_int32_t) function lrpot_potential_create(out, options) bind(c)
      import
      type(c_ptr), intent(inout) :: out
      type(lrpot_potential_options), intent(in) :: options
    end function
    integer(c_int32_t) function lrpot_potential_add_charges(out, potential, options) bind(c)
      import
      type(c_ptr), intent(inout) :: out
      type(c_ptr), value :: potential
      type(lrpot_potential_options), intent(in) :: options
    end function

    integer(c_int32_t) function lrpot_potential_clone(out, potential) bind(c)
      import
      type(c_ptr), intent(inout) :: out
      type(c_ptr), value :: potential
    end function
    subroutine lrpot_potential_free(potential) bind(c)
      import
      type(c_ptr), value :: potential
    end subroutine
    real(c_double) function lrpot_potential_cutoff(potential) bind(c)
      import
      type(c_ptr), value :: potential
    end function
    integer(c_int32_t) function lrpot_potential_species_count(potential) bind(c)
      import
      type(c_ptr), value :: potential
    end function
    type(c_ptr) function lrpot_potential_symbols(potential) bind(c)
      import
      type(c_ptr), value :: potential
    end function
    integer(c_int32_t) function lrpot_potential_set_symbols(potential, n, symbols) bind(c)
      import
      type(c_ptr), value :: potential
      integer(c_int32_t), value :: n
      type(c_ptr), intent(in) :: symbols(*)
    end function
    integer(c_int32_t) function lrpot_potential_set_accuracy(potential, accuracy) bind(c)
      import
      type(c_ptr), value :: potential
      real(c_double), value :: accuracy
    end function
    integer(c_int32_t) function lrpot_potential_set_precision(potential, precision) bind(c)
      import
      type(c_ptr), value :: potential
      integer(c_int32_t), value :: precision
    end function
    integer(c_int32_t) function lrpot_potential_precision(potential) bind(c)
      import
      type(c_ptr), value :: potential
    end function
    integer(c_int32_t) function lrpot_potential_set_core(potential, outer, strength) bind(c)
      import
      type(c_ptr), value :: potential
      real(c_double), intent(in), optional :: outer(*), strength(*)
    end function
    integer(c_int32_t) function lrpot_potential_get_core(potential, outer, strength) bind(c)
      import
      type(c_ptr), value :: potential
      real(c_double), intent(inout), optional :: outer(*), strength(*)
    end function
    integer(c_int32_t) function lrpot_potential_set_gap_barrier(potential, begin, end, height) &
        bind(c)
      import
      type(c_ptr), value :: potential
      real(c_double), intent(in), optional :: begin(*), end(*), height(*)
    end function
    integer(c_int32_t) function lrpot_potential_get_gap_barrier(potential, begin, end, height) &
        bind(c)
      import
      type(c_ptr), value :: potential
      real(c_double), intent(inout), optional :: begin(*), end(*), height(*)
    end function
    integer(c_int32_t) function lrpot_potential_species(potential, symbol, index) bind(c)
      import
      type(c_ptr), value :: potential
      character(kind=c_char), intent(in) :: symbol(*)
      integer(c_int32_t), intent(inout) :: index
    end function
    type(c_ptr) function lrpot_potential_basis(potential) bind(c)
      import
      type(c_ptr), value :: potential
    end function
    type(c_ptr) function lrpot_potential_charges(potential) bind(c)
      import
      type(c_ptr), value :: potential
    end function
    type(c_ptr) function lrpot_potential_ewald(potential) bind(c)
      import
      type(c_ptr), value :: potential
    end function
    real(c_double) function lrpot_potential_charge_unit(potential) bind(c)
      import
      type(c_ptr), value :: potential
    end function
    real(c_double) function lrpot_potential_epsilon_infinity(potential) bind(c)
      import
      type(c_ptr), value :: potential
    end function
    integer(c_int32_t) function lrpot_potential_needs(potential) bind(c)
      import
      type(c_ptr), value :: potential
    end function
    integer(c_int64_t) function lrpot_potential_param_count(potential) bind(c)
      import
      type(c_ptr), value :: potential
    end function
    integer(c_int32_t) function lrpot_potential_get_params(potential, n, params) bind(c)
      import
      type(c_ptr), value :: potential
      integer(c_int64_t), value :: n
      real(c_double), intent(inout) :: params(*)
    end function
    integer(c_int32_t) function lrpot_potential_set_params(potential, n, params) bind(c)
      import
      type(c_ptr), value :: potential
      integer(c_int64_t), value :: n
      real(c_double), intent(in) :: params(*)
    end function
    integer(c_int32_t) function lrpot_potential_param_block(potential, index, name, offset, &
        count) bind(c)
      import
      type(c_ptr), value :: potential
      integer(c_int32_t), value :: index
      type(c_ptr), intent(inout), optional :: name
      integer(c_int64_t), intent(inout), optional :: offset, count
    end function
    type(c_ptr) function lrpot_potential_note(potential, key) bind(c)
      import
      type(c_ptr), value :: potential
      character(kind=c_char), intent(in) :: key(*)
    end function
    integer(c_int32_t) function lrpot_potential_set_note(potential, key, value) bind(c)
      import
      type(c_ptr), value :: potential
      character(kind=c_char), intent(in) :: key(*)
      character(kind=c_char), intent(in), optional :: value(*)
    end function
    integer(c_int32_t) function lrpot_potential_note_at(potential, index, key, value) bind(c)
      import
      type(c_ptr), value :: potential
      integer(c_int64_t), value :: index
      type(c_ptr), intent(inout), optional :: key, value
    end function
    integer(c_int32_t) function lrpot_potential_compute(potential, work, atoms, list, comm, &
        out) bind(c)
      import
      type(c_ptr), value :: potential, work
      type(lrpot_atoms), intent(in) :: atoms
      type(c_ptr), value :: list
      type(lrpot_comm), intent(in), optional :: comm
      type(lrpot_outputs), intent(inout) :: out
    end function
    integer(c_int32_t) function lrpot_potential_local(potential, work, atoms, list, out) bind(c)
      import
      type(c_ptr), value :: potential, work
      type(lrpot_atoms), intent(in) :: atoms
      type(c_ptr), value :: list
      type(lrpot_outputs), intent(inout) :: out
    end function
    integer(c_int32_t) function lrpot_potential_compute_structure(potential, work, structure, &
        out) bind(c)
      import
      type(c_ptr), value :: potential, work, structure
      type(lrpot_outputs), intent(inout) :: out
    end function
    integer(c_int32_t) function lrpot_potential_points(potential, work, atoms, list, n, points, &
        values) bind(c)
      import
      type(c_ptr), value :: potential, work, list
      type(lrpot_atoms), intent(in) :: atoms
      integer(c_int64_t), value :: n
      real(c_double), intent(in) :: points(*)
      real(c_double), intent(out) :: values(*)
    end function
    integer(c_int32_t) function lrpot_potential_points_structure(potential, work, structure, n, &
        points, values) bind(c)
      import
      type(c_ptr), value :: potential, work, structure
      integer(c_int64_t), value :: n
      real(c_double), intent(in) :: points(*)
      real(c_double), intent(out) :: values(*)
    end function
  end interface

  ! lrpot/host.h
  interface
    integer(c_int32_t) function lrpot_potential_create_host(out, options) bind(c)
      import
      type(c_ptr), intent(inout) :: out
      type(lrpot_host_options), intent(in) :: options
    end function
    integer(c_int32_t) function lrpot_host_jacobian_evaluate(ctx, edges, out) bind(c)
      import
      type(c_ptr), value :: ctx
      type(lrpot_host_edges), intent(in) :: edges
      type(lrpot_host_results), intent(in) :: out
    end function
  end interface

  ! lrpot/nep.h
  interface
    integer(c_int32_t) function lrpot_nep_set_sum(potential, sum) bind(c)
      import
      type(c_ptr), value :: potential
      integer(c_int32_t), value :: sum
    end function
    integer(c_int32_t) function lrpot_nep_set_forces(potential, forces) bind(c)
      import
      type(c_ptr), value :: potential
      integer(c_int32_t), value :: forces
    end function
    integer(c_int32_t) function lrpot_nep_version(potential) bind(c)
      import
      type(c_ptr), value :: potential
    end function
    integer(c_int32_t) function lrpot_nep_charge_mode(potential) bind(c)
      import
      type(c_ptr), value :: potential
    end function
    integer(c_int32_t) function lrpot_nep_sum(potential) bind(c)
      import
      type(c_ptr), value :: potential
    end function
    integer(c_int32_t) function lrpot_nep_forces(potential) bind(c)
      import
      type(c_ptr), value :: potential
    end function
  end interface

  ! lrpot/response.h
  interface
    integer(c_int32_t) function lrpot_response_polarization(atoms, q, reference, out) bind(c)
      import
      type(lrpot_atoms), intent(in) :: atoms
      real(c_double), intent(in) :: q(*)
      real(c_double), intent(in), optional :: reference(*)
      type(lrpot_polarization), intent(inout) :: out
    end function
    integer(c_int32_t) function lrpot_response_born_charges(potential, work, atoms, list, form, Z, &
        residual) bind(c)
      import
      type(c_ptr), value :: potential, work
      type(lrpot_atoms), intent(in) :: atoms
      type(c_ptr), value :: list
      integer(c_int32_t), value :: form
      real(c_double), intent(inout) :: Z(*)
      real(c_double), intent(inout), optional :: residual(*)
    end function
    integer(c_int32_t) function lrpot_response_born_charges_structure(potential, work, structure, &
        form, Z, residual) bind(c)
      import
      type(c_ptr), value :: potential, work, structure
      integer(c_int32_t), value :: form
      real(c_double), intent(inout) :: Z(*)
      real(c_double), intent(inout), optional :: residual(*)
    end function
    integer(c_int32_t) function lrpot_response_born_shares(potential, work, atoms, list, comm, &
        Z) bind(c)
      import
      type(c_ptr), value :: potential, work, list
      type(lrpot_atoms), intent(in) :: atoms
      type(lrpot_comm), intent(in), optional :: comm
      real(c_double), intent(inout) :: Z(*)
    end function
    integer(c_int32_t) function lrpot_response_project(n, total_charge, Z) bind(c)
      import
      integer(c_int64_t), value :: n
      real(c_double), value :: total_charge
      real(c_double), intent(inout) :: Z(*)
    end function
    integer(c_int32_t) function lrpot_response_screening(eps_inf, root, inverse) bind(c)
      import
      real(c_double), intent(in) :: eps_inf(*)
      real(c_double), intent(inout) :: root(*)
      real(c_double), intent(inout), optional :: inverse(*)
    end function
    integer(c_int32_t) function lrpot_response_field_forces(potential, work, atoms, list, comm, &
        field, out) bind(c)
      import
      type(c_ptr), value :: potential, work
      type(lrpot_atoms), intent(in) :: atoms
      type(c_ptr), value :: list
      type(lrpot_comm), intent(in), optional :: comm
      type(lrpot_field), intent(in) :: field
      type(lrpot_outputs), intent(inout) :: out
    end function
    integer(c_int32_t) function lrpot_response_current(potential, work, atoms, list, comm, &
        velocities, strain_rate, current) bind(c)
      import
      type(c_ptr), value :: potential, work
      type(lrpot_atoms), intent(in) :: atoms
      type(c_ptr), value :: list
      type(lrpot_comm), intent(in), optional :: comm
      real(c_double), intent(in) :: velocities(*)
      real(c_double), intent(in), optional :: strain_rate(*)
      real(c_double), intent(inout) :: current(*)
    end function
    integer(c_int32_t) function lrpot_response_enthalpy(potential, work, atoms, list, comm, field, &
        out) bind(c)
      import
      type(c_ptr), value :: potential, work
      type(lrpot_atoms), intent(in) :: atoms
      type(c_ptr), value :: list
      type(lrpot_comm), intent(in), optional :: comm
      type(lrpot_field), intent(in) :: field
      type(lrpot_outputs), intent(inout) :: out
    end function
    integer(c_int32_t) function lrpot_response_polarizability(potential, work, atoms, list, alpha, &
        epsilon) bind(c)
      import
      type(c_ptr), value :: potential, work
      type(lrpot_atoms), intent(in) :: atoms
      type(c_ptr), value :: list
      real(c_double), intent(inout) :: alpha(*)
      real(c_double), intent(inout), optional :: epsilon(*)
    end function
    integer(c_int32_t) function lrpot_response_raman(potential, work, structure, step, &
        gradient) bind(c)
      import
      type(c_ptr), value :: potential, work, structure
      real(c_double), value :: step
      real(c_double), intent(inout) :: gradient(*)
    end function
    integer(c_int32_t) function lrpot_response_gamma_constants(potential, work, structure, step, &
        D) bind(c)
      import
      type(c_ptr), value :: potential, work, structure
      real(c_double), value :: step
      real(c_double), intent(inout) :: D(*)
    end function
    integer(c_int32_t) function lrpot_response_strain(potential, work, structure, strain, &
        internal, stiffness) bind(c)
      import
      type(c_ptr), value :: potential, work, structure
      real(c_double), value :: strain
      real(c_double), intent(inout) :: internal(*)
      real(c_double), intent(inout), optional :: stiffness(*)
    end function
    integer(c_int32_t) function lrpot_response_piezoelectric(potential, work, structure, &
        proper) bind(c)
      import
      type(c_ptr), value :: potential, work, structure
      real(c_double), intent(inout) :: proper(*)
    end function
    integer(c_int32_t) function lrpot_response_second_order(potential, work, structure, root, &
        displacements, gradient, step, chi2, parts) bind(c)
      import
      type(c_ptr), value :: potential, work, structure
      real(c_double), intent(in), optional :: root(*)
      real(c_double), intent(in) :: displacements(*)
      real(c_double), intent(in), optional :: gradient(*)
      real(c_double), value :: step
      real(c_double), intent(inout) :: chi2(*)
      real(c_double), intent(inout), optional :: parts(*)
    end function
    integer(c_int32_t) function lrpot_response_gamma_modes(n, D, masses, Z, direction, volume, &
        frequencies, modes) bind(c)
      import
      integer(c_int64_t), value :: n
      real(c_double), intent(in) :: D(*), masses(*)
      real(c_double), intent(in), optional :: Z(*), direction(*)
      real(c_double), value :: volume
      real(c_double), intent(inout) :: frequencies(*)
      real(c_double), intent(inout), optional :: modes(*)
    end function
  end interface

  ! lrpot/heat.h
  interface
    integer(c_int32_t) function lrpot_potential_heat_flux(potential, work, atoms, list, comm, &
        velocities, masses, flux) bind(c)
      import
      type(c_ptr), value :: potential, work
      type(lrpot_atoms), intent(in) :: atoms
      type(c_ptr), value :: list
      type(lrpot_comm), intent(in), optional :: comm
      real(c_double), intent(in) :: velocities(*)
      real(c_double), intent(in), optional :: masses(*)
      type(lrpot_heat_flux), intent(inout) :: flux
    end function
    integer(c_int32_t) function lrpot_potential_heat_flux_structure(potential, work, structure, &
        velocities, masses, flux) bind(c)
      import
      type(c_ptr), value :: potential, work, structure
      real(c_double), intent(in) :: velocities(*)
      real(c_double), intent(in), optional :: masses(*)
      type(lrpot_heat_flux), intent(inout) :: flux
    end function
  end interface

  ! lrpot/phonons.h
  interface
    integer(c_int32_t) function lrpot_phonons_create(out, potential, work, structure, step) bind(c)
      import
      type(c_ptr), intent(out) :: out
      type(c_ptr), value :: potential, work, structure
      real(c_double), value :: step
    end function
    subroutine lrpot_phonons_free(phonons) bind(c)
      import
      type(c_ptr), value :: phonons
    end subroutine
    integer(c_int32_t) function lrpot_phonons_set_screening(phonons, eps_inf) bind(c)
      import
      type(c_ptr), value :: phonons
      real(c_double), intent(in), optional :: eps_inf(*)
    end function
    integer(c_int32_t) function lrpot_phonons_set_sheet(phonons, radius, surroundings) bind(c)
      import
      type(c_ptr), value :: phonons
      real(c_double), value :: radius, surroundings
    end function
    integer(c_int64_t) function lrpot_phonons_count(phonons) bind(c)
      import
      type(c_ptr), value :: phonons
    end function
    type(c_ptr) function lrpot_phonons_masses(phonons) bind(c)
      import
      type(c_ptr), value :: phonons
    end function
    integer(c_int32_t) function lrpot_phonons_matrix(phonons, work, wave_vector, direction, &
        matrix) bind(c)
      import
      type(c_ptr), value :: phonons, work
      real(c_double), intent(in) :: wave_vector(*)
      real(c_double), intent(in), optional :: direction(*)
      real(c_double), intent(inout) :: matrix(*)
    end function
    integer(c_int32_t) function lrpot_phonons_modes(phonons, work, wave_vector, direction, &
        frequencies, modes) bind(c)
      import
      type(c_ptr), value :: phonons, work
      real(c_double), intent(in) :: wave_vector(*)
      real(c_double), intent(in), optional :: direction(*)
      real(c_double), intent(inout) :: frequencies(*)
      real(c_double), intent(inout), optional :: modes(*)
    end function
    integer(c_int32_t) function lrpot_phonons_velocities(phonons, work, wave_vector, direction, &
        frequencies, velocities) bind(c)
      import
      type(c_ptr), value :: phonons, work
      real(c_double), intent(in) :: wave_vector(*)
      real(c_double), intent(in), optional :: direction(*)
      real(c_double), intent(inout), optional :: frequencies(*)
      real(c_double), intent(inout) :: velocities(*)
    end function
    integer(c_int32_t) function lrpot_phonons_grueneisen(phonons, smaller, larger, work, &
        wave_vector, direction, frequencies, parameters) bind(c)
      import
      type(c_ptr), value :: phonons, smaller, larger, work
      real(c_double), intent(in) :: wave_vector(*)
      real(c_double), intent(in), optional :: direction(*)
      real(c_double), intent(inout), optional :: frequencies(*)
      real(c_double), intent(inout) :: parameters(*)
    end function
    real(c_double) function lrpot_phonons_leak(phonons) bind(c)
      import
      type(c_ptr), value :: phonons
    end function
    integer(c_int32_t) function lrpot_phonons_infrared(n, D, masses, Z, volume, epsilon_infinity, &
        frequencies, polar, &
      epsilon) bind(c)
      import
      integer(c_int64_t), value :: n
      real(c_double), intent(in) :: D(*), masses(*), Z(*)
      real(c_double), value :: volume
      real(c_double), intent(in), optional :: epsilon_infinity(*)
      real(c_double), intent(inout) :: frequencies(*), polar(*)
      real(c_double), intent(inout), optional :: epsilon(*)
    end function
    integer(c_int32_t) function lrpot_phonons_raman(n, D, masses, positions, gradient, &
        frequencies, tensors) bind(c)
      import
      integer(c_int64_t), value :: n
      real(c_double), intent(in) :: D(*), masses(*)
      real(c_double), intent(in), optional :: positions(*)
      real(c_double), intent(in) :: gradient(*)
      real(c_double), intent(inout) :: frequencies(*), tensors(*)
    end function
    integer(c_int32_t) function lrpot_phonons_displacements(n, D, count, forces, &
        displacements) bind(c)
      import
      integer(c_int64_t), value :: n
      real(c_double), intent(in) :: D(*)
      integer(c_int64_t), value :: count
      real(c_double), intent(in) :: forces(*)
      real(c_double), intent(inout) :: displacements(*)
    end function
    integer(c_int64_t) function lrpot_phonons_mesh_count(mesh) bind(c)
      import
      integer(c_int32_t), intent(in) :: mesh(*)
    end function
    integer(c_int32_t) function lrpot_phonons_mesh_waves(phonons, mesh, weights, waves) bind(c)
      import
      type(c_ptr), value :: phonons
      integer(c_int32_t), intent(in) :: mesh(*)
      real(c_double), intent(inout) :: weights(*), waves(*)
    end function
    integer(c_int32_t) function lrpot_phonons_mesh(phonons, work, mesh, weights, &
        frequencies) bind(c)
      import
      type(c_ptr), value :: phonons, work
      integer(c_int32_t), intent(in) :: mesh(*)
      real(c_double), intent(inout) :: weights(*), frequencies(*)
    end function
    integer(c_int32_t) function lrpot_phonons_density(n_points, n_modes, weights, frequencies, &
        width, n, low, high, density) bind(c)
      import
      integer(c_int64_t), value :: n_points, n_modes, n
      real(c_double), intent(in) :: weights(*), frequencies(*)
      real(c_double), value :: width, low, high
      real(c_double), intent(inout) :: density(*)
    end function
    integer(c_int32_t) function lrpot_phonons_projected_density(n_points, n_modes, n_parts, &
        weights, frequencies, shares, width, n, low, high, densities) bind(c)
      import
      integer(c_int64_t), value :: n_points, n_modes, n_parts, n
      real(c_double), intent(in) :: weights(*), frequencies(*), shares(*)
      real(c_double), value :: width, low, high
      real(c_double), intent(inout) :: densities(*)
    end function
    integer(c_int32_t) function lrpot_phonons_lattice_path(lattice, axes, count, corners, labels, &
        starts) bind(c)
      import
      character(kind=c_char), intent(in) :: lattice(*)
      real(c_double), intent(in) :: axes(*)
      integer(c_int32_t), intent(out) :: count
      real(c_double), intent(inout) :: corners(*)
      character(kind=c_char), intent(inout) :: labels(*)
      integer(c_int32_t), intent(inout) :: starts(*)
    end function
    integer(c_int32_t) function lrpot_phonons_thermal(n_points, n_modes, weights, frequencies, &
        temperature, values) bind(c)
      import
      integer(c_int64_t), value :: n_points, n_modes
      real(c_double), intent(in) :: weights(*), frequencies(*)
      real(c_double), value :: temperature
      real(c_double), intent(inout) :: values(*)
    end function

    integer(c_int32_t) function lrpot_phonons_layer_path(cell, periodic_mask, count, corners, &
        labels, starts) bind(c)
      import
      real(c_double), intent(in) :: cell(*)
      integer(c_int32_t), value :: periodic_mask
      integer(c_int32_t), intent(out) :: count
      real(c_double), intent(inout) :: corners(*)
      character(kind=c_char), intent(inout) :: labels(*)
      integer(c_int32_t), intent(inout) :: starts(*)
    end function
    integer(c_int32_t) function lrpot_phonons_path(cell, count, corners, labels, starts) bind(c)
      import
      real(c_double), intent(in) :: cell(*)
      integer(c_int32_t), intent(out) :: count
      real(c_double), intent(inout) :: corners(*)
      character(kind=c_char), intent(inout) :: labels(*)
      integer(c_int32_t), intent(inout) :: starts(*)
    end function
  end interface

  ! lrpot/path.h
  interface
    integer(c_int32_t) function lrpot_path_create(out) bind(c)
      import
      type(c_ptr), intent(inout) :: out
    end function
    integer(c_int32_t) function lrpot_path_step(path, frame) bind(c)
      import
      type(c_ptr), value :: path, frame
    end function
    type(c_ptr) function lrpot_path_displacements(path) bind(c)
      import
      type(c_ptr), value :: path
    end function
    integer(c_int32_t) function lrpot_path_dipole(path, source, dipole, net_charge) bind(c)
      import
      type(c_ptr), value :: path
      integer(c_int32_t), value :: source
      real(c_double), intent(inout) :: dipole(*)
      real(c_double), intent(inout), optional :: net_charge
    end function
    integer(c_int32_t) function lrpot_path_current(frame, source, current, net_charge) bind(c)
      import
      type(c_ptr), value :: frame
      integer(c_int32_t), value :: source
      real(c_double), intent(inout) :: current(*)
      real(c_double), intent(inout), optional :: net_charge
    end function
    subroutine lrpot_path_free(path) bind(c)
      import
      type(c_ptr), value :: path
    end subroutine
  end interface

  ! lrpot/spectra.h
  interface
    integer(c_int32_t) function lrpot_series_step(n, times, step) bind(c)
      import
      integer(c_int64_t), value :: n
      real(c_double), intent(in) :: times(*)
      real(c_double), intent(inout) :: step
    end function
    integer(c_int32_t) function lrpot_series_mean(n, stride, values, out) bind(c)
      import
      integer(c_int64_t), value :: n
      integer(c_int64_t), value :: stride
      real(c_double), intent(in) :: values(*)
      type(lrpot_estimate), intent(inout) :: out
    end function
    integer(c_int32_t) function lrpot_dielectric_constant(series, flags, ratio, axes, n_running, &
        running) bind(c)
      import
      type(lrpot_series), intent(in) :: series
      integer(c_int32_t), value :: flags
      type(lrpot_estimate), intent(inout) :: ratio
      real(c_double), intent(inout), optional :: axes(*)
      integer(c_int64_t), value :: n_running
      real(c_double), intent(inout), optional :: running(*)
    end function
    integer(c_int32_t) function lrpot_spectrum_size(series, options, n_frequencies, &
        n_segments) bind(c)
      import
      type(lrpot_series), intent(in) :: series
      type(lrpot_spectrum_options), intent(in), optional :: options
      integer(c_int64_t), intent(inout) :: n_frequencies
      integer(c_int64_t), intent(inout), optional :: n_segments
    end function
    integer(c_int32_t) function lrpot_spectrum_infrared(series, options, n_frequencies, &
        wavenumbers, frequencies, &
        absorption, error, axes) bind(c)
      import
      type(lrpot_series), intent(in) :: series
      type(lrpot_spectrum_options), intent(in), optional :: options
      integer(c_int64_t), value :: n_frequencies
      real(c_double), intent(inout), optional :: wavenumbers(*)
      real(c_double), intent(inout), optional :: frequencies(*)
      real(c_double), intent(inout) :: absorption(*)
      real(c_double), intent(inout), optional :: error(*)
      real(c_double), intent(inout), optional :: axes(*)
    end function
    integer(c_int32_t) function lrpot_pyroelectric(series, energies, coefficient, error) bind(c)
      import
      type(lrpot_series), intent(in) :: series
      real(c_double), intent(in) :: energies(*)
      real(c_double), intent(inout) :: coefficient(*)
      real(c_double), intent(inout), optional :: error(*)
    end function
    integer(c_int32_t) function lrpot_raman_invariants(tensor, invariants) bind(c)
      import
      real(c_double), intent(in) :: tensor(*)
      real(c_double), intent(inout) :: invariants(*)
    end function
    real(c_double) function lrpot_raman_activity(isotropic, anisotropic) bind(c)
      import
      real(c_double), value :: isotropic, anisotropic
    end function
    real(c_double) function lrpot_raman_depolarization(isotropic, anisotropic) bind(c)
      import
      real(c_double), value :: isotropic, anisotropic
    end function
    real(c_double) function lrpot_raman_cross_section(wavenumber, laser, temperature) bind(c)
      import
      real(c_double), value :: wavenumber, laser, temperature
    end function
    integer(c_int32_t) function lrpot_spectrum_raman(series, options, n_frequencies, wavenumbers, &
        frequencies, isotropic, anisotropic, activity, error) bind(c)
      import
      type(lrpot_series), intent(in) :: series
      type(lrpot_spectrum_options), intent(in), optional :: options
      integer(c_int64_t), value :: n_frequencies
      real(c_double), intent(inout), optional :: wavenumbers(*)
      real(c_double), intent(inout), optional :: frequencies(*)
      real(c_double), intent(inout), optional :: isotropic(*)
      real(c_double), intent(inout), optional :: anisotropic(*)
      real(c_double), intent(inout) :: activity(*)
      real(c_double), intent(inout), optional :: error(*)
    end function
    integer(c_int32_t) function lrpot_conductivity_green_kubo(series, options, sigma, window, &
        n_lags, correlation, &
        integral, error) bind(c)
      import
      type(lrpot_series), intent(in) :: series
      type(lrpot_conductivity_options), intent(in), optional :: options
      type(lrpot_estimate), intent(inout) :: sigma
      real(c_double), intent(inout), optional :: window(*)
      integer(c_int64_t), value :: n_lags
      real(c_double), intent(inout), optional :: correlation(*)
      real(c_double), intent(inout), optional :: integral(*)
      real(c_double), intent(inout), optional :: error(*)
    end function
    integer(c_int32_t) function lrpot_thermal_conductivity(series, options, kappa, window, &
        n_lags, correlation, &
        integral, error) bind(c)
      import
      type(lrpot_series), intent(in) :: series
      type(lrpot_conductivity_options), intent(in), optional :: options
      type(lrpot_estimate), intent(inout) :: kappa
      real(c_double), intent(inout), optional :: window(*)
      integer(c_int64_t), value :: n_lags
      real(c_double), intent(inout), optional :: correlation(*)
      real(c_double), intent(inout), optional :: integral(*)
      real(c_double), intent(inout), optional :: error(*)
    end function
    integer(c_int32_t) function lrpot_conductivity_einstein(series, options, sigma, window, &
        n_lags, displacement) bind(c)
      import
      type(lrpot_series), intent(in) :: series
      type(lrpot_conductivity_options), intent(in), optional :: options
      type(lrpot_estimate), intent(inout) :: sigma
      real(c_double), intent(inout), optional :: window(*)
      integer(c_int64_t), value :: n_lags
      real(c_double), intent(inout), optional :: displacement(*)
    end function
    integer(c_int32_t) function lrpot_conductivity_field(series, field, sigma, density) bind(c)
      import
      type(lrpot_series), intent(in) :: series
      real(c_double), intent(in) :: field(*)
      type(lrpot_estimate), intent(inout) :: sigma
      real(c_double), intent(inout), optional :: density(*)
    end function
    integer(c_int32_t) function lrpot_loop_compute(n, fields, polarization, options, loop, &
        capacity, point_fields, &
        point_polarization, point_error, branches) bind(c)
      import
      integer(c_int64_t), value :: n
      real(c_double), intent(in) :: fields(*)
      real(c_double), intent(in) :: polarization(*)
      type(lrpot_loop_options), intent(in), optional :: options
      type(lrpot_loop), intent(inout) :: loop
      integer(c_int64_t), value :: capacity
      real(c_double), intent(inout), optional :: point_fields(*)
      real(c_double), intent(inout), optional :: point_polarization(*)
      real(c_double), intent(inout), optional :: point_error(*)
      integer(c_int32_t), intent(inout), optional :: branches(*)
    end function
  end interface

  ! lrpot/fit.h
  interface
    integer(c_int32_t) function lrpot_fit_create(out, potential, options) bind(c)
      import
      type(c_ptr), intent(inout) :: out
      type(c_ptr), value :: potential
      type(lrpot_fit_options), intent(in) :: options
    end function
    subroutine lrpot_fit_free(fit) bind(c)
      import
      type(c_ptr), value :: fit
    end subroutine
    subroutine lrpot_fit_set_log(fit, log, ctx) bind(c)
      import
      type(c_ptr), value :: fit
      type(c_funptr), value :: log
      type(c_ptr), value :: ctx
    end subroutine
    integer(c_int32_t) function lrpot_fit_add(fit, structure, set, weight) bind(c)
      import
      type(c_ptr), value :: fit, structure
      integer(c_int32_t), value :: set
      real(c_double), value :: weight
    end function
    integer(c_int32_t) function lrpot_fit_add_frame(fit, structure, how) bind(c)
      import
      type(c_ptr), value :: fit, structure
      type(lrpot_fit_frame), intent(in) :: how
    end function
    integer(c_int32_t) function lrpot_fit_frame_weights(structure, how, taken) bind(c)
      import
      type(c_ptr), value :: structure
      type(lrpot_fit_frame), intent(inout) :: how
      integer(c_int32_t), intent(out) :: taken
    end function
    integer(c_int32_t) function lrpot_fit_set_comm(fit, comm) bind(c)
      import
      type(c_ptr), value :: fit
      type(lrpot_comm), intent(in) :: comm
    end function
    integer(c_int32_t) function lrpot_fit_hold(fit, block) bind(c)
      import
      type(c_ptr), value :: fit
      character(kind=c_char), intent(in) :: block(*)
    end function
    integer(c_int32_t) function lrpot_fit_keep(fit, block) bind(c)
      import
      type(c_ptr), value :: fit
      character(kind=c_char), intent(in) :: block(*)
    end function
    integer(c_int32_t) function lrpot_fit_offsets(fit, source, n_species, offsets) bind(c)
      import
      type(c_ptr), value :: fit
      integer(c_int32_t), value :: source, n_species
      real(c_double), intent(inout) :: offsets(*)
    end function
    integer(c_int32_t) function lrpot_fit_get_options(fit, options) bind(c)
      import
      type(c_ptr), value :: fit
      type(lrpot_fit_options), intent(inout) :: options
    end function
    integer(c_int32_t) function lrpot_fit_factor(fit, tensors) bind(c)
      import
      type(c_ptr), value :: fit, tensors
    end function
    integer(c_int32_t) function lrpot_fit_factor_joint(fit, tensors) bind(c)
      import
      type(c_ptr), value :: fit, tensors
    end function
    integer(c_int64_t) function lrpot_fit_frames_anew(fit) bind(c)
      import
      type(c_ptr), value :: fit
    end function
    integer(c_int64_t) function lrpot_fit_memory(fit) bind(c)
      import
      type(c_ptr), value :: fit
    end function
    integer(c_int32_t) function lrpot_fit_forecast(fit, n, structures, how, with_factor, &
        bytes) bind(c)
      import
      type(c_ptr), value :: fit
      integer(c_int64_t), value :: n
      type(c_ptr), intent(in) :: structures(*)
      type(c_ptr), value :: how ! c_loc of an array of lrpot_fit_frame, or c_null_ptr
      integer(c_int32_t), value :: with_factor
      integer(c_int64_t), intent(out) :: bytes
    end function
    integer(c_int64_t) function lrpot_fit_param_count(fit) bind(c)
      import
      type(c_ptr), value :: fit
    end function
    integer(c_int32_t) function lrpot_fit_get_params(fit, n, params) bind(c)
      import
      type(c_ptr), value :: fit
      integer(c_int64_t), value :: n
      real(c_double), intent(inout) :: params(*)
    end function
    integer(c_int32_t) function lrpot_fit_loss(fit, n, params, loss, gradient) bind(c)
      import
      type(c_ptr), value :: fit
      integer(c_int64_t), value :: n
      real(c_double), intent(in) :: params(*)
      real(c_double), intent(inout) :: loss
      real(c_double), intent(inout), optional :: gradient(*)
    end function
    integer(c_int32_t) function lrpot_fit_run(fit, callback, ctx) bind(c)
      import
      type(c_ptr), value :: fit
      type(c_funptr), value :: callback
      type(c_ptr), value :: ctx
    end function
    integer(c_int32_t) function lrpot_fit_errors_of(fit, set, errors) bind(c)
      import
      type(c_ptr), value :: fit
      integer(c_int32_t), value :: set
      type(lrpot_fit_errors), intent(inout) :: errors
    end function
    integer(c_int32_t) function lrpot_fit_target_count() bind(c)
      import
    end function
    integer(c_int32_t) function lrpot_fit_target_facts(target, facts) bind(c)
      import
      integer(c_int32_t), value :: target
      type(lrpot_fit_target), intent(inout) :: facts
    end function
    integer(c_int32_t) function lrpot_fit_suggest(out, wanted, n, structures, how) bind(c)
      import
      type(c_ptr), intent(inout) :: out
      type(c_ptr), value :: wanted ! c_loc of lrpot_potential_options, or c_null_ptr
      integer(c_int64_t), value :: n
      type(c_ptr), intent(in) :: structures(*)
      type(c_ptr), value :: how ! c_loc of an array of lrpot_fit_frame, or c_null_ptr
    end function
    subroutine lrpot_fit_suggestion_free(suggestion) bind(c)
      import
      type(c_ptr), value :: suggestion
    end subroutine
    type(c_ptr) function lrpot_fit_suggestion_options(suggestion) bind(c)
      import
      type(c_ptr), value :: suggestion
    end function
    integer(c_int32_t) function lrpot_fit_suggestion_get_facts(suggestion, facts) bind(c)
      import
      type(c_ptr), value :: suggestion
      type(lrpot_fit_suggestion_facts), intent(inout) :: facts
    end function
    type(c_ptr) function lrpot_fit_suggestion_reason(suggestion, index, member) bind(c)
      import
      type(c_ptr), value :: suggestion
      integer(c_int32_t), value :: index
      type(c_ptr), intent(inout), optional :: member
    end function
  end interface

  ! lrpot/tensors.h
  interface
    integer(c_int32_t) function lrpot_tensor_model_create(out, options) bind(c)
      import
      type(c_ptr), intent(inout) :: out
      type(lrpot_tensor_options), intent(in) :: options
    end function
    subroutine lrpot_tensor_model_free(model) bind(c)
      import
      type(c_ptr), value :: model
    end subroutine
    integer(c_int32_t) function lrpot_tensor_model_get_options(model, options) bind(c)
      import
      type(c_ptr), value :: model
      type(lrpot_tensor_options), intent(inout) :: options
    end function
    real(c_double) function lrpot_tensor_model_cutoff(model) bind(c)
      import
      type(c_ptr), value :: model
    end function
    integer(c_int64_t) function lrpot_tensor_model_param_count(model) bind(c)
      import
      type(c_ptr), value :: model
    end function
    integer(c_int32_t) function lrpot_tensor_model_get_params(model, n, params) bind(c)
      import
      type(c_ptr), value :: model
      integer(c_int64_t), value :: n
      real(c_double), intent(inout) :: params(*)
    end function
    integer(c_int32_t) function lrpot_tensor_model_set_params(model, n, params) bind(c)
      import
      type(c_ptr), value :: model
      integer(c_int64_t), value :: n
      real(c_double), intent(in) :: params(*)
    end function
    integer(c_int32_t) function lrpot_tensor_model_born_charges(model, work, atoms, list, Z, &
        residual) bind(c)
      import
      type(c_ptr), value :: model, work
      type(lrpot_atoms), intent(in) :: atoms
      type(c_ptr), value :: list
      real(c_double), intent(inout) :: Z(*)
      real(c_double), intent(inout), optional :: residual(*)
    end function
    integer(c_int32_t) function lrpot_tensor_model_born_shares(model, work, atoms, list, comm, &
        Z) bind(c)
      import
      type(c_ptr), value :: model, work, list
      type(lrpot_atoms), intent(in) :: atoms
      type(lrpot_comm), intent(in) :: comm
      real(c_double), intent(inout) :: Z(*)
    end function
    integer(c_int32_t) function lrpot_tensor_model_born_charges_structure(model, work, structure, &
        Z, residual) bind(c)
      import
      type(c_ptr), value :: model, work, structure
      real(c_double), intent(inout) :: Z(*)
      real(c_double), intent(inout), optional :: residual(*)
    end function
    integer(c_int32_t) function lrpot_tensor_model_field_forces(model, work, atoms, list, comm, &
        field, out) bind(c)
      import
      type(c_ptr), value :: model, work
      type(lrpot_atoms), intent(in) :: atoms
      type(c_ptr), value :: list
      type(lrpot_comm), intent(in), optional :: comm
      real(c_double), intent(in) :: field(*)
      type(lrpot_outputs), intent(inout) :: out
    end function
    integer(c_int32_t) function lrpot_tensor_model_current(model, work, atoms, list, comm, &
        velocities, current) bind(c)
      import
      type(c_ptr), value :: model, work
      type(lrpot_atoms), intent(in) :: atoms
      type(c_ptr), value :: list
      type(lrpot_comm), intent(in), optional :: comm
      real(c_double), intent(in) :: velocities(*)
      real(c_double), intent(inout) :: current(*)
    end function
    integer(c_int32_t) function lrpot_tensor_model_dipole(model, work, atoms, list, dipole) bind(c)
      import
      type(c_ptr), value :: model, work
      type(lrpot_atoms), intent(in) :: atoms
      type(c_ptr), value :: list
      real(c_double), intent(inout) :: dipole(*)
    end function
    integer(c_int32_t) function lrpot_tensor_model_dipole_structure(model, work, structure, &
        dipole) bind(c)
      import
      type(c_ptr), value :: model, work, structure
      real(c_double), intent(inout) :: dipole(*)
    end function
    integer(c_int32_t) function lrpot_tensor_model_polarizability(model, work, atoms, list, &
        alpha) bind(c)
      import
      type(c_ptr), value :: model, work
      type(lrpot_atoms), intent(in) :: atoms
      type(c_ptr), value :: list
      real(c_double), intent(inout) :: alpha(*)
    end function
    integer(c_int32_t) function lrpot_tensor_model_polarizability_structure(model, work, &
        structure, alpha) bind(c)
      import
      type(c_ptr), value :: model, work, structure
      real(c_double), intent(inout) :: alpha(*)
    end function
    integer(c_int32_t) function lrpot_tensor_model_raman(model, work, atoms, list, gradient) bind(c)
      import
      type(c_ptr), value :: model, work
      type(lrpot_atoms), intent(in) :: atoms
      type(c_ptr), value :: list
      real(c_double), intent(inout) :: gradient(*)
    end function
    integer(c_int32_t) function lrpot_tensor_model_raman_structure(model, work, structure, &
        gradient) bind(c)
      import
      type(c_ptr), value :: model, work, structure
      real(c_double), intent(inout) :: gradient(*)
    end function
    integer(c_int32_t) function lrpot_tensor_model_load(out, path) bind(c)
      import
      type(c_ptr), intent(inout) :: out
      character(kind=c_char), intent(in) :: path(*)
    end function
    integer(c_int32_t) function lrpot_tensor_model_save(model, path) bind(c)
      import
      type(c_ptr), value :: model
      character(kind=c_char), intent(in) :: path(*)
    end function
    integer(c_int32_t) function lrpot_tensor_model_recognise(path) bind(c)
      import
      character(kind=c_char), intent(in) :: path(*)
    end function
    integer(c_int32_t) function lrpot_tensor_fit_create(out, model) bind(c)
      import
      type(c_ptr), intent(inout) :: out
      type(c_ptr), value :: model
    end function
    subroutine lrpot_tensor_fit_free(fit) bind(c)
      import
      type(c_ptr), value :: fit
    end subroutine
    integer(c_int32_t) function lrpot_tensor_fit_add(fit, work, structure, set) bind(c)
      import
      type(c_ptr), value :: fit, work, structure
      integer(c_int32_t), value :: set
    end function
    integer(c_int32_t) function lrpot_tensor_fit_run(fit, regularization) bind(c)
      import
      type(c_ptr), value :: fit
      real(c_double), value :: regularization
    end function
    integer(c_int32_t) function lrpot_tensor_fit_error(fit, set, rmse, n) bind(c)
      import
      type(c_ptr), value :: fit
      integer(c_int32_t), value :: set
      real(c_double), intent(inout) :: rmse
      integer(c_int64_t), intent(inout) :: n
    end function
  end interface

  ! lrpot/active_set.h
  interface
    integer(c_int32_t) function lrpot_active_set_create(out, potential) bind(c)
      import
      type(c_ptr), intent(inout) :: out
      type(c_ptr), value :: potential
    end function
    integer(c_int32_t) function lrpot_active_set_create_kind(out, potential, kind, most) bind(c)
      import
      type(c_ptr), intent(out) :: out
      type(c_ptr), value :: potential
      integer(c_int32_t), value :: kind
      integer(c_int64_t), value :: most
    end function
    integer(c_int32_t) function lrpot_active_set_clone(out, set) bind(c)
      import
      type(c_ptr), intent(out) :: out
      type(c_ptr), value :: set
    end function
    type(c_ptr) function lrpot_potential_active_set(potential) bind(c)
      import
      type(c_ptr), value :: potential
    end function
    integer(c_int32_t) function lrpot_potential_set_active_set(potential, set) bind(c)
      import
      type(c_ptr), value :: potential, set
    end function
    subroutine lrpot_active_set_free(set) bind(c)
      import
      type(c_ptr), value :: set
    end subroutine
    integer(c_int32_t) function lrpot_active_set_kind(set) bind(c)
      import
      type(c_ptr), value :: set
    end function
    integer(c_int64_t) function lrpot_active_set_size(set) bind(c)
      import
      type(c_ptr), value :: set
    end function
    integer(c_int32_t) function lrpot_active_set_add(set, potential, work, atoms, list, frame, &
        threshold, n_changes) bind(c)
      import
      type(c_ptr), value :: set, potential, work
      type(lrpot_atoms), intent(in) :: atoms
      type(c_ptr), value :: list
      integer(c_int64_t), value :: frame
      real(c_double), value :: threshold
      integer(c_int64_t), intent(inout), optional :: n_changes
    end function
    integer(c_int32_t) function lrpot_active_set_add_structure(set, potential, work, structure, &
        frame, threshold, n_changes) bind(c)
      import
      type(c_ptr), value :: set, potential, work, structure
      integer(c_int64_t), value :: frame
      real(c_double), value :: threshold
      integer(c_int64_t), intent(inout), optional :: n_changes
    end function
    integer(c_int32_t) function lrpot_active_set_grade(set, potential, work, atoms, list, &
        grades) bind(c)
      import
      type(c_ptr), value :: set, potential, work
      type(lrpot_atoms), intent(in) :: atoms
      type(c_ptr), value :: list
      real(c_double), intent(inout) :: grades(*)
    end function
    integer(c_int32_t) function lrpot_active_set_grade_structure(set, potential, work, structure, &
        grades) bind(c)
      import
      type(c_ptr), value :: set, potential, work, structure
      real(c_double), intent(inout) :: grades(*)
    end function
    integer(c_int32_t) function lrpot_active_set_rows(set, species, frames, atoms) bind(c)
      import
      type(c_ptr), value :: set
      integer(c_int32_t), value :: species
      integer(c_int64_t), intent(inout), optional :: frames(*), atoms(*)
    end function
    integer(c_int32_t) function lrpot_active_set_save(set, path) bind(c)
      import
      type(c_ptr), value :: set
      character(kind=c_char), intent(in) :: path(*)
    end function
    integer(c_int32_t) function lrpot_active_set_load(out, path) bind(c)
      import
      type(c_ptr), intent(inout) :: out
      character(kind=c_char), intent(in) :: path(*)
    end function
  end interface

  ! lrpot/file.h
  interface
    integer(c_int32_t) function lrpot_file_open(out, path) bind(c)
      import
      type(c_ptr), intent(inout) :: out
      character(kind=c_char), intent(in) :: path(*)
    end function
    type(c_ptr) function lrpot_file_stream(file) bind(c)
      import
      type(c_ptr), value :: file
    end function
    integer(c_int32_t) function lrpot_file_close(file) bind(c)
      import
      type(c_ptr), value :: file
    end function
    subroutine lrpot_file_abandon(file) bind(c)
      import
      type(c_ptr), value :: file
    end subroutine
    integer(c_int32_t) function lrpot_file_same(a, b) bind(c)
      import
      character(kind=c_char), intent(in) :: a(*)
      character(kind=c_char), intent(in) :: b(*)
    end function
    subroutine lrpot_file_discard_all() bind(c)
      import
    end subroutine
  end interface

  ! lrpot/io.h
  interface
    integer(c_int32_t) function lrpot_reader_open(out, path) bind(c)
      import
      type(c_ptr), intent(inout) :: out
      character(kind=c_char), intent(in) :: path(*)
    end function
    type(c_ptr) function lrpot_reader_format(reader) bind(c)
      import
      type(c_ptr), value :: reader
    end function
    integer(c_int32_t) function lrpot_reader_set_types(reader, n, symbols) bind(c)
      import
      type(c_ptr), value :: reader
      integer(c_int32_t), value :: n
      type(c_ptr), intent(in) :: symbols(*)
    end function
    integer(c_int32_t) function lrpot_reader_set_key(reader, quantity, key) bind(c)
      import
      type(c_ptr), value :: reader
      integer(c_int32_t), value :: quantity
      character(kind=c_char), intent(in) :: key(*)
    end function
    integer(c_int32_t) function lrpot_reader_set_units(reader, units) bind(c)
      import
      type(c_ptr), value :: reader
      character(kind=c_char), intent(in) :: units(*)
    end function
    type(c_ptr) function lrpot_reader_note(reader, index) bind(c)
      import
      type(c_ptr), value :: reader
      integer(c_int32_t), value :: index
    end function
    integer(c_int32_t) function lrpot_reader_next(reader, out) bind(c)
      import
      type(c_ptr), value :: reader
      type(c_ptr), intent(inout) :: out
    end function
    integer(c_int64_t) function lrpot_reader_found(reader, quantity, key) bind(c)
      import
      type(c_ptr), value :: reader
      integer(c_int32_t), value :: quantity
      type(c_ptr), intent(inout) :: key
    end function
    integer(c_int64_t) function lrpot_reader_skipped(reader, index, column) bind(c)
      import
      type(c_ptr), value :: reader
      integer(c_int64_t), value :: index
      type(c_ptr), intent(inout) :: column
    end function
    integer(c_int64_t) function lrpot_reader_left_out(reader) bind(c)
      import
      type(c_ptr), value :: reader
    end function
    integer(c_int64_t) function lrpot_reader_frames(reader) bind(c)
      import
      type(c_ptr), value :: reader
    end function
    subroutine lrpot_reader_close(reader) bind(c)
      import
      type(c_ptr), value :: reader
    end subroutine
    integer(c_int32_t) function lrpot_structure_read(out, path, frame) bind(c)
      import
      type(c_ptr), intent(inout) :: out
      character(kind=c_char), intent(in) :: path(*)
      integer(c_int64_t), value :: frame
    end function
    integer(c_int32_t) function lrpot_writer_open(out, path) bind(c)
      import
      type(c_ptr), intent(inout) :: out
      character(kind=c_char), intent(in) :: path(*)
    end function
    integer(c_int32_t) function lrpot_writer_append(writer, structure) bind(c)
      import
      type(c_ptr), value :: writer, structure
    end function
    integer(c_int32_t) function lrpot_writer_set_types(writer, n, symbols) bind(c)
      import
      type(c_ptr), value :: writer
      integer(c_int32_t), value :: n
      type(c_ptr), intent(in) :: symbols(*)
    end function
    integer(c_int32_t) function lrpot_writer_close(writer) bind(c)
      import
      type(c_ptr), value :: writer
    end function
    subroutine lrpot_writer_abandon(writer) bind(c)
      import
      type(c_ptr), value :: writer
    end subroutine
    integer(c_int32_t) function lrpot_potential_load(out, path) bind(c)
      import
      type(c_ptr), intent(inout) :: out
      character(kind=c_char), intent(in) :: path(*)
    end function
    integer(c_int32_t) function lrpot_potential_save(potential, path) bind(c)
      import
      type(c_ptr), value :: potential
      character(kind=c_char), intent(in) :: path(*)
    end function
    integer(c_int32_t) function lrpot_potential_save_mtp(potential, path) bind(c)
      import
      type(c_ptr), value :: potential
      character(kind=c_char), intent(in) :: path(*)
    end function
    integer(c_int32_t) function lrpot_potential_save_nep(potential, path) bind(c)
      import
      type(c_ptr), value :: potential
      character(kind=c_char), intent(in) :: path(*)
    end function
    integer(c_int32_t) function lrpot_phonopy_write_force_constants(path, n, D) bind(c)
      import
      character(kind=c_char), intent(in) :: path(*)
      integer(c_int64_t), value :: n
      real(c_double), intent(in) :: D(*)
    end function
    integer(c_int32_t) function lrpot_phonopy_write_force_sets(path, n, n_sets, atoms, &
        displacements, forces) bind(c)
      import
      character(kind=c_char), intent(in) :: path(*)
      integer(c_int64_t), value :: n, n_sets
      integer(c_int64_t), intent(in) :: atoms(*)
      real(c_double), intent(in) :: displacements(*), forces(*)
    end function
    integer(c_int32_t) function lrpot_phonopy_write_born(path, factor, epsilon, n, Z) bind(c)
      import
      character(kind=c_char), intent(in) :: path(*)
      real(c_double), value :: factor
      real(c_double), intent(in) :: epsilon(*)
      integer(c_int64_t), value :: n
      real(c_double), intent(in) :: Z(*)
    end function
    integer(c_int32_t) function lrpot_poscar_write(path, structure, order) bind(c)
      import
      character(kind=c_char), intent(in) :: path(*)
      type(c_ptr), value :: structure
      integer(c_int64_t), intent(inout), optional :: order(*)
    end function
  end interface

contains

  ! A string of the library; empty for NULL.
  function lrpot_string(text) result(copy)
    type(c_ptr), intent(in) :: text
    character(len=:), allocatable :: copy
    character(kind=c_char), pointer :: letters(:)
    integer :: k
    interface
      integer(c_size_t) function strlen(string) bind(c)
        import
        type(c_ptr), value :: string
      end function
    end interface
    if (.not. c_associated(text)) then
      copy = ''
      return
    end if
    call c_f_pointer(text, letters, [strlen(text)])
    allocate (character(len=size(letters)) :: copy)
    do k = 1, size(letters)
      copy(k:k) = letters(k)
    end do
  end function

  ! Message of the calling thread's last failure.
  function lrpot_message() result(text)
    character(len=:), allocatable :: text
    text = lrpot_string(lrpot_last_error())
  end function

end module
