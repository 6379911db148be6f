/* Reader of the XML file of Quantum ESPRESSO's ph.x: structure, Born charges, dielectric tensor. */
#ifndef LRPOT__ESPRESSO_RESPONSE_H
#define LRPOT__ESPRESSO_RESPONSE_H

#include "io/files/reader.h"

extern const lrpot__frame_format lrpot__format_espresso_response;

#endif
