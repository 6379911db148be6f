/* The styles as a plugin for LAMMPS with the PLUGIN package: `plugin load lrpotplugin.so`. */
#include "styles.h"

#include <lammpsplugin.h>
#include <version.h>

extern "C" void lammpsplugin_init(void *lmp, void *handle, void *regfunc)
{
    const auto add = reinterpret_cast<lammpsplugin_regfunc>(regfunc);
    lammpsplugin_t plugin = {};
    plugin.version = LAMMPS_VERSION;
    plugin.author = "liblrpot";
    plugin.handle = handle;
    plugin.name = "lrpot";

    plugin.style = "pair";
    plugin.info = "machine-learned potential with long-range electrostatics (liblrpot)";
    plugin.creator.v1 = reinterpret_cast<lammpsplugin_factory1 *>(&lrpot_lammps::make_pair);
    add(&plugin, lmp);

    plugin.style = "compute";
    plugin.info = "total charge, dipole and dipole current of pair style lrpot";
    plugin.creator.v2 = reinterpret_cast<lammpsplugin_factory2 *>(&lrpot_lammps::make_compute);
    add(&plugin, lmp);

    plugin.name = "lrpot/grade";
    plugin.info = "extrapolation grade of pair style lrpot's model";
    plugin.creator.v2 = reinterpret_cast<lammpsplugin_factory2 *>(&lrpot_lammps::make_grade);
    add(&plugin, lmp);

    plugin.name = "lrpot/heatflux";
    plugin.info = "heat flux of pair style lrpot's model";
    plugin.creator.v2 = reinterpret_cast<lammpsplugin_factory2 *>(&lrpot_lammps::make_heatflux);
    add(&plugin, lmp);

    plugin.style = "fix";
    plugin.name = "lrpot/dipole";
    plugin.info = "integral of the dipole current of pair style lrpot";
    plugin.creator.v2 = reinterpret_cast<lammpsplugin_factory2 *>(&lrpot_lammps::make_dipole);
    add(&plugin, lmp);
}
