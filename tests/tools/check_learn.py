"""`lrpot learn` from outside: cycles, what ends them, going on after a kill, messages. usage:
check_learn.py LRPOT TEACHER.json

The teacher is a model, so that reference calculations take no time. The exploration rattles rock
salt more and more and grades each frame, as dynamics that is heated would."""
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from tap import Tap

lrpot, teacher = (str(pathlib.Path(p).resolve()) for p in sys.argv[1:3])
folder = tempfile.TemporaryDirectory()
here = pathlib.Path(folder.name)
tap = Tap()

EXPLORE = """
import json, pathlib, random, subprocess, sys
lrpot, here, model, seed, write, stop = sys.argv[1:7]
sys.path.insert(0, here)
from crystal import frame
if pathlib.Path(here, "slow").exists():
    import time
    pathlib.Path(here, "started").touch()
    time.sleep(60)
random.seed(int(seed))
kept, steps, halted = "", 0, False
for step in range(1, 41):
    steps = 100 * step
    pathlib.Path("one.xyz").write_text(frame(0.01 * step))
    graded = subprocess.run([lrpot, "eval", model, "one.xyz", "--json"], capture_output=True)
    grade = json.loads(graded.stdout)["grade"]["largest"]
    if grade > float(write):
        kept += pathlib.Path("one.xyz").read_text()
    if grade > float(stop):
        halted = True
        print("Fix halt condition for fix-id guard met on step", steps, "with value", grade)
        break
pathlib.Path("frames.xyz").write_text(kept)
print("Loop time of 1.0 on 1 procs for", steps, "steps with 8 atoms")
"""
CRYSTAL = '''
import random
def frame(amplitude):
    """Rock salt of 8 ions with random displacements, in A."""
    places = [(x, y, z) for x in (0, 1) for y in (0, 1) for z in (0, 1)]
    rows = ["%s %r %r %r" % (("Na", "Cl")[sum(p) % 2],
            *(2.8025 * c + random.gauss(0, amplitude) for c in p)) for p in places]
    return '8\\nLattice="5.605 0 0 0 5.605 0 0 0 5.605" pbc="T T T" ' \\
           'Properties=species:S:1:pos:R:3\\n' + "\\n".join(rows) + "\\n"
'''
LABEL = """
import pathlib, subprocess, sys
lrpot, teacher, given, labelled, log = sys.argv[1:6]
with open(log, "a") as calls:
    calls.write(given + "\\n")
sys.exit(subprocess.run([lrpot, "eval", teacher, given, "-o", labelled]).returncode)
"""


def run(*arguments, **more):
    return subprocess.run(
        [lrpot, *map(str, arguments)], capture_output=True, text=True, cwd=here, **more
    )


def labelled(name, amplitudes):
    sys.path.insert(0, str(here))
    from crystal import frame

    (here / "plain.xyz").write_text("".join(frame(a) for a in amplitudes))
    assert run("eval", teacher, "plain.xyz", "-o", name).returncode == 0


def configure(name, **changes):
    python = sys.executable
    config = {
        "train": "start.xyz",
        "valid": "valid.xyz",
        "folder": name,
        "frames": "frames.xyz",
        "explore": [python, "{here}/explore.py", lrpot, "{here}", "{model}", "{seed}"]
        + ["{write}", "{stop}"],
        "reference": [python, "{here}/label.py", lrpot, teacher, "{input}", "{output}"]
        + [f"{{here}}/{name}.calls"],
        "fit": "--charges none --level 4 --cutoff 4.5 --starts 1 -i 8 -t 1".split(),
        "write": 2.1,
        "stop": 4,
        "most": 6,
        **changes,
    }
    config = {key: value for key, value in config.items() if value is not None}
    (here / f"{name}.json").write_text(json.dumps(config, indent=1))
    return f"{name}.json"


for name, text in (("explore.py", EXPLORE), ("crystal.py", CRYSTAL), ("label.py", LABEL)):
    (here / name).write_text(text)
random.seed(3)
labelled("start.xyz", [0.02] * 6)
labelled("valid.xyz", [0.1, 0.2, 0.3] * 4)

