/* SPDX-License-Identifier: Apache-2.0 */
/* The random caller's second table: extensions, the hosted service, and helpers that need no node. Starting and
   stopping are left to who moves the node. */
#define _GNU_SOURCE /* SO_DOMAIN */
#define ZTS_DISABLE_CENTRAL_API 0
#include "random_calls.h"

#include "ZeroTierSockets.h"

#include <dirent.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

enum { TOKEN = ZTS_CENTRAL_TOKEN_LEN };

static _Thread_local char bytes[4500];
static _Thread_local zts_counter_t counter;
static _Thread_local zts_capture_info_t captured;
static _Thread_local zts_ip_addr ip;
static _Thread_local zts_root_set_t roots;
static _Thread_local struct zts_sockaddr_storage addr;
static _Thread_local unsigned lengths[3];
static _Thread_local int status;
static char answer[64]; /* the service's, which keeps it */
static char capture_path[64];
static _Atomic unsigned traced;

/* Held while somebody knows the number of a descriptor that is to be closed. */
static pthread_mutex_t numbers = PTHREAD_MUTEX_INITIALIZER;

#define BELOW(limit) random_below(c, limit)

static void *or_null(struct caller *c, void *place)
{
    return BELOW(16) == 0 ? NULL : place;
}

static uint64_t some_id(struct caller *c)
{
    return BELOW(4) == 0 ? BELOW(3) : c->nwid;
}

static void export_socket(struct caller *c)
{
    (void)pthread_mutex_lock(&numbers);
    int fd = random_fd(c), os_fd = zts_export_fd(fd);
    if (os_fd >= 0) {
        random_forget(c, fd);
        (void)send(os_fd, "x", BELOW(2), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (BELOW(2))
            (void)close(os_fd);
    }
    (void)pthread_mutex_unlock(&numbers);
}

static bool is_hung_up(int fd)
{
    struct pollfd at = { .fd = fd, .events = POLLIN };
    int domain = 0;
    socklen_t length = sizeof domain;

    return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &length) == 0 && domain == AF_UNIX &&
           poll(&at, 1, 0) == 1 && (at.revents & POLLHUP) != 0;
}

unsigned random_close_left_over(void)
{
    DIR *all = opendir("/proc/self/fd");
    unsigned count = 0;

    if (all == NULL)
        return 0;
    (void)pthread_mutex_lock(&numbers);
    for (struct dirent *at = readdir(all); at != NULL; at = readdir(all)) {
        int fd = atoi(at->d_name);
        if (at->d_name[0] == '.' || fd == dirfd(all))
            continue;
        if (is_hung_up(fd))
            (void)close(fd);
        else
            count++;
    }
    (void)pthread_mutex_unlock(&numbers);
    (void)closedir(all);
    return count;
}

static void take_event(struct caller *c)
{
    zts_event_msg_t *event = NULL;

    if (zts_event_wait(or_null(c, &event), (int)BELOW(12)) == 0)
        zts_event_free(event);
}

static void trace(void *context, int64_t time_us, const char *module, const char *line)
{
    (void)context;
    if (time_us > 0 && module[0] != 0 && line[0] != 0)
        traced++;
}

/* Never to stderr, and off in the end. */
static int set_trace(struct caller *c)
{
    unsigned modules = BELOW(3) == 0 ? BELOW(64) : 0;

    return zts_trace_set(modules, trace, NULL);
}

static int start_capture(struct caller *c)
{
    return zts_capture_start(or_null(c, capture_path), some_id(c),
                             BELOW(4) ? 1 << 20 : BELOW(10000));
}

static int sign_roots(struct caller *c)
{
    lengths[0] = lengths[1] = lengths[2] = BELOW(5000);
    roots.public_id_str[0] = BELOW(2) ? NULL : (char[]){ "junk" };
    roots.endpoint_ip_str[0][0] = BELOW(2) ? NULL : (char[]){ "127.0.0.1/9" };
    return zts_util_sign_root_set(or_null(c, bytes), or_null(c, &lengths[0]),
                                  or_null(c, bytes + 4096), or_null(c, &lengths[1]),
                                  or_null(c, bytes + 4224), or_null(c, &lengths[2]), some_id(c),
                                  some_id(c), or_null(c, &roots));
}

/* Nobody listens there. */
static int open_central(struct caller *c)
{
    static const char token[TOKEN + 1] = "0123456789abcdef0123456789abcdef";

    return zts_central_init(BELOW(4) ? "http://127.0.0.1:1" : "", BELOW(4) ? token : "short",
                            answer, BELOW(4) ? sizeof answer : 0);
}

