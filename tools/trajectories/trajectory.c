#include "trajectories/trajectory.h"

#include "cli/report.h"
#include "cli/nan_extremes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Largest squared difference between steps and those expected from velocities, relative to both: 0
 * if they agree, 1 if they are unrelated. */
#define LARGEST_MISS 0.25

const char *const source_names[N_SOURCES] = {
    "auto", "charges", "bec", "charges-velocities", "bec-velocities", "dipole"
};

int source_is_current(enum dipole_source source)
{
    return source == SOURCE_CHARGES_VELOCITIES || source == SOURCE_BEC_VELOCITIES;
}

int trajectory_open(trajectory *t, const char *file)
{
    t->file = file;
    if (lrpot_path_create(&t->path) != LRPOT_OK) return report_no_memory();
    return inputs_reader(&t->reader, file, NULL, NULL);
}

/* Applies a unit from the command line, which is that of the file: the reader then converts
 * nothing. */
static int state_velocities(trajectory *t)
{
    if (t->frames > 0 || t->velocity_unit == 0.0) return GO_ON;
    lrpot_status status = lrpot_reader_set_units(t->reader, "velocities=A/fs");
    return status == LRPOT_OK ? GO_ON : report_failure(status, "--velocity-unit");
}

static int fail(const trajectory *t, const char *what)
{
    return report_error(BAD_INPUT, "%s: frame %lld %s", t->file, (long long)t->frames, what);
}

/* Chooses among the quantities of the first frame, in the order of preference for the purpose. */
static int choose(trajectory *t, const lrpot_structure *frame)
{
    int q = lrpot_structure_get(frame, LRPOT_QUANTITY_CHARGES) != NULL,
        z = lrpot_structure_get(frame, LRPOT_QUANTITY_BORN_CHARGES) != NULL;
    int v = lrpot_structure_get(frame, LRPOT_QUANTITY_VELOCITIES) != NULL,
        m = lrpot_structure_get(frame, LRPOT_QUANTITY_DIPOLE) != NULL;
    if (t->source != SOURCE_AUTO) return GO_ON;
    if (t->want_current && v && z) t->source = SOURCE_BEC_VELOCITIES;
    else if (t->want_current && v && q) t->source = SOURCE_CHARGES_VELOCITIES;
    else if (z) t->source = SOURCE_BEC;
    else if (q) t->source = SOURCE_CHARGES;
    else if (m) t->source = SOURCE_DIPOLE;
    else return fail(t, "has neither charges nor Born charges (bec) nor a dipole");
    return GO_ON;
}

static int require(const trajectory *t, const lrpot_structure *frame)
{
    int born = t->source == SOURCE_BEC || t->source == SOURCE_BEC_VELOCITIES;
    int charges = t->source == SOURCE_CHARGES || t->source == SOURCE_CHARGES_VELOCITIES;
    if (charges && lrpot_structure_get(frame, LRPOT_QUANTITY_CHARGES) == NULL)
        return fail(t, "has no charges");
    if (born && lrpot_structure_get(frame, LRPOT_QUANTITY_BORN_CHARGES) == NULL)
        return fail(t, "has no Born charges (bec)");
    if (source_is_current(t->source)
        && lrpot_structure_get(frame, LRPOT_QUANTITY_VELOCITIES) == NULL)
        return fail(t, "has no velocities");
    if (t->source == SOURCE_DIPOLE && lrpot_structure_get(frame, LRPOT_QUANTITY_DIPOLE) == NULL)
        return fail(t, "has no dipole");
    return GO_ON;
}

static int failure(const trajectory *t, lrpot_status status)
{
    int code = status == LRPOT_E_ACCURACY      ? NOT_CONVERGED
               : status == LRPOT_E_ARGUMENT    ? BAD_INPUT
               : status == LRPOT_E_CELL        ? BAD_INPUT
               : status == LRPOT_E_UNSUPPORTED ? BAD_INPUT
                                               : FAILED;
    return report_error(code, "%s: %s", t->file, lrpot_last_error());
}

static double unit_of(const trajectory *t)
{
    return t->velocity_unit > 0.0 ? t->velocity_unit : 1.0;
}

