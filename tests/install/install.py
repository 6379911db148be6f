"""An installed library serves programs outside the tree: headers, pkg-config, shared and static
linking, every example.
usage: install.py BUILD MESON CC [PYTHON]"""
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "support"), str(ROOT / "abi")]
import public
from tap import Tap

build, meson, cc = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]
cxx, fortran = shutil.which("c++"), shutil.which("gfortran")
STRICT = ["-Wall", "-Wextra", "-pedantic", "-Werror", "-O1"]
tap = Tap()


def run(command, **options):
    return subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        **options,
    )


class Installed:
    """An installation under a DESTDIR, seen through pkg-config."""

    def __init__(self, stage):
        self.stage = stage
        self.done = run(
            [meson, "install", "-C", str(build), "--no-rebuild", "--quiet", "--destdir", str(stage)]
        )
        found = sorted(stage.rglob("lrpot.pc"))
        self.pc = found[0] if found else None
        self.env = {
            **os.environ,
            "PKG_CONFIG_PATH": str(self.pc.parent) if self.pc else "",
            "PKG_CONFIG_SYSROOT_DIR": str(stage),
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
        }
        self.prefix = self.variable("prefix").removeprefix(str(stage)) if self.pc else ""
        self.libdir = self.pc.parent.parent if self.pc else stage
        self.env["LD_LIBRARY_PATH"] = str(self.libdir)

    def flags(self, *options):
        return shlex.split(run(["pkg-config", *options, "lrpot"], env=self.env, check=True).stdout)

    def version(self):
        return run(["pkg-config", "--modversion", "lrpot"], env=self.env).stdout.strip()

    def variable(self, name):
        return run(
            ["pkg-config", f"--variable={name}", "lrpot"], env=self.env, check=True
        ).stdout.strip()


def compile_and_run(installed, command, program, work, fact, arguments=()):
    """Builds and runs a program in a folder; what it prints must be the folder's expected.txt where
    there is one."""
    built = run(command, env=installed.env, cwd=work)
    if built.returncode != 0:
        tap.ok(False, fact, [" ".join(command)] + built.stdout.splitlines())
        return None
    compare = (
        [sys.executable, str(ROOT / "examples/compare.py"), str(work)]
        if (work / "expected.txt").exists()
        else []
    )
    ran = run([*compare, str(program), *arguments], env=installed.env, cwd=work)
    tap.ok(
        ran.returncode == 0, fact, [f"exit status {ran.returncode}"] + ran.stdout.splitlines()[-30:]
    )
    return ran.stdout


def check_files(installed):
    stage = installed.stage
    headers = {path.name for path in stage.rglob("include/lrpot/*")}
    wanted = {path.name for path in public.HEADERS.glob("*.h*")}
    tap.ok(wanted <= headers, "all public headers are installed", sorted(wanted - headers))
    names = {path.name for path in installed.libdir.iterdir()}
    tap.ok(
        {"liblrpot.so", "liblrpot.a"} <= names,
        "shared and static library are installed",
        sorted(names),
    )
    tap.ok(
        any(name.startswith("liblrpot.so.0.1") for name in names),
        "the soname is that of the minor release",
        sorted(names),
    )
    # The prefix itself may be anywhere, inside the source tree too.
    text = {
        path: path.read_text().replace(f"prefix={installed.prefix}", "")
        for path in stage.rglob("*")
        if path.suffix in (".pc", ".h", ".hpp", ".f90")
    }
    inside = [str(path) for path in text if str(ROOT) in text[path]]
    tap.ok(not inside, "nothing installed names the source tree", inside)


def check_pkg_config(installed):
    tap.ok(
        run(["pkg-config", "--validate", "lrpot"], env=installed.env).returncode == 0,
        "lrpot.pc is valid",
    )
    shared = " ".join(installed.flags("--libs"))
    tap.ok(
        "-llrpot" in shared and "openblas" not in shared and "fftw" not in shared,
        "a shared link names this library alone",
        [shared],
    )
    private = run(["pkg-config", "--print-requires-private", "lrpot"], env=installed.env).stdout
    tap.ok(
        all(name in private for name in ("lapacke", "fftw3", "jansson", "zlib")),
        "a static link finds the rest",
        private.splitlines(),
    )
    for name in ("fmoddir", "fortran_source_dir"):
        tap.ok(installed.variable(name) != "", f"lrpot.pc has the variable {name}")


