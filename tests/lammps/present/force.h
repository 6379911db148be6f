/* Part of a stand-in for the headers of present LAMMPS, see README.md. */
#ifndef LRPOT_PRESENT_FORCE_H
#define LRPOT_PRESENT_FORCE_H

#include "pointers.h"

namespace LAMMPS_NS
{

class KSpace;
class Pair;

class Force : protected Pointers
{
  public:
    int newton_pair;
    double special_lj[4], special_coul[4];
    Pair *pair;
    KSpace *kspace;
    Pair *pair_match(const std::string &word, int exact, int sub = 0);
};

} // namespace LAMMPS_NS

#endif
