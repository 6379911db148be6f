/** @file lrpot/spectra.h
 *  @brief Response from trajectories: dielectric constant, infrared spectrum, ionic conductivity,
 * P-E loops, with error bars.
 *
 *  Plain arrays in, plain arrays out; nothing here needs a model. Formulas and conventions:
 * docs/theory/spectra.md. Units: dipoles e A, currents e A/fs, times fs, volumes A^3, temperatures
 * K, fields V/A, polarization e/A^2, conductivities S/cm.
 *
 *  Error bars are one standard deviation from block averages, to which one standard deviation of
 * the bar itself is added: few blocks know their own scatter badly. The functions are reentrant;
 * they make FFTW plans under the lock that the library's other plans use (the host must not plan at
 * that moment) and free their scratch, a few times the size of the series, before they return. */
#ifndef LRPOT_SPECTRA_H
#define LRPOT_SPECTRA_H

#include <lrpot/status.h>

LRPOT_BEGIN_DECLS

#define LRPOT_MICROCOULOMB_PER_CM2 1602.176634 /**< uC/cm^2 in one e/A^2. */
#define LRPOT_SIEMENS_PER_CM 16021.76634       /**< S/cm in one e/(V A fs). */
#define LRPOT_CM_PER_THZ 33.35640951981521     /**< cm^-1 in one THz. */

#define LRPOT_SERIES_DIPOLE 0 /**< Total dipole M, e A, unwrapped: continuous in time. */
/** Dipole current J = dM/dt, e A/fs, as of lrpot_response_current(). */
#define LRPOT_SERIES_CURRENT 1

/** @brief A dipole or its current along a trajectory, at equal steps; borrowed. */
typedef struct lrpot_series {
    size_t struct_size;   /**< sizeof(lrpot_series). */
    int64_t n;            /**< Samples, at least 16. */
    const double *values; /**< [n][3], as kind says. */
    double step;          /**< fs between samples, > 0. */
    double volume;        /**< A^3, > 0; of a cell that varies the mean. */
    double temperature;   /**< K, > 0; not looked at by lrpot_conductivity_field(). */
    int32_t kind;         /**< LRPOT_SERIES_DIPOLE or LRPOT_SERIES_CURRENT. */
    int32_t reserved;     /**< 0. */
} lrpot_series;
#define LRPOT_SERIES_INIT                                  \
    {                                                      \
        sizeof(lrpot_series), 0, NULL, 0.0, 0.0, 0.0, 0, 0 \
    } /**< Empty. */

/** @brief A number with its error bar, and how the bar was found. */
typedef struct lrpot_estimate {
    size_t struct_size;  /**< sizeof(lrpot_estimate). */
    double value;        /**< The number. */
    double error;        /**< Error bar: one standard deviation, its own uncertainty added. */
    double inefficiency; /**< Samples that count as one independent sample. */
    int64_t block;       /**< Samples in a block. */
    int64_t blocks;      /**< Blocks whose scatter gave the bar. */
    /** 1: blocks were long against the correlation; 0: the series is too short to tell, the bar a
     * lower bound. */
    int32_t plateau;
    int32_t reserved; /**< 0. */
} lrpot_estimate;
#define LRPOT_ESTIMATE_INIT                               \
    {                                                     \
        sizeof(lrpot_estimate), 0.0, 0.0, 0.0, 0, 0, 0, 0 \
    } /**< Zeros. */

/** @brief Step of a list of times, which must be equal.
 *  @param[in]  times  fs, [n], n >= 2, ascending.
 *  @param[out] step   fs: (last - first)/(n - 1).
 *  @return LRPOT_E_ARGUMENT naming the worst time when steps differ from their mean by more than a
 * thousandth; LRPOT_E_NOT_FINITE. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_series_step(int64_t n, const double *times,
                                                          double *step);

/** @brief Mean of correlated numbers with its error by blocking (Flyvbjerg and Petersen, J. Chem.
 * Phys. 91, 461 (1989)).
 *
 *  Block lengths are powers of two; the plateau is the shortest length B with (B/2)^3 > 2 n
 * (s_B/s_1)^4, s_B the error from blocks of B: twice the length at which what blocks cut off is as
 * large as their scatter (Lee et al., Phys. Rev. E 83, 066706 (2011)).
 *  @param[in]  n       At least 16.
 *  @param[in]  stride  Doubles between consecutive numbers, >= 1.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_series_mean(int64_t n, int64_t stride,
                                                          const double *values,
                                                          lrpot_estimate *out);

/** The mean dipole is zero by symmetry and is not subtracted. */
#define LRPOT_DIELECTRIC_ZERO_MEAN 1

