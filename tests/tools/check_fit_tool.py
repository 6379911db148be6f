"""`lrpot fit` with configuration files, several sets and weights, from outside: what is fitted, and
what mistakes are answered with.
usage: check_fit_tool.py LRPOT DATA_FOLDER"""
import json
import pathlib
import random
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from tap import Tap

lrpot = str(pathlib.Path(sys.argv[1]).resolve())
data = pathlib.Path(sys.argv[2]).resolve() / "valid.xyz"
folder = tempfile.TemporaryDirectory()
tap = Tap()

CONFIG = """{
  "sets": [
    {"file": "a.xyz", "weight": 2, "weights": {"stress": 0}},
    {"file": "b.xyz", "source": "other",
     "role": "train", "total_charge": 0}
  ],
  "valid": "20%",
  "charges": "qrd",
  "level": 4, "radial_size": 4, "cutoff": 5, "threads": 1, "max_iterations": 4,
  "targets": {"energy": 0.001, "forces": true, "stress": 0.002},
  "regularization": "auto",
  "output": "c.model"
}
"""


def check(good, fact, detail=""):
    tap.ok(bool(good), fact, [detail])


def run(*arguments):
    return subprocess.run(
        [lrpot, "fit", *map(str, arguments)], capture_output=True, text=True, cwd=folder.name
    )


def write(name, text):
    pathlib.Path(folder.name, name).write_text(text)


def shifted(text, energy):
    return re.sub(r"\benergy=(\S+)", lambda m: f"energy={float(m[1]) + energy!r}", text)


def answer(name, old, new, code, *words):
    write("bad.json", CONFIG.replace(old, new))
    result = run("--config", "bad.json", "-q")
    good = (
        CONFIG.count(old) >= 1
        and result.returncode == code
        and all(word in result.stderr for word in words)
    )
    check(good, name, f"exit code {result.returncode}: {result.stderr}")


text = data.read_text()
write("a.xyz", text)
write("b.xyz", shifted(text, 64 * 0.5))
write("run.json", CONFIG)
result = run("--config", "run.json", "--json")
report = json.loads(result.stdout)["members"][0] if result.returncode == 0 else {}
check(result.returncode == 0, "a_configuration_file_runs_a_fit", result.stderr)
check(
    "stress     in 5 frames, key" in result.stderr,
    "targets_are_reported_with_their_keys",
    result.stderr,
)
check("offsets" in result.stderr, "two_sources_have_offsets", result.stderr)
check("chosen by validation" in result.stderr, "regularization_is_chosen_when_asked", result.stderr)
train, valid = report.get("train", {}), report.get("valid", {})
stresses = sum(row.get("stress", {}).get("values", 0) for row in (train, valid))
check(stresses == 6 * 5, "a_weight_of_0_leaves_a_target_out", stresses)
check(
    train.get("energy_per_atom", {}).get("rmse", 1) < 0.1, "energies_of_both_sources_are_met", train
)
check(pathlib.Path(folder.name, "c.model").exists(), "the_model_goes_where_the_file_says")
info = subprocess.run(
    [lrpot, "info", "c.model"], capture_output=True, text=True, cwd=folder.name
).stdout
check(
    '"charges":"qrd"' in info and "a.xyz, 5 frames" in info and "b.xyz, 5 frames" in info,
    "the_model_remembers_its_configuration_and_files",
    info,
)

result = run("--config", "run.json", "--level", "2", "-o", "d.model", "--regularization", "1")
check(
    result.returncode == 0
    and "level 2" in result.stderr
    and pathlib.Path(folder.name, "d.model").exists(),
    "the_command_line_wins",
    result.stderr,
)
small = [
    "--charges",
    "none",
    "--level",
    4,
    "--cutoff",
    5,
    "--radial-size",
    4,
    "--threads",
    1,
    "--max-iterations",
    4,
    "-o",
    "e.model",
]
result = run("a.xyz", "b.xyz", "--offsets", *small)
check(
    result.returncode == 0 and "offsets" in result.stderr,
    "files_of_the_command_line_may_differ_by_a_constant",
    result.stderr,
)

