"""Sources of the project as text, for the checks of style."""
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.S)
STRING = re.compile(r'"(?:\\.|[^"\\\n])*"')
# Declarations of the Fortran module that mirror constants of the headers.
MIRROR = re.compile(r"\s*integer\(c_int32_t\)(, parameter)? :: \w+ = ")


def blank_comments(text):
    """C without comments; lines keep their numbers."""
    return COMMENT.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)


def blank_strings(text):
    """C without the content of its string literals."""
    return STRING.sub('""', text)


def table(path):
    """Lines X(CONSTANT, name) of a list of records, as pairs."""
    return re.findall(r"X\((\w+), (\w+)\)", (ROOT / path).read_text())


def code(folders, endings, but):
    """Names and texts of the sources in folders, without those whose name begins with `but`."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            name = str(path.relative_to(ROOT))
            if path.suffix in endings and not name.startswith(but):
                yield name, path.read_text()


def hits(sources, patterns):
    """Matches of patterns as (name, number of the line, line, match), outside of comments."""
    for name, text in sources:
        if not name.endswith((".f90", ".py")):
            text = blank_comments(text)
        for number, line in enumerate(text.split("\n"), 1):
            if name.endswith(".f90") and MIRROR.match(line):
                continue
            for pattern in patterns:
                for hit in pattern.finditer(line):
                    yield name, number, line, hit


def wrong_numbers(header, prefix, lines, first):
    """Constants of a list whose values in a header are not first, first + 1, ... in its order."""
    text = (ROOT / header).read_text()
    numbers = {
        name: int(value) for name, value in re.findall(rf"#define {prefix}(\w+) (\d+)(?=\s)", text)
    }
    return [
        f"{constant}: {numbers.get(constant)}, expected {place}"
        for place, (constant, _) in enumerate(lines, first)
        if numbers.get(constant) != place
    ]


def without_record(folder, pattern, lines):
    """Names of a list without exactly one match of the pattern, with {name}, in a folder's .c
    files."""
    text = "\n".join(path.read_text() for path in sorted((ROOT / folder).glob("*.c")))
    return [name for _, name in lines if len(re.findall(pattern(name), text)) != 1]
