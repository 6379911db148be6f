/** @file lrpot/tensors.h
 *  @brief Atomic polar tensors, dipoles and polarizabilities learned directly: heads of the moment
 *  tensor basis that rotate with the atoms.
 *
 *  Independent scheme of arXiv 2601.03656: the tensor of atom i is linear in contractions that
 *  leave two indices open, Z_i = t_i 1 + A_i + S_i. The trace is t_i = c_z(i) + sum_k c_zk B_k(i);
 *  the antisymmetric part A_i and the symmetric traceless part S_i have the same form. Each part
 *  has coefficients of its own for every species. Dipoles: mu = sum_i m_i with vectors m_i of this
 *  form. Polarizabilities: alpha = sum_i (t_i 1 + S_i). First index: polarization (or field);
 * second: displacement. @see docs/theory/polar_tensors.md */
#ifndef LRPOT_TENSORS_H
#define LRPOT_TENSORS_H

#include <lrpot/response.h>

LRPOT_BEGIN_DECLS

/** @brief A model of polar tensors, dipoles or polarizabilities. Immutable except by the set
 * functions, so threads share it. */
typedef struct lrpot_tensor_model lrpot_tensor_model;

/** Atomic polar tensors (Born charges) by heads of rank 2. */
#define LRPOT_TENSORS_INDEPENDENT 0
/** The dipole of isolated neutral systems by heads of rank 1; its derivative gives their Born
 *  charges. */
#define LRPOT_TENSORS_DIPOLE 1
/** gamma times the Born charges of a potential's charge model, one gamma for all atoms. */
#define LRPOT_TENSORS_GLOBAL 2
/** d(sum gamma_i q_i r_i)/dr with the charges q of a potential and gamma_i = c_z + sum_k c_zk
 *  B_k(i). */
#define LRPOT_TENSORS_LOCAL 3
/** The polarizability of a system by symmetric heads of rank 2, one tensor for each atom; its
 *  derivative gives Raman tensors. */
#define LRPOT_TENSORS_POLARIZABILITY 4

/** @brief Options of a tensor model; fill with LRPOT_TENSOR_OPTIONS_INIT.
 *
 *  A moment of radial number n over the neighbours of one species, with nu indices, has the level 2
 *  + radial_cost n + nu. The functions are the contracted products of f moments whose levels sum to
 *  at most levels[f - 1]. */
typedef struct lrpot_tensor_options {
    size_t struct_size; /**< sizeof(lrpot_tensor_options). */
    /** [n_species], element symbols (or labels) of the species; copied. */
    const char *const *symbols;
    int32_t n_species; /**< Number of species, 1 to 32. */
    int32_t kind;      /**< LRPOT_TENSORS_*. */
    /** Largest level of products of 1, 2, 3, 4 moments, each 0 (no such product) to 40; all 0 means
     * 14, 14, 0, 0. */
    int32_t levels[4];
    /** Increase of the level by n -> n + 1, 1 to 8; 0 means 2. */
    int32_t radial_cost;
    int32_t kernel; /**< LRPOT_KERNEL_*. */
    /** A: lower end of the interval of the radial functions (not a cut). */
    double min_distance;
    /** A: upper end of the interval; neighbours beyond it do not count. */
    double cutoff;
    /** GLOBAL and LOCAL: the model with the charges, one per atom; copied. Its species are those of
     * the tensor model; symbols and n_species are ignored. levels and the other options are those
     * of gamma (LOCAL). */
    const lrpot_potential *potential;
} lrpot_tensor_options;
/** @brief 0.8 to 5 A, the rest default; the caller fills symbols and n_species. */
#define LRPOT_TENSOR_OPTIONS_INIT                                                      \
    {                                                                                  \
        sizeof(lrpot_tensor_options), NULL, 0, 0, { 0, 0, 0, 0 }, 0, 0, 0.8, 5.0, NULL \
    }

/** @brief Creates a model with all coefficients zero.
 *  @param[out] out      The model; the caller frees it with lrpot_tensor_model_free(). Untouched on
 *    failure.
 *  @param[in]  options  Options; copied.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_SIZE; LRPOT_E_ARGUMENT; LRPOT_E_NOT_FINITE;
 *    LRPOT_E_UNSUPPORTED (kernel not on this processor; a potential without charges or with several
 *    channels); LRPOT_E_MEMORY.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status
lrpot_tensor_model_create(lrpot_tensor_model **out, const lrpot_tensor_options *options);
/** @brief Frees a model.
 *  @param[in] model  Model; NULL is allowed.
 *  @threadsafety Not while another thread uses it.
 *  @since 0.1 */