/** @brief Static dielectric constant from the fluctuations of the dipole, conducting surroundings:
 *  \f$ 1 + 4\pi k_e (\langle M\cdot M\rangle - \langle M\rangle\cdot\langle M\rangle)/(3 V k_B T)
 * \f$ (arXiv 2603.06396, eqs 18-19).
 *
 *  With screened model charges this is eps_0/eps_inf, with charges of a force field without
 * polarizability eps_0, and with Born charges eps_0 - eps_inf + 1. The bias of a mean taken from
 * the same finite series is removed.
 *  @param[in]  series     LRPOT_SERIES_DIPOLE.
 *  @param[in]  flags      0 or LRPOT_DIELECTRIC_ZERO_MEAN.
 *  @param[out] ratio      Mean over the three axes.
 *  @param[out] axes       [3][2]: value and error along x, y, z; or NULL.
 *  @param[in]  n_running  Points of the running estimate; 0: none.
 *  @param[out] running    [n_running]: the value from the first (k + 1) n / n_running samples, bias
 * not removed; NULL without points.
 *  @return LRPOT_E_ARGUMENT, LRPOT_E_NOT_FINITE, LRPOT_E_SIZE, LRPOT_E_MEMORY: outputs are
 * untouched. LRPOT_E_ASSUMPTION for a dipole that drifts or varies as slowly as the series is long:
 * outputs are filled. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_dielectric_constant(const lrpot_series *series,
                                                                  int32_t flags,
                                                                  lrpot_estimate *ratio,
                                                                  double *axes, int64_t n_running,
                                                                  double *running);

#define LRPOT_WINDOW_HANN 0       /**< Hann window. */
#define LRPOT_WINDOW_GAUSSIAN 1   /**< Gaussian window. */
#define LRPOT_WINDOW_NONE 2       /**< Segments as they are. */
#define LRPOT_QUANTUM_CLASSICAL 0 /**< None: classical linear response. */
/** x/(1 - exp(-x)), x = hbar omega/(k_B T), on the correlation: the same absorption as classical.
 */
#define LRPOT_QUANTUM_HARMONIC 1
/** 2/(1 + exp(-x)) on the correlation: classical absorption times 2 tanh(x/2)/x. */
#define LRPOT_QUANTUM_STANDARD 2
/** exp(x/2) on the correlation: classical absorption times 2 sinh(x/2)/x. */
#define LRPOT_QUANTUM_SCHOFIELD 3

/** @brief How a spectrum is taken; fill with LRPOT_SPECTRUM_OPTIONS_INIT. */
typedef struct lrpot_spectrum_options {
    size_t struct_size; /**< sizeof(lrpot_spectrum_options). */
    /** Samples in a segment, >= 16: the resolution is 1/(segment step). 0 means about n/8. */
    int64_t segment;
    /** Part of a segment that the next one shares, <= 0.95; 0 means 0.5, negative: none. */
    double overlap;
    /** Standard deviation of the Gaussian window in segments; 0 means 0.125. */
    double width;
    int32_t window;  /**< LRPOT_WINDOW_HANN ... */
    int32_t quantum; /**< LRPOT_QUANTUM_CLASSICAL ... */
} lrpot_spectrum_options;
/** All defaults. */
#define LRPOT_SPECTRUM_OPTIONS_INIT                       \
    {                                                     \
        sizeof(lrpot_spectrum_options), 0, 0.0, 0.0, 0, 0 \
    }

