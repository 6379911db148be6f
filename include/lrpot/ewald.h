/** @file lrpot/ewald.h
 *  @brief Coulomb sums of point and Gaussian charges: isolated systems, wires, slabs and
 *  crystals.
 *
 *  The solver is complete and independent of machine learning. Coulomb constant 14.3996454784255 eV
 *  A/e^2. */
#ifndef LRPOT_EWALD_H
#define LRPOT_EWALD_H

#include <lrpot/nlist.h>
#include <lrpot/workspace.h>

LRPOT_BEGIN_DECLS

#define LRPOT_COULOMB_CONSTANT 14.3996454784255 /**< eV A / e^2 (CODATA 2018). */

/** @brief A Coulomb solver: kernel, accuracy, widths. Immutable, so threads share it. */
typedef struct lrpot_ewald lrpot_ewald;

/** @brief Options of a solver; fill with LRPOT_EWALD_OPTIONS_INIT. */
typedef struct lrpot_ewald_options {
    size_t struct_size; /**< sizeof(lrpot_ewald_options). */
    /** eV/A, requested force error: root mean square over the atoms of the length of the error
     * vector, for the charges of the call. Relative to unit charges at 1 A when
     * LRPOT_EWALD_RELATIVE is set in flags. 0 means 1e-9. The estimate holds for random charges and
     * for simple crystals of the same density; lrpot_ewald_error() measures the error. It bounds
     * the forces alone: errors of energy, pressure and potential add up over atoms where those of
     * forces do not. energy_accuracy, pressure_accuracy and potential_accuracy bound them. */
    double accuracy;
    /** 1/A: alpha in exp(-k^2/(4 alpha^2)). A given value also turns LRPOT_EWALD_MESH into
     * LRPOT_EWALD_SPLINE. 0: chosen. */
    double splitting;
    /** A: real-space cutoff; 0: follows from accuracy and splitting. */
    double cutoff;
    /** Number of species with a Gaussian width; 0: point charges. */
    int32_t n_widths;
    int32_t flags; /**< 0 or a sum of LRPOT_EWALD_* flags. */
    /** A, [n_widths]: standard deviation of the charge density of each species, 0 for a point;
     * copied. */
    const double *widths;
    int32_t method; /**< LRPOT_EWALD_AUTO, _EXACT, _MESH or _SPLINE. */
    /** Mesh: points along each axis over which a charge is spread, 3 to 12; 0: chosen. */
    int32_t order;
    /** Mesh: points along the rows of the reduced cell, even; 0: chosen. */
    int32_t mesh[3];
    int32_t kernel; /**< LRPOT_EWALD_COULOMB, _LATENT or _DISPERSION. */
    /** A, > 0: length of a kernel with LRPOT_EWALD_KERNEL_SIGMA, as the smearing of
     * LRPOT_EWALD_LATENT; 0 otherwise. */
    double sigma;
    /** eV per atom: bound of the error of the energy. 0: accuracy alone chooses the parameters; the
     * error is then some 0.2 to 1.5 A times accuracy per atom in a crystal, and lrpot_ewald_report
     * gives it. */
    double energy_accuracy;
    /** eV/A^3 (1 bar is 6.24e-7): bound of the error of the pressure of a crystal (periodic_mask
     * 7), ignored otherwise. 0: accuracy alone chooses the parameters; the error is then some 1 to
     * 12 A times accuracy times atoms per volume in a crystal: hundreds of bar at 1e-3 eV/A. */
    double pressure_accuracy;
    /** V: bound of the root mean square error of the potential; 0: accuracy alone chooses the
     * parameters. */
    double potential_accuracy;
} lrpot_ewald_options;

/** @brief Point charges, 1e-9 eV/A. */
#define LRPOT_EWALD_OPTIONS_INIT                                                                \
    {                                                                                           \
        sizeof(lrpot_ewald_options), 0.0, 0.0, 0.0, 0, 0, NULL, 0, 0, { 0, 0, 0 }, 0, 0.0, 0.0, \
            0.0, 0.0                                                                            \
    }
