/** @file lrpot/status.h
 *  @brief Status codes, the last error message, and the macros every header uses. */
#ifndef LRPOT_STATUS_H
#define LRPOT_STATUS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define LRPOT_BEGIN_DECLS extern "C" { /**< Opens the C declarations of a header. */
#define LRPOT_END_DECLS }              /**< Closes them. */
#else
#define LRPOT_BEGIN_DECLS
#define LRPOT_END_DECLS
#endif

#if defined(__GNUC__) || defined(__clang__)
#define LRPOT_API __attribute__((visibility("default"))) /**< Part of the interface. */
/** The caller must use the status. */
#define LRPOT_MUST_CHECK __attribute__((warn_unused_result))
#else
#define LRPOT_API
#define LRPOT_MUST_CHECK
#endif

LRPOT_BEGIN_DECLS

/** @brief Result of every call that can fail. 0 is success; the numbers below never change.
 *  Negative values belong to callbacks of the caller and pass through unchanged. */
typedef int32_t lrpot_status;

#define LRPOT_OK 0         /**< Success. */
#define LRPOT_E_ARGUMENT 1 /**< An argument has a value that is not allowed. */
#define LRPOT_E_NULL 2     /**< A required pointer is NULL. */
/** An array length or a struct_size does not fit, or a member is set that this library does not
 * know. */
#define LRPOT_E_SIZE 3
#define LRPOT_E_STATE 4 /**< The call does not fit the state of the object. */
/** The request is valid but not offered; the message names the alternative. */
#define LRPOT_E_UNSUPPORTED 5
#define LRPOT_E_SPECIES 6 /**< A species is not part of the model. */
#define LRPOT_E_CUTOFF 7  /**< A neighbour list is shorter than the cutoff. */
#define LRPOT_E_MEMORY 20 /**< Out of memory. */
#define LRPOT_E_SYSTEM 21 /**< A call to the operating system failed. */
#define LRPOT_E_OPEN 40   /**< A file cannot be opened. */
#define LRPOT_E_READ 41   /**< A file cannot be read. */
#define LRPOT_E_WRITE 42  /**< A file cannot be written; the old file is untouched. */
/** A file is malformed; the message gives name, line and value. */
#define LRPOT_E_PARSE 43
/** A file is of a format version that this library does not read. */
#define LRPOT_E_VERSION 44
#define LRPOT_E_CHECKSUM 45      /**< A file's checksum does not match its content. */
#define LRPOT_E_END 46           /**< No further frame in the file. */
#define LRPOT_E_NOT_FINITE 60    /**< An input or a result is NaN or infinite. */
#define LRPOT_E_NOT_CONVERGED 61 /**< An iteration did not reach its tolerance. */
#define LRPOT_E_SINGULAR 62      /**< A linear system is singular or not positive definite. */
#define LRPOT_E_ACCURACY 63      /**< The accuracy asked for cannot be given. */
#define LRPOT_E_COINCIDENT 64    /**< Two atoms are at the same place. */
#define LRPOT_E_CELL 65          /**< The cell has no volume or does not fit the periodicity. */
/** A callback of the caller asked to stop; the best state so far is kept. */
#define LRPOT_E_INTERRUPTED 66
/** The result is there, but the data contradict what its formula assumes; outputs are filled. */
#define LRPOT_E_ASSUMPTION 67
#define LRPOT_E_BUG 255 /**< The library is at fault. */

/** @brief Name of a status code, e.g. "LRPOT_E_CELL".
 *  @param[in] status  Any value.
 *  @return Static string, never NULL: "status of a callback" for negative values, "unknown status"
 *    for other values that the library does not use.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API const char *lrpot_status_name(lrpot_status status);

/** @brief Message of the calling thread's last failure: one line with the offending value.
 *  @return Thread-local string, valid until the next failing call of this thread; "" if none
 *    failed.
 *  @threadsafety Safe: each thread has its own message.
 *  @since 0.1 */
LRPOT_API const char *lrpot_last_error(void);

/** @brief Copies lrpot_last_error() into a caller's buffer, cut to fit and zero-terminated.
 *  @param[out] buffer  [size] bytes of the caller; NULL: nothing is written.
 *  @param[in]  size    Bytes of the buffer; nothing is written when 0 or negative.
 *  @return Length of the whole message in bytes, without the terminating zero.
 *  @threadsafety Safe: each thread has its own message.
 *  @since 0.1 */
LRPOT_API int64_t lrpot_last_error_copy(char *buffer, int64_t size);

/** @brief Version of the library that is running, e.g. "0.1.0".
 *  @return Static string, never NULL.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API const char *lrpot_version(void);

/** Commit of the sources; "unknown" if they came as an archive. */
#define LRPOT_BUILD_COMMIT 0
/** The BLAS that calls reach, with its own description if it has one. */
#define LRPOT_BUILD_BLAS 1
/** The OpenMP runtime that calls reach; "none" for a build without. */
#define LRPOT_BUILD_OPENMP 2
/** Fastest kernels of this processor: "AVX-512", "AVX2" or "plain". */
#define LRPOT_BUILD_KERNELS 3

/** @brief Tells what the library that is running is made of, for reports of errors.
 *  @param[in]  item    LRPOT_BUILD_*.
 *  @param[out] buffer  [size] bytes of the caller: one line, cut to fit and zero-terminated; NULL:
 *    nothing is written.
 *  @param[in]  size    Bytes of the buffer; nothing is written when 0 or negative.
 *  @return Length of the whole text in bytes, without the terminating zero; 0, with an empty text,
 *    for an item that this version does not know.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API int64_t lrpot_build_info(int32_t item, char *buffer, int64_t size);

LRPOT_END_DECLS
#endif
