/* SPDX-License-Identifier: Apache-2.0 */
/* The node for fuzzing and its two correspondents, whose keys are known here. */
#include "fuzz_node.h"

#include "fuzz.h"
#include "base/mem.h"
#include "vl1/packet.h"

#include <string.h>

static const char *const texts[3] = {
    "d534ef1ee6:0:ba0a3e80dccfa83d16dd2001160937f437dc77c696952f53884733d337464d5445d331d8008"
    "a621b027e4cd4a6ea86b2d5c7f91cc31d029c28f88c34e33d4e1c:8bc832f3d0537ad2bf957d5889bc966a62"
    "84a27226dceb212d86e7521f1df5c7da64af5ea387d3bc2b41d4e09da5a8e12d14481bde69525f41b927d36e"
    "01075f",
    "c6282da7c4:0:3cfdbd8703ce96c571e8ca5cd2eb4f677bc273640040dcbdc3f0937d310cd96fa5c81ad46f6"
    "d1aba4cf1cbe9e787cc7369d40273ee503db9fb2a1750ac7523a7:0feaffed5134af6db2c9171b9e68904470"
    "7b5d759ea204fbfd85e328838386c7ec34f80a66b34aa6e725cf0bcf05682808754806de6b094504e546a1af"
    "a69a9d",
    "18026e9eb7:0:3d6fd3fbc80951fddec97fa52204760b55282a823c2c54f557fb2004d8da183ecb4b3c80860"
    "b53658dfbf265b17480b0a6d2326c2f4a2a681277894c2969bdaa:17b69b600e40bdf2877d983a3120351ad6"
    "362f000df24e010249966e7a99b40a61f60dec7a5bdcc70f9e6492e6e2caf3fd4065bb41e22bd2c2d079c102"
    "f6359f"
};

enum { ROOT, MEMBER, SELF };

static struct zt_identity identities[3];
static struct zt_session_key keys[2];
static struct zt_gmac_siv *sivs[2];
static uint8_t planet[ZT_MAX_WORLD], config[8192], certificate[ZT_COM_SIZE + 16];
static size_t planet_length, config_length, certificate_length;

struct fuzz_node {
    struct zt_node *node;
    struct zt_instant now;
    uint64_t last_id[2]; /* of the node's last packet to the root and to the member */
};

static zt_nwid network_id(void)
{
    return identities[ROOT].address << 24 | 0xf022;
}

static struct zt_endpoint endpoint_of(int who)
{
    const uint8_t ip[4] = { 10, 0, (uint8_t)who, 1 };

    return zt_endpoint_v4(ip, 9993);
}

static void make_planet(void)
{
    static struct zt_world world;
    struct zt_writer out = zt_writer_of(planet, sizeof planet);

    world.type = ZT_WORLD_PLANET;
    world.id = 1;
    world.updated_ms = 1600000000000;
    world.next_key = identities[ROOT].key;
    world.root_count = 1;
    world.roots[0].identity = zt_identity_public(&identities[ROOT]);
    world.roots[0].endpoint_count = 1;
    world.roots[0].endpoints[0] = endpoint_of(1);
    zt_world_sign(&world, &identities[ROOT].secret, &identities[ROOT].key);
    zt_world_write(&world, &out);
    planet_length = zt_writer_length(&out);
}

static void make_config(void)
{
    struct zt_config *made = zt_config_new();
    struct zt_writer out = zt_writer_of(config, sizeof config);

    FUZZ_CLAIM(made != NULL);
    made->nwid = network_id();
    made->issued_ms = 1700000000000;
    made->window_ms = 1800000;
    made->revision = 1;
    made->member = identities[SELF].address;
    made->flags = ZT_CONFIG_FLAG_BROADCAST | ZT_CONFIG_FLAG_NDP_EMULATION;
    made->multicast_limit = 32;
    made->mtu = ZT_DEFAULT_MTU;
    made->assigned[made->assigned_count++] = zt_ip_6plane(made->nwid, made->member);
    made->specialists[made->specialist_count++] = identities[MEMBER].address | ZT_SPECIALIST_BRIDGE;
    zt_com_make(&made->com, made->nwid, made->issued_ms, made->window_ms, &identities[SELF]);
    zt_com_sign(&made->com, &identities[ROOT]);
    made->rules = zt_alloc(sizeof *made->rules);
    FUZZ_CLAIM(made->rules != NULL);
    made->rules[0].type = ZT_RULE_ACCEPT;
    made->rule_count = 1;
    zt_config_write(made, &out);
    FUZZ_CLAIM(!out.failed);
    config_length = zt_writer_length(&out);
    zt_config_free(made);
}

static void make_certificate(void)
{
    struct zt_writer out = zt_writer_of(certificate, sizeof certificate);
    struct zt_com com;

    zt_com_make(&com, network_id(), 1700000000000, 1800000, &identities[MEMBER]);
    zt_com_sign(&com, &identities[ROOT]);
    zt_com_write(&com, &out);
    zt_write_u8(&out, 0);
    certificate_length = zt_writer_length(&out);
}

static void set_up(void)
{
    if (identities[ROOT].address)
        return;
    for (int i = 0; i < 3; i++)
        FUZZ_CLAIM(zt_identity_parse(&identities[i], texts[i], strlen(texts[i])));
    for (int i = 0; i < 2; i++) {
        FUZZ_CLAIM(zt_identity_agree(&keys[i], &identities[i], &identities[SELF]));
        sivs[i] = zt_gmac_siv_new(&keys[i]);
        FUZZ_CLAIM(sivs[i] != NULL);
    }
    make_planet();
    make_config();
    make_certificate();
}