#define LRPOT_EWALD_AUTO 0  /**< The method of least expected time. */
#define LRPOT_EWALD_EXACT 1 /**< Every reciprocal vector: small systems, any accuracy. */
/** Particle mesh with prolate split and window (arXiv 2505.09727), O(n log n). */
#define LRPOT_EWALD_MESH 2
/** Smooth particle mesh: Gaussian split and B-splines, influence function of P3M. */
#define LRPOT_EWALD_SPLINE 3
#define LRPOT_EWALD_COULOMB 0 /**< Points and Gaussians of any widths. */
/** 4 pi exp(-sigma^2 k^2/2)/k^2 (arXiv 2408.15165), which is erf(r/(sqrt2 sigma))/r between two
 *  atoms: Gaussians of width sigma/sqrt2. The whole sum is in reciprocal space: no pairs, no list.
 *  n_widths, splitting and cutoff must be 0. */
#define LRPOT_EWALD_LATENT 1
/** E = -sum_{i<j} s_i s_j/r^6 over all images. The charges q are amplitudes s = sqrt(C6), eV^(1/2)
 *  A^3, of either sign; potential is dE/ds. There is no Coulomb constant. The sum converges
 *  absolutely: no background neutralises it, and the term k = 0 is kept. Crystals (periodic_mask
 *  7), and isolated systems by all pairs with every method. Slabs, matrices and second derivatives
 *  give LRPOT_E_UNSUPPORTED. The split is Gaussian: LRPOT_EWALD_MESH has prolate windows only.
 *  n_widths and other flags than LRPOT_EWALD_RELATIVE must be 0. docs/theory/dispersion.md. */
#define LRPOT_EWALD_DISPERSION 2
/** @name Traits of the kernels
 *  What lrpot_ewald_kernel_traits() sums: the options that a kernel takes, and the systems and
 * derivatives that it is offered for. Isolated systems are summed pair by pair with every kernel.
 *  @{ */
/** The values summed are charges in e: potential in V, field in V/A. */
#define LRPOT_EWALD_KERNEL_CHARGES 1
#define LRPOT_EWALD_KERNEL_WIDTHS 2 /**< Takes widths. */
#define LRPOT_EWALD_KERNEL_SIGMA 4  /**< Needs sigma. */
/** Has pairs in real space beside the reciprocal sum: takes splitting and cutoff. */
#define LRPOT_EWALD_KERNEL_PAIRS 8
#define LRPOT_EWALD_KERNEL_CRYSTALS 16 /**< Three periodic directions. */
/** One or two periodic directions, and isolated systems on a mesh. */
#define LRPOT_EWALD_KERNEL_SLABS 32
#define LRPOT_EWALD_KERNEL_MATRIX 64 /**< lrpot_ewald_matrix(). */
/** Second derivatives, responses and multipoles. */
#define LRPOT_EWALD_KERNEL_DERIVATIVES 128
/** @} */
/** accuracy is a fraction of the force between unit charges at 1 A: LRPOT_COULOMB_CONSTANT, or 6
 *  eV/A for dispersion. */
#define LRPOT_EWALD_RELATIVE 1
/** Count the self-energy q^2/(2 sqrt(pi) s) of each Gaussian of width s. For LRPOT_EWALD_LATENT it
 *  is q^2/(sqrt(2 pi) sigma), which is part of |S(k)|^2 and is subtracted otherwise. */
#define LRPOT_EWALD_SELF 2
/** Slab correction of crystals (periodic_mask 7) of layers with vacuum: adds 2 pi k_e/V (M^2 - Q
 *  sum q z^2 - Q^2 L^2/12) with z along c* and not wrapped, M = sum q z, L the distance of layers
 *  (Yeh and Berkowitz 1999; Ballenegger, Arnold, Cerda 2009). With growing vacuum the sum
 *  approaches that of the slab with two periodic directions. The cell may be tilted in any way. The
 *  result does not depend on the origin, also for a net charge. */
#define LRPOT_EWALD_SLAB_CORRECTION 4
/** Vacuum instead of metal around a large sphere of copies of a crystal: adds 2 pi k_e/(3 V) |sum q
 *  r|^2 with r not wrapped. With a net charge Q the result depends on the origin: moving all atoms
 *  by d changes the sum to M + Q d. */
#define LRPOT_EWALD_VACUUM 8

/** @brief Number of kernels: they are 0 to count - 1, and 0 is that of LRPOT_EWALD_OPTIONS_INIT.
 *  @return Count. @threadsafety Safe. @since 0.1 */
LRPOT_API int32_t lrpot_ewald_kernel_count(void);
/** @brief Name of a kernel, as in options of the command: "coulomb", "latent", ...
 *  @param[in] kernel  LRPOT_EWALD_COULOMB and the like.
 *  @return Static text; NULL where there is no such kernel. @threadsafety Safe. @since 0.1 */
