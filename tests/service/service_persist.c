/* SPDX-License-Identifier: Apache-2.0 */
/* What a service keeps: identity, planet and networks over a restart; damage is met with care. */
#define _GNU_SOURCE
#include "bench.h"

#include "os/files.h"
#include "os/host.h"
#include "service/default_planet.h"
#include "service/persist.h"

#include <openssl/sha.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define ADHOC UINT64_C(0xff07d00bb8000000)

static struct record record;

static struct zt_service *start(const char *path, const struct zt_identity *identity)
{
    struct zt_service_options options = bench_options(identity, &record);
    struct zt_identity root = bench_identity(0);
    static uint8_t planet[ZT_MAX_WORLD];

    bench_record_init(&record);
    options.storage = path;
    options.planet = planet;
    options.planet_length = bench_planet(&root, 9, planet);
    struct zt_service *service = zt_service_start(&options);
    assert_non_null(service);
    return service;
}

static void stop(struct zt_service *service)
{
    zt_service_stop(service, 0);
    bench_record_clear(&record);
}

static struct zt_folder *open_folder(const char *path)
{
    struct zt_folder *folder;

    assert_int_equal(zt_folder_open(&folder, path), 0);
    return folder;
}

static void write_file(const char *path, const char *name, const char *text)
{
    struct zt_folder *folder = open_folder(path);

    assert_int_equal(zt_file_write(folder, name, text, strlen(text), ZT_FILE_SECRET), 0);
    zt_folder_close(folder);
}

/* The text of a file; "" if there is none. */
static const char *read_file(const char *path, const char *name)
{
    static char text[1000];
    struct zt_folder *folder = open_folder(path);
    uint8_t *bytes;
    size_t length;

    text[0] = 0;
    if (zt_file_read(folder, name, sizeof text - 1, &bytes, &length) == 0) {
        memcpy(text, bytes, length + 1);
        free(bytes);
    }
    zt_folder_close(folder);
    return text;
}

static void a_generated_identity_survives_a_restart(void **state)
{
    struct zt_service *service = start(*state, NULL);
    char text[ZT_IDENTITY_TEXT];
    struct zt_identity identity;

    assert_true(bench_wait(&record, ZT_NOTICE_UP, 60000) > 0);
    assert_int_equal(bench_wait(&record, ZT_NOTICE_IDENTITY, 0), 0);
    assert_true(zt_service_identity(service, &identity));
    stop(service);
    zt_identity_text(&identity, true, text);
    assert_string_equal(read_file(*state, "identity.secret"), text);
    zt_identity_text(&identity, false, text);
    assert_string_equal(read_file(*state, "identity.public"), text);

    write_file(*state, "identity.public", "nonsense");
    service = start(*state, NULL);
    assert_true(bench_wait(&record, ZT_NOTICE_UP, 10000) >= 0);
    assert_int_equal(bench_count(&record, ZT_NOTICE_IDENTITY), 0);
    assert_int_equal(zt_service_address(service), identity.address);
    stop(service);
    assert_string_equal(read_file(*state, "identity.public"), text);
}

static void a_damaged_identity_is_fatal_and_left_alone(void **state)
{
    struct zt_identity identity = bench_identity(1);
    char good[ZT_IDENTITY_TEXT], public[ZT_IDENTITY_TEXT], damaged[ZT_IDENTITY_TEXT];
    const char *cases[] = { "", "nonsense", public, damaged };

    zt_identity_text(&identity, true, good);
    zt_identity_text(&identity, false, public);
    memcpy(damaged, good, sizeof damaged);
    damaged[268] = damaged[268] == '0' ? '1' : '0'; /* the secret no longer fits the public part */
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        write_file(*state, "identity.secret", cases[i]);
        struct zt_service *service = start(*state, NULL);
        assert_true(bench_wait(&record, ZT_NOTICE_FATAL, 10000) >= 0);
        assert_non_null(strstr(record.text, "identity.secret"));
        assert_non_null(strstr(record.text, *state));
        stop(service);
        assert_string_equal(read_file(*state, "identity.secret"), cases[i]);
    }
}

