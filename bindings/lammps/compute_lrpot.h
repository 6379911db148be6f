/* compute ID all lrpot [born]
 *
 * Global vector: [1] total charge (e), [2-4] dipole (e A), [5-7] its rate (e A/ps), [8] energy
 * in the field (eV), [9-11] the field E that acts (V/A). Per-atom vector: charges (e); with `born`
 * instead an array: Born charges Zxx Zxy Zxz Zyx ... (e, polarization first), currents Z.v (e
 * A/ps). */
#ifdef COMPUTE_CLASS /* LAMMPS gathers the styles among its own sources by these lines */
// clang-format off
ComputeStyle(lrpot,ComputeLrpot);
// clang-format on
#elif !defined(LRPOT_COMPUTE_LRPOT_H)
#define LRPOT_COMPUTE_LRPOT_H

#include <compute.h>

namespace LAMMPS_NS
{

class PairLrpot;

class ComputeLrpot : public Compute
{
  public:
    ComputeLrpot(LAMMPS *lmp, int narg, char **arg);
    ~ComputeLrpot() override;
    void init() override;
    void compute_vector() override;
    void compute_peratom() override;
    double memory_usage() override;

  private:
    void compute_born();

    PairLrpot *pair_ = nullptr;
    int n_max_ = 0;
    bool born_ = false;
};

} // namespace LAMMPS_NS

#endif
