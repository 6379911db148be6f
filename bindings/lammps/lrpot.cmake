# Links LAMMPS, built by its own CMake files, with liblrpot:
#     cmake -S $LAMMPS/cmake -B build -DCMAKE_PROJECT_lammps_INCLUDE=$PWD/lrpot.cmake
# The sources of the styles lie in LAMMPS' src, where its CMake files find styles.
find_package(lrpot 0.1 REQUIRED)
cmake_language(DEFER CALL target_link_libraries lammps PRIVATE lrpot::lrpot)
