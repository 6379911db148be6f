#!/usr/bin/env python3
"""Passes every test in every build that is supported, and counts: the last line is `N passed, M
failed`.

usage: tests/everything.py [--quick] [--only STEP] [--jobs N]
The builds stay in build-test/, so that a second run only rebuilds what has changed. `./run test`
installs what this needs."""
import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
OUT = ROOT / "build-test"
# Suites of C checks; the others (style, abi scripts, install, examples) look at the tree or the
# build and need one compiler only.
CHECKS = ["unit", "gradient", "property", "reference", "regression", "parallel", "stress", "fuzz"]
STRICT = ["-Dwerror=true", "-Dwarning_level=3"]
# Loops of cases are spread over the builds: gcc's takes one half, clang's the other. So every case
# runs once, but for slow ones, of which gcc's build alone runs any; instrumented builds, which are
# slower, repeat one in eight.
PARTS = {"gcc": "0/2", "clang": "1/2", "sanitizers": "1/8", "valgrind": "3/8", "threads": "5/8"}
# Instrumented code makes gcc warn of what cannot happen, so warnings count in the plain builds. It
# compiles in half the time with few optimizations and line tables alone.
INSTRUMENTED = [
    "-Dwerror=false",
    "-Dbuildtype=debugoptimized",
    "-Doptimization=1",
    "-Dc_args=-g1",
    "-Dexamples=false",
    "-Dbenchmarks=false",
    "-Dfortran=disabled",
    "-Dlammps=disabled",
    "-Dmpi=disabled",
    "-Dman=disabled",
]

# A minute each under valgrind; the sanitizers run them, and parts of a fit are in other programs.
WHOLE_FITS = {
    "check_fit",
    "check_fit_equilibrated",
    "check_add_charges",
    "check_fit_mixed",
    "check_charges_on_nep",
    "check_spectra",
}

FUZZ_RUNS = 20000


class Tally:
    def __init__(self):
        self.passed = self.failed = self.skipped = 0
        self.failures = []

    def fact(self, good, name, detail=""):
        self.passed += good
        self.failed += not good
        if not good:
            self.failures.append(name)
            print(f"FAILED {name}\n{detail}", flush=True)

    def tap(self, where, text, result):
        """Counts the cases of one test program; a program that died without a failing case is a
        failure of its own."""
        bad = re.findall(r"^not ok\b.*$", text, re.M)
        # Cases of C say so on a line of their own, before the protocol, and pass without having
        # looked at anything.
        skipped = len(re.findall(r"^ok\b.*# SKIP|^# SKIP", text, re.M | re.I))
        self.passed += len(re.findall(r"^ok\b", text, re.M)) - skipped
        self.skipped += skipped
        for line in bad:
            self.fact(False, f"{where}: {line}")
        if result not in ("OK", "SKIP", "EXPECTEDFAIL") and not bad:
            self.fact(False, f"{where}: {result}", text[-3000:])


def run(command, env=None, log=None):
    """Runs a command, its output in a log; returns success and the end of the output."""
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    if log:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(done.stdout)
    return done.returncode == 0, "\n".join(done.stdout.splitlines()[-60:])


def introspect(folder, what):
    done = subprocess.run(
        ["meson", "introspect", f"--{what}", str(folder)], capture_output=True, check=True
    )
    return json.loads(done.stdout)


def file_names(folder, chosen):
    """Ninja's names of the targets that chosen() takes."""
    files = [t["filename"][0] for t in introspect(folder, "targets") if chosen(t)]
    assert files, f"{folder}: no target"
    return [os.path.relpath(file, folder) for file in files]


def programs(suites):
    """What the tests of these suites need: the other programs take longer to build than to run."""

    def targets(folder):
        needed = set()
        for test in introspect(folder, "tests"):
            if {suite.split(":")[-1] for suite in test["suite"]} & set(suites):
                needed |= set(test["depends"])
        return file_names(folder, lambda target: target["id"] in needed)

    return targets


def part(step):
    """Which cases of a loop the programs of a step run, and the tags that they leave out."""
    slow = {} if step == "gcc" else {"CK_EXCLUDE_TAGS": "slow"}
    return {"LRPOT_TEST_PART": PARTS[step], **slow}


