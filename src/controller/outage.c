/* SPDX-License-Identifier: Apache-2.0 */
/* What the log is told of a store that fails or is away. */
#include "controller/state.h"

void zt_outage_tell(struct zt_controller *controller, const char *text)
{
    unsigned long long others = controller->failure_count;

    if (!zt_interval_passed(&controller->failed_mono_ms, ZT_FAILURE_INTERVAL_MS,
                            controller->tended_mono_ms)) {
        controller->failure_count++;
        return;
    }
    controller->failure_count = 0;
    if (others > 0)
        zt_log_error(controller->log, "controller", "%s (%llu other failures before)", text,
                     others);
    else
        zt_log_error(controller->log, "controller", "%s", text);
}

void zt_outage_note(struct zt_controller *controller, int result)
{
    const char *text = controller->store->functions->error(controller->store);
    bool is_away = result < 0;

    if (is_away == controller->is_store_away)
        return;
    controller->is_store_away = is_away;
    if (is_away)
        zt_log_error(controller->log, "controller",
                     "%s; members are answered as last known, changes are refused", text);
    else
        zt_log_info(controller->log, "controller", "the database is back");
}
