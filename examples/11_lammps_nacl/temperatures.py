"""The static over the electronic dielectric constant of one model of rock salt in three ways: by the frequencies of its optical modes
(Lyddane, Sachs and Teller), by their oscillator strengths, and by the fluctuations of its dipole at falling temperatures.
Usage: temperatures.py LRPOT LRPOT-LMP [--steps N] [--temperatures 2,20,60] [--edge A], in the folder of in.nacl and rocksalt.json.

The modes are those of the harmonic crystal of the same cell, to which the classical fluctuations come as the temperature falls. The cell is the one
without stress: a stretched one has soft modes, and they are harmonic at a few K only. Friction near the frequency of the transverse mode forgets
its phase fastest: the same time then holds most independent samples. The dipole of molecular dynamics follows the model's Born charges as
they are; the frequencies are of charges with the sum rule imposed, so that oscillator strengths are printed for both."""
import argparse
import json
import pathlib
import subprocess
import tempfile

CELLS, STEP, FRICTION = 2, 0.002, 0.04  # cubic cells along an edge, ps, ps

parser = argparse.ArgumentParser(
    description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
)
parser.add_argument("lrpot")
parser.add_argument("lammps")
parser.add_argument("--steps", type=int, default=100000, help="of 2 fs at each temperature")
parser.add_argument("--temperatures", default="2,20,60", help="K")
parser.add_argument("--edge", type=float, default=5.4, help="A")
arguments = parser.parse_args()
here = pathlib.Path.cwd()


def run(*words, folder=here):
    done = subprocess.run([str(w) for w in words], cwd=folder, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, words))}\n{done.stdout[-2000:]}{done.stderr}")
    return done.stdout


def modes(folder):
    """The constant by Lyddane, Sachs and Teller, by oscillator strengths, and by those of Born charges as they are."""
    crystal = folder / "nacl.xyz"
    h = arguments.edge / 2
    crystal.write_text(
        f'2\nLattice="0 {h} {h} {h} 0 {h} {h} {h} 0" Properties=species:S:1:pos:R:3 pbc="T T T"\nNa 0 0 0\nCl {h} {h} {h}\n'
    )
    found = json.loads(run(arguments.lrpot, "phonon", here / "rocksalt.json", crystal, "--json"))
    print(f"TO {found['to_thz']:.4f} THz, LO {found['lo_thz']:.4f} THz")
    raw = json.loads(
        run(arguments.lrpot, "phonon", here / "rocksalt.json", crystal, "--raw", "--json")
    )
    return found["lst_product"], found["eps_0_over_eps_inf"][0], raw["eps_0_over_eps_inf"][0]


def fluctuations(folder, temperature):
    """The constant and its error by blocks."""
    run(
        pathlib.Path(arguments.lammps).resolve(),
        "-in",
        here / "in.nacl",
        "-var",
        "model",
        here / "rocksalt.json",
        "-var",
        "T",
        temperature,
        "-var",
        "cells",
        CELLS,
        "-var",
        "edge",
        arguments.edge,
        "-var",
        "dt",
        STEP,
        "-var",
        "damp",
        FRICTION,
        "-var",
        "warm",
        3000,
        "-var",
        "steps",
        arguments.steps,
        folder=folder,
    )
    found = json.loads(
        run(
            arguments.lrpot,
            "eps",
            folder / "dipole.txt",
            "--columns",
            "2,3,4",
            "--kind",
            "dipole",
            "--step",
            1000 * STEP,
            "--volume",
            (CELLS * arguments.edge) ** 3,
            "--temperature",
            temperature,
            "--json",
        )
    )["ratio"]
    if not found["plateau"]:
        print(f"{temperature} K: the error of blocks has not settled, take more --steps")
    return found["value"], found["error"]


def line(points):
    """Value at zero of the straight line of least squares through (x, y, error), and its error."""
    w, wx, wxx, wy, wxy = (
        sum(f(x, y) / e**2 for x, y, e in points)
        for f in (
            lambda x, y: 1,
            lambda x, y: x,
            lambda x, y: x * x,
            lambda x, y: y,
            lambda x, y: x * y,
        )
    )
    determinant = w * wxx - wx * wx
    return (wxx * wy - wx * wxy) / determinant, (wxx / determinant) ** 0.5


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    lst, strengths, raw = modes(folder)
    print(
        f"eps_0/eps_inf of the harmonic crystal: {lst:.4f} by (LO/TO)^2, {strengths:.4f} by oscillator strengths, {raw:.4f} by those of raw charges"
    )
    points = []
    for temperature in sorted(map(float, arguments.temperatures.split(","))):
        value, error = fluctuations(folder, temperature)
        points.append((temperature, value, error))
        print(
            f"  {temperature:5.0f} K  by fluctuations {value:.3f} +- {error:.3f}, {(value - raw) / error:+.1f} errors from the harmonic crystal",
            flush=True,
        )
if len(points) > 1:
    value, error = line(points)
    print(
        f"  -> 0 K   on a line through these {value:.3f} +- {error:.3f}, {(value - raw) / error:+.1f} errors from the harmonic crystal"
    )
