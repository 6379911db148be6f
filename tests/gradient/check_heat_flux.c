/* The heat flux against its definition: of clusters the rate of sum r e along a trajectory, of
 * crystals the current of a long wave. */
#include "models.h"

#define N_ATOMS 7
#define MANY 600                  /* enough for the mesh */
#define MASS_UNIT 1.0364269656e-4 /* eV of 1 u (A/ps)^2 */

static const double masses[3] = { 22.98976928, 35.45, 15.999 };

typedef struct {
    const lrpot_potential *potential;
    lrpot_workspace *work;
    lrpot_structure *structure;
    double velocities[3 * N_ATOMS], accelerations[3 * N_ATOMS], masses[N_ATOMS];
    int component;
} cluster;

static void follow(cluster *m)
{
    double forces[3 * N_ATOMS];
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.forces = forces;
    ck_ok(lrpot_potential_compute_structure(m->potential, m->work, m->structure, &out));
    for (int k = 0; k < 3 * N_ATOMS; k++)
        m->accelerations[k] = forces[k] / (m->masses[k / 3] * MASS_UNIT);
}

/* Of the first two species alone where asked for. */
static void make_cluster(cluster *m, support_random *random, int kind, int pairs)
{
    m->structure = pairs ? support_random_structure(random, kind, N_ATOMS, 2, model_symbols, 2.3)
                         : models_random_structure(random, kind, N_ATOMS, 1.0);
    ck_ok(lrpot_workspace_create(&m->work, 1));
    for (int i = 0; i < N_ATOMS; i++)
        for (int z = 0; z < MODEL_SPECIES; z++)
            if (strcmp(lrpot_structure_symbol(m->structure, i), model_symbols[z]) == 0)
                m->masses[i] = masses[z];
    for (int k = 0; k < 3 * N_ATOMS; k++) m->velocities[k] = support_uniform(random, -20, 20);
}

static void forget(cluster *m)
{
    lrpot_workspace_free(m->work);
    lrpot_structure_free(m->structure);
}

/* A component of sum r e at time t, ps, with kinetic energies. */
static double moment_at(double t, void *ctx)
{
    const cluster *m = ctx;
    double energies[N_ATOMS], sum = 0;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    lrpot_structure *copy = NULL;
    ck_ok(lrpot_structure_clone(&copy, m->structure));
    double *r = lrpot_structure_positions(copy);
    for (int k = 0; k < 3 * N_ATOMS; k++)
        r[k] += t * m->velocities[k] + 0.5 * t * t * m->accelerations[k];
    out.energy_atom = energies;
    ck_ok(lrpot_potential_compute_structure(m->potential, m->work, copy, &out));
    for (int i = 0; i < N_ATOMS; i++) {
        double square = 0;
        for (int a = 0; a < 3; a++)
            square += pow(m->velocities[3 * i + a] + t * m->accelerations[3 * i + a], 2);
        sum += r[3 * i + m->component] * (energies[i] + 0.5 * MASS_UNIT * m->masses[i] * square);
    }
    lrpot_structure_free(copy);
    return sum;
}

static void check_cluster(support_random *random, const lrpot_potential *potential, int pairs)
{
    cluster m = { .potential = potential };
    lrpot_heat_flux flux = LRPOT_HEAT_FLUX_INIT;
    make_cluster(&m, random, CELL_NONE, pairs);
    follow(&m);
    ck_ok(lrpot_potential_heat_flux_structure(potential, m.work, m.structure, m.velocities,
                                              m.masses, &flux));
    for (m.component = 0; m.component < 3; m.component++)
        ck_close(flux.flux[m.component], support_difference(moment_at, &m, 0, 2e-5), TOL_FD,
                 models_largest(flux.flux, 3));
    forget(&m);
}

/* Without charges, and the kinds whose charges follow their neighbours or stay, with networks too.
 */
