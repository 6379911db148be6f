/** @file lrpot/lrpot.hpp
 *  @brief C++11 on top of the C interface: handles that free themselves, and statuses that throw.
 *
 *  Everything else is the C interface as it is:
 *  @code
 *  auto model = lrpot::make(lrpot_potential_load, "model.lrp");
 *  auto work = lrpot::make(lrpot_workspace_create, 1);
 *  lrpot::check(lrpot_potential_compute_structure(model.get(), work.get(), structure.get(),
 * &outputs));
 *  @endcode */
#ifndef LRPOT_LRPOT_HPP
#define LRPOT_LRPOT_HPP

#include <lrpot/lrpot.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

namespace lrpot
{

/** @brief A call that failed: what() is the library's message, code() the status. */
class error : public std::runtime_error
{
  public:
    explicit error(lrpot_status status, const std::string &message)
        : std::runtime_error(message), status_(status)
    {
    }
    /** @brief LRPOT_E_*, or the negative value that a callback of the caller returned. */
    lrpot_status code() const noexcept
    {
        return status_;
    }

  private:
    lrpot_status status_;
};

/** @brief Throws lrpot::error when a call did not succeed. */
inline void check(lrpot_status status)
{
    if (status == LRPOT_OK) return;
    /* The message of a callback's own status would be that of some earlier failure. */
    const std::string name = lrpot_status_name(status);
    throw error(status, status < 0 ? name + " " + std::to_string(status)
                                   : name + ": " + lrpot_last_error());
}

/** @brief Frees a handle; one specialisation for each kind. */
template <class Handle> struct deleter;

/** @cond */
#define LRPOT_HPP_DELETER(type, free_function)       \
    template <> struct deleter<type> {               \
        void operator()(type *handle) const noexcept \
        {                                            \
            free_function(handle);                   \
        }                                            \
    };
LRPOT_HPP_DELETER(lrpot_structure, lrpot_structure_free)
LRPOT_HPP_DELETER(lrpot_nlist, lrpot_nlist_free)
LRPOT_HPP_DELETER(lrpot_workspace, lrpot_workspace_free)
LRPOT_HPP_DELETER(lrpot_basis, lrpot_basis_free)
LRPOT_HPP_DELETER(lrpot_ewald, lrpot_ewald_free)
LRPOT_HPP_DELETER(lrpot_charges, lrpot_charges_free)
LRPOT_HPP_DELETER(lrpot_potential, lrpot_potential_free)
LRPOT_HPP_DELETER(lrpot_fit, lrpot_fit_free)
LRPOT_HPP_DELETER(lrpot_active_set, lrpot_active_set_free)
LRPOT_HPP_DELETER(lrpot_tensor_model, lrpot_tensor_model_free)
LRPOT_HPP_DELETER(lrpot_phonons, lrpot_phonons_free)
LRPOT_HPP_DELETER(lrpot_reader, lrpot_reader_close)
/* A writer that goes out of scope was not completed: its file must not appear. */
LRPOT_HPP_DELETER(lrpot_writer, lrpot_writer_abandon)
#undef LRPOT_HPP_DELETER
/** @endcond */

/** @brief A handle that frees itself, e.g. `lrpot::handle<lrpot_potential>`. */
template <class Handle> using handle = std::unique_ptr<Handle, deleter<Handle>>;

using structure = handle<lrpot_structure>;
using nlist = handle<lrpot_nlist>;
using workspace = handle<lrpot_workspace>;
using basis = handle<lrpot_basis>;
using ewald = handle<lrpot_ewald>;
using charges = handle<lrpot_charges>;
using potential = handle<lrpot_potential>;
using fit = handle<lrpot_fit>;
using active_set = handle<lrpot_active_set>;
using tensor_model = handle<lrpot_tensor_model>;
using phonons = handle<lrpot_phonons>;
using reader = handle<lrpot_reader>;
using writer = handle<lrpot_writer>;

/** @brief Calls any function of the form `f(Handle **out, arguments...)` and owns what it creates.
 *  @throws lrpot::error when it fails. */
template <class Handle, class... Parameters, class... Arguments>
handle<Handle> make(lrpot_status (*create)(Handle **, Parameters...), Arguments &&...arguments)
{
    Handle *raw = nullptr;
    check(create(&raw, std::forward<Arguments>(arguments)...));
    return handle<Handle>(raw);
}

/** @brief Next frame of a file; an empty handle after the last.
 *  @throws lrpot::error when the frame is malformed. */
inline structure read_next(const reader &from)
{
    lrpot_structure *raw = nullptr;
    const lrpot_status status = lrpot_reader_next(from.get(), &raw);
    if (status == LRPOT_E_END) return structure();
    check(status);
    return structure(raw);
}

/** @brief Completes a file: it appears under its name.
 *  @throws lrpot::error when it could not be written; nothing is left behind. */
inline void close(writer &&file)
{
    check(lrpot_writer_close(file.release()));
}

} // namespace lrpot

#endif
