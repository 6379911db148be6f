# Frames of a LAMMPS dump "id type x y z" as extended XYZ; those without atoms are left out. awk -v elements="Na Cl" -f frames.awk FILE
BEGIN { split(elements, element, " ") }
/^ITEM: NUMBER OF ATOMS/ { getline; n = $1; next }
/^ITEM: BOX BOUNDS/ {
    tilted = /xy xz yz/
    for (d = 1; d <= 3; d++) { getline; low[d] = $1; high[d] = $2; tilt[d] = tilted ? $3 : 0 }
    # bounds are those of the box around the tilted cell
    xy = tilt[1]; xz = tilt[2]; yz = tilt[3]
    least = 0; most = 0
    if (xy < least) least = xy; if (xz < least) least = xz; if (xy + xz < least) least = xy + xz
    if (xy > most) most = xy; if (xz > most) most = xz; if (xy + xz > most) most = xy + xz
    x = high[1] - low[1] - most + least
    y = high[2] - low[2] - (yz < 0 ? -yz : yz)
    cell = sprintf("%.12g 0 0 %.12g %.12g 0 %.12g %.12g %.12g", x, xy, y, xz, yz, high[3] - low[3])
    next
}
/^ITEM: ATOMS/ {
    if (n == 0) next
    printf "%d\nLattice=\"%s\" Properties=species:S:1:pos:R:3 pbc=\"T T T\"\n", n, cell
    for (i = 0; i < n; i++) { getline; print element[$2], $3, $4, $5 }
}
