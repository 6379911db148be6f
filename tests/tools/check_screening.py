"""Fields and dielectric tensors in the command: Born charges by eval are those of bec, what is not
followed is refused.

Usage: check_screening.py LRPOT MODELS (folder of edqrd.lrp and equilibrated.lrp)"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from tap import Tap

lrpot, models = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
tap = Tap()
folder = tempfile.TemporaryDirectory()
here = pathlib.Path(folder.name)
TENSOR = "2 0 0 0 3 0 0 0 5"


def run(*arguments):
    return subprocess.run(
        [lrpot, *map(str, arguments)], capture_output=True, text=True, cwd=folder.name
    )


def refused(done, words, fact):
    tap.ok(done.returncode != 0 and words in done.stderr, fact, [done.returncode, done.stderr])


def crystal(name, tensor):
    """Tetragonal rock salt with a dielectric tensor."""
    (here / name).write_text(
        f'2\nLattice="0 2.8 2.9 2.8 0 2.9 2.8 2.8 0" pbc="T T T" epsilon_inf="{tensor}" '
        "Properties=species:S:1:pos:R:3\nNa 0 0 0\nCl 2.8 2.8 2.9\n"
    )


crystal("tensor.xyz", TENSOR)
crystal("skew.xyz", "2 1 0 0 2 0 0 0 2")
(here / "molecule.xyz").write_text(
    '3\npbc="F F F" Properties=species:S:1:pos:R:3\nNa 0 0 0\nCl 2.4 0.2 0\nNa 3.1 2.5 0.4\n'
)
edqrd, flowing = models / "edqrd.lrp", models / "equilibrated.lrp"

born = json.loads(run("bec", edqrd, "tensor.xyz", "--raw", "--json").stdout)["frames"][0]["bec"]
first = json.loads(run("eval", edqrd, "tensor.xyz", "--bec", "--json").stdout)["frames"][0]["bec"]
off = max(abs(x - y) for a, b in zip(born, first) for u, v in zip(a, b) for x, y in zip(u, v))
tap.ok(off < 1e-9, "eval and bec give the same Born charges by a tensor", [off, born, first])
run("eval", edqrd, "tensor.xyz", "--bec", "-o", "again.xyz")
text = run("eval", edqrd, "again.xyz", "--bec").stdout
found = re.search(r"^all\s+1 bec\s+\S+\s+\d+\s+(\S+)", text, re.M)
tap.ok(found and float(found[1]) < 1e-6, "Born charges written and read are the same", [text])
refused(run("bec", edqrd, "skew.xyz"), "not symmetric", "a tensor that is not symmetric is refused")
refused(
    run("eval", flowing, "molecule.xyz", "--bec", "--field", "0.1,0,0"),
    "respond to the field",
    "Born charges in a field are refused where charges respond to it",
)
refused(
    run("drive", flowing, "--unix", "none", "--structure", "molecule.xyz", "--field", "0.1,0,0"),
    "respond to the field",
    "drive refuses a field where charges respond to it",
)
done = run("phonon", edqrd, "tensor.xyz", "-d", "1,0,1", "--write", "out", "--supercell", "1")
found = re.search(r'--q-direction "(\S+) (\S+) (\S+)"', done.stderr)
# Along the reciprocal vectors: q.a_c for the rows of the cell.
rows = [(0, 2.8, 2.9), (2.8, 0, 2.9), (2.8, 2.8, 0)]
wanted = [(a[0] + a[2]) / 2**0.5 for a in rows]
told = [float(x) for x in found.groups()] if found else [0, 0, 0]
scale = sum(map(abs, wanted)) / max(1e-9, sum(map(abs, told)))
tap.ok(
    max(abs(scale * x - y) for x, y in zip(told, wanted)) < 1e-6,
    "phonopy is told the direction in the crystal",
    [told, wanted, done.stderr],
)
text = run("bec", edqrd, "tensor.xyz").stdout
own = json.loads(run("bec", edqrd, "tensor.xyz", "--json").stdout)["frames"][0]
column = [float(line.split()[2]) for line in text.splitlines() if re.match(r" +\d+ (Na|Cl) ", line)]
tap.ok(
    "not screened by a tensor" in text
    and len(column) == 2
    and max(abs(a - b) for a, b in zip(column, own["charges_model"])) < 1e-7
    and own["scale"] is None
    and abs(own["root_eps_inf"][8] - 5**0.5) < 1e-12,
    "charges beside a tensor are the model's own, and said so",
    [text, own],
)
run("bec", edqrd, "tensor.xyz", "--format", "extxyz", "-o", "born.xyz")
tap.ok(
    "bec:R:9" in (here / "born.xyz").read_text()
    and "charge" not in (here / "born.xyz").read_text().lower().split("properties=")[1],
    "a file with a tensor has no charges",
    [(here / "born.xyz").read_text()],
)
refused(
    run("drive", edqrd, "--unix", "none", "--structure", "tensor.xyz", "--extras", "charges"),
    "eps_inf is a tensor",
    "drive refuses charges by a tensor",
)


def frequencies(name, *arguments):
    """Rows of bands.csv: wave vector in units of the cell, and its frequencies."""
    run("phonon", edqrd, name, "--bands", "bands.csv", *arguments)
    lines = (here / "bands.csv").read_text().splitlines()[1:]
    return [[float(x) for x in line.split(",")[1:]] for line in lines]


# From Gamma, oblique to the axes of the tensor: (0.5, 0, 0) is along -x + y + z.
path = ["--path", "G:0,0,0 A:0.01,0,0", "--points", "1"]
rows = frequencies("tensor.xyz", *path)
direction = [-1 / 5.6, 1 / 5.6, 1 / 5.8]
done = run("phonon", edqrd, "tensor.xyz", "--raw", "--json", "-d", ",".join(map(str, direction)))
groups = json.loads(done.stdout)["spectrum_with_field"]
limit = sorted(g["thz"] for g in groups for _ in range(g["modes"]))
off = max(abs(a - b) for a, b in zip(rows[0][3:], limit))
tap.ok(off < 2e-3, "bands begin at the longitudinal modes by the tensor", [off, rows, limit])
apart = abs(rows[-1][-1] - rows[0][-1])
tap.ok(apart < 2e-2, "and go on from there", [apart, rows])
crystal("scalar.xyz", "2 0 0 0 2 0 0 0 2")
plain = frequencies("scalar.xyz", *path)
apart = abs(plain[0][-1] - rows[0][-1])
tap.ok(apart > 2e-2, "without the tensor they begin elsewhere", [apart, plain, rows])
tap.done()
