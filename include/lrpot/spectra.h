/** @file lrpot/spectra.h
 *  @brief Response from trajectories: dielectric constant, infrared spectrum, ionic and thermal
 *  conductivity, P-E loops, with error bars.
 *
 *  All inputs and outputs are plain arrays; no model is needed. Formulas and conventions:
 *  docs/theory/spectra.md. Units: dipoles e A, currents e A/fs, times fs, volumes A^3, temperatures
 *  K, fields V/A, polarization e/A^2, conductivities S/cm.
 *
 *  Error bars are one standard deviation from block averages, plus one standard deviation of the
 *  bar itself, because few blocks determine their scatter badly. The functions are reentrant. They
 *  make FFTW plans under the lock of the library's other plans (the host must not plan at that
 *  moment), and free their scratch memory, a few times the size of the series, before they return.
 */
#ifndef LRPOT_SPECTRA_H
#define LRPOT_SPECTRA_H

#include <lrpot/status.h>

LRPOT_BEGIN_DECLS

#define LRPOT_MICROCOULOMB_PER_CM2 1602.176634  /**< uC/cm^2 in one e/A^2. */
#define LRPOT_SIEMENS_PER_CM 16021.76634        /**< S/cm in one e/(V A fs). */
#define LRPOT_WATT_PER_METRE_KELVIN 1602176.634 /**< W/(m K) in one eV/(A fs K). */
#define LRPOT_CM_PER_THZ 33.35640951981521      /**< cm^-1 in one THz. */

#define LRPOT_SERIES_DIPOLE 0 /**< Total dipole M, e A, unwrapped: continuous in time. */
/** Dipole current J = dM/dt, e A/fs, as of lrpot_response_current(). */
#define LRPOT_SERIES_CURRENT 1
/** Polarizability volume alpha, A^3, [n][3][3], of lrpot_spectrum_raman(). */
#define LRPOT_SERIES_POLARIZABILITY 2
/** Heat flux J, eV A/fs, of lrpot_thermal_conductivity(): a thousandth of lrpot_heat_flux.flux. */
#define LRPOT_SERIES_HEAT 3

/** @brief A dipole, its current or a polarizability along a trajectory, at equal steps. The values
 * are borrowed. */
typedef struct lrpot_series {
    size_t struct_size;   /**< sizeof(lrpot_series). */
    int64_t n;            /**< Number of samples, at least 16. */
    const double *values; /**< [n][3] or [n][3][3], unit as kind states. */
    double step;          /**< fs between samples, > 0. */
    /** A^3, > 0; the mean for a cell that varies. Ignored by lrpot_spectrum_raman(). */
    double volume;
    double temperature; /**< K, > 0; ignored by lrpot_conductivity_field(). */
    int32_t kind;       /**< LRPOT_SERIES_*. */
    int32_t reserved;   /**< 0. */
} lrpot_series;
#define LRPOT_SERIES_INIT                                  \
    {                                                      \
        sizeof(lrpot_series), 0, NULL, 0.0, 0.0, 0.0, 0, 0 \
    } /**< Empty. */

/** @brief A number with its error bar and the details of its block averages. */
typedef struct lrpot_estimate {
    size_t struct_size; /**< sizeof(lrpot_estimate). */
    double value;       /**< The number. */
    /** Error bar: one standard deviation plus its own uncertainty. */
    double error;
    /** Number of samples that count as one independent sample. */
    double inefficiency;
    int64_t block;  /**< Number of samples in a block. */
    int64_t blocks; /**< Number of blocks whose scatter gave the bar. */
    /** 1: the blocks were long against the correlation; 0: the series is too short to tell, and the
     * bar is a lower bound. */
    int32_t plateau;
    int32_t reserved; /**< 0. */
} lrpot_estimate;
#define LRPOT_ESTIMATE_INIT                               \
    {                                                     \
        sizeof(lrpot_estimate), 0.0, 0.0, 0.0, 0, 0, 0, 0 \
    } /**< Zeros. */

