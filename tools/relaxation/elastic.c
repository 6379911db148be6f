#include "relaxation/elastic.h"

#include "cli/report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double gpa = 160.21766208; /* in one eV/A^3 */
static const int voigt[6][2] = { { 0, 0 }, { 1, 1 }, { 2, 2 }, { 1, 2 }, { 0, 2 }, { 0, 1 } };

static lrpot_status strain_cell(lrpot_structure *s, int component, double strain)
{
    double f[9] = { 1, 0, 0, 0, 1, 0, 0, 0, 1 }, cell[9];
    int a = voigt[component][0], b = voigt[component][1];
    if (a == b) f[4 * a] += strain;
    else f[3 * a + b] = f[3 * b + a] = 0.5 * strain;
    double *r = lrpot_structure_positions(s);
    const double *old = lrpot_structure_cell(s);
    for (int row = 0; row < 3; row++)
        for (int c = 0; c < 3; c++)
            cell[3 * row + c] = old[3 * row] * f[c] + old[3 * row + 1] * f[3 + c]
                                + old[3 * row + 2] * f[6 + c];
    for (int64_t i = 0; i < lrpot_structure_count(s); i++) {
        double at[3] = { r[3 * i], r[3 * i + 1], r[3 * i + 2] };
        for (int c = 0; c < 3; c++)
            r[3 * i + c] = at[0] * f[c] + at[1] * f[3 + c] + at[2] * f[6 + c];
    }
    return lrpot_structure_set_cell(s, cell, LRPOT_PERIODIC_ALL);
}

/* Stress of the strained crystal, its atoms at rest. */
static int stress_at(const relaxation *r, int component, double strain, double stress[6])
{
    relaxation part = *r;
    part.start = NULL;
    part.found = (evaluation){ 0 };
    part.structure = NULL;
    part.cell = CELL_FIXED;
    lrpot_status status = lrpot_structure_clone(&part.structure, r->structure);
    if (status == LRPOT_OK) status = strain_cell(part.structure, component, strain);
    int code = status == LRPOT_OK ? relaxation_run(&part) : report_failure(status, r->path);
    if (code == GO_ON && !part.converged)
        code = report_error(NOT_CONVERGED,
                            "%s: atoms in a strained cell did not come to rest in %lld steps "
                            "(forces up to %.3g eV/A); raise --steps",
                            r->path, (long long)part.steps, part.largest_force);
    for (int k = 0; k < 6 && code == GO_ON; k++)
        stress[k] = gpa * part.found.stress[3 * voigt[k][0] + voigt[k][1]];
    lrpot_structure_free(part.structure);
    relaxation_free(&part);
    return code;
}

/* By Jacobi's rotations. */
double elastic_least_eigenvalue(const double *given)
{
    double m[36], least;
    memcpy(m, given, sizeof m);
    for (int sweep = 0; sweep < 60; sweep++)
        for (int p = 0; p < 6; p++)
            for (int q = p + 1; q < 6; q++) {
                if (m[6 * p + q] == 0.0) continue;
                double theta = (m[7 * q] - m[7 * p]) / (2.0 * m[6 * p + q]);
                double t = (theta < 0.0 ? -1.0 : 1.0) / (fabs(theta) + sqrt(1.0 + theta * theta)),
                       c = 1.0 / sqrt(1.0 + t * t), s = t * c;
                for (int k = 0; k < 6; k++) {
                    double u = m[6 * k + p], v = m[6 * k + q];
                    m[6 * k + p] = c * u - s * v;
                    m[6 * k + q] = s * u + c * v;
                }
                for (int k = 0; k < 6; k++) {
                    double u = m[6 * p + k], v = m[6 * q + k];
                    m[6 * p + k] = c * u - s * v;
                    m[6 * q + k] = s * u + c * v;
                }
            }
    least = m[0];
    for (int k = 1; k < 6; k++) least = fmin(least, m[7 * k]);
    return least;
}

static void conclude(elastic *e)
{
    double *c = e->constants;
    e->asymmetry = 0.0;
    for (int i = 0; i < 6; i++)
        for (int j = 0; j < i; j++) {
            e->asymmetry = fmax(e->asymmetry, fabs(c[6 * i + j] - c[6 * j + i]));
            c[6 * i + j] = c[6 * j + i] = 0.5 * (c[6 * i + j] + c[6 * j + i]);
        }
    double direct = c[0] + c[7] + c[14], across = c[1] + c[2] + c[8],
           turned = c[21] + c[28] + c[35];
    e->bulk = (direct + 2.0 * across) / 9.0;
    e->shear = (direct - across + 3.0 * turned) / 15.0;
    e->lowest = elastic_least_eigenvalue(c);
}

int elastic_run(elastic *e, const relaxation *r, double strain)
{
    int code = GO_ON;
    *e = (elastic){ .asymmetry = 0.0 };
    for (int j = 0; j < 6 && code == GO_ON; j++) {
        double plus[6], minus[6];
        code = stress_at(r, j, strain, plus);
        if (code == GO_ON) code = stress_at(r, j, -strain, minus);
        for (int i = 0; i < 6 && code == GO_ON; i++)
            e->constants[6 * i + j] = (plus[i] - minus[i]) / (2.0 * strain);
    }
    if (code == GO_ON) conclude(e);
    return code;
}
