-- Where complaints are, beside their region and status: lists of open ones in a box or around a point are read from this
-- index alone. In a town most of what lies around a point is closed.
DROP INDEX complaints_by_region_status;
CREATE INDEX complaints_by_region_status ON complaints (region_id, status, id)
    INCLUDE (category_id, severity, assignee_id, updated_at, latitude, longitude);
