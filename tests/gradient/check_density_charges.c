/* Self-consistent densities as a kind of charges: derivatives against differences, the fixed point
 * against its equations, limits. */
#include "core/memory.h"
#include "density_probe.h"

START_TEST(forces_and_virial_are_derivatives_of_the_energy)
{
    static const int cells[2] = { CELL_TRICLINIC, CELL_NONE };
    for (int c = 0; c < 2; c++) {
        probe p;
        double forces[3 * N_ATOMS], virial[9];
        open_probe(&p, _i, cells[c], 0.4);
        compute(&p, p.structure, NULL, forces, virial, NULL, NULL);
        compare(&p, forces, virial);
        close_probe(&p);
    }
}
END_TEST

/* Layers, and wires for odd cases. */
START_TEST(derivatives_hold_in_layers_and_wires)
{
    probe p;
    double forces[3 * N_ATOMS], virial[9], cell[9];
    open_probe(&p, _i, CELL_TRICLINIC, 0.4);
    memcpy(cell, lrpot_structure_cell(p.structure), sizeof cell);
    ck_ok(lrpot_structure_set_cell(p.structure, cell, _i % 2 ? 2 : 5));
    compute(&p, p.structure, NULL, forces, virial, NULL, NULL);
    compare(&p, forces, virial);
    close_probe(&p);
}
END_TEST

START_TEST(pulls_are_derivatives_of_the_charges)
{
    static const int cells[2] = { CELL_TRICLINIC, CELL_NONE };
    for (int c = 0; c < 2; c++) {
        probe p;
        open_probe(&p, _i, cells[c], 0.4);
        compare_pulls(&p);
        close_probe(&p);
    }
}
END_TEST

/* The equations of docs/theory/selfconsistent.md for isolated atoms, written out pair by pair, at
 * the potentials of the moments that the library gives: they give these moments again. */
