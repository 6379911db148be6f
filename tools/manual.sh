#!/bin/sh
# Writes a page of the manual from the command's own help.
# Usage: manual.sh HELP2MAN LRPOT VERSION lrpot|VERB OUT.1
set -eu
help2man=$1 lrpot=$2 version=$3 page=$4 out=$5
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
case $lrpot in /*) ;; *) lrpot=$PWD/$lrpot ;; esac
if [ "$page" = lrpot ]; then
    name=lrpot verb=
    about="machine-learned interatomic potentials with charges, and their response to fields"
    pages=$("$lrpot" --help | sed -n 's/^  \([a-z]*\)  *.*/\1/p')
    see=$(printf '.BR lrpot-%s (1),\n' $pages | sed '$s/,$//')
else
    name=lrpot-$page verb=$page
    about=$("$lrpot" --help | sed -n "s/^  $page  *//p")
    see=".BR lrpot (1)"
fi
# help2man takes name and options from the program that it runs.
printf '#!/bin/sh\nexec "%s" %s "$@"\n' "$lrpot" "$verb" > "$folder/$name"
chmod +x "$folder/$name"
printf '[see also]\n%s\n' "$see" > "$folder/also"
"$help2man" --no-info --section=1 --version-string="$version" --name="$about" --include="$folder/also" \
    --output="$out" "$folder/$name"
