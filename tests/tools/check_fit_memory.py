"""Memory of a fit: told before anything is set up, close to what it takes, refused beyond --memory.
usage: check_fit_memory.py LRPOT FOLDER_WITH_VALID_XYZ"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from tap import Tap

lrpot, data = str(pathlib.Path(sys.argv[1]).resolve()), pathlib.Path(sys.argv[2]).resolve()
holder = tempfile.TemporaryDirectory(prefix="lrpot-memory-")
folder = pathlib.Path(holder.name)
tap = Tap()
SHORT = "--starts 1 --max-iterations 6 --tolerance 0.5 --cutoff 5 -o m.model".split()


def frames(path):
    lines, at, out = path.read_text().splitlines(), 0, []
    while at < len(lines):
        n = int(lines[at])
        out.append((lines[at + 1], lines[at + 2 : at + 2 + n]))
        at += n + 2
    return out


def repeated(frame, times):
    """A supercell along x and y: energies and forces are those of its parts."""
    head, rows = frame
    cell = [float(x) for x in re.search('Lattice="([^"]*)"', head)[1].split()]
    out = []
    for i in range(times):
        for j in range(times):
            for row in rows:
                words = row.split()
                for a in range(3):
                    words[1 + a] = repr(float(words[1 + a]) + i * cell[a] + j * cell[3 + a])
                out.append(" ".join(words))
    grown = [x * times for x in cell[:6]] + cell[6:]
    head = head.replace(
        re.search('Lattice="[^"]*"', head)[0], f'Lattice="{" ".join(map(repr, grown))}"'
    )
    head = re.sub(r"\benergy=(\S+)", lambda m: f"energy={float(m[1]) * times**2!r}", head)
    return "\n".join([str(len(out)), head, *out]) + "\n"


def fit(*arguments):
    """Exit code, what it said, and the most memory that it had, MB."""
    with open(folder / "log", "w") as log:
        process = subprocess.Popen(
            [lrpot, "fit", *map(str, arguments), *SHORT],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=log,
        )
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, (folder / "log").read_text(), 1.024e-3 * usage.ru_maxrss


def told(text):
    found = re.search(r"about (\d+) MB of memory", text)
    return float(found[1]) if found else float("nan")


def check_close(name, *arguments):
    code, text, peak = fit(*arguments)
    estimate = told(text)
    tap.ok(
        code == 0 and peak > 60 and 0.8 * peak < estimate < 1.2 * peak,
        f"the_memory_of_{name}_is_told_within_a_fifth",
        [code, estimate, peak, text],
    )
    return peak


some = frames(data / "valid.xyz")
(folder / "large.xyz").write_text("".join(repeated(f, 2) for f in some[:4] * 5))
(folder / "small.xyz").write_text("".join(repeated(f, 1) for f in some))
peak = check_close("charges_of_large_cells", "large.xyz", *"-c edqrd -l 4 --charge-level 4".split())
check_close(
    "many_parameters",
    "small.xyz",
    *"-c none -l 20 --species-coefficients all --radial-size 16 --threads 3".split(),
)
check_close(
    "latent_charges", "large.xyz", *"-c latent -l 6 --charge-level 4 --charge-cutoff 4".split()
)

begun = time.monotonic()
code, text, taken = fit("large.xyz", *"-c edqrd -l 4 --charge-level 4 --memory 0.012".split())
tap.ok(
    code not in (0, 4) and "--memory allows 0.012" in text and "fewer frames" in text,
    "a_fit_beyond_the_limit_is_refused_with_numbers_and_a_remedy",
    [code, text],
)
tap.ok(
    taken < 0.5 * peak and text.find("of memory") < text.find("--memory allows"),
    "it_is_refused_before_its_frames_are_set_up",
    [taken, peak, time.monotonic() - begun],
)
code, text, taken = fit(
    "large.xyz", *f"-c edqrd -l 4 --charge-level 4 --memory {1.3e-3 * peak}".split()
)
tap.ok(code == 0, "a_fit_within_the_limit_runs", [code, text])
tap.done()
