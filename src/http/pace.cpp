#include "http/pace.hpp"

#include <algorithm>

namespace penstock::http {

void Pace::answered(int status, std::uint64_t round) {
    if (status == 429 || status == 503) {
        good_ = 0;
        if (round == round_) {
            limit_ = std::max<std::size_t>(limit_ / 2, 1);
            ++round_;
        }
    } else if (status != 0 && ++good_ >= limit_) {
        limit_ = std::min(limit_ + 1, most_);
        good_ = 0;
    }
}

} // namespace penstock::http
