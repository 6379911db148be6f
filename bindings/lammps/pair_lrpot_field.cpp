/* Pair style lrpot in a field: boundary conditions, dipole, energy and stress. */
#include "pair_lrpot.h"

#include <atom.h>
#include <comm.h>
#include <domain.h>
#include <error.h>
#include <fix.h>
#include <modify.h>
#include <update.h>

#include <algorithm>
#include <cmath>

using namespace LAMMPS_NS;

namespace
{

/* Fix that integrates the dipole. */
constexpr const char *follower = "lrpot_dipole";

/* V per e A: 4 pi times the Coulomb constant. */
constexpr double four_pi_k = 12.566370614359172954 * LRPOT_COULOMB_CONSTANT;

/* e for each atom: largest net charge that counts as none. */
constexpr double neutral = 1e-6;

} // namespace

bool PairLrpot::integrates() const
{
    return !tensors_ && charged() && periodicity() != 0 && charges_follow()
           && dipole_form_ == LRPOT_DIPOLE_CURRENT;
}

/* domain->box_change is set later than pair styles are. */
bool PairLrpot::box_changes() const
{
    for (int k = 0; k < modify->nfix; k++)
        if (modify->fix[k]->box_change & (Fix::BOX_CHANGE_SIZE | Fix::BOX_CHANGE_SHAPE))
            return true;
    return false;
}

/* Checks the field, and sets up the fix that follows the dipole where forces, pressure or the
 * conserved energy depend on it. */
void PairLrpot::check_field()
{
    const std::string here = "Pair style lrpot: ";
    following_ = false;
    if (!has_field_) return;
    if (!charged() && !tensors_)
        error->all(FLERR, here
                              + "the model has no charges for a field to act on, and no 'tensors' "
                                "were given");
    if (tensors_ && (field_kind_ != LRPOT_FIELD_FIXED || screened()))
        error->all(FLERR, here
                              + "learned tensors answer to a fixed physical field: only keyword "
                                "'field', without 'eps_inf'");
    if (field_kind_ != LRPOT_FIELD_FIXED && periodicity() != LRPOT_PERIODIC_ALL)
        error->all(FLERR, here
                              + "voltage, displacement and flux need a boundary that is periodic "
                                "along three directions");
    if (tensors_ && box_changes() && comm->me == 0)
        error->warning(FLERR, here
                                  + "the pressure holds nothing of the field, which acts by "
                                    "learned tensors");
    following_ = integrates() && (is_open() || box_changes());
    if (following_ && update->whichflag == 2)
        error->all(FLERR, here
                              + "a minimisation has no current whose integral is the dipole; give "
                                "'dipole positions'");
    const double cell[6] = { domain->xprd, domain->yprd, domain->zprd,
                             domain->xy,   domain->xz,   domain->yz };
    const double *h = cell_before_;
    const double before[6] = { h[0], h[4], h[8], h[3], h[6], h[7] };
    if (following_ && dipole_known_ && h[0] != 0 && !std::equal(cell, cell + 6, before)) {
        dipole_known_ = false;
        if (comm->me == 0)
            error->warning(FLERR, here
                                      + "the box was changed between runs: the dipole of charges "
                                        "that follow starts anew with sum q r");
    }
    if (following_ && modify->find_fix(follower) < 0)
        modify->add_fix(std::string(follower) + " all lrpot/dipole");
}

double PairLrpot::now() const
{
    return update->atime + (update->ntimestep - update->atimestep) * update->dt;
}

/* Second-order extrapolation from the ends of the last two steps. */
void PairLrpot::predict_dipole(double *dipole) const
{
    const double ahead = rates_known_ ? now() - last_time_ : 0;
    for (int a = 0; a < 3; a++)
        dipole[a] = dipole_[a] + ahead * (1.5 * rates_[0][a] - 0.5 * rates_[1][a]);
}

