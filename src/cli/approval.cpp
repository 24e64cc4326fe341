#include "cli/approval.hpp"

#include "base/text.hpp"

namespace penstock::cli {

Approval approval(const Arguments& arguments, const Host& host) {
    if (arguments.auto_approve) {
        return Approval::given;
    }
    return can_ask(host) && !arguments.json ? Approval::asked : Approval::impossible;
}

bool ask(const Host& host, bool destroy) {
    host.err(destroy ? "\nThis deletes what is listed above. "
                       "Do you want to perform these actions? Only 'yes' is accepted: "
                     : "\nDo you want to perform these actions? Only 'yes' is accepted: ");
    const auto answer = host.read_line();
    if (!answer) {
        host.err("\n");
    }
    return answer && trimmed(*answer) == "yes";
}

} // namespace penstock::cli
