#!/usr/bin/env python3
"""arXiv 2601.03656: static and dynamic charges of water, bulk and clusters together: tensors
learned by themselves, or coupled to the charges of the energy by one factor or by one that follows
the neighbourhood.

Runs bench/tensors.py --quick (small levels), or with --full that program at its own sizes: some
ten minutes of a processor."""
import re
import sys

import papers

PUBLISHED = {
    "independent, one model for both": "71 (LOREM 67)",
    "global, charges from forces": "hundreds, MAE",
    "local, charges and factor at once": "75 (LOREM 67)",
}

options = papers.arguments(__doc__, "paper3-results")
papers.data(
    options,
    "water_rpbe_d3/bec_train.xyz",
    "spice_bec/water.xyz",
    "superionic_water_bec/4gcc_1000K_train.xyz",
)
quick = [] if options.full else ["--quick"]
text = papers.run(
    sys.executable,
    papers.ROOT / "bench" / "tensors.py",
    options.lrpot,
    options.data,
    options.out,
    *quick,
    "--threads",
    options.threads,
)
print(text)
table = papers.Table("2601.03656: Born charges, RMSE in me over validation frames")
for line in text.splitlines():
    found = re.match(r"((?:independent|global|local).*?) +(\d\.\d+) +(\d\.\d+)", line)
    if found:
        published = PUBLISHED.get(found[1], "-")
        for place, value in (("bulk", found[2]), ("clusters", found[3])):
            table.add(
                f"{found[1]}, {place}",
                published,
                f"{1e3 * float(value):.0f}",
                " ".join(["python3 bench/tensors.py LRPOT DATA", *quick]),
            )
table.remark(
    "Published: validation RMSE over bulk and clusters together, revPBE-D3, 3003 training "
    "structures, with a physical model (and LOREM). One factor for both: mean errors of hundreds "
    "of me in its figure 4."
)
table.remark(
    "Here: 58 bulk frames (RPBE-D3) and 41 clusters (wB97M-D3), so that levels differ; "
    "what compares is the order of the schemes, and one factor against a local one."
)
table.show()
