/* State of the results over the Brillouin zone while the members of an ensemble are taken one after
 * the other. */
#ifndef LRPOT_TOOL_BAND_WORK_H
#define LRPOT_TOOL_BAND_WORK_H

#include "phonons/band_output.h"
#include "phonons/path_table.h"

/* Modes of all members on the mesh. */
typedef struct mesh_table {
    int64_t n, modes, parts; /* wave vectors, modes at each, parts of the density */
    double *weights, *waves; /* [n], 1/A [n][3] */
    double *frequencies;     /* [members][n][modes] */
    double *shares;          /* [members][n][modes][parts], or NULL */
    double *parameters;      /* of Grueneisen, [members][n][modes], or NULL */
} mesh_table;

typedef struct band_work {
    const band_request *request;
    const ensemble *models;
    lrpot_workspace *work;
    const lrpot_structure *structure;
    const char *path;
    band_findings *found;
    zone_path zone;
    path_table points;
    path_values frequencies, velocities, parameters; /* width 0: not asked for */
    mesh_table mesh;
    int32_t *part;          /* [atoms]: part of the density that each belongs to */
    char (*part_names)[24]; /* [mesh.parts] */
} band_work;

/* The handle of a structure, with the screening of the request. The caller frees *out. */
lrpot_status band_phonons(lrpot_phonons **out, const band_work *work, int32_t member,
                          const lrpot_structure *structure);

#endif
