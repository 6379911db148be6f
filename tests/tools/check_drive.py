"""`lrpot drive` as force client of ASE's server: relaxation, variable cell, dynamics, extras, and
what happens when one side dies.
usage: check_drive.py LRPOT FOLDER_WITH_ROCKSALT_JSON_AND_RATTLED_XYZ REFERENCE_VALUES
MAKE_MODELS LIBLRPOT"""
import json
import os
import pathlib
import resource
import socket
import struct
import subprocess
import sys
import tempfile
import time
import warnings

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from tap import Tap

tap = Tap()
# NumPy's BLAS starts threads for matrices of three rows, and they wait busily for one another.
os.environ["OMP_NUM_THREADS"] = "1"
try:
    import numpy as np
    from ase import units
    from ase.calculators.socketio import SocketIOCalculator, actualunixsocketname
    from ase.constraints import ExpCellFilter
    from ase.io import read
    from ase.md.velocitydistribution import MaxwellBoltzmannDistribution
    from ase.md.verlet import VelocityVerlet
    from ase.optimize import BFGS
except ImportError as error:
    tap.skip("a_socket_server_is_served", f"{error} (package python3-ase)")
    tap.done()

warnings.filterwarnings("ignore")
lrpot = str(pathlib.Path(sys.argv[1]).resolve())
data = pathlib.Path(sys.argv[2]).resolve()
rattled = data / "rattled.xyz"
holder = tempfile.TemporaryDirectory(prefix="lrpot-drive-")
folder = pathlib.Path(holder.name)
rocksalt, many_body = data / "rocksalt.json", folder / "many_body.json"
subprocess.run([sys.argv[3], str(many_body)], check=True)
(folder / "rocksalt.json").write_bytes(rocksalt.read_bytes())
subprocess.run([sys.argv[4], str(folder)], check=True)  # models and learned tensors
# The two sides have constants of different years, which differ by less than this.
CONSTANTS = 3e-8
BOHR, HARTREE = 0.529177210903, 27.211386245988
clients = []


