/** @file lrpot/fit.h
 *  @brief Fitting a model to energies, forces and stresses. */
#ifndef LRPOT_FIT_H
#define LRPOT_FIT_H

#include <lrpot/potential.h>
#include <lrpot/tensors.h>

LRPOT_BEGIN_DECLS

/** @brief A fit: the model under fit, its data, its state. One thread at a time. */
typedef struct lrpot_fit lrpot_fit;

/** @brief Options; fill with LRPOT_FIT_OPTIONS_INIT. Weights are inverse squares of the errors that
 * count as equal. */
typedef struct lrpot_fit_options {
    size_t struct_size;  /**< sizeof(lrpot_fit_options). */
    double energy_error; /**< eV/atom that counts like forces_error; 0 means 5e-4. */
    double forces_error; /**< eV/A; 0 means 3e-3. */
    double stress_error; /**< eV/A^3; 0 means 1e-3. */
    /** Strength of the prior on the parameters, which have natural size 1; 0 means 1; negative:
     * none. */
    double regularization;
    /** Of the last stage; 0 means 120. Where some of the frames determine the parameters well, as
     * many on these (stage "sample"), then half as many on all. */
    int32_t max_iterations;
    int32_t threads; /**< OpenMP threads; 0 means 1. */
    int64_t seed;    /**< Seed of the start. */
    /** Relative decrease of the loss at which a stage ends; 0 means 1e-5. */
    double tolerance;
    /** Part of a frame's root mean square force that is added (in squares) to forces_error; 0 means
     * 0.02; negative counts as none. */
    double forces_relative;
    /** e: deviation of the bare charges' sum per atom, and of its derivatives by strain, that
     * counts like forces_error; 0 means 5e-3; infinite: free. */
    double sum_rule_error;
    /** 1: start from the model's present parameters, the last stage alone; 0: from scratch. */
    int32_t resume;
    /** Initialisations tried with seeds seed, seed + 1, ...; the best goes on. 0 means 3. */
    int32_t starts;
    /** Residuals beyond this many errors count by magnitude, not by square; 0 means 2; negative:
     * plain squares. */
    double robustness;
    /** Sum of LRPOT_FIT_TARGET_*: what is fitted, and every training frame must have; 0: whatever
     * of energy, forces and stress a frame has. */
    int32_t targets;
    int32_t flags;        /**< Sum of LRPOT_FIT_SKIP_MISSING and the like. */
    double dipole_error;  /**< e A that counts like forces_error; 0 means 0.02. */
    double charges_error; /**< e; 0 means 0.02. */
    double born_error;    /**< e; 0 means 0.02. */
    /** Bytes: frames that would take the fit beyond are refused (LRPOT_E_STATE); 0: no limit. */
    double memory_limit;
    double potential_error; /**< V; 0 means 0.05. */
} lrpot_fit_options;
/** @brief All defaults. */
#define LRPOT_FIT_OPTIONS_INIT                                                                  \
    {                                                                                           \
        sizeof(lrpot_fit_options), 0.0, 0.0, 0.0, 0.0, 0, 0, 0, 0.0, 0.0, 0.0, 0, 0, 0.0, 0, 0, \
            0.0, 0.0, 0.0, 0.0, 0.0                                                             \
    }

#define LRPOT_FIT_TARGET_ENERGY 1 /**< Energy. */
#define LRPOT_FIT_TARGET_FORCES 2 /**< Forces. */
/** Stress, of frames periodic in three directions; others have none. */
#define LRPOT_FIT_TARGET_STRESS 4
/** Dipole sum_i q_i r_i of isolated frames; others have none. */
#define LRPOT_FIT_TARGET_DIPOLE 8
#define LRPOT_FIT_TARGET_CHARGES 16 /**< Charges of the atoms. */
/** Born effective charges: d(dipole)/dr of isolated frames, the unfolded form of periodic ones.
 * Those of a frame with LRPOT_QUANTITY_EPSILON_INF are divided by the root of a third of its trace,
 * as a model's charges are. With equilibrated charges periodic frames need fragments, without which
 * charge flows through them as through a metal. */
