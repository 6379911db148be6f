#include "io/units/conventions.h"

#include "core/error.h"
#include "core/memory.h"
#include "core/number.h"
#include "io/text/comment.h"
#include "io/units/motion_law.h"
#include "io/units/units.h"
#include "io/units/work_law.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define SURE_MATCH 0.98 /* least explained variance for which the work law is used */
#define SURE_ERROR 0.03 /* largest relative standard error of a factor */
#define NEAR 0.06       /* logarithm: largest distance of a factor from a known one */
#define SAME 0.15       /* logarithm: a factor within this distance of 1 is 1 */
#define APART 0.4       /* logarithm: a factor beyond this distance from 1 is not 1 */
#define FAR_APART 2.0   /* the same for pairs of frames so far apart that the law is rough */
#define ROUGH_MATCH 0.5
#define ROUGH_PAIRS 20 /* least number of pairs: with fewer, the error is seldom visible */
#define ROUGH_ERROR (1.0 / 6.0)
#define HOTTEST 2e5         /* K: largest temperature of a solid, liquid or molecule in such data */
#define LARGEST_STRESS 60.0 /* eV: largest stress times volume per atom */
#define FINEST_STEP 0.0099  /* fs: shortest step of a simulation of atoms */
#define LONGEST_STEP 100.0  /* fs */

enum style { STYLE_NONE, STYLE_METAL, STYLE_REAL, STYLE_UNKNOWN };

/* Facts on the file, from which its conventions are determined. */
typedef struct evidence {
    int64_t n;
    lrpot_structure *const *frames;
    const char *const *keys;
    lrpot__work_law work;
    lrpot__work_law rough; /* law for frames farther apart: gives signs and orders of magnitude */
    lrpot__motion_law motion;
    enum style style;
    int32_t newton_known; /* 1: the unit of the forces is known by itself */
} evidence;

void lrpot__conventions_start(lrpot__conventions *c)
{
    *c = (lrpot__conventions){ .n_notes = 0 };
    for (int32_t q = 0; q < LRPOT_QUANTITY_COUNT; q++) c->rules[q].factor = 1.0;
}

void lrpot__conventions_free(lrpot__conventions *c)
{
    for (int32_t k = 0; k < c->n_notes; k++) lrpot__free(c->notes[k]);
    c->n_notes = 0;
}

lrpot_status lrpot__conventions_note(lrpot__conventions *c, const char *format, ...)
{
    char text[400];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (c->n_notes == LRPOT__MAX_NOTES) return LRPOT_OK;
    if ((c->notes[c->n_notes] = lrpot__strdup(text)) == NULL) return LRPOT_E_MEMORY;
    c->n_notes++;
    return LRPOT_OK;
}

static int is_near(double value, double known, double tolerance)
{
    return value > 0.0 && fabs(log(value / known)) <= tolerance;
}

static int has(const evidence *e, int32_t quantity)
{
    return e->keys[quantity] != NULL;
}

static int any_info(const evidence *e, const char *key)
{
    for (int64_t f = 0; f < e->n; f++)
        if (lrpot_structure_info(e->frames[f], key) != NULL) return 1;
    return 0;
}

static int key_is(const evidence *e, int32_t quantity, const char *key)
{
    return has(e, quantity) && strcmp(e->keys[quantity], key) == 0;
}

/* 1 for the dump style extxyz of LAMMPS, by its own names, including the case of the letters. */
static int is_lammps(const evidence *e)
{
    return any_info(e, "Timestep") && !any_info(e, "time")
           && (any_info(e, "Time") || any_info(e, "Temperature")
               || key_is(e, LRPOT_QUANTITY_ENERGY, "Potential_energy")
               || key_is(e, LRPOT_QUANTITY_STRESS, "Stress")
               || key_is(e, LRPOT_QUANTITY_VELOCITIES, "vel"));
}

/* Units style by the time: steps of a simulation are near 1 fs. */
static enum style style_of(const evidence *e)
{
    double step = e->motion.md_step, hot = e->motion.hot;
    if (step > 1e-7 && step < FINEST_STEP) return STYLE_METAL;
    if (step > 2.0 * FINEST_STEP && step < LONGEST_STEP) return STYLE_REAL;
    if (hot > HOTTEST && hot < 1e6 * HOTTEST) return STYLE_METAL;
    return hot > 1.0 && hot < HOTTEST ? STYLE_REAL : STYLE_UNKNOWN;
}

