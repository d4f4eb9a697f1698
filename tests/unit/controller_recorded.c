/* SPDX-License-Identifier: Apache-2.0 */
/* Configurations as another controller issued them: ours says the same about the same network. */
#include "controller_fixture.h"
#include "vl2/rules_codec.h"

#define DATA ZT_SOURCE_DIR "/tests/vectors/data/netconf.json"

static const char *text(const json_t *object, const char *key)
{
    const char *value = json_string_value(json_object_get(object, key));

    assert_non_null(value);
    return value;
}

static uint64_t number(const json_t *object, const char *key, unsigned digits)
{
    uint64_t value;

    assert_true(zt_hex_number(&value, text(object, key), digits));
    return value;
}

static size_t bytes_of(const json_t *object, const char *key, uint8_t *out, size_t capacity)
{
    const char *hex = text(object, key);
    size_t length = strlen(hex) / 2;

    assert_true(length <= capacity && zt_hex_read(out, hex, length));
    return length;
}

static struct zt_identity identity_named(const json_t *root, const char *name)
{
    const json_t *entry;
    struct zt_identity identity = { 0 };
    size_t i;

    json_array_foreach(json_object_get(root, "identities"), i, entry)
    {
        const char *secret = text(entry, "secret_string");

        if (strcmp(text(entry, "name"), name) != 0)
            continue;
        assert_true(zt_identity_parse(&identity, secret, strlen(secret)));
        return identity;
    }
    fail();
    return identity;
}

/* The first entry of root[array] about this network. */
static const json_t *entry_of(const json_t *root, const char *array, const char *nwid)
{
    const json_t *entry;
    size_t i;

    json_array_foreach(json_object_get(root, array), i, entry)
    {
        if (strcmp(text(entry, "network_id"), nwid) == 0)
            return entry;
    }
    return NULL;
}

static struct zt_config *read_config(const uint8_t *bytes, size_t length)
{
    struct zt_dict dict = zt_dict_of(bytes, length);
    struct zt_config *config = zt_config_read(&dict);

    assert_non_null(config);
    return config;
}

/* What was posted; long lists stand in the recorded configuration instead. */
static json_t *network_body(const json_t *network, const json_t *decoded)
{
    static const char *const lists[] = { "rules", "capabilities" };
    json_t *body = json_deep_copy(json_object_get(network, "network_json_posted"));

    for (size_t i = 0; i < 2; i++)
        if (json_is_string(json_object_get(body, lists[i])))
            (void)json_object_set(body, lists[i], json_object_get(decoded, lists[i]));
    return body;
}

/* What was posted, and the addresses that a random draw gave. */
static json_t *member_body(const json_t *network, const struct zt_config *recorded)
{
    json_t *body = json_deep_copy(json_object_get(network, "member_json_posted"));
    json_t *ips = json_array();

    for (size_t i = 0; i < recorded->assigned_count; i++) {
        struct zt_endpoint ip = recorded->assigned[i];
        char ip_name[ZT_ENDPOINT_TEXT];

        zt_endpoint_text(&ip, false, ip_name);
        if (ip.port != 40 && ip.port != 88)
            (void)json_array_append_new(ips, json_string(ip_name));
    }
    if (json_array_size(json_object_get(body, "ipAssignments")) > 0)
        (void)json_object_set(body, "ipAssignments", ips);
    json_decref(ips);
    return body;
}

static void set_up_network(struct zt_controller *controller, struct zt_instant now, zt_nwid nwid,
                           const json_t *network, const json_t *decoded,
                           const struct zt_config *recorded)
{
    struct zt_api_error error;
    json_t *body = network_body(network, decoded);
    json_t *result = zt_controller_set_network(controller, now, nwid, body, &error);

    assert_non_null(result);
    json_decref(result);
    json_decref(body);
    for (size_t i = 0; i < recorded->specialist_count; i++) {
        body = parse("{\"activeBridge\":true}");
        result = zt_controller_set_member(
            controller, now, nwid, recorded->specialists[i] & ZT_SPECIALIST_ADDRESS, body, &error);
        json_decref(result);
        json_decref(body);
    }
    body = member_body(network, recorded);
    result = zt_controller_set_member(controller, now, nwid, recorded->member, body, &error);
    assert_non_null(result);
    json_decref(result);
    json_decref(body);
}

static void make_request(struct zt_controller *controller, struct zt_instant now, zt_nwid nwid,
                         const struct zt_identity *member, const json_t *request)
{
    struct zt_config_request asked = { .nwid = nwid, .packet_id = 1 };

    asked.member = zt_identity_public(member);
    asked.metadata_length = bytes_of(request, "metadata", asked.metadata, sizeof asked.metadata);
    zt_controller_request(controller, now, &asked);
}

static bool is_one_of(const char *key, size_t length, const char *const *names)
{
    for (; *names; names++)
        if (strlen(*names) == length && memcmp(key, *names, length) == 0)
            return true;
    return false;
}

