#include "io/files/recognise_format.h"

#include "core/error.h"
#include "core/number.h"
#include "io/espresso/espresso_response.h"
#include "io/espresso/espresso_xml.h"
#include "io/lammps/dump.h"
#include "io/mlip/cfg.h"
#include "io/text/text.h"
#include "io/vasp/poscar_read.h"
#include "io/vasp/vasprun.h"
#include "io/xyz/xyz.h"

#include <string.h>

#define LOOK 4096 /* bytes of the file that are inspected */

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

static int begins(const char *data, int64_t size, const char *with)
{
    int64_t length = (int64_t)strlen(with);
    return size >= length && memcmp(data, with, (size_t)length) == 0;
}

/* Copies line number `line` (from 0) of the data; 0 if it does not exist. */
static int line_of(const char *data, int64_t size, int line, char *out, size_t room)
{
    const char *at = data, *end = data + size;
    for (; line > 0 && at != NULL; line--) {
        at = memchr(at, '\n', (size_t)(end - at));
        if (at != NULL) at++;
    }
    if (at == NULL || at >= end) return 0;
    size_t n = 0;
    for (; at < end && *at != '\n' && *at != '\r' && *at != '\0' && n + 1 < room; at++)
        out[n++] = *at;
    out[n] = '\0';
    return 1;
}

/* Number of fields of a line that are all numbers; 0 when one is not. */
static int numbers_of(const char *line)
{
    lrpot__field field;
    double value;
    int n = 0;
    while (lrpot__field_next(&line, &field)) {
        if (lrpot__number_parse(field.text, field.end, &value) != field.end) return 0;
        n++;
    }
    return n;
}

/* 1 for title, scale, three vectors: lines of three numbers are not atoms of XYZ. */
static int is_poscar(const char *data, int64_t size)
{
    char line[400];
    if (!line_of(data, size, 1, line, sizeof line)
        || (numbers_of(line) != 1 && numbers_of(line) != 3))
        return 0;
    for (int k = 2; k < 5; k++)
        if (!line_of(data, size, k, line, sizeof line) || numbers_of(line) != 3) return 0;
    return 1;
}

static int holds(const char *data, int64_t size, const char *word)
{
    int64_t length = (int64_t)strlen(word);
    for (int64_t at = 0; at + length <= size; at++)
        if (memcmp(data + at, word, (size_t)length) == 0) return 1;
    return 0;
}

static int ends_with(const char *name, const char *ending)
{
    size_t n = strlen(name), m = strlen(ending);
    return n >= m && lrpot__equal_ignoring_case(name + n - m, ending);
}

/* Kinds of files that are not read. The first row that fits counts; a pattern that is NULL fits
 * nothing. */
typedef struct kind {
    const char *name, *begin, *hold; /* part of the name, first bytes, bytes near the beginning */
    const char *what, *remedy;
} kind;

#define ASE "make extended XYZ of it: ase convert"
#define BY_ASE(format) ASE " -i " format " IN OUT.xyz"

static const kind compressed[] = {
    { NULL, "BZh", NULL, "is compressed by bzip2", "unpack it by bunzip2" },
    { NULL,
      "\xfd"
      "7zXZ",
      NULL, "is compressed by xz", "unpack it by unxz" },
    { NULL, "\x28\xb5\x2f\xfd", NULL, "is compressed by zstd", "unpack it by unzstd" },
    { NULL, "PK\x03\x04", NULL, "is a zip archive", "unpack it by unzip" },
};

static const kind binary[] = {
    { NULL, "\x89HDF\r\n\x1a\n", NULL, "is an HDF5 file (vaspout.h5, H5MD)",
      "read vasprun.xml of the same run, or write its frames as extended XYZ by the program that "
      "made it" },
    { NULL, "CDF\x01", NULL, "is a NetCDF trajectory", BY_ASE("netcdftrajectory") },
    { NULL, "CDF\x02", NULL, "is a NetCDF trajectory", BY_ASE("netcdftrajectory") },
    { NULL, "- of Ulm", NULL, "is an ASE trajectory", ASE " IN OUT.xyz" },
    { NULL, "SQLite format 3", NULL, "is a database of ASE", BY_ASE("db") },
    { NULL, "\x93NUMPY", NULL, "is an array of NumPy, as in the folders of DeePMD",
      "make extended XYZ of the folder, see the page 'Take data from other codes'" },
    { NULL, "\x00\x00\x07\xcb", NULL, "is an XTC trajectory of GROMACS",
      "write extended XYZ instead, or "
      "convert it by OVITO or MDAnalysis" },
    { NULL, "\x00\x00\x07\xc9", NULL, "is a TRR trajectory of GROMACS",
      "write extended XYZ instead, or "
      "convert it by OVITO or MDAnalysis" },
};