def start(*arguments, model=rocksalt, **more):
    """A client; its messages go to a pipe that communicate() reads."""
    client = subprocess.Popen(
        [lrpot, "drive", str(model), *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **more,
    )
    clients.append(client)
    return client


def end(client, seconds=20):
    try:
        out, messages = client.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        client.kill()
        out, messages = client.communicate()
        return None, out, messages
    return client.returncode, out, messages


def name(kind):
    return f"lrpot_{os.getpid()}_{kind}"


def write_exactly(path, atoms):
    """Extended XYZ to the last bit; ASE's writer rounds."""
    cell = " ".join(repr(float(x)) for x in np.array(atoms.cell).ravel())
    pbc = " ".join("FT"[int(p)] for p in atoms.pbc)
    rows = [
        f"{symbol} {' '.join(repr(float(x)) for x in r)}"
        for symbol, r in zip(atoms.symbols, atoms.positions)
    ]
    path.write_text(
        "\n".join(
            [
                str(len(rows)),
                f'Lattice="{cell}" pbc="{pbc}" Properties=species:S:1:pos:R:3',
                *rows,
                "",
            ]
        )
    )
    return path


def direct(atoms, model=rocksalt):
    """Energy, forces and stress of `lrpot eval`."""
    write_exactly(folder / "direct.xyz", atoms)
    done = subprocess.run(
        [lrpot, "eval", str(model), str(folder / "direct.xyz"), "--json", "--bec"],
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)["frames"][0]


def small_crystal():
    """Eight ions of rock salt, squeezed, sheared and rattled."""
    rng = np.random.default_rng(3)
    sites = np.array([[x, y, z] for x in range(2) for y in range(2) for z in range(2)])
    atoms = read(rattled)[:8]
    atoms.symbols = ["Na" if sum(s) % 2 == 0 else "Cl" for s in sites]
    cell = np.diag([5.4, 5.5, 5.7])
    cell[1, 0], cell[2, 1] = 0.2, -0.15
    atoms.set_cell(cell)
    atoms.set_scaled_positions(sites / 2)
    atoms.positions += rng.normal(0, 0.1, (8, 3))
    return atoms


def served(atoms, kind, run, *arguments, tcp=None, model=rocksalt, template=None):
    """Runs run(atoms) with ASE as the server and lrpot as its client; returns its result and the
    client's end."""
    template = template or write_exactly(folder / f"{kind}.xyz", atoms)
    where = {"port": tcp} if tcp else {"unixsocket": name(kind)}
    with SocketIOCalculator(timeout=30, **where) as calculator:
        address = ["--tcp", f"localhost:{tcp}"] if tcp else ["--unix", name(kind)]
        atoms.calc = calculator
        client = start(*address, "--structure", template, *arguments, model=model)
        result = run(atoms)
    return result, client


def check_electrodes():
    """Fragments of the structure reach the model: two slabs at a voltage attract."""
    example = data.parent / "26_electrodes"
    template, metal = example / "capacitor.xyz", example / "metal.json"
    atoms = read(template)
    run = lambda system: (system.get_potential_energy(), system.get_forces())
    (energy, forces), client = served(atoms, "electrodes", run, model=metal, template=template)
    end(client)
    done = subprocess.run(
        [lrpot, "eval", str(metal), str(template), "--json"], capture_output=True, check=True
    )
    expected = json.loads(done.stdout)["frames"][0]
    errors = [energy - expected["energy"], np.abs(forces.ravel() - expected["forces"]).max()]
    tap.ok(
        np.abs(errors).max() < CONSTANTS and forces[:4, 2].sum() > 1e-4,
        "electrodes_are_held_at_their_potentials",
        errors,
    )


def free_port():
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        return probe.getsockname()[1]


def check_values():
    atoms = small_crystal()
    expected = direct(atoms)
    run = lambda system: (
        system.get_potential_energy(),
        system.get_forces(),
        system.get_stress(voigt=False),
    )
    for kind, tcp in (("values", None), ("tcp", free_port())):
        (energy, forces, stress), client = served(atoms.copy(), kind, run, tcp=tcp)
        code, _, messages = end(client)
        scale = max(1.0, np.abs(expected["forces"]).max())
        errors = [
            abs(energy - expected["energy"]) / abs(expected["energy"]),
            np.abs(forces.ravel() - expected["forces"]).max() / scale,
            np.abs(stress.ravel() - expected["stress"]).max(),
        ]
        tap.ok(
            max(errors) < CONSTANTS,
            f"{kind}_are_those_of_eval" if tcp is None else "values_over_tcp_are_those_of_eval",
            errors,
        )
        tap.ok(
            code == 0 and "connected to" in messages,
            f"client_ends_well_with_its_server_{kind}",
            [code, messages],
        )


def differences(atoms):
    """Forces and stress of the server against central differences of its energies."""
    forces, stress = atoms.get_forces(), atoms.get_stress(voigt=False)
    worst, h = [0.0, 0.0], 1e-3

    def slope(change):
        values = []
        for step in (-2, -1, 1, 2):
            moved = atoms.copy()
            change(moved, step * h)
            moved.calc = atoms.calc
            values.append(moved.get_potential_energy())
        return (values[0] - 8 * values[1] + 8 * values[2] - values[3]) / (12 * h)

    def shift(i, a):
        def change(system, x):
            system.positions[i, a] += x

        return change

    def strain(a, b):
        def change(system, x):
            e = np.eye(3)
            e[a, b] += x / 2
            e[b, a] += x / 2
            system.set_cell(system.cell @ e, scale_atoms=True)

        return change

    for i, a in ((0, 0), (3, 1), (6, 2)):
        worst[0] = max(worst[0], abs(slope(shift(i, a)) + forces[i, a]))
    for a, b in ((0, 0), (1, 2), (2, 0)):
        worst[1] = max(worst[1], abs(slope(strain(a, b)) / atoms.get_volume() - stress[a, b]))
    return worst


def check_differences():
    worst, client = served(small_crystal(), "differences", differences)
    end(client)
    tap.ok(worst[0] < 1e-6, "forces_at_the_server_are_differences_of_its_energies", worst)
    tap.ok(worst[1] < 1e-7, "stress_at_the_server_is_a_difference_of_its_energies", worst)


def relax(atoms):
    optimizer = BFGS(atoms, logfile=None)
    optimizer.run(fmax=1e-4, steps=200)
    return np.linalg.norm(atoms.get_forces(), axis=1).max()


def relax_cell(atoms):
    optimizer = BFGS(ExpCellFilter(atoms), logfile=None)
    optimizer.run(fmax=1e-3, steps=300)
    return np.abs(atoms.get_stress()).max(), atoms.cell.copy(), atoms.get_volume()


def check_relaxation():
    largest, client = served(small_crystal(), "relax", relax)
    end(client)
    tap.ok(largest <= 1e-4, "positions_relax", [largest])
    atoms = small_crystal()
    (stress, cell, volume), client = served(atoms, "cell", relax_cell)
    end(client)
    edges = cell.lengths()
    tap.ok(
        stress < 1e-4
        and np.abs(edges - edges.mean()).max() < 1e-2
        and np.abs(cell.angles() - 90).max() < 0.1,
        "a_sheared_cell_relaxes_to_a_cube",
        [stress, edges, cell.angles()],
    )


def dynamics(atoms):
    rng = np.random.default_rng(5)
    MaxwellBoltzmannDistribution(atoms, temperature_K=300, rng=rng)
    step = VelocityVerlet(atoms, 1.0 * units.fs)
    energies = []
    for _ in range(50):
        step.run(4)
        energies.append(atoms.get_total_energy())
    return np.array(energies), np.linalg.norm(atoms.get_velocities(), axis=1).max()


def check_dynamics():
    atoms = read(rattled)
    (energies, speed), client = served(atoms, "nve", dynamics, "--json")
    code, out, messages = end(client)
    drift = abs(np.polyfit(np.arange(len(energies)), energies, 1)[0]) * len(energies) / len(atoms)
    ripple = energies.std() / len(atoms)
    tap.ok(
        drift < 2e-5 and ripple < 2e-5 and speed > 0, "dynamics_keep_the_energy", [drift, ripple]
    )
    counts = json.loads(out) if code == 0 else {}
    tap.ok(
        counts.get("evaluations", 0) > 200 and counts["lists"] < counts["evaluations"] / 4,
        "the_neighbour_list_serves_many_steps",
        [counts, messages],
    )


class Raw:
    """A server of the protocol by hand, for what ASE never does."""

    def __init__(self, kind):
        self.path = actualunixsocketname(name(kind))
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        self.listener.listen(1)
        self.listener.settimeout(20)

    def accept(self):
        self.peer = self.listener.accept()[0]
        self.peer.settimeout(20)

    def send(self, header, data=b""):
        self.peer.sendall(header.encode().ljust(12) + data)

    def receive(self, size):
        data = b""
        while len(data) < size:
            piece = self.peer.recv(size - len(data))
            if not piece:
                raise EOFError
            data += piece
        return data

    def header(self):
        return self.receive(12).decode().strip()

    def positions(self, atoms, n=None):
        cell = np.array(atoms.cell) / BOHR
        data = (
            cell.T.tobytes()
            + np.zeros(9).tobytes()
            + struct.pack("=i", len(atoms) if n is None else n)
        )
        self.send("POSDATA", data + (atoms.positions / BOHR).tobytes())

    def forces(self):
        self.send("GETFORCE")
        assert self.header() == "FORCEREADY"
        energy, n = struct.unpack("=di", self.receive(12))
        forces = np.frombuffer(self.receive(24 * n)).reshape(n, 3)
        virial = np.frombuffer(self.receive(72)).reshape(3, 3).T
        extras = self.receive(struct.unpack("=i", self.receive(4))[0]).decode()
        return energy * HARTREE, forces * HARTREE / BOHR, virial * HARTREE, extras

    def close(self):
        self.peer.close()
        self.listener.close()
        pathlib.Path(self.path).unlink()


def raw_run(kind, *arguments, model=rocksalt):
    atoms = small_crystal()
    template = write_exactly(folder / f"{kind}.xyz", atoms)
    server = Raw(kind)
    client = start("--unix", name(kind), "--structure", template, *arguments, model=model)
    server.accept()
    return atoms, server, client


def check_extras():
    atoms, server, client = raw_run(
        "extras", "--extras", "dipole,bec,charges", "--eps-inf", 2.25, model=many_body
    )
    server.send("INIT", struct.pack("=ii", 3, 5) + b"hello")
    server.send("STATUS")
    tap.ok(server.header() == "READY", "a_client_is_ready_after_init")
    expected = direct(atoms, many_body)
    server.positions(atoms)
    server.send("STATUS")
    tap.ok(server.header() == "HAVEDATA", "positions_make_data")
    energy, forces, virial, extras = server.forces()
    server.send("STATUS")
    tap.ok(server.header() == "READY", "fetched_forces_make_ready")
    server.send("EXIT")
    code, _, messages = end(client)
    tap.ok(code == 0, "exit_is_obeyed", [messages])
    server.close()
    errors = [
        abs(energy - expected["energy"]),
        np.abs(forces.ravel() - expected["forces"]).max(),
        np.abs(virial.ravel() + atoms.get_volume() * np.array(expected["stress"])).max(),
    ]
    tap.ok(max(errors) < 1e-11, "values_in_atomic_units_are_exact_with_equal_constants", errors)
    found = json.loads(extras)
    n, Z = len(atoms), np.array(expected["bec"]).reshape(-1, 3, 3)
    tap.ok(
        np.abs(np.array(found["charges"]) - 1.5 * np.array(expected["charges"])).max() < 1e-12,
        "charges_are_scaled_by_the_root_of_eps_inf",
    )
    dipole = 1.5 * np.array(expected["charges"]) @ atoms.positions / BOHR
    tap.ok(
        np.abs(np.array(found["dipole"]) - dipole).max() < 1e-10,
        "the_dipole_is_that_of_the_positions_sent",
        [found["dipole"], dipole],
    )
    bec = np.array(found["BEC"])
    tap.ok(bec.shape == (3 * n, 3), "born_charges_have_a_row_for_each_coordinate", [bec.shape])
    tap.ok(np.abs(bec.reshape(n, 3, 3).sum(axis=0)).max() < 1e-8, "born_charges_obey_the_sum_rule")
    projected = 1.5 * (Z - Z.mean(axis=0))
    tap.ok(
        np.abs(bec.reshape(n, 3, 3).transpose(0, 2, 1) - projected).max() < 1e-10,
        "rows_are_displacements_and_columns_polarizations",
    )
    tap.ok(
        np.abs(projected - projected.transpose(0, 2, 1)).max() > 1e-5,
        "born_charges_of_the_test_tell_the_two_apart",
        [np.abs(projected - projected.transpose(0, 2, 1)).max()],
    )


def one_answer(kind, atoms, *arguments, model=rocksalt):
    """Energy, forces, virial and extras for positions as they are."""
    template = write_exactly(folder / f"{kind}.xyz", atoms)
    server = Raw(kind)
    client = start("--unix", name(kind), "--structure", template, *arguments, model=model)
    server.accept()
    server.positions(atoms)
    server.send("STATUS")
    server.header()
    answer = server.forces()
    server.send("EXIT")
    end(client)
    server.close()
    return answer


def check_density():
    """Charges and dipoles that respond to their potential: physical Born charges."""
    model, crystal = folder / "density.json", small_crystal()
    energy, forces, virial, extras = one_answer("density", crystal, "--extras", "bec", model=model)
    expected = direct(crystal, model)
    errors = [
        abs(energy - expected["energy"]),
        np.abs(forces.ravel() - expected["forces"]).max(),
        np.abs(virial.ravel() + crystal.get_volume() * np.array(expected["stress"])).max(),
    ]
    tap.ok(max(errors) < 1e-8, "densities_are_driven", errors)
    bec = np.array(json.loads(extras)["BEC"]).reshape(-1, 3, 3).transpose(0, 2, 1)
    tap.ok(
        np.abs(bec - learned(model, crystal)).max() < 1e-7,
        "with_the_born_charges_of_their_crystal",
        [bec],
    )
    refused = subprocess.run(
        [lrpot, "drive", str(model), "--unix", name("density")]
        + ["--structure", str(folder / "direct.xyz"), "--eps-inf", "2"],
        capture_output=True,
        text=True,
    )
    tap.ok(
        refused.returncode == 3 and "leave --eps-inf out" in refused.stderr,
        "and_without_another_dielectric_constant",
        [refused.stderr],
    )


def learned(tensors, atoms):
    """Born charges [atom][polarization][displacement] of `lrpot bec`, sum rule imposed."""
    write_exactly(folder / "direct.xyz", atoms)
    done = subprocess.run(
        [lrpot, "bec", str(tensors), str(folder / "direct.xyz"), "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    return np.array(json.loads(done.stdout)["frames"][0]["bec"]).reshape(-1, 3, 3)


def check_field():
    """Forces that a field adds: those of the Born charges, for screened charges times the root of
    eps_inf, or of learned tensors."""
    field = np.array([0.02, -0.05, 0.01])
    given = ",".join(map(str, field))
    crystal, cluster = small_crystal(), small_crystal()
    cluster.pbc = False
    Z = np.array(direct(crystal)["bec"]).reshape(-1, 3, 3)
    plain = folder / "plain.json"
    cases = [
        ("charges", rocksalt, crystal, Z, []),
        ("screened", rocksalt, crystal, 1.5 * Z, ["--eps-inf", "2.25"]),
    ]
    for tensors, atoms in (
        ("independent", crystal),
        ("local", crystal),
        ("global", crystal),
        ("dipole", cluster),
    ):
        path = folder / f"{tensors}.tensors"
        for model in (rocksalt, plain):
            cases.append(
                (f"{tensors}_{model.stem}", model, atoms, learned(path, atoms), ["--tensors", path])
            )
    worst, scale = 0.0, 1e9
    for kind, model, atoms, born, arguments in cases:
        without = one_answer(f"no_{kind}", atoms, *arguments, model=model)
        within = one_answer(f"f_{kind}", atoms, *arguments, "--field", given, model=model)
        expected = np.einsum("iab,a->ib", born, field)
        error = np.abs(within[1] - without[1] - expected).max()
        worst, scale = max(worst, error), min(scale, np.abs(expected).max())
    tap.ok(
        worst < 1e-11 and scale > 1e-3,
        "forces_of_a_field_are_those_of_the_born_charges",
        [worst, scale],
    )
    shifted = cluster.copy()
    energies = []
    for step in (-2e-3, -1e-3, 1e-3, 2e-3):
        shifted.positions[3, 1] = cluster.positions[3, 1] + step
        energies.append(one_answer("slope", shifted, "--field", given, model=many_body)[0])
    slope = (energies[0] - 8 * energies[1] + 8 * energies[2] - energies[3]) / 12e-3
    force = one_answer("slope", cluster, "--field", given, model=many_body)[1][3, 1]
    tap.ok(
        abs(slope + force) < 1e-7,
        "energy_in_a_field_goes_with_the_forces_of_a_molecule",
        [slope, force],
    )


CONDITIONS = {
    "field": "0.03,-0.05,0.08",
    "voltage": "0.3,-0.5,0.8",
    "displacement": "1.5,-2.0,2.5",
    "flux": "60,-80,90",
}


def walk(atoms):
    """Energies, forces and stress along a path of atoms and cell, one atom of which jumps
    to another image."""
    rng = np.random.default_rng(5)
    ways, strain = rng.normal(0, 0.1, atoms.positions.shape), rng.normal(0, 0.01, (3, 3))
    start, cell, found = atoms.positions.copy(), atoms.cell.copy(), []
    for k in range(4):
        F = np.eye(3) + k * strain
        atoms.set_cell(cell @ F)
        atoms.positions = (start + k * ways) @ F
        if k > 1:
            atoms.positions[2] += atoms.cell[0] - atoms.cell[2]
        found += [atoms.get_potential_energy(), *atoms.get_forces().ravel()]
        found += list(atoms.get_stress() * 100)
    return np.array(found)


def check_conditions():
    """Each condition, the dipole by the current: what the Python module has along the same
    path; at the start what eval has."""
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "bindings" / "python"))
    os.environ["LRPOT_LIBRARY"] = str(pathlib.Path(sys.argv[5]).resolve())
    import lrpot as module

    along, at_start = [], []
    for kind, text in CONDITIONS.items():
        values = [float(x) for x in text.split(",")]
        for epsilon in (None, 2.25):
            atoms = small_crystal()
            more = [f"--{kind}={text}"] + ([] if epsilon is None else ["--eps-inf", str(epsilon)])
            found, client = served(atoms, f"walk_{kind}", walk, *more)
            end(client)
            atoms = small_crystal()
            key = "E" if kind == "field" else kind
            atoms.calc = module.LRPOT(
                rocksalt, field=module.Field(**{key: values}, eps_inf=epsilon)
            )
            along.append(np.abs(found - walk(atoms)).max())
            write_exactly(folder / "start.xyz", small_crystal())
            done = subprocess.run(
                [lrpot, "eval", str(rocksalt), str(folder / "start.xyz"), "--json", *more],
                capture_output=True,
                text=True,
                check=True,
            )
            frame = json.loads(done.stdout)["frames"][0]
            stress = np.array(frame["stress"])[[0, 4, 8, 5, 2, 1]] * 100
            direct_values = np.array([frame["energy"], *frame["forces"], *stress])
            at_start.append(np.abs(found[: len(direct_values)] - direct_values).max())
    tap.ok(max(along) < 1e-6, "fields_along_a_path_are_those_of_the_python_module", along)
    tap.ok(max(at_start) < 1e-6, "fields_at_the_start_are_those_of_eval", at_start)
    client = start(
        "--unix",
        name("two"),
        "--structure",
        folder / "start.xyz",
        "--field",
        "0,0,1",
        "--flux",
        "0,0,1",
    )
    code, _, messages = end(client)
    tap.ok(code == 2 and "give one field" in messages, "two_fields_are_refused", [code, messages])


def check_learned_extras():
    crystal, cluster = small_crystal(), small_crystal()
    cluster.pbc = False
    path = folder / "independent.tensors"
    extras = json.loads(
        one_answer(
            "learned", crystal, "--extras", "bec", "--tensors", path, model=folder / "plain.json"
        )[3]
    )
    born = np.array(extras["BEC"]).reshape(-1, 3, 3).transpose(0, 2, 1)
    tap.ok(
        np.abs(born - learned(path, crystal)).max() < 1e-12 and np.abs(born).max() > 0.1,
        "learned_tensors_are_the_born_charges_told",
    )
    path = folder / "dipole.tensors"
    extras = json.loads(
        one_answer("moment", cluster, "--extras", "dipole,bec", "--tensors", path)[3]
    )
    h, slopes = 1e-3, []
    for step in (-2 * h, -h, h, 2 * h):
        moved = cluster.copy()
        moved.positions[2, 1] += step
        slopes.append(
            np.array(
                json.loads(one_answer("moment", moved, "--extras", "dipole", "--tensors", path)[3])[
                    "dipole"
                ]
            )
            * BOHR
        )
    slope = (slopes[0] - 8 * slopes[1] + 8 * slopes[2] - slopes[3]) / (12 * h)
    told = np.array(extras["BEC"]).reshape(-1, 3, 3)[2, 1]
    tap.ok(
        np.abs(slope - told).max() < 1e-7 and np.abs(told).max() > 1e-2,
        "born_charges_told_are_derivatives_of_the_dipole_told",
        [slope, told],
    )


def check_server_dies():
    atoms, server, client = raw_run("gone")
    server.positions(atoms)
    server.send("STATUS")
    server.header()
    server.close()
    code, _, messages = end(client)
    tap.ok(
        code == 1 and "went away after 1 evaluations" in messages,
        "a_server_that_dies_before_it_fetched_forces_is_told",
        [code, messages],
    )
    atoms, server, client = raw_run("half")
    server.peer.sendall(b"STAT")
    server.close()
    code, _, messages = end(client)
    tap.ok(
        code == 1 and "went away" in messages,
        "a_server_that_dies_inside_a_message_is_told",
        [code, messages],
    )
    atoms, server, client = raw_run("again", "--retry", 20)
    server.positions(atoms)
    server.send("STATUS")
    server.header()
    server.close()
    time.sleep(0.3)
    server = Raw("again")
    server.accept()
    server.send("STATUS")
    tap.ok(server.header() == "READY", "with_retry_a_new_server_is_served")
    server.positions(atoms)
    energy = server.forces()[0]
    tap.ok(abs(energy - direct(atoms)["energy"]) < 1e-11, "a_new_server_gets_the_same_energy")
    server.send("EXIT")
    tap.ok(end(client)[0] == 0, "a_new_server_ends_the_client")
    server.close()


def check_announced_atoms():
    """A server announces more atoms than it sends: nothing is taken for them, and what is too much
    is refused."""
    assert (
        subprocess.run(
            [lrpot, "fit", str(lone_frames()), "--charges", "none", "--level", "2", "-i", "1"]
            + ["--starts", "1", "-q", "-o", "lone.lrp"],
            cwd=folder,
            stdout=subprocess.DEVNULL,
        ).returncode
        == 0
    )
    atoms = small_crystal()
    for count, code_wanted, words in (
        (9_000_000, 1, "went away"),
        (2_000_000_000, 1, "at most 10000000"),
    ):
        server = Raw("announced")
        client = start(
            "--unix",
            name("announced"),
            model=folder / "lone.lrp",
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (400 << 20, 400 << 20)),
        )
        server.accept()
        server.positions(atoms, n=count)
        server.peer.shutdown(socket.SHUT_WR)
        code, _, messages = end(client)
        server.close()
        tap.ok(
            code == code_wanted and words in messages,
            f"a_server_that_announces_{count}_atoms",
            [code, messages],
        )
    atoms, server, client = raw_run("many")
    server.positions(atoms, n=100_000_000)
    code, _, messages = end(client)
    server.close()
    tap.ok(
        code == 3 and "sends 100000000 atoms, the structure has 8" in messages,
        "another_number_of_atoms_than_the_structure_has",
        [code, messages],
    )


