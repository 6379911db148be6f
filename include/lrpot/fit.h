/** @file lrpot/fit.h
 *  @brief Fitting a model to energies, forces, stresses and responses. */
#ifndef LRPOT_FIT_H
#define LRPOT_FIT_H

#include <lrpot/potential.h>
#include <lrpot/tensors.h>

LRPOT_BEGIN_DECLS

/** @brief A fit: the model under fit, its data, its state. One thread at a time. */
typedef struct lrpot_fit lrpot_fit;

/** @name Targets: quantities that are compared with references
 *  These numbers index arrays by target; lrpot_fit_target_facts() gives names and units.
 *  @{ */
#define LRPOT_FIT_ENERGY 0 /**< Energy. */
#define LRPOT_FIT_FORCES 1 /**< Forces. */
/** Stress of frames periodic in three directions; other frames have none. */
#define LRPOT_FIT_STRESS 2
/** Dipole sum_i q_i r_i of isolated frames; other frames have none. */
#define LRPOT_FIT_DIPOLE 3
#define LRPOT_FIT_CHARGES 4 /**< Charges of the atoms. */
/** Born effective charges: d(dipole)/dr of isolated frames, the unfolded form of periodic ones.
 *  Those of a frame with LRPOT_QUANTITY_EPSILON_INF are divided by the root of a third of its
 *  trace, because a model's charges are screened; not so with a density that responds to the field,
 *  whose Born charges are the physical ones. Where charge flows between all atoms, as in a metal,
 *  periodic frames need fragments: with equilibrated charges and densities of
 *  LRPOT_RESPONSE_ATOMS. */
#define LRPOT_FIT_BORN 5
/** Potential at the points of lrpot_structure_set_points(), as lrpot_potential_points() gives it.
 */
#define LRPOT_FIT_POTENTIAL 6
/** Dipoles of the atoms, of charges that have them: a density of order 1 or 2. */
#define LRPOT_FIT_ATOMIC_DIPOLES 7
/** Quadrupoles of the atoms without trace, of a density of order 2: second moments q (r_a r_b -
 *  r^2/3). Those of references may have a trace, which is taken off. */
#define LRPOT_FIT_ATOMIC_QUADRUPOLES 8
/** Electronic dielectric tensor of crystals, of a density that responds to a field. */
#define LRPOT_FIT_EPSILON_INF 9
/** Polarizability volume, A^3, of the same: of isolated frames, and of the cell of crystals. */
#define LRPOT_FIT_POLARIZABILITY 10
#define LRPOT_FIT_MAX_TARGETS 16 /**< Length of arrays by target. */
/** Bit of a target in a sum of targets. */
#define LRPOT_FIT_TARGET(number) (1 << (number))
#define LRPOT_FIT_TARGET_ENERGY 1               /**< Energy. */
#define LRPOT_FIT_TARGET_FORCES 2               /**< Forces. */
#define LRPOT_FIT_TARGET_STRESS 4               /**< Stress. */
#define LRPOT_FIT_TARGET_DIPOLE 8               /**< Dipole. */
#define LRPOT_FIT_TARGET_CHARGES 16             /**< Charges. */
#define LRPOT_FIT_TARGET_BORN 32                /**< Born charges. */
#define LRPOT_FIT_TARGET_POTENTIAL 64           /**< Potential. */
#define LRPOT_FIT_TARGET_ATOMIC_DIPOLES 128     /**< Dipoles of the atoms. */
#define LRPOT_FIT_TARGET_ATOMIC_QUADRUPOLES 256 /**< Quadrupoles of the atoms. */
#define LRPOT_FIT_TARGET_EPSILON_INF 512        /**< Electronic dielectric tensor. */
#define LRPOT_FIT_TARGET_POLARIZABILITY 1024    /**< Polarizability. */
/** @} */

/** @name Frames that a target is fitted to.
 *  @{ */
#define LRPOT_FIT_BOUNDARY_ANY 0      /**< All. */
#define LRPOT_FIT_BOUNDARY_PERIODIC 1 /**< Those periodic in three directions. */
#define LRPOT_FIT_BOUNDARY_ISOLATED 2 /**< Those without periodic directions. */
/** @} */

