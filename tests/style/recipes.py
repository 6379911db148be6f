"""The recipes for Spack and conda fit the tree: syntax, version, options of meson, libraries that
the build asks for."""
import ast
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
from tap import Tap

# What Spack and conda-forge call each library of the build; None comes with the compiler.
NAMES = {
    "openblas": ("openblas", "openblas"),
    "lapacke": ("openblas", "openblas"),
    "fftw3": ("fftw-api", "fftw"),
    "jansson": ("jansson", "jansson"),
    "zlib": ("zlib-api", "zlib"),
    "libxml-2.0": ("libxml2", "libxml2"),
    "spglib": ("spglib", "spglib"),
    "mpi": ("mpi", None),  # conda: for one node
    "openmp": None,
    "dl": None,
}
OTHERS = {"cblas", "blas", "mkl-dynamic-lp64-seq", "check"}  # in place of OpenBLAS; tests
tap = Tap()
meson = (ROOT / "meson.build").read_text()
version = re.search(r"^\s*version: '([^']+)'", meson, re.M)[1]
options = set(re.findall(r"^option\('(\w+)'", (ROOT / "meson_options.txt").read_text(), re.M))
asked = set(
    re.findall(r"\bdependency\('([^']+)'", meson + (ROOT / "tools/meson.build").read_text())
)
libraries = asked - OTHERS


def strings(tree, function):
    """First argument of each call of a function."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == function:
            yield ast.literal_eval(node.args[0])


def same(text, fact):
    given = set(re.findall(r"-D(\w+)=", text))
    unknown = given - options
    tap.ok(given and not unknown, f"{fact}: its options are those of meson", sorted(unknown))


def lacks(packages, column):
    names = {re.split(r"[@ +~>=]", name)[0] for name in packages}
    return [name for name in libraries if NAMES[name] and NAMES[name][column] not in names | {None}]


unknown = sorted(libraries - set(NAMES))
tap.ok(not unknown, "each library of the build has a name in Spack and conda", unknown)
text = (ROOT / "packaging/spack/packages/liblrpot/package.py").read_text()
tree = ast.parse(text)
tap.ok(
    [node.name for node in tree.body if isinstance(node, ast.ClassDef)] == ["Liblrpot"],
    "spack: the class is named after the package's folder",
)
tap.ok(list(strings(tree, "version")) == [version], "spack: the version is the tree's", [version])
missing = lacks(strings(tree, "depends_on"), 0)
tap.ok(not missing, "spack: it depends on what the build asks for", missing)
same(text, "spack")
try:
    import yaml
except ImportError:
    tap.skip("conda: recipe.yaml", "no yaml in this Python")
    tap.done()
text = (ROOT / "packaging/conda/recipe.yaml").read_text()
recipe = yaml.safe_load(text)
tap.ok(recipe["context"]["version"] == version, "conda: the version is the tree's", [version])
missing = lacks(recipe["requirements"]["host"], 1)
tap.ok(not missing, "conda: it depends on what the build asks for", missing)
same(text, "conda")
license_file = ROOT / recipe["about"]["license_file"]
tap.ok(license_file.exists(), "conda: the licence is there", [license_file])
tap.done()