LRPOT_API const char *lrpot_ewald_kernel_name(int32_t kernel);
/** @brief Description of a kernel, in one line for the reader of a list.
 *  @param[in] kernel  LRPOT_EWALD_COULOMB and the like.
 *  @return Static text; NULL where there is no such kernel. @threadsafety Safe. @since 0.1 */
LRPOT_API const char *lrpot_ewald_kernel_summary(int32_t kernel);
/** @brief Unit of the values that a kernel sums: "e" of charges.
 *  @param[in] kernel  LRPOT_EWALD_COULOMB and the like.
 *  @return Static text; NULL where there is no such kernel. @threadsafety Safe. @since 0.1 */
LRPOT_API const char *lrpot_ewald_kernel_unit(int32_t kernel);
/** @brief Kernel of a name.
 *  @param[in] name  As of lrpot_ewald_kernel_name(); NULL is no name.
 *  @return LRPOT_EWALD_COULOMB and the like; -1 where no kernel has the name. @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API int32_t lrpot_ewald_kernel_of(const char *name);
/** @brief Traits of a kernel.
 *  @param[in] kernel  LRPOT_EWALD_COULOMB and the like.
 *  @return Sum of LRPOT_EWALD_KERNEL_*; 0 where there is no such kernel.
 *  @threadsafety Safe. @since 0.1 */
LRPOT_API int32_t lrpot_ewald_kernel_traits(int32_t kernel);

/** @brief Creates a solver.
 *  @param[out] out      The solver; the caller frees it with lrpot_ewald_free(). Untouched on
 *    failure.
 *  @param[in]  options  Options; copied.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_SIZE; LRPOT_E_ARGUMENT; LRPOT_E_ACCURACY when accuracy
 *    is below the limit of double precision; LRPOT_E_MEMORY.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_ewald_create(lrpot_ewald **out,
                                                           const lrpot_ewald_options *options);
/** @brief Frees a solver.
 *  @param[in] ewald  Solver; NULL is allowed.
 *  @threadsafety Not while another thread uses it.
 *  @since 0.1 */
LRPOT_API void lrpot_ewald_free(lrpot_ewald *ewald);

