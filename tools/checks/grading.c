#include "checks/grading.h"

#include "cli/inputs.h"
#include "cli/report.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RATTLES = 3 };

void grading_open(grading *g, const lrpot_potential *model, const char *path)
{
    *g = (grading){ .model = model, .set = lrpot_potential_active_set(model), .atom = -1 };
    if (g->set == NULL && !inputs_has_moments(model))
        report_note("%s is a %s, which has no active set, so there are no extrapolation grades",
                    path, lrpot_basis_descriptor(lrpot_potential_basis(model)));
    else if (g->set == NULL)
        report_note("%s has no active set, so there are no extrapolation grades (lrpot select "
                    "--train grades them)",
                    path);
}

static int make_room(grading *g, int64_t n)
{
    if (n <= g->capacity) return 1;
    double *grades = realloc(g->grades, (size_t)n * sizeof *grades);
    if (grades == NULL) return 0;
    g->grades = grades;
    g->capacity = n;
    return 1;
}

/* Counts the grades of n atoms. Returns the atom with the largest grade so far, -1 if it is none of
 * these. */
static int64_t record_grades(grading *g, int64_t n, const char *place)
{
    int64_t worst = 0;
    g->n++;
    if (n == 0) return -1;
    for (int64_t i = 1; i < n; i++)
        if (g->grades[i] > g->grades[worst]) worst = i;
    g->n_new += g->grades[worst] > LRPOT_GRADE_NEW;
    if (g->atom >= 0 && g->grades[worst] <= g->largest) return -1;
    g->largest = g->grades[worst];
    g->atom = worst;
    snprintf(g->place, sizeof g->place, "%s", place);
    return worst;
}

static void name_atom(grading *g, const char *symbol)
{
    snprintf(g->symbol, sizeof g->symbol, "%s", symbol);
}

lrpot_status grading_atoms(grading *g, lrpot_workspace *work, const lrpot_atoms *atoms,
                           const lrpot_nlist *list, const char *place)
{
    if (g->set == NULL) return LRPOT_OK;
    if (!make_room(g, atoms->n_owned)) return LRPOT_E_MEMORY;
    lrpot_status status = lrpot_active_set_grade(g->set, g->model, work, atoms, list, g->grades);
    if (status != LRPOT_OK) return status;
    int64_t worst = record_grades(g, atoms->n_owned, place);
    if (worst >= 0) name_atom(g, lrpot_potential_symbols(g->model)[atoms->species[worst]]);
    return LRPOT_OK;
}

lrpot_status grading_structure(grading *g, lrpot_workspace *work, const lrpot_structure *structure,
                               const char *place)
{
    if (g->set == NULL) return LRPOT_OK;
    int64_t n = lrpot_structure_count(structure);
    if (!make_room(g, n)) return LRPOT_E_MEMORY;
    lrpot_status status =
        lrpot_active_set_grade_structure(g->set, g->model, work, structure, g->grades);
    if (status != LRPOT_OK) return status;
    int64_t worst = record_grades(g, n, place);
    if (worst >= 0) name_atom(g, lrpot_structure_symbol(structure, worst));
    return LRPOT_OK;
}

/* Uniform from -1 to 1: the same for every run. */
static double uniform(uint64_t *state)
{
    uint64_t z = (*state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return (double)((z ^ (z >> 31)) >> 11) * 0x1p-52 - 1.0;
}

lrpot_status grading_rattled(grading *g, lrpot_workspace *work, const lrpot_structure *structure,
                             const char *place)
{
    int64_t n = lrpot_structure_count(structure);
    const double *at = lrpot_structure_positions_const(structure),
                 size = sqrt(3.0) * GRADING_RATTLE;
    uint64_t state = 1;
    char name[640];
    lrpot_structure *copy = NULL;
    if (g->set == NULL) return LRPOT_OK;
    lrpot_status status = lrpot_structure_clone(&copy, structure);
    snprintf(name, sizeof name, "%s with displacements of %g A", place, GRADING_RATTLE);
    for (int k = 0; k < RATTLES && status == LRPOT_OK; k++) {
        double *moved = lrpot_structure_positions(copy);
        for (int64_t x = 0; x < 3 * n; x++) moved[x] = at[x] + size * uniform(&state);
        status = grading_structure(g, work, copy, name);
    }
    lrpot_structure_free(copy);
    return status;
}

void grading_report(const grading *g)
{
    if (g->set == NULL || !(g->largest > LRPOT_GRADE_NEW)) return;
    int far = g->largest > LRPOT_GRADE_FAR;
    report_note("WARNING: %sextrapolation: grade %.4g at atom %lld (%s) of %s; %lld of %lld "
                "structures are above %g%s",
                far ? "strong " : "", g->largest, (long long)g->atom, g->symbol, g->place,
                (long long)g->n_new, (long long)g->n, LRPOT_GRADE_NEW,
                far ? ": the data of the fit do not cover them; compute such structures and fit "
                      "again (lrpot select chooses)"
                    : ": they lie outside of the data of the fit");
}

void grading_watch(grading *g)
{
    int32_t now = g->set == NULL ? 0
                                 : (g->largest > LRPOT_GRADE_NEW) + (g->largest > LRPOT_GRADE_FAR);
    if (now <= g->told) return;
    g->told = now;
    grading_report(g);
}

json_t *grading_json(const grading *g)
{
    if (g->set == NULL) return json_null();
    json_t *object = json_object();
    json_put_real(object, "largest", g->largest);
    json_put_count(object, "atom", g->atom);
    json_put_text(object, "place", g->place);
    json_put_count(object, "structures", g->n);
    json_put_count(object, "above_threshold", g->n_new);
    json_put_real(object, "threshold", LRPOT_GRADE_NEW);
    return object;
}

void grading_close(grading *g)
{
    free(g->grades);
    *g = (grading){ .atom = -1 };
}
