-- Where phones are called while their page is closed (RFC 8030). An address is a secret: whoever has it may ring the
-- phone. One row for each phone; it goes with the shift, the sign-in, the account, or when the service forgets it.
CREATE TABLE push_subscription (
    endpoint   TEXT    PRIMARY KEY NOT NULL,
    credential BLOB    NOT NULL UNIQUE CHECK (length(credential) = 32),   -- the phone's own sign-in
    account    BLOB    NOT NULL CHECK (length(account) = 16),
    officer    BLOB    NOT NULL CHECK (length(officer) = 16),
    p256dh     BLOB    NOT NULL CHECK (length(p256dh) = 65),   -- the phone's public key
    auth       BLOB    NOT NULL CHECK (length(auth) = 16),
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX push_subscription_officer ON push_subscription (officer);