START_TEST(moments_obey_their_equations)
{
    int order = _i / RESPONSES, response = _i % RESPONSES, n = N_ATOMS;
    int64_t size = (order == 0 ? 1 : order == 1 ? 4 : 13) * n;
    probe p;
    double x[LARGEST] = { 0 }, v[LARGEST] = { 0 }, again[LARGEST] = { 0 }, h[10][N_ATOMS];
    int32_t species[N_ATOMS];
    lrpot_nlist *list = NULL;
    lrpot_ewald *ewald = NULL;
    lrpot_ewald_options o = LRPOT_EWALD_OPTIONS_INIT;
    double width = 1.1, widths[MODEL_SPECIES] = { width, width, width }, reach = 3.5;
    open_probe(&p, _i, CELL_NONE, 0.4);
    lrpot_atoms atoms = view_of(p.structure, species, &list);
    const lrpot_charges *charges = lrpot_potential_charges(p.potential);
    const lrpot_basis *basis = lrpot_charges_basis(charges);
    int64_t k = lrpot_basis_count(basis);
    double *features = calloc((size_t)(k * n), sizeof *features);
    ck_ok(lrpot_basis_eval(basis, p.work, &atoms, list, features));
    ck_ok(lrpot_charges_moments(charges, p.work, &atoms, list, x, order > 0 ? x + n : NULL,
                                order > 1 ? x + 4 * n : NULL));
    o.widths = widths, o.n_widths = MODEL_SPECIES, o.flags = LRPOT_EWALD_SELF;
    ck_ok(lrpot_ewald_create(&ewald, &o));
    ck_ok(lrpot_multipoles_eval(ewald, p.work, &atoms, NULL, NULL, x, order > 0 ? x + n : NULL,
                                order > 1 ? x + 4 * n : NULL, NULL, NULL, NULL, v,
                                order > 0 ? v + n : NULL, order > 1 ? v + 4 * n : NULL));
    int responds = response != LRPOT_RESPONSE_NONE, head = 0;
    enum { A, CHI, FLOW, GAMMA, BETA, ALPHA, TAU, DELTA, EPSILON, OMEGA };
    for (int name = 0; name <= (order == 0 ? FLOW : order == 1 ? TAU : OMEGA); name++) {
        int capacity = name == FLOW || name == ALPHA || name == TAU || name == OMEGA;
        if (capacity && !responds) continue;
        for (int i = 0; i < n; i++) {
            double c = value_of(&p, head, features + k * i, k, species[i]);
            h[name][i] = capacity ? softplus(c) : c;
        }
        head++;
    }
    for (int i = 0; i < n; i++) {
        again[i] += h[A][i];
        if (response == LRPOT_RESPONSE_ATOMS) again[i] -= h[FLOW][i] * v[i];
        for (int a = 0; a < 3 && order > 0 && responds; a++)
            again[n + 3 * i + a] -= h[ALPHA][i] * v[n + 3 * i + a];
        double trace = 0;
        for (int a = 0; a < 3 && order > 1; a++) trace += v[4 * n + 9 * i + 4 * a] / 3;
        for (int a = 0; a < 9 && order > 1 && responds; a++)
            again[4 * n + 9 * i + a] -= h[OMEGA][i]
                                        * (v[4 * n + 9 * i + a] - (a % 4 == 0 ? trace : 0));
        for (int j = 0; j < n; j++) {
            double d[3], r2 = 0, f, on = 0;
            for (int a = 0; a < 3; a++) {
                d[a] = atoms.positions[3 * j + a] - atoms.positions[3 * i + a];
                r2 += d[a] * d[a];
            }
            if (i == j || r2 > reach * reach) continue;
            f = pow(1 - r2 / reach / reach, 3);
            again[i] += f * (h[CHI][j] - h[CHI][i]);
            if (response == LRPOT_RESPONSE_BONDS)
                again[i] += f * (h[FLOW][i] + h[FLOW][j]) / 2 * (v[j] - v[i]);
            for (int a = 0; a < 3 && order > 0; a++) on += d[a] * v[n + 3 * i + a];
            for (int a = 0; a < 3 && order > 0; a++)
                again[n + 3 * i + a] += f * d[a]
                                        * (h[GAMMA][i] + h[BETA][j]
                                           - (responds ? (h[TAU][i] + h[TAU][j]) / 2 * on : 0));
            for (int a = 0; a < 9 && order > 1; a++)
                again[4 * n + 9 * i + a] += f * (h[DELTA][i] + h[EPSILON][j])
                                            * (d[a / 3] * d[a % 3] - (a % 4 == 0 ? r2 / 3 : 0));
        }
    }
    double excess = -0.4, capacity = 0;
    for (int i = 0; i < n; i++) {
        excess += again[i];
        capacity += response == LRPOT_RESPONSE_ATOMS ? h[FLOW][i] : 1;
    }
    for (int i = 0; i < n; i++)
        again[i] -= excess * (response == LRPOT_RESPONSE_ATOMS ? h[FLOW][i] : 1) / capacity;
    for (int64_t c = 0; c < size; c++) ck_close(again[c], x[c], 1e-9, models_largest(x, size));
    lrpot_ewald_free(ewald);
    lrpot_nlist_free(list);
    free(features);
    close_probe(&p);
}
END_TEST

START_TEST(charge_is_kept_and_the_dipole_turns_with_the_molecule)
{
    static const double turn[9] = { 0.36, 0.48, -0.8, -0.8, 0.6, 0, 0.48, 0.64, 0.6 };
    probe p;
    double q[N_ATOMS], dipole[3], shifted[3], turned[3], sum = 0;
    open_probe(&p, _i, CELL_NONE, 0.0);
    compute(&p, p.structure, NULL, NULL, NULL, q, dipole);
    for (int i = 0; i < N_ATOMS; i++) sum += q[i];
    ck_assert(fabs(sum) < 1e-12);
    ck_assert(models_largest(q, N_ATOMS) > 0.05 && models_largest(dipole, 3) > 0.05);
    double *r = lrpot_structure_positions(p.structure);
    for (int k = 0; k < 3 * N_ATOMS; k++) r[k] += k % 3 == 0 ? 0.8 : -1.3;
    compute(&p, p.structure, NULL, NULL, NULL, NULL, shifted);
    for (int i = 0; i < N_ATOMS; i++) {
        double old[3] = { r[3 * i], r[3 * i + 1], r[3 * i + 2] };
        for (int a = 0; a < 3; a++)
            r[3 * i + a] = turn[3 * a] * old[0] + turn[3 * a + 1] * old[1]
                           + turn[3 * a + 2] * old[2];
    }
    compute(&p, p.structure, NULL, NULL, NULL, NULL, turned);
    for (int a = 0; a < 3; a++) {
        double expected = turn[3 * a] * dipole[0] + turn[3 * a + 1] * dipole[1]
                          + turn[3 * a + 2] * dipole[2];
        ck_close(shifted[a], dipole[a], 1e-9, models_largest(dipole, 3));
        ck_close(turned[a], expected, 1e-9, models_largest(dipole, 3));
    }
    close_probe(&p);
}
END_TEST

