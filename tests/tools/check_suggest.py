"""The same data give the same model through the command, C and Python.
usage: check_suggest.py LRPOT LIBLRPOT SUGGESTED_FIT FOLDER_OF_LRPOT_PY NACL_DATA"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from tap import Tap

tap = Tap()
lrpot_tool, library, program, bindings, data = (
    str(pathlib.Path(argument).resolve()) for argument in sys.argv[1:6]
)
os.environ["LRPOT_LIBRARY"] = library
os.environ["OMP_NUM_THREADS"] = "1"
sys.path.insert(0, bindings)
try:
    import numpy as np
    import lrpot
except ImportError as error:
    tap.skip("the_same_data_give_the_same_model", f"{error} (package python3-numpy)")
    tap.done()


def first_frames(path, n):
    """The first frames of an extended XYZ file."""
    lines, at = pathlib.Path(path).read_text().splitlines(keepends=True), 0
    for _ in range(n):
        at += int(lines[at]) + 2
    return "".join(lines[:at])


def made(symbols, frames, weights=False):
    """Molecules of springs: forces of an energy that is known."""
    rng = np.random.default_rng(7)
    text = ""
    for k in range(frames):
        grid = np.array([[i % 3, i // 3 % 3, i // 9] for i in range(len(symbols))])
        r = 1.4 * grid + rng.normal(0, 0.05, (len(symbols), 3))
        d = r - 1.4 * grid
        keys = f"energy={0.5 * 3 * (d**2).sum()!r} "
        if weights:
            keys += f"config_weight={[1, 0, 2.5][k % 3]} "
        rows = [
            f"{s} {' '.join(repr(float(x)) for x in [*a, *b])}"
            for s, a, b in zip(symbols, r, -3 * d)
        ]
        header = f'{keys}pbc="F F F" Properties=species:S:1:pos:R:3:forces:R:3'
        text += "\n".join([str(len(rows)), header, *rows, ""])
    return text


def content(path):
    """A model without the notes of where it came from."""
    model = json.loads(pathlib.Path(path).read_text())
    return {key: model[key] for key in model if key not in ("notes", "checksum")}


def check(name, text, folder):
    xyz, models = folder / f"{name}.xyz", {}
    xyz.write_text(text)
    paths = {way: folder / f"{name}-{way}.model" for way in ("command", "c", "python")}
    done = subprocess.run(
        [lrpot_tool, "fit", xyz, "--starts", "1", "-i", "2", "-t", "1", "-o", paths["command"]],
        capture_output=True,
        text=True,
    )
    tap.ok(done.returncode == 0, f"{name}: the command fits", done.stderr.splitlines()[-5:])
    done = subprocess.run([program, xyz, paths["c"]], capture_output=True, text=True)
    tap.ok(done.returncode == 0, f"{name}: the C program fits", done.stderr.splitlines())
    lrpot.fit(xyz, paths["python"], starts=1, max_iterations=2)
    models = {way: content(path) for way, path in paths.items()}
    for way in ("c", "python"):
        differ = [key for key in models[way] if models[way][key] != models["command"].get(key)]
        tap.ok(not differ, f"{name}: {way} gives the model of the command", differ)
    told = lrpot.suggest(xyz)
    basis = models["python"]["energy"]["basis"]
    basis = {"level": basis["level"], **basis["radial"]}
    tap.ok(
        all(basis[key] == told[key] for key in ("level", "min_distance", "cutoff")),
        f"{name}: suggest() tells what fit() takes",
        [basis, told],
    )


with tempfile.TemporaryDirectory(prefix="lrpot-suggest-") as place:
    folder = pathlib.Path(place)
    check("nacl", first_frames(pathlib.Path(data) / "train.xyz", 4), folder)
    check("argon", made(["Ar"] * 18, 12), folder)
    check("water", made(["O", "H", "H"] * 6, 12), folder)
    check("organic", made(["C", "H", "N", "O", "H", "H"] * 3, 60), folder)
    check("weights", made(["O", "H", "H"] * 6, 9, weights=True), folder)
tap.done()
