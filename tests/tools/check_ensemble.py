"""Ensembles: several models in the place of one give means and standard deviations (n - 1).

They are compared with those of the single runs, computed here. Members that do not belong together
are refused.

Usage: check_ensemble.py LRPOT NACL_DATA"""
import csv
import itertools
import json
import math
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from tap import Tap

LRPOT, DATA = str(pathlib.Path(sys.argv[1]).resolve()), pathlib.Path(sys.argv[2]).resolve()
SMALL = "--level 4 --cutoff 4 --radial-size 4 --max-iterations 3 --starts 1 --threads 1".split()
folder = pathlib.Path(tempfile.mkdtemp(prefix="ensemble-"))
tap = Tap()


def run(*words):
    return subprocess.run([LRPOT, *map(str, words)], cwd=folder, capture_output=True, text=True)


def document(*words):
    done = run(*words, "--json", "-q")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def flat(value):
    if isinstance(value, list):
        return [x for item in value for x in flat(item)]
    return [value]


def same(a, b, tolerance=1e-9):
    a, b = flat(a), flat(b)
    return len(a) == len(b) and all(
        abs(x - y) <= tolerance * max(1.0, abs(x), abs(y)) for x, y in zip(a, b)
    )


def means(results):
    """Mean and deviation of lists of numbers, one list for each member."""
    columns = list(zip(*map(flat, results)))
    return [statistics.fmean(c) for c in columns], [statistics.stdev(c) for c in columns]


def agrees(whole, key, results, tolerance=1e-9, spread=None):
    mean, deviation = means(results)
    return same(whole[key], mean, tolerance) and same(
        whole[spread or key + "_spread"], deviation, tolerance
    )


def fit(name, kind, number, *more):
    done = run(
        "fit",
        DATA / "valid.xyz",
        "--charges",
        kind,
        *SMALL,
        "--ensemble",
        number,
        "-o",
        name,
        *more,
    )
    assert done.returncode == 0, done.stderr
    return [f"{name}-{k + 1}" for k in range(number)] if number > 1 else [name]


def check_eval(members):
    whole = document("eval", *members, DATA / "valid.xyz", "--bec")
    single = [document("eval", m, DATA / "valid.xyz", "--bec") for m in members]
    for key in ("energy", "forces", "stress", "charges", "bec"):
        good = all(
            agrees(whole["frames"][f], key, [s["frames"][f][key] for s in single])
            for f in range(len(whole["frames"]))
        )
        tap.ok(good, f"eval_gives_mean_and_spread_of_{key}")
    errors, of_members = whole["errors"][0], [s["errors"][0] for s in single]
    for key in ("energy_per_atom", "forces", "stress"):
        good = all(
            agrees(errors[key], measure, [s[key][measure] for s in of_members])
            for measure in ("rmse", "mae", "largest")
        )
        tap.ok(good, f"errors_of_{key}_have_mean_and_spread", [errors[key]])
    tap.ok(whole["members"] == members, "the_document_names_the_members")


def check_rmse_of_mean(members):
    """The ensemble's own prediction against the reference, by the written structures."""
    whole = document("eval", *members, DATA / "valid.xyz")
    done = run("eval", *members, DATA / "valid.xyz", "-o", "mean.xyz", "-q")
    assert done.returncode == 0, done.stderr
    total, n = 0.0, 0
    reference = document("eval", members[0], DATA / "valid.xyz")
    other = run("eval", members[0], "mean.xyz", "--json", "-q")
    found = json.loads(other.stdout)["errors"][0]["forces"]["rmse"]
    for f, frame in enumerate(reference["frames"]):
        for a, b in zip(frame["forces"], whole["frames"][f]["forces"]):
            total, n = total + (a - b) ** 2, n + 1
    tap.ok(same(found, math.sqrt(total / n), 1e-9), "structures_hold_the_forces_of_the_mean")
    text = (folder / "mean.xyz").read_text().splitlines()
    head = text[1]
    columns = re.search(r"Properties=(\S+)", head).group(1).split(":")
    names, widths = columns[0::3], list(map(int, columns[2::3]))
    start = sum(widths[: names.index("forces_spread")])
    atoms = int(text[0])
    spread = [float(x) for line in text[2 : 2 + atoms] for x in line.split()[start : start + 3]]
    tap.ok(
        same(spread, whole["frames"][0]["forces_spread"]),
        "structures_hold_the_spread_of_the_forces",
    )
    tap.ok(
        same(
            float(re.search(r"energy_spread=(\S+)", head).group(1)),
            whole["frames"][0]["energy_spread"],
        ),
        "structures_hold_the_spread_of_the_energy",
    )
    done = run("eval", members[0], "mean.xyz", "-o", "one.xyz", "-q")
    one = (folder / "one.xyz").read_text()
    tap.ok(done.returncode == 0 and "spread" not in one, "a_single_model_leaves_no_spread_behind")


