/* The checks of `lrpot check`: derivatives against central differences, sum rules, symmetries. */
#ifndef LRPOT_TOOL_CHECKS_H
#define LRPOT_TOOL_CHECKS_H

#include "checks/coulomb_bounds.h"
#include "cli/inputs.h"
#include "cli/report.h"

enum { CHECK_PASS, CHECK_FAIL, CHECK_INFO };

typedef struct check_row {
    char name[40], detail[120];
    double error, allowed;
    int verdict;
    int32_t by_step; /* 1: a comparison with differences, whose own error depends on the step */
} check_row;

enum { CHECK_MAX_ROWS = 32 };
typedef struct check_table {
    check_row rows[CHECK_MAX_ROWS];
    int32_t n;
} check_table;

/* A model and a structure whose atoms are displaced. */
typedef struct check_probe {
    const lrpot_potential *model;
    lrpot_workspace *work;
    lrpot_structure *structure; /* a copy */
    int64_t n;
    evaluation eval;          /* results at the structure as given */
    double *home;             /* [n][3] positions as given */
    double *direction;        /* [n][3] */
    double *site, *site_home; /* [n] energies per atom, now and as given */
    coulomb_bounds bounds;    /* of the evaluation of the structure as given */
    double step;              /* A, step of the differences */
    uint64_t random;
} check_probe;

/* Differences of fourth order: f' = sum_k weight_k f(place_k h)/h. The weights annul jumps of the
 * second and third derivatives at the point itself, as of neighbours exactly at the cutoff, which
 * crystals have. */
enum { CHECK_N_PLACES = 6 };
extern const double CHECK_PLACES[CHECK_N_PLACES], CHECK_WEIGHTS[CHECK_N_PLACES];

/* Adds a row; NaN fails. allowed < 0 makes it information only. */
void check_add(check_table *table, const char *name, double error, double allowed,
               const char *format, ...) REPORT_PRINTF(5, 6);
/* Marks the row added last as a comparison with differences. */
void check_mark_by_step(check_table *table);
double check_random(check_probe *probe); /* uniform in -1..1 */

/* Energies, forces, virial, symmetries. */
lrpot_status check_energy(check_probe *probe, check_table *table);
/* dE/dq, the sum of charges, Born charges. Nothing without charges. */
lrpot_status check_charges(check_probe *probe, check_table *table);

#endif
