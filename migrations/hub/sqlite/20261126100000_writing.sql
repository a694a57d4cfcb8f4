-- Pictures that came through a writing link, so that one link takes so many and no more. Kept when the link ends: the
-- list may name them for ever.
CREATE TABLE writing_picture (
    token_sha256 BLOB    NOT NULL CHECK (length(token_sha256) = 32),
    sha256       BLOB    NOT NULL CHECK (length(sha256) = 32),
    at           INTEGER NOT NULL,      -- µs since 1970, UTC
    PRIMARY KEY (token_sha256, sha256)
) STRICT, WITHOUT ROWID;
