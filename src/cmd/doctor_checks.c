/* SPDX-License-Identifier: Apache-2.0 */
/* The judgements, one function for each thing that makes a node offline, relayed or slow. */
#include "cmd/doctor.h"

#include "base/text.h"
#include "cmd/knock.h"
#include "os/ifaddrs.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define SLOW_MS 300
#define CLOCK_SLACK_MS 60000
#define SILENCE_MS (5 * 60000)
#define MAX_SEEN 16
#define MAX_OWN 64

static const char *const levels[] = { "good", "warning", "bad" };

enum level { GOOD, WARNING, BAD };

static void find(const struct zt_patient *patient, enum level level, const char *about,
                 const char *format, ...) __attribute__((format(printf, 4, 5)));

static void find(const struct zt_patient *patient, enum level level, const char *about,
                 const char *format, ...)
{
    char text[512];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    (void)json_array_append_new(
        patient->findings,
        json_pack("{s:s, s:s, s:s}", "level", levels[level], "about", about, "text", text));
}

int zt_doctor_verdict(const json_t *findings)
{
    int worst = GOOD;

    for (size_t i = 0; i < json_array_size(findings); i++) {
        const char *level =
            json_string_value(json_object_get(json_array_get(findings, i), "level"));
        for (int j = worst + 1; j <= BAD; j++)
            if (level && strcmp(level, levels[j]) == 0)
                worst = j;
    }
    return worst;
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "";
}

