/* Predictions of one frame and their Jacobian: the whole model, differentiated by every parameter.
 *
 *   q = c + s (Q - sum c) / sum s,  phi = A q,  w = phi - (s.phi) / sum s,
 *   F = F_local + q (G q) - (dc/dr)^T w,
 *   dF/dp = dF_local/dp + (G q) dq/dp + q G dq/dp - (dc/dr)^T dw/dp - w d2c/dr dp. */
#ifndef LRPOT__ASSEMBLY_H
#define LRPOT__ASSEMBLY_H

#include "basis/network.h"
#include "charges/charges.h"
#include "fit/data/frame.h"
#include "fit/jacobian/frame_adjoint.h"
#include "fit/local/local.h"
#include "potential/potential.h"

/* First indices of the blocks of parameters in the parameter vector: those of the model, then the
 * offsets of the sources. */
typedef struct lrpot__parameter_layout {
    int64_t count;
    int64_t energy_radial, energy_linear, energy_species, energy_network;
    /* -1 when absent */
    int64_t charge_radial, charge_linear, charge_species, charge_own, charge_network;
    /* number of parameters of the model; after them one energy per species for each source but the
     * first */
    int64_t offsets;
    /* after these the coefficients of the factor of the charges; -1 if it is not fitted */
    int64_t factor;
} lrpot__parameter_layout;

/* Sums that the redistribution of the charges of a frame uses. */
typedef struct lrpot__redistribution {
    double shares;  /* sum of s */
    double missing; /* Q - sum c */
    double mean;    /* s.phi / sum s */
} lrpot__redistribution;

typedef struct lrpot__equilibrated lrpot__equilibrated;
typedef struct lrpot__born_factor lrpot__born_factor;
typedef struct lrpot__fit_density lrpot__fit_density;

/* Scratch of one thread. */
struct lrpot__assembly {
    const lrpot_potential *potential;
    lrpot_workspace *work;
    lrpot__parameter_layout layout;
    const double *offsets; /* [sources - 1][S] eV, borrowed; the caller keeps it up to date */
    int32_t channel;       /* channel of the members below; the first when a frame is done */
    /* the charges conserve the total: decided by the stage of the fit, not by the model alone */
    int32_t redistribute;
    /* the Jacobian is by linear coefficients of energies, charges of species and offsets only */
    int32_t frozen;
    /* the moments of a density are those at the potentials of the reference moments, and nothing
     * else is predicted */
    int32_t direct;
    lrpot__local *energy; /* NULL where only the energies of the species are parameters */
    lrpot__local *charge; /* NULL without a charge basis */
    lrpot__equilibrated *equilibrium; /* NULL unless the charges are equilibrated */
    lrpot__fit_density *density;      /* NULL unless the charges are those of a density */
    /* [n][3] dipoles and [n][3][3] quadrupoles of the atoms of the present frame, and
     * [3][charge_stride] derivatives of the sum of the dipoles by the parameters; or NULL */
    const double *dipoles, *quadrupoles, *dipole_slopes;
    /* NULL unless the factor of the charges in the Born charges is fitted along */
    lrpot__born_factor *factor;
    lrpot__frame_adjoint *adjoint; /* NULL until a gradient without Jacobian is asked for */
    /* of the present frame: that of the fitted factor, that of the frame, or NULL */
    const double *gamma, *unit_born;
    int64_t capacity, capacity_rows; /* atoms, rows */
    double *prediction;  /* [rows]: energy (eV), forces, stress (eV/A^3; zero when isolated) */
    double *row_weights; /* [rows], filled by the caller */
    double *jacobian;    /* [rows][stride] */
    /* padded numbers of parameters: all, and those of the charges */
    int64_t stride, charge_stride;
    lrpot__redistribution moved;
    double *factors;             /* [3n + 6] factors of rows of products */
    double *q, *phi, *w, *field; /* [n], field [n][3] = G q */
    double *bare;                /* [n] x = slope c, see charge_slopes.h */
    double *scalars, *sloped;    /* [n] c and weights times slopes, where the kind has slopes */
    double *dc_dr;               /* [n][3n] */
    double *c_strain;            /* [n][6] sum_j r_a g_b, symmetrised */
    double *strained;            /* [n][6] strain . q */
    double *dc_sum;              /* [n][3] sum_i dc_i/dr_j, for Born charges */
    double *dc, *dq, *dphi;      /* [n][charge_stride] over the charge parameters */
};

lrpot_status lrpot__assembly_create(lrpot__assembly **out, const lrpot_potential *potential,
                                    const lrpot__parameter_layout *layout, int32_t redistribute);
void lrpot__assembly_free(lrpot__assembly *assembly);
/* Makes room for n atoms and a number of rows. */
lrpot_status lrpot__assembly_reserve(lrpot__assembly *assembly, int64_t n, int64_t rows);

/* First of the parameters of the charges. */
int64_t lrpot__assembly_first_charge_parameter(const lrpot__assembly *assembly);

/* Lever arm of dc_i/dr_j in the Born charges of an isolated frame: r_i minus the part that
 * redistribution removes. NULL for periodic frames. */
const double *lrpot__assembly_lever_arm(const lrpot__assembly *assembly, const lrpot__frame *frame,
                                        int64_t i, double arm[3]);

/* Index of the coefficients of a head and a species among the linear coefficients of the
 * charges. */
static inline int64_t lrpot__assembly_linear_index(const lrpot__assembly *assembly, int64_t head,
                                                   int32_t species)
{
    const lrpot_charges *charges = assembly->potential->charges;
    return head * charges->head_stride + species * charges->species_stride;
}

/* A head of the charges at an atom. */
static inline lrpot__local_head lrpot__assembly_head(const lrpot__assembly *assembly,
                                                     const lrpot__frame *frame, int32_t head,
                                                     int64_t i)
{
    lrpot__local_head local = { assembly->potential->charges->linear
                                    + lrpot__assembly_linear_index(assembly, head,
                                                                   frame->species[i]),
                                head, frame->total_charge };
    return local;
}

/* Index of the weights of the head's network among the parameters. */
static inline int64_t lrpot__assembly_network_index(const lrpot__assembly *assembly,
                                                    const lrpot__frame *frame, int32_t head,
                                                    int64_t i)
{
    const lrpot__network *network = assembly->potential->charges->network;
    return network != NULL ? assembly->layout.charge_network
                                 + lrpot__network_index(network, head, frame->species[i])
                           : 0;
}

/* Factor of the charge of atom i in the Born charges. */
static inline double lrpot__assembly_factor(const lrpot__assembly *assembly, int64_t i)
{
    return assembly->gamma != NULL ? assembly->gamma[i] : 1.0;
}

static inline lrpot__neighbours lrpot__frame_neighbours(const lrpot__frame *frame, int64_t i)
{
    lrpot__neighbours neighbours = { frame->neighbours.offsets[i + 1]
                                         - frame->neighbours.offsets[i],
                                     frame->neighbours.j + frame->neighbours.offsets[i],
                                     frame->neighbours.vectors + 3 * frame->neighbours.offsets[i] };
    return neighbours;
}

/* The charges' parameters in a row of the Jacobian. */
static inline double *lrpot__assembly_charge_row(const lrpot__assembly *assembly, int64_t row)
{
    return assembly->jacobian + row * assembly->stride
           + lrpot__assembly_first_charge_parameter(assembly);
}

/* Indices of the parameters of a model. */
lrpot__parameter_layout lrpot__parameter_layout_of(const lrpot_potential *potential);

#endif