latent = [
    "--charges",
    "latent",
    "--targets",
    "energy,forces",
    "--level",
    2,
    "--charge-level",
    2,
    "--radial-size",
    2,
    "--threads",
    1,
    "--max-iterations",
    1,
    "--starts",
    1,
    "-o",
    "f.model",
]
write("many.xyz", 4 * text)
result = run("many.xyz", *latent)
check(
    "to 4.5 A" in result.stderr and "of each species" in result.stderr,
    "latent_charges_let_species_have_coefficients_of_their_own",
    result.stderr,
)
result = run("a.xyz", *latent)
check(
    result.returncode == 0 and "of each species" not in result.stderr,
    "few_data_have_common_coefficients",
    result.stderr,
)
result = run("many.xyz", *latent, "--species-coefficients", "no")
check(
    result.returncode == 0 and "of each species" not in result.stderr,
    "common_coefficients_can_be_asked_for",
    result.stderr,
)
result = run("a.xyz", *latent, "--species-coefficients", "some")
check(
    result.returncode == 2
    and "--species-coefficients some: expected no, energy or all" in result.stderr,
    "another_kind_of_coefficients_is_refused",
    result.stderr,
)

result = run("a.xyz", *latent, "--hidden", "2,3", "--charge-hidden", 2, "--charge-input", "all")
check(
    result.returncode == 0
    and "energy.hidden" in result.stderr
    and "charges.hidden" in result.stderr,
    "networks_are_fitted_and_listed",
    result.stderr,
)
result = run("a.xyz", *latent, "--hidden", "2,3,4")
check(
    result.returncode == 2
    and "--hidden 2,3,4: expected the widths of one or two layers" in result.stderr,
    "three_layers_are_refused",
    result.stderr,
)
result = run("a.xyz", *latent, "--charge-input", "energy")
check(
    result.returncode == 2 and "needs --hidden" in result.stderr,
    "an_input_without_a_network_is_refused",
    result.stderr,
)

local = [
    "--charges",
    "none",
    "--targets",
    "energy,forces",
    "--level",
    2,
    "--radial-size",
    2,
    "--threads",
    1,
    "--max-iterations",
    1,
    "--starts",
    1,
    "-o",
    "g.model",
]
result = run("many.xyz", *local)
check(
    result.returncode == 0 and "of each species" not in result.stderr,
    "two_species_have_common_coefficients",
    result.stderr,
)
write(
    "three.xyz",
    "".join(
        line.replace("Na ", "K ", 1) if k % 5 == 0 else line
        for k, line in enumerate(4 * text.splitlines(True))
    ),
)
result = run("three.xyz", *local)
check(
    result.returncode == 0 and "of each species" in result.stderr,
    "three_species_have_coefficients_of_their_own",
    result.stderr,
)
result = subprocess.run(
    [lrpot, "convert", "g.model", "g.mtp"], capture_output=True, text=True, cwd=folder.name
)
check(
    result.returncode != 0 and "moment_coeffs" in result.stderr,
    "coefficients_of_each_species_do_not_become_an_mtp",
    result.stderr,
)

