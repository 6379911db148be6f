#include "pair_lrpot.h"

#include "versions.h"

#include <atom.h>
#include <domain.h>
#include <error.h>
#include <force.h>
#include <memory.h>
#include <neigh_list.h>
#include <update.h>

#include <algorithm>
#include <climits>
#include <cstring>

using namespace LAMMPS_NS;

namespace
{

/* Widest arrays that go to the ghosts, quadrupoles, and come back, Born charges. LAMMPS sizes its
 * buffers by them. */
constexpr int widest_exchange = 9;

/* Species of the types that pair_coeff gives NULL. */
constexpr int32_t no_species = -1;

/* Messages to LAMMPS are finished strings: the other forms need its copy of fmt, which Debian does
 * not ship. */
std::string library_message(const char *what, lrpot_status status)
{
    std::string message = std::string("Pair style lrpot: ") + what + ": ";
    return message + (status < 0 ? "a communication failed" : lrpot_last_error());
}

/* First element of a LAMMPS array of rows, which are contiguous. */
double *first(double **rows)
{
    return rows != nullptr ? rows[0] : nullptr;
}

} // namespace

PairLrpot::PairLrpot(LAMMPS *host) : Pair(host)
{
    single_enable = 0;
    one_coeff = 1;
    manybody_flag = 1;
    restartinfo = 1;
    no_virial_fdotr_compute = 1; /* the reciprocal part is no sum of f.r */
    centroidstressflag = CENTROID_AVAIL;
    comm_forward = widest_exchange;
    comm_reverse = widest_exchange;
    atoms_ = LRPOT_ATOMS_INIT;
    comm_ = LRPOT_COMM_INIT;
    comm_.ctx = this;
    comm_.forward = forward;
    comm_.reverse = reverse;
    /* One process needs no sums, and the library may then choose its own range in real space. */
    if (comm->nprocs == 1) return;
    comm_.sum = sum;
    comm_.exchange = exchange;
    comm_.rank = comm->me;
    comm_.size = comm->nprocs;
    messages_.resize(4 * comm->nprocs);
}

PairLrpot::~PairLrpot()
{
    if (!allocated) return;
    memory->destroy(setflag);
    memory->destroy(cutsq);
}

void PairLrpot::allocate()
{
    int n = atom->ntypes + 1;
    memory->create(setflag, n, n, "pair:setflag");
    memory->create(cutsq, n, n, "pair:cutsq");
    for (int i = 1; i < n; i++)
        for (int j = 1; j < n; j++) setflag[i][j] = 0;
    allocated = 1;
}

/* Input script; the settings are read in pair_lrpot_settings.cpp. */

void PairLrpot::coeff(int narg, char **arg)
{
    if (!allocated) allocate();
    if (narg < 3 || strcmp(arg[0], "*") != 0 || strcmp(arg[1], "*") != 0)
        error->all(FLERR,
                   std::string("Pair style lrpot: expected 'pair_coeff * * MODEL ELEMENT ...'"));
    if (narg != 3 + atom->ntypes)
        error->all(FLERR, "Pair style lrpot: pair_coeff names " + std::to_string(narg - 3)
                              + " elements, there are " + std::to_string(atom->ntypes)
                              + " atom types");
    path_ = arg[2];
    names_.assign(arg + 3, arg + narg);
    if (std::count(names_.begin(), names_.end(), "NULL") == atom->ntypes)
        error->all(FLERR, std::string("Pair style lrpot: pair_coeff gives NULL to all atom types"));
    load();
}

/* Index in a file's list of species for each atom type; NULL stands for a type without atoms. */
void PairLrpot::map_types(const std::string &path, int32_t n, const char *const *symbols,
                          std::vector<int32_t> &species)
{
    std::string known;
    for (int32_t z = 0; z < n; z++) known += std::string(" ") + symbols[z];
    species.assign(names_.size() + 1, 0);
    for (size_t type = 1; type <= names_.size(); type++) {
        if (names_[type - 1] == "NULL") {
            species[type] = no_species;
            continue;
        }
        const char *const *found = std::find(symbols, symbols + n, names_[type - 1]);
        if (found == symbols + n)
            error->all(FLERR, "Pair style lrpot: element '" + names_[type - 1] + "' of atom type "
                                  + std::to_string(type) + " is not in the model " + path
                                  + ", which has" + known);
        species[type] = static_cast<int32_t>(found - symbols);
    }
}

