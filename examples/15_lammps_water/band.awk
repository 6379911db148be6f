# Centre of the O-H stretching band of a spectrum that lrpot ir wrote, of all and by direction: awk -F, -f band.awk ir.csv
$1 > 2600 && $1 < 4200 { for (k = 3; k <= 7; k++) { sum[k] += $k; mean[k] += $1 * $k } }
END { printf "O-H stretch (cm-1): all %.0f, along x %.0f, y %.0f, z %.0f\n", mean[3] / sum[3], mean[5] / sum[5], mean[6] / sum[6], mean[7] / sum[7] }
