/* SPDX-License-Identifier: Apache-2.0 */
/* Pages of a console: files below "app" in the state directory, if local.conf asks for them. docs/wire.md 20.2 */
#include "http/apis.h"
#include "http/conf.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#define FOLDER "app"
#define INDEX "index.html"
#define MOST_PAGE (16u << 20)
#define MOST_PATH 512

static bool is_enabled(const struct zt_site *site)
{
    char error[256];
    json_t *conf = zt_conf_read(site->folder, error, sizeof error);
    bool is_set =
        json_is_true(json_object_get(json_object_get(conf, "settings"), "enableWebServer"));

    json_decref(conf);
    return is_set;
}

/* Does each element name something below the folder, nothing hidden? One at the end may be empty. */
static bool is_inside(const char *path)
{
    if (strlen(path) >= MOST_PATH)
        return false;
    while (*path == '/') {
        size_t length = strcspn(++path, "/");

        if (*path == '.' || (length == 0 && *path == '/'))
            return false;
        path += length;
    }
    return *path == 0;
}

static const char *type_of(const char *name)
{
    static const char *const types[][2] = {
        { ".html", "text/html" },        { ".css", "text/css" },
        { ".js", "text/javascript" },    { ".mjs", "text/javascript" },
        { ".json", "application/json" }, { ".svg", "image/svg+xml" },
        { ".png", "image/png" },         { ".jpg", "image/jpeg" },
        { ".ico", "image/x-icon" },      { ".woff2", "font/woff2" },
        { ".txt", "text/plain" },        { ".wasm", "application/wasm" },
    };
    const char *dot = strrchr(name, '.');

    for (size_t i = 0; dot && i < sizeof types / sizeof types[0]; i++)
        if (strcmp(dot, types[i][0]) == 0)
            return types[i][1];
    return "application/octet-stream";
}

/* False: there is no such file. */
static bool say_file(const struct zt_site *site, const char *name, struct zt_http_answer *answer)
{
    uint8_t *bytes;
    size_t length;

    if (zt_file_read(site->folder, name, MOST_PAGE, &bytes, &length) != 0)
        return false;
    *answer = (struct zt_http_answer){
        .status = 200, .type = type_of(name), .text = (char *)bytes, .length = length
    };
    return true;
}

/* What has no page of its own is a place within the program that the first element names. */
static bool say_page(const struct zt_site *site, const char *path, struct zt_http_answer *answer)
{
    size_t length = strlen(path), first = *path ? 1 + strcspn(path + 1, "/") : 0;
    bool ends_open = length > 0 && path[length - 1] == '/';
    char name[MOST_PATH + 32];

    zt_format(name, sizeof name, FOLDER "%s", path);
    if (!ends_open && say_file(site, name, answer))
        return true;
    zt_format(name, sizeof name, FOLDER "%s%s" INDEX, path, ends_open ? "" : "/");
    if (say_file(site, name, answer))
        return true;
    if (strchr(length > 0 ? strrchr(path, '/') : "", '.'))
        return false;
    zt_format(name, sizeof name, FOLDER "%.*s/" INDEX, (int)first, path);
    return say_file(site, name, answer);
}

void zt_app_answer(struct zt_site *site, const struct zt_http_request *request, const char *path,
                   struct zt_http_answer *answer)
{
    if (strcmp(request->method, "GET") != 0) {
        zt_http_complain(answer, 405, "this path does not know that method");
        answer->allow = "GET, HEAD";
    } else if (!site->folder || !is_enabled(site)) {
        zt_http_complain(answer, 404, "no pages are served: settings.enableWebServer is not set");
    } else if (!is_inside(path) || !say_page(site, path, answer)) {
        zt_http_complain(answer, 404, "no such page");
    }
}

const char *zt_app_path(const char *path)
{
    size_t length = strlen("/" FOLDER);

    if (strncmp(path, "/" FOLDER, length) != 0 || (path[length] != 0 && path[length] != '/'))
        return NULL;
    return path + length;
}
