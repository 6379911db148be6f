"""The verbs on nep.txt, the models of GPUMD: values of other programs, phonopy, refusals that name
what cannot be done.

Usage: check_nep.py LRPOT EXAMPLE_DATA NEP_DATA   (EXAMPLE_DATA holds nacl_nep.txt and rattled.xyz,
NEP_DATA models with values)
LRPOT_DATA or ../shared/data holds published models; what needs them is skipped without."""
import json
import math
import os
import pathlib
import random
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from tap import Tap

tap = Tap()
lrpot = str(pathlib.Path(sys.argv[1]).resolve())
examples, models = pathlib.Path(sys.argv[2]).resolve(), pathlib.Path(sys.argv[3]).resolve()
published = (
    pathlib.Path(
        os.environ.get("LRPOT_DATA", pathlib.Path(__file__).parents[3] / "shared" / "data")
    )
    / "nep"
)
holder = tempfile.TemporaryDirectory(prefix="lrpot-nep-")
folder = pathlib.Path(holder.name)
nacl, rattled = examples / "nacl_nep.txt", examples / "rattled.xyz"


def run(*words):
    done = subprocess.run([lrpot, *map(str, words)], capture_output=True, text=True, cwd=folder)
    return done.returncode, done.stdout, done.stderr


def good(*words, codes=(0,)):
    code, out, messages = run(*words)
    if code not in codes:
        raise RuntimeError(f"lrpot {' '.join(map(str, words))}: exit code {code}\n{out}{messages}")
    return out


def reference(name):
    """Total energy, then per atom: forces, charge (charged models), Born charge."""
    lines = (models / f"{name}.full.txt").read_text().splitlines()
    energy = next(float(line.split()[2]) for line in lines if line.startswith("# energy"))
    rows = [[float(x) for x in line.split()[1:]] for line in lines if not line.startswith("#")]
    return energy, rows


def columns(path):
    """Energy, and rows of numbers of an extended XYZ file by the names of its columns."""
    lines = path.read_text().splitlines()
    head = lines[1]
    energy = float(head.split("energy=")[1].split()[0]) if " energy=" in " " + head else None
    parts = head.split("Properties=")[1].split()[0].split(":")
    rows, at = {}, 0
    for name, _, width in zip(parts[::3], parts[1::3], parts[2::3]):
        rows[name] = [line.split()[at : at + int(width)] for line in lines[2:]]
        at += int(width)
    return energy, {
        name: [[float(x) for x in row] for row in rows[name]] for name in rows if name != "species"
    }


def worst(a, b):
    return max(abs(x - y) for one, other in zip(a, b) for x, y in zip(one, other))


def info_names_the_descriptor():
    told = json.loads(good("info", nacl, "--json"))
    good_basis = told["basis"]["descriptor"] == "neuroevolution potential (NEP)"
    tap.ok(
        good_basis
        and told["species"] == ["Na", "Cl"]
        and abs(told["eps_inf"] - 2.25) < 1e-12
        and told["basis"]["cutoff"] == 6
        and told["parameters"] == 0,
        "info_names_the_descriptor_and_eps_inf",
        [told],
    )
    plain = json.loads(good("info", models / "nep4_typecut.txt", "--json"))
    tap.ok(
        "eps_inf" not in plain and plain["charges"] == "none",
        "info_of_a_model_without_charges",
        [plain],
    )


def eval_gives_the_values_of_other_programs():
    for name, form in (
        ("nep4_typecut", None),
        ("nep5", None),
        ("nep4_zbl_charge1", "gradient"),
        ("nep4_zbl_charge2", "plain"),
        ("nep4_zbl_charge3", "gradient"),
    ):
        ending = "" if form is None else ".gradient" if form == "gradient" else ".plainD"
        energy, rows = reference(name + ending)
        words = [] if form is None else ["--nep-sum", "fitted", "--nep-forces", form]
        good("eval", models / f"{name}.txt", models / f"{name}.xyz", "-o", "out.xyz", "-q", *words)
        found, atoms = columns(folder / "out.xyz")
        errors = [abs(found - energy), worst(atoms["forces"], [row[1:4] for row in rows])]
        if form is not None:
            errors.append(worst(atoms["charges"], [[row[13]] for row in rows]))
        tap.ok(max(errors) < 2e-11, f"eval_gives_the_values_of_other_programs: {name}", errors)


