#!/bin/sh
# From first-principles NaCl to Born charges and LO-TO splitting. Three models are fitted to energies,
# forces and stresses alone: a moment tensor potential (MTP), the same with environment-dependent
# charges (EDQRd), and the latter on the small cells only, to show what long cells are good for. EDQRd is
# fitted from five starts; the spread of these members tells what the data leave open.
# Usage: run.sh [--born] [RESULT_FOLDER]
# --born fits a fourth model to the Born charges of two distorted cells as well.
# LRPOT=command (default: of the build folder, else installed), PYTHON=interpreter with matplotlib and
# numpy, THREADS=2, MEMBERS=5 (2 at least)
set -eu
here=$(cd "$(dirname "$0")" && pwd)
data=$here/data
built=$here/../../build/tools/lrpot
[ -x "$built" ] || built=lrpot
lrpot=${LRPOT:-$built}
python=${PYTHON:-}
threads=${THREADS:-2}
members=${MEMBERS:-5}
born=no
[ "${1:-}" != --born ] || { born=yes; shift; }
out=${1:-nacl-results}
# Short-ranged, so that what lies beyond is the charges' business; the charges themselves see further.
level=12 cutoff=4.5 charge_cutoff=6
mkdir -p "$out"
started=$(date +%s)

fit() { # name, kind of charges, data
    name=$1 kind=$2
    shift 2
    echo "== fit of $name ($(($(date +%s) - started)) s)" >&2
    "$lrpot" fit "$@" --charges "$kind" --level $level --cutoff $cutoff --charge-cutoff $charge_cutoff --threads "$threads" -o "$out/$name.model" \
        > "$out/$name.fit" || [ $? -eq 4 ]
    examine "$name"
}
path="L:0.5,0.5,0.5 G:0,0,0 X:0.5,0.5,0 | K:0.375,0.75,0.375 G:0,0,0"
examine() { # name: a model, or the members of an ensemble
    name=$1
    set -- "$out/$name.model"
    [ -e "$1" ] || set -- "$out/$name.model"-*[0-9]
    "$lrpot" eval "$@" "$data/train.xyz" --threads "$threads" -o "$out/$name.train.xyz" > "$out/$name.train"
    "$lrpot" eval "$@" "$data/valid.xyz" --threads "$threads" -o "$out/$name.valid.xyz" > "$out/$name.valid"
    "$lrpot" phonon "$@" "$data/primitive.xyz" --threads "$threads" --path "$path" --bands "$out/$name.bands.csv" \
        > "$out/$name.phonon"
    # one model's files for phonopy
    "$lrpot" phonon "$1" "$data/primitive.xyz" --threads "$threads" --write "$out/$name.phonopy" --supercell 4 > /dev/null
}
# Long cells carry longitudinal waves near Gamma, which cells of 64 ions do not hold. Their k-points
# differ, so --offsets gives their energies a zero of their own.
fit mtp none "$data/train.xyz" "$data/long_train.xyz" --offsets --valid "$data/valid.xyz"
fit small edqrd "$data/train.xyz" --valid "$data/valid.xyz"
rm -f "$out/edqrd.model" "$out/edqrd.model"-*
fit edqrd edqrd "$data/train.xyz" "$data/long_train.xyz" --offsets --valid "$data/valid.xyz" --ensemble "$members"
"$lrpot" bec "$out/edqrd.model"-*[0-9] "$data/primitive.xyz" > "$out/edqrd.bec"
"$lrpot" eval "$out/edqrd.model"-*[0-9] "$data/bec_train.xyz" --bec -o "$out/edqrd.bec.xyz" > "$out/edqrd.distorted"

fit_born() {
    # Those cells were computed with other k-points, so nothing but their Born charges is fitted.
    cat > "$out/born.json" <<JSON
{
  "sets": [{"file": "$data/train.xyz", "weights": {"bec": 0}},
           {"file": "$data/long_train.xyz", "source": "longer cells", "weights": {"bec": 0}},
           {"file": "$data/bec_train.xyz", "source": "finer k-points", "weights": {"energy": 0, "forces": 0, "stress": 0}},
           {"file": "$data/valid.xyz", "role": "valid", "weights": {"bec": 0}}],
  "targets": {"energy": true, "forces": true, "stress": true, "bec": 0.005},
  "max_iterations": 60
}
JSON
    fit born edqrd --config "$out/born.json"
}
[ "$born" = no ] || fit_born

