/* A NEP in a model file: the object `nep` of the energy. */
#ifndef LRPOT__MODEL_NEP_H
#define LRPOT__MODEL_NEP_H

#include "io/text/json_read.h"

#include <lrpot/potential.h>

/* 1 if the energy of the file is a NEP. */
int lrpot__model_has_nep(const lrpot__json_place *energy);
lrpot_status lrpot__model_put_nep(json_t *energy, const lrpot_potential *potential);
/* Basis of the NEP. symbols [n_species]: those of the model, which the header must have, too. */
lrpot_status lrpot__model_get_nep(const lrpot__json_place *energy, int32_t n_species,
                                  const char *const *symbols, lrpot_basis **out);
/* Chosen conventions of the charges, for a model whose other parts are complete. */
lrpot_status lrpot__model_get_nep_choices(const lrpot__json_place *energy,
                                          lrpot_potential *potential);

#endif
