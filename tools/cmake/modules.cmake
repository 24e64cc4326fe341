# penstock_module(NAME DEPENDS module... PRIVATE library...)
# One static library for each folder of src/. Third-party libraries stay private to the module, so
# that a header which leaks one fails to compile elsewhere.

function(penstock_module name)
  cmake_parse_arguments(arg "" "" "DEPENDS;PRIVATE" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cpp)
  add_library(penstock_${name} STATIC ${sources})
  target_include_directories(penstock_${name} PUBLIC ${PROJECT_SOURCE_DIR}/src)
  list(TRANSFORM arg_DEPENDS PREPEND penstock_)
  target_link_libraries(
    penstock_${name}
    PUBLIC ${arg_DEPENDS} tl::expected
    PRIVATE fmt::fmt ${arg_PRIVATE})
  penstock_warnings(penstock_${name})
endfunction()
