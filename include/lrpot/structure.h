/** @file lrpot/structure.h
 *  @brief Atoms, cells and periodicity: the view that a host lends and the structure that the
 * library owns.
 *
 *  Lengths in A, energies in eV, charges in e, stress in eV/A^3 (tension positive), dipoles in e A.
 */
#ifndef LRPOT_STRUCTURE_H
#define LRPOT_STRUCTURE_H

#include <lrpot/status.h>

LRPOT_BEGIN_DECLS

/** @brief Atoms lent by the caller for the time of a call. Zero-initialise with LRPOT_ATOMS_INIT.
 *
 *  Owned atoms come first, ghosts (copies of owned atoms of this or another process) after them. */
typedef struct lrpot_atoms {
    size_t struct_size;      /**< sizeof(lrpot_atoms). */
    int64_t n_owned;         /**< Number of atoms that this process owns. */
    int64_t n_all;           /**< Owned plus ghosts. */
    const double *positions; /**< A, [n_all][stride]; unwrapped positions are fine. */
    const int32_t *species;  /**< Index of the species in the model, [n_all]. */
    /** A, [3][3], rows are a, b, c; may be NULL without periodicity. */
    const double *cell;
    /** [n_all]: owned atom on which forces of a ghost are folded; NULL: the host folds. */
    const int64_t *ghost_owner;
    /** Bit d set: periodic along cell row d. With ghosts the images are the ghosts' business for
     * neighbours, and the mask serves the Coulomb sum alone. */
    int32_t periodic_mask;
    int32_t stride;      /**< Doubles between positions of consecutive atoms; 0 means 3. */
    double total_charge; /**< Total charge in e of the whole system (all processes). */
    /** [n_owned], 0 to n_fragments - 1: sets of atoms that keep their charge each, heeded by
     * equilibrated charges; NULL: the whole system is one. */
    const int32_t *fragments;
    /** e, [n_fragments], which sum to total_charge; NULL: 0 each. */
    const double *fragment_charges;
    /** Fragments of the whole system (all processes); a fragment may have no atoms. */
    int32_t n_fragments;
    int32_t reserved; /**< 0. */
} lrpot_atoms;

/** @brief Initialiser of lrpot_atoms. */
#define LRPOT_ATOMS_INIT                                                               \
    {                                                                                  \
        sizeof(lrpot_atoms), 0, 0, NULL, NULL, NULL, NULL, 0, 0, 0.0, NULL, NULL, 0, 0 \
    }
/** @brief Periodic along all three cell vectors. */
#define LRPOT_PERIODIC_ALL 7

/** @brief A structure owned by the library: atoms with element symbols, and whatever reference
 * values came with it. */
typedef struct lrpot_structure lrpot_structure;

/** Quantities that a structure may carry beside its geometry; @see lrpot_structure_get. */
#define LRPOT_QUANTITY_ENERGY 1       /**< eV, 1 value. */
#define LRPOT_QUANTITY_FORCES 2       /**< eV/A, [n][3]. */
#define LRPOT_QUANTITY_STRESS 3       /**< eV/A^3, [3][3], tension positive. */
#define LRPOT_QUANTITY_DIPOLE 4       /**< e A, [3]. */
#define LRPOT_QUANTITY_CHARGES 5      /**< e, [n]. */
#define LRPOT_QUANTITY_BORN_CHARGES 6 /**< e, [n][3][3], Z[a][b] = d(V P_a)/dr_b. */
#define LRPOT_QUANTITY_TOTAL_CHARGE 7 /**< e, 1 value; absent when the source did not say. */
#define LRPOT_QUANTITY_ENERGY_ATOM 8  /**< eV, [n]. */
#define LRPOT_QUANTITY_POTENTIAL 9    /**< V (eV per e), [n]. */
#define LRPOT_QUANTITY_VELOCITIES 10  /**< A/fs as read, [n][3]. */
#define LRPOT_QUANTITY_MASSES 11      /**< u, [n]. */
#define LRPOT_QUANTITY_SIGMA 12       /**< A, [n]: widths of Gaussian charges. */
#define LRPOT_QUANTITY_EPSILON_INF 13 /**< [3][3], electronic dielectric tensor. */
#define LRPOT_QUANTITY_QUADRUPOLE 14  /**< e A^2, [3][3]. */
#define LRPOT_QUANTITY_FIELD 15       /**< V/A, [n][3]: electric field at the atoms. */
/** [n], whole numbers from 0 on: the fragment of each atom; @see
 * lrpot_structure_set_fragment_charges. */
#define LRPOT_QUANTITY_FRAGMENT 16
/** [n], whole numbers, each once: the identity of each atom in a trajectory. Files with such a
 * column are read in ascending order of it. */
#define LRPOT_QUANTITY_ID 17
/** [n][3], whole numbers: cells that lie between the position as given and its place on the
 * unwrapped path; @see lrpot_path_step. */
