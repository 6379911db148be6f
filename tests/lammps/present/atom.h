/* Part of a stand-in for the headers of present LAMMPS, see README.md. */
#ifndef LRPOT_PRESENT_ATOM_H
#define LRPOT_PRESENT_ATOM_H

#include "pointers.h"

namespace LAMMPS_NS
{

class Atom : protected Pointers
{
  public:
    bigint natoms, nbonds;
    int molecular;
    int nlocal, nghost, nmax, ntypes, q_flag, molecule_flag;
    int *type, *mask;
    tagint *tag, *molecule;
    imageint *image;
    double **x, **v, **f, *q, *mass, *rmass;
};

} // namespace LAMMPS_NS

#endif
