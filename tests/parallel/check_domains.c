/* A box cut in pieces, each with its ghosts and a thread of its own for a process; the callbacks
 * meet at barriers. */
#include "models.h"
#include "pieces.h"

#include <stdio.h>

static const double field[3] = { 0.3, -0.2, 0.5 };

/* All atoms of all pieces added up by their global numbers: what a host's reverse communication
 * does. */
static void gather(const piece *pieces, int n_pieces, int width, size_t member, double *total)
{
    memset(total, 0, (size_t)(N_ATOMS * width) * sizeof *total);
    for (int r = 0; r < n_pieces; r++) {
        const double *values = *(double *const *)((const char *)&pieces[r] + member);
        for (int64_t i = 0; i < pieces[r].atoms.n_all; i++)
            for (int k = 0; k < width; k++)
                total[pieces[r].global[i] * width + k] += values[i * width + k];
    }
}

static lrpot_status staged_evaluation(piece *p, lrpot_workspace *work, const lrpot_comm *comm,
                                      lrpot_outputs *out)
{
    const lrpot_charges *charges = lrpot_potential_charges(p->potential);
    double *q = calloc((size_t)p->atoms.n_all, sizeof *q);
    lrpot_outputs coulomb = *out;
    coulomb.flags = LRPOT_ADD;
    coulomb.charges = coulomb.dipole = NULL;
    lrpot_status status = lrpot_potential_local(p->potential, work, &p->atoms, p->list, out);
    if (status == LRPOT_OK && charges != NULL) {
        status = lrpot_charges_eval(charges, work, &p->atoms, p->list, comm, q);
        if (status == LRPOT_OK) status = comm->forward(comm->ctx, q, 1);
        if (status == LRPOT_OK)
            status = lrpot_ewald_eval(lrpot_potential_ewald(p->potential), work, &p->atoms, p->list,
                                      comm, q, &coulomb);
        if (status == LRPOT_OK)
            status =
                lrpot_charges_pull(charges, work, &p->atoms, p->list, comm, p->potentials, out);
        memcpy(p->charges, q, (size_t)p->atoms.n_owned * sizeof *q);
    }
    free(q);
    return status;
}

static int is_density(const lrpot_potential *potential)
{
    return lrpot_charges_kind(lrpot_potential_charges(potential)) == LRPOT_CHARGES_DENSITY;
}

/* Velocities are functions of the atoms' numbers. */
static void fill_velocities(int64_t n, const int64_t *global, double *velocities)
{
    for (int64_t k = 0; k < 3 * n; k++)
        velocities[k] = sin(1.7 * (double)(3 * (global != NULL ? global[k / 3] : k / 3) + k % 3));
}

/* Energy and virial at a given displacement field, of the same crystal without net charge. */
static lrpot_status stress(const lrpot_potential *potential, lrpot_workspace *work,
                           const lrpot_atoms *atoms, const lrpot_nlist *list,
                           const lrpot_comm *comm, double *stress_of_field)
{
    int32_t kind = lrpot_charges_kind(lrpot_potential_charges(potential));
    int keeps = kind == LRPOT_CHARGES_QRD || kind == LRPOT_CHARGES_EDQRD
                || kind == LRPOT_CHARGES_LATENT;
    lrpot_field uniform = LRPOT_FIELD_INIT;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    lrpot_atoms neutral = *atoms;
    neutral.total_charge = 0;
    if (!keeps || atoms->periodic_mask != LRPOT_PERIODIC_ALL) return LRPOT_OK;
    uniform.kind = LRPOT_FIELD_DISPLACEMENT;
    memcpy(uniform.value, field, sizeof uniform.value);
    out.energy = stress_of_field + 9;
    out.virial = stress_of_field;
    return lrpot_response_field_forces(potential, work, &neutral, list, comm, &uniform, &out);
}