/** @brief Facts of a target; fill with LRPOT_FIT_TARGET_INIT. */
typedef struct lrpot_fit_target {
    size_t struct_size; /**< sizeof(lrpot_fit_target). */
    int32_t usual;      /**< 1: fitted when options.targets is 0. */
    int32_t per_atom;   /**< 1: its error is reported per atom of the frame. */
    /** LRPOT_QUANTITY_* that holds the reference of a structure; -1: the points of the structure.
     */
    int32_t quantity;
    /** Frames that it is fitted to, LRPOT_FIT_BOUNDARY_*; others leave it out. */
    int32_t boundary;
    /** Name in options, reports and configuration files: "forces". Static. */
    const char *name;
    const char *label;      /**< Name in sentences: "Born charges". Static. */
    const char *unit;       /**< Unit of its error: "eV/A". Static. */
    const char *weight_key; /**< Key of a frame's weight in extended XYZ. Static. */
    double error;           /**< Default of its error in lrpot_fit_options, in that unit. */
} lrpot_fit_target;
/** @brief Empty. */
#define LRPOT_FIT_TARGET_INIT                                             \
    {                                                                     \
        sizeof(lrpot_fit_target), 0, 0, 0, 0, NULL, NULL, NULL, NULL, 0.0 \
    }

/** @brief Number of targets. Targets are numbered from 0.
 *  @return Number of targets.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API int32_t lrpot_fit_target_count(void);
/** @brief Facts of a target.
 *  @param[in]     target  0 to lrpot_fit_target_count() - 1.
 *  @param[in,out] facts   struct_size must be set; texts are static.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_ARGUMENT (target); LRPOT_E_SIZE.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_fit_target_facts(int32_t target,
                                                               lrpot_fit_target *facts);

/** @brief Options; fill with LRPOT_FIT_OPTIONS_INIT. Weights are inverse squares of errors of equal
 *  importance. */
typedef struct lrpot_fit_options {
    size_t struct_size; /**< sizeof(lrpot_fit_options). */
    /** Errors of equal importance, by target, in its unit; 0 means that of
     * lrpot_fit_target_facts(). */
    double errors[LRPOT_FIT_MAX_TARGETS];
    /** Strength of the prior on the parameters, which have natural size 1; 0 means 1; negative:
     * none. */
    double regularization;
    /** Iterations of the last stage; 0 means 60 with quasi-Newton steps in them, 120 without (Born
     * charges as a target, equilibrated charges, networks). Where some of the frames determine the
     * parameters well, as many on these (stage "sample"), then as many on all; without quasi-Newton
     * steps half as many. Densities of several widths: as many before, with the narrowest alone
     * (stage "narrow"). */
    int32_t max_iterations;
    int32_t threads; /**< OpenMP threads, 1 to 1024; 0 means 1. */
    int64_t seed;    /**< Seed of the start values. */
    /** Relative decrease of the loss at which a stage ends; 0 means 1e-5. With quasi-Newton steps
     * the stage "sample" ends at no less than 1e-2. */
    double tolerance;
    /** Part of a frame's root mean square force that is added (in squares) to its error; 0 means
     * 0.02; negative: none. */
    double forces_relative;
    /** e: error, per atom, of the sum of the bare charges and of its derivatives by strain, of
     * equal importance as the errors of the targets; 0 means 5e-3; infinite: free. */
    double sum_rule_error;
    /** 1: start from the model's present parameters, with the last stage alone; 0: from scratch. */
    int32_t resume;
    /** Number of initialisations, up to 10000, with seeds seed, seed + 1, ...; the fit continues
     * from the one with the least loss after its first steps. 0 means 3. */
    int32_t starts;
    /** Residuals beyond this many errors count by magnitude instead of square; 0 means 2; negative:
     * squares only. */
    double robustness;
    /** Sum of LRPOT_FIT_TARGET_*: the fitted targets, which every training frame must have. 0:
     * those of energy, forces and stress that a frame has. */
    int32_t targets;
    int32_t flags; /**< Sum of LRPOT_FIT_SKIP_MISSING and the other flags. */
    /** Bytes; 0: no limit. Frames that would take the fit beyond keep positions and references
     * alone; their neighbours and Coulomb sums are made anew at each use, with the same results
     * (lrpot_fit_frames_anew()). A frame that finds no room even so is refused (LRPOT_E_STATE). */
    double memory_limit;
    /** Iterations without a smaller loss of validation after which a stage ends; 0: a stage does
     * not look at it. The fit keeps the state of the smallest in any case. Needs frames of
     * LRPOT_FIT_VALID. */
    int32_t patience;
    int32_t reserved; /**< 0. */
    /** eV: height of the barrier that lrpot_fit_run() gives the model below the distances of free
     * atoms of each pair of species (lrpot_potential_set_gap_barrier()), over all frames: down to
     * the longest bond, or to 0 where all distances are beyond 1.3 of the sum of the covalent
     * radii. Bonds end at the widest range without a distance that begins within this; where it is
     * below 0.2 A the pair gets none. 0: no barrier. */
    double gap_barrier;
} lrpot_fit_options;
/** @brief All defaults. */
#define LRPOT_FIT_OPTIONS_INIT                                                                    \
    {                                                                                             \
        sizeof(lrpot_fit_options), { 0.0 }, 0.0, 0, 0, 0, 0.0, 0.0, 0.0, 0, 0, 0.0, 0, 0, 0.0, 0, \
            0, 0.0                                                                                \
    }

