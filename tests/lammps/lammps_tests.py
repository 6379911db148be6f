#!/usr/bin/env python3
"""Pair style lrpot in LAMMPS against the library called directly, on 1, 2 and 4 ranks. Prints TAP.

usage: lammps_tests.py --launcher lrpot-lmp --lrpot lrpot --models make_models --rocksalt
rocksalt.json
                       --plugin-host plugin_host --plugin lrpotplugin.so --counter
                       count_allocations.so [--only NAME]"""
import argparse
import concurrent.futures
import inspect
import json
import math
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from hosts import BAR, LAYER_ROOM, Box, Hosts, close, dump, flatten, largest, values
from tap import Tap

# Most of a case is the start of processes, which leaves the processor idle.
WORKERS = 4
TOL = 1e-9  # relative: ranks among themselves and against the library
PRESSURES = "$(pxx:%.17g) $(pyy:%.17g) $(pzz:%.17g) $(pxy:%.17g) $(pxz:%.17g) $(pyz:%.17g)"
# pressures of the library called directly, whose Coulomb forces are exact to 1e-9 eV/A by the
# model's own setting
DIRECT = 4e-9
TILTED = Box((3, 3, 3), tilt=(1.5, 1.0, 2.0))


def start(model, settings="accuracy 2e-12", data="box.data", before=""):
    return f"""units metal
atom_style charge
newton on
{before}
read_data {data}
pair_style lrpot {settings}
pair_coeff * * {model} Na Cl
thermo_style custom step temp pe etotal press pxx pyy pzz pxy pxz pyz vol
thermo_modify norm no
"""


def static(
    hosts,
    model,
    ranks,
    settings="accuracy 2e-12",
    columns="fx fy fz q",
    before="",
    extra="",
    tail="",
):
    """Energy, pressure tensor in eV/A^3 and columns of the atoms for the positions as they are."""
    text = hosts.lammps(
        start(model, settings, before=before)
        + f"""{extra}
dump d all custom 1 atoms.dump id {columns}
dump_modify d sort id format float %.17g
run 0
print "energy = $(pe:%.17g)"
print "pressure = {PRESSURES}"
{tail}""",
        ranks,
    )
    hosts.text = text
    rows = [row[1:] for row in dump(hosts.folder / "atoms.dump")]
    return values(text, "energy")[0], [p / BAR for p in values(text, "pressure")], rows


def tensor(stress):
    """LAMMPS' order and sign of a stress."""
    return [-stress[k] for k in (0, 4, 8, 1, 2, 5)]


def same_as_the_library(hosts, model, more="", ranks=(1, 2, 4)):
    TILTED.write_data(hosts.folder / "box.data")
    expected = hosts.direct(model, TILTED)
    pressure, forces = tensor(expected["stress"]), expected["forces"]
    results = []
    for n in ranks:
        energy, found, rows = static(hosts, model, n, settings="accuracy 2e-12" + more)
        close(energy, expected["energy"], TOL, abs(expected["energy"]), f"energy on {n} ranks")
        close(found, pressure, DIRECT, largest(pressure), f"pressure on {n} ranks")
        close([row[:3] for row in rows], forces, TOL, largest(forces), f"forces on {n} ranks")
        if model == "latent.json":  # no channel is the charge: q stays
            assert all(row[3] == 0 for row in rows), f"q on {n} ranks"
        elif "charges" in expected:
            close([row[3] for row in rows], expected["charges"], TOL, 1.0, f"charges on {n} ranks")
        results.append((energy, found, [row[:3] for row in rows]))
    for energy, found, rows in results[1:]:
        close(energy, results[0][0], TOL, abs(energy), "energy among ranks")
        close(found, results[0][1], TOL, largest(pressure), "pressure among ranks")
        close(rows, results[0][2], TOL, largest(forces), "forces among ranks")


def charged_model_in_a_tilted_box_equals_the_library_on_1_2_and_4_ranks(hosts):
    same_as_the_library(hosts, "rocksalt.json")


def model_with_a_gap_barrier_equals_the_library_on_1_2_and_4_ranks(hosts):
    same_as_the_library(hosts, "barrier.json")
    plain, found = (hosts.direct(name, TILTED) for name in ("rocksalt.json", "barrier.json"))
    assert found["energy"] > plain["energy"] + 1, "the barrier takes no part"


def model_without_charges_in_a_tilted_box_equals_the_library_on_1_2_and_4_ranks(hosts):
    same_as_the_library(hosts, "plain.json")


def latent_charges_in_a_tilted_box_equal_the_library_on_1_2_and_4_ranks(hosts):
    same_as_the_library(hosts, "latent.json")


def equilibrated_charges_in_a_tilted_box_equal_the_library_on_1_2_and_4_ranks(hosts):
    """Their Gaussians reach further than the model's cutoff."""
    same_as_the_library(hosts, "equilibrated.json", " cutoff 12.0")


def energy_of_two_latent_channels_is_conserved(hosts):
    found = drift(hosts, "latent.json", 500, ranks=2, piece=100)
    assert abs(found) < 1e-6, f"the energy drifts by {found:.3g} eV/atom/ps"


def densities_equal_the_library_on_1_2_and_4_ranks(hosts):
    """Charges and dipoles, quadrupoles, and two widths, that respond to their own potential."""
    for model in ("density.json", "density2.json", "density_widths.json"):
        same_as_the_library(hosts, model, " cutoff 12.0")


def ranks_bring_a_density_as_far_as_its_gaussians_reach_or_say_so(hosts):
    TILTED.write_data(hosts.folder / "box.data")
    refused = hosts.lammps(start("density2.json") + "run 0\n", 2, fails=True)
    assert "Gaussians of 1 A need pairs to" in refused, refused


def energy_of_densities_is_conserved(hosts):
    found = drift(hosts, "density.json", 500, piece=100)
    assert abs(found) < 1e-5, f"the energy drifts by {found:.3g} eV/atom/ps"


def plain_nep(text):
    """The same NEP without charges: no second output, no sqrt(eps_inf)."""
    lines = text.splitlines()
    neurons = int(lines[6].split()[1])
    radial, angular = (int(x) + 1 for x in lines[3].split()[1:3])
    size = (radial + 4 * angular + 3) * neurons  # l_max 3 and one 4-body invariant
    head, body = lines[:7], lines[7:]
    head[0] = head[0].replace("nep4_zbl_charge1", "nep4_zbl")
    nets = [body[k * size : (k + 1) * size - neurons] for k in range(2)]
    return "\n".join(head + nets[0] + nets[1] + body[2 * size + 1 :]) + "\n"


def write_neps(folder):
    """A charged NEP that binds rock salt, the same in mode 2 and without charges, and one whose
    cutoffs differ by species."""
    text = (folder / "nacl_nep.txt").read_text()
    (folder / "mode2_nep.txt").write_text(text.replace("charge1", "charge2", 1))
    (folder / "plain_nep.txt").write_text(plain_nep(text))
    data = pathlib.Path(__file__).resolve().parents[1] / "reference" / "data" / "nep"
    text = (data / "nep4_typecut.txt").read_text()
    (folder / "typewise_nep.txt").write_text(text.replace("Te Pb", "Na Cl", 1))


def neps_in_a_tilted_box_equal_the_library_on_1_2_and_4_ranks(hosts):
    write_neps(hosts.folder)
    for model in ("nacl_nep.txt", "mode2_nep.txt", "plain_nep.txt", "typewise_nep.txt"):
        same_as_the_library(hosts, model)