#define LRPOT_FIT_TARGET_BORN 32
/** Potential at the points of lrpot_structure_set_points(), as lrpot_potential_points() gives it.
 */
#define LRPOT_FIT_TARGET_POTENTIAL 64

/** Training frames may lack targets: they are fitted to what they have. */
#define LRPOT_FIT_SKIP_MISSING 1

/** From `regularization` on, go up or down by factors of 10 while the validation loss falls. */
#define LRPOT_FIT_CHOOSE_REGULARIZATION 2
/** After the first steps, errors that count as forces_error become proportional to what is left of
 * each target. */
#define LRPOT_FIT_AUTO_WEIGHTS 4

/** @brief How a structure takes part in a fit; fill with LRPOT_FIT_FRAME_INIT. */
typedef struct lrpot_fit_frame {
    size_t struct_size; /**< sizeof(lrpot_fit_frame). */
    int32_t set;        /**< LRPOT_FIT_TRAIN or LRPOT_FIT_VALID. */
    /** Where the energy comes from, 0 to 63. Energies of source 0 are the model's; those of another
     * one differ from them by an energy per atom of each species, which is fitted along
     * (lrpot_fit_offsets()). */
    int32_t source;
    double weight; /**< Factor on all of the frame's squares; 0 means 1. */
    /** Factors on those of energy, forces, stress, dipole, charges, Born charges, potential; 0
     * means 1; negative: not fitted. */
    double target_weights[7];
} lrpot_fit_frame;
/** @brief Training, source 0, all weights 1. */
#define LRPOT_FIT_FRAME_INIT                  \
    {                                         \
        sizeof(lrpot_fit_frame), 0, 0, 0.0,   \
        {                                     \
            0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0 \
        }                                     \
    }

/** @brief Errors over a set. Counts of 0 mean that the set has no such reference. */
typedef struct lrpot_fit_errors {
    size_t struct_size; /**< sizeof(lrpot_fit_errors). */
    double energy_rmse; /**< eV/atom. */
    double energy_mae;  /**< eV/atom. */
    double forces_rmse; /**< eV/A per component. */
    double forces_mae;  /**< eV/A per component. */
    double stress_rmse; /**< eV/A^3 per component. */
    double stress_mae;  /**< eV/A^3 per component. */
    int64_t n_energies; /**< Frames with an energy. */
    int64_t n_forces;   /**< Force components. */
    int64_t n_stresses; /**< Stress components. */
} lrpot_fit_errors;
#define LRPOT_FIT_ERRORS_INIT                               \
    {                                                       \
        sizeof(lrpot_fit_errors), 0, 0, 0, 0, 0, 0, 0, 0, 0 \
    } /**< Zeros. */

/** @brief State handed to the progress callback after each iteration. */
typedef struct lrpot_fit_progress {
    size_t struct_size;     /**< sizeof(lrpot_fit_progress). */
    const char *stage;      /**< e.g. "start", "EDQ", "EDQRd". */
    int32_t iteration;      /**< Within the stage. */
    int32_t accepted;       /**< 1 when the step was taken. */
    double loss;            /**< Weighted mean square, without the prior. */
    double damping;         /**< Levenberg-Marquardt parameter. */
    double gradient;        /**< Norm of the gradient. */
    double seconds;         /**< Since the start of the fit. */
    lrpot_fit_errors train; /**< Training errors. */
    lrpot_fit_errors valid; /**< Validation errors; counts 0 without a validation set. */
} lrpot_fit_progress;
/** @brief Called after each iteration in the caller's thread; any return but 0 stops the fit with
 * LRPOT_E_INTERRUPTED, best state kept. */
typedef int32_t (*lrpot_fit_callback)(void *ctx, const lrpot_fit_progress *progress);

#define LRPOT_FIT_TRAIN 0 /**< Training set. */
/** Validation set: decides which state is kept, never enters the gradient. */
#define LRPOT_FIT_VALID 1