#define LRPOT_QUANTITY_IMAGE 18
#define LRPOT_QUANTITY_COUNT 19 /**< One more than the largest quantity. */

/** @brief Creates a structure from arrays.
 *  @param[out] out            The structure; free with lrpot_structure_free().
 *  @param[in]  n              Number of atoms, >= 1.
 *  @param[in]  symbols        Element symbol or any label of at most 15 characters, [n].
 *  @param[in]  positions      A, [n][3].
 *  @param[in]  cell           A, [3][3] rows a, b, c; NULL for an isolated system.
 *  @param[in]  periodic_mask  Bit d: periodic along row d.
 *  @return LRPOT_OK, LRPOT_E_ARGUMENT, LRPOT_E_NOT_FINITE, LRPOT_E_CELL, LRPOT_E_MEMORY.
 *  @threadsafety Reentrant. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_structure_create(lrpot_structure **out, int64_t n,
                                                               const char *const *symbols,
                                                               const double *positions,
                                                               const double *cell,
                                                               int32_t periodic_mask);
/** @brief Deep copy. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_structure_clone(lrpot_structure **out,
                                                              const lrpot_structure *structure);
/** @brief Repeats a periodic structure along its cell rows; quantities are dropped except the total
 * charge, which is multiplied, and fragments: each copy has its own.
 *  @param[in] repeat  [3], each >= 1; 1 along directions that are not periodic. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_structure_repeat(lrpot_structure **out,
                                                               const lrpot_structure *structure,
                                                               const int32_t *repeat);
/** @brief Frees a structure; NULL is allowed. @since 0.1 */
LRPOT_API void lrpot_structure_free(lrpot_structure *structure);

/** @brief Number of atoms. @since 0.1 */
LRPOT_API int64_t lrpot_structure_count(const lrpot_structure *structure);
/** @brief Symbol of atom i, e.g. "Na". @return Borrowed string, valid as long as the structure;
 * NULL if i is out of range. @since 0.1 */
LRPOT_API const char *lrpot_structure_symbol(const lrpot_structure *structure, int64_t i);
/** @brief Labels of a set of structures, each once: elements by atomic number, other labels after
 * them by name.
 *  @param[in]  n           Number of structures.
 *  @param[in]  structures  [n] Not modified.
 *  @param[in]  room        Labels that `labels` has room for.
 *  @param[out] labels      [room][16] Texts that end with 0.
 *  @param[out] count       Labels found.
 *  @return LRPOT_E_NULL, LRPOT_E_ARGUMENT (more labels than room). @threadsafety Reentrant.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_structures_labels(int64_t n,
                                                                lrpot_structure *const *structures,
                                                                int32_t room, char *labels,
                                                                int32_t *count);
/** @brief Order of the atoms in files that group them by species, such as POSCAR: species in order
 * of first appearance, the atoms of each as they stand. Rows of every file that goes with such a
 * file have this order.
 *  @param[in]  structure  Not modified.
 *  @param[out] order      [n]: order[k] is the structure's atom at place k of the file.
 *  @return LRPOT_OK; LRPOT_E_ARGUMENT for NULL. @threadsafety Safe. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status
lrpot_structure_species_order(const lrpot_structure *structure, int64_t *order);
/** @brief Positions, A, [n][3], writable; borrowed. @since 0.1 */
LRPOT_API double *lrpot_structure_positions(lrpot_structure *structure);
/** @brief Positions of a structure that must not be changed. @since 0.1 */
LRPOT_API const double *lrpot_structure_positions_const(const lrpot_structure *structure);
/** @brief Cell, A, [3][3] rows a, b, c; NULL when the structure has none. Borrowed. @since 0.1 */
LRPOT_API const double *lrpot_structure_cell(const lrpot_structure *structure);
/** @brief Replaces the cell; positions stay. @return LRPOT_E_CELL when a periodic cell has no
 * volume. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_structure_set_cell(lrpot_structure *structure,
                                                                 const double *cell,
                                                                 int32_t periodic_mask);
/** @brief Bit d set: periodic along row d. @since 0.1 */
LRPOT_API int32_t lrpot_structure_periodic_mask(const lrpot_structure *structure);
/** @brief Volume of the cell in A^3 (positive for left-handed cells too); 0 without a cell. @since
 * 0.1 */
LRPOT_API double lrpot_structure_volume(const lrpot_structure *structure);

/** @brief A quantity of the structure, borrowed; NULL when absent. Shapes as listed at
 * LRPOT_QUANTITY_ENERGY and after. @since 0.1 */