/* Temperature of the velocities; 0 if a mass is unknown. */
static double kinetic_temperature(const trajectory *t, const lrpot_structure *frame)
{
    static const double u_per_ev = 103.64269652680505; /* u (A/fs)^2 in eV */
    static const double boltzmann = 8.617333262e-5;    /* eV/K */
    const double *masses = lrpot_structure_get(frame, LRPOT_QUANTITY_MASSES),
                 *v = lrpot_structure_get(frame, LRPOT_QUANTITY_VELOCITIES);
    double twice = 0.0, unit = unit_of(t);
    int64_t n = lrpot_structure_count(frame);
    for (int64_t i = 0; i < n; i++) {
        double mass = masses != NULL ? masses[i]
                                     : lrpot_element_mass(lrpot_structure_symbol(frame, i));
        if (!(mass > 0.0)) return 0.0;
        for (int a = 0; a < 3; a++) twice += mass * v[3 * i + a] * v[3 * i + a];
    }
    return u_per_ev * unit * unit * twice / (3.0 * (double)n * boltzmann);
}

double trajectory_time(const lrpot_structure *frame)
{
    static const char *const keys[] = { "time", "Time", "t" };
    double time;
    for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++) {
        const char *text = lrpot_structure_info(frame, keys[k]);
        if (text != NULL && parse_real(text, &time)) return time;
    }
    return NAN;
}

/* Compares steps of the atoms with the mean velocity of both ends. Frames too far apart for
 * unwrapping count as a difference. */
static int compare_motion(trajectory *t, const lrpot_structure *frame)
{
    int64_t n = 3 * lrpot_structure_count(frame);
    double time = trajectory_time(frame), apart = time - t->before_time, unit = unit_of(t);
    double *old = malloc((size_t)n * sizeof *old);
    if (old == NULL) return report_no_memory();
    /* the next step refuses frames with another number of atoms */
    if (t->before != NULL && 3 * lrpot_structure_count(t->before) == n)
        memcpy(old, lrpot_path_displacements(t->path), (size_t)n * sizeof *old);
    lrpot_status status = lrpot_path_step(t->path, frame);
    const double *v = lrpot_structure_get(frame, LRPOT_QUANTITY_VELOCITIES),
                 *moved = lrpot_path_displacements(t->path);
    if (status == LRPOT_OK && t->before != NULL && apart > 0.0) {
        const double *u = lrpot_structure_get(t->before, LRPOT_QUANTITY_VELOCITIES);
        for (int64_t k = 0; k < n; k++) {
            double step = moved[k] - old[k], expected = 0.5 * unit * apart * (u[k] + v[k]);
            t->steps += step * step + expected * expected;
            t->misses += (step - expected) * (step - expected);
        }
    }
    free(old);
    lrpot_structure_free(t->before);
    t->before = NULL;
    t->before_time = time;
    if (status == LRPOT_E_MEMORY
        || (status == LRPOT_OK && lrpot_structure_clone(&t->before, frame) != LRPOT_OK))
        return report_no_memory();
    return status == LRPOT_OK ? GO_ON : failure(t, status);
}

/* Checks for a net charge. A dipole given in the file cannot be moved to another origin. */
static int check_neutral(const trajectory *t, const lrpot_structure *frame)
{
    const double *total = lrpot_structure_get(frame, LRPOT_QUANTITY_TOTAL_CHARGE);
    if (total == NULL || fabs(*total) < 0.05) return GO_ON;
    return report_error(
        NOT_CONVERGED,
        "%s: frame %lld has a net charge of %.6g e: its dipole depends on an origin "
        "that the file does not say; take it from the charges, --from charges",
        t->file, (long long)t->frames, *total);
}

/* Largest change of the charges. If they change, sum q r of a periodic system depends on the images
 * chosen in frame 0. */
static int watch_charges(trajectory *t, const lrpot_structure *frame)
{
    int64_t n = lrpot_structure_count(frame);
    const double *q = lrpot_structure_get(frame, LRPOT_QUANTITY_CHARGES);
    if (t->source != SOURCE_CHARGES || lrpot_structure_periodic_mask(frame) == 0) return GO_ON;
    if (t->first_charges == NULL) {
        t->first_charges = malloc((size_t)n * sizeof *q);
        if (t->first_charges == NULL) return report_no_memory();
        memcpy(t->first_charges, q, (size_t)n * sizeof *q);
    }
    for (int64_t i = 0; i < n; i++)
        t->charge_change = fmax(t->charge_change, fabs(q[i] - t->first_charges[i]));
    return GO_ON;
}

