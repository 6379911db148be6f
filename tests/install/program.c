/* The smallest program of a stranger: it sees the installed headers and pkg-config only. */
#include <lrpot/lrpot.h>

#include <stdio.h>

int main(void)
{
    const char *symbols[] = { "Na", "Cl" };
    const double positions[] = { 0, 0, 0, 2.82, 0, 0 };
    lrpot_structure *structure = NULL;
    if (lrpot_structure_create(&structure, 2, symbols, positions, NULL, 0) != LRPOT_OK) {
        fprintf(stderr, "%s\n", lrpot_last_error());
        return 1;
    }
    printf("liblrpot %s, %d atoms\n", lrpot_version(), (int)lrpot_structure_count(structure));
    lrpot_structure_free(structure);
    lrpot_potential *model = NULL;
    return lrpot_potential_load(&model, "there-is-no-such-file") == LRPOT_E_OPEN ? 0 : 1;
}