/** @brief Numbers of frequencies and segments that lrpot_spectrum_infrared() will give.
 *  @param[in]  options        NULL: all defaults.
 *  @param[out] n_frequencies  segment/2 + 1.
 *  @param[out] n_segments     Segments that are averaged; or NULL. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_spectrum_size(const lrpot_series *series,
                                                            const lrpot_spectrum_options *options,
                                                            int64_t *n_frequencies,
                                                            int64_t *n_segments);
/** @brief Infrared absorption n(omega) alpha(omega) with its absolute prefactor, by averaged
 * periodograms (Welch): 4 pi k_e/(6 c V k_B T) times the integral of \f$ \langle J(0)\cdot
 * J(t)\rangle e^{i\omega t} \f$ over all t.
 *
 *  With screened model charges multiply by eps_inf for physical values. A dipole series is
 * differentiated spectrally: differences, and their exact response divided out.
 *  @param[in]  options        NULL: all defaults.
 *  @param[in]  n_frequencies  Of lrpot_spectrum_size(); frequency k is k/(segment step).
 *  @param[out] wavenumbers    cm^-1, [n_frequencies], or NULL.
 *  @param[out] frequencies    THz (not angular), [n_frequencies], or NULL.
 *  @param[out] absorption     cm^-1, [n_frequencies]: n alpha, mean over axes.
 *  @param[out] error          cm^-1, [n_frequencies] or NULL: from the scatter of segments, their
 * overlap taken into account; NaN for a single segment.
 *  @param[out] axes           cm^-1, [n_frequencies][3] or NULL: light polarized along x, y, z.
 *  @return As lrpot_dielectric_constant(). @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_spectrum_infrared(
    const lrpot_series *series, const lrpot_spectrum_options *options, int64_t n_frequencies,
    double *wavenumbers, double *frequencies, double *absorption, double *error, double *axes);

/** @brief What decides on a conductivity; fill with LRPOT_CONDUCTIVITY_OPTIONS_INIT. */
typedef struct lrpot_conductivity_options {
    size_t struct_size; /**< sizeof(lrpot_conductivity_options). */
    /** fs: plateau of the Green-Kubo integral, or Einstein slope, from here; 0: half of end. */
    double begin;
    double end; /**< fs: up to here; 0: chosen from the decay of the correlation. */
    /** Pieces of the series for the error, >= 4; 0: as many as are 8 times end long, at most 64. */
    int64_t blocks;
} lrpot_conductivity_options;
/** All defaults. */
#define LRPOT_CONDUCTIVITY_OPTIONS_INIT                 \
    {                                                   \
        sizeof(lrpot_conductivity_options), 0.0, 0.0, 0 \
    }

/** @brief Ionic conductivity by Green-Kubo: integral of \f$ \langle J(0)\cdot J(t)\rangle \f$ over
 * t > 0, over 3 V k_B T; the mean of the running integral over a window of its upper limit.
 *
 *  Without options->end the window ends at the first lag of 15 correlation times 2 int (C/C(0))^2
 * dt, taken up to there.
 *  @param[in]  options      NULL: all defaults.
 *  @param[out] sigma        S/cm.
 *  @param[out] window       fs, [2] or NULL: where the plateau was taken.
 *  @param[in]  n_lags       Lags 0, step, ... of the curves, at most n/4; 0: none.
 *  @param[out] correlation  e^2 A^2/fs^2, [n_lags] or NULL: \f$ \langle J(0)\cdot J(t)\rangle \f$.
 *  @param[out] integral     S/cm, [n_lags] or NULL: running integral.
 *  @param[out] error        S/cm, [n_lags] or NULL: its error bar; NaN beyond the length of a
 * block.
 *  @return LRPOT_E_ACCURACY when the correlation does not decay, or 4 blocks are not 8 times as
 * long as its decay; otherwise as lrpot_dielectric_constant(), with LRPOT_E_ASSUMPTION for a
 * current that has a mean or a trend, or parts slower than the window, and for a running integral
 * that goes on to change behind the window. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_conductivity_green_kubo(
    const lrpot_series *series, const lrpot_conductivity_options *options, lrpot_estimate *sigma,
    double *window, int64_t n_lags, double *correlation, double *integral, double *error);
/** @brief Ionic conductivity by Helfand and Einstein: slope of \f$ \langle|M(t) - M(0)|^2\rangle
 * \f$ over 6 V k_B T, least squares over a window.
 *  @param[in]  options       NULL: all defaults.
 *  @param[out] sigma         S/cm.
 *  @param[out] window        fs, [2] or NULL: where the slope was taken.
 *  @param[in]  n_lags        Lags 0, step, ... of the curve, at most n/4; 0: none.
 *  @param[out] displacement  e^2 A^2, [n_lags] or NULL: \f$ \langle|M(t) - M(0)|^2\rangle \f$.
 *  @return As lrpot_conductivity_green_kubo(); LRPOT_E_ASSUMPTION also for a slope that changes
 * within the window. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_conductivity_einstein(
    const lrpot_series *series, const lrpot_conductivity_options *options, lrpot_estimate *sigma,
    double *window, int64_t n_lags, double *displacement);
/** @brief Ionic conductivity in a uniform field E: \f$ \langle J\cdot E\rangle/(V E^2) \f$, error
 * by blocking.
 *  @param[in]  field    V/A, [3], not zero: as it acts on the charges whose current is given.
 *  @param[out] sigma    S/cm.
 *  @param[out] density  e/(A^2 fs), [3] or NULL: mean current density.
 *  @return LRPOT_E_ASSUMPTION, outputs filled, when the current along the field changes by 30 % of
 * its mean over the series; otherwise as lrpot_dielectric_constant(). @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_conductivity_field(const lrpot_series *series,
                                                                 const double *field,
                                                                 lrpot_estimate *sigma,
                                                                 double *density);

#define LRPOT_BRANCH_VIRGIN 0  /**< Before the first extreme of the field. */
#define LRPOT_BRANCH_RISING 1  /**< The field was lower before. */
#define LRPOT_BRANCH_FALLING 2 /**< The field was higher before. */

