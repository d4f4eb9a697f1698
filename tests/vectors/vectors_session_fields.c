/* SPDX-License-Identifier: Apache-2.0 */
/* Fields of messages between peers: HELLO, OK, ERROR, WHOIS, RENDEZVOUS, ECHO, pushed paths. */
#include "vectors_session.h"

#include "base/text.h"

#include <string.h>

uint64_t session_copy(struct session_message *message, unsigned bits)
{
    uint64_t value = 0;

    switch (bits) {
    case 8:
        zt_write_u8(&message->out, (uint8_t)(value = zt_read_u8(&message->in)));
        break;
    case 16:
        zt_write_u16(&message->out, (uint16_t)(value = zt_read_u16(&message->in)));
        break;
    case 32:
        zt_write_u32(&message->out, (uint32_t)(value = zt_read_u32(&message->in)));
        break;
    case 40:
        zt_write_u40(&message->out, value = zt_read_u40(&message->in));
        break;
    default:
        zt_write_u64(&message->out, value = zt_read_u64(&message->in));
        break;
    }
    return value;
}

struct zt_mac session_copy_mac(struct session_message *message)
{
    struct zt_mac mac = zt_mac_read(&message->in);

    zt_mac_write(mac, &message->out);
    return mac;
}

size_t session_copy_rest(struct session_message *message)
{
    size_t length = zt_reader_left(&message->in);

    zt_write_copy(&message->out, zt_read_take(&message->in, length), length);
    return length;
}

void session_put_integer(json_t *object, const char *key, uint64_t value)
{
    json_object_set_new(object, key, json_integer((json_int_t)value));
}

void session_put_hex(json_t *object, const char *key, uint64_t value, unsigned digits)
{
    char text[17];

    zt_hex_number_write(text, value, digits);
    json_object_set_new(object, key, json_string(text));
}

void session_put_bytes(json_t *object, const char *key, const uint8_t *bytes, size_t length)
{
    char *text = (char *)vectors_scratch(2 * length + 1);

    zt_hex_write(text, bytes, length);
    json_object_set_new(object, key, json_string(text));
}

void session_put_mac(json_t *object, const char *key, struct zt_mac mac)
{
    char text[ZT_MAC_TEXT];

    zt_mac_text(mac, text);
    json_object_set_new(object, key, json_string(text));
}

uint64_t session_copy_integer(struct session_message *message, const char *key, unsigned bits)
{
    uint64_t value = session_copy(message, bits);

    session_put_integer(message->fields, key, value);
    return value;
}

uint64_t session_copy_hex(struct session_message *message, const char *key, unsigned bits)
{
    uint64_t value = session_copy(message, bits);

    session_put_hex(message->fields, key, value, bits / 4);
    return value;
}

void session_put_endpoint(json_t *object, const char *key, const struct zt_endpoint *endpoint)
{
    char text[ZT_ENDPOINT_TEXT];

    zt_endpoint_text(endpoint, true, text);
    json_object_set_new(object, key, json_string(text));
}

void session_copy_endpoint(struct session_message *message, const char *key)
{
    struct zt_endpoint endpoint;

    zt_endpoint_read(&endpoint, &message->in);
    zt_endpoint_write(&endpoint, &message->out);
    session_put_endpoint(message->fields, key, &endpoint);
}

json_t *session_copy_identity(struct session_message *message)
{
    struct zt_identity identity;
    char text[ZT_IDENTITY_TEXT];

    zt_identity_read(&identity, &message->in);
    zt_identity_write(&identity, &message->out);
    zt_identity_text(&identity, false, text);
    return json_string(text);
}

static const char *decode_whois_ok(struct session_message *message)
{
    json_t *identities = json_array();

    while (zt_reader_left(&message->in) > 0)
        json_array_append_new(identities, session_copy_identity(message));
    json_object_set_new(message->fields, "identities", identities);
    return NULL;
}

static const char *decode_echo_ok(struct session_message *message)
{
    session_put_integer(message->fields, "echoed_length", session_copy_rest(message));
    return NULL;
}

static const char *decode_ext_frame_ok(struct session_message *message)
{
    session_copy_hex(message, "network_id", 64);
    return NULL;
}

/* Of what has no fields here only the bytes are compared. */
static const char *decode_unknown(struct session_message *message)
{
    (void)session_copy_rest(message);
    return NULL;
}

