/* Part of a stand-in for the headers of present LAMMPS, see README.md. */
#ifndef LRPOT_PRESENT_PAIR_H
#define LRPOT_PRESENT_PAIR_H

#include "pointers.h"

namespace LAMMPS_NS
{

class Pair : protected Pointers
{
  public:
    double eng_vdwl, eng_coul, virial[6];
    double *eatom, **vatom, **cvatom;
    double **cutsq;
    int **setflag;
    int comm_forward, comm_reverse, single_enable, restartinfo, one_coeff, manybody_flag;
    int no_virial_fdotr_compute, centroidstressflag;
    int eflag_either, eflag_global, eflag_atom, vflag_either, vflag_global, vflag_atom, cvflag_atom;
    NeighList *list;
    int allocated;

    explicit Pair(LAMMPS *host);
    ~Pair() override;
    virtual void compute(int, int) = 0;
    virtual void settings(int, char **) = 0;
    virtual void coeff(int, char **) = 0;
    virtual void init_style();
    virtual double init_one(int, int);
    virtual void write_restart(FILE *);
    virtual void read_restart(FILE *);
    virtual int pack_forward_comm(int, int *, double *, int, int *);
    virtual void unpack_forward_comm(int, int, double *);
    virtual int pack_reverse_comm(int, int, double *);
    virtual void unpack_reverse_comm(int, int *, double *);
    virtual double memory_usage();

  protected:
    int instance_me;
    enum { CENTROID_SAME = 0, CENTROID_AVAIL = 1, CENTROID_NOTAVAIL = 2 };
    void ev_init(int eflag, int vflag, int alloc = 1);
};

} // namespace LAMMPS_NS

#endif