static lrpot_status respond(const lrpot_potential *potential, lrpot_workspace *work,
                            const lrpot_atoms *atoms, const lrpot_nlist *list,
                            const lrpot_comm *comm, const int64_t *global, double *forces,
                            double *current)
{
    double velocities[3 * N_ATOMS];
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    int32_t kind = lrpot_charges_kind(lrpot_potential_charges(potential));
    if (is_density(potential)) { /* derivatives of a sum of charges in place of those in a field */
        out.forces = forces;
        for (int64_t i = 0; i < atoms->n_owned; i++)
            velocities[i] = sin(1.7 * (double)(global != NULL ? global[i] : i));
        return lrpot_charges_pull(lrpot_potential_charges(potential), work, atoms, list, comm,
                                  velocities, &out);
    }
    if (kind == LRPOT_CHARGES_NONE
        || (kind == LRPOT_CHARGES_EQUILIBRATED && atoms->periodic_mask != 0))
        return LRPOT_OK;
    lrpot_field uniform = LRPOT_FIELD_INIT;
    memcpy(uniform.value, field, sizeof uniform.value);
    out.forces = forces;
    fill_velocities(atoms->n_owned, global, velocities);
    lrpot_status status =
        lrpot_response_field_forces(potential, work, atoms, list, comm, &uniform, &out);
    return status == LRPOT_OK ? lrpot_response_current(potential, work, atoms, list, comm,
                                                       velocities, NULL, current)
                              : status;
}

static lrpot_status heat_flux(const lrpot_potential *potential, lrpot_workspace *work,
                              const lrpot_atoms *atoms, const lrpot_nlist *list,
                              const lrpot_comm *comm, const int64_t *global, double *flux)
{
    double velocities[3 * N_ATOMS], masses[N_ATOMS];
    lrpot_heat_flux found = LRPOT_HEAT_FLUX_INIT;
    int32_t kind = lrpot_charges_kind(lrpot_potential_charges(potential));
    int partly = atoms->periodic_mask != 0 && atoms->periodic_mask != LRPOT_PERIODIC_ALL;
    if (kind == LRPOT_CHARGES_EQUILIBRATED || (kind != LRPOT_CHARGES_NONE && partly)
        || is_density(potential))
        return LRPOT_OK;
    fill_velocities(atoms->n_owned, global, velocities);
    for (int64_t i = 0; i < atoms->n_owned; i++) masses[i] = 1000 * (1 + atoms->species[i]);
    lrpot_status status =
        lrpot_potential_heat_flux(potential, work, atoms, list, comm, velocities, masses, &found);
    memcpy(flux, found.flux, sizeof found.flux);
    return status;
}

enum { MAX_TENSORS = 4 };

/* All models' forces together, and their currents. */
static lrpot_status respond_by_tensors(lrpot_tensor_model *const *tensors, lrpot_workspace *work,
                                       const lrpot_atoms *atoms, const lrpot_nlist *list,
                                       const lrpot_comm *comm, const int64_t *global,
                                       double *forces, double *current)
{
    double velocities[3 * N_ATOMS], part[3];
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    lrpot_status status = LRPOT_OK;
    out.flags = LRPOT_ADD;
    out.forces = forces;
    fill_velocities(atoms->n_owned, global, velocities);
    for (int k = 0; k < MAX_TENSORS && status == LRPOT_OK; k++) {
        lrpot_atoms seen = *atoms;
        if (k == LRPOT_TENSORS_DIPOLE)
            seen.total_charge = 0; /* others have no dipole of their own */
        if (tensors[k] == NULL) continue;
        status = lrpot_tensor_model_field_forces(tensors[k], work, &seen, list, comm, field, &out);
        if (status == LRPOT_OK)
            status =
                lrpot_tensor_model_current(tensors[k], work, &seen, list, comm, velocities, part);
        for (int a = 0; a < 3 && status == LRPOT_OK; a++) current[a] += part[a];
    }
    return status;
}

/* Charges, potentials and capacitances of fragments, where one is held. */
static lrpot_status measure_held(const lrpot_potential *potential, lrpot_workspace *work,
                                 const lrpot_atoms *atoms, const lrpot_nlist *list,
                                 const lrpot_comm *comm, double *held)
{
    const lrpot_charges *charges = lrpot_potential_charges(potential);
    if (atoms->fragment_potentials == NULL) return LRPOT_OK;
    lrpot_status status = lrpot_charges_fragments(charges, work, atoms, list, comm, held, held + 3);
    return status == LRPOT_OK
               ? lrpot_charges_capacitance(charges, work, atoms, list, comm, held + 6)
               : status;
}

