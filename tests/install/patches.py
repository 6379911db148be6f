"""The step lists of docs/contributing stay true: their example patches are applied to a copy of the
tree, built and tested. Each applies to the tree as it is; one build has all of them.
usage: patches.py MESON CC BUILD
For each patch: a check that goes through the table that it adds to, so that it has more cases than
the same check in BUILD, and the style test of that table."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
from tap import Tap

PATCHES = {
    "charge_model": ("check_charge_kinds", "charge_kinds.py"),
    "kernel": ("check_ewald_kernels", "ewald_kernels.py"),
    "target": ("check_targets", "fit_targets.py"),
}
SCRIPTS = ["tests/style/includes.py", "tests/bindings/fortran_names.py"]
SCRIPTS += [f"tests/style/{script}" for _, script in PATCHES.values()]

meson, cc, built = sys.argv[1:]
built = pathlib.Path(built).resolve()
OPTIONS = ["--buildtype=plain", "-Doptimization=1", "-Dfortran=disabled", "-Dlammps=disabled"]
OPTIONS += ["-Dpython=", "-Dtools=false", "-Dbenchmarks=false", "-Dexamples=false"]
tap = Tap()


def run(command, folder, env=None):
    return subprocess.run(
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env=env,
    )


def step(fact, command, folder, env=None):
    done = run(command, folder, env)
    lines = done.stdout.splitlines()
    wrong = [line for line in lines if line.startswith("not ok")]
    tap.ok(done.returncode == 0 and not wrong, fact, wrong or lines[-40:])
    return done.returncode == 0


def skipped(folder, names):
    """Builds beside the sources, not files of the tree that are named so."""
    builds = [name for name in names if name.startswith("build") and folder == str(ROOT)]
    return {*builds, ".git", "__pycache__"}


def cases(path, env):
    """Number of cases of a check."""
    return sum(
        line.startswith("ok ") for line in run([str(path)], path.parent, env).stdout.splitlines()
    )


def apply_all(tree):
    """Applies each patch, after all of them were tried on the tree as it is."""
    command = ["patch", "-p1", "--batch", "--input"]
    files = {name: ROOT / f"docs/contributing/patches/{name}.patch" for name in PATCHES}
    alone = [
        step(f"{name} applies to the tree as it is", [*command, path, "--dry-run"], tree)
        for name, path in files.items()
    ]
    return all(alone) and all(
        [
            step(f"{name} applies beside the others", [*command, path], tree)
            for name, path in files.items()
        ]
    )


def build_and_run(tree, env):
    targets = [f"tests/{program}" for program, _ in PATCHES.values()]
    if not step("it configures", [meson, "setup", "build", *OPTIONS], tree, env):
        return
    if not step("it builds", [meson, "compile", "-C", "build", *targets], tree, env):
        return
    for target in targets:
        new = tree / "build" / target
        step(f"{new.name} passes", [str(new)], tree, env)
        before, after = cases(built / target, env), cases(new, env)
        tap.ok(after > before > 0, f"{new.name} has cases of what was added", [before, after])


with tempfile.TemporaryDirectory(prefix="lrpot-patch-") as name:
    tree = pathlib.Path(name) / "tree"
    shutil.copytree(ROOT, tree, ignore=skipped)
    env = {**os.environ, "CC": cc, "LRPOT_SOURCE_ROOT": str(tree)}
    if apply_all(tree):
        for script in SCRIPTS:
            step(f"{script} passes", [sys.executable, str(tree / script)], tree, env)
        build_and_run(tree, env)
tap.done()
