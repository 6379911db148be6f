#include "cli/report.h"

#include "cli/options.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int level = 1;

void report_set_level(int value)
{
    level = value;
}
int report_level(void)
{
    return level;
}

int report_usage(const char *verb, const char *format, ...)
{
    va_list values;
    fprintf(stderr, "lrpot %s: ", verb);
    va_start(values, format);
    vfprintf(stderr, format, values);
    va_end(values);
    fprintf(stderr, "; `lrpot %s --help` lists what there is\n", verb);
    return BAD_USAGE;
}

int report_error(int code, const char *format, ...)
{
    va_list values;
    fputs("lrpot: ", stderr);
    va_start(values, format);
    vfprintf(stderr, format, values);
    va_end(values);
    fputc('\n', stderr);
    return code;
}

int report_no_memory(void)
{
    return report_error(FAILED, "out of memory");
}

static const char *hint_of(lrpot_status status)
{
    switch (status) {
    case LRPOT_E_SPECIES:
        return "; --species A,B,... names the types of the files, `lrpot info MODEL` lists the "
               "model's";
    case LRPOT_E_VERSION: return "; use a release that reads this version";
    case LRPOT_E_CHECKSUM: return "; the file was changed after it was written: get the original";
    case LRPOT_E_BUG: return "; please report this";
    default: return "";
    }
}

static int code_of(lrpot_status status)
{
    if (status == LRPOT_E_WRITE || status == LRPOT_E_MEMORY || status == LRPOT_E_SYSTEM
        || status == LRPOT_E_BUG)
        return FAILED;
    if (status >= LRPOT_E_OPEN && status <= LRPOT_E_END) return BAD_INPUT;
    if (status == LRPOT_E_SPECIES || status == LRPOT_E_COINCIDENT || status == LRPOT_E_CELL)
        return BAD_INPUT;
    if (status == LRPOT_E_NOT_CONVERGED || status == LRPOT_E_INTERRUPTED) return NOT_CONVERGED;
    return FAILED;
}

int report_failure(lrpot_status status, const char *place)
{
    if (status == LRPOT_E_MEMORY) return report_no_memory();
    const char *message = lrpot_last_error();
    /* messages of readers include the file name already */
    if (place != NULL && strncmp(message, place, strlen(place)) == 0) place = NULL;
    fprintf(stderr, "lrpot: %s%s%s%s\n", place != NULL ? place : "", place != NULL ? ": " : "",
            *message != '\0' ? message : lrpot_status_name(status), hint_of(status));
    return code_of(status);
}

static void print_line(const char *format, va_list values)
{
    vfprintf(stderr, format, values);
    fputc('\n', stderr);
}

void report_note(const char *format, ...)
{
    if (level < 1) return;
    va_list values;
    va_start(values, format);
    print_line(format, values);
    va_end(values);
}

void report_detail(const char *format, ...)
{
    if (level < 2) return;
    va_list values;
    va_start(values, format);
    print_line(format, values);
    va_end(values);
}

double report_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static int due(report_progress *progress)
{
    double now = report_seconds();
    int first = !progress->started;
    if (first) progress->terminal = isatty(STDERR_FILENO) && level < 2;
    progress->started = 1;
    progress->calls++;
    if (!first && !progress->terminal && level < 2 && progress->calls - progress->printed_call < 10
        && now - progress->printed_at < 5.0)
        return 0;
    progress->printed_call = progress->calls;
    progress->printed_at = now;
    return 1;
}

void report_progress_line(report_progress *progress, const char *format, ...)
{
    if (level < 1 || !due(progress)) return;
    va_list values;
    va_start(values, format);
    if (progress->terminal) fputc('\r', stderr);
    int width = vfprintf(stderr, format, values);
    va_end(values);
    /* blanks over the rest of the previous line if it was longer */
    if (progress->terminal)
        fprintf(stderr, "%*s", progress->width > width ? progress->width - width : 0, "");
    else fputc('\n', stderr);
    progress->width = width;
    fflush(stderr);
}

void report_progress_end(report_progress *progress)
{
    if (level >= 1 && progress->started && progress->terminal) fputc('\n', stderr);
    memset(progress, 0, sizeof *progress);
}