const struct zt_identity *fuzz_root(void)
{
    set_up();
    return &identities[ROOT];
}

static void load_peer(struct fuzz_node *fuzz, int who)
{
    uint8_t record[128];
    struct zt_writer out = zt_writer_of(record, sizeof record);
    struct zt_endpoint endpoint = endpoint_of(who + 1);

    zt_write_u8(&out, 2);
    zt_identity_write(&identities[who], &out);
    zt_write_u16(&out, ZT_PROTOCOL_VERSION);
    zt_write_u16(&out, 1);
    zt_write_u16(&out, 14);
    zt_write_u16(&out, 2);
    zt_write_u16(&out, 1);
    zt_endpoint_write(&endpoint, &out);
    FUZZ_CLAIM(!out.failed);
    (void)zt_node_load_peer(fuzz->node, fuzz->now, record, zt_writer_length(&out));
}

static void note_sent(struct fuzz_node *fuzz, const uint8_t *datagram, size_t length)
{
    FUZZ_CLAIM(length <= ZT_DEFAULT_UDP_PAYLOAD);
    if (length < ZT_HEADER_SIZE)
        return;
    for (int i = 0; i < 2; i++)
        if (zt_packet_destination(datagram) == identities[i].address)
            fuzz->last_id[i] = zt_packet_id(datagram);
}

static void settle(struct fuzz_node *fuzz)
{
    struct zt_effect effect;

    do {
        while (zt_node_next(fuzz->node, &effect)) {
            if (effect.kind == ZT_EFFECT_FRAME)
                FUZZ_CLAIM(effect.length >= ZT_ETHER_HEADER);
            if (effect.kind == ZT_EFFECT_PROVE)
                zt_node_proved(fuzz->node, fuzz->now, effect.id, effect.id & 1);
        }
        while (zt_node_next_send(fuzz->node, &effect))
            note_sent(fuzz, effect.bytes, effect.length);
    } while (zt_node_next(fuzz->node, &effect));
}

struct fuzz_node *fuzz_node_new(void)
{
    struct zt_node_options options = { .platform = "fuzz/none" };
    struct fuzz_node *fuzz = calloc(1, sizeof *fuzz);

    set_up();
    FUZZ_CLAIM(fuzz != NULL);
    fuzz->now = (struct zt_instant){ 1000, 1700000001000 };
    options.self = &identities[SELF];
    fuzz->node = zt_node_new(&options, fuzz->now);
    FUZZ_CLAIM(fuzz->node != NULL);
    (void)zt_node_offer_world(fuzz->node, fuzz->now, planet, planet_length);
    load_peer(fuzz, ROOT);
    load_peer(fuzz, MEMBER);
    (void)zt_node_join(fuzz->node, fuzz->now, network_id(), config, config_length);
    settle(fuzz);
    return fuzz;
}

void fuzz_node_free(struct fuzz_node *fuzz)
{
    zt_node_free(fuzz->node);
    free(fuzz);
}

void fuzz_node_feed(struct fuzz_node *fuzz, int from, const uint8_t *datagram, size_t length)
{
    struct zt_link link = { 0, endpoint_of(from ? from : 77) };
    uint8_t *copy = malloc(length ? length : 1); /* its end is where the sanitizer sees it */

    FUZZ_CLAIM(copy != NULL);
    if (length)
        memcpy(copy, datagram, length);
    zt_node_datagram(fuzz->node, fuzz->now, &link, copy, length);
    free(copy);
    settle(fuzz);
}

void fuzz_node_message(struct fuzz_node *fuzz, bool from_member, const struct fuzz_message *message)
{
    static uint8_t packet[ZT_MAX_PACKET];
    int who = from_member ? MEMBER : ROOT;
    size_t length = ZT_HEADER_SIZE + message->length;

    if (length > sizeof packet)
        return;
    zt_packet_header(packet, 0x1234567800000000 + (uint64_t)fuzz->now.mono_ms,
                     identities[SELF].address, identities[who].address,
                     message->verb & ZT_VERB_MASK);
    if (message->length)
        memcpy(packet + ZT_HEADER_SIZE, message->payload, message->length);
    if (message->reply && message->length >= ZT_REPLY_HEADER)
        zt_store_u64(packet + ZT_HEADER_SIZE + 1, fuzz->last_id[who]);
    if (message->compressed)
        packet[ZT_AT_VERB] |= ZT_VERB_COMPRESSED;
    zt_packet_arm(packet, length, message->cipher, &keys[who], sivs[who]);
    if (message->hops)
        packet[ZT_AT_FLAGS] |= 1;
    fuzz->now.mono_ms++;
    fuzz->now.wall_ms++;
    fuzz_node_feed(fuzz, who + 1, packet, length);
}

void fuzz_node_certify(struct fuzz_node *fuzz)
{
    struct fuzz_message message = { .verb = ZT_VERB_NETWORK_CREDENTIALS,
                                    .cipher = ZT_CIPHER_GMAC_SIV,
                                    .payload = certificate,
                                    .length = certificate_length };

    fuzz_node_message(fuzz, true, &message);
}

void fuzz_node_wait(struct fuzz_node *fuzz, int64_t ms)
{
    int64_t until = fuzz->now.mono_ms + ms;

    while (zt_node_deadline_ms(fuzz->node) <= until) {
        int64_t step = zt_node_deadline_ms(fuzz->node) - fuzz->now.mono_ms;

        if (step < 1)
            step = 1;
        fuzz->now.mono_ms += step;
        fuzz->now.wall_ms += step;
        zt_node_tick(fuzz->node, fuzz->now);
        settle(fuzz);
    }
}
