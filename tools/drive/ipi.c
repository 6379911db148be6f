#define _XOPEN_SOURCE 700 /* for P_tmpdir */

#include "drive/ipi.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int ipi_address_unix(ipi_address *address, const char *name)
{
    *address = (ipi_address){ "", "", "", "" };
    const char *before = strchr(name, '/') != NULL ? "" : P_tmpdir "/ipi_";
    int length = snprintf(address->file, sizeof address->file, "%s%s", before, name);
    snprintf(address->name, sizeof address->name, "%s", address->file);
    return *name != '\0' && length > 0 && (size_t)length < sizeof address->file;
}

int ipi_address_tcp(ipi_address *address, const char *text)
{
    *address = (ipi_address){ "", "", "", "" };
    const char *colon = strrchr(text, ':');
    if (colon == NULL || colon == text) return 0;
    char *end = NULL;
    long port = strtol(colon + 1, &end, 10);
    if (end == colon + 1 || *end != '\0' || port < 1 || port > 65535) return 0;
    size_t length = (size_t)(colon - text);
    int bracketed = text[0] == '[' && text[length - 1] == ']' && length > 2;
    if (bracketed) {
        text++;
        length -= 2;
    }
    if (length >= sizeof address->host) return 0;
    memcpy(address->host, text, length);
    address->host[length] = '\0';
    snprintf(address->port, sizeof address->port, "%ld", port);
    snprintf(address->name, sizeof address->name, bracketed ? "[%s]:%s" : "%s:%s", address->host,
             address->port);
    return 1;
}

static int connect_unix(ipi_link *link, const ipi_address *address)
{
    struct sockaddr_un place = { .sun_family = AF_UNIX };
    memcpy(place.sun_path, address->file, strlen(address->file) + 1);
    link->handle = socket(AF_UNIX, SOCK_STREAM, 0);
    if (link->handle >= 0
        && connect(link->handle, (const struct sockaddr *)&place, sizeof place) == 0)
        return 1;
    snprintf(link->trouble, sizeof link->trouble, "%s", strerror(errno));
    ipi_disconnect(link);
    return 0;
}

static int connect_tcp(ipi_link *link, const ipi_address *address)
{
    struct addrinfo wanted = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM }, *found = NULL;
    int bad = getaddrinfo(address->host, address->port, &wanted, &found);
    if (bad != 0) {
        snprintf(link->trouble, sizeof link->trouble, "%s", gai_strerror(bad));
        return 0;
    }
    for (const struct addrinfo *at = found; at != NULL && link->handle < 0; at = at->ai_next) {
        link->handle = socket(at->ai_family, at->ai_socktype, at->ai_protocol);
        if (link->handle >= 0 && connect(link->handle, at->ai_addr, at->ai_addrlen) == 0) break;
        snprintf(link->trouble, sizeof link->trouble, "%s", strerror(errno));
        ipi_disconnect(link);
    }
    freeaddrinfo(found);
    if (link->handle < 0) return 0;
    /* Headers are short and answered at once: waiting for more data would cost tens of milliseconds
     * per step. */
    int on = 1;
    (void)setsockopt(link->handle, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return 1;
}

int ipi_connect(ipi_link *link, const ipi_address *address)
{
    ipi_disconnect(link);
    return address->file[0] != '\0' ? connect_unix(link, address) : connect_tcp(link, address);
}

void ipi_disconnect(ipi_link *link)
{
    if (link->handle >= 0) close(link->handle);
    link->handle = -1;
}

/* Reads size bytes unless the stream ends; *got: number of bytes read. */
static enum ipi_end read_some(ipi_link *link, char *out, size_t size, size_t *got)
{
    *got = 0;
    while (*got < size) {
        ssize_t step = recv(link->handle, out + *got, size - *got, 0);
        if (step == 0) {
            snprintf(link->trouble, sizeof link->trouble, "the connection ended");
            return IPI_CLOSED;
        }
        if (step < 0 && errno == EINTR) continue;
        if (step < 0) {
            snprintf(link->trouble, sizeof link->trouble, "%s", strerror(errno));
            return IPI_LOST;
        }
        *got += (size_t)step;
    }
    return IPI_GOOD;
}

enum ipi_end ipi_read(ipi_link *link, void *out, size_t size)
{
    size_t got;
    enum ipi_end end = read_some(link, out, size, &got);
    return end == IPI_CLOSED ? IPI_LOST : end;
}

enum ipi_end ipi_skip(ipi_link *link, size_t size)
{
    char bin[4096];
    enum ipi_end end = IPI_GOOD;
    for (; size > 0 && end == IPI_GOOD; size -= size < sizeof bin ? size : sizeof bin)
        end = ipi_read(link, bin, size < sizeof bin ? size : sizeof bin);
    return end;
}

