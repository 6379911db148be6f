/* Functions that LAMMPS calls to make the styles: given to it by the plugin or by the launcher. */
#ifndef LRPOT_LAMMPS_STYLES_H
#define LRPOT_LAMMPS_STYLES_H

#include "compute_lrpot.h"
#include "compute_lrpot_grade.h"
#include "compute_lrpot_heatflux.h"
#include "fix_lrpot_dipole.h"
#include "pair_lrpot.h"

namespace lrpot_lammps
{

inline LAMMPS_NS::Pair *make_pair(LAMMPS_NS::LAMMPS *lmp)
{
    return new LAMMPS_NS::PairLrpot(lmp);
}

inline LAMMPS_NS::Compute *make_compute(LAMMPS_NS::LAMMPS *lmp, int narg, char **arg)
{
    return new LAMMPS_NS::ComputeLrpot(lmp, narg, arg);
}

inline LAMMPS_NS::Compute *make_grade(LAMMPS_NS::LAMMPS *lmp, int narg, char **arg)
{
    return new LAMMPS_NS::ComputeLrpotGrade(lmp, narg, arg);
}

inline LAMMPS_NS::Compute *make_heatflux(LAMMPS_NS::LAMMPS *lmp, int narg, char **arg)
{
    return new LAMMPS_NS::ComputeLrpotHeatflux(lmp, narg, arg);
}

inline LAMMPS_NS::Fix *make_dipole(LAMMPS_NS::LAMMPS *lmp, int narg, char **arg)
{
    return new LAMMPS_NS::FixLrpotDipole(lmp, narg, arg);
}

} // namespace lrpot_lammps

#endif