def lone_frames():
    """Frames of one element."""
    path = folder / "lone.xyz"
    rng = np.random.default_rng(3)
    with open(path, "w") as file:
        for _ in range(3):
            r = np.stack(np.meshgrid(*[[0, 2.5]] * 3), -1).reshape(-1, 3) + rng.normal(
                0, 0.1, (8, 3)
            )
            file.write(
                '8\nLattice="5 0 0 0 5 0 0 0 5" Properties=species:S:1:pos:R:3:forces:R:3'
                " energy=-8\n"
            )
            for row in np.hstack([r, rng.normal(0, 0.01, (8, 3))]):
                file.write("Na " + " ".join(map(str, row)) + "\n")
    return path


def check_ase_killed():
    """A whole ASE process killed without warning in the middle of its dynamics."""
    program = f"""
import sys
from ase import units
from ase.io import read
from ase.calculators.socketio import SocketIOCalculator
from ase.md.verlet import VelocityVerlet
atoms = read({str(rattled)!r})
atoms.calc = SocketIOCalculator(unixsocket={name('killed')!r})
with atoms.calc:
    step = VelocityVerlet(atoms, units.fs)
    step.attach(lambda: print('step', flush=True))
    step.run(100000)
"""
    server = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    client = start("--unix", name("killed"), "--structure", rattled, "--retry", 3)
    for _ in range(5):
        server.stdout.readline()
    server.kill()
    server.wait()
    pathlib.Path(actualunixsocketname(name("killed"))).unlink(missing_ok=True)
    code, _, messages = end(client)
    tap.ok(
        code in (0, 1) and "no server within 3 s" in messages and "evaluations" in messages,
        "a_killed_ase_is_told_and_waited_for",
        [code, messages],
    )


