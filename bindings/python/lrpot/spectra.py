"""Response from trajectories: dielectric constant, infrared absorption, Raman activity, ionic and
thermal conductivity, P-E loops, with error bars.

    from lrpot import spectra
    eps = spectra.dielectric_constant(spectra.Series(dipoles, step=1.0, volume=4754.2,
                                                     temperature=290))
    eps.value, eps.error

Units: dipoles e A, currents e A/fs, heat fluxes eV A/fs, steps fs, volumes A^3, temperatures K,
fields V/A, polarization e/A^2, conductivities S/cm. lrpot/spectra.h explains each function. A
result whose assumption fails is given with a warning of Python; `assumption` holds its text."""
import ctypes
import warnings

import numpy as np

from . import Error, _check, _declare, _double_p, _int32_p, _lib, _pointer, _status, _Struct

__all__ = [
    "Series",
    "Estimate",
    "AssumptionWarning",
    "mean",
    "dielectric_constant",
    "pyroelectric",
    "infrared",
    "raman",
    "raman_invariants",
    "conductivity",
    "thermal_conductivity",
    "loop",
]

_KINDS = {"dipole": 0, "current": 1, "polarizability": 2, "heat": 3}
_WINDOWS = {"hann": 0, "gaussian": 1, "none": 2}
_QUANTUM = {"classical": 0, "harmonic": 1, "standard": 2, "schofield": 3}
BRANCHES = ("virgin", "rising", "falling")
_E_ASSUMPTION = "LRPOT_E_ASSUMPTION"


class AssumptionWarning(UserWarning):
    """A result was computed, but what it rests on does not hold."""


class SeriesStruct(_Struct):
    """lrpot_series."""

    _fields_ = [
        ("struct_size", ctypes.c_size_t),
        ("n", ctypes.c_int64),
        ("values", _double_p),
        ("step", ctypes.c_double),
        ("volume", ctypes.c_double),
        ("temperature", ctypes.c_double),
        ("kind", ctypes.c_int32),
        ("reserved", ctypes.c_int32),
    ]


class EstimateStruct(_Struct):
    """lrpot_estimate."""

    _fields_ = [
        ("struct_size", ctypes.c_size_t),
        ("value", ctypes.c_double),
        ("error", ctypes.c_double),
        ("inefficiency", ctypes.c_double),
        ("block", ctypes.c_int64),
        ("blocks", ctypes.c_int64),
        ("plateau", ctypes.c_int32),
        ("reserved", ctypes.c_int32),
    ]


class SpectrumOptions(_Struct):
    """lrpot_spectrum_options."""

    _fields_ = [
        ("struct_size", ctypes.c_size_t),
        ("segment", ctypes.c_int64),
        ("overlap", ctypes.c_double),
        ("width", ctypes.c_double),
        ("window", ctypes.c_int32),
        ("quantum", ctypes.c_int32),
    ]


class ConductivityOptions(_Struct):
    """lrpot_conductivity_options."""

    _fields_ = [
        ("struct_size", ctypes.c_size_t),
        ("begin", ctypes.c_double),
        ("end", ctypes.c_double),
        ("blocks", ctypes.c_int64),
    ]


class LoopOptions(_Struct):
    """lrpot_loop_options."""

    _fields_ = [
        ("struct_size", ctypes.c_size_t),
        ("tolerance", ctypes.c_double),
        ("discard", ctypes.c_double),
    ]


class LoopStruct(_Struct):
    """lrpot_loop."""

    _fields_ = [
        ("struct_size", ctypes.c_size_t),
        ("remanent", ctypes.c_double * 2),
        ("remanent_error", ctypes.c_double * 2),
        ("coercive", ctypes.c_double * 2),
        ("coercive_error", ctypes.c_double * 2),
        ("area", ctypes.c_double),
        ("area_error", ctypes.c_double),
        ("points", ctypes.c_int64),
    ]


