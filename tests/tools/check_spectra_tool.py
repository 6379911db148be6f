"""`lrpot eps | ir | conductivity | loop` from outside: known processes, tables and trajectories
that must agree, files, messages.
usage: check_spectra_tool.py LRPOT"""
import json
import math
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from tap import Tap

K, KB, LIGHT = 14.3996454784255, 8.617333262e-5, 2997.92458
VOLUME, KELVIN, STEP = 1000.0, 300.0, 2.0

lrpot = str(pathlib.Path(sys.argv[1]).resolve())
folder = tempfile.TemporaryDirectory()
tap = Tap()


def run(*arguments):
    return subprocess.run(
        [lrpot, *map(str, arguments)], capture_output=True, text=True, cwd=folder.name
    )


def results(*arguments):
    result = run(*arguments, "--json")
    return (
        json.loads(result.stdout)
        if result.returncode == 0
        else {"failed": [result.returncode, result.stderr]}
    )


def write(name, text):
    pathlib.Path(folder.name, name).write_text(text)


def table(name, rows, head="# t Mx My Mz", apart=" "):
    write(
        name,
        "\n".join([head] * bool(head) + [apart.join(repr(x) for x in row) for row in rows]) + "\n",
    )


def relaxation(seed, n, variance, time, step=STEP):
    """Ornstein-Uhlenbeck, three components, with times in front."""
    source, keep = random.Random(seed), math.exp(-step / time)
    x, rows = [source.gauss(0, math.sqrt(variance)) for _ in range(3)], []
    for i in range(n):
        rows.append([step * i, *x])
        x = [keep * v + source.gauss(0, math.sqrt(variance * (1 - keep * keep))) for v in x]
    return rows


def near(found, exact, bars=3.0):
    return (
        abs(found["value"] - exact) <= bars * found["error"]
        and found["error"] < 0.2 * abs(exact)
        and found["plateau"]
    )


def check_eps():
    rows = relaxation(1, 20000, 4.0, 20.0)
    table("m.txt", [[row[0], *(x + 9.0 for x in row[1:])] for row in rows])
    exact = 1 + 4 * math.pi * K * 4.0 / (VOLUME * KB * KELVIN)
    found = results(
        "eps", "m.txt", "-T", KELVIN, "-V", VOLUME, "--eps-inf", 2.5, "-o", "running.csv"
    )
    tap.ok(
        "ratio" in found and near(found["ratio"], exact),
        "the_ratio_of_relaxing_dipoles_is_within_its_bar",
        [found.get("ratio"), exact, found.get("failed")],
    )
    tap.ok(
        abs(found["eps_0"] - 2.5 * found["ratio"]["value"]) < 1e-9,
        "screened_charges_are_multiplied_by_eps_inf",
    )
    born = results("eps", "m.txt", "-T", KELVIN, "-V", VOLUME, "--eps-inf", 2.5, "--born")
    tap.ok(abs(born["eps_0"] - (1.5 + found["ratio"]["value"])) < 1e-9, "born_charges_add_eps_inf")
    lines = pathlib.Path(folder.name, "running.csv").read_text().splitlines()
    tap.ok(
        lines[0] == "time/fs,running"
        and len(lines) == 201
        and abs(float(lines[-1].split(",")[1]) - found["ratio"]["value"]) < found["ratio"]["error"],
        "the_running_estimate_ends_at_the_result",
        [lines[0], lines[-1]],
    )
    table("bare.csv", [[x + 9.0 for x in row[1:]] for row in rows], head="", apart=",")
    same = results(
        "eps", "bare.csv", "-T", KELVIN, "-V", VOLUME, "--kind", "dipole", "--step", STEP
    )
    tap.ok(
        same.get("ratio") == found["ratio"],
        "a_table_without_names_and_times_gives_the_same",
        [same.get("ratio"), same.get("failed")],
    )
    table(
        "order.csv",
        [[row[3] + 9.0, row[0], row[1] + 9.0, row[2] + 9.0] for row in rows],
        head="c,time (fs),a,b",
        apart=",",
    )
    same = results(
        "eps", "order.csv", "-T", KELVIN, "-V", VOLUME, "--kind", "dipole", "--columns", "2,a,b,c"
    )
    tap.ok(
        same.get("ratio") == found["ratio"],
        "columns_are_taken_by_name_and_number",
        [same.get("ratio"), same.get("failed")],
    )
    table(
        "ave.txt",
        [[i, *(1000 * x + 9000.0 for x in row[1:])] for i, row in enumerate(rows)],
        head="# Time-averaged data for fix d\n# TimeStep c_l[2] c_l[3] c_l[4]",
    )
    scaled = results(
        "eps",
        "ave.txt",
        "-T",
        KELVIN,
        "-V",
        VOLUME,
        "--columns",
        "2,3,4",
        "--kind",
        "dipole",
        "--step",
        STEP,
        "--scale",
        0.001,
    )
    tap.ok(
        abs(scaled["ratio"]["value"] - found["ratio"]["value"]) < 1e-9,
        "a_file_of_fix_ave_time_is_read_and_scaled",
        [scaled],
    )
    half = results("eps", "m.txt", "-T", KELVIN, "-V", VOLUME, "--skip", 20000 * STEP / 2)
    table("late.txt", [[row[0], *(x + 9.0 for x in row[1:])] for row in rows[10000:]])
    tap.ok(
        half["ratio"] == results("eps", "late.txt", "-T", KELVIN, "-V", VOLUME)["ratio"],
        "what_is_skipped_does_not_count",
    )
    text = run("eps", "m.txt", "-T", KELVIN, "-V", VOLUME).stdout
    tap.ok("eps_0/eps_inf" in text and text.count("+-") == 4, "text_tells_ratio_and_axes", [text])


