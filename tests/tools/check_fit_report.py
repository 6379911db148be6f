"""MODEL.fit.json and the plots of `lrpot fit`: errors are those of `lrpot eval`.

The history ends with the state that was kept, and every file is registered before the fit.

Usage: check_fit_report.py LRPOT NACL_DATA"""
import json
import math
import pathlib
import subprocess
import sys
import tempfile
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from tap import Tap

LRPOT, DATA = str(pathlib.Path(sys.argv[1]).resolve()), pathlib.Path(sys.argv[2]).resolve()
SMALL = (
    "--charges edqrd --level 4 --cutoff 4 --radial-size 4 --max-iterations 4 --threads 1 -q".split()
)
PLOTS = ("learning", "parity-forces", "parity-energies", "elements")
folder = pathlib.Path(tempfile.mkdtemp(prefix="report-"))
tap = Tap()


def run(*words):
    return subprocess.run([LRPOT, *map(str, words)], cwd=folder, capture_output=True, text=True)


def report(name):
    return json.loads((folder / (name + ".fit.json")).read_text())


def close(a, b, tolerance=1e-5):
    return abs(a - b) <= tolerance * max(abs(a), abs(b))


def forces_by_element(path, model):
    """RMSE of the forces of each element, from the frames of the file and of the model."""
    out = run("eval", model, path, "--json", "-q")
    frames = json.loads(out.stdout)["frames"]
    lines, at, sums = pathlib.Path(path).read_text().splitlines(), 0, {}
    for frame in frames:
        n, head = int(lines[at]), lines[at + 1]
        columns = head.split("Properties=")[1].split()[0].split(":")
        names, widths = columns[0::3], list(map(int, columns[2::3]))
        start = sum(widths[: names.index("forces")])
        for i in range(n):
            words = lines[at + 2 + i].split()
            for a in range(3):
                d = frame["forces"][3 * i + a] - float(words[start + a])
                total = sums.setdefault(words[0], [0.0, 0])
                total[0] += d * d
                total[1] += 1
        at += n + 2
    return {symbol: math.sqrt(s / n) for symbol, (s, n) in sums.items()}


def check_document():
    done = run("fit", DATA / "train.xyz", "-V", DATA / "valid.xyz", *SMALL, "-o", "m")
    assert done.returncode == 0, done.stderr
    root = report("m")
    member = root["members"][0]
    tap.ok(
        root["format"] == "lrpot-fit" and root["arguments"][-1] == "m", "the_document_has_a_name"
    )
    file = root["data"]["train"]["files"][0]
    tap.ok(
        file["frames"] == 33
        and int(file["crc32"], 16) == zlib.crc32((DATA / "train.xyz").read_bytes())
        and root["data"]["valid"]["frames"] == 5,
        "data_are_listed_with_their_checksums",
        [root["data"]],
    )
    for name in ("train", "valid"):
        evaluated = json.loads(run("eval", "m", DATA / f"{name}.xyz", "--json", "-q").stdout)
        mine = {s["set"]: s for s in member["errors_by_set"][name]}
        good = all(
            close(mine[s["set"]][q]["rmse"], s[q]["rmse"])
            and close(mine[s["set"]][q]["largest"], s[q]["largest"])
            for s in evaluated["errors"]
            for q in ("energy_per_atom", "forces", "stress")
            if q in s
        )
        tap.ok(
            good and len(mine) == len(evaluated["errors"]) and len(mine) > 3,
            f"errors_by_set_are_those_of_eval_on_{name}",
        )
        tap.ok(
            close(member[name]["forces"]["rmse"], mine["all"]["forces"]["rmse"]),
            f"errors_of_the_fit_are_among_them_on_{name}",
        )
        elements, right = member["forces_rmse_by_element"][name], forces_by_element(
            DATA / f"{name}.xyz", "m"
        )
        tap.ok(
            set(elements) == {"Na", "Cl"} and all(close(elements[e], right[e]) for e in right),
            f"errors_by_element_on_{name}",
            [elements, right],
        )
    history = member["history"]
    best = [row for row in history if row["best"]][-1]
    tap.ok(
        len(history) == member["iterations"]
        and close(best["valid"]["forces"]["rmse"], member["valid"]["forces"]["rmse"])
        and history[0]["stage"] == "start",
        "the_history_holds_every_iteration_and_the_state_that_was_kept",
        [len(history), member["iterations"], best["valid"], member["valid"]],
    )
    tap.ok(
        member["options"]["basis"]["level"] == 4
        and member["options"]["max_iterations"] == 4
        and member["options"]["regularization"] == 1.0
        and member["processor_seconds"] > 0,
        "options_are_complete",
        [member["options"]],
    )
    tap.ok(not list(folder.glob("*.png")), "there_are_no_plots_without_a_request")


def check_sources():
    """Energies of a second source are compared after the offset that is fitted along."""
    done = run("fit", DATA / "train.xyz", DATA / "long_train.xyz", "--offsets", *SMALL, "-o", "s")
    member = report("s")["members"][0]
    row = member["errors_by_set"]["train"][0]
    tap.ok(
        done.returncode == 0
        and close(row["energy_per_atom"]["rmse"], member["train"]["energy_per_atom"]["rmse"], 1e-5),
        "offsets_of_sources_are_taken_off_the_energies",
        [row["energy_per_atom"], member["train"]["energy_per_atom"]],
    )


def check_ensemble():
    done = run("fit", DATA / "valid.xyz", *SMALL, "--ensemble", 2, "--plot", "-o", "e")
    if "plots need gnuplot" in done.stderr:
        run("fit", DATA / "valid.xyz", *SMALL, "--ensemble", 2, "-o", "e")
    else:
        tap.ok((folder / "e.2.elements.png").exists(), "members_have_plots_of_their_own")
    tap.ok(
        sorted(path.name for path in folder.glob("e-*")) == ["e-1", "e-2"],
        "the_usual_pattern_names_the_models_alone",
        [path.name for path in folder.glob("e*")],
    )
    members = report("e")["members"]
    tap.ok(
        [m["model"] for m in members] == ["e-1", "e-2"]
        and members[0]["seed"] != members[1]["seed"],
        "one_document_holds_all_members",
        [[m["model"] for m in members]],
    )


def check_plots():
    done = run("fit", DATA / "train.xyz", "-V", DATA / "valid.xyz", *SMALL, "--plot", "-o", "p")
    if "plots need gnuplot" in done.stderr:
        tap.skip("plots_are_drawn_beside_the_model", "no plotter")
        return
    images = [(folder / f"p.{name}.png").read_bytes() for name in PLOTS]
    tap.ok(
        done.returncode == 0
        and all(i[:8] == b"\x89PNG\r\n\x1a\n" and len(i) > 4000 for i in images),
        "plots_are_drawn_beside_the_model",
        [done.stderr],
    )


def check_names():
    (folder / "q.fit.json").symlink_to(DATA / "valid.xyz")
    done = run("fit", DATA / "valid.xyz", *SMALL, "-o", "q")
    tap.ok(
        done.returncode == 2 and not (folder / "q").exists(),
        "a_report_that_would_replace_the_data_is_refused",
        [done.stderr],
    )
    (folder / "r.elements.png").symlink_to(DATA / "valid.xyz")
    done = run("fit", DATA / "valid.xyz", *SMALL, "--plot", "-o", "r")
    tap.ok(
        done.returncode == 2 and not (folder / "r").exists(),
        "a_plot_that_would_replace_the_data_is_refused",
        [done.stderr],
    )


check_document()
check_sources()
check_ensemble()
check_plots()
check_names()
tap.done()