static void a_given_identity_wins_and_the_other_is_set_aside(void **state)
{
    struct zt_identity held = bench_identity(1), given = bench_identity(2);
    char held_text[ZT_IDENTITY_TEXT], given_text[ZT_IDENTITY_TEXT];

    zt_identity_text(&held, true, held_text);
    zt_identity_text(&given, true, given_text);
    write_file(*state, "identity.secret", held_text);
    struct zt_service *service = start(*state, &given);
    assert_true(bench_wait(&record, ZT_NOTICE_UP, 10000) >= 0);
    stop(service);
    assert_string_equal(read_file(*state, "identity.secret"), given_text);
    assert_string_equal(read_file(*state, "identity.secret.replaced"), held_text);
}

static void a_joined_network_comes_back_until_it_is_left(void **state)
{
    struct zt_identity identity = bench_identity(1);
    struct zt_service *service = start(*state, &identity);

    assert_int_equal(zt_service_join(service, ADHOC), 0);
    assert_true(bench_wait(&record, ZT_NOTICE_NETWORK, 10000) >= 0);
    stop(service);
    assert_true(strlen(read_file(*state, "networks.d/ff07d00bb8000000.conf")) > 0);

    service = start(*state, &identity);
    assert_true(bench_wait(&record, ZT_NOTICE_NETWORK, 10000) >= 0);
    assert_int_equal(zt_service_leave(service, ADHOC), 0);
    stop(service);
    assert_string_equal(read_file(*state, "networks.d/ff07d00bb8000000.conf"), "");

    service = start(*state, &identity);
    assert_true(bench_wait(&record, ZT_NOTICE_UP, 10000) >= 0);
    assert_int_equal(bench_wait(&record, ZT_NOTICE_NETWORK, 200), -1);
    stop(service);
}

static void a_join_is_remembered_before_its_configuration_came(void **state)
{
    struct zt_identity identity = bench_identity(1);
    struct zt_service *service = start(*state, &identity);

    assert_int_equal(zt_service_join(service, 0x8056c2e21c000001), 0);
    stop(service);
    assert_string_equal(read_file(*state, "networks.d/8056c2e21c000001.conf"), "\n");
}

static void an_unusable_folder_is_fatal_and_named(void **state)
{
    struct zt_identity identity = bench_identity(1);
    char path[200];

    write_file(*state, "file", "x");
    snprintf(path, sizeof path, "%s/file/deeper", (char *)*state);
    struct zt_service *service = start(path, &identity);
    assert_true(bench_wait(&record, ZT_NOTICE_FATAL, 10000) >= 0);
    assert_non_null(strstr(record.text, path));
    stop(service);
}

static void a_damaged_planet_is_set_aside(void **state)
{
    struct zt_identity identity = bench_identity(1);
    struct zt_service_options options = bench_options(&identity, &record);

    write_file(*state, "roots", "no planet");
    bench_record_init(&record);
    options.storage = *state;
    struct zt_service *service = zt_service_start(&options);
    assert_true(bench_wait(&record, ZT_NOTICE_UP, 10000) >= 0);
    stop(service);
    assert_string_equal(read_file(*state, "roots.damaged"), "no planet");
}

/* The planet that start() gives, a day later and signed by this identity. */
static size_t write_later_planet(const char *path, const struct zt_identity *signer,
                                 uint8_t bytes[ZT_MAX_WORLD])
{
    struct zt_identity root = bench_identity(0);
    struct zt_reader in = zt_reader_of(bytes, bench_planet(&root, 9, bytes));
    struct zt_world *planet = calloc(1, sizeof *planet);
    struct zt_folder *folder = open_folder(path);

    assert_non_null(planet);
    assert_true(zt_world_read(planet, &in));
    planet->updated_ms += 24 * 3600 * 1000;
    zt_world_sign(planet, &signer->secret, &signer->key);
    struct zt_writer out = zt_writer_of(bytes, ZT_MAX_WORLD);
    zt_world_write(planet, &out);
    free(planet);
    assert_int_equal(zt_file_write(folder, "roots", bytes, zt_writer_length(&out), 0), 0);
    zt_folder_close(folder);
    return zt_writer_length(&out);
}

