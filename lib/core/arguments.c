#include "core/arguments.h"

#include "core/error.h"

lrpot_status lrpot__outputs_check(const lrpot_outputs *out)
{
    if (out == NULL) return lrpot__fail(LRPOT_E_NULL, "lrpot_outputs: argument 'out' is NULL");
    if (out->struct_size >= sizeof *out) return LRPOT_OK;
    return lrpot__fail(LRPOT_E_SIZE,
                       "lrpot_outputs of %zu bytes, expected %zu (use "
                       "LRPOT_OUTPUTS_INIT)",
                       out->struct_size, sizeof *out);
}

lrpot_status lrpot__comm_check(const lrpot_comm *comm)
{
    if (comm == NULL || comm->struct_size >= sizeof *comm) return LRPOT_OK;
    return lrpot__fail(LRPOT_E_SIZE, "lrpot_comm of %zu bytes, expected %zu (use LRPOT_COMM_INIT)",
                       comm->struct_size, sizeof *comm);
}

lrpot_status lrpot__count_check(const char *what, int64_t n)
{
    if (n >= 0) return LRPOT_OK;
    return lrpot__fail(LRPOT_E_ARGUMENT, "%s = %lld, expected 0 or more", what, (long long)n);
}
