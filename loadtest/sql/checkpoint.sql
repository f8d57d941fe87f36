-- Writes all that was filled in to the disk: nothing of it is on its way there when something is measured.
CHECKPOINT