/* Energies of the atoms, potentials and fields belong to the same sums. */
START_TEST(atoms_add_up_and_files_keep_the_model)
{
    probe p, again;
    double energy, other, atom[N_ATOMS], sum = 0;
    char path[] = "lrpot-density-XXXXXX";
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    open_probe(&p, _i, CELL_TRICLINIC, 0.4);
    out.energy = &energy, out.energy_atom = atom;
    ck_ok(lrpot_potential_compute_structure(p.potential, p.work, p.structure, &out));
    for (int i = 0; i < N_ATOMS; i++) sum += atom[i];
    ck_close(sum, energy, TOL_EXACT, fabs(energy) + 1);
    again = p;
    int descriptor = mkstemp(path);
    ck_assert_int_ge(descriptor, 0);
    close(descriptor);
    ck_ok(lrpot_potential_save(p.potential, path));
    ck_ok(lrpot_potential_load(&again.potential, path));
    remove(path);
    lrpot_charges_options o = LRPOT_CHARGES_OPTIONS_INIT;
    ck_ok(lrpot_charges_get_options(lrpot_potential_charges(again.potential), &o));
    lrpot_charges_options expected = options_of_case(_i);
    ck_assert_int_eq(o.order, expected.order);
    ck_assert_int_eq(o.response, expected.response);
    if (expected.features > 0) ck_assert_int_eq(o.features, expected.features);
    if (expected.features > 0) ck_assert(o.spread == expected.spread);
    ck_assert_int_eq(o.flags, expected.flags);
    ck_assert(o.reach == 3.5 && o.tolerance == 1e-13 && o.widths[1] == 1.1);
    compute(&again, p.structure, &other, NULL, NULL, NULL, NULL);
    ck_close(other, energy, 1e-12, fabs(energy) + 1);
    lrpot_potential_free(again.potential);
    close_probe(&p);
}
END_TEST

/* rho = 1/eta and a = -chi/eta, constants of the species: charge equilibration, whose energy has
 * chi^2/2 eta more for each atom. */
