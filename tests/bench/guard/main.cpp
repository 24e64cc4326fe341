// How many instructions the engine executes for commands on a fixed input. Times tell on one
// machine and in a quiet hour; this tells in every test run whether a change has made it dearer.
//
//   penstock_engine check FILE            counts and compares with what FILE has recorded
//   penstock_engine prepare FOLDER        makes the input
//   penstock_engine run COMMAND FOLDER    what is counted: runs one command on the input

#include "bench/guard/instructions.hpp"

#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

int main(int argc, char** argv) {
    using namespace penstock;
    try {
        const std::vector<std::string> words(argv + (argc > 0 ? 1 : 0), argv + argc);
        if (words.size() == 2 && words[0] == "check") {
            return bench::check_instructions(words[1]);
        }
        if (words.size() == 2 && words[0] == "prepare") {
            bench::prepare_input(words[1]);
            return 0;
        }
        if (words.size() == 3 && words[0] == "run") {
            return bench::run_counted(words[1], words[2]);
        }
        std::cerr << "usage: penstock_engine check FILE | prepare FOLDER | run COMMAND FOLDER\n";
        return 3;
    } catch (const std::exception& error) {
        std::cerr << "penstock_engine: " << error.what() << '\n';
        return 1;
    }
}