START_TEST(flux_of_a_cluster_is_the_rate_of_its_energies_times_places)
{
    static const int kinds[] = { LRPOT_CHARGES_NONE,
                                 LRPOT_CHARGES_FIXED,
                                 LRPOT_CHARGES_QRD,
                                 LRPOT_CHARGES_EDQ,
                                 LRPOT_CHARGES_EDQRD,
                                 LRPOT_CHARGES_LATENT,
                                 LRPOT_CHARGES_EDQ + MODELS_WITH_HIDDEN,
                                 LRPOT_CHARGES_EDQRD + MODELS_WITH_HIDDEN };
    support_random random = { 4100 + (uint64_t)_i };
    lrpot_potential *potential = models_random_potential(&random, kinds[_i]);
    check_cluster(&random, potential, 0);
    lrpot_potential_free(potential);
}
END_TEST

START_TEST(flux_of_several_latent_channels_is_that_rate)
{
    support_random random = { 4120 + (uint64_t)_i };
    lrpot_charges_options charges = LRPOT_CHARGES_OPTIONS_INIT;
    charges.channels = 3;
    charges.neutrality = _i == 0 ? LRPOT_NEUTRALITY_EXACT : LRPOT_NEUTRALITY_OFF;
    charges.flags = _i == 1 ? LRPOT_CHARGES_SELF : 0;
    lrpot_potential *potential = models_random_with(&random, LRPOT_CHARGES_LATENT, &charges);
    check_cluster(&random, potential, 0);
    lrpot_potential_free(potential);
}
END_TEST

START_TEST(flux_of_gaussians_and_of_terms_of_pairs_is_that_rate)
{
    static const double begin[9] = { 2, 2, 2, 2, 2, 2, 2, 2, 2 },
                        end[9] = { 3.5, 3.4, 3.6, 3.4, 3.5, 3.4, 3.6, 3.4, 3.5 };
    static const double widths[3] = { 0.6, 0.9, 0.4 },
                        outer[9] = { 2.5, 2.4, 2.6, 2.4, 2.5, 2.4, 2.6, 2.4, 2.5 },
                        strength[9] = { 1, 1, 1, 1, 1, 1, 1, 1, 1 };
    support_random random = { 4130 };
    lrpot_potential_options options = LRPOT_POTENTIAL_OPTIONS_INIT;
    lrpot_basis_options basis = LRPOT_BASIS_OPTIONS_INIT;
    lrpot_potential *potential = NULL;
    basis.level = 6, basis.cutoff = 3.8, basis.min_distance = 1.2;
    options.symbols = model_symbols, options.n_species = MODEL_SPECIES;
    options.basis = options.charge_basis = &basis;
    options.charges = LRPOT_CHARGES_EDQRD;
    options.widths = widths;
    ck_ok(lrpot_potential_create(&potential, &options));
    models_randomise(&random, potential);
    ck_ok(lrpot_potential_set_core(potential, outer, strength));
    ck_ok(lrpot_potential_set_gap_barrier(potential, begin, end, strength));
    check_cluster(&random, potential, 0);
    lrpot_potential_free(potential);
}
END_TEST

/* Its energy and its charges come from one network. */
START_TEST(flux_of_a_charged_nep_is_that_rate_and_other_conventions_are_refused)
{
    support_random random = { 4140 };
    const double still[3 * N_ATOMS] = { 0 };
    lrpot_potential *potential = NULL;
    lrpot_heat_flux flux = LRPOT_HEAT_FLUX_INIT;
    cluster m = { .potential = NULL };
    char *path = support_source("examples/data/nacl_nep.txt");
    ck_ok(lrpot_potential_load(&potential, path));
    ck_ok(lrpot_potential_set_accuracy(potential, 1e-11));
    check_cluster(&random, potential, 1);
    make_cluster(&m, &random, CELL_CUBIC, 1);
    ck_ok(lrpot_nep_set_sum(potential, LRPOT_NEP_SUM_AS_FITTED));
    ck_assert_int_eq(
        lrpot_potential_heat_flux_structure(potential, m.work, m.structure, still, NULL, &flux),
        LRPOT_E_UNSUPPORTED);
    ck_ok(lrpot_nep_set_sum(potential, LRPOT_NEP_SUM_CONVERGED));
    ck_ok(lrpot_nep_set_forces(potential, LRPOT_NEP_FORCES_PLAIN));
    ck_assert_int_eq(
        lrpot_potential_heat_flux_structure(potential, m.work, m.structure, still, NULL, &flux),
        LRPOT_E_UNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(lrpot_last_error(), "plain forces"));
    forget(&m);
    lrpot_potential_free(potential);
    free(path);
}
END_TEST

