# penstock_embed(TARGET FUNCTION FILE...)
# Compiles the text of each file into TARGET as `std::span<const penstock::EmbeddedFile> FUNCTION()`,
# under the file's name relative to schemas/. A changed file reconfigures the build.

function(penstock_embed target function)
  set(entries "")
  foreach(file IN LISTS ARGN)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    file(RELATIVE_PATH name ${PROJECT_SOURCE_DIR}/schemas ${file})
    file(READ ${file} text)
    string(APPEND entries "    {\"${name}\", R\"embedded(${text})embedded\"},\n")
  endforeach()
  list(LENGTH ARGN count)
  string(REGEX REPLACE "::[^:]*$" "" namespace "${function}")
  string(REGEX REPLACE "^.*::" "" name "${function}")
  set(source ${CMAKE_CURRENT_BINARY_DIR}/${target}_embedded.cpp)
  file(
    CONFIGURE
    OUTPUT ${source}
    CONTENT
      "#include \"base/embedded_file.hpp\"

#include <array>
#include <span>

namespace @namespace@ {

std::span<const penstock::EmbeddedFile> @name@();

namespace {
constexpr std::array<penstock::EmbeddedFile, @count@> files{{
@entries@}};
} // namespace

std::span<const penstock::EmbeddedFile> @name@() {
    return files;
}

} // namespace @namespace@
"
    @ONLY)
  target_sources(${target} PRIVATE ${source})
endfunction()
