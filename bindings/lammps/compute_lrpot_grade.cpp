#include "compute_lrpot_grade.h"

#include "pair_lrpot.h"

#include <atom.h>
#include <error.h>
#include <force.h>
#include <memory.h>
#include <update.h>

#include <algorithm>

using namespace LAMMPS_NS;

ComputeLrpotGrade::ComputeLrpotGrade(LAMMPS *host, int narg, char **arg) : Compute(host, narg, arg)
{
    if (narg != 3 && narg != 4)
        error->all(
            FLERR,
            std::string("Compute lrpot/grade: expected 'compute ID group lrpot/grade [SET]'"));
    lrpot_active_set *set = nullptr;
    if (narg == 4 && lrpot_active_set_load(&set, arg[3]) != LRPOT_OK)
        error->all(FLERR, std::string("Compute lrpot/grade: ") + lrpot_last_error());
    set_.reset(set);
    scalar_flag = peratom_flag = 1;
    extscalar = 0;
    size_peratom_cols = 0;
}

ComputeLrpotGrade::~ComputeLrpotGrade()
{
    memory->destroy(vector_atom);
}

void ComputeLrpotGrade::init()
{
    pair_ = dynamic_cast<PairLrpot *>(force->pair_match("lrpot", 1));
    if (pair_ == nullptr)
        error->all(FLERR, std::string("Compute lrpot/grade: needs pair style lrpot"));
    if (lrpot_basis_radial_functions(pair_->energy_basis()) == 0)
        error->all(FLERR, std::string("Compute lrpot/grade: the model is a ")
                              + lrpot_basis_descriptor(pair_->energy_basis())
                              + ", grades are offered for moment tensors");
    if (set_ == nullptr && pair_->active_set() == nullptr)
        error->all(FLERR,
                   std::string("Compute lrpot/grade: the model has no active set; give one, "
                               "'compute ID group lrpot/grade SET', from lrpot select --save"));
}

double ComputeLrpotGrade::compute_scalar()
{
    if (invoked_peratom != update->ntimestep) compute_peratom();
    invoked_scalar = update->ntimestep;
    double own = 0;
    if (atom->nlocal > 0) own = *std::max_element(vector_atom, vector_atom + atom->nlocal);
    MPI_Allreduce(&own, &scalar, 1, MPI_DOUBLE, MPI_MAX, world);
    return scalar;
}

void ComputeLrpotGrade::compute_peratom()
{
    invoked_peratom = update->ntimestep;
    if (atom->nmax > n_max_) {
        memory->destroy(vector_atom);
        n_max_ = atom->nmax;
        memory->create(vector_atom, n_max_, "lrpot/grade:vector_atom");
    }
    pair_->grade(set_ != nullptr ? set_.get() : pair_->active_set(), vector_atom);
    for (int i = 0; i < atom->nlocal; i++)
        if (!(atom->mask[i] & groupbit)) vector_atom[i] = 0;
}

double ComputeLrpotGrade::memory_usage()
{
    return n_max_ * sizeof(double);
}
