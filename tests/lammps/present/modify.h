/* Part of a stand-in for the headers of present LAMMPS, see README.md. */
#ifndef LRPOT_PRESENT_MODIFY_H
#define LRPOT_PRESENT_MODIFY_H

#include "pointers.h"

namespace LAMMPS_NS
{

class Fix;

class Modify : protected Pointers
{
  public:
    int nfix;
    Fix **fix;
    Fix *add_fix(const std::string &command, int with_suffix = 1);
    int find_fix(const std::string &id);
};

} // namespace LAMMPS_NS

#endif
