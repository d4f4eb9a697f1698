/* SPDX-License-Identifier: Apache-2.0 */
/* `zt rules test`: a frame goes through the filter of members, on the sender's side and on the
   receiver's. docs/rules.md. */
#include "cmd/rules_test.h"

#include "base/mem.h"
#include "base/text.h"
#include "cmd/rules_file.h"
#include "cmd/rules_trial.h"
#include "os/host.h"

#include <stdio.h>
#include <string.h>

static const struct zt_command command = {
    "rules test", "--frame TEXT [OPTION...] FILE",
    "Says what becomes of a frame, and by which rule. Exit status 0: it arrives; 3: it does not.\n"
    "  -f, --frame TEXT          like 'tcp 10.0.0.1:1234 > 10.0.0.2:80 syn', 'udp [fd00::1]:5 >\n"
    "                            [fd00::2]:53 size 200', 'icmp 10.0.0.1 > 10.0.0.2 type 8',\n"
    "                            'arp 10.0.0.1 > 10.0.0.2' or 'ethertype 0x88b5'\n"
    "      --from ADDRESS        the sending member (1111111111)\n"
    "      --to ADDRESS          the receiving member (2222222222)\n"
    "      --tag ID=VALUE        a tag of both; names are possible; may be repeated\n"
    "      --from-tag ID=VALUE, --to-tag ID=VALUE\n"
    "                            a tag of one; who has none given has the default\n"
    "      --capability ID       one that the sender holds, besides the default ones\n"
    "      --owns IP             one certified to the sender, for chr ipauth\n"
    "      --network NWID        for the MACs of the members (0000000000000001)\n"
    "  -j, --json                as JSON\n"
};

struct options {
    const char *frame, *from, *to, *network;
    struct zt_texts tags, from_tags, to_tags, capabilities, owned;
    bool as_json;
};

/* Sets the tag in the sorted list, or adds it. */
static bool set_tag(struct zt_trial_member *member, uint32_t id, uint32_t value)
{
    size_t at = 0;

    while (at < member->tag_count && member->tags[at].id < id)
        at++;
    if (at < member->tag_count && member->tags[at].id == id) {
        member->tags[at].value = value;
        return true;
    }
    if (member->tag_count == ZT_MAX_TAGS)
        return false;
    memmove(&member->tags[at + 1], &member->tags[at],
            (member->tag_count - at) * sizeof member->tags[0]);
    memset(&member->tags[at], 0, sizeof member->tags[at]);
    member->tags[at].id = id;
    member->tags[at].value = value;
    member->tag_count++;
    return true;
}

static int read_tags(struct zt_trial_member *member, const struct zt_rulebook *book,
                     const struct zt_texts *texts, const char *option)
{
    for (size_t i = 0; i < texts->count; i++) {
        const char *text = texts->values[i];
        size_t length = strcspn(text, "=");
        char name[ZT_MAX_RULES_NAME + 1];
        const struct zt_rulebook_tag *tag;
        uint32_t id = 0, value = 0;

        if (text[length] == 0 || length >= sizeof name)
            return zt_complain(&command, ZT_EXIT_USAGE, "%s: %s is not ID=VALUE", option, text);
        zt_format(name, sizeof name, "%.*s", (int)length, text);
        tag = zt_rulebook_find_tag(book, name);
        if (tag != NULL)
            id = tag->id;
        else if (!zt_rulebook_find_value(&id, book, NULL, name))
            return zt_complain(&command, ZT_EXIT_USAGE, "%s: %s is no tag", option, name);
        if (!zt_rulebook_find_value(&value, book, tag, text + length + 1))
            return zt_complain(&command, ZT_EXIT_USAGE, "%s: %s is no value of tag %s", option,
                               text + length + 1, name);
        if (!set_tag(member, id, value))
            return zt_complain(&command, ZT_EXIT_USAGE, "%s: too many tags", option);
    }
    return ZT_GO_ON;
}

static int read_member(struct zt_trial_member *member, const struct zt_rulebook *book,
                       const char *option, const char *address, const struct options *given,
                       const struct zt_texts *own_tags)
{
    char tag_option[16];
    int code;

    if (!zt_hex_number(&member->address, address, 10))
        return zt_complain(&command, ZT_EXIT_USAGE, "--%s: %s is not an address", option, address);
    for (size_t i = 0; i < book->tag_count; i++)
        if (book->tags[i].has_default)
            (void)set_tag(member, book->tags[i].id, book->tags[i].otherwise);
    code = read_tags(member, book, &given->tags, "--tag");
    zt_format(tag_option, sizeof tag_option, "--%s-tag", option);
    return code == ZT_GO_ON ? read_tags(member, book, own_tags, tag_option) : code;
}

/* In the order of their ids, as members hold them. */
static void hold(struct zt_trial *trial, const struct zt_rulebook_capability *capability)
{
    size_t at = 0;

    while (at < trial->held_count && trial->held[at]->id < capability->id)
        at++;
    if (at < trial->held_count && trial->held[at] == capability)
        return;
    memmove(&trial->held[at + 1], &trial->held[at],
            (trial->held_count - at) * sizeof trial->held[0]);
    trial->held[at] = capability;
    trial->held_count++;
}