/* Their own workspace: a coupled model brings charges of its own. */
void PairLrpot::load_tensors()
{
    tensors_.reset();
    tensor_work_.reset();
    if (tensor_path_.empty()) return;
    lrpot_tensor_model *tensors = nullptr;
    lrpot_workspace *work = nullptr;
    lrpot_tensor_options options = LRPOT_TENSOR_OPTIONS_INIT;
    lrpot_status status = lrpot_tensor_model_load(&tensors, tensor_path_.c_str());
    if (status != LRPOT_OK) error->all(FLERR, library_message("cannot load the tensors", status));
    tensors_.reset(tensors);
    status = lrpot_tensor_model_get_options(tensors, &options);
    if (status == LRPOT_OK) status = lrpot_workspace_create(&work, comm->nthreads);
    if (status != LRPOT_OK) error->all(FLERR, library_message("tensors", status));
    tensor_work_.reset(work);
    tensor_kind_ = options.kind;
    map_types(tensor_path_, options.n_species, options.symbols, tensor_species_of_type_);
}

void PairLrpot::load()
{
    lrpot_potential *model = nullptr;
    lrpot_workspace *work = nullptr;
    lrpot_status status = lrpot_potential_load(&model, path_.c_str());
    if (status != LRPOT_OK) error->all(FLERR, library_message("cannot load the model", status));
    model_.reset(model);
    const int32_t kind = lrpot_charges_kind(lrpot_potential_charges(model));
    /* the owners of ghosts save messages where they are on this rank */
    owned_ghosts_ = (lrpot_charges_kind_traits(kind) & LRPOT_CHARGES_TAKES_MOMENTS) != 0
                    && comm->nprocs == 1;
    if (charged()) {
        status = lrpot_potential_set_accuracy(model, accuracy_);
        if (status != LRPOT_OK) error->all(FLERR, library_message("accuracy", status));
    }
    status = lrpot_potential_set_precision(model, precision_);
    if (status != LRPOT_OK) error->all(FLERR, library_message("precision", status));
    map_types(path_, lrpot_potential_species_count(model), lrpot_potential_symbols(model),
              species_of_type_);
    load_tensors();
    status = lrpot_workspace_create(&work, comm->nthreads);
    if (status != LRPOT_OK) error->all(FLERR, library_message("workspace", status));
    work_.reset(work);
    /* hybrid styles give the pairs of other types to other styles; LAMMPS itself wants all set */
    const bool alone = force->pair_match("^hybrid", 0) == nullptr;
    for (int i = 1; i <= atom->ntypes; i++)
        for (int j = i; j <= atom->ntypes; j++)
            setflag[i][j] =
                alone || (species_of_type_[i] != no_species && species_of_type_[j] != no_species);
}

int32_t PairLrpot::periodicity() const
{
    return (domain->xperiodic ? 1 : 0) | (domain->yperiodic ? 2 : 0) | (domain->zperiodic ? 4 : 0);
}

/* The Coulomb sum of a layer or a wire is another one than that of a crystal: who wants it says so.
 */
void PairLrpot::check_boundary()
{
    const int count = domain->xperiodic + domain->yperiodic + domain->zperiodic;
    const std::string here = "Pair style lrpot: the boundary is periodic along "
                             + std::to_string(count) + (count == 1 ? " direction" : " directions");
    if (slab_ && count != 2)
        error->all(FLERR, here + ", keyword 'slab' is for two, as in 'boundary p p f'");
    if (wire_ && count != 1)
        error->all(FLERR, here + ", keyword 'wire' is for one, as in 'boundary f f p'");
    if (!charged()) return;
    if (count == 1 && !wire_)
        error->all(FLERR, here
                              + ": a model with charges needs keyword 'wire' there, as in "
                                "'pair_style lrpot wire'");
    if (count == 2 && !slab_)
        error->all(FLERR, here
                              + ": a model with charges needs keyword 'slab' there, as in "
                                "'pair_style lrpot slab'");
}

