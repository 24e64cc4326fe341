#include "base/error.hpp"
#include "secrets/fingerprint.hpp"
#include "secrets/source.hpp"
#include "support/files.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ostream.h>

#include <chrono>
#include <sstream>
#include <string_view>
#include <type_traits>

using namespace penstock;
using namespace penstock::secrets;

namespace {

template <class T>
concept Streamable = requires(std::ostream& stream, const T& value) {
    stream << value;
};

static_assert(Streamable<std::string>);
static_assert(!Streamable<SecretString>);
static_assert(fmt::is_formattable<std::string>::value);
static_assert(!fmt::is_formattable<SecretString>::value);
static_assert(!std::is_convertible_v<SecretString, std::string>);
static_assert(!std::is_convertible_v<SecretString, std::string_view>);
static_assert(!std::is_convertible_v<SecretString, bool>);
static_assert(!std::is_convertible_v<std::string, SecretString>);

constexpr const char* value = "s3cr3t-VALUE-0001";

std::optional<std::string> no_environment(const std::string&) {
    return std::nullopt;
}

SecretReference shell(const std::string& script) {
    return SecretCommand{{"/bin/sh", "-c", script}};
}

struct Sources {
    test::TemporaryFolder folder;
    std::unique_ptr<SecretSource> source =
        make_system_secrets(no_environment, folder.path().string());

    [[nodiscard]] Result<SecretString> resolve(const SecretReference& reference) const {
        return source->resolve(reference);
    }
    /// The error's whole text; it must not hold the value.
    [[nodiscard]] std::string failure(const SecretReference& reference) const {
        const auto result = resolve(reference);
        REQUIRE_FALSE(result);
        CHECK(result.error().kind == ErrorKind::secret_unavailable);
        std::string text = describe(result.error());
        CHECK(text.find(value) == std::string::npos);
        return text;
    }
};

} // namespace

TEST_CASE("a moved or overwritten secret leaves nothing behind") {
    SecretString secret{std::string(value)};
    SecretString taken = std::move(secret);
    CHECK(taken.reveal() == value);
    CHECK(secret.empty()); // NOLINT(bugprone-use-after-move): it is what is tested
    taken = SecretString{};
    CHECK(taken.empty());
}

TEST_CASE("a reference says where the secret is, without the arguments of a command") {
    CHECK(describe(SecretReference(EnvironmentVariable{"AEP"})) == "environment variable AEP");
    CHECK(describe(SecretReference(SecretFile{"a/b"})) == "file a/b");
    CHECK(describe(SecretReference(SecretCommand{{"vault", "--token", value}})) == "command vault");
}

TEST_CASE("the environment is a source") {
    const auto source = make_system_secrets(
        [](const std::string& name) -> std::optional<std::string> {
            if (name == "GOOD") {
                return value;
            }
            return name == "EMPTY" ? std::optional<std::string>("") : std::nullopt;
        },
        ".");
    CHECK(source->resolve(EnvironmentVariable{"GOOD"})->reveal() == value);
    CHECK(source->resolve(EnvironmentVariable{"EMPTY"}).error().message ==
          "the secret from environment variable EMPTY is empty");
    CHECK(source->resolve(EnvironmentVariable{"NONE"}).error().message ==
          "environment variable NONE is not set");
}

TEST_CASE("a file is a source, less one newline") {
    Sources sources;
    const auto write = [&](std::string_view text) {
        test::write_file(sources.folder.path() / "secret", text);
        // A source of its own, because each resolves a reference once.
        return make_system_secrets(no_environment, sources.folder.path().string())
            ->resolve(SecretFile{"secret"});
    };
    CHECK(write("abc")->reveal() == "abc");
    CHECK(write("abc\n")->reveal() == "abc");
    CHECK(write("abc\r\n")->reveal() == "abc");
    CHECK(write("abc\n\n")->reveal() == "abc\n");
    CHECK(write(" abc \n")->reveal() == " abc ");
    CHECK(write("\n").error().message == "the secret from file secret is empty");
    CHECK(write(std::string_view("a\0b", 3)).error().message ==
          "the secret from file secret holds a NUL character");
    CHECK(write(std::string(1024 * 1024 + 1, 'x')).error().message ==
          "the secret from file secret is larger than 1048576 bytes");
    CHECK(sources.failure(SecretFile{"missing"}) ==
          "file missing cannot be read: No such file or directory");
    CHECK(sources.failure(SecretFile{"."}) == "file . cannot be read: it is a folder");
}