static void *run_piece(void *ctx)
{
    piece *p = ctx;
    lrpot_workspace *work = NULL;
    lrpot_comm comm = LRPOT_COMM_INIT;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    comm.ctx = p;
    comm.sum = sum_over_pieces;
    comm.forward = owned_to_ghosts;
    comm.reverse = ghosts_to_owners;
    if (p->shares) {
        comm.exchange = exchange_among_pieces;
        comm.rank = p->rank;
        comm.size = p->net->n_pieces;
    }
    out.energy = &p->energy, out.energy_atom = p->energy_atom, out.forces = p->forces,
    out.virial = p->virial;
    out.virial_atom = is_density(p->potential) ? NULL : p->virial_atom;
    out.potential = p->potentials;
    if (!p->staged) out.charges = p->charges, out.dipole = p->dipole;
    p->status = lrpot_workspace_create(&work, 1);
    if (p->status == LRPOT_OK)
        p->status = p->staged ? staged_evaluation(p, work, &comm, &out)
                              : lrpot_potential_compute(p->potential, work, &p->atoms, p->list,
                                                        &comm, &out);
    if (p->status == LRPOT_OK)
        p->status = respond(p->potential, work, &p->atoms, p->list, &comm, p->global,
                            p->field_forces, p->current);
    if (p->status == LRPOT_OK)
        p->status = stress(p->potential, work, &p->atoms, p->list, &comm, p->stress);
    if (p->status == LRPOT_OK)
        p->status = heat_flux(p->potential, work, &p->atoms, p->list, &comm, p->global, p->flux);
    if (p->status == LRPOT_OK)
        p->status = respond_by_tensors(p->tensors, work, &p->atoms, p->list, &comm, p->global,
                                       p->tensor_forces, p->tensor_current);
    if (p->status == LRPOT_OK)
        p->status = measure_held(p->potential, work, &p->atoms, p->list, &comm, p->held);
    if (p->status != LRPOT_OK) lrpot_last_error_copy(p->message, sizeof p->message);
    lrpot_workspace_free(work);
    return NULL;
}

typedef struct {
    double energy, virial[9], dipole[3], forces[3 * N_ATOMS], charges[N_ATOMS], potential[N_ATOMS],
        energy_atom[N_ATOMS], virial_atom[9 * N_ATOMS];
    double field_forces[3 * N_ATOMS], current[3], tensor_forces[3 * N_ATOMS], tensor_current[3],
        stress[10], held[HELD_NUMBERS], flux[3];
} whole_results;

