/* Paths and meshes of Brillouin zones, densities of states, infrared modes and the static
 * dielectric tensor. */
#include "models.h"

static const double four_pi = 12.566370614359172953851, two_pi = 6.283185307179586476925;
static const double thz = 15.633304239856193; /* sqrt(eV / (A^2 u)) / (2 pi) */

typedef struct {
    int32_t count, starts[LRPOT_PATH_MOST];
    double corners[3 * LRPOT_PATH_MOST];
    char labels[LRPOT_PATH_MOST * LRPOT_PATH_LABEL];
} path;

static path path_of(const double *cell)
{
    path p = { 0 };
    ck_ok(lrpot_phonons_path(cell, &p.count, p.corners, p.labels, p.starts));
    return p;
}

static const double *corner_of(const path *p, const char *label)
{
    for (int k = 0; k < p->count; k++)
        if (strcmp(p->labels + LRPOT_PATH_LABEL * k, label) == 0) return p->corners + 3 * k;
    ck_abort_msg("no corner %s", label);
    return NULL;
}

static double length_of(const double *v)
{
    return sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
}

/* 1 if `times` times the corner is a vector of the reciprocal lattice. */
static int is_reciprocal(const double *cell, const double *corner, int times)
{
    for (int d = 0; d < 3; d++) {
        double s =
            times
            * (corner[0] * cell[3 * d] + corner[1] * cell[3 * d + 1] + corner[2] * cell[3 * d + 2])
            / two_pi;
        if (fabs(s - nearbyint(s)) > 1e-9) return 0;
    }
    return 1;
}

/* cell: rows of another cell of the same lattice, turned by 30 degrees about z. */
static void disguise(double *cell)
{
    static const int mix[9] = { 1, 1, 0, 0, 1, 0, 1, -1, -1 };
    double mixed[9] = { 0 }, c = sqrt(0.75), s = 0.5;
    for (int k = 0; k < 9; k++)
        for (int j = 0; j < 3; j++) mixed[k] += mix[3 * (k / 3) + j] * cell[3 * j + k % 3];
    for (int r = 0; r < 3; r++) {
        cell[3 * r] = c * mixed[3 * r] - s * mixed[3 * r + 1];
        cell[3 * r + 1] = s * mixed[3 * r] + c * mixed[3 * r + 1];
        cell[3 * r + 2] = mixed[3 * r + 2];
    }
}

typedef struct {
    double cell[9];
    const char *label;
    int times;     /* so often the corner is of the reciprocal lattice, and not less often */
    double length; /* 2 pi/A */
} lattice;

static const lattice lattices[] = {
    { { 4, 0, 0, 0, 4, 0, 0, 0, 4 }, "M", 2, 0.17677669529663687 },
    { { 0, 2, 2, 2, 0, 2, 2, 2, 0 }, "X", 2, 0.25 },
    { { 0, 2, 2, 2, 0, 2, 2, 2, 0 }, "L", 2, 0.21650635094610965 },
    { { 0, 2, 2, 2, 0, 2, 2, 2, 0 }, "W", 4, 0.2795084971874737 },
    { { -2, 2, 2, 2, -2, 2, 2, 2, -2 }, "H", 2, 0.25 },
    { { -2, 2, 2, 2, -2, 2, 2, 2, -2 }, "P", 4, 0.21650635094610965 },
    { { 4, 0, 0, 0, 4, 0, 0, 0, 6 }, "Z", 2, 0.083333333333333333 },
    { { 6, 0, 0, 0, 4, 0, 0, 0, 6 }, "Z", 2, 0.125 },
    { { -2, 2, 3, 2, -2, 3, 2, 2, -3 }, "P", 4, 0.19543399 },
    { { 4, 0, 0, -2, 3.4641016151377544, 0, 0, 0, 7 }, "K", 3, 0.16666666666666667 },
    { { 4, 0, 0, 2, 3.4641016151377544, 0, 0, 0, 3 }, "A", 2, 0.16666666666666667 },
    { { 5, 0, 0, 0, 4, 0, 0, 0, 3 }, "X", 2, 0.16666666666666667 },
    { { 5, 0, 0, 0, 4, 0, 0, 0, 3 }, "R", 2, 0.23109041 },
};

START_TEST(corners_of_paths_are_where_their_names_say)
{
    const lattice *l = &lattices[_i / 2];
    double cell[9];
    memcpy(cell, l->cell, sizeof cell);
    if (_i % 2) disguise(cell);
    path p = path_of(cell);
    const double *corner = corner_of(&p, l->label);
    ck_close(length_of(corner) / two_pi, l->length, 1e-7, 1);
    for (int times = 1; times <= l->times; times++)
        ck_assert_int_eq(is_reciprocal(cell, corner, times), times == l->times);
    ck_assert_int_eq(p.starts[0], 1);
    ck_close(length_of(p.corners), 0, 0, 1);
}
END_TEST