/** @brief Step of a list of times, which must be equidistant.
 *  @param[in]  n      Number of times, >= 2.
 *  @param[in]  times  fs, [n], ascending.
 *  @param[out] step   fs: (last - first)/(n - 1).
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_ARGUMENT (n; steps that differ from their mean by more
 *    than a thousandth, naming the worst time); LRPOT_E_NOT_FINITE.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_series_step(int64_t n, const double *times,
                                                          double *step);

/** @brief Mean of correlated numbers with its error by blocking (Flyvbjerg and Petersen, J. Chem.
 *  Phys. 91, 461 (1989)).
 *
 *  Block lengths are powers of two. The plateau is the shortest length B with (B/2)^3 > 2 n
 *  (s_B/s_1)^4, where s_B is the error from blocks of B: twice the length at which the truncation
 *  error of the blocks equals their scatter (Lee et al., Phys. Rev. E 83, 066706 (2011)).
 *  @param[in]     n       Number of values, at least 16.
 *  @param[in]     stride  Doubles between consecutive numbers, >= 1.
 *  @param[in]     values  [(n - 1) stride + 1], any unit.
 *  @param[in,out] out     struct_size must be set; the other members are overwritten.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_SIZE; LRPOT_E_ARGUMENT; LRPOT_E_NOT_FINITE;
 *    LRPOT_E_MEMORY.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_series_mean(int64_t n, int64_t stride,
                                                          const double *values,
                                                          lrpot_estimate *out);

/** The mean dipole is zero by symmetry and is not subtracted. */
#define LRPOT_DIELECTRIC_ZERO_MEAN 1

/** @brief Static dielectric constant from the fluctuations of the dipole, conducting surroundings:
 *  \f$ 1 + 4\pi k_e (\langle M\cdot M\rangle - \langle M\rangle\cdot\langle M\rangle)/(3 V k_B T)
 *  \f$ (arXiv 2603.06396, eqs 18-19).
 *
 *  Screened model charges give eps_0/eps_inf, charges of a force field without polarizability give
 *  eps_0, and Born charges give eps_0 - eps_inf + 1. The bias of a mean taken from the same finite
 *  series is removed.
 *  @param[in]     series     LRPOT_SERIES_DIPOLE.
 *  @param[in]     flags      0 or LRPOT_DIELECTRIC_ZERO_MEAN.
 *  @param[in,out] ratio      Mean over the three axes; struct_size must be set.
 *  @param[out]    axes       [3][2]: value and error along x, y, z; or NULL.
 *  @param[in]     n_running  Points of the running estimate, 0 to n; 0: none.
 *  @param[out]    running    [n_running]: the value from the first (k + 1) n / n_running samples,
 *    bias not removed; NULL without points.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_ARGUMENT; LRPOT_E_NOT_FINITE; LRPOT_E_SIZE;
 *    LRPOT_E_MEMORY: outputs are untouched. LRPOT_E_ASSUMPTION for a dipole that drifts or varies
 *    as slowly as the series is long: outputs are filled.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_dielectric_constant(const lrpot_series *series,
                                                                  int32_t flags,
                                                                  lrpot_estimate *ratio,
                                                                  double *axes, int64_t n_running,
                                                                  double *running);

/** @brief Pyroelectric coefficient dP/dT at constant cell from the fluctuations of dipole and
 * energy in a canonical run: the covariance of M and U over V k_B T^2.
 *
 *  It is the primary coefficient; that at constant stress adds the piezoelectric tensor times the
 *  thermal expansion. The bias of means taken from the same finite series is removed.
 *  @param[in]  series       LRPOT_SERIES_DIPOLE with its temperature, of a cell that does not vary.
 *  @param[in]  energies     eV, [n]: potential (or total) energy of the cell at the same times.
 *  @param[out] coefficient  e/(A^2 K), [3].
 *  @param[out] error        e/(A^2 K), [3] or NULL: by blocking.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_ARGUMENT; LRPOT_E_NOT_FINITE; LRPOT_E_SIZE;
 *    LRPOT_E_MEMORY. LRPOT_E_ASSUMPTION, outputs filled, for a dipole that drifts or varies as
 * slowly as the series is long.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_pyroelectric(const lrpot_series *series,
                                                           const double *energies,
                                                           double *coefficient, double *error);

#define LRPOT_WINDOW_HANN 0       /**< Hann window. */
#define LRPOT_WINDOW_GAUSSIAN 1   /**< Gaussian window. */
#define LRPOT_WINDOW_NONE 2       /**< Segments as they are. */
#define LRPOT_QUANTUM_CLASSICAL 0 /**< No correction: classical linear response. */
/** x/(1 - exp(-x)), x = hbar omega/(k_B T), on the correlation: the same absorption as classical.
 */
