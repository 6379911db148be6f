/* Part of a stand-in for the headers of present LAMMPS, see README.md. */
#ifndef LRPOT_PRESENT_MEMORY_H
#define LRPOT_PRESENT_MEMORY_H

#include "pointers.h"

namespace LAMMPS_NS
{

class Memory : protected Pointers
{
  public:
    template <typename Value> Value *create(Value *&array, int n, const char *name);
    template <typename Value> Value **create(Value **&array, int n1, int n2, const char *name);
    template <typename Value> void destroy(Value *&array);
    template <typename Value> void destroy(Value **&array);
};

} // namespace LAMMPS_NS

#endif
