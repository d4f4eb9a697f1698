/* SPDX-License-Identifier: Apache-2.0 */
/* A controller with many records: memory, lists, and config requests a second of one core.

   bench_hosting [MEMBERS [RECORDS [STORE]]]: MEMBERS of one network, RECORDS in all, 10000 and 100000; in a
   file of its own, or in an empty store as zt_store_open takes it.
   bench_hosting fill STORE ADDRESS MEMBERS RECORDS: only makes the records, for the controller of that address;
   the members are the made ones of crowd_made.c. */
#define _POSIX_C_SOURCE 200809L

#include "../make_identity.h"
#include "base/text.h"
#include "controller/controller.h"
#include "controller/list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define ADDRESS UINT64_C(0xc2068edfed)
#define FIRST_OF(address) ((address) << 24 | 1)
#define FIRST_NWID FIRST_OF(ADDRESS)
#define NETWORK                                                                                    \
    "{\"name\":\"bench\",\"v4AssignMode\":{\"zt\":true},\"v6AssignMode\":{\"rfc4193\":true},"      \
    "\"routes\":[{\"target\":\"10.0.0.0/8\",\"via\":null}],"                                       \
    "\"ipAssignmentPools\":[{\"ipRangeStart\":\"10.0.0.1\",\"ipRangeEnd\":\"10.255.255.254\"}]}"
#define METADATA "v=7\npv=c\nmajv=1\nminv=e\nrevv=2\nrevr=1"
#define NEWER_METADATA "v=7\npv=c\nmajv=1\nminv=f\nrevv=2\nrevr=1"
#define FIRST_MEMBER 0x1000000
#define MOST_MEMBERS 65536
#define AT_ONCE 64 /* as many as the server's thread takes together */

