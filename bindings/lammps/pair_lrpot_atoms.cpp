/* Pair style lrpot: atoms that were lost, molecules, Born charges of the atoms, heat flux. */
#include "pair_lrpot.h"

#include <atom.h>
#include <comm.h>
#include <error.h>
#include <neighbor.h>

#include <algorithm>
#include <climits>
#include <limits>
#include <string>

using namespace LAMMPS_NS;

namespace
{

constexpr int born_width = 9;

}

/* LAMMPS drops atoms whose positions are not finite, and tells when it prints. They are counted
 * whenever they may have been dropped. */
void PairLrpot::count_atoms()
{
    if (neighbor->ago > 0) return;
    double own = atom->nlocal, all = 0;
    const double known = static_cast<double>(atom->natoms);
    MPI_Allreduce(&own, &all, 1, MPI_DOUBLE, MPI_SUM, world);
    if (all == known || (all > 0 && warned_of_loss_)) return;
    warned_of_loss_ = true;
    const std::string text =
        "Pair style lrpot: " + std::to_string(static_cast<int64_t>(all)) + " of "
        + std::to_string(static_cast<int64_t>(known))
        + " atoms are left: the others have positions that are not finite, or left through a fixed "
          "boundary. Where they flew apart, take a shorter time step, or a model that knows such "
          "structures (compute lrpot/grade) or keeps out of them (lrpot fit --gap-barrier)";
    if (all == 0) error->all(FLERR, text);
    else if (comm->me == 0) error->warning(FLERR, text);
}

/* Atoms to which the ghosts belong, on one rank: their indices go the way of all values of atoms.
 */
void PairLrpot::describe_ghosts()
{
    const size_t n_all = atoms_.n_all;
    if (neighbor->ago == 0 || owners_.size() != n_all) {
        std::vector<double> index(std::max<size_t>(n_all, 1));
        for (int64_t i = 0; i < atoms_.n_owned; i++) index[i] = static_cast<double>(i);
        check(forward(this, index.data(), 1), "owners of the ghost atoms");
        owners_.assign(index.begin(), index.begin() + n_all);
    }
    atoms_.ghost_owner = owners_.data();
}

/* Molecules 1, 2, ... are the fragments 0, 1, ...; each is neutral, but electrodes are held at
 * potentials and neutral together. */
void PairLrpot::describe_molecules()
{
    if (fragments_.size() < static_cast<size_t>(atom->nlocal)) fragments_.resize(atom->nlocal);
    int most[2] = { 0, 0 }, all[2];
    for (int i = 0; i < atom->nlocal; i++) {
        const tagint id = atom->molecule[i];
        if (id < 1 || id > INT_MAX) most[1] = 1;
        else most[0] = std::max(most[0], static_cast<int>(id));
        fragments_[i] = static_cast<int32_t>(id - 1);
    }
    MPI_Allreduce(most, all, 2, MPI_INT, MPI_MAX, world);
    if (all[1] != 0)
        error->all(FLERR, std::string("Pair style lrpot: an atom has no molecule id of 1 or more, "
                                      "which 'fragments molecule' needs"));
    atoms_.fragments = fragments_.data();
    atoms_.n_fragments = all[0];
    if (electrodes_.empty()) return;
    const int32_t last = electrodes_.rbegin()->first;
    if (last >= all[0])
        error->all(FLERR, "Pair style lrpot: electrode " + std::to_string(last + 1)
                              + ": no atom has this molecule id");
    potentials_.assign(atoms_.n_fragments, std::numeric_limits<double>::quiet_NaN());
    for (const auto &electrode : electrodes_) potentials_[electrode.first] = electrode.second;
    atoms_.fragment_potentials = potentials_.data();
}

/* Of whole molecules, wherever their atoms have been wrapped to. */
void PairLrpot::dipole_of_molecules(double *dipole)
{
    lrpot_field none = LRPOT_FIELD_INIT;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.dipole = dipole;
    check(lrpot_response_field_forces(model_.get(), work_.get(), &atoms_, rows_.get(),
                                      communication(), &none, &out),
          "dipole");
}

const double *PairLrpot::born_charges()
{
    if (has_field_ && flowing())
        error->all(FLERR, std::string("Pair style lrpot: Born charges of charges that respond to a "
                                      "field are known without it only"));
    born_.assign(born_width * std::max<size_t>(atoms_.n_all, 1), 0.0);
    if (tensors_) {
        const lrpot_atoms atoms = atoms_of_tensors();
        check(lrpot_tensor_model_born_shares(tensors_.get(), tensor_work_.get(), &atoms,
                                             rows_.get(), &comm_, born_.data()),
              "Born charges");
    } else
        check(lrpot_response_born_shares(model_.get(), work_.get(), &atoms_, rows_.get(),
                                         communication(), born_.data()),
              "Born charges");
    reverse(this, born_.data(), born_width);
    return born_.data();
}

void PairLrpot::heat_flux(double *flux)
{
    if (has_field_)
        error->all(FLERR,
                   std::string("Pair style lrpot: in a field the heat flux is not defined by "
                               "the energies of the model"));
    if (!rows_)
        error->all(FLERR, std::string("Pair style lrpot: the heat flux is known after the first "
                                      "step only"));
    lrpot_heat_flux own = LRPOT_HEAT_FLUX_INIT;
    std::vector<double> masses(std::max(atom->nlocal, 1));
    for (int i = 0; i < atom->nlocal; i++)
        masses[i] = atom->rmass != nullptr ? atom->rmass[i] : atom->mass[atom->type[i]];
    check(lrpot_potential_heat_flux(model_.get(), work_.get(), &atoms_, rows_.get(), &comm_,
                                    atom->v != nullptr ? atom->v[0] : masses.data(), masses.data(),
                                    &own),
          "heat flux");
    double parts[flux_numbers];
    std::copy(own.flux, own.flux + 3, parts);
    std::copy(own.convective, own.convective + 3, parts + 3);
    MPI_Allreduce(parts, flux, flux_numbers, MPI_DOUBLE, MPI_SUM, world);
}
