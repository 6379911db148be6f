/* Unwrapped paths of atoms from frame to frame. */
#include <lrpot/path.h>

#include "core/algebra.h"
#include "core/error.h"
#include "core/memory.h"
#include "spectra/centred_sum.h"
#include "structure/lattice.h"
#include "structure/lattice_follow.h"
#include "structure/structure_internal.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define AMBIGUOUS 0.8 /* largest displacement, relative to that to the next image */
#define NEAR_ANCHOR 0.75

/* Paths. A path is anchored at a lattice point near the atom, in reduced coordinates. Within a cell
 * of it the displacement of the atom is a function of its position, for any strain of the cell in
 * between. */
typedef struct paths {
    lrpot__lattice lattice; /* lattice of the last frame */
    double *s;              /* [n][3]: reduced coordinates of the path */
    double *anchor;         /* [n][3]: reduced coordinates of the anchors */
    double *way;            /* A, [n][3]: from the first position to the anchor */
    double *moved;          /* A, [n][3]: from the first position to the atom */
    double *block;
} paths;

struct lrpot_path {
    lrpot_structure *first;
    int64_t frames;
    paths now;
    double *born; /* [n][9]: Born charges of the last frame, or NULL */
    double dipoles[2][3], net[2];
    int32_t known[2]; /* 1: the dipole of this kind is known */
    lrpot_status failed[2];
};

lrpot_status lrpot_path_create(lrpot_path **out)
{
    LRPOT__REQUIRE_NOT_NULL(out);
    lrpot_path *path = lrpot__calloc(1, sizeof *path);
    if (path == NULL) return LRPOT_E_MEMORY;
    *out = path;
    return LRPOT_OK;
}

void lrpot_path_free(lrpot_path *path)
{
    if (path == NULL) return;
    lrpot_structure_free(path->first);
    lrpot__free(path->now.block);
    lrpot__free(path->born);
    lrpot__free(path);
}

static lrpot_status paths_create(paths *out, int64_t n)
{
    *out = (paths){ .block = lrpot__calloc(12 * n, sizeof(double)) };
    if (out->block == NULL) return LRPOT_E_MEMORY;
    out->s = out->block;
    out->anchor = out->s + 3 * n;
    out->way = out->anchor + 3 * n;
    out->moved = out->way + 3 * n;
    return LRPOT_OK;
}

/* Repeats the last error with the frame that it refers to. */
static lrpot_status in_frame(lrpot_status status, const lrpot_path *path,
                             const lrpot_structure *frame)
{
    char line[48] = "";
    if (frame->line > 0) snprintf(line, sizeof line, " (line %lld)", (long long)frame->line);
    return lrpot__fail(status, "frame %lld%s: %s", (long long)path->frames, line,
                       lrpot_last_error());
}

static lrpot_status check_ids(const lrpot_structure *first, const lrpot_structure *frame)
{
    const double *a = lrpot_structure_get(first, LRPOT_QUANTITY_ID),
                 *b = lrpot_structure_get(frame, LRPOT_QUANTITY_ID);
    if ((a != NULL) != (b != NULL))
        return lrpot__fail(LRPOT_E_ARGUMENT, "the atoms have %s, those of frame 0 %s",
                           b != NULL ? "ids" : "no ids", a != NULL ? "have" : "have none");
    for (int64_t i = 0; a != NULL && i < first->n && i < frame->n; i++)
        if (a[i] != b[i])
            return a[i] < b[i]
                       ? lrpot__fail(LRPOT_E_ARGUMENT, "the id %.15g of frame 0 is missing", a[i])
                       : lrpot__fail(LRPOT_E_ARGUMENT, "the id %.15g is not in frame 0", b[i]);
    return LRPOT_OK;
}

