/* SPDX-License-Identifier: Apache-2.0 */
/* Sends a message to the server example and reads the echo, streams a bulk transfer, or pings. */
#include "common.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

static const char usage[] =
    "Usage: client -n NETWORK [options] ADDRESS PORT\n"
    "Connects to ADDRESS, sends a message and prints the answer.\n\n"
    "      --message TEXT   what to send (default \"Hello, network!\")\n"
    "      --ping N         send N pings instead (IPv4; PORT does not matter)\n"
    "      --bulk MIB       send MIB mebibytes instead; print SHA-256 and rate\n";

enum { CHUNK = 1 << 20, MESSAGE = 128, ECHO_SIZE = 64 };

/* A server that only receives closes without an answer. */
static int greet(int fd, const char *message)
{
    char answer[MESSAGE + 1];

    if (zts_write(fd, message, strlen(message)) != (ssize_t)strlen(message))
        return failed("writing");
    zts_shutdown_wr(fd);
    ssize_t length = zts_read(fd, answer, MESSAGE);
    if (length < 0)
        return failed("reading");
    answer[length] = 0;
    if (length > 0)
        printf("answer: %s\n", answer);
    return 0;
}

/* Pseudo-random bytes, so that nothing on the way can compress them. */
static void fill(unsigned char *chunk, uint64_t *state)
{
    for (size_t i = 0; i < CHUNK; i += sizeof *state) {
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        memcpy(chunk + i, state, sizeof *state);
    }
}

/* The other side closes when it has everything, which tells how long it really took. */
static int finish(int fd, unsigned mib, double began, EVP_MD_CTX *digest)
{
    unsigned char hash[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    char end;

    zts_shutdown_wr(fd);
    zts_read(fd, &end, 1);
    double seconds = seconds_now() - began;
    EVP_DigestFinal_ex(digest, hash, &length);
    printf("sent: %u MiB\nsha256: ", mib);
    for (unsigned i = 0; i < length; i++)
        printf("%02x", hash[i]);
    printf("\nrate: %.1f Mbit/s\n", seconds > 0 ? mib * 8.388608 / seconds : 0);
    return 0;
}

static int stream(int fd, unsigned mib)
{
    static unsigned char chunk[CHUNK];
    EVP_MD_CTX *digest = EVP_MD_CTX_new();
    uint64_t state = 88172645463325252U;
    double began = seconds_now();

    if (digest == NULL || EVP_DigestInit_ex(digest, EVP_sha256(), NULL) != 1)
        return failed("preparing SHA-256");
    for (unsigned sent = 0; sent < mib; sent++) {
        fill(chunk, &state);
        EVP_DigestUpdate(digest, chunk, sizeof chunk);
        if (zts_write(fd, chunk, sizeof chunk) != (ssize_t)sizeof chunk)
            return failed("writing");
    }
    int result = finish(fd, mib, began, digest);
    EVP_MD_CTX_free(digest);
    return result;
}

static uint16_t checksum(const unsigned char *bytes, size_t length)
{
    uint32_t sum = 0;

    for (size_t i = 0; i + 1 < length; i += 2)
        sum += (uint32_t)bytes[i] << 8 | bytes[i + 1];
    sum = (sum >> 16) + (sum & 0xffff);
    return (uint16_t) ~(sum + (sum >> 16));
}

/* One echo request and its answer, over a raw ICMP socket. Milliseconds; negative: no answer. */
static double ping_once(int fd, const char *address, unsigned char number)
{
    unsigned char request[ECHO_SIZE] = { 8, 0, 0, 0, 'z', 't', 0, number };
    unsigned char answer[256];
    struct zts_sockaddr_storage to;
    zts_socklen_t length = 0;

    uint16_t sum = checksum(request, sizeof request);
    request[2] = (unsigned char)(sum >> 8);
    request[3] = (unsigned char)sum;
    zts_util_ipstr_to_saddr(address, 0, (struct zts_sockaddr *)&to, &length);
    double began = seconds_now();
    if (zts_bsd_sendto(fd, request, sizeof request, 0, (struct zts_sockaddr *)&to, length) < 0)
        return -1;
    while (zts_bsd_recv(fd, answer, sizeof answer, 0) >= 28) {
        if (answer[20] == 0 && answer[24] == 'z' && answer[27] == number)
            return (seconds_now() - began) * 1000;
    }
    return -1;
}

static int ping(const char *address, unsigned count)
{
    int fd = zts_bsd_socket(ZTS_AF_INET, ZTS_SOCK_RAW, ZTS_IPPROTO_ICMP);
    unsigned answered = 0;
    double total = 0;

    if (fd < 0)
        return failed("making a socket");
    zts_set_recv_timeout(fd, 1, 0);
    for (unsigned i = 0; answered < count && i < count + 10; i++) {
        double ms = ping_once(fd, address, (unsigned char)i);
        if (ms >= 0) {
            answered++;
            total += ms;
        }
    }
    zts_close(fd);
    printf("ping: %u answered, %.2f ms on average\n", answered,
           answered > 0 ? total / answered : 0);
    return answered == count ? 0 : 1;
}

static int talk(const char *address, unsigned short port, const struct options *options)
{
    int fd = zts_tcp_client(address, port);

    if (fd < 0)
        return failed("connecting");
    printf("connected to %s port %u\n", address, port);
    int result = options->bulk_mib > 0
                     ? stream(fd, options->bulk_mib)
                     : greet(fd, options->message != NULL ? options->message : "Hello, network!");
    zts_close(fd);
    return result;
}

int main(int argc, char **argv)
{
    struct options options = read_options(argc, argv, usage);
    int port;

    if (options.argument_count != 2 || sscanf(options.arguments[1], "%d", &port) != 1 || port < 0 ||
        port > 65535 || zts_util_get_ip_family(options.arguments[0]) < 0) {
        fprintf(stderr, "%s", usage);
        return 2;
    }
    const char *address = options.arguments[0];
    start_node(&options);
    wait_for_address(options.network, zts_util_get_ip_family(address));
    print_addresses(options.network);
    int result = options.pings > 0 ? ping(address, options.pings)
                                   : talk(address, (unsigned short)port, &options);
    print_paths(options.network);
    zts_node_stop();
    zts_node_free();
    return result;
}