_series_p, _estimate_p = ctypes.POINTER(SeriesStruct), ctypes.POINTER(EstimateStruct)
_spectrum_p, _conductivity_p = ctypes.POINTER(SpectrumOptions), ctypes.POINTER(ConductivityOptions)
_declare("lrpot_series_mean", _status, ctypes.c_int64, ctypes.c_int64, _double_p, _estimate_p)
_declare(
    "lrpot_dielectric_constant",
    _status,
    _series_p,
    ctypes.c_int32,
    _estimate_p,
    _double_p,
    ctypes.c_int64,
    _double_p,
)
_declare(
    "lrpot_spectrum_size",
    _status,
    _series_p,
    _spectrum_p,
    ctypes.POINTER(ctypes.c_int64),
    ctypes.POINTER(ctypes.c_int64),
)
_declare(
    "lrpot_spectrum_infrared", _status, _series_p, _spectrum_p, ctypes.c_int64, *[_double_p] * 5
)
_declare("lrpot_pyroelectric", _status, _series_p, *[_double_p] * 3)
_declare("lrpot_spectrum_raman", _status, _series_p, _spectrum_p, ctypes.c_int64, *[_double_p] * 6)
_declare("lrpot_raman_invariants", _status, _double_p, _double_p)
_curves = (_status, _series_p, _conductivity_p, _estimate_p, _double_p, ctypes.c_int64)
_declare("lrpot_conductivity_green_kubo", *_curves, *[_double_p] * 3)
_declare("lrpot_thermal_conductivity", *_curves, *[_double_p] * 3)
_declare("lrpot_conductivity_einstein", *_curves, _double_p)
_declare("lrpot_conductivity_field", _status, _series_p, _double_p, _estimate_p, _double_p)
_declare(
    "lrpot_loop_compute",
    _status,
    ctypes.c_int64,
    _double_p,
    _double_p,
    ctypes.POINTER(LoopOptions),
    ctypes.POINTER(LoopStruct),
    ctypes.c_int64,
    *[_double_p] * 3,
    _int32_p,
)


def _judge(status, level=3):
    """The text of an assumption that fails, None where all is well; other failures are raised."""
    if status == 0:
        return None
    error = Error(status)
    if error.name != _E_ASSUMPTION:
        raise error
    warnings.warn(str(error), AssumptionWarning, stacklevel=level)
    return str(error)


class Series:
    """A dipole [n][3], unwrapped, its current, a heat flux [n][3], or a polarizability [n][3][3]
    (A^3, for which the volume is of no use), at equal steps. kind: "dipole", "current", "heat" or
    "polarizability". The values are not copied where they are doubles in C order."""

    def __init__(self, values, step, volume, temperature=1.0, kind="dipole"):
        if kind not in _KINDS:
            raise ValueError(f"kind={kind!r}: expected one of {', '.join(_KINDS)}")
        self.values = np.ascontiguousarray(values, dtype=np.float64)
        expected = (3, 3) if kind == "polarizability" else (3,)
        if self.values.shape[1:] != expected:
            wanted = ", ".join(map(str, ("n", *expected)))
            raise ValueError(f"values of shape {self.values.shape}: expected ({wanted})")
        self._struct = SeriesStruct(
            n=len(self.values),
            values=_pointer(self.values),
            step=step,
            volume=volume,
            temperature=temperature,
            kind=_KINDS[kind],
        )

    def __len__(self):
        return len(self.values)


class Estimate:
    """A number with its error bar. plateau: False where the series is too short to tell the error,
    which is then a lower bound. assumption: what does not hold, or None."""

    def __init__(self, struct, assumption=None, **more):
        for name in ("value", "error", "inefficiency", "block", "blocks"):
            setattr(self, name, getattr(struct, name))
        self.plateau = bool(struct.plateau)
        self.assumption = assumption
        self.__dict__.update(more)

    def __float__(self):
        return self.value

    def __repr__(self):
        return f"Estimate({self.value:.6g} +- {self.error:.2g})"


def mean(values):
    """Mean of correlated numbers [n], with its error by blocking."""
    values = np.ascontiguousarray(values, dtype=np.float64).ravel()
    found = EstimateStruct()
    _check(_lib.lrpot_series_mean(len(values), 1, _pointer(values), ctypes.byref(found)))
    return Estimate(found)


