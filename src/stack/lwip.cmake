# SPDX-License-Identifier: Apache-2.0
# lwIP as an object library, built from its unpacked source with our options and without our warnings.
set(LWIP_DIR ${ZT_LWIP})
include(${ZT_LWIP}/src/Filelists.cmake)
set(lwip_sources ${lwipcore_SRCS} ${lwipcore4_SRCS} ${lwipcore6_SRCS} ${lwipapi_SRCS}
  ${LWIP_DIR}/src/netif/ethernet.c)
# timers.c of ours takes its place
list(REMOVE_ITEM lwip_sources ${LWIP_DIR}/src/core/timeouts.c)
# A copy of one of lwIP's files in which words are replaced: zt_cure(FILE WAS IS [WAS IS]...).
function(zt_cure file)
  get_filename_component(name ${file} NAME)
  file(READ ${LWIP_DIR}/${file} text)
  set(at 1)
  while(at LESS ARGC) # not by ARGN, a list, which C's semicolons would cut
    set(was "${ARGV${at}}")
    math(EXPR at "${at} + 1")
    set(is "${ARGV${at}}")
    math(EXPR at "${at} + 1")
    string(FIND "${text}" "${was}" place)
    if(place EQUAL -1)
      message(FATAL_ERROR "${file}: it has no `${was}`; docs/decisions.md says why it matters")
    endif()
    string(REPLACE "${was}" "${is}" text "${text}")
  endwhile()
  file(GENERATE OUTPUT ${CMAKE_BINARY_DIR}/lwip_${name} CONTENT "${text}")
  list(REMOVE_ITEM lwip_sources ${LWIP_DIR}/${file})
  list(APPEND lwip_sources ${CMAKE_BINARY_DIR}/lwip_${name})
  set(lwip_sources ${lwip_sources} PARENT_SCOPE)
endfunction()
# Splitting the last segment for a small window, lwIP leaves the end of the stream on its first half, too:
# who reads slowly would miss what follows, and not know.
zt_cure(src/core/tcp_out.c "TCPH_SET_FLAG(useg->tcphdr, split_flags)"
  "TCPH_FLAGS_SET(useg->tcphdr, split_flags)")
# Who is bound to a broadcast address could not send, as it is nobody's own. What is for many is heard by all who
# are bound to its port, not by one of them; but by no one who is connected to another peer, or bound to an address
# in another network.
zt_cure(src/core/udp.c "#include <string.h>" "#include <string.h>
#include LWIP_HOOK_FILENAME"
  "((ip4_current_dest_addr()->addr == IPADDR_BROADCAST)) ||
            ip4_addr_net_eq(ip_2_ip4(&pcb->local_ip), ip4_current_dest_addr(), netif_ip4_netmask(inp))) {"
  "zt_stack_hears4(ip_2_ip4(&pcb->local_ip), ip4_current_dest_addr(), inp)) {"
  "ip4_addr_ismulticast(ip_2_ip4(&pcb->local_ip))) {"
  "ip4_addr_ismulticast(ip_2_ip4(&pcb->local_ip)) ||
        ip4_addr_isbroadcast(ip_2_ip4(&pcb->local_ip), netif)) {"
  "if (ip_get_option(pcb, SOF_REUSEADDR) &&
          (broadcast ||" "if ((broadcast ||"
  "(udp_input_local_match(mpcb, inp, broadcast) != 0)) {"
  "(udp_input_local_match(mpcb, inp, broadcast) != 0) &&
                ((mpcb->flags & UDP_FLAGS_CONNECTED) == 0 ||
                 (mpcb->remote_port == src && ip_addr_eq(&mpcb->remote_ip, ip_current_src_addr())))) {")
# A neighbour is asked for by who has an address in its /64, or else by nobody. Prefixes may be shorter.
zt_cure(src/core/ipv6/nd6.c "if (i == LWIP_IPV6_NUM_ADDRESSES) {"
  "if (i == LWIP_IPV6_NUM_ADDRESSES && (src_addr = zt_stack_source6(netif, target_addr)) == NULL) {")
# Extension headers are looked at before their length is.
zt_cure(src/core/ipv6/ip6.c "  while (*nexth != IP6_NEXTH_NONE)
  {
" "  while (*nexth != IP6_NEXTH_NONE)
  {
    if (!zt_stack_header_fits6(*nexth, p)) {
      pbuf_free(p);
      IP6_STATS_INC(ip6.lenerr);
      IP6_STATS_INC(ip6.drop);
      goto ip6_input_cleanup;
    }
")
# Who is bound to an address that is taken away stays so, until it is there again: only connections end.
zt_cure(src/core/tcp.c "tcp_netif_ip_addr_changed_pcblist(old_addr, tcp_bound_pcbs)" "(void)0")
# lwIP's thread was told an interface that may be gone before it looks.
zt_cure(src/core/netif.c "tcpip_try_callback((tcpip_callback_fn)netif_poll, netif)" "zt_stack_poll_soon()"
  "#include \"lwip/tcpip.h\"" "#include \"lwip/tcpip.h\"
#include \"stack/hooks.h\"")
add_library(lwip OBJECT ${lwip_sources})
target_include_directories(lwip SYSTEM PUBLIC ${LWIP_DIR}/src/include)
target_include_directories(lwip PUBLIC ${CMAKE_SOURCE_DIR}/src ${CMAKE_SOURCE_DIR}/src/stack)
target_compile_options(lwip PRIVATE -w)
if(ZT_SANITIZE MATCHES thread)
  # lwIP's calls look at a connection's state before they take the lock, by design; what we watch for
  # is our own code around it.
  target_compile_options(lwip PRIVATE -fno-sanitize=thread)
endif()
