# Every third-party library under one target name each, so that a module's link line says what it uses.

find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(fmt 9 REQUIRED CONFIG)
find_package(tl-expected REQUIRED CONFIG)
find_package(OpenSSL 3 REQUIRED COMPONENTS Crypto)
find_package(CURL 7.80 REQUIRED COMPONENTS HTTPS HTTP2 SSL)
find_package(CLI11 2 REQUIRED CONFIG)
find_package(valijson REQUIRED CONFIG)

# Debian's yaml-cpp 0.7 exports `yaml-cpp` without a namespace.
find_package(yaml-cpp 0.7 REQUIRED CONFIG)

# RapidJSON's package defines variables only. Assertions become exceptions so that a mistake at
# the edge is reported instead of ending the process; the iterative parser bounds stack use.
find_package(RapidJSON 1.1 REQUIRED CONFIG)
add_library(penstock_rapidjson INTERFACE)
target_include_directories(penstock_rapidjson SYSTEM INTERFACE ${RAPIDJSON_INCLUDE_DIRS})
# Its stack adds an offset to a null pointer before it grows for the first time, which clang's UBSan
# counts as overflow.
target_compile_options(penstock_rapidjson
                       INTERFACE $<$<CXX_COMPILER_ID:Clang>:-fno-sanitize=pointer-overflow>)

# Reading thousands of documents is largely allocating. Not with the sanitizers, which have an
# allocator of their own.
option(PENSTOCK_TCMALLOC "Allocate with gperftools' tcmalloc" OFF)
add_library(penstock_allocator INTERFACE)
if(PENSTOCK_TCMALLOC)
  if(CMAKE_CXX_FLAGS MATCHES "-fsanitize=")
    message(FATAL_ERROR "PENSTOCK_TCMALLOC does not go with sanitizers; leave one of them out.")
  endif()
  pkg_check_modules(TCMALLOC REQUIRED IMPORTED_TARGET libtcmalloc_minimal>=2.10)
  target_link_libraries(penstock_allocator INTERFACE PkgConfig::TCMALLOC)
endif()

# cpp-httplib has no CMake package in Debian 12; its .pc file sets the macros that its ABI needs.
pkg_check_modules(HTTPLIB REQUIRED IMPORTED_TARGET cpp-httplib)
