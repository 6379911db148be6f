"""Checkpoints of fits that are stopped at random moments: the best state that the fit has told of,
by what is fitted, over all starts.
usage: check_checkpoints.py LRPOT"""
import json
import math
import pathlib
import random
import re
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from tap import Tap

lrpot = str(pathlib.Path(sys.argv[1]).resolve())
holder = tempfile.TemporaryDirectory(prefix="lrpot-checkpoints-")
folder = pathlib.Path(holder.name)
tap = Tap()
chance = random.Random(7)
KAPPA = 2.0  # errors from which on a residual counts as an outlier
ERROR = 0.02  # e A or e that counts as one
ENDLESS = "--max-iterations 100000 --tolerance 1e-14 --checkpoint-every 0 --starts 3 --threads 1 -v"
SIZES = "--charges edqrd --level 4 --charge-level 4 --radial-size 4 --cutoff 4"
LINE = re.compile(
    r"^(\S+) +(\d+) +\S+ .*\|g\| +\S+ +\S+ s  \| (\S+) (best)?$"
)  # stage, iteration, merit


def water(stretch):
    """A molecule whose charges follow from its bonds: what charges and dipoles can be fitted to."""
    angle, lengths = chance.gauss(1.82, 0.1), [chance.gauss(0.97, stretch) for _ in range(2)]
    spots = [(0.0, 0.0, 0.0)] + [
        (r * math.cos(s * angle / 2), r * math.sin(s * angle / 2), 0.1 * chance.gauss(0, 1))
        for r, s in zip(lengths, (-1, 1))
    ]
    charges = [0.35 + 0.8 * (r - 0.97) + 0.1 * (angle - 1.82) for r in lengths]
    charges.insert(0, -sum(charges))
    dipole = [sum(q * r[a] for q, r in zip(charges, spots)) for a in range(3)]
    lines = [
        "3",
        (
            f'dipole="{" ".join(map(repr, dipole))}" pbc="F F F"'
            " Properties=species:S:1:pos:R:3:charges:R:1"
        ),
    ]
    for symbol, spot, q in zip("OHH", spots, charges):
        lines.append(" ".join([symbol, *map(repr, spot), repr(q)]))
    return "\n".join(lines) + "\n"


def start(out, messages, *arguments):
    return subprocess.Popen(
        [lrpot, "fit", *arguments, "-o", out],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=messages,
    )


