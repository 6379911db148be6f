/** @file lrpot/structure.h
 *  @brief Atoms, cells and periodicity: the view that a host lends and the structure that the
 *  library owns.
 *
 *  Units: lengths in A, energies in eV, charges in e, stress in eV/A^3 (tension positive), dipoles
 *  in e A. */
#ifndef LRPOT_STRUCTURE_H
#define LRPOT_STRUCTURE_H

#include <lrpot/status.h>

LRPOT_BEGIN_DECLS

/** @brief Atoms lent by the caller for the time of a call. Initialise with LRPOT_ATOMS_INIT.
 *
 *  Owned atoms come first, ghosts (copies of owned atoms of this or another process) after them. */
typedef struct lrpot_atoms {
    size_t struct_size; /**< sizeof(lrpot_atoms). */
    int64_t n_owned;    /**< Number of atoms that this process owns. */
    int64_t n_all;      /**< Number of owned atoms and ghosts, < 2^31. */
    /** A, [n_all][stride]; they need not be wrapped into the cell. */
    const double *positions;
    const int32_t *species; /**< [n_all], index of the species in the model. */
    /** A, [3][3], rows are a, b, c; NULL is allowed without periodicity. */
    const double *cell;
    /** [n_all], owned atom onto which the force of a ghost is added; NULL: the host does it. */
    const int64_t *ghost_owner;
    /** Bit d set: periodic along cell row d. With ghosts the images of neighbours are among the
     * ghosts, and the Coulomb sum alone uses the mask. */
    int32_t periodic_mask;
    /** Doubles between positions of consecutive atoms, >= 3; 0 means 3. */
    int32_t stride;
    /** e, total charge of the whole system (all processes). */
    double total_charge;
    /** [n_owned], 0 to n_fragments - 1: sets of atoms that each keep their charge or their
     * potential. Equilibrated charges and densities use them. NULL: the whole system is one set. */
    const int32_t *fragments;
    /** e, [n_fragments]; they sum to total_charge. NULL: 0 each. */
    const double *fragment_charges;
    /** Number of fragments of the whole system (all processes); a fragment may have no atoms. */
    int32_t n_fragments;
    /** LRPOT_POTENTIALS_*: the zero of fragment_potentials. */
    int32_t potential_reference;
    /** V (eV per e), [n_fragments]: dE/dQ of the charge of a fragment, at which it is held; NaN:
     * the fragment keeps its charge. A higher potential makes a fragment more positive, as the pole
     * of a battery does; the Fermi level of its electrons is -e times the potential. NULL: all keep
     * their charge. Energies are then the grand potential E - sum V Q over the held fragments, and
     * forces and virials its derivatives (docs/theory/charges.md). */
    const double *fragment_potentials;
} lrpot_atoms;

/** @brief Initialiser of lrpot_atoms. */
#define LRPOT_ATOMS_INIT                                                                     \
    {                                                                                        \
        sizeof(lrpot_atoms), 0, 0, NULL, NULL, NULL, NULL, 0, 0, 0.0, NULL, NULL, 0, 0, NULL \
    }
/** @brief Potentials of fragments count from a level that all held fragments share: only their
 *  differences count. The sum of the charges of these fragments is that of their fragment_charges,
 *  and the level follows from it. In every boundary. */
#define LRPOT_POTENTIALS_SHARED 0
/** @brief Potentials of fragments count from the vacuum, 0 at infinity. The charges of the held
 *  fragments are free, their fragment_charges are 0, and total_charge is that of the others. In
 *  isolated systems (periodic_mask 0) alone: a charged slab or wire has no potential at infinity,
 *  and a crystal no vacuum. */
#define LRPOT_POTENTIALS_VACUUM 1
/** @brief Periodic along all three cell vectors. */
#define LRPOT_PERIODIC_ALL 7

/** @brief A structure owned by the library: atoms with element symbols, and the reference values
 *  that came with it. */
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
/** [n][3], A/fs; without known units of the file as read. */
#define LRPOT_QUANTITY_VELOCITIES 10
#define LRPOT_QUANTITY_MASSES 11      /**< u, [n]. */
#define LRPOT_QUANTITY_SIGMA 12       /**< A, [n]: widths of Gaussian charges. */
#define LRPOT_QUANTITY_EPSILON_INF 13 /**< [3][3], electronic dielectric tensor. */
#define LRPOT_QUANTITY_QUADRUPOLE 14  /**< e A^2, [3][3]. */
#define LRPOT_QUANTITY_FIELD 15       /**< V/A, [n][3]: electric field at the atoms. */
/** [n], whole numbers from 0 on: the fragment of each atom; @see
 *  lrpot_structure_set_fragment_charges. */
