#include "comma_locale.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

static int set_installed(void)
{
    static const char *const names[] = { "de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "de_DE" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (setlocale(LC_NUMERIC, names[i]) != NULL) return 1;
    return 0;
}

/* Compiled locales are mapped into memory, so the folder may go again at once. */
static int set_compiled(void)
{
    char folder[] = "lrpot-locale-XXXXXX", command[200];
    if (mkdtemp(folder) == NULL) return 0;
    snprintf(command, sizeof command,
             "localedef --no-archive -i de_DE -f UTF-8 ./%s/de_DE.UTF-8 >/dev/null 2>&1", folder);
    int made = system(command) == 0 && setenv("LOCPATH", folder, 1) == 0
               && setlocale(LC_NUMERIC, "de_DE.UTF-8") != NULL;
    snprintf(command, sizeof command, "rm -r ./%s", folder);
    return system(command) == 0 && made;
}

int support_comma_locale(void)
{
    char shown[8];
    if (set_installed() || set_compiled()) {
        snprintf(shown, sizeof shown, "%.1f", 0.5);
        if (shown[1] == ',') return 1;
    }
    support_point_locale();
    printf("# SKIP no locale with a decimal comma is installed, and localedef makes none\n");
    return 0;
}

void support_point_locale(void)
{
    setlocale(LC_NUMERIC, "C");
}
