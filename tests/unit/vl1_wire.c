/* SPDX-License-Identifier: Apache-2.0 */
/* The numbers of the protocol, written down a second time: other tests use their names and would not
   notice a changed one. docs/wire.md 3, 4, 6, 11. */
#include "vl1_lab.h"

#include "vl2/grants.h"

struct number {
    const char *name;
    int64_t ours, protocol;
};

#define IS(name, value)                                                                            \
    {                                                                                              \
#name, name, value                                                                         \
    }

static void assert_numbers(const struct number *numbers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (numbers[i].ours != numbers[i].protocol)
            fail_msg("%s is %lld, not %lld", numbers[i].name, (long long)numbers[i].ours,
                     (long long)numbers[i].protocol);
    }
}

static void verbs_and_errors_have_their_numbers(void **unused)
{
    static const struct number numbers[] = {
        IS(ZT_VERB_NOP, 0x00),
        IS(ZT_VERB_HELLO, 0x01),
        IS(ZT_VERB_ERROR, 0x02),
        IS(ZT_VERB_OK, 0x03),
        IS(ZT_VERB_WHOIS, 0x04),
        IS(ZT_VERB_RENDEZVOUS, 0x05),
        IS(ZT_VERB_FRAME, 0x06),
        IS(ZT_VERB_EXT_FRAME, 0x07),
        IS(ZT_VERB_ECHO, 0x08),
        IS(ZT_VERB_MULTICAST_LIKE, 0x09),
        IS(ZT_VERB_NETWORK_CREDENTIALS, 0x0a),
        IS(ZT_VERB_NETWORK_CONFIG_REQUEST, 0x0b),
        IS(ZT_VERB_NETWORK_CONFIG, 0x0c),
        IS(ZT_VERB_MULTICAST_GATHER, 0x0d),
        IS(ZT_VERB_MULTICAST_FRAME, 0x0e),
        IS(ZT_VERB_PUSH_DIRECT_PATHS, 0x10),
        IS(ZT_VERB_ACK, 0x12),
        IS(ZT_VERB_QOS_MEASUREMENT, 0x13),
        IS(ZT_VERB_USER_MESSAGE, 0x14),
        IS(ZT_VERB_REMOTE_TRACE, 0x15),
        IS(ZT_VERB_PATH_NEGOTIATION_REQUEST, 0x16),
        IS(ZT_ERROR_OBJ_NOT_FOUND, 3),
        IS(ZT_ERROR_IDENTITY_COLLISION, 4),
        IS(ZT_ERROR_UNSUPPORTED_OPERATION, 5),
        IS(ZT_ERROR_NEED_MEMBERSHIP_CERTIFICATE, 6),
        IS(ZT_ERROR_NETWORK_ACCESS_DENIED, 7),
        IS(ZT_ERROR_UNWANTED_MULTICAST, 8),
        IS(ZT_ERROR_NETWORK_AUTHENTICATION_REQUIRED, 9),
    };

    (void)unused;
    assert_numbers(numbers, sizeof numbers / sizeof numbers[0]);
}

static void packets_have_their_layout(void **unused)
{
    static const struct number numbers[] = {
        IS(ZT_AT_ID, 0),
        IS(ZT_AT_DESTINATION, 8),
        IS(ZT_AT_SOURCE, 13),
        IS(ZT_AT_FLAGS, 18),
        IS(ZT_AT_MAC, 19),
        IS(ZT_AT_VERB, 27),
        IS(ZT_HEADER_SIZE, 28),
        IS(ZT_FLAG_LEGACY_ENCRYPTED, 0x80),
        IS(ZT_FLAG_FRAGMENTED, 0x40),
        IS(ZT_CIPHER_MASK, 0x38),
        IS(ZT_CIPHER_SHIFT, 3),
        IS(ZT_HOPS_MASK, 0x07),
        IS(ZT_VERB_COMPRESSED, 0x80),
        IS(ZT_VERB_MASK, 0x1f),
        IS(ZT_FRAGMENT_AT_MARK, 13),
        IS(ZT_FRAGMENT_AT_NUMBER, 14),
        IS(ZT_FRAGMENT_AT_HOPS, 15),
        IS(ZT_FRAGMENT_HEADER_SIZE, 16),
        IS(ZT_FRAGMENT_MARK, 0xff),
        IS(ZT_CIPHER_MAC_ONLY, 0),
        IS(ZT_CIPHER_SALSA, 1),
        IS(ZT_CIPHER_TRUSTED, 2),
        IS(ZT_CIPHER_GMAC_SIV, 3),
        IS(ZT_PUSH_FLAG_FORGET, 1),
        IS(ZT_PUSH_FLAG_REDIRECT, 2),
        IS(ZT_WORLD_PLANET, 1),
        IS(ZT_WORLD_MOON, 127),
        IS(ZT_CREDENTIAL_COM, 1),
        IS(ZT_CREDENTIAL_CAPABILITY, 2),
        IS(ZT_CREDENTIAL_TAG, 3),
        IS(ZT_CREDENTIAL_OWNERSHIP, 4),
        IS(ZT_CREDENTIAL_REVOCATION, 5),
    };

    (void)unused;
    assert_numbers(numbers, sizeof numbers / sizeof numbers[0]);
}

