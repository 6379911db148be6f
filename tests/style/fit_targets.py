"""What depends on a target of fits stands in lib/fit/targets: nothing else names one, but the places that house the chain of energy,
forces and Born charges (docs/contributing/add_a_target.md says why)."""
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from tap import Tap

ROOT = pathlib.Path(__file__).resolve().parents[2]
ENDINGS = {".c", ".h", ".cpp", ".hpp", ".py"}
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.S)
TARGETS = re.findall(r"X\((\w+), (\w+)\)", (ROOT / "lib/fit/targets/target_list.h").read_text())
HEADER = (ROOT / "include/lrpot/fit.h").read_text()
CONSTANTS = "|".join(constant for constant, _ in TARGETS)
# Constants of targets and their bits, and records of one target.
WRONG = [
    re.compile(rf"\bLRPOT_(FIT|FIT_TARGET|_TARGET)_({CONSTANTS})\b"),
    re.compile(rf"\blrpot__target_({'|'.join(name for _, name in TARGETS)})\b"),
]
ALLOWED = {
    "lib/fit/jacobian/": {"ENERGY", "FORCES", "STRESS", "BORN"},
    "lib/fit/data/frame.": {"ENERGY", "FORCES", "STRESS", "BORN"},
    "lib/fit/driver/fit_born_factor.c": {"BORN"},
    "lib/fit/driver/fit_start.c": {"ENERGY"},
    "lib/fit/driver/auto_weights.c": {"ENERGY", "FORCES"},
    "lib/fit/driver/memory_forecast.c": {"BORN"},
    "tools/fitting/coverage.c": {"STRESS"},
    "tools/fitting/training.c": {"ENERGY", "FORCES", "STRESS"},
}


def allowed(name, constant):
    return any(name.startswith(place) and constant in ALLOWED[place] for place in ALLOWED)


def code():
    for folder in ("lib", "tools", "bindings"):
        for path in sorted((ROOT / folder).rglob("*")):
            name = str(path.relative_to(ROOT))
            if path.suffix in ENDINGS and not name.startswith("lib/fit/targets/"):
                text = path.read_text()
                if path.suffix != ".py":
                    text = COMMENT.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)
                yield name, text


tap = Tap()
hits = [
    (name, number, hit)
    for name, text in code()
    for number, line in enumerate(text.split("\n"), 1)
    for pattern in WRONG
    for hit in pattern.finditer(line)
]
found = [
    f"{name}:{number}: {hit[0]}"
    for name, number, hit in hits
    if not allowed(name, hit[hit.lastindex])
]
tap.ok(not found, "no target is named outside lib/fit/targets and the chain", found)
unused = [
    f"{place}: {constant}"
    for place, constants in ALLOWED.items()
    for constant in sorted(constants)
    if not any(
        name.startswith(place) and hit[hit.lastindex] == constant for name, number, hit in hits
    )
]
tap.ok(not unused, "every exception is needed", unused)
numbers = {
    name: int(value)
    for name, value in re.findall(r"#define LRPOT_FIT_(\w+) (\d+)(?=[ \n])", HEADER)
}
wrong = [
    f"{constant}: {numbers.get(constant)}, expected {place}"
    for place, (constant, _) in enumerate(TARGETS)
    if numbers.get(constant) != place
]
tap.ok(TARGETS and not wrong, "the list has the targets of the header in their order", wrong)
records = "\n".join(path.read_text() for path in sorted((ROOT / "lib/fit/targets").glob("*.c")))
wrong = [
    name for _, name in TARGETS if len(re.findall(rf"lrpot__target_{name} = \{{", records)) != 1
]
tap.ok(not wrong, "every target has one record", wrong)
tap.done()
