/* SPDX-License-Identifier: Apache-2.0 */
/* Who a node is: a new identity, one from a file or from storage, and the events that tell what to keep. */
#include "common.h"

#include <stdio.h>
#include <string.h>

static const char usage[] =
    "Usage: identity [options] new | check FILE | memory FILE | storage\n"
    "new prints a new identity; check judges one. memory starts a node with the identity in FILE,\n"
    "storage with the one in the directory of --home, made when there is none.\n\n";

static int make(void)
{
    char identity[ZTS_ID_STR_BUF_LEN];
    unsigned length = sizeof identity;

    check(zts_id_new(identity, &length), "making an identity");
    printf("%s\n", identity);
    return 0;
}

/* Into a buffer of the size that zts_id_pair_is_valid wants, without the line's end. */
static void read_identity(const char *name, char identity[ZTS_ID_STR_BUF_LEN])
{
    FILE *file = fopen(name, "r");

    memset(identity, 0, ZTS_ID_STR_BUF_LEN);
    if (file == NULL || fgets(identity, ZTS_ID_STR_BUF_LEN, file) == NULL)
        perror(name);
    if (file != NULL)
        fclose(file);
    identity[strcspn(identity, "\r\n")] = 0;
}

static int judge(const char *name)
{
    char identity[ZTS_ID_STR_BUF_LEN];

    read_identity(name, identity);
    int valid = zts_id_pair_is_valid(identity, sizeof identity);
    printf("%s: %.10s\n", valid ? "valid" : "not valid", identity);
    return valid ? 0 : 1;
}

/* Without storage the events are the only way to learn what should be kept. */
static void on_event(void *message)
{
    const zts_event_msg_t *event = message;

    if (event->event_code == ZTS_EVENT_STORE_IDENTITY_SECRET)
        printf("new, keep it secret: %d characters\n", event->len);
    if (event->event_code == ZTS_EVENT_STORE_IDENTITY_PUBLIC)
        printf("new, public: %.*s\n", event->len, (const char *)event->cache);
}

static int run(const struct options *options)
{
    set_up_node(options);
    check(zts_init_set_event_handler(on_event), "setting the event handler");
    check(zts_node_start(), "starting the node");
    while (zts_node_get_id() == 0)
        zts_util_delay(20);
    printf("node: %010llx\n", (unsigned long long)zts_node_get_id());
    return zts_node_free();
}

int main(int argc, char **argv)
{
    struct options options = read_any_options(argc, argv, usage);
    const char *verb = options.argument_count > 0 ? options.arguments[0] : "";
    char identity[ZTS_ID_STR_BUF_LEN];

    if (strcmp(verb, "new") == 0 && options.argument_count == 1)
        return make();
    if (strcmp(verb, "check") == 0 && options.argument_count == 2)
        return judge(options.arguments[1]);
    if (strcmp(verb, "memory") == 0 && options.argument_count == 2) {
        read_identity(options.arguments[1], identity);
        check(zts_init_from_memory(identity, sizeof identity), "using the identity");
        return run(&options);
    }
    if (strcmp(verb, "storage") == 0 && options.argument_count == 1 && options.storage != NULL)
        return run(&options);
    fprintf(stderr, "%s", usage);
    return 2;
}