/* A crystal whose cell is repeated along its first row. */
typedef struct {
    cluster unit;
    lrpot_structure *cells;
    lrpot_workspace *work;
    int repeats, sine; /* the wave of displacements is a sine or a cosine */
    double wave[3];    /* 1/A, along the first reciprocal row */
} crystal;

static double phase(const crystal *c, const double *r)
{
    return c->wave[0] * r[0] + c->wave[1] * r[1] + c->wave[2] * r[2];
}

/* sum over atoms of the other function of the phase times energies, at displacements of x ps times
 * the wave of velocities. */
static double wave_at(double x, void *ctx)
{
    const crystal *c = ctx;
    int64_t n = lrpot_structure_count(c->cells);
    const double *at = lrpot_structure_positions_const(c->cells);
    double *energies = calloc((size_t)n, sizeof *energies), sum = 0;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    lrpot_structure *copy = NULL;
    ck_ok(lrpot_structure_clone(&copy, c->cells));
    double *r = lrpot_structure_positions(copy);
    for (int64_t i = 0; i < n; i++)
        for (int a = 0; a < 3; a++)
            r[3 * i + a] += x * c->unit.velocities[i % N_ATOMS * 3 + a]
                            * (c->sine ? sin(phase(c, at + 3 * i)) : cos(phase(c, at + 3 * i)));
    out.energy_atom = energies;
    ck_ok(lrpot_potential_compute_structure(c->unit.potential, c->work, copy, &out));
    for (int64_t i = 0; i < n; i++)
        sum += energies[i] * (c->sine ? cos(phase(c, at + 3 * i)) : sin(phase(c, at + 3 * i)));
    lrpot_structure_free(copy);
    free(energies);
    return sum;
}

/* wave.J of one cell by continuity, without convection: sum [sin P(cos) - cos P(sin)], in which
 * P(f) is the power that atoms receive with velocities v f. The work of the forces cancels. */
static double current_of_wave(crystal *c, int repeats)
{
    const double *h = lrpot_structure_cell(c->unit.structure);
    const int32_t n[3] = { repeats, 1, 1 };
    double rates[2], volume = h[0] * (h[4] * h[8] - h[5] * h[7])
                              - h[1] * (h[3] * h[8] - h[5] * h[6])
                              + h[2] * (h[3] * h[7] - h[4] * h[6]);
    c->repeats = repeats;
    c->cells = NULL;
    for (int a = 0; a < 3; a++) {
        int b = (a + 1) % 3, d = (a + 2) % 3;
        c->wave[a] = 2 * acos(-1.0) / repeats * (h[3 + b] * h[6 + d] - h[3 + d] * h[6 + b])
                     / volume;
    }
    ck_ok(lrpot_structure_repeat(&c->cells, c->unit.structure, n));
    ck_ok(lrpot_workspace_create(&c->work, 1));
    for (c->sine = 0; c->sine < 2; c->sine++)
        rates[c->sine] = support_difference(wave_at, c, 0, 2e-5);
    lrpot_workspace_free(c->work);
    lrpot_structure_free(c->cells);
    return (rates[0] - rates[1]) / repeats;
}