START_TEST(lattices_without_a_path_are_refused)
{
    static const double triclinic[9] = { 4, 0, 0, 0.3, 5, 0, 0.7, -0.4, 6 },
                        centred[9] = { 2, 2.5, 0, -2, 2.5, 0, 0, 0, 7 },
                        flat[9] = { 1, 0, 0, 2, 0, 0, 0, 0, 1 };
    path p;
    ck_assert_int_eq(lrpot_phonons_path(triclinic, &p.count, p.corners, p.labels, p.starts),
                     LRPOT_E_UNSUPPORTED);
    ck_assert_int_eq(lrpot_phonons_path(centred, &p.count, p.corners, p.labels, p.starts),
                     LRPOT_E_UNSUPPORTED);
    ck_assert_int_eq(lrpot_phonons_path(flat, &p.count, p.corners, p.labels, p.starts),
                     LRPOT_E_CELL);
}
END_TEST

/* An oscillator by its closed formulas, written with hyperbolic functions. */
/* Numbers of reciprocal vectors as near to the corner as Gamma, none being nearer. u and v span a
 * lattice of the plane x y that is turned about x, y becoming (0.8, 0.6). */
static int nearest(const double *u, const double *v, const double *corner)
{
    int near = 0;
    for (int x = -12; x <= 12; x++)
        for (int y = -12; y <= 12; y++) {
            double G[3], det = u[0] * v[1] - u[1] * v[0], own = 0, other = 0;
            G[0] = two_pi * (x * v[1] - y * u[1]) / det;
            G[1] = two_pi * (y * u[0] - x * v[0]) / det * 0.64;
            G[2] = G[1] * 0.75;
            for (int a = 0; a < 3; a++) {
                own += corner[a] * corner[a];
                other += (corner[a] - G[a]) * (corner[a] - G[a]);
            }
            ck_assert(other > own - 1e-9);
            near += other < own + 1e-9;
        }
    return near;
}

/* Layers of every lattice in a cell that hides it. Vertices of the zone are as near to two more
 * reciprocal vectors as to Gamma, or to three; midpoints of its edges to one. */
static const struct {
    double u[2], v[2];
    const char *route, *edges, *vertices;
} planes[] = {
    { { 3, 0 }, { 0, 3 }, "G X M G", "X", "M" },
    { { 3, 0 }, { 0, 4 }, "G X S Y G S", "X Y", "S" },
    { { 3, 0 }, { -1.5, 2.5980762113533160 }, "G M K G", "M", "K" },
    { { 3, 0 }, { -1.5, 3.5 }, "G X S X1 Y G S", "S Y", "X X1" },
    { { 3, 0 }, { -1.5, 2.1 }, "G X S X1 Y G S", "S Y", "X X1" },
    { { 3, 0 }, { -0.7, 4.2 }, "G Y H C H1 X G C", "Y C X", "H H1" },
};

static int is_listed(const char *list, const char *label)
{
    const char *at = strstr(list, label);
    return at != NULL && (at[strlen(label)] == ' ' || at[strlen(label)] == '\0');
}

START_TEST(layers_have_the_points_of_their_lattice)
{
    int across = _i % 3, kind = _i / 3;
    double cell[9] = { 0 }, *u = cell + 3 * ((across + 1) % 3), *v = cell + 3 * ((across + 2) % 3);
    for (int a = 0; a < 2; a++) {
        u[a] = 2 * planes[kind].u[a] + 3 * planes[kind].v[a];
        v[a] = planes[kind].u[a] + 2 * planes[kind].v[a];
    }
    for (int row = 0; row < 9; row += 3) {
        double y = cell[row + 1];
        cell[row + 1] = 0.8 * y;
        cell[row + 2] = 0.6 * y;
    }
    path p = { 0 };
    ck_ok(lrpot_phonons_layer_path(cell, LRPOT_PERIODIC_ALL & ~(1 << across), &p.count, p.corners,
                                   p.labels, p.starts));
    char found[300] = "";
    for (int k = 0; k < p.count; k++) {
        const char *label = p.labels + LRPOT_PATH_LABEL * k;
        int near = nearest(u, v, p.corners + 3 * k);
        snprintf(found + strlen(found), 20, "%s%s", k > 0 ? " " : "", label);
        ck_assert_int_eq(p.starts[k], k == 0);
        ck_close(-0.6 * p.corners[3 * k + 1] + 0.8 * p.corners[3 * k + 2], 0, 1e-12, 1);
        ck_assert_msg(is_listed(planes[kind].edges, label)      ? near == 2
                      : is_listed(planes[kind].vertices, label) ? near > 2
                                                                : near == 1,
                      "%s of %s is near %d vectors", label, planes[kind].route, near);
    }
    ck_assert_str_eq(found, planes[kind].route);
    ck_assert_int_eq(lrpot_phonons_layer_path(cell, 7, &p.count, p.corners, p.labels, p.starts),
                     LRPOT_E_ARGUMENT);
}
END_TEST