/* verb(1) id(8) of what is answered. docs/wire.md 4.4, 4.5. */
static unsigned copy_asked(struct session_message *message)
{
    unsigned verb = (unsigned)session_copy_integer(message, "in_re_verb", 8);
    uint64_t id = session_copy_hex(message, "in_re_packet_id", 64);
    size_t number = session_find_packet(message->session, id);

    json_object_set_new(message->fields, "in_re_verb_name", json_string(session_verb_name(verb)));
    json_object_set_new(message->fields, "in_re_number",
                        number == 0 ? json_null() : json_integer((json_int_t)number));
    return verb;
}

static const char *decode_ok(struct session_message *message)
{
    static session_decode *const decoders[ZT_VERB_COUNT] = {
        [ZT_VERB_HELLO] = session_decode_hello_ok,
        [ZT_VERB_WHOIS] = decode_whois_ok,
        [ZT_VERB_ECHO] = decode_echo_ok,
        [ZT_VERB_EXT_FRAME] = decode_ext_frame_ok,
        [ZT_VERB_NETWORK_CONFIG_REQUEST] = session_decode_chunk,
        [ZT_VERB_MULTICAST_GATHER] = session_decode_gather_ok,
        [ZT_VERB_MULTICAST_FRAME] = session_decode_multicast_ok,
    };
    unsigned verb = copy_asked(message);

    if (verb < ZT_VERB_COUNT && decoders[verb] != NULL)
        return decoders[verb](message);
    return decode_unknown(message);
}

static const char *decode_error(struct session_message *message)
{
    static const char *const names[] = {
        [ZT_ERROR_OBJ_NOT_FOUND] = "OBJ_NOT_FOUND",
        [ZT_ERROR_IDENTITY_COLLISION] = "IDENTITY_COLLISION",
        [ZT_ERROR_UNSUPPORTED_OPERATION] = "UNSUPPORTED_OPERATION",
        [ZT_ERROR_NEED_MEMBERSHIP_CERTIFICATE] = "NEED_MEMBERSHIP_CERTIFICATE",
        [ZT_ERROR_NETWORK_ACCESS_DENIED] = "NETWORK_ACCESS_DENIED",
        [ZT_ERROR_UNWANTED_MULTICAST] = "UNWANTED_MULTICAST",
        [ZT_ERROR_NETWORK_AUTHENTICATION_REQUIRED] = "NETWORK_AUTHENTICATION_REQUIRED",
    };
    uint64_t code;

    copy_asked(message);
    code = session_copy_integer(message, "error_code", 8);
    if (code >= sizeof names / sizeof names[0] || names[code] == NULL)
        return "ERROR of an unknown kind";
    json_object_set_new(message->fields, "error_name", json_string(names[code]));
    if (code != ZT_ERROR_IDENTITY_COLLISION)
        session_copy_hex(message, "network_id", 64);
    (void)session_copy_rest(message);
    return NULL;
}

static const char *decode_whois(struct session_message *message)
{
    json_t *addresses = json_array();
    char text[ZT_ADDRESS_TEXT];

    while (zt_reader_left(&message->in) > 0) {
        zt_hex_number_write(text, session_copy(message, 40), 10);
        json_array_append_new(addresses, json_string(text));
    }
    json_object_set_new(message->fields, "addresses", addresses);
    return NULL;
}

static struct zt_endpoint endpoint_of(const uint8_t *ip, size_t ip_length, uint64_t port)
{
    if (ip != NULL && ip_length == 4)
        return zt_endpoint_v4(ip, (uint16_t)port);
    if (ip != NULL && ip_length == 16)
        return zt_endpoint_v6(ip, (uint16_t)port);
    return (struct zt_endpoint){ 0 };
}

/* flags(1) address(5) port(2) length(1) ip(4 or 16). docs/wire.md 4.8. */
static const char *decode_rendezvous(struct session_message *message)
{
    session_copy_integer(message, "flags", 8);
    session_copy_hex(message, "with", 40);

    uint64_t port = session_copy(message, 16);
    size_t length = session_copy(message, 8);
    const uint8_t *ip = zt_read_take(&message->in, length);
    struct zt_endpoint endpoint = endpoint_of(ip, length, port);

    zt_write_copy(&message->out, endpoint.ip, zt_endpoint_ip_length(&endpoint));
    session_put_endpoint(message->fields, "at", &endpoint);
    return NULL;
}