/* These take a second or ten. */
static int make_identity(struct caller *c)
{
    lengths[0] = BELOW(100) == 0 ? ZTS_ID_STR_BUF_LEN : BELOW(ZTS_ID_STR_BUF_LEN);
    return zts_id_new(or_null(c, bytes), or_null(c, &lengths[0]));
}

static int renew_identity(struct caller *c)
{
    return BELOW(200) == 0 ? zts_init_new_identity() : 0;
}

#define CALLS(X)                                                                                   \
    X(zts_get_os_fd(random_fd(c)))                                                                 \
    X(zts_get_os_fd(random_fd(c)))                                                                 \
    X(export_socket(c))                                                                            \
    X(zts_get_errno() + zts_errno)                                                                 \
    X(zts_init_event_queue(BELOW(300)))                                                            \
    X(take_event(c))                                                                               \
    X(take_event(c))                                                                               \
    X(zts_event_free(NULL))                                                                        \
    X(zts_event_get_os_fd())                                                                       \
    X(zts_wait_online((int)BELOW(20)))                                                             \
    X(zts_wait_network(some_id(c), (int)BELOW(20)))                                                \
    X(zts_wait_address(some_id(c), BELOW(3) * 2, (int)BELOW(20)))                                  \
    X(zts_counter_get(BELOW(200), or_null(c, &counter)))                                           \
    X(set_trace(c))                                                                                \
    X(start_capture(c))                                                                            \
    X(zts_capture_stop(or_null(c, &captured)))                                                     \
    X(zts_init_allow_loopback_paths(1 + (int)BELOW(2)))                                            \
    X(zts_init_force_tcp_relay((int)BELOW(2) * 2))                                                 \
    X(zts_init_allow_secondary_port(BELOW(3)))                                                     \
    X(zts_init_set_port(0))                                                                        \
    X(renew_identity(c))                                                                           \
    X(make_identity(c))                                                                            \
    X(sign_roots(c))                                                                               \
    X(zts_net_compute_adhoc_id((uint16_t)BELOW(65536), (uint16_t)BELOW(65536)))                    \
    X(zts_addr_compute_rfc4193(some_id(c), some_id(c) >> 24, or_null(c, &addr)))                   \
    X(zts_addr_compute_6plane_str(some_id(c), some_id(c) >> 24, or_null(c, bytes), 45 + BELOW(3))) \
    X(zts_ipaddr_ntoa(or_null(c, &ip)))                                                            \
    X(open_central(c))                                                                             \
    X(zts_central_cleanup())                                                                       \
    X(zts_central_clear_resp_buf())                                                                \
    X(zts_central_set_access_mode((int8_t)BELOW(5)))                                               \
    X(zts_central_set_verbose((int8_t)(BELOW(2) * 2)))                                             \
    X(zts_central_get_last_resp_buf(or_null(c, bytes), (int)BELOW(100) - 2))                       \
    X(zts_central_status_get(or_null(c, &status)))                                                 \
    X(zts_central_self_get(or_null(c, &status)))                                                   \
    X(zts_central_net_get(or_null(c, &status), some_id(c)))                                        \
    X(zts_central_net_get_all(or_null(c, &status)))                                                \
    X(zts_central_net_get_members(or_null(c, &status), some_id(c)))                                \
    X(zts_central_net_update(or_null(c, &status), some_id(c)))                                     \
    X(zts_central_net_delete(or_null(c, &status), some_id(c)))                                     \
    X(zts_central_member_get(or_null(c, &status), some_id(c), some_id(c)))                         \
    X(zts_central_member_update(or_null(c, &status), some_id(c), some_id(c), or_null(c, bytes)))   \
    X(zts_central_node_auth(or_null(c, &status), some_id(c), some_id(c), (uint8_t)BELOW(3)))

void random_extra(struct caller *c, unsigned choice)
{
    unsigned at = 0;

#define TRY(expression)                                                                            \
    if (choice == at++) {                                                                          \
        c->call = #expression;                                                                     \
        (void)(expression);                                                                        \
        return;                                                                                    \
    }
    CALLS(TRY)
#undef TRY
}

#define ONE(expression) +1
const unsigned random_extra_count = 0 CALLS(ONE);

void random_extras_begin(void)
{
    int length = snprintf(capture_path, sizeof capture_path, "/tmp/zt-random-XXXXXX");
    int fd = length > 0 ? mkstemp(capture_path) : -1;

    if (fd >= 0)
        (void)close(fd);
}

void random_extras_end(void)
{
    (void)zts_capture_stop(NULL);
    (void)zts_trace_set(0, NULL, NULL);
    (void)unlink(capture_path);
}
