/* SPDX-License-Identifier: Apache-2.0 */
/* zts_set_* and zts_get_*: socket options one by one. */
#include "zts/socket.h"

#include "lwip/sockets.h"

static int set_int(int fd, int level, int option, int value)
{
    return zts_bsd_setsockopt(fd, level, option, &value, sizeof value);
}

/* The value, or a negative code. */
static int get_int(int fd, int level, int option)
{
    int value = 0;
    zts_socklen_t length = sizeof value;
    int result = zts_bsd_getsockopt(fd, level, option, &value, &length);

    return result < 0 ? result : value;
}

static int set_flag(int fd, int level, int option, int enabled)
{
    if (!zts_is_running())
        return ZTS_ERR_SERVICE;
    if (enabled != 0 && enabled != 1)
        return ZTS_ERR_ARG;
    return set_int(fd, level, option, enabled);
}

static int get_flag(int fd, int level, int option)
{
    int value = get_int(fd, level, option);

    return value > 0 ? 1 : value;
}

int zts_set_no_delay(int fd, int enabled)
{
    return set_flag(fd, ZTS_IPPROTO_TCP, ZTS_TCP_NODELAY, enabled);
}

int zts_get_no_delay(int fd)
{
    return get_flag(fd, ZTS_IPPROTO_TCP, ZTS_TCP_NODELAY);
}

int zts_set_reuse_addr(int fd, int enabled)
{
    return set_flag(fd, ZTS_SOL_SOCKET, ZTS_SO_REUSEADDR, enabled);
}

int zts_get_reuse_addr(int fd)
{
    return get_flag(fd, ZTS_SOL_SOCKET, ZTS_SO_REUSEADDR);
}

int zts_set_keepalive(int fd, int enabled)
{
    return set_flag(fd, ZTS_SOL_SOCKET, ZTS_SO_KEEPALIVE, enabled);
}

int zts_get_keepalive(int fd)
{
    return get_flag(fd, ZTS_SOL_SOCKET, ZTS_SO_KEEPALIVE);
}

int zts_get_last_socket_error(int fd)
{
    return get_int(fd, ZTS_SOL_SOCKET, ZTS_SO_ERROR);
}

int zts_get_pending_data_size(int fd)
{
    int size = 0;
    int result = zts_bsd_ioctl(fd, (unsigned long)ZTS_FIONREAD, &size);

    return result < 0 ? result : size;
}

size_t zts_get_data_available(int fd)
{
    return (size_t)zts_get_pending_data_size(fd);
}

int zts_set_linger(int fd, int enabled, int value)
{
    struct zts_linger linger = { .l_onoff = enabled, .l_linger = value };

    if (!zts_is_running())
        return ZTS_ERR_SERVICE;
    if ((enabled != 0 && enabled != 1) || value < 0)
        return ZTS_ERR_ARG;
    /* lwIP keeps it in 16 bits with a sign. */
    if (linger.l_linger > INT16_MAX)
        linger.l_linger = INT16_MAX;
    return zts_bsd_setsockopt(fd, ZTS_SOL_SOCKET, ZTS_SO_LINGER, &linger, sizeof linger);
}

static int get_linger(int fd, struct zts_linger *linger)
{
    zts_socklen_t length = sizeof *linger;

    return zts_bsd_getsockopt(fd, ZTS_SOL_SOCKET, ZTS_SO_LINGER, linger, &length);
}

int zts_get_linger_enabled(int fd)
{
    struct zts_linger linger;
    int result = get_linger(fd, &linger);

    return result < 0 ? result : linger.l_onoff != 0;
}

int zts_get_linger_value(int fd)
{
    struct zts_linger linger;
    int result = get_linger(fd, &linger);

    return result < 0 ? result : linger.l_linger;
}

static int set_timeout(int fd, int option, int seconds, int microseconds)
{
    zts_timeval timeout = { .tv_sec = seconds, .tv_usec = microseconds };

    if (!zts_is_running())
        return ZTS_ERR_SERVICE;
    if (seconds < 0 || microseconds < 0)
        return ZTS_ERR_ARG;
    return zts_bsd_setsockopt(fd, ZTS_SOL_SOCKET, option, &timeout, sizeof timeout);
}

static int get_timeout(int fd, int option)
{
    zts_timeval timeout;
    zts_socklen_t length = sizeof timeout;
    int result = zts_bsd_getsockopt(fd, ZTS_SOL_SOCKET, option, &timeout, &length);

    return result < 0 ? result : (int)timeout.tv_sec;
}

int zts_set_recv_timeout(int fd, int seconds, int microseconds)
{
    return set_timeout(fd, ZTS_SO_RCVTIMEO, seconds, microseconds);
}

int zts_get_recv_timeout(int fd)
{
    return get_timeout(fd, ZTS_SO_RCVTIMEO);
}

int zts_set_send_timeout(int fd, int seconds, int microseconds)
{
    return set_timeout(fd, ZTS_SO_SNDTIMEO, seconds, microseconds);
}

int zts_get_send_timeout(int fd)
{
    return get_timeout(fd, ZTS_SO_SNDTIMEO);
}

static int set_size(int fd, int option, int size)
{
    if (!zts_is_running())
        return ZTS_ERR_SERVICE;
    if (size < 0)
        return ZTS_ERR_ARG;
    return set_int(fd, ZTS_SOL_SOCKET, option, size);
}

int zts_set_send_buf_size(int fd, int size)
{
    return set_size(fd, ZTS_SO_SNDBUF, size);
}

int zts_get_send_buf_size(int fd)
{
    return get_int(fd, ZTS_SOL_SOCKET, ZTS_SO_SNDBUF);
}

int zts_set_recv_buf_size(int fd, int size)
{
    return set_size(fd, ZTS_SO_RCVBUF, size);
}

int zts_get_recv_buf_size(int fd)
{
    return get_int(fd, ZTS_SOL_SOCKET, ZTS_SO_RCVBUF);
}

int zts_set_ttl(int fd, int ttl)
{
    if (!zts_is_running())
        return ZTS_ERR_SERVICE;
    if (ttl < 0 || ttl > 255)
        return ZTS_ERR_ARG;
    return set_int(fd, ZTS_IPPROTO_IP, ZTS_IP_TTL, ttl);
}

int zts_get_ttl(int fd)
{
    return get_int(fd, ZTS_IPPROTO_IP, ZTS_IP_TTL);
}

int zts_set_blocking(int fd, int enabled)
{
    if (!zts_is_running())
        return ZTS_ERR_SERVICE;
    if (enabled != 0 && enabled != 1)
        return ZTS_ERR_ARG;
    int flags = zts_bsd_fcntl(fd, ZTS_F_GETFL, 0);
    if (flags < 0)
        return flags;
    flags = enabled ? flags & ~ZTS_O_NONBLOCK : flags | ZTS_O_NONBLOCK;
    return zts_bsd_fcntl(fd, ZTS_F_SETFL, flags);
}

int zts_get_blocking(int fd)
{
    int flags = zts_bsd_fcntl(fd, ZTS_F_GETFL, 0);

    return flags < 0 ? flags : (flags & ZTS_O_NONBLOCK) == 0;
}