/** Training frames may lack targets: each is fitted to the targets that it has. */
#define LRPOT_FIT_SKIP_MISSING 1

/** From `regularization` on, go up or down by factors of 10 while the validation loss falls. */
#define LRPOT_FIT_CHOOSE_REGULARIZATION 2
/** After the first steps the errors of equal importance become proportional to the residual of each
 *  target. */
#define LRPOT_FIT_AUTO_WEIGHTS 4
/** lrpot_fit_run() leaves the model without an active set, whose cost is that of a few losses. */
#define LRPOT_FIT_NO_ACTIVE_SET 8
/** lrpot_fit_run() leaves the model without a core (lrpot_potential_set_core()). Otherwise it gets
 * one below 0.95 of the shortest distance of each pair of species in all frames, of a strength with
 * which the energy rises all the way when the closest pair of the data approaches. */
#define LRPOT_FIT_NO_CORE 16
/** The active set that lrpot_fit_run() gives the model is of LRPOT_ACTIVE_SET_PARAMETERS. */
#define LRPOT_FIT_GRADE_PARAMETERS 32
/** Fits of densities begin with a stage "direct": charges alone, to the charges, dipoles and
 * quadrupoles of the atoms up to the order of the density, which must all be targets, in the
 * potentials of these references and without a fixed point. */
#define LRPOT_FIT_DIRECT_START 64

/** @brief Set, source and weights of a structure in a fit; fill with LRPOT_FIT_FRAME_INIT. */
typedef struct lrpot_fit_frame {
    size_t struct_size; /**< sizeof(lrpot_fit_frame). */
    int32_t set;        /**< LRPOT_FIT_TRAIN or LRPOT_FIT_VALID. */
    /** Source of the energy, 0 to 63. Energies of source 0 are the model's. Those of another source
     * differ from them by an energy per atom of each species, which is fitted along
     * (lrpot_fit_offsets()). */
    int32_t source;
    double weight; /**< Factor on all of the frame's squares; 0 means 1. */
    /** Factors on the squares of each target; 0 means 1; negative: not fitted. */
    double target_weights[LRPOT_FIT_MAX_TARGETS];
    /** Place among the frames of all processes that share a fit (lrpot_fit_set_comm()), from 1:
     * steps on a part of the frames then take those that one process takes. 0: as the process adds
     * them; frames of several processes at the same place are taken together. */
    int64_t place;
} lrpot_fit_frame;
/** @brief Training, source 0, all weights 1. */
#define LRPOT_FIT_FRAME_INIT                           \
    {                                                  \
        sizeof(lrpot_fit_frame), 0, 0, 0.0, { 0.0 }, 0 \
    }

/** @brief Errors over a set, by target, in its unit. A count of 0 means that the target is not
 *  fitted, or that the set has no such reference. */
typedef struct lrpot_fit_errors {
    size_t struct_size; /**< sizeof(lrpot_fit_errors). */
    /** Root mean square error per component. */
    double rmse[LRPOT_FIT_MAX_TARGETS];
    double mae[LRPOT_FIT_MAX_TARGETS]; /**< Mean absolute error per component. */
    /** Number of components compared; for energies that of frames. */
    int64_t n[LRPOT_FIT_MAX_TARGETS];
} lrpot_fit_errors;
/** @brief Zeros. */
#define LRPOT_FIT_ERRORS_INIT                       \
    {                                               \
        sizeof(lrpot_fit_errors), { 0.0 }, { 0.0 }, \
        {                                           \
            0                                       \
        }                                           \
    }

