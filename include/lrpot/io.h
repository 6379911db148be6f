/** @file lrpot/io.h
 *  @brief Files: structures (extended XYZ, MLIP .cfg, VASP, Quantum ESPRESSO, LAMMPS dumps),
 * models, files of phonopy. All parsers are independent of the locale. */
#ifndef LRPOT_IO_H
#define LRPOT_IO_H

#include <lrpot/potential.h>

LRPOT_BEGIN_DECLS

/** @brief An open file of structures, read frame by frame. */
typedef struct lrpot_reader lrpot_reader;

/** @brief Opens a file of structures, plain or compressed by gzip. The content tells its format:
 *
 *  - extended XYZ;
 *  - MLIP .cfg (BEGIN_CFG, or a name that ends in .cfg);
 *  - VASP vasprun.xml, one frame for each ionic step: free energy, forces, stress, net charge, and
 *    the Born charges and electronic dielectric tensor of LEPSILON and LCALCEPS;
 *  - XML of Quantum ESPRESSO's pw.x (PREFIX.xml, data-file-schema.xml);
 *  - VASP POSCAR, CONTCAR, XDATCAR;
 *  - LAMMPS text dumps of the styles atom and custom, with any columns, in boxes of any shape.
 *
 *  Both XML formats need a library that was built with libxml2. Frames are read one by one: the
 *  memory does not grow with the file. Types that are numbers get names by
 *  lrpot_reader_set_types(), else the number as label ("0", "1", ...).
 *  @param[out] out   The reader; the caller closes it with lrpot_reader_close(). Untouched on
 *    failure.
 *  @param[in]  path  Name of the file.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_OPEN; LRPOT_E_READ, also for damaged gzip data;
 *    LRPOT_E_PARSE for other compressions and for recognised formats that are not read (OUTCAR,
 *    CP2K, ABINIT and more), with the way to convert them; LRPOT_E_UNSUPPORTED for XML without
 *    libxml2; LRPOT_E_MEMORY.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_reader_open(lrpot_reader **out, const char *path);
/** @brief Format of the file.
 *  @param[in] reader  Reader; NULL is allowed.
 *  @return Static string: "extended XYZ", "MLIP .cfg", "VASP POSCAR", "VASP vasprun.xml", "LAMMPS
 *    dump" or "XML of Quantum ESPRESSO"; NULL for NULL.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API const char *lrpot_reader_format(const lrpot_reader *reader);
/** @brief Sets the labels of types that the file has as numbers, e.g. "Na", "Cl": the types 0, 1,
 *  ... of a .cfg, the types 1, 2, ... of a dump, the groups of a POSCAR without symbols.
 *  @param[in,out] reader   Reader.
 *  @param[in]     n        Number of types, >= 0.
 *  @param[in]     symbols  [n], labels, not empty; copied.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_ARGUMENT (n, a label); LRPOT_E_MEMORY.
 *  @threadsafety Concurrent calls need different readers.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_reader_set_types(lrpot_reader *reader, int32_t n,
                                                               const char *const *symbols);
/** @brief Makes the reader take a quantity from the given key instead of the known aliases. Reading
 *  a frame without the key is then an error naming file, line and key.
 *  @param[in,out] reader    Reader.
 *  @param[in]     quantity  LRPOT_QUANTITY_*.
 *  @param[in]     key       Key or column of the file; copied. NULL: the known aliases again.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_ARGUMENT (quantity); LRPOT_E_MEMORY.
 *  @threadsafety Concurrent calls need different readers.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_reader_set_key(lrpot_reader *reader, int32_t quantity,
                                                             const char *key);
/** @brief States units of the file, before the first frame. The reader does not look for stated
 *  units. Formats that have units of their own (VASP, Quantum ESPRESSO) ignore the statement with a
 *  note. Forces, velocities and times of a LAMMPS dump need it, unless the dump says its units.
 *
 *  Without a statement the reader examines the beginning of an extended XYZ file (up to 500 frames
 *  within 8 MB) for its units and signs. It compares energies with forces and stresses of frames
 *  that differ little, displacements with velocities and times, accelerations with forces, a virial
 *  with the stress, and the step of the simulation. It converts a quantity whose unit is certain,
 *  leaves out a quantity whose unit is foreign but not certain, and fails where energies contradict
 *  forces or stresses. lrpot_reader_note() reports the conversions.
 *  @param[in,out] reader  Reader before its first frame.
 *  @param[in]     units   "quantity=unit,..." with energy (eV, meV, hartree, rydberg, kcal/mol,
 *    kJ/mol), forces (eV/A, meV/A, hartree/bohr, rydberg/bohr, eV/bohr, hartree/A, kcal/mol/A,
 *    kJ/mol/A, kJ/mol/nm), stress (eV/A^3, GPa, kbar, MPa, bar, atm, Pa, hartree/bohr^3,
 *    rydberg/bohr^3, kcal/mol/A^3), velocities (A/fs, A/ps, nm/ps, m/s, ase, bohr/atu), time (fs,
 *    ps, ns, s, ase, atu), dipole (eA, debye, ebohr). A - before the unit changes the sign, "none"
 *    leaves the quantity out. "metal" and "real" are the styles of LAMMPS.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_ARGUMENT (an unknown quantity or unit; the first frame
 *    has been read).
 *  @threadsafety Concurrent calls need different readers.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_reader_set_units(lrpot_reader *reader,
                                                               const char *units);
/** @brief Conversions and omissions of the reader because of units; known after the first frame.
 *  @param[in] reader  Reader; NULL is allowed.
 *  @param[in] index   Number of the note, from 0.
 *  @return Borrowed text of one line, valid until the reader is closed; NULL behind the last note.
 *  @threadsafety Safe while no thread changes the reader.
 *  @since 0.1 */