static void set_rule(lrpot__conventions *c, int32_t quantity, double factor)
{
    c->rules[quantity].factor = factor;
}

static void leave_out(lrpot__conventions *c, int32_t quantity)
{
    if (!c->rules[quantity].stated) c->rules[quantity].left_out = 1;
}

/* --- energies and forces ----------------------------------------------------------------- */

typedef struct mixture {
    const char *energy, *forces;
    double e, f;
} mixture;

#define PER_BOHR (1.0 / LRPOT__BOHR)
/* Pairs of units that f/e alone identifies. */
static const mixture mixtures[] = {
    { "hartree", "eV/A", LRPOT__HARTREE, 1.0 },
    { "rydberg", "eV/A", LRPOT__HARTREE / 2.0, 1.0 },
    { "kcal/mol", "eV/A", LRPOT__KCAL, 1.0 },
    { "kJ/mol", "eV/A", LRPOT__KJ, 1.0 },
    { "meV", "eV/A", 1e-3, 1.0 },
    { "eV", "hartree/bohr", 1.0, LRPOT__HARTREE *PER_BOHR },
    { "eV", "rydberg/bohr", 1.0, LRPOT__HARTREE / 2.0 * PER_BOHR },
    { "eV", "hartree/A", 1.0, LRPOT__HARTREE },
    { "eV", "kcal/mol/A", 1.0, LRPOT__KCAL },
    { "eV", "kJ/mol/A", 1.0, LRPOT__KJ },
    { "eV", "kJ/mol/nm", 1.0, LRPOT__KJ / 10.0 },
    { "eV", "meV/A", 1.0, 1e-3 },
    { "kJ/mol", "kJ/mol/nm", LRPOT__KJ, LRPOT__KJ / 10.0 },
    { "kcal/mol", "hartree/bohr", LRPOT__KCAL, LRPOT__HARTREE *PER_BOHR },
    { "hartree", "kcal/mol/A", LRPOT__HARTREE, LRPOT__KCAL },
};

static int forces_measured(const evidence *e)
{
    const lrpot__work_law *w = &e->work;
    return w->match > SURE_MATCH && w->forces_error < SURE_ERROR * fabs(w->forces);
}

static const mixture *mixture_of(double ratio)
{
    const mixture *best = NULL;
    double nearest = NEAR;
    for (size_t k = 0; k < sizeof mixtures / sizeof mixtures[0]; k++) {
        double off = fabs(log(ratio * mixtures[k].e / mixtures[k].f));
        if (off > nearest) continue;
        nearest = off;
        best = &mixtures[k];
    }
    return best;
}

static lrpot_status convert_energy_and_forces(lrpot__conventions *c, const evidence *e,
                                              const char *energy, const char *forces, double by_e,
                                              double by_f)
{
    double sign = e->work.forces < 0.0 ? -1.0 : 1.0;
    set_rule(c, LRPOT_QUANTITY_ENERGY, by_e);
    set_rule(c, LRPOT_QUANTITY_FORCES, sign * by_f);
    if (by_e != 1.0)
        LRPOT__TRY(lrpot__conventions_note(
            c,
            "energies in %s (dE = %.4g times -F.dr over %lld pairs of frames), "
            "converted to eV",
            energy, fabs(e->work.forces), (long long)e->work.pairs));
    if (by_f != 1.0 || sign < 0.0)
        LRPOT__TRY(lrpot__conventions_note(
            c,
            "forces in %s%s (dE = %.4g times -F.dr over %lld pairs of frames), "
            "converted to eV/A",
            forces, sign < 0.0 ? ", with the sign of the gradient" : "", e->work.forces,
            (long long)e->work.pairs));
    return LRPOT_OK;
}

/* 1 for a factor that should be 1 for data in the units of the library, and certainly is not, but
 * from which no unit can be derived. */
static int roughly_wrong(const evidence *e, double factor, double error)
{
    return e->rough.pairs >= ROUGH_PAIRS && e->rough.match > ROUGH_MATCH
           && error < ROUGH_ERROR * fabs(factor) && (factor < 0.0 || fabs(log(factor)) > FAR_APART);
}

