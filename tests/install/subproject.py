"""The library works as a subproject of a meson build, without tests, tools or documentation of its
own.
usage: subproject.py MESON CC"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
from tap import Tap

meson, cc = sys.argv[1:3]
tap = Tap()


def step(fact, command, env):
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env=env,
    )
    tap.ok(done.returncode == 0, fact, done.stdout.splitlines()[-40:])
    return done.returncode == 0


with tempfile.TemporaryDirectory(prefix="lrpot-subproject-") as name:
    host = pathlib.Path(name) / "host"
    shutil.copytree(ROOT / "tests/install/subproject", host)
    shutil.copy(ROOT / "tests/install/program.c", host)
    (host / "subprojects").mkdir()
    (host / "subprojects" / "liblrpot").symlink_to(ROOT)
    # An installed copy must not be found first.
    env = {**os.environ, "CC": cc, "PKG_CONFIG_PATH": ""}
    build = str(host / "build")
    if step(
        "a host configures with the library as a fallback",
        [meson, "setup", build, str(host), "--wrap-mode=forcefallback", "--buildtype=plain"],
        env,
    ) and step("the host builds", [meson, "compile", "-C", build], env):
        step("the host's program runs", [meson, "test", "-C", build, "host"], env)
        extra = [path.name for path in (host / "build").rglob("check_*")]
        tap.ok(not extra, "nothing but the library is built with it", extra[:5])
tap.done()
