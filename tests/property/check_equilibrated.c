/* Equilibrated charges: what makes them so, against equations set up and solved here. */
#include "models.h"

#define N_ATOMS 9
#define PI 3.14159265358979323846

static const double widths[MODEL_SPECIES] = { 1.1, 0.8, 0.6 };

static lrpot_potential *model(support_random *random, int32_t solver, const double *own_widths)
{
    lrpot_charges_options options = LRPOT_CHARGES_OPTIONS_INIT;
    options.solver = solver, options.tolerance = 1e-12, options.widths = own_widths;
    return models_random_with(random, LRPOT_CHARGES_EQUILIBRATED, &options);
}

typedef struct {
    double energy, q[N_ATOMS], forces[3 * N_ATOMS];
} answer;

static answer answer_of(const lrpot_potential *potential, lrpot_workspace *work,
                        const lrpot_structure *structure)
{
    answer a = { 0 };
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.energy = &a.energy, out.charges = a.q, out.forces = a.forces;
    ck_ok(lrpot_potential_compute_structure(potential, work, structure, &out));
    return a;
}

/* chi and eta of the atoms, by models of environment-dependent charges with the same coefficients
 * as one head each. */
static void head_of(const lrpot_potential *potential, int head, lrpot_workspace *work,
                    const lrpot_structure *structure, double *c)
{
    lrpot_charges_options options = LRPOT_CHARGES_OPTIONS_INIT;
    lrpot_charges *single = NULL;
    const lrpot_basis *basis = lrpot_charges_basis(lrpot_potential_charges(potential));
    options.kind = LRPOT_CHARGES_EDQ, options.n_species = MODEL_SPECIES;
    ck_ok(lrpot_charges_create(&single, basis, &options));
    int64_t n = lrpot_charges_param_count(lrpot_potential_charges(potential)),
            m = lrpot_charges_param_count(single), k = lrpot_basis_count(basis);
    int64_t radial = m - k - MODEL_SPECIES;
    double *from = calloc((size_t)(n + m), sizeof *from), *to = from + n;
    int32_t species[200];
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_nlist *list = NULL;
    ck_ok(lrpot_charges_get_params(lrpot_potential_charges(potential), n, from));
    memcpy(to, from, (size_t)radial * sizeof *to);
    memcpy(to + radial, from + radial + head * k, (size_t)k * sizeof *to);
    memcpy(to + radial + k, from + radial + 2 * k + head * MODEL_SPECIES,
           MODEL_SPECIES * sizeof *to);
    ck_ok(lrpot_charges_set_params(single, m, to));
    ck_ok(lrpot_structure_view(structure, MODEL_SPECIES, model_symbols, species, &atoms));
    ck_ok(lrpot_nlist_build(&list, &atoms, lrpot_charges_cutoff(single), 0));
    ck_ok(lrpot_charges_eval(single, work, &atoms, list, NULL, c));
    lrpot_nlist_free(list);
    lrpot_charges_free(single);
    free(from);
}

static double local_energy(const lrpot_potential *potential, lrpot_workspace *work,
                           const lrpot_structure *structure)
{
    int32_t species[N_ATOMS];
    double energy = 0;
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_nlist *list = NULL;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.energy = &energy;
    ck_ok(lrpot_structure_view(structure, MODEL_SPECIES, model_symbols, species, &atoms));
    ck_ok(lrpot_nlist_build(&list, &atoms, lrpot_potential_cutoff(potential), 0));
    ck_ok(lrpot_potential_local(potential, work, &atoms, list, &out));
    lrpot_nlist_free(list);
    return energy;
}

/* Gauss with pivots; matrix [m][m + 1] with the right side as last column, which becomes the
 * solution. */
static void eliminate(double *a, int m)
{
    for (int c = 0; c < m; c++) {
        int best = c;
        for (int r = c; r < m; r++)
            if (fabs(a[r * (m + 1) + c]) > fabs(a[best * (m + 1) + c])) best = r;
        for (int k = 0; k <= m; k++) {
            double kept = a[c * (m + 1) + k];
            a[c * (m + 1) + k] = a[best * (m + 1) + k];
            a[best * (m + 1) + k] = kept;
        }
        for (int r = 0; r < m; r++) {
            double factor = a[r * (m + 1) + c] / a[c * (m + 1) + c];
            for (int k = c; r != c && k <= m; k++)
                a[r * (m + 1) + k] -= factor * a[c * (m + 1) + k];
        }
    }
    for (int c = 0; c < m; c++) a[c * (m + 1) + m] /= a[c * (m + 1) + c];
}

