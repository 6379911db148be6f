"""What depends on the kind of charges stands in lib/charges: nothing else names a kind or compares kinds."""
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from tap import Tap

ROOT = pathlib.Path(__file__).resolve().parents[2]
ENDINGS = {".c", ".h", ".cpp", ".hpp", ".py", ".f90"}
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.S)
TABLE = (ROOT / "lib/charges/charge_kinds.h").read_text()
KINDS = re.findall(r"X\((\w+), (\w+)\)", TABLE)
HEADER = (ROOT / "include/lrpot/charges.h").read_text()
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
# The kernel of the Coulomb sum has the name of the charges that it was made for; "fixed" is also a word of its own.
OTHER = {("lib/electrostatics/kernels/latent_kernel.c", '"latent"')}


def code():
    for folder in ("lib", "tools", "bindings"):
        for path in sorted((ROOT / folder).rglob("*")):
            name = str(path.relative_to(ROOT))
            if path.suffix in ENDINGS and not name.startswith("lib/charges/"):
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
        yield number, line


tap = Tap()
found = [
    f"{name}:{number}: {hit[0]}"
    for name, text in code()
    for number, line in lines(text, name)
    for pattern in WRONG
    for hit in pattern.finditer(line)
    if (name, hit[0]) not in OTHER
]
tap.ok(not found, "no kind of charges is named outside lib/charges", found)
numbers = {
    name: int(value) for name, value in re.findall(r"#define LRPOT_CHARGES_(\w+) (\d+)", HEADER)
}
wrong = [
    f"{constant}: {numbers.get(constant)}, expected {place}"
    for place, (constant, _) in enumerate(KINDS, 1)
    if numbers.get(constant) != place
]
tap.ok(KINDS and not wrong, "the table has the kinds of the header in their order", wrong)
rules = "\n".join(path.read_text() for path in sorted((ROOT / "lib/charges").glob("*.c")))
wrong = [
    name
    for constant, name in KINDS
    if not re.search(
        rf"lrpot__charge_rules lrpot__charges_{name} = \{{\s*\.name = \"{name}\"", rules
    )
]
tap.ok(
    not wrong, "every kind has one record, under its own name, by designated initialisers", wrong
)
tap.done()