static void intervals_are_those_that_others_count_on(void **unused)
{
    static const struct number numbers[] = {
        IS(ZT_PING_CHECK_MS, 5000),
        IS(ZT_RETRY_MS, 500),
        IS(ZT_HOUSEKEEPING_MS, 30000),
        IS(ZT_WHOIS_RETRY_MS, 500),
        IS(ZT_QUEUE_LIFE_MS, 5000),
        IS(ZT_REASSEMBLY_LIFE_MS, 5000),
        IS(ZT_PATH_HEARTBEAT_MS, 14000),
        IS(ZT_PATH_ALIVE_MS, 19000),
        IS(ZT_PATH_EXPIRY_MS, 243000),
        IS(ZT_FULL_HELLO_MS, 60000),
        IS(ZT_PEER_ACTIVITY_MS, 500000),
        IS(ZT_TRUST_LIFE_MS, 600000),
        IS(ZT_PUSH_RELAYED_MS, 15000),
        IS(ZT_PUSH_DIRECT_MS, 120000),
        IS(ZT_PUSH_GATE_MS, 30000),
        IS(ZT_RENDEZVOUS_INTERVAL_MS, 30000),
        IS(ZT_RENDEZVOUS_FORGET_MS, 240000),
        IS(ZT_SURFACE_LIFE_MS, 600000),
        IS(ZT_ECHO_GATE_MS, 166),
        IS(ZT_WHOIS_GATE_MS, 100),
        IS(ZT_CONFIRM_GATE_MS, 1000),
        IS(ZT_IDENTITY_GATE_MS, 2000),
        IS(ZT_HINT_INTERVAL_MS, 30000),
    };

    (void)unused;
    assert_numbers(numbers, sizeof numbers / sizeof numbers[0]);
    assert_true(ZT_EXPECTED_LIFE_MS >= 5000 && ZT_EXPECTED_LIFE_MS <= 30000);
}

static void limits_are_those_that_others_keep(void **unused)
{
    static const struct number numbers[] = {
        IS(ZT_PROTOCOL_VERSION, 12),
        IS(ZT_PROTOCOL_MINIMUM, 4),
        IS(ZT_PROTOCOL_ECHO, 5),
        IS(ZT_PROTOCOL_GMAC_SIV, 12),
        IS(ZT_MAX_HOPS, 3),
        IS(ZT_COMPRESS_ABOVE, 64),
        IS(ZT_PUSH_GATE_COUNT, 8),
        IS(ZT_PUSH_PER_CLASS, 8),
        IS(ZT_PUSH_LIMIT_BYTES, 1200),
        IS(ZT_MAX_PACKET, 10024),
        IS(ZT_MAX_FRAGMENTS, 7),
        IS(ZT_DEFAULT_UDP_PAYLOAD, 1432),
        IS(ZT_MIN_UDP_PAYLOAD, 1400),
        IS(ZT_MAX_UDP_PAYLOAD, 10324),
        IS(ZT_MAX_ROOTS, 4),
        IS(ZT_MAX_ROOT_ENDPOINTS, 32),
        IS(ZT_MAX_WORLD, 8480),
        IS(ZT_MAX_TRUSTED_PATHS, 32),
        IS(ZT_MAX_RULES, 1024),
        IS(ZT_MAX_CAPABILITY_RULES, 64),
        IS(ZT_MAX_CAPABILITIES, 128),
        IS(ZT_MAX_TAGS, 128),
        IS(ZT_MAX_OWNERSHIPS, 4),
        IS(ZT_MAX_OWNED_THINGS, 16),
        IS(ZT_MAX_CUSTODY, 7),
        IS(ZT_MAX_QUALIFIERS, 8),
        IS(ZT_MAX_ROUTES, 128),
        IS(ZT_MAX_ASSIGNED, 32),
        IS(ZT_MAX_SPECIALISTS, 256),
        IS(ZT_MAX_DNS_SERVERS, 4),
        IS(ZT_MAX_DNS_DOMAIN, 128),
        IS(ZT_MAX_NETWORK_NAME, 127),
        IS(ZT_MAX_CONFIG, 484520),
        IS(ZT_MAX_CONFIG_UPDATES, 3),
        IS(ZT_MAX_CONFIG_CHUNKS, 474),
        IS(ZT_MAX_REQUEST_METADATA, 1024),
        IS(ZT_MAX_MULTICAST_QUEUE, 32),
        IS(ZT_MAX_BRIDGE_COPIES, 32),
        IS(ZT_MAX_MTU, 10000),
        IS(ZT_MIN_MTU, 1280),
        IS(ZT_DEFAULT_MTU, 2800),
    };

    (void)unused;
    assert_numbers(numbers, sizeof numbers / sizeof numbers[0]);
}

/* 0.0.0 is shown as unknown, and 1.1.0 believed to lack ECHO. */
static void the_version_we_announce_is_taken_for_a_whole_one(void **unused)
{
    int version = ZT_VERSION_MAJOR << 16 | ZT_VERSION_MINOR << 8 | ZT_VERSION_REVISION;

    (void)unused;
    assert_int_not_equal(version, 0);
    assert_int_not_equal(version, 0x010100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verbs_and_errors_have_their_numbers),
        cmocka_unit_test(packets_have_their_layout),
        cmocka_unit_test(intervals_are_those_that_others_count_on),
        cmocka_unit_test(limits_are_those_that_others_keep),
        cmocka_unit_test(the_version_we_announce_is_taken_for_a_whole_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
