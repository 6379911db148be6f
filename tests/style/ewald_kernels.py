"""What depends on the kernel of the Coulomb sum stands in lib/electrostatics/kernels: nothing else compares kernels."""
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from tap import Tap

ROOT = pathlib.Path(__file__).resolve().parents[2]
HOME = "lib/electrostatics/kernels/"
FOLDERS = ("lib/electrostatics", "lib/charges", "lib/potential", "lib/io", "lib/response")
FOLDERS += ("lib/phonons", "lib/fit", "tools", "bindings")
ENDINGS = {".c", ".h", ".cpp", ".hpp", ".py", ".f90"}
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.S)
TABLE = (ROOT / HOME / "ewald_kernels.h").read_text()
KERNELS = re.findall(r"X\((\w+), (\w+)\)", TABLE)
HEADER = (ROOT / "include/lrpot/ewald.h").read_text()
CONSTANTS = "|".join(constant for constant, _ in KERNELS)
NAMES = "|".join(name for _, name in KERNELS)
# Constants of kernels, but where one is asked for; comparisons, but of the kernels of two options; rules of one kernel.
WRONG = [
    re.compile(rf"(?<!kernel = )\bLRPOT_EWALD_({CONSTANTS})\b"),
    re.compile(r"(\.|->)kernel\s*([=!]=|[<>])(?! \w+->kernel\b)"),
    re.compile(rf"\blrpot__kernel_({NAMES})\b"),
]
# Words for the choice of instructions in other folders, which have nothing to do with the sum.
OTHER = re.compile(r"LRPOT_KERNEL_")


def code():
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            name = str(path.relative_to(ROOT))
            if path.suffix in ENDINGS and not name.startswith(HOME):
                yield name, path.read_text()


def lines(text, name):
    """The code, comments blanked; of the Fortran module without the declarations that mirror the header."""
    if not name.endswith((".f90", ".py")):
        text = COMMENT.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)
    for number, line in enumerate(text.split("\n"), 1):
        if name.endswith(".f90") and re.match(
            r"\s*integer\(c_int32_t\)(, parameter)? :: \w+ = ", line
        ):
            continue
        if not OTHER.search(line):
            yield number, line


tap = Tap()
found = [
    f"{name}:{number}: {hit[0]}"
    for name, text in code()
    for number, line in lines(text, name)
    for pattern in WRONG
    for hit in pattern.finditer(line)
]
tap.ok(not found, "no kernel is compared or named outside lib/electrostatics/kernels", found)
numbers = {
    name: int(value)
    for name, value in re.findall(r"#define LRPOT_EWALD_(\w+) (\d+)", HEADER)
    if name in CONSTANTS.split("|")
}
wrong = [
    f"{constant}: {numbers.get(constant)}, expected {place}"
    for place, (constant, _) in enumerate(KERNELS)
    if numbers.get(constant) != place
]
tap.ok(KERNELS and not wrong, "the table has the kernels of the header in their order", wrong)
rules = "\n".join(path.read_text() for path in sorted((ROOT / HOME).glob("*.c")))
wrong = [
    name
    for _, name in KERNELS
    if not re.search(
        rf"lrpot__kernel_rules lrpot__kernel_{name} = \{{\s*\.name = \"{name}\"", rules
    )
]
tap.ok(
    not wrong, "every kernel has one record, under its own name, by designated initialisers", wrong
)
tap.done()