/* Stress of a charged box depends on the origin: none is given where it is only printed. */
bool PairLrpot::field_has_stress()
{
    double own = 0, all = 0;
    if (atoms_.periodic_mask == 0) return true;
    for (int i = 0; i < atom->nlocal; i++) own += charges_[i];
    MPI_Allreduce(&own, &all, 1, MPI_DOUBLE, MPI_SUM, world);
    if (std::abs(all) <= neutral * static_cast<double>(atom->natoms) || is_open() || box_changes())
        return true; /* or the library refuses */
    if (!warned_of_charge_ && comm->me == 0)
        error->warning(FLERR, "Pair style lrpot: the box has the charge " + std::to_string(all)
                                  + " e: the pressure holds nothing of the field, for it would "
                                    "depend on the origin");
    warned_of_charge_ = true;
    return false;
}

/* Field, and positions where the atoms' trajectories have led them. */
lrpot_field PairLrpot::conditions()
{
    lrpot_field field = LRPOT_FIELD_INIT;
    field.kind = field_kind_;
    field.form = dipole_form_;
    std::copy(field_, field_ + 3, field.value);
    static const int voigt[9] = { 0, 5, 4, 5, 1, 3, 4, 3, 2 };
    for (int k = 0; k < 9; k++) field.eps_inf[k] = eps_inf_[voigt[k]];
    field.acting = acting_;
    field.charges = flowing() ? nullptr : charges_.data();
    field.on_charges = on_charges_;
    if (atoms_.periodic_mask == 0) return field;
    unwrapped_.resize(3 * std::max(atom->nlocal, 1));
    for (int i = 0; i < atom->nlocal; i++)
        domain->unmap(atom->x[i], atom->image[i], &unwrapped_[3 * i]);
    field.positions = unwrapped_.data();
    return field;
}

/* Charges that minimise an energy respond to the field. */
bool PairLrpot::flowing() const
{
    if (tensors_ || !charged()) return false;
    const int kind = lrpot_charges_kind(lrpot_potential_charges(model_.get()));
    return (lrpot_charges_kind_traits(kind) & LRPOT_CHARGES_FLOW) != 0;
}

/* Energy, forces and stress of the enthalpy at the charges of the field. Fragments are made whole
 * by the library. */
void PairLrpot::act_with_field(lrpot_outputs out)
{
    double total[9] = { 0 };
    lrpot_field field = conditions();
    lrpot_outputs part = out;
    if (flowing()) field.positions = nullptr;
    if (out.virial != nullptr) part.virial = total;
    check(lrpot_response_enthalpy(model_.get(), work_.get(), &atoms_, rows_.get(), communication(),
                                  &field, &part),
          "field");
    add_field_virials(total, out);
}

/* Forces alone are wanted of model and field, as in most steps: one call gives both, in one pass
 * over the charges' derivatives. */
bool PairLrpot::acts_on_forces_alone() const
{
    return !tensors_ && eflag_either == 0 && vflag_either == 0 && !following_;
}

/* The energy of the field is one where the dipole is known: not where its changes are known alone
 * and nothing follows them. */
void PairLrpot::act_of_field(lrpot_outputs out)
{
    if (tensors_) {
        const lrpot_atoms atoms = atoms_of_tensors();
        check(lrpot_tensor_model_field_forces(tensors_.get(), tensor_work_.get(), &atoms,
                                              rows_.get(), &comm_, field_, &out),
              "field");
        std::copy(field_, field_ + 3, acting_);
        std::copy(field_, field_ + 3, on_charges_);
        return;
    }
    double total[9] = { 0 }, dipole[3], own[3] = { 0 };
    lrpot_field field = conditions();
    const bool wants_stress = out.virial != nullptr || out.virial_atom != nullptr;
    lrpot_outputs part = out;
    part.charges = nullptr;
    part.dipole = following_ && !dipole_known_ ? own : nullptr;
    part.virial = part.virial_atom = nullptr;
    if (integrates() && !following_) part.energy = part.energy_atom = nullptr;
    if (integrates() && dipole_known_) {
        if (following_) predict_dipole(dipole);
        else std::copy(dipole_, dipole_ + 3, dipole);
        field.dipole = dipole;
    }
    if (wants_stress && field_has_stress()) {
        part.virial = total;
        if (out.virial_atom != nullptr)
            field_virials_.assign(9 * std::max<size_t>(atoms_.n_all, 1), 0.0);
        if (out.virial_atom != nullptr) part.virial_atom = field_virials_.data();
    }
    check(lrpot_response_field_forces(model_.get(), work_.get(), &atoms_, rows_.get(),
                                      communication(), &field, &part),
          "field");
    add_field_virials(total, out);
    if (part.dipole != nullptr) {
        MPI_Allreduce(own, dipole_, 3, MPI_DOUBLE, MPI_SUM, world);
        dipole_known_ = true;
    }
}

