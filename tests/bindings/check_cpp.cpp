// The C++ header: handles free themselves, failures throw with code and message.
#include <lrpot/lrpot.hpp>

#include <cmath>
#include <cstdio>
#include <cstring>
#include <string>
#include <type_traits>
#include <vector>

namespace
{

int cases = 0, failures = 0;

void ok(bool passed, const char *fact)
{
    std::printf("%s %d - %s\n", passed ? "ok" : "not ok", ++cases, fact);
    failures += !passed;
}

const char *const symbols[] = { "Na", "Cl" };
const double positions[] = { 0, 0, 0, 2.82, 0, 0 };
const double cell[] = { 0, 2.82, 2.82, 2.82, 0, 2.82, 2.82, 2.82, 0 };

lrpot::structure rock_salt()
{
    return lrpot::make(lrpot_structure_create, 2, symbols, positions, cell, LRPOT_PERIODIC_ALL);
}

void handles_own_what_they_are_made_of()
{
    lrpot::structure structure = rock_salt();
    ok(structure && lrpot_structure_count(structure.get()) == 2, "a made handle holds the object");
    lrpot::structure moved = std::move(structure);
    ok(!structure && moved, "a handle can be moved");
    ok(sizeof(lrpot::structure) == sizeof(void *), "a handle costs no more than a pointer");
    ok(!std::is_copy_constructible<lrpot::structure>::value,
       "a handle cannot be copied by mistake");
    lrpot::structure copy = lrpot::make(lrpot_structure_clone, moved.get());
    moved.reset();
    ok(std::strcmp(lrpot_structure_symbol(copy.get(), 1), "Cl") == 0,
       "a clone outlives the original");
}

void neighbours_are_those_of_rock_salt()
{
    lrpot::structure structure = rock_salt();
    int32_t species[2];
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot::check(lrpot_structure_view(structure.get(), 2, symbols, species, &atoms));
    lrpot::nlist list = lrpot::make(lrpot_nlist_build, &atoms, 3.0, 0.0);
    int32_t j[6];
    double vectors[18], sum = 0;
    ok(lrpot_nlist_row(list.get(), &atoms, 0, 6, j, vectors) == 6,
       "an ion of rock salt has six nearest neighbours");
    for (double x : vectors) sum += x * x;
    ok(std::fabs(sum - 6 * 2.82 * 2.82) < 1e-12, "the nearest neighbours are 2.82 A away");
}

void failures_throw()
{
    bool thrown = false;
    try {
        lrpot::make(lrpot_structure_create, 2, symbols, positions,
                    static_cast<const double *>(nullptr), LRPOT_PERIODIC_ALL);
    } catch (const lrpot::error &error) {
        thrown = error.code() == LRPOT_E_CELL
                 && std::strstr(error.what(), "LRPOT_E_CELL: ") != nullptr
                 && std::strstr(error.what(), "no cell") != nullptr;
    }
    ok(thrown, "a failure throws with the status, its name and the message");
    thrown = false;
    try {
        lrpot::check(-7);
    } catch (const std::runtime_error &error) {
        thrown = std::strcmp(error.what(), "status of a callback -7") == 0;
    }
    ok(thrown, "the status of a callback passes through");
    lrpot::check(LRPOT_OK);
}

/* Values of a NumPy program. */
void a_nep_is_loaded_as_any_model(const std::string &folder)
{
    const std::string name = folder + "/nep4_zbl_charge1";
    lrpot::potential model = lrpot::make(lrpot_potential_load, (name + ".txt").c_str());
    lrpot::structure structure = lrpot::make(lrpot_structure_read, (name + ".xyz").c_str(), 0);
    lrpot::workspace work = lrpot::make(lrpot_workspace_create, 1);
    std::vector<double> forces(3 * lrpot_structure_count(structure.get()));
    double energy = 0;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.energy = &energy;
    out.forces = forces.data();
    lrpot::check(lrpot_nep_set_sum(model.get(), LRPOT_NEP_SUM_AS_FITTED));
    lrpot::check(lrpot_potential_compute_structure(model.get(), work.get(), structure.get(), &out));
    ok(std::fabs(energy - 347.03411567826913) < 1e-10,
       "the energy of a NEP is that of another program");
    ok(std::fabs(forces[1] - 246.34743409297178) < 1e-11, "so are its forces");
    bool thrown = false;
    lrpot_active_set *none = nullptr;
    try {
        lrpot::check(lrpot_active_set_create(&none, model.get()));
    } catch (const lrpot::error &error) {
        thrown = error.code() == LRPOT_E_UNSUPPORTED && none == nullptr
                 && std::strstr(error.what(), "moment tensors") != nullptr;
    }
    ok(thrown, "what needs moment tensors throws and says so");
}

} // namespace

int main(int count, char **arguments)
{
    handles_own_what_they_are_made_of();
    neighbours_are_those_of_rock_salt();
    failures_throw();
    a_nep_is_loaded_as_any_model(count > 1 ? arguments[1] : ".");
    std::printf("1..%d\n", cases);
    return failures != 0;
}
