"""Runs `lrpot` for a check that is a script."""
import subprocess


class Tool:
    """The command in a folder. An exit code that was not expected is a failed fact."""

    def __init__(self, tap, path, folder):
        self.tap, self.path, self.folder = tap, path, folder

    def __call__(self, *words, code=0):
        done = subprocess.run(
            [self.path, *map(str, words)],
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=300,
        )
        if done.returncode != code:
            self.tap.ok(False, f"lrpot {words[0]} ends with {code}", [done.returncode, done.stderr])
        return done