/** @brief Energy and its derivatives for given charges.
 *
 *  Periodic: tin-foil surroundings. A uniform background neutralises a net charge, in energy and
 *  stress too (the k = 0 term of the full kernel is dropped).
 *
 *  Isolated (periodic_mask 0): all pairs, or from 2000 atoms on a mesh in a box large enough for
 *  the truncated kernel, whichever takes less time. LRPOT_EWALD_EXACT and _MESH choose one. Where a
 *  process does not know all atoms only the box is possible.
 *
 *  Slab (two bits of periodic_mask): the sum over the plane alone; the remaining row of the cell is
 *  ignored. A net charge is not neutralised: the mean over the plane between unit charges is -2 pi
 *  k_e |z|/A (docs/theory/boundaries.md).
 *
 *  Wire (one bit of periodic_mask): the sum along that row alone; the other rows are ignored. A net
 *  charge is not neutralised: the mean over the length between unit charges is -2 k_e ln(rho)/L,
 *  rho in A.
 *
 *  Real-space neighbours come from @p list when its cutoff suffices. Otherwise the solver searches
 *  itself (single process, no ghosts). With ghosts or several processes the splitting is made for
 *  the list, so that results do not depend on the number of processes.
 *
 *  With the mesh a correction far below the requested error makes the sum of the forces zero.
 *  Processes of a parallel host share the mesh where comm->exchange is given, and each hold all of
 *  it otherwise.
 *  @param[in]     ewald  Solver; not modified.
 *  @param[in,out] work   Scratch memory of the calling thread, from lrpot_workspace_create().
 *  @param[in]     atoms  Atoms; borrowed during the call.
 *  @param[in]     list   Full list; NULL: the solver searches itself.
 *  @param[in]     comm   NULL for one process. Otherwise `sum` is called for totals and, with exact
 *    sums or without `exchange`, for the sums over k.
 *  @param[in]     q      e, [n_all]: charges of owned atoms and ghosts. The net charge of the
 *    system is their sum over owned atoms of all processes.
 *  @param[in,out] out    energy, energy_atom, forces, virial, virial_atom, potential, field;
 *    overwritten unless LRPOT_ADD is set. energy and virial are this process' share, so that the
 *    host's sum is the total. Undefined after a failure.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_SIZE and LRPOT_E_ARGUMENT (a struct or the list does not
 *    fit); LRPOT_E_NOT_FINITE; LRPOT_E_CELL; LRPOT_E_SPECIES; LRPOT_E_CUTOFF; LRPOT_E_STATE (the
 *    rebuild of the list failed); LRPOT_E_COINCIDENT; LRPOT_E_ACCURACY; LRPOT_E_UNSUPPORTED;
 *    LRPOT_E_MEMORY; a negative value from @p comm as it came. LRPOT_E_CUTOFF when a parallel
 *    host's list is too short.
 *  @threadsafety Concurrent calls need different @p work and outputs.
 *  @allocates Nothing after the first call of this size.
 *  @complexity O(n^1.5) exact, O(n log n) on the mesh.
 *  @collective Yes, over @p comm.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_ewald_eval(
    const lrpot_ewald *ewald, lrpot_workspace *work, const lrpot_atoms *atoms,
    const lrpot_nlist *list, const lrpot_comm *comm, const double *q, lrpot_outputs *out);

/** @brief Several charges per atom that do not interact with each other: the sum of the energies of
 *  all channels, as for latent charges (arXiv 2408.15165).
 *
 *  Neighbours, places on the mesh and reciprocal vectors are computed once. The accuracy holds for
 *  the forces of all channels together.
 *  @param[in]     ewald       Solver; not modified.
 *  @param[in,out] work        Scratch memory of the calling thread, from lrpot_workspace_create().
 *  @param[in]     atoms       Atoms; borrowed during the call.
 *  @param[in]     list        As for lrpot_ewald_eval().
 *  @param[in]     comm        As for lrpot_ewald_eval(); `sum` is called once more and for each
 *    channel.
 *  @param[in]     n_channels  Number of channels, 1 to LRPOT_EWALD_MAX_CHANNELS.
 *  @param[in]     q           e, [n_channels][n_all].
 *  @param[in,out] out         potential [n_channels][n_owned] and field [n_channels][n_owned][3] of
 *    each channel; the other members are sums over the channels, as for lrpot_ewald_eval().
 *  @return As lrpot_ewald_eval(); LRPOT_E_ARGUMENT (n_channels).
 *  @threadsafety Concurrent calls need different @p work and outputs.
 *  @allocates Nothing after the first call of this size.
 *  @collective Yes, over @p comm.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status
lrpot_ewald_eval_channels(const lrpot_ewald *ewald, lrpot_workspace *work, const lrpot_atoms *atoms,
                          const lrpot_nlist *list, const lrpot_comm *comm, int32_t n_channels,
                          const double *q, lrpot_outputs *out);
#define LRPOT_EWALD_MAX_CHANNELS 64 /**< Largest number of channels. */