#define LRPOT_QUANTITY_FRAGMENT 16
/** [n], whole numbers, each once: the identity of each atom in a trajectory. A reader sorts the
 *  atoms of a file with such a column by ascending identity. */
#define LRPOT_QUANTITY_ID 17
/** [n][3], whole numbers: cell translations from the given position to the position on the
 *  unwrapped path; @see lrpot_path_step. */
#define LRPOT_QUANTITY_IMAGE 18
/** eV/A, [n][3]: standard deviation of the forces over the members of an ensemble. */
#define LRPOT_QUANTITY_FORCES_SPREAD 19
/** A^3, [3][3]: polarizability volume of the system, d(dipole)/dE times LRPOT_COULOMB_CONSTANT; of
 * a crystal's cell V (eps_inf - 1)/(4 pi), E being the macroscopic field. */
#define LRPOT_QUANTITY_POLARIZABILITY 20
/** e A, [n][3]: dipoles of the atoms. */
#define LRPOT_QUANTITY_ATOMIC_DIPOLES 21
/** e A^2, [n][3][3]: quadrupoles of the atoms, second moments q r_a r_b about the atom; fits
 * compare what is left without the trace, q (r_a r_b - r^2/3), which is 2/3 of Buckingham's Theta.
 */
#define LRPOT_QUANTITY_ATOMIC_QUADRUPOLES 22
#define LRPOT_QUANTITY_COUNT 23 /**< One more than the largest quantity. */

/** @brief Creates a structure from arrays.
 *  @param[out] out            The structure; the caller frees it with lrpot_structure_free().
 *    Untouched on failure.
 *  @param[in]  n              Number of atoms, 1 to 2^31 - 1.
 *  @param[in]  symbols        [n], element symbol or any label of 1 to 15 printable characters;
 *    copied.
 *  @param[in]  positions      A, [n][3]; copied.
 *  @param[in]  cell           A, [3][3], rows a, b, c; copied. NULL for an isolated system.
 *  @param[in]  periodic_mask  Bit d: periodic along row d.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_ARGUMENT (n, a symbol, the mask); LRPOT_E_NOT_FINITE;
 *    LRPOT_E_CELL; LRPOT_E_MEMORY.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_structure_create(lrpot_structure **out, int64_t n,
                                                               const char *const *symbols,
                                                               const double *positions,
                                                               const double *cell,
                                                               int32_t periodic_mask);
/** @brief Makes a deep copy.
 *  @param[out] out        The copy; the caller frees it with lrpot_structure_free(). Untouched on
 *    failure.
 *  @param[in]  structure  Structure; not modified.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_MEMORY.
 *  @threadsafety Safe while no thread changes @p structure.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_structure_clone(lrpot_structure **out,
                                                              const lrpot_structure *structure);
/** @brief Repeats a periodic structure along its cell rows.
 *
 *  Quantities are dropped, with two exceptions: the total charge is multiplied by the number of
 *  copies, and each copy has fragments of its own, with their charge or potential. Keys of the
 * comment line are kept. Atoms of one copy follow each other; the translation along the last row
 * varies fastest.
 *  @param[out] out        The supercell; the caller frees it with lrpot_structure_free(). Untouched
 *    on failure.
 *  @param[in]  structure  Structure; not modified.
 *  @param[in]  repeat     [3], each >= 1; 1 along directions that are not periodic.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_ARGUMENT (repeat); LRPOT_E_SIZE (too many atoms or
 *    fragments); LRPOT_E_NOT_FINITE and LRPOT_E_CELL (overflow of positions or cell);
 *    LRPOT_E_MEMORY.
 *  @threadsafety Safe while no thread changes @p structure.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_structure_repeat(lrpot_structure **out,
                                                               const lrpot_structure *structure,
                                                               const int32_t *repeat);
/** @brief Frees a structure.
 *  @param[in] structure  Structure; NULL is allowed.
 *  @threadsafety Not while another thread uses the structure.
 *  @since 0.1 */
LRPOT_API void lrpot_structure_free(lrpot_structure *structure);

