/* SPDX-License-Identifier: Apache-2.0 */
/* Sockets to listen on; of TCP, IPv4 and IPv6 apart, so that each address is what it seems. */
#define _DEFAULT_SOURCE

#include "http/listen.h"

#include "base/text.h"
#include "http/http.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 1024

bool zt_http_address_read(struct zt_endpoint *endpoint, const char *text)
{
    const char *colon = strrchr(text, ':');
    bool is_bracketed = *text == '[' && colon && colon > text && colon[-1] == ']';
    bool is_v4 = colon && colon == strchr(text, ':');
    char slashed[ZT_ENDPOINT_TEXT];

    if (is_bracketed)
        zt_format(slashed, sizeof slashed, "%.*s/%s", (int)(colon - text - 2), text + 1, colon + 1);
    else if (is_v4)
        zt_format(slashed, sizeof slashed, "%.*s/%s", (int)(colon - text), text, colon + 1);
    else
        zt_format(slashed, sizeof slashed, "%s", text);
    return zt_endpoint_parse(endpoint, slashed, 0) && strchr(slashed, '/');
}

static socklen_t write_address(struct sockaddr_storage *out, const struct zt_endpoint *endpoint)
{
    struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons(endpoint->port) };
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons(endpoint->port) };

    if (endpoint->family == ZT_FAMILY_IPV4) {
        memcpy(&v4.sin_addr, endpoint->ip, 4);
        memcpy(out, &v4, sizeof v4);
        return sizeof v4;
    }
    memcpy(&v6.sin6_addr, endpoint->ip, 16);
    memcpy(out, &v6, sizeof v6);
    return sizeof v6;
}

struct zt_endpoint zt_http_endpoint_of(const struct sockaddr *address)
{
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;

    if (address->sa_family == AF_INET) {
        memcpy(&v4, address, sizeof v4);
        return zt_endpoint_v4((const uint8_t *)&v4.sin_addr, ntohs(v4.sin_port));
    }
    if (address->sa_family == AF_INET6) {
        memcpy(&v6, address, sizeof v6);
        return zt_endpoint_v6((const uint8_t *)&v6.sin6_addr, ntohs(v6.sin6_port));
    }
    return (struct zt_endpoint){ 0 };
}

static int prepare(int made, struct zt_endpoint *endpoint)
{
    struct sockaddr_storage address;
    socklen_t length = write_address(&address, endpoint);
    int yes = 1;

    (void)setsockopt(made, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (endpoint->family == ZT_FAMILY_IPV6)
        (void)setsockopt(made, IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof yes);
    if (bind(made, (struct sockaddr *)&address, length) != 0 || listen(made, BACKLOG) != 0)
        return -errno;
    length = sizeof address;
    if (getsockname(made, (struct sockaddr *)&address, &length) != 0)
        return -errno;
    *endpoint = zt_http_endpoint_of((struct sockaddr *)&address);
    return 0;
}

/* Or a negative errno. */
static int open_socket(int family)
{
    int made = socket(family, SOCK_STREAM, 0);

    if (made < 0)
        return -errno;
    (void)fcntl(made, F_SETFD, FD_CLOEXEC);
    (void)fcntl(made, F_SETFL, O_NONBLOCK);
    return made;
}

static int close_unless(int code, int made)
{
    if (code == 0)
        return made;
    (void)close(made);
    return code;
}

int zt_http_listen(struct zt_endpoint *endpoint)
{
    int made = open_socket(endpoint->family == ZT_FAMILY_IPV4 ? AF_INET : AF_INET6);

    return made < 0 ? made : close_unless(prepare(made, endpoint), made);
}

/* The file begins with the mode of its socket, or where a system does otherwise gets it before anybody can
   connect. */
static int prepare_at(int made, const struct sockaddr_un *address)
{
    struct stat there;

    if (lstat(address->sun_path, &there) == 0 && S_ISSOCK(there.st_mode))
        (void)unlink(address->sun_path);
    (void)fchmod(made, 0600);
    if (bind(made, (const struct sockaddr *)address, sizeof *address) != 0)
        return -errno;
    if (chmod(address->sun_path, 0600) == 0 && listen(made, BACKLOG) == 0)
        return 0;
    int code = -errno;
    (void)unlink(address->sun_path);
    return code;
}

int zt_http_listen_at(const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int made;

    if (strlen(path) >= sizeof address.sun_path)
        return -ENAMETOOLONG;
    zt_format(address.sun_path, sizeof address.sun_path, "%s", path);
    made = open_socket(AF_UNIX);
    return made < 0 ? made : close_unless(prepare_at(made, &address), made);
}
