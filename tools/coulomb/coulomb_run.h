/* Coulomb sum of one structure, as computed by `lrpot coulomb`. */
#ifndef LRPOT_TOOL_COULOMB_RUN_H
#define LRPOT_TOOL_COULOMB_RUN_H

#include <lrpot/lrpot.h>

/* For a kernel that takes widths: those of the structure if any, none, or an error without
 * widths. */
enum coulomb_widths { WIDTHS_AUTO, WIDTHS_NONE, WIDTHS_NEEDED };
enum coulomb_around { AROUND_METAL, AROUND_VACUUM, AROUND_LAYERS };
enum coulomb_boundary { BOUNDARY_AUTO, BOUNDARY_3D, BOUNDARY_SLAB, BOUNDARY_OPEN, BOUNDARY_WIRE };

typedef struct coulomb_settings {
    double accuracy; /* eV/A: error of the forces of the given charges */
    /* eV per atom, eV/A^3, V: bounds of these errors; 0: not asked for */
    double energy_accuracy, pressure_accuracy, potential_accuracy;
    double sigma;   /* A; 0: from the structure */
    double tuning;  /* s: time for tuning before the sum; 0: by estimated costs */
    int32_t kernel; /* kernel of the library */
    int32_t widths, boundary, around, method, self, measure;
} coulomb_settings;

typedef struct coulomb_result {
    int64_t n, capacity;
    const char *kernel; /* name: point or gauss where it takes widths */
    int32_t periodic_mask, has_stress, n_widths;
    double energy, virial[9], stress[9], total_charge;
    double *forces, *potential, *field; /* [n][3], [n], [n][3] */
    double *widths;                     /* [n_widths], of the species */
    int32_t *species;                   /* [n] */
    lrpot_ewald_report plan;
    lrpot_ewald_error_report measured; /* n_sample 0: not measured */
} coulomb_result;

/* Fills the result for a structure that has charges. Returns GO_ON or an exit code after a message
 * that begins with place. */
int coulomb_run(coulomb_result *result, const coulomb_settings *settings, lrpot_workspace *work,
                const lrpot_structure *structure, const char *place);
/* Sets kernel and widths by the name of a kernel, or by point, gauss or auto. Returns 0 if there is
 * no such kernel. */
int coulomb_choose_kernel(coulomb_settings *settings, const char *name);
/* Names for help and messages, separated by commas. */
enum { COULOMB_KERNELS_TEXT = 256 };
const char *coulomb_kernel_names(char text[COULOMB_KERNELS_TEXT]);
void coulomb_free(coulomb_result *result);

#endif
