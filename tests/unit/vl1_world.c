/* SPDX-License-Identifier: Apache-2.0 */
/* Worlds: the signed form, its bounds, and which world may replace which. */
#include "vl1/world.h"

#include "base/text.h"
#include "vl1_identities.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#define MOON_ID 0x000000d100709176
#define MOON_LENGTH 278
#define PLANET_LENGTH 276
#define AT_TYPE 0
#define AT_SIGNATURE 81
#define AT_ROOT_COUNT 177
#define AT_ENDPOINT_COUNT 249

static struct zt_identity alice;
static struct zt_identity bob;

static int set_up(void **unused)
{
    (void)unused;
    return zt_identity_parse(&alice, SECRET_A, strlen(SECRET_A)) &&
                   zt_identity_parse(&bob, SECRET_B, strlen(SECRET_B))
               ? 0
               : -1;
}

/* One root, bob, with two endpoints; named and signed by alice's key. */
static struct zt_world make_world(enum zt_world_type type, uint64_t id)
{
    struct zt_world world = { .type = type, .id = id, .updated_ms = 1700000000000 };
    struct zt_root *root = &world.roots[0];

    world.next_key = alice.key;
    world.root_count = 1;
    root->identity = zt_identity_public(&bob);
    root->endpoint_count = 2;
    assert_true(zt_endpoint_parse(&root->endpoints[0], "198.51.100.1/9993", 0));
    assert_true(zt_endpoint_parse(&root->endpoints[1], "2001:db8::1/9993", 0));
    zt_world_sign(&world, &alice.secret, &alice.key);
    return world;
}

static size_t write_world(const struct zt_world *world, uint8_t bytes[ZT_MAX_WORLD])
{
    struct zt_writer out = zt_writer_of(bytes, ZT_MAX_WORLD);

    zt_world_write(world, &out);
    assert_false(out.failed);
    return zt_writer_length(&out);
}

static bool reads(struct zt_world *world, const uint8_t *bytes, size_t length, size_t *left)
{
    struct zt_reader in = zt_reader_of(bytes, length);
    bool good = zt_world_read(world, &in);

    *left = zt_reader_left(&in);
    return good;
}

static void worlds_have_the_documented_signatures(void **unused)
{
    static const struct {
        enum zt_world_type type;
        uint64_t id;
        size_t length;
        const char *signature;
    } cases[] = {
        { ZT_WORLD_MOON, MOON_ID, MOON_LENGTH,
          "fd5888a5aca199e8ab12032e7d93965f7be1749185ed3c2444a70e5b2f7e78fd"
          "e9587ba86c7ca7bd85543f12c01968173710557addb2fcff3e66800c3aaba501"
          "cd3fd003f825ebd9377f22f14f8d530358ecff02fbc38b8881fd5476c9c3d919" },
        { ZT_WORLD_PLANET, 0x1122334455667788, PLANET_LENGTH,
          "eebc82e3f4afe140795fb5a714d5aebd964e1a5873d3730a6af8bc53fb8c3e18"
          "c47117bc8ebe4a03f0cba6dfaa8bcedfe5e32ab6019a674405442f05bb14d502"
          "1a1cf6d431a97004042b24dea50eb1587d3a3aa53c53a63e9c27760cbaa83714" },
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct zt_world world = make_world(cases[i].type, cases[i].id);
        uint8_t bytes[ZT_MAX_WORLD], signature[ZT_SIGNATURE_SIZE];

        assert_true(zt_hex_read(signature, cases[i].signature, sizeof signature));
        assert_int_equal(write_world(&world, bytes), cases[i].length);
        assert_memory_equal(bytes + AT_SIGNATURE, signature, sizeof signature);
        assert_true(zt_world_verify(&world, &alice.key));
        assert_false(zt_world_verify(&world, &bob.key));
    }
}

