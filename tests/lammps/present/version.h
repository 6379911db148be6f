/* Part of a stand-in for the headers of present LAMMPS, see README.md. */
#ifndef LRPOT_PRESENT_VERSION_H
#define LRPOT_PRESENT_VERSION_H

#define LAMMPS_VERSION "19 Nov 2024"

#endif