#define LRPOT_QUANTUM_HARMONIC 1
/** 2/(1 + exp(-x)) on the correlation: classical absorption times 2 tanh(x/2)/x. */
#define LRPOT_QUANTUM_STANDARD 2
/** exp(x/2) on the correlation: classical absorption times 2 sinh(x/2)/x. */
#define LRPOT_QUANTUM_SCHOFIELD 3

/** @brief Options of a spectrum; fill with LRPOT_SPECTRUM_OPTIONS_INIT. */
typedef struct lrpot_spectrum_options {
    size_t struct_size; /**< sizeof(lrpot_spectrum_options). */
    /** Samples in a segment, >= 16: the resolution is 1/(segment step). 0 means about n/8. */
    int64_t segment;
    /** Part of a segment shared with the next one, <= 0.95; 0 means 0.5, negative: none. */
    double overlap;
    /** Standard deviation of the Gaussian window in segments; 0 means 0.125. */
    double width;
    int32_t window;  /**< LRPOT_WINDOW_*. */
    int32_t quantum; /**< LRPOT_QUANTUM_*. */
} lrpot_spectrum_options;
/** @brief All defaults. */
#define LRPOT_SPECTRUM_OPTIONS_INIT                       \
    {                                                     \
        sizeof(lrpot_spectrum_options), 0, 0.0, 0.0, 0, 0 \
    }

