-- What nodes tell each other of their live connections.

-- The node's name and how many connections it has, as `domain::node` reads it.
ALTER TABLE presence_nodes ADD COLUMN report json NOT NULL DEFAULT '{}';

-- Questions of one node to all others. Unlogged, and gone with the answer.
CREATE UNLOGGED TABLE session_asks (
    id       uuid PRIMARY KEY,
    asker    uuid NOT NULL,
    asked_at timestamptz NOT NULL,
    -- End this session; NULL: describe all that you have.
    session  uuid
);

CREATE UNLOGGED TABLE session_answers (
    ask_id uuid NOT NULL REFERENCES session_asks ON DELETE CASCADE,
    node   uuid NOT NULL,
    -- Whether the session was there; or the sessions.
    answer json NOT NULL,
    PRIMARY KEY (ask_id, node)
);