/* A model needs every neighbor of an atom: a list without some gives other energies, silently. */
void PairLrpot::check_neighbors()
{
    if (neighbor->nex_type + neighbor->nex_group + neighbor->nex_mol > 0)
        error->all(FLERR, std::string("Pair style lrpot: neigh_modify exclude takes pairs out of "
                                      "the neighbor list, and a model needs all neighbors of an "
                                      "atom; atoms are kept in place by fix setforce 0 0 0"));
    if (neighbor->includegroup != 0)
        error->all(FLERR, std::string("Pair style lrpot: neigh_modify include takes atoms out of "
                                      "the neighbor list, and a model needs them all"));
    if (atom->molecular == 0 || atom->nbonds == 0 || force->kspace != nullptr) return;
    for (int level = 1; level < 4; level++)
        if (force->special_lj[level] == 0.0 && force->special_coul[level] == 0.0)
            error->all(FLERR, "Pair style lrpot: special_bonds takes the 1-"
                                  + std::to_string(level + 1)
                                  + " pairs of bonded atoms out of the neighbor list, and a model "
                                    "needs all neighbors; give special_bonds lj/coul 1 1 1");
}

bool PairLrpot::charges_follow() const
{
    return lrpot_charges_follow(lrpot_potential_charges(model_.get()));
}

void PairLrpot::init_style()
{
    if (strcmp(update->unit_style, "metal") != 0)
        error->all(FLERR, std::string("Pair style lrpot: units are '") + update->unit_style
                              + "', the style needs 'units metal' (A, eV, ps)");
    if (force->newton_pair == 0)
        error->all(FLERR, std::string("Pair style lrpot: needs 'newton on': forces on ghost atoms "
                                      "must go back to their owners"));
    if (domain->dimension != 3)
        error->all(FLERR, std::string("Pair style lrpot: the system must have 3 dimensions"));
    if (molecules_ && atom->molecule_flag == 0)
        error->all(FLERR, std::string("Pair style lrpot: 'fragments molecule' needs an atom style "
                                      "with molecule ids, such as full"));
    check_boundary();
    check_neighbors();
    check_field();
    if (!lrpot_lammps::request_full(neighbor, this, instance_me, 0))
        error->all(FLERR, std::string("Pair style lrpot: this version of LAMMPS keeps neighbor "
                                      "requests in a way that the style does not know"));
}

double PairLrpot::init_one(int i, int j)
{
    if (setflag[i][j] == 0)
        error->all(FLERR, std::string("Pair style lrpot: no pair_coeff command was given"));
    const double local = std::max(wanted_cutoff_, lrpot_potential_cutoff(model_.get()));
    return tensors_ ? std::max(local, lrpot_tensor_model_cutoff(tensors_.get())) : local;
}

/* A step. */

void PairLrpot::check(lrpot_status status, const char *what)
{
    if (status == LRPOT_OK) return;
    std::string message = library_message(what, status);
    if (molecules_ && message.find("fragment ") != std::string::npos)
        message += " (fragment k is molecule k + 1)";
    error->one(FLERR, message);
}

void PairLrpot::describe_atoms()
{
    const int n_all = atom->nlocal + atom->nghost;
    if (species_.size() < static_cast<size_t>(n_all)) species_.resize(n_all);
    for (int i = 0; i < n_all; i++) {
        species_[i] = species_of_type_[atom->type[i]];
        if (species_[i] == no_species)
            error->one(FLERR, "Pair style lrpot: an atom has type " + std::to_string(atom->type[i])
                                  + ", which pair_coeff gives NULL: a model needs an element for "
                                    "each atom, NULL is for types without atoms");
    }
    const double cell[9] = { domain->xprd, 0,          0,           domain->xy, domain->yprd, 0,
                             domain->xz,   domain->yz, domain->zprd };
    std::copy(cell, cell + 9, cell_);
    if (!domain->triclinic) cell_[3] = cell_[6] = cell_[7] = 0;
    atoms_.n_owned = atom->nlocal;
    atoms_.n_all = n_all;
    atoms_.positions = n_all > 0 ? first(atom->x) : nullptr;
    atoms_.species = species_.data();
    atoms_.periodic_mask = periodicity();
    atoms_.cell = atoms_.periodic_mask != 0 ? cell_ : nullptr;
    atoms_.total_charge = total_charge_;
    /* those of a pair_style before this one */
    atoms_.fragments = nullptr;
    atoms_.n_fragments = 0;
    atoms_.fragment_potentials = nullptr;
    if (molecules_) describe_molecules();
    if (owned_ghosts_) describe_ghosts();
}

