/* Screened nuclear repulsion of Ziegler, Biersack and Littmark, switched off at a distance. */
#ifndef LRPOT__ZBL_H
#define LRPOT__ZBL_H

typedef struct lrpot__zbl {
    double strength;         /* eV A: Coulomb constant times both atomic numbers */
    double slope;            /* 1/A: inverse screening length */
    double inner, outer;     /* A: whole up to inner, none from outer on */
    const double *screening; /* four pairs of factor and exponent */
} lrpot__zbl;

extern const double lrpot__zbl_universal[8];

/* Of atomic numbers, with the universal screening length. */
lrpot__zbl lrpot__zbl_of(double coulomb, double za, double zb);
/* Energy in eV of a pair at distance r (A), and its derivative by r. */
double lrpot__zbl_eval(const lrpot__zbl *zbl, double r, double *derivative);

#endif