result = run("a.xyz", *small, "--level", 6, "--radial-step", 2)
check(
    result.returncode == 0 and "level 6, radial step 2\n" in result.stderr,
    "another_radial_step_is_reported",
    result.stderr,
)
info = subprocess.run(
    [lrpot, "info", "e.model", "--json"], capture_output=True, text=True, cwd=folder.name
).stdout
basis = json.loads(info or "{}").get("basis", {})
check(
    [basis.get(key) for key in ("radial_step", "functions", "radial_functions")] == [2, 7, 3],
    "the_model_has_the_radial_step",
    info,
)
info = subprocess.run(
    [lrpot, "info", "e.model"], capture_output=True, text=True, cwd=folder.name
).stdout
check("level 6, radial step 2, 7 functions, 3 radial" in info, "info_prints_the_radial_step", info)
result = subprocess.run(
    [lrpot, "convert", "e.model", "e.mtp"], capture_output=True, text=True, cwd=folder.name
)
check(
    result.returncode == 0
    and "radial_funcs_count = 3" in pathlib.Path(folder.name, "e.mtp").read_text(),
    "an_mtp_has_the_tables_of_another_radial_step",
    result.stderr,
)
write(
    "step.json",
    CONFIG.replace(
        '"radial_size": 4', '"radial_size": 4, "radial_step": 4, "charge_radial_step": 2'
    ).replace('"qrd"', '"edq", "charge_level": 4'),
)
result = run("--config", "step.json", "-o", "s.model", "--regularization", "1")
check(
    result.returncode == 0 and "level 4, radial step of charges 2\n" in result.stderr,
    "charges_have_a_radial_step_of_their_own",
    result.stderr,
)
info = subprocess.run(
    [lrpot, "info", "s.model", "--json"], capture_output=True, text=True, cwd=folder.name
).stdout
check(
    [json.loads(info or "{}").get(name, {}).get("functions") for name in ("basis", "charge_basis")]
    == [2, 3],
    "only_the_charges_have_it",
    info,
)
result = run("a.xyz", *small, "--radial-step", 9)
check(
    result.returncode == 2 and "radial-step 9" in result.stderr,
    "a_radial_step_out_of_range_is_refused",
    result.stderr,
)

write("w.xyz", text.replace("energy=", "config_energy_weight=0 energy="))
result = run("w.xyz", *small, "--json")
rows = (
    json.loads(result.stdout)["members"][0]["train"]
    if result.returncode == 0
    else {"failed": result.stderr}
)
check("forces" in rows and "energy_per_atom" not in rows, "frames_carry_weights", rows)
write("w.xyz", text.replace("energy=", "config_energy_weight=much energy=", 1))
result = run("w.xyz", *small)
check(
    result.returncode == 3 and "w.xyz: frame 0: config_energy_weight=much" in result.stderr,
    "bad_weights_name_the_frame",
    result.stderr,
)
water = """3
Properties=species:S:1:pos:R:3 potential_points="%s" pbc="F F F"
O 0 0 0.117
H 0 0.757 -0.469
H 0 -0.757 -0.469
"""
points = [(0, 0, 3), (0, 0, -3), (0, 3, 0), (2, 2, 2), (3, 0, 1)]
atoms = [(-0.8, (0, 0, 0.117)), (0.4, (0, 0.757, -0.469)), (0.4, (0, -0.757, -0.469))]
values = [
    14.3996454784255 * sum(q / sum((a - b) ** 2 for a, b in zip(p, r)) ** 0.5 for q, r in atoms)
    for p in points
]
write("p.xyz", water % " ".join(f"{x} {y} {z} {v!r}" for (x, y, z), v in zip(points, values)))
result = run(
    "p.xyz",
    "--charges",
    "fixed",
    "--targets",
    "potential",
    "--level",
    2,
    "--cutoff",
    3,
    "--regularization",
    -1,
    "-o",
    "p.model",
    "--json",
)
rows = (
    json.loads(result.stdout)["members"][0]["train"]
    if result.returncode == 0
    else {"failed": result.stderr}
)
check(
    rows.get("potential", {}).get("values") == 5 and rows["potential"]["rmse"] < 1e-6,
    "charges_are_fitted_to_the_potential_at_points",
    rows,
)
result = subprocess.run(
    [lrpot, "eval", "p.model", "p.xyz", "-o", "q.xyz", "--json"],
    capture_output=True,
    text=True,
    cwd=folder.name,
)
frame = (
    json.loads(result.stdout)["frames"][0] if result.returncode == 0 else {"failed": result.stderr}
)
check(
    all(abs(q - given) < 1e-5 for q, (given, _) in zip(frame.get("charges", [9]), atoms)),
    "the_model_has_the_charges_of_the_potential",
    frame,
)
written = pathlib.Path(folder.name, "q.xyz").read_text() if result.returncode == 0 else ""
check(
    abs(frame.get("potential_at_points", [9])[0] - values[0]) < 1e-6
    and 'potential_points="0 0 3 ' in written,
    "the_potential_at_points_is_evaluated",
    frame,
)
result = run("a.xyz", *small, "--charges", "qrd", "--memory", 0.001)
check(
    result.returncode == 1 and "--memory allows 0.001" in result.stderr,
    "too_much_memory_is_refused",
    result.stderr,
)
result = run("a.xyz", *small, "--regularization", "auto")
check(
    result.returncode == 2 and "--valid" in result.stderr,
    "a_choice_by_validation_asks_for_data",
    result.stderr,
)


