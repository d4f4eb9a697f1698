/* SPDX-License-Identifier: Apache-2.0 */
/* The classic client's dump: what helps somebody else to see why a node fares badly, in one file. It is written also
   if the service can't be asked, since that is when it is needed most. docs/wire.md 22.3 */
#define _DEFAULT_SOURCE

#include "cmd/cli.h"

#include "base/text.h"
#include "crypto/wipe.h"
#include "vl1/wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>

#define FILE_NAME "zerotier_dump.txt"
#define MOST_CONF 1048576
#define WHY_TEXT 768

struct dump {
    struct zt_cli *cli;
    FILE *out;
    char why[WHY_TEXT]; /* why the service can't be asked; empty: it can */
    int code;
};

/* A part that is missing, there and on stderr. */
__attribute__((format(printf, 3, 4))) static void miss(struct dump *dump, const char *part,
                                                       const char *format, ...)
{
    char why[WHY_TEXT];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(why, sizeof why, format, arguments);
    va_end(arguments);
    (void)fprintf(dump->out, "missing: %s\n", why);
    (void)fprintf(stderr, "zerotier-cli: dump: %s is missing: %s\n", part, why);
    if (dump->code == ZT_CLI_OK)
        dump->code = ZT_CLI_FAILED;
}

static void begin(struct dump *dump, const char *part)
{
    (void)fprintf(dump->out, "\n== %s\n", part);
}

static void put_json(struct dump *dump, json_t *json)
{
    zt_cli_redact(json);
    (void)json_dumpf(json, dump->out, JSON_INDENT(1) | JSON_SORT_KEYS | JSON_ENCODE_ANY);
    (void)fputc('\n', dump->out);
    json_decref(json);
}

static void put_head(struct dump *dump)
{
    time_t now = time(NULL);
    char date[40] = "";
    struct utsname system;
    struct tm parts;

    if (gmtime_r(&now, &parts))
        (void)strftime(date, sizeof date, "%Y-%m-%d %H:%M:%S UTC", &parts);
    (void)fprintf(
        dump->out,
        "zerotier-cli dump, %s\n"
        "Addresses of this machine and of its peers are named below. Tokens, passwords and keys\n"
        "were left out; look through it all the same before you pass it on.\n",
        date);
    begin(dump, "platform");
    if (uname(&system) == 0)
        (void)fprintf(dump->out, "%s %s %s\n", system.sysname, system.release, system.machine);
    else
        miss(dump, "platform", "%s", strerror(errno));
    begin(dump, "version");
    (void)fprintf(dump->out, "%d.%d.%d\n", ZT_VERSION_MAJOR, ZT_VERSION_MINOR, ZT_VERSION_REVISION);
}

/* Said once on stderr; in the file each part says it. */
static void give_up(struct dump *dump, const char *why)
{
    zt_format(dump->why, sizeof dump->why, "%s", why);
    (void)fprintf(stderr, "zerotier-cli: dump: the service can't be asked: %s\n", why);
    if (dump->code == ZT_CLI_OK)
        dump->code = ZT_CLI_FAILED;
}

/* Once it did not answer, it is not asked again: that may take a minute each time. */
static void put_answer(struct dump *dump, const char *path)
{
    struct zt_cli *cli = dump->cli;
    char error[256];
    json_t *json = NULL;
    int status = 0;

    begin(dump, path);
    if (!*dump->why) {
        free(cli->text);
        status = zt_http_ask(&cli->place, "GET", path, NULL, &cli->text, error, sizeof error);
        if (status == 0)
            give_up(dump, error);
    }
    if (status == 200)
        json = json_loads(cli->text, JSON_DECODE_ANY, NULL);
    if (json)
        put_json(dump, json);
    else if (status == 0)
        (void)fprintf(dump->out, "missing: %s\n", dump->why);
    else
        miss(dump, path, "the service answers %d%s", status, status == 200 ? ", not in JSON" : "");
}

/* Only what can be read is told, since in the rest nobody can say where a password stands. */
static void put_conf(struct dump *dump)
{
    char path[ZT_HOME_TEXT], error[ZT_HOME_TEXT];
    json_error_t where;
    struct stat info;
    uint8_t *bytes;
    size_t length;
    json_t *json;

    begin(dump, "local.conf");
    zt_format(path, sizeof path, "%.400s/local.conf", dump->cli->home);
    if (stat(path, &info) != 0 && errno == ENOENT) {
        (void)fputs("there is none\n", dump->out);
        return;
    }
    if (!zt_home_is_plain(path, error)) {
        miss(dump, "local.conf", "%s: is no plain file", path);
        return;
    }
    if (zt_home_read(path, MOST_CONF, &bytes, &length, error) != 0) {
        miss(dump, "local.conf", "%s", error);
        return;
    }
    json = json_loadb((const char *)bytes, length, JSON_DECODE_ANY, &where);
    zt_wipe(bytes, length);
    free(bytes);
    if (json)
        put_json(dump, json);
    else
        miss(dump, "local.conf", "%.400s: line %d: it is no JSON", path, where.line);
}

