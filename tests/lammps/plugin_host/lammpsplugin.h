/* Declarations of LAMMPS' package PLUGIN (2022 and later) for plugins, for a LAMMPS without it:
 * enough to build and load ours in tests. */
#ifndef LRPOT_TEST_LAMMPSPLUGIN_H
#define LRPOT_TEST_LAMMPSPLUGIN_H

extern "C" {
typedef void *(lammpsplugin_factory1)(void *);
typedef void *(lammpsplugin_factory2)(void *, int, char **);
typedef void *(lammpsplugin_factory3)(void *, int, char **, void *);

typedef struct {
    const char *version, *style, *name, *info, *author;
    union {
        lammpsplugin_factory1 *v1;
        lammpsplugin_factory2 *v2;
        lammpsplugin_factory3 *v3;
    } creator;
    void *handle;
} lammpsplugin_t;

typedef void (*lammpsplugin_regfunc)(lammpsplugin_t *, void *);
typedef void (*lammpsplugin_initfunc)(void *, void *, void *);
}

#endif
