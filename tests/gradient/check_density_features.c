/* Features of several widths of self-consistent densities against their equations. */
#include "density_probe.h"

/* Potentials of charges and dipoles on Gaussians of widths s and t, written out: at atom i by the
 * moments x of all. */
static void add_felt(const lrpot_atoms *atoms, double s, double t, int self, const double *x,
                     double *v)
{
    int n = N_ATOMS;
    double g = 1 / sqrt(2 * (s * s + t * t)), k = LRPOT_COULOMB_CONSTANT,
           c = 2 * g / sqrt(acos(-1));
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) {
            double d[3], r2 = 0, b[3], on = 0;
            if (i == j && !self) continue;
            for (int a = 0; a < 3; a++) {
                d[a] = atoms->positions[3 * i + a] - atoms->positions[3 * j + a];
                r2 += d[a] * d[a];
                on += d[a] * x[n + 3 * j + a];
            }
            double r = sqrt(r2), e = c * exp(-g * g * r2);
            b[0] = i == j ? c : erf(g * r) / r;
            b[1] = i == j ? c * 2 * g * g / 3 : (b[0] - e) / r2;
            b[2] = i == j ? 0 : (3 * b[1] - 2 * g * g * e) / r2;
            v[i] += k * (x[j] * b[0] + on * b[1]);
            for (int a = 0; a < 3; a++)
                v[n + 3 * i + a] += k
                                    * (-d[a] * (x[j] * b[1] + on * b[2]) + x[n + 3 * j + a] * b[1]);
        }
}

/* Features of two widths: x = x0 - R v for both Gaussians of an atom, iterated with potentials that
 * are written out, gives the sums of both. */
START_TEST(moments_of_two_widths_obey_their_equations)
{
    enum { W = 2, BLOCK = 4 * N_ATOMS };
    int n = N_ATOMS, self = _i == 0;
    double x[W][BLOCK] = { { 0 } }, again[W][BLOCK], v[W][BLOCK], total[BLOCK], h[10][N_ATOMS],
           width[W] = { 1.1, hypot(1.1, 1.3) }, change = 1;
    int32_t species[N_ATOMS];
    lrpot_nlist *list = NULL;
    probe p;
    open_probe(&p, CASES + (self ? 1 : 4), CELL_NONE, 0.4);
    lrpot_atoms atoms = view_of(p.structure, species, &list);
    const lrpot_charges *charges = lrpot_potential_charges(p.potential);
    int64_t k = lrpot_basis_count(lrpot_charges_basis(charges));
    double *features = calloc((size_t)(k * n), sizeof *features);
    ck_ok(lrpot_basis_eval(lrpot_charges_basis(charges), p.work, &atoms, list, features));
    ck_ok(lrpot_charges_moments(charges, p.work, &atoms, list, total, total + n, NULL));
    enum { A, CHI, FLOW, GAMMA = FLOW + W, BETA, ALPHA, TAU = ALPHA + W };
    for (int name = 0; name < TAU + W; name++)
        for (int i = 0; i < n; i++) {
            double c = value_of(&p, name, features + k * i, k, species[i]);
            int capacity = (name >= FLOW && name < GAMMA) || name >= ALPHA;
            h[name][i] = capacity ? softplus(c) : c;
        }
    for (int step = 0; step < 20000 && change > 1e-13; step++) {
        memset(v, 0, sizeof v);
        memset(again, 0, sizeof again);
        for (int w = 0; w < W * W; w++)
            add_felt(&atoms, width[w / W], width[w % W], self, x[w % W], v[w / W]);
        for (int w = 0; w < W; w++)
            for (int i = 0; i < n; i++) {
                if (w == 0) again[w][i] += h[A][i];
                for (int a = 0; a < 3; a++)
                    again[w][n + 3 * i + a] -= h[ALPHA + w][i] * v[w][n + 3 * i + a];
                for (int j = 0; j < n; j++) {
                    double d[3], r2 = 0, on = 0;
                    for (int a = 0; a < 3; a++) {
                        d[a] = atoms.positions[3 * j + a] - atoms.positions[3 * i + a];
                        r2 += d[a] * d[a];
                        on += d[a] * v[w][n + 3 * i + a];
                    }
                    if (i == j || r2 > 3.5 * 3.5) continue;
                    double f = pow(1 - r2 / 3.5 / 3.5, 3),
                           kappa = (h[FLOW + w][i] + h[FLOW + w][j]) / 2,
                           tau = (h[TAU + w][i] + h[TAU + w][j]) / 2;
                    again[w][i] += f * kappa * (v[w][j] - v[w][i]);
                    if (w == 0) again[w][i] += f * (h[CHI][j] - h[CHI][i]);
                    for (int a = 0; a < 3; a++)
                        again[w][n + 3 * i + a] +=
                            f * d[a] * ((w == 0 ? h[GAMMA][i] + h[BETA][j] : 0) - tau * on);
                }
            }
        double excess = -0.4;
        for (int i = 0; i < n; i++) excess += again[0][i] + again[1][i];
        for (int i = 0; i < n; i++) again[0][i] -= excess / n;
        change = 0;
        for (int w = 0; w < W * BLOCK; w++) {
            double difference = again[w / BLOCK][w % BLOCK] - x[w / BLOCK][w % BLOCK];
            change = fmax(change, fabs(difference));
            x[w / BLOCK][w % BLOCK] += 0.01 * difference;
        }
    }
    ck_assert(change < 1e-11);
    for (int c = 0; c < BLOCK; c++)
        ck_close(total[c], x[0][c] + x[1][c], 1e-8, models_largest(total, BLOCK));
    lrpot_nlist_free(list);
    free(features);
    close_probe(&p);
}
END_TEST

