/* SPDX-License-Identifier: Apache-2.0 */
/* The tables and triggers of the store on PostgreSQL: made for people too, so ids are hexadecimal texts and
   records are jsonb. */
#include "controller/postgres_schema.h"

#include "base/text.h"

#include <stdlib.h>

#define SCHEMA_VERSION 3

/* Each entry leads from one version to the next; 0: no tables yet.

   zt_stamp raises the revision of a record that was edited by hand, so that a controller which has not
   seen the edit can't write over it; one that is no number, or could not be raised, it counts anew. zt_tell
   names each changed record on the channel zt_changed, one with a new key by the old one too; members that go
   with their network are not named, as the network is, once more with the word "gone", since it may have been
   made again in the same transaction. zt_empty tells that all may have changed. */
static const char *const migrations[SCHEMA_VERSION] = {
    "CREATE TABLE zt_network ("
    " nwid text PRIMARY KEY CHECK (nwid ~ '^[0-9a-f]{16}$'),"
    " record jsonb NOT NULL CHECK (jsonb_typeof(record) = 'object'),"
    " revision bigint NOT NULL DEFAULT 0);"
    "CREATE TABLE zt_member ("
    " nwid text NOT NULL REFERENCES zt_network ON DELETE CASCADE,"
    " address text NOT NULL CHECK (address ~ '^[0-9a-f]{10}$'),"
    " record jsonb NOT NULL CHECK (jsonb_typeof(record) = 'object'),"
    " revision bigint NOT NULL DEFAULT 0,"
    " PRIMARY KEY (nwid, address));"
    "CREATE TABLE zt_seen ("
    " nwid text NOT NULL, address text NOT NULL, record jsonb NOT NULL,"
    " PRIMARY KEY (nwid, address),"
    " FOREIGN KEY (nwid, address) REFERENCES zt_member ON DELETE CASCADE);"

    "CREATE FUNCTION zt_stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " IF TG_OP = 'UPDATE' AND NEW.record IS DISTINCT FROM OLD.record"
    " AND coalesce((NEW.record->>'revision')::bigint, 0) <= OLD.revision THEN"
    " NEW.record := jsonb_set(NEW.record, '{revision}', to_jsonb(OLD.revision + 1)); END IF;"
    " NEW.revision := coalesce((NEW.record->>'revision')::bigint, 0);"
    " RETURN NEW; END $$;"
    "CREATE TRIGGER zt_stamp BEFORE INSERT OR UPDATE ON zt_network"
    " FOR EACH ROW EXECUTE FUNCTION zt_stamp();"
    "CREATE TRIGGER zt_stamp BEFORE INSERT OR UPDATE ON zt_member"
    " FOR EACH ROW EXECUTE FUNCTION zt_stamp();"

    "CREATE FUNCTION zt_tell_network() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " PERFORM pg_notify('zt_changed', coalesce(NEW.nwid, OLD.nwid) || ' ');"
    " RETURN NULL; END $$;"
    "CREATE FUNCTION zt_tell_member() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " IF TG_OP = 'DELETE' AND NOT EXISTS (SELECT FROM zt_network WHERE nwid = OLD.nwid) THEN"
    " RETURN NULL; END IF;"
    " PERFORM pg_notify('zt_changed', coalesce(NEW.nwid, OLD.nwid) || ' ' ||"
    " coalesce(NEW.address, OLD.address));"
    " RETURN NULL; END $$;"
    "CREATE TRIGGER zt_tell AFTER INSERT OR UPDATE OR DELETE ON zt_network"
    " FOR EACH ROW EXECUTE FUNCTION zt_tell_network();"
    "CREATE TRIGGER zt_tell AFTER INSERT OR UPDATE OR DELETE ON zt_member"
    " FOR EACH ROW EXECUTE FUNCTION zt_tell_member();",

    "CREATE FUNCTION zt_revision(record jsonb) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$"
    " SELECT CASE WHEN jsonb_typeof(record->'revision') = 'number'"
    " AND (record->>'revision')::numeric BETWEEN 0 AND 9007199254740992"
    " THEN trunc((record->>'revision')::numeric)::bigint ELSE 0 END $$;"
    "CREATE OR REPLACE FUNCTION zt_stamp() RETURNS trigger LANGUAGE plpgsql AS $$"
    " DECLARE given bigint := zt_revision(NEW.record); BEGIN"
    " IF TG_OP = 'UPDATE' AND NEW.record IS DISTINCT FROM OLD.record"
    " AND given <= OLD.revision AND OLD.revision < 9007199254740992 THEN"
    " given := OLD.revision + 1; END IF;"
    " IF NEW.record->'revision' IS DISTINCT FROM to_jsonb(given) AND"
    " (NEW.record ? 'revision' OR given > 0) THEN"
    " NEW.record := jsonb_set(NEW.record, '{revision}', to_jsonb(given)); END IF;"
    " NEW.revision := given;"
    " RETURN NEW; END $$;",

    "CREATE OR REPLACE FUNCTION zt_tell_network() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " IF TG_OP = 'DELETE' THEN PERFORM pg_notify('zt_changed', OLD.nwid || ' gone'); END IF;"
    " IF TG_OP = 'DELETE' OR TG_OP = 'UPDATE' AND OLD.nwid <> NEW.nwid THEN"
    " PERFORM pg_notify('zt_changed', OLD.nwid || ' '); END IF;"
    " IF TG_OP <> 'DELETE' THEN PERFORM pg_notify('zt_changed', NEW.nwid || ' '); END IF;"
    " RETURN NULL; END $$;"
    "CREATE OR REPLACE FUNCTION zt_tell_member() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " IF TG_OP = 'DELETE' AND NOT EXISTS (SELECT FROM zt_network WHERE nwid = OLD.nwid) THEN"
    " RETURN NULL; END IF;"
    " IF TG_OP = 'DELETE' OR TG_OP = 'UPDATE' AND"
    " (OLD.nwid, OLD.address) IS DISTINCT FROM (NEW.nwid, NEW.address) THEN"
    " PERFORM pg_notify('zt_changed', OLD.nwid || ' ' || OLD.address); END IF;"
    " IF TG_OP <> 'DELETE' THEN"
    " PERFORM pg_notify('zt_changed', NEW.nwid || ' ' || NEW.address); END IF;"
    " RETURN NULL; END $$;"
    "CREATE FUNCTION zt_tell_empty() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " PERFORM pg_notify('zt_changed', 'all'); RETURN NULL; END $$;"
    "CREATE TRIGGER zt_empty AFTER TRUNCATE ON zt_network"
    " FOR EACH STATEMENT EXECUTE FUNCTION zt_tell_empty();"
    "CREATE TRIGGER zt_empty AFTER TRUNCATE ON zt_member"
    " FOR EACH STATEMENT EXECUTE FUNCTION zt_tell_empty();",
};

