/** @file lrpot/electrostatics.h
 *  @brief Coulomb sums of point and Gaussian charges: isolated systems, slabs and crystals.
 *
 *  A complete solver of its own: nothing here knows of machine learning. Coulomb
 * constant 14.3996454784255 eV A/e^2. */
#ifndef LRPOT_ELECTROSTATICS_H
#define LRPOT_ELECTROSTATICS_H

#include <lrpot/nlist.h>
#include <lrpot/workspace.h>

LRPOT_BEGIN_DECLS

#define LRPOT_COULOMB_CONSTANT 14.3996454784255 /**< eV A / e^2 (CODATA 2018). */

/** @brief A Coulomb solver: what is fixed of the sum (kernel, accuracy, widths). Immutable, so
 * threads share it. */
typedef struct lrpot_ewald lrpot_ewald;

/** @brief Options; fill with LRPOT_EWALD_OPTIONS_INIT. */
typedef struct lrpot_ewald_options {
    size_t struct_size; /**< sizeof(lrpot_ewald_options). */
    /** Force error asked for: root mean square over the atoms of the vector's length, eV/A, for the
     * charges of the call; relative to unit charges at 1 A when LRPOT_EWALD_RELATIVE is set in
     * flags; 0 means 1e-9. Kept by estimate, for charges at random and for simple crystals of the
     * same density; lrpot_ewald_error() measures it. It bounds the forces alone: errors of energy,
     * pressure and potential add up over atoms where those of forces do not; energy_accuracy,
     * pressure_accuracy and potential_accuracy bound them. */
    double accuracy;
    /** 1/A: alpha in exp(-k^2/(4 alpha^2)), which also turns LRPOT_EWALD_MESH into _SPLINE; 0:
     * chosen. */
    double splitting;
    /** A: real-space cutoff; 0: follows from accuracy and splitting. */
    double cutoff;
    int32_t n_widths; /**< Number of species with a Gaussian width; 0: point charges. */
    int32_t flags;    /**< 0 or a sum of LRPOT_EWALD_* flags. */
    /** A, [n_widths]: standard deviation of the charge density of each species, 0 for a point;
     * copied. */
    const double *widths;
    int32_t method; /**< LRPOT_EWALD_AUTO, _EXACT, _MESH or _SPLINE. */
    /** Mesh: points along each axis that a charge is spread over, 3 to 12; 0: chosen. */
    int32_t order;
    /** Mesh: points along the rows of the reduced cell, even; 0: chosen. */
    int32_t mesh[3];
    int32_t kernel; /**< LRPOT_EWALD_COULOMB, _LATENT or _DISPERSION. */
    double sigma;   /**< A, > 0: the smearing of LRPOT_EWALD_LATENT; 0 otherwise. */
    /** eV per atom: bound of the error of the energy. 0: what comes with the forces, for which
     * accuracy alone is chosen; lrpot_ewald_report tells how much that is, some 0.2 to 1.5 A times
     * accuracy per atom in a crystal. */
    double energy_accuracy;
    /** eV/A^3 (1 bar is 6.24e-7): bound of the error of the pressure of a crystal (periodic_mask
     * 7), not looked at otherwise. 0: what comes with the forces, some 1 to 12 A times accuracy
     * times atoms per volume in a crystal: hundreds of bar at 1e-3 eV/A. */
    double pressure_accuracy;
    /** V: bound of the root mean square error of the potential; 0: what comes with the forces. */
    double potential_accuracy;
} lrpot_ewald_options;

/** Point charges, 1e-9 eV/A. */
#define LRPOT_EWALD_OPTIONS_INIT                                                                \
    {                                                                                           \
        sizeof(lrpot_ewald_options), 0.0, 0.0, 0.0, 0, 0, NULL, 0, 0, { 0, 0, 0 }, 0, 0.0, 0.0, \
            0.0, 0.0                                                                            \
    }
#define LRPOT_EWALD_AUTO 0  /**< Whichever is expected to take less time. */
#define LRPOT_EWALD_EXACT 1 /**< Every reciprocal vector: small systems, any accuracy. */
/** Particle mesh with prolate split and window (arXiv 2505.09727), O(n log n). */
#define LRPOT_EWALD_MESH 2
/** Smooth particle mesh: Gaussian split and B-splines, influence function of P3M. */
#define LRPOT_EWALD_SPLINE 3
#define LRPOT_EWALD_COULOMB 0 /**< Points and Gaussians of any widths. */
/** 4 pi exp(-sigma^2 k^2/2)/k^2 (arXiv 2408.15165), erf(r/(sqrt2 sigma))/r between two atoms:
 * Gaussians of width sigma/sqrt2. All of it is summed in reciprocal space: no pairs, no list.
 * n_widths, splitting and cutoff must be 0. */