def check_client_killed():
    atoms = read(rattled)
    with SocketIOCalculator(unixsocket=name("client"), timeout=10) as calculator:
        atoms.calc = calculator
        client = start("--unix", name("client"), "--structure", rattled)
        atoms.get_potential_energy()
        client.kill()
        client.communicate()
        atoms.positions[0, 0] += 0.01
        try:
            atoms.get_potential_energy()
            failure = None
        except OSError as error:
            failure = error
    tap.ok(failure is not None, "a_killed_client_is_an_exception_at_the_server", [failure])


def refused(fact, code, words, kind, answer, *arguments):
    atoms, server, client = raw_run(kind, *arguments)
    answer(server, atoms)
    found, _, messages = end(client)
    server.close()
    tap.ok(found == code and all(word in messages for word in words), fact, [found, messages])


def coincident(server, atoms):
    atoms.positions[1] = atoms.positions[0]
    server.positions(atoms)


def not_finite(server, atoms):
    atoms.positions[2, 1] = np.nan
    server.positions(atoms)


def check_refusals():
    refused(
        "another_number_of_atoms_is_bad_input",
        3,
        ["7 atoms", "8"],
        "count",
        lambda server, atoms: server.positions(atoms, 7),
    )
    refused(
        "a_number_of_atoms_below_one_is_no_protocol",
        1,
        ["-1 atoms"],
        "minus",
        lambda server, atoms: server.positions(atoms, -1),
    )
    refused(
        "an_unknown_message_is_no_protocol",
        1,
        ["FROBNICATE"],
        "word",
        lambda server, atoms: server.send("FROBNICATE"),
    )
    refused(
        "forces_before_positions_are_no_protocol",
        1,
        ["GETFORCE"],
        "early",
        lambda server, atoms: server.send("GETFORCE"),
    )
    refused(
        "coincident_atoms_end_the_client", 3, ["evaluation 0", "same position"], "twins", coincident
    )
    refused("positions_that_are_no_numbers_end_the_client", 1, ["nan"], "nan", not_finite)
    for fact, code, words, arguments in (
        (
            "a_server_that_is_not_there_is_told",
            1,
            ["no server", "--retry"],
            ["--unix", name("nobody"), "--structure", rattled],
        ),
        (
            "a_port_that_nobody_holds_is_told",
            1,
            ["no server", "refused"],
            ["--tcp", f"localhost:{free_port()}", "--structure", rattled],
        ),
        ("a_missing_address_is_a_usage_error", 2, ["--unix"], ["--structure", rattled]),
        ("two_addresses_are_a_usage_error", 2, ["one of"], ["--unix", "x", "--tcp", "localhost:1"]),
        (
            "a_port_out_of_range_is_a_usage_error",
            2,
            ["localhost:70000"],
            ["--tcp", "localhost:70000"],
        ),
        ("a_name_that_is_too_long_is_a_usage_error", 2, ["98 letters"], ["--unix", "x" * 99]),
        ("several_species_need_a_structure", 2, ["2 species", "--structure"], ["--unix", "x"]),
        (
            "an_unknown_extra_is_a_usage_error",
            2,
            ["--extras virial"],
            ["--unix", "x", "--extras", "virial"],
        ),
        (
            "missing_tensors_are_bad_input",
            3,
            ["nothing.tensors"],
            ["--unix", "x", "--structure", rattled, "--tensors", "nothing.tensors"],
        ),
        (
            "tensors_of_other_elements_are_bad_input",
            3,
            ["no element Cl"],
            ["--unix", "x", "--structure", rattled, "--tensors", folder / "water.tensors"],
        ),
        (
            "polar_tensors_have_no_dipole",
            1,
            ["have no dipole"],
            [
                "--unix",
                "x",
                "--structure",
                rattled,
                "--tensors",
                folder / "local.tensors",
                "--extras",
                "dipole",
            ],
        ),
        (
            "a_missing_structure_is_bad_input",
            3,
            ["nothing.xyz"],
            ["--unix", "x", "--structure", "nothing.xyz"],
        ),
    ):
        found, _, messages = end(start(*arguments))
        tap.ok(found == code and all(word in messages for word in words), fact, [found, messages])


try:
    check_values()
    check_electrodes()
    check_differences()
    check_relaxation()
    check_dynamics()
    check_extras()
    check_density()
    check_field()
    check_conditions()
    check_learned_extras()
    check_server_dies()
    check_announced_atoms()
    check_ase_killed()
    check_client_killed()
    check_refusals()
finally:
    for client in clients:
        if client.poll() is None:
            client.kill()
tap.done()