START_TEST(linear_atoms_are_charge_equilibration)
{
    static const double chi[MODEL_SPECIES] = { 3, -4, 1 }, eta[MODEL_SPECIES] = { 9, 6, 14 };
    support_random random = { 9200 + (uint64_t)_i };
    lrpot_structure *structure = models_random_structure(&random, _i, N_ATOMS, 0.4);
    lrpot_potential *density = NULL, *equilibrated = NULL;
    lrpot_potential_options o = LRPOT_POTENTIAL_OPTIONS_INIT;
    lrpot_basis_options none = LRPOT_BASIS_OPTIONS_INIT, small = LRPOT_BASIS_OPTIONS_INIT;
    lrpot_charges_options charges = options_of(0, LRPOT_RESPONSE_ATOMS);
    lrpot_workspace *work = NULL;
    double e[2], f[2][3 * N_ATOMS], w[2][9], q[2][N_ATOMS], missing = 0;
    none.level = 0, small.level = 2;
    charges.tolerance = 1e-12;
    o.symbols = model_symbols, o.n_species = MODEL_SPECIES, o.charge_options = &charges;
    o.basis = &small, o.charge_basis = &none, o.charges = LRPOT_CHARGES_DENSITY;
    o.accuracy = 1e-11;
    ck_ok(lrpot_potential_create(&density, &o));
    o.charges = LRPOT_CHARGES_EQUILIBRATED;
    ck_ok(lrpot_potential_create(&equilibrated, &o));
    for (int m = 0; m < 2; m++) {
        lrpot_potential *model = m == 0 ? density : equilibrated;
        int64_t n = lrpot_potential_param_count(model), offset = 0, count = 0;
        double *params = calloc((size_t)n, sizeof *params);
        const char *name = NULL;
        for (int32_t b = 0; lrpot_potential_param_block(model, b, &name, &offset, &count); b++)
            for (int z = 0; strcmp(name, "charges.species") == 0 && z < MODEL_SPECIES; z++) {
                params[offset + z] = m == 0 ? -chi[z] / eta[z] : chi[z];
                params[offset + (m == 0 ? 2 : 1) * MODEL_SPECIES + z] =
                    log(exp(m == 0 ? 1 / eta[z] : eta[z]) - 1);
            }
        ck_ok(lrpot_potential_set_params(model, n, params));
        free(params);
    }
    ck_ok(lrpot_workspace_create(&work, 1));
    for (int m = 0; m < 2; m++) {
        probe p = { .potential = m == 0 ? density : equilibrated, .work = work };
        compute(&p, structure, &e[m], f[m], w[m], q[m], NULL);
    }
    for (int i = 0; i < N_ATOMS; i++) {
        int z = 0;
        while (strcmp(model_symbols[z], lrpot_structure_symbol(structure, i)) != 0) z++;
        missing += chi[z] * chi[z] / eta[z] / 2;
        ck_close(q[0][i], q[1][i], 1e-9, models_largest(q[1], N_ATOMS));
    }
    ck_close(e[0] - missing, e[1], 1e-9, fabs(e[1]) + 1);
    for (int k = 0; k < 3 * N_ATOMS; k++)
        ck_close(f[0][k], f[1][k], 1e-8, models_largest(f[1], 3 * N_ATOMS));
    for (int k = 0; k < 9; k++) ck_close(w[0][k], w[1][k], 1e-8, models_largest(w[1], 9));
    lrpot_structure_free(structure);
    lrpot_workspace_free(work);
    lrpot_potential_free(density);
    lrpot_potential_free(equilibrated);
}
END_TEST

/* Without response and flow: latent charges, whose density has the width sigma/sqrt(2). */
START_TEST(charges_without_response_are_latent_charges)
{
    support_random random = { 9300 + (uint64_t)_i };
    lrpot_charges_options options = options_of(0, LRPOT_RESPONSE_NONE),
                          latent = LRPOT_CHARGES_OPTIONS_INIT;
    latent.sigma = sqrt(2) * options.sigma, latent.flags = LRPOT_CHARGES_SELF;
    lrpot_structure *structure = models_random_structure(&random, _i, N_ATOMS, 0.4);
    support_random same = random;
    probe p[2] = { { .potential = models_random_with(&random, LRPOT_CHARGES_DENSITY, &options) },
                   { .potential = models_random_with(&same, LRPOT_CHARGES_LATENT, &latent) } };
    double e[2], f[2][3 * N_ATOMS], w[2][9], q[2][N_ATOMS];
    int64_t n[2], offset[2], count[2];
    const char *name[2];
    double *params[2];
    for (int m = 0; m < 2; m++) {
        n[m] = lrpot_potential_param_count(p[m].potential);
        params[m] = calloc((size_t)n[m], sizeof *params[m]);
        ck_ok(lrpot_potential_get_params(p[m].potential, n[m], params[m]));
        ck_ok(lrpot_workspace_create(&p[m].work, 1));
    }
    for (int32_t b = 0;
         lrpot_potential_param_block(p[0].potential, b, &name[0], &offset[0], &count[0]); b++) {
        ck_assert(lrpot_potential_param_block(p[1].potential, b, &name[1], &offset[1], &count[1]));
        ck_assert_str_eq(name[0], name[1]);
        for (int64_t k = 0; k < count[0]; k++) /* the second head, chi, is zero */
            params[0][offset[0] + k] = k < count[1] ? params[1][offset[1] + k] : 0;
    }
    ck_ok(lrpot_potential_set_params(p[0].potential, n[0], params[0]));
    for (int m = 0; m < 2; m++) compute(&p[m], structure, &e[m], f[m], w[m], q[m], NULL);
    ck_close(e[0], e[1], 1e-9, fabs(e[1]) + 1);
    for (int i = 0; i < N_ATOMS; i++) ck_close(q[0][i], q[1][i], 1e-12, 1);
    for (int k = 0; k < 3 * N_ATOMS; k++)
        ck_close(f[0][k], f[1][k], 1e-8, models_largest(f[1], 3 * N_ATOMS));
    for (int k = 0; k < 9; k++) ck_close(w[0][k], w[1][k], 1e-8, models_largest(w[1], 9));
    for (int m = 0; m < 2; m++) {
        free(params[m]);
        lrpot_workspace_free(p[m].work);
        lrpot_potential_free(p[m].potential);
    }
    lrpot_structure_free(structure);
}
END_TEST

