#include "phonons/piezo_tensors.h"

#include "cli/report.h"
#include "relaxation/elastic.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double gpa = 160.21766208;     /* in one eV/A^3 */
static const double c_per_m2 = 16.02176634; /* in one e/A^2 */
static const double pm_per_v = 100.0;       /* in one A/V, as pC/N */
static const double four_pi = 12.566370614359172954;
static const int voigt[6][2] = { { 0, 0 }, { 1, 1 }, { 2, 2 }, { 1, 2 }, { 0, 2 }, { 0, 1 } };

static double product(int64_t size, const double *a, const double *b)
{
    double sum = 0.0;
    for (int64_t k = 0; k < size; k++) sum += a[k] * b[k];
    return sum;
}

/* Displacements by strain and by field; Z [n][3][3] physical. */
static lrpot_status displace(piezo_tensors *p, const double *D, const double *Z, double *forces)
{
    int64_t size = 3 * p->n;
    lrpot_status status = lrpot_phonons_displacements(p->n, D, 6, p->internal, p->by_strain);
    for (int a = 0; a < 3; a++)
        for (int64_t k = 0; k < size; k++) forces[size * a + k] = Z[9 * (k / 3) + 3 * a + k % 3];
    return status == LRPOT_OK ? lrpot_phonons_displacements(p->n, D, 3, forces, p->by_field)
                              : status;
}

/* Ions relaxed: e + Z.u/V and C - internal.u/V. Improper: the polarization moves with the cell. */
static void relax_tensors(piezo_tensors *p, const double *forces, double volume)
{
    int64_t size = 3 * p->n;
    for (int k = 0; k < 18; k++) {
        int a = k / 6, j = k % 6, b = voigt[j][0], c = voigt[j][1];
        p->relaxed[k] = p->clamped[k]
                        + product(size, forces + size * a, p->by_strain + size * j) / volume;
        p->improper[k] = p->relaxed[k]
                         + 0.5 * ((a == b) * p->polarization[c] + (a == c) * p->polarization[b])
                         - (b == c) * p->polarization[a];
    }
    for (int k = 0; k < 36; k++)
        p->elastic[k] = p->stiff[k]
                        - product(size, p->internal + size * (k / 6), p->by_strain + size * (k % 6))
                              / volume;
    for (int i = 0; i < 6; i++)
        for (int j = 0; j < i; j++)
            p->elastic[6 * i + j] = p->elastic[6 * j + i] =
                0.5 * (p->elastic[6 * i + j] + p->elastic[6 * j + i]);
}

/* d C = e by elimination; C is positive, so that no pivot is sought. Without it there is no d: the
 * crystal has no strain at rest. */
static void divide_by_elastic(piezo_tensors *p)
{
    double c[36], e[18];
    memcpy(c, p->elastic, sizeof c);
    memcpy(e, p->relaxed, sizeof e);
    p->lowest = elastic_least_eigenvalue(p->elastic);
    if (!(p->lowest > 0.0)) return;
    for (int column = 0; column < 6; column++)
        for (int row = 0; row < 6; row++) {
            double factor = row != column ? c[6 * row + column] / c[7 * column] : 0.0;
            for (int k = 0; k < 6; k++) c[6 * row + k] -= factor * c[6 * column + k];
            for (int a = 0; a < 3; a++) e[6 * a + row] -= factor * e[6 * a + column];
        }
    for (int k = 0; k < 18; k++) p->by_stress[k] = e[k] / c[7 * (k % 6)];
}

/* chi_ab = 4 pi alpha_ab/V by the displacements of a field. */
static void electro_optic(piezo_tensors *p, const double *gradient, double volume)
{
    for (int k = 0; k < 27; k++)
        for (int64_t x = 0; x < 3 * p->n; x++)
            p->chi2[k] += four_pi / volume * gradient[27 * (x / 3) + 3 * (k / 3) + x % 3]
                          * p->by_field[3 * p->n * (k % 3) + x];
}

/* optical: source of the polarizability, or NULL: that of the model's charges. */
static lrpot_status susceptibilities(piezo_tensors *p, const lrpot_potential *model,
                                     lrpot_workspace *work, const polarizability_source *optical,
                                     const lrpot_structure *structure, const screening *screened,
                                     int second_order)
{
    double *gradient = optical != NULL ? malloc((size_t)(27 * p->n) * sizeof *gradient) : NULL;
    if (optical != NULL && gradient == NULL) return LRPOT_E_MEMORY;
    lrpot_status status =
        gradient != NULL ? polarizability_gradient(optical, structure, 0.0, gradient) : LRPOT_OK;
    p->has_chi2 = status == LRPOT_OK && gradient != NULL;
    if (p->has_chi2) electro_optic(p, gradient, lrpot_structure_volume(structure));
    p->has_second = status == LRPOT_OK && second_order;
    if (p->has_second)
        status = lrpot_response_second_order(model, work, structure, screened->root, p->by_field,
                                             gradient, 0.0, p->second, p->parts);
    free(gradient);
    return status;
}

