#include "story/author.hpp"

#include "catalogue/catalogue.hpp"
#include "story/export_edits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace penstock::story {

namespace {

constexpr std::size_t most_exports = 6;
constexpr std::size_t most_accounts = 3;

} // namespace

struct Author::Edit {
    std::size_t weight;
    void (Author::*make)();
};

const std::vector<Author::Edit>& Author::edits() {
    static const std::vector<Edit> all{
        {2, &Author::add_account},      {4, &Author::add_export},
        {3, &Author::remove_export},    {12, &Author::change_export},
        {2, &Author::rename_export},    {2, &Author::swap_names},
        {3, &Author::move_export},      {2, &Author::change_kind},
        {1, &Author::remove_account},   {1, &Author::rename_account},
        {1, &Author::describe_account}, {2, &Author::change_credentials},
        {2, &Author::turn_account},     {2, &Author::encrypt_account},
        {2, &Author::rotate},
    };
    return all;
}

Author::Author(std::string project, test::Random& random, Canaries& canaries, Journal& journal)
    : random_(random), canaries_(canaries), journal_(journal), project_(empty_project(project)) {}

void Author::begin(int most_exports_at_first) {
    for (int i = random_.number(1, 2); i > 0; --i) {
        add_account();
    }
    for (int i = random_.number(1, most_exports_at_first); i > 0; --i) {
        add_export();
    }
}

void Author::edit() {
    std::vector<const Edit*> tickets;
    for (const auto& each : edits()) {
        tickets.insert(tickets.end(), each.weight, &each);
    }
    (this->*random_.any(tickets)->make)();
}

void Author::tell(std::string line) {
    ++journal_.tally.git_edits;
    journal_.tell(fmt::format("git ({}): {}", project_.project.metadata.name, line));
}

std::string Author::new_name(const char* what) {
    return fmt::format("{}-{}", what, ++names_);
}

std::vector<manifest::Export*> Author::exports() {
    std::vector<manifest::Export*> all;
    for (auto& document : project_.datasets) {
        all.push_back(&document);
    }
    for (auto& document : project_.segments) {
        all.push_back(&document);
    }
    return all;
}

const Offer& Author::offer_for(const manifest::Account& account) const {
    const auto* auth = std::get_if<manifest::AccountAuth>(&account.connection);
    const auto fits = [&](const Offer& offer) {
        const auto* offered = std::get_if<manifest::AccountAuth>(&offer.account.connection);
        return offer.account.destination == account.destination &&
               (auth == nullptr || offered->spec_name == auth->spec_name);
    };
    return *std::find_if(offers().begin(), offers().end(), fits);
}

bool Author::leaves_an_end_open() const {
    return std::any_of(project_.datasets.begin(), project_.datasets.end(),
                       [](const auto& document) {
                           return !document.schedule.end_time &&
                                  document.schedule.frequency != manifest::DatasetFrequency::once;
                       });
}

void Author::add_account() {
    if (project_.accounts.size() >= most_accounts) {
        return;
    }
    auto account = random_.any(offers()).account;
    account.metadata.name = new_name("account");
    if (!others_.empty() && random_.one_in(6)) {
        const auto& base = random_.any(others_);
        account.destination = base.destination;
        account.connection = manifest::ExternalConnection{base.id};
    }
    tell(fmt::format("add {} of {}{}", account.metadata.name, account.destination,
                     account.connection.index() == 1 ? ", a connection of others" : ""));
    project_.accounts.push_back(std::move(account));
}

void Author::put_export(const std::string& name, const manifest::Account& account,
                        std::optional<bool> had_segments) {
    const auto& offer = offer_for(account);
    const bool wants_segments = had_segments ? !*had_segments : random_.one_in(2);
    const bool segments = offer.datasets.empty() || (wants_segments && !offer.segments.empty());
    drop_export(name);
    const auto finish = [&](auto document) {
        document.metadata.name = name;
        document.account = account.metadata.name;
        if (account.connection.index() == 1) {
            document.auth_spec.clear();
        }
        return document;
    };
    if (segments) {
        project_.segments.push_back(finish(random_.any(offer.segments)));
    } else {
        project_.datasets.push_back(finish(random_.any(offer.datasets)));
        auto& schedule = project_.datasets.back().schedule;
        if (random_.one_in(8)) {
            schedule.end_time.reset();
        }
    }
    tell(fmt::format("{} exports {} through {}", name, segments ? "segments" : "datasets",
                     account.metadata.name));
}

/// By value: the name may be that of the document that goes.
void Author::drop_export(std::string name) {
    const auto is_it = [&](const auto& document) { return document.metadata.name == name; };
    std::erase_if(project_.datasets, is_it);
    std::erase_if(project_.segments, is_it);
}

void Author::add_export() {
    if (exports().size() < most_exports) {
        put_export(new_name("export"), random_.any(project_.accounts), {});
    }
}

void Author::remove_export() {
    const auto all = exports();
    if (all.size() > 1 || (!all.empty() && random_.one_in(8))) {
        remove(random_.any(all)->metadata.name);
    }
}

void Author::remove(std::string name) {
    drop_export(name);
    tell("remove " + name);
}