static void check_pieces(const piece *pieces, int n_pieces, const whole_results *serial, int staged)
{
    double energy = 0, virial[9] = { 0 }, dipole[3] = { 0 }, current[3] = { 0 },
           tensor_current[3] = { 0 };
    double forces[3 * N_ATOMS], virial_atom[9 * N_ATOMS];
    for (int r = 0; r < n_pieces; r++) {
        const piece *p = &pieces[r];
        ck_assert_msg(p->status == LRPOT_OK, "piece %d: %s: %s", r, lrpot_status_name(p->status),
                      p->message);
        energy += p->energy;
        for (int k = 0; k < 9; k++) virial[k] += p->virial[k];
        for (int a = 0; a < 3; a++)
            dipole[a] += p->dipole[a], current[a] += p->current[a],
                tensor_current[a] += p->tensor_current[a];
        for (int k = 0; k < HELD_NUMBERS; k++) ck_close(p->held[k], serial->held[k], TOL_REF, 1.0);
        for (int64_t i = 0; i < p->atoms.n_owned; i++) {
            ck_close(p->charges[i], serial->charges[p->global[i]], TOL_REF, 1.0);
            ck_close(p->potentials[i], serial->potential[p->global[i]], TOL_REF, 10.0);
            ck_close(p->energy_atom[i], serial->energy_atom[p->global[i]], TOL_REF, 10.0);
        }
    }
    for (int k = 0; k < 10; k++) {
        double sum = 0;
        for (int r = 0; r < n_pieces; r++) sum += pieces[r].stress[k];
        ck_close(sum, serial->stress[k], TOL_REF, 10.0);
    }
    for (int a = 0; a < 3; a++) {
        double sum = 0;
        for (int r = 0; r < n_pieces; r++) sum += pieces[r].flux[a];
        ck_close(sum, serial->flux[a], TOL_REF, 100.0);
    }
    ck_close(energy, serial->energy, TOL_REF, 10.0);
    for (int a = 0; a < 3 && !staged; a++) ck_close(dipole[a], serial->dipole[a], TOL_REF, 10.0);
    for (int k = 0; k < 9; k++)
        ck_close(virial[k], serial->virial[k], TOL_REF, models_largest(serial->virial, 9));
    gather(pieces, n_pieces, 3, offsetof(piece, forces), forces);
    for (int k = 0; k < 3 * N_ATOMS; k++)
        ck_close(forces[k], serial->forces[k], TOL_REF,
                 models_largest(serial->forces, 3 * N_ATOMS));
    for (int a = 0; a < 3; a++) ck_close(current[a], serial->current[a], TOL_REF, 1.0);
    gather(pieces, n_pieces, 3, offsetof(piece, field_forces), forces);
    for (int k = 0; k < 3 * N_ATOMS; k++)
        ck_close(forces[k], serial->field_forces[k], TOL_REF, 1.0);
    gather(pieces, n_pieces, 3, offsetof(piece, tensor_forces), forces);
    for (int k = 0; k < 3 * N_ATOMS; k++)
        ck_close(forces[k], serial->tensor_forces[k], TOL_REF,
                 models_largest(serial->tensor_forces, 3 * N_ATOMS));
    for (int a = 0; a < 3; a++)
        ck_close(tensor_current[a], serial->tensor_current[a], TOL_REF,
                 models_largest(serial->tensor_forces, 3 * N_ATOMS));
    gather(pieces, n_pieces, 9, offsetof(piece, virial_atom), virial_atom);
    /* Shares of the virial across a slab or a wire depend on the split, which is another one where
     * lists are lent. */
    int32_t mask = pieces[0].atoms.periodic_mask;
    int partly = mask != 0 && mask != LRPOT_PERIODIC_ALL;
    for (int k = 0; k < 9 * N_ATOMS && !partly; k++)
        ck_close(virial_atom[k], serial->virial_atom[k], TOL_REF,
                 models_largest(serial->virial_atom, 9 * N_ATOMS));
}

static void check_cut(const lrpot_potential *potential, lrpot_tensor_model *const *tensors,
                      const lrpot_atoms *whole, const lrpot_nlist *list, double cutoff,
                      int n_pieces, int staged, int shares, const whole_results *serial)
{
    network net = { .n_pieces = n_pieces };
    piece *pieces = calloc(MAX_PIECES, sizeof *pieces);
    pthread_t threads[MAX_PIECES];
    pthread_barrier_init(&net.barrier, NULL, (unsigned)n_pieces);
    pthread_mutex_init(&net.lock, NULL);
    for (int r = 0; r < n_pieces; r++) {
        pieces[r] = (piece){ .net = &net,
                             .rank = r,
                             .potential = potential,
                             .tensors = tensors,
                             .staged = staged,
                             .shares = shares };
        cut(&pieces[r], whole, list, cutoff);
    }
    for (int r = 0; r < n_pieces; r++) pthread_create(&threads[r], NULL, run_piece, &pieces[r]);
    for (int r = 0; r < n_pieces; r++) pthread_join(threads[r], NULL);
    check_pieces(pieces, n_pieces, serial, staged);
    for (int r = 0; r < n_pieces; r++) discard(&pieces[r]);
    free(pieces);
    pthread_barrier_destroy(&net.barrier);
    pthread_mutex_destroy(&net.lock);
}

enum { WHOLE, IN_FRAGMENTS, HELD, SLAB, WIRE };