TEST_CASE("a command is a source, without a shell") {
    Sources sources;
    CHECK(sources.resolve(SecretCommand{{"echo", "$HOME", "*"}})->reveal() == "$HOME *");
    CHECK(sources.resolve(SecretCommand{{"pwd", "-P"}})->reveal() ==
          std::filesystem::canonical(sources.folder.path()).string());
    CHECK(sources.failure(SecretCommand{{"cat"}}) == "the secret from command cat is empty");
}

TEST_CASE("a failing command shows its standard error and never its output") {
    Sources sources;
    CHECK(sources.failure(shell("echo s3cr3t-VALUE-0001; echo 'not logged in' >&2; exit 3")) ==
          "command /bin/sh failed with exit code 3: not logged in");
    CHECK(sources.failure(shell("kill -9 $$")) == "command /bin/sh was ended by signal 9");
    CHECK(sources.failure(shell("printf '\\033[2Jbad' >&2; exit 1")) ==
          "command /bin/sh failed with exit code 1: \\x1b[2Jbad");
    CHECK(sources.failure(SecretCommand{{"/no/such/program"}}) ==
          "command /no/such/program cannot run: No such file or directory");
    CHECK(sources.failure(SecretCommand{}) == "the command of a secret is empty");
    CHECK(sources.failure(shell("head -c 2000000 /dev/zero")) ==
          "command /bin/sh printed more than 1048576 bytes");
    const std::string noisy =
        sources.failure(shell("head -c 100000 /dev/zero | tr '\\0' x >&2; exit 1"));
    CHECK(noisy.size() < 1200);
}

TEST_CASE("a command that hangs is ended with all its children") {
    Sources sources;
    sources.source = make_system_secrets(no_environment, ".", nullptr, Milliseconds{300});
    const auto start = std::chrono::steady_clock::now();
    CHECK(sources.failure(shell("echo waiting >&2; sleep 20; echo s3cr3t-VALUE-0001")) ==
          "command /bin/sh did not end within 0.3 s: waiting");
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds{5});
}

TEST_CASE("an interruption ends a command with all its children, and starts no other") {
    Sources sources;
    const auto started = sources.folder.path() / "started";
    sources.source = make_system_secrets(no_environment, sources.folder.path().string(),
                                         [&] { return std::filesystem::exists(started); });
    const auto start = std::chrono::steady_clock::now();
    const auto result = sources.resolve(shell("touch started; sleep 20; echo s3cr3t-VALUE-0001"));
    REQUIRE_FALSE(result);
    CHECK(result.error().kind == ErrorKind::interrupted);
    CHECK(result.error().message == "interrupted; command /bin/sh was not waited for");
    CHECK(sources.resolve(shell("touch another")).error().kind == ErrorKind::interrupted);
    CHECK_FALSE(std::filesystem::exists(sources.folder.path() / "another"));
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds{5});
}

TEST_CASE("a grandchild that keeps the pipe open is not waited for") {
    Sources sources;
    const auto result = sources.resolve(shell("sleep 1 & echo done"));
    REQUIRE(result);
    CHECK(result->reveal() == "done");
}

TEST_CASE("each reference is resolved once") {
    Sources sources;
    const auto reference = shell("echo x >> count; wc -l < count");
    CHECK(sources.resolve(reference)->reveal() == sources.resolve(reference)->reveal());
    CHECK(test::read_file(sources.folder.path() / "count") == "x\n");
}

TEST_CASE("a fingerprint follows names, values and salt") {
    const auto of = [](std::vector<std::pair<std::string, std::string>> pairs, const char* salt) {
        NamedSecrets secrets;
        for (auto& [name, text] : pairs) {
            secrets.emplace_back(name, SecretString(text));
        }
        return fingerprint(secrets, salt);
    };
    const std::string one = of({{"a", "x"}, {"b", "y"}}, "00ff");
    CHECK(one == of({{"a", "x"}, {"b", "y"}}, "00ff"));
    CHECK(one.size() == 6);
    CHECK(one.find_first_not_of("0123456789abcdef") == std::string::npos);
    CHECK(one != of({{"a", "x"}, {"b", "z"}}, "00ff"));
    CHECK(one != of({{"a", "xb"}, {"", "y"}}, "00ff"));
    CHECK(one != of({{"a", "x"}, {"b", "y"}}, "00fe"));
    CHECK(random_salt().size() == 16);
    CHECK(random_salt() != random_salt());
}
