/** @file lrpot/tensors.h
 *  @brief Atomic polar tensors and dipoles learned directly: heads of the moment tensor basis that
 * turn with the atoms.
 *
 *  Independent scheme of arXiv 2601.03656: the tensor of atom i is linear in contractions that
 * leave two indices open, Z_i = t_i 1 + A_i + S_i, with the trace t_i = c_z(i) + sum_k c_zk B_k(i),
 * an antisymmetric part A_i and a symmetric traceless part S_i of the like form, each with
 * coefficients of its own for every species. Dipoles: mu = sum_i m_i of vectors m_i of that form.
 *  First index: polarization (or field); second: displacement. @see docs/theory/polar_tensors.md */
#ifndef LRPOT_TENSORS_H
#define LRPOT_TENSORS_H

#include <lrpot/response.h>

LRPOT_BEGIN_DECLS

/** @brief A model of polar tensors or of dipoles. Immutable but for the set functions, so threads
 * share it. */
typedef struct lrpot_tensor_model lrpot_tensor_model;

/** Atomic polar tensors (Born charges) by heads of rank 2. */
#define LRPOT_TENSORS_INDEPENDENT 0
/** The dipole of isolated neutral systems by heads of rank 1; their Born charges are its
 * derivative. */
#define LRPOT_TENSORS_DIPOLE 1
/** gamma times the Born charges of a potential's charge model, one gamma for all. */
#define LRPOT_TENSORS_GLOBAL 2
/** d(sum gamma_i q_i r_i)/dr with the charges q of a potential and gamma_i = c_z + sum_k c_zk
 * B_k(i). */
#define LRPOT_TENSORS_LOCAL 3

/** @brief What a tensor model is made of; fill with LRPOT_TENSOR_OPTIONS_INIT.
 *
 *  A moment of radial number n over the neighbours of one species, with nu indices, has the level 2
 * + radial_cost n + nu; the functions are the products of f moments, contracted, whose levels add
 * up to no more than levels[f - 1]. */
typedef struct lrpot_tensor_options {
    size_t struct_size; /**< sizeof(lrpot_tensor_options). */
    /** Element symbols (or labels) of the species, [n_species]; copied. */
    const char *const *symbols;
    int32_t n_species; /**< 1 to 32. */
    int32_t kind;      /**< LRPOT_TENSORS_*. */
    /** Of products of 1, 2, 3, 4 moments, each 0 (no such product) to 40; all 0 means 14, 14, 0, 0.
     */
    int32_t levels[4];
    int32_t radial_cost; /**< 1 to 8; 0 means 2. */
    int32_t kernel;      /**< LRPOT_KERNEL_AUTO or one of the others. */
    /** A: lower end of the interval of the radial functions (not a cut). */
    double min_distance;
    double cutoff; /**< A: upper end, beyond which neighbours do not count. */
    /** GLOBAL and LOCAL: the model with the charges, one per atom; copied. Its species are the
     * model's, and symbols and n_species are not looked at; levels and the rest are those of gamma
     * (LOCAL). */
    const lrpot_potential *potential;
} lrpot_tensor_options;
/** 0.8-5 A, the rest default; the caller fills symbols and n_species. */
#define LRPOT_TENSOR_OPTIONS_INIT                                                      \
    {                                                                                  \
        sizeof(lrpot_tensor_options), NULL, 0, 0, { 0, 0, 0, 0 }, 0, 0, 0.8, 5.0, NULL \
    }

/** @brief Creates a model with all coefficients zero.
 *  @return LRPOT_E_ARGUMENT, LRPOT_E_SIZE, LRPOT_E_NOT_FINITE, LRPOT_E_UNSUPPORTED (kernel not on
 * this processor), LRPOT_E_MEMORY. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status
lrpot_tensor_model_create(lrpot_tensor_model **out, const lrpot_tensor_options *options);
/** @brief Frees a model; NULL is allowed. @since 0.1 */
LRPOT_API void lrpot_tensor_model_free(lrpot_tensor_model *model);
/** @brief Options as in use, defaults filled in; symbols and potential are borrowed from the model,
 * the potential until a fit with lrpot_fit_factor_joint() gives the model another. @param[in,out]
 * options  struct_size must be set. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status
lrpot_tensor_model_get_options(const lrpot_tensor_model *model, lrpot_tensor_options *options);
/** @brief Cutoff in A that a neighbour list must reach. @since 0.1 */
LRPOT_API double lrpot_tensor_model_cutoff(const lrpot_tensor_model *model);
/** @brief Number of coefficients: for each species those of the functions of the trace and, last,
 * the constant c_z; then those of the antisymmetric part and those of the symmetric traceless part;
 * of a dipole model those of the vectors alone; of LOCAL those of gamma in the form of the trace;
 * of GLOBAL gamma itself. @since 0.1 */