/** @brief State handed to the progress callback after each iteration. */
typedef struct lrpot_fit_progress {
    size_t struct_size; /**< sizeof(lrpot_fit_progress). */
    /** Name of the stage, e.g. "start", "EDQ", "EDQRd". Static. */
    const char *stage;
    int32_t iteration;             /**< Number within the stage. */
    int32_t accepted;              /**< 1: the step was taken; 0: it was not. */
    double loss;                   /**< Weighted mean square, without the prior. */
    double damping;                /**< Levenberg-Marquardt parameter. */
    double gradient;               /**< Norm of the gradient. */
    double seconds;                /**< s since the start of the fit. */
    const lrpot_fit_errors *train; /**< Training errors; valid during the call. */
    /** Validation errors, counts 0 without a validation set; valid during the call. */
    const lrpot_fit_errors *valid;
    /** Loss that compares states of all stages and starts: that of the last stage, over all frames
     * and targets; of validation, or of training with the prior without a validation set. NAN where
     * it was not computed (some steps on a part of many frames). A change of the errors by
     * LRPOT_FIT_AUTO_WEIGHTS begins another scale. */
    double merit;
    /** Least merit so far. The state is the best so far when `merit <= best`; lrpot_fit_run() ends
     * with the best. */
    double best;
} lrpot_fit_progress;
/** @brief Called after each iteration in the caller's thread, with the state of the iteration in
 *  the model.
 *  @param[in] ctx       As given to lrpot_fit_run().
 *  @param[in] progress  State of the iteration; valid during the call.
 *  @return 0 to continue; any other value stops the fit with LRPOT_E_INTERRUPTED, and the best
 *    state is kept.
 *  @since 0.1 */
typedef int32_t (*lrpot_fit_callback)(void *ctx, const lrpot_fit_progress *progress);

#define LRPOT_FIT_TRAIN 0 /**< Training set. */
/** Validation set: it decides the choice of the state and never enters the gradient. */
#define LRPOT_FIT_VALID 1

/** @brief Creates a fit.
 *  @param[out]    out        The fit; the caller frees it with lrpot_fit_free(). Untouched on
 *    failure.
 *  @param[in,out] potential  Model; borrowed until the fit is freed, changed by lrpot_fit_run(),
 *    and not to be used elsewhere meanwhile.
 *  @param[in]     options    Options; copied.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_SIZE; LRPOT_E_ARGUMENT (options; targets of charges for
 *    a model without charges); LRPOT_E_UNSUPPORTED for charge models without derivatives;
 *    LRPOT_E_SYSTEM as lrpot_workspace_create(); LRPOT_E_MEMORY.
 *  @threadsafety Safe for different models.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_fit_create(lrpot_fit **out,
                                                         lrpot_potential *potential,
                                                         const lrpot_fit_options *options);
/** @brief Frees a fit, not its model.
 *  @param[in] fit  Fit; NULL is allowed.
 *  @threadsafety Not while another thread uses it.
 *  @since 0.1 */
LRPOT_API void lrpot_fit_free(lrpot_fit *fit);
/** @brief Adds a structure with its references of the targets and its total charge (0 when it has
 *  none).
 *
 *  Fragments (LRPOT_QUANTITY_FRAGMENT) keep their charges where charges are equilibrated.
 *  @param[in,out] fit        Fit; unchanged on failure.
 *  @param[in]     structure  Structure; copied.
 *  @param[in]     set        LRPOT_FIT_TRAIN or LRPOT_FIT_VALID.
 *  @param[in]     weight     Factor on the frame's squares, > 0; 1 for all alike.
 *  @return As lrpot_fit_add_frame().
 *  @threadsafety Needs exclusive use of the fit.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_fit_add(lrpot_fit *fit,
                                                      const lrpot_structure *structure, int32_t set,
                                                      double weight);
/** @brief lrpot_fit_add() with weights for each target, and the source of the energy.
 *  @param[in,out] fit        Fit; unchanged on failure.
 *  @param[in]     structure  Structure; copied.
 *  @param[in]     how        Set, source and weights; not needed after the call.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_SIZE and LRPOT_E_ARGUMENT (a struct or a fragment does
 *    not fit); LRPOT_E_NOT_FINITE; LRPOT_E_CELL; LRPOT_E_SPECIES; LRPOT_E_COINCIDENT;
 *    LRPOT_E_MEMORY; LRPOT_E_ACCURACY and LRPOT_E_UNSUPPORTED as lrpot_ewald_matrix().
 *    LRPOT_E_ARGUMENT also for a missing target and for weights; LRPOT_E_STATE for memory_limit and
 *    for a new source after the fit has begun.
 *  @threadsafety Needs exclusive use of the fit.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_fit_add_frame(lrpot_fit *fit,
                                                            const lrpot_structure *structure,
                                                            const lrpot_fit_frame *how);
/** @brief Weights that a structure carries, as `lrpot fit` uses them: config_weight, and of each
 * target the key of lrpot_fit_target_facts(); both are keys of the structure
 * (lrpot_structure_info()). They multiply those of `how`; a target of weight 0 is not fitted.
 *  @param[in]     structure  Not modified.
 *  @param[in,out] how        As it was where the structure is not taken, or the call fails.
 *  @param[out]    taken      0: the structure's weight is 0, it is to be left out; else 1.
 *  @return LRPOT_E_NULL, LRPOT_E_SIZE, LRPOT_E_ARGUMENT (no number, or a negative one).
 *  @threadsafety Reentrant. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_fit_frame_weights(const lrpot_structure *structure,
                                                                lrpot_fit_frame *how,
                                                                int32_t *taken);
/** @brief Sets the receiver of messages of a fit, as lrpot_workspace_set_log() for a workspace.
 *  @param[in,out] fit  Fit; NULL is allowed and ignored.
 *  @param[in]     log  Called by the thread that calls lrpot_fit_run(); NULL: no receiver.
 *  @param[in]     ctx  Passed to @p log; borrowed until another receiver is set or the fit is
 *    freed.
 *  @threadsafety Not while a call with this fit runs.
 *  @since 0.1 */