/* A box of LAMMPS cannot turn: tilting xy moves the atoms along x by their y, so that its conjugate
 * is the sum of y times the force along x. */
void PairLrpot::add_field_virials(const double *total, lrpot_outputs &out)
{
    static const int conjugate[9] = { 0, 3, 6, 3, 4, 7, 6, 7, 8 };
    for (int k = 0; k < 9 && out.virial != nullptr; k++) out.virial[k] += total[conjugate[k]];
    for (int64_t i = 0; i < atoms_.n_all && out.virial_atom != nullptr && !field_virials_.empty();
         i++)
        for (int k = 0; k < 9; k++)
            out.virial_atom[9 * i + k] += field_virials_[9 * i + conjugate[k]];
    field_virials_.clear();
}

/* At the start of a run: the dipole of the run before, unless the box was changed in between. */
void PairLrpot::start_following()
{
    if (!following_) return;
    rates_known_ = false;
    std::fill(rates_[0], rates_[0] + 6, 0.0);
    std::fill(strain_rate_, strain_rate_ + 9, 0.0);
    std::copy(cell_, cell_ + 9, cell_before_);
    follow_dipole();
}

/* End of a step: the trapezoidal rule for the current, with velocities and strain rate at full
 * steps. */
void PairLrpot::follow_dipole()
{
    if (!following_) return;
    const double time = now(), step = time - last_time_;
    double own[3], current[3], rate[9] = { 0 };
    if (rates_known_ && step > 0) {
        /* cell = cell_before (1 + step rate): lower triangular */
        double change[9], inverse[9] = { 0 };
        const double *h = cell_before_;
        for (int k = 0; k < 9; k++) change[k] = (cell_[k] - h[k]) / step;
        for (int a = 0; a < 3; a++) inverse[4 * a] = 1 / (0.5 * (h[4 * a] + cell_[4 * a]));
        const double m3 = 0.5 * (h[3] + cell_[3]), m6 = 0.5 * (h[6] + cell_[6]),
                     m7 = 0.5 * (h[7] + cell_[7]);
        inverse[3] = -m3 * inverse[0] * inverse[4];
        inverse[7] = -m7 * inverse[4] * inverse[8];
        inverse[6] = -(m6 * inverse[0] + m7 * inverse[3]) * inverse[8];
        for (int a = 0; a < 3; a++)
            for (int b = 0; b < 3; b++)
                for (int c = 0; c < 3; c++)
                    rate[3 * a + b] += inverse[3 * a + c] * change[3 * c + b];
    }
    double strain[9];
    for (int k = 0; k < 9; k++) {
        strain[k] = 1.5 * rate[k] - 0.5 * strain_rate_[k];
        strain_rate_[k] = rate[k];
    }
    check(lrpot_response_current(model_.get(), work_.get(), &atoms_, rows_.get(), communication(),
                                 atom->v != nullptr ? atom->v[0] : nullptr,
                                 box_changes() ? strain : nullptr, own),
          "current");
    MPI_Allreduce(own, current, 3, MPI_DOUBLE, MPI_SUM, world);
    double predicted[3];
    predict_dipole(predicted);
    for (int b = 0; b < 3; b++)
        for (int a = 0; a < 3; a++) current[b] += strain[3 * a + b] * predicted[a];
    for (int a = 0; a < 3; a++) {
        if (rates_known_) dipole_[a] += 0.5 * step * (rates_[0][a] + current[a]);
        rates_[1][a] = rates_known_ ? rates_[0][a] : current[a];
        rates_[0][a] = current[a];
    }
    rates_known_ = true;
    last_time_ = time;
    std::copy(cell_, cell_ + 9, cell_before_);
}

double PairLrpot::field_energy(const double *dipole) const
{
    double energy = 0;
    for (int a = 0; a < 3; a++)
        energy += is_open() ? on_charges_[a] * on_charges_[a] : -on_charges_[a] * dipole[a];
    return is_open() ? energy * domain->xprd * domain->yprd * domain->zprd / (2 * four_pi_k)
                     : energy;
}
