/** @file lrpot/workspace.h
 *  @brief Scratch memory of one calling thread, the outputs of a call, and the host's
 * communication. */
#ifndef LRPOT_WORKSPACE_H
#define LRPOT_WORKSPACE_H

#include <lrpot/structure.h>

LRPOT_BEGIN_DECLS

/** @brief Scratch memory. One per calling thread; grows on demand, allocates nothing in steady
 * state.
 *
 *  It keeps parameters of Coulomb sums, meshes, neighbour lists and the last equilibrated charges
 * from call to call, and uses them only where what their error estimate assumed still holds: number
 * of atoms, shape of the cell, periodicity, density, charges, kernel, widths, accuracy, list. So it
 * may serve any sequence of systems and models. Results are within the accuracy asked for whatever
 * came before; two workspaces with different histories may differ by as much, and the same calls in
 * the same order give the same bits. While a cell changes by a few per cent the parameters stay, so
 * that a run is smooth. */
typedef struct lrpot_workspace lrpot_workspace;

/** @brief Creates a workspace.
 *
 *  Threads of OpenMP do not survive fork(): the runtime of the child would wait for them forever.
 * In a child that was forked after its parent computed with this library, calls go on with one
 * thread and give the same bits. The log of the workspace says so, once
 * (lrpot_workspace_set_log()); a BLAS that computes with OpenMP gets one thread there as well, by
 * omp_set_num_threads(1) for the calling thread. A child that is started anew (spawn, exec) has all
 * its threads.
 *  @param[out] out     The workspace; lrpot_workspace_free() releases it.
 *  @param[in] threads  OpenMP threads that a call with this workspace uses, 1 to 4096; 1 where the
 * library was built without OpenMP.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_ARGUMENT; LRPOT_E_MEMORY; LRPOT_E_SYSTEM when another
 * BLAS or LAPACK than the one the library was built for is loaded, one with 64-bit integers.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_workspace_create(lrpot_workspace **out,
                                                               int32_t threads);
/** @brief Frees a workspace; NULL is allowed. @since 0.1 */
LRPOT_API void lrpot_workspace_free(lrpot_workspace *work);
/** @brief Bytes held at the moment. @since 0.1 */
LRPOT_API int64_t lrpot_workspace_bytes(const lrpot_workspace *work);

/** @brief Level of a message of the log: something goes on otherwise than asked for. */
#define LRPOT_LOG_WARNING 1
/** @brief Receives messages of the library.
 *  @param[in] ctx      As given to lrpot_workspace_set_log().
 *  @param[in] level    LRPOT_LOG_WARNING.
 *  @param[in] message  One line without a line end; valid during the call. */
typedef void (*lrpot_log)(void *ctx, int32_t level, const char *message);
/** @brief Sets who receives the messages of calls with this workspace; the library itself prints
 * nothing.
 *  @param[in,out] work  Workspace; NULL is allowed and ignored.
 *  @param[in] log       Called by the thread that calls the library, before the result is there;
 * NULL: nobody.
 *  @param[in] ctx       Passed to log.
 *  @threadsafety Not while a call with this workspace runs.
 *  @since 0.1 */
LRPOT_API void lrpot_workspace_set_log(lrpot_workspace *work, lrpot_log log, void *ctx);

/** @brief Results of a call. A NULL pointer means "not computed". Zero-initialise with
 * LRPOT_OUTPUTS_INIT.
 *
 *  `pull` functions add to the arrays; `compute` and `eval` functions overwrite them unless
 * LRPOT_ADD is set in flags. */
typedef struct lrpot_outputs {
    size_t struct_size;  /**< sizeof(lrpot_outputs). */
    int64_t flags;       /**< 0 or LRPOT_ADD. */
    double *energy;      /**< eV, [1]. */
    double *energy_atom; /**< eV, [n_owned]. */
    /** eV/A, [n_all][3]; ghosts receive partial forces unless atoms->ghost_owner is given. */
    double *forces;
    /** eV, [3][3]: virial[a][b] = -dE/dstrain_ab (LAMMPS sign); stress = -virial / V. */
    double *virial;
    double *virial_atom; /**< eV, [n_all][3][3]; sums to virial. */
    double *charges;     /**< e, [n_owned]. */
    double *potential;   /**< V (eV per e), [n_owned]: dE/dq at fixed positions. */
    double *dipole;      /**< e A, [3]: sum q r of the owned atoms with positions as given. */
    double *field;       /**< V/A, [n_owned][3]: electric field at the atoms. */
} lrpot_outputs;

/** @brief Initialiser of lrpot_outputs. */
#define LRPOT_OUTPUTS_INIT                                                             \
    {                                                                                  \
        sizeof(lrpot_outputs), 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL \
    }
/** @brief Add to the outputs instead of overwriting them. */
#define LRPOT_ADD 1

/** @brief Communication of a parallel host. NULL members, or a NULL struct, mean a single process.
 * Callbacks return 0 or a negative status. */
typedef struct lrpot_comm {
    size_t struct_size; /**< sizeof(lrpot_comm). */
    /** Passed to the callbacks. */
    void *ctx;
    /** All-reduce: sum over processes, in place. */
    lrpot_status (*sum)(void *ctx, double *buffer, int64_t n);
    /** Owned -> ghosts, [n_all][width]. */
    lrpot_status (*forward)(void *ctx, double *per_atom, int32_t width);
    /** Adds ghosts onto owners, [n_all][width]. */
    lrpot_status (*reverse)(void *ctx, double *per_atom, int32_t width);
    /** All to all: send holds send_counts[r] doubles for each process r, one after the other;
     * receive gets receive_counts[r] doubles from each, which both sides know. With it the mesh of
     * the Coulomb sum is shared by the processes; without it each holds it all. */
    lrpot_status (*exchange)(void *ctx, const double *send, const int64_t *send_counts,
                             double *receive, const int64_t *receive_counts);
    int32_t rank; /**< Of this process, from 0; looked at where exchange is given. */
    int32_t size; /**< Number of processes. */
} lrpot_comm;

/** @brief Initialiser of lrpot_comm. */
#define LRPOT_COMM_INIT                                        \
    {                                                          \
        sizeof(lrpot_comm), NULL, NULL, NULL, NULL, NULL, 0, 0 \
    }

LRPOT_END_DECLS
#endif