/* The same atoms with the numbers that the tensors' file gives to their species. */
lrpot_atoms PairLrpot::atoms_of_tensors()
{
    lrpot_atoms atoms = atoms_;
    if (tensor_species_.size() < static_cast<size_t>(atoms.n_all))
        tensor_species_.resize(atoms.n_all);
    for (int64_t i = 0; i < atoms.n_all; i++)
        tensor_species_[i] = tensor_species_of_type_[atom->type[i]];
    atoms.species = tensor_species_.data();
    return atoms;
}

/* LAMMPS moves its arrays, if at all, when it builds the list anew. */
void PairLrpot::wrap_list()
{
    const void *const arrays[3] = { list->ilist, list->numneigh, list->firstneigh };
    if (rows_ && neighbor->ago > 0 && std::equal(arrays, arrays + 3, lent_)) return;
    lrpot_nlist *rows = nullptr;
    check(lrpot_nlist_wrap_rows(&rows, list->inum, list->ilist, list->numneigh, list->firstneigh,
                                NEIGHMASK, init_one(1, 1)),
          "neighbor list");
    rows_.reset(rows);
    std::copy(arrays, arrays + 3, lent_);
}

void PairLrpot::compute(int eflag, int vflag)
{
    ev_init(eflag, vflag);
    count_atoms();
    describe_atoms();
    wrap_list();
    const size_t n_owned = atoms_.n_owned, n_all = atoms_.n_all;
    const bool atom_virials = vflag_atom || cvflag_atom;
    double energy = 0, total_virial[9] = { 0 };
    charges_.assign(std::max<size_t>(n_owned, 1), 0.0);
    if (eflag_atom) energies_.assign(std::max<size_t>(n_owned, 1), 0.0);
    if (atom_virials) virials_.assign(9 * std::max<size_t>(n_all, 1), 0.0);
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.flags = LRPOT_ADD; /* to the forces of other styles */
    out.forces = first(atom->f);
    out.energy = eflag_global ? &energy : nullptr;
    out.energy_atom = eflag_atom ? energies_.data() : nullptr;
    out.virial = vflag_global ? total_virial : nullptr;
    out.virial_atom = atom_virials ? virials_.data() : nullptr;
    out.charges = charged() ? charges_.data() : nullptr;
    /* LAMMPS carries the charges of the step before with its atoms when it sorts them or sends them
     * to other ranks. */
    int32_t kind = lrpot_charges_kind(lrpot_potential_charges(model_.get()));
    if (atom->q_flag && (lrpot_charges_kind_traits(kind) & LRPOT_CHARGES_FLOW))
        check(lrpot_charges_set_guess(work_.get(), atoms_.n_owned, atom->q),
              "charges of the step before");
    if (has_field_ && (flowing() || acts_on_forces_alone())) act_with_field(out);
    else {
        check(lrpot_potential_compute(model_.get(), work_.get(), &atoms_, rows_.get(),
                                      communication(), &out),
              "step");
        if (has_field_) act_of_field(out);
    }
    tally(energy, total_virial);
    if (atom->q_flag && charged() && one_channel())
        std::copy(charges_.begin(), charges_.begin() + n_owned, atom->q);
}

