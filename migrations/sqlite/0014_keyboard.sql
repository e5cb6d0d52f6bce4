-- 1: the key `/` moves to the search field of a staff page. People who speak to
-- their computer turn it off, because a single key is easily set off.
ALTER TABLE account ADD COLUMN slash_search INTEGER NOT NULL DEFAULT 1 CHECK (slash_search IN (0, 1));