def chosen(species, frames, *options):
    """Memory that a fit without sizes forecasts; too much memory ends it there."""
    atoms = [
        f"{species[(i * 7 + i // 9) % len(species)]}"
        f" {2 * (i % 6)} {2 * (i // 6 % 6)} {2 * (i // 36)} 0 0 0"
        for i in range(216)
    ]
    header = 'energy=0 pbc="F F F" Properties=species:S:1:pos:R:3:forces:R:3'
    write("many.xyz", "".join(f"216\n{header}\n" + "\n".join(atoms) + "\n" for _ in range(frames)))
    return run(
        "many.xyz",
        "--charges",
        "latent",
        "--targets",
        "energy,forces",
        "--memory",
        0.001,
        "-o",
        "chosen.model",
        *options,
    ).stderr


told = chosen("HO", 100)
check(
    "of 12 polynomials" in told
    and "level 18, coefficients of each species" in told
    and "charges of level 14" in told,
    "bonds_get_finer_radial_functions",
    told,
)
told = chosen("HCNO", 100)
check(
    "of 12 polynomials" in told
    and "level 18, radial step 2, coefficients of each species" in told
    and "charges of level 8" in told,
    "many_species_get_more_radial_functions_in_products",
    told,
)
told = chosen("HCNO", 4)
check(
    "of 8 polynomials" in told and "radial step" not in told and "each species" not in told,
    "few_data_get_the_usual_basis",
    told,
)
told = chosen("HCNO", 100, "--level", 12)
check(
    "of 8 polynomials" in told and "level 12, coefficients of each species" in told,
    "a_level_that_is_given_is_that_of_the_usual_rule",
    told,
)

