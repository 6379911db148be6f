/** @file lrpot/workspace.h
 *  @brief Scratch memory of one calling thread, the outputs of a call, and the communication of the
 *  host. */
#ifndef LRPOT_WORKSPACE_H
#define LRPOT_WORKSPACE_H

#include <lrpot/structure.h>

LRPOT_BEGIN_DECLS

/** @brief Scratch memory of one calling thread. It grows on demand and allocates nothing in steady
 *  state.
 *
 *  A workspace keeps parameters of Coulomb sums, meshes, neighbour lists and the last equilibrated
 *  charges from call to call. It reuses them only while the assumptions of their error estimate
 *  hold: number of atoms, shape of the cell, periodicity, density, charges, kernel, widths,
 *  accuracy, list. One workspace may therefore serve any sequence of systems and models. Results
 *  are within the requested accuracy for every history. Two workspaces with different histories may
 *  differ by that accuracy. The same calls in the same order give the same bits. The parameters
 *  stay while a cell changes by a few per cent, so that a run is smooth. */
typedef struct lrpot_workspace lrpot_workspace;

/** @brief Creates a workspace.
 *
 *  Threads of OpenMP do not survive fork(): the runtime of the child would wait for them forever. A
 *  child that was forked after its parent computed with this library continues with one thread and
 *  gives the same bits. The log of the workspace reports this once (lrpot_workspace_set_log()). A
 *  BLAS that computes with OpenMP then gets one thread as well, by omp_set_num_threads(1) for the
 *  calling thread. A child that is started anew (spawn, exec) has all its threads.
 *  @param[out] out      The workspace; the caller releases it with lrpot_workspace_free().
 *    Untouched on failure.
 *  @param[in]  threads  OpenMP threads of a call with this workspace, 1 to 4096; 1 is used where
 *    the library was built without OpenMP.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_ARGUMENT; LRPOT_E_MEMORY; LRPOT_E_SYSTEM when another
 *    BLAS or LAPACK than that of the build is loaded, one with 64-bit integers.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_workspace_create(lrpot_workspace **out,
                                                               int32_t threads);
/** @brief Frees a workspace and everything that it keeps.
 *  @param[in] work  Workspace; NULL is allowed.
 *  @threadsafety Not while a call with this workspace runs.
 *  @since 0.1 */
LRPOT_API void lrpot_workspace_free(lrpot_workspace *work);
/** @brief Bytes of scratch memory that a workspace holds at the moment.
 *  @param[in] work  Workspace; NULL is allowed.
 *  @return Bytes; 0 for NULL. Plans and lists that the workspace keeps are not counted.
 *  @threadsafety Not while a call with this workspace runs.
 *  @since 0.1 */
LRPOT_API int64_t lrpot_workspace_bytes(const lrpot_workspace *work);

/** @brief Level of a log message: the library continues in another way than requested. */
#define LRPOT_LOG_WARNING 1
/** @brief Receives messages of the library.
 *  @param[in] ctx      As given to lrpot_workspace_set_log().
 *  @param[in] level    LRPOT_LOG_WARNING.
 *  @param[in] message  One line without a line end; valid during the call.
 *  @since 0.1 */
typedef void (*lrpot_log)(void *ctx, int32_t level, const char *message);
/** @brief Sets the receiver of messages from calls with this workspace. The library itself prints
 *  nothing.
 *  @param[in,out] work  Workspace; NULL is allowed and ignored.
 *  @param[in]     log   Called by the thread that calls the library, before the call returns; NULL:
 *    no receiver.
 *  @param[in]     ctx   Passed to @p log; borrowed until another receiver is set or the workspace
 *    is freed.
 *  @threadsafety Not while a call with this workspace runs.
 *  @since 0.1 */
LRPOT_API void lrpot_workspace_set_log(lrpot_workspace *work, lrpot_log log, void *ctx);

/** @brief Results of a call. A NULL pointer means "not computed". Initialise with
 *  LRPOT_OUTPUTS_INIT.
 *
 *  The caller owns all arrays. `pull` functions add to them. `compute` and `eval` functions
 *  overwrite them unless LRPOT_ADD is set in flags. */
typedef struct lrpot_outputs {
    size_t struct_size;  /**< sizeof(lrpot_outputs). */
    int64_t flags;       /**< 0 or LRPOT_ADD. */
    double *energy;      /**< eV, [1]. */
    double *energy_atom; /**< eV, [n_owned]. */
    /** eV/A, [n_all][3]. Ghosts receive partial forces unless atoms->ghost_owner is given. */
    double *forces;
    /** eV, [3][3]: virial[a][b] = -dE/dstrain_ab (LAMMPS sign); stress = -virial / V. */
    double *virial;
    double *virial_atom; /**< eV, [n_all][3][3]; sums to virial. */
    double *charges;     /**< e, [n_owned]. */
    double *potential;   /**< V (eV per e), [n_owned]: dE/dq at fixed positions. */
    /** e A, [3]: sum q r of the owned atoms with positions as given. */
    double *dipole;
    double *field; /**< V/A, [n_owned][3]: electric field at the atoms. */
} lrpot_outputs;

/** @brief Initialiser of lrpot_outputs. */
#define LRPOT_OUTPUTS_INIT                                                             \
    {                                                                                  \
        sizeof(lrpot_outputs), 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL \
    }
/** @brief Add to the outputs instead of overwriting them. */
#define LRPOT_ADD 1

/** @brief Communication of a parallel host. NULL members, or a NULL struct, mean a single process.
 *
 *  Callbacks return 0 or a negative status; the library passes a negative status up unchanged. */
typedef struct lrpot_comm {
    size_t struct_size; /**< sizeof(lrpot_comm). */
    void *ctx;          /**< Passed to the callbacks; borrowed. */
    /** All-reduce: sums buffer [n] over the processes, in place. */
    lrpot_status (*sum)(void *ctx, double *buffer, int64_t n);
    /** Copies values of owned atoms to their ghosts; per_atom [n_all][width]. */
    lrpot_status (*forward)(void *ctx, double *per_atom, int32_t width);
    /** Adds values of ghosts to their owners; per_atom [n_all][width]. */
    lrpot_status (*reverse)(void *ctx, double *per_atom, int32_t width);
    /** All to all: send holds send_counts[r] doubles for each process r, one after the other;
     * receive gets receive_counts[r] doubles from each process r. Both sides know the counts. With
     * this callback the processes share the mesh of the Coulomb sum; without it each process holds
     * all of it. */
    lrpot_status (*exchange)(void *ctx, const double *send, const int64_t *send_counts,
                             double *receive, const int64_t *receive_counts);
    /** Number of this process, from 0; used where exchange is given. */
    int32_t rank;
    int32_t size; /**< Number of processes; used where exchange is given. */
} lrpot_comm;

/** @brief Initialiser of lrpot_comm. */
#define LRPOT_COMM_INIT                                        \
    {                                                          \
        sizeof(lrpot_comm), NULL, NULL, NULL, NULL, NULL, 0, 0 \
    }

LRPOT_END_DECLS
#endif
