-- What a node looks at once a second: the catalogue's version, which moves with every change of a region or
-- category, and the epoch. One row.
SELECT catalogue_version, epoch FROM installation