def check_python(installed):
    """The package finds the library of its own prefix, without being told, and says its version."""
    fact = "the installed Python package finds its library"
    found = sorted(installed.stage.rglob("lrpot/__init__.py"))
    if len(sys.argv) < 5 or run([sys.argv[4], "-c", "import numpy"]).returncode != 0:
        return tap.skip(fact, "no Python with NumPy")
    tap.ok(len(found) == 1, "the Python package is installed once", found)
    env = {
        name: value
        for name, value in os.environ.items()
        if name not in ("LD_LIBRARY_PATH", "LRPOT_LIBRARY")
    }
    script = """import importlib.metadata, lrpot
from lrpot import coulomb, phonons, spectra, tensors
print(lrpot._lib._name, lrpot.version(), importlib.metadata.version("lrpot"))
print(*importlib.metadata.requires("lrpot"), sep=";")"""
    done = run(
        [sys.argv[4], "-c", script], env={**env, "PYTHONPATH": str(found[0].parent.parent)}, cwd="/"
    )
    tap.ok(
        done.returncode == 0 and str(installed.libdir) in done.stdout,
        fact,
        done.stdout.splitlines(),
    )
    lines = [*done.stdout.splitlines(), ""]
    version = installed.version()
    tap.ok(
        lines[0].split()[1:] == [version, version] and lines[1].startswith("numpy;ase>=3.22"),
        "importlib.metadata tells the version of the library and what it needs",
        lines,
    )
    return None


def check_manual(installed):
    """A page for each verb of the command, and completion; both are built where they can be."""
    command = next(iter(installed.stage.rglob("bin/lrpot")), None)
    if command is None:
        return tap.skip("the manual has a page for each verb", "built without the command")
    text = run([str(command), "--help"], env=installed.env).stdout
    wanted = {"lrpot.1", *(f"lrpot-{verb}.1" for verb in re.findall(r"^  (\w+) ", text, re.M))}
    pages = {path.name for path in installed.stage.rglob("man1/*.1")}
    if shutil.which("help2man") is None:
        tap.skip("the manual has a page for each verb", "no help2man")
    else:
        tap.ok(pages == wanted, "the manual has a page for each verb", sorted(pages ^ wanted))
    scripts = list(installed.stage.rglob("bash-completion/completions/lrpot.bash"))
    tap.ok(len(scripts) == 1, "completion is installed where bash looks", scripts)
    return None


def check_cmake(installed, work):
    if shutil.which("cmake") is None:
        return tap.skip("a CMake project builds and runs", "no cmake")
    place, prefix = work / "cmake", installed.stage / installed.prefix.lstrip("/")
    major, minor, patch = map(int, installed.version().split("."))
    fitting = [f"{major}.{minor}", installed.version(), f"{major}.{minor}...<{major}.{minor + 1}"]
    others = [f"{major}.{minor + 1}", f"{major + 1}.0", f"{major}.{minor}.{patch + 1}"]
    others += [f"{major}.{minor - 1}"] if major == 0 and minor > 0 else []
    command = ["cmake", "-S", str(ROOT / "tests/install/cmake"), "-B", str(place)]
    command += [f"-DCMAKE_PREFIX_PATH={prefix}", f"-DCMAKE_C_COMPILER={cc}"]
    command += ["-DVERSIONS=" + ";".join(fitting + others)]
    env = {**installed.env, "PKG_CONFIG_PATH": ""}  # the package itself finds the .pc beside it
    done = run(command, env=env)
    lines = done.stdout.splitlines()
    for wanted in fitting + others:
        found = (
            f"-- lrpot {wanted} found: {int(wanted in fitting)}, looked at: {installed.version()}"
        )
        fact = "fits" if wanted in fitting else "does not fit"
        tap.ok(found in lines, f"to CMake version {wanted} {fact}", lines)
    if done.returncode == 0:
        done = run(["cmake", "--build", str(place)], env=env)
    good, lines = done.returncode == 0, done.stdout.splitlines()
    tap.ok(good, "a CMake project builds with lrpot::lrpot and lrpot::static", lines)
    for name in ("with_shared", "with_static") if good else ():
        ran = run([str(place / name)], cwd=place, env=installed.env)
        tap.ok(ran.returncode == 0, f"its program {name} runs", ran.stdout.splitlines())
    return None


