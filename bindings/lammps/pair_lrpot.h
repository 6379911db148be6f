/* LAMMPS pair style lrpot: a whole model of the library (local energy, charges, Coulomb sum, field
 * forces) on LAMMPS' domains.
 *
 *   pair_style lrpot [accuracy A] [field Ex Ey Ez | voltage Va Vb Vc | displacement Dx Dy Dz |
 *                    flux Fa Fb Fc] [eps_inf X | eps_tensor xx yy zz yz xz xy]
 *                    [dipole current|positions] [fragments molecule [electrode ID V] ...]
 *                    [charge Q] [cutoff R]
 *                    [slab | wire] [precision double|mixed] [tensors FILE]
 *   pair_coeff * * MODEL Na Cl
 */
#ifdef PAIR_CLASS /* LAMMPS gathers the styles among its own sources by these lines */
// clang-format off
PairStyle(lrpot,PairLrpot);
// clang-format on
#elif !defined(LRPOT_PAIR_LRPOT_H)
#define LRPOT_PAIR_LRPOT_H

#include <pair.h>

#include <lrpot/lrpot.hpp>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace LAMMPS_NS
{

class PairLrpot : public Pair
{
  public:
    explicit PairLrpot(LAMMPS *lmp);
    ~PairLrpot() override;

    void settings(int narg, char **arg) override;
    void coeff(int narg, char **arg) override;
    void init_style() override;
    double init_one(int i, int j) override;
    void compute(int eflag, int vflag) override;

    int pack_forward_comm(int n, int *list, double *buf, int pbc_flag, int *pbc) override;
    void unpack_forward_comm(int n, int first, double *buf) override;
    int pack_reverse_comm(int n, int first, double *buf) override;
    void unpack_reverse_comm(int n, int *list, double *buf) override;

    void write_restart(FILE *fp) override;
    void read_restart(FILE *fp) override;
    double memory_usage() override;

    /* For the computes; collective. */
    static constexpr int flux_numbers = 6;
    /* of all ranks, [6]: flux, and its convective part, eV A/ps */
    void heat_flux(double *flux);
    bool polar() const
    {
        return charged() || tensors_;
    } /* has a dipole */
    bool charged() const
    {
        return model_ && lrpot_potential_charges(model_.get()) != nullptr;
    }
    bool tensors() const /* learned ones give dipole and current */
    {
        return tensors_ != nullptr;
    }
    /* 1 where an atom has one charge: of several latent channels none is the charge */
    bool one_channel() const
    {
        return lrpot_charges_channels(lrpot_potential_charges(model_.get())) == 1;
    }
    const double *charges() const
    {
        return charges_.data();
    } /* of the last step, owned atoms */
    /* of the field at the last step, at the present dipole: eV */
    double field_energy(const double *dipole) const;
    const double *acting() const /* V/A, physical, at the last step */
    {
        return acting_;
    }
    /* Born charges of owned atoms [nlocal][9] where they were at the last step; collective. */
    const double *born_charges();
    /* For the fix: integrates the current at the end of each step. */
    void follow_dipole();
    void start_following();
    /* [3] of all ranks; brings the current, too */
    const double *track_dipole(double *current);
    /* of owned atoms, where they were at the last step */
    void grade(const lrpot_active_set *set, double *grades);
    /* that the model carries, or NULL */
    const lrpot_active_set *active_set() const
    {
        return lrpot_potential_active_set(model_.get());
    }
    const lrpot_basis *energy_basis() const
    {
        return lrpot_potential_basis(model_.get());
    }

  private:
    using Model = std::unique_ptr<lrpot_potential, lrpot::deleter<lrpot_potential>>;
    using Work = std::unique_ptr<lrpot_workspace, lrpot::deleter<lrpot_workspace>>;
    using Tensors = std::unique_ptr<lrpot_tensor_model, lrpot::deleter<lrpot_tensor_model>>;
    using List = std::unique_ptr<lrpot_nlist, lrpot::deleter<lrpot_nlist>>;

    Model model_;
    Work work_;
    List rows_; /* LAMMPS' neighbour list as the library sees it */
    std::string path_;
    std::vector<std::string> names_; /* elements of the types */
    std::vector<int32_t> species_of_type_;
    /* give forces of a field and the current instead of the model's charges; or none */
    Tensors tensors_;
    Work tensor_work_;
    std::string tensor_path_;
    int32_t tensor_kind_ = 0;
    std::vector<int32_t> tensor_species_of_type_, tensor_species_;

    double accuracy_ = 1e-5, field_[3] = { 0, 0, 0 }, total_charge_ = 0, wanted_cutoff_ = 0;
    /* xx yy zz yz xz xy; zeros: the field acts on the model's charges as it is */
    double eps_inf_[6] = { 0, 0, 0, 0, 0, 0 };
    int32_t precision_ = LRPOT_PRECISION_DOUBLE;
    int32_t field_kind_ = LRPOT_FIELD_FIXED, dipole_form_ = LRPOT_DIPOLE_CURRENT;
    bool has_field_ = false, slab_ = false, wire_ = false;
    bool owned_ghosts_ = false;   /* the charges need the owners of the ghosts, on one rank */
    std::vector<int64_t> owners_; /* [n_all] */
    bool molecules_ = false;      /* each keeps its charge, 0: for charges that flow */
    std::vector<int32_t> fragments_;
    std::map<int32_t, double> electrodes_; /* V, of fragments that are held instead */
    std::vector<double> potentials_;       /* V, [n_fragments]; NaN: keeps its charge */
    std::vector<double> born_;
    double acting_[3] = { 0, 0, 0 }, on_charges_[3] = { 0, 0, 0 };
    std::vector<double> unwrapped_, field_virials_;
    bool warned_of_charge_ = false, warned_of_loss_ = false;

    std::vector<int32_t> species_;
    std::vector<double> charges_, energies_, virials_;
    double cell_[9];
    lrpot_atoms atoms_;
    lrpot_comm comm_;
    const void *lent_[3] = { nullptr, nullptr, nullptr }; /* arrays that rows_ points into */

    double *exchanged_ = nullptr; /* during a forward communication */
    std::vector<int> messages_;   /* [4][ranks]: lengths and places of what is sent and received */

    /* Integral of the current; travels with restarts. */
    double dipole_[3] = { 0, 0, 0 }, last_current_[3] = { 0, 0, 0 }, last_time_ = 0;
    bool dipole_known_ = false, current_known_ = false;
    /* The fix integrates: rate of the dipole at the last two steps, and the cell and its strain
     * rate. */
    bool following_ = false, rates_known_ = false;
    double rates_[2][3] = { { 0 } }, cell_before_[9] = { 0 }, strain_rate_[9] = { 0 };

    void allocate();
    void load();
    void load_tensors();
    void map_types(const std::string &path, int32_t n, const char *const *symbols,
                   std::vector<int32_t> &species);
    void check(lrpot_status status, const char *what);
    int32_t periodicity() const;
    void check_boundary();
    void check_neighbors();
    bool charges_follow() const;
    void count_atoms();
    void describe_atoms();
    lrpot_atoms atoms_of_tensors();
    void wrap_list();
    void read_electrodes(int count, FILE *fp);
    void read_keyword(const std::string &key, int narg, char **arg, int &k);
    int read_field(const std::string &key) const;
    bool box_changes() const;
    bool screened() const
    {
        return std::any_of(eps_inf_, eps_inf_ + 6, [](double e) { return e != 0; });
    }
    bool is_open() const
    {
        return field_kind_ == LRPOT_FIELD_DISPLACEMENT || field_kind_ == LRPOT_FIELD_FLUX;
    }
    bool integrates() const; /* the dipole is known by its changes alone */
    void check_field();
    bool field_has_stress();
    void predict_dipole(double *dipole) const;
    double now() const;
    lrpot_field conditions();
    bool acts_on_forces_alone() const;
    void act_of_field(lrpot_outputs out);
    bool flowing() const;
    void describe_molecules();
    void describe_ghosts();
    void act_with_field(lrpot_outputs out);
    void add_field_virials(const double *total, lrpot_outputs &out);
    void tally(double energy, const double *virial);
    void dipole_of_charges(double *dipole);
    void dipole_of_molecules(double *dipole);
    bool current_and_dipole(double *current, double *dipole);
    const lrpot_comm *communication() const
    {
        return charged() ? &comm_ : nullptr;
    }

    static lrpot_status sum(void *ctx, double *buffer, int64_t n);
    static lrpot_status exchange(void *ctx, const double *send, const int64_t *send_counts,
                                 double *receive, const int64_t *receive_counts);
    static lrpot_status forward(void *ctx, double *per_atom, int32_t width);
    static lrpot_status reverse(void *ctx, double *per_atom, int32_t width);
};

} // namespace LAMMPS_NS

#endif