START_TEST(thermal_properties_are_those_of_oscillators)
{
    static const double weights[2] = { 0.25, 0.75 }, frequencies[4] = { 3.0, 7.0, 11.0, 0.5 };
    static const double temperatures[4] = { 0.0, 40.0, 300.0, 5000.0 };
    const double h = 4.135667696923859e-3, k = 8.617333262145179e-5;
    double t = temperatures[_i], values[4], wanted[4] = { 0 };
    ck_ok(lrpot_phonons_thermal(2, 2, weights, frequencies, t, values));
    for (int m = 0; m < 4; m++) {
        double w = weights[m / 2], e = h * frequencies[m], half = t > 0 ? e / (2 * k * t) : 0;
        wanted[0] += w * (t > 0 ? k * t * log(2 * sinh(half)) : e / 2);
        wanted[1] += w * (t > 0 ? e / 2 / tanh(half) : e / 2);
        if (t == 0) continue;
        wanted[2] += w * k * (half / tanh(half) - log(2 * sinh(half)));
        wanted[3] += w * k * half * half / (sinh(half) * sinh(half));
    }
    for (int q = 0; q < 4; q++) ck_close(values[q], wanted[q], 1e-12, 1);
    double below[4], above[4];
    if (t > 0) {
        ck_ok(lrpot_phonons_thermal(2, 2, weights, frequencies, t - 0.01, below));
        ck_ok(lrpot_phonons_thermal(2, 2, weights, frequencies, t + 0.01, above));
        ck_close((above[0] - below[0]) / 0.02, -values[2], 1e-9, 1);
        ck_close((above[1] - below[1]) / 0.02, values[3], 1e-9, 1);
    }
    static const double unstable[4] = { 3.0, -1.0, 2.0, 2.0 };
    ck_assert_int_eq(lrpot_phonons_thermal(2, 2, weights, unstable, t, values), LRPOT_E_ASSUMPTION);
    ck_assert_int_eq(lrpot_phonons_thermal(2, 2, weights, frequencies, -1.0, values),
                     LRPOT_E_ARGUMENT);
}
END_TEST

START_TEST(density_of_states_counts_the_modes)
{
    const double frequencies[6] = { -1, 2, 3, 0.5, 2, 4 }, weights[2] = { 0.25, 0.75 };
    double density[2001], sum = 0, first = 0;
    ck_ok(lrpot_phonons_density(2, 3, weights, frequencies, 0.05, 2001, -4, 6, density));
    for (int k = 0; k < 2001; k++) sum += 0.005 * density[k];
    for (int k = 0; k < 2001; k++) first += 0.005 * density[k] * (-4 + 0.005 * k);
    ck_close(sum, 3, 1e-9, 1);
    ck_close(first, 0.25 * 4 + 0.75 * 6.5, 1e-9, 1);
    ck_assert_int_eq(lrpot_phonons_density(2, 3, weights, frequencies, 0, 2001, -4, 6, density),
                     LRPOT_E_ARGUMENT);
}
END_TEST