/** @brief Numbers of frequencies and segments of lrpot_spectrum_infrared() and
 *  lrpot_spectrum_raman().
 *  @param[in]  series         Series.
 *  @param[in]  options        Options; NULL: all defaults.
 *  @param[out] n_frequencies  segment/2 + 1.
 *  @param[out] n_segments     Number of averaged segments; or NULL.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_SIZE; LRPOT_E_ARGUMENT; LRPOT_E_NOT_FINITE.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_spectrum_size(const lrpot_series *series,
                                                            const lrpot_spectrum_options *options,
                                                            int64_t *n_frequencies,
                                                            int64_t *n_segments);
/** @brief Infrared absorption n(omega) alpha(omega) with its absolute prefactor, by averaged
 *  periodograms (Welch): 4 pi k_e/(6 c V k_B T) times the integral of \f$ \langle J(0)\cdot
 *  J(t)\rangle e^{i\omega t} \f$ over all t.
 *
 *  For screened model charges multiply by eps_inf to get physical values. A dipole series is
 *  differentiated spectrally: finite differences, divided by their exact response.
 *  @param[in]  series         Series.
 *  @param[in]  options        Options; NULL: all defaults.
 *  @param[in]  n_frequencies  Of lrpot_spectrum_size(); frequency k is k/(segment step).
 *  @param[out] wavenumbers    cm^-1, [n_frequencies], or NULL.
 *  @param[out] frequencies    THz (not angular), [n_frequencies], or NULL.
 *  @param[out] absorption     cm^-1, [n_frequencies]: n alpha, mean over axes.
 *  @param[out] error          cm^-1, [n_frequencies] or NULL: from the scatter of segments, with
 *    their overlap taken into account; NaN for a single segment.
 *  @param[out] axes           cm^-1, [n_frequencies][3] or NULL: light polarized along x, y, z.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_ARGUMENT; LRPOT_E_NOT_FINITE; LRPOT_E_SIZE;
 *    LRPOT_E_UNSUPPORTED (segments beyond the limit of FFTW); LRPOT_E_MEMORY.
 *  @threadsafety Safe.
 *  @complexity O(n log segment).
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_spectrum_infrared(
    const lrpot_series *series, const lrpot_spectrum_options *options, int64_t n_frequencies,
    double *wavenumbers, double *frequencies, double *absorption, double *error, double *axes);

/** @brief Invariants of a Raman tensor: a^2, a = tr R/3, and gamma^2 = ((R_xx - R_yy)^2 + (R_yy -
 *  R_zz)^2 + (R_zz - R_xx)^2)/2 + 3 (R_xy^2 + R_yz^2 + R_zx^2).
 *
 *  Those of degenerate modes add up.
 *  @param[in]  tensor      [3][3], as of lrpot_phonons_raman(); its antisymmetric part is ignored.
 *  @param[out] invariants  [2]: a^2 and gamma^2, in the squared unit of the tensor.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_NOT_FINITE.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_raman_invariants(const double *tensor,
                                                               double *invariants);
/** @brief Raman activity of randomly oriented scatterers, 45 a^2 + 7 gamma^2.
 *  @param[in] isotropic    a^2, A^4/u (tensors in A^2/sqrt(u)).
 *  @param[in] anisotropic  gamma^2, A^4/u.
 *  @return A^4/u.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API double lrpot_raman_activity(double isotropic, double anisotropic);
/** @brief Depolarization ratio for linearly polarized light, 3 gamma^2/(45 a^2 + 4 gamma^2).
 *  @param[in] isotropic    a^2.
 *  @param[in] anisotropic  gamma^2.
 *  @return 0 to 3/4; NaN where both are 0.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API double lrpot_raman_depolarization(double isotropic, double anisotropic);
/** @brief Differential Stokes cross section of one mode for an activity of 1 A^4/u, far from
 *  resonance: (2 pi)^4 (nu_L - nu)^4/45 h/(8 pi^2 c nu)/(1 - exp(-h c nu/(k_B T))).
 *
 *  Light at right angles to the polarization of the laser, both polarizations detected.
 *  @param[in] wavenumber   cm^-1, > 0: nu of the mode.
 *  @param[in] laser        cm^-1, > wavenumber: nu_L.
 *  @param[in] temperature  K, >= 0.
 *  @return A^2/sr per A^4/u (1 A^2 is 1e-16 cm^2); NaN for arguments out of range.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API double lrpot_raman_cross_section(double wavenumber, double laser, double temperature);
/** @brief Raman activity from the polarizability along a trajectory, by averaged periodograms
 *  (Welch): the integral over a band is the activity of its modes, whatever the temperature.
 *
 *  With x = a = tr alpha/3, or x_k the components of the traceless part (gamma^2 = 3/2 sum of their
 *  squares): the one-sided spectrum of dx/dt over k_B T, the mean squared velocity of a classical
 *  mode in mass-weighted coordinates. Rates are differences, divided by their exact response.
 *  @param[in]  series         LRPOT_SERIES_POLARIZABILITY with its temperature.
 *  @param[in]  options        Options; NULL: all defaults.
 *  @param[in]  n_frequencies  Of lrpot_spectrum_size(); frequency k is k/(segment step).
 *  @param[out] wavenumbers    cm^-1, [n_frequencies], or NULL.
 *  @param[out] frequencies    THz (not angular), [n_frequencies], or NULL.
 *  @param[out] isotropic      A^4/u per cm^-1, [n_frequencies], or NULL: a^2.
 *  @param[out] anisotropic    A^4/u per cm^-1, [n_frequencies], or NULL: gamma^2.
 *  @param[out] activity       A^4/u per cm^-1, [n_frequencies]: 45 a^2 + 7 gamma^2.
 *  @param[out] error          A^4/u per cm^-1, [n_frequencies] or NULL: of the activity, from the
 *    scatter of segments, with their overlap taken into account; NaN for a single segment.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_ARGUMENT; LRPOT_E_NOT_FINITE; LRPOT_E_SIZE;
 *    LRPOT_E_UNSUPPORTED (segments beyond the limit of FFTW); LRPOT_E_MEMORY.
 *  @threadsafety Safe.
 *  @complexity O(n log segment).
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status
lrpot_spectrum_raman(const lrpot_series *series, const lrpot_spectrum_options *options,
                     int64_t n_frequencies, double *wavenumbers, double *frequencies,
                     double *isotropic, double *anisotropic, double *activity, double *error);

/** @brief Options of a conductivity; fill with LRPOT_CONDUCTIVITY_OPTIONS_INIT. */
typedef struct lrpot_conductivity_options {
    size_t struct_size; /**< sizeof(lrpot_conductivity_options). */
    /** fs: start of the plateau of the Green-Kubo integral, or of the Einstein slope; 0: half of
     * end. */
    double begin;
    /** fs: end of the plateau or slope; 0: chosen from the decay of the correlation. */
    double end;
    /** Number of pieces of the series for the error, >= 4; 0: as many as are 8 times end long, at
     * most 64. */
    int64_t blocks;
} lrpot_conductivity_options;
/** @brief All defaults. */
#define LRPOT_CONDUCTIVITY_OPTIONS_INIT                 \
    {                                                   \
        sizeof(lrpot_conductivity_options), 0.0, 0.0, 0 \
    }

