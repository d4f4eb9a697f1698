# SPDX-License-Identifier: Apache-2.0
# One object file of all we link: ours, lwIP, libcrypto and LZ4, in which only zts_* can be seen. A program
# then links libzt alone, whatever lwIP or libcrypto it has itself, and we may set up our copy of libcrypto
# as suits us (ZT_OWN_LIBCRYPTO, src/crypto/algorithms.c).
find_library(ZT_CRYPTO_ARCHIVE libcrypto.a HINTS ${CRYPTO_LIBRARY_DIRS} ${CRYPTO_LIBDIR})
find_library(ZT_LZ4_ARCHIVE liblz4.a HINTS ${LZ4_LIBRARY_DIRS} ${LZ4_LIBDIR})
if(NOT ZT_CRYPTO_ARCHIVE OR NOT ZT_LZ4_ARCHIVE)
  message(FATAL_ERROR "libcrypto.a or liblz4.a is missing; -DZT_BUNDLE=OFF uses the system's shared ones")
endif()

# Of libcrypto's code a node runs a fifth, in members all over the archive. Where a page is touched, its
# neighbours come to count as the process's memory, too: so these members, and LZ4, lie together. One that is
# named in vain, or not named, costs memory and nothing else. How to find them is in docs/decisions.md.
set(ZT_RUN_BY_A_NODE
  # the algorithms
  aesni-sha256* aesni-x86* aesv8* armcap cipher_* ciphercommon curve25519 der_ecx_key der_writer digestcommon ecx_*
  eddsa_sig gcm128 ghash* hmac* poly1305* sha512* x25519*
  bio_prov blake2_prov md5_prov md5_sha1_prov null_prov ripemd_prov sha2_prov sha3_prov sm3_prov
  # EVP
  ameth_lib digest eng_init eng_lib eng_table evp_* exchange keymgmt_* m_sigver mac_* p_lib pmeth_* signature tb_*
  # providers
  context core_* defltprov defn_cache packet param* property* prov_running provider_*
  # what all of them use
  bio_meth bio_print bn_lib bsearch conf_sap *cpuid ctype err err_blocks ex_data init initthread lhash mem mem_sec
  o_names o_str obj_dat sparse_array stack threads_*)

# The linker's options for that: what is called .text.hot comes before .text, also when a program is linked with
# libzt.a. A linker that can't read the script has none.
function(zt_layout_options variable)
  set(file ${CMAKE_BINARY_DIR}/bundle.ld)
  list(TRANSFORM ZT_RUN_BY_A_NODE REPLACE "^(.+)$" "    *libcrypto.a:*-lib-\\1.o(.text)\n")
  string(CONCAT text "SECTIONS {\n  .text.hot : {\n" ${ZT_RUN_BY_A_NODE} "    *liblz4.a:*(.text)\n  }\n}\n"
    "INSERT BEFORE .text;\n")
  file(CONFIGURE OUTPUT ${file} CONTENT "${text}" @ONLY)
  check_linker_flag(C -Wl,-T,${file} ZT_CAN_LAY_OUT)
  if(ZT_CAN_LAY_OUT)
    set(${variable} -Wl,-T,${file} PARENT_SCOPE)
  endif()
endfunction()

# zt_bundle(variable object...): the variable becomes the name of the one object file
function(zt_bundle variable)
  set(bundle ${CMAKE_BINARY_DIR}/bundle.o)
  zt_layout_options(layout)
  add_library(zt_own_algorithms OBJECT src/crypto/algorithms.c)
  target_compile_definitions(zt_own_algorithms PRIVATE ZT_OWN_LIBCRYPTO)
  target_link_libraries(zt_own_algorithms PRIVATE zt_crypto zt_warnings)
  string(REPLACE "$<TARGET_OBJECTS:zt_crypto>" "$<FILTER:$<TARGET_OBJECTS:zt_crypto>,EXCLUDE,/algorithms>"
    objects "${ARGN};$<TARGET_OBJECTS:zt_own_algorithms>")
  add_custom_command(OUTPUT ${bundle}
    COMMAND ${CMAKE_C_COMPILER} -r -nostdlib -Wl,-d ${layout} -o ${bundle} ${objects}
      ${ZT_CRYPTO_ARCHIVE} ${ZT_LZ4_ARCHIVE}
    COMMAND ${CMAKE_OBJCOPY} --localize-hidden --wildcard --keep-global-symbol=zts_* ${bundle}
    DEPENDS ${objects} ${ZT_CRYPTO_ARCHIVE} ${ZT_LZ4_ARCHIVE} ${CMAKE_BINARY_DIR}/bundle.ld
    COMMAND_EXPAND_LISTS VERBATIM COMMENT "Bundling libcrypto and LZ4")
  set_source_files_properties(${bundle} PROPERTIES EXTERNAL_OBJECT ON GENERATED ON)
  set(${variable} ${bundle} PARENT_SCOPE)
endfunction()