def check_ir():
    n, cycles, amplitude = 4000, 100, 0.2
    w = 2 * math.pi * cycles / 1000 / STEP
    times = [STEP * i for i in range(n)]
    table("j.txt", [[t, 0.0, amplitude * math.cos(w * t), 0.0] for t in times], head="# t Jx Jy Jz")
    table("jm.txt", [[t, 0.0, amplitude / w * math.sin(w * t), 0.0] for t in times])
    place = 1e8 * w / (2 * math.pi * LIGHT)
    area = (
        1e8
        * 4
        * math.pi
        * K
        / (6 * LIGHT * VOLUME * KB * KELVIN)
        * 0.5
        * 0.5
        * amplitude**2
        * 1e8
        / LIGHT
    )
    resolution = 1e8 / LIGHT / 1000 / STEP
    spectra = {}
    for name in ("j.txt", "jm.txt"):
        found = spectra[name] = results(
            "ir", name, "-T", KELVIN, "-V", VOLUME, "--resolution", resolution * (1 + 1e-9)
        )
        x, y = found["wavenumber"], found["n_alpha"]
        tap.ok(
            abs(x[y.index(max(y))] - place) < 1e-6 * place,
            f"the_line_of_{name}_has_its_place",
            [x[y.index(max(y))], place],
        )
        tap.ok(
            abs(sum(y) * x[1] / area - 1) < 1e-3,
            f"the_line_of_{name}_has_its_area",
            [sum(y) * x[1], area],
        )
    x, plain = spectra["j.txt"]["wavenumber"], spectra["j.txt"]["n_alpha"]
    corrected = results(
        "ir",
        "j.txt",
        "-T",
        KELVIN,
        "-V",
        VOLUME,
        "-r",
        resolution * (1 + 1e-9),
        "--quantum",
        "standard",
    )["n_alpha"]
    q = x[cycles] * LIGHT * 1e-8 * 4.135667696923859 / (KB * KELVIN)
    tap.ok(
        abs(corrected[cycles] / plain[cycles] - 2 * math.tanh(q / 2) / q) < 1e-8,
        "the_standard_correction_is_2_tanh_x_half_over_x",
    )
    lines = run("ir", "j.txt", "-T", KELVIN, "-V", VOLUME, "--highest", 1000).stdout.splitlines()
    tap.ok(
        lines[0].startswith("wavenumber/cm-1,n_alpha/cm-1,error/cm-1")
        and float(lines[-1].split(",")[0]) <= 1000,
        "the_spectrum_is_printed_as_csv",
    )
    row = [float(value) for value in lines[-1].split(",")]
    tap.ok(
        abs(row[0] / row[-1] - 33.3564095198) < 1e-6 and len(row) == 7,
        "wavenumbers_and_thz_are_the_same_axis",
        [row],
    )
    result = run("ir", "j.txt", "-T", KELVIN, "-V", VOLUME, "-o", "spectrum.csv")
    tap.ok(
        result.stdout == ""
        and pathlib.Path(folder.name, "spectrum.csv").read_text().startswith("wavenumber"),
        "the_spectrum_goes_to_a_file",
    )