def check_lammps_cmake(installed, work):
    """The file for LAMMPS' CMake gives its target the library; no file of LAMMPS is changed."""
    fact = "lrpot.cmake links a project named lammps"
    if shutil.which("cmake") is None or cxx is None:
        return tap.skip(fact, "no cmake or C++ compiler")
    host = work / "lammps"
    host.mkdir()
    (host / "main.cpp").write_text(
        "#include <lrpot/lrpot.hpp>\nint main() { return lrpot_version() == nullptr; }\n"
    )
    (host / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.20)\nproject(lammps CXX)\n"
        "add_executable(lammps main.cpp)\n"
    )
    included = next(installed.stage.rglob("lammps/lrpot.cmake"))
    prefix = installed.stage / installed.prefix.lstrip("/")
    command = ["cmake", "-S", str(host), "-B", str(host / "build"), f"-DCMAKE_PREFIX_PATH={prefix}"]
    done = run([*command, f"-DCMAKE_PROJECT_lammps_INCLUDE={included}"])
    if done.returncode == 0:
        done = run(["cmake", "--build", str(host / "build")])
    if done.returncode == 0:
        done = run([str(host / "build" / "lammps")], env=installed.env)
    tap.ok(done.returncode == 0, fact, done.stdout.splitlines())
    return None


def check_modulefile(installed):
    """What the modulefile sets, by Environment Modules; each folder that it names was installed."""
    fact = "the modulefile loads"
    folders = list(installed.stage.rglob("modulefiles"))
    program = shutil.which("modulecmd")
    if program is None:
        return tap.skip(fact, "no Environment Modules")
    env = {**os.environ, "MODULEPATH": str(folders[0]), "LOADEDMODULES": ""}
    for name in ("CPATH", "LIBRARY_PATH", "CMAKE_PREFIX_PATH", "PYTHONPATH", "LD_LIBRARY_PATH"):
        env.pop(name, None)
    done = run([program, "sh", "load", f"lrpot/{installed.version()}"], env=env)
    values = dict(re.findall(r"^(\w+)='?([^';]*)'?; export", done.stdout, re.M))
    tap.ok("LRPOT_ROOT" in values, fact, done.stdout.splitlines())
    own = {value.split(":")[0] for value in values.values()}
    own = {path for path in own if path.startswith(installed.prefix + "/")}
    lost = [path for path in sorted(own) if not (installed.stage / path.lstrip("/")).is_dir()]
    tap.ok(len(own) >= 4 and not lost, "each folder that it names was installed", lost or own)
    return None


def check_static(installed, work):
    alone = work / "static"
    alone.mkdir()
    shutil.copy(installed.libdir / "liblrpot.a", alone)
    libs = [
        flag
        for flag in installed.flags("--static", "--libs")
        if not flag.startswith("-L" + str(installed.libdir))
    ]
    command = [
        cc,
        "-std=c99",
        *STRICT,
        str(ROOT / "tests/install/program.c"),
        "-o",
        "program",
        *installed.flags("--cflags"),
        f"-L{alone}",
        *libs,
    ]
    compile_and_run(
        installed, command, alone / "program", alone, "a program links the static library"
    )


def check_readme(installed, work):
    """The program printed in the README, on the files that program.c has left."""
    text = (ROOT / "README.md").read_text()
    (work / "readme.c").write_text(text.split("```c\n")[1].split("```")[0])
    command = [
        cc,
        "-std=c99",
        *STRICT,
        "readme.c",
        "-o",
        "readme",
        *installed.flags("--cflags", "--libs"),
    ]
    output = compile_and_run(
        installed,
        command,
        work / "readme",
        work,
        "the README's program builds and runs",
        ["model.lrp", "pair.xyz"],
    )
    tap.ok(
        output is not None and output.startswith("2 atoms, "),
        "the README's program prints an energy",
        [output],
    )