static lrpot_status check_atoms(const lrpot_structure *first, const lrpot_structure *frame)
{
    LRPOT__TRY(check_ids(first, frame));
    if (frame->n != first->n)
        return lrpot__fail(LRPOT_E_ARGUMENT, "there are %lld atoms, in frame 0 %lld",
                           (long long)frame->n, (long long)first->n);
    if (frame->periodic_mask != first->periodic_mask)
        return lrpot__fail(LRPOT_E_ARGUMENT, "it is periodic otherwise than frame 0");
    if ((first->quantities[LRPOT_QUANTITY_IMAGE] != NULL)
        != (frame->quantities[LRPOT_QUANTITY_IMAGE] != NULL))
        return lrpot__fail(LRPOT_E_ARGUMENT, "image flags are in this frame or in frame 0 only");
    for (int64_t i = 0; i < first->n; i++)
        if (strcmp(lrpot_structure_symbol(frame, i), lrpot_structure_symbol(first, i)) != 0)
            return lrpot__fail(
                LRPOT_E_ARGUMENT,
                "atom %lld is %s, in frame 0 %s: the atoms must keep their order, or "
                "have a column id",
                (long long)i, lrpot_structure_symbol(frame, i), lrpot_structure_symbol(first, i));
    return LRPOT_OK;
}

/* Position unwrapped by its image flags. */
static void place(const lrpot_structure *frame, int64_t i, double *r)
{
    const double *image = frame->quantities[LRPOT_QUANTITY_IMAGE];
    for (int a = 0; a < 3; a++) {
        r[a] = frame->positions[3 * i + a];
        for (int d = 0; image != NULL && frame->has_cell && d < 3; d++)
            r[a] += image[3 * i + d] * frame->cell[3 * d + a];
    }
}

static lrpot_status refuse_long_step(const lrpot_structure *frame, int64_t i, double length,
                                     double next)
{
    const double *ids = frame->quantities[LRPOT_QUANTITY_ID];
    char id[32] = "";
    if (ids != NULL) snprintf(id, sizeof id, ", id %.15g", ids[i]);
    return lrpot__fail(LRPOT_E_ACCURACY,
                       "atom %lld (%s%s) moved by %.3g A since the frame before, or by %.3g A to "
                       "another image; write frames more often, or with image flags",
                       (long long)i, lrpot_structure_symbol(frame, i), id, length, next);
}

/* Moves one atom. before: its paths in the lattice of the previous frame; back: the change of the
 * lattice description. */
static lrpot_status move(const lrpot_structure *frame, const double back[9], const paths *before,
                         paths *now, int64_t i)
{
    const lrpot__lattice *lattice = &now->lattice;
    double r[3], s[3], step[3], from[3], length, next;
    place(frame, i, r);
    lrpot__row_times3(r, lattice->inverse, s);
    lrpot__row_times3(before->s + 3 * i, back, from);
    lrpot__row_times3(before->anchor + 3 * i, back, now->anchor + 3 * i);
    for (int d = 0; d < 3; d++) step[d] = s[d] - from[d];
    if (frame->quantities[LRPOT_QUANTITY_IMAGE] == NULL) {
        lrpot__lattice_nearest(lattice, step, &length, &next);
        if (length > AMBIGUOUS * next) return refuse_long_step(frame, i, length, next);
    }
    for (int d = 0; d < 3; d++) {
        double *anchor = now->anchor + 3 * i + d, at = from[d] + step[d];
        now->s[3 * i + d] = at;
        double cells = (lattice->periodic_mask & 1 << d) && fabs(at - *anchor) > NEAR_ANCHOR
                           ? round(at - *anchor)
                           : 0.0;
        *anchor += cells;
        for (int a = 0; a < 3; a++) now->way[3 * i + a] += cells * lattice->basis[3 * d + a];
        step[d] = at - *anchor;
    }
    lrpot__row_times3(step, lattice->basis, r);
    for (int a = 0; a < 3; a++) now->moved[3 * i + a] = now->way[3 * i + a] + r[a];
    return LRPOT_OK;
}

