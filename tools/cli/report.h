/* Messages on standard error: errors with the place they refer to, notes, progress. */
#ifndef LRPOT_TOOL_REPORT_H
#define LRPOT_TOOL_REPORT_H

#include <lrpot/lrpot.h>

#if defined(__GNUC__)
#define REPORT_PRINTF(text, first) __attribute__((format(printf, text, first)))
#else
#define REPORT_PRINTF(text, first)
#endif

/* 0: errors only, 1: notes and progress, 2: details too. */
void report_set_level(int level);
int report_level(void);

/* "lrpot VERB: ..." with a pointer to the help page; returns BAD_USAGE. */
int report_usage(const char *verb, const char *format, ...) REPORT_PRINTF(2, 3);
/* "lrpot: ..." ; returns code. */
int report_error(int code, const char *format, ...) REPORT_PRINTF(2, 3);
/* "lrpot: PLACE: message of the library; hint"; returns the exit code for the status. */
int report_failure(lrpot_status status, const char *place);
int report_no_memory(void);
/* Prints a line on standard error at level 1, or at level 2 for details. */
void report_note(const char *format, ...) REPORT_PRINTF(1, 2);
void report_detail(const char *format, ...) REPORT_PRINTF(1, 2);

/* Progress: one line rewritten on a terminal; elsewhere a line every ten calls or five seconds. */
typedef struct report_progress {
    int64_t calls, printed_call;
    double printed_at;
    int32_t width, terminal, started;
} report_progress;
void report_progress_line(report_progress *progress, const char *format, ...) REPORT_PRINTF(2, 3);
/* Ends the rewritten line. */
void report_progress_end(report_progress *progress);
/* Seconds of a monotonic clock. */
double report_seconds(void);

#endif