LRPOT_API int64_t lrpot_tensor_model_param_count(const lrpot_tensor_model *model);
/** @brief Copies the coefficients. @param[in] n  Must be the count. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status
lrpot_tensor_model_get_params(const lrpot_tensor_model *model, int64_t n, double *params);
/** @brief Replaces the coefficients; not while another thread uses the model. @return
 * LRPOT_E_ARGUMENT, LRPOT_E_NOT_FINITE. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_tensor_model_set_params(lrpot_tensor_model *model,
                                                                      int64_t n,
                                                                      const double *params);

/** @brief Polar tensors Z[i][a][b] = d(V P_a)/dr_ib of the owned atoms, of any boundary. Atoms see
 * their neighbours only, so the pieces of a parallel host need no communication
 * (LRPOT_TENSORS_INDEPENDENT).
 *
 *  A dipole model gives the derivative of its dipole; coupled models go by
 * lrpot_response_born_charges() or like it, so they take one process, and isolated or
 * three-dimensionally periodic systems. Of LOCAL the effective charges gamma q less their mean
 * (plus Q/N) count, and positions of isolated systems from their mean. All but INDEPENDENT: ghosts
 * need atoms->ghost_owner; the forces of a field and the current of the pieces of a parallel host
 * do without.
 *  @param[in]  list      Full list with cutoff >= lrpot_tensor_model_cutoff().
 *  @param[out] Z         e, [n_owned][3][3], raw: lrpot_response_project() imposes the sum rule.
 *  @param[out] residual  e, [3][3] or NULL: mean over the owned atoms of Z minus Q/N on the
 * diagonal.
 *  @return LRPOT_E_CUTOFF, LRPOT_E_SPECIES, LRPOT_E_NOT_FINITE, LRPOT_E_MEMORY, LRPOT_E_ARGUMENT,
 * LRPOT_E_UNSUPPORTED. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_tensor_model_born_charges(
    const lrpot_tensor_model *model, lrpot_workspace *work, const lrpot_atoms *atoms,
    const lrpot_nlist *list, double *Z, double *residual);
/** @brief The same for a structure of the library. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_tensor_model_born_charges_structure(
    const lrpot_tensor_model *model, lrpot_workspace *work, const lrpot_structure *structure,
    double *Z, double *residual);
/** @brief Forces of a uniform field, F_ib = sum_a Z[i][a][b] E_a, as dynamics under a field uses
 * them.
 *
 *  The mean of Z over all atoms is taken off (Q/N left on the diagonal), so that the field moves no
 * neutral system as a whole. No energy belongs to them: the work of the field along a trajectory is
 * E times the integral of lrpot_tensor_model_current().
 *  @param[in]     comm   NULL for one process. All but INDEPENDENT need comm->forward where ghosts
 * have no atoms->ghost_owner.
 *  @param[in]     field  V/A, [3], as applied: learned tensors are physical ones, not screened.
 *  @param[in,out] out    forces [n_all][3], overwritten unless LRPOT_ADD; ghosts receive partial
 * forces for their owners unless atoms->ghost_owner is given (INDEPENDENT: zero). Other members are
 * not looked at.
 *  @collective over comm. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_tensor_model_field_forces(
    const lrpot_tensor_model *model, lrpot_workspace *work, const lrpot_atoms *atoms,
    const lrpot_nlist *list, const lrpot_comm *comm, const double *field, lrpot_outputs *out);
/** @brief Dipole current sum_i Z_i.v_i with the same Z, the rate of the dipole.
 *  @param[in]  velocities  [n_owned][3], in any unit of velocity. @param[out] current  [3], e times
 * that unit: this process' share.
 *  @collective over comm. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_tensor_model_current(
    const lrpot_tensor_model *model, lrpot_workspace *work, const lrpot_atoms *atoms,
    const lrpot_nlist *list, const lrpot_comm *comm, const double *velocities, double *current);
/** @brief Dipole of an isolated system, e A, [3]: this process' share.
 *  @return LRPOT_E_UNSUPPORTED for a model that is not of LRPOT_TENSORS_DIPOLE, or a periodic
 * system. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_tensor_model_dipole(const lrpot_tensor_model *model,
                                                                  lrpot_workspace *work,
                                                                  const lrpot_atoms *atoms,
                                                                  const lrpot_nlist *list,
                                                                  double *dipole);
/** @brief The same for a structure of the library. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status
lrpot_tensor_model_dipole_structure(const lrpot_tensor_model *model, lrpot_workspace *work,
                                    const lrpot_structure *structure, double *dipole);

/** @brief Loads a model from its own file. @return LRPOT_E_OPEN, LRPOT_E_PARSE, LRPOT_E_VERSION,
 * LRPOT_E_CHECKSUM, LRPOT_E_MEMORY. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_tensor_model_load(lrpot_tensor_model **out,
                                                                const char *path);
/** @brief Saves a model: JSON text, %.17g, checksum; the file appears whole or not at all. @return
 * LRPOT_E_WRITE, LRPOT_E_MEMORY. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_tensor_model_save(const lrpot_tensor_model *model,
                                                                const char *path);
/** @brief Whether a file is one of a tensor model: 1 or 0 (also when it cannot be read). @since 0.1
 */
