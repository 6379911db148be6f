/* Parts that all tests share: tolerances named once, random structures, differences, the Check main
 * with TAP output. */
#ifndef LRPOT_TEST_SUPPORT_H
#define LRPOT_TEST_SUPPORT_H

#include <lrpot/lrpot.h>

#include <check.h>

#define TOL_EXACT 2.3e-14 /* 100 eps: the same sum in another order */
#define TOL_FD 1e-7       /* derivative against central differences, relative */
#define TOL_REF 1e-10     /* against published or high-precision values, relative */

/* Defined by each check_*.c. */
Suite *lrpot_suite(void);

/* Fails with the library's message when a call did not succeed. */
#define ck_ok(call)                                                         \
    do {                                                                    \
        lrpot_status ck_ok_status = (call);                                 \
        ck_assert_msg(ck_ok_status == LRPOT_OK, "%s: %s: %s", #call,        \
                      lrpot_status_name(ck_ok_status), lrpot_last_error()); \
    } while (0)

/* |value - expected| <= tolerance * max(scale, |expected|), with both values and the ratio in the
 * message. */
#define ck_close(value, expected, tolerance, scale)                                                \
    do {                                                                                           \
        double ck_v = (value), ck_e = (expected), ck_t = (tolerance)*support_max((scale), ck_e);   \
        ck_assert_msg(ck_v - ck_e <= ck_t && ck_e - ck_v <= ck_t,                                  \
                      "%s = %.17g, expected %.17g, |difference| / tolerance = %.3g", #value, ck_v, \
                      ck_e, (ck_v > ck_e ? ck_v - ck_e : ck_e - ck_v) / ck_t);                     \
    } while (0)
double support_max(double scale, double expected);

/* Seeded random numbers, the same on every machine. */
typedef struct support_random {
    uint64_t state;
} support_random;
double support_uniform(support_random *random, double low, double high);

/* Kinds of cells that everything must hold for. */
enum {
    CELL_CUBIC,
    CELL_TRICLINIC,
    CELL_LEFT_HANDED,
    CELL_TINY,
    CELL_NEEDLE,
    CELL_NONE,
    CELL_KINDS
};
/* n atoms of n_symbols species at random, no pair (images included) closer than min_distance. */
lrpot_structure *support_random_structure(support_random *random, int kind, int64_t n,
                                          int32_t n_symbols, const char *const *symbols,
                                          double min_distance);

/* Fourth-order central difference of f at x with step h; f gets x and ctx. */
double support_difference(double (*f)(double x, void *ctx), void *ctx, double x, double h);

/* Error of one target, given by its bit, on a set. */
lrpot_status support_fit_error(lrpot_fit *fit, int32_t set, int32_t bit, double *rmse, double *mae,
                               int64_t *n);

/* Path of a file in the data folder beside the project; NULL (and a visible "# SKIP" line) when it
 * is absent. The caller frees it. */
char *support_data(const char *relative);
/* Path of a file in the project's source tree. The caller frees it. */
char *support_source(const char *relative);

/* 1 if repetitions that take long are run whole: LRPOT_TEST_LONG is in the environment. */
int support_is_long(void);
/* 1 if case i of a loop belongs to the run: all do, or those of part k of n with
 * LRPOT_TEST_PART=k/n. Builds take different parts, which together are all cases. */
int support_is_drawn(int i);
/* Adds a loop of cases that others resemble: each, or one in `step`; of these the first and what
 * belongs to the run. */
#define support_add_sampled(tcase, test, from, to, step)                                     \
    for (int from_ = (from), at_ = from_; at_ < (to); at_ += support_is_long() ? 1 : (step)) \
        if (at_ == from_ || support_is_drawn(at_)) tcase_add_loop_test(tcase, test, at_, at_ + 1)
/* Adds the cases [from, to) of a loop: the first and what belongs to the run. */
#define support_add_cases(tcase, test, from, to) support_add_sampled(tcase, test, from, to, 1)

#endif