/** @brief How records become points of a loop; fill with LRPOT_LOOP_OPTIONS_INIT. */
typedef struct lrpot_loop_options {
    size_t struct_size; /**< sizeof(lrpot_loop_options). */
    /** V/A: consecutive records whose fields differ by no more from the first make a point; 0 means
     * 1e-9. */
    double tolerance;
    double discard; /**< Part of each point's records left out at its start, 0 to 0.9. */
} lrpot_loop_options;
#define LRPOT_LOOP_OPTIONS_INIT              \
    {                                        \
        sizeof(lrpot_loop_options), 0.0, 0.0 \
    } /**< All defaults. */

/** @brief Figures of a P-E loop. Pairs are for the rising and the falling branch; NaN where a
 * branch does not reach a zero. */
typedef struct lrpot_loop {
    size_t struct_size;       /**< sizeof(lrpot_loop). */
    double remanent[2];       /**< e/A^2: polarization at zero field. */
    double remanent_error[2]; /**< e/A^2. */
    /** V/A: field at which the polarization passes zero, interpolated. */
    double coercive[2];
    double coercive_error[2]; /**< V/A. */
    /** eV/A^3: integral of (P falling - P rising) dE over the fields of both branches: work lost in
     * a cycle. */
    double area;
    double area_error; /**< eV/A^3. */
    int64_t points;    /**< Points of the loop. */
} lrpot_loop;
/** Zeros. */
#define LRPOT_LOOP_INIT                                                     \
    {                                                                       \
        sizeof(lrpot_loop), { 0, 0 }, { 0, 0 }, { 0, 0 }, { 0, 0 }, 0, 0, 0 \
    }

/** @brief A P-E loop from records in order of time: averages at each field, branches, remanence,
 * coercive field, area.
 *
 *  The field goes up and down between two extremes at least once; what precedes the first extreme
 * is the virgin curve, part of the points but of no branch. The point of a turn ends one branch and
 * begins the next. Several cycles are averaged field by field.
 *  @param[in]  n             Records.
 *  @param[in]  fields        V/A, [n].
 *  @param[in]  polarization  e/A^2, [n].
 *  @param[in]  options       NULL: all defaults.
 *  @param[out] loop          Figures; loop->points is set even when capacity is too small.
 *  @param[in]  capacity      Room in the arrays of points; 0: they are not wanted.
 *  @param[out] point_fields, point_polarization, point_error  [capacity]: V/A, e/A^2, e/A^2; NaN as
 * error of fewer than 16 records.
 *  @param[out] branches      [capacity]: LRPOT_BRANCH_RISING ...
 *  @return LRPOT_E_SIZE when capacity is neither 0 nor enough; LRPOT_E_ARGUMENT when the field does
 * not go both ways; LRPOT_E_ASSUMPTION, outputs filled, when the polarization does not come back at
 * an extreme of the field. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_loop_compute(
    int64_t n, const double *fields, const double *polarization, const lrpot_loop_options *options,
    lrpot_loop *loop, int64_t capacity, double *point_fields, double *point_polarization,
    double *point_error, int32_t *branches);

LRPOT_END_DECLS
#endif