LRPOT_API const char *lrpot_reader_note(const lrpot_reader *reader, int32_t index);
/** @brief Reads the next frame, in the units of lrpot/structure.h; times (infos time, Time, t) in
 *  fs.
 *  @param[in,out] reader  Reader.
 *  @param[out]    out     The structure; the caller frees it with lrpot_structure_free(). Untouched
 *    on failure.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_END after the last frame; LRPOT_E_PARSE with file, line
 *    and value; LRPOT_E_READ; LRPOT_E_ARGUMENT, LRPOT_E_NOT_FINITE and LRPOT_E_CELL for a frame
 *    that makes no structure; LRPOT_E_MEMORY.
 *  @threadsafety Concurrent calls need different readers.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_reader_next(lrpot_reader *reader,
                                                          lrpot_structure **out);
/** @brief Keys that gave a quantity so far, and the number of frames with it.
 *  @param[in]  reader    Reader; NULL is allowed.
 *  @param[in]  quantity  LRPOT_QUANTITY_*.
 *  @param[out] key       Borrowed text, valid until the next frame: the keys, separated by ", ";
 *    NULL when none; or NULL.
 *  @return Number of frames that had the quantity.
 *  @threadsafety Safe while no thread changes the reader.
 *  @since 0.1 */
LRPOT_API int64_t lrpot_reader_found(const lrpot_reader *reader, int32_t quantity,
                                     const char **key);
/** @brief Per-atom columns that the reader skipped because no quantity belongs to them, in the
 *  order of their appearance.
 *  @param[in]  reader  Reader; NULL is allowed.
 *  @param[in]  index   Number of the column, from 0.
 *  @param[out] column  Borrowed name, valid until the reader is closed; or NULL.
 *  @return Number of frames that had the column; 0 behind the last column.
 *  @threadsafety Safe while no thread changes the reader.
 *  @since 0.1 */
LRPOT_API int64_t lrpot_reader_skipped(const lrpot_reader *reader, int64_t index,
                                       const char **column);
/** @brief Number of frames left out so far because the electrons were not converged, as the file
 *  says: all steps of NELM taken (VASP), convergence_achieved false (Quantum ESPRESSO).
 *  @param[in] reader  Reader; NULL is allowed.
 *  @return Number of frames; 0 for NULL.
 *  @threadsafety Safe while no thread changes the reader.
 *  @since 0.1 */
LRPOT_API int64_t lrpot_reader_left_out(const lrpot_reader *reader);
/** @brief Number of frames read so far.
 *  @param[in] reader  Reader; NULL is allowed.
 *  @return Number of frames; 0 for NULL.
 *  @threadsafety Safe while no thread changes the reader.
 *  @since 0.1 */
LRPOT_API int64_t lrpot_reader_frames(const lrpot_reader *reader);
/** @brief Closes a reader and frees it.
 *  @param[in,out] reader  Reader; NULL is allowed.
 *  @threadsafety Not while another thread uses it.
 *  @since 0.1 */
