#!/usr/bin/env python3
"""Scaling of pair style lrpot: time, memory and messages on 1 and 2 ranks, and what they say of more.

usage: bench/lammps_scaling.py BUILD [--cells N] [--steps N] [--repeat N] [--accuracy X] [--before COMMAND] [--ranks N,N] [--count N,N] [--family NAME] [--skip-times] [--predict SECONDS,BYTES]
Three models of rock salt run the same steps: a level 10 energy alone, with fixed charges (the difference is the Coulomb sum), and with
charges that follow the neighbourhood (level 6), or another family: a whole step. Messages and bytes of rank 0 are counted by a preloaded library.
--before 'chrt -f 5' puts a command in front of mpirun, for machines that are busy."""
import argparse
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests" / "lammps"))
from hosts import Box, Hosts, values

KINDS = ["point", "exchange", "sum"]


# Models of a whole step, and what the pair style needs for them: Gaussians of 1 A reach further than the model's neighbours.
FAMILIES = {"full": "", "latent": "", "equilibrated": " cutoff 8.0"}


def script(model, accuracy, steps):
    charged = (
        f" accuracy {accuracy}" + FAMILIES.get(model[:-5], "") if model != "plain.json" else ""
    )
    return f"""units metal
atom_style charge
read_data box.data
pair_style lrpot{charged}
pair_coeff * * {model} Na Cl
neighbor 1.0 bin
neigh_modify every 1000 delay 1000
timestep 0.0001
fix md all nve
thermo 1000
run 2
run {steps}
shell "grep VmRSS /proc/$PPID/status > memory.txt"
"""


def run(hosts, given, model, ranks, steps):
    """Seconds per step, MB of rank 0, and counts of rank 0."""
    launcher = [
        "env",
        f"LD_PRELOAD={(given.build / 'bench/count_messages.so').resolve()}",
        hosts.launcher,
    ]
    text = hosts.lammps(
        script(model, given.accuracy, steps), ranks, launcher=launcher, before=given.before.split()
    )
    seconds = float(re.findall(r"^Loop time of (\S+)", text, re.M)[-1]) / steps
    memory = int((hosts.folder / "memory.txt").read_text().split()[1]) / 1024
    return seconds, memory, {kind: values(text, kind) for kind in KINDS}


def traffic(hosts, given, ranks):
    """Calls, messages and bytes of one step by kind: the difference of two runs."""
    short, long = (run(hosts, given, given.family + ".json", ranks, steps)[2] for steps in (1, 3))
    return {kind: [(b - a) / 2 for a, b in zip(short[kind], long[kind])] for kind in KINDS}


def predict(work, volume, latency=2e-6, bandwidth=5e9):
    """A step on more ranks, from its seconds on one and the bytes that cross between all ranks at the mesh, when there are many: each rank
    keeps its P-th part of the pieces that it makes. Four exchanges of P - 1 messages at most, 18 messages to neighbours, five sums.
    """
    print("ranks   step (ms)   computing   exchange   latency   efficiency")
    for exponent in range(0, 9):
        ranks = 2**exponent
        computing, exchange = work / ranks, volume * (ranks - 1) / ranks**2 / bandwidth
        messages = 4 * (ranks - 1) + (18 if ranks > 1 else 0) + 5 * 2 * exponent
        total = computing + exchange + messages * latency
        print(
            f"{ranks:5d} {1e3 * total:11.2f} {1e3 * computing:11.2f} {1e3 * exchange:10.2f} {1e3 * messages * latency:9.2f} {work / ranks / total:12.2f}"
        )


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--cells", type=int, default=23, help="of 8 ions along each axis")
    parser.add_argument("--repeat", type=int, default=1, help="runs, of which the fastest counts")
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--ranks", default="1,2")
    parser.add_argument("--accuracy", type=float, default=1e-3, help="eV/A")
    parser.add_argument("--before", default="")
    parser.add_argument(
        "--count",
        default="2",
        help="ranks whose messages are counted, e.g. 2,4,8; few steps, small boxes will do",
    )
    parser.add_argument(
        "--family", default="full", choices=list(FAMILIES), help="of charges in the whole step"
    )
    parser.add_argument("--skip-times", action="store_true")
    parser.add_argument(
        "--predict", metavar="SECONDS,BYTES", help="no runs: the step on more ranks, see predict()"
    )
    given = parser.parse_args()
    if given.predict:
        return predict(*map(float, given.predict.split(",")))
    box = Box((given.cells,) * 3, shift=0.1)
    with tempfile.TemporaryDirectory() as folder:
        hosts = Hosts(
            given.build / "bindings/lammps/lrpot-lmp",
            given.build / "tools/lrpot",
            shutil.which("mpirun"),
            folder,
        )
        root = pathlib.Path(__file__).resolve().parents[1]
        shutil.copy(root / "examples/data/rocksalt.json", folder)
        subprocess.run([given.build.resolve() / "tests/lammps/make_models", folder], check=True)
        box.write_data(hosts.folder / "box.data")
        print(f"{len(box.types)} ions, accuracy {given.accuracy} eV/A")
        times = {}
        if not given.skip_times:
            print("ranks  energy alone  + Coulomb   whole step (s)   Coulomb/step   MB of a rank")
        for ranks in [] if given.skip_times else map(int, given.ranks.split(",")):
            models = ["plain.json", "charged.json", given.family + ".json"]
            runs = [
                [run(hosts, given, model, ranks, given.steps)[:2] for model in models]
                for _ in range(given.repeat)
            ]
            plain, charged, full = map(min, zip(*runs))
            times[ranks] = full[0]
            print(
                f"{ranks:5d} {plain[0]:13.3f} {charged[0]:10.3f} {full[0]:16.3f} {(charged[0] - plain[0]) / full[0]:14.2f} {full[1]:14.0f}",
                flush=True,
            )
        if 1 in times and 2 in times:
            print(f"1 -> 2 ranks: {times[1] / times[2]:.2f} times as fast")
        print("ranks   kind       calls  messages       bytes   of rank 0 in a step")
        for ranks in map(int, filter(None, given.count.split(","))):
            for kind, counts in traffic(hosts, given, ranks).items():
                print(
                    f"{ranks:5d}   {kind:8s} {counts[0]:7.1f} {counts[1]:9.1f} {counts[2]:11.0f}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
