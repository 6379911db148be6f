"""Declarations of the public headers: the one source of the version script and of the recorded
symbol list."""
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent
HEADERS = ROOT / "include" / "lrpot"
MAP = ROOT / "lib" / "liblrpot.map"
SYMBOLS = ROOT / "abi" / "lrpot.symbols"
DUMP = ROOT / "abi" / "liblrpot-0.1.abi"
SUPPRESS = ROOT / "abi" / "suppress.ini"
NODE = "LRPOT_0.1"


def without_comments(text):
    return re.sub(r"/\*.*?\*/|//[^\n]*", " ", text, flags=re.S)


def declared():
    """Functions of the headers, sorted."""
    names = set()
    for header in sorted(HEADERS.glob("*.h")):
        for part in re.split(r"\bLRPOT_API\b", without_comments(header.read_text()))[1:]:
            found = re.search(r"\b(lrpot_\w+)\s*\(", part.split(";")[0])
            if found:
                names.add(found.group(1))
    return sorted(names)


def map_text(names):
    lines = "".join(f"    {name};\n" for name in names)
    return (
        "/* Written by abi/record from the public headers; one node for each minor release. */\n"
        f"{NODE} {{\n  global:\n{lines}  local:\n    *;\n}};\n"
    )


def mapped():
    """Functions that the version script lists, sorted."""
    body = without_comments(MAP.read_text()).split("global:")[1].split("local:")[0]
    return sorted(name.strip() for name in body.split(";") if name.strip())


def exported(library):
    """Names and versions of what a shared library defines, sorted, without the version nodes
    themselves."""
    text = subprocess.run(
        [
            "nm",
            "--dynamic",
            "--defined-only",
            "--with-symbol-versions",
            "--format=posix",
            str(library),
        ],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    names = [
        line.split()[0].replace("@@", "@") for line in text.splitlines() if line.split()[1] != "A"
    ]
    return sorted(names)


def abidw(library, out):
    """Writes the description of the library's binary interface; free of places on this machine."""
    subprocess.run(
        [
            "abidw",
            "--headers-dir",
            str(HEADERS.parent),
            "--drop-private-types",
            "--no-corpus-path",
            "--no-comp-dir-path",
            "--no-show-locs",
            "--out-file",
            str(out),
            str(library),
        ],
        check=True,
    )
    # the names of translation units still hold the folder of the build
    out.write_text(re.sub(r"path='[^']*/(lib/[^']*)'", r"path='\1'", out.read_text()))
