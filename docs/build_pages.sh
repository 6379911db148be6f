#!/bin/sh
# Builds the pages. The parts of MathJax that they use are copied beside them, so that formulas are
# shown wherever the folder is put.
# Usage: build_pages.sh DOXYGEN DOXYFILE HTML_FOLDER MATHJAX_FOLDER
# MATHJAX_FOLDER: empty if the pages take MathJax from an address.
set -eu
"$1" "$2"
[ -n "$4" ] || exit 0
if [ ! -e "$4/MathJax.js" ]; then
    echo "$4: no MathJax.js; set -Ddocs_mathjax=FOLDER or an https address" >&2
    exit 1
fi
rm -rf "$3/mathjax"
mkdir -p "$3/mathjax"
(cd "$4" && tar -cf - MathJax.js extensions jax/input/TeX jax/element jax/output/HTML-CSS/*.js \
    jax/output/HTML-CSS/autoload jax/output/HTML-CSS/fonts/TeX fonts/HTML-CSS/TeX/woff) |
    tar -C "$3/mathjax" -xf -
