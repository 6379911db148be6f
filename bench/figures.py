"""Parts shared by the programs that print figures of fits on public data: places, runs of `lrpot`,
tables of results."""
import argparse
import json
import os
import pathlib
import re
import resource
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]


def arguments(text, folder):
    """Options common to all; what follows -- goes to the fits."""
    parser = argparse.ArgumentParser(
        description=text, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--lrpot",
        default=os.environ.get("LRPOT", str(ROOT / "build" / "tools" / "lrpot")),
        help="the command",
    )
    parser.add_argument(
        "--data",
        default=os.environ.get("LRPOT_DATA", str(ROOT.parent / "shared" / "data")),
        help="folder of the data sets",
    )
    parser.add_argument("--threads", default="2")
    parser.add_argument("--out", default=folder, help=f"results go there, default {folder}")
    parser.add_argument("fit", nargs="*", metavar="-- OPTION", help="options of the fits")
    options = parser.parse_args()
    pathlib.Path(options.out).mkdir(parents=True, exist_ok=True)
    return options


def data(options, *names):
    """Paths of files of the data; ends the program, with a word, where they are not."""
    paths = [pathlib.Path(options.data) / name for name in names]
    for path in paths:
        if not path.exists():
            print(
                f"SKIP: {path} is absent; --data FOLDER or LRPOT_DATA says where the data sets are"
            )
            sys.exit(77)
    return [str(path) for path in paths]


def xyz_frames(path):
    """Texts of the frames of an extended XYZ file."""
    lines = pathlib.Path(path).read_text().splitlines()
    at = 0
    while at < len(lines) and lines[at].strip():
        n = int(lines[at]) + 2
        yield "\n".join(lines[at : at + n])
        at += n


class Fit:
    """One fit from scratch, its model, and how long it took."""

    def __init__(self, options, name, train, *more, valid=None):
        self.options, self.name = options, name
        self.model = str(pathlib.Path(options.out) / f"{name}.model")
        command = [
            options.lrpot,
            "fit",
            train,
            *(["--valid", valid] if valid else []),
            *more,
            "--threads",
            options.threads,
            "-o",
            self.model,
            *options.fit,
        ]
        print("$ lrpot " + " ".join(command[1:]), flush=True)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.log = ""
        with subprocess.Popen(
            command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
        ) as run:
            for line in run.stderr:  # loss against time
                self.log += line
                sys.stderr.write(line)
        if run.returncode not in (0, 4):
            sys.exit(f"lrpot fit ended with {run.returncode}")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        self.seconds = float(re.search(r"iterations in ([0-9.]+) s", self.log).group(1))

    def chosen(self):
        """Size of the local model that the fit settled on, as options of another."""
        size, cutoff, level, step, own = re.search(
            r"radial functions of (\d+) polynomials from \S+ to (\S+) A, level (\d+)"
            r"(?:, radial step (\d+))?(?:.*(, coefficients of each species))?",
            self.log,
        ).groups()
        return [
            "--level",
            level,
            "--cutoff",
            cutoff,
            "--radial-size",
            size,
            "--radial-step",
            step or "4",
            "--species-coefficients",
            "energy" if own else "no",
        ]

    def time(self):
        return (
            f"{self.name}: {self.seconds:.0f} s with {self.options.threads} threads, "
            f"{self.processor:.0f} s of processor time"
        )

    def errors(self, *files, bec=False, epsilon=None):
        """{set: {quantity: entry}}, sets being `all`, files if several, and config_types."""
        command = [
            self.options.lrpot,
            "eval",
            self.model,
            *files,
            "--json",
            *(["--bec"] if bec else []),
            *(["--eps-inf", str(epsilon)] if epsilon else []),
        ]
        result = json.loads(
            subprocess.run(command, check=True, capture_output=True, text=True).stdout
        )
        return {entry["set"]: entry for entry in result["errors"]}

    def frames(self, *files):
        command = [self.options.lrpot, "eval", self.model, *files, "--json"]
        return json.loads(
            subprocess.run(command, check=True, capture_output=True, text=True).stdout
        )["frames"]


class Table:
    """Lines of a figure, what was found, what is wanted."""

    def __init__(self):
        self.met = True
        self.lines = []

    def add(self, text, value, wanted=None, unit="", at_most=True):
        good = wanted is None or (value <= wanted if at_most else value >= wanted)
        self.met = self.met and good
        target = (
            ""
            if wanted is None
            else f"  {'at most' if at_most else 'at least'} {wanted:g}{'' if good else '  MISSED'}"
        )
        self.lines.append(f"{text:<58} {value:10.4g} {unit:<9}{target}")

    def note(self, text):
        self.lines.append(text)

    def end(self, options):
        text = "\n".join(self.lines)
        print(text)
        (pathlib.Path(options.out) / "summary.txt").write_text(text + "\n")
        sys.exit(0 if self.met else 1)


def rmse(entry, key, scale=1e3):
    return scale * entry[key]["rmse"]