LRPOT_API void lrpot_fit_set_log(lrpot_fit *fit, lrpot_log log, void *ctx);
/** @brief Shares the fit among processes, before its first use.
 *
 *  Each process adds frames of its own (or none). All processes call the functions that need data
 *  together: lrpot_fit_loss(), lrpot_fit_get_params(), lrpot_fit_run(), lrpot_fit_errors_of(),
 *  whose results are those of all frames. Only the normal equations travel, once an iteration.
 *  Options, model and held blocks must be the same everywhere. The callback of lrpot_fit_run()
 *  stops all processes when it stops one.
 *  @param[in,out] fit   Fit.
 *  @param[in]     comm  Copied. `sum` is needed, must give all processes the same bits, and is
 *    called in the caller's thread.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_SIZE; LRPOT_E_ARGUMENT (no sum); LRPOT_E_STATE (the fit
 *    has begun).
 *  @threadsafety Needs exclusive use of the fit.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_fit_set_comm(lrpot_fit *fit, const lrpot_comm *comm);
/** @brief Starts the parameters of a block from the model's values instead of new ones, for example
 *  "energy.radial", "energy.linear" and "energy.species" of an imported model to which charges were
 *  added. They move along in the fit, and the prior pulls them to these values. The fit ends with
 * no worse a state than the model as it is given. Before the first use of the fit.
 *  @param[in,out] fit    Fit.
 *  @param[in]     block  Name as of lrpot_potential_param_block().
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_ARGUMENT for an unknown block; LRPOT_E_MEMORY.
 *  @threadsafety Needs exclusive use of the fit.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_fit_keep(lrpot_fit *fit, const char *block);
/** @brief Keeps the parameters of a block at the model's values, for example "charges.species" for
 *  fixed charges of the species to which the environment adds. Before the first use of the fit.
 *  @param[in,out] fit    Fit.
 *  @param[in]     block  Name as of lrpot_potential_param_block().
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_ARGUMENT for an unknown block; LRPOT_E_MEMORY.
 *  @threadsafety Needs exclusive use of the fit.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_fit_hold(lrpot_fit *fit, const char *block);
/** @brief Energies per atom by which a source differs from source 0: the energies of its frames are
 *  those of the model plus these.
 *  @param[in]  fit        Fit.
 *  @param[in]  source     Number of the source, from 0.
 *  @param[in]  n_species  Number of species of the model.
 *  @param[out] offsets    eV, [n_species]; zeros for source 0.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_ARGUMENT (source); LRPOT_E_SIZE (n_species).
 *  @threadsafety Safe while no thread changes the fit.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_fit_offsets(const lrpot_fit *fit, int32_t source,
                                                          int32_t n_species, double *offsets);
/** @brief The options with defaults filled in, and with the fit's own choices.
 *  @param[in]     fit      Fit.
 *  @param[in,out] options  struct_size must be set.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_SIZE.
 *  @threadsafety Safe while no thread changes the fit.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_fit_get_options(const lrpot_fit *fit,
                                                              lrpot_fit_options *options);
/** @brief Makes the Born charges of the fit those of effective charges gamma_i q_i, with the factor
 *  gamma of a tensor model of kind LRPOT_TENSORS_LOCAL: charges that serve energies and tensors at
 *  once (arXiv 2601.03656).
 *
 *  The potential of the tensor model is ignored. The factor stays constant. lrpot_tensor_fit_run()
 *  finds the best factor for given charges, so that both in turns fit charges and factor. The call
 *  applies to the frames of the fit so far; a second call replaces the factor.
 *  @param[in,out] fit      Fit.
 *  @param[in]     tensors  Tensor model, not needed after the call. Its species must be those of
 *    the fit's model, in the same order.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_SIZE and LRPOT_E_ARGUMENT (a struct or the list does not
 *    fit); LRPOT_E_NOT_FINITE; LRPOT_E_CELL; LRPOT_E_SPECIES; LRPOT_E_CUTOFF; LRPOT_E_STATE (the
 *    rebuild of the list failed); LRPOT_E_COINCIDENT; LRPOT_E_MEMORY; LRPOT_E_UNSUPPORTED (another
 *    kind, equilibrated charges). LRPOT_E_STATE also after lrpot_fit_factor_joint().
 *  @threadsafety Needs exclusive use of the fit.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_fit_factor(lrpot_fit *fit,
                                                         const lrpot_tensor_model *tensors);
/** @brief lrpot_fit_factor() with the factor fitted along (the joint training of arXiv 2601.03656).
 *
 *  Its coefficients become parameters of the fit, behind the offsets. One least-squares problem
 *  holds energies, forces, tensors, charges and factor. The factor starts from the coefficients of
 *  @p tensors, or at 1 for all atoms when these are all 0. The prior pulls its functions to 0, each
 *  with the option's strength where it has unit size over the training atoms. lrpot_fit_run()
 *  leaves in @p tensors the coefficients of the state that it keeps, and a copy of the potential
 *  with its charges. Frames may be added before and after the call; the call comes before the first
 *  use of the fit.
 *  @param[in,out] fit      Fit.
 *  @param[in,out] tensors  Tensor model; borrowed until the fit is freed, changed by
 *    lrpot_fit_run().
 *  @return As lrpot_fit_factor(); LRPOT_E_STATE when the fit has begun.
 *  @threadsafety Needs exclusive use of the fit and of @p tensors.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_fit_factor_joint(lrpot_fit *fit,
                                                               lrpot_tensor_model *tensors);
/** @brief Estimate of the memory that the fit needs with its present frames. It is within a fifth
 *  of measured values for fits above 100 MB; the caller's own memory comes on top.
 *  @param[in] fit  Fit; NULL is allowed.
 *  @return Bytes; 0 for NULL.
 *  @threadsafety Safe while no thread changes the fit.
 *  @since 0.1 */
