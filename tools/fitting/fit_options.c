/* Options of `lrpot fit`. Their texts name what the tables of charges and targets hold. */
#include "fitting/fit_options.h"

#include "fitting/target_names.h"

#include <stdio.h>
#include <string.h>

#define LENGTH(array) (sizeof(array) / sizeof *(array))

static void add(fit_options *list, const tool_option *options, size_t n)
{
    memcpy(list->options + list->n, options, n * sizeof *options);
    list->n += n;
}

static const char *target_help(char *text, size_t size)
{
    target_names(text, size, ",");
    size_t used = strlen(text);
    snprintf(text + used, size - used, "; default: energy, forces and stress, as present");
    return text;
}

static const char *weight_help(char *text, size_t size)
{
    char units[128];
    snprintf(text, size, "errors that count as equal: %s; or auto",
             target_units(units, sizeof units, ", "));
    return text;
}

/* The data: configuration, validation. */
static void add_data_options(fit_options *list, fit_run *run)
{
    const tool_option options[] = {
        { 0, "config", OPTION_INPUT, "FILE",
          "JSON with sets and any of these options; those of the command line win",
          &run->data.config_path, 0, 0 },
        { 0, "offsets", OPTION_FLAG, NULL,
          "each TRAIN file has its own zero of energy, which is fitted along", &run->data.offsets,
          0, 0 },
        { 'V', "valid", OPTION_INPUT, "FILE|10%",
          "validation: a file, or a share of TRAIN by --seed", &run->text.valid, 0, 0 }
    };
    add(list, options, LENGTH(options));
}

/* The charges of the model. */
static void add_charge_options(fit_options *list, fit_run *run)
{
    const tool_option options[] = {
        { 'c', "charges", OPTION_TEXT, "KIND", charge_kinds_all(" or ", list->kinds),
          &run->text.charges, 0, 0 },
        { 0, "sigma", OPTION_REAL, "A",
          charge_kinds_help("width of the charges, default 1.0", LRPOT_CHARGES_TAKES_SIGMA,
                            list->help[0]),
          &run->wanted.sigma, 0.01, 100 },
        { 0, "hidden", OPTION_TEXT, "W[,W]",
          "a network of one or two hidden layers beside the linear energy of each species",
          &run->text.hidden, 0, 0 },
        { 0, "charge-hidden", OPTION_TEXT, "W[,W]", "the same for charges",
          &run->text.charge_hidden, 0, 0 },
        { 0, "charge-input", OPTION_TEXT, "KIND",
          "the total charge is an input of networks: no, energy or all", &run->text.charge_input, 0,
          0 },
        { 0, "channels", OPTION_COUNT, "N",
          charge_kinds_help("charges per atom, default 1", LRPOT_CHARGES_TAKES_CHANNELS,
                            list->help[1]),
          &run->wanted.channels, 1, LRPOT_CHARGES_MAX_CHANNELS },
        { 0, "neutrality", OPTION_TEXT, "KIND",
          charge_kinds_help("charges add up to the total: exact (default), soft or off",
                            LRPOT_CHARGES_TAKES_NEUTRALITY, list->help[2]),
          &run->text.neutrality, 0, 0 },
        { 0, "order", OPTION_COUNT, "N",
          charge_kinds_help("0: charges (default), 1: dipoles too, 2: quadrupoles too",
                            LRPOT_CHARGES_TAKES_MOMENTS, list->help[5]),
          &run->wanted.order, 0, 2 },
        { 0, "response", OPTION_TEXT, "KIND",
          charge_kinds_help("charge flows along bonds (default) or between all atoms, or none",
                            LRPOT_CHARGES_TAKES_MOMENTS, list->help[6]),
          &run->text.response, 0, 0 },
        { 0, "reach", OPTION_REAL, "A",
          charge_kinds_help("reach of the bonds, default 3.0", LRPOT_CHARGES_TAKES_MOMENTS,
                            list->help[7]),
          &run->wanted.reach, 0.1, 50 },
        { 0, "features", OPTION_COUNT, "N",
          charge_kinds_help("features of the potential: 0 none, W (L + 1)^2 of W widths and "
                            "moments up to L <= order; default one width, L = order",
                            LRPOT_CHARGES_TAKES_MOMENTS, list->help[8]),
          &run->wanted.features, 0, 27 },
        { 0, "spread", OPTION_REAL, "A",
          charge_kinds_help("width number k (from 0) of the features is that of the atom and k "
                            "spread in squares, default 1.7",
                            LRPOT_CHARGES_TAKES_MOMENTS, list->help[9]),
          &run->wanted.spread, 0.1, 20 },
        { 0, "without-self", OPTION_FLAG, NULL,
          charge_kinds_help("no atom feels the potential of its own moments",
                            LRPOT_CHARGES_TAKES_MOMENTS, list->help[10]),
          &run->wanted.without_self, 0, 0 },
        { 0, "widths", OPTION_TEXT, "H=A,O=A,...",
          charge_kinds_help("widths of the species; default covalent radius + 0.25",
                            LRPOT_CHARGES_TAKES_WIDTHS, list->help[3]),
          &run->text.widths, 0, 0 },
        { 0, "baseline", OPTION_TEXT, "H=Q,O=Q,...",
          "charges of the species, kept; the neighbourhood adds to them", &run->text.baseline, 0,
          0 },
        { 0, "self", OPTION_FLAG, NULL,
          charge_kinds_help("count the self-energy of each smeared charge",
                            LRPOT_CHARGES_TAKES_SELF, list->help[4]),
          &run->wanted.self, 0, 0 }
    };
    add(list, options, LENGTH(options));
}

