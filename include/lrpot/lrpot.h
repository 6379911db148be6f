/** @file lrpot/lrpot.h
 *  @brief Everything: includes all public headers of liblrpot. */
#ifndef LRPOT_LRPOT_H
#define LRPOT_LRPOT_H
#include <lrpot/status.h>
#include <lrpot/structure.h>
#include <lrpot/nlist.h>
#include <lrpot/workspace.h>
#include <lrpot/basis.h>
#include <lrpot/host.h>
#include <lrpot/ewald.h>
#include <lrpot/ewald_operator.h>
#include <lrpot/ewald_response.h>
#include <lrpot/multipoles.h>
#include <lrpot/charges.h>
#include <lrpot/potential.h>
#include <lrpot/nep.h>
#include <lrpot/response.h>
#include <lrpot/heat.h>
#include <lrpot/phonons.h>
#include <lrpot/path.h>
#include <lrpot/spectra.h>
#include <lrpot/active_set.h>
#include <lrpot/tensors.h>
#include <lrpot/fit.h>
#include <lrpot/io.h>
#include <lrpot/file.h>
#endif