LRPOT_API void lrpot_reader_close(lrpot_reader *reader);

/** @brief Reads one frame of a file. Units are recognised as lrpot_reader_set_units() describes.
 *  @param[out] out    The structure; the caller frees it with lrpot_structure_free(). Untouched on
 *    failure.
 *  @param[in]  path   Name of the file.
 *  @param[in]  frame  Number of the frame, from 0.
 *  @return As lrpot_reader_open() and lrpot_reader_next(); LRPOT_E_END when the file has fewer
 *    frames; LRPOT_E_ARGUMENT (negative frame).
 *  @threadsafety Safe. @complexity All frames before are read.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_structure_read(lrpot_structure **out,
                                                             const char *path, int64_t frame);

/** @brief A file of structures being written. Numbers are printed so that the same bits are read
 *  back. */
typedef struct lrpot_writer lrpot_writer;
/** @brief Opens a file for writing. A name that ends in .cfg gives MLIP's format, every other name
 *  extended XYZ. The file appears under its name only when lrpot_writer_close() succeeds; until
 *  then a temporary file stands beside it.
 *  @param[out] out   The writer; lrpot_writer_close() or lrpot_writer_abandon() ends it. Untouched
 *    on failure.
 *  @param[in]  path  Name of the file; "-" is standard output (XYZ).
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_WRITE; LRPOT_E_MEMORY.
 *  @threadsafety Safe for different paths.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_writer_open(lrpot_writer **out, const char *path);
/** @brief Appends a frame with all its quantities. A .cfg numbers the symbols in the order of
 *  lrpot_writer_set_types(), else of their appearance.
 *  @param[in,out] writer     Writer.
 *  @param[in]     structure  Structure; not modified.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_SPECIES for a symbol that is none of the types set;
 *    LRPOT_E_UNSUPPORTED for a structure that the format cannot hold; LRPOT_E_WRITE;
 *    LRPOT_E_MEMORY.
 *  @threadsafety Concurrent calls need different writers.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_writer_append(lrpot_writer *writer,
                                                            const lrpot_structure *structure);
/** @brief Sets the numbers of the types of a .cfg, before the first frame.
 *  @param[in,out] writer   Writer.
 *  @param[in]     n        Number of types.
 *  @param[in]     symbols  [n], symbol of type 0, 1, ...; copied.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_STATE after the first frame; LRPOT_E_MEMORY.
 *  @threadsafety Concurrent calls need different writers.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_writer_set_types(lrpot_writer *writer, int32_t n,
                                                               const char *const *symbols);
/** @brief Completes the file and frees the writer, also on failure.
 *  @param[in,out] writer  Writer.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_WRITE: the old file then stands.
 *  @threadsafety Concurrent calls need different writers.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_writer_close(lrpot_writer *writer);
/** @brief Drops the unfinished file and frees the writer.
 *  @param[in,out] writer  Writer; NULL is allowed.
 *  @threadsafety Concurrent calls need different writers.
 *  @since 0.1 */
LRPOT_API void lrpot_writer_abandon(lrpot_writer *writer);