/* The bases of energy and charges. */
static void add_basis_options(fit_options *list, fit_run *run)
{
    const tool_option options[] = {
        { 'l', "level", OPTION_COUNT, "N",
          "level of the energy basis, even; default: by the amount of data, to 18",
          &run->wanted.level, 2, 28 },
        { 0, "charge-level", OPTION_COUNT, "N",
          "level of the charge basis, even; default 6, latent up to 14, up to 8 for 3 species and "
          "more",
          &run->wanted.charge_level, 2, 28 },
        { 0, "species-coefficients", OPTION_TEXT, "KIND",
          "each species has linear coefficients of its own: no, energy, all (charges, too); "
          "default no; all for 3 species and latent",
          &run->text.own, 0, 0 },
        { 'r', "cutoff", OPTION_REAL, "A", "cutoff of the energy basis; default 6, latent 4.5",
          &run->wanted.cutoff, 0.5, 50 },
        { 0, "charge-cutoff", OPTION_REAL, "A",
          "cutoff of the charge basis, default --cutoff, latent at most 4",
          &run->wanted.charge_cutoff, 0.5, 50 },
        { 0, "charge-width", OPTION_REAL, "A",
          "standard deviation of Gaussian charges, default 0: points", &run->wanted.width, 0.0,
          10 },
        { 0, "min-distance", OPTION_TEXT, "auto|A", "start of the radial functions, default auto",
          &run->text.distance, 0, 0 },
        { 0, "radial-size", OPTION_COUNT, "N",
          "Chebyshev polynomials per radial function, default 8; 12 with the default level of own "
          "coefficients",
          &run->wanted.radial_size, 2, 32 },
        { 0, "radial-step", OPTION_COUNT, "N",
          "levels that the next radial function costs, default 4; 2 there for 3 species and more",
          &run->wanted.radial_step, 1, 8 },
        { 0, "charge-radial-step", OPTION_COUNT, "N", "the same for the charge basis, default 4",
          &run->wanted.charge_radial_step, 1, 8 }
    };
    add(list, options, LENGTH(options));
}

