#!/usr/bin/env python3
"""Files of the command: no output over an input or over another output, under any name; closed
standard streams; links and modes; signals in every phase.
usage: check_files.py LRPOT EXAMPLES_DATA NACL_DATA"""
import itertools
import os
import pathlib
import random
import re
import resource
import signal
import stat
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from tap import Tap

tap = Tap()
lrpot = str(pathlib.Path(sys.argv[1]).resolve())
rocksalt = pathlib.Path(sys.argv[2]).resolve() / "rocksalt.json"
nacl = pathlib.Path(sys.argv[3]).resolve()
holder = tempfile.TemporaryDirectory(prefix="lrpot-files-")
folder = pathlib.Path(holder.name)
FIT = ["--charges", "none", "--level", 2, "-i", 1, "--starts", 1, "-q"]
# Options that name files, by verb; those of every verb under "". A new option of that kind has to
# be entered here.
OUTPUTS = {
    "": ["--output"],
    "fit": ["--checkpoint", "--fit-factor"],
    "phonon": [
        "--bands",
        "--plot",
        "--dos",
        "--dos-plot",
        "--thermal",
        "--velocities",
        "--grueneisen",
        "--grueneisen-plot",
        "--write",
    ],
    "relax": ["--eos", "--eos-plot"],
    "eps": ["--plot"],
    "ir": ["--plot"],
    "raman": ["--plot", "--spectrum"],
    "conductivity": ["--plot"],
    "loop": ["--plot"],
    "select": ["--save"],
}
INPUTS = {
    "eps": ["--lammps"],
    "ir": ["--lammps"],
    "raman": ["--tensors"],
    "pyro": ["--lammps"],
    "dipoles": ["--reference"],
    "piezo": ["--tensors"],
    "conductivity": ["--lammps"],
    "loop": ["--lammps"],
    "fit": ["--config", "--valid", "--factor", "--resume", "--start"],
    "drive": ["--structure", "--tensors"],
    "select": ["--train", "--active", "--committee"],
}
COMMANDS = {
    "fit": (["data.xyz", *FIT], "data.xyz"),
    "eval": (["model.json", "data.xyz"], "data.xyz"),
    "bec": (["model.json", "data.xyz"], "model.json"),
    "phonon": (["model.json", "cell.xyz"], "cell.xyz"),
    "relax": (["model.json", "cell.xyz"], "cell.xyz"),
    "piezo": (["model.json", "cell.xyz"], "cell.xyz"),
    "check": (["model.json", "cell.xyz"], "cell.xyz"),
    "coulomb": (["ions.xyz", "--no-check"], "ions.xyz"),
    "drive": (["model.json", "--unix", "lrpot-nobody", "--json"], "model.json"),
    "eps": (["series.txt", "-T", 300, "-V", 1000], "series.txt"),
    "ir": (["series.txt", "-T", 300, "-V", 1000], "series.txt"),
    "pyro": (["series.txt", "-T", 300, "-V", 1000, "--energy", 2], "series.txt"),
    "raman": (["alpha.txt", "-T", 300], "alpha.txt"),
    "conductivity": (["walk.txt", "-T", 300, "-V", 1000], "walk.txt"),
    "loop": (["loop.txt"], "loop.txt"),
    "dipoles": (["ions.xyz", "-c", "Na"], "ions.xyz"),
    "select": (["model.json", "data.xyz", "--train", "known.xyz"], "known.xyz"),
    "info": (["model.json"], "model.json"),
    "convert": (["data.xyz"], "data.xyz"),
}


def oscillating(n):
    """Dipoles of a damped oscillator in a bath: bound, and slow beside the sampling."""
    noise = random.Random(1)
    rows = [[0.0] * 3, [0.0] * 3]
    for _ in range(n):
        rows.append([1.8 * b - 0.9 * a + noise.gauss(0, 1) for a, b in zip(*rows[-2:])])
    return rows[2:]


