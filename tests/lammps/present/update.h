/* Part of a stand-in for the headers of present LAMMPS, see README.md. */
#ifndef LRPOT_PRESENT_UPDATE_H
#define LRPOT_PRESENT_UPDATE_H

#include "pointers.h"

namespace LAMMPS_NS
{

class Update : protected Pointers
{
  public:
    double dt, atime;
    bigint ntimestep, atimestep;
    int whichflag;
    char *unit_style;
};

} // namespace LAMMPS_NS

#endif
