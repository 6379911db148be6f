"""No circles between the .c files of the library, and a header beside each of them.

A file leads to another if it uses a function or an object that the other defines."""
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from sources import ROOT, blank_comments, blank_strings, table
from tap import Tap

LIB = ROOT / "lib"
# A function body, or a constant with its values, at the left margin.
FUNCTION = re.compile(r"^(?!static\b|typedef\b)[a-z][\w \*\n]*?\b(lrpot_\w+)\([^;{}]*\)\s*\{", re.M)
OBJECT = re.compile(
    r"^(?!static\b|typedef\b|extern\b)const [\w \*]*?\b(lrpot_\w+)(?:\[\w*\])?\s*=", re.M
)
DECLARED = re.compile(r"\b(lrpot__\w+)\([^;{}]*\);")
# Sources compiled once for each instruction set: the header is that of their common name.
VARIANT = re.compile(r"_(portable|avx2|avx512|reference)$")
# Name of the function or object that such a source defines.
NAMED = re.compile(r"^#define [A-Z]+ (lrpot__\w+)$", re.M)
INCLUDED = re.compile(r'#include "([^"]*lanes[^"]*)"')
# Macros that write names of records, with the list that has a line for each of them.
LISTS = {
    "charges/charge_rules.c": ("lib/charges/charge_kinds.h", "lrpot__charges_"),
    "electrostatics/kernels/kernel_rules.c": (
        "lib/electrostatics/kernels/ewald_kernels.h",
        "lrpot__kernel_",
    ),
    "fit/targets/targets.c": ("lib/fit/targets/target_list.h", "lrpot__target_"),
}


def name(path):
    return str(path.relative_to(LIB))


def used(path):
    """Names in a source, in the loops that it includes, and in the list that its macros read."""
    names = set(re.findall(r"\blrpot_\w+", blank_strings(texts[path])))
    for included in INCLUDED.findall(texts[path]):
        names |= used(LIB / included)
    if name(path) in LISTS:
        listed, prefix = LISTS[name(path)]
        names |= {prefix + line for _, line in table(listed)}
    return names


def defined(path):
    variant = NAMED.findall(texts[path]) if VARIANT.search(path.stem) else []
    return set(FUNCTION.findall(texts[path])) | set(OBJECT.findall(texts[path])) | set(variant)


def circles(graph):
    """Sets of files that lead back to each other (Tarjan)."""
    number, low, stack, found = {}, {}, [], []

    def visit(node):
        number[node] = low[node] = len(number)
        stack.append(node)
        for other in sorted(graph[node]):
            if other not in number:
                visit(other)
            if other in stack:
                low[node] = min(low[node], low[other])
        if low[node] == number[node]:
            at = stack.index(node)
            if len(stack) - at > 1:
                found.append(sorted(stack[at:]))
            del stack[at:]

    for node in sorted(graph):
        if node not in number:
            visit(node)
    return found


texts = {
    path: blank_comments(path.read_text())
    for ending in ("*.c", "*.h")
    for path in sorted(LIB.rglob(ending))
}
sources = [path for path in texts if path.suffix == ".c"]
home = {symbol: path for path in sources for symbol in defined(path)}
uses = {path: {home[s]: s for s in used(path) if s in home} for path in sources}
graph = {path: set(uses[path]) - {path} for path in sources}

tap = Tap()
tap.ok(
    len(home) > 700 and sum(map(len, graph.values())) > 1000,
    "definitions and uses are found",
    [len(home), sum(map(len, graph.values()))],
)
lines = [
    f"{name(a)} -> {name(b)}: {uses[a][b]}"
    for circle in circles(graph)
    for a in circle
    for b in sorted(graph[a] & set(circle))
]
tap.ok(not lines, "no circle between source files", lines)
declared = {
    symbol: path
    for path in texts
    if path.suffix == ".h"
    for symbol in DECLARED.findall(texts[path])
}
wrong = []
for path in sources:
    header = path.with_name(VARIANT.sub("", path.stem) + ".h")
    for symbol in sorted(FUNCTION.findall(texts[path])):
        if symbol.startswith("lrpot__") and declared.get(symbol) != header:
            place = name(declared[symbol]) if symbol in declared else "no header"
            wrong.append(f"{symbol} of {name(path)} is declared in {place}")
tap.ok(not wrong, "what a source file defines is declared in the header beside it", wrong)
tap.done()
