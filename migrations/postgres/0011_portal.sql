-- The portal on a phone: requests that can be taken back before anybody is told,
-- and the screens that each person sees at their first sign-in.

-- Until then only the person who asks knows of the request, and can take it back
-- unseen. NULL: a request of an earlier version, which was told at once.
ALTER TABLE session_request ADD COLUMN quiet_until timestamptz;

-- Both partners may ask for another time within these minutes, without learning
-- of each other: one open request for each of them.
DROP INDEX session_request_move;
CREATE UNIQUE INDEX session_request_move ON session_request (session_id, person_id)
    WHERE kind = 'move' AND state IN ('partner', 'desk');

-- When the person has seen, or skipped, the screens of the first sign-in. NULL:
-- not yet.
ALTER TABLE person ADD COLUMN welcomed_at timestamptz;
-- People who sign in already know their way.
UPDATE person SET welcomed_at = updated_at
    WHERE id IN (SELECT person_id FROM account WHERE person_id IS NOT NULL AND password_hash IS NOT NULL);
