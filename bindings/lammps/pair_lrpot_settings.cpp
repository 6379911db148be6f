/* Pair style lrpot: settings of the input script, and restart files, which keep them. */
#include "pair_lrpot.h"

#include <comm.h>
#include <error.h>

#include <algorithm>
#include <climits>
#include <cmath>
#include <string>

using namespace LAMMPS_NS;

namespace
{

/* Numbers of a restart file. */
constexpr int restart_numbers = 23;

} // namespace

/* Kind of a condition by its keyword, or -1. */
int PairLrpot::read_field(const std::string &key) const
{
    return key == "field"          ? LRPOT_FIELD_FIXED
           : key == "voltage"      ? LRPOT_FIELD_REDUCED
           : key == "displacement" ? LRPOT_FIELD_DISPLACEMENT
           : key == "flux"         ? LRPOT_FIELD_FLUX
                                   : -1;
}

/* One keyword and its values; k: index of the first value, moved behind the last. */
void PairLrpot::read_keyword(const std::string &key, int narg, char **arg, int &k)
{
    const int condition = read_field(key);
    double *values = condition >= 0                            ? field_
                     : key == "accuracy"                       ? &accuracy_
                     : key == "charge"                         ? &total_charge_
                     : key == "cutoff"                         ? &wanted_cutoff_
                     : key == "eps_inf" || key == "eps_tensor" ? eps_inf_
                                                               : nullptr;
    const int count = condition >= 0 ? 3 : key == "eps_tensor" ? 6 : key == "electrode" ? 2 : 1;
    const bool is_text = key == "tensors" || key == "dipole" || key == "fragments"
                         || key == "precision" || key == "electrode";
    if (values == nullptr && !is_text)
        error->all(FLERR,
                   "Pair style lrpot: unknown keyword '" + key
                       + "', expected accuracy, field, voltage, displacement, flux, "
                         "eps_inf, eps_tensor, dipole, fragments, electrode, charge, cutoff, "
                         "slab, wire, precision or tensors");
    if (k + count > narg)
        error->all(FLERR, "Pair style lrpot: keyword '" + key + "' needs "
                              + (key == "tensors"     ? "the name of a file"
                                 : key == "precision" ? "'double' or 'mixed'"
                                 : key == "dipole"    ? "'current' or 'positions'"
                                 : key == "fragments" ? "'molecule'"
                                 : key == "electrode" ? "a molecule id and its potential in V"
                                 : count > 1          ? std::to_string(count) + " numbers"
                                                      : "1 number"));
    if (condition >= 0 && field_kind_ >= 0)
        error->all(FLERR, "Pair style lrpot: keyword '" + key
                              + "' beside another field: give one of field, voltage, displacement "
                                "and flux");
    if (condition >= 0) field_kind_ = condition;
    if (key == "tensors") tensor_path_ = arg[k++];
    else if (key == "fragments") {
        if (std::string(arg[k++]) != "molecule")
            error->all(FLERR, std::string("Pair style lrpot: fragments are those of the molecule "
                                          "ids, expected 'fragments molecule'"));
        molecules_ = true;
    } else if (key == "electrode") {
        const double id = utils::numeric(FLERR, arg[k], false, lmp);
        if (!(id >= 1 && id <= INT_MAX && id == std::floor(id)))
            error->all(FLERR, std::string("Pair style lrpot: electrode ") + arg[k]
                                  + ", expected a molecule id of 1 or more");
        const int32_t fragment = static_cast<int32_t>(id) - 1;
        if (electrodes_.count(fragment) != 0)
            error->all(FLERR, std::string("Pair style lrpot: electrode ") + arg[k]
                                  + " has a potential already");
        electrodes_[fragment] = utils::numeric(FLERR, arg[k + 1], false, lmp);
        k += 2;
    } else if (key == "precision") {
        const std::string word = arg[k++];
        if (word != "double" && word != "mixed")
            error->all(FLERR,
                       "Pair style lrpot: precision '" + word + "', expected 'double' or 'mixed'");
        precision_ = word == "mixed" ? LRPOT_PRECISION_MIXED : LRPOT_PRECISION_DOUBLE;
    } else if (key == "dipole") {
        const std::string form = arg[k++];
        if (form != "current" && form != "positions")
            error->all(FLERR, "Pair style lrpot: dipole '" + form
                                  + "', expected 'current' or 'positions'");
        dipole_form_ = form == "current" ? LRPOT_DIPOLE_CURRENT : LRPOT_DIPOLE_POSITIONS;
    } else
        for (int c = 0; c < count; c++) values[c] = utils::numeric(FLERR, arg[k++], false, lmp);
    if (key == "eps_inf") eps_inf_[1] = eps_inf_[2] = eps_inf_[0];
}