class Everything:
    def __init__(self, jobs):
        self.jobs = jobs
        self.tally = Tally()

    def build(self, name, compilers, options, targets=None):
        """Configures (once) and builds all, or what targets(folder) names; a failure is one failed
        test."""
        folder = OUT / name
        env = {"CC": compilers[0], "CXX": compilers[1]}
        setup = ["meson", "setup", str(folder), str(ROOT)] + options
        if (folder / "build.ninja").exists():
            setup.insert(2, "--reconfigure")
        good, text = run(setup, env, folder / "setup.log")
        if good:
            names = targets(folder) if targets else []
            good, text = run(
                ["ninja", "-C", str(folder), f"-j{self.jobs}", *names], env, folder / "ninja.log"
            )
        self.tally.fact(
            good, f"{name}: builds{' without a warning' if options[0] == STRICT[0] else ''}", text
        )
        return good

    def suites(self, name, suites=None, but=(), env=None, wrap=None, patience=1, label=None):
        """Runs meson's tests of a build, but those of some names, and counts their cases."""
        folder, label = OUT / name, label or name
        command = [
            "meson",
            "test",
            "-C",
            str(folder),
            "--no-rebuild",
            "--num-processes",
            # One more than builds have: tests that start processes leave the processor idle.
            str(self.jobs + 1),
            "--timeout-multiplier",
            str(patience),
            "--logbase",
            f"log-{label}",
        ]
        for suite in suites or []:
            command += ["--suite", suite]
        if but:
            tests = [test["name"] for test in introspect(folder, "tests")]
            command += [test for test in tests if test not in but]
        if wrap:
            command += ["--wrap", wrap]
        # With a wrapper meson appends its name to the log's.
        log = (
            folder
            / "meson-logs"
            / (f"log-{label}-{wrap.split()[0]}.json" if wrap else f"log-{label}.json")
        )
        log.unlink(missing_ok=True)
        run(command, env, folder / f"test-{label}.log")
        if not log.exists():
            self.tally.fact(
                False,
                f"{label}: meson test left no log",
                (folder / f"test-{label}.log").read_text()[-3000:],
            )
            return
        for line in log.read_text().splitlines():
            test = json.loads(line)
            where, text = f"{label}: {test['name']}", test.get("stdout", "")
            if re.search(r"^1\.\.\d+", text, re.M) or re.search(r"^(not )?ok\b", text, re.M):
                self.tally.tap(where, text, test["result"])
                if test["result"] not in ("OK", "SKIP"):
                    print(text[-3000:], test.get("stderr", "")[-3000:], flush=True)
            elif test["result"] == "SKIP":
                self.tally.skipped += 1
            else:
                self.tally.fact(
                    test["result"] == "OK", where, text[-3000:] + test.get("stderr", "")[-3000:]
                )

    def prefix(self, prefix):
        """Installs to a prefix of one's own, as users without root do."""
        good, text = run(["meson", "install", "-C", str(OUT / "gcc"), "--no-rebuild", "--quiet"])
        self.tally.fact(good, "install: to a prefix", text)
        if good:
            pc = next(prefix.rglob("lrpot.pc")).parent
            compiler = (
                f"cc -std=c99 tests/install/program.c -o {prefix}/program $(pkg-config --cflags"
                f" --libs lrpot) -Wl,-rpath,{pc.parent}"
            )
            good, text = run(
                ["sh", "-c", f"{compiler} && cd {prefix} && ./program"],
                {"PKG_CONFIG_PATH": str(pc)},
            )
            self.tally.fact(good, "install: a program uses the library in the prefix", text)

    # The steps, in the order in which they run.

    def gcc(self):
        prefix = OUT / "prefix"
        if not self.build(
            "gcc",
            ("gcc", "g++"),
            STRICT + ["-Dbuildtype=debugoptimized", "-Ddocs=enabled", "--prefix", str(prefix)],
        ):
            return
        self.suites("gcc", env=part("gcc"))
        self.prefix(prefix)
        good, text = run(["ninja", "-C", str(OUT / "gcc"), "docs"], log=OUT / "gcc" / "docs.log")
        self.tally.fact(good, "docs: build without a warning", text)

    def clang(self):
        if self.build("clang", ("clang", "clang++"), STRICT + ["-Dbuildtype=release"]):
            self.suites("clang", CHECKS + ["abi"], env=part("clang"))

    def sanitizers(self):
        if not self.build(
            "sanitizers",
            ("gcc", "g++"),
            INSTRUMENTED + ["-Db_sanitize=address,undefined"],
            programs(CHECKS),
        ):
            return
        # Without forks a leak is seen when the program ends.
        env = {
            "CK_FORK": "no",
            **part("sanitizers"),
            "ASAN_OPTIONS": "detect_leaks=1:strict_string_checks=1:detect_stack_use_after_return=1",
            "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1",
            "LSAN_OPTIONS": f"suppressions={ROOT / 'tests' / 'support' / 'lsan.supp'}",
        }
        self.suites("sanitizers", CHECKS, env=env, patience=5)

    def valgrind(self):
        # Valgrind 3.19 knows no AVX-512; it hides it from cpuid, so the library must choose AVX2
        # there.
        wrap = (
            "valgrind --quiet --error-exitcode=99 --leak-check=full"
            " --errors-for-leak-kinds=definite,possible"
            f" --suppressions={ROOT / 'tests' / 'support' / 'valgrind.supp'}"
        )
        self.suites(
            "gcc",
            ["unit"],
            env={"CK_FORK": "no", "OMP_NUM_THREADS": "1", **part("valgrind")},
            wrap=wrap,
            patience=20,
            label="valgrind",
            but=WHOLE_FITS,
        )

    def fuzz(self):
        """Each fuzz target goes through its stored corpus and a fixed number of inputs beyond it,
        the same ones every time."""
        options = INSTRUMENTED + [
            "-Dfuzzing=true",
            "-Db_sanitize=address,undefined",
            "-Db_lundef=false",
            "-Dtools=false",
        ]
        fuzzers = lambda folder: file_names(
            folder, lambda target: target["name"].startswith("fuzz_")
        )
        if not self.build("fuzz", ("clang", "clang++"), options, fuzzers):
            return
        targets = sorted((OUT / "fuzz" / "tests" / "fuzz").glob("fuzz_*"))
        targets = [target for target in targets if target.is_file()]
        with concurrent.futures.ThreadPoolExecutor(self.jobs) as pool:
            for target, (good, text) in zip(targets, pool.map(self.fuzz_target, targets)):
                self.tally.fact(good, target.name, text)

    def fuzz_target(self, target):
        kind = target.name.removeprefix("fuzz_")
        # New inputs go to the first folder, which starts empty so that every run is the same.
        found = OUT / "fuzz" / "found" / kind
        shutil.rmtree(found, ignore_errors=True)
        found.mkdir(parents=True)
        return run(
            [
                str(target),
                "-seed=1",
                f"-runs={FUZZ_RUNS}",
                "-max_total_time=60",
                f"-artifact_prefix={OUT / 'fuzz'}/{kind}-",
                str(found),
                str(ROOT / "tests" / "fuzz" / "corpus" / kind),
            ],
            {"UBSAN_OPTIONS": "halt_on_error=1"},
            OUT / "fuzz" / f"{kind}.log",
        )

    def threads(self):
        # ThreadSanitizer does not know libgomp's barriers, so threads here are those of the host
        # alone.
        if self.build(
            "threads",
            ("gcc", "g++"),
            INSTRUMENTED + ["-Db_sanitize=thread", "-Dopenmp=disabled", "-Dtools=false"],
            programs(["parallel"]),
        ):
            self.suites(
                "threads",
                ["parallel"],
                env={
                    "TSAN_OPTIONS": (
                        f"halt_on_error=1:suppressions={ROOT / 'tests' / 'support' / 'tsan.supp'}"
                    ),
                    "CK_FORK": "no",
                    **part("threads"),
                },
                patience=5,
            )

    def packages(self):
        """Debian packages, in a clean chroot: by request, since it downloads a system and needs
        root, dpkg-dev, debhelper, dh-python, lintian and debootstrap."""
        good, text = run(["debian/check"], log=OUT / "packages.log")
        self.tally.fact(good, "packages: install and work in a clean chroot", text)


STEPS = ["gcc", "clang", "sanitizers", "valgrind", "fuzz", "threads"]


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="the gcc build alone")
    parser.add_argument(
        "--only",
        choices=[*STEPS, "packages"],
        action="append",
        help="this step alone; may be repeated",
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 2)
    arguments = parser.parse_args()
    everything = Everything(arguments.jobs)
    for name in arguments.only or (["gcc"] if arguments.quick else STEPS):
        start = time.monotonic()
        print(f"== {name}", flush=True)
        before = everything.tally.passed, everything.tally.failed
        getattr(everything, name)()
        tally = everything.tally
        print(
            f"   {tally.passed - before[0]} passed, {tally.failed - before[1]} failed so far in"
            f" {time.monotonic() - start:.0f} s".replace(" so far", ""),
            flush=True,
        )
    tally = everything.tally
    if tally.failures:
        print("failed:")
        for name in tally.failures:
            print(f"  {name}")
    if tally.skipped:
        print(f"skipped: {tally.skipped} (data or tools that are not here)")
    print(f"{tally.passed} passed, {tally.failed} failed")
    return 1 if tally.failed or not tally.passed else 0


if __name__ == "__main__":
    sys.exit(main())
