/* SPDX-License-Identifier: Apache-2.0 */
/* The controller's short memory of members, on the wire side. */
#include "vl2/clients.h"

#include "base/limits.h"

#define REQUESTS_PER_SECOND 1
#define REQUESTS_AT_ONCE 4 /* a member that starts anew doesn't know when it asked last */
#define REQUESTS_LIFE_MS (REQUESTS_AT_ONCE * 1000 / REQUESTS_PER_SECOND) /* until all are back */
#define NETWORKS_PER_SECOND 50 /* of one member; the others' share is not its to take */
#define NETWORKS_AT_ONCE 256   /* one that starts anew asks for all its networks */
#define SOURCE_LIFE_MS (NETWORKS_AT_ONCE * 1000 / NETWORKS_PER_SECOND)
#define GRANT_LIFE_MS 180000

static void clear(struct zt_client **table)
{
    struct zt_client *client, *next;

    HASH_ITER(hh, *table, client, next)
    {
        HASH_DEL(*table, client);
        zt_free(client);
    }
}

void zt_clients_clear(struct zt_clients *clients)
{
    clear(&clients->sources);
    clear(&clients->asked);
    clear(&clients->granted);
}

static struct zt_client *find(struct zt_client *table, zt_nwid nwid, zt_address address)
{
    struct zt_client_key key = { nwid, address };
    struct zt_client *client;

    HASH_FIND(hh, table, &key, sizeof key, client);
    return client;
}

static struct zt_client *get(struct zt_client **table, zt_nwid nwid, zt_address address)
{
    struct zt_client *client = find(*table, nwid, address);

    if (client != NULL)
        return client;
    client = zt_alloc(sizeof *client);
    if (client == NULL)
        return NULL;
    if (HASH_COUNT(*table) >= ZT_MAX_MEMBERS) {
        struct zt_client *oldest = *table;
        HASH_DEL(*table, oldest);
        zt_free(oldest);
    }
    client->key.nwid = nwid;
    client->key.address = address;
    HASH_ADD(hh, *table, key, sizeof client->key, client);
    if (client->hh.tbl != NULL)
        return client;
    zt_free(client);
    return NULL;
}

/* A new entry starts with so many requests at once. */
static bool take(struct zt_client **table, const struct zt_client_key *key, int64_t per_second,
                 int64_t at_once, int64_t now_ms)
{
    bool is_new = find(*table, key->nwid, key->address) == NULL;
    struct zt_client *client = get(table, key->nwid, key->address);

    if (client == NULL)
        return false;
    if (is_new)
        zt_rate_init(&client->requests, per_second, at_once, now_ms);
    client->at_ms = now_ms;
    return zt_rate_take(&client->requests, now_ms);
}

bool zt_clients_asked(struct zt_clients *clients, zt_nwid nwid, zt_address address, int64_t now_ms)
{
    struct zt_client_key source = { 0, address }, key = { nwid, address };

    return take(&clients->sources, &source, NETWORKS_PER_SECOND, NETWORKS_AT_ONCE, now_ms) &&
           take(&clients->asked, &key, REQUESTS_PER_SECOND, REQUESTS_AT_ONCE, now_ms);
}

void zt_clients_granted(struct zt_clients *clients, zt_nwid nwid, zt_address address,
                        int64_t now_ms)
{
    struct zt_client *client = get(&clients->granted, nwid, address);

    if (client != NULL)
        client->at_ms = now_ms;
}

bool zt_clients_is_granted(const struct zt_clients *clients, zt_nwid nwid, zt_address address,
                           int64_t now_ms)
{
    const struct zt_client *client = find(clients->granted, nwid, address);

    return client != NULL && now_ms - client->at_ms < GRANT_LIFE_MS;
}

static void clean(struct zt_client **table, int64_t life_ms, int64_t now_ms)
{
    struct zt_client *client, *next;

    HASH_ITER(hh, *table, client, next)
    {
        if (now_ms - client->at_ms < life_ms)
            continue;
        HASH_DEL(*table, client);
        zt_free(client);
    }
}

void zt_clients_clean(struct zt_clients *clients, int64_t now_ms)
{
    clean(&clients->sources, SOURCE_LIFE_MS, now_ms);
    clean(&clients->asked, REQUESTS_LIFE_MS, now_ms);
    clean(&clients->granted, GRANT_LIFE_MS, now_ms);
}
