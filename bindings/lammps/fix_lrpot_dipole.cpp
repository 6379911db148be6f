#include "fix_lrpot_dipole.h"

#include "pair_lrpot.h"

#include <error.h>
#include <force.h>

using namespace LAMMPS_NS;

FixLrpotDipole::FixLrpotDipole(LAMMPS *host, int narg, char **arg) : Fix(host, narg, arg)
{
    if (narg != 3)
        error->all(FLERR, std::string("Fix lrpot/dipole: expected 'fix ID all lrpot/dipole'"));
    nevery = 1;
}

int FixLrpotDipole::setmask()
{
    return FixConst::END_OF_STEP;
}

PairLrpot *FixLrpotDipole::pair() const
{
    return dynamic_cast<PairLrpot *>(force->pair_match("lrpot", 1));
}

void FixLrpotDipole::setup(int)
{
    if (PairLrpot *const style = pair()) style->start_following();
}

void FixLrpotDipole::end_of_step()
{
    if (PairLrpot *const style = pair()) style->follow_dipole();
}