#define LRPOT_EWALD_LATENT 1
/** E = -sum_{i<j} s_i s_j/r^6 over all images: for charges q read amplitudes s = sqrt(C6), eV^(1/2)
 * A^3, of either sign; potential is dE/ds. No Coulomb constant. The sum converges as it stands, so
 * nothing is neutralised and the term k = 0 is kept. Crystals (periodic_mask 7), and isolated
 * systems by all pairs whatever the method; slabs: LRPOT_E_UNSUPPORTED, as matrices and second
 * derivatives. The split is Gaussian: LRPOT_EWALD_MESH has prolate windows only. n_widths and other
 * flags than LRPOT_EWALD_RELATIVE must be 0. docs/theory/dispersion.md. */
#define LRPOT_EWALD_DISPERSION 2
/** accuracy is a fraction of the force between unit charges at 1 A: LRPOT_COULOMB_CONSTANT, or 6
 * eV/A of dispersion. */
#define LRPOT_EWALD_RELATIVE 1
/** Count the self-energy q^2/(2 sqrt(pi) s) of each Gaussian of width s; for LRPOT_EWALD_LATENT
 * that is q^2/(sqrt(2 pi) sigma), which is part of |S(k)|^2 and is taken off otherwise. */
#define LRPOT_EWALD_SELF 2
/** Crystals (periodic_mask 7) of layers with vacuum: adds 2 pi k_e/V (M^2 - Q sum q z^2 - Q^2
 * L^2/12), z along c* and not wrapped, M = sum q z, L the distance of layers (Yeh and Berkowitz
 * 1999; Ballenegger, Arnold, Cerda 2009). Approaches the slab of two periodic directions as vacuum
 * grows; the cell may be tilted in any way. Does not depend on the origin, nor on Q. */
#define LRPOT_EWALD_SLAB_CORRECTION 4
/** Crystals: vacuum, not metal, around a large sphere of copies: adds 2 pi k_e/(3 V) |sum q r|^2, r
 * not wrapped. With a net charge this depends on the origin: moving all atoms by d changes the sum
 * to M + Q d. */
#define LRPOT_EWALD_VACUUM 8

/** @brief Creates a solver. @return LRPOT_E_ARGUMENT, LRPOT_E_ACCURACY (below what double precision
 * gives), LRPOT_E_MEMORY. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_ewald_create(lrpot_ewald **out,
                                                           const lrpot_ewald_options *options);
/** @brief Frees a solver; NULL is allowed. @since 0.1 */
LRPOT_API void lrpot_ewald_free(lrpot_ewald *ewald);

