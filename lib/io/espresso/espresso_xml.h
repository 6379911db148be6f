/* Reader of the XML file of Quantum ESPRESSO's pw.x, one step after the other. */
#ifndef LRPOT__ESPRESSO_XML_H
#define LRPOT__ESPRESSO_XML_H

#include "io/files/reader.h"

extern const lrpot__frame_format lrpot__format_espresso;

#endif
