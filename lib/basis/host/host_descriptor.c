#include "basis/host/host_descriptor.h"

#include "basis/host/host_edges.h"
#include "basis/site_outputs.h"
#include "core/error.h"
#include "core/finite.h"
#include "core/memory.h"
#include "core/workspace.h"

#include <stdatomic.h>
#include <string.h>

static const lrpot__tag gradients_tag = { "gradients of the host" };

/* Shared by copies of a basis. */
typedef struct {
    atomic_int owners;
    lrpot__host host;
} shared;

static const lrpot__host *host_of(const lrpot_basis *basis)
{
    return &((const shared *)basis->data)->host;
}

static int64_t count(const lrpot_basis *basis)
{
    return host_of(basis)->charged ? LRPOT__SITE_OUTPUTS : LRPOT__SITE_ENERGY + 1;
}

/* Force, virial and moments of one edge, whose derivative is g. */
static void add_edge(const lrpot__request *request, const int64_t *owner, int64_t i, int64_t j,
                     const double *d, const double *g)
{
    const double *arm = request->lever_arm;
    double reach = 0.0, turned = 0.0;
    int64_t to = owner != NULL ? owner[j] : j;
    for (int c = 0; c < 3 && arm != NULL; c++) reach += arm[c] * d[c], turned += arm[c] * g[c];
    for (int c = 0; c < 3 && request->forces != NULL; c++) {
        request->forces[3 * to + c] -= arm != NULL ? reach * g[c] : g[c];
        if (arm == NULL) request->forces[3 * i + c] += g[c];
    }
    for (int k = 0; k < 9; k++) {
        int a = k / 3, b = k % 3;
        double w = arm != NULL ? 0.5 * (d[a] * d[b] * turned - reach * (d[a] * g[b] + d[b] * g[a]))
                               : -d[a] * g[b];
        if (request->virial != NULL) request->virial[k] += w;
        if (request->virial_atom != NULL) request->virial_atom[9 * to + k] += w;
        if (request->virial_centre != NULL) request->virial_centre[9 * i + k] += w;
    }
}

static void add_edges(const lrpot__request *request, const lrpot_host_edges *edges,
                      const double *gradients)
{
    for (int64_t i = 0; i < edges->n_atoms; i++)
        for (int64_t e = edges->offsets[i]; e < edges->offsets[i + 1]; e++)
            add_edge(request, edges->atoms->ghost_owner, i, edges->neighbours[e],
                     edges->vectors + 3 * e, gradients + 3 * e);
}

/* Rows of both Jacobians times the weights of their atoms, in place of the energies' rows. */
static void weigh(const lrpot_host_edges *edges, const lrpot_host_results *values,
                  const lrpot__site_outputs *sites)
{
    for (int64_t i = 0; i < edges->n_atoms; i++)
        for (int64_t k = 3 * edges->offsets[i]; k < 3 * edges->offsets[i + 1]; k++) {
            values->energy_gradients[k] *= sites->energy_weights[i];
            if (values->charge_gradients != NULL)
                values->energy_gradients[k] += sites->charge_weights[i]
                                               * values->charge_gradients[k];
        }
}

static lrpot_status check_values(const lrpot_host_edges *edges, const lrpot_host_results *values)
{
    LRPOT__TRY(lrpot__all_finite("energies of the host", edges->n_atoms, values->energies));
    LRPOT__TRY(lrpot__all_finite("charges of the host", edges->n_atoms, values->charges));
    LRPOT__TRY(lrpot__all_finite("energy gradients of the host", 3 * edges->n_edges,
                                 values->energy_gradients));
    return lrpot__all_finite("charge gradients of the host", 3 * edges->n_edges,
                             values->charge_gradients);
}

static void zero(double *array, int64_t n)
{
    if (array != NULL && n > 0) memset(array, 0, (size_t)n * sizeof *array);
}

static lrpot_status call_host(const lrpot__host *h, const lrpot_host_edges *edges,
                              const lrpot_host_results *values)
{
    zero(values->energies, edges->n_atoms);
    zero(values->charges, edges->n_atoms);
    zero(values->energy_gradients, 3 * edges->n_edges);
    zero(values->charge_gradients, 3 * edges->n_edges);
    LRPOT__TRY(h->evaluate(h->ctx, edges, values));
    return check_values(edges, values);
}

/* Values alone. */
static lrpot_status evaluate(const lrpot__host *h, const lrpot_host_edges *edges,
                             const lrpot__site_outputs *sites)
{
    const lrpot_host_results values = { .struct_size = sizeof values,
                                        .charges = h->charged ? sites->charges : NULL,
                                        .energies = sites->energies };
    return call_host(h, edges, &values);
}

