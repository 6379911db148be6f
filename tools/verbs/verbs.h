/* The verbs of the command. Each gets the arguments after its name and returns an exit code. */
#ifndef LRPOT_TOOL_VERBS_H
#define LRPOT_TOOL_VERBS_H

int verb_fit(int count, char **arguments);
int verb_eval(int count, char **arguments);
int verb_bec(int count, char **arguments);
int verb_phonon(int count, char **arguments);
int verb_check(int count, char **arguments);
int verb_coulomb(int count, char **arguments);
int verb_dipoles(int count, char **arguments);
int verb_drive(int count, char **arguments);
int verb_eps(int count, char **arguments);
int verb_ir(int count, char **arguments);
int verb_conductivity(int count, char **arguments);
int verb_loop(int count, char **arguments);
int verb_learn(int count, char **arguments);
int verb_piezo(int count, char **arguments);
int verb_pyro(int count, char **arguments);
int verb_raman(int count, char **arguments);
int verb_relax(int count, char **arguments);
int verb_select(int count, char **arguments);
int verb_info(int count, char **arguments);
int verb_convert(int count, char **arguments);

#endif
