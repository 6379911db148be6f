#include "electrostatics/multipoles/multipole_vector.h"

#include "core/strain.h"
#include "electrostatics/multipoles/multipoles.h"

lrpot__multipole_vector lrpot__multipole_vector_of(const lrpot__sum *sum, const int32_t *line,
                                                   int32_t c)
{
    lrpot__multipole_vector v;
    for (int x = 0; x < 3; x++)
        v.k[x] = line[0] * sum->reciprocal[x] + line[1] * sum->reciprocal[3 + x]
                 + c * sum->reciprocal[6 + x];
    for (int x = 0; x < 6; x++) {
        v.kk[x] = v.k[lrpot__strain_row[x]] * v.k[lrpot__strain_column[x]];
        v.half[x] = x < 3 ? 0.5 * v.kk[x] : v.kk[x];
    }
    for (int x = 0; x < 3; x++) /* every abc has an order in which a <= b <= c */
        for (int y = x; y < 3; y++)
            for (int z = y; z < 3; z++)
                v.kkk[lrpot__third_index[x][y][z]] = v.k[x] * v.k[y] * v.k[z];
    return v;
}
