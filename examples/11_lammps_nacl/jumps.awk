# Drift of a column of energies per ion (steps of 1 fs), and how far it is from smooth: third differences of successive values. awk -f jumps.awk FILE
!/#/ { n++; t = $1 / 1000; e = $2; st += t; se += e; stt += t * t; ste += t * e
       if (n > 3) { d = e - 3 * e1 + 3 * e2 - e3; if (d < 0) d = -d; if (d > most) { most = d; at = $1 } sum += d * d }
       e3 = e2; e2 = e1; e1 = e; v = $3; if (n == 1) { lo = hi = v } if (v < lo) lo = v; if (v > hi) hi = v }
END { printf "drift %.2e eV/ion/ps, largest third difference of successive steps %.1e eV/ion (rms %.1e) at step %d, volume %.0f to %.0f A^3\n", (n * ste - st * se) / (n * stt - st * st), most, sqrt(sum / (n - 3)), at, lo, hi }