static lrpot_status contradiction(const lrpot__work_law *law)
{
    return lrpot__fail(LRPOT_E_PARSE,
                       "energies and forces contradict each other: dE is %.4g times -F.dr over "
                       "%lld pairs of frames, expected 1; name other keys (--keys), or say the "
                       "units, as in energy=hartree,forces=eV/A (--units, "
                       "lrpot_reader_set_units)",
                       law->forces, (long long)law->pairs);
}

static lrpot_status ambiguous_energy(lrpot__conventions *c, const evidence *e, const char *what)
{
    leave_out(c, LRPOT_QUANTITY_ENERGY);
    leave_out(c, LRPOT_QUANTITY_FORCES);
    leave_out(c, LRPOT_QUANTITY_STRESS);
    return lrpot__conventions_note(
        c,
        "WARNING: energies, forces and stresses are not taken: dE is %.4g times -F.dr, which %s; "
        "say the units, as in --units energy=hartree,forces=hartree/bohr",
        e->work.forces, what);
}

static lrpot_status energy_and_forces(lrpot__conventions *c, const evidence *e)
{
    if (c->rules[LRPOT_QUANTITY_ENERGY].stated || c->rules[LRPOT_QUANTITY_FORCES].stated
        || !has(e, LRPOT_QUANTITY_FORCES))
        return LRPOT_OK;
    if (!forces_measured(e))
        return roughly_wrong(e, e->rough.forces, e->rough.forces_error) ? contradiction(&e->rough)
                                                                        : LRPOT_OK;
    double ratio = fabs(e->work.forces), atoms = e->work.atoms;
    const mixture *m = mixture_of(ratio);
    if (is_near(ratio, 1.0, SAME)) m = NULL;
    int per_atom = atoms > 1.0 && is_near(ratio * atoms, 1.0, NEAR);
    if (is_near(ratio, 1.0, SAME)) return convert_energy_and_forces(c, e, "eV", "eV/A", 1.0, 1.0);
    if (per_atom && m == NULL) {
        c->rules[LRPOT_QUANTITY_ENERGY].per_atom = 1;
        LRPOT__TRY(convert_energy_and_forces(c, e, "eV", "eV/A", 1.0, 1.0));
        return lrpot__conventions_note(
            c,
            "energies per atom (dE = %.4g times -F.dr over %lld pairs of frames of "
            "%.0f atoms), multiplied by the number of atoms",
            ratio, (long long)e->work.pairs, atoms);
    }
    if (per_atom)
        return ambiguous_energy(c, e, "energies per atom would give as well as other units");
    if (m != NULL) return convert_energy_and_forces(c, e, m->energy, m->forces, m->e, m->f);
    if (is_near(ratio, PER_BOHR, NEAR))
        return ambiguous_energy(c, e, "says atomic units, hartree or rydberg");
    if (fabs(log(ratio)) > APART) return contradiction(&e->work);
    /* near 1 within the error of the pairs: the sign is known nevertheless */
    return convert_energy_and_forces(c, e, "eV", "eV/A", 1.0, 1.0);
}

/* --- time and velocities ------------------------------------------------------------------ */

/* The acceleration gives the unit of the forces and that of the time together. */
static lrpot_status by_newton(lrpot__conventions *c, evidence *e, double *time)
{
    static const struct {
        const char *name;
        double factor;
    } forces[] = { { "eV/A", 1.0 },
                   { "kcal/mol/A", LRPOT__KCAL },
                   { "hartree/bohr", LRPOT__HARTREE * PER_BOHR } };
    static const double times[] = { 1.0, 1e3, LRPOT__ASE_TIME, 0.0241888432658 };
    const lrpot__motion_law *law = &e->motion;
    lrpot__rule *rule = &c->rules[LRPOT_QUANTITY_FORCES];
    if (fabs(law->newton_match) < 0.97) return LRPOT_OK;
    for (int f = 0; f < 3; f++)
        for (int t = 0; t < 4; t++) {
            int known = rule->stated || rule->factor != 1.0;
            double factor = known ? fabs(rule->factor) : forces[f].factor;
            if (!is_near(fabs(law->newton), factor * times[t] * times[t], 0.12)) continue;
            if (*time == 0.0) *time = times[t];
            e->newton_known = 1;
            if (known || f == 0) return LRPOT_OK;
            set_rule(c, LRPOT_QUANTITY_FORCES, factor);
            rule->left_out = 0;
            LRPOT__TRY(lrpot__conventions_note(
                c, "forces in %s (by the accelerations), converted to eV/A", forces[f].name));
            if (!forces_measured(e) || c->rules[LRPOT_QUANTITY_ENERGY].stated) return LRPOT_OK;
            const lrpot__unit *unit =
                lrpot__unit_nearest(LRPOT_QUANTITY_ENERGY, factor / fabs(e->work.forces), NEAR);
            if (unit == NULL || unit->factor == 1.0) return LRPOT_OK;
            set_rule(c, LRPOT_QUANTITY_ENERGY, unit->factor);
            c->rules[LRPOT_QUANTITY_ENERGY].left_out = 0;
            return lrpot__conventions_note(c, "energies in %s (by the forces), converted to eV",
                                           unit->name);
        }
    return LRPOT_OK;
}

