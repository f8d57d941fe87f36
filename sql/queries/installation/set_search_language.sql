-- Sets the language of searches, and makes all words anew when it was another one. $1 text: a text
-- search configuration. One row.
SELECT set_search_language($1) AS is_changed
