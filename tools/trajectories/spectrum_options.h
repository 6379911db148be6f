/* Options of spectra by averaged segments, and what is checked of all of them. */
#ifndef LRPOT_TOOL_SPECTRUM_OPTIONS_H
#define LRPOT_TOOL_SPECTRUM_OPTIONS_H

#include "cli/curves.h"
#include "cli/options.h"

#include <lrpot/lrpot.h>

typedef struct spectrum_options {
    const char *window_text, *quantum_text;
    double resolution, highest;
    lrpot_spectrum_options options;
} spectrum_options;

#define SPECTRUM_DEFAULTS                      \
    {                                          \
        .options = LRPOT_SPECTRUM_OPTIONS_INIT \
    }
/* Rows of a verb's table of options. */
#define SPECTRUM_OPTIONS(spectrum)                                                \
    { 'r',                                                                        \
      "resolution",                                                               \
      OPTION_REAL,                                                                \
      "CM1",                                                                      \
      "most cm-1 between frequencies; default: about 15 segments",                \
      &(spectrum)->resolution,                                                    \
      1e-6,                                                                       \
      1e6 },                                                                      \
        { 'x',                                                                    \
          "highest",                                                              \
          OPTION_REAL,                                                            \
          "CM1",                                                                  \
          "end of the spectrum; default: all frequencies",                        \
          &(spectrum)->highest,                                                   \
          1e-3,                                                                   \
          1e9 },                                                                  \
        { 'w',                                                                    \
          "window",                                                               \
          OPTION_TEXT,                                                            \
          "W",                                                                    \
          "hann, gaussian, none; default hann",                                   \
          &(spectrum)->window_text,                                               \
          0,                                                                      \
          0 },                                                                    \
        { 0,                                                                      \
          "width",                                                                \
          OPTION_REAL,                                                            \
          "X",                                                                    \
          "standard deviation of the Gaussian window in segments, default 0.125", \
          &(spectrum)->options.width,                                             \
          1e-3,                                                                   \
          10 },                                                                   \
        { 0,                                                                      \
          "overlap",                                                              \
          OPTION_REAL,                                                            \
          "X",                                                                    \
          "part that segments share, default 0.5; -1: none",                      \
          &(spectrum)->options.overlap,                                           \
          -1,                                                                     \
          0.95 },                                                                 \
    {                                                                             \
        0, "quantum", OPTION_TEXT, "Q",                                           \
            "none (= classical), harmonic, standard, schofield; default none",    \
            &(spectrum)->quantum_text, 0, 0                                       \
    }

/* Names of LRPOT_WINDOW_* and LRPOT_QUANTUM_*, ended by NULL. */
extern const char *const spectrum_windows[], *const spectrum_quanta[];

/* GO_ON, or an exit code after a message. */
int spectrum_read_words(spectrum_options *s, const char *verb);
/* Number of samples of a segment for the resolution asked for, with fs between samples. */
void spectrum_set_segment(spectrum_options *s, double step);
/* Checks that the spectrum vanishes towards the Nyquist frequency. Bands beyond it are folded back
 * to below it. GO_ON, or an exit code after a message. */
int spectrum_check_sampling(const spectrum_options *s, int64_t n, const double *wavenumbers,
                            const double *spectrum, double step, const char *path);
/* Number of frequencies up to the end that was asked for. */
int64_t spectrum_shown(const spectrum_options *s, int64_t n, const double *wavenumbers);
/* Prints n rows of a spectrum: as CSV to -o or standard output, or as JSON. DONE or an exit code.
 */
int spectrum_print(const spectrum_options *s, const common_options *common, int64_t segments,
                   int64_t n, int32_t n_columns, const curve_column *columns);

#endif
