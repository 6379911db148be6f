/* Part of a stand-in for the headers of present LAMMPS, see README.md. */
#ifndef LRPOT_PRESENT_COMM_H
#define LRPOT_PRESENT_COMM_H

#include "pointers.h"

namespace LAMMPS_NS
{

class Pair;

class Comm : protected Pointers
{
  public:
    int me, nprocs, nthreads;
    virtual void forward_comm(Pair *pair, int size = 0) = 0;
    virtual void reverse_comm(Pair *pair, int size = 0) = 0;
};

} // namespace LAMMPS_NS

#endif
