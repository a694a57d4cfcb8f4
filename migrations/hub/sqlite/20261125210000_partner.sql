-- Customers' own systems: what they are told, by what they are known, and what was sent. None of this is in the log:
-- codes and secrets are credentials, addresses are people's.

-- The words by which somebody at a site ends a call-out: one that means it, one that means the opposite. Short enough to
-- be remembered, so they are kept salted and slowly hashed (PBKDF2, HMAC-SHA-256).
CREATE TABLE safe_code (
    site   BLOB    PRIMARY KEY NOT NULL CHECK (length(site) = 16),
    salt   BLOB    NOT NULL CHECK (length(salt) = 16),
    rounds INTEGER NOT NULL CHECK (rounds > 0),
    safe   BLOB    NOT NULL CHECK (length(safe) = 32),
    duress BLOB    NOT NULL CHECK (length(duress) = 32),
    set_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Where a partner's system is told of what happens. The secret signs what is sent and is needed in the clear.
CREATE TABLE webhook (
    id         BLOB    PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    account    BLOB    NOT NULL CHECK (length(account) = 16),
    url        TEXT    NOT NULL,
    secret     TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    from_seq   INTEGER NOT NULL      -- it is told what the log holds after this position
) STRICT, WITHOUT ROWID;

-- Up to which log position messages have been made. One row.
CREATE TABLE webhook_position (
    only INTEGER PRIMARY KEY NOT NULL CHECK (only = 1),
    seq  INTEGER NOT NULL
) STRICT;

-- One message to one webhook. It keeps its place and its id however often it is tried.
CREATE TABLE webhook_delivery (
    id         BLOB    PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    webhook    BLOB    NOT NULL REFERENCES webhook (id) ON DELETE CASCADE,
    callout    BLOB    NOT NULL CHECK (length(callout) = 16),
    seq        INTEGER NOT NULL,     -- counts the messages about one call-out to one webhook, from 1
    event      TEXT    NOT NULL,     -- `created`, `accepted` …
    body       TEXT    NOT NULL,     -- what is signed and sent, byte for byte
    made_at    INTEGER NOT NULL,     -- microseconds of the world's clock, not of a demonstration's
    tries      INTEGER NOT NULL DEFAULT 0,
    next_at    INTEGER NOT NULL,     -- not before this
    state      TEXT    NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'dead')),
    said       TEXT    NOT NULL DEFAULT '',   -- what came of the last try
    UNIQUE (webhook, callout, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX webhook_delivery_waiting ON webhook_delivery (next_at) WHERE state = 'waiting';

-- Reports on their way by mail, and what became of them. The address goes when its person is erased.
CREATE TABLE report_mail (
    id        BLOB    PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    callout   BLOB    NOT NULL CHECK (length(callout) = 16),
    version   INTEGER NOT NULL,      -- of the report
    copy      TEXT    NOT NULL CHECK (copy IN ('customer', 'full')),
    sha256    BLOB    NOT NULL CHECK (length(sha256) = 32),
    person    BLOB    NOT NULL CHECK (length(person) = 16),   -- the contact
    role      TEXT    NOT NULL,      -- the contact's, as the register had it
    address   TEXT    NOT NULL,
    made_at   INTEGER NOT NULL,
    tries     INTEGER NOT NULL DEFAULT 0,
    next_at   INTEGER NOT NULL,
    state     TEXT    NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'sent', 'refused', 'failed')),
    done_at   INTEGER,
    said      TEXT    NOT NULL DEFAULT '',   -- the server's words
    UNIQUE (callout, version, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX report_mail_waiting ON report_mail (next_at) WHERE state = 'queued';

-- What was looked at behind a link: `page`, or the digest of a picture. Only presses of a person count.
ALTER TABLE tracking_view ADD COLUMN what TEXT NOT NULL DEFAULT 'page';
ALTER TABLE tracking_view ADD COLUMN stage TEXT NOT NULL DEFAULT '';