static const kind written[] = {
    { "OUTCAR", NULL, "vasp.5.", "is a VASP OUTCAR",
      "read vasprun.xml of the same run, or " BY_ASE("vasp-out") },
    { NULL, NULL, "vasp.6.", "is a VASP OUTCAR",
      "read vasprun.xml of the same run, or " BY_ASE("vasp-out") },
    { NULL, NULL, "Program PWSCF", "is the text output of Quantum ESPRESSO",
      "read PREFIX.save/data-file-schema.xml of the same run, or " BY_ASE("espresso-out") },
    { NULL, NULL, "\n&SYSTEM", "is an input of Quantum ESPRESSO", BY_ASE("espresso-in") },
    { NULL, "&CONTROL", NULL, "is an input of Quantum ESPRESSO", BY_ASE("espresso-in") },
    { NULL, NULL, "CP2K|", "is the text output of CP2K",
      "join its files of positions, forces and cells, see the page 'Take data from other codes'" },
    { NULL, NULL, "of ABINIT", "is the text output of ABINIT", BY_ASE("abinit-out") },
    { NULL, NULL, "Invoking FHI-aims", "is the text output of FHI-aims", BY_ASE("aims-output") },
    { NULL, NULL, "Entering Gaussian System", "is the text output of Gaussian",
      BY_ASE("gaussian-out") },
    { NULL, NULL, "O   R   C   A", "is the text output of ORCA",
      "write its frames as extended XYZ, see the page 'Take data from other codes'" },
    { NULL, NULL, "CASTEP version", "is the text output of CASTEP", BY_ASE("castep-castep") },
    { NULL, NULL, "Northwest Computational Chemistry", "is the text output of NWChem",
      BY_ASE("nwchem-out") },
    { NULL, NULL, "|__ |  _|___|_____|", "is the text output of GPAW", BY_ASE("gpaw-out") },
    { NULL, "Number of particles", NULL, "is an AtomEye .cfg", BY_ASE("cfg") },
    { NULL, "LAMMPS data file", NULL, "is a LAMMPS data file", BY_ASE("lammps-data") },
    { NULL, NULL, " xlo xhi", "is a LAMMPS data file", BY_ASE("lammps-data") },
    { NULL, "LAMMPS (", NULL, "is a log of LAMMPS",
      "dump the frames by 'dump ID all custom N FILE id type element x y z vx vy vz'" },
    { NULL, "data_", "\n_cell_length_a", "is a CIF", BY_ASE("cif") },
    { NULL, "HEADER ", NULL, "is a PDB file", BY_ASE("proteindatabank") },
    { NULL, "CRYST1", NULL, "is a PDB file", BY_ASE("proteindatabank") },
    { NULL, "phonopy:", NULL, "is a file of phonopy", "read its cell from a POSCAR" },
    { NULL, NULL, "<EF_TENSORS>", "is tensors.xml of Quantum ESPRESSO without atoms",
      "read the dynamical matrices of the same run: fildyn = 'NAME.xml'" },
    { NULL, "<", NULL, "is XML of a kind that is not read",
      "vasprun.xml, the data-file-schema.xml of pw.x and the fildyn XML of ph.x are read" },
};
#define COUNT(table) ((int)(sizeof table / sizeof table[0]))

/* First bytes: zeros are bytes as others. */
static int begins_with(const char *data, int64_t size, const char *with)
{
    int64_t length = with[0] != '\0' ? (int64_t)strlen(with) : 4;
    return size >= length && memcmp(data, with, (size_t)length) == 0;
}