def check_pipe():
    pipe, kept = pathlib.Path(folder.name, "pipe"), []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: kept.append(pipe.read_text()), daemon=True)
    reader.start()
    result = run("ir", "j.txt", "-T", KELVIN, "-V", VOLUME, "-o", "pipe")
    reader.join(20)
    tap.ok(
        result.returncode == 0
        and pipe.is_fifo()
        and kept[0:1] == [pathlib.Path(folder.name, "spectrum.csv").read_text()],
        "a_pipe_is_written_to_and_not_replaced",
        [result.stderr, len(kept)],
    )


def check_conductivity():
    variance, time = 1e-4, 15.0
    rows = relaxation(2, 40000, variance, time)
    table("current.txt", rows, head="# time_fs Jx[e*A/fs] Jy[e*A/fs] Jz[e*A/fs]")
    exact = 16021.76634 * variance * time / (VOLUME * KB * KELVIN)
    found = results("conductivity", "current.txt", "-T", KELVIN, "-V", VOLUME, "-o", "gk.csv")
    for method in ("green_kubo", "einstein"):
        tap.ok(
            method in found and near(found[method], exact),
            f"the_conductivity_by_{method}_is_within_its_bar",
            [found.get(method), exact, found.get("failed")],
        )
    lines = pathlib.Path(folder.name, "gk.csv").read_text().splitlines()
    last = [float(x) for x in lines[-1].split(",")]
    tap.ok(
        abs(last[0] - 2 * found["window"][1]) < 2 * STEP and abs(last[2] - exact) < 4 * last[3],
        "the_running_integral_reaches_twice_the_window",
        [last, found["window"]],
    )
    field = [0.0, 0.0, 0.02]
    table(
        "driven.txt",
        [[t, x, y, z + exact * VOLUME * field[2] / 16021.76634] for t, x, y, z in rows],
        head="# t Jx Jy Jz",
    )
    driven = results("conductivity", "driven.txt", "-V", VOLUME, "--field", "0,0,0.02")
    tap.ok(
        "field" in driven and near(driven["field"], exact),
        "the_conductivity_in_a_field_is_within_its_bar",
        [driven, exact],
    )
    screened = results(
        "conductivity", "driven.txt", "-V", VOLUME, "--field", "0,0,0.02", "--eps-inf", 4
    )
    tap.ok(
        abs(screened["field"]["value"] - 4 * driven["field"]["value"]) < 1e-9,
        "screened_charges_conduct_eps_inf_times_as_much",
    )
    result = run("conductivity", "current.txt", "-T", KELVIN, "-V", VOLUME)
    tap.ok(
        result.stdout.count("S/cm") == 2 and "40000 samples" in result.stderr,
        "text_tells_both_routes",
        [result.stdout, result.stderr],
    )
    heat = [[t, 1e3 * x, 1e3 * y, 1e3 * z] for t, x, y, z in rows]
    table("heat.txt", heat, head="# t Jx[eV*A/ps] Jy[eV*A/ps] Jz[eV*A/ps]")
    words = ("conductivity", "heat.txt", "--heat", "-T", KELVIN, "-V", VOLUME)
    kappa = results(*words, "-o", "heat.csv")
    exact = 1602176.634 * variance * time / (VOLUME * KB * KELVIN**2)
    tap.ok(
        "green_kubo" in kappa and near(kappa["green_kubo"], exact) and "einstein" not in kappa,
        "the_thermal_conductivity_is_within_its_bar",
        [kappa, exact],
    )
    result = run(*words)
    tap.ok(
        result.stdout.count("W/(m K)") == 1 and "heat flux of a table" in result.stderr,
        "text_tells_the_unit_of_heat",
        [result.stdout, result.stderr],
    )
    head = pathlib.Path(folder.name, "heat.csv").read_text().splitlines()[0]
    tap.ok(head.endswith("error/(W/(m K))"), "the_curves_of_heat_have_their_units", [head])
    table("bare.txt", heat, head="# t Jx Jy Jz")
    result = run("conductivity", "bare.txt", "--heat", "-T", KELVIN, "-V", VOLUME)
    tap.ok(
        result.returncode == 2 and "--scale 0.001 for eV A/ps" in result.stderr,
        "a_heat_flux_without_unit_is_refused",
        [result.stderr],
    )
    for head, more, said in (
        ("# t Mx My Mz", ("--scale", "0.001"), "no columns Jx Jy Jz"),
        ("# t Jx(e*A/ps) Jy Jz", ("--scale", "0.001"), "which is no heat flux"),
        ("# t Jx(eV*A/ps) Jy Jz(eV*A/fs)", (), "--scale 0.001 for eV A/ps"),
        (
            "# TimeStep a b c",
            ("--scale", "0.001", "--columns", "1,2,3,4"),
            "column 1 counts steps; give the time",
        ),
        ("# TimeStep a b c", ("--scale", "0.001"), "no columns Jx Jy Jz"),
    ):
        table("named.txt", heat, head=head)
        result = run("conductivity", "named.txt", "--heat", "-T", KELVIN, "-V", VOLUME, *more)
        tap.ok(result.returncode in (2, 3) and said in result.stderr, said, [result.stderr])
    result = run(*words, "--field", "0,0,1")
    tap.ok(result.returncode == 2, "a_field_has_no_part_in_heat", [result.stderr])
    table("slow.txt", relaxation(3, 2000, 1e-4, 500.0), head="# t Jx Jy Jz")
    result = run("conductivity", "slow.txt", "-T", KELVIN, "-V", VOLUME)
    tap.ok(
        result.returncode == 4 and "decayed" in result.stderr,
        "a_series_that_is_too_short_is_not_converged",
        [result.returncode, result.stderr],
    )


