#include "bench/machine.hpp"

#include "base/text.hpp"

#include <fstream>
#include <thread>

namespace penstock::bench {

std::string processor() {
    std::ifstream info("/proc/cpuinfo");
    for (std::string line; std::getline(info, line);) {
        if (line.rfind("model name", 0) == 0) {
            return std::string(trimmed(std::string_view(line).substr(line.find(':') + 1)));
        }
    }
    return "unknown processor";
}

std::size_t processors() {
    return std::thread::hardware_concurrency();
}

} // namespace penstock::bench
