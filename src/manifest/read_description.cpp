#include "manifest/readers.hpp"

namespace penstock::manifest {

std::string read_description(const Document& document, const Node& spec, Complaints& complaints) {
    const Node* node = spec.find("description");
    if (node == nullptr || !node->is_string()) {
        return {};
    }
    if (node->string().find("[penstock ") != std::string::npos) {
        complaints.add(document.place(node->span),
                       {"reserved-marker",
                        "a description must not contain `[penstock `: that is how penstock marks "
                        "what it manages",
                        "use other words"});
    }
    const std::string& text = node->string();
    return text.substr(0, text.find_last_not_of(" \t\n") + 1);
}

} // namespace penstock::manifest
