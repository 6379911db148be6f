#!/usr/bin/env python3
"""Programs that are killed, and disks that are full: what was written stays, nothing is half
written, and a message tells.
usage: check_failures.py LRPOT FOLDER_WITH_TRAIN_AND_VALID_XYZ"""
import os
import pathlib
import resource
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from tap import Tap

tap = Tap()
lrpot, data = str(pathlib.Path(sys.argv[1]).resolve()), pathlib.Path(sys.argv[2]).resolve()
holder = tempfile.TemporaryDirectory(prefix="lrpot-failures-")
folder = pathlib.Path(holder.name)
SMALL = [
    "--charges",
    "none",
    "--level",
    "4",
    "--cutoff",
    "5",
    "--radial-size",
    "4",
    "--threads",
    "1",
]
# Long enough not to end before it is killed.
LONG = [
    "--charges",
    "edqrd",
    "--level",
    "8",
    "--cutoff",
    "5",
    "--threads",
    "1",
    "--max-iterations",
    "100000",
    "--tolerance",
    "1e-14",
    "--checkpoint-every",
    "0",
    "--starts",
    "1",
]


def run(*arguments, **more):
    return subprocess.run(
        [lrpot, *map(str, arguments)],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        timeout=300,
        **more,
    )


def wait_for(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()


def rmse_of_forces(model):
    done = run("eval", model, data / "valid.xyz", "-q")
    rows = [line.split() for line in done.stdout.splitlines() if line.startswith("all ")]
    return next(float(row[5]) for row in rows if row[2] == "forces")


def check_killed_fit():
    """Killed without warning while it writes one checkpoint after the other, three times, each
    going on from the one before."""
    (folder / "fit.model").write_text("an older model\n")
    resume, errors = [], []
    for k in range(3):
        checkpoint = folder / f"fit{k}.checkpoint"
        with open(folder / "fit.err", "w") as messages:
            fit = subprocess.Popen(
                [
                    lrpot,
                    "fit",
                    str(data / "valid.xyz"),
                    *LONG,
                    *resume,
                    "--checkpoint",
                    checkpoint.name,
                    "-o",
                    "fit.model",
                ],
                cwd=folder,
                stdout=subprocess.DEVNULL,
                stderr=messages,
            )
            there = wait_for(checkpoint.exists)
            time.sleep(0.03 * k)
            fit.send_signal(signal.SIGKILL)
            code = fit.wait()
        if not there or code != -signal.SIGKILL:
            tap.ok(
                False,
                "a_fit_leaves_a_checkpoint_before_it_is_killed",
                [there, code, (folder / "fit.err").read_text()],
            )
            return
        errors.append(rmse_of_forces(checkpoint.name))
        resume = ["--resume", checkpoint.name]
    tap.ok(
        run("info", "fit2.checkpoint").returncode == 0, "the_checkpoint_of_a_killed_fit_is_a_model"
    )
    tap.ok(
        (folder / "fit.model").read_text() == "an older model\n",
        "a_killed_fit_leaves_the_older_model_alone",
    )
    done = run(
        "fit",
        data / "valid.xyz",
        "--threads",
        1,
        "--max-iterations",
        20,
        "--resume",
        "fit2.checkpoint",
        "-o",
        "fit.model",
    )
    last = rmse_of_forces("fit.model")
    tap.ok(
        done.returncode in (0, 4) and last <= errors[0] * (1 + 1e-9),
        "a_killed_fit_goes_on_from_its_checkpoint",
        [done.returncode, *errors, last, done.stderr[-500:]],
    )


def check_killed_writer():
    """An output is the old file or the whole new one, whenever the program that writes it is
    killed."""
    frames = (data / "train.xyz").read_text()
    (folder / "many.xyz").write_text(frames * 20)
    out = folder / "out.xyz"
    start = time.monotonic()
    assert run("convert", "many.xyz", out).returncode == 0
    duration, whole = time.monotonic() - start, out.read_bytes()
    kept, finished = [], 0
    for k in range(12):
        out.write_text("old\n")
        writer = subprocess.Popen(
            [lrpot, "convert", "many.xyz", str(out)],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(duration * (k + 1) / 13)
        writer.send_signal(signal.SIGKILL)
        finished += writer.wait() == 0
        kept.append(out.read_bytes())
        for rest in folder.glob("out.xyz.*"):
            rest.unlink()
    tap.ok(
        all(content in (b"old\n", whole) for content in kept),
        "an_output_is_never_half_written",
        [len(content) for content in kept],
    )
    tap.ok(finished < 12, "writers_were_killed_before_their_end", [finished, duration])


def limited():
    """No file grows beyond half a kB: as on a full disk, but for the reason told."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (512, 512))


def fill(path):
    try:
        with open(path, "wb", buffering=0) as filler:
            while True:
                filler.write(b"x" * 4096)
    except OSError:
        pass  # no room any more


def check_full(what, where, **more):
    """Outputs of several verbs where there is no room; the older file stays as it was, and nothing
    else stays."""
    old = where / "old.xyz"
    cases = [
        ("eval", ["eval", "small.model", data / "train.xyz", "-o", old]),
        ("convert", ["convert", data / "train.xyz", old]),
        (
            "fit",
            [
                "fit",
                data / "valid.xyz",
                *SMALL,
                "--level",
                "8",
                "--radial-size",
                "12",
                "--max-iterations",
                "2",
                "-o",
                old,
            ],
        ),
        (
            "select",
            [
                "select",
                "small.model",
                data / "train.xyz",
                "--train",
                data / "valid.xyz",
                "--save",
                old,
            ],
        ),
    ]
    for verb, arguments in cases:
        old.write_text("old\n")
        if where != folder:
            fill(where / "filler")
        done = run(*arguments, **more)
        tap.ok(
            done.returncode == 1 and "lrpot: " in done.stderr and "old.xyz" in done.stderr,
            f"{verb}_on_{what}_fails_with_a_message",
            [done.returncode, done.stderr[-500:]],
        )
        left = sorted(path.name for path in where.glob("old.xyz*"))
        tap.ok(
            old.read_text() == "old\n" and left == ["old.xyz"],
            f"{verb}_on_{what}_leaves_the_older_file",
            [old.stat().st_size, left],
        )


def check_full_disk():
    run("fit", data / "valid.xyz", *SMALL, "--max-iterations", 3, "-o", "small.model")
    check_full("a_limited_file", folder, preexec_fn=limited)
    disk = folder / "disk"
    disk.mkdir()
    mounted = (
        os.geteuid() == 0
        and subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)],
            stderr=subprocess.DEVNULL,
        ).returncode
        == 0
    )
    if not mounted:
        tap.skip("a_small_disk_that_is_full", "no right to mount one")
        return
    try:
        check_full("a_full_disk", disk)
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def check_standard_output():
    if not os.path.exists("/dev/full"):
        tap.skip("standard_output_on_a_full_disk", "no /dev/full")
        return
    listed = run("--help").stdout.splitlines()
    verbs = [line.split()[0] for line in listed if line.startswith("  ") and line[2].isalpha()]
    series = "\n".join(f"{k} {k % 7} {k % 5} {k % 3}" for k in range(2000)) + "\n"
    (folder / "series.txt").write_text(series)
    commands = [
        ["--help"],
        ["--version"],
        *([verb, "--help"] for verb in verbs),
        *([verb, "--version"] for verb in verbs),
        ["info", "small.model"],
        ["eval", "small.model", data / "valid.xyz"],
        ["eval", "small.model", data / "valid.xyz", "--json"],
        ["select", "small.model", data / "valid.xyz", "--train", data / "valid.xyz"],
        [
            "eps",
            "series.txt",
            "--columns",
            "2,3,4",
            "--kind",
            "dipole",
            "--step",
            "1",
            "--volume",
            "1000",
            "--temperature",
            "300",
        ],
        ["fit", data / "valid.xyz", *SMALL, "--max-iterations", "2", "-o", "again.model"],
    ]
    wrong = []
    with open("/dev/full", "w") as full:
        for command in commands:
            done = subprocess.run(
                [lrpot, *map(str, command)],
                cwd=folder,
                stdout=full,
                stderr=subprocess.PIPE,
                text=True,
            )
            if done.returncode != 1 or "standard output" not in done.stderr:
                wrong.append(
                    f"{' '.join(map(str, command))}: {done.returncode} {done.stderr[-200:]}"
                )
    tap.ok(
        not wrong and len(verbs) > 10,
        "a_full_standard_output_fails_every_verb_with_a_message",
        wrong,
    )
    tap.ok(
        run("info", "again.model").returncode == 0, "the_model_is_written_even_if_its_table_is_not"
    )


try:
    check_killed_fit()
    check_killed_writer()
    check_full_disk()
    check_standard_output()
finally:
    holder.cleanup()
tap.done()
