/* Parts of the forces of a uniform field. */
#ifndef LRPOT__RESPONSE_FIELD_H
#define LRPOT__RESPONSE_FIELD_H

#include <lrpot/response.h>

/* lrpot_response_field_forces() without what charges that follow their neighbours add, whose forces
 * another pass holds. */
lrpot_status lrpot__response_rigid_field(const lrpot_potential *potential, lrpot_workspace *work,
                                         const lrpot_atoms *atoms, const lrpot_nlist *list,
                                         const lrpot_comm *comm, const lrpot_field *field,
                                         lrpot_outputs *out);

#endif