/** @brief The sum as matrices, for fits at fixed positions: E = 1/2 q.A.q. One process, no ghosts,
 *  at most 20000 atoms.
 *  @param[in]     ewald     Solver with the Coulomb or the latent kernel; not modified.
 *  @param[in,out] work      Scratch memory of the calling thread, from lrpot_workspace_create().
 *  @param[in]     atoms     Atoms; borrowed during the call.
 *  @param[out]    matrix    V/e, [n][n]: A, symmetric. The diagonal holds the self-interaction with
 *    images and background.
 *  @param[out]    gradient  eV/(A e^2), [n][3][n] or NULL: gradient[i][a][j] = force on atom i
 *    along a per q_i q_j, so that F_ia = q_i sum_j gradient[i][a][j] q_j.
 *  @param[out]    strain    V/e, [6][n][n] or NULL: component c of xx, yy, zz, yz, xz, xy is ab;
 *    1/2 q.strain[c].q = -virial[a][b] of lrpot_outputs for the same charges. Slabs and wires need
 *    @p gradient with it.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_SIZE and LRPOT_E_ARGUMENT (a struct or the list does not
 *    fit); LRPOT_E_NOT_FINITE; LRPOT_E_CELL; LRPOT_E_SPECIES; LRPOT_E_CUTOFF; LRPOT_E_STATE (the
 *    rebuild of the list failed); LRPOT_E_COINCIDENT; LRPOT_E_ACCURACY; LRPOT_E_UNSUPPORTED;
 *    LRPOT_E_MEMORY. All outputs are undefined after a failure.
 *  @threadsafety Concurrent calls need different @p work and outputs.
 *  @complexity O(n^2) memory.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_ewald_matrix(const lrpot_ewald *ewald,
                                                           lrpot_workspace *work,
                                                           const lrpot_atoms *atoms, double *matrix,
                                                           double *gradient, double *strain);

/** @brief Parameters of an evaluation, for reports. */
typedef struct lrpot_ewald_report {
    size_t struct_size; /**< sizeof(lrpot_ewald_report). */
    /** 1/A: alpha; with the prolate split c/(2 cutoff), which damps the same vectors. */
    double splitting;
    double real_cutoff; /**< A: cutoff in real space. */
    double k_cutoff;    /**< 1/A: cutoff in reciprocal space. */
    /** eV/A: root mean square force error; for unit charges where none are given. */
    double predicted_error;
    /** Reciprocal vectors summed (half space); 0 for the mesh. */
    int64_t n_vectors;
    int32_t method; /**< LRPOT_EWALD_EXACT, _MESH or _SPLINE. */
    /** Points along each axis over which a charge is spread; 0 without a mesh. */
    int32_t order;
    int32_t mesh[3];  /**< Points of the mesh; 0 without one. */
    int32_t reserved; /**< 0. */
    /** Time of one evaluation, measured by lrpot_ewald_tune(); 0 where nothing was timed. */
    double seconds;
    /** V: bound of the root mean square error of the potential. This and the next two bounds hold
     * where the errors of all pairs add up, as in perfect crystals, whose true errors reach them.
     * Errors of liquids are 5 to 100 times smaller. lrpot_ewald_error() measures them. */
    double predicted_potential;
    double predicted_energy; /**< eV per atom: bound of the error of the energy. */
    /** eV/A^3: bound of the error of the pressure of crystals (periodic_mask 7); 0 otherwise. */
    double predicted_pressure;
} lrpot_ewald_report;
/** @brief Zeros. */
#define LRPOT_EWALD_REPORT_INIT                                                                 \
    {                                                                                           \
        sizeof(lrpot_ewald_report), 0.0, 0.0, 0.0, 0.0, 0, 0, 0, { 0, 0, 0 }, 0, 0.0, 0.0, 0.0, \
            0.0                                                                                 \
    }