whole = run("learn", configure("whole"))
report = json.loads((here / "whole" / "learn.json").read_text())
rows = report["cycles"]
tap.ok(whole.returncode == 0 and report["finished"], "cycles until nothing is new", [whole.stderr])
tap.ok(
    len(rows) > 2 and rows[-1]["selected"] == 0 and not rows[-1]["halted"],
    "the last exploration ends by itself",
    [whole.stdout],
)
tap.ok(
    rows[1]["halted"] and rows[1]["steps"] < rows[-1]["steps"] == 4000,
    "explorations grow longer",
    [whole.stdout],
)
tap.ok(
    rows[1]["grade"] > 4 and rows[1]["frames"] >= rows[1]["selected"] > 0,
    "grades are told",
    [whole.stdout],
)
tap.ok(
    rows[-2]["valid_forces_rmse"] < 0.5 * rows[0]["valid_forces_rmse"],
    "the error of forces kept apart falls",
    [whole.stdout],
)
tap.ok(
    rows[-2]["train_frames"] == 6 + sum(row["selected"] for row in rows),
    "each labelled frame is in the last fit",
    [whole.stdout],
)
tap.ok(pathlib.Path(report["model"]).is_file(), "the report names the model", [report["model"]])
calls = (here / "whole.calls").read_text()
again = run("learn", "whole.json", "--plot", "whole.png")
tap.ok(
    again.returncode == 0
    and again.stdout == whole.stdout
    and (here / "whole.calls").read_text() == calls,
    "the same command again calculates nothing and prints the same",
    [again.stdout, again.stderr],
)

tap.ok(
    (here / "whole.png").exists() or "gnuplot" in again.stderr, "the curve is drawn", [again.stderr]
)
short = run("learn", configure("short", cycles=1))
tap.ok(
    short.returncode == 4 and "raise cycles" in short.stderr,
    "cycles at an end give exit code 4",
    [short.stderr],
)
onwards = run("learn", configure("short"))
tap.ok(
    onwards.returncode == 0 and onwards.stdout.splitlines()[2] == short.stdout.splitlines()[2],
    "with more cycles it goes on",
    [onwards.stdout, onwards.stderr],
)

for number, what in ((signal.SIGKILL, "killed"), (signal.SIGTERM, "ended")):
    name = configure(what)
    (here / "slow").touch()
    process = subprocess.Popen(
        [lrpot, "learn", name], cwd=here, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    while not (here / "started").exists() and process.poll() is None:
        time.sleep(0.05)
    second = run("learn", name)
    tap.ok(
        second.returncode == 1 and "another lrpot learn" in second.stderr,
        "one run for a folder",
        [second.stderr],
    )
    process.send_signal(number)
    message = process.communicate()[1]
    tap.ok(
        process.returncode == (-9 if number == signal.SIGKILL else 1), f"{what} in an exploration"
    )
    (here / "slow").unlink()
    (here / "started").unlink()
    done = run("learn", name)
    tap.ok(
        done.returncode == 0 and done.stdout.splitlines()[:-1] == whole.stdout.splitlines()[:-1],
        f"{what}, then the same command: the same table",
        [message, done.stdout, done.stderr],
    )

other = configure("short", grade="parameters", cycles=30)
cycle = len(list((here / "short").glob("cycle-*"))) - 1
for path in (here / "short" / f"cycle-{cycle:03d}").glob("*"):
    path.unlink()
fault = run("learn", other)
tap.ok(
    fault.returncode == 3 and "grades otherwise than by parameters" in fault.stderr,
    "another kind of grade is not ignored by what is there",
    [str(fault.returncode), fault.stderr],
)
FAULTS = [
    (dict(grade="all"), 3, "grade is all, expected parameters or features"),
    (dict(fit=None), 3, "the key fit is missing"),
    (dict(expolre=["a"]), 3, "there is no key expolre; there are train, valid, explore"),
    (dict(stop=1.5), 3, "stop = 1.5 is below write = 2.1"),
    (dict(explore=[]), 3, "explore = []: expected a list of 1 to 63 texts"),
    (dict(most=2.5), 3, "most = 2.5: expected a whole number"),
    (dict(explore=["no-such-program"]), 1, "cycle 1: explore ended with code 127; see"),
    (dict(reference=["false"]), 1, "cycle 1: reference ended with code 1; see"),
    (dict(reference=["cp", "{input}", "{output}"]), 3, "frames have energy"),
    (dict(train="missing.xyz"), 1, "cycle 0: fit ended with code 3; see"),
    (dict(frames="other.xyz"), 1, "holds no frame with a grade above 2.1"),
]
for k, (changes, code, words) in enumerate(FAULTS):
    fault = run("learn", configure(f"fault{k}", **changes))
    tap.ok(
        fault.returncode == code and words in fault.stderr,
        f"refused: {words}",
        [str(fault.returncode), fault.stderr],
    )
tap.done()
