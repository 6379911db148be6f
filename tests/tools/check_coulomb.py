"""`lrpot coulomb` from outside: reference cases of 113-bit arithmetic, Madelung constants, files it
writes, messages.
usage: check_coulomb.py LRPOT FOLDER_OF_REFERENCE_CASES"""
import itertools
import json
import math
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from tap import Tap

K = 14.3996454784255  # eV A/e^2
FINE = 1e-10  # accuracy asked for, eV/A
CLOSE = 1e-9  # of the largest value of a kind

lrpot = str(pathlib.Path(sys.argv[1]).resolve())
cases = sorted(pathlib.Path(sys.argv[2]).glob("*.json"))
folder = tempfile.TemporaryDirectory()
tap = Tap()


def run(*arguments):
    return subprocess.run(
        [lrpot, "coulomb", *map(str, arguments)], capture_output=True, text=True, cwd=folder.name
    )


def frame(name, cell, pbc, columns, rows):
    """A frame of extended XYZ, appended to a file of the folder."""
    lattice = f'Lattice="{" ".join(repr(float(x)) for row in cell for x in row)}" ' if cell else ""
    head = f'{lattice}pbc="{pbc}" Properties=species:S:1:pos:R:3{columns}'
    lines = [f"X {' '.join(repr(float(x)) for x in row)}" for row in rows]
    with open(pathlib.Path(folder.name) / name, "a") as file:
        file.write("\n".join([str(len(rows)), head, *lines]) + "\n")


def difference(values, expected, factor=1.0):
    flat = (
        list(itertools.chain.from_iterable(expected)) if isinstance(expected[0], list) else expected
    )
    scale = max(1.0, *(abs(factor * x) for x in flat))
    return (
        max(abs(a - factor * b) for a, b in zip(values, flat)) / scale
        if len(values) == len(flat)
        else float("inf")
    )


def check_case(path, extra, allowed, what):
    case = json.loads(path.read_text())
    file, periodic = f"{case['name']}.xyz", any(case["periodic"])
    pathlib.Path(folder.name, file).unlink(missing_ok=True)
    wide = any(case["sigma"])
    frame(
        file,
        case["cell"] if periodic else None,
        " ".join("FT"[p] for p in case["periodic"]),
        ":charges:R:1" + ":sigma:R:1" * wide,
        [
            r + [q] + [s] * wide
            for r, q, s in zip(case["positions"], case["charges"], case["sigma"])
        ],
    )
    fact = f"{what}_of_{case['name']}_is_met"
    result = run(file, "--json", *extra)
    if result.returncode != 0:
        return tap.ok(False, fact, [result.stderr])
    found = json.loads(result.stdout)["frames"][0]
    errors = {"energy": difference([found["energy"]], [case["energy"]], K)}
    for name in ("potential", "field", "forces"):
        errors[name] = difference(found[name], case[name], K)
    if case["mode"] == "3d":
        a, b, c = case["cell"]
        volume = abs(
            a[0] * (b[1] * c[2] - b[2] * c[1])
            - a[1] * (b[0] * c[2] - b[2] * c[0])
            + a[2] * (b[0] * c[1] - b[1] * c[0])
        )
        errors["stress"] = difference(found["stress"], case["dE_dstrain"], K / volume)
    tap.ok(all(e <= allowed for e in errors.values()), fact, [errors, found["parameters"]])


def check_cases():
    for path in cases:
        check_case(path, ["-a", FINE], CLOSE, "exact_sum")
    for name in (
        "slab_exact2d",
        "random8_cubic",
        "random6_highly_skewed",
        "elongated_neutral",
        "gauss_species_widths_triclinic",
        "charged5_cubic",
    ):
        path = next(p for p in cases if p.stem == name)
        check_case(path, ["-a", "1e-7", "-m", "mesh"], 1e-6, "mesh_sum")
    check_case(
        next(p for p in cases if p.stem == "slab_yb"),
        ["-a", FINE, "-b", "3d", "--around", "layers"],
        CLOSE,
        "corrected_crystal",
    )
    case = json.loads(next(p for p in cases if p.stem == "gauss_les_equivalent").read_text())
    frame(
        "les.xyz",
        case["cell"],
        "T T T",
        ":charge:R:1",
        [r + [q] for r, q in zip(case["positions"], case["charges"])],
    )
    found = json.loads(
        run("les.xyz", "-a", FINE, "-k", "latent", "--sigma", 1, "--self", "--json").stdout
    )["frames"][0]
    expected = K * (case["energy"] + case["gaussian_self_energy"])
    tap.ok(
        abs(found["energy"] - expected) < 1e-9,
        "the_latent_kernel_with_self_energy_is_that_of_gaussians",
        [found["energy"], expected],
    )


