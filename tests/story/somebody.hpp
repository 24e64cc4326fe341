#pragma once

#include "emulator/platform.hpp"
#include "http/message.hpp"
#include "json/value.hpp"
#include "story/tally.hpp"
#include "story/watch.hpp"
#include "support/random.hpp"

#include <string>

namespace penstock::story {

/// Other people with access to the sandbox, who click and send requests of their own.
class Somebody {
  public:
    Somebody(emulator::Platform& platform, test::Random& random, Journal& journal)
        : platform_(platform), random_(random), journal_(journal) {}

    /// Leaves names alone from now on: they are all that says whose the entities are.
    void keep_names() { may_rename_ = false; }

    /// Makes something that has nothing to do with any project.
    void make_something();
    /// Takes the marker off an entity: it is theirs then.
    void take_over(const std::string& id);
    /// Changes or deletes something of the project behind git's back. The marker stays.
    void edit(const std::string& project, Watch& watch);

  private:
    struct Edit;
    static const std::vector<Edit>& edits();

    [[nodiscard]] http::Response send(http::Method method, const std::string& path,
                                      const std::string& body = {});
    [[nodiscard]] http::Response patch(const emulator::Entity& entity, json::Array operations);

    http::Response remove(const emulator::Entity& entity);
    http::Response rename(const emulator::Entity& entity);
    http::Response describe(const emulator::Entity& entity);
    http::Response reschedule(const emulator::Entity& flow);
    http::Response toggle(const emulator::Entity& flow);
    http::Response change_segments(const emulator::Entity& flow);
    http::Response clear_keys(const emulator::Entity& flow);
    http::Response clear_mapping(const emulator::Entity& flow);
    http::Response drop_attribute(const emulator::Entity& flow);
    http::Response redirect(const emulator::Entity& target);

    emulator::Platform& platform_;
    test::Random& random_;
    Journal& journal_;
    bool may_rename_ = true;
    int made_ = 0;
};

} // namespace penstock::story