/* A + eta of an isolated system by the formula; of a periodic one by potentials of single charges.
 */
static void matrix_of(const lrpot_potential *potential, lrpot_workspace *work,
                      const lrpot_structure *structure, const double *u, double *h)
{
    int32_t species[N_ATOMS];
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    ck_ok(lrpot_structure_view(structure, MODEL_SPECIES, model_symbols, species, &atoms));
    for (int i = 0; i < N_ATOMS; i++) {
        double unit[N_ATOMS] = { 0 };
        lrpot_outputs out = LRPOT_OUTPUTS_INIT;
        unit[i] = 1;
        out.potential = h + i * N_ATOMS;
        if (atoms.periodic_mask != 0)
            ck_ok(lrpot_ewald_eval(lrpot_potential_ewald(potential), work, &atoms, NULL, NULL, unit,
                                   &out));
        for (int j = 0; atoms.periodic_mask == 0 && j < N_ATOMS; j++) {
            const double *a = atoms.positions + 3 * i, *b = atoms.positions + 3 * j;
            double spread = sqrt(2 * (pow(widths[species[i]], 2) + pow(widths[species[j]], 2)));
            double r = sqrt(pow(a[0] - b[0], 2) + pow(a[1] - b[1], 2) + pow(a[2] - b[2], 2));
            h[i * N_ATOMS + j] =
                LRPOT_COULOMB_CONSTANT
                * (i == j ? 1 / (sqrt(PI) * widths[species[i]]) : erf(r / spread) / r);
        }
        h[i * N_ATOMS + i] += log(1 + exp(u[i]));
    }
}

/* Least of chi.q + q.H.q/2 at sum q = total, and where it is. */
static double least_energy(const double *chi, const double *h, double total, double *q)
{
    enum { M = N_ATOMS + 1 };
    double a[M * (M + 1)] = { 0 }, energy = 0;
    for (int i = 0; i < N_ATOMS; i++) {
        memcpy(a + i * (M + 1), h + i * N_ATOMS, N_ATOMS * sizeof *a);
        a[i * (M + 1) + N_ATOMS] = a[N_ATOMS * (M + 1) + i] = 1;
        a[i * (M + 1) + M] = -chi[i];
    }
    a[N_ATOMS * (M + 1) + M] = total;
    eliminate(a, M);
    for (int i = 0; i < N_ATOMS; i++) q[i] = a[i * (M + 1) + M];
    for (int i = 0; i < N_ATOMS; i++) {
        energy += chi[i] * q[i];
        for (int j = 0; j < N_ATOMS; j++) energy += 0.5 * q[i] * h[i * N_ATOMS + j] * q[j];
    }
    return energy;
}

START_TEST(charges_are_those_of_least_energy)
{
    for (int cell = 0; cell < CELL_KINDS; cell++) {
        support_random random = { 3000 + (uint64_t)(10 * _i + cell) };
        lrpot_potential *potential = model(&random, _i, widths);
        lrpot_structure *structure = models_random_structure(&random, cell, N_ATOMS, -0.6);
        lrpot_workspace *work = NULL;
        double chi[N_ATOMS], u[N_ATOMS], h[N_ATOMS * N_ATOMS], q[N_ATOMS], sum = 0;
        ck_ok(lrpot_workspace_create(&work, 1));
        answer a = answer_of(potential, work, structure);
        head_of(potential, 0, work, structure, chi);
        head_of(potential, 1, work, structure, u);
        matrix_of(potential, work, structure, u, h);
        double energy = least_energy(chi, h, -0.6, q);
        ck_assert(models_largest(q, N_ATOMS) > 0.05);
        for (int i = 0; i < N_ATOMS; i++) {
            ck_close(a.q[i], q[i], TOL_REF, 1.0);
            sum += a.q[i];
        }
        ck_close(sum, -0.6, TOL_EXACT, 1.0);
        ck_close(a.energy - local_energy(potential, work, structure), energy, TOL_REF, 10.0);
        lrpot_workspace_free(work);
        lrpot_structure_free(structure);
        lrpot_potential_free(potential);
    }
}
END_TEST

