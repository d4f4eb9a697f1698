/* SPDX-License-Identifier: Apache-2.0 */
/* Pieces of a configuration on the wire, and the request for one inside the process. */
#include "vl2_signers.h"

#include "vl2/config.h"

static size_t write_chunk(uint8_t *bytes, size_t capacity)
{
    struct zt_writer out = zt_writer_of(bytes, capacity);

    zt_chunk_write(&out, NWID, (const uint8_t *)"hello", 5, 0x1122334455667788, 20, 15,
                   &controller);
    return out.failed ? 0 : zt_writer_length(&out);
}

static void a_chunk_is_read_as_written(void **unused)
{
    uint8_t bytes[256];
    size_t length = write_chunk(bytes, sizeof bytes);
    struct zt_chunk chunk;

    (void)unused;
    assert_int_equal(length, 30 + 5 + 96);
    assert_true(zt_chunk_read(&chunk, bytes, length));
    assert_true(chunk.is_signed && chunk.nwid == NWID && chunk.flags == 0);
    assert_int_equal(chunk.length, 5);
    assert_memory_equal(chunk.data, "hello", 5);
    assert_true(chunk.update_id == 0x1122334455667788);
    assert_true(chunk.total == 20 && chunk.offset == 15);
    assert_true(
        zt_identity_verify(&controller, chunk.signed_bytes, chunk.signed_length, chunk.signature));
    for (size_t capacity = 0; capacity < length; capacity++)
        assert_int_equal(write_chunk(bytes, capacity), 0);
}

static void only_the_old_form_may_end_after_its_data(void **unused)
{
    uint8_t bytes[256];
    size_t length = write_chunk(bytes, sizeof bytes);
    struct zt_chunk chunk;

    (void)unused;
    for (size_t cut = 0; cut < length; cut++) {
        assert_int_equal(zt_chunk_read(&chunk, bytes, cut), cut == 15);
        if (cut == 15)
            assert_true(!chunk.is_signed && chunk.total == 5 && chunk.offset == 0);
    }
}

static void a_chunk_out_of_bounds_is_refused(void **unused)
{
    static const struct {
        uint32_t total, offset;
        bool good;
    } cases[] = {
        { 20, 15, true },
        { 20, 16, false },
        { 4, 0, false },
        { 5, 0, true },
        { 20, UINT32_MAX, false },
        { ZT_MAX_CONFIG - 1, ZT_MAX_CONFIG - 6, true },
        { ZT_MAX_CONFIG, 0, false },
        { UINT32_MAX, UINT32_MAX - 5, false },
    };
    uint8_t bytes[256];
    size_t length = write_chunk(bytes, sizeof bytes);
    struct zt_chunk chunk;

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        zt_store_u32(bytes + 19 + 5, cases[i].total);
        zt_store_u32(bytes + 23 + 5, cases[i].offset);
        assert_int_equal(zt_chunk_read(&chunk, bytes, length), cases[i].good);
    }
}

static void a_chunk_without_id_or_proper_signature_is_refused(void **unused)
{
    static const struct {
        size_t at;
        uint8_t byte;
    } cases[] = { { 27 + 5, 0 }, { 27 + 5, 2 }, { 28 + 5, 1 }, { 29 + 5, 95 }, { 29 + 5, 97 } };
    uint8_t bytes[256];
    struct zt_chunk chunk;
    size_t length;

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        length = write_chunk(bytes, sizeof bytes);
        bytes[cases[i].at] = cases[i].byte;
        assert_false(zt_chunk_read(&chunk, bytes, length));
    }
    length = write_chunk(bytes, sizeof bytes);
    memset(bytes + 11 + 5, 0, 8);
    assert_false(zt_chunk_read(&chunk, bytes, length));
}

static void a_request_is_read_as_written(void **unused)
{
    static const uint8_t ip[4] = { 192, 0, 2, 1 };
    struct zt_config_request request = { .nwid = NWID, .packet_id = 7, .direct = true };
    struct zt_config_request back;
    static uint8_t bytes[2048];
    struct zt_writer out = zt_writer_of(bytes, sizeof bytes);
    struct zt_reader in;

    (void)unused;
    request.member = identity_of(MEMBER, 2);
    request.link.socket = 3;
    request.link.remote = zt_endpoint_v4(ip, 9993);
    request.metadata_length = ZT_MAX_REQUEST_METADATA;
    memset(request.metadata, 'm', sizeof request.metadata);
    zt_config_request_write(&request, &out);
    in = zt_reader_of(bytes, zt_writer_length(&out));
    zt_config_request_read(&back, &in);
    assert_false(in.failed);
    assert_true(back.nwid == NWID && back.packet_id == 7 && back.direct);
    assert_true(zt_identity_equal(&back.member, &request.member) && !back.member.has_secret);
    assert_true(zt_link_equal(&back.link, &request.link));
    assert_int_equal(back.metadata_length, ZT_MAX_REQUEST_METADATA);
    assert_memory_equal(back.metadata, request.metadata, sizeof back.metadata);
    assert_no_prefix_reads(struct zt_config_request, zt_config_request_read, bytes,
                           zt_writer_length(&out));
    zt_store_u16(bytes + zt_writer_length(&out) - ZT_MAX_REQUEST_METADATA - 2,
                 ZT_MAX_REQUEST_METADATA + 1);
    in = zt_reader_of(bytes, sizeof bytes);
    zt_config_request_read(&back, &in);
    assert_true(in.failed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_chunk_is_read_as_written),
        cmocka_unit_test(only_the_old_form_may_end_after_its_data),
        cmocka_unit_test(a_chunk_out_of_bounds_is_refused),
        cmocka_unit_test(a_chunk_without_id_or_proper_signature_is_refused),
        cmocka_unit_test(a_request_is_read_as_written),
    };

    return cmocka_run_group_tests(tests, make_identities, NULL);
}
