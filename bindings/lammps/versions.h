/* Differences between the versions of LAMMPS that the pair style is built for: Debian's of
 * September 2021 and those from 2022 on. The newer form is chosen where the headers have it. */
#ifndef LRPOT_LAMMPS_VERSIONS_H
#define LRPOT_LAMMPS_VERSIONS_H

#include <comm.h>
#include <neighbor.h>
#include <pair.h>

#include <utility>

namespace lrpot_lammps
{

/* Tried first (int), then the older form (long). */
template <class Comm>
auto forward(Comm *comm, LAMMPS_NS::Pair *pair, int) -> decltype(comm->forward_comm(pair), void())
{
    comm->forward_comm(pair);
}

template <class Comm> void forward(Comm *comm, LAMMPS_NS::Pair *pair, long)
{
    comm->forward_comm_pair(pair);
}

template <class Comm>
auto reverse(Comm *comm, LAMMPS_NS::Pair *pair, int) -> decltype(comm->reverse_comm(pair), void())
{
    comm->reverse_comm(pair);
}

template <class Comm> void reverse(Comm *comm, LAMMPS_NS::Pair *pair, long)
{
    comm->reverse_comm_pair(pair);
}

/* Debian ships no neigh_request.h. These are the first members of the class there; request_full()
 * looks at the values that the request must have at birth before it believes in them. */
class RequestHead : protected LAMMPS_NS::Pointers
{
  public:
    int index;
    void *requestor;
    int requestor_instance, id;
    int pair, fix, compute, command, neigh;
    int half, full;
};

constexpr int full_list = 1; /* NeighConst::REQ_FULL */

template <class Neighbor>
auto request_full(Neighbor *neighbor, LAMMPS_NS::Pair *pair, int, int)
    -> decltype(neighbor->add_request(pair, full_list), bool())
{
    neighbor->add_request(pair, full_list);
    return true;
}

/* False when the request does not look as it should. */
template <class Neighbor>
bool request_full(Neighbor *neighbor, LAMMPS_NS::Pair *pair, int instance, long)
{
    int index = neighbor->request(pair, instance);
    RequestHead *head = reinterpret_cast<RequestHead *>(neighbor->requests[index]);
    bool known = head->index == index && head->requestor == pair
                 && head->requestor_instance == instance && head->pair == 1 && head->fix == 0
                 && head->compute == 0 && head->command == 0 && head->neigh == 0 && head->half == 1
                 && head->full == 0;
    if (!known) return false;
    head->half = 0;
    head->full = 1;
    return true;
}

} // namespace lrpot_lammps

#endif
