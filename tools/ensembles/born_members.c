#include "ensembles/born_members.h"

#include <stdlib.h>
#include <string.h>

typedef struct part {
    double *values;
    int64_t n;
    const double **deviation; /* NULL: not used */
} part;

enum { PARTS = 10 };

/* Order of the flat values. */
static void parts_of(born_members *m, born_result *r, double *rmse, part parts[PARTS])
{
    int64_t n = r->eval.n;
    const part list[PARTS] = { { r->eval.born, 9 * n, &m->born },
                               { r->eval.charges, r->eval.has_charges ? n : 0, &m->charges },
                               { r->polarization.dipole, 3, NULL },
                               { r->polarization.value, 3, NULL },
                               { m->physical, 3, &m->dipole },
                               { m->physical + 3, 3, &m->polarization },
                               { r->before, 9, NULL },
                               { r->after, 9, NULL },
                               { &r->total_charge, 1, NULL },
                               { rmse, 1, &m->rmse } };
    memcpy(parts, list, sizeof list);
}

int born_members_begin(born_members *m, int64_t n)
{
    int64_t most = 10 * n + 32;
    if (most > m->capacity) {
        free(m->flat);
        m->flat = calloc((size_t)most, sizeof *m->flat);
        if (m->flat == NULL) return 0;
        m->capacity = most;
    }
    m->same_branch = 1;
    return spread_begin(&m->values, most);
}

const double *born_members_near(const born_members *m)
{
    return m->values.members > 0 ? m->near : NULL;
}

void born_members_add(born_members *m, const born_result *member, double rmse)
{
    born_result view = *member;
    part parts[PARTS];
    int64_t at = 0;
    if (m->values.members == 0) {
        memcpy(m->near, view.polarization.value, sizeof m->near);
        memcpy(m->branch, view.polarization.branch, sizeof m->branch);
    }
    for (int c = 0; c < 3; c++)
        m->same_branch = m->same_branch && m->branch[c] == view.polarization.branch[c];
    screening_vector(&view.screened, view.polarization.dipole, m->physical);
    screening_vector(&view.screened, view.polarization.value, m->physical + 3);
    parts_of(m, &view, &rmse, parts);
    for (int k = 0; k < PARTS; at += parts[k++].n)
        if (parts[k].n > 0)
            memcpy(m->flat + at, parts[k].values, (size_t)parts[k].n * sizeof(double));
    spread_add(&m->values, m->flat);
}

void born_members_end(born_members *m, born_result *last)
{
    part parts[PARTS];
    int64_t at = 0;
    spread_end(&m->values);
    parts_of(m, last, &m->mean_rmse, parts);
    for (int k = 0; k < PARTS; at += parts[k++].n) {
        if (parts[k].n > 0)
            memcpy(parts[k].values, m->values.mean + at, (size_t)parts[k].n * sizeof(double));
        if (parts[k].deviation != NULL) *parts[k].deviation = m->values.deviation + at;
    }
}

void born_members_free(born_members *m)
{
    free(m->flat);
    spread_free(&m->values);
    *m = (born_members){ 0 };
}
