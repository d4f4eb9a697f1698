/* SPDX-License-Identifier: Apache-2.0 */
/* The controller of the simulated world: the real decisions on the store in memory. */
#include "sim.h"

#include "base/text.h"

#include <stdlib.h>

static struct sim_node *home(struct sim *sim)
{
    return &sim->nodes[sim->controller_index];
}

static void authorise_members(struct sim *sim)
{
    for (uint32_t i = 0; i < sim->node_count; i++) {
        struct zt_api_error error;
        json_t *body, *member;

        if (sim->nodes[i].role != ROLE_MEMBER)
            continue;
        body = json_pack("{s:b}", "authorized", 1);
        member = zt_controller_set_member(sim->controller, node_now(home(sim)), sim->nwid,
                                          sim->nodes[i].identity.address, body, &error);
        check_that(sim, member != NULL, "member %u can't be authorised: %s", i, error.text);
        json_decref(member);
        json_decref(body);
    }
}

static void open_controller(struct sim *sim)
{
    const uint8_t seed[32] = { 1 };
    char text[256];

    sim->controller =
        zt_controller_new(&home(sim)->identity, sim->store, seed, NULL, text, sizeof text);
    if (!sim->controller)
        abort();
}

void hosting_restart(struct sim *sim)
{
    zt_controller_free(sim->controller);
    open_controller(sim);
}

void hosting_start(struct sim *sim)
{
    static const char body_text[] =
        "{\"name\":\"sim\",\"private\":true,\"v4AssignMode\":{\"zt\":true},"
        "\"v6AssignMode\":{\"rfc4193\":true,\"6plane\":true},"
        "\"routes\":[{\"target\":\"10.20.0.0/16\",\"via\":null}],"
        "\"ipAssignmentPools\":[{\"ipRangeStart\":\"10.20.0.1\",\"ipRangeEnd\":\"10.20.255.254\"}]"
        "}";
    struct zt_api_error error;
    json_t *body = json_loads(body_text, 0, NULL);
    json_t *network;

    sim->store = zt_store_mem_open();
    if (!body || !sim->store)
        abort();
    open_controller(sim);
    sim->nwid = home(sim)->identity.address << 24 | 0x515;
    network =
        zt_controller_set_network(sim->controller, node_now(home(sim)), sim->nwid, body, &error);
    if (!network) {
        fprintf(stderr, "sim: the network can't be made: %s\n", error.text);
        abort();
    }
    json_decref(network);
    json_decref(body);
    authorise_members(sim);
}

void hosting_stop(struct sim *sim)
{
    zt_controller_free(sim->controller);
    sim->store->functions->close(sim->store);
}

static void schedule(struct sim *sim)
{
    if (sim->controller_scheduled)
        return;
    sim->controller_scheduled = true;
    queue_put(&sim->queue, sim->now_ms + 1, EVENT_CONTROLLER, 0, NULL);
}

void hosting_request(struct sim *sim, const struct zt_config_request *request)
{
    zt_controller_request(sim->controller, node_now(home(sim)), request);
    schedule(sim);
}

void hosting_run(struct sim *sim)
{
    struct zt_controller_effect effect;
    struct sim_node *node = home(sim);

    sim->controller_scheduled = false;
    while (zt_controller_next(sim->controller, node_now(node), &effect)) {
        if (!node->node)
            continue;
        if (effect.kind == ZT_CONTROLLER_ANSWER)
            zt_node_answer(node->node, node_now(node), &effect.answer);
        else
            zt_node_send_revocation(node->node, node_now(node), effect.to, &effect.revocation);
        node_settle(node);
    }
}
