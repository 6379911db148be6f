#include "fit/driver/memory_forecast.h"

#include "charges/charge_eval.h"
#include "core/error.h"
#include "core/memory.h"
#include "fit/data/frame.h"
#include "fit/data/frame_array.h"
#include "fit/data/frame_density.h"
#include "fit/jacobian/fit_density.h"
#include "fit/data/frame_parts.h"
#include "potential/structure_input.h"
#include "structure/nlist.h"

#include <string.h>

enum {
    DOUBLE = sizeof(double),
    BLOCK = 96 /* bytes of rounding and headers of each block of a frame */
};

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* Size of arrays that double as they grow. */
static int64_t grown(int64_t count)
{
    int64_t capacity = 16;
    while (capacity < count) capacity *= 2;
    return capacity;
}

/* Positions and references. */
static int64_t frame_bytes(const lrpot__frame_size *f)
{
    enum { PER_ATOM = 190, BLOCKS = 24 };
    return (int64_t)sizeof(lrpot__frame) + (int64_t)sizeof(lrpot__frame *) + BLOCKS * BLOCK
           + PER_ATOM * f->n + DOUBLE * (f->references + f->points * f->n)
           + (f->factored ? DOUBLE * (9 * f->n * f->n + f->n) : 0);
}

/* Neighbours in the frame and in its list, Coulomb matrices: potential matrix, its gradient, its
 * strain derivatives. */
static int64_t parts_bytes(const lrpot__frame_size *f)
{
    int64_t matrices = !f->charged ? 0 : f->strained ? 10 : 4;
    return f->pairs * (int64_t)(sizeof(int32_t) + 3 * DOUBLE)
           + 2 * (int64_t)sizeof(int32_t) * grown(f->pairs)
           + DOUBLE * (matrices * f->n * f->n + f->moments);
}

void lrpot__fit_size_add_frame(lrpot__fit_size *sum, const lrpot__frame_size *frame)
{
    int64_t parts = parts_bytes(frame);
    sum->bytes += frame_bytes(frame);
    sum->kept += frame->kept ? parts : 0;
    sum->n_anew += !frame->kept;
    sum->largest = larger(sum->largest, parts);
    sum->n = larger(sum->n, frame->n);
    sum->rows = larger(sum->rows, frame->rows);
    sum->neighbours = larger(sum->neighbours, frame->neighbours);
}

/* Scratch of the derivatives of one atom, see lib/fit/local/local.c. */
static int64_t local_bytes(const lrpot_basis *basis, int64_t neighbours)
{
    if (basis == NULL || basis->plan == NULL) return 0;
    const lrpot__plan *plan = basis->plan;
    int64_t n = neighbours + neighbours / 2 + 8, width = lrpot__padded(3 * n + LRPOT__LOCAL_SUMS),
            radial = (int64_t)basis->options.n_species * plan->n_radial
                     * basis->options.radial_size;
    return DOUBLE
           * (width * (plan->n_basic + lrpot__padded(plan->n_scalars) + 8 + radial + 2)
              + n * 4 * plan->n_basic + 2 * (int64_t)plan->n_moments * (1 + LRPOT__FIT_LANES));
}

/* Highest order of the moments of atoms among the targets. */
static int32_t order_of(int32_t targets)
{
    int32_t order = 0;
    for (int t = 0; t < LRPOT__TARGET_SUM_RULES; t++)
        if ((targets & LRPOT_FIT_TARGET(t)) != 0 && lrpot__targets[t]->order > order)
            order = lrpot__targets[t]->order;
    return order;
}

/* Memory of one thread: Jacobian, normal matrix with its waiting rows, derivatives of charges. */
static int64_t thread_bytes(const lrpot_fit *fit, const lrpot__fit_size *size, int64_t count)
{
    const lrpot_charges *charges = fit->potential->charges;
    int64_t stride = lrpot__padded(count) + LRPOT__FIT_LANES, n = size->n,
            own = lrpot__padded(lrpot_charges_param_count(charges)),
            panels = (count + LRPOT__GRAM_PANEL - 1) / LRPOT__GRAM_PANEL;
    int64_t doubles = size->rows * (stride + 2) + count * lrpot__padded(count)
                      + panels * LRPOT__GRAM_PANEL * LRPOT__NORMAL_ROWS
                            / (count >= LRPOT__NORMAL_SINGLE ? 2 : 1);
    if (own > 0) doubles += 3 * n * n + 3 * n * own + 30 * n;
    if (charges != NULL && charges->rules->chain == LRPOT__CHAIN_DENSITY)
        doubles += lrpot__fit_density_doubles(charges, n, order_of(fit->options.targets),
                                              fit->options.targets & LRPOT_FIT_TARGET_BORN, own);
    else if (lrpot__charges_have_energy(charges)) doubles += 2 * n * n;
    if (fit->factor.model != NULL) doubles += 9 * n * n;
    return DOUBLE * doubles + local_bytes(fit->potential->basis, size->neighbours)
           + local_bytes(lrpot_charges_basis(charges), size->neighbours)
           + lrpot__frame_adjoint_bytes(fit->potential, n, size->neighbours)
           + (size->n_anew > 0 ? size->largest : 0);
}

