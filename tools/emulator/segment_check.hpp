#pragma once

#include "emulator/validation.hpp"

namespace penstock::emulator {

/// Refuses the `transformations` of a segment flow that are not one GeneralTransform as section 3.8
/// has it for the destination. They may be missing or empty; what is in `params` has to be right:
/// * each selector (sections 6.2, 6.3 and 7.1): its type, one selector for each segment, known
///   members, the file name with its tokens, mode and schedule, and what an external audience adds;
/// * on the new cards `profileMapping`: empty, or a version of a mapping set that exists
/// (1412-400),
///   with one identity at most (1419-400; the reference names the rule, that code for it is
///   assumed), and the keys beside it (section 6.4), which name columns of the mapping or
///   namespaces of its identities;
/// * on the legacy destinations `profileSelectors`, with the keys in it (section 4.5).
Outcome<void> check_transformations(const json::Value& transformations,
                                    const DestinationSpec& destination, const Surroundings& around);

/// True if something is selected, mapped or a key in the transformations, beyond the skeleton of
/// section 3.8.
bool is_populated(const json::Value& transformations);

} // namespace penstock::emulator
