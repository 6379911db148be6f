/* Errors of potential, energy and pressure that a split causes. For random charges the errors of
 * pairs add up as squares. In a crystal the cutoff excludes the same shell of like charges for
 * every atom: the errors of its pairs add up, and so do the errors of the atoms' shares of energy
 * and virial. The error of the interaction of a charge with itself in the reciprocal sum has one
 * sign in any system. */
#include "electrostatics/splitting/split_bounds.h"

#include "core/constants.h"
#include "core/error.h"
#include "electrostatics/mesh/mesh_error.h"
#include "electrostatics/mesh/window.h"

#include <math.h>

/* Factor for a shell of a crystal, which may hold charges above the mean and lie slightly further
 * inside. */
#define SHELL 3.0
/* Factor for the few stars of vectors of a crystal, which may lie where the error of a mesh is
 * above its mean. */
#define STARS 1.5

/* Errors that add up at random (squares), and errors that add up in a crystal. */
typedef struct {
    double random, coherent;
} errors;

/* Errors of the pairs beyond the cutoff. The thickness of the shell is the decay length of the
 * interaction. */
static void add_real(const lrpot__split_search *search, const lrpot__screening *s, double cutoff,
                     errors *potential, errors *virial)
{
    if (s->alpha == 0.0 || cutoff <= 0.0 || isinf(cutoff)) return;
    double r = LRPOT__FADE * cutoff, x = s->alpha * r, strength,
           value = s->kernel->short_range(s, r * r, &strength);
    double atoms =
        fmax(1.0, 4.0 * LRPOT__PI * search->density * r * r * r / (2.0 * x * x + s->kernel->decay));
    potential->random += 0.5 * atoms * value * value;
    potential->coherent += SHELL * atoms * value;
    strength *= r * r;
    virial->random += 0.5 * atoms * strength * strength;
    virial->coherent += SHELL * atoms * strength;
}

static void add_reciprocal(const lrpot__split_search *search, const lrpot__kspace_error *w,
                           errors *e)
{
    e->random += search->density * w->square;
    e->coherent += fabs(w->own) + STARS * w->absolute;
}

static lrpot_status find_kspace_errors(const lrpot__split_search *search,
                                       const lrpot__split_candidate *choice,
                                       const lrpot__screening *screening, lrpot__kspace_errors *out)
{
    lrpot__window window;
    lrpot__alias_table table;
    double h[3];
    if (choice->method == LRPOT_EWALD_EXACT) {
        lrpot__kspace_errors_cut(screening, LRPOT__FADE * choice->k_cut, out);
        return LRPOT_OK;
    }
    LRPOT__TRY(lrpot__window_make(choice->order, choice->shape, &window));
    lrpot__alias_table_make(&window, &table);
    for (int d = 0; d < 3; d++) h[d] = search->length[d] / choice->size[d];
    lrpot__kspace_errors_mesh(screening, &table, h, out);
    return LRPOT_OK;
}

lrpot_status lrpot__split_bounds_of(const lrpot__split_search *search,
                                    const lrpot__split_candidate *choice,
                                    const lrpot__screening *screening, lrpot__split_bounds *out)
{
    lrpot__kspace_errors kspace;
    errors potential = { 0.0, 0.0 }, virial = { 0.0, 0.0 };
    double constant = fabs(lrpot__screening_constant(screening));
    LRPOT__TRY(find_kspace_errors(search, choice, screening, &kspace));
    add_real(search, screening, choice->cutoff, &potential, &virial);
    add_reciprocal(search, &kspace.potential, &potential);
    add_reciprocal(search, &kspace.virial, &virial);
    out->potential = constant * hypot(sqrt(potential.random), potential.coherent);
    out->virial = constant * hypot(sqrt(virial.random), virial.coherent) / 6.0;
    return LRPOT_OK;
}
