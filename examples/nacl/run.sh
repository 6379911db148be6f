#!/bin/sh
# From first-principles NaCl to Born charges and LO-TO splitting. Three models are fitted to energies,
# forces and stresses alone: a moment tensor potential (MTP), the same with environment-dependent
# charges (EDQRd), and the latter on the small cells only, to show what long cells are good for.
# Usage: run.sh [--born] [RESULT_FOLDER]
# --born fits a fourth model to the Born charges of two distorted cells as well.
# LRPOT=command (default: of the build folder, else installed), PYTHON=interpreter with matplotlib and
# phonopy, THREADS=2
set -eu
here=$(cd "$(dirname "$0")" && pwd)
data=$here/data
built=$here/../../build/tools/lrpot
[ -x "$built" ] || built=lrpot
lrpot=${LRPOT:-$built}
python=${PYTHON:-}
threads=${THREADS:-2}
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
examine() { # name
    "$lrpot" eval "$out/$1.model" "$data/train.xyz" --threads "$threads" -o "$out/$1.train.xyz" > "$out/$1.train"
    "$lrpot" eval "$out/$1.model" "$data/valid.xyz" --threads "$threads" -o "$out/$1.valid.xyz" > "$out/$1.valid"
    "$lrpot" phonon "$out/$1.model" "$data/primitive.xyz" --threads "$threads" --write "$out/$1.phonopy" --supercell 4 \
        --bands "$out/$1.bands.csv" > "$out/$1.phonon"
}
# Long cells carry longitudinal waves near Gamma, which cells of 64 ions do not hold. Their k-points
# differ, so --offsets gives their energies a zero of their own.
fit mtp none "$data/train.xyz" "$data/long_train.xyz" --offsets --valid "$data/valid.xyz"
fit small edqrd "$data/train.xyz" --valid "$data/valid.xyz"
fit edqrd edqrd "$data/train.xyz" "$data/long_train.xyz" --offsets --valid "$data/valid.xyz"
"$lrpot" bec "$out/edqrd.model" "$data/primitive.xyz" > "$out/edqrd.bec"
"$lrpot" eval "$out/edqrd.model" "$data/bec_train.xyz" --bec -o "$out/edqrd.bec.xyz" > "$out/edqrd.distorted"

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

# error NAME SET QUANTITY: RMSE over all frames
error() { awk -v q="$3" '$1 == "all" && $3 == q { print $6 }' "$out/$1.$2"; }
# line TEXT A B: two numbers and their ratio
line() { awk -v t="$1" -v a="$2" -v b="$3" 'BEGIN { printf "%-28s %10.3f %12.3f %9.2f\n", t, a, b, a / b }'; }
{
    echo "Errors (RMSE)                       MTP    MTP+EDQRd     ratio"
    for set in train valid; do
        line "$set  energy  meV/atom" "$(error mtp $set energy)" "$(error edqrd $set energy)"
        line "$set  forces  meV/A" "$(error mtp $set forces)" "$(error edqrd $set forces)"
        line "$set  stress  meV/A^3" "$(error mtp $set stress)" "$(error edqrd $set stress)"
    done
    echo
    echo "Perfect crystal, a = 5.605 A        MTP    small cells    MTP+EDQRd   first principles"
    frequency() { awk -v m="$2" '$1 == m { print $2; exit }' "$out/$1.phonon"; }
    for mode in TO:4.346 LO:7.297; do
        m=${mode%:*}
        printf '%-28s %10.3f %14.3f %12.3f %18s\n' "$m at Gamma (THz)" "$(frequency mtp $m)" \
            "$(frequency small $m)" "$(frequency edqrd $m)" "${mode#*:}"
    done
    screened() { awk '$1 == "Z" && $2 == "Na" { print $3; exit }' "$out/$1.phonon"; }
    printf '%-28s %10s %14.3f %12.3f %18s\n' "Z of Na, screened (e)" "-" "$(screened small)" "$(screened edqrd)" 0.691
    # eps_0/eps_inf by Lyddane-Sachs-Teller; first principles: (7.297/4.346)^2
    printf '%-28s %10s %14s %12.3f %18s\n' "eps_0/eps_inf" "-" "-" "$(awk '$1 == "eps" { print ($2 + $3 + $4) / 3 }' "$out/edqrd.phonon")" 2.819
    # charges of the table are physical ones: times sqrt(eps_inf), eps_inf = 2.418
    awk '$2 == "Na" || $2 == "Cl" {
             r = sqrt(2.418); z = ($4 + $8 + $12) / 3
             printf "%-28s %10s %14s %12.3f\n", "charge of " $2 ", screened (e)", "-", "-", $3 / r
             printf "%-28s %10s %14s %12.3f %18.3f\n", "Z of " $2 " (e)", "-", "-", z, $2 == "Na" ? 1.074 : -1.074 }' "$out/edqrd.bec"
    awk '$1 == "all" && $3 == "bec" { printf "%-28s %10s %14s %12.4f\n", "RMSE of Z, distorted (e)", "-", "-", $6 / 1000 }' "$out/edqrd.distorted"
    [ "$born" = no ] || {
        echo
        echo "Born charges of two distorted cells fitted as well"
        printf '%-28s %10s %12.3f\n' "valid  forces  meV/A" "-" "$(error born valid forces)"
        printf '%-28s %10s %12.3f %18s\n' "TO at Gamma (THz)" "-" "$(frequency born TO)" 4.346
        printf '%-28s %10s %12.3f %18s\n' "LO at Gamma (THz)" "-" "$(frequency born LO)" 7.297
        printf '%-28s %10s %12.3f %18s\n' "Z of Na, screened (e)" "-" "$(screened born)" 0.691
    }
} | tee "$out/summary.txt"

if [ -z "$python" ]; then
    for candidate in python3 /usr/bin/python3; do
        if "$candidate" -c 'import matplotlib, phonopy' 2> /dev/null; then python=$candidate; break; fi
    done
fi
if [ -n "$python" ]; then
    "$python" "$here/energy_noise.py" "$data" "$out" | tee "$out/energy_noise.txt"
    "$python" "$here/plot.py" "$data" "$out"
else
    echo "no plots: they need Python with matplotlib and phonopy (Debian: python3-matplotlib python3-phonopy)" >&2
fi
echo "results in $out after $(($(date +%s) - started)) s" >&2