/** @brief Parameters that the solver uses for these atoms: those of the last evaluation with this
 *  workspace where they still hold, otherwise its choice for unit charges.
 *  @param[in]     ewald   Solver; not modified.
 *  @param[in,out] work    Scratch memory of the calling thread, from lrpot_workspace_create().
 *  @param[in]     atoms   Atoms; borrowed during the call.
 *  @param[in,out] report  struct_size must be set; the other members are overwritten.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_SIZE and LRPOT_E_ARGUMENT (a struct does not fit);
 *    LRPOT_E_NOT_FINITE; LRPOT_E_CELL; LRPOT_E_SPECIES; LRPOT_E_CUTOFF; LRPOT_E_ACCURACY;
 *    LRPOT_E_UNSUPPORTED; LRPOT_E_MEMORY.
 *  @threadsafety Concurrent calls need different @p work and outputs.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_ewald_plan(const lrpot_ewald *ewald,
                                                         lrpot_workspace *work,
                                                         const lrpot_atoms *atoms,
                                                         lrpot_ewald_report *report);

/** @brief Creates a solver with the fastest parameters for a system at the requested accuracy.
 *
 *  Published estimates (Kolafa and Perram, Mol. Simul. 9, 351 (1992); Ballenegger, Cerda and Holm,
 *  J. Chem. Theory Comput. 8, 936 (2012), for B-splines and prolates alike) give candidates that
 *  differ in method, cutoff, order and mesh. They are timed on the system itself. The error of the
 *  fastest meshes is measured at a sample of atoms against an exact sum, and their cutoffs are
 * moved until it is 0.8 to 0.9 of the accuracy; the fastest of these is fixed in the new solver.
 * Its accuracy is that of this system: charges that grow later, a melt that freezes, or a mesh that
 * a growing cell widens, need a new call. Pairs of points are summed in single precision where that
 * is exact enough; their energies are added up in double, forces add up to zero, but energies of
 * positions closer than some 1e-3 A differ by rounding. Where energy, pressure or potential have an
 * accuracy of their own, or the system has ghosts, the estimates alone choose. A given cutoff is
 * kept, and so is an exact sum as it is. Single process.
 *  @param[out]    out      The solver; the caller frees it with lrpot_ewald_free(). Untouched on
 *    failure.
 *  @param[in]     options  Accuracy, kernel, widths; a given method, cutoff, order or mesh is kept.
 *    Copied.
 *  @param[in,out] work     Scratch memory of the calling thread, from lrpot_workspace_create().
 *  @param[in]     atoms    Atoms; borrowed during the call.
 *  @param[in]     list     The list of later evaluations, or NULL.
 *  @param[in]     q        e, [n_all].
 *  @param[in]     seconds  s, >= 0: time budget of the timing. Some evaluations and the measurement
 *    of errors may exceed it. 0: estimated costs decide, nothing is timed.
 *  @param[in,out] report   Chosen parameters, predicted error and measured time; or NULL.
 *  @return As lrpot_ewald_create() and lrpot_ewald_eval(); LRPOT_E_ACCURACY when no parameters keep
 *    the accuracy; LRPOT_E_SYSTEM as lrpot_workspace_create().
 *  @threadsafety Concurrent calls need different @p work and outputs.
 *  @allocates Yes.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status
lrpot_ewald_tune(lrpot_ewald **out, const lrpot_ewald_options *options, lrpot_workspace *work,
                 const lrpot_atoms *atoms, const lrpot_nlist *list, const double *q, double seconds,
                 lrpot_ewald_report *report);

/** @brief Errors that lrpot_ewald_error() measures. */
typedef struct lrpot_ewald_error_report {
    size_t struct_size; /**< sizeof(lrpot_ewald_error_report). */
    /** eV/A: root mean square over the sample of the length of the force error, as `accuracy` of
     * the options. */
    double forces;
    double largest;   /**< eV/A: largest length of a force error. */
    double potential; /**< V: root mean square error of the potential. */
    /** eV/A: root mean square length of the exact forces, for relative errors. */
    double size;
    double reference; /**< eV/A: expected error of the reference sum. */
    int64_t n_sample; /**< Number of atoms compared. */
    /** eV per atom, signed: energy of the evaluation minus the exact energy. */
    double energy;
    /** eV/A^3, signed: error of the pressure tr(virial)/(3 V) of crystals (periodic_mask 7); 0
     * otherwise. */
    double pressure;
} lrpot_ewald_error_report;
/** @brief Zeros. */
#define LRPOT_EWALD_ERROR_REPORT_INIT                                          \
    {                                                                          \
        sizeof(lrpot_ewald_error_report), 0.0, 0.0, 0.0, 0.0, 0.0, 0, 0.0, 0.0 \
    }
/** @brief Measures the true error of lrpot_ewald_eval() with its present parameters. The reference
 *  is a sum over every pair and vector that is ten thousand times more accurate, or at the limit of
 *  doubles.
 *
 *  Structure factors contain all atoms, fields are computed at a sample only, and the splitting
 *  makes the cost O(n sqrt(n_sample)): some seconds for 10^5 atoms and a sample of 30. Slabs are
 *  compared with a finer slab sum over all atoms. One process, no ghosts.
 *  @param[in]     ewald     Solver; not modified.
 *  @param[in,out] work      Scratch memory of the calling thread, from lrpot_workspace_create().
 *  @param[in]     atoms     Atoms; borrowed during the call.
 *  @param[in]     list      As for lrpot_ewald_eval().
 *  @param[in]     q         e, [n_all].
 *  @param[in]     n_sample  Number of atoms compared, one drawn at random (always the same) from
 *    each n-th of the atoms; 0 or >= n: all.
 *  @param[in,out] report    struct_size must be set; the other members are overwritten. Untouched
 *    on failure.
 *  @return As lrpot_ewald_eval(); LRPOT_E_ARGUMENT (negative n_sample); LRPOT_E_UNSUPPORTED with
 *    ghosts and without atoms; LRPOT_E_SYSTEM as lrpot_workspace_create().
 *  @threadsafety Concurrent calls need different @p work and outputs.
 *  @allocates Yes.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_ewald_error(
    const lrpot_ewald *ewald, lrpot_workspace *work, const lrpot_atoms *atoms,
    const lrpot_nlist *list, const double *q, int64_t n_sample, lrpot_ewald_error_report *report);

LRPOT_END_DECLS
#endif