void PairLrpot::settings(int narg, char **arg)
{
    accuracy_ = 1e-5;
    total_charge_ = wanted_cutoff_ = 0;
    std::fill(eps_inf_, eps_inf_ + 6, 0.0);
    std::fill(field_, field_ + 3, 0.0);
    field_kind_ = -1;
    dipole_form_ = LRPOT_DIPOLE_CURRENT;
    precision_ = LRPOT_PRECISION_DOUBLE;
    slab_ = wire_ = molecules_ = false;
    electrodes_.clear();
    tensor_path_.clear();
    for (int k = 0; k < narg;) {
        const std::string key = arg[k++];
        if (key == "slab") slab_ = true;
        else if (key == "wire") wire_ = true;
        else read_keyword(key, narg, arg, k);
    }
    if (!electrodes_.empty() && !molecules_)
        error->all(FLERR, std::string("Pair style lrpot: 'electrode' names molecules, which needs "
                                      "'fragments molecule'"));
    has_field_ = field_kind_ > LRPOT_FIELD_FIXED || field_[0] != 0 || field_[1] != 0
                 || field_[2] != 0;
    if (field_kind_ < 0) field_kind_ = LRPOT_FIELD_FIXED;
    if (!(accuracy_ >= 0))
        error->all(FLERR,
                   "Pair style lrpot: accuracy " + std::to_string(accuracy_) + " eV/A is below 0");
    for (int a = 0; a < 3 && screened(); a++)
        if (!(eps_inf_[a] >= 1))
            error->all(FLERR,
                       "Pair style lrpot: eps_inf " + std::to_string(eps_inf_[a]) + " is below 1");
    /* A second pair_style command of the same style changes the settings of the model in place. */
    if (model_ && charged())
        check(lrpot_potential_set_accuracy(model_.get(), accuracy_), "accuracy");
    if (model_) check(lrpot_potential_set_precision(model_.get(), precision_), "precision");
    if (model_) load_tensors();
}

/* Restart: the settings and the name of the model, which is read again; rank 0 has the file. */

void PairLrpot::write_restart(FILE *fp)
{
    const double numbers[restart_numbers] = { accuracy_,
                                              total_charge_,
                                              wanted_cutoff_,
                                              field_[0],
                                              field_[1],
                                              field_[2],
                                              dipole_[0],
                                              dipole_[1],
                                              dipole_[2],
                                              eps_inf_[0],
                                              eps_inf_[1],
                                              eps_inf_[2],
                                              eps_inf_[3],
                                              eps_inf_[4],
                                              eps_inf_[5],
                                              dipole_known_ ? 1.0 : 0.0,
                                              slab_   ? 1.0
                                              : wire_ ? 2.0
                                                      : 0.0,
                                              has_field_ ? 1.0 : 0.0,
                                              static_cast<double>(field_kind_),
                                              static_cast<double>(dipole_form_),
                                              molecules_ ? 1.0 : 0.0,
                                              static_cast<double>(precision_),
                                              static_cast<double>(electrodes_.size()) };
    fwrite(numbers, sizeof(double), restart_numbers, fp);
    std::string text = path_ + '\n' + tensor_path_;
    for (const std::string &name : names_) text += '\n' + name;
    const int length = static_cast<int>(text.size());
    fwrite(&length, sizeof(int), 1, fp);
    fwrite(text.data(), 1, length, fp);
    for (const auto &held : electrodes_) {
        const double electrode[2] = { static_cast<double>(held.first), held.second };
        fwrite(electrode, sizeof(double), 2, fp);
    }
}

void PairLrpot::read_electrodes(int count, FILE *fp)
{
    electrodes_.clear();
    for (int k = 0; k < count; k++) {
        double held[2];
        if (comm->me == 0) utils::sfread(FLERR, held, sizeof(double), 2, fp, nullptr, error);
        MPI_Bcast(held, 2, MPI_DOUBLE, 0, world);
        electrodes_[static_cast<int32_t>(held[0])] = held[1];
    }
}

void PairLrpot::read_restart(FILE *fp)
{
    double numbers[restart_numbers];
    int length = 0;
    const bool reader = comm->me == 0;
    if (reader) utils::sfread(FLERR, numbers, sizeof(double), restart_numbers, fp, nullptr, error);
    if (reader) utils::sfread(FLERR, &length, sizeof(int), 1, fp, nullptr, error);
    MPI_Bcast(numbers, restart_numbers, MPI_DOUBLE, 0, world);
    MPI_Bcast(&length, 1, MPI_INT, 0, world);
    std::string text(length, '\0');
    if (reader) utils::sfread(FLERR, &text[0], 1, length, fp, nullptr, error);
    MPI_Bcast(&text[0], length, MPI_CHAR, 0, world);
    read_electrodes(static_cast<int>(numbers[22]), fp);
    double *const places[] = { &accuracy_, &total_charge_, &wanted_cutoff_ };
    for (int k = 0; k < 3; k++) *places[k] = numbers[k];
    std::copy(numbers + 3, numbers + 6, field_);
    std::copy(numbers + 6, numbers + 9, dipole_);
    std::copy(numbers + 9, numbers + 15, eps_inf_);
    dipole_known_ = numbers[15] != 0;
    slab_ = numbers[16] == 1;
    wire_ = numbers[16] == 2;
    has_field_ = numbers[17] != 0;
    field_kind_ = static_cast<int32_t>(numbers[18]);
    dipole_form_ = static_cast<int32_t>(numbers[19]);
    molecules_ = numbers[20] != 0;
    precision_ = static_cast<int32_t>(numbers[21]);
    names_.clear();
    size_t end = text.find('\n');
    path_ = text.substr(0, end);
    const size_t second = end + 1;
    end = text.find('\n', second);
    tensor_path_ = text.substr(second, end - second);
    while (end != std::string::npos) {
        const size_t start = end + 1;
        end = text.find('\n', start);
        names_.push_back(text.substr(start, end == std::string::npos ? end : end - start));
    }
    if (!allocated) allocate();
    load();
}