/** @brief Number of atoms.
 *  @param[in] structure  Structure; NULL is allowed.
 *  @return Number of atoms; 0 for NULL.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API int64_t lrpot_structure_count(const lrpot_structure *structure);
/** @brief Symbol of an atom, e.g. "Na".
 *  @param[in] structure  Structure; NULL is allowed.
 *  @param[in] i          Index of the atom, from 0.
 *  @return Borrowed string, valid until the structure is freed; NULL if i is out of range.
 *  @threadsafety Safe while no thread changes the structure.
 *  @since 0.1 */
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
/** @brief Order of the atoms in files that group them by species, such as POSCAR.
 *
 *  Species come in order of first appearance, the atoms of each species in the order of the
 *  structure. Rows of every file that belongs to such a file have this order.
 *  @param[in]  structure  Structure; not modified.
 *  @param[out] order      [n]: order[k] is the structure's atom at place k of the file.
 *  @return LRPOT_OK; LRPOT_E_NULL.
 *  @threadsafety Safe while no thread changes the structure.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status
lrpot_structure_species_order(const lrpot_structure *structure, int64_t *order);
/** @brief Positions of a structure, writable.
 *  @param[in] structure  Structure; NULL is allowed.
 *  @return A, [n][3], borrowed until the structure is freed or reordered; NULL for NULL.
 *  @threadsafety Writing needs exclusive use of the structure.
 *  @since 0.1 */
LRPOT_API double *lrpot_structure_positions(lrpot_structure *structure);
/** @brief Positions of a structure, read only.
 *  @param[in] structure  Structure; NULL is allowed.
 *  @return A, [n][3], borrowed until the structure is freed or reordered; NULL for NULL.
 *  @threadsafety Safe while no thread changes the structure.
 *  @since 0.1 */
LRPOT_API const double *lrpot_structure_positions_const(const lrpot_structure *structure);
/** @brief Cell of a structure.
 *  @param[in] structure  Structure; NULL is allowed.
 *  @return A, [3][3], rows a, b, c, borrowed until the structure is freed; NULL when it has no
 *    cell.
 *  @threadsafety Safe while no thread changes the structure.
 *  @since 0.1 */
LRPOT_API const double *lrpot_structure_cell(const lrpot_structure *structure);
/** @brief Replaces the cell; positions stay.
 *  @param[in,out] structure      Structure; unchanged on failure.
 *  @param[in]     cell           A, [3][3], rows a, b, c; copied. NULL removes the cell.
 *  @param[in]     periodic_mask  Bit d: periodic along row d; 0 without a cell.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_ARGUMENT (the mask); LRPOT_E_NOT_FINITE; LRPOT_E_CELL
 *    when a periodic cell has no volume.
 *  @threadsafety Needs exclusive use of the structure.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_structure_set_cell(lrpot_structure *structure,
                                                                 const double *cell,
                                                                 int32_t periodic_mask);
/** @brief Periodicity of a structure.
 *  @param[in] structure  Structure; NULL is allowed.
 *  @return Bit d set: periodic along cell row d; 0 for NULL.
 *  @threadsafety Safe while no thread changes the structure.
 *  @since 0.1 */
LRPOT_API int32_t lrpot_structure_periodic_mask(const lrpot_structure *structure);
/** @brief Volume of the cell.
 *  @param[in] structure  Structure; NULL is allowed.
 *  @return A^3, positive for left-handed cells too; 0 without a cell.
 *  @threadsafety Safe while no thread changes the structure.
 *  @since 0.1 */
LRPOT_API double lrpot_structure_volume(const lrpot_structure *structure);

/** @brief A quantity of the structure.
 *  @param[in] structure  Structure; NULL is allowed.
 *  @param[in] quantity   LRPOT_QUANTITY_*, which states unit and shape of the values.
 *  @return [lrpot_quantity_size()] values, borrowed until the quantity is set again or the
 *    structure is freed or reordered; NULL when absent.
 *  @threadsafety Safe while no thread changes the structure.
 *  @since 0.1 */
