/* lrpot-lmp: LAMMPS from the installed library, with pair style lrpot added, for versions that
 * cannot load plugins (Debian's of 2021). Takes LAMMPS' own arguments. The command `clear` forgets
 * the styles. */
#include "styles.h"

#include <force.h>
#include <input.h>
#include <lammps.h>
#include <modify.h>

#include <mpi.h>

int main(int argc, char **argv)
{
    MPI_Init(&argc, &argv);
    LAMMPS_NS::LAMMPS *lmp = new LAMMPS_NS::LAMMPS(argc, argv, MPI_COMM_WORLD);
    (*lmp->force->pair_map)["lrpot"] = lrpot_lammps::make_pair;
    (*lmp->modify->compute_map)["lrpot"] = lrpot_lammps::make_compute;
    (*lmp->modify->compute_map)["lrpot/grade"] = lrpot_lammps::make_grade;
    (*lmp->modify->compute_map)["lrpot/heatflux"] = lrpot_lammps::make_heatflux;
    (*lmp->modify->fix_map)["lrpot/dipole"] = lrpot_lammps::make_dipole;
    lmp->input->file();
    delete lmp;
    MPI_Barrier(MPI_COMM_WORLD);
    MPI_Finalize();
    return 0;
}
