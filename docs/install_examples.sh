#!/bin/sh
# Copies the examples; data that several of them link to become files of each, which meson 1.0 to 1.2 warns of.
# Usage: install_examples.sh EXAMPLES FOLDER_UNDER_THE_PREFIX
set -eu
out=$MESON_INSTALL_DESTDIR_PREFIX/$2
mkdir -p "$out"
tar -C "$1" --dereference --hard-dereference --exclude=__pycache__ --exclude=./meson.build --owner=0 --group=0 --mode=u=rwX,go=rX -cf - . |
    tar -C "$out" --no-same-owner -xf -