def walking(n):
    """Dipoles of carriers that diffuse: sums of a current with a short memory."""
    noise = random.Random(2)
    rows, current = [[0.0] * 3], [0.0] * 3
    for _ in range(n):
        current = [0.8 * c + noise.gauss(0, 1) for c in current]
        rows.append([m + c for m, c in zip(rows[-1], current)])
    return rows


def table(rows):
    lines = [f"{2 * k} {x:.6f} {y:.6f} {z:.6f}" for k, (x, y, z) in enumerate(rows)]
    return "# t Mx My Mz\n" + "\n".join(lines) + "\n"


def run(*arguments, **more):
    return subprocess.run(
        [lrpot, *map(str, arguments)],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        timeout=120,
        **more,
    )


def write_inputs():
    frames = (nacl / "valid.xyz").read_text()
    lines = frames.splitlines(keepends=True)
    first = "".join(lines[: int(lines[0]) + 2])
    (folder / "data.xyz").write_text(first)
    (folder / "known.xyz").write_text(first)
    (folder / "cell.xyz").write_text((nacl / "primitive.xyz").read_text())
    (folder / "model.json").write_text(rocksalt.read_text())
    ions = [
        f"Na {x} {y} {z} {1 - 2 * ((x + y + z) % 2)}"
        for x, y, z in itertools.product((0, 1), repeat=3)
    ]
    (folder / "ions.xyz").write_text(
        '8\nLattice="2 0 0 0 2 0 0 0 2" Properties=species:S:1:pos:R:3:charges:R:1\n'
        + "\n".join(ions)
        + "\n"
    )
    (folder / "series.txt").write_text(table(oscillating(3000)))
    alpha = [" ".join(f"{x:.6f}" for x in (*a, *b)) for a, b in zip(*[iter(oscillating(6000))] * 2)]
    names = "alpha_xx alpha_yy alpha_zz alpha_yz alpha_xz alpha_xy"
    rows = "".join(f"{2 * k} {row}\n" for k, row in enumerate(alpha))
    (folder / "alpha.txt").write_text(f"# t {names}\n{rows}")
    (folder / "walk.txt").write_text(table(walking(3000)))
    field = [*range(0, 10), *range(10, -10, -1), *range(-10, 11)]
    (folder / "loop.txt").write_text(
        "# E P\n"
        + "".join(
            f"{0.01 * e} {0.001 * e + (0.01 if k < 25 or k >= 45 else -0.01) + 1e-5 * j}\n"
            for k, e in enumerate(field)
            for j in range(20)
        )
    )


def spellings(name):
    """Names of one file: as it is, around, absolute, by a link, by a link to a link, by a hard
    link, through a linked folder."""
    around = folder / "around"
    around.mkdir(exist_ok=True)
    links = {"link": name, "link2": "link", "here": "."}
    for link, target in links.items():
        (folder / link).unlink(missing_ok=True)
        (folder / link).symlink_to(target)
    (folder / "hard").unlink(missing_ok=True)
    os.link(folder / name, folder / "hard")
    return [
        name,
        f"./{name}",
        f"around/../{name}",
        str(folder / name),
        "link",
        "link2",
        "hard",
        f"here/{name}",
    ]


def options_of(verb):
    """Options whose value is the name of a file, by the help page."""
    found = re.findall(r"^\s+(?:-\w, )?\s*--([\w-]+) (\S+)", run(verb, "--help").stdout, re.M)
    return [
        "--" + name
        for name, value in found
        if re.match(r"(FILE|SET|OUT|DIR|MODEL|TENSORS|TRAIN|M2)\b", value)
    ]


def refusal(verb, arguments, name, before):
    """Fault in the answer to an output that is an input; None if there is none."""
    done = run(verb, *arguments)
    if (folder / name).read_bytes() != before:
        (folder / name).write_bytes(before)
        return f"{verb} {arguments}: {name} was overwritten, exit code {done.returncode}"
    if done.returncode != 2 or "would overwrite" not in done.stderr:
        return f"{verb} {arguments}: exit code {done.returncode}, {done.stderr[-200:]}"
    return None