/* Looked for first, as IF NOT EXISTS needs the right to make tables even where there is nothing to make. */
static const char first_table[] =
    "DO $$ BEGIN IF to_regclass('zt_schema') IS NULL THEN"
    " CREATE TABLE zt_schema (version integer PRIMARY KEY); END IF; END $$";

int zt_postgres_command(struct zt_postgres *postgres, const char *command)
{
    int why;

    PQclear(zt_postgres_run(postgres, command, &why));
    return why;
}

static int schema_version(struct zt_postgres *postgres)
{
    int why, version;
    PGresult *result =
        zt_postgres_run(postgres, "SELECT coalesce(max(version), 0) FROM zt_schema", &why);

    if (!result)
        return -1;
    version = atoi(PQgetvalue(result, 0, 0));
    PQclear(result);
    return version;
}

static bool migrate(struct zt_postgres *postgres)
{
    int version;
    char note[64];

    /* Two controllers that start at once: the second waits for the first. */
    if (zt_postgres_command(postgres, "SELECT pg_advisory_xact_lock(8026)") != ZT_STORE_OK ||
        zt_postgres_command(postgres, first_table) != ZT_STORE_OK)
        return false;
    version = schema_version(postgres);
    if (version > SCHEMA_VERSION) {
        zt_format(postgres->error, sizeof postgres->error, "schema version %d is newer than %d",
                  version, SCHEMA_VERSION);
        return false;
    }
    for (; version >= 0 && version < SCHEMA_VERSION; version++) {
        zt_format(note, sizeof note, "INSERT INTO zt_schema VALUES (%d)", version + 1);
        if (zt_postgres_command(postgres, migrations[version]) != ZT_STORE_OK ||
            zt_postgres_command(postgres, note) != ZT_STORE_OK)
            return false;
    }
    return version == SCHEMA_VERSION;
}

bool zt_postgres_make_schema(struct zt_postgres *postgres)
{
    char why[sizeof postgres->error];

    if (zt_postgres_command(postgres, "BEGIN") != ZT_STORE_OK)
        return false;
    if (migrate(postgres))
        return zt_postgres_command(postgres, "COMMIT") == ZT_STORE_OK;
    zt_format(why, sizeof why, "%s", postgres->error);
    (void)zt_postgres_command(postgres, "ROLLBACK");
    zt_format(postgres->error, sizeof postgres->error, "%s", why);
    return false;
}