def check_units_of_columns(rows, found):
    """Units in the names of columns are taken, or refused: one loop, one series, in each of
    them."""
    unit = 1602.176634
    for k, (head, field, value, more, apart) in enumerate(
        [
            ("# E(MV/cm) P(uC/cm2)", 100.0, unit, [], " "),
            ("# E (kV/cm)  P [C/m^2]", 1e5, unit / 100, [], " "),
            ("E/(V/m),P/(\u00b5C/cm\u00b2)", 1e10, unit, [], ","),
            ("# E[V/nm] M[Debye]", 10.0, 500.0 / 0.20819434, ["-V", 500.0], " "),
            ("# E[1] M[4]", 1.0, 500.0, ["-V", 500.0], " "),
        ]
    ):
        table("units.txt", [[field * e, value * p] for e, p in rows], head=head, apart=apart)
        got = results("loop", "units.txt", *more)
        tap.ok(
            "area" in got
            and abs(got["area"] / found["area"] - 1) < 1e-7
            and abs(got["remanent"][1] / found["remanent"][1] - 1) < 1e-7,
            f"a_loop_in_the_units_of_its_names_{k}",
            [head, got],
        )
    table("foot.txt", rows, head="# E[V/ft] P")
    refuses("a_field_in_an_unknown_unit_is_refused", 3, ["V/ft", "MV/cm"], "loop", "foot.txt")
    table("volt.txt", [[1e10 * e, p] for e, p in rows], head="# E P")
    refuses("a_field_that_no_solid_bears_is_refused", 4, ["V/A", "E(MV/cm)"], "loop", "volt.txt")
    table("both.txt", rows, head="# E P[e/A2]")
    refuses("a_polarization_has_no_volume", 2, ["--volume"], "loop", "both.txt", "-V", 500.0)
    rows = relaxation(8, 4000, 4.0, 30.0)
    physics = ["-T", 300, "-V", 1000]
    table("plain.txt", rows)
    right = results("eps", "plain.txt", *physics)["ratio"]
    debye = [[t / 1000, *(m / 0.20819434 for m in x)] for t, *x in rows]
    table("named.txt", debye, head="# time (ps) Mx[D] My[D] Mz[D]")
    got = results("eps", "named.txt", *physics).get("ratio", {"value": 0, "error": 0})
    tap.ok(
        all(abs(got[k] / right[k] - 1) < 1e-6 for k in ("value", "error")),
        "a_dipole_in_the_units_of_its_names",
        [got, right],
    )
    table("ps.txt", [[t / 1000, *x] for t, *x in rows])
    refuses("times_too_fine_for_fs_are_refused", 3, ["t(ps)"], "eps", "ps.txt", *physics)
    table("odd.txt", rows, head="# t[fortnights] Mx My Mz")
    refuses("times_in_an_unknown_unit_are_refused", 3, ["fortnights"], "eps", "odd.txt", *physics)