def check_outputs_are_no_inputs():
    for verb, (command, name) in COMMANDS.items():
        known = OUTPUTS.get(verb, []) + OUTPUTS[""]
        there = options_of(verb)
        strange = set(there) - set(known) - set(INPUTS.get(verb, []))
        wrong = [f"option {option} is not known to this test" for option in sorted(strange)]
        before = (folder / name).read_bytes()
        for option in known:
            if option == "--write":
                continue
            for spelling in spellings(name):
                if verb == "fit" and option != "--output":
                    arguments = [*command, "-o", "fit.lrp", option, spelling]
                    if option == "--fit-factor":
                        arguments += ["--factor", "known.xyz"]
                else:
                    arguments = [*command, option, spelling]
                wrong.append(refusal(verb, arguments, name, before))
        wrong = [w for w in wrong if w is not None]
        tap.ok(not wrong and len(there) > 0, f"{verb}_refuses_outputs_that_are_inputs", wrong[:5])


def check_implied_files():
    """Outputs whose names an option only implies, and inputs that are no operands."""
    data = (folder / "data.xyz").read_bytes()
    wrong = []
    for link in ("e.lrp-2", "e.lrp-1.checkpoint", "f.lrp.checkpoint", "c-1"):
        (folder / link).symlink_to("data.xyz")
    fit = ["data.xyz", *FIT]
    wrong.append(refusal("fit", [*fit, "--ensemble", 2, "-o", "e.lrp"], "data.xyz", data))
    (folder / "e.lrp-2").unlink()
    wrong.append(refusal("fit", [*fit, "--ensemble", 2, "-o", "e.lrp"], "data.xyz", data))
    wrong.append(
        refusal(
            "fit", [*fit, "--ensemble", 2, "-o", "g.lrp", "--checkpoint", "c"], "data.xyz", data
        )
    )
    wrong.append(refusal("fit", [*fit, "-o", "f.lrp"], "data.xyz", data))
    for option in ("--valid", "--resume", "--start", "--factor", "--config"):
        known = (folder / "known.xyz").read_bytes()
        wrong.append(
            refusal("fit", [*fit, option, "known.xyz", "-o", "./known.xyz"], "known.xyz", known)
            if option != "--config"
            else None
        )
    (folder / "fit.json").write_text(
        '{"sets": [{"file": "known.xyz"}], "output": "here/known.xyz", "level": 2}'
    )
    wrong.append(
        refusal("fit", ["--config", "fit.json"], "known.xyz", (folder / "known.xyz").read_bytes())
    )
    (folder / "own.json").write_text(
        '{"sets": [{"file": "known.xyz"}], "output": "own.json", "level": 2}'
    )
    wrong.append(
        refusal("fit", ["--config", "own.json"], "own.json", (folder / "own.json").read_bytes())
    )
    wrong.append(
        refusal(
            "select",
            [
                "model.json",
                "data.xyz",
                "--train",
                "known.xyz",
                "--committee",
                "model.json,other.json",
                "-o",
                "other.json",
            ],
            "other.json",
            (folder / "other.json").read_bytes(),
        )
    )
    wrong.append(
        refusal(
            "select",
            ["model.json", "data.xyz", "--active", "other.json", "--save", "other.json"],
            "other.json",
            (folder / "other.json").read_bytes(),
        )
    )
    (folder / "phonopy").mkdir()
    os.link(folder / "cell.xyz", folder / "phonopy" / "FORCE_CONSTANTS")
    wrong.append(
        refusal(
            "phonon",
            ["model.json", "cell.xyz", "--write", "phonopy"],
            "cell.xyz",
            (folder / "cell.xyz").read_bytes(),
        )
    )
    os.link(folder / "cell.xyz", folder / "BORN")
    wrong.append(
        refusal(
            "bec",
            ["model.json", "cell.xyz", "--format", "phonopy"],
            "cell.xyz",
            (folder / "cell.xyz").read_bytes(),
        )
    )
    wrong.append(
        refusal("fit", ["data.xyz", "--tensors", "independent", "-o", "data.xyz"], "data.xyz", data)
    )
    wrong = [w for w in wrong if w is not None]
    tap.ok(not wrong, "files_that_are_only_implied_are_checked_as_well", wrong[:5])


