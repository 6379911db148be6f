"""`lrpot select` from outside: what it grades, selects, writes and refuses. usage: check_select.py
LRPOT NACL_DATA"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from tap import Tap

lrpot, data = str(pathlib.Path(sys.argv[1]).resolve()), pathlib.Path(sys.argv[2]).resolve()
folder = tempfile.TemporaryDirectory()
here = pathlib.Path(folder.name)
tap = Tap()


def run(*arguments):
    return subprocess.run([lrpot, *map(str, arguments)], capture_output=True, text=True, cwd=here)


def frames_of(path):
    lines, frames = path.read_text().splitlines(), []
    while lines:
        n = int(lines[0]) + 2
        frames.append(lines[:n])
        lines = lines[n:]
    return frames


def write(name, frames):
    (here / name).write_text("\n".join("\n".join(frame) for frame in frames) + "\n")


def stretched(frame, factor):
    """The frame with lengths multiplied by a factor: neighbourhoods that the training set does not
    have."""
    lattice = re.search(r'Lattice="([^"]*)"', frame[1]).group(1)
    larger = " ".join(repr(factor * float(x)) for x in lattice.split())
    rows = [row.split() for row in frame[2:]]
    columns = re.search(r"Properties=(\S+)", frame[1]).group(1).split(":")
    at = sum(
        int(n)
        for name, n in zip(columns[0::3], columns[2::3])
        if columns[0::3].index(name) < columns[0::3].index("pos")
    )
    for row in rows:
        row[at : at + 3] = [repr(factor * float(x)) for x in row[at : at + 3]]
    return [frame[0], frame[1].replace(lattice, larger), *(" ".join(row) for row in rows)]


train = frames_of(data / "train.xyz")
fit = run(
    "fit",
    data / "train.xyz",
    "-c",
    "edq",
    "-l",
    8,
    "--charge-level",
    4,
    "-r",
    4.5,
    "--starts",
    1,
    "-i",
    20,
    "-q",
    "-o",
    "model.lrp",
)
tap.ok(fit.returncode == 0, "a model is fitted", [fit.stderr])

known = json.loads(
    run(
        "select",
        "model.lrp",
        data / "train.xyz",
        "--train",
        data / "train.xyz",
        "--json",
        "--save",
        "set.json",
    ).stdout
)
tap.ok(
    known["selected"] == 0 and max(f["grade"] for f in known["frames"]) <= 1.002,
    "what a model was fitted to is interpolated",
    [str(max(f["grade"] for f in known["frames"]))],
)

pool = [
    train[1],
    stretched(train[2], 0.9),
    stretched(train[2], 0.9),
    stretched(train[3], 1.3),
    train[4],
]
write("pool.xyz", pool)
found = json.loads(
    run(
        "select", "model.lrp", "pool.xyz", "--active", "set.json", "--json", "-o", "selected.xyz"
    ).stdout
)
chosen = [f["selected"] for f in found["frames"]]
tap.ok(
    found["frames"][0]["grade"] < 1.01 and not chosen[0] and not chosen[4],
    "the active set of a file is the one that was saved",
)
tap.ok(
    all(found["frames"][k]["grade"] > 2.1 for k in (1, 2)) and found["frames"][3]["grade"] > 1.2,
    "compressed crystals are extrapolated, expanded ones less so: their features approach zero",
    [str(found["frames"])],
)
tap.ok(chosen[1] + chosen[2] == 1, "of two frames alike one is selected", [str(chosen)])
written = frames_of(here / "selected.xyz")
tap.ok(
    len(written) == found["selected"]
    and all("extrapolation_grade=" in frame[1] for frame in written),
    "selected frames are written with their grades",
)

most = json.loads(
    run("select", "model.lrp", "pool.xyz", "--active", "set.json", "--most", 1, "--json").stdout
)
best = max(range(5), key=lambda k: (most["frames"][k]["grade"], most["frames"][k]["selected"]))
tap.ok(
    most["selected"] == 1 and most["frames"][best]["selected"],
    "--most keeps the largest grades",
    [str(most["frames"])],
)

spread = json.loads(
    run(
        "select",
        "model.lrp",
        "pool.xyz",
        "--active",
        "set.json",
        "--committee",
        "model.lrp",
        "--json",
    ).stdout
)
tap.ok(
    all(abs(f["spread"]) < 1e-6 for f in spread["frames"]),
    "models that agree have no spread",
    [str(spread["frames"])],
)
text = run("select", "model.lrp", "pool.xyz", "--active", "set.json")
tap.ok(
    text.returncode == 0
    and "selected at grades above 2.1" in text.stdout
    and len(text.stdout.splitlines()) == 7,
    "a table is printed",
    [text.stdout],
)


def refused(name, code, words, *arguments):
    result = run("select", *arguments)
    tap.ok(
        result.returncode == code and all(word in result.stderr for word in words),
        name,
        [result.stderr],
    )


by_all = "--train train.xyz --parameters --save all.json --json".split()
(here / "train.xyz").write_text((data / "train.xyz").read_text())
graded = json.loads(run("select", "model.lrp", "pool.xyz", *by_all).stdout)
tap.ok(
    graded["rows"] > 2 * known["rows"]
    and json.loads((here / "all.json").read_text())["columns"] == "parameters",
    "a set by parameters has more rows than one by features",
    [str(graded["rows"]), str(known["rows"])],
)
words = "-c edq -l 6 -r 4.5 --starts 1 -i 2 -q --grade-parameters -o all.lrp".split()
made = run("fit", "train.xyz", *words)
told = json.loads(run("info", "all.lrp", "--json").stdout)["active_set"]
tap.ok(
    made.returncode in (0, 4) and told["columns"] == "parameters",
    "a fit makes the set that it is told to",
    [made.stderr, str(told)],
)

for words in (["--parameters"], ["--parameters", "--train", "train.xyz", "--active", "set.json"]):
    refused(
        "a set that is there does not change its kind",
        2,
        ["--parameters: makes a set anew"],
        "model.lrp",
        "pool.xyz",
        *words,
    )

short = "-c none -l 2 -r 4.5 --starts 1 -i 1 --checkpoint bare.lrp -o short.lrp".split()
tap.ok(run("fit", data / "valid.xyz", *short).returncode == 0, "a checkpoint has no active set")
refused(
    "without a set of its own or a training set nothing can be graded",
    2,
    ["--train", "--active", "bare.lrp has no active set"],
    "bare.lrp",
    "pool.xyz",
)
other = run(
    "fit",
    data / "train.xyz",
    "-c",
    "none",
    "-l",
    6,
    "-r",
    4.5,
    "--starts",
    1,
    "-i",
    2,
    "-q",
    "-o",
    "other.lrp",
)
tap.ok(other.returncode == 0, "a second model is fitted", [other.stderr])
spread = json.loads(
    run(
        "select",
        "model.lrp",
        "pool.xyz",
        "--active",
        "set.json",
        "--committee",
        "other.lrp",
        "--json",
    ).stdout
)
tap.ok(
    max(f["spread"] for f in spread["frames"]) > 1e-3,
    "models that disagree have a spread",
    [str(spread["frames"])],
)
refused(
    "a set of another model is refused",
    1,
    ["other features"],
    "other.lrp",
    "pool.xyz",
    "--active",
    "set.json",
)
refused(
    "a threshold below one is refused",
    2,
    ["--threshold"],
    "model.lrp",
    "pool.xyz",
    "--active",
    "set.json",
    "--threshold",
    0.5,
)
(here / "set.json").write_text(
    (here / "set.json").read_text().replace('"rows": [', '"rows": [1', 1)
)
refused(
    "a damaged set is refused", 3, ["set.json"], "model.lrp", "pool.xyz", "--active", "set.json"
)
tap.done()
