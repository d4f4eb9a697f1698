# SPDX-License-Identifier: Apache-2.0
# lwIP as an object library, built from its unpacked source with our options and without our warnings.
set(LWIP_DIR ${ZT_LWIP})
include(${ZT_LWIP}/src/Filelists.cmake)
set(lwip_sources ${lwipcore_SRCS} ${lwipcore4_SRCS} ${lwipcore6_SRCS} ${lwipapi_SRCS}
  ${LWIP_DIR}/src/netif/ethernet.c)
# timers.c of ours takes its place
list(REMOVE_ITEM lwip_sources ${LWIP_DIR}/src/core/timeouts.c)
# Splitting the last segment for a small window, lwIP leaves the end of the stream on its first half, too:
# who reads slowly would miss what follows, and not know.
set(tcp_out ${LWIP_DIR}/src/core/tcp_out.c)
set(tcp_out_cured ${CMAKE_BINARY_DIR}/lwip_tcp_out.c)
file(READ ${tcp_out} tcp_out_was)
string(REPLACE "TCPH_SET_FLAG(useg->tcphdr, split_flags)" "TCPH_FLAGS_SET(useg->tcphdr, split_flags)"
  tcp_out_text "${tcp_out_was}")
if(tcp_out_text STREQUAL tcp_out_was)
  message(FATAL_ERROR "${tcp_out}: splitting segments is not as known; docs/decisions.md says why it matters")
endif()
file(GENERATE OUTPUT ${tcp_out_cured} CONTENT "${tcp_out_text}")
list(REMOVE_ITEM lwip_sources ${tcp_out})
list(APPEND lwip_sources ${tcp_out_cured})
add_library(lwip OBJECT ${lwip_sources})
target_include_directories(lwip SYSTEM PUBLIC ${LWIP_DIR}/src/include)
target_include_directories(lwip PUBLIC ${CMAKE_SOURCE_DIR}/src ${CMAKE_SOURCE_DIR}/src/stack)
target_compile_options(lwip PRIVATE -w)
if(ZT_SANITIZE MATCHES thread)
  # lwIP's calls look at a connection's state before they take the lock, by design; what we watch for
  # is our own code around it.
  target_compile_options(lwip PRIVATE -fno-sanitize=thread)
endif()
