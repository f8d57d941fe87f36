-- Waits for whoever notes words of complaints (`catch_up_words`), and makes the next one wait for the end of this
-- transaction: words of what goes are either there to be removed, or are never noted.
LOCK TABLE word_heads IN SHARE MODE