static const char *decode_echo(struct session_message *message)
{
    session_put_integer(message->fields, "length", session_copy_rest(message));
    return NULL;
}

/* Copies so many bytes; NULL when there are fewer. */
static const uint8_t *copy_bytes(struct session_message *message, size_t length)
{
    const uint8_t *bytes = zt_read_take(&message->in, length);

    if (bytes != NULL)
        zt_write_copy(&message->out, bytes, length);
    return bytes;
}

/* flags(1) extension_length(2) extension family(1) length(1) ip(4 or 16) port(2). docs/wire.md 4.18. */
static json_t *copy_path(struct session_message *message)
{
    json_t *path = json_object();

    session_put_integer(path, "flags", session_copy(message, 8));
    (void)copy_bytes(message, session_copy(message, 16));

    uint64_t family = session_copy(message, 8);
    size_t length = session_copy(message, 8);
    const uint8_t *rest = copy_bytes(message, length);
    struct zt_endpoint endpoint = { 0 };

    if (rest != NULL && length > 2)
        endpoint = endpoint_of(rest, length - 2, zt_load_u16(rest + length - 2));
    session_put_endpoint(path, "address", &endpoint);
    if (endpoint.family != family)
        message->in.failed = true;
    return path;
}

static const char *decode_paths(struct session_message *message)
{
    json_t *paths = json_array();

    for (uint64_t left = session_copy(message, 16); left > 0 && !message->in.failed; left--)
        json_array_append_new(paths, copy_path(message));
    json_object_set_new(message->fields, "paths", paths);
    return NULL;
}

static const struct {
    const char *name;
    session_decode *decode;
} verbs[ZT_VERB_COUNT] = {
    [ZT_VERB_HELLO] = { "HELLO", session_decode_hello },
    [ZT_VERB_ERROR] = { "ERROR", decode_error },
    [ZT_VERB_OK] = { "OK", decode_ok },
    [ZT_VERB_WHOIS] = { "WHOIS", decode_whois },
    [ZT_VERB_RENDEZVOUS] = { "RENDEZVOUS", decode_rendezvous },
    [ZT_VERB_FRAME] = { "FRAME", session_decode_frame },
    [ZT_VERB_EXT_FRAME] = { "EXT_FRAME", session_decode_ext_frame },
    [ZT_VERB_ECHO] = { "ECHO", decode_echo },
    [ZT_VERB_MULTICAST_LIKE] = { "MULTICAST_LIKE", session_decode_like },
    [ZT_VERB_NETWORK_CREDENTIALS] = { "NETWORK_CREDENTIALS", session_decode_credentials },
    [ZT_VERB_NETWORK_CONFIG_REQUEST] = { "NETWORK_CONFIG_REQUEST", session_decode_request },
    [ZT_VERB_NETWORK_CONFIG] = { "NETWORK_CONFIG", session_decode_chunk },
    [ZT_VERB_MULTICAST_GATHER] = { "MULTICAST_GATHER", session_decode_gather },
    [ZT_VERB_MULTICAST_FRAME] = { "MULTICAST_FRAME", session_decode_multicast },
    [ZT_VERB_PUSH_DIRECT_PATHS] = { "PUSH_DIRECT_PATHS", decode_paths },
    [ZT_VERB_NOP] = { "NOP", decode_unknown },
    [ZT_VERB_ACK] = { "ACK", decode_unknown },
    [ZT_VERB_QOS_MEASUREMENT] = { "QOS_MEASUREMENT", decode_unknown },
    [ZT_VERB_USER_MESSAGE] = { "USER_MESSAGE", decode_unknown },
    [ZT_VERB_REMOTE_TRACE] = { "REMOTE_TRACE", decode_unknown },
    [ZT_VERB_PATH_NEGOTIATION_REQUEST] = { "PATH_NEGOTIATION_REQUEST", decode_unknown },
};

const char *session_verb_name(unsigned verb)
{
    return verb < ZT_VERB_COUNT && verbs[verb].name != NULL ? verbs[verb].name : "";
}

const char *session_decode_message(struct session_message *message)
{
    unsigned verb = message->packet[ZT_AT_VERB] & ZT_VERB_MASK;

    if (verbs[verb].decode == NULL)
        return "unknown verb";
    return verbs[verb].decode(message);
}