void Author::change_export() {
    const auto size = exports().size();
    if (size == 0) {
        return;
    }
    const auto index = static_cast<std::size_t>(random_.number(0, static_cast<int>(size) - 1));
    const bool all = random_.one_in(8);
    const auto edited = [&](auto& document) {
        return all ? change_everything(document, random_) : change(document, random_);
    };
    tell("change " + (index < project_.datasets.size()
                          ? edited(project_.datasets[index])
                          : edited(project_.segments[index - project_.datasets.size()])));
}

void Author::rename_export() {
    const auto all = exports();
    if (!all.empty()) {
        auto& name = random_.any(all)->metadata.name;
        const auto other = new_name("export");
        tell(fmt::format("rename {} to {}", name, other));
        name = other;
    }
}

void Author::swap_names() {
    const auto all = exports();
    if (all.size() > 1) {
        auto* one = all.front();
        auto* other = random_.one_in(2) ? all.back() : all[1];
        tell(fmt::format("swap the names of {} and {}", one->metadata.name, other->metadata.name));
        std::swap(one->metadata.name, other->metadata.name);
    }
}

void Author::move_export() {
    const auto all = exports();
    if (!all.empty()) {
        const auto name = random_.any(all)->metadata.name;
        put_export(name, random_.any(project_.accounts), {});
    }
}

void Author::change_kind() {
    const auto all = exports();
    if (all.empty()) {
        return;
    }
    const auto* chosen = random_.any(all);
    const auto name = chosen->metadata.name;
    const bool had_segments =
        std::any_of(project_.segments.begin(), project_.segments.end(),
                    [&](const auto& document) { return document.metadata.name == name; });
    const auto account = std::find_if(
        project_.accounts.begin(), project_.accounts.end(),
        [&](const auto& candidate) { return candidate.metadata.name == chosen->account; });
    put_export(name, *account, had_segments);
}

void Author::remove_account() {
    auto& accounts = project_.accounts;
    if (accounts.size() < 2) {
        return;
    }
    const auto name = accounts.back().metadata.name;
    accounts.pop_back();
    const auto of_it = [&](const auto& document) { return document.account == name; };
    std::erase_if(project_.datasets, of_it);
    std::erase_if(project_.segments, of_it);
    tell(fmt::format("remove {} and its exports", name));
}

void Author::rename_account() {
    auto& account = random_.any(project_.accounts);
    const auto name = new_name("account");
    tell(fmt::format("rename {} to {}", account.metadata.name, name));
    for (auto* document : exports()) {
        if (document->account == account.metadata.name) {
            document->account = name;
        }
    }
    account.metadata.name = name;
}

void Author::describe_account() {
    auto& account = random_.any(project_.accounts);
    account.description = fmt::format("Account {}", random_.number(1, 3));
    tell("describe " + account.metadata.name);
}

void Author::change_credentials() {
    auto& account = random_.any(project_.accounts);
    auto* auth = std::get_if<manifest::AccountAuth>(&account.connection);
    if (auth == nullptr) {
        return;
    }
    for (auto& parameter : auth->params) {
        auto* value = std::get_if<json::Value>(&parameter.value);
        if (value != nullptr && value->is_string() && parameter.name != "url") {
            *value = fmt::format("acme-value-{}", random_.number(1, 4));
            tell(fmt::format("change {} of {}", parameter.name, account.metadata.name));
            return;
        }
    }
}

/// Another destination, or another way to sign in, under the same name.
void Author::turn_account() {
    auto& account = random_.any(project_.accounts);
    auto other = random_.any(offers()).account;
    other.metadata.name = account.metadata.name;
    account = std::move(other);
    tell(fmt::format("turn {} into {}", account.metadata.name, account.destination));
    std::vector<std::string> moving;
    for (const auto* document : exports()) {
        if (document->account == account.metadata.name) {
            moving.push_back(document->metadata.name);
        }
    }
    for (const auto& name : moving) {
        put_export(name, account, {});
    }
}

void Author::encrypt_account() {
    auto& account = random_.any(project_.accounts);
    const auto* destination = catalogue::Catalogue::embedded().find(account.destination);
    auto* auth = std::get_if<manifest::AccountAuth>(&account.connection);
    if (auth == nullptr || !destination->encryption) {
        return;
    }
    if (auth->encryption && random_.one_in(2)) {
        auth->encryption.reset();
        tell("encrypt no more with " + account.metadata.name);
        return;
    }
    const auto variable = fmt::format("PGP_KEY_{}", random_.number(1, 2));
    auth->encryption = manifest::Encryption{"PGPGPG", secrets::EnvironmentVariable{variable}};
    tell(fmt::format("encrypt with {} for {}", variable, account.metadata.name));
}

void Author::rotate() {
    const auto& account = random_.any(project_.accounts);
    const auto* auth = std::get_if<manifest::AccountAuth>(&account.connection);
    if (auth == nullptr) {
        return;
    }
    tell("rotate what is secret of " + account.metadata.name);
    for (const auto& parameter : auth->params) {
        if (const auto* kept = std::get_if<secrets::SecretReference>(&parameter.value)) {
            canaries_.rotate(*kept);
        }
    }
    if (auth->encryption) {
        canaries_.rotate(auth->encryption->public_key);
    }
}

} // namespace penstock::story
