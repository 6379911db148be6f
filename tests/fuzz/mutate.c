/* Runs a fuzz target over changed copies of stored inputs, in processes of their own, and looks at
 * the memory and the time that each takes. usage: mutate FOLDER COUNT [FIRST]; prints TAP. */
#define _XOPEN_SOURCE 700 /* directories, processes */
#define _DEFAULT_SOURCE   /* what a process used */
#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LARGEST_INPUT = 100000, MOST_SEEDS = 200, BATCH = 40, MOST_MEGABYTES = 200 };
#define MOST_SECONDS 2.0

typedef struct bytes {
    uint8_t *data;
    size_t size;
} bytes;

static bytes seeds[MOST_SEEDS];
static int n_seeds;
static uint64_t state;

static uint64_t draw(uint64_t below)
{
    uint64_t z = (state += 0x9E3779B97F4A7C15u); /* splitmix64 */
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return below > 0 ? (z ^ (z >> 31)) % below : 0;
}

static void read_seed(const char *path)
{
    bytes *seed = &seeds[n_seeds];
    FILE *file = fopen(path, "rb");
    if (file == NULL || (seed->data = malloc(LARGEST_INPUT)) == NULL) exit(2);
    seed->size = fread(seed->data, 1, LARGEST_INPUT, file);
    fclose(file);
    n_seeds++;
}

/* Puts `text` in the place of size bytes at `at`. */
static void replace(bytes *b, size_t at, size_t size, const void *text, size_t length)
{
    if (b->size - size + length > LARGEST_INPUT) return;
    memmove(b->data + at + length, b->data + at + size, b->size - at - size);
    memcpy(b->data + at, text, length);
    b->size += length - size;
}

static int in_number(uint8_t c)
{
    return (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '+' || c == 'e' || c == 'E';
}

static void change_number(bytes *b)
{
    static const char *const numbers[] = {
        "0",   "1",     "-1",   "2",     "3",       "7",
        "28",  "64",    "1000", "20000", "1000000", "2147483647",
        "1e9", "1e300", "1e-9", "-0.5",  "1e99",    "9223372036854775807"
    };
    size_t at = draw(b->size), from = at, to;
    for (; from < b->size && !(b->data[from] >= '0' && b->data[from] <= '9'); from++) {
    }
    if (from == b->size) return;
    while (from > 0 && in_number(b->data[from - 1])) from--;
    for (to = from; to < b->size && in_number(b->data[to]); to++) {
    }
    const char *text = numbers[draw(sizeof numbers / sizeof numbers[0])];
    replace(b, from, to - from, text, strlen(text));
}

static void change(bytes *b)
{
    uint64_t kind = draw(10);
    size_t at = draw(b->size), size = 1 + draw(1 + draw(200));
    if (b->size == 0) return;
    if (size > b->size - at) size = b->size - at;
    if (kind < 5) change_number(b);
    else if (kind < 7) b->data[at] = (uint8_t)draw(256);
    else if (kind == 7) replace(b, at, size, "", 0);
    else if (kind == 8) {
        uint8_t copy[201];
        memcpy(copy, b->data + at, size);
        replace(b, draw(b->size), 0, copy, size);
    } else {
        const bytes *other = &seeds[draw((uint64_t)n_seeds)];
        size_t from = draw(other->size);
        if (other->size > 0)
            replace(b, at, size, other->data + from,
                    size < other->size - from ? size : other->size - from);
    }
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* One input; returns the seconds that it took. */
static double run(uint64_t number)
{
    state = number * 0x2545F4914F6CDD1Du;
    bytes b = { malloc(LARGEST_INPUT), 0 };
    const bytes *seed = &seeds[draw((uint64_t)n_seeds)];
    if (b.data == NULL) exit(2);
    memcpy(b.data, seed->data, b.size = seed->size);
    for (uint64_t k = 1 + draw(3); k > 0; k--) change(&b);
    /* a block of exactly this size: a byte too far is seen by a sanitizer */
    uint8_t *exact = malloc(b.size > 0 ? b.size : 1);
    if (exact == NULL) exit(2);
    memcpy(exact, b.data, b.size);
    free(b.data);
    double before = seconds();
    (void)LLVMFuzzerTestOneInput(exact, b.size);
    double took = seconds() - before;
    free(exact);
    return took;
}

/* A process for some inputs; what it took at most goes through the pipe. */
static void child(uint64_t first, uint64_t count, int out)
{
    double most = 0.0, at = 0.0;
    for (uint64_t k = first; k < first + count; k++) {
        double took = run(k);
        if (took > most) most = took, at = (double)k;
    }
    double report[2] = { most, at };
    if (write(out, report, sizeof report) != (ssize_t)sizeof report) _exit(3);
    exit(0); /* which looks for leaks under a sanitizer */
}

static int batch(uint64_t first, uint64_t count, double *time, double *megabytes)
{
    int ends[2], status = 0;
    double report[2] = { 0.0, 0.0 };
    struct rusage usage;
    if (pipe(ends) != 0) exit(2);
    fflush(stdout);
    pid_t process = fork();
    if (process == 0) child(first, count, ends[1]);
    close(ends[1]);
    ssize_t got = read(ends[0], report, sizeof report);
    close(ends[0]);
    if (process < 0 || wait4(process, &status, 0, &usage) != process) exit(2);
    double used = (double)usage.ru_maxrss / 1024.0;
    int good = got == (ssize_t)sizeof report && status == 0;
    if (!good || report[0] > MOST_SECONDS || used > MOST_MEGABYTES)
        printf("# inputs %llu to %llu: status %d, %.2f s at input %.0f, %.0f MB\n",
               (unsigned long long)first, (unsigned long long)(first + count - 1), status,
               report[0], report[1], used);
    if (report[0] > *time) *time = report[0];
    if (used > *megabytes) *megabytes = used;
    return good;
}

int main(int argc, char **argv)
{
    char path[4096];
    DIR *folder = argc >= 3 ? opendir(argv[1]) : NULL;
    uint64_t count = argc >= 3 ? strtoull(argv[2], NULL, 10) : 0,
             first = argc >= 4 ? strtoull(argv[3], NULL, 10) : 0;
    double time = 0.0, megabytes = 0.0;
    int good = 1;
    if (folder == NULL) {
        fprintf(stderr, "usage: %s FOLDER COUNT [FIRST]\n", argv[0]);
        return 2;
    }
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        if (entry->d_name[0] == '.' || n_seeds == MOST_SEEDS) continue;
        snprintf(path, sizeof path, "%s/%s", argv[1], entry->d_name);
        read_seed(path);
    }
    closedir(folder);
    if (n_seeds == 0) return 2;
    for (uint64_t k = 0; k < count; k += BATCH)
        good &= batch(first + k, count - k < BATCH ? count - k : BATCH, &time, &megabytes);
    printf("# %llu inputs: at most %.0f MB and %.3f s\n", (unsigned long long)count, megabytes,
           time);
    printf("%s 1 - changed_inputs_end_without_a_crash\n", good ? "ok" : "not ok");
    printf("%s 2 - none_takes_more_than_200_MB\n", megabytes <= MOST_MEGABYTES ? "ok" : "not ok");
    printf("%s 3 - none_takes_more_than_2_s\n1..3\n", time <= MOST_SECONDS ? "ok" : "not ok");
    return good && megabytes <= MOST_MEGABYTES && time <= MOST_SECONDS ? 0 : 1;
}
