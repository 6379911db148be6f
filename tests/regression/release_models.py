"""Models that releases wrote load, and give the energies, forces, stresses and charges of then.

usage: release_models.py LRPOT

A folder of models/ is named by its release: frame.xyz, models NAME.lrp, and NAME.xyz as that
release's `lrpot eval NAME.lrp frame.xyz -o NAME.xyz` wrote it."""
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
from tap import Tap

# Sums in another order, by other kernels or threads, differ by rounding; charges of an iteration
# are as exact as its tolerance, 1e-10 e. In the units of the file; of energies 1e-11 of the value.
TOLERANCE = 1e-9
NUMBER = re.compile(r"[-+]?\d+\.\d+(?:[eE][-+]?\d+)?|[-+]?\d+[eE][-+]?\d+")


def numbers(line):
    return [float(text) for text in NUMBER.findall(line)]


def difference(then, now):
    """Largest difference between the numbers of two files; infinite if their forms differ."""
    worst = 0.0
    for old, new in zip(then.splitlines(), now.splitlines()):
        a, b = numbers(old), numbers(new)
        if len(a) != len(b):
            return float("inf")
        for x, y in zip(a, b):
            worst = max(worst, abs(x - y) / max(1, abs(x) / 100))
    return worst if then.count("\n") == now.count("\n") else float("inf")


def evaluate(lrpot, model, target):
    done = subprocess.run(
        [lrpot, "eval", str(model), str(model.with_name("frame.xyz")), "-o", str(target)],
        capture_output=True,
        text=True,
    )
    return done.stderr if done.returncode else ""


tap = Tap()
models = sorted((HERE / "models").glob("*/*.lrp"))
tap.ok(len(models) >= 6, "there are models of releases", models)
with tempfile.TemporaryDirectory() as folder:
    for model in models:
        target = pathlib.Path(folder) / "now.xyz"
        error = evaluate(sys.argv[1], model, target)
        then = model.with_suffix(".xyz").read_text()
        found = float("inf") if error else difference(then, target.read_text())
        fact = f"{model.stem} of {model.parent.name} gives the numbers of then"
        tap.ok(found < TOLERANCE, fact, [error or f"{found:.2e}"])
tap.done()
