#include "compute_lrpot_heatflux.h"

#include "pair_lrpot.h"

#include <error.h>
#include <force.h>
#include <update.h>

#include <string>

using namespace LAMMPS_NS;

ComputeLrpotHeatflux::ComputeLrpotHeatflux(LAMMPS *host, int narg, char **arg)
    : Compute(host, narg, arg)
{
    if (narg != 3)
        error->all(FLERR,
                   std::string("Compute lrpot/heatflux: expected 'compute ID all lrpot/heatflux'"));
    if (igroup != 0)
        error->all(FLERR, std::string("Compute lrpot/heatflux: the group must be all, for charges "
                                      "of a part interact with all others"));
    vector_flag = extvector = 1;
    size_vector = PairLrpot::flux_numbers;
    vector = new double[PairLrpot::flux_numbers]();
}

ComputeLrpotHeatflux::~ComputeLrpotHeatflux()
{
    delete[] vector;
}

void ComputeLrpotHeatflux::init()
{
    pair_ = dynamic_cast<PairLrpot *>(force->pair_match("lrpot", 1));
    if (pair_ == nullptr)
        error->all(FLERR, std::string("Compute lrpot/heatflux: needs pair style lrpot"));
}

void ComputeLrpotHeatflux::compute_vector()
{
    invoked_vector = update->ntimestep;
    pair_->heat_flux(vector);
}
