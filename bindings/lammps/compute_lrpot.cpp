#include "compute_lrpot.h"

#include "pair_lrpot.h"

#include <atom.h>
#include <error.h>
#include <force.h>
#include <memory.h>
#include <update.h>

#include <algorithm>
#include <string>

using namespace LAMMPS_NS;

namespace
{

constexpr int vector_length = 11;
constexpr int born_columns = 12;

} // namespace

ComputeLrpot::ComputeLrpot(LAMMPS *host, int narg, char **arg) : Compute(host, narg, arg)
{
    born_ = narg == 4 && std::string(arg[3]) == "born";
    if (narg != 3 && !born_)
        error->all(FLERR, std::string("Compute lrpot: expected 'compute ID all lrpot [born]'"));
    if (igroup != 0)
        error->all(FLERR, std::string("Compute lrpot: the group must be all, for dipoles of a part "
                                      "depend on the origin"));
    vector_flag = peratom_flag = 1;
    size_vector = vector_length;
    extvector = 1;
    size_peratom_cols = born_ ? born_columns : 0;
    vector = new double[vector_length]();
}

ComputeLrpot::~ComputeLrpot()
{
    delete[] vector;
    if (born_) memory->destroy(array_atom);
    else memory->destroy(vector_atom);
}

void ComputeLrpot::init()
{
    pair_ = dynamic_cast<PairLrpot *>(force->pair_match("lrpot", 1));
    if (pair_ == nullptr) error->all(FLERR, std::string("Compute lrpot: needs pair style lrpot"));
    if (!pair_->polar())
        error->all(FLERR,
                   std::string(
                       "Compute lrpot: the model has no charges, and pair style lrpot no tensors"));
    if (pair_->charged() && !pair_->one_channel() && !pair_->tensors())
        error->all(FLERR,
                   std::string("Compute lrpot: the model has several latent channels, none of "
                               "which is the charge of an atom: it has no dipole, current "
                               "or Born charges"));
}

void ComputeLrpot::compute_vector()
{
    invoked_vector = update->ntimestep;
    const double *dipole = pair_->track_dipole(vector + 4);
    double own = 0;
    const bool known = pair_->charged() && pair_->one_channel();
    for (int i = 0; known && i < atom->nlocal; i++) own += pair_->charges()[i];
    MPI_Allreduce(&own, &vector[0], 1, MPI_DOUBLE, MPI_SUM, world);
    std::copy(dipole, dipole + 3, vector + 1);
    vector[7] = pair_->field_energy(dipole);
    std::copy(pair_->acting(), pair_->acting() + 3, vector + 8);
}

void ComputeLrpot::compute_peratom()
{
    invoked_peratom = update->ntimestep;
    if (born_) {
        compute_born();
        return;
    }
    if (!pair_->charged() || !pair_->one_channel())
        error->all(FLERR, std::string("Compute lrpot: the model has no charges to give per atom"));
    if (atom->nmax > n_max_) {
        memory->destroy(vector_atom);
        n_max_ = atom->nmax;
        memory->create(vector_atom, n_max_, "lrpot:vector_atom");
    }
    std::copy(pair_->charges(), pair_->charges() + atom->nlocal, vector_atom);
}

/* Nine components, polarization first, and their product with the velocity. */
void ComputeLrpot::compute_born()
{
    if (atom->nmax > n_max_) {
        memory->destroy(array_atom);
        n_max_ = atom->nmax;
        memory->create(array_atom, n_max_, born_columns, "lrpot:array_atom");
    }
    const double *z = pair_->born_charges();
    for (int i = 0; i < atom->nlocal; i++, z += 9) {
        double *const row = array_atom[i];
        std::copy(z, z + 9, row);
        for (int a = 0; a < 3; a++)
            row[9 + a] = z[3 * a] * atom->v[i][0] + z[3 * a + 1] * atom->v[i][1]
                         + z[3 * a + 2] * atom->v[i][2];
    }
}

double ComputeLrpot::memory_usage()
{
    return static_cast<double>(n_max_) * (born_ ? born_columns : 1) * sizeof(double);
}