/** @brief Creates a fit. The model is borrowed and changed by lrpot_fit_run(); it must not be used
 * elsewhere meanwhile. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_fit_create(lrpot_fit **out,
                                                         lrpot_potential *potential,
                                                         const lrpot_fit_options *options);
/** @brief Frees a fit, not its model; NULL is allowed. @since 0.1 */
LRPOT_API void lrpot_fit_free(lrpot_fit *fit);
/** @brief Adds a structure (copied) with whatever of energy, forces, stress it carries, and its
 * total charge (0 when it has none). Fragments (LRPOT_QUANTITY_FRAGMENT) keep their charges where
 * charges are equilibrated.
 *  @param[in] set     LRPOT_FIT_TRAIN or LRPOT_FIT_VALID.
 *  @param[in] weight  Factor on the frame's weights, > 0; 1 for all alike. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_fit_add(lrpot_fit *fit,
                                                      const lrpot_structure *structure, int32_t set,
                                                      double weight);
/** @brief lrpot_fit_add() with weights for each target, and the source of the energy. A frame that
 * is refused leaves the fit as it was.
 *  @return LRPOT_E_ARGUMENT (a target is missing, weights), LRPOT_E_SPECIES, LRPOT_E_STATE
 * (memory_limit; a new source after the begin), LRPOT_E_MEMORY ... @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_fit_add_frame(lrpot_fit *fit,
                                                            const lrpot_structure *structure,
                                                            const lrpot_fit_frame *how);
/** @brief Sets who receives the messages of a fit, as lrpot_workspace_set_log() for a workspace.
 *  @param[in,out] fit  Fit; NULL is allowed and ignored.
 *  @param[in] log      Called by the thread that calls lrpot_fit_run(); NULL: nobody.
 *  @param[in] ctx      Passed to log.
 *  @threadsafety Not while a call with this fit runs.
 *  @since 0.1 */
LRPOT_API void lrpot_fit_set_log(lrpot_fit *fit, lrpot_log log, void *ctx);
/** @brief Shares the fit among processes: each adds frames of its own (or none), and all call the
 * functions of the fit that need data together: lrpot_fit_loss(), lrpot_fit_get_params(),
 * lrpot_fit_run(), lrpot_fit_errors_of(), lrpot_fit_error(), which then speak of all frames. Only
 * the normal equations travel, once an iteration. Options, model and held blocks must be the same
 * everywhere.
 *  @param[in] comm  `sum` is needed, must give all processes the same bits, and is called in the
 * caller's thread; copied. Before the first use of the fit. The callback of lrpot_fit_run() stops
 * all processes when it stops one.
 *  @return LRPOT_E_SIZE, LRPOT_E_ARGUMENT (no sum), LRPOT_E_STATE (the fit has begun). @since 0.1
 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_fit_set_comm(lrpot_fit *fit, const lrpot_comm *comm);
/** @brief Keeps the parameters of a block at the model's values: "charges.species" for fixed
 * charges of the species to which the environment adds, for example. Before the first use of the
 * fit. @param[in] block  Name as at lrpot_potential_param_block(). @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_fit_hold(lrpot_fit *fit, const char *block);
/** @brief Energies per atom by which a source differs from source 0: the energies of its frames are
 * those of the model plus these.
 *  @param[out] offsets  eV, [n_species]; zeros for source 0. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_fit_offsets(const lrpot_fit *fit, int32_t source,
                                                          int32_t n_species, double *offsets);
/** @brief The options with defaults filled in, and with what the fit has chosen itself.
 * @param[in,out] options  struct_size must be set.
 *  @return LRPOT_E_SIZE. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_fit_get_options(const lrpot_fit *fit,
                                                              lrpot_fit_options *options);
/** @brief Makes the Born charges of the fit those of effective charges gamma_i q_i, with the factor
 * of a tensor model of kind LRPOT_TENSORS_LOCAL, whose own potential is not looked at: charges that
 * serve energies and tensors at once (arXiv 2601.03656). The factor stays as it is;
 * lrpot_tensor_fit_run() finds its best for given charges, so that the two in turns fit both.
 *  Frames of the fit so far are meant; another call replaces the factor of the call before.
 *  @param[in] tensors  Its species must be those of the fit's model, in the same order. @return
 * LRPOT_E_ARGUMENT, LRPOT_E_UNSUPPORTED (another kind, equilibrated charges), LRPOT_E_MEMORY.
 * @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_fit_factor(lrpot_fit *fit,
                                                         const lrpot_tensor_model *tensors);
/** @brief The same with the factor fitted along: its coefficients become parameters of the fit,
 * behind the offsets, and one least-squares problem holds energies, forces, tensors, charges and
 * factor (the joint training of arXiv 2601.03656).
 *
 *  The factor starts from the coefficients of `tensors`, or at 1 for all atoms when these are all
 * 0. Its functions are pulled to 0, each with the option's strength where it has unit size over the
 * training atoms. lrpot_fit_run() leaves in `tensors` the coefficients of the state it keeps, and a
 * copy of the potential with its charges. Frames may be added before and after; not after the first
 * use of the fit.
 *  @param[in] tensors  Borrowed, for as long as the fit lives. @return as lrpot_fit_factor(), and
 * LRPOT_E_STATE when the fit has begun. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_fit_factor_joint(lrpot_fit *fit,
                                                               lrpot_tensor_model *tensors);
/** @brief Bytes that the fit will need, estimated. @since 0.1 */
LRPOT_API int64_t lrpot_fit_memory(const lrpot_fit *fit);
/** @brief Number of parameters under fit: those of the model, then the offsets of source 1, 2, ...
 * [n_species each], then those of lrpot_fit_factor_joint(). Frames and factors that are added later
 * change it; final once the fit has begun. @since 0.1 */