LRPOT_API void lrpot_tensor_model_free(lrpot_tensor_model *model);
/** @brief Options in use, with defaults filled in.
 *
 *  symbols and potential are borrowed from the model, the potential until a fit with
 *  lrpot_fit_factor_joint() replaces it.
 *  @param[in]     model    Model.
 *  @param[in,out] options  struct_size must be set.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_SIZE.
 *  @threadsafety Safe while no thread changes the model.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status
lrpot_tensor_model_get_options(const lrpot_tensor_model *model, lrpot_tensor_options *options);
/** @brief Cutoff that a neighbour list must reach.
 *  @param[in] model  Model; NULL is allowed.
 *  @return A; 0 for NULL.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API double lrpot_tensor_model_cutoff(const lrpot_tensor_model *model);
/** @brief Number of coefficients.
 *
 *  For each species those of the functions of the trace and then the constant c_z; then those of
 *  the antisymmetric part and those of the symmetric traceless part. A dipole model has those of
 *  the vectors alone, LOCAL those of gamma in the form of the trace, GLOBAL gamma itself,
 *  POLARIZABILITY those of the trace and of the symmetric traceless part.
 *  @param[in] model  Model; NULL is allowed.
 *  @return Number of coefficients; 0 for NULL.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API int64_t lrpot_tensor_model_param_count(const lrpot_tensor_model *model);
/** @brief Copies the coefficients.
 *  @param[in]  model   Model.
 *  @param[in]  n       lrpot_tensor_model_param_count().
 *  @param[out] params  [n], in the order of lrpot_tensor_model_param_count().
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_ARGUMENT (n).
 *  @threadsafety Safe while no thread changes the model.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status
lrpot_tensor_model_get_params(const lrpot_tensor_model *model, int64_t n, double *params);
/** @brief Replaces the coefficients.
 *  @param[in,out] model   Model; unchanged on failure.
 *  @param[in]     n       lrpot_tensor_model_param_count().
 *  @param[in]     params  [n], in the order of lrpot_tensor_model_param_count(); copied.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_ARGUMENT (n); LRPOT_E_NOT_FINITE.
 *  @threadsafety Not while another thread uses the model.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_tensor_model_set_params(lrpot_tensor_model *model,
                                                                      int64_t n,
                                                                      const double *params);

/** @brief Polar tensors Z[i][a][b] = d(V P_a)/dr_ib of the owned atoms.
 *
 *  INDEPENDENT allows every periodicity. Its atoms depend on their neighbours only, so the pieces
 *  of a parallel host need no communication. DIPOLE gives the derivative of its dipole. GLOBAL and
 *  LOCAL use lrpot_response_born_charges() or its form, and take one process, and isolated or
 *  three-dimensionally periodic systems. LOCAL uses the effective charges gamma q minus their mean
 *  (plus Q/N), and in isolated systems positions from their mean. All kinds except INDEPENDENT need
 *  atoms->ghost_owner with ghosts; the forces of a field and the current of the pieces of a
 *  parallel host do not.
 *  @param[in]     model     Model; not modified.
 *  @param[in,out] work      Scratch memory of the calling thread, from lrpot_workspace_create().
 *  @param[in]     atoms     Atoms; borrowed during the call.
 *  @param[in]     list      Full list with cutoff >= lrpot_tensor_model_cutoff().
 *  @param[out]    Z         e, [n_owned][3][3], raw: lrpot_response_project() imposes the sum rule.
 *    Undefined after a failure.
 *  @param[out]    residual  e, [3][3] or NULL: mean over the owned atoms of Z minus Q/N on the
 *    diagonal.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_SIZE and LRPOT_E_ARGUMENT (a struct, a fragment or the
 *    list does not fit); LRPOT_E_NOT_FINITE; LRPOT_E_CELL; LRPOT_E_SPECIES; LRPOT_E_CUTOFF;
 *    LRPOT_E_STATE (the rebuild of the list failed); LRPOT_E_COINCIDENT; LRPOT_E_SINGULAR;
 *    LRPOT_E_NOT_CONVERGED; LRPOT_E_ACCURACY; LRPOT_E_UNSUPPORTED; LRPOT_E_MEMORY.
 *    LRPOT_E_UNSUPPORTED for a system that the kind excludes.
 *  @threadsafety Concurrent calls need different @p work and outputs.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_tensor_model_born_charges(
    const lrpot_tensor_model *model, lrpot_workspace *work, const lrpot_atoms *atoms,
    const lrpot_nlist *list, double *Z, double *residual);
/** @brief Polar tensors on the domains of a parallel host.
 *
 *  Each process gets its share: the host adds what ghosts hold to their owners, as with forces.
 *  @param[in]     model  Model; not modified.
 *  @param[in,out] work   Scratch memory of the calling thread, from lrpot_workspace_create().
 *  @param[in]     atoms  Atoms; borrowed during the call. ghost_owner is not used.
 *  @param[in]     list   Full list with cutoff >= lrpot_tensor_model_cutoff().
 *  @param[in]     comm   With forward, as for lrpot_tensor_model_field_forces().
 *  @param[out]    Z      e, [n_all][3][3]; first index: polarization. Undefined after a failure.
 *  @return As lrpot_tensor_model_born_charges(); a negative value from @p comm as it came.
 *  @threadsafety Concurrent calls need different @p work and outputs.
 *  @collective Yes, over @p comm.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_tensor_model_born_shares(
    const lrpot_tensor_model *model, lrpot_workspace *work, const lrpot_atoms *atoms,
    const lrpot_nlist *list, const lrpot_comm *comm, double *Z);
/** @brief lrpot_tensor_model_born_charges() for a structure of the library.
 *  @param[in]     model      Model; not modified.
 *  @param[in,out] work       Scratch memory of the calling thread, from lrpot_workspace_create().
 *  @param[in]     structure  Structure; not modified.
 *  @param[out]    Z          e, [n][3][3], raw; undefined after a failure.
 *  @param[out]    residual   e, [3][3] or NULL: mean over the atoms of Z minus Q/N on the diagonal.
 *  @return As lrpot_tensor_model_born_charges().
 *  @threadsafety Concurrent calls need different @p work and outputs.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_tensor_model_born_charges_structure(
    const lrpot_tensor_model *model, lrpot_workspace *work, const lrpot_structure *structure,
    double *Z, double *residual);
/** @brief Forces of a uniform field, F_ib = sum_a Z[i][a][b] E_a, for dynamics in a field.
 *
 *  The mean of Z over all atoms is subtracted (Q/N is left on the diagonal), so that the field
 *  moves no neutral system as a whole. The forces have no energy: the work of the field along a
 *  trajectory is E times the integral of lrpot_tensor_model_current().
 *  @param[in]     model  Model; not modified.
 *  @param[in,out] work   Scratch memory of the calling thread, from lrpot_workspace_create().
 *  @param[in]     atoms  Atoms; borrowed during the call.
 *  @param[in]     list   Full list with cutoff >= lrpot_tensor_model_cutoff().
 *  @param[in]     comm   NULL for one process. All kinds except INDEPENDENT need comm->forward
 *    where ghosts have no atoms->ghost_owner.
 *  @param[in]     field  V/A, [3], as applied: learned tensors are physical ones, not screened.
 *  @param[in,out] out    forces [n_all][3], overwritten unless LRPOT_ADD is set. Ghosts receive
 *    partial forces for their owners unless atoms->ghost_owner is given (INDEPENDENT: zero). Other
 *    members are ignored. Undefined after a failure.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_SIZE and LRPOT_E_ARGUMENT (a struct, a fragment or the
 *    list does not fit); LRPOT_E_NOT_FINITE; LRPOT_E_CELL; LRPOT_E_SPECIES; LRPOT_E_CUTOFF;
 *    LRPOT_E_STATE (the rebuild of the list failed); LRPOT_E_COINCIDENT; LRPOT_E_SINGULAR;
 *    LRPOT_E_NOT_CONVERGED; LRPOT_E_ACCURACY; LRPOT_E_UNSUPPORTED; LRPOT_E_MEMORY; a negative value
 *    from @p comm as it came. LRPOT_E_UNSUPPORTED for a system that the kind excludes.
 *  @threadsafety Concurrent calls need different @p work and outputs.
 *  @collective Yes, over @p comm.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_tensor_model_field_forces(
    const lrpot_tensor_model *model, lrpot_workspace *work, const lrpot_atoms *atoms,
    const lrpot_nlist *list, const lrpot_comm *comm, const double *field, lrpot_outputs *out);
/** @brief Dipole current sum_i Z_i.v_i, the rate of the dipole, with the Z of
 *  lrpot_tensor_model_field_forces().
 *  @param[in]     model       Model; not modified.
 *  @param[in,out] work        Scratch memory of the calling thread, from lrpot_workspace_create().
 *  @param[in]     atoms       Atoms; borrowed during the call.
 *  @param[in]     list        Full list with cutoff >= lrpot_tensor_model_cutoff().
 *  @param[in]     comm        As for lrpot_tensor_model_field_forces().
 *  @param[in]     velocities  [n_owned][3], in any unit of velocity.
 *  @param[out]    current     [3], e times that unit: this process' share.
 *  @return As lrpot_tensor_model_field_forces(); LRPOT_E_ARGUMENT also for ghosts whose velocities
 *    neither comm->forward nor atoms->ghost_owner fills.
 *  @threadsafety Concurrent calls need different @p work and outputs.
 *  @collective Yes, over @p comm.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_tensor_model_current(
    const lrpot_tensor_model *model, lrpot_workspace *work, const lrpot_atoms *atoms,
    const lrpot_nlist *list, const lrpot_comm *comm, const double *velocities, double *current);
/** @brief Dipole of an isolated neutral system.
 *  @param[in]     model   Model of LRPOT_TENSORS_DIPOLE; not modified.
 *  @param[in,out] work    Scratch memory of the calling thread, from lrpot_workspace_create().
 *  @param[in]     atoms   Atoms; borrowed during the call.
 *  @param[in]     list    Full list with cutoff >= lrpot_tensor_model_cutoff().
 *  @param[out]    dipole  e A, [3]: this process' share.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_SIZE and LRPOT_E_ARGUMENT (a struct or the list does not
 *    fit); LRPOT_E_NOT_FINITE; LRPOT_E_CELL; LRPOT_E_SPECIES; LRPOT_E_CUTOFF; LRPOT_E_STATE (the
 *    rebuild of the list failed); LRPOT_E_COINCIDENT; LRPOT_E_MEMORY; LRPOT_E_UNSUPPORTED for a
 *    model of another kind, and for a periodic or charged system.
 *  @threadsafety Concurrent calls need different @p work and outputs.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_tensor_model_dipole(const lrpot_tensor_model *model,
                                                                  lrpot_workspace *work,
                                                                  const lrpot_atoms *atoms,
                                                                  const lrpot_nlist *list,
                                                                  double *dipole);
/** @brief lrpot_tensor_model_dipole() for a structure of the library.
 *  @param[in]     model      Model of LRPOT_TENSORS_DIPOLE; not modified.
 *  @param[in,out] work       Scratch memory of the calling thread, from lrpot_workspace_create().
 *  @param[in]     structure  Structure; not modified.
 *  @param[out]    dipole     e A, [3].
 *  @return As lrpot_tensor_model_dipole().
 *  @threadsafety Concurrent calls need different @p work and outputs.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status
lrpot_tensor_model_dipole_structure(const lrpot_tensor_model *model, lrpot_workspace *work,
                                    const lrpot_structure *structure, double *dipole);

/** @brief Polarizability of a system: the sum of the tensors of its atoms.
 *
 *  All periodicities. Of a crystal's cell it is V (eps_inf - 1)/(4 pi).
 *  @param[in]     model  Model of LRPOT_TENSORS_POLARIZABILITY; not modified.
 *  @param[in,out] work   Scratch memory of the calling thread, from lrpot_workspace_create().
 *  @param[in]     atoms  Atoms; borrowed during the call.
 *  @param[in]     list   Full list with cutoff >= lrpot_tensor_model_cutoff().
 *  @param[out]    alpha  A^3, [3][3], symmetric: this process' share.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_SIZE and LRPOT_E_ARGUMENT (a struct or the list does not
 *    fit); LRPOT_E_NOT_FINITE; LRPOT_E_CELL; LRPOT_E_SPECIES; LRPOT_E_CUTOFF; LRPOT_E_STATE (the
 *    rebuild of the list failed); LRPOT_E_COINCIDENT; LRPOT_E_MEMORY; LRPOT_E_UNSUPPORTED for a
 *    model of another kind.
 *  @threadsafety Concurrent calls need different @p work and outputs.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status
lrpot_tensor_model_polarizability(const lrpot_tensor_model *model, lrpot_workspace *work,
                                  const lrpot_atoms *atoms, const lrpot_nlist *list, double *alpha);
/** @brief lrpot_tensor_model_polarizability() for a structure of the library.
 *  @param[in]     model      Model of LRPOT_TENSORS_POLARIZABILITY; not modified.
 *  @param[in,out] work       Scratch memory of the calling thread, from lrpot_workspace_create().
 *  @param[in]     structure  Structure; not modified.
 *  @param[out]    alpha      A^3, [3][3], symmetric.
 *  @return As lrpot_tensor_model_polarizability().
 *  @threadsafety Concurrent calls need different @p work and outputs.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status
lrpot_tensor_model_polarizability_structure(const lrpot_tensor_model *model, lrpot_workspace *work,
                                            const lrpot_structure *structure, double *alpha);
/** @brief Raman tensors of the atoms: exact derivatives of lrpot_tensor_model_polarizability(), by
 *  one adjoint pass for each of its components.
 *  @param[in]     model     Model of LRPOT_TENSORS_POLARIZABILITY; not modified.
 *  @param[in,out] work      Scratch memory of the calling thread, from lrpot_workspace_create().
 *  @param[in]     atoms     Atoms of one process; ghosts need atoms->ghost_owner.
 *  @param[in]     list      Full list with cutoff >= lrpot_tensor_model_cutoff().
 *  @param[out]    gradient  A^2, [n_owned][3][3][3]: gradient[i][a][b][c] = d alpha_ab/dr_ic.
 *    Undefined after a failure.
 *  @return As lrpot_tensor_model_polarizability(); LRPOT_E_UNSUPPORTED also for ghosts without
 *    owners.
 *  @threadsafety Concurrent calls need different @p work and outputs.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_tensor_model_raman(const lrpot_tensor_model *model,
                                                                 lrpot_workspace *work,
                                                                 const lrpot_atoms *atoms,
                                                                 const lrpot_nlist *list,
                                                                 double *gradient);
/** @brief lrpot_tensor_model_raman() for a structure of the library.
 *  @param[in]     model      Model of LRPOT_TENSORS_POLARIZABILITY; not modified.
 *  @param[in,out] work       Scratch memory of the calling thread, from lrpot_workspace_create().
 *  @param[in]     structure  Structure; not modified.
 *  @param[out]    gradient   A^2, [n][3][3][3]; undefined after a failure.
 *  @return As lrpot_tensor_model_raman().
 *  @threadsafety Concurrent calls need different @p work and outputs.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status
lrpot_tensor_model_raman_structure(const lrpot_tensor_model *model, lrpot_workspace *work,
                                   const lrpot_structure *structure, double *gradient);

/** @brief Loads a model from its own file.
 *  @param[out] out   The model; the caller frees it with lrpot_tensor_model_free(). Untouched on
 *    failure.
 *  @param[in]  path  Name of the file.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_OPEN; LRPOT_E_READ; LRPOT_E_PARSE; LRPOT_E_VERSION;
 *    LRPOT_E_CHECKSUM; LRPOT_E_MEMORY.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_tensor_model_load(lrpot_tensor_model **out,
                                                                const char *path);
/** @brief Saves a model: JSON text, %.17g, checksum. The file appears whole or not at all.
 *  @param[in] model  Model; not modified.
 *  @param[in] path   Name of the file.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_NOT_FINITE; LRPOT_E_WRITE; LRPOT_E_MEMORY.
 *  @threadsafety Safe for different paths.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_tensor_model_save(const lrpot_tensor_model *model,
                                                                const char *path);
/** @brief Tests if a file is one of a tensor model.
 *  @param[in] path  Name of the file.
 *  @return 1 or 0; 0 also when the file cannot be read.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API int32_t lrpot_tensor_model_recognise(const char *path);

/** @brief A fit of a tensor model: sums over the data, from which the coefficients follow in closed
 *  form. One thread at a time. */