static unsigned count_bits(const uint8_t *bytes, size_t count)
{
    unsigned bits = 0;

    for (size_t i = 0; i < 8 * count && (bytes[i / 8] >> (7 - i % 8) & 1) != 0; i++)
        bits++;
    return bits;
}

static void put_address(FILE *out, const struct ifaddrs *entry)
{
    char text[INET6_ADDRSTRLEN];
    uint8_t ip[16], mask[16] = { 0 };
    bool is_ipv6 = entry->ifa_addr->sa_family == AF_INET6;
    size_t size = is_ipv6 ? 16 : 4;
    size_t offset =
        is_ipv6 ? offsetof(struct sockaddr_in6, sin6_addr) : offsetof(struct sockaddr_in, sin_addr);

    memcpy(ip, (const uint8_t *)entry->ifa_addr + offset, size);
    if (entry->ifa_netmask)
        memcpy(mask, (const uint8_t *)entry->ifa_netmask + offset, size);
    if (inet_ntop(entry->ifa_addr->sa_family, ip, text, sizeof text))
        (void)fprintf(out, " %s/%u", text, count_bits(mask, size));
}

static bool is_first_of(const struct ifaddrs *all, const struct ifaddrs *entry)
{
    while (all != entry && strcmp(all->ifa_name, entry->ifa_name) != 0)
        all = all->ifa_next;
    return all == entry;
}

/* A line each: name, up or down, addresses. */
static void put_interfaces(struct dump *dump)
{
    struct ifaddrs *all;

    begin(dump, "interfaces");
    if (getifaddrs(&all) != 0) {
        miss(dump, "list of interfaces", "%s", strerror(errno));
        return;
    }
    for (const struct ifaddrs *entry = all; entry; entry = entry->ifa_next) {
        if (!is_first_of(all, entry))
            continue;
        (void)fprintf(dump->out, "%s %s", entry->ifa_name,
                      entry->ifa_flags & IFF_UP ? "up" : "down");
        for (const struct ifaddrs *at = entry; at; at = at->ifa_next)
            if (strcmp(at->ifa_name, entry->ifa_name) == 0 && at->ifa_addr &&
                (at->ifa_addr->sa_family == AF_INET || at->ifa_addr->sa_family == AF_INET6))
                put_address(dump->out, at);
        (void)fputc('\n', dump->out);
    }
    freeifaddrs(all);
}

static void mask_all(char *text, size_t length, const char *secret)
{
    size_t secret_length = strlen(secret);

    for (size_t i = 0; secret_length > 0 && i + secret_length <= length; i++)
        if (memcmp(text + i, secret, secret_length) == 0)
            memset(text + i, '*', secret_length);
}

/* Wherever the token came from, nothing repeats it: as it is, nor as JSON writes it. */
static void mask_token(char *text, size_t length, const char *token)
{
    json_t *json = json_string(token);
    char *written = json ? json_dumps(json, JSON_ENCODE_ANY) : NULL;

    mask_all(text, length, token);
    if (written) {
        written[strlen(written) - 1] = 0;
        mask_all(text, length, written + 1);
        zt_wipe(written, strlen(written));
    }
    free(written);
    json_decref(json);
}

/* An earlier dump is replaced; anything else under that name, a link above all, was not meant. */
static int save(const char *text, size_t length)
{
    char error[ZT_HOME_TEXT];
    struct stat info;

    if (lstat(FILE_NAME, &info) == 0 && !S_ISREG(info.st_mode)) {
        (void)fprintf(stderr, "zerotier-cli: dump: " FILE_NAME ": is %s, and is not replaced\n",
                      S_ISLNK(info.st_mode)   ? "a link"
                      : S_ISDIR(info.st_mode) ? "a folder"
                                              : "no plain file");
        return ZT_CLI_FAILED;
    }
    if (zt_home_write(FILE_NAME, text, length, ZT_FILE_SECRET, error) != 0) {
        (void)fprintf(stderr, "zerotier-cli: dump: can't be written in this folder: %s\n", error);
        return ZT_CLI_FAILED;
    }
    (void)puts(FILE_NAME);
    return ZT_CLI_OK;
}

int zt_cli_dump(struct zt_cli *cli, int count, char **words)
{
    struct dump dump = { .cli = cli, .code = *cli->missing ? ZT_CLI_USAGE : ZT_CLI_OK };
    char *text = NULL;
    size_t length = 0;
    int code;

    (void)count;
    (void)words;
    dump.out = open_memstream(&text, &length);
    if (!dump.out) {
        (void)fputs("zerotier-cli: dump: out of memory\n", stderr);
        return ZT_CLI_FAILED;
    }
    if (*cli->missing)
        give_up(&dump, cli->missing);
    put_head(&dump);
    put_answer(&dump, "/status");
    put_answer(&dump, "/network");
    put_answer(&dump, "/peer");
    put_conf(&dump);
    put_interfaces(&dump);
    if (fclose(dump.out) != 0) {
        free(text);
        (void)fputs("zerotier-cli: dump: out of memory\n", stderr);
        return ZT_CLI_FAILED;
    }
    if (cli->place.token)
        mask_token(text, length, cli->place.token);
    code = save(text, length);
    free(text);
    return code == ZT_CLI_OK ? dump.code : code;
}
