/* Paths through Brillouin zones. The lattice of any cell is recognised by its shortest orthogonal
 * or hexagonal axes. */
#include <lrpot/phonons.h>

#include "core/algebra.h"
#include "core/error.h"
#include "structure/lattice.h"

#include <math.h>
#include <string.h>

#define SAME 1e-5 /* relative, of lengths and cosines */
enum {
    REACH = 2,
    VECTORS = 62
}; /* up to sign, with coefficients of the reduced cell up to REACH */

static const double two_pi = 6.283185307179586476925;

typedef struct {
    const char *name;
    double at[3]; /* in units of the reciprocal vectors of the axes */
    int starts;
} corner;

typedef struct {
    const corner *corners;
    int count;
} route;

#define ROUTE(list)                                 \
    {                                               \
        list, (int)(sizeof(list) / sizeof(list)[0]) \
    }
static const corner cubic[] = { { "G", { 0, 0, 0 }, 1 },       { "X", { 0, 0.5, 0 }, 0 },
                                { "M", { 0.5, 0.5, 0 }, 0 },   { "G", { 0, 0, 0 }, 0 },
                                { "R", { 0.5, 0.5, 0.5 }, 0 }, { "X", { 0, 0.5, 0 }, 0 },
                                { "M", { 0.5, 0.5, 0 }, 1 },   { "R", { 0.5, 0.5, 0.5 }, 0 } };
static const corner face_centred[] = { { "G", { 0, 0, 0 }, 1 },       { "X", { 0, 1, 0 }, 0 },
                                       { "U", { 0.25, 1, 0.25 }, 0 }, { "K", { 0.75, 0.75, 0 }, 1 },
                                       { "G", { 0, 0, 0 }, 0 },       { "L", { 0.5, 0.5, 0.5 }, 0 },
                                       { "W", { 0.5, 1, 0 }, 0 },     { "X", { 0, 1, 0 }, 0 } };
static const corner body_centred[] = { { "G", { 0, 0, 0 }, 1 },       { "H", { 0, 1, 0 }, 0 },
                                       { "N", { 0.5, 0.5, 0 }, 0 },   { "G", { 0, 0, 0 }, 0 },
                                       { "P", { 0.5, 0.5, 0.5 }, 0 }, { "H", { 0, 1, 0 }, 0 },
                                       { "P", { 0.5, 0.5, 0.5 }, 1 }, { "N", { 0.5, 0.5, 0 }, 0 } };
static const corner tetragonal[] = { { "G", { 0, 0, 0 }, 1 },       { "X", { 0, 0.5, 0 }, 0 },
                                     { "M", { 0.5, 0.5, 0 }, 0 },   { "G", { 0, 0, 0 }, 0 },
                                     { "Z", { 0, 0, 0.5 }, 0 },     { "R", { 0, 0.5, 0.5 }, 0 },
                                     { "A", { 0.5, 0.5, 0.5 }, 0 }, { "Z", { 0, 0, 0.5 }, 0 },
                                     { "X", { 0, 0.5, 0 }, 1 },     { "R", { 0, 0.5, 0.5 }, 0 },
                                     { "M", { 0.5, 0.5, 0 }, 1 },   { "A", { 0.5, 0.5, 0.5 }, 0 } };
static const corner body_tetragonal[] = {
    { "G", { 0, 0, 0 }, 1 },     { "X", { 0.5, 0.5, 0 }, 0 }, { "P", { 0.5, 0.5, 0.5 }, 0 },
    { "N", { 0.5, 0, 0.5 }, 0 }, { "G", { 0, 0, 0 }, 0 },     { "Z", { 0, 0, 1 }, 0 }
};
static const corner hexagonal[] = { { "G", { 0, 0, 0 }, 1 },
                                    { "M", { 0.5, 0, 0 }, 0 },
                                    { "K", { 1 / 3.0, 1 / 3.0, 0 }, 0 },
                                    { "G", { 0, 0, 0 }, 0 },
                                    { "A", { 0, 0, 0.5 }, 0 },
                                    { "L", { 0.5, 0, 0.5 }, 0 },
                                    { "H", { 1 / 3.0, 1 / 3.0, 0.5 }, 0 },
                                    { "A", { 0, 0, 0.5 }, 0 },
                                    { "L", { 0.5, 0, 0.5 }, 1 },
                                    { "M", { 0.5, 0, 0 }, 0 },
                                    { "K", { 1 / 3.0, 1 / 3.0, 0 }, 1 },
                                    { "H", { 1 / 3.0, 1 / 3.0, 0.5 }, 0 } };
