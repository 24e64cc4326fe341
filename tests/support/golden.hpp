#pragma once

#include <string>
#include <string_view>

namespace penstock::test {

/// Compares `actual` with the golden file `name` under tests/golden/. With PENSTOCK_ACCEPT=1 in the
/// environment the file is rewritten instead and "golden files accepted" is printed, which makes
/// ctest count the run as skipped, never as passed.
void check_golden(const std::string& name, std::string_view actual);

} // namespace penstock::test
