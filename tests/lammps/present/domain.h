/* Part of a stand-in for the headers of present LAMMPS, see README.md. */
#ifndef LRPOT_PRESENT_DOMAIN_H
#define LRPOT_PRESENT_DOMAIN_H

#include "pointers.h"

namespace LAMMPS_NS
{

class Domain : protected Pointers
{
  public:
    int box_change, dimension, triclinic, xperiodic, yperiodic, zperiodic;
    double xprd, yprd, zprd, xy, xz, yz;
    void unmap(const double *x, imageint image, double *unwrapped);
};

} // namespace LAMMPS_NS

#endif