def check_dispersion():
    """-s s'/r^6 of a pair, and what is written of it."""
    frame("pair.xyz", None, "F F F", ":charges:R:1", [[0, 0, 0, 3.0], [1.5, 2.0, 0, 2.0]])
    done = run("pair.xyz", "-k", "dispersion", "--json")
    found = json.loads(done.stdout)["frames"][0]
    expected = -6.0 / 2.5**6
    force = 6.0 * expected / 2.5 * 0.6  # on the second atom along x: back to the first
    tap.ok(
        abs(found["energy"] - expected) < 1e-14 and abs(found["forces"][3] - force) < 1e-14,
        "dispersion_is_summed_for_amplitudes",
        [found["energy"], expected, found["forces"], force],
    )
    tap.ok(
        found["kernel"] == "dispersion" and found["charge_unit"] == "eV^(1/2) A^3",
        "the_unit_of_amplitudes_is_named",
        [found["kernel"], found["charge_unit"]],
    )
    run("pair.xyz", "-k", "dispersion", "-o", "pair_out.xyz")
    head = (pathlib.Path(folder.name) / "pair_out.xyz").read_text().split("\n")[1]
    tap.ok(
        "forces" in head and "potential" not in head and "field" not in head,
        "what_is_not_in_volts_is_not_written_as_potential",
        [head],
    )


