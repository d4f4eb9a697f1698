/* SPDX-License-Identifier: Apache-2.0 */
/* Rows as text: [{"nwid":...,"address":...,"expected":...,"record":...},...]. */
#include "controller/postgres_rows.h"

#include "base/mem.h"
#include "base/text.h"

#include <inttypes.h>
#include <string.h>

#define ROW "%s{\"nwid\":\"%s\",\"address\":\"%s\",\"expected\":%" PRIu64 ",\"record\":"
#define ROW_SIZE 128 /* a row without its record */

static size_t size_of(const struct zt_put *puts, size_t count)
{
    size_t size = 3; /* brackets and the end */

    for (size_t i = 0; i < count; i++)
        size += ROW_SIZE + puts[i].record.length;
    return size;
}

/* Writes the row; its length. */
static size_t write_row(char *to, const struct zt_put *put, bool is_first)
{
    char nwid[ZT_NWID_TEXT], address[ZT_ADDRESS_TEXT];
    size_t length;

    zt_hex_number_write(nwid, put->record.nwid, 16);
    zt_hex_number_write(address, put->record.address, 10);
    zt_format(to, ROW_SIZE, ROW, is_first ? "" : ",", nwid, address,
              put->expected == ZT_NO_RECORD ? 0 : put->expected);
    length = strlen(to);
    memcpy(to + length, put->record.json, put->record.length);
    length += put->record.length;
    to[length++] = '}';
    return length;
}

char *zt_postgres_rows(const struct zt_put *puts, size_t put_count, bool are_new, size_t *count)
{
    char *text = zt_alloc(size_of(puts, put_count)), *end = text;

    *count = 0;
    if (!text)
        return NULL;
    *end++ = '[';
    for (size_t i = 0; i < put_count; i++)
        if ((puts[i].expected == ZT_NO_RECORD) == are_new)
            end += write_row(end, &puts[i], (*count)++ == 0);
    memcpy(end, "]", 2);
    return text;
}
