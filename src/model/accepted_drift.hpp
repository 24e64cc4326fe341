#pragma once

#include "base/diagnostic.hpp"

#include <string>

namespace penstock::model {

/// One entry of a baseline: drift that somebody knows of and lives with for a time.
struct AcceptedDrift {
    std::string fingerprint; ///< of the finding
    std::string address;     ///< of the entity, for people
    std::string field;       ///< for people; empty: the entity as a whole
    std::string owner;
    std::string reason;
    std::string expires; ///< the last day on which the finding does not count, YYYY-MM-DD
    SourcePosition position;
};

} // namespace penstock::model