int64_t lrpot__fit_bytes(const lrpot_fit *fit, const lrpot__fit_size *size)
{
    int64_t more = size->sources > fit->data.n_sources
                       ? (size->sources - fit->data.n_sources) * fit->potential->n_species
                       : 0,
            count = fit->layout.count + more;
    /* work of the Coulomb matrices of the largest frame; total and factored normal matrices; panels
     * of the factorization */
    int64_t coulomb = fit->potential->ewald != NULL ? 3 * size->n * size->n + 1024 * size->n : 0;
    if (size->n_anew > 0) coulomb *= 1 + fit->options.threads;
    return size->bytes + size->kept + fit->options.threads * thread_bytes(fit, size, count)
           + DOUBLE
                 * (coulomb + 2 * count * lrpot__padded(count)
                    + (13 + 2 * LRPOT__MINIMIZE_PAIRS) * count);
}

static lrpot__frame_size size_of(const lrpot_fit *fit, const lrpot__frame *frame)
{
    lrpot__frame_size size = { .n = frame->n,
                               .pairs = frame->neighbours.count,
                               .neighbours = frame->neighbours.most,
                               .rows = frame->rows,
                               .references = frame->rows,
                               .moments = lrpot__frame_density_doubles(fit->potential, frame->n),
                               .charged = fit->potential->ewald != NULL
                                          && lrpot__frame_density_doubles(fit->potential, frame->n)
                                                 == 0,
                               .strained = lrpot__frame_is_strained(frame),
                               .factored = frame->born.factored,
                               .kept = frame->kept };
    for (int t = 0; t < LRPOT__TARGETS; t++)
        if (lrpot__targets[t]->keeps_matrix && lrpot__frame_has(frame, t))
            size.points += frame->blocks[t].count;
    return size;
}

lrpot__fit_size lrpot__fit_present_size(const lrpot_fit *fit)
{
    lrpot__fit_size sum = fit->data.size;
    sum.sources = fit->data.n_sources;
    for (int64_t f = fit->data.n_sized; f < fit->data.n_frames; f++) {
        lrpot__frame_size size = size_of(fit, fit->data.frames[f]);
        lrpot__fit_size_add_frame(&sum, &size);
    }
    return sum;
}

int lrpot__fit_size_leave(const lrpot_fit *fit, lrpot__fit_size *sum, lrpot__frame_size *frame)
{
    double limit = fit->options.memory_limit;
    if (limit == 0.0 || !frame->kept || (double)lrpot__fit_bytes(fit, sum) <= limit) return 0;
    frame->kept = 0;
    sum->kept -= parts_bytes(frame);
    sum->n_anew++;
    return 1;
}

int lrpot__fit_size_fits(const lrpot_fit *fit, const lrpot__fit_size *sum)
{
    lrpot__fit_size without = *sum;
    without.kept = 0;
    without.n_anew = 1;
    double limit = fit->options.memory_limit;
    return limit == 0.0 || (double)lrpot__fit_bytes(fit, sum) <= limit
           || (double)lrpot__fit_bytes(fit, &without) <= limit;
}

int lrpot__fit_leave_frame(const lrpot_fit *fit, lrpot__fit_size *sum, lrpot__frame *frame)
{
    lrpot__frame_size size = size_of(fit, frame);
    if (!lrpot__fit_size_leave(fit, sum, &size)) return 0;
    frame->kept = 0;
    lrpot__frame_leave(frame);
    return 1;
}

int64_t lrpot_fit_memory(const lrpot_fit *fit)
{
    if (fit == NULL) return 0;
    lrpot__fit_size size = lrpot__fit_present_size(fit);
    return lrpot__fit_bytes(fit, &size);
}

