#include "phonons/phonopy_files.h"

#include "cli/report.h"
#include "phonons/force_constants.h"

#include <math.h>
#include <stdlib.h>

int32_t phonopy_default_supercell(const lrpot_structure *structure)
{
    const double *cell = lrpot_structure_cell(structure);
    double shortest = INFINITY;
    for (int c = 0; cell != NULL && c < 3; c++)
        shortest = fmin(shortest, sqrt(cell[3 * c] * cell[3 * c] + cell[3 * c + 1] * cell[3 * c + 1]
                                       + cell[3 * c + 2] * cell[3 * c + 2]));
    return shortest < 11.0 ? (int32_t)fmin(ceil(11.0 / shortest), 1e6) : 1;
}

int phonopy_write_constants(const char *path, const lrpot_potential *model, lrpot_workspace *work,
                            const lrpot_structure *structure, const int64_t *order, int32_t repeat,
                            double step, double scale)
{
    int64_t home = lrpot_structure_count(structure), n = home * repeat * repeat * repeat, used = 0;
    if (n > PHONOPY_MAX_ATOMS)
        return report_error(FAILED,
                            "--supercell %d makes %lld atoms, more than %d; choose a smaller one "
                            "or a primitive cell",
                            (int)repeat, (long long)n, (int)PHONOPY_MAX_ATOMS);
    double *D = malloc((size_t)(9 * n * n) * sizeof *D);
    if (D == NULL) return report_no_memory();
    lrpot_status status =
        force_constants_run(D, model, work, structure, order, repeat, step, 1, &used);
    for (int64_t k = 0; status == LRPOT_OK && k < 9 * n * n; k++) D[k] *= scale;
    if (status == LRPOT_OK) status = lrpot_phonopy_write_force_constants(path, n, D);
    free(D);
    if (status != LRPOT_OK) return report_failure(status, path);
    if (used < 3 * home)
        report_note("force constants by %lld displacements instead of %lld: the others follow by "
                    "symmetry",
                    (long long)used, (long long)(3 * home));
    return GO_ON;
}
