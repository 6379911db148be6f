/* Options of the verbs that apply a uniform field, and a model evaluated in it. */
#ifndef LRPOT_TOOL_UNIFORM_FIELD_H
#define LRPOT_TOOL_UNIFORM_FIELD_H

#include "cli/inputs.h"

typedef struct field_options {
    double field[3], voltage[3], displacement[3], flux[3];
    const char *dipole;
} field_options;

/* Rows of a table of options. */
#define FIELD_OPTIONS(options)                                                                     \
    { 'F',                                                                                         \
      "field",                                                                                     \
      OPTION_THREE,                                                                                \
      "x,y,z",                                                                                     \
      "uniform field E that stays constant, V/A",                                                  \
      (options).field,                                                                             \
      0,                                                                                           \
      0 },                                                                                         \
        { 0,                                                                                       \
          "voltage",                                                                               \
          OPTION_THREE,                                                                            \
          "a,b,c",                                                                                 \
          "instead: voltages E.a along the cell rows that stay constant, V",                       \
          (options).voltage,                                                                       \
          0,                                                                                       \
          0 },                                                                                     \
        { 0,                                                                                       \
          "displacement",                                                                          \
          OPTION_THREE,                                                                            \
          "x,y,z",                                                                                 \
          "instead: D = eps_inf E + 4 pi k P that stays constant, V/A",                            \
          (options).displacement,                                                                  \
          0,                                                                                       \
          0 },                                                                                     \
        { 0,                                                                                       \
          "flux",                                                                                  \
          OPTION_THREE,                                                                            \
          "a,b,c",                                                                                 \
          "instead: flux of D through the faces that stays constant, V A",                         \
          (options).flux,                                                                          \
          0,                                                                                       \
          0 },                                                                                     \
    {                                                                                              \
        0, "dipole", OPTION_TEXT, "current|positions",                                             \
            "dipole of charges that follow their neighbours in a crystal: by the current, or sum " \
            "q r; current",                                                                        \
            &(options).dipole, 0, 0                                                                \
    }

/* Reads the options. *has: 1 if a field is given; one of zeros counts for all but --field. epsilon:
 * electronic dielectric constant, or 0: that of the model. Returns GO_ON or an exit code after a
 * message. */
int uniform_field_read(const char *verb, const field_options *options, const common_options *common,
                       double epsilon, lrpot_field *out, int32_t *has);
/* Replaces energy, forces, stress (its symmetric part), charges and dipole by those in the
 * field. */
lrpot_status uniform_field_evaluate(evaluation *result, const lrpot_potential *model,
                                    lrpot_workspace *work, const lrpot_structure *structure,
                                    const lrpot_field *field);

#endif