LRPOT_API int32_t lrpot_tensor_model_recognise(const char *path);

/** @brief A fit of a tensor model: sums over the data, from which the coefficients follow in closed
 * form. One thread at a time. */
typedef struct lrpot_tensor_fit lrpot_tensor_fit;

#define LRPOT_TENSOR_FIT_TRAIN 0 /**< Training set. */
#define LRPOT_TENSOR_FIT_VALID 1 /**< Validation set: chooses the regularization. */

/** @brief Creates a fit. The model is borrowed and changed by lrpot_tensor_fit_run(). @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_tensor_fit_create(lrpot_tensor_fit **out,
                                                                lrpot_tensor_model *model);
/** @brief Frees a fit, not its model; NULL is allowed. @since 0.1 */
LRPOT_API void lrpot_tensor_fit_free(lrpot_tensor_fit *fit);
/** @brief Adds a structure with its Born charges, or, for LRPOT_TENSORS_DIPOLE, its dipole and Born
 * charges as it has them (isolated neutral structures). Nothing of it is kept but sums.
 *  @param[in] set  LRPOT_TENSOR_FIT_TRAIN or LRPOT_TENSOR_FIT_VALID. @return LRPOT_E_STATE for a
 * structure without what is to be fitted, LRPOT_E_SPECIES, LRPOT_E_UNSUPPORTED, LRPOT_E_MEMORY ...
 * @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_tensor_fit_add(lrpot_tensor_fit *fit,
                                                             lrpot_workspace *work,
                                                             const lrpot_structure *structure,
                                                             int32_t set);
/** @brief Least squares with an L2 term on coefficients of functions scaled to unit size. Each
 * species and each part is a fit of its own; the gammas of LOCAL are one; that of GLOBAL is <Z,
 * Z~>/<Z~, Z~> without any such term.
 *  @param[in] regularization  Strength of the term, relative to the number of equations; 0: for
 * each part the one of least validation error, or 1e-6 without a validation set.
 *  @return LRPOT_E_STATE without training data, LRPOT_E_ARGUMENT, LRPOT_E_MEMORY. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_tensor_fit_run(lrpot_tensor_fit *fit,
                                                             double regularization);
/** @brief Root mean square error of the model's tensors (raw) or dipoles over a set, per component,
 * in e or e A.
 *  @param[out] rmse  0 without data. @param[out] n  Components compared. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_tensor_fit_error(const lrpot_tensor_fit *fit,
                                                               int32_t set, double *rmse,
                                                               int64_t *n);

LRPOT_END_DECLS
#endif