def check_two_outputs():
    (folder / "new2").symlink_to("new1")
    (folder / "there1").write_text("old\n")
    os.link(folder / "there1", folder / "there2")
    series = ["series.txt", "-T", 300, "-V", 1000]
    wrong = []
    for one, other in (
        ("new1", "new1"),
        ("new1", "./new1"),
        ("new1", "new2"),
        ("new1", "here/new1"),
        ("there1", "there2"),
    ):
        for verb in ("eps", "ir"):
            done = run(verb, *series, "-o", one, "--plot", other)
            if (
                done.returncode != 2
                or "as well" not in done.stderr
                or (folder / "new1").exists()
                or (folder / "there1").read_text() != "old\n"
            ):
                wrong.append(
                    f"{verb} -o {one} --plot {other}: {done.returncode} {done.stderr[-200:]}"
                )
    tap.ok(not wrong, "two_outputs_in_one_file_are_refused", wrong)
    done = run("eps", *series, "-q", "-o", os.devnull)
    tap.ok(done.returncode == 0, "a_device_may_be_an_output", done.stderr)
    before = (folder / "series.txt").read_bytes()
    with open(folder / "series.txt", "a") as out:
        done = subprocess.run(
            [lrpot, "eps", *map(str, series)],
            cwd=folder,
            stdout=out,
            stderr=subprocess.PIPE,
            text=True,
        )
    tap.ok(
        done.returncode == 2
        and "standard output" in done.stderr
        and (folder / "series.txt").read_bytes() == before,
        "standard_output_is_not_appended_to_an_input",
        done.stderr,
    )


def check_in_place():
    text = (folder / "data.xyz").read_bytes()
    (folder / "place.xyz").write_bytes(text)
    assert run("convert", "place.xyz", "normal.xyz").returncode == 0
    whole = (folder / "normal.xyz").read_bytes()
    tap.ok(run("convert", "place.xyz", "place.xyz").returncode == 2, "convert_refuses_in_out_alike")
    for arguments in (["--in-place", "place.xyz"], ["place.xyz", "./place.xyz", "--in-place"]):
        (folder / "place.xyz").write_bytes(text)
        done = run("convert", *arguments)
        tap.ok(
            done.returncode == 0 and (folder / "place.xyz").read_bytes() == whole,
            f"convert_{'_'.join(arguments)}",
            done.stderr,
        )


SLAB = (
    '2\nLattice="5 0 0 0 5 0 0 0 9" pbc="T T {0}" energy=-1 dipole="0 0 1"'
    " Properties=species:S:1:pos:R:3:fragment:I:1\nNa 0 0 1 0\nCl 1 1 3 1\n"
)


def check_losses():
    """What a format cannot hold is named, not dropped without a word."""
    (folder / "slab.xyz").write_text(2 * SLAB.format("F"))
    (folder / "crystal.xyz").write_text(2 * SLAB.format("T"))
    said = run("convert", "slab.xyz", "POSCAR-slab").stderr
    for words in ("without energy, dipole, fragment", "periodic along all", "the first frame"):
        tap.ok(words in said, f"convert_to_poscar_says_{words.split()[-1]}", said)
    said = run("convert", "crystal.xyz", "crystal.cfg", "-s", "Na,Cl").stderr
    tap.ok("without dipole, fragment, which .cfg" in said, "convert_to_cfg_names_losses", said)
    said = run("convert", "crystal.xyz", "again.xyz").stderr
    tap.ok("without" not in said, "convert_to_xyz_loses_nothing", said)


STDOUT = [
    "eval",
    "bec",
    "dipoles",
    "phonon",
    "check",
    "coulomb",
    "eps",
    "piezo",
    "ir",
    "pyro",
    "raman",
    "conductivity",
    "loop",
    "select",
    "info",
    "fit",
]