typedef struct lrpot_tensor_fit lrpot_tensor_fit;

#define LRPOT_TENSOR_FIT_TRAIN 0 /**< Training set. */
#define LRPOT_TENSOR_FIT_VALID 1 /**< Validation set: chooses the regularization. */

/** @brief Creates a fit.
 *  @param[out]    out    The fit; the caller frees it with lrpot_tensor_fit_free(). Untouched on
 *    failure.
 *  @param[in,out] model  Model; borrowed until the fit is freed, changed by lrpot_tensor_fit_run().
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_MEMORY.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_tensor_fit_create(lrpot_tensor_fit **out,
                                                                lrpot_tensor_model *model);
/** @brief Frees a fit, not its model.
 *  @param[in] fit  Fit; NULL is allowed.
 *  @threadsafety Not while another thread uses it.
 *  @since 0.1 */
LRPOT_API void lrpot_tensor_fit_free(lrpot_tensor_fit *fit);
/** @brief Adds a structure with its Born charges. LRPOT_TENSORS_DIPOLE takes its dipole and Born
 *  charges as present (isolated neutral structures), LRPOT_TENSORS_POLARIZABILITY its
 *  polarizability, or that of its cell by eps_inf where it states none. The fit keeps only sums.
 *  @param[in,out] fit        Fit.
 *  @param[in,out] work       Scratch memory of the calling thread, from lrpot_workspace_create().
 *  @param[in]     structure  Structure; not needed after the call.
 *  @param[in]     set        LRPOT_TENSOR_FIT_TRAIN or LRPOT_TENSOR_FIT_VALID.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_SIZE and LRPOT_E_ARGUMENT (a struct, a fragment or the
 *    list does not fit); LRPOT_E_NOT_FINITE; LRPOT_E_CELL; LRPOT_E_SPECIES; LRPOT_E_CUTOFF;
 *    LRPOT_E_STATE (the rebuild of the list failed); LRPOT_E_COINCIDENT; LRPOT_E_SINGULAR;
 *    LRPOT_E_NOT_CONVERGED; LRPOT_E_ACCURACY; LRPOT_E_UNSUPPORTED; LRPOT_E_MEMORY. LRPOT_E_STATE
 *    also for a structure without the fitted quantity; LRPOT_E_UNSUPPORTED for a system that the
 *    kind excludes; LRPOT_E_ARGUMENT also for the set.
 *  @threadsafety Needs exclusive use of the fit.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_tensor_fit_add(lrpot_tensor_fit *fit,
                                                             lrpot_workspace *work,
                                                             const lrpot_structure *structure,
                                                             int32_t set);
/** @brief Least squares with an L2 term on coefficients of functions scaled to unit size.
 *
 *  Each species and each part is a separate fit. The gammas of LOCAL are one fit. That of GLOBAL is
 *  <Z, Z~>/<Z~, Z~> without an L2 term (arXiv 2601.03656).
 *  @param[in,out] fit             Fit; its model gets the new coefficients.
 *  @param[in]     regularization  Strength of the term, relative to the number of equations. 0: for
 *    each part the strength of least validation error, or 1e-6 without a validation set.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_ARGUMENT; LRPOT_E_STATE without training data;
 *    LRPOT_E_SINGULAR; LRPOT_E_NOT_FINITE; LRPOT_E_MEMORY.
 *  @threadsafety Needs exclusive use of the fit and of its model.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_tensor_fit_run(lrpot_tensor_fit *fit,
                                                             double regularization);
/** @brief Root mean square error of the model's tensors (raw), dipoles or polarizabilities over a
 *  set, per component.
 *  @param[in]  fit   Fit.
 *  @param[in]  set   LRPOT_TENSOR_FIT_TRAIN or LRPOT_TENSOR_FIT_VALID.
 *  @param[out] rmse  e, e A or A^3; 0 without data.
 *  @param[out] n     Number of components compared.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_ARGUMENT (set).
 *  @threadsafety Safe while no thread changes the fit.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_tensor_fit_error(const lrpot_tensor_fit *fit,
                                                               int32_t set, double *rmse,
                                                               int64_t *n);

LRPOT_END_DECLS
#endif
