"""Born charges of water by the three schemes of arXiv 2601.03656: learned by themselves, and
coupled to the charges of a potential by one factor or by a factor that follows the neighbourhood.
Usage: bench/tensors.py LRPOT DATA [FOLDER]; DATA has water_rpbe_d3 (bulk), spice_bec (clusters)
and superionic_water_bec, FOLDER keeps what is made (default: a temporary one); potentials found
there are taken as they are. Validation frames choose the regularization and are what the errors
are of: every fourth cluster, the sets' own for the bulk and at 2 g/cm3, the last six at 4 g/cm3.

The potential of the coupled schemes is fitted to forces of bulk and clusters together (their
energies are of different functionals), without and with Born charges as targets; then the factors
follow. With --rounds, charges and factor of that size go on by turns.

The joint rows have wider charges and factors and start anew: charges from forces and tensors, a
factor, --steps of one least-squares problem of forces, tensors, charges and factor, and a factor
of higher level on the charges that come out. Their training set is every --every-th frame of the
bulk and each cluster --copies times: the bulk has 13 times the atoms of the clusters, and the fit
would see little else."""
import argparse
import json
import pathlib
import resource
import subprocess
import tempfile

from figures import xyz_frames as frames

WANTED = {
    "bulk": 0.033,
    "2 g/cm3, 2000 K": 0.06,
    "4 g/cm3, 1000 K": 0.05,
}  # e; bulk: a latent model trained on tensors (2504.05169)

parser = argparse.ArgumentParser(
    description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
)
parser.add_argument("lrpot")
parser.add_argument("data", type=pathlib.Path)
parser.add_argument("folder", nargs="?", type=pathlib.Path)
parser.add_argument("--rounds", type=int, default=0, help="turns of charges and factor")
parser.add_argument("--steps", type=int, default=10, help="of the joint fit, and of a turn")
parser.add_argument("--every", type=int, default=2, help="bulk frames of the joint rows")
parser.add_argument("--copies", type=int, default=3, help="of each cluster in the joint rows")
parser.add_argument(
    "--equal",
    default="0.05,0.02",
    help="eV/A and e that count as equal in the joint rows; those of a fit are 0.003,0.02",
)
parser.add_argument("--charge-level", type=int, default=16, help="of the joint rows")
parser.add_argument("--factor-levels", default="14,14", help="while charges are fitted")
parser.add_argument("--last-levels", default="16,16", help="of the factor afterwards")
parser.add_argument("--seed", type=int, default=1, help="of the start values of charges")
parser.add_argument("--threads", type=int, default=1)
parser.add_argument("--quick", action="store_true", help="small levels: a look in a minute")
arguments = parser.parse_args()
kept = tempfile.TemporaryDirectory()
folder = arguments.folder or pathlib.Path(kept.name)
folder.mkdir(parents=True, exist_ok=True)


def write(name, content):
    path = folder / name
    path.write_text("\n".join(content) + "\n")
    return path


def lrpot(*words):
    run = subprocess.run(
        [
            arguments.lrpot,
            *map(str, words),
            *(["--threads", str(arguments.threads)] if words[0] == "fit" else []),
        ],
        capture_output=True,
        text=True,
    )
    if run.returncode not in (0, 4):
        raise SystemExit(f"lrpot {' '.join(map(str, words))}\n{run.stderr}")
    return run.stdout


def tensors(train, valid, scheme, levels, model, *more):
    """RMSE in e over the validation frames of a fit, and what else it tells."""
    found = json.loads(
        lrpot(
            "fit",
            train,
            "--valid",
            valid,
            "--tensors",
            scheme,
            "--levels",
            levels,
            "-o",
            folder / model,
            "--json",
            *more,
        )
    )
    return found["valid"]["bec"]["rmse"], found


def error(model, path):
    """RMSE in e of a model over a file, from what `lrpot bec` prints for each frame."""
    count = squares = 0
    for line in lrpot("bec", folder / model, path).splitlines():
        if line.startswith("# frame"):
            n = int(line.split()[3])
        if line.startswith("# against"):
            squares += n * float(line.split()[-2]) ** 2
            count += n
    return (squares / count) ** 0.5


def row(name, model, *more):
    """A line of the table: a model for both, or one for each."""
    models = model if isinstance(model, tuple) else (model, model)
    values = [error(m, sets[1]) for m, sets in zip(models, (bulk, clusters))]
    print(f"{name:40} {values[0]:6.4f} {values[1]:10.4f}", *more, flush=True)


def coupled(name, model, train, levels):
    """The same factor for bulk and clusters."""
    global_model, local_model = f"global_{model}", f"local_{model}"
    _, found = tensors(
        train, both[1], "global", levels, global_model, "--potential", folder / model
    )
    tensors(train, both[1], "local", levels, local_model, "--potential", folder / model)
    one = [
        tensors(*sets, "global", levels, "alone", "--potential", folder / model)[1]["factor"]
        for sets in (bulk, clusters)
    ]
    row(
        f"global, {name}",
        global_model,
        f"  factor {found['factor']:.3f};",
        f"of bulk alone {one[0]:.3f}, of clusters alone {one[1]:.3f}",
    )
    row(f"local, {name}", local_model, f"  forces {forces(model):.1f} meV/A")


