/* SPDX-License-Identifier: Apache-2.0 */
/* Accepts connections: echoes one message of each, or receives all of it and reports its rate. */
#include "common.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

static const char usage[] =
    "Usage: server -n NETWORK [options] ADDRESS PORT\n"
    "Listens at ADDRESS (0.0.0.0 or :: for all, IPv4 and IPv6) and echoes one message of each "
    "client.\n\n"
    "      --sink           receive until the client ends; print bytes, SHA-256 and rate\n"
    "      --count N        end after N connections (default 1; 0: never)\n";

enum { CHUNK = 1 << 18, MESSAGE = 128 };

static int echo(int fd)
{
    char message[MESSAGE + 1];
    ssize_t length = zts_read(fd, message, MESSAGE);

    if (length <= 0)
        return failed("reading");
    message[length] = 0;
    printf("message: %s\n", message);
    return zts_write(fd, message, (size_t)length) == length ? 0 : failed("writing");
}

static void print_transfer(unsigned long long bytes, double seconds, EVP_MD_CTX *digest)
{
    unsigned char hash[EVP_MAX_MD_SIZE];
    unsigned length = 0;

    EVP_DigestFinal_ex(digest, hash, &length);
    printf("received: %llu bytes\nsha256: ", bytes);
    for (unsigned i = 0; i < length; i++)
        printf("%02x", hash[i]);
    printf("\nrate: %.1f Mbit/s\n", seconds > 0 ? (double)bytes * 8 / seconds / 1e6 : 0);
}

static int swallow(int fd)
{
    static char chunk[CHUNK];
    EVP_MD_CTX *digest = EVP_MD_CTX_new();
    unsigned long long bytes = 0;
    double began = seconds_now();
    ssize_t length;

    if (digest == NULL || EVP_DigestInit_ex(digest, EVP_sha256(), NULL) != 1)
        return failed("preparing SHA-256");
    while ((length = zts_read(fd, chunk, sizeof chunk)) > 0) {
        if (bytes == 0 && length <= MESSAGE)
            printf("message: %.*s\n", (int)length, chunk);
        EVP_DigestUpdate(digest, chunk, (size_t)length);
        bytes += (unsigned long long)length;
    }
    if (length == 0)
        print_transfer(bytes, seconds_now() - began, digest);
    EVP_MD_CTX_free(digest);
    return length == 0 ? 0 : failed("reading");
}

static int serve(int listener, const struct options *options)
{
    char peer[ZTS_IP_MAX_STR_LEN];
    unsigned short port;
    int fd = zts_accept(listener, peer, sizeof peer, &port);

    if (fd < 0)
        return failed("accepting");
    printf("connection from %s port %u\n", peer, port);
    int result = options->sink ? swallow(fd) : echo(fd);
    print_paths(options->network);
    zts_close(fd);
    return result;
}

/* "Any" means both families: an IPv6 socket receives IPv4 too. */
static int listen_at(const char *address, unsigned short port)
{
    if (strcmp(address, "0.0.0.0") == 0)
        address = "::";
    int fd = zts_socket(zts_util_get_ip_family(address), ZTS_SOCK_STREAM, 0);

    if (fd < 0 || zts_set_reuse_addr(fd, 1) != 0 || zts_bind(fd, address, port) != 0 ||
        zts_listen(fd, 8) != 0)
        return -1;
    return fd;
}

int main(int argc, char **argv)
{
    struct options options = read_options(argc, argv, usage);
    int result = 0, port;

    if (options.argument_count != 2 || sscanf(options.arguments[1], "%d", &port) != 1 || port < 1 ||
        port > 65535 || zts_util_get_ip_family(options.arguments[0]) < 0) {
        fprintf(stderr, "%s", usage);
        return 2;
    }
    start_node(&options);
    wait_for_address(options.network, zts_util_get_ip_family(options.arguments[0]));
    print_addresses(options.network);
    int listener = listen_at(options.arguments[0], (unsigned short)port);
    if (listener < 0)
        return failed("listening");
    printf("listening at %s port %d\n", options.arguments[0], port);
    for (unsigned served = 0; result == 0 && (options.count == 0 || served < options.count);
         served++)
        result = serve(listener, &options);
    zts_close(listener);
    zts_node_stop();
    zts_node_free();
    return result;
}
