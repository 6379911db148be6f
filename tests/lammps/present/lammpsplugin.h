/* Part of a stand-in for the headers of present LAMMPS, see README.md. */
#ifndef LRPOT_PRESENT_LAMMPSPLUGIN_H
#define LRPOT_PRESENT_LAMMPSPLUGIN_H

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
void lammpsplugin_init(void *lmp, void *handle, void *regfunc);
}

#endif