LRPOT_API int64_t lrpot_fit_memory(const lrpot_fit *fit);
/** @brief Number of frames whose neighbours and Coulomb sums are made anew at each use, because the
 * option memory_limit has no room for them.
 *  @param[in] fit  Fit; NULL is allowed.
 *  @return Number of frames; 0 for NULL.
 *  @threadsafety Safe while no thread changes the fit.
 *  @since 0.1 */
LRPOT_API int64_t lrpot_fit_frames_anew(const lrpot_fit *fit);
/** @brief Estimate of the memory that the fit needs after further frames, before they are added.
 *  Their neighbours are counted; their Coulomb matrices are not computed.
 *  @param[in,out] fit          Fit; only its scratch memory changes.
 *  @param[in]     n            Number of further frames; 0 gives lrpot_fit_memory().
 *  @param[in]     structures   [n], the frames; not kept.
 *  @param[in]     how          [n], set, source and weights of each, or NULL: LRPOT_FIT_FRAME_INIT
 *    for all.
 *  @param[in]     with_factor  1 when lrpot_fit_factor() or lrpot_fit_factor_joint() is to follow,
 *    else 0.
 *  @param[out]    bytes        Bytes of all frames and of the steps of the fit, estimated, within
 * the option memory_limit as far as that is possible.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_SIZE and LRPOT_E_ARGUMENT (a struct or a fragment does
 *    not fit); LRPOT_E_NOT_FINITE; LRPOT_E_CELL; LRPOT_E_SPECIES; LRPOT_E_COINCIDENT;
 *    LRPOT_E_MEMORY. LRPOT_E_SPECIES names an element that the model does not have.
 *  @threadsafety Needs exclusive use of the fit.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_fit_forecast(lrpot_fit *fit, int64_t n,
                                                           lrpot_structure *const *structures,
                                                           const lrpot_fit_frame *how,
                                                           int32_t with_factor, int64_t *bytes);
/** @brief Number of fitted parameters: those of the model, then the offsets of source 1, 2, ...
 *  [n_species each], then those of lrpot_fit_factor_joint(). Later frames and factors change it; it
 *  is final once the fit has begun.
 *  @param[in] fit  Fit; NULL is allowed.
 *  @return Number of parameters; 0 for NULL.
 *  @threadsafety Safe while no thread changes the fit.
 *  @since 0.1 */