def check_table(members):
    done = run("eval", *members, DATA / "valid.xyz")
    single = [document("eval", m, DATA / "valid.xyz")["errors"][0] for m in members]
    row = next(line.split() for line in done.stdout.splitlines() if line.startswith("all "))
    mean, deviation = means([[1e3 * s["energy_per_atom"]["rmse"]] for s in single])
    tap.ok(
        row[2] == "energy"
        and abs(float(row[5]) - mean[0]) < 1e-4
        and abs(float(row[6]) - deviation[0]) < 1e-4,
        "the_table_prints_mean_and_spread",
        [row, mean, deviation],
    )
    plain = run("eval", members[0], DATA / "valid.xyz").stdout
    tap.ok("+-" not in plain and "+-" in done.stdout, "a_single_model_has_no_spread")


def check_bec(members):
    whole = document("bec", *members, DATA / "primitive.xyz")["frames"][0]
    single = [document("bec", m, DATA / "primitive.xyz")["frames"][0] for m in members]
    for key in ("bec", "charges_model", "dipole"):
        tap.ok(agrees(whole, key, [s[key] for s in single]), f"bec_gives_mean_and_spread_of_{key}")
    # all members on the branch of the first: differences are whole quanta of the single results
    tap.ok(
        len(whole["polarization"]) == 3
        and same(
            whole["polarization_spread"], [x / volume() for x in whole["dipole_spread"]], 1e-9
        ),
        "polarizations_are_compared_on_one_branch",
        [whole["polarization_spread"], whole["dipole_spread"], volume()],
    )
    table = run("bec", *members, DATA / "primitive.xyz").stdout
    row = next(line.split() for line in table.splitlines() if re.match(r" +0 \+-", line))
    tap.ok(
        same(list(map(float, row[3:])), whole["bec_spread"][0], 1e-7),
        "the_table_has_a_row_of_deviations",
        [row],
    )


TENSOR = "2.0 0.2 0.0 0.2 2.4 -0.1 0.0 -0.1 3.4"


def screened_crystal():
    """The primitive cell with an eps_inf whose root mixes the components of a vector."""
    lines = (DATA / "primitive.xyz").read_text().splitlines()
    lines[1] += f' epsilon_inf="{TENSOR}"'
    (folder / "tensor.xyz").write_text("\n".join(lines) + "\n")
    return "tensor.xyz"


def check_screening(members):
    """Deviations of values that a tensor screens do not follow from those of the models' own."""
    crystal = screened_crystal()
    whole = document("bec", *members, crystal)["frames"][0]
    single = [document("bec", m, crystal)["frames"][0] for m in members]
    for key in ("bec", "dipole"):
        tap.ok(
            agrees(whole, key, [s[key] for s in single]),
            f"bec_with_a_tensor_gives_mean_and_spread_of_{key}",
            [whole[key], [s[key] for s in single]],
        )
    tap.ok(
        same(whole["residual_before"], means([s["residual_before"] for s in single])[0]),
        "so_is_the_residual_of_the_sum_rule",
    )
    tap.ok(
        same(whole["polarization_spread"], [x / volume() for x in whole["dipole_spread"]]),
        "polarization_and_dipole_are_screened_alike",
        [whole["polarization_spread"], whole["dipole_spread"]],
    )
    text = run("bec", *members, crystal).stdout
    row = text.splitlines()[text.splitlines().index(dipole_line(text)) + 1].split()
    tap.ok(same(list(map(float, row[2:])), whole["dipole_spread"], 1e-9), "so_does_the_text", row)
    plain = document("bec", *members, DATA / "primitive.xyz")["frames"][0]
    tap.ok(not same(plain["bec"], whole["bec"], 1e-3), "and_the_tensor_matters")


def dipole_line(text):
    return next(line for line in text.splitlines() if line.startswith("# dipole sum"))