/** @brief Energy and its derivatives for given charges.
 *
 *  Periodic: tin-foil surroundings; a net charge is neutralised by a uniform background, energy and
 * stress included (the k = 0 term of the full kernel is dropped). Isolated (periodic_mask 0): all
 * pairs, or from 2000 atoms on a mesh in a box large enough for the kernel to end, whichever takes
 * less time; LRPOT_EWALD_EXACT and _MESH choose. Where a process does not know all atoms there is
 * no choice but the box. Slab (two bits of periodic_mask): the sum over the plane alone, the
 * remaining row of the cell is not looked at; a net charge stays as it is, with -2 pi k_e |z|/A
 * between unit charges as the mean over the plane (docs/theory/boundaries.md). One bit:
 * LRPOT_E_UNSUPPORTED. Real-space neighbours come from @p list when its cutoff suffices, otherwise
 * (single process, no ghosts) the solver searches itself. With ghosts or several processes the
 * splitting is made for the list, so that results do not depend on the number of processes.
 *  @param[in]     q     e, [n_all]: charges of owned atoms and ghosts. The system's net charge is
 * their sum over owned atoms.
 *  @param[in]     list  NULL: the solver searches itself.
 *  With the mesh the sum of the forces is made zero by a correction far below the error asked for.
 * Processes of a parallel host share the mesh where comm->exchange is given, and each hold all of
 * it otherwise.
 *  @param[in]     comm  NULL for one process; otherwise `sum` is called for totals and, with exact
 * sums or without `exchange`, for what is summed over k.
 *  @param[in,out] out   energy, energy_atom, forces, virial, virial_atom, potential, field;
 * overwritten unless LRPOT_ADD. Energy and virial are the totals of all processes' shares on each:
 * only this process' share is returned, so that the host's sum is the total.
 *  @return LRPOT_E_COINCIDENT, LRPOT_E_CELL, LRPOT_E_CUTOFF, LRPOT_E_NOT_FINITE,
 * LRPOT_E_UNSUPPORTED, LRPOT_E_MEMORY. @collective over comm. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_ewald_eval(
    const lrpot_ewald *ewald, lrpot_workspace *work, const lrpot_atoms *atoms,
    const lrpot_nlist *list, const lrpot_comm *comm, const double *q, lrpot_outputs *out);

/** @brief Several charges per atom that do not see each other: the sum of the energies of all
 * channels, as latent charges have it.
 *
 *  Neighbours, places on the mesh and reciprocal vectors are found once. The accuracy holds for the
 * forces of all channels together.
 *  @param[in]     n_channels  1 to LRPOT_EWALD_MAX_CHANNELS.
 *  @param[in]     q     e, [n_channels][n_all].
 *  @param[in,out] out   potential [n_channels][n_owned] and field [n_channels][n_owned][3] of each
 * channel; the rest is summed. Otherwise as lrpot_ewald_eval(), but for @p comm whose `sum` is
 * called once more and for each channel.
 *  @return As lrpot_ewald_eval(). @collective over comm. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status
lrpot_ewald_eval_channels(const lrpot_ewald *ewald, lrpot_workspace *work, const lrpot_atoms *atoms,
                          const lrpot_nlist *list, const lrpot_comm *comm, int32_t n_channels,
                          const double *q, lrpot_outputs *out);
#define LRPOT_EWALD_MAX_CHANNELS 64 /**< Largest number of channels. */

/** @brief The sum as matrices, for fits at fixed positions: E = 1/2 q.A.q. Single process, no
 * ghosts; memory O(n^2).
 *  @param[out] matrix    [n][n] V/e: A, symmetric; diagonal holds the self-interaction with images
 * and background.
 *  @param[out] gradient  [n][3][n] or NULL: gradient[i][a][j] = force on atom i along a per q_i
 * q_j, so that F_ia = q_i sum_j gradient[i][a][j] q_j (eV/A per e^2).
 *  @param[out] strain    [6][n][n] or NULL: component c of xx, yy, zz, yz, xz, xy is ab; 1/2
 * q.strain[c].q = -virial[a][b] of lrpot_outputs for the same charges. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_ewald_matrix(const lrpot_ewald *ewald,
                                                           lrpot_workspace *work,
                                                           const lrpot_atoms *atoms, double *matrix,
                                                           double *gradient, double *strain);

/** @brief Parameters that an evaluation uses, for reports. */
typedef struct lrpot_ewald_report {
    size_t struct_size; /**< sizeof(lrpot_ewald_report). */
    /** 1/A: alpha; with the prolate split c/(2 cutoff), which damps the same vectors. */
    double splitting;
    double real_cutoff;     /**< A. */
    double k_cutoff;        /**< 1/A. */
    double predicted_error; /**< eV/A, root mean square; for unit charges where none are given. */
    int64_t n_vectors;      /**< Reciprocal vectors summed (half space); 0 for the mesh. */
    int32_t method;         /**< LRPOT_EWALD_EXACT, _MESH or _SPLINE. */
    /** Points along each axis that a charge is spread over; 0 without a mesh. */
    int32_t order;
    int32_t mesh[3];  /**< Points of the mesh; 0 without one. */
    int32_t reserved; /**< 0. */
    /** Of one evaluation, measured by lrpot_ewald_tune(); 0 where nothing was timed. */
    double seconds;
    /** V: bound of the root mean square error of the potential. This and the next two hold where
     * the errors of all pairs add up, as in perfect crystals, whose true errors are up to this
     * large; those of liquids are 5 to 100 times smaller. lrpot_ewald_error() measures them. */
    double predicted_potential;
    double predicted_energy; /**< eV per atom: bound of the error of the energy. */
    /** eV/A^3: bound of the error of the pressure; 0 but for crystals (periodic_mask 7). */
    double predicted_pressure;
} lrpot_ewald_report;
/** Zeros. */
#define LRPOT_EWALD_REPORT_INIT                                                                 \
    {                                                                                           \
        sizeof(lrpot_ewald_report), 0.0, 0.0, 0.0, 0.0, 0, 0, 0, { 0, 0, 0 }, 0, 0.0, 0.0, 0.0, \
            0.0                                                                                 \
    }
