"""The step lists of docs/contributing stay true: the example patch of one is applied to a copy of
the tree, built and tested.
usage: patches.py MESON CC BUILD PATCH PROGRAM [SCRIPT...]
PROGRAM is a check that goes through the table that the patch adds to, so that it has more cases
than the same check in BUILD; SCRIPTs are Python tests of the tree."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
from tap import Tap

meson, cc, built, patch, program, *scripts = sys.argv[1:]
OPTIONS = ["--buildtype=debug", "-Doptimization=1", "-Dfortran=disabled", "-Dlammps=disabled"]
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


with tempfile.TemporaryDirectory(prefix="lrpot-patch-") as name:
    tree = pathlib.Path(name) / "tree"
    shutil.copytree(ROOT, tree, ignore=skipped)
    env = {**os.environ, "CC": cc, "LRPOT_SOURCE_ROOT": str(tree)}
    target = f"tests/{program}"
    if step("the patch applies", ["patch", "-p1", "--batch", "--input", patch], tree):
        for script in scripts:
            step(f"{script} passes", [sys.executable, str(tree / script)], tree, env)
        if step("it configures", [meson, "setup", "build", *OPTIONS], tree, env) and step(
            "it builds", [meson, "compile", "-C", "build", target], tree, env
        ):
            step(f"{program} passes", [str(tree / "build" / target)], tree, env)
            before, after = cases(pathlib.Path(built) / target, env), cases(
                tree / "build" / target, env
            )
            tap.ok(after > before > 0, "the check has cases of what was added", [before, after])
tap.done()