/* Strong responses that no self-interaction holds. */
START_TEST(what_has_no_fixed_point_is_an_error_with_the_atom)
{
    support_random random = { 9700 };
    lrpot_charges_options options = options_of_case(CASES + 4);
    probe p = { .potential = models_random_with(&random, LRPOT_CHARGES_DENSITY, &options) };
    double energy;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.energy = &energy;
    p.structure = models_random_structure(&random, CELL_TRICLINIC, N_ATOMS, 0);
    ck_ok(lrpot_workspace_create(&p.work, 1));
    ck_assert_int_eq(lrpot_potential_compute_structure(p.potential, p.work, p.structure, &out),
                     LRPOT_E_NOT_CONVERGED);
    ck_assert_msg(strstr(lrpot_last_error(), "no fixed point: the response of the ") != NULL
                      && strstr(lrpot_last_error(), " of atom ") != NULL,
                  "%s", lrpot_last_error());
    close_probe(&p);
}
END_TEST

static void dielectric_tensor(const probe *p, const lrpot_structure *structure, double *epsilon)
{
    double alpha[9];
    int32_t species[2 * N_ATOMS];
    lrpot_nlist *list = NULL;
    lrpot_atoms atoms = view_of(structure, species, &list);
    ck_ok(lrpot_response_polarizability(p->potential, p->work, &atoms, list, alpha, epsilon));
    lrpot_nlist_free(list);
}

/* Crystals of bonds, of one and two widths, with and without self-interaction. */
START_TEST(dielectric_tensors_do_not_depend_on_the_number_of_cells)
{
    static const int cases[] = { 0, 1, 4 };
    static const int32_t twice[3] = { 2, 1, 1 };
    probe p;
    double one[9], two[9];
    lrpot_structure *doubled = NULL;
    open_probe(&p, CASES + cases[_i], CELL_TRICLINIC, 0);
    ck_ok(lrpot_structure_repeat(&doubled, p.structure, twice));
    dielectric_tensor(&p, p.structure, one);
    dielectric_tensor(&p, doubled, two);
    ck_assert(fabs(one[0] - 1) > 1e-3);
    for (int k = 0; k < 9; k++) ck_close(two[k], one[k], 1e-8, 1.0);
    lrpot_structure_free(doubled);
    close_probe(&p);
}
END_TEST

/* What knows one width alone says so. */
START_TEST(phonons_of_widths_are_refused)
{
    probe p;
    lrpot_phonons *phonons = NULL;
    open_probe(&p, CASES + 1, CELL_TRICLINIC, 0);
    ck_assert_int_eq(lrpot_phonons_create(&phonons, p.potential, p.work, p.structure, 0),
                     LRPOT_E_UNSUPPORTED);
    ck_assert_msg(strstr(lrpot_last_error(), "of a density with 8 features") != NULL, "%s",
                  lrpot_last_error());
    close_probe(&p);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("density_features");
    TCase *tcase = tcase_create("gradient");
    tcase_set_timeout(tcase, 240);
    support_add_cases(tcase, moments_of_two_widths_obey_their_equations, 0, 2);
    tcase_add_test(tcase, what_has_no_fixed_point_is_an_error_with_the_atom);
    support_add_cases(tcase, dielectric_tensors_do_not_depend_on_the_number_of_cells, 0, 3);
    tcase_add_test(tcase, phonons_of_widths_are_refused);
    suite_add_tcase(suite, tcase);
    return suite;
}
