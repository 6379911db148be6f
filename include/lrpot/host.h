/** @file lrpot/host.h
 *  @brief Models whose site energies and charges come from the caller's own network.
 *
 *  The caller states the cutoff within which its charges depend on neighbours (of a message-passing
 *  network: that of all its layers together) and gives a function that yields for each atom i a
 *  charge c_i, an energy U_i, and their derivatives by the vectors to the neighbours: as rows of
 *  the Jacobian, or by a second function that multiplies weights of the atoms by it, as the reverse
 *  pass of automatic differentiation does. The library
 *  adds neutralisation and the Coulomb sum. The result is an ordinary model: energy, forces,
 * stress, Born charges, polarization, fields and dynamical matrices follow (docs/how-to/host.md).
 * It has no parameters and no file. */
#ifndef LRPOT_HOST_H
#define LRPOT_HOST_H

#include <lrpot/structure.h>

LRPOT_BEGIN_DECLS

/** Flag of lrpot_host_options: outputs of an atom depend on edges of other atoms too, as in a
 *  message-passing network that is given the edges of one layer. It needs pull, whose gradients
 * then are those of S through all outputs. Energies, charges, forces and the virial are offered;
 * the outputs of which atom an edge acts on is not known, so Born charges, fields, virials of atoms
 *  and dynamical matrices are not, and neither are ghosts. */
#define LRPOT_HOST_MESSAGES 4096

/** Neighbours of all owned atoms within the cutoff, as compressed rows: edge e of atom i is one of
 *  offsets[i] to offsets[i + 1] - 1. Borrowed during the call. */
typedef struct lrpot_host_edges {
    size_t struct_size;        /**< sizeof(lrpot_host_edges). */
    int64_t n_atoms;           /**< Number of owned atoms. */
    int64_t n_edges;           /**< Number of edges. */
    const int64_t *offsets;    /**< [n_atoms + 1]. */
    const int32_t *neighbours; /**< [n_edges], indices of all atoms. */
    const double *vectors;     /**< A, [n_edges][3]: r_j - r_i with the image of the neighbour. */
    const int32_t *species;    /**< [n_all], of all atoms. */
    const lrpot_atoms *atoms;  /**< The atoms. */
} lrpot_host_edges;

/** Results of the caller's function, zero before the call. The derivatives of an atom are by the
 *  vectors of its own edges: those by the atom's own position follow. */
typedef struct lrpot_host_results {
    size_t struct_size; /**< sizeof(lrpot_host_results). */
    double *charges;    /**< e, [n_atoms]: c_i; NULL for a model without charges. */
    double *energies;   /**< eV, [n_atoms]: U_i. */
    /** e/A, [n_edges][3]: dc_i/dr_ij; NULL where not wanted. */
    double *charge_gradients;
    /** eV/A, [n_edges][3]: dU_i/dr_ij; NULL where not wanted. */
    double *energy_gradients;
} lrpot_host_results;

/** What the caller's reverse pass begins with: derivatives of a scalar S by the outputs of the
 *  network. Borrowed during the call. */
typedef struct lrpot_host_weights {
    size_t struct_size;     /**< sizeof(lrpot_host_weights). */
    const double *charges;  /**< [n_atoms]: dS/dc_i; NULL for a model without charges. */
    const double *energies; /**< [n_atoms]: dS/dU_i. */
} lrpot_host_weights;

/** Charges, energies and their Jacobians at the present positions, as compressed rows: the context
 *  of lrpot_host_jacobian_evaluate(). Entries of a row whose neighbour is the atom itself, without
 *  an image, are the diagonal and count for nothing: it follows from the others. */
typedef struct lrpot_host_jacobian {
    size_t struct_size;        /**< sizeof(lrpot_host_jacobian). */
    int64_t n_atoms;           /**< Number of owned atoms. */
    const int64_t *offsets;    /**< [n_atoms + 1]. */
    const int32_t *neighbours; /**< [offsets[n_atoms]]. */
    const double *vectors;     /**< A, [offsets[n_atoms]][3]: r_j - r_i with the image. */
    const double *charges;     /**< e, [n_atoms]. */
    /** e/A, [offsets[n_atoms]][3]: dq_i/dr_j, by the position of that image alone. */
    const double *charge_gradients;
    const double *energies;         /**< eV, [n_atoms], or NULL: 0. */
    const double *energy_gradients; /**< eV/A, [offsets[n_atoms]][3], or NULL: 0. */
} lrpot_host_jacobian;
/** @brief Zeros. */
#define LRPOT_HOST_JACOBIAN_INIT                                                 \
    {                                                                            \
        sizeof(lrpot_host_jacobian), 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL \
    }
/** @brief A function for the options that reads a stored Jacobian: options.ctx is a
 *  lrpot_host_jacobian. It holds at the positions it was made for; an entry that is no edge there
 *  is an error. What moves the atoms (dynamical matrices) needs a function of the caller.
 *  @param[in] ctx     lrpot_host_jacobian.
 *  @param[in] edges   Edges of the model.
 *  @param[in] out     Results, zero before the call.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_SIZE (struct_size, number of atoms); LRPOT_E_ARGUMENT:
 * an entry is no edge of these atoms.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_host_jacobian_evaluate(void *ctx,
                                                                     const lrpot_host_edges *edges,
                                                                     const lrpot_host_results *out);

LRPOT_END_DECLS
#endif