static double seconds(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static double resident_mb(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    long size = 0, resident = 0;

    if (file && fscanf(file, "%ld %ld", &size, &resident) != 2)
        resident = 0;
    if (file)
        (void)fclose(file);
    return (double)resident * (double)sysconf(_SC_PAGESIZE) / 1e6;
}

static void die(const char *why)
{
    (void)fprintf(stderr, "bench_hosting: %s\n", why);
    exit(1);
}

static void put(struct zt_store *store, zt_nwid nwid, zt_address address, json_t *given)
{
    struct zt_api_error error;
    json_t *json = zt_controller_read_record(nwid, address, given, &error);
    char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;
    struct zt_record record = { .kind = address ? ZT_RECORD_MEMBER : ZT_RECORD_NETWORK,
                                .nwid = nwid,
                                .address = address,
                                .json = text,
                                .length = text ? strlen(text) : 0 };

    if (!text || store->functions->put(store, &record, ZT_ANY_REVISION) != ZT_STORE_OK)
        die("a record can't be put");
    free(text);
    json_decref(json);
    json_decref(given);
}

/* Made once: the same nodes are members of many networks. */
static const char *identity_text_of(unsigned index)
{
    static char *texts[MOST_MEMBERS];

    if (index >= MOST_MEMBERS)
        die("too many members");
    if (!texts[index]) {
        struct zt_identity identity = make_identity(FIRST_MEMBER + index);

        texts[index] = malloc(ZT_IDENTITY_TEXT);
        if (!texts[index])
            die("out of memory");
        zt_identity_text(&identity, false, texts[index]);
    }
    return texts[index];
}

/* An address that is never used by a member of the first network for a member that is never asked for. */
static void fill(struct zt_store *store, zt_nwid first_nwid, unsigned members, unsigned records)
{
    char name[64], ip[32];
    unsigned made = 0;
    zt_nwid nwid = first_nwid;

    if (store->functions->begin(store) != ZT_STORE_OK)
        die("no transaction");
    while (made < records) {
        unsigned count = nwid == first_nwid ? members : 1000;

        put(store, nwid, 0, json_loads(NETWORK, 0, NULL));
        made++;
        for (unsigned i = 0; i < count && made < records; i++, made++) {
            zt_format(name, sizeof name, "machine %u of %u", i, count);
            zt_format(ip, sizeof ip, "10.%u.%u.%u", i >> 16, (i >> 8) & 255, i & 255);
            put(store, nwid, FIRST_MEMBER + i,
                json_pack("{s:b, s:s, s:s, s:[s]}", "authorized", 1, "identity",
                          identity_text_of(i), "name", name, "ipAssignments", ip));
        }
        nwid++;
    }
    if (store->functions->commit(store) != ZT_STORE_OK)
        die("no commit");
}

static void measure_route(struct zt_controller *controller, const char *what, const char *path)
{
    struct zt_instant now = { 5000, 1700000000000 };
    double start = seconds(), took;
    int status;
    json_t *json = zt_controller_route(controller, now, "GET", path, NULL, &status);
    char *text = json_dumps(json, JSON_COMPACT);

    took = seconds() - start;
    printf("%-28s %8.1f ms, %zu bytes\n", what, took * 1e3, text ? strlen(text) : 0);
    free(text);
    json_decref(json);
}

static void measure_list(struct zt_controller *controller)
{
    struct zt_instant now = { 5000, 1700000000000 };
    double start = seconds(), took;
    size_t length = 0;
    int status;
    char *text = zt_controller_list_members(controller, now, FIRST_NWID, NULL, &length, &status);

    took = seconds() - start;
    printf("%-28s %8.1f ms, %zu bytes\n", "members' records, as text", took * 1e3, length);
    free(text);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static void fill_request(struct zt_config_request *request, unsigned member, const char *metadata)
{
    struct zt_identity identity = make_identity(FIRST_MEMBER + member);

    request->nwid = FIRST_NWID;
    request->packet_id = 99;
    request->member = zt_identity_public(&identity);
    request->metadata_length = strlen(metadata);
    memcpy(request->metadata, metadata, request->metadata_length);
}

static unsigned ask(struct zt_controller *controller, int64_t mono_ms,
                    const struct zt_config_request *requests, unsigned count)
{
    struct zt_instant now = { mono_ms, INT64_C(1700000000000) + mono_ms };
    struct zt_controller_effect effect;
    unsigned answered = 0;

    zt_controller_requests(controller, now, requests, count);
    while (zt_controller_next(controller, now, &effect))
        answered += effect.answer.error == 0;
    return answered;
}

/* So many requests at once, again and again; a request's time is that of all that came with it. */
static void measure_requests(struct zt_controller *controller, unsigned members, const char *what,
                             const char *metadata, unsigned at_once)
{
    static int64_t mono_ms = 100000;
    unsigned answered = 0, count = members < 5000 ? members : 5000;
    double start, took, *times = calloc(count, sizeof *times);
    struct zt_config_request *requests = calloc(count, sizeof *requests);

    for (unsigned i = 0; i < count; i++)
        fill_request(&requests[i], i, metadata);
    mono_ms += 60000;
    start = seconds();
    for (unsigned i = 0; i < count; i += at_once) {
        unsigned taken = count - i < at_once ? count - i : at_once;
        double began = seconds();

        answered += ask(controller, mono_ms + i, &requests[i], taken);
        for (unsigned j = 0; j < taken; j++)
            times[i + j] = seconds() - began;
    }
    took = seconds() - start;
    free(requests);
    if (answered != count)
        die("not all were answered");
    qsort(times, count, sizeof *times, compare);
    printf("%-28s %8.0f a second, p99 %.0f us\n", what, count / took,
           times[count * 99 / 100] * 1e6);
    free(times);
}

static void measure_signature(void)
{
    struct zt_identity self = make_identity(ADDRESS);
    uint8_t signature[ZT_SIGNATURE_SIZE];
    double start;

    self.signer = zt_signer_new(&self.secret, &self.key);
    start = seconds();
    for (int i = 0; i < 5000; i++)
        zt_identity_sign(signature, &self, METADATA, sizeof METADATA);
    printf("%-28s %8.0f a second\n", "signatures", 5000 / (seconds() - start));
    zt_signer_free(self.signer);
}

static int fill_only(char **arguments)
{
    char error[256] = "";
    struct zt_store *store = zt_store_open(arguments[2], true, error, sizeof error);
    zt_address address = 0;

    if (!store || !zt_hex_number(&address, arguments[3], 10))
        die(store ? "ADDRESS is none" : error);
    fill(store, FIRST_OF(address), (unsigned)atoi(arguments[4]), (unsigned)atoi(arguments[5]));
    store->functions->close(store);
    return 0;
}

static int measure_all(int count, char **arguments)
{
    unsigned members = count > 1 ? (unsigned)atoi(arguments[1]) : 10000;
    unsigned records = count > 2 ? (unsigned)atoi(arguments[2]) : 100000;
    struct zt_identity self = make_identity(ADDRESS);
    char folder[] = "/tmp/zt-hosting-XXXXXX", path[64], own[80], error[256] = "", route[96];
    const char *where = count > 3 ? arguments[3] : own;
    uint8_t seed[32] = { 7 };
    double start;

    if (!mkdtemp(folder))
        die("no folder");
    zt_format(path, sizeof path, "%s/controller.db", folder);
    zt_format(own, sizeof own, "sqlite:%s", path);
    struct zt_store *store = zt_store_open(where, true, error, sizeof error);
    if (!store)
        die(error);
    fill(store, FIRST_NWID, members, records);
    store->functions->close(store);

    store = zt_store_open(where, true, error, sizeof error);
    start = seconds();
    struct zt_controller *controller =
        store ? zt_controller_new(&self, store, seed, NULL, error, sizeof error) : NULL;
    if (!controller)
        die(error);
    printf("%-28s %8.1f ms\n", "loading", (seconds() - start) * 1e3);
    printf("%-28s %8.1f MB\n", "resident", resident_mb());
    zt_format(route, sizeof route, "/controller/network/%016llx/member",
              (unsigned long long)FIRST_NWID);
    measure_route(controller, "members' addresses", route);
    zt_format(route, sizeof route, "/unstable/controller/network/%016llx/member",
              (unsigned long long)FIRST_NWID);
    measure_route(controller, "members' records", route);
    measure_list(controller);
    measure_signature();
    measure_requests(controller, members, "first requests (stored)", METADATA, 1);
    measure_requests(controller, members, "first requests, 64 at once", NEWER_METADATA, AT_ONCE);
    measure_requests(controller, members, "requests", NEWER_METADATA, 1);
    printf("%-28s %8.1f MB\n", "resident", resident_mb());
    zt_controller_free(controller);
    store->functions->close(store);
    (void)unlink(path);
    (void)rmdir(folder);
    return 0;
}

int main(int count, char **arguments)
{
    if (count == 6 && strcmp(arguments[1], "fill") == 0)
        return fill_only(arguments);
    return measure_all(count, arguments);
}
