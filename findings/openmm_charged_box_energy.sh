#!/bin/sh
# OpenMM 7.7.0 (Debian libopenmm7.7 7.7.0+dfsg-9+b1), NonbondedForce with Ewald and PME.
#
# Expected: the energy of a periodic box does not depend on how the Ewald sum is split, so the
# cutoff changes it only within the error tolerance, as it does for neutral boxes.
# Seen: with a net charge Q the energy lacks the neutralising background -pi k Q^2 / (2 a^2 V),
# where the splitting parameter is a = sqrt(-ln(2 tol)) / cutoff. The energy therefore grows with
# the square of the cutoff, without a message. Forces do not change.
# Consequence: energies and reference labels of charged cells, free energies of changing a net
# charge, and pressures from energy differences at changed volume depend on a numerical setting.
# Adding the term by hand, as the script does, restores agreement.

set -eu
here=$(dirname "$0")
# shellcheck source=findings/packages.sh
. "$here/packages.sh"
fetch libopenmm7.7=7.7.0+dfsg-9+b1 libopenmm-dev=7.7.0+dfsg-9+b1
cd "$tmp/run"
cat >check.cpp <<'END'
#include <OpenMM.h>
#include <cmath>
#include <cstdio>
#include <random>

const double COULOMB = 138.935456; // kJ nm / (mol e^2)
const double EDGE = 2.5;           // nm
const double TOLERANCE = 1e-6;

struct Result {
    double energy, force;
};

static Result evaluate(OpenMM::NonbondedForce::NonbondedMethod method, double cutoff, int positive)
{
    OpenMM::System system;
    auto *force = new OpenMM::NonbondedForce();
    std::vector<OpenMM::Vec3> places;
    std::mt19937 random(1);
    auto coordinate = [&] { return EDGE * (random() / 4294967296.0); };
    system.setDefaultPeriodicBoxVectors({EDGE, 0, 0}, {0, EDGE, 0}, {0, 0, EDGE});
    force->setNonbondedMethod(method);
    force->setCutoffDistance(cutoff);
    force->setEwaldErrorTolerance(TOLERANCE);
    for (int i = 0; i < 8; i++) {
        system.addParticle(1.0);
        force->addParticle(i < positive ? 1.0 : -1.0, 1.0, 0.0);
        double x = coordinate(), y = coordinate(), z = coordinate();
        places.push_back({x, y, z});
    }
    system.addForce(force);
    OpenMM::VerletIntegrator integrator(0.001);
    OpenMM::Context context(system, integrator,
                            OpenMM::Platform::getPlatformByName("Reference"));
    context.setPositions(places);
    auto state = context.getState(OpenMM::State::Energy | OpenMM::State::Forces);
    return {state.getPotentialEnergy(), state.getForces()[0][0]};
}

static bool scan(const char *name, OpenMM::NonbondedForce::NonbondedMethod method, int positive)
{
    const double charge = 2 * positive - 8;
    Result first = evaluate(method, 0.6, positive);
    double corrected_first = 0, last_change = 0;
    bool same = true;
    for (double cutoff : {0.6, 0.9, 1.2}) {
        Result now = evaluate(method, cutoff, positive);
        double a = std::sqrt(-std::log(2 * TOLERANCE)) / cutoff;
        double background =
            -M_PI * COULOMB * charge * charge / (2 * a * a * EDGE * EDGE * EDGE);
        double corrected = now.energy + background;
        corrected_first = cutoff == 0.6 ? corrected : corrected_first;
        last_change = now.energy - first.energy;
        std::printf("%-5s Q %g cutoff %.1f nm  E %11.4f  "
                    "E with background %11.4f kJ/mol  F %9.3f\n",
                    name, charge, cutoff, now.energy, corrected, now.force);
        same = same && std::fabs(corrected - corrected_first) < 0.01 &&
               std::fabs(now.force - first.force) < 0.01;
    }
    return same && (charge == 0 ? std::fabs(last_change) < 0.01 : last_change > 1.0);
}

int main()
{
    bool same = true;
    std::printf("OpenMM %s\n", OpenMM::Platform::getOpenMMVersion().c_str());
    same &= scan("Ewald", OpenMM::NonbondedForce::Ewald, 4);
    same &= scan("Ewald", OpenMM::NonbondedForce::Ewald, 5);
    same &= scan("PME", OpenMM::NonbondedForce::PME, 4);
    same &= scan("PME", OpenMM::NonbondedForce::PME, 5);
    std::puts(same ? "behaviour as recorded" : "behaviour has changed");
    return same ? 0 : 1;
}
END
lib=$(dirname "$(ls "$root"/usr/lib/*/libOpenMM.so.7.7)")
g++ -std=c++14 -O1 -I"$root/usr/include" check.cpp -o check "$lib/libOpenMM.so.7.7"
./check