def converged_sum_is_near_the_one_as_fitted():
    name = "nep4_zbl_charge1"
    energy, _ = reference(name + ".gradient")
    good("eval", models / f"{name}.txt", models / f"{name}.xyz", "-o", "out.xyz", "-q")
    found, _ = columns(folder / "out.xyz")
    tap.ok(
        1e-9 < abs(found - energy) < 1e-2, "the_default_sum_is_the_converged_one", [found - energy]
    )


def bec_prints_what_gpumd_prints():
    for name in ("nep4_zbl_charge1", "nep4_zbl_charge2"):
        _, rows = reference(name + ".gradient")
        out = good(
            "bec",
            models / f"{name}.txt",
            models / f"{name}.xyz",
            "--form",
            "midpoint",
            "--raw",
            "--json",
        )
        born = json.loads(out)["frames"][0]["bec"]
        flat = [[x for line in tensor for x in line] for tensor in born]
        error = worst(flat, [row[14:23] for row in rows])
        tap.ok(error < 1e-12, f"bec_at_midpoints_is_that_of_other_programs: {name}", [error])


def check_passes():
    for name, frame in (
        (nacl, rattled),
        (models / "nep4_zbl_charge2.txt", models / "nep4_zbl_charge2.xyz"),
    ):
        code, out, messages = run("check", name, frame)
        tap.ok(code == 0 and "FAIL" not in out, f"check_passes: {name.name}", [out + messages])


def scaled(target, energy, charge):
    """The model of NaCl with its last layers multiplied."""
    lines = nacl.read_text().splitlines()
    head = {line.split()[0]: line.split()[1:] for line in lines[:7]}
    neurons, flags = int(head["ANN"][0]), head["l_max"]
    radial, angular = (int(n) + 1 for n in head["n_max"])
    width = radial + angular * (int(flags[0]) + sum(flag != "0" for flag in flags[1:]))
    for net in range(2):
        at = 7 + net * neurons * (width + 3) + neurons * (width + 1)
        for k, factor in [(k, energy if k < neurons else charge) for k in range(2 * neurons)]:
            lines[at + k] = repr(factor * float(lines[at + k]))
    (folder / target).write_text("\n".join(lines) + "\n")


def check_passes_where_the_coulomb_sum_is_split_in_two_ways():
    """Weak charges: those of the differences of dE/dq are larger than the model's."""
    half = 2.81
    for charge in (0.1, 0.03):
        scaled("weak.txt", 1.0, charge)
        (folder / "pair.xyz").write_text(
            f"""2
Lattice="0 {half} {half} {half} 0 {half} {half} {half} 0" Properties=species:S:1:pos:R:3 pbc="T T T"
Na 0.02 -0.01 0.03
Cl {half} {half + 0.04} {half - 0.05}
"""
        )
        code, out, messages = run("check", "weak.txt", "pair.xyz")
        tap.ok(
            code == 0 and "FAIL" not in out, f"check_passes: charges x {charge}", [out, messages]
        )


def check_passes_with_neighbours_exactly_at_the_cutoff():
    """The second derivative jumps there, so usual differences are wrong by their step."""
    scaled("strong.txt", 30.0, 1.0)
    (folder / "edge.xyz").write_text(rocksalt(6.0, "Na", "Cl", (22.98976928, 35.453)))
    code, out, messages = run("check", "strong.txt", "edge.xyz")
    tap.ok(
        code == 0 and "FAIL" not in out, "check_passes: neighbours at the cutoff", [out, messages]
    )


