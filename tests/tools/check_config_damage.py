#!/usr/bin/env python3
"""Changed configuration files of fits: an exit code and a message, little memory and time. usage:
check_config_damage.py LRPOT [COUNT]"""
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from tap import Tap

tap = Tap()
lrpot = str(pathlib.Path(sys.argv[1]).resolve())
count = int(sys.argv[2]) if len(sys.argv) > 2 else 300
holder = tempfile.TemporaryDirectory(prefix="lrpot-config-")
folder = pathlib.Path(holder.name)
MEGABYTES, SECONDS = 200, 2.0
# The data do not exist: a configuration that is in order ends there.
CONFIG = """{
  "sets": [
    { "file": "no/train.xyz", "role": "train", "weight": 2.0, "keys": { "energy": "REF_energy" } },
    { "file": "no/valid.xyz", "role": "valid",
      "weights": { "energy": 1.0, "forces": 0.1, "stress": 0.01 } }
  ],
  "targets": ["energy", "forces", "stress"],
  "level": 8, "cutoff": 5.0, "charges": "edqrd", "radial-size": 8,
  "max-iterations": 100, "starts": 3, "tolerance": 1e-4, "species": ["Na", "Cl"]
}
"""
NUMBERS = [
    "0",
    "-1",
    "1",
    "28",
    "64",
    "1000000",
    "2147483648",
    "1e300",
    "-0.5",
    "1e-9",
    "9223372036854775808",
    '"x"',
    "[]",
    "{}",
    "null",
]


def changed(text, rng):
    for _ in range(rng.randint(1, 3)):
        kind = rng.randrange(6)
        at = rng.randrange(len(text) + 1)
        if kind < 2:
            places = list(re.finditer(r"-?\d[\d.eE+-]*", text))
            if places:
                place = rng.choice(places)
                text = text[: place.start()] + rng.choice(NUMBERS) + text[place.end() :]
        elif kind == 2:
            text = (
                text[:at]
                + chr(rng.choice([0, 9, 34, 44, 58, 91, 93, 123, 125, 200]))
                + text[at + 1 :]
            )
        elif kind == 3:
            text = text[:at] + text[at + rng.randint(1, 60) :]
        elif kind == 4:
            text = (
                text[:at] + text[at : at + rng.randint(1, 60)] * rng.choice([2, 2, 500]) + text[at:]
            )
        else:
            words = list(re.finditer(r'"[^"\n]*"', text))
            if len(words) > 1:
                one, other = rng.sample(words, 2)
                text = text[: one.start()] + other.group() + text[one.end() :]
    return text


def run(path):
    with open(folder / "messages", "wb") as messages:
        process = subprocess.Popen(
            [lrpot, "fit", "--config", path, "-o", "out.lrp"],
            cwd=folder,
            stdout=messages,
            stderr=messages,
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return (
        process.returncode,
        usage.ru_maxrss / 1024,
        usage.ru_utime + usage.ru_stime,
        (folder / "messages").read_text("latin-1"),
    )


(folder / "fit.json").write_text(CONFIG)
code, _, _, text = run("fit.json")
tap.ok(code == 3 and "no/train.xyz" in text, "the_configuration_itself_is_in_order", [text])
most_memory, most_time, bad = 0.0, 0.0, []
for k in range(count):
    (folder / "changed.json").write_bytes(changed(CONFIG, random.Random(k)).encode("latin-1"))
    code, memory, time, text = run("changed.json")
    most_memory, most_time = max(most_memory, memory), max(most_time, time)
    if (
        code not in (1, 2, 3)
        or not text.strip()
        or memory > MEGABYTES
        or time > SECONDS
        or "runtime error" in text
    ):
        bad.append(f"{k}: exit code {code}, {memory:.0f} MB, {time:.2f} s: {text[:300]}")
print(f"# {count} configurations: at most {most_memory:.0f} MB and {most_time:.2f} s")
tap.ok(not bad, "changed_configurations_end_with_a_message_within_200_MB_and_2_s", bad[:10])
tap.done()
