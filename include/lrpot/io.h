/** @file lrpot/io.h
 *  @brief Files: extended XYZ, MLIP .cfg and .mtp, model files, phonopy files. All parsers are
 * locale-independent. */
#ifndef LRPOT_IO_H
#define LRPOT_IO_H

#include <lrpot/potential.h>

LRPOT_BEGIN_DECLS

/** @brief An open file of structures, read frame by frame. */
typedef struct lrpot_reader lrpot_reader;

/** @brief Opens a file of structures: extended XYZ, or MLIP .cfg when the name ends in .cfg or the
 * file starts with BEGIN_CFG. Atoms of a .cfg get their type number as label ("0", "1", ...).
 * @return LRPOT_E_OPEN; LRPOT_E_PARSE for a compressed file and for formats that are recognised but
 * not read (POSCAR, OUTCAR, LAMMPS dump and more), with the way to convert them. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_reader_open(lrpot_reader **out, const char *path);
/** @brief Labels given to the types 0, 1, ... of a .cfg, e.g. "Na", "Cl"; copied. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_reader_set_types(lrpot_reader *reader, int32_t n,
                                                               const char *const *symbols);
/** @brief Makes the reader take a quantity from the given key instead of the known aliases; reading
 * a frame without it is an error naming file, line and key. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_reader_set_key(lrpot_reader *reader, int32_t quantity,
                                                             const char *key);
/** @brief States units of the file, which are then not looked for; before the first frame.
 *
 *  The reader looks at the beginning of an extended XYZ file (up to 500 frames within 8 MB) for
 * what tells its units and signs: energies against forces and stresses of frames that differ
 * little, displacements against velocities and times, accelerations against forces, a virial beside
 * the stress, the step of the simulation. It converts what is certain, leaves a quantity out where
 * the unit is foreign but not certain, and fails where energies contradict forces or stresses.
 * lrpot_reader_note() tells what was done.
 *  @param[in] units  "quantity=unit,..." with energy (eV, meV, hartree, rydberg, kcal/mol, kJ/mol),
 * forces (eV/A, meV/A, hartree/bohr, rydberg/bohr, eV/bohr, hartree/A, kcal/mol/A, kJ/mol/A,
 * kJ/mol/nm), stress (eV/A^3, GPa, kbar, MPa, bar, atm, Pa, hartree/bohr^3, rydberg/bohr^3,
 * kcal/mol/A^3), velocities (A/fs, A/ps, nm/ps, m/s, ase, bohr/atu), time (fs, ps, ns, s, ase,
 * atu), dipole (eA, debye, ebohr); a - before the unit turns the sign, "none" leaves the quantity
 * out. "metal" and "real" are LAMMPS' styles.
 *  @return LRPOT_OK, LRPOT_E_ARGUMENT. @threadsafety Not for one reader in several threads. @since
 * 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_reader_set_units(lrpot_reader *reader,
                                                               const char *units);
/** @brief What the reader converted or left out because of its unit, known after the first frame;
 * one line each, numbered from 0. @return Borrowed text, NULL behind the last. @since 0.1 */
LRPOT_API const char *lrpot_reader_note(const lrpot_reader *reader, int32_t index);
/** @brief Next frame, in the units of lrpot/structure.h; times (infos time, Time, t) in fs. @return
 * LRPOT_OK, LRPOT_E_END after the last, LRPOT_E_PARSE with file, line and value. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_reader_next(lrpot_reader *reader,
                                                          lrpot_structure **out);
/** @brief Which key gave a quantity so far, and in how many frames. @return Frames that had it;
 * *key is borrowed, NULL when none. @since 0.1 */
LRPOT_API int64_t lrpot_reader_found(const lrpot_reader *reader, int32_t quantity,
                                     const char **key);
/** @brief Per-atom columns that were skipped because no quantity belongs to them, numbered from 0
 * in the order of their appearance.
 *  @return Frames that had it, 0 behind the last; *column is borrowed. @since 0.1 */
LRPOT_API int64_t lrpot_reader_skipped(const lrpot_reader *reader, int64_t index,
                                       const char **column);
/** @brief Frames read so far. @since 0.1 */
LRPOT_API int64_t lrpot_reader_frames(const lrpot_reader *reader);
/** @brief Closes a reader; NULL is allowed. @since 0.1 */
LRPOT_API void lrpot_reader_close(lrpot_reader *reader);

/** @brief Reads one frame (0-based) of a file, its units recognised as lrpot_reader_set_units()
 * tells. @return LRPOT_E_END when the file has fewer frames.
 * @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_structure_read(lrpot_structure **out,
                                                             const char *path, int64_t frame);

/** @brief A file of structures being written. Numbers are printed so that the same bits are read
 * back. */
