/* SPDX-License-Identifier: Apache-2.0 */
/* Extension headers of IPv6 lie inside their packet, and options inside their header: lwIP looks at both before
   it has asked. RFC 8200, 4. */
#include "stack/hooks.h"

#include "lwip/pbuf.h"
#include "lwip/prot/ip6.h"

#include <stdbool.h>

enum { UNIT = 8 };    /* bytes in which headers tell their length */
enum { OPTIONS = 2 }; /* bytes of a header before its options */
enum { OPTION = 2 };  /* bytes of an option before its data */

/* Of options that fill their header. */
static bool options_fit(const uint8_t *header, size_t length)
{
    size_t at = OPTIONS;

    while (at < length) {
        if (header[at] == IP6_PAD1_OPTION)
            at++;
        else if (length - at < OPTION)
            return false;
        else
            at += OPTION + header[at + 1];
    }
    return at == length;
}

int zt_stack_header_fits6(unsigned char type, const struct pbuf *packet)
{
    const uint8_t *header = packet->payload;
    size_t length = UNIT;

    if (type != IP6_NEXTH_HOPBYHOP && type != IP6_NEXTH_DESTOPTS && type != IP6_NEXTH_ROUTING &&
        type != IP6_NEXTH_FRAGMENT)
        return 1;
    if (packet->len < UNIT)
        return 0;
    if (type != IP6_NEXTH_FRAGMENT)
        length += UNIT * (size_t)header[1];
    if (packet->len < length)
        return 0;
    return type == IP6_NEXTH_ROUTING || type == IP6_NEXTH_FRAGMENT || options_fit(header, length);
}