enum { SIDE = 4, LONG_SIDE = 6, MOLECULES = LONG_SIDE * LONG_SIDE * LONG_SIDE };

/* Molecules of water at their density, turned at random, on a lattice: so many along an edge. */
static lrpot_structure *water(support_random *random, int side)
{
    static const double spacing = 3.107,
                        shape[3][3] = { { 0, 0, 0 }, { 0.757, 0.586, 0 }, { -0.757, 0.586, 0 } };
    double positions[9 * MOLECULES], cell[9] = { 0 };
    const char *symbols[3 * MOLECULES];
    lrpot_structure *structure = NULL;
    for (int c = 0; c < 9; c += 4) cell[c] = side * spacing;
    for (int m = 0; m < side * side * side; m++) {
        double axis[3], norm = 0;
        for (int a = 0; a < 3; a++) axis[a] = support_uniform(random, -1, 1);
        for (int a = 0; a < 3; a++) norm += axis[a] * axis[a];
        for (int k = 0; k < 3; k++) {
            double along = 0; /* half a turn about the axis */
            for (int a = 0; a < 3; a++) along += axis[a] * shape[k][a] / norm;
            symbols[3 * m + k] = k == 0 ? "O" : "H";
            for (int a = 0; a < 3; a++)
                positions[9 * m + 3 * k + a] = 2 * along * axis[a] - shape[k][a]
                                               + spacing
                                                     * (a == 0   ? m % side
                                                        : a == 1 ? m / side % side
                                                                 : m / side / side);
        }
    }
    ck_ok(lrpot_structure_create(&structure, 3 * side * side * side, symbols, positions, cell, 7));
    return structure;
}

/* Charges and dipoles of a polarizability and a flow like those of water, 0.05 e/V and e A^2/V. */
static lrpot_potential *water_model(int32_t order)
{
    static const char *const symbols[2] = { "H", "O" };
    static const double heads[7][2] = { { 0.35, -0.7 }, { 0, 0 },   { -3, -3 }, { 0.02, 0.02 },
                                        { 0, 0 },       { -3, -3 }, { -6, -6 } };
    lrpot_charges_options charges = LRPOT_CHARGES_OPTIONS_INIT;
    charges.order = order, charges.reach = 1.5, charges.tolerance = 1e-8;
    return models_constant_density(symbols, 2, 1e-6, &charges, heads[0]);
}

START_TEST(bulk_water_takes_few_sums)
{
    support_random random = { 9600 };
    lrpot_structure *structure = water(&random, SIDE);
    probe p = { .potential = water_model(_i) };
    double first, again, fresh;
    ck_ok(lrpot_workspace_create(&p.work, 1));
    ck_assert_int_eq(lrpot_charges_steps(p.work), 0);
    compute(&p, structure, &first, NULL, NULL, NULL, NULL);
    ck_assert_msg(lrpot_charges_steps(p.work) <= 12, "%d sums", lrpot_charges_steps(p.work));
    compute(&p, structure, &again, NULL, NULL, NULL, NULL);
    ck_assert_int_eq(lrpot_charges_steps(p.work), 1); /* from the potentials of the last call */
    ck_close(again, first, 1e-9, fabs(first));
    lrpot_structure_positions(structure)[7] += 0.02;
    compute(&p, structure, &again, NULL, NULL, NULL, NULL);
    ck_assert_msg(lrpot_charges_steps(p.work) <= 9, "%d sums", lrpot_charges_steps(p.work));
    lrpot_workspace_free(p.work);
    ck_ok(lrpot_workspace_create(&p.work, 1));
    compute(&p, structure, &fresh, NULL, NULL, NULL, NULL);
    ck_close(again, fresh, 1e-9, fabs(first));
    lrpot_workspace_free(p.work);
    lrpot_potential_free(p.potential);
    lrpot_structure_free(structure);
}
END_TEST