def check_screened_phonon(members):
    crystal = screened_crystal()
    done = run("phonon", *members, crystal, "--json", "-q", "--direction", "1,2,3")
    whole, single = json.loads(done.stdout), []
    for m in members:
        one = run("phonon", m, crystal, "--json", "-q", "--direction", "1,2,3")
        single.append(json.loads(one.stdout))
    for key in ("lo_thz", "bec", "bec_screened", "eps_0", "eps_0_over_eps_inf"):
        if any(s[key] is None for s in single):
            tap.ok(whole[key] is None, f"a_member_without_{key}_withholds_it", [whole[key]])
            continue
        tap.ok(
            agrees(whole, key, [s[key] for s in single], 1e-7),
            f"phonon_with_a_tensor_gives_mean_and_spread_of_{key}",
            [whole[key], [s[key] for s in single]],
        )
    for key in ("direction", "eps_inf", "root_eps_inf"):
        tap.ok(same(whole[key], single[0][key]), f"phonon_repeats_{key}", [whole[key]])
    text = run("phonon", *members, crystal, "--direction", "1,2,3")
    tap.ok(
        text.stderr.count("eps_inf is anisotropic") == 1,
        "the_anisotropy_is_noted_once",
        [text.stderr],
    )
    line = [x.split() for x in text.stdout.splitlines() if x.startswith("eps_0 ")]
    order = (0, 4, 8, 5, 2, 1)
    right = whole["eps_0"] and [[whole[k][i] for i in order] for k in ("eps_0", "eps_0_spread")]
    tap.ok(
        (not line and right is None)
        or (
            line
            and same(list(map(float, line[0][1:7])), right[0], 1e-5)
            and same(list(map(float, line[0][8:])), right[1], 1e-5)
        ),
        "the_text_prints_eps_0_with_its_spread",
        [line, right],
    )


def check_field(members):
    for option in ("--field=0.03,-0.05,0.08", "--displacement=1.5,-2.0,2.5"):
        more = (option, "--eps-inf", 2.25)
        whole = document("eval", *members, DATA / "primitive.xyz", *more)["frames"][0]
        single = [document("eval", m, DATA / "primitive.xyz", *more)["frames"][0] for m in members]
        free = document("eval", *members, DATA / "primitive.xyz")["frames"][0]
        for key in ("energy", "forces", "stress", "charges"):
            tap.ok(
                agrees(whole, key, [s[key] for s in single]),
                f"eval_in_a_{option[2:].split('=')[0]}_gives_mean_and_spread_of_{key}",
                [whole[key], [s[key] for s in single]],
            )
        tap.ok(not same(whole["forces"], free["forces"], 1e-3), "and_the_field_acts")


def volume():
    head = (DATA / "primitive.xyz").read_text().splitlines()[1]
    a = list(map(float, re.search(r'Lattice="([^"]+)"', head).group(1).split()))
    return abs(
        a[0] * (a[4] * a[8] - a[5] * a[7])
        - a[1] * (a[3] * a[8] - a[5] * a[6])
        + a[2] * (a[3] * a[7] - a[4] * a[6])
    )


def rows(name):
    with open(folder / name, encoding="ascii") as lines:
        return list(csv.DictReader(lines))


