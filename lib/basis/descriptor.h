/* The record of a kind of descriptors. A basis is a descriptor of the neighbourhood that yields K
 * features and their adjoint. Everything that depends on the kind stands in its record; no other
 * file compares kinds. */
#ifndef LRPOT__DESCRIPTOR_H
#define LRPOT__DESCRIPTOR_H

#include "basis/evaluate.h"

typedef struct lrpot__descriptor {
    const char *name; /* for messages and reports */
    /* 1: the library fits its parameters, selects active sets by its features, writes its model
     * files */
    int32_t trained;
    int64_t (*count)(const lrpot_basis *basis); /* K */
    lrpot_status (*run)(const lrpot_basis *basis, lrpot_workspace *work, const lrpot_atoms *atoms,
                        const lrpot_nlist *list, const lrpot__request *request);
    /* Sets basis->mixed; NULL: double precision alone. */
    lrpot_status (*set_mixed)(lrpot_basis *basis, int32_t mixed);
    lrpot_status (*clone)(lrpot_basis **out, const lrpot_basis *basis);
    void (*release)(lrpot_basis *basis); /* frees what the basis owns, not the basis */
} lrpot__descriptor;

/* Name of the only descriptor that is trained, for messages. */
#define LRPOT__MOMENT_TENSORS "moment tensors"

#endif