/* All sums of a step count as one size of moments, so that splitting, list and pairs are kept. */
START_TEST(steady_state_allocates_nothing)
{
    enum { SETTLED = 4, STEPS = 8 };
    support_random random = { 9600 };
    lrpot_structure *structure = water(&random, LONG_SIDE);
    probe p = { .potential = water_model(_i) };
    double energy, forces[9 * MOLECULES], virial[9];
    int64_t before = 0;
    ck_ok(lrpot_workspace_create(&p.work, 1));
    for (int step = 0; step < STEPS; step++) {
        if (step == SETTLED) before = lrpot__allocation_count();
        for (int k = 0; k < 9 * MOLECULES; k++)
            lrpot_structure_positions(structure)[k] += support_uniform(&random, -5e-3, 5e-3);
        compute(&p, structure, &energy, forces, virial, NULL, NULL);
    }
    ck_assert_int_eq(lrpot__allocation_count(), before);
    lrpot_workspace_free(p.work);
    lrpot_potential_free(p.potential);
    lrpot_structure_free(structure);
}
END_TEST

static lrpot_status no_values(void *ctx, double *values, int32_t width)
{
    (void)ctx, (void)values, (void)width;
    return LRPOT_OK;
}

/* Values of neighbours come from owners in this process, or by both directions of the host. */
START_TEST(ghosts_need_owners_or_both_directions)
{
    probe p;
    int32_t species[N_ATOMS];
    double q[N_ATOMS];
    lrpot_nlist *list = NULL;
    lrpot_comm comm = LRPOT_COMM_INIT;
    comm.forward = no_values;
    open_probe(&p, 0, CELL_TRICLINIC, 0);
    lrpot_atoms atoms = view_of(p.structure, species, &list);
    lrpot_nlist_free(list);
    atoms.n_owned--; /* the last atom is a ghost of somebody */
    ck_ok(lrpot_nlist_build(&list, &atoms, 4.0, 0.0));
    ck_assert_int_eq(
        lrpot_charges_eval(lrpot_potential_charges(p.potential), p.work, &atoms, list, &comm, q),
        LRPOT_E_UNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(lrpot_last_error(), "comm->forward and comm->reverse"));
    lrpot_nlist_free(list);
    close_probe(&p);
}
END_TEST

START_TEST(wrong_options_are_named)
{
    lrpot_charges_options o = options_of(3, 0);
    lrpot_charges *charges = NULL;
    o.kind = LRPOT_CHARGES_DENSITY, o.n_species = MODEL_SPECIES;
    ck_assert_int_eq(lrpot_charges_create(&charges, NULL, &o), LRPOT_E_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(lrpot_last_error(), "order = 3"));
    o.order = 1, o.response = 3;
    ck_assert_int_eq(lrpot_charges_create(&charges, NULL, &o), LRPOT_E_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(lrpot_last_error(), "response = 3"));
    o.response = 0, o.reach = -1;
    ck_assert_int_eq(lrpot_charges_create(&charges, NULL, &o), LRPOT_E_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(lrpot_last_error(), "reach = -1"));
    o.reach = 3, o.sigma = -2;
    ck_assert_int_eq(lrpot_charges_create(&charges, NULL, &o), LRPOT_E_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(lrpot_last_error(), "sigma = -2"));
    static const struct {
        int32_t order, features;
        const char *why;
    } wrong[] = { { 1, 5, "features = 5, expected W (L + 1)^2" },
                  { 1, 9, "are of order 2, the moments of order 1" },
                  { 0, 2, "of 2 widths with moments of order 0" } };
    for (int k = 0; k < 3; k++) {
        o = options_of(wrong[k].order, 0);
        o.kind = LRPOT_CHARGES_DENSITY, o.n_species = MODEL_SPECIES;
        o.features = wrong[k].features;
        ck_assert_int_eq(lrpot_charges_create(&charges, NULL, &o), LRPOT_E_ARGUMENT);
        ck_assert_ptr_nonnull(strstr(lrpot_last_error(), wrong[k].why));
    }
    o = options_of(1, 0), o.kind = LRPOT_CHARGES_DENSITY, o.n_species = MODEL_SPECIES;
    o.spread = -1;
    ck_assert_int_eq(lrpot_charges_create(&charges, NULL, &o), LRPOT_E_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(lrpot_last_error(), "spread = -1"));
    /* virials of atoms have no parts of dipoles */
    probe p;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    double virials[9 * N_ATOMS];
    open_probe(&p, RESPONSES, CELL_TRICLINIC, 0);
    out.virial_atom = virials;
    ck_assert_int_eq(lrpot_potential_compute_structure(p.potential, p.work, p.structure, &out),
                     LRPOT_E_UNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(lrpot_last_error(), "virials of the atoms"));
    close_probe(&p);
}
END_TEST