def check_loop():
    rows, source, state = [], random.Random(4), 0.0
    steps = [*range(0, 11), *range(9, -11, -1), *range(-9, 11)]
    for step in steps:
        field = 0.01 * step
        state = 1.0 if field > 0.055 else -1.0 if field < -0.055 else state
        rows += [[field, 0.03 * state + 0.1 * field + source.gauss(0, 0.001)] for _ in range(32)]
    table("pe.txt", rows, head="# E P")
    found = results("loop", "pe.txt", "-o", "pe.csv")
    unit = 1602.176634
    tap.ok(
        all(
            abs(found["remanent"][b] - s * 0.03 * unit) < 4 * found["remanent_error"][b]
            for b, s in ((0, -1), (1, 1))
        ),
        "remanent_polarization_of_both_branches",
        [found],
    )
    tap.ok(
        all(abs(found["coercive"][b] - s * 0.055) < 0.005 for b, s in ((0, 1), (1, -1))),
        "coercive_field_within_the_step_of_the_field",
        [found["coercive"]],
    )
    tap.ok(
        abs(found["area"] - 160217.6634 * 4 * 0.03 * 0.055) < 4 * found["area_error"],
        "area_of_the_loop",
        [found["area"], found["area_error"]],
    )
    lines = pathlib.Path(folder.name, "pe.csv").read_text().splitlines()
    tap.ok(
        len(lines) == 1 + len(steps)
        and lines[1].endswith("virgin")
        and lines[-1].endswith("rising"),
        "points_and_branches_are_written",
        lines[:2],
    )
    table("dipole.txt", [[e, 500.0 * p] for e, p in rows], head="# field dipole")
    table("uc.txt", [[e, unit * p] for e, p in rows], head="")
    same = [
        results("loop", "dipole.txt", "-V", 500.0),
        results("loop", "uc.txt", "--unit", "uC/cm2"),
    ]
    tap.ok(
        all(abs(x["area"] / found["area"] - 1) < 1e-9 for x in same),
        "dipoles_and_other_units_give_the_same_loop",
        same,
    )
    check_units_of_columns(rows, found)
    tap.ok(
        "virgin" not in run("loop", "pe.txt").stdout and "J/cm3" in run("loop", "pe.txt").stdout,
        "text_tells_the_figures",
    )


CELL = [[6.0, 0.0, 0.0], [2.5, 6.5, 0.0], [-1.5, 2.0, 7.0]]


def wrapped(r):
    """Into the triclinic cell, by back substitution."""
    s = [0.0] * 3
    s[2] = r[2] / CELL[2][2]
    s[1] = (r[1] - s[2] * CELL[2][1]) / CELL[1][1]
    s[0] = (r[0] - s[1] * CELL[1][0] - s[2] * CELL[2][0]) / CELL[0][0]
    s = [x - math.floor(x) for x in s]
    return [sum(s[k] * CELL[k][a] for k in range(3)) for a in range(3)]


