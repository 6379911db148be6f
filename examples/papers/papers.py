"""What the four programs share: where things are, running commands, errors of files, and a table
of published and found values."""
import argparse
import json
import os
import pathlib
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def arguments(text, folder, every=None, flags=()):
    """flags: (name, help) of options that are there or not."""
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
    parser.add_argument(
        "--out",
        default=folder,
        type=pathlib.Path,
        help=f"models and results go there, default {folder}",
    )
    parser.add_argument("--threads", default="1")
    parser.add_argument(
        "--short", action="store_true", help="a few iterations: that it runs, not what it finds"
    )
    parser.add_argument(
        "--full",
        action="store_true",
        help="papers 3 and 4: full size, minutes of a processor for each fit",
    )
    if every is not None:
        parser.add_argument(
            "--every",
            type=int,
            default=every,
            help=f"of the training frames take every N-th, default {every}; 1: all",
        )
    for name, told in flags:
        parser.add_argument(name, action="store_true", help=told)
    options = parser.parse_args()
    options.lrpot = (
        str(pathlib.Path(options.lrpot).resolve()) if os.sep in options.lrpot else options.lrpot
    )
    options.out.mkdir(parents=True, exist_ok=True)
    return options


def data(options, *names):
    """Paths of files of the data; ends the program, with a word, where they are not."""
    paths = [pathlib.Path(options.data) / name for name in names]
    for path in paths:
        if not path.exists():
            print(
                f"SKIP: {path.name} is absent; --data FOLDER or LRPOT_DATA says where the data"
                " sets are"
            )
            sys.exit(77)
    return paths


def part(options, path, every, key=""):
    """A file with every N-th frame of another, and a key more on their comment lines."""
    lines, at, number = path.read_text().splitlines(keepends=True), 0, 0
    few = options.out / path.name
    with open(few, "w") as out:
        while at < len(lines) and lines[at].strip():
            n = int(lines[at]) + 2
            if number % every == 0:
                out.writelines(
                    [lines[at], f"{lines[at + 1].rstrip()} {key}\n", *lines[at + 2 : at + n]]
                )
            at, number = at + n, number + 1
    return few


def run(*words, codes=(0,), **more):
    """Standard output of a command, which is shown first."""
    words = [str(word) for word in words]
    print("$ " + shlex.join([pathlib.Path(words[0]).name, *words[1:]]), flush=True)
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more)
    if done.returncode not in codes:
        sys.exit(
            f"{words[0]} ended with {done.returncode}\n{done.stdout[-1000:]}{done.stderr[-1000:]}"
        )
    return done.stdout


def fit(options, name, *words):
    """The path of a fitted model; one that is there already is taken as it is."""
    model = options.out / f"{name}.model"
    if not model.exists():
        run(options.lrpot, "fit", *words, "--threads", options.threads, "-o", model, codes=(0, 4))
    return model


def errors(options, model, path, *more):
    """{quantity: {rmse, mae, ...}} of a model over a file, in eV, A, e."""
    result = json.loads(run(options.lrpot, "eval", model, path, "--json", *more))
    return next(entry for entry in result["errors"] if entry["set"] == "all")


def columns(path, name):
    """A column of an extended XYZ file, frame after frame: a list of numbers for each atom."""
    lines = iter(pathlib.Path(path).read_text().splitlines())
    for line in lines:
        if not line.strip():
            continue
        n, comment = int(line), next(lines)
        parts = (
            next(word for word in shlex.split(comment) if word.startswith("Properties="))
            .split("=", 1)[1]
            .split(":")
        )
        first = 0
        for label, width in zip(parts[::3], map(int, parts[2::3])):
            if label == name:
                break
            first += width
        else:
            sys.exit(f"{path}: no column {name}")
        for _ in range(n):
            yield [float(word) for word in next(lines).split()[first : first + width]]


class Table:
    """Quantity, published, here, and the command that gives it."""

    def __init__(self, title):
        self.title, self.rows, self.remarks = title, [], []

    def add(self, quantity, published, here, command):
        self.rows.append(
            (quantity, published, here if isinstance(here, str) else f"{here:.4g}", command)
        )

    def remark(self, text):
        self.remarks.append(text)

    def show(self):
        head = ("quantity", "published", "here", "command")
        widths = [max(len(row[k]) for row in [head, *self.rows]) for k in range(3)]
        print(f"\n{self.title}")
        for row in [head, *self.rows]:
            print(
                "  ".join(
                    [
                        row[0].ljust(widths[0]),
                        row[1].rjust(widths[1]),
                        row[2].rjust(widths[2]),
                        row[3],
                    ]
                )
            )
        for text in self.remarks:
            print(f"* {text}")