static lrpot_status move_all(const lrpot_path *path, const lrpot_structure *frame, paths *now)
{
    double change[9], back[9];
    if (path->first == NULL) {
        for (int64_t i = 0; i < frame->n; i++) {
            double r[3];
            place(frame, i, r);
            lrpot__row_times3(r, now->lattice.inverse, now->s + 3 * i);
            memcpy(now->anchor + 3 * i, now->s + 3 * i, 3 * sizeof(double));
        }
        return LRPOT_OK;
    }
    LRPOT__TRY(check_atoms(path->first, frame));
    LRPOT__TRY(lrpot__lattice_follow(&path->now.lattice, &now->lattice, change));
    lrpot__inverse3(change, back);
    for (int a = 0; a < 9; a++) back[a] = round(back[a]);
    memcpy(now->way, path->now.way, (size_t)(3 * frame->n) * sizeof(double));
    for (int64_t i = 0; i < frame->n; i++) LRPOT__TRY(move(frame, back, &path->now, now, i));
    return LRPOT_OK;
}

/* sum q (first position + displacement). */
static lrpot_status charge_dipole(lrpot_path *path, const lrpot_structure *frame, const paths *now)
{
    const double *q = frame->quantities[LRPOT_QUANTITY_CHARGES];
    path->known[LRPOT_PATH_CHARGES] = q != NULL;
    if (q == NULL) return LRPOT_OK;
    const lrpot_structure *first = path->first != NULL ? path->first : frame;
    double *r = lrpot__calloc(3 * frame->n, sizeof *r);
    if (r == NULL) return LRPOT_E_MEMORY;
    for (int64_t i = 0; i < frame->n; i++) {
        place(first, i, r + 3 * i);
        for (int a = 0; a < 3; a++) r[3 * i + a] += now->moved[3 * i + a];
    }
    lrpot_status status = lrpot__centred_sum(frame, q, NULL, r, path->dipoles[LRPOT_PATH_CHARGES],
                                             &path->net[LRPOT_PATH_CHARGES]);
    lrpot__free(r);
    path->failed[LRPOT_PATH_CHARGES] = status;
    return status == LRPOT_E_UNSUPPORTED ? LRPOT_OK : status;
}

/* Adds the mean of the previous and present Born charges times the step. */
static lrpot_status born_dipole(lrpot_path *path, const lrpot_structure *frame, const paths *now)
{
    const double *z = frame->quantities[LRPOT_QUANTITY_BORN_CHARGES];
    int32_t started = path->first == NULL || path->known[LRPOT_PATH_BORN];
    path->known[LRPOT_PATH_BORN] = z != NULL && started;
    if (!path->known[LRPOT_PATH_BORN]) return LRPOT_OK;
    double *mean = lrpot__duplicate(z, 9 * frame->n, sizeof *z),
           *step = lrpot__duplicate(now->moved, 3 * frame->n, sizeof *step), change[3];
    lrpot_status status = mean != NULL && step != NULL ? LRPOT_OK : LRPOT_E_MEMORY;
    for (int64_t k = 0; status == LRPOT_OK && path->born != NULL && k < 9 * frame->n; k++)
        mean[k] = 0.5 * (z[k] + path->born[k]);
    for (int64_t k = 0; status == LRPOT_OK && path->first != NULL && k < 3 * frame->n; k++)
        step[k] -= path->now.moved[k];
    if (status == LRPOT_OK)
        status = lrpot__centred_sum(frame, NULL, mean, step, change, &path->net[LRPOT_PATH_BORN]);
    for (int a = 0; status == LRPOT_OK && a < 3; a++)
        path->dipoles[LRPOT_PATH_BORN][a] += change[a];
    if (status == LRPOT_OK || status == LRPOT_E_UNSUPPORTED) path->failed[LRPOT_PATH_BORN] = status;
    lrpot__free(step);
    lrpot__free(mean);
    return status == LRPOT_E_UNSUPPORTED ? LRPOT_OK : status;
}