static int64_t number_of(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

/* The path in use, or NULL: relayed, or not reached at all. */
static const json_t *path_of(const json_t *peer)
{
    const json_t *paths = json_object_get(peer, "paths");

    for (size_t i = 0; i < json_array_size(paths); i++) {
        const json_t *path = json_array_get(paths, i);
        if (json_is_true(json_object_get(path, "preferred")) &&
            json_is_true(json_object_get(path, "active")))
            return path;
    }
    return NULL;
}

static const json_t *peer_of(const struct zt_patient *patient, const char *address)
{
    for (size_t i = 0; i < json_array_size(patient->peers); i++) {
        const json_t *peer = json_array_get(patient->peers, i);
        if (strcmp(text_of(peer, "address"), address) == 0)
            return peer;
    }
    return NULL;
}

static void check_clock(const struct zt_patient *patient)
{
    int64_t now_ms = number_of(patient->status, "clock");

    if (now_ms < patient->planet->updated_ms)
        find(patient, BAD, "clock",
             "this machine's clock is %" PRId64 " hours before the planet was signed; set it right,"
             " or newer planets and cached peers are judged wrongly",
             (patient->planet->updated_ms - now_ms) / 3600000);
    else
        find(patient, GOOD, "clock", "is plausible");
}

/* What the network says when a datagram is sent there, as the end of a sentence. */
static const char *excuse(const struct zt_root *root)
{
    struct zt_knock knocks[ZT_MAX_KNOCKS];
    size_t count = 0;

    while (count < root->endpoint_count && count < ZT_MAX_KNOCKS) {
        knocks[count] = (struct zt_knock){ .at = root->endpoints[count], .length = 1 };
        count++;
    }
    zt_knock(knocks, count);
    for (size_t i = 0; i < count; i++) {
        if (knocks[i].error == ECONNREFUSED)
            return ": the machine is there, but nobody listens at that port";
        if (knocks[i].error == EPERM)
            return ": a firewall on this machine holds back the datagrams";
        if (knocks[i].error == ENETUNREACH)
            return ": this machine has no route to there";
        if (knocks[i].error == EHOSTUNREACH)
            return ": nobody has that address, or a firewall refuses the datagrams";
    }
    return "";
}

/* Each root with its round trip. The number that answer. */
static size_t check_each_root(const struct zt_patient *patient)
{
    size_t reached = 0;

    for (size_t i = 0; i < patient->planet->root_count; i++) {
        const struct zt_root *root = &patient->planet->roots[i];
        char address[ZT_ADDRESS_TEXT], endpoint[ZT_ENDPOINT_TEXT] = "no endpoint";
        const json_t *peer, *path;

        zt_hex_number_write(address, root->identity.address, 10);
        if (strcmp(address, text_of(patient->status, "address")) == 0) {
            find(patient, GOOD, "root", "%s is this node", address);
            reached++;
            continue;
        }
        peer = peer_of(patient, address);
        path = peer ? path_of(peer) : NULL;
        if (root->endpoint_count > 0)
            zt_endpoint_text(&root->endpoints[0], true, endpoint);
        if (path) {
            reached++;
            find(patient, number_of(peer, "latency") > SLOW_MS ? WARNING : GOOD, "root",
                 "%s answers from %s in %" PRId64 " ms", address, text_of(path, "address"),
                 number_of(peer, "latency"));
        } else {
            find(patient, WARNING, "root", "%s does not answer at %s%s%s", address, endpoint,
                 root->endpoint_count > 1 ? " nor at its other endpoints" : "", excuse(root));
        }
    }
    return reached;
}

/* Is one of them reached? */
static bool check_roots(const struct zt_patient *patient)
{
    if (check_each_root(patient) > 0)
        return true;
    find(patient, BAD, "roots",
         "no root of the planet answers: this node is offline. Either they are down, or a firewall"
         " holds back UDP to these addresses, or this is not the planet they serve");
    return false;
}

/* Is the address one of this machine's interfaces? */
static bool is_own(const struct zt_endpoint *endpoint)
{
    struct zt_ifaddrs_filter filter = { .loopback = true };
    struct zt_endpoint own[MAX_OWN];
    int count = zt_ifaddrs_list(&filter, own, MAX_OWN);

    for (int i = 0; i < count; i++)
        if (zt_endpoint_same_ip(&own[i], endpoint))
            return true;
    return false;
}

/* What roots saw of us in one family. */
struct seen {
    size_t count;
    struct zt_endpoint endpoints[MAX_SEEN];
    bool is_own, own_port;
};

static struct seen collect(const struct zt_patient *patient, enum zt_family family)
{
    const json_t *list = json_object_get(patient->status, "surfaceAddresses");
    struct seen seen = { .is_own = true, .own_port = true };

    for (size_t i = 0; i < json_array_size(list) && seen.count < MAX_SEEN; i++) {
        const char *text = json_string_value(json_array_get(list, i));
        struct zt_endpoint *endpoint = &seen.endpoints[seen.count];

        if (!text || !zt_endpoint_parse(endpoint, text, 0) || endpoint->family != family)
            continue;
        seen.is_own &= is_own(endpoint);
        seen.own_port &= endpoint->port == number_of(patient->status, "port");
        seen.count++;
    }
    return seen;
}

static void check_nat(const struct zt_patient *patient, enum zt_family family)
{
    const char *about = family == ZT_FAMILY_IPV4 ? "IPv4" : "IPv6";
    struct seen seen = collect(patient, family);
    char text[ZT_ENDPOINT_TEXT];

    if (seen.count == 0) {
        find(patient, GOOD, about, "nobody has told this node how it is seen");
        return;
    }
    zt_endpoint_text(&seen.endpoints[0], true, text);
    if (seen.is_own)
        find(patient, GOOD, about, "no NAT: seen as %s, an address of this machine", text);
    else if (seen.own_port)
        find(patient, GOOD, about, "a NAT that keeps ports: seen as %s; direct paths are likely",
             text);
    else if (seen.count == 1)
        find(patient, GOOD, about,
             "a NAT: seen as %s. With one witness it can't be told whether it is symmetric", text);
    else
        find(patient, WARNING, about,
             "a symmetric NAT: seen at %zu ports (%s first), a new one for each destination. Paths "
             "to"
             " nodes behind such NATs stay relayed; forward a UDP port to this node to mend it",
             seen.count, text);
}

static void check_mtu(const struct zt_patient *patient)
{
    struct zt_knock knocks[ZT_MAX_KNOCKS];
    size_t count = 0;
    int least = 0;

    for (size_t i = 0; i < json_array_size(patient->peers) && count < ZT_MAX_KNOCKS; i++) {
        const json_t *path = path_of(json_array_get(patient->peers, i));

        knocks[count] = (struct zt_knock){ .length = ZT_KNOCK_LENGTH };
        count += path && zt_endpoint_parse(&knocks[count].at, text_of(path, "address"), 0);
    }
    zt_knock(knocks, count);
    for (size_t i = 0; i < count; i++)
        if (knocks[i].room > 0 && (least == 0 || knocks[i].room < least))
            least = knocks[i].room;
    if (least == 0)
        return;
    if (least < ZT_KNOCK_LENGTH)
        find(patient, WARNING, "MTU",
             "only %d bytes fit into a datagram on some path: full ones of %d bytes are fragmented "
             "by"
             " IP, which is slow and may be filtered",
             least, ZT_KNOCK_LENGTH);
    else
        find(patient, GOOD, "MTU", "full datagrams of %d bytes fit everywhere", ZT_KNOCK_LENGTH);
}

static void check_peers(const struct zt_patient *patient)
{
    size_t relayed = 0, direct = 0, old = 0;

    for (size_t i = 0; i < json_array_size(patient->peers); i++) {
        const json_t *peer = json_array_get(patient->peers, i);

        if (strcmp(text_of(peer, "role"), "LEAF") != 0)
            continue;
        old += strcmp(text_of(peer, "cipher"), "gmac-siv") != 0 &&
               number_of(peer, "versionMajor") >= 0;
        if (path_of(peer)) {
            direct++;
            continue;
        }
        relayed++;
        find(patient, WARNING, "peer",
             "%s has no direct path: it is reached through a root, or it is gone. Both ends behind"
             " symmetric NATs, or one behind a firewall that lets no UDP in, look like this",
             text_of(peer, "address"));
    }
    if (direct + relayed > 0)
        find(patient, relayed ? WARNING : GOOD, "peers", "%zu direct, %zu not", direct, relayed);
    if (old > 0)
        find(patient, GOOD, "cipher",
             "%zu peers use the older cipher, Salsa20/12 with Poly1305: their version knows no "
             "other",
             old);
}

static const char *remedy(const char *status)
{
    static const struct {
        const char *status, *text;
    } known[] = {
        { "REQUESTING_CONFIGURATION",
          "does not answer: it is down, or shares no root with this node" },
        { "NOT_FOUND", "knows no such network: the id is wrong, or it was deleted" },
        { "CLIENT_TOO_OLD", "wants a later version of this node" },
        { "AUTHENTICATION_REQUIRED", "wants single sign-on" },
    };

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(status, known[i].status) == 0)
            return known[i].text;
    return status;
}

