/* SPDX-License-Identifier: Apache-2.0 */
/* Names of EtherTypes, protocols and characteristics, and comparing names. */
#include "rules/names.h"

#include "rules/language.h"

#include <assert.h>
#include <string.h>

struct entry {
    const char *name;
    unsigned number;
};

/* Of several names for a number the first is the one that is written. */
static const struct entry ethertypes[] = {
    { "ipv4", 0x0800 }, { "arp", 0x0806 },   { "wol", 0x0842 },
    { "rarp", 0x8035 }, { "ipv6", 0x86dd },  { "atalk", 0x809b },
    { "aarp", 0x80f3 }, { "ipx_a", 0x8137 }, { "ipx_b", 0x8138 },
};
static const struct entry protocols[] = {
    { "icmp", 1 },   { "icmp4", 1 },     { "icmpv4", 1 }, { "igmp", 2 },    { "ipip", 4 },
    { "tcp", 6 },    { "egp", 8 },       { "igp", 9 },    { "udp", 17 },    { "rdp", 27 },
    { "esp", 50 },   { "ah", 51 },       { "icmp6", 58 }, { "icmpv6", 58 }, { "l2tp", 115 },
    { "sctp", 132 }, { "udplite", 136 },
};
static const struct entry characteristics[] = {
    { "inbound", 63 }, { "multicast", 62 }, { "broadcast", 61 }, { "ipauth", 60 },
    { "macauth", 59 }, { "tcp_fin", 0 },    { "tcp_syn", 1 },    { "tcp_rst", 2 },
    { "tcp_psh", 3 },  { "tcp_ack", 4 },    { "tcp_urg", 5 },    { "tcp_ece", 6 },
    { "tcp_cwr", 7 },  { "tcp_ns", 8 },     { "tcp_rs2", 9 },    { "tcp_rs1", 10 },
    { "tcp_rs0", 11 },
};

static const struct {
    const struct entry *entries;
    size_t count;
} vocabularies[] = {
    [ZT_WORDS_ETHERTYPE] = { ethertypes, sizeof ethertypes / sizeof ethertypes[0] },
    [ZT_WORDS_PROTOCOL] = { protocols, sizeof protocols / sizeof protocols[0] },
    [ZT_WORDS_CHARACTERISTIC] = { characteristics,
                                  sizeof characteristics / sizeof characteristics[0] },
};

static char lower(char letter)
{
    return letter >= 'A' && letter <= 'Z' ? (char)(letter - 'A' + 'a') : letter;
}

bool zt_name_is(const char *name, const char *at, size_t length)
{
    if (strlen(name) != length)
        return false;
    for (size_t i = 0; i < length; i++)
        if (lower(at[i]) != name[i])
            return false;
    return true;
}

int zt_name_number(enum zt_vocabulary vocabulary, const char *at, size_t length)
{
    for (size_t i = 0; i < vocabularies[vocabulary].count; i++)
        if (zt_name_is(vocabularies[vocabulary].entries[i].name, at, length))
            return (int)vocabularies[vocabulary].entries[i].number;
    return -1;
}

const char *zt_name_of(enum zt_vocabulary vocabulary, unsigned number)
{
    for (size_t i = 0; i < vocabularies[vocabulary].count; i++)
        if (vocabularies[vocabulary].entries[i].number == number)
            return vocabularies[vocabulary].entries[i].name;
    return NULL;
}

bool zt_name_opens(const char *at, size_t length)
{
    static const char *const openers[] = { "macro", "tag",   "cap",      "drop",  "accept",
                                           "tee",   "watch", "redirect", "break", "priority" };

    for (size_t i = 0; i < sizeof openers / sizeof openers[0]; i++)
        if (strlen(openers[i]) == length && memcmp(openers[i], at, length) == 0)
            return true;
    return false;
}

bool zt_name_declares(const char *at, size_t length)
{
    return (length == 5 && memcmp(at, "macro", 5) == 0) ||
           (length == 3 && (memcmp(at, "tag", 3) == 0 || memcmp(at, "cap", 3) == 0));
}

void zt_name_fold(char *out, const char *at, size_t length)
{
    assert(length <= ZT_MAX_RULES_NAME);

    for (size_t i = 0; i < length; i++)
        out[i] = lower(at[i]);
    out[length] = 0;
}
