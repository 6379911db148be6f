"""Every public header compiles alone, twice over, in every language a host may use.  usage:
headers_alone.py CC [CXX]"""
import shlex
import subprocess
import sys
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
from tap import Tap

compilers = {
    "c": shlex.split(sys.argv[1]),
    "c++": shlex.split(sys.argv[2]) if len(sys.argv) > 2 else None,
}
tap = Tap()
headers = sorted((ROOT / "include" / "lrpot").glob("*.h")) + sorted(
    (ROOT / "bindings").rglob("lrpot/*.hpp")
)
for header in headers:
    name = f"lrpot/{header.name}"
    for language, standard in (("c", "c99"), ("c", "c11"), ("c++", "c++11"), ("c++", "c++17")):
        if header.suffix == ".hpp" and language == "c":
            continue
        if compilers[language] is None:
            tap.skip(f"{name} alone as {standard}", "no C++ compiler")
            continue
        command = compilers[language] + [
            f"-std={standard}",
            "-pedantic",
            "-Wall",
            "-Wextra",
            "-Werror",
            "-fsyntax-only",
            "-x",
            language,
            f"-I{ROOT / 'include'}",
            f"-I{header.parents[1]}",
            "-",
        ]
        run = subprocess.run(
            command,
            input=(
                f"#include <{name}>\n#include <{name}>\nint main(void) {{ return 0; }}\n".replace(
                    "(void)", "()" if language == "c++" else "(void)"
                )
            ),
            capture_output=True,
            text=True,
        )
        tap.ok(run.returncode == 0, f"{name} alone as {standard}", run.stderr.splitlines())
tap.done()
