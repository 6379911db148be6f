/* lrpot VERB ...: finds the verb. */
#include "cli/completion.h"
#include "cli/options.h"
#include "cli/output_file.h"
#include "cli/report.h"
#include "cli/signals.h"
#include "cli/standard_streams.h"
#include "cli/version.h"
#include "verbs/verbs.h"

#include <stdio.h>
#include <string.h>

static const tool_verb verbs[] = {
    { "fit", verb_fit, "fit a model to energies, forces and stresses", "--tensors" },
    { "eval", verb_eval, "evaluate a model on structures, errors against their reference values",
      NULL },
    { "bec", verb_bec, "Born effective charges and polarization", NULL },
    { "phonon", verb_phonon, "TO and LO frequencies at Gamma, files for phonopy", NULL },
    { "piezo", verb_piezo, "piezoelectric, internal-strain and elastic tensors of a crystal",
      NULL },
    { "check", verb_check, "test a model's derivatives and sum rules by differences", NULL },
    { "coulomb", verb_coulomb, "Coulomb sum of given charges, with its error", NULL },
    { "drive", verb_drive, "serve forces to i-PI or ASE through a socket", NULL },
    { "eps", verb_eps, "dielectric constant from a trajectory's dipole", NULL },
    { "ir", verb_ir, "infrared absorption from a trajectory's dipole or current", NULL },
    { "raman", verb_raman, "Raman activities of modes, spectrum from a trajectory", NULL },
    { "pyro", verb_pyro, "pyroelectric coefficient from a trajectory's dipole and energy", NULL },
    { "conductivity", verb_conductivity, "ionic conductivity from a trajectory's dipole or current",
      NULL },
    { "dipoles", verb_dipoles, "dipoles of the cells of a crystal along a trajectory", NULL },
    { "loop", verb_loop, "P-E hysteresis from records of field and polarization", NULL },
    { "relax", verb_relax, "relax atoms and cell, elastic constants", NULL },
    { "select", verb_select, "which structures a model should learn from next", NULL },
    { "learn", verb_learn, "active learning: explore, select, calculate, fit, in turns", NULL },
    { "info", verb_info, "what a model is made of", NULL },
    { "convert", verb_convert, "convert models (own, .mtp) and structures (.xyz, .cfg, POSCAR)",
      NULL },
};
enum { N_VERBS = sizeof verbs / sizeof verbs[0] };

static void print_verbs(FILE *stream)
{
    fprintf(stream, "Usage: lrpot VERB ...\n\n`lrpot VERB --help` explains a verb.\n\n");
    for (int v = 0; v < N_VERBS; v++) fprintf(stream, "  %-13s %s\n", verbs[v].name, verbs[v].help);
    fprintf(stream, "\nOptions:\n"
                    "  --version     version, commit, BLAS, OpenMP runtime and kernels\n"
                    "  --completion  script that completes command lines in bash\n"
                    "  --help        this page\n");
}

/* Checks that standard output was written: a full disk or a closed stream shows here at the latest.
 * Verbs that checked it themselves have reported it and failed. */
static int checked(int code)
{
    if (code == FAILED) return code;
    int written = output_standard();
    return written == DONE ? code : written;
}

static int run(int count, char **arguments)
{
    if (count < 2) {
        print_verbs(stderr);
        return BAD_USAGE;
    }
    const char *name = arguments[1];
    if (strcmp(name, "--version") == 0) {
        version_print();
        return DONE;
    }
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0
        || (strcmp(name, "help") == 0 && count == 2)) {
        print_verbs(stdout);
        return DONE;
    }
    if (strcmp(name, "--completion") == 0) return completion_print(verbs, N_VERBS);
    char *help[] = { "--help", NULL };
    int asks = strcmp(name, "help") == 0;
    if (asks) name = arguments[2];
    for (int v = 0; v < N_VERBS; v++)
        if (strcmp(name, verbs[v].name) == 0)
            return asks ? verbs[v].run(1, help) : verbs[v].run(count - 2, arguments + 2);
    fprintf(stderr, "lrpot: no verb %s\n\n", name);
    print_verbs(stderr);
    return BAD_USAGE;
}

int main(int count, char **arguments)
{
    if (!standard_open()) return FAILED;
    signals_watch();
    return checked(run(count, arguments));
}
