/* Piezoelectric, elastic and electro-optic tensors of a crystal, ions clamped and relaxed. */
#ifndef LRPOT_TOOL_PIEZO_TENSORS_H
#define LRPOT_TOOL_PIEZO_TENSORS_H

#include "phonons/born_charges.h"
#include "raman/polarizability_source.h"

/* Columns of strain: xx yy zz yz xz xy, engineering strains. */
typedef struct piezo_tensors {
    int64_t n;
    double polarization[3];          /* e/A^2, physical, of the branch nearest to 0 */
    double clamped[18], relaxed[18]; /* e/A^2, [3][6], proper, physical */
    double improper[18];             /* e/A^2, [3][6], relaxed, by this polarization */
    double stiff[36], elastic[36];   /* eV/A^3, [6][6], at constant field */
    double by_stress[18]; /* A/V: d = e times the inverse of `elastic`, if that is positive */
    double *internal;     /* eV/A, [6][n][3] */
    double *by_strain, *by_field; /* A, [6][n][3]; A^2/V, [3][n][3] */
    double chi2[27];              /* A/V, [3][3][3]: d chi_ab/dE_c of the ions */
    double parts[81];             /* A/V: of energy, dipole, polarizability (second order) */
    double second[27];            /* A/V, [3][3][3]: d2P_a/dE_b dE_c / epsilon_0, ions relaxed */
    int32_t has_chi2, has_second;
    double lowest;        /* eV/A^3: least eigenvalue of `elastic` */
    double force, stress; /* eV/A, eV/A^3: largest at rest */
} piezo_tensors;

/* optical: source of the polarizability, or NULL; second_order: whether `second` is wanted. GO_ON,
 * or an exit code after a message. Free in any case. */
int piezo_run(piezo_tensors *p, const lrpot_potential *model, lrpot_workspace *work,
              const lrpot_structure *structure, const screening *screened, double strain,
              const polarizability_source *optical, int second_order, const char *path);
void piezo_free(piezo_tensors *p);
void piezo_print(const piezo_tensors *p, FILE *stream);
json_t *piezo_json(const piezo_tensors *p);

#endif
