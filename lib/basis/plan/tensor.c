#include "basis/plan/tensor.h"

#include "basis/plan/expression.h"
#include "basis/plan/graph.h"
#include "core/error.h"
#include "core/memory.h"

#include <string.h>

static int64_t factorial(int32_t n)
{
    return n < 2 ? 1 : n * factorial(n - 1);
}

void lrpot__tensors_init(lrpot__tensors *tensors)
{
    memset(tensors, 0, sizeof *tensors);
    memset(tensors->basic, -1, sizeof tensors->basic);
    for (int32_t rank = 0; rank <= LRPOT__MAX_RANK; rank++) {
        lrpot__exponents *next = tensors->exponents[rank];
        for (int32_t a = rank; a >= 0; a--)
            for (int32_t b = rank - a; b >= 0; b--) {
                int32_t c = rank - a - b;
                *next++ = (lrpot__exponents){
                    a, b, c, factorial(rank) / (factorial(a) * factorial(b) * factorial(c))
                };
            }
    }
}

void lrpot__tensors_number(lrpot__tensors *tensors, const lrpot__graph *const *graphs,
                           const int64_t *n_graphs, int32_t n_lists)
{
    int8_t present[LRPOT__GRAPH_MAX_MU + 1][LRPOT__MAX_RANK + 1] = { { 0 } };
    for (int32_t l = 0; l < n_lists; l++)
        for (int64_t g = 0; g < n_graphs[l]; g++)
            for (int v = 0; v < graphs[l][g].vertices; v++)
                present[graphs[l][g].mu[v]][lrpot__graph_rank(&graphs[l][g], v)] = 1;
    for (int mu = 0; mu <= LRPOT__GRAPH_MAX_MU; mu++)
        for (int rank = 0; rank <= LRPOT__MAX_RANK; rank++)
            if (present[mu][rank]) {
                tensors->basic[mu][rank] = tensors->set.n_basic;
                tensors->set.n_basic += lrpot__component_count(rank);
            }
}

void lrpot__tensors_free(lrpot__tensors *tensors)
{
    for (int64_t i = 0; i < tensors->n_cached; i++) lrpot__free(tensors->cached[i].components);
    lrpot__free(tensors->cached);
    lrpot__free(tensors->table);
    lrpot__expressions_free(&tensors->set);
}

lrpot__component lrpot__basic_component(const lrpot__tensors *tensors, int32_t mu, int32_t x,
                                        int32_t y, int32_t z)
{
    return (lrpot__component){ tensors->basic[mu][x + y + z] + lrpot__component_index(y, z), 1 };
}

static uint64_t hash_key(uint64_t key)
{
    key *= 0x9E3779B97F4A7C15u;
    return key ^ (key >> 32);
}

static lrpot_status enlarge_table(lrpot__tensors *tensors)
{
    int64_t size = tensors->table_size > 0 ? 2 * tensors->table_size : 256;
    int32_t *table = lrpot__calloc(size, sizeof *table);
    if (table == NULL) return LRPOT_E_MEMORY;
    for (int64_t i = 0; i < tensors->n_cached; i++) {
        uint64_t at = hash_key(tensors->cached[i].key) & (uint64_t)(size - 1);
        while (table[at] != 0) at = (at + 1) & (uint64_t)(size - 1);
        table[at] = (int32_t)i + 1;
    }
    lrpot__free(tensors->table);
    tensors->table = table;
    tensors->table_size = size;
    return LRPOT_OK;
}

/* Finds a tensor, or adds one with *fresh set. */
static lrpot_status find_tensor(lrpot__tensors *tensors, uint64_t key, int32_t first_rank,
                                int32_t second_rank, lrpot__tensor *out, int *fresh)
{
    if (2 * (tensors->n_cached + 1) > tensors->table_size) LRPOT__TRY(enlarge_table(tensors));
    uint64_t mask = (uint64_t)(tensors->table_size - 1), at = hash_key(key) & mask;
    *fresh = 0;
    for (; tensors->table[at] != 0; at = (at + 1) & mask) {
        *out = tensors->cached[tensors->table[at] - 1];
        if (out->key == key) return LRPOT_OK;
    }
    void *cached = tensors->cached;
    LRPOT__TRY(lrpot__grow(&cached, &tensors->cached_capacity, tensors->n_cached + 1,
                           sizeof *tensors->cached));
    tensors->cached = cached;
    *out = (lrpot__tensor){ .key = key, .rank = { first_rank, second_rank } };
    out->components = lrpot__calloc((int64_t)lrpot__component_count(first_rank)
                                        * lrpot__component_count(second_rank),
                                    sizeof *out->components);
    if (out->components == NULL) return LRPOT_E_MEMORY;
    tensors->cached[tensors->n_cached++] = *out;
    tensors->table[at] = (int32_t)tensors->n_cached;
    *fresh = 1;
    return LRPOT_OK;
}

/* Pushes sum_kappa mult(kappa) A[p + kappa] B[q + kappa], kappa over the contracted components. */
static lrpot_status push_contraction(lrpot__tensors *tensors, const lrpot__moment_pair *pair,
                                     const int32_t *p, const int32_t *q, int64_t factor)
{
    for (int32_t i = 0; i < lrpot__component_count(pair->k); i++) {
        const lrpot__exponents *kappa = &tensors->exponents[pair->k][i];
        lrpot__component left = lrpot__basic_component(tensors, pair->mu[0], p[0] + kappa->x,
                                                       p[1] + kappa->y, p[2] + kappa->z);
        lrpot__component right = lrpot__basic_component(tensors, pair->mu[1], q[0] + kappa->x,
                                                        q[1] + kappa->y, q[2] + kappa->z);
        LRPOT__TRY(
            lrpot__expression_push(&tensors->set, left, right, factor * kappa->multiplicity));
    }
    return LRPOT_OK;
}

