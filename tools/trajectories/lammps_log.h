/* What the log of a LAMMPS run tells of the file that `fix ave/time` wrote of `compute lrpot`, or
 * of another compute of the pair style. */
#ifndef LRPOT_TOOL_LAMMPS_LOG_H
#define LRPOT_TOOL_LAMMPS_LOG_H

#include "cli/options.h"

enum { LAMMPS_WORD = 256 };

typedef struct lammps_log {
    const char *path, *style;   /* style: of the compute */
    double step;                /* fs, of one time step; 0: not said */
    double volume, temperature; /* A^3, K; NaN: not said, or not constant */
    char compute[LAMMPS_WORD];  /* id of the compute lrpot */
    char file[LAMMPS_WORD];     /* file of the fix, beside the log unless it is a whole path */
    char field[LAMMPS_WORD]; /* "v_NAME" or "c_ID[k]": first value of the fix that is no dipole */
    const char *temperature_from; /* how the temperature was found */
} lammps_log;

/* Reads a log. style: of the compute; file: that of the fix to look for; NULL: the last fix
 * ave/time of such a compute. Returns GO_ON or an exit code after a message. */
int lammps_log_read(lammps_log *log, const char *path, const char *style, const char *file);

/* Path of the fix's file: relative ones are beside the log. To be freed; NULL without memory. */
char *lammps_path(const lammps_log *log);
/* Columns of the fix's file, by its own line of names: those of the components first to first + 2
 * of the compute, from 1. Returns GO_ON, or an exit code after a message. */
int lammps_columns(const lammps_log *log, const char *file, int first, int32_t columns[3],
                   int32_t *found);
/* Column of one name such as "v_field"; 0 if there is none. */
int32_t lammps_column(const char *file, const char *name);

#endif