START_TEST(both_solvers_agree)
{
    for (int cell = 0; cell < CELL_KINDS; cell++) {
        answer a[2];
        lrpot_structure *structure = NULL;
        for (int32_t s = 0; s < 2; s++) {
            support_random random = { 3100 + (uint64_t)cell };
            lrpot_workspace *work = NULL;
            lrpot_potential *potential =
                model(&random, s == 0 ? LRPOT_SOLVER_DENSE : LRPOT_SOLVER_ITERATIVE, widths);
            if (s == 0) structure = models_random_structure(&random, cell, N_ATOMS, 1.0);
            ck_ok(lrpot_workspace_create(&work, 1));
            a[s] = answer_of(potential, work, structure);
            lrpot_workspace_free(work);
            lrpot_potential_free(potential);
        }
        ck_close(a[1].energy, a[0].energy, 1e-9, 1.0);
        for (int i = 0; i < N_ATOMS; i++) ck_close(a[1].q[i], a[0].q[i], 1e-9, 1.0);
        for (int k = 0; k < 3 * N_ATOMS; k++) ck_close(a[1].forces[k], a[0].forces[k], 1e-9, 1.0);
        lrpot_structure_free(structure);
    }
}
END_TEST

/* More atoms than see each other, in any order: what the preconditioner leaves out must not show.
 */
START_TEST(both_solvers_agree_on_a_box_of_atoms)
{
    enum { N = 200 };
    support_random random = { 3150 + (uint64_t)_i };
    lrpot_structure *structure =
        support_random_structure(&random, _i, N, MODEL_SPECIES, model_symbols, MODEL_DISTANCE);
    double params[2 * MODEL_SPECIES] = { 2, -3, 1, 1, 3, -2 }, q[2][N];
    int32_t species[N];
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    ck_ok(lrpot_structure_view(structure, MODEL_SPECIES, model_symbols, species, &atoms));
    for (int32_t s = 0; s < 2; s++) {
        lrpot_charges_options options = LRPOT_CHARGES_OPTIONS_INIT;
        lrpot_charges *charges = NULL;
        lrpot_workspace *work = NULL;
        options.kind = LRPOT_CHARGES_EQUILIBRATED, options.n_species = MODEL_SPECIES,
        options.widths = widths;
        options.solver = s == 0 ? LRPOT_SOLVER_DENSE : LRPOT_SOLVER_ITERATIVE,
        options.tolerance = 1e-11;
        ck_ok(lrpot_charges_create(&charges, NULL, &options));
        ck_ok(lrpot_charges_set_params(charges, 2 * MODEL_SPECIES, params));
        ck_ok(lrpot_workspace_create(&work, 1));
        ck_ok(lrpot_charges_eval(charges, work, &atoms, NULL, NULL, q[s]));
        lrpot_workspace_free(work);
        lrpot_charges_free(charges);
    }
    ck_assert(models_largest(q[0], N) > 0.05);
    for (int i = 0; i < N; i++) ck_close(q[1][i], q[0][i], 1e-9, 1.0);
    lrpot_structure_free(structure);
}
END_TEST

/* E(Q) of fixed atoms is a parabola: its third difference vanishes. */
START_TEST(energy_is_quadratic_in_the_total_charge)
{
    static const double coefficients[4] = { -1, 3, -3, 1 };
    for (int cell = CELL_TRICLINIC; cell <= CELL_NONE; cell += CELL_NONE - CELL_TRICLINIC) {
        support_random random = { 3200 };
        lrpot_potential *potential = model(&random, LRPOT_SOLVER_AUTO, widths);
        lrpot_structure *structure = models_random_structure(&random, cell, N_ATOMS, 0);
        lrpot_workspace *work = NULL;
        double third = 0, second = 0;
        ck_ok(lrpot_workspace_create(&work, 1));
        for (int k = 0; k < 4; k++) {
            double total = k - 1;
            ck_ok(lrpot_structure_set(structure, LRPOT_QUANTITY_TOTAL_CHARGE, &total));
            double energy = answer_of(potential, work, structure).energy;
            third += coefficients[k] * energy;
            if (k < 3) second += (k == 1 ? -2 : 1) * energy;
        }
        ck_close(third, 0, TOL_REF, 10.0);
        ck_assert(fabs(second) > 0.1);
        lrpot_workspace_free(work);
        lrpot_structure_free(structure);
        lrpot_potential_free(potential);
    }
}
END_TEST

