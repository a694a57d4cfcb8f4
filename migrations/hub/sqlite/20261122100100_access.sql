-- Who may connect. Secrets are kept as digests where a digest will do; none of this is in the log.

-- Tokens, cookies and enrolled devices. A token is 32 random bytes, so its plain SHA-256 cannot be guessed backwards.
CREATE TABLE credential (
    digest     BLOB    PRIMARY KEY NOT NULL CHECK (length(digest) = 32),
    account    BLOB    NOT NULL CHECK (length(account) = 16),
    kind       TEXT    NOT NULL CHECK (kind IN ('token', 'cookie', 'device')),
    label      TEXT    NOT NULL,      -- what a person calls it: "control room desk 2"
    created_at INTEGER NOT NULL,
    expires_at INTEGER,               -- null: until revoked
    revoked_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX credential_account ON credential (account);

-- Trackers that post positions with HTTP Basic (OwnTracks). The password is ours and random, never a person's.
CREATE TABLE device (
    user       TEXT    PRIMARY KEY NOT NULL,
    digest     BLOB    NOT NULL CHECK (length(digest) = 32),   -- SHA-256 of the password
    unit       BLOB    NOT NULL CHECK (length(unit) = 16),
    created_at INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT, WITHOUT ROWID;

-- One-time codes that enrol an officer's phone.
CREATE TABLE enrol_code (
    digest     BLOB    PRIMARY KEY NOT NULL CHECK (length(digest) = 32),
    officer    BLOB    NOT NULL CHECK (length(officer) = 16),
    expires_at INTEGER NOT NULL,
    used_at    INTEGER,                          -- taken once, then never again
    tries      INTEGER NOT NULL DEFAULT 0        -- attempts to take it, the good one included
) STRICT, WITHOUT ROWID;

-- AES keys of panels. A key is needed in the clear to decrypt; the file's permissions and, later, the store's own
-- encryption protect it.
CREATE TABLE panel_key (
    account TEXT PRIMARY KEY NOT NULL,   -- upper case hexadecimal digits
    form    TEXT NOT NULL CHECK (form IN ('hex', 'ascii')),   -- how the key was written at the panel
    key     BLOB NOT NULL CHECK (length(key) IN (16, 24, 32))
) STRICT, WITHOUT ROWID;