/* Of models with the same moments and other widths. What a workspace keeps of one must not enter
 * the sums of the next. */
START_TEST(a_workspace_serves_one_model_after_another)
{
    probe kept;
    open_probe(&kept, _i, CELL_TRICLINIC, 0.4);
    for (int k = 0; k < 3; k++) {
        double energies[2], forces[2][3 * N_ATOMS], q[N_ATOMS],
            widths[MODEL_SPECIES] = { 1.1, 0.9 - 0.1 * k, 0.7 + 0.1 * k };
        lrpot_charges_options options = options_of_case(_i);
        support_random random = { 77 };
        probe p, other;
        options.widths = widths;
        p = kept;
        p.potential = models_random_with(&random, LRPOT_CHARGES_DENSITY, &options);
        other = p;
        ck_ok(lrpot_workspace_create(&other.work, 1));
        compute(&p, p.structure, &energies[0], forces[0], NULL, NULL, NULL);
        compute(&other, p.structure, &energies[1], forces[1], NULL, NULL, NULL);
        ck_close(energies[0], energies[1], 1e-9, fabs(energies[1]));
        for (int x = 0; x < 3 * N_ATOMS; x++)
            ck_close(forces[0][x], forces[1][x], 1e-9, models_largest(forces[1], 3 * N_ATOMS));
        /* the same sum of a solution, with which the next model begins */
        compute(&p, p.structure, NULL, NULL, NULL, q, NULL);
        lrpot_workspace_free(other.work);
        lrpot_potential_free(p.potential);
    }
    close_probe(&kept);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("density_charges");
    TCase *cases = tcase_create("orders and responses");
    tcase_set_timeout(cases, 240);
    support_add_cases(cases, forces_and_virial_are_derivatives_of_the_energy, 0, CASES);
    support_add_cases(cases, derivatives_hold_in_layers_and_wires, 0, RESPONSES);
    support_add_cases(cases, pulls_are_derivatives_of_the_charges, 0, CASES);
    support_add_cases(cases, moments_obey_their_equations, 0, CASES);
    support_add_cases(cases, charge_is_kept_and_the_dipole_turns_with_the_molecule, 0,
                      CASES + VARIANTS);
    support_add_cases(cases, atoms_add_up_and_files_keep_the_model, 0, CASES + VARIANTS);
    suite_add_tcase(suite, cases);
    TCase *limits = tcase_create("limits");
    tcase_set_timeout(limits, 240);
    support_add_cases(limits, linear_atoms_are_charge_equilibration, 0, CELL_KINDS);
    support_add_cases(limits, charges_without_response_are_latent_charges, 0, CELL_KINDS);
    support_add_cases(limits, bulk_water_takes_few_sums, 0, 2);
    support_add_cases(limits, steady_state_allocates_nothing, 0, 2);
    tcase_add_test(limits, ghosts_need_owners_or_both_directions);
    support_add_cases(limits, a_workspace_serves_one_model_after_another, 0, CASES);
    tcase_add_test(limits, wrong_options_are_named);
    suite_add_tcase(suite, limits);
    TCase *slow = tcase_create("slow"); /* higher orders, and several widths */
    tcase_set_tags(slow, "slow");
    tcase_set_timeout(slow, 240);
    support_add_sampled(slow, derivatives_hold_in_layers_and_wires, RESPONSES, CASES, 5);
    support_add_sampled(slow, forces_and_virial_are_derivatives_of_the_energy, CASES,
                        CASES + VARIANTS, 2);
    support_add_sampled(slow, pulls_are_derivatives_of_the_charges, CASES, CASES + VARIANTS, 5);
    suite_add_tcase(suite, slow);
    return suite;
}
