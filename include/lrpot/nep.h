/** @file lrpot/nep.h
 *  @brief Conventions of charged neuroevolution potentials (NEP), the models of GPUMD.
 *
 *  lrpot_potential_load() reads a `nep.txt` as it reads the library's own models. Two conventions
 *  of the programs that fit charged NEPs can be chosen afterwards (docs/theory/nep.md). */
#ifndef LRPOT_NEP_H
#define LRPOT_NEP_H

#include <lrpot/potential.h>

LRPOT_BEGIN_DECLS

/** The converged Coulomb sum, to the accuracy of the model: the default. O(N log N). */
#define LRPOT_NEP_SUM_CONVERGED 0
/** The sum that models are fitted with: a fixed sphere of reciprocal vectors, pairs within the
 * radial cutoff. Crystals in one process, O(N^2). */
#define LRPOT_NEP_SUM_AS_FITTED 1

/** Forces are the gradient of the energy: the default, and GPUMD's since April 2026. */
#define LRPOT_NEP_FORCES_GRADIENT 0
/** Forces without the derivative of the neutralisation, as models were fitted with before, and as
 * NEP_CPU gives them. They do not conserve the energy. */
#define LRPOT_NEP_FORCES_PLAIN 1

/** @brief Chooses the Coulomb sum of a charged NEP.
 *  @param[in,out] potential  Model; unchanged on failure.
 *  @param[in]     sum        LRPOT_NEP_SUM_CONVERGED or LRPOT_NEP_SUM_AS_FITTED. Models of mode 3
 *    have pairs alone, for which both are the same.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_ARGUMENT; LRPOT_E_UNSUPPORTED for a model that is no
 *    charged NEP.
 *  @threadsafety Not while another thread uses the model.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_nep_set_sum(lrpot_potential *potential, int32_t sum);
/** @brief Chooses the convention of the forces and the virial of a charged NEP.
 *  @param[in,out] potential  Model; unchanged on failure.
 *  @param[in]     forces     LRPOT_NEP_FORCES_GRADIENT or LRPOT_NEP_FORCES_PLAIN.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_ARGUMENT; LRPOT_E_UNSUPPORTED for a model that is no
 *    charged NEP.
 *  @threadsafety Not while another thread uses the model.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_nep_set_forces(lrpot_potential *potential,
                                                             int32_t forces);

/** @brief Version of a NEP.
 *  @param[in] potential  Model; NULL is allowed.
 *  @return 2 to 5; 0 for NULL and for models whose energy is no NEP.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API int32_t lrpot_nep_version(const lrpot_potential *potential);
/** @brief Charge mode of a NEP.
 *  @param[in] potential  Model; NULL is allowed.
 *  @return 1: whole Ewald sum; 2: its reciprocal part; 3: damped pairs; 0: the NEP has no charges,
 *    or the model's energy is no NEP.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API int32_t lrpot_nep_charge_mode(const lrpot_potential *potential);
/** @brief Coulomb sum that was chosen.
 *  @param[in] potential  Model; NULL is allowed.
 *  @return LRPOT_NEP_SUM_CONVERGED or LRPOT_NEP_SUM_AS_FITTED; the first for other models.
 *  @threadsafety Safe while no thread changes the model.
 *  @since 0.1 */
LRPOT_API int32_t lrpot_nep_sum(const lrpot_potential *potential);
/** @brief Convention of the forces that was chosen.
 *  @param[in] potential  Model; NULL is allowed.
 *  @return LRPOT_NEP_FORCES_GRADIENT or LRPOT_NEP_FORCES_PLAIN; the first for other models.
 *  @threadsafety Safe while no thread changes the model.
 *  @since 0.1 */
LRPOT_API int32_t lrpot_nep_forces(const lrpot_potential *potential);

LRPOT_END_DECLS
#endif
