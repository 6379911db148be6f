/** @file lrpot/file.h
 *  @brief Result files that appear whole or not at all. All files that the library writes are
 * written in this way, and those of the command. */
#ifndef LRPOT_FILE_H
#define LRPOT_FILE_H

#include <lrpot/status.h>

#include <stdio.h>

LRPOT_BEGIN_DECLS

/** @brief A result file that is being written.
 *
 *  A regular file is written under the name FILE.tmpN in the same folder, flushed to the disk and
 * renamed. Until then the old file stands. A symbolic link stays, the file that it names is
 * replaced. The mode and the group of an old file stay; a new file has the mode 0666 less the umask
 * of the process. A file without permission to write is not replaced. Devices, pipes and sockets
 * are written in place. The descriptor is never 0, 1 or 2, even where these are closed. */
typedef struct lrpot_file lrpot_file;

/** @brief Begins a file.
 *  @param[out] out   The file; lrpot_file_close() or lrpot_file_abandon() ends it.
 *  @param[in]  path  Name; "-" is standard output.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_MEMORY; LRPOT_E_WRITE when it cannot be created.
 *  @threadsafety Safe for different paths.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_file_open(lrpot_file **out, const char *path);
/** @brief Stream to print to; lrpot_file_close() closes it.
 *  @param[in] file  From lrpot_file_open().
 *  @return The stream, or NULL for NULL.
 *  @threadsafety As for the stream.
 *  @since 0.1 */
LRPOT_API FILE *lrpot_file_stream(const lrpot_file *file);
/** @brief Completes the file and gives it its name. Frees the handle in any case.
 *  @param[in,out] file  From lrpot_file_open().
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_WRITE when some byte did not reach its place, as on a
 * full disk: the old file then stands and no other is left.
 *  @threadsafety Safe for different files.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_file_close(lrpot_file *file);
/** @brief Drops what was written and frees the handle; the old file stands.
 *  @param[in,out] file  From lrpot_file_open(); NULL is allowed.
 *  @threadsafety Safe for different files.
 *  @since 0.1 */
LRPOT_API void lrpot_file_abandon(lrpot_file *file);
/** @brief Whether two names lead to one regular file, so that writing under one would replace what
 * the other reads: through links, hard links and folders. Files that are not there yet are the same
 * where writing them would create one.
 *  @param[in] a  Name of a file.
 *  @param[in] b  Name of a file.
 *  @return 1 or 0; 0 for NULL, for devices, pipes and folders, and where it cannot be found out.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API int32_t lrpot_file_same(const char *a, const char *b);
/** @brief Removes the unfinished files of this process, those of writers and models included.
 *
 *  For the handler of a signal that ends the process: it may be called there. Files that are open
 * afterwards cannot be completed. Up to 32 files at a time are remembered.
 *  @threadsafety Safe; async-signal-safe.
 *  @since 0.1 */
LRPOT_API void lrpot_file_discard_all(void);

LRPOT_END_DECLS
#endif