/* The loss and its minimisation. */
static void add_search_options(fit_options *list, fit_run *run)
{
    const tool_option options[] = {
        { 0, "seed", OPTION_COUNT, "N", "of start values and of the split, default 1", &run->seed,
          0, 1e15 },
        { 0, "regularization", OPTION_TEXT, "X|auto",
          "strength of the prior, default 1; negative: none; auto: by validation",
          &run->text.regularization, 0, 0 },
        { 0, "direct", OPTION_FLAG, NULL,
          "densities start with a stage that fits the moments of the atoms in the potentials of "
          "these, without a fixed point",
          &run->data.direct, 0, 0 },
        { 0, "no-core", OPTION_FLAG, NULL,
          "the model gets no repulsion below the shortest distances of the data",
          &run->data.no_core, 0, 0 },
        { 0, "gap-barrier", OPTION_REAL, "EV",
          "height of a barrier below the distances of free atoms in the data, down to bonds: bonds "
          "neither break nor form; default 0: none",
          &run->gap_barrier, 0, 1e6 },
        { 0, "grade-parameters", OPTION_FLAG, NULL,
          "extrapolation is graded by the derivatives by all parameters; default: by the features",
          &run->data.grade_parameters, 0, 0 },
        { 0, "memory", OPTION_REAL, "GB", "refuse fits that need more; default: no limit",
          &run->memory, 0.001, 1e6 },
        { 'T', "targets", OPTION_TEXT, "NAME,...", target_help(list->targets, sizeof list->targets),
          &run->text.targets, 0, 0 },
        { 'w', "weights", OPTION_TEXT, "E,F,S,..", weight_help(list->weights, sizeof list->weights),
          &run->text.weights, 0, 0 },
        { 0, "ensemble", OPTION_COUNT, "N", "N fits of different seeds, to MODEL-1 ... MODEL-N",
          &run->ensemble, 1, 1000 },
        { 'i', "max-iterations", OPTION_COUNT, "N",
          "iterations of the last stage, default 60 or 120, see the manual; many data: on a part, "
          "then half on all",
          &run->max_iterations, 1, 1e6 },
        { 0, "patience", OPTION_COUNT, "N",
          "iterations without a smaller loss of validation that end a stage; default: not looked "
          "at",
          &run->patience, 1, 1e6 },
        { 0, "starts", OPTION_COUNT, "N", "initialisations tried, the best goes on, default 3",
          &run->starts, 1, 1000 },
        { 0, "tolerance", OPTION_REAL, "X", "relative decrease of the loss that ends a stage",
          &run->tolerance, 0.0, 1.0 }
    };
    add(list, options, LENGTH(options));
}

/* Where the fit starts, what it keeps, and files that it writes. */
static void add_start_options(fit_options *list, fit_run *run)
{
    const tool_option options[] = {
        { 0, "checkpoint", OPTION_OUTPUT, "FILE", "best state so far, kept after the fit",
          &run->checkpoint, 0, 0 },
        { 0, "checkpoint-every", OPTION_REAL, "SECONDS",
          "at least so long between two checkpoints, default 10", &run->job.checkpoint_every, 0.0,
          1e9 },
        { 0, "factor", OPTION_INPUT, "TENSORS",
          "Born charges are of charges times the factor of this model of --tensors local",
          &run->job.factor, 0, 0 },
        { 0, "fit-factor", OPTION_OUTPUT, "OUT",
          "that factor is fitted along with the charges; OUT gets it, with these",
          &run->job.fitted_factor, 0, 0 },
        { 0, "resume", OPTION_INPUT, "MODEL", "start from this model", &run->resume, 0, 0 },
        { 0, "start", OPTION_INPUT, "MODEL",
          "add charges to this model without them (.mtp, nep.txt or own format)", &run->start, 0,
          0 },
        { 0, "freeze", OPTION_TEXT, "PART",
          "of the model of --start: no (default: all is fitted along), coefficients (default of a "
          "NEP), or all (energies of the species, too)",
          &run->text.freeze, 0, 0 },
        { 0, "plot", OPTION_FLAG, NULL,
          "MODEL.learning.png, MODEL.parity-forces.png, MODEL.parity-energies.png, "
          "MODEL.elements.png, MODEL.distances.png; MODEL.1.learning.png, ... of an ensemble",
          &run->plot, 0, 0 }
    };
    add(list, options, LENGTH(options));
}

/* How the files are read. */
static void add_reading_options(fit_options *list, fit_run *run)
{
    const tool_option options[] = {
        { 0, "keys", OPTION_TEXT, "name=key,...",
          "e.g. energy=REF_energy; each frame must have them", &run->text.keys, 0, 0 },
        { 0, "total-charge", OPTION_REAL, "Q", "e, of frames that do not say",
          &run->data.total_charge, -1e6, 1e6 },
        { 's', "species", OPTION_TEXT, "A,B,...",
          "names of the types 0, 1, ... of a .cfg, and of the .mtp of --start", &run->text.species,
          0, 0 }
    };
    add(list, options, LENGTH(options));
}

void fit_options_fill(fit_options *list, fit_run *run)
{
    list->n = 0;
    add_data_options(list, run);
    add_charge_options(list, run);
    add_basis_options(list, run);
    add_search_options(list, run);
    add_start_options(list, run);
    add_reading_options(list, run);
}