PHONOPY = """
import json, sys
import numpy as np
import phonopy
folder, n = sys.argv[1], int(sys.argv[2])
phonon = phonopy.load(
    unitcell_filename=folder + "/POSCAR", supercell_matrix=[n] * 3, primitive_matrix=np.eye(3),
    force_constants_filename=folder + "/FORCE_CONSTANTS", born_filename=folder + "/BORN",
    symmetrize_fc=False, produce_fc=False, log_level=0)
if phonon.nac_params is None: # a BORN of all atoms, as a build without spglib writes it
    rows = [[float(x) for x in line.split()] for line in open(folder + "/BORN").readlines()[1:]]
    phonon.nac_params = {"factor": 14.3996454784255, "dielectric": np.reshape(rows[0], (3, 3)),
        "born": np.reshape(rows[1:], (-1, 3, 3))}
phonon.nac_params = dict(phonon.nac_params, factor=14.3996454784255)
phonon.run_qpoints([[0, 0, 0]], nac_q_direction=json.loads(sys.argv[3]))
json.dump(sorted(phonon.get_qpoints_dict()["frequencies"][0]), sys.stdout)
"""


def interpreter():
    for name in (sys.executable, "/usr/bin/python3"):
        if subprocess.run([name, "-c", "import phonopy"], capture_output=True).returncode == 0:
            return name
    return None