static lrpot_status set_time(lrpot__conventions *c, const evidence *e, double factor,
                             const char *why)
{
    const lrpot__unit *unit = lrpot__unit_nearest(LRPOT__TIME, factor, 1e-3);
    set_rule(c, LRPOT__TIME, factor);
    if (factor == 1.0 || e->motion.interval == 0.0) return LRPOT_OK;
    return lrpot__conventions_note(c, "time in %s (%s), converted to fs", unit->name, why);
}

/* Finds the factor of the time: by accelerations, by the step of the simulation, then by the
 * largest temperature. */
static lrpot_status recognise_time(lrpot__conventions *c, const evidence *e, double newton)
{
    const lrpot__motion_law *law = &e->motion;
    char why[120] = "by the accelerations and forces";
    double factor = newton;
    if (c->rules[LRPOT__TIME].stated) return LRPOT_OK;
    if (factor == 0.0 && e->style == STYLE_METAL && law->md_step > 0.0) {
        factor = 1e3;
        snprintf(why, sizeof why, "LAMMPS, %.4g per step of the simulation", law->md_step);
    }
    if (factor == 0.0 && law->interval > 0.0 && law->interval < FINEST_STEP) {
        factor = 1e3;
        snprintf(why, sizeof why, "frames are %.4g apart", law->interval);
    }
    double hot = fmax(law->hot_moved,
                      law->drift_match > 0.95 && is_near(law->drift, 1.0, 0.1) ? law->hot : 0.0);
    int too_hot = hot > HOTTEST && hot < 1e6 * HOTTEST;
    /* the name time is that of this library and means fs; Time is that of programs with other
     * units */
    if (factor == 0.0 && too_hot && strcmp(law->time, "Time") == 0) {
        factor = 1e3;
        snprintf(why, sizeof why, "in fs the motion would need %.2g K", hot);
    }
    if (factor == 0.0 && law->drift_match > 0.95 && is_near(law->drift, 1e3, 0.1)) {
        factor = 1e3;
        snprintf(why, sizeof why, "displacements are %.4g times velocity times time", law->drift);
    }
    if (factor != 0.0) return set_time(c, e, factor, why);
    return too_hot ? lrpot__conventions_note(
               c,
               "WARNING: the motion from frame to frame would need %.2g K if the time "
               "is in fs; if it is in ps, say so by --units time=ps",
               hot)
                   : LRPOT_OK;
}

static lrpot_status convert_velocities(lrpot__conventions *c, double factor, const char *name,
                                       const char *why)
{
    set_rule(c, LRPOT_QUANTITY_VELOCITIES, factor);
    return factor == 1.0
               ? LRPOT_OK
               : lrpot__conventions_note(c, "velocities in %s (%s), converted to A/fs", name, why);
}

static lrpot_status no_velocities(lrpot__conventions *c, const char *why)
{
    leave_out(c, LRPOT_QUANTITY_VELOCITIES);
    return lrpot__conventions_note(
        c,
        "WARNING: velocities are not taken: %s; say their unit, as in --units "
        "velocities=A/ps",
        why);
}

