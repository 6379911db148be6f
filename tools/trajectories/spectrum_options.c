#include "trajectories/spectrum_options.h"

#include "cli/report.h"

#include <math.h>
#include <string.h>

const char *const spectrum_windows[] = { "hann", "gaussian", "none", NULL };
const char *const spectrum_quanta[] = { "classical", "harmonic", "standard", "schofield", NULL };

/* Index of a word in a list; 0 for NULL, the index of the end if it is not there. */
static int32_t index_of(const char *const *list, const char *word)
{
    int32_t k = 0;
    while (word != NULL && list[k] != NULL && strcmp(word, list[k]) != 0) k++;
    return k;
}

int spectrum_read_words(spectrum_options *s, const char *verb)
{
    if (s->options.width > 0.0
        && (s->window_text == NULL || strcmp(s->window_text, "gaussian") != 0))
        return report_usage(verb, "--width has no effect without --window gaussian");
    s->options.window = index_of(spectrum_windows, s->window_text);
    if (spectrum_windows[s->options.window] == NULL)
        return report_usage(verb, "--window %s: expected hann, gaussian or none", s->window_text);
    if (s->quantum_text != NULL && strcmp(s->quantum_text, "none") == 0) s->quantum_text = NULL;
    s->options.quantum = index_of(spectrum_quanta, s->quantum_text);
    if (spectrum_quanta[s->options.quantum] == NULL)
        return report_usage(
            verb, "--quantum %s: expected none, classical, harmonic, standard or schofield",
            s->quantum_text);
    return GO_ON;
}

void spectrum_set_segment(spectrum_options *s, double step)
{
    s->options.segment = 0;
    if (s->resolution > 0.0)
        s->options.segment =
            (int64_t)fmin(ceil(1e3 * LRPOT_CM_PER_THZ / (s->resolution * step)), 1e18);
}

int spectrum_check_sampling(const spectrum_options *s, int64_t n, const double *wavenumbers,
                            const double *spectrum, double step, const char *path)
{
    static const double largest = 0.25; /* relative to the mean, in the last tenth of the axis */
    double all = 0.0, last = 0.0, nyquist = wavenumbers[n - 1];
    int64_t from = n - n / 10;
    for (int64_t k = 1; k < n; k++) {
        all += spectrum[k] / (double)(n - 1);
        if (k >= from) last += spectrum[k] / (double)(n - from);
    }
    if (n < 20 || !(last > largest * all)) return GO_ON;
    if (s->highest > 0.0 && s->highest <= 0.8 * nyquist) {
        report_note("%s: bands reach the end of the axis at %.4g cm-1; what lies beyond is folded "
                    "back into the spectrum",
                    path, nyquist);
        return GO_ON;
    }
    return report_error(NOT_CONVERGED,
                        "%s: the spectrum has not vanished at %.4g cm-1, the most that samples "
                        "%g fs apart show: bands beyond it are folded back; sample more often, or "
                        "keep away from the end, --highest %.4g",
                        path, nyquist, step, 0.8 * nyquist);
}

int64_t spectrum_shown(const spectrum_options *s, int64_t n, const double *wavenumbers)
{
    while (s->highest > 0.0 && n > 1 && wavenumbers[n - 1] > s->highest) n--;
    return n;
}

int spectrum_print(const spectrum_options *s, const common_options *common, int64_t segments,
                   int64_t n, int32_t n_columns, const curve_column *columns)
{
    if (common->output != NULL) {
        int code = curves_csv(common->output, n, n_columns, columns);
        if (code != GO_ON) return code;
    }
    output out = { stdout, NULL, NULL };
    int code = DONE;
    if (common->json) {
        json_t *root = json_object();
        json_put_text(root, "window", spectrum_windows[s->options.window]);
        json_put_text(root, "quantum", spectrum_quanta[s->options.quantum]);
        json_put_count(root, "segments", segments);
        curves_json(root, n, n_columns, columns);
        code = output_json(&out, root);
    } else if (common->output == NULL) curves_print(out.stream, n, n_columns, columns);
    int closed = output_close(&out, 1);
    return code == DONE ? closed : code;
}