def dielectric_constant(series, zero_mean=False, running=0):
    """eps_0/eps_inf of screened model charges, from the fluctuations of the dipole. axes [3][2]:
    value and error along x, y, z. running [running]: from the first part of the series on."""
    found, axes, curve = EstimateStruct(), np.empty((3, 2)), np.empty(running)
    assumption = _judge(
        _lib.lrpot_dielectric_constant(
            ctypes.byref(series._struct),
            int(zero_mean),
            ctypes.byref(found),
            _pointer(axes),
            running,
            _pointer(curve) if running else None,
        )
    )
    return Estimate(found, assumption, axes=axes, running=curve)


def pyroelectric(series, energies):
    """dP/dT at constant cell, e/(A^2 K), [3], and its error [3], from the fluctuations of dipole
    and energy (eV, [n]) in a canonical run."""
    energies = np.ascontiguousarray(energies, dtype=np.float64)
    if energies.shape != (len(series),):
        raise ValueError(f"energies of shape {energies.shape}: expected ({len(series)},)")
    found, error = np.empty(3), np.empty(3)
    _judge(
        _lib.lrpot_pyroelectric(
            ctypes.byref(series._struct), _pointer(energies), _pointer(found), _pointer(error)
        )
    )
    return found, error


def _spectrum_options(segment, overlap, width, window, quantum):
    for name, value, known in (("window", window, _WINDOWS), ("quantum", quantum, _QUANTUM)):
        if value not in known:
            raise ValueError(f"{name}={value!r}: expected one of {', '.join(known)}")
    return SpectrumOptions(
        segment=segment,
        overlap=overlap,
        width=width,
        window=_WINDOWS[window],
        quantum=_QUANTUM[quantum],
    )


def _spectrum_size(series, options):
    """First arguments of the library's spectra, numbers of frequencies and of segments."""
    n, segments = ctypes.c_int64(), ctypes.c_int64()
    given = (ctypes.byref(series._struct), ctypes.byref(options))
    _check(_lib.lrpot_spectrum_size(*given, ctypes.byref(n), ctypes.byref(segments)))
    return given, n.value, segments.value


def infrared(
    series, segment=0, overlap=0.0, width=0.0, window="hann", quantum="classical", eps_inf=1.0
):
    """Infrared absorption as a dict: wavenumber (cm^-1), frequency (THz), n_alpha (cm^-1), error,
    axes [n][3], all times eps_inf, and the number of segments."""
    options = _spectrum_options(segment, overlap, width, window, quantum)
    given, n, segments = _spectrum_size(series, options)
    names = ("wavenumber", "frequency", "n_alpha", "error")
    found = {name: np.empty(n) for name in names}
    found["axes"] = np.empty((n, 3))
    _check(_lib.lrpot_spectrum_infrared(*given, n, *[_pointer(array) for array in found.values()]))
    for name in ("n_alpha", "error", "axes"):
        found[name] *= eps_inf
    found["segments"] = segments
    return found


def raman(series, segment=0, overlap=0.0, width=0.0, window="hann", quantum="classical"):
    """Raman activity of a series of kind "polarizability" as a dict: wavenumber (cm^-1), frequency
    (THz), and in A^4/u per cm^-1 isotropic (a^2), anisotropic (gamma^2), activity (45 a^2 + 7
    gamma^2) with its error; and the number of segments."""
    options = _spectrum_options(segment, overlap, width, window, quantum)
    given, n, segments = _spectrum_size(series, options)
    names = ("wavenumber", "frequency", "isotropic", "anisotropic", "activity", "error")
    found = {name: np.empty(n) for name in names}
    _check(_lib.lrpot_spectrum_raman(*given, n, *[_pointer(array) for array in found.values()]))
    found["segments"] = segments
    return found


def raman_invariants(tensors):
    """a^2 and gamma^2 of Raman tensors [...][3][3], in their squared unit: [...][2]."""
    tensors = np.ascontiguousarray(tensors, dtype=np.float64)
    if tensors.shape[-2:] != (3, 3):
        raise ValueError(f"tensors of shape {tensors.shape}: expected (..., 3, 3)")
    found = np.empty((*tensors.shape[:-2], 2))
    for tensor, parts in zip(tensors.reshape(-1, 9), found.reshape(-1, 2)):
        _check(_lib.lrpot_raman_invariants(_pointer(tensor), _pointer(parts)))
    return found


