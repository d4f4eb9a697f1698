/* SPDX-License-Identifier: Apache-2.0 */
/* Many short conversations at once over a wire that is slow, narrow and loses, closed in each way there is:
   both ends count, and nothing may be missing. Arguments: a seed, and how many rounds. */
#include "streams.h"

#include "stack/tcpsock.h"

#include <stdio.h>
#include <stdlib.h>

enum { KIB = 1 << 10, PAIRS = 4, PORT = 5200, MOST_BYTES = 200 * KIB };

/* Who ends it, and when. */
enum manner {
    ECHO_TO_THE_END, /* the server echoes until the client's end, and closes at once */
    ECHO_SO_MUCH,    /* the server knows how much comes, echoes it and closes */
    ANSWER_AT_ONCE,  /* the server reads all, answers all in one go and closes */
    LINGER,          /* the same, and its close waits for the last acknowledgement */
    MANNERS
};

struct pair {
    enum manner manner;
    size_t bytes;
    size_t sip; /* the client reads so much at a time */
    int client, server;
    size_t server_got, client_got;
    bool is_intact, client_met_end;
};

static uint32_t state;

static uint32_t below(uint32_t limit)
{
    state = state * 1664525 + 1013904223;
    return (uint32_t)((uint64_t)(state >> 8) * limit >> 24);
}

static bool send_all(int fd, const uint8_t *bytes, size_t length)
{
    return length == 0 || lwip_send(fd, bytes, length, 0) == (ssize_t)length;
}

/* Echoes piece by piece. */
static void echo(struct pair *pair)
{
    uint8_t buffer[8 * KIB];
    bool ends_by_count = pair->manner == ECHO_SO_MUCH;

    while (!ends_by_count || pair->server_got < pair->bytes) {
        ssize_t got = lwip_recv(pair->server, buffer, sizeof buffer, 0);
        if (got <= 0 || !send_all(pair->server, buffer, (size_t)got))
            break;
        pair->server_got += (size_t)got;
    }
}

static void answer_all(struct pair *pair)
{
    uint8_t *all = malloc(MOST_BYTES);
    ssize_t got = 1;

    while (all != NULL && got > 0 && pair->server_got < pair->bytes) {
        got = lwip_recv(pair->server, all + pair->server_got, pair->bytes - pair->server_got, 0);
        pair->server_got += got > 0 ? (size_t)got : 0;
    }
    if (all != NULL)
        (void)send_all(pair->server, all, pair->server_got);
    free(all);
}

static void serve(void *context)
{
    const struct linger patient = { .l_onoff = 1, .l_linger = 100 };
    struct pair *pair = context;

    if (pair->manner == LINGER)
        lwip_setsockopt(pair->server, SOL_SOCKET, SO_LINGER, &patient, sizeof patient);
    if (pair->manner == ECHO_TO_THE_END || pair->manner == ECHO_SO_MUCH)
        echo(pair);
    else
        answer_all(pair);
    zt_socket_close(pair->server);
}

static void ask(struct pair *pair)
{
    uint8_t buffer[4 * KIB];

    for (size_t sent = 0; sent < pair->bytes; sent += sizeof buffer) {
        size_t length = pair->bytes - sent < sizeof buffer ? pair->bytes - sent : sizeof buffer;
        for (size_t i = 0; i < length; i++)
            buffer[i] = pattern(sent + i);
        if (!send_all(pair->client, buffer, length))
            return;
    }
    if (pair->manner == ECHO_TO_THE_END)
        zt_socket_shutdown(pair->client, SHUT_WR);
}

static void converse(void *context)
{
    uint8_t buffer[8 * KIB];
    struct pair *pair = context;
    ssize_t got;

    ask(pair);
    pair->is_intact = true;
    while ((got = lwip_recv(pair->client, buffer, pair->sip, 0)) > 0) {
        for (ssize_t i = 0; i < got; i++)
            pair->is_intact &= buffer[i] == pattern(pair->client_got++);
        if (pair->sip < 512)
            zt_host_sleep_ms(1);
    }
    pair->client_met_end = got == 0;
    zt_socket_close(pair->client);
}

static void draw(struct pair *pair)
{
    memset(pair, 0, sizeof *pair);
    pair->manner = (enum manner)below(MANNERS);
    pair->bytes = 1 + below(below(2) == 0 ? 4 * KIB : MOST_BYTES);
    pair->sip = below(4) == 0 && pair->bytes < 32 * KIB ? 200 : 8 * KIB;
}

static void draw_weather(void)
{
    static const unsigned rooms[] = { 3, 16, 200, UINT32_MAX };

    set_loss(below(2) == 0 ? 0 : below(4));
    set_room(rooms[below(4)]);
}

static void run_round(int listener, struct pair pairs[PAIRS])
{
    struct zt_thread *clients[PAIRS], *servers[PAIRS];

    for (int i = 0; i < PAIRS; i++) {
        draw(&pairs[i]);
        pairs[i].client = tcp_socket("10.1.0.2");
        assert_int_equal(connect_to(pairs[i].client, "10.1.0.2", PORT), 0);
        pairs[i].server = lwip_accept(listener, NULL, NULL);
        assert_true(pairs[i].server >= 0);
    }
    draw_weather();
    for (int i = 0; i < PAIRS; i++) {
        servers[i] = zt_thread_start("server", serve, &pairs[i]);
        clients[i] = zt_thread_start("client", converse, &pairs[i]);
    }
    for (int i = 0; i < PAIRS; i++) {
        zt_thread_join(clients[i]);
        zt_thread_join(servers[i]);
    }
    set_loss(0);
    set_room(UINT32_MAX);
}

static unsigned rounds = 12;
static uint32_t seed = 4711;

static void nothing_is_missing_at_either_end(void **unused)
{
    int listener = bound_socket("10.2.0.1", PORT, SOCK_STREAM);
    struct pair pairs[PAIRS];

    (void)unused;
    assert_int_equal(lwip_listen(listener, PAIRS), 0);
    state = seed;
    for (unsigned round = 0; round < rounds; round++) {
        run_round(listener, pairs);
        for (int i = 0; i < PAIRS; i++) {
            const struct pair *pair = &pairs[i];
            bool is_whole = pair->server_got == pair->bytes && pair->client_got == pair->bytes &&
                            pair->is_intact && pair->client_met_end;
            if (!is_whole)
                fail_msg("seed %u round %u pair %d: manner %d, of %zu bytes %zu got there and %zu "
                         "back%s%s",
                         seed, round, i, pair->manner, pair->bytes, pair->server_got,
                         pair->client_got, pair->is_intact ? "" : ", not intact",
                         pair->client_met_end ? "" : ", and an error");
        }
    }
    zt_socket_close(listener);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(nothing_is_missing_at_either_end) };

    if (argc > 1)
        seed = (uint32_t)strtoul(argv[1], NULL, 10);
    if (argc > 2)
        rounds = (unsigned)strtoul(argv[2], NULL, 10);
    return cmocka_run_group_tests(tests, begin, end);
}
