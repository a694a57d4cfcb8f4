-- The desk's own file: its replica of the hub's log position, the outbox, and what belongs to this desk alone.

-- Every aggregate this desk has seen, as it stood at meta.head. Closed ones stay on disk and are not loaded at start.
CREATE TABLE aggregate (
    -- Stream name: kind-UUID.
    stream  TEXT PRIMARY KEY,
    kind    TEXT NOT NULL,
    -- Events of this stream applied so far.
    version INTEGER NOT NULL CHECK (version >= 0),
    -- 1: register, or an alarm, call-out or incident that is still open.
    open    INTEGER NOT NULL CHECK (open IN (0, 1)),
    -- JSON of the domain type.
    state   TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX aggregate_open ON aggregate (open) WHERE open = 1;

-- Named values: head, snapshot_seq, hub_id, resync, provisional_next, me.
CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What a person did here and the hub has not confirmed and shown back. A row leaves only when it is both, or when a
-- person answered the question it became.
CREATE TABLE outbox (
    -- Order of acting. A redone command keeps its place.
    pos        INTEGER PRIMARY KEY,
    -- UUIDv7 of the command.
    id         TEXT NOT NULL UNIQUE,
    -- JSON of the whole command.
    command    TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('waiting', 'answered', 'refused', 'parked')),
    -- JSON of the hub's refusal; set when state is refused.
    refusal    TEXT,
    -- The refused command it builds on; set when state is parked.
    parked_by  TEXT,
    -- Log position of its last event; set when state is answered.
    through    INTEGER,
    -- 1: its events are in the replica already.
    in_log     INTEGER NOT NULL DEFAULT 0 CHECK (in_log IN (0, 1)),
    -- Streams it touches, JSON list.
    streams    TEXT NOT NULL,
    -- Number spoken until the hub gives one: D2-0007.
    number     TEXT,
    -- RFC 3339, UTC, the desk's clock.
    created_at TEXT NOT NULL
) STRICT;

-- Refused actions that a person dropped or turned into a note, for the record of this desk.
CREATE TABLE outbox_settled (
    id         TEXT PRIMARY KEY,
    command    TEXT NOT NULL,
    -- kept, dropped, redone
    how        TEXT NOT NULL,
    reason     TEXT NOT NULL,
    settled_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Log lines of kinds this program does not know, as they came; their streams need a newer program.
CREATE TABLE unknown_event (
    seq    INTEGER PRIMARY KEY,
    stream TEXT NOT NULL,
    kind   TEXT NOT NULL,
    -- JSON of the line; empty once something was erased by law.
    raw    TEXT NOT NULL
) STRICT;

-- How this person likes the screen. What a value means is the page's business.
CREATE TABLE pref (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Addresses of tracking links made at this desk; the log knows only their digest.
CREATE TABLE tracking_link (
    token_sha256 TEXT PRIMARY KEY,
    callout      TEXT NOT NULL,
    url          TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Newest known position of each unit, so that the map is not empty at start. Telemetry: may be lost.
CREATE TABLE position (
    unit TEXT PRIMARY KEY,
    -- JSON as the hub sends it.
    fix  TEXT NOT NULL
) STRICT, WITHOUT ROWID;
