"""Includes run downwards only (docs/contributing/architecture.md), and what is written on the
public API sees nothing else."""
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from tap import Tap

ROOT = pathlib.Path(__file__).resolve().parents[2]
ORDER = ["core", "structure", "basis", "electrostatics", "charges", "potential", "response"]
BELOW = {folder: set(ORDER[:k]) for k, folder in enumerate(ORDER)}
BELOW["electrostatics"] = {"core", "structure"}
BELOW["spectra"] = {"core", "structure", "electrostatics"}
BELOW["phonons"] = set(ORDER)
BELOW["tensors"] = set(ORDER) | {"phonons"}
BELOW["fit"] = BELOW["tensors"] | {"tensors"}
BELOW["io"] = BELOW["fit"] - {"phonons"}
# Public headers by the folder that implements them.
OWNER = {
    "status": "core",
    "workspace": "core",
    "structure": "structure",
    "nlist": "structure",
    "basis": "basis",
    "host": "basis",
    "ewald": "electrostatics",
    "ewald_operator": "electrostatics",
    "ewald_response": "electrostatics",
    "multipoles": "electrostatics",
    "charges": "charges",
    "selfconsistent": "charges",
    "density": "potential",
    "potential": "potential",
    "nep": "potential",
    "response": "response",
    "heat": "response",
    "path": "spectra",
    "spectra": "spectra",
    "phonons": "phonons",
    "tensors": "tensors",
    "fit": "fit",
    "active_set": "potential",
    "io": "io",
    "file": "io",
}
# workspace.h speaks of atoms, so core may name what structure.h declares.
ALLOWED = {("core", "structure")}
INCLUDE = re.compile(r'^\s*#\s*include\s*(<[^>]+>|"[^"]+")', re.M)


def sources(folder, *endings):
    return [
        path
        for ending in endings
        for path in sorted((ROOT / folder).rglob("*" + ending))
        if "subprojects" not in path.parts
    ]


def wrong_in_library(path, folder):
    allowed = BELOW[folder] | {folder}
    for name in INCLUDE.findall(path.read_text()):
        inner, public = name[1:-1], name.startswith("<lrpot/")
        if public:
            target = OWNER.get(inner[len("lrpot/") : -2])
        elif name.startswith('"'):
            target = inner.split("/")[0] if "/" in inner else folder
        else:
            continue
        if target not in allowed and (folder, target) not in ALLOWED:
            yield f"{path.relative_to(ROOT)} includes {name}"


def wrong_outside(path):
    for name in INCLUDE.findall(path.read_text()):
        beside = name.startswith('"') and any(
            (base / name[1:-1]).exists()
            for base in (path.parent, ROOT / path.relative_to(ROOT).parts[0])
        )
        if name.startswith('"') and not beside:
            yield f"{path.relative_to(ROOT)} includes {name}, which is not in its own folder"
        if name.startswith('"') and "lib/" in name:
            yield f"{path.relative_to(ROOT)} includes {name} of the library's inside"


tap = Tap()
for folder in BELOW:
    wrong = [
        line
        for path in sources(f"lib/{folder}", ".c", ".h")
        for line in wrong_in_library(path, folder)
    ]
    tap.ok(
        not wrong,
        (
            f"lib/{folder} includes nothing but"
            f" itself{''.join(', ' + name for name in sorted(BELOW[folder]))}"
        ),
        wrong,
    )
folders = sorted(path.name for path in (ROOT / "lib").iterdir() if path.is_dir())
tap.ok(
    folders == sorted(BELOW), "every folder of the library has its place in the order", [folders]
)
for folder in ("tools", "bindings", "examples"):
    wrong = [
        line for path in sources(folder, ".c", ".h", ".cpp", ".hpp") for line in wrong_outside(path)
    ]
    tap.ok(not wrong, f"{folder} sees the public headers only", wrong)
tap.done()
