/* SPDX-License-Identifier: Apache-2.0 */
/* Where a connection's sequence numbers begin (RFC 6528): strangers can't tell, and yet they go up for each
   pair of ends, so that who remembers the last connection can tell a new one from a stray segment. */
#include "stack/sequence.h"

#include "stack/hooks.h"

#include "base/table.h"
#include "lwip/priv/tcp_priv.h"
#include "os/host.h"

#include <string.h>

/* Numbers a microsecond, as a fraction: as many as may be if 60 s are not to be a half of all. */
enum { NUMBERS = 125, MICROSECONDS = 8 };
enum { STEP = 65536 }; /* beyond the numbers of the connection before */

struct ends {
    uint8_t local[16], remote[16];
    uint16_t local_port, remote_port;
};

static struct {
    bool is_set;
    struct ends ends;
    u32_t beyond;
} ended;

static void write_ip(uint8_t out[16], const ip_addr_t *ip)
{
    if (IP_IS_V4(ip))
        memcpy(out, &ip_2_ip4(ip)->addr, 4);
    else
        memcpy(out, ip_2_ip6(ip)->addr, 16);
}

static struct ends ends_of(const ip_addr_t *local, uint16_t local_port, const ip_addr_t *remote,
                           uint16_t remote_port)
{
    struct ends ends = { .local_port = local_port, .remote_port = remote_port };

    write_ip(ends.local, local);
    write_ip(ends.remote, remote);
    return ends;
}

/* Different for each pair of ends and each run of the process. */
static u32_t offset_of(const struct ends *ends)
{
    static struct {
        uint8_t secret[16];
        struct ends ends;
    } key;
    static bool has_secret;

    if (!has_secret)
        zt_host_random(key.secret, sizeof key.secret);
    has_secret = true;
    key.ends = *ends;
    return zt_table_hash(&key, sizeof key);
}

uint32_t zt_stack_first_sequence(const ip_addr_t *local, uint16_t local_port,
                                 const ip_addr_t *remote, uint16_t remote_port)
{
    struct ends ends = ends_of(local, local_port, remote, remote_port);
    int64_t clock = zt_host_mono_precise_us() * NUMBERS / MICROSECONDS;
    u32_t first = offset_of(&ends) + (u32_t)clock;
    bool follows = ended.is_set && memcmp(&ended.ends, &ends, sizeof ends) == 0;

    if (follows && TCP_SEQ_LT(first, ended.beyond))
        first = ended.beyond;
    ended.is_set = ended.is_set && !follows;
    return first;
}

void zt_sequence_follow(const struct tcp_pcb *pcb)
{
    ended.is_set = true;
    ended.ends = ends_of(&pcb->local_ip, pcb->local_port, &pcb->remote_ip, pcb->remote_port);
    ended.beyond = pcb->snd_nxt + STEP;
}
