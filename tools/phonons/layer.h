/* Layers: periodic along two rows of the cell. */
#ifndef LRPOT_TOOL_LAYER_H
#define LRPOT_TOOL_LAYER_H

#include "phonons/gamma_modes.h"
#include "phonons/infrared_at_gamma.h"

typedef struct layer_shape {
    int32_t is_layer; /* 0: a crystal; the rest is then 0 */
    int32_t across;   /* row of the cell that does not repeat */
    double normal[3]; /* of length 1 */
    double area;      /* A^2 */
} layer_shape;

/* Modes of one frequency at Gamma. */
typedef struct layer_group {
    double frequency; /* THz, negative: imaginary */
    int64_t multiplicity;
    double along, plane, across; /* sums of squared polar vectors, e^2/u: along the direction, in
                                    the plane, along the normal */
    /* THz A, df/dq along the direction of the branch that rises most and of the one that falls
     * most; 0: no such branch */
    double rise, fall;
} layer_group;

typedef struct layer_modes {
    layer_group *groups; /* ascending */
    int64_t n;
    double alpha[9]; /* A: polarizability of the ions by area, dipole over 4 pi epsilon_0 field */
    /* that of the electrons, of a model whose charges respond by themselves */
    int32_t has_electrons;
    double electrons[9];
    double tension[9]; /* eV/A^2: dE/dstrain by area, in the plane */
} layer_modes;

layer_shape layer_shape_of(const lrpot_structure *structure);
/* Gives the row that does not repeat, which counts for nothing, the direction of the normal and a
 * length that no symmetry can mistake for one of the plane. */
lrpot_status layer_set_row(lrpot_structure *structure, const layer_shape *shape);
/* The first row that repeats instead of a direction that leaves the plane. */
void layer_default_direction(const lrpot_structure *structure, const layer_shape *shape,
                             double *direction);
/* 1 if the vector is in the plane. */
int layer_holds(const layer_shape *shape, const double *vector);

/* polar: of polar_run() with the volume 4 pi times the area. direction: of length 1, in the plane.
 * surroundings: mean dielectric constant above and below. Returns GO_ON or an exit code after a
 * message. */
int layer_modes_run(layer_modes *modes, const layer_shape *shape, const polar_result *polar,
                    const double *direction, double surroundings, const double *virial);
/* Sets the polarizability of the electrons. */
lrpot_status layer_electrons(layer_modes *modes, const layer_shape *shape,
                             const lrpot_potential *model, lrpot_workspace *work,
                             const lrpot_structure *structure);
void layer_modes_free(layer_modes *modes);
/* withheld: reason why there is no static polarizability, or NULL. */
void layer_modes_print(const layer_modes *modes, const double *direction, const char *withheld,
                       FILE *stream);
void layer_modes_json(const layer_modes *modes, const char *withheld, json_t *root);

#endif
