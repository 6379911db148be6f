#include "cli/version.h"

#include "phonons/symmetry.h"

#include <lrpot/lrpot.h>

#include <stdio.h>

void version_print(void)
{
    static const struct {
        const char *name;
        int32_t item;
    } lines[] = { { "commit", LRPOT_BUILD_COMMIT },
                  { "BLAS", LRPOT_BUILD_BLAS },
                  { "OpenMP", LRPOT_BUILD_OPENMP },
                  { "kernels", LRPOT_BUILD_KERNELS } };
    char text[512];
    printf("lrpot %s\n", lrpot_version());
    for (size_t k = 0; k < sizeof lines / sizeof lines[0]; k++) {
        (void)lrpot_build_info(lines[k].item, text, sizeof text);
        printf("%s: %s\n", lines[k].name, text);
    }
    printf("symmetry: %s\n", symmetry_library());
}
