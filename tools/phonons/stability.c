#include "phonons/stability.h"

#include "phonons/gamma_modes.h"
#include "cli/output_file.h"

/* THz: threshold of an imaginary frequency. Differences of forces leave the acoustic modes at Gamma
 * below zero by far less. */
static const double IMAGINARY = 0.01;

void stability_see(stability *found, int64_t modes, const double *frequencies, const char *place)
{
    int64_t branches = 0;
    for (int64_t m = 0; m < modes; m++) {
        if (frequencies[m] > -IMAGINARY) continue;
        branches++;
        if (frequencies[m] >= found->lowest) continue;
        found->lowest = frequencies[m];
        snprintf(found->place, sizeof found->place, "%s", place);
    }
    if (branches > found->branches) found->branches = branches;
}

void stability_print(const stability *found, const char *where, FILE *stream)
{
    if (found->branches == 0) return;
    fprintf(stream,
            "# unstable %s: %lld imaginary branch%s, lowest frequency %.5f THz (%.3f cm-1, "
            "imaginary) at %s\n",
            where, (long long)found->branches, found->branches == 1 ? "" : "es", found->lowest,
            GAMMA_CM_PER_THZ * found->lowest, found->place);
}

json_t *stability_json(const stability *found)
{
    json_t *object = json_object();
    json_put_count(object, "branches", found->branches);
    if (found->branches == 0) return object;
    json_put_real(object, "lowest_thz", found->lowest);
    json_put_text(object, "at", found->place);
    return object;
}