/** @brief Ionic conductivity by Green-Kubo: integral of \f$ \langle J(0)\cdot J(t)\rangle \f$ over
 *  t > 0, divided by 3 V k_B T; the mean of the running integral over a window of its upper limit.
 *
 *  Without options->end the window ends at the first lag of 15 correlation times 2 int (C/C(0))^2
 *  dt, integrated up to that lag.
 *  @param[in]     series       Series.
 *  @param[in]     options      Options; NULL: all defaults.
 *  @param[in,out] sigma        S/cm; struct_size must be set.
 *  @param[out]    window       fs, [2] or NULL: start and end of the plateau.
 *  @param[in]     n_lags       Lags 0, step, ... of the curves, at most n/4; 0: none.
 *  @param[out]    correlation  e^2 A^2/fs^2, [n_lags] or NULL: \f$ \langle J(0)\cdot J(t)\rangle
 *    \f$.
 *  @param[out]    integral     S/cm, [n_lags] or NULL: running integral.
 *  @param[out]    error        S/cm, [n_lags] or NULL: its error bar; NaN beyond the length of a
 *    block.
 *  @return LRPOT_OK; LRPOT_E_ACCURACY when the correlation does not decay, or 4 blocks are not 8
 *    times as long as its decay; LRPOT_E_UNSUPPORTED (a series beyond the limit of FFTW); otherwise
 *    as lrpot_dielectric_constant(). LRPOT_E_ASSUMPTION, outputs filled, for a current with a mean
 *    or a trend, or with parts slower than the window, and for a running integral that still
 *    changes behind the window.
 *  @threadsafety Safe.
 *  @complexity O(n log n).
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_conductivity_green_kubo(
    const lrpot_series *series, const lrpot_conductivity_options *options, lrpot_estimate *sigma,
    double *window, int64_t n_lags, double *correlation, double *integral, double *error);
/** @brief Thermal conductivity by Green-Kubo: integral of \f$ \langle J(0)\cdot J(t)\rangle \f$
 * over t > 0, divided by 3 V k_B T^2 (docs/theory/heat_flux.md); otherwise as
 *  lrpot_conductivity_green_kubo().
 *
 *  The number is the conductivity of a solid, and of a fluid of one component about its centre of
 *  mass. Mixtures need the currents of their parts too.
 *  @param[in]     series       Series of kind LRPOT_SERIES_HEAT.
 *  @param[in]     options      Options; NULL: all defaults.
 *  @param[in,out] kappa        W/(m K); struct_size must be set.
 *  @param[out]    window       fs, [2] or NULL: start and end of the plateau.
 *  @param[in]     n_lags       Lags 0, step, ... of the curves, at most n/4; 0: none.
 *  @param[out]    correlation  eV^2 A^2/fs^2, [n_lags] or NULL: \f$ \langle J(0)\cdot J(t)\rangle
 *    \f$.
 *  @param[out]    integral     W/(m K), [n_lags] or NULL: running integral.
 *  @param[out]    error        W/(m K), [n_lags] or NULL: its error bar; NaN beyond the length of a
 *    block.
 *  @return As lrpot_conductivity_green_kubo(); LRPOT_E_ARGUMENT for another kind of series.
 *  @threadsafety Safe.
 *  @complexity O(n log n).
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_thermal_conductivity(
    const lrpot_series *series, const lrpot_conductivity_options *options, lrpot_estimate *kappa,
    double *window, int64_t n_lags, double *correlation, double *integral, double *error);
/** @brief Ionic conductivity by Helfand and Einstein: slope of \f$ \langle|M(t) - M(0)|^2\rangle
 *  \f$, divided by 6 V k_B T, by least squares over a window.
 *  @param[in]     series        Series.
 *  @param[in]     options       Options; NULL: all defaults.
 *  @param[in,out] sigma         S/cm; struct_size must be set.
 *  @param[out]    window        fs, [2] or NULL: start and end of the window of the slope.
 *  @param[in]     n_lags        Lags 0, step, ... of the curve, at most n/4; 0: none.
 *  @param[out]    displacement  e^2 A^2, [n_lags] or NULL: \f$ \langle|M(t) - M(0)|^2\rangle \f$.
 *  @return As lrpot_conductivity_green_kubo(); LRPOT_E_ASSUMPTION also for a slope that changes
 *    within the window.
 *  @threadsafety Safe.
 *  @complexity O(n log n).
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_conductivity_einstein(
    const lrpot_series *series, const lrpot_conductivity_options *options, lrpot_estimate *sigma,
    double *window, int64_t n_lags, double *displacement);
/** @brief Ionic conductivity in a uniform field E: \f$ \langle J\cdot E\rangle/(V E^2) \f$, error
 *  by blocking.
 *  @param[in]     series   Series; its temperature is ignored.
 *  @param[in]     field    V/A, [3], not zero: the field that acts on the charges of the current.
 *  @param[in,out] sigma    S/cm; struct_size must be set.
 *  @param[out]    density  e/(A^2 fs), [3] or NULL: mean current density.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_ARGUMENT; LRPOT_E_NOT_FINITE; LRPOT_E_SIZE;
 *    LRPOT_E_MEMORY. LRPOT_E_ASSUMPTION, outputs filled, when the current along the field changes
 *    by 30 % of its mean over the series.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_conductivity_field(const lrpot_series *series,
                                                                 const double *field,
                                                                 lrpot_estimate *sigma,
                                                                 double *density);

#define LRPOT_BRANCH_VIRGIN 0  /**< Before the first extreme of the field. */
#define LRPOT_BRANCH_RISING 1  /**< The field was lower before. */
#define LRPOT_BRANCH_FALLING 2 /**< The field was higher before. */

