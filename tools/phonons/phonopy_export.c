#include "phonons/phonopy_export.h"

#include "phonons/born_file.h"
#include "cli/files.h"
#include "cli/output_file.h"
#include "phonons/phonopy_files.h"
#include "cli/report.h"
#include "phonons/zone_path.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* CODATA 2018 */
static const double BOHR = 0.529177210903, RYDBERG = 13.605693122994;

typedef struct {
    const hand_over *request;
    lrpot_structure *structure; /* right-handed, atoms in the order of the caller's file */
    int64_t *order;             /* [n] order of atoms in all files */
    int32_t qe, repeat;
    born_rows rows;
} delivery;

int hand_over_check(const hand_over *request)
{
    if (strcmp(request->interface, "vasp") != 0 && strcmp(request->interface, "qe") != 0)
        return report_usage("phonon", "--interface %s: expected vasp or qe", request->interface);
    if (request->folder != NULL) return GO_ON;
    if (request->independent != NULL || request->repeat > 0)
        return report_usage("phonon", "--independent and --supercell need --write DIR");
    return GO_ON;
}

/* Copies a structure with a right-handed cell. VASP refuses left-handed cells, and phonopy's volume
 * of one is negative. The opposite rows span the same lattice. */
static lrpot_status copy_right_handed(lrpot_structure **out, const lrpot_structure *structure)
{
    double turned[9];
    const double *cell = lrpot_structure_cell(structure);
    lrpot_status status = lrpot_structure_clone(out, structure);
    if (status != LRPOT_OK || zone_volume(cell) > 0.0) return status;
    for (int k = 0; k < 9; k++) turned[k] = -cell[k];
    return lrpot_structure_set_cell(*out, turned, LRPOT_PERIODIC_ALL);
}

int hand_over_add_files(const hand_over *request)
{
    const char *names[] = { strcmp(request->interface, "qe") == 0 ? "unitcell.in" : "POSCAR",
                            "FORCE_CONSTANTS", "BORN" };
    int code = GO_ON;
    if (request->folder == NULL) return GO_ON;
    for (size_t k = 0; k < sizeof names / sizeof names[0] && code == GO_ON; k++) {
        char *path = output_join(request->folder, names[k]);
        code = path != NULL ? files_write("write", path) : report_no_memory();
        free(path);
    }
    return code;
}

static void print_species(FILE *stream, const delivery *d, const double *masses, int write)
{
    int count = 0;
    for (int64_t k = 0; k < lrpot_structure_count(d->structure); k++) {
        const char *symbol = lrpot_structure_symbol(d->structure, d->order[k]);
        if (k > 0 && strcmp(symbol, lrpot_structure_symbol(d->structure, d->order[k - 1])) == 0)
            continue;
        count++;
        if (write) fprintf(stream, "%s %.10g %s.UPF\n", symbol, masses[d->order[k]], symbol);
    }
    if (!write) fprintf(stream, "  ntyp = %d\n", count);
}

/* Writes the input in phonopy's form: lattice in bohr, positions along it. A species has one mass
 * here; atoms have theirs by --mass. */
static int write_qe_input(const char *path, const delivery *d, const double *masses)
{
    output out;
    const double *cell = lrpot_structure_cell(d->structure);
    int64_t n = lrpot_structure_count(d->structure);
    int code = output_open(&out, path);
    if (code != GO_ON) return code;
    fprintf(out.stream, "&system\n  ibrav = 0\n  nat = %lld\n", (long long)n);
    print_species(out.stream, d, masses, 0);
    fprintf(out.stream, "/\nATOMIC_SPECIES\n");
    print_species(out.stream, d, masses, 1);
    fprintf(out.stream, "CELL_PARAMETERS bohr\n");
    for (int row = 0; row < 3; row++)
        fprintf(out.stream, "%.17g %.17g %.17g\n", cell[3 * row] / BOHR, cell[3 * row + 1] / BOHR,
                cell[3 * row + 2] / BOHR);
    fprintf(out.stream, "ATOMIC_POSITIONS crystal\n");
    for (int64_t k = 0; k < n; k++) {
        double x[3];
        zone_fractions(cell, lrpot_structure_positions_const(d->structure) + 3 * d->order[k], x);
        fprintf(out.stream, "%s %.17g %.17g %.17g\n",
                lrpot_structure_symbol(d->structure, d->order[k]), x[0], x[1], x[2]);
    }
    code = output_close(&out, 1);
    return code == DONE ? GO_ON : code;
}

static int write_cell(const char *path, const delivery *d, const double *masses)
{
    if (d->qe) return write_qe_input(path, d, masses);
    lrpot_status status = lrpot_poscar_write(path, d->structure, NULL);
    return status == LRPOT_OK ? GO_ON : report_failure(status, path);
}

