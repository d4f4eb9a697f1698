# SPDX-License-Identifier: Apache-2.0
# One object file of all we link: ours, lwIP, libcrypto and LZ4, in which only zts_* can be seen. A program
# then links libzt alone, whatever lwIP or libcrypto it has itself, and we may set up our copy of libcrypto
# as suits us (ZT_OWN_LIBCRYPTO, src/crypto/algorithms.c).
find_library(ZT_CRYPTO_ARCHIVE libcrypto.a HINTS ${CRYPTO_LIBRARY_DIRS} ${CRYPTO_LIBDIR})
find_library(ZT_LZ4_ARCHIVE liblz4.a HINTS ${LZ4_LIBRARY_DIRS} ${LZ4_LIBDIR})
if(NOT ZT_CRYPTO_ARCHIVE OR NOT ZT_LZ4_ARCHIVE)
  message(FATAL_ERROR "libcrypto.a or liblz4.a is missing; -DZT_BUNDLE=OFF uses the system's shared ones")
endif()

# zt_bundle(variable object...): the variable becomes the name of the one object file
function(zt_bundle variable)
  set(bundle ${CMAKE_BINARY_DIR}/bundle.o)
  add_library(zt_own_algorithms OBJECT src/crypto/algorithms.c)
  target_compile_definitions(zt_own_algorithms PRIVATE ZT_OWN_LIBCRYPTO)
  target_link_libraries(zt_own_algorithms PRIVATE zt_crypto zt_warnings)
  string(REPLACE "$<TARGET_OBJECTS:zt_crypto>" "$<FILTER:$<TARGET_OBJECTS:zt_crypto>,EXCLUDE,/algorithms>"
    objects "${ARGN};$<TARGET_OBJECTS:zt_own_algorithms>")
  add_custom_command(OUTPUT ${bundle}
    COMMAND ${CMAKE_C_COMPILER} -r -nostdlib -Wl,-d -o ${bundle} ${objects} ${ZT_CRYPTO_ARCHIVE} ${ZT_LZ4_ARCHIVE}
    COMMAND ${CMAKE_OBJCOPY} --localize-hidden --wildcard --keep-global-symbol=zts_* ${bundle}
    DEPENDS ${objects} ${ZT_CRYPTO_ARCHIVE} ${ZT_LZ4_ARCHIVE}
    COMMAND_EXPAND_LISTS VERBATIM COMMENT "Bundling libcrypto and LZ4")
  set_source_files_properties(${bundle} PROPERTIES EXTERNAL_OBJECT ON GENERATED ON)
  set(${variable} ${bundle} PARENT_SCOPE)
endfunction()
