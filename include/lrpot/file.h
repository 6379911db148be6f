/** @file lrpot/file.h
 *  @brief Result files that appear whole or not at all. The library and the command write all their
 *  files in this way. */
#ifndef LRPOT_FILE_H
#define LRPOT_FILE_H

#include <lrpot/status.h>

#include <stdio.h>

LRPOT_BEGIN_DECLS

/** @brief A result file that is being written.
 *
 *  A regular file is written under the name FILE.tmpN in the same folder, flushed to the disk and
 *  renamed. Until then the old file stands. A symbolic link stays, and its target is replaced. The
 *  mode and the group of an old file stay; a new file has the mode 0666 less the umask of the
 *  process. A file without permission to write is not replaced. Devices, pipes and sockets are
 *  written in place. The descriptor is never 0, 1 or 2, even where these are closed. */
typedef struct lrpot_file lrpot_file;

/** @brief Begins a file.
 *  @param[out] out   The file; lrpot_file_close() or lrpot_file_abandon() ends it. Untouched on
 *    failure.
 *  @param[in]  path  Name of the file; "-" is standard output.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_MEMORY; LRPOT_E_WRITE when it cannot be created.
 *  @threadsafety Safe for different paths.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_file_open(lrpot_file **out, const char *path);
/** @brief Stream to print to; lrpot_file_close() closes it.
 *  @param[in] file  From lrpot_file_open(); NULL is allowed.
 *  @return The stream, borrowed until the file ends; NULL for NULL.
 *  @threadsafety As for the stream.
 *  @since 0.1 */
LRPOT_API FILE *lrpot_file_stream(const lrpot_file *file);
/** @brief Completes the file and gives it its name. Frees the handle in any case.
 *  @param[in,out] file  From lrpot_file_open().
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_WRITE when a byte could not be stored, as on a full
 *    disk: the old file then stands, and the temporary file is removed.
 *  @threadsafety Safe for different files.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_file_close(lrpot_file *file);
/** @brief Drops the new content and frees the handle; the old file stands.
 *  @param[in,out] file  From lrpot_file_open(); NULL is allowed.
 *  @threadsafety Safe for different files.
 *  @since 0.1 */
LRPOT_API void lrpot_file_abandon(lrpot_file *file);
/** @brief Tests if two names lead to one regular file, so that writing one would replace the other.
 *
 *  Symbolic links, hard links and folders are followed. Names of files that do not exist are the
 *  same when writing them would create one file.
 *  @param[in] a  Name of a file; NULL is allowed.
 *  @param[in] b  Name of a file; NULL is allowed.
 *  @return 1 or 0; 0 for NULL, for devices, pipes and folders, and when the system gives no answer.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API int32_t lrpot_file_same(const char *a, const char *b);
/** @brief Removes the unfinished files of this process, those of writers and models included.
 *
 *  It serves handlers of signals that end the process. Files that are open afterwards cannot be
 *  completed. Up to 32 files at a time are remembered.
 *  @threadsafety Safe; async-signal-safe.
 *  @since 0.1 */
LRPOT_API void lrpot_file_discard_all(void);

LRPOT_END_DECLS
#endif
