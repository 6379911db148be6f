#include "coulomb/coulomb_run.h"

#include "cli/options.h"
#include "cli/report.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Number of atoms at which the error is measured in larger systems; 1000 give it within some per
 * cent. */
enum { SAMPLE = 1000 };

static int reserve(coulomb_result *result, int64_t n)
{
    result->n = n;
    if (n <= result->capacity) return 1;
    coulomb_free(result);
    size_t size = (size_t)n * sizeof(double);
    result->n = result->capacity = n;
    result->forces = malloc(3 * size);
    result->potential = malloc(size);
    result->field = malloc(3 * size);
    result->widths = malloc(size);
    result->species = malloc((size_t)n * sizeof(int32_t));
    return result->forces != NULL && result->potential != NULL && result->field != NULL
           && result->widths != NULL && result->species != NULL;
}

void coulomb_free(coulomb_result *result)
{
    free(result->forces);
    free(result->potential);
    free(result->field);
    free(result->widths);
    free(result->species);
    *result = (coulomb_result){ 0 };
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Groups atoms of equal width to one species: the solver takes widths by species. */
static void group_widths(coulomb_result *result, const double *sigma)
{
    int32_t count = 0;
    for (int64_t i = 0; i < result->n; i++) result->widths[i] = sigma[i];
    qsort(result->widths, (size_t)result->n, sizeof(double), by_value);
    for (int64_t i = 0; i < result->n; i++)
        if (count == 0 || result->widths[i] != result->widths[count - 1])
            result->widths[count++] = result->widths[i];
    for (int64_t i = 0; i < result->n; i++) {
        const double *found =
            bsearch(&sigma[i], result->widths, (size_t)count, sizeof(double), by_value);
        result->species[i] = (int32_t)(found - result->widths);
    }
    result->n_widths = count;
}

static int has(const coulomb_settings *settings, int32_t trait)
{
    return (lrpot_ewald_kernel_traits(settings->kernel) & trait) != 0;
}

int coulomb_choose_kernel(coulomb_settings *settings, const char *name)
{
    const lrpot_ewald_options usual = LRPOT_EWALD_OPTIONS_INIT;
    settings->kernel = lrpot_ewald_kernel_of(name);
    settings->widths = strcmp(name, "point") == 0   ? WIDTHS_NONE
                       : strcmp(name, "gauss") == 0 ? WIDTHS_NEEDED
                                                    : WIDTHS_AUTO;
    if (settings->widths != WIDTHS_AUTO || strcmp(name, "auto") == 0)
        settings->kernel = usual.kernel;
    return lrpot_ewald_kernel_name(settings->kernel) != NULL;
}

const char *coulomb_kernel_names(char text[COULOMB_KERNELS_TEXT])
{
    size_t used = (size_t)snprintf(text, COULOMB_KERNELS_TEXT, "point, gauss");
    for (int32_t k = 0; k < lrpot_ewald_kernel_count() && used < COULOMB_KERNELS_TEXT; k++)
        if (!(lrpot_ewald_kernel_traits(k) & LRPOT_EWALD_KERNEL_WIDTHS))
            used += (size_t)snprintf(text + used, COULOMB_KERNELS_TEXT - used, ", %s",
                                     lrpot_ewald_kernel_name(k));
    return text;
}

/* Widths of the atoms by --sigma or the column. */
static int read_widths(coulomb_result *result, const coulomb_settings *settings,
                       const double *column, const char *place)
{
    for (int64_t i = 0; column != NULL && i < result->n; i++)
        if (column[i] < 0.0)
            return report_error(BAD_INPUT, "%s: sigma of atom %lld is %g A, expected >= 0", place,
                                (long long)i, column[i]);
    if (settings->sigma > 0.0) {
        result->widths[0] = settings->sigma;
        result->n_widths = 1;
    } else {
        group_widths(result, column);
    }
    if (has(settings, LRPOT_EWALD_KERNEL_SIGMA)
        && (result->n_widths > 1 || result->widths[0] == 0.0))
        return report_error(BAD_INPUT,
                            "%s: the %s kernel has one width > 0 for all atoms, the column "
                            "sigma has others; give --sigma S",
                            place, result->kernel);
    return GO_ON;
}

static int choose_widths(coulomb_result *result, const coulomb_settings *settings,
                         const lrpot_structure *structure, const char *place)
{
    const double *column = lrpot_structure_get(structure, LRPOT_QUANTITY_SIGMA);
    int known = settings->sigma > 0.0 || column != NULL,
        widths = has(settings, LRPOT_EWALD_KERNEL_WIDTHS) && settings->widths != WIDTHS_NONE
                 && (known || settings->widths == WIDTHS_NEEDED);
    result->kernel = !has(settings, LRPOT_EWALD_KERNEL_WIDTHS)
                         ? lrpot_ewald_kernel_name(settings->kernel)
                     : widths ? "gauss"
                              : "point";
    result->n_widths = 0;
    memset(result->species, 0, (size_t)result->n * sizeof(int32_t));
    if (!widths && !has(settings, LRPOT_EWALD_KERNEL_SIGMA)) return GO_ON;
    if (!known)
        return report_error(
            BAD_INPUT, "%s: no widths of the charges: neither a column sigma:R:1 nor --sigma S",
            place);
    return read_widths(result, settings, column, place);
}

static int directions(int32_t mask)
{
    return (mask & 1) + (mask >> 1 & 1) + (mask >> 2 & 1);
}

/* Chooses the rows of the cell that the sum repeats along. A slab keeps two periodic directions of
 * the file. If the file is periodic in all three, its third row is the direction of the normal. A
 * wire keeps one, or the third row. */
static int choose_boundary(coulomb_result *result, const coulomb_settings *settings,
                           const lrpot_structure *structure, const char *place)
{
    int32_t mask = lrpot_structure_periodic_mask(structure);
    if (settings->boundary == BOUNDARY_3D) mask = LRPOT_PERIODIC_ALL;
    if (settings->boundary == BOUNDARY_OPEN) mask = 0;
    if (settings->boundary == BOUNDARY_SLAB && directions(mask) != 2) mask = 3;
    if (settings->boundary == BOUNDARY_WIRE && directions(mask) != 1) mask = 4;
    if (settings->around != AROUND_METAL && mask != LRPOT_PERIODIC_ALL)
        return report_error(
            FAILED, "%s: --around is for three periodic directions; --boundary 3d takes them",
            place);
    /* a direction that is not periodic needs no vector of the file */
    if (mask != 0 && lrpot_structure_cell(structure) == NULL)
        return report_error(
            BAD_INPUT, "%s: has no Lattice; --boundary open sums it as it stands alone", place);
    result->periodic_mask = mask;
    return GO_ON;
}

static lrpot_ewald_options options_of(const coulomb_result *result,
                                      const coulomb_settings *settings)
{
    lrpot_ewald_options options = LRPOT_EWALD_OPTIONS_INIT;
    options.accuracy = settings->accuracy;
    options.energy_accuracy = settings->energy_accuracy;
    options.pressure_accuracy = settings->pressure_accuracy;
    options.potential_accuracy = settings->potential_accuracy;
    options.method = settings->method;
    if (settings->self) options.flags += LRPOT_EWALD_SELF;
    if (settings->around == AROUND_VACUUM) options.flags += LRPOT_EWALD_VACUUM;
    if (settings->around == AROUND_LAYERS) options.flags += LRPOT_EWALD_SLAB_CORRECTION;
    options.kernel = settings->kernel;
    if (has(settings, LRPOT_EWALD_KERNEL_SIGMA)) {
        options.sigma = result->widths[0];
    } else if (result->n_widths > 0) {
        options.n_widths = result->n_widths;
        options.widths = result->widths;
    }
    return options;
}

static lrpot_status sum(coulomb_result *result, const coulomb_settings *settings,
                        lrpot_workspace *work, const lrpot_atoms *atoms, const double *q)
{
    lrpot_ewald_options options = options_of(result, settings);
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    lrpot_ewald *solver = NULL;
    out.energy = &result->energy;
    out.forces = result->forces;
    out.virial = result->virial;
    out.potential = result->potential;
    out.field = result->field;
    result->plan = (lrpot_ewald_report)LRPOT_EWALD_REPORT_INIT;
    result->measured = (lrpot_ewald_error_report)LRPOT_EWALD_ERROR_REPORT_INIT;
    int tuned = settings->tuning > 0.0 && atoms->periodic_mask != 0;
    lrpot_status status =
        tuned ? lrpot_ewald_tune(&solver, &options, work, atoms, NULL, q, settings->tuning, NULL)
              : lrpot_ewald_create(&solver, &options);
    if (status == LRPOT_OK) status = lrpot_ewald_eval(solver, work, atoms, NULL, NULL, q, &out);
    /* after the sum, the workspace holds the choice for these charges */
    if (status == LRPOT_OK) status = lrpot_ewald_plan(solver, work, atoms, &result->plan);
    if (status == LRPOT_OK && settings->measure)
        status = lrpot_ewald_error(solver, work, atoms, NULL, q, SAMPLE, &result->measured);
    lrpot_ewald_free(solver);
    return status;
}

static int explain(lrpot_status status, const char *place)
{
    int code = report_failure(status, place);
    if (status == LRPOT_E_UNSUPPORTED)
        report_note(
            "--boundary 3d, slab, wire or open takes other periodic directions than the file's");
    return status == LRPOT_E_UNSUPPORTED ? FAILED : code;
}

static void derive(coulomb_result *result, const lrpot_structure *structure, const double *q)
{
    double volume = lrpot_structure_volume(structure);
    result->has_stress = result->periodic_mask != 0 && volume > 0.0;
    for (int k = 0; k < 9; k++)
        result->stress[k] = result->has_stress ? -result->virial[k] / volume : 0.0;
    result->total_charge = 0.0;
    for (int64_t i = 0; i < result->n; i++) result->total_charge += q[i];
}

int coulomb_run(coulomb_result *result, const coulomb_settings *settings, lrpot_workspace *work,
                const lrpot_structure *structure, const char *place)
{
    const double *q = lrpot_structure_get(structure, LRPOT_QUANTITY_CHARGES);
    if (q == NULL)
        return report_error(BAD_INPUT, "%s: has no charges; expected a column charges:R:1", place);
    if (lrpot_structure_fragment_potentials(structure, NULL, NULL) != NULL)
        return report_error(FAILED,
                            "%s: has fragment_potentials, but the charges are given: leave the "
                            "potentials out",
                            place);
    if (!reserve(result, lrpot_structure_count(structure))) return report_no_memory();
    int code = choose_widths(result, settings, structure, place);
    if (code == GO_ON) code = choose_boundary(result, settings, structure, place);
    if (code != GO_ON) return code;
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    atoms.n_owned = atoms.n_all = result->n;
    atoms.positions = lrpot_structure_positions_const(structure);
    atoms.cell = lrpot_structure_cell(structure);
    atoms.periodic_mask = result->periodic_mask;
    atoms.species = result->species;
    lrpot_status status = sum(result, settings, work, &atoms, q);
    if (status != LRPOT_OK) return explain(status, place);
    derive(result, structure, q);
    return GO_ON;
}
