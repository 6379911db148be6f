/* A locale with a decimal comma, to show that files do not depend on it. */
#ifndef LRPOT_TEST_COMMA_LOCALE_H
#define LRPOT_TEST_COMMA_LOCALE_H

/* Sets LC_NUMERIC to a locale with a decimal comma: an installed one, or one made by localedef.
 * Returns 0, after a visible "# SKIP", when there is no way. */
int support_comma_locale(void);
/* Back to the decimal point. */
void support_point_locale(void);

#endif
