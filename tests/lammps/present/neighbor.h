/* Part of a stand-in for the headers of present LAMMPS, see README.md. */
#ifndef LRPOT_PRESENT_NEIGHBOR_H
#define LRPOT_PRESENT_NEIGHBOR_H

#include "pointers.h"

namespace LAMMPS_NS
{

class NeighRequest;
class Pair;

namespace NeighConst
{
enum { REQ_DEFAULT = 0, REQ_FULL = 1 };
}

class Neighbor : protected Pointers
{
  public:
    bigint ago;
    int includegroup;
    int nex_type, nex_group, nex_mol;
    NeighRequest *add_request(Pair *pair, int flags = 0);
};

} // namespace LAMMPS_NS

#endif