/* Born charges, clamped tensors; what is left of forces and stress. */
static lrpot_status collect(piezo_tensors *p, born_result *born, const lrpot_potential *model,
                            lrpot_workspace *work, const lrpot_structure *structure,
                            const screening *screened, double strain, double *D)
{
    double raw[18];
    lrpot_status status = born_run(born, model, work, structure, LRPOT_BORN_UNFOLDED, screened, 1);
    if (status == LRPOT_OK) status = lrpot_response_piezoelectric(model, work, structure, raw);
    if (status == LRPOT_OK)
        status = lrpot_response_strain(model, work, structure, strain, p->internal, p->stiff);
    if (status == LRPOT_OK) status = lrpot_response_gamma_constants(model, work, structure, 0.0, D);
    if (status != LRPOT_OK) return status;
    for (int k = 0; k < 18; k++)
        for (int b = 0; b < 3; b++)
            p->clamped[k] += screened->root[3 * (k / 6) + b] * raw[6 * b + k % 6];
    screening_vector(screened, born->polarization.value, p->polarization);
    p->force = largest_of(born->eval.forces, 3 * p->n);
    p->stress = largest_of(born->eval.stress, 9);
    return LRPOT_OK;
}

static void tell_rest(const piezo_tensors *p, const char *path)
{
    static const double at_rest = 0.01, unloaded = 0.1; /* eV/A, GPa */
    if (p->force > at_rest)
        report_note("%s: a force of %.3g eV/A: the atoms are not at rest; lrpot relax brings them "
                    "there",
                    path, p->force);
    if (gpa * p->stress > unloaded)
        report_note("%s: a stress of %.3g GPa is left, so that the tensors are those of a crystal "
                    "under load; lrpot relax --cell full takes it out",
                    path, gpa * p->stress);
}

int piezo_run(piezo_tensors *p, const lrpot_potential *model, lrpot_workspace *work,
              const lrpot_structure *structure, const screening *screened, double strain,
              const polarizability_source *optical, int second_order, const char *path)
{
    born_result born = { .scale = 1.0 };
    int64_t n = lrpot_structure_count(structure);
    *p = (piezo_tensors){ .n = n };
    double *D = malloc((size_t)(9 * n * n + 9 * n) * sizeof *D), *forces = D + 9 * n * n,
           volume = lrpot_structure_volume(structure);
    p->internal = malloc((size_t)(45 * n) * sizeof *p->internal);
    if (D == NULL || p->internal == NULL) {
        free(D);
        return report_no_memory();
    }
    p->by_strain = p->internal + 18 * n;
    p->by_field = p->by_strain + 18 * n;
    lrpot_status status = collect(p, &born, model, work, structure, screened, strain, D);
    if (status == LRPOT_OK) tell_rest(p, path);
    if (status == LRPOT_OK) status = displace(p, D, born.eval.born, forces);
    if (status == LRPOT_OK) {
        relax_tensors(p, forces, volume);
        divide_by_elastic(p);
        status = susceptibilities(p, model, work, optical, structure, screened, second_order);
    }
    born_free(&born);
    free(D);
    if (status == LRPOT_E_ASSUMPTION || status == LRPOT_E_SINGULAR)
        return report_error(NOT_CONVERGED, "%s: %s", path, lrpot_last_error());
    return status == LRPOT_OK ? GO_ON : report_failure(status, path);
}

void piezo_free(piezo_tensors *p)
{
    free(p->internal);
    *p = (piezo_tensors){ 0 };
}

static void print_rows(FILE *stream, const char *name, int rows, const double *values,
                       double factor)
{
    static const char *const vector[3] = { "x", "y", "z" };
    static const char *const tensor[6] = { "xx", "yy", "zz", "yz", "xz", "xy" };
    for (int i = 0; i < rows; i++) {
        fprintf(stream, "%s %-2s", name, rows == 3 ? vector[i] : tensor[i]);
        for (int j = 0; j < 6; j++) fprintf(stream, " %11.5f", factor * values[6 * i + j]);
        fprintf(stream, "\n");
    }
}