/* Are these the bytes of the planet that the service keeps and tells, after a start with a given one? */
static bool is_kept(const char *path, const uint8_t *planet, size_t length)
{
    struct zt_identity identity = bench_identity(1);
    struct zt_service *service = start(path, &identity);
    struct zt_folder *folder;
    uint8_t *bytes;
    size_t kept;

    assert_true(bench_wait(&record, ZT_NOTICE_UP, 10000) >= 0);
    stop(service);
    folder = open_folder(path);
    assert_int_equal(zt_file_read(folder, "roots", ZT_MAX_WORLD, &bytes, &kept), 0);
    bool is = kept == length && memcmp(bytes, planet, length) == 0;
    free(bytes);
    zt_folder_close(folder);
    return is;
}

static void a_later_revision_of_the_given_planet_is_kept(void **state)
{
    struct zt_identity root = bench_identity(0);
    uint8_t planet[ZT_MAX_WORLD];
    size_t length = write_later_planet(*state, &root, planet);

    assert_true(is_kept(*state, planet, length));
}

static void what_only_claims_to_be_a_later_revision_is_not_kept(void **state)
{
    struct zt_identity root = bench_identity(0), stranger = bench_identity(1);
    uint8_t planet[ZT_MAX_WORLD];
    size_t length = write_later_planet(*state, &stranger, planet);

    assert_false(is_kept(*state, planet, length));
    length = bench_planet(&root, 9, planet);
    assert_true(is_kept(*state, planet, length));
}

static void the_built_in_planet_is_the_published_one(void **unused)
{
    static const uint8_t published[32] = { 0xd8, 0x56, 0x20, 0xde, 0xe4, 0x18, 0xcd, 0x7e,
                                           0xfc, 0x55, 0x58, 0xb6, 0xa5, 0x0b, 0x2a, 0x8a,
                                           0xc3, 0x47, 0x92, 0x76, 0x4d, 0x07, 0x4f, 0xa5,
                                           0x5d, 0x75, 0x29, 0x52, 0xe4, 0x8d, 0xa4, 0x70 };
    struct zt_reader in = zt_reader_of(zt_default_planet, ZT_DEFAULT_PLANET_LENGTH);
    struct zt_world *planet = calloc(1, sizeof *planet);
    uint8_t digest[32];

    (void)unused;
    SHA256(zt_default_planet, ZT_DEFAULT_PLANET_LENGTH, digest);
    assert_memory_equal(digest, published, sizeof digest);
    assert_true(zt_world_read(planet, &in));
    assert_int_equal(zt_reader_left(&in), 0);
    assert_int_equal(planet->id, 149604618);
    assert_int_equal(planet->root_count, 4);
    assert_true(zt_world_verify(planet, &planet->next_key));
    for (size_t i = 0; i < planet->root_count; i++)
        assert_true(zt_identity_prove(&planet->roots[i].identity));
    free(planet);
}

#define WITH_FOLDER(test)                                                                          \
    cmocka_unit_test_setup_teardown(test, bench_open_folder, bench_close_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FOLDER(a_generated_identity_survives_a_restart),
        WITH_FOLDER(a_damaged_identity_is_fatal_and_left_alone),
        WITH_FOLDER(a_given_identity_wins_and_the_other_is_set_aside),
        WITH_FOLDER(a_joined_network_comes_back_until_it_is_left),
        WITH_FOLDER(a_join_is_remembered_before_its_configuration_came),
        WITH_FOLDER(an_unusable_folder_is_fatal_and_named),
        WITH_FOLDER(a_damaged_planet_is_set_aside),
        WITH_FOLDER(a_later_revision_of_the_given_planet_is_kept),
        WITH_FOLDER(what_only_claims_to_be_a_later_revision_is_not_kept),
        cmocka_unit_test(the_built_in_planet_is_the_published_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
