/* SPDX-License-Identifier: Apache-2.0 */
/* The value that one column of a list shows of a member. */
#ifndef ZT_CONTROLLER_LIST_VALUES_H
#define ZT_CONTROLLER_LIST_VALUES_H

#include "controller/json_text.h"
#include "controller/list.h"
#include "controller/state.h"

struct zt_listing {
    const struct zt_controller *controller;
    const struct zt_list_form *form;
    char nwid[ZT_NWID_TEXT];
    struct zt_json_text text;
};

/* Is there anything to be said for the column? */
bool zt_list_has_value(const struct zt_hosted_member *member, enum zt_list_value value);
/* Writes it; not for ZT_LIST_EXTRA and ZT_LIST_CLOSE, which are no values. */
void zt_list_put_value(struct zt_listing *list, const struct zt_hosted_member *member,
                       const struct zt_list_column *column);

#endif