/* Species constants alone: chi 1 and -2 V, eta 5 and 7 V/e. */
static lrpot_potential *constants(double first_width, double second_width, const double *hardness)
{
    static const char *const symbols[2] = { "Na", "Cl" };
    const double own[2] = { first_width, second_width };
    lrpot_potential_options options = LRPOT_POTENTIAL_OPTIONS_INIT;
    lrpot_basis_options charge_basis = LRPOT_BASIS_OPTIONS_INIT;
    lrpot_potential *potential = NULL;
    options.charge_basis = &charge_basis;
    options.symbols = symbols, options.n_species = 2, options.charges = LRPOT_CHARGES_EQUILIBRATED,
    options.widths = own;
    charge_basis.level = 0, options.accuracy = 1e-10;
    ck_ok(lrpot_potential_create(&potential, &options));
    int64_t n = lrpot_potential_param_count(potential), count = 0, offset = 0;
    double *params = calloc((size_t)n, sizeof *params);
    const char *name = NULL;
    ck_ok(lrpot_potential_get_params(potential, n, params));
    for (int32_t b = 0; lrpot_potential_param_block(potential, b, &name, &offset, &count); b++)
        if (strcmp(name, "charges.species") == 0) {
            ck_assert_int_eq(count, 4);
            params[offset] = 1, params[offset + 1] = -2;
            for (int z = 0; z < 2; z++) params[offset + 2 + z] = log(exp(hardness[z]) - 1);
        }
    ck_ok(lrpot_potential_set_params(potential, n, params));
    free(params);
    return potential;
}

static lrpot_structure *pair_at(double distance)
{
    static const char *const symbols[2] = { "Na", "Cl" };
    double positions[6] = { 0, 0, 0, distance, 0, 0 };
    lrpot_structure *structure = NULL;
    ck_ok(lrpot_structure_create(&structure, 2, symbols, positions, NULL, 0));
    return structure;
}

START_TEST(a_pair_has_the_charges_and_the_force_of_the_closed_formula)
{
    static const double hardness[2] = { 5, 7 }, distances[3] = { 1.5, 20, 1000 };
    lrpot_potential *potential = constants(0.9, 0.5, hardness);
    lrpot_workspace *work = NULL;
    double k = LRPOT_COULOMB_CONSTANT, spread = sqrt(2 * (0.9 * 0.9 + 0.5 * 0.5));
    ck_ok(lrpot_workspace_create(&work, 1));
    for (int d = 0; d < 3; d++) {
        lrpot_structure *structure = pair_at(distances[d]);
        double q[2], forces[6], energy, r = distances[d], g = erf(r / spread) / r;
        lrpot_outputs out = LRPOT_OUTPUTS_INIT;
        out.energy = &energy, out.charges = q, out.forces = forces;
        ck_ok(lrpot_potential_compute_structure(potential, work, structure, &out));
        double stiffness = 12 + k * (1 / 0.9 + 1 / 0.5) / sqrt(PI) - 2 * k * g,
               expected = -3 / stiffness;
        double slope = k * (2 / sqrt(PI) * exp(-r * r / (spread * spread)) / (spread * r) - g / r);
        ck_close(q[0], expected, TOL_REF, 1.0);
        ck_close(q[1], -expected, TOL_REF, 1.0);
        ck_close(energy, -4.5 / stiffness, TOL_REF, 1.0);
        ck_close(forces[3], expected * expected * slope, TOL_REF, 1.0); /* -q_0 q_1 g' */
        lrpot_structure_free(structure);
    }
    lrpot_workspace_free(work);
    lrpot_potential_free(potential);
}
END_TEST

/* Points of little hardness: charge runs from one to the other, and the energy falls without end.
 */
START_TEST(an_energy_without_a_least_value_is_refused_with_the_atoms_at_fault)
{
    static const double hardness[2] = { 0.5, 0.6 };
    lrpot_potential *potential = constants(0, 0, hardness);
    lrpot_structure *structure = pair_at(1.5);
    lrpot_workspace *work = NULL;
    double q[2];
    int32_t species[2] = { 0, 1 };
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    const char *const symbols[2] = { "Na", "Cl" };
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot_structure_view(structure, 2, symbols, species, &atoms));
    for (int32_t solver = LRPOT_SOLVER_DENSE; solver <= LRPOT_SOLVER_ITERATIVE; solver++) {
        lrpot_charges_options options = LRPOT_CHARGES_OPTIONS_INIT;
        lrpot_charges *charges = NULL;
        double params[4];
        ck_ok(lrpot_charges_get_options(lrpot_potential_charges(potential), &options));
        options.solver = solver;
        ck_ok(lrpot_charges_create(&charges, NULL, &options));
        ck_ok(lrpot_charges_get_params(lrpot_potential_charges(potential), 4, params));
        ck_ok(lrpot_charges_set_params(charges, 4, params));
        ck_assert_int_eq(lrpot_charges_eval(charges, work, &atoms, NULL, NULL, q),
                         LRPOT_E_SINGULAR);
        ck_assert_msg(strstr(lrpot_last_error(), "no minimum") != NULL, "%s", lrpot_last_error());
        ck_assert_msg(strstr(lrpot_last_error(), "species 0 and 1") != NULL
                          || strstr(lrpot_last_error(), "species 1 and 0") != NULL,
                      "%s", lrpot_last_error());
        lrpot_charges_free(charges);
    }
    lrpot_workspace_free(work);
    lrpot_structure_free(structure);
    lrpot_potential_free(potential);
}
END_TEST