# error NAME SET QUANTITY [COLUMN]: RMSE over all frames; of an ensemble the mean, in column 7 its spread
error() { awk -v q="$3" -v c="${4:-6}" '$1 == "all" && $3 == q { print $c }' "$out/$1.$2"; }
# line TEXT SET QUANTITY
line() {
    awk -v t="$1" -v a="$(error mtp "$2" "$3")" -v b="$(error edqrd "$2" "$3")" -v d="$(error edqrd "$2" "$3" 7)" \
        'BEGIN { printf "%-28s %10.3f %12.3f +- %5.3f %9.2f\n", t, a, b, d, a / b }'
}
# value NAME KEY COLUMN: of the first line of phonon that begins with the key
value() { awk -v k="$2" -v c="$3" '$1 == k && !seen++ { printf "%.3f", $c }' "$out/$1.phonon"; }
# row TEXT MTP SMALL EDQRD SPREAD REFERENCE
row() { printf '%-28s %8s %12s %12.3f +- %5.3f %17s\n' "$@"; }
{
    echo "Errors (RMSE)                       MTP        MTP+EDQRd           ratio   ($members members: mean +- standard deviation)"
    for set in train valid; do
        line "$set  energy  meV/atom" $set energy
        line "$set  forces  meV/A" $set forces
        line "$set  stress  meV/A^3" $set stress
    done
    echo
    echo "Perfect crystal, a = 5.605 A      MTP  small cells        MTP+EDQRd      first principles"
    row "TO at Gamma (THz)" "$(value mtp TO 2)" "$(value small TO 2)" "$(value edqrd TO 2)" "$(value edqrd TO 7)" 4.346
    row "LO at Gamma (THz)" "$(value mtp LO 2)" "$(value small LO 2)" "$(value edqrd LO 2)" "$(value edqrd LO 7)" 7.297
    row "Z of Na, screened (e)" - "$(value small Z 3)" \
        "$(value edqrd Z 3)" "$(value edqrd Z 6)" 0.691
    # eps_0/eps_inf by Lyddane-Sachs-Teller; first principles: (7.297/4.346)^2
    row "eps_0/eps_inf" - - "$(value edqrd eps 2)" "$(value edqrd eps 9)" 2.819
    # charges of the table are physical ones: times sqrt(eps_inf), eps_inf = 2.418. Below each atom: deviations
    awk '$2 == "Na" || $2 == "Cl" { name = $2; q = $3; z = ($4 + $8 + $12) / 3 }
         $2 == "+-" && $1 != "#" { r = sqrt(2.418)
             printf "%-28s %8s %12s %12.3f +- %5.3f\n", "charge of " name ", screened (e)", "-", "-", q / r, $3 / r
             printf "%-28s %8s %12s %12.3f +- %5.3f %17.3f\n", "Z of " name " (e)", "-", "-", z, ($4 + $8 + $12) / 3,
                 name == "Na" ? 1.074 : -1.074 }' "$out/edqrd.bec"
    row "RMSE of Z, distorted (e)" - - \
        $(awk '$1 == "all" && $3 == "bec" { printf "%.4f %.4f", $6 / 1000, $7 / 1000 }' "$out/edqrd.distorted") ""
    [ "$born" = no ] || {
        echo
        echo "Born charges of two distorted cells fitted as well"
        printf '%-28s %10s %12.3f\n' "valid  forces  meV/A" "-" "$(error born valid forces)"
        printf '%-28s %10s %12.3f %18s\n' "TO at Gamma (THz)" "-" "$(value born TO 2)" 4.346
        printf '%-28s %10s %12.3f %18s\n' "LO at Gamma (THz)" "-" "$(value born LO 2)" 7.297
        printf '%-28s %10s %12.3f %18s\n' "Z of Na, screened (e)" "-" \
            "$(value born Z 3)" 0.691
    }
} | tee "$out/summary.txt"

if [ -z "$python" ]; then
    for candidate in python3 /usr/bin/python3; do
        if "$candidate" -c 'import matplotlib, numpy' 2> /dev/null; then python=$candidate; break; fi
    done
fi
if [ -n "$python" ]; then
    "$python" "$here/energy_noise.py" "$data" "$out" | tee "$out/energy_noise.txt"
    "$python" "$here/plot.py" "$data" "$out"
else
    echo "no plots: they need Python with matplotlib (Debian: python3-matplotlib)" >&2
fi
echo "results in $out after $(($(date +%s) - started)) s" >&2
