-- Accounts of staff, their logins, and the API keys of apps.
-- Passwords are kept as argon2id PHC strings; refresh tokens and API keys, which are random
-- and long, as SHA-256.

CREATE TABLE accounts (
    id            uuid PRIMARY KEY,
    -- As given; compared without case (ASCII only, so that Rust and SQL agree on what is equal).
    email         text NOT NULL,
    name          text NOT NULL,
    role          text NOT NULL CHECK (role IN ('officer', 'admin')),
    active        boolean NOT NULL DEFAULT true,
    password_hash text NOT NULL,
    -- Moves with every new password and every deactivation: a login of another version is over.
    -- So a login that races with a change of password is dead on arrival, without a lock.
    credential_version integer NOT NULL DEFAULT 1,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX accounts_by_email ON accounts (lower(email COLLATE "C"));
CREATE INDEX accounts_by_time ON accounts (created_at DESC, id DESC);
-- The check that one active admin remains.
CREATE INDEX accounts_active_admins ON accounts (id) WHERE role = 'admin' AND active;

-- The regions of an officer.
CREATE TABLE account_regions (
    account_id uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    region_id  text COLLATE "C" NOT NULL REFERENCES regions,
    PRIMARY KEY (account_id, region_id)
);

-- One row a login on one device: the family of the refresh tokens that followed from it.
CREATE TABLE logins (
    id                 uuid PRIMARY KEY,
    account_id         uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    -- The account's, when the password was proven.
    credential_version integer NOT NULL,
    created_at         timestamptz NOT NULL DEFAULT now(),
    last_used_at       timestamptz NOT NULL DEFAULT now(),
    expires_at         timestamptz NOT NULL,
    revoked_at         timestamptz
);
CREATE INDEX logins_by_account ON logins (account_id, expires_at);

-- Every refresh token of a login: the last one is unused; a used one that comes back was stolen.
CREATE TABLE refresh_tokens (
    hash      bytea PRIMARY KEY,
    login_id  uuid NOT NULL REFERENCES logins ON DELETE CASCADE,
    issued_at timestamptz NOT NULL DEFAULT now(),
    used_at   timestamptz
);
CREATE INDEX refresh_tokens_by_login ON refresh_tokens (login_id, used_at);

-- The one definition of a login that is in force, with what its account may do now.
CREATE VIEW live_logins AS
SELECT l.id AS login_id,
       a.id AS account_id,
       a.role,
       ARRAY(SELECT r.region_id FROM account_regions r
             WHERE r.account_id = a.id ORDER BY r.region_id) AS regions
FROM logins l
JOIN accounts a ON a.id = l.account_id AND a.credential_version = l.credential_version
WHERE l.revoked_at IS NULL AND l.expires_at > now() AND a.active;

CREATE TABLE api_keys (
    id              uuid PRIMARY KEY,
    -- The app that holds it, for admins.
    name            text NOT NULL,
    key_hash        bytea NOT NULL UNIQUE,
    scopes          text[] NOT NULL
        CHECK (cardinality(scopes) > 0 AND scopes <@ ARRAY['submit', 'read']),
    -- The regions to which it is bound; empty: all.
    regions         text[] NOT NULL DEFAULT '{}',
    -- Requests a minute; NULL: the setting of the installation.
    rate_per_minute integer CHECK (rate_per_minute > 0),
    active          boolean NOT NULL DEFAULT true,
    created_at      timestamptz NOT NULL DEFAULT now(),
    -- To the minute.
    last_used_at    timestamptz
);
CREATE INDEX api_keys_by_time ON api_keys (created_at DESC, id DESC);