/* LAMMPS orders the six components xx yy zz xy xz yz, the nine xx yy zz xy xz yz yx zx zy. */
void PairLrpot::tally(double energy, const double *total_virial)
{
    static const int order[9] = { 0, 4, 8, 1, 2, 5, 3, 6, 7 }, mirror[6] = { 0, 4, 8, 3, 6, 7 };
    if (eflag_global) eng_vdwl += energy;
    for (int c = 0; vflag_global && c < 6; c++)
        virial[c] += 0.5 * (total_virial[order[c]] + total_virial[mirror[c]]);
    for (int i = 0; eflag_atom && i < atoms_.n_owned; i++) eatom[i] += energies_[i];
    for (int i = 0; (vflag_atom || cvflag_atom) && i < atoms_.n_all; i++) {
        const double *v = &virials_[9 * static_cast<size_t>(i)];
        for (int c = 0; vflag_atom && c < 6; c++) vatom[i][c] += 0.5 * (v[order[c]] + v[mirror[c]]);
        for (int c = 0; cvflag_atom && c < 9; c++) cvatom[i][c] += v[order[c]];
    }
}

/* The dipole of all ranks as it can be followed: of charges that stay or of an isolated system sum
 * q r; else the integral of the current from the first call on, which starts there with sum q r. */
void PairLrpot::dipole_of_charges(double *dipole)
{
    for (int i = 0; i < atom->nlocal; i++) {
        double r[3];
        domain->unmap(atom->x[i], atom->image[i], r);
        for (int a = 0; a < 3; a++) dipole[a] += charges_[i] * r[a];
    }
}

/* This rank's share of current and dipole, and whether only the integral of the current follows the
 * dipole. */
bool PairLrpot::current_and_dipole(double *current, double *dipole)
{
    if (has_field_ && flowing())
        error->all(FLERR, std::string("Pair style lrpot: the current of charges that respond to a "
                                      "field is known without it only"));
    if (!tensors_) {
        check(lrpot_response_current(model_.get(), work_.get(), &atoms_, rows_.get(),
                                     communication(), first(atom->v), nullptr, current),
              "current");
        if (flowing() && periodicity() != 0) dipole_of_molecules(dipole);
        else dipole_of_charges(dipole);
        return integrates();
    }
    const lrpot_atoms atoms = atoms_of_tensors();
    lrpot_tensor_model *const tensors = tensors_.get();
    check(lrpot_tensor_model_current(tensors, tensor_work_.get(), &atoms, rows_.get(), &comm_,
                                     first(atom->v), current),
          "current");
    if (tensor_kind_ != LRPOT_TENSORS_DIPOLE) return true;
    check(lrpot_tensor_model_dipole(tensors, tensor_work_.get(), &atoms, rows_.get(), dipole),
          "dipole");
    return false;
}

const double *PairLrpot::track_dipole(double *current)
{
    double own[6] = { 0 }, all[6];
    const double time = now();
    const bool integrate = current_and_dipole(own, own + 3);
    MPI_Allreduce(own, all, 6, MPI_DOUBLE, MPI_SUM, world);
    if (following_) {
        std::copy(all, all + 3, current);
        return dipole_;
    }
    if (!integrate || !dipole_known_) std::copy(all + 3, all + 6, dipole_);
    else if (current_known_ && time > last_time_)
        for (int a = 0; a < 3; a++)
            dipole_[a] += 0.5 * (last_current_[a] + all[a]) * (time - last_time_);
    dipole_known_ = current_known_ = true;
    last_time_ = time;
    std::copy(all, all + 3, last_current_);
    std::copy(all, all + 3, current);
    return dipole_;
}

void PairLrpot::grade(const lrpot_active_set *set, double *grades)
{
    if (!rows_)
        error->all(
            FLERR,
            std::string(
                "Pair style lrpot: extrapolation grades are known after the first step only"));
    check(lrpot_active_set_grade(set, model_.get(), work_.get(), &atoms_, rows_.get(), grades),
          "extrapolation grade");
}

double PairLrpot::memory_usage()
{
    double bytes = Pair::memory_usage()
                   + (work_ ? static_cast<double>(lrpot_workspace_bytes(work_.get())) : 0.0);
    return bytes
           + sizeof(double) * (charges_.capacity() + energies_.capacity() + virials_.capacity())
           + sizeof(int32_t) * species_.capacity();
}

