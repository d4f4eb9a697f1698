/* SPDX-License-Identifier: Apache-2.0 */
/* The table of reports about our own endpoints. */
#include "vl1/surface.h"
#include "base/mem.h"
#include "vl1/wire.h"

#include <assert.h>
#include <string.h>

#define REPORTS_EACH 16 /* by one reporter: some sockets and endpoints of both families */

void zt_surfaces_clear(struct zt_surfaces *surfaces)
{
    zt_free(surfaces->reports);
    *surfaces = (struct zt_surfaces){ 0 };
}

static void remove_at(struct zt_surfaces *surfaces, size_t i)
{
    assert(i < surfaces->count);

    surfaces->count--;
    memmove(&surfaces->reports[i], &surfaces->reports[i + 1],
            (surfaces->count - i) * sizeof *surfaces->reports);
}

static bool grow(struct zt_surfaces *surfaces)
{
    size_t capacity = surfaces->capacity ? surfaces->capacity * 2 : 4;
    struct zt_report *reports = zt_alloc(capacity * sizeof *reports);

    if (!reports)
        return false;
    if (surfaces->count > 0)
        memcpy(reports, surfaces->reports, surfaces->count * sizeof *reports);
    zt_free(surfaces->reports);
    surfaces->reports = reports;
    surfaces->capacity = capacity;
    return true;
}

/* The oldest of one reporter, SIZE_MAX if that has its share of places left. */
static size_t oldest_of(const struct zt_surfaces *surfaces, zt_address reporter)
{
    size_t found = SIZE_MAX;
    size_t held = 0;

    for (size_t i = surfaces->count; i-- > 0;) {
        if (surfaces->reports[i].reporter != reporter)
            continue;
        held++;
        if (found == SIZE_MAX || surfaces->reports[i].at_ms <= surfaces->reports[found].at_ms)
            found = i;
    }
    return held < REPORTS_EACH ? SIZE_MAX : found;
}

static size_t first_to_go(const struct zt_surfaces *surfaces)
{
    size_t found = 0;

    for (size_t i = 1; i < surfaces->count; i++) {
        const struct zt_report *report = &surfaces->reports[i];
        const struct zt_report *first = &surfaces->reports[found];
        bool is_older = report->at_ms < first->at_ms;

        if (report->is_trusted == first->is_trusted ? is_older : first->is_trusted)
            found = i;
    }
    return found;
}

static void append(struct zt_surfaces *surfaces, const struct zt_report *report)
{
    size_t own = oldest_of(surfaces, report->reporter);

    if (own != SIZE_MAX)
        remove_at(surfaces, own);
    else if (surfaces->count == ZT_MAX_SURFACES)
        remove_at(surfaces, first_to_go(surfaces));
    if (surfaces->count == surfaces->capacity && !grow(surfaces))
        return;
    surfaces->reports[surfaces->count++] = *report;
}

static struct zt_report *find(const struct zt_surfaces *surfaces, const struct zt_report *like)
{
    enum zt_scope scope = zt_endpoint_scope(&like->mine);

    for (size_t i = 0; i < surfaces->count; i++) {
        struct zt_report *report = &surfaces->reports[i];

        if (report->reporter == like->reporter && zt_link_equal(&report->link, &like->link) &&
            zt_endpoint_scope(&report->mine) == scope)
            return report;
    }
    return NULL;
}

/* What others said about this scope, seen from elsewhere, was true of the address we had. */
static void forget_others(struct zt_surfaces *surfaces, const struct zt_report *report)
{
    enum zt_scope scope = zt_endpoint_scope(&report->mine);

    for (size_t i = surfaces->count; i-- > 0;) {
        const struct zt_report *other = &surfaces->reports[i];

        if (zt_endpoint_scope(&other->mine) == scope &&
            !zt_endpoint_equal(&other->link.remote, &report->link.remote))
            remove_at(surfaces, i);
    }
}

bool zt_surfaces_report(struct zt_surfaces *surfaces, const struct zt_report *report)
{
    enum zt_scope scope = zt_endpoint_scope(&report->mine);

    if (scope != zt_endpoint_scope(&report->link.remote) || scope <= ZT_SCOPE_LOOPBACK)
        return false;

    struct zt_report *known = find(surfaces, report);
    if (!known) {
        append(surfaces, report);
        return false;
    }
    bool has_moved = report->is_trusted && report->at_ms - known->at_ms < ZT_SURFACE_LIFE_MS &&
                     !zt_endpoint_same_ip(&known->mine, &report->mine);
    *known = *report;
    if (has_moved)
        forget_others(surfaces, report);
    return has_moved;
}

static bool is_listed(const struct zt_endpoint *list, size_t count,
                      const struct zt_endpoint *endpoint)
{
    for (size_t i = 0; i < count; i++) {
        if (zt_endpoint_equal(&list[i], endpoint))
            return true;
    }
    return false;
}

size_t zt_surfaces_list(const struct zt_surfaces *surfaces, struct zt_endpoint *out,
                        size_t capacity)
{
    size_t count = 0;

    for (size_t i = 0; i < surfaces->count && count < capacity; i++) {
        if (!is_listed(out, count, &surfaces->reports[i].mine))
            out[count++] = surfaces->reports[i].mine;
    }
    return count;
}

void zt_surfaces_expire(struct zt_surfaces *surfaces, int64_t now_ms)
{
    for (size_t i = surfaces->count; i-- > 0;) {
        if (now_ms - surfaces->reports[i].at_ms >= ZT_SURFACE_LIFE_MS)
            remove_at(surfaces, i);
    }
}

void zt_surfaces_socket_closed(struct zt_surfaces *surfaces, uint32_t socket)
{
    for (size_t i = surfaces->count; i-- > 0;) {
        if (surfaces->reports[i].link.socket == socket)
            remove_at(surfaces, i);
    }
}