START_TEST(options_with_mistakes_are_refused)
{
    static const double bad[2] = { 1, -0.3 };
    static const struct {
        int32_t solver;
        double sigma, tolerance;
        const double *widths;
        const char *message;
    } cases[] = {
        { 3, 1, 0, NULL, "solver = 3" },
        { -1, 1, 0, NULL, "solver = -1" },
        { 0, -1, 0, NULL, "sigma = -1" },
        { 0, 1, 1, NULL, "tolerance = 1" },
        { 0, 1, 1e-15, NULL, "tolerance = 1e-15" },
        { 0, 1, NAN, NULL, "tolerance = nan" },
        { 0, 1, 0, bad, "width of species 1" },
    };
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        lrpot_charges_options options = LRPOT_CHARGES_OPTIONS_INIT;
        lrpot_charges *charges = NULL;
        options.kind = LRPOT_CHARGES_EQUILIBRATED, options.n_species = 2;
        options.solver = cases[k].solver, options.sigma = cases[k].sigma,
        options.tolerance = cases[k].tolerance, options.widths = cases[k].widths;
        ck_assert_int_eq(lrpot_charges_create(&charges, NULL, &options), LRPOT_E_ARGUMENT);
        ck_assert_msg(strstr(lrpot_last_error(), cases[k].message) != NULL, "%s",
                      lrpot_last_error());
        ck_assert_ptr_null(charges);
    }
}
END_TEST

/* The charges of the call before are a guess only: what comes out does not depend on them beyond
 * the tolerance. */
START_TEST(charges_do_not_depend_on_the_call_before)
{
    support_random random = { 3300 };
    lrpot_potential *potential = model(&random, LRPOT_SOLVER_ITERATIVE, widths);
    lrpot_structure *first = models_random_structure(&random, CELL_CUBIC, N_ATOMS, 3.0);
    lrpot_structure *second = models_random_structure(&random, CELL_TRICLINIC, N_ATOMS, -1.0);
    lrpot_workspace *used = NULL, *fresh = NULL;
    ck_ok(lrpot_workspace_create(&used, 1));
    ck_ok(lrpot_workspace_create(&fresh, 1));
    answer_of(potential, used, first);
    answer a = answer_of(potential, used, second), b = answer_of(potential, fresh, second);
    for (int i = 0; i < N_ATOMS; i++) ck_close(a.q[i], b.q[i], TOL_REF, 1.0);
    lrpot_workspace_free(used);
    lrpot_workspace_free(fresh);
    lrpot_structure_free(first);
    lrpot_structure_free(second);
    lrpot_potential_free(potential);
}
END_TEST

/* At a tolerance that anything near the answer meets, a guess comes back as it was given; one of no
 * use changes nothing. */
