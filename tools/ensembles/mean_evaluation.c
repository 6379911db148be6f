#include "ensembles/mean_evaluation.h"

#include <stdlib.h>
#include <string.h>

typedef struct part {
    double *values;
    int64_t n;
} part;

enum { PARTS = 10 };

/* Order of the flat values; a part that the model does not have has no values. */
static void parts_of(const mean_evaluation *m, evaluation *e, part parts[PARTS])
{
    int64_t charges = e->has_charges ? m->n : 0;
    const part list[PARTS] = { { &e->energy, 1 },
                               { e->forces, 3 * m->n },
                               { e->stress, 9 },
                               { e->dipole, 3 },
                               { e->charges, charges },
                               { e->potential, charges },
                               { e->born, m->with_born ? 9 * m->n : 0 },
                               { e->at_points, e->at_points != NULL ? m->n_points : 0 },
                               { e->dipoles, e->order > 0 ? 3 * m->n : 0 },
                               { e->quadrupoles, e->order > 1 ? 9 * m->n : 0 } };
    memcpy(parts, list, sizeof list);
}

int mean_evaluation_begin(mean_evaluation *m, int64_t n, int64_t n_points, int with_born)
{
    int64_t most = 13 + 26 * n + n_points;
    m->n = n;
    m->n_points = n_points;
    m->with_born = with_born;
    if (most > m->capacity) {
        free(m->flat);
        m->flat = malloc((size_t)most * sizeof *m->flat);
        if (m->flat == NULL) return 0;
        m->capacity = most;
    }
    memset(m->flat, 0, (size_t)most * sizeof *m->flat);
    return spread_begin(&m->values, most);
}

void mean_evaluation_add(mean_evaluation *m, const evaluation *member)
{
    evaluation view = *member;
    part parts[PARTS];
    int64_t at = 0;
    parts_of(m, &view, parts);
    for (int k = 0; k < PARTS; at += parts[k++].n)
        if (parts[k].n > 0)
            memcpy(m->flat + at, parts[k].values, (size_t)parts[k].n * sizeof *m->flat);
    spread_add(&m->values, m->flat);
}

void mean_evaluation_end(mean_evaluation *m, evaluation *last)
{
    const double **deviations[PARTS] = { &m->energy,  &m->forces, &m->stress, &m->dipole,
                                         &m->charges, NULL,       &m->born,   NULL,
                                         NULL,        NULL };
    part parts[PARTS];
    int64_t at = 0;
    spread_end(&m->values);
    parts_of(m, last, parts);
    for (int k = 0; k < PARTS; at += parts[k++].n) {
        if (parts[k].n > 0)
            memcpy(parts[k].values, m->values.mean + at, (size_t)parts[k].n * sizeof(double));
        if (deviations[k] != NULL) *deviations[k] = m->values.deviation + at;
    }
}

void mean_evaluation_free(mean_evaluation *m)
{
    free(m->flat);
    spread_free(&m->values);
    *m = (mean_evaluation){ 0 };
}
