/* compute ID all lrpot/heatflux
 *
 * Heat flux of pair style lrpot's model. Vector, in the order of compute heat/flux: the flux, then
 * the part of it that energies of moving atoms carry; eV A/ps. */
#ifdef COMPUTE_CLASS /* LAMMPS gathers the styles among its own sources by these lines */
// clang-format off
ComputeStyle(lrpot/heatflux,ComputeLrpotHeatflux);
// clang-format on
#elif !defined(LRPOT_COMPUTE_LRPOT_HEATFLUX_H)
#define LRPOT_COMPUTE_LRPOT_HEATFLUX_H

#include <compute.h>

namespace LAMMPS_NS
{

class PairLrpot;

class ComputeLrpotHeatflux : public Compute
{
  public:
    ComputeLrpotHeatflux(LAMMPS *lmp, int narg, char **arg);
    ~ComputeLrpotHeatflux() override;
    void init() override;
    void compute_vector() override;

  private:
    PairLrpot *pair_ = nullptr;
};

} // namespace LAMMPS_NS

#endif
