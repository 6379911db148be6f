"""Completion in bash offers each verb and option of the help pages, and words, files or nothing for
their values.
usage: check_completion.py LRPOT"""
import pathlib
import re
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from tap import Tap

lrpot = str(pathlib.Path(sys.argv[1]).resolve())
tap = Tap()


def output(*arguments):
    return subprocess.run([lrpot, *arguments], capture_output=True, text=True, check=True).stdout


def options_of(page):
    """(long, short or None, argument or None) of each option of a help page."""
    found = re.findall(r"^  (?:-(\w),|   ) --([\w-]+) ?(\S*)", page, re.M)
    return [("--" + name, "-" + short if short else None, value) for short, name, value in found]


def complete(lines):
    """What bash offers for the last word of each line: words, or None for names of files."""
    script = [output("--completion"), "compopt() { default=$1; }"]
    for words in lines:
        quoted = " ".join(f"'{word}'" for word in words)
        script.append(
            f"COMP_WORDS=({quoted}) COMP_CWORD={len(words) - 1} default=-o; _lrpot;"
            ' echo "$default ${COMPREPLY[*]}"'
        )
    done = subprocess.run(
        ["bash", "--norc", "-s"], input="\n".join(script), capture_output=True, text=True
    )
    tap.ok(done.stderr == "", "bash has nothing to say", done.stderr.splitlines())
    for line in done.stdout.splitlines():
        way, *offered = line.split()
        yield None if way == "-o" and not offered else offered


def check_words(verbs, modes):
    lines = [["lrpot", ""], ["lrpot", "help", ""], ["lrpot", "no-such-verb", "--"]]
    first, second, unknown = complete(lines)
    wanted, options = ["help", *verbs], re.findall(r"^  (--\w+) ", output("--help"), re.M)
    tap.ok(sorted(first) == sorted([*wanted, *options]), "each verb is offered", first)
    tap.ok(sorted(second) == sorted(wanted), "help takes each verb", second)
    tap.ok(unknown is None, "an unknown verb has no options", [unknown])
    for (words, page), offered in zip(modes, complete([[*words, "-"] for words, _ in modes])):
        wanted = sorted(name for name, _, _ in options_of(page))
        if words[-1] == "fit":
            wanted = sorted(["--tensors", *wanted])
        tap.ok(sorted(offered) == wanted, f"options of {' '.join(words)}", [wanted, offered])


def files_wanted(value):
    names = ("FILE", "MODEL", "TENSORS", "OUT", "SET", "DIR", "PATH", "LOG", "M2,M3,...")
    return value.split("|")[0] in names or re.search(r"\.(csv|png|xyz)$", value) is not None


def check_values(modes):
    lines, facts = [], []
    for words, page in modes:
        taken = set()
        for name, short, value in options_of(page):
            short = None if short in taken else short  # a verb's letter wins over a shared one
            taken.add(short)
            for option in filter(None, (name, short)):
                lines.append([*words, option, ""])
                facts.append((words, option, value))
    wrong = []
    for (words, option, value), offered in zip(facts, complete(lines)):
        choices = [word for word in value.split("|") if re.fullmatch(r"[a-z-]+", word)]
        if "|" in value and not files_wanted(value):
            good = offered == choices
        else:
            good = offered is None if not value or files_wanted(value) else offered == []
        if not good:
            wrong.append([*words, option, value, offered])
    tap.ok(len(facts) > 200 and not wrong, "values are completed as the help says", wrong)


def check_forms():
    lines = [
        ["lrpot", "bec", "--form", "ph"],
        ["lrpot", "bec", "--form", "=", "ph"],
        ["lrpot", "bec", "--form", "="],
        ["lrpot", "eval", "model.lrp", ""],
        ["lrpot", "fit", "--level", "8", "--cha"],
    ]
    begun, equals, empty, operand, options_begun = complete(lines)
    tap.ok(begun == equals == ["phase"], "a begun value is completed, after = as well", [equals])
    tap.ok(empty == ["unfolded", "phase", "midpoint"], "all values are offered after =", [empty])
    tap.ok(operand is None, "operands are names of files", [operand])
    tap.ok(
        options_begun and all(name.startswith("--cha") for name in options_begun),
        "a begun option is completed",
        options_begun,
    )


if shutil.which("bash") is None:
    tap.skip("completion", "no bash")
    tap.done()
verbs = re.findall(r"^  (\w+) ", output("--help"), re.M)
pages = [(["lrpot", verb], output(verb, "--help")) for verb in verbs]
pages.append((["lrpot", "fit", "--tensors", "x"], output("fit", "--tensors", "x", "--help")))
check_words(verbs, pages)
check_values(pages)
check_forms()
tap.done()