static const corner orthorhombic[] = { { "G", { 0, 0, 0 }, 1 },     { "X", { 0.5, 0, 0 }, 0 },
                                       { "S", { 0.5, 0.5, 0 }, 0 }, { "Y", { 0, 0.5, 0 }, 0 },
                                       { "G", { 0, 0, 0 }, 0 },     { "Z", { 0, 0, 0.5 }, 0 },
                                       { "U", { 0.5, 0, 0.5 }, 0 }, { "R", { 0.5, 0.5, 0.5 }, 0 },
                                       { "T", { 0, 0.5, 0.5 }, 0 }, { "Z", { 0, 0, 0.5 }, 0 },
                                       { "Y", { 0, 0.5, 0 }, 1 },   { "T", { 0, 0.5, 0.5 }, 0 },
                                       { "U", { 0.5, 0, 0.5 }, 1 }, { "X", { 0.5, 0, 0 }, 0 },
                                       { "S", { 0.5, 0.5, 0 }, 1 }, { "R", { 0.5, 0.5, 0.5 }, 0 } };

static int orthogonal(const double *a, const double *b)
{
    return fabs(lrpot__dot3(a, b)) < SAME * sqrt(lrpot__dot3(a, a) * lrpot__dot3(b, b));
}

static int as_long(const double *a, const double *b)
{
    return fabs(lrpot__dot3(a, a) - lrpot__dot3(b, b))
           < SAME * (lrpot__dot3(a, a) + lrpot__dot3(b, b));
}

static int at_120_degrees(const double *a, const double *b)
{
    return as_long(a, b)
           && fabs(lrpot__dot3(a, b) + 0.5 * lrpot__dot3(a, a)) < SAME * lrpot__dot3(a, a);
}

/* Lists lattice vectors, one of each pair of opposite ones. */
static void list_vectors(const double *cell, double (*vectors)[3])
{
    int at = 0;
    for (int x = -REACH; x <= REACH; x++)
        for (int y = -REACH; y <= REACH; y++)
            for (int z = -REACH; z <= REACH; z++) {
                if (x < 0 || (x == 0 && (y < 0 || (y == 0 && z <= 0)))) continue;
                for (int a = 0; a < 3; a++)
                    vectors[at][a] = x * cell[a] + y * cell[3 + a] + z * cell[6 + a];
                at++;
            }
}

enum shape { RIGHT_ANGLES, CUBE, HEXAGON };

/* Smallest cell of the shape: three right angles, or axes of equal length at 120 degrees and the
 * third perpendicular. Returns its volume divided by that of the lattice; 0 if there is none. */
static int smallest(double (*vectors)[3], double volume, enum shape shape, double *axes)
{
    int hexagons = shape == HEXAGON;
    double best = 0.0;
    for (int i = 0; i < VECTORS; i++)
        for (int j = 0; j < VECTORS; j++) {
            double turned[3] = { -vectors[j][0], -vectors[j][1], -vectors[j][2] }, *b = vectors[j];
            if (hexagons && at_120_degrees(vectors[i], turned)) b = turned;
            if (i == j || (hexagons ? !at_120_degrees(vectors[i], b) : !orthogonal(vectors[i], b)))
                continue;
            for (int k = 0; k < VECTORS; k++) {
                if (shape == CUBE && (!as_long(vectors[i], b) || !as_long(b, vectors[k]))) continue;
                if (!orthogonal(vectors[i], vectors[k]) || !orthogonal(b, vectors[k])) continue;
                double trial[9];
                memcpy(trial, vectors[i], 3 * sizeof *trial);
                memcpy(trial + 3, b, 3 * sizeof *trial);
                memcpy(trial + 6, vectors[k], 3 * sizeof *trial);
                double size = fabs(lrpot__det3(trial));
                if (best > 0.0 && size > best * (1.0 - SAME)) continue;
                best = size;
                memcpy(axes, trial, sizeof trial);
            }
        }
    return (int)nearbyint(best / volume);
}

