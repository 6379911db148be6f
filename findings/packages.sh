# shellcheck shell=sh
# Sourced by the scripts of this folder: a temporary folder $tmp with Debian packages unpacked
# below $root. Nothing is installed on the system.

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
root=$tmp/root
mkdir "$root" "$tmp/debs" "$tmp/run"

# fetch PACKAGE=VERSION...: unpacks these packages, and those dependencies that the system lacks.
fetch() {
    plan=$(apt-get install --simulate --no-install-recommends --allow-downgrades "$@" 2>&1) || {
        echo "not available: $* (run apt-get update; Debian 12 is needed)" >&2
        exit 2
    }
    missing=$(echo "$plan" | sed -n 's/^Inst \([^ ]*\) .*(\([^ ]*\) .*/\1=\2/p')
    # shellcheck disable=SC2086
    (cd "$tmp/debs" && apt-get -qq download "$@" $missing >/dev/null 2>&1) || {
        echo "download failed: $* $missing" >&2
        exit 2
    }
    for deb in "$tmp"/debs/*.deb; do
        dpkg-deb --fsys-tarfile "$deb" |
            tar -x -C "$root" --no-same-owner --exclude='./usr/share/doc'
    done
    for folder in "$root"/usr/lib/*-linux-gnu "$root"/usr/lib/*-linux-gnu/*; do
        [ -d "$folder" ] && LD_LIBRARY_PATH=$folder${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
    done
    PATH=$root/usr/bin:$PATH
    PYTHONPATH=$root/usr/lib/python3/dist-packages
    export LD_LIBRARY_PATH PATH PYTHONPATH
    export OMP_NUM_THREADS=1 OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
    echo "packages: $*"
}