/* Communication. */

lrpot_status PairLrpot::sum(void *ctx, double *buffer, int64_t n)
{
    MPI_Comm world = static_cast<PairLrpot *>(ctx)->world;
    for (int64_t done = 0; done < n; done += INT_MAX / 2) {
        const int part = static_cast<int>(std::min<int64_t>(n - done, INT_MAX / 2));
        if (MPI_Allreduce(MPI_IN_PLACE, buffer + done, part, MPI_DOUBLE, MPI_SUM, world)
            != MPI_SUCCESS)
            return -1;
    }
    return LRPOT_OK;
}

lrpot_status PairLrpot::exchange(void *ctx, const double *send, const int64_t *send_counts,
                                 double *receive, const int64_t *receive_counts)
{
    PairLrpot *pair = static_cast<PairLrpot *>(ctx);
    const int ranks = pair->comm->nprocs;
    int *const lengths =
        pair->messages_.data(); /* counts sent, their places, counts received, their places */
    int64_t sent = 0, received = 0;
    for (int r = 0; r < ranks; r++) {
        lengths[r] = static_cast<int>(send_counts[r]);
        lengths[ranks + r] = static_cast<int>(sent);
        lengths[2 * ranks + r] = static_cast<int>(receive_counts[r]);
        lengths[3 * ranks + r] = static_cast<int>(received);
        sent += send_counts[r];
        received += receive_counts[r];
    }
    if (sent > INT_MAX || received > INT_MAX) return -1;
    const int status = MPI_Alltoallv(send, lengths, lengths + ranks, MPI_DOUBLE, receive,
                                     lengths + 2 * ranks, lengths + 3 * ranks, MPI_DOUBLE,
                                     pair->world);
    return status == MPI_SUCCESS ? LRPOT_OK : -1;
}

lrpot_status PairLrpot::forward(void *ctx, double *per_atom, int32_t width)
{
    PairLrpot *pair = static_cast<PairLrpot *>(ctx);
    if (width > widest_exchange) return -1;
    pair->exchanged_ = per_atom;
    pair->comm_forward = width;
    lrpot_lammps::forward(pair->comm, pair, 0);
    pair->comm_forward = widest_exchange;
    pair->exchanged_ = nullptr;
    return LRPOT_OK;
}

lrpot_status PairLrpot::reverse(void *ctx, double *per_atom, int32_t width)
{
    PairLrpot *pair = static_cast<PairLrpot *>(ctx);
    if (width > widest_exchange) return -1;
    pair->exchanged_ = per_atom;
    pair->comm_reverse = width;
    lrpot_lammps::reverse(pair->comm, pair, 0);
    pair->comm_reverse = widest_exchange;
    pair->exchanged_ = nullptr;
    return LRPOT_OK;
}

int PairLrpot::pack_forward_comm(int n, int *list_of_atoms, double *buf, int, int *)
{
    int m = 0;
    for (int i = 0; i < n; i++)
        for (int k = 0; k < comm_forward; k++)
            buf[m++] = exchanged_[static_cast<size_t>(list_of_atoms[i]) * comm_forward + k];
    return m;
}

void PairLrpot::unpack_forward_comm(int n, int first_atom, double *buf)
{
    std::copy(buf, buf + static_cast<size_t>(n) * comm_forward,
              exchanged_ + static_cast<size_t>(first_atom) * comm_forward);
}

int PairLrpot::pack_reverse_comm(int n, int first_atom, double *buf)
{
    const size_t count = static_cast<size_t>(n) * comm_reverse;
    std::copy_n(exchanged_ + static_cast<size_t>(first_atom) * comm_reverse, count, buf);
    return static_cast<int>(count);
}

void PairLrpot::unpack_reverse_comm(int n, int *list_of_atoms, double *buf)
{
    for (int i = 0; i < n; i++)
        for (int k = 0; k < comm_reverse; k++)
            exchanged_[static_cast<size_t>(list_of_atoms[i]) * comm_reverse + k] += *buf++;
}
