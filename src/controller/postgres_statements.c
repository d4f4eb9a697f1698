/* SPDX-License-Identifier: Apache-2.0 */
/* The statements of the store on PostgreSQL, by number. docs/controller.md describes the tables. */
#include "controller/postgres_statements.h"

#include "base/text.h"

static const struct {
    const char *name, *text;
    int count; /* of its parameters */
} statements[ZT_POSTGRES_STATEMENT_COUNT] = {
    [ZT_SQL_LOAD_NETWORKS] = { "load_networks",
                               "SELECT nwid, '0', record, revision FROM zt_network ORDER BY nwid",
                               0 },
    [ZT_SQL_LOAD_MEMBERS] = { "load_members",
                              "SELECT nwid, address, record, revision FROM zt_member"
                              " ORDER BY nwid, address",
                              0 },
    [ZT_SQL_LOAD_SEEN] = { "load_seen",
                           "SELECT nwid, address, record, 0 FROM zt_seen ORDER BY nwid, address",
                           0 },
    [ZT_POSTGRES_ONE_NETWORK] = { "one_network",
                                  "SELECT nwid, '0', record, revision FROM zt_network WHERE nwid = "
                                  "$1",
                                  1 },
    [ZT_POSTGRES_ONE_MEMBER] = { "one_member",
                                 "SELECT nwid, address, record, revision FROM zt_member"
                                 " WHERE nwid = $1 AND address = $2",
                                 2 },
    [ZT_SQL_NEW_NETWORK] = { "new_network",
                             "INSERT INTO zt_network (nwid, record) VALUES ($1, $2)"
                             " ON CONFLICT DO NOTHING",
                             2 },
    [ZT_SQL_NEW_MEMBER] = { "new_member",
                            "INSERT INTO zt_member (nwid, address, record) VALUES ($1, $2, $3)"
                            " ON CONFLICT DO NOTHING",
                            3 },
    [ZT_SQL_ANY_NETWORK] = { "any_network",
                             "INSERT INTO zt_network (nwid, record) VALUES ($1, $2)"
                             " ON CONFLICT (nwid) DO UPDATE SET record = excluded.record",
                             2 },
    [ZT_SQL_ANY_MEMBER] = { "any_member",
                            "INSERT INTO zt_member (nwid, address, record) VALUES ($1, $2, $3)"
                            " ON CONFLICT (nwid, address) DO UPDATE SET record = excluded.record",
                            3 },
    [ZT_SQL_ANY_SEEN] = { "any_seen",
                          "INSERT INTO zt_seen (nwid, address, record)"
                          " SELECT nwid, address, $3::jsonb FROM zt_member"
                          " WHERE nwid = $1 AND address = $2"
                          " ON CONFLICT (nwid, address) DO UPDATE SET record = excluded.record",
                          3 },
    [ZT_SQL_CHANGE_NETWORK] = { "change_network",
                                "UPDATE zt_network SET record = $2"
                                " WHERE nwid = $1 AND revision = $3::bigint",
                                3 },
    [ZT_SQL_CHANGE_MEMBER] = { "change_member",
                               "UPDATE zt_member SET record = $3"
                               " WHERE nwid = $1 AND address = $2 AND revision = $4::bigint",
                               4 },
    [ZT_POSTGRES_NEW_MEMBERS] = { "new_members",
                                  "INSERT INTO zt_member (nwid, address, record)"
                                  " SELECT nwid, address, record FROM jsonb_to_recordset($1::jsonb)"
                                  " AS rows (nwid text, address text, record jsonb)"
                                  " ON CONFLICT DO NOTHING",
                                  1 },
    [ZT_POSTGRES_CHANGE_MEMBERS] = { "change_members",
                                     "UPDATE zt_member SET record = rows.record"
                                     " FROM jsonb_to_recordset($1::jsonb)"
                                     " AS rows (nwid text, address text, expected bigint, record "
                                     "jsonb)"
                                     " WHERE zt_member.nwid = rows.nwid AND zt_member.address = "
                                     "rows.address"
                                     " AND zt_member.revision = rows.expected",
                                     1 },
    [ZT_SQL_REMOVE_NETWORK] = { "remove_network", "DELETE FROM zt_network WHERE nwid = $1", 1 },
    [ZT_SQL_REMOVE_MEMBER] = { "remove_member",
                               "DELETE FROM zt_member WHERE nwid = $1 AND address = $2", 2 },
};

bool zt_postgres_prepare_all(struct zt_postgres *postgres)
{
    for (size_t i = 0; i < ZT_POSTGRES_STATEMENT_COUNT; i++)
        if (!zt_postgres_prepare(postgres, statements[i].name, statements[i].text))
            return false;
    return true;
}

int zt_postgres_start_statement(struct zt_postgres *postgres, unsigned which)
{
    return zt_postgres_start(postgres, statements[which].name);
}

PGresult *zt_postgres_run_statement(struct zt_postgres *postgres, unsigned which,
                                    const char *const *values, int *why)
{
    return zt_postgres_run_prepared(postgres, statements[which].name, statements[which].count,
                                    values, why);
}

bool zt_postgres_read_row(struct zt_record *record, enum zt_record_kind kind,
                          const PGresult *result, int row)
{
    uint64_t nwid, address = 0;

    *record = (struct zt_record){ .kind = kind,
                                  .json = PQgetvalue(result, row, 2),
                                  .length = (size_t)PQgetlength(result, row, 2) };
    if (!zt_hex_number(&nwid, PQgetvalue(result, row, 0), 16) ||
        (kind != ZT_RECORD_NETWORK && !zt_hex_number(&address, PQgetvalue(result, row, 1), 10)))
        return false;
    record->nwid = nwid;
    record->address = address;
    if (*PQgetvalue(result, row, 3) == '-') /* by somebody's hand, without the trigger */
        record->revision = ZT_ANY_REVISION;
    for (const char *digit = PQgetvalue(result, row, 3); *digit >= '0' && *digit <= '9'; digit++)
        record->revision = record->revision * 10 + (uint64_t)(*digit - '0');
    return true;
}