def conductivity(series, method="green-kubo", field=None, begin=0.0, end=0.0, blocks=0, lags=0):
    """Ionic conductivity, S/cm. method: "green-kubo" (also correlation, integral and
    integral_error [lags]), "einstein" (also displacement [lags]) or "field" (field [3], V/A; also
    density [3]). window: fs, start and end of plateau or slope."""
    if method == "field":
        found = EstimateStruct()
        if field is None:
            raise ValueError("the method of the field needs field=(x, y, z)")
        E, density = np.array(field, dtype=np.float64), np.empty(3)
        if E.shape != (3,):
            raise ValueError(f"field of shape {E.shape}: expected (3,)")
        assumption = _judge(
            _lib.lrpot_conductivity_field(
                ctypes.byref(series._struct), _pointer(E), ctypes.byref(found), _pointer(density)
            )
        )
        return Estimate(found, assumption, density=density)
    curves = {
        "green-kubo": ("correlation", "integral", "integral_error"),
        "einstein": ("displacement",),
    }
    if method not in curves:
        raise ValueError(f"method={method!r}: expected green-kubo, einstein or field")
    function = getattr(_lib, "lrpot_conductivity_" + method.replace("-", "_"))
    return _coefficient(function, series, (begin, end, blocks), lags, curves[method])


def thermal_conductivity(series, begin=0.0, end=0.0, blocks=0, lags=0):
    """Thermal conductivity, W/(m K), by Green-Kubo from a series of kind "heat" (a thousandth of
    the fluxes of Evaluator.heat_flux()); also correlation, integral and integral_error [lags].
    window: fs, start and end of the plateau."""
    names = ("correlation", "integral", "integral_error")
    function = _lib.lrpot_thermal_conductivity
    return _coefficient(function, series, (begin, end, blocks), lags, names)


def _coefficient(function, series, window_options, lags, names):
    """Estimate with its window and curves of these names."""
    found, window = EstimateStruct(), np.empty(2)
    options = ConductivityOptions(**dict(zip(("begin", "end", "blocks"), window_options)))
    arrays = {name: np.empty(lags) for name in names}
    assumption = _judge(
        function(
            ctypes.byref(series._struct),
            ctypes.byref(options),
            ctypes.byref(found),
            _pointer(window),
            lags,
            *[_pointer(array) if lags else None for array in arrays.values()],
        ),
        level=4,
    )
    return Estimate(found, assumption, window=window, **arrays)


def loop(fields, polarization, tolerance=0.0, discard=0.0):
    """A P-E loop from records in order of time, as a dict: remanent, coercive (each for the rising
    and the falling branch), area, with errors; and the points: fields, polarization, error,
    branches (names). assumption: what does not hold, or None."""
    E = np.ascontiguousarray(fields, dtype=np.float64).ravel()
    P = np.ascontiguousarray(polarization, dtype=np.float64).ravel()
    if len(E) != len(P):
        raise ValueError(f"{len(E)} fields for {len(P)} polarizations")
    options, found = LoopOptions(tolerance=tolerance, discard=discard), LoopStruct()
    points = [np.empty(len(E)) for _ in range(3)]
    branches = np.empty(len(E), dtype=np.int32)
    assumption = _judge(
        _lib.lrpot_loop_compute(
            len(E),
            _pointer(E),
            _pointer(P),
            ctypes.byref(options),
            ctypes.byref(found),
            len(E),
            *[_pointer(array) for array in points],
            _pointer(branches, _int32_p),
        )
    )
    n = found.points
    pairs = ("remanent", "remanent_error", "coercive", "coercive_error")
    result = {name: np.array(getattr(found, name)) for name in pairs}
    result.update(area=found.area, area_error=found.area_error, assumption=assumption)
    result.update(zip(("fields", "polarization", "error"), [array[:n].copy() for array in points]))
    result["branches"] = [BRANCHES[b] for b in branches[:n]]
    return result