static int read_capabilities(struct zt_trial *trial, const struct zt_texts *texts)
{
    const struct zt_rulebook *book = trial->book;

    for (size_t i = 0; i < book->capability_count; i++)
        if (book->capabilities[i].is_default)
            hold(trial, &book->capabilities[i]);
    for (size_t i = 0; i < texts->count; i++) {
        const struct zt_rulebook_capability *capability =
            zt_rulebook_find_capability(book, texts->values[i]);

        if (capability == NULL)
            return zt_complain(&command, ZT_EXIT_USAGE, "--capability: %s is none of this file",
                               texts->values[i]);
        hold(trial, capability);
    }
    return ZT_GO_ON;
}

static int read_owned(struct zt_trial *trial, const struct zt_texts *texts)
{
    for (size_t i = 0; i < texts->count; i++) {
        struct zt_thing *thing = &trial->owned.things[trial->owned.thing_count];
        struct zt_endpoint ip;

        if (!zt_endpoint_parse(&ip, texts->values[i], 0) || ip.port != 0)
            return zt_complain(&command, ZT_EXIT_USAGE, "--owns: %s is not an IP",
                               texts->values[i]);
        if (trial->owned.thing_count == ZT_MAX_OWNED_THINGS)
            return zt_complain(&command, ZT_EXIT_USAGE, "--owns is given too often");
        thing->type = ip.family == ZT_FAMILY_IPV4 ? ZT_THING_IPV4 : ZT_THING_IPV6;
        memcpy(thing->value, ip.ip, sizeof ip.ip);
        trial->owned.thing_count++;
    }
    return ZT_GO_ON;
}

static int fill_trial(struct zt_trial *trial, const struct options *given)
{
    char error[ZT_RULES_ERROR_TEXT];
    uint8_t seed[32];
    int code;

    if (!zt_sample_read(&trial->sample, given->frame, error))
        return zt_complain(&command, ZT_EXIT_USAGE, "--frame: %s", error);
    if (!zt_hex_number(&trial->nwid, given->network, 16))
        return zt_complain(&command, ZT_EXIT_USAGE, "--network: %s is not a network id",
                           given->network);
    code = read_member(&trial->from, trial->book, "from", given->from, given, &given->from_tags);
    if (code == ZT_GO_ON)
        code = read_member(&trial->to, trial->book, "to", given->to, given, &given->to_tags);
    if (code == ZT_GO_ON && trial->from.address == trial->to.address)
        code = zt_complain(&command, ZT_EXIT_USAGE, "--from and --to are the same member");
    if (code == ZT_GO_ON)
        code = read_capabilities(trial, &given->capabilities);
    if (code == ZT_GO_ON)
        code = read_owned(trial, &given->owned);
    zt_host_random(seed, sizeof seed);
    zt_rng_init(&trial->rng, seed);
    return code;
}

static int run_trial(struct zt_trial *trial, const struct options *given)
{
    int code = fill_trial(trial, given);

    if (code != ZT_GO_ON)
        return code;
    zt_trial_run(trial);
    if (given->as_json)
        zt_print_json(zt_trial_json(trial));
    else
        zt_trial_print(trial);
    return trial->is_delivered ? ZT_EXIT_OK : ZT_EXIT_DROPPED;
}

int zt_rules_test(int count, char **arguments)
{
    static struct zt_trial trial;
    static struct options given;
    const struct zt_option options[] = {
        { "--frame", "-f", ZT_OPTION_NAME, &given.frame },
        { "--from", NULL, ZT_OPTION_TEXT, &given.from },
        { "--to", NULL, ZT_OPTION_TEXT, &given.to },
        { "--network", NULL, ZT_OPTION_TEXT, &given.network },
        { "--tag", NULL, ZT_OPTION_LIST, &given.tags },
        { "--from-tag", NULL, ZT_OPTION_LIST, &given.from_tags },
        { "--to-tag", NULL, ZT_OPTION_LIST, &given.to_tags },
        { "--capability", NULL, ZT_OPTION_LIST, &given.capabilities },
        { "--owns", NULL, ZT_OPTION_LIST, &given.owned },
        { "--json", "-j", ZT_OPTION_FLAG, &given.as_json },
    };
    struct zt_rulebook *book;
    struct zt_texts words;
    int code;

    memset(&trial, 0, sizeof trial); /* both are too large for the stack, and may have been used */
    given =
        (struct options){ .from = "1111111111", .to = "2222222222", .network = "0000000000000001" };
    code = zt_args_read(&command, count, arguments, options, sizeof options / sizeof options[0],
                        &words);
    if (code != ZT_GO_ON)
        return code;
    if (given.frame == NULL)
        return zt_complain(&command, ZT_EXIT_USAGE, "--frame TEXT is missing");
    if (words.count != 1)
        return zt_complain(&command, ZT_EXIT_USAGE, "one file is needed");
    book = zt_rules_file_read(&command, words.values[0]);
    if (book == NULL)
        return ZT_EXIT_FAILED;
    trial.book = book;
    code = run_trial(&trial, &given);
    zt_free(book);
    return code;
}