/* whole - part; returns 0 if some exponent of the part exceeds that of the whole. */
static int remainder_of(const lrpot__exponents *whole, const lrpot__exponents *part, int32_t *rest)
{
    rest[0] = whole->x - part->x;
    rest[1] = whole->y - part->y;
    rest[2] = whole->z - part->z;
    return rest[0] >= 0 && rest[1] >= 0 && rest[2] >= 0;
}

/* One component: the sum over all ways to take its indices from the two moments. */
static lrpot_status fill_pair_component(lrpot__tensors *tensors, const lrpot__moment_pair *pair,
                                        const lrpot__exponents *first,
                                        const lrpot__exponents *second, lrpot__component *out)
{
    for (int32_t i = 0; i < lrpot__component_count(pair->open[0][0]); i++)
        for (int32_t j = 0; j < lrpot__component_count(pair->open[0][1]); j++) {
            const lrpot__exponents *a1 = &tensors->exponents[pair->open[0][0]][i],
                                   *a2 = &tensors->exponents[pair->open[0][1]][j];
            int32_t b1[3], b2[3];
            if (!remainder_of(first, a1, b1) || !remainder_of(second, a2, b2)) continue;
            int64_t factor =
                a1->multiplicity * a2->multiplicity
                * tensors->exponents[pair->open[1][0]][lrpot__component_index(b1[1], b1[2])]
                      .multiplicity
                * tensors->exponents[pair->open[1][1]][lrpot__component_index(b2[1], b2[2])]
                      .multiplicity;
            int32_t p[3] = { a1->x + a2->x, a1->y + a2->y, a1->z + a2->z };
            int32_t q[3] = { b1[0] + b2[0], b1[1] + b2[1], b1[2] + b2[2] };
            LRPOT__TRY(push_contraction(tensors, pair, p, q, factor));
        }
    return lrpot__expression_store(&tensors->set, out);
}

static uint64_t key_of_pair(const lrpot__moment_pair *pair)
{
    uint64_t moment[2];
    _Static_assert(LRPOT__GRAPH_MAX_MU < 1 << 6 && LRPOT__MAX_RANK < 1 << 4,
                   "six bits for mu and four for each rank keep keys apart");
    for (int i = 0; i < 2; i++)
        moment[i] = (uint64_t)pair->mu[i] << 8 | (uint64_t)pair->open[i][0] << 4
                    | (uint64_t)pair->open[i][1];
    int swap = moment[0] > moment[1];
    return moment[swap] << 18 | moment[!swap] << 4 | (uint64_t)pair->k;
}

lrpot_status lrpot__tensor_of_pair(lrpot__tensors *tensors, const lrpot__moment_pair *pair,
                                   lrpot__tensor *out)
{
    int fresh, first_rank = pair->open[0][0] + pair->open[1][0],
               second_rank = pair->open[0][1] + pair->open[1][1];
    LRPOT__TRY(find_tensor(tensors, key_of_pair(pair), first_rank, second_rank, out, &fresh));
    if (!fresh) return LRPOT_OK;
    int32_t width = lrpot__component_count(second_rank);
    for (int32_t i = 0; i < lrpot__component_count(first_rank); i++)
        for (int32_t j = 0; j < width; j++)
            LRPOT__TRY(fill_pair_component(tensors, pair, &tensors->exponents[first_rank][i],
                                           &tensors->exponents[second_rank][j],
                                           &out->components[i * width + j]));
    return LRPOT_OK;
}

/* sum over delta + epsilon = sigma of mult(epsilon) sum_gamma P[gamma][delta] C[gamma + epsilon].
 */
static lrpot_status fill_chain_component(lrpot__tensors *tensors, const lrpot__tensor *pair,
                                         int32_t mu, int32_t open, const lrpot__exponents *sigma,
                                         lrpot__component *out)
{
    int32_t width = lrpot__component_count(pair->rank[1]);
    for (int32_t e = 0; e < lrpot__component_count(open); e++) {
        const lrpot__exponents *epsilon = &tensors->exponents[open][e];
        int32_t delta[3];
        if (!remainder_of(sigma, epsilon, delta)) continue;
        for (int32_t g = 0; g < lrpot__component_count(pair->rank[0]); g++) {
            const lrpot__exponents *gamma = &tensors->exponents[pair->rank[0]][g];
            lrpot__component c = lrpot__basic_component(
                tensors, mu, gamma->x + epsilon->x, gamma->y + epsilon->y, gamma->z + epsilon->z);
            LRPOT__TRY(lrpot__expression_push(
                &tensors->set,
                pair->components[g * width + lrpot__component_index(delta[1], delta[2])], c,
                epsilon->multiplicity));
        }
    }
    return lrpot__expression_store(&tensors->set, out);
}

lrpot_status lrpot__tensor_of_chain(lrpot__tensors *tensors, const lrpot__moment_pair *pair,
                                    int32_t mu, int32_t open, lrpot__tensor *out)
{
    lrpot__tensor first;
    LRPOT__TRY(lrpot__tensor_of_pair(tensors, pair, &first));
    int fresh, rank = first.rank[1] + open;
    uint64_t key = key_of_pair(pair) << 10 | (uint64_t)mu << 4 | (uint64_t)open | (uint64_t)1 << 63;
    LRPOT__TRY(find_tensor(tensors, key, rank, 0, out, &fresh));
    for (int32_t s = 0; fresh && s < lrpot__component_count(rank); s++)
        LRPOT__TRY(fill_chain_component(tensors, &first, mu, open, &tensors->exponents[rank][s],
                                        &out->components[s]));
    return LRPOT_OK;
}
