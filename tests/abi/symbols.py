"""The symbols of the libraries: headers, version script, recorded list and what the linker really
exports are one and the same.
usage: symbols.py SHARED STATIC"""
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "abi"), str(ROOT / "tests" / "support")]
import public
from tap import Tap

shared, static = sys.argv[1:3]
tap = Tap()
names = public.declared()
tap.ok(
    public.mapped() == names,
    "the version script lists exactly the functions of the headers (abi/record writes it)",
    sorted(set(names) ^ set(public.mapped())),
)
recorded = public.SYMBOLS.read_text().split()
exported = public.exported(shared)
tap.ok(
    not set(recorded) - set(exported),
    "no recorded symbol has gone",
    sorted(set(recorded) - set(exported)),
)
tap.ok(
    not set(exported) - set(recorded),
    "new symbols are recorded (abi/record)",
    sorted(set(exported) - set(recorded)),
)

text = subprocess.run(
    ["nm", "--defined-only", "--extern-only", "--format=posix", static],
    check=True,
    capture_output=True,
    text=True,
).stdout
foreign = sorted(
    {
        line.split()[0]
        for line in text.splitlines()
        if len(line.split()) > 1 and not line.split()[0].startswith("lrpot_")
    }
)
# Symbols that the sanitizers add to every object.
foreign = [
    name
    for name in foreign
    if not name.startswith(
        ("__asan", "__odr_asan", "__tsan", "__ubsan", "__gcov", "__llvm", "__prof", "__sancov")
    )
]
tap.ok(not foreign, "every global name of the static library begins with lrpot_", foreign)

data = [
    line
    for line in text.splitlines()
    if len(line.split()) > 1 and line.split()[1] in "DBC" and not line.startswith(("__", "lrpot__"))
]
tap.ok(not data, "no public symbol is a variable", data)
tap.done()
