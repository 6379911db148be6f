/* Runs a fuzz target over stored inputs, for compilers without libFuzzer. usage: replay FOLDER;
 * prints TAP. */
#define _XOPEN_SOURCE 700 /* directories */
#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

#define LARGEST_INPUT 1000000

static void replay(const char *path)
{
    uint8_t *data = malloc(LARGEST_INPUT);
    FILE *file = fopen(path, "rb");
    if (file == NULL || data == NULL) {
        fprintf(stderr, "%s cannot be read\n", path);
        exit(1);
    }
    size_t size = fread(data, 1, LARGEST_INPUT, file);
    fclose(file);
    /* a block of exactly this size: a byte too far is seen by a sanitizer */
    uint8_t *exact = malloc(size > 0 ? size : 1);
    memcpy(exact, data, size);
    free(data);
    (void)LLVMFuzzerTestOneInput(exact, size);
    free(exact);
}

int main(int argc, char **argv)
{
    char path[4096];
    int n = 0;
    DIR *folder = argc == 2 ? opendir(argv[1]) : NULL;
    if (folder == NULL) {
        fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
        return 2;
    }
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        if (entry->d_name[0] == '.') continue;
        snprintf(path, sizeof path, "%s/%s", argv[1], entry->d_name);
        replay(path);
        printf("ok %d - %s\n", ++n, entry->d_name);
        fflush(stdout);
    }
    closedir(folder);
    printf("1..%d\n", n);
    return n > 0 ? 0 : 1;
}