def check_closed_streams():
    """Printed results are lost, which is a failure; a file of -o is the same as with open
    streams."""
    wrong = []
    for verb in STDOUT:
        command = [lrpot, verb, *map(str, COMMANDS[verb][0])] + (
            ["-o", "closed.lrp"] if verb == "fit" else []
        )
        done = subprocess.run(
            ["sh", "-c", '"$@" >&-', "sh", *command], cwd=folder, stderr=subprocess.PIPE, text=True
        )
        if done.returncode == 0 or "standard output" not in done.stderr:
            wrong.append(f"{verb}: exit code {done.returncode}, {done.stderr[-200:]}")
    tap.ok(not wrong, "a_closed_standard_output_fails_every_verb_that_prints", wrong)
    wrong = []
    for verb in ("eval", "coulomb", "convert", "select", "eps", "ir", "loop", "info"):
        command = list(map(str, COMMANDS[verb][0]))
        done = run(verb, *command, "-o", "open.out")
        if done.returncode != 0:
            wrong.append(f"{verb}: {done.stderr[-200:]}")
            continue
        whole = (folder / "open.out").read_bytes()
        for closed in (">&-", "2>&-", "<&-", ">&- 2>&-", "<&- >&- 2>&-"):
            (folder / "closed.out").unlink(missing_ok=True)
            subprocess.run(
                ["sh", "-c", f'"$@" {closed}', "sh", lrpot, verb, *command, "-o", "closed.out"],
                cwd=folder,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            if (folder / "closed.out").exists() and (folder / "closed.out").read_bytes() != whole:
                wrong.append(f"{verb} {closed}: another file")
            elif not (folder / "closed.out").exists() and ">&-" not in closed:
                wrong.append(f"{verb} {closed}: no file")
    tap.ok(not wrong, "no_table_lands_in_an_output_where_streams_are_closed", wrong)


def check_links_and_modes():
    outputs = {
        "info": ["info", "model.json"],
        "eval": ["eval", "model.json", "data.xyz"],
        "ir": ["ir", *COMMANDS["ir"][0]],
        "fit": ["fit", *COMMANDS["fit"][0]],
    }
    wrong = []
    for verb, command in outputs.items():
        (folder / "deep").mkdir(exist_ok=True)
        target, link, second = (
            folder / "deep" / f"{verb}.out",
            folder / f"{verb}.link",
            folder / f"{verb}.link2",
        )
        link.symlink_to(f"deep/{verb}.out")
        second.symlink_to(link.name)
        for round in ("new", "old"):  # the link points nowhere at first
            old_mask = os.umask(0o027)
            done = run(*command, "-o", second.name)
            os.umask(old_mask)
            mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else None
            if (
                done.returncode != 0
                or not link.is_symlink()
                or not second.is_symlink()
                or mode != (0o640 if round == "new" else 0o604)
            ):
                wrong.append(
                    f"{verb}, {round} file:"
                    f" {done.returncode} {mode and oct(mode)} {done.stderr[-200:]}"
                )
            if target.exists():
                target.write_text("old\n")
                target.chmod(0o604)
    tap.ok(not wrong, "links_stay_and_files_keep_their_modes", wrong)
    rest = [p.name for p in folder.rglob("*.tmp*")]
    tap.ok(not rest, "no_temporary_is_left", rest)


def check_signals():
    (folder / "many.xyz").write_text((nacl / "train.xyz").read_text() * 10)
    out = folder / "killed.xyz"
    start = time.monotonic()
    assert run("convert", "many.xyz", out).returncode == 0
    duration, whole = time.monotonic() - start, out.read_bytes()
    wrong = []
    for verb, command in (
        ("convert", ["many.xyz", out.name]),
        ("eval", ["model.json", "many.xyz", "-o", out.name]),
    ):
        for k, number in enumerate(
            (
                signal.SIGTERM,
                signal.SIGINT,
                signal.SIGHUP,
                signal.SIGQUIT,
                signal.SIGUSR1,
                signal.SIGTERM,
            )
        ):
            out.write_text("old\n")
            there = False
            child = subprocess.Popen(
                [lrpot, verb, *command],
                cwd=folder,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (0, 0)),
            )
            while child.poll() is None and not there:
                there = any(folder.glob("killed.xyz.tmp*"))
            time.sleep(duration * k / 12)
            child.send_signal(number)
            code, rest = child.wait(), [p.name for p in folder.glob("killed.xyz.*")]
            if (
                rest
                or code not in (0, -number)
                or out.read_bytes() not in (b"old\n", whole)
                and verb == "convert"
            ):
                wrong.append(f"{verb}, {number.name}: exit code {code}, left {rest}")
            if code == 0 and k == 0:
                wrong.append(f"{verb} was not killed")
    tap.ok(not wrong, "a_signal_leaves_no_temporary_and_ends_the_program", wrong)
    out.write_text("old\n")
    done = subprocess.run(
        ["sh", "-c", '"$@" | true', "sh", lrpot, "eval", "model.json", "many.xyz", "-o", out.name],
        cwd=folder,
        stderr=subprocess.DEVNULL,
    )
    tap.ok(not list(folder.glob("killed.xyz.*")), "a_reader_that_goes_away_leaves_no_temporary")


