#!/usr/bin/env python3
"""arXiv 2406.10915, section 4: densities that see the potential which they make, for clusters of water.

Runs examples/20_selfconsistent_water on DATA/spice_bec/water.xyz: the same local model with no, one and eight features of the potential."""
import os

import papers

options = papers.arguments(__doc__, "paper2-results")
program = os.environ.get(
    "LRPOT_EXAMPLE", str(papers.ROOT / "build" / "examples" / "20_selfconsistent_water")
)
water = papers.data(options, "spice_bec/water.xyz")[0]
text = papers.run(
    os.path.abspath(program), water.resolve(), *((3, 12) if options.short else ()), cwd=options.out
)
print(text)
rows = {
    line[:37].strip(): [float(word) for word in line[37:].split()] for line in text.splitlines()[2:]
}
static, one, eight = (
    next(row for name, row in rows.items() if name.startswith(f"density, {n} feature"))
    for n in ("no", "1", "8")
)
table = papers.Table("2406.10915: forces and moments of clusters of water they were not fitted to")
for name, row in rows.items():
    for column, unit in ((3, "energy meV/atom"), (4, "forces meV/A"), (5, "dipole me A")):
        published = (
            {3: "(1.02)", 4: "(18.6)"}.get(column, "-") if name.startswith("density, 8") else "-"
        )
        table.add(f"{unit}, {name}", published, row[column], "20_selfconsistent_water water.xyz")
for column, unit in ((4, "forces"), (5, "dipole")):
    table.add(
        f"{unit}: features 0, 1, 8, part of the first",
        "falls (figure)",
        " ".join(f"{row[column] / static[column]:.3f}" for row in (static, one, eight)),
        "the ratio of these",
    )
table.remark(
    "The paper has a figure and no numbers: errors of forces and moments fall with the number of features (0, 1, 8, 27); its 4800 clusters (PBE) are not in DATA."
)
table.remark(
    "In brackets: MACE-OFF with latent charges on this set (arXiv 2507.14302's model, prediction columns of its data), over all of its frames, which learned from the whole SPICE set."
)
table.show()