START_TEST(a_guess_of_the_caller_is_where_the_iteration_starts)
{
    enum { N = 60 };
    static const double params[2 * MODEL_SPECIES] = { 2, -3, 1, 1, 3, -2 };
    support_random random = { 3400 };
    lrpot_structure *structure = support_random_structure(&random, CELL_TRICLINIC, N, MODEL_SPECIES,
                                                          model_symbols, MODEL_DISTANCE);
    lrpot_charges *charges[2];
    double exact[N], coarse[N], guess[N], bad[N], sum = 0, difference = 0;
    int32_t species[N];
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_workspace *work = NULL;
    ck_ok(lrpot_structure_view(structure, MODEL_SPECIES, model_symbols, species, &atoms));
    ck_ok(lrpot_workspace_create(&work, 1));
    for (int k = 0; k < 2; k++) {
        lrpot_charges_options options = LRPOT_CHARGES_OPTIONS_INIT;
        options.kind = LRPOT_CHARGES_EQUILIBRATED, options.n_species = MODEL_SPECIES,
        options.widths = widths;
        options.solver = LRPOT_SOLVER_ITERATIVE, options.tolerance = k == 0 ? 1e-11 : 0.3;
        ck_ok(lrpot_charges_create(&charges[k], NULL, &options));
        ck_ok(lrpot_charges_set_params(charges[k], 2 * MODEL_SPECIES, params));
    }
    ck_ok(lrpot_charges_eval(charges[0], work, &atoms, NULL, NULL, exact));
    for (int i = 0; i < N; i++)
        sum += guess[i] = exact[i] + 1e-3 * support_uniform(&random, -1, 1), bad[i] = NAN;
    for (int i = 0; i < N; i++) guess[i] -= sum / N;
    ck_ok(lrpot_charges_set_guess(work, N, guess));
    ck_ok(lrpot_charges_eval(charges[1], work, &atoms, NULL, NULL, coarse));
    for (int i = 0; i < N; i++) ck_close(coarse[i], guess[i], TOL_EXACT, 1.0);
    ck_ok(lrpot_charges_set_guess(work, N, bad));
    ck_ok(lrpot_charges_eval(charges[1], work, &atoms, NULL, NULL, coarse));
    for (int i = 0; i < N; i++) difference = fmax(difference, fabs(coarse[i] - exact[i]));
    ck_assert(difference > 1e-3); /* from a cold start */
    ck_ok(lrpot_charges_set_guess(work, N, bad));
    ck_ok(lrpot_charges_eval(charges[0], work, &atoms, NULL, NULL, coarse));
    for (int i = 0; i < N; i++) ck_close(coarse[i], exact[i], 1e-9, 1.0);
    for (int k = 0; k < 2; k++) lrpot_charges_free(charges[k]);
    lrpot_workspace_free(work);
    lrpot_structure_free(structure);
}
END_TEST

START_TEST(a_point_without_hardness_is_refused_by_name)
{
    lrpot_charges_options options = LRPOT_CHARGES_OPTIONS_INIT;
    lrpot_charges *charges = NULL;
    lrpot_workspace *work = NULL;
    const double no_widths[2] = { 1, 0 }, params[4] = { 1, -1, 1, -1000 },
                 positions[6] = { 0, 0, 0, 3, 0, 0 };
    const int32_t species[2] = { 0, 1 };
    double q[2];
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    atoms.n_owned = atoms.n_all = 2, atoms.positions = positions, atoms.species = species;
    options.kind = LRPOT_CHARGES_EQUILIBRATED, options.n_species = 2, options.widths = no_widths;
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot_charges_create(&charges, NULL, &options));
    ck_ok(lrpot_charges_set_params(charges, 4, params));
    ck_assert_int_eq(lrpot_charges_eval(charges, work, &atoms, NULL, NULL, q), LRPOT_E_SINGULAR);
    ck_assert_msg(
        strstr(lrpot_last_error(), "atom 1 (species 1) is a point charge without hardness") != NULL,
        "%s", lrpot_last_error());
    lrpot_charges_free(charges);
    lrpot_workspace_free(work);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("equilibrated");
    TCase *tcase = tcase_create("equilibrated");
    tcase_set_timeout(tcase, 120);
    support_add_cases(tcase, charges_are_those_of_least_energy, LRPOT_SOLVER_AUTO,
                      LRPOT_SOLVER_ITERATIVE + 1);
    tcase_add_test(tcase, both_solvers_agree);
    support_add_cases(tcase, both_solvers_agree_on_a_box_of_atoms, 0, CELL_KINDS);
    tcase_add_test(tcase, energy_is_quadratic_in_the_total_charge);
    tcase_add_test(tcase, a_pair_has_the_charges_and_the_force_of_the_closed_formula);
    tcase_add_test(tcase, an_energy_without_a_least_value_is_refused_with_the_atoms_at_fault);
    tcase_add_test(tcase, options_with_mistakes_are_refused);
    tcase_add_test(tcase, charges_do_not_depend_on_the_call_before);
    tcase_add_test(tcase, a_guess_of_the_caller_is_where_the_iteration_starts);
    tcase_add_test(tcase, a_point_without_hardness_is_refused_by_name);
    suite_add_tcase(suite, tcase);
    return suite;
}