def check_small_kinds():
    """The shortest distance is of all neighbours; a vector that is not periodic may be zero."""
    corners = [(2 * x, 2 * y, 2 * z) for x, y, z in itertools.product((0, 1), repeat=3)]
    corners[-1] = (0.9, 0.0, 0.3)
    atoms = "\n".join(
        f"Na {x} {y} {z} {0.01 * k} 0 {-0.01 * k}" for k, (x, y, z) in enumerate(corners)
    )
    (folder / "dense.xyz").write_text(
        '8\nLattice="4 0 0 0 4 0 0 0 4" Properties=species:S:1:pos:R:3:forces:R:3 energy=-8\n'
        + atoms
        + "\n"
    )
    for cutoff in (5, 25):
        done = run(
            "fit",
            "dense.xyz",
            "-o",
            "dense.lrp",
            "--charges",
            "none",
            "--level",
            2,
            "--cutoff",
            cutoff,
            "-i",
            1,
            "--starts",
            1,
        )
        found = re.search(r"minimum distance (\S+)", done.stderr)
        tap.ok(
            found is not None and float(found[1]) == 0.9487,
            f"the_shortest_distance_with_a_cutoff_of_{cutoff}",
            done.stderr[-300:],
        )
    energies = []
    for third in ("0 0 0", "0 0 9", "1 2 30"):
        (folder / "layer.xyz").write_text(
            f'2\nLattice="5 0 0 0 5 0 {third}" pbc="T T F"'
            " Properties=species:S:1:pos:R:3:charges:R:1\nNa 0 0 0 1\nCl 2.5 2.5 2.72 -1\n"
        )
        done = run("coulomb", "layer.xyz", "--json", "--accuracy", "1e-9")
        energies.append(
            float(re.search(r'"energy": (\S+?),', done.stdout)[1])
            if done.returncode == 0
            else done.stderr
        )
        if third == "0 0 0":
            tap.ok('"stress"' not in done.stdout, "a_layer_without_a_volume_has_no_stress")
    # two-dimensional Ewald sum of Parry, two splittings
    tap.ok(
        all(isinstance(e, float) and abs(e + 1.07746064596) < 1e-7 for e in energies),
        "a_zero_third_vector_of_a_layer",
        energies,
    )


try:
    write_inputs()
    (folder / "other.json").write_text(rocksalt.read_text())
    check_outputs_are_no_inputs()
    check_implied_files()
    check_two_outputs()
    check_in_place()
    check_losses()
    check_closed_streams()
    check_links_and_modes()
    check_signals()
    check_small_kinds()
finally:
    holder.cleanup()
tap.done()