static void a_world_survives_writing_and_reading(void **unused)
{
    struct zt_world world = make_world(ZT_WORLD_MOON, MOON_ID);
    struct zt_world again;
    uint8_t bytes[ZT_MAX_WORLD], twice[ZT_MAX_WORLD];
    size_t length = write_world(&world, bytes);
    size_t left;

    (void)unused;
    bytes[length] = 0xee; /* what follows stays */
    assert_true(reads(&again, bytes, length + 1, &left));
    assert_int_equal(left, 1);
    assert_int_equal(write_world(&again, twice), length);
    assert_memory_equal(bytes, twice, length);
    assert_true(zt_world_verify(&again, &alice.key));
    assert_true(zt_identity_equal(&zt_world_root(&again, bob.address)->identity, &bob));
    assert_null(zt_world_root(&again, alice.address));
}

static void no_prefix_of_a_world_is_a_world(void **unused)
{
    static const enum zt_world_type types[] = { ZT_WORLD_PLANET, ZT_WORLD_MOON };

    (void)unused;
    for (size_t i = 0; i < 2; i++) {
        struct zt_world world = make_world(types[i], MOON_ID);
        uint8_t bytes[ZT_MAX_WORLD];
        size_t length = write_world(&world, bytes);
        size_t left;

        for (size_t cut = 0; cut < length; cut++)
            assert_false(reads(&world, bytes, cut, &left));
        assert_true(reads(&world, bytes, length, &left));
    }
}

static void wrong_fields_are_malformed(void **unused)
{
    static const struct {
        size_t at;
        uint8_t put;
    } cases[] = {
        { AT_TYPE, 2 },
        { AT_TYPE, 126 },
        { AT_TYPE, 128 },
        { AT_ROOT_COUNT, ZT_MAX_ROOTS + 1 },
        { AT_ROOT_COUNT, 2 },
        { AT_ROOT_COUNT + 1, 0xff }, /* reserved address */
        { AT_ROOT_COUNT + 6, 1 },    /* identity type */
        { AT_ENDPOINT_COUNT, ZT_MAX_ROOT_ENDPOINTS + 1 },
        { AT_ENDPOINT_COUNT + 1, 5 }, /* endpoint kind */
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct zt_world world = make_world(ZT_WORLD_PLANET, 5);
        uint8_t bytes[ZT_MAX_WORLD] = { 0 };
        size_t left;

        write_world(&world, bytes);
        bytes[cases[i].at] = cases[i].put;
        assert_false(reads(&world, bytes, PLANET_LENGTH, &left));
    }
}

static void the_largest_world_survives(void **unused)
{
    struct zt_world world = make_world(ZT_WORLD_MOON, MOON_ID);
    uint8_t bytes[ZT_MAX_WORLD];
    size_t left;

    (void)unused;
    world.root_count = ZT_MAX_ROOTS;
    for (size_t i = 0; i < ZT_MAX_ROOTS; i++) {
        world.roots[i].identity = zt_identity_public(&bob);
        world.roots[i].endpoint_count = ZT_MAX_ROOT_ENDPOINTS;
        for (size_t j = 0; j < ZT_MAX_ROOT_ENDPOINTS; j++)
            assert_true(zt_endpoint_parse(&world.roots[i].endpoints[j], "2001:db8::1/9", 0));
    }
    zt_world_sign(&world, &alice.secret, &alice.key);

    size_t length = write_world(&world, bytes);

    assert_true(reads(&world, bytes, length, &left));
    assert_int_equal(left, 0);
    assert_int_equal(world.roots[ZT_MAX_ROOTS - 1].endpoint_count, ZT_MAX_ROOT_ENDPOINTS);
    assert_true(zt_world_verify(&world, &alice.key));
}

static void any_changed_bit_breaks_the_signature(void **unused)
{
    struct zt_world world = make_world(ZT_WORLD_PLANET, 5);
    uint8_t bytes[ZT_MAX_WORLD];
    size_t length = write_world(&world, bytes);
    size_t left;

    (void)unused;
    for (size_t i = 0; i < length; i++) {
        bytes[i] ^= 0x01;
        if (reads(&world, bytes, length, &left))
            assert_false(zt_world_verify(&world, &alice.key));
        bytes[i] ^= 0x01;
    }
}

