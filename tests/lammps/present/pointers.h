/* Part of a stand-in for the headers of present LAMMPS, see README.md. */
#ifndef LRPOT_PRESENT_POINTERS_H
#define LRPOT_PRESENT_POINTERS_H

#include <mpi.h>

#include <cstdint>
#include <cstdio>
#include <string>

#define FLERR __FILE__, __LINE__

namespace LAMMPS_NS
{

typedef std::int64_t bigint;
typedef int tagint, imageint;
constexpr int NEIGHMASK = 0x1FFFFFFF;

class Atom;
class Comm;
class Domain;
class Error;
class Force;
class Memory;
class Modify;
class Neighbor;
class NeighList;
class Update;
class LAMMPS;

class Pointers
{
  public:
    explicit Pointers(LAMMPS *host);
    virtual ~Pointers() = default;

  protected:
    LAMMPS *lmp;
    Memory *&memory;
    Error *&error;
    Modify *&modify;
    Update *&update;
    Neighbor *&neighbor;
    Comm *&comm;
    Domain *&domain;
    Atom *&atom;
    Force *&force;
    MPI_Comm &world;
};

namespace utils
{
double numeric(const char *file, int line, const std::string &text, bool all_stop, LAMMPS *host);
void sfread(const char *file, int line, void *to, size_t size, size_t n, FILE *from,
            const char *name, Error *error);
} // namespace utils

} // namespace LAMMPS_NS

#endif