enum ipi_end ipi_read_header(ipi_link *link, char *header)
{
    size_t got;
    enum ipi_end end = read_some(link, header, IPI_HEADER, &got);
    /* The end of the stream is regular only between messages. */
    if (end == IPI_CLOSED && got > 0) return IPI_LOST;
    header[IPI_HEADER] = '\0';
    for (int k = IPI_HEADER - 1; end == IPI_GOOD && k >= 0 && header[k] == ' '; k--)
        header[k] = '\0';
    return end;
}

enum ipi_end ipi_write(ipi_link *link, const void *data, size_t size)
{
    const char *at = data;
    while (size > 0) {
        /* Without the flag a server that disconnects would end the whole process by a signal. */
        ssize_t step = send(link->handle, at, size, MSG_NOSIGNAL);
        if (step < 0 && errno == EINTR) continue;
        if (step < 0) {
            snprintf(link->trouble, sizeof link->trouble, "%s", strerror(errno));
            return IPI_LOST;
        }
        at += step;
        size -= (size_t)step;
    }
    return IPI_GOOD;
}

static void pad(char *out, const char *header)
{
    size_t length = strlen(header);
    memset(out, ' ', IPI_HEADER);
    memcpy(out, header, length < IPI_HEADER ? length : IPI_HEADER);
}

enum ipi_end ipi_write_header(ipi_link *link, const char *header)
{
    char padded[IPI_HEADER];
    pad(padded, header);
    return ipi_write(link, padded, sizeof padded);
}

enum ipi_end ipi_read_cell(ipi_link *link, double *cell, int32_t *n)
{
    double columns[9];
    enum ipi_end end = ipi_read(link, columns, sizeof columns);
    /* Skips the inverse cell, in which servers differ by a transposition. */
    if (end == IPI_GOOD) end = ipi_skip(link, sizeof columns);
    if (end == IPI_GOOD) end = ipi_read(link, n, sizeof *n);
    if (end != IPI_GOOD) return end;
    for (int a = 0; a < 3; a++)
        for (int b = 0; b < 3; b++) cell[3 * a + b] = columns[3 * b + a] * IPI_BOHR;
    if (*n > 0) return IPI_GOOD;
    snprintf(link->trouble, sizeof link->trouble, "POSDATA of %d atoms", (int)*n);
    return IPI_ALIEN;
}

enum ipi_end ipi_read_positions(ipi_link *link, double *positions, int64_t n)
{
    enum ipi_end end = ipi_read(link, positions, (size_t)n * 3 * sizeof *positions);
    for (int64_t k = 0; end == IPI_GOOD && k < 3 * n; k++) positions[k] *= IPI_BOHR;
    return end;
}

enum ipi_end ipi_receive_positions(ipi_link *link, int64_t n, double **out)
{
    enum { FIRST = 4096 };
    enum ipi_end end = IPI_GOOD;
    *out = NULL;
    for (int64_t have = 0, part = FIRST; have < n && end == IPI_GOOD; have += part, part = have) {
        if (part > n - have) part = n - have;
        double *more = realloc(*out, (size_t)(3 * (have + part)) * sizeof *more);
        if (more == NULL) {
            free(*out);
            *out = NULL;
            return IPI_GOOD;
        }
        *out = more;
        end = ipi_read_positions(link, more + 3 * have, part);
    }
    return end;
}

/* Appends data at *at, if there is an output, and advances. */
static void put(char *out, size_t *at, const void *data, size_t size)
{
    if (out != NULL) memcpy(out + *at, data, size);
    *at += size;
}

size_t ipi_pack_forces(char *out, double energy, const double *forces, int32_t n,
                       const double *virial, const char *extras, size_t length)
{
    char header[IPI_HEADER];
    size_t at = 0, forces_at;
    int32_t extras_size = (int32_t)length;
    double hartree = energy / IPI_HARTREE, columns[9];
    pad(header, "FORCEREADY");
    put(out, &at, header, sizeof header);
    put(out, &at, &hartree, sizeof hartree);
    put(out, &at, &n, sizeof n);
    forces_at = at;
    at += (size_t)n * 3 * sizeof(double);
    for (int a = 0; a < 3 && out != NULL; a++)
        for (int b = 0; b < 3; b++) columns[3 * b + a] = virial[3 * a + b] / IPI_HARTREE;
    put(out, &at, columns, sizeof columns);
    put(out, &at, &extras_size, sizeof extras_size);
    put(out, &at, extras, length);
    for (int64_t k = 0; out != NULL && k < 3 * (int64_t)n; k++) {
        double value = forces[k] * (IPI_BOHR / IPI_HARTREE);
        put(out, &forces_at, &value, sizeof value);
    }
    return at;
}