LRPOT_API const double *lrpot_structure_get(const lrpot_structure *structure, int32_t quantity);
/** @brief Stores a copy of a quantity.
 *  @param[in,out] structure  Structure; unchanged on failure.
 *  @param[in]     quantity   LRPOT_QUANTITY_*, which states unit and shape of the values.
 *  @param[in]     values     [lrpot_quantity_size()], copied; NULL removes the quantity.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_ARGUMENT (unknown quantity; fragments that are no whole
 *    numbers from 0 on); LRPOT_E_NOT_FINITE; LRPOT_E_MEMORY.
 *  @threadsafety Needs exclusive use of the structure.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_structure_set(lrpot_structure *structure,
                                                            int32_t quantity, const double *values);
/** @brief Number of values of a quantity.
 *  @param[in] quantity  LRPOT_QUANTITY_*.
 *  @param[in] n         Number of atoms.
 *  @return Number of doubles; 0 for an unknown quantity or negative n.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API int64_t lrpot_quantity_size(int32_t quantity, int64_t n);
/** @brief Name of a quantity as it is written to files, e.g. "forces".
 *  @param[in] quantity  LRPOT_QUANTITY_*.
 *  @return Static string; NULL for an unknown quantity.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API const char *lrpot_quantity_name(int32_t quantity);

/** @brief Permutes the atoms with all their data: symbol, position, quantities of atoms, fragment.
 *  @param[in,out] structure  Structure; unchanged on failure.
 *  @param[in]     order      [n]: the atom of place order[k] comes to place k. Each place appears
 *    once.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_ARGUMENT naming the first entry that is out of range or
 *    repeated; LRPOT_E_MEMORY.
 *  @threadsafety Needs exclusive use of the structure.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_structure_reorder(lrpot_structure *structure,
                                                                const int64_t *order);

/** @brief Sets the charges of the fragments of LRPOT_QUANTITY_FRAGMENT.
 *
 *  A view of a structure without a total charge of its own has the sum of these charges.
 *  @param[in,out] structure  Structure; unchanged on failure.
 *  @param[in]     n          Number of fragments; 0 removes the charges, and all fragments are then
 *    neutral.
 *  @param[in]     charges    e, [n]; copied. NULL is allowed when n is 0.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_ARGUMENT (negative n); LRPOT_E_NOT_FINITE;
 *    LRPOT_E_MEMORY.
 *  @threadsafety Needs exclusive use of the structure.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status
lrpot_structure_set_fragment_charges(lrpot_structure *structure, int32_t n, const double *charges);
/** @brief Charges of the fragments, as lrpot_structure_set_fragment_charges() stored them.
 *  @param[in]  structure  Structure; NULL is allowed.
 *  @param[out] n          Number of fragments, 0 without charges; or NULL.
 *  @return e, [n], borrowed until they are set again or the structure is freed; NULL without
 *    charges.
 *  @threadsafety Safe while no thread changes the structure.
 *  @since 0.1 */
LRPOT_API const double *lrpot_structure_fragment_charges(const lrpot_structure *structure,
                                                         int32_t *n);

/** @brief Holds fragments of LRPOT_QUANTITY_FRAGMENT at potentials instead of fixed charges.
 *
 *  @see lrpot_atoms.fragment_potentials for sign and zero, LRPOT_POTENTIALS_SHARED.
 *  @param[in,out] structure   Structure; unchanged on failure.
 *  @param[in]     n           Number of fragments; 0 removes the potentials.
 *  @param[in]     potentials  V, [n]; copied; NaN: this fragment keeps its charge. NULL is allowed
 *    when n is 0.
 *  @param[in]     reference   LRPOT_POTENTIALS_SHARED or LRPOT_POTENTIALS_VACUUM.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_ARGUMENT (negative n, unknown reference);
 *    LRPOT_E_NOT_FINITE (an infinite potential); LRPOT_E_MEMORY.
 *  @threadsafety Needs exclusive use of the structure.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_structure_set_fragment_potentials(
    lrpot_structure *structure, int32_t n, const double *potentials, int32_t reference);
/** @brief Potentials of the fragments, as lrpot_structure_set_fragment_potentials() stored them.
 *  @param[in]  structure  Structure; NULL is allowed.
 *  @param[out] n          Number of fragments, 0 without potentials; or NULL.
 *  @param[out] reference  LRPOT_POTENTIALS_*; or NULL.
 *  @return V, [n], borrowed until they are set again or the structure is freed; NULL without
 *    potentials.
 *  @threadsafety Safe while no thread changes the structure.
 *  @since 0.1 */
LRPOT_API const double *lrpot_structure_fragment_potentials(const lrpot_structure *structure,
                                                            int32_t *n, int32_t *reference);