answer("a_bad_number_is_named", '"weight": 2', '"weight": -2', 3, "bad.json:3: sets[0].weight = -2")
answer(
    "a_bad_target_is_named",
    '"stress": 0}',
    '"stres": 0}',
    3,
    "bad.json:3:",
    "sets[0].weights.stres",
)
answer(
    "a_bad_word_is_named", '"qrd"', '"magic"', 3, 'bad.json:8: charges = "magic"', "equilibrated"
)
answer(
    "a_broken_number_is_named", '"level": 4', '"level": 4.5', 3, "bad.json:9: level = 4.5", "whole"
)
answer(
    "a_number_out_of_range_is_named",
    '"cutoff": 5',
    '"cutoff": 500',
    3,
    "bad.json:9: cutoff = 500",
    "50",
)
answer("an_unknown_key_is_named", '"radial_size"', '"radial_sise"', 3, "bad.json:9:", "radial_sise")
answer("a_set_without_a_file_is_named", '"file": "b.xyz", ', "", 3, "bad.json:4: sets[1]", "file")
answer("a_bad_role_is_named", '"train"', "7", 3, "bad.json:5: sets[1].role = 7")
answer("broken_json_is_named", '"qrd",', '"qrd"', 3, "bad.json:9:")
answer("a_missing_file_is_named", '"b.xyz"', '"none.xyz"', 3, "none.xyz")
result = run("--config", "nowhere.json")
check(
    result.returncode == 3 and "nowhere.json" in result.stderr,
    "a_missing_configuration_is_named",
    result.stderr,
)
result = run("-o", "x")
check(
    result.returncode == 2 and "TRAIN" in result.stderr,
    "a_fit_without_data_is_a_usage_error",
    result.stderr,
)
# A joint fit by one command is that of its three stages by hand.
born = data.parent / "bec_train.xyz"
shape = "--charges edqrd --level 4 --charge-level 4 --cutoff 4.5 --starts 1 --threads 1".split()
search = ["--max-iterations", "5", "--seed", "3"]
joint = run(
    born, "--joint", "whole.tensors", "-o", "whole.model", "--joint-levels", "4,4", *shape, *search
)
check(joint.returncode in (0, 4), "a joint fit is run", joint.stderr[-500:])
hand = [
    run(born, "-T", "energy,forces", "-o", "first.model", *shape, *search),
    run(
        born,
        "--tensors",
        "local",
        "--potential",
        "first.model",
        "--levels",
        "4,4",
        "--seed",
        "3",
        "-o",
        "first.tensors",
    ),
    run(
        born,
        "-T",
        "energy,forces,bec",
        "--resume",
        "first.model",
        "--factor",
        "first.tensors",
        "--fit-factor",
        "last.tensors",
        "-o",
        "last.model",
        "--threads",
        "1",
        *search,
    ),
]


def parts(name, *keys):
    content = json.loads(pathlib.Path(folder.name, name).read_text())
    return [content.get(key) for key in keys]


check(
    all(done.returncode in (0, 4) for done in hand)
    and parts("whole.model", "energy", "charges") == parts("last.model", "energy", "charges")
    and parts("whole.tensors", "coefficients", "basis")
    == parts("last.tensors", "coefficients", "basis"),
    "its models are those of the stages by hand",
    [done.stderr[-300:] for done in hand],
)
left = sorted(p.name for p in pathlib.Path(folder.name).glob("whole.*"))
check(
    left == ["whole.model", "whole.model.fit.json", "whole.tensors"],
    "it leaves no files of its stages",
    left,
)
for words, reason in (
    (["--joint", "x.tensors", "-o", "x.model", "--json"], "does not go with --json"),
    (["--joint", "x.tensors", "-o", "x.model", "-T", "energy,forces"], "needs bec among --targets"),
    (["--joint", "x.tensors"], "-o MODEL is missing"),
):
    done = run(born, *words)
    check(done.returncode == 2 and reason in done.stderr, f"{reason}: is told", done.stderr)


def water(random, **columns):
    """A molecule with random references: keys of the second line, and columns of the atoms."""
    shape = ((0, 0, 0), (0.96, 0, 0), (-0.24, 0.93, 0))
    atoms = [[x + random.uniform(-0.1, 0.1) for x in place] for place in shape]
    names = "".join(f":{name}:R:{width}" for name, width in columns.items())
    lines = [f"3\nProperties=species:S:1:pos:R:3:forces:R:3{names} energy={random.random()}"]
    for symbol, place in zip("OHH", atoms):
        values = [random.uniform(-1, 1) for _ in range(3 + sum(columns.values()))]
        lines.append(" ".join([symbol, *map(repr, place + values)]))
    return "\n".join(lines) + "\n"


seeded = random.Random(5)
MOMENTS = {"charges": 1, "mbis_dipoles": 3, "mbis_quadrupoles": 9}
write("moments.xyz", "".join(water(seeded, **MOMENTS) for _ in range(6)))
words = ["moments.xyz", "--level", "4", "--charge-level", "4", "--radial-size", "4"]
words += ["--cutoff", "4", "--starts", "1", "--max-iterations", "2", "--threads", "1", "-q"]
words += ["-T", "energy,forces,charges,atomic_dipoles,atomic_quadrupoles", "-o", "w.model"]
done = run(*words, "--charges", "edqrd")
check(
    done.returncode != 0 and "atomic_dipoles" in done.stderr and "of kind edqrd" in done.stderr,
    "moments as targets of charges without them are refused with the kind",
    done.stderr,
)
done = run(*words, "--charges", "density", "--order", "2")
check(done.returncode in (0, 4), "moments of the atoms are fitted", done.stderr)

