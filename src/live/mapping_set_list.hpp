#pragma once

#include "flow/client.hpp"
#include "json/value.hpp"

#include <cstddef>
#include <set>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

namespace penstock::live {

/// So many GETs have to be at stake, or saved, for each page of the list: mapping sets cannot be
/// deleted and other parts of the platform make them, too, so the list may hold anything.
inline constexpr std::size_t gets_for_a_page = 10;

/// True if something is missing that a GET shows of every set of ours.
bool is_outline(const json::Value& set);

/// The sandbox's list of mapping sets, those made last first; several pages at a time, since a page
/// is asked for by its number. Pages arrive while the transport runs; the list has to outlive that.
class MappingSetList {
  public:
    explicit MappingSetList(flow::Client& client) : client_(client) {}

    /// So many pages hold so many sets, if the list holds no others.
    [[nodiscard]] static std::size_t pages_of(std::size_t sets) {
        return (sets + page_size - 1) / page_size;
    }

    /// Asks for pages before it is known which sets will be needed: the first, and on as far as
    /// those before have paid by sets with `names`. None for few names.
    void read_ahead(std::set<std::string> names);
    /// Asks for so many further pages.
    void ask(std::size_t pages);
    /// How many pages were asked for.
    [[nodiscard]] std::size_t asked() const { return asked_; }

    /// The sets that arrived since, each with an id and once; compared_part() of them.
    [[nodiscard]] std::vector<json::Value> take() { return std::exchange(arrived_, {}); }

    /// False at the end of the list, where it goes in circles, and where it cannot be read: it is a
    /// short cut, and no more.
    [[nodiscard]] bool goes_on() const { return goes_on_; }

  private:
    /// No document gives a maximum (reference, section 3.11).
    static constexpr std::size_t page_size = 100;

    void ask_at(std::size_t start);
    void add(std::size_t start, flow::MappingSetPage page);

    flow::Client& client_;
    std::size_t asked_ = 0;
    std::size_t step_ = page_size; ///< from one page to the next
    bool goes_on_ = true;
    std::unordered_set<std::string> shown_; ///< ids
    std::vector<json::Value> arrived_;
    std::set<std::string> ahead_; ///< names for whose sets it is read ahead, as far as not found
    std::size_t found_ahead_ = 0;
    std::size_t ahead_pages_ = 0; ///< that are read so, at most
};

} // namespace penstock::live