/* The same keys in the same order; the same values, but for times, counters and what is signed. */
static void assert_same_text(const char *ours, const char *theirs)
{
    static const char *const differ[] = { "ts", "r", "C", "CAP", "TAG", "COO", NULL };

    while (*ours || *theirs) {
        size_t our_length = strcspn(ours, "\n"), their_length = strcspn(theirs, "\n");
        size_t key = strcspn(theirs, "=");

        if (strncmp(ours, theirs, key + 1) != 0 ||
            (!is_one_of(theirs, key, differ) &&
             (our_length != their_length || memcmp(ours, theirs, our_length) != 0))) {
            print_error("ours %.*s\ntheirs %.*s\n", (int)our_length, ours, (int)their_length,
                        theirs);
            fail();
        }
        ours += our_length + (ours[our_length] == '\n');
        theirs += their_length + (theirs[their_length] == '\n');
    }
}

static void assert_same_grants(const struct zt_config *ours, const struct zt_config *theirs)
{
    assert_int_equal(ours->tag_count, theirs->tag_count);
    for (size_t i = 0; i < ours->tag_count; i++) {
        assert_int_equal(ours->tags[i].id, theirs->tags[i].id);
        assert_int_equal(ours->tags[i].value, theirs->tags[i].value);
        assert_true(ours->tags[i].member == theirs->tags[i].member);
    }
    assert_int_equal(ours->capability_count, theirs->capability_count);
    for (size_t i = 0; i < ours->capability_count; i++) {
        const struct zt_capability *a = &ours->capabilities[i], *b = &theirs->capabilities[i];

        assert_int_equal(a->id, b->id);
        assert_int_equal(a->rule_count, b->rule_count);
        assert_true(zt_rules_equal(a->rules, b->rules, a->rule_count));
        assert_int_equal(a->max_custody, b->max_custody);
        assert_int_equal(a->custody_count, b->custody_count);
        assert_true(zt_capability_member(a) == zt_capability_member(b));
    }
}

static void assert_same_certificates(const struct zt_config *ours, const struct zt_config *theirs)
{
    assert_int_equal(ours->com.count, theirs->com.count);
    assert_true(ours->com.signer == theirs->com.signer);
    for (size_t i = 0; i < ours->com.count; i++) {
        assert_true(ours->com.qualifiers[i].id == theirs->com.qualifiers[i].id);
        assert_true(ours->com.qualifiers[i].max_delta == theirs->com.qualifiers[i].max_delta);
        assert_true(i == 0 || ours->com.qualifiers[i].value == theirs->com.qualifiers[i].value);
    }
    assert_int_equal(ours->ownership_count, theirs->ownership_count);
    for (size_t i = 0; i < ours->ownership_count; i++) {
        assert_int_equal(ours->ownerships[i].id, theirs->ownerships[i].id);
        assert_int_equal(ours->ownerships[i].thing_count, theirs->ownerships[i].thing_count);
        assert_memory_equal(ours->ownerships[i].things, theirs->ownerships[i].things,
                            sizeof ours->ownerships[i].things);
    }
}

static void compare(const json_t *root, const json_t *network)
{
    static uint8_t theirs[65536];
    static char ours[65536];
    const char *nwid_text = text(network, "network_id");
    const json_t *config = entry_of(root, "configs", nwid_text);
    struct zt_identity self = identity_named(root, "ztc");
    struct zt_identity member = identity_named(root, text(config, "to_name"));
    size_t length = bytes_of(config, "dictionary", theirs, sizeof theirs - 1);
    struct zt_config *recorded = read_config(theirs, length), *issued;
    struct zt_instant now = { 5000, INT64_C(1700000000000) };
    struct zt_store *store = zt_store_mem_open();
    zt_nwid nwid = number(network, "network_id", 16);
    uint8_t seed[32] = { 7 };
    char error[128];
    struct zt_controller *controller =
        zt_controller_new(&self, store, seed, NULL, error, sizeof error);
    struct zt_controller_effect effect;

    assert_non_null(controller);
    set_up_network(controller, now, nwid, network, json_object_get(config, "decoded"), recorded);
    make_request(controller, now, nwid, &member, entry_of(root, "requests", nwid_text));
    assert_true(zt_controller_next(controller, now, &effect));
    assert_int_equal(effect.answer.error, 0);
    assert_true(effect.answer.length < sizeof ours);
    memcpy(ours, effect.answer.bytes, effect.answer.length);
    ours[effect.answer.length] = 0;
    theirs[length] = 0;
    assert_same_text(ours, (const char *)theirs);
    issued = read_config((const uint8_t *)ours, effect.answer.length);
    assert_same_grants(issued, recorded);
    assert_same_certificates(issued, recorded);
    zt_config_free(issued);
    zt_config_free(recorded);
    zt_controller_free(controller);
    store->functions->close(store);
}

static void each_recorded_network_is_issued_alike(void **unused)
{
    json_t *root = json_load_file(DATA, 0, NULL);
    const json_t *network;
    size_t i, count = 0;

    (void)unused;
    assert_non_null(root);
    json_array_foreach(json_object_get(root, "networks"), i, network)
    {
        compare(root, network);
        count++;
    }
    assert_int_equal(count, 5);
    json_decref(root);
    assert_int_equal(zt_mem_live(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_recorded_network_is_issued_alike),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