static int write_born(const char *path, const delivery *d, const double *Z, const double *epsilon)
{
    if (Z == NULL) return GO_ON;
    lrpot_status status =
        born_write(path, d->qe ? 0.0 : LRPOT_COULOMB_CONSTANT, epsilon, Z, &d->rows);
    return status == LRPOT_OK ? GO_ON : report_failure(status, path);
}

static int write_files(const delivery *d, const lrpot_potential *model, lrpot_workspace *work,
                       const gamma_result *gamma, const double *Z, const double *epsilon)
{
    const char *folder = d->request->folder;
    if (mkdir(folder, 0777) != 0 && errno != EEXIST)
        return report_error(FAILED, "%s: cannot be made: %s", folder, strerror(errno));
    char *cell = output_join(folder, d->qe ? "unitcell.in" : "POSCAR"),
         *constants = output_join(folder, "FORCE_CONSTANTS"), *born = output_join(folder, "BORN");
    int code = cell != NULL && constants != NULL && born != NULL ? GO_ON : report_no_memory();
    if (code == GO_ON) code = write_cell(cell, d, gamma->masses);
    if (code == GO_ON)
        code = phonopy_write_constants(constants, model, work, d->structure, d->order, d->repeat,
                                       d->request->step, d->qe ? BOHR * BOHR / RYDBERG : 1.0);
    if (code == GO_ON) code = write_born(born, d, Z, epsilon);
    free(cell);
    free(constants);
    free(born);
    return code;
}

/* Prints the command. Masses are always included: phonopy knows neither isotopes nor the model's
 * table. So is the primitive cell, which is the cell of the file: another one would need another
 * BORN and other masses. */
static int print_command(const delivery *d, const gamma_result *gamma, const double *Z)
{
    char *masses = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&masses, &size);
    if (stream == NULL) return report_no_memory();
    for (int64_t k = 0; k < gamma->n; k++)
        fprintf(stream, "%s%.10g", k > 0 ? " " : "", gamma->masses[d->order[k]]);
    if (fclose(stream) != 0) return report_no_memory();
    double direction[3]; /* phonopy expects it along the reciprocal vectors */
    zone_reduced(lrpot_structure_cell(d->structure), d->request->direction, direction);
    report_note("%s, FORCE_CONSTANTS%s written; in %s:", d->qe ? "unitcell.in" : "POSCAR",
                Z != NULL ? ", BORN" : "", d->request->folder);
    report_note("  phonopy %s --dim \"%d %d %d\" --pa \"1 0 0 0 1 0 0 0 1\" --mass \"%s\" "
                "--readfc%s%s --qpoints \"0 0 0\" --q-direction \"%.9g %.9g %.9g\"",
                d->qe ? "--qe -c unitcell.in" : "-c POSCAR", (int)d->repeat, (int)d->repeat,
                (int)d->repeat, masses, Z != NULL ? " --nac" : "",
                Z != NULL && d->rows.all ? " --nosym" : "", direction[0], direction[1],
                direction[2]);
    free(masses);
    return GO_ON;
}

static void print_order(const delivery *d)
{
    int64_t moved = 0;
    for (int64_t k = 0; k < lrpot_structure_count(d->structure); k++) moved += d->order[k] != k;
    if (moved > 0)
        report_note("atoms are grouped by species there: all files and --mass have that order");
}

int hand_over_run(const hand_over *request, const lrpot_potential *model, lrpot_workspace *work,
                  const lrpot_structure *structure, const gamma_result *gamma, const double *Z,
                  const double *epsilon)
{
    delivery d = { .request = request,
                   .qe = strcmp(request->interface, "qe") == 0,
                   .repeat = request->repeat > 0 ? (int32_t)request->repeat
                                                 : phonopy_default_supercell(structure),
                   .order = malloc((size_t)gamma->n * sizeof *d.order) };
    if (d.order == NULL) return report_no_memory();
    lrpot_status status = copy_right_handed(&d.structure, structure);
    if (status == LRPOT_OK) status = lrpot_structure_species_order(d.structure, d.order);
    int code = status == LRPOT_OK ? GO_ON : report_failure(status, request->folder);
    if (code == GO_ON && Z != NULL)
        code = born_rows_choose(&d.rows, "phonon", request->independent, d.structure, d.order,
                                BORN_SYMPREC * (d.qe ? BOHR : 1.0));
    if (code == GO_ON) code = write_files(&d, model, work, gamma, Z, epsilon);
    if (code == GO_ON) code = print_command(&d, gamma, Z);
    if (code == GO_ON) print_order(&d);
    born_rows_free(&d.rows);
    lrpot_structure_free(d.structure);
    free(d.order);
    return code;
}
