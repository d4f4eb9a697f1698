/* SPDX-License-Identifier: Apache-2.0 */
/* The local API: what is the server's own here, and the rest from the backend. docs/wire.md 20.2, 20.3 */
#include "http/apis.h"
#include "http/conf.h"
#include "http/methods.h"

#include "base/text.h"
#include "os/host.h"

#include <string.h>

#define NWID_DIGITS 16

static json_t *text_or_nothing(const json_t *object, const char *key)
{
    json_t *value = json_object_get(object, key);

    return value ? json_incref(value) : json_null();
}

/* The settings of local.conf, and those that hold whatever it says. */
static json_t *settings_json(const struct zt_site *site, const json_t *conf, const json_t *status)
{
    const json_t *given = json_object_get(conf, "settings");
    json_t *settings =
        json_is_object(given) ? json_copy((json_t *)(uintptr_t)given) : json_object();
    json_t *fixed = json_pack("{s:b, s:b, s:o, s:i, s:i, s:s, s:o, s:o, s:b, s:s, s:s}",
                              "allowTcpFallbackRelay", 0, "forceTcpRelay", 0, "primaryPort",
                              text_or_nothing(status, "port"), "secondaryPort", 0, "tertiaryPort",
                              0, "homeDir", site->home, "listeningOn",
                              text_or_nothing(status, "listeningOn"), "surfaceAddresses",
                              text_or_nothing(status, "surfaceAddresses"), "portMappingEnabled", 0,
                              "softwareUpdate", "disable", "softwareUpdateChannel", "release");

    (void)json_object_update(settings, fixed);
    json_decref(fixed);
    return settings;
}

static void answer_status(struct zt_site *site, struct zt_http_answer *answer)
{
    int code = 0;
    char error[256];
    json_t *status = zt_site_ask(site, "GET", "/status", NULL, &code);
    json_t *conf = code == 200 ? zt_conf_read(site->folder, error, sizeof error) : NULL;

    if (code == 200 && !conf) { /* broken by hand since the start: says so, and goes on */
        conf = json_object();
        (void)json_object_set_new(conf, "error", json_string(error));
    }
    if (conf) {
        (void)json_object_set_new(conf, "settings", settings_json(site, conf, status));
        (void)json_object_set_new(status, "config", conf);
    }
    zt_http_say(answer, code, status);
}

/* The part of the status that needs no token. */
static void answer_health(struct zt_site *site, struct zt_http_answer *answer)
{
    static const char *const keys[] = { "online",       "clock",      "version",     "versionMajor",
                                        "versionMinor", "versionRev", "versionBuild" };
    int code = 0;
    json_t *status = zt_site_ask(site, "GET", "/status", NULL, &code), *health;

    if (code != 200) {
        zt_http_say(answer, code, status);
        return;
    }
    health = json_object();
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        (void)json_object_set_new(health, keys[i], text_or_nothing(status, keys[i]));
    json_decref(status);
    zt_http_say(answer, code, health);
}

static void answer_config(struct zt_site *site, struct zt_http_answer *answer)
{
    char error[256];
    json_t *conf = zt_conf_read(site->folder, error, sizeof error);

    if (conf)
        zt_http_say(answer, 200, conf);
    else
        zt_http_complain(answer, 500, "%s", error);
}

static void change_settings(struct zt_site *site, const struct zt_http_request *request,
                            struct zt_http_answer *answer)
{
    json_t *changes = zt_http_body(request, answer);
    char error[256];
    bool is_done;

    if (!changes)
        return;
    zt_monitor_enter(site->desk);
    is_done = zt_conf_change(site->folder, changes, site->judge, error, sizeof error);
    zt_monitor_leave(site->desk);
    json_decref(changes);
    if (is_done)
        zt_http_say(answer, 200, json_object());
    else
        zt_http_complain(answer, 400, "%s", error);
}

static bool begins(const char *path, const char *prefix)
{
    return strncmp(path, prefix, strlen(prefix)) == 0;
}

/* What a bond would do: there is none with anybody. docs/wire.md 4.23 */
static bool answer_bond(const struct zt_http_request *request, struct zt_http_answer *answer)
{
    if (!begins(request->path, "/bond/"))
        return false;
    zt_http_complain(answer, 400, "paths are not bonded here");
    return true;
}

/* Is it a path that the backend knows? What else it answers is not for others. */
static bool is_backends(const char *path)
{
    static const char *const words[] = { "/peer", "/moon", "/network", "/controller",
                                         "/unstable/controller" };

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        size_t length = strlen(words[i]);

        if (strncmp(path, words[i], length) == 0 && (path[length] == 0 || path[length] == '/'))
            return true;
    }
    return false;
}

/* The one answer that may be megabytes does not pass as a tree of values. */
static bool answer_list(struct zt_site *site, const struct zt_http_request *request,
                        struct zt_http_answer *answer)
{
    static const char prefix[] = "/unstable/controller/network/";
    char id[NWID_DIGITS + 1];
    uint64_t nwid;

    if (strcmp(request->method, "GET") != 0 || !begins(request->path, prefix) ||
        strlen(request->path) < sizeof prefix - 1 + NWID_DIGITS)
        return false;
    zt_format(id, sizeof id, "%.*s", NWID_DIGITS, request->path + sizeof prefix - 1);
    if (strcmp(request->path + sizeof prefix - 1 + NWID_DIGITS, "/member") != 0 ||
        !zt_hex_number(&nwid, id, NWID_DIGITS))
        return false;
    zt_site_list(site, nwid, NULL, answer);
    return true;
}

static void ask_backend(struct zt_site *site, const struct zt_http_request *request,
                        struct zt_http_answer *answer)
{
    bool sets = zt_http_sets(request);
    json_t *body = sets ? zt_http_body(request, answer) : NULL;
    json_t *result;
    int status = 500;

    if (sets && !body)
        return;
    result = zt_site_ask(site, request->method, request->path, body, &status);
    json_decref(body);
    if (status != 405) {
        zt_http_say(answer, status, result);
        return;
    }
    json_decref(result);
    zt_methods_refuse(answer, request->path);
}

void zt_local_answer(struct zt_site *site, const struct zt_http_request *request,
                     struct zt_http_answer *answer)
{
    if (zt_http_gets(request, "/status"))
        answer_status(site, answer);
    else if (zt_http_gets(request, "/health"))
        answer_health(site, answer);
    else if (zt_http_gets(request, "/config"))
        answer_config(site, answer);
    else if (zt_http_sets(request) && strcmp(request->path, "/config/settings") == 0)
        change_settings(site, request, answer);
    else if (zt_http_gets(request, "/sso"))
        zt_http_say_text(answer, 500, "text/html",
                         "<!doctype html><title>zt</title><p>Nobody signs in here.</p>\n");
    else if (answer_list(site, request, answer))
        return;
    else if (is_backends(request->path))
        ask_backend(site, request, answer);
    else if (!answer_bond(request, answer))
        zt_methods_refuse(answer, request->path);
}