static void a_moon_with_a_dictionary_is_read_but_never_verifies(void **unused)
{
    struct zt_world world = make_world(ZT_WORLD_MOON, MOON_ID);
    uint8_t bytes[ZT_MAX_WORLD] = { 0 };
    size_t left;

    (void)unused;
    write_world(&world, bytes);
    bytes[MOON_LENGTH - 1] = 3;
    assert_false(reads(&world, bytes, MOON_LENGTH + 2, &left));
    assert_true(reads(&world, bytes, MOON_LENGTH + 3 + 2, &left));
    assert_int_equal(left, 2);
    assert_true(zt_world_verify(&world, &alice.key)); /* over the form without it */
}

static struct zt_world make_successor(const struct zt_world *world)
{
    struct zt_world next = *world;

    next.updated_ms++;
    zt_world_sign(&next, &alice.secret, &alice.key);
    return next;
}

static void a_later_world_of_the_named_key_replaces(void **unused)
{
    struct zt_world current = make_world(ZT_WORLD_PLANET, 5);
    struct zt_world next = make_successor(&current);

    (void)unused;
    assert_true(zt_world_may_replace(&current, &next));
    assert_false(zt_world_may_replace(&next, &current));
    assert_false(zt_world_may_replace(&current, &current));
}

static void the_key_may_be_handed_on(void **unused)
{
    struct zt_world first = make_world(ZT_WORLD_PLANET, 5);
    struct zt_world second = first;
    struct zt_world third;

    (void)unused;
    second.updated_ms++;
    second.next_key = bob.key;
    zt_world_sign(&second, &alice.secret, &alice.key);
    assert_true(zt_world_may_replace(&first, &second));

    third = make_successor(&second);
    assert_false(zt_world_may_replace(&second, &third));
    zt_world_sign(&third, &bob.secret, &bob.key);
    assert_true(zt_world_may_replace(&second, &third));
}

static void a_world_of_another_id_or_type_never_replaces(void **unused)
{
    struct zt_world current = make_world(ZT_WORLD_PLANET, 5);
    struct zt_world other_id = current;
    struct zt_world other_type = current;

    (void)unused;
    other_id.id++;
    other_id = make_successor(&other_id);
    assert_false(zt_world_may_replace(&current, &other_id));
    other_type.type = ZT_WORLD_MOON;
    other_type = make_successor(&other_type);
    assert_false(zt_world_may_replace(&current, &other_type));
}

static void a_forged_world_never_replaces(void **unused)
{
    struct zt_world current = make_world(ZT_WORLD_PLANET, 5);
    struct zt_world next = make_successor(&current);

    (void)unused;
    next.signature[0] ^= 1;
    assert_false(zt_world_may_replace(&current, &next));
    zt_world_sign(&next, &bob.secret, &bob.key);
    assert_false(zt_world_may_replace(&current, &next));
}

static void the_first_world_is_taken_on_trust_but_must_be_one(void **unused)
{
    struct zt_world none = { 0 };
    struct zt_world next = make_world(ZT_WORLD_PLANET, 5);

    (void)unused;
    next.signature[0] ^= 1;
    assert_true(zt_world_may_replace(&none, &next));
    assert_false(zt_world_may_replace(&none, &none));
    assert_false(zt_world_may_replace(&next, &none));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(worlds_have_the_documented_signatures),
        cmocka_unit_test(a_world_survives_writing_and_reading),
        cmocka_unit_test(no_prefix_of_a_world_is_a_world),
        cmocka_unit_test(wrong_fields_are_malformed),
        cmocka_unit_test(the_largest_world_survives),
        cmocka_unit_test(any_changed_bit_breaks_the_signature),
        cmocka_unit_test(a_moon_with_a_dictionary_is_read_but_never_verifies),
        cmocka_unit_test(a_later_world_of_the_named_key_replaces),
        cmocka_unit_test(the_key_may_be_handed_on),
        cmocka_unit_test(a_world_of_another_id_or_type_never_replaces),
        cmocka_unit_test(a_forged_world_never_replaces),
        cmocka_unit_test(the_first_world_is_taken_on_trust_but_must_be_one),
    };

    return cmocka_run_group_tests(tests, set_up, NULL);
}