/* Values and, in `gradients`, derivatives of the weighted sum, from the rows of a Jacobian. */
static lrpot_status pull_rows(const lrpot__host *h, const lrpot_host_edges *edges,
                              const lrpot__site_outputs *sites, double *gradients)
{
    const lrpot_host_results values = { .struct_size = sizeof values,
                                        .charges = h->charged ? sites->charges : NULL,
                                        .energies = sites->energies,
                                        .charge_gradients =
                                            h->charged ? gradients + 3 * edges->n_edges : NULL,
                                        .energy_gradients = gradients };
    LRPOT__TRY(call_host(h, edges, &values));
    weigh(edges, &values, sites);
    return LRPOT_OK;
}

/* The same derivatives by the host's own product. */
static lrpot_status pull_weights(const lrpot__host *h, const lrpot_host_edges *edges,
                                 const lrpot__site_outputs *sites, double *gradients)
{
    const lrpot_host_weights weights = { .struct_size = sizeof weights,
                                         .charges = h->charged ? sites->charge_weights : NULL,
                                         .energies = sites->energy_weights };
    zero(gradients, 3 * edges->n_edges);
    LRPOT__TRY(h->pull(h->ctx, edges, &weights, gradients));
    return lrpot__all_finite("gradients of the host", 3 * edges->n_edges, gradients);
}

/* Refuses what needs to know the atom whose outputs an edge acts on, and the edges of ghosts. */
static lrpot_status check_messages(const lrpot_atoms *atoms, const lrpot__request *request)
{
    if (request->lever_arm != NULL || request->virial_atom != NULL
        || request->virial_centre != NULL)
        return lrpot__fail(LRPOT_E_UNSUPPORTED,
                           "Born charges, fields and virials of atoms need edges of all layers of "
                           "the host's network, without LRPOT_HOST_MESSAGES");
    if (atoms->n_all != atoms->n_owned)
        return lrpot__fail(LRPOT_E_UNSUPPORTED,
                           "LRPOT_HOST_MESSAGES with %lld ghosts, whose edges are not known",
                           (long long)(atoms->n_all - atoms->n_owned));
    return LRPOT_OK;
}

static lrpot_status run(const lrpot_basis *basis, lrpot_workspace *work, const lrpot_atoms *atoms,
                        const lrpot_nlist *list, const lrpot__request *request)
{
    const lrpot__host *h = host_of(basis);
    int backward = request->forces != NULL || request->virial != NULL
                   || request->virial_atom != NULL || request->virial_centre != NULL,
        forward = request->values != NULL || request->features != NULL, rows = h->pull == NULL;
    lrpot__site_outputs sites;
    lrpot_host_edges edges;
    double *gradients = NULL;
    if (h->messages) LRPOT__TRY(check_messages(atoms, request));
    LRPOT__TRY(lrpot__site_outputs_start(basis, work, atoms, request, &sites));
    LRPOT__TRY(lrpot__host_edges_make(work, atoms, list, h->cutoff, &edges));
    if (forward && !(backward && rows)) LRPOT__TRY(evaluate(h, &edges, &sites));
    if (backward) {
        LRPOT__TRY(
            lrpot__workspace_doubles(work, &gradients_tag, 6 * (edges.n_edges + 1), &gradients));
        LRPOT__TRY((rows ? pull_rows : pull_weights)(h, &edges, &sites, gradients));
        add_edges(request, &edges, gradients);
    }
    if (forward) lrpot__site_outputs_give(basis, atoms, request, &sites);
    return LRPOT_OK;
}

static void drop(shared *h)
{
    if (h != NULL && atomic_fetch_sub(&h->owners, 1) == 1) lrpot__free(h);
}

/* Takes over one share of the host. */
static lrpot_status wrap(lrpot_basis **out, shared *h, int32_t n_species)
{
    lrpot_basis *basis = lrpot__calloc(1, sizeof *basis);
    if (basis == NULL) return LRPOT_E_MEMORY;
    basis->descriptor = &lrpot__host_descriptor;
    basis->data = h;
    basis->options = (lrpot_basis_options){ .struct_size = sizeof basis->options,
                                            .n_species = n_species,
                                            .kernel = LRPOT_KERNEL_REFERENCE,
                                            .cutoff = h->host.cutoff,
                                            .scaling = 1.0 };
    *out = basis;
    return LRPOT_OK;
}

static lrpot_status clone(lrpot_basis **out, const lrpot_basis *basis)
{
    shared *h = basis->data;
    atomic_fetch_add(&h->owners, 1);
    lrpot_status status = wrap(out, h, basis->options.n_species);
    if (status != LRPOT_OK) drop(h);
    return status;
}

static void release(lrpot_basis *basis)
{
    drop(basis->data);
}

const lrpot__descriptor lrpot__host_descriptor = {
    .name = "network of the caller", .count = count, .run = run, .clone = clone, .release = release
};

lrpot_status lrpot__host_basis_create(lrpot_basis **out, const lrpot__host *host, int32_t n_species)
{
    shared *h = lrpot__calloc(1, sizeof *h);
    if (h == NULL) return LRPOT_E_MEMORY;
    atomic_init(&h->owners, 1);
    h->host = *host;
    lrpot_status status = wrap(out, h, n_species);
    if (status != LRPOT_OK) drop(h);
    return status;
}
