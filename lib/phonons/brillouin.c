/* Paths through Brillouin zones: of a lattice whose axes are known, of a cell that is recognised by
 * its shortest orthogonal or hexagonal axes, or of a layer. */
#include <lrpot/phonons.h>

#include "core/algebra.h"
#include "core/error.h"
#include "phonons/special_points.h"
#include "structure/lattice.h"

#include <math.h>
#include <string.h>

#define SAME 1e-5 /* relative, of lengths and cosines */
enum {
    REACH = 2,
    VECTORS = 62
}; /* up to sign, with coefficients of the reduced cell up to REACH */

static const double two_pi = 6.283185307179586476925;

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

/* Name and axes of the lattice of a cell. */
static lrpot_status recognise(const double *cell, double volume, double *axes, const char **name)
{
    static const char *const cubes[5] = { [1] = "cP", [2] = "cI", [4] = "cF" },
                             *const columns[3] = { [1] = "tP", [2] = "tI" };
    double vectors[VECTORS][3];
    list_vectors(cell, vectors);
    *name = "hP";
    if (smallest(vectors, volume, HEXAGON, axes) == 1) return LRPOT_OK;
    /* cubes first: a face-centred cubic lattice is body-centred tetragonal, too */
    int times = smallest(vectors, volume, CUBE, axes);
    if (times == 0) times = smallest(vectors, volume, RIGHT_ANGLES, axes);
    *name = NULL;
    if (times > 0) {
        order(axes);
        int square = as_long(axes, axes + 3), equal = square && as_long(axes, axes + 6);
        if (equal && times < 5) *name = cubes[times];
        else if (square && !equal && times < 3) *name = columns[times];
        else if (!square && times < 2) *name = "oP";
    }
    if (*name != NULL) return LRPOT_OK;
    return lrpot__fail(LRPOT_E_UNSUPPORTED,
                       "the lattice is not recognised: it is not cubic, hexagonal, tetragonal or "
                       "primitive orthorhombic; give its axes to lrpot_phonons_lattice_path()");
}

/* Length of the name that stands at the beginning: a letter and digits. */
static size_t name_length(const char *route)
{
    size_t n = 1;
    while (route[n] >= '0' && route[n] <= '9') n++;
    return n;
}

/* Number of the point with this name; the names are separated by blanks. */
static int32_t find_point(const lrpot__special_points *points, const char *name, size_t length)
{
    const char *at = points->names;
    for (int32_t k = 0; k < points->count; k++) {
        size_t n = strcspn(at, " ");
        if (n == length && strncmp(at, name, n) == 0) return k;
        at += n + (at[n] == ' ');
    }
    return 0;
}

static void follow(const lrpot__special_points *points, int32_t *count, double *corners,
                   char *labels, int32_t *starts)
{
    double inverse[9];
    int32_t start = 1;
    lrpot__inverse3(points->primitive, inverse);
    *count = 0;
    for (const char *at = points->route; *at != '\0' && *count < LRPOT_PATH_MOST;) {
        if (*at == ',') {
            start = 1;
            at++;
            continue;
        }
        size_t length = name_length(at);
        const double *f = points->at[find_point(points, at, length)];
        for (int a = 0; a < 3; a++)
            corners[3 * *count + a] =
                two_pi
                * (f[0] * inverse[3 * a] + f[1] * inverse[3 * a + 1] + f[2] * inverse[3 * a + 2]);
        memset(labels + LRPOT_PATH_LABEL * *count, 0, LRPOT_PATH_LABEL);
        memcpy(labels + LRPOT_PATH_LABEL * *count, at, length);
        starts[(*count)++] = start;
        start = 0;
        at += length;
    }
}

lrpot_status lrpot_phonons_lattice_path(const char *lattice, const double *axes, int32_t *count,
                                        double *corners, char *labels, int32_t *starts)
{
    LRPOT__REQUIRE_NOT_NULL(lattice);
    LRPOT__REQUIRE_NOT_NULL(axes);
    LRPOT__REQUIRE_NOT_NULL(count);
    LRPOT__REQUIRE_NOT_NULL(corners);
    LRPOT__REQUIRE_NOT_NULL(labels);
    LRPOT__REQUIRE_NOT_NULL(starts);
    lrpot__special_points points = { 0 };
    LRPOT__TRY(lrpot__lattice_check(axes, LRPOT_PERIODIC_ALL));
    LRPOT__TRY(lrpot__special_points_find(lattice, axes, &points));
    follow(&points, count, corners, labels, starts);
    return LRPOT_OK;
}

