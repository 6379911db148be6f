/* Potentials trained by MLIP-2, loaded from .mtp and evaluated on its .cfg structures: energies,
 * forces and virials of a second code to full precision (data folder, mtp/fullprec.txt). */
#include "support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ENERGY_TOLERANCE 3e-11 /* eV: what two independent codes agree to */
#define FORCE_TOLERANCE 1e-12  /* eV/A */

typedef struct {
    char potential[200], structure[200];
    long frame, n;
    int has_virial;
    double energy, virial[6];
    double atoms[64][4]; /* site energy, force */
} reference;

static int read_case(FILE *file, reference *r)
{
    char word[200];
    do {
        if (fscanf(file, "%199s", word) != 1) return 0;
    } while (strcmp(word, "CASE") != 0);
    int got = fscanf(file, "%199s potential %199s structure %199s %ld natoms %ld energy %lf %199s",
                     word, r->potential, r->structure, &r->frame, &r->n, &r->energy, word);
    r->has_virial = strncmp(word, "virial", 6) == 0; /* molecules have none */
    for (int c = 0; c < 6 && r->has_virial; c++) got += fscanf(file, "%lf", &r->virial[c]);
    if (r->has_virial) got += fscanf(file, "%199s", word);
    ck_assert_str_eq(word, "site_energies_forces");
    ck_assert_int_le(r->n, 64);
    for (long i = 0; i < r->n; i++)
        for (int k = 0; k < 4; k++) got += fscanf(file, "%lf", &r->atoms[i][k]);
    ck_assert_int_eq(got, 7 + (r->has_virial ? 7 : 0) + 4 * (int)r->n);
    return 1;
}

static void ck_case(const reference *r)
{
    static const int place[6] = { 0, 4, 8, 5, 2, 1 };
    lrpot_potential *potential = NULL;
    lrpot_structure *structure = NULL;
    lrpot_workspace *work = NULL;
    double energy = 0, sites[64], forces[64 * 3], virial[9], difference = 0;
    char name[256];
    snprintf(name, sizeof name, "mtp/%s", r->potential);
    char *potential_path = support_data(name);
    snprintf(name, sizeof name, "mtp/%s", r->structure);
    char *structure_path = support_data(name);
    ck_ok(lrpot_potential_load(&potential, potential_path));
    ck_ok(lrpot_structure_read(&structure, structure_path, r->frame));
    ck_ok(lrpot_workspace_create(&work, 1));
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.energy = &energy;
    out.energy_atom = sites;
    out.forces = forces;
    out.virial = virial;
    ck_ok(lrpot_potential_compute_structure(potential, work, structure, &out));
    ck_assert_int_eq(lrpot_structure_count(structure), r->n);
    ck_assert_msg(fabs(energy - r->energy) <= ENERGY_TOLERANCE,
                  "%s %ld: energy %.17g, expected %.17g", r->structure, r->frame, energy,
                  r->energy);
    for (long i = 0; i < r->n; i++) {
        ck_assert_msg(fabs(sites[i] - r->atoms[i][0]) <= ENERGY_TOLERANCE,
                      "%s %ld: site energy %ld", r->structure, r->frame, i);
        for (int a = 0; a < 3; a++)
            difference = fmax(difference, fabs(forces[3 * i + a] - r->atoms[i][1 + a]));
    }
    ck_assert_msg(difference <= FORCE_TOLERANCE, "%s %ld: largest force difference %g",
                  r->structure, r->frame, difference);
    for (int c = 0; c < 6 && r->has_virial; c++)
        ck_close(virial[place[c]], r->virial[c], 1e-12, 10);
    lrpot_workspace_free(work);
    lrpot_structure_free(structure);
    lrpot_potential_free(potential);
    free(potential_path);
    free(structure_path);
}

START_TEST(mlip_potentials_give_the_reference_energies_and_forces)
{
    char *path = support_data("mtp/fullprec.txt");
    if (path == NULL) return;
    FILE *file = fopen(path, "r");
    reference *r = malloc(sizeof *r);
    int cases = 0;
    for (; read_case(file, r); cases++) ck_case(r);
    ck_assert_int_eq(cases, 27);
    free(r);
    fclose(file);
    free(path);
}
END_TEST

START_TEST(untrained_templates_are_read)
{
    static const int sizes[8] = { 1, 2, 5, 9, 16, 29, 52, 92 };
    for (int i = 0; i < 8; i++) {
        char name[64];
        lrpot_potential *potential = NULL;
        snprintf(name, sizeof name, "mtp/untrained/%02d.mtp", 2 * i + 2);
        char *path = support_data(name);
        if (path == NULL) return;
        ck_ok(lrpot_potential_load(&potential, path));
        ck_assert_int_eq(lrpot_basis_count(lrpot_potential_basis(potential)), sizes[i]);
        lrpot_potential_free(potential);
        free(path);
    }
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("io_mtp");
    TCase *tcase = tcase_create("mlip");
    tcase_add_test(tcase, mlip_potentials_give_the_reference_energies_and_forces);
    tcase_add_test(tcase, untrained_templates_are_read);
    tcase_set_timeout(tcase, 60);
    suite_add_tcase(suite, tcase);
    return suite;
}