static lrpot_status recognise_velocities(lrpot__conventions *c, const evidence *e)
{
    const lrpot__motion_law *law = &e->motion;
    char why[160];
    if (!has(e, LRPOT_QUANTITY_VELOCITIES) || c->rules[LRPOT_QUANTITY_VELOCITIES].stated)
        return LRPOT_OK;
    if (law->drift_match > 0.95) {
        double factor = law->drift / c->rules[LRPOT__TIME].factor;
        const lrpot__unit *unit = lrpot__unit_nearest(LRPOT_QUANTITY_VELOCITIES, factor, 0.12);
        snprintf(why, sizeof why, "displacements are %.4g times velocity times time", law->drift);
        /* velocities in 1/fs of the ASE unit: 0.098 A/fs, far from any other unit */
        if (unit != NULL) return convert_velocities(c, unit->factor, unit->name, why);
        return no_velocities(c, why);
    }
    if (e->style == STYLE_METAL) return convert_velocities(c, 1e-3, "A/ps", "LAMMPS, units metal");
    /* a single frame has no displacements to compare velocities with */
    if (e->style == STYLE_NONE && (law->hot <= HOTTEST || e->n < 2)) return LRPOT_OK;
    if (e->style == STYLE_REAL && law->hot <= HOTTEST) return LRPOT_OK;
    if (e->style == STYLE_UNKNOWN && law->hot <= HOTTEST)
        return no_velocities(c, "nothing tells the units of this LAMMPS file");
    snprintf(why, sizeof why, "as A/fs they would be a temperature of %.2g K", law->hot);
    if (e->style != STYLE_NONE || key_is(e, LRPOT_QUANTITY_VELOCITIES, "vel"))
        return no_velocities(c, why);
    return lrpot__conventions_note(
        c,
        "WARNING: velocities: %s; if they are in A/ps, say so by --units "
        "velocities=A/ps",
        why);
}

/* --- stress ------------------------------------------------------------------------------- */

static lrpot_status no_stress(lrpot__conventions *c, const char *why)
{
    leave_out(c, LRPOT_QUANTITY_STRESS);
    return lrpot__conventions_note(
        c,
        "WARNING: the stress is not taken: %s; say its unit, as in --units stress=-bar "
        "(- where compression is positive)",
        why);
}

/* Unit of the stress. Bar and atm differ by 1.3 %, less than the error of the pairs: the unit of
 * the energy decides, as in LAMMPS. */
static const lrpot__unit *stress_unit(const lrpot__conventions *c, double factor)
{
    const lrpot__unit *unit = lrpot__unit_nearest(LRPOT_QUANTITY_STRESS, factor, 0.08);
    if (unit != NULL) return unit;
    double exact = c->rules[LRPOT_QUANTITY_ENERGY].factor == LRPOT__KCAL ? 1.01325 * LRPOT__BAR
                                                                         : LRPOT__BAR;
    return is_near(fabs(factor), exact, 0.08)
               ? lrpot__unit_nearest(LRPOT_QUANTITY_STRESS, exact, 0.001)
               : NULL;
}

static lrpot_status convert_stress(lrpot__conventions *c, const lrpot__unit *unit, int negative,
                                   const char *why)
{
    set_rule(c, LRPOT_QUANTITY_STRESS, negative ? -unit->factor : unit->factor);
    if (unit->factor == 1.0 && !negative) return LRPOT_OK;
    if (unit->factor == 1.0)
        return lrpot__conventions_note(
            c, "WARNING: the stress has the wrong sign (%s); turned to tension positive", why);
    return lrpot__conventions_note(c, "stress in %s%s (%s), converted to eV/A^3, tension positive",
                                   unit->name, negative ? ", with the opposite sign" : "", why);
}

/* Number of values of a virial given beside the stress; 0 if there is none. */
static int virial_of(const lrpot_structure *frame, double *virial)
{
    static const char *const keys[] = { "virial", "virials" };
    for (size_t k = 0; k < 2; k++) {
        const char *text = lrpot_structure_info(frame, keys[k]);
        lrpot__field word;
        int n = 0;
        while (text != NULL && n < 10 && lrpot__comment_list_next(&text, &word)) {
            double value = 0.0;
            if (lrpot__number_parse(word.text, word.end, &value) != word.end) break;
            if (n < 9) virial[n] = value;
            n++;
        }
        if (n == 9) return 1;
    }
    return 0;
}

