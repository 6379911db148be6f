/* Loads a plugin as LAMMPS' command `plugin load` does, then runs an input.
 * Usage: plugin_host PLUGIN.so LAMMPS-ARGUMENTS */
#include "lammpsplugin.h"

#include <force.h>
#include <input.h>
#include <lammps.h>
#include <modify.h>

#include <cstdio>
#include <cstring>
#include <dlfcn.h>
#include <mpi.h>

using LAMMPS_NS::LAMMPS;

static void add(lammpsplugin_t *plugin, void *host)
{
    LAMMPS *lmp = static_cast<LAMMPS *>(host);
    if (std::strcmp(plugin->style, "pair") == 0)
        (*lmp->force->pair_map)[plugin->name] =
            reinterpret_cast<LAMMPS_NS::Force::PairCreator>(plugin->creator.v1);
    else if (std::strcmp(plugin->style, "compute") == 0)
        (*lmp->modify->compute_map)[plugin->name] =
            reinterpret_cast<LAMMPS_NS::Modify::ComputeCreator>(plugin->creator.v2);
    std::printf("plugin: %s %s for LAMMPS of %s, %s\n", plugin->style, plugin->name,
                plugin->version, plugin->author);
}

int main(int argc, char **argv)
{
    MPI_Init(&argc, &argv);
    void *handle = argc > 1 ? dlopen(argv[1], RTLD_NOW | RTLD_GLOBAL) : nullptr;
    void *symbol = handle != nullptr ? dlsym(handle, "lammpsplugin_init") : nullptr;
    if (symbol == nullptr) {
        std::fprintf(stderr, "plugin_host: %s\n", dlerror());
        MPI_Abort(MPI_COMM_WORLD, 1);
    }
    LAMMPS *lmp = new LAMMPS(argc - 1, argv + 1, MPI_COMM_WORLD);
    lammpsplugin_initfunc init;
    std::memcpy(&init, &symbol, sizeof init);
    lammpsplugin_regfunc regfunc = add;
    void *argument;
    std::memcpy(&argument, &regfunc, sizeof argument);
    init(lmp, handle, argument);
    lmp->input->file();
    delete lmp;
    MPI_Finalize();
    return 0;
}
