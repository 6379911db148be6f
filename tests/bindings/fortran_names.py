"""The Fortran module has everything that the C headers declare: constants with their values,
structs, functions with their arguments."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
from tap import Tap

KINDS = {
    "integer(c_int32_t)": "int32",
    "integer(c_int64_t)": "int64",
    "integer(c_size_t)": "size",
    "real(c_double)": "double",
    "type(c_ptr)": "pointer",
    "type(c_funptr)": "callback",
}
headers = "\n".join(path.read_text() for path in sorted((ROOT / "include" / "lrpot").glob("*.h")))
headers = re.sub(r"/\*.*?\*/", " ", headers, flags=re.S)
module = (ROOT / "bindings" / "fortran" / "lrpot.f90").read_text()
module = re.sub(r"&\s*\n\s*", "", re.sub(r"!.*", "", module))


def c_kind(text):
    """Fortran kind of a C declaration without its name: a plain value or something behind a
    pointer."""
    if "*" in text:
        return "pointer"
    word = text.replace("const", "").split()[-1]
    return {
        "int32_t": "int32",
        "int64_t": "int64",
        "double": "double",
        "size_t": "size",
        "lrpot_status": "int32",
        "void": "none",
        "lrpot_fit_callback": "callback",
        "lrpot_log": "callback",
    }.get(word, word)


def c_functions():
    for part in re.split(r"\bLRPOT_API\b", headers)[1:]:
        found = re.match(
            r"\s*(?:LRPOT_MUST_CHECK\s+)?([^(;]*?)\b(lrpot_\w+)\s*\(([^;]*)\)\s*;", part
        )
        if not found:  # the macro's own definition
            continue
        arguments = (
            []
            if found[3].strip() == "void"
            else [re.match(r"(.*?)(\w+)$", a.strip(), re.S).groups() for a in found[3].split(",")]
        )
        yield found[2], (
            c_kind(found[1]),
            [(name.lower(), c_kind(kind)) for kind, name in arguments],
        )


def fortran_functions():
    head = re.compile(r"^ *(?:(\S+) function|subroutine) (lrpot_\w+)\(([^)]*)\) bind\(c\)$")
    name = None
    for line in re.sub(r"abstract interface.*?end interface", "", module, flags=re.S).splitlines():
        if found := head.match(line):
            result, name, arguments = found.groups()
            order, kinds = [
                argument.strip().lower() for argument in arguments.split(",") if argument.strip()
            ], {}
        elif name and line.strip().startswith("end "):
            yield name, (
                KINDS.get(result, "none"),
                [(argument, kinds.get(argument)) for argument in order],
            )
            name = None
        elif name and "::" in line:
            kind, names = line.split("::")
            value = KINDS.get(kind.split(",")[0].strip()) if "value" in kind else "pointer"
            kinds.update(
                (argument.strip().removesuffix("(*)").lower(), value)
                for argument in names.split(",")
            )


def c_structs():
    for name, body in re.findall(r"typedef struct (lrpot_\w+) \{([^}]*)\} \1;", headers):
        members = []
        for member in filter(None, (" ".join(text.split()) for text in body.split(";"))):
            callback = re.search(r"\(\*(\w+)\)", member)
            kind, label = (
                ("callback", callback[1])
                if callback
                else re.match(r"(.*?)(\w+)(?:\[\w+\])?$", member).groups()
            )
            members.append((label, kind if callback else c_kind(kind)))
        yield name, members


def fortran_structs():
    for name, body in re.findall(
        r"^ *type, bind\(c\) :: (lrpot_\w+)\n(.*?)^ *end type", module, re.S | re.M
    ):
        yield name, [
            (label, KINDS.get(kind, kind[5:-1]))
            for kind, label in re.findall(r"^ *(\S+\)) :: (\w+)", body, re.M)
        ]


def compare(what, c, fortran):
    missing = sorted(c.keys() - fortran.keys())
    tap.ok(c and not missing, f"every {what} of C is in the module", missing)
    left = sorted(fortran.keys() - c.keys())
    tap.ok(not left, f"the module has no {what} that C lacks", left)
    different = [
        f"{name}: C {c[name]}, Fortran {fortran[name]}"
        for name in sorted(c.keys() & fortran.keys())
        if c[name] != fortran[name]
    ]
    tap.ok(not different, f"every {what} is the same", different)


tap = Tap()
number = r"(-?\d+(?:\.\d+)?)"
compare(
    "constant",
    dict(re.findall(rf"^#define (LRPOT_\w+) {number}", headers, re.M)),
    dict(re.findall(rf"parameter :: (LRPOT_\w+) = {number}_c_", module)),
)
compare("struct", dict(c_structs()), dict(fortran_structs()))
compare("function", dict(c_functions()), dict(fortran_functions()))
tap.done()
