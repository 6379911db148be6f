/* Time series of the dipole or its current, from a table or a trajectory, or of the heat flux, from
 * a table, and the options for reading them. */
#ifndef LRPOT_TOOL_SERIES_INPUT_H
#define LRPOT_TOOL_SERIES_INPUT_H

#include "trajectories/trajectory.h"

typedef struct series_input {
    /* options */
    const common_options *common;
    const char *verb, *columns_text, *kind_text, *source_text, *lammps_path;
    double step, volume, temperature, skip, velocity_unit, scale;
    double time_step; /* fs, of the column TimeStep; 0: not from LAMMPS */
    char *file;       /* named by the log of LAMMPS */
    int32_t want_current, needs_temperature;
    int32_t heat;           /* 1: of a heat flux, which only tables hold */
    int32_t follows_motion; /* 1: for a spectrum, whose sampling must resolve the motion */
    int32_t trajectory;     /* 1: the file is a trajectory, not a table */
    /* data of the file */
    double *values, *times; /* [n][3], [n] */
    int64_t n, capacity, skipped;
    int32_t kind;
    char origin[96]; /* description for the results */
} series_input;

#define SERIES_DEFAULTS \
    {                   \
        .scale = 0.0    \
    }
/* Rows of a verb's table of options. */
#define SERIES_OPTIONS(input)                                                                      \
    { 0,                                                                                           \
      "lammps",                                                                                    \
      OPTION_INPUT,                                                                                \
      "LOG",                                                                                       \
      "log of LAMMPS: tells the file of fix ave/time, columns, units, step, volume, temperature",  \
      &(input)->lammps_path,                                                                       \
      0,                                                                                           \
      0 },                                                                                         \
        { 'T', "temperature", OPTION_REAL, "K", "temperature", &(input)->temperature, 1e-3, 1e7 }, \
        { 'V',                                                                                     \
          "volume",                                                                                \
          OPTION_REAL,                                                                             \
          "A3",                                                                                    \
          "volume of the cell; default: mean of the trajectory's",                                 \
          &(input)->volume,                                                                        \
          1e-3,                                                                                    \
          1e15 },                                                                                  \
        { 0,                                                                                       \
          "step",                                                                                  \
          OPTION_REAL,                                                                             \
          "FS",                                                                                    \
          "time between samples; default: from the column t or the frames' time",                  \
          &(input)->step,                                                                          \
          1e-9,                                                                                    \
          1e12 },                                                                                  \
        { 0, "skip", OPTION_REAL, "FS", "time left out at the start", &(input)->skip, 0, 1e15 },   \
        { 0,                                                                                       \
          "columns",                                                                               \
          OPTION_TEXT,                                                                             \
          "A,B,...",                                                                               \
          "of a table, names or numbers from 1: time and three components, or these alone",        \
          &(input)->columns_text,                                                                  \
          0,                                                                                       \
          0 },                                                                                     \
        { 0,                                                                                       \
          "kind",                                                                                  \
          OPTION_TEXT,                                                                             \
          "KIND",                                                                                  \
          "what a table holds: dipole (e A) or current (e A/fs); default: by its names",           \
          &(input)->kind_text,                                                                     \
          0,                                                                                       \
          0 },                                                                                     \
        { 0,                                                                                       \
          "scale",                                                                                 \
          OPTION_REAL,                                                                             \
          "X",                                                                                     \
          "multiplies a table's dipoles, currents or heat fluxes; 0.001 for e A/ps, 1 for e A/fs", \
          &(input)->scale,                                                                         \
          -1e12,                                                                                   \
          1e12 },                                                                                  \
        { 0,                                                                                       \
          "from",                                                                                  \
          OPTION_TEXT,                                                                             \
          "SOURCE",                                                                                \
          "of a trajectory: charges, bec, charges-velocities, bec-velocities, dipole, auto",       \
          &(input)->source_text,                                                                   \
          0,                                                                                       \
          0 },                                                                                     \
    {                                                                                              \
        0, "velocity-unit", OPTION_REAL, "X",                                                      \
            "A/fs in the file's unit of velocity: 1; LAMMPS metal 0.001, ASE 0.0982269",           \
            &(input)->velocity_unit, 1e-12, 1e12                                                   \
    }
#define SERIES_DETAILS                                                                             \
    "FILE is a table (blanks or commas; a line of names such as `# t Mx My Mz` or `# t Jx Jy "     \
    "Jz`; t in fs) or a trajectory (.xyz, .cfg):\n"                                                \
    "from charges the dipole sum q r, positions followed by nearest images; from Born charges "    \
    "(bec) the integral of Z dr; with velocities\n"                                                \
    "(A/fs) the current sum q v or sum Z v. auto takes Born charges before charges, and currents " \
    "where they are of use.\n"

/* Reads a file; GO_ON, or an exit code after a message. Free in any case. *path is NULL where the
 * log of LAMMPS shall tell it, and is then set. */
int series_read(series_input *input, const char **path);
/* Reads the command line of a verb of such a file, then the file; results as of series_read(). */
int series_begin(series_input *input, const tool_command *command, common_options *common,
                 int count, char **arguments, const char **path);
/* 1 if the name is that of a trajectory, 0 for a table. */
int series_is_trajectory(const char *path);
lrpot_series series_view(const series_input *input);
/* Message and exit code for an error of the library on a series, usually caused by the input. */
int series_failure(lrpot_status status, const char *path);
void series_free(series_input *input);

#endif
