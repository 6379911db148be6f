/* compute ID group lrpot/grade [SET]
 *
 * Extrapolation grades by the active set in the file SET (of `lrpot select`), or by the one that
 * the model carries. Scalar: the largest of the group; per-atom vector: each. */
#ifdef COMPUTE_CLASS /* LAMMPS gathers the styles among its own sources by these lines */
// clang-format off
ComputeStyle(lrpot/grade,ComputeLrpotGrade);
// clang-format on
#elif !defined(LRPOT_COMPUTE_LRPOT_GRADE_H)
#define LRPOT_COMPUTE_LRPOT_GRADE_H

#include <compute.h>

#include <lrpot/lrpot.hpp>

#include <memory>
#include <vector>

namespace LAMMPS_NS
{

class PairLrpot;

class ComputeLrpotGrade : public Compute
{
  public:
    ComputeLrpotGrade(LAMMPS *lmp, int narg, char **arg);
    ~ComputeLrpotGrade() override;
    void init() override;
    double compute_scalar() override;
    void compute_peratom() override;
    double memory_usage() override;

  private:
    PairLrpot *pair_ = nullptr;
    std::unique_ptr<lrpot_active_set, lrpot::deleter<lrpot_active_set>> set_;
    int n_max_ = 0;
};

} // namespace LAMMPS_NS

#endif
