#pragma once

#include "manifest/documents.hpp"
#include "story/canaries.hpp"
#include "story/offers.hpp"
#include "story/tally.hpp"
#include "support/random.hpp"

#include <string>
#include <vector>

namespace penstock::story {

/// A base connection of others that accounts may name.
struct OthersBase {
    std::string id;
    std::string destination; ///< slug
};

/// Writes the manifests of one project and edits them at random, always into something valid.
class Author {
  public:
    Author(std::string project, test::Random& random, Canaries& canaries, Journal& journal);

    /// Accounts may name these connections from now on.
    void may_use(std::vector<OthersBase> bases) { others_ = std::move(bases); }
    /// Of how many exports the project begins with, at most.
    void begin(int most_exports);
    void edit();
    void remove(std::string name);

    /// True if a schedule has no end, so that the service chooses one by the time of creation.
    [[nodiscard]] bool leaves_an_end_open() const;
    /// The manifests as they stand, in order.
    [[nodiscard]] manifest::Manifests manifests() const { return in_order(project_); }

  private:
    struct Edit;
    static const std::vector<Edit>& edits();

    void add_account();
    void add_export();
    void remove_export();
    void change_export();
    void rename_export();
    void swap_names();
    void move_export();
    void change_kind();
    void remove_account();
    void rename_account();
    void describe_account();
    void change_credentials();
    void turn_account();
    void encrypt_account();
    void rotate();

    [[nodiscard]] std::vector<manifest::Export*> exports();
    [[nodiscard]] const Offer& offer_for(const manifest::Account& account) const;
    /// Puts an export of the account in the place of those of that name, with a kind that the
    /// account takes and, if it takes both, not `kind_before`.
    void put_export(const std::string& name, const manifest::Account& account,
                    std::optional<bool> had_segments);
    void drop_export(std::string name);
    [[nodiscard]] std::string new_name(const char* what);
    void tell(std::string line);

    test::Random& random_;
    Canaries& canaries_;
    Journal& journal_;
    manifest::Manifests project_;
    std::vector<OthersBase> others_;
    int names_ = 0;
};

} // namespace penstock::story
