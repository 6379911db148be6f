#include "learning/labels.h"

#include "cli/report.h"
#include "fitting/dataset.h"

#include <math.h>

static int judge(const dataset *set, int64_t asked)
{
    static const int32_t needed[2] = { LRPOT_QUANTITY_ENERGY, LRPOT_QUANTITY_FORCES };
    static const char *const names[2] = { "energy", "forces" };
    if (set->n == 0) return report_error(BAD_INPUT, "%s: holds no frame", set->path);
    if (set->n > asked)
        return report_error(BAD_INPUT, "%s: holds %lld frames, %lld were asked for", set->path,
                            (long long)set->n, (long long)asked);
    for (int q = 0; q < 2; q++)
        if (set->found[needed[q]] < set->n)
            return report_error(BAD_INPUT, "%s: only %lld of %lld frames have %s", set->path,
                                (long long)set->found[needed[q]], (long long)set->n, names[q]);
    if (set->n < asked)
        report_note("%s: %lld of %lld frames came back from the reference", set->path,
                    (long long)set->n, (long long)asked);
    return GO_ON;
}

int labels_check(const char *path, int64_t asked, const char *keys)
{
    dataset set = { 0 };
    key_list list = { .n = 0 };
    int code = key_list_read(&list, "learn", keys);
    if (code == GO_ON) code = dataset_read(&set, path, &list, NULL, NAN);
    if (code == GO_ON) code = judge(&set, asked);
    dataset_free(&set);
    key_list_free(&list);
    return code;
}
