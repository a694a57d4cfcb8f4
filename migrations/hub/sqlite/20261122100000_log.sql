-- The log, what is derived from it, and what makes a command have its effect once.
--
-- Conventions of every table: ids are the 16 bytes of a UUID; a stream is text, `callout-0193…`; an instant is an
-- INTEGER, microseconds since 1970-01-01T00:00:00Z, unless its comment says seconds; digests are the 32 bytes of a
-- SHA-256. Migrations are only ever added.

-- Facts about this data directory that no command changes. Keys: `demonstration` ('0' or '1'), `created_at` (RFC 3339).
-- Room for more: the signed heads' key, the id of the hub group.
CREATE TABLE meta (
    key   TEXT PRIMARY KEY NOT NULL,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Everything that happened, in one total order without gaps. Rows are never changed or deleted, but for `personal` and
-- `salt`, which erasure by law empties; `chain` is computed over their digest and stays whole.
CREATE TABLE log (
    seq             INTEGER PRIMARY KEY,   -- 1, 2, 3 … without a gap
    stream          TEXT    NOT NULL,      -- the aggregate it happened to
    version         INTEGER NOT NULL CHECK (version >= 1),  -- 1, 2, 3 … within the stream
    event_id        BLOB    NOT NULL CHECK (length(event_id) = 16),
    command_id      BLOB    NOT NULL CHECK (length(command_id) = 16),
    kind            TEXT    NOT NULL,      -- `alarm.raised`; kinds are only ever added
    at              INTEGER NOT NULL,      -- when it happened, corrected for the device's clock
    recorded_at     INTEGER NOT NULL CHECK (recorded_at >= at),
    "by"            TEXT    NOT NULL,      -- author, JSON
    body            TEXT    NOT NULL,      -- JSON, without names, numbers and free text; the chain covers these bytes
    personal        TEXT,                  -- JSON object: field path -> text
    salt            BLOB    CHECK (length(salt) = 16),
    subject         BLOB    CHECK (length(subject) = 16),   -- the person the personal part is about, if one
    personal_digest BLOB    CHECK (length(personal_digest) = 32),  -- SHA-256(salt, personal); stays after erasure
    chain           BLOB    NOT NULL CHECK (length(chain) = 32),
    UNIQUE (stream, version),
    CHECK ((personal IS NULL) = (salt IS NULL)),
    CHECK (personal IS NULL OR personal_digest IS NOT NULL)
) STRICT;

-- For erasure: what is about one person.
CREATE INDEX log_subject ON log (subject) WHERE subject IS NOT NULL;

-- One row: the end of the log. `batch` counts writes of any kind to the tables of this file, so that a writer that
-- decided on an older state finds out in the transaction that would have stored the outcome.
CREATE TABLE head (
    one   INTEGER PRIMARY KEY CHECK (one = 1),
    seq   INTEGER NOT NULL CHECK (seq >= 0),     -- of the last row in `log`, 0 for none
    chain BLOB    NOT NULL CHECK (length(chain) = 32),  -- of that row, zero for none
    batch INTEGER NOT NULL
) STRICT;
INSERT INTO head (one, seq, chain, batch) VALUES (1, 0, zeroblob(32), 0);

-- The current state of every aggregate, written in the transaction of its events. Derived: `rebuild` makes it anew.
CREATE TABLE aggregate (
    stream  TEXT    PRIMARY KEY NOT NULL,
    kind    TEXT    NOT NULL,
    version INTEGER NOT NULL,    -- of the last event in it
    seq     INTEGER NOT NULL,    -- log position of that event
    open    INTEGER NOT NULL CHECK (open IN (0, 1)),  -- belongs in memory: the register always, the rest while open
    state   TEXT    NOT NULL     -- JSON; `null` for a stream that has a history and no state
) STRICT, WITHOUT ROWID;
CREATE INDEX aggregate_open ON aggregate (stream) WHERE open = 1;
CREATE INDEX aggregate_seq ON aggregate (seq);

-- Alarms by the log position of their raising. Derived.
CREATE TABLE alarm_index (
    seq       INTEGER PRIMARY KEY,   -- log position of its raising
    stream    TEXT    NOT NULL UNIQUE,
    account   TEXT    NOT NULL,
    site      BLOB,
    kind      TEXT    NOT NULL,
    priority  INTEGER NOT NULL CHECK (priority BETWEEN 1 AND 4),
    open      INTEGER NOT NULL CHECK (open IN (0, 1)),
    raised_at INTEGER NOT NULL
) STRICT;
CREATE INDEX alarm_index_open ON alarm_index (priority, seq) WHERE open = 1;
CREATE INDEX alarm_index_site ON alarm_index (site, seq) WHERE site IS NOT NULL;

-- Call-outs by the log position of their opening. Derived.
CREATE TABLE callout_index (
    created_seq INTEGER PRIMARY KEY,
    stream      TEXT    NOT NULL UNIQUE,
    number      TEXT    NOT NULL UNIQUE COLLATE NOCASE,  -- `CO-26-00001`, given once
    site        BLOB,
    priority    INTEGER NOT NULL CHECK (priority BETWEEN 1 AND 4),
    open        INTEGER NOT NULL CHECK (open IN (0, 1)),
    created_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX callout_index_open ON callout_index (created_seq) WHERE open = 1;
CREATE INDEX callout_index_site ON callout_index (site, created_seq) WHERE site IS NOT NULL;

-- A phone names the offer it answers, so a call-out is found by any of its assignments, closed ones too. Derived.
CREATE TABLE assignment_index (
    assignment BLOB PRIMARY KEY NOT NULL CHECK (length(assignment) = 16),
    callout    TEXT NOT NULL   -- stream
) STRICT, WITHOUT ROWID;

-- The answer every command got, refusals too: sending one twice has the effect of once and gives the same answer.
CREATE TABLE command (
    id          BLOB    PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    digest      BLOB    NOT NULL CHECK (length(digest) = 32),  -- of what it asks for; another one under this id is refused
    first_seq   INTEGER,     -- of its events; null when it had none
    last_seq    INTEGER,
    refusal     TEXT,        -- JSON; null when accepted
    answered_at INTEGER NOT NULL,
    CHECK ((first_seq IS NULL) = (last_seq IS NULL))
) STRICT, WITHOUT ROWID;

-- Content that must be stored once within a time whatever its command id: a transmitter repeats a frame until it hears
-- the ACK. Pruned when `until` has passed.
CREATE TABLE once (
    key     BLOB    PRIMARY KEY NOT NULL CHECK (length(key) = 32),
    at      INTEGER NOT NULL,
    until   INTEGER NOT NULL,
    command BLOB    NOT NULL CHECK (length(command) = 16)   -- whose answer a repetition gets
) STRICT, WITHOUT ROWID;
CREATE INDEX once_until ON once (until);
