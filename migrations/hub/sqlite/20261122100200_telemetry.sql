-- What comes in great numbers and is not in the log: positions, media by digest, views of tracking pages.

-- Position fixes. A fix that says the same place in the same second again is dropped by the key.
CREATE TABLE fix (
    unit        BLOB    NOT NULL CHECK (length(unit) = 16),
    at          INTEGER NOT NULL,    -- SECONDS since 1970 by the tracker's clock: trackers tell no more
    lat         REAL    NOT NULL CHECK (lat BETWEEN -90 AND 90),      -- degrees, WGS 84
    lon         REAL    NOT NULL CHECK (lon BETWEEN -180 AND 180),
    accuracy_m  REAL,                -- radius; null: unknown, which is not zero
    speed_mps   REAL,
    course_deg  REAL,                -- clockwise from north
    battery_pct REAL,
    source      TEXT    NOT NULL,    -- `owntracks`, `page` …
    received_at INTEGER NOT NULL,    -- microseconds
    PRIMARY KEY (unit, at, lat, lon)
) STRICT, WITHOUT ROWID;
CREATE INDEX fix_at ON fix (at);

-- The newest fix of each unit by the tracker's clock. A late fix goes into the history and leaves this alone.
CREATE TABLE latest_fix (
    unit        BLOB    PRIMARY KEY NOT NULL CHECK (length(unit) = 16),
    at          INTEGER NOT NULL,    -- SECONDS
    lat         REAL    NOT NULL,
    lon         REAL    NOT NULL,
    accuracy_m  REAL,
    speed_mps   REAL,
    course_deg  REAL,
    battery_pct REAL,
    source      TEXT    NOT NULL,
    received_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Media by content. The bytes are files under media/, `.part` until `complete_at`.
CREATE TABLE media (
    sha256         BLOB    PRIMARY KEY NOT NULL CHECK (length(sha256) = 32),
    bytes_total    INTEGER NOT NULL CHECK (bytes_total >= 0),
    mime           TEXT    NOT NULL,
    received_bytes INTEGER NOT NULL DEFAULT 0 CHECK (received_bytes BETWEEN 0 AND bytes_total),
    complete_at    INTEGER,           -- digest checked; null while bytes are missing
    created_at     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Each press of "show" on a tracking page. Previews by messengers do not press.
CREATE TABLE tracking_view (
    token_sha256 BLOB    NOT NULL CHECK (length(token_sha256) = 32),
    at           INTEGER NOT NULL
) STRICT;
CREATE INDEX tracking_view_token ON tracking_view (token_sha256);
