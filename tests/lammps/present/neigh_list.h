/* Part of a stand-in for the headers of present LAMMPS, see README.md. */
#ifndef LRPOT_PRESENT_NEIGH_LIST_H
#define LRPOT_PRESENT_NEIGH_LIST_H

#include "pointers.h"

namespace LAMMPS_NS
{

class NeighList : protected Pointers
{
  public:
    int inum, gnum, *ilist, *numneigh, **firstneigh;
};

} // namespace LAMMPS_NS

#endif