/** @brief Sets points in space with known electrostatic potential. They are a target of fits and
 *  stand beside the quantities.
 *  @param[in,out] structure   Structure; unchanged on failure.
 *  @param[in]     n           Number of points; 0 removes them.
 *  @param[in]     points      A, [n][3]; copied. No point lies on an atom. Any periodic image of a
 *    point is allowed.
 *  @param[in]     potentials  V, [n]; copied. Zero is the potential at infinity of isolated
 *    systems, and the mean over the cell of periodic systems.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_ARGUMENT (negative n); LRPOT_E_NOT_FINITE;
 *    LRPOT_E_MEMORY.
 *  @threadsafety Needs exclusive use of the structure.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_structure_set_points(lrpot_structure *structure,
                                                                   int64_t n, const double *points,
                                                                   const double *potentials);
/** @brief Points with known potential, as lrpot_structure_set_points() stored them.
 *  @param[in]  structure   Structure; NULL is allowed.
 *  @param[out] n           Number of points, 0 without points; or NULL.
 *  @param[out] potentials  V, [n], borrowed like the points; or NULL.
 *  @return A, [n][3], borrowed until they are set again or the structure is freed; NULL without
 *    points.
 *  @threadsafety Safe while no thread changes the structure.
 *  @since 0.1 */
LRPOT_API const double *lrpot_structure_points(const lrpot_structure *structure, int64_t *n,
                                               const double **potentials);

/** @brief Value of a key of the file's comment line that is no quantity, e.g. "config_type". The
 *  library keeps such keys and writes them back.
 *  @param[in] structure  Structure; NULL is allowed.
 *  @param[in] key        Key; NULL is allowed.
 *  @return Borrowed string, valid until the key is set again or the structure is freed; NULL when
 *    absent.
 *  @threadsafety Safe while no thread changes the structure.
 *  @since 0.1 */
LRPOT_API const char *lrpot_structure_info(const lrpot_structure *structure, const char *key);
/** @brief Sets the value of a key of the comment line.
 *  @param[in,out] structure  Structure; unchanged on failure.
 *  @param[in]     key        Key, not empty; copied.
 *  @param[in]     value      Value; copied. NULL removes the key.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_ARGUMENT (empty key); LRPOT_E_MEMORY.
 *  @threadsafety Needs exclusive use of the structure.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_structure_set_info(lrpot_structure *structure,
                                                                 const char *key,
                                                                 const char *value);
/** @brief Key and value of an entry of the comment line.
 *  @param[in]  structure  Structure; NULL is allowed.
 *  @param[in]  index      Number of the entry, from 0.
 *  @param[out] key        Borrowed string, valid until the structure changes; or NULL.
 *  @param[out] value      Borrowed string, valid until the structure changes; or NULL.
 *  @return 1 when the entry exists, 0 otherwise; the outputs are then untouched.
 *  @threadsafety Safe while no thread changes the structure.
 *  @since 0.1 */
LRPOT_API int32_t lrpot_structure_info_at(const lrpot_structure *structure, int64_t index,
                                          const char **key, const char **value);

/** @brief Fills a view of the structure for a list of species.
 *  @param[in]     structure  Structure; the view borrows from it.
 *  @param[in]     n_symbols  Number of species.
 *  @param[in]     symbols    [n_symbols], symbols of the model's species; the index in this list
 *    becomes the species.
 *  @param[out]    species    [n], written; the view borrows it. Undefined on failure.
 *  @param[in,out] view       struct_size must be set; the other members are overwritten. Borrows
 *    from @p structure and @p species. Its total_charge is that of the structure, else the sum of
 *    the fragment charges, else 0.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_SIZE; LRPOT_E_SPECIES naming the first atom whose symbol
 * is not in the list; LRPOT_E_ARGUMENT when an atom belongs to a fragment without a charge or
 *    without an entry among the potentials, and when there are potentials but no fragments.
 *  @threadsafety Safe while no thread changes the structure. @allocates Nothing.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_structure_view(const lrpot_structure *structure,
                                                             int32_t n_symbols,
                                                             const char *const *symbols,
                                                             int32_t *species, lrpot_atoms *view);

/** @brief Standard atomic weight of an element.
 *  @param[in] symbol  Element symbol, e.g. "Na".
 *  @return Mass in u; 0 when unknown.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API double lrpot_element_mass(const char *symbol);
/** @brief Atomic number of an element.
 *  @param[in] symbol  Element symbol, e.g. "Na".
 *  @return Atomic number; 0 when unknown.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API int32_t lrpot_element_number(const char *symbol);
/** @brief Pauling electronegativity of an element.
 *  @param[in] symbol  Element symbol, e.g. "Na".
 *  @return Dimensionless; 0 when unknown.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API double lrpot_element_electronegativity(const char *symbol);
/** @brief Covalent radius of an element.
 *  @param[in] symbol  Element symbol, e.g. "Na".
 *  @return Radius in A; 0 when unknown.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API double lrpot_element_radius(const char *symbol);

LRPOT_END_DECLS
#endif