static void exchange(double *axes, int a, int b)
{
    for (int x = 0; x < 3; x++) {
        double kept = axes[3 * a + x];
        axes[3 * a + x] = axes[3 * b + x];
        axes[3 * b + x] = kept;
    }
}

/* Sorts axes by length. If two are equal, the third comes last. */
static void order(double *axes)
{
    for (int pass = 0; pass < 2; pass++)
        for (int k = 0; k < 2; k++)
            if (lrpot__dot3(axes + 3 * k, axes + 3 * k)
                > lrpot__dot3(axes + 3 * k + 3, axes + 3 * k + 3))
                exchange(axes, k, k + 1);
    if (!as_long(axes, axes + 3) && as_long(axes + 3, axes + 6)) exchange(axes, 0, 2);
}

static lrpot_status recognise(const double *cell, double volume, double *axes, route *found)
{
    static const route cubes[5] = {
        [1] = ROUTE(cubic), [2] = ROUTE(body_centred), [4] = ROUTE(face_centred)
    };
    static const route columns[3] = { [1] = ROUTE(tetragonal), [2] = ROUTE(body_tetragonal) };
    static const route boxes[2] = { [1] = ROUTE(orthorhombic) }, hexagons = ROUTE(hexagonal);
    double vectors[VECTORS][3];
    list_vectors(cell, vectors);
    *found = hexagons;
    if (smallest(vectors, volume, HEXAGON, axes) == 1) return LRPOT_OK;
    int times = smallest(vectors, volume, CUBE,
                         /* tested first: a face-centred cubic lattice is body-centred tetragonal,
                          * too */
                         axes);
    if (times == 0) times = smallest(vectors, volume, RIGHT_ANGLES, axes);
    *found = (route){ NULL, 0 };
    if (times > 0) {
        order(axes);
        int square = as_long(axes, axes + 3), equal = square && as_long(axes, axes + 6);
        if (equal && times < 5) *found = cubes[times];
        else if (square && !equal && times < 3) *found = columns[times];
        else if (!square && times < 2) *found = boxes[times];
    }
    if (found->count > 0) return LRPOT_OK;
    return lrpot__fail(LRPOT_E_UNSUPPORTED, "no path is known for this lattice: it is not cubic, "
                                            "hexagonal, tetragonal or primitive orthorhombic");
}

lrpot_status lrpot_phonons_path(const double *cell, int32_t *count, double *corners, char *labels,
                                int32_t *starts)
{
    LRPOT__REQUIRE_NOT_NULL(cell);
    LRPOT__REQUIRE_NOT_NULL(count);
    LRPOT__REQUIRE_NOT_NULL(corners);
    LRPOT__REQUIRE_NOT_NULL(labels);
    LRPOT__REQUIRE_NOT_NULL(starts);
    double axes[9] = { 0.0 }, inverse[9];
    lrpot__lattice lattice;
    route found;
    LRPOT__TRY(lrpot__lattice_check(cell, LRPOT_PERIODIC_ALL));
    lrpot__lattice_reduce(cell, LRPOT_PERIODIC_ALL, &lattice);
    LRPOT__TRY(recognise(lattice.basis, fabs(lrpot__det3(cell)), axes, &found));
    lrpot__inverse3(axes, inverse);
    *count = found.count;
    for (int k = 0; k < found.count; k++) {
        const corner *c = &found.corners[k];
        for (int a = 0; a < 3; a++)
            corners[3 * k + a] = two_pi
                                 * (c->at[0] * inverse[3 * a] + c->at[1] * inverse[3 * a + 1]
                                    + c->at[2] * inverse[3 * a + 2]);
        memset(labels + LRPOT_PATH_LABEL * k, 0, LRPOT_PATH_LABEL);
        memcpy(labels + LRPOT_PATH_LABEL * k, c->name, strlen(c->name));
        starts[k] = c->starts;
    }
    return LRPOT_OK;
}
