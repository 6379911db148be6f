/* i-PI protocol over a stream socket: headers of twelve letters, numbers in the byte order of the
 * machine, atomic units, cells and virials with the lattice vectors as columns (i-PI manual,
 * "Communication protocol"). */
#ifndef LRPOT_TOOL_IPI_H
#define LRPOT_TOOL_IPI_H

#include <stddef.h>
#include <stdint.h>

/* CODATA 2018. */
#define IPI_BOHR 0.529177210903     /* A */
#define IPI_HARTREE 27.211386245988 /* eV */

/* Address of the server: a file, or host and port. name is for messages. */
typedef struct ipi_address {
    char file[108], host[256], port[8], name[288];
} ipi_address;

/* Results of reading or writing. */
enum ipi_end {
    IPI_GOOD,
    IPI_CLOSED, /* the server closed the connection between two messages */
    IPI_LOST,   /* the connection broke; trouble states the reason */
    IPI_ALIEN   /* the data do not follow the protocol; trouble states the reason */
};

typedef struct ipi_link {
    int handle; /* -1: not connected */
    char trouble[256];
} ipi_link;
#define IPI_LINK_INIT \
    {                 \
        -1, ""        \
    }

/* Address of a local socket. NAME means ipi_NAME in the system's folder for temporary files, as in
 * servers; a name with a slash is a path. Returns 0 if it is too long. */
int ipi_address_unix(ipi_address *address, const char *name);
/* Address HOST:PORT, or [HOST]:PORT for numbers of IPv6. Returns 0 if it is invalid. */
int ipi_address_tcp(ipi_address *address, const char *text);

/* Returns 1, or 0 with link->trouble filled. */
int ipi_connect(ipi_link *link, const ipi_address *address);
void ipi_disconnect(ipi_link *link);

/* Header without its trailing blanks. */
enum { IPI_HEADER = 12 };
enum ipi_end ipi_read_header(ipi_link *link, char *header /* [13] */);
enum ipi_end ipi_read(ipi_link *link, void *out, size_t size);
/* Reads and ignores bytes. */
enum ipi_end ipi_skip(ipi_link *link, size_t size);
enum ipi_end ipi_write(ipi_link *link, const void *data, size_t size);
enum ipi_end ipi_write_header(ipi_link *link, const char *header);

/* POSDATA up to its atoms: cell rows in A, number of atoms. */
enum ipi_end ipi_read_cell(ipi_link *link, double *cell /* [9] */, int32_t *n);
/* positions in A, [n][3]. */
enum ipi_end ipi_read_positions(ipi_link *link, double *positions, int64_t n);
/* The same into memory that grows as data arrive, because a server may announce more than it sends.
 * The caller frees *out, which is NULL with IPI_GOOD without memory. */
enum ipi_end ipi_receive_positions(ipi_link *link, int64_t n, double **out);

/* Packs FORCEREADY: energy in eV, forces in eV/A, virial[a][b] = -dE/dstrain_ab in eV, extras a
 * text of at least one letter. Returns its size; out NULL: only the size. */
size_t ipi_pack_forces(char *out, double energy, const double *forces, int32_t n,
                       const double *virial, const char *extras, size_t length);

#endif