LRPOT_API int64_t lrpot_fit_param_count(const lrpot_fit *fit);
/** @brief Copies the present parameters; begins the fit.
 *  @param[in,out] fit     Fit.
 *  @param[in]     n       lrpot_fit_param_count().
 *  @param[out]    params  [n], in the order of lrpot_fit_param_count().
 *  @return LRPOT_OK; LRPOT_E_SIZE (n); otherwise as lrpot_fit_loss().
 *  @threadsafety Needs exclusive use of the fit.
 *  @collective Yes, over the processes of lrpot_fit_set_comm().
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_fit_get_params(lrpot_fit *fit, int64_t n,
                                                             double *params);
/** @brief Loss (weighted sum of squares plus prior) and its gradient at given parameters, for
 *  callers with an optimiser of their own.
 *  @param[in,out] fit       Fit; begins with the first call. Its model takes @p params.
 *  @param[in]     n         lrpot_fit_param_count().
 *  @param[in]     params    [n], in the order of lrpot_fit_param_count().
 *  @param[out]    loss      Dimensionless, [1].
 *  @param[out]    gradient  [n] or NULL: d(loss)/d(params).
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_SIZE (n); LRPOT_E_ARGUMENT and LRPOT_E_NOT_FINITE
 *    (params or a result); LRPOT_E_STATE; LRPOT_E_SINGULAR (charges without a least energy);
 *    LRPOT_E_SYSTEM as lrpot_workspace_create(); LRPOT_E_MEMORY; a negative value from the
 *    communication as it came.
 *  @threadsafety Needs exclusive use of the fit and of its model.
 *  @collective Yes, over the processes of lrpot_fit_set_comm().
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_fit_loss(lrpot_fit *fit, int64_t n,
                                                       const double *params, double *loss,
                                                       double *gradient);
/** @brief Runs the whole fit: start values, EDQ before EDQRd where the model has both,
 *  Levenberg-Marquardt with exact Jacobians.
 *
 *  The model ends with the best state of all stages and starts, also when interrupted. The best
 *  state has the least validation loss (training loss without a validation set) under the weights
 *  of the last stage. The model carries the active set of the training frames
 *  (lrpot_potential_active_set()), unless these are shared among processes.
 *  @param[in,out] fit       Fit.
 *  @param[in]     callback  Called after each iteration; NULL: none.
 *  @param[in]     ctx       Passed to @p callback.
 *  @return As lrpot_fit_loss(); LRPOT_E_INTERRUPTED (the callback stopped the fit); LRPOT_E_STATE
 *    (no training data; no validation data for LRPOT_FIT_CHOOSE_REGULARIZATION); LRPOT_E_SPECIES (a
 *    species that no training frame has, unless the fit resumes from a model). LRPOT_E_SINGULAR
 *    names frame and atoms.
 *  @threadsafety Needs exclusive use of the fit and of its model.
 *  @collective Yes, over the processes of lrpot_fit_set_comm().
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_fit_run(lrpot_fit *fit, lrpot_fit_callback callback,
                                                      void *ctx);
/** @brief Errors of the present model on a set.
 *  @param[in,out] fit     Fit; begins with the first call.
 *  @param[in]     set     LRPOT_FIT_TRAIN or LRPOT_FIT_VALID.
 *  @param[in,out] errors  struct_size must be set; the other members are overwritten. Untouched on
 *    failure.
 *  @return As lrpot_fit_loss(); LRPOT_E_SIZE; LRPOT_E_ARGUMENT for another @p set.
 *  @threadsafety Needs exclusive use of the fit.
 *  @collective Yes, over the processes of lrpot_fit_set_comm().
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_fit_errors_of(lrpot_fit *fit, int32_t set,
                                                            lrpot_fit_errors *errors);
/** @name Suggested models
 * What a fit needs and its user need not know: the charges, sizes and cutoffs of a model that suit
 * the data. `lrpot fit` uses the same calls, so that the same data give the same model. Weights,
 * starts and other defaults of the fit itself are those of lrpot_fit_options.
 * @{ */
/** @brief Options of a model for given data, with what they were chosen from. Immutable. */
typedef struct lrpot_fit_suggestion lrpot_fit_suggestion;

/** @brief Facts about the data; fill with LRPOT_FIT_SUGGESTION_FACTS_INIT. */
typedef struct lrpot_fit_suggestion_facts {
    size_t struct_size; /**< sizeof(lrpot_fit_suggestion_facts). */
    int64_t equations;  /**< Energies and force components of the training frames. */
    /** A: shortest distance of two atoms, of all frames; infinite when none is within the cutoff.
     */
    double shortest_distance;
    int64_t shortest_frame; /**< Number of the frame that has it; -1: none. */
    /** 1: the charges of each species have linear coefficients of their own. */
    int32_t own_charge_coefficients;
    int32_t reserved; /**< 0. */
} lrpot_fit_suggestion_facts;
/** @brief Empty. */
#define LRPOT_FIT_SUGGESTION_FACTS_INIT                      \
    {                                                        \
        sizeof(lrpot_fit_suggestion_facts), 0, 0.0, -1, 0, 0 \
    }