def charges_fitted_beside_a_nep_equal_the_library_on_1_2_and_4_ranks(hosts):
    """One file holds the NEP and the charges added to it."""
    write_neps(hosts.folder)
    frames = ""
    for seed in range(3):
        Box((2, 2, 2), shift=0.1, seed=20 + seed).write_xyz(hosts.folder / "frame.xyz")
        frames += (hosts.folder / "frame.xyz").read_text()
    (hosts.folder / "frames.xyz").write_text(frames)
    for words in (
        "eval nacl_nep.txt frames.xyz -o data.xyz -q",
        "fit data.xyz --start plain_nep.txt --charges edqrd --freeze all --max-iterations 4 "
        "--starts 1 -t 1 -q -o nep_and_charges.lrp",
    ):
        subprocess.run(
            [hosts.lrpot, *words.split()],
            cwd=hosts.folder,
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    same_as_the_library(hosts, "nep_and_charges.lrp")


def layers_of_each_charge_family_equal_the_library_on_1_2_and_4_ranks(hosts):
    """Two periodic directions, normal along z or y; the room above and below the layer is that of
    the box, and counts for nothing."""
    for model, more in (
        ("rocksalt.json", ""),
        ("latent.json", ""),
        ("equilibrated.json", " cutoff 12.0"),
        ("density.json", " cutoff 12.0"),
        ("plain.json", ""),
    ):
        for box, boundary, pbc in (
            (Box((3, 3, 1), tilt=(1.5, 0, 0)), "p p f", "T T F"),
            (Box((3, 1, 3), tilt=(0, 1.0, 0)), "p f p", "T F T"),
        ):
            if boundary == "p f p" and model != "rocksalt.json":
                continue
            box.write_data(hosts.folder / "box.data", normal=pbc.split().index("F"))
            expected = hosts.direct(model, box, pbc=pbc)
            for ranks in (1, 2, 4):
                what = f"{model}, {boundary}, {ranks} ranks"
                cut = (
                    "\nprocessors 1 1 2"
                    if (model, boundary, ranks) == ("rocksalt.json", "p p f", 2)
                    else ""
                )  # through the layer
                energy, pressure, rows = static(
                    hosts,
                    model,
                    ranks,
                    settings="accuracy 2e-12 slab" + more,
                    before=f"boundary {boundary}{cut}",
                )
                close(energy, expected["energy"], TOL, abs(expected["energy"]), f"energy: {what}")
                close(
                    [row[:3] for row in rows],
                    expected["forces"],
                    TOL,
                    largest(expected["forces"]),
                    f"forces: {what}",
                )
                found = [p * box.volume(LAYER_ROOM) for p in pressure]
                stress = [s * box.volume() for s in tensor(expected["stress"])]
                close(found, stress, DIRECT, largest(stress), f"virial: {what}")


def wires_of_each_charge_family_equal_the_library_on_1_2_and_4_ranks(hosts):
    box = Box((2, 2, 5))
    box.write_data(hosts.folder / "box.data", wire=2)
    for model, more in (
        ("rocksalt.json", ""),
        ("latent.json", ""),
        ("equilibrated.json", " cutoff 12.0"),
    ):
        expected = hosts.direct(model, box, pbc="F F T")
        for ranks in (1, 2, 4):
            what = f"{model}, {ranks} ranks"
            energy, pressure, rows = static(
                hosts, model, ranks, settings="accuracy 2e-12 wire" + more, before="boundary f f p"
            )
            close(energy, expected["energy"], TOL, abs(expected["energy"]), f"energy: {what}")
            close(
                [row[:3] for row in rows],
                expected["forces"],
                TOL,
                largest(expected["forces"]),
                f"forces: {what}",
            )


def ranks_that_share_the_mesh_agree(hosts):
    """Enough ions for the mesh, which any number of ranks splits alike, by LAMMPS' list."""
    Box((4, 4, 4), tilt=(1.5, 1.0, 2.0)).write_data(hosts.folder / "box.data")
    for model, more in (
        ("rocksalt.json", ""),
        ("latent.json", ""),
        ("equilibrated.json", " cutoff 10.0"),
    ):
        one, two, four = (
            static(hosts, model, ranks, settings="accuracy 1e-5" + more) for ranks in (1, 2, 4)
        )
        for found, expected, what in ((four, two, "4 and 2 ranks"), (two, one, "2 ranks and 1")):
            close(found[0], expected[0], TOL, abs(expected[0]), f"energy of {model} on {what}")
            close(
                found[1], expected[1], TOL, largest(expected[1]), f"pressure of {model} on {what}"
            )
            close(
                found[2],
                expected[2],
                TOL,
                largest(expected[2]),
                f"forces and charges of {model} on {what}",
            )


def isolated_cluster_equals_the_library(hosts):
    """All atoms must be known to each rank: with two ranks the communication reaches across the
    cluster."""
    cluster = Box((2, 1, 1))
    cluster.write_data(hosts.folder / "box.data", margin=20.0)
    expected = hosts.direct("rocksalt.json", cluster, periodic=False)
    for ranks, before, extra in (
        (1, "boundary f f f", ""),
        (2, "boundary f f f", "comm_modify cutoff 60.0"),
    ):
        energy, _, rows = static(hosts, "rocksalt.json", ranks, before=before, extra=extra)
        close(energy, expected["energy"], TOL, abs(expected["energy"]), f"energy on {ranks} ranks")
        close(
            [row[:3] for row in rows],
            expected["forces"],
            TOL,
            largest(expected["forces"]),
            f"forces on {ranks} ranks",
        )


def parts_of_atoms_add_up(hosts):
    TILTED.write_data(hosts.folder / "box.data")
    computes = """compute e all pe/atom
compute s all stress/atom NULL virial
compute c all centroid/stress/atom NULL virial
compute l all lrpot"""
    columns = (
        "c_e c_l q "
        + " ".join(f"c_s[{k}]" for k in range(1, 7))
        + " "
        + " ".join(f"c_c[{k}]" for k in range(1, 10))
    )
    for ranks in (1, 2):
        energy, pressure, rows = static(
            hosts, "rocksalt.json", ranks, columns=columns, extra=computes
        )
        sums = [sum(row[k] for row in rows) for k in range(18)]
        close(sums[0], energy, TOL, abs(energy), "energies of the atoms")
        close(
            [row[1] for row in rows],
            [row[2] for row in rows],
            1e-15,
            1.0,
            "charges of the compute and of the atoms",
        )
        scale = TILTED.volume() * BAR
        close(
            [s / scale for s in sums[3:9]],
            [-p for p in pressure],
            TOL,
            largest(pressure),
            "stresses of the atoms",
        )
        close(
            [s / scale for s in sums[9:15]],
            [-p for p in pressure],
            TOL,
            largest(pressure),
            "centroid stresses of the atoms",
        )
        close(
            [s / scale for s in sums[15:18]],
            [-p for p in pressure[3:]],
            TOL,
            largest(pressure),
            "transposed stresses",
        )


FLUX = """velocity all create 3000 4711 loop geom mom yes rot no dist gaussian
compute j all lrpot/heatflux
thermo_style custom step pe c_j[1] c_j[2] c_j[3] c_j[4] c_j[5] c_j[6]
"""
PRINT_FLUX = """print "flux = $(c_j[1]:%.17g) $(c_j[2]:%.17g) $(c_j[3]:%.17g)"
"""


def heat_flux_does_not_depend_on_the_number_of_ranks(hosts):
    """Of few ions by the exact sum, of more by the mesh that the ranks share."""
    for box, settings, models, several in (
        (TILTED, "accuracy 2e-12", ("rocksalt.json", "latent.json"), (2,)),
        (Box((4, 4, 4), tilt=(1.5, 1.0, 2.0)), "accuracy 1e-5", ("rocksalt.json",), (2, 4)),
        (TILTED, "", ("plain.json",), (2,)),
    ):
        box.write_data(hosts.folder / "box.data")
        for model in models:
            script = start(model, settings) + FLUX + "run 0\n" + PRINT_FLUX
            one, *others = (values(hosts.lammps(script, n), "flux") for n in (1, *several))
            for found in others:
                close(found, one, TOL, largest(one), f"heat flux of {model}, {settings}")


def heat_flux_of_charges_that_stay_is_that_of_compute_heat_flux(hosts):
    """It adds up energies and centroid virials of the atoms, by LAMMPS' own arithmetic and
    constants."""
    TILTED.write_data(hosts.folder / "box.data")
    more = """compute ke all ke/atom
compute pe all pe/atom
compute c all centroid/stress/atom NULL virial
compute h all heat/flux ke pe c
thermo_style custom step pe c_j[1] c_h[1]
"""
    end = """print "theirs = $(c_h[1]:%.17g) $(c_h[2]:%.17g) $(c_h[3]:%.17g)"
"""
    for model in ("plain.json", "charged.json"):
        text = hosts.lammps(start(model) + FLUX + more + "run 0\n" + PRINT_FLUX + end, 2)
        expected = values(text, "theirs")
        close(values(text, "flux"), expected, 1e-6, largest(expected), f"heat flux of {model}")


def heat_flux_of_a_cluster_is_the_rate_of_its_energies_times_places(hosts):
    """In LAMMPS' own trajectory, of charges that follow their neighbours."""
    Box((2, 1, 1)).write_data(hosts.folder / "box.data", margin=20.0)
    numbers = "$(c_m[1]:%.17g) $(c_m[2]:%.17g) $(c_m[3]:%.17g)"
    more = f"""compute ke all ke/atom
compute pe all pe/atom
variable mx atom x*(c_pe+c_ke)
variable my atom y*(c_pe+c_ke)
variable mz atom z*(c_pe+c_ke)
compute m all reduce sum v_mx v_my v_mz
thermo_style custom step pe c_j[1] c_m[1]
timestep 1e-5
fix md all nve
thermo 1
run 0
print "first = {numbers}"
run 1
{PRINT_FLUX}run 1
print "last = {numbers}"
"""
    for model in ("rocksalt.json", "latent.json"):
        for ranks, reach in ((1, ""), (2, "comm_modify cutoff 60.0\n")):
            script = start(model, before="boundary f f f") + reach + FLUX + more
            text = hosts.lammps(script, ranks)
            ends = zip(values(text, "first"), values(text, "last"))
            rate = [(after - before) / 2e-5 for before, after in ends]
            close(values(text, "flux"), rate, 1e-5, largest(rate), f"{model} on {ranks} ranks")


def dynamics(
    ensemble, steps, more="", settings="accuracy 1e-5", temperature=300, model="rocksalt.json"
):
    return (
        start(model, settings)
        + f"""velocity all create {temperature} 4711 loop geom mom yes rot no dist gaussian
timestep 0.001
fix md all {ensemble}
{more}
run {steps}
"""
    )


def drift(hosts, model, steps, ranks=1, piece=200):
    """Slope of the energy's average over pieces of a run: against its start the energy oscillates
    with the step. eV/atom/ps."""
    Box((3, 3, 3), shift=0.05, tilt=(1.5, 1.0, 2.0)).write_data(hosts.folder / "box.data")
    text = hosts.lammps(
        dynamics(
            "nve",
            0,
            f"""variable e equal etotal
fix energy all ave/time 1 {piece} {piece} v_e file energy.txt format " %.15g"
run {steps}""",
            model=model,
        ),
        ranks,
    )
    rows = [
        line.split()
        for line in (hosts.folder / "energy.txt").read_text().splitlines()
        if not line.startswith("#")
    ]
    means = [float(row[1]) for row in rows]
    times = [float(row[0]) * 1e-3 for row in rows]
    middle, mean = sum(times) / len(times), sum(means) / len(means)
    slope = sum((t - middle) * (e - mean) for t, e in zip(times, means)) / sum(
        (t - middle) ** 2 for t in times
    )
    assert len(means) >= 5, text
    return slope / 216


def energy_is_conserved_over_a_thousand_steps(hosts):
    found = drift(hosts, "rocksalt.json", 1000)
    assert abs(found) < 1e-6, f"the energy drifts by {found:.3g} eV/atom/ps"


def energy_of_neps_is_conserved(hosts):
    """A thousand steps of the plain one do not tell a drift of 1e-6 from the oscillations."""
    write_neps(hosts.folder)
    for model, ranks, steps in (("nacl_nep.txt", 2, 1000), ("plain_nep.txt", 1, 4000)):
        found = drift(hosts, model, steps, ranks)
        assert abs(found) < 1e-6, f"{model}: the energy drifts by {found:.3g} eV/atom/ps"


def trajectories_on_1_and_2_ranks_stay_together(hosts):
    Box((3, 3, 3), shift=0.05, tilt=(1.5, 1.0, 2.0)).write_data(hosts.folder / "box.data")
    last = 'print "state = $(pe:%.17g) $(temp:%.17g) ' + PRESSURES + '"'
    one, two = (
        values(hosts.lammps(dynamics("nve", 50, settings="accuracy 1e-9") + last, ranks), "state")
        for ranks in (1, 2)
    )
    for a, b in zip(one, two):
        close(b, a, 1e-7, abs(a), "state after 50 steps")


def hold_pressure_and_temperature(hosts, model):
    """Dynamics in a tilted box of any shape: the conserved quantity is smooth."""
    Box((3, 3, 3), shift=0.05, tilt=(1.5, 1.0, 2.0)).write_data(hosts.folder / "box.data")
    text = hosts.lammps(
        dynamics(
            "npt temp 300 300 0.1 tri 0 0 1.0",
            0,
            """variable h equal ecouple+etotal
fix h all ave/time 1 1 1 v_h file conserved.txt format " %.15g"
thermo_style custom step temp pe etotal press pxx pyy pzz pxy pxz pyz vol ecouple
thermo_modify norm no
run 400""",
            model=model,
        )
        + 'print "end = $(temp) $(press) $(vol) $(xy) $(xz) $(yz)"',
        2,
    )
    temperature, _, volume, *tilts = values(text, "end")
    rows = [
        line.split()
        for line in (hosts.folder / "conserved.txt").read_text().splitlines()
        if not line.startswith("#")
    ]
    energies = [float(row[1]) for row in rows]
    spread = (max(energies) - min(energies)) / 216
    assert spread < 1e-4, f"{model}: the conserved quantity varies by {spread:.3g} eV/atom"
    # Third differences of successive steps: lists and meshes are chosen anew on the way, which must
    # not show.
    jump = (
        max(
            abs(d - 3 * c + 3 * b - a)
            for a, b, c, d in zip(energies, energies[1:], energies[2:], energies[3:])
        )
        / 216
    )
    assert jump < 2e-6, f"{model}: the conserved quantity jumps by {jump:.3g} eV/atom"
    assert 100 < temperature < 600 and 0.7 < volume / 16.815**3 < 1.4, text[-1500:]
    assert (
        largest([t - t0 for t, t0 in zip(tilts, (1.5, 1.0, 2.0))]) > 1e-3
    ), f"{model}: the tilts did not move"


def pressure_and_temperature_can_be_held_in_a_tilted_box(hosts):
    hold_pressure_and_temperature(hosts, "rocksalt.json")


def pressure_and_temperature_of_a_charged_nep_can_be_held_in_a_tilted_box(hosts):
    hold_pressure_and_temperature(hosts, "nacl_nep.txt")


def mixed_precision_of_a_nep_is_near_double_on_1_and_2_ranks(hosts):
    TILTED.write_data(hosts.folder / "box.data")
    energy, _, rows = static(hosts, "nacl_nep.txt", 1, settings="accuracy 1e-8")
    forces = [row[:3] for row in rows]
    for ranks in (1, 2):
        settings = "accuracy 1e-8 precision mixed"
        mixed, _, rows = static(hosts, "nacl_nep.txt", ranks, settings=settings)
        close(mixed, energy, 1e-6 * 216, 1.0, f"energy on {ranks} ranks")
        close([row[:3] for row in rows], forces, 2e-5, 1.0, f"forces on {ranks} ranks")
        assert mixed != energy, "mixed precision gives the bits of double"


def a_box_whose_tilt_flips_has_the_forces_of_a_fresh_start(hosts):
    """fix deform shears the box until LAMMPS describes it by other vectors; then the same state is
    read by a new run."""
    accuracy = 1e-5
    bound = 12 * accuracy * 216 / 16.815**3  # of the pressure, that comes with the forces
    last = f"""dump d all custom 1 atoms.dump id fx fy fz
dump_modify d sort id format float %.17g
run 0 post no
print "tilts = $(xy:%.17g) $(xz:%.17g) $(yz:%.17g)"
print "pressure = {PRESSURES}"
"""
    for ranks, sheared in ((1, "xy"), (2, "xz"), (2, "yz")):
        tilts = [8.2 if name == sheared else 1.0 for name in ("xy", "xz", "yz")]
        Box((3, 3, 3), shift=0.05, tilt=tilts).write_data(hosts.folder / "box.data")
        text = hosts.lammps(
            dynamics("nve", 10, settings=f"accuracy {accuracy}")
            + f"fix shear all deform 1 {sheared} vel 30 remap x units box\nrun 40\n"
            + f"{last}write_data after.data",
            ranks,
        )
        assert min(values(text, "tilts")) < -5, f"no flip: the tilts are {values(text, 'tilts')}"
        pressure = [p / BAR for p in values(text, "pressure")]
        forces = [row[1:] for row in dump(hosts.folder / "atoms.dump")]
        for settings, share in ((f"accuracy {accuracy}", 2.0), ("accuracy 1e-11", 1.0)):
            text = hosts.lammps(start("rocksalt.json", settings, data="after.data") + last, ranks)
            rows = [row[1:] for row in dump(hosts.folder / "atoms.dump")]
            square = sum((a - b) ** 2 for a, b in zip(flatten(forces), flatten(rows)))
            error = math.sqrt(square / len(rows))
            assert error <= share * accuracy, f"{sheared}, {settings}: forces are {error:.3g} off"
            fresh = [p / BAR for p in values(text, "pressure")]
            close(pressure, fresh, share * bound, 1.0, f"{sheared}, {settings}: pressure")


def pressure_is_the_derivative_of_the_energy(hosts):
    """All cell vectors and atoms strained together, by the differences that LAMMPS can do:
    change_box remaps."""
    TILTED.write_data(hosts.folder / "box.data")
    step = 1e-4
    _, pressure, _ = static(hosts, "rocksalt.json", 2)

    def strained(change):
        return static(hosts, "rocksalt.json", 2, extra=f"change_box all {change} remap units box")[
            0
        ]

    volume = TILTED.volume()

    # a strain xx scales lx, xy and xz: change_box x scale keeps tilts, so they are set beside it
    def xx(e):
        return strained(f"x scale {1 + e!r} xy final {1.5 * (1 + e)!r} xz final {1.0 * (1 + e)!r}")

    def yz(e):  # y += e z: moves b's none, c's y by e times its z
        return strained(f"yz final {2.0 + e * TILTED.cell[2][2]!r}")

    for k, energy in ((0, xx), (5, yz)):
        slope = (8 * (energy(step) - energy(-step)) - (energy(2 * step) - energy(-2 * step))) / (
            12 * step
        )
        close(
            -slope / volume,
            pressure[k],
            1e-6,
            largest(pressure),
            f"pressure component {k} against differences",
        )


def forces_of_a_field_are_those_of_the_born_charges(hosts):
    field = (0.02, -0.05, 0.01)
    for box, pbc, slab, before in (
        (TILTED, "T T T", "", ""),
        (Box((3, 3, 1), tilt=(1.5, 0, 0)), "T T F", " slab", "boundary p p f"),
    ):
        box.write_data(hosts.folder / "box.data", normal=2 if slab else None)
        expected = hosts.direct("rocksalt.json", box, ["--bec"], pbc=pbc)
        name = next(key for key in expected if key.lower() == "bec")
        pulls = [
            [sum(z[3 * a + b] * field[a] for a in range(3)) for b in range(3)]
            for z in expected[name]
        ]
        for ranks in (1, 2, 4):
            _, _, without = static(
                hosts, "rocksalt.json", ranks, settings="accuracy 2e-12" + slab, before=before
            )
            _, _, within = static(
                hosts,
                "rocksalt.json",
                ranks,
                settings="accuracy 2e-12 field " + " ".join(map(str, field)) + slab,
                before=before,
            )
            found = [
                [b - a for a, b in zip(row[:3], other[:3])] for row, other in zip(without, within)
            ]
            close(found, pulls, TOL, largest(pulls), f"forces of the field on {ranks} ranks{slab}")


def current_is_that_of_the_born_charges_and_charges_add_up(hosts):
    TILTED.write_data(hosts.folder / "box.data")
    expected = hosts.direct("rocksalt.json", TILTED, ["--bec"])
    born = expected[next(key for key in expected if key.lower() == "bec")]
    for ranks in (1, 2):
        text = hosts.lammps(
            start("rocksalt.json")
            + """velocity all create 300 99 loop geom
compute l all lrpot
thermo_style custom step c_l[1] c_l[2] c_l[3] c_l[4] c_l[5] c_l[6] c_l[7] c_l[8]
dump d all custom 1 atoms.dump id vx vy vz
dump_modify d sort id format float %.17g
run 0
print "current = $(c_l[5]:%.17g) $(c_l[6]:%.17g) $(c_l[7]:%.17g)"
print "charge = $(c_l[1]:%.17g)"
print "dipole = $(c_l[2]:%.17g) $(c_l[3]:%.17g) $(c_l[4]:%.17g)"
""",
            ranks,
        )
        velocities = [row[1:] for row in dump(hosts.folder / "atoms.dump")]
        current = [
            sum(z[3 * a + b] * v[b] for z, v in zip(born, velocities) for b in range(3))
            for a in range(3)
        ]
        scale = math.sqrt(sum(x * x for x in flatten(velocities)))
        close(values(text, "current"), current, TOL, scale, f"current on {ranks} ranks")
        close(values(text, "charge"), 0.0, 1e-10, 1.0, "total charge")
        dipole = [
            sum(q[0] * r[a] for q, r in zip(expected["charges"], TILTED.positions))
            for a in range(3)
        ]
        close(
            values(text, "dipole"), dipole, TOL, 216.0 * 17, f"dipole at the start on {ranks} ranks"
        )


def born_tensors(hosts, tensors, box, periodic=True):
    """Of `lrpot bec`, with the sum rule imposed: [atom][3 a + b]."""
    box.write_xyz(hosts.folder / "direct.xyz", periodic)
    done = subprocess.run(
        [hosts.lrpot, "bec", tensors, "direct.xyz", "--json", "-q"],
        cwd=hosts.folder,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return [flatten(z) for z in json.loads(done.stdout)["frames"][0]["bec"]]


def learned_tensors_pull_and_carry_current_on_1_2_and_4_ranks(hosts):
    """Of each kind, beside a model with charges of its own and beside one without; isolated those
    that are the derivative of a dipole."""
    field = (0.02, -0.05, 0.01)
    cluster = Box((2, 1, 1))
    cases = [
        ("independent.tensors", "rocksalt.json", TILTED),
        ("independent.tensors", "plain.json", TILTED),
        ("global.tensors", "rocksalt.json", TILTED),
        ("local.tensors", "plain.json", TILTED),
        ("local.tensors", "plain.json", cluster),
        ("dipole.tensors", "plain.json", cluster),
    ]
    for tensors, model, box in cases:
        periodic = box is TILTED
        box.write_data(hosts.folder / "box.data", margin=0.0 if periodic else 20.0)
        born = born_tensors(hosts, tensors, box, periodic)
        pulls = [[sum(z[3 * a + b] * field[a] for a in range(3)) for b in range(3)] for z in born]
        first = None
        before, more = ("", "") if periodic else ("boundary f f f", "comm_modify cutoff 60.0")
        _, _, without = static(hosts, model, 1, before=before, extra=more)
        for ranks in (1, 2, 4):
            what = f"of {tensors} beside {model} on {ranks} ranks"
            extra = (
                more
                + """
velocity all create 300 99 loop geom
compute l all lrpot
thermo_style custom step c_l[1] c_l[2] c_l[3] c_l[4] c_l[5] c_l[6] &
  c_l[7] c_l[8] pe pxx pyy pzz pxy pxz pyz"""
            )
            settings = f"accuracy 2e-12 tensors {tensors} field " + " ".join(map(str, field))
            _, _, within = static(
                hosts,
                model,
                ranks,
                settings=settings,
                columns="fx fy fz vx vy vz",
                before=before,
                extra=extra,
                tail=(
                    'print "current = $(c_l[5]:%.17g) $(c_l[6]:%.17g) $(c_l[7]:%.17g)"\nprint'
                    ' "dipole = $(c_l[2]:%.17g) $(c_l[3]:%.17g) $(c_l[4]:%.17g)"\n'
                ),
            )
            found = [
                [b - a for a, b in zip(row[:3], other[:3])] for row, other in zip(without, within)
            ]
            close(found, pulls, TOL, largest(within), f"forces {what}")
            velocities = [row[3:] for row in within]
            current = [
                sum(z[3 * a + b] * v[b] for z, v in zip(born, velocities) for b in range(3))
                for a in range(3)
            ]
            close(
                values(hosts.text, "current"),
                current,
                TOL,
                math.sqrt(sum(x * x for x in flatten(velocities))) * largest(born),
                f"current {what}",
            )
            dipole = values(hosts.text, "dipole")
            first = first or dipole
            close(dipole, first, TOL, 1.0 + largest(first), f"dipole {what}")
            assert (largest(dipole) > 1e-3) == (
                tensors == "dipole.tensors"
            ), f"dipole {dipole} {what}"


def a_field_on_a_nep_is_screened_by_its_eps_inf_as_in_the_command(hosts):
    """The rule of all: the value given, otherwise the model's own (2.25)."""
    TILTED.write_data(hosts.folder / "box.data")
    found = {}
    for more, words in (("", ()), (" eps_inf 1", ("--eps-inf", "1"))):
        expected = hosts.direct("nacl_nep.txt", TILTED, ("--field", "0,0,0.05", *words))["forces"]
        settings = "accuracy 2e-12 field 0 0 0.05" + more
        _, _, rows = static(hosts, "nacl_nep.txt", 1, settings=settings)
        found[more] = [row[:3] for row in rows]
        close(found[more], expected, TOL, largest(expected), f"forces in a field{more}")
    differ = max(abs(a[2] - b[2]) for a, b in zip(*found.values()))
    assert differ > 1e-3, f"eps_inf changes forces by {differ:.2g} only: nothing to measure"


def work_of_a_field_is_the_change_of_the_dipole(hosts):
    """The charges vary, or learned tensors stand for them: energy plus -E times the integrated
    dipole is constant, to the second order of the step."""
    Box((3, 3, 3), shift=0.05, tilt=(1.5, 1.0, 2.0)).write_data(hosts.folder / "box.data")
    for tensors in ("", " tensors local.tensors"):
        work_is_the_change_of_the_dipole(hosts, tensors)


def work_is_the_change_of_the_dipole(hosts, tensors):
    more = """compute l all lrpot
variable bare equal etotal
variable total equal etotal+c_l[8]
fix work all ave/time 1 1 1 v_bare v_total file work.txt format " %.15g"
run 100"""
    hosts.lammps(dynamics("nve", 0, more, "accuracy 1e-7 field 0.0 0.05 0.1" + tensors), 2)
    rows = [
        [float(x) for x in line.split()[1:]]
        for line in (hosts.folder / "work.txt").read_text().splitlines()
        if not line.startswith("#")
    ]
    bare, total = ([row[k] - rows[0][k] for row in rows] for k in (0, 1))
    assert (
        largest(bare) > 0.1
    ), f"the field did work of {largest(bare):.3g} eV only: nothing to measure"
    assert largest(total) < 0.02 * largest(
        bare
    ), f"energy and work differ by {largest(total):.3g} of {largest(bare):.3g} eV"


CONDITIONS = (
    "field 0.02 -0.03 0.05",
    "voltage 0.3 -0.5 0.8",
    "displacement 1.5 -2.0 2.5",
    "flux 300 -450 600",
)


def strained(component, strain):
    """Commands for the strain conjugate to a component of LAMMPS' pressure: atoms and
    cell move along the first axis by the second one's coordinate."""
    box = TILTED.cell
    if component < 3:
        axis = "xyz"[component]
        length = box[component][component] * (1 + strain)
        tilts = {0: ("xy", "xz"), 1: ("yz",), 2: ()}[component]
        change = f"{axis} final 0 {length:.17g}"
        values_of = {"xy": box[1][0], "xz": box[2][0], "yz": box[2][1]}
        change += "".join(f" {t} final {values_of[t] * (1 + strain):.17g}" for t in tilts)
    else:
        change = {
            3: f"xy delta {strain * box[1][1]:.17g} xz delta {strain * box[2][1]:.17g}",
            4: f"xz delta {strain * box[2][2]:.17g}",
            5: f"yz delta {strain * box[2][2]:.17g}",
        }[component]
    return f"change_box all {change} remap units box\nrun 0\n"


def pressure_in_a_field_is_the_derivative_of_the_enthalpy(hosts):
    """A triclinic box, each component of the pressure, charges that stay and charges
    that follow, each boundary condition."""
    TILTED.write_data(hosts.folder / "box.data")
    step, weights = 2e-4, {1: -8, -1: 8, 2: 1, -2: -1}
    for model, form in (("fixed.json", ""), ("rocksalt.json", " dipole positions")):
        for number, condition in enumerate(CONDITIONS):
            settings = f"accuracy 2e-12 {condition}{form}" + (
                " eps_inf 2.3" if number % 2 else " eps_tensor 2.4 1.9 3.1 0.2 -0.1 0.3"
            )
            commands = 'run 0\nprint "pressure = ' + PRESSURES + '"\n'
            for component in range(6):
                for times in weights:
                    commands += "clear_box\n" + strained(component, times * step)
                    commands += 'print "e = $(pe:%.17g)"\n'
            # each strain begins from the same box
            home = TILTED.cell
            back = (
                f"change_box all x final 0 {home[0][0]:.17g} y final 0 {home[1][1]:.17g} "
                f"z final 0 {home[2][2]:.17g} xy final {home[1][0]:.17g} "
                f"xz final {home[2][0]:.17g} yz final {home[2][1]:.17g} remap units box"
            )
            text = hosts.lammps(start(model, settings) + commands.replace("clear_box", back), 2)
            found = [p / BAR for p in values(text, "pressure")]
            energies = [float(e) for e in re.findall(r"^e = (\S+)$", text, re.M)]
            assert len(energies) == 24
            for component in range(6):
                slope = sum(w * e for w, e in zip(weights.values(), energies[4 * component :])) / (
                    12 * step
                )
                close(
                    found[component],
                    slope / TILTED.volume(),
                    1e-6,
                    largest(found),
                    f"pressure {component} of {model}, {settings}",
                )


def fields_give_the_same_on_1_2_and_4_ranks(hosts):
    TILTED.write_data(hosts.folder / "box.data")
    columns = "fx fy fz q c_s[1] c_s[2] c_s[3] c_s[4] c_s[5] c_s[6]"
    more = "compute s all stress/atom NULL virial\ncompute l all lrpot"
    tail = 'print "acting = $(c_l[8]:%.17g) $(c_l[9]:%.17g) $(c_l[10]:%.17g) $(c_l[11]:%.17g)"'
    none = static(hosts, "rocksalt.json", 1, columns=columns, extra=more, tail="")
    for condition in CONDITIONS:
        for form in ("current", "positions"):
            settings = f"accuracy 2e-12 {condition} dipole {form}"
            first = None
            for ranks in (1, 2, 4):
                result = static(
                    hosts,
                    "rocksalt.json",
                    ranks,
                    settings,
                    columns,
                    extra=more + "\nthermo_style custom step pe pxx pyy pzz pxy pxz pyz c_l[8]",
                    tail=tail,
                )
                result += (values(hosts.text, "acting"),)
                if first is None:
                    first = result
                    moved = largest([a - b for a, b in zip(result[1], none[1])])
                    assert moved > 1e-8, f"the pressure does not answer to {settings}"
                what = f"{settings}, {ranks} ranks"
                close(result[0], first[0], TOL, abs(first[0]), f"energy: {what}")
                close(result[1], first[1], TOL, largest(first[1]), f"pressure: {what}")
                close(result[2], first[2], TOL, largest(first[2]), f"atoms: {what}")
                close(result[3], first[3], TOL, largest(first[3]), f"energy and field: {what}")
                sums = [sum(row[k] for row in result[2]) for k in range(4, 10)]
                scale = TILTED.volume() * BAR
                close(
                    [-s / scale for s in sums],
                    result[1],
                    TOL,
                    largest(result[1]),
                    f"stresses of the atoms: {what}",
                )


def conserved(hosts, condition, ranks=1, steps=2000):
    """Slope of the conserved quantity of a barostat in all six components, eV per atom and ps;
    and the last line."""
    Box((2, 2, 2), shift=0.05, tilt=(0.3, -0.2, 0.4)).write_data(hosts.folder / "box.data")
    more = """variable kept equal (etotal+ecouple)/atoms
fix kept all ave/time 10 1 10 v_kept file kept.txt format " %.15g"
"""
    hosts.lammps(
        dynamics("npt temp 300 300 0.1 tri 0 0 1.0", 0, more, f"accuracy 1e-7 {condition}")
        + f"run {steps}\n",
        ranks,
    )
    rows = [
        [float(x) for x in line.split()]
        for line in (hosts.folder / "kept.txt").read_text().splitlines()
        if not line.startswith("#")
    ]
    rows = rows[len(rows) // 10 :]  # the barostat starts from rest
    n = len(rows)
    t = [row[0] / 1000 for row in rows]
    mean_t, mean_e = sum(t) / n, sum(row[1] for row in rows) / n
    slope = sum((a - mean_t) * (row[1] - mean_e) for a, row in zip(t, rows))
    return slope / sum((a - mean_t) ** 2 for a in t), rows[-1][1]


def barostats_in_a_field_conserve_their_quantity(hosts):
    for condition in (
        "field 0.02 0.03 0.05",
        "voltage 0.2 0.3 0.5",
        "displacement 1.0 1.0 2.0",
        "flux 100 120 200",
        "field 0.02 0.03 0.05 dipole positions",
        "displacement 1.0 1.0 2.0 eps_inf 2.3",
    ):
        drift, _ = conserved(hosts, condition)
        assert abs(drift) < 1e-5, f"{condition}: drift of {drift:.2e} eV/atom/ps"


def barostats_in_a_field_run_alike_on_1_2_and_4_ranks(hosts):
    for condition in ("field 0.02 0.03 0.05", "displacement 1.0 1.0 2.0"):
        ends = [conserved(hosts, condition, ranks, 100)[1] for ranks in (1, 2, 4)]
        for end in ends[1:]:
            close(end, ends[0], TOL, abs(ends[0]), f"{condition} among ranks")


def charged_boxes_have_no_stress_in_a_field(hosts):
    """Where the box stays the pressure is printed without the field, with a warning;
    where it changes the run ends."""
    TILTED.write_data(hosts.folder / "box.data")
    charged = "accuracy 1e-7 charge 1.0"
    _, plain, _ = static(hosts, "rocksalt.json", 1, charged)
    _, found, _ = static(hosts, "rocksalt.json", 1, charged + " field 0 0 0.1")
    assert "the pressure holds nothing of the field" in hosts.text, hosts.text[-500:]
    close(found, plain, 1e-9, largest(plain), "pressure of a charged box")
    for ensemble, condition in (
        ("npt temp 9 9 1 iso 0 0 1", "field 0 0 0.1"),
        ("nve", "flux 0 0 1"),
    ):
        text = hosts.lammps(dynamics(ensemble, 1, "", f"{charged} {condition}"), 1, fails=True)
        assert "the cell has the charge 1 e" in text, text[-500:]


def fixed_charges_in_a_field_conserve_the_energy_of_the_pair_style(hosts):
    Box((2, 2, 2), shift=0.0).write_data(hosts.folder / "box.data")
    text = hosts.lammps(
        start("fixed.json", "accuracy 1e-9 field 0.0 0.0 0.1")
        + """pair_style hybrid/overlay lrpot accuracy 1e-9 field 0.0 0.0 0.1 born 5.0
pair_coeff * * lrpot fixed.json Na Cl
pair_coeff 1 1 born 0.2637 0.317 2.340 1.0486 -0.4993
pair_coeff 1 2 born 0.2110 0.317 2.755 6.9906 -8.6758
pair_coeff 2 2 born 0.1582 0.317 3.170 72.4022 -145.4285
velocity all create 300 3 loop geom mom yes
timestep 0.0005
fix md all nve
run 0
print "before = $(etotal:%.17g) $(ke:%.17g)"
run 200
print "after = $(etotal:%.17g) $(ke:%.17g)"
""",
        2,
    )
    before, after = values(text, "before"), values(text, "after")
    assert abs(after[1] - before[1]) > 0.1, "the kinetic energy hardly changed: nothing to measure"
    assert abs(after[0] - before[0]) < 0.02 * abs(
        after[1] - before[1]
    ), f"the energy changed by {after[0] - before[0]:.3g} eV"


def active_set(hosts, model, frames=4, shift=0.1):
    """Makes set.json from rattled boxes; TILTED then lies partly outside. Returns the grade that
    `lrpot select` has for TILTED."""
    train = ""
    for seed in range(frames):
        Box((2, 2, 2), shift=shift, seed=10 + seed).write_xyz(hosts.folder / "train.xyz")
        train += (hosts.folder / "train.xyz").read_text()
    (hosts.folder / "train.xyz").write_text(train)
    TILTED.write_xyz(hosts.folder / "box.xyz")
    run = [hosts.lrpot, "select", model]
    subprocess.run(
        [*run, "train.xyz", "--train", "train.xyz", "--save", "set.json", "-q"],
        cwd=hosts.folder,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    done = subprocess.run(
        [*run, "box.xyz", "--active", "set.json", "--json", "-q"],
        cwd=hosts.folder,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return json.loads(done.stdout)["frames"][0]["grade"]


def extrapolation_grades_equal_the_library_on_1_2_and_4_ranks(hosts):
    TILTED.write_data(hosts.folder / "box.data")
    for model in ("rocksalt.json", "full.json", "plain.json"):
        grade = active_set(hosts, model)
        assert grade > 1.1, f"{model}: a grade of {grade} is inside: nothing to measure"
        found = []
        for ranks in (1, 2, 4):
            text = hosts.lammps(
                start(model)
                + f"""compute g all lrpot/grade set.json
group some id <= 50
compute s some lrpot/grade set.json
thermo_style custom step c_g c_s
dump d all custom 1 atoms.dump id c_g c_s
dump_modify d sort id format float %.17g
run 0
print "grade = $(c_g:%.17g) $(c_s:%.17g)"
""",
                ranks,
            )
            rows = [row[1:] for row in dump(hosts.folder / "atoms.dump")]
            largest_of = values(text, "grade")
            close(largest_of[0], grade, TOL, grade, f"largest grade of {model} on {ranks} ranks")
            close(
                largest_of,
                [max(row[k] for row in rows) for k in (0, 1)],
                1e-15,
                grade,
                "largest of the atoms' grades",
            )
            assert all(
                row[1] == (row[0] if i < 50 else 0) for i, row in enumerate(rows)
            ), "grades outside of the group are not zero"
            found.append([row[0] for row in rows])
        for rows in found[1:]:
            close(rows, found[0], TOL, grade, "grades among ranks")


def a_run_halts_and_writes_the_frame_where_the_grade_exceeds_a_threshold(hosts):
    """Heated far beyond what the active set has seen: frames above 1.5 are written whole, others
    not at all, and at 3 it ends."""
    active_set(hosts, "rocksalt.json", shift=0.05)
    Box((2, 2, 2), shift=0.0).write_data(hosts.folder / "box.data")
    script = dynamics(
        "nve",
        0,
        """compute g all lrpot/grade set.json
variable grade equal c_g
variable beyond atom v_grade>1.5
thermo 5
thermo_style custom step temp v_grade
dump d all custom 5 beyond.dump id type x y z
dump_modify d sort id thresh v_beyond > 0.5
fix stop all halt 5 v_grade > 3.0 error soft message yes
run 1000
print "left at $(step)\"""",
        temperature=4000,
    )
    text = hosts.lammps(script + 'print "ended = $(step) $(v_grade:%.17g)"\n', 2)
    ended, grade = values(text, "ended")
    assert 0 < ended < 1000 and grade > 3.0 and "fix halt" in text.lower(), text[-1500:]
    table = [
        [float(x) for x in row] for row in re.findall(r"^\s+(\d+)\s+(\S+)\s+(\S+)\s*$", text, re.M)
    ]
    frames = re.findall(
        r"ITEM: TIMESTEP\n(\d+)\nITEM: NUMBER OF ATOMS\n(\d+)",
        (hosts.folder / "beyond.dump").read_text(),
    )
    counts = {int(step): int(n) for step, n in frames}
    assert len(table) > 1, text[-1500:]
    for step, _, value in table:
        assert counts[int(step)] == (
            64 if value > 1.5 else 0
        ), f"{counts[int(step)]} atoms written at step {step:.0f} of grade {value}"
    assert set(counts.values()) == {0, 64}, counts


def restart_goes_on_without_pair_commands(hosts):
    Box((3, 3, 3), shift=0.05, tilt=(1.5, 1.0, 2.0)).write_data(hosts.folder / "box.data")
    watch = """compute l all lrpot
thermo_style custom step temp pe etotal press c_l[2] c_l[3] c_l[4]
thermo_modify norm no
thermo 1
"""
    last = (
        'print "state = $(pe:%.17g) $(ke:%.17g) $(press:%.17g) $(c_l[2]:%.17g) $(c_l[3]:%.17g)'
        ' $(c_l[4]:%.17g)"\n'
    )
    for tensors in ("", " tensors independent.tensors"):
        settings = "accuracy 1e-9 field 0 0 0.02" + tensors
        whole = hosts.lammps(
            dynamics("nve", 0, settings=settings)
            + watch
            + "run 20\nwrite_restart middle.restart\nrun 20\n"
            + last
        )
        rest = hosts.lammps(
            "read_restart middle.restart\ntimestep 0.001\nfix md all nve\n"
            + watch
            + "run 20\n"
            + last
        )
        for a, b in zip(values(whole, "state"), values(rest, "state")):
            close(b, a, 1e-9, max(1.0, abs(a)), f"state after the restart{tensors}")


def pair_style_given_again_changes_field_and_accuracy_only(hosts):
    TILTED.write_data(hosts.folder / "box.data")
    _, _, expected = static(hosts, "rocksalt.json", 1, settings="accuracy 2e-12 field 0 0 0.3")
    _, _, found = static(
        hosts, "rocksalt.json", 1, extra="run 0\npair_style lrpot accuracy 2e-12 field 0 0 0.3"
    )
    close(found, expected, 1e-12, largest(expected), "forces")


def types_without_atoms_may_be_null(hosts):
    """A third type without atoms changes nothing, alone, in hybrid/overlay, from a restart."""
    TILTED.write_data(hosts.folder / "box.data")
    expected = static(hosts, "rocksalt.json", 1)
    text = (hosts.folder / "box.data").read_text().replace("2 atom types", "3 atom types")
    text = re.sub(r"(Masses\n\n(?:.+\n){2})", r"\g<1>3 12.0\n", text)
    (hosts.folder / "box.data").write_text(text)
    script = start("rocksalt.json").replace("rocksalt.json Na Cl", "rocksalt.json Na Cl NULL")
    over = script.replace("pair_style lrpot", "pair_style hybrid/overlay zero 4.0 lrpot")
    over = over.replace("* * rocksalt", "* * lrpot rocksalt")
    over = over.replace("thermo_style", "pair_coeff * * zero\nthermo_style", 1)
    tail = """dump d all custom 1 atoms.dump id fx fy fz q
dump_modify d sort id format float %.17g
run 0
print "energy = $(pe:%.17g)"
"""
    saved = "write_restart null.restart\n"
    again = "units metal\nnewton on\nread_restart null.restart\n"
    for what, run, ranks in (
        ("alone", script + tail + saved, 2),
        ("overlay", over + tail, 2),
        ("restart", again + tail, 1),
    ):
        energy = values(hosts.lammps(run, ranks), "energy")[0]
        rows = [row[1:] for row in dump(hosts.folder / "atoms.dump")]
        close(energy, expected[0], TOL, abs(expected[0]), f"energy {what}")
        close(rows, expected[2], TOL, largest(expected[2]), f"atoms {what}")


def born_charges_per_atom_equal_the_library_on_1_2_and_4_ranks(hosts):
    TILTED.write_data(hosts.folder / "box.data")
    TILTED.write_xyz(hosts.folder / "direct.xyz")
    for model in ("rocksalt.json", "full.json"):
        frames = subprocess.run(
            [hosts.lrpot, "bec", model, "direct.xyz", "--raw", "--json"],
            cwd=hosts.folder,
            check=True,
            stdout=subprocess.PIPE,
        ).stdout
        expected = [flatten(z) for z in json.loads(frames)["frames"][0]["bec"]]
        for ranks in (1, 2, 4):
            text = hosts.lammps(
                start(model)
                + """velocity all create 300 1 loop all
compute b all lrpot born
compute l all lrpot
compute sum all reduce sum c_b[10] c_b[11] c_b[12]
dump d all custom 1 atoms.dump id c_b[*]
dump_modify d sort id format float %.17g
thermo_style custom step c_sum[1] c_sum[2] c_sum[3] c_l[5] c_l[6] c_l[7]
run 0
print "sum = $(c_sum[1]:%.17g) $(c_sum[2]:%.17g) $(c_sum[3]:%.17g)"
print "current = $(c_l[5]:%.17g) $(c_l[6]:%.17g) $(c_l[7]:%.17g)"
""",
                ranks,
            )
            rows = [row[1:10] for row in dump(hosts.folder / "atoms.dump")]
            close(rows, expected, TOL, 1.0, f"Born charges of {model} on {ranks} ranks")
            current = values(text, "current")
            close(values(text, "sum"), current, TOL, largest(current), "sum of the currents")


def charges_that_flow_in_molecules_have_a_field(hosts):
    """Forces are differences of the energy, and the charges are those of the field."""
    TILTED.write_data(hosts.folder / "box.data", style="full")
    settings = "accuracy 1e-9 cutoff 12.0 fragments molecule field 0.03 -0.02 0.05"

    def run(settings, move="", ranks=1, **more):
        script = start("equilibrated.json", settings).replace(
            "atom_style charge", "atom_style full"
        )
        text = hosts.lammps(
            script
            + f"""group one id 5
{move}
dump d all custom 1 atoms.dump id fx fy fz q
dump_modify d sort id format float %.17g
run 0
print "energy = $(pe:%.17g)"
""",
            ranks,
            **more,
        )
        if more:
            return text
        return values(text, "energy")[0], [r[1:] for r in dump(hosts.folder / "atoms.dump")]

    energy, rows = run(settings)
    step, found = 1e-3, []
    for axis in range(3):
        ends = []
        for sign in (1, -1):
            shift = " ".join(repr(sign * step * (a == axis)) for a in range(3))
            ends.append(run(settings, f"displace_atoms one move {shift}")[0])
        found.append(-(ends[0] - ends[1]) / (2 * step))
    close(found, rows[4][:3], 2e-6, largest(rows), "force in a field")
    plain = run(settings.split(" field")[0])[1]
    moved = max(abs(a[3] - b[3]) for a, b in zip(rows, plain))
    if not moved > 1e-4:
        raise AssertionError(f"the field moves charges by {moved} e only")
    for molecule in range(len(rows) // 2):
        close(rows[2 * molecule][3] + rows[2 * molecule + 1][3], 0.0, 1e-8, 1.0, "charge of a pair")
    # the dipole is that of whole molecules: an atom at another image changes nothing
    tail = """compute l all lrpot
thermo_style custom step c_l[2] c_l[3] c_l[4]
run 0
print "dipole = $(c_l[2]:%.17g) $(c_l[3]:%.17g) $(c_l[4]:%.17g)"
"""
    none = settings.split(" field")[0]
    script = start("equilibrated.json", none).replace("atom_style charge", "atom_style full")
    here = values(hosts.lammps(script + tail), "dipole")
    moved = values(hosts.lammps(script + "set atom 3 image 1 0 0\n" + tail), "dipole")
    close(moved, here, 1e-9, 1.0, "dipole of molecules")
    text = hosts.lammps(script.replace(none, settings) + tail, fails=True)
    if "known without it only" not in text:
        raise AssertionError(text[-800:])
    text = run(settings, ranks=2, fails=True)
    if "several processes" not in text:
        raise AssertionError(text[-800:])


def electrodes_are_those_of_eval_on_1_and_2_ranks(hosts):
    """Two molecules are held at potentials, the others stay neutral; the energy is the grand
    potential."""
    TILTED.write_data(hosts.folder / "box.data", style="full")
    TILTED.write_xyz(hosts.folder / "held.xyz")
    lines = (hosts.folder / "held.xyz").read_text().splitlines()
    n = len(lines) - 2
    held = " ".join({0: "0.5", 2: "-0.7"}.get(f, "nan") for f in range(n // 2))
    lines[1] += f':fragment:I:1 fragment_potentials="{held}"'
    lines[2:] = [f"{line} {i // 2}" for i, line in enumerate(lines[2:])]
    (hosts.folder / "held.xyz").write_text("\n".join(lines) + "\n")
    words = [hosts.lrpot, "eval", "equilibrated.json", "held.xyz", "--json"]
    done = subprocess.run(words, cwd=hosts.folder, check=True, stdout=subprocess.PIPE)
    expected = json.loads(done.stdout)["frames"][0]
    settings = "accuracy 1e-8 cutoff 12.0 fragments molecule electrode 1 0.5 electrode 3 -0.7"
    script = start("equilibrated.json", settings).replace("atom_style charge", "atom_style full")
    tail = """dump d all custom 1 atoms.dump id fx fy fz q
dump_modify d sort id format float %.17g
run 0
print "energy = $(pe:%.17g)"
"""
    for ranks in (1, 2):
        energy = values(hosts.lammps(script + tail, ranks), "energy")[0]
        rows = [row[1:] for row in dump(hosts.folder / "atoms.dump")]
        forces = [x for row in rows for x in row[:3]]
        close(energy, expected["energy"], 1e-6, 1.0, f"grand potential on {ranks} ranks")
        close(forces, expected["forces"], 1e-5, largest(forces), f"forces on {ranks} ranks")
        charges = [row[3] for row in rows]
        close(charges, expected["charges"], 1e-5, 1.0, f"charges on {ranks} ranks")
        found = [charges[2 * m] + charges[2 * m + 1] for m in range(n // 2)]
        close(found, expected["fragment_charges"], 1e-5, 1.0, "charges of molecules")
        if not abs(found[0]) > 1e-3:
            raise AssertionError(f"the voltage moves {found[0]} e only")
    free = script.replace(" electrode 1 0.5 electrode 3 -0.7", "")
    plain = values(hosts.lammps(free + tail, 1), "energy")[0]
    again = "pair_style lrpot accuracy 1e-8 cutoff 12.0 fragments molecule\nrun 0\n"
    text = hosts.lammps(script + "run 0\n" + again + 'print "energy = $(pe:%.17g)"\n', 1)
    close(values(text, "energy")[0], plain, 1e-6, 1.0, "electrodes that are left out")
    hosts.lammps(script + tail + "write_restart held.restart\n", 1)
    again = "units metal\nnewton on\natom_style full\nread_restart held.restart\n"
    energy = values(hosts.lammps(again + tail, 1), "energy")[0]
    close(energy, expected["energy"], 1e-6, 1.0, "grand potential after a restart")


def atoms_that_were_lost_are_told(hosts):
    Box((2, 2, 2)).write_data(hosts.folder / "box.data")
    text = hosts.lammps(
        start("rocksalt.json")
        + """velocity all create 1e9 1 loop all
timestep 1.0
fix move all nve
thermo_modify lost ignore
neigh_modify delay 0 every 1 check no
change_box all boundary f f f
run 5
""",
        1,
        fails=True,
    )
    if "atoms are left" not in text:
        raise AssertionError(text[-800:])


def write_bonded(path):
    """Four ions with two bonds; a model sees neighbours, not bonds."""
    atoms = [f"{k + 1} {k // 2 + 1} {k % 2 + 1} 0 {2.8 * k + 0.1} 0.2 0.3" for k in range(4)]
    path.write_text(
        "bonded\n\n4 atoms\n2 bonds\n2 atom types\n1 bond types\n\n0 11.2 xlo xhi\n0 9 ylo yhi\n"
        "0 9 zlo zhi\n\nMasses\n\n1 22.99\n2 35.45\n\nAtoms # full\n\n"
        + "\n".join(atoms)
        + "\n\nBonds\n\n1 1 1 2\n2 1 3 4\n"
    )


def bonds_change_nothing_where_all_pairs_are_in_the_list(hosts):
    write_bonded(hosts.folder / "box.data")
    full = start("rocksalt.json").replace("atom_style charge", "atom_style full")
    full = full.replace("read_data", "bond_style zero\nread_data")
    full += 'bond_coeff *\nspecial_bonds lj/coul {}\nrun 0\nprint "energy = $(pe:%.17g)"\n'
    whole, weighted = (
        values(hosts.lammps(full.format(factors), 1), "energy")[0]
        for factors in ("1 1 1", "0.5 0.5 0.5")
    )
    text = (hosts.folder / "box.data").read_text().split("\nBonds")[0]
    text = text.replace("2 bonds\n", "").replace("1 bond types\n", "").replace("# full", "# charge")
    head, rows = text.split("# charge\n\n")
    rows = [row.split() for row in rows.split("\n") if row]
    rows = "\n".join(" ".join(row[:1] + row[2:]) for row in rows)
    (hosts.folder / "box.data").write_text(f"{head}# charge\n\n{rows}\n")
    plain = start("rocksalt.json") + 'run 0\nprint "energy = $(pe:%.17g)"\n'
    close(
        [whole, weighted], 2 * [values(hosts.lammps(plain, 1), "energy")[0]], 1e-12, 1.0, "energies"
    )


def wrong_inputs_are_refused_with_their_reason(hosts):
    TILTED.write_data(hosts.folder / "box.data")
    good = start("rocksalt.json") + "run 0\n"
    Box((2, 2, 2)).write_data(hosts.folder / "flat.data")
    flat = good.replace("box.data", "flat.data")
    active_set(hosts, "full.json", frames=1)
    write_bonded(hosts.folder / "bonded.data")
    cases = [
        (
            good.replace("units metal", "units real"),
            "units are 'real', the style needs 'units metal'",
        ),
        (good.replace("newton on", "newton off"), "needs 'newton on'"),
        (
            flat.replace("run 0", "change_box all boundary p p f\nrun 0"),
            "needs keyword 'slab' there",
        ),
        (
            flat.replace("run 0", "change_box all boundary p f f\nrun 0"),
            "needs keyword 'wire' there",
        ),
        (
            good.replace("accuracy 2e-12", "accuracy 2e-12 wire"),
            "periodic along 3 directions, keyword 'wire' is for one",
        ),
        (
            flat.replace("accuracy 2e-12", "slab").replace(
                "run 0", "change_box all boundary p f f\nrun 0"
            ),
            "periodic along 1 direction, keyword 'slab' is for two",
        ),
        (
            good.replace("accuracy 2e-12", "accuracy 2e-12 slab"),
            "periodic along 3 directions, keyword 'slab' is for two",
        ),
        (
            good.replace("rocksalt.json Na Cl", "rocksalt.json Na Br"),
            "element 'Br' of atom type 2 is not in the model rocksalt.json, which has Na Cl",
        ),
        (
            good.replace("rocksalt.json Na Cl", "rocksalt.json Na"),
            "pair_coeff names 1 elements, there are 2 atom types",
        ),
        (
            good.replace("rocksalt.json Na Cl", "rocksalt.json Na NULL"),
            "an atom has type 2, which pair_coeff gives NULL",
        ),
        (
            good.replace("rocksalt.json Na Cl", "rocksalt.json NULL NULL"),
            "pair_coeff gives NULL to all atom types",
        ),
        (good.replace("run 0", "neigh_modify exclude type 1 2\nrun 0"), "needs all neighbors"),
        (
            good.replace(
                "run 0", "group na type 1\natom_modify first na\n" "neigh_modify include na\nrun 0"
            ),
            "neigh_modify include takes atoms out",
        ),
        (
            good.replace("atom_style charge", "atom_style full")
            .replace("read_data box.data", "bond_style zero\nread_data bonded.data")
            .replace("run 0", "bond_coeff *\nrun 0"),
            "special_bonds takes the 1-2 pairs",
        ),
        (good.replace("rocksalt.json", "absent.json"), "absent.json"),
        (good.replace("accuracy 2e-12", "acuracy 1e-11"), "unknown keyword 'acuracy'"),
        (good.replace("accuracy 2e-12", "field 0 1"), "keyword 'field' needs 3 numbers"),
        (
            good.replace("accuracy 2e-12", "field 0 0 1 voltage 0 0 1"),
            "give one of field, voltage, displacement and flux",
        ),
        (good.replace("accuracy 2e-12", "flux 1"), "keyword 'flux' needs 3 numbers"),
        (good.replace("accuracy 2e-12", "eps_inf 0.5"), "is below 1"),
        (good.replace("accuracy 2e-12", "dipole"), "'dipole' needs 'current' or 'positions'"),
        (good.replace("accuracy 2e-12", "dipole sum"), "expected 'current' or 'positions'"),
        (
            good.replace("accuracy 2e-12", "voltage 0 0 1 tensors local.tensors"),
            "only keyword 'field', without 'eps_inf'",
        ),
        (
            good.replace("accuracy 2e-12", "voltage 0 0 1 slab").replace(
                "run 0", "change_box all boundary p p f\nrun 0"
            ),
            "periodic along three directions",
        ),
        (
            good.replace("accuracy 2e-12", "displacement 0 0 1").replace(
                "run 0", "minimize 0 0 1 1"
            ),
            "give 'dipole positions'",
        ),
        (good.replace("accuracy 2e-12", "accuracy -1"), "is below 0"),
        (good.replace("accuracy 2e-12", "accuracy 1e-30"), "below what double precision gives"),
        (
            good.replace("accuracy 2e-12", "field 0 0 1").replace("rocksalt.json", "plain.json"),
            "no charges for a field to act on",
        ),
        (
            good.replace("accuracy 2e-12", "field 0 0 1").replace("rocksalt.json", "latent.json"),
            "the charge of an atom is not defined",
        ),
        (
            good.replace("rocksalt.json", "latent.json").replace(
                "run 0", "compute l all lrpot\nrun 0"
            ),
            "no dipole, current or Born charges",
        ),
        (
            good.replace("accuracy 2e-12", "field 0 0 1").replace(
                "rocksalt.json", "equilibrated.json"
            ),
            "give fragments of fixed charge",
        ),
        (
            good.replace("accuracy 2e-12", "accuracy 2e-12 fragments molecule"),
            "needs an atom style with molecule ids",
        ),
        (
            good.replace("accuracy 2e-12", "accuracy 2e-12 electrode 1 0.5"),
            "'electrode' names molecules, which needs 'fragments molecule'",
        ),
        (
            good.replace("accuracy 2e-12", "accuracy 2e-12 fragments molecule electrode 1"),
            "keyword 'electrode' needs a molecule id and its potential in V",
        ),
        (
            good.replace("run 0", "compute l all lrpot charges\nrun 0"),
            "expected 'compute ID all lrpot [born]'",
        ),
        (
            good.replace("accuracy 2e-12", "tensors absent.tensors"),
            "cannot load the tensors: absent.tensors",
        ),
        (good.replace("accuracy 2e-12", "tensors"), "keyword 'tensors' needs the name of a file"),
        (
            good.replace("accuracy 2e-12", "tensors water.tensors"),
            "element 'Na' of atom type 1 is not in the model water.tensors, which has H O",
        ),
        (
            good.replace("accuracy 2e-12", "field 0 0 1 tensors dipole.tensors"),
            "only isolated systems (0) have a dipole",
        ),
        (good + "write_restart /dev/full\n", "I/O error while writing restart"),
        (
            good.replace("rocksalt.json", "plain.json").replace(
                "run 0", "compute l all lrpot\nrun 0"
            ),
            "the model has no charges",
        ),
        (
            good.replace("pair_style lrpot", "pair_style lrpot precision mixed"),
            "mixed precision is of NEPs",
        ),
        (
            good.replace("pair_style lrpot", "pair_style lrpot precision half"),
            "precision 'half', expected 'double' or 'mixed'",
        ),
        (good.replace("run 0", "compute g all lrpot/grade absent.json\nrun 0"), "absent.json"),
        (good.replace("run 0", "compute g all lrpot/grade\nrun 0"), "the model has no active set"),
        (
            good.replace("rocksalt.json", "nacl_nep.txt").replace(
                "run 0", "compute g all lrpot/grade\nrun 0"
            ),
            "the model is a neuroevolution potential (NEP), grades are offered for moment tensors",
        ),
        (
            good.replace("rocksalt.json", "equilibrated.json").replace("run 0", FLUX + "run 0"),
            "the heat flux of charge model 'equilibrated'",
        ),
        (
            good.replace("accuracy 2e-12", "field 0 0 1").replace("run 0", FLUX + "run 0"),
            "in a field the heat flux is not defined",
        ),
        (
            good.replace("run 0", "compute g all lrpot/grade a b\nrun 0"),
            "expected 'compute ID group lrpot/grade [SET]'",
        ),
        (
            good.replace(
                "run 0", "compute g all lrpot/grade set.json\nthermo_style custom step c_g\nrun 0"
            ),
            "made for a model with other features",
        ),
    ]
    for number, (script, reason) in enumerate(cases):
        text = hosts.lammps(
            script, 2 if number == 0 else 1, fails=True
        )  # MPI takes seconds to end the others
        if reason not in text:
            raise AssertionError(f"expected '{reason}' in\n{text[-1500:]}")


def plugin_brings_the_same_styles(hosts):
    TILTED.write_data(hosts.folder / "box.data")
    script = (
        start("rocksalt.json")
        + """compute l all lrpot
thermo_style custom step pe c_l[1] c_l[2]
thermo_modify norm no
run 0
print "state = $(pe:%.17g) $(c_l[2]:%.17g)"
"""
    )
    text = hosts.lammps(script, 2, launcher=hosts.plugin)
    assert (
        "plugin: pair lrpot" in text
        and "plugin: compute lrpot for" in text
        and "plugin: compute lrpot/grade for" in text
        and "plugin: compute lrpot/heatflux for" in text
    ), text
    expected = values(hosts.lammps(script, 2), "state")
    close(values(text, "state"), expected, 1e-14, largest(expected), "energy and dipole")


def coulomb_forces_agree_with_pppm(hosts):
    """Fixed charges of one electron: the Coulomb sum alone, ours against LAMMPS' own, both asked
    for 1e-4 of the force of a pair at 1 A."""
    Box((4, 4, 4), shift=0.15).write_data(hosts.folder / "box.data")
    tight, loose = 1e-9, 1.43996e-3
    energy, pressure, exact = static(hosts, "fixed.json", 2, settings=f"accuracy {tight}")
    ours_energy, _, ours = static(hosts, "fixed.json", 2, settings=f"accuracy {loose}")
    text = hosts.lammps(
        start("fixed.json")
        + f"""set type 1 charge 1.0
set type 2 charge -1.0
pair_style coul/long 8.0
pair_coeff * *
kspace_style pppm 1e-4
dump d all custom 1 atoms.dump id fx fy fz
dump_modify d sort id format float %.17g
run 0
print "energy = $(pe:%.17g)"
print "pressure = {PRESSURES}"
""",
        2,
    )
    pppm = [row[1:] for row in dump(hosts.folder / "atoms.dump")]

    def rms(forces):
        squares = [
            (x - y) ** 2 for row, other in zip(forces, exact) for x, y in zip(row[:3], other[:3])
        ]
        return math.sqrt(sum(squares) / len(forces))

    assert rms(ours) < loose, f"RMS force error {rms(ours):.3g} eV/A, asked for {loose:.3g}"
    assert (
        rms(pppm) < 2 * loose
    ), f"LAMMPS' RMS force error {rms(pppm):.3g} eV/A, asked for {loose:.3g}"
    close(values(text, "energy"), energy, 1e-4, abs(energy), "energy of pppm")
    close(ours_energy, energy, 1e-4, abs(energy), "energy at the looser accuracy")
    close(
        [p / BAR for p in values(text, "pressure")],
        pressure,
        5e-3,
        largest(pressure),
        "pressure of pppm",
    )


def a_step_allocates_nothing(hosts):
    """Steps between two builds of the neighbour list: 50 more steps take no more allocations. The
    plugin is a file of its own, by which the counter knows the pair style's calls from others. The
    first run is long enough for the library's own lists to have been made anew."""
    Box((2, 2, 2), shift=0.05).write_data(hosts.folder / "box.data")
    for model, more in (
        ("rocksalt.json", " field 0 0 0.01"),
        ("latent.json", ""),
        ("equilibrated.json", ""),
        ("plain.json", " field 0 0 0.01 tensors local.tensors"),
    ):
        settings = start(model, "accuracy 1e-4" + more)
        counts = []
        for steps in (50, 100):
            text = hosts.lammps(
                settings
                + f"""neigh_modify every 100000 delay 100000 check no
velocity all create 10 3 loop geom
timestep 0.0001
fix md all nve
thermo 100000
run 150
run {steps}
""",
                launcher=["env", f"LD_PRELOAD={hosts.counter}", *hosts.plugin],
            )
            # MPI's daemon is counted, too, and says 0
            counts.append(max(int(n) for n in re.findall(r"^allocations = (\d+)$", text, re.M)))
        assert (
            counts[0] > 10
        ), f"{model}: {counts[0]:.0f} allocations in all: those of the pair style are not found"
        assert (
            counts[1] == counts[0]
        ), f"{model}: {counts[1] - counts[0]:.0f} allocations in 50 steps"


def a_killed_rank_ends_the_run_and_what_was_written_stays(hosts):
    Box((3, 3, 3), shift=0.05).write_data(hosts.folder / "box.data")
    (hosts.folder / "in.lmp").write_text(
        dynamics(
            "nve",
            0,
            """compute l all lrpot
fix out all ave/time 1 1 1 c_l[2] c_l[3] c_l[4] file dipole.txt
restart 10 one.restart two.restart
shell "echo $PPID > rank.pid"
run 1000000""",
        )
    )
    command = [
        hosts.mpirun,
        "--allow-run-as-root",
        "--oversubscribe",
        "--bind-to",
        "none",
        "-np",
        "2",
        hosts.launcher,
        "-in",
        "in.lmp",
        "-log",
        "none",
    ]
    written = hosts.folder / "dipole.txt"
    with open(hosts.folder / "screen", "w") as screen:
        job = subprocess.Popen(
            command,
            cwd=hosts.folder,
            stdin=subprocess.DEVNULL,
            stdout=screen,
            stderr=subprocess.STDOUT,
            env=hosts.environment(),
        )
        try:
            deadline = time.monotonic() + 60
            while not (written.exists() and written.read_text().count("\n") > 20):
                assert job.poll() is None and time.monotonic() < deadline, (
                    hosts.folder / "screen"
                ).read_text()[-1500:]
                time.sleep(0.1)
            before = written.read_text()
            os.kill(int((hosts.folder / "rank.pid").read_text()), signal.SIGKILL)
            status = job.wait(timeout=60)
        finally:
            job.terminate()  # the ranks go with it
            job.wait(timeout=60)
    text = (hosts.folder / "screen").read_text()
    assert status != 0 and "signal 9" in text, text[-1500:]
    after = written.read_text()
    assert after.startswith(before[: before.rindex("\n") + 1]), "lines that were there are gone"
    steps = [int(line.split()[0]) for line in after.splitlines()[:-1] if not line.startswith("#")]
    assert steps == list(range(len(steps))), "a step is missing"
    # Of the two restart files in turn one may have been open. The run goes on from the other.
    went_on, cause = [], "none was written"
    for name in ("one.restart", "two.restart"):
        if (hosts.folder / name).exists():
            try:
                hosts.lammps(f"read_restart {name}\ntimestep 0.001\nfix md all nve\nrun 5\n")
                went_on.append(name)
            except AssertionError as problem:
                cause = problem
    assert went_on, f"no restart file goes on: {cause}"


def run(case, models, given, mpirun):
    """What a case says of its failure, None where it passes; in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(models, folder, dirs_exist_ok=True)
        hosts = Hosts(given.launcher, given.lrpot, mpirun, folder)
        hosts.plugin = [os.path.abspath(path) for path in (given.plugin_host, given.plugin)]
        hosts.counter = os.path.abspath(given.counter) if given.counter else None
        try:
            case(hosts)
        except (AssertionError, subprocess.SubprocessError, OSError, StopIteration) as problem:
            return str(problem).splitlines() or [repr(problem)]
    return None


def main():
    parser = argparse.ArgumentParser()
    for name in ("launcher", "lrpot", "models", "rocksalt", "plugin-host", "plugin", "counter"):
        parser.add_argument(f"--{name}")
    parser.add_argument("--only", default="")
    given = parser.parse_args()
    tap = Tap()
    mpirun = shutil.which("mpirun")
    cases = [
        (name, function)
        for name, function in globals().items()
        if inspect.isfunction(function)
        and list(inspect.signature(function).parameters) == ["hosts"]
        and given.only in name
    ]
    if not given.launcher or mpirun is None:
        for name, _ in cases:
            tap.skip(name, "no LAMMPS or no MPI here")
        tap.done()
    with tempfile.TemporaryDirectory() as models, concurrent.futures.ThreadPoolExecutor(
        WORKERS
    ) as pool:
        shutil.copy(given.rocksalt, models)
        shutil.copy(pathlib.Path(given.rocksalt).parent / "nacl_nep.txt", models)
        subprocess.run([given.models, models], check=True)
        left_out = lambda name: not given.counter and "allocates" in name
        problems = [
            (name, None if left_out(name) else pool.submit(run, case, models, given, mpirun))
            for name, case in cases
        ]
        for name, problem in problems:
            if problem is None:
                tap.skip(name, "no glibc of 2.35 or later here")
            else:
                tap.ok(problem.result() is None, name, problem.result() or ())
    tap.done()


if __name__ == "__main__":
    main()
