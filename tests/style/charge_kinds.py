"""All that depends on the kind of charges stands in lib/charges: nothing else names a kind or
compares kinds."""
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from sources import code, hits, table, without_record, wrong_numbers
from tap import Tap

KINDS = table("lib/charges/charge_kinds.h")
CONSTANTS = "|".join(constant for constant, _ in KINDS)
NAMES = "|".join(name for _, name in KINDS)
# Constants of kinds; their names as texts; comparisons of kinds; rules of one kind.
WRONG = [
    re.compile(rf"\bLRPOT_CHARGES_({CONSTANTS})\b"),
    re.compile(rf'"({NAMES})"'),
    re.compile(r"lrpot_charges_kind\([^;]*?\)\s*([=!]=|[<>])"),
    re.compile(r"charges(->|\.)(options\.)?kind\s*([=!]=|[<>])"),
    re.compile(rf"\blrpot__charges_({NAMES})\b"),
]
# The kernel of the Coulomb sum has the name of the charges that it was made for; cells are fixed.
OTHER = {
    ("lib/electrostatics/kernels/latent_kernel.c", '"latent"'),
    ("tools/verbs/verb_relax.c", '"fixed"'),
}

tap = Tap()
sources = code(
    ("lib", "tools", "bindings"), {".c", ".h", ".cpp", ".hpp", ".py", ".f90"}, "lib/charges/"
)
found = [
    f"{name}:{number}: {hit[0]}"
    for name, number, _, hit in hits(sources, WRONG)
    if (name, hit[0]) not in OTHER
]
tap.ok(not found, "no kind of charges is named outside lib/charges", found)
wrong = wrong_numbers("include/lrpot/charges.h", "LRPOT_CHARGES_", KINDS, 1)
tap.ok(KINDS and not wrong, "the table has the kinds of the header in their order", wrong)
wrong = without_record(
    "lib/charges",
    lambda name: rf"lrpot__charge_rules lrpot__charges_{name} = \{{\s*\.name = \"{name}\"",
    KINDS,
)
tap.ok(
    not wrong, "every kind has one record, under its own name, by designated initialisers", wrong
)
tap.done()