/** @brief Model options of which lrpot_fit_suggest() chooses everything. */
#define LRPOT_FIT_ANY_MODEL                                                                        \
    {                                                                                              \
        sizeof(lrpot_potential_options), NULL, 0, -1, NULL, NULL, NULL, NULL, 0.0, { 0, 0 }, 0, -1 \
    }
/** @brief Basis options of which lrpot_fit_suggest() chooses everything. */
#define LRPOT_FIT_ANY_BASIS                                           \
    {                                                                 \
        sizeof(lrpot_basis_options), 0, 0, 0, 0, -1.0, 0.0, 0.0, 0, 0 \
    }

/** @brief Completes the options of a model by what suits the data: the charges by the number of
 * species, sizes by the number of energies and force components, the start of the radial functions
 * by the shortest distance.
 *
 *  Members of `wanted` that are set are kept. Unset are: `symbols` NULL (elements of the training
 * frames by atomic number, then other labels); `charges` -1; `species_coefficients` -1, which also
 * leaves LRPOT_CHARGES_OWN_COEFFICIENTS open; `basis` and `charge_basis` NULL, or, of
 * LRPOT_FIT_ANY_BASIS, level 0, cutoff 0, and min_distance negative; `widths` NULL where the
 * charges have widths and charge_options gives no sigma. radial_size and radial_step are chosen
 * with the level: 0 is unset where the level is, else the default of lrpot_basis_options. The
 * interval and the radial_size of `charge_basis` are those of `basis`.
 *  @param[out] out         Free with lrpot_fit_suggestion_free().
 *  @param[in]  wanted      Start from LRPOT_FIT_ANY_MODEL; NULL: nothing is set. What it points to
 * is copied. With `symbols`, n_species is their number.
 *  @param[in]  n           Number of frames, >= 1.
 *  @param[in]  structures  [n] The frames, with their references; not kept.
 *  @param[in]  how         [n], of one struct_size, or NULL: all are training frames. Only `set` is
 * looked at: sizes and species come from training frames, the shortest distance from all.
 *  @return LRPOT_E_NULL, LRPOT_E_SIZE, LRPOT_E_ARGUMENT (no training frame, more than 118 species,
 * widths without symbols), LRPOT_E_SPECIES (an element that the model does not have),
 * LRPOT_E_MEMORY, as lrpot_nlist_build(). @threadsafety Reentrant. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_fit_suggest(lrpot_fit_suggestion **out,
                                                          const lrpot_potential_options *wanted,
                                                          int64_t n,
                                                          lrpot_structure *const *structures,
                                                          const lrpot_fit_frame *how);
/** @brief Frees a suggestion; NULL is allowed.
 *  @param[in] suggestion  Its options and texts are gone afterwards.
 *  @threadsafety Not while another call uses it. @since 0.1 */
LRPOT_API void lrpot_fit_suggestion_free(lrpot_fit_suggestion *suggestion);
/** @brief Complete options for lrpot_potential_create().
 *  @param[in] suggestion  Of lrpot_fit_suggest().
 *  @return Borrowed, valid as long as the suggestion; NULL for NULL. @threadsafety Any thread.
 *  @since 0.1 */
LRPOT_API const lrpot_potential_options *lrpot_fit_suggestion_options(
    const lrpot_fit_suggestion *suggestion);
/** @brief Facts about the data.
 *  @param[in]     suggestion  Of lrpot_fit_suggest().
 *  @param[in,out] facts       struct_size must be set.
 *  @return LRPOT_E_NULL, LRPOT_E_SIZE. @threadsafety Any thread. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_fit_suggestion_get_facts(
    const lrpot_fit_suggestion *suggestion, lrpot_fit_suggestion_facts *facts);
/** @brief Reason for the choice of a member.
 *  @param[in]  suggestion  Of lrpot_fit_suggest().
 *  @param[in]  index       0, 1, ... until NULL comes.
 *  @param[out] member      Option that would set it: "charges", "level" ...; static. NULL: not
 * wanted.
 *  @return One line, borrowed; NULL when there is no such reason. @threadsafety Any thread.
 *  @since 0.1 */
LRPOT_API const char *lrpot_fit_suggestion_reason(const lrpot_fit_suggestion *suggestion,
                                                  int32_t index, const char **member);
/** @} */
LRPOT_END_DECLS
#endif