LRPOT_API int64_t lrpot_fit_param_count(const lrpot_fit *fit);
/** @brief The parameters as they are; begins the fit. @param[in] n  lrpot_fit_param_count().
 * @return LRPOT_E_SIZE, LRPOT_E_STATE, LRPOT_E_MEMORY. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_fit_get_params(lrpot_fit *fit, int64_t n,
                                                             double *params);
/** @brief Loss (weighted sum of squares plus prior) and its gradient at given parameters, for
 * callers with an optimiser of their own.
 *  @param[in]  n         lrpot_fit_param_count().
 *  @param[out] gradient  [n] or NULL. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_fit_loss(lrpot_fit *fit, int64_t n,
                                                       const double *params, double *loss,
                                                       double *gradient);
/** @brief Runs the whole fit: start values, EDQ before EDQRd where the model has both,
 * Levenberg-Marquardt with exact Jacobians. The model ends with the state of the least validation
 * loss (training loss without a validation set), also when interrupted.
 *  @return LRPOT_OK, LRPOT_E_INTERRUPTED, LRPOT_E_STATE (no data), LRPOT_E_SPECIES (a species that
 * no training frame has, unless the fit goes on with a model), LRPOT_E_SINGULAR (charges without a
 * least energy at the start: names frame and atoms), LRPOT_E_MEMORY ... @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_fit_run(lrpot_fit *fit, lrpot_fit_callback callback,
                                                      void *ctx);
/** @brief Errors of the present model on a set. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_fit_errors_of(lrpot_fit *fit, int32_t set,
                                                            lrpot_fit_errors *errors);
/** @brief Errors of the present model on a set for one of the targets dipole, charges, Born
 * charges, potential.
 *  @param[in]  target  LRPOT_FIT_TARGET_DIPOLE, _CHARGES, _BORN or _POTENTIAL.
 *  @param[out] rmse    e A, e or V, per component.
 *  @param[out] mae     The same, mean of magnitudes.
 *  @param[out] n       Components compared; 0 when it is no target of the fit or no frame has it.
 * @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_fit_error(lrpot_fit *fit, int32_t set, int32_t target,
                                                        double *rmse, double *mae, int64_t *n);

LRPOT_END_DECLS
#endif