/* Random tensor models of the kinds that the charges and the boundary allow. */
static void make_tensors(support_random *random, const lrpot_potential *potential, int32_t kind,
                         const lrpot_atoms *atoms, lrpot_tensor_model **tensors)
{
    int32_t mask = atoms->periodic_mask;
    int coupled = kind != LRPOT_CHARGES_NONE && atoms->fragment_potentials == NULL
                  && (kind != LRPOT_CHARGES_EQUILIBRATED || mask == 0);
    const int wanted[MAX_TENSORS] = {
        [LRPOT_TENSORS_INDEPENDENT] = atoms->fragment_potentials == NULL,
        [LRPOT_TENSORS_DIPOLE] = mask == 0 && atoms->fragments == NULL,
        [LRPOT_TENSORS_GLOBAL] = coupled,
        [LRPOT_TENSORS_LOCAL] = coupled && (mask == 0 || mask == LRPOT_PERIODIC_ALL)
    };
    for (int32_t k = 0; k < MAX_TENSORS; k++) {
        lrpot_tensor_options options = LRPOT_TENSOR_OPTIONS_INIT;
        double *params = NULL;
        options.symbols = model_symbols;
        options.n_species = MODEL_SPECIES;
        options.kind = k;
        options.levels[0] = options.levels[1] = 6;
        options.min_distance = 1.2;
        options.cutoff = 3.6;
        options.potential = k == LRPOT_TENSORS_GLOBAL || k == LRPOT_TENSORS_LOCAL ? potential
                                                                                  : NULL;
        if (!wanted[k]) continue;
        ck_ok(lrpot_tensor_model_create(&tensors[k], &options));
        int64_t n = lrpot_tensor_model_param_count(tensors[k]);
        params = calloc((size_t)n, sizeof *params);
        for (int64_t i = 0; i < n; i++) params[i] = support_uniform(random, -0.2, 0.2);
        ck_ok(lrpot_tensor_model_set_params(tensors[k], n, params));
        free(params);
    }
}

static void check_model(support_random random, lrpot_potential *potential, int32_t kind, int cell,
                        int special)
{
    lrpot_tensor_model *tensors[MAX_TENSORS] = { NULL };
    lrpot_structure *structure = models_random_structure(&random, cell, N_ATOMS, 0.9);
    /* Beyond the model's, so that lists hold entries to be skipped; an isolated Coulomb sum needs
     * all other atoms as ghosts. */
    double cutoff = cell == CELL_NONE ? 100.0
                    : kind == LRPOT_CHARGES_EQUILIBRATED || kind == LRPOT_CHARGES_DENSITY
                        ? 11.5
                        : 6.0; /* as far as Gaussians of 1 A reach */
    int32_t species[N_ATOMS];
    whole_results serial = { 0 };
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_nlist *list = NULL;
    lrpot_workspace *work = NULL;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.energy = &serial.energy, out.virial = serial.virial, out.dipole = serial.dipole,
    out.forces = serial.forces;
    out.charges = serial.charges, out.potential = serial.potential,
    out.energy_atom = serial.energy_atom;
    if (kind != LRPOT_CHARGES_DENSITY) out.virial_atom = serial.virial_atom;
    if (special == SLAB || special == WIRE) {
        double box[9];
        memcpy(box, lrpot_structure_cell(structure), sizeof box);
        ck_ok(lrpot_structure_set_cell(structure, box, special == SLAB ? 3 : 1));
    }
    if (special == IN_FRAGMENTS || special == HELD) {
        double fragments[N_ATOMS];
        const double charges[3] = { 0.5, 1.0, -0.6 }, potentials[3] = { 0.4, NAN, -0.2 };
        for (int i = 0; i < N_ATOMS; i++)
            fragments[i] = i * i % 3 + (i % 5 == 0); /* no piece has whole ones */
        ck_ok(lrpot_structure_set(structure, LRPOT_QUANTITY_FRAGMENT, fragments));
        ck_ok(lrpot_structure_set_fragment_charges(structure, 3, charges));
        if (special == HELD)
            ck_ok(lrpot_structure_set_fragment_potentials(structure, 3, potentials,
                                                          LRPOT_POTENTIALS_SHARED));
    }
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot_structure_view(structure, MODEL_SPECIES, model_symbols, species, &atoms));
    ck_ok(lrpot_nlist_build(&list, &atoms, cutoff, 0));
    ck_ok(lrpot_potential_compute(potential, work, &atoms, list, NULL, &out));
    ck_ok(respond(potential, work, &atoms, list, NULL, NULL, serial.field_forces, serial.current));
    ck_ok(stress(potential, work, &atoms, list, NULL, serial.stress));
    ck_ok(heat_flux(potential, work, &atoms, list, NULL, NULL, serial.flux));
    if (kind == LRPOT_CHARGES_EDQRD && atoms.periodic_mask == LRPOT_PERIODIC_ALL)
        ck_assert(serial.stress[9] > 0);
    ck_ok(measure_held(potential, work, &atoms, list, NULL, serial.held));
    ck_assert(special != HELD || serial.held[6] > 1e-3);
    if (kind != LRPOT_CHARGES_DENSITY) make_tensors(&random, potential, kind, &atoms, tensors);
    ck_ok(respond_by_tensors(tensors, work, &atoms, list, NULL, NULL, serial.tensor_forces,
                             serial.tensor_current));
    int most = kind == LRPOT_CHARGES_DENSITY ? 5 : MAX_PIECES; /* their messages are many */
    for (int n_pieces = 2; n_pieces <= most; n_pieces += 3)
        for (int way = 0; way < 2; way++)
            check_cut(potential, tensors, &atoms, list, cutoff, n_pieces,
                      way == 1 && kind != LRPOT_CHARGES_EQUILIBRATED
                          && kind != LRPOT_CHARGES_DENSITY,
                      way, &serial);
    for (int k = 0; k < MAX_TENSORS; k++) lrpot_tensor_model_free(tensors[k]);
    lrpot_nlist_free(list);
    lrpot_workspace_free(work);
    lrpot_structure_free(structure);
    lrpot_potential_free(potential);
}

