"""Test Anything Protocol for the checks that are scripts: one fact a line, as the C checks print
them."""
import sys


class Tap:
    def __init__(self):
        self.count = 0
        self.failures = 0

    def ok(self, good, fact, details=()):
        """States a fact; details are printed when it does not hold."""
        self.count += 1
        self.failures += not good
        print(f"{'ok' if good else 'not ok'} {self.count} - {fact}")
        if not good:
            for line in details:
                print("# " + str(line).replace("\n", "\n# "))

    def skip(self, fact, why):
        self.count += 1
        print(f"ok {self.count} - {fact} # SKIP {why}")

    def done(self):
        print(f"1..{self.count}", flush=True)
        sys.exit(1 if self.failures else 0)