/* Takes the net charge of each channel off the species' charges. */
static void neutralise(lrpot_potential *potential, const lrpot_structure *structure)
{
    const lrpot_charges *charges = lrpot_potential_charges(potential);
    int32_t channels = lrpot_charges_channels(charges);
    int64_t n = lrpot_potential_param_count(potential), offset = 0, count = 0;
    double *params = calloc((size_t)n, sizeof *params), q[N_ATOMS], sum = 0;
    lrpot_workspace *work = NULL;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    const char *name = NULL;
    ck_assert_int_eq(channels, 1);
    out.charges = q;
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot_potential_compute_structure(potential, work, structure, &out));
    for (int i = 0; i < N_ATOMS; i++) sum += q[i];
    ck_ok(lrpot_potential_get_params(potential, n, params));
    for (int32_t b = 0; lrpot_potential_param_block(potential, b, &name, &offset, &count); b++)
        for (int64_t k = 0; strcmp(name, "charges.species") == 0 && k < count; k++)
            params[offset + k] -= sum / N_ATOMS;
    ck_ok(lrpot_potential_set_params(potential, n, params));
    lrpot_workspace_free(work);
    free(params);
}

/* Charges that are neutral here, and whose energy stays where it is. */
START_TEST(flux_of_a_crystal_is_the_current_of_a_long_wave)
{
    static const int kinds[] = { LRPOT_CHARGES_NONE, LRPOT_CHARGES_FIXED, LRPOT_CHARGES_EDQ,
                                 LRPOT_CHARGES_LATENT };
    support_random random = { 4150 + (uint64_t)_i };
    lrpot_charges_options charges = LRPOT_CHARGES_OPTIONS_INIT;
    charges.neutrality = LRPOT_NEUTRALITY_OFF;
    lrpot_potential *potential =
        models_random_with(&random, kinds[_i], kinds[_i] == LRPOT_CHARGES_LATENT ? &charges : NULL);
    crystal c = { .unit = { .potential = potential } };
    lrpot_heat_flux flux = LRPOT_HEAT_FLUX_INIT;
    make_cluster(&c.unit, &random, CELL_TRICLINIC, 0);
    if (kinds[_i] != LRPOT_CHARGES_NONE) neutralise(potential, c.unit.structure);
    ck_ok(lrpot_potential_heat_flux_structure(potential, c.unit.work, c.unit.structure,
                                              c.unit.velocities, NULL, &flux));
    double found[3], expected = 0, rates = 0, size = 0;
    for (int k = 0; k < 3; k++) {
        double current = current_of_wave(&c, 4 << k);
        for (int a = 0; a < 3 && k == 2; a++) {
            expected += c.wave[a] * (flux.virial[a] + flux.charges[a]);
            rates += c.wave[a] * flux.charges[a];
            size += fabs(c.wave[a] * flux.charges[a]) + fabs(c.wave[a] * flux.virial[a]);
        }
        found[k] = current * (4 << k) / 16;
    }
    /* errors in the second and the fourth power of the wave vector */
    double better[2] = { (4 * found[1] - found[0]) / 3, (4 * found[2] - found[1]) / 3 };
    ck_close((16 * better[1] - better[0]) / 15, expected, 1e-4, size);
    if (kinds[_i] >= LRPOT_CHARGES_EDQ) ck_assert(fabs(rates) > 1e-3 * size); /* it is seen */
    forget(&c.unit);
    lrpot_potential_free(potential);
}
END_TEST

/* A common velocity carries the enthalpy, energy plus virial, whatever charges are redistributed,
 * and no charge changes. */
START_TEST(common_velocity_of_a_crystal_carries_energy_and_virial)
{
    support_random random = { 4170 + (uint64_t)_i };
    lrpot_potential *potential = models_random_potential(&random, _i);
    cluster m = { .potential = potential };
    double energy = 0, virial[9];
    const double u[3] = { 3, -5, 2 };
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    lrpot_heat_flux flux = LRPOT_HEAT_FLUX_INIT;
    make_cluster(&m, &random, CELL_TRICLINIC, 0);
    out.energy = &energy, out.virial = virial;
    ck_ok(lrpot_potential_compute_structure(potential, m.work, m.structure, &out));
    for (int k = 0; k < 3 * N_ATOMS; k++) m.velocities[k] = u[k % 3];
    ck_ok(lrpot_potential_heat_flux_structure(potential, m.work, m.structure, m.velocities, NULL,
                                              &flux));
    for (int a = 0; a < 3; a++) {
        const double *row = virial + 3 * a;
        double expected = energy * u[a] + row[0] * u[0] + row[1] * u[1] + row[2] * u[2];
        ck_close(flux.flux[a], expected, TOL_REF, 10.0 * models_largest(virial, 9));
        ck_close(flux.charges[a], 0, TOL_REF, 10.0);
    }
    forget(&m);
    lrpot_potential_free(potential);
}
END_TEST

