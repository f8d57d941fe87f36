-- The catalogue's version: moves with every change of a region or category. One row.
SELECT catalogue_version AS version FROM installation