def wait_for(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    return condition()


def told(text):
    """Merits of the log, in order, with their stages."""
    rows = [m.groups() for m in map(LINE.match, text.splitlines()) if m]
    return [(stage, int(iteration), float(merit)) for stage, iteration, merit, _ in rows]


def predictions(model, frames):
    done = subprocess.run(
        [lrpot, "eval", model, frames, "--json", "-q"], cwd=folder, capture_output=True, text=True
    )
    return json.loads(done.stdout)["frames"] if done.returncode == 0 else None


def references(path, key):
    out, lines = [], path.read_text().splitlines()
    for at in range(0, len(lines), 5):
        if key == "dipole":
            out.append([float(x) for x in re.search('dipole="([^"]*)"', lines[at + 1])[1].split()])
        else:
            out.append([float(line.split()[4]) for line in lines[at + 2 : at + 5]])
    return out


def robust(square):
    return 2 * square / (1 + math.sqrt(1 + square / KAPPA**2))


def loss_of(model, key, data="valid.xyz"):
    """Part of the loss that the target has, by the predictions of a model."""
    frames, total = predictions(model, data), 0.0
    if frames is None:
        return math.inf
    for frame, reference in zip(frames, references(folder / data, key)):
        errors = [((a - b) / ERROR) ** 2 for a, b in zip(frame[key], reference)]
        total += robust(sum(errors)) if key == "dipole" else sum(map(robust, errors))
    return total


def stopped_fit(key, how, number):
    """Best merit that the fit told of, and that of the model which is left."""
    checkpoint, out = folder / f"{key}{number}.checkpoint", f"{key}{number}.model"
    valid = "-V valid.xyz" if number < 6 else ""
    with open(folder / "log", "w") as messages:
        fit = start(
            out,
            messages,
            "train.xyz",
            *f"{valid} -T {key} {SIZES} {ENDLESS} --checkpoint {checkpoint.name}".split(),
        )
        there = wait_for(lambda: checkpoint.exists() or fit.poll() is not None)
        time.sleep(chance.uniform(0.0, 1.5))
        fit.send_signal(how)
        code = fit.wait()
    rows = told((folder / "log").read_text())
    left = checkpoint.name if how == signal.SIGKILL else out
    return (
        there,
        code,
        min((m for *_, m in rows), default=math.nan),
        loss_of(left, key, valid[3:] or "train.xyz"),
        rows,
    )


def check_target(key):
    kinds = [signal.SIGKILL, signal.SIGTERM, signal.SIGINT]
    results = [stopped_fit(key, kinds[k % 3], k) for k in range(9)]
    for how, name in zip(kinds, ("SIGKILL", "SIGTERM", "SIGINT")):
        mine = [r for k, r in enumerate(results) if kinds[k % 3] == how]
        # what else the loss counts (sum rules) is not negative; a state may be kept but not told
        # yet
        good = all(there and left <= best * (1 + 1e-6) for there, _, best, left, _ in mine)
        tap.ok(
            good,
            f"after_{name}_a_fit_of_{key}_leaves_the_best_state_told",
            [(code, best, left, rows[-3:]) for _, code, best, left, rows in mine],
        )
    gains = [rows[0][2] / best for *_, best, _, rows in results if rows]
    tap.ok(max(gains) > 3, f"the_best_state_of_{key}_is_not_the_first", gains)


def check_starts():
    """Starts that begin worse than an earlier one has ended leave its state alone."""
    name = "starts.checkpoint"
    with open(folder / "log", "w") as messages:
        fit = start(
            "starts.model",
            messages,
            *f"train.xyz -V valid.xyz -T dipole {SIZES} {ENDLESS} --checkpoint {name}".split(),
            "--starts",
            "6",
            "--max-iterations",
            "60",
        )
        again = (
            lambda: [r[0] for r in told((folder / "log").read_text()) if r[1] == 0].count("start")
            > 1
        )
        seen = wait_for(lambda: again() or fit.poll() is not None)
        fit.kill()
        fit.wait()
    rows = told((folder / "log").read_text())
    starts = [k for k, r in enumerate(rows) if r[0] == "start" and r[1] == 0]
    begun = len(starts) > 1 and rows[starts[1]][2] > min(r[2] for r in rows[: starts[1]])
    left, best = loss_of(name, "dipole"), min(r[2] for r in rows)
    tap.ok(
        seen and begun and left <= best * (1 + 1e-6),
        "a_new_start_does_not_replace_a_better_state",
        [left, best, rows],
    )


def check_together():
    """Two fits to one output: neither touches what the other has saved."""
    (folder / "log").write_text("")
    arguments = f"train.xyz -V valid.xyz -T dipole {SIZES} {ENDLESS}".split()
    files = [folder / "both.model.checkpoint", folder / "both.model.checkpoint-2"]
    with open(folder / "log", "w") as first, open(folder / "log2", "w") as second:
        one = start("both.model", first, *arguments)
        wait_for(files[0].exists)
        two = start("both.model", second, *arguments, "--seed", "9")
        both = wait_for(lambda: all(f.exists() for f in files))
        two.send_signal(signal.SIGTERM)
        two.wait()
        kept = files[0].exists() and not files[1].exists()
        one.kill()
        one.wait()
    tap.ok(
        both, "fits_to_one_output_have_checkpoints_of_their_own", [(folder / "log2").read_text()]
    )
    tap.ok(
        kept and "belongs to another fit" in (folder / "log2").read_text(),
        "the_end_of_one_leaves_the_checkpoint_of_the_other",
        [(folder / "log2").read_text()],
    )
    best = min(r[2] for r in told((folder / "log").read_text()))
    tap.ok(
        loss_of(files[0].name, "dipole") <= best * (1 + 1e-6),
        "the_checkpoint_of_the_first_is_its_own",
        [loss_of(files[0].name, "dipole"), best],
    )
    with open(folder / "log", "w") as first, open(folder / "log2", "w") as second:
        named = [*arguments, "--checkpoint", "named.checkpoint"]
        one = start("one.model", first, *named)
        wait_for(lambda: (folder / "named.checkpoint").exists())
        two = start("two.model", second, *named)
        refused = two.wait(60)
        one.kill()
        one.wait()
    tap.ok(
        refused not in (0, 4) and "choose another name" in (folder / "log2").read_text(),
        "a_checkpoint_that_is_asked_for_by_two_is_refused_to_the_second",
        [refused, (folder / "log2").read_text()],
    )


def check_ensemble():
    """A stopped ensemble names the file that was written."""
    iterating = re.compile(r"member 2 of 9.*\nstart +0 ", re.DOTALL)
    with open(folder / "log", "w") as messages:
        fit = start(
            "many.model",
            messages,
            *f"train.xyz -V valid.xyz -T dipole {SIZES} --threads 1 -v --ensemble 9".split(),
            *"--max-iterations 300 --tolerance 1e-14".split(),
        )
        wait_for(lambda: iterating.search((folder / "log").read_text()))
        fit.send_signal(signal.SIGINT)
        code = fit.wait()
    text = (folder / "log").read_text()
    named = re.search(r"--resume (\S+) goes on", text)
    info = named and subprocess.run(
        [lrpot, "info", named[1]], cwd=folder, capture_output=True, text=True
    )
    tap.ok(
        code == 4 and named and info.returncode == 0 and "interrupted" in info.stdout,
        "a_stopped_ensemble_names_the_member_that_it_stopped_in",
        [code, text[-600:]],
    )


def check_resumed():
    """A fit that goes on ends with no less than it was given, though its steps follow other
    frames."""
    (folder / "few.xyz").write_text("".join(water(0.2) for _ in range(3)))
    text = f"train.xyz -V valid.xyz -T dipole {SIZES} --max-iterations 40 --starts 1 --threads 1"
    subprocess.run(
        [lrpot, "fit", *text.split(), "-o", "good.model"], cwd=folder, capture_output=True
    )
    given = loss_of("good.model", "dipole")
    text = "few.xyz -V valid.xyz -T dipole --threads 1 --max-iterations 20 --resume good.model -v"
    done = subprocess.run(
        [lrpot, "fit", *text.split(), "-o", "on.model"], cwd=folder, capture_output=True, text=True
    )
    ended = loss_of("on.model", "dipole")
    tap.ok(
        done.returncode == 0 and ended <= given * 1.05,
        "a_fit_that_goes_on_is_never_the_worse_for_it",
        [given, ended, done.stderr],
    )


for name, count in (("train.xyz", 40), ("valid.xyz", 10)):
    (folder / name).write_text("".join(water(0.05) for _ in range(count)))
check_target("dipole")
check_target("charges")
check_starts()
check_together()
check_ensemble()
check_resumed()
tap.done()
