// How large are the forces on the ions of a disordered crystal, and what charges do they carry? The
// first example in C++.
#include <lrpot/lrpot.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <vector>

static bool evaluate()
{
    // Handles free themselves; a call that fails throws.
    auto model = lrpot::make(lrpot_potential_load, "rocksalt.json");
    auto structure = lrpot::make(lrpot_structure_read, "rattled.xyz", 0);
    auto work = lrpot::make(lrpot_workspace_create, 1);

    const std::size_t n = static_cast<std::size_t>(lrpot_structure_count(structure.get()));
    double energy = 0, virial[9];
    std::vector<double> forces(3 * n), charges(n);
    lrpot_outputs out = LRPOT_OUTPUTS_INIT; // what is left null is not computed
    out.energy = &energy;
    out.virial = virial;
    out.forces = forces.data();
    out.charges = charges.data();
    lrpot::check(lrpot_potential_compute_structure(model.get(), work.get(), structure.get(), &out));

    double largest = 0, total[3] = { 0, 0, 0 }, charge = 0;
    double least_charge = std::numeric_limits<double>::infinity(), most_charge = -least_charge;
    for (std::size_t i = 0; i < n; i++) {
        const double *f = &forces[3 * i];
        largest = std::max(largest, std::sqrt(f[0] * f[0] + f[1] * f[1] + f[2] * f[2]));
        for (int a = 0; a < 3; a++) total[a] += f[a];
        charge += charges[i];
        if (charges[i] > 0) {
            least_charge = std::min(least_charge, charges[i]);
            most_charge = std::max(most_charge, charges[i]);
        }
    }
    const double pressure = (virial[0] + virial[4] + virial[8]) / 3
                            / lrpot_structure_volume(structure.get());
    const bool sound = std::fabs(charge) < 1e-12
                       && std::fabs(total[0]) + std::fabs(total[1]) + std::fabs(total[2]) < 1e-9;
    std::printf("energy            %12.6f eV per ion\n", energy / static_cast<double>(n));
    std::printf("largest force     %12.6f eV/A\n", largest);
    std::printf("pressure          %12.6f eV/A^3\n", pressure);
    std::printf("sodium charges    %12.6f to %.6f e\n", least_charge, most_charge);
    std::printf("charges and forces add up to zero: %s\n", sound ? "yes" : "no");
    return sound;
}

int main()
{
    try {
        return evaluate() ? 0 : 1;
    } catch (const lrpot::error &failure) {
        std::fprintf(stderr, "%s\n", failure.what());
        return 1;
    }
}