def check_madelung():
    """Constants for the nearest distance, literature values."""
    fcc = [[0, 1, 1], [1, 0, 1], [1, 1, 0]]
    crystals = [
        ("nacl", fcc, [0, 0, 0], [1, 0, 0], 1.0, 1.74756459463318),
        ("zincblende", fcc, [0, 0, 0], [0.5] * 3, 0.75**0.5, 1.63805505338879),
        (
            "cscl",
            [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
            [0, 0, 0],
            [0.5] * 3,
            0.75**0.5,
            1.76267477307099,
        ),
    ]
    for name, cell, cation, anion, nearest, constant in crystals:
        scaled = [[3.0 * x for x in row] for row in cell]
        frame(
            "madelung.xyz",
            scaled,
            "T T T",
            ":charges:R:1",
            [[3.0 * x for x in cation] + [1.0], [3.0 * x for x in anion] + [-1.0]],
        )
    lines = [
        line.split()
        for line in run("madelung.xyz", "-a", FINE).stdout.splitlines()
        if not line.startswith("#")
    ]
    tap.ok(len(lines) == len(crystals), "every_frame_has_a_line", lines)
    for line, (name, _, _, _, nearest, constant) in zip(lines, crystals):
        found = -float(line[3]) * 3.0 * nearest / K
        tap.ok(abs(found - constant) < 1e-10, f"madelung_constant_of_{name}", [found, constant])


def random_rows(n, edge, seed):
    state, rows = seed, []
    for i in range(n):
        r = []
        for d in range(3):
            state = (6364136223846793005 * state + 1442695040888963407) % 2**64
            site = (i // (1, 5, 25)[d]) % 5
            r.append(edge / 5 * (site + 0.5 * (state >> 33) / 2**31))
        rows.append(r + [1.0 if i % 2 == 0 else -1.0])
    return rows


def check_errors_of_the_sum():
    frame(
        "ions.xyz",
        [[20, 0, 0], [3, 19, 0], [-2, 4, 18]],
        "T T T",
        ":charges:R:1",
        random_rows(125, 18.0, 5),
    )
    for method, accuracy in itertools.product(("exact", "mesh"), (1e-3, 1e-6)):
        found = json.loads(run("ions.xyz", "-m", method, "-a", accuracy, "--json").stdout)[
            "frames"
        ][0]
        best = json.loads(run("ions.xyz", "-a", FINE, "--json", "--no-check").stdout)["frames"][0]
        true = (
            sum((a - b) ** 2 for a, b in zip(found["forces"], best["forces"])) / found["atoms"]
        ) ** 0.5
        tap.ok(
            found["parameters"]["method"] == method,
            f"method_{method}_is_taken",
            [found["parameters"]],
        )
        tap.ok(
            abs(found["measured_error"] - true) < 0.01 * true,
            f"measured_error_of_{method}_at_{accuracy}_is_true",
            [found["measured_error"], true],
        )
        tap.ok(true <= accuracy, f"{method}_sum_reaches_{accuracy}", [true])
        tap.ok(
            true < 3 * found["predicted_error"] and found["predicted_error"] <= accuracy,
            f"predicted_error_of_{method}_at_{accuracy}_fits",
            [true, found["predicted_error"]],
        )
        tap.ok(
            "measured_error" not in best,
            f"no_error_is_measured_without_being_asked_for_beside_{method}_{accuracy}",
        )


def check_files():
    result = run("madelung.xyz", "-o", "out.xyz")
    text = pathlib.Path(folder.name, "out.xyz").read_text()
    tap.ok(
        result.returncode == 0 and text.count("Properties=") == 3, "every_frame_is_written", [text]
    )
    tap.ok(
        all(
            name in text
            for name in (
                "forces:R:3",
                "potential:R:1",
                "field:R:3",
                "charges:R:1",
                "stress=",
                "energy=",
            )
        ),
        "quantities_are_written",
        [text],
    )
    found = json.loads(run("ions.xyz", "--json", "-o", "ions_out.xyz").stdout)["frames"][0]
    lines = pathlib.Path(folder.name, "ions_out.xyz").read_text().splitlines()
    columns = lines[1].split("Properties=")[1].split()[0].split(":")
    start, offsets = 0, {}
    for name, _, count in zip(columns[::3], columns[1::3], columns[2::3]):
        offsets[name] = start
        start += int(count)
    rows = [line.split() for line in lines[2:]]
    same = all(
        float(row[offsets["forces"] + a]) == found["forces"][3 * i + a]
        for i, row in enumerate(rows)
        for a in range(3)
    )
    tap.ok(same, "forces_are_written_to_the_last_bit")
    again = json.loads(run("ions_out.xyz", "--json").stdout)["frames"][0]
    tap.ok(again["energy"] == found["energy"], "a_written_file_gives_the_same_energy")
    two = json.loads(run("ions.xyz", "--json", "--threads", 2).stdout)["frames"][0]
    tap.ok(abs(two["energy"] - found["energy"]) < 1e-9, "two_threads_give_the_same_energy")
    tuned = json.loads(run("ions.xyz", "--json", "--tune", 0.05).stdout)["frames"][0]
    tap.ok(
        tuned["measured_error"] <= 1e-6 and abs(tuned["energy"] - found["energy"]) < 1e-4,
        "a_tuned_sum_keeps_the_accuracy",
        [tuned["measured_error"]],
    )
    tap.ok("Properties=" in run("ions.xyz", "-o", "-").stdout, "structures_go_to_standard_output")


def refuses(fact, code, words, *arguments):
    result = run(*arguments)
    tap.ok(
        result.returncode == code
        and all(word in result.stderr for word in words)
        and result.stderr.count("\n") <= 2,
        fact,
        [result.returncode, result.stdout, result.stderr],
    )


def check_refusals():
    frame("bare.xyz", [[5, 0, 0], [0, 5, 0], [0, 0, 5]], "T T T", "", [[0, 0, 0]])
    frame(
        "twins.xyz",
        [[5, 0, 0], [0, 5, 0], [0, 0, 5]],
        "T T T",
        ":charges:R:1",
        [[0, 0, 0, 1], [1, 0, 0, -1]],
    )
    frame(
        "twins.xyz",
        [[5, 0, 0], [0, 5, 0], [0, 0, 5]],
        "T T T",
        ":charges:R:1",
        [[0, 0, 0, 1], [1, 2, 3, 1], [2, 2, 2, -1], [6, 2, 3, -1]],
    )
    frame("alone.xyz", None, "F F F", ":charges:R:1", [[0, 0, 0, 1], [1, 0, 0, -1], [1, 0, 0, 1]])
    frame("nan.xyz", None, "F F F", ":charges:R:1", [[0, 0, 0, float("nan")], [1, 0, 0, -1]])
    frame(
        "negative.xyz",
        None,
        "F F F",
        ":charges:R:1:sigma:R:1",
        [[0, 0, 0, 1, 0.5], [1, 0, 0, -1, -0.5]],
    )
    refuses(
        "a_file_without_charges_is_bad_input", 3, ["bare.xyz", "frame 0", "charges"], "bare.xyz"
    )
    refuses(
        "coincident_atoms_of_a_crystal_are_named",
        3,
        ["twins.xyz", "frame 1", "1 and 3"],
        "twins.xyz",
    )
    refuses(
        "coincident_atoms_of_a_molecule_are_named",
        3,
        ["alone.xyz", "frame 0", "same position", " 1 ", " 2 "],
        "alone.xyz",
    )
    refuses("a_charge_that_is_no_number_is_bad_input", 3, ["nan.xyz", "nan"], "nan.xyz")
    refuses(
        "a_negative_width_is_bad_input",
        3,
        ["negative.xyz", "sigma of atom 1", "-0.5"],
        "negative.xyz",
    )
    frame(
        "widths.xyz",
        None,
        "F F F",
        ":charges:R:1:sigma:R:1",
        [[0, 0, 0, 1, 0.5], [1, 0, 0, -1, 0.6]],
    )
    refuses(
        "the_latent_kernel_has_one_width",
        3,
        ["widths.xyz", "one width", "--sigma"],
        "widths.xyz",
        "--kernel",
        "latent",
    )
    refuses("gaussians_need_widths", 3, ["ions.xyz", "sigma"], "ions.xyz", "--kernel", "gauss")
    refuses(
        "three_directions_need_a_lattice",
        3,
        ["alone.xyz", "Lattice"],
        "alone.xyz",
        "--boundary",
        "3d",
    )
    refuses(
        "a_kernel_that_does_not_exist_is_a_usage_error",
        2,
        ["--kernel soft", "latent"],
        "ions.xyz",
        "--kernel",
        "soft",
    )
    refuses(
        "a_boundary_that_does_not_exist_is_a_usage_error",
        2,
        ["--boundary 4d", "slab"],
        "ions.xyz",
        "--boundary",
        "4d",
    )
    refuses(
        "a_method_that_does_not_exist_is_a_usage_error",
        2,
        ["--method p4m", "mesh"],
        "ions.xyz",
        "--method",
        "p4m",
    )
    refuses(
        "surroundings_that_do_not_exist_are_a_usage_error",
        2,
        ["--around air", "vacuum"],
        "ions.xyz",
        "--around",
        "air",
    )
    refuses(
        "molecules_have_no_surroundings",
        1,
        ["alone.xyz", "--around"],
        "alone.xyz",
        "--around",
        "vacuum",
    )
    refuses(
        "an_accuracy_of_zero_is_a_usage_error", 2, ["--accuracy 0"], "ions.xyz", "--accuracy", "0"
    )
    refuses(
        "points_have_no_width",
        2,
        ["--kernel point", "--sigma"],
        "ions.xyz",
        "--kernel",
        "point",
        "--sigma",
        "1",
    )
    refuses(
        "points_of_dispersion_have_no_width",
        2,
        ["--kernel dispersion", "--sigma"],
        "ions.xyz",
        "--kernel",
        "dispersion",
        "--sigma",
        "1",
    )
    refuses(
        "an_accuracy_beyond_doubles_is_refused",
        1,
        ["frame 0", "double precision"],
        "ions.xyz",
        "--accuracy",
        "1e-14",
    )
    refuses(
        "json_and_structures_do_not_share_standard_output",
        2,
        ["standard output"],
        "ions.xyz",
        "--json",
        "-o",
        "-",
    )
    refuses("a_missing_file_is_bad_input", 3, ["nothing.xyz"], "nothing.xyz")


def check_wires():
    """Two ions of a chain: the Madelung constant 2 ln 2 of one dimension."""
    frame(
        "wire.xyz",
        [[5, 0, 0], [0, 5, 0], [0, 0, 5]],
        "F T F",
        ":charges:R:1",
        [[0, 0, 0, 1], [0, 2.5, 0, -1]],
    )
    found = json.loads(run("wire.xyz", "--json", "--accuracy", "1e-9").stdout)["frames"][0]
    exact = -14.3996454784255 * 2 * math.log(2) / 2.5
    tap.ok(abs(found["energy"] - exact) < 1e-8, "a_chain_has_its_madelung_constant", [found, exact])
    tap.ok(
        found["boundary"] == "wire" and found["measured_error"] <= 1e-9,
        "the_error_of_a_wire_is_measured",
        [found],
    )
    given = json.loads(run("wire.xyz", "--json", "--boundary", "wire").stdout)["frames"][0]
    tap.ok(abs(given["energy"] - exact) < 1e-4, "a_wire_is_asked_for_by_name", [given])


check_cases()
check_wires()
check_dispersion()
check_madelung()
check_errors_of_the_sum()
check_files()
check_refusals()
tap.done()
