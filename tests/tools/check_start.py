"""`lrpot fit --start`: charges are added to an imported .mtp.

The short-range part is the file's, kept or fitted along.

Usage: check_start.py LRPOT NACL_DATA"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from tap import Tap

LRPOT, DATA = str(pathlib.Path(sys.argv[1]).resolve()), pathlib.Path(sys.argv[2]).resolve()
folder = pathlib.Path(tempfile.mkdtemp(prefix="start-"))
tap = Tap()
FIT = (DATA / "train.xyz", "--max-iterations", 8, "--starts", 1, "--threads", 1)


def run(*words):
    return subprocess.run([LRPOT, *map(str, words)], cwd=folder, capture_output=True, text=True)


def fit(name, *options):
    done = run("fit", *FIT, *options, "-o", name)
    assert done.returncode == 0, done.stderr
    return done


def energy_of(name):
    return json.loads((folder / name).read_text())["energy"]


def forces_error(name):
    errors = json.loads(run("eval", name, DATA / "train.xyz", "--json", "-q").stdout)["errors"]
    return errors[0]["forces"]["rmse"]


def main():
    fit("base", *"--charges none --level 8 --cutoff 4.5 --max-iterations 40".split())
    assert run("convert", "base", "base.mtp").returncode == 0
    # what a reader of the .mtp gets, with all digits
    assert run("convert", "base.mtp", "read", "--species", "Na,Cl").returncode == 0
    start = ("--start", "base.mtp", "--species", "Na,Cl", "--charges", "edqrd")
    plain = forces_error("base")
    # forces of the .mtp itself, which no charge can bring nearer
    evaluated = run("eval", "read", DATA / "valid.xyz", "-o", "own.xyz", "-q")
    assert evaluated.returncode == 0, evaluated.stderr
    done = run("fit", "own.xyz", *FIT[1:], *start, "--freeze", "all", "-o", "none")
    tap.ok(
        done.returncode == 0
        and "no charges lower the loss" in done.stderr
        and energy_of("none") == energy_of("read"),
        "a_fit_that_finds_no_better_charges_leaves_the_model_and_says_so",
        [done.stderr[-300:]],
    )
    done = fit("all", *start, "--freeze", "all", "--max-iterations", 60)
    tap.ok(energy_of("all") == energy_of("read"), "a_frozen_part_is_the_files_bit_for_bit")
    tap.ok(forces_error("all") < plain, "charges_beside_a_frozen_part_lower_the_error")
    tap.ok("short-range part of base.mtp" in done.stderr, "the_run_says_where_it_starts")
    fit("further", "--resume", "all", "--freeze", "all")
    tap.ok(energy_of("further") == energy_of("read"), "a_frozen_part_stays_frozen_on_resuming")
    fit("some", *start, "--freeze", "coefficients")
    some, read = energy_of("some"), energy_of("read")
    tap.ok(
        some["basis"] == read["basis"]
        and some["linear"] == read["linear"]
        and some["species"] != read["species"],
        "energies_of_the_species_may_be_fitted_along",
    )
    fit("free", *start)
    free = energy_of("free")
    tap.ok(
        free["linear"] != read["linear"]
        and free["basis"]["plan"] == read["basis"]["plan"]
        and forces_error("free") < forces_error("some") < plain,
        "a_free_part_moves_and_fits_better",
        [forces_error("free"), forces_error("some"), plain],
    )
    fit("own", "--start", "base", "--charges", "latent", "--freeze", "all")
    tap.ok(energy_of("own") == energy_of("base"), "a_model_in_the_own_format_gets_charges_as_well")
    (folder / "swapped").write_text("")
    done = run("fit", *FIT, *start[:2], "--species", "Cl,Na", "-o", "swapped")
    swapped = json.loads((folder / "swapped").read_text())["species"]
    tap.ok(swapped == ["Cl", "Na"], "the_order_of_the_species_is_the_files", [swapped])
    members = run("fit", *FIT, *start, "--ensemble", 2, "-o", "many")
    tap.ok(
        members.returncode == 0 and energy_of("many-1") != energy_of("many-2"),
        "an_ensemble_starts_from_one_file",
        [members.stderr],
    )
    refused = (
        (("--start", "base.mtp"), "--species"),
        (("--start", "base.mtp", "--species", "K,Cl"), "no species Na"),
        (("--start", "free"), "charges already"),
        ((*start, "--level", 4), "--level"),
        ((*start, "--cutoff", 4), "--cutoff"),
        ((*start, "--freeze", "half"), "--freeze half"),
        (("--freeze", "all"), "--freeze goes with --start"),
        ((*start[:4], "--charges", "none"), "--charges none"),
        ((*start, "--resume", "free"), "--resume"),
    )
    for options, says in refused:
        done = run("fit", *FIT, *options, "-o", "refused")
        name = re.sub(r"\W+", "_", "_".join(map(str, options[-2:]))).strip("_")
        tap.ok(
            done.returncode in (2, 3) and says in done.stderr and not (folder / "refused").exists(),
            f"{name}_is_refused",
            [done.returncode, done.stderr],
        )
    tap.done()


main()
