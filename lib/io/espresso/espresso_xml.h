/* Reader of the XML file of Quantum ESPRESSO's pw.x, one step after the other. */
#ifndef LRPOT__ESPRESSO_XML_H
#define LRPOT__ESPRESSO_XML_H

#include "io/files/reader.h"

extern const lrpot__frame_format lrpot__format_espresso;

/* Makes the element of a label such as Fe1, O_h or FE; leaves another label as it is. */
void lrpot__espresso_element(char *label);

#endif