static const kind *find(const kind *table, int count, const char *name, const char *data,
                        int64_t size)
{
    for (int k = 0; k < count; k++)
        if ((table[k].name != NULL && strstr(name, table[k].name) != NULL)
            || (table[k].begin != NULL && begins_with(data, size, table[k].begin))
            || (table[k].hold != NULL && holds(data, size, table[k].hold)))
            return &table[k];
    return NULL;
}

static lrpot_status refuse(const lrpot__text *text, const kind *k)
{
    return lrpot__fail(LRPOT_E_PARSE, "%s: %s, which is not read; %s", text->name, k->what,
                       k->remedy);
}

/* XML by its root element. */
static lrpot_status choose_xml(const lrpot__text *text, const char *data, int64_t size,
                               const lrpot__frame_format **format)
{
    int vasp = holds(data, size, "<modeling"), pw = holds(data, size, "<qes:espresso"),
        ph = holds(data, size, "<GEOMETRY_INFO>"), tensors = holds(data, size, "<EF_TENSORS>");
    if (!vasp && !pw && !ph) return refuse(text, &written[COUNT(written) - (tensors ? 2 : 1)]);
#ifdef LRPOT_HAVE_LIBXML2
    *format = vasp ? &lrpot__format_vasprun
              : pw ? &lrpot__format_espresso
                   : &lrpot__format_espresso_response;
    return LRPOT_OK;
#else
    (void)format;
    return lrpot__fail(LRPOT_E_UNSUPPORTED,
                       "%s: is %s; this liblrpot was built without libxml2 (option -Dxml); %s",
                       text->name, vasp ? "a VASP vasprun.xml" : "XML of Quantum ESPRESSO",
                       vasp ? BY_ASE("vasp-xml")
                            : "make extended XYZ of the text output: ase convert -i espresso-out");
#endif
}

/* A number alone in the first line is XYZ, whatever the name of the file. */
static lrpot_status choose_text(const lrpot__text *text, const char *data, int64_t size,
                                const lrpot__frame_format **format)
{
    const char *name = base_name(text->name);
    char first[80] = "";
    (void)line_of(data, size, 0, first, sizeof first);
    *format = &lrpot__format_poscar;
    if (is_poscar(data, size)) return LRPOT_OK;
    *format = &lrpot__format_xyz;
    if (numbers_of(first) == 1) return LRPOT_OK;
    if (begins(data, size, "<?xml") || begins(data, size, "<modeling"))
        return choose_xml(text, data, size, format);
    const kind *k = find(written, COUNT(written), name, data, size);
    if (k != NULL) return refuse(text, k);
    if (strncmp(name, "POSCAR", 6) == 0 || strncmp(name, "CONTCAR", 7) == 0
        || strncmp(name, "XDATCAR", 7) == 0)
        *format = &lrpot__format_poscar;
    return LRPOT_OK;
}

lrpot_status lrpot__recognise_format(lrpot__text *text, const lrpot__frame_format **format)
{
    const char *data = NULL;
    int64_t size = 0;
    int32_t whole = 0;
    LRPOT__TRY(lrpot__text_peek(text, LOOK, &data, &size, &whole));
    const kind *k = find(compressed, COUNT(compressed), "", data, size);
    if (k == NULL) k = find(binary, COUNT(binary), "", data, size);
    if (k != NULL) return refuse(text, k);
    if (size >= 8 && memcmp(data + 4, "CORD", 4) == 0)
        return lrpot__fail(LRPOT_E_PARSE,
                           "%s: is a DCD trajectory, which is not read; write extended XYZ "
                           "instead, or convert it by OVITO",
                           text->name);
    *format = &lrpot__format_cfg;
    const char *at = data;
    while (at < data + size && (lrpot__is_blank(*at) || *at == '\n' || *at == '\r')) at++;
    if (begins(at, data + size - at, "BEGIN_CFG")) return LRPOT_OK;
    if (begins(at, data + size - at, "ITEM: ")) {
        *format = &lrpot__format_dump;
        return LRPOT_OK;
    }
    if (ends_with(text->name, ".cfg") && !begins(at, data + size - at, "Number of particles"))
        return LRPOT_OK;
    return choose_text(text, data, size, format);
}