/* The mean of w^2 over a mesh is the trace of D/m summed over all its points, k and -k alike. */
START_TEST(mesh_stands_for_all_its_points)
{
    static const int32_t mesh[3] = { 3, 2, 1 }, none[3] = { 3, 0, 1 };
    support_random random = { 40 };
    lrpot_potential *potential = models_random_potential(&random, LRPOT_CHARGES_EDQRD);
    lrpot_structure *structure = models_random_structure(&random, CELL_TRICLINIC, 3, 0);
    lrpot_workspace *work = NULL;
    lrpot_phonons *phonons = NULL;
    double weights[3], frequencies[27], direct = 0, mean = 0, total = 0, scale = 0;
    const double *h = lrpot_structure_cell(structure);
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot_phonons_create(&phonons, potential, work, structure, 0));
    ck_assert_int_eq(lrpot_phonons_mesh_count(mesh), 3);
    ck_assert_int_eq(lrpot_phonons_mesh_count(none), 0);
    ck_ok(lrpot_phonons_mesh(phonons, work, mesh, weights, frequencies));
    for (int k = 0; k < 27; k++) {
        mean += weights[k / 9] * frequencies[k] * fabs(frequencies[k]);
        scale += weights[k / 9] * frequencies[k] * frequencies[k];
    }
    for (int k = 0; k < 3; k++) total += weights[k];
    double volume = h[0] * (h[4] * h[8] - h[5] * h[7]) - h[1] * (h[3] * h[8] - h[5] * h[6])
                    + h[2] * (h[3] * h[7] - h[4] * h[6]);
    for (int p = 0; p < 6; p++) {
        double wave[3] = { 0 }, all[9];
        const double s[3] = { (p / 2 + 0.5) / 3, (p % 2 + 0.5) / 2, 0.5 };
        for (int d = 0; d < 3; d++)
            for (int a = 0; a < 3; a++) {
                const double *u = h + 3 * ((d + 1) % 3), *v = h + 3 * ((d + 2) % 3);
                wave[a] += two_pi * s[d]
                           * (u[(a + 1) % 3] * v[(a + 2) % 3] - u[(a + 2) % 3] * v[(a + 1) % 3])
                           / volume;
            }
        ck_ok(lrpot_phonons_modes(phonons, work, wave, NULL, all, NULL));
        for (int m = 0; m < 9; m++) direct += all[m] * fabs(all[m]) / 6;
    }
    ck_close(total, 1, TOL_EXACT, 1);
    ck_close(mean, direct, 1e-9, scale);
    lrpot_phonons_free(phonons);
    lrpot_structure_free(structure);
    lrpot_workspace_free(work);
    lrpot_potential_free(potential);
}
END_TEST

/* Two ions on springs along each axis, with tensors Z along these: eps_0 - eps_inf = 4 pi k Z^2/(V
 * K) on each axis, and the ratio of w_LO^2 to w_TO^2 along it is eps_0/eps_inf (Lyddane, Sachs and
 * Teller 1941). */
START_TEST(rigid_ions_on_springs_have_the_closed_dielectric_tensor)
{
    static const double springs[3] = { 2.5, 2.5, 1.2 }, charges[3] = { 0.8, 0.8, 1.1 },
                        masses[2] = { 23, 35 }, volume = 44;
    double D[36] = { 0 }, Z[18] = { 0 }, frequencies[6], polar[18], epsilon[9],
           infinity[9] = { 2, 0, 0, 0, 2, 0, 0, 0, 3 };
    for (int a = 0; a < 3; a++) {
        D[7 * a] = D[7 * (a + 3)] = springs[a];
        D[6 * a + a + 3] = D[6 * (a + 3) + a] = -springs[a];
        Z[4 * a] = charges[a];
        Z[9 + 4 * a] = -charges[a];
    }
    ck_ok(lrpot_phonons_infrared(2, D, masses, Z, volume, infinity, frequencies, polar, epsilon));
    for (int a = 0; a < 3; a++) {
        double gain = four_pi * LRPOT_COULOMB_CONSTANT * charges[a] * charges[a]
                      / (volume * springs[a]);
        for (int b = 0; b < 3; b++)
            ck_close(epsilon[3 * a + b], a == b ? infinity[4 * a] + gain : 0, 1e-12, 1);
    }
    ck_close(frequencies[3], thz * sqrt(1.2 * (1 / 23.0 + 1 / 35.0)), TOL_REF, 1);
    ck_close(fabs(polar[11]), 1.1 * sqrt(1 / 23.0 + 1 / 35.0), TOL_REF, 1);
    for (int a = 0; a < 9; a++) ck_assert(polar[a] == 0);
}
END_TEST

/* A uniaxial crystal of two rigid ions: the ordinary mode stays transverse, the two extraordinary
 * ones at an angle to the axis solve (w_x^2 + g_x sin^2 - w^2)(w_z^2 + g_z cos^2 - w^2) = g_x g_z
 * sin^2 cos^2 with g = 4 pi k Z^2/(mu V), as Merten (1960) and Loudon (1964) have it. */
