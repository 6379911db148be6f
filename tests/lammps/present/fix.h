/* Part of a stand-in for the headers of present LAMMPS, see README.md. */
#ifndef LRPOT_PRESENT_FIX_H
#define LRPOT_PRESENT_FIX_H

#include "pointers.h"

namespace LAMMPS_NS
{

namespace FixConst
{
enum { END_OF_STEP = 1 << 8 };
}

class Fix : protected Pointers
{
  public:
    int nevery, box_change;
    enum { BOX_CHANGE_SIZE = 1 << 7, BOX_CHANGE_SHAPE = 1 << 8 };

    Fix(LAMMPS *host, int narg, char **arg);
    ~Fix() override;
    virtual int setmask() = 0;
    virtual void setup(int);
    virtual void end_of_step();
};

} // namespace LAMMPS_NS

#endif
