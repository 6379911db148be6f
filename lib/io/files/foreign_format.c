/* Recognition of structure files that the readers do not read, for the error message. */
#include "io/files/foreign_format.h"

#include "core/error.h"
#include "core/number.h"
#include "io/text/text.h"

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

typedef struct kind {
    const char *what, *remedy;
} kind;

#define ASE "make extended XYZ of it: ase convert"

static kind compressed(const char *data, int64_t size)
{
    if (begins(data, size, "\x1f\x8b"))
        return (kind){ "is compressed by gzip", "unpack it by gunzip" };
    if (begins(data, size, "BZh"))
        return (kind){ "is compressed by bzip2", "unpack it by bunzip2" };
    if (begins(data, size,
               "\xfd"
               "7zXZ"))
        return (kind){ "is compressed by xz", "unpack it by unxz" };
    if (begins(data, size, "\x28\xb5\x2f\xfd"))
        return (kind){ "is compressed by zstd", "unpack it by unzstd" };
    if (begins(data, size, "PK\x03\x04")) return (kind){ "is a zip archive", "unpack it by unzip" };
    return (kind){ NULL, NULL };
}

static kind binary(const char *data, int64_t size)
{
    if (begins(data, size, "\x89HDF\r\n\x1a\n"))
        return (kind){ "is an HDF5 file (vaspout.h5, H5MD)", "write its frames as extended XYZ, by "
                                                             "ASE or the program that made it" };
    if (begins(data, size, "CDF\x01") || begins(data, size, "CDF\x02"))
        return (kind){ "is a NetCDF trajectory", ASE " -i netcdftrajectory IN OUT.xyz" };
    if (begins(data, size, "- of Ulm")) return (kind){ "is an ASE trajectory", ASE " IN OUT.xyz" };
    if (size >= 8 && memcmp(data + 4, "CORD", 4) == 0)
        return (kind){ "is a DCD trajectory",
                       "write extended XYZ instead, or convert it by OVITO" };
    return (kind){ NULL, NULL };
}

static kind written(const char *name, const char *data, int64_t size)
{
    if (begins(data, size, "ITEM: "))
        return (
            kind){ "is a LAMMPS dump (custom or atom)",
                   "write it by 'dump ID all extxyz N FILE.xyz' with dump_modify element, or " ASE
                   " -i lammps-dump-text IN OUT.xyz" };
    if (strstr(name, "OUTCAR") != NULL || holds(data, size, "vasp.5.")
        || holds(data, size, "vasp.6."))
        if (!begins(data, size, "<?xml"))
            return (kind){ "is a VASP OUTCAR", ASE " -i vasp-out IN OUT.xyz" };
    if (begins(data, size, "<?xml") && holds(data, size, "<modeling"))
        return (kind){ "is a VASP vasprun.xml", ASE " -i vasp-xml IN OUT.xyz" };
    if (strncmp(name, "XDATCAR", 7) == 0)
        return (kind){ "is a VASP XDATCAR", ASE " -i vasp-xdatcar IN OUT.xyz" };
    if (strncmp(name, "POSCAR", 6) == 0 || strncmp(name, "CONTCAR", 7) == 0)
        return (kind){ "is a VASP POSCAR", ASE " -i vasp IN OUT.xyz" };
    if (begins(data, size, "Number of particles"))
        return (kind){ "is an AtomEye .cfg", ASE " -i cfg IN OUT.xyz" };
    if (begins(data, size, "LAMMPS data file"))
        return (kind){ "is a LAMMPS data file", ASE " -i lammps-data IN OUT.xyz" };
    if (begins(data, size, "data_") || holds(data, size, "\n_cell_length_a"))
        return (kind){ "is a CIF", ASE " -i cif IN OUT.xyz" };
    if (begins(data, size, "HEADER ") || begins(data, size, "CRYST1"))
        return (kind){ "is a PDB file", ASE " -i proteindatabank IN OUT.xyz" };
    if (holds(data, size, "Program PWSCF"))
        return (kind){ "is an output of Quantum ESPRESSO", ASE " -i espresso-out IN OUT.xyz" };
    return (kind){ NULL, NULL };
}

lrpot_status lrpot__foreign_format_refuse(lrpot__text *text)
{
    const char *data = NULL;
    int64_t size = 0;
    int32_t whole = 0;
    LRPOT__TRY(lrpot__text_peek(text, LOOK, &data, &size, &whole));
    char first[80] = "";
    kind k = compressed(data, size);
    if (k.what == NULL) k = binary(data, size);
    (void)line_of(data, size, 0, first, sizeof first);
    /* a number alone in the first line is XYZ, whatever the name of the file */
    if (k.what == NULL && is_poscar(data, size))
        k = (kind){ "is a VASP POSCAR", ASE " -i vasp IN OUT.xyz" };
    if (k.what == NULL && numbers_of(first) != 1) k = written(base_name(text->name), data, size);
    if (k.what == NULL) return LRPOT_OK;
    return lrpot__fail(LRPOT_E_PARSE, "%s: %s, not extended XYZ or .cfg; %s", text->name, k.what,
                       k.remedy);
}