LRPOT_API const double *lrpot_structure_get(const lrpot_structure *structure, int32_t quantity);
/** @brief Stores a copy of a quantity; values NULL removes it. @return LRPOT_E_ARGUMENT,
 * LRPOT_E_NOT_FINITE, LRPOT_E_MEMORY. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_structure_set(lrpot_structure *structure,
                                                            int32_t quantity, const double *values);
/** @brief Number of doubles of a quantity in a structure of n atoms; 0 for an unknown one. @since
 * 0.1 */
LRPOT_API int64_t lrpot_quantity_size(int32_t quantity, int64_t n);
/** @brief Name of a quantity as it is written to files, e.g. "forces"; NULL for an unknown one.
 * @since 0.1 */
LRPOT_API const char *lrpot_quantity_name(int32_t quantity);

/** @brief Puts the atoms into another order, with everything that belongs to each of them: symbol,
 * position, all quantities of atoms, fragment.
 *  @param[in,out] structure  The structure; as it was where the call fails.
 *  @param[in]     order      [n]: the atom of place order[k] comes to place k. Each place once.
 *  @return LRPOT_E_ARGUMENT naming the first entry that is out of range or stands twice,
 * LRPOT_E_MEMORY. @threadsafety Concurrent calls need different structures. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_structure_reorder(lrpot_structure *structure,
                                                                const int64_t *order);

/** @brief Charges of the fragments that LRPOT_QUANTITY_FRAGMENT divides the atoms into. Where the
 * structure has no total charge of its own, views have their sum.
 *  @param[in] n        Number of fragments; 0 removes the charges, which makes all fragments
 * neutral.
 *  @param[in] charges  e, [n]; copied. @return LRPOT_E_ARGUMENT, LRPOT_E_NOT_FINITE,
 * LRPOT_E_MEMORY. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status
lrpot_structure_set_fragment_charges(lrpot_structure *structure, int32_t n, const double *charges);
/** @brief These charges, borrowed; NULL and n = 0 without. @since 0.1 */
LRPOT_API const double *lrpot_structure_fragment_charges(const lrpot_structure *structure,
                                                         int32_t *n);

/** @brief Points in space at which the electrostatic potential is known: a target of fits, kept
 * beside the quantities.
 *  @param[in] n           Number of points; 0 removes them.
 *  @param[in] points      A, [n][3]; copied. Not at the place of an atom. Of periodic systems any
 * image will do.
 *  @param[in] potentials  V, [n]; copied. Zero is the potential at infinity of isolated systems,
 * its mean over the cell of periodic ones.
 *  @return LRPOT_E_ARGUMENT, LRPOT_E_NOT_FINITE, LRPOT_E_MEMORY. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_structure_set_points(lrpot_structure *structure,
                                                                   int64_t n, const double *points,
                                                                   const double *potentials);
/** @brief These points, borrowed; NULL and n = 0 without. @param[out] potentials  V, [n]; or NULL.
 * @since 0.1 */
LRPOT_API const double *lrpot_structure_points(const lrpot_structure *structure, int64_t *n,
                                               const double **potentials);

/** @brief A key of the file's comment line that the library has no use for, e.g. "config_type";
 * kept and written back.
 *  @return Borrowed string or NULL. @since 0.1 */
LRPOT_API const char *lrpot_structure_info(const lrpot_structure *structure, const char *key);
/** @brief Sets such a key; value NULL removes it. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_structure_set_info(lrpot_structure *structure,
                                                                 const char *key,
                                                                 const char *value);
/** @brief Key and value number @p index (0-based) of these keys. @return 1 when it exists, 0
 * otherwise. @since 0.1 */
LRPOT_API int32_t lrpot_structure_info_at(const lrpot_structure *structure, int64_t index,
                                          const char **key, const char **value);

/** @brief Fills a view of the structure for a list of species.
 *  @param[in]  symbols   Symbols of the model's species, [n_symbols]; the index in this list
 * becomes the species.
 *  @param[out] species   [n], written; the view borrows it.
 *  @param[out] view      Filled; borrows from structure and species. total_charge is the
 * structure's, 0 when it has none.
 *  @return LRPOT_E_SPECIES naming the first atom whose symbol is not in the list. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_structure_view(const lrpot_structure *structure,
                                                             int32_t n_symbols,
                                                             const char *const *symbols,
                                                             int32_t *species, lrpot_atoms *view);

/** @brief Mass in u of an element by symbol (standard atomic weight); 0 when unknown. @since 0.1 */
LRPOT_API double lrpot_element_mass(const char *symbol);
/** @brief Atomic number of an element by symbol; 0 when unknown. @since 0.1 */
LRPOT_API int32_t lrpot_element_number(const char *symbol);
/** @brief Pauling electronegativity of an element by symbol; 0 when unknown. @since 0.1 */
LRPOT_API double lrpot_element_electronegativity(const char *symbol);
/** @brief Covalent radius in A of an element by symbol; 0 when unknown. @since 0.1 */
LRPOT_API double lrpot_element_radius(const char *symbol);

LRPOT_END_DECLS
#endif