def check_debian(installed):
    """The packages' version and name against the library's."""
    version = installed.version()
    head = (ROOT / "debian/changelog").read_text().split("\n")[0]
    tap.ok(f"({version})" in head, "debian/changelog has the library's version", [version, head])
    sonames = [path.name for path in installed.libdir.glob("liblrpot.so.*") if path.is_symlink()]
    control = (ROOT / "debian/control").read_text()
    package = re.search(r"^Package: (liblrpot[0-9.]+)$", control, re.M).group(1)
    tap.ok(
        sonames == [package.replace("liblrpot", "liblrpot.so.")],
        "debian/control names the package after the soname",
        [*sonames, package],
    )
    names = {"lapacke": "liblapacke-dev", "fftw3": "libfftw3-dev", "jansson": "libjansson-dev"}
    names |= {"zlib": "zlib1g-dev", "openblas": "libopenblas-dev", "libxml-2.0": "libxml2-dev"}
    private = run(["pkg-config", "--print-requires-private", "lrpot"], env=installed.env).stdout
    needed = {names.get(line.split()[0], line) for line in private.splitlines()}
    # A field goes on over the lines that begin with a blank.
    field = r"^Package: liblrpot-dev\n.*?^Depends: (.*?)\n(?! )"
    text = re.search(field, control, re.M | re.S).group(1)
    missing = needed - {re.split(r"[ (]", name.strip())[0] for name in text.split(",")}
    tap.ok(
        needed and not missing, "liblrpot-dev depends on what lrpot.pc requires", sorted(missing)
    )


def check_examples(installed, work):
    skip = {"nacl"}  # a script around the lrpot command, which has a test of its own
    for folder in sorted(
        path for path in (ROOT / "examples").iterdir() if path.is_dir() and path.name not in skip
    ):
        if not list(folder.glob("main.*")):
            continue
        place = work / folder.name
        shutil.copytree(folder, place)
        cflags, libs = installed.flags("--cflags"), installed.flags("--libs")
        fact = f"examples/{folder.name} builds out of tree and prints what it should"
        if (folder / "main.c").exists():
            command = [
                cc,
                "-std=c11",
                *STRICT,
                *sorted(path.name for path in folder.glob("*.c")),
                "-o",
                "main",
                *cflags,
                *libs,
                "-lm",
            ]
        elif (folder / "main.cpp").exists() and cxx:
            command = [cxx, "-std=c++11", *STRICT, "main.cpp", "-o", "main", *cflags, *libs]
        elif (folder / "main.f90").exists() and fortran:
            sources = sorted(
                str(path)
                for path in pathlib.Path(installed.variable("fortran_source_dir")).glob("*.f90")
            ) or sorted(str(path) for path in installed.stage.rglob("lrpot/fortran/*.f90"))
            command = [fortran, "-std=f2018", "-O1", *sources, "main.f90", "-o", "main", *libs]
        elif (
            (folder / "main.py").exists()
            and len(sys.argv) > 4
            and run([sys.argv[4], "-c", "import ase"]).returncode == 0
        ):
            installed.env["PYTHONPATH"] = str(
                next(installed.stage.rglob("lrpot/__init__.py")).parents[1]
            )
            compile_and_run(installed, ["true"], sys.argv[4], place, fact, ["main.py"])
            continue
        else:
            tap.skip(fact, "no compiler or packages for it")
            continue
        if not (folder / "expected.txt").exists():  # it asks for data that are not here
            built = run(command, env=installed.env, cwd=place)
            tap.ok(
                built.returncode == 0,
                f"examples/{folder.name} builds out of tree",
                [" ".join(command)] + built.stdout.splitlines(),
            )
            continue
        compile_and_run(installed, command, place / "main", place, fact)


with tempfile.TemporaryDirectory(prefix="lrpot-install-") as name:
    work = pathlib.Path(name)
    installed = Installed(work / "stage")
    tap.ok(
        installed.done.returncode == 0 and installed.pc is not None,
        "installs under a DESTDIR",
        installed.done.stdout.splitlines(),
    )
    if installed.pc is not None:
        check_files(installed)
        check_pkg_config(installed)
        strict = [
            cc,
            "-std=c99",
            *STRICT,
            str(ROOT / "tests/install/program.c"),
            "-o",
            str(work / "program"),
            *installed.flags("--cflags", "--libs"),
        ]
        compile_and_run(
            installed,
            strict,
            work / "program",
            work,
            "a C99 program builds through pkg-config and runs",
        )
        check_readme(installed, work)
        check_debian(installed)
        check_python(installed)
        check_manual(installed)
        check_cmake(installed, work)
        check_lammps_cmake(installed, work)
        check_modulefile(installed)
        check_static(installed, work)
        check_examples(installed, work)
tap.done()
