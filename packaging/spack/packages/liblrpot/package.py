from spack.package import *


class Liblrpot(MesonPackage):
    """Machine-learned interatomic potentials with long-range electrostatics and field response."""

    # The archive that `meson dist` makes; its address and checksum are added where it is published.
    license("BSD-3-Clause")
    version("0.1.0")

    variant("openmp", default=True, description="Threads inside a call")
    variant("tools", default=True, description="The command lrpot")
    variant("fortran", default=True, description="Compiled Fortran module")
    variant("python", default=True, description="Python package lrpot")
    variant("xml", default=True, description="vasprun.xml and XML of Quantum ESPRESSO")
    variant("spglib", default=True, when="+tools", description="Symmetry in the command")
    variant("mpi", default=False, when="+tools", description="lrpot-mpi: fits shared by processes")

    depends_on("c", type="build")
    depends_on("fortran", type="build", when="+fortran")
    depends_on("meson@1.0:", type="build")
    depends_on("pkgconfig", type="build")
    depends_on("help2man", type="build", when="+tools")

    # With 32-bit integers; it holds CBLAS and LAPACKE.
    depends_on("openblas@0.3: ~ilp64")
    depends_on("fftw-api@3")
    depends_on("jansson@2.12:")
    depends_on("zlib-api")
    depends_on("libxml2@2.9:", when="+xml")
    depends_on("spglib@2:", when="+spglib")
    depends_on("mpi", when="+mpi")
    extends("python", when="+python")
    depends_on("py-numpy", type="run", when="+python")

    def meson_args(self):
        python = self.spec["python"].command.path if self.spec.satisfies("+python") else ""
        feature = lambda name: "enabled" if self.spec.satisfies("+" + name) else "disabled"
        return [
            "-Dblas=openblas",
            "-Dopenmp=" + feature("openmp"),
            "-Dfortran=" + feature("fortran"),
            "-Dxml=" + feature("xml"),
            "-Dspglib=" + feature("spglib"),
            "-Dmpi=" + feature("mpi"),
            "-Dman=" + feature("tools"),
            "-Dtools=" + ("true" if self.spec.satisfies("+tools") else "false"),
            "-Dpython=" + python,
            "-Dlammps=disabled",
            "-Dtests=disabled",
            "-Dbenchmarks=false",
            "-Dexamples=false",
        ]
