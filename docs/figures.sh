#!/bin/sh
# Draws the figures of the gallery, docs/how-to/gallery.md, by the commands that the page shows.
# Half a minute on one core. Usage: docs/figures.sh [OUT]    OUT: docs/images by default
# LRPOT, LRPOT_LMP: commands, of the build folder by default. Needs Python with matplotlib, or
# gnuplot.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here/images}
mkdir -p "$out"
out=$(cd "$out" && pwd)
lrpot=${LRPOT:-$here/../build/tools/lrpot}
lammps=${LRPOT_LMP:-$here/../build/bindings/lammps/lrpot-lmp}
data=$here/../examples/nacl/data
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cp "$data"/*.xyz .

"$lrpot" fit train.xyz long_train.xyz --offsets --valid valid.xyz --charges edqrd --level 8 \
    --cutoff 4.5 --starts 1 -i 20 --ensemble 3 --plot -o edqrd.lrp -q > /dev/null || [ $? -eq 4 ]
"$lrpot" eval edqrd.lrp-* valid.xyz --plot eval > /dev/null
"$lrpot" phonon edqrd.lrp-* primitive.xyz --plot bands.png --dos-plot dos.png \
    --grueneisen-plot grueneisen.png -q > /dev/null
"$lrpot" relax edqrd.lrp-1 primitive.xyz --cell full --eos-plot eos.png -q > /dev/null
cp "$here"/../examples/17_lammps_loop/* . 2> /dev/null || true
cp "$here/../examples/data/rocksalt.json" .
"$lammps" -in in.loop -var steps 400 > loop.log
"$lrpot" loop --lammps log.lammps --plot loop.png > /dev/null

for figure in edqrd.lrp.1.learning eval.parity-forces eval.elements eval.distances bands dos \
    grueneisen eos loop; do
    cp "$figure.png" "$out/gallery-$(echo "$figure" | sed 's/^edqrd.lrp.1.//; s/^eval.//').png"
done
