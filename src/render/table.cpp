#include "render/table.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace penstock::render {

std::string table(const std::vector<std::vector<std::string>>& rows,
                  const std::vector<std::size_t>& to_the_right) {
    std::vector<std::size_t> widths;
    for (const auto& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i) {
            widths[i] = std::max(widths[i], code_points(row[i]));
        }
    }
    std::string text;
    for (const auto& row : rows) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i) {
            const std::string padding(widths[i] - code_points(row[i]), ' ');
            const bool right =
                std::find(to_the_right.begin(), to_the_right.end(), i) != to_the_right.end();
            line += (i == 0 ? "" : "  ") + (right ? padding + row[i] : row[i] + padding);
        }
        line.erase(line.find_last_not_of(' ') + 1);
        text += line + '\n';
    }
    return text;
}

} // namespace penstock::render