static void check_kind(int32_t kind, int cell, int special)
{
    support_random random = { 2100 + (uint64_t)(10 * kind + cell) };
    lrpot_potential *potential = models_random_potential(&random, kind);
    check_model(random, potential, kind, cell, special);
}

/* order: of the moments; widths of their Gaussians. */
static void check_density(int32_t order, int32_t response, int32_t widths, int cell, int special)
{
    support_random random = { 2300 + (uint64_t)(100 * order + 10 * widths + cell) };
    static const double gaussians[MODEL_SPECIES] = { 0.9, 0.7, 0.8 };
    lrpot_charges_options charges = LRPOT_CHARGES_OPTIONS_INIT;
    charges.tolerance = 1e-12;
    charges.widths = gaussians; /* alike they would have no pairs */
    charges.order = order, charges.response = response, charges.reach = 3.5;
    charges.features = response == LRPOT_RESPONSE_NONE ? 0 : widths * (order + 1) * (order + 1);
    charges.spread = 0.5;
    lrpot_potential *potential = models_random_with(&random, LRPOT_CHARGES_DENSITY, &charges);
    check_model(random, potential, LRPOT_CHARGES_DENSITY, cell, special);
}

/* Every response, with the orders in turns. */
START_TEST(pieces_of_a_density_add_up_to_the_whole)
{
    static const int responses[3] = { LRPOT_RESPONSE_BONDS, LRPOT_RESPONSE_ATOMS,
                                      LRPOT_RESPONSE_NONE };
    check_density((_i + _i / 3 + 1) % 3, responses[_i % 3], 1, CELL_TRICLINIC, WHOLE);
}
END_TEST

START_TEST(pieces_of_a_density_of_two_widths_add_up_to_the_whole)
{
    check_density(1, LRPOT_RESPONSE_BONDS, 2, CELL_CUBIC, WHOLE);
}
END_TEST

/* Dipoles first, which are the ones of a short run. */
START_TEST(pieces_of_densities_in_other_boundaries_add_up_to_the_whole)
{
    int32_t order = (_i + 1) % 3;
    check_density(order, LRPOT_RESPONSE_BONDS, 1, CELL_NONE, WHOLE);
    check_density(order, LRPOT_RESPONSE_BONDS, 1, CELL_TRICLINIC, SLAB);
    check_density(order, LRPOT_RESPONSE_BONDS, 1, CELL_TRICLINIC, WIRE);
}
END_TEST