/** @brief Options of the points of a loop; fill with LRPOT_LOOP_OPTIONS_INIT. */
typedef struct lrpot_loop_options {
    size_t struct_size; /**< sizeof(lrpot_loop_options). */
    /** V/A: consecutive records whose fields differ from the first by no more make a point; 0 means
     * 1e-9. */
    double tolerance;
    /** Part of each point's records left out at its start, 0 to 0.9. */
    double discard;
} lrpot_loop_options;
#define LRPOT_LOOP_OPTIONS_INIT              \
    {                                        \
        sizeof(lrpot_loop_options), 0.0, 0.0 \
    } /**< All defaults. */

/** @brief Figures of a P-E loop. Pairs are for the rising and the falling branch; NaN where a
 *  branch does not reach a zero. */
typedef struct lrpot_loop {
    size_t struct_size;       /**< sizeof(lrpot_loop). */
    double remanent[2];       /**< e/A^2: polarization at zero field. */
    double remanent_error[2]; /**< e/A^2: error bar of remanent. */
    /** V/A: field at which the polarization passes zero, interpolated. */
    double coercive[2];
    double coercive_error[2]; /**< V/A: error bar of coercive. */
    /** eV/A^3: integral of (P falling - P rising) dE over the fields of both branches: work lost in
     * a cycle. */
    double area;
    double area_error; /**< eV/A^3: error bar of area. */
    int64_t points;    /**< Number of points of the loop. */
} lrpot_loop;
/** @brief Zeros. */
#define LRPOT_LOOP_INIT                                                     \
    {                                                                       \
        sizeof(lrpot_loop), { 0, 0 }, { 0, 0 }, { 0, 0 }, { 0, 0 }, 0, 0, 0 \
    }

/** @brief A P-E loop from records in order of time: averages at each field, branches, remanence,
 *  coercive field, area.
 *
 *  The field goes up and down between two extremes at least once. The records before the first
 *  extreme are the virgin curve, which belongs to the points but to no branch. The point of a turn
 *  ends one branch and begins the next. Several cycles are averaged field by field.
 *  @param[in]     n               Number of records, >= 3.
 *  @param[in]     fields          V/A, [n].
 *  @param[in]     polarization    e/A^2, [n].
 *  @param[in]     options         Options; NULL: all defaults.
 *  @param[in,out] loop            Figures; struct_size must be set. loop->points is set even when
 *    capacity is too small.
 *  @param[in]     capacity        Size of the arrays of points; 0: they are not wanted.
 *  @param[out]    point_fields    V/A, [capacity].
 *  @param[out]    point_polarization  e/A^2, [capacity].
 *  @param[out]    point_error     e/A^2, [capacity]; NaN for points of fewer than 16 records.
 *  @param[out]    branches        [capacity]: LRPOT_BRANCH_*.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_SIZE when capacity is neither 0 nor enough, or a struct
 *    does not fit; LRPOT_E_ARGUMENT when the field does not go both ways; LRPOT_E_NOT_FINITE;
 *    LRPOT_E_MEMORY. LRPOT_E_ASSUMPTION, outputs filled, when the polarization does not come back
 *    at an extreme of the field.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_loop_compute(
    int64_t n, const double *fields, const double *polarization, const lrpot_loop_options *options,
    lrpot_loop *loop, int64_t capacity, double *point_fields, double *point_polarization,
    double *point_error, int32_t *branches);

LRPOT_END_DECLS
#endif
