# Warnings for our own targets. Those that always mean a bug are errors in every build.

function(penstock_warnings target)
  target_compile_options(
    ${target}
    PRIVATE -Wall
            -Wextra
            -Wpedantic
            -Wshadow
            -Wconversion
            -Wsign-conversion
            -Wold-style-cast
            -Wnon-virtual-dtor
            -Woverloaded-virtual
            -Wcast-qual
            -Wformat=2
            -Wimplicit-fallthrough
            -Werror=return-type
            -Werror=switch
            -Werror=unused-result
            -Werror=non-virtual-dtor
            -Werror=sign-compare
            -Werror=uninitialized
            -Werror=shadow
            -Werror=unused-variable
            -Werror=unused-parameter
            -Werror=reorder
            -Werror=conversion
            -Werror=sign-conversion
            # g++ 12 sees overlap in every std::string concatenation (GCC bug 105651).
            $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
            # g++ 12 takes the idle alternatives of a moved std::variant for uninitialised; clang
            # and the sanitizers look for the real thing.
            $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
endfunction()
