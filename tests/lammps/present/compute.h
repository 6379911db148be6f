/* Part of a stand-in for the headers of present LAMMPS, see README.md. */
#ifndef LRPOT_PRESENT_COMPUTE_H
#define LRPOT_PRESENT_COMPUTE_H

#include "pointers.h"

namespace LAMMPS_NS
{

class Compute : protected Pointers
{
  public:
    int igroup, groupbit;
    double scalar, *vector, *vector_atom, **array_atom;
    int scalar_flag, vector_flag, size_vector, peratom_flag, size_peratom_cols, extscalar,
        extvector;
    bigint invoked_scalar, invoked_vector, invoked_peratom;

    Compute(LAMMPS *host, int narg, char **arg);
    ~Compute() override;
    virtual void init() = 0;
    virtual double compute_scalar();
    virtual void compute_vector();
    virtual void compute_peratom();
    virtual double memory_usage();
};

} // namespace LAMMPS_NS

#endif