/* Ratio of -virial/V to the stress, by least squares; 0 if they are not proportional. */
static double virial_ratio(const evidence *e)
{
    double xx = 0.0, xy = 0.0, yy = 0.0, virial[9];
    for (int64_t f = 0; f < e->n; f++) {
        const double *stress = lrpot_structure_get(e->frames[f], LRPOT_QUANTITY_STRESS);
        double volume = lrpot_structure_volume(e->frames[f]);
        if (stress == NULL || volume == 0.0 || !virial_of(e->frames[f], virial)) continue;
        for (int k = 0; k < 9; k++) {
            xx += stress[k] * stress[k];
            xy -= stress[k] * virial[k] / volume;
            yy += virial[k] * virial[k] / (volume * volume);
        }
    }
    return xx > 0.0 && xy * xy > 0.999 * xx * yy ? xy / xx : 0.0;
}

/* eV: the largest mean stress times the volume of an atom. */
static double energy_density(const evidence *e)
{
    double largest = 0.0;
    for (int64_t f = 0; f < e->n; f++) {
        const double *s = lrpot_structure_get(e->frames[f], LRPOT_QUANTITY_STRESS);
        if (s == NULL) continue;
        double volume = lrpot_structure_volume(e->frames[f])
                        / (double)lrpot_structure_count(e->frames[f]);
        largest = fmax(largest, fabs(s[0] + s[4] + s[8]) / 3.0 * volume);
    }
    return largest;
}

static lrpot_status stress_without_work(lrpot__conventions *c, const evidence *e)
{
    char why[160];
    double ratio = virial_ratio(e), density = energy_density(e);
    const lrpot__unit *unit = ratio != 0.0 ? stress_unit(c, ratio) : NULL;
    if (ratio != 0.0 && is_near(-ratio, 1.0, 1e-2))
        return no_stress(c, "stress and virial/V have the same sign, expected opposite ones");
    if (unit != NULL) {
        snprintf(why, sizeof why, "-virial/V is %.4g times the stress", ratio);
        return convert_stress(c, unit, ratio < 0.0, why);
    }
    if (ratio != 0.0) {
        snprintf(why, sizeof why, "-virial/V is %.4g times the stress, expected 1", ratio);
        return no_stress(c, why);
    }
    if (e->style != STYLE_NONE && key_is(e, LRPOT_QUANTITY_STRESS, "Stress"))
        return no_stress(c, "LAMMPS writes the pressure in bar or atm there, and no two frames "
                            "tell by their energies and volumes");
    if (roughly_wrong(e, e->rough.stress, e->rough.stress_error)
        && !c->rules[LRPOT_QUANTITY_ENERGY].stated) {
        snprintf(why, sizeof why, "dE is about %.2g times V stress.strain, expected 1",
                 e->rough.stress);
        return no_stress(c, why);
    }
    if (density <= LARGEST_STRESS) return LRPOT_OK;
    snprintf(why, sizeof why, "as eV/A^3 it would be %.3g eV per atom", density);
    return no_stress(c, why);
}

/* Error of the trapezoid rule (logarithm), as far as the factor of the forces shows it. */
static double neglected(const lrpot__conventions *c, const lrpot__work_law *w)
{
    double bias = 0.0, forces = fabs(w->forces) * c->rules[LRPOT_QUANTITY_ENERGY].factor
                                / fabs(c->rules[LRPOT_QUANTITY_FORCES].factor);
    if (w->forces_error < SURE_ERROR * fabs(w->forces)) bias = fabs(log(forces));
    return 0.01 + 3.0 * w->stress_error / fabs(w->stress) + 2.0 * bias;
}