/** @brief Loads a model: the library's own file or MLIP's .mtp or .almtp, recognised by content.
 *  @param[out] out   The model; the caller frees it with lrpot_potential_free(). Untouched on
 *    failure.
 *  @param[in]  path  Name of the file.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_OPEN; LRPOT_E_READ; LRPOT_E_PARSE; LRPOT_E_VERSION;
 *    LRPOT_E_CHECKSUM; LRPOT_E_UNSUPPORTED (magnetic and other radial types); LRPOT_E_ARGUMENT,
 *    LRPOT_E_NOT_FINITE and LRPOT_E_ACCURACY for content that makes no model; LRPOT_E_MEMORY.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_potential_load(lrpot_potential **out,
                                                             const char *path);
/** @brief Saves a model in the library's own format: JSON text, %.17g, checksum. The file appears
 *  whole or not at all; on failure the old file stands.
 *  @param[in] potential  Model; not modified.
 *  @param[in] path       Name of the file.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_NOT_FINITE; LRPOT_E_WRITE; LRPOT_E_MEMORY.
 *  @threadsafety Safe for different paths.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_potential_save(const lrpot_potential *potential,
                                                             const char *path);
/** @brief Saves the local part of a model as MLIP .mtp, without its core, which the format lacks.
 *  @param[in] potential  Model; not modified.
 *  @param[in] path       Name of the file.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_UNSUPPORTED for a model with charges, or with another
 *    part that the format cannot hold; LRPOT_E_WRITE; LRPOT_E_MEMORY.
 *  @threadsafety Safe for different paths.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_potential_save_mtp(const lrpot_potential *potential,
                                                                 const char *path);
/** @brief Saves a NEP as nep.txt: the header as it was read, then the numbers, which read back as
 * the same bits. What the file cannot hold is refused by name: charges added to the NEP, energies
 * of the species, notes, an accuracy, another Coulomb sum or convention of forces than the default.
 *  @param[in] potential  Model; not modified.
 *  @param[in] path       Name of the file.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_UNSUPPORTED for a model that is no NEP, or with a part
 * that the format cannot hold; LRPOT_E_WRITE; LRPOT_E_MEMORY.
 *  @threadsafety Safe for different paths.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_potential_save_nep(const lrpot_potential *potential,
                                                                 const char *path);

/** @brief Writes phonopy's FORCE_CONSTANTS (full form).
 *  @param[in] path  Name of the file.
 *  @param[in] n     Atoms of the supercell, >= 1.
 *  @param[in] D     [n][3][n][3], in units of the interface that phonopy is run with: eV/A^2 beside
 *    a POSCAR, Ry/bohr^2 beside an input of Quantum ESPRESSO. Atoms in phonopy's order.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_ARGUMENT; LRPOT_E_NOT_FINITE; LRPOT_E_WRITE;
 *    LRPOT_E_MEMORY.
 *  @threadsafety Safe for different paths.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_phonopy_write_force_constants(const char *path,
                                                                            int64_t n,
                                                                            const double *D);
/** @brief Writes phonopy's FORCE_SETS (type 1).
 *  @param[in] path           Name of the file.
 *  @param[in] n              Atoms of the supercell, >= 1.
 *  @param[in] n_sets         Number of displacements, >= 1.
 *  @param[in] atoms          [n_sets], displaced atom of each set, from 0.
 *  @param[in] displacements  A, [n_sets][3].
 *  @param[in] forces         eV/A, [n_sets][n][3].
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_ARGUMENT; LRPOT_E_NOT_FINITE; LRPOT_E_WRITE;
 *    LRPOT_E_MEMORY.
 *  @threadsafety Safe for different paths.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_phonopy_write_force_sets(const char *path, int64_t n,
                                                                       int64_t n_sets,
                                                                       const int64_t *atoms,
                                                                       const double *displacements,
                                                                       const double *forces);
/** @brief Writes phonopy's BORN.
 *  @param[in] path     Name of the file.
 *  @param[in] factor   First line: e^2/(4 pi eps_0) in units of the force constants,
 *    LRPOT_COULOMB_CONSTANT for eV and A, 2 for Ry and bohr. 0 writes `default`: phonopy then takes
 *    the value of its interface.
 *  @param[in] epsilon  [3][3], electronic dielectric tensor.
 *  @param[in] n        Rows of Born charges, >= 1.
 *  @param[in] Z        e, [n][3][3] of the symmetry-independent atoms of phonopy's primitive cell
 *    (of all its atoms when phonopy is run with --nosym), in the order of the cell's file; for a
 *    POSCAR that of lrpot_structure_species_order().
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_ARGUMENT; LRPOT_E_NOT_FINITE; LRPOT_E_WRITE;
 *    LRPOT_E_MEMORY.
 *  @threadsafety Safe for different paths.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_phonopy_write_born(const char *path, double factor,
                                                                 const double *epsilon, int64_t n,
                                                                 const double *Z);
/** @brief Writes a VASP POSCAR, atoms grouped by species, see lrpot_structure_species_order(). The
 *  rows of a left-handed cell, which VASP refuses, are written with the opposite sign: the lattice
 *  is the same.
 *  @param[in]  path       Name of the file.
 *  @param[in]  structure  Structure with a cell; not modified.
 *  @param[out] order      [n] or NULL: order[k] is the structure's atom at place k of the file.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_CELL without a cell; LRPOT_E_WRITE; LRPOT_E_MEMORY.
 *  @threadsafety Safe for different paths.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_poscar_write(const char *path,
                                                           const lrpot_structure *structure,
                                                           int64_t *order);

LRPOT_END_DECLS
#endif