lrpot_status lrpot_phonons_path(const double *cell, int32_t *count, double *corners, char *labels,
                                int32_t *starts)
{
    LRPOT__REQUIRE_NOT_NULL(cell);
    double axes[9] = { 0.0 };
    const char *name = NULL;
    lrpot__lattice lattice;
    LRPOT__TRY(lrpot__lattice_check(cell, LRPOT_PERIODIC_ALL));
    lrpot__lattice_reduce(cell, LRPOT_PERIODIC_ALL, &lattice);
    LRPOT__TRY(recognise(lattice.basis, fabs(lrpot__det3(cell)), axes, &name));
    return lrpot_phonons_lattice_path(name, axes, count, corners, labels, starts);
}

/* Lattices of the plane: the crystal that repeats one along the normal, and the part of its path in
 * the plane. */
typedef struct {
    const char *crystal, *route;
} flat_lattice;

static const flat_lattice square = { "tP", "GXMG" }, rectangular = { "oP", "GXSYGS" },
                          hexagonal = { "hP", "GMKG" }, centred_rectangular = { "oC", "GXSX1YGS" },
                          oblique = { "mP", "GYHCH1XGC" };

/* Two shortest vectors of the lattice, the first no longer than the second, at an angle of 90 to
 * 120 degrees. */
static void shorten(double *u, double *v)
{
    for (int k = 0; k < 1000; k++) {
        if (lrpot__dot3(u, u) > lrpot__dot3(v, v))
            for (int a = 0; a < 3; a++) {
                double kept = u[a];
                u[a] = v[a];
                v[a] = kept;
            }
        double times = nearbyint(lrpot__dot3(u, v) / lrpot__dot3(u, u) * (1.0 - SAME));
        if (times == 0.0) break;
        for (int a = 0; a < 3; a++) v[a] -= times * u[a];
    }
    double sign = lrpot__dot3(u, v) > 0.0 ? -1.0 : 1.0;
    for (int a = 0; a < 3; a++) v[a] *= sign;
}

/* The lattice of these vectors; turns them into the conventional ones. */
static const flat_lattice *recognise_plane(double *u, double *v)
{
    double sum[3], difference[3];
    shorten(u, v);
    for (int a = 0; a < 3; a++) {
        sum[a] = u[a] + v[a];
        difference[a] = u[a] - v[a];
    }
    int equal = as_long(u, v);
    if (orthogonal(u, v)) return equal ? &square : &rectangular;
    if (at_120_degrees(u, v)) return &hexagonal;
    if (equal) {
        memcpy(u, sum, sizeof sum);
        memcpy(v, difference, sizeof difference);
        return &centred_rectangular;
    }
    for (int a = 0; a < 3; a++) sum[a] += v[a];
    if (!orthogonal(u, sum)) return &oblique;
    memcpy(v, sum, sizeof sum);
    return &centred_rectangular;
}

lrpot_status lrpot_phonons_layer_path(const double *cell, int32_t periodic_mask, int32_t *count,
                                      double *corners, char *labels, int32_t *starts)
{
    LRPOT__REQUIRE_NOT_NULL(cell);
    LRPOT__REQUIRE_NOT_NULL(count);
    LRPOT__REQUIRE_NOT_NULL(corners);
    LRPOT__REQUIRE_NOT_NULL(labels);
    LRPOT__REQUIRE_NOT_NULL(starts);
    const int32_t missing = LRPOT_PERIODIC_ALL & ~periodic_mask;
    if (missing != 1 && missing != 2 && missing != 4)
        return lrpot__fail(LRPOT_E_ARGUMENT,
                           "periodic_mask = %d, expected two bits: the rows of a layer",
                           periodic_mask);
    LRPOT__TRY(lrpot__lattice_check(cell, periodic_mask));
    int across = missing / 2;
    double axes[9], *u = axes, *v = axes + 3, *normal = axes + 6;
    memcpy(u, cell + 3 * ((across + 1) % 3), 3 * sizeof *u);
    memcpy(v, cell + 3 * ((across + 2) % 3), 3 * sizeof *v);
    const flat_lattice *lattice = recognise_plane(u, v);
    lrpot__cross3(u, v, normal);
    /* longer than the others, where axes are sorted */
    double length = 2.0 * (sqrt(lrpot__dot3(u, u)) + sqrt(lrpot__dot3(v, v)))
                    / sqrt(lrpot__dot3(normal, normal));
    for (int a = 0; a < 3; a++) normal[a] *= length;
    if (lattice == &oblique) exchange(axes, 1, 2); /* the unique axis is the second */
    lrpot__special_points points = { 0 };
    LRPOT__TRY(lrpot__special_points_find(lattice->crystal, axes, &points));
    points.route = lattice->route;
    follow(&points, count, corners, labels, starts);
    return LRPOT_OK;
}
