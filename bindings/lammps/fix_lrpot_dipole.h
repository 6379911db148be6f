/* fix ID all lrpot/dipole: pair style lrpot adds it where it has to know the dipole of charges that
 * follow their neighbours. It integrates their current at the end of each step. */
#ifdef FIX_CLASS /* LAMMPS gathers the styles among its own sources by these lines */
// clang-format off
FixStyle(lrpot/dipole,FixLrpotDipole);
// clang-format on
#elif !defined(LRPOT_FIX_LRPOT_DIPOLE_H)
#define LRPOT_FIX_LRPOT_DIPOLE_H

#include <fix.h>

namespace LAMMPS_NS
{

class FixLrpotDipole : public Fix
{
  public:
    FixLrpotDipole(LAMMPS *lmp, int narg, char **arg);
    int setmask() override;
    void setup(int vflag) override;
    void end_of_step() override;

  private:
    class PairLrpot *pair() const;
};

} // namespace LAMMPS_NS

#endif