/* Another accuracy takes another split between real and reciprocal space. */
START_TEST(flux_of_a_crystal_does_not_depend_on_the_split)
{
    support_random random = { 4180 + (uint64_t)_i };
    lrpot_potential *potential = models_random_potential(&random, LRPOT_CHARGES_FIXED + _i);
    cluster m = { .potential = potential };
    lrpot_heat_flux fine = LRPOT_HEAT_FLUX_INIT, coarse = LRPOT_HEAT_FLUX_INIT;
    make_cluster(&m, &random, CELL_TRICLINIC, 0);
    ck_ok(lrpot_potential_heat_flux_structure(potential, m.work, m.structure, m.velocities, NULL,
                                              &fine));
    ck_ok(lrpot_potential_set_accuracy(potential, 1e-5));
    ck_ok(lrpot_potential_heat_flux_structure(potential, m.work, m.structure, m.velocities, NULL,
                                              &coarse));
    for (int a = 0; a < 3; a++)
        ck_close(coarse.flux[a], fine.flux[a], 1e-5, models_largest(fine.flux, 3));
    forget(&m);
    lrpot_potential_free(potential);
}
END_TEST

/* The flux by an accuracy, which takes this method. */
static void flux_by(lrpot_potential *potential, const lrpot_structure *structure, double accuracy,
                    int32_t method, const double *velocities, lrpot_heat_flux *flux)
{
    int32_t species[MANY];
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_ewald_report report = LRPOT_EWALD_REPORT_INIT;
    lrpot_workspace *work = NULL;
    ck_ok(lrpot_potential_set_accuracy(potential, accuracy));
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot_structure_view(structure, MODEL_SPECIES, model_symbols, species, &atoms));
    ck_ok(lrpot_ewald_plan(lrpot_potential_ewald(potential), work, &atoms, &report));
    ck_assert_int_eq(report.method, method);
    ck_ok(lrpot_potential_heat_flux_structure(potential, work, structure, velocities, NULL, flux));
    lrpot_workspace_free(work);
}

/* The energy's default method, which depends on the accuracy. */
START_TEST(flux_by_the_mesh_is_that_of_the_exact_sum)
{
    support_random random = { 4200 + (uint64_t)_i };
    lrpot_potential *potential = models_random_potential(&random, LRPOT_CHARGES_EDQRD + _i);
    lrpot_structure *structure = models_random_structure(&random, CELL_TRICLINIC, MANY, 0.0);
    lrpot_heat_flux mesh = LRPOT_HEAT_FLUX_INIT, exact = LRPOT_HEAT_FLUX_INIT;
    double velocities[3 * MANY];
    for (int k = 0; k < 3 * MANY; k++) velocities[k] = support_uniform(&random, -20, 20);
    flux_by(potential, structure, 1e-11, LRPOT_EWALD_EXACT, velocities, &exact);
    flux_by(potential, structure, 1e-6, LRPOT_EWALD_MESH, velocities, &mesh);
    for (int a = 0; a < 3; a++) {
        ck_close(mesh.flux[a], exact.flux[a], 1e-6, models_largest(exact.flux, 3));
        ck_close(mesh.charges[a], exact.charges[a], 1e-5, models_largest(exact.charges, 3));
    }
    lrpot_structure_free(structure);
    lrpot_potential_free(potential);
}
END_TEST

static double flux_in_cell(cluster *m, double length, double *flux)
{
    const double cell[9] = { length, 0, 0, 0, length, 0, 0, 0, length };
    lrpot_heat_flux found = LRPOT_HEAT_FLUX_INIT;
    ck_ok(lrpot_structure_set_cell(m->structure, length > 0 ? cell : NULL,
                                   length > 0 ? LRPOT_PERIODIC_ALL : 0));
    ck_ok(lrpot_potential_heat_flux_structure(m->potential, m->work, m->structure, m->velocities,
                                              NULL, &found));
    memcpy(flux, found.flux, sizeof found.flux);
    return models_largest(found.flux, 3);
}

