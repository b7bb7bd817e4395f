"""Files of rows read and written as streams: CSV, XLSX, NDJSON, GeoJSON, GeoPackage, Parquet."""