/* Configurations are renewed each minute, and dated by the controller. Ad-hoc networks have none. */
static void check_controller_time(const struct zt_patient *patient, const json_t *network)
{
    int64_t age_ms = number_of(patient->status, "clock") - number_of(network, "configTimestamp");
    const char *nwid = text_of(network, "id");

    if (strncmp(nwid, "ff", 2) == 0)
        return;
    if (age_ms < -CLOCK_SLACK_MS)
        find(patient, WARNING, "clock",
             "this machine's clock is %" PRId64 " min behind that of the controller %.10s; one"
             " of them is wrong",
             -age_ms / 60000, nwid);
    else if (age_ms > SILENCE_MS)
        find(patient, WARNING, "network",
             "%s: by this machine's clock its controller, %.10s, was last heard %" PRId64
             " min ago: it is down, or one of the clocks is wrong",
             nwid, nwid, age_ms / 60000);
}

static void check_networks(const struct zt_patient *patient)
{
    for (size_t i = 0; i < json_array_size(patient->networks); i++) {
        const json_t *network = json_array_get(patient->networks, i);
        const char *status = text_of(network, "status"), *nwid = text_of(network, "id");

        if (strcmp(status, "OK") == 0)
            find(patient, GOOD, "network", "%s admits this node", nwid);
        else if (strcmp(status, "ACCESS_DENIED") == 0)
            find(patient, BAD, "network",
                 "%s: not authorized; where its controller runs: zt member authorize -H DIR %s %s",
                 nwid, nwid, text_of(patient->status, "address"));
        else
            find(patient, BAD, "network", "%s: its controller, %.10s, %s", nwid, nwid,
                 remedy(status));
        if (strcmp(status, "OK") == 0)
            check_controller_time(patient, network);
    }
}

void zt_doctor_examine(const struct zt_patient *patient)
{
    check_clock(patient);
    if (check_roots(patient)) {
        check_nat(patient, ZT_FAMILY_IPV4);
        check_nat(patient, ZT_FAMILY_IPV6);
        check_mtu(patient);
    }
    if (patient->is_probe)
        return;
    check_peers(patient);
    check_networks(patient);
}