/* The total charge changes, so that the box is felt as the reciprocal of its length. */
START_TEST(flux_of_a_molecule_in_a_growing_cell_becomes_that_of_the_molecule)
{
    support_random random = { 4190 };
    lrpot_potential *potential = models_random_potential(&random, LRPOT_CHARGES_EDQ);
    cluster m = { .potential = potential };
    double isolated[3], small[3], large[3];
    make_cluster(&m, &random, CELL_NONE, 0);
    neutralise(potential, m.structure);
    double size = flux_in_cell(&m, 0, isolated);
    flux_in_cell(&m, 100, small);
    flux_in_cell(&m, 200, large);
    for (int a = 0; a < 3; a++) ck_close(2 * large[a] - small[a], isolated[a], 1e-4, size);
    forget(&m);
    lrpot_potential_free(potential);
}
END_TEST

START_TEST(charges_without_local_energy_and_layers_of_charges_are_refused)
{
    support_random random = { 4195 };
    const double still[3 * N_ATOMS] = { 0 }, light[N_ATOMS] = { -1 };
    lrpot_heat_flux flux = LRPOT_HEAT_FLUX_INIT;
    lrpot_potential *flowing = models_random_potential(&random, LRPOT_CHARGES_EQUILIBRATED),
                    *local = models_random_potential(&random, LRPOT_CHARGES_EDQ);
    cluster m = { .potential = flowing };
    make_cluster(&m, &random, CELL_CUBIC, 0);
    ck_assert_int_eq(
        lrpot_potential_heat_flux_structure(flowing, m.work, m.structure, still, NULL, &flux),
        LRPOT_E_UNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(lrpot_last_error(), "'equilibrated'"));
    ck_assert_int_eq(
        lrpot_potential_heat_flux_structure(local, m.work, m.structure, still, light, &flux),
        LRPOT_E_ARGUMENT);
    double cell[9];
    memcpy(cell, lrpot_structure_cell(m.structure), sizeof cell);
    ck_ok(lrpot_structure_set_cell(m.structure, cell, 3));
    ck_assert_int_eq(
        lrpot_potential_heat_flux_structure(local, m.work, m.structure, still, NULL, &flux),
        LRPOT_E_UNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(lrpot_last_error(), "periodic_mask = 3"));
    forget(&m);
    lrpot_potential_free(flowing);
    lrpot_potential_free(local);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("heat_flux");
    TCase *cases = tcase_create("heat_flux");
    tcase_set_timeout(cases, 120);
    support_add_cases(cases, flux_of_a_cluster_is_the_rate_of_its_energies_times_places, 0, 8);
    support_add_cases(cases, flux_of_several_latent_channels_is_that_rate, 0, 2);
    tcase_add_test(cases, flux_of_gaussians_and_of_terms_of_pairs_is_that_rate);
    tcase_add_test(cases, flux_of_a_charged_nep_is_that_rate_and_other_conventions_are_refused);
    support_add_cases(cases, flux_of_a_crystal_is_the_current_of_a_long_wave, 0, 4);
    support_add_cases(cases, common_velocity_of_a_crystal_carries_energy_and_virial,
                      LRPOT_CHARGES_NONE, LRPOT_CHARGES_LATENT + 1);
    support_add_cases(cases, flux_of_a_crystal_does_not_depend_on_the_split, 0, 5);
    support_add_cases(cases, flux_by_the_mesh_is_that_of_the_exact_sum, 0, 2);
    tcase_add_test(cases, flux_of_a_molecule_in_a_growing_cell_becomes_that_of_the_molecule);
    tcase_add_test(cases, charges_without_local_energy_and_layers_of_charges_are_refused);
    suite_add_tcase(suite, cases);
    return suite;
}