def go_on(name, start, local_model, train, *more):
    """The potential again, with its charges times that factor in the Born charges."""
    if not (folder / name).exists():
        lrpot(
            "fit",
            train,
            "--valid",
            both[1],
            "--targets",
            "forces,bec",
            "--resume",
            folder / start,
            "--factor",
            folder / local_model,
            "--max-iterations",
            2 if quick else arguments.steps,
            "-o",
            folder / name,
            *more,
        )
    return name


def wide_factor(model, potential_model, levels):
    path = folder / model
    if not path.exists():
        tensors(
            joint_train,
            both[1],
            "local",
            "8,8" if quick else levels,
            model,
            "--potential",
            folder / potential_model,
            "--radial-cost",
            2 if quick else 1,
        )
    return model


def forces(model):
    """RMSE in meV/A over the validation frames, as the fit left it."""
    told = json.loads((folder / f"{model}.fit.json").read_text())
    return 1e3 * told["members"][0]["valid"]["forces"]["rmse"]


def together():
    """Charges and factor in one least-squares problem, with more room in both."""
    eva, e = arguments.equal.split(",")
    equal = ["--weights", ",".join([eva] * 3 + [e] * 3)]
    wide = ["--radial-size", 12, "--species-coefficients", "all", *equal]
    start = potential("wide.model", "forces,bec", arguments.charge_level, joint_train, 10, *wide)
    started = wide_factor("start.factor", start, arguments.factor_levels)
    fit_factor = ["--fit-factor", folder / "joint.factor", *equal]
    once = go_on("once.model", start, started, joint_train, *fit_factor)
    last = wide_factor("last.factor", once, arguments.last_levels)
    for name, factor_model, of in (
        ("local, wide, before the joint fit", started, start),
        ("local, charges and factor at once", "joint.factor", once),
        ("local, joint fit, then a larger factor", last, once),
    ):
        row(
            name,
            factor_model,
            f"  forces {forces(of):.1f} meV/A;",
            f"training clusters {error(factor_model, clusters[0]):.4f}",
        )


def potential(name, targets, charge_level, train, iterations, *more):
    if not (folder / name).exists():
        lrpot(
            "fit",
            train,
            "--valid",
            both[1],
            "--charges",
            "edqrd",
            "--targets",
            targets,
            "--level",
            8 if quick else 12,
            "--charge-level",
            6 if quick else charge_level,
            "--cutoff",
            5,
            "--starts",
            1,
            "--seed",
            arguments.seed,
            "--max-iterations",
            4 if quick else iterations,
            "-o",
            folder / name,
            *more,
        )
    return name


water, ice = arguments.data / "water_rpbe_d3", arguments.data / "superionic_water_bec"
pieces = list(frames(arguments.data / "spice_bec" / "water.xyz"))
bulk = water / "bec_train.xyz", water / "bec_val.xyz"
clusters = (
    write("clusters_train.xyz", [f for i, f in enumerate(pieces) if i % 4 != 3]),
    write("clusters_valid.xyz", pieces[3::4]),
)
both = [write(f"both_{k}.xyz", [*frames(bulk[k]), *frames(clusters[k])]) for k in range(2)]
joint_train = write(
    "joint_train.xyz",
    [*list(frames(bulk[0]))[:: arguments.every], *list(frames(clusters[0])) * arguments.copies],
)
dense = list(frames(ice / "4gcc_1000K_train.xyz"))
solid = write("solid_train.xyz", dense[:-6]), write("solid_valid.xyz", dense[-6:])
quick = arguments.quick

print("RMSE of Born charges in e, validation      bulk   clusters")
cost = 2 if quick else 1
for k, (sets, levels) in enumerate(((bulk, "14,14"), (clusters, "12,12"))):
    levels = "10,10" if quick else levels
    tensors(*sets, "independent", levels, f"independent_{k}", "--radial-cost", cost)
row(
    "independent, a model for each",
    ("independent_0", "independent_1"),
    f"  wanted for the bulk {WANTED['bulk']}",
)
levels = "10,10" if quick else "14,14"
for name, model, train in (
    ("independent, one model for both", "independent_both", both[0]),
    ("independent, frames of the joint fit", "independent_joint", joint_train),
):
    tensors(train, both[1], "independent", levels, model, "--radial-cost", cost)
    row(name, model)

factor = "8,8" if quick else "12,12,8"
coupled("charges from forces", potential("forces.model", "forces", 8, both[0], 12), both[0], factor)
coupled(
    "charges from forces and tensors",
    potential("joint.model", "forces,bec", 10, both[0], 12),
    both[0],
    factor,
)
model = "joint.model"
for k in range(1, arguments.rounds + 1):
    model = go_on(f"joint_{k}.model", model, f"local_{model}", both[0])
    coupled(f"charges with the factor, turn {k}", model, both[0], factor)
together()

print("superionic water, independent, validation")
for name, sets, levels, cutoff in (
    ("2 g/cm3, 2000 K", (ice / "2gcc_2000K_train.xyz", ice / "2gcc_2000K_val.xyz"), "28,28", 4.5),
    ("4 g/cm3, 1000 K", solid, "14,14,14", 3.5),
):
    rmse = tensors(
        *sets, "independent", "12,12" if quick else levels, "superionic", "--cutoff", cutoff
    )[0]
    print(f"{name:40} {rmse:6.4f}              wanted {WANTED[name]}", flush=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(f"{used.ru_utime + used.ru_stime:.0f} s of a processor")