static int follow(trajectory *t, const lrpot_structure *frame, double *values)
{
    int born = t->source == SOURCE_BEC || t->source == SOURCE_BEC_VELOCITIES;
    int32_t kind = born ? LRPOT_PATH_BORN : LRPOT_PATH_CHARGES;
    double net = 0.0;
    lrpot_status status = LRPOT_OK;
    if (t->source == SOURCE_DIPOLE) {
        memcpy(values, lrpot_structure_get(frame, LRPOT_QUANTITY_DIPOLE), 3 * sizeof *values);
        return check_neutral(t, frame);
    }
    if (source_is_current(t->source)) {
        status = lrpot_path_current(frame, kind, values, &net);
        for (int a = 0; a < 3; a++) values[a] *= unit_of(t);
        t->kinetic += kinetic_temperature(t, frame);
        if (status == LRPOT_OK && t->follows_motion) {
            int code = compare_motion(t, frame);
            if (code != GO_ON) return code;
        }
    } else {
        status = lrpot_path_step(t->path, frame);
        if (status == LRPOT_OK) status = lrpot_path_dipole(t->path, kind, values, &net);
    }
    if (t->net_charge == 0.0) t->net_charge = net;
    return status == LRPOT_OK ? watch_charges(t, frame) : failure(t, status);
}

int trajectory_next(trajectory *t, double *values, double *time, int32_t *got)
{
    lrpot_structure *frame = NULL;
    *got = 0;
    int code = state_velocities(t);
    if (code == GO_ON) code = inputs_next(t->reader, t->file, &frame);
    if (code != GO_ON || frame == NULL) return code;
    code = choose(t, frame);
    if (code == GO_ON) code = require(t, frame);
    if (code == GO_ON) code = follow(t, frame, values);
    if (code == GO_ON) {
        *time = trajectory_time(frame);
        t->periodic = lrpot_structure_periodic_mask(frame) != 0;
        t->volumes += t->periodic ? lrpot_structure_volume(frame) : 0.0;
        t->frames++;
        *got = 1;
    }
    lrpot_structure_free(frame);
    return code;
}

/* Checks the velocities: ten times the kinetic energy of the temperature means another unit. */
static int judge_velocities(const trajectory *t)
{
    double found = t->frames > 0 ? t->kinetic / (double)t->frames : 0.0;
    if (t->velocity_unit > 0.0 || !(t->temperature > 0.0) || found < 10.0 * t->temperature)
        return GO_ON;
    return report_error(NOT_CONVERGED,
                        "%s: velocities in A/fs would be those of %.3g K, not of %g K; say their "
                        "unit: --velocity-unit 0.001 for A/ps, 0.0982269 for ASE, 1 for A/fs",
                        t->file, found, t->temperature);
}

int trajectory_judge(const trajectory *t)
{
    if (t->net_charge != 0.0)
        report_note(
            "%s: net charge %.6g e: the dipole depends on the origin; it is taken about the "
            "centre of mass",
            t->file, t->net_charge);
    if (t->charge_change > 1e-3)
        report_note("%s: charges vary by up to %.3g e: sum q r then depends on which images of the "
                    "atoms are in frame 0; Born charges do not (lrpot eval --bec, --from bec)",
                    t->file, t->charge_change);
    int code = judge_velocities(t);
    if (code != GO_ON || t->misses <= LARGEST_MISS * t->steps) return code;
    return report_error(
        NOT_CONVERGED,
        "%s: the atoms do not move as their velocities say, by %.0f %% of the steps: "
        "frames are too far apart for this motion, or the velocities have another "
        "unit (--velocity-unit)",
        t->file, 100.0 * sqrt(t->misses / t->steps));
}

void trajectory_close(trajectory *t)
{
    lrpot_reader_close(t->reader);
    lrpot_path_free(t->path);
    lrpot_structure_free(t->before);
    free(t->first_charges);
    *t = (trajectory){ 0 };
}
