#include "basis/zbl.h"

#include "core/constants.h"

#include <math.h>

const double lrpot__zbl_universal[8] = { 0.18175, 3.1998, 0.50986, 0.94229,
                                         0.28022, 0.4029, 0.02817, 0.20162 };

lrpot__zbl lrpot__zbl_of(double coulomb, double za, double zb)
{
    lrpot__zbl zbl = { .strength = coulomb * za * zb,
                       .slope = 2.134563 * (pow(za, 0.23) + pow(zb, 0.23)),
                       .screening = lrpot__zbl_universal };
    return zbl;
}

double lrpot__zbl_eval(const lrpot__zbl *zbl, double r, double *derivative)
{
    *derivative = 0.0;
    if (r >= zbl->outer) return 0.0;
    double phi = 0.0, dphi = 0.0;
    for (int k = 0; k < 4; k++) {
        double rate = zbl->screening[2 * k + 1] * zbl->slope,
               term = zbl->screening[2 * k] * exp(-rate * r);
        phi += term;
        dphi -= rate * term;
    }
    double switched = 1.0, dswitched = 0.0;
    if (r >= zbl->inner) {
        double rate = LRPOT__PI / (zbl->outer - zbl->inner);
        switched = 0.5 * (1.0 + cos(rate * (r - zbl->inner)));
        dswitched = -0.5 * rate * sin(rate * (r - zbl->inner));
    }
    double bare = zbl->strength / r;
    *derivative = bare * (dphi * switched + phi * dswitched - phi * switched / r);
    return bare * phi * switched;
}
