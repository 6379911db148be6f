"""All that depends on the kernel of the Coulomb sum stands in lib/electrostatics/kernels: nothing
else compares kernels."""
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from sources import code, hits, table, without_record, wrong_numbers
from tap import Tap

HOME = "lib/electrostatics/kernels"
FOLDERS = ("lib/electrostatics", "lib/charges", "lib/potential", "lib/io", "lib/response")
FOLDERS += ("lib/phonons", "lib/fit", "tools", "bindings")
KERNELS = table(f"{HOME}/ewald_kernels.h")
CONSTANTS = "|".join(constant for constant, _ in KERNELS)
NAMES = "|".join(name for _, name in KERNELS)
# Constants of kernels, but where one is asked for; comparisons, but of the kernels of two options;
# rules of one kernel.
WRONG = [
    re.compile(rf"(?<!kernel = )\bLRPOT_EWALD_({CONSTANTS})\b"),
    re.compile(r"(\.|->)kernel\s*([=!]=|[<>])(?! \w+->kernel\b)"),
    re.compile(rf"\blrpot__kernel_({NAMES})\b"),
]
# Constants for the choice of instructions in other folders, which are not of the sum.
OTHER = re.compile(r"LRPOT_KERNEL_")

tap = Tap()
sources = code(FOLDERS, {".c", ".h", ".cpp", ".hpp", ".py", ".f90"}, f"{HOME}/")
found = [
    f"{name}:{number}: {hit[0]}"
    for name, number, line, hit in hits(sources, WRONG)
    if not OTHER.search(line)
]
tap.ok(not found, "no kernel is compared or named outside lib/electrostatics/kernels", found)
wrong = wrong_numbers("include/lrpot/ewald.h", "LRPOT_EWALD_", KERNELS, 0)
tap.ok(KERNELS and not wrong, "the table has the kernels of the header in their order", wrong)
wrong = without_record(
    HOME,
    lambda name: rf"lrpot__kernel_rules lrpot__kernel_{name} = \{{\s*\.name = \"{name}\"",
    KERNELS,
)
tap.ok(
    not wrong, "every kernel has one record, under its own name, by designated initialisers", wrong
)
tap.done()