def trajectory(name, n, columns, step=1.0, timed=True, velocity=1.0, spring=0.0):
    """Two ions that diffuse through the cell, or swing about places at its faces, and what their
    dipole and current are."""
    source = random.Random(5)
    q, r, v = [0.8, -0.8], [[0.5, 0.5, 0.5], [3.0, 3.0, 3.0]], [[0.0] * 3, [0.0] * 3]
    home = [list(x) for x in r]
    born = [q[0], 0.1, 0.0, -0.2, q[0], 0.3, 0.0, 0.0, q[0]]
    frames, dipoles, born_dipoles, currents, along = [], [], [], [], [0.0] * 3
    for i in range(n):
        rows = []
        for k, symbol in enumerate(("Na", "Cl")):
            parts = [symbol, *wrapped(r[k])]
            parts += (
                [q[k]] * ("charges" in columns)
                + [(1 - 2 * k) * z for z in born] * ("bec" in columns)
                + [x / velocity for x in v[k]] * ("velocities" in columns)
            )
            rows.append(" ".join(map(str, parts)))
        width = {"charges": ":charges:R:1", "bec": ":bec:R:9", "velocities": ":velocities:R:3"}
        head = (
            f'Lattice="{" ".join(str(x) for row in CELL for x in row)}"'
            f' Properties=species:S:1:pos:R:3{"".join(width[c] for c in columns)} pbc="T T T"'
        )
        frames.append(f"2\n{head}{f' time={step * i}' if timed else ''}\n" + "\n".join(rows) + "\n")
        dipoles.append([step * i, *(sum(q[k] * r[k][a] for k in (0, 1)) for a in range(3))])
        born_dipoles.append([step * i, *along])
        currents.append([step * i, *(sum(q[k] * v[k][a] for k in (0, 1)) for a in range(3))])
        for k in (0, 1):
            v[k] = [
                0.8 * x + source.gauss(0, 0.25) - spring * (y - z)
                for x, y, z in zip(v[k], r[k], home[k])
            ]
            r[k] = [x + step * y for x, y in zip(r[k], v[k])]
            along = [
                along[a] + step * (1 - 2 * k) * sum(born[3 * a + b] * v[k][b] for b in range(3))
                for a in range(3)
            ]
    write(name, "".join(frames))
    return dipoles, born_dipoles, currents


def agree(a, b, path, tolerance=1e-8):
    for key in path:
        a, b = a.get(key, {}), b.get(key, {})
    return isinstance(a, float) and abs(a - b) <= tolerance * abs(b)


def check_trajectories():
    volume = CELL[0][0] * CELL[1][1] * CELL[2][2]
    dipoles, _, _ = trajectory("q.xyz", 1500, ["charges"], spring=0.1)
    table("q.txt", dipoles)
    expected = results("eps", "q.txt", "-T", KELVIN, "-V", volume)
    tap.ok(
        agree(results("eps", "q.xyz", "-T", KELVIN), expected, ("ratio", "value")),
        "wrapped_ions_give_the_dipole_of_their_way",
        [expected["ratio"], run("eps", "q.xyz", "-T", KELVIN).stdout],
    )
    _, born_dipoles, _ = trajectory("z.xyz", 1500, ["bec"], spring=0.1)
    table("z.txt", born_dipoles)
    expected = results("eps", "z.txt", "-T", KELVIN, "-V", volume)
    tap.ok(
        agree(results("eps", "z.xyz", "-T", KELVIN), expected, ("ratio", "value")),
        "born_charges_are_integrated_along_the_way",
        [expected["ratio"], run("eps", "z.xyz", "-T", KELVIN).stdout],
    )
    _, _, currents = trajectory(
        "v.xyz", 4000, ["charges", "velocities"], timed=False, velocity=0.001
    )
    table("v.txt", currents, head="# t Jx Jy Jz")
    expected = results("conductivity", "v.txt", "-T", KELVIN, "-V", volume, "--scale", 1)
    found = results("conductivity", "v.xyz", "-T", KELVIN, "--step", 1, "--velocity-unit", 0.001)
    tap.ok(
        agree(found, expected, ("green_kubo", "value"))
        and agree(found, expected, ("einstein", "error")),
        "charges_and_velocities_give_the_current",
        [found, expected],
    )
    other = results("conductivity", "v.xyz", "-T", KELVIN, "--step", 1, "--from", "charges")
    tap.ok(
        abs(other["einstein"]["value"] - found["einstein"]["value"])
        < 2 * found["einstein"]["error"],
        "currents_and_dipoles_conduct_alike",
        [other.get("einstein"), found["einstein"]],
    )
    trajectory("zv.xyz", 1500, ["charges", "bec", "velocities"])
    result = run("ir", "zv.xyz", "-T", KELVIN, "--velocity-unit", 1, "--json")
    tap.ok(
        result.returncode == 0 and "from bec-velocities" in result.stderr,
        "born_charges_with_velocities_come_first",
        [result.stderr],
    )