done = run(*words, "--charges", "density", "--order", "2", "--direct")
stages = json.loads(pathlib.Path(folder.name, "w.model.fit.json").read_text())
check(
    done.returncode in (0, 4) and '"direct"' in json.dumps(stages),
    "a direct start is the first stage of a density",
    done.stderr,
)
words[-3] = "energy,charges"
done = run(*words, "--charges", "density", "--order", "1", "--direct")
check(
    done.returncode != 0 and "needs the target atomic_dipoles" in done.stderr,
    "a direct start without all moments is refused",
    done.stderr,
)


def evaluated(*arguments):
    done = subprocess.run(
        [lrpot, "eval", "w.model", *arguments], capture_output=True, text=True, cwd=folder.name
    )
    return json.loads(done.stdout) if "--json" in arguments and done.returncode == 0 else done


errors = evaluated("moments.xyz", "--json")["errors"][0]
check(
    errors["atomic_dipoles"]["values"] == 54 and errors["atomic_quadrupoles"]["values"] == 162,
    "eval compares dipoles and quadrupoles of the atoms",
    errors,
)
evaluated("moments.xyz", "-o", "own.xyz")
own = evaluated("own.xyz", "--json")
check(
    max(own["errors"][0][name]["largest"] for name in ("atomic_dipoles", "atomic_quadrupoles"))
    < 1e-12
    and abs(own["frames"][0]["atomic_quadrupoles"][0][0][0]) > 0,
    "eval writes them, and reads what it wrote",
    own["errors"],
)


def pair_of_molecules(random):
    """Two molecules of water, 3 A apart, with random references."""
    lines = water(random).splitlines() + [
        f"{words[0]} {float(words[1])} {float(words[2])} {float(words[3]) + 3} 0.1 0 0"
        for words in (line.split() for line in water(random).splitlines()[2:])
    ]
    return "\n".join(["6", *lines[1:]]) + "\n"


def barrier(*files):
    """Of a fit with one: how it ended, and what lrpot info tells of the model."""
    few = ["--level", "4", "--cutoff", "4", "--starts", "1", "--max-iterations", "2"]
    done = run(*files, "--gap-barrier", "0.8", "-c", "none", *few, "-t", "1", "-o", "gap.model")
    told = subprocess.run(
        [lrpot, "info", "gap.model", "--json"], capture_output=True, text=True, cwd=folder.name
    )
    return done, json.loads(told.stdout)["gap_barrier"]


write("pairs.xyz", "".join(pair_of_molecules(seeded) for _ in range(6)))
done, found = barrier("pairs.xyz")
check(
    done.returncode in (0, 4) and found["height"] == [0.8] * 4,
    "--gap-barrier stands between bonds of O-H and molecules, and info tells",
    found,
)
check(
    0.9 < found["begin"][1] < 1.3
    and 2.0 < found["end"][1] < 3.2
    and found["begin"][0] == found["begin"][3] == 0,
    "from the longest bond, or from 0 on without bonds, to the next molecule",
    found,
)

frames = (water(seeded).splitlines()[1:4] for _ in range(6))
write("single.xyz", "".join("\n".join(["2", *lines]) + "\n" for lines in frames))
done, found = barrier("single.xyz")
check(
    done.returncode in (0, 4) and found is None and "no gap barrier" in done.stderr,
    "a fit of molecules alone has no gap, and says so",
    done.stderr,
)
done = run("pairs.xyz", "--gap-barrier", "-1", "-o", "gap.model")
check(done.returncode == 2, "a negative barrier is refused", done.stderr)
tap.done()
