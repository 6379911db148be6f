/* A small program of a stranger: it sees the installed headers and pkg-config only. It leaves a
 * model and a structure in the working directory, model.lrp and pair.xyz, which the program of the
 * README then evaluates. */
#include <lrpot/lrpot.h>

#include <stdio.h>

static int failed(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, lrpot_last_error());
    return 1;
}

int main(void)
{
    static const char *const symbols[] = { "Na", "Cl" };
    static const double positions[] = { 0, 0, 0, 2.82, 0, 0 };
    lrpot_potential_options options = LRPOT_POTENTIAL_OPTIONS_INIT;
    lrpot_structure *structure = NULL;
    lrpot_potential *model = NULL;
    lrpot_writer *writer = NULL;
    int64_t count;

    options.symbols = symbols;
    options.n_species = 2;
    if (lrpot_structure_create(&structure, 2, symbols, positions, NULL, 0) != LRPOT_OK)
        return failed("structure");
    if (lrpot_potential_create(&model, &options) != LRPOT_OK) return failed("model");
    if (lrpot_potential_save(model, "model.lrp") != LRPOT_OK) return failed("save");
    if (lrpot_writer_open(&writer, "pair.xyz") != LRPOT_OK) return failed("open");
    if (lrpot_writer_append(writer, structure) != LRPOT_OK) return failed("append");
    if (lrpot_writer_close(writer) != LRPOT_OK) return failed("close");
    count = lrpot_structure_count(structure);
    printf("liblrpot %s, %d atoms\n", lrpot_version(), (int)count);
    lrpot_structure_free(structure);
    lrpot_potential_free(model);
    model = NULL;
    return lrpot_potential_load(&model, "there-is-no-such-file") == LRPOT_E_OPEN
               ? 0
               : failed("a missing file");
}
