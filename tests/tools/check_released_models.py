"""`lrpot check` passes with models of the release, one of each kind of charges.

Usage: check_released_models.py LRPOT MODELS FRAME"""
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from tap import Tap

LRPOT, MODELS, FRAME = sys.argv[1:4]
tap = Tap()
for model in sorted(pathlib.Path(MODELS).glob("*.lrp")):
    done = subprocess.run([LRPOT, "check", str(model), FRAME], capture_output=True, text=True)
    tap.ok(done.returncode == 0, f"check_{model.stem}", done.stdout + done.stderr)
tap.done()