def lo_to(model, title, crystal, supercell, direction):
    """Exact modes at Gamma with field against phonopy on the force constants and BORN written."""
    python = interpreter()
    (folder / "crystal.xyz").write_text(crystal)
    target = folder / title.replace(" ", "_")
    target.mkdir()
    out = good(
        "phonon",
        model,
        "crystal.xyz",
        "--write",
        target,
        "--supercell",
        supercell,
        "--json",
        codes=(0, 4),
    )
    told = json.loads(out)
    mine = [g["thz"] for g in told["spectrum_with_field"] for _ in range(g["modes"])]
    plain = [g["thz"] for g in told["spectrum"] for _ in range(g["modes"])]
    tap.ok(
        mine[-1] - plain[-1] > 0.1, f"{title}: the longitudinal mode is split off", [mine, plain]
    )
    if python is None:
        tap.skip(f"{title}: phonopy agrees", "no phonopy")
        return
    done = subprocess.run(
        [python, "-c", PHONOPY, str(target), str(supercell), json.dumps(direction)],
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    theirs = json.loads(done.stdout.splitlines()[-1])
    error = worst([mine], [theirs])
    tap.ok(
        error < 1e-3, f"{title}: LO and TO agree with phonopy to 1e-3 THz", [error, mine, theirs]
    )


def rocksalt(a, first, second, masses):
    half = a / 2
    lattice = f"0 {half} {half} {half} 0 {half} {half} {half} 0"
    return f"""2
Lattice="{lattice}" Properties=species:S:1:pos:R:3:masses:R:1 pbc="T T T"
{first} 0 0 0 {masses[0]}
{second} {half} {half} {half} {masses[1]}
"""


def phonons_agree_with_phonopy():
    lo_to(nacl, "rock salt", rocksalt(5.62, "Na", "Cl", (22.98976928, 35.453)), 3, [0, 1, 1])
    if not (published / "pbte" / "qnep1.txt").exists():
        tap.skip("PbTe and BaTiO3 of published models", "no data")
        return
    lo_to(
        published / "pbte" / "qnep1.txt",
        "PbTe",
        rocksalt(6.57, "Te", "Pb", (127.6, 207.2)),
        3,
        [0, 1, 1],
    )
    a = 4.01
    lo_to(
        published / "batio3" / "qnep1.txt",
        "BaTiO3",
        f"""5
Lattice="{a} 0 0 0 {a} 0 0 0 {a}" Properties=species:S:1:pos:R:3:masses:R:1 pbc="T T T"
Ba 0 0 0 137.327
Ti {a / 2} {a / 2} {a / 2} 47.867
O 0 {a / 2} {a / 2} 15.9994
O {a / 2} 0 {a / 2} 15.9994
O {a / 2} {a / 2} 0 15.9994
""",
        2,
        [1, 0, 0],
    )


def spectrum_of_born_charges_and_velocities():
    """The current is sum Z v with the Born charges that `bec` wrote: its spectrum as that of the
    same current in a table."""
    rng = random.Random(3)
    lines = rattled.read_text().splitlines()
    n = int(lines[0])
    lattice = lines[1].split('Lattice="')[1].split('"')[0]
    atoms = [line.split()[:4] for line in lines[2 : 2 + n]]
    phases = [[rng.uniform(0, 6.28) for _ in range(3)] for _ in range(n)]
    text, step, frames = "", 2.0, 64
    for k in range(frames):
        named = "species:S:1:pos:R:3:velocities:R:3"
        text += f'{n}\nLattice="{lattice}" Properties={named} pbc="T T T" Time={k * step}\n'
        for (symbol, *r), phase in zip(atoms, phases):
            w = 0.03 if symbol == "Na" else 0.05
            x = [float(c) + 0.03 * math.sin(w * k * step + p) for c, p in zip(r, phase)]
            v = [0.03 * w * math.cos(w * k * step + p) for p in phase]
            text += f"{symbol} " + " ".join(repr(c) for c in x + v) + "\n"
    (folder / "path.xyz").write_text(text)
    good("bec", nacl, "path.xyz", "--format", "extxyz", "-o", "with_bec.xyz", "-q")
    table = "# t jx jy jz\n"
    blocks = (folder / "with_bec.xyz").read_text().splitlines()
    for k in range(frames):
        (folder / "one.xyz").write_text("\n".join(blocks[k * (n + 2) : (k + 1) * (n + 2)]) + "\n")
        _, c = columns(folder / "one.xyz")
        j = [
            sum(z[3 * a + b] * v[b] for z, v in zip(c["bec"], c["velocities"]) for b in range(3))
            for a in range(3)
        ]
        table += f"{k * step} " + " ".join(repr(x) for x in j) + "\n"
    (folder / "current.txt").write_text(table)
    length = float(lattice.split()[0])
    words = ["-T", "300", "-V", repr(length**3), "--resolution", "300", "--json"]
    one = json.loads(good("ir", "with_bec.xyz", "--from", "bec-velocities", *words, codes=(0, 4)))
    two = json.loads(
        good("ir", "current.txt", "--kind", "current", "--step", step, *words, codes=(0, 4))
    )
    key = "n_alpha"
    error = max(abs(x - y) for x, y in zip(one[key], two[key]))
    tap.ok(
        error < 1e-6 * max(two[key]) and max(two[key]) > 0,
        "ir_of_born_charges_and_velocities",
        [error],
    )


def drive_serves_forces():
    try:
        from ase.calculators.socketio import SocketIOCalculator
        from ase.io import read
    except ImportError as error:
        tap.skip("drive_serves_forces", f"{error}")
        return
    for words in ((), ("--field", "0,0,0.01"), ("--field", "0,0,0.01", "--eps-inf", "4")):
        drive_as_eval(SocketIOCalculator, read(rattled), words)


def drive_as_eval(SocketIOCalculator, atoms, words):
    """Energy and forces of both verbs with the same options, of fields too."""
    name = f"lrpot_nep_{os.getpid()}"
    with SocketIOCalculator(unixsocket=name, timeout=60) as server:
        client = subprocess.Popen(
            [lrpot, "drive", str(nacl), "--unix", name, "--structure", str(rattled), *words],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        atoms.calc = server
        forces, energy = atoms.get_forces(), atoms.get_potential_energy()
    client.communicate(timeout=30)
    good("eval", nacl, rattled, "-o", "out.xyz", "-q", *words)
    expected, c = columns(folder / "out.xyz")
    errors = [abs(energy / expected - 1), worst(forces.tolist(), c["forces"])]
    title = " ".join(["drive serves energy and forces", *words])
    tap.ok(max(errors) < 1e-6, title, errors)


def mixed_precision_is_near_double():
    found = {}
    for precision in ("double", "mixed"):
        out = f"{precision}.xyz"
        good("eval", nacl, rattled, "--precision", precision, "-o", out, "-q")
        found[precision] = columns(folder / out)
    (energy, c), (other, d) = found["double"], found["mixed"]
    n = len(c["forces"])
    errors = [abs(energy - other) / n, worst(c["forces"], d["forces"])]
    errors.append(worst(c["charges"], d["charges"]))
    tap.ok(
        errors[0] < 1e-6 and errors[1] < 2e-5 and 0 < errors[2] < 2e-6,
        "mixed precision is near double, and another number",
        errors,
    )
    code, _, messages = run("eval", nacl, rattled, "--precision", "half")
    tap.ok(code == 2 and "expected double or mixed" in messages, "refused: half", [messages])
    moments = examples / "rocksalt.json"
    code, _, messages = run("eval", moments, rattled, "--precision", "mixed")
    tap.ok(
        code == 1 and "mixed precision is of NEPs, the model has moment tensors" in messages,
        "refused: mixed precision of moment tensors",
        [code, messages],
    )


def an_ensemble_has_one_eps_inf():
    """Born charges of members with different eps_inf have no common factor."""
    text = nacl.read_text()
    assert text.count("1.5000000e+00") == 1  # root of eps_inf
    (folder / "other.txt").write_text(text.replace("1.5000000e+00", "1.6000000e+00"))
    (folder / "same.txt").write_text(text)
    code, _, messages = run("bec", nacl, "other.txt", rattled)
    wanted = "other.txt has eps_inf 2.56"
    tap.ok(code == 3 and wanted in messages, "refused: two eps_inf", [code, messages])
    alone = json.loads(good("bec", nacl, rattled, "--json"))["frames"][0]["bec"]
    for words in ((nacl, "same.txt", rattled), (nacl, "other.txt", rattled, "--eps-inf", 2.25)):
        mean = json.loads(good("bec", *words, "--json"))["frames"][0]["bec"]
        tap.ok(
            all(abs(a - b) < 1e-12 for a, b in zip(flat(mean), flat(alone))),
            "Born charges of an ensemble with one eps_inf",
        )


def flat(value):
    return [x for part in value for x in flat(part)] if isinstance(value, list) else [value]


def info_tells_version_and_charge_mode():
    for name, version, mode in (("nep2_one", 2, 0), ("nep5", 5, 0), ("nep4_zbl_charge3", 4, 3)):
        told = json.loads(good("info", models / f"{name}.txt", "--json"))["nep"]
        text = good("info", models / f"{name}.txt")
        mode_text = f"charge mode {mode}" if mode else "no charges"
        tap.ok(
            (told["version"], told["charge_mode"]) == (version, mode)
            and f"version {version}, {mode_text}" in text,
            f"info_tells_version_and_charge_mode: {name}",
            [told, text],
        )


def convert_loses_nothing():
    """nep.txt, own format, nep.txt: the same words but for zeros, the same energies."""
    good("convert", nacl, "one.lrp", "-q")
    good("convert", "one.lrp", "two_nep.txt", "-q")

    def words(path):
        return [number(word) for word in path.read_text().split()]

    def number(word):
        try:
            return float(word)
        except ValueError:
            return word

    tap.ok(words(nacl) == words(folder / "two_nep.txt"), "convert_brings_the_same_nep_txt_back")
    told = []
    for model in (nacl, "one.lrp", "two_nep.txt"):
        good("eval", model, rattled, "-o", "out.xyz", "-q")
        told.append((folder / "out.xyz").read_text())
    tap.ok(told[0] == told[1] == told[2], "converted_neps_give_the_same_digits")
    good("convert", nacl, "plain.lrp", "--nep-forces", "plain", "--nep-sum", "fitted", "-q")
    good("eval", "plain.lrp", rattled, "-o", "out.xyz", "-q")
    wanted = good(
        "eval", nacl, rattled, "-o", "-", "-q", "--nep-forces", "plain", "--nep-sum", "fitted"
    )
    tap.ok(wanted == (folder / "out.xyz").read_text(), "the_own_format_keeps_conventions")
    code, _, messages = run("convert", "plain.lrp", "three_nep.txt")
    tap.ok(
        code == 1 and "the choice of the fitted sum, which a nep.txt cannot hold" in messages,
        "refused: a nep.txt of another convention",
        [messages],
    )


def a_field_is_screened_by_one_rule():
    """eps_inf: the option, otherwise the frame's, otherwise the model's (2.25)."""
    text = rattled.read_text().splitlines()
    for name, tensor in (("own", None), ("frame", 4.0)):
        head = text[1]
        if tensor is not None:
            head += f' epsilon_inf="{tensor} 0 0 0 {tensor} 0 0 0 {tensor}"'
        (folder / f"{name}.xyz").write_text("\n".join([text[0], head, *text[2:]]) + "\n")
    field, found = ("--field", "0,0,0.01"), {}
    for name, words in (
        ("own", ()),
        ("own", ("--eps-inf", 2.25)),
        ("frame", ()),
        ("own", ("--eps-inf", 4)),
        ("own", ("--eps-inf", 1)),
    ):
        good("eval", nacl, f"{name}.xyz", "-o", "out.xyz", "-q", *field, *words)
        found[name, *words] = columns(folder / "out.xyz")[1]["forces"]
    good("eval", nacl, "own.xyz", "-o", "out.xyz", "-q")
    zero = columns(folder / "out.xyz")[1]["forces"]
    own, frame = found[("own",)], found[("frame",)]
    tap.ok(worst(own, found["own", "--eps-inf", 2.25]) < 1e-12, "eval: a field and the model's eps")
    tap.ok(worst(frame, found["own", "--eps-inf", 4]) < 1e-12, "eval: a field and the frame's eps")
    ratio = [
        (a[2] - z[2]) / (b[2] - z[2]) for a, b, z in zip(own, found["own", "--eps-inf", 1], zero)
    ]
    tap.ok(max(abs(r - 1.5) for r in ratio) < 1e-9, "a field acts by the root of eps_inf", [ratio])


def plain(target):
    """The model of NaCl without charges: no second output, no root of eps_inf."""
    lines = nacl.read_text().splitlines()
    neurons = int(lines[6].split()[1])
    radial, angular = (int(n) + 1 for n in lines[3].split()[1:])
    size = (radial + 4 * angular + 3) * neurons  # l_max 3 and one 4-body invariant
    head, body = [lines[0].replace("_charge1", ""), *lines[1:7]], lines[7:]
    nets = [body[k * size : (k + 1) * size - neurons] for k in range(2)]
    rest = body[2 * size + 1 :]
    (folder / target).write_text("\n".join(head + nets[0] + nets[1] + rest) + "\n")


def charges_are_fitted_beside_a_nep():
    """Data of the charged model; the start is the same model without its charges."""
    plain("plain_nep.txt")
    rng = random.Random(5)
    text = ""
    for _ in range(6):
        text += rocksalt_of_eight(5.62, lambda: rng.uniform(-0.15, 0.15))
    (folder / "frames.xyz").write_text(text)
    good("eval", nacl, "frames.xyz", "-o", "data.xyz", "-q")
    errors = {}
    fit = ("fit", "data.xyz", "--start", "plain_nep.txt", "--starts", 1, "-t", 1, "-q")
    for freeze in ("all", "coefficients"):
        good(*fit, "--charges", "edqrd", "--freeze", freeze, "-o", f"{freeze}.lrp")
    for name in ("plain_nep.txt", "all.lrp", "coefficients.lrp"):
        told = json.loads(good("eval", name, "data.xyz", "--json", "-q"))["errors"][0]
        errors[name] = told["forces"]["rmse"]
    tap.ok(
        all(errors[f"{x}.lrp"] < 0.2 * errors["plain_nep.txt"] for x in ("all", "coefficients")),
        "charges_are_fitted_beside_a_nep",
        [errors],
    )
    parts = json.loads((folder / "all.lrp").read_text())["energy"]
    good("convert", "plain_nep.txt", "plain.lrp", "-q")
    given = json.loads((folder / "plain.lrp").read_text())["energy"]
    tap.ok(parts == given, "a_frozen_nep_is_the_files_bit_for_bit")
    code, out, messages = run("check", "all.lrp", "frames.xyz")
    tap.ok(code == 0, "check_passes: charges beside a NEP", [out, messages])
    for words, wanted in (
        ((*fit, "--charges", "edqrd", "--freeze", "no", "-o", "x.lrp"), "fitted by GPUMD alone"),
        (("convert", "all.lrp", "x_nep.txt"), "the model has charges beside the NEP, which"),
    ):
        code, _, messages = run(*words)
        tap.ok(code in (1, 2) and wanted in messages, f"refused: {wanted}", [code, messages])


def rocksalt_of_eight(a, shift):
    sites = [(x, y, z) for x in (0, 1) for y in (0, 1) for z in (0, 1)]
    rows = "".join(
        f"{'Na' if sum(site) % 2 == 0 else 'Cl'} "
        + " ".join(repr(a / 2 * c + shift()) for c in site)
        + "\n"
        for site in sites
    )
    return f"""8
Lattice="{a} 0 0 0 {a} 0 0 0 {a}" Properties=species:S:1:pos:R:3 pbc="T T T"
{rows}"""


def refusals_name_what_cannot_be_done():
    needs = "moment tensors, the model's descriptor is a neuroevolution potential (NEP)"
    good("eval", nacl, rattled, "-o", "data.xyz", "-q")
    code, _, messages = run("select", nacl, rattled)
    tap.ok(
        code == 3
        and "active sets are offered for moment tensors" in messages
        and "--train" not in messages,
        "refused: select without advice that fails",
        [messages],
    )
    code, _, messages = run("fit", "data.xyz", "--start", nacl, "-o", "out.json")
    tap.ok(
        code == 3 and "has charges already" in messages and "--resume" not in messages,
        "refused: charges for a charged NEP",
        [messages],
    )
    for words in (
        ("convert", nacl, "out.mtp"),
        ("fit", "data.xyz", "--resume", nacl, "-o", "out.json"),
    ):
        code, out, messages = run(*words)
        tap.ok(
            code in (1, 2, 3) and needs in messages,
            f"refused: {words[0]} {words[-1]}",
            [code, messages],
        )
    name = "nep4_zbl_charge3"
    words = ("phonon", models / f"{name}.txt", models / f"{name}.xyz")
    code, out, messages = run(*words, "--json")
    split = "spectrum_with_field" in json.loads(out)
    told = json.loads(out)
    tap.ok(
        not split and told["lo_thz"] == told["to_thz"] and "no LO-TO" in messages,
        "no field of charge mode 3",
        [code, messages],
    )
    text = good(*words, codes=(0, 4))
    tap.ok(
        "interact within a cutoff alone" in text and "no Born charges" not in text,
        "the table names the reason",
        [text],
    )
    code, _, messages = run(*words, "--bands", "bands.csv")
    tap.ok(code == 1 and "damped Coulomb pairs" in messages, "refused: bands of mode 3", [messages])
    code, _, messages = run("eval", models / "nep5.txt", models / "nep5.xyz", "--nep-sum", "fitted")
    tap.ok(
        code == 1 and "no charged NEP" in messages,
        "refused: a Coulomb sum without charges",
        [messages],
    )
    code, _, messages = run("eval", nacl, rattled, "--nep-forces", "old")
    tap.ok(
        code == 2 and "expected gradient or plain" in messages,
        "refused: an unknown word",
        [messages],
    )
    (folder / "dipole.txt").write_text(nacl.read_text().replace("nep4_zbl_charge1", "nep4_dipole"))
    code, _, messages = run("eval", "dipole.txt", rattled)
    tap.ok(
        code == 1 and "dipole.txt:1" in messages,
        "refused: a model of dipoles, by file and line",
        [code, messages],
    )


for test in (
    info_names_the_descriptor,
    info_tells_version_and_charge_mode,
    convert_loses_nothing,
    a_field_is_screened_by_one_rule,
    eval_gives_the_values_of_other_programs,
    converged_sum_is_near_the_one_as_fitted,
    bec_prints_what_gpumd_prints,
    check_passes,
    check_passes_where_the_coulomb_sum_is_split_in_two_ways,
    check_passes_with_neighbours_exactly_at_the_cutoff,
    phonons_agree_with_phonopy,
    spectrum_of_born_charges_and_velocities,
    drive_serves_forces,
    mixed_precision_is_near_double,
    an_ensemble_has_one_eps_inf,
    charges_are_fitted_beside_a_nep,
    refusals_name_what_cannot_be_done,
):
    try:
        test()
    except Exception as error:
        tap.ok(False, test.__name__, [repr(error)])
tap.done()