typedef struct lrpot_writer lrpot_writer;
/** @brief Opens a file for writing by its ending: .cfg is MLIP's format, everything else extended
 * XYZ. The file appears under its name only when lrpot_writer_close() succeeds; until then a
 * temporary stands beside it. "-" is standard output (XYZ). @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_writer_open(lrpot_writer **out, const char *path);
/** @brief Appends a frame with all its quantities. .cfg: symbols are numbered in the order of
 * set_types or of appearance. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_writer_append(lrpot_writer *writer,
                                                            const lrpot_structure *structure);
/** @brief Numbers of the types of a .cfg; copied. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_writer_set_types(lrpot_writer *writer, int32_t n,
                                                               const char *const *symbols);
/** @brief Completes the file and frees the writer (also on failure). @return LRPOT_E_WRITE. @since
 * 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_writer_close(lrpot_writer *writer);
/** @brief Drops the unfinished file and frees the writer; NULL is allowed. @since 0.1 */
LRPOT_API void lrpot_writer_abandon(lrpot_writer *writer);

/** @brief Loads a model: the library's own file or MLIP's .mtp / .almtp (recognised by content).
 *  @return LRPOT_E_OPEN, LRPOT_E_PARSE, LRPOT_E_VERSION, LRPOT_E_CHECKSUM, LRPOT_E_UNSUPPORTED
 * (magnetic and other radial types). @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_potential_load(lrpot_potential **out,
                                                             const char *path);
/** @brief Saves a model in the library's own format: JSON text, %.17g, checksum. Written aside and
 * renamed: nothing is lost on failure.
 *  @return LRPOT_E_WRITE, LRPOT_E_MEMORY. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_potential_save(const lrpot_potential *potential,
                                                             const char *path);
/** @brief Saves the local part as MLIP .mtp. @return LRPOT_E_UNSUPPORTED for a model with charges.
 * @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_potential_save_mtp(const lrpot_potential *potential,
                                                                 const char *path);

/** @brief Writes phonopy's FORCE_CONSTANTS (full form).
 *  @param[in] path  File to write.
 *  @param[in] n     Atoms of the supercell.
 *  @param[in] D     [n][3][n][3], in units of the interface that phonopy is run with: eV/A^2 beside
 * a POSCAR, Ry/bohr^2 beside an input of Quantum ESPRESSO. Atoms in phonopy's order.
 *  @return LRPOT_OK; LRPOT_E_ARGUMENT, LRPOT_E_NOT_FINITE, LRPOT_E_WRITE. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_phonopy_write_force_constants(const char *path,
                                                                            int64_t n,
                                                                            const double *D);
/** @brief Writes phonopy's FORCE_SETS (type 1).
 *  @param[in] atoms          [n_sets], 0-based displaced atom. @param[in] displacements  A,
 * [n_sets][3].
 *  @param[in] forces         eV/A, [n_sets][n][3]. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_phonopy_write_force_sets(const char *path, int64_t n,
                                                                       int64_t n_sets,
                                                                       const int64_t *atoms,
                                                                       const double *displacements,
                                                                       const double *forces);
/** @brief Writes phonopy's BORN.
 *  @param[in] path     File to write.
 *  @param[in] factor   First line: e^2/(4 pi eps_0) in units of the force constants,
 * LRPOT_COULOMB_CONSTANT for eV and A, 2 for Ry and bohr. 0 writes `default`, for which phonopy
 * takes the value of the interface that it is run with.
 *  @param[in] epsilon  [3][3]. @param[in] n  Rows of Born charges.
 *  @param[in] Z        e, [n][3][3] of the symmetry-independent atoms of phonopy's primitive cell
 * (of all its atoms when phonopy is run with --nosym), in the order of the cell's file: of a
 * POSCAR, lrpot_structure_species_order().
 *  @return LRPOT_OK; LRPOT_E_ARGUMENT, LRPOT_E_NOT_FINITE, LRPOT_E_WRITE. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_phonopy_write_born(const char *path, double factor,
                                                                 const double *epsilon, int64_t n,
                                                                 const double *Z);
/** @brief Writes a VASP POSCAR, atoms grouped by species, see lrpot_structure_species_order(). The
 * rows of a left-handed cell, which VASP refuses, are written with the opposite sign: the lattice
 * is the same.
 *  @param[in]  path       File to write. @param[in] structure  With a cell.
 *  @param[out] order      [n] or NULL: order[k] is the structure's atom at place k of the file.
 *  @return LRPOT_OK; LRPOT_E_CELL, LRPOT_E_MEMORY, LRPOT_E_WRITE. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_poscar_write(const char *path,
                                                           const lrpot_structure *structure,
                                                           int64_t *order);

LRPOT_END_DECLS
#endif