/* Keeps the first frame, from which the next step starts. Fails before it changes anything. */
static lrpot_status keep(lrpot_path *path, const lrpot_structure *frame, paths *now)
{
    const double *z = frame->quantities[LRPOT_QUANTITY_BORN_CHARGES];
    double *born = NULL;
    if (z != NULL && (born = lrpot__duplicate(z, 9 * frame->n, sizeof *z)) == NULL)
        return LRPOT_E_MEMORY;
    if (path->first == NULL) {
        lrpot_status status = lrpot_structure_clone(&path->first, frame);
        if (status != LRPOT_OK) {
            lrpot__free(born);
            return status;
        }
    }
    lrpot__free(path->born);
    path->born = born;
    lrpot__free(path->now.block);
    path->now = *now;
    path->frames++;
    return LRPOT_OK;
}

lrpot_status lrpot_path_step(lrpot_path *path, const lrpot_structure *frame)
{
    paths now;
    LRPOT__REQUIRE_NOT_NULL(path);
    LRPOT__REQUIRE_NOT_NULL(frame);
    lrpot_path old = *path;
    LRPOT__TRY(paths_create(&now, frame->n));
    lrpot__lattice_reduce(frame->cell, frame->periodic_mask, &now.lattice);
    lrpot_status status = move_all(path, frame, &now);
    if (status == LRPOT_OK) status = charge_dipole(path, frame, &now);
    if (status == LRPOT_OK) status = born_dipole(path, frame, &now);
    if (status == LRPOT_OK) status = keep(path, frame, &now);
    if (status == LRPOT_OK) return LRPOT_OK;
    lrpot__free(now.block);
    *path = old;
    return status == LRPOT_E_MEMORY ? status : in_frame(status, path, frame);
}

const double *lrpot_path_displacements(const lrpot_path *path)
{
    return path != NULL ? path->now.moved : NULL;
}

static lrpot_status check_source(int32_t source)
{
    if (source == LRPOT_PATH_CHARGES || source == LRPOT_PATH_BORN) return LRPOT_OK;
    return lrpot__fail(LRPOT_E_ARGUMENT, "source = %d is neither charges nor Born charges",
                       (int)source);
}

static const char *const source_names[2] = { "charges", "Born charges" };

lrpot_status lrpot_path_dipole(const lrpot_path *path, int32_t source, double *dipole,
                               double *net_charge)
{
    LRPOT__REQUIRE_NOT_NULL(path);
    LRPOT__REQUIRE_NOT_NULL(dipole);
    LRPOT__TRY(check_source(source));
    if (path->frames == 0 || !path->known[source])
        return lrpot__fail(LRPOT_E_ARGUMENT, "frame %lld has no %s", (long long)path->frames - 1,
                           source_names[source]);
    if (path->failed[source] != LRPOT_OK)
        return lrpot__fail(
            path->failed[source],
            "frame %lld: the atoms have a net charge and not all of them a mass; the "
            "dipole has no origin",
            (long long)path->frames - 1);
    memcpy(dipole, path->dipoles[source], 3 * sizeof *dipole);
    if (net_charge != NULL) *net_charge = path->net[source];
    return LRPOT_OK;
}

lrpot_status lrpot_path_current(const lrpot_structure *frame, int32_t source, double *current,
                                double *net_charge)
{
    double sum[3], net;
    LRPOT__REQUIRE_NOT_NULL(frame);
    LRPOT__REQUIRE_NOT_NULL(current);
    LRPOT__TRY(check_source(source));
    const double *q = frame->quantities[LRPOT_QUANTITY_CHARGES],
                 *z = frame->quantities[LRPOT_QUANTITY_BORN_CHARGES],
                 *v = frame->quantities[LRPOT_QUANTITY_VELOCITIES];
    if (v == NULL || (source == LRPOT_PATH_BORN ? z == NULL : q == NULL))
        return lrpot__fail(LRPOT_E_ARGUMENT, "the frame has no %s",
                           v == NULL ? "velocities" : source_names[source]);
    LRPOT__TRY(lrpot__centred_sum(frame, q, source == LRPOT_PATH_BORN ? z : NULL, v, sum, &net));
    memcpy(current, sum, sizeof sum);
    if (net_charge != NULL) *net_charge = net;
    return LRPOT_OK;
}