def check_phonon(members):
    crystal = DATA / "primitive.xyz"
    files = ["--bands", "all.csv", "--points", 4, "--dos", "all.dos", "--mesh", 4]
    slopes = lambda k: ("--velocities", f"{k}-v.csv", "--grueneisen", f"{k}-g.csv", "-q")
    line = ("--path", "W:0.5,0.25,0.75 L:0.5,0.5,0.5 G:0,0,0", "--points", 2)
    run("phonon", *members, crystal, *slopes("all"), *line)
    done = run("phonon", *members, crystal, "--json", "-q", *files)
    whole = json.loads(done.stdout)
    single = []
    for k, m in enumerate(members):
        one = run("phonon", m, crystal, *("--json", "-q", "--bands", f"{k}.csv", "--points", 4))
        run("phonon", m, crystal, *slopes(k), *line)
        single.append(json.loads(one.stdout))
    for key in ("to_thz", "lo_thz", "bec_screened"):
        tap.ok(
            agrees(whole, key, [s[key] for s in single], 1e-7),
            f"phonon_gives_mean_and_spread_of_{key}",
            [whole[key], [s[key] for s in single]],
        )
    together, alone = rows("all.csv"), [rows(f"{k}.csv") for k in range(len(members))]
    good = len(together) == len(alone[0])
    for at, row in enumerate(together):
        for mode in range(1, 7):
            values = [float(a[at][f"mode{mode}/THz"]) for a in alone]
            good = good and abs(float(row[f"mode{mode}/THz"]) - statistics.fmean(values)) < 1e-6
            good = (
                good and abs(float(row[f"mode{mode}_spread/THz"]) - statistics.stdev(values)) < 1e-6
            )
    tap.ok(good, "bands_have_mean_and_spread_at_each_wave_vector")
    for kind, names in (("v", ("mode2_y", "mode6_x")), ("g", ("mode2", "mode5"))):
        unit = "/(km/s)" if kind == "v" else ""
        together, alone = rows(f"all-{kind}.csv"), [
            rows(f"{k}-{kind}.csv") for k in range(len(members))
        ]
        good, bad = len(together) == len(alone[0]) == 6, [len(together), len(alone[0])]
        for at, name in itertools.product(range(len(together)), names):
            values = [float(a[at][name + unit]) for a in alone]
            mean, spread = statistics.fmean(values), statistics.stdev(values)
            good = good and abs(float(together[at][name + unit]) - mean) < 1e-6 * (1 + abs(mean))
            found = float(together[at][f"{name}_spread{unit}"])
            good = good and abs(found - spread) < 1e-6 * (1 + spread)
            if not good and len(bad) < 9:
                bad += [at, name, mean, spread, together[at][name + unit], found]
        tap.ok(good, f"slopes_of_branches_have_mean_and_spread: {kind}", bad)
    density = rows("all.dos")
    tap.ok(
        any(float(row["density_spread/THz^-1"]) > 0 for row in density),
        "the_density_of_states_has_a_spread",
    )
    worst = max(
        abs(
            sum(
                float(row[f"density{part}/THz^-1"]) * sign
                for part, sign in (("", -1), ("_Na", 1), ("_Cl", 1))
            )
        )
        for row in density
    )
    tap.ok(
        worst < 1e-6 and any(float(row["density_Na_spread/THz^-1"]) > 0 for row in density),
        "the_densities_of_the_elements_sum_to_the_whole_and_have_a_spread",
        [worst],
    )
    text = run("phonon", *members, crystal).stdout
    lo = next(line.split() for line in text.splitlines() if line.startswith("LO "))
    tap.ok(
        abs(float(lo[1]) - whole["lo_thz"]) < 1e-5
        and lo[5] == "+-"
        and abs(float(lo[6]) - whole["lo_thz_spread"]) < 1e-5,
        "the_text_prints_lo_with_its_spread",
        [lo],
    )
    for option in (("--write", "folder"), ("--towards", "0,0,1")):
        done = run("phonon", *members, crystal, *option)
        tap.ok(
            done.returncode == 2 and option[0] in done.stderr,
            f"{option[0][2:]}_of_an_ensemble_is_refused",
            [done.stderr],
        )


def check_refusals(members, other_kind, other_species):
    crystal = DATA / "primitive.xyz"
    for verb in ("eval", "bec", "phonon", "check"):
        done = run(verb, members[0], other_kind, crystal)
        tap.ok(
            done.returncode == 3
            and "edq" in done.stderr
            and members[0] in done.stderr
            and other_kind in done.stderr,
            f"{verb}_refuses_members_with_other_charges_by_name",
            [done.stderr],
        )
        done = run(verb, members[0], other_species, crystal)
        tap.ok(
            done.returncode == 3 and other_species in done.stderr and "Cl,K" in done.stderr,
            f"{verb}_refuses_members_with_other_species_by_name",
            [done.stderr],
        )
        done = run(verb, members[0], members[1], members[0], crystal)
        tap.ok(
            done.returncode == 2 and "same model" in done.stderr,
            f"{verb}_refuses_a_model_given_twice",
            [done.stderr],
        )
    done = run("bec", members[0], "known.xyz", crystal)
    tap.ok(
        done.returncode == 2 and "known.xyz: not a model" in done.stderr,
        "a_structure_among_the_models_is_named",
        [done.stderr],
    )


def check_loops(members):
    found = document("info", *members)["members"]
    tap.ok([m["model"] for m in found] == members, "info_lists_every_model")
    done = run("check", *members, DATA / "valid.xyz", "--json")
    checks = json.loads(done.stdout)
    tap.ok(
        done.returncode == 0
        and checks["passed"]
        and [m["model"] for m in checks["members"]] == members,
        "check_tests_every_model",
        [done.stderr],
    )


def main():
    (folder / "known.xyz").write_text((DATA / "primitive.xyz").read_text())
    members = fit("salt", "edqrd", 3)
    check_eval(members)
    check_rmse_of_mean(members)
    check_table(members)
    check_bec(members)
    check_phonon(members)
    check_screening(members)
    check_screened_phonon(members)
    check_field(members)
    potash = (folder / "potash.xyz").write_text(
        re.sub(r"^Na ", "K ", (DATA / "valid.xyz").read_text(), flags=re.M)
    )
    assert potash
    done = run("fit", "potash.xyz", "--charges", "edqrd", *SMALL, "-o", "potash")
    assert done.returncode == 0, done.stderr
    check_refusals(members, *fit("other", "edq", 1), "potash")
    check_loops(members)
    tap.done()


main()