START_TEST(extraordinary_modes_turn_with_the_angle_to_the_axis)
{
    static const double springs[3] = { 2.5, 2.5, 1.2 }, charges[3] = { 0.8, 0.8, 1.1 },
                        masses[2] = { 23, 35 }, volume = 44;
    double D[36] = { 0 }, Z[18] = { 0 }, frequencies[6], squares[3], gains[3],
           angle = 15 * _i * two_pi / 360;
    for (int a = 0; a < 3; a++) {
        D[7 * a] = D[7 * (a + 3)] = springs[a];
        D[6 * a + a + 3] = D[6 * (a + 3) + a] = -springs[a];
        Z[4 * a] = charges[a];
        Z[9 + 4 * a] = -charges[a];
        squares[a] = thz * thz * springs[a] * (1 / 23.0 + 1 / 35.0);
        gains[a] = thz * thz * four_pi * LRPOT_COULOMB_CONSTANT * charges[a] * charges[a] / volume
                   * (1 / 23.0 + 1 / 35.0);
    }
    const double s = sin(angle), c = cos(angle), direction[3] = { s, 0, c };
    double p = squares[0] + gains[0] * s * s, q = squares[2] + gains[2] * c * c,
           half = 0.5 * (p + q);
    double root = sqrt(0.25 * (p - q) * (p - q) + gains[0] * gains[2] * s * s * c * c);
    double expected[3] = { sqrt(half - root), sqrt(squares[1]), sqrt(half + root) };
    if (expected[0] > expected[1]) expected[1] = expected[0], expected[0] = sqrt(squares[1]);
    ck_ok(lrpot_response_gamma_modes(2, D, masses, Z, direction, volume, frequencies, NULL));
    for (int k = 0; k < 3; k++) ck_close(frequencies[3 + k], expected[k], TOL_REF, 1);
}
END_TEST

/* Any crystal, any direction: the products of w^2 over the optical modes with and without the field
 * are as n.eps_0.n to 1. */
START_TEST(lyddane_sachs_teller_holds_in_every_direction)
{
    static const double directions[3][3] = { { 1, 0, 0 }, { 0.3, -0.8, 0.5 }, { 0, 0, 1 } };
    support_random random = { 90 };
    lrpot_potential *potential = models_random_potential(&random, LRPOT_CHARGES_QRD);
    lrpot_structure *structure = models_random_structure(&random, CELL_TRICLINIC, 4, 0);
    lrpot_workspace *work = NULL;
    double D[144], Z[36], masses[4], plain[12], field[12], polar[36], epsilon[9],
        volume = lrpot_structure_volume(structure);
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot_response_gamma_constants(potential, work, structure, 0, D));
    ck_ok(lrpot_response_born_charges_structure(potential, work, structure, LRPOT_BORN_UNFOLDED, Z,
                                                NULL));
    for (int i = 0; i < 4; i++)
        masses[i] = lrpot_element_mass(lrpot_structure_symbol(structure, i));
    ck_ok(lrpot_phonons_infrared(4, D, masses, Z, volume, NULL, plain, polar, epsilon));
    const double *n = directions[_i];
    ck_ok(lrpot_response_gamma_modes(4, D, masses, Z, n, volume, field, NULL));
    /* the three modes next to zero are the acoustic ones of both */
    double ratio = 1, along = 0;
    for (int k = 0; k < 12; k++) {
        if (fabs(plain[k]) > 1e-3) ratio /= plain[k] * fabs(plain[k]);
        if (fabs(field[k]) > 1e-3) ratio *= field[k] * fabs(field[k]);
    }
    for (int x = 0; x < 9; x++)
        along += n[x / 3] * epsilon[x] * n[x % 3] / (length_of(n) * length_of(n));
    ck_close(ratio, along, 1e-8, 1);
    lrpot_structure_free(structure);
    lrpot_workspace_free(work);
    lrpot_potential_free(potential);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("bands");
    TCase *tcase = tcase_create("bands");
    support_add_cases(tcase, corners_of_paths_are_where_their_names_say, 0,
                      2 * (int)(sizeof lattices / sizeof lattices[0]));
    tcase_add_test(tcase, lattices_without_a_path_are_refused);
    support_add_cases(tcase, layers_have_the_points_of_their_lattice, 0,
                      3 * (int)(sizeof planes / sizeof planes[0]));
    support_add_cases(tcase, thermal_properties_are_those_of_oscillators, 0, 4);
    tcase_add_test(tcase, density_of_states_counts_the_modes);
    tcase_add_test(tcase, mesh_stands_for_all_its_points);
    tcase_add_test(tcase, rigid_ions_on_springs_have_the_closed_dielectric_tensor);
    support_add_cases(tcase, extraordinary_modes_turn_with_the_angle_to_the_axis, 0, 7);
    support_add_cases(tcase, lyddane_sachs_teller_holds_in_every_direction, 0, 3);
    suite_add_tcase(suite, tcase);
    return suite;
}