static lrpot_status recognise_stress(lrpot__conventions *c, const evidence *e)
{
    const lrpot__work_law *w = &e->work;
    char why[160];
    const lrpot__rule *rule = &c->rules[LRPOT_QUANTITY_STRESS];
    if (!has(e, LRPOT_QUANTITY_STRESS) || rule->stated || rule->left_out) return LRPOT_OK;
    if (!(w->match > SURE_MATCH && w->stress_error < SURE_ERROR * fabs(w->stress))
        || c->rules[LRPOT_QUANTITY_ENERGY].left_out)
        return stress_without_work(c, e);
    const lrpot__rule *energy = &c->rules[LRPOT_QUANTITY_ENERGY];
    double factor = w->stress * energy->factor * (energy->per_atom ? w->atoms : 1.0);
    const lrpot__unit *unit = stress_unit(c, factor);
    if (is_near(fabs(factor), 1.0, SAME)) unit = stress_unit(c, 1.0);
    snprintf(why, sizeof why, "dE is %.4g times V stress.strain over %lld pairs of frames",
             w->stress, (long long)w->pairs);
    int volume = is_near(fabs(factor) * w->volume, 1.0, 0.2);
    if (volume && unit != NULL && unit->factor != 1.0) {
        double tolerance = neglected(c, w);
        int as_unit = is_near(fabs(factor), unit->factor, tolerance);
        volume = is_near(fabs(factor) * w->volume, 1.0, tolerance);
        if (as_unit == volume)
            return no_stress(c, "stress times volume would fit as well as another unit");
        if (volume) unit = NULL;
    }
    if (volume && unit == NULL && is_near(fabs(factor) * w->volume, 1.0, 0.08)) {
        c->rules[LRPOT_QUANTITY_STRESS].per_volume = 1;
        set_rule(c, LRPOT_QUANTITY_STRESS, factor < 0.0 ? -1.0 : 1.0);
        return lrpot__conventions_note(c, "stress times volume in eV%s (%s), divided by the volume",
                                       factor < 0.0 ? ", with the sign of a virial" : "", why);
    }
    if (unit != NULL) return convert_stress(c, unit, factor < 0.0, why);
    if (fabs(log(fabs(factor))) <= APART) {
        /* near 1 within the error of the pairs: the sign is known nevertheless */
        return convert_stress(c, lrpot__unit_nearest(LRPOT_QUANTITY_STRESS, 1.0, 1e-3),
                              factor < 0.0, why);
    }
    return lrpot__fail(LRPOT_E_PARSE,
                       "energies and stresses contradict each other: %s, expected 1; name other "
                       "keys (--keys), or say the unit, as in stress=GPa (--units, "
                       "lrpot_reader_set_units)",
                       why);
}

/* Energies and forces of LAMMPS whose units style is not known. */
static lrpot_status styled_energy(lrpot__conventions *c, const evidence *e)
{
    const lrpot__rule *energy = &c->rules[LRPOT_QUANTITY_ENERGY],
                      *forces = &c->rules[LRPOT_QUANTITY_FORCES];
    /* one style has one unit of energy, independent of the energies in the frames */
    if (e->style != STYLE_NONE && has(e, LRPOT_QUANTITY_ENERGY) && !energy->stated
        && energy->factor == 1.0 && fabs(forces->factor) == LRPOT__KCAL) {
        set_rule(c, LRPOT_QUANTITY_ENERGY, LRPOT__KCAL);
        c->rules[LRPOT_QUANTITY_ENERGY].left_out = 0;
        return lrpot__conventions_note(
            c, "energies in kcal/mol (LAMMPS, as the forces), converted to eV");
    }
    int some = (has(e, LRPOT_QUANTITY_ENERGY) && !energy->stated)
               || (has(e, LRPOT_QUANTITY_FORCES) && !forces->stated);
    if (!some || e->style == STYLE_NONE || e->style == STYLE_METAL || e->newton_known
        || energy->factor != 1.0 || forces->factor != 1.0)
        return LRPOT_OK;
    leave_out(c, LRPOT_QUANTITY_ENERGY);
    leave_out(c, LRPOT_QUANTITY_FORCES);
    return lrpot__conventions_note(
        c,
        "WARNING: energies and forces are not taken: LAMMPS writes them in the units of "
        "its style, which %s; say it by --units metal or --units real",
        e->style == STYLE_REAL ? "is real by the time" : "nothing tells");
}

static lrpot_status fit_work(evidence *e)
{
    static const lrpot__work_reach near = { 0.3, 0.08 }, wide = { 0.6, 0.2 };
    LRPOT__TRY(lrpot__work_law_fit(e->n, e->frames, near, &e->work));
    return lrpot__work_law_fit(e->n, e->frames, wide, &e->rough);
}