def check_plots():
    for verb, arguments in (
        ("eps", ["m.txt", "-T", KELVIN, "-V", VOLUME]),
        ("ir", ["jm.txt", "-T", KELVIN, "-V", VOLUME]),
        ("conductivity", ["current.txt", "-T", KELVIN, "-V", VOLUME]),
        ("loop", ["pe.txt"]),
    ):
        result = run(verb, *arguments, "--plot", f"{verb}.png", "-o", f"{verb}.out.csv")
        image = pathlib.Path(folder.name, f"{verb}.png")
        if result.returncode == 1 and "gnuplot" in result.stderr:
            tap.skip(f"{verb}_draws_a_plot", "neither gnuplot nor matplotlib is here")
            tap.ok(not image.exists(), f"{verb}_leaves_no_empty_plot")
            continue
        tap.ok(
            result.returncode == 0 and image.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n",
            f"{verb}_draws_a_plot",
            [result.stderr],
        )


def refuses(fact, code, words, *arguments):
    result = run(*arguments)
    tap.ok(
        result.returncode == code
        and all(word in result.stderr for word in words)
        and result.stdout == ""
        and result.stderr.count("\n") <= 2,
        fact,
        [result.returncode, result.stdout, result.stderr],
    )


def check_refusals():
    physics = ["-T", KELVIN, "-V", VOLUME]
    good = relaxation(6, 40, 1.0, 5.0)
    text = "# t Mx My Mz\n" + "".join(" ".join(map(str, row)) + "\n" for row in good)
    lines = text.splitlines(keepends=True)
    write("word.txt", "".join(lines[:20]) + "40.0 1.0 x 2.0\n" + "".join(lines[20:]))
    refuses(
        "a_word_among_numbers_is_named_with_its_line",
        3,
        ["word.txt:21", "'x'", "column 3"],
        "eps",
        "word.txt",
        *physics,
    )
    write("nan.txt", "".join(lines[:20]) + "38.0 1.0 nan 2.0\n")
    refuses("nan_is_named_with_its_line", 3, ["nan.txt:21", "nan"], "eps", "nan.txt", *physics)
    write("ragged.txt", "".join(lines[:10]) + "18.0 1.0\n")
    refuses(
        "a_short_row_is_named_with_its_line",
        3,
        ["ragged.txt:11", "2 columns", "4"],
        "eps",
        "ragged.txt",
        *physics,
    )
    write("gap.txt", "".join(lines[:20] + lines[21:]))
    refuses("uneven_times_are_named", 3, ["gap.txt", "times[19]"], "eps", "gap.txt", *physics)
    write("cut.txt", text[:-30])
    refuses("a_file_cut_off_is_noticed", 3, ["cut.txt:41"], "eps", "cut.txt", *physics)
    write("short.txt", "".join(lines[:6]))
    refuses(
        "a_series_that_is_too_short_is_named",
        3,
        ["short.txt", "5 samples"],
        "eps",
        "short.txt",
        *physics,
    )
    write("empty.txt", "")
    refuses("an_empty_file_is_bad_input", 3, ["empty.txt", "no row"], "ir", "empty.txt", *physics)
    write("zero.txt", "1 2 3 4\n2 3 \0 4\n")
    refuses(
        "a_zero_byte_is_bad_input",
        3,
        ["zero.txt:2"],
        "eps",
        "zero.txt",
        "--kind",
        "dipole",
        *physics,
    )
    refuses(
        "a_missing_file_is_bad_input", 3, ["nothing.txt"], "conductivity", "nothing.txt", *physics
    )
    write("good.txt", text)
    refuses(
        "no_temperature_is_a_usage_error", 2, ["--temperature"], "eps", "good.txt", "-V", VOLUME
    )
    refuses("no_volume_is_named", 3, ["--volume"], "eps", "good.txt", "-T", KELVIN)
    refuses(
        "columns_that_do_not_exist_are_a_usage_error",
        2,
        ["Px", "good.txt"],
        "eps",
        "good.txt",
        "--columns",
        "Px,Py,Pz",
        *physics,
    )
    refuses("a_table_without_names_needs_a_kind", 3, ["Mx My Mz"], "eps", "bare.csv", *physics)
    refuses("no_step_is_named", 3, ["--step"], "eps", "bare.csv", "--kind", "dipole", *physics)
    refuses("a_current_has_no_dielectric_constant", 3, ["current"], "eps", "j.txt", *physics)
    refuses(
        "skipping_everything_is_refused", 3, ["--skip"], "eps", "good.txt", "--skip", 1e6, *physics
    )
    refuses(
        "a_window_that_does_not_exist_is_a_usage_error",
        2,
        ["--window", "hann"],
        "ir",
        "good.txt",
        "--window",
        "soft",
        *physics,
    )
    refuses(
        "a_correction_that_does_not_exist_is_a_usage_error",
        2,
        ["--quantum", "schofield"],
        "ir",
        "good.txt",
        "--quantum",
        "soft",
        *physics,
    )
    refuses(
        "segments_longer_than_the_series_are_refused",
        3,
        ["segments of"],
        "ir",
        "good.txt",
        "--resolution",
        0.1,
        *physics,
    )
    table("up.txt", [[0.01 * i, 0.1 * i] for i in range(10)], head="# E P")
    refuses("a_field_that_only_rises_makes_no_loop", 3, ["up.txt", "falling"], "loop", "up.txt")
    refuses("a_loop_needs_two_columns", 3, ["E and P"], "loop", "good.txt")
    xyz = pathlib.Path(folder.name, "q.xyz").read_text()
    write(
        "swap.xyz",
        xyz[: xyz.index("2\nLattice", 10)]
        + xyz[xyz.index("2\nLattice", 10) :].replace("Na", "Xx", 1),
    )
    refuses(
        "atoms_that_change_their_order_are_named",
        3,
        ["swap.xyz", "frame 1", "Xx", "Na"],
        "eps",
        "swap.xyz",
        "-T",
        KELVIN,
    )
    write("bare.xyz", '1\nLattice="5 0 0 0 5 0 0 0 5" Properties=species:S:1:pos:R:3\nNa 0 0 0\n')
    refuses(
        "frames_without_charges_are_named",
        3,
        ["bare.xyz", "frame 0", "charges"],
        "eps",
        "bare.xyz",
        "-T",
        KELVIN,
    )
    write("broken.xyz", xyz[:2000])
    refuses(
        "a_trajectory_cut_off_is_named_with_its_line",
        3,
        ["broken.xyz:"],
        "eps",
        "broken.xyz",
        "-T",
        KELVIN,
    )
    refuses(
        "velocities_that_are_not_there_are_named",
        3,
        ["frame 0", "velocities"],
        "ir",
        "q.xyz",
        "--from",
        "charges-velocities",
        "-T",
        KELVIN,
    )
    for verb in ("eps", "ir", "conductivity", "loop"):
        text = run(verb, "--help")
        tap.ok(
            text.returncode == 0
            and f"lrpot {verb} [FILE]" in text.stdout
            and "--plot" in text.stdout,
            f"{verb}_explains_itself",
        )


