/* suggested_fit DATA.xyz OUT.model: the model that the library suggests for data, fitted as a C
 * program does it: two iterations of one start. */
#include <lrpot/lrpot.h>

#include <stdio.h>
#include <stdlib.h>

enum { MOST = 1000 };

static int failed(lrpot_status status)
{
    if (status != LRPOT_OK) fprintf(stderr, "%s\n", lrpot_last_error());
    return status != LRPOT_OK;
}

static int64_t read_all(const char *path, lrpot_structure **frames)
{
    lrpot_reader *reader = NULL;
    int64_t n = 0;
    if (failed(lrpot_reader_open(&reader, path))) exit(1);
    while (n < MOST && lrpot_reader_next(reader, &frames[n]) == LRPOT_OK) n++;
    lrpot_reader_close(reader);
    return n;
}

static int add(lrpot_fit *fit, const lrpot_structure *frame)
{
    lrpot_fit_frame how = LRPOT_FIT_FRAME_INIT;
    int32_t taken = 0;
    if (failed(lrpot_fit_frame_weights(frame, &how, &taken))) return 1;
    return taken && failed(lrpot_fit_add_frame(fit, frame, &how));
}

int main(int argc, char **argv)
{
    static lrpot_structure *frames[MOST];
    lrpot_fit_suggestion *suggestion = NULL;
    lrpot_potential *model = NULL;
    lrpot_fit *fit = NULL;
    lrpot_fit_options options = LRPOT_FIT_OPTIONS_INIT;
    if (argc != 3) return 2;
    int64_t n = read_all(argv[1], frames);
    options.seed = 1;
    options.starts = 1;
    options.max_iterations = 2;
    int bad = failed(lrpot_fit_suggest(&suggestion, NULL, n, frames, NULL))
              || failed(lrpot_potential_create(&model, lrpot_fit_suggestion_options(suggestion)))
              || failed(lrpot_fit_create(&fit, model, &options));
    for (int64_t f = 0; f < n && !bad; f++) bad = add(fit, frames[f]);
    bad = bad || failed(lrpot_fit_run(fit, NULL, NULL))
          || failed(lrpot_potential_save(model, argv[2]));
    lrpot_fit_free(fit);
    lrpot_potential_free(model);
    lrpot_fit_suggestion_free(suggestion);
    for (int64_t f = 0; f < n; f++) lrpot_structure_free(frames[f]);
    return bad;
}