lrpot_status lrpot__conventions_recognise(lrpot__conventions *c, int64_t n,
                                          lrpot_structure *const *frames,
                                          const char *const keys[LRPOT_QUANTITY_COUNT])
{
    evidence e = { .n = n, .frames = frames, .keys = keys };
    double time = 0.0;
    lrpot__motion_law_fit(n, frames, &e.motion);
    if (has(&e, LRPOT_QUANTITY_ENERGY)
        && (has(&e, LRPOT_QUANTITY_FORCES) || has(&e, LRPOT_QUANTITY_STRESS)))
        LRPOT__TRY(fit_work(&e));
    c->lammps = is_lammps(&e);
    e.style = c->lammps ? style_of(&e) : STYLE_NONE;
    LRPOT__TRY(energy_and_forces(c, &e));
    LRPOT__TRY(by_newton(c, &e, &time));
    LRPOT__TRY(styled_energy(c, &e));
    LRPOT__TRY(recognise_time(c, &e, time));
    LRPOT__TRY(recognise_velocities(c, &e));
    return recognise_stress(c, &e);
}

/* --- application -------------------------------------------------------------------------- */

static lrpot_status scale(lrpot_structure *frame, int32_t quantity, double factor)
{
    int64_t size = lrpot_quantity_size(quantity, lrpot_structure_count(frame));
    double *values = lrpot__duplicate(lrpot_structure_get(frame, quantity), size, sizeof *values);
    if (values == NULL) return LRPOT_E_MEMORY;
    for (int64_t k = 0; k < size; k++) values[k] *= factor;
    lrpot_status status = lrpot_structure_set(frame, quantity, values);
    lrpot__free(values);
    return status;
}

/* Scales energies of atoms like the energy that they sum to. If they do not sum to it, their unit
 * is unknown. */
static lrpot_status scale_atoms(lrpot_structure *frame, double energy, double factor)
{
    const double *atoms = lrpot_structure_get(frame, LRPOT_QUANTITY_ENERGY_ATOM);
    double sum = 0.0;
    if (atoms == NULL) return LRPOT_OK;
    for (int64_t i = 0; i < lrpot_structure_count(frame); i++) sum += atoms[i];
    if (!(fabs(sum - energy) < 1e-4 * fabs(energy)))
        return lrpot_structure_set(frame, LRPOT_QUANTITY_ENERGY_ATOM, NULL);
    return scale(frame, LRPOT_QUANTITY_ENERGY_ATOM, factor);
}

static lrpot_status apply_rule(const lrpot__rule *rule, int32_t quantity, lrpot_structure *frame)
{
    const double *values = lrpot_structure_get(frame, quantity);
    double factor = rule->factor, volume = lrpot_structure_volume(frame);
    if (values == NULL) return LRPOT_OK;
    if (rule->left_out) return lrpot_structure_set(frame, quantity, NULL);
    if (rule->per_volume && volume > 0.0) factor /= volume;
    if (rule->per_atom) factor *= (double)lrpot_structure_count(frame);
    if (factor == 1.0) return LRPOT_OK;
    if (quantity == LRPOT_QUANTITY_ENERGY && !rule->per_atom)
        LRPOT__TRY(scale_atoms(frame, *values, factor));
    return scale(frame, quantity, factor);
}

static lrpot_status apply_time(const lrpot__conventions *c, lrpot_structure *frame)
{
    double time = 0.0;
    char text[LRPOT__NUMBER_SIZE];
    const char *key = lrpot__time_of(frame, &time), *step = lrpot_structure_info(frame, "Timestep");
    const lrpot__rule *rule = &c->rules[LRPOT__TIME];
    if (c->lammps && step != NULL) {
        LRPOT__TRY(lrpot_structure_set_info(frame, "timestep", step));
        LRPOT__TRY(lrpot_structure_set_info(frame, "Timestep", NULL));
    }
    if (key == NULL || (!rule->left_out && rule->factor == 1.0 && !c->lammps)) return LRPOT_OK;
    LRPOT__TRY(lrpot_structure_set_info(frame, key, NULL));
    if (rule->left_out) return LRPOT_OK;
    lrpot__number_print(text, time * rule->factor);
    return lrpot_structure_set_info(frame, "time", text);
}

lrpot_status lrpot__conventions_apply(const lrpot__conventions *c, lrpot_structure *frame)
{
    for (int32_t q = 1; q < LRPOT_QUANTITY_COUNT; q++)
        LRPOT__TRY(apply_rule(&c->rules[q], q, frame));
    return apply_time(c, frame);
}
