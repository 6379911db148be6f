#!/usr/bin/env python3
"""Writes one C function for each public function, which takes its arguments from an array, and a
table of them, so that a test can walk through all.

usage: public_calls.py OUTPUT HEADER..."""
import pathlib
import re
import sys

PROTOTYPE = re.compile(
    r"LRPOT_API\s+(?:LRPOT_MUST_CHECK\s+)?([^;]*?)\b(lrpot_\w+)\s*\(([^;]*?)\)\s*;", re.S
)
INTEGERS = ("int32_t", "int64_t", "lrpot_status", "size_t")


def words(text):
    return " ".join(text.split())


def parameter(text):
    """Type and name."""
    kind, name = re.fullmatch(r"(.*?)(\w+)", words(text)).groups()
    return kind.strip(), name


def argument(k, kind):
    if kind in INTEGERS:
        return f"({kind})a[{k}].integer"
    if kind == "double":
        return f"a[{k}].real"
    if kind.endswith("*"):
        return f"({kind})a[{k}].pointer"
    return f"({kind})NULL"  # a callback


def function(returned, name, parameters):
    call = f"{name}({', '.join(argument(k, p[0]) for k, p in enumerate(parameters))})"
    unused = "" if parameters else "    (void)a;\n"
    if returned in INTEGERS:
        body = f"    return (int64_t){call};\n"
    elif returned in ("void", "double") or returned.endswith("*"):
        cast = "" if returned == "void" else "(void)"
        body = f"    {cast}{call};\n    return 0;\n"
    else:
        sys.exit(f"{name} returns '{returned}', which is not known here")
    return f"static int64_t call_{name}(const argument *a)\n{{\n{unused}{body}}}\n"


def row(returned, name, parameters):
    kinds = ", ".join(f'{{ "{kind}", "{word}" }}' for kind, word in parameters)
    status = int(returned == "lrpot_status")
    kinds = kinds or "{ NULL, NULL }"
    return f'    {{ "{name}", call_{name}, {status}, {len(parameters)}, {{ {kinds} }} }},\n'


def main(output, headers):
    functions = []
    for header in headers:
        text = re.sub(r"/\*.*?\*/", "", pathlib.Path(header).read_text(), flags=re.S)
        for returned, name, inside in PROTOTYPE.findall(text):
            inside = words(inside)
            parameters = [] if inside == "void" else [parameter(p) for p in inside.split(",")]
            functions.append((words(returned), name, parameters))
    lines = [function(*f) for f in functions]
    lines.append("static const public_function functions[] = {\n")
    lines += [row(*f) for f in functions] + ["};\n"]
    pathlib.Path(output).write_text("".join(lines))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
