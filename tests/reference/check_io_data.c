/* Every file of structures in the data folder is read, with the number of frames and the keys that
 * its README states. */
#include "support.h"

#include <stdlib.h>

enum {
    E = 1 << LRPOT_QUANTITY_ENERGY,
    F = 1 << LRPOT_QUANTITY_FORCES,
    S = 1 << LRPOT_QUANTITY_STRESS,
    D = 1 << LRPOT_QUANTITY_DIPOLE,
    Q = 1 << LRPOT_QUANTITY_CHARGES,
    Z = 1 << LRPOT_QUANTITY_BORN_CHARGES,
    T = 1 << LRPOT_QUANTITY_TOTAL_CHARGE,
    EPS = 1 << LRPOT_QUANTITY_EPSILON_INF,
    QUAD = 1 << LRPOT_QUANTITY_QUADRUPOLE
};

static const struct {
    const char *path;
    int64_t frames, atoms;
    int quantities; /* in every frame */
} files[] = {
#include "io_data_files.h"
};
#define N_FILES ((int)(sizeof files / sizeof files[0]))

START_TEST(file_is_read_whole)
{
    char *path = support_data(files[_i].path);
    if (path == NULL) return;
    lrpot_reader *reader = NULL;
    lrpot_structure *structure = NULL;
    lrpot_status status = LRPOT_OK;
    int64_t atoms = 0;
    ck_ok(lrpot_reader_open(&reader, path));
    while ((status = lrpot_reader_next(reader, &structure)) == LRPOT_OK) {
        atoms += lrpot_structure_count(structure);
        lrpot_structure_free(structure);
    }
    ck_assert_msg(status == LRPOT_E_END, "%s", lrpot_last_error());
    ck_assert_msg(lrpot_reader_frames(reader) == files[_i].frames && atoms == files[_i].atoms,
                  "%s: %lld frames, %lld atoms", path, (long long)lrpot_reader_frames(reader),
                  (long long)atoms);
    for (int32_t q = 1; q < LRPOT_QUANTITY_COUNT; q++) {
        int64_t found = lrpot_reader_found(reader, q, NULL);
        ck_assert_msg(found == (files[_i].quantities >> q & 1 ? files[_i].frames : 0),
                      "%s: %s in %lld of %lld frames", path, lrpot_quantity_name(q),
                      (long long)found, (long long)files[_i].frames);
    }
    lrpot_reader_close(reader);
    free(path);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("io_data");
    TCase *tcase = tcase_create("files");
    support_add_cases(tcase, file_is_read_whole, 0, N_FILES);
    tcase_set_timeout(tcase, 60);
    suite_add_tcase(suite, tcase);
    return suite;
}
