"""Runs a program in a folder and compares what it prints with a file: words must be the same, numbers agree to 1e-5 of the larger one
or to one in their last printed place.
usage: compare.py FOLDER PROGRAM [ARGUMENT ...]          FOLDER holds expected.txt"""
import pathlib
import re
import subprocess
import sys

NUMBER = re.compile(r"^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$")


def last_place(text):
    digits = text.lower().split("e")[0]
    return 10.0 ** -len(digits.split(".")[1]) if "." in digits else 0.0


def same(printed, expected):
    if not (NUMBER.match(printed) and NUMBER.match(expected)):
        return printed == expected
    a, b = float(printed), float(expected)
    return abs(a - b) <= max(1e-5 * max(abs(a), abs(b)), 1.01 * last_place(expected))


folder = pathlib.Path(sys.argv[1])
program = str(pathlib.Path(sys.argv[2]).resolve())  # it runs in another folder
run = subprocess.run([program, *sys.argv[3:]], cwd=folder, stdout=subprocess.PIPE, text=True)
print(run.stdout, end="")
if run.returncode != 0:
    sys.exit(f"exit status {run.returncode}")
lines, wanted = run.stdout.splitlines(), (folder / "expected.txt").read_text().splitlines()
for number, (line, expected) in enumerate(zip(lines, wanted), 1):
    words, wanted_words = line.split(), expected.split()
    if len(words) != len(wanted_words) or not all(map(same, words, wanted_words)):
        sys.exit(f"line {number}: expected\n{expected}")
if len(lines) != len(wanted):
    sys.exit(f"{len(lines)} lines, expected {len(wanted)}")
