/* Part of a stand-in for the headers of present LAMMPS, see README.md. */
#ifndef LRPOT_PRESENT_ERROR_H
#define LRPOT_PRESENT_ERROR_H

#include "pointers.h"

namespace LAMMPS_NS
{

/* A call without values takes the first form, which does not look for braces. */
class Error : protected Pointers
{
  public:
    [[noreturn]] void all(const std::string &file, int line, const std::string &text);
    template <typename... Values>
    void all(const std::string &file, int line, const std::string &format, Values &&...values);
    [[noreturn]] void one(const std::string &file, int line, const std::string &text);
    template <typename... Values>
    void one(const std::string &file, int line, const std::string &format, Values &&...values);
    void warning(const std::string &file, int line, const std::string &text);
    template <typename... Values>
    void warning(const std::string &file, int line, const std::string &format, Values &&...values);
};

} // namespace LAMMPS_NS

#endif
