/* The headers of Debian's liblammps-dev include LAMMPS' own copy of fmt, which the package leaves
 * out. Declarations are enough, as long as only those forms of LAMMPS' messages are called that
 * take a finished string. */
#ifndef LRPOT_LAMMPS_FMT_H
#define LRPOT_LAMMPS_FMT_H

namespace fmt
{
inline namespace v7_lmp
{
class string_view;
class format_args;
template <class... Args, class Format>
format_args make_args_checked(const Format &format, const Args &...args);
} // namespace v7_lmp
} // namespace fmt

#endif