START_TEST(fragments_and_electrodes_of_a_density_may_lie_in_several_pieces)
{
    int32_t order = (_i + 1) % 3;
    check_density(order, LRPOT_RESPONSE_BONDS, 1, CELL_TRICLINIC, IN_FRAGMENTS);
    check_density(order, LRPOT_RESPONSE_ATOMS, 1, CELL_NONE, HELD);
}
END_TEST

START_TEST(pieces_of_a_box_add_up_to_the_whole)
{
    check_kind(_i, CELL_CUBIC, WHOLE);
    check_kind(_i, CELL_TRICLINIC, WHOLE);
}
END_TEST

START_TEST(pieces_of_a_molecule_add_up_to_the_whole)
{
    check_kind(_i, CELL_NONE, WHOLE);
}
END_TEST

START_TEST(pieces_of_a_slab_add_up_to_the_whole)
{
    check_kind(_i, CELL_TRICLINIC, SLAB);
}
END_TEST

START_TEST(pieces_of_a_wire_add_up_to_the_whole)
{
    check_kind(_i, CELL_TRICLINIC, WIRE);
}
END_TEST

START_TEST(electrodes_may_lie_in_several_pieces)
{
    check_kind(LRPOT_CHARGES_EQUILIBRATED, CELL_NONE, HELD);
}
END_TEST

START_TEST(fragments_may_lie_in_several_pieces)
{
    check_kind(LRPOT_CHARGES_EQUILIBRATED, CELL_TRICLINIC, IN_FRAGMENTS);
    check_kind(LRPOT_CHARGES_EQUILIBRATED, CELL_NONE, IN_FRAGMENTS);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("domains");
    TCase *tcase = tcase_create("domains");
    tcase_set_timeout(tcase, 120);
    support_add_cases(tcase, pieces_of_a_box_add_up_to_the_whole, LRPOT_CHARGES_NONE,
                      LRPOT_CHARGES_EQUILIBRATED + 1);
    support_add_cases(tcase, pieces_of_a_box_add_up_to_the_whole,
                      MODELS_WITH_HIDDEN + LRPOT_CHARGES_EDQ,
                      MODELS_WITH_HIDDEN + LRPOT_CHARGES_LATENT + 1);
    support_add_cases(tcase, pieces_of_a_molecule_add_up_to_the_whole, LRPOT_CHARGES_NONE,
                      LRPOT_CHARGES_EQUILIBRATED + 1);
    support_add_cases(tcase, pieces_of_a_slab_add_up_to_the_whole, LRPOT_CHARGES_NONE,
                      LRPOT_CHARGES_EQUILIBRATED + 1);
    support_add_cases(tcase, pieces_of_a_wire_add_up_to_the_whole, LRPOT_CHARGES_NONE,
                      LRPOT_CHARGES_EQUILIBRATED + 1);
    tcase_add_test(tcase, fragments_may_lie_in_several_pieces);
    tcase_add_test(tcase, electrodes_may_lie_in_several_pieces);
    TCase *densities = tcase_create("densities"), *slow = tcase_create("slow");
    tcase_set_timeout(densities, 240);
    support_add_cases(densities, pieces_of_a_density_add_up_to_the_whole, 0, 1);
    tcase_set_tags(slow, "slow");
    tcase_set_timeout(slow, 240);
    support_add_sampled(slow, pieces_of_a_density_add_up_to_the_whole, 1, 9, 2);
    tcase_add_test(slow, pieces_of_a_density_of_two_widths_add_up_to_the_whole);
    support_add_sampled(slow, pieces_of_densities_in_other_boundaries_add_up_to_the_whole, 0, 3, 3);
    support_add_sampled(slow, fragments_and_electrodes_of_a_density_may_lie_in_several_pieces, 0, 3,
                        3);
    suite_add_tcase(suite, slow);
    suite_add_tcase(suite, densities);
    suite_add_tcase(suite, tcase);
    return suite;
}
