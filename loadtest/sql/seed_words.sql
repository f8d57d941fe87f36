-- The words of a part of the complaints. $1 uuid from, $2 uuid below.
INSERT INTO complaint_words (complaint_id, words)
SELECT id, words_of(complaints, 'simple') FROM complaints WHERE id >= $1 AND id < $2