/* Counts the rows as lrpot__frame_create() numbers them. */
static lrpot_status count_rows(const lrpot_structure *structure, int32_t wanted,
                               lrpot__frame_size *size)
{
    size->rows = 0;
    for (int t = 0; t < LRPOT__TARGETS; t++) {
        lrpot__frame frame = { .n = size->n };
        lrpot__block block = { 0 };
        int is_wanted = (wanted & LRPOT_FIT_TARGET(t)) != 0;
        if (!is_wanted && !lrpot__targets[t]->always) continue;
        LRPOT__TRY(lrpot__targets[t]->read(&frame, structure, &block));
        int there = is_wanted && block.reference != NULL;
        if (there || lrpot__targets[t]->always) size->rows += block.count;
        if (there && lrpot__targets[t]->keeps_matrix) size->points += block.count;
        size->strained |= there && lrpot__targets[t]->by_strain;
        lrpot__free(block.reference);
    }
    size->references = size->rows;
    return LRPOT_OK;
}

static lrpot_status measure(lrpot_fit *fit, const lrpot_structure *structure,
                            const lrpot_fit_frame *how, int32_t factored, lrpot__frame_size *size)
{
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    const lrpot_nlist *list = NULL;
    lrpot__rows rows;
    LRPOT__TRY(lrpot__potential_input(fit->potential, fit->work, structure, &atoms, &list));
    LRPOT__TRY(lrpot__nlist_rows(list, &atoms, lrpot_potential_cutoff(fit->potential), &rows));
    *size = (lrpot__frame_size){ .n = lrpot_structure_count(structure),
                                 .pairs = lrpot_nlist_pairs(list) };
    size->moments = lrpot__frame_density_doubles(fit->potential, size->n);
    size->charged = fit->potential->ewald != NULL && size->moments == 0;
    int32_t wanted = lrpot__frame_wanted(structure, how, fit->options.targets);
    size->factored = factored && (wanted & LRPOT_FIT_TARGET_BORN) != 0
                     && lrpot_structure_get(structure, LRPOT_QUANTITY_BORN_CHARGES) != NULL;
    LRPOT__TRY(count_rows(structure, wanted, size));
    size->strained &= lrpot_structure_periodic_mask(structure) == LRPOT_PERIODIC_ALL;
    for (int64_t i = 0; i < size->n; i++)
        size->neighbours = larger(size->neighbours, lrpot__nlist_get_row(&rows, i).count);
    return LRPOT_OK;
}

static lrpot_status add_structure(lrpot_fit *fit, lrpot__fit_size *sum,
                                  const lrpot_structure *structure, const lrpot_fit_frame *how,
                                  int64_t f, int32_t with_factor, lrpot__frame_size *size)
{
    static const lrpot_fit_frame usual = LRPOT_FIT_FRAME_INIT;
    LRPOT__TRY(lrpot__frame_check(how, f));
    const lrpot_fit_frame *own = how != NULL ? lrpot__frame_at(how, f) : &usual;
    LRPOT__REQUIRE_NOT_NULL(structure);
    LRPOT__TRY(measure(fit, structure, own, with_factor, size));
    size->kept = 1;
    lrpot__fit_size_add_frame(sum, size);
    sum->sources = larger(sum->sources, own->source + 1);
    return LRPOT_OK;
}

/* Leaves the parts of frames, the last first, as far as the limit wants it. */
static void leave_parts(const lrpot_fit *fit, lrpot__fit_size *sum, int64_t n,
                        lrpot__frame_size *sizes)
{
    while (n-- > 0) (void)lrpot__fit_size_leave(fit, sum, &sizes[n]);
    for (int64_t f = fit->data.n_frames; f-- > 0;) {
        lrpot__frame_size size = size_of(fit, fit->data.frames[f]);
        (void)lrpot__fit_size_leave(fit, sum, &size);
    }
}

lrpot_status lrpot_fit_forecast(lrpot_fit *fit, int64_t n, lrpot_structure *const *structures,
                                const lrpot_fit_frame *how, int32_t with_factor, int64_t *bytes)
{
    LRPOT__REQUIRE_NOT_NULL(fit);
    LRPOT__REQUIRE_NOT_NULL(bytes);
    if (n < 0) return lrpot__fail(LRPOT_E_ARGUMENT, "%lld further frames", (long long)n);
    if (n > 0) LRPOT__REQUIRE_NOT_NULL(structures);
    lrpot__fit_size sum = lrpot__fit_present_size(fit);
    lrpot__frame_size *sizes = lrpot__calloc(n, sizeof *sizes);
    lrpot_status status = sizes != NULL ? LRPOT_OK : LRPOT_E_MEMORY;
    for (int64_t f = 0; f < n && status == LRPOT_OK; f++)
        status = add_structure(fit, &sum, structures[f], how, f, with_factor, &sizes[f]);
    if (status == LRPOT_OK) leave_parts(fit, &sum, n, sizes);
    lrpot__free(sizes);
    *bytes = lrpot__fit_bytes(fit, &sum);
    return status;
}