def check_short_conductivity():
    """400 correlation times suffice: the conductivity of an exponential correlation is known."""
    noise, rows, kept = random.Random(3), [], math.exp(-0.1)
    row = [noise.gauss(0, 1e-3) for _ in range(3)]
    for k in range(4000):
        row = [kept * x + math.sqrt(1 - kept**2) * noise.gauss(0, 1e-3) for x in row]
        rows.append(f"{2 * k} " + " ".join(map(str, row)))
    (pathlib.Path(folder.name) / "short.txt").write_text("# t Jx Jy Jz\n" + "\n".join(rows) + "\n")
    done = run("conductivity", "short.txt", "-T", 300, "-V", 1000)
    found = re.search(r"Green-Kubo\s+(\S+) \+- (\S+)", done.stdout)
    # <J^2>/(V k T) times the integral by the trapezoidal rule, in S/cm
    integral = 2 * (0.5 + kept / (1 - kept))
    wanted = 1e-6 * integral / (1000 * 8.617333262e-5 * 300) * 1.602176634e4
    tap.ok(
        found is not None and abs(float(found[1]) - wanted) < 3 * float(found[2]) < 2 * wanted,
        "conductivity_of_400_correlation_times",
        [done.stdout, done.stderr, wanted],
    )


check_eps()
check_short_conductivity()
check_ir()
check_pipe()
check_conductivity()
check_loop()
check_trajectories()
check_plots()
check_refusals()
tap.done()