/** @brief Parameters that the solver uses for these atoms: those of the last evaluation with this
 * workspace where they still hold, otherwise what it would choose for unit charges. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_ewald_plan(const lrpot_ewald *ewald,
                                                         lrpot_workspace *work,
                                                         const lrpot_atoms *atoms,
                                                         lrpot_ewald_report *report);

/** @brief Creates a solver whose parameters are the fastest for a system at the accuracy asked for.
 *
 *  Published estimates give the error of each candidate (Kolafa and Perram, Mol. Simul. 9, 351
 * (1992); Ballenegger, Cerda and Holm, J. Chem. Theory Comput. 8, 936 (2012), for B-splines and
 * prolates alike); the candidates that keep the accuracy are timed on the system itself, and
 * cutoff, method, order and mesh of the fastest are fixed in the new solver. Crystals periodic in
 * three directions: the error of the fastest is then measured as by lrpot_ewald_error(), and where
 * it leaves room, the reserve that the estimates keep for worse systems (a factor of 2) is used up;
 * what is predicted without it stays within the accuracy. Single process.
 *  @param[out] out      The solver; free with lrpot_ewald_free().
 *  @param[in]  options  Accuracy, kernel, widths; a method, cutoff, order or mesh given there is
 * kept.
 *  @param[in]  list     The list that evaluations will be given, or NULL.
 *  @param[in]  q        e, [n_all].
 *  @param[in]  seconds  Time budget for timing, to be exceeded by some evaluations and the
 * measurement of errors; 0: by estimated costs alone, nothing is timed.
 *  @param[in,out] report  What was chosen, its predicted error, and its measured time; or NULL.
 *  @return LRPOT_E_ACCURACY when nothing keeps the accuracy; otherwise as lrpot_ewald_create() and
 * lrpot_ewald_eval(). @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status
lrpot_ewald_tune(lrpot_ewald **out, const lrpot_ewald_options *options, lrpot_workspace *work,
                 const lrpot_atoms *atoms, const lrpot_nlist *list, const double *q, double seconds,
                 lrpot_ewald_report *report);

/** @brief What lrpot_ewald_error() measures. */
typedef struct lrpot_ewald_error_report {
    size_t struct_size; /**< sizeof(lrpot_ewald_error_report). */
    /** eV/A: root mean square over the sample of the length of the error of the force, as
     * `accuracy` of the options. */
    double forces;
    double largest;   /**< eV/A: largest such length. */
    double potential; /**< V: root mean square error of the potential. */
    /** eV/A: root mean square length of the exact forces, for relative errors. */
    double size;
    double reference; /**< eV/A: error expected of the sum compared with. */
    int64_t n_sample; /**< Atoms compared. */
    double energy;    /**< eV per atom, signed: that of the evaluation less the exact one. */
    /** eV/A^3, signed, of the pressure (tr virial/3V); 0 but for crystals (periodic_mask 7). */
    double pressure;
} lrpot_ewald_error_report;
/** Zeros. */
#define LRPOT_EWALD_ERROR_REPORT_INIT                                          \
    {                                                                          \
        sizeof(lrpot_ewald_error_report), 0.0, 0.0, 0.0, 0.0, 0.0, 0, 0.0, 0.0 \
    }
/** @brief True error of lrpot_ewald_eval() with its present parameters, against a sum over every
 * pair and vector that is ten thousand times more accurate (or as accurate as doubles allow).
 *
 *  Structure factors are made of all atoms and fields at a sample only, split so that the cost is
 * O(n sqrt(n_sample)): some seconds for 10^5 atoms and a sample of 30. Slabs are compared with a
 * finer sum of their own over all atoms. One process, no ghosts.
 *  @param[in]  list      As for lrpot_ewald_eval().
 *  @param[in]  n_sample  Atoms compared, one drawn at random (always the same) from each n-th of
 * the atoms; 0 or >= n: all.
 *  @return As lrpot_ewald_eval(); LRPOT_E_UNSUPPORTED with ghosts. @allocates Yes. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_ewald_error(
    const lrpot_ewald *ewald, lrpot_workspace *work, const lrpot_atoms *atoms,
    const lrpot_nlist *list, const double *q, int64_t n_sample, lrpot_ewald_error_report *report);

LRPOT_END_DECLS
#endif