static void print_susceptibility(FILE *stream, const char *name, const double chi2[27])
{
    for (int c = 0; c < 3; c++) {
        fprintf(stream, "%s %c ", name, "xyz"[c]);
        for (int j = 0; j < 6; j++)
            fprintf(stream, " %11.5f", pm_per_v * chi2[9 * voigt[j][0] + 3 * voigt[j][1] + c]);
        fprintf(stream, "\n");
    }
}

void piezo_print(const piezo_tensors *p, FILE *stream)
{
    fprintf(stream,
            "# columns: strains xx yy zz, engineering strains yz xz xy; rows: polarization; "
            "at constant field\n");
    fprintf(stream, "# proper piezoelectric tensor (C/m2), ions clamped\n");
    print_rows(stream, "e0", 3, p->clamped, c_per_m2);
    fprintf(stream, "# proper piezoelectric tensor (C/m2), ions relaxed\n");
    print_rows(stream, "e", 3, p->relaxed, c_per_m2);
    fprintf(stream,
            "# improper one, by the polarization %.5f %.5f %.5f C/m2 (branch nearest to 0)\n",
            c_per_m2 * p->polarization[0], c_per_m2 * p->polarization[1],
            c_per_m2 * p->polarization[2]);
    print_rows(stream, "ei", 3, p->improper, c_per_m2);
    if (p->lowest > 0.0) {
        fprintf(stream, "# strain by field, d = e C^-1 (pC/N)\n");
        print_rows(stream, "d", 3, p->by_stress, pm_per_v);
    }
    fprintf(stream, "# elastic constants (GPa), ions clamped\n");
    print_rows(stream, "C0", 6, p->stiff, gpa);
    fprintf(stream, "# elastic constants (GPa), ions relaxed\n");
    print_rows(stream, "C", 6, p->elastic, gpa);
    fprintf(stream,
            "# internal strain: forces up to %.5f eV/A for each unit of strain (--json has "
            "all)\n",
            largest_of(p->internal, 18 * p->n));
    if (p->has_chi2) {
        fprintf(stream, "# second-order susceptibility of the ions (pm/V): d chi_ab/dE_c, rows c, "
                        "columns ab\n");
        print_susceptibility(stream, "X2", p->chi2);
    }
    if (p->has_second) {
        fprintf(stream, "# static second-order susceptibility (pm/V): d2P_c/dE_a dE_b, ions "
                        "relaxed, rows c, columns ab\n");
        print_susceptibility(stream, "Xs", p->second);
    }
}

static void put_rows(json_t *root, const char *name, int64_t n, const double *values, double factor)
{
    json_t *list = json_array();
    for (int64_t k = 0; k < n; k++) json_array_append_new(list, json_real(factor * values[k]));
    json_object_set_new(root, name, list);
}

json_t *piezo_json(const piezo_tensors *p)
{
    json_t *root = json_object();
    put_rows(root, "polarization_c_per_m2", 3, p->polarization, c_per_m2);
    put_rows(root, "clamped_c_per_m2", 18, p->clamped, c_per_m2);
    put_rows(root, "relaxed_c_per_m2", 18, p->relaxed, c_per_m2);
    put_rows(root, "improper_c_per_m2", 18, p->improper, c_per_m2);
    if (p->lowest > 0.0) put_rows(root, "d_pc_per_n", 18, p->by_stress, pm_per_v);
    put_rows(root, "clamped_elastic_gpa", 36, p->stiff, gpa);
    put_rows(root, "elastic_gpa", 36, p->elastic, gpa);
    put_rows(root, "internal_strain", 18 * p->n, p->internal, 1.0);
    put_rows(root, "displacement_by_strain", 18 * p->n, p->by_strain, 1.0);
    put_rows(root, "displacement_by_field", 9 * p->n, p->by_field, 1.0);
    if (p->has_chi2) put_rows(root, "chi2_pm_per_v", 27, p->chi2, pm_per_v);
    if (p->has_second) put_rows(root, "static_chi2_pm_per_v", 27, p->second, pm_per_v);
    if (p->has_second) put_rows(root, "static_chi2_parts_pm_per_v", 81, p->parts, pm_per_v);
    json_put_real(root, "least_eigenvalue_gpa", gpa * p->lowest);
    json_put_real(root, "largest_force", p->force);
    json_put_real(root, "largest_stress_gpa", gpa * p->stress);
    return root;
}
