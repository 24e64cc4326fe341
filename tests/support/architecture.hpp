#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace penstock::test {

/// A file of the source tree under its path from the top, such as "src/plan/order.cpp".
struct SourceFile {
    std::string path;
    std::string text;
};

/// What the rules of the house say against this file, each as "path:line: complaint".
std::vector<std::string> architecture_faults(const SourceFile& file);

} // namespace penstock::test
