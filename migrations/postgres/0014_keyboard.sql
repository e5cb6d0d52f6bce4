-- Whether the key `/` moves to the search field of a staff page. People who speak
-- to their computer turn it off, because a single key is easily set off.
ALTER TABLE account ADD COLUMN slash_search BOOLEAN NOT NULL DEFAULT true;
