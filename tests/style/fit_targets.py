"""All that depends on a target of fits stands in lib/fit/targets: nothing else names one, but the
files of the chain of energy, forces and Born charges (docs/contributing/add_a_target.md says
why)."""
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from sources import code, hits, table, without_record, wrong_numbers
from tap import Tap

TARGETS = table("lib/fit/targets/target_list.h")
CONSTANTS = "|".join(constant for constant, _ in TARGETS)
NAMES = "|".join(name for _, name in TARGETS)
# Constants of targets and their bits, and records of one target.
WRONG = [
    re.compile(rf"\bLRPOT_(FIT|FIT_TARGET|_TARGET)_({CONSTANTS})\b"),
    re.compile(rf"\blrpot__target_({NAMES})\b"),
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


def places(name, constant):
    """Exceptions that a use of a constant in a file needs."""
    return {(place, constant) for place in ALLOWED if name.startswith(place)} & {
        (place, allowed) for place in ALLOWED for allowed in ALLOWED[place]
    }


tap = Tap()
sources = code(
    ("lib", "tools", "bindings"), {".c", ".h", ".cpp", ".hpp", ".py"}, "lib/fit/targets/"
)
uses = [
    (f"{name}:{number}: {hit[0]}", places(name, hit[hit.lastindex]))
    for name, number, _, hit in hits(sources, WRONG)
]
found = [use for use, needed in uses if not needed]
tap.ok(not found, "no target is named outside lib/fit/targets and the chain", found)
needed = {exception for _, exceptions in uses for exception in exceptions}
unused = [
    f"{place}: {constant}"
    for place, constants in ALLOWED.items()
    for constant in sorted(constants)
    if (place, constant) not in needed
]
tap.ok(not unused, "every exception is needed", unused)
wrong = wrong_numbers("include/lrpot/fit.h", "LRPOT_FIT_", TARGETS, 0)
tap.ok(TARGETS and not wrong, "the list has the targets of the header in their order", wrong)
wrong = without_record("lib/fit/targets", lambda name: rf"lrpot__target_{name} = \{{", TARGETS)
tap.ok(not wrong, "every target has one record", wrong)
tap.done()
